use rust_decimal::Decimal;

use super::*;
use crate::engine::columns::Columns;
use crate::engine::requirement::Requirement;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::language::Lang;
use crate::ground::problem::Code;
use crate::policy::{CheckSubject, Policy};
use crate::results::allocation::Allocation;
use crate::results::totals::Grouping;
use crate::rows::records::{Cell, RowBuilder};

fn policy(checks: &str) -> Policy {
    let text = format!(
        r#"{{ "id": "e", "title": {{ "zh": "例", "en": "Example" }}, "years": [2024, 2025], "unit": "万元",
             "kinds": {{ "town": {{ "zh": "镇" }}, "village": {{ "zh": "村" }} }},
             "attributes": {{ "n": {{ "type": "number" }}, "m": {{ "type": "number", "unit": "元" }}, "ok": {{ "type": "flag" }}, "zone": {{ "type": "text" }},
               "land": {{ "zh": "用地", "en": "Land", "type": "number", "unit": "公顷", "subject": "place" }},
               "used": {{ "zh": "已用", "en": "Used", "type": "number", "unit": "公顷", "subject": "place" }},
               "flag": {{ "type": "flag", "subject": "place" }}, "income": {{ "type": "number", "unit": "元", "subject": "county" }} }},
             "layers": [{{ "id": "a", "payer": "county" }}], "classes": [{{ "id": "all", "funding": {{ "a": 1 }} }}],
             "checks": [{checks}] }}"#
    );
    serde_json::from_str(&text).unwrap()
}

const CHECKS: [&str; 14] = [
    r#""must": { "n": { "at_least": 3 } }"#,
    r#""must": { "n": [1, "2.5"], "ok": true }"#,
    r#""must": { "m": { "above": { "rate": "1/3", "of": "n" } } }"#,
    r#""must": { "land": { "at_most": { "rate": "0.7", "of": "used" }, "above": "used" } }"#,
    r#""must": { "used": { "at_least": { "rate": "0.1", "of": "land" } } }, "when": { "kind": "village" }"#,
    r#""must": { "flag": true }"#,
    r#""must": { "flag": false, "n": { "below": 5 } }"#,
    r#""must": { "any": [{ "flag": true }, { "n": { "above": 4 } }, { "land": { "above": 100 } }] }"#,
    r#""must": { "not": { "flag": true, "n": { "above": 4 } } }"#,
    r#""when": { "year": 2024, "class": "all" }, "must": { "income": { "at_least": 12000 } }"#,
    r#""must": { "zone": ["东", "西"] }"#,
    r#""when": { "county": "甲县" }, "must": { "land": { "above": "used" } }"#,
    r#""must": { "year": { "above": 2024 }, "n": 3 }"#,
    r#""note": { "zh": "没有数量" }"#,
];

fn all() -> Policy {
    let checks = CHECKS.iter().enumerate().map(|(number, check)| format!(r#"{{ "id": "c{number}", {check} }}"#));
    policy(&checks.collect::<Vec<_>>().join(","))
}

fn roster(policy: &Policy, places: usize) -> Roster {
    let titles = ["name", "county", "kind", "n", "m", "ok", "zone"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    for place in 0..places {
        let n = ["", "1", "2.5", "3", "4.25", "7"][place % 6];
        let m = ["", "3333", "10000", "30000.5"][place % 4];
        let cells = [
            Cell::Text(&format!("n{place}")),
            Cell::Text(["甲县", "乙县", ""][place % 3]),
            Cell::Text(["town", "village"][place / 3 % 2]),
            if n.is_empty() { Cell::Blank } else { Cell::Number(n) },
            if m.is_empty() { Cell::Blank } else { Cell::Number(m) },
            Cell::Flag(place % 5 == 0),
            Cell::Text(["东", "", "南"][place / 2 % 3]),
        ];
        builder.push_row(None, &cells);
    }
    builder.finish().unwrap().0
}

fn figures(policy: &Policy, places: usize) -> CheckFigures {
    let titles = ["name", "county", "land（亩）", "used", "flag", "income（万元）"].map(|title| (title, None));
    let mut builder = CheckFiguresBuilder::new(policy, &titles);
    for place in 0..places {
        let (land, used) = (["", "1500", "20", "7"][place % 4], ["10", "", "1", "0.4666"][place / 2 % 4]);
        let number = |text: &'static str| if text.is_empty() { Cell::Blank } else { Cell::Number(text) };
        let flag = [Cell::Blank, Cell::Flag(true), Cell::Flag(false)][place / 4 % 3];
        builder.push_row(
            None,
            &[Cell::Text(&format!("n{place}")), Cell::Blank, number(land), number(used), flag, Cell::Blank],
        );
    }
    builder
        .push_row(None, &[Cell::Blank, Cell::Text("甲县"), Cell::Blank, Cell::Blank, Cell::Blank, Cell::Number("1.2")]);
    builder.finish().unwrap().0
}

fn checks(policy: &Policy, places: usize) -> Checks {
    let allocation = Allocation::new(policy, &roster(policy, places)).unwrap().0;
    allocation.checks(&figures(policy, places)).unwrap().0
}

#[test]
fn columns_and_fractions_give_the_same() {
    let policy = all();
    let checks = checks(&policy, 144);
    let mut seen = [0_usize; 5];
    for check in policy.checks() {
        let (fast, exact) = (checks.0.outcomes_of(check, true), checks.0.outcomes_of(check, false));
        assert_eq!(fast, exact, "{}", check.id);
        for outcome in exact {
            seen[Outcome::ALL.iter().position(|one| *one == outcome).unwrap()] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

/// What the plan and its like ask is worked out by columns: else a national roster would take seconds.
#[test]
fn common_requirements_need_no_fractions() {
    let policy = all();
    let (roster, checks) = (roster(&policy, 24), checks(&policy, 24));
    for at in 0..2 {
        let columns = Columns::new(&policy, &roster);
        let columns = columns.with_measured(checks.0.measured_in(at));
        for check in policy.checks() {
            for conditions in [&check.when, &check.must] {
                assert!(Requirement::new(&columns, conditions, 2024).is_some(), "{}", check.id);
            }
        }
    }
}

#[test]
fn sentences_say_both_sides_and_what_is_missing() {
    let policy = policy(
        r#"{ "id": "tenth", "name": { "zh": "一成", "en": "A tenth" }, "clause": "四.3",
             "must": { "used": { "at_least": { "rate": "0.1", "of": "land" } } } },
           { "id": "town", "when": { "kind": "town" }, "must": { "ok": true } }, { "id": "words", "note": { "zh": "没有数量", "en": "no number" } }"#,
    );
    let checks = checks(&policy, 4);
    let report = checks.report(false, Lang::Zh);
    let rows: Vec<Vec<String>> =
        report.rows.to_vec().iter().map(|row| row.cells.iter().map(|cell| report.text(cell)).collect()).collect();
    let find = |name: &str, check: &str| {
        let row = rows.iter().find(|row| row[1] == name && row[2] == "2024" && row[3] == check).unwrap();
        [4, 5, 6, 7, 8].map(|at| row[at].clone())
    };
    assert_eq!(find("n0", "一成"), ["缺数据", "10", "", "已用 ≥ (0.1 × 用地)；缺少：用地", "四.3"]);
    assert_eq!(find("n1", "一成"), ["达到", "10", "≥ 10", "已用 10 公顷 ≥ 10（0.1 × 100）", "四.3"]);
    assert_eq!(find("n3", "words"), ["无数量要求", "", "", "没有数量", ""]);
    assert_eq!(find("n3", "town"), ["不适用", "", "", "只适用于：类型 = 镇", ""]);
    assert_eq!(find("n1", "town"), ["未达到", "", "", "不满足：ok = 是", ""]);
    // 20 亩 are 4/3 公顷, a tenth of which has no decimals.
    let english = checks.report(false, Lang::En);
    let text: Vec<String> = english.rows.to_vec().iter().map(|row| english.text(&row.cells[7])).collect();
    assert!(
        text.iter().any(|text| text == "Used is not ≥ 2/15 (0.1 × 4/3)" || text.contains("not known: Used")),
        "{text:?}"
    );
    assert_eq!(
        checks.report(true, Lang::En).rows.len(),
        checks.results().filter(|result| result.outcome().is_open()).count()
    );
}

#[test]
fn units_of_land_and_money_are_converted_exactly() {
    let policy = all();
    let read = |title: &str, cell: &str| {
        let mut builder = CheckFiguresBuilder::new(&policy, &[("name", None), (title, None)]);
        builder.push_row(None, &[Cell::Text("n0"), Cell::Number(cell)]);
        builder.finish().map(|(figures, _)| {
            figures.rows[0].cells.iter().find_map(|cell| match cell {
                figures::FigureCell::Number(number) => Some(*number),
                _ => None,
            })
        })
    };
    let number = |text: &str| Some(text.parse::<Decimal>().unwrap());
    for (title, cell, kept) in [
        ("land", "2", "30"),
        ("land（公顷）", "2", "30"),
        ("用地（亩）", "1", "1"),
        ("land（平方米）", "10000", "15"),
        ("land（平方公里）", "0.01", "15"),
        ("income（万元）", "1.2", "12000"),
        ("income（元）", "12000", "12000"),
    ] {
        assert_eq!(read(title, cell).unwrap(), number(kept), "{title}");
    }
    for title in ["land（万元）", "land（万）", "income（公顷）", "flag（公顷）", "income（千元）", "income（美元）"]
    {
        assert!(read(title, "1").unwrap_err().iter().any(|problem| problem.code() == Code::UnitDiffers), "{title}");
    }
}

#[test]
fn a_note_above_figures_that_states_no_unit_that_is_read_is_refused() {
    let read = |title: &str| {
        let policy = all();
        let mut builder = CheckFiguresBuilder::new(&policy, &[("name", None), (title, None)]);
        builder.set_unclear_unit("千元");
        builder.finish().map(|_| ())
    };
    let problems = read("income").unwrap_err();
    assert_eq!(problems.iter().map(crate::ground::problem::Problem::code).collect::<Vec<_>>(), [Code::UnitDiffers]);
    assert!(read("income（万元）").is_ok() && read("land（亩）").is_ok());
}

#[test]
fn figures_have_a_template_and_few_columns_of_their_own() {
    let header: Vec<String> = CheckFigures::template(&all()).into_iter().map(|column| column.header.zh).collect();
    assert_eq!(header.join(","), "区县,乡镇,名称,编码,年度,用地（公顷）,已用（公顷）,flag,income（元）");
    let policy = all();
    let problems = CheckFiguresBuilder::new(&policy, &[("name", None), ("n", None)]).finish().unwrap_err();
    assert!(problems.iter().any(|problem| problem.code() == Code::MissingColumn), "{problems}");
}

#[test]
fn groups_add_up_to_all() {
    let policy = all();
    let checks = checks(&policy, 60);
    let sum = |by: &[Grouping]| {
        let totals = checks.totals(by).unwrap();
        let mut all = [0_u64; 5];
        for (_, _, outcomes) in totals.rows() {
            let own = [outcomes.met, outcomes.not_met, outcomes.unknown, outcomes.not_applicable, outcomes.no_number];
            all.iter_mut().zip(own).for_each(|(sum, count)| *sum += count);
        }
        all
    };
    let all = sum(&[]);
    assert_eq!(all.iter().sum::<u64>(), 60 * 2 * CHECKS.len() as u64);
    for by in [&[Grouping::County][..], &[Grouping::Year, Grouping::Kind], &[Grouping::Id], &[Grouping::Class]] {
        assert_eq!(sum(by), all, "{by:?}");
    }
    assert!(checks.totals(&[Grouping::Layer]).is_err());
    assert_eq!(checks.subjects_of(CheckSubject::Place).len(), 60);
}

#[test]
fn of_figures_only_the_year_is_a_whole_number() {
    let builder = CheckFiguresBuilder::new(&all(), &["name", "land", "年度"].map(|title| (title, None)));
    assert_eq!([0, 1, 2, 3].map(|column| builder.is_whole(column)), [false, false, true, false]);
}
