//! Sheets as offices keep them: finds where the table is among titles and notes, and hands its rows on.

use std::borrow::Cow;

use hashbrown::HashSet;

use super::forms;
use super::header::{with_remark, without_unit};
use super::lines::{is_remark_across, says_behind_colon};
use crate::ground::catalogue::rows as words;
use crate::ground::land::LandUnit;
use crate::ground::number::parse_number;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems};
use crate::rows::records::{Cell, ColumnRole, RowBuilder};
pub use crate::rows::sheet_columns::{SheetColumns, column_name};
use crate::rows::units::{Stated, is_unit, noted, noted_land};

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

/// What a reader knows of a row besides its cells.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct RowMarks<'a> {
    /// Which cells a merged one covers: they hold what stands in its first cell. Cells beyond the last are not covered.
    pub covered: &'a [bool],
    /// In which columns nothing can be read, and why, without the place; the cells are blank.
    pub faults: &'a [(usize, Problem)],
}

impl<'a> RowMarks<'a> {
    /// Marks of a row.
    #[must_use]
    pub const fn new(covered: &'a [bool], faults: &'a [(usize, Problem)]) -> Self {
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
    /// Whether the file tells which cells are merged.
    merges_known: bool,
    room: Option<usize>,
    /// The rows so far, until it is known where the table begins.
    kept: Vec<Kept>,
    builder: Option<B>,
    /// Faults of cells that are read.
    problems: Problems,
    /// How many rows have been handed on.
    rows: u32,
    /// The sheet of a workbook.
    sheet: Option<String>,
    /// Which columns of the header have a title of their own.
    titled: Vec<bool>,
    /// Whether the next row may number the columns of the header.
    is_below_header: bool,
}

/// A row that is kept until it is known where the table begins.
#[derive(Debug, Clone)]
struct Kept {
    line: u32,
    cells: Vec<KeptCell>,
    covered: Vec<bool>,
    faults: Vec<(usize, Problem)>,
    /// So many blank rows like it follow.
    more: u32,
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

    fn is_covered(&self, column: usize) -> bool {
        self.covered.get(column).copied().unwrap_or_default()
    }

    fn title(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.cell().shown())
    }

    /// Whether it is a part of the header above, whose titles are merged over it.
    fn is_part_of(&self, header: &Self) -> bool {
        let is_merged =
            |at: usize| self.is_covered(at) && !self.title(at).is_empty() && self.title(at) == header.title(at);
        (0..self.cells.len()).any(is_merged)
    }

    /// Whether nothing stands in it but units, as below titles: （万元）, 亩.
    fn has_units(&self) -> bool {
        let own = (0..self.cells.len()).filter(|at| !self.is_covered(*at)).map(|at| self.title(at));
        let mut units = own.filter(|title| !title.is_empty()).peekable();
        units.peek().is_some() && units.all(|title| is_unit(title) || matches!(without_unit(title), ("", Some(_))))
    }

    /// The titles of a header of one row. A title merged over several columns heads the first.
    fn titles(&self) -> Vec<(&str, Option<Position>)> {
        let position = Some(Position { line: self.line, character: 1 });
        let title = |at: usize| if self.is_covered(at) { "" } else { self.title(at) };
        // Columns beyond the last title have none.
        let width = (0..self.cells.len()).rev().find(|at| !self.title(*at).is_empty());
        (0..width.map_or(0, |last| last.saturating_add(1))).map(|at| (title(at), position)).collect()
    }

    /// The units that it states for land: 单位：亩.
    fn land_units(&self) -> impl Iterator<Item = String> {
        self.cells.iter().flat_map(|cell| noted_land(cell.cell().shown()))
    }

    /// The units that it states for all amounts: 单位：万元.
    fn units(&self) -> impl Iterator<Item = Stated> {
        self.cells.iter().flat_map(|cell| noted(cell.cell().shown()))
    }
}

/// Titles of a header in two rows: what stands below, with what is merged above it where that is how a column is known.
struct TwoRows {
    titles: Vec<[String; WAYS]>,
    line: u32,
}

/// What stands above, below, both together, and the last two with the unit that stands above.
const WAYS: usize = 5;

impl TwoRows {
    fn new(above: &Kept, below: &Kept) -> Self {
        let width = above.cells.len().max(below.cells.len());
        let mut upper = "";
        let titles = (0..width).map(|at| {
            let lower = if below.is_covered(at) && below.title(at) == above.title(at) { "" } else { below.title(at) };
            let own = above.title(at);
            // A blank cell above a title is merged with the one to its left, whether the file says so or not.
            if !own.is_empty() || lower.is_empty() {
                upper = own;
            }
            let (name, unit) = without_unit(upper);
            let below = if is_unit(lower) { format!("（{lower}）") } else { lower.to_owned() };
            let both = format!("{name}{below}");
            // The unit that stands next to the amounts is theirs.
            let unit = unit.filter(|_| without_unit(&both).1.is_none());
            let of_unit = |title: &str| unit.map_or_else(|| title.to_owned(), |unit| with_remark(title, unit));
            let (below_unit, both_unit) = (of_unit(&below), of_unit(&both));
            [own.to_owned(), below, both, below_unit, both_unit]
        });
        Self { titles: titles.collect(), line: above.line }
    }

    /// The titles, each read in one of the ways, all at once.
    fn of(&self, way: impl Fn(usize, &[String; WAYS]) -> usize) -> Vec<(&str, Option<Position>)> {
        let position = Some(Position { line: self.line, character: 1 });
        let titles = self.titles.iter().enumerate();
        titles.map(|(at, ways)| (ways.as_slice().get(way(at, ways)).map_or("", String::as_str), position)).collect()
    }

    /// Each title as it is known: joined with what is merged above it, or the lower one alone.
    fn read<B: RowBuilder>(&self, begin: impl Fn(&[(&str, Option<Position>)]) -> B) -> Vec<(&str, Option<Position>)> {
        let (lower, joined) = (begin(&self.of(|_, _| 1)), begin(&self.of(|_, _| 2)));
        self.of(|at, [own, below, ..]| {
            if below.is_empty() {
                0
            } else if joined.key_of(at, "").is_some() {
                4
            } else if lower.key_of(at, "").is_some() {
                3
            } else {
                usize::from(own.is_empty())
            }
        })
    }
}

impl<B: RowBuilder, F: Fn(&[(&str, Option<Position>)]) -> B> SheetReader<B, F> {
    /// Begins a sheet; `begin` is given the titles of a header, perhaps several times, until one fits.
    pub fn new(begin: F, options: &SheetOptions) -> Self {
        Self {
            begin,
            fill_down: options.fill_down,
            merges_known: false,
            room: None,
            kept: Vec::new(),
            builder: None,
            problems: Problems::new(),
            rows: 0,
            sheet: None,
            titled: Vec::new(),
            is_below_header: false,
        }
    }

    /// Says which sheet of a workbook it is: problems name their cells.
    pub fn set_sheet(&mut self, name: &str) {
        self.sheet = Some(name.to_owned());
    }

    /// Says how many bytes the rows may take.
    pub fn set_room(&mut self, bytes: usize) {
        self.room = Some(bytes);
    }

    /// Says that the file tells which cells are merged, so that a blank one is blank.
    pub fn set_merges_known(&mut self) {
        self.merges_known = true;
    }

    /// Takes a row: the line of the file it began on, from 1, and its cells.
    pub fn row(&mut self, line: u32, cells: &[Cell<'_>], marks: RowMarks<'_>) {
        if let Some(builder) = &mut self.builder {
            self.rows = self.rows.saturating_add(1);
            if std::mem::take(&mut self.is_below_header) && is_numbering(cells) {
                return builder.push_row(Some(line), &[]);
            }
            hand_on(builder, &mut self.problems, &self.titled, (self.rows, line), cells, marks);
            return;
        }
        let cells = cells.iter().map(|cell| KeptCell::new(*cell)).collect();
        let kept = Kept { line, cells, covered: marks.covered.to_vec(), faults: marks.faults.to_vec(), more: 0 };
        // Blank rows count only below the header.
        if self.kept.is_empty() && kept.is_blank() {
            return;
        }
        // However many follow each other, they are looked at once.
        if let Some(last) = self.kept.last_mut().filter(|last| kept.is_blank() && last.is_blank()) {
            last.more = last.more.saturating_add(1);
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
        let Self { builder, problems, sheet, titled, .. } = self;
        let mut builder = builder.ok_or_else(empty)?;
        let keys = |builder: &B| (0..titled.len()).map(|at| builder.key_of(at, "")).collect();
        let columns = sheet.map(|sheet| SheetColumns::new(sheet, keys(&builder)));
        if let Some(columns) = &columns {
            builder.set_sheet(columns);
        }
        let placed = |problems: Problems| match &columns {
            Some(columns) => problems.map(|problem| columns.in_cell(problem)),
            None => problems,
        };
        let finished = match builder.finish() {
            Ok((output, found)) => Ok((output, placed(found))),
            Err(found) => Err(placed(found)),
        };
        let problems = placed(problems);
        match finished {
            Ok(done) if problems.is_empty() => Ok(done),
            Ok((_, found)) | Err(found) => {
                let mut problems = beside(problems, found);
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
                let builder = begin(&two.read(begin));
                let (fit, alone) = (builder.fit(), begin(&below.titles()).fit());
                // What stands above a header that needs nothing of it is no part of it: a title, 单位：万元.
                let is_needed = !alone.complete || fit.known > alone.known;
                let known = single.fit().known;
                let says_more = fit.known > known || fit.known == known && (below.is_part_of(row) || below.has_units());
                if fit.complete && says_more && is_needed {
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
        // Titles that are merged over a row more: what stands below others there is not needed.
        let end = at.saturating_add(rows);
        let is_more = |(head, row): (&Kept, &Kept)| row.is_part_of(head) && may_head(&builder, row);
        let heads = kept.get(end.saturating_sub(1)).zip(kept.get(end)).is_some_and(is_more);
        let rows = rows.saturating_add(usize::from(heads));
        self.titled = titled(kept.get(at..at.saturating_add(rows)).unwrap_or_default());
        if let Some(room) = self.room {
            builder.set_room(room);
        }
        if self.merges_known && self.fill_down.is_none() {
            builder.set_merges_known();
        } else {
            builder.set_fill_down(self.fill_down);
        }
        builder.set_lines_shown();
        let below = at.saturating_add(rows);
        let mut units: Vec<Stated> = Vec::new();
        for unit in kept.iter().take(below.saturating_sub(1)).flat_map(Kept::units) {
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        match units.as_slice() {
            [] => {}
            [Stated::Unit(unit)] => builder.set_unit(*unit),
            _ => builder.set_unclear_unit(&units.iter().map(Stated::shown).collect::<Vec<_>>().join(", ")),
        }
        if let Some(land) = land_unit(kept.get(..below.saturating_sub(1)).unwrap_or_default()) {
            builder.set_land_unit(&land);
        }
        self.is_below_header = true;
        for row in kept.into_iter().skip(below) {
            self.rows = self.rows.saturating_add(1);
            let mut cells: Vec<Cell<'_>> = row.cells.iter().map(KeptCell::cell).collect();
            if std::mem::take(&mut self.is_below_header) && is_numbering(&cells) {
                cells.clear();
            }
            let marks = RowMarks { covered: &row.covered, faults: &row.faults };
            hand_on(&mut builder, &mut self.problems, &self.titled, (self.rows, row.line), &cells, marks);
            for _ in 0..row.more {
                self.rows = self.rows.saturating_add(1);
                builder.push_row(None, &[]);
            }
        }
        self.builder = Some(builder);
    }
}

/// Which columns have a title of their own in the rows of a header.
fn titled(header: &[Kept]) -> Vec<bool> {
    let width = header.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    (0..width).map(|at| header.iter().any(|row| !row.is_covered(at) && !row.title(at).is_empty())).collect()
}

/// The unit of land that rows above a table state; several as they are written.
fn land_unit(rows: &[Kept]) -> Option<String> {
    let mut units: Vec<String> = rows.iter().flat_map(Kept::land_units).collect();
    units.sort_unstable();
    units.dedup_by(|a, b| LandUnit::named(a) == LandUnit::named(b));
    (!units.is_empty()).then(|| units.join(", "))
}

/// Faults of cells with what else is wrong with the rows: that a cell is blank in which nothing can be read need not be said too.
fn beside(mut faults: Problems, found: Problems) -> Problems {
    let told: HashSet<_> = faults.iter().map(place_of).collect();
    let follows = |problem: &Problem| problem.location().column.is_some() && told.contains(&place_of(problem));
    if !found.iter().any(follows) {
        // Those that are many are counted, not listed.
        drop(told);
        faults.append(found);
        return faults;
    }
    let found: Vec<Problem> = found.into_iter().filter(|problem| !follows(problem)).collect();
    drop(told);
    faults.extend(found);
    faults
}

/// The row and the column of a problem.
fn place_of(problem: &Problem) -> (Option<u32>, Option<String>) {
    (problem.location().row, problem.location().column.clone())
}

/// Whether a row may be the second one of a header: something stands in it, but no place is named.
fn may_head<B: RowBuilder>(header: &B, row: &Kept) -> bool {
    let names = |at: &usize| matches!(header.role(*at), ColumnRole::Name | ColumnRole::Place);
    let own = |at: usize| if row.is_covered(at) { "" } else { row.title(at) };
    let mut columns = 0..row.cells.len();
    let named = columns.clone().filter(names).any(|at| !own(at).is_empty());
    let texts = row.cells.iter().all(|cell| matches!(cell, KeptCell::Blank | KeptCell::Text(_)));
    !named && texts && columns.any(|at| !own(at).is_empty())
}

/// What stands in a row in which nothing stands but one cell that is merged over several columns.
fn across<'a>(cells: &[Cell<'a>], covered: &[bool]) -> Option<&'a str> {
    let mut filled = cells.iter().zip(covered).filter(|(cell, _)| !cell.is_blank());
    let Some((Cell::Text(text), false)) = filled.next() else { return None };
    let mut others = filled.peekable();
    let is_across = others.peek().is_some() && others.all(|(cell, covered)| *covered && cell.shown() == text.trim());
    is_across.then_some(*text)
}

/// What is wrong with a row in which one cell stands alone that says nothing of itself.
fn heading(text: &str) -> Problem {
    Problem::new(Code::MergedCells, words::ONE_CELL_ACROSS).found(text.trim()).expected(words::REMARK_OR_PLACE)
}

/// Whether what covers a cell is merged from above and not from the left.
fn is_below(cells: &[Cell<'_>], covered: &[bool], at: usize) -> bool {
    let shown = |at: usize| cells.get(at).map_or("", |cell| cell.shown());
    let left = at.checked_sub(1).map_or("", shown);
    covered.get(at) == Some(&true) && !shown(at).is_empty() && shown(at) != left
}

/// Whether a row below the header numbers its columns: 1, 2, 3, 4 or 甲, 乙, 1, 2=3+4, as statistical forms do.
fn is_numbering(cells: &[Cell<'_>]) -> bool {
    const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
    const LETTERS: &str = "ABCDEFGH";
    let mut texts = cells.iter().map(|cell| cell.shown().trim_matches(['(', ')', '（', '）', ' '])).peekable();
    _ = texts.next_if(|text| *text == "栏次");
    let (mut letters, mut number) = (0_usize, 0_usize);
    for text in texts {
        if text.is_empty() {
            continue;
        }
        let begins = text.split(['=', '＝']).next().unwrap_or_default();
        if number == 0
            && [STEMS, LETTERS].iter().any(|list| list.chars().nth(letters).is_some_and(|c| text.chars().eq([c])))
        {
            letters = letters.saturating_add(1);
        } else if begins.parse() == Ok(number.saturating_add(1)) {
            number = number.saturating_add(1);
        } else {
            return false;
        }
    }
    // One number alone is a cell as others are.
    letters.saturating_add(number) > 1 && number > 0
}

/// Whether a number stands in a cell, alone or with its unit.
fn is_figure(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => {
            let bare = forms::money(text).map_or(Cow::Borrowed(text), |(bare, _)| bare.into());
            parse_number(bare.trim(), false).is_ok() || matches!(forms::number(&bare), Some(Ok(_)))
        }
        Cell::Blank | Cell::Flag(_) => false,
    }
}

/// Hands a row on: what is covered by merged cells stays in keys, and faults of cells that are read are told.
#[inline]
fn hand_on<B: RowBuilder>(
    builder: &mut B,
    problems: &mut Problems,
    titled: &[bool],
    (row, line): (u32, u32),
    cells: &[Cell<'_>],
    marks: RowMarks<'_>,
) {
    for (column, fault) in marks.faults {
        if let Some(key) = builder.key_of(*column, "") {
            problems.push(fault.clone().row(row).line(Some(line)).column(key));
        }
    }
    if !marks.covered.contains(&true) {
        return builder.push_row(Some(line), cells);
    }
    let across = across(cells, marks.covered);
    // A column that is as wide as several holds a cell as others do.
    let is_wide = || cells.iter().zip(titled).filter(|(cell, titled)| !cell.is_blank() && **titled).count() < 2;
    if across.is_some_and(|text| says_behind_colon(text) || !is_wide() && is_remark_across(text)) {
        return builder.push_row(Some(line), &[]);
    }
    if let Some(text) = across
        && !is_wide()
        && builder.is_row(cells)
    {
        problems.push(heading(text).row(row).line(Some(line)));
        return builder.push_row(Some(line), &[]);
    }
    let mut own = cells.to_vec();
    let mut shared = Vec::new();
    for (at, (cell, covered)) in own.iter_mut().zip(marks.covered).enumerate() {
        let role = builder.role(at);
        let below = is_below(cells, marks.covered, at);
        if *covered && role != ColumnRole::Key && !(role == ColumnRole::Place && below) {
            if role == ColumnRole::Figure && is_figure(*cell) {
                shared.push((at, *cell, words::FIGURE_MERGED, words::FIGURE_IN_EACH_ROW));
            } else if role == ColumnRole::Name && below {
                shared.push((at, *cell, words::NAME_MERGED, words::NAME_IN_EACH_ROW));
            }
            *cell = Cell::Blank;
        }
    }
    // How a figure is shared among the rows that it stands in is for nobody to guess, nor what each of them is called.
    if !shared.is_empty() && builder.is_row(&own) {
        for (at, cell, message, expected) in shared {
            let key = builder.key_of(at, "").unwrap_or_default();
            let problem = Problem::new(Code::MergedCells, message).found(cell.shown()).expected(expected);
            problems.push(problem.row(row).line(Some(line)).column(key));
        }
    }
    builder.push_row(Some(line), &own);
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::ground::message::Message;
    use crate::ground::money::Unit;
    use crate::ground::problem::{Code, Severity};
    use crate::rows::header::{Header, Words};
    use crate::rows::lines::{Line, Lines};
    use crate::rows::records::{Findings, Fit, Place};

    /// Keeps rows as texts: `county`, `name` and `people` are read, the last two must be there.
    struct Texts {
        /// What the column of names is.
        name: ColumnRole,
        header: Header<&'static str>,
        lines: Lines,
        findings: Findings,
        rows: Vec<String>,
        unit: Option<Unit>,
        row: u32,
    }

    fn role(key: &'static str, name: ColumnRole) -> ColumnRole {
        match key {
            "name" => name,
            "county" => ColumnRole::Key,
            _ => ColumnRole::Figure,
        }
    }

    impl Texts {
        fn new(titles: &[(&str, Option<Position>)]) -> Self {
            Self::named(ColumnRole::Name, titles)
        }

        fn named(name: ColumnRole, titles: &[(&str, Option<Position>)]) -> Self {
            let mut findings = Findings::default();
            let keys = ["county", "name", "people"].map(|key| (key, key)).to_vec();
            let chinese = [("区县", "county"), ("名称", "name"), ("人口", "people"), ("受益人口", "people")].to_vec();
            let none = |_: &'static str| -> Option<Message> { None };
            let needed = [("name", "name", "名称"), ("people", "people", "人口")];
            let header = Header::read(titles, &Words::new([keys, chinese]), |key| key, none, needed, &mut findings);
            let lines = Lines::new(&header, |key| role(key, name), str::to_owned);
            Self { name, header, lines, findings, rows: Vec::new(), unit: None, row: 0 }
        }
    }

    impl RowBuilder for Texts {
        type Output = (Vec<String>, Option<Unit>);

        fn is_row(&self, cells: &[Cell<'_>]) -> bool {
            self.lines.kind(cells) == Line::Row
        }

        fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
            self.row += 1;
            if cells.iter().all(|cell| cell.is_blank()) || self.lines.kind(cells) != Line::Row {
                return;
            }
            let filled = self.lines.filled(cells, Place { row: self.row, line, column: 0 });
            let cells = filled.as_deref().unwrap_or(cells);
            let text = |key| self.header.column(key).and_then(|at| cells.get(at)).map_or("", |cell| cell.shown());
            let line = line.unwrap_or_default();
            self.rows.push(format!("{}@{line}: {}|{}|{}", self.row, text("county"), text("name"), text("people")));
        }

        fn key_of(&self, column: usize, _title: &str) -> Option<String> {
            self.header.field(column).map(str::to_owned)
        }

        fn fit(&self) -> Fit {
            self.header.fit()
        }

        fn role(&self, column: usize) -> ColumnRole {
            self.header.field(column).map_or(ColumnRole::Unread, |key| role(key, self.name))
        }

        fn set_unit(&mut self, unit: Unit) {
            self.unit = Some(unit);
        }

        fn set_fill_down(&mut self, fill_down: Option<bool>) {
            self.lines.set_fill_down(fill_down);
        }

        fn finish(mut self) -> Result<(Self::Output, Problems), Problems> {
            self.lines.check(&mut self.findings);
            let (problems, failed) = self.findings.finish();
            if failed { Err(problems) } else { Ok(((self.rows, self.unit), problems)) }
        }
    }

    /// Reads lines of cells with commas between them.
    fn read(lines: &[&str]) -> Result<(Vec<String>, Option<Unit>), Vec<String>> {
        let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
        for (line, text) in (1..).zip(lines) {
            let cells: Vec<Cell<'_>> = text.split(',').map(Cell::Text).collect();
            sheet.row(line, &cells, RowMarks::default());
        }
        match sheet.finish() {
            Ok((read, _)) => Ok(read),
            Err(problems) => {
                let errors = problems.iter().filter(|problem| problem.severity() == Severity::Error);
                Err(errors.map(|problem| problem.code().as_str().to_owned()).collect())
            }
        }
    }

    #[track_caller]
    fn good(lines: &[&str], rows: &[&str], unit: Option<Unit>) {
        assert_eq!(read(lines), Ok((rows.iter().map(|row| (*row).to_owned()).collect(), unit)));
    }

    #[test]
    fn what_stands_above_the_table_is_passed_over() {
        let rows = ["区县,名称,人口", "王益区,甲村,1", "王益区,乙村,2"];
        good(&rows, &["1@2: 王益区|甲村|1", "2@3: 王益区|乙村|2"], None);
        let above = ["", "某市名单,,", "2024年度,,", ",,"];
        good(&[above.as_slice(), &rows].concat(), &["1@6: 王益区|甲村|1", "2@7: 王益区|乙村|2"], None);
        // A title alone in its line, and a header with nothing below it.
        good(&["某市名单", "名称,人口"], &[], None);
        good(&["名称,人口"], &[], None);
    }

    #[test]
    fn the_unit_above_the_table_is_seen_wherever_it_stands() {
        let header = "名称,人口";
        let row = "甲村,1";
        for (above, unit) in [
            (["某市名单,", ",单位：万元"], Some(Unit::Wan)),
            (["某市名单,", "单位：元,"], Some(Unit::Yuan)),
            (["某市名单,单位:亿元", "2024年,"], Some(Unit::Yi)),
            // Of two that differ neither is taken.
            (["单位：元,", "（单位：万元）,"], None),
            (["某市名单,", "单位：元,单位：万元"], None),
            (["单位：元,", "（单位：元）,"], Some(Unit::Yuan)),
            (["某市名单,", "单位：千元,"], None),
            (["某市名单,", "单位：某局,"], None),
        ] {
            good(&[above[0], above[1], header, row], &["1@4: |甲村|1"], unit);
        }
        // Below the header it is none.
        assert_eq!(read(&[header, row, ",单位：万元"]).unwrap().1, None);
    }

    #[test]
    fn a_header_may_have_two_rows() {
        // A title that is known below a merged one; one that is known only with what stands above it.
        good(&["区县,名称,情况,", ",,户数,人口", "王益区,甲村,5,1"], &["1@3: 王益区|甲村|1"], None);
        good(&["区县,名称,受益,", ",,户数,人口", "王益区,甲村,5,1"], &["1@3: 王益区|甲村|1"], None);
        // The note above them counts all the same.
        good(&["名单,单位：元", "名称,情况,", ",户数,人口", "甲村,5,1"], &["1@4: |甲村|1"], Some(Unit::Yuan));
        // A first row that names no place is no header.
        good(&["名称,人口", ",7", "甲村,1"], &["1@2: ||7", "2@3: |甲村|1"], None);
    }

    #[test]
    fn a_sheet_without_a_header_says_what_it_lacks() {
        assert_eq!(read(&["甲村,1", "乙村,2"]), Err(vec!["missing-column".to_owned(), "missing-column".to_owned()]));
        // The row of which most is known is taken.
        assert_eq!(read(&["某市名单,", "区县,名称", "王益区,甲村"]), Err(vec!["missing-column".to_owned()]));
        assert_eq!(read(&[]), Err(vec!["empty-table".to_owned()]));
        // A header below more rows than are searched is not found.
        let mut lines = vec!["某市名单"; SEARCHED_ROWS - 1];
        lines.extend(["名称,人口", "甲村,1"]);
        assert!(read(&lines).is_ok());
        lines.insert(0, "又一行");
        lines.insert(0, "又一行");
        assert!(read(&lines).is_err());
    }

    #[test]
    fn faults_of_cells_that_are_read_are_told_and_no_others() {
        for (column, is_told) in [(0, true), (1, true), (2, true), (3, false)] {
            let fault = Problem::new(Code::DigitsLost, Message::plain("lost".to_owned()));
            let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
            sheet.set_sheet("名单");
            sheet.row(1, &["区县", "名称", "人口", "别的"].map(Cell::Text), RowMarks::default());
            sheet.row(2, &[Cell::Text("a"); 4], RowMarks::new(&[], &[(column, fault)]));
            let problems = match sheet.finish() {
                Ok((_, problems)) | Err(problems) => problems,
            };
            let errors = problems.iter().filter(|problem| problem.severity() == Severity::Error);
            let found: Vec<_> = errors.map(|p| (p.code(), p.location().row, p.location().cell.as_deref())).collect();
            let cell = ["名单!A2", "名单!B2", "名单!C2", ""][column];
            assert_eq!(found, if is_told { vec![(Code::DigitsLost, Some(1), Some(cell))] } else { Vec::new() });
        }
    }

    #[test]
    fn what_a_merged_cell_covers_is_filled_in_keys_alone() {
        let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
        sheet.set_merges_known();
        let row = |texts: [&'static str; 3]| texts.map(Cell::Text);
        sheet.row(1, &row(["区县", "名称", "人口"]), RowMarks::default());
        sheet.row(2, &row(["王益区", "甲村", "7"]), RowMarks::default());
        sheet.row(3, &row(["王益区", "乙村", "七"]), RowMarks::new(&[true, false, true], &[]));
        sheet.row(4, &row(["", "丙村", "7"]), RowMarks::default());
        let ((rows, _), _) = sheet.finish().unwrap();
        assert_eq!(rows, ["1@2: 王益区|甲村|7", "2@3: 王益区|乙村|", "3@4: |丙村|7"]);
    }

    #[test]
    fn a_remark_that_is_merged_across_the_table_is_no_row() {
        let read = |remark: &'static str, covered: &[bool]| {
            let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
            sheet.set_merges_known();
            sheet.row(1, &["区县", "名称", "人口"].map(Cell::Text), RowMarks::default());
            sheet.row(2, &["王益区", "甲村", "7"].map(Cell::Text), RowMarks::default());
            sheet.row(3, &[remark; 3].map(Cell::Text), RowMarks::new(covered, &[]));
            sheet.row(4, &["王益区", "乙村", "7"].map(Cell::Text), RowMarks::default());
            sheet.finish().unwrap().0.0
        };
        let across = [false, true, true];
        let expected = ["1@2: 王益区|甲村|7", "3@4: 王益区|乙村|7"];
        assert_eq!(read("共 2 个：镇 0 个、村 2 个。", &across), expected);
        assert_eq!(read("2．政策：某方案", &across), expected);
        // The title of a part, signatures, what goes on with a remark above.
        for remark in
            ["一、黄堡镇（2个村）", "（三）其他", "主要领导签字：      ", "2.耕地以国土调查为准。", "　　b，c。"]
        {
            assert_eq!(read(remark, &across), expected, "{remark}");
        }
        // The cells are not merged.
        assert_eq!(read("二：三", &[false; 3]).len(), 3);
    }

    #[test]
    fn what_is_merged_across_the_table_and_says_nothing_of_itself_is_refused() {
        // A title that is merged over the same columns heads one column.
        let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
        sheet.set_merges_known();
        let wide = RowMarks::new(&[false, true, false], &[]);
        sheet.row(1, &["名称", "名称", "人口"].map(Cell::Text), wide);
        sheet.row(2, &["1.甲村", "1.甲村", ""].map(Cell::Text), wide);
        assert_eq!(sheet.finish().unwrap().0.0, ["1@2: |1.甲村|"]);
        for text in ["王益区", "王益区：", "本表一式三份"] {
            let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
            sheet.set_merges_known();
            sheet.set_sheet("名单");
            sheet.row(1, &["区县", "名称", "人口"].map(Cell::Text), RowMarks::default());
            sheet.row(2, &[text; 3].map(Cell::Text), RowMarks::new(&[false, true, true], &[]));
            sheet.row(3, &["王益区", "乙村", "7"].map(Cell::Text), RowMarks::default());
            let problems = sheet.finish().unwrap_err();
            let found: Vec<_> = problems.iter().map(|p| (p.code(), p.location().line, p.found_text())).collect();
            assert_eq!(found, [(Code::MergedCells, Some(2), Some(text))]);
        }
    }

    /// Of places in rows of their own a name that is merged over several is none; of rows about places it is that of each.
    #[test]
    fn names_that_are_merged_over_rows_are_refused_or_filled_in() {
        let rows = [("王益区", "甲村", "7", [false; 3]), ("王益区", "甲村", "8", [true, true, false])];
        let read = |role: ColumnRole| {
            let begin = |titles: &[(&str, Option<Position>)]| Texts::named(role, titles);
            let mut sheet = SheetReader::new(begin, &SheetOptions::default());
            sheet.set_merges_known();
            sheet.row(1, &["区县", "名称", "人口"].map(Cell::Text), RowMarks::default());
            for (line, (county, name, people, covered)) in (2..).zip(rows) {
                sheet.row(line, &[county, name, people].map(Cell::Text), RowMarks::new(&covered, &[]));
            }
            sheet.finish()
        };
        let problems = read(ColumnRole::Name).unwrap_err();
        let found: Vec<_> =
            problems.iter().map(|p| (p.code(), p.location().row, p.location().column.as_deref())).collect();
        assert_eq!(found, [(Code::MergedCells, Some(2), Some("name"))]);
        assert_eq!(read(ColumnRole::Place).unwrap().0.0, ["1@2: 王益区|甲村|7", "2@3: 王益区|甲村|8"]);
    }

    #[test]
    fn a_header_may_be_merged_over_a_row_and_its_columns_be_numbered() {
        let read = |rows: &[([&'static str; 4], [bool; 4])]| {
            let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
            sheet.set_merges_known();
            for (line, (row, covered)) in (1..).zip(rows) {
                sheet.row(line, &row.map(Cell::Text), RowMarks::new(covered, &[]));
            }
            sheet.finish().unwrap().0.0
        };
        let head = (["区县", "名称", "人口", "情况"], [false; 4]);
        let below = (["区县", "名称", "人口", "户数"], [true, true, true, false]);
        let place = (["王益区", "甲村", "7", "2"], [false; 4]);
        assert_eq!(read(&[head, below, place]), ["1@3: 王益区|甲村|7"]);
        for numbers in
            [["1", "2", "3", "4"], ["甲", "乙", "1", "2=1+3"], ["（1）", "（2）", "（3）", ""], ["栏次", "1", "2", "3"]]
        {
            let numbers = (numbers, [false; 4]);
            assert_eq!(read(&[head, numbers, place]), ["2@3: 王益区|甲村|7"], "{numbers:?}");
            assert_eq!(read(&[head, below, numbers, place]), ["2@4: 王益区|甲村|7"], "{numbers:?}");
        }
        // A place beside a title that is merged down by mistake is one.
        let remark = (["王益区", "甲村", "7", "情况"], [false, false, false, true]);
        assert_eq!(read(&[head, remark, place]).len(), 2);
        // A row of its own, and one further down.
        for other in [["1", "甲村", "7", "2"], ["甲", "乙村", "1", "2"], ["王益区", "2", "3", ""]] {
            assert_eq!(read(&[head, (other, [false; 4])]).len(), 1, "{other:?}");
        }
        assert_eq!(read(&[head, place, (["1", "2", "3", "4"], [false; 4])]).len(), 2);
    }

    #[test]
    fn a_figure_that_is_merged_over_rows_is_no_row_s_own() {
        let mut sheet = SheetReader::new(Texts::new, &SheetOptions { fill_down: Some(true), sheet: None });
        sheet.set_merges_known();
        sheet.set_sheet("名单");
        let covered = RowMarks::new(&[false, false, true], &[]);
        let rows = [
            ["区县", "名称", "人口"],
            ["甲县", "甲村", "1,200"],
            ["甲县", "乙村", "1,200"],
            ["甲县", "丙村", "60万元"],
            ["甲县", "丁村", "（30）"],
            ["合计", "", "2400"],
            ["注：略", "", "1"],
        ];
        for (line, row) in (1..).zip(rows) {
            sheet.row(line, &row.map(Cell::Text), if line < 3 { RowMarks::default() } else { covered });
        }
        sheet.row(8, &[Cell::Text("甲县"), Cell::Text("戊村"), Cell::Number("5")], covered);
        sheet.row(9, &[Cell::Text("甲县"), Cell::Text("己村"), Cell::Text("多")], covered);
        let problems = sheet.finish().map(|_| ()).unwrap_err();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.code(), problem.location().cell.as_deref(), problem.found_text()))
            .collect();
        let of = |cell, figure| (Code::MergedCells, Some(cell), Some(figure));
        assert_eq!(
            found,
            [of("名单!C3", "1,200"), of("名单!C4", "60万元"), of("名单!C5", "（30）"), of("名单!C8", "5")]
        );
    }

    /// However many blank rows there are: they are counted below what is taken for the header.
    #[test]
    fn blank_rows_above_the_header_take_time_in_proportion() {
        let start = std::time::Instant::now();
        let mut lines = vec!["某市名单,,"];
        lines.resize(200_000, ",,");
        lines.extend(["区县,名称,人口", ",,", ",,", "王益区,甲村,3"]);
        good(&lines, &["3@200004: 王益区|甲村|3"], None);
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    }

    #[test]
    fn columns_have_letters() {
        let letters: Vec<String> = [0, 3, 25, 26, 51, 701, 702, 16_383].map(column_name).into();
        assert_eq!(letters, ["A", "D", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn of_two_rows_that_fit_alike_the_first_is_taken_for_the_header() {
        let lacks = |lines: [&str; 3]| {
            let mut sheet = SheetReader::new(Texts::new, &SheetOptions::default());
            for (line, text) in (1..).zip(lines) {
                sheet.row(line, &text.split(',').map(Cell::Text).collect::<Vec<_>>(), RowMarks::default());
            }
            let problems = sheet.finish().unwrap_err();
            problems.iter().map(|problem| problem.location().column.clone().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(lacks(["区县,名称", "王益区,甲村", "区县,人口"]), ["people"]);
        assert_eq!(lacks(["区县,人口", "王益区,7", "区县,名称"]), ["name"]);
    }
}
