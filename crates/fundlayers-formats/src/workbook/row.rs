//! A row on its way out of any workbook: its cells by column, and what merged cells put into it.

use fundlayers::Problems;
use fundlayers::roster::Cell;

#[cfg(any(feature = "xlsx", feature = "xls"))]
use super::number::{write_day, write_percent};
#[cfg(any(feature = "xlsx", feature = "xls"))]
use super::style::{NumberFormat, Shown};
use super::{CellFault, SheetNotes, SheetRow, cell_name, damaged};
use crate::catalogue as words;
use crate::{CELL_LIMIT, COLUMN_LIMIT};

/// The last row of a sheet, which has the number of Excel's.
pub(super) const ROW_LIMIT: u32 = 1 << 20;
/// All rows together have at most so many cells, blank ones between others counted: 200 columns in every row.
const CELLS: usize = limit(ROW_LIMIT as usize * 200);
/// All rows together have at most so many cells that merged ones cover.
const COVERED: usize = limit(1 << 26);
/// So many cells are merged ones at most.
const MERGES: usize = limit(2_000_000);
/// All texts that a workbook keeps apart from its sheets have at most so many bytes.
#[cfg(any(feature = "xlsx", feature = "xls"))]
const SHARED: usize = 1 << 30;

/// A limit, which tests reach sooner.
pub(super) const fn limit(number: usize) -> usize {
    if cfg!(test) { number / 100 } else { number }
}

/// A value in a row, whose text stands elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Value {
    #[default]
    Blank,
    /// From and to in the row's text.
    Text(usize, usize),
    Number(usize, usize),
    /// One of the texts that all sheets share.
    #[cfg_attr(not(any(feature = "xlsx", feature = "xls")), expect(dead_code, reason = "only Excel shares texts"))]
    Shared(usize),
    Flag(bool),
    /// As the first cell of the merged one at this place among those of the row.
    Merged(usize),
}

/// Texts that cells refer to by number.
#[derive(Debug, Default)]
pub(super) struct Shared {
    text: String,
    /// Where each ends; four bytes are enough for all that is kept.
    ends: Vec<u32>,
}

impl Shared {
    /// Adds what stands behind the last text, once it is whole.
    #[cfg(any(feature = "xlsx", feature = "xls"))]
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    #[cfg(any(feature = "xlsx", feature = "xls"))]
    pub(super) fn end(&mut self) -> Result<(), Problems> {
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let bytes = self.text.len().saturating_add(self.ends.len().saturating_mul(4));
        if bytes > SHARED { Err(super::too_large(words::MANY_TEXTS)) } else { Ok(()) }
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = |at: usize| usize::try_from(*self.ends.get(at)?).ok();
        let start = match at.checked_sub(1) {
            Some(before) => end(before)?,
            None => 0,
        };
        self.text.get(start..end(at)?)
    }
}

/// Merged cells: first and last row from 1, first and last column from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merge {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) first_column: usize,
    pub(super) last_column: usize,
}

/// Refuses more merged cells than any sheet has.
pub(super) fn check_merges(count: usize) -> Result<(), Problems> {
    if count > MERGES { Err(super::too_large(words::MANY_MERGES.with(&[&MERGES]))) } else { Ok(()) }
}

/// A value that outlives its row.
#[derive(Debug, Default)]
enum Held {
    #[default]
    Blank,
    Text(String),
    Number(String),
    Flag(bool),
}

impl Held {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Text(text) => Cell::Text(text),
            Self::Number(digits) => Cell::Number(digits),
            Self::Flag(flag) => Cell::Flag(*flag),
        }
    }
}

/// The rows of one sheet, one at a time.
#[derive(Debug)]
pub(super) struct Rows<'s> {
    sheet: &'s str,
    number: u32,
    hidden: bool,
    text: String,
    values: Vec<Value>,
    covered: Vec<bool>,
    faults: Vec<(usize, CellFault)>,
    merges: std::iter::Peekable<std::vec::IntoIter<Merge>>,
    /// Those that begin in the row, where they are told as they come.
    begun: Vec<Merge>,
    /// Those that reach into the row, each with the value of its first cell.
    active: Vec<(Merge, Held)>,
    used: Vec<bool>,
    room: usize,
    covered_room: usize,
    pub(super) notes: SheetNotes,
}

impl<'s> Rows<'s> {
    pub(super) fn new(sheet: &'s str, mut merges: Vec<Merge>) -> Result<Self, Problems> {
        check_merges(merges.len())?;
        merges.sort_unstable();
        Ok(Self {
            sheet,
            number: 0,
            hidden: false,
            text: String::new(),
            values: Vec::new(),
            covered: Vec::new(),
            faults: Vec::new(),
            merges: merges.into_iter().peekable(),
            begun: Vec::new(),
            active: Vec::new(),
            used: Vec::new(),
            room: CELLS,
            covered_room: COVERED,
            notes: SheetNotes::default(),
        })
    }

    /// The number of the row.
    #[cfg(any(feature = "xlsx", feature = "ods"))]
    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    /// The number of the row that comes next.
    #[cfg(feature = "xlsx")]
    pub(super) fn next_number(&self) -> u32 {
        self.number.saturating_add(1)
    }

    /// Begins a row.
    pub(super) fn begin(&mut self, number: u32, hidden: bool) -> Result<(), Problems> {
        if number <= self.number || number > ROW_LIMIT {
            return Err(damaged(words::ROW_OUT_OF_ORDER.with(&[&self.sheet, &number, &self.number])));
        }
        self.number = number;
        self.hidden = hidden;
        self.text.clear();
        self.values.clear();
        self.faults.clear();
        Ok(())
    }

    /// Puts a value into a column, from 0.
    #[inline]
    pub(super) fn put(&mut self, column: usize, value: Value) -> Result<(), Problems> {
        if column >= self.values.len() {
            if column >= COLUMN_LIMIT {
                return Err(damaged(words::COLUMN_TOO_FAR.with(&[&self.sheet, &self.number])));
            }
            self.values.resize(column.saturating_add(1), Value::Blank);
        }
        match self.values.get_mut(column) {
            Some(place @ Value::Blank) => *place = value,
            _ => return Err(damaged(words::CELL_TWICE.with(&[&self.cell(column)]))),
        }
        Ok(())
    }

    /// Puts a text into a column; an empty one is blank.
    #[inline]
    pub(super) fn put_text(&mut self, column: usize, text: &str) -> Result<(), Problems> {
        let (from, to) = self.push(text);
        if from == to { Ok(()) } else { self.put(column, Value::Text(from, to)) }
    }

    /// Puts a number into a column, by its digits.
    #[inline]
    pub(super) fn put_number(&mut self, column: usize, digits: &str) -> Result<(), Problems> {
        let (from, to) = self.push(digits);
        self.put(column, Value::Number(from, to))
    }

    fn push(&mut self, text: &str) -> (usize, usize) {
        let from = self.text.len();
        self.text.push_str(text);
        (from, self.text.len())
    }

    /// Puts a number into a column as its number format shows it.
    #[cfg(any(feature = "xlsx", feature = "xls"))]
    pub(super) fn put_shown(
        &mut self,
        column: usize,
        digits: &str,
        format: Option<&NumberFormat>,
        since_1904: bool,
    ) -> Result<(), Problems> {
        let Some(format) = format else { return self.put_number(column, digits) };
        let mut text = String::new();
        match format.shown(digits) {
            Shown::Number => self.put_number(column, digits),
            Shown::Percent => {
                write_percent(digits, &mut text);
                self.put_text(column, &text)
            }
            Shown::Day => match write_day(digits, since_1904, &mut text) {
                Ok(()) => self.put_text(column, &text),
                Err(fault) => self.fault(column, fault),
            },
            Shown::Counted(counted) => {
                text.push_str(digits);
                text.push_str(&counted);
                self.put_text(column, &text)
            }
            Shown::Other => {
                let (shown, stored) = (format.code().to_owned(), digits.to_owned());
                self.fault(column, CellFault::ScaledFormat { shown, stored })
            }
        }
    }

    /// Merges cells from the row that was begun on.
    #[cfg(feature = "ods")]
    pub(super) fn merge(&mut self, merge: Merge) -> Result<(), Problems> {
        // Those of the row come before those that follow: there are none where they are told as they come.
        self.begun.push(merge);
        check_merges(self.begun.len().saturating_add(self.active.len()))
    }

    /// Says that the value of a formula may be out of date.
    #[cfg(any(feature = "xlsx", feature = "xls"))]
    pub(super) fn stale(&mut self, column: usize) {
        self.notes.stale = self.notes.stale.or(Some((column, self.number)));
    }

    /// Says what is wrong in a column.
    pub(super) fn fault(&mut self, column: usize, fault: CellFault) -> Result<(), Problems> {
        self.put(column, Value::Blank)?;
        self.faults.push((column, fault));
        Ok(())
    }

    /// The name of a cell of the row.
    pub(super) fn cell(&self, column: usize) -> String {
        format!("{}!{}", self.sheet, cell_name(column, self.number))
    }

    /// Hands the row over unless it is blank; whether more are wanted.
    pub(super) fn finish(
        &mut self,
        shared: &Shared,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<bool, Problems> {
        self.activate(shared);
        let is_filled = |value: &Value| !matches!(value, Value::Blank);
        if self.faults.is_empty() && !self.values.iter().any(is_filled) {
            return Ok(true);
        }
        if self.used.len() < self.values.len() {
            self.used.resize(self.values.len(), false);
        }
        for (used, value) in self.used.iter_mut().zip(&self.values) {
            *used |= is_filled(value);
        }
        for (column, _) in &self.faults {
            if let Some(used) = self.used.get_mut(*column) {
                *used = true;
            }
        }
        self.fill()?;
        self.room = self
            .room
            .checked_sub(self.values.len())
            .ok_or_else(|| super::too_large(words::MANY_CELLS.with(&[&self.sheet, &CELLS])))?;
        if self.hidden {
            self.notes.hide_row(self.number);
        }
        let text = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        let mut cells = Vec::with_capacity(self.values.len());
        for (column, value) in self.values.iter().enumerate() {
            let cell = match *value {
                Value::Blank => Cell::Blank,
                Value::Text(from, to) => Cell::Text(text(from, to)),
                Value::Number(from, to) => Cell::Number(text(from, to)),
                Value::Shared(at) => Cell::Text(shared.get(at).unwrap_or_default()),
                Value::Flag(flag) => Cell::Flag(flag),
                Value::Merged(at) => self.active.get(at).map_or(Cell::Blank, |(_, held)| held.cell()),
            };
            if let Cell::Text(text) = cell
                && text.len() > CELL_LIMIT
                && text.chars().count() > CELL_LIMIT
            {
                let message = words::LONG_CELL_OF_SHEET.with(&[&self.cell(column), &CELL_LIMIT]);
                return Err(super::too_large(message));
            }
            cells.push(cell);
        }
        self.faults.sort_by_key(|(column, _)| *column);
        take(&SheetRow {
            number: self.number,
            cells: &cells,
            covered: &self.covered,
            faults: &self.faults,
            hidden: self.hidden,
        })
    }

    /// Finds the merged cells that reach into the row and holds what their first cells have.
    fn activate(&mut self, shared: &Shared) {
        self.active.retain(|(merge, _)| merge.last_row >= self.number);
        let mut begun = std::mem::take(&mut self.begun);
        while let Some(merge) = begun.pop().or_else(|| self.merges.next_if(|merge| merge.first_row <= self.number)) {
            if merge.last_row < self.number {
                continue;
            }
            let value = self.values.get(merge.first_column).copied().unwrap_or_default();
            let text = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default().to_owned();
            let held = match value {
                _ if merge.first_row < self.number => Held::Blank,
                Value::Text(from, to) => Held::Text(text(from, to)),
                Value::Number(from, to) => Held::Number(text(from, to)),
                Value::Shared(at) => Held::Text(shared.get(at).unwrap_or_default().to_owned()),
                Value::Flag(flag) => Held::Flag(flag),
                Value::Blank | Value::Merged(_) => Held::Blank,
            };
            self.active.push((merge, held));
        }
        self.begun = begun;
    }

    /// Fills the row's covered cells.
    fn fill(&mut self) -> Result<(), Problems> {
        self.covered.clear();
        self.covered.resize(self.values.len(), false);
        for (at, (merge, _)) in self.active.iter().enumerate() {
            let own = usize::from(merge.first_row == self.number);
            let (first, end) = (merge.first_column.saturating_add(own), merge.last_column.saturating_add(1));
            if self.values.len() < end {
                self.values.resize(end, Value::Blank);
                self.covered.resize(end, false);
            }
            // Merged cells that overlap could be many in every cell.
            self.covered_room = self
                .covered_room
                .checked_sub(end.saturating_sub(first))
                .ok_or_else(|| super::too_large(words::MANY_CELLS.with(&[&self.sheet, &COVERED])))?;
            for column in first..end {
                if let (Some(value), Some(covered)) = (self.values.get_mut(column), self.covered.get_mut(column)) {
                    *value = Value::Merged(at);
                    *covered = true;
                }
            }
        }
        Ok(())
    }

    /// What was seen on the way, once the rows are read.
    pub(super) fn finish_notes(mut self, hidden_columns: &[(usize, usize)]) -> SheetNotes {
        for (first, last) in hidden_columns {
            for column in *first..=(*last).min(COLUMN_LIMIT) {
                if self.used.get(column) == Some(&true) {
                    self.notes.hide_column(column);
                }
            }
        }
        self.notes
    }
}
