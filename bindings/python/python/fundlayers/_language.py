"""The language of tables for people: Chinese where the locale is, else English."""

import locale
import os


def default() -> str:
    """``zh`` or ``en``: what FUNDLAYERS_LANG says, else the locale."""
    for name in ("FUNDLAYERS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    try:
        name = locale.getlocale()[0] or ""
    except ValueError:
        name = ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
