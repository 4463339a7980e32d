//! Formulas: products, bands, tiers, figures, quotients, aggregates by county and conditions on them. Numbers change from year to
//! year, so that no year serves for another.

use fundlayers::{Allocation, Grouping, Roster};

use crate::{best, policy, report};

/// A layer by this rule in the county's place; the others are as they are.
fn formula(rule: &str, figures: &str) -> fundlayers::Policy {
    policy(&format!(r#"{{ "id": "all", "funding": {{ "county": {rule} }} }}"#), figures)
}

/// Every amount of three years.
pub(crate) fn measure(rows: u64, roster: &Roster) {
    let bands =
        r#"{ "bands": [{ "below": 1000, "give": 5 }, { "below": 50000, "give": 3 }, { "give": 2 }], "of": "pupils" }"#;
    let tiers = r#"{ "tiers": [{ "up_to": { "2023": 500, "2024": 600, "2025": 700 }, "rate": "0.01" }, { "up_to": 50000, "rate": "0.005" },
        { "rate": "0.001" }], "of": "pupils" }"#;
    let product = format!(r#"[{{ "product": ["income", {bands}] }}, {tiers}]"#);
    let mean = r#"{ "aggregate": "mean", "of": "income", "over": ["county"] }"#;
    let poor = format!(
        r#"{{ "amount": {{ "2023": 10, "2024": 11, "2025": 12 }}, "when": {{ "income": {{ "below": {{ "rate": "0.7", "of": {mean} }} }} }} }}"#
    );
    let below =
        format!(r#"{{ "top_up_to": {{ "rate": {{ "2023": "0.9", "2024": "0.95", "2025": 1 }}, "of": {mean} }} }}"#);
    let share = r#"{ "rate": { "2023": 90000, "2024": 95000, "2025": 99000 }, "of":
        { "quotient": ["pupils", { "aggregate": "sum", "of": "pupils", "over": ["county"] }] } }"#;
    let figure = r#""figures": [{ "id": "points", "value": { "product": ["pupils", "income"] }, "rounding": { "places": 1 } }],"#;
    let points = r#"{ "rate": { "2023": "0.1", "2024": "0.11", "2025": "0.12" }, "of": "points" }"#;
    let last = r#"{ "rate": "1.01", "of": { "last_year": "county", "first": "income" } }"#;
    for (what, rule, figures, aim) in [
        ("a product, bands and tiers", product.as_str(), "", "(aim 25)"),
        ("a condition on the mean of the county", poor.as_str(), "", "(aim 15)"),
        ("what is missing to the mean of the county", below.as_str(), "", "(aim 15)"),
        ("a share of the sum of the county", share, "", ""),
        ("a figure of a product, rounded", points, figure, ""),
        ("1.01 times the year before", last, "", ""),
    ] {
        let policy = formula(rule, figures);
        let (time, (allocation, _)) = best(|| Allocation::new(&policy, roster).expect("an allocation"));
        report(what, rows * 3, "recipient-years", time, aim);
        let sum: i128 = allocation
            .totals(&[Grouping::County], false)
            .expect("totals")
            .iter()
            .map(|row| i128::from(row.amount().fen()))
            .sum();
        assert_eq!(allocation.amounts().sum(), sum, "amounts and totals agree");
    }
}
