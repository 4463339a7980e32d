"""Random policies and rosters from a seed, most of them valid, some deliberately wrong.

`case(seed)` always gives the same case. A valid case is found by trial: what the random rules refuse by chance (a cap
below its floor, a pool that its caps cannot use up) is thrown away, except where a refusal is wanted. Mistakes are
chosen so that the text of the model leaves one answer.
"""

import contextlib
import csv
import io
import json
import random
from dataclasses import dataclass, field
from fractions import Fraction

import model
import sheets
from model import Digits, Options

# What the first language did not have, by what a policy says: switched on one by one, since a library learns them so.
OF_POOLS = {"pool_amounts", "left_of", "per", "bounds", "weights", "if_short", "if_left", "each"}
FEATURES = (
    "product", "quotient", "bands", "tiers", "cases", "aggregate", "exact", "last_year",  # kinds of rules
    "rates",  # rates that are values
    "roundings",  # of rules
    "figures",
    "conditions",  # new subjects, values where numbers stood, any and not
    "standards",  # that are computed
    "where",  # classes by such conditions and figures
    "sign", "layer_roundings", "payers", "limits",  # of layers
    "limit_amounts",  # that are worked out
    *sorted(OF_POOLS),  # of pools
)
# Those that the library has: what is compared with it unless somebody says otherwise.
SUPPORTED = FEATURES

KINDS = [("town", "镇", "town"), ("village", "村", "Village"), ("street", "街道", "sub-district"),
         ("farm", "农场", "")]
DESIGNATIONS = [("provincial", "省级", "Provincial"), ("municipal", "市级", "Municipal"),
                ("pilot", "试点", "pilot place")]
PAYERS = [("province", "省", "Province"), ("city", "市", "City"), ("fund", "基金", "Fund"), ("zone", "开发区", "Zone")]
LAYERS = ["central_provincial", "city_layer", "county", "prior", "match"]
ATTRIBUTES = [
    ("population", "人口", "Population", "number", "人"), ("area", "面积", "Area", "number", "平方公里"),
    ("income", "集体收入", "Income", "number", "元"), ("budget", "预算", "Budget", "number", "万元"),
    ("debt", "债务", "Debt", "number", "yi"), ("pupils", "学生", "Pupils", "number", None),
    ("mountainous", "山区", "Mountainous", "flag", None), ("old_base", "老区", "Old base", "flag", None),
    ("zone_name", "片区", "Zone name", "text", None), ("grade", "等级", "Grade", "text", None),
]
COUNTIES = ["甲区", "乙县", "Bing County", "丁县", ""]
TOWNSHIPS = ["子乡", "丑镇", "Yin", ""]
TEXTS = ["A", "北", "south east", "丙级"]
NAME_SYLLABLES = ["东", "西", "柳", "石", "河", "𠮷", "Oak", "Ash", "岭", "湾", "é"]
UNITS = ["元", "万元", "亿元", "yuan", "wan", "yi"]
FIRST_MEMBERS = ("least", "greatest", "difference")
POWERS = {1: 0, 10_000: 4, 100_000_000: 8}
FULL_WIDTH_DIGITS = {ord(str(digit)): chr(ord("０") + digit) for digit in range(10)}


@dataclass
class Case:
    """One question: a policy, a roster and what is asked of them."""

    seed: int
    intent: str
    policy: dict
    header: list
    rows: list
    options: list = field(default_factory=list)
    limits: tuple = (["layer", "payer", "year", "amount", "unit"], [])  # header and rows, for `fund`
    above: list = field(default_factory=list)  # rows above the header of the roster
    fill_down: bool | None = False

    def sheet(self):
        """All rows of the roster's file."""
        return [*self.above, self.header, *self.rows]

    def policy_json(self):
        return dump_json(self.policy)

    def roster_csv(self):
        return self.csv(self.sheet())

    def limits_csv(self):
        return self.csv([self.limits[0], *self.limits[1]])

    def csv(self, rows):
        rng = random.Random(self.seed + 7)
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator=rng.choice(["\n", "\r\n"]))
        writer.writerows(rows)
        return buffer.getvalue()


def dump_json(value):
    """JSON in which each `Digits` is a bare number, digit by digit."""
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dump_json(key)}: {dump_json(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump_json(entry) for entry in value) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def read_number(written):
    return model.bare_number(written) if isinstance(written, Digits) else model.number_in_text(written)


def with_separators(text):
    """`1234567.5` as `1,234,567.5`."""
    sign, rest = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, decimals = rest.partition(".")
    return f"{sign}{int(whole):,}{point}{decimals}"


class PolicyMaker:
    """Random policies. Amounts have a size that is usual in their unit, so that rounding and pools matter."""

    def __init__(self, rng, features=()):
        self.rng, self.features = rng, frozenset(features)
        self.figures = {}  # id: what it reads
        self.steps = {}  # of layers that have one of their own, in 元
        self.signed_layers = set()
        self.figures_here, self.outside, self.signed, self.level = [], False, False, 0
        self.last_year_here = self.class_here = True
        self.all_standards = False
        self.unit = rng.choice(UNITS)
        self.yuan = model.YUAN_PER_UNIT[self.unit]
        self.size = rng.choices([0, 2, 4, 6, 11], [1, 3, 6, 4, 1])[0]  # power of ten of a usual amount in 元
        self.pool_layer, self.pool_keys, self.payers_here = {}, {}, []

    def chance(self, probability):
        return self.rng.random() < probability

    # -- numbers ----------------------------------------------------------------------------------------------------

    def written(self, value, strings=True):
        """A number as a policy file may write it: bare digits, an exponent, or a string."""
        text = model.plain_decimal(value)
        way = self.rng.random()
        if strings and way < 0.08:
            return text
        if strings and way < 0.12:
            return with_separators(text)
        if strings and way < 0.15:
            return text.translate(FULL_WIDTH_DIGITS)
        if way < 0.20 and value.denominator == 1 and value and value % 100 == 0:
            return Digits(model.plain_decimal(value / 100) + "e2")
        if way < 0.23:
            return Digits(model.plain_decimal(value * 1000) + "E-3")
        if way < 0.30 and "." in text:
            return Digits(text + "0")
        return Digits(text)

    def amount(self, low=1, high=999):
        """A usual amount in the unit of the policy."""
        mantissa = self.rng.randint(low, high)
        power = self.size - 2 + self.rng.choice([0, 0, 0, 1, -1, -2, -3])
        return Fraction(mantissa) * Fraction(10) ** power / self.yuan

    def small_number(self):
        return Fraction(self.rng.randint(1, 3000), self.rng.choice([1, 1, 10, 100, 1000]))

    def year_table(self, number):
        """A table of years around the policy's, the first not after it."""
        start = self.first - self.rng.choice([0, 0, 0, 1, 3])
        years = [start] + [year for year in range(start + 1, self.last + 2) if self.chance(0.4)]
        self.rng.shuffle(years)
        return {str(year): number() for year in years}

    def number_or_table(self, number, probability=0.2):
        return self.year_table(number) if self.chance(probability) else number()

    # -- the head ---------------------------------------------------------------------------------------------------

    def make(self):
        rng = self.rng
        self.first = rng.randint(2019, 2026)
        self.last = self.first + rng.choice([0, 0, 1, 1, 2, 3])
        policy = {"id": rng.choice(["p", "tongchuan-2023", "政策 1", "x_y"])}
        if self.chance(0.7):
            policy["version"] = rng.choice(["1", "2.0", "草案"])
        policy["title"] = rng.choice([{"zh": "政策", "en": "A policy"}, {"zh": "政策"}, {"en": "Policy"}])
        policy["years"] = [Digits(self.first), Digits(self.last)]
        policy["unit"] = self.unit
        rounding = self.rounding()
        if rounding is not None:
            policy["rounding"] = rounding
        if self.chance(0.4):
            policy["source"] = {"document": "文件", "status": rng.choice(["draft", "in-force", "expired"])}
        self.kinds = self.words(policy, "kinds", KINDS, rng.choice([0, 1, 2, 2, 3]))
        self.designations = self.words(policy, "designations", DESIGNATIONS, rng.choice([0, 1, 2, 2]))
        self.payers = self.words(policy, "payers", PAYERS, rng.choice([1, 2, 3]))
        self.make_attributes(policy)
        self.make_layers(policy)
        self.all_standards = bool(self.features) and self.chance(0.5)
        self.classes, self.earlier, self.in_list, self.has_standard = [], [], False, False
        self.make_figures(policy)
        self.make_pools(policy)
        self.make_classes(policy)
        self.make_limits(policy)
        if len(self.layers) > 2 and self.chance(0.08):
            self.read_scarce_pools(policy)
        if self.chance(0.5):
            items = list(policy.items())
            rng.shuffle(items)
            policy = dict(items)
        return policy

    def rounding(self):
        """None leaves the default; otherwise a step at or below the usual size."""
        rng = self.rng
        self.step = Fraction(1, 100)
        if self.chance(0.35):
            return None
        rounding, unit, places = {}, "元", 2
        if self.chance(0.75):
            power = rng.choice([-2, -2, -1, 0, 0, 1, 2, max(self.size - 1, 0), max(self.size, 0)])
            fitting = [word for word in UNITS if POWERS[model.YUAN_PER_UNIT[word]] >= power]
            if fitting:
                unit = rng.choice(fitting)
                places = POWERS[model.YUAN_PER_UNIT[unit]] - power
            if unit != "元" or self.chance(0.5):
                rounding["unit"] = unit
            if places != 2 or self.chance(0.5):
                rounding["places"] = Digits(places)
        if self.chance(0.8):
            rounding["mode"] = rng.choice(model.MODES)
        self.step = Fraction(model.YUAN_PER_UNIT[unit], 10**places)
        return rounding

    def words(self, policy, key, words, number):
        chosen = self.rng.sample(words, number)
        if chosen or self.chance(0.2):
            policy[key] = {
                id_: {lang: name for lang, name in (("zh", zh), ("en", en)) if name and self.chance(0.8)}
                for id_, zh, en in chosen
            }
        return [id_ for id_, _, _ in chosen]

    def make_attributes(self, policy):
        chosen = self.rng.sample(ATTRIBUTES, self.rng.randint(2, 7))
        self.types = {id_: type_ for id_, _, _, type_, _ in chosen}
        policy["attributes"] = {}
        for id_, zh, en, type_, unit in chosen:
            entry = {"zh": zh, "en": en, "type": type_}
            if unit and self.chance(0.9):
                entry["unit"] = unit
            policy["attributes"][id_] = entry
        self.numbers = [id_ for id_, type_ in self.types.items() if type_ == "number"]

    def make_layers(self, policy):
        self.layers = self.rng.sample(LAYERS, self.rng.randint(1, 4))
        policy["layers"] = []
        for id_ in self.layers:
            layer = {"id": id_, "payer": self.rng.choice([*self.payers, "county"])}
            self.extend_layer(layer)
            if self.chance(0.3):
                layer["name"] = {"zh": "层"}
            if self.chance(0.3):
                layer["clause"] = "四.1"
            policy["layers"].append(layer)

    def make_pools(self, policy):
        rng = self.rng
        self.pools = ["development", "pool-2"][: rng.choice([0, 1, 2, 2, 2] if self.features & OF_POOLS else [0, 0, 1, 1, 2])]
        if self.features:
            self.pool_layer = {id_: rng.choice(self.layers) for id_ in self.pools}
        if self.pools:
            policy["pools"] = [self.extended_pool(id_) if self.features else self.pool(id_) for id_ in self.pools]
        if not self.features:
            self.pool_layer = {id_: rng.choice(self.layers) for id_ in self.pools}

    def read_scarce_pools(self, policy):
        """Two pools of few steps, and a third layer in which it matters which members of a row got one more."""
        rng, step = self.rng, max([self.step, *self.steps.values()]) / self.yuan
        first, second, third = self.layers[:3]
        if {*self.steps, *self.signed_layers} & {first, second} or words_in(policy["pools"] if self.pools else []) & {"left_of"}:
            return
        self.pools, self.pool_layer = ["scarce", "scarcer"], {"scarce": first, "scarcer": second}
        policy["pools"] = [
            {"id": id_, "amount": self.written(step * rng.randint(5, 90)), "weights": {"equal": Digits("1")}}
            for id_ in self.pools
        ]
        for cls in policy["classes"]:
            few_steps = self.written(step * rng.randint(1, 7))
            cls["funding"] = {first: {"pool": "scarce"}, second: {"pool": "scarcer"}, third: rng.choice([
                {"top_up_to": few_steps}, {"rate": "1/2", "of": [first, second]},
                {"amount": [first, second], "at_most": few_steps},
            ])}

    def multiple(self, yuan):
        """The multiple of the step nearest to an amount in 元, in the unit of the policy."""
        return max(Fraction(0), round(yuan / self.step) * self.step) / self.yuan

    def pool(self, id_):
        rng = self.rng
        usual = Fraction(10) ** self.size
        pool = {"id": id_}
        pool["amount"] = self.number_or_table(
            lambda: self.written(self.multiple(usual * rng.choice([0, 1, 7, 20, 20, 50, 50]) * rng.randint(1, 40) / 9)),
            0.4)
        weights = rng.sample([*self.numbers, "equal"], rng.randint(1, min(3, len(self.numbers) + 1)))
        parts = [rng.choice([0, 1, 1, 2, 3]) if len(weights) > 1 else 1 for _ in weights]
        if not sum(parts):
            parts[0] = 1
        shares = [Fraction(part, sum(parts)) for part in parts]
        pool["weights"] = {word: self.weight(share) for word, share in zip(weights, shares)}
        if self.chance(0.35):
            pool["at_least"] = self.number_or_table(
                lambda: self.written(self.multiple(usual * rng.randint(0, 30) / 20)), 0.2)
        if self.chance(0.35):
            pool["at_most"] = self.number_or_table(
                lambda: self.written(self.multiple(usual * rng.randint(40, 400) / 20)), 0.2)
        if self.chance(0.2):
            pool["clause"] = "五"
        return pool

    def weight(self, share):
        """As a decimal where it is one, else as a ratio."""
        if share.denominator in (1, 2, 4, 5, 10) and self.chance(0.7):
            return self.written(share)
        factor = self.rng.choice([1, 1, 3])
        return f"{share.numerator * factor}{self.rng.choice(['/', ' / '])}{share.denominator * factor}"

    # -- classes ----------------------------------------------------------------------------------------------------

    def make_classes(self, policy):
        """Classes that do not overlap: by kind and designation, some of them split by a condition."""
        rng = self.rng
        by_kind = self.kinds and self.chance(0.85)
        by_designation = self.designations and self.chance(0.7)
        policy["classes"] = self.classes = []
        for kind in self.kinds if by_kind else [None]:
            for designation in self.designations if by_designation else [None]:
                for where in self.splits():
                    cls = {"id": f"class-{len(self.classes) + 1}"}
                    if kind:
                        cls["kind"] = kind
                    if designation:
                        cls["designation"] = designation
                    if where:
                        cls["where"] = where
                    if self.chance(0.25):
                        cls["expected"] = Digits(rng.randint(0, 12))
                    if self.chance(0.7) or self.all_standards:
                        cls["standard"] = self.number_or_table(lambda: self.written(self.amount(200)))
                        self.compute_standard(cls)
                    if self.chance(0.2):
                        cls["clause"], cls["note"] = "二", {"zh": "注"}
                    cls["funding"] = self.funding("standard" in cls)
                    self.classes.append(cls)

    def splits(self):
        """Conditions of which each place meets exactly one."""
        if self.has("where") and self.chance(0.35):
            return self.splits_by_conditions()
        if self.chance(0.6):
            return [{}]
        if self.chance(0.2):
            word = self.rng.choice(COUNTIES)
            return [{"county": word}, {"county": [other for other in COUNTIES if other != word]}]
        id_ = self.rng.choice(list(self.types))
        if self.types[id_] == "flag":
            return [{id_: True}, {id_: self.rng.choice([False, [False]])}]
        if self.types[id_] == "text":
            return [{id_: TEXTS[0]}, {id_: TEXTS[1:]}]
        bound = self.written(self.small_number() * 10, strings=False)
        if self.chance(0.5):
            return [{id_: {"at_least": bound}}, {id_: {"below": bound}}]
        return [{id_: {"above": bound}}, {id_: {"at_most": bound}}]

    def condition(self):
        """One condition of any sort."""
        rng = self.rng
        if self.has("conditions") and self.chance(0.4):
            return self.newer_condition()
        subject = rng.choice([*self.types, "county", "township"])
        type_ = self.types.get(subject, "text")
        if type_ == "flag":
            return subject, rng.choice([True, False, [True], [True, False]])
        if type_ == "text":
            words = {"county": COUNTIES, "township": TOWNSHIPS}.get(subject, TEXTS)
            return subject, rng.choice([rng.choice(words), rng.sample(words, 2)])
        numbers = sorted(self.small_number() * rng.choice([1, 10, 100]) for _ in range(2))
        low, high = (self.written(number, strings=self.chance(0.2)) for number in numbers)
        return subject, rng.choice([
            {"at_least": low}, {"above": low}, {"at_most": high}, {"below": high}, {"at_least": low, "below": high},
            {"above": low, "at_most": high}, [low, high], low,
        ])

    def conditions(self):
        return dict(self.condition() for _ in range(self.rng.choice([1, 1, 1, 2, 2])))

    def funding(self, has_standard):
        self.has_standard = has_standard
        funding = {}
        for index, layer in enumerate(self.layers):
            if self.chance(0.9):
                self.earlier = self.layers[:index]
                self.in_list = False
                pools = [id_ for id_, at in self.pool_layer.items() if at == layer]
                with self.scope(index, has_standard, outside=False):
                    funding[layer] = self.pool_rule(self.rng.choice(pools)) if pools and self.chance(0.7) else self.rule(2)
                    self.keep_above_0(layer, funding)
        if self.chance(0.2):
            funding = dict(reversed(funding.items()))
        return funding

    def pool_rule(self, pool):
        rule = {"pool": pool}
        if self.chance(0.3):
            rule["when"] = self.conditions()
        if self.chance(0.1):
            rule["clause"] = "五"
        return rule

    def rule(self, depth):
        """A rule; `depth` is how deep others may stand in it."""
        rng = self.rng
        if self.features and self.chance(0.5) and (newer := self.newer_rule(depth)):
            return newer
        kind = rng.choices(["value", "amount", "rate", "top_up_to", *FIRST_MEMBERS], [3, 1.5, 3, 3, 1, 1, 1])[0]
        if kind == "value" and self.chance(0.03):
            number = self.amount()  # what is left is below 0 by less than a step
            self.rng.shuffle(parts := [number, -number - self.step / self.yuan / rng.choice([2, 4, 5])])
            return [self.written(part) for part in parts]
        if kind == "value":
            return self.value(depth)
        if kind == "amount":
            rule = {"amount": self.value(depth - 1)}
        elif kind == "rate":
            rule = self.rate(depth)
        elif kind in FIRST_MEMBERS:
            rule = self.of_members(kind, depth)
        else:
            rule = {"top_up_to": self.value(depth - 1)}
            if self.chance(0.6) or self.outside:
                rule["counting"] = rng.sample(self.earlier, rng.randint(0, len(self.earlier)))
        if self.has("roundings") and self.chance(0.15):
            rule["rounding"] = self.rounding_of_rule()
        if self.chance(0.2):
            rule["when"] = self.conditions()
        if self.chance(0.2):
            rule["at_least"] = self.written(self.amount(1, 200)) if self.chance(0.8) else self.value(0)
        if self.chance(0.25):
            rule["at_most"] = self.written(self.amount(300, 9999) * 10) if self.chance(0.8) else self.value(0)
            if "at_least" in rule:
                self.order_floor_and_cap(rule)
        elif self.chance(0.05):
            rule["at_least"] = self.of_members(rng.choice(["least", "greatest"]), 0)
        if self.chance(0.1):
            rule["clause"], rule["note"] = "四.1", {"zh": "注", "en": "note"}
        return rule

    def order_floor_and_cap(self, rule):
        """Two numbers in order, since a policy could be refused for them before any roster is read."""
        floor, cap = rule["at_least"], rule["at_most"]
        if any(isinstance(bound, str) and bound in (*self.numbers, *self.earlier, *self.figures) for bound in (floor, cap)):
            return
        try:
            in_order = read_number(floor) <= read_number(cap)
        except (TypeError, AttributeError, model.NumberProblem):
            del rule["at_least"]
            return
        if not in_order:
            rule["at_least"], rule["at_most"] = cap, floor

    def rate(self, depth):
        rng = self.rng
        of = self.value(depth - 1)
        labelled = isinstance(of, str) and of in self.numbers

        def one():
            if labelled and self.chance(0.7):
                return self.written(self.amount(1, 99) / 100)
            if self.chance(0.4):
                return f"{rng.randint(1, 9)}/{rng.choice([3, 6, 7, 9, 11, 13])}"
            share = Fraction(rng.randint(1, 150), rng.choice([100, 100, 1000]))
            return self.written(-share if self.in_list and self.chance(0.1) else share)

        if self.has("rates") and self.chance(0.3):
            return {"rate": self.factor(), "of": of}
        rate = self.number_or_table(one)
        return {"rate": rate, "of": of}

    def value(self, depth):
        rng = self.rng
        ways = ["number", "number", "table"]
        if self.has_standard:
            ways += ["standard"] * 2
        if self.numbers:
            ways += ["attribute"] * 2
        if self.earlier:
            ways += ["layer"] * 2
        if depth > 0:
            ways += ["rule", "rule", "sum", "sum"]
        if self.figures_here:
            ways += ["figure"] * 3
        way = rng.choice(ways)
        if way == "figure":
            return rng.choice(self.figures_here)
        if way == "number" and self.signed and self.chance(0.3):
            return self.written(-self.amount())
        if way == "number":
            return self.written(self.amount() if self.chance(0.95) else Fraction(0))
        if way == "table":
            return self.year_table(lambda: self.written(self.amount()))
        if way == "standard":
            return "standard"
        if way == "attribute":
            return rng.choice(self.numbers)
        if way == "layer":
            return rng.choice(self.earlier)
        if way == "rule":
            return self.rule(depth - 1)
        parts = self.in_a_list(lambda: [self.value(depth - 1) for _ in range(rng.randint(1, 3))])
        if self.chance(0.6):
            parts.append(self.negative_number())
        rng.shuffle(parts)
        return parts

    def in_a_list(self, make):
        """What `make` makes where numbers may be negative."""
        outer, self.in_list = self.in_list, True
        made = make()
        self.in_list = outer
        return made

    def negative_number(self):
        """A deduction, or a table of years of the same one."""
        deduction = -self.amount(1, 80) / 10
        return self.number_or_table(lambda: self.written(deduction))

    def of_members(self, kind, depth):
        """The least, the greatest or the difference of some values. Most differences have a floor or a small subtrahend."""
        rng = self.rng
        fewest = model.FEWEST_MEMBERS[kind]
        members = self.in_a_list(lambda: [self.value(depth - 1) for _ in range(rng.randint(fewest, fewest + 2))])
        if self.chance(0.15):
            members[rng.randrange(len(members))] = self.negative_number()
        rule = {kind: members}
        if kind == "difference" and self.chance(0.6):
            rule["at_least"] = Digits("0")
        return rule


    # -- the second language ----------------------------------------------------------------------------------------

    def has(self, feature):
        return feature in self.features

    @contextlib.contextmanager
    def scope(self, level, has_standard, outside=True, signed=False, now=False, of_class=False):
        """Where values stand: before which layer, and what else may be read there."""
        names = ("earlier", "level", "has_standard", "outside", "signed", "figures_here", "last_year_here", "class_here", "in_list")
        outer = {name: getattr(self, name) for name in names}
        self.earlier, self.level, self.has_standard = self.layers[:level], level, has_standard
        self.outside, self.signed, self.in_list = outside, signed, False
        self.last_year_here, self.class_here = not now, not of_class
        self.figures_here = [id_ for id_, read in self.figures.items() if read["level"] <= level and
                             (has_standard or not read["standard"]) and not (now and read["last_year"]) and not (of_class and read["class"])]
        yield
        for name, value in outer.items():
            setattr(self, name, value)

    def make_figures(self, policy):
        if not self.has("figures"):
            return
        policy["figures"] = []
        for id_ in self.rng.sample(["per_head", "gap", "mean_budget", "index 1", "份额"], self.rng.choice([0, 1, 2, 2, 3, 4])):
            level = self.rng.choice([0, 0, 0, self.rng.randint(0, len(self.layers))])
            entry = {"id": id_, "value": None}
            with self.scope(level, self.all_standards, signed=True):
                # What no place has can be read anywhere.
                entry["value"] = self.without_place(1) if self.chance(0.25) else self.value(2)
            words = words_in(entry["value"])
            inside = [read for other, read in self.figures.items() if other in words]
            self.figures[id_] = {
                "level": level, **{word: word in words or any(read[word] for read in inside) for word in ("standard", "last_year", "class")},
                "nowhere": self.has_no_place(entry["value"])}
            if self.chance(0.3):
                entry["unit"] = self.rng.choice([*UNITS, "人"])
            if self.chance(0.3):
                entry["rounding"] = self.rng.choice([{"places": Digits(self.rng.randint(0, 4))}, {"multiple": self.written(self.small_number())},
                                                     {"unit": "万元", "places": Digits(self.rng.randint(0, 4))}])
                if self.chance(0.5):
                    entry["rounding"]["mode"] = self.rng.choice(model.MODES)
            if self.chance(0.2):
                entry["clause"], entry["name"] = "三.2", {"zh": "指标", "en": "Figure"}
            policy["figures"].append(entry)
        self.rng.shuffle(policy["figures"])

    def has_no_place(self, structure):
        """For sure: it is an aggregate over all, or numbers."""
        if isinstance(structure, dict):
            if "aggregate" in structure:
                return "over" not in structure
            return model.is_year_table(structure) or all(self.has_no_place(entry) for key, entry in structure.items() if key != "rounding")
        if isinstance(structure, list):
            return all(self.has_no_place(entry) for entry in structure)
        if isinstance(structure, Digits):
            return True
        try:
            read_number(structure)
        except (model.NumberProblem, TypeError, AttributeError):
            return False
        return True

    def extend_layer(self, layer):
        rng = self.rng
        texts = [id_ for id_, type_ in self.types.items() if type_ == "text"]
        if self.has("payers") and texts and self.chance(0.3):
            layer["payer"] = {"attribute": rng.choice(texts)}
        if self.has("sign") and self.chance(0.35):
            layer["sign"] = "any"
            self.signed_layers.add(layer["id"])
        if self.has("layer_roundings") and self.chance(0.4):
            usual = self.step
            rounding = self.rounding() or {"unit": "元", "places": Digits(0)}
            layer["rounding"] = rounding
            self.steps[layer["id"]] = self.step if "unit" not in rounding or rounding["unit"] != "元" or "places" not in rounding \
                else Fraction(1, 10 ** int(rounding["places"]))
            if self.chance(0.3):
                multiple = Fraction(rng.randint(1, 60), 100) * Fraction(10) ** max(0, self.size - rng.randint(0, 2))
                layer["rounding"] = {"multiple": self.written(multiple / self.yuan)} | {k: v for k, v in rounding.items() if k == "mode"}
                self.steps[layer["id"]] = multiple
            self.step = usual

    def make_limits(self, policy):
        rng = self.rng
        for index, layer in enumerate(policy["layers"]):
            if not self.has("limits") or self.chance(0.6) or layer["id"] in self.signed_layers:
                continue
            rule = rng.choice(model.RULES)
            limit = {"amount": None, "rule": rule}
            if rule == "priority":
                ids = [cls["id"] for cls in self.classes]
                limit["order"] = rng.sample(ids, rng.randint(1, len(ids)))
            keys, pools = [], []
            if self.chance(0.5):
                limit["per"] = rng.choice(["payer", *self.keys(), "county"])
                keys = [limit["per"]]
            payer = layer["payer"]
            key = keys and keys[0]
            if key == "payer":
                key = payer["attribute"] if isinstance(payer, dict) else "county" if payer == "county" else None
            if self.has("limit_amounts") and self.has("left_of"):
                pools = [id_ for id_ in self.pools if self.layers.index(self.pool_layer[id_]) <= index and
                         (not key or self.pool_keys.get(id_) == key or self.chance(0.03))]
            self.payers_here = list(TEXTS) if isinstance(payer, dict) else list(COUNTIES) if payer == "county" else list(self.payers)
            with self.scope(index, False):
                number = lambda: self.written(self.usual() + (self.step / self.yuan / 2 if self.chance(0.2) else 0))
                limit["amount"] = (self.without_place(1, keys, limit=True, pools=pools) if self.has("limit_amounts") else
                                   self.number_or_table(number, 0.3))
            layer["limit"] = limit

    def keys(self):
        return [*[key for key in model.PLACE_KEYS if key != "class" or self.class_here],
                *(id_ for id_, type_ in self.types.items() if type_ == "text")]

    def words_of(self, key):
        """Words that a key of places has, but not all."""
        words = {"kind": self.kinds, "designation": self.designations, "county": COUNTIES, "township": TOWNSHIPS,
                 "class": [cls["id"] for cls in self.classes], "payer": self.payers_here}.get(key, TEXTS)
        return self.rng.sample(list(words), min(len(words), self.rng.randint(1, 4)))

    def by_cases(self, keys, make):
        """Cases by a text; most have a value for all others."""
        of = self.rng.choice(keys)
        words = self.words_of(of)
        if not words:
            return make()
        rule = {"of": of, "cases": {word: make() for word in words}}
        if self.chance(0.9):
            rule["otherwise"] = make()
        return rule

    def usual(self, level=None):
        """The amount of a pool or limit as a plain number, a multiple of the step of its layer."""
        usual, outer = Fraction(10) ** self.size, self.step
        self.step = self.steps.get(self.layers[self.level], outer) if self.level < len(self.layers) else outer
        amount = self.multiple(usual * self.rng.choice([0, 1, 7, 20, 20, 50, 50]) * self.rng.randint(1, 40) / 9)
        self.step = outer
        return amount

    def without_place(self, depth, keys=(), limit=False, pools=()):
        """A value that no place has, but for the text of a key."""
        rng = self.rng
        ways = ["number", "number", "table"]
        if self.has("aggregate"):
            ways += ["aggregate"] * 3
        ways += ["figure"] if any(self.figures[id_]["nowhere"] for id_ in self.figures_here) else []
        ways += ["cases"] * 2 if keys and self.has("cases") and depth > 0 else []
        ways += ["left_of"] * 3 if pools else []
        if depth > 0:
            ways += ["difference", "rate", "least", "sum"]
        way = rng.choice(ways)
        further = lambda: self.without_place(depth - 1, keys, limit, pools)
        match way:
            case "number":
                return self.written(self.usual() + (self.step / self.yuan / 2 if limit and self.chance(0.2) else 0))
            case "table":
                return self.year_table(lambda: self.written(self.usual()))
            case "aggregate":
                return self.of_all(0, [key for key in keys if self.chance(0.7)])
            case "figure":
                return rng.choice([id_ for id_ in self.figures_here if self.figures[id_]["nowhere"]])
            case "cases":
                return self.by_cases(list(keys), further)
            case "left_of":
                return {"left_of": rng.choice(pools)}
            case "difference":
                return {"difference": [self.written(self.usual()), further()], **({"at_least": Digits("0")} if self.chance(0.8) else {})}
            case "rate":
                return {"rate": self.written(Fraction(rng.randint(1, 150), 100)), "of": further()}
            case "least":
                return {rng.choice(["least", "greatest"]): [further(), further()]}
        return [further(), further()]

    def of_all(self, depth, over):
        """An aggregate."""
        rng = self.rng
        word = rng.choice(model.AGGREGATES)
        rule = {"aggregate": word}
        with self.scope(self.level, self.all_standards and self.has_standard, self.outside, self.signed,
                        now=not self.last_year_here, of_class=not self.class_here):
            if word != "count":
                rule["of"] = self.value(depth)
            if self.chance(0.25):
                rule["where"] = self.conditions()
        if over or self.chance(0.1):
            rule["over"] = over
        return rule

    def factor(self):
        """What an amount is multiplied by."""
        rng = self.rng
        ways = ["number"] * 2 + ["list"] + (["quotient"] * 3 if self.has("quotient") else []) + (["cases"] if self.has("cases") else [])
        ways += ["bands"] if self.has("bands") and self.numbers else []
        number = lambda: self.written(Fraction(rng.randint(1, 250), 100))
        match rng.choice(ways):
            case "list":
                return [number(), self.written(Fraction(-rng.randint(1, 20), 100))]
            case "quotient" if self.numbers:
                return {"quotient": [rng.choice(self.numbers), rng.choice([*self.numbers, self.written(self.small_number())])],
                        **({"if_zero": number()} if self.chance(0.7) else {})}
            case "cases":
                return self.by_cases(self.keys(), number)
            case "bands":
                return self.by_bands(rng.choice(self.numbers), number)
        return number()

    def by_bands(self, of, make):
        rng = self.rng
        ends = sorted({self.small_number() * rng.choice([1, 10, 100]) for _ in range(rng.randint(1, 3))})
        bands = []
        for end in ends:
            bound = self.written(end, strings=False)
            if self.chance(0.15):
                bound = {str(self.first - 1): bound}
                if len(ends) == 1:
                    bound[str(self.last)] = self.written(end * Fraction(21, 20), strings=False)
            bands.append({rng.choice(["below", "at_most"]): bound, "give": make()})
            if self.chance(0.05) and "below" in bands[-1] and not isinstance(bound, dict):
                bands.append({"at_most": bound, "give": make()})
        if self.chance(0.93):
            bands.append({"give": make()})
        return {"bands": bands, "of": of}

    def newer_rule(self, depth):
        """A rule of a newer kind, with all that may stand beside it; None if no feature is on that has one here."""
        rng = self.rng
        ways = [way for way in ("product", "quotient", "bands", "tiers", "cases", "aggregate", "exact", "last_year") if self.has(way)]
        ways = [way for way in ways if (way != "exact" or self.earlier) and (way != "last_year" or self.last_year_here)]
        if not ways:
            return None
        inner = lambda: self.in_a_list(lambda: self.value(depth - 1))
        match way := rng.choice(ways):
            case "product":
                rule = {"product": [inner(), *(self.factor() for _ in range(rng.choice([0, 1, 1, 2])))]}
                rng.shuffle(rule["product"])
            case "quotient":
                divisor = rng.choice([self.written(self.small_number()), inner()])
                rule = {"quotient": [inner(), divisor]}
                if self.chance(0.7):
                    rule["if_zero"] = self.value(depth - 1)
            case "bands":
                rule = self.by_bands(rng.choice(self.numbers) if self.numbers and self.chance(0.7) else self.value(depth - 1), inner)
            case "tiers":
                ends = sorted({self.small_number() * rng.choice([1, 10, 100]) for _ in range(rng.randint(1, 3))})
                share = lambda: rng.choice(["1/3", self.written(Fraction(rng.randint(1, 99), 100))])
                rate = lambda: self.factor() if self.has("rates") and self.chance(0.3) else share()
                rule = {"tiers": [{"up_to": self.written(end, strings=False), "rate": rate()} for end in ends]}
                if self.chance(0.9):
                    rule["tiers"].append({"rate": rate()})
                rule["of"] = rng.choice(self.numbers) if self.numbers and self.chance(0.6) else self.value(depth - 1)
            case "cases":
                rule = self.by_cases(self.keys(), lambda: self.value(depth - 1))
                if not isinstance(rule, dict) or "cases" not in rule:
                    return rule
            case "aggregate":
                rule = self.of_all(min(depth - 1, 1), rng.sample(self.keys(), rng.choice([0, 1, 1, 2])))
            case "exact":
                rule = {"exact": rng.choice(self.earlier)}
            case "last_year":
                rule = {"last_year": rng.choice(self.layers), "first": self.value(0)}
        if self.has("roundings") and self.chance(0.15):
            rule["rounding"] = self.rounding_of_rule()
        if self.chance(0.15):
            rule["when"] = self.conditions()
        if self.chance(0.1):
            rule["at_least"] = self.written(self.amount(1, 200))
        elif self.chance(0.15):
            rule["at_most"] = self.written(self.amount(300, 9999) * 10)
        if self.chance(0.1):
            rule["clause"], rule["note"] = "四.2", {"zh": "注", "en": f"{way}"}
        return rule

    def rounding_of_rule(self):
        rng = self.rng
        rounding = {}
        if self.chance(0.5):
            rounding["multiple"] = self.written(self.amount(1, 90) / rng.choice([1, 10, 10, 1000]))
        elif self.chance(0.9):
            unit = rng.choice(UNITS[:2])
            rounding |= {"unit": unit, "places": Digits(rng.randint(0, 3 if unit == "元" else 7))}
        if self.chance(0.6):
            rounding["mode"] = rng.choice(model.MODES)
        return rounding

    def newer_condition(self):
        """A condition on another subject, on values, or on any or none of others."""
        rng = self.rng
        ways = ["year", "key", "key", "any", "not"] + ["number"] * 2 * bool(self.numbers)
        ways += ["layer"] * 2 * bool(self.earlier) + ["figure"] * 3 * bool(self.figures_here)
        way = rng.choice(ways)
        if way == "year":
            first, last = Digits(self.first), Digits(self.last)
            return "year", rng.choice([first, [first, last], {"above": first}, {"at_most": last}])
        if way == "key":
            none = {"kind": not self.kinds, "designation": not self.designations, "class": not self.classes}
            key = rng.choice([key for key in self.keys() if not none.get(key)])
            words = self.words_of(key)
            return key, rng.choice([words, words[0]])
        if way == "any":
            return "any", [dict([self.condition()]) for _ in range(rng.randint(1, 3))]
        if way == "not":
            return "not", dict(self.condition() for _ in range(rng.choice([1, 1, 2])))
        subject = rng.choice({"number": self.numbers, "layer": self.earlier, "figure": self.figures_here}[way])
        if subject == "county":
            return "county", [COUNTIES[0]]  # a layer of this name cannot be a subject
        value = lambda: self.in_a_list(lambda: self.value(rng.choice([0, 0, 1])))
        word = rng.choice(model.BOUNDS)
        return subject, rng.choice([{word: value()}, {word: value()}, {"at_least": value(), "below": value()}, [value(), value()]])

    def splits_by_conditions(self):
        """Some conditions, and their contrary; or a figure on either side of a number."""
        with self.scope(0, False, now=True, of_class=True):
            if self.figures_here and self.chance(0.6):
                figure, bound = self.rng.choice(self.figures_here), self.written(self.amount(), strings=False)
                return [{figure: {"at_least": bound}}, {figure: {"below": bound}}]
            conditions = dict(self.condition() for _ in range(self.rng.choice([1, 1, 2])))
            return [{"any": [conditions]}, {"not": conditions}]

    def compute_standard(self, cls):
        if self.has("standards") and self.chance(0.4):
            with self.scope(0, False, now=True):
                cls["standard"] = self.value(2)

    def keep_above_0(self, layer, funding):
        """Most rules that can come below 0 where they may not have a floor; some that may are differences."""
        rule = funding[layer]
        if layer in self.signed_layers and self.chance(0.5) and not (isinstance(rule, dict) and "pool" in rule):
            funding[layer] = {"difference": self.in_a_list(lambda: [self.value(1), self.value(1)])}
        if self.features and layer not in self.signed_layers and isinstance(rule, dict) and not model.is_year_table(rule) and \
                "pool" not in rule and not {"at_least", "at_most"} & set(rule) and self.chance(0.8):
            rule["at_least"] = Digits("0")

    def extended_pool(self, id_):
        """A pool with some of what pools may have beside weights, floor and cap."""
        rng, at = self.rng, self.layers.index(self.pool_layer[id_])
        outer, self.step = self.step, self.steps.get(self.layers[at], self.step)
        pool = self.pool(id_)
        self.step = outer
        with self.scope(at, self.all_standards):
            keys = [key for key in self.keys() if key not in ("kind", "designation") or getattr(self, f"{key}s")]
            if self.has("per") and self.chance(0.4):
                pool["per"] = rng.choice(["county", "county", *keys])
            turn = {other: (self.layers.index(self.pool_layer[other]), number) for number, other in enumerate(self.pools)}
            others = [other for other in self.pools if turn[other] < turn[id_]]
            if "per" in pool and self.chance(0.97):
                others = [other for other in others if self.pool_keys.get(other) == pool["per"]]
            self.pool_keys[id_] = pool.get("per")
            if self.has("left_of") and others and self.chance(0.5):
                pool["amount"] = rng.choice([{"left_of": others[0]}, [{"left_of": others[0]}, self.written(self.usual())]])
            elif self.has("pool_amounts") and self.chance(0.5):
                pool["amount"] = self.without_place(1, [pool["per"]] if "per" in pool else [])
            below = [layer for layer in self.earlier if layer in self.signed_layers]
            if below and self.layers[at] in self.signed_layers and self.has("pool_amounts") and self.has("aggregate") and self.chance(0.7):
                paid = {"aggregate": "sum", "of": rng.choice(below), **({"over": [pool["per"]]} if "per" in pool else {})}
                pool["amount"] = rng.choice([paid, {"difference": [Digits("0"), paid]}])
                pool.pop("at_least", 0), pool.pop("at_most", 0)
            for key in ("at_least", "at_most"):
                if self.has("bounds") and self.chance(0.25):
                    bound = self.value(1) if key == "at_least" or self.chance(0.3) else [self.written(self.usual() + 1), self.value(0)]
                    plain = self.has_no_place(bound) and not isinstance(bound, list)
                    pool[key] = [bound] if plain else bound
            weighing = [*self.figures_here, *(layer for layer in self.earlier if layer not in self.signed_layers)]
            if weighing and self.has("weights") and self.chance(0.5):
                share = rng.choice(list(pool["weights"]))
                pool["weights"][rng.choice(weighing)] = pool["weights"].pop(share)
        if self.has("if_short") and self.chance(0.6):
            pool["if_short"] = rng.choice(["reduce", "reduce", "reduce", "refuse"])
        if self.has("if_left") and self.chance(0.6):
            pool["if_left"] = rng.choice(["keep", "keep", "keep", "refuse"])
        if self.has("each") and self.chance(0.25):
            pool["apportion"] = rng.choice(["each", "each", "largest-remainder"])
        return pool


class RosterMaker:
    """Rows that match the classes of a policy, written as offices write them."""

    def __init__(self, rng, policy, maker, fill_down=False):
        self.rng, self.policy, self.maker = rng, policy, maker
        self.reads = words_in(policy.get("classes", [])) | words_in(policy.get("pools", []))
        if maker.features:
            self.reads |= words_in(policy.get("figures", [])) | words_in(policy["layers"])
        self.first, self.last = maker.first, maker.last
        self.used_ids = set()
        self.fill_down = fill_down

    def chance(self, probability):
        return self.rng.random() < probability

    def make(self):
        """Header and rows. A record is a dict by key; the cells are written at the end."""
        rng, maker = self.rng, self.maker
        self.columns = self.choose_columns()
        self.blank_rate = {id_: self.blank_rate_of(id_) for id_ in maker.types}
        self.scale = {id_: rng.choice([1, 10, 100, 1000]) for id_ in maker.numbers}
        records = []
        for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 12, 12, 20])):
            record = self.record(rng.choice(maker.classes))
            if record:
                records.append(record)
        self.list_twice(records)
        self.call_alike(records)
        self.spoil_texts(records)
        self.promote(records)
        if self.chance(0.3):
            rng.shuffle(records)
        rows = [[self.cell(key, record) for key in self.columns] for record in records]
        if self.fill_down or self.chance(0.1):
            self.merge(rows)
        if self.chance(0.3):
            self.sum_up(records, rows)
        if self.chance(0.1):
            rows.append([rng.choice(["注：以文件为准", "填报人：某某", "（注：略）"])] + [""] * (len(self.columns) - 1))
        self.untidy(rows)
        return [self.title(key) for key in self.columns], rows

    def merge(self, rows):
        """Some keys are blank below an equal one, as merged cells leave them."""
        for at, key in enumerate(self.columns):
            if sheets_role(key) == "key" and self.chance(0.6):
                texts = [row[at] for row in rows]
                for above, row, text in zip(texts, rows[1:], texts[1:]):
                    if text == above:
                        row[at] = ""

    def sum_up(self, records, rows):
        """A line that sums all rows, or some of them, or that says something else."""
        rng = self.rng
        labels = [at for at, key in enumerate(self.columns) if sheets_role(key)]
        if not sheets_role(self.columns[0]) and self.columns[0] not in self.maker.types:
            labels = labels if self.columns[0] in model.ROSTER_COLUMNS else [*labels, 0]
        for _ in range(rng.choice([1, 1, 2, 3])):
            at = rng.randint(0, len(rows))
            part = records if self.chance(0.5) else records[: max(0, at - 1)] if self.chance(0.5) else records[at:]
            line = [""] * len(self.columns)
            for index, key in enumerate(self.columns):
                if key == "count" or self.maker.types.get(key) == "number":
                    total = sum(record.get(key) or (key == "count") for record in part)
                    if self.chance(0.1):
                        total += 1
                    line[index] = rng.choice([self.number(model.plain_decimal(Fraction(total)), key)] * 4 + ["", "3个"])
            if "county" in self.columns and self.chance(0.2):
                line[self.columns.index("county")] = rng.choice(COUNTIES)
            line[rng.choice(labels)] = rng.choice(
                ["小计", "合计", "总计", "合 计", "甲区小计", "合计（3个）", "Total", "subtotal:", "Grand Total", "其中", "其中：甲"])
            rows.insert(at, line)

    def choose_columns(self):
        maker = self.maker
        columns = ["name"]
        columns += ["kind"] if maker.kinds else []
        columns += ["designation"] if maker.designations else []
        columns += [key for key, chance in (("id", 0.65), ("county", 0.85), ("township", 0.6), ("division_code", 0.4),
                                            ("count", 0.5), ("from", 0.5), ("to", 0.5)) if self.chance(chance)]
        columns += [id_ for id_ in maker.types if id_ in self.reads or self.chance(0.8)]
        columns += ["备注"] if self.chance(0.08) else []
        self.rng.shuffle(columns)
        return columns

    def blank_rate_of(self, id_):
        if self.maker.types[id_] == "flag":
            return 0.3
        if id_ in self.reads:
            return 0.04 if self.chance(0.1) else 0
        return self.rng.choice([0, 0.3])

    def record(self, cls, like=None):
        """A place of a class; `like` is an earlier row of the same place."""
        rng, maker = self.rng, self.maker
        record = {"kind": cls.get("kind") or rng.choice(maker.kinds or [""]),
                  "designation": cls.get("designation") or rng.choice(maker.designations or [""])}
        where = cls.get("where", {})
        county = where.get("county", COUNTIES)
        counties = county if isinstance(county, list) else [county]
        counties = [word for word in counties if not word or "county" in self.columns]
        if like and like["county"] not in counties or not counties:
            return None
        record["county"] = like["county"] if like else rng.choice(counties)
        record["township"] = like["township"] if like else rng.choice(TOWNSHIPS)
        record["name"] = like["name"] if like else self.name()
        if "id" in self.columns and self.chance(0.85):
            record["id"] = self.new_id()
        if self.chance(0.6):
            record["division_code"] = str(rng.choice([610204, 610204109, 610204109201]))
        if self.chance(0.4):
            record["count"] = rng.choice([1, 2, 3, 5, 11, 15, 40])
        record["from"], record["to"] = self.years()
        for id_, type_ in maker.types.items():
            record[id_] = self.attribute(id_, type_, where)
        return record

    def name(self):
        rng = self.rng
        while True:
            name = "".join(rng.choice(NAME_SYLLABLES) for _ in range(rng.randint(1, 3)))
            name += rng.choice(["村", "镇", " V"])
            if name not in self.used_ids:
                self.used_ids.add(name)
                return name

    def new_id(self):
        rng = self.rng
        while True:
            id_ = rng.choice(["v", "T-", "村", "𠮷", "ﬀ", ""]) + str(rng.randint(1, 200))
            if id_ not in self.used_ids:
                self.used_ids.add(id_)
                return id_

    def years(self):
        """From and to: mostly blank, some inside, some reaching out, few never live."""
        rng = self.rng
        if self.chance(0.03):
            return (None, self.first - rng.randint(1, 3)) if self.chance(0.5) else (self.last + 1, self.last + 2)
        first = rng.randint(self.first - 2, self.last) if self.chance(0.25) else None
        low = max(first or 0, self.first)
        last = rng.randint(low, self.last + 2) if self.chance(0.25) else None
        return first, last

    def attribute(self, id_, type_, where):
        rng = self.rng
        wanted = where.get(id_)
        if type_ == "flag":
            wanted = wanted[0] if isinstance(wanted, list) else wanted
            return rng.choice([True, False, None]) if wanted is None else wanted
        if type_ == "text":
            words = TEXTS if wanted is None else wanted if isinstance(wanted, list) else [wanted]
            return None if wanted is None and self.chance(self.blank_rate[id_]) else rng.choice(words)
        if wanted is None:
            if self.chance(self.blank_rate[id_]):
                return None
            if self.chance(0.08):
                return Fraction(0)
            return Fraction(rng.randint(1, 9999), rng.choice([1, 1, 1, 10, 100, 10000])) * self.scale[id_]
        (word, bound), = wanted.items()
        bound = model.bare_number(bound)
        if self.maker.chance(0.02) and id_ not in words_in(self.policy.get("pools", [])):
            return None
        factor = self.money_factor(id_)
        away = bound * Fraction(rng.randint(0 if word.startswith("at_") else 1, 8), 16)
        return (bound + away if word in ("at_least", "above") else bound - away) / factor

    def money_factor(self, id_):
        unit = self.policy["attributes"][id_].get("unit")
        return Fraction(model.YUAN_PER_UNIT[unit], self.maker.yuan) if unit in model.YUAN_PER_UNIT else Fraction(1)

    def list_twice(self, records):
        """A place once with an id and once without."""
        for record in [record for record in records if "id" in self.columns and self.chance(0.05)]:
            again = dict(record)
            if again.pop("id", None) is None:
                again["id"] = self.new_id()
            records.insert(self.rng.randint(0, len(records)), again)

    def call_alike(self, records):
        """A place again in another writing: 街道 and 街道办, brackets, full width."""
        for record in [record for record in records if record.get("county") and self.chance(0.04)]:
            again = dict(record)
            again.pop("id", None)
            if "id" in self.columns and self.chance(0.7):
                again["id"] = self.new_id()
            if self.chance(0.6):
                record["name"], again["name"] = self.rng.choice([
                    ("东街道", "东街道办"), ("西街", "西街办事处"), ("北村", "北村委会"), ("A村(1)", "Ａ村（１）"), ("西 V", "西V")])
            elif "id" not in again or self.chance(0.5):
                record["township"], again["township"] = "南街道", "南街道办事处"
            records.insert(self.rng.randint(0, len(records)), again)

    def spoil_texts(self, records):
        """What programs do to texts."""
        for record in records:
            if "id" in record and self.chance(0.04):
                record["id"] = self.rng.choice(["'{}", '="{}"', "{}\u200b", "\u2019{}"]).format(record["id"])
            elif "id" in record and self.chance(0.02):
                record["id"] = str(self.rng.randint(10**6, 10**7)) + ".0"
            if self.chance(0.01):
                record["name"] += self.rng.choice(["\u200d", "Д"])
            if record["township"] and self.chance(0.01):
                record["township"] = self.rng.choice(["nan", "无", "子\u202e乡"])

    def promote(self, records):
        """A place on two rows with disjoint years, in another class where it can be."""
        rng, maker = self.rng, self.maker
        if self.last == self.first or "to" not in self.columns or "from" not in self.columns:
            return
        for record in [record for record in records if self.chance(0.15)]:
            if record["from"] is not None or record["to"] is not None:
                continue
            later = self.record(rng.choice(maker.classes), like=record)
            if later is None:
                continue
            if "id" in self.columns:
                later.pop("id", None)
                if "id" in record:
                    later["id"] = record["id"]
            record["to"] = rng.randint(self.first, self.last - 1)
            later["from"], later["to"] = record["to"] + 1, None
            records.insert(rng.randint(0, len(records)), later)

    # -- cells ------------------------------------------------------------------------------------------------------

    def title(self, key):
        """A header by key or Chinese name (an attribute: also by its English one)."""
        if key in model.ROSTER_COLUMNS:
            titles = [key, model.ROSTER_COLUMNS[key]] * 6 + sheets.SYNONYMS.get(key, [])
            if key == "county":
                titles += ["县（区）", "区 县", "所属县(区)"]
            if key == "name":
                titles += ["村", "行政村", "村\n名", "单位名称："]
        elif key in self.policy["attributes"]:
            entry = self.policy["attributes"][key]
            titles = [key, entry["zh"], entry["en"]]
            remark = entry.get("unit") or self.rng.choice(["注", "个", "人数"])
            if self.chance(0.15):
                remark = self.rng.choice(UNITS[:3]) if self.chance(0.05) else "万人" if self.chance(0.03) else remark
                titles = [f"{title}{self.rng.choice(['（{}）', '({})', ' ({})', '[{}]'])}".format(remark) for title in titles]
        else:
            titles = [key]
        return self.padded(self.rng.choice(titles))

    def padded(self, text):
        way = self.rng.random()
        return f" {text}" if way < 0.03 else f"{text}　" if way < 0.06 else text

    def cell(self, key, record):
        rng, value = self.rng, record.get(key)
        if value is None:
            return rng.choice(["", "", "", " "] * 4 + ["/", "——", " － "[:1 + (key in ("id", "township"))]])
        if key in ("kind", "designation") and value:
            names = [name for name in self.policy[f"{key}s"][value].values()]
            return self.spread(rng.choice([value, *names]))
        if key in ("name", "county", "township"):
            return self.spread(value)
        if self.maker.types.get(key) == "flag":
            words = ["true", "TRUE", "1", "yes", "Yes", "是"] if value else ["false", "0", "no", "否", "", "No"]
            return rng.choice(words)
        if isinstance(value, int):
            year = key in ("from", "to") and len(str(value)) == 4 and self.chance(0.2)
            return rng.choice([f"{value}年", f"{value}年度", f"{value}-01-01", f"{value}-12-31 00:00:00"]) if year \
                else self.padded(self.number(str(value), key))
        if isinstance(value, Fraction):
            if self.chance(0.06):
                return self.padded(self.as_written(value))
            return self.padded(self.number(model.plain_decimal(value), key))
        return self.padded(value)

    def as_written(self, value):
        """A share, a negative number in brackets, a dash for nothing."""
        if value == 0:
            return self.rng.choice(["-", "－", "0%", "(0)"])
        if value < 0:
            text = model.plain_decimal(-value)
            return self.rng.choice([f"({text})", f"（{text}）", f"{text}-"])
        return model.plain_decimal(value * 100) + self.rng.choice(["%", "％", " %"])

    def spread(self, text):
        """Names padded between their characters (某　县)."""
        if len(text) > 1 and not text.isascii() and self.chance(0.06):
            place = self.rng.randint(1, len(text) - 1)
            if ord(text[place - 1]) > 127 and ord(text[place]) > 127:
                return text[:place] + self.rng.choice([" ", "　"]) + text[place:]
        return self.padded(text)

    def number(self, text, key):
        way = self.rng.random()
        if way < 0.10 and key not in ("from", "to"):
            text = with_separators(text)
            return text.replace(",", "，") if way < 0.03 else text
        if way < 0.16:
            return text.translate(FULL_WIDTH_DIGITS | {ord("."): "．"})
        if way < 0.19:
            return text + ("0" if "." in text else ".0")
        return f"+{text}" if way < 0.21 and not text.startswith("-") else text

    def untidy(self, rows):
        """Empty rows and missing cells at the end."""
        if self.chance(0.1) and len(self.columns) > 1:
            rows.insert(self.rng.randint(0, len(rows)), [""] * len(self.columns))
        for row in rows:
            if self.chance(0.2):
                while len(row) > 1 and not row[-1].strip() and any(cell.strip() for cell in row[:-1]):
                    row.pop()


def sheets_role(key):
    return model.ROLES.get(key)


def words_in(structure):
    """All words of a structure, keys too."""
    if isinstance(structure, dict):
        return set(structure) | {word for entry in structure.values() for word in words_in(entry)}
    if isinstance(structure, list):
        return {word for entry in structure for word in words_in(entry)}
    return {structure} if isinstance(structure, str) else set()


# ---------------------------------------------------------------------------------------------------------------------
# Deliberate mistakes. Each changes the structures that it is given and returns whether it could.
# ---------------------------------------------------------------------------------------------------------------------


def policy_mistakes(policy, maker):
    """Changes to a policy, each of which is one mistake."""
    rng = maker.rng
    cls, layer = rng.choice(policy["classes"]), rng.choice(policy["layers"])
    index = maker.layers.index(layer["id"])
    pools = policy.get("pools", [])
    flags = [id_ for id_, type_ in maker.types.items() if type_ == "flag"]

    def put(table, key, value):
        return lambda: table.__setitem__(key, value)

    def fund(rule):
        return put(cls["funding"], layer["id"], rule)

    def without_standard():
        cls.pop("standard", None)
        cls["funding"] = {layer["id"]: rng.choice(["standard", {"top_up_to": "standard"}, {"least": [five, "standard"]}])}

    five = Digits("5")
    mistakes = [
        put(policy, "unti", "元"), put(cls, "standrad", five), put(layer, "color", "red"),
        fund({"amount": five, "at_lest": five}), put(policy, "unit", "角"), put(policy, "rounding", {"mode": "nearest"}),
        put(policy, "rounding", {"unit": "元", "places": Digits("3")}), put(policy, "rounding", {"unit": "块"}),
        put(policy, "years", [Digits(maker.last), Digits(maker.first - 1)]),
        put(policy, "years", [Digits(maker.first)]),
        put(policy, "years", [Digits("1900"), Digits("2025")]), put(policy, "source", {"status": "final"}),
        put(policy, "id", five), put(cls, "kind", "hamlet"), put(cls, "designation", "global"),
        put(layer, "payer", "nobody"), put(cls["funding"], "moon", five), fund("wealth"),
        fund({"top_up_to": five, "counting": ["moon"]}), fund(layer["id"]), fund([five, maker.layers[-1]]),
        fund({"top_up_to": five, "counting": [layer["id"]]}), fund({"pool": "nothing"}), without_standard,
        fund({str(maker.first + 1): five}), fund(Digits("-5")), fund("-5"), fund({"rate": Digits("-0.5"), "of": five}),
        fund({"amount": five, "rate": five, "of": five}), fund({"least": [five], "greatest": [five]}),
        fund({"difference": [five, five], "top_up_to": five}), fund({"least": []}), fund({"greatest": []}),
        fund({"difference": [rng.choice([five, []])]}), fund([five, {"greatest": [five, {"difference": []}]}]),
        fund({"least": rng.choice([five, {str(maker.first): five}, {"amount": five}, "5"])}), fund({"greatest": [five, True]}),
        fund({"least": [five], "of": five}), fund({"difference": [five, "wealth"]}), fund({"least": [five, layer["id"]]}),
        fund({"greatest": [five], "at_most": Digits("-5")}), fund({}), fund({"at_least": five}), fund(True),
        fund({"amount": five, "when": {"moon": True}}), fund({"amount": five, "when": {"county": []}}),
        fund(Digits("1e40")), fund("79228162514264337593543950336"), fund(Digits("0." + "0" * 28 + "1")),
        put(cls, "standard", {str(maker.first): "much"}), put(policy["attributes"], "shade", {"type": "colour"}),
        put(policy["attributes"], "equal", {"type": "flag"}),
        put(policy["attributes"], "2024", {"type": "flag"}), put(policy["attributes"], "name", {"type": "text"}),
        put(policy.setdefault("payers", {}), "county", {"zh": "区县"}),
        lambda: policy["layers"].append({"id": "standard", "payer": "county"}),
        lambda: policy["layers"].append({"id": "123", "payer": "county"}),
        lambda: policy["layers"].append(dict(layer)), lambda: policy["layers"].append({"id": "later"}),
        lambda: policy["classes"].append(cls | {"id": "class-again"}),
        lambda: policy["classes"].append({"id": "class-bare", "kind": "hamlet"}),
        put(policy, "title", Digits("1")), put(cls, "expected", Digits("-1")),
    ]
    mistakes += [lambda key=key: policy.pop(key) for key in ("id", "title", "unit")]
    if len(policy["classes"]) > 1:
        mistakes.append(put(policy["classes"][-1], "id", policy["classes"][0]["id"]))
    if flags:
        mistakes += [fund(flags[0]), fund({"rate": five, "of": [five, flags[0]]}), fund({"least": [flags[0], five]})]
    if maker.numbers:
        mistakes += [fund({"amount": five, "when": {maker.numbers[0]: {}}}),
                     fund({"amount": five, "when": {maker.numbers[0]: []}})]
    if index + 1 < len(maker.layers):
        mistakes.append(fund({"rate": Digits("0.5"), "of": maker.layers[index + 1]}))
    if pools:
        pool = rng.choice(pools)
        other = [id_ for id_ in maker.layers if id_ != maker.pool_layer[pool["id"]]]
        mistakes += [
            put(pool, "weights", {"equal": Digits("0.9")}), put(pool, "weights", {"equal": "1/3", "moon": "2/3"}),
            put(pool, "amount", model_digits(maker.step / 2 / maker.yuan)), put(pool, "amount", Digits("-10000000000")),
            put(pool, "weight", {}), lambda: pools.append(dict(pool)),
            lambda: pool.update(at_least=Digits("20000000000"), at_most=Digits("10000000000")),
        ]
        if flags:
            mistakes.append(put(pool, "weights", {"equal": "1/2", flags[0]: "1/2"}))
        if other:
            def in_two_layers():
                for id_ in (maker.pool_layer[pool["id"]], other[0]):
                    policy["classes"][0]["funding"][id_] = {"pool": pool["id"]}
            mistakes += [in_two_layers] * 3
    return mistakes


def newer_mistakes(policy, maker):
    """The same for what a policy says with features."""
    rng = maker.rng
    cls, layer, five = rng.choice(policy["classes"]), rng.choice(policy["layers"]), Digits("5")
    own, pools, figures = layer["id"], policy.get("pools", []), policy.get("figures")
    texts = [id_ for id_, type_ in maker.types.items() if type_ == "text"]
    number = maker.numbers[:1]

    def put(table, key, value):
        return lambda: table.__setitem__(key, value)

    def fund(rule):
        return put(cls["funding"], own, rule)

    def figure(value, id_="figure", used=False):
        def change():
            figures.append({"id": id_, "value": value})
            if used:
                rules = [id_, {"rate": "1/2", "of": id_}, {"aggregate": "sum", "of": id_}]
                cls["funding"][own] = rng.choice(rules[: 3 if maker.has("aggregate") else 2])
        return change

    def limit(**keys):
        return put(layer, "limit", {"amount": five, "rule": "proportional"} | keys)

    found = {
        "product": [fund({"product": []}), fund({"product": five}), fund({"product": [five, "wealth"]})],
        "quotient": [fund({"quotient": [five]}), fund({"quotient": [five, five, five]}), fund({"quotient": [five, five], "otherwise": five})],
        "bands": [fund({"bands": bands, "of": five}) for bands in (
            [], [{"give": five}, {"below": five, "give": five}], [{"below": five, "give": five}, {"below": five, "give": five}],
            [{"at_most": five, "give": five}, {"below": five, "give": five}], [{"below": five, "at_most": five, "give": five}], [{"below": five}],
            [{"below": five, "give": five, "rate": five}], [{"up_to": five, "give": five}])] + [fund({"bands": [{"give": five}]})],
        "tiers": [fund({"tiers": tiers, "of": five}) for tiers in (
            [], [{"up_to": Digits("0"), "rate": five}], [{"up_to": five, "rate": five}, {"up_to": Digits("4"), "rate": five}], [{"up_to": five}],
            [{"rate": five}, {"up_to": five, "rate": five}])],
        "cases": [fund({"cases": {}, "of": "county"}), fund({"cases": {"a": five}}), fund({"cases": {"a": five}, "of": "moon"}),
                  fund({"cases": {"no kind": five}, "of": rng.choice(["kind", "designation", "class"])}),
                  fund({"cases": {"a": five}, "of": "payer"})] +
                 [fund({"cases": {"a": five}, "of": id_}) for id_ in number],
        "aggregate": [fund({"aggregate": "average", "of": five}), fund({"aggregate": "count", "of": five}), fund({"aggregate": "sum"}),
                      fund({"aggregate": "sum", "of": five, "over": ["moon"]}), fund({"aggregate": "sum", "of": five, "over": "county"}),
                      fund({"aggregate": "mean", "of": own}), fund({"aggregate": "mean", "of": five, "over": ["county", "county"]})] +
                     [fund({"aggregate": "sum", "of": five, "over": [id_]}) for id_ in number],
        "exact": [fund({"exact": own}), fund({"exact": "moon"}), fund({"exact": five})],
        "last_year": [fund({"last_year": own}), fund({"last_year": "moon", "first": five}), fund({"last_year": own, "first": "wealth"})],
        "rates": [fund({"rate": ["wealth"], "of": five}), fund({"rate": own, "of": five}), fund({"rate": {"amount": five}})],
        "roundings": [fund({"amount": five, "rounding": rounding}) for rounding in (
            {"mode": "near"}, {"multiple": Digits("0")}, {"multiple": Digits("-5")}, {"multiple": five, "places": Digits("1")}, {"unit": "块"},
            {"step": five}, {"places": Digits("-1")}, {"places": Digits("0.5")})],
        "conditions": [fund({"amount": five, "when": when}) for when in (
            {"any": []}, {"any": {"county": "a"}}, {"any": [{}]}, {"not": {}}, {"not": [{"county": "a"}]},
            {"year": {"since": five}}, {"year": "soon"},
            {"class": "no class"}, {"kind": ["no kind"]}, {"any": [{"county": "a"}, {"moon": True}]}, {"year": True}, {"not": {"year": {}}},
            {"year": {"above": own}})] + ([fund({"amount": five, "when": {own: five}})] if own != "county" else []),
        "standards": [put(cls, "standard", own), put(cls, "standard", {"rate": "1/2", "of": ["standard"]}),
        put(cls, "standard", {"top_up_to": five})],
        "where": [put(cls, "where", {"class": cls["id"]})] + [put(cls, "where", {id_: {"above": own}}) for id_ in number],
        "sign": [put(layer, "sign", "both"), put(layer, "sign", True)],
        "layer_roundings": [put(layer, "rounding", rounding) for rounding in (
            {"places": Digits("3")}, {"multiple": model_digits(Fraction(15, 1000) / maker.yuan)}, {"mode": "near"}, {"unit": "块"})],
        "payers": [put(layer, "payer", payer) for payer in (
            {"attribute": "moon"}, {}, *({"attribute": id_} for id_ in number))],
        "limits": [limit(rule="fair"), limit(rule="priority"), limit(order=[cls["id"]]), limit(rule="priority", order=["no class"]),
                   limit(rule="priority", order=[cls["id"]] * 2), limit(amount=Digits("-5")), limit(per="moon"),
                   limit(most=five), put(layer, "limit", {"rule": "talmud"}), lambda: layer.update(sign="any", limit={"amount": five, "rule": "talmud"})],
        "limit_amounts": [limit(amount={"top_up_to": five}), limit(amount=own)] + [limit(amount=id_) for id_ in number],
    }
    if figures is not None:
        found["figures"] = [
            figure("figure"), figure({"difference": [five, "figure"]}), figure(five, "county"), figure(five, "year"),
            figure(five, "12"), figure(five, own),
            figure({"top_up_to": five}), figure(own, used=True), figure([five, own], used=True), figure("wealth"),
            lambda: figures.extend([{"id": "figure", "value": five}] * 2), lambda: figures.append({"id": "figure"}),
            lambda: figures.extend([{"id": "figure", "value": "other"},
                                    {"id": "other", "value": {"amount": five, "when": {"figure": {"above": five}}}}])]
    if pools:
        pool = rng.choice(pools)
        found |= {
            "pool_amounts": [put(pool, "amount", amount)
                             for amount in ("wealth", [layer["id"]], {"difference": [five]}, *([id_] for id_ in number))],
            "left_of": [put(pool, "amount", {"left_of": id_}) for id_ in ("moon", pool["id"])] + [fund({"left_of": pool["id"]})],
            "per": [put(pool, "per", key) for key in ("moon", *number)],
            "bounds": [put(pool, "at_most", bound) for bound in ([maker.layers[-1]], "wealth")],
            "weights": [put(pool, "weights", {maker.layers[-1]: Digits("1")}), put(pool, "weights", {"wealth": Digits("1")})],
            "if_short": [put(pool, "if_short", "cut")], "if_left": [put(pool, "if_left", "reduce")], "each": [put(pool, "apportion", "all")],
        }
    return [mistake for feature, mistakes in found.items() if maker.has(feature) for mistake in mistakes]


def model_digits(value):
    return Digits(model.plain_decimal(value))


def break_policy(rng, policy, maker):
    """One mistake, sometimes two at different places."""
    mistakes = policy_mistakes(policy, maker)
    if maker.features and rng.random() < 0.75:
        mistakes = newer_mistakes(policy, maker) or mistakes
    for mistake in rng.sample(mistakes, min(len(mistakes), rng.choice([1, 1, 1, 2]))):
        mistake()


def break_roster(rng, policy, maker, header, rows):
    """One to three wrong cells in different rows, or one wrong column."""
    known = model.RosterReader(model.read_policy(policy), header, []).known
    keys = [sheets.meaning(model.without_padding(title), known)[0] for title in header]
    full = [row for row in rows if any(cell.strip() for cell in row)]
    for row in full:
        row += [""] * (len(header) - len(row))
    if rng.random() < 0.15:
        index = rng.choice([index for index, key in enumerate(keys) if key in ("name", "kind", "designation", *maker.types)])
        if rng.random() < 0.5 and (keys[index] != "name" or not full):
            header[index] = "说明"
        else:
            header.append(keys[index])
            for row in rows:
                row += [""] * (len(header) - 1 - len(row))
                row.append(row[index])
        return
    if not full:
        header[keys.index("name")] = "说明"
        return
    if maker.has("where") and maker.last > maker.first and rng.random() < 0.15:
        cls = rng.choice(policy["classes"])
        bound = Digits(rng.randint(maker.first + 1, maker.last))
        policy["classes"].append(cls | {"id": "from then on", "where": cls.get("where", {}) | {"year": {"at_least": bound}}})
        cls["where"] = cls.get("where", {}) | {"year": {"below": bound}}
        return
    if rng.random() < 0.15:
        if rng.random() < 0.5:
            policy["classes"].append({"id": "catch-all", "funding": {}})
        else:
            policy["classes"].pop(rng.randrange(len(policy["classes"])))
        return
    wrong = {
        "name": ["", " "], "kind": ["hamlet", "", "Town!"], "designation": ["global", ""],
        "id": ["6.1E+11", "1E+5", "x" * 129], "division_code": ["6102", "61020A", "6102041090"], "count": ["0", "-1", "1.5", "many", "1,23", "2e1"],
        "from": ["abc", "0", "20233", "2023.5", "-2023"], "to": ["next", "10000", "23年", "-"],
        "number": ["n/a", "1,23", "12%%", "1 2", "5万", "1.2.3", "--4", "(-3)", "(3", "元", "79228162514264337593543950336",
                   "0." + "0" * 28 + "1"],
        "flag": ["maybe", "2", "对", "t"],
    }
    for row in rng.sample(full, min(len(full), rng.choice([1, 1, 2, 3]))):
        index = rng.randrange(len(keys))
        sort = maker.types.get(keys[index], keys[index])
        if sort == "name" and "id" not in keys:
            sort = None
        if sort == "id" and rng.random() < 0.5:
            row[index] = rng.choice(wrong[sort])
        elif sort in ("id", None, "text", "county", "township"):
            way = rng.random()
            if way < 0.3:
                row.append("x")
            elif way < 0.6 and "from" in keys and "to" in keys:
                row[keys.index("from")], row[keys.index("to")] = str(maker.last), str(maker.last - 1)
            elif "id" in keys and len(full) > 1 and row is not full[0]:
                row[keys.index("id")] = full[0][keys.index("id")] or row[keys.index("id")]
            else:
                row.append("x")
        else:
            row[index] = rng.choice(wrong[sort])


def break_allocation(rng, policy, maker, header, rows):
    """Something that only the computation finds: blanks, negative amounts, amounts beyond all bounds, empty pools."""
    cls, layer = rng.choice(policy["classes"]), rng.choice(policy["layers"])["id"]
    numbers = maker.numbers
    big = model_digits(Fraction(10) ** 17 * 3)
    ways = [
        lambda: cls["funding"].update({layer: [Digits("1"), Digits("-2")]}),
        lambda: cls["funding"].update({layer: rng.choice([
            {"difference": [Digits("1"), Digits("2")]}, {"least": [Digits("3"), Digits("-2")]},
            {"greatest": [Digits("-3"), {"difference": [Digits("1"), "0.5", Digits("2.5")]}]}])}),
        lambda: cls["funding"].update({layer: big if maker.yuan == 1 else {"rate": big, "of": Digits("1000")}}),
    ]
    if numbers:
        blank = rng.choice(numbers)
        titles = {blank, policy["attributes"][blank]["zh"], policy["attributes"][blank]["en"]}

        def blank_cells():
            cls["funding"][layer] = rng.choice([
                {"rate": Digits("2"), "of": blank}, {"greatest": [blank, Digits("1")]},
                {"least": [Digits("0"), {"difference": [Digits("1"), blank]}], "at_least": Digits("0")}])
            for index, title in enumerate(header):
                if title.strip() in titles:
                    for row in rng.sample(rows, min(2, len(rows))):
                        if index < len(row):
                            row[index] = rng.choice(["", "-7"])

        bounds = {"amount": Digits("1"), "at_least": blank, "at_most": Digits("1")}
        def condition_beside_blanks():
            blank_cells()
            false = {"county": "nowhere", blank: {"above": Digits("0")}}
            order = list(false.items()) if rng.random() < 0.8 else list(reversed(false.items()))
            cls["funding"][layer] = {"amount": Digits("2"), "when": dict(order)}

        ways += [blank_cells, condition_beside_blanks, lambda: cls["funding"].update({layer: bounds})]
    if policy.get("pools"):
        pool = rng.choice(policy["pools"])
        ways += [lambda: pool.update(at_least=model_digits(maker.step * 10**9 / maker.yuan)) or pool.pop("at_most", 0),
                 lambda: pool.update(at_most=model_digits(maker.step / maker.yuan)) or pool.pop("at_least", 0)]
    newer = newer_problems(rng, policy, maker, cls, layer) if maker.features else []
    if newer and rng.random() < 0.7:
        ways = newer
    rng.choice(ways)()


def newer_problems(rng, policy, maker, cls, layer):
    """The same with features: what has no answer for some place or for no place at all."""
    five, zero = Digits("5"), Digits("0")

    def fund(rule):
        return lambda: cls["funding"].update({layer: rule})

    of_layer = next(entry for entry in policy["layers"] if entry["id"] == layer)
    below_0 = {"difference": [five, Digits("9")]}
    ways = {
        "quotient": [fund({"quotient": [five, zero]}), fund({"amount": five, "at_least": {"quotient": [five, ["0", zero]]}}),
                     *(fund({"quotient": [five, {"difference": [id_, id_]}]}) for id_ in maker.numbers[:1])],
        "bands": [fund({"bands": [{"below": five, "give": five}], "of": Digits("6")})],
        "tiers": [fund({"tiers": [{"up_to": five, "rate": five}], "of": Digits("6")})],
        "cases": [fund({"cases": {"无": five}, "of": rng.choice(["county", "township"])})],
        "aggregate": [fund({"aggregate": word, "of": five, "where": {"county": "无"}}) for word in ("mean", "median", "least")] +
                     [fund({"aggregate": "sum", "of": id_}) for id_ in maker.numbers],
        "last_year": [fund({"last_year": layer, "first": below_0})],
        "roundings": [fund({"amount": [below_0], "rounding": {"multiple": Digits("3"), "mode": "up"}})],
        "conditions": [fund({"amount": five, "when": {"any": [{"year": zero}, {id_: {"above": [id_, five]}}]}}) for id_ in maker.numbers],
        "limit_amounts": [lambda: of_layer.update(limit={"amount": [five, Digits("-10000000000")], "rule": "talmud"})],
    }
    if policy.get("pools"):
        pool = rng.choice(policy["pools"])
        ways |= {
            "pool_amounts": [lambda: pool.update(amount=[five, Digits("-10000000000")]),
                             *[lambda: pool.update(amount={"quotient": [five, zero]})] * maker.has("quotient")],
            "bounds": [lambda: pool.update(at_most=[five, Digits("-10000000000")]), lambda: pool.update(at_least=[Digits("1e5")], at_most=[five])],
            "per": [lambda: pool.update(per="county", amount={"cases": {"无": five}, "of": "county"})] * maker.has("cases"),
            "if_short": [lambda: pool.update(at_least=model_digits(maker.step * 10**9 / maker.yuan), if_short="refuse") or pool.pop("at_most", 0)],
            "if_left": [lambda: pool.update(at_most=model_digits(maker.step / maker.yuan), if_left="refuse") or pool.pop("at_least", 0)],
        }
    return [way for feature, found in ways.items() if maker.has(feature) for way in found]


def is_clear(found):
    """Whether the text of the model leaves one answer.

    What else is found beside a wrong head of a policy, or whether a row with a wrong cell still counts as a repeated
    id or is matched to a class, is nobody's promise.
    """
    codes = {problem.code for problem in found.problems}
    alone = {
        "policy": {"bad-unit", "bad-rounding", "bad-years", "wrong-type"},
        "roster": {"missing-column", "duplicate-column", "duplicate-recipient", "no-class", "several-classes",
                   "blank-attribute", "class-changes"},
    }.get(found.stage, set())
    return not found.doubtful and not (codes & alone and len(codes) > 1)


# ---------------------------------------------------------------------------------------------------------------------
# Cases
# ---------------------------------------------------------------------------------------------------------------------


def random_options(rng, maker):
    """What is asked of one pair of files: the long table and one table of totals."""
    years = [None, None, None, f"{maker.first}..{maker.last}", f"{maker.last}..{maker.last}",
             ",".join(str(year) for year in range(maker.first, maker.last + 1) if rng.random() < 0.6) or None]
    asked = []
    fill_down = rng.choice([False, False, False, True, None])
    for command in ("allocate", "totals"):
        options = Options(command, rng.choice(years), rng.choice([None, None, "元", "万元", "亿元"]), rng.random() < 0.35,
                          fill_down=fill_down)
        if command == "totals" and rng.random() < 0.85:
            options.by = tuple(rng.sample(model.GROUPINGS, rng.choice([1, 1, 2, 2, 3, 4])))
        asked.append(options)
    return asked


class LimitsMaker:
    """Limits for an allocation: about as much as is claimed, written as offices write them, some wrong on purpose."""

    def __init__(self, rng, policy, allocation):
        self.rng, self.policy, self.allocation = rng, policy, allocation

    def make(self):
        rng, policy = self.rng, self.policy
        claims = {}
        for line in self.allocation.lines:
            key = line.layer.id, line.payer, line.year
            claims[key] = claims.get(key, 0) + line.amount
        unit = rng.choice(UNITS)
        in_header = rng.random() < 0.4
        rows = []
        below = {(line.layer.id, line.payer, line.year) for line in self.allocation.lines if any(part < 0 for _, part in line.parts)}
        for (layer, payer, year), claim in claims.items():
            if rng.random() < 0.35 or (layer, payer, year) in below and rng.random() < 0.9:
                continue
            rows.append(self.row(policy.layer(layer), payer, year, self.amount(claim), unit, in_header))
        if rng.random() < 0.15:
            layer = rng.choice(policy.layers)
            payer = "戊县" if layer.paid_by_place() else rng.choice([*policy.payers.values()])
            year = policy.last + 1 if rng.random() < 0.3 or layer.payer == payer else policy.first
            rows.append(self.row(layer, payer, year, Fraction(5), unit, in_header))
        header = [rng.choice([*titles * 3, *sheets.SYNONYMS[titles[0]]]) for titles in
                  (("layer", "安排层级"), ("payer", "安排主体"), ("year", "年度"), ("amount", "金额"), ("unit", "单位"))]
        self.sum_up(rows, unit)
        if rng.random() < 0.1:
            rows.append([rng.choice(["注：略", "说明：额度以文件为准"]), "", "", "", ""])
        if not in_header and rng.random() < 0.15:
            header, rows = header[:4], [self.with_own_unit(row) for row in rows]
        elif in_header:
            header[3] += rng.choice([f"({unit})", f" （{unit}）"])
            if rng.random() < 0.6:
                header, rows = header[:4], [row[:4] for row in rows]
        if rng.random() < 0.1:
            self.spoil(header, rows)
        return header, rows

    def row(self, layer, payer, year, yuan, unit, in_header):
        rng = self.rng
        own = self.policy.unit
        words = [layer.id, *(name for name in layer.names if self.names(name) == 1)]
        if layer.paid_by_place():
            payers = [payer]
        else:
            payers = [word for word, id_ in self.policy.payers.items() if id_ == payer] or [payer]
            payers += [""] if payer == layer.payer else []
        amount = model.plain_decimal(yuan * own / model.YUAN_PER_UNIT[unit])
        written = with_separators(amount) if rng.random() < 0.2 else amount
        year = f"{year}年" if rng.random() < 0.1 and year > 999 else str(year)
        return [rng.choice(words), rng.choice(payers), year, written, "" if in_header and rng.random() < 0.5 else unit]

    def with_own_unit(self, row):
        """The unit behind the amount instead of in a column."""
        word = model.UNIT_NAMES[model.YUAN_PER_UNIT[row[4]]] if row[4] else ""
        in_brackets = self.rng.random() < 0.05 and row[3]
        text = self.rng.choice(["{}{}", "{} {}", "￥{}{}", "¥ {}{}"]).format(row[3], word) if row[3] else ""
        return [*row[:3], f"({text})" if in_brackets else text]

    def sum_up(self, rows, unit):
        """A line that sums the limits, rightly or not."""
        rng = self.rng
        if not rows or rng.random() > 0.25:
            return
        total = sum((model.number_in_text(row[3]) for row in rows), Fraction(0)) + rng.choice([0, 0, 0, 1])
        line = ["", "", "", model.plain_decimal(total), unit]
        line[rng.choice([0, 0, 1])] = rng.choice(["合计", "总 计", "小计", "合计（元）", "Total", "其中"])
        rows.insert(rng.choice([0, len(rows), len(rows) // 2]), line)

    def names(self, name):
        return sum(name in layer.names for layer in self.policy.layers)

    def amount(self, claim):
        """In the policy's unit, whole fen: a part of the claim, half of it, all of it, nothing."""
        rng = self.rng
        part = rng.choice([0, Fraction(1, 2), 1, *[Fraction(rng.randint(0, 1100), 1000)] * 7])
        fen = abs(claim) * part * self.policy.unit * 100 + rng.choice([0, 0, 1, rng.randint(0, 10**6)])
        fen = min(Fraction(fen.numerator // fen.denominator), model.MOST_FEN)
        return Fraction(fen) / 100 / self.policy.unit

    def spoil(self, header, rows):
        """One mistake that leaves one answer."""
        rng = self.rng
        if not rows:
            return
        row = rng.choice(rows)
        at = rng.randrange(len(row))
        if at == 0:
            row[0] = rng.choice(["", "无此层级"])
        elif at == 1 and self.policy.layer(row[0]) and self.policy.layer(row[0]).payer != "county":
            row[1] = "无此主体"
        elif at == 2:
            row[2] = rng.choice(["", "0", "二〇二四", "10000"])
        elif at == 3:
            row[3] = rng.choice(["", "-1", "1.2.3", "0.00000000001"])
        elif at == 4:
            row[4] = rng.choice(["美元", "fen"])
        elif rng.random() < 0.5:
            rows.append(list(row))


def funding(rng, made):
    """Limits for a valid case, and what is asked of them."""
    policy = model.read_policy(made.policy)
    try:
        allocation = model.allocate(policy, model.read_roster(policy, None, made.sheet(), made.fill_down))
    except model.Refused:
        return None
    rule = rng.choice(model.RULES)
    classes = [cls.id for cls in policy.classes]
    order = None
    if rule == "priority":
        order = tuple(rng.sample(classes, rng.randint(1, len(classes))))
        if rng.random() < 0.04:
            order += ("无此类别",)
    by = rng.choice([None, ("layer", "payer", "year"), ("payer", "year", "layer"),
                     tuple(rng.sample(model.GROUPINGS, rng.choice([1, 2, 3])))])
    first, last = policy.first, policy.last
    years = rng.choice([None, None, None, f"{last}..{last}", f"{first}..{last}"])
    options = Options("fund", years, rng.choice([None, None, "元", "万元"]), rng.random() < 0.2, by, rule, order,
                      made.fill_down)
    return LimitsMaker(rng, policy, allocation).make(), options


INTENTS = {"valid": 76, "policy": 8, "roster": 8, "allocation": 7, "options": 1}


def case(seed, features=SUPPORTED, valid=False):
    """The case of a seed, with rules of the first language and those that are switched on. `valid`: one that is meant to be right, and
    whose roster has no merged cells, so that other tables can stand beside it."""
    rng = random.Random(f"fundlayers {seed}")
    intent = rng.choices(list(INTENTS), INTENTS.values())[0]
    intent = "valid" if valid else intent
    wanted = {"valid": "done", "options": "done"}.get(intent, intent)
    for _ in range(60):
        maker = PolicyMaker(rng, features)
        policy = maker.make()
        asked = random_options(rng, maker)
        fill_down = asked[0].fill_down and not valid
        header, rows = RosterMaker(rng, policy, maker, fill_down).make()
        above = rng.choice([[]] * 6 + [[["某市名单"]], [["某市名单", ""], ["（单位：万元）"]], [[""], ["2024年"] * len(header)]])
        if intent == "policy":
            break_policy(rng, policy, maker)
        if intent == "roster":
            try:
                break_roster(rng, policy, maker, header, rows)
            except model.Refused:
                continue  # features can make a policy that is wrong by chance
        if intent == "allocation" and rng.random() < 0.7:
            break_allocation(rng, policy, maker, header, rows)
        made = Case(seed, intent, policy, header, rows, asked, above=above, fill_down=fill_down)
        question = Options(fill_down=fill_down) if wanted == "done" else asked[0]
        found = model.answer(policy, None, made.sheet(), question)
        if found.stage == wanted and is_clear(found) and (rows or rng.random() < 0.1):
            break
    if intent == "options":
        asked = [Options(asked[0].command, rng.choice([f"{maker.first - 1}", f"{maker.first}..{maker.last + 1}"]),
                         fill_down=fill_down)]
    elif found.stage != "done":
        asked = asked[:1]
    made.options = asked
    asking = funding(random.Random(f"limits {seed}"), made) if intent == "valid" else None
    if asking and found.stage == "done":
        made.limits, options = asking
        made.options = [*asked, options]
    return made
