#!/usr/bin/env python3
"""Compares the command line with the model on random cases, row by row and exactly.

    differential.py --binary target/quick/fundlayers --count 5000
    differential.py --self --count 1000         the model's CSV path against its JSON path
    differential.py --binary … --features product,figures     with these parts of the language, or `all`; else those in SUPPORTED
    differential.py --binary … --seed 41 --count 1        one case again
    differential.py --binary … --replay differences/41    the files of a difference again

On a difference the case and both answers are printed and written to a folder, and the exit status is 1.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import generate
import model

HERE = Path(__file__).resolve().parent
SECONDS_PER_PROCESS = 20

WARNINGS = {"unknown-column", "expected-count", "never-live", "unused-pool", "pool-without-members",
            "classes-may-overlap", "unclaimed-limit", "possible-duplicate", "blank-county", "sum-differs", "spoiled-text", "rate-above-one",
            "layers-beyond-standard", "nothing-to-top-up", "band-gap", "years-skipped", "unlike-years",
            "pool-left", "pool-difference", "blank-figure"}
# The contract does not say which of several columns stands for these, or how often a pool is named.
WITHOUT_COLUMN = {"duplicate-recipient", "years-reversed", "no-class", "several-classes", "extra-cells",
                  "expected-count", "never-live", "unused-pool", "pool-without-members", "pool-left", "pool-difference"}
WITHOUT_ROW = {"pool-total-zero", "pool-floors-exceed", "pool-caps-fall-short",
               "expected-count", "unused-pool", "pool-without-members", "pool-left", "pool-difference"}
ONCE = {"pool-without-members"}
# A matter of `policy check`.
NOT_COMPARED = {"classes-may-overlap", "rate-above-one", "layers-beyond-standard", "nothing-to-top-up", "band-gap", "blank-figure"}

CODE_AT_END = re.compile(r" \[([a-z]+(?:-[a-z]+)*)\]\s*$")
ROW = re.compile(r"(?:^|: |\s)row (\d+)(?:, column `([^`]*)`)?: ")
COLUMN = re.compile(r"(?:^|: |\s)column `([^`]*)`: ")


@dataclass
class Observed:
    """What a command line printed."""

    status: int
    output: dict | None = None
    problems: list = field(default_factory=list)
    errors: str = ""


# -- asking -----------------------------------------------------------------------------------------------------------


def problems_in(text):
    """The problems of standard error, each line that ends in a code."""
    found = []
    for line in text.splitlines():
        code = CODE_AT_END.search(line)
        if not code:
            continue
        row, column = ROW.search(line), COLUMN.search(line)
        found.append(model.Problem(
            code[1], int(row[1]) if row else None, row[2] if row else column[1] if column else None))
    return found


def ask_binary(binary, folder, options):
    """One run of the command line over the files in `folder`."""
    words = [binary, options.command, "--policy", str(folder / "policy.json"), "--roster", str(folder / "roster.csv"),
             "--format", "json", *options.arguments()]
    if options.command == "fund":
        words += ["--limits", str(folder / "limits.csv")]
    try:
        run = subprocess.run(words, capture_output=True, timeout=SECONDS_PER_PROCESS, check=False)
    except subprocess.TimeoutExpired:
        return Observed(-1, errors=f"no answer in {SECONDS_PER_PROCESS} seconds")
    errors = run.stderr.decode("utf-8", "replace")
    output = None
    if run.returncode == 0:
        try:
            output = json.loads(run.stdout.decode("utf-8"))
        except ValueError as problem:
            errors += f"\nstandard output is not JSON: {problem}"
    return Observed(run.returncode, output, problems_in(errors), errors)


def ask_model_by_json(case, options):
    """The model again, but with the roster as records and the answer through JSON text."""
    structure = model.structure_of_json(case.policy_json())
    width = len(case.header)
    distinct = len(set(case.header)) == width
    if case.above:
        header, rows = None, case.sheet()  # nor can they say what stands above
    elif distinct and all(len(row) <= width for row in case.rows):
        records = [dict(zip(case.header, row)) | dict.fromkeys(case.header[len(row):]) for row in case.rows]
        header, rows = model.cells_of_records(records) if records else (case.header, [])
    else:
        header, rows = case.header, case.rows  # records cannot say this
    found = model.answer(structure, header, rows, options, case.limits)
    if found.stage != "done":
        return Observed(1, None, found.problems)
    return Observed(0, json.loads(json.dumps(found.output)))


# -- comparing --------------------------------------------------------------------------------------------------------


def comparable(problems, stage):
    """Problems as a multiset of what the contract fixes for their stage."""
    if stage in ("policy", "options", "funding"):
        return Counter({(problem.code,): 1 for problem in problems})
    kept = Counter()
    for code, row, column, _ in problems:
        if code in NOT_COMPARED:
            continue
        if stage == "allocation" or code in WITHOUT_COLUMN:
            column = None
        if code in WITHOUT_ROW:
            row = None
        kept[code, row, column] += 1
    if stage == "allocation":
        return Counter(dict.fromkeys(kept, 1))
    return Counter({key: 1 if key[0] in ONCE else number for key, number in kept.items()})


def warnings_of(entries):
    """Warnings of the JSON answer: objects with code, row and column, or lines that end in a code."""
    found = []
    for entry in entries:
        if isinstance(entry, str):
            found += problems_in(entry)
        else:
            place = entry.get("location", entry)
            found.append(model.Problem(entry["code"], place.get("row"), place.get("column")))
    return found


def difference_of_counts(expected, actual):
    """Both sides of two multisets, or nothing where they are equal."""
    if expected == actual:
        return []
    missing, extra = expected - actual, actual - expected
    return [f"missing: {sorted(missing.items(), key=str)}; too many: {sorted(extra.items(), key=str)}"]


def same_cell(expected, actual):
    """Equal in value and type; nothing and the empty text are both blank."""
    expected, actual = ("" if cell is None else cell for cell in (expected, actual))
    return type(expected) is type(actual) and expected == actual


def compare_output(expected, actual):
    """The differences of two JSON answers, row by row."""
    found = []
    if not isinstance(actual, dict) or not isinstance(actual.get("rows"), list):
        return ["the answer has no rows"]
    for key in ("id", "version", "status"):
        if not same_cell(expected["policy"][key], actual.get("policy", {}).get(key)):
            found.append(f"policy.{key}: {expected['policy'][key]!r} expected")
    for key in ("unit", "columns"):
        if expected[key] != actual.get(key):
            found.append(f"{key}: expected {expected[key]!r}, found {actual.get(key)!r}")
    if len(expected["rows"]) != len(actual["rows"]):
        found.append(f"{len(expected['rows'])} rows expected, found {len(actual['rows'])}")
    for number, (wanted, row) in enumerate(zip(expected["rows"], actual["rows"]), 1):
        if list(wanted) != list(row):
            found.append(f"row {number}: keys {list(wanted)} expected, found {list(row)}")
            break
        wrong = [key for key in wanted if not same_cell(wanted[key], row[key])]
        if wrong:
            found.append(f"row {number}: " + "; ".join(f"{k}: {wanted[k]!r} expected, found {row[k]!r}" for k in wrong))
    warnings = [comparable(warnings_of(answer.get("warnings", [])), "done") for answer in (expected, actual)]
    return found + [f"warnings {line}" for line in difference_of_counts(*warnings)]


def compare(expected, observed):
    """The differences between the model's answer and a command line's."""
    if expected.stage == "done":
        if observed.status != 0:
            return [f"an answer expected, found exit status {observed.status}"]
        if observed.output is None:
            return ["standard output is not JSON"]
        return compare_output(expected.output, observed.output)
    if observed.status != 1:
        return [f"a refusal ({expected.stage}) expected, found exit status {observed.status}"]
    errors = [problem for problem in observed.problems if problem.code not in WARNINGS]
    if not errors:
        return ["exit status 1 without a problem that ends in a code"]
    wanted, found = comparable(expected.problems, expected.stage), comparable(errors, expected.stage)
    if "more like it" in observed.errors:
        # The first 20 of a kind are said and how many more: those said must be the model's, and its kinds all said.
        kinds = {key[0] for key in found}
        wanted = Counter({key: number for key, number in wanted.items() if key[0] not in kinds}) + (wanted & found)
    lines = difference_of_counts(wanted, found)
    return [f"problems ({expected.stage}) {line}" for line in lines]


# -- running ----------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What became of one seed."""

    seed: int
    outcomes: list
    kinds: Counter
    differences: list  # (options, expected, observed, lines)


def run_seed(seed, binary, folder, features=generate.SUPPORTED):
    """One case through both sides. `binary` is None for the model against itself."""
    case = generate.case(seed, features)
    policy_text, roster_text = case.policy_json(), case.roster_csv()
    folder = Path(folder) / str(os.getpid())
    if binary:
        folder.mkdir(exist_ok=True)
        (folder / "policy.json").write_text(policy_text, encoding="utf-8")
        (folder / "roster.csv").write_bytes(roster_text.encode("utf-8"))
        (folder / "limits.csv").write_bytes(case.limits_csv().encode("utf-8"))
    limits = model.cells_of_csv(case.limits_csv())
    header, rows = model.cells_of_csv(roster_text)
    structure = model.structure_of_json(policy_text)
    report = Report(seed, [], Counter(), [])
    for options in case.options:
        expected = model.answer(structure, header, rows, options, limits)
        if expected.doubtful:
            report.outcomes.append((options.command, "left out: " + expected.doubtful, ()))
            continue
        observed = ask_binary(binary, folder, options) if binary else ask_model_by_json(case, options)
        codes = tuple(sorted({problem.code for problem in expected.problems}))
        report.outcomes.append((options.command, expected.stage, codes))
        if expected.stage == "done" and options.command == "allocate":
            report.kinds += Counter(dict.fromkeys(+model.rule_kinds(model.read_policy(structure)), 1))
        if lines := compare(expected, observed):
            report.differences.append((options, expected, observed, lines))
    return report


def shown(answer):
    """An answer for reading."""
    if isinstance(answer, Observed):
        body = answer.output if answer.output is not None else answer.errors or [str(p) for p in answer.problems]
        return {"exit status": answer.status, "answer": body}
    body = answer.output if answer.stage == "done" else [problem._asdict() for problem in answer.problems]
    return {"stage": answer.stage, "answer": body}


def keep(report, keep_in, features):
    """Writes a difference so that it can be replayed, and prints it."""
    case = generate.case(report.seed, features)
    folder = Path(keep_in) / str(report.seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.json").write_text(case.policy_json(), encoding="utf-8")
    (folder / "roster.csv").write_bytes(case.roster_csv().encode("utf-8"))
    (folder / "limits.csv").write_bytes(case.limits_csv().encode("utf-8"))
    asked = [vars(options) for options, *_ in report.differences]
    (folder / "options.json").write_text(json.dumps(asked, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\n=== seed {report.seed} ({case.intent}), kept in {folder}\npolicy: {case.policy_json()}")
    print(f"roster:\n{case.roster_csv()}")
    print(f"limits:\n{case.limits_csv()}")
    for number, (options, expected, observed, lines) in enumerate(report.differences):
        print_difference(options, expected, observed, lines)
        for name, answer in (("expected", expected), ("found", observed)):
            text = json.dumps(shown(answer), ensure_ascii=False, indent=1)
            (folder / f"{name}-{number}.json").write_text(text, encoding="utf-8")


def print_difference(options, expected, observed, lines):
    print(f"--- {options.command} {' '.join(options.arguments())}")
    for line in lines[:10]:
        print(f"  {line}")
    print(f"  model: {json.dumps(shown(expected), ensure_ascii=False)}")
    print(f"  found: {json.dumps(shown(observed), ensure_ascii=False)}")


def replay(folder, binary):
    """Asks again what once differed; the exit status is 1 if it still does."""
    folder = Path(folder)
    structure = model.structure_of_json((folder / "policy.json").read_text(encoding="utf-8"))
    header, rows = model.cells_of_csv((folder / "roster.csv").read_bytes().decode("utf-8"))
    limits = folder / "limits.csv"
    limits = model.cells_of_csv(limits.read_bytes().decode("utf-8")) if limits.exists() else None
    differs = 0
    for entry in json.loads((folder / "options.json").read_text(encoding="utf-8")):
        options = model.Options(**entry)
        expected = model.answer(structure, header, rows, options, limits)
        observed = ask_binary(binary, folder, options)
        if lines := compare(expected, observed):
            differs = 1
            print_difference(options, expected, observed, lines)
    print("still differs" if differs else "no difference")
    return differs


def print_mix(reports, seconds):
    """How many cases were valid, how many refused and why, and which kinds of rules the valid ones had."""
    outcomes = Counter((command, stage) for report in reports for command, stage, _ in report.outcomes)
    codes = Counter(code for report in reports for _, _, codes in report.outcomes for code in codes)
    kinds = sum((report.kinds for report in reports), Counter())
    print(f"{len(reports)} cases in {seconds:.1f} s")
    for (command, stage), number in sorted(outcomes.items()):
        print(f"  {number:6} {command} {stage}")
    print("refused with: " + ", ".join(f"{code} {number}" for code, number in codes.most_common()))
    print("valid policies with: " + ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    side = parser.add_mutually_exclusive_group(required=True)
    side.add_argument("--binary", help="the command line to compare with")
    side.add_argument("--self", action="store_true", help="compare the model's CSV path with its JSON path")
    parser.add_argument("--count", type=int, default=1000, help="how many cases")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--features", help="parts of the language, separated by commas, `all` or `none`; left out: those that the library has, "
                        "with --self all. " + ", ".join(generate.FEATURES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--most", type=int, default=5, help="how many differences are printed")
    parser.add_argument("--keep", default=str(HERE / "differences"), help="where differences are written")
    parser.add_argument("--replay", metavar="FOLDER", help="ask again what a kept difference asked")
    return parser.parse_args()


def chosen_features(words, itself):
    """What `--features` names."""
    if words is None:
        return generate.FEATURES if itself else generate.SUPPORTED
    if words in ("all", "none"):
        return generate.FEATURES if words == "all" else ()
    chosen = tuple(words.split(","))
    if unknown := set(chosen) - set(generate.FEATURES):
        raise SystemExit(f"no such features: {', '.join(sorted(unknown))}")
    return chosen


def main():
    asked = arguments()
    features = chosen_features(asked.features, asked.self)
    binary = str(Path(asked.binary).resolve()) if asked.binary else None
    if asked.replay:
        return replay(asked.replay, binary or str(HERE / "command_line.py"))
    begun = time.monotonic()
    seeds = range(asked.seed, asked.seed + asked.count)
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(asked.jobs) as workers:
        many = len(seeds)
        reports = list(workers.map(run_seed, seeds, [binary] * many, [folder] * many, [features] * many, chunksize=20))
    print_mix(reports, time.monotonic() - begun)
    differing = [report for report in reports if report.differences]
    for report in differing[: asked.most]:
        keep(report, asked.keep, features)
    print(f"\n{len(differing)} of {len(reports)} cases differ" +
          (f": seeds {[report.seed for report in differing[:50]]}" if differing else ""))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
