//! The roster: the places that are funded, in columns.

use crate::document::Position;
use crate::{Policy, Problems};

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

/// The places that are funded. Cheap to clone; never changes.
#[derive(Debug, Clone)]
pub struct Roster(());

/// Takes the rows of a roster from a reader, one by one.
#[derive(Debug)]
pub struct RosterBuilder(());

impl RosterBuilder {
    /// Begins with the header: each column's text and where it stood. Columns are known by key or Chinese header, attributes by
    /// id or either name; unknown ones are warned about.
    #[must_use]
    pub fn new(policy: &Policy, headers: &[(&str, Option<Position>)]) -> Self {
        _ = (policy, headers);
        Self(())
    }

    /// Takes a row: the line of the file it began on, and its cells in header order.
    pub fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        _ = (line, cells);
    }

    /// The roster with warnings, or every problem.
    ///
    /// # Errors
    ///
    /// Every problem of every row at once.
    pub fn finish(self) -> Result<(Roster, Problems), Problems> {
        Ok((Roster(()), Problems::new()))
    }
}
/// The keys of the roster's own columns, in order.
pub const COLUMN_KEYS: [&str; 10] =
    ["id", "name", "kind", "designation", "county", "township", "division_code", "count", "from", "to"];
/// Their Chinese headers.
pub const COLUMN_HEADERS: [&str; 10] =
    ["编码", "名称", "类型", "认定层级", "区县", "乡镇", "区划代码", "数量", "起始年度", "截止年度"];
