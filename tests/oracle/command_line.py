#!/usr/bin/env python3
"""The model behind the command line's contract, so that the comparison itself can be tried without the library.

`allocate | totals | fund --policy FILE.json --roster FILE.csv --format json [--years Y] [--unit U] [--zeros] [--by a,b] [--fill-down[=false]]`,
and for `fund` `--limits FILE.csv --rule NAME [--order a,b]`
"""

import argparse
import json
import sys
from pathlib import Path

import model


def printed(problem):
    """A problem as a line of standard error."""
    place = [f"row {problem.row}"] if problem.row else []
    place += [f"column `{problem.column}`"] if problem.column else []
    return f"{', '.join(place)}: wrong [{problem.code}]" if place else f"{problem.path}: wrong [{problem.code}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["allocate", "totals", "fund"])
    parser.add_argument("--policy", required=True)
    parser.add_argument("--roster", required=True)
    parser.add_argument("--format", choices=["json"], required=True)
    parser.add_argument("--years")
    parser.add_argument("--unit")
    parser.add_argument("--zeros", action="store_true")
    parser.add_argument("--by")
    parser.add_argument("--limits")
    parser.add_argument("--rule")
    parser.add_argument("--order")
    parser.add_argument("--fill-down", nargs="?", const="true", choices=["true", "false"])
    asked = parser.parse_args()
    by = tuple(asked.by.split(",")) if asked.by else None
    structure = model.structure_of_json(Path(asked.policy).read_text(encoding="utf-8"))
    header, rows = model.cells_of_csv(Path(asked.roster).read_bytes().decode("utf-8"))
    order = tuple(asked.order.split(",")) if asked.order else None
    options = model.Options(asked.command, asked.years, asked.unit, asked.zeros, by, asked.rule, order,
                            {"true": True, "false": False}.get(asked.fill_down))
    limits = model.cells_of_csv(Path(asked.limits).read_bytes().decode("utf-8")) if asked.limits else None
    found = model.answer(structure, header, rows, options, limits)
    if found.stage != "done":
        print("\n".join(printed(problem) for problem in found.problems), file=sys.stderr)
        return 1
    print(json.dumps(found.output, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
