"""The language in which people are spoken to: tables, messages, explanations, charts."""

from __future__ import annotations

import locale
import os
from contextvars import ContextVar

# As in `typing`, whose import takes longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

# Of the whole process, and of one task or thread.
_chosen: str | None = None
_here: ContextVar[str | None] = ContextVar("fundlayers_language", default=None)

_NAMES = {"zh": "zh", "中文": "zh", "chinese": "zh", "en": "en", "英文": "en", "english": "en"}


def _named(lang: str) -> str:
    """``zh`` or ``en``, also of ``zh_CN`` and ``en-GB``."""
    code = lang.strip().lower().replace("_", "-").split("-")[0]
    try:
        return _NAMES[code]
    except KeyError:
        raise ValueError(f"{lang!r} is not a language; languages are 'zh', 'en' / {lang!r} 不是语言；可用：'zh'、'en'") from None


def set_language(lang: str | None) -> None:
    """Speaks ``"zh"`` or ``"en"`` from now on: in messages, warnings, tables, explanations and charts.

    It is asked before ``FUNDLAYERS_LANG`` and the locale, and an argument ``lang`` before it; ``None`` takes it back.

    >>> set_language("zh")
    >>> language()
    'zh'
    >>> set_language(None)
    """
    global _chosen
    _chosen = None if lang is None else _named(lang)


class using_language:
    """As `set_language`, for what is done within: of this thread or task alone.

    >>> with using_language("zh"):
    ...     language()
    'zh'
    """

    __slots__ = ("_lang", "_tokens")

    def __init__(self, lang: str) -> None:
        self._lang = _named(lang)
        self._tokens: list[Token[str | None]] = []

    def __enter__(self) -> None:
        self._tokens.append(_here.set(self._lang))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _here.reset(self._tokens.pop())


def language() -> str:
    """``zh`` or ``en``: what `using_language` or `set_language` say, else ``FUNDLAYERS_LANG``, else the locale."""
    chosen = _here.get() or _chosen
    if chosen:
        return chosen
    for name in ("FUNDLAYERS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith(("zh", "中文", "chinese")) else "en"
    try:
        name = locale.getlocale()[0] or ""
    except ValueError:
        name = ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


default = language
