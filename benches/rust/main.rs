//! Measures fundlayers on a national roster, beside the speed of memory in the same run:
//! `cargo run --release -p benches`, or with a number of recipients as argument. `-- what-if [RECIPIENTS [FILE]]` measures
//! compare, scenarios and solve alone and writes the roster to a file, for `benches/python/scenarios.py`;
//! `-- reconcile [RECIPIENTS]` measures reconciling alone; `-- projects [RECIPIENTS]` registers of projects; `-- pools [RECIPIENTS]` pools; `-- checks [RECIPIENTS]` checks; `-- exact [PLACES]` rules that are computed in fractions;
//! `-- workbook [RECIPIENTS]` reading workbooks.
//!
//! One thread. Every figure is the best of several runs, because these machines are noisy; results are checked outside
//! the timing. A recipient-year is one recipient in one year, all its layers.
#![expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times and ratios are not money")]
#![expect(clippy::print_stdout, reason = "this is what the program is for")]
#![expect(clippy::arithmetic_side_effects, clippy::expect_used, reason = "a benchmark that fails stops")]

mod checks;
mod exact;
mod language;
mod pools;
mod projects;
mod reconcile;
mod what_if;
mod workbook;

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use fundlayers::roster::Cell;
use fundlayers::{
    Allocation, Funding, FundingRule, Grouping, LimitsBuilder, Policy, Roster, RosterBuilder, RowBuilder,
};

const COUNTIES: u64 = 3_000;
const RUNS: usize = 7;

/// The plan's rules without its texts; `extra` is more of the file.
fn policy(classes: &str, extra: &str) -> Policy {
    let text = format!(
        r#"{{ "id": "bench", "title": {{ "zh": "测", "en": "bench" }}, "years": [2023, 2025], "unit": "万元",
        "kinds": {{ "town": {{}}, "village": {{}} }}, "designations": {{ "provincial": {{}}, "municipal": {{}} }},
        "payers": {{ "province": {{}}, "city": {{}} }},
        "attributes": {{ "pupils": {{ "type": "number" }}, "income": {{ "type": "number", "unit": "元" }} }},
        "layers": [{{ "id": "central_provincial", "payer": "province" }}, {{ "id": "city", "payer": "city" }},
                   {{ "id": "county", "payer": "county" }}],
        {extra} "classes": [{classes}] }}"#
    );
    serde_json::from_str(&text).expect("a policy")
}

/// The reference policy's four classes.
fn reference() -> Policy {
    let class = |kind: &str, scale: u64| {
        format!(
            r#"{{ "id": "provincial-{kind}", "kind": "{kind}", "designation": "provincial", "funding": {{ "central_provincial": {}, "city": {} }} }},
               {{ "id": "municipal-{kind}", "kind": "{kind}", "designation": "municipal", "standard": {}, "funding": {{ "city": {}, "county": {{ "top_up_to": "standard" }} }} }}"#,
            5 * scale,
            scale,
            6 * scale,
            3 * scale
        )
    };
    policy(&format!("{}, {}", class("town", 100), class("village", 20)), "")
}

/// A share of the standard, a per-head rate with floor and cap, a match with a floor and a condition.
fn per_head() -> Policy {
    let class = r#"{ "id": "all", "standard": 600, "funding": {
        "central_provincial": { "rate": "0.035", "of": ["pupils", -50], "at_least": 2, "at_most": 500 },
        "city": { "rate": "1/3", "of": "central_provincial", "at_least": "1.5", "when": { "income": { "below": 2 } } },
        "county": { "top_up_to": { "rate": "0.05", "of": "pupils" }, "counting": ["central_provincial", "city"] } } }"#;
    policy(class, "")
}

/// A fixed sequence of numbers that look random (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// A roster as CSV: classes shuffled, counties shuffled.
fn csv(rows: u64) -> String {
    let mut text = String::from("id,name,kind,designation,county,township,division_code,count,pupils,income\n");
    let mut random = Random(7);
    for row in 0..rows {
        let (kind, place) = if random.below(10) == 0 { ("town", "镇") } else { ("village", "村") };
        let designation = if random.below(2) == 0 { "provincial" } else { "municipal" };
        let (county, pupils, income) =
            (random.below(COUNTIES), 1 + random.below(200_000), 5_000 + random.below(30_000));
        writeln!(
            text,
            "{row:09},第{row}{place},{kind},{designation},县{county:04},乡{},610{row:06},1,{pupils},{income}",
            county % 7
        )
        .expect("memory");
    }
    text
}

/// The best of several runs.
fn best<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut least = Duration::MAX;
    let mut last = None;
    for _ in 0..RUNS {
        let start = Instant::now();
        let value = black_box(run());
        least = least.min(start.elapsed());
        last = Some(value);
    }
    (least, last.expect("at least one run"))
}

fn report(what: &str, units: u64, unit: &str, time: Duration, aim: &str) -> f64 {
    let rate = units as f64 / time.as_secs_f64() / 1e6;
    println!("{what:<58} {:>9.2} ms  {rate:>8.1} million {unit}/s  {aim}", time.as_secs_f64() * 1e3);
    rate
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |text: Option<&String>, otherwise: u64| -> u64 {
        text.map_or(otherwise, |text| text.parse().expect("a number of recipients"))
    };
    if arguments.first().is_some_and(|first| first == "what-if") {
        what_if::measure(number(arguments.get(1), what_if::NATIONAL), arguments.get(2).map(String::as_str));
        return;
    }
    if arguments.first().is_some_and(|first| first == "reconcile") {
        let (text, policy) = (csv(number(arguments.get(1), 1_000_000)), reference());
        let (roster, _) = fundlayers_formats::csv::read_roster(&text, &policy).expect("a roster");
        reconcile::measure(&policy, &roster, &text);
        return;
    }
    if arguments.first().is_some_and(|first| first == "projects") {
        let (text, policy) = (csv(number(arguments.get(1), 1_000_000)), reference());
        let (roster, _) = fundlayers_formats::csv::read_roster(&text, &policy).expect("a roster");
        projects::measure(&policy, &roster);
        return;
    }
    if arguments.first().is_some_and(|first| first == "exact") {
        exact::measure(number(arguments.get(1), exact::PLACES));
        return;
    }
    if arguments.first().is_some_and(|first| first == "checks") {
        checks::measure(number(arguments.get(1), 1_000_000));
        return;
    }
    if arguments.first().is_some_and(|first| first == "pools") {
        let rows = number(arguments.get(1), 1_000_000);
        let (roster, _) = fundlayers_formats::csv::read_roster(&csv(rows), &reference()).expect("a roster");
        pools::measure(rows, &roster);
        return;
    }
    if arguments.first().is_some_and(|first| first == "language") {
        let rows = number(arguments.get(1), 1_000_000);
        let (roster, _) = fundlayers_formats::csv::read_roster(&csv(rows), &reference()).expect("a roster");
        language::measure(rows, &roster);
        return;
    }
    if arguments.first().is_some_and(|first| first == "workbook") {
        workbook::measure(number(arguments.get(1), 60_000));
        return;
    }
    let rows = number(arguments.first(), 1_000_000);
    let years = 3;
    let recipient_years = rows * years;
    println!("{rows} recipients in {COUNTIES} counties, {years} years, 3 layers, one thread, best of {RUNS}\n");

    let text = csv(rows);
    let reference = reference();
    let (time, (roster, _)) = best(|| fundlayers_formats::csv::read_roster(&text, &reference).expect("a roster"));
    let rate = text.len() as f64 / time.as_secs_f64() / 1e6;
    println!("{:<58} {:>9.2} ms  {rate:>8.1} MB/s  (aim 150)", "read the roster as CSV", time.as_secs_f64() * 1e3);
    built(rows, &reference);

    // The limit: 8 bytes an amount to fresh pages.
    let amounts = usize::try_from(recipient_years * 3).expect("fits");
    let (memory, _) = best(|| {
        let mut block: Vec<i64> = Vec::with_capacity(amounts);
        block.extend((0..amounts).map(|at| i64::try_from(at).unwrap_or_default() & 1023));
        block
    });
    report("write 8 bytes an amount to fresh pages", recipient_years, "recipient-years", memory, "(the limit)");

    let by = [Grouping::County, Grouping::Layer, Grouping::Year];
    let (time, (block, totals)) = best(|| {
        let (allocation, _) = Allocation::new(&reference, &roster).expect("an allocation");
        (allocation.amounts(), allocation.totals(&by, false).expect("totals"))
    });
    report("reference policy: every amount, totals by county", recipient_years, "recipient-years", time, "(aim 100)");
    println!("{:<58} {:>9.2} times the limit (aim: at most 2)", "", time.as_secs_f64() / memory.as_secs_f64());
    let sum: i128 = totals.iter().map(|row| i128::from(row.amount().fen())).sum();
    assert_eq!(block.sum(), sum, "the block and the totals agree");
    drop(block);

    let (time, _) = best(|| {
        let (allocation, _) = Allocation::new(&reference, &roster).expect("an allocation");
        allocation.totals(&by, false).expect("totals")
    });
    report("reference policy: totals alone", recipient_years, "recipient-years", time, "(aim 500)");

    let per_head = per_head();
    let (time, (block, totals)) = best(|| {
        let (allocation, _) = Allocation::new(&per_head, &roster).expect("an allocation");
        (allocation.amounts(), allocation.totals(&by, false).expect("totals"))
    });
    report("rates, floors, conditions on attributes: all of it", recipient_years, "recipient-years", time, "(aim 20)");
    let sum: i128 = totals.iter().map(|row| i128::from(row.amount().fen())).sum();
    assert_eq!(block.sum(), sum, "the block and the totals agree");

    drop(block);
    funding(rows, &roster);

    pools::measure(rows, &roster);
    language::measure(rows, &roster);
    exact::measure(rows.min(exact::PLACES));
    println!();
    what_if::measure(rows.min(what_if::NATIONAL), None);
    println!();
    reconcile::measure(&reference, &roster, &text);
    projects::measure(&reference, &roster);
}

/// The same job in plain numpy: by rule the seconds, and the fen of the first thousand awards. Nothing without numpy.
fn numpy(rows: u64) -> Vec<(String, f64, i64)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/fund_numpy.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).args([script, &rows.to_string()]).output();
    let text = output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned());
    let line = |line: &str| {
        let mut words = line.split(' ');
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

/// Claims of one year (poor: an income below 20,000 元) to a payer who can pay ten parts in seventeen of them, by every rule.
fn funding(rows: u64, roster: &Roster) {
    let class = |id: &str, bound: &str| {
        format!(
            r#"{{ "id": "{id}", "where": {{ "income": {{ "{bound}": 2 }} }}, "funding": {{ "city": {{ "rate": "0.012345", "of": "pupils" }} }} }}"#
        )
    };
    let policy = policy(&format!("{}, {}", class("poor", "below"), class("other", "at_least")), "");
    let (allocation, _) = Allocation::for_years(&policy, roster, &[2024]).expect("an allocation");
    let total = allocation.totals(&[], false).expect("a total").iter().next().expect("a row").amount();
    let limit = (total.fen() / 17 * 10 / 100).to_string();
    let titles = ["layer", "payer", "year", "amount(元)"].map(|title| (title, None));
    let mut builder = LimitsBuilder::new(&policy, &titles);
    builder.push_row(None, &["city", "city", "2024", &limit].map(Cell::Text));
    let (limits, _) = builder.finish().expect("a limit");
    let numpy = numpy(rows);
    if numpy.is_empty() {
        println!("(python3 has no numpy: no comparison with it; PYTHON names another)");
    }
    for (rule, aim) in [
        (FundingRule::Proportional, "(aim 50)"),
        (FundingRule::ConstrainedEqualAwards, "(aim 20)"),
        (FundingRule::ConstrainedEqualLosses, "(aim 20)"),
        (FundingRule::Talmud, "(aim 10)"),
        (FundingRule::Priority(vec!["poor".to_owned()]), ""),
    ] {
        let (time, (funding, _)) = best(|| allocation.fund(&limits, &rule).expect("awards"));
        report(&format!("fund: {rule}"), rows, "claims", time, aim);
        let totals = funding.totals(&[Grouping::Layer, Grouping::Payer, Grouping::Year]).expect("totals");
        let row = totals.iter().next().expect("a row");
        assert_eq!(Some(row.funded()), row.limit(), "the limit is used up");
        if let Some((_, seconds, sum)) = numpy.iter().find(|(name, ..)| *name == rule.as_str()) {
            let first: i64 = (0..rows.min(1_000)).map(|row| award(&funding, row)).sum();
            // Binary floats may miss a fen here and there.
            assert!(first.abs_diff(*sum) <= 1_000, "numpy has the same job: {first} {sum}");
            println!("{:<58} {:>9.2} times as fast as plain numpy", "", seconds / time.as_secs_f64());
        }
    }
    // Ids that do not stand in their order have to be compared as texts.
    let mut builder =
        RosterBuilder::new(&policy, &["id", "name", "kind", "designation", "pupils", "income"].map(|t| (t, None)));
    let mut random = Random(11);
    for row in 0..rows {
        let texts = [format!("村-{:08x}-{row}", random.below(1 << 32)), (1 + random.below(200_000)).to_string()];
        builder.push_row(None, &[&texts[0], "村", "village", "municipal", &texts[1], "1"].map(Cell::Text));
    }
    let (roster, _) = builder.finish().expect("a roster");
    let (allocation, _) = Allocation::for_years(&policy, &roster, &[2024]).expect("an allocation");
    let (time, _) = best(|| allocation.fund(&limits, &FundingRule::Talmud).expect("awards"));
    report("fund: talmud, ids in no order", rows, "claims", time, "(aim 10)");
}

/// What a row gets in 2024 of the city, in fen.
fn award(funding: &Funding, row: u64) -> i64 {
    let place = funding.claims().roster().get(usize::try_from(row).expect("fits")).expect("a row");
    let layer = funding.claims().policy().layer_index("city").expect("a layer");
    funding.funded().amount(place.row(), 2024, layer).map_or(0, fundlayers::Amount::fen)
}

/// The roster built from cells, without a file.
fn built(rows: u64, policy: &Policy) -> Roster {
    let names: Vec<String> = (0..rows).map(|row| format!("{row:09}")).collect();
    let (time, roster) = best(|| {
        let mut builder = RosterBuilder::new(policy, &[("name", None), ("kind", None), ("designation", None)]);
        for name in &names {
            builder.push_row(None, &[Cell::Text(name), Cell::Text("town"), Cell::Text("municipal")]);
        }
        builder.finish().expect("a roster").0
    });
    report("build a roster of three columns from cells", rows, "rows", time, "");
    roster
}
