#!/usr/bin/env python3
"""Compares `compare`, `scenarios` and `solve` of the command line with the model on random cases.

    what_if.py --binary target/quick/fundlayers --count 500

Comparisons and scenarios are differences of the model's own totals. A solution is held to the model's totals at its
value and one step above, and to every value of a small range tried one by one.
"""

import argparse
import copy
import csv
import io
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

import generate
import model

BY = [("year", "layer"), ("county",), ("id", "layer"), ("class", "year"), ("kind", "designation"), ("layer", "payer"),
      ("payer", "county", "year"), ("township",), ()]
SECONDS = 30
# The library refuses plain numbers so when it reads a policy, the model when a place meets them.
FLOORS = "[floor-above-cap]"


# -- changes ----------------------------------------------------------------------------------------------------------


def numbers_of(policy):
    """The paths of single numbers that rules read, with their parents and keys."""
    found = []

    def visit(node, path, parent, key, inside_list):
        if isinstance(node, dict):
            for name, entry in node.items():
                if name not in ("when", "where", "clause", "note", "counting", "pool", "weights", "rounding"):
                    visit(entry, [*path, name], node, name, inside_list)
        elif isinstance(node, list):
            for index, entry in enumerate(node):
                visit(entry, [*path, str(index)], node, index, True)
        elif isinstance(node, (int, generate.Digits)) and not isinstance(node, bool) and not inside_list:
            found.append((path, parent, key))

    for cls in policy["classes"]:
        visit(cls.get("standard"), ["classes", cls["id"], "standard"], cls, "standard", False)
        visit(cls["funding"], ["classes", cls["id"], "funding"], cls, "funding", False)
    return found


def dotted(path):
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"' for part in path)


def changed(rng, policy):
    """A copy of a policy with some numbers changed, and the changes by path."""
    policy, changes = copy.deepcopy(policy), {}
    paths = numbers_of(policy)
    for path, parent, key in rng.sample(paths, min(len(paths), rng.choice([0, 1, 1, 2]))):
        value = rng.choice([0, 1, 25, 650, 10_000])
        parent[key] = value
        changes[dotted(path)] = value
    return policy, changes


# -- asking -----------------------------------------------------------------------------------------------------------


def ask(binary, folder, words):
    """Rows of an answer, or the codes of a refusal."""
    run = subprocess.run([binary, *words, "--format", "json"], cwd=folder, capture_output=True, timeout=SECONDS, check=False)
    errors = run.stderr.decode("utf-8", "replace")
    if run.returncode == 0:
        return json.loads(run.stdout)["rows"], errors
    return None, errors


def allocation_of(policy, header, rows, fill_down=False):
    """The model's allocation, or nothing if it refuses."""
    try:
        read = model.read_policy(model.structure_of_json(generate.dump_json(policy)))
        found = model.allocate(read, model.read_roster(read, header, rows, fill_down))
    except model.Refused:
        return None
    return None if found.unsettled else found


def grid(allocation, by):
    """Every live group with its sum in 元."""
    groups = {}
    for line in allocation.lines:
        key = tuple(model.line_value(line, column) for column in by)
        groups[key] = groups.get(key, 0) + line.amount * allocation.policy.unit
    return groups


def ranked(by, *allocations):
    """Keys in the order of values in the first allocation, then in the others; years ascending."""
    order = {column: {} for column in by}
    for allocation in allocations:
        live = grid(allocation, by)
        for column, values in model.orders(allocation).items():
            if column in order:
                present = {key[by.index(column)] for key in live}
                for value in values:
                    if value in present:
                        order[column].setdefault(value, len(order[column]))
    return lambda key: [value if column == "year" else order[column][value] for column, value in zip(by, key)]


def shown(amount, yuan):
    return None if amount is None else model.plain_decimal(Fraction(amount) / yuan)


def beside(by, first, second, yuan):
    """Rows of two grids: key, both amounts, the difference."""
    left, right = grid(first, by), grid(second, by)
    rows = []
    for key in sorted(left.keys() | right.keys(), key=ranked(by, first, second)):
        before, after = left.get(key), right.get(key)
        if before or after or not by:
            rows.append((key, shown(before, yuan), shown(after, yuan), shown((after or 0) - (before or 0), yuan)))
    return rows


def mark(before, after):
    if before is None or after is None:
        return "new" if before is None else "gone"
    return "" if before == after else "changed"


def filling(case):
    return f"--fill-down={'true' if case.fill_down else 'false'}"


# -- one case ---------------------------------------------------------------------------------------------------------


def check_compare(rng, case, first, binary, folder):
    second_policy, _ = changed(rng, case.policy)
    rows = [row for row in case.rows if rng.random() < 0.85] or case.rows
    second = allocation_of(second_policy, case.header, rows, case.fill_down)
    if second is None:
        return "compare refused", []
    (folder / "second.json").write_text(generate.dump_json(second_policy), encoding="utf-8")
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([case.header, *rows])
    (folder / "second.csv").write_bytes(buffer.getvalue().encode("utf-8"))
    by = rng.choice([by for by in BY if by])
    found, errors = ask(binary, folder, [
        "compare", "--policy", "policy.json", "--roster", "roster.csv", "--with-policy", "second.json",
        "--with-roster", "second.csv", "--by", ",".join(by), filling(case)])
    wanted = [dict(zip(by, key)) | {"before": before, "after": after, "difference": difference, "change": mark(before, after),
              "unit": model.UNIT_NAMES[first.policy.unit]}
              for key, before, after, difference in beside(by, first, second, first.policy.unit)]
    return "compare", [] if found == wanted else [f"compare by {by}", f"expected {wanted}", f"found    {found}", errors]


def check_scenarios(rng, case, first, binary, folder):
    scenarios, allocations = [], []
    for number in range(rng.choice([1, 2, 4])):
        policy, changes = changed(rng, case.policy) if number else (case.policy, {})
        allocation = allocation_of(policy, case.header, case.rows, case.fill_down)
        if allocation is not None:
            scenarios.append({"name": f"s{number}", "set": changes})
            allocations.append(allocation)
    (folder / "scenarios.json").write_text(json.dumps({"scenarios": scenarios}, ensure_ascii=False), encoding="utf-8")
    by = rng.choice([by for by in BY if by])
    found, errors = ask(binary, folder, ["scenarios", "--scenarios", "scenarios.json", "--policy", "policy.json",
                                         "--roster", "roster.csv", "--by", ",".join(by), filling(case)])
    wanted = [{"scenario": scenario["name"]} | dict(zip(by, key)) | {"amount": amount, "difference": difference,
              "unit": model.UNIT_NAMES[first.policy.unit]}
              for scenario, allocation in zip(scenarios, allocations)
              for key, _, amount, difference in beside(by, first, allocation, first.policy.unit)]
    return "scenarios", [] if found == wanted else [f"scenarios {scenarios} by {by}", f"expected {wanted}", f"found    {found}", errors]


def check_solve(rng, case, first, binary, folder):
    paths = numbers_of(case.policy)
    layers = [layer for layer in first.policy.layers if any(line.layer.id == layer.id for line in first.lines)]
    if not paths or not layers:
        return "nothing to solve", []
    path, _, _ = rng.choice(paths)
    # Mostly the layer that the number funds.
    own = [layer for layer in layers if len(path) > 3 and layer.id == path[3] and rng.random() < 0.9]
    layer, year = rng.choice(own or layers), rng.choice(list(first.policy.years()))
    step = rng.choice([1, 10, 250])

    def total(value):
        """What the layer comes to in 元 at a value; nothing if the policy does not allow it."""
        policy = copy.deepcopy(case.policy)
        parent, key = next((parent, key) for at, parent, key in numbers_of(policy) if at == path)
        parent[key] = generate.Digits(str(value))
        allocation = allocation_of(policy, case.header, case.rows, case.fill_down)
        if allocation is None:
            return None
        lines = (line for line in allocation.lines if (line.layer.id, line.year) == (layer.id, year))
        return sum(line.amount for line in lines) * allocation.policy.unit

    tried = [total(at * step) for at in range(13)]
    known = [amount for amount in tried if amount is not None]
    below = [amount for amount in known if amount < known[-1]] or known
    limit = Fraction(rng.choice(below)) + rng.choice([0, Fraction(1, 100), 7]) if known else Fraction(5)
    found, errors = ask(binary, folder, [
        "solve", dotted(path), "--layer", layer.id, "--year", str(year), f"--limit={model.plain_decimal(limit)}元",
        "--step", str(step), "--policy", "policy.json", "--roster", "roster.csv", "--unit", "元", filling(case)])
    about = [f"solve {dotted(path)} in {layer.id} of {year} within {limit}, step {step}", f"tried {tried}", f"found {found}", errors]
    if found:
        row = found[0]
        value, following = Fraction(row["value"]), Fraction(row["next_value"])
        proof = [shown(total(model.plain_decimal(at)), 1) for at in (value, following)]
        wrong = proof != [row["total"], row["next_total"]] or not Fraction(proof[0]) <= limit < Fraction(proof[1])
        wrong |= following - value != step or value % step != 0
        within = [at * step for at, amount in enumerate(tried) if amount is not None and amount <= limit]
        rising = all(a <= b for a, b in zip(known, known[1:])) and None not in tried
        wrong |= rising and tried[-1] > limit and value != max(within, default=None)
        return "solve", about if wrong else []
    codes = [code for code in ("limit-out-of-reach", "limit-never-exceeded", "totals-fall") if f"[{code}]" in errors]
    # The policy's own value may lie far from the values tried here, between two steps that are not allowed.
    wrong = not codes and all(amount is not None for amount in tried)
    wrong |= "limit-out-of-reach" in codes and None not in tried and tried[0] <= limit
    wrong |= "limit-never-exceeded" in codes and None not in tried and tried[-1] > limit
    return f"solve {codes[0] if codes else 'refused'}", about if wrong else []


def run_seed(seed, binary):
    case = generate.case(seed)
    # A file that cannot tell is looked at in `differential.py`; what stands above the table too.
    case.fill_down, case.above = bool(case.fill_down), []
    first = allocation_of(case.policy, case.header, case.rows, case.fill_down)
    if first is None or not case.rows:
        return seed, ["left out"], []
    outcomes, differences = [], []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "policy.json").write_text(case.policy_json(), encoding="utf-8")
        (folder / "roster.csv").write_bytes(case.roster_csv().encode("utf-8"))
        for number, check in enumerate((check_compare, check_scenarios, check_solve)):
            outcome, lines = check(random.Random(f"{seed} {number}"), case, first, binary, folder)
            if lines and FLOORS in lines[-1]:
                outcome, lines = "left out: a floor above its cap that no place meets", []
            outcomes.append(outcome)
            if lines:
                differences.append("\n".join(["", f"=== seed {seed}", case.policy_json(), case.roster_csv(), *lines]))
    return seed, outcomes, differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the command line to compare with")
    parser.add_argument("--count", type=int, default=300, help="how many cases")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    asked = parser.parse_args()
    binary = str(Path(asked.binary).resolve())
    seeds = range(asked.seed, asked.seed + asked.count)
    with ProcessPoolExecutor() as workers:
        reports = list(workers.map(run_seed, seeds, [binary] * len(seeds), chunksize=10))
    for outcome, number in sorted(Counter(outcome for _, outcomes, _ in reports for outcome in outcomes).items()):
        print(f"  {number:6} {outcome}")
    differences = [text for _, _, texts in reports for text in texts]
    print(*differences[:3], sep="\n")
    print(f"{len(differences)} of {len(reports)} cases differ")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
