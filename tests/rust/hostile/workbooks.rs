//! Tables as workbooks: made by hand in every format from the rows of a table, damaged in their cells, in their XML and in
//! their bytes.
#![expect(clippy::arithmetic_side_effects, reason = "sizes of what is made here are small")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use fundlayers::sheet::SheetOptions;
use fundlayers::{Lang, Problems, RosterBuilder};
use fundlayers_formats::{Format, read_rows};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::laws::records;
use super::mutate::pieces;
use super::seeds::Seed;
use super::{Random, mutated};

/// The formats of workbooks.
pub const FORMATS: [Format; 3] = [Format::Xlsx, Format::Xls, Format::Ods];
/// What every sheet here is called.
pub const SHEET: &str = "名单";

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Blank,
    /// A text.
    Text(String),
    /// A number in plain digits, at most 15 of them.
    Number(String),
    /// An error, such as `#REF!`.
    Error,
}

/// A sheet: its rows, and the cells that are merged, each from and to a row and column, from 0.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
    /// Its merged cells.
    pub merged: Vec<[u32; 4]>,
    /// How many rows and columns stand blank between its first cell and the last row's.
    pub far: Option<[u32; 2]>,
}

impl Sheet {
    /// The sheet of a CSV table; what is a plain number becomes one.
    #[must_use]
    pub fn new(csv: &str) -> Self {
        let rows = records(csv).into_iter().map(|row| row.into_iter().map(value).collect());
        Self { rows: rows.collect(), ..Self::default() }
    }

    /// The same rows as CSV; merged cells and errors are blank.
    #[must_use]
    pub fn csv(&self) -> String {
        let cell = |cell: &Value| match cell {
            Value::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            Value::Number(digits) => digits.clone(),
            Value::Blank | Value::Error => String::new(),
        };
        let mut text = String::new();
        for row in &self.rows {
            let cells: Vec<_> = row.iter().map(cell).collect();
            text += &cells.join(",");
            text.push('\n');
        }
        text
    }

    /// The rows as a workbook.
    #[must_use]
    pub fn book(&self, format: Format) -> Vec<u8> {
        match format {
            Format::Xls => compound(&self.records()),
            Format::Ods => zipped(&self.ods(), None),
            _ => zipped(&self.xlsx(), None),
        }
    }

    fn rows(&self) -> impl Iterator<Item = (u32, u32, &[Value])> {
        let (last, [down, right]) = (self.rows.len().saturating_sub(1), self.far.unwrap_or_default());
        self.rows.iter().enumerate().map(move |(at, cells)| {
            let number = u32::try_from(at).unwrap_or(u32::MAX);
            if at == last { (number.saturating_add(down), right, &**cells) } else { (number, 0, &**cells) }
        })
    }

    fn xlsx(&self) -> Vec<(&'static str, String)> {
        let mut rows = String::new();
        for (row, first, cells) in self.rows() {
            let number = row.saturating_add(1);
            _ = write!(rows, "<row r=\"{number}\">");
            for (column, value) in (first..).zip(cells) {
                let name = format!("{}{number}", letters(column));
                _ = match value {
                    Value::Blank => Ok(()),
                    Value::Text(text) => write!(
                        rows,
                        "<c r=\"{name}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                        escaped(text)
                    ),
                    Value::Number(digits) => write!(rows, "<c r=\"{name}\"><v>{digits}</v></c>"),
                    Value::Error => write!(rows, "<c r=\"{name}\" t=\"e\"><v>#REF!</v></c>"),
                };
            }
            rows += "</row>";
        }
        let cell = |row: &u32, column: &u32| format!("{}{}", letters(*column), row.saturating_add(1));
        let merged = self.merged.iter().fold(String::new(), |list, [row, column, last, end]| {
            format!("{list}<mergeCell ref=\"{}:{}\"/>", cell(row, column), cell(last, end))
        });
        let sheet = format!(
            "<worksheet><dimension ref=\"A1\"/><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>"
        );
        vec![
            ("xl/workbook.xml", format!("<workbook><sheets><sheet name=\"{SHEET}\" r:id=\"r1\"/></sheets></workbook>")),
            ("xl/_rels/workbook.xml.rels", RELATIONS.to_owned()),
            ("xl/styles.xml", STYLES.to_owned()),
            ("xl/sharedStrings.xml", "<sst><si><t>甲</t></si><si><r><t>乙</t></r></si></sst>".to_owned()),
            ("xl/worksheets/sheet1.xml", sheet),
        ]
    }

    fn ods(&self) -> Vec<(&'static str, String)> {
        let covered = |row: u32, column: u32| {
            self.merged.iter().any(|[top, left, bottom, right]| {
                (*top..=*bottom).contains(&row) && (*left..=*right).contains(&column) && (row, column) != (*top, *left)
            })
        };
        let (mut rows, mut next) = (String::new(), 0);
        for (row, first, cells) in self.rows() {
            if let Some(blank) = row.checked_sub(next).filter(|blank| *blank > 0) {
                _ = write!(
                    rows,
                    "<table:table-row table:number-rows-repeated=\"{blank}\"><table:table-cell/></table:table-row>"
                );
            }
            next = row.saturating_add(1);
            rows += "<table:table-row>";
            if first > 0 {
                _ = write!(rows, "<table:table-cell table:number-columns-repeated=\"{first}\"/>");
            }
            for (column, value) in (first..).zip(cells) {
                let name = if covered(row, column) { "table:covered-table-cell" } else { "table:table-cell" };
                let span = self.merged.iter().find(|merged| (merged[0], merged[1]) == (row, column));
                let span = span.map_or_else(String::new, |[top, left, bottom, right]| {
                    format!(
                        " table:number-rows-spanned=\"{}\" table:number-columns-spanned=\"{}\"",
                        bottom.saturating_sub(*top).saturating_add(1),
                        right.saturating_sub(*left).saturating_add(1)
                    )
                });
                _ = match value {
                    Value::Blank => write!(rows, "<{name}{span}/>"),
                    Value::Text(text) => {
                        let text = escaped(text).replace(' ', "<text:s/>").replace('\n', "<text:line-break/>");
                        write!(rows, "<{name}{span} office:value-type=\"string\"><text:p>{text}</text:p></{name}>")
                    }
                    Value::Number(digits) => {
                        write!(rows, "<{name}{span} office:value-type=\"float\" office:value=\"{digits}\"/>")
                    }
                    Value::Error => write!(
                        rows,
                        "<{name}{span} table:formula=\"of:=1/0\" office:value-type=\"string\" \
                         calcext:value-type=\"error\"><text:p>#REF!</text:p></{name}>"
                    ),
                };
            }
            rows += "</table:table-row>";
        }
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"{SHEET}\">{rows}\
             </table:table></office:spreadsheet></office:body></office:document-content>"
        );
        vec![("mimetype", ODS.to_owned()), ("content.xml", content)]
    }

    /// The records of Excel 97: what fits into its 65,536 rows and 256 columns.
    fn records(&self) -> Vec<u8> {
        let begin = record(0x0809, &words(&[0x0600, 5, 0, 0, 0, 0, 0, 0]));
        let end = record(0x000A, &[]);
        let name: Vec<u8> = SHEET.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let characters = u8::try_from(name.len() / 2).unwrap_or_default();
        let start = [begin.len(), 4, 8, name.len(), end.len()].into_iter().fold(0, usize::saturating_add);
        let start = u32::try_from(start).unwrap_or_default().to_le_bytes();
        let sheet = record(0x0085, &[&start[..], &[0, 0, characters, 1], &name].concat());
        let mut stream = [begin.clone(), sheet, end.clone(), begin].concat();
        for (row, first, cells) in self.rows() {
            for (column, value) in (first..).zip(cells) {
                let (Ok(row), Ok(column)) = (u16::try_from(row), u8::try_from(column)) else { continue };
                let place = words(&[row, column.into(), 0]);
                let cell = match value {
                    Value::Blank => Vec::new(),
                    Value::Text(text) => {
                        let units: Vec<u16> = text.encode_utf16().take(4_000).collect();
                        let length = u16::try_from(units.len()).unwrap_or_default();
                        record(0x0204, &[&place[..], &words(&[length]), &[1], &words(&units)].concat())
                    }
                    Value::Number(digits) => {
                        let number: f64 = digits.parse().unwrap_or_default();
                        record(0x0203, &[place, number.to_le_bytes().to_vec()].concat())
                    }
                    Value::Error => record(0x0205, &[place, vec![0x17, 1]].concat()),
                };
                stream.extend(cell);
            }
        }
        for [row, column, last, end] in &self.merged {
            let range: Vec<u16> =
                [row, last, column, end].iter().map(|at| u16::try_from(**at).unwrap_or(u16::MAX)).collect();
            stream.extend(record(0x00E5, &[words(&[1]), words(&range)].concat()));
        }
        stream.extend(end);
        stream
    }
}

const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const RELATIONS: &str = "<Relationships><Relationship Id=\"r1\" Type=\"http://x/worksheet\" \
     Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/>\
     <Relationship Id=\"r3\" Type=\"http://x/styles\" Target=\"styles.xml\"/></Relationships>";
const STYLES: &str = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"0!.0,&quot;万元&quot;\"/></numFmts>\
     <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>";

/// What is a plain number, of as many digits as a double keeps, becomes one; what is blank is nothing.
fn value(cell: String) -> Value {
    let plain = |digits: &str| {
        let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        are_digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && part.is_none_or(|part| are_digits(part) && !part.ends_with('0'))
            && digits.len() <= 15
    };
    let is_number = plain(cell.strip_prefix('-').unwrap_or(&cell)) && cell != "-0";
    match cell.as_str() {
        "" => Value::Blank,
        _ if is_number => Value::Number(cell),
        _ => Value::Text(cell),
    }
}

fn letters(column: u32) -> String {
    fundlayers_formats::workbook::column_name(usize::try_from(column).unwrap_or_default())
}

/// Text in XML; what XML cannot hold is left as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An archive of parts, sometimes with one that is much when it is inflated.
fn zipped(parts: &[(&str, String)], bomb: Option<(&str, usize)>) -> Vec<u8> {
    packed(parts, bomb).unwrap_or_default()
}

fn packed(parts: &[(&str, String)], bomb: Option<(&str, usize)>) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method))?;
        match bomb {
            // Behind the first mark, so that what is inflated is read.
            Some((piece, times)) if name.ends_with("sheet1.xml") || name.ends_with("content.xml") => {
                let at =
                    ["<sheetData>", "table:name=\"名单\">"].iter().find_map(|mark| Some(text.find(mark)? + mark.len()));
                let (head, tail) = text.split_at_checked(at.unwrap_or_default()).unwrap_or((text, ""));
                zip.write_all(head.as_bytes())?;
                zip.write_all(piece.repeat(times).as_bytes())?;
                zip.write_all(tail.as_bytes())?;
            }
            _ => zip.write_all(text.as_bytes())?,
        }
    }
    Ok(zip.finish()?.into_inner())
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap_or(u16::MAX).to_le_bytes(), data].concat()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A compound file with one stream: its tables, its directory, then the stream, sector by sector.
fn compound(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const LAST: u32 = 0xFFFF_FFFE;
    let put = |into: &mut [u8], at: usize, bytes: &[u8]| {
        for (to, from) in into.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    };
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    // Each table of 128 numbers tells what follows a sector; the tables themselves stand in sectors.
    let tables = (1..=109_usize).find(|tables| tables * 128 > sectors + tables).unwrap_or(109);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut next = vec![0xFFFF_FFFD_u32; tables];
    next.push(LAST);
    next.extend((2 + tables..=tables + sectors).map(number));
    next.push(LAST);
    next.resize(tables * 128, u32::MAX);
    let mut header = vec![0_u8; SECTOR];
    put(&mut header, 0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    put(&mut header, 30, &words(&[9, 6]));
    put(&mut header, 44, &number(tables).to_le_bytes());
    put(&mut header, 48, &number(tables).to_le_bytes());
    put(&mut header, 56, &4096_u32.to_le_bytes());
    put(&mut header, 60, &LAST.to_le_bytes());
    put(&mut header, 68, &LAST.to_le_bytes());
    put(&mut header, 76, &[0xFF; 436]);
    for table in 0..tables {
        put(&mut header, 76 + 4 * table, &number(table).to_le_bytes());
    }
    let mut directory = vec![0_u8; SECTOR];
    for (at, name, start, length) in
        [(0, "Root Entry", LAST, 0), (128, "Workbook", number(tables + 1), number(stream.len()))]
    {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(&mut directory, at, &units);
        put(&mut directory, at + 64, &words(&[u16::try_from(units.len() + 2).unwrap_or_default()]));
        put(&mut directory, at + 66, &[if at == 0 { 5 } else { 2 }]);
        put(&mut directory, at + 116, &start.to_le_bytes());
        put(&mut directory, at + 120, &length.to_le_bytes());
    }
    let table: Vec<u8> = next.iter().flat_map(|next| next.to_le_bytes()).collect();
    [header, table, directory, stream].concat()
}

/// Lines that stand above, within and below tables.
pub const AROUND: [&str; 14] = [
    "某市重点村名单",
    "2024年度",
    "（单位：万元）",
    "单位：元",
    "小计",
    "合计",
    "合计（3个）",
    "其中：重点村",
    "Total",
    "注：名单以正式文件为准",
    "填报人：某某",
    "—",
    "/",
    "",
];

/// Texts that are hard to show or to compare.
const TEXTS: [&str; 12] =
    ["\0", "\u{202e}村", "a\u{200b}b", "\u{feff}", "_x0000_", "=1+1", "￥1,200", "(30)", "30-", "40%", "60万元", "　 "];

/// A sheet with a few things done to its cells.
#[must_use]
pub fn changed(mut sheet: Sheet, random: &mut Random) -> Sheet {
    for _ in 0..random.below(4) {
        let rows = sheet.rows.len();
        let columns = sheet.rows.first().map_or(0, Vec::len);
        let (row, column) = (random.below(rows), random.below(columns));
        let index = |at: usize| u32::try_from(at).unwrap_or_default();
        match random.below(10) {
            0..=2 => {
                let mut line = vec![Value::Blank; columns];
                if let Some(cell) = line.get_mut(column) {
                    *cell = Value::Text((*random.pick(&AROUND)).to_owned());
                }
                sheet.rows.insert(row, line);
            }
            3 => {
                let (last, end) = (row.saturating_add(random.below(4)), column.saturating_add(random.below(3)));
                sheet.merged.push([index(row), index(column), index(last), index(end)]);
            }
            4 => sheet.merged.push([0, 0, 1_048_575, 16_383]),
            5 => sheet.far = Some([index(random.below(1_048_576)), index(random.below(16_384))]),
            6 => put(&mut sheet, row, column, Value::Error),
            7 => put(&mut sheet, row, column, Value::Text((*random.pick(&TEXTS)).to_owned())),
            8 => put(&mut sheet, row, column, Value::Blank),
            _ => put(&mut sheet, row, column, Value::Number((*random.pick(&NUMBERS)).to_owned())),
        }
    }
    sheet
}

/// Numbers as workbooks store them, or cannot.
const NUMBERS: [&str; 9] =
    ["6101220000001234", "1E+300", "0.30000000000000004", "-1", "724.71248399999995", "NaN", "1e400", "2958466", "0"];

fn put(sheet: &mut Sheet, row: usize, column: usize, value: Value) {
    if let Some(cell) = sheet.rows.get_mut(row).and_then(|cells| cells.get_mut(column)) {
        *cell = value;
    }
}

/// Pieces of the XML of workbooks.
const XML: [&str; 34] = [
    "<row r=\"1048577\">",
    "<row r=\"0\"/>",
    "<row r=\"1\" hidden=\"1\">",
    "<c r=\"XFD1048576\"><v>1</v></c>",
    "<c r=\"ZZZZZZZ9999999999\"><v>1</v></c>",
    "<c t=\"s\"><v>99999999999</v></c>",
    "<c t=\"s\"><v>0</v></c>",
    "<c t=\"s\"><v>-1</v></c>",
    "<c s=\"2\"><v>2000000</v></c>",
    "<c s=\"1\"><v>45356.5</v></c>",
    "<c><f>1+1</f></c>",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<mergeCells count=\"4294967295\">",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<mergeCell ref=\"B2:A1\"/>",
    "<cols><col min=\"1\" max=\"4294967295\" hidden=\"1\"/></cols>",
    "<sst count=\"1000000000\" uniqueCount=\"1000000000\">",
    "<sheet name=\"名单\" r:id=\"r1\"/>",
    "<calcPr fullCalcOnLoad=\"1\"/>",
    "</row>",
    "</sheetData>",
    "<!--",
    "<![CDATA[",
    "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
    "&b;",
    "&#0;",
    "&#x110000;",
    "&#xD800;",
    " table:number-rows-repeated=\"1048576\"",
    " table:number-columns-repeated=\"4294967295\"",
    " table:number-rows-spanned=\"1048576\"",
    "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell office:value-type=\"float\" office:value=\"1\"/>",
    "<text:s text:c=\"1000000000\"/>",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
];

/// A CSV table as a workbook that is damaged in its cells, its XML or its bytes, and how it is to be read.
#[must_use]
pub fn damaged(csv: &str, seeds: &[Seed], random: &mut Random) -> (Vec<u8>, Format, SheetOptions) {
    let format = *random.pick(&FORMATS);
    let sheet = changed(Sheet::new(csv), random);
    let mut options = SheetOptions::default();
    options.sheet = random.one_in(3).then(|| SHEET.to_owned());
    options.fill_down = *random.pick(&[None, Some(true), Some(false)]);
    let mut bytes = match (random.below(6), format) {
        (0 | 1, _) => return (sheet.book(format), format, options),
        (2..=4, Format::Xlsx | Format::Ods) => {
            let mut parts = if format == Format::Ods { sheet.ods() } else { sheet.xlsx() };
            let at = random.below(parts.len().saturating_add(4)).min(parts.len().saturating_sub(1));
            if let Some((_, text)) = parts.get_mut(at) {
                *text = pieces(std::mem::take(text), &XML, random);
                if random.one_in(3) {
                    *text = String::from_utf8_lossy(&mutated(text.clone().into_bytes(), seeds, random)).into_owned();
                }
            }
            let bomb = random.one_in(40).then(|| {
                let piece = *random.pick(&XML);
                (piece, random.below(20_000))
            });
            return (zipped(&parts, bomb), format, options);
        }
        _ => sheet.book(format),
    };
    // Sizes, offsets and counts stand in four bytes, most of them near the beginning or the end.
    for _ in 0..=random.below(3) {
        let near = random.below(bytes.len().min(600));
        let at = match random.below(3) {
            0 => near,
            1 => bytes.len().saturating_sub(near),
            _ => random.below(bytes.len()),
        };
        let claim = *random.pick(&[0, 1, 0x3fff_ffff, 0x4000_0000, 0x7fff_ffff, u32::MAX, 0xffff_fffe]);
        for (byte, claimed) in bytes.iter_mut().skip(at).zip(u32::to_le_bytes(claim)) {
            *byte = claimed;
        }
    }
    if random.one_in(2) {
        bytes = mutated(bytes, seeds, random);
    }
    (bytes, format, options)
}

/// What a table is read as: what every place of it says, or why not, without where.
pub type Read = (Result<Vec<String>, ()>, Vec<String>);

/// Reads a table as a roster of a policy.
pub fn read(policy: &fundlayers::Policy, bytes: &[u8], format: Format, options: &SheetOptions) -> Read {
    let told = |problems: &Problems| {
        let mut told: Vec<String> = problems
            .iter()
            .map(|problem| {
                let (found, expected) = (problem.found_text(), problem.expected_text(Lang::En));
                // Rows and cells that are named in words are places: workbooks leave blank ones out.
                let message = problem.message(Lang::En).replace(|c: char| c.is_ascii_digit(), "");
                format!("{} {message} {found:?} {expected:?}", problem.code())
            })
            .collect();
        told.sort();
        told
    };
    match read_rows(bytes, format, options, |titles| RosterBuilder::new(policy, titles)) {
        Ok((roster, warnings)) => {
            let place = |place: fundlayers::roster::Recipient<'_>| {
                let attributes = policy.attributes().iter().map(|attribute| place.attribute(&attribute.id));
                let texts =
                    [place.id(), place.county(), place.township(), place.name(), place.kind(), place.designation()];
                format!("{texts:?} {} {:?} {:?}", place.count(), place.years(policy), attributes.collect::<Vec<_>>())
            };
            (Ok(roster.iter().map(place).collect()), told(&warnings))
        }
        Err(problems) => (Err(()), told(&problems)),
    }
}

/// One sheet in every format, and as CSV, is one roster with the same problems but for their places.
///
/// # Errors
///
/// The formats that differ, and in what.
pub fn alike(policy: &fundlayers::Policy, csv: &str, random: &mut Random) -> Result<(), String> {
    let mut sheet = Sheet::new(csv);
    for _ in 0..random.below(4) {
        let (row, columns) = (random.below(sheet.rows.len()), sheet.rows.first().map_or(0, Vec::len));
        let mut line = vec![Value::Blank; columns];
        let column = random.below(columns);
        if random.one_in(4) {
            put(&mut sheet, row, column, Value::Blank);
        } else if let Some(cell) = line.get_mut(column) {
            *cell = Value::Text((*random.pick(&AROUND)).to_owned());
            sheet.rows.insert(row, line);
        }
    }
    // A bare number with a point is no name or code: a program made it of one, where CSV has it as it was typed.
    for cell in sheet.rows.iter_mut().flatten() {
        if let Value::Number(digits) = cell
            && !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            *cell = Value::Text(std::mem::take(digits));
        }
    }
    let mut options = SheetOptions::default();
    // Which cells are merged CSV does not tell, so that left out it asks where a workbook knows.
    options.fill_down = Some(random.one_in(2));
    let text = sheet.csv();
    let expected = read(policy, text.as_bytes(), Format::Csv, &options);
    for format in FORMATS {
        let found = read(policy, &sheet.book(format), format, &options);
        if found != expected {
            return Err(format!("{format:?} {options:?}\n{text}\nis {found:?}\nCSV is {expected:?}"));
        }
    }
    Ok(())
}
