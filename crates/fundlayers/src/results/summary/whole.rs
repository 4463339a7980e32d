//! What of a policy rests on the whole roster, so that its parts cannot be computed each by itself.

use crate::ground::catalogue::results as words;
use crate::ground::ids::{AggregateIndex, FigureIndex};
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::path::{join, join_id};
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::reads::{Reads, aggregates_of_classes, of_policy, with_figures};
use crate::policy::{Policy, Pool};

/// Why a part of a policy rests on the whole roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Whole {
    /// A pool: what a member gets depends on what all others weigh.
    Pool,
    /// A pool with a floor or cap: which members these hold is found pass by pass.
    BoundedPool,
    /// The limit of a layer: what is left of a claim depends on all claims.
    Limit,
    /// A number of many places: sum, mean, median, least, greatest, count.
    Aggregate,
    /// A number of many places that tells classes apart, which is settled before all else.
    Class,
}

/// Something of a policy that rests on the whole roster: a roster in parts cannot be allocated without it.
///
/// ```
/// use fundlayers::{Policy, Whole, WholeRoster};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///   "pools": [{ "id": "grant", "amount": 100, "weights": { "equal": 1 } }],
///   "classes": [{ "id": "all", "funding": { "city": { "pool": "grant" } } }] }"#)?;
/// let needs = WholeRoster::of(&policy);
/// assert_eq!((needs[0].path.as_str(), needs[0].why, needs[0].passes), ("pools.grant", Whole::Pool, 3));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WholeRoster {
    /// Its path in the policy: the pool, the limit, or what reads the number of many places.
    pub path: String,
    /// Why.
    pub why: Whole,
    /// How many passes over the rows it would take, the last one with it; of bounded pools, limits and medians at least.
    pub passes: u32,
}

impl WholeRoster {
    /// All that a policy has of it, as far as an amount rests on it: figures that nothing reads are not worked out.
    #[must_use]
    pub fn of(policy: &Policy) -> Vec<Self> {
        Self::of_reads(policy, &of_policy(policy))
    }

    /// The same with all figures.
    ///
    /// ```
    /// use fundlayers::{Policy, WholeRoster};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
    ///   "attributes": { "x": { "type": "number" } }, "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    ///   "figures": [{ "id": "mean", "value": { "aggregate": "mean", "of": "x" } }],
    ///   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// assert!(WholeRoster::of(&policy).is_empty());
    /// assert_eq!(WholeRoster::with_figures(&policy)[0].path, "figures.mean");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_figures(policy: &Policy) -> Vec<Self> {
        Self::of_reads(policy, &with_figures(policy))
    }

    fn of_reads(policy: &Policy, reads: &Reads<'_>) -> Vec<Self> {
        let mut list = Vec::new();
        // What tells classes apart is known before anything else is looked for.
        let first = aggregates_of_classes(policy);
        let before = first.iter().map(|aggregate| depth(policy, *aggregate, &[])).max().unwrap_or_default();
        for (number, pool) in policy.pools().iter().enumerate() {
            if reads.pools.iter().any(|read| read.number() == number) {
                list.push(Self::pool(pool, before));
            }
        }
        for layer in policy.layers().iter().filter(|layer| layer.limit.is_some()) {
            let path = join(&join_id("layers", &layer.id), "limit");
            list.push(Self { path, why: Whole::Limit, passes: before.saturating_add(3) });
        }
        if !reads.aggregates.is_empty() {
            add_aggregates(policy, &reads.figures, (&first, before), &mut list);
        }
        list
    }

    fn pool(pool: &Pool, before: u32) -> Self {
        let is_bounded = pool.at_least.is_some() || pool.at_most.is_some();
        let (why, passes) = if is_bounded { (Whole::BoundedPool, 4) } else { (Whole::Pool, 3) };
        Self { path: join_id("pools", &pool.id), why, passes: before.saturating_add(passes) }
    }

    fn problem(&self) -> Problem {
        let message = match self.why {
            Whole::Pool => words::POOL_OVER_ALL,
            Whole::BoundedPool => words::BOUNDED_POOL_OVER_ALL,
            Whole::Limit => words::LIMIT_OVER_ALL,
            Whole::Aggregate | Whole::Class => words::AGGREGATE_OVER_ALL,
        };
        let problem = Problem::new(Code::NeedsWholeRoster, message.with(&[&self.passes])).key(&*self.path);
        problem.expected(words::SETTLE_OR_WHOLE)
    }
}

fn needed(policy: &Policy, figures: bool) -> Vec<WholeRoster> {
    if figures { WholeRoster::with_figures(policy) } else { WholeRoster::of(policy) }
}

/// Refuses a policy whose places cannot be computed each by itself.
pub(super) fn refuse(policy: &Policy, figures: bool) -> Result<(), Problems> {
    let problems: Problems = needed(policy, figures).iter().map(WholeRoster::problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// What reads numbers of many places itself: figures that something reads, classes, rules, standards. Those that are known
/// `first` take so many passes.
fn add_aggregates(
    policy: &Policy,
    figures: &[FigureIndex],
    (first, before): (&[AggregateIndex], u32),
    list: &mut Vec<WholeRoster>,
) {
    let mut add = |path: String, why: Whole, read: &dyn Fn(&mut Reads<'_>)| {
        // Figures stand for themselves, but for classes: these come first.
        let (figures, (first, before)) =
            if why == Whole::Class { (policy.figures(), (&[][..], 0)) } else { (&[][..], (first, before)) };
        let mut reads = Reads::new(figures, &[]);
        read(&mut reads);
        let depth = reads.aggregates.iter().map(|aggregate| depth(policy, *aggregate, first)).max();
        if let Some(depth) = depth {
            list.push(WholeRoster { path, why, passes: before.saturating_add(depth).saturating_add(1) });
        }
    };
    for (number, figure) in policy.figures().iter().enumerate() {
        if figures.contains(&FigureIndex::new(number)) {
            add(join_id("figures", &figure.id), Whole::Aggregate, &|reads| figure.eval(reads));
        }
    }
    for layer in policy.layers() {
        if let Some(limit) = &layer.limit {
            let path = join(&join(&join_id("layers", &layer.id), "limit"), "amount");
            add(path, Whole::Aggregate, &|reads| limit.amount.eval(reads));
        }
    }
    for class in policy.classes() {
        let path = join_id("classes", &class.id);
        add(join(&path, "where"), Whole::Class, &|reads| reads.conditions(&class.conditions));
        if let Some(standard) = &class.standard {
            add(join(&path, "standard"), Whole::Aggregate, &|reads| standard.eval(reads));
        }
        for (layer, rule) in policy.layers().iter().zip(&class.funding) {
            if let Some(rule) = rule {
                add(join(&join(&path, "funding"), &layer.id), Whole::Aggregate, &|reads| rule.eval(reads));
            }
        }
    }
}

/// The aggregates that one reads itself.
fn inner(policy: &Policy, aggregate: AggregateIndex) -> Vec<AggregateIndex> {
    let Some(of) = policy.aggregate(aggregate) else { return Vec::new() };
    let mut reads = Reads::new(policy.figures(), &[]);
    if let Some(value) = &of.of {
        value.eval(&mut reads);
    }
    for subject in &of.over {
        if let crate::policy::Subject::Figure(figure) = subject {
            reads.figure(*figure);
        }
    }
    reads.conditions(&of.conditions);
    reads.aggregates
}

/// How many aggregates deep one is beyond those that are known: each can be had only when those that it reads are.
fn depth(policy: &Policy, aggregate: AggregateIndex, known: &[AggregateIndex]) -> u32 {
    if known.contains(&aggregate) {
        return 0;
    }
    // Circles are refused when a policy is read.
    let below = inner(policy, aggregate).into_iter().map(|inner| depth(policy, inner, known)).max();
    below.unwrap_or_default().saturating_add(1)
}
