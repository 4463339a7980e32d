"""What can be wrong with an input."""

from __future__ import annotations

import errno

from ._language import language

# What is said in words, which are of a language; the rest is the same in all.
_WORDS = ("message", "expected", "text")
# Without the module `dataclasses`, whose import takes longer than all the rest.
_FIELDS = (
    "code",
    "severity",
    "message",
    "found",
    "expected",
    "file",
    "line",
    "character",
    "cell",
    "scenario",
    "key",
    "row",
    "label",
    "column",
    "title",
    "text",
)
_FACTS = tuple(name for name in _FIELDS if name not in _WORDS)


class Problem:
    """One thing wrong with an input: a stable code, where it is, what was found and what would be right.

    ``severity`` is ``error`` or ``warning``; ``cell`` is that of a workbook, 名单!D7; ``key`` is a path in a policy; ``row``
    counts from 1, the header not counted; ``label`` is what the index of a pandas frame calls that row; ``column`` is the key
    of the column, ``title`` what the rows that were given call it, where that is another word; ``text`` is the whole sentence.
    ``message``, ``expected`` and ``text`` are in the language of `language`, when they are looked at; of
    ``in_language("zh")`` in that one. It never changes.
    """

    __slots__ = (*_FACTS, "_lang", "_words")

    code: str
    severity: str
    found: str | None
    file: str | None
    line: int | None
    character: int | None
    cell: str | None
    scenario: str | None
    key: str | None
    row: int | None
    label: str | None
    column: str | None
    title: str | None
    _words: dict[str, tuple[str, str | None, str]]
    _lang: str | None

    def __init__(
        self,
        code: str,
        severity: str,
        message: str = "",
        found: str | None = None,
        expected: str | None = None,
        file: str | None = None,
        line: int | None = None,
        character: int | None = None,
        cell: str | None = None,
        scenario: str | None = None,
        key: str | None = None,
        row: int | None = None,
        label: str | None = None,
        column: str | None = None,
        title: str | None = None,
        text: str = "",
        words: dict[str, tuple[str, str | None, str]] | None = None,
    ) -> None:
        values = (code, severity, found, file, line, character, cell, scenario, key, row, label, column, title)
        for name, value in zip(_FACTS, values, strict=True):
            object.__setattr__(self, name, value)
        said = (message, expected, text or f"{message} [{code}]")
        object.__setattr__(self, "_words", words or {"zh": said, "en": said})
        object.__setattr__(self, "_lang", None)

    @property
    def message(self) -> str:
        """What is wrong, without its place."""
        return self._words[self._lang or language()][0]

    @property
    def expected(self) -> str | None:
        """What would be right."""
        return self._words[self._lang or language()][1]

    @property
    def text(self) -> str:
        """The whole sentence, with place and code."""
        return self._words[self._lang or language()][2]

    def in_language(self, lang: str) -> Problem:
        """The same with its words in ``"zh"`` or ``"en"``, whatever language is spoken."""
        same = Problem(words=self._words, **{name: getattr(self, name) for name in _FACTS})
        if lang not in self._words:
            raise ValueError(f"{lang!r} is not a language; languages are 'zh', 'en'")
        object.__setattr__(same, "_lang", lang)
        return same

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a problem does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a problem does not change: {name}")

    def _values(self) -> tuple[object, ...]:
        return (*(getattr(self, name) for name in _FACTS), self._words["en"])

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Problem) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __reduce__(self) -> tuple[object, ...]:
        facts = tuple(getattr(self, name) for name in _FACTS)
        return _problem, (facts, self._words, self._lang)

    def __repr__(self) -> str:
        known = ((name, getattr(self, name)) for name in _FIELDS[:-1])
        return f"Problem({', '.join(f'{name}={value!r}' for name, value in known if value is not None)})"

    def __str__(self) -> str:
        return self.text


def _problem(facts: tuple[object, ...], words: dict[str, tuple[str, str | None, str]], lang: str | None) -> Problem:
    """A pickled problem."""
    problem = Problem(words=words, **dict(zip(_FACTS, facts, strict=True)))  # type: ignore[arg-type]
    return problem.in_language(lang) if lang else problem


class FundlayersError(ValueError):
    """An input that cannot be used. ``problems`` has all that is wrong with it, ``code`` the code of the first error.

    Its text says the first 20 problems of each kind, and how many more there are, in the language of `language`, or by
    ``to_text(lang="zh")`` in that one. Of a
    file that cannot be read it is the ``OSError`` of Python too: a ``FileNotFoundError``, a ``PermissionError``.
    """

    problems: tuple[Problem, ...]
    left_out: int

    def __init__(self, problems: tuple[Problem, ...], left_out: int = 0, text: str | dict[str, str] = "") -> None:
        super().__init__(problems, left_out, text)
        self.problems = tuple(problems)
        self.left_out = left_out
        self._text = text

    @property
    def code(self) -> str:
        """The stable code of the first error."""
        errors = [problem.code for problem in self.problems if problem.severity == "error"]
        return errors[0] if errors else ""

    def to_text(self, *, lang: str | None = None) -> str:
        """What is wrong, a line each."""
        if isinstance(self._text, dict):
            return self._text[lang or language()]
        problems = (problem.in_language(lang) if lang else problem for problem in self.problems)
        return self._text or "\n".join(map(str, problems))

    def __str__(self) -> str:
        return self.to_text()


class UnreadableFileError(FundlayersError, OSError):
    """A file that cannot be read."""

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.args, {**self.__dict__, "errno": self.errno, "strerror": self.strerror, "filename": self.filename}


class MissingFileError(UnreadableFileError, FileNotFoundError):
    """A file that is not there."""


class ForbiddenFileError(UnreadableFileError, PermissionError):
    """A file that may not be read."""


def file_error(number: int | None) -> type[UnreadableFileError]:
    """The class for an error of the system."""
    known = {errno.ENOENT: MissingFileError, errno.EACCES: ForbiddenFileError, errno.EPERM: ForbiddenFileError}
    return known.get(number or 0, UnreadableFileError)
