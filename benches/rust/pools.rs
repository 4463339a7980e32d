//! Pools: parts by one weight, with bounds for all and with those of each member, and one pool for each county.

use fundlayers::{Allocation, Roster};

use crate::{policy, report};

/// Everything to one pool by pupils.
fn pool(amount: &str, more: &str) -> fundlayers::Policy {
    let extra = format!(r#""pools": [{{ "id": "pool", "amount": "{amount}", "weights": {{ "pupils": 1 }}{more} }}],"#);
    policy(r#"{ "id": "all", "funding": { "city": { "pool": "pool" } } }"#, &extra)
}

/// A pool in one year, just below 2^63 fen.
pub(crate) fn measure(rows: u64, roster: &Roster) {
    let year = [2024];
    // A third of the mean, and twice the mean.
    let mean = 9_000_000_000_000 / rows;
    let for_all = format!(r#", "at_least": {}, "at_most": {}"#, mean / 3, mean * 2);
    // Incomes are some two 万元: two thirds of the mean, and three times the mean.
    let floor = format!(r#", "at_least": {{ "rate": {}, "of": "income" }}"#, mean / 3);
    let both = format!(r#"{floor}, "at_most": [{{ "rate": {mean}, "of": "income" }}, {mean}]"#);
    let short = format!(r#", "if_short": "reduce", "at_least": {{ "rate": {mean}, "of": "income" }}"#);
    let all = "9223372036854.77";
    for (what, amount, more, aim) in [
        ("pool by one weight below 2^63 fen", all, "", "(aim 50)"),
        ("the same with a floor and a cap", all, for_all.as_str(), "(aim 20)"),
        ("the same with a floor of each member's own", all, floor.as_str(), "(aim 20)"),
        ("the same with a floor and a cap of each member's own", all, both.as_str(), ""),
        ("the same with floors that are cut", all, short.as_str(), ""),
        ("the same, each part rounded by itself", all, r#", "apportion": "each""#, ""),
        ("a pool for each county", "1000000000", r#", "per": "county""#, ""),
    ] {
        let policy = pool(amount, more);
        let (time, (allocation, _)) =
            crate::best(|| Allocation::for_years(&policy, roster, &year).expect("an allocation"));
        report(what, rows, "recipients", time, aim);
        let total = allocation.totals(&[], false).expect("a total").iter().next().expect("a row").amount();
        if amount == all && !more.contains("each") {
            assert_eq!(total.fen(), 9_223_372_036_854_770_000, "the pool is used up");
        }
    }
}
