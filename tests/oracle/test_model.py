"""Known answers worked by hand, properties that must hold for every case, and tests of the comparison itself."""

import copy
import json
import random
import sys
import unittest
from collections import Counter
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import differential
import generate
import model
import sheets
from model import Options, Problem, Refused

FIRST_KINDS = {"amount", "rate", "top_up_to", "pool", "least", "greatest", "difference"}
ROOT = Path(__file__).resolve().parents[2]

REFERENCE_POLICY = """
id = "tongchuan-2023"
version = "1"
title = { zh = "行动方案", en = "Action plan" }
years = [2023, 2025]
unit = "万元"
source = { status = "draft" }
kinds = { town = { zh = "镇" }, village = { zh = "村" } }
designations = { provincial = { zh = "省级" }, municipal = { zh = "市级" } }
payers = { joint = { zh = "中央和省级" }, city = { zh = "市级" } }
layers = [
    { id = "central_provincial", payer = "joint" },
    { id = "city", payer = "city" },
    { id = "county", payer = "county" },
]

[[classes]]
id = "provincial-town"
kind = "town"
designation = "provincial"
expected = 3
funding = { central_provincial = 500, city = 100 }

[[classes]]
id = "provincial-village"
kind = "village"
designation = "provincial"
expected = 18
funding = { central_provincial = 100, city = 20 }

[[classes]]
id = "municipal-town"
kind = "town"
designation = "municipal"
expected = 2
standard = 600
funding = { city = 300, county = { top_up_to = "standard" } }

[[classes]]
id = "municipal-village"
kind = "village"
designation = "municipal"
expected = 13
standard = 120
funding = { city = 60, county = { top_up_to = "standard" } }
"""

REFERENCE_ROSTER = """名称,类型,认定层级,区县,乡镇,数量
关庄镇,镇,省级,耀州区,,
广阳镇,镇,省级,印台区,,
云梦乡,镇,省级,宜君县,,
黄堡镇,镇,市级,王益区,,
坡头镇,镇,市级,新区,,
高尔塬村,村,省级,耀州区,照金镇,
傲背村,村,省级,印台区,王石凹街道,
刘家河村,村,省级,宜君县,太安镇,
义兴村,村,市级,王益区,王益街道办,
陈坪村,村,市级,新区,正阳路街道,
其他省级村,村,省级,,,15
其他市级村,村,市级,,,11
"""


def computed(policy, roster, years=None):
    """The allocation of a policy in TOML and a roster in CSV."""
    policy = model.read_policy(model.structure_of_toml(policy))
    return model.allocate(policy, model.read_roster(policy, *model.cells_of_csv(roster)), years)


def small_policy(layers, classes, unit="元", rounding='{ places = 0 }', more=""):
    """A policy of one year, whose layers are all paid by `city`."""
    listed = ", ".join(f'{{ id = "{layer}", payer = "city" }}' for layer in layers)
    return f"""
id = "small"
title = {{ en = "Small" }}
years = [2023, 2023]
unit = "{unit}"
rounding = {rounding}
payers = {{ city = {{}} }}
layers = [{listed}]
{more}
[attributes]
pupils = {{ type = "number" }}
income = {{ type = "number", unit = "万元" }}
hilly = {{ type = "flag", zh = "山区" }}
zone = {{ type = "text" }}
{classes}
"""


def one_class(funding, standard=""):
    return f'[[classes]]\nid = "all"\n{standard}\n[classes.funding]\n{funding}\n'


def amounts(allocation, layer=None):
    """id: amount of one layer (or of the only one), zeros too."""
    lines = [line for line in allocation.lines if layer in (None, line.layer.id)]
    return {line.row.id: model.plain_decimal(line.amount) for line in lines}


def by_name(allocation, layer=None):
    """The same by name."""
    return {line.row.name: model.plain_decimal(line.amount) for line in allocation.lines if layer in (None, line.layer.id)}


def refusal_of(policy, roster):
    """The codes with rows of a refusal."""
    try:
        computed(policy, roster)
    except Refused as refused:
        return refused.stage, [(problem.code, problem.row) for problem in refused.problems]
    raise AssertionError("not refused")


class Reference(unittest.TestCase):
    """The city's plan (四.1): 6,720 a year and 20,160 万元 in three."""

    def setUp(self):
        self.allocation = computed(REFERENCE_POLICY, REFERENCE_ROSTER)

    def sums(self, *by):
        rows = model.totals(self.allocation, by)
        return {tuple(row[column] for column in by): (row["amount"], row["count"]) for row in rows}

    def test_a_year_costs_6720_by_layer(self):
        sums = self.sums("year", "layer")
        for year in (2023, 2024, 2025):
            self.assertEqual(sums[year, "central_provincial"], ("3300", 21))
            self.assertEqual(sums[year, "city"], ("2040", 36))
            self.assertEqual(sums[year, "county"], ("1380", 15))
        self.assertEqual({year: amount for (year,), (amount, _) in self.sums("year").items()},
                         {2023: "6720", 2024: "6720", 2025: "6720"})

    def test_three_years_cost_20160(self):
        self.assertEqual(sum(line.amount for line in self.allocation.lines), 20160)

    def test_each_county(self):
        sums = {key: amount for key, (amount, _) in self.sums("county", "layer").items()}
        expected = {}
        for county in ("耀州区", "印台区", "宜君县"):
            expected |= {(county, "central_provincial"): "1800", (county, "city"): "360"}
        for county in ("王益区", "新区"):
            expected |= {(county, "city"): "1080", (county, "county"): "1080"}
        expected |= {("", "central_provincial"): "4500", ("", "city"): "2880", ("", "county"): "1980"}
        self.assertEqual(sums, expected)

    def test_groups_stand_in_roster_order(self):
        self.assertEqual([county for county, in self.sums("county")], ["耀州区", "印台区", "宜君县", "王益区", "新区", ""])
        self.assertEqual([payer for payer, in self.sums("payer")], ["joint", "city", "王益区", "新区", ""])

    def test_long_table(self):
        rows = model.long_table(self.allocation, unit="元")
        self.assertEqual(rows[0], {
            "id": "耀州区/关庄镇", "division_code": "", "county": "耀州区", "township": "", "name": "关庄镇",
            "kind": "town", "designation": "provincial", "class": "provincial-town", "count": 1, "year": 2023,
            "layer": "central_provincial", "payer": "joint", "amount": "5000000", "unit": "元"})
        self.assertEqual(list(rows[0]), list(model.LONG_COLUMNS))
        self.assertEqual(len(rows), 12 * 3 * 2)
        self.assertEqual(len(model.long_table(self.allocation, zeros=True)), 12 * 3 * 3)

    def test_no_warning_and_some_years(self):
        self.assertEqual(self.allocation.warnings, [])
        self.assertEqual({line.year for line in computed(REFERENCE_POLICY, REFERENCE_ROSTER, [2024]).lines}, {2024})
        with self.assertRaises(Refused):
            computed(REFERENCE_POLICY, REFERENCE_ROSTER, [2026])

    def test_a_promotion_changes_the_class_but_stays_one_place(self):
        header, *places = REFERENCE_ROSTER.splitlines()
        places[8] = "义兴村,村,市级,王益区,王益街道办,,,2023"
        places.append("义兴村,村,省级,王益区,王益街道办,,2024,")
        allocation = computed(REFERENCE_POLICY, "\n".join([header + ",起始年度,截止年度", *places]))
        found = [(row["year"], row["layer"], row["amount"])
                 for row in model.totals(allocation, ("id", "year", "layer")) if row["id"].endswith("义兴村")]
        self.assertEqual(found, [(2023, "city", "60"), (2023, "county", "60"), (2024, "central_provincial", "100"),
                                 (2024, "city", "20"), (2025, "central_provincial", "100"), (2025, "city", "20")])
        by_county = {row["county"]: row["count"] for row in model.totals(allocation, ("county",))}
        self.assertEqual(by_county["王益区"], 2)
        self.assertEqual([warning.code for warning in allocation.warnings], ["expected-count"] * 2)


class Numbers(unittest.TestCase):
    def test_text(self):
        good = {"1,234.5": "1234.5", "１２，３４５．６": "12345.6", " −7 ": "-7", "+0.50": "0.5", "－3": "-3", "007": "7",
                "　8　": "8", "79228162514264337593543950335": "79228162514264337593543950335"}
        for text, value in good.items():
            self.assertEqual(model.plain_decimal(model.number_in_text(text)), value, text)
        bad = ["1,23", "1e3", "5%", "5万", "", "1 2", "1,2345", ",123", "1234,567", "0x1f", "nan"]
        for text in bad:
            with self.assertRaises(model.NumberProblem, msg=text) as caught:
                model.number_in_text(text)
            self.assertEqual(caught.exception.code, "bad-number")
        for text in ("79228162514264337593543950336", "0." + "0" * 28 + "1", "7.9228162514264337593543950336"):
            with self.assertRaises(model.NumberProblem) as caught:
                model.number_in_text(text)
            self.assertEqual(caught.exception.code, "number-out-of-range")

    def test_bare_numbers_and_ratios(self):
        self.assertEqual(model.bare_number("1e3"), 1000)
        self.assertEqual(model.bare_number("-2.5E-3"), Fraction(-1, 400))
        self.assertEqual(model.ratio_or_number("1 / 3"), Fraction(1, 3))
        self.assertEqual(model.structure_of_json('{"a": 0.10}')["a"], "0.10")
        self.assertEqual(model.structure_of_toml("a = 1_000.50")["a"], "1_000.50")

    def test_rounding_modes(self):
        expected = {
            "half-up": {"2.5": 3, "-2.5": -3, "2.4": 2, "3.5": 4, "-0.4": 0},
            "half-even": {"2.5": 2, "-2.5": -2, "3.5": 4, "2.6": 3, "0.5": 0},
            "down": {"2.9": 2, "-2.9": -2, "3": 3},
            "up": {"2.1": 3, "-2.1": -3, "3": 3, "-0.1": -1},
        }
        for mode, pairs in expected.items():
            for text, whole in pairs.items():
                value = model.number_in_text(text)
                self.assertEqual(model.round_to_step(value, Fraction(1), mode), whole, (mode, text))
        self.assertEqual(model.round_to_step(Fraction(1, 3), Fraction(1, 100), "up"), Fraction(34, 100))

    def test_padding_inside_names(self):
        self.assertEqual(model.without_padding(" 某　 县 "), "某县")
        self.assertEqual(model.without_padding("Oak Hill 村"), "Oak Hill 村")


class Rules(unittest.TestCase):
    def test_a_top_up_of_a_capped_rate_is_one_rule_with_one_rounding(self):
        rule = '{ top_up_to = { rate = 100, of = ["pupils", -50], at_most = 60000 }, counting = ["prior"] }'
        policy = small_policy(["prior", "match"], one_class(f"prior = 1000.4\nmatch = {rule}"))
        found = computed(policy, "name,pupils\na,100\nb,700\nc,50\nd,60.004")
        self.assertEqual(amounts(found, "prior"), dict.fromkeys("abcd", "1000"))
        self.assertEqual(amounts(found, "match"), {"a": "4000", "b": "59000", "c": "0", "d": "0"})

    def test_a_match_of_another_layer_reads_its_rounded_amount(self):
        policy = small_policy(["prior", "match"],
                              one_class('prior = { rate = "1/3", of = 100 }\nmatch = { rate = 2, of = "prior" }'))
        self.assertEqual(amounts(computed(policy, "name\na"), "match"), {"a": "66"})

    def test_counting_none_some_and_all(self):
        funding = """a = 10
b = 20
c = { top_up_to = 100 }
d = { top_up_to = 100, counting = [] }
e = { top_up_to = 100, counting = ["b"] }"""
        policy = small_policy(["a", "b", "c", "d", "e"], one_class(funding))
        found = [model.plain_decimal(line.amount) for line in computed(policy, "name\nx").lines]
        self.assertEqual(found, ["10", "20", "70", "100", "80"])

    def test_when_false_gives_zero_whatever_the_floor(self):
        rule = '{ amount = 5, at_least = 10, when = { hilly = true, county = ["A", ""] } }'
        policy = small_policy(["a"], one_class(f"a = {rule}"))
        self.assertEqual(amounts(computed(policy, "id,name,county,山区\n1,x,A,是\n2,x,B,1\n3,x,,Yes\n4,x,A,")),
                         {"1": "10", "2": "0", "3": "10", "4": "0"})

    def test_money_attributes_are_converted_and_conditions_compare_in_the_unit_of_the_policy(self):
        rule = '{ rate = 0.5, of = "income", when = { income = { at_least = 20000, below = 40000 } } }'
        policy = small_policy(["a"], one_class(f"a = {rule}"))
        self.assertEqual(amounts(computed(policy, "name,income\nx,1.9999\ny,2\nz,3.99\nw,4")),
                         {"x": "0", "y": "10000", "z": "19950", "w": "0"})

    def test_tables_of_years_hold_until_the_next(self):
        policy = REFERENCE_POLICY.replace("city = 300", "city = { 2025 = 250, 2020 = 310 }")
        rows = model.totals(computed(policy, REFERENCE_ROSTER), ("id", "layer", "year"))
        found = {(row["layer"], row["year"]): row["amount"] for row in rows if row["id"] == "王益区/黄堡镇"}
        self.assertEqual(found, {("city", 2023): "310", ("city", 2024): "310", ("city", 2025): "250",
                                 ("county", 2023): "290", ("county", 2024): "290", ("county", 2025): "350"})

    def test_the_rounded_amount_is_what_may_not_be_negative(self):
        self.assertEqual(amounts(computed(small_policy(["a"], one_class("a = [1, -1.4]")), "name\nx")), {"x": "0"})
        self.assertEqual(refusal_of(small_policy(["a"], one_class("a = [1, -1.5]")), "name\nx"),
                         ("allocation", [("negative-amount", 1)]))

    def test_the_least_the_greatest_and_the_difference(self):
        funding = """a = { least = ["pupils", 40] }
b = { greatest = ["pupils", 40, "a"] }
c = { difference = ["b", "a", 5], at_least = 0 }
d = [20, { greatest = [{ difference = ["a", "b"] }, -12, { least = ["b", -3] }], when = { hilly = true } }]"""
        policy = small_policy("abcd", one_class(funding))
        found = computed(policy, "name,pupils,hilly\nx,30,1\ny,40,1\nz,100,0")
        self.assertEqual(amounts(found, "a"), {"x": "30", "y": "40", "z": "40"})
        self.assertEqual(amounts(found, "b"), {"x": "40", "y": "40", "z": "100"})
        self.assertEqual(amounts(found, "c"), {"x": "5", "y": "0", "z": "55"})  # 40-30-5; 40-40-5 floored; 100-40-5
        self.assertEqual(amounts(found, "d"), {"x": "17", "y": "20", "z": "20"})  # -10 -12 -3; 0 -12 -3; none

    def test_members_are_values_of_every_sort_unrounded(self):
        rule = """{ least = [
            "standard", { rate = "1/3", of = 100 }, ["pupils", -10], { 2020 = 40 },
            { top_up_to = 60, counting = ["a"] }, { greatest = [-5, "a"], at_most = 50 } ], at_most = 33.4 }"""
        policy = small_policy(["a", "b", "c"], one_class(f"a = 25.6\nb = {rule}\nc = {{ rate = 3, of = {rule} }}", "standard = 70"))
        found = computed(policy, "name,pupils\nx,50\ny,15")  # a is 26: 70, 33⅓, 40 or 5, 40, 34, 26
        self.assertEqual(amounts(found, "b"), {"x": "26", "y": "5"})
        self.assertEqual(amounts(found, "c"), {"x": "78", "y": "15"})
        thirds = '{ difference = [{ rate = "2/3", of = 100 }, { rate = "1/3", of = 100 }] }'
        policy = small_policy(["a", "b"], one_class(f"a = {thirds}\nb = {{ rate = 3, of = {thirds} }}"))
        found = computed(policy, "name\nx")
        self.assertEqual((amounts(found, "a"), amounts(found, "b")), ({"x": "33"}, {"x": "100"}))

    def test_a_difference_below_0_is_an_amount_only_inside_a_rule(self):
        inside = '{ greatest = [{ difference = [10, "pupils"] }, 0] }'
        self.assertEqual(amounts(computed(small_policy(["a"], one_class(f"a = {inside}")), "name,pupils\nx,7\ny,12")),
                         {"x": "3", "y": "0"})
        outside = '{ difference = [10, "pupils"] }'
        self.assertEqual(refusal_of(small_policy(["a"], one_class(f"a = {outside}")), "name,pupils\nx,7\ny,12"),
                         ("allocation", [("negative-amount", 2)]))
        self.assertEqual(amounts(computed(small_policy(["a"], one_class(f"a = [{outside}, 5]")), "name,pupils\ny,12")),
                         {"y": "3"})

    def test_a_list_of_one_and_a_floor_that_is_a_least(self):
        rule = '{ greatest = ["pupils"], at_least = { least = [20, "income"] }, at_most = 30 }'
        found = computed(small_policy(["a"], one_class(f"a = {rule}")), "name,pupils,income\nx,7,1\ny,7,0.001\nz,90,1")
        self.assertEqual(amounts(found), {"x": "20", "y": "10", "z": "30"})

    def test_every_member_is_read(self):
        for kind in ("least", "greatest", "difference"):
            rule = f'{{ {kind} = [0, "pupils", {{ rate = 2, of = "income" }}], at_least = 0 }}'
            policy = model.read_policy(model.structure_of_toml(small_policy(["a"], one_class(f"a = {rule}"))))
            roster = model.read_roster(policy, *model.cells_of_csv("name,pupils,income\nx,,\ny,1,\nz,,1"))
            with self.assertRaises(Refused) as caught:
                model.allocate(policy, roster)
            self.assertEqual([tuple(problem)[:3] for problem in caught.exception.problems], [
                ("blank-attribute", 1, "pupils"), ("blank-attribute", 1, "income"), ("blank-attribute", 2, "income"),
                ("blank-attribute", 3, "pupils")], kind)
            self.assertEqual(amounts(computed(small_policy(["a"], one_class(
                f'a = {{ {kind} = [1, "pupils"], at_least = 9, when = {{ hilly = true }} }}')), "name,pupils,hilly\nx,,")), {"x": "0"})

    def test_problems_of_the_allocation(self):
        policy = small_policy(["a"], one_class('a = { amount = 5, at_least = "pupils", at_most = 10 }'))
        self.assertEqual(refusal_of(policy, "name,pupils\nx,10\ny,11\nz,"),
                         ("allocation", [("floor-above-cap", 2), ("blank-attribute", 3)]))
        policy = small_policy(["a"], one_class('a = "pupils"'))
        self.assertEqual(refusal_of(policy, "name,pupils,count\nx,92233720368547759,\ny,92233720368547758,\nz,9e2,"),
                         ("roster", [("bad-number", 3)]))
        self.assertEqual(refusal_of(policy, "name,pupils,count\nx,92233720368547759,\ny,90000000000000000,2"),
                         ("allocation", [("overflow", 1), ("overflow", 2)]))


class Pools(unittest.TestCase):
    def pool(self, roster, pool, layers=("a",), funding='a = { pool = "p" }'):
        policy = small_policy(layers, one_class(funding), more=f'pools = [{{ id = "p", {pool} }}]')
        return computed(policy, roster)

    def test_ties_go_to_the_smaller_id_whatever_the_row_order(self):
        for order in ("b\na\nc", "c\nb\na"):
            found = amounts(self.pool(f"name\n{order}", "amount = 100, weights = { equal = 1 }"))
            self.assertEqual(found, {"a": "34", "b": "33", "c": "33"})

    def test_ids_compare_by_code_point(self):
        found = amounts(self.pool("name\n𠮷\nﬀ", "amount = 1, weights = { equal = 1 }"))
        self.assertEqual(found, {"𠮷": "0", "ﬀ": "1"})

    def test_largest_remainder(self):
        found = amounts(self.pool("name,pupils\na,1\nb,2\nc,4", "amount = 10, weights = { pupils = 1 }"))
        self.assertEqual(found, {"a": "1", "b": "3", "c": "6"})  # 1.43, 2.86, 5.71: the two steps go to b and c

    def test_weights_and_counted_rows(self):
        found = amounts(self.pool("name,pupils,count\na,30,1\nb,10,3\nc,0,1",
                                  'amount = 100, weights = { pupils = "1/2", equal = 0.5 }'))
        self.assertEqual(found, {"a": "35", "b": "55", "c": "10"})  # 25+10, 3 × (8⅓+10), 0+10

    def test_a_cap_frees_money_for_the_others(self):
        found = amounts(self.pool("name,pupils\na,5\nb,3\nc,2", "amount = 100, weights = { pupils = 1 }, at_most = 40"))
        self.assertEqual(found, {"a": "40", "b": "36", "c": "24"})

    def test_a_floor_takes_from_the_others(self):
        found = amounts(self.pool("name,pupils\na,5\nb,3\nc,2",
                                  "amount = 100, weights = { pupils = 1 }, at_least = 25"))
        self.assertEqual(found, {"a": "47", "b": "28", "c": "25"})  # 46.875, 28.125

    def test_a_later_layer_is_computed_for_each_member(self):
        allocation = self.pool("name,count\ng,3", "amount = 10, weights = { equal = 1 }", ("a", "b"),
                               'a = { pool = "p" }\nb = { top_up_to = 4 }')
        self.assertEqual(amounts(allocation, "a"), {"g": "10"})  # 4, 3, 3
        self.assertEqual(amounts(allocation, "b"), {"g": "2"})  # 0, 1, 1

    def test_refusals(self):
        cases = [
            ("name\na\nb", "amount = 10, weights = { equal = 1 }, at_least = 6", ("pool-floors-exceed", None)),
            ("name\na\nb", "amount = 10, weights = { equal = 1 }, at_most = 4", ("pool-caps-fall-short", None)),
            ("name,pupils\na,0\nb,0", "amount = 10, weights = { pupils = 1 }", ("pool-total-zero", None)),
            ("name,pupils\na,1\nb,-1", "amount = 10, weights = { pupils = 1 }", ("negative-share", 2)),
            ("name,pupils\na,1\nb,", "amount = 10, weights = { pupils = 1 }", ("blank-attribute", 2)),
            ("name,pupils\na,1\nb,0", "amount = 10, weights = { pupils = 1 }, at_most = 9",
             ("pool-caps-fall-short", None)),
        ]
        for roster, pool, problem in cases:
            with self.assertRaises(Refused) as caught:
                self.pool(roster, pool)
            self.assertEqual([(p.code, p.row) for p in caught.exception.problems], [problem], pool)

    def test_a_weight_of_zero_is_not_read_and_an_empty_pool_is_pointed_out(self):
        found = self.pool("name\na", "amount = 10, weights = { pupils = 0, equal = 1 }")
        self.assertEqual(amounts(found), {"a": "10"})
        found = self.pool("name,hilly\na,", "amount = 10, weights = { equal = 1 }",
                          funding='a = { pool = "p", when = { hilly = true } }')
        self.assertEqual([warning.code for warning in found.warnings], ["pool-without-members"])
        self.assertEqual(amounts(found), {"a": "0"})

    def test_parts_agree_with_settling_floors_and_caps_in_turns(self):
        """A second way to the same parts: fix who is beyond a bound on the heavier side, share the rest again."""
        rng = random.Random(5)
        compared = 0
        for _ in range(400):
            same = rng.random() < 0.5
            floor, cap = Fraction(rng.randint(0, 12)), Fraction(rng.randint(12, 40))
            members = []
            for _ in range(rng.randint(1, 6)):
                own = (0, 0) if same else (rng.randint(-5, 5), rng.randint(0, 9))
                members.append(model.Member(None, rng.randint(1, 3), floor=max(Fraction(0), floor + own[0]), cap=cap + 5 + own[1]))
            weights = [rng.randint(0, 9) for _ in members]
            total = sum(weight * member.count for member, weight in zip(members, weights))
            if total == 0:
                continue
            shares = {member: Fraction(weight, total) for member, weight in zip(members, weights)}
            amount = Fraction(rng.randint(0, 200))
            try:
                parts = model.bounded_parts(amount, shares)
            except model.NoAmount:
                continue
            self.assertEqual(parts, settled_in_turns(amount, shares))
            compared += 1
        self.assertGreater(compared, 100)


def settled_in_turns(amount, shares):
    fixed = {member: member.floor for member, share in shares.items() if share == 0}
    while len(fixed) < len(shares):
        free = [member for member in shares if member not in fixed]
        left = amount - sum(member.count * part for member, part in fixed.items())
        weight = sum(member.count * shares[member] for member in free)
        tried = {member: left * shares[member] / weight for member in free}
        low = {member for member in free if tried[member] < member.floor}
        high = {member for member in free if tried[member] > member.cap}
        if not low and not high:
            return fixed | tried
        missing = sum(member.count * (member.floor - tried[member]) for member in low)
        beyond = sum(member.count * (tried[member] - member.cap) for member in high)
        fixed |= {member: member.floor for member in low} if missing >= beyond else {}
        fixed |= {member: member.cap for member in high} if beyond >= missing else {}
    return fixed


class Values(unittest.TestCase):
    """What a value may be, by hand."""

    def of(self, rule, roster, standard="", layers=("a",), more="", rounding="{ places = 0 }"):
        funding = rule if isinstance(rule, str) and rule.startswith("a =") else f"a = {rule}"
        return by_name(computed(small_policy(layers, one_class(funding, standard), rounding=rounding, more=more), roster), layers[-1])

    def refused(self, rule, roster, more="", standard="", layers=("a",)):
        funding = rule if rule.startswith("a =") else f"a = {rule}"
        return refusal_of(small_policy(layers, one_class(funding, standard), more=more), roster)

    def test_products(self):
        rule = '{ product = ["pupils", 0.5, { difference = [10, "income"] }], at_least = 0 }'
        self.assertEqual(self.of(rule, "name,pupils,income\nx,30,0.0004\ny,30,0.0012"), {"x": "90", "y": "0"})  # 30×½×6; ×(-2)
        self.assertEqual(self.of("{ product = [-4, -2.5] }", "name\nx"), {"x": "10"})

    def test_quotients(self):
        rule = '{ quotient = [100, "pupils"], if_zero = { greatest = ["income", 7] } }'
        found = self.of(rule, "name,pupils,income\nx,8,\ny,0,0.0009\nz,0,0")
        self.assertEqual(found, {"x": "13", "y": "9", "z": "7"})  # 12.5; the income of x is not read
        self.assertEqual(self.refused('{ quotient = [100, "pupils"] }', "name,pupils\nx,8\ny,0"), ("allocation", [("division-by-zero", 2)]))
        thirds = '{ product = [3, { quotient = [100, 3] }] }'
        self.assertEqual(self.of(thirds, "name\nx"), {"x": "100"})

    def test_bands(self):
        rule = """{ of = "pupils", bands = [
            { below = 100, give = 10 }, { at_most = 100, give = "income" }, { at_most = 200, give = [5, -7, 10] },
            { give = { rate = "1/2", of = "pupils" } }] }"""
        self.assertEqual(self.of(rule, "name,pupils,income\na,99.99,\nb,100,0.004\nc,100.01,\nd,200,\ne,201,"),
                         {"a": "10", "b": "40", "c": "8", "d": "8", "e": "101"})
        rule = '{ of = ["pupils", -100], bands = [{ below = { 2020 = -50, 2024 = 0 }, give = 1 }, { at_most = 0, give = 2 }] }'
        self.assertEqual(self.of(rule, "name,pupils\na,49\nb,50\nc,100"), {"a": "1", "b": "2", "c": "2"})
        self.assertEqual(self.refused(rule, "name,pupils\na,101\nb,100\nc,"),
                         ("allocation", [("outside-bands", 1), ("blank-attribute", 3)]))

    def test_tiers(self):
        rule = '{ of = "pupils", tiers = [{ up_to = 1000, rate = 3 }, { up_to = 5000, rate = "1/2" }, { rate = ["income", -0.5] }] }'
        roster = "name,pupils,income\na,0,\nb,1000,\nc,1001,\nd,5000,\ne,6000,0.0001\nf,-5,"
        self.assertEqual(self.of(rule, roster), {"a": "0", "b": "3000", "c": "3001", "d": "5000", "e": "5500", "f": "0"})  # c: 3000.5
        self.assertEqual(self.refused(rule, "name,pupils,income\na,5001,"), ("allocation", [("blank-attribute", 1)]))
        closed = '{ of = "pupils", tiers = [{ up_to = 10, rate = 1 }] }'
        self.assertEqual(self.refused(closed, "name,pupils\na,10\nb,11\nc,-1"), ("allocation", [("outside-bands", 2)]))

    def test_cases(self):
        rule = '{ of = "zone", cases = { A = 1, "丙级" = "pupils" }, otherwise = { rate = 2, of = "income" } }'
        self.assertEqual(self.of(rule, "name,zone,pupils,income\nx,A,,\ny,丙级,5,\nz,B,,0.0004"), {"x": "1", "y": "5", "z": "8"})
        rule = '{ of = "county", cases = { "" = 1, "甲县" = 2 } }'
        self.assertEqual(self.refused(rule, "name,county\nx,\ny,甲县\nz,乙县"), ("allocation", [("no-case", 3)]))
        self.assertEqual(self.refused('{ of = "zone", cases = { A = 1 } }', "name,zone\nx,A\ny,"), ("allocation", [("blank-attribute", 2)]))

    def test_aggregates(self):
        roster = "name,county,pupils,count,hilly\na,A,10,1,1\nb,A,20,2,\nc,B,5,1,1\nd,B,7,3,"
        def over(word, more='over = ["county"]', of='of = "pupils"'):
            found = self.of(f'{{ aggregate = "{word}", {", ".join(part for part in (of, more) if part)} }}', roster, rounding="{ places = 2 }")
            return [found[key] for key in "ac"]  # the rows of one place
        self.assertEqual(over("sum"), ["50", "26"])  # 10 + 2×20; 5 + 3×7
        self.assertEqual(over("mean"), ["16.67", "6.5"])
        self.assertEqual(over("least"), ["10", "5"])
        self.assertEqual(over("greatest"), ["20", "7"])
        self.assertEqual(over("median"), ["20", "7"])  # 10 20 20; 5 7 7 7
        self.assertEqual(over("count", of=""), ["3", "4"])
        self.assertEqual(over("median", ""), ["7", "7"])  # 5 7 7 7 10 20 20
        self.assertEqual(over("median", "where = { pupils = { above = 5 } }"), ["8.5", "8.5"])  # 7 7 7 10 20 20
        self.assertEqual(over("sum", 'where = { hilly = true }, over = ["county"]'), ["10", "5"])
        self.assertEqual(over("count", "where = { pupils = 99 }", ""), ["0", "0"])
        self.assertEqual(over("sum", "where = { pupils = 99 }"), ["0", "0"])

    def test_an_aggregate_of_nothing_and_one_with_a_blank(self):
        for word in ("mean", "least", "greatest", "median"):
            rule = f'{{ aggregate = "{word}", of = "pupils", over = ["zone"], where = {{ hilly = true }} }}'
            self.assertEqual(self.refused(rule, "name,zone,pupils,hilly\nx,A,1,1\ny,B,2,"), ("allocation", [("empty-aggregate", 2)]), word)
            self.assertEqual(self.refused(rule, "name,zone,pupils,hilly\nx,A,,1\ny,B,2,1"), ("allocation", [("blank-attribute", 1)]), word)
        self.assertEqual(self.of('{ aggregate = "sum", of = "pupils", where = { hilly = true } }', "name,pupils,hilly\nx,,\ny,2,1"),
                         {"x": "2", "y": "2"})

    def test_an_aggregate_of_an_earlier_layer_reads_each_member(self):
        funding = 'a = { pool = "p" }\nb = { aggregate = "greatest", of = "a" }\nc = { aggregate = "median", of = "a" }'
        policy = small_policy(["a", "b", "c"], one_class(funding), more='pools = [{ id = "p", amount = 10, weights = { equal = 1 } }]')
        found = computed(policy, "name,count\ng,3")  # 4 3 3
        self.assertEqual((by_name(found, "b"), by_name(found, "c")), ({"g": "12"}, {"g": "9"}))

    def test_an_amount_before_its_rounding(self):
        funding = 'a = { rate = "1/3", of = 100, rounding = { multiple = 10 } }\nb = { rate = 3, of = { exact = "a" } }\nc = { rate = 3, of = "a" }'
        found = computed(small_policy(["a", "b", "c"], one_class(funding)), "name\nx")
        self.assertEqual([model.plain_decimal(line.amount) for line in found.lines], ["30", "100", "90"])
        funding = 'a = { pool = "p" }\nb = { product = [{ exact = "a" }, 6] }'
        policy = small_policy(["a", "b"], one_class(funding), more='pools = [{ id = "p", amount = 10, weights = { pupils = 1 }, at_least = 2 }]')
        found = computed(policy, "name,pupils\nx,2\ny,1\nz,0")
        self.assertEqual((by_name(found, "a"), by_name(found, "b")),
                         ({"x": "5", "y": "3", "z": "2"}, {"x": "32", "y": "16", "z": "12"}))  # 5⅓ 2⅔ 2

    def test_rates_are_values(self):
        rule = '{ rate = { quotient = ["pupils", 3] }, of = { rate = "income", of = 2 } }'
        self.assertEqual(self.of(rule, "name,pupils,income\nx,10,0.0003"), {"x": "20"})

    def test_roundings_of_rules(self):
        rule = '[{ rate = "1/3", of = 100, rounding = { places = 1 } }, { rate = "1/3", of = 100, rounding = { places = 1, mode = "up" } }]'
        self.assertEqual(self.of(rule, "name\nx", rounding="{ places = 2 }"), {"x": "66.7"})  # 33.3 + 33.4
        rule = '{ difference = [100, "pupils"], rounding = { multiple = 40, mode = "half-up" }, at_least = -1000 }'
        self.assertEqual(self.of(f"[{rule}, 200]", "name,pupils\na,80\nb,79\nc,120\nd,121\ne,160"),
                         {"a": "240", "b": "240", "c": "160", "d": "160", "e": "120"})  # 20→40 21→40 -20→-40 -21→-40 -60→-80
        rule = '{ amount = 149.5, rounding = { multiple = 0.3, mode = "down" } }'  # 149.4 is 498 × 0.3
        self.assertEqual(self.of(rule, "name\nx"), {"x": "149"})
        policy = small_policy(["a"], one_class('a = { amount = 12.3456, rounding = { unit = "元", places = 0 } }'), "万元", "{ places = 2 }")
        self.assertEqual(by_name(computed(policy, "name\nx")), {"x": "12.3456"})
        self.assertEqual(self.of('{ amount = 2.5, rounding = { places = 0, mode = "half-even" } }', "name\nx"), {"x": "2"})

    def test_figures_read_each_other_in_any_order(self):
        more = """figures = [
            { id = "gap", value = { difference = ["mean", "pupils"] } },
            { id = "mean", value = { aggregate = "mean", of = "pupils", over = ["county"] }, rounding = { places = 1, mode = "down" } },
            { id = "unused", value = { quotient = [1, 0] } }]"""
        rule = '{ rate = 10, of = "gap", at_least = 0, when = { gap = { above = -1 } } }'
        self.assertEqual(self.of(rule, "name,county,pupils\na,A,1\nb,A,2\nc,A,2\nd,B,5", more=more),
                         {"a": "6", "b": "0", "c": "0", "d": "0"})  # mean 1.6
        self.assertEqual(self.refused(rule, "name,county,pupils\na,A,1\nb,A,", more=more), ("allocation", [("blank-attribute", 2)]))

    def test_a_figure_of_layers_is_each_members_own(self):
        funding = 'a = { pool = "p" }\nb = "half"'
        more = 'pools = [{ id = "p", amount = 10, weights = { equal = 1 } }]\nfigures = [{ id = "half", value = { rate = "1/2", of = "a" } }]'
        found = computed(small_policy(["a", "b"], one_class(funding), more=more), "name,count\ng,3")
        self.assertEqual(by_name(found, "b"), {"g": "6"})  # 2 + 2 + 2 of 4, 3, 3

    def test_figures_round_as_their_own_numbers_or_in_a_unit_of_money(self):
        more = """figures = [
            { id = "share", value = { quotient = ["pupils", 3] }, rounding = { places = 2, mode = "up" } },
            { id = "money", unit = "亿元", value = "income", rounding = { unit = "万元", places = 1 } },
            { id = "dozens", value = "pupils", rounding = { multiple = 12 } }]"""
        policy = small_policy(["a", "b", "c"], one_class('a = "share"\nb = "money"\nc = "dozens"'), "亿元", "{ places = 2 }", more)
        found = [model.plain_decimal(line.amount) for line in computed(policy, "name,pupils,income\nx,20,1234.56").lines]
        self.assertEqual(found, ["6.67", "0.12346", "24"])  # 1234.6 万元

    def test_standards_are_values(self):
        standard = 'standard = { of = "zone", cases = { A = { rate = 3, of = "pupils" }, B = { 2020 = 7 } } }'
        self.assertEqual(self.of('a = { top_up_to = "standard" }', "name,zone,pupils\nx,A,5\ny,B,", standard), {"x": "15", "y": "7"})
        more = 'figures = [{ id = "two", value = { rate = 2, of = "standard" } }]'
        self.assertEqual(self.of('a = "two"', "name,zone,pupils\nx,A,5", standard, more=more), {"x": "30"})
        self.assertEqual(self.refused('a = "two"', "name\nx", more), ("allocation", [("missing-standard", 1)]))

    def test_hold_harmless_phased_out_over_the_years(self):
        """What a place got in the year before is kept by nine tenths, a quarter of the way to the formula is gone each year."""
        policy = """
id = "p"
title = { en = "P" }
years = [2023, 2026]
unit = "元"
rounding = { places = 0 }
payers = { city = {} }
layers = [{ id = "a", payer = "city" }]
attributes = { pupils = { type = "number" }, base = { type = "number" } }
[[classes]]
id = "c"
[classes.funding]
a = { amount = ["last", { rate = 0.25, of = { difference = ["pupils", "last"] } }], at_least = { rate = 0.9, of = "last" } }
[[figures]]
id = "last"
value = { last_year = "a", first = "base" }
"""
        roster = "name,pupils,base,from,to\nup,200,100,,\ndown,0,100,,\nnew,80,40,2025,\nback,10,100,,2023\nback,10,50,2025,\n"
        found = {(row["name"], row["year"]): row["amount"] for row in model.long_table(computed(policy, roster))}
        self.assertEqual([found["up", year] for year in range(2023, 2027)], ["125", "144", "158", "169"])  # 143.75 158 168.5
        self.assertEqual([found["down", year] for year in range(2023, 2027)], ["90", "81", "73", "66"])  # 72.9 65.7
        self.assertEqual([found["new", year] for year in (2025, 2026)], ["50", "58"])  # 40 + ¼×40; 50 + 7.5
        self.assertEqual([found["back", year] for year in (2023, 2025, 2026)], ["90", "45", "41"])  # 45×0.9 = 40.5
        alone = computed(policy, roster, [2026])
        self.assertEqual(by_name(alone), {"up": "169", "down": "66", "new": "58", "back": "41"})
        self.assertEqual({line.year for line in alone.lines}, {2026})

    def test_last_year_reads_any_layer_and_follows_an_id_through_classes(self):
        policy = """
id = "p"
title = { en = "P" }
years = [2023, 2024]
unit = "元"
rounding = { places = 0 }
kinds = { town = {}, village = {} }
payers = { city = {} }
layers = [{ id = "a", payer = "city" }, { id = "b", payer = "city" }]
pools = [{ id = "p", amount = 10, weights = { equal = 1 } }]
classes = [
    { id = "v", kind = "village", funding = { a = { last_year = "b", first = 1 }, b = { pool = "p" } } },
    { id = "t", kind = "town", funding = { a = { last_year = "b", first = 1 } } }]
"""
        roster = "id,name,kind,count,from,to\n1,g,village,3,,\n2,x,village,,,2023\n2,x,town,,2024,\n3,y,town,,,"
        found = {(row["id"], row["layer"], row["year"]): row["amount"] for row in model.long_table(computed(policy, roster), True)}
        self.assertEqual(found["1", "b", 2023], "8")  # 3 3 2 and 2 for the other place
        self.assertEqual(found["1", "a", 2024], "6")  # the last member's for each
        self.assertEqual(found["2", "a", 2024], "2")
        self.assertEqual((found["3", "a", 2023], found["3", "a", 2024]), ("1", "0"))
        self.assertEqual((found["1", "b", 2024], found["2", "b", 2024]), ("10", "0"))  # 4 3 3

    def test_what_is_computed_before_the_years_asked_for_can_be_wrong(self):
        policy = self.years_policy('{ last_year = "a", first = { quotient = [1, "pupils"] } }')
        with self.assertRaises(Refused) as caught:
            computed(policy, "name,pupils\nx,0", [2024])
        self.assertEqual([tuple(problem)[:2] for problem in caught.exception.problems], [("division-by-zero", 1)])

    @staticmethod
    def years_policy(rule):
        return small_policy(["a"], one_class(f"a = {rule}")).replace("[2023, 2023]", "[2023, 2024]")


class Conditions(unittest.TestCase):
    def of(self, when, roster, layers=("a",), before="", more="", kinds=""):
        funding = f"{before}\n{layers[-1]} = {{ amount = 1, when = {{ {when} }} }}"
        found = by_name(computed(small_policy(layers, one_class(funding, kinds), more=more), roster), layers[-1])
        return "".join(id_ for id_, amount in found.items() if amount == "1")

    def test_any_and_not(self):
        roster = "name,pupils,county\na,1,A\nb,5,A\nc,5,B\nd,9,B"
        self.assertEqual(self.of('any = [{ pupils = 1 }, { pupils = { above = 5 } }]', roster), "ad")
        self.assertEqual(self.of('not = { county = "A", pupils = 5 }', roster), "acd")
        self.assertEqual(self.of('county = "B", any = [{ pupils = 1 }, { not = { pupils = 5 }, county = ["B"] }]', roster), "d")
        self.assertEqual(self.of('not = { any = [{ pupils = 1 }, { county = "B" }] }', roster), "b")

    def test_values_stand_where_numbers_stood(self):
        more = 'figures = [{ id = "mean", value = { aggregate = "mean", of = "pupils" } }]'
        roster = "name,pupils,income\na,1,0.0001\nb,5,0.0009\nc,6,0.0006"
        self.assertEqual(self.of('pupils = { below = { rate = 1.2, of = "mean" } }', roster, more=more), "a")  # 4.8
        self.assertEqual(self.of('pupils = { at_least = "mean", at_most = ["income", 1] }', roster, more=more), "bc")
        self.assertEqual(self.of('pupils = ["income", 5]', roster), "abc")
        self.assertEqual(self.of('pupils = { difference = ["income", 4] }', roster), "b")
        self.assertEqual(self.of('pupils = { 2020 = 1, 2023 = 5 }', roster), "b")
        self.assertEqual(self.of('mean = { above = "pupils" }', roster, more=more), "a")

    def test_subjects(self):
        roster = "name,township,zone\na,T,A\nb,,B"
        self.assertEqual(self.of('year = 2023', roster), "ab")
        self.assertEqual(self.of('year = { above = { 2020 = 2023 } }', roster), "")
        self.assertEqual(self.of('class = ["all"], township = "T"', roster), "a")
        self.assertEqual(self.of('x = { at_least = 3 }', roster, ("x", "a"), 'x = { of = "zone", cases = { A = 3 }, otherwise = 0 }'), "a")
        kinds = 'kinds = { town = { zh = "镇" }, village = {} }\ndesignations = { s = {} }'
        self.assertEqual(self.of('kind = "镇"', "name,kind,designation\na,town,s\nb,village,s", more=kinds), "a")
        self.assertEqual(self.of('kind = ["town"], designation = "s"', "name,kind,designation\na,town,s\nb,village,s", more=kinds), "a")

    def test_everything_is_read(self):
        when = '{ any = [{ county = "A" }, { pupils = { above = { rate = 2, of = "income" } } }] }'
        policy = small_policy(["a"], one_class(f"a = {{ amount = 1, when = {when} }}"))
        self.assertEqual(refusal_of(policy, "name,county,pupils,income\nx,A,,1\ny,A,1,\nz,B,1,1"),
                         ("allocation", [("blank-attribute", 1), ("blank-attribute", 2)]))

    def test_classes_by_figures(self):
        more = 'figures = [{ id = "mean", value = { aggregate = "mean", of = "pupils" } }]'
        classes = """[[classes]]
id = "small"
where = { pupils = { below = "mean" } }
funding = { a = 1 }
[[classes]]
id = "large"
where = { not = { pupils = { below = "mean" } } }
funding = { a = 2 }
"""
        policy = small_policy(["a"], classes, more=more)
        self.assertEqual(by_name(computed(policy, "name,pupils\na,1\nb,4\nc,4")), {"a": "1", "b": "2", "c": "2"})
        self.assertEqual(refusal_of(policy, "name,pupils\na,1\nb,"), ("roster", [("blank-attribute", 2)]))
        policy = policy.replace("[2023, 2023]", "[2023, 2024]")
        self.assertEqual(refusal_of(policy, "name,pupils,to\na,1,2023\nb,3,\nc,4,"), ("roster", [("class-changes", 2)]))  # 2⅔, then 3½
        by_year = policy.replace('{ pupils = { below = "mean" } }', "{ year = 2023 }")
        self.assertEqual(refusal_of(by_year, "name,pupils,to\na,1,2023\nb,3,"), ("roster", [("class-changes", 2)]))


class Layers(unittest.TestCase):
    def layered(self, layers, funding, roster, more="", attributes=""):
        policy = small_policy([], one_class(funding), more=more).replace("layers = []", f"layers = [{layers}]")
        return computed(policy, roster)

    def test_places_that_pay_in(self):
        layers = '{ id = "a", payer = "city", sign = "any" }, { id = "b", payer = "city" }'
        found = self.layered(layers, 'a = { difference = [10, "pupils"] }\nb = { top_up_to = 12 }', "name,pupils,count\nx,7,1\ny,12.5,2\nz,10,1")
        self.assertEqual(by_name(found, "a"), {"x": "3", "y": "-6", "z": "0"})  # -2.5 is rounded to -3
        self.assertEqual(by_name(found, "b"), {"x": "9", "y": "30", "z": "12"})
        rows = model.totals(found, ("layer",))
        self.assertEqual([(row["count"], row["amount"]) for row in rows], [(3, "-3"), (4, "51")])
        self.assertEqual(by_name(self.layered(layers, "a = [-5]", "name\nx"), "a"), {"x": "-5"})

    def test_roundings_of_layers(self):
        layers = """{ id = "a", payer = "city", rounding = { places = 1, mode = "up" } },
            { id = "b", payer = "city", rounding = { multiple = 50 } }, { id = "c", payer = "city" }"""
        found = self.layered(layers, 'a = 1.01\nb = { amount = 70, rounding = { multiple = 40 } }\nc = ["a", "b"]', "name\nx")
        self.assertEqual([model.plain_decimal(line.amount) for line in found.lines], ["1.1", "100", "101"])  # 70 → 80 → 100; 101.1

    def test_a_pool_has_the_step_of_its_layer(self):
        layers = '{ id = "a", payer = "city", rounding = { multiple = 10 } }'
        found = self.layered(layers, 'a = { pool = "p" }', "name\nx\ny", 'pools = [{ id = "p", amount = 30, weights = { equal = 1 } }]')
        self.assertEqual(by_name(found), {"x": "20", "y": "10"})

    def test_a_text_says_who_pays(self):
        layers = '{ id = "a", payer = { attribute = "zone" } }'
        found = self.layered(layers, 'a = 5', "name,zone\nx,B\ny,\nz,A\nw,B")
        self.assertEqual([(row["payer"], row["amount"]) for row in model.totals(found, ("payer",))], [("B", "10"), ("", "5"), ("A", "5")])

    def limited(self, limit, roster, a='"pupils"', more=""):
        layers = f'{{ id = "a", payer = "county", limit = {{ {limit} }} }}, {{ id = "b", payer = "city" }}'
        found = self.layered(layers, f'a = {a}\nb = {{ top_up_to = 100 }}', roster, more)
        return by_name(found, "a"), by_name(found, "b")

    def test_a_limit_for_all_and_one_for_each_payer(self):
        roster = "name,county,pupils\nx,A,10\ny,A,20\nz,B,50"
        self.assertEqual(self.limited('amount = 40.9, rule = "proportional"', roster),
                         ({"x": "5", "y": "10", "z": "25"}, {"x": "95", "y": "90", "z": "75"}))
        self.assertEqual(self.limited('amount = 40, rule = "constrained-equal-awards"', roster)[0], {"x": "10", "y": "15", "z": "15"})
        by_payer = 'amount = { of = "payer", cases = { A = 10 }, otherwise = 60 }, rule = "proportional", per = "payer"'
        self.assertEqual(self.limited(by_payer, roster)[0], {"x": "3", "y": "7", "z": "50"})
        by_county = 'amount = { rate = 0.5, of = { aggregate = "sum", of = "pupils", over = ["county"] } }, rule = "proportional", per = "county"'
        self.assertEqual(self.limited(by_county, roster)[0], {"x": "5", "y": "10", "z": "25"})

    def test_members_of_a_counted_row_are_cut_each_for_itself(self):
        roster = "name,county,pupils,count\nx,A,10,3\nz,B,0,5"
        self.assertEqual(self.limited('amount = 20, rule = "proportional"', roster), ({"x": "20", "z": "0"}, {"x": "280", "z": "500"}))  # 7 7 6
        more = 'figures = [{ id = "m", value = { aggregate = "least", of = "a", where = { a = { above = 0 } } } }]'
        layers = '{ id = "a", payer = "city", limit = { amount = 20, rule = "proportional" } }, { id = "b", payer = "city" }'
        found = self.layered(layers, 'a = "pupils"\nb = "m"', roster, more)
        self.assertEqual(by_name(found, "b"), {"x": "18", "z": "30"})

    def test_limits_in_turn_and_what_comes_before_a_limit(self):
        policy = """
id = "p"
title = { en = "P" }
years = [2023, 2023]
unit = "元"
rounding = { places = 0 }
kinds = { town = {}, village = {} }
payers = { city = {} }
layers = [
    { id = "a", payer = "city", limit = { amount = 100, rule = "priority", order = ["v"] } },
    { id = "b", payer = "city" }]
classes = [
    { id = "t", kind = "town", funding = { a = 60, b = { exact = "a" } } },
    { id = "v", kind = "village", funding = { a = 40, b = { exact = "a" } } }]
"""
        found = computed(policy, "name,kind\nx,town\ny,village\nz,village")
        self.assertEqual(by_name(found, "a"), {"x": "20", "y": "40", "z": "40"})
        self.assertEqual(by_name(found, "b"), {"x": "60", "y": "40", "z": "40"})

    def test_refusals_of_limits(self):
        layers = '{ id = "a", payer = "city", sign = "any", limit = { amount = 5, rule = "proportional" } }'
        with self.assertRaises(Refused) as caught:
            self.layered(layers, 'a = { difference = [10, "pupils"] }', "name,pupils\nx,1\ny,11")
        self.assertEqual([tuple(p)[:2] for p in caught.exception.problems], [("signed-limit", None)])
        for amount, code, row in (('{ difference = [1, 2] }', "negative-amount", None), ('{ quotient = [1, 0] }', "division-by-zero", 1)):
            with self.assertRaises(Refused) as caught:
                self.limited(f'amount = {amount}, rule = "proportional"', "name,county,pupils\nx,A,5")
            self.assertEqual([tuple(p)[:2] for p in caught.exception.problems], [(code, row)])


class PoolsOfValues(unittest.TestCase):
    def pools(self, pools, roster, funding='a = { pool = "p" }', layers=("a",), more="", year=2023):
        policy = small_policy(layers, one_class(funding), more=f"pools = [{pools}]\n{more}").replace("2023", str(year))
        return computed(policy, roster)

    def of(self, *arguments, **named):
        found = self.pools(*arguments, **named)
        return by_name(found, found.policy.layers[-1].id)

    def test_what_is_left_of_an_appropriation(self):
        pool = '{ id = "p", amount = { difference = [100.9, { aggregate = "sum", of = "a" }] }, weights = { pupils = 1 } }'
        found = self.of(pool, "name,pupils,count\nx,10,1\ny,20,2", 'a = "pupils"\nb = { pool = "p" }', ("a", "b"))
        self.assertEqual(found, {"x": "10", "y": "40"})  # 100.9 - 50 = 50.9, down to 50

    def test_a_pool_for_each_county(self):
        otherwise = '{ aggregate = "sum", of = "pupils", over = ["county"] }'
        amount = f'{{ of = "county", cases = {{ A = 10 }}, otherwise = {otherwise} }}'
        pool = f'{{ id = "p", per = "county", amount = {amount}, weights = {{ equal = 1 }} }}'
        found = self.pools(pool, "name,county,pupils,hilly\na,A,1,\nb,A,1,\nc,A,1,\nd,B,7,\ne,B,1,")
        self.assertEqual(by_name(found), {"a": "4", "b": "3", "c": "3", "d": "4", "e": "4"})
        self.assertEqual(self.refused(pool, "name,county,pupils,hilly\na,A,1,\nf,,3,"), [("blank-attribute", 2)])
        when = 'a = { pool = "p", when = { hilly = true } }'
        found = self.pools(pool, "name,county,pupils,hilly\na,A,1,1\nd,B,7,", when)
        self.assertEqual((by_name(found), [w.code for w in found.warnings]), ({"a": "10", "d": "0"}, []))

    def test_hold_harmless(self):
        pool = '{ id = "p", amount = 100, weights = { pupils = 1 }, at_least = { rate = 0.9, of = "income" } }'
        found = self.of(pool, "name,pupils,income\nx,1,0.0050\ny,5,0.0010\nz,4,0.00005")
        self.assertEqual(found, {"x": "45", "y": "31", "z": "24"})  # 55 to 5 : 4 is 30.56 and 24.44; x has its floor
        pool = '{ id = "p", amount = 100, weights = { pupils = 1 }, at_most = "income" }'
        self.assertEqual(self.of(pool, "name,pupils,income\nx,5,0.0020\ny,3,0.01\nz,2,0.01"), {"x": "20", "y": "48", "z": "32"})
        pool = '{ id = "p", amount = 100, weights = { pupils = 1 }, at_least = "income", at_most = 30 }'
        self.assertEqual(self.refused(pool, "name,pupils,income\nx,5,0.0031\ny,3,0.0030"), [("floor-above-cap", 1)])

    def refused(self, *arguments, **named):
        with self.assertRaises(Refused) as caught:
            self.pools(*arguments, **named)
        return [tuple(problem)[:2] for problem in caught.exception.problems]

    def test_floors_that_are_cut_and_money_that_is_kept(self):
        floors = '{ id = "p", amount = 100, weights = { equal = 1 }, at_least = "pupils", if_short = "reduce" }'
        self.assertEqual(self.of(floors, "name,pupils,count\nx,60,1\ny,30,2\nz,0,1"), {"x": "50", "y": "50", "z": "0"})
        found = self.of(floors, "name,pupils,count\nx,60,1\ny,20.5,2\nz,0,1")
        self.assertEqual(found, {"x": "59", "y": "41", "z": "0"})  # floors 60 21 21, cut to 58.82 20.59 20.59
        self.assertEqual(self.refused(floors.replace("reduce", "refuse"), "name,pupils\nx,60\ny,41"), [("pool-floors-exceed", None)])
        caps = """{ id = "p", amount = 100, weights = { pupils = 1 }, at_most = 30, if_left = "keep" },
            { id = "q", amount = { left_of = "p" }, weights = { equal = 1 } }"""
        funding = 'a = { pool = "p" }\nb = { pool = "q" }'
        found = self.pools(caps, "name,pupils\nx,1\ny,2\nz,0", funding, ("a", "b"))
        self.assertEqual((by_name(found, "a"), by_name(found, "b")), ({"x": "30", "y": "30", "z": "0"}, {"x": "14", "y": "13", "z": "13"}))

    def test_parts_rounded_each_for_itself(self):
        pools = """{ id = "p", amount = 100, weights = { equal = 1 }, apportion = "each" },
            { id = "q", amount = { left_of = "p" }, weights = { equal = 1 } }"""
        found = self.pools(pools, "name\nx\ny\nz", 'a = { pool = "p" }\nb = { pool = "q" }', ("a", "b"))
        self.assertEqual((by_name(found, "a"), by_name(found, "b")), (dict.fromkeys("xyz", "33"), dict.fromkeys("xyz", "0")))
        self.assertEqual([warning.code for warning in found.warnings], ["pool-difference"])
        found = self.pools(pools.replace("100", "101"), "name\nx\ny\nz", 'a = { pool = "p" }\nb = { pool = "q" }', ("a", "b"))
        self.assertEqual((by_name(found, "a"), by_name(found, "b")), (dict.fromkeys("xyz", "34"), dict.fromkeys("xyz", "0")))

    def test_what_is_left_by_county_and_altogether(self):
        pools = """{ id = "p", per = "county", amount = 10, weights = { equal = 1 }, at_most = 4, if_left = "keep" },
            { id = "q", per = "county", amount = { left_of = "p" }, weights = { equal = 1 } },
            { id = "r", amount = { left_of = "p" }, weights = { equal = 1 } }"""
        funding = 'a = { pool = "p" }\nb = { pool = "q" }\nc = { pool = "r" }'
        found = self.pools(pools, "name,county\nx,A\ny,B\nz,B", funding, ("a", "b", "c"))
        self.assertEqual(by_name(found, "b"), {"x": "6", "y": "1", "z": "1"})
        self.assertEqual(by_name(found, "c"), {"x": "3", "y": "3", "z": "2"})  # 8

    def test_weights_that_are_figures_and_layers(self):
        pool = '{ id = "p", amount = 100, weights = { a = 0.5, per_head = 0.5 } }'
        more = 'figures = [{ id = "per_head", value = { quotient = ["income", "pupils"] } }]'
        found = self.of(pool, "name,pupils,income\nx,1,0.0001\ny,3,0.0001", 'a = "pupils"\nb = { pool = "p" }', ("a", "b"), more)
        self.assertEqual(found, {"x": "50", "y": "50"})  # 12½ + 37½ and 37½ + 12½
        negative = more.replace('{ quotient = ["income", "pupils"] }', '{ difference = ["pupils", 2] }')
        self.assertEqual(self.refused(pool, "name,pupils,income\nx,1,1\ny,3,1", 'a = "pupils"\nb = { pool = "p" }', ("a", "b"), negative),
                         [("negative-share", 1)])

    def test_members_of_a_row_that_differ_are_members_of_their_own(self):
        pools = '{ id = "p", amount = 10, weights = { equal = 1 } }, { id = "q", amount = 7, weights = { equal = 1 } }'
        funding = 'a = { pool = "p" }\nb = { pool = "q", when = { a = 3 } }'
        found = self.pools(pools, "name,count\ng,3", funding, ("a", "b"))
        self.assertEqual([line.parts for line in found.lines], [((1, 4), (2, 3)), ((1, 0), (1, 4), (1, 3))])

    def test_a_pool_below_0(self):
        policy = small_policy([], one_class('a = { difference = [10, "pupils"] }\nb = { pool = "p" }'),
                              more='pools = [{ id = "p", amount = { difference = [0, { aggregate = "sum", of = "a" }] }, weights = { equal = 1 } }]')
        def layered(sign_a, sign_b):
            return policy.replace("layers = []", f'layers = [{{ id = "a", payer = "city"{sign_a} }}, {{ id = "b", payer = "city"{sign_b} }}]')
        sign, roster = ', sign = "any"', "name,pupils,count\nx,5,1\ny,5.4,2"
        found = computed(layered(sign, sign), roster)  # 5 + 2 × 5 to pay back
        self.assertEqual(by_name(found, "b"), {"x": "-5", "y": "-10"})
        found = computed(layered(sign, sign), "name,pupils,count\nx,6,1\ny,7,2")
        self.assertEqual([line.parts for line in found.lines if line.layer.id == "b"], [((1, -4),), ((2, -3),)])
        self.assertEqual(refusal_of(layered(sign, ""), roster), ("allocation", [("negative-amount", None)]))
        self.assertEqual(refusal_of(layered(sign, sign).replace("equal = 1 }", "equal = 1 }, at_least = 0"), roster),
                         ("allocation", [("negative-amount", None)]))

    def test_a_pool_whose_amount_is_not_known(self):
        pool = '{ id = "p", per = "zone", amount = { of = "zone", cases = { A = 1 } }, weights = { equal = 1 } }'
        self.assertEqual(self.refused(pool, "name,zone\nx,A\ny,B"), [("no-case", 2)])
        self.assertEqual(self.refused(pool, "name,zone\nx,A\ny,"), [("blank-attribute", 2)])
        pool = '{ id = "p", amount = { quotient = [5, { aggregate = "sum", of = "pupils" }] }, weights = { equal = 1 } }'
        self.assertEqual(self.refused(pool, "name,pupils\nx,0"), [("division-by-zero", 1)])


class RefusedPolicies(unittest.TestCase):
    """Each mistake of the new words, by its code."""

    def codes(self, funding="a = 1", more="", standard="", layers=("x", "a", "z"), change=("", "")):
        text = small_policy(layers, one_class(funding, standard), more=more).replace(*change)
        try:
            model.read_policy(model.structure_of_toml(text))
        except Refused as refused:
            return {problem.code for problem in refused.problems}
        return set()

    def test_values(self):
        cases = {
            "{ product = [] }": "too-few-values", "{ quotient = [1] }": "too-few-values", "{ quotient = [1, 2, 3] }": "bad-rule",
            "{ quotient = [1, 2], otherwise = 3 }": "unknown-key",
            "{ bands = [{ below = 5, give = 1 }] }": "missing-key", '{ of = "pupils", bands = [] }': "too-few-values",
            '{ of = "pupils", bands = [{ below = 5, give = 1 }, { at_most = 4, give = 1 }] }': "bad-bands",
            '{ of = "pupils", bands = [{ at_most = 5, give = 1 }, { below = 5, give = 1 }] }': "bad-bands",
            '{ of = "pupils", bands = [{ give = 1 }, { below = 5, give = 1 }] }': "bad-bands",
            '{ of = "pupils", bands = [{ below = 5, at_most = 6, give = 1 }] }': "bad-bands",
            '{ of = "pupils", bands = [{ below = "income", give = 1 }] }': "bad-number",
            '{ of = "pupils", bands = [{ below = 5 }] }': "missing-key",
            '{ of = "pupils", bands = [{ below = 5, gives = 1, give = 1 }] }': "unknown-key",
            '{ of = "pupils", tiers = [{ up_to = 0, rate = 1 }] }': "bad-bands",
            '{ of = "pupils", tiers = [{ up_to = 5, rate = 1 }, { up_to = 5, rate = 1 }] }': "bad-bands",
            '{ of = "zone", cases = {} }': "too-few-values", '{ of = "pupils", cases = { a = 1 } }': "wrong-attribute-type",
            '{ of = "moon", cases = { a = 1 } }': "unknown-attribute", '{ of = "payer", cases = { a = 1 } }': "unknown-attribute",
            '{ of = "kind", cases = { town = 1 } }': "unknown-kind", '{ of = "class", cases = { al = 1 } }': "unknown-class",
            '{ aggregate = "average", of = "pupils" }': "unknown-word", '{ aggregate = "count", of = "pupils" }': "bad-aggregate",
            '{ aggregate = "sum" }': "bad-aggregate", '{ aggregate = "sum", of = "pupils", over = ["moon"] }': "unknown-attribute",
            '{ aggregate = "sum", of = "pupils", over = ["income"] }': "wrong-attribute-type", '{ aggregate = "sum", of = "a" }': "later-layer",
            '{ aggregate = "sum", of = "pupils", over = "county" }': "wrong-type",
            '{ aggregate = "sum", of = "pupils", over = ["zone", "zone"] }': "duplicate-id",
            '{ exact = "a" }': "later-layer", '{ exact = "moon" }': "unknown-layer", '{ last_year = "z" }': "missing-key",
            '{ left_of = "p" }': "left-of-outside-pool", "{ amount = 1, rounding = { mode = \"near\" } }": "bad-rounding",
            "{ amount = 1, rounding = { multiple = 0 } }": "bad-rounding",
            "{ amount = 1, rounding = { multiple = 5, places = 1 } }": "bad-rounding",
            "{ amount = 1, rounding = { multiple = -5 } }": "bad-rounding", '{ amount = 1, rounding = { unit = "角" } }': "bad-unit",
            '{ rate = "wealth", of = 1 }': "bad-number", '{ rate = ["wealth"], of = 1 }': "unknown-value",
            "{ amount = 1, when = { any = [] } }": "bad-condition", "{ amount = 1, when = { any = { pupils = 1 } } }": "bad-condition",
            "{ amount = 1, when = { not = {} } }": "bad-condition", "{ amount = 1, when = { not = [{ pupils = 1 }] } }": "bad-condition",
            "{ amount = 1, when = { year = { since = 2023 } } }": "unknown-key", '{ amount = 1, when = { class = "other" } }': "unknown-class",
            '{ amount = 1, when = { a = 5 } }': "later-layer", '{ amount = 1, when = { pupils = { above = "z" } } }': "later-layer",
        }
        for rule, code in cases.items():
            self.assertEqual(self.codes(f"a = {rule}"), {code}, rule)
        self.assertEqual(self.codes('a = { last_year = "z", first = { last_year = "a", first = 0 } }'), set())

    def test_figures(self):
        def figure(value, id_="f", others=""):
            return f'figures = [{{ id = "{id_}", value = {value} }}{others}]'

        cases = [
            (figure("1", "pupils"), "reserved-id"), (figure("1", "county"), "reserved-id"),
            (figure("1", "year"), "reserved-id"), (figure("1", "7"), "reserved-id"), (figure("1", "a"), "reserved-id"),
            (figure("1", others=', { id = "f", value = 2 }'), "duplicate-id"), (figure('"f"'), "circular-figure"),
            (figure('{ aggregate = "sum", of = "g" }', others=', { id = "g", value = { amount = 1, when = { f = 1 } } }'), "circular-figure"),
            (figure('"moon"'), "unknown-value"),
            (figure("1", others=', { id = "g" }'), "missing-key"),
            (figure("1", others=', { id = "g", value = 1, size = 2 }'), "unknown-key"),
        ]
        for more, code in cases:
            self.assertEqual(self.codes(more=more), {code}, more)
        for value in ('"z"', '"a"', '{ exact = "a" }', '{ aggregate = "sum", of = "a" }', '{ top_up_to = 5, counting = ["a"] }',
                      '{ amount = 1, when = { a = 5 } }'):
            self.assertEqual(self.codes("a = 1\nz = 1", figure(value)), set())
            self.assertEqual(self.codes('a = "f"', figure(value)), {"later-layer"})
            through = figure('"g"', others=f', {{ id = "g", value = {value} }}')
            self.assertEqual(self.codes('a = { amount = 1, when = { f = { above = 1 } } }', through), {"later-layer"})
        self.assertEqual(self.codes('a = "f"', figure('{ last_year = "z", first = -5 }')), set())

    def test_standards_and_classes(self):
        figures = """figures = [{ id = "of_layer", value = "x" }, { id = "of_standard", value = "standard" },
            { id = "of_class", value = { aggregate = "count", over = ["class"] } }, { id = "last", value = { last_year = "x", first = 1 } }]"""
        self.assertEqual(self.codes(more=figures, standard='standard = "of_layer"'), {"later-layer"})
        self.assertEqual(self.codes(more=figures, standard='standard = "last"'), {"later-layer"})
        self.assertEqual(self.codes(more=figures, standard='standard = "of_class"'), set())
        self.assertEqual(self.codes(more=figures, standard='standard = ["standard"]'), {"circular-figure"})
        self.assertEqual(self.codes(more=figures, standard='standard = { rate = 2, of = "of_standard" }'), {"circular-figure"})
        for where, code in (("x = 1", "later-layer"), ("of_layer = 1", "later-layer"), ("last = 1", "later-layer"),
                            ('class = "all"', "class-reads-result"),
                            ("of_class = 1", "class-reads-result"), ("of_standard = 1", "class-reads-result"),
                            ("pupils = \"standard\"", "class-reads-result")):
            self.assertEqual(self.codes(more=figures, standard=f"standard = 5\nwhere = {{ {where} }}"), {code}, where)

    def test_layers(self):
        first = '{ id = "x", payer = "city"'
        for more, code in (
                (', sign = "both"', "unknown-word"), (", rounding = { places = 3 }", "bad-rounding"),
                (", rounding = { multiple = 0.015 }", "bad-rounding"),
                (', limit = { rule = "proportional" }', "missing-key"), (', limit = { amount = 1, rule = "fair" }', "unknown-rule"),
                (', limit = { amount = 1, rule = "priority" }', "bad-order"),
                (', limit = { amount = 1, rule = "talmud", order = ["all"] }', "bad-order"),
                (', limit = { amount = 1, rule = "priority", order = ["al"] }', "unknown-class"),
                (', limit = { amount = -1, rule = "talmud" }', "negative-number"),
                (', limit = { amount = "pupils", rule = "talmud" }', "reads-place"),
                (', limit = { amount = 1, rule = "talmud", per = "moon" }', "unknown-attribute"),
                (', limit = { amount = { of = "county", cases = { A = 1 } }, rule = "talmud" }', "reads-place"),
                (', limit = { amount = { of = "payer", cases = { A = 1 } }, rule = "talmud", per = "county" }', "unknown-attribute"),
                (', limit = { amount = { aggregate = "sum", of = "x" }, rule = "talmud" }', "later-layer")):
            self.assertEqual(self.codes(change=(first, first + more)), {code}, more)
        for payer, code in (('{ attribute = "moon" }', "unknown-attribute"), ('{ attribute = "pupils" }', "wrong-attribute-type"),
                            ("{ text = 1 }", "missing-key")):
            self.assertIn(code, self.codes(change=(first, f'{{ id = "x", payer = {payer}')), payer)
        self.assertEqual(self.codes("x = -5"), {"negative-number"})
        self.assertEqual(self.codes("x = { of = \"zone\", cases = { A = [-5] } }", change=(first, first + ', sign = "any"')), set())

    def test_pools(self):
        def pool(keys, amount="100", funding='a = { pool = "p" }\nz = { pool = "q" }', figures=""):
            return self.codes(funding, more=f"""pools = [{{ id = "p", amount = {amount}, weights = {{ equal = 1 }}{keys} }},
                {{ id = "q", amount = 1, weights = {{ equal = 1 }} }}]\n{figures}""")

        for amount, code in (('"pupils"', "reads-place"), ('"standard"', "reads-place"), ('"x"', "reads-place"), ('{ exact = "x" }', "reads-place"),
                             ('{ aggregate = "sum", of = "pupils", over = ["county"] }', "reads-place"),
                             ('{ aggregate = "sum", of = "a" }', "later-layer"),
                             ('{ amount = 1, when = { county = "A" } }', "reads-place"), ('"local"', "reads-place"),
                             ('{ left_of = "q" }', "later-pool"),
                             ('{ left_of = "p" }', "later-pool"),
                             ('{ left_of = "moon" }', "unknown-pool"), ("-5", "negative-number"), ("0.5", "not-a-multiple"),
                             ('{ of = "county", cases = { A = 1 } }', "reads-place"), ("100000000000000000", "overflow")):
            figures = 'figures = [{ id = "local", value = ["pupils"] }, { id = "whole", value = { aggregate = "mean", of = "local" } }]'
            self.assertEqual(pool("", amount, figures=figures), {code}, amount)
        by_county = '{ of = "county", cases = { A = 0.5 }, otherwise = { aggregate = "sum", of = "x", over = ["county"] } }'
        bounds = ', per = "zone", at_least = "pupils", at_most = { rate = 2, of = "x" }'
        for keys, amount in (("", '"whole"'), (', per = "county"', by_county), (bounds, '{ amount = 1, when = { zone = "A", year = 2023 } }')):
            found = pool(keys, amount, figures='figures = [{ id = "whole", value = { aggregate = "mean", of = "pupils" } }]')
            self.assertEqual(found, set(), keys)
        for keys, code in ((', per = "pupils"', "wrong-attribute-type"), (', if_short = "cut"', "unknown-word"),
                           (', if_left = "reduce"', "unknown-word"),
                           (', apportion = "all"', "unknown-word"), (', at_least = "a"', "later-layer"),
                           (', at_most = 0.5', "not-a-multiple")):
            self.assertEqual(pool(keys), {code}, keys)


class Funding(unittest.TestCase):
    def awards(self, rule, claims, amount, turns=None):
        found = model.awards_before_rounding(rule, list(map(Fraction, claims)), turns, Fraction(amount))
        return [str(award) for award in found]

    def test_the_estates_of_the_talmud(self):
        for estate, expected in ((100, "100/3 100/3 100/3"), (200, "50 75 75"), (300, "50 100 150"), (400, "50 125 225")):
            self.assertEqual(self.awards("talmud", (100, 200, 300), estate), expected.split())
        self.assertEqual(self.awards("talmud", (1, Fraction(1, 2)), 1), ["3/4", "1/4"])

    def test_the_other_rules(self):
        claims = (100, 200, 300)
        self.assertEqual(self.awards("proportional", claims, 200), ["100/3", "200/3", "100"])
        self.assertEqual(self.awards("constrained-equal-awards", claims, 500), ["100", "200", "200"])
        self.assertEqual(self.awards("constrained-equal-losses", claims, 200), ["0", "50", "150"])
        self.assertEqual(self.awards("priority", claims, 250, [1, 0, 1]), ["25/2", "200", "75/2"])
        for rule in model.RULES:
            self.assertEqual(self.awards(rule, claims, 600, [0, 0, 0]), ["100", "200", "300"])

    def test_duality(self):
        rng = random.Random(3)
        for _ in range(200):
            claims = [Fraction(rng.randint(0, 20)) for _ in range(rng.randint(1, 6))]
            amount = Fraction(rng.randint(0, int(sum(claims))))
            rest = sum(claims) - amount
            for rule, dual in (("proportional",) * 2, ("talmud",) * 2, model.RULES[1:3]):
                awards = model.awards_before_rounding(rule, claims, None, amount)
                others = model.awards_before_rounding(dual, claims, None, rest)
                self.assertEqual([a + b for a, b in zip(awards, others)], claims)

    def test_steps_left_over(self):
        self.assertEqual(model.largest_remainder([Fraction(7, 3), Fraction(10, 3), Fraction(13, 3)], 10), [3, 3, 4])

    def test_the_plan(self):
        structure = model.structure_of_toml(REFERENCE_POLICY)
        limits = ["layer", "payer", "year", "金额（万元）"], [["county", "王益区", "2024", "200"], ["city", "", "2024", "1500"]]
        by = "layer", "payer", "year"
        options = Options("fund", "2024", by=by, rule="constrained-equal-awards")
        found = model.answer(structure, *model.cells_of_csv(REFERENCE_ROSTER), options, limits)
        rows = {(row["layer"], row["payer"]): row for row in found.output["rows"]}
        row = rows["county", "王益区"]
        self.assertEqual([row[key] for key in ("limit", "claim", "funded", "unfunded", "coverage")],
                         ["200", "360", "200", "160", "55.56"])
        self.assertEqual(rows["city", "city"]["funded"], "1500")
        self.assertEqual(rows["county", "新区"]["limit"], "")

    def test_limits_of_a_year_that_was_not_asked_for_are_passed_over(self):
        structure = model.structure_of_toml(REFERENCE_POLICY)
        limits = ["layer", "payer", "year", "金额（万元）"], [["county", "戊县", year, "1"] for year in ("2023", "2024", "2026")]
        for roster in (REFERENCE_ROSTER, REFERENCE_ROSTER.splitlines()[0] + "\n"):
            found = model.answer(structure, *model.cells_of_csv(roster), Options("fund", "2024", rule="proportional"), limits)
            warned = [warning["row"] for warning in found.output["warnings"] if warning["code"] == "unclaimed-limit"]
            self.assertEqual(warned, [2, 3])

    def test_refusals(self):
        policy = model.read_policy(model.structure_of_toml(REFERENCE_POLICY))

        def codes(header, *rows):
            with self.assertRaises(Refused) as caught:
                model.LimitsReader(policy, header, rows).read()
            return [tuple(problem)[:3] for problem in caught.exception.problems]

        header = ["layer", "payer", "year", "amount(元)", "unit"]
        self.assertEqual(codes(header, ["city", "", "2024", "1", "万元"]), [("unit-differs", 1, "unit")])
        self.assertEqual(codes(header[:4], ["x", "", "0", "-1"]), [
            ("unknown-layer", 1, "layer"), ("bad-year", 1, "year"), ("negative-number", 1, "amount")])
        self.assertEqual(codes(["layer", "payer", "year", "amount"]), [("missing-column", None, "unit")])
        twice = ["city", "city", "2024", "1"], ["city", "", "2024", "2"]
        self.assertEqual(codes(header[:4], *twice), [("duplicate-limit", 2, None)])


class Refusals(unittest.TestCase):
    def policy_codes(self, text):
        with self.assertRaises(Refused) as caught:
            model.read_policy(model.structure_of_toml(text))
        self.assertEqual(caught.exception.stage, "policy")
        return {problem.code for problem in caught.exception.problems}

    def test_policies(self):
        cases = {
            ("unit = \"万元\"", "unit = \"角\""): {"bad-unit"},
            ("unit = \"万元\"", ""): {"missing-key"},
            ("[2023, 2025]", "[2025, 2023]"): {"bad-years"},
            ("standard = 600", ""): {"missing-standard"},
            ("city = 300", "city = \"county\""): {"later-layer"},
            ("city = 300", "city = \"wealth\""): {"unknown-value"},
            ("city = 300", "city = -1"): {"negative-number"},
            ("city = 300", "city = { 2024 = 300 }"): {"year-before-first"},
            ("city = 300", "moon = 300"): {"unknown-layer"},
            ("city = 300", "city = { pool = \"p\" }"): {"unknown-pool"},
            ("city = 300", "city = { amount = 1, top_up_to = 2 }"): {"bad-rule"},
            ("city = 300", "city = { least = [1], greatest = [2] }"): {"bad-rule"},
            ("city = 300", "city = { least = [1, { pool = \"p\" }] }"): {"bad-rule"},
            ("city = 300", "city = { least = [] }"): {"too-few-values"},
            ("city = 300", "city = [5, { greatest = [] }]"): {"too-few-values"},
            ("city = 300", "city = { difference = [[1, 2]] }"): {"too-few-values"},
            ("city = 300", "city = { least = 5 }"): {"wrong-type"},
            ("city = 300", "city = { greatest = { 2023 = 5 } }"): {"wrong-type"},
            ("city = 300", "city = { difference = [5, true] }"): {"wrong-type"},
            ("city = 300", "city = { least = [-5, { rate = -2, of = -3 }], at_least = -5 }"): {"negative-number"},
            ("city = 300", "city = { least = [5], counting = [] }"): {"unknown-key"},
            ("city = 300", "city = { greatest = [\"city\", 5] }"): {"later-layer"},
            ("city = 300", "city = { difference = [5, { 2024 = 1 }] }"): {"year-before-first"},
            ("expected = 2\n", "expcted = 2\n"): {"unknown-key"},
            ("kind = \"town\"\ndesignation = \"municipal\"", "kind = \"hamlet\"\ndesignation = \"x\""):
                {"unknown-kind", "unknown-designation"},
            ("id = \"municipal-village\"\nkind = \"village\"", "id = \"municipal-town\"\nkind = \"town\""):
                {"duplicate-id", "overlapping-classes"},
            ("payer = \"joint\"", "payer = \"nobody\""): {"unknown-payer"},
            ("id = \"city\", payer", "id = \"standard\", payer"): {"reserved-id", "unknown-layer"},
            ("status = \"draft\"", "status = \"final\""): {"unknown-word"},
        }
        for (old, new), codes in cases.items():
            self.assertIn(old, REFERENCE_POLICY)
            self.assertEqual(self.policy_codes(REFERENCE_POLICY.replace(old, new)), codes, new)

    def test_all_problems_of_a_roster_at_once(self):
        policy = small_policy(["a"], one_class("a = 1"))
        roster = ("名称,区划代码,数量,from,to,pupils,山区,名称,颜色\n"
                  ",6102,0,2024,2023,many,maybe,,\n"
                  ",,,,,,,,\n"
                  "x,610204,,20x3,,1,,x,red,blue\n")
        with self.assertRaises(Refused) as caught:
            computed(policy, roster)
        self.assertEqual({(p.code, p.row, p.column) for p in caught.exception.problems}, {
            ("duplicate-column", None, "name"), ("missing-value", 1, "name"),
            ("bad-division-code", 1, "division_code"), ("bad-count", 1, "count"), ("years-reversed", 1, "from"),
            ("bad-number", 1, "pupils"), ("bad-flag", 1, "hilly"), ("extra-cells", 3, None), ("bad-year", 3, "from")})

    def test_classes_and_repeated_ids(self):
        roster = REFERENCE_ROSTER + "关庄镇,镇,省级,耀州区,,\n"
        self.assertEqual(refusal_of(REFERENCE_POLICY, roster), ("roster", [("duplicate-recipient", 13)]))
        twice = REFERENCE_POLICY + "[[classes]]\nid = \"any-town\"\nkind = \"town\"\nfunding = {}\n"
        self.assertEqual(refusal_of(twice, "name,kind,designation\nx,镇,市级\ny,村,省级"),
                         ("roster", [("several-classes", 1)]))
        split = small_policy(["a"], '[[classes]]\nid = "c"\nwhere = { pupils = { above = 5 } }\nfunding = {}\n')
        self.assertEqual(refusal_of(split, "name,pupils\nx,5\ny,6\nz,"),
                         ("roster", [("no-class", 1), ("blank-attribute", 3)]))

    def test_a_place_with_an_id_and_without(self):
        roster = "id,name,kind,designation,county\n,x,镇,市级,c\n1,x,镇,市级,c\n,x,镇,市级,d\n2,z,村,市级,c\n,z,镇,市级,c\n"
        found = [(warning.code, warning.row) for warning in computed(REFERENCE_POLICY, roster).warnings]
        self.assertEqual([one for one in found if one[0] == "possible-duplicate"], [("possible-duplicate", 1)])

    def test_a_row_outside_the_years_of_the_policy_needs_no_class(self):
        roster = "name,kind,designation,from\nx,镇,市级,2026\ny,村,省级,\n"
        allocation = computed(REFERENCE_POLICY, roster)
        self.assertEqual({line.row.name for line in allocation.lines}, {"y"})
        self.assertIn(("never-live", 1), [(warning.code, warning.row) for warning in allocation.warnings])


class Properties(unittest.TestCase):
    """What must hold for every valid case of the first language."""

    @classmethod
    def setUpClass(cls):
        cls.cases = [generate.case(seed, ()) for seed in range(200)]
        cls.valid = []
        for case in cls.cases:
            if case.intent == "valid":
                policy = model.read_policy(model.structure_of_json(case.policy_json()))
                roster = model.read_roster(policy, *model.cells_of_csv(case.roster_csv()), case.fill_down)
                cls.valid.append((case, policy, model.allocate(policy, roster)))

    def test_most_cases_are_valid_and_every_intent_is_met(self):
        self.assertGreater(len(self.valid), 130)
        for case in self.cases:
            stage = model.answer(case.policy, case.header, case.rows, case.options[0]).stage
            self.assertEqual(stage, "done" if case.intent == "valid" else case.intent, case.seed)

    def test_a_seed_always_gives_the_same_case(self):
        for case in self.cases[:20]:
            again = generate.case(case.seed, ())
            self.assertEqual((case.policy_json(), case.roster_csv()), (again.policy_json(), again.roster_csv()))

    def test_amounts_are_multiples_of_the_step_and_not_negative(self):
        for case, policy, allocation in self.valid:
            for line in allocation.lines:
                self.assertTrue(model.is_whole(line.amount / policy.step) and line.amount >= 0, case.seed)

    def test_parts_sum_to_the_pool(self):
        pools = 0
        for case, policy, allocation in self.valid:
            for pool in policy.pools.values():
                for year in policy.years():
                    lines = [line for line in allocation.lines if line.year == year and
                             (rule := line.row.cls.funding.get(line.layer.id)) and rule.pool == pool.id]
                    paid = sum(line.amount for line in lines)
                    if f"{pool.id} {year}" in [w.path for w in allocation.warnings] or not lines:
                        self.assertEqual(paid, 0)
                    else:
                        self.assertEqual(paid, pool.amount.at(year), case.seed)
                        pools += 1
        self.assertGreater(pools, 50)

    def test_the_order_of_rows_changes_no_amount(self):
        for case, policy, allocation in self.valid[:60]:
            rows = case.rows[::-1]
            if case.fill_down:
                continue  # what is filled down depends on it
            again = model.allocate(policy, model.read_roster(policy, case.header, rows))
            self.assertEqual(amounts_by_place(allocation), amounts_by_place(again), case.seed)

    def test_every_total_equals_the_sum_of_its_rows(self):
        for case, policy, allocation in self.valid[:60]:
            whole = sum(line.amount for line in allocation.lines)
            for column in model.GROUPINGS:
                table = model.totals(allocation, (column,))
                self.assertEqual(sum(Fraction(row["amount"]) for row in table), whole, (case.seed, column))

    def test_zeros_add_only_zeros(self):
        for _, _, allocation in self.valid[:60]:
            shown = [row for row in model.long_table(allocation, zeros=True) if row["amount"] != "0"]
            self.assertEqual(shown, model.long_table(allocation))


class PropertiesOfTheWholeLanguage(unittest.TestCase):
    """What must hold whatever a policy says."""

    @classmethod
    def setUpClass(cls):
        cls.cases = [generate.case(seed, generate.FEATURES) for seed in range(1000, 1140)]
        cls.valid = []
        for case in cls.cases:
            if case.intent == "valid":
                policy = model.read_policy(model.structure_of_json(case.policy_json()))
                roster = model.read_roster(policy, *model.cells_of_csv(case.roster_csv()), case.fill_down)
                cls.valid.append((case, policy, model.allocate(policy, roster)))

    def test_every_intent_is_met_and_every_part_is_there(self):
        self.assertGreater(len(self.valid), 90)
        for case in self.cases:
            stage = model.answer(case.policy, None, case.sheet(), case.options[0]).stage
            self.assertEqual(stage, "done" if case.intent == "valid" else case.intent, case.seed)
        kinds = sum((+model.rule_kinds(policy) for _, policy, _ in self.valid), Counter())
        for kind in model.RULE_KINDS:
            self.assertGreater(kinds[kind] + kinds["nested " + kind], 0, kind)

    def test_one_part_alone_makes_cases_too(self):
        for feature in generate.FEATURES:
            for seed in range(3):
                case = generate.case(seed, (feature,))
                stage = model.answer(case.policy, None, case.sheet(), case.options[0]).stage
                self.assertEqual(stage, "done" if case.intent == "valid" else case.intent, (feature, seed))

    def test_no_part_makes_the_cases_that_were(self):
        for seed in range(20):
            words = generate.words_in(generate.case(seed, ()).policy)
            self.assertFalse(words & {*set(model.RULE_KINDS) - FIRST_KINDS, "figures", "sign", "limit", "per", "any"})

    def test_amounts_are_multiples_of_the_step_of_their_layer_and_only_signed_layers_are_below_0(self):
        below = 0
        for case, _, allocation in self.valid:
            for line in allocation.lines:
                for _, amount in line.parts:
                    self.assertTrue(model.is_whole(amount / line.layer.step), case.seed)
                    self.assertTrue(amount >= 0 or line.layer.signed, case.seed)
                    below += amount < 0
        self.assertGreater(below, 20)

    def test_the_order_of_rows_changes_no_amount(self):
        for case, policy, allocation in self.valid[:50]:
            if case.fill_down:
                continue
            again = model.allocate(policy, model.read_roster(policy, case.header, case.rows[::-1]))
            self.assertEqual(amounts_by_place(allocation), amounts_by_place(again), case.seed)

    def test_the_last_year_alone_is_as_it_is_among_all(self):
        for case, policy, allocation in self.valid[:50]:
            alone = model.allocate(policy, allocation.roster, [policy.last])
            lines = {key: amount for key, amount in amounts_by_place(allocation).items() if key[1] == policy.last}
            self.assertEqual(amounts_by_place(alone), lines, case.seed)

    def test_no_layer_exceeds_a_limit_that_is_a_number(self):
        limits = 0
        for case, policy, allocation in self.valid:
            for layer in policy.layers:
                if layer.limit and layer.limit.per is None and isinstance(layer.limit.amount, model.Constant):
                    for year in policy.years():
                        paid = sum(line.amount for line in allocation.lines if (line.layer, line.year) == (layer, year))
                        self.assertLessEqual(paid, layer.limit.amount.at(year), case.seed)
                        limits += paid > 0
        self.assertGreater(limits, 5)

    def test_a_limit_of_the_last_layer_gives_what_funding_within_limits_gives(self):
        compared = 0
        for seed in range(60):
            case = generate.case(seed, ())
            if case.intent != "valid":
                continue
            policy = model.read_policy(case.policy)
            roster = model.read_roster(policy, None, case.sheet(), case.fill_down)
            plain, layer, rng = model.allocate(policy, roster), policy.layers[-1], random.Random(seed)
            rule = rng.choice(model.RULES[:4])
            claims = {(line.payer, line.year): line.amount for line in plain.lines if line.layer is layer}
            whole = max((sum(line.amount for line in plain.lines if (line.layer, line.year) == (layer, year)) for year in policy.years()), default=0)
            amount = whole * Fraction(rng.randint(1, 20), 20)
            limits = [model.Limit(1, layer, payer, year, amount) for payer, year in claims]
            funded, _, _ = model.fund(plain, limits, rule)
            wanted = {(line.row, line.year): award for line, award in zip(plain.lines, funded) if line.layer is layer}
            layer.limit = model.LayerLimit(model.Constant(((0, amount),)), rule, per="payer")
            cut = {(line.row, line.year): line.amount for line in model.allocate(policy, roster).lines if line.layer is layer}
            self.assertEqual(cut, wanted, seed)
            compared += cut != {(line.row, line.year): line.amount for line in plain.lines if line.layer is layer}
        self.assertGreater(compared, 10)

    def test_what_a_pool_gives_and_what_it_leaves_are_the_pool(self):
        shared = []
        pool_parts = model.pool_parts

        def watched(pool, members, amount):
            parts, left = pool_parts(pool, members, amount)
            given = sum(member.count * lower + more * step for member, (_, more, lower, step) in parts.items())
            self.assertTrue(given + left == amount or pool.each)
            self.assertTrue(left == 0 or pool.keeps)
            shared.append(left)
            return parts, left

        model.pool_parts = watched
        try:
            for _, policy, allocation in self.valid:
                model.allocate(policy, allocation.roster)
        finally:
            model.pool_parts = pool_parts
        self.assertGreater(len(shared), 100)
        self.assertGreater(sum(left != 0 for left in shared), 2)

    def test_the_two_paths_of_the_model_agree(self):
        for seed in range(1000, 1030):
            self.assertEqual(differential.run_seed(seed, None, "", generate.FEATURES).differences, [], seed)


def amounts_by_place(allocation):
    return {(line.row.id, line.year, line.layer.id): line.amount for line in allocation.lines}


class Comparison(unittest.TestCase):
    """The comparison must see what it is there to see."""

    def setUp(self):
        structure = model.structure_of_toml(REFERENCE_POLICY)
        self.expected = model.answer(structure, *model.cells_of_csv(REFERENCE_ROSTER), Options())
        self.output = json.loads(json.dumps(self.expected.output))

    def differs(self, change):
        output = copy.deepcopy(self.output)
        change(output)
        return differential.compare(self.expected, differential.Observed(0, output))

    def test_the_same_answer_is_no_difference(self):
        self.assertEqual(self.differs(lambda output: None), [])
        self.assertEqual(self.differs(lambda output: output["rows"][0].update(division_code=None)), [])

    def test_every_change_is_seen(self):
        changes = [
            lambda output: output["rows"][0].update(amount="500.01"),
            lambda output: output["rows"][0].update(amount=500),
            lambda output: output["rows"][0].update(year="2023"), lambda output: output["rows"].pop(),
            lambda output: output["rows"].reverse(), lambda output: output.update(unit="元"),
            lambda output: output["columns"].pop(), lambda output: output["policy"].update(version="2"),
            lambda output: output["warnings"].append({"code": "never-live", "row": 1}),
            lambda output: output["rows"][0].update(payer="city"), lambda output: output["rows"][0].update(extra=1),
        ]
        for number, change in enumerate(changes):
            self.assertTrue(self.differs(change), number)
        self.assertTrue(differential.compare(self.expected, differential.Observed(101)))

    def test_lines_of_standard_error(self):
        text = ("roster.csv:4: row 3, column `count`: not a whole number above 0, found `row 9: x` [bad-count]\n"
                "policy.json:1:5: classes.a: a key that is not known; did you mean `id`? [unknown-key]\n"
                "roster.csv: column `name`: missing [missing-column]\nrow 12: no class fits [no-class]\n2 problems\n")
        self.assertEqual(differential.problems_in(text), [
            Problem("bad-count", 3, "count"), Problem("unknown-key"), Problem("missing-column", None, "name"),
            Problem("no-class", 12)])

    def test_refusals_are_compared_by_their_stage(self):
        expected = model.Answer("roster", [Problem("bad-count", 2, "count"), Problem("no-class", 3)])
        same = [Problem("no-class", 3, "kind"), Problem("bad-count", 2, "count"), Problem("unknown-column", None, "x")]
        self.assertEqual(differential.compare(expected, differential.Observed(1, None, same)), [])
        for problems in (same[:1], [*same, same[0]], [same[0], Problem("bad-count", 2, "from")], []):
            self.assertTrue(differential.compare(expected, differential.Observed(1, None, problems)), problems)
        self.assertTrue(differential.compare(expected, differential.Observed(0, self.output)))
        self.assertTrue(differential.compare(expected, differential.Observed(2, None, same)))

    def test_the_two_paths_of_the_model_agree(self):
        for seed in range(60):
            self.assertEqual(differential.run_seed(seed, None, "").differences, [], seed)


class Sheets(unittest.TestCase):
    """What the page on sheets says, by hand."""

    def test_the_titles_are_those_of_the_page(self):
        page = (ROOT / "crates/fundlayers/docs/sheets.md").read_text(encoding="utf-8")
        rows = dict(line.strip("| ").split(" | ") for line in page.split("| key | other titles |")[1].split("\n\n")[0].split("\n")[2:])
        self.assertEqual({f"`{key}`": ", ".join(titles) for key, titles in sheets.SYNONYMS.items()}, rows)
        for note in (*sheets.NOTES, *sheets.REMARKS):
            self.assertIn(note.replace("注:", "注：").replace("明:", "明："), page)

    def test_lines_that_sum_others(self):
        ranks = {"小计": 1, "王益区小计": 1, "合　计": 2, "合计（31个）：": 2, "总计:": 3, "Grand Total": 3, "其中": 0, "其中：省级": 0}
        self.assertEqual({text: sheets.label(text) for text in ranks}, ranks)
        for text in ("", "其中村", "合计村", "会计", "设计（一）", "Total Hill"):
            self.assertIsNone(sheets.label(text), text)

    def test_a_sum_is_of_the_rows_above_below_or_all(self):
        def wrong(*lines):
            made = [sheets.TotalLine(number, rank, above, {"a": figure}) for number, (rank, above, figure) in enumerate(lines)]
            return [number for number, _ in sheets.wrong_sums(made, [1, 2, 4, 8], lambda row, _: row)]

        self.assertEqual(wrong((1, 2, 3), (1, 4, 12), (2, 4, 15)), [])
        self.assertEqual(wrong((2, 0, 15), (1, 0, 3), (1, 2, 12)), [])
        self.assertEqual(wrong((1, 2, 4), (1, 4, 15), (2, 4, 12)), [0, 2])
        self.assertEqual(wrong((0, 2, 99)), [])

    def test_merged_cells(self):
        def merged(fill_down, *rows):
            columns = sheets.Merged([(0, "county"), (1, "township")], [2], fill_down, str)
            return [columns.row(number, row.split(",")) for number, row in enumerate(rows, 1)], columns.problems()

        rows = ["甲县,子乡,a", ",,b", ",丑镇,c", ",,丑镇", "乙县,,d"]
        self.assertEqual([",".join(row) for row in merged(True, *rows)[0]],
                         ["甲县,子乡,a", "甲县,子乡,b", "甲县,丑镇,c", "甲县,,丑镇", "乙县,,d"])
        self.assertEqual(merged(None, *rows)[1], [(2, "county")])
        self.assertEqual(merged(None, "甲县,子乡,a", "甲县,,b", "乙县,丑镇,c", "乙县,,d")[1], [(2, "township")])
        self.assertEqual(merged(None, "甲县,子乡,a", "甲县,子乡,b", "甲县,,c")[1], [])
        self.assertEqual(merged(None, "甲县,,a", "乙县,,b", "甲县,,c", ",,d")[1], [])
        self.assertEqual(merged(False, *rows)[1], [])

    def test_numbers_as_people_write_them(self):
        numbers = {"(30)": -30, "（1,234.50）": Fraction("-1234.5"), "30-": -30, " - ": 0, "40%": Fraction("0.4"), "-12.5 ％": Fraction("-0.125")}
        self.assertEqual({text: model.number_or_share(text) for text in numbers}, numbers)
        for text in ("(-30)", "(30", "--", "5万", "40%%", "%", "3-0"):
            with self.assertRaises(model.NumberProblem, msg=text):
                model.number_or_share(text)
        amounts_in_wan = {"60万元": 600_000, "￥1,200": 12_000_000, "（60万）": -600_000, "-¥ 3": -30_000}
        self.assertEqual({text: model.amount_in_cell(text, 10_000) for text in amounts_in_wan}, amounts_in_wan)
        with self.assertRaises(model.NumberProblem):
            model.amount_in_cell("60元", 10_000)
        self.assertEqual([model.year_in_cell(text) for text in ("2024年", "２０２４ 年度", "2024-12-31 00:00:00", "24年")],
                         ["2024", "２０２４", "2024", "24年"])

    def test_where_the_table_is(self):
        policy = model.read_policy(model.structure_of_toml(small_policy(["a"], one_class("a = 1"))))
        roster = model.read_roster(policy, None, [["名单", ""], ["", "单位：万元"], ["县（区）", "村\n名"], ["甲县", "a"], ["合计", "1个"]])
        self.assertEqual([(row.number, row.county, row.name) for row in roster.rows], [(1, "甲县", "a")])


class Vectors(unittest.TestCase):
    """The cases of `tests/vectors` that ask what the model answers."""

    # Options are read by the command line, and an amount that is computed nowhere but in a sum is left out here.
    NOT_ASKED = {"A rule has one of five names", "Priority needs an order", "An order names a class once", "Only priority has an order",
                 "A total beyond 2^63 − 1 fen is an error"}
    OPTIONS = {"zeros", "years", "unit", "by", "limits", "rule", "order"}

    def cases(self):
        for path in sorted((ROOT / "tests/vectors").glob("*.json")):
            for case in model.structure_of_json(path.read_text(encoding="utf-8")).get("cases", []):
                options = case.get("options", {})
                asked = case["op"] in ("allocate", "totals", "fund") and isinstance(case.get("policy"), dict) and "roster" in case
                if asked and set(options) <= self.OPTIONS and options.get("by") != [] and case["name"] not in self.NOT_ASKED:
                    yield case

    def test_they_are_answered(self):
        names = []
        for case in self.cases():
            with self.subTest(case["name"]):
                names.append(case["name"])
                self.check(case)
        self.assertGreater(len(names), 280)

    def check(self, case):
        asked, expect = case.get("options", {}), case["expect"]
        by, order = (tuple(asked[key]) if key in asked else None for key in ("by", "order"))
        options = Options(case["op"], asked.get("years"), asked.get("unit"), asked.get("zeros", False), by, asked.get("rule"),
                          order, False)
        limits = model.cells_of_records(asked["limits"]) if "limits" in asked else None
        found = model.answer(case["policy"], *model.cells_of_records(case["roster"]), options, limits)
        if "errors" in expect:
            self.assertNotEqual(found.stage, "done")
            self.assertEqual(sorted(problem.code for problem in found.problems),
                             sorted(problem["code"] for problem in expect["errors"]))
            return
        self.assertEqual((found.stage, found.problems), ("done", []))
        if "rows" in expect:
            rows = [{key: row[key] for key in wanted} for wanted, row in zip(expect["rows"], found.output["rows"])]
            wanted = [{key: int(cell) if isinstance(cell, model.Digits) else cell for key, cell in row.items()}
                      for row in expect["rows"]]
            blank = lambda row: {key: cell or "" if cell is None else cell for key, cell in row.items()}
            self.assertEqual([blank(row) for row in rows], [blank(row) for row in wanted])
            self.assertEqual(len(found.output["rows"]), len(wanted))
        if "warnings" in expect:
            self.assertEqual(sorted(warning["code"] for warning in found.output["warnings"]),
                             sorted(warning["code"] for warning in expect["warnings"]))


if __name__ == "__main__":
    unittest.main()
