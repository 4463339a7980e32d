"""An example as a user with a type checker writes it."""

from __future__ import annotations

from decimal import Decimal

import fundlayers as fl


def payers(policy: fl.Policy, year: int) -> dict[str, Decimal]:
    totals = policy.allocate(years=year).totals(["payer"])
    return {row["payer"]: row["amount"] for row in totals.to_dicts()}


def note(allocation: fl.Allocation, place: str) -> str:
    try:
        explanation = allocation.explain(place, 2024)
    except fl.FundlayersError as error:
        problem: fl.Problem = error.problems[0]
        return f"{problem.code}: {problem.expected}"
    return explanation.to_text(lang="zh")


policy = fl.Policy("tongchuan-2023")
allocation = policy.allocate()
csv: str = allocation.totals("county").to_csv()
years: tuple[int, ...] = allocation.years
solution = fl.solve(policy, "classes.municipal-town.standard", layer="county", payer="王益区", year=2024, limit=Decimal(400))
value: Decimal = solution.value
warnings: tuple[fl.Problem, ...] = fl.compare(allocation, policy.with_changes({"unit": "万元"}).allocate()).warnings
wide: fl.Table = allocation.table(wide=True, figures=False)


def means(allocation: fl.Allocation) -> dict[str, Decimal | None]:
    return {row["figure"]: row["mean"] for row in allocation.figures(["year"]).to_dicts()}


assert payers(policy, 2024)["city"] == 2040
assert note(allocation, "黄堡真") == "unknown-recipient: did you mean `黄堡镇`?"
assert value == 640 and years == (2023, 2024, 2025) and csv.startswith("county,")
