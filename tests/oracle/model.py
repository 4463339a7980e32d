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
import itertools
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
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


def number_of_money(text, unit):
    """A number of a cell whose unit, in 元, is known, which may have its currency and state that unit; a percentage is none."""
    try:
        return number_in_cell(text)
    except NumberProblem:
        found = money_in_cell(text)
        if not found:
            raise
        if found[1] not in (None, unit):
            raise NumberProblem("unit-differs") from None
        return number_of_money(found[0], unit)


def amount_in_cell(text, unit):
    """An amount in 元 of such a cell."""
    return number_of_money(text, unit) * unit


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
class FigureValue:
    id: str


@dataclass(frozen=True)
class Sum:
    parts: tuple


@dataclass(frozen=True)
class Rounding:
    """To multiples of `step`, in the unit of the policy (of a figure without a unit: as its numbers are)."""

    step: Fraction
    mode: str

    def of(self, value):
        return round_to_step(value, self.step, self.mode)


@dataclass(frozen=True)
class Rule:
    """How an amount comes about: `kind` is one of RULE_KINDS and says which of the other fields are used."""

    kind: str
    value: object = None  # of amount and top_up_to; what a rate, bands and tiers are of; what is aggregated
    members: tuple = ()  # of product, quotient, least, greatest and difference
    rate: object = None
    counting: tuple = ()
    pool: str | None = None  # that is shared out, or whose rest is meant
    when: tuple = ()
    at_least: object = None
    at_most: object = None
    rounding: Rounding | None = None
    steps: tuple = ()  # of bands and tiers: (Bound or None, value)
    cases: tuple = ()  # (text, value)
    of: str | None = None  # the text that tells the cases apart
    otherwise: object = None  # where no case fits, the divisor is 0, there was no last year
    word: str | None = None  # one of AGGREGATES
    over: tuple = ()
    where: tuple = ()
    layer: str | None = None  # of exact and last_year


@dataclass(frozen=True)
class Bound:
    """The upper end of a band or tier: `below`, `at_most` or `up_to` a number."""

    word: str
    number: Constant

    def holds(self, value, year):
        number = self.number.at(year)
        return value < number if self.word == "below" else value <= number

    def rank(self, year):
        """`below` 5 ends before `at_most` 5."""
        return self.number.at(year), self.word != "below"


@dataclass(frozen=True)
class Condition:
    """One condition: any of `equal` (values if `numeric`, else texts or true and false), or all of `bounds`.

    `sort` says what the subject is: `attribute`, `figure`, `layer` or `word` (year, kind, designation, class, county, township).
    """

    subject: str
    sort: str
    numeric: bool = False
    equal: tuple | None = None
    bounds: tuple = ()  # (word, value)


@dataclass(frozen=True)
class AnyOf:
    alternatives: tuple  # of tuples of conditions


@dataclass(frozen=True)
class Not:
    conditions: tuple


@dataclass
class Figure:
    id: str
    value: object = None
    rounding: Rounding | None = None


@dataclass
class Attribute:
    id: str
    names: tuple
    type: str
    factor: Fraction = Fraction(1)  # from the attribute's money unit to the policy's; 1 if it has none
    unit: str | None = None


@dataclass
class LayerLimit:
    """What the claims of a year are cut to; `per` is None, `payer` or a key of places."""

    amount: object = None
    rule: str = ""
    order: tuple = ()
    per: str | None = None
    turns: dict = field(default_factory=dict)  # of classes


@dataclass
class Layer:
    id: str
    payer: str | None  # None: a text of the place says it
    index: int
    names: tuple = ()
    payer_attribute: str | None = None
    rounding: Rounding | None = None
    signed: bool = False
    limit: LayerLimit | None = None

    @property
    def step(self):
        return self.rounding.step

    def paid_by_place(self):
        """Whether places have payers of their own."""
        return self.payer in (None, "county")

    @property
    def payer_key(self):
        """The text of places that says who pays; None where one body pays for all."""
        return self.payer_attribute if self.payer is None else "county" if self.payer == "county" else None

    @property
    def limit_keys(self):
        """What the places of a limit's group agree in."""
        return ("payer", self.payer_key) if self.limit.per == "payer" else (self.limit.per,)

    def payer_of(self, row):
        if self.payer is None:
            return row.values[self.payer_attribute] or ""
        return row.county if self.payer == "county" else self.payer


@dataclass
class Class:
    id: str
    kind: str | None
    designation: str | None
    where: tuple
    expected: int | None
    standard: object  # a value or None
    funding: dict  # layer id: Rule


@dataclass
class Pool:
    id: str
    amount: object
    weights: tuple  # (attribute, figure or layer id or "equal", weight)
    at_least: object
    at_most: object
    per: str | None = None
    reduces: bool = False  # floors that exceed it
    keeps: bool = False  # what caps leave
    each: bool = False  # whether parts are rounded by themselves
    index: int = 0
    layer: Layer | None = None
    signed: bool = False  # whether it may be below 0


@dataclass
class Policy:
    id: str = ""
    version: str | None = None
    status: str | None = None
    first: int = 9999  # until the years are read: no table of years begins too late
    last: int = 0
    unit: int = 1  # yuan in one unit of the policy
    rounding: Rounding | None = None  # None while unit or step are not known
    kinds: dict = field(default_factory=dict)  # word of a roster: id
    designations: dict = field(default_factory=dict)
    payers: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    layers: list = field(default_factory=list)
    figures: dict = field(default_factory=dict)
    classes: list = field(default_factory=list)
    pools: dict = field(default_factory=dict)

    @property
    def step(self):
        """The step of what is rounded as the policy says, in its unit."""
        return self.rounding and self.rounding.step

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
FEWEST_MEMBERS = {"least": 1, "greatest": 1, "difference": 2, "product": 1, "quotient": 2}
AGGREGATES = ("sum", "mean", "least", "greatest", "median", "count")
SIDE_KEYS = {"when", "at_least", "at_most", "rounding", "clause", "note"}
RULE_KEYS = {
    "amount": {"amount"} | SIDE_KEYS,
    "rate": {"rate", "of"} | SIDE_KEYS,
    "top_up_to": {"top_up_to", "counting"} | SIDE_KEYS,
    "pool": {"pool", "when", "clause", "note"},
    **{kind: {kind} | SIDE_KEYS for kind in FEWEST_MEMBERS},
    "quotient": {"quotient", "if_zero"} | SIDE_KEYS,
    "bands": {"bands", "of"} | SIDE_KEYS,
    "tiers": {"tiers", "of"} | SIDE_KEYS,
    "cases": {"cases", "of", "otherwise"} | SIDE_KEYS,
    "aggregate": {"aggregate", "of", "over", "where"} | SIDE_KEYS,
    "exact": {"exact"} | SIDE_KEYS,
    "last_year": {"last_year", "first"} | SIDE_KEYS,
    "left_of": {"left_of"} | SIDE_KEYS,
}
RULE_KINDS = tuple(RULE_KEYS)
NEEDED_KEYS = {"rate": ["of"], "bands": ["of"], "tiers": ["of"], "cases": ["of"], "last_year": ["first"]}
NOT_FOR_FIGURES = ("standard", "equal", "any", "not", *ROSTER_COLUMNS, "class", "year", "layer", "payer", "amount", "total", "unit")
PLACE_KEYS = ("kind", "designation", "class", "county", "township")  # texts of places that are no attributes
TOP_KEYS = {
    "id", "version", "title", "years", "unit", "rounding", "source", "readings", "kinds", "designations", "payers",
    "attributes", "figures", "layers", "classes", "pools",
    # No amount rests on these; their own models read them.
    "clauses", "checks", "duties", "projects",
}
RULES = ("proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority")


def is_text(raw):
    return isinstance(raw, str) and not isinstance(raw, Digits)


def is_year_table(raw):
    return isinstance(raw, dict) and bool(raw) and all(key.isascii() and key.isdigit() for key in raw)


def is_all_digits(text):
    return bool(text) and text.isdigit()


@dataclass(frozen=True)
class Scope:
    """Where a value stands: `layer` if it is a rule's in the funding of a class.

    What a value reads through figures is only known once all are read: see `check_reads`.
    """

    layer: Layer | None = None
    has_standard: bool = True  # False: there is none for sure
    signed: bool = False  # whether numbers may be below 0 outside of lists too
    all_layers: bool = False  # whether it stands after all layers, as a figure does
    left_of: bool = False  # whether it may be what a pool left
    earlier: int | None = None  # of a pool or a limit: how many layers are before its own


def parts_of(value):
    """The values and conditions that stand right inside of a value or condition."""
    match value:
        case Sum():
            return value.parts
        case Rule():
            return (value.value, *value.members, value.rate, value.at_least, value.at_most, value.otherwise,
                    *(given for _, given in value.steps + value.cases), *value.when, *value.where)
        case Condition():
            return (*(value.equal or () if value.numeric else ()), *(bound for _, bound in value.bounds))
        case AnyOf():
            return tuple(condition for alternative in value.alternatives for condition in alternative)
        case Not():
            return value.conditions
    return ()


def walk(value):
    """A value or condition with all that stands inside of it, but not what figures stand for."""
    if value is not None:
        yield value
        for part in parts_of(value):
            yield from walk(part)


def reads(policy, roots):
    """What values read in the end, through figures, standards and the rests of pools: pairs of a sort and an id."""
    found, left = set(), list(roots)

    def read(sort, id_):
        if (sort, id_) in found:
            return
        found.add((sort, id_))
        if sort == "figure" and id_ in policy.figures:
            left.append(policy.figures[id_].value)
        if sort == "standard":
            left.extend(cls.standard for cls in policy.classes)
        if sort == "left_of" and id_ in policy.pools:
            left.append(policy.pools[id_].amount)

    def read_key(key):
        read("attribute" if key in policy.attributes else "word", key)

    while left:
        for each in walk(left.pop()):
            match each:
                case AttributeValue():
                    read("attribute", each.id)
                case FigureValue():
                    read("figure", each.id)
                case LayerAmount():
                    read("layer", each.id)
                case Standard():
                    read("standard", "standard")
                case Condition():
                    read(each.sort, each.subject)
                case Rule():
                    for id_ in each.counting:
                        read("layer", id_)
                    if each.layer:
                        read("layer" if each.kind == "exact" else "last_year", each.layer)
                    if each.kind == "left_of":
                        read("left_of", each.pool)
                    if each.kind == "aggregate":
                        read("aggregate", each.word)
                    for key in (*each.over, *([each.of] if each.of else [])):
                        read_key(key)
    return found


def weight_sort(policy, id_):
    """What a pool's weight is: an attribute, a figure or a layer; None for `equal` and what is unknown."""
    for sort, known in (("attribute", policy.attributes), ("figure", policy.figures),
                        ("layer", [layer.id for layer in policy.layers])):
        if id_ in known:
            return sort
    return None


def pool_roots(policy, pool, amount=True):
    """The values that a pool reads."""
    values = {"attribute": AttributeValue, "figure": FigureValue, "layer": LayerAmount}
    weights = [values[weight_sort(policy, id_)](id_) for id_, weight in pool.weights if weight and weight_sort(policy, id_)]
    return [*weights, pool.at_least, pool.at_most, *([pool.amount] if amount else [])]


def used_roots(policy):
    """All values and conditions that an allocation reads: of rules, of the pools that they name, of limits."""
    roots = [rule for cls in policy.classes for rule in cls.funding.values()]
    named = {rule.pool for rule in roots if rule and rule.kind == "pool"}
    for pool in policy.pools.values():
        if pool.id in named:
            roots += pool_roots(policy, pool)
    return roots + [layer.limit.amount for layer in policy.layers if layer.limit]


class PolicyReader:
    """Reads the plain structure of a policy file and notes every problem."""

    def __init__(self, raw):
        self.raw = raw
        self.policy = Policy()
        self.problems = []
        self.pool_layers = {}  # pool id: ids of the layers whose rules name it, with the first class that does and their index

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
            self.note("bad-number", path)
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
        self.class_ids = [entry.get("id") for entry in raw.get("classes", []) if isinstance(entry, dict)]
        self.read_attributes(raw.get("attributes", {}))
        self.read_layers(raw.get("layers", []))
        self.read_figures(raw.get("figures", []))
        self.read_pools(raw.get("pools", []))
        self.read_classes(raw.get("classes", []))
        self.read_limits(raw.get("layers", []))
        self.settle_pools()
        self.check_circles()
        self.check_all_reads()
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
        rounding = self.rounding(raw.get("rounding", {}), "rounding", pays=True)
        if len(self.problems) == before and "unit" in raw:
            policy.rounding = rounding

    def rounding(self, raw, path, pays=False):
        """A step and a mode. `pays`: amounts are paid so, in whole fen. Else places without a unit are those of the number."""
        before = len(self.problems)
        raw = self.table(raw, path, {"unit", "places", "multiple", "mode"})
        if raw is None:
            return None
        mode = raw.get("mode", "half-up")
        if mode not in MODES:
            self.note("bad-rounding", f"{path}.mode")
        if "multiple" in raw:
            step = self.number(raw["multiple"], f"{path}.multiple", negative=True)
            if "unit" in raw or "places" in raw or step is not None and step <= 0:
                self.note("bad-rounding", path)
        else:
            unit = raw.get("unit", "元")
            if unit not in YUAN_PER_UNIT:
                self.note("bad-unit", f"{path}.unit")
                return None
            places = self.whole(raw.get("places", Digits("2")), f"{path}.places")
            if places is None:
                return None
            if places > MOST_DECIMALS:
                self.note("bad-rounding", f"{path}.places")
            step = Fraction(1, 10**places) * (1 if not pays and "unit" not in raw else Fraction(YUAN_PER_UNIT[unit], self.policy.unit))
        if len(self.problems) > before:
            return None
        if pays and not is_whole(step * self.policy.unit * 100):
            self.note("bad-rounding", path)
            return None
        return Rounding(step, mode)

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
            known = {"id", "name", "payer", "sign", "rounding", "limit", "clause"}
            if self.table(entry, path, known, ("id", "payer")) is None:
                continue
            self.side_notes(entry, path)
            names = self.names(entry["name"], f"{path}.name") if "name" in entry else ()
            payer, attribute = entry.get("payer"), None
            if isinstance(payer, dict):
                payer, attribute = None, self.payer_attribute(payer, f"{path}.payer")
            elif payer is not None and payer != "county" and payer not in (self.raw.get("payers") or {}):
                self.note("unknown-payer", f"{path}.payer")
            if entry.get("sign", "any") not in ("any", "not-negative"):
                self.note("unknown-word" if is_text(entry["sign"]) else "wrong-type", f"{path}.sign")
            rounding = self.policy.rounding
            if "rounding" in entry:
                rounding = self.rounding(entry["rounding"], f"{path}.rounding", pays=True) or rounding
            id_ = entry.get("id")
            if id_ is None or self.text(id_, f"{path}.id") is None:
                continue
            self.check_id(id_, f"{path}.id", allowed=("county",))  # the reference policy has a layer of this name
            if self.policy.layer(id_):
                self.note("duplicate-id", f"{path}.id")
            elif id_ in self.policy.attributes:
                self.note("reserved-id", f"{path}.id")
            else:
                self.policy.layers.append(Layer(id_, payer, len(self.policy.layers), names, attribute, rounding, entry.get("sign") == "any"))

    def payer_attribute(self, raw, path):
        """A text of each place."""
        if self.table(raw, path, {"attribute"}, ("attribute",)) is None or "attribute" not in raw:
            return None
        attribute = self.policy.attributes.get(raw["attribute"])
        if attribute is None:
            self.note("unknown-attribute", f"{path}.attribute")
        elif attribute.type != "text":
            self.note("wrong-attribute-type", f"{path}.attribute")
        return attribute and attribute.id

    def read_limits(self, raw):
        """The limits of layers, once all that they may name is known."""
        for index, entry in enumerate(raw):
            if not isinstance(entry, dict) or "limit" not in entry:
                continue
            path, layer = f"layers.{index}.limit", self.policy.layer(entry.get("id"))
            limit = self.table(entry["limit"], path, {"amount", "rule", "order", "per", "clause", "note"}, ("amount", "rule"))
            if layer is None or limit is None:
                continue
            if layer.signed:
                self.note("signed-limit", path)
            self.side_notes(limit, path)
            found = LayerLimit(rule=limit.get("rule"), order=tuple(limit.get("order", ())))
            if "rule" in limit and found.rule not in RULES:
                self.note("unknown-rule", f"{path}.rule")
            if (found.rule == "priority") != bool(found.order) or len(set(found.order)) != len(found.order):
                self.note("bad-order", f"{path}.order")
            turns = [self.classes_of(word) for word in found.order]
            if not all(turns):
                self.note("unknown-class", f"{path}.order")
            found.order = tuple(id_ for turn in turns for id_ in turn)
            found.turns = {id_: number for number, turn in reversed([*enumerate(turns)]) for id_ in turn}
            if "per" in limit:
                found.per = limit["per"] if limit["per"] == "payer" else self.key(limit["per"], f"{path}.per")
            if "amount" in limit:
                found.amount = self.value(limit["amount"], f"{path}.amount", Scope(left_of=True, earlier=layer.index), payer=found.per == "payer" and layer)
                self.check_size(found.amount, f"{path}.amount")
            layer.limit = found

    def classes_of(self, word):
        """The classes that a word of an order means: one by its id, else those of a kind, else of a designation."""
        if word in self.class_ids:
            return [word]
        policy = self.policy
        return [cls.id for cls in policy.classes if cls.kind and cls.kind == policy.kinds.get(word)] or [
            cls.id for cls in policy.classes if cls.designation and cls.designation == policy.designations.get(word)]

    def check_size(self, value, path):
        """Numbers that no amount can be. True: all can."""
        numbers = value.all_values() if isinstance(value, Constant) else []
        if self.policy.step and any(number * self.policy.unit * 100 > MOST_FEN for number in numbers):
            self.note("overflow", path)
            return False
        return True

    # -- figures ----------------------------------------------------------------------------------------------------

    def read_figures(self, raw):
        """Figures read each other in any order, so all names are known before any value is read."""
        entries = []
        for index, entry in enumerate(raw):
            path = f"figures.{index}"
            known = {"id", "name", "unit", "value", "rounding", "clause", "note"}
            if self.table(entry, path, known, ("id", "value")) is None:
                continue
            self.side_notes(entry, path)
            if "name" in entry:
                self.names(entry["name"], f"{path}.name")
            if "unit" in entry:
                unit = self.text(entry["unit"], f"{path}.unit")
                # A policy that says none has been told so.
                of_policy = self.raw.get("unit")
                is_known = isinstance(of_policy, str) and of_policy in YUAN_PER_UNIT
                if unit in YUAN_PER_UNIT and is_known and YUAN_PER_UNIT[unit] != self.policy.unit:
                    self.note("figure-unit", f"{path}.unit")
            id_ = entry.get("id")
            if id_ is None or self.text(id_, f"{path}.id") is None:
                continue
            if id_ in NOT_FOR_FIGURES or is_all_digits(id_) or id_ in self.policy.attributes or self.policy.layer(id_):
                self.note("reserved-id", f"{path}.id")
            elif id_ in self.policy.figures:
                self.note("duplicate-id", f"{path}.id")
                entries.append((Figure(id_), entry, path))  # its value may be wrong too
            else:
                self.policy.figures[id_] = Figure(id_)
                entries.append((self.policy.figures[id_], entry, path))
        for figure, entry, path in entries:
            if "value" in entry:
                figure.value = self.value(entry["value"], f"{path}.value", Scope(signed=True, all_layers=True))
            if "rounding" in entry:
                figure.rounding = self.rounding(entry["rounding"], f"{path}.rounding")

    def key(self, word, path):
        """A text of places: a text attribute, or one of the roster."""
        attribute = self.policy.attributes.get(word) if is_text(word) else None
        if attribute is None and word in PLACE_KEYS:
            return word
        if attribute is None:
            self.note("unknown-attribute" if is_text(word) else "wrong-type", path)
        elif attribute.type != "text":
            self.note("wrong-attribute-type", path)
            return None
        return attribute and attribute.id

    def ids(self, key, words, path, payer=False):
        """Kinds, designations and bodies that pay by id or name, classes by id: what they mean. All must be declared."""
        declared = {"kind": self.policy.kinds, "designation": self.policy.designations,
                    "class": {id_: id_ for id_ in self.class_ids},
                    "payer": self.policy.payers if payer and not payer.payer_key else None}.get(key)
        if declared is None or key in self.policy.attributes:
            return tuple(words)
        for word in words:
            if word not in declared:
                self.note(f"unknown-{key}", path)
        return tuple(declared.get(word, word) for word in words)

    # -- what is read in the end ------------------------------------------------------------------------------------

    def check_circles(self):
        """Figures and standards that rest on themselves, each circle once."""
        policy = self.policy
        rests_on = {id_: {each.id if isinstance(each, FigureValue) else "standard"
                          for each in self.figures_in(figure.value)} for id_, figure in policy.figures.items()}
        rests_on["standard"] = {each.id if isinstance(each, FigureValue) else "standard"
                                for cls in policy.classes for each in self.figures_in(cls.standard)}
        reached = {}
        for start in rests_on:
            found, left = set(), list(rests_on[start])
            while left:
                at = left.pop()
                if at not in found:
                    found.add(at)
                    left += rests_on.get(at, ())
            reached[start] = found
        circles = {}
        for start, found in reached.items():
            if start in found:
                circles.setdefault(frozenset(at for at in found if start in reached[at]), start)
        self.circular = bool(circles)
        for first in circles.values():
            self.note("circular-figure", f"figures.{first}")

    @staticmethod
    def figures_in(value):
        for each in walk(value):
            if isinstance(each, (FigureValue, Standard)):
                yield each
            if isinstance(each, Condition) and each.sort == "figure":
                yield FigureValue(each.subject)

    def check_all_reads(self):
        policy = self.policy
        for cls in policy.classes:
            self.check_reads(f"classes.{cls.id}.where", cls.where, 0, now=True, of_class=True)
            self.check_reads(f"classes.{cls.id}.standard", [cls.standard], 0, now=True)
            for id_, rule in cls.funding.items():
                self.check_reads(f"classes.{cls.id}.funding.{id_}", [rule], policy.layer(id_).index)
        for pool in policy.pools.values():
            path = f"pools.{pool.id}"
            self.check_without_place(f"{path}.amount", pool.amount, (pool.per,), pool.layer)
            known = self.check_rests(f"{path}.amount", pool.amount, (pool.layer and pool.layer.index, pool.index))
            if known and pool.per and any(isinstance(each, Rule) and each.kind == "left_of" and each.pool in policy.pools
                                and policy.pools[each.pool].per != pool.per for each in walk(pool.amount)):
                self.note("per-differs", f"{path}.amount")
            if pool.layer:
                self.check_reads(path, pool_roots(policy, pool), pool.layer.index)
        for layer in policy.layers:
            if layer.limit:
                path = f"layers.{layer.id}.limit.amount"
                keys = layer.limit_keys
                self.check_without_place(path, layer.limit.amount, keys, layer)
                known = self.check_rests(path, layer.limit.amount, (layer.index, len(policy.pools)))
                if known and keys[-1] and any(isinstance(each, Rule) and each.kind == "left_of" and each.pool in policy.pools
                                    and policy.pools[each.pool].per != keys[-1] for each in walk(layer.limit.amount)):
                    self.note("per-differs", path)
                self.check_reads(path, [layer.limit.amount], layer.index)

    def check_reads(self, path, roots, before, now=False, of_class=False):
        """Only layers before the one with the index `before` are known; `now`: nor are last year's. Each that is named is said."""
        def later(facts):
            return any(sort == "layer" and (layer := self.policy.layer(id_)) and layer.index >= before or sort == "last_year" and now
                       for sort, id_ in facts)

        def of_a_class(facts):
            return of_class and bool(facts & {("standard", "standard"), ("word", "class")})

        for root in roots:
            for each in walk(root):
                for facts in self.facts(each):
                    if later(facts):
                        self.note("later-layer", path)
                    # What classes read in the end is not looked for while figures go in circles.
                    if of_a_class(facts) and not self.circular:
                        self.note("class-reads-result", path)

    def facts(self, each):
        """What a value or condition reads by itself, one set for each name."""
        match each:
            case LayerAmount() | FigureValue() | Standard():
                return [reads(self.policy, [each])]
            case Condition():
                through = [FigureValue(each.subject)] if each.sort == "figure" else []
                return [{(each.sort, each.subject)} | reads(self.policy, through)]
            case Rule():
                own = [{("layer" if each.kind == "exact" else "last_year", each.layer)}] if each.layer else []
                keys = [{("word", key)} for key in (*each.over, each.of) if key and key not in self.policy.attributes]
                return [*({("layer", id_)} for id_ in each.counting), *own, *keys]
        return []

    def check_rests(self, path, value, own):
        """What a pool left is known after it is shared out: in an earlier layer, or earlier in the file. Whether all is."""
        before = len(self.problems)
        for each in walk(value):
            other = self.policy.pools.get(each.pool) if isinstance(each, Rule) and each.kind == "left_of" else None
            if other and own[0] is None:  # no rule names it, so that nothing is shared out
                if other.index >= own[1]:
                    self.note("later-pool", path)
            elif other and (other.layer is None or (other.layer.index, other.index) >= own):
                self.note("later-pool", path)
        return len(self.problems) == before

    def check_without_place(self, path, value, keys, layer=None):
        """A value that no place has: it reads nothing of one but the `keys` of the group that it is for.

        Of a layer that is not computed before `layer`, only that is said.
        """
        for each in self.walk_outside(value):
            later = layer and isinstance(each, LayerAmount) and self.policy.layer(each.id).index >= layer.index
            if self.needs_place(each, keys) and not later:
                self.note("reads-place", path)

    def needs_place(self, each, keys, seen=()):
        """Whether a value or condition reads something of a place, by itself or through a figure."""
        match each:
            case AttributeValue() | Standard() | LayerAmount():
                return True
            case FigureValue(id=id_) | Condition(subject=id_, sort="figure"):
                inside = self.policy.figures[id_].value if id_ not in seen else None
                return any(self.needs_place(part, keys, (*seen, id_)) for part in self.walk_outside(inside))
            case Condition():
                return each.sort == "layer" or each.subject not in ("year", *keys)
            case Rule():
                names = {*each.over, *([each.of] if each.of else [])}
                return bool(each.counting) or each.kind in ("exact", "last_year") or not names <= set(keys)
        return False

    def walk_outside(self, value):
        """As `walk`, without what aggregates read of their members."""
        if value is None:
            return
        yield value
        inside = (value.value, *value.where) if isinstance(value, Rule) and value.kind == "aggregate" else ()
        for part in parts_of(value):
            if not any(part is other for other in inside):
                yield from self.walk_outside(part)

    # -- pools ------------------------------------------------------------------------------------------------------

    def read_pools(self, raw):
        known = {"id", "amount", "per", "weights", "at_least", "at_most", "if_short", "if_left", "apportion", "clause", "note"}
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
                scope = Scope(left_of=key == "amount", earlier=self.layers_before(entry["id"]))
                amounts[key] = self.value(entry[key], f"{path}.{key}", scope) if key in entry else None
                if not self.check_size(amounts[key], f"{path}.{key}"):
                    amounts[key] = None
            floor, cap = amounts["at_least"], amounts["at_most"]
            plain = isinstance(floor, Constant) and isinstance(cap, Constant)
            if plain and any(floor.at(year) > cap.at(year) for year in self.policy.years()):
                self.note("floor-above-cap", path)
            per = self.key(entry["per"], f"{path}.per") if "per" in entry else None
            words = {}
            for key, both in (("if_short", ("refuse", "reduce")), ("if_left", ("refuse", "keep")),
                              ("apportion", ("largest-remainder", "each"))):
                words[key] = entry.get(key, both[0])
                if words[key] not in both:
                    self.note("unknown-word" if is_text(words[key]) else "wrong-type", f"{path}.{key}")
            weights = self.read_weights(entry.get("weights", {}), f"{path}.weights")
            self.policy.pools[entry["id"]] = Pool(
                entry["id"], amounts["amount"], weights, floor, cap, per, words["if_short"] == "reduce",
                words["if_left"] == "keep", words["apportion"] == "each", len(self.policy.pools))

    def layers_before(self, pool):
        """How many layers are before the one whose rules name a pool; 0 of one that none names."""
        for entry in self.raw.get("classes", []):
            rules = entry.get("funding") if isinstance(entry, dict) else None
            for layer in self.policy.layers:
                rule = rules.get(layer.id) if isinstance(rules, dict) else None
                if isinstance(rule, dict) and rule.get("pool") == pool:
                    return layer.index
        return 0

    def settle_pools(self):
        """What is only known once it is known which layer reads a pool."""
        policy = self.policy
        for pool in policy.pools.values():
            layers = self.pool_layers.get(pool.id, {})
            if len(layers) > 1:
                self.note("pool-in-two-layers", f"pools.{pool.id}")
            if layers:
                pool.layer = policy.layer(min(layers, key=layers.get))
                pool.signed = pool.layer.signed
            rounding = pool.layer.rounding if pool.layer else policy.rounding
            for key in ("amount", "at_least", "at_most"):
                value = getattr(pool, key)
                numbers = value.all_values() if isinstance(value, Constant) else []
                if rounding and "unit" in self.raw and any(not is_whole(number / rounding.step) for number in numbers):
                    self.note("not-a-multiple", f"pools.{pool.id}.{key}")

    def read_weights(self, raw, path):
        weights = []
        for id_, entry in (self.table(raw, path) or {}).items():
            sort = weight_sort(self.policy, id_) if id_ != "equal" else "equal"
            if sort is None:
                self.note("unknown-attribute", f"{path}.{id_}")
            elif id_ != "equal" and sort == "attribute" and self.policy.attributes[id_].type != "number":
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
            where = self.conditions(entry.get("where", {}), f"{path}.where", Scope())
            expected = self.whole(entry["expected"], f"{path}.expected") if "expected" in entry else None
            standard = self.value(entry["standard"], f"{path}.standard", Scope()) if "standard" in entry else None
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
                scope = Scope(layer, "standard" in entry, signed=layer.signed)
                funding[id_] = self.rule(rule, f"{path}.funding.{id_}", scope)
            self.policy.classes.append(
                Class(entry.get("id"), entry.get("kind"), entry.get("designation"), where, expected, standard, funding)
            )

    def rule(self, raw, path, scope, in_list=False, nested=False, payer=False):
        """A rule: a table with one of the kinds, or a value, which is a fixed amount."""
        if not isinstance(raw, dict) or is_year_table(raw):
            return Rule("amount", value=self.value(raw, path, scope, in_list, payer=payer))
        kinds = [kind for kind in RULE_KINDS if kind in raw]
        if len(kinds) != 1 or (nested and kinds == ["pool"]):
            self.note("bad-rule", path)
            return None
        kind = kinds[0]
        if kind == "left_of" and not scope.left_of:
            self.note("left-of-outside-pool", f"{path}.left_of")
            return None
        self.table(raw, path, RULE_KEYS[kind], NEEDED_KEYS.get(kind, ()))
        self.side_notes(raw, path)
        when = self.conditions(raw.get("when", {}), f"{path}.when", scope)
        if kind == "pool":
            return self.pool_rule(raw, path, scope, when)
        read = {key: self.value(raw[key], f"{path}.{key}", scope, in_list, payer=payer)
                for key in ("at_least", "at_most", "if_zero", "otherwise", "first") if key in raw}
        given = {"at_least": read.get("at_least"), "at_most": read.get("at_most"), "when": when}
        given["otherwise"] = next((read[key] for key in ("if_zero", "otherwise", "first") if key in read), None)
        if "rounding" in raw:
            given["rounding"] = self.rounding(raw["rounding"], f"{path}.rounding")
        if kind in ("amount", "top_up_to"):
            given["value"] = self.value(raw[kind], f"{path}.{kind}", scope, in_list, payer=payer)
        elif "of" in raw and kind != "cases":
            # Each place that is gathered reads the standard of its own class.
            of = replace(scope, has_standard=True) if kind == "aggregate" else scope
            given["value"] = self.value(raw["of"], f"{path}.of", of, in_list, payer=payer)
        if kind in FEWEST_MEMBERS:
            given["members"] = self.members(raw[kind], f"{path}.{kind}", FEWEST_MEMBERS[kind], scope, payer)
            if kind == "quotient" and len(given["members"]) > 2:
                self.note("bad-rule", f"{path}.quotient")
        elif kind == "rate":
            given["rate"] = self.rate(raw["rate"], f"{path}.rate", scope, in_list, payer)
        elif kind == "top_up_to":
            given["counting"] = self.counting(raw, path, scope)
        elif kind in ("bands", "tiers"):
            given["steps"] = self.steps(kind, raw[kind], f"{path}.{kind}", scope, payer)
        elif kind == "cases":
            given["of"], given["cases"] = self.cases(raw, path, scope, in_list, payer)
        elif kind == "aggregate":
            given |= self.aggregate(raw, path, scope, payer)
        elif kind in ("exact", "last_year"):
            given["layer"] = raw[kind] if is_text(raw[kind]) else None
            if not self.policy.layer(given["layer"]):
                self.note("unknown-layer" if given["layer"] else "wrong-type", f"{path}.{kind}")
        elif kind == "left_of":
            given["pool"] = raw[kind] if is_text(raw[kind]) else None
            if given["pool"] not in [entry.get("id") for entry in self.raw.get("pools", [])]:
                self.note("unknown-pool", f"{path}.left_of")
        return Rule(kind, **given)

    def rate(self, raw, path, scope, in_list, payer=False):
        """A number, which may be a ratio, or any value."""
        if is_text(raw) and not self.is_name(raw) or isinstance(raw, Digits) or is_year_table(raw):
            return self.constant(raw, path, negative=in_list or scope.signed, ratio=True)
        return self.value(raw, path, scope, in_list, payer=payer)

    def is_name(self, word):
        return word == "standard" or bool(weight_sort(self.policy, word))

    def members(self, raw, path, fewest, scope, payer=False):
        """The values of a product, a quotient, the least, the greatest or a difference; they stand in a list."""
        if not isinstance(raw, list):
            self.note("wrong-type", path)
            return ()
        if len(raw) < fewest:
            self.note("too-few-values", path)
        return tuple(self.value(part, f"{path}.{n}", scope, True, payer=payer) for n, part in enumerate(raw))

    def steps(self, kind, raw, path, scope, payer):
        """Bands and tiers: each with its upper end but for the last, which may be the rest."""
        words = ("below", "at_most") if kind == "bands" else ("up_to",)
        gives = "give" if kind == "bands" else "rate"
        if not isinstance(raw, list):
            self.note("wrong-type", path)
            return ()
        found, sound = [], True
        if not raw:
            self.note("too-few-values", path)
        for n, entry in enumerate(raw):
            at = f"{path}.{n}"
            if self.table(entry, at, {*words, gives}, (gives,)) is None or gives not in entry:
                continue
            bounds = [word for word in words if word in entry]
            bound = None
            if len(bounds) == 1:
                number = self.constant(entry[bounds[0]], f"{at}.{bounds[0]}", negative=kind == "bands")
                bound = Bound(bounds[0], number) if number else None
            sound &= len(bounds) == 1 or not bounds and n == len(raw) - 1
            read = self.value if kind == "bands" else self.rate
            found.append((bound, read(entry[gives], f"{at}.{gives}", scope, True, payer=payer)))
        for year in self.policy.years():
            ends = [bound.rank(year) for bound, _ in found if bound]
            sound &= all(low < high for low, high in zip(ends, ends[1:]))
            sound &= kind == "bands" or not ends or ends[0][0] > 0
        if not sound:
            self.note("bad-bands", path)
        return tuple(found)

    def cases(self, raw, path, scope, in_list, payer):
        """The text that tells cases apart, and their values."""
        of = raw.get("of")
        if of is not None and not (payer and of == "payer"):
            of = self.key(of, f"{path}.of")
        cases = self.table(raw["cases"], f"{path}.cases") or {}
        if raw["cases"] == {}:
            self.note("too-few-values", f"{path}.cases")
        ids = self.ids(of, cases, f"{path}.cases", payer)
        if len(set(ids)) < len(ids):
            self.note("duplicate-id", f"{path}.cases")
        values = [self.value(given, f"{path}.cases.{word}", scope, in_list, payer=payer) for word, given in cases.items()]
        return of, tuple(zip(ids, values))

    def aggregate(self, raw, path, scope, payer=False):
        word = raw["aggregate"]
        if word not in AGGREGATES:
            self.note("unknown-word" if is_text(word) else "wrong-type", f"{path}.aggregate")
        elif word == "count" and "of" in raw:
            self.note("bad-aggregate", f"{path}.of")
        elif word != "count" and "of" not in raw:
            self.note("bad-aggregate", path)
        over = raw.get("over", [])
        if not isinstance(over, list):
            self.note("wrong-type", f"{path}.over")
            over = []
        keys = [payer.payer_key if payer and key == "payer" else self.key(key, f"{path}.over") for key in over]
        if len(set(over)) < len(over):
            self.note("duplicate-id", f"{path}.over")
        where = self.conditions(raw.get("where", {}), f"{path}.where", scope)
        return {"word": word, "over": tuple(key for key in keys if key), "where": where}

    def pool_rule(self, raw, path, scope, when):
        pool = raw["pool"]
        if pool not in self.policy.pools:
            self.note("unknown-pool", f"{path}.pool")
        else:
            self.pool_layers.setdefault(pool, {}).setdefault(scope.layer.id, (len(self.policy.classes), scope.layer.index))
        return Rule("pool", pool=pool, when=when)

    def counting(self, raw, path, scope):
        """The layers that a top-up counts: all earlier ones if none are listed; of a figure all, elsewhere outside a layer none."""
        earlier = scope.layer.index if scope.layer else scope.earlier
        if "counting" not in raw and earlier is None:
            return tuple(layer.id for layer in self.policy.layers) if scope.all_layers else ()
        if "counting" not in raw:
            return tuple(layer.id for layer in self.policy.layers[:earlier])
        counted = []
        for id_ in raw["counting"]:
            layer = self.policy.layer(id_)
            if layer is None:
                self.note("unknown-layer", f"{path}.counting")
            elif id_ in counted:
                self.note("duplicate-id", f"{path}.counting")
            counted.append(id_)
        return tuple(counted)

    def value(self, raw, path, scope, in_list=False, payer=False):
        """Any value. `payer`: cases may be told apart by the payer."""
        if isinstance(raw, list):
            return Sum(tuple(self.value(part, f"{path}.{n}", scope, True, payer=payer) for n, part in enumerate(raw)))
        if isinstance(raw, Digits) or is_year_table(raw):
            return self.constant(raw, path, negative=in_list or scope.signed)
        if isinstance(raw, dict):
            return self.rule(raw, path, scope, in_list, nested=True, payer=payer)
        if is_text(raw):
            return self.named_value(raw, path, scope, in_list)
        self.note("wrong-type", path)
        return None

    def named_value(self, word, path, scope, in_list):
        """`"standard"`, an attribute, a figure, a layer, or a number in a string."""
        if word == "standard":
            if not scope.has_standard:
                self.note("missing-standard", path)
            return Standard()
        if word in self.policy.attributes:
            if self.policy.attributes[word].type != "number":
                self.note("wrong-attribute-type", path)
            return AttributeValue(word)
        if word in self.policy.figures:
            return FigureValue(word)
        if self.policy.layer(word):
            return LayerAmount(word)
        try:
            number_in_text(word)
        except NumberProblem as problem:
            if problem.code == "bad-number":
                self.note("unknown-value", path)
                return None
        return self.constant(word, path, negative=in_list or scope.signed)

    def conditions(self, raw, path, scope):
        """`when` and `where`: every condition must hold."""
        conditions = []
        for subject, entry in (self.table(raw, path) or {}).items():
            at = f"{path}.{subject}"
            if subject in ("any", "not") and subject not in self.policy.attributes and subject not in self.policy.figures:
                conditions.append(self.joined(subject, entry, at, scope))
                continue
            sort, type_ = self.subject(subject)
            if sort is None:
                self.note("unknown-attribute", at)
                continue
            condition = self.condition(subject, sort, type_, entry, at, scope)
            if condition:
                conditions.append(condition)
        return tuple(conditions)

    def subject(self, word):
        """What a condition is on, and of which type."""
        if word in self.policy.attributes:
            return "attribute", self.policy.attributes[word].type
        if word in self.policy.figures:
            return "figure", "number"
        if word in (*PLACE_KEYS, "year"):
            return "word", "number" if word == "year" else "text"
        return ("layer", "number") if self.policy.layer(word) else (None, None)

    def joined(self, word, raw, path, scope):
        """`any` of several sets of conditions holds, or one set does `not`."""
        entries = raw if word == "any" else [raw]
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) and entry for entry in entries):
            self.note("bad-condition", path)
            return Not(())
        alternatives = tuple(self.conditions(entry, f"{path}.{n}", scope) for n, entry in enumerate(entries))
        return AnyOf(alternatives) if word == "any" else Not(alternatives[0])

    def condition(self, subject, sort, type_, raw, path, scope):
        if type_ == "number":
            return self.condition_on_number(subject, sort, raw, path, scope)
        words = raw if isinstance(raw, list) else [raw]
        fits = {"flag": lambda word: isinstance(word, bool), "text": is_text}
        if isinstance(raw, dict):
            self.table(raw, path, BOUNDS)
        if not words or not all(fits[type_](word) for word in words):
            self.note("bad-condition", path)
            return None
        return Condition(subject, sort, equal=self.ids(subject, words, path))

    def condition_on_number(self, subject, sort, raw, path, scope):
        """A value or several to equal, or bounds; a table is a value if it is a rule or has years."""
        if isinstance(raw, dict) and not is_year_table(raw) and not any(kind in raw for kind in RULE_KINDS):
            self.table(raw, path, BOUNDS)
            if not raw:
                self.note("bad-condition", path)
            bounds = [(word, self.value(raw[word], f"{path}.{word}", scope, True)) for word in BOUNDS if word in raw]
            return Condition(subject, sort, True, bounds=tuple(bounds)) if raw else None
        words = raw if isinstance(raw, list) else [raw]
        if not words or any(isinstance(word, bool) for word in words):
            self.note("bad-condition", path)
            return None
        return Condition(subject, sort, True, equal=tuple(self.value(word, path, scope, True) for word in words))


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
        found, totals, without_county = [], [], []
        for number, cells in enumerate(self.rows, 1):
            if all(sheets.is_blank(cell) for cell in cells):
                continue
            rank = lines.total(cells)
            if rank is not None:
                totals.append(self.total_line(number, rank, len(found), cells))
            elif not lines.is_note(cells):
                cells = self.town(cells, merged.row(number, cells))
                found.append(self.read_row(number, cells))
                at = self.columns.get("county")
                if at is not None and not "".join(cells[at:at + 1]).strip():
                    without_county.append(number)
        for row, column in merged.problems():
            self.note("merged-cells", row, column)
        self.check_columns_read(found)
        self.check_spoiled([row for row in found if row])
        self.check_counties([row for row in found if row], without_county)
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

    def town(self, cells, filled):
        """Under a title of villages: a row with a township of its own and no village is the township."""
        name, township = self.columns.get("name"), self.columns.get("township")
        if name is None or township is None or not sheets.heads_villages(self.header[name]):
            return filled
        if not sheets.is_blank("".join(cells[name:name + 1])) or sheets.is_blank("".join(cells[township:township + 1])):
            return filled
        if sheets.counts_places(cells[township]):
            return filled
        filled = list(filled) + [""] * (name + 1 - len(filled))
        filled[name], filled[township] = filled[township], filled[name]
        return filled

    # -- the header -------------------------------------------------------------------------------------------------

    def known_titles(self):
        attributes = self.policy.attributes.values()
        return sheets.known_titles(
            [*((key, key) for key in ROSTER_COLUMNS), *((attribute.id, attribute.id) for attribute in attributes)],
            [(chinese, key) for key, chinese in ROSTER_COLUMNS.items()],
            [(name, attribute.id) for attribute in attributes for name in attribute.names],
            [(title, key) for key in ROSTER_COLUMNS for title in sheets.SYNONYMS.get(key, ())],
            # A village is a place: what a ledger has beside the name is the name here.
            [(title, "name") for title in ("village", "村", *sheets.SYNONYMS["village"])],
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
        if remark in sheets.LAND and attribute.unit in sheets.LAND:
            return remark != attribute.unit
        if remark and remark != attribute.unit and (per := re.match("([^/／每]*)[/／每]", remark)):
            stated = YUAN_PER_UNIT.get(per[1].strip())
            if stated:
                whole = YUAN_PER_UNIT.get(re.split("[/／每]", attribute.unit or "")[0].strip())
                return whole is not None and whole != stated
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
        # Without names there are no ids either; what else is missing leaves them as they are.
        missing = any(p.code == "missing-column" and p.column == "name" for p in self.problems)
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
            if attribute.unit in YUAN_PER_UNIT:
                return number_of_money(text, YUAN_PER_UNIT[attribute.unit]) * attribute.factor
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
                is_as_above = text in sheets.AS_ABOVE
                is_spoiled = is_as_above or sheets.has_unseen(text) or text in sheets.NOTHING_WORDS
                if not is_spoiled or key != "name" and (key, text) in seen:
                    continue
                seen.add((key, text))
                if is_as_above:
                    self.note("as-above", row.number, key)
                else:
                    self.warnings.append(Problem("spoiled-text", row.number, key))

    def check_counties(self, rows, without):
        """Rows of a sheet without a county where others have one, and counties that are written in two ways."""
        firsts = {}
        for row in rows:
            if row.county:
                firsts.setdefault(row.county, row)
        is_told = any((problem.code, problem.column) == ("merged-cells", "county") for problem in self.problems)
        if without and firsts and self.fill_down is not False and not is_told:
            self.warnings.append(Problem("blank-county", without[0], "county"))
        for county in sheets.alike_counties(firsts):
            self.warnings.append(Problem("possible-duplicate", firsts[county].number, "county"))

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
        """Every live row matches exactly one class, the same in each of its years."""
        worlds = {year: World(self.policy, year, [row for row in rows if row.live(year)]) for year in self.policy.years()}
        for world in worlds.values():
            world.partial = bool(self.problems)
        problems = {}
        for row in rows:
            if row.first > row.last:
                continue
            found, matches = [], {}
            for year in range(row.first, row.last + 1):
                matches[year] = self.matching(Place(worlds[year], row), found)
            if not found:
                of_years = list(matches.values())
                wrong = next((classes for classes in of_years if len(classes) != 1), None)
                if wrong is not None:
                    found.append(Problem("several-classes" if wrong else "no-class", row.number))
                elif any(classes != of_years[0] for classes in of_years):
                    found.append(Problem("class-changes", row.number))
                else:
                    row.cls = of_years[0][0]
            problems |= dict.fromkeys(problem for problem in found if isinstance(problem, Problem))
        self.problems += problems

    def matching(self, place, found):
        """The classes that a row matches; what is wrong goes to `found`, also where that is only said of another row."""
        matches = []
        for cls in self.policy.classes:
            if cls.kind not in (None, place.row.kind) or cls.designation not in (None, place.row.designation):
                continue
            try:
                if conditions_hold(cls.where, place):
                    matches.append(cls)
            except NoAmount as problem:
                found += problem.problems or [None]
        return matches

    def compare_expected(self, rows):
        for cls in self.policy.classes:
            if cls.expected is None:
                continue
            counts = [sum(row.count for row in rows if row.cls is cls and row.live(year))
                      for year in self.policy.years()]
            if any(count != cls.expected for count in counts):
                self.warnings.append(Problem("expected-count", path=cls.id))


def attributes_read(policy):
    """The ids of the attributes that conditions, rules, the pools of rules and payers read."""
    roots = [condition for cls in policy.classes for condition in cls.where] + used_roots(policy)
    found = {id_ for sort, id_ in reads(policy, roots) if sort == "attribute"}
    return found | {pool.per for pool in policy.pools.values() if pool.layer and pool.per in policy.attributes} \
        | {layer.limit.per for layer in policy.layers if layer.limit and layer.limit.per in policy.attributes}


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


class NoAmount(Exception):
    """A value that is not known: for its problems or, if there are none, for a layer that had some."""

    def __init__(self, problems=()):
        super().__init__(problems)
        self.problems = list(problems)


@dataclass(eq=False)
class Segment:
    """So many members of a row that have the same amounts; the segments of a row stand in member order.

    `amounts` by layer, and `exact` as they were before rounding and limits (None: not known).
    """

    count: int
    amounts: dict = field(default_factory=dict)
    exact: dict = field(default_factory=dict)

    def of(self, count, layer, amount, exact):
        """So many of these members, with what they have in a layer."""
        return Segment(count, self.amounts | {layer.id: amount}, self.exact | {layer.id: exact})


class World:
    """What is known of a year so far: the live places, their amounts, those of the year before, and what pools left."""

    def __init__(self, policy, year, rows, before=None, arrived=None):
        self.policy, self.year, self.rows = policy, year, rows
        self.segments = {row: [Segment(row.count)] for row in rows}
        self.before = before  # id: amounts of one place by layer; None before the first year
        self.arrived = arrived or (lambda row, year: None)
        self.left = {}  # pool id: {text of its key: what it left, None if that is not known}
        self.passed_over = set()  # rows that are left alone
        self.aggregates = {}
        self.partial = False  # whether rows are left out, so that what comes of all places is not known

    def places(self):
        for row in self.rows:
            for segment in self.segments[row]:
                yield segment.count, Place(self, row, segment)


NOBODY = Segment(0)


@dataclass(frozen=True)
class Place:
    """One place in one year. Without a row it is none: only the text `word` of a `key` is known, as of a pool for each county."""

    world: World
    row: Row | None
    segment: Segment = NOBODY
    key: str | None = None
    word: str = ""
    payer_key: str | None = None  # the text that the key `payer` stands for

    @property
    def year(self):
        return self.world.year

    def wrong(self, code, column=None):
        return NoAmount([Problem(code, self.row.number if self.row else None, column)])

    def text(self, key):
        """A text that tells places apart; a blank county is the empty text."""
        if self.row is None:
            assert key in (self.key, self.payer_key)
            return self.word
        if key in self.row.values:
            return attribute_of(self, key)
        return self.row.cls.id if key == "class" else getattr(self.row, key)


def all_of(*asked):
    """The answers of all that is asked, so that every problem in any of them is found."""
    answers, problems, known = [], [], True
    for ask in asked:
        try:
            answers.append(ask())
        except NoAmount as found:
            problems += found.problems
            known = False
    if not known:
        raise NoAmount(problems)
    return answers


def exact_values(values, place):
    """The amounts of all values (None stays None)."""
    return all_of(*(lambda value=value: None if value is None else exact_value(value, place) for value in values))


def conditions_hold(conditions, place):
    """All conditions are read, so a blank in any of them is a problem even where another fails."""
    return all(all_of(*(lambda each=each: holds(each, place) for each in conditions)))


def holds(condition, place):
    match condition:
        case Not():
            return not conditions_hold(condition.conditions, place)
        case AnyOf():
            return any(all_of(*(lambda each=each: conditions_hold(each, place) for each in condition.alternatives)))
    bounds = [bound for _, bound in condition.bounds]
    values = (condition.equal or ()) if condition.numeric else ()
    subject, others = all_of(lambda: subject_value(condition, place), lambda: exact_values([*values, *bounds], place))
    if condition.equal is not None:
        return subject in (others if condition.numeric else condition.equal)
    tests = {
        "at_least": lambda bound: subject >= bound,
        "above": lambda bound: subject > bound,
        "at_most": lambda bound: subject <= bound,
        "below": lambda bound: subject < bound,
    }
    return all(tests[word](bound) for (word, _), bound in zip(condition.bounds, others))


def subject_value(condition, place):
    """What a condition tests."""
    id_ = condition.subject
    match condition.sort:
        case "attribute":
            return attribute_of(place, id_)
        case "figure":
            return exact_value(FigureValue(id_), place)
        case "layer":
            return exact_value(LayerAmount(id_), place)
    return place.year if id_ == "year" else place.text(id_)


def attribute_of(place, id_):
    if place.row is None:
        return place.text(id_)  # of the key that it is for
    if place.row.values[id_] is None:
        raise place.wrong("blank-attribute", id_)
    return place.row.values[id_]


def exact_value(value, place):
    """A value in the unit of the policy, unrounded but where it says so itself."""
    match value:
        case Constant():
            return value.at(place.year)
        case Standard():
            if place.row.cls.standard is None:
                raise place.wrong("missing-standard")
            return exact_value(place.row.cls.standard, place)
        case AttributeValue():
            return attribute_of(place, value.id)
        case FigureValue():
            figure = place.world.policy.figures[value.id]
            number = exact_value(figure.value, place)
            return figure.rounding.of(number) if figure.rounding else number
        case LayerAmount():
            return known(place.segment.amounts[value.id])
        case Sum():
            return sum(exact_values(value.parts, place), Fraction(0))
        case Rule():
            amount = exact_amount(value, place)
            return value.rounding.of(amount) if value.rounding else amount
    raise AssertionError(value)


def known(amount):
    if amount is None:
        raise NoAmount
    return amount


def exact_amount(rule, place):
    """The amount of a rule other than a pool, before its own rounding: `when`, the amount, the floor, the cap."""
    if not conditions_hold(rule.when, place):
        return Fraction(0)
    amount, (floor, cap) = all_of(lambda: bare_amount(rule, place), lambda: exact_values((rule.at_least, rule.at_most), place))
    if floor is not None and cap is not None and floor > cap:
        raise place.wrong("floor-above-cap")
    if floor is not None:
        amount = max(amount, floor)
    if cap is not None:
        amount = min(amount, cap)
    return amount


def bare_amount(rule, place):
    """What a rule computes, without floor and cap."""
    match rule.kind:
        case "amount":
            return exact_value(rule.value, place)
        case "rate":
            rate, value = exact_values((rule.rate, rule.value), place)
            return rate * value
        case "top_up_to":
            counted = [LayerAmount(id_) for id_ in rule.counting]
            arrived = place.row and place.world.arrived(place.row, place.year)
            if arrived is not None:
                counted = [Constant(((0, arrived.get(id_, Fraction(0))),)) for id_ in rule.counting]
            level, *counted = exact_values((rule.value, *counted), place)
            return max(Fraction(0), level - sum(counted))
        case "least":
            return min(exact_values(rule.members, place))
        case "greatest":
            return max(exact_values(rule.members, place))
        case "difference":
            first, *others = exact_values(rule.members, place)
            return first - sum(others)
        case "product":
            amount = Fraction(1)
            for factor in exact_values(rule.members, place):
                amount *= factor
            return amount
        case "quotient":
            dividend, divisor = exact_values(rule.members, place)
            if divisor:
                return dividend / divisor
            if rule.otherwise is None:
                raise place.wrong("division-by-zero")
            return exact_value(rule.otherwise, place)
        case "bands":
            return of_band(rule, place)
        case "tiers":
            return of_tiers(rule, place)
        case "cases":
            word = place.text(rule.of)
            value = dict(rule.cases).get(word, rule.otherwise)
            if value is None:
                raise place.wrong("no-case", rule.of)
            return exact_value(value, place)
        case "aggregate":
            return aggregated(rule, place)
        case "exact":
            return known(place.segment.exact[rule.layer])
        case "last_year":
            before = (place.world.before or {}).get(place.row.id)
            return exact_value(rule.otherwise, place) if before is None else known(before[rule.layer])
        case "left_of":
            return left_of(rule.pool, place)
    raise AssertionError(rule.kind)


def of_band(rule, place):
    """The value of the first band whose bound holds. The others are not read."""
    value = exact_value(rule.value, place)
    for bound, given in rule.steps:
        if bound is None or bound.holds(value, place.year):
            return exact_value(given, place)
    raise place.wrong("outside-bands")


def of_tiers(rule, place):
    """Each rate times its slice from 0; only rates of slices that are reached are read."""
    value, low, slices = exact_value(rule.value, place), Fraction(0), []
    for bound, rate in rule.steps:
        if value <= low:
            break
        high = value if bound is None else min(value, bound.number.at(place.year))
        slices.append((rate, high - low))
        low = high
    if value > low and value > 0:
        raise place.wrong("outside-bands")
    rates = exact_values([rate for rate, _ in slices], place)
    return sum((rate * width for rate, (_, width) in zip(rates, slices)), Fraction(0))


def aggregated(rule, place):
    """Over the live places of the year that agree with this one in what `over` names and meet `where`."""
    if place.world.partial:
        raise NoAmount([])
    own = tuple(all_of(*(lambda key=key: place.text(key) for key in rule.over)))
    found = place.world.aggregates
    if (id(rule), own) not in found:
        try:
            found[id(rule), own] = aggregate_of_group(rule, own, place.world)
        except NoAmount as problem:
            found[id(rule), own] = problem
    amount = found[id(rule), own]
    if isinstance(amount, NoAmount):
        raise amount
    if amount is None:
        raise place.wrong("empty-aggregate")
    return amount


def aggregate_of_group(rule, own, world):
    """None if there is no member and it takes one."""
    def value_of(place):
        if place.row in world.passed_over:
            raise NoAmount
        if tuple(all_of(*(lambda key=key: place.text(key) for key in rule.over))) != own:
            return None
        if not conditions_hold(rule.where, place):
            return None
        return Fraction(1) if rule.value is None else exact_value(rule.value, place)

    places = list(world.places())
    values = all_of(*(lambda place=place: value_of(place) for _, place in places))
    members = [(value, count) for value, (count, _) in zip(values, places) if value is not None]
    number = sum(count for _, count in members)
    total = sum((value * count for value, count in members), Fraction(0))
    if rule.word in ("sum", "count"):
        return total
    if not number:
        return None
    match rule.word:
        case "mean":
            return total / number
        case "least":
            return min(value for value, _ in members)
        case "greatest":
            return max(value for value, _ in members)
    members.sort()

    def nth(n):
        """The value of the n-th member from below, from 0."""
        for value, count in members:
            if n < count:
                return value
            n -= count
        raise AssertionError(n)

    return (nth((number - 1) // 2) + nth(number // 2)) / 2


def left_of(id_, place):
    """What a pool left: of the same county, say, where both are pools for each county; else altogether."""
    left = known(place.world.left.get(id_))
    if place.world.policy.pools[id_].per in {place.key, place.payer_key} - {None}:
        return left.get(place.word, Fraction(0))
    return sum(left.values(), Fraction(0))


def rounded_amount(policy, layer, rule, place):
    """The amount of one place, exact and rounded: as the rule says, then as the layer does."""
    exact = exact_amount(rule, place)
    amount = layer.rounding.of(rule.rounding.of(exact) if rule.rounding else exact)
    if amount < 0 and not layer.signed:
        raise place.wrong("negative-amount")
    if abs(amount) * policy.unit * 100 > MOST_FEN:
        raise place.wrong("overflow")
    return exact, amount


@dataclass(eq=False)
class Member:
    """So many alike members of a pool, with the values of its weights, their floor and their cap (None: none)."""

    place: Place
    count: int
    weights: tuple = ()
    floor: Fraction = Fraction(0)
    cap: Fraction | None = None


def pool_shares(pool, members):
    """Each member's share. A total of 0 is a problem; weights of 0 are not read."""
    shares = {member: Fraction(0) for member in members}
    for at, (_, weight) in enumerate(weighing(pool)):
        total = sum(member.weights[at] * member.count for member in members)
        if total == 0:
            raise NoAmount([Problem("pool-total-zero")])
        for member in members:
            shares[member] += weight * member.weights[at] / total
    return shares


def weighing(pool):
    return [(id_, weight) for id_, weight in pool.weights if weight]


def bounded_parts(amount, shares, reduces=False, keeps=False):
    """min(cap, max(floor, λ·share)) of each member, for the λ that uses the amount up.

    What all members get grows with λ in straight lines that bend only where a member leaves its floor or meets its cap.
    """

    def part(member, level):
        free = max(member.floor, level * shares[member])
        return free if member.cap is None else min(member.cap, free)

    def given(level):
        return sum(member.count * part(member, level) for member in shares)

    floors = given(Fraction(0))
    if floors > amount:
        if not reduces:
            raise NoAmount([Problem("pool-floors-exceed")])
        return {member: part(member, Fraction(0)) * amount / floors for member in shares}
    bends = {Fraction(0)}
    for member, share in shares.items():
        if share > 0:
            bends |= {max(bound, Fraction(0)) / share for bound in (member.floor, member.cap) if bound is not None}
    bends = sorted(bends)
    if given(bends[-1]) < amount:
        if all(member.cap is not None for member in shares):
            if not keeps:
                raise NoAmount([Problem("pool-caps-fall-short")])
            return {member: part(member, bends[-1]) for member in shares}
        bends.append(2 * bends[-1] + amount + 1)  # without caps all shares together grow as fast as λ
    low = max(bend for bend in bends if given(bend) <= amount)
    high = min((bend for bend in bends if bend > low), default=low)
    level = low
    if given(low) < amount:
        level = low + (high - low) * (amount - given(low)) / (given(high) - given(low))
    return {member: part(member, level) for member in shares}


def pool_parts(pool, members, amount):
    """For each member (exact part, how many of it have one step more, the others' part, the step); and what is left.

    Parts are multiples of the step and use the exact ones up: largest remainder, ties to the smaller id. A pool below 0 is
    shared out as if it were above, and places pay their parts.
    """
    rounding, sign = pool.layer.rounding, -1 if amount < 0 else 1
    step = sign * rounding.step
    exact = bounded_parts(abs(amount), pool_shares(pool, members), pool.reduces, pool.keeps)
    exact = {member: sign * part for member, part in exact.items()}
    if pool.each:
        parts = {member: (part, 0, rounding.of(part), step) for member, part in exact.items()}
        return parts, amount - sum(member.count * part for member, part in exact.items())
    lower = {member: round_to_step(part, rounding.step, "down") for member, part in exact.items()}
    used = sum(member.count * part for member, part in exact.items())
    steps_left = (used - sum(member.count * part for member, part in lower.items())) / step
    assert is_whole(steps_left) and steps_left >= 0
    steps_left = int(steps_left)
    more = {}
    order = {member: at for at, member in enumerate(members)}
    for member in sorted(members, key=lambda member: (abs(lower[member]) - abs(exact[member]), member.place.row.id, order[member])):
        more[member] = min(steps_left, member.count)
        steps_left -= more[member]
    assert steps_left == 0
    return {member: (exact[member], more[member], lower[member], step) for member in members}, amount - used


# ---------------------------------------------------------------------------------------------------------------------
# 5. The allocation
# ---------------------------------------------------------------------------------------------------------------------


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
    """Computes year by year and, within a year, layer by layer. Years before those asked for are computed where a rule reads them.

    `thorough`: after a problem, what does not depend on it is still computed and may show more problems. Otherwise a
    place is left alone for the rest of the year after its first problem.
    """

    def __init__(self, policy, roster, years, thorough=True, arrived=None):
        self.policy, self.roster, self.years, self.thorough = policy, roster, years, thorough
        self.arrived = arrived  # what arrived for one place by layer, if that counts
        self.problems, self.warnings, self.lines = [], [], []
        self.rows = {row.number: row for row in roster.rows}

    def compute(self):
        policy, years, before = self.policy, self.years, None
        if any(sort == "last_year" for sort, _ in reads(policy, used_roots(policy))):
            years = range(policy.first, max(years) + 1)
        for year in years:
            live = [row for row in self.roster.rows if row.live(year)]
            world = World(policy, year, live, before, self.arrived)
            self.compute_year(world)
            # Of a counted row whose members differ: what its last one has.
            before = {row.id: world.segments[row][-1].amounts for row in live}
        if self.problems:
            raise Refused("allocation", list(dict.fromkeys(self.problems)))
        unused = [Problem("unused-pool", path=pool.id) for pool in policy.pools.values() if not pool.layer]
        self.lines.sort(key=lambda line: (line.row.number, line.year, line.layer.index))
        total = sum(abs(line.amount) for line in self.lines) * policy.unit * 100
        warnings = unused + self.roster.warnings + self.warnings
        return Allocation(policy, self.roster, self.years, self.lines, warnings, total > MOST_FEN)

    def compute_year(self, world):
        self.world = world
        for layer in self.policy.layers:
            for row in world.rows:
                rule = row.cls.funding.get(layer.id)
                if rule is None or rule.kind != "pool":
                    for segment in world.segments[row]:
                        exact, amount = self.amount(layer, rule, Place(world, row, segment))
                        segment.exact[layer.id], segment.amounts[layer.id] = exact, amount
            for pool in self.policy.pools.values():
                if pool.layer is layer:
                    self.share_out(pool)
            if layer.limit:
                self.cut_to_limit(layer)
            for row in world.rows:
                self.add_line(row, layer)
        for row in world.rows:
            self.check_sum(row)

    def check_sum(self, row):
        """What a row gets from all layers is an amount too."""
        segments = self.world.segments[row]
        if row in self.world.passed_over or any(None in segment.amounts.values() for segment in segments):
            return
        total = sum(segment.count * sum(segment.amounts.values()) for segment in segments)
        if abs(total) * self.policy.unit * 100 > MOST_FEN:
            self.fail([Problem("overflow", row.number)], row)

    def fail(self, problems, row=None):
        self.problems += problems
        if not self.thorough and problems:
            self.world.passed_over |= {self.rows[problem.row] for problem in problems if problem.row} | ({row} if row else set())

    def try_for(self, row, ask):
        """An answer, or None where a problem was noted."""
        if row in self.world.passed_over:
            return None
        try:
            return ask()
        except NoAmount as found:
            self.fail(found.problems, row)
        return None

    def amount(self, layer, rule, place):
        """The amount of one place, exact and rounded; None where it is not known."""
        if rule is None:
            return Fraction(0), Fraction(0)
        return self.try_for(place.row, lambda: rounded_amount(self.policy, layer, rule, place)) or (None, None)

    # -- pools ------------------------------------------------------------------------------------------------------

    def share_out(self, pool):
        """A pool or, with `per`, one for each text of its key that a member has. One that fails leaves all of them unknown.

        Who is no member for sure, who has no bounds, whose text is blank: what is found after that is not settled.
        """
        world, layer = self.world, pool.layer
        asking = [row for row in world.rows
                  if (rule := row.cls.funding.get(layer.id)) and rule.kind == "pool" and rule.pool == pool.id]
        places = [Place(world, row, segment) for row in asking for segment in world.segments[row]]
        belongs = [self.try_for(place.row, lambda place=place: conditions_hold(place.row.cls.funding[layer.id].when, place))
                   for place in places]
        parts, world.left[pool.id] = None, None
        outside = {place.segment for place, member in zip(places, belongs) if member is False}
        if None not in belongs:
            members = [Member(place, place.segment.count) for place, member in zip(places, belongs) if member]
            if members:
                parts, world.left[pool.id] = self.parts_of_pools(pool, members) or (None, None)
            else:
                self.warn(Problem("pool-without-members", path=f"{pool.id} {world.year}"))
                parts, world.left[pool.id] = {}, self.left_without_members(pool)
        elif self.thorough:  # who else is a member does not matter for a member's own bounds and text
            for place in (place for place, member in zip(places, belongs) if member):
                for own in (bounds_of, group_of):
                    self.try_for(place.row, lambda place=place, own=own: own(pool, place))
        for row in asking:
            self.give_parts(row, layer, parts, outside)

    def left_without_members(self, pool):
        """All of it, which is only worked out where another pool or a limit reads it; with a key there is no pool."""
        policy = self.policy
        amounts = [other.amount for other in policy.pools.values()] + [layer.limit.amount for layer in policy.layers if layer.limit]
        if pool.per or not any(("left_of", pool.id) in reads(policy, [amount]) for amount in amounts):
            return {}
        amount = self.try_for(None, lambda: self.amount_of_pool(pool, Place(self.world, None, word="")))
        return None if amount is None else {"": amount}

    def parts_of_pools(self, pool, members):
        """By segment of the members what they get, and by text what is left; None if that is not known."""
        words, bounds = [], []
        for member in members:
            place = member.place
            bounds.append(self.try_for(place.row, lambda place=place: bounds_of(pool, place)))
            words.append(self.try_for(place.row, lambda place=place: group_of(pool, place)))
        sound = None not in words and None not in bounds
        if not sound and not self.thorough:
            return None
        groups = {}
        for member, word, own in zip(members, words, bounds):
            member.floor, member.cap = own or (Fraction(0), None)
            groups.setdefault(word, []).append(member)
        groups.pop(None, None)
        parts, left, settled = {}, {}, sound
        for word, some in groups.items():
            amount = self.try_for(None, lambda word=word, first=some[0].place.row: self.amount_of_group(pool, word, first))
            if amount is None and not self.thorough:
                sound = False
                continue
            for member in some:
                member.weights = self.try_for(member.place.row, lambda place=member.place: weights_of(pool, place))
            known_all = settled and amount is not None and None not in [member.weights for member in some]
            found = self.try_for(None, lambda some=some, amount=amount: pool_parts(pool, some, amount)) if known_all else None
            if found is None:
                if self.thorough and not known_all:
                    self.say_totals_of_zero(pool, some)
                sound = False
                continue
            parts |= {member.place.segment: part for member, part in found[0].items()}
            left[word] = found[1]
            self.warn_of_rests(pool, found)
        return (parts, left) if sound else None

    def say_totals_of_zero(self, pool, members):
        """Of weights that are known where others are not; whether that is said is not settled."""
        for id_, _ in weighing(pool):
            try:
                total = sum(member.count * weight_of(id_, member.place) for member in members)
            except NoAmount:
                continue
            if total == 0:
                self.fail([Problem("pool-total-zero")])

    def warn_of_rests(self, pool, found):
        """What a pool leaves, and parts that are rounded by themselves and do not sum to it."""
        parts, left = found
        if left:
            self.warn(Problem("pool-left", path=f"{pool.id} {self.world.year}"))
        used = sum(member.count * exact for member, (exact, _, _, _) in parts.items())
        if sum(member.count * part + more * step for member, (_, more, part, step) in parts.items()) != used:
            self.warn(Problem("pool-difference", path=f"{pool.id} {self.world.year}"))

    def amount_of_group(self, pool, word, first):
        """What is wrong with it is said at the first member, but for a pool below 0."""
        try:
            return self.amount_of_pool(pool, Place(self.world, None, key=pool.per, word=word))
        except NoAmount as found:
            raise NoAmount([problem if problem.row or problem.code == "negative-amount" else problem._replace(row=first.number)
                            for problem in found.problems]) from None

    def amount_of_pool(self, pool, nowhere):
        amount = exact_value(pool.amount, nowhere)
        if not isinstance(pool.amount, Constant):
            amount = round_to_step(amount, pool.layer.step, "down")
        if amount < 0 and (not pool.signed or pool.at_least is not None or pool.at_most is not None):
            raise nowhere.wrong("negative-amount")
        if abs(amount) * self.policy.unit * 100 > MOST_FEN:
            raise nowhere.wrong("overflow")
        return amount

    def give_parts(self, row, layer, parts, outside):
        """The segments with the pool layer's amount; the first members of each have one step more. Who is outside gets 0."""
        result = []
        for segment in self.world.segments[row]:
            if parts is None and segment in outside:
                result.append(segment.of(segment.count, layer, Fraction(0), Fraction(0)))
                continue
            if parts is None:
                result.append(segment.of(segment.count, layer, None, None))
                continue
            exact, more, lower, step = parts.get(segment, (Fraction(0), 0, Fraction(0), layer.step))
            for count, amount in ((more, lower + step), (segment.count - more, lower)):
                if count:
                    result.append(segment.of(count, layer, amount, exact))
        self.world.segments[row] = result

    def warn(self, warning):
        if self.world.year in self.years:
            self.warnings.append(warning)

    # -- limits -----------------------------------------------------------------------------------------------------

    def cut_to_limit(self, layer):
        """The claims of a layer, each member's its own, cut to its limits before later layers read them."""
        world, per = self.world, layer.limit.per
        groups, lost = {}, set()
        for row in world.rows:
            amounts = [segment.amounts[layer.id] for segment in world.segments[row]]
            if None in amounts:
                lost.add(row)
            if any(amounts) or row in lost:
                word = "" if per is None else layer.payer_of(row) if per == "payer" else (
                    row.values[per] or "" if per in row.values else Place(world, row).text(per))
                groups.setdefault(word, []).append(row)
        for word, rows in groups.items():
            amount = self.try_for(None, lambda word=word, first=rows[0]: self.amount_of_limit(layer, word, first))
            awards = None
            if not lost.intersection(rows) and amount is not None:
                awards = self.try_for(None, lambda rows=rows, amount=amount: self.awards(layer, rows, amount))
            for row in rows:
                self.give_awards(row, layer, awards)

    def amount_of_limit(self, layer, word, first):
        """What is wrong with it is said at the first place that may claim something, but for a limit below 0. However large, it is a limit."""
        nowhere = Place(self.world, None, key=layer.limit.per, word=word, payer_key=layer.limit_keys[-1])
        try:
            amount = round_to_step(exact_value(layer.limit.amount, nowhere), layer.step, "down")
        except NoAmount as found:
            raise NoAmount([problem if problem.row else problem._replace(row=first.number) for problem in found.problems]) from None
        if amount < 0:
            raise nowhere.wrong("negative-amount")
        return amount

    def awards(self, layer, rows, amount):
        """By row what its members get, in member order."""
        world, limit = self.world, layer.limit
        members = [(row, segment.amounts[layer.id] / layer.step) for row in sorted(rows, key=lambda row: row.id)
                   for segment in world.segments[row] for _ in range(segment.count)]
        claims = [claim for _, claim in members]
        if sum(claims) * layer.step * self.policy.unit * 100 > MOST_FEN:
            raise NoAmount([Problem("overflow")])
        steps = int(amount / layer.step)
        turns = [limit.turns.get(row.cls.id, len(limit.turns)) for row, _ in members]
        exact = awards_before_rounding(limit.rule, claims, turns, Fraction(steps))
        awards = {row: [] for row in rows}
        for (row, _), award in zip(members, largest_remainder(exact, min(steps, sum(claims)))):
            awards[row].append(award * layer.step)
        return awards

    def give_awards(self, row, layer, awards):
        result = []
        left = list(awards[row]) if awards else None
        for segment in self.world.segments[row]:
            exact = segment.exact[layer.id]
            if left is None:
                result.append(segment.of(segment.count, layer, None, exact))
                continue
            own, left = left[:segment.count], left[segment.count:]
            result += [segment.of(len(list(alike)), layer, award, exact) for award, alike in itertools.groupby(own)]
        self.world.segments[row] = result

    # -- lines ------------------------------------------------------------------------------------------------------

    def add_line(self, row, layer):
        amounts = [(segment.count, segment.amounts[layer.id]) for segment in self.world.segments[row]]
        if any(amount is None for _, amount in amounts):
            return
        total = sum(count * amount for count, amount in amounts)
        if abs(total) * self.policy.unit * 100 > MOST_FEN:
            self.fail([Problem("overflow", row.number)], row)
        split = any(amount for _, amount in amounts) and any(amount == 0 for _, amount in amounts)
        if self.world.year in self.years:
            self.lines.append(Line(row, self.world.year, layer, layer.payer_of(row), total, split, tuple(amounts)))


def group_of(pool, place):
    """What a member of a pool agrees in with the others of its group."""
    word = place.text(pool.per) if pool.per else ""
    if word == "" and pool.per in ("county", "township") and pool.per not in place.row.values:
        raise place.wrong("blank-attribute", pool.per)
    return word


def weight_of(id_, place):
    sort = weight_sort(place.world.policy, id_)
    kind = {"attribute": AttributeValue, "figure": FigureValue, "layer": LayerAmount}.get(sort)
    value = exact_value(kind(id_), place) if kind else Fraction(1)
    if value < 0:
        raise place.wrong("negative-share", id_)
    return value


def weights_of(pool, place):
    """The values of the weights that count, in their order; the first that is wrong is said."""
    return tuple(weight_of(id_, place) for id_, _ in weighing(pool))


def bounds_of(pool, place):
    """Floor and cap of a member; what is computed is first rounded, half up, to the step."""
    def bound(value):
        exact = None if value is None else exact_value(value, place)
        return exact if value is None or isinstance(value, Constant) else round_to_step(exact, pool.layer.step, "half-up")

    def cap_of():
        cap = bound(pool.at_most)
        if cap is not None and cap < 0:
            raise place.wrong("negative-amount")
        return cap

    floor, cap = all_of(lambda: bound(pool.at_least), cap_of)
    if floor is not None and cap is not None and floor > cap:
        raise place.wrong("floor-above-cap")
    return max(floor or Fraction(0), Fraction(0)), cap


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
        found["payer"] += [layer.payer_of(row) for row in rows] if layer.paid_by_place() else [layer.payer]
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
        if not zeros and not any(line.amount for line in groups[key]):
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
        """A county or another payer of a place as it is written, or the one body that pays the layer."""
        if layer.paid_by_place():
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
        step = limit.layer.step
        members = [(allocation.lines[at].row.id, number, at, amount / step)
                   for at in lines
                   for number, amount in enumerate(each for count, amount in allocation.lines[at].parts
                                                   for each in [amount] * count)]
        members.sort(key=lambda member: member[:2])
        claims = [claim for *_, claim in members]
        # Who pays in pays in all of it and claims nothing.
        paid_in = [min(claim, Fraction(0)) for claim in claims]
        claims = [max(claim, Fraction(0)) for claim in claims]
        if not sum(claims):
            warnings.append(Problem("unclaimed-limit", limit.number))
            continue
        if sum(claims) * step * policy.unit * 100 > MOST_FEN:
            problems.append(Problem("overflow"))
            continue
        steps = limit.amount / step
        amount = steps.numerator // steps.denominator
        applied[limit.layer.id, limit.payer, limit.year] = amount * step
        turn = {cls.id: order.index(cls.id) if cls.id in order else len(order) for cls in policy.classes}
        turns = [turn[allocation.lines[at].row.cls.id] for _, _, at, _ in members]
        exact = awards_before_rounding(rule, claims, turns, Fraction(amount))
        parts = largest_remainder(exact, min(amount, sum(claims)))
        for at in lines:
            funded[at] = sum(part + paid for (_, _, of, _), part, paid in zip(members, parts, paid_in) if of == at) * step
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
    """Sums by the columns of `by`, for groups in which a place has a claim, if they come to 0 too; with the limit where a group can have one."""
    groups = {}
    for line, award in zip(allocation.lines, funded):
        key = tuple(line_value(line, column) for column in by)
        claim, given = groups.get(key, (0, 0))
        groups[key] = claim + line.amount, given + award
    shown = {tuple(line_value(line, column) for column in by) for line in allocation.lines if line.amount}
    order = orders(allocation)
    rows = []
    for key in sorted(groups, key=lambda key: [order[column].index(value) for column, value in zip(by, key)]):
        claim, given = groups[key]
        if key not in shown:
            continue
        row = dict(zip(by, key))
        limit = applied.get(tuple(row.get(column) for column in ("layer", "payer", "year")))
        row["limit"] = "" if limit is None else in_unit(allocation.policy, limit, unit)[0]
        for column, amount in (("claim", claim), ("funded", given), ("unfunded", claim - given)):
            row[column], row["unit"] = in_unit(allocation.policy, amount, unit)
        hundredths = int(round_to_step(given * 10_000 / claim, 1, "half-up")) if claim else None
        row["coverage"] = "" if hundredths is None else f"{'-' * (hundredths < 0)}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"
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

    def visit(root, nested=True):
        for each in walk(root):
            match each:
                case Rule():
                    kinds[("nested " if nested or each is not root else "") + each.kind] += 1
                    kinds["when"] += bool(each.when)
                    kinds["floor or cap"] += each.at_least is not None or each.at_most is not None
                    kinds["rounded rule"] += each.rounding is not None
                    kinds["rate that is a value"] += each.rate is not None and not isinstance(each.rate, Constant)
                case Sum():
                    kinds["sum"] += 1
                case Constant():
                    kinds["table of years"] += len(each.by_year) > 1
                case Condition():
                    kinds["condition on a " + each.sort] += 1
                case AnyOf() | Not():
                    kinds[type(each).__name__] += 1
                case _:
                    kinds[f"reads {type(each).__name__}"] += 1

    for cls in policy.classes:
        kinds["class with where"] += bool(cls.where)
        kinds["computed standard"] += cls.standard is not None and not isinstance(cls.standard, Constant)
        for rule in cls.funding.values():
            visit(rule, nested=False)
    for figure in policy.figures.values():
        visit(figure.value)
    for pool in policy.pools.values():
        kinds["pool with floor or cap"] += pool.at_least is not None or pool.at_most is not None
        kinds["pool for each of a key"] += pool.per is not None
        kinds["pool with a computed amount"] += not isinstance(pool.amount, Constant)
        kinds["pool with a computed floor or cap"] += any(
            bound is not None and not isinstance(bound, Constant) for bound in (pool.at_least, pool.at_most))
        kinds["pool with weights that are no attributes"] += any(weight_sort(policy, id_) in ("figure", "layer") for id_, _ in pool.weights)
        for word in ("signed", "reduces", "keeps", "each"):
            kinds[f"pool that is or does: {word}"] += getattr(pool, word)
        visit(pool.amount)
    for layer in policy.layers:
        kinds["layer below 0"] += layer.signed
        kinds["layer with a rounding"] += layer.rounding is not policy.rounding
        kinds["layer with payers of places"] += layer.payer is None
        kinds["layer with a limit"] += layer.limit is not None
    return kinds
