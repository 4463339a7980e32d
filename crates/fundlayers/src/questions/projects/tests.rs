use proptest::prelude::*;

use super::*;
use crate::engine::roster::RosterBuilder;
use crate::ground::money::Unit;
use crate::ground::problem::{Code, Problems};
use crate::questions::places::Reason;
use crate::results::allocation::Allocation;
use crate::results::totals::Grouping;
use crate::rows::records::{Cell, RowBuilder};

fn allocation() -> Allocation {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "元",
            "payers": { "city": {} }, "layers": [{ "id": "city", "payer": "city" }, { "id": "county", "payer": "county" }],
            "projects": { "categories": { "a": { "zh": "甲类", "en": "A" }, "b": {} }, "shares": { "a": { "at_least": "1/3" } } },
            "classes": [{ "id": "all", "funding": { "city": 3, "county": 2 } }] }"#,
    )
    .unwrap();
    let mut roster = RosterBuilder::new(&policy, &[("name", None), ("county", None), ("count", None)]);
    for (name, county, count) in [("甲镇", "东县", "1"), ("乙镇", "西县", "1"), ("丙镇", "", "4")] {
        roster.push_row(None, &[name, county, count].map(Cell::Text));
    }
    Allocation::new(&policy, &roster.finish().unwrap().0).unwrap().0
}

const TITLES: [&str; 9] =
    ["project_code", "project_name", "name", "year", "layer", "amount (yuan)", "category", "deadline", "status"];

fn register(rows: &[[&str; 9]]) -> Result<(Projects, Problems), Problems> {
    let mut builder = ProjectsBuilder::new(&TITLES.map(|title| (title, None)));
    for row in rows {
        builder.push_row(None, &row.map(Cell::Text));
    }
    builder.finish()
}

#[test]
fn a_title_in_another_unit_of_money_is_refused() {
    for (title, key) in [("资金（千元）", "amount"), ("投资规模（美元）", "investment")] {
        let titles = ["project_name", "name", "year", "unit", title].map(|title| (title, None));
        let mut builder = ProjectsBuilder::new(&titles);
        builder.set_unit(Unit::Wan);
        builder.push_row(None, &["路", "甲镇", "2024", "万元", "3"].map(Cell::Text));
        let problems = builder.finish().unwrap_err();
        let found: Vec<_> = problems.iter().map(|p| (p.code(), p.location().column.as_deref())).collect();
        assert_eq!(found, [(Code::UnitDiffers, Some(key))]);
    }
}

/// A row of a register by numbers: what it says may match or not.
fn row() -> impl Strategy<Value = [&'static str; 9]> {
    let one = |words: &'static [&'static str]| proptest::sample::select(words);
    (
        one(&["", "1", "2", "3"]),
        one(&["", "路", "桥"]),
        one(&["甲镇", "乙镇", "丙镇", "丁镇", ""]),
        one(&["2023", "2024", "2025", "2026"]),
        one(&["", "city", "county", "province"]),
        one(&["", "0", "0.01", "7", "1234.56"]),
        one(&["", "a", "甲类", "b", "c"]),
        one(&["", "2024-05-31", "2024年6月", "长期", "2025年"]),
        one(&["", "在建", "已完成"]),
    )
        .prop_map(|(code, name, place, year, layer, amount, category, deadline, status)| {
            [code, name, place, year, layer, amount, category, deadline, status]
        })
}

proptest! {
    /// Nothing is lost: what is planned by any grouping and what matches nothing is all of the register.
    #[test]
    fn what_is_planned_and_what_matches_nothing_is_all(rows in proptest::collection::vec(row(), 0..40), by in 0_usize..6) {
        let allocation = allocation();
        let (projects, _) = register(&rows).unwrap();
        let as_of = "2024-06-30".parse().ok();
        let (planning, warnings) = allocation.projects(&projects, &ProjectOptions { as_of }).unwrap();
        let all: i64 = projects.iter().map(|project| project.amount().fen()).sum();
        let matched = all - planning.unmatched_sum().fen();
        let by = [
            vec![],
            vec![ProjectGrouping::By(Grouping::County)],
            vec![ProjectGrouping::By(Grouping::Layer), ProjectGrouping::By(Grouping::Year)],
            vec![ProjectGrouping::Category],
            vec![ProjectGrouping::By(Grouping::Payer), ProjectGrouping::Category],
            vec![ProjectGrouping::By(Grouping::Id)],
        ][by].clone();
        let totals = planning.totals(&by, false).unwrap();
        prop_assert_eq!(totals.iter().map(|row| row.planned().fen()).sum::<i64>(), matched);
        prop_assert_eq!(planning.lines(false).map(|line| line.planned().fen()).sum::<i64>(), matched);
        prop_assert_eq!(planning.places().map(|place| place.planned().fen()).sum::<i64>(), matched);
        let due: i64 = planning.lines(true).map(|line| line.due().fen()).sum();
        prop_assert_eq!(due, 3 * 5 * 6 * 100, "five places of 5 yuan in three years, one of them four times");
        if !by.contains(&ProjectGrouping::Category) {
            prop_assert_eq!(totals.iter().map(|row| row.due().unwrap().fen()).sum::<i64>(), due);
        }
        for row in planning.rows() {
            prop_assert_eq!(row.recipient().is_some(), row.reason().is_none());
        }
        let unmatched = warnings.iter().filter(|warning| warning.code() == Code::UnmatchedProject).count();
        prop_assert!(unmatched >= planning.listed(ProjectList::Unmatched).len());
        // A place lacks what none of its rows states, and nobody else's rows matter.
        for place in planning.places() {
            prop_assert_eq!(place.lacking().count(), place.stated().iter().filter(|count| **count == 0).count());
            prop_assert!(place.completed() + place.overdue() <= place.projects());
        }
        // Shares of a group are parts of one.
        for by in [vec![], vec![ProjectGrouping::By(Grouping::Year)]] {
            let shares = planning.shares(&by).unwrap();
            let planned: i64 = shares.iter().map(|share| share.planned().fen()).sum();
            prop_assert_eq!(planned, matched);
            for share in shares.iter().filter(|share| share.category() == "a") {
                let (part, whole) = (share.planned().fen(), share.total().fen());
                prop_assert_eq!(share.met(), (whole > 0).then_some(part * 3 >= whole));
            }
        }
    }

    /// A row is a duplicate where an earlier one has its code, place and year, however many others have the code.
    #[test]
    fn rows_of_a_code_are_told_apart(rows in proptest::collection::vec((0_usize..2, 0_usize..14, 0_usize..3), 0..60)) {
        let names: Vec<String> = (0..14).map(|place| format!("{place}号镇")).collect();
        let cells = |&(code, place, year): &(usize, usize, usize)| {
            let (code, year) = (["P1", "P2"][code], ["2023", "2024", "2025"][year]);
            [code, "路", &names[place], year, "city", "1", "", "", ""]
        };
        let problems = match register(&rows.iter().map(cells).collect::<Vec<_>>()) {
            Ok((_, warnings)) => warnings,
            Err(problems) => problems,
        };
        let told = problems.iter().filter(|problem| problem.code() == Code::DuplicateProject);
        let told: Vec<(Option<u32>, String)> = told.map(|problem| (problem.location().row, problem.to_string())).collect();
        let first = |at: usize| rows.iter().position(|row| *row == rows[at]).filter(|first| *first < at);
        let expected: Vec<(usize, usize)> = (0..rows.len()).filter_map(|at| Some((at, first(at)?))).collect();
        prop_assert_eq!(told.len(), expected.len().min(told.len().max(20)));
        for ((row, message), (at, first)) in told.iter().zip(expected) {
            prop_assert_eq!(row.map(|row| row as usize), Some(at + 1));
            prop_assert!(message.contains(&format!("row {}", first + 1)), "{}", message);
        }
    }

    /// The order of the rows changes no figure.
    #[test]
    fn the_order_of_rows_changes_no_figure(mut rows in proptest::collection::vec(row(), 0..30)) {
        let allocation = allocation();
        let figures = |rows: &[[&str; 9]]| {
            let (projects, _) = register(rows).unwrap();
            let (planning, _) = allocation.projects(&projects, &ProjectOptions::default()).unwrap();
            let lines: Vec<_> = planning.lines(true).map(|line| (line.planned(), line.projects())).collect();
            let places: Vec<_> = planning.places().map(|place| (place.stated(), place.completed())).collect();
            (lines, places, planning.unmatched_sum())
        };
        let before = figures(&rows);
        rows.reverse();
        prop_assert_eq!(before, figures(&rows));
    }
}

#[test]
fn sums_that_do_not_fit_are_refused() {
    let most = "92233720368547758.07";
    let line = |code: &'static str, place: &'static str| [code, "", place, "2024", "city", most, "", "", ""];
    let (projects, _) = register(&[line("1", "甲镇"), line("2", "甲镇")]).unwrap();
    let problems = allocation().projects(&projects, &ProjectOptions::default()).unwrap_err();
    assert_eq!(problems.iter().next().unwrap().code(), Code::Overflow);
    let (projects, _) = register(&[line("1", "丁镇"), line("2", "丁镇")]).unwrap();
    assert!(allocation().projects(&projects, &ProjectOptions::default()).is_err());
    let (projects, _) = register(&[line("1", "甲镇"), line("2", "乙镇")]).unwrap();
    let (planning, _) = allocation().projects(&projects, &ProjectOptions::default()).unwrap();
    assert!(planning.totals(&[], true).is_err() && planning.shares(&[]).is_err());
}

#[test]
fn a_row_says_what_it_belongs_to() {
    let (projects, warnings) = register(&[
        ["", "路", "甲镇", "2024", "市", "1", "", "", ""],
        ["", "桥", "乙镇", "2024", "county", "1", "甲类", "", ""],
    ])
    .unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    let (planning, _) = allocation().projects(&projects, &ProjectOptions::default()).unwrap();
    let rows: Vec<PlannedProject<'_>> = planning.rows().collect();
    assert_eq!(rows[0].reason(), Some(Reason::UnknownLayer));
    assert_eq!((rows[1].recipient().unwrap().name(), rows[1].category()), ("乙镇", "a"));
    assert_eq!(rows[1].project().amount().in_unit(Unit::Yuan).to_string(), "1");
}

#[test]
fn groupings_are_known_by_key_and_name() {
    let read = |text: &str| ProjectGrouping::parse_all([text]);
    assert_eq!(read("county，项目类型").unwrap(), [ProjectGrouping::By(Grouping::County), ProjectGrouping::Category]);
    assert_eq!(read("category,Category").unwrap_err().iter().next().unwrap().code(), Code::UnknownGrouping);
    assert!(read("category1").unwrap_err().to_string().contains("`category`"));
    let shares = ProjectGrouping::parse_all(["category"]).unwrap();
    let (projects, _) = register(&[]).unwrap();
    let (planning, _) = allocation().projects(&projects, &ProjectOptions::default()).unwrap();
    assert_eq!(planning.shares(&shares).unwrap_err().iter().next().unwrap().code(), Code::UnknownKey);
    assert_eq!(ProjectList::parse("逾期").ok(), Some(ProjectList::Overdue));
    assert!(ProjectList::parse("late").unwrap_err().to_string().contains("`overdue` 逾期"));
}

#[test]
fn totals_count_the_projects_of_their_rows() {
    let line = |code: &'static str, place: &'static str| [code, "", place, "2024", "city", "1", "", "", ""];
    let (projects, _) = register(&[line("1", "甲镇"), line("2", "甲镇"), line("3", "乙镇")]).unwrap();
    let (planning, _) = allocation().projects(&projects, &ProjectOptions::default()).unwrap();
    let counts = |by: &[ProjectGrouping]| -> Vec<u32> {
        planning.totals(by, false).unwrap().iter().filter(|row| row.projects() > 0).map(|row| row.projects()).collect()
    };
    assert_eq!(counts(&[]), [3]);
    assert_eq!(counts(&[ProjectGrouping::By(Grouping::County)]), [2, 1]);
}
