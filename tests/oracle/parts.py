#!/usr/bin/env python3
"""Computes random rosters whole and in parts with the Python package, and compares what both come to, to the last digit.

    python tests/oracle/parts.py --count 1000
    python tests/oracle/parts.py --seed 41 --count 1        one case again

Policies and rosters are the valid ones of `generate.py`, cut into up to four parts, so whatever rests on all places (pools, limits, numbers
of many places, classes) is settled in passes. Compared are totals, figures, what limits leave by every rule, and a ledger set
beside them. What the whole refuses the parts must refuse. The other way they may (`refused`): a number of many places is worked out in
a pass whether anything comes to read it or not. On a difference its seed is printed, and the exit status is 1.
"""

import random
import sys
import warnings
from decimal import Decimal

import fundlayers
import generate
import pyarrow
import pyarrow.dataset
import seeds

LEAST = ["id", "class", "layer", "payer", "year"]
RULES = ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority"]
# What a number of many places may lack.
ONLY_IN_PARTS = {"blank-attribute", "no-case", "outside-bands", "empty-aggregate", "division-by-zero", "missing-standard", "floor-above-cap"}


def table(header, rows):
    # A line may end before the header does.
    columns = [pyarrow.array([row[at] if at < len(row) and row[at] else None for row in rows], pyarrow.string())
               for at in range(len(header))]
    return pyarrow.table(columns, names=header)


def rows_of(found):
    return pyarrow.table(found).to_pylist()


def errors_of(error):
    return {problem.code for problem in error.problems if problem.severity == "error"}


def compared(of_whole, of_parts):
    """How the answers to one question stand to each other."""
    try:
        whole = of_whole()
    except fundlayers.FundlayersError:
        try:
            of_parts()
        except fundlayers.FundlayersError:
            return "both refuse"
        return "differs"
    try:
        parts = of_parts()
    except fundlayers.FundlayersError as error:
        return "refused" if errors_of(error) <= ONLY_IN_PARTS else "differs"
    return "alike" if rows_of(parts) == rows_of(whole) else "differs"


def amounts(rng, rows, factors):
    """About as much as some rows have."""
    step = Decimal("0.01")
    chosen = [row for row in rows if rng.random() < 0.7]
    return [(row, str((Decimal(str(row["amount"])) * Decimal(rng.choice(factors))).quantize(step))) for row in chosen]


def questions(rng, policy, classes, allocation, scan):
    """Each with its answer by the whole and by the parts."""
    yield "totals", lambda: allocation.totals(LEAST, zeros=True), lambda: scan.totals(LEAST, zeros=True)
    by = rng.choice([["county"], ["id"], [], ["class"], ["kind", "year"]])
    yield "figures", lambda: allocation.figures(by), lambda: scan.figures(by)
    by = rng.choice([["id", "layer", "year"], ["layer", "payer", "year"], ["county", "class"]])
    rows = rows_of(allocation.totals(["layer", "payer", "year"]))
    limits = amounts(rng, rows, ["0", "0.1", "0.37", "0.5", "0.93", "1", "1.2"])
    if limits:
        sheet = table(["layer", "payer", "year", "amount", "unit"],
                      [[row["layer"], row["payer"], str(row["year"]), amount, policy.unit] for row, amount in limits])
        rule, order = rng.choice(RULES), None
        if rule == "priority":
            order = rng.sample(classes, rng.randrange(1, len(classes) + 1))
        yield (f"fund {rule}", lambda: allocation.fund(sheet, rule, order=order).totals(by),
               lambda: scan.fund(sheet, rule, by, order=order))
    rows = rows_of(allocation.totals(["id", "layer", "year"]))
    receipts = amounts(rng, rows, ["0.1", "0.5", "1", "1.1"])
    if receipts:
        sheet = table(["recipient", "layer", "year", "amount", "unit"],
                      [[row["id"], row["layer"], str(row["year"]), amount, policy.unit] for row, amount in receipts])
        for top_up in ("entitled", "actual"):
            yield (f"reconcile {top_up}", lambda top_up=top_up: allocation.reconcile(sheet, top_up=top_up).totals(by),
                   lambda top_up=top_up: scan.reconcile(sheet, by, top_up=top_up))


def run_seed(seed):
    warnings.simplefilter("ignore")
    case, rng = generate.case(seed, valid=True), random.Random(seed)
    rows = table(case.header, [[str(cell) for cell in row] for row in case.rows])
    cuts = sorted(rng.randrange(len(case.rows) + 1) for _ in range(rng.randrange(4)))
    ends = [0, *cuts, len(case.rows)]
    parts = pyarrow.dataset.dataset([rows.slice(first, end - first) for first, end in zip(ends, ends[1:])])
    classes = [entry["id"] for entry in case.policy["classes"]]
    try:
        policy = fundlayers.Policy.from_json(case.policy_json())
    except fundlayers.FundlayersError:
        return "no policy", None
    try:
        scan = fundlayers.scan(policy, parts, max_passes=300, threads=rng.choice([1, 2]))
        try:
            allocation = policy.allocate(fundlayers.Roster(policy, rows, fill_down=False))
        except fundlayers.FundlayersError:
            try:
                scan.totals(LEAST)
            except fundlayers.FundlayersError:
                return "both refuse", None
            return "differs", f"seed {seed}: only the whole is refused"
        outcome = "alike"
        for name, of_whole, of_parts in questions(rng, policy, classes, allocation, scan):
            stand = compared(of_whole, of_parts)
            if stand == "differs":
                return "differs", f"seed {seed}: {name}"
            if stand == "refused":
                outcome = "refused"
        return outcome, None
    except Exception as error:  # a defect, which is a difference too
        return "differs", f"seed {seed}: {type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(seeds.main(__doc__, run_seed, of_binary=False))
