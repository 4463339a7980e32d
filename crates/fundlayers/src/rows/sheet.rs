//! Sheets as offices keep them: finds where the table is among titles and notes, and hands its rows on.

use crate::ground::catalogue::rows as words;
use crate::ground::message::Phrase;
use crate::ground::money::Unit;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems};
use crate::rows::records::{Cell, ColumnRole, RowBuilder};

/// The header is looked for in so many rows that are not blank.
const SEARCHED_ROWS: usize = 40;

/// How a sheet is to be read, where the file leaves it open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SheetOptions {
    /// The sheet of a workbook, by its name; left out: the one that fits.
    pub sheet: Option<String>,
    /// Whether blank cells of keys are merged with the filled-in one above; left out: what looks so is an error.
    pub fill_down: Option<bool>,
}

/// What is wrong with a table in which nothing stands, not even a header.
#[must_use]
pub fn empty() -> Problem {
    Problem::new(Code::EmptyTable, words::NOTHING_IN_TABLE).expected(words::HEADER_AND_ROWS)
}

/// Why nothing can be read from a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CellFault {
    /// An error of the spreadsheet, such as `#REF!`.
    Error(String),
    /// A formula that was never calculated.
    NotCalculated,
    /// A number of more digits than spreadsheets keep, so that some are lost.
    DigitsLost(String),
    /// A number format that shows another number than the one that is stored: what is shown.
    ScaledFormat(String),
}

impl CellFault {
    fn problem(&self) -> Problem {
        let problem = |code, message: Phrase| Problem::new(code, message);
        match self {
            Self::Error(text) => problem(Code::CellError, words::CELL_IS_ERROR).found(text),
            Self::NotCalculated => {
                problem(Code::NotCalculated, words::FORMULA_NOT_CALCULATED).expected(words::CALCULATE_AND_SAVE)
            }
            Self::DigitsLost(text) => {
                problem(Code::DigitsLost, words::DIGITS_ARE_LOST).found(text).expected(words::LONG_NUMBERS_AS_TEXT)
            }
            Self::ScaledFormat(text) => {
                problem(Code::ScaledFormat, words::SHOWN_IS_NOT_STORED).found(text).expected(words::FORMAT_AS_STORED)
            }
        }
    }
}

/// What a reader knows of a row besides its cells.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct RowMarks<'a> {
    /// The columns, ascending, whose cells are covered by a merged cell: they hold what stands in its first cell.
    pub covered: &'a [usize],
    /// What is wrong with cells, which are blank then.
    pub faults: &'a [(usize, CellFault)],
}

impl<'a> RowMarks<'a> {
    /// Marks of a row.
    #[must_use]
    pub const fn new(covered: &'a [usize], faults: &'a [(usize, CellFault)]) -> Self {
        Self { covered, faults }
    }
}

/// Finds the table of a sheet and hands its rows to a builder.
///
/// The header is the first row that has every title which the table must have, alone or with the row below it (whose titles
/// stand under merged ones: 资金 above 下达金额); if there is none, the row of which most titles are known. What stands above
/// it is passed over, but for 单位：万元, the unit of every amount that has none of its own.
///
/// ```
/// use fundlayers::sheet::{RowMarks, SheetOptions, SheetReader};
/// use fundlayers::{Policy, RosterBuilder, roster::Cell};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#)?;
/// let mut sheet = SheetReader::new(|titles: &[(&str, _)]| RosterBuilder::new(&policy, titles), &SheetOptions::default());
/// let rows = [["某市重点村名单", "", ""], ["序号", "县（区）", "村名"], ["1", "王益区", "甲村"], ["合计", "", "1个村"]];
/// for (line, row) in (1..).zip(rows) {
///     sheet.row(line, &row.map(Cell::Text), RowMarks::default());
/// }
/// let (roster, _) = sheet.finish()?;
/// assert_eq!(roster.iter().map(|place| (place.county(), place.name())).collect::<Vec<_>>(), [("王益区", "甲村")]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SheetReader<B, F> {
    begin: F,
    fill_down: Option<bool>,
    room: Option<usize>,
    /// The rows so far, until it is known where the table begins.
    kept: Vec<Kept>,
    builder: Option<B>,
    /// Faults of cells that are read.
    problems: Problems,
    /// How many rows have been handed on.
    rows: u32,
}

/// A row that is kept until it is known where the table begins.
#[derive(Debug, Clone)]
struct Kept {
    line: u32,
    cells: Vec<KeptCell>,
    covered: Vec<usize>,
    faults: Vec<(usize, CellFault)>,
}

#[derive(Debug, Clone)]
enum KeptCell {
    Blank,
    Text(String),
    Number(String),
    Flag(bool),
}

impl KeptCell {
    fn new(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Blank => Self::Blank,
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Number(digits) => Self::Number(digits.to_owned()),
            Cell::Flag(flag) => Self::Flag(flag),
        }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Text(text) => Cell::Text(text),
            Self::Number(digits) => Cell::Number(digits),
            Self::Flag(flag) => Cell::Flag(*flag),
        }
    }
}

impl Kept {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.cell().is_blank())
    }

    fn title(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.cell().shown())
    }

    /// The titles of a header of one row. A title merged over several columns heads the first.
    fn titles(&self) -> Vec<(&str, Option<Position>)> {
        let position = Some(Position { line: self.line, character: 1 });
        let title = |at: usize| if self.covered.contains(&at) { "" } else { self.title(at) };
        // Columns beyond the last title have none.
        let width = (0..self.cells.len()).rev().find(|at| !self.title(*at).is_empty());
        (0..width.map_or(0, |last| last.saturating_add(1))).map(|at| (title(at), position)).collect()
    }

    /// The unit that it states for all amounts: 单位：万元.
    fn unit(&self) -> Option<Unit> {
        self.cells.iter().find_map(|cell| stated_unit(cell.cell().shown()))
    }
}

/// The unit that a note states: 单位：万元, （单位:元）, 金额单位：亿元, unit: yuan.
fn stated_unit(text: &str) -> Option<Unit> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = text.to_ascii_lowercase();
    let (_, rest) = ["单位：", "单位:", "unit:"].into_iter().find_map(|word| lower.split_once(word))?;
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
    Unit::named(name.strip_prefix("人民币").unwrap_or(&name))
}

/// Titles of a header in two rows: what stands below, with what is merged above it where that is how a column is known.
struct TwoRows {
    titles: Vec<[String; 3]>,
    line: u32,
}

impl TwoRows {
    fn new(above: &Kept, below: &Kept) -> Self {
        let width = above.cells.len().max(below.cells.len());
        let mut upper = "";
        let titles = (0..width).map(|at| {
            let lower =
                if below.covered.contains(&at) && below.title(at) == above.title(at) { "" } else { below.title(at) };
            let own = above.title(at);
            // A blank cell above a title is merged with the one to its left, whether the file says so or not.
            if !own.is_empty() || lower.is_empty() {
                upper = own;
            }
            [own.to_owned(), lower.to_owned(), format!("{upper}{lower}")]
        });
        Self { titles: titles.collect(), line: above.line }
    }

    /// Titles by one of three ways to read those in two rows: joined, or the lower one alone.
    fn read(&self, is_known: impl Fn(&str) -> bool) -> Vec<(&str, Option<Position>)> {
        let position = Some(Position { line: self.line, character: 1 });
        let title = |[own, lower, joined]: &'_ [String; 3]| -> usize {
            if lower.is_empty() {
                0
            } else if own.is_empty() && is_known(lower) && !is_known(joined) {
                1
            } else if is_known(joined) {
                2
            } else {
                usize::from(is_known(lower) || own.is_empty())
            }
        };
        self.titles.iter().map(|three| (three.get(title(three)).map_or("", String::as_str), position)).collect()
    }
}

impl<B: RowBuilder, F: Fn(&[(&str, Option<Position>)]) -> B> SheetReader<B, F> {
    /// Begins a sheet; `begin` is given the titles of a header, perhaps several times, until one fits.
    pub fn new(begin: F, options: &SheetOptions) -> Self {
        Self {
            begin,
            fill_down: options.fill_down,
            room: None,
            kept: Vec::new(),
            builder: None,
            problems: Problems::new(),
            rows: 0,
        }
    }

    /// Says how many bytes the rows may take.
    pub fn set_room(&mut self, bytes: usize) {
        self.room = Some(bytes);
    }

    /// Says that the file tells which cells are merged, so that a blank one is blank.
    pub fn set_merges_known(&mut self) {
        self.fill_down = self.fill_down.or(Some(false));
    }

    /// Takes a row: the line of the file it began on, from 1, and its cells.
    pub fn row(&mut self, line: u32, cells: &[Cell<'_>], marks: RowMarks<'_>) {
        if let Some(builder) = &mut self.builder {
            self.rows = self.rows.saturating_add(1);
            hand_on(builder, &mut self.problems, (self.rows, line), cells, marks);
            return;
        }
        let cells = cells.iter().map(|cell| KeptCell::new(*cell)).collect();
        let kept = Kept { line, cells, covered: marks.covered.to_vec(), faults: marks.faults.to_vec() };
        // Blank rows count only below the header.
        if self.kept.is_empty() && kept.is_blank() {
            return;
        }
        self.kept.push(kept);
        self.search(false);
    }

    /// The builder, once the header is found: rows may be handed to it directly.
    pub fn builder(&mut self) -> Option<&mut B> {
        self.builder.as_mut()
    }

    /// Whether the rows so far have a header that fits, if no more come.
    pub fn fits(&mut self) -> bool {
        if self.builder.is_none() {
            self.search(true);
        }
        self.builder.as_ref().is_some_and(|builder| builder.fit().complete)
    }

    /// What the rows became, with warnings.
    ///
    /// # Errors
    ///
    /// [`Code::EmptyTable`] where nothing stands in any row; every problem of every row and cell at once.
    pub fn finish(mut self) -> Result<(B::Output, Problems), Problems> {
        self.search(true);
        let Self { builder, problems, .. } = self;
        let builder = builder.ok_or_else(empty)?;
        match builder.finish() {
            Ok(done) if problems.is_empty() => Ok(done),
            Ok((_, found)) | Err(found) => {
                let mut problems = problems;
                problems.append(found);
                problems.sort();
                Err(problems)
            }
        }
    }

    /// Looks for the header among the rows that are kept; `ended` if no more come soon.
    fn search(&mut self, ended: bool) {
        if self.builder.is_some() || self.kept.is_empty() {
            return;
        }
        // One more row is needed to see whether the header has two.
        let (begin, kept) = (&self.begin, &self.kept);
        let last = kept.len().saturating_sub(1);
        for (at, row) in kept.iter().enumerate() {
            if row.is_blank() {
                continue;
            }
            let below = kept.get(at.saturating_add(1));
            // What was looked at before has not changed.
            if !ended && at.saturating_add(1) < last {
                continue;
            }
            let single = begin(&row.titles());
            if !single.fit().complete && below.is_none() {
                continue;
            }
            if single.fit().complete && below.is_none() && !ended {
                return;
            }
            if let Some(below) = below.filter(|below| may_head(&single, below)) {
                let two = TwoRows::new(row, below);
                let is_known = |title: &str| begin(&[(title, None)]).fit().known > 0;
                let builder = begin(&two.read(is_known));
                let better = builder.fit().known > single.fit().known && builder.fit().complete;
                if better {
                    return self.found(at, 2, builder);
                }
            }
            if single.fit().complete {
                return self.found(at, 1, single);
            }
        }
        if ended || kept.iter().filter(|row| !row.is_blank()).count() >= SEARCHED_ROWS {
            let fits = kept.iter().enumerate().filter(|(_, row)| !row.is_blank());
            let best = fits
                .map(|(at, row)| (at, begin(&row.titles())))
                .reduce(|best, next| if next.1.fit().known > best.1.fit().known { next } else { best });
            if let Some((at, builder)) = best {
                self.found(at, 1, builder);
            }
        }
    }

    /// Begins the table: its header is so many rows from one on. What stands above is passed over, but for the unit.
    fn found(&mut self, at: usize, rows: usize, mut builder: B) {
        let kept = std::mem::take(&mut self.kept);
        if let Some(room) = self.room {
            builder.set_room(room);
        }
        builder.set_fill_down(self.fill_down);
        if let Some(unit) = kept.iter().take(at).rev().find_map(Kept::unit) {
            builder.set_unit(unit);
        }
        for row in kept.into_iter().skip(at.saturating_add(rows)) {
            self.rows = self.rows.saturating_add(1);
            let cells: Vec<Cell<'_>> = row.cells.iter().map(KeptCell::cell).collect();
            let marks = RowMarks { covered: &row.covered, faults: &row.faults };
            hand_on(&mut builder, &mut self.problems, (self.rows, row.line), &cells, marks);
        }
        self.builder = Some(builder);
    }
}

/// Whether a row may be the second one of a header: something stands in it, but no place is named.
fn may_head<B: RowBuilder>(header: &B, row: &Kept) -> bool {
    let names = |at: &usize| header.role(*at) == ColumnRole::Name;
    let own = |at: usize| if row.covered.contains(&at) { "" } else { row.title(at) };
    let mut columns = 0..row.cells.len();
    let named = columns.clone().filter(names).any(|at| !own(at).is_empty());
    let texts = row.cells.iter().all(|cell| matches!(cell, KeptCell::Blank | KeptCell::Text(_)));
    !named && texts && columns.any(|at| !own(at).is_empty())
}

/// Hands a row on: what is covered by merged cells stays in keys, and faults of cells that are read are told.
#[inline]
fn hand_on<B: RowBuilder>(
    builder: &mut B,
    problems: &mut Problems,
    (row, line): (u32, u32),
    cells: &[Cell<'_>],
    marks: RowMarks<'_>,
) {
    for (column, fault) in marks.faults {
        if let Some(key) = builder.key_of(*column, "") {
            problems.push(fault.problem().row(row).line(Some(line)).column(key));
        }
    }
    if marks.covered.is_empty() {
        return builder.push_row(Some(line), cells);
    }
    let mut cells = cells.to_vec();
    for at in marks.covered {
        if let Some(cell) = cells.get_mut(*at).filter(|_| builder.role(*at) != ColumnRole::Key) {
            *cell = Cell::Blank;
        }
    }
    builder.push_row(Some(line), &cells);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_states_the_unit_of_all_amounts() {
        for (text, unit) in [
            ("单位：万元", Some(Unit::Wan)),
            ("（单位: 元）", Some(Unit::Yuan)),
            ("金额单位：人民币亿元", Some(Unit::Yi)),
            ("单 位 ：万元、公顷", Some(Unit::Wan)),
            ("Unit: yuan", Some(Unit::Yuan)),
            ("单位：某县财政局", None),
            ("单位", None),
            ("万元", None),
        ] {
            assert_eq!(stated_unit(text), unit, "{text}");
        }
    }
}
