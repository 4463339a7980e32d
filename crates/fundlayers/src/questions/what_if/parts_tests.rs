//! What is said of rows and policies that are computed together over parts. Their amounts are those of laws in `conformance`.

use super::*;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problems, Severity};
use crate::policy::document::Node;
use crate::results::summary::{Part, RoundSums, Rounds};
use crate::rows::records::{Cell, RowBuilder};

fn policy() -> Policy {
    serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
             "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
             "attributes": { "pupils": { "type": "number" }, "area": { "type": "number" } },
             "pools": [{ "id": "grant", "amount": 90, "weights": { "area": 1 } }],
             "classes": [{ "id": "all", "expected": 3, "funding": { "city": { "rate": 10, "of": "pupils" } } }] }"#,
    )
    .unwrap()
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Sides {
    before: Option<Amount>,
    after: Option<Amount>,
}

const TITLES: [&str; 5] = ["id", "name", "pupils", "area", "other"];

fn read(policy: &Policy, part: &Part, rows: &[[&str; 3]]) -> Result<(Roster, Problems), Problems> {
    let mut builder = RosterBuilder::new(policy, &TITLES.map(|title| (title, None)));
    builder.after_rows(part.rows_before());
    for [id, pupils, area] in rows {
        builder.push_row(None, &[id, &*format!("n{id}"), pupils, area, ""].map(Cell::Text));
    }
    builder.finish()
}

/// What two parts add to a round.
fn added(rounds: &Rounds, parts: [&[[&str; 3]]; 2]) -> RoundSums {
    let mut sums = rounds.nothing();
    let firsts = [0, u64::try_from(parts[0].len()).unwrap()];
    for (first, rows) in firsts.into_iter().zip(parts) {
        let part = Part::new(first).in_file(format!("{first}.parquet"), 0);
        sums.merge(rounds.part(&part, |policy| read(policy, &part, rows))).unwrap();
    }
    sums
}

fn gone_through(mut rounds: Rounds, parts: [&[[&str; 3]]; 2]) -> Result<Rounds, Problems> {
    while !rounds.is_over() {
        let sums = added(&rounds, parts);
        rounds = rounds.next(sums)?;
    }
    Ok(rounds)
}

fn list(scenarios: &[(&str, &[(&str, &str)])]) -> Scenarios {
    let node = |value: &str| -> Node { serde_json::from_str(value).unwrap() };
    Scenarios::new(
        scenarios
            .iter()
            .map(|(name, changes)| Scenario::new(*name, changes.iter().map(|(path, value)| (*path, node(value))))),
    )
    .unwrap()
}

const GOOD: [&[[&str; 3]]; 2] = [&[["1", "3", "1"], ["2", "4", "2"]], &[["3", "5", "3"]]];

#[test]
fn mistakes_of_scenarios_are_said_before_any_row_is_read_each_with_its_name() {
    let list = list(&[
        ("as it is", &[]),
        ("no such", &[("classes.al.expected", "4")]),
        ("few", &[("classes.all.where", r#"{ "pupils": { "below": { "aggregate": "mean", "of": "pupils" } } }"#)]),
    ]);
    let problems = ScenarioTotals::rounds(&policy(), None, &list, &[], Some(1)).unwrap_err();
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    // Of no row there is nothing to say but what the policy says itself.
    assert_eq!(
        said,
        [
            "scenario `as it is`: pools.grant: no rule reads the pool [unused-pool]",
            "scenario `no such`: classes.al.expected: the policy has no such place, found `al`; did you mean `all`? [unknown-path]",
            "scenario `few`: classes.all.where: reads a number of many places, which takes 2 passes over the rows; find it in passes \
             over rows that can be read again, or read the roster as a whole [needs-whole-roster]",
        ]
    );
    let outside = ScenarioTotals::rounds(&policy(), Some(&[2030]), &self::list(&[("a", &[])]), &[], None).unwrap_err();
    assert_eq!(outside.iter().map(Problem::code).collect::<Vec<_>>(), [Code::YearOutsidePolicy]);
}

#[test]
fn what_is_wrong_with_rows_is_said_once_and_nothing_of_it_by_scenario() {
    let list = list(&[("a", &[]), ("b", &[("classes.all.expected", "4")])]);
    let rounds = ScenarioTotals::rounds(&policy(), None, &list, &[], None).unwrap();
    let problems = gone_through(rounds, [GOOD[0], &[["3", "x", "3"]]]).unwrap_err();
    let errors: Vec<_> = problems.iter().filter(|problem| problem.severity() == Severity::Error).collect();
    let [problem] = errors[..] else { panic!("{problems}") };
    let place = problem.location();
    assert_eq!((problem.code(), place.file.as_deref(), place.row), (Code::BadNumber, Some("2.parquet"), Some(1)));
    assert_eq!(place.scenario, None);
    // An id in two parts, found here or by an engine.
    let rounds = || ScenarioTotals::rounds(&policy(), None, &list, &[], None).unwrap();
    let twice = gone_through(rounds(), [GOOD[0], &[["2", "5", "3"]]]).unwrap_err();
    assert_eq!(twice.iter().filter(|problem| problem.code() == Code::IdInTwoParts).count(), 1, "{twice}");
    let trusting = rounds().trusting_ids();
    let mut sums = added(&trusting, [GOOD[0], &[["2", "5", "3"]]]);
    assert!(trusting.clone().next(sums.clone()).is_ok());
    sums.tell_id_in_two_parts("2", &Part::new(0), &Part::new(2));
    let twice = trusting.next(sums).unwrap_err();
    assert_eq!(twice.iter().filter(|problem| problem.code() == Code::IdInTwoParts).count(), 1, "{twice}");
}

#[test]
fn what_is_wrong_for_one_scenario_is_said_with_its_name_when_the_others_are_computed() {
    let pool = r#"{ "pool": "grant" }"#;
    let list = list(&[
        ("as it is", &[]),
        ("by area", &[("classes.all.funding.city", r#"{ "rate": 2, "of": "area" }"#)]),
        ("pooled", &[("classes.all.funding.city", pool)]),
    ]);
    let rounds = ScenarioTotals::rounds(&policy(), None, &list, &[], None).unwrap();
    // The area is blank where only two of them read it.
    let rounds = gone_through(rounds, [GOOD[0], &[["3", "5", ""]]]).unwrap();
    let problems = ScenarioTotals::of_parts(&policy(), None, &list, &rounds).unwrap_err();
    let blank = problems.iter().filter(|problem| problem.code() == Code::BlankAttribute);
    let found: Vec<_> = blank
        .map(|problem| {
            let place = problem.location();
            (place.scenario.clone().unwrap_or_default(), place.file.clone().unwrap_or_default(), place.row)
        })
        .collect();
    let file = "2.parquet".to_owned();
    assert_eq!(found, [("by area".to_owned(), file.clone(), Some(1)), ("pooled".to_owned(), file, Some(1))]);
}

#[test]
fn what_is_odd_about_rows_is_said_once_and_what_is_odd_about_counts_where_it_is() {
    let list = list(&[("a", &[]), ("b", &[("classes.all.expected", "4")])]);
    let rounds = ScenarioTotals::rounds(&policy(), None, &list, &[], None).unwrap();
    let rounds = gone_through(rounds, GOOD).unwrap();
    assert_eq!(rounds.warnings().iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnknownColumn]);
    let (_, found) = ScenarioTotals::of_parts(&policy(), None, &list, &rounds).unwrap();
    let counts: Vec<_> = found
        .iter()
        .filter(|problem| problem.code() == Code::ExpectedCount)
        .map(|problem| problem.location().scenario.clone())
        .collect();
    assert_eq!(counts, [Some("b".to_owned())]);
}

#[test]
fn rounds_are_as_many_as_the_policy_that_needs_most() {
    let (pooled, _) = policy()
        .with_changes([("classes.all.funding.city", serde_json::from_str::<Node>(r#"{ "pool": "grant" }"#).unwrap())])
        .unwrap();
    let mut rounds = Comparison::rounds(&policy(), &pooled, None, &[], None).unwrap();
    let mut lasts = Vec::new();
    while !rounds.is_over() {
        lasts.push(rounds.is_last());
        let sums = added(&rounds, GOOD);
        rounds = rounds.next(sums).unwrap();
    }
    assert_eq!((lasts.first(), lasts.last()), (Some(&false), Some(&true)), "{lasts:?}");
    let (comparison, _) = Comparison::of_parts(&rounds).unwrap();
    let row = comparison.iter().next().unwrap();
    assert_eq!((row.before().unwrap().fen(), row.after().unwrap().fen()), (24_000, 18_000));
    // As a program's own structs too: amounts that may be blank.
    let rows: Vec<Sides> = comparison.table(Unit::Yuan).rows().unwrap();
    let sides = Sides { before: Some(Amount::from_fen(24_000)), after: Some(Amount::from_fen(18_000)) };
    assert_eq!(rows, [sides]);
    let (few, enough) = (lasts.len() - 1, lasts.len());
    let within = |passes: usize| {
        let rounds = Comparison::rounds(&policy(), &pooled, None, &[], u32::try_from(passes).ok())?;
        Comparison::of_parts(&gone_through(rounds, GOOD)?).map(|_| ())
    };
    assert!(within(enough).is_ok());
    let problems = within(few).unwrap_err();
    assert!(problems.iter().any(|problem| problem.code() == Code::NeedsWholeRoster), "{problems}");
}

#[test]
fn rows_are_read_once_only_for_policies_that_read_them_alike() {
    let node = |text: &str| serde_json::from_str::<Node>(text).unwrap();
    let changed = |path: &str, value: &str| policy().with_changes([(path, node(value))]).unwrap().0;
    assert!(reads_alike(&policy(), &changed("classes.all.funding.city", "7")));
    for (path, value) in [
        ("kinds", r#"{ "town": { "zh": "镇" } }"#),
        ("designations", r#"{ "key": { "zh": "重点" } }"#),
        ("attributes.area", r#"{ "type": "number", "unit": "亩" }"#),
        ("years", "[2024, 2026]"),
    ] {
        let other = changed(path, value);
        assert!(!reads_alike(&policy(), &other) && !reads_alike(&other, &policy()), "{path}");
    }
}

#[test]
fn rows_are_read_for_two_policies_only_as_long_as_both_need_them() {
    let node = |text: &str| serde_json::from_str::<Node>(text).unwrap();
    let changes = [("years", node("[2024, 2024]")), ("classes.all.funding.city", node(r#"{ "pool": "grant" }"#))];
    let (other, _) = policy().with_changes(changes).unwrap();
    let mut rounds = Comparison::rounds(&policy(), &other, None, &[], None).unwrap();
    let mut reads = Vec::new();
    while !rounds.is_over() {
        let mut years = Vec::new();
        let sums = rounds.part(&Part::new(0), |policy| {
            years.push(*policy.years().end());
            read(policy, &Part::new(0), GOOD[0])
        });
        reads.push(years);
        rounds = rounds.next(sums).unwrap();
    }
    assert_eq!((reads.first(), reads.last()), (Some(&vec![2025, 2024]), Some(&vec![2024])), "{reads:?}");
    // What was odd in the first round is not forgotten.
    assert_eq!(rounds.warnings().iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnknownColumn]);
    // Rows that are another time not what they were.
    let again = Comparison::rounds(&policy(), &other, None, &[], None).unwrap();
    let after = again.clone().next(again.part(&Part::new(0), |policy| read(policy, &Part::new(0), GOOD[0]))).unwrap();
    let bad = after.part(&Part::new(0), |policy| read(policy, &Part::new(0), &[["1", "x", "1"]]));
    let problems = after.next(bad).unwrap_err();
    assert!(problems.iter().any(|problem| problem.code() == Code::BadNumber), "{problems}");
}

#[test]
fn sums_of_other_rounds_or_policies_are_not_merged() {
    let of = |names: &[&str]| {
        let scenarios: Vec<_> = names.iter().map(|name| (*name, &[][..])).collect();
        ScenarioTotals::rounds(&policy(), None, &list(&scenarios), &[], None).unwrap()
    };
    let (one, two) = (of(&["a"]), of(&["a", "b"]));
    let codes = |problems: Problems| problems.iter().map(Problem::code).collect::<Vec<_>>();
    assert_eq!(codes(one.nothing().merge(two.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
    assert_eq!(codes(one.clone().going_on(two.so_far()).unwrap_err()), [Code::UnlikeSummaries]);
    let over = gone_through(one.clone(), GOOD).unwrap();
    assert_eq!(codes(over.next(one.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
    let nobody = gone_through(of(&[]), GOOD).unwrap();
    assert!(ScenarioTotals::of_parts(&policy(), None, &list(&[]), &nobody).unwrap().0.is_empty());
}
