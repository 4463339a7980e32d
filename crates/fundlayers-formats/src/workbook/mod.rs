//! Workbooks: the rows of a sheet as they stand, one at a time, before anything is understood of them.
//!
//! Nothing of a sheet is kept but the row that is handed over, so that a sheet of 14 million cells takes little more than
//! its file. Numbers are what was typed: the stored double at 15 significant digits, in plain digits. Days are texts such
//! as `2024-03-05`. A cell that merged ones cover has the value of the first of them, and is marked. What cannot be told
//! is a [`CellFault`] in place of a value.
//!
//! ```no_run
//! use fundlayers_formats::workbook::{BookFormat, Workbook};
//! let bytes = std::fs::read("名单.xlsx").unwrap();
//! let mut workbook = Workbook::open(&bytes, BookFormat::Xlsx)?;
//! let sheet = workbook.sheet("名单")?;
//! let notes = workbook.rows(sheet, &mut |row| {
//!     println!("{}: {:?}", row.number, row.cells);
//!     Ok(row.number < 10)
//! })?;
//! assert!(notes.hidden_rows().is_empty());
//! # Ok::<(), fundlayers::Problems>(())
//! ```

#[cfg(any(feature = "xlsx", feature = "ods"))]
mod archive;
#[cfg(feature = "xls")]
mod cfb;
#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
mod number;
#[cfg(feature = "ods")]
mod ods;
#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
mod row;
#[cfg(any(feature = "xlsx", feature = "xls"))]
mod style;
mod table;
#[cfg(feature = "unpacked")]
mod unpacked;
#[cfg(feature = "xls")]
mod xls;
#[cfg(feature = "xlsx")]
mod xlsx;

use fundlayers::roster::Cell;
pub use fundlayers::sheet::column_name;
use fundlayers::{Argument, Code, Message, Problem, Problems, did_you_mean};

pub(crate) use self::table::rows;
#[cfg(all(feature = "unpacked", any(feature = "xlsx", feature = "xls", feature = "ods")))]
pub use self::unpacked::unpack;
use crate::Format;
use crate::catalogue as words;

/// How a workbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookFormat {
    /// Of Excel since 2007; WPS and `LibreOffice` write it too.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// `OpenDocument`, of `LibreOffice`; WPS writes it too.
    Ods,
}

impl BookFormat {
    /// The format that a file name's ending stands for.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "xlsx" | "xlsm" | "xltx" | "xltm" => Some(Self::Xlsx),
            "xls" | "xlt" => Some(Self::Xls),
            "ods" | "ots" => Some(Self::Ods),
            _ => None,
        }
    }

    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => ".xlsx",
            Self::Xls => ".xls",
            Self::Ods => ".ods",
        }
    }
}

/// Whether a sheet is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Visibility {
    /// It is.
    #[default]
    Visible,
    /// It is hidden.
    Hidden,
    /// It is hidden so that no menu shows it.
    VeryHidden,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetInfo {
    /// Its name.
    pub name: String,
    /// Whether it is shown.
    pub visibility: Visibility,
}

/// A row of a sheet that is not blank.
#[derive(Debug, Clone, Copy)]
pub struct SheetRow<'r> {
    /// Which row of the sheet it is, from 1.
    pub number: u32,
    /// Its cells from column A to the last that is not blank. A cell that a merged one covers has the value of its first.
    pub cells: &'r [Cell<'r>],
    /// Which of the cells merged ones cover, so that they have no value of their own.
    pub covered: &'r [bool],
    /// In which columns something is wrong, in order; the cells are blank.
    pub faults: &'r [(usize, CellFault)],
    /// Whether the row is hidden, by hand or by a filter.
    pub hidden: bool,
}

/// Why the value of a cell cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellFault {
    /// It is an error, such as `#REF!`.
    Error(String),
    /// It is a formula whose value was never stored.
    NotCalculated,
    /// It is a number of 16 or more digits before the point, of which 15 are kept: as it is stored.
    DigitsLost(String),
    /// Its number format shows another number than is stored, as `0!.0,"万元"` does.
    ScaledFormat {
        /// The number format.
        shown: String,
        /// The number that is stored.
        stored: String,
    },
    /// It should be a number, and is none.
    NotANumber(String),
    /// It should be a day, and none of the calendar has that number.
    NotADate(String),
}

impl CellFault {
    /// The problem that it is, without its place.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Error(error) => {
                Problem::new(Code::CellError, words::CELL_ERROR).found(error).expected(words::A_VALUE)
            }
            Self::NotCalculated => {
                Problem::new(Code::NotCalculated, words::NOT_CALCULATED).expected(words::RECALCULATED)
            }
            Self::DigitsLost(stored) => {
                Problem::new(Code::DigitsLost, words::DIGITS_LOST).found(stored).expected(words::CODE_AS_TEXT)
            }
            Self::ScaledFormat { shown, stored } => {
                Problem::new(Code::ScaledFormat, words::SCALED_FORMAT.with(&[shown]))
                    .found(stored)
                    .expected(words::PLAIN_FORMAT)
            }
            Self::NotANumber(stored) => {
                Problem::new(Code::BadNumber, words::NO_NUMBER_IN_CELL).found(stored).expected(words::A_VALUE)
            }
            Self::NotADate(stored) => {
                Problem::new(Code::BadDate, words::NO_DATE_IN_CELL).found(stored).expected(words::A_DATE)
            }
        }
    }
}

/// What was seen of a sheet on the way through its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetNotes {
    hidden_rows: Vec<(u32, u32)>,
    hidden_columns: Vec<(usize, usize)>,
    stale: Option<(usize, u32)>,
}

impl SheetNotes {
    /// Hidden rows that are not blank, each from and to.
    #[must_use]
    pub fn hidden_rows(&self) -> &[(u32, u32)] {
        &self.hidden_rows
    }

    /// Hidden columns with something in them, each from and to, from 0.
    #[must_use]
    pub fn hidden_columns(&self) -> &[(usize, usize)] {
        &self.hidden_columns
    }

    /// The column and row of the first formula whose stored value need not be right: the workbook is to be recalculated
    /// once it is opened, which libraries ask for that do not calculate.
    #[must_use]
    pub const fn stale(&self) -> Option<(usize, u32)> {
        self.stale
    }

    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    fn hide_row(&mut self, row: u32) {
        match self.hidden_rows.last_mut() {
            Some((_, last)) if last.saturating_add(1) == row => *last = row,
            _ => self.hidden_rows.push((row, row)),
        }
    }

    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    fn hide_column(&mut self, column: usize) {
        match self.hidden_columns.last_mut() {
            Some((_, last)) if last.saturating_add(1) == column => *last = column,
            _ => self.hidden_columns.push((column, column)),
        }
    }

    /// The warnings that follow from it.
    #[must_use]
    pub fn warnings(&self, sheet: &str) -> Problems {
        // A filter can hide thousands of stretches: who looks finds the rest.
        const NAMED: usize = 20;
        let mut problems = Problems::new();
        let listed = |mut names: Vec<String>| {
            if names.len() > NAMED {
                names.truncate(NAMED);
                names.push("…".to_owned());
            }
            Argument::list(names)
        };
        let range = |first: String, last: String| if first == last { first } else { format!("{first}:{last}") };
        if !self.hidden_rows.is_empty() {
            let rows =
                self.hidden_rows.iter().map(|(first, last)| range(first.to_string(), last.to_string())).collect();
            problems.push(Problem::new(Code::HiddenCells, words::HIDDEN_ROWS.with(&[&sheet, &listed(rows)])));
        }
        if !self.hidden_columns.is_empty() {
            let columns = self.hidden_columns.iter();
            let columns = columns.map(|(first, last)| range(column_name(*first), column_name(*last))).collect();
            problems.push(Problem::new(Code::HiddenCells, words::HIDDEN_COLUMNS.with(&[&sheet, &listed(columns)])));
        }
        if let Some((column, row)) = self.stale {
            let cell = format!("{sheet}!{}", cell_name(column, row));
            problems.push(
                Problem::new(Code::StaleFormulas, words::STALE_FORMULAS.with(&[&cell])).expected(words::RECALCULATED),
            );
        }
        problems
    }
}

/// The name of a cell by its column, from 0, and its row, from 1: `D7`.
#[must_use]
pub fn cell_name(column: usize, row: u32) -> String {
    format!("{}{row}", column_name(column))
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
/// An opened workbook, whose sheets are read one at a time.
pub struct Workbook<'a> {
    book: Book<'a>,
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
enum Book<'a> {
    #[cfg(feature = "xlsx")]
    Xlsx(xlsx::Xlsx<'a>),
    #[cfg(feature = "xls")]
    Xls(xls::Xls<'a>),
    #[cfg(feature = "ods")]
    Ods(ods::Ods<'a>),
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
impl<'a> Workbook<'a> {
    /// Opens a workbook. What its sheets are is read, not yet what stands in them.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownFormat`] for a file in another format, or one that is not read here; [`Code::LockedWorkbook`] for
    /// one with a password; [`Code::DamagedWorkbook`], [`Code::TooLarge`].
    pub fn open(bytes: &'a [u8], format: BookFormat) -> Result<Self, Problems> {
        check_kind(bytes, format)?;
        let book = match format {
            #[cfg(feature = "xlsx")]
            BookFormat::Xlsx => Book::Xlsx(xlsx::Xlsx::open(bytes)?),
            #[cfg(feature = "xls")]
            BookFormat::Xls => Book::Xls(xls::Xls::open(bytes)?),
            #[cfg(feature = "ods")]
            BookFormat::Ods => Book::Ods(ods::Ods::open(bytes)?),
            #[cfg(not(all(feature = "xlsx", feature = "xls", feature = "ods")))]
            _ => return Err(other_format(words::BOOK_NOT_READ.with(&[&format.extension()]))),
        };
        Ok(Self { book })
    }

    /// The sheets in their order.
    #[must_use]
    pub fn sheets(&self) -> &[SheetInfo] {
        match &self.book {
            #[cfg(feature = "xlsx")]
            Book::Xlsx(book) => book.sheets(),
            #[cfg(feature = "xls")]
            Book::Xls(book) => book.sheets(),
            #[cfg(feature = "ods")]
            Book::Ods(book) => book.sheets(),
        }
    }

    /// The sheet with a name.
    ///
    /// # Errors
    ///
    /// [`Code::SheetNotFound`].
    pub fn sheet(&self, name: &str) -> Result<usize, Problems> {
        named(self.sheets(), name)
    }

    /// Hands over the rows of a sheet that are not blank, until one is the last that is wanted.
    ///
    /// # Errors
    ///
    /// [`Code::DamagedWorkbook`], [`Code::TooLarge`], and what `take` says.
    pub fn rows(
        &mut self,
        sheet: usize,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<SheetNotes, Problems> {
        match &mut self.book {
            #[cfg(feature = "xlsx")]
            Book::Xlsx(book) => book.rows(sheet, take),
            #[cfg(feature = "xls")]
            Book::Xls(book) => book.rows(sheet, take),
            #[cfg(feature = "ods")]
            Book::Ods(book) => book.rows(sheet, take),
        }
    }
}

/// Sheets whose rows are read one at a time: of a workbook, or of one that another module has unpacked.
pub(crate) trait Sheets {
    /// The sheets in their order.
    fn sheets(&self) -> &[SheetInfo];

    /// As [`Workbook::rows`].
    fn rows(&mut self, sheet: usize, take: &mut Take<'_>) -> Result<SheetNotes, Problems>;
}

/// Takes a row; whether more are wanted.
pub(crate) type Take<'t> = dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems> + 't;

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
impl Sheets for Workbook<'_> {
    fn sheets(&self) -> &[SheetInfo] {
        Workbook::sheets(self)
    }

    fn rows(&mut self, sheet: usize, take: &mut Take<'_>) -> Result<SheetNotes, Problems> {
        Workbook::rows(self, sheet, take)
    }
}

/// The workbook in some bytes.
pub(crate) fn book(bytes: &[u8], format: Format) -> Result<Box<dyn Sheets + '_>, Problems> {
    match format {
        #[cfg(feature = "unpacked")]
        Format::Unpacked => Ok(Box::new(unpacked::Unpacked::open(bytes)?)),
        #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
        Format::Xlsx | Format::Xls | Format::Ods => {
            let format = match format {
                Format::Xls => BookFormat::Xls,
                Format::Ods => BookFormat::Ods,
                _ => BookFormat::Xlsx,
            };
            Ok(Box::new(Workbook::open(bytes, format)?))
        }
        _ => {
            _ = bytes;
            Err(crate::unknown_format(words::ROWS_NOT_READ, words::CSV_OR_JSON))
        }
    }
}

/// The sheet with a name.
fn named(sheets: &[SheetInfo], name: &str) -> Result<usize, Problems> {
    let names = || sheets.iter().map(|sheet| sheet.name.as_str());
    names().position(|sheet| sheet == name).ok_or_else(|| {
        let problem = Problem::new(Code::SheetNotFound, words::NO_SHEET).found(name);
        problem.expected(did_you_mean(name, names())).into()
    })
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
/// Refuses what is not what its name says, by how it begins.
fn check_kind(bytes: &[u8], format: BookFormat) -> Result<(), Problems> {
    const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    let has = |text: &str| {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(bytes, &wide)
    };
    let truth = if bytes.starts_with(b"PK") {
        if find(bytes, b"xl/workbook.bin") {
            return Err(other_format(words::BINARY_BOOK));
        }
        let is_ods = find(bytes, b"content.xml") && !find(bytes, b"[Content_Types].xml");
        if is_ods || find(bytes, b"opendocument.spreadsheet") { BookFormat::Ods } else { BookFormat::Xlsx }
    } else if bytes.starts_with(OLE) {
        if has("EncryptedPackage") || has("EncryptionInfo") {
            return Err(locked());
        }
        BookFormat::Xls
    } else if bytes.starts_with(b"\x09\x08") && format == BookFormat::Xls {
        BookFormat::Xls
    } else {
        let start = String::from_utf8_lossy(bytes.get(..512).unwrap_or(bytes)).to_lowercase();
        let start = start.trim_start_matches(|sign: char| sign == '\u{feff}' || sign.is_whitespace());
        let message = if start.is_empty() {
            words::EMPTY_BOOK
        } else if start.starts_with("<?xml") {
            words::XML_NOT_BOOK
        } else if start.starts_with('<') || start.starts_with("mime-version") {
            words::HTML_NOT_BOOK
        } else if start.bytes().all(|byte| byte >= b' ' || byte.is_ascii_whitespace()) {
            words::TEXT_NOT_BOOK
        } else {
            words::NOT_A_BOOK
        };
        return Err(other_format(message));
    };
    if truth == format {
        Ok(())
    } else {
        Err(other_format(words::OTHER_BOOK.with(&[&truth.extension(), &format.extension()])))
    }
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
fn find(bytes: &[u8], part: &[u8]) -> bool {
    // Names stand at the beginning or the end of every format.
    const LOOKED_AT: usize = 1 << 16;
    let end = bytes.len().saturating_sub(LOOKED_AT);
    let found =
        |piece: Option<&[u8]>| piece.is_some_and(|piece| piece.windows(part.len()).any(|window| window == part));
    found(bytes.get(..LOOKED_AT.min(bytes.len()))) || found(bytes.get(end..))
}

/// A day in the form of ISO 8601, with its time of day as the others have it, or without if it is midnight.
#[cfg(any(feature = "xlsx", feature = "ods"))]
fn plain_day(text: &str) -> String {
    let text = text.trim().trim_end_matches('Z');
    match text.split_once('T') {
        Some((day, time)) if time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) => day.to_owned(),
        Some((day, time)) => format!("{day} {time}"),
        None => text.to_owned(),
    }
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
fn other_format(message: impl Into<Message>) -> Problems {
    Problem::new(Code::UnknownFormat, message).expected(words::SAVE_AS_XLSX).into()
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
fn locked() -> Problems {
    Problem::new(Code::LockedWorkbook, words::LOCKED_BOOK).expected(words::WITHOUT_PASSWORD).into()
}

fn damaged(message: impl Into<Message>) -> Problems {
    Problem::new(Code::DamagedWorkbook, message).expected(words::SAVE_AGAIN).into()
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
fn too_large(message: impl Into<Message>) -> Problems {
    Problem::new(Code::TooLarge, message).expected(words::SMALLER_WORKBOOK).into()
}

#[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
#[cfg(test)]
mod tests;
