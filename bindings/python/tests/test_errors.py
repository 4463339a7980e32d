"""What is wrong is said all at once, as an exception with fields; nothing panics."""

from __future__ import annotations

import importlib
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import fundlayers as fl

BAD = "名称,类型,认定层级,数量,区划代码\n,镇,省级,1,\n甲村,村,县级,0,61\n"


def test_all_problems_of_a_file_at_once_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        fl.Roster("tongchuan-2023", path)
    error = caught.value
    assert isinstance(error, fl.FundlayersError) and error.code == "missing-value"
    found = [(problem.code, problem.row, problem.line, problem.column) for problem in error.problems]
    assert found == [
        ("missing-value", 1, 2, "name"),
        ("unknown-designation", 2, 3, "designation"),
        ("bad-count", 2, 3, "count"),
        ("bad-division-code", 2, 3, "division_code"),
    ]
    assert all(problem.file == str(path) and problem.severity == "error" for problem in error.problems)
    assert error.problems[1].found == "县级" and "省级" in str(error.problems[1].expected)
    assert str(error).splitlines()[0].startswith(f"{path}:2: row 1, column `name`")


def test_errors_can_be_pickled() -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Roster.from_csv("tongchuan-2023", BAD)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.problems, again.code, str(again)) == (caught.value.problems, caught.value.code, str(caught.value))


def test_a_long_list_of_problems_is_cut_for_reading_only() -> None:
    rows = [{"name": "", "kind": "镇", "designation": "省级", "county": "a"}] * 30
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Roster("tongchuan-2023", rows)
    lines = str(caught.value).splitlines()
    assert len(caught.value.problems) == 30 and len(lines) == 21 and lines[-1] == "… and 10 more like it"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: fl.Policy("tongchuan-2032"), "unknown-policy"),
        (lambda: fl.Policy("no/such/file.toml"), "cannot-read"),
        (lambda: fl.Policy("no.such"), "unknown-format"),
        (lambda: fl.Policy.from_toml("id = "), "syntax"),
        (lambda: fl.Policy.from_json(b"\xff\xff"), "encoding"),
        (lambda: fl.Policy({}), "missing-key"),
        (lambda: fl.Policy("tongchuan-2023").allocate(years=2026), "year-outside-policy"),
        (lambda: fl.Policy("tongchuan-2023").allocate(years="2025..2023"), "bad-years"),
        (lambda: fl.Policy("tongchuan-2023").allocate(years=-1), "bad-years"),
        (lambda: fl.Policy("tongchuan-2023").allocate(years=10**12), "bad-years"),
        (lambda: fl.Policy("tongchuan-2023").allocate().totals("colour"), "unknown-grouping"),
        (lambda: fl.Policy("tongchuan-2023").allocate().table(unit="$"), "bad-unit"),
        (lambda: fl.Policy("tongchuan-2023").allocate().explain("nobody"), "unknown-recipient"),
        (lambda: fl.Policy("tongchuan-2023").allocate().fund([], "fair"), "unknown-rule"),
        (lambda: fl.Policy("tongchuan-2023").allocate().to_text(lang="fr"), "unknown-word"),
        (lambda: fl.Policy("tongchuan-2023").with_changes("x"), "syntax"),
        (lambda: fl.Policy("tongchuan-2023").allocate().to_csv("/no/such/folder/x.csv"), "cannot-write"),
    ],
)
def test_each_mistake_has_its_code(call: Any, code: str) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        call()
    assert caught.value.code == code


def example(amount: Any, **more: Any) -> dict[str, Any]:
    """A policy that gives every place an amount, with a number `n` and a text `grade` of each."""
    return {
        "id": "e",
        "title": {"zh": "算例"},
        "years": [2024, 2025],
        "unit": "元",
        "attributes": {"n": {"type": "number"}, "grade": {"type": "text"}},
        "layers": [{"id": "a", "payer": "county"}],
        "classes": [{"id": "all", "funding": {"a": amount}}],
        **more,
    }


def figures(*values: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"id": name, "value": value} for name, value in values]


ONE_LAYER = {"id": "a", "payer": "county"}
POOL = {"id": "p", "amount": 100, "weights": {"n": 1}}


@pytest.mark.parametrize(
    ("document", "code", "key"),
    [
        (example("x", figures=figures(("x", {"rate": 2, "of": "y"}), ("y", {"rate": 2, "of": "x"}))), "circular-figure", "figures.x"),
        (example({"bands": [{"below": 5, "give": 1}, {"below": 4, "give": 2}], "of": "n"}), "bad-bands", "classes.all.funding.a.bands.1"),
        (example({"tiers": [{"up_to": 5, "rate": 1}, {"up_to": 5, "rate": 2}], "of": "n"}), "bad-bands", "classes.all.funding.a.tiers.1"),
        (example({"aggregate": "sum"}), "bad-aggregate", "classes.all.funding.a"),
        (example({"exact": "a"}), "later-layer", "classes.all.funding.a.exact"),
        (example(1, layers=[{**ONE_LAYER, "sign": "any", "limit": {"amount": 5, "rule": "talmud"}}]), "signed-limit", "layers.a.limit"),
        (example({"pool": "p"}, pools=[{**POOL, "amount": "n"}]), "reads-place", "pools.p.amount"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_mistake_of_a_formula_has_its_code_and_place(document: dict[str, Any], code: str, key: str) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy(document)
    assert [(problem.code, problem.key) for problem in caught.value.problems] == [(code, key)]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ({"quotient": [1, "n"]}, "division-by-zero"),
        ({"bands": [{"below": 0, "give": 1}], "of": "n"}, "outside-bands"),
        ({"cases": {"一类": 1}, "of": "grade"}, "no-case"),
        ({"aggregate": "mean", "of": "n", "where": {"n": {"above": 9}}}, "empty-aggregate"),
        ({"difference": ["n", 1]}, "negative-amount"),
    ],
)
def test_each_mistake_of_a_place_has_its_code_and_row(amount: Any, code: str) -> None:
    rows = [{"name": "甲", "n": 0, "grade": "二类"}]
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Allocation(example(amount), rows, years=2024)
    (problem,) = caught.value.problems
    assert (problem.code, problem.row) == (code, 1)


def test_what_a_pool_leaves_and_a_blank_figure_are_warned_about() -> None:
    left = example({"pool": "p"}, pools=[{**POOL, "at_most": 30, "if_left": "keep"}])
    allocation = fl.Allocation(left, [{"name": "甲", "n": 1}], years=2024)
    assert [warning.code for warning in allocation.warnings] == ["pool-left"]
    blank = fl.Allocation(example(1, figures=figures(("x", {"rate": 2, "of": "n"}))), [{"name": "甲", "n": None}, {"name": "乙", "n": 2}])
    table = blank.figures()
    assert [warning.code for warning in table.warnings] == ["blank-figure"]
    assert [row["x"] for row in table.to_dicts()] == [None, None, 4, 4]


@pytest.mark.parametrize(
    "call",
    [
        lambda: fl.Policy(7),  # type: ignore[arg-type]
        lambda: fl.Policy(None),  # type: ignore[arg-type]
        lambda: fl.Roster("tongchuan-2023", 7),  # type: ignore[arg-type]
        lambda: fl.Roster("tongchuan-2023", {"name": "a"}),  # type: ignore[dict-item]
        lambda: fl.Policy(fl.Policy("tongchuan-2023").to_dict()).roster(),
        lambda: fl.compare(1, 2),  # type: ignore[arg-type]
        lambda: fl.Policy("tongchuan-2023").with_changes(7),  # type: ignore[arg-type]
    ],
)
def test_what_is_of_no_use_at_all_is_a_type_error(call: Any) -> None:
    with pytest.raises(TypeError):
        call()


class Hostile:
    """Answers every question with trouble."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Endless(dict[str, Any]):
    def items(self) -> Any:
        return [("a", self)]


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_hostile_objects_raise_and_do_not_crash() -> None:
    values: tuple[Any, ...] = (Hostile(), "\ud800", "\0", "x" * 10_000_000, b"\0" * 1000, {"\ud800": 1}, [Hostile()], [{Hostile(): 1}])
    uses: tuple[Any, ...] = (fl.Policy, lambda data: fl.Roster("tongchuan-2023", data), fl.Policy.from_json, fl.Policy.from_toml)
    for value in values:
        for use in uses:
            with pytest.raises((ValueError, TypeError, RuntimeError, OSError)):
                use(value)
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy(Endless())
    assert caught.value.code == "too-deep"
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy({"id": deep(100_000)})
    assert caught.value.code == "too-deep"


def test_a_defect_is_an_error_and_leaves_the_package_usable() -> None:
    with pytest.raises(RuntimeError, match="a defect of fundlayers; please report it: planted 甲"):
        getattr(importlib.import_module("fundlayers._fundlayers"), "_panic_for_test")("planted 甲")
    assert fl.Policy("tongchuan-2023").allocate().totals([]).to_dicts()[0]["amount"] == 20160


def test_floats_of_a_dict_are_told_with_its_other_mistakes() -> None:
    document = fl.Policy("tongchuan-2023").to_dict()
    document["unit"] = "千元"
    document["classes"][0]["funding"]["city"] = 0.5
    document["classes"][2]["standard"] = 1.5
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy(document)
    found = [(problem.code, problem.key) for problem in caught.value.problems]
    assert ("binary-float", "classes.provincial-town.funding.city") in found
    assert ("binary-float", f"classes.{document['classes'][2]['id']}.standard") in found
    assert ("bad-unit", "unit") in found
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy("tongchuan-2023").with_changes({"a": 0.5, "b": 1.5})
    assert [problem.code for problem in caught.value.problems] == ["binary-float"] * 2


def test_exact_ratios_and_what_libraries_write_for_nothing() -> None:
    pandas = pytest.importorskip("pandas")
    document = fl.Policy("tongchuan-2023").to_dict()
    document["classes"][0]["funding"]["city"] = {"rate": Fraction(1, 3), "of": 300}
    rows = [{"名称": "甲镇", "类型": "镇", "认定层级": "省级", "编码": pandas.NA, "起始年度": pandas.NaT}]
    totals = fl.Policy(document).allocate(rows, years=2024).totals("layer").to_dicts()
    assert [row["amount"] for row in totals if row["layer"] == "city"] == [100]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fl.Policy("tongchuan-2023").allocate(years=2024.0), "a list of years, not `float`"),  # type: ignore[arg-type]
        (lambda: fl.Policy("tongchuan-2023").allocate().totals(5), "a list of texts, not `int`"),  # type: ignore[arg-type]
        (lambda: fl.Policy.from_toml(5), "a text or bytes, not `int`"),  # type: ignore[arg-type]
    ],
)
def test_what_an_argument_may_be_is_said(call: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call()


def test_the_text_of_a_policy_is_not_its_name() -> None:
    with pytest.raises(fl.FundlayersError, match="from_toml"):
        fl.Policy('id = "x"\nunit = "元"\n')


def test_hostile_numbers_are_read_by_their_digits() -> None:
    policy = fl.Policy("tongchuan-2023")
    for value in (10**400, -(10**400), "1" * 5000, "1e999999999"):
        with pytest.raises(fl.FundlayersError):
            policy.with_changes({"classes.municipal-town.standard": value})
