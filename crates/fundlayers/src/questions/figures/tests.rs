use super::*;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::problem::Code;
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::results::tables::TableOptions;
use crate::results::totals::Grouping;
use crate::rows::records::{Cell as Given, RowBuilder};
use crate::tables::table::{Cells, ColumnKind};

fn policy() -> Policy {
    serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例", "en": "Example" }, "years": [2024, 2025], "unit": "元",
             "kinds": { "town": { "zh": "镇", "en": "Town" } }, "attributes": { "n": { "type": "number" } },
             "layers": [{ "id": "a", "payer": "county" }],
             "figures": [{ "id": "need", "name": { "zh": "需求", "en": "Need" }, "unit": "分", "value": { "rate": 2, "of": "n" } },
                         { "id": "third", "value": { "rate": "1/3", "of": "n" } }],
             "classes": [{ "id": "all", "funding": { "a": "need" } }] }"#,
    )
    .unwrap()
}

fn roster(policy: &Policy, rows: usize) -> Roster {
    let mut builder = RosterBuilder::new(policy, &[("name", None), ("county", None), ("kind", None), ("n", None)]);
    for row in 0..rows {
        let county = if row % 2 == 0 { "王益区" } else { "印台区" };
        let cells = [
            Given::Text(&format!("n{row}")),
            Given::Text(county),
            Given::Text("town"),
            Given::Number(&row.to_string()),
        ];
        builder.push_row(None, &cells);
    }
    builder.finish().unwrap().0
}

fn allocation(rows: usize) -> Allocation {
    let policy = policy();
    Allocation::new(&policy, &roster(&policy, rows)).unwrap().0
}

fn rows(report: &Report<'_>) -> Vec<Vec<String>> {
    report.rows.to_vec().iter().map(|row| row.cells.iter().map(|cell| report.text(cell)).collect()).collect()
}

#[test]
fn the_table_has_every_place_and_year_over_several_batches() {
    let (figures, _) = allocation(5_000).figures().unwrap();
    let table = figures.table();
    let keys: Vec<&str> = table.columns().iter().map(|column| column.key.as_str()).collect();
    assert_eq!(keys[8..], ["count", "year", "need", "third"]);
    assert_eq!(table.columns()[10].kind, ColumnKind::Number { scale: Some(10) });
    let mut seen = Vec::new();
    for batch in table.batches() {
        assert!(batch.columns.len() == keys.len() && batch.rows > 0);
        let (Cells::Integer(years), Cells::Number(needs)) = (&batch.columns[9], &batch.columns[10]) else { panic!() };
        seen.extend(years.iter().copied().zip(needs.iter().map(|need| need.unwrap())));
    }
    let expected = (0..5_000_i64).flat_map(|row| [2024, 2025].map(|year| (year, (2 * row).into())));
    assert!(seen.into_iter().eq(expected));
}

#[test]
fn people_see_names_units_and_no_sums() {
    let (figures, _) = allocation(2).figures().unwrap();
    let report = figures.report(Lang::Zh);
    let headers: Vec<&str> = report.columns.iter().map(|(header, _)| header.as_str()).collect();
    assert_eq!(headers, ["区县", "名称", "类型", "数量", "年度", "需求（分）", "third"]);
    assert_eq!(rows(&figures.report(Lang::En))[2][..2], ["印台区", "n1"]);
    assert_eq!(rows(&report)[3], ["印台区", "n1", "镇", "1", "2025", "2", "0.3333333333"]);
    assert_eq!((report.rows.len(), report.title.as_str()), (4, "例 · 指标表（2024–2025 年）"));
    assert_eq!(figures.report(Lang::En).columns[5].0, "Need (分)");
}

#[test]
fn beside_amounts_sums_leave_figures_blank() {
    let (figures, _) = allocation(3).figures().unwrap();
    let options = TableOptions { unit: figures.allocation().policy().unit(), zeros: true, wide: true };
    let report = figures.allocation_report(options, Lang::En).unwrap();
    let headers: Vec<&str> = report.columns.iter().map(|(header, _)| header.as_str()).collect();
    assert_eq!(headers[4..], ["Year", "a", "Total", "Need (分)", "third"]);
    let rows = rows(&report);
    assert!(rows.iter().all(|row| row.len() == headers.len()));
    assert_eq!(rows[2][4..], ["2024", "4", "4", "4", "0.6666666667"]);
    assert_eq!(rows.last().unwrap()[4..], ["", "12", "12", "", ""]);
    // Nothing of the allocation's own columns changes.
    let (table, with) = (figures.allocation().table(options), figures.allocation_table(options));
    for (plain, with) in table.batches().zip(with.batches()) {
        assert_eq!(plain.columns[..], with.columns[..plain.columns.len()]);
        assert_eq!(with.columns.len(), plain.columns.len() + 2);
    }
}

#[test]
fn groups_are_those_of_totals_and_add_up() {
    let allocation = allocation(101);
    let (totals, _) = allocation.figure_totals(&[Grouping::County, Grouping::Year]).unwrap();
    let groups: Vec<[String; 2]> = (0..totals.groups()).map(|group| [0, 1].map(|by| totals.key(group, by))).collect();
    assert_eq!(groups[1], ["王益区", "2025"].map(str::to_owned));
    let (all, _) = allocation.figure_totals(&[]).unwrap();
    // 2 years × 2 × (0 + … + 100).
    assert_eq!(all.numbers(0, 0).sum, Some(20_200.into()));
    let sum = (0..totals.groups()).filter_map(|group| totals.numbers(group, 0).sum).sum::<rust_decimal::Decimal>();
    assert_eq!(sum, 20_200.into());
    assert_eq!((all.numbers(0, 2), all.numbers(1, 0)), Default::default());
    let report = all.report(Lang::En);
    assert_eq!(report.title, "Example · figures by group, 2024–2025");
    assert_eq!(rows(&report)[0], ["Need", "分", "202", "20200", "100", "0", "200"]);
}

/// 3 × 1/60,000,000,000 is half a step of the tenth decimal, and 9 times as much three halves.
#[test]
fn a_sum_that_is_half_a_step_is_worked_out_exactly() {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "attributes": { "n": { "type": "number" } },
             "layers": [{ "id": "a", "payer": "county" }],
             "figures": [{ "id": "x", "value": { "rate": "1/60000000000", "of": "n" } }],
             "classes": [{ "id": "all", "funding": { "a": 1 } }] }"#,
    )
    .unwrap();
    let totals = |count: &str| {
        let mut builder = RosterBuilder::new(&policy, &[("name", None), ("n", None), ("count", None)]);
        builder.push_row(None, &[Given::Text("甲"), Given::Number("1"), Given::Number(count)]);
        let allocation = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap().0;
        let numbers = allocation.figure_totals(&[]).unwrap().0.numbers(0, 0);
        (numbers.sum.unwrap().to_string(), numbers.mean.unwrap().to_string())
    };
    assert_eq!(totals("2"), ("0".to_owned(), "0".to_owned()));
    assert_eq!(totals("3"), ("0.0000000001".to_owned(), "0".to_owned()));
    assert_eq!(totals("9"), ("0.0000000002".to_owned(), "0".to_owned()));
}

#[test]
fn a_figure_of_too_many_digits_is_blank_and_said_to_be() {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "attributes": { "n": { "type": "number" } },
             "layers": [{ "id": "a", "payer": "county" }], "figures": [{ "id": "x", "value": { "product": ["n", "n"] } }],
             "classes": [{ "id": "all", "funding": { "a": 1 } }] }"#,
    )
    .unwrap();
    let mut builder = RosterBuilder::new(&policy, &[("name", None), ("n", None)]);
    builder.push_row(None, &[Given::Text("甲"), Given::Number("100000000000000")]);
    let allocation = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap().0;
    let (figures, warnings) = allocation.figures().unwrap();
    assert_eq!(figures.at(0, 0, 0), None);
    let warning = warnings.iter().next().unwrap();
    assert_eq!(warning.code(), Code::BlankFigure);
    assert_eq!(warning.message(Lang::En), "x cannot be had for 甲 in 2024 and is blank: it has more than 28 digits");
}
