//! The file formats of [`fundlayers`]: one module each, in and out. Readers take bytes or text, writers any
//! [`Write`](std::io::Write). Nothing here opens a file, but for `output` (not by default), by which every door that writes
//! files writes them whole or not at all.
//!
//! | module | reads | writes |
//! |---|---|---|
//! | [`toml`] | policies, scenarios | |
//! | [`json`] | policies, rosters, scenarios | results |
//! | [`csv`] | rosters, scenarios | results |
//! | `workbook` (not by default) | rosters, scenarios from `.xlsx`, `.xls`, `.ods` | |
//! | `xlsx` (not by default: `write-xlsx`) | | results for people as workbooks |
//! | `template` | | empty tables to be filled in |
//! | `live` (not by default: `live-workbook`) | | allocations as workbooks that compute |
//! | `arrow` (not by default) | tables of rows | results |
//! | `parquet` (not by default) | tables of rows, rosters in many files | results |
//! | `workbook` (not by default: `xlsx`, `xls`, `ods`, `unpacked`) | rows of sheets as they stand | |
//! | [`html`], [`markdown`], [`terminal`] | | results for people |
//!
//! What leaves for people goes through [`visible`](fundlayers::visible), and in Markdown and HTML without HTML of its own; CSV
//! for a spreadsheet and workbooks have no formulas. What leaves for programs (JSON, plain CSV, Arrow) is as it is.
//!
//! ```
//! use fundlayers_formats::{Format, read_policy};
//! let text = "id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n";
//! let (policy, warnings) = read_policy(text.as_bytes(), Format::Toml)?;
//! assert_eq!((policy.id(), warnings.len()), ("e", 0));
//! # Ok::<(), fundlayers::Problems>(())
//! ```

use crate::catalogue as words;
use fundlayers::document::Node;
use fundlayers::sheet::SheetOptions;
use fundlayers::{Code, Phrase, Policy, Position, Problem, Problems, Roster, RosterBuilder, RowBuilder};
#[cfg(feature = "toml")]
use fundlayers::{Scenarios, ScenariosBuilder};
#[cfg(any(feature = "csv", feature = "json"))]
use fundlayers::{
    Unit,
    table::{Cells, Percent},
};

#[cfg(feature = "arrow")]
pub mod arrow;
mod catalogue;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(feature = "html")]
pub mod form;
#[cfg(feature = "html")]
pub mod html;
#[cfg(feature = "json")]
pub mod json;
#[cfg(any(feature = "toml", feature = "json"))]
mod lines;
#[cfg(feature = "live-workbook")]
pub mod live;
#[cfg(feature = "markdown")]
pub mod markdown;
#[cfg(feature = "output")]
pub mod output;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(any(feature = "json", feature = "toml"))]
mod parsers;
#[cfg(feature = "arrow")]
pub mod scan;
#[cfg(feature = "toml")]
pub mod sources;
#[cfg(any(feature = "csv", feature = "write-xlsx"))]
pub mod template;
#[cfg(feature = "terminal")]
pub mod terminal;
pub mod text;
#[cfg(feature = "toml")]
pub mod toml;
#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
pub mod workbook;
#[cfg(feature = "write-xlsx")]
pub mod xlsx;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// TOML: policies.
    Toml,
    /// JSON: policies, rosters.
    Json,
    /// CSV: rosters.
    Csv,
    /// Workbooks of Excel since 2007, WPS and `LibreOffice`: rosters (feature `xlsx`).
    Xlsx,
    /// Workbooks of Excel 97 to 2003: rosters (feature `xls`).
    Xls,
    /// `OpenDocument` spreadsheets of `LibreOffice` and WPS: rosters (feature `ods`).
    Ods,
    /// A workbook that another module has unpacked (feature `unpacked`); no file has it.
    Unpacked,
    /// Columns of Parquet: rosters (feature `parquet`).
    Parquet,
}

impl Format {
    /// The format that a file name's ending stands for.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "xlsx" | "xlsm" | "xltx" | "xltm" => Some(Self::Xlsx),
            "xls" | "xlt" => Some(Self::Xls),
            "ods" | "ots" => Some(Self::Ods),
            #[cfg(feature = "parquet")]
            ending if scan::ENDINGS.contains(&ending) => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The usual ending of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Unpacked => "unpacked",
            Self::Parquet => "parquet",
        }
    }

    /// The format of a workbook, or of Parquet, that comes without a name, by its bytes; none of what is a text.
    #[must_use]
    pub fn of_workbook(bytes: &[u8]) -> Option<Self> {
        const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
        // An OpenDocument file says what it is in its first entry, whose name and content stand uncompressed.
        const FIRST_ENTRY: usize = 128;
        if bytes.starts_with(OLE) {
            return Some(Self::Xls);
        }
        if cfg!(feature = "parquet") && bytes.starts_with(b"PAR1") {
            return Some(Self::Parquet);
        }
        let begin = bytes.get(..FIRST_ENTRY.min(bytes.len())).filter(|begin| begin.starts_with(b"PK\x03\x04"))?;
        let is_ods = begin.windows(11).any(|window| window == b"spreadsheet");
        Some(if is_ods { Self::Ods } else { Self::Xlsx })
    }

    /// The format of a table by what stands at its beginning, for bytes without a name.
    #[must_use]
    pub fn of_table(bytes: &[u8]) -> Self {
        Self::of_workbook(bytes).unwrap_or_else(|| {
            let mut first = first_characters(bytes);
            let is_json = match first.next() {
                Some(b'[') => matches!(first.next(), Some(b'{' | b']')),
                Some(b'{') => matches!(first.next(), Some(b'"' | b'}')),
                _ => false,
            };
            if is_json { Self::Json } else { Self::Csv }
        })
    }

    /// The format of a policy by what stands at its beginning, for bytes without a name.
    #[must_use]
    pub fn of_policy(bytes: &[u8]) -> Self {
        if first_characters(bytes).next() == Some(b'{') { Self::Json } else { Self::Toml }
    }
}

/// What stands at the beginning of a text but for white space, as far as it is ASCII, whichever encoding it is in.
fn first_characters(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let marks: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    let text = marks.iter().find_map(|mark| bytes.strip_prefix(*mark)).unwrap_or(bytes);
    text.iter().copied().filter(|byte| *byte != 0 && !byte.is_ascii_whitespace())
}

/// Reads a policy file.
///
/// # Errors
///
/// Every mistake of the file at once; [`Code::UnknownFormat`] for a format that policies do not have.
pub fn read_policy(bytes: &[u8], format: Format) -> Result<(Policy, Problems), Problems> {
    if bytes.len() > DOCUMENT_LIMIT {
        return Err(too_large(bytes.len()));
    }
    Policy::from_document(&document(&text::decode(bytes)?, format)?)
}

#[cfg_attr(not(any(feature = "toml", feature = "json")), expect(unused_variables, reason = "no format has documents"))]
fn document(text: &str, format: Format) -> Result<Node, Problems> {
    match format {
        #[cfg(feature = "toml")]
        Format::Toml => toml::read(text),
        #[cfg(feature = "json")]
        Format::Json => json::read(text),
        _ => Err(unknown_format(words::POLICY_NOT_READ, words::TOML_OR_JSON)),
    }
}

/// Reads the words around a form: a table of texts by key, in TOML or JSON.
///
/// # Errors
///
/// Mistakes of the file; [`Code::UnknownFormat`] for a format that such texts do not have.
pub fn read_text(bytes: &[u8], format: Format) -> Result<Node, Problems> {
    if bytes.len() > DOCUMENT_LIMIT {
        return Err(too_large(bytes.len()));
    }
    document(&text::decode(bytes)?, format)
}

/// Reads a roster file for a policy.
///
/// # Errors
///
/// Every problem of every row at once; [`Code::UnknownFormat`] for a format that rosters do not have.
pub fn read_roster(bytes: &[u8], format: Format, policy: &Policy) -> Result<(Roster, Problems), Problems> {
    read_rows(bytes, format, &SheetOptions::default(), |titles| RosterBuilder::new(policy, titles))
}

/// Begins a table by its header.
pub(crate) type Begin<'b, B> = &'b dyn Fn(&[(&str, Option<Position>)]) -> B;

/// Reads a file of rows (a roster, limits, receipts); `begin` is given the header, perhaps several times, until it is found.
///
/// # Errors
///
/// Every problem of every row at once; [`Code::UnknownFormat`] for a format that rows do not have.
pub fn read_rows<B: RowBuilder>(
    bytes: &[u8],
    format: Format,
    options: &SheetOptions,
    begin: impl Fn(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    // One type of what begins tables, whatever the file: what reads them is compiled once.
    let begin: Begin<'_, B> = &begin;
    if matches!(format, Format::Xlsx | Format::Xls | Format::Ods | Format::Unpacked) {
        return read_workbook(bytes, format, options, begin);
    }
    #[cfg(feature = "parquet")]
    if format == Format::Parquet {
        return parquet::rows(bytes, None, begin);
    }
    #[cfg_attr(
        not(any(feature = "csv", feature = "json")),
        expect(unused_variables, reason = "no format has rows of text")
    )]
    let text = text::decode(bytes)?;
    #[cfg(any(feature = "csv", feature = "json"))]
    let room = room(bytes.len(), if matches!(text, std::borrow::Cow::Owned(_)) { text.len() } else { 0 });
    match format {
        #[cfg(feature = "csv")]
        Format::Csv => csv::rows(&text, room, options, begin),
        #[cfg(feature = "json")]
        Format::Json => json::rows(&text, room, |titles| {
            let mut builder = begin(titles);
            // A key that is left out is blank, unless it is said that it is merged.
            builder.set_fill_down(options.fill_down.or(Some(false)));
            builder
        }),
        _ => Err(unknown_format(words::ROWS_NOT_READ, words::CSV_OR_JSON)),
    }
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
fn read_workbook<B: RowBuilder>(
    bytes: &[u8],
    format: Format,
    options: &SheetOptions,
    begin: Begin<'_, B>,
) -> Result<(B::Output, Problems), Problems> {
    workbook::rows(&mut *workbook::book(bytes, format)?, room(bytes.len(), 0), options, begin)
}

#[cfg(not(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked")))]
fn read_workbook<B: RowBuilder>(
    _: &[u8],
    _: Format,
    _: &SheetOptions,
    _: Begin<'_, B>,
) -> Result<(B::Output, Problems), Problems> {
    Err(unknown_format(words::ROWS_NOT_READ, words::CSV_OR_JSON))
}

/// Reads a file of scenarios: rows of `scenario, path, value` in CSV or JSON, or a document with `scenarios` in TOML or
/// JSON; see [`Scenarios::from_document`] and [`ScenariosBuilder`].
///
/// # Errors
///
/// Every mistake of the file at once.
///
/// ```
/// use fundlayers::sheet::SheetOptions;
/// use fundlayers_formats::{Format, read_scenarios};
/// let text = "情景,路径,值\n现行,,\n650,classes.municipal-town.standard,650\n";
/// let (list, _) = read_scenarios(text.as_bytes(), Format::Csv, &SheetOptions::default())?;
/// assert_eq!(list.iter().map(|scenario| scenario.name()).collect::<Vec<_>>(), ["现行", "650"]);
/// # Ok::<(), fundlayers::Problems>(())
/// ```
#[cfg(feature = "toml")]
pub fn read_scenarios(bytes: &[u8], format: Format, options: &SheetOptions) -> Result<(Scenarios, Problems), Problems> {
    let is_document = format == Format::Toml
        || format == Format::Json && bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if is_document && bytes.len() > DOCUMENT_LIMIT {
        let problem = Problem::new(Code::TooLarge, words::SCENARIOS_TOO_LARGE).found(format!("{} bytes", bytes.len()));
        return Err(problem.expected(words::SCENARIOS_AS_ROWS).into());
    }
    let document = |document: &Node| Ok((Scenarios::from_document(document)?, Problems::new()));
    match format {
        Format::Toml => document(&toml::read(&text::decode(bytes)?)?),
        #[cfg(feature = "json")]
        Format::Json if is_document => document(&json::read(&text::decode(bytes)?)?),
        format => read_rows(bytes, format, options, |titles| ScenariosBuilder::new(titles, toml::read_value)),
    }
}

/// Whether a column for people is set to the left.
#[cfg(any(feature = "html", feature = "markdown", feature = "terminal", feature = "write-xlsx"))]
const fn is_left(kind: fundlayers::table::ColumnKind) -> bool {
    use fundlayers::table::ColumnKind;
    matches!(kind, ColumnKind::Text | ColumnKind::Flag)
}

/// Whether a spreadsheet runs a text as a formula: it begins with `=`, `+`, `-`, `@` (full-width too), a tab or the end of a
/// line, and is no plain number.
#[cfg(any(feature = "csv", feature = "write-xlsx"))]
fn runs(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number =
        number.split_once('.').map_or_else(|| digits(number), |(whole, part)| digits(whole) && digits(part));
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']) && !is_number
}

/// A number as every format writes it, by its plain digits; none of a blank cell.
#[cfg(any(feature = "csv", feature = "json"))]
fn number(cells: &Cells<'_>, row: usize, unit: Unit) -> Option<Number> {
    match cells {
        Cells::Integer(numbers) => numbers.get(row).map(|number| Number::Integer(*number)),
        Cells::MaybeInteger(numbers) => numbers.get(row).copied().flatten().map(Number::Integer),
        Cells::Number(numbers) => numbers.get(row).copied().flatten().map(|number| Number::Decimal(number.normalize())),
        Cells::Amount(amounts) => amounts.get(row).map(|amount| Number::Amount(amount.in_unit(unit))),
        Cells::MaybeAmount(amounts) => Some(Number::Amount((*amounts.get(row)?)?.in_unit(unit))),
        Cells::Percent(percents) => Some(Number::Percent((*percents.get(row)?)?)),
        Cells::Text(_) | Cells::Words(_) | Cells::Flag(_) => None,
    }
}

/// A number on its way to text.
#[cfg(any(feature = "csv", feature = "json"))]
enum Number {
    Integer(i64),
    Decimal(fundlayers::Decimal),
    Amount(fundlayers::AmountDisplay),
    Percent(Percent),
}

#[cfg(any(feature = "csv", feature = "json"))]
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Amount(amount) => amount.fmt(f),
            Self::Percent(percent) => percent.fmt(f),
        }
    }
}

/// The largest policy file, 1 MiB.
pub const DOCUMENT_LIMIT: usize = 1 << 20;
/// A table has at most so many columns, as a sheet of Excel.
pub const COLUMN_LIMIT: usize = 16_384;

/// Bytes that the rows of a file may take: with the file and its decoded text at most four times the file and 200 MB, of
/// which some is left for what else there is.
#[cfg(any(
    feature = "csv",
    feature = "json",
    feature = "xlsx",
    feature = "xls",
    feature = "ods",
    feature = "unpacked"
))]
fn room(file: usize, decoded: usize) -> usize {
    file.saturating_mul(3).saturating_add(120_000_000).saturating_sub(decoded)
}

/// A cell has at most so many characters, as in Excel.
pub const CELL_LIMIT: usize = 32_767;

/// What is wrong with a cell that is longer than any name or number.
#[cfg(any(feature = "csv", feature = "json"))]
#[inline]
fn too_long(cell: &str) -> Option<Problem> {
    if cell.len() <= CELL_LIMIT { None } else { long(cell) }
}

#[cfg(any(feature = "csv", feature = "json"))]
#[cold]
fn long(cell: &str) -> Option<Problem> {
    let characters = cell.chars().count();
    let problem = Problem::new(Code::TooLarge, words::LONG_CELL.with(&[&characters])).found(cell);
    (characters > CELL_LIMIT).then(|| problem.expected(words::AT_MOST.with(&[&CELL_LIMIT])))
}

#[cfg(any(feature = "csv", feature = "json"))]
fn too_many_columns() -> Problem {
    let message = words::MANY_COLUMNS.with(&[&COLUMN_LIMIT]);
    Problem::new(Code::TooLarge, message).expected(words::COLUMNS_THAT_ARE_READ)
}

fn unknown_format(message: Phrase, formats: Phrase) -> Problems {
    Problem::new(Code::UnknownFormat, message).expected(formats).into()
}

fn too_large(size: usize) -> Problems {
    let problem = Problem::new(Code::TooLarge, words::POLICY_TOO_LARGE).found(format!("{size} bytes"));
    problem.expected(words::ROSTER_APART).into()
}

#[cfg(any(feature = "toml", feature = "json"))]
fn too_deep(position: Option<Position>) -> Problems {
    let message = words::TOO_DEEP.with(&[&Node::DEPTH_LIMIT]);
    Problem::new(Code::TooDeep, message).at(position).into()
}
