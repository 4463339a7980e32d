//! The shape of every result: one definition of its columns, which each writer follows.
//!
//! A [`Table`] is for machines: English keys, ids, amounts in one stated unit, in batches of columns, so that a national
//! result never stands in memory at once. A [`Report`] is the same result for people: headers in their language, the
//! unit stated once, subtotals (小计) and a total (合计).

use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Unit};
use rust_decimal::Decimal;

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

impl Column {
    /// Whether it is a text column in which the same few words stand again and again, as a data frame keeps them by a
    /// dictionary: all but ids, codes, names and free texts.
    #[must_use]
    pub fn is_word(&self) -> bool {
        const OWN: [&str; 14] = [
            "id",
            "division_code",
            "name",
            "inputs",
            "exact",
            "text",
            "date",
            "document",
            "upstream_document",
            "note",
            "path",
            "value",
            "next_value",
            "step",
        ];
        self.kind == ColumnKind::Text && !OWN.contains(&self.key.as_str())
    }
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Text; may be blank.
    Text,
    /// A whole number, such as a year or a count; may be blank.
    Integer,
    /// An exact number, such as an attribute of a place; may be blank.
    Number {
        /// How many decimals serve every row; none if some rows have so many digits that no number of decimals does.
        scale: Option<u32>,
    },
    /// True or false.
    Flag,
    /// An amount of money in the unit of the table; may be blank.
    Amount,
    /// A percentage of two decimals, rounded half-up from the exact ratio; may be blank.
    Percent,
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

    /// A table without columns and rows.
    #[must_use]
    pub fn empty(unit: Unit) -> Self {
        Self::new(Vec::new(), unit, std::iter::empty)
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

    /// The first rows as they are, for people: no subtotals.
    #[must_use]
    pub fn report(&self, title: String, lang: Lang, notes: Vec<String>, limit: usize) -> Report<'a> {
        let columns = self.columns.iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let mut rows = Vec::new();
        for batch in self.batches() {
            for row in 0..batch.rows {
                if rows.len() >= limit {
                    break;
                }
                let cells = batch.columns.iter().map(|cells| cells.cell(row, lang).unwrap_or(Cell::Blank));
                rows.push(ReportRow { kind: RowKind::Row, cells: cells.collect() });
            }
            if rows.len() >= limit {
                break;
            }
        }
        Report { lang, title, unit: self.unit, columns, rows, notes }
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
    /// Of a [`ColumnKind::Text`] column, by a dictionary.
    Words(Words<'a>),
    /// Of a [`ColumnKind::Integer`] column without blanks.
    Integer(Vec<i64>),
    /// Of a [`ColumnKind::Integer`] column; blank: nothing is stated.
    MaybeInteger(Vec<Option<i64>>),
    /// Of a [`ColumnKind::Number`] column; blank: nothing is stated.
    Number(Vec<Option<Decimal>>),
    /// Of a [`ColumnKind::Flag`] column.
    Flag(Vec<bool>),
    /// Of a [`ColumnKind::Amount`] column without blanks.
    Amount(Vec<Amount>),
    /// Of a [`ColumnKind::Amount`] column; blank: not applicable.
    MaybeAmount(Vec<Option<Amount>>),
    /// Of a [`ColumnKind::Percent`] column; blank: the denominator is 0.
    Percent(Vec<Option<Percent>>),
}

/// Texts of which many are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<'a> {
    /// Each of them once; the same list in every batch of a table.
    pub words: Rc<[&'a str]>,
    /// Which of them stands in each row.
    pub codes: Vec<u32>,
}

impl<'a> Words<'a> {
    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&'a str> {
        self.words.get(usize::try_from(*self.codes.get(row)?).ok()?).copied()
    }
}

impl<'a> Cells<'a> {
    /// The text of a row; none if the column has other cells.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Text(texts) => texts.get(row).copied(),
            Self::Words(words) => words.get(row),
            _ => None,
        }
    }

    /// What stands in a row, for people.
    fn cell(&self, row: usize, lang: Lang) -> Option<Cell<'a>> {
        Some(match self {
            Self::Text(_) | Self::Words(_) => Cell::Text(self.text(row).filter(|text| !text.is_empty())?.into()),
            Self::Integer(numbers) => Cell::Integer(*numbers.get(row)?),
            Self::MaybeInteger(numbers) => Cell::Integer((*numbers.get(row)?)?),
            Self::Number(numbers) => Cell::Text((*numbers.get(row)?)?.normalize().to_string().into()),
            Self::Flag(flags) => Cell::Text(
                match (*flags.get(row)?, lang) {
                    (true, Lang::Zh) => "是",
                    (true, Lang::En) => "yes",
                    (false, Lang::Zh) => "否",
                    (false, Lang::En) => "no",
                }
                .into(),
            ),
            Self::Amount(amounts) => Cell::Amount(*amounts.get(row)?),
            Self::MaybeAmount(amounts) => Cell::Amount((*amounts.get(row)?)?),
            Self::Percent(percents) => Cell::Percent((*percents.get(row)?)?),
        })
    }
}

/// A percentage in hundredths of a percent.
///
/// ```
/// use fundlayers::{Amount, table::Percent};
/// let of = |part, whole| Percent::of(Amount::from_fen(part), Amount::from_fen(whole)).map(|percent| percent.to_string());
/// assert_eq!(of(2, 3).as_deref(), Some("66.67"));
/// assert_eq!(of(1, 0), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

impl Percent {
    /// What a part is of a whole: worked out exactly, rounded half-up (away from zero) to two decimals. None if the whole
    /// is 0, or the percentage beyond 2^63 − 1 hundredths.
    #[must_use]
    pub fn of(part: Amount, whole: Amount) -> Option<Self> {
        Self::of_ratio(part.fen().into(), whole.fen().into())
    }

    /// [`Percent::of`] for numbers below 2^100.
    pub(crate) fn of_ratio(part: i128, whole: i128) -> Option<Self> {
        let twice = part.checked_mul(20_000)?;
        let magnitude = twice
            .unsigned_abs()
            .checked_add(whole.unsigned_abs())?
            .checked_div(whole.unsigned_abs().checked_mul(2)?)?;
        let magnitude = i64::try_from(magnitude).ok()?;
        Some(Self(if (part < 0) == (whole < 0) { magnitude } else { magnitude.checked_neg()? }))
    }

    /// So many hundredths of a percent.
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// In hundredths of a percent.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Percent {
    /// With both decimals and without a sign for percent: `66.67`, `50.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100))
    }
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
    /// A percentage.
    Percent(Percent),
}

impl Report<'_> {
    /// The same report with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Report<'static> {
        let row = |row: ReportRow<'_>| {
            let cells = row.cells.into_iter().map(|cell| match cell {
                Cell::Blank => Cell::Blank,
                Cell::Text(text) => Cell::Text(text.into_owned().into()),
                Cell::Integer(number) => Cell::Integer(number),
                Cell::Amount(amount) => Cell::Amount(amount),
                Cell::Percent(percent) => Cell::Percent(percent),
            });
            ReportRow { kind: row.kind, cells: cells.collect() }
        };
        Report {
            lang: self.lang,
            title: self.title,
            unit: self.unit,
            columns: self.columns,
            rows: self.rows.into_iter().map(row).collect(),
            notes: self.notes,
        }
    }

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
            Cell::Percent(percent) => percent.to_string(),
        }
    }
}
