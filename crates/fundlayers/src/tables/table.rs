//! The shape of every result: one definition of its columns, which each writer follows.
//!
//! A [`Table`] is for machines: English keys, ids, amounts in one stated unit, in batches of columns, so that a national
//! result never stands in memory at once. A [`Report`] is the same result for people: headers in their language, the
//! unit stated once, subtotals (小计) and a total (合计).

use std::fmt::{self, Write as _};
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::ground::catalogue::notes;
use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Unit};
use crate::ground::text::visible;
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

    /// The same rows with only these columns, by their numbers, in this order: what no column is made of need not be written.
    ///
    /// ```
    /// # use fundlayers::{Allocation, Policy, RosterBuilder, RowBuilder, TableOptions, Unit, roster::Cell};
    /// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
    /// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
    /// # let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
    /// # builder.push_row(None, &[Cell::Text("a")]);
    /// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
    /// let table = allocation.table(TableOptions { unit: Unit::Yuan, zeros: false, wide: false }).select(&[12, 0]);
    /// assert_eq!(table.columns().iter().map(|column| column.key.as_str()).collect::<Vec<_>>(), ["amount", "id"]);
    /// assert_eq!(table.batches().map(|batch| batch.columns.len()).collect::<Vec<_>>(), [2]);
    /// # Ok::<(), fundlayers::Problems>(())
    /// ```
    #[must_use]
    pub fn select(self, columns: &[usize]) -> Self {
        let numbers: Vec<usize> = columns.iter().copied().filter(|number| *number < self.columns.len()).collect();
        let chosen = numbers.iter().filter_map(|number| self.columns.get(*number).cloned()).collect();
        let (unit, batches) = (self.unit, self.batches);
        Self::new(chosen, unit, move || {
            let numbers = numbers.clone();
            batches().map(move |batch| batch.select(&numbers))
        })
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The titles of the columns in a language, for frames and rows that people read: each once, for where two columns have
    /// one title, the later has its key behind it.
    #[must_use]
    pub fn titles(&self, lang: Lang) -> Vec<String> {
        let mut titles: Vec<String> = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let title = column.header.get(lang);
            let known = titles.iter().any(|known| known == title);
            titles.push(if known { format!("{title} ({})", column.key) } else { title.to_owned() });
        }
        titles
    }

    /// The unit that amounts are to be shown in; also the text of the column `unit`.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// The rows as they are, for people: no subtotals.
    #[must_use]
    pub fn report(self, title: String, lang: Lang, notes: Vec<String>) -> Report<'a>
    where
        Self: 'a,
    {
        let columns = self.columns.iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let unit = self.unit;
        let count = self.batches().fold(0_usize, |sum, batch| sum.saturating_add(batch.rows));
        let rows = ReportRows::made(count, move |each| {
            let mut row_cells = Vec::new();
            for batch in self.batches() {
                for row in 0..batch.rows {
                    row_cells.clear();
                    row_cells.extend(batch.columns.iter().map(|cells| cells.cell(row, lang).unwrap_or(Cell::Blank)));
                    each(RowKind::Row, &row_cells)?;
                }
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit, columns, rows, notes }
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

impl Batch<'_> {
    fn select(self, numbers: &[usize]) -> Self {
        let mut left = self.columns;
        let mut later = numbers;
        let mut columns = Vec::with_capacity(numbers.len());
        while let Some((number, rest)) = later.split_first() {
            later = rest;
            if let Some(cells) = left.get_mut(*number) {
                let is_last = !later.contains(number);
                columns.push(if is_last { std::mem::replace(cells, Cells::Flag(Vec::new())) } else { cells.clone() });
            }
        }
        Self { columns, rows: self.rows }
    }
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
    pub(crate) fn cell(&self, row: usize, lang: Lang) -> Option<Cell<'a>> {
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
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The language of its texts.
    pub lang: Lang,
    /// The title over the table.
    pub title: String,
    /// The unit of every amount, stated at the upper right.
    pub unit: Unit,
    /// So many decimals are shown of every amount, rounded half-up (away from zero), which the unit's note says; none: as many
    /// as there are. The amounts themselves stay as they are.
    pub decimals: Option<u32>,
    /// Header and kind of each column.
    pub columns: Vec<(String, ColumnKind)>,
    /// The rows.
    pub rows: ReportRows<'a>,
    /// Remarks under the table: policy, version, status.
    pub notes: Vec<String>,
}

/// The rows of a [`Report`]. Few are kept; of many each is made when it is its turn, every time that somebody goes through
/// them, so that a table of a million rows never stands in memory.
#[derive(Clone)]
pub struct ReportRows<'a>(Source<'a>);

#[derive(Clone)]
enum Source<'a> {
    Kept(Vec<ReportRow<'a>>),
    Made { count: usize, make: Rc<Make<'a>> },
}

/// What takes the rows, one after another: what each is, and its cells. It may break off.
pub type EachRow<'f> = dyn FnMut(RowKind, &[Cell<'_>]) -> ControlFlow<()> + 'f;
type Make<'a> = dyn Fn(&mut EachRow<'_>) -> ControlFlow<()> + 'a;

impl<'a> ReportRows<'a> {
    /// So many rows, which are made anew each time.
    pub(crate) fn made(count: usize, make: impl Fn(&mut EachRow<'_>) -> ControlFlow<()> + 'a) -> Self {
        Self(Source::Made { count, make: Rc::new(make) })
    }

    /// How many there are, sums among them.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Kept(rows) => rows.len(),
            Source::Made { count, .. } => *count,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Goes through them in order.
    pub fn each(&self, each: &mut EachRow<'_>) -> ControlFlow<()> {
        match &self.0 {
            Source::Kept(rows) => rows.iter().try_for_each(|row| each(row.kind, &row.cells)),
            Source::Made { make, .. } => make(each),
        }
    }

    /// All of them, in memory.
    #[must_use]
    pub fn to_vec(&self) -> Vec<ReportRow<'static>> {
        let mut rows = Vec::new();
        let mut keep = |kind, cells: &[Cell<'_>]| {
            rows.push(ReportRow::owned(kind, cells));
            ControlFlow::Continue(())
        };
        // It never breaks off.
        _ = self.each(&mut keep);
        rows
    }
}

impl<'a> From<Vec<ReportRow<'a>>> for ReportRows<'a> {
    fn from(rows: Vec<ReportRow<'a>>) -> Self {
        Self(Source::Kept(rows))
    }
}

impl fmt::Debug for ReportRows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Kept(rows) => rows.fmt(f),
            Source::Made { count, .. } => f.debug_struct("ReportRows").field("len", count).finish_non_exhaustive(),
        }
    }
}

/// A row of a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow<'a> {
    /// What it is.
    pub kind: RowKind,
    /// A cell for each column.
    pub cells: Vec<Cell<'a>>,
}

impl ReportRow<'_> {
    pub(crate) fn owned(kind: RowKind, cells: &[Cell<'_>]) -> ReportRow<'static> {
        let owned = |cell: &Cell<'_>| match cell {
            Cell::Blank => Cell::Blank,
            Cell::Text(text) => Cell::Text(text.clone().into_owned().into()),
            Cell::Integer(number) => Cell::Integer(*number),
            Cell::Amount(amount) => Cell::Amount(*amount),
            Cell::Percent(percent) => Cell::Percent(*percent),
        };
        ReportRow { kind, cells: cells.iter().map(owned).collect() }
    }
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
    /// So many rows are not shown, as its first cell says; it has no other.
    LeftOut(usize),
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
        Report {
            lang: self.lang,
            decimals: self.decimals,
            title: self.title,
            unit: self.unit,
            columns: self.columns,
            rows: self.rows.to_vec().into(),
            notes: self.notes,
        }
    }

    /// The same report, of more rows than the limit only the first: then how many of the result are left out, and the total.
    #[must_use]
    pub fn first(self, limit: usize) -> Self {
        if self.rows.len() <= limit {
            return self;
        }
        let (mut kept, mut sums, mut left_out) = (Vec::new(), Vec::new(), 0_usize);
        let mut keep = |kind, cells: &[Cell<'_>]| {
            if let RowKind::LeftOut(rows) = kind {
                left_out = left_out.saturating_add(rows);
            } else if kept.len() < limit {
                kept.push(ReportRow::owned(kind, cells));
            } else if kind == RowKind::Row {
                left_out = left_out.saturating_add(1);
                sums.clear();
            } else if kind == RowKind::Total || !sums.is_empty() {
                // Several sums may stand under the line, of which the first is the total.
                sums.push(ReportRow::owned(kind, cells));
            }
            ControlFlow::Continue(())
        };
        // It never breaks off.
        _ = self.rows.each(&mut keep);
        if left_out > 0 {
            let words = notes::MORE_ROWS.with(&[&left_out]).to_text(self.lang);
            kept.push(ReportRow { kind: RowKind::LeftOut(left_out), cells: vec![Cell::Text(words.into())] });
        }
        kept.append(&mut sums);
        Self { rows: kept.into(), ..self }
    }

    /// Whether it has a column of amounts, which the unit is about.
    #[must_use]
    pub fn has_amounts(&self) -> bool {
        self.columns.iter().any(|(_, kind)| *kind == ColumnKind::Amount)
    }

    /// The same report with amounts shown to so many decimals, of which there are never more than 10; none: as many as there
    /// are.
    #[must_use]
    pub fn with_decimals(self, decimals: Option<u32>) -> Self {
        Self { decimals: decimals.map(|decimals| decimals.min(Unit::Yi.places())), ..self }
    }

    /// The unit as it stands at the upper right: `单位：万元` or `Unit: 万元 (10,000 yuan)`, and to how many decimals amounts are
    /// rounded, if they are.
    #[must_use]
    pub fn unit_note(&self) -> String {
        let rounded = self.decimals.filter(|decimals| *decimals < self.unit.places());
        let unit = match self.lang {
            Lang::Zh => format!("单位：{}", self.unit),
            Lang::En => format!("Unit: {} ({})", self.unit, self.unit.english()),
        };
        match rounded {
            None => unit,
            Some(0) => notes::ROUNDED_TO_WHOLE.with(&[&unit]).to_text(self.lang),
            Some(decimals) => notes::ROUNDED.with(&[&unit, &decimals]).to_text(self.lang),
        }
    }

    /// How many decimals the amounts of each column are shown with, so that their points stand below each other: those asked
    /// for, else as many as the longest needs, at least two if any. Goes through the rows.
    #[must_use]
    pub fn places(&self) -> Vec<u32> {
        let mut places = vec![self.decimals.unwrap_or_default(); self.columns.len()];
        let mut look = |_: RowKind, cells: &[Cell<'_>]| {
            for (most, cell) in places.iter_mut().zip(cells) {
                if let Cell::Amount(amount) = cell {
                    *most = self.places_of(*amount).max(*most);
                }
            }
            ControlFlow::Continue(())
        };
        if self.decimals.is_none() && self.has_amounts() {
            // It never breaks off.
            _ = self.rows.each(&mut look);
        }
        places
    }

    /// How many decimals an amount alone is shown with, for who goes through the rows anyway: see [`places`](Self::places).
    #[must_use]
    pub fn places_of(&self, amount: Amount) -> u32 {
        match self.decimals {
            Some(decimals) => decimals,
            None if amount.decimals(self.unit) == 1 => 2,
            None => amount.decimals(self.unit),
        }
    }

    /// The text of a cell: amounts with thousands separators, in the unit of the report; of what people wrote, nothing that
    /// a terminal obeys or nobody sees ([`visible`](crate::visible)).
    #[must_use]
    pub fn text(&self, cell: &Cell<'_>) -> String {
        let mut text = String::new();
        self.write_text(cell, &mut text);
        text
    }

    /// Adds the [`text`](Self::text) of a cell to another.
    pub fn write_text(&self, cell: &Cell<'_>, out: &mut String) {
        self.write_to(cell, self.decimals, out);
    }

    /// The same in a column whose amounts have so many [`places`](Self::places).
    pub fn write_aligned(&self, cell: &Cell<'_>, places: u32, out: &mut String) {
        self.write_to(cell, Some(places), out);
    }

    fn write_to(&self, cell: &Cell<'_>, places: Option<u32>, out: &mut String) {
        // Writing to a string cannot fail.
        _ = match cell {
            Cell::Blank => Ok(()),
            Cell::Text(text) => out.write_str(&visible(text)),
            Cell::Integer(number) => write!(out, "{number}"),
            Cell::Amount(amount) => write!(out, "{}", amount.grouped(self.unit).to_places(places)),
            Cell::Percent(percent) => write!(out, "{percent}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many rows, a subtotal after every ten, two sums at the end.
    fn report(rows: usize) -> Report<'static> {
        let row = |kind, text: String| ReportRow { kind, cells: vec![Cell::Text(text.into())] };
        let mut list = Vec::new();
        for number in 1..=rows {
            list.push(row(RowKind::Row, number.to_string()));
            if number % 10 == 0 {
                list.push(row(RowKind::Subtotal, "小计".to_owned()));
            }
        }
        list.push(row(RowKind::Total, "合计".to_owned()));
        list.push(row(RowKind::Subtotal, "合计".to_owned()));
        let columns = vec![("名称".to_owned(), ColumnKind::Text)];
        Report {
            lang: Lang::Zh,
            decimals: None,
            title: String::new(),
            unit: Unit::Yuan,
            columns,
            rows: list.into(),
            notes: Vec::new(),
        }
    }

    fn shown(report: &Report<'_>) -> Vec<String> {
        report.rows.to_vec().iter().map(|row| report.text(&row.cells[0])).collect()
    }

    #[test]
    fn a_cut_report_counts_what_it_leaves_out_and_keeps_its_sums() {
        let whole = report(20);
        assert_eq!(whole.rows.len(), 24);
        assert_eq!(shown(&whole.clone().first(24)), shown(&whole));
        assert_eq!(shown(&whole.clone().first(2)), ["1", "2", "……另有 18 行", "合计", "合计"]);
        // A cut one may be cut again.
        assert_eq!(shown(&whole.clone().first(5).first(2)), ["1", "2", "……另有 18 行", "合计", "合计"]);
        assert_eq!(shown(&whole.first(21).first(20))[18..], ["18", "19", "……另有 1 行", "合计", "合计"]);
    }
}
