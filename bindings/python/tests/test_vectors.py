"""Every case of the vectors, through three doors: Python's objects, JSON text, Arrow."""

from __future__ import annotations

import json
import tempfile
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from cases import ROOT, Answer, Case, Number, cases, check, dumped, objects

import fundlayers as fl

CASES = cases()
FOLDER = tempfile.TemporaryDirectory()


class Objects:
    """Dicts and lists in, dicts out."""

    # A blank cell of a case is blank, unless the case says that it was merged.
    fill_down: bool | None = None

    def policy(self, source: Any) -> fl.Policy:
        return fl.Policy(objects(source))

    def rows(self, rows: Any) -> Any:
        return objects(rows)

    def roster(self, policy: fl.Policy, rows: Any) -> fl.Roster:
        return fl.Roster(policy, self.rows(rows), fill_down=self.fill_down)

    def out(self, table: fl.Table) -> list[dict[str, Any]]:
        return table.to_dicts()


class Json(Objects):
    """JSON text in and out; rows that have no reader of their own as a file."""

    def rows(self, rows: Any) -> Any:
        path = Path(tempfile.mkdtemp(dir=FOLDER.name)) / "rows.json"
        path.write_text(dumped(rows), encoding="utf-8")
        return path

    def policy(self, source: Any) -> fl.Policy:
        return fl.Policy(source) if isinstance(source, str) else fl.Policy.from_json(dumped(source))

    def roster(self, policy: fl.Policy, rows: Any) -> fl.Roster:
        return fl.Roster.from_json(policy, dumped(rows))

    def out(self, table: fl.Table) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(table.to_json())["rows"]
        return rows


class Arrow(Objects):
    """Arrow in and out."""

    fill_down = False

    def rows(self, rows: Any) -> pa.Table:
        return arrow(rows)

    def out(self, table: fl.Table) -> list[dict[str, Any]]:
        arrow = pa.table(table)
        # A decimal column shows as many decimals as a fen needs, or a figure at most; a percentage has two by itself.
        decimals = [field for field in arrow.schema if pa.types.is_decimal(field.type)]
        amounts = [field.name for field in decimals if (field.metadata or {}).get(b"unit") != b"%"]
        rows: list[dict[str, Any]] = arrow.to_pylist()
        for row in rows:
            row.update({name: None if row[name] is None else short(row[name]) for name in amounts})
        return rows


def short(number: Decimal) -> Decimal:
    """Without the zeros at its end."""
    return Decimal(format(number.normalize(), "f"))


def arrow(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as columns."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns = {key: column([row.get(key) for row in rows]) for key in keys}
    return pa.table(columns) if columns or not rows else pa.table({"_": pa.array([None] * len(rows), pa.null())})


def column(cells: list[Any]) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {Number}:
        numbers = [None if cell is None else Decimal(cell) for cell in cells]
        whole = all(number is None or number == number.to_integral_value() for number in numbers)
        if whole and all(number is None or abs(number) < 2**63 for number in numbers):
            return pa.array([None if number is None else int(number) for number in numbers], pa.int64())
        return pa.array(numbers)
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds <= {str}:
        return pa.array(cells, pa.string())
    # An Arrow column has one type; this one has several, one of which each row names.
    parts = [[cell for cell in cells if kind_of(cell) is kind] for kind in KINDS]
    seen = dict.fromkeys(KINDS, 0)
    places = []
    for cell in cells:
        places.append(seen[kind_of(cell)])
        seen[kind_of(cell)] += 1
    types = pa.array([KINDS.index(kind_of(cell)) for cell in cells], pa.int8())
    return pa.UnionArray.from_dense(types, pa.array(places, pa.int32()), [column(part) for part in parts])


KINDS = [str, Number, bool]


def kind_of(cell: Any) -> type:
    return str if cell is None else type(cell)


DOORS = {"objects": Objects(), "json": Json(), "arrow": Arrow()}


def changes(values: dict[str, str]) -> Any:
    """The values are texts of TOML, as on the command line. As objects, if Python's TOML reads the same numbers."""
    try:
        read = {path: tomllib.loads(f"value = {value}", parse_float=Decimal)["value"] for path, value in values.items()}
    except tomllib.TOMLDecodeError:
        return texts(values)
    return texts(values) if any(value.strip()[:2] in ("0x", "0o", "0b") for value in values.values()) else read


def texts(values: dict[str, str]) -> list[str]:
    return [f"{path}={value}" for path, value in values.items()]


def answer(case: Case, door: Objects) -> Answer:
    data = case.data
    op = data["op"]
    options = data.get("options", {})
    policy = door.policy(data["policy"])
    change = changes(options["set"]) if options.get("set") else {}
    # The changes of a comparison are those of its second side.
    if change and op != "compare":
        policy = policy.with_changes(change)
    if op == "policy check":
        return Answer([], list(policy.warnings))
    years = options.get("years")
    roster = door.roster(policy, data["roster"]) if "roster" in data else policy.roster()
    if op == "roster check":
        return Answer([], [*policy.warnings, *roster.warnings, *roster.check()])
    by = {"by": options["by"]} if "by" in options else {}
    unit = {"unit": options["unit"]} if "unit" in options else {}
    zeros = {"zeros": options["zeros"]} if "zeros" in options else {}
    table: fl.Table
    match op:
        case "scenarios":
            if "scenario_rows" in options:
                asked = door.rows(options["scenario_rows"])
            else:
                asked = [(one["name"], changes(one.get("set", {}))) for one in options["scenarios"]]
            table = fl.scenarios(policy, asked, roster=roster, years=years, **by, **unit)
            return Answer(door.out(table), list(table.warnings))
        case "solve":
            names = ("path", "layer", "payer", "limit", "step")
            goal = {name: objects(options[name]) for name in names if name in options}
            solution = fl.solve(policy, year=int(options["year"]), roster=roster, **goal, **unit)
            text = {lang: solution.sentence(lang=lang) for lang in ("zh", "en")}
            return Answer([{**row, "text": text} for row in door.out(solution)], list(solution.warnings))
    allocation = policy.allocate(roster, years=years)
    match op:
        case "allocate":
            shown = {name: options[name] for name in ("wide", "figures") if name in options}
            table = allocation.table(**unit, **zeros, **shown)
        case "figures":
            table = allocation.figures(**by)
        case "checks":
            known = {"figures": door.rows(options["figures"]), "fill_down": door.fill_down} if "figures" in options else {}
            table = allocation.checks(**known, **by, open=options.get("open", False))
        case "totals":
            table = allocation.totals(**by, **unit, **zeros)
        case "explain":
            year = options.get("year")
            given = {name: options[name] for name in ("top_up", "top_up_years") if name in options}
            if "receipts" in options:
                given |= {"receipts": door.rows(options["receipts"]), "fill_down": door.fill_down}
            note = allocation.explain(options["recipient"], None if year is None else int(year), **unit, **given)
            return Answer(note.details, list(note.warnings))
        case "compare":
            other = door.policy(options["with_policy"]) if "with_policy" in options else door.policy(data["policy"])
            other = other.with_changes(change) if change else other
            rows = options.get("with_roster", data.get("roster"))
            if rows is None and not isinstance(options.get("with_policy", data["policy"]), str):
                rows = policy.roster().to_dicts()
                after = other.allocate(rows, years=years)
            else:
                after = other.allocate(None if rows is None else door.roster(other, rows), years=years)
            table = fl.compare(allocation, after, **by, **unit)
        case "fund":
            order = {"order": options["order"]} if "order" in options else {}
            funding = allocation.fund(door.rows(options.get("limits", [])), options["rule"], **order, fill_down=door.fill_down)
            table = funding.totals(**by, **unit) if by else funding.table(**unit, **zeros)
        case "reconcile":
            given = {name: options[name] for name in ("top_up", "top_up_years", "as_of") if name in options}
            ledger = allocation.reconcile(door.rows(options.get("receipts", [])), **given, fill_down=door.fill_down)
            if options.get("unmatched"):
                table = ledger.unmatched(**unit)
            else:
                table = ledger.totals(**by, **unit, **zeros) if by else ledger.table(**unit, **zeros)
        case "duties":
            register = door.rows(options["assignments"]) if "assignments" in options else None
            found = allocation.duties(register, fill_down=door.fill_down)
            if options.get("unmatched"):
                table = found.unmatched()
            elif options.get("coverage"):
                table = found.coverage(**by)
            else:
                table = found.totals(**by) if by else found.table(missing=options.get("missing", False))
        case "projects":
            day = {"as_of": options["as_of"]} if "as_of" in options else {}
            planning = allocation.projects(door.rows(options.get("projects", [])), **day, fill_down=door.fill_down)
            listing = options.get("list", "amounts")
            if listing == "amounts":
                table = planning.totals(**by, **unit, **zeros) if by else planning.table(**unit, **zeros)
            else:
                table = getattr(planning, listing)(**by, **unit)
        case "form":
            shown = {name: options[name] for name in ("places", "total_first", "set_text", "text") if name in options}
            asked = allocation
            if "receipts" in options:
                given = {name: options[name] for name in ("top_up", "top_up_years", "as_of") if name in options}
                asked = allocation.reconcile(door.rows(options["receipts"]), **given, fill_down=door.fill_down)
            if "assignments" in options:
                asked = allocation.duties(door.rows(options["assignments"]), fill_down=door.fill_down)
            if "projects" in options:
                planning = allocation.projects(door.rows(options["projects"]), fill_down=door.fill_down)
                if "receipts" in options:
                    shown["projects"] = planning
                else:
                    asked = planning
            form = asked.form(options["form"], **unit, **shown)
            text = {lang: form.to_text(lang=lang) for lang in ("zh", "en")}
            return Answer([{**row, "text": text} for row in door.out(form)], list(form.warnings))
        case _:
            raise AssertionError(f"{op} is not an operation")
    return Answer(door.out(table), list(table.warnings))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_case_has_its_answer(case: Case, door: str) -> None:
    check(case, lambda: answer(case, DOORS[door]), fl.FundlayersError)


def test_all_cases_were_found() -> None:
    own = [path for path in (ROOT / "tests" / "vectors").glob("*.json") if path.name != "schema.json"]
    assert len(CASES) >= 500 and {path.stem for path in own} <= {case.file for case in CASES}
