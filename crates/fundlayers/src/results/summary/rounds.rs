//! Several policies over one roster in parts, whose rows are read once for all of them.

use serde::{Deserialize, Serialize};

use super::part::Part;
use super::settling::{PassSums, Settling};
use super::{Summary, SummedTotals, Summing, whole};
use crate::engine::roster::Roster;
use crate::ground::catalogue::results as phrases;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::results::rerun::Rerun;
use crate::results::settlement::Settlement;
use crate::results::totals::Grouping;

/// Several policies over one roster in parts: scenarios, or two that are compared. A round reads all parts once and serves
/// every policy; those whose amounts rest on all places are settled first, in as many rounds as that takes.
///
/// ```
/// use fundlayers::{Comparison, Part, Policy, RosterBuilder, RoundSums, RowBuilder, SoFar, roster::Cell};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///   "pools": [{ "id": "grant", "amount": 90, "weights": { "equal": 1 } }],
///   "classes": [{ "id": "all", "funding": { "city": 50 } }] }"#)?;
/// // The same money for everybody, or the same of a pool, which takes a round more.
/// let pool = serde_json::from_str(r#"{ "pool": "grant" }"#)?;
/// let (pooled, _) = policy.with_changes([("classes.all.funding.city", pool)])?;
/// let begun = || Comparison::rounds(&policy, &pooled, None, &[], None);
/// let mut rounds = begun()?;
/// while !rounds.is_over() {
///     let mut sums = rounds.nothing();
///     for (first, names) in [(0, &["黄堡镇", "坡头镇"][..]), (2, &["王家河镇"])] {
///         // What a worker gets and gives travels as JSON.
///         let so_far: SoFar = serde_json::from_str(&serde_json::to_string(&rounds.so_far())?)?;
///         let part = Part::new(first);
///         let of_part = begun()?.going_on(so_far)?.part(&part, |policy| {
///             let mut builder = RosterBuilder::new(policy, &[("name", None)]);
///             builder.after_rows(part.rows_before());
///             names.iter().for_each(|name| builder.push_row(None, &[Cell::Text(name)]));
///             builder.finish()
///         });
///         let of_part: RoundSums = serde_json::from_str(&serde_json::to_string(&of_part)?)?;
///         sums.merge(of_part)?;
///     }
///     rounds = rounds.next(sums)?;
/// }
/// let (comparison, _) = Comparison::of_parts(&rounds)?;
/// let row = comparison.iter().next().expect("one row of all");
/// assert_eq!((row.before(), row.after()), (Some(fundlayers::Amount::from_fen(15_000)), Some(fundlayers::Amount::from_fen(9_000))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What is not seen of a roster in parts is said at [`Summing`].
#[derive(Debug, Clone)]
pub struct Rounds {
    by: Vec<Grouping>,
    max_passes: Option<u32>,
    round: u32,
    /// By what the rows are read, with what is said of them.
    readings: Vec<(Summing, Summary)>,
    variants: Vec<Variant>,
}

/// A policy over the roster.
#[derive(Debug, Clone)]
struct Variant {
    /// By the number of its reading.
    reading: usize,
    stage: Stage,
}

/// How far a policy is.
#[derive(Debug, Clone)]
enum Stage {
    Settling(Box<Settling>),
    Summing(Box<Summing>),
    Summed(Box<(Summing, Summary)>),
    /// Why it has no totals.
    Failed(Problems),
}

impl Stage {
    const fn is_over(&self) -> bool {
        matches!(self, Self::Summed(_) | Self::Failed(_))
    }

    /// Once all is settled, if that is so.
    fn settled(settling: Settling, by: &[Grouping]) -> Self {
        if !settling.is_settled() {
            return Self::Settling(Box::new(settling));
        }
        let so_far = settling.so_far();
        // What needed no pass is computed as if nothing could be settled.
        let settlement = Some(so_far).filter(|so_far| so_far.passes() > 0).cloned();
        Self::summing(settling.policy(), so_far.years().to_vec(), by, settlement)
    }

    fn summing(policy: &Policy, years: Vec<u16>, by: &[Grouping], settlement: Option<Settlement>) -> Self {
        // Ids are those of the rows, which are looked at once for all policies.
        let summing = Summing::of(policy, years, vec![by.to_vec()], settlement).trusting_ids();
        Self::Summing(Box::new(summing))
    }
}

/// How far [`Rounds`] are: what a part needs to know to add to the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoFar {
    round: u32,
    policies: Vec<Known>,
}

/// What is known of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Known {
    Settling(Settlement),
    Summing(Option<Settlement>),
    Over,
}

/// What some parts of a roster add to a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundSums {
    round: u32,
    rows: Vec<Summary>,
    policies: Vec<Sum>,
}

/// What they add for a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sum {
    Pass(Box<PassSums>),
    Summary(Box<Summary>),
    Nothing,
}

impl Rounds {
    /// For totals by columns, in so many passes at most, if that is said.
    pub(crate) const fn new(by: Vec<Grouping>, max_passes: Option<u32>) -> Self {
        Self { by, max_passes, round: 0, readings: Vec::new(), variants: Vec::new() }
    }

    /// What totals are by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        &self.by
    }

    /// Has the rows read for a policy, and gives the number of this reading.
    pub(crate) fn read_for(&mut self, policy: &Policy) -> usize {
        let summing = Summing::of(policy, Vec::new(), Vec::new(), None);
        let nothing = summing.nothing();
        self.readings.push((summing, nothing));
        self.readings.len().saturating_sub(1)
    }

    /// Adds a policy over the rows of a reading, for some years (none: all). What cannot be computed of parts is known at once.
    pub(crate) fn add(&mut self, reading: usize, policy: &Policy, years: Option<&[u16]>) {
        let stage = self.begun(policy, years).unwrap_or_else(Stage::Failed);
        self.variants.push(Variant { reading, stage });
    }

    /// Adds a place for a policy that could not be made.
    pub(crate) fn add_none(&mut self, reading: usize) {
        self.variants.push(Variant { reading, stage: Stage::Failed(Problems::new()) });
    }

    fn begun(&self, policy: &Policy, years: Option<&[u16]>) -> Result<Stage, Problems> {
        if self.max_passes == Some(1) {
            // Why it takes more is said in full.
            whole::refuse(policy, false)?;
        }
        let settling = Settling::new(policy, years)?;
        let settling = match self.max_passes {
            Some(passes) => settling.at_most(passes)?,
            None => settling,
        };
        Ok(Stage::settled(settling, &self.by))
    }

    /// The same for a roster that is known to have no id in two parts: nothing is kept of the ids, and nothing said of those that
    /// sums of others kept.
    #[must_use]
    pub fn trusting_ids(mut self) -> Self {
        for (summing, _) in &mut self.readings {
            summing.trusts_ids = true;
        }
        self
    }

    /// The policies that rows are read for: one, unless two that are compared know other columns or words.
    pub fn read(&self) -> impl Iterator<Item = &Policy> {
        self.readings.iter().map(|(summing, _)| summing.policy())
    }

    /// Whether every policy has its totals. At least one round is needed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.round > 0 && self.variants.iter().all(|variant| variant.stage.is_over())
    }

    /// Whether the next round is the last one.
    #[must_use]
    pub fn is_last(&self) -> bool {
        !self.variants.iter().any(|variant| matches!(variant.stage, Stage::Settling(_)))
    }

    /// How far it is.
    #[must_use]
    pub fn so_far(&self) -> SoFar {
        let known = |variant: &Variant| match &variant.stage {
            Stage::Settling(settling) => Known::Settling(settling.so_far().clone()),
            Stage::Summing(summing) => Known::Summing(summing.settlement.as_deref().cloned()),
            Stage::Summed(_) | Stage::Failed(_) => Known::Over,
        };
        SoFar { round: self.round, policies: self.variants.iter().map(known).collect() }
    }

    /// Goes on from how far it was on another machine, to add parts to a round; what was summed there stays there.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if that is of other policies.
    pub fn going_on(self, so_far: SoFar) -> Result<Self, Problems> {
        if so_far.policies.len() != self.variants.len() {
            return Err(unlike());
        }
        let Self { by, max_passes, readings, variants, .. } = self;
        let mut going = Vec::with_capacity(variants.len());
        for (Variant { reading, stage }, known) in variants.into_iter().zip(so_far.policies) {
            let stage = match (stage, known) {
                (_, Known::Over) => Stage::Failed(Problems::new()),
                (Stage::Settling(settling), Known::Settling(settlement)) => {
                    Stage::Settling(Box::new(settling.going_on(settlement)?))
                }
                (Stage::Settling(settling), Known::Summing(Some(settlement))) => {
                    let policy = settling.policy();
                    settlement.check(policy)?;
                    Stage::summing(policy, settlement.years().to_vec(), &by, Some(settlement))
                }
                (stage @ Stage::Summing(_), Known::Summing(None)) => stage,
                _ => return Err(unlike()),
            };
            going.push(Variant { reading, stage });
        }
        Ok(Self { by, max_passes, round: so_far.round, readings, variants: going })
    }

    /// What no part adds to the round.
    #[must_use]
    pub fn nothing(&self) -> RoundSums {
        let nothing = |variant: &Variant| match &variant.stage {
            Stage::Settling(settling) => Sum::Pass(Box::new(settling.nothing())),
            Stage::Summing(summing) => Sum::Summary(Box::new(summing.nothing())),
            Stage::Summed(_) | Stage::Failed(_) => Sum::Nothing,
        };
        RoundSums {
            round: self.round,
            rows: self.readings.iter().map(|(summing, _)| summing.nothing()).collect(),
            policies: self.variants.iter().map(nothing).collect(),
        }
    }

    /// What a part adds to the round. `read` reads its rows for a policy: the roster, or what is wrong with it.
    #[must_use]
    pub fn part(
        &self,
        part: &Part,
        mut read: impl FnMut(&Policy) -> Result<(Roster, Problems), Problems>,
    ) -> RoundSums {
        let mut sums = self.nothing();
        for ((number, (summing, _)), rows) in self.readings.iter().enumerate().zip(&mut sums.rows) {
            let of_reading = |variant: &Variant| variant.reading == number && !variant.stage.is_over();
            // What is said of the rows, the first round says.
            if self.round > 0 && !self.variants.iter().any(of_reading) {
                continue;
            }
            let read = read(summing.policy());
            *rows = summing.rows(part, &read);
            let Ok((roster, _)) = read else { continue };
            let mut rerun = Rerun::new(&roster, &self.by);
            for (variant, sum) in
                self.variants.iter().zip(&mut sums.policies).filter(|(variant, _)| of_reading(variant))
            {
                match &variant.stage {
                    Stage::Settling(settling) => {
                        // What reading said of the rows is said.
                        let read = Ok((roster.clone(), Problems::new()));
                        *sum = Sum::Pass(Box::new(settling.part(part, read)));
                    }
                    Stage::Summing(summing) => *sum = Sum::Summary(Box::new(summing.part_again(part, &mut rerun))),
                    Stage::Summed(_) | Stage::Failed(_) => {}
                }
            }
        }
        sums
    }

    /// What follows from the sums of all parts. What is wrong for one policy only is said with its totals, when the others have
    /// theirs.
    ///
    /// # Errors
    ///
    /// What is wrong with the rows for every policy, [`Code::IdInTwoParts`] and [`Code::IdsNotChecked`] too;
    /// [`Code::UnlikeSummaries`] if the sums are of other policies or another round.
    pub fn next(mut self, sums: RoundSums) -> Result<Self, Problems> {
        let mut all = self.nothing();
        all.merge(sums)?;
        for ((_, known), rows) in self.readings.iter_mut().zip(all.rows) {
            if self.round == 0 || rows.failed {
                *known = rows;
            }
        }
        let problems = self.warnings();
        if problems.has_errors() {
            return Err(problems);
        }
        for (variant, sum) in self.variants.iter_mut().zip(all.policies) {
            let stage = std::mem::replace(&mut variant.stage, Stage::Failed(Problems::new()));
            variant.stage = match (stage, sum) {
                (Stage::Settling(settling), Sum::Pass(sums)) => match settling.next(*sums) {
                    Ok(settling) => Stage::settled(settling, &self.by),
                    Err(problems) => Stage::Failed(problems),
                },
                (Stage::Summing(summing), Sum::Summary(summary)) => Stage::Summed(Box::new((*summing, *summary))),
                (stage, _) => stage,
            };
        }
        self.round = self.round.saturating_add(1);
        Ok(self)
    }

    /// What is odd about the rows, whatever the policy.
    #[must_use]
    pub fn warnings(&self) -> Problems {
        let mut problems = Problems::new();
        for (summing, rows) in &self.readings {
            problems.append_new(&rows.found.problems());
            if !summing.trusts_ids {
                problems.append_new(&rows.ids.problems());
            }
        }
        problems.sort();
        problems
    }

    /// The totals of a policy by its number, with a row for every group that is live, and what is odd; of no row before all
    /// rounds are over, so that what fails without any is known before any is read.
    pub(crate) fn totals(&self, number: usize) -> Result<(SummedTotals, Problems), Problems> {
        // Counts of no row are no news.
        let of_no_row = |summing: &Summing| {
            let (summed, _) = summing.finish(summing.nothing())?;
            Ok((summed.totals(true)?, Problems::new()))
        };
        match self.variants.get(number).map(|variant| &variant.stage) {
            Some(Stage::Summed(summed)) => {
                let (summing, summary) = &**summed;
                let (summed, warnings) = summing.finish(summary.clone())?;
                Ok((summed.totals(true)?, warnings))
            }
            Some(Stage::Summing(summing)) => of_no_row(summing),
            Some(Stage::Settling(settling)) => {
                let years = settling.so_far().years().to_vec();
                of_no_row(&Summing::of(settling.policy(), years, vec![self.by.clone()], None))
            }
            Some(Stage::Failed(problems)) => Err(problems.clone()),
            None => Err(unlike()),
        }
    }
}

fn unlike() -> Problems {
    Problem::new(Code::UnlikeSummaries, phrases::OTHER_PASS).into()
}

impl RoundSums {
    /// Takes in what other parts add. Merging is associative and commutative.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if they are of other policies or another round; [`Code::Overflow`] if a total is beyond 128
    /// bits.
    pub fn merge(&mut self, other: Self) -> Result<(), Problems> {
        let sizes = |sums: &Self| (sums.round, sums.rows.len(), sums.policies.len());
        if sizes(self) != sizes(&other) {
            return Err(unlike());
        }
        for (rows, other) in self.rows.iter_mut().zip(other.rows) {
            rows.merge(other)?;
        }
        for (sum, other) in self.policies.iter_mut().zip(other.policies) {
            match (sum, other) {
                (Sum::Pass(sums), Sum::Pass(other)) => sums.merge(*other)?,
                (Sum::Summary(summary), Sum::Summary(other)) => summary.merge(*other)?,
                (Sum::Nothing, Sum::Nothing) => {}
                _ => return Err(unlike()),
            }
        }
        Ok(())
    }

    /// Adds that an id stands in two parts, as an engine that groups all rows by their ids finds it: together with
    /// [`Rounds::trusting_ids`], which keeps none of them.
    pub fn tell_id_in_two_parts(&mut self, id: &str, one: &Part, other: &Part) {
        for rows in &mut self.rows {
            rows.tell_id_in_two_parts(id, one, other);
        }
    }
}
