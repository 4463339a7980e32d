use super::*;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::rows::records::{Cell, RowBuilder};

fn policy() -> Policy {
    serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "元", "payers": { "city": { "zh": "市级" } },
             "kinds": { "town": { "zh": "镇", "en": "Town" }, "village": { "zh": "村", "en": "Village" } }, "layers": [],
             "posts": { "secretary": { "zh": "第一书记" }, "team": { "zh": "工作队" } },
             "classes": [{ "id": "towns", "kind": "town", "funding": {} }, { "id": "villages", "kind": "village", "funding": {} }],
             "duties": [
               { "id": "sci", "name": { "zh": "服务队" }, "payer": "city", "classes": ["towns"], "number": 1, "members": [3, 5] },
               { "id": "resident", "payer": "county", "classes": ["villages"], "number": 1, "one_of": ["secretary", "team"] },
               { "id": "review", "name": { "zh": "研判" }, "payer": "county", "number": 1, "every": "half-year", "shared": true },
               { "id": "plan", "name": { "zh": "方案" }, "payer": "county", "number": 1, "every": "once", "shared": true },
               { "id": "lead", "name": { "zh": "牵头" }, "payer": "county", "each": "county", "number": 2 },
               { "id": "head", "name": { "zh": "统筹" }, "payer": "city", "each": "policy", "number": 1, "every": "once" },
               { "id": "none", "name": { "zh": "无数" }, "payer": "city" }] }"#,
    )
    .unwrap()
}

fn roster(policy: &Policy, rows: &[[&str; 6]]) -> Roster {
    let titles = ["name", "kind", "county", "count", "from", "id"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    for row in rows {
        builder.push_row(None, &row.map(Cell::Text));
    }
    builder.finish().unwrap().0
}

fn allocation() -> Allocation {
    let policy = policy();
    let rows = [
        ["镇", "镇", "甲县", "", "", ""],
        ["村", "村", "甲县", "3", "", ""],
        ["新村", "村", "乙县", "", "2024", ""],
        ["无县村", "村", "", "", "", ""],
    ];
    Allocation::new(&policy, &roster(&policy, &rows)).unwrap().0
}

fn register(rows: &[[&str; 8]]) -> Assignments {
    let titles = ["区县", "名称", "年度", "半年", "事项", "姓名或单位", "数量", "人数"].map(|title| (title, None));
    let mut builder = AssignmentsBuilder::new(&titles);
    for row in rows {
        builder.push_row(None, &row.map(Cell::Text));
    }
    builder.finish().unwrap().0
}

fn beside(rows: &[[&str; 8]]) -> (Duties, Problems) {
    Duties::with_assignments(&allocation(), &register(rows)).unwrap()
}

/// The due numbers of a duty by place, year and half.
fn due<'a>(duties: &'a Duties, id: &str) -> Vec<(String, u16, u8, u64)> {
    let lines = duties.lines().filter(|line| line.duty().id == id);
    let name = |line: &DutyLine<'a>| line.place().map_or(line.county().to_owned(), |place| place.name().to_owned());
    lines.map(|line| (name(&line), line.year(), line.half(), line.due())).collect()
}

#[test]
fn what_is_due_follows_class_years_count_and_how_often() {
    let duties = Duties::new(&allocation()).unwrap();
    let line = |name: &str, year, half, due| (name.to_owned(), year, half, due);
    assert_eq!(due(&duties, "sci"), [2023, 2024, 2025].map(|year| line("镇", year, 0, 1)));
    let resident: u64 = due(&duties, "resident").iter().map(|(.., due)| due).sum();
    assert_eq!(resident, 3 * 3 + 2 + 3);
    assert_eq!(due(&duties, "review").len(), 2 * (3 + 3 + 2 + 3));
    // Once, in the first year in which each place lives.
    let plans = [line("镇", 2023, 0, 1), line("村", 2023, 0, 3), line("新村", 2024, 0, 1), line("无县村", 2023, 0, 1)];
    assert_eq!(due(&duties, "plan"), plans);
    // Of a county in each year in which it has a place; of none where there is none.
    let lead = [("甲县", 2023), ("甲县", 2024), ("甲县", 2025), ("乙县", 2024), ("乙县", 2025)];
    assert_eq!(due(&duties, "lead"), lead.map(|(county, year)| line(county, year, 0, 2)));
    assert_eq!(due(&duties, "head"), [line("", 2023, 0, 1)]);
    assert!(due(&duties, "none").is_empty());
}

#[test]
fn a_place_on_several_rows_is_due_once_what_is_due_once() {
    let policy = policy();
    let titles = ["id", "name", "kind", "from", "to"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(&policy, &titles);
    for row in [["a", "甲", "村", "2025", ""], ["a", "甲", "镇", "", "2024"]] {
        builder.push_row(None, &row.map(Cell::Text));
    }
    let allocation = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap().0;
    let duties = Duties::new(&allocation).unwrap();
    assert_eq!(due(&duties, "plan"), [("甲".to_owned(), 2023, 0, 1)]);
    let due_in_all: u64 = duties.lines().map(DutyLine::due).sum();
    assert_eq!(duties.totals(&[]).unwrap().sums()[0], due_in_all);
}

#[test]
fn a_register_meets_what_is_due_and_more_is_no_fault() {
    let (duties, warnings) = beside(&[
        ["甲县", "镇", "2023", "", "服务队", "一队", "", "2"],
        ["甲县", "镇", "2023", "", "sci", "二队", "", "6"],
        ["甲县", "镇", "2024", "", "服务队", "一队", "1", "4"],
        ["甲县", "村", "2023", "", "第一书记", "张三", "2", ""],
        ["甲县", "村", "2023", "", "工作队", "三队", "", ""],
        ["甲县", "村", "2025", "", "方案", "县", "3", ""],
        ["甲县", "村", "2023", "上半年", "研判", "组织部", "3", ""],
        ["甲县", "", "2023", "", "牵头", "副书记", "1", ""],
        ["", "", "2025", "", "统筹", "市", "", ""],
    ]);
    assert!(warnings.is_empty(), "{warnings}");
    let of = |id: &str, year: u16| {
        duties.lines().find(|line| line.duty().id == id && line.year() == year && line.county() != "")
    };
    let sci = of("sci", 2023).unwrap();
    assert_eq!(sci.assigned(), Some(Assigned { number: 2, people: 8, people_missing: 1, people_surplus: 1 }));
    assert_eq!(
        (sci.missing(), sci.surplus(), sci.is_met(), sci.assigned_to()),
        (Some(0), Some(1), Some(false), "一队、二队")
    );
    assert_eq!(of("sci", 2024).unwrap().is_met(), Some(true));
    assert_eq!(of("resident", 2023).unwrap().is_met(), Some(true));
    // What is due once counts in whatever year it came.
    let plan = duties.lines().find(|line| line.duty().id == "plan" && line.due() == 3).unwrap();
    assert_eq!((plan.year(), plan.is_met()), (2023, Some(true)));
    assert_eq!(of("lead", 2023).unwrap().missing(), Some(1));
    assert_eq!(duties.lines().last().unwrap().is_met(), Some(true));
    assert!(duties.unmatched().next().is_none());
}

#[test]
fn what_matches_nothing_is_listed_with_its_reason_and_warned_about() {
    let (duties, warnings) = beside(&[
        ["甲县", "别村", "2023", "", "第一书记", "张三", "", ""],
        ["甲县", "镇", "2023", "", "第一书记", "张三", "", ""],
        ["甲县", "镇", "2022", "", "服务队", "一队", "", ""],
        ["乙县", "新村", "2023", "", "第一书记", "张三", "", ""],
        ["甲县", "镇", "2023", "", "后勤", "张三", "", ""],
        ["甲县", "镇", "2023", "", "研判", "组织部", "", ""],
        ["丙县", "", "2023", "", "牵头", "副书记", "", ""],
        ["甲县", "镇", "2023", "", "无数", "市", "", ""],
    ]);
    let reasons: Vec<&str> = duties.unmatched().map(|(_, reason)| reason.as_str()).collect();
    let expected = [
        "unknown-place",
        "not-due",
        "unknown-year",
        "place-not-live",
        "unknown-duty",
        "no-half",
        "unknown-county",
        "unknown-duty",
    ];
    assert_eq!(reasons, expected);
    assert!(warnings.iter().all(|warning| warning.code() == Code::UnmatchedAssignment));
    assert_eq!(warnings.len(), 8);
    assert_eq!(duties.unmatched_table().batches().map(|batch| batch.rows).sum::<usize>(), 8);
}

#[test]
fn one_person_at_two_places_is_warned_about_unless_it_may_be() {
    let (_, warnings) = beside(&[
        ["甲县", "村", "2024", "", "第一书记", "张三", "", ""],
        ["乙县", "新村", "2024", "", "第一书记", "张三", "", ""],
        ["甲县", "村", "2024", "1", "研判", "组织部", "", ""],
        ["乙县", "新村", "2024", "1", "研判", "组织部", "", ""],
        ["", "无县村", "2025", "", "第一书记", "张三", "", ""],
    ]);
    let codes: Vec<Code> = warnings.iter().map(Problem::code).collect();
    assert_eq!(codes, [Code::SharedAssignment]);
}

#[test]
fn totals_are_the_sums_of_the_lines_whatever_they_are_by() {
    let (duties, _) = beside(&[
        ["甲县", "村", "2023", "", "第一书记", "张三", "4", ""],
        ["甲县", "镇", "2023", "", "服务队", "一队", "1", "2"],
        ["甲县", "村", "2024", "", "第一书记", "张三", "1", ""],
    ]);
    let sum = |of: &dyn Fn(DutyLine<'_>) -> u64| duties.lines().map(of).sum::<u64>();
    let (due, missing) = (sum(&|line| line.due()), sum(&|line| line.missing().unwrap()));
    let (assigned, surplus) = (sum(&|line| line.assigned().unwrap().number), sum(&|line| line.surplus().unwrap()));
    for by in [
        &[][..],
        &[Grouping::Year],
        &[Grouping::Id],
        &[Grouping::Payer, Grouping::County],
        &[Grouping::Kind, Grouping::Designation, Grouping::Class, Grouping::Township],
    ] {
        let totals = duties.totals(by).unwrap();
        assert_eq!(totals.sums(), [due, assigned, missing, surplus], "{by:?}");
        let rows = totals.table().batches().map(|batch| batch.rows).sum::<usize>();
        assert_eq!(rows, totals.len());
    }
    assert_eq!(duties.totals(&[Grouping::Layer]).unwrap_err().iter().next().unwrap().code(), Code::UnknownGrouping);
}

#[test]
fn a_place_is_covered_that_has_all_that_is_due_in_the_year() {
    let (duties, _) = beside(&[
        ["甲县", "村", "2024", "", "第一书记", "张三", "3", ""],
        ["甲县", "村", "2024", "1", "研判", "组织部", "3", ""],
        ["甲县", "村", "2024", "2", "研判", "组织部", "3", ""],
        ["甲县", "镇", "2024", "1", "研判", "组织部", "", ""],
    ]);
    let coverage = duties.coverage(&[Grouping::Year]).unwrap();
    let rows: Vec<(u64, u64)> = (0..coverage.len()).map(|row| coverage.places(row)).collect();
    assert_eq!(rows, [(5, 0), (6, 3), (6, 0)]);
    let problems = Duties::new(&allocation()).unwrap().coverage(&[]).unwrap_err();
    assert_eq!(problems.iter().next().unwrap().code(), Code::MissingKey);
}

#[test]
fn a_policy_without_duties_says_so() {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "layers": [],
             "classes": [{ "id": "all", "funding": {} }] }"#,
    )
    .unwrap();
    let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
    builder.push_row(None, &[Cell::Text("甲")]);
    let allocation = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap().0;
    assert_eq!(Duties::new(&allocation).unwrap_err().iter().next().unwrap().code(), Code::MissingKey);
}

#[test]
fn a_half_and_a_year_are_those_of_the_date() {
    let titles = ["名称", "事项", "到岗日期"].map(|title| (title, None));
    let mut builder = AssignmentsBuilder::new(&titles);
    builder.push_row(None, &["镇", "研判", "2023-07-01"].map(Cell::Text));
    builder.push_row(None, &["镇", "研判", "2024年3月"].map(Cell::Text));
    let assignments = builder.finish().unwrap().0;
    let found: Vec<(u16, u8)> = assignments.iter().map(|row| (row.year(), row.half())).collect();
    assert_eq!(found, [(2023, 2), (2024, 1)]);
    let mut builder = AssignmentsBuilder::new(&titles);
    builder.push_row(None, &["镇", "研判", "三月"].map(Cell::Text));
    builder.push_row(None, &["镇", "研判", ""].map(Cell::Text));
    let codes: Vec<Code> = builder.finish().unwrap_err().iter().map(Problem::code).collect();
    assert_eq!(codes, [Code::BadDate, Code::MissingValue, Code::MissingValue]);
}

#[test]
fn a_report_of_what_matches_nothing_leaves_blank_what_a_row_does_not_say() {
    use crate::tables::table::Cell as Shown;
    let (duties, _) = beside(&[
        ["甲县", "别村", "2023", "", "研判", "组织部", "", ""],
        ["甲县", "别村", "2023", "下半年", "研判", "组织部", "", "2"],
    ]);
    let report = duties.unmatched_report(Lang::En).unwrap();
    let at = |header: &str| report.columns.iter().position(|(name, _)| name == header).unwrap();
    let rows = report.rows.to_vec();
    let shown = |header: &str| rows.iter().map(|row| row.cells[at(header)].clone()).collect::<Vec<_>>();
    assert_eq!(shown("Half"), [Shown::Blank, Shown::Integer(2)]);
    assert_eq!(shown("People"), [Shown::Blank, Shown::Integer(2)]);
    assert_eq!(shown("Year"), [Shown::Integer(2023), Shown::Integer(2023)]);
}

#[test]
fn a_county_that_pays_is_named_in_totals() {
    use crate::tables::table::Cells;
    let totals = Duties::new(&allocation()).unwrap().totals(&[Grouping::Payer]).unwrap();
    let table = totals.table();
    let mut payers: Vec<String> = Vec::new();
    for batch in table.batches() {
        let Cells::Text(texts) = &batch.columns[0] else { panic!("payers are texts") };
        payers.extend(texts.iter().map(|text| (*text).to_owned()));
    }
    payers.dedup();
    assert_eq!(payers, ["city", "甲县", "乙县", ""]);
}

#[test]
fn a_template_has_halves_and_members_only_where_duties_have_them() {
    let keys = |duty: &str| {
        let text = format!(
            r#"{{ "id": "e", "title": {{ "zh": "例" }}, "years": [2024, 2024], "unit": "元", "layers": [],
                 "classes": [{{ "id": "all", "funding": {{}} }}],
                 "duties": [{{ "id": "visit", "payer": "county", "number": 1{duty} }}] }}"#
        );
        let columns = Assignments::template(&serde_json::from_str(&text).unwrap());
        let asked = columns.iter().filter(|column| ["half", "number", "people"].contains(&column.key.as_str()));
        asked.map(|column| (column.key.clone(), column.is_figure)).collect::<Vec<_>>()
    };
    let column = |key: &str, is_figure| (key.to_owned(), is_figure);
    assert_eq!(keys(""), [column("number", true)]);
    assert_eq!(keys(r#", "members": [3, 5]"#), [column("number", true), column("people", true)]);
    assert_eq!(keys(r#", "every": "half-year""#), [column("half", false), column("number", true)]);
}
