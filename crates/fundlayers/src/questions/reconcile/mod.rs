#![doc = include_str!("../../../docs/reconciliation.md")]

use std::fmt;
use std::sync::Arc;

use crate::engine::arrived::{Arrived, cell_number, number_parts};
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::catalogue::results;
use crate::ground::ids::index;
use crate::ground::language::Name;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::{Layer, Policy};
use crate::questions::receipts::{Event, Month, Receipts, month_of};
use crate::results::allocation::Allocation;
use crate::results::totals::{Grouping, Totals, codes_of};
use crate::roster::Recipient;

mod checks;
mod counted;
mod grouped;
mod matching;
mod parts;
#[cfg(test)]
mod parts_tests;
mod tables;
#[cfg(test)]
mod tests;

pub use crate::questions::places::Reason;
pub use counted::Unmatched;
pub use grouped::ReconciledRow;
pub use parts::{ReceiptsByRow, SummedReconciledTotals, SummedReconciliation};

use counted::Counted;
use grouped::{Grouped, excess, gap};
use matching::Matcher;

/// What a top-up counts of the layers before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TopUp {
    /// What was due: a shortfall of another layer stays that layer's.
    #[default]
    Entitled,
    /// In these years, what arrived: the topping-up layer fills a shortfall in.
    Received(Vec<u16>),
}

impl TopUp {
    /// Reads `entitled` (应到位) or `received` (到位); the latter for the years given.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownWord`].
    pub fn parse(word: &str, years: &[u16]) -> Result<Self, Problem> {
        match word.trim() {
            "entitled" | "应到位" | "应安排" => Ok(Self::Entitled),
            "received" | "到位" | "已到位" => Ok(Self::Received(years.to_vec())),
            word => {
                let known =
                    [("entitled", Name::new("应到位", "entitled")), ("received", Name::new("到位", "received"))];
                Err(Problem::new(Code::UnknownWord, catalogue::NOT_COUNTED_BY_TOP_UP)
                    .found(word)
                    .expected(crate::ground::text::did_you_mean_names(word, &known)))
            }
        }
    }

    /// What arrived, where it is asked for without years, counts in all of these.
    pub(crate) fn in_years(self, computed: &[u16]) -> Self {
        match self {
            Self::Received(years) if years.is_empty() => Self::Received(computed.to_vec()),
            top_up => top_up,
        }
    }
}

/// How an allocation is reconciled with receipts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReconcileOptions {
    /// What a top-up counts.
    pub top_up: TopUp,
    /// The end of this month is what progress is measured against: what is dated later is not counted, and what has no
    /// date is. None: progress is not measured, and everything counted.
    pub as_of: Option<Month>,
}

/// What was due, beside what was issued, arrived and was spent. Cheap to clone; never changes. See the
/// [module](self).
#[derive(Clone)]
pub struct Reconciliation(Arc<Data>);

struct Data {
    lines: ReconciledLines,
    counted: Arc<Counted>,
}

/// Rows of a roster beside what was issued, arrived and was spent: those of a [`Reconciliation`], or of a part of a larger roster
/// ([`ReceiptsByRow::of_part`]).
#[derive(Clone)]
pub struct ReconciledLines {
    /// With the amounts that are due.
    due: Allocation,
    /// What happened, by ascending number of row × year × layer.
    cells: Vec<Cell>,
}

/// Sums by event.
type Sums = [Amount; 3];

/// What happened to a row in a year in a layer.
#[derive(Debug, Clone, Copy)]
struct Cell {
    number: u64,
    sums: Sums,
}

impl Allocation {
    /// Reconciles the allocation with what was issued, arrived and was spent. Warnings name every row of the ledger that
    /// matches nothing, and say what was left out for its date, where more was spent than arrived, and what looks like a
    /// wrong unit.
    ///
    /// # Errors
    ///
    /// [`Code::YearOutsidePolicy`] for a year of [`TopUp::Received`] that the policy does not cover, [`Code::Overflow`],
    /// and what can be wrong with an allocation whose top-ups count what arrived.
    ///
    /// ```
    /// use fundlayers::{Allocation, Policy, ReceiptsBuilder, ReconcileOptions, RosterBuilder, RowBuilder, TopUp, Unit};
    /// use fundlayers::roster::Cell;
    /// let policy: Policy = serde_json::from_str(r#"{
    ///   "id": "example", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
    ///   "layers": [{ "id": "city", "payer": "city" }, { "id": "county", "payer": "county" }], "payers": { "city": {} },
    ///   "classes": [{ "id": "all", "standard": 600, "funding": { "city": 300, "county": { "top_up_to": "standard" } } }]
    /// }"#)?;
    /// let mut roster = RosterBuilder::new(&policy, &[("name", None), ("county", None)]);
    /// roster.push_row(None, &["黄堡镇", "王益区"].map(Cell::Text));
    /// let (allocation, _) = Allocation::new(&policy, &roster.finish()?.0)?;
    ///
    /// let header = ["name", "year", "layer", "event", "amount", "unit"].map(|title| (title, None));
    /// let mut receipts = ReceiptsBuilder::new(&header);
    /// receipts.push_row(None, &["黄堡镇", "2024", "city", "到位", "200", "万元"].map(Cell::Text));
    /// let (receipts, _) = receipts.finish()?;
    ///
    /// let wan = |amount: fundlayers::Amount| amount.in_unit(Unit::Wan).to_string();
    /// let (entitled, _) = allocation.reconcile(&receipts, &ReconcileOptions::default())?;
    /// let lines: Vec<_> = entitled.lines(false).map(|line| (line.layer().id.clone(), wan(line.due()), wan(line.gap()))).collect();
    /// assert_eq!(lines, [("city".into(), "300".into(), "100".into()), ("county".into(), "300".into(), "300".into())]);
    ///
    /// let options = ReconcileOptions { top_up: TopUp::Received(vec![2024]), ..Default::default() };
    /// let (received, _) = allocation.reconcile(&receipts, &options)?;
    /// assert_eq!(received.lines(false).map(|line| wan(line.due())).collect::<Vec<_>>(), ["300", "400"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reconcile(
        &self,
        receipts: &Receipts,
        options: &ReconcileOptions,
    ) -> Result<(Reconciliation, Problems), Problems> {
        let about = (self.policy(), self.years());
        let years = received_years(about, &options.top_up)?;
        let mut warnings = Problems::new();
        let (counted, found) = Counted::new(receipts, options, about, Matcher::new(self, receipts), &mut warnings)?;
        let cells = cells(self, found)?;
        let due = match &years {
            None => self.clone(),
            Some(_) if self.0.settled.is_some() => {
                let problem = Problem::new(Code::NeedsWholeRoster, results::RECEIVED_NOT_SETTLED);
                return Err(problem.expected(results::READ_AS_A_WHOLE).into());
            }
            Some(years) => {
                let received = cells.iter().map(|cell| (cell.number, cell.of(Event::Received).fen()));
                let arrived = Arrived { years: years.clone(), fen: received.filter(|(_, fen)| *fen != 0).collect() };
                self.receiving(arrived)?
            }
        };
        checks::check(&due, &cells, &mut warnings)?;
        let lines = ReconciledLines { due, cells };
        Ok((Reconciliation(Arc::new(Data { lines, counted: counted.into() })), warnings))
    }
}

/// What was due, wherever it stands.
trait Due {
    fn policy(&self) -> &Policy;
    fn years(&self) -> &[u16];
    fn name(&self, row: usize) -> &str;
    /// Of a row, the number of a year, and a layer.
    fn amount(&self, row: usize, year: usize, layer: usize) -> Amount;
}

impl Due for Allocation {
    fn policy(&self) -> &Policy {
        Self::policy(self)
    }

    fn years(&self) -> &[u16] {
        Self::years(self)
    }

    fn name(&self, row: usize) -> &str {
        self.roster().name(row)
    }

    fn amount(&self, row: usize, year: usize, layer: usize) -> Amount {
        Amount::from_fen(self.0.row_fen(row, year, layer))
    }
}

/// For each computed year, whether top-ups count what arrived; none if in no year.
fn received_years((policy, computed): (&Policy, &[u16]), top_up: &TopUp) -> Result<Option<Vec<bool>>, Problems> {
    let TopUp::Received(years) = top_up else { return Ok(None) };
    let outside = years.iter().filter(|year| !policy.years().contains(year)).map(|year| {
        let message = common::POLICY_COVERS.with(&[policy.years().start(), policy.years().end()]);
        Problem::new(Code::YearOutsidePolicy, message).found(year.to_string())
    });
    let problems: Problems = outside.collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let flags: Vec<bool> = computed.iter().map(|year| years.contains(year)).collect();
    Ok(flags.contains(&true).then_some(flags))
}

/// What happened: the number of row, year and layer with the event in two bits below it, and fen; small to sort.
type Happened = Vec<(u64, i64)>;

/// Adds up what happened to the same row in the same year and layer.
fn cells(due: &impl Due, mut found: Happened) -> Result<Vec<Cell>, Problems> {
    if !found.is_sorted_by_key(|(key, _)| *key) {
        found.sort_unstable_by_key(|(key, _)| *key);
    }
    let mut cells = Vec::new();
    let mut problems = Problems::new();
    for alike in found.chunk_by(|a, b| a.0 >> EVENT_BITS == b.0 >> EVENT_BITS) {
        let mut sums = [0_i128; 3];
        for (key, fen) in alike {
            let event = Event::ALL.into_iter().find(|event| event_bits(*event) == key & ((1 << EVENT_BITS) - 1));
            if let Some(sum) = event.and_then(|event| sums.get_mut(event.number())) {
                *sum = sum.saturating_add((*fen).into());
            }
        }
        let number = alike.first().map_or(0, |(key, _)| *key >> EVENT_BITS);
        let place = || {
            let width = due.years().len().saturating_mul(due.policy().layers().len());
            let row = number_parts(number, width).map_or(0, |(row, _)| row);
            let message = catalogue::RECEIPTS_TOO_LARGE.with(&[&due.name(row)]);
            Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS)
        };
        match in_range(sums, place) {
            Ok(sums) => cells.push(Cell { number, sums }),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(cells) } else { Err(problems) }
}

/// How many bits an event takes.
const EVENT_BITS: u32 = 2;

fn event_bits(event: Event) -> u64 {
    match event {
        Event::Issued => 0,
        Event::Received => 1,
        Event::Spent => 2,
    }
}

/// Sums as amounts, or the problem if one is beyond 2^63 − 1 fen.
fn in_range(sums: [i128; 3], problem: impl Fn() -> Problem) -> Result<Sums, Problem> {
    let mut checked = Sums::default();
    for (slot, sum) in checked.iter_mut().zip(sums) {
        *slot = i64::try_from(sum).map(Amount::from_fen).map_err(|_| problem())?;
    }
    Ok(checked)
}

impl Cell {
    fn of(self, event: Event) -> Amount {
        self.sums.get(event.number()).copied().sure()
    }
}

impl ReconciledLines {
    /// The allocation with the amounts that are due.
    #[must_use]
    pub const fn due(&self) -> &Allocation {
        &self.due
    }

    /// The rows of the table; see [`Reconciliation::lines`].
    pub fn lines(&self, zeros: bool) -> impl Iterator<Item = ReconciledLine<'_>> {
        let rows = 0..self.due.roster().len();
        let mut next = 0_usize;
        rows.flat_map(move |row| {
            let rest = self.cells.get(next..).sure();
            let end = self.first_number(row.saturating_add(1));
            let count = rest.iter().take_while(|cell| cell.number < end).count();
            next = next.saturating_add(count);
            self.lines_of(row, rest.get(..count).sure(), zeros)
        })
    }

    fn layers(&self) -> usize {
        self.due.policy().layers().len()
    }

    /// The number of a row's first year and layer.
    fn first_number(&self, row: usize) -> u64 {
        cell_number(row, (0, self.due.years().len()), (0, self.layers()))
    }

    /// The lines of one row of the roster; `cells` are what happened to it.
    fn lines_of<'a>(
        &'a self,
        row: usize,
        cells: &'a [Cell],
        zeros: bool,
    ) -> impl Iterator<Item = ReconciledLine<'a>> + use<'a> {
        let (due, layers) = (&self.due, self.layers());
        let years = due.years().len();
        let live = due.years().iter().enumerate().filter(move |(_, year)| due.lives(row, **year));
        let all = live.flat_map(move |(year, _)| (0..layers).map(move |layer| (year, layer)));
        let mut cells = cells.iter().peekable();
        all.filter_map(move |(year, layer)| {
            let number = cell_number(row, (year, years), (layer, layers));
            let sums = cells.next_if(|cell| cell.number == number).map_or(Sums::default(), |cell| cell.sums);
            let amount = Amount::from_fen(due.0.row_fen(row, year, layer));
            let shown = zeros || !amount.is_zero() || sums.iter().any(|sum| !sum.is_zero());
            shown.then_some(ReconciledLine { lines: self, row, year, layer, due: amount, sums })
        })
    }

    /// What happened to one row of the roster.
    fn cells_of(&self, row: usize) -> &[Cell] {
        let start = |row: usize| {
            let number = self.first_number(row);
            self.cells.partition_point(|cell| cell.number < number)
        };
        self.cells.get(start(row)..start(row.saturating_add(1))).sure()
    }

    /// The lines of one row of the roster in which anything was due or happened.
    fn lines_at(&self, row: usize, zeros: bool) -> impl Iterator<Item = ReconciledLine<'_>> {
        self.lines_of(row, self.cells_of(row), zeros)
    }
}

impl fmt::Debug for ReconciledLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconciledLines").field("due", &self.due).finish_non_exhaustive()
    }
}

impl Reconciliation {
    /// The allocation with the amounts that are due: where top-ups count what arrived, not the one reconciled.
    #[must_use]
    pub fn due(&self) -> &Allocation {
        &self.0.lines.due
    }

    /// The ledger.
    #[must_use]
    pub fn receipts(&self) -> &Receipts {
        self.0.counted.receipts()
    }

    /// How it was reconciled.
    #[must_use]
    pub fn options(&self) -> &ReconcileOptions {
        self.0.counted.options()
    }

    /// The rows of the table: in roster order, then year, then layer. Without `zeros`, those in which nothing was due and
    /// nothing happened are left out.
    pub fn lines(&self, zeros: bool) -> impl Iterator<Item = ReconciledLine<'_>> {
        self.0.lines.lines(zeros)
    }

    /// The lines of one row of the roster in which anything was due or happened.
    pub(crate) fn lines_at(&self, row: usize) -> impl Iterator<Item = ReconciledLine<'_>> {
        self.0.lines.lines_at(row, false)
    }

    /// By row of the ledger, what it belongs to: the row of the roster, the number of the year, the layer.
    pub(crate) fn matched_rows(&self) -> Vec<Option<(usize, usize, usize)>> {
        let receipts = self.receipts();
        let mut matcher = Matcher::new(self.due(), receipts);
        (0..receipts.row_count()).map(|row| matcher.find(receipts.row(row)).ok()).collect()
    }

    /// Tells whether a receipt is counted, as far as its date goes.
    pub(crate) fn counted(&self) -> impl Fn(usize) -> bool {
        let (dates, as_of) = (self.receipts().date_column(), self.options().as_of);
        let later = |date| as_of.zip(month_of(date)).is_some_and(|(as_of, month)| month > as_of);
        let later: Vec<bool> = dates.values().map(later).collect();
        move |receipt| !later.get(index(dates.code(receipt))).copied().sure()
    }

    /// Where anything happened: the row of the roster, the number of the year, what was due and what happened.
    pub(crate) fn happened(&self) -> impl Iterator<Item = (usize, usize, ReconciledLine<'_>)> {
        let lines = (0..self.due().roster().len()).flat_map(|row| self.lines_at(row));
        let has_any = |line: &ReconciledLine<'_>| line.sums.iter().any(|sum| !sum.is_zero());
        lines.filter(has_any).map(|line| (line.row, line.year, line))
    }

    /// The receipts that match nothing, in the order of the ledger.
    #[must_use]
    pub fn unmatched(&self) -> impl ExactSizeIterator<Item = Unmatched<'_>> {
        self.0.counted.unmatched()
    }

    /// What the receipts that match nothing sum to, by event.
    #[must_use]
    pub fn unmatched_sum(&self, event: Event) -> Amount {
        self.0.counted.unmatched_sum(event)
    }

    /// Sums by any grouping, in roster, year and layer order: a row for each group in which anything was due or happened,
    /// with `zeros` for every group. Gaps and excesses are summed, never set off. Without grouping columns there is one row.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a sum is beyond 2^63 − 1 fen.
    pub fn totals(&self, by: &[Grouping], zeros: bool) -> Result<ReconciledTotals, Problems> {
        ReconciledTotals::new(self, by, zeros)
    }
}

impl fmt::Debug for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciliation")
            .field("policy", &self.due().policy().id())
            .field("receipts", &self.receipts().len())
            .field("unmatched", &self.unmatched().len())
            .finish_non_exhaustive()
    }
}

/// A row of a reconciliation: a row of the roster in a year in a layer, all its places.
#[derive(Clone, Copy)]
pub struct ReconciledLine<'a> {
    lines: &'a ReconciledLines,
    row: usize,
    year: usize,
    layer: usize,
    due: Amount,
    sums: Sums,
}

impl<'a> ReconciledLine<'a> {
    /// The row of the roster.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a line is made only from a row of the roster")]
    pub fn recipient(self) -> Recipient<'a> {
        self.lines.due.roster().get(self.row).expect("a row of the roster")
    }

    /// The row of the roster, the number of the year, the layer.
    pub(crate) const fn place(self) -> (usize, usize, usize) {
        (self.row, self.year, self.layer)
    }

    /// The class that serves it.
    #[must_use]
    pub fn class(self) -> &'a str {
        self.lines.due.class_of(self.row).map_or("", |class| class.id.as_str())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.lines.due.years().get(self.year).copied().sure()
    }

    /// The layer.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a line is made only from a layer's index")]
    pub fn layer(self) -> &'a Layer {
        &self.lines.due.policy().layers()[self.layer]
    }

    /// Who answers for it: the body's id, or the recipient's county or what its attribute says, blank if it has none.
    #[must_use]
    pub fn payer(self) -> &'a str {
        self.lines.due.0.payer(self.row, self.layer())
    }

    /// What was due.
    #[must_use]
    pub const fn due(self) -> Amount {
        self.due
    }

    /// What was issued, less what was taken back.
    #[must_use]
    pub fn issued(self) -> Amount {
        self.sum(Event::Issued)
    }

    /// What arrived, less what was taken back.
    #[must_use]
    pub fn received(self) -> Amount {
        self.sum(Event::Received)
    }

    /// What was spent.
    #[must_use]
    pub fn spent(self) -> Amount {
        self.sum(Event::Spent)
    }

    fn sum(self, event: Event) -> Amount {
        self.sums.get(event.number()).copied().sure()
    }

    /// What was due and has not arrived: max(0, due − received).
    #[must_use]
    pub fn gap(self) -> Amount {
        gap(self.due, self.received())
    }

    /// What arrived beyond what was due: max(0, received − due).
    #[must_use]
    pub fn excess(self) -> Amount {
        excess(self.due, self.received())
    }
}

impl fmt::Debug for ReconciledLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconciledLine")
            .field("id", &self.recipient().id())
            .field("year", &self.year())
            .field("layer", &self.layer().id)
            .field("due", &self.due)
            .field("received", &self.received())
            .finish_non_exhaustive()
    }
}

/// A reconciliation by a grouping.
#[derive(Clone)]
pub struct ReconciledTotals {
    reconciliation: Reconciliation,
    /// The groups are those of what was due.
    grouped: Grouped<Totals>,
}

impl ReconciledTotals {
    fn new(reconciliation: &Reconciliation, by: &[Grouping], zeros: bool) -> Result<Self, Problems> {
        let due = reconciliation.due();
        let layers = reconciliation.0.lines.layers();
        let width = due.years().len().saturating_mul(layers);
        let below = due.0.below_zero();
        let below = below.map(|(row, year, layer, fen)| (codes_of(due, by, row, year, layer), i128::from(fen)));
        let happened = reconciliation.0.lines.cells.iter().filter_map(|cell| {
            let (row, at) = number_parts(cell.number, width)?;
            let (year, layer) = (at.checked_div(layers).sure(), at.checked_rem(layers).sure());
            Some((codes_of(due, by, row, year, layer), Due::amount(due, row, year, layer), cell.sums))
        });
        let as_of = reconciliation.options().as_of;
        let grouped = Grouped::new(due.totals(by, true)?, below, happened, zeros, as_of)?;
        Ok(Self { reconciliation: reconciliation.clone(), grouped })
    }

    /// What it is grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.grouped.by()
    }

    /// The reconciliation.
    #[must_use]
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grouped.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ReconciledRow<'_>> {
        self.grouped.iter()
    }
}

impl fmt::Debug for ReconciledTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconciledTotals").field("by", &self.by()).field("len", &self.len()).finish_non_exhaustive()
    }
}
