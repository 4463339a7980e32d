"""The funding model in exact fractions: a second, independent computation to compare the library with.

Written from the model and the pages on decisions and on sheets alone, for reading rather than for speed. Every amount is a `Fraction` in
the unit of the policy; nothing passes through a binary float. The order of this file is the order of the work:

1. numbers and text     2. the policy     3. the roster and its classes
4. rules and pools      5. the allocation     6. result tables     7. limits and funding
8. one question from text to answer

An input that is refused raises `Refused` with the stage (`policy`, `roster`, `options`, `allocation`, `limits`,
`funding`) and all problems of that stage.
"""

import csv
import io
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import sheets

# ---------------------------------------------------------------------------------------------------------------------
# 1. Numbers and text
# ---------------------------------------------------------------------------------------------------------------------

YUAN_PER_UNIT = {
    "元": 1, "yuan": 1,
    "万元": 10_000, "wan": 10_000,
    "亿元": 100_000_000, "yi": 100_000_000,
}
UNIT_NAMES = {1: "元", 10_000: "万元", 100_000_000: "亿元"}

MOST_FEN = 2**63 - 1
MOST_DECIMALS = 28
DIGITS_BELOW = 2**96

FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
FULL_WIDTH |= {ord("．"): ".", ord("，"): ",", ord("＋"): "+", ord("－"): "-", ord("−"): "-"}

NUMBER_IN_TEXT = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
BARE_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
RATIO = re.compile(r"\s*([+-]?)([0-9]+)\s*/\s*([0-9]+)\s*")
PADDING = re.compile(r"(?<=[^\x00-\x7f\s])\s+(?=[^\x00-\x7f\s])")


class Digits(str):
    """A bare number of a file, as the digits that stand there."""


class NumberProblem(Exception):
    """Text that is no number; `code` says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def _decimal(sign, whole, decimals, exponent=0):
    """The exact value of a decimal, refused when it has more digits than are kept (decisions, "Numbers")."""
    if abs(exponent) > 1000:
        if not int(whole + decimals):
            return Fraction(0)
        raise NumberProblem("number-out-of-range")
    value = Fraction(int(whole + decimals)) * Fraction(10) ** (exponent - len(decimals))
    places = next((n for n in range(MOST_DECIMALS + 1) if (value * 10**n).denominator == 1), None)
    if places is None or value * 10**places >= DIGITS_BELOW:
        raise NumberProblem("number-out-of-range")
    return -value if sign == "-" else value


def number_in_text(text):
    """A number in a roster cell or in a string of a policy."""
    match = NUMBER_IN_TEXT.fullmatch(text.strip().translate(FULL_WIDTH))
    if not match:
        raise NumberProblem("bad-number")
    sign, whole, decimals = match.groups()
    return _decimal(sign, whole.replace(",", ""), decimals or "")


def bare_number(digits):
    """A bare number of a TOML or JSON file."""
    match = BARE_NUMBER.fullmatch(str(digits).replace("_", ""))
    if not match:
        raise NumberProblem("bad-number")
    sign, whole, decimals, exponent = match.groups()
    return _decimal(sign, whole, decimals or "", int(exponent or 0))


def number_in_cell(text):
    """A number as people write it in a sheet: `(30)` and `30-` are -30, a dash is 0."""
    try:
        return number_in_text(text)
    except NumberProblem as problem:
        if problem.code != "bad-number":
            raise
        text = text.strip()
        if sheets.is_dash(text):
            return Fraction(0)
        inside = re.fullmatch(r"[(（](.*)[)）]", text) or re.fullmatch(r"(.*)[-－−]", text)
        if not inside or not re.match(r"[0-9０-９.．]", inside[1].strip()):
            raise
        return -number_in_text(inside[1])


def number_or_share(text):
    """The number of an attribute: 40% is 0.4."""
    try:
        return number_in_cell(text)
    except NumberProblem:
        share = re.fullmatch(r"(.*)[%％]", text.strip())
        if not share:
            raise
        try:
            value = number_in_text(share[1]) / 100
        except NumberProblem:
            value = None
        if value is None or not is_kept(value):
            raise
        return value


MONEY_ENDINGS = {"亿元": 10**8, "万元": 10**4, "元": 1, "亿": 10**8, "万": 10**4}


def money_in_cell(text):
    """An amount without its currency and unit, and that unit in 元 (None: none stated); None if it has neither."""
    text = text.strip()
    inner = re.fullmatch(r"[(（](.*)[)）]", text)
    brackets, inner = bool(inner), (inner[1] if inner else text).strip()
    unit = next((word for word in MONEY_ENDINGS if inner.endswith(word)), None)
    inner = inner.removesuffix(unit or "").rstrip()
    sign, inner = ("-", inner[1:].lstrip()) if inner[:1] in ("-", "－", "−") else ("", inner)
    currency = next((mark for mark in ("￥", "¥", "RMB", "CNY") if inner.startswith(mark)), None)
    if unit is None and currency is None:
        return None
    bare = sign + inner.removeprefix(currency or "").strip()
    return (f"({bare})" if brackets else bare), MONEY_ENDINGS.get(unit)


def own_unit(text):
    """The unit that an amount states by itself, in 元."""
    found = money_in_cell(text)
    return found and found[1]


def amount_in_cell(text, unit):
    """An amount in 元 of a cell whose unit, in 元, is known."""
    try:
        return number_in_cell(text) * unit
    except NumberProblem:
        found = money_in_cell(text)
        if not found:
            raise
        if found[1] not in (None, unit):
            raise NumberProblem("unit-differs") from None
        return amount_in_cell(found[0], unit)


def year_in_cell(text):
    """The words of a year without 年 or 年度, or of a day of it at midnight."""
    text = text.strip()
    if found := re.fullmatch(r"(.{4})\s*年度?", text):
        return found[1]
    found = re.fullmatch(r"(.{4})-[0-9]{2}-[0-9]{2}[0:. T]*", text)
    return found[1] if found and found[1].isascii() else text


def ratio_or_number(text):
    """A rate or weight in a string: a number or a ratio of two whole numbers."""
    match = RATIO.fullmatch(text.translate(FULL_WIDTH))
    if not match:
        return number_in_text(text)
    sign, above, below = match.groups()
    if int(below) == 0:
        raise NumberProblem("bad-number")
    value = Fraction(int(above), int(below))
    return -value if sign == "-" else value


def is_kept(value):
    places = next((n for n in range(MOST_DECIMALS + 1) if (value * 10**n).denominator == 1), None)
    return places is not None and abs(value) * 10**places < DIGITS_BELOW


def is_whole(value):
    return value.denominator == 1


def plain_decimal(value):
    """An exact decimal without trailing zeros: `1.5`, `0`, `-20`."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > 60:
            raise ValueError(f"{value} is not a decimal")
    digits = str(abs(value.numerator * 10**places // value.denominator)).rjust(places + 1, "0")
    text = digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{text}" if value < 0 else text


def round_to_step(value, step, mode):
    """The multiple of `step` that `mode` chooses; half-up has ties away from zero, up goes away from zero."""
    steps = abs(value) / step
    whole = steps.numerator // steps.denominator
    rest = steps - whole
    if mode == "half-up":
        more = rest >= Fraction(1, 2)
    elif mode == "half-even":
        more = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif mode == "up":
        more = rest > 0
    else:
        more = False
    rounded = (whole + more) * step
    return -rounded if value < 0 else rounded


def without_padding(text):
    """A name without the white space that only spreads its characters (某　县 is 某县)."""
    return PADDING.sub("", text.strip())


class Problem(NamedTuple):
    """What is wrong, and where: `row` and `column` of a roster, or the `path` of a value in a policy."""

    code: str
    row: int | None = None
    column: str | None = None
    path: str = ""


class Refused(Exception):
    """The input gives no result; these are all problems of the stage that found some."""

    def __init__(self, stage, problems):
        super().__init__(f"{stage}: {problems}")
        self.stage = stage
        self.problems = list(problems)


# ---------------------------------------------------------------------------------------------------------------------
# 2. The policy
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    """A number, or a table of years in which each value holds until the next."""

    by_year: tuple  # (year, value), ascending; a plain number holds from year 0

    def at(self, year):
        return [value for start, value in self.by_year if start <= year][-1]

    def all_values(self):
        return [value for _, value in self.by_year]


@dataclass(frozen=True)
class Standard:
    """The standard of the class."""


@dataclass(frozen=True)
class AttributeValue:
    id: str


@dataclass(frozen=True)
class LayerAmount:
    id: str


@dataclass(frozen=True)
class Sum:
    parts: tuple


@dataclass(frozen=True)
class Rule:
    """How an amount comes about: `kind` is one of RULE_KINDS."""

    kind: str
    value: object = None  # of amount and top_up_to; what a rate is taken of
    members: tuple = ()  # of least, greatest and difference
    rate: Constant | None = None
    counting: tuple = ()
    pool: str | None = None
    when: tuple = ()
    at_least: object = None
    at_most: object = None


@dataclass(frozen=True)
class Condition:
    """One condition on `subject`, an attribute or county or township: any of `equal`, or all of `bounds`."""

    subject: str
    equal: tuple | None = None
    bounds: tuple = ()  # (word, number)

    def holds(self, value):
        if self.equal is not None:
            return value in self.equal
        tests = {
            "at_least": lambda bound: value >= bound,
            "above": lambda bound: value > bound,
            "at_most": lambda bound: value <= bound,
            "below": lambda bound: value < bound,
        }
        return all(tests[word](bound) for word, bound in self.bounds)


@dataclass
class Attribute:
    id: str
    names: tuple
    type: str
    factor: Fraction = Fraction(1)  # from the attribute's money unit to the policy's; 1 if it has none
    unit: str | None = None


@dataclass
class Layer:
    id: str
    payer: str
    index: int
    names: tuple = ()


@dataclass
class Class:
    id: str
    kind: str | None
    designation: str | None
    where: tuple
    expected: int | None
    standard: Constant | None
    funding: dict  # layer id: Rule


@dataclass
class Pool:
    id: str
    amount: Constant
    weights: tuple  # (attribute id or "equal", weight)
    at_least: Constant | None
    at_most: Constant | None


@dataclass
class Policy:
    id: str = ""
    version: str | None = None
    status: str | None = None
    first: int = 9999  # until the years are read: no table of years begins too late
    last: int = 0
    unit: int = 1  # yuan in one unit of the policy
    step: Fraction | None = None  # rounding step in the unit of the policy; None while unit or step are not known
    mode: str = "half-up"
    kinds: dict = field(default_factory=dict)  # word of a roster: id
    designations: dict = field(default_factory=dict)
    payers: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    layers: list = field(default_factory=list)
    classes: list = field(default_factory=list)
    pools: dict = field(default_factory=dict)

    def years(self):
        return range(self.first, self.last + 1)

    def layer(self, id_):
        return next((layer for layer in self.layers if layer.id == id_), None)


ROSTER_COLUMNS = {
    "id": "编码", "name": "名称", "kind": "类型", "designation": "认定层级", "county": "区县", "township": "乡镇",
    "division_code": "区划代码", "count": "数量", "from": "起始年度", "to": "截止年度",
}
MODES = ("half-up", "half-even", "down", "up")
BOUNDS = ("at_least", "above", "at_most", "below")
FEWEST_MEMBERS = {"least": 1, "greatest": 1, "difference": 2}
RULE_KINDS = ("amount", "rate", "top_up_to", "pool", *FEWEST_MEMBERS)
SIDE_KEYS = {"when", "at_least", "at_most", "clause", "note"}
RULE_KEYS = {
    "amount": {"amount"} | SIDE_KEYS,
    "rate": {"rate", "of"} | SIDE_KEYS,
    "top_up_to": {"top_up_to", "counting"} | SIDE_KEYS,
    "pool": {"pool", "when", "clause", "note"},
    **{kind: {kind} | SIDE_KEYS for kind in FEWEST_MEMBERS},
}
TOP_KEYS = {
    "id", "version", "title", "years", "unit", "rounding", "source", "readings", "kinds", "designations", "payers",
    "attributes", "layers", "classes", "pools",
}


def is_text(raw):
    return isinstance(raw, str) and not isinstance(raw, Digits)


def is_year_table(raw):
    return isinstance(raw, dict) and bool(raw) and all(key.isascii() and key.isdigit() for key in raw)


def is_all_digits(text):
    return bool(text) and text.isdigit()


@dataclass(frozen=True)
class Scope:
    """What a rule may read where it stands: the class's standard and the layers before its own."""

    layer: Layer
    has_standard: bool


class PolicyReader:
    """Reads the plain structure of a policy file and notes every problem."""

    def __init__(self, raw):
        self.raw = raw
        self.policy = Policy()
        self.problems = []
        self.pool_layers = {}  # pool id: ids of the layers whose rules name it

    def note(self, code, path):
        self.problems.append(Problem(code, path=path))

    # -- shapes ---------------------------------------------------------------------------------------------------

    def table(self, raw, path, known=None, required=()):
        """`raw` if it is a table; its unknown and missing keys are noted."""
        if not isinstance(raw, dict):
            self.note("wrong-type", path)
            return None
        if known is not None:
            for key in raw:
                if key not in known:
                    self.note("unknown-key", f"{path}.{key}")
        for key in required:
            if key not in raw:
                self.note("missing-key", f"{path}.{key}")
        return raw

    def text(self, raw, path):
        if not is_text(raw):
            self.note("wrong-type", path)
            return None
        return raw

    def names(self, raw, path):
        """The words `{ zh, en }`."""
        if self.table(raw, path, {"zh", "en"}) is None:
            return ()
        return tuple(self.text(word, f"{path}.{key}") for key, word in raw.items() if key in ("zh", "en"))

    def side_notes(self, raw, path):
        if "clause" in raw:
            self.text(raw["clause"], f"{path}.clause")
        if "note" in raw:
            self.names(raw["note"], f"{path}.note")

    def number(self, raw, path, negative=False, ratio=False):
        """A bare number or one in a string, or None where a problem was noted."""
        try:
            if isinstance(raw, Digits):
                value = bare_number(raw)
            elif is_text(raw):
                value = ratio_or_number(raw) if ratio else number_in_text(raw)
            else:
                self.note("wrong-type", path)
                return None
        except NumberProblem as problem:
            self.note(problem.code, path)
            return None
        if value < 0 and not negative:
            self.note("negative-number", path)
            return None
        return value

    def constant(self, raw, path, negative=False, ratio=False):
        """A number or a table of years."""
        if not is_year_table(raw):
            value = self.number(raw, path, negative, ratio)
            return None if value is None else Constant(((0, value),))
        entries = []
        for year, entry in raw.items():
            value = self.number(entry, f"{path}.{year}", negative, ratio)
            if value is not None:
                entries.append((int(year), value))
        if min(int(year) for year in raw) > self.policy.first:
            self.note("year-before-first", path)
            return None
        return Constant(tuple(sorted(entries))) if len(entries) == len(raw) else None

    def whole(self, raw, path):
        value = self.number(raw, path)
        if value is not None and not is_whole(value):
            self.note("wrong-type", path)
            return None
        return None if value is None else int(value)

    # -- the head of the file ---------------------------------------------------------------------------------------

    def read(self):
        policy, raw = self.policy, self.table(self.raw, "", TOP_KEYS, ("id", "title", "years", "unit"))
        if raw is None:
            raise Refused("policy", self.problems)
        if "id" in raw:
            policy.id = self.text(raw["id"], "id")
        if "version" in raw:
            policy.version = self.text(raw["version"], "version")
        if "title" in raw:
            self.names(raw["title"], "title")
        self.read_years(raw)
        self.read_units(raw)
        self.read_source(raw)
        policy.kinds = self.read_words(raw, "kinds")
        policy.designations = self.read_words(raw, "designations")
        policy.payers = self.read_words(raw, "payers")
        if "county" in raw.get("payers", {}):
            self.note("reserved-id", "payers.county")
        self.read_attributes(raw.get("attributes", {}))
        self.read_layers(raw.get("layers", []))
        self.read_pools(raw.get("pools", []))
        self.read_classes(raw.get("classes", []))
        for pool, layers in self.pool_layers.items():
            if len(layers) > 1:
                self.note("pool-in-two-layers", f"pools.{pool}")
        if self.problems:
            raise Refused("policy", self.problems)
        return policy

    def read_years(self, raw):
        years = raw.get("years")
        if years is None:
            return
        if not isinstance(years, list):
            self.note("wrong-type", "years")
            return
        try:
            numbers = [bare_number(year) for year in years if isinstance(year, Digits)]
        except NumberProblem:
            numbers = []
        if len(years) != 2 or len(numbers) != 2 or not all(is_whole(year) and 1 <= year <= 9999 for year in numbers):
            self.note("bad-years", "years")
            return
        first, last = int(numbers[0]), int(numbers[1])
        if first > last or last - first >= 100:
            self.note("bad-years", "years")
            return
        self.policy.first, self.policy.last = first, last

    def read_units(self, raw):
        policy, before = self.policy, len(self.problems)
        if "unit" in raw and self.text(raw["unit"], "unit") is not None:
            if raw["unit"] in YUAN_PER_UNIT:
                policy.unit = YUAN_PER_UNIT[raw["unit"]]
            else:
                self.note("bad-unit", "unit")
        rounding = self.table(raw.get("rounding", {}), "rounding", {"unit", "places", "mode"}) or {}
        unit, places = rounding.get("unit", "元"), rounding.get("places", Digits("2"))
        policy.mode = rounding.get("mode", "half-up")
        if policy.mode not in MODES:
            self.note("bad-rounding", "rounding.mode")
        if unit not in YUAN_PER_UNIT:
            self.note("bad-unit", "rounding.unit")
            return
        places = self.whole(places, "rounding.places")
        if places is None:
            return
        step_in_yuan = YUAN_PER_UNIT[unit] * Fraction(1, 10**places)
        if step_in_yuan < Fraction(1, 100):
            self.note("bad-rounding", "rounding")
        if len(self.problems) == before and "unit" in raw:
            policy.step = step_in_yuan / policy.unit

    def read_source(self, raw):
        source = self.table(raw.get("source", {}), "source", {"document", "issuer", "published", "status", "url"}) or {}
        self.policy.status = source.get("status")
        if "status" in source and source["status"] not in ("draft", "in-force", "expired"):
            self.note("unknown-word", "source.status")
        for index, reading in enumerate(raw.get("readings", [])):
            self.table(reading, f"readings.{index}", {"id", "question", "chosen", "alternatives", "clause"})

    def read_words(self, raw, key):
        """Kinds, designations and payers: each word that a roster may use, with the id that it means."""
        words = {}
        declared = self.table(raw.get(key, {}), key) or {}
        for word, names in declared.items():
            for name in self.names(names, f"{key}.{word}"):
                words.setdefault(name, word)
        for word in declared:
            words[word] = word
        return words

    def check_id(self, id_, path, allowed=()):
        if id_ not in allowed and (id_ in ("standard", "equal", *ROSTER_COLUMNS) or is_all_digits(id_)):
            self.note("reserved-id", path)

    def read_attributes(self, raw):
        for id_, entry in (self.table(raw, "attributes") or {}).items():
            path = f"attributes.{id_}"
            self.check_id(id_, path)
            if self.table(entry, path, {"zh", "en", "type", "unit"}, ("type",)) is None or "type" not in entry:
                continue
            type_ = self.text(entry["type"], f"{path}.type")
            if type_ is None:
                continue
            if type_ not in ("number", "flag", "text"):
                self.note("unknown-word", f"{path}.type")
                continue
            names = tuple(entry[key] for key in ("zh", "en") if key in entry)
            attribute = Attribute(id_, names, type_, unit=entry.get("unit"))
            if type_ == "number" and entry.get("unit") in YUAN_PER_UNIT:
                attribute.factor = Fraction(YUAN_PER_UNIT[entry["unit"]], self.policy.unit)
            self.policy.attributes[id_] = attribute

    def read_layers(self, raw):
        for index, entry in enumerate(raw):
            path = f"layers.{index}"
            if self.table(entry, path, {"id", "name", "payer", "clause"}, ("id", "payer")) is None:
                continue
            self.side_notes(entry, path)
            names = self.names(entry["name"], f"{path}.name") if "name" in entry else ()
            payer = entry.get("payer")
            if payer is not None and payer != "county" and payer not in (self.raw.get("payers") or {}):
                self.note("unknown-payer", f"{path}.payer")
            id_ = entry.get("id")
            if id_ is None or self.text(id_, f"{path}.id") is None:
                continue
            self.check_id(id_, f"{path}.id", allowed=("county",))  # the reference policy has a layer of this name
            if self.policy.layer(id_):
                self.note("duplicate-id", f"{path}.id")
            elif id_ in self.policy.attributes:
                self.note("reserved-id", f"{path}.id")
            else:
                self.policy.layers.append(Layer(id_, payer, len(self.policy.layers), names))

    # -- pools ------------------------------------------------------------------------------------------------------

    def read_pools(self, raw):
        known = {"id", "amount", "weights", "at_least", "at_most", "clause", "note"}
        for index, entry in enumerate(raw):
            path = f"pools.{index}"
            if self.table(entry, path, known, ("id", "amount", "weights")) is None or "id" not in entry:
                continue
            self.side_notes(entry, path)
            if entry["id"] in self.policy.pools:
                self.note("duplicate-id", f"{path}.id")
                continue
            amounts = {}
            for key in ("amount", "at_least", "at_most"):
                amounts[key] = self.constant(entry[key], f"{path}.{key}") if key in entry else None
                step = self.policy.step
                if step and amounts[key] and any(value * self.policy.unit * 100 > MOST_FEN for value in amounts[key].all_values()):
                    self.note("overflow", f"{path}.{key}")
                    amounts[key] = None
                if step and amounts[key] and any(not is_whole(value / step) for value in amounts[key].all_values()):
                    self.note("not-a-multiple", f"{path}.{key}")
            floor, cap = amounts["at_least"], amounts["at_most"]
            if floor and cap and any(floor.at(year) > cap.at(year) for year in self.policy.years()):
                self.note("floor-above-cap", path)
            weights = self.read_weights(entry.get("weights", {}), f"{path}.weights")
            self.policy.pools[entry["id"]] = Pool(entry["id"], amounts["amount"], weights, floor, cap)

    def read_weights(self, raw, path):
        weights = []
        for id_, entry in (self.table(raw, path) or {}).items():
            attribute = self.policy.attributes.get(id_)
            if id_ != "equal" and attribute is None:
                self.note("unknown-attribute", f"{path}.{id_}")
            elif id_ != "equal" and attribute.type != "number":
                self.note("wrong-attribute-type", f"{path}.{id_}")
            weights.append((id_, self.number(entry, f"{path}.{id_}", ratio=True)))
        if all(weight is not None for _, weight in weights) and sum(weight for _, weight in weights) != 1:
            self.note("weights-sum", path)
        return tuple(weights)

    # -- classes and rules ------------------------------------------------------------------------------------------

    def read_classes(self, raw):
        known = {"id", "kind", "designation", "where", "expected", "standard", "clause", "note", "funding"}
        served = set()
        for index, entry in enumerate(raw):
            path = f"classes.{index}"
            if self.table(entry, path, known, ("id", "funding")) is None:
                continue
            self.side_notes(entry, path)
            for key, declared in (("kind", "kinds"), ("designation", "designations")):
                if key in entry and entry[key] not in (self.raw.get(declared) or {}):
                    self.note(f"unknown-{key}", f"{path}.{key}")
            where = self.conditions(entry.get("where", {}), f"{path}.where")
            expected = self.whole(entry["expected"], f"{path}.expected") if "expected" in entry else None
            standard = self.constant(entry["standard"], f"{path}.standard") if "standard" in entry else None
            if "id" in entry and entry["id"] in [other.id for other in self.policy.classes]:
                self.note("duplicate-id", f"{path}.id")
            serves = (entry.get("kind"), entry.get("designation"), frozenset(where))
            sound = all(entry.get(key, None) in (None, *(self.raw.get(declared) or {}))
                        for key, declared in (("kind", "kinds"), ("designation", "designations")))
            if sound and serves in served:
                self.note("overlapping-classes", path)
            served.add(serves)
            funding = {}
            for id_, rule in (self.table(entry.get("funding", {}), f"{path}.funding") or {}).items():
                layer = self.policy.layer(id_)
                if layer is None:
                    self.note("unknown-layer", f"{path}.funding.{id_}")
                    continue
                scope = Scope(layer, "standard" in entry)
                funding[id_] = self.rule(rule, f"{path}.funding.{id_}", scope)
            self.policy.classes.append(
                Class(entry.get("id"), entry.get("kind"), entry.get("designation"), where, expected, standard, funding)
            )

    def rule(self, raw, path, scope, in_list=False, nested=False):
        """A rule: a table with one of the kinds, or a value, which is a fixed amount."""
        if not isinstance(raw, dict) or is_year_table(raw):
            return Rule("amount", value=self.value(raw, path, scope, in_list))
        kinds = [kind for kind in RULE_KINDS if kind in raw]
        if len(kinds) != 1 or (nested and kinds == ["pool"]):
            self.note("bad-rule", path)
            return None
        kind = kinds[0]
        self.table(raw, path, RULE_KEYS[kind])
        self.side_notes(raw, path)
        when = self.conditions(raw.get("when", {}), f"{path}.when")
        if kind == "pool":
            return self.pool_rule(raw, path, scope, when)
        read = {
            key: self.value(raw[key], f"{path}.{key}", scope, in_list)
            for key in ("amount", "of", "top_up_to", "at_least", "at_most") if key in raw
        }
        rate, counting, members = None, (), ()
        if kind in FEWEST_MEMBERS:
            members = self.members(raw[kind], f"{path}.{kind}", FEWEST_MEMBERS[kind], scope)
        if kind == "rate":
            rate = self.constant(raw["rate"], f"{path}.rate", negative=in_list, ratio=True)
            if "of" not in raw:
                self.note("missing-key", f"{path}.of")
        if kind == "top_up_to":
            counting = self.counting(raw, path, scope)
        value = read.get("of" if kind == "rate" else kind)
        return Rule(kind, value, members, rate, counting, None, when, read.get("at_least"), read.get("at_most"))

    def members(self, raw, path, fewest, scope):
        """The values of which a rule takes the least, the greatest or the difference; they stand in a list."""
        if not isinstance(raw, list):
            self.note("wrong-type", path)
            return ()
        if len(raw) < fewest:
            self.note("too-few-values", path)
        return tuple(self.value(part, f"{path}.{n}", scope, True) for n, part in enumerate(raw))

    def pool_rule(self, raw, path, scope, when):
        pool = raw["pool"]
        if pool not in self.policy.pools:
            self.note("unknown-pool", f"{path}.pool")
        else:
            self.pool_layers.setdefault(pool, set()).add(scope.layer.id)
        return Rule("pool", pool=pool, when=when)

    def counting(self, raw, path, scope):
        """The layers that a top-up counts: all earlier ones if none are listed."""
        if "counting" not in raw:
            return tuple(layer.id for layer in self.policy.layers[: scope.layer.index])
        counted = []
        for id_ in raw["counting"]:
            layer = self.policy.layer(id_)
            if layer is None:
                self.note("unknown-layer", f"{path}.counting")
            elif layer.index >= scope.layer.index:
                self.note("later-layer", f"{path}.counting")
            elif id_ in counted:
                self.note("duplicate-id", f"{path}.counting")
            counted.append(id_)
        return tuple(counted)

    def value(self, raw, path, scope, in_list=False):
        if isinstance(raw, list):
            return Sum(tuple(self.value(part, f"{path}.{n}", scope, True) for n, part in enumerate(raw)))
        if isinstance(raw, Digits) or is_year_table(raw):
            return self.constant(raw, path, negative=in_list)
        if isinstance(raw, dict):
            return self.rule(raw, path, scope, in_list, nested=True)
        if is_text(raw):
            return self.named_value(raw, path, scope, in_list)
        self.note("wrong-type", path)
        return None

    def named_value(self, word, path, scope, in_list):
        """`"standard"`, an attribute, an earlier layer, or a number in a string."""
        if word == "standard":
            if not scope.has_standard:
                self.note("missing-standard", path)
            return Standard()
        if word in self.policy.attributes:
            if self.policy.attributes[word].type != "number":
                self.note("wrong-attribute-type", path)
            return AttributeValue(word)
        if layer := self.policy.layer(word):
            if layer.index >= scope.layer.index:
                self.note("later-layer", path)
            return LayerAmount(word)
        try:
            number_in_text(word)
        except NumberProblem as problem:
            if problem.code == "bad-number":
                self.note("unknown-value", path)
                return None
        return self.constant(word, path, negative=in_list)

    def conditions(self, raw, path):
        """`when` and `where`: every condition must hold."""
        conditions = []
        for subject, entry in (self.table(raw, path) or {}).items():
            if subject in ("county", "township"):
                type_ = "text"
            elif subject in self.policy.attributes:
                type_ = self.policy.attributes[subject].type
            else:
                self.note("unknown-attribute", f"{path}.{subject}")
                continue
            condition = self.condition(subject, type_, entry, f"{path}.{subject}")
            if condition:
                conditions.append(condition)
        return tuple(conditions)

    def condition(self, subject, type_, raw, path):
        if isinstance(raw, dict):
            self.table(raw, path, BOUNDS)
            if not raw or type_ != "number":
                self.note("bad-condition", path)
                return None
            bounds = [(word, self.number(raw[word], f"{path}.{word}", negative=True)) for word in BOUNDS if word in raw]
            return Condition(subject, bounds=tuple(bounds))
        words = raw if isinstance(raw, list) else [raw]
        fits = {
            "flag": lambda word: isinstance(word, bool),
            "text": is_text,
            "number": lambda word: isinstance(word, Digits) or is_text(word),
        }
        if not words or not all(fits[type_](word) for word in words):
            self.note("bad-condition", path)
            return None
        if type_ == "number":
            words = [self.number(word, path, negative=True) for word in words]
        return Condition(subject, equal=tuple(words))


def read_policy(raw):
    """A checked policy from the plain structure of its file, or `Refused`."""
    return PolicyReader(raw).read()


def refuse_constant(word):
    raise ValueError(f"{word} is not a number here")


def structure_of_json(text):
    """The plain structure of a JSON file, each bare number as its own digits."""
    return json.loads(text, parse_float=Digits, parse_int=Digits, parse_constant=refuse_constant)


def structure_of_toml(text):
    """The same of a TOML file."""

    def with_digits(raw):
        if isinstance(raw, dict):
            return {key: with_digits(entry) for key, entry in raw.items()}
        if isinstance(raw, list):
            return [with_digits(entry) for entry in raw]
        return Digits(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw

    return with_digits(tomllib.loads(text, parse_float=Digits))


# ---------------------------------------------------------------------------------------------------------------------
# 3. The roster and its classes
# ---------------------------------------------------------------------------------------------------------------------

ROLES = {"id": "name", "name": "name", "county": "key", "township": "key", "kind": "key", "designation": "key"}
MOST_CHARACTERS_OF_ID = 128
FLAG_WORDS = {"true": True, "1": True, "yes": True, "是": True, "false": False, "0": False, "no": False, "否": False}


@dataclass(eq=False)
class Row:
    """A row of the roster. `values` are the attributes; a blank number or text is None."""

    number: int
    id: str = ""
    has_id: bool = False
    path: str = ""
    name: str = ""
    kind: str = ""
    designation: str = ""
    county: str = ""
    township: str = ""
    division_code: str = ""
    count: int = 1
    first: int = 0
    last: int = 0
    values: dict = field(default_factory=dict)
    cls: Class | None = None
    faulty: bool = False

    def live(self, year):
        return self.first <= year <= self.last


@dataclass
class Roster:
    rows: list
    warnings: list


class RosterReader:
    """Reads a header and rows of text cells against a policy and notes every problem.

    Without a header it is looked for among the rows. `fill_down` says whether blank cells of keys were merged with the one
    above; None: the file cannot tell.
    """

    def __init__(self, policy, header, rows, fill_down=False):
        self.policy, self.fill_down = policy, fill_down
        self.problems, self.warnings = [], []
        self.columns = {}  # key: index
        self.remarks = {}  # key: what stands in brackets behind its title
        self.sheet_unit = None
        self.known = self.known_titles()
        if header is None:
            header, rows, self.sheet_unit = sheets.find_table(rows, self.fit, YUAN_PER_UNIT)
        self.header, self.rows = [without_padding(cell) for cell in header], rows

    def note(self, code, row=None, column=None):
        self.problems.append(Problem(code, row, column))

    def read(self):
        self.read_header()
        lines = sheets.Lines({at: ROLES.get(key, "figure") for key, at in self.columns.items()})
        keys = [(at, key) for key, at in sorted(self.columns.items(), key=lambda item: item[1]) if ROLES.get(key) == "key"]
        names = [at for key, at in self.columns.items() if ROLES.get(key) == "name"]
        merged = sheets.Merged(keys, names, self.fill_down, without_padding)
        found, totals = [], []
        for number, cells in enumerate(self.rows, 1):
            if all(sheets.is_blank(cell) for cell in cells):
                continue
            rank = lines.total(cells)
            if rank is not None:
                totals.append(self.total_line(number, rank, len(found), cells))
            elif not lines.is_note(cells):
                found.append(self.read_row(number, merged.row(number, cells)))
        for row, column in merged.problems():
            self.note("merged-cells", row, column)
        self.check_columns_read(found)
        self.check_spoiled([row for row in found if row])
        self.check_repeats([row for row in found if row])
        self.check_places([row for row in found if row])
        if not any(problem.code in ("missing-column", "unit-differs") for problem in self.problems):
            self.match_classes([row for row in found if row and not row.faulty])
        if self.problems:
            raise Refused("roster", self.problems)
        for number, column in sheets.wrong_sums(totals, found, self.figure):
            self.warnings.append(Problem("sum-differs", number, column))
        self.compare_expected(found)
        return Roster(found, self.warnings)

    # -- the header -------------------------------------------------------------------------------------------------

    def known_titles(self):
        attributes = self.policy.attributes.values()
        return sheets.known_titles(
            [*((key, key) for key in ROSTER_COLUMNS), *((attribute.id, attribute.id) for attribute in attributes)],
            [(chinese, key) for key, chinese in ROSTER_COLUMNS.items()],
            [(name, attribute.id) for attribute in attributes for name in attribute.names],
            [(title, key) for key in ROSTER_COLUMNS for title in sheets.SYNONYMS.get(key, ())],
            # A village is a place: what a ledger has beside the name is the name here.
            [(title, "name") for title in ("村", *sheets.SYNONYMS["village"])],
        )

    def is_read(self, key):
        return {"kind": bool(self.policy.kinds), "designation": bool(self.policy.designations)}.get(key, True)

    def needed(self):
        return [key for key in ("name", "kind", "designation") if self.is_read(key)]

    def fit(self, titles):
        """Whether a row has every title that a roster needs, and how many of its titles are known."""
        titles = [without_padding(title) for title in titles]
        meant = [sheets.meaning(title, self.known)[0] for title in titles]
        known = sum(key not in (None, sheets.SEVERAL) or title in sheets.REMARKS for key, title in zip(meant, titles))
        return all(key in meant for key in self.needed()), known

    def read_header(self):
        for index, title in enumerate(self.header):
            if not title:
                standing = [n for n, cells in enumerate(self.rows, 1) if index < len(cells) and not sheets.is_blank(cells[index])]
                self.warnings += [Problem("unknown-column", row) for row in standing[:1]]
                continue
            if title in sheets.REMARKS and title not in self.known:
                continue
            key, remark = sheets.meaning(title, self.known)
            if key is None or key is sheets.SEVERAL:
                self.warnings.append(Problem("unknown-column", column=title))
            elif key in self.columns:
                self.note("duplicate-column", column=key)
            elif not self.is_read(key):
                self.warnings.append(Problem("unknown-column", column=key))
            else:
                self.columns[key] = index
                self.remarks[key] = remark
        for key in self.needed():
            if key not in self.columns:
                self.note("missing-column", column=key)
        for attribute in self.policy.attributes.values():
            if attribute.id in self.columns and self.states_another_unit(attribute):
                self.note("unit-differs", column=attribute.id)

    def states_another_unit(self, attribute):
        """Its title states a unit that is not the policy's, or what stands above the table does."""
        remark, own = self.remarks[attribute.id], YUAN_PER_UNIT.get(attribute.unit)
        if attribute.type != "number":
            own = None
        if remark in YUAN_PER_UNIT:
            return YUAN_PER_UNIT[remark] != own
        if remark and sheets.is_scaled(remark) and remark != attribute.unit:
            return True
        return bool(self.sheet_unit and own and YUAN_PER_UNIT[self.sheet_unit] != own)

    def check_columns_read(self, rows):
        """A column that rules read must be there."""
        for id_ in self.policy.attributes:
            if rows and id_ not in self.columns and id_ in attributes_read(self.policy):
                self.note("missing-column", column=id_)

    # -- rows -------------------------------------------------------------------------------------------------------

    def read_row(self, number, cells):
        """The row; None if its id or years cannot be relied on. A row with another wrong cell is faulty."""
        before = len(self.problems)
        if any(not sheets.is_blank(cell) for cell in cells[len(self.header):]):
            self.note("extra-cells", number)

        def cell(key):
            index = self.columns.get(key)
            return cells[index].strip() if index is not None and index < len(cells) else ""

        def words(key):
            return sheets.words_of(cell(key))

        row = Row(number)
        row.name, row.county, row.township = (without_padding(words(key)) for key in ("name", "county", "township"))
        if not row.name and "name" in self.columns:
            self.note("missing-value", number, "name")
        row.path = "/".join(part for part in (row.county, row.township, row.name) if part)
        row.id, row.has_id = words("id") or row.path, bool(words("id"))
        row.kind = self.word(number, "kind", words("kind"), self.policy.kinds)
        row.designation = self.word(number, "designation", words("designation"), self.policy.designations)
        row.division_code = words("division_code").translate(FULL_WIDTH)
        if row.division_code and not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", row.division_code):
            self.note("bad-division-code", number, "division_code")
        row.count = self.whole(number, "count", cell("count"), 1, "bad-count")
        first = self.whole(number, "from", cell("from"), self.policy.first, "bad-year")
        last = self.whole(number, "to", cell("to"), self.policy.last, "bad-year")
        stated = not sheets.is_blank(cell("from")) and not sheets.is_blank(cell("to"))
        if stated and first and last and first > last:
            self.note("years-reversed", number, "from")
        row.values = {id_: self.attribute(number, attribute, cell(id_))
                      for id_, attribute in self.policy.attributes.items()}
        if row.has_id:
            self.mend_id(row)
        found = {problem.code for problem in self.problems[before:]}
        no_id = not row.name and not row.has_id
        missing = any(p.code == "missing-column" for p in self.problems)
        if no_id or found & {"bad-year", "years-reversed"} or missing:
            return None
        row.faulty = bool(found)
        row.first, row.last = max(first, self.policy.first), min(last, self.policy.last)
        if row.first > row.last:
            self.warnings.append(Problem("never-live", number))
        return row

    def mend_id(self, row):
        """What programs did to an id: marks are taken off, lost digits are refused, the rest is warned of."""
        length = len(row.id)
        row.id, code = sheets.spoiled_id(row.id)
        if code == "spoiled-text":
            self.warnings.append(Problem(code, row.number, "id"))
        elif code:
            self.note(code, row.number, "id")
        if length > MOST_CHARACTERS_OF_ID:
            self.note("too-large", row.number, "id")

    def word(self, number, key, text, words):
        """The id of a kind or designation; nothing is asked for if the policy declares none."""
        if not words or key not in self.columns:
            return ""
        text = without_padding(text)
        if not text:
            self.note("missing-value", number, key)
        elif text not in words:
            self.note(f"unknown-{key}", number, key)
        return words.get(text, "")

    def whole(self, number, key, text, blank, code):
        if sheets.is_blank(text):
            return blank
        try:
            value = number_in_cell(year_in_cell(text) if code == "bad-year" else text)
        except NumberProblem:
            value = Fraction(1, 2)
        if not is_whole(value) or value < 1 or value > (9999 if code == "bad-year" else 2**32 - 1):
            self.note(code, number, key)
            return None
        return int(value)

    def attribute(self, number, attribute, text):
        if attribute.type == "flag":
            text = sheets.words_of(text)
            if text and text.lower() not in FLAG_WORDS:
                self.note("bad-flag", number, attribute.id)
            return FLAG_WORDS.get(text.lower(), False)
        if attribute.type == "text":
            return sheets.words_of(text) or None
        if sheets.is_blank(text):
            return None
        try:
            return number_or_share(text) * attribute.factor
        except NumberProblem as problem:
            self.note(problem.code, number, attribute.id)
            return None

    # -- lines that sum others --------------------------------------------------------------------------------------

    def total_line(self, number, rank, above, cells):
        """Its figures: counts and numbers. What is no number (31个) sums nothing."""
        line = sheets.TotalLine(number, rank, above, {})
        for key, index in self.columns.items():
            cell = cells[index] if index < len(cells) else ""
            if sheets.is_blank(cell):
                continue
            if key == "county" and sheets.label(cell) is None:
                county = without_padding(sheets.words_of(cell))
                line.fits = lambda row: row.county == county
            if key == "count" or key in self.policy.attributes and self.policy.attributes[key].type == "number":
                factor = 1 if key == "count" else self.policy.attributes[key].factor
                try:
                    line.figures[key] = number_in_cell(cell) * factor
                except NumberProblem:
                    pass
        return line

    @staticmethod
    def figure(row, column):
        return row.count if column == "count" else row.values[column]

    # -- rows beside each other -------------------------------------------------------------------------------------

    def check_spoiled(self, rows):
        """Texts with characters that nobody sees, or a program's word for nothing: each name, each county and township once."""
        seen = set()
        for row in rows:
            for key in ("name", "county", "township"):
                text = getattr(row, key)
                if not (sheets.has_unseen(text) or text in sheets.NOTHING_WORDS) or key != "name" and (key, text) in seen:
                    continue
                seen.add((key, text))
                self.warnings.append(Problem("spoiled-text", row.number, key))

    def check_repeats(self, rows):
        """An id may stand on several rows if their years, clipped to the policy's, do not overlap."""
        for index, row in enumerate(rows):
            if any(row.id == other.id and row.first <= other.last and other.first <= row.last and
                   row.first <= row.last and other.first <= other.last for other in rows[:index]):
                self.note("duplicate-recipient", row.number, "id")

    def check_places(self, rows):
        """Rows that may be one place: without an id beside one with an id, and those called alike in one county."""
        def meet(row, other):
            return row.kind == other.kind and max(row.first, other.first) <= min(row.last, other.last)

        for row in rows:
            if "id" in self.columns and not row.has_id and any(
                    other.has_id and row.path == other.path and meet(row, other) for other in rows):
                self.warnings.append(Problem("possible-duplicate", row.number, "id"))
        firsts = {}
        for row in rows:
            if not row.county or not row.name:
                continue
            called = tuple(sheets.plain(text) for text in (row.county, row.township, row.name))
            first = firsts.setdefault(called, row)
            same = (row.county, row.township, row.name) == (first.county, first.township, first.name)
            told = same and row.has_id != first.has_id
            if row.id != first.id and not told and meet(row, first):
                self.warnings.append(Problem("possible-duplicate", row.number, "name"))

    def match_classes(self, rows):
        """Every live row matches exactly one class."""
        for row in rows:
            if row.first > row.last:
                continue
            blanks, matches = set(), []
            for cls in self.policy.classes:
                if cls.kind not in (None, row.kind) or cls.designation not in (None, row.designation):
                    continue
                holds = True
                for condition in cls.where:
                    value = subject_value(row, condition.subject)
                    if value is None:
                        blanks.add(condition.subject)
                    elif not condition.holds(value):
                        holds = False
                if holds:
                    matches.append(cls)
            for subject in sorted(blanks):
                self.note("blank-attribute", row.number, subject)
            if not blanks and len(matches) != 1:
                self.note("several-classes" if matches else "no-class", row.number)
            row.cls = matches[0] if len(matches) == 1 else None

    def compare_expected(self, rows):
        for cls in self.policy.classes:
            if cls.expected is None:
                continue
            counts = [sum(row.count for row in rows if row.cls is cls and row.live(year))
                      for year in self.policy.years()]
            if any(count != cls.expected for count in counts):
                self.warnings.append(Problem("expected-count", path=cls.id))


def subject_value(row, subject):
    """What a condition tests: county or township (blank is the empty text) or an attribute (None if blank)."""
    return getattr(row, subject) if subject in ("county", "township") else row.values[subject]


def attributes_read(policy):
    """The ids of the attributes that conditions, rules and the pools of rules read."""
    read = set()

    def visit(value):
        match value:
            case AttributeValue():
                read.add(value.id)
            case Sum():
                for part in value.parts:
                    visit(part)
            case Rule():
                read.update(condition.subject for condition in value.when)
                for part in (value.value, *value.members, value.at_least, value.at_most):
                    visit(part)
                if value.pool in policy.pools:
                    read.update(id_ for id_, weight in policy.pools[value.pool].weights if weight)

    for cls in policy.classes:
        read.update(condition.subject for condition in cls.where)
        for rule in cls.funding.values():
            visit(rule)
    return read


def read_roster(policy, header, rows, fill_down=False):
    """A checked roster from a header and rows of text cells, or `Refused`."""
    return RosterReader(policy, header, rows, fill_down).read()


def cells_of_csv(text):
    """No header, which is still to be found, and all rows of a CSV text."""
    return None, list(csv.reader(io.StringIO(text, newline="")))


def cells_of_records(records):
    """Header and rows of a list of records as JSON has them: texts, bare numbers, true and false, null."""

    def text(value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return plain_decimal(bare_number(value)) if isinstance(value, Digits) else str(value)

    header = list(dict.fromkeys(key for record in records for key in record))
    return header, [[text(record.get(key)) for key in header] for record in records]


# ---------------------------------------------------------------------------------------------------------------------
# 4. Rules and pools
# ---------------------------------------------------------------------------------------------------------------------


class RuleProblem(Exception):
    """A rule that gives no amount for this place."""

    def __init__(self, code, column=None):
        super().__init__(code)
        self.code, self.column = code, column


class NoAmount(Exception):
    """A value that is not known: for its problems or, if there are none, for a layer that had some."""

    def __init__(self, problems=()):
        super().__init__(problems)
        self.problems = list(problems)


@dataclass(frozen=True)
class Place:
    """One place in one year, with the amounts of the layers before (None: not known)."""

    row: Row
    year: int
    amounts: dict
    arrived: dict | None = None  # by layer, where top-ups count what arrived


def conditions_hold(conditions, row):
    """All conditions are read, so a blank in any of them is a problem even where another fails."""
    values = [subject_value(row, condition.subject) for condition in conditions]
    for condition, value in zip(conditions, values):
        if value is None:
            raise RuleProblem("blank-attribute", condition.subject)
    return all(condition.holds(value) for condition, value in zip(conditions, values))


def exact_value(value, place):
    """A value in the unit of the policy, unrounded."""
    match value:
        case Constant():
            return value.at(place.year)
        case Standard():
            return place.row.cls.standard.at(place.year)
        case AttributeValue():
            if place.row.values[value.id] is None:
                raise RuleProblem("blank-attribute", value.id)
            return place.row.values[value.id]
        case LayerAmount():
            if place.amounts[value.id] is None:
                raise NoAmount
            return place.amounts[value.id]
        case Sum():
            (parts,) = looked_at(place, value.parts)
            return sum(parts, Fraction(0))
        case Rule():
            return exact_amount(value, place)


def looked_at(place, *groups):
    """The amounts of groups of values (None stays None). All are read, so every problem in any of them is found."""
    problems, known = [], True

    def read(value):
        nonlocal known
        try:
            return None if value is None else exact_value(value, place)
        except RuleProblem as problem:
            problems.append(problem)
        except NoAmount as found:
            problems.extend(found.problems)
            known = False
        return None

    amounts = [[read(value) for value in group] for group in groups]
    if problems or not known:
        raise NoAmount(problems)
    return amounts


def exact_amount(rule, place):
    """The amount of a rule other than a pool, unrounded: `when`, the amount, the floor, the cap."""
    if not conditions_hold(rule.when, place.row):
        return Fraction(0)
    counted = [LayerAmount(id_) for id_ in rule.counting]
    if place.arrived is not None:
        counted = [Constant(((0, place.arrived.get(id_, Fraction(0))),)) for id_ in rule.counting]
    values = rule.members or (rule.value,)
    values, counted, (floor, cap) = looked_at(place, values, counted, (rule.at_least, rule.at_most))
    match rule.kind:
        case "amount":
            (amount,) = values
        case "rate":
            amount = rule.rate.at(place.year) * values[0]
        case "top_up_to":
            amount = max(Fraction(0), values[0] - sum(counted))
        case "least":
            amount = min(values)
        case "greatest":
            amount = max(values)
        case "difference":
            amount = values[0] - sum(values[1:])
    if floor is not None and cap is not None and floor > cap:
        raise RuleProblem("floor-above-cap")
    if floor is not None:
        amount = max(amount, floor)
    if cap is not None:
        amount = min(amount, cap)
    return amount


def rounded_amount(policy, rule, place):
    """The amount of one place, rounded once."""
    amount = round_to_step(exact_amount(rule, place), policy.step, policy.mode)
    if amount < 0:
        raise RuleProblem("negative-amount")
    if amount * policy.unit * 100 > MOST_FEN:
        raise RuleProblem("overflow")
    return amount


def pool_shares(pool, members):
    """Each row's share per member. A total of 0 is a problem; weights of 0 are not read."""
    places = sum(row.count for row in members)
    shares = {row: Fraction(0) for row in members}
    for id_, weight in pool.weights:
        if weight == 0:
            continue
        total = places if id_ == "equal" else sum(row.values[id_] * row.count for row in members)
        if total == 0:
            raise RuleProblem("pool-total-zero")
        for row in members:
            shares[row] += weight * (Fraction(1) if id_ == "equal" else row.values[id_]) / total
    return shares


def bounded_parts(amount, shares, floor, cap):
    """min(cap, max(floor, λ·share)) of each row's members, for the λ that uses the amount up.

    What all members get grows with λ in straight lines that bend only where a member leaves its floor or meets its cap.
    """

    def part(share, level):
        free = max(floor, level * share)
        return free if cap is None else min(cap, free)

    def given(level):
        return sum(row.count * part(share, level) for row, share in shares.items())

    if given(Fraction(0)) > amount:
        raise RuleProblem("pool-floors-exceed")
    bends = {Fraction(0)}
    for share in shares.values():
        if share > 0:
            bends.add(floor / share)
            if cap is not None:
                bends.add(cap / share)
    bends = sorted(bends)
    if given(bends[-1]) < amount:
        if cap is not None:
            raise RuleProblem("pool-caps-fall-short")
        bends.append(2 * bends[-1] + amount + 1)  # without caps all shares together grow as fast as λ
    low = max(bend for bend in bends if given(bend) <= amount)
    high = min((bend for bend in bends if bend > low), default=low)
    level = low
    if given(low) < amount:
        level = low + (high - low) * (amount - given(low)) / (given(high) - given(low))
    return {row: part(share, level) for row, share in shares.items()}


def pool_parts(policy, pool, members, year):
    """For each row the part of its members as (members with one step more, the lower part).

    Parts are multiples of the step and add up to the pool: largest remainder, ties to the smaller id.
    """
    amount = pool.amount.at(year)
    floor = pool.at_least.at(year) if pool.at_least else Fraction(0)
    cap = pool.at_most.at(year) if pool.at_most else None
    exact = bounded_parts(amount, pool_shares(pool, members), floor, cap)
    lower = {row: round_to_step(part, policy.step, "down") for row, part in exact.items()}
    steps_left = (amount - sum(row.count * part for row, part in lower.items())) / policy.step
    assert is_whole(steps_left)
    steps_left = int(steps_left)
    more = {}
    for row in sorted(members, key=lambda row: (lower[row] - exact[row], row.id)):
        more[row] = min(steps_left, row.count)
        steps_left -= more[row]
    assert steps_left == 0
    return {row: (more[row], lower[row]) for row in members}


# ---------------------------------------------------------------------------------------------------------------------
# 5. The allocation
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class Segment:
    """So many members of a row that have the same amounts; the segments of a row stand in member order."""

    count: int
    amounts: dict


@dataclass(frozen=True)
class Line:
    """The amount of one row in one year and layer: `parts` are so many members with so much each, in member order.

    `split` says that only some of its members have an amount.
    """

    row: Row
    year: int
    layer: Layer
    payer: str
    amount: Fraction
    split: bool = False
    parts: tuple = ()


@dataclass
class Allocation:
    policy: Policy
    roster: Roster
    years: list
    lines: list
    warnings: list
    unsettled: bool = False  # whether the grand total alone is beyond what an amount can be


class Allocator:
    """Computes year by year and, within a year, layer by layer.

    `thorough`: after a problem, what does not depend on it is still computed and may show more problems. Otherwise a
    place is left alone for the rest of the year after its first problem.
    """

    def __init__(self, policy, roster, years, thorough=True, arrived=None):
        self.policy, self.roster, self.years, self.thorough = policy, roster, years, thorough
        self.arrived = arrived or (lambda row, year: None)  # what arrived for one place by layer, if that counts
        self.problems, self.warnings, self.lines = [], [], []

    def compute(self):
        for year in self.years:
            self.compute_year(year)
        if self.problems:
            raise Refused("allocation", self.problems)
        used = {rule.pool for cls in self.policy.classes for rule in cls.funding.values() if rule.kind == "pool"}
        unused = [Problem("unused-pool", path=id_) for id_ in self.policy.pools if id_ not in used]
        self.lines.sort(key=lambda line: (line.row.number, line.year, line.layer.index))
        total = sum(line.amount for line in self.lines) * self.policy.unit * 100
        warnings = unused + self.roster.warnings + self.warnings
        return Allocation(self.policy, self.roster, self.years, self.lines, warnings, total > MOST_FEN)

    def compute_year(self, year):
        live = [row for row in self.roster.rows if row.live(year)]
        segments = {row: [Segment(row.count, {})] for row in live}
        self.failed = set()
        for layer in self.policy.layers:
            for row in live:
                rule = row.cls.funding.get(layer.id)
                if rule is None or rule.kind != "pool":
                    for segment in segments[row]:
                        place = Place(row, year, segment.amounts, self.arrived(row, year))
                        segment.amounts[layer.id] = self.amount(rule, place)
            self.pools_of_layer(layer, live, segments, year)
            for row in live:
                self.add_line(row, year, layer, segments[row])

    def fail(self, row, problem):
        self.problems.append(Problem(problem.code, row.number if row else None, problem.column))
        if row:
            self.failed.add(row)

    def amount(self, rule, place):
        """The amount of one place, or None where it is not known."""
        if rule is None:
            return Fraction(0)
        if place.row in self.failed and not self.thorough:
            return None
        try:
            return rounded_amount(self.policy, rule, place)
        except RuleProblem as problem:
            self.fail(place.row, problem)
        except NoAmount as found:
            for problem in found.problems:
                self.fail(place.row, problem)
        return None

    def pools_of_layer(self, layer, live, segments, year):
        for pool in self.policy.pools.values():
            asking = [row for row in live
                      if (rule := row.cls.funding.get(layer.id)) and rule.kind == "pool" and rule.pool == pool.id]
            named = any((rule := cls.funding.get(layer.id)) and rule.kind == "pool" and rule.pool == pool.id
                        for cls in self.policy.classes)
            if not named:
                continue
            members = self.members(pool, layer, asking)
            parts = {row: (0, Fraction(0)) for row in asking}
            if members is None:
                parts = dict.fromkeys(asking)
            elif not members:
                self.warnings.append(Problem("pool-without-members", path=f"{pool.id} {year}"))
            else:
                try:
                    parts |= pool_parts(self.policy, pool, members, year)
                except RuleProblem as problem:
                    self.fail(None, problem)
                    parts |= dict.fromkeys(members)
            for row in asking:
                segments[row] = self.with_part(segments[row], layer, parts[row])

    def members(self, pool, layer, asking):
        """The rows whose `when` holds, or None where a problem leaves them or their attributes unknown."""
        members, known = [], True
        for row in asking:
            if row in self.failed and not self.thorough:
                known = False
                continue
            try:
                if not conditions_hold(row.cls.funding[layer.id].when, row):
                    continue
                for id_, weight in pool.weights:
                    if id_ == "equal" or weight == 0:
                        continue
                    if row.values[id_] is None:
                        raise RuleProblem("blank-attribute", id_)
                    if row.values[id_] < 0:
                        raise RuleProblem("negative-share", id_)
                members.append(row)
            except RuleProblem as problem:
                self.fail(row, problem)
                known = False
        return members if known else None

    def with_part(self, segments, layer, part):
        """The segments with the pool layer's amount; the first members have one step more."""
        if part is None:
            return [Segment(segment.count, segment.amounts | {layer.id: None}) for segment in segments]
        more, lower = part
        result = []
        for segment in segments:
            first = min(more, segment.count)
            more -= first
            for count, amount in ((first, lower + self.policy.step), (segment.count - first, lower)):
                if count:
                    result.append(Segment(count, segment.amounts | {layer.id: amount}))
        return result

    def add_line(self, row, year, layer, segments):
        amounts = [(segment.count, segment.amounts[layer.id]) for segment in segments]
        if any(amount is None for _, amount in amounts):
            return
        total = sum(count * amount for count, amount in amounts)
        if total * self.policy.unit * 100 > MOST_FEN:
            self.fail(row, RuleProblem("overflow"))
        split = total > 0 and any(amount == 0 for _, amount in amounts)
        payer = row.county if layer.payer == "county" else layer.payer
        self.lines.append(Line(row, year, layer, payer, total, split, tuple(amounts)))


def allocate(policy, roster, years=None, thorough=True):
    """Every row × year × layer, zeros included, or `Refused`. `years` are some of the policy's; None: all."""
    years = list(policy.years()) if years is None else sorted(set(years))
    if any(year not in policy.years() for year in years):
        raise Refused("options", [Problem("year-outside-policy")])
    return Allocator(policy, roster, years, thorough).compute()


# ---------------------------------------------------------------------------------------------------------------------
# 6. Result tables
# ---------------------------------------------------------------------------------------------------------------------

LONG_COLUMNS = ("id", "division_code", "county", "township", "name", "kind", "designation", "class", "count", "year",
                "layer", "payer", "amount", "unit")
GROUPINGS = ("id", "county", "township", "kind", "designation", "class", "year", "layer", "payer")


def line_value(line, column):
    match column:
        case "class":
            return line.row.cls.id
        case "year":
            return line.year
        case "layer":
            return line.layer.id
        case "payer":
            return line.payer
    return getattr(line.row, column)


def in_unit(policy, amount, unit):
    """An amount of the policy in another unit, as text."""
    yuan = policy.unit if unit is None else YUAN_PER_UNIT[unit]
    return plain_decimal(amount * policy.unit / yuan), UNIT_NAMES[yuan]


def long_table(allocation, zeros=False, unit=None):
    """One row per roster row × year × layer."""
    rows = []
    for line in allocation.lines:
        if line.amount == 0 and not zeros:
            continue
        row = {column: line_value(line, column) for column in LONG_COLUMNS[:-2]}
        row["amount"], row["unit"] = in_unit(allocation.policy, line.amount, unit)
        rows.append(row)
    return rows


def orders(allocation):
    """For each grouping column the values in their order of result tables."""
    rows, policy = allocation.roster.rows, allocation.policy
    found = {column: [getattr(row, column) for row in rows] for column in GROUPINGS[:5]}
    found["class"] = [row.cls.id for row in rows if row.cls]
    found["year"] = list(policy.years())
    found["layer"] = [layer.id for layer in policy.layers]
    found["payer"] = []
    for layer in policy.layers:
        found["payer"] += found["county"] if layer.payer == "county" else [layer.payer]
    return {column: list(dict.fromkeys(values)) for column, values in found.items()}


def totals(allocation, by=("year", "layer"), zeros=False, unit=None):
    """Sums by the columns of `by`; `count` is the places with an amount, each once."""
    groups = {}
    for line in allocation.lines:
        groups.setdefault(tuple(line_value(line, column) for column in by), []).append(line)
    order = orders(allocation)
    ranked = sorted(groups, key=lambda key: [order[column].index(value) for column, value in zip(by, key)])
    rows = []
    for key in ranked:
        amount = sum(line.amount for line in groups[key])
        if amount == 0 and not zeros:
            continue
        places = {}
        for line in groups[key]:
            if line.amount:
                places[line.row.id] = max(places.get(line.row.id, 0), line.row.count)
        row = dict(zip(by, key)) | {"count": sum(places.values())}
        row["amount"], row["unit"] = in_unit(allocation.policy, amount, unit)
        rows.append(row)
    return rows


# ---------------------------------------------------------------------------------------------------------------------
# 7. Limits and funding
# ---------------------------------------------------------------------------------------------------------------------

LIMIT_COLUMNS = {"layer": "安排层级", "payer": "安排主体", "year": "年度", "amount": "金额", "unit": "单位"}
LIMIT_KEYS = ("layer", "payer", "year")
RULES = ("proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority")
FUNDING_COLUMNS = (*LONG_COLUMNS[:-2], "claim", "funded", "unfunded", "unit")


@dataclass(frozen=True)
class Limit:
    """What a payer can spend in a layer and year, in the policy's unit."""

    number: int
    layer: Layer
    payer: str
    year: int
    amount: Fraction


class LimitsReader:
    """Reads a header and rows of text cells against a policy and notes every problem, as `RosterReader`."""

    def __init__(self, policy, header, rows, fill_down=False):
        self.policy, self.fill_down = policy, fill_down
        self.problems, self.warnings, self.columns = [], [], {}
        self.unit, self.sheet_unit = None, None  # of the title of the amounts, and above the table
        self.states_unit = self.lacks_unit = False
        self.known = sheets.known_titles(
            [(key, key) for key in LIMIT_COLUMNS], [(title, key) for key, title in LIMIT_COLUMNS.items()],
            [(title, key) for key in LIMIT_COLUMNS for title in sheets.SYNONYMS.get(key, ())])
        if header is None:
            header, rows, self.sheet_unit = sheets.find_table(rows, self.fit, YUAN_PER_UNIT)
        self.header, self.rows = [without_padding(title) for title in header], rows

    def note(self, code, row=None, column=None):
        self.problems.append(Problem(code, row, column))

    def fit(self, titles):
        titles = [without_padding(title) for title in titles]
        meant = [sheets.meaning(title, self.known)[0] for title in titles]
        known = sum(key is not None or title in sheets.REMARKS for key, title in zip(meant, titles))
        return all(key in meant for key in LIMIT_COLUMNS if key != "unit"), known

    def read(self):
        for index, title in enumerate(self.header):
            key, remark = sheets.meaning(title, self.known)
            if key in self.columns:
                self.note("duplicate-column", column=key)
            elif key:
                self.columns[key] = index
                if key == "amount" and remark in YUAN_PER_UNIT:
                    self.unit = remark
        for key in LIMIT_COLUMNS:
            if key not in self.columns and key != "unit":
                self.note("missing-column", column=key)
        keys = [(at, key) for key, at in sorted(self.columns.items(), key=lambda item: item[1]) if key in LIMIT_KEYS]
        lines = sheets.Lines({at: "key" if key in LIMIT_KEYS else "figure" for key, at in self.columns.items()})
        merged = sheets.Merged(keys, [], self.fill_down, without_padding)
        limits, seen, totals = [], set(), []
        for number, cells in enumerate(self.rows, 1):
            if all(sheets.is_blank(cell) for cell in cells):
                continue
            if (rank := lines.total(cells)) is not None:
                totals.append(self.total_line(number, rank, len(limits), cells))
                continue
            if lines.is_note(cells):
                continue
            cells = merged.row(number, cells)
            named = {key: cells[index] if index < len(cells) else "" for key, index in self.columns.items()}
            layer, payer, year, amount = self.row(number, named)
            if None in (layer, payer, year):
                continue
            if (layer.id, payer, year) in seen:
                self.note("duplicate-limit", number)
                continue
            seen.add((layer.id, payer, year))
            if amount is not None:
                limits.append(Limit(number, layer, payer, year, amount))
        for row, column in merged.problems():
            self.note("merged-cells", row, column)
        said = self.unit or self.sheet_unit or "unit" in self.columns or "amount" not in self.columns
        if not said and (self.lacks_unit or not self.states_unit):
            self.note("missing-column", column="unit")
        if self.problems:
            raise Refused("limits", self.problems)
        for number, column in sheets.wrong_sums(totals, limits, lambda limit, _: limit.amount):
            self.warnings.append(Problem("sum-differs", number, column))
        return limits

    def total_line(self, number, rank, above, cells):
        line = sheets.TotalLine(number, rank, above, {})
        named = {key: cells[index] if index < len(cells) else "" for key, index in self.columns.items()}
        text, word = named.get("amount", ""), named.get("unit", "").strip()
        unit = self.unit or (word if word in YUAN_PER_UNIT else None)
        unit = YUAN_PER_UNIT[unit] if unit else own_unit(text) or YUAN_PER_UNIT.get(self.sheet_unit)
        try:
            yuan = amount_in_cell(text, unit) if unit and not sheets.is_blank(text) else None
        except NumberProblem:
            yuan = None
        if yuan is not None and is_whole(yuan * 100) and abs(yuan * 100) <= MOST_FEN:
            line.figures["amount"] = yuan / self.policy.unit
        return line

    def row(self, number, cells):
        cell = {key: text.strip() if key == "amount" else without_padding(sheets.words_of(text))
                for key, text in cells.items()}
        layer = self.layer(number, cell["layer"]) if "layer" in cell else None
        payer = self.payer(number, cell["payer"], layer) if "payer" in cell and layer else None
        year = self.year(number, cells["year"]) if "year" in cell else None
        unit = self.unit_of(number, cell.get("unit"), cell.get("amount", ""))
        amount = self.amount(number, cell["amount"], unit) if "amount" in cell else None
        return layer, payer, year, amount

    def layer(self, number, word):
        if not word:
            self.note("missing-value", number, "layer")
            return None
        found = self.policy.layer(word) or [layer for layer in self.policy.layers if word in layer.names]
        if isinstance(found, Layer):
            return found
        if len(found) != 1:
            self.note("unknown-layer", number, "layer")
        return found[0] if len(found) == 1 else None

    def payer(self, number, word, layer):
        """A county as it is written, or the one body that pays the layer."""
        if layer.payer == "county":
            return word
        if word and word not in self.policy.payers:
            self.note("unknown-payer", number, "payer")
            return None
        return self.policy.payers[word] if word else layer.payer

    def year(self, number, text):
        try:
            value = None if sheets.is_blank(text) else number_in_cell(year_in_cell(text))
        except NumberProblem:
            value = Fraction(1, 2)
        if value is None:
            self.note("missing-value", number, "year")
        elif is_whole(value) and 1 <= value <= 9999:
            return int(value)
        else:
            self.note("bad-year", number, "year")
        return None

    def unit_of(self, number, word, amount):
        """The unit of a row in 元: its column's, the title's, the amount's own or that above the table; None if unknown."""
        if word and word not in YUAN_PER_UNIT:
            self.note("bad-unit", number, "unit")
            return 0
        if word and self.unit and YUAN_PER_UNIT[word] != YUAN_PER_UNIT[self.unit]:
            self.note("unit-differs", number, "unit")
            return 0
        if word or self.unit:
            return YUAN_PER_UNIT[word or self.unit]
        unit = own_unit(amount) or YUAN_PER_UNIT.get(self.sheet_unit)
        if word is not None and not unit:
            self.note("missing-value", number, "unit")
        return unit

    def amount(self, number, text, unit):
        if sheets.is_blank(text):
            self.note("missing-value", number, "amount")
            return None
        self.states_unit |= own_unit(text) is not None
        self.lacks_unit |= unit is None
        if not unit:
            return None
        try:
            yuan = amount_in_cell(text, unit)
        except NumberProblem as problem:
            self.note(problem.code, number, "amount")
            return None
        if not is_whole(yuan * 100):
            self.note("not-whole-fen", number, "amount")
        elif abs(yuan * 100) > MOST_FEN:
            self.note("overflow", number, "amount")
        elif yuan < 0:
            self.note("negative-number", number, "amount")
        else:
            return yuan / self.policy.unit
        return None


def equal_awards(claims, amount):
    """min(claim, λ), smallest claims first: who claims less than an equal share of what is left gets the claim."""
    awards, left = {}, amount
    order = sorted(range(len(claims)), key=lambda at: claims[at])
    for done, at in enumerate(order):
        awards[at] = min(claims[at], left / (len(order) - done))
        left -= awards[at]
    return [awards[at] for at in range(len(claims))]


def equal_losses(claims, amount):
    """max(0, claim − λ): all that is above 0 is cut by the same until the amount is met."""
    awards, over = list(claims), sum(claims) - amount
    while over > 0:
        left = [at for at, award in enumerate(awards) if award > 0]
        cut = min(over / len(left), min(awards[at] for at in left))
        for at in left:
            awards[at] -= cut
        over -= cut * len(left)
    return awards


def proportional(claims, amount):
    whole = sum(claims)
    return [claim * amount / whole if whole else Fraction(0) for claim in claims]


def talmud(claims, amount):
    halves = [claim / 2 for claim in claims]
    if amount <= sum(halves):
        return equal_awards(halves, amount)
    return [half + more for half, more in zip(halves, equal_losses(halves, amount - sum(halves)))]


def priority(claims, turns, amount):
    awards, left = [Fraction(0)] * len(claims), amount
    for turn in sorted(set(turns)):
        members = [at for at, own in enumerate(turns) if own == turn]
        there = min(left, sum(claims[at] for at in members))
        for at, award in zip(members, proportional([claims[at] for at in members], there)):
            awards[at] = award
        left -= there
    return awards


def awards_before_rounding(rule, claims, turns, amount):
    """What each claim gets of the amount, in exact fractions."""
    if amount >= sum(claims):
        return list(claims)
    if rule == "priority":
        return priority(claims, turns, amount)
    rules = dict(zip(RULES, (proportional, equal_awards, equal_losses, talmud)))
    return rules[rule](claims, amount)


def largest_remainder(exact, total):
    """Whole numbers next to the exact ones with the given sum; ties to what stands first."""
    whole = [value.numerator // value.denominator for value in exact]
    order = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: int(total - sum(whole))]:
        whole[at] += 1
    return whole


def fund(allocation, limits, rule, order=()):
    """What each line gets, by its place in `allocation.lines`, the limit as applied by key, and warnings."""
    policy = allocation.policy
    funded = [line.amount for line in allocation.lines]
    if unknown := [id_ for id_ in order if id_ not in {cls.id for cls in policy.classes}]:
        raise Refused("funding", [Problem("unknown-class") for _ in unknown])
    applied, warnings, problems = {}, [], []
    for limit in limits:
        of_policy = policy.first <= limit.year <= policy.last
        if of_policy and limit.year not in allocation.years:
            continue  # the caller left the year out
        lines = [at for at, line in enumerate(allocation.lines)
                 if (line.layer.id, line.payer, line.year) == (limit.layer.id, limit.payer, limit.year)]
        # One claim a member; ids decide ties, and of one id the member that stands first.
        members = [(allocation.lines[at].row.id, number, at, amount / policy.step)
                   for at in lines
                   for number, amount in enumerate(each for count, amount in allocation.lines[at].parts
                                                   for each in [amount] * count)]
        members.sort(key=lambda member: member[:2])
        claims = [claim for *_, claim in members]
        if not sum(claims):
            warnings.append(Problem("unclaimed-limit", limit.number))
            continue
        if sum(claims) * policy.step * policy.unit * 100 > MOST_FEN:
            problems.append(Problem("overflow"))
            continue
        steps = limit.amount / policy.step
        amount = steps.numerator // steps.denominator
        applied[limit.layer.id, limit.payer, limit.year] = amount * policy.step
        turn = {cls.id: order.index(cls.id) if cls.id in order else len(order) for cls in policy.classes}
        turns = [turn[allocation.lines[at].row.cls.id] for _, _, at, _ in members]
        exact = awards_before_rounding(rule, claims, turns, Fraction(amount))
        parts = largest_remainder(exact, min(amount, sum(claims)))
        for at in lines:
            funded[at] = sum(part for (_, _, of, _), part in zip(members, parts) if of == at) * policy.step
    if problems:
        raise Refused("funding", problems)
    return funded, applied, warnings


def funding_table(allocation, funded, zeros=False, unit=None):
    """One row per roster row × year × layer."""
    rows = []
    for line, award in zip(allocation.lines, funded):
        if line.amount == 0 and not zeros:
            continue
        row = {column: line_value(line, column) for column in LONG_COLUMNS[:-2]}
        for column, amount in (("claim", line.amount), ("funded", award), ("unfunded", line.amount - award)):
            row[column], row["unit"] = in_unit(allocation.policy, amount, unit)
        rows.append({column: row[column] for column in FUNDING_COLUMNS})
    return rows


def funding_columns(by):
    limit = ("limit",) if sorted(by) == ["layer", "payer", "year"] else ()
    return (*by, *limit, "claim", "funded", "unfunded", "coverage", "unit")


def funding_totals(allocation, funded, applied, by, unit=None):
    """Sums by the columns of `by`, for groups with a claim; with the limit where a group can have one."""
    groups = {}
    for line, award in zip(allocation.lines, funded):
        key = tuple(line_value(line, column) for column in by)
        claim, given = groups.get(key, (0, 0))
        groups[key] = claim + line.amount, given + award
    order = orders(allocation)
    rows = []
    for key in sorted(groups, key=lambda key: [order[column].index(value) for column, value in zip(by, key)]):
        claim, given = groups[key]
        if not claim:
            continue
        row = dict(zip(by, key))
        limit = applied.get(tuple(row.get(column) for column in ("layer", "payer", "year")))
        row["limit"] = "" if limit is None else in_unit(allocation.policy, limit, unit)[0]
        for column, amount in (("claim", claim), ("funded", given), ("unfunded", claim - given)):
            row[column], row["unit"] = in_unit(allocation.policy, amount, unit)
        hundredths = round_to_step(given * 10_000 / claim, 1, "half-up")
        row["coverage"] = f"{hundredths // 100}.{hundredths % 100:02}"
        rows.append({column: row[column] for column in funding_columns(by)})
    return rows


# ---------------------------------------------------------------------------------------------------------------------
# 8. One question from text to answer
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class Options:
    """What is asked: the options of `allocate`, `totals` and `fund`."""

    command: str = "allocate"
    years: str | None = None
    unit: str | None = None
    zeros: bool = False
    by: tuple | None = None
    rule: str | None = None
    order: tuple | None = None
    fill_down: bool | None = None

    def arguments(self):
        """The same as words of the command line."""
        words = []
        if self.years is not None:
            words += ["--years", self.years]
        if self.unit is not None:
            words += ["--unit", self.unit]
        if self.zeros:
            words += ["--zeros"]
        if self.by is not None:
            words += ["--by", ",".join(self.by)]
        if self.rule is not None:
            words += ["--rule", self.rule]
        if self.order is not None:
            words += ["--order", ",".join(self.order)]
        if self.fill_down is not None:
            words += ["--fill-down"] if self.fill_down else ["--fill-down=false"]
        return words


def chosen_years(text):
    """`2023..2025`, `2023,2025` or `2023`."""
    if text is None:
        return None
    if ".." in text:
        first, last = text.split("..")
        return list(range(int(first), int(last) + 1))
    return [int(year) for year in text.split(",")]


@dataclass
class Answer:
    """What the command line should print; `doubtful` names why the text of the model does not settle the answer."""

    stage: str  # "done", or the stage that refused
    problems: list = field(default_factory=list)
    output: dict = field(default_factory=dict)
    doubtful: str = ""


def answer(policy_structure, header, rows, options, limits=None):
    """Reads the inputs, computes, and gives the output or the problems of the first stage that has some.

    `limits` are the header and rows of a table of limits, for `fund`. Without a header it is looked for among the rows.
    """
    try:
        policy = read_policy(policy_structure)
        roster = read_roster(policy, header, rows, options.fill_down)
        years = chosen_years(options.years)
        allocation = allocate(policy, roster, years)
        if options.command == "fund":
            reader = LimitsReader(policy, *limits, options.fill_down)
            found = reader.read()
            funded, applied, unclaimed = fund(allocation, found, options.rule, options.order or ())
    except Refused as refused:
        found = Answer(refused.stage, refused.problems)
        if refused.stage == "allocation" and places_of(refused) != places_of(refusal(policy, roster, years)):
            found.doubtful = "what is still computed after a problem decides which others are found"
        return found
    warnings = list(allocation.warnings)
    if years and sorted(set(years)) != list(range(min(years), max(years) + 1)):
        warnings.append(Problem("years-skipped"))
    if options.command == "fund":
        warnings += reader.warnings + unclaimed
        by = options.by
        table = (funding_totals(allocation, funded, applied, by, options.unit) if by
                 else funding_table(allocation, funded, options.zeros, options.unit))
        columns = funding_columns(by) if by else FUNDING_COLUMNS
    elif options.command == "totals":
        by = options.by or ("year", "layer")
        table, columns = totals(allocation, by, options.zeros, options.unit), (*by, "count", "amount", "unit")
    else:
        table, columns = long_table(allocation, options.zeros, options.unit), LONG_COLUMNS
    doubtful = ""
    if allocation.unsettled:
        doubtful = "only the grand total is too large"
    if options.command == "totals" and any(line.split for line in allocation.lines):
        doubtful = "a counted row has members without an amount"
    return Answer("done", doubtful=doubtful, output={
        "policy": {"id": policy.id, "version": policy.version, "status": policy.status},
        "unit": UNIT_NAMES[YUAN_PER_UNIT[options.unit] if options.unit else policy.unit],
        "columns": list(columns),
        "rows": table,
        "warnings": [{"code": p.code, "row": p.row, "column": p.column, "path": p.path} for p in warnings],
    })


def places_of(refused):
    return {(problem.code, problem.row) for problem in refused.problems}


def refusal(policy, roster, years):
    """The problems when each place is left alone after its first one."""
    try:
        allocate(policy, roster, years, thorough=False)
    except Refused as refused:
        return refused
    raise AssertionError("a problem that goes away when less is computed")


def rule_kinds(policy):
    """How often each kind of rule and value stands in a policy, for statistics."""
    kinds = Counter()

    def visit(value, nested=True):
        match value:
            case Rule():
                kinds[("nested " if nested else "") + value.kind] += 1
                kinds["when"] += bool(value.when)
                kinds["floor or cap"] += value.at_least is not None or value.at_most is not None
                for part in (value.value, *value.members, value.at_least, value.at_most):
                    visit(part)
            case Sum():
                kinds["sum"] += 1
                for part in value.parts:
                    visit(part)
            case Constant():
                kinds["table of years"] += len(value.by_year) > 1
            case None:
                pass
            case _:
                kinds[f"reads {type(value).__name__}"] += 1

    for cls in policy.classes:
        kinds["class with where"] += bool(cls.where)
        for rule in cls.funding.values():
            visit(rule, nested=False)
    for pool in policy.pools.values():
        kinds["pool with floor or cap"] += pool.at_least is not None or pool.at_most is not None
    return kinds
