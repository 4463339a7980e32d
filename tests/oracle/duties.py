#!/usr/bin/env python3
"""Counts duties over random places a second time, sets random registers beside them, and compares the command line with it.

    duties.py --binary target/quick/fundlayers --count 500
    duties.py --binary … --seed 41 --count 1        one case again

Written from `docs/duties.md` and `docs/policy-format.md` alone. Everything is counted line by line, without groups or indices. On a
difference the inputs and both answers are printed, and the exit status is 1.
"""

import argparse
import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

from differential import warnings_of
from reconcile import points

COUNTIES = ["甲县", "乙县", "丙县"]
BY = ["id", "county", "township", "kind", "designation", "class", "year", "payer"]
COLUMNS = {"due": "due", "people_least": "least", "people_most": "most"}
BESIDE = ["assigned", "missing", "surplus", "people", "people_missing", "people_surplus"]


# -- a case ------------------------------------------------------------------------------------------------------------


def policy_of(rng):
    posts = {f"post{n}": {"zh": f"岗{n}", "en": f"Post {n}"} for n in range(rng.choice([0, 2, 3]))}
    duties = []
    for n in range(rng.randint(1, 6)):
        each = rng.choice(["place", "place", "place", "county", "policy"])
        duty = {"id": f"d{n}", "payer": rng.choice(["city", "province"] if each == "policy" else ["city", "county", "county"])}
        if rng.random() < 0.9 or n == 0:
            duty["number"] = rng.choice([1, 1, 1, 2, 5])
        if each != "place":
            duty["each"] = each
        if rng.random() < 0.6:
            duty["classes"] = rng.sample(["town", "village"], rng.choice([1, 2]))
        if rng.random() < 0.5:
            duty["every"] = rng.choice(["year", "half-year", "once"])
        if rng.random() < 0.3:
            least = rng.randint(1, 4)
            duty["members"] = [least, least + rng.randint(0, 3)]
        if posts and rng.random() < 0.4:
            duty["one_of"] = rng.sample(sorted(posts), rng.choice([1, len(posts)]))
        elif rng.random() < 0.7:
            duty["name"] = {"zh": f"任务{n}", "en": f"Task {n}"}
        if rng.random() < 0.5:
            duty["shared"] = rng.random() < 0.7
        if rng.random() < 0.5:
            duty["clause"] = f"{n}.1"
        duties.append(duty)
    first = rng.choice([2023, 2024])
    return {
        "id": "example", "title": {"zh": "算例", "en": "Example"}, "years": [first, first + rng.choice([0, 1, 2])], "unit": "元",
        "payers": {"city": {"zh": "市级"}, "province": {}}, "kinds": {"town": {"zh": "镇"}, "village": {"zh": "村"}}, "layers": [],
        "posts": posts, "duties": duties,
        "classes": [{"id": "town", "kind": "town", "funding": {}}, {"id": "village", "kind": "village", "funding": {}}],
    }


def roster_of(rng, policy):
    rows, first, last = [], *policy["years"]
    for n in range(rng.choice([1, 2, 4, 8])):
        row = {"id": f"p{n}", "name": f"处{n}", "county": rng.choice([*COUNTIES, *COUNTIES, ""]), "township": rng.choice(["", "某镇"]),
               "kind": rng.choice(["town", "village"]), "count": rng.choice([1, 1, 1, 4]), "from": "", "to": ""}
        if rng.random() < 0.3:
            row["from"] = rng.randint(first, last)
        elif rng.random() < 0.2:
            row["to"] = rng.randint(first, last)
        rows.append(row)
        # The same place in other years, as another kind.
        if row["to"] != "" and row["to"] < last and rng.random() < 0.7:
            rows.append({**row, "kind": rng.choice(["town", "village"]), "from": row["to"] + 1, "to": ""})
    rng.shuffle(rows)
    return rows


def register_of(rng, policy, rows):
    words = [word for duty in policy["duties"] for word in called(policy, duty)] + ["无此任务"]
    found, first, last = [], *policy["years"]
    for _ in range(rng.choice([0, 1, 5, 20])):
        place = rng.choice(rows)
        row = dict.fromkeys(["id", "county", "name", "year", "half", "duty", "person", "number", "people", "date"], "")
        way = rng.random()
        if way < 0.5:
            row["id"] = place["id"]
        elif way < 0.8:
            row["name"], row["county"] = place["name"], place["county"]
        else:
            row["county"] = rng.choice([*COUNTIES, "丁县", ""])
        row["year"] = rng.randint(first, last) if rng.random() < 0.95 else last + 1
        row["duty"] = rng.choice(words)
        row["half"] = rng.choice(["", "", "1", "下半年", "上半年", "2"])
        row["number"] = rng.choice(["", "", "1", "2", "7"])
        row["people"] = rng.choice(["", "", "1", "3", "9"])
        row["person"] = rng.choice(["", "张三", "李四", "王五"])
        if rng.random() < 0.3:
            row["date"] = f"{row['year']}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            row["year"] = rng.choice([row["year"], ""])
        found.append(row)
    return found


def called(policy, duty):
    names = [duty["id"], *duty.get("name", {}).values()]
    for post in duty.get("one_of", []):
        names += [post, *policy["posts"][post].values()]
    if "one_of" in duty and "name" not in duty:
        for lang, joint in (("zh", "或"), ("en", " or ")):
            names.append(joint.join(policy["posts"][post].get(lang, post) for post in duty["one_of"]))
    return names


# -- counting ----------------------------------------------------------------------------------------------------------


def lives(row, year):
    return (row["from"] == "" or row["from"] <= year) and (row["to"] == "" or year <= row["to"])


def serves(duty, row):
    return row["kind"] in duty.get("classes", ["town", "village"])


def lines_of(policy, rows, years):
    """What is due, in the order of the table."""
    counties, duties = [], [duty for duty in policy["duties"] if "number" in duty]
    for row in rows:
        if row["county"] not in counties:
            counties.append(row["county"])
    first = {}
    for year in years:
        for row in rows:
            for duty in duties:
                if lives(row, year) and serves(duty, row):
                    first.setdefault((row["id"], duty["id"]), (year, id(row)))
    lines = []
    for row in rows:
        for year in filter(lambda year: lives(row, year), years):
            for duty in duties:
                if duty.get("each", "place") != "place" or not serves(duty, row):
                    continue
                if duty.get("every") == "once" and first[row["id"], duty["id"]] != (year, id(row)):
                    continue
                lines += [line(policy, duty, year, half, row, row["county"]) for half in halves(duty)]
    for each, names in (("county", counties), ("policy", [""])):
        for county in names if each == "policy" else [name for name in names if name]:
            done = set()
            for year in years:
                for duty in duties:
                    if duty.get("each") != each:
                        continue
                    fits = [row for row in rows if lives(row, year) and serves(duty, row) and (each == "policy" or row["county"] == county)]
                    if not fits or duty.get("every") == "once" and duty["id"] in done:
                        continue
                    done.add(duty["id"])
                    lines += [line(policy, duty, year, half, None, county) for half in halves(duty)]
    return lines


def halves(duty):
    return (1, 2) if duty.get("every") == "half-year" else (None,)


def line(policy, duty, year, half, row, county):
    count = row["count"] if row else 1
    due = duty["number"] * count
    least, most = [due * people for people in duty["members"]] if "members" in duty else (None, None)
    payer = county if duty["payer"] == "county" else duty["payer"]
    return {"duty": duty, "year": year, "half": half, "row": row, "county": county, "count": count, "due": due, "least": least, "most": most,
            "payer": payer, "register": []}


def match(policy, rows, lines, years, entry):
    """The line that a row of the register belongs to, or why to none."""
    meant = [duty for duty in policy["duties"] if "number" in duty and entry["duty"] in called(policy, duty)]
    if not meant:
        return None, "unknown-duty"
    year, half = entry["year"], {"1": 1, "上半年": 1, "2": 2, "下半年": 2}.get(entry["half"])
    if entry["date"]:
        of_date = int(entry["date"][:4])
        year = of_date if year == "" else year
        if half is None and year == of_date:
            half = 1 if int(entry["date"][5:7]) <= 6 else 2
    ids = {row["id"] for row in rows if row["id"] == entry["id"]} or {
        row["id"] for row in rows if entry["name"] and row["name"] == entry["name"] and entry["county"] in ("", row["county"])}
    found, reasons = [], []
    for duty in meant:
        each, once = duty.get("each", "place"), duty.get("every") == "once"
        if each == "place":
            if not ids:
                reasons.append("unknown-place")
                continue
            mine = [one for one in lines if one["duty"] is duty and one["row"] and one["row"]["id"] in ids]
            if not once:
                if year not in years:
                    reasons.append("unknown-year")
                    continue
                if not any(lives(row, year) for row in rows if row["id"] in ids):
                    reasons.append("place-not-live")
                    continue
        else:
            names = [next(row["county"] for row in rows if row["id"] in ids)] if ids else [entry["county"]]
            names += [entry["name"]]
            known = [name for name in names if name and any(row["county"] == name for row in rows)]
            if each == "county" and not known:
                reasons.append("unknown-county")
                continue
            county = known[0] if each == "county" else ""
            mine = [one for one in lines if one["duty"] is duty and not one["row"] and one["county"] == county]
            if not once and year not in years:
                reasons.append("unknown-year")
                continue
        mine = [one for one in mine if once or one["year"] == year]
        if mine and len(halves(duty)) == 2:
            if half is None:
                reasons.append("no-half")
                continue
            mine = [one for one in mine if one["half"] == half]
        if mine:
            found.append(mine[0])
        else:
            reasons.append("not-due")
    if len(found) == 1:
        return found[0], None
    if found:
        return None, "ambiguous-duty"
    return None, next((reason for reason in reasons if reason != "not-due"), "not-due")


def beside(one):
    """What the register has of a line."""
    members, found = one["duty"].get("members"), Counter()
    for entry in one["register"]:
        number = int(entry["number"] or 1)
        found["assigned"] += number
        if entry["people"]:
            people = int(entry["people"])
            found["people"] += people
            if members:
                found["people_missing"] += max(0, number * members[0] - people)
                found["people_surplus"] += max(0, people - number * members[1])
    found["missing"] = max(0, one["due"] - found["assigned"])
    found["surplus"] = max(0, found["assigned"] - one["due"])
    return {key: None if key in ("people_missing", "people_surplus") and not members else found[key] for key in BESIDE}


def is_met(found):
    return not (found["missing"] or found["people_missing"] or found["people_surplus"])


def row_of(one, register):
    row = one["row"] or {}
    shown = {"id": row.get("id", ""), "county": one["county"], "name": row.get("name", ""), "kind": row.get("kind", ""), "class": row.get("kind", ""),
             "count": row.get("count"), "year": one["year"], "half": one["half"], "duty": one["duty"]["id"], "payer": one["payer"],
             "due": one["due"], "people_least": one["least"], "people_most": one["most"], "clause": one["duty"].get("clause", "")}
    if register is not None:
        shown |= beside(one)
        shown["assigned_to"] = "、".join(entry["person"] for entry in one["register"] if entry["person"])
    return shown


def key_of(one, by, rows):
    row, key = one["row"], {}
    for grouping in by:
        key[grouping] = {"year": one["year"], "payer": one["payer"], "county": one["county"], "class": row["kind"] if row else ""}.get(grouping)
        if key[grouping] is None:
            key[grouping] = row.get(grouping, "") if row else ""
    return key


def totals_of(policy, lines, register, by, rows):
    """Sums by group and duty; in any order."""
    groups = {}
    for one in lines:
        key = key_of(one, by, rows)
        group = groups.setdefault((tuple(key.items()), one["duty"]["id"]), {**key, "duty": one["duty"]["id"], "places": 0, "due": 0, "met": 0})
        group["places"] += one["count"]
        for column, of in COLUMNS.items():
            group[column] = None if one[of] is None else (group.get(column) or 0) + one[of] if column != "due" else group["due"] + one["due"]
        if register is None:
            continue
        found = beside(one)
        for column in BESIDE:
            group[column] = None if found[column] is None else (group.get(column) or 0) + found[column]
        group["met"] += one["count"] if is_met(found) else 0
    for group in groups.values():
        if register is None:
            del group["met"]
        else:
            group["coverage"] = points(Fraction(group["met"], group["places"]))
    return list(groups.values())


def coverage_of(lines, by, rows):
    places = {}
    for one in lines:
        if one["row"]:
            places.setdefault((id(one["row"]), one["year"]), []).append(one)
    groups = {}
    for mine in places.values():
        key = key_of(mine[0], by, rows)
        group = groups.setdefault(tuple(key.items()), {**key, "places": 0, "met": 0})
        group["places"] += mine[0]["count"]
        group["met"] += mine[0]["count"] if all(is_met(beside(one)) for one in mine) else 0
    return [{**group, "coverage": points(Fraction(group["met"], group["places"]))} for group in groups.values()]


def shared_of(policy, lines):
    """How often one person serves several places as what only one is served as."""
    served = {}
    for one in lines:
        for entry in one["register"]:
            if one["row"] and entry["person"] and not one["duty"].get("shared"):
                served.setdefault((entry["person"], one["duty"]["id"], one["year"]), set()).add(one["row"]["id"])
    return sum(len(places) > 1 for places in served.values())


# -- asking ------------------------------------------------------------------------------------------------------------


def as_csv(rows, keys):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, keys, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def ask(binary, folder, words):
    asked = [binary, "duties", "--policy", str(folder / "policy.json"), "--roster", str(folder / "roster.csv"), "--format", "json", "--lang", "en",
             "--fill-down=false",
             *words]
    run = subprocess.run(asked, capture_output=True, timeout=20, check=False)
    if run.returncode != 0:
        return None, run.stderr.decode("utf-8", "replace")
    return json.loads(run.stdout.decode("utf-8")), ""


def plain(value):
    return "" if value is None else value


def differences(expected, found, ordered):
    """Where rows differ on the keys that are expected; keys that are not are free."""
    rows = found["rows"]
    if len(rows) != len(expected):
        return [f"{len(expected)} rows expected, found {len(rows)}"]
    if not expected:
        return []
    keys = list(expected[0])
    cut = [{key: plain(row.get(key, "")) for key in keys} for row in rows]
    wanted = [{key: plain(row[key]) for key in keys} for row in expected]
    if not ordered:
        cut, wanted = (sorted(list_, key=lambda row: json.dumps(row, ensure_ascii=False, sort_keys=True)) for list_ in (cut, wanted))
    return [f"{one} expected, found {other}" for one, other in zip(wanted, cut) if one != other]


def run_seed(seed, binary, folder):
    rng = random.Random(seed)
    policy = policy_of(rng)
    rows = roster_of(rng, policy)
    register = register_of(rng, policy, rows) if rng.random() < 0.8 else None
    if register == []:
        register = None
    years = list(range(policy["years"][0], policy["years"][1] + 1))
    words = []
    if rng.random() < 0.3:
        years = [rng.choice(years)]
        words = ["--years", str(years[0])]
    folder = Path(folder) / str(os.getpid())
    folder.mkdir(exist_ok=True)
    (folder / "policy.json").write_text(json.dumps(policy, ensure_ascii=False), encoding="utf-8")
    (folder / "roster.csv").write_text(as_csv(rows, list(rows[0])), encoding="utf-8")
    lines = lines_of(policy, rows, years)
    unmatched = []
    if register is not None:
        (folder / "register.csv").write_text(as_csv(register, list(register[0])), encoding="utf-8")
        words += ["--assignments", str(folder / "register.csv")]
        for number, entry in enumerate(register, 2):
            one, reason = match(policy, rows, lines, years, entry)
            if one is None:
                unmatched.append({"row": number, "reason": reason})
            else:
                one["register"].append(entry)
    by = rng.sample(BY, rng.randint(0, 3))
    asked = [([], [row_of(one, register) for one in lines], True),
             (["--by", ",".join(by) or "duty"], totals_of(policy, lines, register, by, rows), False)]
    if register is not None:
        met = [one for one in lines if not is_met(beside(one))]
        cover = [grouping for grouping in by if grouping != "payer"] or ["year"]
        asked += [(["--missing"], [row_of(one, register) for one in met], True), (["--unmatched"], unmatched, True),
                  (["--coverage", "--by", ",".join(cover)], coverage_of(lines, cover, rows), False)]
    found = []
    for more, expected, ordered in asked:
        answer, errors = ask(binary, folder, [*words, *more])
        if answer is None:
            found.append((more, [errors]))
            continue
        wrong = differences(expected, answer, ordered)
        codes = Counter(problem.code for problem in warnings_of(answer.get("warnings", [])))
        wanted = Counter({"unmatched-assignment": len(unmatched), "shared-assignment": shared_of(policy, lines)})
        for code in wanted:
            if min(codes[code], 20) != min(wanted[code], 20):
                wrong.append(f"{wanted[code]} × {code} expected, found {codes[code]}")
        if wrong:
            found.append((more, wrong))
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("policy.json", "roster.csv")]
    texts += [(folder / "register.csv").read_text(encoding="utf-8")] if register is not None else []
    return seed, found, texts, len(lines), len(unmatched)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    binary, seeds = str(Path(asked.binary).resolve()), range(asked.seed, asked.seed + asked.count)
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(asked.jobs) as workers:
        many = len(seeds)
        reports = list(workers.map(run_seed, seeds, [binary] * many, [folder] * many, chunksize=10))
    differing = [report for report in reports if report[1]]
    for seed, found, texts, *_ in differing[:5]:
        print(f"\n=== seed {seed}", *texts, sep="\n")
        for more, wrong in found:
            print(f"--- {' '.join(more)}", *wrong[:6], sep="\n  ")
    print(f"{len(reports)} cases, {sum(report[3] for report in reports)} lines, {sum(report[4] for report in reports)} rows that match nothing")
    print(f"{len(differing)} of {len(reports)} cases differ" + (f": seeds {[report[0] for report in differing[:50]]}" if differing else ""))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
