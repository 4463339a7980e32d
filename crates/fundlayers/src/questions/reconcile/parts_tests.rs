//! A roster in parts beside a ledger comes to what the whole comes to, to the byte.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::language::Lang;
use crate::ground::money::Unit;
use crate::questions::receipts::ReceiptsBuilder;
use crate::results::settlement::Settlement;
use crate::results::summary::{Arrivals, Part, Settling, Summary, Summed, Summing};
use crate::roster::Cell as Read;
use crate::rows::records::RowBuilder;
use crate::tables::table::{Report, Table};

/// A place: county, township, name, code, due, how many, and whether it has a row of its own for each year.
type Place = (u8, u8, u8, u8, i32, u32, bool);

const COUNTIES: [&str; 3] = ["", "甲县", "乙县"];
const TOWNSHIPS: [&str; 3] = ["", "东镇", "西镇"];
const NAMES: [&str; 4] = ["东镇", "一村", "二村", "三村"];
const CODES: [&str; 4] = ["", "610202001001", "610202001002", "610202"];

fn policy(funding: &Value) -> Policy {
    serde_json::from_value(json!({
        "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元", "rounding": { "unit": "元", "places": 0 },
        "payers": { "city": { "zh": "甲县" } }, "kinds": { "town": {}, "village": {} }, "attributes": { "due": { "type": "number" } },
        "layers": [
            { "id": "city", "name": { "zh": "市级" }, "payer": "city", "sign": "any" },
            { "id": "county", "payer": "county" }
        ],
        "pools": [{ "id": "grant", "amount": 997, "weights": { "equal": 1 } }],
        "classes": [
            { "id": "towns", "kind": "town", "standard": 40, "funding": funding },
            { "id": "villages", "kind": "village", "funding": { "city": "due" } }
        ]
    }))
    .unwrap()
}

fn plain() -> Policy {
    policy(&json!({ "city": "due", "county": { "top_up_to": "standard" } }))
}

/// A pool, a mean and the year before that rest on top-ups, which count what arrived.
fn chained() -> Policy {
    serde_json::from_value(json!({
        "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元", "rounding": { "unit": "元", "places": 0 },
        "payers": { "city": { "zh": "甲县" } }, "kinds": { "town": {}, "village": {} }, "attributes": { "due": { "type": "number" } },
        "layers": [
            { "id": "city", "name": { "zh": "市级" }, "payer": "city", "sign": "any" }, { "id": "county", "payer": "county" },
            { "id": "extra", "payer": "city" }, { "id": "later", "payer": "city" }
        ],
        "pools": [{ "id": "grant", "amount": 997, "weights": { "county": "0.5", "equal": "0.5" } }],
        "classes": [
            { "id": "towns", "kind": "town", "standard": 40,
              "funding": { "city": "due", "county": { "top_up_to": "standard" }, "extra": { "pool": "grant" } } },
            { "id": "villages", "kind": "village", "standard": 25, "funding": {
                "city": "due", "county": { "top_up_to": "standard", "counting": ["city"] },
                "later": { "rate": "1/2", "of": [{ "aggregate": "mean", "of": "county" }, { "last_year": "county", "first": 3 }] } } }
        ]
    }))
    .unwrap()
}

fn pooled() -> Policy {
    policy(&json!({ "city": "due", "county": { "pool": "grant" } }))
}

/// The rows of places, of which so many stand before these; places are called by their number, from the highest down.
fn read(policy: &Policy, part: &Part, places: &[Place], before: usize) -> Result<(Roster, Problems), Problems> {
    let titles = ["id", "county", "township", "name", "division_code", "kind", "due", "count", "from", "to"]
        .map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    builder.after_rows(part.rows_before());
    for (at, (county, township, name, code, due, count, each_year)) in places.iter().enumerate() {
        let id = format!("p{:03}", 900 - before - at);
        let (name, due, count) = (NAMES[usize::from(*name)], due.to_string(), count.to_string());
        let kind = if name == "东镇" { "town" } else { "village" };
        let years: &[[&str; 2]] = if *each_year { &[["2024", "2024"], ["2025", "2025"]] } else { &[["", ""]] };
        for (from, to) in years.iter().map(|[from, to]| (from, to)) {
            let place =
                [COUNTIES[usize::from(*county)], TOWNSHIPS[usize::from(*township)], name, CODES[usize::from(*code)]];
            let [county, township, name, code] = place;
            let own = if *to == "2025" { "1" } else { &*due };
            builder.push_row(None, &[&*id, county, township, name, code, kind, own, &count, from, to].map(Read::Text));
        }
    }
    builder.finish()
}

/// A line of a ledger: what it says of its place, a year, a layer, an event, an amount, a month.
type Entry = ((u16, u8, u8, u8, u8), u16, u8, usize, i64, u8);

fn ledger(entries: &[Entry]) -> Receipts {
    let titles =
        ["id", "county", "township", "name", "division_code", "year", "layer", "event", "amount", "unit", "date"];
    let mut builder = ReceiptsBuilder::new(&titles.map(|title| (title, None)));
    for ((id, county, township, name, code), year, layer, event, amount, month) in entries {
        let id = if *id < 10 { format!("p{:03}", 900 - id) } else { String::new() };
        let layer = ["city", "市级", "county", "省级"][usize::from(*layer)];
        let date = if *month == 0 { String::new() } else { format!("2024-{month:02}") };
        let of = |list: &[&'static str], at: u8| list.get(usize::from(at)).copied().unwrap_or_default();
        let name = if id.is_empty() { NAMES[usize::from(*name)] } else { "一村" };
        let cells = [
            &*id,
            of(&COUNTIES, *county),
            of(&TOWNSHIPS, *township),
            name,
            of(&CODES, *code),
            &year.to_string(),
            layer,
            Event::ALL[*event].as_str(),
            &amount.to_string(),
            "元",
            &date,
        ];
        builder.push_row(None, &cells.map(Read::Text));
    }
    builder.finish().unwrap().0
}

fn entry() -> impl Strategy<Value = Entry> {
    let place = (0..25_u16, 0..3_u8, 0..3_u8, 0..4_u8, prop_oneof![3 => Just(0_u8), 1 => 0..4_u8]);
    let amount = prop_oneof![4 => -50..400_i64, 1 => (0..40_i64).prop_map(|amount| amount * 10_000)];
    (place, 2023..=2025_u16, 0..4_u8, 0..3_usize, amount, 0..13_u8)
}

fn place() -> impl Strategy<Value = Place> {
    (
        0..3_u8,
        0..3_u8,
        0..4_u8,
        prop_oneof![2 => Just(0_u8), 1 => 0..4_u8],
        -30..60_i32,
        1..4_u32,
        prop::bool::weighted(0.2),
    )
}

/// Parts of a roster, each with how many places stand before it.
fn cut(places: &[Place], cuts: &[usize]) -> Vec<(Part, Vec<Place>, usize)> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (places.len() + 1)).chain([places.len()]).collect();
    ends.sort_unstable();
    let (mut start, mut row) = (0, 0);
    let part = |end: usize| {
        let own = places[start..end].to_vec();
        let part = (Part::new(row), own, start);
        row += places[start..end].iter().map(|place| 1 + u64::from(place.6)).sum::<u64>();
        start = end;
        part
    };
    ends.into_iter().map(part).collect()
}

fn again<T: serde::Serialize + serde::de::DeserializeOwned>(thing: &T) -> T {
    serde_json::from_str(&serde_json::to_string(thing).unwrap()).unwrap()
}

fn settled(
    policy: &Policy,
    parts: &[(Part, Vec<Place>, usize)],
    arrivals: Option<&Arrivals>,
) -> Result<Option<Settlement>, Problems> {
    let mut settling = Settling::new(policy, None)?;
    if let Some(arrivals) = arrivals {
        settling = settling.receiving(again(arrivals));
    }
    if settling.is_settled() {
        return Ok(None);
    }
    while !settling.is_settled() {
        let mut sums = settling.nothing();
        for (part, places, before) in parts {
            sums.merge(settling.part(part, read(policy, part, places, *before))).unwrap();
        }
        settling = settling.next(sums)?;
    }
    Ok(Some(settling.so_far().clone()))
}

/// What the parts come to, merged from behind or from the front.
fn summed(
    policy: &Policy,
    parts: &[(Part, Vec<Place>, usize)],
    (by, receipts): (&[Grouping], &Receipts),
    from_behind: bool,
) -> Summed {
    summed_for(policy, parts, (by, receipts, None), from_behind).unwrap().0
}

/// The same where top-ups count what arrived.
fn summed_for(
    policy: &Policy,
    parts: &[(Part, Vec<Place>, usize)],
    (by, receipts, arrivals): (&[Grouping], &Receipts, Option<&Arrivals>),
    from_behind: bool,
) -> Result<(Summed, Problems), Problems> {
    let summing = match settled(policy, parts, arrivals)? {
        Some(settlement) => Summing::settled(policy, &settlement, by)?,
        None => Summing::new(policy, None, by)?,
    };
    let summing = summing.naming(&again(&receipts.named_places()));
    let summing = match arrivals {
        Some(arrivals) => summing.receiving(again(arrivals)),
        None => summing,
    };
    let of_part = |(part, places, before): &(Part, Vec<Place>, usize)| {
        again(&summing.part(part, read(policy, part, places, *before)).0)
    };
    let mut summaries: Vec<Summary> = parts.iter().map(of_part).collect();
    if from_behind {
        summaries.reverse();
    }
    let mut all = summing.nothing();
    for summary in summaries {
        all.merge(summary).unwrap();
    }
    summing.finish(again(&all))
}

fn shown(table: &Table<'_>) -> String {
    format!("{:?} {:?}", table.columns(), table.batches().collect::<Vec<_>>())
}

fn told(problems: &Problems) -> Vec<String> {
    problems.iter().map(|problem| format!("{problem:?}")).collect()
}

/// The rows of tables, whatever batches they come in.
fn flat<'t>(table: &Table<'t>) -> Vec<String> {
    let row = |batch: &crate::tables::table::Batch<'t>, row| {
        format!("{:?}", batch.columns.iter().map(|cells| cells.cell(row, Lang::En)).collect::<Vec<_>>())
    };
    table.batches().flat_map(|batch| (0..batch.rows).map(|at| row(&batch, at)).collect::<Vec<_>>()).collect()
}

/// The rows of parts that are read once more.
fn lines(
    found: &SummedReconciliation,
    policy: &Policy,
    parts: &[(Part, Vec<Place>, usize)],
    zeros: bool,
) -> Vec<String> {
    // What the ledger says of rows travels as JSON.
    let by_row = serde_json::to_string(&found.receipts_by_row()).unwrap();
    let by_row: ReceiptsByRow = serde_json::from_str(&by_row).unwrap();
    let of_part = |(part, places, before): &(Part, Vec<Place>, usize)| {
        let (_, due) = found.due().summing().part(part, read(policy, part, places, *before));
        flat(&by_row.of_part(part, due.unwrap()).table(Unit::Yuan, zeros))
    };
    parts.iter().flat_map(of_part).collect()
}

fn printed(report: &Report<'_>) -> String {
    format!("{} {:?} {:?} {:?}", report.title, report.columns, report.rows.to_vec(), report.notes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn parts_beside_a_ledger_come_to_what_the_whole_comes_to(
        places in prop::collection::vec(place(), 1..14),
        entries in prop::collection::vec(entry(), 0..24),
        cuts in prop::collection::vec(any::<usize>(), 0..4),
        by in prop::sample::subsequence(Grouping::ALL.to_vec(), 0..4).prop_shuffle(),
        as_of in prop_oneof![Just(None), (1..=12_u8).prop_map(|month| Month::new(2024, month).ok())],
        (is_pooled, from_behind, zeros) in any::<(bool, bool, bool)>(),
    ) {
        let policy = if is_pooled && places.iter().any(|place| place.2 == 0) { pooled() } else { plain() };
        let receipts = ledger(&entries);
        let options = ReconcileOptions { top_up: TopUp::Entitled, as_of };
        let (roster, _) = read(&policy, &Part::new(0), &places, 0).unwrap();
        let (whole, _) = Allocation::new(&policy, &roster).unwrap();
        let (whole, expected) = whole.reconcile(&receipts, &options).unwrap();
        let parts = cut(&places, &cuts);
        let (found, warnings) = summed(&policy, &parts, (&by, &receipts), from_behind).reconcile(&receipts, &options).unwrap();
        prop_assert_eq!(told(&warnings), told(&expected));
        prop_assert_eq!(lines(&found, &policy, &parts, zeros), flat(&whole.table(Unit::Yuan, zeros)));
        prop_assert_eq!(shown(&found.unmatched_table(Unit::Yuan)), shown(&whole.unmatched_table(Unit::Yuan)));
        for event in Event::ALL {
            prop_assert_eq!(found.unmatched_sum(event), whole.unmatched_sum(event));
        }
        let (totals, expected) = (found.totals(zeros).unwrap(), whole.totals(&by, zeros).unwrap());
        prop_assert_eq!(shown(&totals.table(Unit::Yuan)), shown(&expected.table(Unit::Yuan)));
        for lang in [Lang::Zh, Lang::En] {
            let [totals, expected] = [totals.report(Unit::Wan, lang).unwrap(), expected.report(Unit::Wan, lang).unwrap()];
            prop_assert_eq!(printed(&totals), printed(&expected));
            let unmatched = |report: Option<Report<'_>>| report.map(|report| printed(&report));
            prop_assert_eq!(unmatched(found.unmatched_report(Unit::Wan, lang)), unmatched(whole.unmatched_report(Unit::Wan, lang)));
        }
    }
}

/// What it all comes to where top-ups count what arrived: tables, for machines and people, and what the reconciliation says.
type Told = (String, Vec<String>, Vec<String>, Vec<String>);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn parts_whose_top_ups_count_what_arrived_come_to_what_the_whole_comes_to(
        places in prop::collection::vec(place(), 1..12),
        entries in prop::collection::vec(entry(), 0..24),
        cuts in prop::collection::vec(any::<usize>(), 0..4),
        by in prop::sample::subsequence(Grouping::ALL.to_vec(), 0..4).prop_shuffle(),
        years in prop::sample::subsequence(vec![2024, 2025], 1..=2),
        (is_chained, from_behind, zeros) in any::<(bool, bool, bool)>(),
    ) {
        let policy = if is_chained && places.iter().any(|place| place.2 == 0) { chained() } else { plain() };
        let receipts = ledger(&entries);
        let options = ReconcileOptions { top_up: TopUp::Received(years), as_of: None };
        let told_of = |table: &Table<'_>, reports: Vec<String>, warnings: &Problems, lines: Vec<String>| -> Told {
            (shown(table), reports, told(warnings), lines)
        };
        let whole = || -> Result<Told, Problems> {
            let (roster, _) = read(&policy, &Part::new(0), &places, 0)?;
            let (found, warnings) = Allocation::new(&policy, &roster)?.0.reconcile(&receipts, &options)?;
            let totals = found.totals(&by, zeros)?;
            let reports = [Lang::Zh, Lang::En].map(|lang| totals.report(Unit::Wan, lang).map(|report| printed(&report)));
            let lines = flat(&found.table(Unit::Yuan, zeros));
            Ok(told_of(&totals.table(Unit::Yuan), reports.into_iter().collect::<Result<_, _>>()?, &warnings, lines))
        };
        let parts = cut(&places, &cuts);
        let of_parts = || -> Result<Told, Problems> {
            let (first, _) = summed_for(&policy, &parts, (&by, &receipts, None), from_behind)?;
            let arrivals = first.arrivals(&receipts, &options)?.unwrap();
            let (second, _) = summed_for(&policy, &parts, (&by, &receipts, Some(&arrivals)), !from_behind)?;
            let (found, warnings) = second.reconcile(&receipts, &options)?;
            let totals = found.totals(zeros)?;
            let reports = [Lang::Zh, Lang::En].map(|lang| totals.report(Unit::Wan, lang).map(|report| printed(&report)));
            let lines = lines(&found, &policy, &parts, zeros);
            Ok(told_of(&totals.table(Unit::Yuan), reports.into_iter().collect::<Result<_, _>>()?, &warnings, lines))
        };
        match (whole(), of_parts()) {
            (Ok(whole), Ok(found)) => prop_assert_eq!(found, whole),
            (Err(whole), Err(found)) => prop_assert!(codes(&found)[0] == codes(&whole)[0], "{found} {whole}"),
            (whole, found) => prop_assert!(false, "{:?} {:?}", whole.err(), found.err()),
        }
    }
}

fn one_place() -> (Policy, Vec<(Part, Vec<Place>, usize)>) {
    (plain(), cut(&[(1, 1, 1, 0, 30, 1, false), (1, 2, 2, 0, 50, 1, false)], &[1]))
}

fn codes(problems: &Problems) -> Vec<Code> {
    problems.iter().map(Problem::code).collect()
}

#[test]
fn a_name_in_two_parts_is_no_place_for_sure() {
    // 一村 of 甲县 in one part, and in another.
    let places = [(1, 1, 1, 0, 30, 1, false), (1, 2, 1, 0, 50, 1, false)];
    let receipts = ledger(&[((99, 1, 0, 1, 0), 2024, 0, 1, 30, 0), ((99, 1, 2, 1, 0), 2024, 0, 1, 30, 0)]);
    let summed = summed(&plain(), &cut(&places, &[1]), (&[], &receipts), false);
    let (found, warnings) = summed.reconcile(&receipts, &ReconcileOptions::default()).unwrap();
    let reasons: Vec<Reason> = found.unmatched().map(Unmatched::reason).collect();
    assert_eq!((reasons, codes(&warnings)), (vec![Reason::AmbiguousPlace], vec![Code::UnmatchedReceipt]));
    let totals = found.totals(false).unwrap();
    let row = totals.iter().next().unwrap();
    // 30 and 50 are due in each year; 30 of the 50 arrived.
    assert_eq!([row.due(), row.received(), row.gap()].map(Amount::fen), [16_000, 3_000, 13_000]);
}

#[test]
fn parts_that_were_not_summed_for_a_ledger_cannot_be_beside_it() {
    let (policy, parts) = one_place();
    let of = |id: u16| ledger(&[((id, 0, 0, 1, 0), 2024, 0, 1, 30, 0)]);
    let (one, other) = (of(0), of(1));
    let summed = summed(&policy, &parts, (&[], &one), false);
    assert!(summed.reconcile(&one, &ReconcileOptions::default()).is_ok());
    let refused = summed.reconcile(&other, &ReconcileOptions::default()).unwrap_err();
    assert_eq!(codes(&refused), [Code::UnlikeSummaries]);
    let summing = Summing::new(&policy, None, &[]).unwrap();
    let named = summing.clone().naming(&one.named_places());
    assert_eq!(codes(&summing.nothing().merge(named.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
    let (plain, _) = summing.finish(summing.nothing()).unwrap();
    assert_eq!(codes(&plain.reconcile(&one, &ReconcileOptions::default()).unwrap_err()), [Code::UnlikeSummaries]);
}

#[test]
fn top_ups_that_count_what_arrived_take_another_reading() {
    let (policy, parts) = one_place();
    let receipts = ledger(&[]);
    let summed = summed(&policy, &parts, (&[], &receipts), false);
    let options = |years: &[u16]| ReconcileOptions { top_up: TopUp::Received(years.to_vec()), as_of: None };
    assert_eq!(codes(&summed.reconcile(&receipts, &options(&[2024])).unwrap_err()), [Code::UnlikeSummaries]);
    assert_eq!(codes(&summed.reconcile(&receipts, &options(&[2030])).unwrap_err()), [Code::YearOutsidePolicy]);
    assert!(summed.reconcile(&receipts, &options(&[])).is_ok());
    assert_eq!(summed.arrivals(&receipts, &options(&[])).unwrap(), None);

    // The second reading is of its own ledger and years, and of no other.
    let ledger_of = |amount| ledger(&[((0, 0, 0, 1, 0), 2024, 0, 1, amount, 0)]);
    let (one, other) = (ledger_of(10), ledger_of(11));
    let policy = chained();
    let parts = cut(&[(1, 0, 0, 0, 30, 1, false), (1, 2, 2, 0, 50, 1, false)], &[1]);
    let (first, _) = summed_for(&policy, &parts, (&[], &one, None), false).unwrap();
    let arrivals = first.arrivals(&one, &options(&[2024])).unwrap().unwrap();
    let (second, _) = summed_for(&policy, &parts, (&[], &one, Some(&arrivals)), false).unwrap();
    assert!(second.reconcile(&one, &options(&[2024])).is_ok());
    for (ledger, years) in [(&other, &[2024][..]), (&one, &[2025]), (&one, &[])] {
        assert_eq!(codes(&second.reconcile(ledger, &options(years)).unwrap_err()), [Code::UnlikeSummaries]);
    }
    // What was settled for what is due does not do for what arrived, nor the other way round.
    let [plain, received] = [None, Some(&arrivals)].map(|of| settled(&policy, &parts, of).unwrap().unwrap());
    let summing = Summing::settled(&policy, &plain, &[]).unwrap().receiving(arrivals.clone());
    assert_eq!(codes(&summing.finish(summing.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
    let summing = Summing::settled(&policy, &received, &[]).unwrap();
    assert_eq!(codes(&summing.finish(summing.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
    let settling = Settling::new(&policy, None).unwrap();
    assert_eq!(codes(&settling.clone().going_on(received).unwrap_err()), [Code::UnlikeSummaries]);
    let receiving = settling.clone().receiving(arrivals);
    assert_eq!(codes(&settling.nothing().merge(receiving.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
}
