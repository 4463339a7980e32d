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
    const STYLES: &str = r##"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0!.0,&quot;万元&quot;"/>
        <numFmt numFmtId="165" formatCode="yyyy/m/d\ h:mm"/><numFmt numFmtId="166" formatCode="0&quot;元&quot;"/></numFmts>
        <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>
        <xf numFmtId="10"/></cellXfs></styleSheet>"##;
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
            ["1|2024-03-05|2024-03-05 18:00:00|40%|#12|!scaled-format|!bad-date|#1"]
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
            assert_eq!(wrong(&sheet(&rows), BookFormat::Xlsx), [Code::TooLarge], "{}", &rows[..20]);
        }
        // Every cell is merged twenty times over.
        let rows: String = (1..200).map(|row| format!("<row r=\"{row}\"><c><v>1</v></c></row>")).collect();
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
            (b"PK\x03\x04 xl/workbook.xml", BookFormat::Xls, "in truth .xlsx"),
            (b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.spreadsheet", BookFormat::Xlsx, "in truth .ods"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 ", BookFormat::Xlsx, "in truth .xls"),
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
            row(r##"<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""
                   calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>
                   <table:table-cell table:formula="of:=1+1"/>
                   <table:table-cell office:value-type="float" office:value="6101220000001234"/>
                   <table:table-cell table:style-name="c1" office:value-type="float" office:value="2000000"/>
                   <table:table-cell table:style-name="c2" office:value-type="float" office:value="2000000"/>
                   <table:table-cell table:style-name="c3" office:value-type="float" office:value="2000000"/>
                   <table:table-cell office:value-type="float" office:value="x"/>"##),
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
            assert_eq!(wrong(&bytes, BookFormat::Ods), [code], "{}", &rows[..80.min(rows.len())]);
        }
        let kind = "application/vnd.oasis.opendocument.spreadsheet";
        assert_eq!(wrong(&zipped(&[("mimetype", kind)]), BookFormat::Ods), [Code::DamagedWorkbook]);
        let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
        let locked = zipped(&[("mimetype", kind), ("META-INF/manifest.xml", manifest), ("content.xml", "xx")]);
        assert_eq!(wrong(&locked, BookFormat::Ods), [Code::LockedWorkbook]);
    }
}
