//! Where a part of a roster stands in all of it.

use crate::ground::catalogue::results as words;
use crate::ground::message::Message;

/// Where a part of a roster stands in all of it, and what its file is called.
///
/// ```
/// use fundlayers::Part;
/// // A file of which 500 rows are a part of their own, and 2,000 rows in files before it.
/// let part = Part::new(2_500).in_file("west.parquet", 500);
/// assert_eq!((part.first_row(), part.rows_before()), (2_500, 500));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    first_row: u64,
    file: Option<String>,
    rows_before: u32,
}

impl Part {
    /// The part that so many rows of other parts stand before. What is in the order of the roster follows it; two parts never
    /// begin at the same row, but for empty ones.
    #[must_use]
    pub fn new(first_row: u64) -> Self {
        Self { first_row, file: None, rows_before: u32::try_from(first_row).unwrap_or(u32::MAX) }
    }

    /// Its file, and how many rows stand before it there.
    #[must_use]
    pub fn in_file(self, file: impl Into<String>, rows_before: u32) -> Self {
        Self { first_row: self.first_row, file: Some(file.into()), rows_before }
    }

    /// How many rows of all parts stand before it.
    #[must_use]
    pub const fn first_row(&self) -> u64 {
        self.first_row
    }

    /// How many rows of its file stand before it; of all parts, where it has none. What [`RosterBuilder::after_rows`]
    /// takes.
    ///
    /// [`RosterBuilder::after_rows`]: crate::RosterBuilder::after_rows
    #[must_use]
    pub const fn rows_before(&self) -> u32 {
        self.rows_before
    }

    /// Its file.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Where a row stands in all parts, by its number in its file.
    pub(crate) fn row(&self, number: u32) -> u64 {
        self.first_row.saturating_add(number.saturating_sub(self.rows_before).saturating_sub(1).into())
    }
}

/// What a part is called in a sentence.
pub(super) fn called(file: Option<&str>, first_row: u64) -> Message {
    match file {
        Some(file) => words::PART_OF_FILE.with(&[&file, &first_row.saturating_add(1)]),
        None => words::PART_FROM_ROW.with(&[&first_row.saturating_add(1)]),
    }
}
