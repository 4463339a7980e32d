//! Laws of compare, scenarios and solve, on random policies and rosters.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use std::fmt::Write as _;

use fundlayers::document::{Node, NodeValue};
use fundlayers::{
    Allocation, Amount, Change, Code, Comparison, Decimal, Goal, Grouping, Policy, Roster, Scenario, Scenarios, Unit,
    compare, scenarios, solve,
};
use fundlayers_formats::toml;
use proptest::prelude::*;

/// A policy of two classes, three layers, a pool, a per-head rate; `n` are its numbers.
fn policy(n: &[u32], first_year: u16, fourth_layer: bool) -> Policy {
    let more = if fourth_layer { r#", { "id": "extra", "payer": "city" }"# } else { "" };
    let text = format!(
        r#"{{ "id": "p", "title": {{ "zh": "例", "en": "Example" }}, "years": [{first_year}, 2025], "unit": "万元",
        "kinds": {{ "town": {{ "zh": "镇" }}, "village": {{ "zh": "村" }} }}, "payers": {{ "city": {{ "zh": "市级" }} }},
        "attributes": {{ "pupils": {{ "type": "number" }} }},
        "layers": [{{ "id": "city", "payer": "city" }}, {{ "id": "pooled", "payer": "city" }}, {{ "id": "county", "payer": "county" }}{more}],
        "pools": [{{ "id": "pool", "amount": {a}, "weights": {{ "pupils": "1/2", "equal": "1/2" }} }}],
        "classes": [
          {{ "id": "town", "kind": "town", "standard": {{ "{first_year}": {b}, "2025": {c} }},
             "funding": {{ "city": {d}, "county": {{ "top_up_to": "standard", "counting": ["city"] }} }} }},
          {{ "id": "village", "kind": "village",
             "funding": {{ "city": {{ "rate": "0.{e:03}", "of": "pupils", "at_most": {f} }}, "pooled": {{ "pool": "pool" }} }} }}
        ] }}"#,
        a = n[0],
        b = n[1],
        c = n[2],
        d = n[3],
        e = n[4] % 1000,
        f = n[5],
    );
    serde_json::from_str(&text).unwrap()
}

fn roster(policy: &Policy, places: &[(bool, u8, u16, u8)]) -> Roster {
    let mut text = String::from("id,name,kind,county,count,pupils\n");
    for (row, (town, county, pupils, count)) in places.iter().enumerate() {
        let kind = if *town { "town" } else { "village" };
        let county = ["", "甲县", "乙县", "city"][usize::from(county % 4)];
        writeln!(text, "r{row},n{row},{kind},{county},{},{pupils}", count % 3 + 1).unwrap();
    }
    conformance::read_roster(&text, policy, Some(false)).unwrap().0
}

fn places() -> impl Strategy<Value = Vec<(bool, u8, u16, u8)>> {
    prop::collection::vec(any::<(bool, u8, u16, u8)>(), 1..8).prop_map(|mut list| {
        // The pool needs a member with pupils.
        list[0].0 = false;
        list[0].2 |= 1;
        list
    })
}

fn numbers() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0_u32..1_000, 6)
}

fn groupings() -> impl Strategy<Value = Vec<Grouping>> {
    prop::sample::subsequence(Grouping::ALL.to_vec(), 0..4).prop_shuffle()
}

/// Rows as texts, so that they can be compared.
fn rows(comparison: &Comparison) -> Vec<(Vec<String>, Option<Amount>, Option<Amount>)> {
    let keys = |row: fundlayers::ComparisonRow<'_>| (0..comparison.by().len()).map(|by| row.key(by)).collect();
    comparison.iter().map(|row| (keys(row), row.before(), row.after())).collect()
}

fn number(digits: impl std::fmt::Display) -> Node {
    Node::new(NodeValue::Number(format!("{digits}")))
}

/// The total of a layer, payer and year, straight from the long table.
fn total(policy: &Policy, roster: &Roster, (layer, payer, year): (&str, Option<&str>, u16)) -> i128 {
    let (allocation, _) = Allocation::new(policy, roster).unwrap();
    let lines = allocation.lines().filter(|line| {
        line.layer().id == layer && line.year() == year && payer.is_none_or(|payer| line.payer() == payer)
    });
    lines.map(|line| i128::from(line.amount().fen())).sum()
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(n in numbers(), places in places(), by in groupings()) {
        let policy = policy(&n, 2024, false);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let comparison = compare(&allocation, &allocation, &by).unwrap();
        for row in comparison.iter() {
            prop_assert_eq!((row.change(), row.difference()), (Change::Same, Amount::ZERO));
        }
        // The rows are those of the totals, except where a county is called like a body.
        let totals = allocation.totals(&by, false).unwrap();
        let sum: i128 = comparison.iter().map(|row| i128::from(row.after().unwrap().fen())).sum();
        prop_assert_eq!(sum, totals.iter().map(|row| i128::from(row.amount().fen())).sum::<i128>());
        if !by.contains(&Grouping::Payer) {
            let keys = |row: fundlayers::TotalRow<'_>| (0..by.len()).map(|by| row.key(by)).collect::<Vec<_>>();
            let totals: Vec<_> = totals.iter().map(|row| (keys(row), Some(row.amount()), Some(row.amount()))).collect();
            prop_assert_eq!(rows(&comparison), totals);
        }
    }

    #[test]
    fn the_other_way_round_differences_change_their_sign(
        a in numbers(), b in numbers(), here in places(), there in places(), by in groupings(), more in any::<bool>(),
    ) {
        let (first, second) = (policy(&a, 2024, false), policy(&b, 2023, more));
        let (before, _) = Allocation::new(&first, &roster(&first, &here)).unwrap();
        let (after, _) = Allocation::new(&second, &roster(&second, &there)).unwrap();
        let forth = compare(&before, &after, &by).unwrap();
        let mut turned: Vec<_> = rows(&compare(&after, &before, &by).unwrap());
        for row in &mut turned {
            (row.1, row.2) = (row.2, row.1);
        }
        let mut found = rows(&forth);
        found.sort();
        turned.sort();
        prop_assert_eq!(&found, &turned);
        // No group stands twice, and the differences add up to that of the totals.
        found.dedup_by(|a, b| a.0 == b.0);
        prop_assert_eq!(found.len(), forth.len());
        let sum = |allocation: &Allocation| allocation.totals(&[], true).unwrap().iter().next().unwrap().amount().fen();
        let differences: i64 = forth.iter().map(|row| row.difference().fen()).sum();
        prop_assert_eq!(differences, sum(&after) - sum(&before));
    }

    #[test]
    fn scenarios_are_the_allocations_one_by_one(
        n in numbers(), places in places(), by in groupings(),
        changes in prop::collection::vec((0_usize..7, 0_u32..900), 1..6),
    ) {
        let policy = policy(&n, 2024, false);
        let roster = roster(&policy, &places);
        let paths = [
            "classes.town.standard.2025", "classes.town.funding.city", "pools.pool.amount", "classes.village.funding.city.at_most",
            "classes.town.expected", "layers.county.payer", "classes.village.where",
        ];
        let list = Scenarios::new(changes.iter().enumerate().map(|(at, (path, value))| {
            let node = match path {
                5 => Node::new(NodeValue::Text("city".into())),
                6 => toml::read_value("{ pupils = { at_least = 0 } }").unwrap(),
                _ => number(value),
            };
            Scenario::new(format!("s{at}"), [(paths[*path], node)])
        })).unwrap();
        let (found, _) = scenarios(&policy, &roster, None, &list, &by).unwrap();
        let one = |scenario: &Scenario| {
            let changes = scenario.changes().iter().map(|change| (change.path(), change.value().clone()));
            Allocation::new(&policy.with_changes(changes).unwrap().0, &roster).unwrap().0
        };
        let first = one(list.iter().next().unwrap());
        let mut expected = Vec::new();
        for scenario in &list {
            let comparison = compare(&first, &one(scenario), &by).unwrap();
            for (keys, before, amount) in rows(&comparison) {
                let fen = |amount: Option<Amount>| amount.unwrap_or_default().fen();
                expected.push((scenario.name().to_owned(), keys, amount, fen(amount) - fen(before)));
            }
        }
        let keys = |row: fundlayers::ScenarioRow<'_>| (0..by.len()).map(|by| row.key(by)).collect::<Vec<_>>();
        let mut found: Vec<_> =
            found.iter().map(|row| (row.scenario().to_owned(), keys(row), row.amount(), row.difference().fen())).collect();
        // Values that the first scenario lacks may come in another order than beside it alone.
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_proof_of_a_solution_is_true(
        n in numbers(), places in places(), which in 0_usize..4, limit in 0_i64..3_000_000_000, step in 1_i64..2_000, payer in 0_usize..4,
    ) {
        let policy = policy(&n, 2024, false);
        let roster = roster(&policy, &places);
        let (path, layer) = [
            ("classes.town.standard.2025", "county"), ("classes.town.funding.city", "city"), ("pools.pool.amount", "pooled"),
            ("classes.village.funding.city.rate", "city"),
        ][which];
        let payer = if layer == "county" { [None, Some("甲县"), Some(""), Some("city")][payer] } else { [None, Some("city")][payer % 2] };
        let step = Decimal::new(step, 4);
        let goal = Goal {
            path: path.into(), layer: layer.into(), payer: payer.map(str::to_owned), year: 2025, limit: Amount::from_fen(limit), step: Some(step),
        };
        let at = |value: Decimal| {
            let (changed, _) = policy.with_changes([(path, number(value))]).unwrap();
            total(&changed, &roster, (layer, payer, 2025))
        };
        match solve(&policy, &roster, &goal) {
            Ok((solution, _)) => {
                prop_assert_eq!(at(solution.value()), i128::from(solution.total().fen()));
                prop_assert_eq!(at(solution.next_value()), i128::from(solution.next_total().fen()));
                prop_assert!(solution.total() <= goal.limit && goal.limit < solution.next_total());
                prop_assert_eq!(solution.next_value() - solution.value(), step);
                prop_assert_eq!(solution.value() % step, Decimal::ZERO);
            }
            Err(problems) => {
                let code = problems.iter().next().unwrap().code();
                let allowed = [Code::LimitOutOfReach, Code::LimitNeverExceeded, Code::UnknownPayer];
                prop_assert!(allowed.contains(&code), "{problems}");
                if code == Code::LimitOutOfReach {
                    prop_assert!(at(Decimal::ZERO) > i128::from(limit));
                }
                if code == Code::LimitNeverExceeded && which != 3 {
                    prop_assert!(at(Decimal::from(1_000_000)) <= i128::from(limit));
                }
            }
        }
    }
}

/// Every value from 0 to one beyond, by brute force.
#[test]
fn a_solution_is_what_trying_every_value_finds() {
    let policy = policy(&[100, 600, 650, 300, 20, 60], 2024, false);
    let roster = roster(&policy, &[(true, 1, 5, 0), (true, 1, 9, 1), (false, 2, 400, 0), (false, 1, 90, 2)]);
    for (path, layer, payer) in [
        ("classes.town.standard.2024", "county", Some("甲县")),
        ("classes.town.funding.city", "city", None),
        ("classes.village.funding.city.at_most", "city", None),
    ] {
        let at = |value: u32| {
            let (changed, _) = policy.with_changes([(path, number(value))]).unwrap();
            total(&changed, &roster, (layer, payer, 2024))
        };
        let totals: Vec<i128> = (0..=1_000).map(at).collect();
        for limit in ["0", "0.01", "59", "60", "61", "299.99", "900", "900.5", "2000"] {
            let limit = Amount::parse(limit, Unit::Wan).unwrap();
            let goal = Goal {
                path: path.into(),
                layer: layer.into(),
                payer: payer.map(str::to_owned),
                year: 2024,
                limit,
                step: Some(Decimal::ONE),
            };
            let largest = totals.iter().rposition(|total| *total <= i128::from(limit.fen()));
            match solve(&policy, &roster, &goal) {
                Ok((solution, _)) => {
                    assert_eq!(Some(solution.value().to_string()), largest.map(|at| at.to_string()), "{path} {limit}");
                }
                Err(problems) => {
                    let code = problems.iter().next().unwrap().code();
                    match largest {
                        None => assert_eq!(code, Code::LimitOutOfReach, "{path} {limit}"),
                        Some(last) => assert_eq!((code, last), (Code::LimitNeverExceeded, 1_000), "{path} {limit}"),
                    }
                }
            }
        }
    }
}
