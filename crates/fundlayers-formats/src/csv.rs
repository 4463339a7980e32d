//! Rosters and results in CSV.

use std::io::{self, Write};

use csv::{ReaderBuilder, StringRecord};
use fundlayers::roster::Cell;
use fundlayers::table::{Cells, Table};
use fundlayers::{Code, Policy, Position, Problem, Problems, Roster, RosterBuilder};

/// Reads a roster. The first line that is not blank is the header; cells are separated by commas, semicolons or tabs, as
/// the header has them; quotes as in RFC 4180.
///
/// # Errors
///
/// [`Code::Syntax`] for a quote that is not closed, and every problem of every row.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#).unwrap();
/// let (roster, warnings) = fundlayers_formats::csv::read_roster("名称,区县\n黄堡镇,王益区\n", &policy)?;
/// assert_eq!((roster.len(), warnings.len()), (1, 0));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn read_roster(text: &str, policy: &Policy) -> Result<(Roster, Problems), Problems> {
    if let Some(problem) = open_quote(text) {
        return Err(problem.into());
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .buffer_capacity(1 << 16)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let read = |reader: &mut csv::Reader<&[u8]>, record: &mut StringRecord| {
        reader.read_record(record).map_err(|error| Problems::from(Problem::new(Code::Syntax, error.to_string())))
    };
    let mut lines = LineCount { next: 1 };
    if !read(&mut reader, &mut record)? {
        return RosterBuilder::new(policy, &[]).finish();
    }
    let (line, _) = lines.of(&record);
    let titles: Vec<(&str, Option<Position>)> =
        record.iter().map(|title| (title, Some(Position { line, character: 1 }))).collect();
    let mut builder = RosterBuilder::new(policy, &titles);
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(titles.len());
    let mut fields = StringRecord::new();
    while read(&mut reader, &mut fields)? {
        let (line, blank) = lines.of(&fields);
        for _ in 0..blank {
            builder.push_row(None, &[]);
        }
        cells.clear();
        cells.extend(fields.iter().map(Cell::Text));
        builder.push_row(Some(line), &cells);
        // The cells borrow the record, which takes the next row.
        cells = recycle(cells);
    }
    builder.finish()
}

/// An empty list of another lifetime, with the same room.
fn recycle<'b>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Blank).collect()
}

/// Counts lines, to find the blank ones that the reader skips.
struct LineCount {
    /// The line that the next record begins on if none is blank.
    next: u64,
}

impl LineCount {
    /// The line of a record, and how many blank lines stand before it.
    fn of(&mut self, record: &StringRecord) -> (u32, u64) {
        let line = record.position().map_or(self.next, csv::Position::line);
        let blank = line.saturating_sub(self.next);
        let within = memchr::memchr_iter(b'\n', record.as_slice().as_bytes()).count();
        self.next = line.saturating_add(1).saturating_add(u64::try_from(within).unwrap_or_default());
        (u32::try_from(line).unwrap_or(u32::MAX), blank)
    }
}

/// Comma, semicolon or tab, whichever the header has most of.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
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

/// A quote that is opened and never closed swallows the rest of the file.
fn open_quote(text: &str) -> Option<Problem> {
    if memchr::memchr_iter(b'"', text.as_bytes()).count().is_multiple_of(2) {
        return None;
    }
    let delimiter = delimiter(text);
    // Only a quote at the start of a cell opens; the last one that stays open is the culprit.
    let (mut line, mut opened, mut start) = (1_u32, None, true);
    for byte in text.bytes() {
        match byte {
            b'"' if opened.is_some() => opened = None,
            b'"' if start => opened = Some(line),
            _ => {}
        }
        start = byte == b'\n' || byte == delimiter || (byte == b'"' && opened.is_none() && start);
        line = line.saturating_add((byte == b'\n').into());
    }
    opened.map(|line| {
        Problem::new(Code::Syntax, "a quote is opened here and never closed")
            .line(Some(line))
            .found("\"")
            .expected("a closing `\"`")
    })
}

/// Writes a result: English keys, UTF-8 without mark, lines that end in `\n`, quotes where RFC 4180 wants them, amounts as
/// plain digits.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, table: &Table<'_>) -> io::Result<()> {
    let keys: Vec<&str> = table.columns().iter().map(|column| column.key.as_str()).collect();
    for (at, key) in keys.iter().enumerate() {
        separated(writer, at, key)?;
    }
    writer.write_all(b"\n")?;
    let mut number = String::new();
    for batch in table.batches() {
        for row in 0..batch.rows {
            for (at, cells) in batch.columns.iter().enumerate() {
                match cells {
                    Cells::Text(texts) => separated(writer, at, texts.get(row).copied().unwrap_or_default())?,
                    Cells::Integer(numbers) => {
                        number.clear();
                        fmt(&mut number, format_args!("{}", numbers.get(row).copied().unwrap_or_default()));
                        separated(writer, at, &number)?;
                    }
                    Cells::Amount(amounts) => {
                        number.clear();
                        fmt(
                            &mut number,
                            format_args!("{}", amounts.get(row).copied().unwrap_or_default().in_unit(table.unit())),
                        );
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

/// Writes one line of cells, as for a template.
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

    fn names(text: &str) -> Vec<String> {
        read_roster(text, &policy()).unwrap().0.iter().map(|place| place.name().to_owned()).collect()
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
    fn problems_have_the_line_and_the_row() {
        let places = |text: &str| -> Vec<(Code, Option<u32>, Option<u32>)> {
            let problems = read_roster(text, &policy()).unwrap_err();
            problems.iter().map(|p| (p.code(), p.location().line, p.location().row)).collect()
        };
        assert_eq!(
            places("name,count\na,0\n\n\n\"b\nb\",1\nc,0\n,,\nd,0\n"),
            [
                (Code::BadCount, Some(2), Some(1)),
                (Code::BadCount, Some(7), Some(5)),
                (Code::BadCount, Some(9), Some(7)),
            ]
        );
        assert_eq!(places("name,county\na,b\n\"c,d\ne,f\n"), [(Code::Syntax, Some(3), None)]);
        assert_eq!(places("")[0].0, Code::MissingColumn);
    }
}
