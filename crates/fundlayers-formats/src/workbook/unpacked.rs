//! A workbook between two modules: one that reads workbooks, loaded where one is given, and one that need not.
//!
//! What goes over is what [`Workbook::rows`] hands out, all of it, so that the rules for digits, merged cells and formats are
//! those of the readers. Numbers stand in four bytes, the least first; a text is its length and its bytes.

use fundlayers::Problems;
use fundlayers::roster::Cell;

use super::{CellFault, SheetInfo, SheetNotes, SheetRow, Sheets, Take, Visibility, damaged};
use crate::COLUMN_LIMIT;
use crate::catalogue as words;

/// How it begins: what reads it must be of the version that wrote it.
const MARK: &[u8] = concat!("fundlayers ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
/// A cell that a merged one covers.
const COVERED: u8 = 8;

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
mod write {
    use fundlayers::Problems;
    use fundlayers::roster::Cell;

    use super::super::{CellFault, SheetNotes, SheetRow, Visibility, Workbook, too_large};
    use super::{COVERED, MARK};
    use crate::catalogue as words;

    /// What goes over is at most so many bytes: both modules hold it, and the page too.
    const LIMIT: usize = 1 << 28;

    /// All rows of a workbook as one run of bytes, which [`Format::Unpacked`](crate::Format::Unpacked) reads.
    ///
    /// # Errors
    ///
    /// What [`Workbook::rows`] says; [`Code::TooLarge`](fundlayers::Code::TooLarge).
    pub fn unpack(book: &mut Workbook<'_>) -> Result<Vec<u8>, Problems> {
        let mut bytes = MARK.to_vec();
        let sheets = book.sheets().to_vec();
        number(&mut bytes, sheets.len());
        for (at, sheet) in sheets.iter().enumerate() {
            text(&mut bytes, &sheet.name);
            bytes.push(match sheet.visibility {
                Visibility::Visible => 0,
                Visibility::Hidden => 1,
                Visibility::VeryHidden => 2,
            });
            // How many bytes the rows take is known behind them.
            number(&mut bytes, 0);
            let start = bytes.len();
            let notes = book.rows(at, &mut |given| {
                row(&mut bytes, given);
                if bytes.len() <= LIMIT { Ok(true) } else { Err(too_large(words::UNPACKED_TOO_LARGE)) }
            })?;
            bytes.push(0);
            self::notes(&mut bytes, &notes);
            let length = u32::try_from(bytes.len().saturating_sub(start)).unwrap_or(u32::MAX);
            if let Some(place) = start.checked_sub(4).and_then(|from| bytes.get_mut(from..start)) {
                place.copy_from_slice(&length.to_le_bytes());
            }
        }
        Ok(bytes)
    }

    fn number(bytes: &mut Vec<u8>, number: usize) {
        bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn text(bytes: &mut Vec<u8>, text: &str) {
        number(bytes, text.len());
        bytes.extend(text.as_bytes());
    }

    fn row(bytes: &mut Vec<u8>, row: &SheetRow<'_>) {
        bytes.push(if row.hidden { 2 } else { 1 });
        bytes.extend(row.number.to_le_bytes());
        number(bytes, row.cells.len());
        for (at, cell) in row.cells.iter().enumerate() {
            let covered = if row.covered.get(at) == Some(&true) { COVERED } else { 0 };
            match cell {
                Cell::Blank => bytes.push(covered),
                Cell::Text(given) => {
                    bytes.push(covered | 1);
                    text(bytes, given);
                }
                Cell::Number(digits) => {
                    bytes.push(covered | 2);
                    text(bytes, digits);
                }
                Cell::Flag(flag) => bytes.push(covered | if *flag { 3 } else { 4 }),
            }
        }
        number(bytes, row.faults.len());
        for (column, fault) in row.faults {
            number(bytes, *column);
            let (kind, said) = match fault {
                CellFault::Error(error) => (0, error.as_str()),
                CellFault::NotCalculated => (1, ""),
                CellFault::DigitsLost(stored) => (2, stored.as_str()),
                CellFault::ScaledFormat { stored, .. } => (3, stored.as_str()),
                CellFault::NotANumber(stored) => (4, stored.as_str()),
                CellFault::NotADate(stored) => (5, stored.as_str()),
            };
            bytes.push(kind);
            text(bytes, said);
            if let CellFault::ScaledFormat { shown, .. } = fault {
                text(bytes, shown);
            }
        }
    }

    fn notes(bytes: &mut Vec<u8>, notes: &SheetNotes) {
        number(bytes, notes.hidden_rows.len());
        for (first, last) in &notes.hidden_rows {
            bytes.extend(first.to_le_bytes());
            bytes.extend(last.to_le_bytes());
        }
        number(bytes, notes.hidden_columns.len());
        for (first, last) in &notes.hidden_columns {
            number(bytes, *first);
            number(bytes, *last);
        }
        bytes.push(u8::from(notes.stale.is_some()));
        let (column, row) = notes.stale.unwrap_or_default();
        number(bytes, column);
        bytes.extend(row.to_le_bytes());
    }
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
pub use self::write::unpack;

/// A workbook that another module has unpacked.
pub(super) struct Unpacked<'a> {
    sheets: Vec<SheetInfo>,
    rows: Vec<&'a [u8]>,
}

impl<'a> Unpacked<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problems> {
        let read = || {
            let mut bytes = Bytes(bytes.strip_prefix(MARK)?);
            let (mut sheets, mut rows) = (Vec::new(), Vec::new());
            for _ in 0..bytes.number()? {
                let name = bytes.text()?.to_owned();
                let visibility = match bytes.byte()? {
                    0 => Visibility::Visible,
                    1 => Visibility::Hidden,
                    _ => Visibility::VeryHidden,
                };
                sheets.push(SheetInfo { name, visibility });
                rows.push(bytes.part()?);
            }
            Some(Self { sheets, rows })
        };
        read().ok_or_else(broken)
    }
}

fn broken() -> Problems {
    damaged(words::NOT_UNPACKED)
}

impl Sheets for Unpacked<'_> {
    fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize, take: &mut Take<'_>) -> Result<SheetNotes, Problems> {
        let mut bytes = Bytes(self.rows.get(sheet).copied().unwrap_or_default());
        let (mut cells, mut covered, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let kind = bytes.byte().ok_or_else(broken)?;
            if kind == 0 {
                return bytes.notes().ok_or_else(broken);
            }
            let number = bytes.row(&mut cells, &mut covered, &mut faults).ok_or_else(broken)?;
            let row = SheetRow { number, cells: &cells, covered: &covered, faults: &faults, hidden: kind == 2 };
            if !take(&row)? {
                return Ok(SheetNotes::default());
            }
        }
    }
}

/// What is left to be read; none where it ends too soon or is no text.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn u32(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*first))
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.part()?).ok()
    }

    /// A row, and its number.
    fn row(
        &mut self,
        cells: &mut Vec<Cell<'a>>,
        covered: &mut Vec<bool>,
        faults: &mut Vec<(usize, CellFault)>,
    ) -> Option<u32> {
        cells.clear();
        covered.clear();
        faults.clear();
        let number = self.u32()?;
        for _ in 0..self.number().filter(|cells| *cells <= COLUMN_LIMIT)? {
            let kind = self.byte()?;
            covered.push(kind & COVERED != 0);
            cells.push(match kind & !COVERED {
                0 => Cell::Blank,
                1 => Cell::Text(self.text()?),
                2 => Cell::Number(self.text()?),
                kind => Cell::Flag(kind == 3),
            });
        }
        for _ in 0..self.number()? {
            let column = self.number()?;
            let kind = self.byte()?;
            let said = self.text()?.to_owned();
            faults.push((
                column,
                match kind {
                    0 => CellFault::Error(said),
                    1 => CellFault::NotCalculated,
                    2 => CellFault::DigitsLost(said),
                    3 => CellFault::ScaledFormat { shown: self.text()?.to_owned(), stored: said },
                    4 => CellFault::NotANumber(said),
                    _ => CellFault::NotADate(said),
                },
            ));
        }
        Some(number)
    }

    fn notes(&mut self) -> Option<SheetNotes> {
        let mut notes = SheetNotes::default();
        for _ in 0..self.number()? {
            notes.hidden_rows.push((self.u32()?, self.u32()?));
        }
        for _ in 0..self.number()? {
            notes.hidden_columns.push((self.number()?, self.number()?));
        }
        let is_stale = self.byte()? != 0;
        let stale = (self.number()?, self.u32()?);
        notes.stale = is_stale.then_some(stale);
        Some(notes)
    }
}

#[cfg(test)]
#[cfg(all(feature = "xlsx", feature = "xls", feature = "ods"))]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests {
    use super::super::{BookFormat, Workbook};
    use super::*;

    /// The files of offices, and what is read of each: every row, or what is wrong.
    fn each_file(look: impl Fn(&str, Workbook<'_>)) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/sheets");
        let mut files = 0;
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            let name = file.file_name().into_string().unwrap();
            let ending = name.rsplit('.').next().unwrap();
            let Some(format) = BookFormat::from_extension(ending) else { continue };
            let bytes = std::fs::read(file.path()).unwrap();
            look(&name, Workbook::open(&bytes, format).unwrap());
            files += 1;
        }
        assert!(files > 8, "{files} files were found");
    }

    fn rows(book: &mut dyn Sheets) -> Vec<String> {
        let mut all = Vec::new();
        for at in 0..book.sheets().len() {
            all.push(format!("{:?}", book.sheets()[at]));
            let notes = book.rows(at, &mut |row| {
                all.push(format!("{row:?}"));
                Ok(true)
            });
            all.push(format!("{notes:?}"));
        }
        all
    }

    #[test]
    fn what_goes_over_is_what_was_read() {
        each_file(|name, mut book| {
            let expected = rows(&mut book);
            assert!(expected.len() > 2, "{name}");
            let Ok(bytes) = unpack(&mut book) else { panic!("{name}") };
            let mut unpacked = Unpacked::open(&bytes).unwrap();
            assert_eq!(rows(&mut unpacked), expected, "{name}");
        });
    }

    #[test]
    fn what_is_cut_or_changed_is_refused_or_read() {
        each_file(|name, mut book| {
            let bytes = unpack(&mut book).unwrap();
            for length in (0..bytes.len()).step_by(1 + bytes.len() / 200) {
                let cut = Unpacked::open(&bytes[..length]).err().unwrap_or_else(|| panic!("{name}: {length}"));
                assert_eq!(cut.iter().next().unwrap().code(), fundlayers::Code::DamagedWorkbook);
                let mut changed = bytes.clone();
                changed[length] ^= 0xFF;
                if let Ok(mut unpacked) = Unpacked::open(&changed) {
                    rows(&mut unpacked);
                }
            }
        });
    }
}
