//! A workbook as data: sheets of cells with formulas, and what each formula comes to. Writers lay it out.

use rust_decimal::Decimal;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Nothing but its looks.
    Blank,
    /// A text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A formula without its `=`, and what it comes to at present.
    Formula(String, Stored),
}

/// What a formula comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stored {
    /// A number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// `#N/A`.
    NotAvailable,
}

/// What a cell is, from which a writer makes its looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Look {
    /// The title of a sheet.
    Title,
    /// The title of a part of a sheet.
    Section,
    /// Whether the workbook may be relied on: a text that begins with ✔, △ or ✘.
    Banner,
    /// The result of a check: ✔ or ✘.
    Verdict,
    /// A remark.
    Remark,
    /// A remark at the right end: the unit.
    Unit,
    /// The title of a column.
    Header,
    /// A text.
    Text,
    /// A long text, which is broken.
    LongText,
    /// A number that may be changed.
    Input,
    /// A number that may be changed and follows the one before until it is.
    FollowingInput,
    /// A number that nothing but values rests on.
    Fixed,
    /// A text of the roster, which may be changed.
    RosterText,
    /// A number of the roster, which may be changed.
    RosterNumber,
    /// A whole number.
    Integer,
    /// An amount in the unit of the workbook.
    Amount,
    /// An amount that is not computed again.
    FixedAmount,
    /// A sum of amounts.
    TotalAmount,
    /// A sum of amounts that is not computed again.
    FixedTotalAmount,
    /// A text in a row of sums.
    TotalText,
    /// A number on the way.
    Helper,
    /// A number on the way that is not computed again.
    FixedHelper,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell {
    /// Its row, from 0.
    pub row: u32,
    /// Its column, from 0.
    pub column: u16,
    /// What stands in it.
    pub content: Content,
    /// What it is.
    pub look: Look,
    /// A remark that is shown when it is pointed at.
    pub note: Option<String>,
}

impl Cell {
    pub(super) const fn new(row: u32, column: u16, look: Look, content: Content) -> Self {
        Self { row, column, content, look, note: None }
    }
}

/// A column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Width {
    /// In characters.
    pub characters: u16,
    /// Whether it is folded away.
    pub is_folded: bool,
    /// Whether its cells are texts, in which no digit may be lost.
    pub is_text: bool,
}

/// What may be typed into some cells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Allowed {
    /// One of these words.
    Words(Vec<String>),
    /// A whole number from 1.
    Count,
    /// A number.
    Number,
    /// A number that is not below 0.
    NotNegative,
}

/// Cells of which only some contents make sense.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restricted {
    /// First row and last row.
    pub rows: (u32, u32),
    /// First column and last column.
    pub columns: (u16, u16),
    /// What may be typed.
    pub allowed: Allowed,
}

/// A name for some cells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DefinedName {
    /// The name.
    pub name: String,
    /// The cells, with their sheet.
    pub cells: String,
}

/// The column of a number from 0 in letters.
pub(super) fn letters(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column).saturating_add(1);
    while rest > 0 {
        rest = rest.saturating_sub(1);
        letters.push(char::from(b'A'.saturating_add(u8::try_from(rest.checked_rem(26).unwrap_or(0)).unwrap_or(0))));
        rest = rest.checked_div(26).unwrap_or(0);
    }
    letters.iter().rev().collect()
}

/// `E7`, of a row from 0.
pub(super) fn cell(column: u16, row: u32) -> String {
    [&letters(column), row.saturating_add(1).to_string().as_str()].concat()
}

/// `$E$7`.
pub(super) fn fixed(column: u16, row: u32) -> String {
    ["$", &letters(column), "$", &row.saturating_add(1).to_string()].concat()
}

/// `$E$7:$F$9`.
pub(super) fn range(columns: (u16, u16), rows: (u32, u32)) -> String {
    [fixed(columns.0, rows.0), fixed(columns.1, rows.1)].join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), expected);
        }
        assert_eq!(range((4, 5), (6, 8)), "$E$7:$F$9");
    }
}
