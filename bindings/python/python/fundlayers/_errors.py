"""What can be wrong with an input."""

from __future__ import annotations

import errno

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


class Problem:
    """One thing wrong with an input: a stable code, where it is, what was found and what would be right.

    ``severity`` is ``error`` or ``warning``; ``cell`` is that of a workbook, 名单!D7; ``key`` is a path in a policy; ``row`` counts from 1, the header not counted;
    ``label`` is what the index of a pandas frame calls that row; ``column`` is the key of the column, ``title`` what the rows
    that were given call it, where that is another word; ``text`` is the whole sentence. It never changes.
    """

    __slots__ = _FIELDS

    code: str
    severity: str
    message: str
    found: str | None
    expected: str | None
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
    text: str

    def __init__(
        self,
        code: str,
        severity: str,
        message: str,
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
    ) -> None:
        values = (code, severity, message, found, expected, file, line, character, cell, scenario, key, row, label, column, title)
        for name, value in zip(_FIELDS, (*values, text or f"{message} [{code}]"), strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a problem does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a problem does not change: {name}")

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in _FIELDS)

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Problem) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __reduce__(self) -> tuple[type[Problem], tuple[object, ...]]:
        return Problem, self._values()

    def __repr__(self) -> str:
        known = ((name, getattr(self, name)) for name in _FIELDS[:-1])
        return f"Problem({', '.join(f'{name}={value!r}' for name, value in known if value is not None)})"

    def __str__(self) -> str:
        return self.text


class FundlayersError(ValueError):
    """An input that cannot be used. ``problems`` has all that is wrong with it, ``code`` the code of the first error.

    Its text says the first 20 problems of each kind, and how many more there are. Of a
    file that cannot be read it is the ``OSError`` of Python too: a ``FileNotFoundError``, a ``PermissionError``.
    """

    problems: tuple[Problem, ...]
    left_out: int

    def __init__(self, problems: tuple[Problem, ...], left_out: int = 0, text: str = "") -> None:
        super().__init__(problems, left_out, text)
        self.problems = tuple(problems)
        self.left_out = left_out
        self._text = text

    @property
    def code(self) -> str:
        """The stable code of the first error."""
        errors = [problem.code for problem in self.problems if problem.severity == "error"]
        return errors[0] if errors else ""

    def __str__(self) -> str:
        return self._text or "\n".join(map(str, self.problems))


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
