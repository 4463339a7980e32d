//! Pools of rosters in parts: what a pass sums of the members of each group, and what follows from it.

use std::collections::BTreeMap;

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use serde::{Deserialize, Serialize};

use super::cut::{Candidate, Cut, Cutting, Search};
use super::sample::Sample;
use super::text::Text;
use crate::engine::rests::{Rest, rests};
use crate::ground::catalogue::engine as words;
use crate::ground::fraction::show;
use crate::ground::message::Message;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::path::join_id;
use crate::policy::{Apportion, IfLeft, IfShort, Policy, Pool, Ratio, Sign, Weight};

/// A pool in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PoolOfYear {
    /// Its number among those of the policy.
    pub(crate) pool: usize,
    pub(crate) year: u16,
    /// In the order in which they first appear.
    pub(crate) groups: Vec<PoolGroup>,
}

/// The members of a pool that agree in what it is `per`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PoolGroup {
    /// What they agree in; nothing of a pool without a key.
    pub(crate) group: String,
    /// Of a pool without members they are none.
    pub(crate) members: Text<u128>,
    /// What is shared out, in fen.
    pub(crate) amount: Text<i64>,
    /// The members' total of each weight that is not zero.
    pub(crate) totals: Vec<Text<BigRational>>,
    pub(crate) way: Measure,
    pub(crate) stage: Stage,
}

/// What parts come of, in steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    /// min(cap, max(floor, λ × share)), with this λ.
    Level(Text<BigRational>),
    /// floor × pool ÷ this, the sum of the floors.
    Floors(Text<BigUint>),
    /// The cap of who has a share, the floor of who has none.
    Caps,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Trying(Trying),
    Cutting(Cutting),
    Done(Done),
}

/// λ is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trying {
    /// What is tried, ascending.
    pub(crate) points: Vec<Text<BigRational>>,
    /// Which of them is most likely.
    pub(crate) wanted: usize,
    /// Parts at this λ come to less than the pool.
    pub(crate) low: Option<Text<BigRational>>,
    /// Parts at this λ come to more.
    pub(crate) high: Option<Text<BigRational>>,
}

/// Parts are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// Where the steps end that the largest remainders get; none if there are none.
    pub(crate) cut: Option<Cut>,
    /// What caps leave undistributed, in fen.
    pub(crate) kept: Text<i64>,
    /// What the parts come to above the pool, in fen.
    pub(crate) above: Text<i64>,
}

/// What a pass sums of some members of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GroupSums {
    /// The first row.
    pub(crate) first: u64,
    /// The pool, as its first row has it; none if nobody asks for that of a pool without members.
    pub(crate) amount: Option<Text<i64>>,
    pub(crate) members: Text<u128>,
    /// The total of each weight that is not zero.
    pub(crate) totals: Vec<Text<BigRational>>,
    /// All floors, and the most that parts can come to, in steps.
    pub(crate) floors: Text<BigUint>,
    pub(crate) most: Text<BigUint>,
    /// By what the parts change at each point that is tried: those at bounds, and the shares of those between.
    pub(crate) tried: Vec<(Text<BigInt>, Text<BigRational>)>,
    /// Some of the points between the bounds of λ at which a part reaches or leaves a bound.
    pub(crate) turning: Sample<Text<BigRational>>,
    /// The parts in whole steps.
    pub(crate) steps: Text<BigInt>,
    /// Some of those among whom the cut is.
    pub(crate) candidates: Sample<Candidate>,
    /// How many of them there are between splitters.
    pub(crate) between: Vec<Text<u128>>,
}

impl GroupSums {
    pub(crate) fn merge(&mut self, other: Self) {
        if other.first < self.first || self.amount.is_none() {
            self.amount = other.amount.or(self.amount.take());
        }
        self.first = self.first.min(other.first);
        self.members.0 = self.members.0.saturating_add(other.members.0);
        add_all(&mut self.totals, other.totals, |sum, part| sum.0 += part.0);
        self.floors.0 += other.floors.0;
        self.most.0 += other.most.0;
        add_all(&mut self.tried, other.tried, |(fixed, free), (more, freer)| {
            fixed.0 += more.0;
            free.0 += freer.0;
        });
        self.turning.merge(other.turning);
        self.steps.0 += other.steps.0;
        self.candidates.merge(other.candidates);
        add_all(&mut self.between, other.between, |sum, part| sum.0 = sum.0.saturating_add(part.0));
    }
}

/// Adds two lists item by item; one of them may be shorter.
fn add_all<T>(all: &mut Vec<T>, others: Vec<T>, add: impl Fn(&mut T, T)) {
    for (at, other) in others.into_iter().enumerate() {
        match all.get_mut(at) {
            Some(known) => add(known, other),
            None => all.push(other),
        }
    }
}

/// The weights of a pool that are not zero.
pub(crate) fn weights_of(pool: &Pool) -> impl Iterator<Item = &(Weight, Ratio)> {
    pool.weights.iter().filter(|(_, ratio)| ratio.numerator != 0)
}

/// A pool whose members are summed up.
struct Weighing<'a> {
    policy: &'a Policy,
    pool: &'a Pool,
    year: u16,
}

impl PoolOfYear {
    /// Whether nothing of it is left to be found.
    pub(crate) fn is_known(&self) -> bool {
        self.groups.iter().all(|group| matches!(group.stage, Stage::Done(_)))
    }

    pub(crate) fn has_no_members(&self) -> bool {
        self.groups.iter().all(|group| group.members.0 == 0)
    }

    /// Once it is known what all members weigh.
    pub(crate) fn weighed(
        policy: &Policy,
        (number, pool): (usize, &Pool),
        year: u16,
        sums: BTreeMap<String, GroupSums>,
    ) -> Result<Self, Vec<Problem>> {
        let weighing = Weighing { policy, pool, year };
        let mut sums: Vec<(String, GroupSums)> = sums.into_iter().collect();
        sums.sort_by_key(|(_, sums)| sums.first);
        let (mut groups, mut problems) = (Vec::new(), Vec::new());
        for (name, sums) in sums {
            match weighing.group(name, sums) {
                Ok(group) => groups.extend(group),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(Self { pool: number, year, groups }) } else { Err(problems) }
    }

    /// What follows from a pass; a problem if it was of other members than the first.
    pub(crate) fn next(
        &mut self,
        policy: &Policy,
        pool: &Pool,
        sums: &BTreeMap<String, GroupSums>,
    ) -> Result<(), Problem> {
        let weighing = Weighing { policy, pool, year: self.year };
        for group in self.groups.iter_mut().filter(|group| !matches!(group.stage, Stage::Done(_))) {
            let Some(sums) = sums.get(&group.group).filter(|sums| sums.members == group.members) else {
                let message = words::OTHER_MEMBERS.with(&[&self.year]);
                let problem = weighing.problem(Code::UnlikeSummaries, message, &group.group);
                return Err(problem.expected(words::SETTLE_ALL_PARTS));
            };
            weighing.next(group, sums);
        }
        Ok(())
    }

    /// What is said of what is left of it.
    pub(crate) fn rests(&self, policy: &Policy, pool: &Pool) -> Problems {
        let with_members = self.groups.iter().filter(|group| group.members.0 > 0);
        let rest = |group: &'_ PoolGroup| match &group.stage {
            Stage::Done(done) => (done.kept.0, done.above.0),
            Stage::Trying(_) | Stage::Cutting(_) => (0, 0),
        };
        let list: Vec<Rest<'_>> = with_members
            .map(|group| {
                let (kept, above) = rest(group);
                Rest { group: &group.group, amount: group.amount.0, kept, above }
            })
            .collect();
        rests(policy, pool, self.year, &list)
    }
}

impl Weighing<'_> {
    fn step(&self) -> i64 {
        self.policy.pool_rounding(self.pool).step().fen().max(1)
    }

    /// What is shared out, in whole steps.
    fn total(&self, amount: i64) -> BigUint {
        BigUint::from(amount.unsigned_abs()) / self.step().unsigned_abs()
    }

    /// So many steps in fen, of a pool below 0 turned around.
    fn fen(&self, steps: &BigInt, amount: i64) -> i64 {
        let fen = (steps * self.step()).to_i64().unwrap_or(i64::MAX);
        if amount < 0 { fen.saturating_neg() } else { fen }
    }

    fn done(&self, cut: Option<Cut>, kept: &BigInt, above: &BigInt, amount: i64) -> Stage {
        Stage::Done(Done { cut, kept: Text(self.fen(kept, amount)), above: Text(self.fen(above, amount)) })
    }

    fn problem(&self, code: Code, message: Message, group: &str) -> Problem {
        let message = if self.pool.per.is_some() { words::OF_GROUP.with(&[&group, &message]) } else { message };
        Problem::new(code, message).key(join_id("pools", &self.pool.id))
    }

    /// A group once all of it is weighed; none of a pool without members that nobody asks for.
    fn group(&self, name: String, sums: GroupSums) -> Result<Option<PoolGroup>, Problem> {
        let GroupSums { amount, members, totals, floors, most, .. } = sums;
        let Some(amount) = amount else { return Ok(None) };
        let (unit, shown) = (self.policy.unit(), Amount::from_fen(amount.0).in_unit(self.policy.unit()));
        let layer = self.pool.layer.and_then(|layer| self.policy.layer(layer));
        let signed = layer.is_some_and(|layer| layer.sign == Sign::Any);
        let bounded = self.pool.at_least.is_some() || self.pool.at_most.is_some();
        if amount.0 < 0 && (bounded || !signed) {
            let message = words::POOL_BELOW_ZERO.with(&[&self.year, &shown, &unit]);
            let hint = if signed { words::NO_BOUNDS_BELOW_ZERO } else { words::SIGNED_LAYER_IF_MEANT };
            return Err(self.problem(Code::NegativeAmount, message, &name).expected(hint));
        }
        if members.0 == 0 {
            let stage = Stage::Done(Done { cut: None, kept: amount, above: Text(0) });
            return Ok(Some(PoolGroup { group: name, members, amount, totals, way: Measure::Caps, stage }));
        }
        if let Some(((weight, _), _)) = weights_of(self.pool).zip(&totals).find(|(_, total)| total.0.is_zero()) {
            let id = match weight {
                Weight::Equal => "equal",
                Weight::Attribute(number) => self.policy.attribute(*number).map_or("", |one| one.id.as_str()),
                Weight::Layer(number) => self.policy.layer(*number).map_or("", |one| one.id.as_str()),
                Weight::Figure(number) => self.policy.figure(*number).map_or("", |one| one.id.as_str()),
            };
            let message = words::MEMBERS_TOTAL_ZERO.with(&[&self.year, &id]);
            let problem = self.problem(Code::PoolTotalZero, message, &name);
            return Err(problem.expected(words::FILL_COLUMN_OR_WEIGH_ELSE));
        }
        let total = self.total(amount.0);
        let (way, stage) = self.begin(&name, amount.0, (floors.0, most.0), &total)?;
        Ok(Some(PoolGroup { group: name, members, amount, totals, way, stage }))
    }

    /// What parts come of, as far as floors and caps together say it.
    fn begin(
        &self,
        group: &str,
        amount: i64,
        (floors, most): (BigUint, BigUint),
        total: &BigUint,
    ) -> Result<(Measure, Stage), Problem> {
        let unit = self.policy.unit();
        let shown = Amount::from_fen(amount).in_unit(unit);
        let done = |kept: BigUint| self.done(None, &kept.into(), &BigInt::zero(), amount);
        let by = |steps: BigUint| show(&BigRational::new(BigInt::from(steps) * self.step(), unit.fen().into()));
        let from_total = || {
            let points = vec![Text(BigRational::from(BigInt::from(total.clone())))];
            Stage::Trying(Trying { points, wanted: 0, low: None, high: None })
        };
        if floors > *total {
            if self.pool.if_short == IfShort::Reduce {
                return Ok((Measure::Floors(Text(floors)), from_total()));
            }
            let message = words::FLOORS_EXCEED.with(&[&self.year, &shown, &unit, &by(floors - total)]);
            return Err(self.problem(Code::PoolFloorsExceed, message, group).expected(words::LARGER_POOL));
        }
        if self.pool.at_most.is_some() && most <= *total {
            let rest = total - most;
            if self.pool.if_left == IfLeft::Keep || rest.is_zero() {
                return Ok((Measure::Caps, done(rest)));
            }
            let message = words::CAPS_LEAVE.with(&[&self.year, &by(rest), &shown, &unit]);
            return Err(self.problem(Code::PoolCapsFallShort, message, group).expected(words::SMALLER_POOL));
        }
        if floors == *total {
            return Ok((Measure::Level(Text(BigRational::zero())), done(BigUint::zero())));
        }
        let level = Measure::Level(Text(BigInt::from(total.clone()).into()));
        Ok((level, from_total()))
    }

    fn next(&self, group: &mut PoolGroup, sums: &GroupSums) {
        let amount = group.amount.0;
        let total = BigInt::from(self.total(amount));
        let search = match &group.stage {
            Stage::Done(_) => return,
            Stage::Cutting(cutting) => cutting.clone().next(&sums.between, &sums.candidates),
            Stage::Trying(trying) => match trying.next(&total, sums) {
                Err(next) => {
                    group.stage = Stage::Trying(next);
                    return;
                }
                Ok(level) => {
                    if let Measure::Level(known) = &mut group.way {
                        *known = level;
                    }
                    let left = total - &sums.steps.0;
                    if self.pool.apportion == Apportion::Each {
                        group.stage = self.done(None, &BigInt::zero(), &-left, amount);
                        return;
                    }
                    // The whole steps of exact parts are no more than the pool.
                    Cutting::of_all(left.to_u128().unwrap_or_default()).next(&[], &sums.candidates)
                }
            },
        };
        group.stage = match search {
            Search::Found(cut) => self.done(cut, &BigInt::zero(), &BigInt::zero(), amount),
            Search::Among(cutting) => Stage::Cutting(cutting),
        };
    }
}

/// What parts come to at a λ.
struct Tried<'a> {
    level: &'a BigRational,
    fixed: BigInt,
    free: BigRational,
}

impl Tried<'_> {
    fn sum(&self) -> BigRational {
        self.level * &self.free + BigRational::from(self.fixed.clone())
    }

    /// The λ at which the pool is used up, if those between their bounds are between them there too.
    fn straight(&self, total: &BigInt) -> Option<BigRational> {
        let rest = total - &self.fixed;
        (self.free.is_positive() && !rest.is_negative()).then(|| BigRational::from(rest) / &self.free)
    }
}

impl Trying {
    /// The λ that uses the pool up, if it is the one that was wanted; else what is tried next.
    ///
    /// The parts never fall as λ rises, and are straight between turning points. Whatever was tried bounds λ. Next come the
    /// points at which the straight pieces at these bounds would use the pool up, and the turning points between the bounds, or
    /// some of them; once no turning point is between, such a point is λ.
    fn next(&self, total: &BigInt, sums: &GroupSums) -> Result<Text<BigRational>, Self> {
        let whole = BigRational::from(total.clone());
        let (mut fixed, mut free) = (BigInt::zero(), BigRational::zero());
        let (mut low, mut high): (Option<Tried<'_>>, Option<Tried<'_>>) = (None, None);
        for (at, (level, (more, freer))) in self.points.iter().zip(&sums.tried).enumerate() {
            fixed += &more.0;
            free += &freer.0;
            let tried = Tried { level: &level.0, fixed: fixed.clone(), free: free.clone() };
            match tried.sum().cmp(&whole) {
                std::cmp::Ordering::Equal if at == self.wanted => return Ok(level.clone()),
                std::cmp::Ordering::Equal => {
                    return Err(Self { points: vec![level.clone()], wanted: 0, low: None, high: None });
                }
                std::cmp::Ordering::Less => low = Some(tried),
                std::cmp::Ordering::Greater => {
                    high.get_or_insert(tried);
                }
            }
        }
        let tighter = |known: &Option<Text<BigRational>>, tried: &Option<Tried<'_>>| {
            tried.as_ref().map(|tried| Text(tried.level.clone())).or_else(|| known.clone())
        };
        let (new_low, new_high) = (tighter(&self.low, &low), tighter(&self.high, &high));
        let inside = |point: &BigRational| {
            new_low.as_ref().is_none_or(|low| low.0 < *point) && new_high.as_ref().is_none_or(|high| *point < high.0)
        };
        let straight: Vec<BigRational> =
            [low, high].into_iter().flatten().filter_map(|tried| tried.straight(total)).collect();
        let mut points: Vec<BigRational> = sums.turning.iter().map(|point| point.0.clone()).collect();
        points.extend(straight.iter().cloned());
        points.retain(inside);
        if points.is_empty() {
            points.push(match (&new_low, &new_high) {
                (Some(low), Some(high)) => (&low.0 + &high.0) / BigInt::from(2),
                (Some(low), None) => &low.0 * BigInt::from(2),
                (None, high) => high.as_ref().map_or(whole, |high| &high.0 / BigInt::from(2)),
            });
        }
        points.sort_unstable();
        points.dedup();
        let wanted = straight.iter().find_map(|point| points.binary_search(point).ok()).unwrap_or(points.len() >> 1);
        Err(Self { points: points.into_iter().map(Text).collect(), wanted, low: new_low, high: new_high })
    }
}
