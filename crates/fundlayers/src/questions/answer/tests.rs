//! What an answer says itself is not warned about beside it.

use super::*;
use crate::engine::roster::RosterBuilder;
use crate::ground::problem::{Code, Problem};
use crate::questions::projects::{ProjectGrouping, ProjectList, ProjectsBuilder};
use crate::rows::records::{Cell, RowBuilder};

/// Two projects: one plans more than is due, one matches no place.
fn planning() -> Given<Planning> {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "payers": { "city": {} },
             "layers": [{ "id": "city", "payer": "city" }], "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#,
    )
    .unwrap();
    let mut roster = RosterBuilder::new(&policy, &[("name", None)]);
    roster.push_row(None, &[Cell::Text("甲镇")]);
    let allocation = Given::plain(Allocation::new(&policy, &roster.finish().unwrap().0).unwrap().0);
    let titles = ["project_name", "name", "year", "layer", "amount (yuan)"];
    let mut projects = ProjectsBuilder::new(&titles.map(|title| (title, None)));
    for row in [["路", "甲镇", "2024", "city", "4"], ["桥", "丁镇", "2024", "city", "1"]] {
        projects.push_row(None, &row.map(Cell::Text));
    }
    allocation.projects(&Given::plain(projects.finish().unwrap().0), None).unwrap()
}

/// What is warned about beside one report and beside all of them.
fn beside(answer: &Answer) -> [Vec<Code>; 2] {
    [answer.warnings_beside_report(), answer.warnings_beside_reports()].map(|warnings| {
        let mut codes: Vec<Code> = warnings.iter().map(Problem::code).collect();
        codes.sort();
        codes.dedup();
        codes
    })
}

#[test]
fn a_list_of_what_matches_nothing_says_so_itself() {
    let planning = planning();
    let answer = |list, by: Option<&[ProjectGrouping]>| planning.answer_of(list, by, None, false).unwrap();
    let (both, one) = (vec![Code::UnmatchedProject, Code::PlannedAboveDue], vec![Code::PlannedAboveDue]);
    assert_eq!(beside(&answer(ProjectList::Projects, None)), [both.clone(), both.clone()]);
    assert_eq!(beside(&answer(ProjectList::Unmatched, None)), [one.clone(), one.clone()]);
    // Totals have a second report, of what matches nothing.
    assert_eq!(beside(&answer(ProjectList::Amounts, Some(&[]))), [both, one]);
}
