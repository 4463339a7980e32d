//! Rosters too large to hold: record batches as they come, computed part by part on several threads, in constant memory.
//!
//! What comes out rests neither on the number of threads nor on how large the batches are: parts are cut by rows and files
//! alone, and what is handed out comes in their order. The calling thread reads while others compute.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::{Schema, SchemaRef};
use fundlayers::{
    Allocation, AttributeType, Figures, FundSettling, FundingSummary, FundingSums, Part, PassSums, Policy, Position,
    Problems, ReceiptsByRow, ReconciledLines, Roster, RosterBuilder, RoundSums, Rounds, RowBuilder, Settlement,
    Settling, Summary, Summing,
};

use crate::arrow::Reader;

mod asked;
mod folders;
mod rows;

pub use asked::{Ledger, Scan, Source};
#[cfg(feature = "parquet")]
pub(crate) use folders::ENDINGS;
pub use folders::{columns_of_folders, is_parquet, with_columns};
pub use rows::{Made, Rows};

/// Rows of a part: enough that what is done once for each hardly counts, few enough that several are held at once.
const PART_ROWS: usize = 1 << 18;
/// How often a waiting caller is asked whether to go on.
const LOOK: Duration = Duration::from_millis(50);

/// A record batch on its way.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The rows.
    pub batch: RecordBatch,
    /// All columns of where they come from, if the batch has only those that are read: see [`columns_read`].
    pub schema: Option<SchemaRef>,
    /// The file that they stand in, as problems name it. A file's batches follow each other.
    pub file: Option<Arc<str>>,
}

/// What is told while a roster is scanned.
#[derive(Debug)]
pub enum Event<T> {
    /// Nothing has come for a while.
    Waiting,
    /// The next part: its rows, and what was made of its allocation; nothing if it could not be computed.
    Part(u64, Option<T>),
}

/// Why a scan has no result.
#[derive(Debug)]
pub enum Stopped<E> {
    /// The caller did not want to go on.
    Broken,
    /// The rows could not be read.
    Source(E),
    /// What was summed cannot be.
    Problems(Problems),
}

/// Which columns a roster of a policy, or of any of several, reads, by their titles: those of other columns need not be fetched. The
/// first one is read whatever it is called: there stands 合计 in a line that sums others.
#[must_use]
pub fn columns_read<'p>(policies: impl IntoIterator<Item = &'p Policy>, titles: &[&str]) -> Vec<bool> {
    let mut read = of_any(policies, titles, |_, _| true);
    if let Some(first) = read.first_mut() {
        *first = true;
    }
    read
}

/// Which columns hold words that come again and again, such as counties, by their titles: read as dictionaries they cost little.
#[must_use]
pub fn columns_of_words<'p>(policies: impl IntoIterator<Item = &'p Policy>, titles: &[&str]) -> Vec<bool> {
    const WORDS: [&str; 4] = ["county", "township", "kind", "designation"];
    of_any(policies, titles, |policy, key| {
        let attribute = policy.attributes().iter().find(|attribute| attribute.id == key);
        attribute.map_or(WORDS.contains(&key), |attribute| attribute.attribute_type == AttributeType::Text)
    })
}

/// Of each title, whether a policy reads it and this is so of its key.
fn of_any<'p>(
    policies: impl IntoIterator<Item = &'p Policy>,
    titles: &[&str],
    is_so: impl Fn(&Policy, &str) -> bool,
) -> Vec<bool> {
    let header: Vec<_> = titles.iter().map(|title| (*title, None)).collect();
    let mut all = vec![false; titles.len()];
    for policy in policies {
        let builder = RosterBuilder::new(policy, &header);
        for (at, (title, any)) in titles.iter().zip(&mut all).enumerate() {
            *any |= builder.key_of(at, title).is_some_and(|key| is_so(policy, &key));
        }
    }
    all
}

/// Scans batches: sums each part by `summing` and hands what `make` makes of its allocation to `each`, in order.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// use std::{convert::Infallible, num::NonZeroUsize, ops::ControlFlow, sync::Arc};
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use fundlayers::{Grouping, Summing};
/// use fundlayers_formats::scan::{Piece, scan};
/// let batch = |names: [&str; 2]| {
///     let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
///     let batch = RecordBatch::try_from_iter([("名称", names)]).unwrap();
///     Ok::<_, Infallible>(Piece { batch, schema: None, file: None })
/// };
/// let summing = Summing::new(&policy, None, &[Grouping::Layer])?;
/// let pieces = [batch(["黄堡镇", "坡头镇"]), batch(["关庄镇", "演池镇"])];
/// let summary = scan(&summing, pieces, NonZeroUsize::MIN, |_| (), |_| ControlFlow::Continue(())).unwrap();
/// let (summed, _) = summing.finish(summary)?;
/// assert_eq!(summed.totals(false)?.iter().next().map(|row| (row.count(), row.amount().fen())), Some((4, 1_200)));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
///
/// # Errors
///
/// What the source cannot read, and that `each` broke off. What is wrong with the rows is in the summary.
pub fn scan<E, T: Send>(
    summing: &Summing,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    make: impl Fn(&Allocation) -> T + Sync,
    each: impl FnMut(Event<T>) -> ControlFlow<()>,
) -> Result<Summary, Stopped<E>> {
    scan_from(0, summing, pieces, threads, make, each)
}

/// The same where so many rows of other parts stand before these: a partition of an engine, whose [`Summary`] is merged with
/// those of the others.
///
/// # Errors
///
/// As [`scan`].
pub fn scan_from<E, T: Send>(
    first_row: u64,
    summing: &Summing,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    make: impl Fn(&Allocation) -> T + Sync,
    each: impl FnMut(Event<T>) -> ControlFlow<()>,
) -> Result<Summary, Stopped<E>> {
    let cut = Cut { rows: PART_ROWS, first_row };
    scan_in(cut, &Computing { summing, part: allocated(make) }, pieces, threads, each)
}

/// Scans batches with the figures of the policy, where so many rows of other parts stand before them: sums each part by `summing`, which is
/// one [of rows](Summing::with_figures_of_rows), and hands what `make` makes of its figures to `each`, in order.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "attributes": { "x": { "type": "number" } }, "figures": [{ "id": "half", "value": { "rate": "0.5", "of": "x" } }],
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// use std::{convert::Infallible, num::NonZeroUsize, ops::ControlFlow, sync::Arc};
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use fundlayers::{Figures, Summing};
/// use fundlayers_formats::scan::{Event, Piece, figures_from};
/// let names: ArrayRef = Arc::new(StringArray::from(vec!["黄堡镇", "坡头镇"]));
/// let numbers: ArrayRef = Arc::new(Int64Array::from(vec![3, 4]));
/// let batch = RecordBatch::try_from_iter([("名称", names), ("x", numbers)]).unwrap();
/// let pieces = [Ok::<_, Infallible>(Piece { batch, schema: None, file: None })];
/// let summing = Summing::new(&policy, None, &[])?.with_figures_of_rows()?;
/// let mut rows = 0;
/// let make = |figures: &Figures| figures.table().batches().map(|batch| batch.rows).sum::<usize>();
/// let summary = figures_from(0, &summing, pieces, NonZeroUsize::MIN, make, |event| {
///     if let Event::Part(_, Some(made)) = event { rows += made }
///     ControlFlow::Continue(())
/// }).unwrap();
/// assert_eq!((rows, summing.finish(summary)?.1.len()), (2, 0));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
///
/// # Errors
///
/// As [`scan`].
pub fn figures_from<E, T: Send>(
    first_row: u64,
    summing: &Summing,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    make: impl Fn(&Figures) -> T + Sync,
    each: impl FnMut(Event<T>) -> ControlFlow<()>,
) -> Result<Summary, Stopped<E>> {
    let cut = Cut { rows: PART_ROWS, first_row };
    scan_in(cut, &Computing { summing, part: figured(make) }, pieces, threads, each)
}

/// Settles what rests on all rows: each pass reads them anew, as `again` gives them, and `each` is told of its parts.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "pools": [{ "id": "grant", "amount": 100, "weights": { "equal": 1 } }],
/// #   "classes": [{ "id": "all", "funding": { "city": { "pool": "grant" } } }] }"#).unwrap();
/// use std::{convert::Infallible, num::NonZeroUsize, ops::ControlFlow, sync::Arc};
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use fundlayers::{Grouping, Settling, Summing};
/// use fundlayers_formats::scan::{Piece, scan, settle};
/// let batch = |names: [&str; 2]| {
///     let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
///     let batch = RecordBatch::try_from_iter([("名称", names)]).unwrap();
///     Ok::<_, Infallible>(Piece { batch, schema: None, file: None })
/// };
/// let pieces = || Ok([batch(["黄堡镇", "坡头镇"]), batch(["关庄镇", "演池镇"])]);
/// let threads = NonZeroUsize::MIN;
/// let settling = Settling::new(&policy, None)?;
/// let settlement = settle(settling, pieces, threads, |_| ControlFlow::Continue(())).unwrap();
/// let summing = Summing::settled(&policy, &settlement, &[Grouping::Id])?;
/// let summary = scan(&summing, pieces().unwrap(), threads, |_| (), |_| ControlFlow::Continue(())).unwrap();
/// let (summed, _) = summing.finish(summary)?;
/// let fen: Vec<i64> = summed.totals(false)?.iter().map(|row| row.amount().fen()).collect();
/// assert_eq!(fen, [2_500, 2_500, 2_500, 2_500]);
/// # Ok::<(), fundlayers::Problems>(())
/// ```
///
/// # Errors
///
/// As [`scan`], and what is wrong with the rows.
pub fn settle<E, I: IntoIterator<Item = Result<Piece, E>>>(
    settling: Settling,
    again: impl FnMut() -> Result<I, E>,
    threads: NonZeroUsize,
    each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<Settlement, Stopped<E>> {
    asked::settled(settling, &mut asked::Watched(again, each), threads)
}

/// What rows add to a pass where so many rows of other parts stand before them: a partition of an engine.
///
/// # Errors
///
/// As [`scan`]. What is wrong with the rows is in the sums.
pub fn pass_from<E>(
    first_row: u64,
    settling: &Settling,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<PassSums, Stopped<E>> {
    scan_in(Cut { rows: PART_ROWS, first_row }, &Settles(settling), pieces, threads, each)
}

/// Goes through rounds over all rows, which each reads anew as `again` gives them: scenarios and comparisons. `each` is told of
/// its parts.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// use std::{convert::Infallible, num::NonZeroUsize, ops::ControlFlow, sync::Arc};
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use fundlayers::{Comparison, document::Node};
/// use fundlayers_formats::scan::{Piece, go_through};
/// let batch = |names: [&str; 2]| {
///     let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
///     let batch = RecordBatch::try_from_iter([("名称", names)]).unwrap();
///     Ok::<_, Infallible>(Piece { batch, schema: None, file: None })
/// };
/// let four: Node = serde_json::from_str("4").unwrap();
/// let (changed, _) = policy.with_changes([("classes.all.funding.city", four)])?;
/// let rounds = Comparison::rounds(&policy, &changed, None, &[], None)?;
/// let pieces = || Ok([batch(["黄堡镇", "坡头镇"]), batch(["关庄镇", "演池镇"])]);
/// let rounds = go_through(rounds, pieces, NonZeroUsize::MIN, |_| ControlFlow::Continue(())).unwrap();
/// let (comparison, _) = Comparison::of_parts(&rounds)?;
/// assert_eq!(comparison.iter().next().map(|row| row.difference().fen()), Some(400));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
///
/// # Errors
///
/// As [`scan`], and what is wrong with the rows for every policy.
pub fn go_through<E, I: IntoIterator<Item = Result<Piece, E>>>(
    mut rounds: Rounds,
    mut again: impl FnMut() -> Result<I, E>,
    threads: NonZeroUsize,
    mut each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<Rounds, Stopped<E>> {
    while !rounds.is_over() {
        let pieces = again().map_err(Stopped::Source)?;
        let sums = round_from(0, &rounds, pieces, threads, &mut each)?;
        rounds = rounds.next(sums).map_err(Stopped::Problems)?;
    }
    Ok(rounds)
}

/// What rows add to a round where so many rows of other parts stand before them: a partition of an engine.
///
/// # Errors
///
/// As [`scan`]. What is wrong with the rows is in the sums.
pub fn round_from<E>(
    first_row: u64,
    rounds: &Rounds,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<RoundSums, Stopped<E>> {
    scan_in(Cut { rows: PART_ROWS, first_row }, &AddsTo(rounds), pieces, threads, each)
}

/// Settles limits on all rows: each pass reads them anew, as `again` gives them, and `each` is told of its parts.
///
/// # Errors
///
/// As [`scan`], and what is wrong with the rows or the limits.
pub fn settle_limits<E, I: IntoIterator<Item = Result<Piece, E>>>(
    settling: FundSettling,
    again: impl FnMut() -> Result<I, E>,
    threads: NonZeroUsize,
    each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<FundSettling, Stopped<E>> {
    asked::settled_limits(settling, &mut asked::Watched(again, each), threads)
}

/// What rows add to a pass over the claims to limits where so many rows of other parts stand before them.
///
/// # Errors
///
/// As [`scan`]. What is wrong with the rows is in the sums.
pub fn claims_from<E>(
    first_row: u64,
    settling: &FundSettling,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<FundingSums, Stopped<E>> {
    scan_in(Cut { rows: PART_ROWS, first_row }, &Claims(settling), pieces, threads, each)
}

/// Scans batches within limits that are settled, where so many rows of other parts stand before them: claims and awards.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// use std::{convert::Infallible, num::NonZeroUsize, ops::ControlFlow, sync::Arc};
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use fundlayers::{FundSettling, FundingRule, Grouping, LimitsBuilder, RowBuilder, Summing, roster::Cell};
/// use fundlayers_formats::scan::{Piece, fund_from, settle_limits};
/// let batch = |names: [&str; 2]| {
///     let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
///     let batch = RecordBatch::try_from_iter([("名称", names)]).unwrap();
///     Ok::<_, Infallible>(Piece { batch, schema: None, file: None })
/// };
/// let pieces = || Ok([batch(["黄堡镇", "坡头镇"]), batch(["关庄镇", "演池镇"])]);
/// let mut limits = LimitsBuilder::new(&policy, &["layer", "payer", "year", "amount(元)"].map(|title| (title, None)));
/// limits.push_row(None, &["city", "city", "2024", "9"].map(Cell::Text));
/// let (limits, _) = limits.finish()?;
/// let threads = NonZeroUsize::MIN;
/// let summing = Summing::new(&policy, None, &[Grouping::Layer])?;
/// let settling = FundSettling::new(&summing, &limits, &FundingRule::Proportional)?;
/// let settling = settle_limits(settling, pieces, threads, |_| ControlFlow::Continue(())).unwrap();
/// let summary = fund_from(0, &settling, pieces().unwrap(), threads, |_| ControlFlow::Continue(())).unwrap();
/// let (funding, _) = settling.finish(summary)?;
/// let totals: Vec<_> = funding.totals()?.iter().map(|row| (row.claim().fen(), row.funded().fen())).collect();
/// assert_eq!(totals, [(1_200, 900)]);
/// # Ok::<(), fundlayers::Problems>(())
/// ```
///
/// # Errors
///
/// As [`scan`]. What is wrong with the rows is in the summary.
pub fn fund_from<E>(
    first_row: u64,
    settling: &FundSettling,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    each: impl FnMut(Event<()>) -> ControlFlow<()>,
) -> Result<FundingSummary, Stopped<E>> {
    funded_from(first_row, settling, pieces, threads, |_, _| (), each)
}

/// The same, with what `make` makes of the claims of each part and of what is funded of them, such as
/// [its rows](FundSettling::table), handed to `each` in order.
///
/// # Errors
///
/// As [`scan`]. What is wrong with the rows is in the summary.
pub fn funded_from<E, T: Send>(
    first_row: u64,
    settling: &FundSettling,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    make: impl Fn(&Allocation, &Allocation) -> T + Sync,
    each: impl FnMut(Event<T>) -> ControlFlow<()>,
) -> Result<FundingSummary, Stopped<E>> {
    scan_in(Cut { rows: PART_ROWS, first_row }, &Awards { settling, make }, pieces, threads, each)
}

/// Scans batches that were reconciled once more, by the summing of what is due, and hands what `make` makes of the rows of each part
/// beside the ledger to `each`, in order.
///
/// # Errors
///
/// As [`scan`]. What is wrong with the rows is in the summary.
pub fn reconciled_from<E, T: Send>(
    first_row: u64,
    (summing, receipts): (&Summing, &ReceiptsByRow),
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    make: impl Fn(&ReconciledLines) -> T + Sync,
    each: impl FnMut(Event<T>) -> ControlFlow<()>,
) -> Result<Summary, Stopped<E>> {
    let part = |summing: &Summing, job: Job| {
        let part = job.part.clone();
        let (summary, due) = summing.part(&part, job.read_once(summing.policy()));
        (summary, due.map(|due| make(&receipts.of_part(&part, due))))
    };
    scan_in(Cut { rows: PART_ROWS, first_row }, &Computing { summing, part }, pieces, threads, each)
}

/// What is summed of parts, and what is made of each.
trait OfParts: Sync {
    type Sum: Send;
    type Made: Send;

    fn nothing(&self) -> Self::Sum;
    fn part(&self, job: Job) -> (Self::Sum, Option<Self::Made>);
    fn merge(sum: &mut Self::Sum, other: Self::Sum) -> Result<(), Problems>;
}

/// Parts are computed, each to its summary and what is made of it.
struct Computing<'a, P> {
    summing: &'a Summing,
    part: P,
}

impl<T: Send, P: Fn(&Summing, Job) -> (Summary, Option<T>) + Sync> OfParts for Computing<'_, P> {
    type Sum = Summary;
    type Made = T;

    fn nothing(&self) -> Summary {
        self.summing.nothing()
    }

    fn part(&self, job: Job) -> (Summary, Option<T>) {
        (self.part)(self.summing, job)
    }

    fn merge(sum: &mut Summary, other: Summary) -> Result<(), Problems> {
        sum.merge(other)
    }
}

/// How a part is allocated, and something made of it.
fn allocated<T>(make: impl Fn(&Allocation) -> T + Sync) -> impl Fn(&Summing, Job) -> (Summary, Option<T>) + Sync {
    move |summing, job| {
        let part = job.part.clone();
        let (summary, allocation) = summing.part(&part, job.read_once(summing.policy()));
        (summary, allocation.as_ref().map(&make))
    }
}

/// The same of the figures of a part.
fn figured<T>(make: impl Fn(&Figures) -> T + Sync) -> impl Fn(&Summing, Job) -> (Summary, Option<T>) + Sync {
    move |summing, job| {
        let part = job.part.clone();
        let (summary, figures) = summing.part_with_figures(&part, job.read_once(summing.policy()));
        (summary, figures.as_ref().map(&make))
    }
}

/// Parts add to a pass.
struct Settles<'a>(&'a Settling);

impl OfParts for Settles<'_> {
    type Sum = PassSums;
    type Made = ();

    fn nothing(&self) -> PassSums {
        self.0.nothing()
    }

    fn part(&self, job: Job) -> (PassSums, Option<()>) {
        let part = job.part.clone();
        (self.0.part(&part, job.read_once(self.0.policy())), Some(()))
    }

    fn merge(sum: &mut PassSums, other: PassSums) -> Result<(), Problems> {
        sum.merge(other)
    }
}

/// Parts add to a round.
struct AddsTo<'a>(&'a Rounds);

impl OfParts for AddsTo<'_> {
    type Sum = RoundSums;
    type Made = ();

    fn nothing(&self) -> RoundSums {
        self.0.nothing()
    }

    fn part(&self, job: Job) -> (RoundSums, Option<()>) {
        (self.0.part(&job.part, |policy| job.read(policy)), Some(()))
    }

    fn merge(sum: &mut RoundSums, other: RoundSums) -> Result<(), Problems> {
        sum.merge(other)
    }
}

/// Parts add the claims to limits to a pass.
struct Claims<'a>(&'a FundSettling);

impl OfParts for Claims<'_> {
    type Sum = FundingSums;
    type Made = ();

    fn nothing(&self) -> FundingSums {
        self.0.nothing()
    }

    fn part(&self, job: Job) -> (FundingSums, Option<()>) {
        let part = job.part.clone();
        (self.0.part(&part, job.read_once(self.0.summing().policy())), Some(()))
    }

    fn merge(sum: &mut FundingSums, other: FundingSums) -> Result<(), Problems> {
        sum.merge(other)
    }
}

/// Parts are funded within limits.
struct Awards<'a, M> {
    settling: &'a FundSettling,
    make: M,
}

impl<T: Send, M: Fn(&Allocation, &Allocation) -> T + Sync> OfParts for Awards<'_, M> {
    type Sum = FundingSummary;
    type Made = T;

    fn nothing(&self) -> FundingSummary {
        self.settling.no_awards()
    }

    fn part(&self, job: Job) -> (FundingSummary, Option<T>) {
        let part = job.part.clone();
        let (summary, funded) = self.settling.awards(&part, job.read_once(self.settling.summing().policy()));
        (summary, funded.map(|(claims, funded)| (self.make)(&claims, &funded)))
    }

    fn merge(sum: &mut FundingSummary, other: FundingSummary) -> Result<(), Problems> {
        sum.merge(other)
    }
}

/// How rows are cut into parts.
#[derive(Clone, Copy)]
struct Cut {
    /// Rows of a part.
    rows: usize,
    /// How many rows stand before the first.
    first_row: u64,
}

fn scan_in<E, S: OfParts>(
    cut: Cut,
    summing: &S,
    pieces: impl IntoIterator<Item = Result<Piece, E>>,
    threads: NonZeroUsize,
    mut each: impl FnMut(Event<S::Made>) -> ControlFlow<()>,
) -> Result<S::Sum, Stopped<E>> {
    let (send_job, jobs) = channel::<Job>();
    let (send_done, done) = channel::<Done<S::Made>>();
    let jobs = Mutex::new(jobs);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (jobs, stop) = (&jobs, &stop);
        let mut workers = Vec::new();
        for _ in 0..threads.get() {
            let send = send_done.clone();
            workers.push(scope.spawn(move || work(summing, jobs, stop, &send)));
        }
        drop(send_done);
        // So many are on their way at most, which bounds the memory.
        let room = threads.get().saturating_add(1);
        let mut order = Order { next: 0, sent: 0, early: BTreeMap::new(), done, stop };
        let mut driven = Ok(());
        for job in Parts::new(cut, pieces.into_iter()) {
            driven = match job {
                Ok(job) => {
                    // Every worker listens until the sender is gone.
                    _ = send_job.send(job);
                    order.sent = order.sent.saturating_add(1);
                    order.until(room, &mut each)
                }
                Err(error) => Err(Stopped::Source(error)),
            };
            if driven.is_err() {
                break;
            }
        }
        drop(send_job);
        let driven = driven.and_then(|()| order.until(0, &mut each));
        if driven.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        let mut summary = summing.nothing();
        for worker in workers {
            match worker.join() {
                Ok(Ok(part)) => S::merge(&mut summary, part).map_err(Stopped::Problems)?,
                Ok(Err(problems)) => return Err(Stopped::Problems(problems)),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        driven.map(|()| summary)
    })
}

/// A part that is to be computed.
struct Job {
    number: u64,
    part: Part,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// What reading rows gave.
type Read = Result<(Roster, Problems), Problems>;

impl Job {
    fn reader(&self, policy: &Policy) -> Reader<RosterBuilder> {
        let begin = |titles: &[(&str, Option<Position>)]| {
            let mut builder = RosterBuilder::new(policy, titles);
            builder.after_rows(self.part.rows_before());
            builder
        };
        let mut reader = Reader::new(&self.schema, begin);
        reader.after_rows(self.part.rows_before());
        reader.without_helper();
        reader
    }

    /// Its rows for one policy of several.
    fn read(&self, policy: &Policy) -> Read {
        let mut reader = self.reader(policy);
        self.batches.iter().for_each(|batch| reader.push(batch));
        reader.finish()
    }

    /// Its rows for the only policy: a batch makes room as soon as it is read.
    fn read_once(self, policy: &Policy) -> Read {
        let mut reader = self.reader(policy);
        self.batches.into_iter().for_each(|batch| reader.push(&batch));
        reader.finish()
    }
}

/// A part that is computed.
struct Done<T> {
    number: u64,
    rows: u64,
    made: Option<T>,
}

/// Stops everything when a thread ends before its work does.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a thread does: computes parts as long as there are any, and sums them.
fn work<S: OfParts>(
    summing: &S,
    jobs: &Mutex<Receiver<Job>>,
    stop: &AtomicBool,
    send: &Sender<Done<S::Made>>,
) -> Result<S::Sum, Problems> {
    let ends = Ends(stop);
    let mut summary = summing.nothing();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else {
            // All is done.
            std::mem::forget(ends);
            return Ok(summary);
        };
        if stop.load(Ordering::Relaxed) {
            continue;
        }
        let number = job.number;
        let rows = job.batches.iter().fold(0_u64, |rows, batch| rows.saturating_add(count(batch.num_rows())));
        let (of_part, made) = summing.part(job);
        S::merge(&mut summary, of_part)?;
        // Nobody listens once it was broken off.
        _ = send.send(Done { number, rows, made });
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// Parts that are computed, in their order.
struct Order<'a, T> {
    next: u64,
    sent: u64,
    early: BTreeMap<u64, Done<T>>,
    done: Receiver<Done<T>>,
    stop: &'a AtomicBool,
}

impl<T> Order<'_, T> {
    /// Hands parts out until no more than so many are on their way.
    fn until<E>(&mut self, room: usize, each: &mut impl FnMut(Event<T>) -> ControlFlow<()>) -> Result<(), Stopped<E>> {
        loop {
            while let Some(done) = self.early.remove(&self.next) {
                self.next = self.next.saturating_add(1);
                tell(each(Event::Part(done.rows, done.made)))?;
            }
            if self.sent.saturating_sub(self.next) <= count(room) {
                return Ok(());
            }
            match self.done.recv_timeout(LOOK) {
                Ok(done) => _ = self.early.insert(done.number, done),
                // A thread ended early: why, its result says.
                Err(_) if self.stop.load(Ordering::Relaxed) => return Err(Stopped::Broken),
                Err(RecvTimeoutError::Timeout) => tell(each(Event::Waiting))?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}

fn tell<E>(flow: ControlFlow<()>) -> Result<(), Stopped<E>> {
    if flow.is_break() { Err(Stopped::Broken) } else { Ok(()) }
}

/// Cuts batches into parts.
struct Parts<I> {
    size: usize,
    pieces: I,
    /// Rows that belong to no part yet, of one file.
    held: Option<Held>,
    number: u64,
    first_row: u64,
    ended: bool,
}

struct Held {
    file: Option<Arc<str>>,
    /// Rows of the file in earlier parts.
    before: u64,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    rows: usize,
    /// Whether no part was made of it: one is, also without rows, for what its header says.
    is_new: bool,
}

impl<E, I: Iterator<Item = Result<Piece, E>>> Parts<I> {
    fn new(cut: Cut, pieces: I) -> Self {
        Self { size: cut.rows, pieces, held: None, number: 0, first_row: cut.first_row, ended: false }
    }

    /// A part of the first so many rows that are held.
    fn cut(&mut self, rows: usize) -> Option<Job> {
        let held = self.held.as_mut()?;
        let mut batches = Vec::new();
        let mut left = rows.min(held.rows);
        let taken = left;
        while left > 0 && !held.batches.is_empty() {
            let batch = held.batches.remove(0);
            if batch.num_rows() > left {
                held.batches.insert(0, batch.slice(left, batch.num_rows().saturating_sub(left)));
                batches.push(batch.slice(0, left));
                left = 0;
            } else {
                left = left.saturating_sub(batch.num_rows());
                batches.push(batch);
            }
        }
        let mut part = Part::new(self.first_row);
        if let Some(file) = &held.file {
            part = part.in_file(&**file, u32::try_from(held.before).unwrap_or(u32::MAX));
        }
        let job = Job { number: self.number, part, schema: Arc::clone(&held.schema), batches };
        held.before = held.before.saturating_add(count(taken));
        held.rows = held.rows.saturating_sub(taken);
        held.is_new = false;
        self.first_row = self.first_row.saturating_add(count(taken));
        self.number = self.number.saturating_add(1);
        Some(job)
    }

    /// A part of all that is held.
    fn rest(&mut self) -> Option<Job> {
        self.held.as_ref().filter(|held| held.rows > 0 || held.is_new)?;
        self.cut(usize::MAX)
    }

    /// Holds the rows of a piece that belongs to what is held.
    fn hold(&mut self, piece: Piece) {
        let schema = piece.schema.unwrap_or_else(|| piece.batch.schema());
        let batch = with_all_columns(&schema, piece.batch);
        let file = piece.file;
        let new = || Held { file, before: 0, schema, batches: Vec::new(), rows: 0, is_new: true };
        let held = self.held.get_or_insert_with(new);
        held.rows = held.rows.saturating_add(batch.num_rows());
        held.batches.push(batch);
    }

    /// Whether a piece goes on with what is held.
    fn goes_on(&self, piece: &Piece) -> bool {
        self.held.as_ref().is_none_or(|held| {
            let names =
                |schema: &Schema| -> Vec<String> { schema.fields().iter().map(|field| field.name().clone()).collect() };
            let schema = piece.schema.clone().unwrap_or_else(|| piece.batch.schema());
            held.file == piece.file && (Arc::ptr_eq(&held.schema, &schema) || names(&held.schema) == names(&schema))
        })
    }
}

impl<E, I: Iterator<Item = Result<Piece, E>>> Iterator for Parts<I> {
    type Item = Result<Job, E>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.held.as_ref().is_some_and(|held| held.rows >= self.size) {
                return self.cut(self.size).map(Ok);
            }
            if self.ended {
                return self.rest().map(Ok);
            }
            match self.pieces.next() {
                None => self.ended = true,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(piece)) if self.goes_on(&piece) => self.hold(piece),
                Some(Ok(piece)) => {
                    let rest = self.rest();
                    // The file may go on under another header.
                    let before = self.held.take().filter(|held| held.file == piece.file).map_or(0, |held| held.before);
                    self.hold(piece);
                    if let Some(held) = &mut self.held {
                        held.before = before;
                    }
                    if let Some(job) = rest {
                        return Some(Ok(job));
                    }
                }
            }
        }
    }
}

/// A batch with blank columns for those that were not fetched.
fn with_all_columns(schema: &SchemaRef, batch: RecordBatch) -> RecordBatch {
    if Arc::ptr_eq(schema, &batch.schema()) || schema.fields().len() == batch.num_columns() {
        return batch;
    }
    let column = |field: &Arc<arrow_schema::Field>| -> ArrayRef {
        let fetched = batch.column_by_name(field.name()).cloned();
        fetched.unwrap_or_else(|| new_null_array(&arrow_schema::DataType::Null, batch.num_rows()))
    };
    let columns: Vec<ArrayRef> = schema.fields().iter().map(column).collect();
    let fields: Vec<arrow_schema::Field> = schema
        .fields()
        .iter()
        .zip(&columns)
        .map(|(field, column)| {
            let nullable = column.data_type() == &arrow_schema::DataType::Null || field.is_nullable();
            field.as_ref().clone().with_data_type(column.data_type().clone()).with_nullable(nullable)
        })
        .collect();
    // The columns are as long as each other and of the types of their fields.
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap_or(batch)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests {
    use std::convert::Infallible;

    use arrow_array::{Int64Array, StringArray};
    use fundlayers::{Code, Grouping, Unit};

    use super::*;

    fn of_rows(rows: usize) -> Cut {
        Cut { rows, first_row: 0 }
    }

    fn scan_parts<E, T: Send>(
        cut: Cut,
        summing: &Summing,
        pieces: impl IntoIterator<Item = Result<Piece, E>>,
        threads: NonZeroUsize,
        make: impl Fn(&Allocation) -> T + Sync,
        each: impl FnMut(Event<T>) -> ControlFlow<()>,
    ) -> Result<Summary, Stopped<E>> {
        scan_in(cut, &Computing { summing, part: allocated(make) }, pieces, threads, each)
    }

    fn policy() -> Policy {
        serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
                 "attributes": { "pupils": { "zh": "学生数", "type": "number" } },
                 "layers": [{ "id": "city", "payer": "city" }, { "id": "county", "payer": "county" }], "payers": { "city": {} },
                 "classes": [{ "id": "all", "funding": { "city": { "rate": 7, "of": "pupils" }, "county": 5 } }] }"#,
        )
        .unwrap()
    }

    const TITLES: [&str; 4] = ["编码", "名称", "区县", "学生数"];

    /// Rows from the first to before the last one; `pupils` is their number.
    fn piece(file: Option<&str>, rows: std::ops::Range<i64>) -> Piece {
        let texts = |text: &dyn Fn(i64) -> String| -> ArrayRef {
            Arc::new(rows.clone().map(|row| Some(text(row))).collect::<StringArray>())
        };
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.clone()));
        let columns = [
            texts(&|row| format!("{row:04}")),
            texts(&|row| format!("第{row}户")),
            texts(&|row| format!("县{}", row * 7 % 5)),
            numbers,
        ];
        Piece {
            batch: RecordBatch::try_from_iter(TITLES.into_iter().zip(columns)).unwrap(),
            schema: None,
            file: file.map(Arc::from),
        }
    }

    const BY: [Grouping; 3] = [Grouping::County, Grouping::Layer, Grouping::Year];

    fn csv(summing: &Summing, summary: Summary) -> String {
        let (summed, _) = summing.finish(summary).unwrap();
        let mut out = Vec::new();
        crate::csv::write(&mut out, &summed.totals(false).unwrap().table(Unit::Yuan)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn neither_threads_nor_batches_change_what_comes_out_nor_its_order() {
        let policy = policy();
        let summing = Summing::new(&policy, None, &BY).unwrap();
        let all = piece(None, 0..101).batch;
        let mut reader = Reader::new(&all.schema(), |titles| RosterBuilder::new(&policy, titles));
        reader.push(&all);
        let (whole, _) = Allocation::new(&policy, &reader.finish().unwrap().0).unwrap();
        let mut expected = Vec::new();
        crate::csv::write(&mut expected, &whole.totals(&BY, false).unwrap().table(Unit::Yuan)).unwrap();
        let expected = String::from_utf8(expected).unwrap();
        for (threads, size, batch) in [(1, 1000, 101), (1, 10, 3), (2, 10, 101), (3, 1, 7), (7, 16, 16)] {
            let pieces = (0..101).step_by(batch).map(|start: i64| {
                Ok::<_, Infallible>(piece(None, start..(start + i64::try_from(batch).unwrap()).min(101)))
            });
            let mut names = Vec::new();
            let mut rows = 0;
            let make = |allocation: &Allocation| {
                allocation.roster().iter().map(|place| place.name().to_owned()).collect::<Vec<_>>()
            };
            let each = |event: Event<Vec<String>>| {
                if let Event::Part(part, made) = event {
                    rows += part;
                    names.extend(made.unwrap());
                }
                ControlFlow::Continue(())
            };
            let summary =
                scan_parts(of_rows(size), &summing, pieces, NonZeroUsize::new(threads).unwrap(), make, each).unwrap();
            assert_eq!(csv(&summing, summary), expected, "{threads} threads, parts of {size}, batches of {batch}");
            assert_eq!(rows, 101);
            assert_eq!(names, (0..101).map(|row| format!("第{row}户")).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_rests_on_all_rows_is_settled_and_shared_out_as_of_the_whole() {
        let policy: Policy = serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
                 "attributes": { "pupils": { "zh": "学生数", "type": "number" } },
                 "layers": [{ "id": "city", "payer": "county" }, { "id": "more", "payer": "county" }],
                 "pools": [{ "id": "p", "amount": { "2024": 9000, "2025": 7000 }, "at_least": 60, "at_most": 150, "per": "county",
                             "if_left": "keep", "weights": { "pupils": "2/3", "equal": "1/3" } }],
                 "classes": [{ "id": "all", "funding": { "city": { "pool": "p" },
                     "more": { "rate": "0.5", "of": { "aggregate": "mean", "of": "city", "over": ["county"] } } } }] }"#,
        )
        .unwrap();
        let by = [Grouping::Id, Grouping::Layer, Grouping::Year];
        let all = piece(None, 0..101).batch;
        let mut reader = Reader::new(&all.schema(), |titles| RosterBuilder::new(&policy, titles));
        reader.push(&all);
        let (whole, _) = Allocation::new(&policy, &reader.finish().unwrap().0).unwrap();
        let mut expected = Vec::new();
        crate::csv::write(&mut expected, &whole.totals(&by, false).unwrap().table(Unit::Yuan)).unwrap();
        let expected = String::from_utf8(expected).unwrap();
        for (threads, size, batch) in [(1, 1000, 101), (2, 10, 7), (3, 1, 16)] {
            let threads = NonZeroUsize::new(threads).unwrap();
            let pieces = || {
                (0..101).step_by(batch).map(|start: i64| {
                    Ok::<_, Infallible>(piece(None, start..(start + i64::try_from(batch).unwrap()).min(101)))
                })
            };
            let mut settling = Settling::new(&policy, None).unwrap();
            let mut rows = 0;
            while !settling.is_settled() {
                let each = |event: Event<()>| {
                    if let Event::Part(part, _) = event {
                        rows += part;
                    }
                    ControlFlow::Continue(())
                };
                let sums = scan_in(of_rows(size), &Settles(&settling), pieces(), threads, each).unwrap();
                settling = settling.next(sums).unwrap();
            }
            assert_eq!(rows, 101 * u64::from(settling.so_far().passes()));
            let again =
                settle(Settling::new(&policy, None).unwrap(), || Ok(pieces()), threads, |_| ControlFlow::Continue(()));
            assert_eq!(again.unwrap(), *settling.so_far());
            let summing = Summing::settled(&policy, settling.so_far(), &by).unwrap();
            let summary =
                scan_parts(of_rows(size), &summing, pieces(), threads, |_| (), |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(csv(&summing, summary), expected, "{threads} threads, parts of {size}, batches of {batch}");
        }
    }

    #[test]
    fn problems_name_the_file_and_its_row() {
        let policy = policy();
        let summing = Summing::new(&policy, None, &BY).unwrap();
        let mut bad = piece(Some("b.parquet"), 10..20);
        let mut columns: Vec<ArrayRef> = bad.batch.columns().to_vec();
        columns[3] = Arc::new((10..20).map(|row| (row != 17).then_some(row)).collect::<Int64Array>());
        bad.batch = RecordBatch::try_from_iter(TITLES.into_iter().zip(columns)).unwrap();
        let pieces = [piece(Some("a.parquet"), 0..10), bad, piece(Some("b.parquet"), 20..25)].map(Ok::<_, Infallible>);
        let summary =
            scan_parts(of_rows(3), &summing, pieces, NonZeroUsize::MIN, |_| (), |_| ControlFlow::Continue(())).unwrap();
        let problems = summing.finish(summary).unwrap_err();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.code(), problem.location().file.clone(), problem.location().row))
            .collect();
        // Both years and the layer that reads it say it once.
        assert_eq!(found, [(Code::BlankAttribute, Some("b.parquet".to_owned()), Some(8))]);
        // A float in the second batch of a file.
        let mut float = piece(Some("b.parquet"), 20..25);
        let mut columns = float.batch.columns().to_vec();
        columns[3] = Arc::new(arrow_array::Float64Array::from(vec![None, None, Some(0.5), None, None]));
        float.batch = RecordBatch::try_from_iter(TITLES.into_iter().zip(columns)).unwrap();
        let pieces = [piece(Some("b.parquet"), 0..10), float].map(Ok::<_, Infallible>);
        let summary =
            scan_parts(of_rows(10), &summing, pieces, NonZeroUsize::MIN, |_| (), |_| ControlFlow::Continue(()))
                .unwrap();
        let problems = summing.finish(summary).unwrap_err();
        let found = problems.iter().find(|problem| problem.code() == Code::BinaryFloat).unwrap();
        assert_eq!(found.location().row, Some(13));
    }

    #[test]
    fn the_first_column_is_read_whatever_it_is_called() {
        assert_eq!(columns_read([&policy()], &["备注", "名称", "说明"]), [true, true, false]);
        assert_eq!(columns_read([&policy()], &[]), [false; 0]);
    }

    #[test]
    fn a_file_without_rows_has_a_header() {
        let policy = policy();
        let summing = Summing::new(&policy, None, &BY).unwrap();
        let (whole, empty) = (piece(None, 0..4), piece(None, 0..0));
        let title = Arc::new(StringArray::from(Vec::<&str>::new())) as ArrayRef;
        let other = RecordBatch::try_from_iter([("编号栏", title)]).unwrap();
        let other = Piece { batch: other, schema: None, file: Some("b.parquet".into()) };
        let run = |pieces: Vec<Piece>| {
            let pieces = pieces.into_iter().map(Ok::<_, Infallible>);
            let summary = scan(&summing, pieces, NonZeroUsize::MIN, |_| (), |_| ControlFlow::Continue(())).unwrap();
            summing.finish(summary.clone()).map(|_| csv(&summing, summary))
        };
        let expected = run(vec![whole.clone()]).unwrap();
        for pieces in [vec![empty.clone(), whole.clone()], vec![whole.clone(), empty.clone()]] {
            assert_eq!(run(pieces).unwrap(), expected);
        }
        assert!(run(vec![empty]).is_ok());
        for pieces in [vec![other.clone()], vec![whole.clone(), other.clone()], vec![other, whole]] {
            let problems = run(pieces).unwrap_err();
            let missing: Vec<_> = problems.iter().filter(|problem| problem.code() == Code::MissingColumn).collect();
            assert!(missing.iter().all(|problem| problem.location().file.as_deref() == Some("b.parquet")));
            assert!(!missing.is_empty(), "{problems}");
        }
    }

    #[test]
    fn columns_that_are_not_read_need_not_be_fetched() {
        let policy = policy();
        let summing = Summing::new(&policy, None, &BY).unwrap();
        let titles = ["编码", "名称", "备注栏", "区县", "学生数"];
        assert_eq!(columns_read([&policy], &titles), [true, true, false, true, true]);
        assert_eq!(columns_of_words([&policy], &titles), [false, false, false, true, false]);
        let whole = Arc::new(Schema::new(
            titles.map(|title| arrow_schema::Field::new(title, arrow_schema::DataType::Utf8, true)).to_vec(),
        ));
        let mut fetched = piece(None, 0..10);
        fetched.schema = Some(whole);
        let run = |piece: Piece| {
            let pieces = [Ok::<_, Infallible>(piece)];
            scan(&summing, pieces, NonZeroUsize::MIN, |_| (), |_| ControlFlow::Continue(())).unwrap()
        };
        let summary = run(fetched);
        assert_eq!(summary.problems().iter().map(fundlayers::Problem::code).collect::<Vec<_>>(), [Code::UnknownColumn]);
        assert_eq!(csv(&summing, summary), csv(&summing, run(piece(None, 0..10))));
    }

    #[test]
    fn a_scan_ends_early_when_told_or_when_its_source_fails() {
        let policy = policy();
        let summing = Summing::new(&policy, None, &BY).unwrap();
        let many = || (0..1_000).map(|at| Ok::<_, &str>(piece(None, at * 10..at * 10 + 10)));
        let mut parts = 0;
        let each = |event: Event<()>| {
            parts += u32::from(matches!(event, Event::Part(..)));
            if parts < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let broken = scan_parts(of_rows(10), &summing, many(), NonZeroUsize::MIN, |_| (), each);
        assert!(matches!(broken, Err(Stopped::Broken)));
        assert_eq!(parts, 3);
        let failing = many().take(5).chain([Err("no disk")]).chain(many());
        let failed =
            scan_parts(of_rows(10), &summing, failing, NonZeroUsize::MIN, |_| (), |_| ControlFlow::Continue(()));
        assert!(matches!(failed, Err(Stopped::Source("no disk"))));
    }

    #[test]
    #[should_panic(expected = "a defect")]
    fn a_panic_ends_the_scan() {
        let summing = Summing::new(&policy(), None, &BY).unwrap();
        let many = (0..100).map(|at| Ok::<_, Infallible>(piece(None, at * 10..at * 10 + 10)));
        let make =
            |allocation: &Allocation| assert!(allocation.roster().get(0).unwrap().name() != "第50户", "a defect");
        _ = scan_parts(of_rows(10), &summing, many, NonZeroUsize::new(2).unwrap(), make, |_| ControlFlow::Continue(()));
    }
}
