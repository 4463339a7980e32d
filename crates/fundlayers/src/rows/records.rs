//! Tables that are read: what a reader hands over, cell by cell, and everything that is wrong with it.
//!
//! Rosters, limits, receipts and scenarios are all read this way, from any format: a reader (CSV, JSON, Arrow) begins a
//! [`RowBuilder`] with the header and hands it the rows.

use std::borrow::Cow;

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::rows as words;
use crate::ground::ids::index;
use crate::ground::message::{Message, Phrase};
use crate::ground::money::{Amount, MoneyError, Unit};
use crate::ground::number::{NumberError, decimal, parse_number};
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::sure::Sure;
use crate::ground::text::without_padding;
use crate::rows::forms::{self, is_nothing, says_nothing};
use crate::rows::glance::{self, may_be_space};
use crate::rows::header::unbracketed;
use crate::rows::sheet_columns::SheetColumns;

/// Takes the rows of a table from a reader, one by one.
pub trait RowBuilder: Sized {
    /// What the rows become.
    type Output;

    /// Says before the first row how many bytes the rows may take, so that a table which would take memory out of
    /// proportion to its file is refused.
    fn set_room(&mut self, _bytes: usize) {}

    /// Says that about so many rows come next, so that room for them can be made at once.
    fn expect_rows(&mut self, _rows: usize) {}

    /// Takes a row: the line of the file it began on, and its cells in header order.
    ///
    /// A row whose cells are all blank is skipped but counted. Cells missing at the end are blank.
    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]);

    /// Takes some rows column by column, as data frames keep them. The same as their cells row by row.
    fn push_columns(&mut self, columns: &[CellColumn<'_>], rows: usize) {
        push_by_rows(self, columns, rows);
    }

    /// The key of what a column of the header holds, for problems that a reader finds itself; none if the column is not
    /// read. Left as it is, every column is read and goes by its title.
    fn key_of(&self, column: usize, title: &str) -> Option<String> {
        _ = column;
        Some(title.trim().to_owned())
    }

    /// Whether a column of the header holds years or counts, which a binary float holds exactly.
    fn is_whole(&self, column: usize) -> bool {
        _ = column;
        false
    }

    /// How well the header fits what is read. Left as it is, any header does.
    fn fit(&self) -> Fit {
        Fit { complete: true, known: 0 }
    }

    /// What a column of the header is to the reader of a sheet.
    fn role(&self, column: usize) -> ColumnRole {
        _ = column;
        ColumnRole::Unread
    }

    /// Says before the first row which unit stands above the table: that of every amount that has none of its own.
    fn set_unit(&mut self, _unit: Unit) {}

    /// Says before the first row which unit of land stands above the table, as it is written there; several differ from every one.
    fn set_land_unit(&mut self, _stated: &str) {}

    /// Says before the first row that what stands above the table states no unit that is read, or several: what it states.
    fn set_unclear_unit(&mut self, _stated: &str) {}

    /// Says before the first row whether blank cells of keys are merged with the filled-in one above: `true` fills them,
    /// `false` leaves them blank, as if nothing is said; with none, as in a file that has lost which cells were merged, what
    /// looks so is an error.
    fn set_fill_down(&mut self, _fill_down: Option<bool>) {}

    /// Says before the first row that the file tells which cells are merged: a blank one is blank, though nobody has said that
    /// it is meant so.
    fn set_merges_known(&mut self) {
        self.set_fill_down(Some(false));
    }

    /// Whether cells are those of a row of its own, and not of a line that sums others or of a remark.
    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        _ = cells;
        true
    }

    /// Says before the first row that a person finds a row by its line, as in a sheet.
    fn set_lines_shown(&mut self) {}

    /// Says after the last row in which sheet of a workbook the rows stood, so that what is found wrong later names the cell.
    fn set_sheet(&mut self, _columns: &SheetColumns) {}

    /// What the rows became, with warnings.
    ///
    /// # Errors
    ///
    /// Every problem of every row at once.
    fn finish(self) -> Result<(Self::Output, Problems), Problems>;
}

/// The last year that can be written.
pub(crate) const YEAR_LIMIT: u32 = 9999;
/// So many of the known words are looked at for a suggestion.
pub(crate) const SUGGESTED: usize = 256;

/// How well a header fits the table that is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fit {
    /// Whether every column is there that the table must have.
    pub complete: bool,
    /// How many of the titles are known.
    pub known: usize,
}

/// What a column of a table is to the reader of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnRole {
    /// Nothing is read from it.
    Unread,
    /// What a row is called: its name, its id. Merged cells are not filled down, since each row has its own.
    Name,
    /// What the place is called that a row is about, one of several: merged cells are filled down.
    Place,
    /// A text that several rows may share, as their county: merged cells are filled down.
    Key,
    /// Anything else: figures, dates, remarks.
    Figure,
}

/// A cell as a reader found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Blank,
    /// A text, not trimmed yet. An empty one is blank.
    Text(&'a str),
    /// A bare number by its digits (JSON; an exponent is allowed).
    Number(&'a str),
    /// True or false (JSON, Excel).
    Flag(bool),
}

impl<'a> Cell<'a> {
    #[inline]
    pub(crate) fn is_blank(self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => glance::first(text) & glance::BLANK != 0 && is_blank(text),
            Self::Number(_) | Self::Flag(_) => false,
        }
    }

    /// What stands there, for messages.
    pub(crate) fn shown(self) -> &'a str {
        match self {
            Self::Blank => "",
            Self::Text(text) => text.trim(),
            Self::Number(digits) => digits,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }

    /// The cell of a text column. A bare whole number is its digits: spreadsheets and scripts lose the quotes of codes.
    #[inline]
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Blank => Some(""),
            Self::Text(text) if says_nothing(text) => Some(""),
            Self::Text(text) => Some(text),
            Self::Number(digits) => {
                Some(digits).filter(|d| !d.is_empty() && d.bytes().all(|byte| byte.is_ascii_digit()))
            }
            Self::Flag(_) => None,
        }
    }
}

/// The cells of one column in some rows, as a data frame keeps them.
#[derive(Debug, Clone, Copy)]
pub enum CellColumn<'a> {
    /// Nothing in any row.
    Blank,
    /// Texts, not trimmed yet. An empty one is blank.
    Texts(&'a [&'a str]),
    /// Such texts one after the other.
    Joined(JoinedTexts<'a>),
    /// Texts of which many are alike.
    Words {
        /// Each of them.
        words: &'a [&'a str],
        /// Which of them stands in each row; one that is not there is blank.
        codes: &'a [u32],
    },
    /// Whole numbers.
    Integers(&'a [Option<i64>]),
    /// Decimal numbers: mantissa × 10^−scale.
    Decimals {
        /// The mantissas.
        mantissas: &'a [Option<i128>],
        /// How many of their digits stand behind the point.
        scale: u32,
    },
    /// True or false.
    Flags(&'a [Option<bool>]),
    /// Cells of several kinds.
    Cells(&'a [Cell<'a>]),
}

/// Texts one after the other in one.
///
/// ```
/// let mut texts = fundlayers::roster::TextBuffer::default();
/// for text in ["黄堡镇", "", "坡头镇"] {
///     assert!(texts.push(text));
/// }
/// assert_eq!(texts.texts().iter().collect::<Vec<_>>(), ["黄堡镇", "", "坡头镇"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct TextBuffer {
    text: String,
    ends: Vec<u32>,
    pub(crate) known: Known,
}

/// What is known of texts without another look; false where nobody has looked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// None is empty, and there is no white space in any.
    pub(crate) tidy: bool,
    /// None may call its line one that sums others, be a remark, or say that nothing stands there.
    pub(crate) plain: bool,
}

impl TextBuffer {
    /// With room for so many texts of so many bytes together.
    #[must_use]
    pub fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(texts), known: Known::default() }
    }

    /// Adds a text; false, and nothing is added, if they would be longer than 2^32 − 1 bytes together.
    pub fn push(&mut self, text: &str) -> bool {
        let end = u32::try_from(self.text.len().saturating_add(text.len()));
        if let Ok(end) = end {
            self.text.push_str(text);
            self.ends.push(end);
            self.known = Known::default();
        }
        end.is_ok()
    }

    /// What is in it.
    #[must_use]
    pub fn texts(&self) -> JoinedTexts<'_> {
        JoinedTexts { text: &self.text, start: 0, ends: &self.ends, known: self.known }
    }
}

/// Some of the texts of a [`TextBuffer`].
#[derive(Debug, Clone, Copy)]
pub struct JoinedTexts<'a> {
    text: &'a str,
    /// Where the first one begins.
    start: u32,
    /// They ascend, and each ends a character.
    ends: &'a [u32],
    /// What is known of all of them, and so of some.
    pub(crate) known: Known,
}

impl<'a> JoinedTexts<'a> {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a row, if there are so many.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&'a str> {
        self.text.get(index(self.begin(at))..index(*self.ends.get(at)?))
    }

    /// The texts in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a str> + Clone + use<'a> {
        let (text, mut start) = (self.text, self.start);
        self.ends.iter().map(move |&end| text.get(index(std::mem::replace(&mut start, end))..index(end)).sure())
    }

    /// All of them as one text.
    pub(crate) fn joined(&self) -> &'a str {
        let end = self.ends.last().copied().unwrap_or(self.start);
        self.text.get(index(self.start)..index(end)).sure()
    }

    /// Whether none is empty and there is no white space in any.
    pub(crate) fn are_tidy(&self) -> bool {
        if self.known.tidy {
            return true;
        }
        // No early end, so that many are looked at together.
        let mut start = self.start;
        let filled = self.ends.iter().fold(true, |filled, &end| filled & (std::mem::replace(&mut start, end) < end));
        filled && !has_space(self.joined())
    }

    /// Where each of them ends in [`Self::joined`].
    pub(crate) fn ends(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        let start = self.start;
        // They ascend, so that none lies before the start.
        self.ends.iter().map(move |end| end.saturating_sub(start))
    }

    /// Where a text begins.
    fn begin(&self, at: usize) -> u32 {
        at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(self.start)
    }

    fn slice(&self, rows: std::ops::Range<usize>) -> Self {
        Self { start: self.begin(rows.start), ends: self.ends.get(rows).sure(), ..*self }
    }
}

impl<'a> CellColumn<'a> {
    /// The digits of its numbers by row; nothing of other columns.
    pub(crate) fn digits(self) -> Vec<String> {
        let number = |mantissa: Option<i128>, scale| mantissa.map_or_else(String::new, |m| digits(m, scale));
        match self {
            Self::Integers(numbers) => numbers.iter().map(|n| number(n.map(i128::from), 0)).collect(),
            Self::Decimals { mantissas, scale } => mantissas.iter().map(|m| number(*m, scale)).collect(),
            Self::Blank | Self::Texts(_) | Self::Joined(_) | Self::Words { .. } | Self::Flags(_) | Self::Cells(_) => {
                Vec::new()
            }
        }
    }

    /// Some of its rows.
    pub(crate) fn slice(self, rows: std::ops::Range<usize>) -> Self {
        match self {
            Self::Blank => Self::Blank,
            Self::Texts(texts) => Self::Texts(texts.get(rows).sure()),
            Self::Joined(texts) => Self::Joined(texts.slice(rows)),
            Self::Words { words, codes } => Self::Words { words, codes: codes.get(rows).sure() },
            Self::Integers(numbers) => Self::Integers(numbers.get(rows).sure()),
            Self::Decimals { mantissas, scale } => Self::Decimals { mantissas: mantissas.get(rows).sure(), scale },
            Self::Flags(flags) => Self::Flags(flags.get(rows).sure()),
            Self::Cells(cells) => Self::Cells(cells.get(rows).sure()),
        }
    }

    /// What stands in a row, for messages.
    pub(crate) fn shown(self, row: usize) -> String {
        let one = self.slice(row..row.saturating_add(1));
        one.cell(0, &one.digits()).shown().to_owned()
    }

    /// The cell of a row, if `digits` are those of the column.
    pub(crate) fn cell(self, row: usize, digits: &'a [String]) -> Cell<'a> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Texts(texts) => texts.get(row).copied().map_or(Cell::Blank, Cell::Text),
            Self::Joined(texts) => texts.get(row).map_or(Cell::Blank, Cell::Text),
            Self::Words { words, codes } => {
                let word = codes.get(row).and_then(|code| words.get(usize::try_from(*code).ok()?));
                word.copied().map_or(Cell::Blank, Cell::Text)
            }
            Self::Integers(_) | Self::Decimals { .. } => match digits.get(row) {
                Some(digits) if !digits.is_empty() => Cell::Number(digits),
                _ => Cell::Blank,
            },
            Self::Flags(flags) => flags.get(row).copied().flatten().map_or(Cell::Blank, Cell::Flag),
            Self::Cells(cells) => cells.get(row).copied().unwrap_or(Cell::Blank),
        }
    }
}

/// The digits of a mantissa × 10^−scale.
pub(crate) fn digits(mantissa: i128, scale: u32) -> String {
    let scale = usize::try_from(scale).unwrap_or(usize::MAX).min(crate::ground::number::SCALE_SHOWN);
    let mut text = format!("{:0>1$}", mantissa.unsigned_abs(), scale.saturating_add(1));
    if scale > 0 {
        text.insert(text.len().saturating_sub(scale), '.');
    }
    if mantissa < 0 {
        text.insert(0, '-');
    }
    text
}

/// Hands columns over row by row.
pub(crate) fn push_by_rows<B: RowBuilder>(builder: &mut B, columns: &[CellColumn<'_>], rows: usize) {
    let digits: Vec<Vec<String>> = columns.iter().map(|column| column.digits()).collect();
    let mut cells = Vec::with_capacity(columns.len());
    for row in 0..rows {
        cells.clear();
        cells.extend(columns.iter().zip(&digits).map(|(column, digits)| column.cell(row, digits)));
        builder.push_row(None, &cells);
    }
}

#[inline(never)]
fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty() || is_nothing(text)
}

/// [`str::trim`], at once for what begins and ends in a visible ASCII character.
pub(crate) fn trimmed(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => text,
        _ => text.trim(),
    }
}

/// Whether there may be white space in a text.
pub(crate) fn has_space(text: &str) -> bool {
    // No early end, so that many bytes are looked at together.
    text.bytes().fold(false, |spaces, byte| spaces | may_be_space(byte))
}

/// [`without_padding`], at once for a text without white space.
#[inline]
pub(crate) fn tidied(text: &str) -> Cow<'_, str> {
    if cell_may_have_space(text) { without_padding(text) } else { Cow::Borrowed(text) }
}

/// [`has_space`] of a text as short as cells are, eight bytes at a time; sometimes it says so of one that has none.
fn cell_may_have_space(text: &str) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    // Whether any byte is up to 0x20, is 0xC2 or is one of 0xE0 to 0xE3.
    let any = |word: u64| {
        let zeros = |word: u64| word.wrapping_sub(all(1)) & !word;
        (word.wrapping_sub(all(b' '.wrapping_add(1))) & !word
            | zeros(word ^ all(0xC2))
            | zeros(word & all(0xFC) ^ all(0xE0)))
            & all(0x80)
            != 0
    };
    let bytes = text.as_bytes();
    // The last eight overlap those before them.
    let Some(last) = bytes.last_chunk() else { return has_space(text) };
    any(u64::from_le_bytes(*last)) || bytes.as_chunks().0.iter().any(|word| any(u64::from_le_bytes(*word)))
}

/// Where a problem is: row and line, and the column for its order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) row: u32,
    pub(crate) line: Option<u32>,
    pub(crate) column: u32,
}

/// The numbers of the rows of a table, from 1.
#[derive(Debug, Default)]
pub(crate) struct RowNumbers(u32);

impl RowNumbers {
    const LIMIT: u32 = u32::MAX - 1;

    /// Where the next row stands, if anything stands in it. That there are too many is said once, and none is taken then.
    pub(crate) fn next(&mut self, line: Option<u32>, cells: &[Cell<'_>], findings: &mut Findings) -> Option<Place> {
        if self.0 > Self::LIMIT {
            return None;
        }
        self.0 = self.0.saturating_add(1);
        let place = Place { row: self.0, line, column: 0 };
        if self.0 > Self::LIMIT {
            findings.push(place, Severity::Error, || {
                Problem::new(Code::TooLarge, words::TOO_MANY_ROWS).line(line).row(place.row)
            });
            return None;
        }
        cells.iter().any(|cell| !cell.is_blank()).then_some(place)
    }
}

/// Problems as they are found, in any order.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Row, column and problem.
    errors: Vec<(u32, u32, Problem)>,
    warnings: Vec<(u32, u32, Problem)>,
    left_out_errors: usize,
    left_out_warnings: usize,
}

impl Findings {
    /// Adds a problem of a cell. Beyond the limit it is only counted, and `fill` is not called.
    #[cold]
    pub(crate) fn add(
        &mut self,
        place: Place,
        code: Code,
        key: &str,
        message: impl Into<Message>,
        fill: impl FnOnce(Problem) -> Problem,
    ) {
        self.push(place, code.severity(), || {
            fill(Problem::new(code, message).row(place.row).line(place.line).column(key))
        });
    }

    /// Errors and warnings are limited apart, so that no number of warnings hides an error.
    pub(crate) fn push(&mut self, place: Place, severity: Severity, problem: impl FnOnce() -> Problem) {
        if self.has_room(severity) {
            self.keep(place, severity, problem());
        }
    }

    fn list(&mut self, severity: Severity) -> &mut Vec<(u32, u32, Problem)> {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        }
    }

    /// Whether one more is kept; else it is counted. Apart from [`Self::push`], which stands in the code once for each
    /// problem.
    #[cold]
    #[inline(never)]
    fn has_room(&mut self, severity: Severity) -> bool {
        let room = self.list(severity).len() < Problems::LIMIT;
        let left_out = match severity {
            Severity::Error => &mut self.left_out_errors,
            Severity::Warning => &mut self.left_out_warnings,
        };
        *left_out = left_out.saturating_add(usize::from(!room));
        room
    }

    #[cold]
    #[inline(never)]
    fn keep(&mut self, place: Place, severity: Severity, problem: Problem) {
        self.list(severity).push((place.row, place.column, problem));
    }

    fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The numbers of the rows with errors, ascending; 0 is the header.
    pub(crate) fn faulty_rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.errors.iter().map(|(row, ..)| *row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The problems in the order of the file, and whether one is an error.
    pub(crate) fn finish(mut self) -> (Problems, bool) {
        let failed = self.has_errors();
        let room = Problems::LIMIT.saturating_sub(self.errors.len());
        let cut = self.warnings.len().saturating_sub(room);
        self.warnings.truncate(room);
        let mut all = self.errors;
        all.append(&mut self.warnings);
        all.sort_by_key(|(row, column, _)| (*row, *column));
        let mut problems: Problems = all.into_iter().map(|(_, _, problem)| problem).collect();
        problems.leave_out(Severity::Error, self.left_out_errors);
        problems.leave_out(Severity::Warning, self.left_out_warnings.saturating_add(cut));
        (problems, failed)
    }
}

/// The number of a column, for the order of problems.
pub(crate) fn order(column: usize) -> u32 {
    u32::try_from(column).unwrap_or(u32::MAX)
}

#[cold]
pub(crate) fn missing(findings: &mut Findings, place: Place, key: &str) {
    findings.add(place, Code::MissingValue, key, words::BLANK, |problem| problem.expected(common::A_VALUE));
}

#[cold]
pub(crate) fn not_text(findings: &mut Findings, place: Place, key: &str, cell: Cell<'_>) {
    findings.add(place, Code::WrongType, key, words::NO_TEXT, |problem| {
        problem.found(cell.shown()).expected(common::A_TEXT)
    });
}

/// The cell of a text column, blank if it is something else.
pub(crate) fn text<'a>(cell: Cell<'a>, place: Place, key: &str, findings: &mut Findings) -> &'a str {
    cell.text().unwrap_or_else(|| {
        not_text(findings, place, key, cell);
        ""
    })
}

/// The mantissa and scale of a cell; none (and a problem) if the cell cannot be a number.
pub(crate) fn number(
    cell: Cell<'_>,
    place: Place,
    findings: &mut Findings,
    key: &str,
) -> Option<Result<(i128, u32), NumberError>> {
    match cell {
        Cell::Text(text) => Some(match plain_number(trimmed(text)) {
            Some((mantissa, scale)) => Ok((mantissa.into(), scale)),
            None => match parse_number(text, false) {
                Err(NumberError::Bad(bad)) => forms::number(text).unwrap_or(Err(NumberError::Bad(bad))),
                read => read,
            },
        }),
        Cell::Number(digits) => Some(match plain_number(digits) {
            Some((mantissa, scale)) => Ok((mantissa.into(), scale)),
            None => parse_number(digits, true),
        }),
        Cell::Blank | Cell::Flag(_) => {
            findings.add(place, Code::WrongType, key, words::NO_NUMBER, |problem| {
                problem.found(cell.shown()).expected(common::A_NUMBER)
            });
            None
        }
    }
}

/// As [`number`]; a percent sign divides by 100.
pub(crate) fn number_or_share(
    cell: Cell<'_>,
    place: Place,
    findings: &mut Findings,
    key: &str,
) -> Option<Result<(i128, u32), NumberError>> {
    match (cell, number(cell, place, findings, key)) {
        (Cell::Text(text), Some(Err(error))) => Some(forms::percent(text).ok_or(error)),
        (_, read) => read,
    }
}

/// A number of an attribute of money, which may have its unit behind it: 5万元. A percentage is none.
pub(crate) fn number_of_money(
    cell: Cell<'_>,
    unit: Unit,
    place: Place,
    findings: &mut Findings,
    key: &str,
) -> Option<Result<(i128, u32), NumberError>> {
    let read = number(cell, place, findings, key);
    let (Cell::Text(text), Some(Err(_))) = (cell, &read) else { return read };
    match forms::money(text) {
        Some((_, Some(own))) if own != unit => {
            findings.add(place, Code::UnitDiffers, key, words::OTHER_UNIT_THAN_AMOUNTS, |problem| {
                problem.found(text.trim()).expected(words::AMOUNT_IN_UNIT.with(&[&unit.as_str()]))
            });
            None
        }
        Some((bare, _)) => number_of_money(Cell::Text(&bare), unit, place, findings, key),
        None => read,
    }
}

/// Reads what most numbers look like: ASCII digits, perhaps a minus and a point.
pub(crate) fn plain_number(text: &str) -> Option<(i64, u32)> {
    // So many digits fit for sure.
    const LONGEST: usize = 18;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() || digits.len() > LONGEST {
        return None;
    }
    let (mut mantissa, mut scale, mut point) = (0_i64, 0_u32, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(byte.wrapping_sub(b'0')));
                scale = scale.wrapping_add(point.into());
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    if point && (digits.starts_with('.') || scale == 0) {
        return None;
    }
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale = scale.wrapping_sub(1);
    }
    Some((if negative { mantissa.wrapping_neg() } else { mantissa }, scale))
}

#[cold]
pub(crate) fn bad_number(findings: &mut Findings, place: Place, key: &str, cell: Cell<'_>, error: &NumberError) {
    let (code, message, expected) = match error {
        NumberError::Bad(_) => (Code::BadNumber, words::NO_NUMBER, words::DIGITS),
        NumberError::OutOfRange(_) => (Code::NumberOutOfRange, words::MORE_DIGITS, common::AT_MOST_28_DIGITS),
    };
    findings.add(place, code, key, message, |problem| problem.found(cell.shown()).expected(expected));
}

/// What is not a whole number from 1 to a limit.
pub(crate) enum NotWhole {
    /// Nothing stands there.
    Blank,
    /// Something else, and the problem is still to be told.
    Wrong,
    /// Something else, and the problem is told.
    Told,
}

/// A whole number from 1 to a limit.
pub(crate) fn whole(
    cell: Cell<'_>,
    limit: u32,
    place: Place,
    findings: &mut Findings,
    key: &str,
) -> Result<u32, NotWhole> {
    // So many digits fit for sure.
    const LONGEST: usize = 9;
    if cell.is_blank() {
        return Err(NotWhole::Blank);
    }
    if let Cell::Text(digits) | Cell::Number(digits) = cell
        && digits.len() <= LONGEST
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        let number = digits
            .bytes()
            .fold(0_u32, |number, byte| number.wrapping_mul(10).wrapping_add(u32::from(byte.wrapping_sub(b'0'))));
        return if (1..=limit).contains(&number) { Ok(number) } else { Err(NotWhole::Wrong) };
    }
    match number(cell, place, findings, key) {
        Some(Ok((mantissa, 0))) => {
            u32::try_from(mantissa).ok().filter(|number| (1..=limit).contains(number)).ok_or(NotWhole::Wrong)
        }
        Some(_) => Err(NotWhole::Wrong),
        None => Err(NotWhole::Told),
    }
}

/// A year as given; none if the cell is blank, or (with a problem, and then `sound` is false) something else.
pub(crate) fn year(
    cell: Cell<'_>,
    place: Place,
    findings: &mut Findings,
    key: &str,
    expected: Phrase,
    sound: &mut bool,
) -> Option<u16> {
    let cell = match cell {
        Cell::Text(text) => Cell::Text(bare_year(text)),
        cell => cell,
    };
    match whole(cell, YEAR_LIMIT, place, findings, key) {
        Ok(year) => return u16::try_from(year).ok(),
        Err(NotWhole::Blank) => return None,
        Err(NotWhole::Wrong) => findings.add(place, Code::BadYear, key, words::NO_YEAR, |problem| {
            problem.found(cell.shown()).expected(expected.with(&[&YEAR_LIMIT]))
        }),
        Err(NotWhole::Told) => {}
    }
    *sound = false;
    None
}

/// A year without the word behind it (2024年度, 2024年), or that of a day as spreadsheets and data frames keep it.
pub(crate) fn bare_year(text: &str) -> &str {
    const DIGITS: usize = 4;
    let text = trimmed(text);
    if text.len() <= DIGITS {
        return text;
    }
    if let Some(year) = text.strip_suffix("年度").or_else(|| text.strip_suffix('年')) {
        // 24年 may be any century's.
        return if year.trim_end().chars().count() == DIGITS { year.trim_end() } else { text };
    }
    let is_day = |rest: &str| {
        rest.len() >= "-01-01".len()
            && rest.bytes().zip("-dd-dd".bytes()).all(|(byte, form)| match form {
                b'd' => byte.is_ascii_digit(),
                form => byte == form,
            })
            && rest.bytes().skip("-01-01".len()).all(|byte| matches!(byte, b'0' | b':' | b'.' | b' ' | b'T'))
    };
    match text.split_at_checked(DIGITS) {
        Some((year, rest)) if is_day(rest) => year,
        _ => text,
    }
}

/// Whether a cell says yes; none if it says neither.
pub(crate) fn flag(cell: Cell<'_>) -> Option<bool> {
    let word = match cell {
        Cell::Blank => return Some(false),
        Cell::Flag(flag) => return Some(flag),
        Cell::Text(text) if says_nothing(text) => return Some(false),
        Cell::Text(text) => text.trim(),
        Cell::Number(digits) => digits,
    };
    let is = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    if is(&["", "0", "false", "no", "否", "０"]) {
        Some(false)
    } else if is(&["1", "true", "yes", "是", "１"]) {
        Some(true)
    } else {
        None
    }
}

/// An amount of a unit in whole fen; none (and a problem) if the cell is something else. A blank cell is for the caller.
///
/// A cell may state a unit of its own, `60万元`, which must not differ from the one that the amount has by `unit`.
pub(crate) fn amount(cell: Cell<'_>, unit: Unit, place: Place, findings: &mut Findings, key: &str) -> Option<Amount> {
    let read = match number(cell, place, findings, key)? {
        Ok((mantissa, scale)) if plain_fen(mantissa, scale, unit).is_some() => {
            return plain_fen(mantissa, scale, unit).map(Amount::from_fen);
        }
        Ok((mantissa, scale)) => decimal(mantissa, scale).ok_or(MoneyError::Overflow),
        Err(error) => {
            if let Cell::Text(text) = cell
                && let Some((bare, own)) = forms::money(text)
            {
                if own.is_some_and(|own| own != unit) {
                    findings.add(place, Code::UnitDiffers, key, words::OTHER_UNIT_THAN_AMOUNTS, |problem| {
                        problem.found(cell.shown()).expected(words::AMOUNT_IN_UNIT.with(&[&unit]))
                    });
                    return None;
                }
                return amount(Cell::Text(&bare), unit, place, findings, key);
            }
            bad_number(findings, place, key, cell, &error);
            return None;
        }
    };
    let (code, message, expected) = match read.and_then(|number| Amount::from_decimal(number, unit)) {
        Ok(amount) => return Some(amount),
        Err(MoneyError::NotWholeFen(..)) => {
            let expected = words::AT_MOST_DECIMALS.with(&[&unit.places(), &unit]);
            (Code::NotWholeFen, words::FINER_THAN_FEN, expected)
        }
        Err(_) => (Code::Overflow, words::BEYOND_64_BITS, common::CHECK_UNITS.into()),
    };
    findings.add(place, code, key, message, |problem| problem.found(cell.shown()).expected(expected));
    None
}

/// The unit that an amount states by itself, `60万元`.
pub(crate) fn own_unit(cell: Cell<'_>) -> Option<Unit> {
    let Cell::Text(text) = cell else { return None };
    // What nearly every cell fails at once: 元, 万 and 亿 end in other bytes than digits and brackets do.
    matches!(text.trim_end().as_bytes().last(), Some(0x83 | 0x87 | 0xBF | b')' | 0x89))
        .then(|| forms::money(text))
        .flatten()?
        .1
}

/// What most amounts are in fen: whole ones that 64 bits hold on the way.
fn plain_fen(mantissa: i128, scale: u32, unit: Unit) -> Option<i64> {
    let scaled = i64::try_from(mantissa).ok()?.checked_mul(unit.fen())?;
    let divisor = 10_i64.checked_pow(scale)?;
    (scaled.checked_rem(divisor) == Some(0)).then(|| scaled.checked_div(divisor)).flatten()
}

/// What the unit column is called.
pub(crate) const UNIT_TITLES: (&str, &str) = ("unit", "单位");

/// Says that amounts have no unit: neither in a column nor in their header.
///
/// `unclear` is what stands above the table instead.
pub(crate) fn unit_missing(findings: &mut Findings, line: Option<u32>, amount: &str, unclear: Option<&str>) {
    findings.push(Place { row: 0, line, column: u32::MAX }, Severity::Error, || {
        let expected = words::COLUMN_OR_UNIT_IN_HEADER.with(&[&UNIT_TITLES.0, &UNIT_TITLES.1, &unbracketed(amount)]);
        let problem = Problem::new(Code::MissingColumn, words::NO_UNIT_OF_AMOUNTS).line(line);
        let problem = problem.column(UNIT_TITLES.0).expected(expected);
        match unclear {
            Some(unclear) => problem.found(unclear),
            None => problem,
        }
    });
}

/// The unit of a row's amounts: what its cell says, else what their header says. None (and a problem) if neither says one,
/// or the cell something else than the header.
pub(crate) fn row_unit(cell: Cell<'_>, header: Option<Unit>, place: Place, findings: &mut Findings) -> Option<Unit> {
    let key = UNIT_TITLES.0;
    if cell.text().is_some_and(|text| text.trim().is_empty()) {
        if header.is_none() {
            missing(findings, place, key);
        }
        return header;
    }
    let word = without_padding(text(cell, place, key, findings));
    if word.is_empty() {
        return None;
    }
    match (Unit::named(&word), header) {
        (Some(unit), Some(header)) if unit != header => {
            findings.add(place, Code::UnitDiffers, key, words::OTHER_UNIT_THAN_HEADER, |problem| {
                problem.found(&word).expected(words::UNIT_OF_HEADER.with(&[&header]))
            });
            None
        }
        (Some(unit), _) => Some(unit),
        (None, _) => {
            findings
                .add(place, Code::BadUnit, key, words::NO_UNIT, |problem| problem.found(&word).expected(words::UNITS));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_seen_wherever_it_stands() {
        let spaces = (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| c.is_whitespace());
        for space in spaces {
            for (before, after) in (0..20).flat_map(|length| (0..=length).map(move |before| (before, length - before)))
            {
                let (before, after) = ("村".repeat(before), "a".repeat(after));
                let text = format!("{before}{space}{after}");
                assert!(cell_may_have_space(&text), "{text:?}");
                assert_eq!(tidied(&text), without_padding(&text));
            }
        }
        for text in ["", "村", "甲村一组", "110000000001", "王益区黄堡镇甲村", "Ålesund, 1", "a-b_c/d~"] {
            assert_eq!(cell_may_have_space(text), text.contains(' '), "{text}");
        }
    }

    #[test]
    fn the_digits_of_a_number_are_those_of_its_mantissa() {
        for (mantissa, scale, text) in [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (7, 3, "0.007"),
            (12, 0, "12"),
            (-5, 0, "-5"),
            (-5, 2, "-0.05"),
            (-1_205, 2, "-12.05"),
            (1_205, 1, "120.5"),
        ] {
            assert_eq!(digits(mantissa, scale), text);
        }
        assert_eq!(CellColumn::Decimals { mantissas: &[Some(-105), None], scale: 1 }.digits(), ["-10.5", ""]);
    }

    #[test]
    fn an_amount_is_whole_fen_of_its_unit() {
        let place = Place { row: 1, line: None, column: 0 };
        let read = |text: &str, unit| {
            let mut findings = Findings::default();
            let amount = amount(Cell::Text(text), unit, place, &mut findings, "amount");
            (amount.map(Amount::fen), findings.finish().0.iter().map(Problem::code).next())
        };
        assert_eq!(read("1,234.56", Unit::Wan), (Some(1_234_560_000), None));
        assert_eq!(read("-0.01", Unit::Yuan), (Some(-1), None));
        assert_eq!(read("0.005", Unit::Yuan), (None, Some(Code::NotWholeFen)));
        assert_eq!(read("99999999999", Unit::Yi), (None, Some(Code::Overflow)));
        assert_eq!(read("x", Unit::Yuan), (None, Some(Code::BadNumber)));
    }
}
