//! What is asked of a roster in parts, in as many readings of it as that takes.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use fundlayers::answer::Given;
use fundlayers::{
    Allocation, Arrivals, Figures, FundSettling, FundingRule, FundingSummary, FundingSums, Grouping, Limits, Month,
    NamedPlaces, Policy, Receipts, ReceiptsByRow, ReconciledLines, Settlement, Settling, Summary, Summed,
    SummedFunding, SummedReconciliation, Summing, TopUp,
};

use super::{
    Event, Made, Piece, Rows, Stopped, claims_from, figures_from, funded_from, pass_from, reconciled_from,
    scan_from as scan_pieces,
};

/// Where the rows of a roster come from, as often as they are read, and who is told how far that is. What gives them anew each time it
/// is called (`|| Ok(pieces)`) is one that nobody watches.
pub trait Source {
    /// Why rows cannot be read.
    type Error;
    /// The rows.
    type Pieces: IntoIterator<Item = Result<Piece, Self::Error>>;

    /// Begins to read all rows.
    ///
    /// # Errors
    ///
    /// That they cannot be.
    fn read(&mut self) -> Result<Self::Pieces, Self::Error>;

    /// Is told of a part, or that nothing has come for a while; says whether to go on.
    fn told(&mut self, event: Event<()>) -> ControlFlow<()> {
        _ = event;
        ControlFlow::Continue(())
    }
}

impl<F, I, E> Source for F
where
    F: FnMut() -> Result<I, E>,
    I: IntoIterator<Item = Result<Piece, E>>,
{
    type Error = E;
    type Pieces = I;

    fn read(&mut self) -> Result<I, E> {
        self()
    }
}

/// Rows that are given anew, and what is called after each part.
pub(super) struct Watched<A, W>(pub(super) A, pub(super) W);

impl<A, W, I, E> Source for Watched<A, W>
where
    A: FnMut() -> Result<I, E>,
    W: FnMut(Event<()>) -> ControlFlow<()>,
    I: IntoIterator<Item = Result<Piece, E>>,
{
    type Error = E;
    type Pieces = I;

    fn read(&mut self) -> Result<I, E> {
        self.0()
    }

    fn told(&mut self, event: Event<()>) -> ControlFlow<()> {
        self.1(event)
    }
}

/// A policy over a roster in parts: what is asked of it, in as many readings as that takes.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// use std::{convert::Infallible, ops::ControlFlow, sync::Arc};
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use fundlayers::{FundingRule, LimitsBuilder, RowBuilder, TableOptions, answer::Given, roster::Cell};
/// use fundlayers_formats::scan::{Piece, Rows, Scan};
/// let batch = |names: [&str; 2]| {
///     let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
///     let batch = RecordBatch::try_from_iter([("名称", names)]).unwrap();
///     Ok::<_, Infallible>(Piece { batch, schema: None, file: None })
/// };
/// let mut roster = || Ok([batch(["黄堡镇", "坡头镇"]), batch(["关庄镇", "演池镇"])]);
/// let mut limits = LimitsBuilder::new(&policy, &["layer", "payer", "year", "amount(元)"].map(|title| (title, None)));
/// limits.push_row(None, &["city", "city", "2024", "9"].map(Cell::Text));
/// let limits = Given::from(limits.finish()?);
/// let rows = Rows::of_funding(&policy, TableOptions { unit: policy.unit(), zeros: false, wide: false })?;
/// let mut written = 0;
/// let take = |_: &mut _, made: Result<Vec<RecordBatch>, _>| {
///     written += made.unwrap().iter().map(RecordBatch::num_rows).sum::<usize>();
///     ControlFlow::Continue(())
/// };
/// let scan = Scan::new(Given::from((policy, fundlayers::Problems::new())));
/// let funding = scan.funded(&mut roster, (&limits, &FundingRule::Proportional), None, Some(&rows), take).unwrap();
/// assert_eq!(funding.value.totals()?.iter().map(|row| row.funded().fen()).collect::<Vec<_>>(), [900]);
/// assert_eq!(written, 4);
/// # Ok::<(), fundlayers::Problems>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scan {
    /// The policy, with what was said of it.
    pub policy: Given<Policy>,
    /// The years that are computed; all of the policy, if left out.
    pub years: Option<Vec<u16>>,
    /// How many parts are computed at once.
    pub threads: NonZeroUsize,
    /// Whether no id stands in two parts; see [`Summing::trusting_ids`].
    pub distinct_ids: bool,
    /// How often the rows are read at most.
    pub max_passes: Option<u32>,
    /// What was settled for all parts elsewhere.
    pub settlement: Option<Settlement>,
    /// How many rows of other parts stand before these: a partition of an engine, whose summaries are merged with those of the others.
    pub first_row: u64,
}

/// A ledger, what top-ups count of it, and the month that progress is measured against.
pub type Ledger<'a> = (&'a Given<Receipts>, TopUp, Option<Month>);

impl Scan {
    /// Of all years, by as many threads as the machine has processors.
    #[must_use]
    pub fn new(policy: Given<Policy>) -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { policy, years: None, threads, distinct_ids: false, max_passes: None, settlement: None, first_row: 0 }
    }

    /// What is settled of all rows where amounts rest on them, with `figures` also where figures do; with `arrivals` where top-ups count
    /// these.
    ///
    /// # Errors
    ///
    /// As [`settle`](super::settle), and what cannot be settled.
    pub fn settlement<S: Source>(
        &self,
        source: &mut S,
        figures: bool,
        arrivals: Option<&Arrivals>,
    ) -> Result<Option<Settlement>, Stopped<S::Error>> {
        if let Some(known) = &self.settlement {
            return Ok(Some(known.clone()));
        }
        let years = self.years.as_deref();
        let settling = if figures {
            self.policy.settling_figures(years, None, self.max_passes)
        } else {
            self.policy.settling(years, self.max_passes)
        };
        let settling = settling.map_err(Stopped::Problems)?;
        let settling = match arrivals {
            Some(arrivals) => settling.receiving(arrivals.clone()),
            None => settling,
        };
        if settling.is_settled() { Ok(None) } else { settled(settling, source, self.threads).map(Some) }
    }

    /// How parts are summed by columns, under what is settled of all rows.
    ///
    /// # Errors
    ///
    /// As [`Scan::settlement`].
    pub fn summing<S: Source>(
        &self,
        source: &mut S,
        by: Option<&[Grouping]>,
        figures: bool,
        arrivals: Option<&Arrivals>,
    ) -> Result<Summing, Stopped<S::Error>> {
        let summing = match self.settlement(source, figures, arrivals)? {
            Some(settlement) => self.policy.settled(&settlement, by),
            None => self.policy.summing(self.years.as_deref(), by),
        };
        let summing = summing.map_err(Stopped::Problems)?;
        let summing = match arrivals {
            Some(arrivals) => summing.receiving(arrivals.clone()),
            None => summing,
        };
        Ok(if self.distinct_ids { summing.trusting_ids() } else { summing })
    }

    /// Reads all rows once; what is made of each part is taken in order.
    ///
    /// # Errors
    ///
    /// As [`scan`](super::scan). What is wrong with the rows is in the summary.
    pub fn summary<S: Source, T: Send>(
        &self,
        source: &mut S,
        summing: &Summing,
        make: impl Fn(&Allocation) -> T + Sync,
        take: impl FnMut(&mut S, T) -> ControlFlow<()>,
    ) -> Result<Summary, Stopped<S::Error>> {
        let pieces = source.read().map_err(Stopped::Source)?;
        scan_pieces(self.first_row, summing, pieces, self.threads, make, taking(source, take))
    }

    /// The same of all parts: what they come to.
    ///
    /// # Errors
    ///
    /// As [`Scan::summary`], and what is wrong with the rows.
    pub fn summed<S: Source, T: Send>(
        &self,
        source: &mut S,
        summing: &Summing,
        make: impl Fn(&Allocation) -> T + Sync,
        take: impl FnMut(&mut S, T) -> ControlFlow<()>,
    ) -> Result<Given<Summed>, Stopped<S::Error>> {
        let summary = self.summary(source, summing, make, take)?;
        self.policy.summed(summing, summary).map_err(Stopped::Problems)
    }

    /// What figures come to by columns: in another reading, where one does not tell what is shown.
    ///
    /// # Errors
    ///
    /// As [`Scan::summed`], and [`Summing::with_figures`].
    pub fn figures<S: Source>(
        &self,
        source: &mut S,
        by: Option<&[Grouping]>,
    ) -> Result<Given<Summed>, Stopped<S::Error>> {
        let mut summing = self.summing(source, by, true, None)?.with_figures().map_err(Stopped::Problems)?;
        loop {
            let summed = self.summed(source, &summing, |_| (), |_, ()| ControlFlow::Continue(()))?;
            let Some(doubt) = summed.value.figures_in_doubt() else { return Ok(summed) };
            summing = summing.exactly(doubt);
        }
    }

    /// The rows of figures; amounts are summed by columns.
    ///
    /// # Errors
    ///
    /// As [`Scan::summed`], and [`Summing::with_figures_of_rows`].
    pub fn figures_of_rows<S: Source>(
        &self,
        source: &mut S,
        by: Option<&[Grouping]>,
        rows: &Rows<Figures>,
        take: impl FnMut(&mut S, Made) -> ControlFlow<()>,
    ) -> Result<Given<Summed>, Stopped<S::Error>> {
        let summing = self.summing(source, by, true, None)?.with_figures_of_rows().map_err(Stopped::Problems)?;
        let pieces = source.read().map_err(Stopped::Source)?;
        let make = |figures: &Figures| rows.made(figures);
        let summary = figures_from(self.first_row, &summing, pieces, self.threads, make, taking(source, take))?;
        self.policy.summed(&summing, summary).map_err(Stopped::Problems)
    }

    /// What the roster is due beside a ledger, summed by columns; where top-ups count what arrived, in a second reading.
    ///
    /// # Errors
    ///
    /// As [`Scan::summed`], and [`Summed::reconcile`].
    pub fn reconciled<S: Source>(
        &self,
        source: &mut S,
        (receipts, top_up, as_of): Ledger<'_>,
        by: Option<&[Grouping]>,
    ) -> Result<Given<SummedReconciliation>, Stopped<S::Error>> {
        let places = receipts.value.named_places();
        let mut summed = self.named(source, &places, by, None)?;
        let arrivals = summed.arrivals(receipts, top_up.clone(), as_of).map_err(Stopped::Problems)?;
        if let Some(arrivals) = arrivals {
            // What top-ups count is known now.
            summed = summed.read_again(self.named(source, &places, by, Some(&arrivals))?);
        }
        summed.reconcile(receipts, top_up, as_of).map_err(Stopped::Problems)
    }

    fn named<S: Source>(
        &self,
        source: &mut S,
        places: &NamedPlaces,
        by: Option<&[Grouping]>,
        arrivals: Option<&Arrivals>,
    ) -> Result<Given<Summed>, Stopped<S::Error>> {
        let summing = self.summing(source, by, false, arrivals)?.naming(places);
        self.summed(source, &summing, |_| (), |_, ()| ControlFlow::Continue(()))
    }

    /// The rows beside a ledger, in another reading by the summing of what is due.
    ///
    /// # Errors
    ///
    /// As [`Scan::summary`].
    pub fn rows_beside<S: Source>(
        &self,
        source: &mut S,
        of: (&Summing, &ReceiptsByRow),
        rows: &Rows<ReconciledLines>,
        take: impl FnMut(&mut S, Made) -> ControlFlow<()>,
    ) -> Result<Summary, Stopped<S::Error>> {
        let pieces = source.read().map_err(Stopped::Source)?;
        let make = |part: &ReconciledLines| rows.made(part);
        reconciled_from(self.first_row, of, pieces, self.threads, make, taking(source, take))
    }

    /// The same of all parts.
    ///
    /// # Errors
    ///
    /// As [`Scan::summed`]: also where the rows have become others since.
    pub fn reconciled_rows<S: Source>(
        &self,
        source: &mut S,
        reconciled: &SummedReconciliation,
        rows: &Rows<ReconciledLines>,
        take: impl FnMut(&mut S, Made) -> ControlFlow<()>,
    ) -> Result<(), Stopped<S::Error>> {
        let summing = reconciled.due().summing();
        let summary = self.rows_beside(source, (summing, &reconciled.receipts_by_row()), rows, take)?;
        self.policy.summed(summing, summary).map(|_| ()).map_err(Stopped::Problems)
    }

    /// What the rows add to the pass over the claims to limits that comes next.
    ///
    /// # Errors
    ///
    /// As [`claims_from`].
    pub fn claims<S: Source>(&self, source: &mut S, settling: &FundSettling) -> Result<FundingSums, Stopped<S::Error>> {
        let pieces = source.read().map_err(Stopped::Source)?;
        claims_from(self.first_row, settling, pieces, self.threads, |event| source.told(event))
    }

    /// Claims and awards once limits are settled; rows, if any are asked for, are made on the way.
    ///
    /// # Errors
    ///
    /// As [`Scan::summary`].
    pub fn awards<S: Source>(
        &self,
        source: &mut S,
        settling: &FundSettling,
        rows: Option<&Rows<(Allocation, Allocation)>>,
        mut take: impl FnMut(&mut S, Made) -> ControlFlow<()>,
    ) -> Result<FundingSummary, Stopped<S::Error>> {
        let pieces = source.read().map_err(Stopped::Source)?;
        let make = |claims: &Allocation, funded: &Allocation| Some(rows?.made(&(claims.clone(), funded.clone())));
        let take = |source: &mut S, made: Option<Made>| match made {
            Some(made) => take(source, made),
            None => ControlFlow::Continue(()),
        };
        funded_from(self.first_row, settling, pieces, self.threads, make, taking(source, take))
    }

    /// What the roster is funded within limits, by columns; its rows, if any are asked for, are made in the last reading.
    ///
    /// # Errors
    ///
    /// As [`Scan::settlement`] and [`FundSettling`].
    pub fn funded<S: Source>(
        &self,
        source: &mut S,
        (limits, rule): (&Given<Limits>, &FundingRule),
        by: Option<&[Grouping]>,
        rows: Option<&Rows<(Allocation, Allocation)>>,
        take: impl FnMut(&mut S, Made) -> ControlFlow<()>,
    ) -> Result<Given<SummedFunding>, Stopped<S::Error>> {
        let settlement = self.settlement(source, false, None)?;
        let under = (self.years.as_deref(), settlement.as_ref());
        let settling = self.policy.fund_settling(limits, rule, under, by, self.max_passes);
        let settling = settling.map_err(Stopped::Problems)?;
        let settling = if self.distinct_ids { settling.trusting_ids() } else { settling };
        let settling = settled_limits(settling, source, self.threads)?;
        let summary = self.awards(source, &settling, rows, take)?;
        self.policy.funded(&settling, limits, summary).map_err(Stopped::Problems)
    }
}

/// Takes what is made of a part, then tells the source of it.
fn taking<S: Source, T>(
    source: &mut S,
    mut take: impl FnMut(&mut S, T) -> ControlFlow<()>,
) -> impl FnMut(Event<T>) -> ControlFlow<()> {
    move |event| match event {
        Event::Waiting => source.told(Event::Waiting),
        Event::Part(rows, made) => {
            if let Some(made) = made {
                take(source, made)?;
            }
            source.told(Event::Part(rows, Some(())))
        }
    }
}

/// Settles what rests on all rows, pass by pass.
pub(super) fn settled<S: Source>(
    mut settling: Settling,
    source: &mut S,
    threads: NonZeroUsize,
) -> Result<Settlement, Stopped<S::Error>> {
    while !settling.is_settled() {
        let pieces = source.read().map_err(Stopped::Source)?;
        let sums = pass_from(0, &settling, pieces, threads, |event| source.told(event))?;
        settling = settling.next(sums).map_err(Stopped::Problems)?;
    }
    Ok(settling.so_far().clone())
}

/// Settles limits, pass by pass.
pub(super) fn settled_limits<S: Source>(
    mut settling: FundSettling,
    source: &mut S,
    threads: NonZeroUsize,
) -> Result<FundSettling, Stopped<S::Error>> {
    while !settling.is_settled() {
        let pieces = source.read().map_err(Stopped::Source)?;
        let sums = claims_from(0, &settling, pieces, threads, |event| source.told(event))?;
        settling = settling.next(sums).map_err(Stopped::Problems)?;
    }
    Ok(settling)
}
