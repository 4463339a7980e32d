#![doc = include_str!("../../../docs/reconciliation.md")]

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::engine::compute::{Arrived, cell_number, compute, number_parts};
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::catalogue::results;
use crate::ground::ids::index;
use crate::ground::language::Name;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::sure::Sure;
use crate::policy::Layer;
use crate::questions::receipts::{Event, Month, Receipt, Receipts, month_of};
use crate::results::allocation::Allocation;
use crate::results::totals::{Codes, codes_of};
use crate::results::totals::{Grouping, Totals};
use crate::roster::Recipient;
use crate::tables::table::Percent;

mod checks;
mod matching;
mod tables;
#[cfg(test)]
mod tests;

pub use crate::questions::places::Reason;

use checks::{Cut, Dated};
use matching::{Matched, Matcher, problem};

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
    /// With the amounts that are due.
    due: Allocation,
    receipts: Receipts,
    options: ReconcileOptions,
    /// What happened, by ascending number of row × year × layer.
    cells: Vec<Cell>,
    /// Receipts that match nothing, in the order of the ledger.
    unmatched: Vec<(usize, Reason)>,
    unmatched_sums: Sums,
    /// What the month that progress is measured against leaves out.
    dated: Dated,
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
        let years = self.received_years(&options.top_up)?;
        let mut warnings = Problems::new();
        let mut unmatched: Vec<(usize, Reason)> = Vec::new();
        let mut unmatched_sums = [0_i128; 3];
        // By the number of row, year and layer, with the event in two bits below it: small to sort.
        let mut found: Vec<(u64, i64)> = Vec::with_capacity(receipts.len());
        let mut matcher = Matcher::new(self, receipts);
        let events = receipts.events().iter().zip(receipts.amounts());
        let mut last: Option<(u32, Result<Matched, Reason>)> = None;
        let (year_count, layer_count) = (self.years().len(), self.policy().layers().len());
        let mut cut = options.as_of.map(|as_of| Cut::new(receipts, as_of));
        for ((number, row), (event, amount)) in receipts.rows().iter().enumerate().zip(events) {
            let matched = match last {
                Some((known, matched)) if known == *row => matched,
                _ => matcher.find(receipts.row(index(*row))).map_err(|reasons| {
                    for reason in &reasons {
                        if warnings.len() < Problems::LIMIT {
                            warnings.push(problem(self, receipts.row(index(*row)), *reason));
                        } else {
                            warnings.leave_out(Severity::Warning, 1);
                        }
                    }
                    reasons.first().copied().unwrap_or(Reason::UnknownPlace)
                }),
            };
            last = Some((*row, matched));
            match matched {
                Ok((row, year, layer)) => {
                    if cut.as_mut().is_some_and(|cut| !cut.counts(receipts, number, *event, *amount)) {
                        continue;
                    }
                    let number = cell_number(row, (year, year_count), (layer, layer_count));
                    found.push((number << EVENT_BITS | event_bits(*event), amount.fen()));
                }
                Err(reason) => {
                    unmatched.push((number, reason));
                    if let Some(sum) = unmatched_sums.get_mut(event.number()) {
                        *sum = sum.saturating_add(amount.fen().into());
                    }
                }
            }
        }
        let unit = self.policy().unit();
        let dated = cut.map_or(Ok(Dated::default()), |cut| cut.finish(unit, &mut warnings))?;
        let cells = self.cells(found)?;
        let due = match &years {
            None => self.clone(),
            Some(_) if self.0.settled.is_some() => {
                let problem = Problem::new(Code::NeedsWholeRoster, results::RECEIVED_NOT_SETTLED);
                return Err(problem.expected(results::READ_AS_A_WHOLE).into());
            }
            Some(years) => {
                let received = cells.iter().map(|cell| (cell.number, cell.of(Event::Received).fen()));
                let arrived = Arrived { years: years.clone(), fen: received.filter(|(_, fen)| *fen != 0).collect() };
                // Warnings are those of the allocation itself.
                let groups = (Arc::clone(&self.0.groups), Problems::new());
                let (data, _) = compute(self.policy(), self.roster(), groups, self.years(), Some(&arrived), None)?;
                Self(Arc::new(data))
            }
        };
        check_gaps(&due, &cells)?;
        checks::spent_above_received(&due, &cells, &mut warnings);
        checks::wrong_units(&due, &cells, &mut warnings);
        let unmatched_sums = in_range(unmatched_sums, || Problem::new(Code::Overflow, catalogue::UNMATCHED_TOO_LARGE))?;
        let options = options.clone();
        let data = Data { due, receipts: receipts.clone(), options, cells, unmatched, unmatched_sums, dated };
        Ok((Reconciliation(Arc::new(data)), warnings))
    }

    /// For each computed year, whether top-ups count what arrived; none if in no year.
    fn received_years(&self, top_up: &TopUp) -> Result<Option<Vec<bool>>, Problems> {
        let TopUp::Received(years) = top_up else { return Ok(None) };
        let policy = self.policy();
        let outside = years.iter().filter(|year| !policy.years().contains(year)).map(|year| {
            let message = common::POLICY_COVERS.with(&[policy.years().start(), policy.years().end()]);
            Problem::new(Code::YearOutsidePolicy, message).found(year.to_string())
        });
        let problems: Problems = outside.collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let flags: Vec<bool> = self.years().iter().map(|year| years.contains(year)).collect();
        Ok(flags.contains(&true).then_some(flags))
    }

    /// Adds up what happened to the same row in the same year and layer.
    fn cells(&self, mut found: Vec<(u64, i64)>) -> Result<Vec<Cell>, Problems> {
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
                let width = self.years().len().saturating_mul(self.policy().layers().len());
                let row = number_parts(number, width).map_or(0, |(row, _)| row);
                let message = catalogue::RECEIPTS_TOO_LARGE.with(&[&self.roster().name(row)]);
                Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS)
            };
            match in_range(sums, place) {
                Ok(sums) => cells.push(Cell { number, sums }),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(cells) } else { Err(problems) }
    }
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

/// A gap is at most an amount and what was taken back of it, an excess what arrived and what was to be paid in: together they
/// may be too large.
fn check_gaps(due: &Allocation, cells: &[Cell]) -> Result<(), Problems> {
    let layers = due.policy().layers().len();
    let width = due.years().len().saturating_mul(layers);
    let mut problems = Problems::new();
    for cell in cells {
        let received = cell.of(Event::Received);
        let Some((row, at)) = number_parts(cell.number, width) else { continue };
        let (year, layer) = (at.checked_div(layers).sure(), at.checked_rem(layers).sure());
        let due_here = Amount::from_fen(due.0.row_fen(row, year, layer));
        if due_here.checked_sub(received).is_err() || received.checked_sub(due_here).is_err() {
            let message = catalogue::GAP_TOO_LARGE.with(&[&due.roster().name(row)]);
            problems.push(Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
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

impl Reconciliation {
    /// The allocation with the amounts that are due: where top-ups count what arrived, not the one reconciled.
    #[must_use]
    pub fn due(&self) -> &Allocation {
        &self.0.due
    }

    /// The ledger.
    #[must_use]
    pub fn receipts(&self) -> &Receipts {
        &self.0.receipts
    }

    /// How it was reconciled.
    #[must_use]
    pub fn options(&self) -> &ReconcileOptions {
        &self.0.options
    }

    /// The rows of the table: in roster order, then year, then layer. Without `zeros`, those in which nothing was due and
    /// nothing happened are left out.
    pub fn lines(&self, zeros: bool) -> impl Iterator<Item = ReconciledLine<'_>> {
        let rows = 0..self.due().roster().len();
        let mut next = 0_usize;
        rows.flat_map(move |row| {
            let rest = self.0.cells.get(next..).sure();
            let end = self.first_number(row.saturating_add(1));
            let count = rest.iter().take_while(|cell| cell.number < end).count();
            next = next.saturating_add(count);
            self.lines_of(row, rest.get(..count).sure(), zeros)
        })
    }

    fn layers(&self) -> usize {
        self.due().policy().layers().len()
    }

    /// The number of a row's first year and layer.
    fn first_number(&self, row: usize) -> u64 {
        cell_number(row, (0, self.due().years().len()), (0, self.layers()))
    }

    /// The lines of one row of the roster; `cells` are what happened to it.
    fn lines_of<'a>(
        &'a self,
        row: usize,
        cells: &'a [Cell],
        zeros: bool,
    ) -> impl Iterator<Item = ReconciledLine<'a>> + use<'a> {
        let (due, layers) = (self.due(), self.layers());
        let years = due.years().len();
        let live = due.years().iter().enumerate().filter(move |(_, year)| due.lives(row, **year));
        let all = live.flat_map(move |(year, _)| (0..layers).map(move |layer| (year, layer)));
        let mut cells = cells.iter().peekable();
        all.filter_map(move |(year, layer)| {
            let number = cell_number(row, (year, years), (layer, layers));
            let sums = cells.next_if(|cell| cell.number == number).map_or(Sums::default(), |cell| cell.sums);
            let amount = Amount::from_fen(due.0.row_fen(row, year, layer));
            let shown = zeros || !amount.is_zero() || sums.iter().any(|sum| !sum.is_zero());
            shown.then_some(ReconciledLine { reconciliation: self, row, year, layer, due: amount, sums })
        })
    }

    /// What happened to one row of the roster.
    fn cells_of(&self, row: usize) -> &[Cell] {
        let start = |row: usize| {
            let number = self.first_number(row);
            self.0.cells.partition_point(|cell| cell.number < number)
        };
        self.0.cells.get(start(row)..start(row.saturating_add(1))).sure()
    }

    /// The lines of one row of the roster in which anything was due or happened.
    pub(crate) fn lines_at(&self, row: usize) -> impl Iterator<Item = ReconciledLine<'_>> {
        self.lines_of(row, self.cells_of(row), false)
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
        let lines = (0..self.due().roster().len()).flat_map(|row| self.lines_of(row, self.cells_of(row), false));
        let has_any = |line: &ReconciledLine<'_>| line.sums.iter().any(|sum| !sum.is_zero());
        lines.filter(has_any).map(|line| (line.row, line.year, line))
    }

    /// The receipts that match nothing, in the order of the ledger.
    #[must_use]
    pub fn unmatched(&self) -> impl ExactSizeIterator<Item = Unmatched<'_>> {
        (0..self.0.unmatched.len()).map(|at| Unmatched { reconciliation: self, at })
    }

    /// What the receipts that match nothing sum to, by event.
    #[must_use]
    pub fn unmatched_sum(&self, event: Event) -> Amount {
        self.0.unmatched_sums.get(event.number()).copied().sure()
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
            .field("unmatched", &self.0.unmatched.len())
            .finish_non_exhaustive()
    }
}

/// A row of a reconciliation: a row of the roster in a year in a layer, all its places.
#[derive(Clone, Copy)]
pub struct ReconciledLine<'a> {
    reconciliation: &'a Reconciliation,
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
        self.reconciliation.due().roster().get(self.row).expect("a row of the roster")
    }

    /// The row of the roster, the number of the year, the layer.
    pub(crate) const fn place(self) -> (usize, usize, usize) {
        (self.row, self.year, self.layer)
    }

    /// The class that serves it.
    #[must_use]
    pub fn class(self) -> &'a str {
        self.reconciliation.due().class_of(self.row).map_or("", |class| class.id.as_str())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.reconciliation.due().years().get(self.year).copied().sure()
    }

    /// The layer.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a line is made only from a layer's index")]
    pub fn layer(self) -> &'a Layer {
        &self.reconciliation.due().policy().layers()[self.layer]
    }

    /// Who answers for it: the body's id, or the recipient's county or what its attribute says, blank if it has none.
    #[must_use]
    pub fn payer(self) -> &'a str {
        self.reconciliation.due().0.payer(self.row, self.layer())
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

fn gap(due: Amount, received: Amount) -> Amount {
    // The differences were seen to fit.
    Amount::from_fen(due.fen().saturating_sub(received.fen()).max(0))
}

fn excess(due: Amount, received: Amount) -> Amount {
    Amount::from_fen(received.fen().saturating_sub(due.fen()).max(0))
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

/// A receipt that matches nothing.
#[derive(Clone, Copy)]
pub struct Unmatched<'a> {
    reconciliation: &'a Reconciliation,
    at: usize,
}

impl<'a> Unmatched<'a> {
    /// The receipt.
    #[must_use]
    #[expect(clippy::expect_used, reason = "it is made only from a receipt of the ledger")]
    pub fn receipt(self) -> Receipt<'a> {
        let number = self.reconciliation.0.unmatched.get(self.at).map_or(usize::MAX, |(receipt, _)| *receipt);
        self.reconciliation.receipts().get(number).expect("a receipt of the ledger")
    }

    /// Why: the first reason, in the order of place, year, layer.
    #[must_use]
    pub fn reason(self) -> Reason {
        self.reconciliation.0.unmatched.get(self.at).map_or(Reason::UnknownPlace, |(_, reason)| *reason)
    }
}

impl fmt::Debug for Unmatched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unmatched").field("receipt", &self.receipt()).field("reason", &self.reason()).finish()
    }
}

/// A reconciliation by a grouping.
#[derive(Clone)]
pub struct ReconciledTotals {
    reconciliation: Reconciliation,
    /// Of what was due; its rows are the groups.
    groups: Totals,
    /// Which groups are shown, and their figures.
    rows: Vec<(usize, Figures)>,
}

/// Due, issued, received, spent, gap, excess.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    due: Amount,
    sums: Sums,
    gap: Amount,
    excess: Amount,
}

impl ReconciledTotals {
    fn new(reconciliation: &Reconciliation, by: &[Grouping], zeros: bool) -> Result<Self, Problems> {
        let due = reconciliation.due();
        let groups = due.totals(by, true)?;
        let (years, layers) = (due.years().len(), reconciliation.layers());
        let width = years.saturating_mul(layers);
        let places: HashMap<Codes, usize> = (0..groups.len()).map(|row| (groups.codes(row), row)).collect();
        // Where nothing happened, the gap is what was due.
        let mut sums: Vec<[i128; 6]> = groups
            .iter()
            .map(|row| {
                let due = i128::from(row.amount().fen());
                [due, 0, 0, 0, due, 0]
            })
            .collect();
        // Of what was to be paid in there is no gap, but an excess.
        for (row, year, layer, fen) in due.0.below_zero() {
            if let Some(sums) = places.get(&codes_of(due, by, row, year, layer)).and_then(|group| sums.get_mut(*group))
            {
                for sum in sums.iter_mut().skip(4) {
                    *sum = sum.saturating_sub(fen.into());
                }
            }
        }
        let mut last: Option<(Codes, usize)> = None;
        for cell in &reconciliation.0.cells {
            let Some((row, at)) = number_parts(cell.number, width) else { continue };
            let (year, layer) = (at.checked_div(layers).sure(), at.checked_rem(layers).sure());
            let codes = codes_of(due, by, row, year, layer);
            let group = match last {
                Some((known, group)) if known == codes => Some(group),
                _ => places.get(&codes).copied(),
            };
            let Some(group) = group else { continue };
            last = Some((codes, group));
            let Some(sums) = sums.get_mut(group) else { continue };
            let due = Amount::from_fen(due.0.row_fen(row, year, layer));
            let received = cell.of(Event::Received);
            let more = |figure: fn(Amount, Amount) -> Amount| {
                let before = i128::from(figure(due, Amount::ZERO).fen());
                i128::from(figure(due, received).fen()).saturating_sub(before)
            };
            let figures = cell.sums.map(|sum| i128::from(sum.fen()));
            let added = figures.into_iter().chain([more(gap), more(excess)]);
            for (sum, added) in sums.iter_mut().skip(1).zip(added) {
                *sum = sum.saturating_add(added);
            }
        }
        let mut rows = Vec::new();
        for (row, sums) in sums.into_iter().enumerate() {
            if !zeros && !by.is_empty() && sums.iter().all(|sum| *sum == 0) {
                continue;
            }
            let mut figures = [Amount::ZERO; 6];
            for (figure, sum) in figures.iter_mut().zip(sums) {
                *figure = i64::try_from(sum).map(Amount::from_fen).map_err(|_| {
                    let problem = Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE);
                    problem.expected(results::CHECK_UNITS_OR_GROUP_FINER)
                })?;
            }
            let [due, issued, received, spent, gap, excess] = figures;
            rows.push((row, Figures { due, sums: [issued, received, spent], gap, excess }));
        }
        Ok(Self { reconciliation: reconciliation.clone(), groups, rows })
    }

    /// What it is grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.groups.by()
    }

    /// The reconciliation.
    #[must_use]
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ReconciledRow<'_>> {
        self.rows.iter().map(|(group, figures)| ReconciledRow { totals: self, group: *group, figures: *figures })
    }

    /// The one year that all rows or one group are about; none if there are several.
    fn year(&self, group: usize) -> Option<u16> {
        if let Some(by) = self.by().iter().position(|grouping| *grouping == Grouping::Year) {
            return Some(self.groups.year(group, by));
        }
        match self.reconciliation.due().years() {
            [year] => Some(*year),
            _ => None,
        }
    }
}

impl fmt::Debug for ReconciledTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconciledTotals").field("by", &self.by()).field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A row of [`ReconciledTotals`].
#[derive(Clone, Copy)]
pub struct ReconciledRow<'a> {
    totals: &'a ReconciledTotals,
    group: usize,
    figures: Figures,
}

impl ReconciledRow<'_> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, by: usize) -> String {
        self.totals.groups.key(self.group, by)
    }

    /// What was due.
    #[must_use]
    pub const fn due(&self) -> Amount {
        self.figures.due
    }

    /// What was issued.
    #[must_use]
    pub fn issued(&self) -> Amount {
        self.figures.sum(Event::Issued)
    }

    /// What arrived.
    #[must_use]
    pub fn received(&self) -> Amount {
        self.figures.sum(Event::Received)
    }

    /// What was spent.
    #[must_use]
    pub fn spent(&self) -> Amount {
        self.figures.sum(Event::Spent)
    }

    /// The sum of all gaps.
    #[must_use]
    pub const fn gap(&self) -> Amount {
        self.figures.gap
    }

    /// The sum of all excesses.
    #[must_use]
    pub const fn excess(&self) -> Amount {
        self.figures.excess
    }

    /// 下达率: issued ÷ due. As every rate, none where what it is of is not above 0.
    #[must_use]
    pub fn issue_rate(&self) -> Option<Percent> {
        self.figures.issue_rate()
    }

    /// 到位率: received ÷ due.
    #[must_use]
    pub fn arrival_rate(&self) -> Option<Percent> {
        self.figures.arrival_rate()
    }

    /// 支出进度: spent ÷ received.
    #[must_use]
    pub fn execution_rate(&self) -> Option<Percent> {
        self.figures.execution_rate()
    }

    /// 结余率: (received − spent) ÷ received.
    #[must_use]
    pub fn unspent_rate(&self) -> Option<Percent> {
        self.figures.unspent_rate()
    }

    /// 序时进度: months elapsed ÷ 12. None without a month to measure against, or if the row is about several years.
    #[must_use]
    pub fn time_progress(&self) -> Option<Percent> {
        Figures::time_progress(self.elapsed())
    }

    /// 支出进度 less 序时进度, in percentage points, rounded last.
    #[must_use]
    pub fn progress_difference(&self) -> Option<Percent> {
        self.figures.progress_difference(self.elapsed())
    }

    fn elapsed(&self) -> Option<u8> {
        let as_of = self.totals.reconciliation.options().as_of?;
        Some(as_of.elapsed_of(self.totals.year(self.group)?))
    }
}

impl fmt::Debug for ReconciledRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconciledRow")
            .field("group", &self.group)
            .field("figures", &self.figures)
            .finish_non_exhaustive()
    }
}

impl Figures {
    fn sum(self, event: Event) -> Amount {
        self.sums.get(event.number()).copied().sure()
    }

    fn issue_rate(self) -> Option<Percent> {
        rate(self.sum(Event::Issued).fen().into(), self.due)
    }

    fn arrival_rate(self) -> Option<Percent> {
        rate(self.sum(Event::Received).fen().into(), self.due)
    }

    fn execution_rate(self) -> Option<Percent> {
        rate(self.sum(Event::Spent).fen().into(), self.sum(Event::Received))
    }

    fn unspent_rate(self) -> Option<Percent> {
        let received = self.sum(Event::Received);
        rate(i128::from(received.fen()).saturating_sub(self.sum(Event::Spent).fen().into()), received)
    }

    fn time_progress(elapsed: Option<u8>) -> Option<Percent> {
        Percent::of_ratio(elapsed?.into(), 12)
    }

    fn progress_difference(self, elapsed: Option<u8>) -> Option<Percent> {
        let (spent, received) = (i128::from(self.sum(Event::Spent).fen()), i128::from(self.sum(Event::Received).fen()));
        if received <= 0 {
            return None;
        }
        // spent ÷ received − months ÷ 12, as one fraction.
        let part = spent.saturating_mul(12).saturating_sub(received.saturating_mul(elapsed?.into()));
        Percent::of_ratio(part, received.saturating_mul(12))
    }
}

/// A rate of a whole; none if that is not above 0.
fn rate(part: i128, whole: Amount) -> Option<Percent> {
    if whole > Amount::ZERO { Percent::of_ratio(part, whole.fen().into()) } else { None }
}
