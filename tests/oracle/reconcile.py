#!/usr/bin/env python3
"""Reconciles random ledgers a second time, in exact fractions, and compares the command line with it.

    reconcile.py --binary target/quick/fundlayers --count 1000
    reconcile.py --binary … --seed 41 --count 1        one case again

Written from `docs/reconciliation.md` and `docs/sheets.md` alone. Policies and rosters are the valid ones of `generate.py`; each gets a ledger,
long or wide, of receipts near to what is due: batches, money taken back, wrong places, years and layers, units in headers
or a column, a total line that may be wrong, documents that may repeat. On a difference the inputs and both answers are
printed, and the exit status is 1.
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
import seeds
import sheets
from differential import problems_in, warnings_of

EVENTS = ("issued", "received", "spent")
EVENT_WORDS = {"issued": ("issued", "下达"), "received": ("received", "到位"), "spent": ("spent", "支出")}
AMOUNTS = ("due", *EVENTS, "gap", "excess")
HEADERS = {
    "id": ("id", "编码"), "division_code": ("division_code", "区划代码"), "county": ("county", "区县"),
    "township": ("township", "乡镇"), "name": ("name", "名称"), "year": ("year", "年度"), "layer": ("layer", "安排层级"),
    "event": ("event", "事项"), "date": ("date", "日期"), "amount": ("amount", "金额"), "unit": ("unit", "单位"), "document": ("document", "文号"),
    "issued": ("issued", "下达金额"), "received": ("received", "到位金额"), "spent": ("spent", "支出金额"),
}
UNITS = {"元": 1, "万元": 10**4, "亿元": 10**8}


# -- the ledger --------------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """A row of the ledger as it is meant: yuan by event."""

    id: str = ""
    division_code: str = ""
    county: str = ""
    township: str = ""
    name: str = ""
    year: int = 0
    layer: str = ""
    document: str = ""
    month: tuple | None = None  # year and month of its date
    date: str = ""
    yuan: dict = field(default_factory=dict)


@dataclass
class Ledger:
    entries: list
    text: str
    sum_differs: list  # columns of the total line whose figure is wrong
    total_row: int
    header_line: int = 1  # of the file, by which a person finds its rows


class LedgerMaker:
    def __init__(self, rng, policy, allocation):
        self.rng, self.policy, self.allocation = rng, policy, allocation
        self.dated = rng.random() < 0.6

    def make(self):
        rng = self.rng
        lines = self.allocation.lines
        entries = [self.entry(rng.choice(lines)) for _ in range(rng.choice([0, 1, 3, 8, 20]))] if lines else []
        if entries and rng.random() < 0.3:
            entries.append(rng.choice(entries))  # the same again
        return self.write(entries, wide=rng.random() < 0.5)

    def entry(self, line):
        rng, row = self.rng, line.row
        entry = Entry(year=line.year, layer=self.layer_word(line.layer))
        way = rng.random()
        if way < 0.35:
            entry.id = row.id
        elif way < 0.5 and row.division_code:
            entry.division_code = row.division_code
        else:
            entry.name = row.name
            if rng.random() < 0.8:
                entry.county = row.county
            if rng.random() < 0.6:
                entry.township = row.township or (row.name if rng.random() < 0.3 else "")
        if rng.random() < 0.05:
            entry.id = entry.id + "x"
        if rng.random() < 0.05:
            entry.year = rng.choice([1, line.year + 1, 9000])
        if rng.random() < 0.05:
            entry.layer = rng.choice(["无此层级", "layer", "县级"])
        if rng.random() < 0.4:
            entry.document = rng.choice(["某财农〔2024〕1号", "某财农[2024] 1号", "某财农（２０２４）1号", "某财农〔2024〕2号"])
        if self.dated and rng.random() < 0.8:
            year, month, day = line.year + rng.choice([-1, 0, 0, 0, 1]), rng.randint(1, 12), rng.randint(1, 28)
            year = max(year, 1000)
            entry.month = year, month
            entry.date = rng.choice([f"{year}-{month:02}-{day:02}", f"{year}/{month}/{day}", f"{year}年{month}月{day}日",
                                     f"{year}{month:02}{day:02}", f"{year}-{month:02}", f"{year}年{month}月"])
        for event in rng.sample(EVENTS, rng.choice([1, 1, 2, 3])):
            entry.yuan[event] = self.yuan(line.amount * self.policy.unit)
        return entry

    def layer_word(self, layer):
        names = [name for name in layer.names if sum(name in other.names for other in self.policy.layers) == 1]
        return self.rng.choice([layer.id, *names])

    def yuan(self, due):
        rng = self.rng
        part = rng.choice([0, 1, 1, Fraction(1, 2), Fraction(1, 3), *([10_000, Fraction(1, 10_000)] if rng.random() < 0.2 else []), *[Fraction(rng.randint(-300, 1500), 1000)] * 4])
        fen = due * part * 100 + rng.choice([0, 0, 1, -1, rng.randint(-10**5, 10**5)])
        return Fraction(fen.numerator // fen.denominator if isinstance(fen, Fraction) else fen) / 100

    def write(self, entries, wide):
        """The ledger as a file: a long one has a row for each event."""
        rng = self.rng
        if not wide:
            parted = []
            for entry in entries:
                for event, yuan in entry.yuan.items():
                    parted.append(Entry(**{**vars(entry), "yuan": {event: yuan}}))
            entries = parted
        places = ["id", "division_code", "county", "township", "name"]
        money = [event for event in EVENTS] if wide else ["amount"]
        in_header = rng.random() < 0.5
        dates = ["date"] if self.dated else []
        # The unit behind each amount, or above the table.
        self.unit_of_all = rng.choice(list(UNITS)) if not in_header and rng.random() < 0.3 else None
        self.own_units = entries and self.unit_of_all and rng.random() < 0.4
        keys = [*places, "year", "layer", "document", *dates, *([] if wide else ["event"]), *money]
        if not (in_header or self.unit_of_all) or rng.random() < 0.2:
            keys.append("unit")
        rng.shuffle(keys)
        units = {key: rng.choice(list(UNITS)) for key in money}
        if in_header and "unit" in keys:
            units = dict.fromkeys(money, rng.choice(list(UNITS)))
        titles = []
        for key in keys:
            title = rng.choice([*HEADERS[key] * 3, *(sheets.SYNONYMS.get(key, []) if key != "amount" else [])])
            if in_header and key in money:
                title += rng.choice(["({})", "（{}）", " ({})"]).format(units[key])
            titles.append(title)
        rows, sums = [], Counter()
        for entry in entries:
            sums.update(entry.yuan)
            unit = units[money[0]] if in_header else self.unit_of_all or rng.choice(list(UNITS))
            rows.append([self.cell(key, entry, units[key] if in_header and key in money else unit) for key in keys])
        ledger = Ledger(entries, "", [], len(rows) + 1)
        # A total beyond what an amount can be is refused like any amount.
        fits = sum(abs(yuan) for yuan in sums.values()) * 100 < model.MOST_FEN
        if entries and fits and rng.random() < 0.4:
            rows.append(self.total_line(keys, sums, units if in_header else None, ledger, wide))
        if rng.random() < 0.1:
            rows.append([rng.choice(["注：略", "（说明：数据截至六月）", "制表：某某"]), *[""] * (len(keys) - 1)])
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator=rng.choice(["\n", "\r\n"]))
        if rng.random() < 0.2:
            writer.writerow(["某市资金台账", *[""] * (len(keys) - 1)])
        if self.unit_of_all and not self.own_units:
            writer.writerow([*[""] * (len(keys) - 1), rng.choice(["单位：{}", "（金额单位: {}）"]).format(self.unit_of_all)])
        writer.writerow(titles)
        ledger.header_line = buffer.getvalue().count("\n")
        writer.writerows(rows)
        ledger.text = buffer.getvalue()
        return ledger

    def cell(self, key, entry, unit):
        rng = self.rng
        if key == "unit":
            return unit
        if key == "event":
            return rng.choice(EVENT_WORDS[next(iter(entry.yuan))])
        if key == "amount":
            return self.number(next(iter(entry.yuan.values())), unit)
        if key in EVENTS:
            return self.number(entry.yuan[key], unit) if key in entry.yuan else ""
        if key == "year" and entry.year > 999 and rng.random() < 0.1:
            return f"{entry.year}{rng.choice(['年', '年度', '-01-01'])}"
        return str(getattr(entry, key))

    def number(self, yuan, unit):
        """An amount as people write it: (30), 30-, ￥1,200, 60万元."""
        text = self.plain_number(yuan, unit)
        if text.startswith("-") and self.rng.random() < 0.3:
            text = self.rng.choice(["({})", "（{}）", "{}-"]).format(text[1:])
        elif text == "0" and self.rng.random() < 0.3:
            text = "-"
        elif self.rng.random() < 0.1:
            text = text.replace("-", "-￥") if text.startswith("-") else f"￥{text}"
        if self.own_units:
            text = f"{text[:-1]}{unit}{text[-1]}" if text[-1] in ")）" else "0" + unit if text == "-" else text + unit
        return text

    def plain_number(self, yuan, unit):
        text = model.plain_decimal(Fraction(yuan) / UNITS[unit])
        return generate.with_separators(text) if self.rng.random() < 0.2 and not text.startswith("-") else text

    def total_line(self, keys, sums, units, ledger, wide):
        """合计 of the whole file; long, of all events together."""
        rng, row = self.rng, []
        unit = self.unit_of_all or rng.choice(list(UNITS)) if units is None else next(iter(units.values()))
        for key in keys:
            if key == "name":
                row.append(rng.choice(["合计", "合 计", "总计", "合计（略）", "全市合计：", "Total"]))
            elif key == "unit":
                row.append(unit)
            elif key in EVENTS or key == "amount":
                total = Fraction(sums[key] if wide else sum(sums.values()))
                if rng.random() < 0.3:
                    total += 1
                    ledger.sum_differs.append(key)
                row.append(self.number(total, units[key] if units else unit))
            else:
                row.append("")
        return row


# -- reconciling -------------------------------------------------------------------------------------------------------


def place_of(roster, entry):
    """The rows of the place that an entry names: by id, else by code, else by name; or why there is none."""
    reason = "unknown-place"
    if entry.id:
        if rows := [row for row in roster.rows if row.id == entry.id]:
            return rows, None
    for fits in (
        lambda row: entry.division_code and row.division_code == entry.division_code,
        lambda row: entry.name and row.name == entry.name
        and entry.county in ("", row.county)
        and entry.township in ("", row.township, *([row.name] if not row.township else [])),
    ):
        firsts = {}
        for row in roster.rows:
            firsts.setdefault(row.id, row)
        found = [row for row in firsts.values() if fits(row)]
        if len(found) == 1:
            return [row for row in roster.rows if row.id == found[0].id], None
        if found:
            reason = "ambiguous-place"
    return [], reason


def reasons_of(policy, roster, years, entry):
    """Row, layer and no reasons; or the reasons in the order of place, year, layer."""
    rows, reason = place_of(roster, entry)
    reasons = [(reason, "id" if entry.id else "division_code" if entry.division_code else "name")] if reason else []
    live = [row for row in rows if row.live(entry.year)]
    if entry.year not in years:
        reasons.append(("unknown-year", "year"))
    elif rows and not live:
        reasons.append(("place-not-live", "year"))
    by_id = [layer for layer in policy.layers if layer.id == entry.layer]
    layers = by_id or [layer for layer in policy.layers if entry.layer in layer.names]
    if len(layers) != 1:
        reasons.append(("unknown-layer", "layer"))
    return (live[0], layers[0], []) if not reasons else (None, None, reasons)


def percent(part, whole):
    """A rate in percent of two decimals, half-up; None where the whole is not above 0."""
    return None if whole <= 0 else points(Fraction(part) / whole)


def points(fraction):
    scaled = abs(fraction) * 10000
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if fraction < 0 and whole else ""
    return f"{sign}{whole // 100}.{whole % 100:02}"


@dataclass
class Asked:
    years: str | None = None
    top_up: str = "entitled"
    top_up_years: str | None = None
    as_of: str | None = None
    by: tuple | None = None
    unit: str | None = None
    zeros: bool = False
    unmatched: bool = False

    def arguments(self):
        words = ["--top-up", self.top_up]
        for option in ("years", "top_up_years", "as_of", "unit"):
            if getattr(self, option) is not None:
                words += ["--" + option.replace("_", "-"), getattr(self, option)]
        words += ["--zeros"] if self.zeros else []
        words += ["--unmatched"] if self.unmatched else []
        return words + (["--by", ",".join(self.by)] if self.by is not None else [])


def reconcile(policy, roster, ledger, asked):
    """Columns, rows and warnings, or `model.Refused`."""
    years = model.chosen_years(asked.years) or list(policy.years())
    sums, unmatched, warnings = {}, [], []
    until = None if asked.as_of is None else tuple(int(part) for part in asked.as_of.split("-"))
    later, undated = Counter(), 0
    for number, entry in enumerate(ledger.entries, 1):
        row, layer, reasons = reasons_of(policy, roster, years, entry)
        for event in EVENTS:
            if event not in entry.yuan:
                continue
            if reasons:
                unmatched.append((number, entry, event, reasons[0][0]))
            elif until and entry.month and entry.month > until:
                later[event] += entry.yuan[event]
                later["events"] += 1
            else:
                undated += 1 if until and not entry.month else 0
                key = row, entry.year, layer.id
                sums.setdefault(key, Counter())[event] += entry.yuan[event]
        warnings += [("unmatched-receipt", number, column) for _, column in reasons]
    warnings += [("sum-differs", ledger.total_row, column) for column in ledger.sum_differs]
    warnings += [("duplicate-receipt", number, "document") for number in repeats(ledger.entries)]

    beside = Counter()
    for _, entry, event, _ in unmatched:
        beside[event] += entry.yuan[event]
    warnings += [("later-receipt", None, None)] if later["events"] else []
    warnings += [("undated-receipt", None, None)] if undated else []
    must_fit([yuan for of in [*sums.values(), beside, later] for event, yuan in of.items() if event in EVENTS])

    counting = []
    if asked.top_up == "received":
        counting = years if asked.top_up_years is None else model.chosen_years(asked.top_up_years)

    def arrived(row, year):
        if year not in counting:
            return None
        of = {layer.id: sums.get((row, year, layer.id), Counter())["received"] for layer in policy.layers}
        return {id_: Fraction(yuan) / policy.unit / row.count for id_, yuan in of.items()}

    allocation = model.Allocator(policy, roster, years, arrived=arrived).compute()
    warnings += suspicions(allocation, policy, sums)
    yuan = policy.unit if asked.unit is None else model.YUAN_PER_UNIT[asked.unit]
    shown = lambda amount: model.plain_decimal(Fraction(amount) / yuan)
    unit = model.UNIT_NAMES[yuan]
    if asked.unmatched:
        rows = [
            {"row": ledger.header_line + number, "id": entry.id, "division_code": entry.division_code, "county": entry.county,
             "township": entry.township, "name": entry.name or entry.township, "year": entry.year, "layer": entry.layer,
             "event": event, "amount": shown(entry.yuan[event]), "unit": unit, "date": entry.date, "document": entry.document,
             "upstream_document": "", "source": "", "note": "", "reason": reason}
            for number, entry, event, reason in unmatched
        ]
        return rows, warnings
    figures = []
    for line in allocation.lines:
        due, of = line.amount * policy.unit, sums.get((line.row, line.year, line.layer.id), Counter())
        missing = due - of["received"]
        values = dict(due=due, issued=of["issued"], received=of["received"], spent=of["spent"],
                      gap=max(Fraction(0), missing), excess=max(Fraction(0), -missing))
        figures.append((line, values))
    must_fit([value for _, values in figures for value in values.values()])
    if asked.by is None:
        rows = []
        for line, values in figures:
            if asked.zeros or any(values.values()):
                row = {column: model.line_value(line, column) for column in model.LONG_COLUMNS[:-2]}
                rows.append(row | {key: shown(values[key]) for key in AMOUNTS} | {"unit": unit})
        return rows, warnings
    return groups(allocation, figures, asked, years, shown, unit), warnings


def suspicions(allocation, policy, sums):
    """More spent than arrived: each of up to 20 places, else one. About 10,000 times what is due or a 10,000th, by the first
    event that there is: each of up to 3, else one."""
    due = {(line.row, line.year, line.layer.id): line.amount * policy.unit for line in allocation.lines}
    order = {key: number for number, key in enumerate(due)}
    keys = sorted((key for key in sums if key in order), key=order.get)
    spent = [key for key in keys if sums[key]["spent"] > max(sums[key]["received"], 0)]
    found = [("spent-above-received", None, "spent")] * (1 if len(spent) > 20 else len(spent))
    wrong = []
    for key in keys:
        event = next((event for event in EVENTS if sums[key][event]), None)
        for small, large in [(due[key], sums[key][event]), (sums[key][event], due[key])] if event else []:
            if small > 0 and 5_000 * small <= large <= 20_000 * small:
                wrong.append(("unit-suspected", None, event))
    return found + (wrong[:1] if len(wrong) > 3 else wrong)


def must_fit(yuan):
    """No amount, sum or gap is beyond 2^63 − 1 fen."""
    if any(abs(each) * 100 > model.MOST_FEN for each in yuan):
        raise model.Refused("reconciliation", [model.Problem("overflow")])


def groups(allocation, figures, asked, years, shown, unit):
    found = {}
    for line, values in figures:
        key = tuple(model.line_value(line, column) for column in asked.by)
        total = found.setdefault(key, dict.fromkeys(AMOUNTS, Fraction(0)))
        for name in AMOUNTS:
            total[name] += values[name]
    must_fit([value for values in found.values() for value in values.values()])
    order = model.orders(allocation)
    rows = []
    for key in sorted(found, key=lambda key: [order[column].index(value) for column, value in zip(asked.by, key)]):
        values = found[key]
        if not asked.zeros and not any(values.values()):
            continue
        row = dict(zip(asked.by, key)) | {name: shown(values[name]) for name in AMOUNTS} | {"unit": unit}
        due, received, spent = values["due"], values["received"], values["spent"]
        row |= {"issue_rate": percent(values["issued"], due), "arrival_rate": percent(received, due),
                "execution_rate": percent(spent, received), "unspent_rate": percent(received - spent, received)}
        if asked.as_of:
            year, month = (int(part) for part in asked.as_of.split("-"))
            one = row.get("year", years[0] if len(years) == 1 else None)
            elapsed = None if one is None else Fraction(12 if one < year else month if one == year else 0, 12)
            row["time_progress"] = None if elapsed is None else points(elapsed)
            row["progress_difference"] = None if elapsed is None or received <= 0 else points(spent / received - elapsed)
        rows.append(row)
    return rows


def repeats(entries):
    """The numbers of entries that record the same as an earlier one under the same document."""
    seen, found = set(), []
    for number, entry in enumerate(entries, 1):
        document = "".join("〔" if c in "[（" else "〕" if c in "]）" else chr(ord(c) - 0xFEE0) if "０" <= c <= "９" else c
                           for c in entry.document if not c.isspace())
        key = (entry.id, entry.division_code, entry.county, entry.township, entry.name, entry.year, entry.layer, document,
               entry.date, tuple((event, entry.yuan[event]) for event in EVENTS if event in entry.yuan))
        if document and key in seen:
            found.append(number)
        seen.add(key)
    return found


# -- comparing ---------------------------------------------------------------------------------------------------------


def question(rng, policy):
    first, last = policy.first, policy.last
    asked = Asked(years=rng.choice([None, None, f"{last}..{last}", f"{first}..{last}"]),
                  top_up=rng.choice(["entitled", "received", "received"]),
                  as_of=rng.choice([None, f"{rng.randint(first - 1, last)}-{rng.randint(1, 12):02}"]),
                  unit=rng.choice([None, "元", "万元", "亿元"]), zeros=rng.random() < 0.25)
    if asked.top_up == "received" and rng.random() < 0.4:
        asked.top_up_years = str(rng.randint(first, last))
    if rng.random() < 0.6:
        asked.by = tuple(rng.sample(model.GROUPINGS, rng.choice([1, 2, 2, 3])))
    elif rng.random() < 0.4:
        asked.unmatched = True
    return asked


def case(seed):
    """Policy, roster, ledger and question of a seed; None if its policy and roster are not valid ones."""
    made = generate.case(seed)
    # What would be filled down in the roster would be in the ledger.
    if made.intent != "valid" or made.fill_down:
        return None
    rng = random.Random(f"ledger {seed}")
    try:
        policy = model.read_policy(made.policy)
        roster = model.read_roster(policy, None, made.sheet())
        allocation = model.allocate(policy, roster)
    except model.Refused:
        return None
    return made, policy, roster, LedgerMaker(rng, policy, allocation).make(), question(rng, policy)


def run_seed(seed, binary, folder):
    """Why the command line differs, with the inputs; "skipped" if there is nothing to compare."""
    found = case(seed)
    if found is None:
        return "skipped", None
    made, policy, roster, ledger, asked = found
    try:
        rows, warnings = reconcile(policy, roster, ledger, asked)
        refused = None
    except model.Refused as problem:
        rows, warnings, refused = None, None, {found.code for found in problem.problems}
    folder = Path(folder) / str(os.getpid())
    folder.mkdir(exist_ok=True)
    (folder / "policy.json").write_text(made.policy_json(), encoding="utf-8")
    (folder / "roster.csv").write_bytes(made.roster_csv().encode("utf-8"))
    (folder / "ledger.csv").write_bytes(ledger.text.encode("utf-8"))
    words = [binary, "reconcile", "--policy", str(folder / "policy.json"), "--roster", str(folder / "roster.csv"),
             "--receipts", str(folder / "ledger.csv"), "--format", "json", "--fill-down=false",
             *asked.arguments()]
    run = subprocess.run(words, capture_output=True, timeout=20, check=False)
    errors = run.stderr.decode("utf-8", "replace")
    outcome = "refused" if refused else "unmatched" if asked.unmatched else "groups" if asked.by else "places"
    lines = difference(rows, warnings, refused, run, errors)
    if not lines:
        return outcome, None
    shown = "\n".join([f"=== seed {seed}: {' '.join(asked.arguments())}", made.policy_json(), made.roster_csv(), ledger.text,
                       *lines, errors])
    return "differs", shown


def difference(rows, warnings, refused, run, errors):
    if refused:
        codes = {problem.code for problem in problems_in(errors)}
        good = run.returncode == 1 and codes & refused
        return [] if good else [f"a refusal with {refused} expected, found status {run.returncode}, {codes}"]
    if run.returncode != 0:
        return [f"an answer expected, found exit status {run.returncode}"]
    answer = json.loads(run.stdout.decode("utf-8"))
    blank = lambda cell: "" if cell is None else cell
    plain = lambda row: {key: blank(cell) for key, cell in row.items()}
    lines = []
    if [plain(row) for row in rows] != [plain(row) for row in answer["rows"]]:
        for wanted, found in zip([*rows, *[None] * len(answer["rows"])], [*answer["rows"], *[None] * len(rows)]):
            if (wanted and plain(wanted)) != (found and plain(found)):
                lines.append(f"row: {wanted} expected, found {found}")
                break
    if any(list(wanted) != list(found) for wanted, found in zip(rows, answer["rows"])):
        lines.append("the keys are others or in another order")
    own = {"unmatched-receipt", "sum-differs", "duplicate-receipt", "later-receipt", "undated-receipt", "spent-above-received",
           "unit-suspected"}
    # Lines of the roster that sum others are warned of too.
    of_roster = lambda p: p.code == "sum-differs" and p.column not in ("amount", *EVENTS)
    found = Counter((p.code, p.row, p.column) for p in warnings_of(answer["warnings"]) if p.code in own and not of_roster(p))
    if found != Counter(warnings):
        lines.append(f"warnings: {sorted(Counter(warnings) - found)} missing, {sorted(found - Counter(warnings))} too many")
    return lines


if __name__ == "__main__":
    sys.exit(seeds.main(__doc__, run_seed))
