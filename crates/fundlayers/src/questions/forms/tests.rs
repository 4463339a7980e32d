use super::*;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::money::Amount;
use crate::questions::checks::CheckFiguresBuilder;
use crate::questions::receipts::{Receipts, ReceiptsBuilder};
use crate::questions::reconcile::ReconcileOptions;
use crate::roster::Cell as Given;
use crate::rows::records::RowBuilder;
use crate::tables::table::{Cell, RowKind};

fn policy() -> Policy {
    serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "payers": { "city": {} },
             "layers": [{ "id": "city", "payer": "city" }], "classes": [{ "id": "all", "funding": { "city": 9 } }] }"#,
    )
    .unwrap()
}

fn allocation(places: &[(String, String)]) -> Allocation {
    let policy = policy();
    let mut builder = RosterBuilder::new(&policy, &[("id", None), ("name", None), ("county", None)]);
    for (place, county) in places {
        builder.push_row(None, &[place.as_str(), place.as_str(), county.as_str()].map(Given::Text));
    }
    let roster: Roster = builder.finish().unwrap().0;
    Allocation::new(&policy, &roster).unwrap().0
}

fn receipts(rows: &[[&str; 3]]) -> Receipts {
    let titles = ["id", "year", "layer", "到位金额（元）", "支出金额（元）"].map(|title| (title, None));
    let mut builder = ReceiptsBuilder::new(&titles);
    for [id, received, spent] in rows {
        builder.push_row(None, &[id, "2024", "city", received, spent].map(Given::Text));
    }
    builder.finish().unwrap().0
}

#[test]
fn ranks_go_by_the_exact_rate_whatever_two_decimals_show() {
    let places: Vec<(String, String)> = "abcdef".chars().map(|c| (c.to_string(), format!("{c}县"))).collect();
    let allocation = allocation(&places);
    // b and c: 66.67 % both, but c is a little ahead; d and e are alike, as 1/3 and 2/6; f has nothing.
    let ledger = receipts(&[
        ["a", "9", "1"],
        ["b", "3", "2"],
        ["c", "300", "200.01"],
        ["d", "3", "1"],
        ["e", "6", "2"],
        ["f", "", "1"],
    ]);
    let (reconciliation, _) = allocation.reconcile(&ledger, &ReconcileOptions::default()).unwrap();
    let form = make(FormKind::Progress, &allocation, Some(&reconciliation), None, &FormOptions::default()).unwrap();
    let form = form.form(Lang::Zh);
    let FormPart::Table(table) = &form.parts[0] else { panic!("a table comes first") };
    let rows = table.rows.to_vec();
    let shown: Vec<(String, String)> =
        rows.iter().map(|row| (table.text(&row.cells[6]), table.text(&row.cells[9]))).collect();
    let expected = [("11.11", "5"), ("66.67", "2"), ("66.67", "1"), ("33.33", "3"), ("33.33", "3"), ("—", "—")];
    let found: Vec<(&str, &str)> = shown.iter().map(|(rate, rank)| (rate.as_str(), rank.as_str())).collect();
    assert_eq!(&found[..6], expected);
    // Of the sums, 207.01 of 321, and no mean of the rates.
    assert_eq!(found[6], ("64.49", ""));
}

#[test]
fn sums_are_those_of_the_rows_and_the_same_by_county_and_by_place() {
    let places: Vec<(String, String)> = (0..7).map(|n| (format!("p{n}"), format!("{}县", n % 3))).collect();
    let allocation = allocation(&places);
    for (by_place, total_first, subtotals) in [(false, false, 0), (true, false, 3), (true, true, 3)] {
        let options = FormOptions { places: by_place, total_first, ..FormOptions::default() };
        let made = make(FormKind::Distribution, &allocation, None, None, &options).unwrap();
        let form = made.form(Lang::En);
        let FormPart::Table(table) = &form.parts[0] else { panic!("a table comes first") };
        let sum = |kind| {
            let rows = table.rows.to_vec().into_iter().filter(move |row| row.kind == kind);
            let amounts = rows.filter_map(|row| {
                row.cells.into_iter().find_map(|cell| match cell {
                    Cell::Amount(amount) => Some(amount),
                    _ => None,
                })
            });
            let amounts: Vec<Amount> = amounts.collect();
            (amounts.len(), Amount::sum(amounts).unwrap())
        };
        let total = Amount::from_fen(7 * 900);
        assert_eq!(sum(RowKind::Row), (if by_place { 7 } else { 3 }, total));
        assert_eq!(sum(RowKind::Total), (1, total));
        assert_eq!(sum(RowKind::Subtotal).0, subtotals);
        let first = table.rows.to_vec()[0].kind;
        assert_eq!(first == RowKind::Total, total_first);
    }
}

#[test]
fn what_nobody_prints_is_refused() {
    let places: Vec<(String, String)> = (0..=100_000).map(|n| (n.to_string(), "甲县".to_owned())).collect();
    let allocation = allocation(&places);
    let by_place = FormOptions { places: true, ..FormOptions::default() };
    for (kind, options) in [
        (FormKind::Distribution, &by_place),
        (FormKind::Filing, &FormOptions::default()),
        (FormKind::Roster, &FormOptions::default()),
    ] {
        let problems = make(kind, &allocation, None, None, options).unwrap_err();
        assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::TooLarge], "{kind}");
    }
    assert!(make(FormKind::Distribution, &allocation, None, None, &FormOptions::default()).is_ok());
}

#[test]
fn every_form_has_a_word_a_name_and_what_it_needs() {
    let allocation = allocation(&[("a".to_owned(), "甲县".to_owned())]);
    let (reconciliation, _) =
        allocation.reconcile(&receipts(&[["a", "9", "1"]]), &ReconcileOptions::default()).unwrap();
    for kind in FormKind::ALL {
        assert_eq!(FormKind::parse(kind.as_str()), Ok(kind));
        assert_eq!(FormKind::parse(&kind.name().zh), Ok(kind));
        let made = |reconciliation| make(kind, &allocation, reconciliation, None, &FormOptions::default()).is_ok();
        assert_eq!(made(None), kind.needs().is_none(), "{kind}");
        let more = matches!(kind.needs(), Some(FormData::Projects | FormData::Checks | FormData::Duties));
        assert_eq!(made(Some(&reconciliation)), !more, "{kind}");
    }
}

#[test]
fn a_filing_passes_over_places_of_which_there_is_nothing_to_file() {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "payers": { "city": {} },
             "attributes": { "n": { "type": "number" } }, "layers": [{ "id": "city", "payer": "city" }],
             "classes": [{ "id": "all", "funding": { "city": "n" } }] }"#,
    )
    .unwrap();
    let mut builder = RosterBuilder::new(&policy, &["id", "name", "n"].map(|title| (title, None)));
    for (place, n) in [("a", "9"), ("b", "0"), ("c", "0")] {
        builder.push_row(None, &[place, place, n].map(Given::Text));
    }
    let allocation = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap().0;
    let ledger = receipts(&[["c", "1", ""]]);
    let (reconciliation, _) = allocation.reconcile(&ledger, &ReconcileOptions::default()).unwrap();
    let places = |reconciliation| {
        let form = make(FormKind::Filing, &allocation, reconciliation, None, &FormOptions::default()).unwrap();
        let form = form.form(Lang::En);
        let FormPart::Table(table) = &form.parts[0] else { panic!("a table comes first") };
        let rows = table.rows.to_vec().into_iter().filter(|row| row.kind == RowKind::Row);
        rows.map(|row| table.text(&row.cells[1])).collect::<Vec<_>>()
    };
    assert_eq!(places(None), ["a"]);
    assert_eq!(places(Some(&reconciliation)), ["a", "c"], "nothing is due to c, and something arrived");
}

/// The last column of the form of land of one township, where a check asks of its only place that `used` is at least `all`.
fn proceeds(used: &str, all: &str) -> Vec<String> {
    let text = format!(
        r#"{{ "id": "e", "title": {{ "zh": "例" }}, "years": [2024, 2024], "unit": "元",
             "kinds": {{ "town": {{ "zh": "镇" }}, "village": {{ "zh": "村" }} }},
             "attributes": {{ "land": {{ "type": "number", "unit": "公顷", "subject": "township" }},
               "industry": {{ "type": "number", "unit": "公顷", "subject": "township" }},
               "used": {{ "type": "number", {used} "subject": "place" }}, "all": {{ "type": "number", {all} "subject": "place" }} }},
             "layers": [{{ "id": "a", "payer": "county" }}], "classes": [{{ "id": "all", "funding": {{ "a": 1 }} }}],
             "checks": [{{ "id": "s", "subject": "township", "must": {{ "industry": {{ "at_least": {{ "rate": "0.1", "of": "land" }} }} }} }},
               {{ "id": "u", "must": {{ "used": {{ "at_least": "all" }} }} }}] }}"#
    );
    let policy: Policy = serde_json::from_str(&text).unwrap();
    let mut builder = RosterBuilder::new(&policy, &["name", "kind", "county", "township"].map(|title| (title, None)));
    builder.push_row(None, &["甲村", "village", "东县", "一镇"].map(Given::Text));
    let allocation = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap().0;
    let titles = ["county", "township", "village", "land", "industry", "used", "all"].map(|title| (title, None));
    let mut builder = CheckFiguresBuilder::new(&policy, &titles);
    builder.push_row(None, &["东县", "一镇", "", "100", "10", "", ""].map(Given::Text));
    builder.push_row(None, &["东县", "一镇", "甲村", "", "", "5", "7"].map(Given::Text));
    let (checks, _) = allocation.checks(&builder.finish().unwrap().0).unwrap();
    let form = make_land(&allocation, &checks, &FormOptions::default()).unwrap();
    let form = form.form(Lang::En);
    let FormPart::Table(table) = &form.parts[0] else { panic!("a table comes first") };
    table.rows.to_vec().iter().map(|row| table.text(row.cells.last().unwrap())).collect()
}

#[test]
fn proceeds_of_land_are_money_of_which_as_much_money_is_used() {
    let money = r#""unit": "元","#;
    assert_eq!(proceeds(money, money), ["7"]);
    assert_eq!(proceeds("", money), [""]);
    assert_eq!(proceeds(money, ""), [""]);
}
