"""Objects do not change, can be pickled, shared between threads and interrupted."""

from __future__ import annotations

import copy
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

import fundlayers as fl

CHANGE = {"classes.municipal-town.standard": 650}
FORMULA = {
    "id": "e",
    "title": {"zh": "算例", "en": "Example"},
    "years": [2024, 2025],
    "unit": "元",
    "attributes": {"n": {"type": "number"}},
    "figures": [{"id": "third", "value": {"rate": "1/3", "of": "n"}, "clause": "一"}, {"id": "six", "value": {"rate": 2, "of": "n"}}],
    "layers": [{"id": "a", "payer": "county", "limit": {"amount": 9, "rule": "proportional"}}, {"id": "b", "payer": "county"}],
    "classes": [{"id": "all", "funding": {"a": {"product": ["third", "six"]}, "b": 5}}],
}
LIMITS = [{"layer": "city", "payer": "city", "year": 2023, "amount": "1,020", "unit": "万元"}]
NEEDS = [{"name": "甲", "n": 3}, {"name": "乙", "n": 3}]
PROJECTS = [{"项目编号": "1", "项目名称": "冷库", "名称": "黄堡镇", "年度": 2023, "安排层级": "city", "资金（万元）": 400, "完成时限": "2023年5月"}]
ASSIGNMENTS = [{"名称": "黄堡镇", "年度": 2024, "事项": "包抓部门", "姓名或单位": "区农业农村局"}]
FIGURES = [{"区县": "王益区", "乡镇": "黄堡镇", "乡镇级规划建设用地指标（亩）": 1500, "预留机动指标（公顷）": "5.01"}]
RECEIPTS = [{"name": "黄堡镇", "year": 2023, "layer": "city", "event": "到位", "amount": 200, "unit": "万元"}]


def made() -> dict[str, Any]:
    policy = fl.Policy("tongchuan-2023")
    allocation = policy.allocate()
    return {
        "roster": allocation.roster,
        "allocation": allocation,
        "some years": policy.allocate(years=[2023, 2025]),
        "changed": policy.with_changes(CHANGE).allocate(),
        "table": allocation.table(unit="元", zeros=True, wide=True),
        "figures": fl.Allocation(FORMULA, NEEDS).figures(),
        "figures by year": fl.Allocation(FORMULA, NEEDS).figures("year"),
        "table with figures": fl.Allocation(FORMULA, NEEDS).table(figures=True),
        "a formula explained": fl.Allocation(FORMULA, NEEDS).explain("甲"),
        "a formula of the gallery": fl.Policy("fr-rural-solidarity-2019").allocate(),
        "totals": allocation.totals(["county", "layer"], unit="亿元"),
        "explanation": allocation.explain("黄堡镇", 2024),
        "a funding explained": allocation.explain("黄堡镇", limits=LIMITS, rule="proportional"),
        "a reconciliation explained": allocation.explain("黄堡镇", receipts=[RECEIPTS, RECEIPTS], top_up="received"),
        "duties explained": allocation.explain("黄堡镇", 2024, assignments=ASSIGNMENTS),
        "duties without a register explained": allocation.explain("黄堡镇", duties=True),
        "duties explained of themselves": allocation.duties(pl.DataFrame(ASSIGNMENTS)).explained("黄堡镇", [2023, 2024]),
        "a total explained": allocation.explain("王益区", by="county"),
        "totals explained": allocation.explain(by="county,year", unit="元"),
        "funding": allocation.fund(LIMITS, "talmud"),
        "funding of a frame": allocation.fund(pl.DataFrame(LIMITS), "priority", order="municipal-town"),
        "funding's totals": allocation.fund(LIMITS, "proportional").totals(),
        "reconciliation": allocation.reconcile(RECEIPTS, as_of="2023-06"),
        "reconciliation's totals": allocation.reconcile(pl.DataFrame(RECEIPTS), top_up="received").totals("county"),
        "unmatched": allocation.reconcile([{**RECEIPTS[0], "name": "无此镇"}]).unmatched(),
        "projects": allocation.projects(PROJECTS, as_of="2023-06-30"),
        "projects' totals": allocation.projects(pl.DataFrame(PROJECTS)).totals("category,county"),
        "what lists lack": allocation.projects(PROJECTS).places(),
        "shares of categories": allocation.projects(PROJECTS).shares(),
        "overdue projects": allocation.projects(PROJECTS, as_of=date(2023, 6, 30)).overdue(),
        "unmatched projects": allocation.projects([{**PROJECTS[0], "名称": "无此镇"}]).unmatched(),
        "a list of tasks": allocation.projects(PROJECTS).form("清单", set_text={"issuer": "某局"}),
        "a filing with projects": allocation.reconcile(RECEIPTS).form("filing", projects=allocation.projects(PROJECTS)),
        "duties": allocation.duties(ASSIGNMENTS),
        "what is missing of duties": allocation.duties().table(missing=True),
        "duties' totals": allocation.duties(pl.DataFrame(ASSIGNMENTS)).totals("county"),
        "coverage of duties": allocation.duties(ASSIGNMENTS).coverage("year"),
        "unmatched assignments": allocation.duties([{**ASSIGNMENTS[0], "名称": "无此镇"}]).unmatched(),
        "a form of duties": allocation.duties(ASSIGNMENTS).form("帮扶力量"),
        "checks": allocation.checks(FIGURES, open=True),
        "checks by county": allocation.checks(pl.DataFrame(FIGURES), by="county"),
        "a form of checks": allocation.form("land", figures=FIGURES),
        "comparison": fl.compare(allocation, policy.with_changes(CHANGE).allocate(), "county"),
        "scenarios": fl.scenarios(policy, {"a": {}, "b": CHANGE}, "year"),
        "solution": fl.solve(policy, "classes.municipal-town.standard", layer="county", year=2024, limit="1500"),
    }


@pytest.mark.parametrize("name", made())
def test_every_table_can_be_pickled(name: str) -> None:
    table = made()[name]
    again = pickle.loads(pickle.dumps(table))
    assert type(again) is type(table)
    assert again.to_json() == table.to_json() and again.unit == table.unit and again.warnings == table.warnings
    assert copy.copy(table) is table and copy.deepcopy(table) is table


def test_policies_can_be_pickled() -> None:
    for policy in (fl.Policy("tongchuan-2023"), fl.Policy("tongchuan-2023").with_changes(CHANGE)):
        again = pickle.loads(pickle.dumps(policy))
        assert again == policy and len(again.roster()) == 12
        assert again.changes == policy.changes and again.heading(lang="en") == policy.heading(lang="en")


def test_the_gallery_is_apart_and_its_formulas_run() -> None:
    formulas = fl.gallery()
    assert len(formulas) >= 36 and formulas[0].startswith("cn-") and not set(formulas) & set(fl.policies())
    for formula in formulas:
        policy = fl.Policy(formula)
        again = pickle.loads(pickle.dumps(policy))
        assert policy.id == formula and len(policy.allocate()) > 0 and again == policy
        assert again.allocate().to_csv() == policy.allocate().to_csv()
        assert fl.Policy(policy.to_dict()) == policy == fl.Policy.from_json(policy.to_json())


def test_an_explanation_has_its_figures_and_its_claim() -> None:
    # 3 ÷ 3 = 1 and 2 × 3 = 6; 1 × 6 = 6 claimed, twice 6 are 12, of which the limit leaves 9: 4.5 each.
    explained = fl.Allocation(FORMULA, NEEDS, years=2024).explain("甲").details
    limited, plain = explained[0]["steps"]
    assert (limited["exact"], limited["claim"], limited["amount"]) == ("6", 6, Decimal("4.5"))
    assert [(figure["id"], figure["value"], figure["clause"]) for figure in limited["figures"]] == [("third", "1", "一"), ("six", "6", None)]
    assert all(set(figure["text"]) == {"zh", "en"} for figure in limited["figures"])
    assert "figures" not in plain and "claim" not in plain and explained[0]["total"] == Decimal("9.5")


def test_what_limits_and_receipts_do_to_an_amount_is_explained_with_fields() -> None:
    # 黄堡镇 is due 300 from the city and 300 from its county; of 2,040 the city pays half, and 200 arrived.
    allocation = fl.Policy("tongchuan-2023").allocate(years=2023)
    half = [{"layer": "city", "payer": "city", "year": 2023, "amount": 1020, "unit": "万元"}]
    note = allocation.explain("黄堡镇", limits=half, rule="proportional")
    assert [(award["layer"], award["limit"], award["claim"], award["funded"]) for award in note.awards] == [("city", 1020, 300, 150), ("county", None, 300, 300)]
    assert note.details[0]["total"] == 600 and note.gaps == [] and note.totals == [] and "150" in note.to_text(lang="en")
    assert allocation.fund(half, "proportional").explain("黄堡镇") == note.awards
    ledger = [{"名称": "黄堡镇", "年度": 2023, "安排层级": "市级", "到位金额(万元)": 200}]
    city, county = allocation.explain("黄堡镇", receipts=ledger, unit="元").gaps
    assert (city["due"], city["received"], city["gap"], city["excess"], city["unit"]) == (3_000_000, 2_000_000, 1_000_000, 0, "元")
    assert [(line["event"], line["amount"], line["counted"]) for line in city["lines"]] == [("received", 2_000_000, True)] and county["lines"] == []
    total, *others = allocation.explain("王益区", by="county").totals
    assert (total["by"], total["amount"], others) == ({"county": "王益区"}, 720, [])
    assert sum(part["amount"] for part in total["parts"]) == 720 and all(part["clause"] for part in total["parts"])
    assert sum(total["amount"] for total in allocation.explain(by="county").totals) == 6720


def test_what_is_due_besides_money_is_explained_with_fields() -> None:
    # By 四.2 a municipal town has a leader and a department of its county; the register has only the department.
    allocation = fl.Policy("tongchuan-2023").allocate(years=2024)
    note = allocation.duties(ASSIGNMENTS).explained("黄堡镇")
    department, = [duty for duty in note.duties if duty["lines"]]
    assert (department["duty"], department["due"], department["assigned"], department["missing"], department["met"]) == ("county-department-town", 1, 1, 0, True)
    line = {"line": 1, "person": "区农业农村局", "duty": "包抓部门", "number": 1, "people": None, "date": "", "note": ""}
    assert department["lines"] == [line] and department["clause"] == "四.2" and set(department["text"]) == {"zh", "en"}
    assert all(duty["met"] is False and duty["missing"] == duty["due"] for duty in note.duties if not duty["lines"])
    assert [duty["clause"] for duty in note.duties if duty["clause"] not in {cited["clause"] for cited in note.clauses}] == []
    assert note.details[0]["total"] == 600 and note.gaps == [] and "区农业农村局" in note.to_text(lang="zh")
    unknown = allocation.explain("黄堡镇", duties=True).duties
    assert [(duty["duty"], duty["due"]) for duty in unknown] == [(duty["duty"], duty["due"]) for duty in note.duties]
    assert all(duty["met"] is None and duty["assigned"] is None and duty["lines"] == [] for duty in unknown)
    assert allocation.explain("黄堡镇").duties == []
    with pytest.raises(fl.FundlayersError) as error:
        allocation.duties().explained("nobody")
    assert error.value.code == "unknown-recipient"


def test_what_explains_nothing_together_is_a_wrong_use() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate()
    wrong: list[dict[str, Any]] = [
        {}, {"by": "county", "year": 2023}, {"by": "county", "limits": LIMITS}, {"recipient": "黄堡镇", "limits": LIMITS},
        {"recipient": "黄堡镇", "limits": LIMITS, "rule": "talmud", "receipts": RECEIPTS},
        {"recipient": "黄堡镇", "receipts": RECEIPTS, "assignments": ASSIGNMENTS},
        {"recipient": "黄堡镇", "limits": LIMITS, "rule": "talmud", "duties": True}, {"by": "county", "duties": True},
    ]
    for arguments in wrong:
        with pytest.raises(TypeError):
            allocation.explain(**arguments)


def test_a_changed_policy_says_what_was_changed() -> None:
    dearer = fl.Policy("tongchuan-2023").with_changes({"classes.municipal-town.standard": 650})
    assert dearer.changes == ({"path": "classes.municipal-town.standard", "before": 600, "after": 650},)
    said = "classes.municipal-town.standard 600 → 650"
    assert dearer.heading(lang="en").endswith(f"(changed)\npolicy changed: {said}")
    allocation = dearer.allocate(years=2024)
    for table in (allocation, allocation.totals("county"), allocation.explain("黄堡镇")):
        assert said in table.to_text(lang="en") and said in table.to_html(lang="en")
        assert '"changes": [{"path":"classes.municipal-town.standard","before":600,"after":650}]' in (table.to_json() or "")
    assert [step["clause"] for step in allocation.explain("黄堡镇").details[0]["steps"]] == ["四.1", None]
    assert fl.Policy("tongchuan-2023").changes == ()


def test_objects_do_not_change() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate()
    for thing in (allocation, allocation.policy, allocation.roster, allocation.explain("黄堡镇")):
        with pytest.raises(AttributeError):
            thing.unit = "元"  # type: ignore[misc]
    allocation.policy.to_dict()["years"] = []
    assert allocation.policy.years == (2023, 2024, 2025)


def test_objects_are_shared_between_threads() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate()
    expected = allocation.totals("county,year").to_csv()

    def ask(number: int) -> bool:
        note = allocation.explain("黄堡镇", 2024).to_text(lang="en")
        return allocation.totals("county,year").to_csv() == expected and "\nTotal 600 万元\n" in note and len(allocation) == 72

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))


def roster(rows: int) -> pl.DataFrame:
    numbers = pl.int_range(rows, eager=True)
    return pl.DataFrame({"id": numbers.cast(pl.String), "name": "村", "kind": "village", "designation": "municipal"}).with_columns(
        county=(numbers % 3000).cast(pl.String)
    )


def test_others_may_run_while_it_computes() -> None:
    frame = roster(100_000)
    policy = fl.Policy("tongchuan-2023")
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    policy.allocate(frame).to_csv()
    done.set()
    thread.join()
    assert ticks > 20, "the interpreter was held"


def test_ctrl_c_stops_long_work() -> None:
    script = textwrap.dedent(
        """
        import sys, time
        import polars as pl
        import fundlayers as fl
        n = 600_000
        numbers = pl.int_range(n, eager=True)
        frame = pl.DataFrame({"id": numbers.cast(pl.String), "name": "村", "kind": "village", "designation": "municipal"})
        allocation = fl.Policy("tongchuan-2023").allocate(frame)
        print("ready", flush=True)
        try:
            while True:
                allocation.to_csv()
        except KeyboardInterrupt:
            print("stopped", flush=True)
        print(allocation.totals([]).to_dicts()[0]["count"], flush=True)
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - start < 2
        # The objects are whole.
        assert process.stdout.readline() == "600000\n"
        assert process.wait(60) == 0
