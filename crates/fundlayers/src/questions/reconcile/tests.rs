//! The plan's own places, and laws that hold of every ledger.

use super::*;
use crate::engine::roster::RosterBuilder;
use crate::ground::money::Unit;
use crate::policy::Policy;
use crate::questions::receipts::ReceiptsBuilder;
use crate::roster::Cell;
use crate::rows::records::RowBuilder;
use proptest::prelude::*;

/// The plan's municipal class and a provincial one, three years.
fn policy() -> Policy {
    serde_json::from_str(
        r#"{ "id": "plan", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "万元",
        "kinds": { "town": { "zh": "镇", "en": "Town" }, "village": { "zh": "村", "en": "Village" } },
        "payers": { "province": {}, "city": {} },
        "layers": [{ "id": "central_provincial", "name": { "zh": "中央和省级", "en": "Central and province" }, "payer": "province" },
          { "id": "city", "name": { "zh": "市级", "en": "City" }, "payer": "city" },
          { "id": "county", "name": { "zh": "区县", "en": "County" }, "payer": "county" }],
        "classes": [
          { "id": "town", "kind": "town", "standard": 600, "funding": { "city": 300, "county": { "top_up_to": "standard" } } },
          { "id": "village", "kind": "village", "standard": 120, "funding": { "city": 60, "county": { "top_up_to": "standard" } } }] }"#,
    )
    .unwrap()
}

fn rows<B: RowBuilder>(
    text: &str,
    begin: impl FnOnce(&[(&str, Option<crate::ground::position::Position>)]) -> B,
) -> (B::Output, Problems) {
    let mut lines = text.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let titles: Vec<_> = lines.next().unwrap().into_iter().map(|title| (title, None)).collect();
    let mut builder = begin(&titles);
    for line in lines {
        builder.push_row(None, &line.into_iter().map(Cell::Text).collect::<Vec<_>>());
    }
    builder.finish().unwrap_or_else(|problems| panic!("{problems}"))
}

fn allocation(roster: &str) -> Allocation {
    let policy = policy();
    let (roster, _) = rows(roster, |titles| RosterBuilder::new(&policy, titles));
    Allocation::new(&policy, &roster).unwrap().0
}

const ROSTER: &str = "name|kind|county|township|division_code|count
    黄堡镇|town|王益区||610202100|
    坡头镇|town|新区||610204006|
    义兴村|village|王益区|王益街道||
    其余村|village||||11";

fn receipts(text: &str) -> Receipts {
    rows(text, ReceiptsBuilder::new).0
}

const LONG: &str = "county|township|name|division_code|year|layer|event|amount|unit\n";

fn long(text: &str) -> Receipts {
    receipts(&format!("{LONG}{text}"))
}

fn wan(amount: Amount) -> String {
    amount.in_unit(Unit::Wan).to_string()
}

/// Name, year, layer, due, received, gap, excess of the lines of a year.
fn lines(reconciliation: &Reconciliation, year: u16) -> Vec<(String, String, [String; 4])> {
    let lines = reconciliation.lines(false).filter(|line| line.year() == year);
    lines
        .map(|line| {
            let figures = [line.due(), line.received(), line.gap(), line.excess()].map(wan);
            (line.recipient().name().to_owned(), line.layer().id.clone(), figures)
        })
        .collect()
}

fn line(name: &str, layer: &str, figures: [&str; 4]) -> (String, String, [String; 4]) {
    (name.to_owned(), layer.to_owned(), figures.map(str::to_owned))
}

fn reconcile(allocation: &Allocation, receipts: &Receipts, top_up: TopUp) -> Reconciliation {
    allocation.reconcile(receipts, &ReconcileOptions { top_up, as_of: None }).unwrap().0
}

#[test]
fn a_shortfall_of_the_city_is_its_own_or_filled_in_by_the_county() {
    let allocation = allocation(ROSTER);
    let receipts = long("王益区||黄堡镇||2024|市级|到位|200|万元");
    let entitled = reconcile(&allocation, &receipts, TopUp::Entitled);
    assert_eq!(
        lines(&entitled, 2024)[..2],
        [line("黄堡镇", "city", ["300", "200", "100", "0"]), line("黄堡镇", "county", ["300", "0", "300", "0"])]
    );
    let received = reconcile(&allocation, &receipts, TopUp::Received(vec![2024]));
    assert_eq!(
        lines(&received, 2024)[..3],
        [
            line("黄堡镇", "city", ["300", "200", "100", "0"]),
            line("黄堡镇", "county", ["400", "0", "400", "0"]),
            // Nothing arrived there at all.
            line("坡头镇", "city", ["300", "0", "300", "0"]),
        ]
    );
    assert_eq!(lines(&received, 2024)[3], line("坡头镇", "county", ["600", "0", "600", "0"]));
    assert_eq!(lines(&received, 2023), lines(&entitled, 2023), "only in the years given");
}

#[test]
fn what_arrives_beyond_the_standard_is_not_clawed_back() {
    let allocation = allocation(ROSTER);
    let receipts = long("|||610202100|2024|city|received|700|万元\n|||610202100|2024|county|received|50|万元");
    let received = reconcile(&allocation, &receipts, TopUp::Received(vec![2024]));
    assert_eq!(
        lines(&received, 2024)[..2],
        [line("黄堡镇", "city", ["300", "700", "0", "400"]), line("黄堡镇", "county", ["0", "50", "0", "50"])]
    );
}

#[test]
fn what_arrives_for_a_counted_row_counts_per_place_exactly() {
    // 11 villages, 660 due from the city. 500 arrive: 45.4545… each, so that the county tops up 74.5454… each, which is
    // rounded once: 745,454.55 元 a place.
    let allocation = allocation(ROSTER);
    let received = reconcile(&allocation, &long("||其余村||2024|city|到位|500|万元"), TopUp::Received(vec![2024]));
    let of_group: Vec<_> = lines(&received, 2024).into_iter().filter(|line| line.0 == "其余村").collect();
    assert_eq!(
        of_group,
        [
            line("其余村", "city", ["660", "500", "160", "0"]),
            line("其余村", "county", ["820.000005", "0", "820.000005", "0"])
        ]
    );
    // 660 in full, but from another layer that the top-up counts too.
    let receipts = long("||其余村||2024|central_provincial|到位|660|万元");
    let received = reconcile(&allocation, &receipts, TopUp::Received(vec![2024]));
    let county = lines(&received, 2024).into_iter().find(|line| line.0 == "其余村" && line.1 == "county").unwrap();
    assert_eq!(county.2[0], "660");
}

#[test]
fn excess_never_hides_a_gap() {
    let allocation = allocation(ROSTER);
    let receipts = long(
        "|||610202100|2023|市级|到位|100|万元
         新区||坡头镇||2023|市级|到位|500|万元
         王益区|王益街道|义兴村||2023|市级|到位|60|万元
         王益区|王益街道|义兴村||2023|市级|支出|45|万元",
    );
    let reconciliation = reconcile(&allocation, &receipts, TopUp::Entitled);
    let totals = reconciliation.totals(&[Grouping::Year, Grouping::Layer], false).unwrap();
    let first = totals.iter().next().unwrap();
    // 300 + 300 + 60 + 660 due; 200 missing here, 200 too much there, 660 missing for the rest.
    assert_eq!([first.due(), first.received(), first.gap(), first.excess()].map(wan), ["1320", "660", "860", "200"]);
    assert_eq!(first.arrival_rate().unwrap().to_string(), "50.00");
    assert_eq!(first.execution_rate().unwrap().to_string(), "6.82", "45 of 660: 6.818…");
    assert_eq!(first.unspent_rate().unwrap().to_string(), "93.18");
    assert_eq!(first.issue_rate().unwrap().to_string(), "0.00");
    assert_eq!(first.time_progress(), None);
}

#[test]
fn progress_is_measured_against_months_and_rounded_last() {
    let allocation = allocation(ROSTER);
    let receipts = long("新区||坡头镇||2024|市级|到位|300|万元\n新区||坡头镇||2024|市级|支出|100|万元");
    let as_of = Some("2024-05".parse().unwrap());
    let options = ReconcileOptions { as_of, ..ReconcileOptions::default() };
    let (reconciliation, _) = allocation.reconcile(&receipts, &options).unwrap();
    let totals = reconciliation.totals(&[Grouping::Year], true).unwrap();
    let rows: Vec<_> = totals
        .iter()
        .map(|row| [row.time_progress(), row.progress_difference()].map(|p| p.map(|p| p.to_string())))
        .collect();
    // 1/3 − 5/12 = −1/12: −8.33 points, though 33.33 − 41.67 is −8.34.
    assert_eq!(
        rows,
        [[Some("100.00".into()), None], [Some("41.67".into()), Some("-8.33".into())], [Some("0.00".into()), None]]
    );
    let all = reconciliation.totals(&[], false).unwrap();
    assert_eq!(all.iter().next().unwrap().time_progress(), None, "several years have no one progress");
}

#[test]
fn receipts_that_match_nothing_are_listed_with_the_reason() {
    let mut text = "name|kind|county|township|division_code|to\n".to_owned();
    text += "黄堡镇|town|王益区||610202100|2024\n义兴村|village|王益区|王益街道||\n义兴村|village|王益区|红旗街道||\n";
    let allocation = allocation(&text);
    let receipts = long(
        "王益区||黄堡镇||2023|市级|到位|1|万元
         王益区||黄堡||2023|市级|到位|2|万元
         王益区|王益街道办|义兴村||2023|市级|到位|4|万元
         王益区||义兴村||2023|市级|到位|8|万元
         王益区||黄堡镇||2022|市级|到位|16|万元
         王益区||黄堡镇||2025|市级|到位|32|万元
         王益区||黄堡镇||2023|市里|到位|64|万元
         新区|黄堡镇|黄堡镇||2023|市级|到位|128|万元
         王益区|黄堡镇|黄堡镇||2023|City|到位|256|万元
         |||610202101|2022|市里|支出|512|万元",
    );
    let (reconciliation, warnings) = allocation.reconcile(&receipts, &ReconcileOptions::default()).unwrap();
    let unmatched: Vec<_> = reconciliation.unmatched().map(|u| (wan(u.receipt().amount()), u.reason())).collect();
    assert_eq!(
        unmatched,
        [
            ("2".to_owned(), Reason::UnknownPlace),
            ("4".to_owned(), Reason::UnknownPlace),
            ("8".to_owned(), Reason::AmbiguousPlace),
            ("16".to_owned(), Reason::UnknownYear),
            ("32".to_owned(), Reason::PlaceNotLive),
            ("64".to_owned(), Reason::UnknownLayer),
            ("128".to_owned(), Reason::UnknownPlace),
            ("512".to_owned(), Reason::UnknownPlace),
        ]
    );
    assert_eq!(wan(reconciliation.unmatched_sum(Event::Received)), "254");
    assert_eq!(wan(reconciliation.unmatched_sum(Event::Spent)), "512");
    let rows: Vec<_> =
        warnings.iter().map(|w| (w.location().row.unwrap(), w.location().column.as_deref().unwrap())).collect();
    assert_eq!(
        rows,
        [
            (2, "name"),
            (3, "name"),
            (4, "name"),
            (5, "year"),
            (6, "year"),
            (7, "layer"),
            (8, "name"),
            (10, "division_code"),
            (10, "year"),
            (10, "layer")
        ]
    );
    assert_eq!(wan(reconciliation.totals(&[], false).unwrap().iter().next().unwrap().received()), "257");
}

#[test]
fn a_place_on_several_rows_is_matched_by_the_year() {
    // A village that is a town later, to tell its rows apart.
    let allocation = allocation(
        "id|name|kind|county|from|to\n a|甲|village|县|2023|2023\n b|乙|village|县||\n a|甲|town|县|2024|2025",
    );
    let receipts = receipts(
        "id|year|layer|event|amount|unit\n a|2023|city|到位|1|万元\n a|2025|city|到位|2|万元\n b|2025|city|到位|3|万元",
    );
    let reconciliation = reconcile(&allocation, &receipts, TopUp::Entitled);
    let arrived: Vec<_> = reconciliation
        .lines(false)
        .filter(|line| !line.received().is_zero())
        .map(|line| (line.recipient().row().number(), line.year(), wan(line.received())))
        .collect();
    assert_eq!(arrived, [(0, 2023, "1".into()), (1, 2025, "3".into()), (2, 2025, "2".into())]);
}

#[test]
fn years_outside_the_policy_and_sums_out_of_range_are_errors() {
    let allocation = allocation(ROSTER);
    let options = ReconcileOptions { top_up: TopUp::Received(vec![2024, 2026]), as_of: None };
    let problems = allocation.reconcile(&long("|||610202100|2024|city|到位|1|万元"), &options).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::YearOutsidePolicy]);
    for text in [
        "|||610202100|2024|city|到位|90000000000000000|元\n|||610202100|2024|city|到位|90000000000000000|元",
        "|||610202100|2024|city|到位|-92233720368547758.08|元",
        "|||x|2024|city|到位|90000000000000000|元\n|||x|2024|city|到位|90000000000000000|元",
    ] {
        let text = text.replace("|||x|", "||x||");
        let problems = allocation.reconcile(&long(&text), &ReconcileOptions::default()).unwrap_err();
        assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::Overflow], "{text}");
    }
}

/// Place, year, layer, event, amount in 元.
type Entry = (usize, u16, usize, usize, i64);

fn ledger(entries: &[Entry]) -> Receipts {
    let mut builder =
        ReceiptsBuilder::new(&["name", "year", "layer", "event", "amount", "unit"].map(|title| (title, None)));
    for (place, year, layer, event, amount) in entries {
        let (year, amount) = (year.to_string(), amount.to_string());
        let place = ["黄堡镇", "坡头镇", "义兴村", "其余村", "别处"][*place];
        let layer = ["central_provincial", "市级", "County", "乡级"][*layer];
        let cells = [place, &year, layer, Event::ALL[*event].as_str(), &amount, "元"];
        builder.push_row(None, &cells.map(Cell::Text));
    }
    builder.finish().unwrap().0
}

fn entry() -> impl Strategy<Value = Entry> {
    (0..5_usize, 2022..=2026_u16, 0..4_usize, 0..3_usize, -5_000_000..5_000_000_i64)
}

fn figures(reconciliation: &Reconciliation) -> Vec<[Amount; 6]> {
    let list = |line: ReconciledLine<'_>| {
        [line.due(), line.issued(), line.received(), line.spent(), line.gap(), line.excess()]
    };
    reconciliation.lines(true).map(list).collect()
}

fn top_up() -> impl Strategy<Value = TopUp> {
    prop_oneof![Just(TopUp::Entitled), prop::collection::vec(2023..=2025_u16, 0..4).prop_map(TopUp::Received)]
}

proptest! {
    #[test]
    fn gaps_and_excesses_are_what_is_missing_and_too_much(entries in prop::collection::vec(entry(), 0..40), top_up in top_up()) {
        let reconciliation = reconcile(&allocation(ROSTER), &ledger(&entries), top_up);
        for [due, _, received, _, gap, excess] in figures(&reconciliation) {
            prop_assert!(gap.is_zero() || excess.is_zero());
            prop_assert!(due >= Amount::ZERO && gap >= Amount::ZERO && excess >= Amount::ZERO);
            prop_assert_eq!(due.fen() - gap.fen() + excess.fen(), received.fen());
        }
    }

    #[test]
    fn every_receipt_is_matched_or_listed(entries in prop::collection::vec(entry(), 0..40)) {
        let reconciliation = reconcile(&allocation(ROSTER), &ledger(&entries), TopUp::Entitled);
        for (event, at) in Event::ALL.into_iter().zip(1..) {
            let matched: i64 = figures(&reconciliation).iter().map(|list| list[at].fen()).sum();
            let all: i64 = entries.iter().filter(|entry| entry.3 == event.number()).map(|entry| entry.4 * 100).sum();
            prop_assert_eq!(matched + reconciliation.unmatched_sum(event).fen(), all);
        }
        let listed = reconciliation.unmatched().count();
        let good = entries.iter().filter(|e| e.0 < 4 && (2023..=2025).contains(&e.1) && e.2 < 3).count();
        prop_assert_eq!(listed + good, entries.len());
    }

    #[test]
    fn rows_sum_to_every_total(entries in prop::collection::vec(entry(), 0..40), top_up in top_up(), zeros: bool,
        by in prop::sample::subsequence(Grouping::ALL.to_vec(), 0..5)) {
        let reconciliation = reconcile(&allocation(ROSTER), &ledger(&entries), top_up);
        let totals = reconciliation.totals(&by, zeros).unwrap();
        // The same from the lines, key by key.
        let mut expected: Vec<(Vec<String>, [i64; 6])> = Vec::new();
        for line in reconciliation.lines(true) {
            let key: Vec<String> = by.iter().map(|grouping| match grouping {
                Grouping::Id => line.recipient().id().to_owned(),
                Grouping::County => line.recipient().county().to_owned(),
                Grouping::Township => line.recipient().township().to_owned(),
                Grouping::Kind => line.recipient().kind().to_owned(),
                Grouping::Designation => line.recipient().designation().to_owned(),
                Grouping::Class => line.class().to_owned(),
                Grouping::Year => line.year().to_string(),
                Grouping::Layer => line.layer().id.clone(),
                Grouping::Payer => line.payer().to_owned(),
            }).collect();
            let figures = [line.due(), line.issued(), line.received(), line.spent(), line.gap(), line.excess()].map(Amount::fen);
            match expected.iter_mut().find(|(known, _)| *known == key) {
                Some((_, sums)) => sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure),
                None => expected.push((key, figures)),
            }
        }
        expected.retain(|(_, sums)| zeros || by.is_empty() || sums.iter().any(|sum| *sum != 0));
        expected.sort();
        let mut found: Vec<(Vec<String>, [i64; 6])> = totals.iter().map(|row| {
            let figures = [row.due(), row.issued(), row.received(), row.spent(), row.gap(), row.excess()].map(Amount::fen);
            ((0..by.len()).map(|at| row.key(at)).collect(), figures)
        }).collect();
        found.sort();
        prop_assert_eq!((totals.len(), totals.is_empty()), (expected.len(), expected.is_empty()));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_order_of_receipts_changes_nothing(mut entries in prop::collection::vec(entry(), 0..40), top_up in top_up()) {
        let allocation = allocation(ROSTER);
        let before = figures(&reconcile(&allocation, &ledger(&entries), top_up.clone()));
        entries.reverse();
        entries.sort_by_key(|entry| entry.3);
        prop_assert_eq!(figures(&reconcile(&allocation, &ledger(&entries), top_up)), before);
    }

    #[test]
    fn batches_change_nothing(entries in prop::collection::vec((entry(), any::<i16>()), 0..30), top_up in top_up()) {
        let allocation = allocation(ROSTER);
        let whole: Vec<Entry> = entries.iter().map(|(entry, _)| *entry).collect();
        let batches: Vec<Entry> = entries.iter().flat_map(|((place, year, layer, event, amount), part)| {
            let part = i64::from(*part);
            [(*place, *year, *layer, *event, part), (*place, *year, *layer, *event, amount - part)]
        }).collect();
        let figures = |entries: &[Entry]| figures(&reconcile(&allocation, &ledger(entries), top_up.clone()));
        prop_assert_eq!(figures(&batches), figures(&whole));
    }

    #[test]
    fn where_all_that_was_due_arrived_the_two_bases_agree(spent in prop::collection::vec(entry(), 0..10)) {
        let allocation = allocation(ROSTER);
        let due = allocation.lines().map(|line| {
            let place = ["黄堡镇", "坡头镇", "义兴村", "其余村"].iter().position(|name| *name == line.recipient().name()).unwrap();
            let layer = allocation.policy().layers().iter().position(|layer| layer.id == line.layer().id).unwrap();
            (place, line.year(), layer, 1, line.amount().fen() / 100)
        });
        let entries: Vec<Entry> = due.chain(spent.into_iter().map(|(place, year, layer, _, amount)| (place, year, layer, 2, amount))).collect();
        let receipts = ledger(&entries);
        let received = TopUp::Received(vec![2023, 2024, 2025]);
        let all = figures(&reconcile(&allocation, &receipts, received));
        prop_assert!(all.iter().all(|[.., gap, excess]| gap.is_zero() && excess.is_zero()));
        prop_assert_eq!(all, figures(&reconcile(&allocation, &receipts, TopUp::Entitled)));
    }

    #[test]
    fn a_counted_row_is_as_many_rows_alike(arrived in -2_000_i64..2_000, count in 1_i64..12) {
        // What arrives is a multiple of the count, so that each of the rows can have its part.
        let one = allocation(&format!("name|kind|county|count\n其余村|village|县|{count}"));
        let many = (0..count).fold("id|name|kind|county".to_owned(), |text, id| format!("{text}\n{id}|村|village|县"));
        let many = allocation(&many);
        let whole = receipts(&format!("name|year|layer|event|amount|unit\n其余村|2024|city|到位|{}|元", arrived * count * 1_000));
        let parts = (0..count).fold("id|year|layer|event|amount|unit".to_owned(), |text, id| format!("{text}\n{id}|2024|city|到位|{}|元", arrived * 1_000));
        let sums = |reconciliation: &Reconciliation| {
            let totals = reconciliation.totals(&[Grouping::Year, Grouping::Layer], true).unwrap();
            totals.iter().map(|row| [row.due(), row.received(), row.gap(), row.excess()]).collect::<Vec<_>>()
        };
        let top_up = TopUp::Received(vec![2024]);
        prop_assert_eq!(sums(&reconcile(&one, &whole, top_up.clone())), sums(&reconcile(&many, &receipts(&parts), top_up)));
    }
}

#[test]
fn a_receipt_that_matches_nothing_is_warned_of_and_listed() {
    let (receipts, _) = rows(
        &format!("{LONG}王益区||黄堡镇||2023|city|received|300|万元\n||无名镇||2023|city|received|5|万元"),
        ReceiptsBuilder::new,
    );
    let (reconciliation, warnings) = allocation(ROSTER).reconcile(&receipts, &ReconcileOptions::default()).unwrap();
    let found: Vec<_> = warnings.iter().map(|warning| (warning.code(), warning.location().row)).collect();
    assert_eq!(found, [(Code::UnmatchedReceipt, Some(2))]);
    assert_eq!(
        (reconciliation.unmatched().len(), wan(reconciliation.unmatched_sum(Event::Received))),
        (1, "5".to_owned())
    );
}

#[test]
fn a_county_with_several_rows_has_a_subtotal_below_them() {
    use crate::tables::table::{Cell as Shown, RowKind};
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "payers": { "city": {} },
             "layers": [{ "id": "city", "payer": "city" }], "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#,
    )
    .unwrap();
    let text = "name|county\n一村|甲县\n二村|乙县\n三村|甲县\n四村|丙县\n五村|甲县\n六村|丙县";
    let (roster, _) = rows(text, |titles| RosterBuilder::new(&policy, titles));
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let reconciliation =
        reconcile(&allocation, &receipts("name|year|layer|到位金额（元）\n二村|2024|city|1"), TopUp::Entitled);
    let report = reconciliation.report(Unit::Yuan, false, crate::ground::language::Lang::Zh).unwrap();
    let due = report.columns.iter().position(|(name, _)| name == "应到位").unwrap();
    let rows = report.rows.to_vec();
    let shown: Vec<(RowKind, &Shown<'_>, &Shown<'_>)> =
        rows.iter().map(|row| (row.kind, &row.cells[0], &row.cells[due])).collect();
    let county = |name: &'static str| Shown::Text(name.into());
    let yuan = |yuan: i64| Shown::Amount(Amount::from_fen(100 * yuan));
    let [first, second, third, total] = ["甲县", "乙县", "丙县", "合计"].map(county);
    let [three, six, nine, all] = [3, 6, 9, 18].map(yuan);
    assert_eq!(
        shown,
        [
            (RowKind::Row, &first, &three),
            (RowKind::Row, &first, &three),
            (RowKind::Row, &first, &three),
            (RowKind::Subtotal, &first, &nine),
            // One row needs no sum.
            (RowKind::Row, &second, &three),
            (RowKind::Row, &third, &three),
            (RowKind::Row, &third, &three),
            (RowKind::Subtotal, &third, &six),
            (RowKind::Total, &total, &all),
        ]
    );
    assert_eq!(report.rows.len(), rows.len());
}

#[test]
fn groups_are_found_whether_or_not_most_combinations_of_their_codes_are_groups() {
    // Thirty places in a county each: of all pairs of an id and a county, few are groups.
    let places = 0..30_u32;
    let table = |header: &str, row: fn(u32) -> String| {
        let rows = places.clone().map(row);
        std::iter::once(header.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
    };
    let allocation = allocation(&table("name|kind|county", |n| format!("第{n}村|village|县{n}")));
    let receipts = table("name|year|layer|event|amount|unit", |n| format!("第{n}村|2024|city|到位|{n}|万元"));
    let receipts = self::receipts(&receipts);
    let reconciliation = reconcile(&allocation, &receipts, TopUp::Entitled);
    let expected: Vec<String> = places.map(|n| n.to_string()).collect();
    for by in [&[Grouping::County][..], &[Grouping::Id, Grouping::County]] {
        let totals = reconciliation.totals(by, false).unwrap();
        assert_eq!(totals.iter().map(|row| wan(row.received())).collect::<Vec<_>>(), expected, "{by:?}");
    }
}
