//! A roster in parts beside a ledger: what its places are due is summed part by part, and told of those that the ledger names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::checks::check;
use super::counted::{Counted, Unmatched};
use super::grouped::{Grouped, ReconciledRow};
use super::matching::{Lookup, Matcher};
use super::{Cell, Due, ReconcileOptions, ReconciledLines, cells, received_years};
use crate::engine::arrived::{cell_number, number_parts};
use crate::engine::settle::text::{Text, pairs};
use crate::ground::catalogue::results as catalogue;
use crate::ground::ids::At as _;
use crate::ground::language::Lang;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::Policy;
use crate::questions::places::Reason;
use crate::questions::receipts::{Event, LedgerRow, Receipts};
use crate::results::allocation::Allocation;
use crate::results::summary::{Arrivals, Index, Named, NamedPlaces, NamedRow, Part, Summed, SummedTotals};
use crate::results::totals::Grouping;
use crate::tables::table::{Report, Table};

/// A roster in parts beside what was issued, arrived and was spent: what a
/// [`Reconciliation`](super::Reconciliation) is of a whole one. Cheap to clone; never changes.
#[derive(Clone)]
pub struct SummedReconciliation(Arc<Data>);

struct Data {
    summed: Summed,
    counted: Arc<Counted>,
    rows: Rows,
    /// What happened, by ascending number of row × year × layer.
    cells: Vec<Cell>,
}

/// The rows of the places that a ledger names, in the order of the roster.
struct Rows {
    policy: Policy,
    years: Vec<u16>,
    list: Vec<NamedRow>,
    /// Of each place, where its rows are in the list.
    places: Vec<Vec<usize>>,
    /// The places by their first rows.
    by_first: HashMap<u64, usize>,
}

impl Rows {
    fn new(summed: &Summed, named: &Named) -> Self {
        let mut all: Vec<(u64, &NamedRow)> =
            named.places().flat_map(|(place, rows)| rows.iter().map(move |row| (place, row))).collect();
        all.sort_by_key(|(_, row)| row.row);
        let (mut places, mut by_first) = (Vec::new(), HashMap::new());
        for (at, (first, _)) in all.iter().enumerate() {
            let place = *by_first.entry(*first).or_insert(places.len());
            if place == places.len() {
                places.push(Vec::new());
            }
            if let Some(rows) = places.get_mut(place) {
                rows.push(at);
            }
        }
        let summing = summed.summing();
        let list = all.into_iter().map(|(_, row)| row.clone()).collect();
        Self { policy: summing.policy().clone(), years: summing.years().to_vec(), list, places, by_first }
    }
}

impl Due for Rows {
    fn policy(&self) -> &Policy {
        &self.policy
    }

    fn years(&self) -> &[u16] {
        &self.years
    }

    fn name(&self, row: usize) -> &str {
        self.list.get(row).map_or("", |row| row.name.as_str())
    }

    fn amount(&self, row: usize, year: usize, layer: usize) -> Amount {
        let fen = self.list.get(row).zip(self.years.get(year)).map(|(row, year)| row.fen(*year, layer));
        Amount::from_fen(fen.unwrap_or_default())
    }
}

/// In what the parts told of the places that are named.
struct OfParts<'a> {
    index: &'a Index,
    named: &'a Named,
    rows: &'a Rows,
}

impl OfParts<'_> {
    /// The one place that something names; or that there are several.
    fn one(&self, number: Option<u32>) -> Option<Result<usize, Reason>> {
        let (places, first) = self.named.found(number?)?;
        if places > 1 {
            return Some(Err(Reason::AmbiguousPlace));
        }
        self.beginning(first).map(Ok)
    }

    /// The place that begins with a row.
    fn beginning(&self, first: u64) -> Option<usize> {
        self.rows.by_first.get(&first).copied()
    }
}

impl<'t> Lookup<'t> for OfParts<'_> {
    fn place(&mut self, row: LedgerRow<'t>) -> Result<usize, Reason> {
        let by_id = self.index.id(row.id()).and_then(|number| self.named.found(number));
        if let Some(place) = by_id.and_then(|(_, first)| self.beginning(first)) {
            return Ok(place);
        }
        let mut reason = Reason::UnknownPlace;
        let code = self.index.code(row.division_code());
        let name = self.index.name((row.name(), row.county(), row.township()));
        for number in [code, name] {
            match self.one(number) {
                Some(Ok(place)) => return Ok(place),
                Some(Err(ambiguous)) => reason = ambiguous,
                None => {}
            }
        }
        Err(reason)
    }

    fn live(&self, place: usize, year: u16) -> Option<usize> {
        let rows = self.rows.places.get(place)?;
        rows.iter().copied().find(|row| self.rows.list.get(*row).is_some_and(|row| row.is_live(year)))
    }
}

impl Receipts {
    /// How the ledger names places: what [`Summing::naming`](crate::Summing::naming) takes for a roster in parts.
    #[must_use]
    pub fn named_places(&self) -> NamedPlaces {
        let mut places = NamedPlaces::default();
        for row in (0..self.row_count()).map(|row| self.row(row)) {
            places.add(row.id(), row.division_code(), (row.name(), row.county(), row.township()));
        }
        places
    }
}

/// A ledger beside the rows of the places that it names.
struct Matched {
    counted: Counted,
    rows: Rows,
    cells: Vec<Cell>,
}

impl Summed {
    /// Reconciles what the parts of a roster are due with what was issued, arrived and was spent; the parts were summed with
    /// [`Summing::naming`](crate::Summing::naming) for the places that the ledger names. Totals, receipts that match nothing and
    /// warnings are those of [`Allocation::reconcile`](crate::Allocation::reconcile) of the whole roster.
    ///
    /// # Errors
    ///
    /// As there; [`Code::UnlikeSummaries`] if the parts tell of the places of another ledger, or were not summed for the
    /// [arrivals](Summed::arrivals) that top-ups are to count.
    ///
    /// ```
    /// use fundlayers::{Grouping, Part, Policy, ReceiptsBuilder, RosterBuilder, RowBuilder, Summing, Unit, roster::Cell};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
    ///   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    ///   "classes": [{ "id": "all", "funding": { "city": 300 } }] }"#)?;
    /// let header = ["name", "year", "layer", "event", "amount", "unit"].map(|title| (title, None));
    /// let mut receipts = ReceiptsBuilder::new(&header);
    /// for name in ["黄堡镇", "照金镇"] {
    ///     receipts.push_row(None, &[name, "2024", "city", "到位", "200", "万元"].map(Cell::Text));
    /// }
    /// let (receipts, _) = receipts.finish()?;
    /// let summing = Summing::new(&policy, None, &[Grouping::County])?.naming(&receipts.named_places());
    /// let mut summary = summing.nothing();
    /// for (first, row) in [(0, ["王益区", "黄堡镇"]), (1, ["新区", "坡头镇"])] {
    ///     let part = Part::new(first);
    ///     let mut builder = RosterBuilder::new(&policy, &[("county", None), ("name", None)]);
    ///     builder.after_rows(part.rows_before());
    ///     builder.push_row(None, &row.map(Cell::Text));
    ///     summary.merge(summing.part(&part, builder.finish()).0)?;
    /// }
    /// let (summed, _) = summing.finish(summary)?;
    /// let (found, warnings) = summed.reconcile(&receipts, &Default::default())?;
    /// let gaps = found.totals(false)?;
    /// let gaps: Vec<String> = gaps.iter().map(|row| format!("{} {}", row.key(0), row.gap().in_unit(Unit::Wan))).collect();
    /// assert_eq!(gaps, ["王益区 100", "新区 300"]);
    /// assert_eq!((found.unmatched().len(), warnings.len()), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reconcile(
        &self,
        receipts: &Receipts,
        options: &ReconcileOptions,
    ) -> Result<(SummedReconciliation, Problems), Problems> {
        let mut warnings = Problems::new();
        let Matched { counted, rows, cells } = self.matched(receipts, options, &mut warnings)?;
        let counted = counted.into();
        if self.arrivals_of(&rows, &cells, options)?.as_ref() != self.summing().arrivals() {
            return Err(Problem::new(Code::UnlikeSummaries, catalogue::RECEIVED_IN_PARTS).into());
        }
        check(&rows, &cells, &mut warnings)?;
        Ok((SummedReconciliation(Arc::new(Data { summed: self.clone(), counted, rows, cells })), warnings))
    }

    /// What arrived for the places that the ledger names, where top-ups are to count that; none where they count what is due. A second
    /// reading of the parts takes it: [`Settling::receiving`](crate::Settling::receiving) where anything must be settled, and
    /// [`Summing::receiving`](crate::Summing::receiving), named for the same places. Its warnings are those of the first.
    ///
    /// # Errors
    ///
    /// As [`Summed::reconcile`]; [`Code::YearOutsidePolicy`] for a year that the policy does not cover.
    ///
    /// ```
    /// use fundlayers::{Part, Policy, ReceiptsBuilder, ReconcileOptions, RosterBuilder, RowBuilder, Summing, TopUp, Unit, roster::Cell};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
    ///   "layers": [{ "id": "city", "payer": "city" }, { "id": "county", "payer": "county" }], "payers": { "city": {} },
    ///   "classes": [{ "id": "all", "standard": 600, "funding": { "city": 300, "county": { "top_up_to": "standard" } } }] }"#)?;
    /// let header = ["name", "year", "layer", "event", "amount", "unit"].map(|title| (title, None));
    /// let mut receipts = ReceiptsBuilder::new(&header);
    /// receipts.push_row(None, &["坡头镇", "2024", "city", "到位", "200", "万元"].map(Cell::Text));
    /// let (receipts, _) = receipts.finish()?;
    /// let sum = |summing: &Summing| {
    ///     let mut summary = summing.nothing();
    ///     for (first, name) in [(0, "黄堡镇"), (1, "坡头镇")] {
    ///         let part = Part::new(first);
    ///         let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
    ///         builder.after_rows(part.rows_before());
    ///         builder.push_row(None, &[Cell::Text(name)]);
    ///         summary.merge(summing.part(&part, builder.finish()).0)?;
    ///     }
    ///     summing.finish(summary)
    /// };
    /// let summing = Summing::new(&policy, None, &[fundlayers::Grouping::Layer])?.naming(&receipts.named_places());
    /// let options = ReconcileOptions { top_up: TopUp::Received(vec![2024]), ..Default::default() };
    /// let (first, _) = sum(&summing)?;
    /// let arrivals = first.arrivals(&receipts, &options)?.expect("top-ups count it");
    /// let (second, _) = sum(&summing.receiving(arrivals))?;
    /// let (found, _) = second.reconcile(&receipts, &options)?;
    /// let due: Vec<_> = found.totals(false)?.iter().map(|row| row.due().in_unit(Unit::Wan).to_string()).collect();
    /// // What did not arrive from the city, the county tops up: 600 and 400.
    /// assert_eq!(due, ["600", "1000"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn arrivals(&self, receipts: &Receipts, options: &ReconcileOptions) -> Result<Option<Arrivals>, Problems> {
        let Matched { rows, cells, .. } = self.matched(receipts, options, &mut Problems::new())?;
        self.arrivals_of(&rows, &cells, options)
    }

    fn arrivals_of(
        &self,
        rows: &Rows,
        cells: &[Cell],
        options: &ReconcileOptions,
    ) -> Result<Option<Arrivals>, Problems> {
        let (policy, years) = (self.summing().policy(), self.summing().years());
        let Some(counts) = received_years((policy, years), &options.top_up)? else { return Ok(None) };
        let counted = years.iter().zip(counts).filter(|(_, counts)| *counts).map(|(year, _)| *year);
        let layers = policy.layers().len();
        let width = years.len().saturating_mul(layers);
        let received = cells.iter().filter_map(|cell| {
            let (at, number) = number_parts(cell.number, width)?;
            let (year, layer) = (number.checked_div(layers)?, number.checked_rem(layers)?);
            Some(((rows.list.get(at)?.row, *years.get(year)?, layer), cell.of(Event::Received).fen()))
        });
        Ok(Some(Arrivals::new(counted.collect(), received)))
    }

    /// What of a ledger the named places of the parts match.
    fn matched(
        &self,
        receipts: &Receipts,
        options: &ReconcileOptions,
        warnings: &mut Problems,
    ) -> Result<Matched, Problems> {
        let about = (self.summing().policy(), self.summing().years());
        received_years(about, &options.top_up)?;
        let named = self.named().filter(|_| self.names(&receipts.named_places()));
        let Some((index, named)) = named else {
            return Err(Problem::new(Code::UnlikeSummaries, catalogue::OTHER_LEDGER).into());
        };
        let rows = Rows::new(self, named);
        let matcher = Matcher::among(OfParts { index, named, rows: &rows }, about, receipts);
        let (counted, found) = Counted::new(receipts, options, about, matcher, warnings)?;
        let cells = cells(&rows, found)?;
        Ok(Matched { counted, rows, cells })
    }
}

/// What the receipts of a ledger come to by the rows of a roster in parts that they match, by year and layer: all that a part needs to
/// have its rows beside the ledger, in another reading. It grows with the ledger and not with the rows, and travels as JSON.
///
/// ```
/// # use fundlayers::{Part, Policy, ReceiptsBuilder, RosterBuilder, RowBuilder, Summing, Unit, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 300 } }] }"#)?;
/// # let header = ["name", "year", "layer", "event", "amount", "unit"].map(|title| (title, None));
/// # let mut receipts = ReceiptsBuilder::new(&header);
/// # receipts.push_row(None, &["坡头镇", "2024", "city", "到位", "200", "万元"].map(Cell::Text));
/// # let (receipts, _) = receipts.finish()?;
/// # let read = |part: &Part, name| {
/// #     let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
/// #     builder.after_rows(part.rows_before());
/// #     builder.push_row(None, &[Cell::Text(name)]);
/// #     builder.finish()
/// # };
/// let parts = [(Part::new(0), "黄堡镇"), (Part::new(1), "坡头镇")];
/// let summing = Summing::new(&policy, None, &[])?.naming(&receipts.named_places());
/// let mut summary = summing.nothing();
/// for (part, name) in &parts {
///     summary.merge(summing.part(part, read(part, name)).0)?;
/// }
/// let (found, _) = summing.finish(summary)?.0.reconcile(&receipts, &Default::default())?;
/// let (part, name) = &parts[1];
/// let (_, due) = found.due().summing().part(part, read(part, name));
/// let rows = found.receipts_by_row().of_part(part, due.expect("nothing is wrong with it"));
/// let gaps: Vec<String> = rows.lines(false).map(|line| format!("{} {}", line.recipient().name(), line.gap().in_unit(Unit::Wan))).collect();
/// assert_eq!(gaps, ["坡头镇 100"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsByRow {
    /// By where the row stands in all parts, year and layer: issued, received and spent, in fen.
    #[serde(with = "pairs")]
    by_row: BTreeMap<(u64, u16, usize), [Text<i64>; 3]>,
}

impl ReceiptsByRow {
    /// The rows of a part beside the ledger, from what another reading gives of it, by the [summing](Summed::summing) of what is
    /// [due](SummedReconciliation::due): those that the reconciliation of the whole roster has of it.
    #[must_use]
    pub fn of_part(&self, part: &Part, due: Allocation) -> ReconciledLines {
        let (roster, years, layers) = (due.roster(), due.years(), due.policy().layers().len());
        let last = roster.len().checked_sub(1).map(|row| part.row(roster.row_number(row)));
        let end = last.map_or(part.first_row(), |row| row.saturating_add(1));
        let mut row = 0;
        let cells = self.by_row.range((part.first_row(), 0, 0)..(end, 0, 0)).filter_map(|((at, year, layer), sums)| {
            while row < roster.len() && part.row(roster.row_number(row)) < *at {
                row = row.saturating_add(1);
            }
            let year = years.binary_search(year).ok()?;
            let stands = row < roster.len() && part.row(roster.row_number(row)) == *at && *layer < layers;
            let number = cell_number(row, (year, years.len()), (*layer, layers));
            stands.then(|| Cell { number, sums: sums.map(|sum| Amount::from_fen(sum.0)) })
        });
        let cells = cells.collect();
        ReconciledLines { due, cells }
    }
}

impl SummedReconciliation {
    /// What the parts come to: what is due.
    #[must_use]
    pub fn due(&self) -> &Summed {
        &self.0.summed
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

    /// What the receipts come to by the rows that they match: what the rows of each part need to stand beside the ledger.
    #[must_use]
    pub fn receipts_by_row(&self) -> ReceiptsByRow {
        let (all, layers) = (&*self.0, self.0.rows.policy.layers().len());
        let width = all.rows.years.len().saturating_mul(layers);
        let by_row = all.cells.iter().filter_map(|cell| {
            let (at, number) = number_parts(cell.number, width)?;
            let (year, layer) = (number.checked_div(layers)?, number.checked_rem(layers)?);
            let place = (all.rows.list.get(at)?.row, *all.rows.years.get(year)?, layer);
            Some((place, cell.sums.map(|sum| Text(sum.fen()))))
        });
        ReceiptsByRow { by_row: by_row.collect() }
    }

    /// The receipts that match nothing in any part, in the order of the ledger.
    #[must_use]
    pub fn unmatched(&self) -> impl ExactSizeIterator<Item = Unmatched<'_>> {
        self.0.counted.unmatched()
    }

    /// What the receipts that match nothing sum to, by event.
    #[must_use]
    pub fn unmatched_sum(&self, event: Event) -> Amount {
        self.0.counted.unmatched_sum(event)
    }

    /// The receipts that match nothing as a table; see
    /// [`Reconciliation::unmatched_table`](super::Reconciliation::unmatched_table).
    #[must_use]
    pub fn unmatched_table(&self, unit: Unit) -> Table<'_> {
        self.0.counted.unmatched_table(unit)
    }

    /// The receipts that match nothing, for people; none if every receipt matches.
    #[must_use]
    pub fn unmatched_report(&self, unit: Unit, lang: Lang) -> Option<Report<'_>> {
        self.0.counted.unmatched_report(self.0.summed.summing().policy(), unit, lang)
    }

    /// Sums by the columns that the parts were summed by, as [`Reconciliation::totals`](super::Reconciliation::totals) gives them.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a sum is beyond 2^63 − 1 fen.
    pub fn totals(&self, zeros: bool) -> Result<SummedReconciledTotals, Problems> {
        let grouped = self.grouped(self.0.summed.totals(true)?, zeros)?;
        Ok(SummedReconciledTotals { reconciliation: self.clone(), grouped })
    }

    fn grouped(&self, groups: SummedTotals, zeros: bool) -> Result<Grouped<SummedTotals>, Problems> {
        let layers = self.0.rows.policy.layers().len();
        let width = self.0.rows.years.len().saturating_mul(layers);
        let below: Vec<_> = (0..groups.len()).map(|row| (groups.codes(row), groups.below(row))).collect();
        let happened = self.0.cells.iter().filter_map(|cell| {
            let (at, number) = number_parts(cell.number, width)?;
            let (year, layer) = (number.checked_div(layers).sure(), number.checked_rem(layers).sure());
            let codes = groups.codes_of(self.0.rows.list.get(at)?, self.0.rows.years.at(year), layer);
            Some((codes, self.0.rows.amount(at, year, layer), cell.sums))
        });
        let happened: Vec<_> = happened.collect();
        Grouped::new(groups, below.into_iter(), happened.into_iter(), zeros, self.options().as_of)
    }
}

impl fmt::Debug for SummedReconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SummedReconciliation")
            .field("policy", &self.0.rows.policy.id())
            .field("receipts", &self.receipts().len())
            .field("unmatched", &self.unmatched().len())
            .finish_non_exhaustive()
    }
}

/// The totals of a [`SummedReconciliation`]: what [`ReconciledTotals`](super::ReconciledTotals) are of a whole roster.
#[derive(Clone)]
pub struct SummedReconciledTotals {
    reconciliation: SummedReconciliation,
    grouped: Grouped<SummedTotals>,
}

impl SummedReconciledTotals {
    /// What it is grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.grouped.by()
    }

    /// The reconciliation.
    #[must_use]
    pub fn reconciliation(&self) -> &SummedReconciliation {
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

    /// The totals as a table; see [`ReconciledTotals::table`](super::ReconciledTotals::table).
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        self.grouped.table(unit)
    }

    /// The totals for people; see [`ReconciledTotals::report`](super::ReconciledTotals::report).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let all = |by: &[Grouping]| {
            self.reconciliation.grouped(self.reconciliation.0.summed.totals(true)?.shorter(by.len())?, true)
        };
        self.grouped.report(all, &self.reconciliation.0.counted, unit, lang)
    }
}

impl fmt::Debug for SummedReconciledTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SummedReconciledTotals")
            .field("by", &self.by())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
