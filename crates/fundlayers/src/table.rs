//! The shape of every result: one definition of its columns, which each writer follows.
//!
//! A [`Table`] is for machines: English keys, ids, amounts in one stated unit, in batches of columns, so that a national
//! result never stands in memory at once. A [`Report`] is the same result for people: headers in their language, the
//! unit stated once, subtotals (小计) and a total (合计).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Amount, Lang, Name, Unit};

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The key, in CSV headers and JSON objects.
    pub key: String,
    /// The header for people.
    pub header: Name,
    /// What its cells are.
    pub kind: ColumnKind,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Text; may be blank.
    Text,
    /// A whole number, such as a year or a count.
    Integer,
    /// An amount of money in the unit of the table.
    Amount,
}

/// A result for machines. See the [module](self).
pub struct Table<'a> {
    columns: Vec<Column>,
    unit: Unit,
    batches: Box<dyn Fn() -> Box<dyn Iterator<Item = Batch<'a>> + 'a> + 'a>,
}

impl<'a> Table<'a> {
    /// A table of batches that can be gone through more than once.
    pub(crate) fn new<F, I>(columns: Vec<Column>, unit: Unit, batches: F) -> Self
    where
        F: Fn() -> I + 'a,
        I: Iterator<Item = Batch<'a>> + 'a,
    {
        Self { columns, unit, batches: Box::new(move || Box::new(batches())) }
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The unit that amounts are to be shown in; also the text of the column `unit`.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// The rows, in order, some at a time.
    #[must_use]
    pub fn batches(&self) -> Box<dyn Iterator<Item = Batch<'a>> + 'a> {
        (self.batches)()
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("columns", &self.columns).field("unit", &self.unit).finish_non_exhaustive()
    }
}

/// Some rows of a table, by columns of equal length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<'a> {
    /// The cells of each column, in column order.
    pub columns: Vec<Cells<'a>>,
    /// How many rows.
    pub rows: usize,
}

/// The cells of one column of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cells<'a> {
    /// Of a [`ColumnKind::Text`] column; blank is the empty text.
    Text(Vec<&'a str>),
    /// Of a [`ColumnKind::Integer`] column.
    Integer(Vec<i64>),
    /// Of a [`ColumnKind::Amount`] column.
    Amount(Vec<Amount>),
}

/// A result for people. See the [module](self).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<'a> {
    /// The language of its texts.
    pub lang: Lang,
    /// The title over the table.
    pub title: String,
    /// The unit of every amount, stated at the upper right.
    pub unit: Unit,
    /// Header and kind of each column.
    pub columns: Vec<(String, ColumnKind)>,
    /// The rows.
    pub rows: Vec<ReportRow<'a>>,
    /// Remarks under the table: policy, version, status.
    pub notes: Vec<String>,
}

/// A row of a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow<'a> {
    /// What it is.
    pub kind: RowKind,
    /// A cell for each column.
    pub cells: Vec<Cell<'a>>,
}

/// What a row of a [`Report`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A row of the result.
    Row,
    /// A subtotal (小计).
    Subtotal,
    /// The total (合计).
    Total,
}

/// A cell of a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing: not applicable.
    Blank,
    /// A text.
    Text(std::borrow::Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// An amount.
    Amount(Amount),
}

impl Report<'_> {
    /// The unit as it stands at the upper right: `单位：万元` or `Unit: 万元 (10,000 yuan)`.
    #[must_use]
    pub fn unit_note(&self) -> String {
        match self.lang {
            Lang::Zh => format!("单位：{}", self.unit),
            Lang::En => format!("Unit: {} ({})", self.unit, self.unit.english()),
        }
    }

    /// The text of a cell: amounts with thousands separators, in the unit of the report.
    #[must_use]
    pub fn text(&self, cell: &Cell<'_>) -> String {
        match cell {
            Cell::Blank => String::new(),
            Cell::Text(text) => text.clone().into_owned(),
            Cell::Integer(number) => number.to_string(),
            Cell::Amount(amount) => amount.grouped(self.unit).to_string(),
        }
    }
}
