//! Workbooks of Excel 97 to 2003 (BIFF8). Read here, because the reader that there is keeps a whole table of cells, asks for
//! memory by what a file claims, does not tell formats and hidden rows, and does not survive every damaged file.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use fundlayers::Problems;

use super::cfb::{self, long, word};
use super::number::{write_double, write_hundredth};
use super::row::{Merge, Rows, Shared, Value};
use super::style::NumberFormat;
use super::{CellFault, SheetInfo, SheetNotes, SheetRow, Visibility, damaged, locked, other_format};
use crate::catalogue as words;

// Records.
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const SHEET: u16 = 0x0085;
const CALENDAR: u16 = 0x0022;
const LOCK: u16 = 0x002F;
const FORMAT: u16 = 0x041E;
const STYLE: u16 = 0x00E0;
const TEXTS: u16 = 0x00FC;
const COLUMNS: u16 = 0x007D;
const ROW: u16 = 0x0208;
const MERGES: u16 = 0x00E5;
const NUMBER: u16 = 0x0203;
const SHORT_NUMBER: u16 = 0x027E;
const SHORT_NUMBERS: u16 = 0x00BD;
const TEXT: u16 = 0x0204;
const RICH_TEXT: u16 = 0x00D6;
const SHARED_TEXT: u16 = 0x00FD;
const FLAG: u16 = 0x0205;
const FORMULA: u16 = 0x0006;
const FORMULA_TEXT: u16 = 0x0207;

pub(super) struct Xls<'a> {
    stream: Cow<'a, [u8]>,
    sheets: Vec<SheetInfo>,
    /// Where each sheet begins.
    starts: Vec<usize>,
    shared: Shared,
    styles: Vec<Option<NumberFormat>>,
    since_1904: bool,
}

/// A record: its kind, its bytes, and where the next one begins.
#[derive(Clone, Copy)]
struct Record<'s> {
    kind: u16,
    data: &'s [u8],
    next: usize,
}

fn record(stream: &[u8], at: usize) -> Option<Record<'_>> {
    let start = at.checked_add(4)?;
    let next = start.checked_add(usize::from(word(stream, at.checked_add(2)?)?))?;
    Some(Record { kind: word(stream, at)?, data: stream.get(start..next)?, next })
}

/// The data of a record and of those that continue it.
struct Data<'s> {
    stream: &'s [u8],
    left: &'s [u8],
    next: usize,
}

impl<'s> Data<'s> {
    fn of(stream: &'s [u8], record: Record<'s>, skipped: usize) -> Option<Self> {
        Some(Self { stream, left: record.data.get(skipped..)?, next: record.next })
    }

    /// Goes on to the record that continues this one.
    fn go_on(&mut self) -> Option<()> {
        let record = record(self.stream, self.next).filter(|record| record.kind == CONTINUE)?;
        (self.left, self.next) = (record.data, record.next);
        Some(())
    }

    fn take(&mut self, count: usize) -> Option<&'s [u8]> {
        if self.left.is_empty() {
            self.go_on()?;
        }
        let (taken, rest) = self.left.split_at_checked(count)?;
        self.left = rest;
        Some(taken)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > self.left.len() {
            count = count.saturating_sub(self.left.len());
            self.go_on()?;
        }
        self.left = self.left.get(count..)?;
        Some(())
    }

    /// A text of so many characters, with its flags before it.
    fn text(&mut self, count: usize, out: &mut String) -> Option<()> {
        let flags = *self.take(1)?.first()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(word(self.take(2)?, 0)?) };
        let more = if flags & 4 == 0 { 0 } else { usize::try_from(long(self.take(4)?, 0)?).ok()? };
        let mut is_wide = flags & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.left.is_empty() {
                self.go_on()?;
                is_wide = self.take(1)?.first()? & 1 != 0;
            }
            let left = count.saturating_sub(units.len());
            if is_wide {
                let taken = self.take(left.min(self.left.len() / 2).checked_mul(2).filter(|bytes| *bytes > 0)?)?;
                units.extend(taken.chunks_exact(2).filter_map(|unit| word(unit, 0)));
            } else {
                units.extend(self.take(left.min(self.left.len()))?.iter().map(|unit| u16::from(*unit)));
            }
        }
        out.extend(char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)));
        self.skip(runs.checked_mul(4)?)?;
        self.skip(more)
    }
}

fn cut_short() -> Problems {
    damaged(words::BOOK_CUT_SHORT)
}

impl<'a> Xls<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problems> {
        let stream = cfb::stream(bytes, &["Workbook", "Book"])?;
        let mut book = Self {
            stream: Cow::Borrowed(&[]),
            sheets: Vec::new(),
            starts: Vec::new(),
            shared: Shared::default(),
            styles: Vec::new(),
            since_1904: false,
        };
        book.read_book(&stream)?;
        book.stream = stream;
        Ok(book)
    }

    pub(super) fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn read_book(&mut self, stream: &[u8]) -> Result<(), Problems> {
        let mut formats: HashMap<u16, NumberFormat> = HashMap::new();
        let mut styles = Vec::new();
        let mut at = 0;
        loop {
            let record = record(stream, at).ok_or_else(cut_short)?;
            at = record.next;
            let data = record.data;
            match record.kind {
                BEGIN if word(data, 0) != Some(0x0600) => return Err(other_format(words::OLD_BOOK)),
                LOCK => return Err(locked()),
                CALENDAR => self.since_1904 = word(data, 0) == Some(1),
                STYLE => styles.push(word(data, 2).unwrap_or_default()),
                FORMAT => {
                    let (id, format) = read_format(stream, record).ok_or_else(cut_short)?;
                    formats.insert(id, format);
                }
                SHEET => self.add_sheet(stream, record).ok_or_else(cut_short)?,
                TEXTS => self.read_texts(stream, record)?,
                END => break,
                _ => {}
            }
        }
        let format = |id: &u16| formats.get(id).cloned().or_else(|| NumberFormat::built_in(u32::from(*id)));
        self.styles = styles.iter().map(|id| format(id).filter(|format| !format.is_plain())).collect();
        Ok(())
    }

    fn add_sheet(&mut self, stream: &[u8], record: Record<'_>) -> Option<()> {
        let visibility = match record.data.get(4)? & 3 {
            0 => Visibility::Visible,
            1 => Visibility::Hidden,
            _ => Visibility::VeryHidden,
        };
        // Sheets of charts and macros have no rows.
        if *record.data.get(5)? != 0 {
            return Some(());
        }
        let mut name = String::new();
        Data::of(stream, record, 7)?.text(usize::from(*record.data.get(6)?), &mut name)?;
        self.sheets.push(SheetInfo { name, visibility });
        self.starts.push(usize::try_from(long(record.data, 0)?).ok()?);
        Some(())
    }

    fn read_texts(&mut self, stream: &[u8], record: Record<'_>) -> Result<(), Problems> {
        let count = long(record.data, 4).ok_or_else(cut_short)?;
        let mut data = Data::of(stream, record, 8).ok_or_else(cut_short)?;
        for _ in 0..count {
            let length = data.take(2).and_then(|length| word(length, 0)).ok_or_else(cut_short)?;
            data.text(usize::from(length), self.shared.text()).ok_or_else(cut_short)?;
            self.shared.end()?;
        }
        Ok(())
    }

    pub(super) fn rows(
        &self,
        sheet: usize,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<SheetNotes, Problems> {
        let (Some(start), Some(info)) = (self.starts.get(sheet), self.sheets.get(sheet)) else {
            return Err(damaged(words::NO_PART.with(&[&sheet])));
        };
        let mut found = self.find(*start)?;
        // Most programs write the cells in order.
        found.cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut rows = Rows::new(&info.name, std::mem::take(&mut found.merges))?;
        let mut cells = found.cells.iter().peekable();
        while let Some(first) = cells.peek().map(|cell| cell.row) {
            rows.begin(u32::from(first).saturating_add(1), found.hidden_rows.contains(&first))?;
            while let Some(cell) = cells.next_if(|cell| cell.row == first) {
                self.put(&mut rows, cell)?;
            }
            if !rows.finish(&self.shared, take)? {
                break;
            }
        }
        Ok(rows.finish_notes(&found.hidden_columns))
    }

    /// Where the cells of a sheet stand, and what its rows are.
    fn find(&self, start: usize) -> Result<Found, Problems> {
        let mut found = Found::default();
        let mut at = start;
        let mut depth = 0_usize;
        loop {
            let record = record(&self.stream, at).ok_or_else(cut_short)?;
            // Charts in the sheet have records of the same kinds.
            match record.kind {
                BEGIN => depth = depth.saturating_add(1),
                END => depth = depth.saturating_sub(1),
                _ if depth == 1 => found.add(record, at).ok_or_else(cut_short)?,
                _ => {}
            }
            if depth == 0 {
                return Ok(found);
            }
            super::row::check_merges(found.merges.len())?;
            at = record.next;
        }
    }

    /// Puts a cell into its row.
    fn put(&self, rows: &mut Rows<'_>, cell: &Place) -> Result<(), Problems> {
        let record = record(&self.stream, cell.at).ok_or_else(cut_short)?;
        let data = record.data;
        let column = usize::from(cell.column);
        let style = word(data, 4).map(usize::from);
        match record.kind {
            NUMBER => self.put_double(rows, column, style, data.get(6..).and_then(double)),
            SHORT_NUMBER => self.put_short(rows, column, style, long(data, 6)),
            SHORT_NUMBERS => {
                let first = word(data, 2).map_or(0, usize::from);
                let at = column.saturating_sub(first).saturating_mul(6).saturating_add(4);
                let style = word(data, at).map(usize::from);
                self.put_short(rows, column, style, long(data, at.saturating_add(2)))
            }
            TEXT | RICH_TEXT => {
                let mut text = String::new();
                let length = word(data, 6).map(usize::from);
                let data = Data::of(&self.stream, record, 8);
                length.zip(data).and_then(|(length, mut data)| data.text(length, &mut text)).ok_or_else(cut_short)?;
                rows.put_text(column, &text)
            }
            SHARED_TEXT => {
                let number = long(data, 6).and_then(|number| usize::try_from(number).ok()).ok_or_else(cut_short)?;
                match self.shared.get(number) {
                    Some("") => Ok(()),
                    Some(_) => rows.put(column, Value::Shared(number)),
                    None => Err(damaged(words::NO_TEXT.with(&[&rows.cell(column), &number]))),
                }
            }
            FLAG => match (data.get(6), data.get(7)) {
                (Some(flag), Some(0)) => rows.put(column, Value::Flag(*flag != 0)),
                (Some(error), Some(_)) => rows.fault(column, CellFault::Error(error_name(*error))),
                _ => Err(cut_short()),
            },
            _ => self.put_formula(rows, column, record, style),
        }
    }

    fn put_formula(
        &self,
        rows: &mut Rows<'_>,
        column: usize,
        formula: Record<'_>,
        style: Option<usize>,
    ) -> Result<(), Problems> {
        let data = formula.data;
        // Some libraries do not calculate: their formulas are to be calculated when the file is opened.
        if word(data, 14).is_some_and(|flags| flags & 2 != 0) {
            rows.stale(column);
        }
        if word(data, 12) != Some(0xFFFF) {
            return self.put_double(rows, column, style, data.get(6..).and_then(double));
        }
        match (data.get(6), data.get(8)) {
            (Some(0), _) => {
                // The text follows, perhaps behind what formulas share.
                let mut at = formula.next;
                let found = loop {
                    let next = record(&self.stream, at).ok_or_else(cut_short)?;
                    match next.kind {
                        FORMULA_TEXT => break next,
                        // An array, a shared formula, a table of operations.
                        0x0221 | 0x04BC | 0x0236 | CONTINUE => at = next.next,
                        _ => return rows.fault(column, CellFault::NotCalculated),
                    }
                };
                let mut text = String::new();
                let length = word(found.data, 0).map(usize::from);
                let data = Data::of(&self.stream, found, 2);
                length.zip(data).and_then(|(length, mut data)| data.text(length, &mut text)).ok_or_else(cut_short)?;
                rows.put_text(column, &text)
            }
            (Some(1), Some(flag)) => rows.put(column, Value::Flag(*flag != 0)),
            (Some(2), Some(error)) => rows.fault(column, CellFault::Error(error_name(*error))),
            // An empty text.
            (Some(3), _) => Ok(()),
            _ => Err(cut_short()),
        }
    }

    fn put_double(
        &self,
        rows: &mut Rows<'_>,
        column: usize,
        style: Option<usize>,
        number: Option<f64>,
    ) -> Result<(), Problems> {
        let mut digits = String::new();
        match write_double(number.ok_or_else(cut_short)?, &mut digits) {
            Ok(()) => self.put_digits(rows, column, style, &digits),
            Err(fault) => rows.fault(column, fault),
        }
    }

    /// A number in four bytes: a whole one or the upper half of a double, perhaps in hundredths.
    fn put_short(
        &self,
        rows: &mut Rows<'_>,
        column: usize,
        style: Option<usize>,
        number: Option<u32>,
    ) -> Result<(), Problems> {
        let number = number.ok_or_else(cut_short)?;
        let mut digits = String::new();
        if number & 2 != 0 {
            digits = (number.cast_signed() >> 2).to_string();
        } else if let Err(fault) = write_double(f64::from_bits(u64::from(number & !3) << 32), &mut digits) {
            return rows.fault(column, fault);
        }
        if number & 1 != 0 {
            digits = write_hundredth(&digits);
        }
        self.put_digits(rows, column, style, &digits)
    }

    fn put_digits(
        &self,
        rows: &mut Rows<'_>,
        column: usize,
        style: Option<usize>,
        digits: &str,
    ) -> Result<(), Problems> {
        let format = style.and_then(|style| self.styles.get(style)).and_then(Option::as_ref);
        rows.put_shown(column, digits, format, self.since_1904)
    }
}

fn double(bytes: &[u8]) -> Option<f64> {
    Some(f64::from_le_bytes(*bytes.first_chunk()?))
}

fn error_name(error: u8) -> String {
    let name = match error {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        _ => return format!("#{error}"),
    };
    name.to_owned()
}

/// Where a cell stands.
struct Place {
    row: u16,
    column: u16,
    at: usize,
}

/// What is found in a sheet before its cells are read.
#[derive(Default)]
struct Found {
    cells: Vec<Place>,
    merges: Vec<Merge>,
    hidden_rows: HashSet<u16>,
    hidden_columns: Vec<(usize, usize)>,
}

impl Found {
    fn add(&mut self, record: Record<'_>, at: usize) -> Option<()> {
        let data = record.data;
        match record.kind {
            NUMBER | SHORT_NUMBER | TEXT | RICH_TEXT | SHARED_TEXT | FLAG | FORMULA => {
                self.cells.push(Place { row: word(data, 0)?, column: word(data, 2)?, at });
            }
            SHORT_NUMBERS => {
                let (row, first) = (word(data, 0)?, word(data, 2)?);
                let count = u16::try_from(data.len().checked_sub(6)? / 6).ok()?;
                let columns = first..first.checked_add(count)?;
                self.cells.extend(columns.map(|column| Place { row, column, at }));
            }
            ROW if word(data, 12)? & 0x20 != 0 => _ = self.hidden_rows.insert(word(data, 0)?),
            COLUMNS if word(data, 8)? & 1 != 0 => {
                self.hidden_columns.push((usize::from(word(data, 0)?), usize::from(word(data, 2)?)));
            }
            MERGES => {
                for range in data.get(2..)?.chunks_exact(8) {
                    let row = |at| Some(u32::from(word(range, at)?).saturating_add(1));
                    let column = |at| Some(usize::from(word(range, at)?));
                    let (first_row, last_row, first_column, last_column) = (row(0)?, row(2)?, column(4)?, column(6)?);
                    self.merges.push(Merge { first_row, last_row, first_column, last_column });
                }
            }
            _ => {}
        }
        Some(())
    }
}

fn read_format(stream: &[u8], record: Record<'_>) -> Option<(u16, NumberFormat)> {
    let mut code = String::new();
    Data::of(stream, record, 4)?.text(usize::from(word(record.data, 2)?), &mut code)?;
    Some((word(record.data, 0)?, NumberFormat::read(&code)))
}
