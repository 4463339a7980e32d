"""The vectors: which cases there are, and when an answer is equal (tests/vectors/README.md)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class Number(str):
    """A number of a JSON text by its own digits."""

    __slots__ = ()


@dataclass(frozen=True)
class Case:
    """A case; numbers are `Number`."""

    file: str
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.data['name']}"


def folders() -> Iterator[Path]:
    yield ROOT / "tests" / "vectors"
    gallery = ROOT / "crates" / "fundlayers-policies" / "gallery"
    yield from sorted(path for path in gallery.iterdir() if path.is_dir())
    for name in os.environ.get("FUNDLAYERS_VECTORS", "").split(os.pathsep):
        if name:
            yield Path(name)


def cases() -> list[Case]:
    """Every case of every folder. None is left out."""
    found = []
    for folder in folders():
        for path in sorted(folder.glob("*.json")):
            if path.name == "schema.json":
                continue
            text = path.read_text(encoding="utf-8")
            file = json.loads(text, parse_float=Number, parse_int=Number)
            name = folder.name if path.name == "outcome.json" else path.stem
            found += [Case(name, case) for case in file["cases"]]
    return found


def dumped(value: Any) -> str:
    """JSON again, every number by its own digits."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{dumped(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(map(dumped, value)) + "]"
        case _:
            return json.dumps(value)


def objects(value: Any) -> Any:
    """Python's own objects: int, and Decimal for what has decimals."""
    match value:
        case Number():
            return int(value) if value.lstrip("-").isdigit() else Decimal(value)
        case dict():
            return {key: objects(item) for key, item in value.items()}
        case list():
            return [objects(item) for item in value]
        case _:
            return value


def plain(value: Any) -> Any:
    """A value of a result as the vectors write it: an amount as text of its plain digits."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


def differ(what: str, expected: list[Any], found: list[Any]) -> None:
    """As many, in this order, equal on the keys that are given."""
    assert len(expected) == len(found), f"{len(expected)} {what} expected, {len(found)} found: {found}"
    for number, (wanted, got) in enumerate(zip(expected, found, strict=True), 1):
        given(wanted, got, f"{what} {number}")


def given(wanted: Any, got: Any, where: str) -> None:
    match wanted:
        case dict():
            assert isinstance(got, dict), f"{where}: an object expected, {got!r} found"
            for key, value in wanted.items():
                if key == "text":
                    for lang, part in value.items():
                        assert part in got["text"][lang], f"{where}: {part!r} is not in {got['text'][lang]!r}"
                else:
                    given(value, got.get(key), f"{where}: {key}")
        case list():
            differ(where, wanted, got)
        case _:
            assert type(wanted) is type(got) and wanted == got, f"{where}: {wanted!r} expected, {got!r} found"


def problem(found: Any) -> dict[str, Any]:
    """A problem as the vectors name it."""
    names = ("code", "row", "column", "key", "file", "line", "scenario", "found", "expected")
    return {name: getattr(found, name) for name in names}


@dataclass(frozen=True)
class Answer:
    """What came out."""

    rows: list[dict[str, Any]]
    warnings: list[Any]


def check(case: Case, answer: Callable[[], Answer], error: type[Exception]) -> None:
    """Runs a case and compares."""
    expect = objects(case.data["expect"])
    if "errors" in expect:
        try:
            found = answer()
        except error as raised:
            errors = [problem(one) for one in raised.problems if one.severity == "error"]  # type: ignore[attr-defined]
            differ("errors", expect["errors"], errors)
            return
        raise AssertionError(f"errors expected, {len(found.rows)} rows found")
    found = answer()
    if "rows" in expect:
        differ("rows", expect["rows"], plain(found.rows))
    if "warnings" in expect:
        differ("warnings", expect["warnings"], [problem(one) for one in found.warnings])
