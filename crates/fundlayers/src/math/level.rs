//! The level of sharing out with bounds: the one λ at which parts of min(cap, max(floor, λ × weight)) use a total up, where
//! every member may have a floor and a cap of its own.
//!
//! The sum of the parts never falls as λ rises and is straight between the turning points floor ÷ weight and cap ÷ weight. A
//! trial either uses the total up, or is a bound of the λ that does; whoever is then known to be at the floor, at the cap or
//! between them is set aside. The next trial is where the straight piece at the last one would use the total up; where that
//! does not lead on, it is the median of the turning points that are left, so that the work grows with the number of members.

use std::cmp::Ordering;

use num_bigint::BigUint;
use num_traits::{ToPrimitive, Zero};

use crate::ground::ids::At as _;
use crate::ground::ids::index;

/// Floors or caps, in whole steps.
#[derive(Clone, Copy)]
pub(crate) enum Bound<'a> {
    /// The same for all members.
    All(u64),
    /// Of each row, for a member of it.
    Each(&'a [u64]),
}

impl Bound<'_> {
    #[inline]
    pub(crate) fn of(&self, row: usize) -> u64 {
        match self {
            Self::All(bound) => *bound,
            Self::Each(list) => list.at(row),
        }
    }
}

/// How many members each row stands for.
pub(crate) struct Counts<'a>(pub(crate) Option<&'a [u64]>);

impl Counts<'_> {
    #[inline]
    pub(crate) fn of(&self, row: usize) -> u64 {
        self.0.map_or(1, |counts| counts.at(row))
    }
}

/// Whole numbers that λ is a fraction of.
pub(crate) trait Term: Clone {
    fn of(steps: u64) -> Self;
    fn is_nothing(&self) -> bool;
    /// How a × b compares with c × d.
    fn products(a: &Self, b: &Self, c: &Self, d: &Self) -> Ordering;
    /// Adds what so many members weigh.
    fn add(&mut self, weight: &Self, count: u64);
}

/// All weights of a request together fit too.
impl Term for u64 {
    #[inline]
    fn of(steps: u64) -> Self {
        steps
    }

    #[inline]
    fn is_nothing(&self) -> bool {
        *self == 0
    }

    #[inline]
    fn products(a: &Self, b: &Self, c: &Self, d: &Self) -> Ordering {
        u128::from(*a).wrapping_mul((*b).into()).cmp(&u128::from(*c).wrapping_mul((*d).into()))
    }

    #[inline]
    fn add(&mut self, weight: &Self, count: u64) {
        *self = self.wrapping_add(weight.wrapping_mul(count));
    }
}

impl Term for BigUint {
    fn of(steps: u64) -> Self {
        steps.into()
    }

    fn is_nothing(&self) -> bool {
        self.is_zero()
    }

    fn products(a: &Self, b: &Self, c: &Self, d: &Self) -> Ordering {
        (a * b).cmp(&(c * d))
    }

    fn add(&mut self, weight: &Self, count: u64) {
        *self += weight * count;
    }
}

/// λ as a fraction; the denominator is above zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Level<T> {
    pub(crate) numerator: T,
    pub(crate) denominator: T,
}

impl<T: Term> Level<T> {
    /// How λ × weight compares with a bound.
    #[inline]
    pub(crate) fn against(&self, weight: &T, bound: u64) -> Ordering {
        T::products(weight, &self.numerator, &T::of(bound), &self.denominator)
    }

    fn compare(&self, other: &Self) -> Ordering {
        T::products(&self.numerator, &other.denominator, &other.numerator, &self.denominator)
    }
}

impl Level<u64> {
    pub(crate) fn wide(&self) -> Level<BigUint> {
        Level { numerator: self.numerator.into(), denominator: self.denominator.into() }
    }
}

impl Level<BigUint> {
    /// In 64 bits, if both sides fit.
    pub(crate) fn narrow(&self) -> Option<Level<u64>> {
        Some(Level { numerator: self.numerator.to_u64()?, denominator: self.denominator.to_u64()? })
    }
}

/// Members and what is to be used up: no less than all floors, no more than the caps of those with a weight and the floors of
/// those without. No cap is below its floor.
pub(crate) struct Bounded<'a, W> {
    pub(crate) total: u64,
    pub(crate) weights: W,
    pub(crate) rows: usize,
    pub(crate) counts: Counts<'a>,
    pub(crate) floor: Bound<'a>,
    /// The total, where there is none.
    pub(crate) cap: Bound<'a>,
}

/// A row about which it is not known yet where its part lies.
struct Open {
    row: u32,
    /// Whether its part is known to be above its floor (or just at it) by the λ sought.
    above_floor: bool,
    /// Whether it is known to be below its cap.
    below_cap: bool,
    side: Side,
}

/// Where a part lies at a trial.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Floor,
    Between,
    /// Just at the floor, where it leaves it.
    Leaving,
    /// Just at the cap, where it reaches it.
    Reaching,
    Cap,
}

/// What parts come to: those at bounds, and the weight of those between.
#[derive(Clone)]
struct Parts<T> {
    fixed: u128,
    weight: T,
}

impl<T: Term> Parts<T> {
    #[inline]
    fn fix(&mut self, bound: u64, count: u64) {
        self.fixed = self.fixed.saturating_add(u128::from(bound).saturating_mul(count.into()));
    }

    /// How the parts at a level compare with a total.
    fn against(&self, level: &Level<T>, total: u64) -> Ordering {
        match self.rest(total) {
            None => Ordering::Greater,
            Some(rest) => T::products(&self.weight, &level.numerator, &T::of(rest), &level.denominator),
        }
    }

    fn rest(&self, total: u64) -> Option<u64> {
        u128::from(total).checked_sub(self.fixed).and_then(|rest| u64::try_from(rest).ok())
    }

    /// The level at which the total is used up, if those between are between there too.
    fn straight(&self, total: u64) -> Option<Level<T>> {
        let rest = self.rest(total).filter(|_| !self.weight.is_nothing())?;
        Some(Level { numerator: T::of(rest), denominator: self.weight.clone() })
    }
}

/// So many trials on straight pieces come before medians take turns with them.
const STRAIGHT: usize = 12;

impl<W> Bounded<'_, W> {
    /// Finds λ.
    pub(crate) fn level<T: Term>(&self) -> Level<T>
    where
        W: Fn(usize) -> T,
    {
        // Nobody gets more than the total.
        let capped = !matches!(self.cap, Bound::All(cap) if cap >= self.total);
        let quick = if capped { None } else { self.level_above_floors() };
        quick.unwrap_or_else(|| self.level_between())
    }

    /// λ where nobody has a cap, unless floors settle slowly: who is below the floor at a λ is set aside at the floor, which
    /// lowers λ, so that all who are aside stay there.
    fn level_above_floors<T: Term>(&self) -> Option<Level<T>>
    where
        W: Fn(usize) -> T,
    {
        let weight = |row: u32| (self.weights)(index(row));
        let mut parts = Parts { fixed: 0, weight: T::of(0) };
        let mut above: Vec<u32> = Vec::with_capacity(self.rows);
        for (row, number) in (0..self.rows).zip(0_u32..) {
            let own = weight(number);
            if own.is_nothing() {
                parts.fix(self.floor.of(row), self.counts.of(row));
            } else {
                parts.weight.add(&own, self.counts.of(row));
                above.push(number);
            }
        }
        for _ in 0..STRAIGHT {
            let level = parts.straight(self.total)?;
            let before = above.len();
            parts.weight = T::of(0);
            above.retain(|number| {
                let (own, row) = (weight(*number), index(*number));
                let (floor, count) = (self.floor.of(row), self.counts.of(row));
                let stays = level.against(&own, floor).is_ge();
                if stays {
                    parts.weight.add(&own, count);
                } else {
                    parts.fix(floor, count);
                }
                stays
            });
            if above.len() == before {
                return Some(level);
            }
        }
        None
    }

    /// λ where members may have caps, too.
    fn level_between<T: Term>(&self) -> Level<T>
    where
        W: Fn(usize) -> T,
    {
        let weight = |row: usize| (self.weights)(row);
        let mut settled = Parts { fixed: 0, weight: T::of(0) };
        let mut open: Vec<Open> = Vec::with_capacity(self.rows);
        let mut all = T::of(0);
        for (row, number) in (0..self.rows).zip(0_u32..) {
            let (own, count, floor) = (weight(row), self.counts.of(row), self.floor.of(row));
            if own.is_nothing() {
                settled.fix(floor, count);
                continue;
            }
            all.add(&own, count);
            open.push(Open { row: number, above_floor: floor == 0, below_cap: false, side: Side::Between });
        }
        // λ of 0, and beyond every turning point.
        let (mut low, mut high): (Option<Level<T>>, Option<Level<T>>) = (None, None);
        let nothing = Level { numerator: T::of(0), denominator: T::of(1) };
        let mut next = Parts { weight: all, ..settled.clone() }.straight(self.total);
        for trial in 0_usize.. {
            let within = |level: &Level<T>| {
                level.compare(low.as_ref().unwrap_or(&nothing)).is_gt()
                    && high.as_ref().is_none_or(|high| level.compare(high).is_lt())
            };
            let straight = next.filter(within).filter(|_| trial < STRAIGHT || trial.is_multiple_of(2));
            let Some(level) = straight.or_else(|| self.median(&open)) else {
                // Nobody changes sides any more.
                return settled.straight(self.total).unwrap_or(nothing);
            };
            let mut parts = settled.clone();
            for one in &mut open {
                let row = index(one.row);
                let (own, count, floor, cap) = (weight(row), self.counts.of(row), self.floor.of(row), self.cap.of(row));
                one.side = match (level.against(&own, floor), level.against(&own, cap)) {
                    (Ordering::Less, _) => Side::Floor,
                    (_, Ordering::Greater) => Side::Cap,
                    (_, Ordering::Equal) => Side::Reaching,
                    (Ordering::Equal, _) => Side::Leaving,
                    _ => Side::Between,
                };
                match one.side {
                    Side::Floor => parts.fix(floor, count),
                    Side::Cap => parts.fix(cap, count),
                    Side::Leaving | Side::Between | Side::Reaching => parts.weight.add(&own, count),
                }
            }
            let order = parts.against(&level, self.total);
            if order.is_eq() {
                return level;
            }
            let falls = order.is_gt();
            open.retain_mut(|one| {
                let row = index(one.row);
                let floor = self.floor.of(row);
                let cap = self.cap.of(row);
                // A floor that is the cap too: the part is there on both sides of the trial.
                let leaves = one.side == Side::Leaving || (one.side == Side::Reaching && floor == cap);
                let bound = match (falls, one.side) {
                    (true, Side::Floor) => Some(floor),
                    (true, _) if leaves => Some(floor),
                    (false, Side::Cap | Side::Reaching) => Some(cap),
                    _ => None,
                };
                if let Some(bound) = bound {
                    settled.fix(bound, self.counts.of(row));
                    return false;
                }
                one.below_cap |= falls && one.side != Side::Cap;
                one.above_floor |= !falls && one.side != Side::Floor;
                let between = one.below_cap && one.above_floor;
                if between {
                    settled.weight.add(&weight(row), self.counts.of(row));
                }
                !between
            });
            next = if open.is_empty() { settled.straight(self.total) } else { parts.straight(self.total) };
            *(if falls { &mut high } else { &mut low }) = Some(level);
        }
        nothing
    }

    /// The median of the turning points that are left.
    fn median<T: Term>(&self, open: &[Open]) -> Option<Level<T>>
    where
        W: Fn(usize) -> T,
    {
        let mut turns: Vec<(u64, u32)> = Vec::with_capacity(open.len());
        for one in open {
            let row = index(one.row);
            turns.extend((!one.above_floor).then(|| (self.floor.of(row), one.row)));
            turns.extend((!one.below_cap).then(|| (self.cap.of(row), one.row)));
        }
        let weight = |row: u32| (self.weights)(index(row));
        let middle = turns.len() / 2;
        if turns.is_empty() {
            return None;
        }
        let (_, (bound, row), _) = turns
            .select_nth_unstable_by(middle, |a, b| T::products(&T::of(a.0), &weight(b.1), &T::of(b.0), &weight(a.1)));
        Some(Level { numerator: T::of(*bound), denominator: weight(*row) })
    }
}
