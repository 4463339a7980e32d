//! Sheets as offices keep them, through the public interface: the page on sheets, the built-in roster, and that a table reads
//! the same whatever stands around it and whichever of its cells are merged.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use conformance::read_roster as read;
use fundlayers::roster::Cell;
use fundlayers::sheet::{RowMarks, SheetOptions, SheetReader};
use fundlayers::{
    Allocation, AssignmentsBuilder, CheckFiguresBuilder, Code, Duties, FundingRule, LimitsBuilder, Policy, Position,
    Problem, Problems, ProjectOptions, ProjectsBuilder, ReceiptsBuilder, ReconcileOptions, Roster, RosterBuilder,
    RowBuilder,
};
use proptest::prelude::*;

const PAGE: &str = include_str!("../../crates/fundlayers/docs/sheets.md");

fn policy() -> Policy {
    let text = r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
        "attributes": { "income": { "zh": "集体收入", "type": "number", "unit": "万元" },
                        "mean": { "zh": "人均", "type": "number", "subject": "place" } },
        "duties": [{ "id": "team", "name": { "zh": "团队" }, "payer": "county", "number": 1 }],
        "checks": [{ "id": "rich", "name": { "zh": "富裕" }, "subject": "place", "must": { "mean": { "at_least": 2 } } }],
        "layers": [{ "id": "a", "payer": "county" }], "classes": [{ "id": "all", "funding": { "a": "income" } }] }"#;
    serde_json::from_str(text).unwrap()
}

/// What a roster says of its places, and what they get.
fn places(roster: &Roster, policy: &Policy) -> Vec<String> {
    let (allocation, _) = Allocation::new(policy, roster).unwrap();
    let year = policy.years().next().unwrap();
    let mut places = Vec::new();
    for place in roster {
        let layers = policy.layers().iter().map(|layer| policy.layer_index(&layer.id).unwrap());
        let amounts: Vec<_> = layers.map(|layer| allocation.amount(place.row(), year, layer)).collect();
        let texts = [place.id(), place.county(), place.township(), place.name()].join(" ");
        places.push(format!("{texts} {amounts:?}"));
    }
    places
}

#[test]
fn the_example_of_the_page_is_read() {
    let (_, rest) = PAGE.split_once("```csv\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let (roster, problems) = read(text, &policy(), None).unwrap();
    assert!(problems.is_empty(), "{problems}");
    let names: Vec<_> = roster.iter().map(|place| (place.county(), place.name())).collect();
    assert_eq!(names, [("王益区", "义兴村"), ("王益区", "孙塬村")]);
    // The unit above the table is that of the policy, or it is said.
    let other = text.replace("单位：万元", "单位：元");
    assert_eq!(read(&other, &policy(), None).unwrap_err().iter().next().unwrap().code(), Code::UnitDiffers);
    // So it is if it is none that is read, or if two of them differ.
    for note in ["单位：千元", "单位：美元", "单位：元 单位：万元,单位：万元", "单位：元,单位：万元"]
    {
        let other = text.replace(",,,单位：万元", &format!(",,{note}"));
        assert_eq!(
            read(&other, &policy(), None).unwrap_err().iter().next().unwrap().code(),
            Code::UnitDiffers,
            "{note}"
        );
    }
    for title in ["集体收入（千元）", "集体收入（美元）", "集体收入（单位：元）", "集体收入（角）"]
    {
        let problems = read(&text.replace("集体收入", title), &policy(), None).unwrap_err();
        assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnitDiffers], "{title}");
    }
    for title in ["集体收入（单位：万元）", "集体收入（万）", "集体收入（含税）"] {
        assert!(read(&text.replace("集体收入", title), &policy(), None).is_ok(), "{title}");
    }
    let counted = read("名称,集体收入,数量（万个）\n甲村,1,2", &policy(), None).unwrap_err();
    let counted: Vec<_> = counted.iter().map(|p| (p.code(), p.location().column.as_deref())).collect();
    assert_eq!(counted, [(Code::UnitDiffers, Some("count"))]);
    // A title that states a unit of its own, even a wrong one, is told of that alone.
    let people = other.replace("集体收入", "集体收入（万人）");
    let problems = read(&people, &policy(), None).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnitDiffers], "{problems}");
}

/// What a table of CSV reads as: the amounts of a ledger, or the codes of what is wrong with it.
fn ledger(text: &str, fill_down: Option<bool>) -> Result<Vec<String>, Vec<Code>> {
    let mut options = SheetOptions::default();
    options.fill_down = fill_down;
    let read = fundlayers_formats::csv::read_rows(text, &options, ReceiptsBuilder::new);
    let (ledger, _) = read.map_err(|problems| problems.iter().map(Problem::code).collect::<Vec<_>>())?;
    let amounts = |receipt: fundlayers::Receipt<'_>| {
        format!("{}/{} {} {}", receipt.township(), receipt.name(), receipt.layer(), receipt.amount().fen())
    };
    Ok(ledger.iter().map(amounts).collect())
}

#[test]
fn a_unit_over_two_rows_of_titles_is_that_of_the_amounts() {
    let of = |note: &str, above: &str, below: &str| {
        ledger(&format!("{note},,,,\n年度,名称,安排层级,{above},\n,,,{below},备注\n2024,甲镇,市级,30,1\n"), None)
    };
    let fen = |amount: i64| Ok(vec![format!("/甲镇 市级 {amount}")]);
    for (note, above, below, expected) in [
        ("", "资金（万元）", "到位金额", fen(30_000_000)),
        ("单位：万元", "资金（元）", "到位金额", fen(3_000)),
        ("单位：万元", "资金", "到位金额", fen(30_000_000)),
        ("单位：万元", "资金/元", "到位金额", fen(3_000)),
        // What stands next to the amounts counts.
        ("单位：万元", "资金（万元）", "到位金额（元）", fen(3_000)),
        ("", "资金（万元）", "到位金额（累计）", fen(30_000_000)),
        ("单位：万元", "资金（千元）", "到位金额", Err(vec![Code::UnitDiffers])),
        ("单位：万元", "资金（元/人）", "到位金额", Err(vec![Code::UnitDiffers])),
        // Units alone in the row below.
        ("", "到位金额", "万元", fen(30_000_000)),
        ("单位：万元", "到位金额", "（元）", fen(3_000)),
        // A note that says two units says none.
        ("单位：元、万元", "资金", "到位金额", Err(vec![Code::MissingColumn])),
    ] {
        assert_eq!(of(note, above, below), expected, "{note} {above} {below}");
    }
    let text = "名称,经济（元）,\n,集体收入,备注\n甲村,1200,1\n";
    let problems = read(text, &policy(), None).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnitDiffers]);
}

#[test]
fn a_row_about_no_place_is_about_that_of_the_row_above() {
    let text = "年度,区县,乡镇,村,安排层级,到位金额(元)\n2024,东县,甲镇,乙村,市级,1\n,,,,县级,2\n,,甲镇,,市级,3\n,,,,县级,4\n,,,丙村,市级,5\n";
    let of = |place: &str, layer: &str, fen: u32| format!("甲镇/{place} {layer} {fen}");
    let filled = [
        ("乙村", "市级", 100),
        ("乙村", "县级", 200),
        ("甲镇", "市级", 300),
        ("甲镇", "县级", 400),
        ("丙村", "市级", 500),
    ];
    assert_eq!(ledger(text, Some(true)), Ok(filled.map(|(place, layer, fen)| of(place, layer, fen)).to_vec()));
    // What was merged is never guessed.
    assert!(ledger(text, None).is_err_and(|codes| codes.contains(&Code::MergedCells)));
}

#[test]
fn a_note_above_the_table_is_the_unit_of_land_that_states_none() {
    let text = r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
        "attributes": { "area": { "zh": "面积", "type": "number", "unit": "亩" } },
        "layers": [{ "id": "a", "payer": "county" }], "classes": [{ "id": "all", "funding": { "a": "area" } }] }"#;
    let policy: Policy = serde_json::from_str(text).unwrap();
    for (note, title, is_read) in [
        ("单位：亩", "面积", true),
        ("单位：公顷", "面积", false),
        ("单位：公顷", "面积（亩）", true),
        ("单位：亩、公顷", "面积", false),
        ("单位：万元", "面积", true),
    ] {
        let found = read(&format!("{note},\n名称,{title}\n甲村,7\n"), &policy, None);
        assert_eq!(found.is_ok(), is_read, "{note} {title}");
    }
}

#[test]
fn titles_of_counties_may_have_brackets_in_them() {
    for title in ["县（区）名", "县(市、区)名称", "市（县、区）", "县（市、区）", "县（市/区）名"]
    {
        let (roster, warnings) = read(&format!("{title},名称,集体收入\n东县,甲村,7\n"), &policy(), None).unwrap();
        assert!(warnings.is_empty(), "{title}: {warnings}");
        assert_eq!(roster.get(0).unwrap().county(), "东县", "{title}");
    }
    // What else stands in brackets is no area: 集体（万元）收入 need not be 集体收入.
    let problems = read("名称,集体（万元）收入\n甲村,7\n", &policy(), None).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::MissingColumn, Code::UnknownColumn]);
    // A title that is near to one that is read is named, whatever its unit.
    let problems = read("名称,集体收入数（万元）\n甲村,7\n", &policy(), None).unwrap_err();
    let missing = problems.iter().find(|problem| problem.code() == Code::MissingColumn).unwrap();
    assert!(missing.expected_text(fundlayers::Lang::Zh).unwrap().contains("集体收入数（万元）"), "{problems}");
}

#[test]
fn numbers_of_columns_are_no_row() {
    for numbers in ["1,2,3", "（1）,（2）,（3）", "甲,乙,1", "栏次,1,2"] {
        let text = format!("区县,名称,集体收入\n{numbers}\n东县,甲村,7\n");
        let (roster, _) = read(&text, &policy(), None).unwrap();
        assert_eq!(roster.iter().map(|place| place.name().to_owned()).collect::<Vec<_>>(), ["甲村"], "{numbers}");
    }
}

/// Reads rows of a sheet of a workbook.
fn of_workbook<B: RowBuilder>(
    sheet: &str,
    rows: &[&str],
    begin: impl Fn(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    let mut reader = SheetReader::new(begin, &SheetOptions::default());
    reader.set_sheet(sheet);
    for (line, row) in (1..).zip(rows) {
        let cells: Vec<Cell<'_>> = row.split(',').map(Cell::Text).collect();
        reader.row(line, &cells, RowMarks::default());
    }
    reader.finish()
}

fn cells(problems: &Problems) -> Vec<String> {
    problems.iter().filter_map(|problem| problem.location().cell.clone()).collect()
}

/// What is so of one row is so of each that the cell is merged over, but for figures; whatever stands beside it.
#[test]
fn flags_and_texts_that_are_merged_over_rows_are_those_of_each() {
    let text = r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
        "attributes": { "poor": { "zh": "贫困", "type": "flag" }, "remote": { "zh": "偏远", "type": "flag" } },
        "layers": [{ "id": "a", "payer": "county" }],
        "classes": [{ "id": "all", "funding": { "a": [{ "amount": 1, "when": { "poor": true } }, { "amount": 2, "when": { "remote": true } }] } }] }"#;
    let policy: Policy = serde_json::from_str(text).unwrap();
    let mut reader =
        SheetReader::new(|titles: &[(&str, _)]| RosterBuilder::new(&policy, titles), &SheetOptions::default());
    reader.set_merges_known();
    let rows = [["名称", "贫困", "偏远"], ["甲村", "是", "是"], ["乙村", "是", "是"]];
    for (line, row) in (1..).zip(rows) {
        reader.row(line, &row.map(Cell::Text), RowMarks::new(&[false, line == 3, line == 3], &[]));
    }
    let (roster, _) = reader.finish().unwrap();
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let all: i64 = allocation.totals(&[], false).unwrap().iter().map(|row| row.amount().fen()).sum();
    assert_eq!(all, 600);
}

/// What is found wrong only when something is computed names its cell as well.
#[test]
fn what_is_found_after_reading_names_the_cell_too() {
    let policy = policy();
    let roster = |rows: &[&str]| of_workbook("名单", rows, |titles| RosterBuilder::new(&policy, titles)).unwrap().0;
    let head = ["某县名单", "名称,区县,集体收入"];
    let problems = Allocation::new(&policy, &roster(&[head[0], head[1], "甲村,A,3", "乙村,A,"])).unwrap_err();
    assert_eq!(cells(&problems), ["名单!C4"]);
    let (allocation, _) = Allocation::new(&policy, &roster(&[head[0], head[1], "甲村,A,3"])).unwrap();
    let limits = ["安排层级,安排主体,年度,金额（万元）", "a,A,2024,2", "a,Z,2024,2"];
    let (limits, _) = of_workbook("限额", &limits, |titles| LimitsBuilder::new(&policy, titles)).unwrap();
    let (_, warnings) = allocation.fund(&limits, &FundingRule::Proportional).unwrap();
    assert_eq!(cells(&warnings), ["限额!3"]);
    let ledger = ["台账", "名称,年度,安排层级,下达金额（万元）", "甲村,2024,a,3", "丙村,2024,a,3"];
    let (receipts, _) = of_workbook("台账", &ledger, ReceiptsBuilder::new).unwrap();
    let (_, warnings) = allocation.reconcile(&receipts, &ReconcileOptions::default()).unwrap();
    assert_eq!(cells(&warnings), ["台账!A4"]);
    // So do registers and tables of figures that stand beside it.
    let register = ["人员登记表", "年度,名称,事项,姓名或单位", "2024,甲村,团队,某中心", "2024,丙村,团队,某中心"];
    let (register, _) = of_workbook("人员", &register, AssignmentsBuilder::new).unwrap();
    let (_, warnings) = Duties::with_assignments(&allocation, &register).unwrap();
    assert_eq!(cells(&warnings), ["人员!B4"]);
    let figures = ["统计表", "名称,年度,人均", "甲村,2024,3", "丙村,2024,3"];
    let (figures, _) = of_workbook("统计", &figures, |titles| CheckFiguresBuilder::new(&policy, titles)).unwrap();
    let (_, warnings) = allocation.checks(&figures).unwrap();
    assert_eq!(cells(&warnings), ["统计!A4"]);
    let projects = ["项目库", "名称,年度,项目名称,资金（万元）", "甲村,2024,路,3", "丙村,2024,路,3"];
    let (projects, _) = of_workbook("项目", &projects, ProjectsBuilder::new).unwrap();
    let (_, warnings) = allocation.projects(&projects, &ProjectOptions::default()).unwrap();
    assert_eq!(cells(&warnings), ["项目!A4"]);
}

/// A roster in which every row says its county is a list, whatever else is blank.
#[test]
fn the_built_in_roster_reads_the_same_however_blank_cells_are_taken() {
    for built_in in fundlayers_policies::all() {
        let (policy, _) =
            fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), fundlayers_formats::Format::Toml).unwrap();
        let (roster, problems) = read(built_in.roster_csv, &policy, None).unwrap();
        assert!(problems.is_empty(), "{problems}");
        let (again, _) = read(built_in.roster_csv, &policy, Some(false)).unwrap();
        assert_eq!(places(&roster, &policy), places(&again, &policy));
    }
}

/// A place: numbers of its county and township, what it has, whether its name needs quotes.
type Row = (u8, u8, Option<u32>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0_u8..3, 0_u8..3, prop::option::of(0_u32..1_000_000)), 1..12).prop_map(|mut rows| {
        rows.sort_unstable_by_key(|(county, township, _)| (*county, *township));
        rows
    })
}

const COUNTIES: [&str; 3] = ["甲县", "乙县", "新区"];
const TOWNSHIPS: [&str; 3] = ["子镇", "丑乡", "寅街道"];
const HEADER: &str = "区县,乡镇,名称,集体收入";

/// Lines of a table. Merged: a county or township stands only where it is another than the one above.
fn lines(rows: &[Row], merged: bool) -> Vec<String> {
    let line = |at: usize| {
        let (county, township, income) = rows[at];
        let above = at.checked_sub(1).map(|above| rows[above]).filter(|_| merged);
        let same_county = above.is_some_and(|above| above.0 == county);
        let same_township = same_county && above.is_some_and(|above| above.1 == township);
        let [county, township] = [COUNTIES[usize::from(county)], TOWNSHIPS[usize::from(township)]];
        let income = income.map_or_else(|| "0".to_owned(), |income| income.to_string());
        let (county, township) = (if same_county { "" } else { county }, if same_township { "" } else { township });
        format!("{county},{township},第{at}村,{income}")
    };
    (0..rows.len()).map(line).collect()
}

proptest! {
    #[test]
    fn a_table_reads_the_same_whatever_stands_around_it(
        rows in rows(),
        above in prop::collection::vec(prop::sample::select(vec![
            "某市重点村名单,,,", "2024年度,,,", ",,,", ",,,单位：万元", "（单位：万元）,,,", ",某县财政局,2024年3月,"]), 0..5),
        within in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec![
            "小计,,,", ",,合计,", "合计（3个）,,,", "其中：重点村,,,7", "甲县小计,,,", ",Total,,", ",,,", ",,—,/"])), 0..4),
        below in prop::collection::vec(prop::sample::select(vec![
            "注：名单以正式文件为准,,,", "填报人：某某,,,", ",,审核：某某,", ",,,"]), 0..3),
        crlf in any::<bool>(),
        two_rows in any::<bool>(),
    ) {
        let policy = policy();
        let alone = lines(&rows, false);
        let mut table = alone.clone();
        for (at, line) in &within {
            table.insert(at.index(table.len() + 1), (*line).to_owned());
        }
        let mut sheet: Vec<String> = above.iter().map(|line| (*line).to_owned()).collect();
        if two_rows {
            // What stands above 集体收入 is merged over it.
            sheet.extend(["区县,乡镇,名称,收入情况", ",,,集体收入"].map(str::to_owned));
        } else {
            sheet.push(HEADER.to_owned());
        }
        sheet.append(&mut table);
        sheet.extend(below.iter().map(|line| (*line).to_owned()));
        let ends = if crlf { "\r\n" } else { "\n" };
        let alone = format!("{HEADER}\n{}", alone.join("\n"));
        let (expected, _) = read(&alone, &policy, Some(false)).unwrap();
        let (found, problems) = read(&sheet.join(ends), &policy, Some(false)).unwrap();
        prop_assert_eq!(places(&found, &policy), places(&expected, &policy));
        prop_assert!(problems.is_empty(), "{}", problems);
    }

    #[test]
    fn merged_cells_filled_down_are_the_full_table(rows in rows()) {
        let policy = policy();
        let text = |merged| format!("{HEADER}\n{}", lines(&rows, merged).join("\n"));
        let (full, _) = read(&text(false), &policy, None).unwrap();
        let (filled, problems) = read(&text(true), &policy, Some(true)).unwrap();
        prop_assert_eq!(places(&filled, &policy), places(&full, &policy));
        prop_assert!(problems.is_empty(), "{}", problems);
        // Of a file in which nothing is merged nothing is filled down.
        let (again, _) = read(&text(false), &policy, Some(true)).unwrap();
        prop_assert_eq!(places(&again, &policy), places(&full, &policy));
    }

    #[test]
    fn a_merged_county_is_refused_unless_it_is_said(rows in rows()) {
        let policy = policy();
        let has_merged = rows.windows(2).any(|two| two[0].0 == two[1].0);
        let found = read(&format!("{HEADER}\n{}", lines(&rows, true).join("\n")), &policy, None);
        let codes: Vec<Code> = found.map_or_else(|problems| problems.iter().map(Problem::code).collect(), |_| Vec::new());
        prop_assert_eq!(codes.contains(&Code::MergedCells), has_merged, "{:?}", codes);
    }
}
