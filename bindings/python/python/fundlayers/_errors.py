"""What can be wrong with an input."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: a stable code, where it is, what was found and what would be right."""

    code: str
    severity: str
    message: str
    found: str | None = None
    expected: str | None = None
    file: str | None = None
    line: int | None = None
    character: int | None = None
    key: str | None = None
    row: int | None = None
    column: str | None = None
    scenario: str | None = None
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"{self.message} [{self.code}]"


class FundlayersError(ValueError):
    """An input that cannot be used. ``problems`` has all that is wrong with it, ``code`` the code of the first error."""

    problems: tuple[Problem, ...]
    left_out: int

    def __init__(self, problems: tuple[Problem, ...], left_out: int = 0) -> None:
        super().__init__(problems, left_out)
        self.problems = tuple(problems)
        self.left_out = left_out

    @property
    def code(self) -> str:
        """The stable code of the first error."""
        errors = [problem.code for problem in self.problems if problem.severity == "error"]
        return errors[0] if errors else ""

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:_SHOWN]]
        more = len(self.problems) - len(lines) + self.left_out
        if more > 0:
            lines.append(f"… and {more} more")
        return "\n".join(lines)
