#!/usr/bin/env python3
"""Works out random checks a second time, in exact fractions, and compares the command line with it.

    checks.py --binary target/quick/fundlayers --count 1000
    checks.py --binary … --seed 41 --count 1        one case again

Written from `docs/checks.md` and `docs/policy-format.md` alone. Policies are made here: attributes of the roster and of tables of
figures about places, townships, counties and all together, in units of money and of land; checks of each subject with bounds,
rates, `any`, `not` and `when`. Tables of figures name places by id, code or names, state other units, leave cells and years
blank, and have rows about nobody. On a difference the inputs and both answers are printed, and the exit status is 1.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import seeds
from differential import problems_in, warnings_of

LEVELS = ("place", "township", "county", "policy")
#: How many 亩 a unit of land is, and how many 元 one of money.
LAND = {"平方米": Fraction(15, 10_000), "亩": Fraction(1), "公顷": Fraction(15), "平方公里": Fraction(1_500)}
MONEY = {"元": Fraction(1), "万元": Fraction(10**4), "亿元": Fraction(10**8)}
COMPARE = {
    "at_least": ("≥", lambda a, b: a >= b), "above": (">", lambda a, b: a > b),
    "at_most": ("≤", lambda a, b: a <= b), "below": ("<", lambda a, b: a < b),
}
KEYS = ("subject", "id", "county", "township", "name", "kind", "year", "check", "result", "value", "comparison", "bound", "count")
GROUPINGS = ("county", "township", "kind", "class", "year", "id")


class Case:
    """Inputs as they are written, and what they mean."""

    def __init__(self, seed):
        rng = self.rng = random.Random(f"checks {seed}")
        self.years = [2024, 2025][: rng.randint(1, 2)]
        self.unit = rng.choice(list(MONEY))
        land = rng.choice(list(LAND))
        self.attributes = {}
        for number in range(rng.randint(2, 7)):
            subject = rng.choice([None, *LEVELS])
            kind = rng.choice(["number"] * 5 + ["flag"])
            unit = rng.choice([None, "人", land, rng.choice(list(MONEY))]) if kind == "number" and subject else None
            if number == 0:
                subject = subject or "county"  # something that a table can say
            self.attributes[f"x{number}"] = {"type": kind, **({"subject": subject} if subject else {}), **({"unit": unit} if unit else {})}
        self.places = []
        for number in range(rng.randint(1, 7)):
            county, township = rng.choice(["甲县", "乙县", ""]), rng.choice(["东乡", "西乡", "", ""])
            kind = rng.choice(["town", "village"])
            place = {"id": f"p{number}", "name": f"名{number}", "kind": kind, "county": county, "township": township,
                     "count": rng.choice([1, 1, 3]), "division_code": ""}
            if not township and rng.random() < 0.4:
                place["division_code"] = f"{610202100 + number}"
            elif rng.random() < 0.2:
                place["division_code"] = f"{610202100200 + number}"
            for id_, data in self.attributes.items():
                if "subject" not in data:
                    place[id_] = rng.choice(["true", "", "否"]) if data["type"] == "flag" else self.number()
            self.places.append(place)
        self.checks = [self.check(number) for number in range(rng.randint(1, 4))]
        self.figures = [self.figure() for _ in range(rng.randint(0, 9))]
        self.titles = {id_: self.title(id_) for id_, data in self.attributes.items() if "subject" in data}
        self.by = rng.choice([None, None, rng.sample(GROUPINGS, rng.randint(1, 2))])
        self.open = self.by is None and rng.random() < 0.3

    def number(self):
        rng = self.rng
        return rng.choice(["", "0", "1", "2", "10", "0.5", "1.50", "-1", "3", "20", str(rng.randint(0, 40))])

    def title(self, id_):
        """The unit over a column: its own, another of its sort, or none."""
        unit = self.attributes[id_].get("unit")
        sort = LAND if unit in LAND else MONEY if unit in MONEY else None
        stated = None if sort is None else self.rng.choice([None, unit, self.rng.choice(list(sort))])
        return stated

    def seen(self, subject):
        """The attributes that a check of a subject reads."""
        own = LEVELS.index(subject)
        level = lambda data: LEVELS.index(data["subject"]) if "subject" in data else (0 if subject == "place" else -1)
        return [id_ for id_, data in self.attributes.items() if level(data) >= own]

    def value(self, numbers):
        rng = self.rng
        roll = rng.random()
        if not numbers or roll < 0.4:
            return rng.choice([0, 1, 2, 10, "0.5"])
        if roll < 0.6:
            return rng.choice(numbers)
        if roll < 0.9:
            return {"rate": rng.choice(["0.1", "0.05", "1/3", "2"]), "of": rng.choice(numbers)}
        return {"difference": [rng.choice(numbers), rng.choice(numbers)]}

    def conditions(self, subject, depth=0):
        rng = self.rng
        ids = self.seen(subject)
        numbers = [id_ for id_ in ids if self.attributes[id_]["type"] == "number"]
        made = {}
        for id_ in rng.sample(ids, min(len(ids), rng.randint(1, 2))):
            if self.attributes[id_]["type"] == "flag":
                made[id_] = rng.random() < 0.7
            else:
                bounds = rng.sample(list(COMPARE), rng.randint(1, 2))
                made[id_] = {bound: self.value(numbers) for bound in COMPARE if bound in bounds}
        if rng.random() < 0.2 and subject == "place":
            made["kind"] = rng.choice(["town", "village"])
        if rng.random() < 0.2 and subject != "policy":
            made["county"] = rng.choice(["甲县", ["甲县", "乙县"]])
        if rng.random() < 0.15:
            made["year"] = rng.choice(self.years)
        if depth < 2 and rng.random() < 0.2:
            made["any"] = [self.conditions(subject, depth + 1) for _ in range(rng.randint(1, 2))]
        if depth < 2 and rng.random() < 0.15:
            made["not"] = self.conditions(subject, depth + 1)
        return made or {"year": {"at_least": 2000}}

    def check(self, number):
        rng = self.rng
        subject = rng.choice(LEVELS[:3])
        check = {"id": f"c{number}", "subject": subject}
        if rng.random() < 0.9:
            check["must"] = self.conditions(subject)
        if rng.random() < 0.3:
            check["when"] = self.conditions(subject, 2)
        return check

    def figure(self):
        """A row: whom it names, the year, and the cells of what it may say."""
        rng = self.rng
        place = rng.choice(self.places)
        row = {"id": "", "county": "", "township": "", "name": "", "year": rng.choice(["", *map(str, self.years), "2031"])}
        way = rng.choice(["id", "names", "township", "county", "all", "nobody"])
        if way == "id":
            row["id"] = place["id"]
        elif way == "names":
            row.update(county=place["county"], name=place["name"])
        elif way == "township":
            row.update(county=place["county"], township=place["township"] or place["name"])
        elif way == "county":
            row["county"] = place["county"] or "甲县"
        elif way == "nobody":
            row["name"] = "无此村"
        # Most rows say only what is known of whom they name.
        least = {"id": 0, "names": 0, "township": 1, "county": 2, "all": 3, "nobody": 0}[way] if rng.random() < 0.95 else 0
        for id_, data in self.attributes.items():
            if "subject" in data and LEVELS.index(data["subject"]) >= least and rng.random() < 0.35:
                row[id_] = rng.choice(["是", "否", ""]) if data["type"] == "flag" else self.number()
        return row

    # -- as files ---------------------------------------------------------------------------------------------------

    def policy(self):
        return json.dumps({
            "id": "checks", "title": {"zh": "例"}, "years": [2024, self.years[-1]], "unit": self.unit,
            "kinds": {"town": {}, "village": {}}, "attributes": self.attributes,
            "layers": [{"id": "a", "payer": "county"}], "classes": [{"id": "all", "funding": {"a": 1}}], "checks": self.checks,
        }, ensure_ascii=False)

    def roster(self):
        return written(self.places, list(self.places[0]))

    def table(self):
        stated = {id_: f"{id_}（{unit}）" if unit else id_ for id_, unit in self.titles.items()}
        rows = [{stated.get(key, key): cell for key, cell in row.items()} for row in self.figures]
        return written(rows, ["id", "county", "township", "name", "year", *stated.values()])


def written(rows, columns):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


# -- the answer --------------------------------------------------------------------------------------------------------


class Refused(Exception):
    """With the code."""


class Known:
    """What is known of each subject in each year."""

    def __init__(self, case):
        self.case = case
        self.townships = self.areas()
        self.values = {}  # attribute, subject, year → value and whether it is of the year
        self.unmatched = 0
        for row in case.figures:
            self.take(row)

    def areas(self):
        """The township of each place: its path, or none."""
        case = self.case
        lies = {(place["county"], place["township"]) for place in case.places if place["township"]}
        named = {row["township"] for row in case.figures}
        found = {}
        for place in case.places:
            itself = len(place["division_code"]) == 9 or (place["county"], place["name"]) in lies or place["name"] in named
            name = place["township"] or (place["name"] if itself else "")
            found[place["id"]] = (place["county"], name) if name else None
        return found

    def target(self, row):
        """The place, township and county that a row is about; none if it is about nobody."""
        case = self.case
        of_place = lambda place: (place["id"], self.townships[place["id"]], place["county"] or None)
        townships = list(dict.fromkeys(path for path in self.townships.values() if path))
        # Townships are only told apart where something asks for them.
        asked = {check["subject"] for check in case.checks} | {data.get("subject") for data in case.attributes.values()}
        if "township" not in asked:
            townships = []
        counties = {place["county"] for place in case.places if place["county"]} if asked & {"county", "township"} else set()
        fits = lambda path, name: path[1] == name and row["county"] in ("", path[0])
        if row["id"]:
            return next((of_place(place) for place in case.places if place["id"] == row["id"]), None)
        name = row["name"] or row["township"]
        if name:
            inside = lambda place: (row["county"] in ("", place["county"])
                                    and row["township"] in ("", place["township"] or place["name"], name))
            found = [place for place in case.places if place["name"] == name and inside(place)]
            if len(found) == 1:
                return of_place(found[0])
            of_name = [path for path in townships if fits(path, name)]
            if len(of_name) == 1:
                return None, of_name[0], of_name[0][0] or None
            if row["name"] and name in counties and not row["township"]:
                return None, None, name
            return None
        if row["county"]:
            return (None, None, row["county"]) if row["county"] in counties else None
        return None, None, None

    def take(self, row):
        case = self.case
        if row["year"] == "2031":
            self.unmatched += 1
            return
        target = self.target(row)
        if target is None:
            self.unmatched += 1
            return
        years = [int(row["year"])] if row["year"] else case.years
        for id_, data in case.attributes.items():
            cell = row.get(id_, "")
            if "subject" not in data or not cell:
                continue
            level = LEVELS.index(data["subject"])
            subject = "" if level == 3 else target[level]
            if subject is None:
                raise Refused("figure-of-others")
            value = (cell == "是") if data["type"] == "flag" else self.read(id_, cell)
            for year in years:
                known = self.values.setdefault((id_, subject, year), {})
                own = bool(row["year"])
                if own in known and known[own] != value:
                    raise Refused("figure-twice")
                known[own] = value

    def read(self, id_, cell):
        """A number in the unit in which checks read it: money in the policy's, land in the attribute's own."""
        own = self.case.attributes[id_].get("unit")
        stated = self.case.titles[id_] or own
        number = Fraction(cell)
        if own in MONEY:
            return number * MONEY[stated] / MONEY[self.case.unit]
        return number * LAND[stated] / LAND[own] if own in LAND else number

    def get(self, id_, place, year):
        """An attribute for the place that stands for a subject; none if it is blank."""
        data = self.case.attributes[id_]
        if "subject" not in data:
            cell = place[id_]
            if data["type"] == "flag":
                return cell == "true"
            return Fraction(cell) if cell else None
        subject = (place["id"], self.townships[place["id"]], place["county"] or None, "")[LEVELS.index(data["subject"])]
        known = self.values.get((id_, subject, year), {}) if subject is not None else {}
        return known.get(True, known.get(False))


def amount(value, known, place, year):
    if isinstance(value, dict) and "rate" in value:
        of = known.get(value["of"], place, year)
        return None if of is None else Fraction(value["rate"]) * of
    if isinstance(value, dict):
        parts = [known.get(id_, place, year) for id_ in value["difference"]]
        return None if None in parts else parts[0] - parts[1]
    return known.get(value, place, year) if str(value).startswith("x") else Fraction(value)


def all_of(held):
    return False if False in held else None if None in held else True


def holds(conditions, known, place, year, sides):
    """True, false, or none where a blank leaves it open; the comparisons that were made are added to `sides`."""
    held = []
    for key, test in conditions.items():
        if key == "any":
            # Comparisons stand in the order of the policy.
            each = [holds(one, known, place, year, sides) for one in test]
            held.append(True if True in each else None if None in each else False)
        elif key == "not":
            inside = holds(test, known, place, year, [])
            held.append(None if inside is None else not inside)
        elif key in ("kind", "county"):
            held.append(place[key] in (test if isinstance(test, list) else [test]))
        else:
            left = Fraction(year) if key == "year" else known.get(key, place, year)
            if isinstance(test, bool):
                held.append(None if left is None else left == test)
                continue
            bounds = test if isinstance(test, dict) else {"equal": test}
            for bound, value in bounds.items():
                sign, compare = COMPARE.get(bound, ("=", lambda a, b: a == b))
                right = amount(value, known, place, year)
                held.append(None if left is None or right is None else compare(left, right))
                sides.append((left, sign, right, held[-1]))
    return all_of(held)


def shown(number):
    """A number to ten decimals, rounded half-up."""
    if number is None:
        return None
    scaled = abs(number) * 10**10
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = f"{whole // 10**10}.{whole % 10**10:010d}".rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 and whole else text


def results(case, known):
    """Each result, with the grouping values of its subject."""
    rows = []
    for level in LEVELS[:3]:
        checks = [check for check in case.checks if check["subject"] == level]
        subjects = {}
        for place in case.places:
            path = {"place": place["id"], "township": known.townships[place["id"]], "county": place["county"]}[level]
            if checks and path:
                subjects.setdefault(path, place)
        for path, place in subjects.items():
            for year in case.years:
                for check in checks:
                    sides = []
                    applies = holds(check.get("when", {}), known, place, year, [])
                    if applies is False:
                        result = "not-applicable"
                    elif applies is None:
                        result = "unknown"
                    elif "must" not in check:
                        result = "no-number"
                    else:
                        result = {True: "met", False: "not-met", None: "unknown"}[holds(check["must"], known, place, year, sides)]
                    pick = lambda wanted: next((one for one in sides if one[3] is wanted), None)
                    telling = pick(False) or pick(None) or (sides[0] if sides else None)
                    of_place = level == "place"
                    name = place["name"] if of_place else path[1] if level == "township" else path
                    id_ = place["id"] if of_place else name if level == "county" or not path[0] else f"{path[0]}/{path[1]}"
                    township = place["township"] if of_place else name if level == "township" else ""
                    rows.append({
                        "subject": level, "id": id_, "county": place["county"], "township": township, "name": name,
                        "kind": place["kind"] if of_place else "", "class": "all" if of_place else "", "year": year, "check": check["id"],
                        "result": result, "value": shown(telling[0]) if telling else None, "comparison": telling[1] if telling else "",
                        "bound": shown(telling[2]) if telling else None, "count": place["count"] if of_place else 1,
                    })
    return rows


def groups(case, rows):
    value = lambda row, by: row["id"] if by == "id" and row["subject"] == "place" else "" if by == "id" else row[by]
    known, ranks = {}, [{} for _ in case.by]
    for row in rows:
        key = tuple(value(row, by) for by in case.by)
        for by, part, rank in zip(case.by, key, ranks):
            rank.setdefault(part, part if by == "year" else len(rank))
        known.setdefault((key, row["check"]), Counter())[row["result"]] += row["count"]
    order = {check["id"]: number for number, check in enumerate(case.checks)}
    made = []
    for key, check in sorted(known, key=lambda at: ([rank[part] for part, rank in zip(at[0], ranks)], order[at[1]])):
        count = known[key, check]
        applicable = count["met"] + count["not-met"] + count["unknown"]
        share = None
        if applicable:
            hundredths = (2 * 10_000 * count["met"] + applicable) // (2 * applicable)
            share = f"{hundredths // 100}.{hundredths % 100:02d}"
        made.append({**dict(zip(case.by, key)), "check": check, "applicable": applicable, "met": count["met"],
                     "not_met": count["not-met"], "unknown": count["unknown"], "share": share,
                     "not_applicable": count["not-applicable"], "no_number": count["no-number"]})
    return made


def expected(case):
    known = Known(case)
    rows = results(case, known)
    if case.by is not None:
        return groups(case, rows), known.unmatched
    if case.open:
        rows = [row for row in rows if row["result"] in ("not-met", "unknown")]
    return [{key: row[key] for key in KEYS} for row in rows], known.unmatched


# -- the comparison ----------------------------------------------------------------------------------------------------


def run_seed(seed, binary, folder):
    case = Case(seed)
    try:
        rows, unmatched = expected(case)
        refused = None
    except Refused as problem:
        rows, unmatched, refused = None, None, str(problem)
    folder = Path(folder) / str(os.getpid())
    folder.mkdir(exist_ok=True)
    texts = {"policy.json": case.policy(), "roster.csv": case.roster(), "figures.csv": case.table()}
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    words = [binary, "checks", "--policy", str(folder / "policy.json"), "--roster", str(folder / "roster.csv"), "--figures",
             str(folder / "figures.csv"), "--format", "json", "--fill-down=false", "--lang", "en"]
    if case.by is not None:
        words.append(f"--by={','.join(case.by)}")
    if case.open:
        words.append("--open")
    run = subprocess.run(words, capture_output=True, timeout=20, check=False)
    errors = run.stderr.decode("utf-8", "replace")
    lines = difference(rows, unmatched, refused, run, errors)
    outcome = "refused" if refused else "groups" if case.by is not None else "open" if case.open else "subjects"
    if not lines:
        return outcome, None
    return "differs", "\n".join([f"=== seed {seed}: {' '.join(words[10:])}", *texts.values(), *lines, errors])


def difference(rows, unmatched, refused, run, errors):
    if refused:
        codes = {problem.code for problem in problems_in(errors)}
        good = run.returncode == 1 and codes & {"figure-twice", "figure-of-others"}
        return [] if good else [f"a refusal with {refused} expected, found status {run.returncode}, {codes}"]
    if run.returncode != 0:
        return [f"an answer expected, found exit status {run.returncode}"]
    answer = json.loads(run.stdout.decode("utf-8"))
    lines = []
    found = [{key: row.get(key) for key in (rows[0] if rows else ())} for row in answer["rows"]]
    plain = lambda row: {key: "" if cell is None else cell for key, cell in row.items()}
    if len(rows) != len(answer["rows"]):
        lines.append(f"{len(rows)} rows expected, {len(answer['rows'])} found")
    for wanted, row in zip(rows, found):
        if plain(wanted) != plain(row):
            lines.append(f"{wanted} expected, found {row}")
            break
    warned = sum(problem.code == "unmatched-figure" for problem in warnings_of(answer["warnings"]))
    if warned != unmatched:
        lines.append(f"{unmatched} rows about nobody expected, {warned} warned of")
    return lines


if __name__ == "__main__":
    sys.exit(seeds.main(__doc__, run_seed))
