use proptest::prelude::*;

use super::*;
use crate::ground::language::Lang;
use crate::ground::position::Position;
use crate::ground::problem::Code::{
    BadCount, BadDivisionCode, BadFlag, BadNumber, BadYear, DuplicateColumn, DuplicateRecipient, ExtraCells,
    MissingColumn, MissingValue, NumberOutOfRange, PossibleDuplicate, TooLarge, UnknownColumn, UnknownDesignation,
    UnknownKind, WrongType, YearsReversed,
};
use crate::ground::problem::{Code, Severity};
use crate::roster::{AttributeValue, TextBuffer};
use crate::rows::column::AttributeColumn;
use crate::rows::column::Numbers;
use crate::rows::records::RowBuilder;

fn policy_with(extra: &str) -> Policy {
    let text = format!(
        r#"{{ "id": "test", "title": {{ "zh": "测试", "en": "Test" }}, "years": [2023, 2025], "unit": "万元",
        "layers": [{{ "id": "city", "payer": "city" }}], "payers": {{ "city": {{}} }},
        "classes": [{{ "id": "all", "funding": {{ "city": 1 }} }}] {extra} }}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// Kinds, designations and one attribute of each type.
fn policy() -> Policy {
    policy_with(
        r#", "kinds": { "town": { "zh": "镇", "en": "Town" }, "village": { "zh": "村", "en": "Village" } },
        "designations": {
            "provincial": { "zh": "省级", "en": "Provincial" }, "municipal": { "zh": "市级", "en": "Municipal" } },
        "attributes": {
            "pupils": { "zh": "学生数", "en": "Pupils", "type": "number" },
            "mountainous": { "zh": "山区", "en": "In the mountains", "type": "flag" },
            "soil": { "zh": "土质", "en": "Soil", "type": "text" } }"#,
    )
}

/// Nothing declared: a name is all that a row needs.
fn bare() -> Policy {
    policy_with("")
}

/// One attribute of each type, nothing else declared.
fn measured() -> Policy {
    policy_with(
        r#", "attributes": { "pupils": { "type": "number" }, "flat": { "type": "flag" }, "soil": { "type": "text" } }"#,
    )
}

fn build(policy: &Policy, headers: &[&str], rows: &[&[Cell<'_>]]) -> Result<(Roster, Problems), Problems> {
    let headers: Vec<_> = headers.iter().map(|header| (*header, None)).collect();
    let mut builder = RosterBuilder::new(policy, &headers);
    for row in rows {
        builder.push_row(None, row);
    }
    builder.finish()
}

fn texts(policy: &Policy, headers: &[&str], rows: &[&[&str]]) -> Result<(Roster, Problems), Problems> {
    let rows: Vec<Vec<Cell<'_>>> = rows.iter().map(|row| row.iter().map(|text| Cell::Text(text)).collect()).collect();
    build(policy, headers, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A roster without any problem; places made at random may be called alike.
fn good(policy: &Policy, headers: &[&str], rows: &[&[&str]]) -> Roster {
    let (roster, warnings) = texts(policy, headers, rows).unwrap();
    assert!(warnings.iter().all(|warning| warning.code() == PossibleDuplicate), "{warnings}");
    roster
}

fn codes(problems: &Problems) -> Vec<(Code, u32, &str)> {
    let place = |p: &'_ Problem| p.location().row.unwrap_or_default();
    problems.iter().map(|p| (p.code(), place(p), p.location().column.as_deref().unwrap_or_default())).collect()
}

/// Code, row and column of each problem.
#[track_caller]
fn refused(policy: &Policy, headers: &[&str], rows: &[&[&str]], expected: &[(Code, u32, &str)]) -> Problems {
    let problems = texts(policy, headers, rows).unwrap_err();
    assert_eq!(codes(&problems), expected, "{problems}");
    problems
}

/// Everything that a row holds, in words.
fn view(roster: &Roster, policy: &Policy) -> Vec<String> {
    let show = |r: Recipient<'_>| {
        let attributes: Vec<_> = policy.attributes().iter().map(|a| r.attribute(&a.id)).collect();
        format!(
            "{}|{}|{}|{}|{}|{}|{}|{}|{:?}|{attributes:?}",
            r.id(),
            r.name(),
            r.kind(),
            r.designation(),
            r.county(),
            r.township(),
            r.division_code(),
            r.count(),
            r.years(policy)
        )
    };
    roster.iter().map(show).collect()
}

const FULL: [&str; 13] = [
    "id",
    "name",
    "kind",
    "designation",
    "county",
    "township",
    "division_code",
    "count",
    "from",
    "to",
    "pupils",
    "mountainous",
    "soil",
];
const FULL_ZH: [&str; 13] = [
    "编码",
    "名　称",
    " 类型",
    "认定层级",
    "区县",
    "乡镇",
    "区划代码",
    "数量",
    "起始年度",
    "截止年度　",
    "学生数",
    "山区",
    "土质",
];

#[test]
fn every_column_is_read() {
    let policy = policy();
    let roster = good(
        &policy,
        &FULL,
        &[
            &[
                "a",
                " 关　庄镇 ",
                "town",
                "省级",
                "耀　州区",
                "",
                "610204109",
                "1",
                "2020",
                "2024",
                "1,234.50",
                "是",
                "loam",
            ],
            &["b", "云梦乡", "Town", "市级", "宜君县", "云梦乡", "６１０２２２２０１", "２", "", "", "", "", ""],
            &["c", "c 村", "村", "Municipal", "", "", "", "", "２０２５", "2,030", "-0.5", "NO", " a b "],
        ],
    );
    assert_eq!(
        view(&roster, &policy),
        [
            "a|关庄镇|town|provincial|耀州区||610204109|1|Some(2023..=2024)|[Some(Number(1234.5)), Some(Flag(true)), \
         Some(Text(\"loam\"))]",
            "b|云梦乡|town|municipal|宜君县|云梦乡|610222201|2|Some(2023..=2025)|[None, Some(Flag(false)), None]",
            "c|c 村|village|municipal||||1|Some(2025..=2025)|[Some(Number(-0.5)), Some(Flag(false)), Some(Text(\"a b\"))]",
        ]
    );
    assert_eq!((roster.len(), roster.places(), roster.is_empty()), (3, 4, false));
    assert_eq!(roster.kinds(), ["town", "village"]);
    assert_eq!(roster.designations(), ["provincial", "municipal"]);
    assert_eq!(roster.county_column().values().collect::<Vec<_>>(), ["耀州区", "宜君县", ""]);
    assert_eq!(roster.township_column().value_count(), 2);
    assert_eq!((roster.shapes().len(), roster.shape_codes()), (3, [0, 1, 2].as_slice()));
    assert_eq!(roster.counts(), Some([1, 2, 1].as_slice()));
    assert_eq!((roster.row_number(2), roster.line(2)), (3, None));
    assert!(roster.ids_ascending() && !roster.ids_repeat());
    assert!(matches!(roster.attribute("pupils"), Some(AttributeColumn::Number(column))
        if matches!(column.numbers(), Numbers::Narrow { least: -5, most: 12345, scale: 1, .. })
            && column.nulls().contains(1)));
    assert!(roster.get(3).is_none());
    assert_eq!(
        format!("{roster:?} {:?}", roster.get(0).unwrap()),
        "Roster { rows: 3, .. } Recipient { row: 0, id: \"a\", .. }"
    );
}

#[test]
fn columns_that_are_left_out_are_blank() {
    let roster = good(&bare(), &["名称"], &[&["甲"], &["乙"]]);
    assert_eq!(view(&roster, &bare()), ["甲|甲||||||1|Some(2023..=2025)|[]", "乙|乙||||||1|Some(2023..=2025)|[]"]);
    assert_eq!((roster.kinds(), roster.counts()), ([String::new()].as_slice(), None));
    assert_eq!(roster.county_column().values().collect::<Vec<_>>(), [""]);
    assert_eq!((roster.county_column().code(1), roster.county_column().value(0)), (0, ""));
    assert!(roster.attribute("pupils").is_none());
    let empty = good(&bare(), &["name"], &[]);
    assert!(empty.is_empty() && empty.ids_ascending() && !empty.ids_repeat());
    assert_eq!((empty.places(), empty.place_count()), (0, 0));
}

#[test]
fn an_id_that_is_left_out_is_county_township_and_name() {
    for header in [["区县", "乡镇", "name", "id"], ["区县", "乡镇", "name", "备注"]] {
        let rows: [&[&str]; 4] =
            [&["甲县", "乙镇", "丙村", ""], &["甲县", "", "丙村"], &["", " ", "丙村"], &["甲　县", "", "丁", " "]];
        let (roster, _) = texts(&bare(), &header, &rows).unwrap();
        assert_eq!(
            roster.iter().map(Recipient::id).collect::<Vec<_>>(),
            ["甲县/乙镇/丙村", "甲县/丙村", "丙村", "甲县/丁"]
        );
    }
}

#[test]
fn columns_that_are_missing_double_or_unknown_are_told() {
    let problems = refused(
        &policy(),
        &["naem", "数量", "count", "区县", "county "],
        &[&["a"], &["b"]],
        &[
            (UnknownColumn, 0, "naem"),
            (DuplicateColumn, 0, "count"),
            (DuplicateColumn, 0, "county"),
            (MissingColumn, 0, "name"),
            (MissingColumn, 0, "kind"),
            (MissingColumn, 0, "designation"),
        ],
    );
    let text = problems.to_string();
    for part in [
        "column `naem`: the column is not known and not read; did you mean `name`? [unknown-column]",
        "column `count`: columns 2 and 3 mean the same [duplicate-column]",
        "column `name`: the column is missing; a column headed `name` or `名称` [missing-column]",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // An attribute's id and name mean the same too.
    refused(&policy(), &["name", "kind", "designation", "pupils", "Pupils"], &[], &[(DuplicateColumn, 0, "pupils")]);
}

#[test]
fn the_header_is_pointed_at() {
    let at = |character| Some(Position { line: 1, character });
    let mut builder = RosterBuilder::new(&bare(), &[("数量", at(1)), ("组长", at(4)), ("count", at(7))]);
    builder.push_row(Some(2), &[Cell::Text("0"), Cell::Text("1"), Cell::Blank]);
    let problems = builder.finish().unwrap_err();
    assert_eq!(
        problems.to_string().lines().collect::<Vec<_>>(),
        [
            "line 1:4: column `组长`: the column is not known and not read [unknown-column]",
            "line 1:7: column `count`: columns 1 and 3 mean the same [duplicate-column]",
            "line 1: column `name`: the column is missing; a column headed `name` or `名称` [missing-column]",
            "line 2: row 1, column `count`: not a whole number above 0, found `0`; \
         a whole number from 1 to 4294967295, or nothing for 1 [bad-count]",
        ]
    );
}

#[test]
fn unknown_columns_are_only_warned_about() {
    let (roster, warnings) =
        texts(&bare(), &["组长", "name", "", " ", "类型"], &[&["1", "a", "", "x", "y"], &["2", "b", "", "z"]]).unwrap();
    assert_eq!(roster.len(), 2);
    assert_eq!(codes(&warnings), [(UnknownColumn, 0, "组长"), (UnknownColumn, 0, "kind"), (UnknownColumn, 1, "")]);
    assert!(warnings.to_string().contains("column 4 has no header and is not read, found `x`"), "{warnings}");
    assert!(warnings.to_string().contains("the policy declares no kind, so the column is not read"), "{warnings}");
    assert_eq!(roster.kind(0), "");
}

#[test]
fn names_that_differ_only_in_padding_are_told_apart_by_id() {
    let policy = policy_with(
        r#", "kinds": { "a": { "zh": "某县" }, "b": { "zh": "某　县" } },
        "attributes": { "x": { "zh": "甲乙", "type": "number" }, "y": { "zh": "甲 乙", "type": "number" } }"#,
    );
    let problems = texts(&policy, &["name", "kind", "甲乙"], &[&["n", "某县", "1"], &["m", "b", "1"]]).unwrap_err();
    assert_eq!(codes(&problems), [(UnknownColumn, 0, "甲乙"), (UnknownKind, 1, "kind")], "{problems}");
    assert!(
        problems.iter().all(|p| p.expected_text(Lang::En).as_deref() == Some("the id of the one that is meant")),
        "{problems}"
    );
    let template = Roster::template(&policy);
    assert_eq!(template.last().unwrap().header.zh, "y", "its name would not be understood");
}

#[test]
fn an_empty_row_is_skipped_but_counted() {
    let mut builder = RosterBuilder::new(&bare(), &[("name", None), ("x", None)]);
    let rows: [&[Cell<'_>]; 6] = [
        &[Cell::Text("a")],
        &[],
        &[Cell::Blank, Cell::Text(" 　"), Cell::Blank],
        &[Cell::Text("b")],
        &[Cell::Text("a")],
        &[Cell::Blank, Cell::Text("x")],
    ];
    for (line, row) in (5..).zip(rows) {
        builder.push_row(Some(line), row);
    }
    let problems = builder.finish().unwrap_err();
    assert_eq!(codes(&problems), [(UnknownColumn, 0, "x"), (DuplicateRecipient, 5, "id"), (MissingValue, 6, "name")]);
    assert_eq!(problems.iter().filter_map(|p| p.location().line).collect::<Vec<_>>(), [9, 10]);
}

#[test]
fn more_cells_than_the_header_has_are_an_error() {
    let problems = refused(
        &bare(),
        &["name", "count"],
        &[&["a", "1", ""], &["b", "x", "5", "6"], &["c"]],
        &[(BadCount, 2, "count"), (ExtraCells, 2, "")],
    );
    assert!(problems.to_string().contains("row 2: the row has 4 cells, the header 2, found `5`"), "{problems}");
}

#[test]
fn kinds_and_designations_must_be_known_words() {
    let problems = refused(
        &policy(),
        &["name", "kind", "designation"],
        &[&["a", "towm", "省级"], &["b", "", " "], &["c", "乡", "Town"], &["d", "TOWN", "省　级"], &["", "镇", "省级"]],
        &[
            (UnknownKind, 1, "kind"),
            (MissingValue, 2, "kind"),
            (MissingValue, 2, "designation"),
            (UnknownKind, 3, "kind"),
            (UnknownDesignation, 3, "designation"),
            (UnknownKind, 4, "kind"),
            (MissingValue, 5, "name"),
        ],
    );
    let texts: Vec<_> =
        problems.iter().map(|p| (p.found_text(), p.expected_text(Lang::En).unwrap_or_default())).collect();
    assert_eq!(texts[0], (Some("towm"), "did you mean `town`?".to_owned()));
    assert_eq!(texts[3], (Some("乡"), "did you mean `镇`?".to_owned()));
}

#[test]
fn titles_may_be_spread_over_their_cells() {
    let spread = ["名　称", "类\u{a0}型", "认 定 层 级", "学 生\n数（人）："];
    let (roster, warnings) = texts(&policy(), &spread, &[&["甲村", "村", "市级", "12"]]).unwrap();
    assert_eq!(warnings.iter().map(Problem::code).collect::<Vec<_>>(), []);
    let place = roster.get(0).unwrap();
    assert_eq!((place.name(), place.attribute("pupils")), ("甲村", Some(AttributeValue::Number(12.into()))));
}

/// A line that sums others is told the sum of the rows that it is of.
#[test]
fn a_wrong_total_is_told_the_sum_of_all_rows_and_a_subtotal_that_of_its_own() {
    let rows =
        [["甲村", "5"], ["小计", "6"], ["乙村", "7"], ["小计", "8"], ["合计", "12"], ["丙村", "3"], ["合计", "16"]];
    let rows: Vec<&[&str]> = rows.iter().map(<[&str; 2]>::as_slice).collect();
    let (roster, warnings) = texts(&measured(), &["name", "pupils"], &rows).unwrap();
    assert_eq!(roster.len(), 3);
    let said: Vec<_> = warnings.iter().map(|problem| (problem.code(), problem.expected_text(Lang::En))).collect();
    let sum = |text: &str| (Code::SumDiffers, Some(format!("the rows sum to {text}")));
    assert_eq!(said, [sum("5"), sum("7"), sum("15")]);
}

#[test]
fn division_codes_have_6_9_or_12_digits() {
    let row = |code: &str| texts(&bare(), &["name", "division_code"], &[&["a", code]]);
    for (code, kept) in [
        ("610204", "610204"),
        (" 610204109 ", "610204109"),
        ("６１０２０４１０９２０１", "610204109201"),
        ("61020４", "610204"),
        ("", ""),
    ] {
        assert_eq!(row(code).unwrap().0.division_code(0), kept);
    }
    for code in
        ["61020", "6102041", "610204109x", "610,204", "610204-1", "6102041092012", "六一〇二〇四", "610 204", "-61020"]
    {
        let problems = row(code).unwrap_err();
        assert_eq!(codes(&problems), [(BadDivisionCode, 1, "division_code")]);
        assert_eq!(problems.iter().next().unwrap().found_text(), Some(code));
    }
}

#[test]
fn counts_are_whole_numbers_above_0() {
    let row = |count: &str| texts(&bare(), &["name", "count"], &[&["a", count]]);
    for (count, kept) in [
        ("15", 15),
        (" 3.0 ", 3),
        ("1,000", 1000),
        ("１５", 15),
        ("", 1),
        ("4294967295", 4_294_967_295),
        ("+7", 7),
        ("007", 7),
    ] {
        assert_eq!(row(count).unwrap().0.count(0), kept, "{count}");
    }
    for count in ["0", "-1", "1.5", "x", "1,5", "4294967296", "5个", "99999999999999999999999999999999", "0.0"] {
        assert_eq!(codes(&row(count).unwrap_err()), [(BadCount, 1, "count")], "{count}");
    }
}

#[test]
fn years_are_whole_and_in_order() {
    let row = |from: &str, to: &str| texts(&bare(), &["name", "from", "to"], &[&["a", from, to]]);
    for (from, to, years) in [
        ("", "", Some(2023..=2025)),
        ("2024", "", Some(2024..=2025)),
        ("", "2023.0", Some(2023..=2023)),
        ("1999", "9999", Some(2023..=2025)),
        ("2025", "2025", Some(2025..=2025)),
        ("2026", "", None),
        ("", "2022", None),
        ("1", "2", None),
        ("2023年", "２０２４ 年度", Some(2023..=2024)),
        ("2024-01-01", "2024-01-01 00:00:00", Some(2024..=2024)),
    ] {
        let roster = row(from, to).unwrap().0;
        assert_eq!(roster.get(0).unwrap().years(&bare()), years, "{from} {to}");
    }
    // As given, so that a policy with other years can use the roster.
    assert_eq!(row("2020", "2030").unwrap().0.years(0, &(2010..=2040)), Some(2020..=2030));
    assert_eq!(codes(&row("2025", "2024").unwrap_err()), [(YearsReversed, 1, "from")]);
    assert_eq!(codes(&row("2031", "2030").unwrap_err()), [(YearsReversed, 1, "from")]);
    for year in ["0", "10000", "2023.5", "二〇二三", "23年", "2024-01-01 12:30", "-2023", "23e2", "2023-2025", "2023%"]
    {
        assert_eq!(codes(&row(year, year).unwrap_err()), [(BadYear, 1, "from"), (BadYear, 1, "to")], "{year}");
    }
}

#[test]
fn flags_are_yes_or_no() {
    let row = |flag: Cell<'_>| build(&measured(), &["name", "flat"], &[&[Cell::Text("a"), flag]]);
    for text in ["true", "TRUE", "1", "Yes", "是", "１", " yes "] {
        assert_eq!(
            row(Cell::Text(text)).unwrap().0.get(0).unwrap().attribute("flat"),
            Some(AttributeValue::Flag(true))
        );
    }
    for text in ["false", "False", "0", "nO", "否", "０", "", "　"] {
        assert_eq!(
            row(Cell::Text(text)).unwrap().0.get(0).unwrap().attribute("flat"),
            Some(AttributeValue::Flag(false))
        );
    }
    for (cell, flag) in
        [(Cell::Flag(true), true), (Cell::Number("1"), true), (Cell::Number("0"), false), (Cell::Blank, false)]
    {
        assert_eq!(row(cell).unwrap().0.get(0).unwrap().attribute("flat"), Some(AttributeValue::Flag(flag)));
    }
    for cell in [Cell::Text("y"), Cell::Text("2"), Cell::Text("不是"), Cell::Number("1.0"), Cell::Text("√")] {
        assert_eq!(codes(&row(cell).unwrap_err()), [(BadFlag, 1, "flat")]);
    }
}

#[test]
fn numbers_are_exact_or_told() {
    refused(
        &measured(),
        &["name", "pupils"],
        &[&["a", "12人"], &["b", "1,23"], &["c", "99999999999999999999999999999"], &["d", "1e3"], &["e", "5%%"]],
        &[
            (BadNumber, 1, "pupils"),
            (BadNumber, 2, "pupils"),
            (NumberOutOfRange, 3, "pupils"),
            (BadNumber, 4, "pupils"),
            (BadNumber, 5, "pupils"),
        ],
    );
    let cells =
        [Cell::Number("1e3"), Cell::Number("-2.50"), Cell::Text("79228162514264337593543950335"), Cell::Text("- 0")];
    let rows: Vec<[Cell<'_>; 2]> = cells.iter().zip(["a", "b", "c", "d"]).map(|(c, n)| [Cell::Text(n), *c]).collect();
    let rows: Vec<&[Cell<'_>]> = rows.iter().map(<[_; 2]>::as_slice).collect();
    let (roster, _) = build(&measured(), &["name", "pupils"], &rows[..3]).unwrap();
    let shown: Vec<_> = roster.iter().map(|r| format!("{:?}", r.attribute("pupils"))).collect();
    assert_eq!(shown, ["Some(Number(1000))", "Some(Number(-2.5))", "Some(Number(79228162514264337593543950335))"]);
    assert!(build(&measured(), &["name", "pupils"], &rows).is_err());
}

#[test]
fn cells_of_the_wrong_type_are_told() {
    let headers: Vec<_> = ["id", "name", "county", "division_code", "count", "from", "pupils", "soil"].to_vec();
    let flags = [Cell::Flag(true); 8];
    let problems = build(&measured(), &headers, &[&flags]).unwrap_err();
    assert_eq!(codes(&problems), headers.iter().map(|key| (WrongType, 1, *key)).collect::<Vec<_>>());
    let numbers = ["7", "301", "5", "610204", "3", "2024", "1.5", "9"].map(Cell::Number);
    let (roster, _) = build(&measured(), &headers, &[&numbers]).unwrap();
    assert_eq!(
        view(&roster, &measured()),
        ["7|301|||5||610204|3|Some(2024..=2025)|[Some(Number(1.5)), None, Some(Text(\"9\"))]"]
    );
    for digits in ["1.0", "-5", "1e3", ""] {
        let problems = build(&bare(), &["id", "name"], &[&[Cell::Number(digits), Cell::Text("a")]]).unwrap_err();
        assert_eq!(codes(&problems), [(WrongType, 1, "id")]);
    }
    let problems =
        build(&policy(), &["name", "kind", "designation"], &[&[Cell::Text("a"), Cell::Flag(true), Cell::Number("1")]]);
    assert_eq!(codes(&problems.unwrap_err()), [(WrongType, 1, "kind"), (UnknownDesignation, 1, "designation")]);
}

#[test]
fn an_id_may_stand_twice_if_its_years_do_not_overlap() {
    let headers = ["id", "name", "from", "to", "count"];
    for shuffled in [false, true] {
        // A smaller id at the end makes the ids not ascend.
        let end: &[&str] = if shuffled { &["0", "n", "", "", ""] } else { &["z", "n", "", "", ""] };
        let roster = good(
            &bare(),
            &headers,
            &[
                &["a", "n", "", "", "2"],
                &["b", "n", "", "2023", "3"],
                &["b", "n", "2024", "2024", "5"],
                &["b", "n", "2025", "2029", "4"],
                &["b", "n", "2030", "2031", "1"],
                &[],
                end,
            ],
        );
        assert_eq!((roster.ids_ascending(), roster.ids_repeat()), (!shuffled, true));
        assert_eq!((0..6).map(|row| roster.place(row)).collect::<Vec<_>>(), [0, 1, 1, 1, 1, 2]);
        assert_eq!((roster.place_count(), roster.places()), (3, 2 + 5 + 1));
        assert!(roster.check_years(&(2023..=2025)).is_empty());
        assert!(roster.check_years(&(2020..=2031)).is_empty());
    }
}

#[test]
fn an_id_on_rows_whose_years_overlap_is_told() {
    let problems = refused(
        &bare(),
        &["from", "to", "id", "name"],
        &[
            &["", "2024", "b", "n"],
            &["", "", "a", "n"],
            &["2024", "", "b", "n"],
            &["", "", "b", "n"],
            &["", "2022", "a", "n"],
            &["x", "", "a", "n"],
        ],
        &[(DuplicateRecipient, 3, "id"), (DuplicateRecipient, 4, "id"), (BadYear, 6, "from")],
    );
    assert_eq!(
        problems.iter().next().unwrap().to_string(),
        "row 3, column `id`: row 1 has the same id and is funded in 2024 too, found `b`; \
         one row per recipient and year [duplicate-recipient]"
    );
    // The same from counties, townships and names.
    refused(&bare(), &["name", "county"], &[&["a", "c"], &["a", "c"], &["a", "d"]], &[(DuplicateRecipient, 2, "id")]);
    // Rows that cannot be told apart for another reason are not reported for this one.
    refused(&bare(), &["county"], &[&["c"], &["c"]], &[(MissingColumn, 0, "name")]);
    refused(
        &bare(),
        &["name", "county"],
        &[&["", "c"], &["", "c"]],
        &[(MissingValue, 1, "name"), (MissingValue, 2, "name")],
    );
}

#[test]
fn a_place_that_another_row_has_under_an_id_is_pointed_at() {
    let policy = bare();
    let titles = ["name", "id", "county", "to", "from"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(&policy, &titles);
    for cells in [
        // Before and after the row with an id, each with the first row and year that it shares.
        ["a", "", "c", "", ""],
        ["a", "1", "c", "2023", ""],
        ["a", "2", "c", "", "2024"],
        ["b", "3", "c", "", ""],
        ["b", "", "c", "2023", ""],
        ["b", "", "c", "", "2025"],
        // Somewhere else; and nowhere at all.
        ["b", "", "d", "", ""],
        ["b", "", "", "", ""],
        ["b", "", "c", "2020", ""],
    ] {
        builder.push_row(None, &cells.map(Cell::Text));
    }
    let (roster, problems) = builder.finish().unwrap();
    assert_eq!(roster.len(), 9);
    let told: Vec<_> = problems.iter().filter(|problem| problem.code() == PossibleDuplicate).collect();
    assert_eq!(told.iter().filter_map(|problem| problem.location().row).collect::<Vec<_>>(), [1, 5, 6]);
    assert_eq!(
        told.iter().map(ToString::to_string).next().unwrap(),
        "row 1, column `id`: row 2 is a place of the same name under an id and is funded in 2023 too, found `c/a`; \
         if it is the same place, one row, or `1` here too [possible-duplicate]"
    );
    assert!(told[2].message(Lang::En).contains("row 4 ") && told[2].message(Lang::En).contains("2025"));
}

#[test]
fn other_years_can_bring_an_overlap() {
    let roster = good(&bare(), &["name", "to"], &[&["a", ""], &["b", ""], &["a", "2022"]]);
    assert!(roster.check_years(&(2023..=2030)).is_empty());
    let problems = roster.check_years(&(2022..=2025));
    assert_eq!(codes(&problems), [(DuplicateRecipient, 3, "id")]);
}

#[test]
fn rows_beyond_the_limit_are_an_error_told_once() {
    let mut builder = RosterBuilder::new(&bare(), &[("name", None)]);
    builder.limit_rows(2);
    for name in ["a", "b", "c", "d"] {
        builder.push_row(None, &[Cell::Text(name)]);
    }
    assert_eq!(codes(&builder.finish().unwrap_err()), [(TooLarge, 3, "")]);
}

#[test]
fn no_number_of_warnings_hides_an_error() {
    let headers: Vec<String> = (0..Problems::LIMIT + 5).map(|n| format!("column {n}")).collect();
    let mut headers: Vec<(&str, Option<Position>)> = headers.iter().map(|text| (text.as_str(), None)).collect();
    headers.insert(0, ("name", None));
    let mut builder = RosterBuilder::new(&bare(), &headers);
    builder.push_row(None, &[Cell::Flag(true)]);
    let problems = builder.finish().unwrap_err();
    assert_eq!((problems.len(), problems.left_out()), (Problems::LIMIT, 6));
    assert_eq!(problems.iter().filter(|p| p.severity() == Severity::Error).count(), 1);
    // Warnings alone are no error.
    assert_eq!(RosterBuilder::new(&bare(), &headers).finish().unwrap().1.left_out(), 5);

    let mut builder = RosterBuilder::new(&bare(), &[("name", None), ("count", None)]);
    for _ in 0..Problems::LIMIT {
        builder.push_row(None, &[Cell::Blank, Cell::Text("x")]);
    }
    let problems = builder.finish().unwrap_err();
    assert_eq!((problems.len(), problems.left_out()), (Problems::LIMIT, Problems::LIMIT));
}

#[test]
fn a_template_is_understood() {
    let template = Roster::template(&policy());
    assert_eq!(template.iter().map(|c| c.key.as_str()).collect::<Vec<_>>(), FULL);
    let required: Vec<_> = template.iter().filter(|c| c.required).map(|c| c.key.as_str()).collect();
    assert_eq!(required, ["name", "kind", "designation"]);
    for lang in [Lang::Zh, Lang::En] {
        good(&policy(), &template.iter().map(|c| c.header.get(lang)).collect::<Vec<_>>(), &[]);
    }
    assert_eq!(Roster::template(&bare()).len(), 8);
    // A column that a rule reads must be there, one that nothing reads need not.
    let reads: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "payers": { "city": {} },
             "attributes": { "a": { "type": "number" }, "b": { "type": "number" } }, "layers": [{ "id": "l", "payer": "city" }],
             "classes": [{ "id": "all", "funding": { "l": "a" } }] }"#,
    )
    .unwrap();
    let required = |key: &str| Roster::template(&reads).iter().find(|column| column.key == key).unwrap().required;
    assert!(required("a") && !required("b"));
}

#[test]
fn the_quick_readings_agree_with_the_careful_ones() {
    for c in '\0'..=char::MAX {
        if c.is_whitespace() {
            let first = c.to_string().as_bytes()[0];
            assert!(crate::rows::glance::may_be_space(first), "{c:?}");
            assert!(Cell::Text(&c.to_string()).is_blank());
        }
    }
}

/// A cell of each column, in both writings.
fn any_row() -> impl Strategy<Value = Vec<(String, String)>> {
    let word = |a: &'static str, b: &'static str| prop::sample::select(vec![(a, b), (b, a), (a, a)]);
    let same = |text: &'static str| text.prop_map(|t| (t.clone(), t));
    (
        (
            word("town", "镇"),
            word("provincial", " 省 级"),
            word("某县", "某　县"),
            word("", " "),
            word("610204", "６１０２０４"),
        ),
        (
            word("3", "３.0"),
            word("2024", "2,024"),
            word("2025", "２０２５"),
            word("1200.5", "１，２００．５０"),
            word("是", "TRUE"),
        ),
        (same("[a-c]{1,2}"), same("[甲乙 ]{0,3}丙")),
    )
        .prop_map(
            |((kind, designation, county, township, code), (count, from, to, pupils, flag), (soil, name))| {
                let own = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
                let mut row = vec![(String::new(), String::new()), name];
                row.extend([kind, designation, county, township, code, count, from, to, pupils, flag].map(own));
                row.push(soil);
                row
            },
        )
}

fn any_cell() -> impl Strategy<Value = Option<(u8, String)>> {
    let text = prop_oneof![
        "\\PC{0,8}",
        "[ 　0-9０-９,.+-]{0,12}",
        prop::sample::select(vec!["town", "镇", "省级", "a", "b", "2023", "2025", "610204", "是", "no", "1e9", ""])
            .prop_map(str::to_owned),
    ];
    prop::option::of((0_u8..4, text))
}

proptest! {
    #[test]
    fn neither_the_order_of_columns_nor_their_language_matters(
        rows in prop::collection::vec(any_row(), 0..6),
        order in Just((0..13).collect::<Vec<usize>>()).prop_shuffle(),
        names in prop::collection::vec(any::<bool>(), 13),
    ) {
        let policy = policy();
        let number: Vec<String> = (0..rows.len()).map(|n| n.to_string()).collect();
        let cell = |row: usize, column: usize, second: bool| -> &str {
            if column == 0 {
                return &number[row];
            }
            let (a, b) = &rows[row][column];
            if second { b } else { a }
        };
        let plain: Vec<Vec<&str>> =
            (0..rows.len()).map(|row| (0..13).map(|column| cell(row, column, false)).collect()).collect();
        let other: Vec<Vec<&str>> =
            (0..rows.len()).map(|row| order.iter().map(|&column| cell(row, column, true)).collect()).collect();
        let headers: Vec<&str> =
            order.iter().map(|&column| if names[column] { FULL_ZH[column] } else { FULL[column] }).collect();
        // Places of one name are warned of whatever the order.
        let read = |headers: &[&str], rows: &[Vec<&str>]| {
            texts(&policy, headers, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap()
        };
        let ((plain, warnings), (other, others)) = (read(&FULL, &plain), read(&headers, &other));
        prop_assert_eq!(view(&plain, &policy), view(&other, &policy));
        prop_assert!(warnings.iter().all(|warning| warning.code() == PossibleDuplicate), "{}", warnings);
        prop_assert_eq!(codes(&warnings), codes(&others));
    }

    #[test]
    fn no_cell_panics_and_no_row_is_lost(
        headers in prop::collection::vec(prop_oneof![
            prop::sample::select(FULL.to_vec()).prop_map(str::to_owned), "\\PC{0,6}"], 0..8),
        rows in prop::collection::vec(prop::collection::vec(any_cell(), 0..9), 0..12),
        all in any::<bool>(),
    ) {
        let mut headers: Vec<(&str, Option<Position>)> = headers.iter().map(|text| (text.as_str(), None)).collect();
        if all {
            headers = FULL.iter().map(|text| (*text, None)).collect();
        }
        for policy in [policy(), bare(), measured()] {
            let mut builder = RosterBuilder::new(&policy, &headers);
            // Where names stand, a line of brackets and stars alone is a remark.
            let is_mark = |cell: &Cell<'_>| match cell {
                Cell::Text(text) => text.chars().all(|c| c.is_whitespace() || "*＊※（(…".contains(c)),
                other => other.is_blank(),
            };
            let (mut kept, mut marks) = (0, 0);
            for row in &rows {
                let cells: Vec<Cell<'_>> = row.iter().map(|cell| match cell {
                    None => Cell::Blank,
                    Some((0, text)) => Cell::Number(text),
                    Some((1, text)) => Cell::Flag(text.is_empty()),
                    Some((_, text)) => Cell::Text(text),
                }).collect();
                let is_blank = cells.iter().all(|cell| cell.is_blank());
                kept += usize::from(!is_blank);
                marks += usize::from(!is_blank && cells.iter().all(is_mark));
                builder.push_row(None, &cells);
            }
            match builder.finish() {
                Ok((roster, warnings)) => {
                    prop_assert!(!warnings.has_errors());
                    prop_assert!((kept - marks..=kept).contains(&roster.len()), "{} of {}", roster.len(), kept);
                    prop_assert_eq!(view(&roster, &policy).len(), roster.len());
                    let ids: std::collections::BTreeSet<_> = roster.iter().map(Recipient::id).collect();
                    prop_assert_eq!(roster.place_count(), ids.len());
                    prop_assert!(roster.iter().all(|r| !r.id().is_empty() && !r.name().is_empty() && r.count() > 0));
                }
                Err(problems) => prop_assert!(problems.has_errors()),
            }
        }
    }

    #[test]
    fn ids_that_repeat_share_a_place(ids in prop::collection::vec("[ab]{1,2}", 0..30)) {
        let rows: Vec<Vec<String>> = ids.iter().enumerate()
            .map(|(n, id)| vec![id.clone(), "n".into(), (3000 + n).to_string()]).collect();
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let roster = good(&bare(), &["id", "name", "from"], &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let mut firsts: Vec<&String> = Vec::new();
        for (row, id) in ids.iter().enumerate() {
            let place = firsts.iter().position(|first| *first == id).unwrap_or_else(|| {
                firsts.push(id);
                firsts.len() - 1
            });
            prop_assert_eq!(roster.place(row), place);
        }
        prop_assert_eq!(roster.place_count(), firsts.len());
        prop_assert_eq!(roster.places(), firsts.len() as u64);
        prop_assert_eq!(roster.ids_ascending(), ids.is_sorted());
        prop_assert_eq!(roster.ids_repeat(), firsts.len() < ids.len());
    }

    #[test]
    fn quick_text_is_careful_text(text in "[ 　\u{85}\u{a0}\u{2003}、〇·a-b甲乙]{0,10}") {
        prop_assert_eq!(crate::rows::records::trimmed(&text), text.trim());
        let tidied = crate::ground::text::without_padding(&text);
        prop_assert_eq!(crate::rows::records::tidied(&text), tidied.clone());
        prop_assert_eq!(crate::ground::text::without_padding(&tidied), tidied.clone(), "tidying twice changes nothing");
        prop_assert_eq!(Cell::Text(&text).is_blank(), text.trim().is_empty());
    }

    #[test]
    fn quick_numbers_are_careful_numbers(text in "-?[0-9]{0,12}[.]?[0-9]{0,8}") {
        if let Some((mantissa, scale)) = crate::rows::records::plain_number(&text) {
            prop_assert_eq!(crate::ground::number::parse_number(&text, false), Ok((mantissa.into(), scale)));
            prop_assert_eq!(crate::ground::number::parse_number(&text, true), Ok((mantissa.into(), scale)));
        }
    }
}

/// Everything that can be seen of a roster or of its problems.
fn seen(result: Result<(Roster, Problems), Problems>) -> String {
    match result {
        Err(problems) => format!("{problems:?}"),
        Ok((roster, warnings)) => {
            let rows: Vec<String> = roster
                .iter()
                .map(|place| {
                    let attributes = ["pupils", "mountainous", "soil"].map(|id| place.attribute(id));
                    let (row, code) = (place.row().number(), place.division_code());
                    let numbers = (roster.row_number(row), roster.line(row), place.count(), roster.shape(row));
                    format!(
                        "{place:?} {} {} {} {code} {numbers:?} {attributes:?}",
                        place.name(),
                        place.county(),
                        place.township()
                    )
                })
                .collect();
            let words = (roster.kinds(), roster.designations(), roster.places(), roster.ids_ascending());
            let counties: Vec<&str> = roster.county_column().values().collect();
            format!("{rows:?} {words:?} {counties:?} {warnings:?}")
        }
    }
}

/// A column as a data frame may have it: the right cells, and wrong ones.
#[derive(Debug, Clone)]
enum Frame {
    Blank,
    Texts(Vec<String>),
    /// Texts one after the other.
    Joined(TextBuffer),
    Words(Vec<String>, Vec<u32>),
    Integers(Vec<Option<i64>>),
    Decimals(Vec<Option<i128>>, u32),
    Flags(Vec<Option<bool>>),
}

const FRAME_ROWS: usize = 6;

fn frame(words: &'static str) -> BoxedStrategy<Frame> {
    let cell = prop_oneof![8 => words.prop_map(String::from), 1 => "[ 　a县0-9,.镇]{0,4}"];
    let number = prop_oneof![0_i64..4, 2022_i64..2027, any::<i64>()];
    let mantissa = prop_oneof![
        (0_i128..4).prop_map(|n| n * 100),
        (2022_i128..2027).prop_map(|n| n * 100),
        -5000_i128..5000,
        any::<i128>()
    ];
    prop_oneof![
        1 => Just(Frame::Blank),
        6 => prop::collection::vec(cell.clone(), FRAME_ROWS).prop_map(Frame::Texts),
        6 => (prop::collection::vec(cell, FRAME_ROWS), any::<bool>()).prop_map(|(texts, looked)| {
            let mut buffer = TextBuffer::default();
            assert!(texts.iter().all(|text| buffer.push(text)));
            if looked {
                buffer.look();
            }
            Frame::Joined(buffer)
        }),
        6 => (prop::collection::vec(words, 1..4), prop::collection::vec(0_u32..4, FRAME_ROWS))
            .prop_map(|(words, codes)| Frame::Words(words, codes)),
        3 => prop::collection::vec(prop::option::weighted(0.8, number), FRAME_ROWS).prop_map(Frame::Integers),
        3 => (prop::collection::vec(prop::option::weighted(0.8, mantissa), FRAME_ROWS), prop_oneof![Just(2), 0_u32..40])
            .prop_map(|(mantissas, scale)| Frame::Decimals(mantissas, scale)),
        1 => prop::collection::vec(any::<Option<bool>>(), FRAME_ROWS).prop_map(Frame::Flags),
    ]
    .boxed()
}

proptest! {
    #[test]
    fn columns_are_read_as_their_rows_are(
        id in frame("[a-z]{2}"),
        name in frame("[甲乙丙丁戊己庚辛壬癸]{2}村"),
        kind in frame("镇|村|town"),
        designation in frame("省级|municipal"),
        county in frame("耀州区|王益区|"),
        township in frame("甲镇|乙镇|"),
        code in frame("610204|"),
        count in frame("[1-3]"),
        from in frame("202[2-5]"),
        to in frame("202[3-6]"),
        pupils in frame("[0-9]{1,3}"),
        mountainous in frame("是|否|"),
        soil in frame("[a-c]?"),
        unnamed in prop_oneof![4 => Just(Frame::Blank).boxed(), 1 => frame("x|")].boxed(),
        with_id in any::<bool>(),
        blocks in 1..=2,
    ) {
        let policy = policy();
        let mut columns = vec![
            ("name", name), ("kind", kind), ("designation", designation), ("county", county), ("township", township),
            ("division_code", code), ("count", count), ("from", from), ("to", to), ("pupils", pupils),
            ("mountainous", mountainous), ("soil", soil),
        ];
        if with_id {
            columns.push(("id", id));
        }
        if !matches!(unnamed, Frame::Blank) {
            columns.push(("", unnamed));
        }
        let texts: Vec<Vec<&str>> = columns
            .iter()
            .map(|(_, frame)| match frame {
                Frame::Texts(texts) | Frame::Words(texts, _) => texts.iter().map(String::as_str).collect(),
                _ => Vec::new(),
            })
            .collect();
        let cells: Vec<CellColumn<'_>> = columns
            .iter()
            .zip(&texts)
            .map(|((_, frame), texts)| match frame {
                Frame::Blank => CellColumn::Blank,
                Frame::Texts(_) => CellColumn::Texts(texts),
                Frame::Joined(buffer) => CellColumn::Joined(buffer.texts()),
                Frame::Words(_, codes) => CellColumn::Words { words: texts, codes },
                Frame::Integers(numbers) => CellColumn::Integers(numbers),
                Frame::Decimals(mantissas, scale) => CellColumn::Decimals { mantissas, scale: *scale },
                Frame::Flags(flags) => CellColumn::Flags(flags),
            })
            .collect();
        let titles: Vec<(&str, Option<Position>)> = columns.iter().map(|(title, _)| (*title, None)).collect();
        let begin = || RosterBuilder::new(&policy, &titles);
        let (mut by_columns, mut by_rows) = (begin(), begin());
        for _ in 0..blocks {
            by_columns.push_columns(&cells, FRAME_ROWS);
            crate::rows::records::push_by_rows(&mut by_rows, &cells, FRAME_ROWS);
        }
        prop_assert_eq!(seen(by_columns.finish()), seen(by_rows.finish()));
    }
}

/// A row from keys and texts, whatever they are.
struct Entries(Vec<(String, &'static str)>);

impl serde::Serialize for Entries {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, text)| (key, text)))
    }
}

fn entries<const N: usize>(entries: [(&str, &'static str); N]) -> Entries {
    Entries(entries.into_iter().map(|(key, text)| (key.to_owned(), text)).collect())
}

#[test]
fn a_row_has_keys_in_any_order_and_lacks_what_is_blank() {
    let rows = [
        entries([("name", "黄堡镇"), ("county", "王益区")]),
        entries([("county", "印台区"), ("name", "陈炉镇")]),
        entries([("soil", "黄土"), ("name", "坡头镇")]),
    ];
    let (roster, _) = Roster::from_rows(&measured(), &rows).unwrap();
    let places: Vec<_> = roster.iter().map(|place| place.id().to_owned()).collect();
    assert_eq!(places, ["王益区/黄堡镇", "印台区/陈炉镇", "坡头镇"]);
}

#[test]
fn a_key_that_stands_twice_in_a_row_is_refused() {
    let rows = [entries([("name", "黄堡镇")]), entries([("name", "陈炉镇"), ("name", "坡头镇")])];
    let problems = Roster::from_rows(&bare(), &rows).unwrap_err();
    let found: Vec<_> = problems.iter().map(|p| (p.code(), p.location().row)).collect();
    assert_eq!(found, [(Code::Syntax, Some(2))]);
}

#[test]
fn rows_with_few_keys_in_common_are_refused_before_they_cost_their_square() {
    let rows = |keys: usize| -> Vec<Entries> {
        (0..3000).map(|row| Entries(vec![("name".to_owned(), "黄堡镇"), (format!("k{}", row % keys), "1")])).collect()
    };
    // 1024 cells for each of the 6,000 values: 2,048 columns.
    let problems = Roster::from_rows(&bare(), &rows(2048)).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [TooLarge]);
    let problems = Roster::from_rows(&bare(), &rows(2047)).unwrap_err();
    assert!(problems.iter().all(|p| p.code() != TooLarge), "{problems}");
}

#[test]
fn rows_without_a_county_are_told_of_where_others_have_one() {
    let policy = bare();
    let titles = ["county", "name"].map(|title| (title, None));
    let names = ["甲村", "乙村", "丙村", "丁村", "戊村"];
    let told = |counties: [&str; 5], by_columns: bool, begin: &dyn Fn(&mut RosterBuilder)| {
        let mut builder = RosterBuilder::new(&policy, &titles);
        begin(&mut builder);
        if by_columns {
            let mut words: Vec<&str> = counties.to_vec();
            words.sort_unstable();
            words.dedup();
            let code = |county: &&str| match *county {
                "" => u32::MAX,
                county => u32::try_from(words.iter().position(|word| *word == county).unwrap()).unwrap(),
            };
            let codes: Vec<u32> = counties.iter().map(code).collect();
            builder.push_columns(&[CellColumn::Words { words: &words, codes: &codes }, CellColumn::Texts(&names)], 5);
        } else {
            for (county, name) in counties.iter().zip(names) {
                builder.push_row(None, &[Cell::Text(county), Cell::Text(name)]);
            }
        }
        let (Ok((_, problems)) | Err(problems)) = builder.finish();
        codes(&problems).into_iter().map(|(code, row, column)| (code, row, column.to_owned())).collect::<Vec<_>>()
    };
    let blank = |row| vec![(Code::BlankCounty, row, "county".to_owned())];
    for by_columns in [false, true] {
        let told = |counties, begin: &dyn Fn(&mut RosterBuilder)| told(counties, by_columns, begin);
        let unsaid = |builder: &mut RosterBuilder| builder.set_fill_down(None);
        // A county that comes back, or that every row repeats: nothing says that these were merged.
        assert_eq!(told(["东县", "", "", "西县", "东县"], &unsaid), blank(2));
        assert_eq!(told(["东县", "东县", "西县", "", ""], &unsaid), blank(4));
        // Where they look merged that is told, and not twice.
        let merged = vec![(Code::MergedCells, 2, "county".to_owned())];
        assert_eq!(told(["东县", "", "", "西县", ""], &unsaid), merged);
        // A workbook tells which are merged, and this one is not.
        assert_eq!(told(["东县", "", "", "西县", ""], &RosterBuilder::set_merges_known), blank(2));
        // What stands above the first county cannot be filled down.
        assert_eq!(told(["", "东县", "", "西县", ""], &|builder| builder.set_fill_down(Some(true))), blank(1));
        // It is said that nothing belongs there, for all rows or in each; or no row has any.
        assert_eq!(told(["东县", "", "", "西县", ""], &|builder| builder.set_fill_down(Some(false))), []);
        assert_eq!(told(["东县", "东县", "西县", "/", "—"], &unsaid), []);
        assert_eq!(told(["", "", "", "", ""], &unsaid), []);
        // Rows that come from no sheet say what they say.
        assert_eq!(told(["东县", "", "", "西县", ""], &|_| {}), []);
    }
}

#[test]
fn an_editor_is_shown_the_rows_that_are_read() {
    let policy = bare();
    let titles = ["county", "name"].map(|title| (title, None));
    let lines = [["王益区", "甲村"], ["", "乙村"], ["合计", ""], ["注：以上均为重点村", ""]];
    for (fill_down, counties) in
        [(Some(true), ["王益区", "王益区"]), (Some(false), ["王益区", ""]), (None, ["王益区", ""])]
    {
        let mut builder = RosterBuilder::new(&policy, &titles);
        builder.set_fill_down(fill_down);
        let mut shown: Vec<Vec<String>> = Vec::new();
        for line in &lines {
            let cells = line.map(Cell::Text);
            let own = builder.own_row(&cells).map(|cells| cells.iter().map(|cell| cell.shown().to_owned()).collect());
            shown.push(own.unwrap_or_default());
            builder.push_row(None, &cells);
        }
        let row = |at: usize, name: &str| vec![counties[at].to_owned(), name.to_owned()];
        assert_eq!(shown, [row(0, "甲村"), row(1, "乙村"), vec![], vec![]], "{fill_down:?}");
        // What was looked at is read as it would have been.
        let merged = |problems: &Problems| problems.iter().any(|problem| problem.code() == Code::MergedCells);
        match builder.finish() {
            Ok((roster, _)) => {
                assert!(fill_down.is_some());
                assert_eq!(roster.iter().map(|place| place.county().to_owned()).collect::<Vec<_>>(), counties);
            }
            Err(problems) => assert!(fill_down.is_none() && merged(&problems), "{problems}"),
        }
    }
}

#[test]
fn a_template_has_the_words_that_its_cells_may_hold() {
    let names = |key: &str| -> Vec<String> {
        let column = Roster::template(&policy()).into_iter().find(|column| column.key == key).unwrap();
        column.choices.into_iter().map(|name| name.zh).collect()
    };
    assert_eq!(names("kind"), ["镇", "村"]);
    assert_eq!(names("designation"), ["省级", "市级"]);
    assert_eq!(names("name"), Vec::<String>::new());
}

#[test]
fn an_id_of_128_characters_is_not_too_long() {
    let (most, more) = ("a".repeat(128), "b".repeat(129));
    let problems = texts(&bare(), &["id", "name"], &[&[&*most, "甲"], &[&*more, "乙"]]).unwrap_err();
    let found: Vec<_> = problems.iter().map(|problem| (problem.code(), problem.location().row)).collect();
    assert_eq!(found, [(TooLarge, Some(2))]);
}
