#![expect(clippy::arithmetic_side_effects, reason = "what a test counts is small, and it may fail")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use fundlayers::{Lang, Severity};
use zip::write::SimpleFileOptions;

use super::*;

fn sheet_file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/sheets/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn shown(row: &SheetRow<'_>) -> String {
    let mut text = row.number.to_string();
    if row.hidden {
        text.push('h');
    }
    for (column, cell) in row.cells.iter().enumerate() {
        text.push('|');
        if row.covered[column] {
            text.push('^');
        }
        match cell {
            Cell::Blank => {}
            Cell::Text(cell) => text.push_str(cell),
            Cell::Number(digits) => write!(text, "#{digits}").unwrap(),
            Cell::Flag(flag) => write!(text, "{flag}").unwrap(),
        }
        for (_, fault) in row.faults.iter().filter(|(at, _)| *at == column) {
            write!(text, "!{}", fault.problem().code()).unwrap();
        }
    }
    text
}

/// The rows of a sheet: `2|a|#1|^a`: a text, a number, a covered cell.
fn read(bytes: &[u8], format: BookFormat, sheet: usize) -> Result<(Vec<String>, SheetNotes), Problems> {
    let mut rows = Vec::new();
    let notes = Workbook::open(bytes, format)?.rows(sheet, &mut |row| {
        rows.push(shown(row));
        Ok(true)
    })?;
    Ok((rows, notes))
}

/// The codes of what is wrong with a workbook or its first sheet.
fn wrong(bytes: &[u8], format: BookFormat) -> Vec<Code> {
    let problems = read(bytes, format, 0).unwrap_err();
    for problem in &problems {
        assert!(!problem.to_text(Lang::Zh).is_empty() && problem.expected_text(Lang::En).is_some(), "{problem}");
    }
    problems.iter().map(Problem::code).collect()
}

fn sheets_of(bytes: &[u8], format: BookFormat) -> Vec<String> {
    Workbook::open(bytes, format).unwrap().sheets().iter().map(|sheet| sheet.name.clone()).collect()
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        // The kind of an OpenDocument file is not packed.
        let method =
            if *name == "mimetype" { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The rows of the ledger below its title.
const LEDGER: [&str; 6] = [
    "2|||||||||单位：元",
    "3|年度|区县|乡镇|村|安排层级|文号|到位金额|到位时间|支出金额",
    "4|#2024|王益区|黄堡镇||市级|某财农〔2024〕1号|#2000000|2024-03-05|#900000.5",
    "5|#2024|王益区|黄堡镇||区县统筹|某财农〔2024〕6号|#2500000|2024-09-01|#2500000",
    "6|#2024|新区|坡头镇||市级|某财农〔2024〕1号|#3300000|2024-05-06",
    "7||合计|||||#7800000||#3400000.5",
];

#[cfg(feature = "xlsx")]
mod xlsx {
    use super::*;

    const RELATIONS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>
        <Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns:r="x"><sheets><sheet name="表" sheetId="7" r:id="r1"/></sheets></workbook>"#;
    const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0!.0,&quot;万元&quot;"/>
        <numFmt numFmtId="165" formatCode="yyyy/m/d\ h:mm"/><numFmt numFmtId="166" formatCode="0&quot;元&quot;"/></numFmts>
        <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>
        <xf numFmtId="10"/></cellXfs></styleSheet>"#;
    const TEXTS: &str = "<sst><si><t>甲</t></si><si><r><t>乙</t></r><r><rPr/><t xml:space=\"preserve\"> &amp;&#x4E19;</t></r>\
        <rPh sb=\"0\" eb=\"1\"><t>yi</t></rPh></si><si><t>a_x000A_b_x005F_x_xyz</t></si><si/></sst>";

    fn book(main: &str, sheet: &str) -> Vec<u8> {
        zipped(&[
            ("xl/workbook.xml", main),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            ("xl/styles.xml", STYLES),
            ("xl/sharedStrings.xml", TEXTS),
            ("xl/worksheets/sheet1.xml", sheet),
        ])
    }

    fn sheet(rows: &str) -> Vec<u8> {
        book(BOOK, &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))
    }

    fn rows(rows: &str) -> Vec<String> {
        read(&sheet(rows), BookFormat::Xlsx, 0).unwrap().0
    }

    #[test]
    fn every_kind_of_cell_is_read() {
        assert_eq!(
            rows(
                r#"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="D2" t="s"><v>2</v></c>
                   <c r="E2" t="s"><v>3</v></c></row>
                   <row><c t="inlineStr"><is><r><t>x</t></r><rPh><t>p</t></rPh><t>&lt;<![CDATA[&]]></t></is></c>
                   <c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="d"><v>2024-03-05T00:00:00Z</v></c>
                   <c t="str"><f>A1</f><v>文</v></c><c t="str"><f>A1</f><v></v></c><c><v>1.50</v></c></row>
                   <row r="9"><c r="C9"><f>1+1</f><v>2</v></c><extLst><ext><c><v>1</v></c></ext></extLst></row>"#
            ),
            ["2|甲|乙 &丙||a\nb_x_xyz|", "3|x<&|true|false|2024-03-05|文||#1.5", "9|||#2"]
                .map(|row| row.trim_end_matches('|').to_owned())
        );
    }

    #[test]
    fn styles_make_days_shares_and_faults() {
        assert_eq!(
            rows(
                r#"<row r="1"><c s="1"><v>45356</v></c><c s="3"><v>45356.75</v></c><c s="5"><v>0.4</v></c>
                   <c s="4"><v>12</v></c><c s="2"><v>2000000</v></c><c s="1"><v>-1</v></c><c s="99"><v>1</v></c></row>"#
            ),
            ["1|2024-03-05|2024-03-05 18:00:00|40%|12元|!scaled-format|!bad-date|#1"]
        );
        let main = BOOK.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>");
        let bytes =
            book(&main, r#"<worksheet><sheetData><row><c s="1"><v>43894</v></c></row></sheetData></worksheet>"#);
        assert_eq!(read(&bytes, BookFormat::Xlsx, 0).unwrap().0, ["1|2024-03-05"]);
    }

    #[test]
    fn faults_stand_at_their_cells() {
        assert_eq!(
            rows(
                r#"<row r="4"><c><f>1+1</f></c><c><f>1+1</f><v/></c><c t="e"><f>A1</f><v>#REF!</v></c>
                   <c t="e"><v>#SPILL!</v></c><c><v>6101220000001234</v></c><c><v>NaN</v></c><c t="str"><f>A1</f></c></row>"#
            ),
            ["4|!not-calculated|!not-calculated|!cell-error|!cell-error|!digits-lost|!bad-number|!not-calculated"]
        );
    }

    #[test]
    fn merged_cells_have_the_value_of_their_first() {
        let bytes = book(
            BOOK,
            r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>
               <row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>1</v></c></row>
               <row r="3"><c r="B3"><v>2</v></c></row><row r="4"/><row r="5"><c r="A5" s="1"/><c r="B5"><v>3</v></c></row>
               <row r="6"><c r="B6"><v>4</v></c></row></sheetData>
               <mergeCells count="9"><mergeCell ref="A2:A5"/><mergeCell ref="A1:C1"/></mergeCells></worksheet>"#,
        );
        assert_eq!(
            read(&bytes, BookFormat::Xlsx, 0).unwrap().0,
            ["1|甲|^甲|^甲", "2|乙 &丙|#1", "3|^乙 &丙|#2", "5|^乙 &丙|#3", "6||#4"]
        );
    }

    #[test]
    fn what_is_hidden_is_read_and_noted() {
        let bytes = book(
            BOOK,
            r#"<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="16384" hidden="true"/></cols>
               <sheetData><row r="1" hidden="1"><c><v>1</v></c><c/><c><v>2</v></c></row><row r="2" ht="0"><c><v>1</v></c></row>
               <row r="3"><c><v>1</v></c></row><row r="4" hidden="1"/><row r="5" hidden="1"><c><v>1</v></c></row>
               </sheetData></worksheet>"#,
        );
        let (rows, notes) = read(&bytes, BookFormat::Xlsx, 0).unwrap();
        assert_eq!(rows, ["1h|#1||#2", "2h|#1", "3|#1", "5h|#1"]);
        assert_eq!(notes.hidden_rows(), [(1, 2), (5, 5)]);
        assert_eq!(notes.hidden_columns(), [(2, 2)]);
        let warnings = notes.warnings("表");
        assert!(
            warnings
                .iter()
                .all(|problem| problem.code() == Code::HiddenCells && problem.severity() == Severity::Warning)
        );
        assert_eq!(
            warnings.to_text(Lang::En),
            "hidden rows of the sheet `表` are read as the others: 1:2, 5 [hidden-cells]\n\
             hidden columns of the sheet `表` are read as the others: C [hidden-cells]"
        );
    }

    #[test]
    fn formulas_that_are_to_be_recalculated_are_noted() {
        let main = BOOK.replace("</sheets>", "</sheets><calcPr fullCalcOnLoad=\"1\"/>");
        let rows = |formula: &str| {
            format!("<worksheet><sheetData><row><c/><c>{formula}<v>0</v></c></row></sheetData></worksheet>")
        };
        let notes = |rows: &str| read(&book(&main, rows), BookFormat::Xlsx, 0).unwrap().1;
        assert_eq!(notes(&rows("")).stale(), None);
        let notes = notes(&rows("<f>1+1</f>"));
        assert_eq!(notes.stale(), Some((1, 1)));
        assert_eq!(notes.warnings("表").iter().map(Problem::code).collect::<Vec<_>>(), [Code::StaleFormulas]);
    }

    #[test]
    fn names_of_parts_differ_between_programs() {
        let main = r#"<x:workbook xmlns:x="strict" xmlns:rel="y"><x:sheets><x:sheet name="图" sheetId="1" rel:id="c"/>
            <x:sheet name="A&amp;B" sheetId="2" state="veryHidden" rel:id="s"/></x:sheets></x:workbook>"#;
        let sheet = r#"<x:worksheet xmlns:x="strict"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>5</x:v></x:c></x:row>
            <x:row r="2"><x:c r="B2"><x:v>6</x:v></x:c></x:row></x:sheetData>
            <x:mergeCells><x:mergeCell ref="A1:A2"/></x:mergeCells></x:worksheet>"#;
        let bytes = zipped(&[
            (
                "_rels/.rels",
                r#"<Relationships><Relationship Id="a" Type="http://p/officeDocument" Target="/Book/Main.xml"/></Relationships>"#,
            ),
            ("/book/main.xml", main),
            (
                "book\\_rels\\main.xml.rels",
                r#"<Relationships><Relationship Id="c" Type="http://p/chartsheet" Target="c.xml"/>
              <Relationship Id="s" Type="http://p/worksheet" Target="../Sheets/./One.xml"/></Relationships>"#,
            ),
            ("SHEETS/one.xml", sheet),
        ]);
        let book = Workbook::open(&bytes, BookFormat::Xlsx).unwrap();
        assert_eq!(book.sheets(), [SheetInfo { name: "A&B".to_owned(), visibility: Visibility::VeryHidden }]);
        assert_eq!(book.sheet("A&B"), Ok(0));
        let problems = book.sheet("A&C").unwrap_err();
        assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::SheetNotFound]);
        assert_eq!(read(&bytes, BookFormat::Xlsx, 0).unwrap().0, ["1|#5", "2|^#5|#6"]);
    }

    #[test]
    fn no_more_rows_are_read_than_are_wanted() {
        let bytes = sheet(r#"<row r="1"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row><row r="2"/>"#);
        let mut count = 0;
        let mut book = Workbook::open(&bytes, BookFormat::Xlsx).unwrap();
        book.rows(0, &mut |row| {
            count += 1;
            Ok(row.number < 2)
        })
        .unwrap();
        assert_eq!(count, 2);
        let refusal = || Problems::from(Problem::new(Code::BadCount, "no"));
        assert_eq!(book.rows(0, &mut |_| Err(refusal())), Err(refusal()));
    }

    #[test]
    fn damaged_workbooks_are_refused() {
        for rows in [
            r#"<row r="2"/><row r="1"/>"#,
            r#"<row r="2"/><row r="2"/>"#,
            r#"<row r="0"/>"#,
            r#"<row r="x"/>"#,
            r#"<row r="1048577"/>"#,
            r#"<row r="99999999999999"/>"#,
            r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="A2"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="XFE1"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="1A"><v>1</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="s"><v>4</v></c></row>"#,
            r#"<row r="1"><c r="A1" t="s"><v>-1</v></c></row>"#,
            r#"<row r="1"><c r="A1"><v>1</c></v></row>"#,
            r#"<row r="1"><c r="A1"><v>&bomb;</v></c></row>"#,
            "<row><c><v>1</v>",
            "<row",
        ] {
            assert_eq!(wrong(&sheet(rows), BookFormat::Xlsx), [Code::DamagedWorkbook], "{rows}");
        }
        let merged = |range: &str| {
            let text =
                format!(r#"<worksheet><sheetData/><mergeCells><mergeCell ref="{range}"/></mergeCells></worksheet>"#);
            book(BOOK, &text)
        };
        assert_eq!(wrong(&merged("A1:?"), BookFormat::Xlsx), [Code::DamagedWorkbook]);
        assert_eq!(wrong(&zipped(&[("a", "b")]), BookFormat::Xlsx), [Code::DamagedWorkbook]);
        let whole = sheet("<row><c><v>1</v></c></row>");
        assert_eq!(wrong(&whole[..whole.len() / 2], BookFormat::Xlsx), [Code::DamagedWorkbook]);
    }

    #[test]
    fn what_would_take_memory_or_time_is_refused() {
        let deep = format!("<row>{}", "<x>".repeat(1000));
        assert_eq!(wrong(&sheet(&deep), BookFormat::Xlsx), [Code::TooDeep]);
        // 4 MB of one text, 4 MB of nothing between two marks, and a text longer than any cell.
        for rows in [
            format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "a".repeat(4_000_000)),
            format!("<row><c{}/></row>", " ".repeat(4_000_000)),
            format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "字".repeat(32_768)),
            // A part 1,000 times as large as it is in the archive.
            format!("<row>{}</row>", format!("<x>{}</x>", " ".repeat(500_000)).repeat(20)),
        ] {
            assert_eq!(wrong(&sheet(&rows), BookFormat::Xlsx), [Code::TooLarge], "{}", rows.get(..20).unwrap());
        }
        // Every cell is merged twenty times over.
        let rows = "<row><c><v>1</v></c></row>".repeat(200);
        let merges = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(20);
        let text = format!("<worksheet><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>");
        assert_eq!(wrong(&book(BOOK, &text), BookFormat::Xlsx), [Code::TooLarge]);
        let merges = "<mergeCell ref=\"A1\"/>".repeat(20_001);
        let text = format!("<worksheet><sheetData/><mergeCells>{merges}</mergeCells></worksheet>");
        assert_eq!(wrong(&book(BOOK, &text), BookFormat::Xlsx), [Code::TooLarge]);
        let names: Vec<String> = (0..10_001).map(|part| part.to_string()).collect();
        let parts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(wrong(&zipped(&parts), BookFormat::Xlsx), [Code::TooLarge]);
    }

    #[test]
    fn what_its_name_does_not_say_is_told() {
        for (bytes, format, said) in [
            (&b"<html><table>"[..], BookFormat::Xlsx, "web page"),
            (b"\xEF\xBB\xBF\r\n<TABLE>", BookFormat::Xls, "web page"),
            (b"MIME-Version: 1.0\r\n", BookFormat::Xls, "web page"),
            (b"<?xml version=\"1.0\"?><Workbook/>", BookFormat::Xls, "in XML"),
            ("名称,类型\n甲,村\n".as_bytes(), BookFormat::Xlsx, "CSV"),
            (b"", BookFormat::Xlsx, "empty"),
            (b"%PDF-1.7\n\x00\x01", BookFormat::Xlsx, "not a workbook"),
            (b"PK\x03\x04 xl/workbook.bin", BookFormat::Xlsx, ".xlsb"),
            (b"PK\x03\x04 xl/workbook.xml", BookFormat::Xls, "in truth `.xlsx`"),
            (b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.spreadsheet", BookFormat::Xlsx, "in truth `.ods`"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 ", BookFormat::Xlsx, "in truth `.xls`"),
        ] {
            let problems = Workbook::open(bytes, format).err().unwrap();
            assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnknownFormat], "{said}");
            assert!(problems.to_string().contains(said), "{problems}: {said}");
        }
        let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &wide].concat();
        assert_eq!(wrong(&locked, BookFormat::Xlsx), [Code::LockedWorkbook]);
    }

    #[test]
    fn the_roster_of_an_office_is_read() {
        let (rows, notes) = read(&sheet_file("roster-office.xlsx"), BookFormat::Xlsx, 0).unwrap();
        assert_eq!(
            rows[0],
            format!("1|某市乡村振兴重点帮扶村名单及资金安排表{}", "|^某市乡村振兴重点帮扶村名单及资金安排表".repeat(6))
        );
        assert_eq!(
            rows[1..5],
            [
                "2|单位：万元|^单位：万元|^单位：万元|^单位：万元|^单位：万元|^单位：万元|^单位：万元",
                "3|序号|县区|乡镇|村名|类型|认定层级|备注",
                "4|#1|耀州区|甲街道办|甲一村|村|省级",
                "5|#2|^耀州区|甲镇|乙一村|村|省级",
            ]
        );
        assert_eq!(rows[7], "8|#5|^耀州区|乙街道办|戊　一村|村|省级");
        assert!(notes.warnings("").is_empty());
    }

    #[test]
    fn the_ledger_of_an_office_is_read() {
        let bytes = sheet_file("ledger-yuan.xlsx");
        assert_eq!(sheets_of(&bytes, BookFormat::Xlsx), ["台账", "说明"]);
        let (rows, _) = read(&bytes, BookFormat::Xlsx, 0).unwrap();
        assert_eq!(rows[1..], LEDGER);
    }

    #[test]
    fn traps_are_seen() {
        let rows = |name: &str| read(&sheet_file(name), BookFormat::Xlsx, 0).unwrap();
        assert_eq!(rows("trap-not-calculated.xlsx").0[1], "2|甲村|村|市级|!not-calculated");
        let (far, _) = rows("trap-far-cell.xlsx");
        let last = far.last().unwrap();
        assert!(far.len() < 10 && last.starts_with("1048576||") && last.matches('|').count() == 16_384, "{}", far[0]);
        assert_eq!(rows("trap-scaled-format.xlsx").0[1], "2|county|王益区|#2024|!scaled-format");
        let (hidden, notes) = rows("trap-hidden-rows.xlsx");
        assert_eq!((hidden[3].as_str(), notes.hidden_rows()), ("4h|丁村|村|市级", &[(4, 4)][..]));
        let (codes, notes) = rows("trap-codes.xlsx");
        assert_eq!(
            codes[1..],
            [
                "2|#610202000000|甲村|村|市级",
                "3|6.10202E+11|乙村|村|市级",
                "4|'001|丙村|村|市级",
                // What its library stored of the formula `="002"`.
                "5|#0|丁村|村|市级",
            ]
        );
        assert_eq!(notes.stale(), Some((0, 5)));
    }
}

#[cfg(all(feature = "xlsx", feature = "xls", feature = "ods"))]
#[test]
fn an_office_has_the_same_rows_in_every_format() {
    for name in ["roster-office", "ledger-yuan"] {
        let formats = [BookFormat::Xlsx, BookFormat::Xls, BookFormat::Ods];
        let [xlsx, xls, ods] = formats.map(|format| {
            let bytes = sheet_file(&format!("{name}{}", format.extension()));
            (sheets_of(&bytes, format), read(&bytes, format, 0).unwrap().0)
        });
        assert_eq!(xlsx, xls);
        assert_eq!(xlsx, ods);
    }
}

#[cfg(feature = "ods")]
mod ods {
    use super::*;

    const STYLES: &str = r#"<number:number-style style:name="N1"><number:number number:display-factor="1000">
        <number:embedded-text>.</number:embedded-text></number:number></number:number-style>
        <number:number-style style:name="N2"><number:number/></number:number-style>
        <number:number-style style:name="N3"><number:number><number:embedded-text>.</number:embedded-text></number:number>
        </number:number-style><style:style style:name="c1" style:data-style-name="N1"/>
        <style:style style:name="c2" style:data-style-name="N2"/><style:style style:name="c3" style:data-style-name="N3"/>
        <style:style style:name="t1"><style:table-properties table:display="false"/></style:style>"#;

    fn book(tables: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:automatic-styles>{STYLES}</office:automatic-styles><office:body>\
             <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
        );
        zipped(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
    }

    fn rows(rows: &str) -> Vec<String> {
        let bytes = book(&format!("<table:table table:name=\"表\">{rows}</table:table>"));
        read(&bytes, BookFormat::Ods, 0).unwrap().0
    }

    fn row(cells: &str) -> Vec<String> {
        rows(&format!("<table:table-row>{cells}</table:table-row>"))
    }

    #[test]
    fn every_kind_of_cell_is_read() {
        assert_eq!(
            row(
                r#"<table:table-cell office:value-type="string"><office:annotation><text:p>注</text:p></office:annotation>
                   <text:p>甲<text:span>乙<text:s text:c="2"/></text:span>&amp;<text:line-break/>丙</text:p><text:p>丁</text:p>
                   </table:table-cell>
                   <table:table-cell office:value-type="float" office:value="724.71248399999995"><text:p>724.71</text:p></table:table-cell>
                   <table:table-cell office:value-type="percentage" office:value="0.4"/>
                   <table:table-cell office:value-type="currency" office:value="12.50"/>
                   <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
                   <table:table-cell office:value-type="date" office:date-value="2024-03-05"/>
                   <table:table-cell office:value-type="date" office:date-value="2024-03-05T18:05:00"/>
                   <table:table-cell office:value-type="time" office:time-value="PT18H05M00S"/>"#
            ),
            ["1|甲乙  &\n丙\n丁|#724.712484|40%|#12.5|true|2024-03-05|2024-03-05 18:05:00|18:05:00"]
        );
    }

    #[test]
    fn faults_stand_at_their_cells() {
        assert_eq!(
            row(r#"<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""
                   calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>
                   <table:table-cell table:formula="of:=1+1"/>
                   <table:table-cell office:value-type="float" office:value="6101220000001234"/>
                   <table:table-cell table:style-name="c1" office:value-type="float" office:value="2000000"/>
                   <table:table-cell table:style-name="c2" office:value-type="float" office:value="2000000"/>
                   <table:table-cell table:style-name="c3" office:value-type="float" office:value="2000000"/>
                   <table:table-cell office:value-type="float" office:value="x"/>"#),
            ["1|!cell-error|!not-calculated|!digits-lost|!scaled-format|#2000000|!scaled-format|!bad-number"]
        );
    }

    #[test]
    fn what_is_repeated_and_merged_takes_its_places() {
        let cell = |more: &str, digit: u8| {
            format!("<table:table-cell {more} office:value-type=\"float\" office:value=\"{digit}\"/>")
        };
        let text = format!(
            "<table:table-column table:number-columns-repeated=\"2\"/>\
             <table:table-column table:default-cell-style-name=\"c1\" table:visibility=\"collapse\"/>\
             <table:table-row table:number-rows-repeated=\"2\">{}</table:table-row>\
             <table:table-row table:number-rows-repeated=\"1000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
             <table:table-row>{}{}<table:table-cell table:number-columns-repeated=\"16381\"/></table:table-row>\
             <table:table-row table:visibility=\"filter\"><table:covered-table-cell/><table:covered-table-cell/>{}</table:table-row>\
             <table:table-row table:number-rows-repeated=\"1047574\"><table:table-cell/></table:table-row>",
            cell("table:number-columns-repeated=\"2\"", 1),
            cell("table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\"", 2),
            "<table:covered-table-cell/>",
            cell("", 3),
        );
        let bytes = book(&format!("<table:table table:name=\"表\">{text}</table:table>"));
        let (rows, notes) = read(&bytes, BookFormat::Ods, 0).unwrap();
        assert_eq!(rows, ["1|#1|#1", "2|#1|#1", "1003|#2|^#2", "1004h|^#2|^#2|!scaled-format"]);
        assert_eq!((notes.hidden_rows(), notes.hidden_columns()), (&[(1004, 1004)][..], &[(2, 2)][..]));
    }

    #[test]
    fn sheets_are_told_apart() {
        let table = |more: &str, rows: &str| format!("<table:table {more}>{rows}</table:table>");
        let row =
            "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"7\"/></table:table-row>";
        let inner =
            format!("<table:table-row><table:table-cell>{}</table:table-cell></table:table-row>", table("", row));
        let first = table("table:name=\"一\" table:style-name=\"t1\"", &inner);
        let bytes = book(&(first + &table("table:name=\"二\"", row)));
        let book = Workbook::open(&bytes, BookFormat::Ods).unwrap();
        let sheets = [("一", Visibility::Hidden), ("二", Visibility::Visible)];
        assert_eq!(book.sheets(), sheets.map(|(name, visibility)| SheetInfo { name: name.to_owned(), visibility }));
        assert_eq!(read(&bytes, BookFormat::Ods, 0).unwrap().0, [""; 0]);
        assert_eq!(read(&bytes, BookFormat::Ods, 1).unwrap().0, ["1|#7"]);
    }

    #[test]
    fn what_is_damaged_locked_or_too_large_is_refused() {
        let one = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";
        for (rows, code) in [
            (
                format!("<table:table-row table:number-rows-repeated=\"1048577\">{one}</table:table-row>"),
                Code::DamagedWorkbook,
            ),
            (
                format!(
                    "<table:table-row><table:table-cell table:number-columns-repeated=\"16384\"/>{one}</table:table-row>"
                ),
                Code::DamagedWorkbook,
            ),
            (
                format!(
                    "<table:table-row table:number-rows-repeated=\"1048576\">{}</table:table-row>",
                    one.replace("/>", " table:number-columns-repeated=\"16384\"/>")
                ),
                Code::TooLarge,
            ),
            (
                format!(
                    "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell></table:table-row>",
                    "<text:s text:c=\"99999999\"/>".repeat(100)
                ),
                Code::TooLarge,
            ),
            ("<table:table-row>".to_owned(), Code::DamagedWorkbook),
        ] {
            let bytes = book(&format!("<table:table table:name=\"表\">{rows}</table:table>"));
            assert_eq!(wrong(&bytes, BookFormat::Ods), [code], "{}", rows.get(..80).unwrap_or(&rows));
        }
        let kind = "application/vnd.oasis.opendocument.spreadsheet";
        assert_eq!(wrong(&zipped(&[("mimetype", kind)]), BookFormat::Ods), [Code::DamagedWorkbook]);
        let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
        let locked = zipped(&[("mimetype", kind), ("META-INF/manifest.xml", manifest), ("content.xml", "xx")]);
        assert_eq!(wrong(&locked, BookFormat::Ods), [Code::LockedWorkbook]);
    }
}

#[cfg(feature = "xls")]
mod xls {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// A compound file with one stream, whose sectors stand in order.
    fn compound(stream: &[u8]) -> Vec<u8> {
        let mut stream = stream.to_vec();
        stream.resize(stream.len().max(4096).next_multiple_of(512), 0);
        let sectors = u32::try_from(stream.len() / 512).unwrap();
        let mut header = vec![0_u8; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        put(30, &words(&[9, 6]));
        put(44, &1_u32.to_le_bytes());
        put(48, &1_u32.to_le_bytes());
        put(56, &4096_u32.to_le_bytes());
        put(60, &[0xFE, 0xFF, 0xFF, 0xFF]);
        put(68, &[0xFE, 0xFF, 0xFF, 0xFF]);
        put(76, &[0; 4]);
        put(80, &[0xFF; 432]);
        // The table: itself, the directory, the stream.
        let mut table = vec![0xFFFF_FFFD_u32, 0xFFFF_FFFE];
        table.extend(3..=sectors + 1);
        table.push(0xFFFF_FFFE);
        table.resize(128, u32::MAX);
        let mut directory = vec![0_u8; 512];
        for (at, name) in ["Root Entry", "Workbook"].iter().enumerate() {
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let entry = &mut directory[at * 128..at * 128 + 128];
            entry[..units.len()].copy_from_slice(&units);
            entry[64..66].copy_from_slice(&u16::try_from(units.len() + 2).unwrap().to_le_bytes());
            entry[116..120].copy_from_slice(&if at == 0 { u32::MAX - 1 } else { 2 }.to_le_bytes());
            entry[120..124]
                .copy_from_slice(&if at == 0 { 0 } else { u32::try_from(stream.len()).unwrap() }.to_le_bytes());
        }
        let table: Vec<u8> = table.iter().flat_map(|next| next.to_le_bytes()).collect();
        [header, table, directory, stream].concat()
    }

    /// A workbook with one sheet of these records, after these of its own.
    fn book(own: &[Vec<u8>], records: &[Vec<u8>]) -> Vec<u8> {
        let begin = record(0x0809, &words(&[0x0600, 5, 0, 0, 0, 0, 0, 0]));
        let end = record(0x000A, &[]);
        let own = own.concat();
        // Its name is `S`.
        let start = u32::try_from(begin.len() + own.len() + 4 + 9 + end.len()).unwrap();
        let sheet = record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
        compound(&[&begin[..], &own, &sheet, &end, &begin, &records.concat(), &end].concat())
    }

    fn styles() -> Vec<Vec<u8>> {
        let code = b"0!.0,";
        let format = [&words(&[164, 5])[..], &[0], code].concat();
        [0, 14, 164, 9].iter().map(|id| record(0x00E0, &words(&[0, *id, 0]))).chain([record(0x041E, &format)]).collect()
    }

    fn number(row: u16, column: u16, style: u16, number: f64) -> Vec<u8> {
        record(0x0203, &[&words(&[row, column, style])[..], &number.to_le_bytes()].concat())
    }

    fn formula(row: u16, column: u16, value: [u8; 8], flags: u16) -> Vec<u8> {
        record(0x0006, &[&words(&[row, column, 0])[..], &value, &words(&[flags, 0, 0, 0])].concat())
    }

    #[test]
    fn every_kind_of_cell_is_read() {
        let records = [
            number(1, 0, 0, 724.712_483_999_999_9),
            number(1, 1, 1, 45356.0),
            number(1, 2, 2, 2_000_000.0),
            number(1, 3, 3, 0.4),
            // In four bytes: 12345 in hundredths, −2, a double, two of them in a row.
            record(0x027E, &[&words(&[1, 4, 0])[..], &(12345_u32 << 2 | 3).to_le_bytes()].concat()),
            record(0x027E, &[&words(&[1, 5, 0])[..], &(-2_i32 << 2 | 2).to_le_bytes()].concat()),
            record(
                0x00BD,
                &[
                    &words(&[1, 6, 0])[..],
                    &0x3FF8_0000_u32.to_le_bytes(),
                    &words(&[0]),
                    &(7_u32 << 2 | 2).to_le_bytes(),
                    &words(&[7]),
                ]
                .concat(),
            ),
            // Texts of one byte and of two a character, a flag, an error.
            record(0x0204, &[&words(&[2, 0, 0, 2])[..], &[0, b'a', 0xE9]].concat()),
            record(0x0204, &[&words(&[2, 1, 0, 2])[..], &[1], &words(&[0x7532, 0x6751])].concat()),
            record(0x0205, &[&words(&[2, 2, 0])[..], &[1, 0]].concat()),
            record(0x0205, &[&words(&[2, 3, 0])[..], &[0x17, 1]].concat()),
            // Formulas: a number, a text that follows what formulas share, an empty text, a flag, an error, none.
            formula(3, 0, 2.5_f64.to_le_bytes(), 0),
            formula(3, 1, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0),
            record(0x04BC, &[0; 8]),
            record(0x0207, &[&words(&[1])[..], &[1], &words(&[0x4E59])].concat()),
            formula(3, 2, [3, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0),
            formula(3, 3, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF], 0),
            formula(3, 4, [2, 0, 7, 0, 0, 0, 0xFF, 0xFF], 2),
            formula(3, 5, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0),
        ];
        let (rows, notes) = read(&book(&styles(), &records), BookFormat::Xls, 0).unwrap();
        assert_eq!(
            rows,
            [
                "2|#724.712484|2024-03-05|!scaled-format|40%|#123.45|#-2|#1.5|#7",
                "3|aé|甲村|true|!cell-error",
                "4|#2.5|乙||true|!cell-error|!not-calculated"
            ]
        );
        assert_eq!(notes.stale(), Some((4, 4)));
    }

    #[test]
    fn texts_go_on_in_records_that_continue() {
        // Two texts: the first begins with one byte a character and goes on with two, with a run and more behind it.
        let shared = [
            &2_u32.to_le_bytes()[..],
            &2_u32.to_le_bytes(),
            &words(&[4]),
            &[8 | 4],
            &words(&[1]),
            &4_u32.to_le_bytes(),
            b"ab",
        ];
        let more = [&[1][..], &words(&[0x7532, 0x4E59]), &[9; 8], &words(&[1]), &[0, b'c']];
        let own = [record(0x00FC, &shared.concat()), record(0x003C, &more.concat())];
        let cell =
            |column: u16, text: u32| record(0x00FD, &[&words(&[0, column, 0])[..], &text.to_le_bytes()].concat());
        assert_eq!(read(&book(&own, &[cell(0, 1), cell(1, 0)]), BookFormat::Xls, 0).unwrap().0, ["1|c|ab甲乙"]);
        assert_eq!(wrong(&book(&own, &[cell(0, 2)]), BookFormat::Xls), [Code::DamagedWorkbook]);
    }

    #[test]
    fn rows_are_put_in_order_and_what_is_hidden_or_merged_is_seen() {
        let hidden = |row: u16| record(0x0208, &words(&[row, 0, 1, 0, 0, 0, 0x20, 0]));
        let records = [
            record(0x007D, &words(&[1, 3, 0, 0, 1, 0])),
            hidden(2),
            hidden(7),
            number(2, 1, 0, 3.0),
            number(0, 0, 0, 1.0),
            number(1, 0, 0, 2.0),
            // A chart in the sheet, with a number of its own.
            record(0x0809, &words(&[0x0600, 0x20])),
            number(0, 0, 0, 9.0),
            record(0x000A, &[]),
            record(0x00E5, &words(&[1, 1, 2, 0, 0])),
        ];
        let (rows, notes) = read(&book(&styles(), &records), BookFormat::Xls, 0).unwrap();
        assert_eq!(rows, ["1|#1", "2|#2", "3h|^#2|#3"]);
        assert_eq!((notes.hidden_rows(), notes.hidden_columns()), (&[(3, 3)][..], &[(1, 1)][..]));
        let calendar = [styles(), vec![record(0x0022, &words(&[1]))]].concat();
        assert_eq!(
            read(&book(&calendar, &[number(0, 0, 1, 43894.0)]), BookFormat::Xls, 0).unwrap().0,
            ["1|2024-03-05"]
        );
    }

    #[test]
    fn what_is_old_locked_or_damaged_is_refused() {
        let old = compound(&record(0x0809, &words(&[0x0500, 5])));
        assert_eq!(wrong(&old, BookFormat::Xls), [Code::UnknownFormat]);
        assert_eq!(wrong(&book(&[record(0x002F, &[1, 0])], &[]), BookFormat::Xls), [Code::LockedWorkbook]);
        let twice = [number(0, 0, 0, 1.0), number(0, 0, 0, 1.0)];
        assert_eq!(wrong(&book(&[], &twice), BookFormat::Xls), [Code::DamagedWorkbook]);
        assert_eq!(wrong(&book(&[], &[record(0x0203, &[0; 5])]), BookFormat::Xls), [Code::DamagedWorkbook]);
        let whole = book(&[], &[]);
        // The table of sectors says that a sector follows itself.
        let mut circle = whole.clone();
        circle[512 + 8..512 + 12].copy_from_slice(&2_u32.to_le_bytes());
        assert_eq!(wrong(&circle, BookFormat::Xls), [Code::DamagedWorkbook]);
        assert_eq!(wrong(&whole[..600], BookFormat::Xls), [Code::DamagedWorkbook]);
    }
}

/// Whatever a file is, it is read or refused.
#[cfg(all(feature = "xlsx", feature = "xls", feature = "ods"))]
#[test]
fn no_bytes_are_too_much() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let read_all = |bytes: &[u8], format: BookFormat| {
        let Ok(mut book) = Workbook::open(bytes, format) else { return false };
        (0..book.sheets().len()).all(|sheet| book.rows(sheet, &mut |_| Ok(true)).is_ok())
    };
    let mut whole = 0;
    for _ in 0..300 {
        for (name, format) in [
            ("ledger-yuan.xls", BookFormat::Xls),
            ("roster-office.xls", BookFormat::Xls),
            ("ledger-yuan.xlsx", BookFormat::Xlsx),
            ("roster-office.ods", BookFormat::Ods),
        ] {
            let mut bytes = sheet_file(name);
            for _ in 0..=random(8) {
                let at = random(bytes.len());
                bytes[at] = [0, 0xFF, 0x7F, bytes[at] ^ 1 << random(8)][random(4)];
            }
            whole += u32::from(read_all(&bytes, format));
        }
        // What is packed cannot be reached that way.
        for (name, format, part) in [
            ("ledger-yuan.xlsx", BookFormat::Xlsx, "xl/worksheets/sheet1.xml"),
            ("ledger-yuan.xlsx", BookFormat::Xlsx, "xl/sharedStrings.xml"),
            ("ledger-yuan.xlsx", BookFormat::Xlsx, "xl/styles.xml"),
            ("ledger-yuan.xlsx", BookFormat::Xlsx, "xl/workbook.xml"),
            ("ledger-yuan.ods", BookFormat::Ods, "content.xml"),
        ] {
            let bytes = sheet_file(name);
            let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for at in 0..from.len() {
                let mut file = from.by_index(at).unwrap();
                let mut text = Vec::new();
                std::io::Read::read_to_end(&mut file, &mut text).unwrap();
                if file.name().unwrap() == part {
                    for _ in 0..=random(3) {
                        let at = random(text.len());
                        text[at] = b"0<>\"/&A9\xFF -"[random(11)];
                    }
                }
                to.start_file(file.name().unwrap(), SimpleFileOptions::default()).unwrap();
                to.write_all(&text).unwrap();
            }
            whole += u32::from(read_all(&to.finish().unwrap().into_inner(), format));
        }
    }
    assert!(whole > 100, "{whole}");
}

#[test]
fn every_fault_is_a_problem_that_says_what_would_be_right() {
    let text = || "x".to_owned();
    for (fault, code) in [
        (CellFault::Error(text()), Code::CellError),
        (CellFault::NotCalculated, Code::NotCalculated),
        (CellFault::DigitsLost(text()), Code::DigitsLost),
        (CellFault::ScaledFormat { shown: text(), stored: text() }, Code::ScaledFormat),
        (CellFault::NotANumber(text()), Code::BadNumber),
        (CellFault::NotADate(text()), Code::BadDate),
    ] {
        let problem = fault.problem();
        assert_eq!((problem.code(), problem.severity()), (code, Severity::Error));
        assert!(problem.expected_text(Lang::En).is_some(), "{problem}");
    }
    assert_eq!([0, 25, 26, 16_383].map(column_name), ["A", "Z", "AA", "XFD"]);
}
