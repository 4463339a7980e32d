//! Ledgers as offices keep them, and what is wrong with some.

use super::*;
use crate::ground::language::Lang;
use crate::ground::money::Unit;
use crate::ground::problem::{Code, Problem, Problems};
use crate::roster::Cell;
use crate::rows::records::RowBuilder;
use proptest::prelude::*;

/// A ledger from lines of cells, `|` between them; the first is the header.
fn read(text: &str) -> Result<(Receipts, Problems), Problems> {
    let mut lines = text.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let titles: Vec<_> = lines.next().unwrap().into_iter().map(|title| (title, None)).collect();
    let mut builder = ReceiptsBuilder::new(&titles);
    for (line, number) in lines.zip(2..) {
        builder.push_row(Some(number), &line.into_iter().map(Cell::Text).collect::<Vec<_>>());
    }
    builder.finish()
}

fn wan(receipts: &Receipts) -> Vec<(u32, &str, Event, String)> {
    receipts.iter().map(|r| (r.row_number(), r.name(), r.event(), r.amount().in_unit(Unit::Wan).to_string())).collect()
}

fn found(problems: &Problems) -> Vec<(Code, Option<u32>, Option<&str>)> {
    problems.iter().map(|p| (p.code(), p.location().row, p.location().column.as_deref())).collect()
}

#[test]
fn a_wide_ledger_has_an_event_in_each_cell_that_is_not_blank() {
    let (receipts, warnings) = read(
        "序号|年度|区县|乡镇|村|区划代码|安排层级|资金来源|上级文号|文号|下达时间|下达金额（万元）|到位时间|到位金额（元）|支出金额(万元)|备注
         1|2024|王益区|黄堡镇||610202100|市级|市级衔接资金|某财农〔2023〕9号|某财农〔2024〕1号|2024-03-05|300|2024年4月2日|2，000，000||第一批
         2|２０２４年度|王 益 区|王益街道|义兴村||市级|||||60||0|1.5|
         3|2024|||||市级||||||||||",
    )
    .unwrap();
    assert_eq!(found(&warnings), []);
    assert_eq!(
        wan(&receipts),
        [
            (1, "黄堡镇", Event::Issued, "300".into()),
            (1, "黄堡镇", Event::Received, "200".into()),
            (2, "义兴村", Event::Issued, "60".into()),
            (2, "义兴村", Event::Received, "0".into()),
            (2, "义兴村", Event::Spent, "1.5".into()),
        ]
    );
    let first = receipts.get(1).unwrap();
    assert_eq!(
        (first.date(), first.document(), first.upstream_document()),
        ("2024年4月2日", "某财农〔2024〕1号", "某财农〔2023〕9号")
    );
    assert_eq!((first.county(), first.township(), first.division_code()), ("王益区", "黄堡镇", "610202100"));
    assert_eq!((first.source(), first.note(), first.year(), first.layer()), ("市级衔接资金", "第一批", 2024, "市级"));
    assert_eq!((receipts.get(3).unwrap().township(), receipts.get(3).unwrap().year()), ("王益街道", 2024));
}

#[test]
fn a_long_ledger_has_one_event_a_row_and_may_take_back() {
    let (receipts, warnings) = read(
        "id|year|layer|event|amount|unit|date
         a|2024|city|received|300|万元|20240305
         a|2024|city|到位|-1,000.50|yuan|
         a|2024|city|Spent|0.03|亿元|2024/12/31",
    )
    .unwrap();
    assert_eq!(warnings.len(), 0);
    let rows: Vec<_> = receipts.iter().map(|r| (r.id(), r.event().as_str(), r.amount().fen(), r.date())).collect();
    assert_eq!(
        rows,
        [
            ("a", "received", 300_000_000, "20240305"),
            ("a", "received", -100_050, ""),
            ("a", "spent", 300_000_000, "2024/12/31"),
        ]
    );
}

#[test]
fn every_problem_is_said_at_once_with_row_and_column() {
    let problems = read(
        "名称|年度|安排层级|事项|金额|单位|日期|区划代码
         黄堡镇|2024|市级|拨付|300|万元||
         黄堡镇|二四|市级|到位|三百|万元|2024-02-30|61020
         黄堡镇||市级|到位||万块|2024-02-30|
         黄堡镇|2024||到位|0.001|元||
         黄堡镇|2024|市级||5|||
         |2024|市级|到位|5|元||",
    )
    .unwrap_err();
    assert_eq!(
        found(&problems),
        [
            (Code::UnknownEvent, Some(1), Some("event")),
            (Code::BadYear, Some(2), Some("year")),
            (Code::BadNumber, Some(2), Some("amount")),
            (Code::BadDate, Some(2), Some("date")),
            (Code::BadDivisionCode, Some(2), Some("division_code")),
            (Code::MissingValue, Some(3), Some("year")),
            (Code::MissingValue, Some(3), Some("amount")),
            (Code::BadUnit, Some(3), Some("unit")),
            (Code::BadDate, Some(3), Some("date")),
            (Code::MissingValue, Some(4), Some("layer")),
            (Code::NotWholeFen, Some(4), Some("amount")),
            (Code::MissingValue, Some(5), Some("event")),
            (Code::MissingValue, Some(5), Some("unit")),
        ]
    );
}

#[test]
fn the_unit_is_stated_or_refused() {
    let codes =
        |text: &str| -> Vec<Code> { read(text).map_or_else(|p| p.iter().map(Problem::code).collect(), |_| vec![]) };
    assert_eq!(codes("名称|年度|安排层级|事项|金额\na|2024|市级|到位|3"), [Code::MissingColumn]);
    assert_eq!(codes("名称|年度|安排层级|下达金额(元)|到位金额\na|2024|市级|3|3"), [Code::MissingColumn]);
    assert_eq!(codes("名称|年度|安排层级|事项|金额(元)|单位\na|2024|市级|到位|3|万元"), [Code::UnitDiffers]);
    assert_eq!(codes("名称|年度|安排层级|事项|金额(元)|单位\na|2024|市级|到位|3|元\na|2024|市级|到位|3|"), []);
    assert_eq!(codes("名称|年度|安排层级|事项|amount (wan)\na|2024|市级|到位|3"), []);
}

#[test]
fn a_title_in_another_unit_of_money_is_refused_whatever_else_states_a_unit() {
    for unit in ["千元", "百万元", "美元", "单位：千元", "千", "角", "人民币千元", "万元/人"] {
        for (title, key) in [("到位金额", "received"), ("结转", "carry_over")] {
            let text = format!("名称|年度|安排层级|单位|支出金额|{title}（{unit}）\na|2024|市级|万元|3|3");
            let problems = read(&text).unwrap_err();
            assert_eq!(found(&problems), [(Code::UnitDiffers, None, Some(key))], "{unit}");
        }
        let problems = read(&format!("名称|年度|安排层级|下达金额（{unit}）\na|2024|市级|3")).unwrap_err();
        assert_eq!(found(&problems), [(Code::UnitDiffers, None, Some("issued"))], "{unit}");
        let problem = problems.iter().next().unwrap();
        assert_eq!(problem.location().line, None);
        assert!(problem.to_string().contains("`下达金额(万元)`"), "{problem}");
    }
}

#[test]
fn a_title_may_state_its_unit_with_other_words_and_the_one_proposed_is_read() {
    for unit in ["单位：万元", "万", "人民币万元", "含税万元", "单位:人民币 万元"] {
        let (receipts, _) = read(&format!("名称|年度|安排层级|下达金额（{unit}）\na|2024|市级|3")).unwrap();
        assert_eq!(wan(&receipts), [(1, "a", Event::Issued, "3".to_owned())], "{unit}");
    }
    let problems = read("名称|年度|安排层级|下达金额（含税）\na|2024|市级|3").unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert!(problem.to_string().contains("`下达金额(万元)`"), "{problem}");
}

#[test]
fn units_above_a_ledger_that_differ_or_are_not_read_are_none() {
    let read = |unclear: &str, title: &str| {
        let titles = ["名称", "年度", "安排层级", title].map(|title| (title, None));
        let mut builder = ReceiptsBuilder::new(&titles);
        builder.set_unclear_unit(unclear);
        builder.push_row(None, &["a", "2024", "市级", "3"].map(Cell::Text));
        builder.finish()
    };
    let problems = read("元, 万元", "下达金额").unwrap_err();
    assert_eq!(found(&problems), [(Code::MissingColumn, None, Some("unit"))]);
    assert!(problems.to_string().contains("元, 万元"), "{problems}");
    assert!(read("元, 万元", "下达金额（元）").is_ok());
}

#[test]
fn amounts_headed_by_who_pays_are_not_taken_for_keys() {
    let problems = read("名称|年度|县级|市级|区县统筹|县区名\na|2024|3|3|3|b").unwrap_err();
    let unknown = problems.iter().filter(|problem| problem.code() == Code::UnknownColumn);
    let shown: Vec<_> =
        unknown.map(|p| (p.location().column.as_deref().unwrap(), p.expected_text(Lang::Zh).is_some())).collect();
    assert_eq!(shown, [("县级", false), ("市级", false), ("区县统筹", false), ("县区名", true)]);
}

#[test]
fn a_header_must_tell_place_year_layer_and_amounts() {
    let problems = read("区县|备注\n王益区|x").unwrap_err();
    let columns: Vec<_> = problems.iter().map(|p| (p.code(), p.location().column.clone().unwrap())).collect();
    let missing = |column: &str| (Code::MissingColumn, column.to_owned());
    assert_eq!(columns, ["year", "layer", "name", "amount"].map(missing));
    let problems = read("名称|年度|安排层级|金额(元)\na|2024|市级|3").unwrap_err();
    assert_eq!(found(&problems), [(Code::MissingColumn, None, Some("event"))]);
}

#[test]
fn total_lines_are_no_receipts_and_are_compared_with_their_rows() {
    // Subtotals behind their rows, by county, and a total; all right.
    let right = "年度|区县|名称|安排层级|下达金额(万元)|到位金额(万元)
        2024|王益区|黄堡镇|市级|300|200
        2024|王益区|义兴村|市级|60|60
        |王益区|小计||360|260
        2024|新区|坡头镇|市级|300|0
        |新区|小 计||300|
        |合计|||660|260";
    let (receipts, warnings) = read(right).unwrap();
    assert_eq!((receipts.len(), found(&warnings)), (6, vec![]));
    // The total first, subtotals before their rows, behind a name.
    let (_, warnings) = read(
        "区县|名称|年度|安排层级|下达金额(万元)
        总计||||660
        王益区小计||||360
        王益区|黄堡镇|2024|市级|300
        王益区|义兴村|2024|市级|60
        新区合计||||300
        新区|坡头镇|2024|市级|300",
    )
    .unwrap();
    assert_eq!(found(&warnings), []);
    // Wrong figures are said where they stand.
    let (receipts, warnings) = read(&right.replace("260", "250").replace("|660|", "|670|")).unwrap();
    assert_eq!(receipts.len(), 6);
    assert_eq!(
        found(&warnings),
        [
            (Code::SumDiffers, Some(3), Some("received")),
            (Code::SumDiffers, Some(6), Some("issued")),
            (Code::SumDiffers, Some(6), Some("received")),
        ]
    );
    let text = warnings.to_string();
    assert!(text.contains("found `670`; the rows sum to 660 万元"), "{text}");
    assert!(text.contains("found `250`; the rows sum to 260 万元"), "{text}");
    // A wrong total is told the sum of all rows, not of those since the last total.
    let (_, warnings) = read(
        "区县|名称|年度|安排层级|下达金额(万元)
        王益区|黄堡镇|2024|市级|300
        |合计|||300
        王益区|义兴村|2024|市级|60
        |合计|||350",
    )
    .unwrap();
    let text = warnings.to_string();
    assert!(text.contains("found `350`; the rows sum to 360 万元"), "{text}");
}

#[test]
fn a_total_line_sums_what_agrees_with_it_wherever_it_stands() {
    let (_, warnings) = read(
        "年度|名称|安排层级|事项|金额|单位
        2023|黄堡镇|市级|下达|300|万元
        2024|黄堡镇|市级|下达|280|万元
        2024|黄堡镇|区县|下达|300|万元
        2023|黄堡镇|市级|到位|100|万元
        2024|合计||下达|580|万元
        2024|合计|市级|下达|281|万元
        |合计|||980|万元",
    )
    .unwrap();
    assert_eq!(found(&warnings), [(Code::SumDiffers, Some(6), Some("amount"))]);
}

#[test]
fn balances_are_what_arrived_less_what_was_spent() {
    let (_, warnings) = read(
        "名称|年度|安排层级|到位金额(万元)|支出金额(万元)|结转(万元)|结余(万元)
        a|2024|市级|300|200|60|40
        a|2024|市级|300|200|60|41
        a|2024|市级|300||300|
        a|2024|市级|300|1||
        a|2024|市级|||5|",
    )
    .unwrap();
    assert_eq!(found(&warnings), [(Code::SumDiffers, Some(2), Some("surplus"))]);
}

#[test]
fn rows_that_repeat_a_document_exactly_are_pointed_at() {
    let header = "名称|年度|安排层级|文号|下达时间|下达金额(万元)|到位金额(万元)\n";
    let codes = |rows: &str| found_rows(&read(&format!("{header}{rows}")).unwrap().1);
    assert_eq!(
        codes("a|2024|市级|某财农〔2024〕1号|2024-03-05|300|\na|2024|市级|某财农[2024] 1号|2024-03-05|300.0|"),
        [(Code::DuplicateReceipt, 2)]
    );
    for other in [
        "a|2024|市级|某财农〔2024〕2号|2024-03-05|300|",
        "a|2024|市级|某财农〔2024〕1号|2024-03-06|300|",
        "a|2024|市级|某财农〔2024〕1号|2024-03-05|300|0",
        "a|2024|市级|某财农〔2024〕1号|2024-03-05|301|",
        "a|2023|市级|某财农〔2024〕1号|2024-03-05|300|",
        "a|2024|区县|某财农〔2024〕1号|2024-03-05|300|",
        "b|2024|市级|某财农〔2024〕1号|2024-03-05|300|",
    ] {
        assert_eq!(codes(&format!("a|2024|市级|某财农〔2024〕1号|2024-03-05|300|\n{other}")), [], "{other}");
    }
    assert_eq!(codes("a|2024|市级|||300|\na|2024|市级|||300|"), [], "without a document nothing is known");
}

fn found_rows(problems: &Problems) -> Vec<(Code, u32)> {
    problems.iter().map(|p| (p.code(), p.location().row.unwrap())).collect()
}

proptest! {
    /// Whatever stands in a file: no panic, and either problems or receipts whose every amount stood there.
    #[test]
    fn no_ledger_panics(
        titles in prop::collection::vec(prop::sample::select(vec![
            "名称", "村", "乡镇", "区县", "id", "区划代码", "年度", "安排层级", "事项", "金额", "金额(元)", "下达金额(万元)", "到位金额",
            "支出金额（亿元）", "单位", "日期", "下达时间", "文号", "资金来源", "备注", "结转(元)", "结余", "序号", "", "别的",
        ]), 0..14),
        rows in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "", "", "a", "黄堡镇", "2024", "2024年", "市级", "到位", "下达", "拨付", "300", "-1.5", "1,000", "0.001", "9e9", "99999999999999999999",
            "元", "万元", "块", "2024-02-30", "20240305", "某财农〔2024〕1号", "合计", "小 计", "王益区小计", "总计", "Total", "610202100",
        ]), 0..14), 0..8),
    ) {
        let header: Vec<_> = titles.iter().map(|title| (*title, None)).collect();
        let mut builder = ReceiptsBuilder::new(&header);
        for row in &rows {
            builder.push_row(None, &row.iter().map(|cell| Cell::Text(cell)).collect::<Vec<_>>());
        }
        if let Ok((receipts, _)) = builder.finish() {
            prop_assert!(receipts.len() <= 4 * rows.len());
            prop_assert!(receipts.iter().all(|receipt| (1..=rows.len()).contains(&index(receipt.row_number()))));
        }
    }
}

#[test]
fn a_template_is_read_in_either_language() {
    let policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元", "layers": [{ "id": "city", "payer": "city" }],
             "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#,
    )
    .unwrap();
    for lang in [Lang::Zh, Lang::En] {
        let columns = Receipts::template(&policy);
        let titles: Vec<_> = columns.iter().map(|column| (column.header.get(lang), None)).collect();
        let (receipts, warnings) = ReceiptsBuilder::new(&titles).finish().unwrap();
        assert!(receipts.is_empty() && warnings.is_empty(), "{lang:?}: {warnings}");
        let columns = crate::questions::funding::Limits::template(&policy);
        let titles: Vec<_> = columns.iter().map(|column| (column.header.get(lang), None)).collect();
        let builder = crate::questions::funding::LimitsBuilder::new(&policy, &titles);
        assert!(builder.finish().unwrap().1.is_empty(), "{lang:?}");
    }
}

#[test]
fn a_value_that_is_missing_stands_in_its_own_column() {
    let problems = read("名称|到位金额(万元)|年度|安排层级\n甲|abc||").unwrap_err();
    let columns: Vec<_> = problems.iter().map(|problem| problem.location().column.clone().unwrap()).collect();
    assert_eq!(columns, ["received", "year", "layer"], "as they stand in the file");
}

#[test]
fn what_several_rows_share_is_filled_down_and_no_figure_is() {
    use crate::rows::records::ColumnRole::{Figure, Key, Place, Unread};
    let titles = ["名称", "区县", "年度", "文号", "资金来源", "到位金额(万元)", "下达时间", "备注", "别的"];
    let builder = ReceiptsBuilder::new(&titles.map(|title| (title, None)));
    let roles: Vec<_> = (0..titles.len()).map(|column| builder.role(column)).collect();
    assert_eq!(roles, [Place, Key, Key, Key, Key, Figure, Figure, Figure, Unread]);
}

#[test]
fn a_receipt_of_several_ledgers_names_its_file() {
    let ledger = |row: &str| read(&format!("名称|年度|安排层级|到位金额(万元)\n{row}")).unwrap().0;
    let (first, second) = (ledger("甲|2024|市级|1"), ledger("乙|2024|市级|2\n丙|2024|市级|3"));
    let (both, _) = Receipts::joined([(&first, Some("city.csv")), (&second, Some("county.csv"))]);
    let files: Vec<_> = both.iter().map(|receipt| (receipt.name(), receipt.file())).collect();
    assert_eq!(files, [("甲", Some("city.csv")), ("乙", Some("county.csv")), ("丙", Some("county.csv"))]);
    assert_eq!(first.get(0).unwrap().file(), None);
}
