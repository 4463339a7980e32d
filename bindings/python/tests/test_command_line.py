"""What Python writes as JSON is what the command line writes, to the byte; and texts that are none are refused."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fundlayers as fl

ROOT = Path(__file__).parents[3]
LIMITS = "layer,payer,year,amount,unit\ncity,city,2023,1020,万元\n"
LEDGER = "名称,年度,安排层级,到位金额(万元)\n黄堡镇,2024,市级,200\n不在名单,2024,市级,1\n"
SCENARIOS = "scenario,path,value\nas planned,,\n650,classes.municipal-town.standard,650\n"
ROSTER = "名称,类型,认定层级,区县,备注\n黄堡镇,镇,市级,王益区,x\n"


@pytest.fixture(scope="module")
def binary() -> Path:
    """The one that ``FUNDLAYERS_COMMAND_LINE`` names, else the command line built where the module was."""
    if built := os.environ.get("FUNDLAYERS_COMMAND_LINE"):
        return Path(built)
    subprocess.run(["cargo", "build", "--quiet", "-p", "fundlayers-cli"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "debug" / "fundlayers"

ASSIGNMENTS = "名称,年度,事项,姓名或单位\n黄堡镇,2024,包抓部门,区农业农村局\n某村,2024,包抓部门,区水务局\n"
PROJECTS = "项目编号,项目名称,项目类型,名称,年度,安排层级,资金（万元）,完成时限\n1,冷库,产业发展,黄堡镇,2024,市级,320,2024年5月\n2,路,基础设施,某村,2024,市级,9,\n"

FIGURES = """
id = "example"
title = { zh = "算例" }
years = [2024, 2025]
unit = "元"
layers = [{ id = "a", payer = "county" }]
attributes = { n = { type = "number" } }
figures = [{ id = "third", unit = "分", value = { rate = "1/3", of = "n" } }]
classes = [{ id = "all", funding = { a = "third" } }]
"""


def asked(file: Callable[[str, str], str]) -> dict[str, tuple[list[str], Callable[[], fl.Table]]]:
    """For each operation what is asked of the command line, and the same of the package."""
    policy = fl.Policy("tongchuan-2023")
    roster, limits, ledger = file("roster.csv", ROSTER), file("limits.csv", LIMITS), file("ledger.csv", LEDGER)
    scenarios, register = file("scenarios.csv", SCENARIOS), file("projects.csv", PROJECTS)
    people = file("people.csv", ASSIGNMENTS)
    allocation = policy.allocate()
    dearer = policy.with_changes({"classes.municipal-town.standard": 650})
    change = ["--set", "classes.municipal-town.standard=650"]
    needy, needed = file("policy.toml", FIGURES), file("needed.csv", "name,county,n\n甲,王益区,2\n乙,王益区,5\n")
    figured, needs = ["--policy", needy, "--roster", needed], fl.Allocation(needy, needed)
    return {
        "allocate": (["allocate"], lambda: allocation),
        "allocate a roster with a warning": (
            ["allocate", "--roster", roster, "--years", "2024"],
            lambda: fl.Allocation(policy, roster, years=2024),
        ),
        "totals": (["totals", "--by", "county,layer"], lambda: allocation.totals("county,layer")),
        "figures": (["figures", *figured], lambda: needs.figures()),
        "figures by county": (["figures", *figured, "--by", "county,year"], lambda: needs.figures("county,year")),
        "allocate with figures": (["allocate", *figured, "--figures", "--wide"], lambda: needs.table(figures=True, wide=True)),
        "explain": (["explain", "黄堡镇"], lambda: allocation.explain("黄堡镇")),
        "explain duties": (["explain", "黄堡镇", "--duties"], lambda: allocation.explain("黄堡镇", duties=True)),
        "explain duties of a year": (
            ["explain", "黄堡镇", "--assignments", people, "--year", "2024", "--unit", "元"],
            # What is due once is due in the first of the years that are asked for.
            lambda: fl.Allocation(policy, years=2024).explain("黄堡镇", assignments=people, unit="元"),
        ),
        "duties explained": (["explain", "黄堡镇", "--assignments", people], lambda: allocation.duties(people).explained("黄堡镇")),
        "fund": (
            ["fund", "--limits", limits, "--rule", "talmud"],
            lambda: allocation.fund(limits, "talmud"),
        ),
        "reconcile": (["reconcile", "--receipts", ledger], lambda: allocation.reconcile(ledger)),
        "projects": (
            ["projects", "--projects", register, "--as-of", "2024-06-30"],
            lambda: allocation.projects(register, as_of="2024-06-30"),
        ),
        "projects by category": (
            ["projects", "--projects", register, "--by", "category,county"],
            lambda: allocation.projects(register).totals(["category", "county"]),
        ),
        "what lists lack": (["projects", "--projects", register, "--list", "places"], lambda: allocation.projects(register).places()),
        "duties": (["duties", "--assignments", people], lambda: allocation.duties(people)),
        "duties by county": (["duties", "--by", "county"], lambda: allocation.duties().totals("county")),
        "checks": (["checks", "--years", "2025"], lambda: fl.Allocation(policy, years=2025).checks()),
        "compare": (["compare", *change], lambda: fl.compare(allocation, dearer.allocate())),
        "scenarios": (
            ["scenarios", "--scenarios", scenarios, "--roster", roster],
            lambda: fl.scenarios(policy, scenarios, roster=roster),
        ),
        "solve": (
            ["solve", "classes.municipal-town.standard", "--layer", "county", "--year", "2024", "--limit", "400",
             "--payer", "王益区"],
            lambda: fl.solve(policy, "classes.municipal-town.standard", layer="county", payer="王益区", year=2024, limit=400),
        ),
    }


def test_json_is_that_of_the_command_line(binary: Path, tmp_path: Path) -> None:
    def file(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    for name, (arguments, table) in asked(file).items():
        command = [str(binary), *arguments, "--format", "json"]
        written = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout
        assert table().to_json() == written, name


def test_a_note_is_that_of_the_command_line(binary: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(ASSIGNMENTS, encoding="utf-8")
    notes = {
        ("--duties",): fl.Allocation("tongchuan-2023").explain("黄堡镇", duties=True),
        ("--assignments", str(people)): fl.Allocation("tongchuan-2023").duties(people).explained("黄堡镇"),
    }
    for options, note in notes.items():
        for lang in ("zh", "en"):
            command = [str(binary), "explain", "黄堡镇", *options, "--lang", lang]
            written = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout
            assert note.to_text(lang=lang).strip() == written.strip(), (options, lang)
            for form in ("md", "html"):
                printed = note.to_markdown(lang=lang) if form == "md" else note.to_html(lang=lang)
                command_of_form = [*command, "--format", form]
                written = subprocess.run(command_of_form, capture_output=True, check=True, text=True, encoding="utf-8").stdout
                assert printed.strip() == written.strip(), (options, lang, form)


def test_a_comparison_has_both_policies_and_each_warning_once(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    policy = fl.Policy("tongchuan-2023")
    before, after = (fl.Allocation(one, str(path)) for one in (policy, policy.with_changes({"version": "2"})))
    text = fl.compare(before, after).to_json()
    assert text is not None
    found = json.loads(text)
    assert (found["policy"]["version"], found["with_policy"]["version"]) == ("1", "2")
    warnings = [json.dumps(warning, ensure_ascii=False) for warning in found["warnings"]]
    assert warnings and len(warnings) == len(set(warnings))


HALF = "a\ud800b"


def test_half_of_a_surrogate_pair_is_refused_at_its_cell() -> None:
    policy = fl.Policy("tongchuan-2023")
    good = {"name": "黄堡镇", "kind": "镇", "designation": "市级", "county": "王益区"}

    def found(rows: list[dict[str, Any]]) -> list[tuple[str, int | None, str | None]]:
        with pytest.raises(fl.FundlayersError) as error:
            fl.Roster(policy, rows)
        return [(one.code, one.row, one.column) for one in error.value.problems if one.code == "encoding"]

    assert found([good, {**good, "name": HALF}]) == [("encoding", 2, "name")]
    assert found([{**good, "count": "5\ud800"}]) == [("encoding", 1, "count")]
    assert found([good, {**good, HALF: 1}]) == [("encoding", 2, None)]
    text = json.dumps([good, {**good, "county": HALF}])
    with pytest.raises(fl.FundlayersError) as error:
        fl.Roster.from_json(policy, text)
    assert [(one.code, one.row, one.column) for one in error.value.problems][:1] == [("encoding", 2, "county")]
    # pandas keeps such a text as an object, which leaves by Arrow or not at all.
    with pytest.raises(fl.FundlayersError):
        fl.Roster(policy, pd.DataFrame([good, {**good, "name": HALF}], dtype=object))


def test_half_of_a_surrogate_pair_is_refused_in_tables_and_changes() -> None:
    policy = fl.Policy("tongchuan-2023")
    allocation = policy.allocate(years=2024)
    with pytest.raises(fl.FundlayersError) as error:
        allocation.reconcile([{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": "10\ud800"}])
    assert [(one.code, one.row) for one in error.value.problems] == [("encoding", 1)]
    with pytest.raises(fl.FundlayersError) as error:
        policy.with_changes({"classes.municipal-town.standard": "650\ud800"})
    assert error.value.problems[0].code == "encoding"
