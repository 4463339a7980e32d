use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::engine::columns::Columns;
use crate::engine::exact::Exact;
use crate::engine::faults::Fault;
use crate::engine::program::{Around, Cell, Compiled, Compiler, Dense, Outcome, Program, Tree, Unfit};
use crate::engine::roster::{Roster, RosterBuilder};
use crate::engine::rows::Rows;
use crate::engine::world::NoWorld;
use crate::ground::language::Lang;
use crate::ground::money::{Amount, Rounding, RoundingMode, Unit};
use crate::ground::problem::{Code, Problem};
use crate::policy::{Layer, Policy, Sign};
use crate::results::allocation::Allocation;
use crate::results::amounts::Amounts;
use crate::results::totals::Grouping;
use crate::results::workbook::WorkbookOptions;
use crate::results::workbook::model::{Cell as Written, Content, Stored};
use crate::roster::Cell as RosterCell;
use crate::rows::records::RowBuilder;

/// Layers: `city`, which is the same everywhere, `prior`, and `county` with the rule; in 元 to 0.01.
fn policy(rule: &Value, prior: &Value) -> Policy {
    read(rule, prior).unwrap()
}

fn read(rule: &Value, prior: &Value) -> Result<Policy, serde_json::Error> {
    serde_json::from_value(json!({
        "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元", "payers": { "city": {} },
        "attributes": { "a": { "type": "number" }, "b": { "type": "number" }, "poor": { "type": "flag" } }, "kinds": { "town": {}, "village": {} },
        "figures": [{ "id": "index", "value": { "quotient": ["a", 70] }, "rounding": { "places": 1 } }],
        "layers": [{ "id": "city", "name": { "zh": "市级", "en": "City" }, "payer": "city" }, { "id": "prior", "payer": "city" },
                   { "id": "county", "name": { "zh": "县级", "en": "County" }, "payer": "county" }],
        "classes": [{ "id": "all", "standard": { "2024": 70, "2025": "80.5" },
                      "funding": { "city": "12.5", "prior": prior, "county": rule } }]
    }))
}

/// `a`, `b` and `poor` of each place.
fn roster(policy: &Policy, places: &[[&str; 3]]) -> Roster {
    let titles = ["id", "name", "a", "b", "poor", "kind"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    for (at, [a, b, poor]) in places.iter().enumerate() {
        let id = &*format!("p{at}");
        let kind = if at % 2 == 0 { "town" } else { "village" };
        builder.push_row(None, &[id, id, a, b, poor, kind].map(RosterCell::Text));
    }
    builder.finish().unwrap().0
}

/// What is written down for the county of the first place.
fn explained(rule: &Value, a: &str, b: &str, lang: Lang) -> String {
    let policy = policy(rule, &json!("a"));
    let roster = roster(&policy, &[[a, b, "true"]]);
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    allocation.explain("p0", Some(&[2024])).unwrap()[0].steps[2].text.get(lang).to_owned()
}

#[test]
fn arithmetic_of_lists_is_written_down() {
    let rate = |rate: &str| json!({ "rate": rate, "of": "a" });
    for (rule, arithmetic) in [
        (json!({ "least": ["a", "standard", rate("1/2")] }), "min(30, 70, 1/2 × 30) = 15"),
        (json!({ "greatest": ["a", ["b", 5]] }), "max(30, 20 + 5) = 30"),
        (json!({ "greatest": ["a"] }), "max(30) = 30"),
        (json!({ "difference": ["standard", "a", "city"] }), "70 − 30 − 12.5 = 27.5"),
        (json!({ "difference": ["standard", ["a", "b"], -5] }), "70 − (30 + 20) − (-5) = 25"),
        (json!({ "difference": [["a", "b"], rate("-1/3")] }), "(30 + 20) − (-1/3 × 30) = 60"),
        (json!({ "rate": "0.5", "of": { "difference": ["a", "b"] } }), "0.5 × (30 − 20) = 5"),
        (json!({ "rate": "0.5", "of": { "least": ["a", "b"] } }), "0.5 × min(30, 20) = 10"),
        (json!({ "difference": ["a", "standard"], "at_least": 1 }), "max(30 − 70, 1) = 1"),
        (json!(["b", { "difference": ["a", "standard"] }, 50]), "20 + (30 − 70) + 50 = 30"),
        // A top-up that counts nothing is what it tops up to.
        (json!({ "rate": 2, "of": { "top_up_to": ["a", "b"], "counting": [] } }), "2 × (30 + 20) = 100"),
    ] {
        let text = explained(&rule, "30", "20", Lang::En);
        assert!(text.contains(&format!(": {arithmetic} 元")), "{rule}: {text}");
    }
}

#[test]
fn kinds_are_said_in_explanations() {
    for (rule, zh, en) in [
        (
            json!({ "least": ["a", "b"] }),
            "县级：按孰低原则，min(30, 20) = 20 元",
            "County: the least of its values: min(30, 20) = 20 元",
        ),
        (
            json!({ "greatest": ["a", "b"] }),
            "县级：按孰高原则，max(30, 20) = 30 元",
            "County: the greatest of its values: max(30, 20) = 30 元",
        ),
        (json!({ "difference": ["a", "b"] }), "县级：按差额，30 − 20 = 10 元", "County: a difference: 30 − 20 = 10 元"),
        // What is rounded in the end is the amount, and not the figure behind it.
        (
            json!({ "quotient": ["index", 7] }),
            "县级：按比值，0.4 ÷ 7 = 2/35 元，按 0.01 元 四舍五入为 0.06 元；其中：index = round(30 ÷ 70, 0.1) = 0.4",
            "County: a quotient: 0.4 ÷ 7 = 2/35 元, rounded half-up to 0.01 元: 0.06 元; index = round(30 ÷ 70, 0.1) = 0.4",
        ),
    ] {
        assert_eq!(explained(&rule, "30", "20", Lang::Zh), zh);
        assert_eq!(explained(&rule, "30", "20", Lang::En), en);
    }
}

#[test]
fn figures_are_said_in_descriptions() {
    let figure = |lang| policy(&json!("index"), &json!(0)).describe(lang).figures[0].text.clone();
    assert_eq!(figure(Lang::Zh), "a ÷ 70，按 0.1 四舍五入");
    assert_eq!(figure(Lang::En), "a ÷ 70, rounded half-up to 0.1");
}

fn problems(rule: &Value, places: &[[&str; 3]]) -> Vec<(Code, Option<String>)> {
    let policy = policy(rule, &json!(0));
    let found = Allocation::new(&policy, &roster(&policy, places)).err().unwrap_or_default();
    found.iter().map(|problem| (problem.code(), problem.location().column.clone())).collect()
}

#[test]
fn every_blank_member_is_named_and_a_layer_is_not_below_zero() {
    let blank = |id: &str| (Code::BlankAttribute, Some(id.to_owned()));
    for key in ["least", "greatest", "difference"] {
        assert_eq!(problems(&json!({ key: ["a", 1, "b"] }), &[["", "", ""]]), [blank("a"), blank("b")], "{key}");
        let unread = json!({ key: ["a", 1], "when": { "poor": true } });
        assert_eq!(problems(&unread, &[["", "", "false"]]), [], "{key}");
        assert_eq!(problems(&json!({ key: ["a", "a"] }), &[["1", "1", ""]]), [], "{key}");
    }
    let below = json!({ "difference": ["a", "b"] });
    assert_eq!(problems(&below, &[["1", "2", ""], ["2", "1", ""]]), vec![(Code::NegativeAmount, None); 2]);
    assert_eq!(problems(&json!([{ "difference": ["a", "b"] }, 1]), &[["1", "2", ""]]), []);
}

/// A floor above its cap is an error whatever the rule is multiplied by.
#[test]
fn a_rate_of_zero_hides_no_floor_above_its_cap() {
    let rule = json!({ "rate": 0, "of": { "amount": 1, "at_least": "a", "at_most": "b" } });
    assert_eq!(problems(&rule, &[["1", "1", ""]]), []);
    assert_eq!(problems(&rule, &[["2", "1", ""]]), vec![(Code::FloorAboveCap, None); 2]);
    let constant = json!({ "rate": 0, "of": { "amount": "a", "at_least": "standard", "at_most": 5 } });
    assert_eq!(problems(&constant, &[["1", "1", ""]]), vec![(Code::FloorAboveCap, None); 2]);
}

#[test]
fn constants_are_worked_out_when_a_rule_is_compiled() {
    let number = |rule: Value| {
        let policy = policy(&rule, &json!(0));
        let roster = roster(&policy, &[]);
        let columns = Columns::new(&policy, &roster);
        let class = &policy.classes()[0];
        let cells = [Cell::Uniform(1250), Cell::Uniform(0)];
        let mut compiler = Compiler::new(&columns, (class, 2025), &cells, None, &Around::NOTHING);
        match class.funding[2].as_ref().unwrap().eval(&mut compiler) {
            Ok(Compiled { above: Tree::Number(number), below: None }) => number.to_string(),
            Ok(tree) => panic!("{tree:?}"),
            Err(Unfit) => panic!("cannot be compiled"),
        }
    };
    assert_eq!(number(json!({ "least": ["standard", 90, "city"] })), "1250");
    assert_eq!(number(json!({ "greatest": ["standard", 9, "city"] })), "8050");
    assert_eq!(number(json!({ "difference": ["standard", 9, "city"] })), "5900");
    assert_eq!(number(json!({ "amount": "city", "at_least": 20, "at_most": "standard" })), "2000");
}

/// Values of any shape, as they may stand in a list.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (-9_000_i32..9_000, 0_u32..3)
            .prop_map(|(number, scale)| json!(rust_decimal::Decimal::new(number.into(), scale).to_string())),
        prop::sample::select(vec!["a", "b", "a", "b", "city", "prior", "standard"]).prop_map(|name| json!(name)),
        (0_i32..90, 0_i32..90).prop_map(|(one, two)| json!({ "2024": one, "2025": two })),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let some = |least: usize| prop::collection::vec(inner.clone(), least..4);
        let kind = prop_oneof![
            inner.clone().prop_map(|of| json!({ "amount": of })),
            (-5_i32..6, 1_i32..8, inner.clone()).prop_map(|(n, d, of)| json!({ "rate": format!("{n}/{d}"), "of": of })),
            (inner.clone(), prop::sample::subsequence(vec!["city", "prior"], 0..=2))
                .prop_map(|(to, counting)| json!({ "top_up_to": to, "counting": counting })),
            some(1).prop_map(|values| json!({ "least": values })),
            some(1).prop_map(|values| json!({ "greatest": values })),
            some(2).prop_map(|values| json!({ "difference": values })),
            more(&inner),
        ];
        let when = prop_oneof![
            Just(json!({ "poor": true })),
            Just(json!({ "b": { "at_least": 20 }, "poor": [true, false] })),
            (inner.clone(), inner.clone()).prop_map(|(below, equal)| {
                json!({ "any": [{ "a": { "below": below } }, { "prior": [equal, 20], "year": 2025 }], "poor": true })
            }),
            inner.clone().prop_map(|most| json!({ "not": { "a": { "at_most": most, "above": "b" }, "kind": "town" } })),
        ];
        let optional = |inner: &BoxedStrategy<Value>| prop::option::weighted(0.2, inner.clone());
        let rule = (kind, optional(&inner), optional(&inner), prop::option::weighted(0.2, when));
        let rule = rule.prop_map(|(mut rule, floor, cap, when)| {
            for (key, part) in [("at_least", floor), ("at_most", cap), ("when", when)] {
                if let Some(part) = part {
                    rule[key] = part;
                }
            }
            rule
        });
        prop_oneof![3 => rule, 1 => some(0).prop_map(Value::Array)]
    })
}

/// Kinds of rules in which numbers are multiplied, divided, looked up and rounded.
fn more(inner: &BoxedStrategy<Value>) -> impl Strategy<Value = Value> + use<> {
    let one = || inner.clone();
    let modes = prop::sample::select(vec!["half-up", "half-even", "down", "up"]);
    prop_oneof![
        prop::collection::vec(one(), 1..3).prop_map(|values| json!({ "product": values })),
        (one(), one(), prop::option::of(one())).prop_map(|(above, below, if_zero)| {
            let mut rule = json!({ "quotient": [above, below] });
            if let Some(value) = if_zero {
                rule["if_zero"] = value;
            }
            rule
        }),
        (
            one(),
            prop::collection::btree_set(-50_i32..90, 1..4),
            prop::collection::vec(one(), 4),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(|(of, bounds, gives, with, rest)| {
                let bound = if with { "at_most" } else { "below" };
                let bands = bounds.iter().zip(&gives).map(|(limit, give)| json!({ bound: limit, "give": give }));
                let mut bands: Vec<Value> = bands.collect();
                bands.extend(rest.then(|| json!({ "give": gives[3] })));
                json!({ "bands": bands, "of": of })
            }),
        (one(), prop::collection::btree_set(1_i32..90, 1..4), prop::collection::vec(-3_i32..4, 4), any::<bool>())
            .prop_map(|(of, ends, rates, rest)| {
                let rate = |rate: i32| format!("{rate}/7");
                let mut tiers: Vec<Value> =
                    ends.iter().zip(&rates).map(|(end, r)| json!({ "up_to": end, "rate": rate(*r) })).collect();
                tiers.extend(rest.then(|| json!({ "rate": rate(rates[3]) })));
                json!({ "tiers": tiers, "of": of })
            }),
        (one(), one()).prop_map(|(town, other)| json!({ "cases": { "town": town }, "of": "kind", "otherwise": other })),
        (one(), 0_u32..3, modes.clone())
            .prop_map(|(of, places, mode)| json!({ "amount": of, "rounding": { "places": places, "mode": mode } })),
        (one(), 1_i32..40, modes)
            .prop_map(|(of, step, mode)| json!({ "amount": of, "rounding": { "multiple": step, "mode": mode } })),
        (one(), one()).prop_map(|(rate, of)| json!({ "rate": { "amount": rate }, "of": of })),
        Just(json!({ "amount": "index" })),
    ]
}

fn place() -> impl Strategy<Value = [String; 3]> {
    let number = || prop_oneof![9 => (-900_i64..9_000, 0_u32..3).prop_map(|(n, scale)| rust_decimal::Decimal::new(n, scale).to_string()), 1 => Just(String::new()), 1 => Just("0".to_owned())];
    (number(), number(), any::<bool>()).prop_map(|(a, b, poor)| [a, b, poor.to_string()])
}

/// Sign and rounding of a layer.
fn ending() -> impl Strategy<Value = (Sign, Rounding)> {
    let step = prop_oneof![Just(1), 1_i64..2_000].prop_map(Amount::from_fen);
    let mode = prop::sample::select(RoundingMode::ALL.to_vec());
    let rounding = (step, mode).prop_map(|(step, mode)| Rounding::multiple(step, Unit::Yuan, mode).unwrap());
    (prop::sample::select(vec![Sign::NotNegative, Sign::Any]), rounding)
}

proptest! {
    /// A program says for every place what the exact way says, and asks it only where a place has a blank or a fault.
    #[test]
    fn a_program_is_the_exact_way(value in value(), places in prop::collection::vec(place(), 1..6), prior in prop::collection::vec(-9_000_i64..9_000, 6), (sign, rounding) in ending()) {
        let policy = match read(&json!([value]), &json!(0)) {
            Err(error) if error.to_string().contains("[floor-above-cap]") => return Err(TestCaseError::reject("floor above cap")),
            policy => policy.unwrap(),
        };
        let places: Vec<[&str; 3]> = places.iter().map(|place| place.each_ref().map(String::as_str)).collect();
        let roster = roster(&policy, &places);
        let columns = Columns::new(&policy, &roster);
        let class = &policy.classes()[0];
        let rule = class.funding[2].as_ref().unwrap();
        let layer = Layer { sign, rounding, ..policy.layers()[2].clone() };
        let dense = [Dense::new(prior.clone())];
        let cells = [Cell::Uniform(1250), Cell::Dense(0)];
        for year in [2024, 2025] {
            let mut compiler = Compiler::new(&columns, (class, year), &cells, None, &Around::NOTHING);
            let Ok(tree) = rule.eval(&mut compiler) else {
                let text = value.to_string();
                let bounded = text.contains("at_least") && text.contains("at_most");
                let may = ["quotient", "bands", "tiers", "rounding", "index"].iter().any(|key| text.contains(key));
                prop_assert!(bounded || may, "what else is left to the exact way?");
                continue;
            };
            // Products and quotients of many numbers need more than 128 bits.
            let Some(program) = Program::new(&tree, &layer, &columns, &dense) else {
                let text = value.to_string();
                let may = ["product", "quotient", "tiers", "rate", "rounding"].iter().any(|key| text.contains(key));
                prop_assert!(may, "128 bits suffice");
                continue;
            };
            let mut fast = vec![None; places.len()];
            program.run(&Rows::All(u32::try_from(places.len()).unwrap()), |row, outcome| {
                if let Outcome::Amount(fen) = outcome {
                    fast[row] = Some(fen);
                }
            });
            for (row, place) in places.iter().enumerate() {
                let layers = [Some(Amount::from_fen(1250)), Some(Amount::from_fen(prior[row]))];
                let mut exact = Exact::new(&policy, &columns, Some(class), year, row, &layers, &NoWorld);
                let amount = exact.amount(rule, &layer).map(Amount::fen);
                match (fast[row], amount) {
                    (Some(fast), exact) => prop_assert_eq!(Some(fast), exact, "of place {}", row),
                    (None, Some(_)) => prop_assert!(
                        place[..2].contains(&"") || ["at_most", "quotient", "bands", "tiers"].iter().any(|key| value.to_string().contains(key)),
                        "the program asks for place {}", row
                    ),
                    (None, None) => prop_assert!(!exact.faults.is_empty()),
                }
                prop_assert!(!exact.faults.contains(&Fault::Unknown));
            }
        }
    }
}

#[test]
fn a_name_of_several_places_is_answered_with_their_ids() {
    let policy = policy(&json!("a"), &json!(0));
    let said = |count: usize| {
        let mut builder = RosterBuilder::new(&policy, &["id", "name", "a", "kind"].map(|title| (title, None)));
        for at in 0..count {
            let id = &*format!("p{at}");
            builder.push_row(None, &[id, "n", "1", "town"].map(RosterCell::Text));
        }
        let (allocation, _) = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap();
        let problems = allocation.explain("n", None).unwrap_err();
        let said: Vec<_> = problems.iter().map(|problem| problem.expected_text(Lang::En).unwrap()).collect();
        said.concat()
    };
    assert_eq!(said(2), "use an id: `p0`, `p1`");
    assert!(said(20).ends_with(", `p19`"), "{}", said(20));
    assert!(said(21).ends_with(", `p19`, …"), "{}", said(21));
}

#[test]
fn each_column_is_grouped_by_once() {
    let all = Grouping::ALL.map(Grouping::as_str);
    assert_eq!(Grouping::parse_all(all).expect("each stands once"), Grouping::ALL);
    let problems = Grouping::parse_all(["layer", "year", " layer "]).expect_err("layer stands twice");
    let found: Vec<_> = problems.iter().map(Problem::code).collect();
    assert_eq!(found, [Code::UnknownGrouping]);
}

#[test]
fn a_total_may_be_grouped_by_every_column() {
    let policy = policy(&json!("a"), &json!("b"));
    let (allocation, _) = Allocation::new(&policy, &roster(&policy, &[["1", "2", ""], ["3", "4", ""]])).unwrap();
    let totals = allocation.totals(&Grouping::ALL, false).unwrap();
    // 12.5 of the city, b of the prior layer and a of the county, for two years each.
    let mut found: Vec<_> = totals.iter().map(|row| row.amount().fen()).collect();
    found.sort_unstable();
    assert_eq!(found, [100, 100, 200, 200, 300, 300, 400, 400, 1_250, 1_250, 1_250, 1_250]);
}

#[test]
fn a_block_of_amounts_is_empty_where_there_are_none() {
    let policy = policy(&json!("a"), &json!("b"));
    let (allocation, _) = Allocation::new(&policy, &roster(&policy, &[["1", "2", ""]])).unwrap();
    let amounts = allocation.amounts();
    assert_eq!((amounts.len(), amounts.is_empty()), (6, false));
    assert!(Amounts::Narrow(Vec::new()).is_empty());
}

/// The cells of a sheet of an allocation's workbook in Chinese, by row and column.
fn sheet(allocation: &Allocation, name: &str) -> BTreeMap<(u32, u16), Written> {
    let workbook = allocation.workbook(WorkbookOptions::new(Lang::Zh));
    let sheets = workbook.sheets();
    let mut cells = BTreeMap::new();
    sheets.iter().find(|sheet| sheet.name == name).unwrap().cells(&mut |cell| {
        cells.insert((cell.row, cell.column), cell);
    });
    cells
}

#[test]
fn a_workbook_stores_what_its_helpers_come_to() {
    let policy = policy(&json!({ "rate": "1/3", "of": "a" }), &json!("b"));
    let (allocation, _) = Allocation::new(&policy, &roster(&policy, &[["10", "2", ""]])).unwrap();
    let cells = sheet(&allocation, "测算表");
    let helpers: Vec<u16> = cells
        .values()
        .filter(|cell| matches!(&cell.content, Content::Text(text) if text.starts_with("县级 中间数")))
        .map(|cell| cell.column)
        .collect();
    let stored: Vec<String> = cells
        .values()
        .filter(|cell| helpers.contains(&cell.column))
        .filter_map(|cell| match &cell.content {
            Content::Formula(_, Stored::Number(number)) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    // In either year: 10 元 in fen; what a third of them is in whole fen; the same after a look at what is left.
    assert_eq!(stored, ["1000", "333", "333"].repeat(2));
}

#[test]
fn a_workbook_finds_the_name_of_a_class_in_its_list_and_says_which_are_values() {
    let policy: Policy = serde_json::from_value(json!({
        "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "kinds": { "town": {}, "village": {} },
        "pools": [{ "id": "p", "amount": 5, "weights": { "equal": 1 } }],
        "layers": [{ "id": "pooled", "name": { "zh": "池" }, "payer": "county" }, { "id": "plain", "name": { "zh": "定额" }, "payer": "county" }],
        "classes": [{ "id": "t", "name": { "zh": "镇类" }, "kind": "town", "funding": { "pooled": { "pool": "p" }, "plain": 1 } },
                    { "id": "v", "name": { "zh": "村类" }, "kind": "village", "funding": { "plain": 2 } }]
    }))
    .unwrap();
    let mut builder = RosterBuilder::new(&policy, &["name", "kind"].map(|title| (title, None)));
    for row in [["甲", "town"], ["乙", "village"]] {
        builder.push_row(None, &row.map(RosterCell::Text));
    }
    let (allocation, _) = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap();
    let cells = sheet(&allocation, "测算表");
    let header = |text: &str| cells.values().find(|cell| cell.content == Content::Text(text.to_owned())).unwrap();
    // Where the names of classes stand, below one another.
    let named: Vec<u32> = sheet(&allocation, "校验")
        .values()
        .filter(|cell| {
            cell.column == 1 && [Content::Text("镇类".into()), Content::Text("村类".into())].contains(&cell.content)
        })
        .map(|cell| cell.row + 1)
        .collect();
    let list = format!("$B${}:$B${}", named[named.len() - 2], named[named.len() - 1]);
    let column = header("类别").column;
    let formulas = cells.values().filter(|cell| cell.column == column).filter_map(|cell| match &cell.content {
        Content::Formula(formula, _) => Some(formula.clone()),
        _ => None,
    });
    let formulas: Vec<String> = formulas.collect();
    assert_eq!(formulas.len(), 2);
    assert!(
        formulas.iter().all(|formula| formula.contains(&list) && formula.contains("INDEX(")),
        "{formulas:?} {list}"
    );
    let note = header("池").note.clone().unwrap();
    assert!(note.contains("镇类") && !note.contains("村类"), "{note}");
    assert_eq!(header("定额").note, None);
}
