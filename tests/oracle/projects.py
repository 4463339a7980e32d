#!/usr/bin/env python3
"""Sets random registers of projects beside allocations a second time, in exact fractions, and compares the command line with it.

    projects.py --binary target/quick/fundlayers --count 1000
    projects.py --binary … --seed 41 --count 1        one case again

Written from `docs/projects.md` and `docs/sheets.md` alone. Policies and rosters are the valid ones of `generate.py`, with categories and
shares of projects; each gets a register of rows near to what is due: several rows of a project, wrong places, years and layers, what a
list lacks, deadlines and dates, a total line that may be wrong. On a difference the inputs and both answers are printed, and the exit
status is 1.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import generate
import model
import reconcile
import seeds
import sheets
from differential import problems_in, warnings_of
from reconcile import UNITS, must_fit, percent

HEADERS = {
    "project_code": ("project_code", "项目编号"), "project_name": ("project_name", "项目名称"), "category": ("category", "项目类型"),
    "id": ("id", "编码"), "division_code": ("division_code", "区划代码"), "county": ("county", "区县"), "township": ("township", "乡镇"),
    "name": ("name", "名称"), "year": ("year", "年度"), "layer": ("layer", "安排层级"), "amount": ("amount", "资金"),
    "investment": ("investment", "投资规模"), "aim": ("aim", "绩效目标", "目标"), "task": ("task", "任务"), "agency": ("agency", "责任单位"),
    "person": ("person", "责任人"), "deadline": ("deadline", "完成时限"), "period": ("period", "起止时间"),
    "filed": ("filed", "方案备案日期"), "status": ("status", "完成情况"), "completed": ("completed", "完成日期"),
}
# Each with the day that is meant: of a deadline its last.
DEADLINES = {
    "2024-06-30": (2024, 6, 30), "2024年6月": (2024, 6, 30), "2024年6月底前": (2024, 6, 30), "2024年2月": (2024, 2, 29),
    "2023年": (2023, 12, 31), "2024年底": (2024, 12, 31), "2024年上半年": (2024, 6, 30), "2024年第三季度": (2024, 9, 30), "长期": None,
    "2024年3月—11月": (2024, 11, 30), "2024.3-2024.11": (2024, 11, 30), "2023年1月至2024年3月": (2024, 3, 31), "": None,
}
PERIODS = {"": None, "2024年1月—5月": (2024, 5, 31), "2023.1-2024.7": (2024, 7, 31)}
DAYS = {"": None, "2024-06-29": (2024, 6, 29), "2024/6/30": (2024, 6, 30), "2024年7月1日": (2024, 7, 1), "2024-05": (2024, 5, 31)}
DONE = {"": False, "已完成": True, "竣工": True, "100%": True, "完成80%": False, "在建": False}
CATEGORIES = {"industry": ("产业发展", "Industry"), "works": ("基础设施", "Works")}
WORDS = {"industry": "industry", "产业发展": "industry", "Industry": "industry", "works": "works", "基础设施": "works", "培训": "培训", "": ""}
SEVEN = ("aim", "task", "project", "funds", "agency", "person", "deadline")


@dataclass
class Row:
    """A row of the register as it is meant; amounts in yuan, None: blank."""

    texts: dict = field(default_factory=dict)
    year: int = 0
    amount: Fraction | None = None
    investment: Fraction | None = None

    def __getattr__(self, key):
        return self.texts.get(key, "")

    @property
    def yuan(self):
        stated = self.amount if self.amount is not None else self.investment
        return Fraction(0) if stated is None else stated

    @property
    def due_on(self):
        return DEADLINES[self.deadline] if self.deadline and self.deadline != "长期" else None if self.deadline else PERIODS[self.period]


@dataclass
class Register:
    rows: list
    text: str = ""
    sum_differs: list = field(default_factory=list)
    header_line: int = 1


class Maker:
    def __init__(self, rng, policy, allocation):
        self.rng, self.policy, self.allocation = rng, policy, allocation

    def make(self):
        rng, lines = self.rng, self.allocation.lines
        rows = [self.row(rng.choice(lines)) for _ in range(rng.choice([0, 1, 4, 9, 25]))] if lines else []
        if rows and rng.random() < 0.3:
            rows.append(rng.choice(rows))
        return self.write(rows)

    def row(self, line):
        rng, of = self.rng, line.row
        texts = {"layer": self.layer_word(line.layer) if rng.random() < 0.8 else ""}
        way = rng.random()
        if way < 0.35:
            texts["id"] = of.id + ("x" if rng.random() < 0.1 else "")
        elif way < 0.5 and of.division_code:
            texts["division_code"] = of.division_code
        else:
            texts["name"] = of.name
            if rng.random() < 0.8:
                texts["county"] = of.county
            if rng.random() < 0.6:
                texts["township"] = of.township or (of.name if rng.random() < 0.3 else "")
        if rng.random() < 0.05:
            texts["layer"] = rng.choice(["无此层级", "layer", "县级"])
        texts["project_code"] = rng.choice(["", "", "P1", "P2", "P3"])
        texts["project_name"] = rng.choice(["", "路", "桥", "大棚"])
        texts["category"] = rng.choice(list(WORDS))
        for key in ("aim", "task", "agency", "person"):
            texts[key] = rng.choice(["", "略", "有"])
        for key, known in (("deadline", DEADLINES), ("period", PERIODS), ("filed", DAYS), ("completed", DAYS), ("status", DONE)):
            texts[key] = rng.choice([*known, "", ""])
        year = line.year if rng.random() < 0.95 else rng.choice([1, line.year + 1, 9000])
        return Row({key: text for key, text in texts.items() if text}, year, self.yuan(line), self.yuan(line))

    def layer_word(self, layer):
        names = [name for name in layer.names if sum(name in other.names for other in self.policy.layers) == 1]
        return self.rng.choice([layer.id, *names])

    def yuan(self, line):
        rng = self.rng
        if rng.random() < 0.3:
            return None
        part = rng.choice([0, 1, 1, Fraction(1, 2), Fraction(rng.randint(0, 1500), 1000)])
        fen = max(line.amount, 0) * self.policy.unit * part * 100 + rng.choice([0, 0, 1, rng.randint(0, 10**5)])
        return Fraction(Fraction(fen).numerator // Fraction(fen).denominator) / 100

    def write(self, rows):
        rng = self.rng
        keys = list(HEADERS)
        rng.shuffle(keys)
        units = {key: rng.choice(list(UNITS)) for key in ("amount", "investment")}
        titles = []
        for key in keys:
            synonyms = sheets.SYNONYMS.get(key, []) if key not in ("amount", "name") else []
            title = rng.choice([*HEADERS[key] * 3, *synonyms])
            titles.append(title + rng.choice(["({})", "（{}）", " ({})"]).format(units[key]) if key in units else title)
        table = [[self.cell(key, row, units) for key in keys] for row in rows]
        register = Register(rows)
        sums = {key: sum((getattr(row, key) or 0 for row in rows), Fraction(0)) for key in units}
        if rows and all(yuan * 100 < model.MOST_FEN for yuan in sums.values()) and rng.random() < 0.4:
            line = []
            for key in keys:
                if key == "project_name":
                    line.append(rng.choice(["合计", "合 计", "总计", "全市合计："]))
                elif key in units:
                    wrong = rng.random() < 0.3
                    register.sum_differs += [key] if wrong else []
                    line.append(model.plain_decimal((sums[key] + wrong) / UNITS[units[key]]))
                else:
                    line.append("")
            table.append(line)
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\n")
        if rng.random() < 0.2:
            writer.writerow(["某县项目库", *[""] * (len(keys) - 1)])
        writer.writerow(titles)
        register.header_line = buffer.getvalue().count("\n")
        writer.writerows(table)
        register.text = buffer.getvalue()
        return register

    def cell(self, key, row, units):
        if key in units:
            yuan = getattr(row, key)
            return "" if yuan is None else model.plain_decimal(yuan / UNITS[units[key]])
        if key == "year":
            return f"{row.year}年度" if row.year > 999 and self.rng.random() < 0.1 else str(row.year)
        return row.texts.get(key, "")


@dataclass
class Asked:
    years: str | None
    list: str
    by: tuple | None
    as_of: tuple | None
    unit: str | None
    zeros: bool

    def arguments(self):
        words = ["--list", self.list]
        words += ["--years", self.years] if self.years else []
        words += ["--unit", self.unit] if self.unit else []
        words += ["--as-of", "{:04}-{:02}-{:02}".format(*self.as_of)] if self.as_of else []
        words += ["--zeros"] if self.zeros else []
        return words + (["--by", ",".join(self.by)] if self.by is not None else [])


def question(rng, policy):
    first, last = policy.first, policy.last
    which = rng.choice(["amounts", "amounts", "amounts", "places", "shares", "projects", "overdue", "unmatched"])
    by = None
    if which == "amounts" and rng.random() < 0.6:
        by = tuple(rng.sample([*model.GROUPINGS, "category"], rng.choice([1, 2, 3])))
    if which == "shares" and rng.random() < 0.6:
        by = tuple(rng.sample(model.GROUPINGS, rng.choice([1, 2])))
    return Asked(rng.choice([None, None, f"{last}..{last}", f"{first}..{last}"]), which, by,
                 rng.choice([None, (2024, 6, 30), (2024, 7, 1)]), rng.choice([None, "元", "万元", "亿元"]), rng.random() < 0.2)


def answer(policy, roster, register, shares, asked):
    """Rows and warnings, or `model.Refused`."""
    years = model.chosen_years(asked.years) or list(policy.years())
    allocation = model.Allocator(policy, roster, years).compute()
    due = {(line.row, line.year, line.layer.id): line.amount * policy.unit for line in allocation.lines}
    yuan_of_unit = policy.unit if asked.unit is None else model.YUAN_PER_UNIT[asked.unit]
    shown = lambda yuan: model.plain_decimal(Fraction(yuan) / yuan_of_unit)
    unit = model.UNIT_NAMES[yuan_of_unit]
    warnings, matched, unmatched = [], [], []
    for number, row in enumerate(register.rows, 1):
        bare = Row({**row.texts}, row.year, row.amount, row.investment)
        no_layer = not row.layer
        entry = reconcile.Entry(id=row.id, division_code=row.division_code, county=row.county, township=row.township,
                                name=row.name or row.township, year=row.year, layer=row.layer or policy.layers[0].id)
        place, layer, reasons = reconcile.reasons_of(policy, roster, years, entry)
        if reasons:
            unmatched.append((number, bare, reasons[0][0]))
            warnings += [("unmatched-project", number, column) for _, column in reasons]
        else:
            matched.append((number, bare, place, None if no_layer else layer))
    first_row = {}
    for number, row in enumerate(register.rows, 1):
        first_row.setdefault(WORDS[row.category], (number, row.category))
    declared = list(CATEGORIES) if shares is not None else []
    known = lambda row: WORDS[row.category] if shares is not None else row.category
    others = []
    for row in register.rows:
        category = known(row)
        if category not in declared and category not in others:
            others.append(category)
    if shares is not None and "培训" in others:
        warnings.append(("unknown-category", first_row["培训"][0], "category"))
    warnings += [("sum-differs", len(register.rows) + 1, column) for column in register.sum_differs]
    seen = set()
    for number, row in enumerate(register.rows, 1):
        key = (row.year, *(row.texts.get(key, "") for key in ("project_code", "id", "division_code", "county", "township", "name", "layer", "task")))
        if row.project_code and key in seen:
            warnings.append(("duplicate-project", number, "project_code"))
        seen.add(key)

    def state(row):
        day = DAYS[row.completed]
        done = (day <= asked.as_of if asked.as_of else True) if day else DONE[row.status]
        late = asked.as_of and row.due_on and row.due_on < asked.as_of
        return "completed" if done else "overdue" if late else "open"

    def project(row, place):
        if row.project_code:
            return "code", row.project_code
        return ("name", place, row.project_name) if row.project_name else None

    planned, by_cell, by_place = Counter(), {}, {}
    for number, row, place, layer in matched:
        cell = place, row.year, layer.id if layer else ""
        planned[cell] += row.yuan
        by_cell.setdefault(cell, []).append(row)
        by_place.setdefault(cell[:2], []).append(row)
    must_fit([*planned.values(), sum((row.yuan for _, row, _ in unmatched), Fraction(0))])
    due_of = lambda key: sum((due[key[0], key[1], layer.id] for layer in policy.layers), Fraction(0))
    live = [(row, year) for row in roster.rows for year in years if row.live(year)]
    must_fit([each for key in live for each in (due_of(key), sum(planned[(*key, layer)] for layer in [*[l.id for l in policy.layers], ""]) - due_of(key))])
    above = [cell for cell in planned if cell[2] and planned[cell] > max(due[cell], 0)]
    wide = [key for key in by_place if sum((row.yuan for row in by_place[key]), Fraction(0)) > max(due_of(key), 0)]
    count = len(above) + len(wide)
    warnings += [("planned-above-due", None, "amount")] * (1 if count > 10 else count)

    def progress(rows_of):
        states = {}
        for row, place in rows_of:
            if (key := project(row, place)) is not None:
                states.setdefault(key, []).append(state(row))
        return {"projects": len(states), "completed": sum(set(of) == {"completed"} for of in states.values()),
                "overdue": sum("overdue" in of for of in states.values())}

    def place_columns(line, columns):
        return {column: model.line_value(line, column) for column in columns}

    line_of = {(line.row, line.year, line.layer.id): line for line in allocation.lines}
    any_line = {}
    for line in allocation.lines:
        any_line.setdefault((line.row, line.year), line)
    if asked.list in ("projects", "overdue", "unmatched"):
        where = {number: (place, layer, "") for number, _, place, layer in matched}
        where |= {number: (None, None, reason) for number, _, reason in unmatched}
        rows = []
        for number, row in enumerate(register.rows, 1):
            place, layer, reason = where[number]
            if asked.list == "overdue" and state(row) != "overdue" or asked.list == "unmatched" and not reason:
                continue
            of = (place.id, place.county, place.township, place.name) if place else (row.id, row.county, row.township, row.name or row.township)
            rows.append({"row": register.header_line + number, "project_code": row.project_code, "project_name": row.project_name,
                         "category": known(row), "id": of[0], "county": of[1], "township": of[2], "name": of[3], "year": row.year,
                         "amount": shown(row.yuan), "unit": unit, "layer": layer.id if layer else row.layer, "source": "", "content": "",
                         **{key: row.texts.get(key, "") for key in ("aim", "task", "agency", "person", "period", "deadline")},
                         "entered": "", **{key: row.texts.get(key, "") for key in ("filed", "status", "completed")}, "priority": "", "note": "",
                         "due_on": "{:04}-{:02}-{:02}".format(*row.due_on) if row.due_on else "", "state": state(row), "reason": reason})
        return rows, warnings
    if asked.list == "places":
        filed = {}
        for number, row, place, _ in matched:
            day = DAYS[row.filed]
            if day and (not asked.as_of or day <= asked.as_of) and (place.id not in filed or day < filed[place.id][0]):
                filed[place.id] = day, row.filed
        rows = []
        for key in live:
            of = by_place.get(key, [])
            stated = {"aim": [row for row in of if row.aim], "task": [row for row in of if row.task],
                      "project": [row for row in of if row.project_code or row.project_name], "funds": [row for row in of if row.yuan > 0],
                      "agency": [row for row in of if row.agency], "person": [row for row in of if row.person],
                      "deadline": [row for row in of if row.deadline or row.period]}
            amount = sum((row.yuan for row in of), Fraction(0))
            rows.append(place_columns(any_line[key], [column for column in model.LONG_COLUMNS if column not in ("layer", "payer", "amount", "unit")])
                        | {"rows": len(of)} | {thing: len(stated[thing]) for thing in SEVEN}
                        | {"lacking": ",".join(thing for thing in SEVEN if not stated[thing]), "filed": filed.get(key[0].id, ("", ""))[1]}
                        | progress([(row, key[0]) for row in of])
                        | {"due": shown(due_of(key)), "planned": shown(amount), "difference": shown(amount - due_of(key)), "unit": unit})
        return rows, warnings
    if asked.list == "amounts" and asked.by is None:
        rows = []
        for key in live:
            for layer in [*(layer.id for layer in policy.layers), ""]:
                cell = (*key, layer)
                owed = due.get(cell, Fraction(0))
                if cell in by_cell or owed or asked.zeros and layer:
                    line = line_of.get(cell, any_line[key])
                    columns = place_columns(line, model.LONG_COLUMNS[:-2])
                    columns |= {"layer": "", "payer": ""} if not layer else {}
                    rows.append(columns | {"projects": progress([(row, key[0]) for row in by_cell.get(cell, [])])["projects"],
                                           "due": shown(owed), "planned": shown(planned[cell]), "difference": shown(planned[cell] - owed), "unit": unit})
        return rows, warnings
    order = model.orders(allocation)
    values = lambda place, year, layer, by: tuple(
        None if layer is None and column in ("layer", "payer") else model.line_value(line_of.get((place, year, layer.id if layer else ""), any_line[place, year]), column)
        for column in by)
    by = asked.by if asked.by is not None else ("year",)
    plain = tuple(column for column in by if column != "category")
    if asked.list == "shares":
        groups = {}
        for _, row, place, layer in matched:
            groups.setdefault(values(place, row.year, layer, plain), Counter({c: Fraction(0) for c in (shares or {})}))[known(row)] += row.yuan
        rows = []
        for key in sorted(groups, key=lambda key: rank_of(plain, key, order)):
            total = sum(groups[key].values(), Fraction(0))
            for category in sorted(groups[key], key=lambda c: [*declared, *others].index(c)):
                part = groups[key][category]
                least, most = (shares or {}).get(category, (None, None))
                met = "" if least is None and most is None or not total else (
                    "met" if (least is None or part >= Fraction(least) * total) and (most is None or part <= Fraction(most) * total) else "not-met")
                rows.append(dict(zip(plain, key)) | {"category": category, "planned": shown(part), "total": shown(total), "unit": unit,
                            "share": percent(part, total), "ratio": str(part / total) if total else "", "at_least": least or "",
                            "at_most": most or "", "met": met})
        must_fit([sum(of.values(), Fraction(0)) for of in groups.values()])
        return rows, warnings
    groups = {}
    blank = lambda: {"due": None if "category" in by else Fraction(0), "rows": []}
    if "category" not in by:
        for line in allocation.lines:
            key = tuple(model.line_value(line, column) for column in plain)
            groups.setdefault(key, blank())["due"] += line.amount * policy.unit
    for _, row, place, layer in matched:
        of = iter(values(place, row.year, layer, plain))
        key = tuple(known(row) if column == "category" else next(of) for column in by)
        groups.setdefault(key, blank())["rows"].append((row, place))
    rows = []
    figures = []
    for key in sorted(groups, key=lambda key: rank_of(by, key, order | {"category": [*declared, *others]})):
        group = groups[key]
        amount = sum((row.yuan for row, _ in group["rows"]), Fraction(0))
        figures += [amount, *([group["due"], amount - group["due"]] if group["due"] is not None else [])]
        made = progress(group["rows"])
        if asked.zeros or not by or amount or group["due"] or any(made.values()):
            difference = None if group["due"] is None else shown(amount - group["due"])
            rows.append(dict(zip(by, key)) | made | {"due": None if group["due"] is None else shown(group["due"]), "planned": shown(amount),
                                                    "difference": difference, "unit": unit})
    must_fit(figures)
    return rows, warnings


def rank_of(by, key, order):
    """In the order of the roster, of years and of layers; what has no layer (None) comes last: a payer may be blank of its own."""
    return [order[column].index(value) if value in order[column] else 10**9 for column, value in zip(by, key)]


def case(seed):
    made = generate.case(seed, valid=True)
    rng = random.Random(f"projects {seed}")
    try:
        policy = model.read_policy(made.policy)
        roster = model.read_roster(policy, None, made.sheet())
        allocation = model.allocate(policy, roster)
    except model.Refused:
        return None
    shares = rng.choice([None, {"industry": ("0.6", None)}, {"industry": ("1/3", "0.9"), "works": (None, "0.25")}])
    return made, policy, roster, Maker(rng, policy, allocation).make(), shares, question(rng, policy)


def with_rules(text, shares):
    """The policy with categories and shares."""
    if shares is None:
        return text
    names = {id_: {"zh": zh, "en": en} for id_, (zh, en) in CATEGORIES.items()}
    number = lambda bound: bound if "/" in bound else float(bound)
    bounds = {id_: {key: number(bound) for key, bound in zip(("at_least", "at_most"), of) if bound} for id_, of in shares.items()}
    rules = json.dumps({"categories": names, "shares": bounds}, ensure_ascii=False)
    return f'{text.rstrip()[:-1]}, "projects": {rules} }}'


def run_seed(seed, binary, folder):
    found = case(seed)
    if found is None:
        return "skipped", None
    made, policy, roster, register, shares, asked = found
    try:
        rows, warnings = answer(policy, roster, register, shares, asked)
        refused = None
    except model.Refused as problem:
        rows, warnings, refused = None, None, {found.code for found in problem.problems}
    folder = Path(folder) / str(os.getpid())
    folder.mkdir(exist_ok=True)
    text = with_rules(made.policy_json(), shares)
    (folder / "policy.json").write_text(text, encoding="utf-8")
    (folder / "roster.csv").write_bytes(made.roster_csv().encode("utf-8"))
    (folder / "projects.csv").write_bytes(register.text.encode("utf-8"))
    words = [binary, "projects", "--policy", str(folder / "policy.json"), "--roster", str(folder / "roster.csv"),
             "--projects", str(folder / "projects.csv"), "--format", "json", "--fill-down=false", *asked.arguments()]
    run = subprocess.run(words, capture_output=True, timeout=20, check=False)
    errors = run.stderr.decode("utf-8", "replace")
    lines = difference(rows, warnings, refused, run, errors)
    if not lines:
        return "refused" if refused else asked.list, None
    return "differs", "\n".join([f"=== seed {seed}: {' '.join(asked.arguments())}", text, made.roster_csv(), register.text, *lines, errors])


def difference(rows, warnings, refused, run, errors):
    if refused:
        codes = {problem.code for problem in problems_in(errors)}
        return [] if run.returncode == 1 and codes & refused else [f"a refusal with {refused} expected, found status {run.returncode}, {codes}"]
    if run.returncode != 0:
        return [f"an answer expected, found exit status {run.returncode}"]
    found = json.loads(run.stdout.decode("utf-8"))
    plain = lambda row: {key: "" if cell is None else cell for key, cell in row.items()}
    lines = []
    if [plain(row) for row in rows] != [plain(row) for row in found["rows"]]:
        for wanted, got in zip([*rows, *[None] * len(found["rows"])], [*found["rows"], *[None] * len(rows)]):
            if (wanted and plain(wanted)) != (got and plain(got)):
                lines.append(f"row: {wanted} expected, found {got}")
                break
    if any(list(wanted) != list(got) for wanted, got in zip(rows, found["rows"])):
        lines.append("the keys are others or in another order")
    own = {"unmatched-project", "duplicate-project", "planned-above-due", "unknown-category", "sum-differs"}
    of_roster = lambda p: p.code == "sum-differs" and p.column not in ("amount", "investment")
    told = Counter((p.code, p.row, p.column) for p in warnings_of(found["warnings"]) if p.code in own and not of_roster(p))
    if told != Counter(warnings):
        lines.append(f"warnings: {sorted(Counter(warnings) - told, key=str)} missing, {sorted(told - Counter(warnings), key=str)} too many")
    return lines


if __name__ == "__main__":
    sys.exit(seeds.main(__doc__, run_seed))
