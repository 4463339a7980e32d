//! The receipts ledger: what was issued (下达), what arrived (到位), what was spent (支出).
//!
//! A [`ReceiptsBuilder`] takes the rows of a ledger as offices keep it: long, one event a row, or wide, with a column of
//! amounts for each event (下达金额, 到位金额, 支出金额), of which each cell that is not blank is an event. A ledger stands
//! by itself; what its rows belong to is found when it is reconciled with an
//! [`Allocation`](crate::Allocation::reconcile).
//!
//! ```
//! use fundlayers::{ReceiptsBuilder, RowBuilder, Unit, roster::Cell};
//! let header = ["年度", "区县", "乡镇", "村", "安排层级", "文号", "下达金额(万元)", "到位金额(万元)"].map(|title| (title, None));
//! let mut builder = ReceiptsBuilder::new(&header);
//! builder.push_row(Some(2), &["2024", "王益区", "黄堡镇", "", "市级", "某财农〔2024〕1号", "300", "200"].map(Cell::Text));
//! let (receipts, warnings) = builder.finish()?;
//! assert!(warnings.is_empty());
//! let events: Vec<_> = receipts.iter().map(|r| (r.event().as_str(), r.amount().in_unit(Unit::Wan).to_string())).collect();
//! assert_eq!(events, [("issued", "300".to_owned()), ("received", "200".to_owned())]);
//! # Ok::<(), fundlayers::Problems>(())
//! ```

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::language::Name;
use crate::ground::money::Amount;
use crate::ground::problem::Problem;
use crate::ground::sure::Sure;
use crate::policy::Policy;
use crate::questions::places::PlaceKeys;
use crate::roster::TemplateColumn;
use crate::rows::column::{DictionaryColumn, Numbering, TextColumn};
use crate::rows::sheet_columns::SheetColumns;

mod build;
mod join;
mod words;

pub use build::ReceiptsBuilder;
pub use words::{Month, document_number};
pub(crate) use words::{date_parts, month_of};

/// What a receipt records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// 下达: a document has assigned the money.
    Issued,
    /// 到位: the money has arrived.
    Received,
    /// 支出: the money has been spent.
    Spent,
}

impl Event {
    /// Every event, in the order in which money goes through them.
    pub const ALL: [Self; 3] = [Self::Issued, Self::Received, Self::Spent];

    /// The id.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Received => "received",
            Self::Spent => "spent",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn name(self) -> Name {
        let (zh, en) = match self {
            Self::Issued => ("下达", "Issued"),
            Self::Received => ("到位", "Received"),
            Self::Spent => ("支出", "Spent"),
        };
        Name::new(zh, en)
    }

    pub(crate) const fn number(self) -> usize {
        match self {
            Self::Issued => 0,
            Self::Received => 1,
            Self::Spent => 2,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A ledger. Cheap to clone; never changes.
#[derive(Clone)]
pub struct Receipts(Arc<Ledger>);

/// Rows of the ledger, and the events on them. A column that the file lacks is blank.
#[derive(Debug)]
struct Ledger {
    ids: TextColumn,
    division_codes: TextColumn,
    county: DictionaryColumn,
    township: DictionaryColumn,
    names: TextColumn,
    years: Vec<u16>,
    layers: DictionaryColumn,
    documents: DictionaryColumn,
    upstream_documents: DictionaryColumn,
    sources: DictionaryColumn,
    notes: DictionaryColumn,
    row_numbers: Numbering,
    lines: Numbering,
    /// By event: its row, which one it is, its amount and date.
    rows: Vec<u32>,
    events: Vec<Event>,
    amounts: Vec<Amount>,
    dates: DictionaryColumn,
    /// Where its rows come from, if it is several ledgers in one; by their first rows.
    origins: Vec<Source>,
    /// Whether a person finds its rows by their lines.
    lines_shown: bool,
    /// Where its rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

/// One of several ledgers in one.
#[derive(Debug)]
struct Source {
    /// Its first row.
    first: usize,
    /// Its file, as problems name it.
    file: Option<Arc<str>>,
    /// Whether a person finds its rows by their lines.
    lines_shown: bool,
    /// Where its rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

impl Receipts {
    /// The columns for a ledger of a policy as offices keep it: a row for each payment, with what was issued, what arrived and
    /// what was spent in the policy's unit, layers by name.
    ///
    /// ```
    /// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025],
    /// #   "unit": "万元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    /// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// let columns = fundlayers::Receipts::template(&policy);
    /// assert!(columns.iter().any(|column| column.header.zh == "到位金额（万元）"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn template(policy: &Policy) -> Vec<TemplateColumn> {
        build::template(policy)
    }

    /// How many receipts: events, of which a row of a wide ledger may hold three.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.events.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.events.is_empty()
    }

    /// A receipt, from 0.
    #[must_use]
    pub fn get(&self, receipt: usize) -> Option<Receipt<'_>> {
        (receipt < self.len()).then_some(Receipt { receipts: self, receipt })
    }

    /// The receipts in the order of the ledger; of a row, issued, received, spent.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Receipt<'_>> {
        (0..self.len()).map(|receipt| Receipt { receipts: self, receipt })
    }

    /// How many rows have receipts.
    pub(crate) fn row_count(&self) -> usize {
        self.0.years.len()
    }

    /// The row of each receipt, ascending.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.0.rows
    }

    pub(crate) fn events(&self) -> &[Event] {
        &self.0.events
    }

    pub(crate) fn amounts(&self) -> &[Amount] {
        &self.0.amounts
    }

    /// The date of each receipt as written.
    pub(crate) fn date_column(&self) -> &DictionaryColumn {
        &self.0.dates
    }

    pub(crate) fn layer_column(&self) -> &DictionaryColumn {
        &self.0.layers
    }

    /// Whether they come from more than one ledger.
    pub(crate) fn are_joined(&self) -> bool {
        self.0.origins.len() > 1
    }

    /// A row.
    pub(crate) fn row(&self, row: usize) -> LedgerRow<'_> {
        LedgerRow { ledger: &self.0, row }
    }
}

impl fmt::Debug for Receipts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipts").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A row of a ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LedgerRow<'a> {
    ledger: &'a Ledger,
    row: usize,
}

impl<'a> LedgerRow<'a> {
    fn number(self) -> u32 {
        u32::try_from(self.row).unwrap_or(u32::MAX)
    }

    /// The row, from 0.
    pub(crate) const fn index(self) -> usize {
        self.row
    }

    pub(crate) fn id(self) -> &'a str {
        self.ledger.ids.get(self.row)
    }

    pub(crate) fn division_code(self) -> &'a str {
        self.ledger.division_codes.get(self.row)
    }

    pub(crate) fn county(self) -> &'a str {
        self.ledger.county.get(self.row)
    }

    pub(crate) fn township(self) -> &'a str {
        self.ledger.township.get(self.row)
    }

    pub(crate) fn name(self) -> &'a str {
        self.ledger.names.get(self.row)
    }

    /// What it says of its place.
    pub(crate) fn place(self) -> PlaceKeys<'a> {
        PlaceKeys {
            division_code: self.division_code(),
            county: self.county(),
            township: self.township(),
            name: self.name(),
        }
    }

    pub(crate) fn year(self) -> u16 {
        self.ledger.years.at(self.row)
    }

    pub(crate) fn layer(self) -> &'a str {
        self.ledger.layers.get(self.row)
    }

    pub(crate) fn layer_code(self) -> u32 {
        self.ledger.layers.code(self.row)
    }

    pub(crate) fn row_number(self) -> u32 {
        self.ledger.row_numbers.get(self.number()).sure()
    }

    pub(crate) fn line(self) -> Option<u32> {
        self.ledger.lines.get(self.number())
    }

    /// The number of its document as written, else of the higher level's; may be blank.
    pub(crate) fn document_or_upstream(self) -> &'a str {
        let own = self.ledger.documents.get(self.row);
        if own.is_empty() { self.ledger.upstream_documents.get(self.row) } else { own }
    }

    /// Which of several ledgers it comes from.
    fn origin(self) -> usize {
        self.ledger.origins.partition_point(|source| source.first <= self.row)
    }

    fn source(self) -> Option<&'a Source> {
        self.ledger.origins.get(self.origin().checked_sub(1)?)
    }

    /// The file of the one of several ledgers that it comes from.
    pub(crate) fn file(self) -> Option<&'a str> {
        self.source()?.file.as_deref()
    }

    /// Says of a problem where the row stands; its column is named before.
    pub(crate) fn locate(self, problem: Problem) -> Problem {
        let problem = problem.row(self.row_number()).line(self.line());
        let problem = match self.source().map_or(self.ledger.sheet.as_ref(), |source| source.sheet.as_ref()) {
            Some(sheet) => sheet.in_cell(problem),
            None => problem,
        };
        match self.file() {
            Some(file) => problem.file(file),
            None => problem,
        }
    }

    /// Where a person finds it: the line of a sheet, as spreadsheets number their rows; of other rows, which one it is.
    pub(crate) fn place_number(self) -> u32 {
        let by_line = self.source().map_or(self.ledger.lines_shown, |source| source.lines_shown);
        self.line().filter(|_| by_line).unwrap_or_else(|| self.row_number())
    }
}

/// One event of a ledger.
#[derive(Clone, Copy)]
pub struct Receipt<'a> {
    receipts: &'a Receipts,
    receipt: usize,
}

impl<'a> Receipt<'a> {
    pub(crate) fn row(self) -> LedgerRow<'a> {
        let row = self.receipts.0.rows.at(self.receipt);
        self.receipts.row(index(row))
    }

    fn text(self, column: &'a DictionaryColumn) -> &'a str {
        column.get(self.row().row)
    }

    /// The number of its row in the ledger, from 1; the header is not counted, empty rows are.
    #[must_use]
    pub fn row_number(self) -> u32 {
        self.row().row_number()
    }

    /// The line of the file on which its row began, if the reader told it.
    #[must_use]
    pub fn line(self) -> Option<u32> {
        self.row().line()
    }

    /// The file of the ledger, if it is one of several that were joined.
    #[must_use]
    pub fn file(self) -> Option<&'a str> {
        self.row().file()
    }

    /// The id of the recipient; may be blank.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.row().id()
    }

    /// The division code of 6, 9 or 12 ASCII digits; may be blank.
    #[must_use]
    pub fn division_code(self) -> &'a str {
        self.row().division_code()
    }

    /// The county; may be blank.
    #[must_use]
    pub fn county(self) -> &'a str {
        self.row().county()
    }

    /// The township; may be blank.
    #[must_use]
    pub fn township(self) -> &'a str {
        self.row().township()
    }

    /// The name; where the ledger has none the village, else the township.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.row().name()
    }

    /// The year that the money is for.
    #[must_use]
    pub fn year(self) -> u16 {
        self.row().year()
    }

    /// The layer as the ledger writes it.
    #[must_use]
    pub fn layer(self) -> &'a str {
        self.row().layer()
    }

    /// What it records.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a receipt is made only within the ledger")]
    pub fn event(self) -> Event {
        self.receipts.0.events[self.receipt]
    }

    /// The amount; below zero if money was taken back (收回).
    #[must_use]
    pub fn amount(self) -> Amount {
        self.receipts.0.amounts.at(self.receipt)
    }

    /// The date as written; may be blank.
    #[must_use]
    pub fn date(self) -> &'a str {
        self.receipts.0.dates.get(self.receipt)
    }

    /// The document number as written; may be blank. Compare with [`document_number`].
    #[must_use]
    pub fn document(self) -> &'a str {
        self.text(&self.receipts.0.documents)
    }

    /// The number of the higher level's document as written; may be blank.
    #[must_use]
    pub fn upstream_document(self) -> &'a str {
        self.text(&self.receipts.0.upstream_documents)
    }

    /// Whose money it is (资金来源); may be blank, then it is open.
    #[must_use]
    pub fn source(self) -> &'a str {
        self.text(&self.receipts.0.sources)
    }

    /// The remark; may be blank.
    #[must_use]
    pub fn note(self) -> &'a str {
        self.text(&self.receipts.0.notes)
    }
}

impl fmt::Debug for Receipt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("row", &self.row_number())
            .field("name", &self.name())
            .field("event", &self.event())
            .field("amount", &self.amount())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
