//! Laws of compare, scenarios and solve, on random policies and rosters.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use std::fmt::Write as _;
use std::ops::Range;

use fundlayers::answer::{Answer, Given, OverParts};
use fundlayers::document::{Node, NodeValue};
use fundlayers::sheet::SheetOptions;
use fundlayers::{
    Allocation, Amount, Change, Code, Comparison, Decimal, Goal, Grouping, Lang, Part, Policy, Problems, Roster,
    RosterBuilder, RoundSums, Scenario, Scenarios, Severity, Unit, compare, scenarios, solve,
};
use fundlayers_formats::{csv, markdown, toml};
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
    part(policy, places, 0..places.len()).unwrap().0
}

/// Some of the places as rows of their own file.
fn part(policy: &Policy, places: &[(bool, u8, u16, u8)], of: Range<usize>) -> Result<(Roster, Problems), Problems> {
    let mut text = String::from("id,name,kind,county,count,pupils,more\n");
    for (row, (town, county, pupils, count)) in places.iter().enumerate().take(of.end).skip(of.start) {
        let kind = if *town { "town" } else { "village" };
        let county = ["", "甲县", "乙县", "city"][usize::from(county % 4)];
        writeln!(text, "r{row:02},n{row},{kind},{county},{},{pupils},", count % 3 + 1).unwrap();
    }
    let mut options = SheetOptions::default();
    options.fill_down = Some(false);
    csv::read_rows(&text, &options, |titles| {
        let mut builder = RosterBuilder::new(policy, titles);
        builder.after_rows(u32::try_from(of.start).unwrap());
        builder
    })
}

/// Where a list is cut into parts.
fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 0..5)
}

/// What is asked over parts, whose sums travel as JSON and merge in another order in each round.
fn over_parts(
    asked: &OverParts,
    places: &[(bool, u8, u16, u8)],
    cuts: &[prop::sample::Index],
    order: prop::sample::Index,
) -> Result<(Answer, u32), Problems> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(places.len() + 1)).chain([0, places.len()]).collect();
    cuts.sort_unstable();
    let mut rounds = asked.rounds().clone();
    let mut count = 0;
    while !rounds.is_over() {
        let so_far = serde_json::to_string(&rounds.so_far()).unwrap();
        let mut parts: Vec<RoundSums> = Vec::new();
        for ends in cuts.windows(2) {
            let going = asked.rounds().clone().going_on(serde_json::from_str(&so_far).unwrap()).unwrap();
            let of_part = going.part(&Part::new(ends[0] as u64), |policy| part(policy, places, ends[0]..ends[1]));
            let read: RoundSums = serde_json::from_str(&serde_json::to_string(&of_part).unwrap()).unwrap();
            assert_eq!(read, of_part);
            parts.push(read);
        }
        let turn = (order.index(parts.len()) + count as usize) % parts.len();
        parts.rotate_left(turn);
        while parts.len() > 1 {
            let mut last = parts.pop().unwrap();
            last.merge(parts.remove(order.index(parts.len()))).unwrap();
            parts.push(last);
        }
        rounds = rounds.next(parts.remove(0))?;
        count += 1;
    }
    Ok((asked.answer(&rounds, None)?, count))
}

/// Everything that an answer says, but for the order of its warnings.
fn all_of(answer: &Answer) -> (String, String, Vec<String>) {
    let mut table = Vec::new();
    csv::write(&mut table, &answer.table(Lang::Zh).unwrap()).unwrap();
    let mut report = Vec::new();
    markdown::write(&mut report, &answer.report(Lang::Zh).unwrap().unwrap()).unwrap();
    let mut warnings: Vec<String> = answer.warnings().iter().map(ToString::to_string).collect();
    warnings.sort();
    (String::from_utf8(table).unwrap(), String::from_utf8(report).unwrap(), warnings)
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
    fn compared_over_parts_is_as_compared_over_the_whole(
        a in numbers(), b in numbers(), places in places(), by in groupings(), more in any::<bool>(), early in any::<bool>(),
        years in prop::sample::select(vec![None, Some(vec![2025_u16])]), cuts in cuts(), order in any::<prop::sample::Index>(),
    ) {
        // Other years are read otherwise.
        let first = Given::plain(policy(&a, 2024, false));
        let second = Given::plain(policy(&b, if early { 2023 } else { 2024 }, more));
        let of = |policy: &Given<Policy>| {
            let rows = Given::from(part(&policy.value, &places, 0..places.len()).unwrap());
            policy.allocate(&rows, years.as_deref()).unwrap()
        };
        let whole = of(&first).compare(&of(&second), Some(&by), None).unwrap();
        let asked = OverParts::compare(first.clone(), second, years.as_deref(), Some(&by), None).unwrap();
        let (found, _) = over_parts(&asked, &places, &cuts, order).unwrap();
        prop_assert_eq!(all_of(&found), all_of(&whole));
    }

    #[test]
    fn scenarios_over_parts_are_those_over_the_whole(
        n in numbers(), places in places(), by in groupings(), cuts in cuts(), order in any::<prop::sample::Index>(),
        years in prop::sample::select(vec![None, Some(vec![2025_u16])]),
        changes in prop::collection::vec((0_usize..9, 1_u32..900), 0..5),
    ) {
        let policy = Given::plain(policy(&n, 2024, false));
        let paths = [
            "classes.town.standard.2025", "classes.town.funding.city", "pools.pool.amount", "classes.village.funding.city.at_most",
            "classes.town.expected", "layers.county.payer", "classes.village.where", "years", "classes.village.funding.pooled",
        ];
        let list = Scenarios::new(changes.iter().enumerate().map(|(at, (path, value))| {
            let node = match path {
                5 => Node::new(NodeValue::Text("city".into())),
                6 => toml::read_value("{ pupils = { at_least = 0 } }").unwrap(),
                7 => toml::read_value("[2025, 2025]").unwrap(),
                _ => number(value),
            };
            Scenario::new(format!("s{at}"), [(paths[*path], node)])
        })).unwrap();
        let list = Given::plain(list);
        let asked = |max| OverParts::scenarios(policy.clone(), list.clone(), years.as_deref(), Some(&by), max);
        let rows = Given::from(part(&policy.value, &places, 0..places.len()).unwrap());
        let whole = policy.scenarios(&rows, &list, years.as_deref(), Some(&by), None).unwrap();
        let (found, rounds) = over_parts(&asked(None).unwrap(), &places, &cuts, order).unwrap();
        prop_assert_eq!(all_of(&found), all_of(&whole));
        // The rows are read as often as the scenario that needs it most does.
        prop_assert_eq!(rounds > 1, changes.iter().any(|(path, _)| *path != 8));
        prop_assert!(asked(Some(rounds)).is_ok());
        if rounds > 1 {
            let fewer = asked(Some(rounds - 1)).and_then(|asked| over_parts(&asked, &places, &cuts, order));
            for refused in [fewer.unwrap_err(), asked(Some(1)).unwrap_err()] {
                let mut errors = refused.iter().filter(|problem| problem.severity() == Severity::Error);
                prop_assert!(errors.all(|problem| problem.code() == Code::NeedsWholeRoster), "{}", refused);
            }
        }
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
