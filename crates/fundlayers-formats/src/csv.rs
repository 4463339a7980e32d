//! Rosters and results in CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use fundlayers::roster::Cell;
use fundlayers::sheet::{RowMarks, SheetOptions, SheetReader};
use fundlayers::table::{Cells, Table};
use fundlayers::{Code, Policy, Position, Problem, Problems, Roster, RosterBuilder, RowBuilder};

mod people;

pub use self::people::write_for_people;
use crate::catalogue as words;
use crate::{COLUMN_LIMIT, too_long, too_many_columns};

/// Reads a roster; see [`read_rows`].
///
/// # Errors
///
/// As [`read_rows`].
pub fn read_roster(text: &str, policy: &Policy) -> Result<(Roster, Problems), Problems> {
    read_rows(text, &SheetOptions::default(), |titles| RosterBuilder::new(policy, titles))
}

/// Reads a table, whatever its rows become: `begin` is given the header, perhaps several times, until it is found among
/// titles and notes; see [`SheetReader`]. Cells are separated by commas, semicolons or tabs, as the first line has them that
/// has any; quotes as in RFC 4180.
///
/// # Errors
///
/// [`Code::Syntax`] for a quote that is not closed, [`Code::TooLarge`] for more than [`COLUMN_LIMIT`]
/// columns or a cell of more than [`CELL_LIMIT`](crate::CELL_LIMIT) characters, and every problem of every row.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#).unwrap();
/// use fundlayers::{RosterBuilder, sheet::SheetOptions};
/// let text = "某市重点镇名单,\n名称,区县\n黄堡镇,王益区\n";
/// let begin = |titles: &[(&str, _)]| RosterBuilder::new(&policy, titles);
/// let (roster, warnings) = fundlayers_formats::csv::read_rows(text, &SheetOptions::default(), begin)?;
/// assert_eq!((roster.len(), warnings.len()), (1, 0));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn read_rows<B: RowBuilder>(
    text: &str,
    options: &SheetOptions,
    begin: impl Fn(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    rows(text, crate::room(text.len(), 0), options, begin)
}

/// As [`read_rows`]; the rows may take so many bytes.
pub(crate) fn rows<B: RowBuilder>(
    text: &str,
    room: usize,
    options: &SheetOptions,
    begin: impl Fn(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    // Lines that end as on old Macintoshes, which Excel for these still writes.
    let lines = if text.contains('\n') || !text.contains('\r') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace('\r', "\n"))
    };
    let mut records = Records { rest: &lines, line: 1, delimiter: delimiter(&lines) };
    let mut sheet = SheetReader::new(begin, options);
    sheet.set_room(room);
    each_row(&mut records, &mut |line, cells| {
        if let Some(builder) = sheet.builder() {
            builder.push_row(line, cells);
        } else {
            sheet.row(line.unwrap_or_default(), cells, RowMarks::default());
        }
    })?;
    sheet.finish()
}

/// Hands the rows over: the line that each begins on, and its cells.
fn each_row(records: &mut Records<'_>, push: &mut dyn FnMut(Option<u32>, &[Cell<'_>])) -> Result<(), Problems> {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    let mut joined: Vec<(usize, String)> = Vec::new();
    let mut blank = 0_u64;
    while let Some(line) = records.next(&mut cells, &mut joined)? {
        let filled;
        let cells: &[Cell<'_>] = if joined.is_empty() {
            &cells
        } else {
            filled = filled_in(&cells, &joined);
            &filled
        };
        // Blank lines count as rows, unless nothing follows them.
        if matches!(cells, [Cell::Text(only)] if only.trim().is_empty()) {
            blank = blank.saturating_add(1);
            continue;
        }
        for _ in 0..std::mem::take(&mut blank) {
            push(None, &[]);
        }
        push(Some(line), cells);
    }
    Ok(())
}

/// Cells with the texts that had to be put together.
#[cold]
fn filled_in<'t>(cells: &[Cell<'t>], joined: &'t [(usize, String)]) -> Vec<Cell<'t>> {
    let mut cells = cells.to_vec();
    for (at, text) in joined {
        if let Some(cell) = cells.get_mut(*at) {
            *cell = Cell::Text(text);
        }
    }
    cells
}

/// Splits a text into records. Written here because blank lines must be counted, a quote that stays open must be found,
/// and cells that have no quotes should not be copied.
struct Records<'a> {
    /// What is not split yet.
    rest: &'a str,
    line: u32,
    delimiter: u8,
}

impl<'a> Records<'a> {
    /// Reads the cells of the next record; the line it begins on, or none at the end. A cell that does not stand in the text
    /// as it is to be read is left blank, and its text is in `joined`.
    #[inline]
    fn next(&mut self, cells: &mut Vec<Cell<'a>>, joined: &mut Vec<(usize, String)>) -> Result<Option<u32>, Problems> {
        cells.clear();
        joined.clear();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            let (cell, end) = if self.rest.starts_with('"') {
                let (field, end) = self.quoted()?;
                check(cells.len(), &field, line)?;
                let cell = match field {
                    Cow::Borrowed(field) => Cell::Text(field),
                    Cow::Owned(field) => {
                        joined.push((cells.len(), field));
                        Cell::Blank
                    }
                };
                (cell, end)
            } else {
                let (field, end) = self.plain(self.rest);
                check(cells.len(), field, line)?;
                (Cell::Text(field), end)
            };
            cells.push(cell);
            match end {
                End::Cell => {}
                End::Record => {
                    self.line = self.line.saturating_add(1);
                    return Ok(Some(line));
                }
                End::Text => return Ok(Some(line)),
            }
        }
    }

    /// A cell without quotes; a carriage return at its end is white space.
    #[inline]
    fn plain(&mut self, rest: &'a str) -> (&'a str, End) {
        let (field, tail) = rest.split_at_checked(plain_length(rest.as_bytes(), self.delimiter)).unwrap_or_default();
        let end = match tail.as_bytes().first() {
            None => End::Text,
            Some(b'\n') => End::Record,
            Some(_) => End::Cell,
        };
        self.rest = tail.get(1..).unwrap_or_default();
        (field, end)
    }

    /// A cell in quotes, in which two quotes stand for one. What follows the closing quote belongs to it too.
    fn quoted(&mut self) -> Result<(Cow<'a, str>, End), Problems> {
        let start = self.line;
        let mut field = Cow::Borrowed("");
        let mut inside = self.rest.get(1..).unwrap_or_default();
        loop {
            let Some(length) = memchr::memchr(b'"', inside.as_bytes()) else {
                let problem = Problem::new(Code::Syntax, words::OPEN_QUOTE).line(Some(start)).found("\"");
                return Err(problem.expected(words::CLOSING_QUOTE).into());
            };
            let part = inside.get(..length).unwrap_or_default();
            let ends = memchr::memchr_iter(b'\n', part.as_bytes()).count();
            self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
            field = joined(field, part);
            inside = inside.get(length.saturating_add(1)..).unwrap_or_default();
            if !inside.starts_with('"') {
                break;
            }
            field = joined(field, "\"");
            inside = inside.get(1..).unwrap_or_default();
        }
        let (tail, end) = self.plain(inside);
        Ok((joined(field, tail.trim_end()), end))
    }
}

/// Refuses a cell of a record that has too many, or that is too long.
#[inline]
fn check(before: usize, field: &str, line: u32) -> Result<(), Problems> {
    if before >= COLUMN_LIMIT {
        return Err(too_many_columns().line(Some(line)).into());
    }
    match too_long(field) {
        None => Ok(()),
        Some(problem) => Err(problem.line(Some(line)).into()),
    }
}

/// How many bytes stand before the first delimiter or end of a line. Eight are looked at together: most cells are that short.
#[inline]
fn plain_length(bytes: &[u8], delimiter: u8) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // The high bit of the first byte that is zero, of no byte before it.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (delimiters, newlines) = (u64::from_le_bytes([delimiter; 8]), u64::from_le_bytes([b'\n'; 8]));
    let mut length = 0_usize;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ends = zeros(word ^ delimiters) | zeros(word ^ newlines);
        if ends != 0 {
            return length.saturating_add(usize::try_from(ends.trailing_zeros() / 8).unwrap_or_default());
        }
        length = length.saturating_add(8);
    }
    length
        .saturating_add(rest.iter().position(|byte| matches!(*byte, b'\n') || *byte == delimiter).unwrap_or(rest.len()))
}

/// Both parts as one; not copied while one of them is empty.
fn joined<'a>(field: Cow<'a, str>, part: &'a str) -> Cow<'a, str> {
    match (field.is_empty(), part.is_empty()) {
        (_, true) => field,
        (true, _) => Cow::Borrowed(part),
        _ => Cow::Owned(field.into_owned() + part),
    }
}

/// What ends a cell.
enum End {
    /// Another cell of the record follows.
    Cell,
    /// Another record may follow.
    Record,
    /// The text ends.
    Text,
}

/// Comma, semicolon or tab, whichever the first line has most of that has any: titles above a table may have none.
fn delimiter(text: &str) -> u8 {
    const LINES: usize = 40;
    let header = text.lines().take(LINES).find(|line| line.contains([',', ';', '\t'])).unwrap_or_default();
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    let (comma, semicolon, tab) = (count(b','), count(b';'), count(b'\t'));
    if tab > comma && tab > semicolon {
        b'\t'
    } else if semicolon > comma {
        b';'
    } else {
        b','
    }
}

/// Writes a result for programs: English keys, UTF-8 without mark, lines that end in `\n`, quotes where RFC 4180 wants them,
/// amounts as plain digits, every text as it is. A spreadsheet runs a text such as `=1+1` as a formula: for people there is
/// [`write_for_sheets`].
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, table: &Table<'_>) -> io::Result<()> {
    write_texts(writer, table, false)
}

/// Writes a result for a spreadsheet: as [`write()`], but after a byte order mark, without which Excel does not read UTF-8,
/// and with texts that it would run as formulas as [`harmless`] has them.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_for_sheets(writer: &mut dyn Write, table: &Table<'_>) -> io::Result<()> {
    writer.write_all(MARK.as_bytes())?;
    write_texts(writer, table, true)
}

/// A byte order mark.
const MARK: &str = "\u{feff}";

/// A text that no spreadsheet runs as a formula: with `'` before it if it begins with `=`, `+`, `-`, `@` (full-width too), a
/// tab or the end of a line, unless it is a plain number.
///
/// ```
/// use fundlayers_formats::csv::harmless;
/// assert_eq!(harmless("=cmd|'/c calc'!A1"), "'=cmd|'/c calc'!A1");
/// assert_eq!((harmless("-12.5"), harmless("a=b")), ("-12.5".into(), "a=b".into()));
/// ```
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if crate::runs(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn write_texts(writer: &mut dyn Write, table: &Table<'_>, for_sheets: bool) -> io::Result<()> {
    fn shown(text: &str, for_sheets: bool) -> Cow<'_, str> {
        if for_sheets { harmless(text) } else { Cow::Borrowed(text) }
    }
    for (at, column) in table.columns().iter().enumerate() {
        separated(writer, at, &shown(&column.key, for_sheets))?;
    }
    writer.write_all(b"\n")?;
    let mut number = String::new();
    for batch in table.batches() {
        for row in 0..batch.rows {
            for (at, cells) in batch.columns.iter().enumerate() {
                match cells {
                    Cells::Text(_) | Cells::Words(_) => {
                        separated(writer, at, &shown(cells.text(row).unwrap_or_default(), for_sheets))?;
                    }
                    Cells::Flag(flags) => {
                        let flag = flags.get(row).copied().unwrap_or_default();
                        separated(writer, at, if flag { "true" } else { "false" })?;
                    }
                    _ => {
                        number.clear();
                        if let Some(digits) = crate::number(cells, row, table.unit()) {
                            fmt(&mut number, format_args!("{digits}"));
                        }
                        separated(writer, at, &number)?;
                    }
                }
            }
            writer.write_all(b"\n")?;
        }
    }
    Ok(())
}

fn fmt(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    _ = std::fmt::Write::write_fmt(text, arguments);
}

fn separated(writer: &mut dyn Write, at: usize, text: &str) -> io::Result<()> {
    if at > 0 {
        writer.write_all(b",")?;
    }
    let plain = !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) && text.trim() == text;
    if plain { writer.write_all(text.as_bytes()) } else { write!(writer, "\"{}\"", text.replace('"', "\"\"")) }
}

/// Writes one line of cells as they are.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_line(writer: &mut dyn Write, cells: &[&str]) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        separated(writer, at, cell)?;
    }
    writer.write_all(b"\n")
}

/// Writes the titles of a table that is to be filled in with a spreadsheet: after a byte order mark where `mark` is set,
/// each as [`harmless`] has it.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_template(writer: &mut dyn Write, titles: &[&str], mark: bool) -> io::Result<()> {
    writer.write_all(if mark { MARK.as_bytes() } else { b"" })?;
    let titles: Vec<Cow<'_, str>> = titles.iter().map(|title| harmless(title)).collect();
    write_line(writer, &titles.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "layers": [],
                 "attributes": { "pupils": { "type": "number" } }, "classes": [{ "id": "all", "funding": {} }] }"#,
        )
        .unwrap()
    }

    #[test]
    fn lines_may_end_as_on_old_macintoshes() {
        assert_eq!(names("name\r甲村\r\r\"乙\r村\"\r"), ["甲村", "乙村"]);
        let problems = read_roster("name,pupils\r甲村,1\r乙村,x\r", &policy()).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.location().line).collect::<Vec<_>>(), [Some(3)]);
        // Elsewhere it is what it was.
        assert_eq!(names("name\r\n甲村\r\n"), ["甲村"]);
    }

    fn names(text: &str) -> Vec<String> {
        read_roster(text, &policy()).unwrap().0.iter().map(|place| place.name().to_owned()).collect()
    }

    #[test]
    fn the_first_delimiter_ends_a_cell_wherever_it_stands() {
        // Bytes next to those that end a cell, before and behind it.
        for filler in [&b"+"[..], b"-", b"\x0b", b"\t", b"\x00", b"\x80", b"\xac", b"\x8a", b"\xff"] {
            for (before, end, after) in (0..30)
                .flat_map(|before| [b',', b'\n'].map(|end| (before, end)))
                .flat_map(|(before, end)| (0..20).map(move |after| (before, end, after)))
            {
                let mut bytes = filler.repeat(before);
                assert_eq!(plain_length(&bytes, b','), before);
                bytes.push(end);
                bytes.extend(filler.repeat(after));
                bytes.push(b',');
                assert_eq!(plain_length(&bytes, b','), before, "{filler:?} {end} {after}");
            }
        }
    }

    #[test]
    fn separators_quotes_and_line_ends_are_understood() {
        for text in [
            "name,county\na,b\n\"c,d\",e\n",
            "name;county\r\na;b\r\n\"c,d\";e",
            "name\tcounty\na\tb\n\"c,d\"\te\n\n\n",
            "\n\nname,county\na,b\n\"c,d\",e",
        ] {
            assert_eq!(names(text), ["a", "c,d"], "{text}");
        }
        assert_eq!(names("name\n\"a\"\"\nb\"\nc\n"), ["a\"\nb", "c"]);
        assert_eq!(names("name\na \"b\" c\n"), ["a \"b\" c"]);
    }

    #[test]
    fn for_a_spreadsheet_no_text_is_a_formula_and_for_programs_each_is_as_it_was() {
        for formula in
            ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "+1e5", "-1.", "--1"]
        {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for text in ["", "甲", "-12", "+8.5", "0", "a-b", "'=1", " =1", "1=2"] {
            assert!(matches!(harmless(text), Cow::Borrowed(same) if same == text), "{text}");
        }
        let policy = policy();
        let roster =
            read_roster("name,county\n\"=HYPERLINK(\"\"x\"\",\"\"y\"\")\",@甲县\n-12,甲县\n", &policy).unwrap().0;
        let table = roster.table(&policy);
        let text = |write: fn(&mut dyn Write, &Table<'_>) -> io::Result<()>| {
            let mut out = Vec::new();
            write(&mut out, &table).unwrap();
            String::from_utf8(out).unwrap()
        };
        let (plain, sheet) = (text(write), text(write_for_sheets));
        assert!(plain.contains("\"=HYPERLINK(\"\"x\"\",\"\"y\"\")\"") && plain.contains(",@甲县,"), "{plain}");
        assert!(sheet.starts_with('\u{feff}') && sheet.contains(",'@甲县,"), "{sheet}");
        assert!(sheet.contains("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"") && sheet.contains(",-12,"), "{sheet}");
        assert_eq!(sheet.replace(['\'', '\u{feff}'], ""), plain);
        let mut out = Vec::new();
        write_template(&mut out, &["名称", "=1"], true).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\u{feff}名称,'=1\n");
    }

    #[test]
    fn problems_have_the_line_and_the_row() {
        let places = |text: &str| -> Vec<(Code, Option<u32>, Option<u32>)> {
            let problems = read_roster(text, &policy()).unwrap_err();
            problems.iter().map(|p| (p.code(), p.location().line, p.location().row)).collect()
        };
        assert_eq!(
            places("name,count\na,0\n\n\n\"b\nb\",1\nc,0\n,,\nd,0\n"),
            [
                (Code::BadCount, Some(2), Some(1)),
                // A name with a line break in it is warned of.
                (Code::SpoiledText, Some(5), Some(4)),
                (Code::BadCount, Some(7), Some(5)),
                (Code::BadCount, Some(9), Some(7)),
            ]
        );
        assert_eq!(places("name,county\na,b\n\"c,d\ne,f\n"), [(Code::Syntax, Some(3), None)]);
        assert_eq!(places("")[0].0, Code::EmptyTable);
    }
}
