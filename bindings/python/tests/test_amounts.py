"""What goes in and comes out: exact numbers only."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import fundlayers as fl

POLICY: dict[str, Any] = {
    "id": "meals",
    "title": {"zh": "营养餐", "en": "School meals"},
    "years": [2024, 2025],
    "unit": "元",
    "payers": {"state": {}},
    "attributes": {"pupils": {"zh": "学生数", "type": "number"}, "rural": {"type": "flag"}, "kind_of_soil": {"type": "text"}},
    "layers": [{"id": "state", "payer": "state"}],
    "classes": [{"id": "school", "funding": {"state": {"rate": Decimal("0.1"), "of": "pupils"}}}],
}


@pytest.fixture
def policy() -> fl.Policy:
    return fl.Policy(POLICY)


def amounts(allocation: fl.Allocation) -> list[Decimal]:
    return [row["amount"] for row in allocation.to_dicts()]


@pytest.mark.parametrize("pupils", [3, "3", Decimal(3), "３", Decimal("3.00"), np.int64(3), np.uint8(3)])
def test_numbers_go_in_as_int_decimal_or_text(policy: fl.Policy, pupils: Any) -> None:
    assert amounts(policy.allocate([{"name": "a", "pupils": pupils}], years=2024)) == [Decimal("0.3")]


@pytest.mark.parametrize("pupils", [0.1, np.float64(0.1), float("inf")])
def test_floats_are_refused_with_what_to_write(policy: fl.Policy, pupils: float) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        policy.allocate([{"name": "a", "pupils": 1}, {"name": "b", "pupils": pupils}])
    (problem,) = caught.value.problems
    assert (problem.code, problem.row, problem.column) == ("binary-float", 2, "pupils")
    assert f'write Decimal("{float(pupils)}") or "{float(pupils)}"' in str(problem)


def test_floats_in_policies_are_refused_with_their_path(policy: fl.Policy) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        policy.with_changes({"classes.school.funding.state": {"rate": 0.1, "of": "pupils"}})
    (problem,) = caught.value.problems
    assert (problem.code, problem.key) == ("binary-float", "classes.school.funding.state.rate")
    with pytest.raises(fl.FundlayersError) as caught:
        fl.Policy({**POLICY, "years": [2024.0, 2025]})
    assert (caught.value.code, caught.value.problems[0].key) == ("binary-float", "years.0")
    with pytest.raises(fl.FundlayersError) as caught:
        fl.solve("tongchuan-2023", "classes.municipal-town.standard", layer="county", year=2024, limit=400.5)  # type: ignore[arg-type]
    assert 'write Decimal("400.5")' in str(caught.value)


@pytest.mark.parametrize("blank", [None, "", float("nan")])
def test_blank_is_none_empty_or_nan(policy: fl.Policy, blank: Any) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        policy.allocate([{"name": "a", "pupils": blank}])
    assert caught.value.code == "blank-attribute"


@pytest.mark.parametrize("bad", [Decimal("NaN"), Decimal("Infinity"), [1], {"a": 1}, b"1", object()])
def test_what_is_no_cell_is_said_with_its_place(policy: fl.Policy, bad: Any) -> None:
    with pytest.raises(fl.FundlayersError) as caught:
        policy.roster([{"name": "a", "pupils": bad}])
    (problem,) = caught.value.problems
    assert problem.code in ("wrong-type", "bad-number") and (problem.row, problem.column) == (1, "pupils")


def test_flags_and_dates_are_understood(policy: fl.Policy) -> None:
    rows = [{"name": "a", "pupils": 1, "rural": np.bool_(True), "kind_of_soil": datetime.date(2024, 5, 1)}]
    (row,) = policy.roster(rows).to_dicts()
    assert (row["rural"], row["kind_of_soil"]) == (True, "2024-05-01")


def test_amounts_come_out_as_decimals_of_the_unit() -> None:
    allocation = fl.Policy("tongchuan-2023").allocate(years=2024)
    by_unit = {unit: allocation.totals([], unit=unit).to_dicts() for unit in ("元", "wan", "亿元")}
    assert by_unit["元"] == [{"count": 36, "amount": Decimal(67_200_000), "unit": "元"}]
    assert by_unit["wan"] == [{"count": 36, "amount": Decimal(6_720), "unit": "万元"}]
    assert by_unit["亿元"] == [{"count": 36, "amount": Decimal("0.672"), "unit": "亿元"}]


def test_the_largest_amount_and_the_fen_survive() -> None:
    document = {**POLICY, "unit": "亿元", "classes": [{"id": "school", "funding": {"state": Decimal("922337203.6854775807")}}]}
    (row,) = fl.Policy(document).allocate([{"name": "a"}], years=2024).to_dicts()
    assert row["amount"] == Decimal("922337203.6854775807")
    table = fl.Policy(document).allocate([{"name": "a"}], years=2024).to_arrow()
    assert table["amount"].to_pylist() == [Decimal("922337203.6854775807")]
    assert table.schema.field("amount").metadata[b"unit"] == "亿元".encode()


def test_a_policy_is_a_dict_and_toml_and_json() -> None:
    policy = fl.Policy(POLICY)
    assert fl.Policy(policy.to_dict()) == policy == fl.Policy.from_json(policy.to_json())
    assert fl.Policy.from_toml("id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n").id == "e"
    assert hash(fl.Policy(policy.to_dict())) == hash(policy) and policy != fl.Policy("tongchuan-2023")


def test_changes_are_a_what_if_and_leave_the_policy_alone() -> None:
    policy = fl.Policy("tongchuan-2023")
    dearer = policy.with_changes({"classes.municipal-town.standard": 650})
    assert dearer == policy.with_changes("classes.municipal-town.standard=650") != policy
    assert [sum(amounts(p.allocate(years=2024))) for p in (policy, dearer)] == [6720, 6820]
