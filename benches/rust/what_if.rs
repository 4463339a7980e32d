//! Compare, scenarios and solve over a national roster.

use std::time::Instant;

use fundlayers::document::{Node, NodeValue};
use fundlayers::{
    Allocation, Amount, Goal, Grouping, Policy, Roster, Scenario, ScenarioTotals, Scenarios, Unit, compare, scenarios,
    solve,
};
use fundlayers_formats::{Format, csv, read_policy};

use crate::best;

/// Administrative villages, towns and subdistricts of the country, rounded up.
pub(crate) const NATIONAL: u64 = 730_000;

fn number(text: String) -> Node {
    Node::new(NodeValue::Number(text))
}

/// Scenarios that each set one number, a hundredth more from one to the next.
fn list(path: &str, first: u32, count: u32, places: u32) -> Scenarios {
    let one = 10_u32.pow(places);
    let width = usize::try_from(places).expect("fits");
    let value = |at: u32| {
        let number = first * one + at;
        number_of(number / one, number % one, width)
    };
    Scenarios::new((0..count).map(|at| Scenario::new(format!("{at}"), [(path, value(at))])))
        .expect("names of their own")
}

fn number_of(whole: u32, part: u32, width: usize) -> Node {
    number(format!("{whole}.{part:0width$}"))
}

/// Every fen of every scenario, by layer.
fn sums(totals: &ScenarioTotals) -> Vec<(String, i128)> {
    let mut sums: Vec<(String, i128)> = Vec::new();
    for row in totals.iter() {
        let fen = i128::from(row.amount().unwrap_or_default().fen());
        match sums.iter_mut().find(|(layer, _)| *layer == row.key(1)) {
            Some((_, sum)) => *sum += fen,
            None => sums.push((row.key(1), fen)),
        }
    }
    sums
}

fn many(what: &str, policy: &Policy, roster: &Roster, list: &Scenarios, aim: &str) {
    let by = [Grouping::Year, Grouping::Layer];
    let (time, totals) = best(|| scenarios(policy, roster, None, list, &by).expect("totals").0);
    println!(
        "{what:<58} {:>9.2} ms  {:>8.3} ms each  {aim}",
        time.as_secs_f64() * 1e3,
        time.as_secs_f64() * 1e3 / list.len() as f64
    );
    // For the plain Python version, which computes the same.
    println!("  {} scenarios, {} s, {:?}", list.len(), time.as_secs_f64(), sums(&totals));
}

/// Measures; writes the roster to a file if one is named.
pub(crate) fn measure(rows: u64, file: Option<&str>) {
    println!("what if: {rows} recipients, 3 years, 3 layers, one thread");
    let text = crate::csv(rows);
    if let Some(file) = file {
        std::fs::write(file, &text).expect("a file");
    }
    let built_in = fundlayers_policies::get("tongchuan-2023").expect("it is built in");
    let (policy, _) = read_policy(built_in.policy_toml.as_bytes(), Format::Toml).expect("a policy");
    let (roster, _) = csv::read_roster(&text, &policy).expect("a roster");
    let thousand = list("classes.municipal-town.standard", 600, 1_000, 2);
    many("1,000 scenarios of the reference policy, by year and layer", &policy, &roster, &thousand, "(aim 1,000)");

    let per_head = crate::per_head();
    let (people, _) = csv::read_roster(&text, &per_head).expect("a roster");
    let twenty = list("classes.all.funding.central_provincial.rate", 0, 20, 3);
    many("20 scenarios of a per-head policy, by year and layer", &per_head, &people, &twenty, "(aim 3,000)");

    let (changed, _) =
        policy.with_changes([("classes.municipal-town.standard", number("650".into()))]).expect("a policy");
    let before = Allocation::new(&policy, &roster).expect("an allocation").0;
    let after = Allocation::new(&changed, &roster).expect("an allocation").0;
    for (what, by) in [
        ("by county and layer", [Grouping::County, Grouping::Layer]),
        ("by id and layer", [Grouping::Id, Grouping::Layer]),
    ] {
        let (time, comparison) = best(|| compare(&before, &after, &by).expect("a comparison"));
        println!(
            "{:<58} {:>9.2} ms  {:>8} rows",
            format!("compare two allocations {what}"),
            time.as_secs_f64() * 1e3,
            comparison.len()
        );
    }
    for (what, policy, roster, path, layer, limit) in [
        ("the reference policy", &policy, &roster, "classes.municipal-town.standard", "county", 41),
        (
            "a per-head policy",
            &per_head,
            &people,
            "classes.all.funding.central_provincial.rate",
            "central_provincial",
            410,
        ),
    ] {
        // So much for each recipient, so that it is within reach however many there are.
        let limit = Amount::parse(&(rows * limit).to_string(), Unit::Wan).expect("an amount");
        let goal = Goal { path: path.into(), layer: layer.into(), payer: None, year: 2024, limit, step: None };
        let start = Instant::now();
        let (solution, _) = solve(policy, roster, &goal).expect("a solution");
        let time = start.elapsed();
        println!(
            "{:<58} {:>9.2} ms  {}",
            format!("solve for a number of {what}"),
            time.as_secs_f64() * 1e3,
            solution.value()
        );
    }
}
