//! Sharing out whole steps in proportion to weights, exactly.
//!
//! A total of whole steps goes to members with whole-number weights. The exact part of a member is
//! min(cap, max(floor, λ × weight)) for the one λ that uses the total up; then every member gets the whole steps of its
//! exact part, and the steps that are left go to the largest remainders, ties to the smaller id. This is the method of
//! Hamilton, Hare and Niemeyer (Balinski and Young, *Fair Representation*, 2001), with bounds.
//!
//! Laws: parts sum to the total; a part differs from the exact one by less than a step and lies within the bounds; the
//! order of the members changes nothing; a row of n members gets what n rows alike get together.

use std::cmp::Ordering;

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

/// What each member of a row weighs.
#[derive(Clone, Copy)]
pub(crate) enum Weights<'a> {
    Narrow(&'a [u64]),
    Wide(&'a [u128]),
    Big(&'a [BigUint]),
}

/// What is to be shared out, in whole steps.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// Below 2^63.
    pub(crate) total: u64,
    pub(crate) weights: Weights<'a>,
    /// How many members each row stands for; none if each is one.
    pub(crate) counts: Option<&'a [u64]>,
    /// The least that a member gets.
    pub(crate) floor: u64,
    /// The most that a member gets; not below the floor.
    pub(crate) cap: Option<u64>,
}

/// Who gets how many steps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Apportionment {
    /// Steps of a member, by row.
    pub(crate) parts: Vec<u64>,
    /// Rows of which only the first so many members get one step more.
    pub(crate) extra: Vec<(usize, u64)>,
}

/// Why a total cannot be shared out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ShareError {
    /// The floors alone are more than the total, by so many steps.
    FloorsExceed { by: BigUint },
    /// All caps together leave so many steps; or all weights are 0.
    CapsFallShort { by: BigUint },
}

/// Shares out a total. `ids` compares the ids of two rows.
pub(crate) fn share_out(
    request: &Request<'_>,
    ids: impl Fn(usize, usize) -> Ordering,
) -> Result<Apportionment, ShareError> {
    match request.weights {
        Weights::Narrow(weights) => share(request, weights, ids),
        Weights::Wide(weights) => share(request, weights, ids),
        Weights::Big(weights) => share(request, weights, ids),
    }
}

/// A weight in some width.
trait Weight: Clone + Ord {
    fn big(&self) -> BigUint;
    fn is_nothing(&self) -> bool;
    /// In 64 bits, if that is its width.
    fn narrow(&self) -> Option<u64>;
    /// The sum over rows of weight × count, of those that are free.
    fn sum<'a>(parts: impl Iterator<Item = (&'a Self, u64)>) -> BigUint
    where
        Self: 'a;
}

impl Weight for u64 {
    fn big(&self) -> BigUint {
        (*self).into()
    }

    fn is_nothing(&self) -> bool {
        *self == 0
    }

    fn narrow(&self) -> Option<u64> {
        Some(*self)
    }

    fn sum<'a>(parts: impl Iterator<Item = (&'a Self, u64)>) -> BigUint {
        let (mut low, mut big) = (0_u128, BigUint::zero());
        for (weight, count) in parts {
            // A product of two 64-bit numbers fits 128 bits.
            let part = u128::from(*weight).wrapping_mul(count.into());
            match low.checked_add(part) {
                Some(sum) => low = sum,
                None => big += part,
            }
        }
        big + low
    }
}

impl Weight for u128 {
    fn big(&self) -> BigUint {
        (*self).into()
    }

    fn is_nothing(&self) -> bool {
        *self == 0
    }

    fn narrow(&self) -> Option<u64> {
        None
    }

    fn sum<'a>(parts: impl Iterator<Item = (&'a Self, u64)>) -> BigUint {
        let (mut low, mut big) = (0_u128, BigUint::zero());
        for (weight, count) in parts {
            match weight.checked_mul(count.into()).and_then(|part| low.checked_add(part)) {
                Some(sum) => low = sum,
                None => big += BigUint::from(*weight) * count,
            }
        }
        big + low
    }
}

impl Weight for BigUint {
    fn big(&self) -> BigUint {
        self.clone()
    }

    fn is_nothing(&self) -> bool {
        self.is_zero()
    }

    fn narrow(&self) -> Option<u64> {
        None
    }

    fn sum<'a>(parts: impl Iterator<Item = (&'a Self, u64)>) -> BigUint {
        parts.fold(Self::zero(), |sum, (weight, count)| sum + weight * count)
    }
}

/// Where a member's exact part lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Free,
    Floor,
    Cap,
}

fn share<W: Weight>(
    request: &Request<'_>,
    weights: &[W],
    ids: impl Fn(usize, usize) -> Ordering,
) -> Result<Apportionment, ShareError> {
    let counts = Counts(request.counts);
    let total = BigUint::from(request.total);
    let bounded = request.floor > 0 || request.cap.is_some();
    if !bounded {
        let sum = W::sum(weights.iter().enumerate().map(|(row, weight)| (weight, counts.of(row))));
        if sum.is_zero() {
            return if total.is_zero() {
                Ok(nothing(weights.len()))
            } else {
                Err(ShareError::CapsFallShort { by: total })
            };
        }
        return Ok(hand_out(request.total, &sum, weights, &counts, None, vec![0; weights.len()], ids));
    }
    let members = (0..weights.len()).fold(0_u128, |sum, row| sum.saturating_add(counts.of(row).into()));
    let floors = BigUint::from(members) * request.floor;
    if floors > total {
        return Err(ShareError::FloorsExceed { by: floors - total });
    }
    let idle = weights.iter().enumerate().filter(|(_, weight)| weight.is_nothing());
    let idle = idle.fold(0_u128, |sum, (row, _)| sum.saturating_add(counts.of(row).into()));
    let most = match request.cap {
        Some(cap) => Some(BigUint::from(members.saturating_sub(idle)) * cap + BigUint::from(idle) * request.floor),
        None if idle == members => Some(floors),
        None => None,
    };
    if let Some(most) = most.filter(|most| *most < total) {
        return Err(ShareError::CapsFallShort { by: total - most });
    }
    let levels = levels(request, weights, &counts);
    let mut parts = vec![0_u64; weights.len()];
    let mut fixed = 0_u128;
    for ((part, level), row) in parts.iter_mut().zip(&levels).zip(0..) {
        *part = match level {
            Level::Free => continue,
            Level::Floor => request.floor,
            Level::Cap => request.cap.unwrap_or_default(),
        };
        // What is fixed is part of the total, which fits 64 bits.
        fixed = fixed.saturating_add(u128::from(*part).saturating_mul(counts.of(row).into()));
    }
    let rest = u64::try_from(u128::from(request.total).saturating_sub(fixed)).unwrap_or_default();
    let free = weights.iter().enumerate().filter(|(row, _)| levels.get(*row) == Some(&Level::Free));
    let sum = W::sum(free.map(|(row, weight)| (weight, counts.of(row))));
    if sum.is_zero() || rest == 0 {
        return Ok(Apportionment { parts, extra: Vec::new() });
    }
    Ok(hand_out(rest, &sum, weights, &counts, Some(&levels), parts, ids))
}

fn nothing(rows: usize) -> Apportionment {
    Apportionment { parts: vec![0; rows], extra: Vec::new() }
}

/// How many members each row stands for.
struct Counts<'a>(Option<&'a [u64]>);

impl Counts<'_> {
    #[inline]
    fn of(&self, row: usize) -> u64 {
        self.0.map_or(1, |counts| counts.get(row).copied().unwrap_or_default())
    }
}

/// So many rounds of setting members aside are tried before the sure way.
const ROUNDS: usize = 60;

/// Who is at the floor, at the cap, or between, for the λ that uses the total up. Floors and caps together are feasible.
fn levels<W: Weight>(request: &Request<'_>, weights: &[W], counts: &Counts<'_>) -> Vec<Level> {
    let mut levels = vec![Level::Free; weights.len()];
    // Those whose level is not settled; all others are set aside.
    let mut open: Vec<usize> = Vec::with_capacity(weights.len());
    open.extend(0..weights.len());
    let mut rest = BigUint::from(request.total);
    let cap = request.cap;
    for _ in 0..ROUNDS {
        let sum = W::sum(open.iter().filter_map(|row| Some((weights.get(*row)?, counts.of(*row)))));
        if sum.is_zero() {
            for row in open {
                set(&mut levels, row, Level::Floor);
            }
            return levels;
        }
        // λ = rest ÷ sum. A part is below the floor if weight × rest < floor × sum, above the cap likewise.
        let line = Line::new(&rest, &sum, request.floor, cap);
        let (mut below, mut above) = (Excess::default(), Excess::default());
        for row in &open {
            let Some(weight) = weights.get(*row) else { continue };
            match line.side(weight) {
                Level::Floor => below.add(weight, counts.of(*row)),
                Level::Cap => above.add(weight, counts.of(*row)),
                Level::Free => {}
            }
        }
        // How much floors take and how much caps free, × sum.
        let short = BigUint::from(below.members) * request.floor * &sum - &below.weight.big() * &rest;
        let over = &above.weight.big() * &rest - BigUint::from(above.members) * cap.unwrap_or_default() * &sum;
        if short.is_zero() && over.is_zero() {
            // Nobody is outside.
            return levels;
        }
        let (floors, caps) = (short >= over, over >= short);
        open.retain(|row| {
            let Some(weight) = weights.get(*row) else { return false };
            let level = line.side(weight);
            let settled = (level == Level::Floor && floors) || (level == Level::Cap && caps);
            if settled {
                set(&mut levels, *row, level);
            }
            !settled
        });
        if floors {
            rest -= BigUint::from(below.members) * request.floor;
        }
        if caps {
            rest -= BigUint::from(above.members) * cap.unwrap_or_default();
        }
    }
    settle(request, weights, counts, &mut levels, &open, &rest);
    levels
}

fn set(levels: &mut [Level], row: usize, level: Level) {
    if let Some(slot) = levels.get_mut(row) {
        *slot = level;
    }
}

/// Members outside the bounds, together.
#[derive(Default)]
struct Excess {
    members: u128,
    weight: SumOf,
}

impl Excess {
    fn add<W: Weight>(&mut self, weight: &W, count: u64) {
        self.members = self.members.saturating_add(count.into());
        match weight.narrow() {
            Some(weight) => self.weight.add(u128::from(weight).wrapping_mul(count.into())),
            None => self.weight.big += weight.big() * count,
        }
    }
}

/// A sum that rarely needs big numbers.
#[derive(Default)]
struct SumOf {
    low: u128,
    big: BigUint,
}

impl SumOf {
    fn add(&mut self, part: u128) {
        match self.low.checked_add(part) {
            Some(sum) => self.low = sum,
            None => self.big += part,
        }
    }

    fn big(&self) -> BigUint {
        &self.big + self.low
    }
}

/// Where λ = rest ÷ sum puts a weight, decided by whole-number thresholds.
struct Line {
    /// Weights below it are below the floor.
    low: BigUint,
    /// Weights above it are above the cap.
    high: Option<BigUint>,
    narrow_low: Option<u64>,
    narrow_high: Option<u64>,
}

impl Line {
    fn new(rest: &BigUint, sum: &BigUint, floor: u64, cap: Option<u64>) -> Self {
        // weight × rest < floor × sum, that is weight < ⌈floor × sum ÷ rest⌉; with nothing left all are below.
        let low = if rest.is_zero() { (sum + 1_u8) * u8::from(floor > 0) } else { (sum * floor).div_ceil(rest) };
        let high = cap.filter(|_| !rest.is_zero()).map(|cap| sum * cap / rest);
        let narrow_low = Some(low.to_u64().unwrap_or(u64::MAX));
        // A threshold beyond 64 bits is above every narrow weight, except that none may equal it.
        let narrow_low = narrow_low.filter(|_| low.to_u64().is_some());
        let narrow_high = high.as_ref().map(|high| high.to_u64().unwrap_or(u64::MAX));
        Self { low, high, narrow_low, narrow_high }
    }

    #[inline]
    fn side<W: Weight>(&self, weight: &W) -> Level {
        if let Some(weight) = weight.narrow() {
            return if self.narrow_low.is_none_or(|low| weight < low) {
                Level::Floor
            } else if self.narrow_high.is_some_and(|high| weight > high) {
                Level::Cap
            } else {
                Level::Free
            };
        }
        let weight = weight.big();
        if weight < self.low {
            Level::Floor
        } else if self.high.as_ref().is_some_and(|high| weight > *high) {
            Level::Cap
        } else {
            Level::Free
        }
    }
}

/// The sure way for weights that settle slowly: a binary search over the weights at which a member leaves its bound.
fn settle<W: Weight>(
    request: &Request<'_>,
    weights: &[W],
    counts: &Counts<'_>,
    levels: &mut [Level],
    open: &[usize],
    rest: &BigUint,
) {
    // λ is floor ÷ weight or cap ÷ weight where a member changes sides: (bound, weight) with λ = bound ÷ weight.
    let mut turns: Vec<(u64, &W)> = Vec::new();
    for row in open {
        if let Some(weight) = weights.get(*row).filter(|weight| !weight.is_nothing()) {
            turns.push((request.floor, weight));
            turns.extend(request.cap.map(|cap| (cap, weight)));
        }
    }
    turns.sort_by(|a, b| (b.1.big() * a.0).cmp(&(a.1.big() * b.0)));
    let side = |weight: &W, turn: (u64, &W)| {
        let part = weight.big() * turn.0;
        let unit = turn.1.big();
        if part < &unit * request.floor {
            Level::Floor
        } else if request.cap.is_some_and(|cap| part > &unit * cap) {
            Level::Cap
        } else {
            Level::Free
        }
    };
    // What all open members get at a turn, × its weight.
    let reaches = |turn: (u64, &W)| {
        let mut sum = BigUint::zero();
        for row in open {
            let Some(weight) = weights.get(*row) else { continue };
            let part = match side(weight, turn) {
                Level::Floor => turn.1.big() * request.floor,
                Level::Cap => turn.1.big() * request.cap.unwrap_or_default(),
                Level::Free => weight.big() * turn.0,
            };
            sum += part * counts.of(*row);
        }
        sum <= rest * turn.1.big()
    };
    // The last turn that does not use up more than there is; between it and the next nobody changes sides.
    let after = turns.partition_point(|turn| reaches(*turn));
    let (last, next) = (after.checked_sub(1).and_then(|at| turns.get(at)), turns.get(after));
    for row in open {
        let Some(weight) = weights.get(*row) else { continue };
        // At or below the floor still at the next turn: floor. At or above the cap at the last one: cap.
        let floor =
            next.is_some_and(|turn| weight.big() * turn.0 <= turn.1.big() * request.floor) || weight.is_nothing();
        let cap = last.zip(request.cap).is_some_and(|(turn, cap)| weight.big() * turn.0 >= turn.1.big() * cap);
        set(
            levels,
            *row,
            if floor {
                Level::Floor
            } else if cap {
                Level::Cap
            } else {
                Level::Free
            },
        );
    }
}

/// Gives free members the whole steps of `rest` × weight ÷ `sum`, and what is left to the largest remainders.
fn hand_out<W: Weight>(
    rest: u64,
    sum: &BigUint,
    weights: &[W],
    counts: &Counts<'_>,
    levels: Option<&[Level]>,
    mut parts: Vec<u64>,
    ids: impl Fn(usize, usize) -> Ordering,
) -> Apportionment {
    let is_free = |row: usize| levels.is_none_or(|levels| levels.get(row) == Some(&Level::Free));
    let narrow = sum.to_u64().filter(|_| weights.first().is_some_and(|weight| weight.narrow().is_some()));
    let mut left = u128::from(rest);
    let extra = if let Some(sum) = narrow {
        let divisor = Divisor::new(sum);
        // Remainders are below the sum; members that take no part have none.
        let mut remainders: Vec<u64> = Vec::with_capacity(weights.len());
        for (row, (part, weight)) in parts.iter_mut().zip(weights).enumerate() {
            if !is_free(row) {
                remainders.push(0);
                continue;
            }
            let (steps, remainder) = divisor.divide(rest, weight.narrow().unwrap_or_default());
            *part = steps;
            left = left.wrapping_sub(u128::from(steps).wrapping_mul(counts.of(row).into()));
            remainders.push(remainder);
        }
        largest(left, &remainders, divisor.shift_to(16), counts, &mut parts, ids)
    } else {
        let mut remainders: Vec<(usize, BigUint)> = Vec::new();
        for (row, (part, weight)) in parts.iter_mut().zip(weights).enumerate().filter(|(row, _)| is_free(*row)) {
            let (steps, remainder) = (weight.big() * rest).div_rem(sum);
            *part = steps.to_u64().unwrap_or_default();
            left = left.wrapping_sub(u128::from(*part).wrapping_mul(counts.of(row).into()));
            remainders.push((row, remainder));
        }
        remainders.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| ids(a.0, b.0)));
        give(left, remainders.iter().map(|(row, _)| *row), counts, &mut parts)
    };
    Apportionment { parts, extra: extra.into_iter().collect() }
}

/// Gives one step more to members of the rows in turn, until none is left.
fn give(
    mut left: u128,
    rows: impl Iterator<Item = usize>,
    counts: &Counts<'_>,
    parts: &mut [u64],
) -> Option<(usize, u64)> {
    for row in rows {
        if left == 0 {
            break;
        }
        let count = u128::from(counts.of(row));
        if count > left {
            return Some((row, u64::try_from(left).unwrap_or_default()));
        }
        left = left.wrapping_sub(count);
        if let Some(part) = parts.get_mut(row) {
            *part = part.wrapping_add(1);
        }
    }
    None
}

/// Gives the steps that are left to the largest remainders. Remainders are counted by their upper bits first, so that
/// only those around the cut are put in order.
fn largest(
    left: u128,
    remainders: &[u64],
    shift: u32,
    counts: &Counts<'_>,
    parts: &mut [u64],
    ids: impl Fn(usize, usize) -> Ordering,
) -> Option<(usize, u64)> {
    if left == 0 {
        return None;
    }
    let bucket = |remainder: u64| usize::try_from(remainder >> shift).unwrap_or(usize::MAX);
    let mut histogram = vec![0_u128; 1 << 16];
    for (row, remainder) in remainders.iter().enumerate() {
        if let Some(members) = histogram.get_mut(bucket(*remainder)) {
            *members = members.wrapping_add(counts.of(row).into());
        }
    }
    let mut rest = left;
    let mut cut = 0;
    for (number, members) in histogram.iter().enumerate().rev() {
        cut = number;
        if *members >= rest {
            break;
        }
        rest = rest.wrapping_sub(*members);
    }
    let mut around: Vec<(u64, usize)> = Vec::new();
    for (row, (part, remainder)) in parts.iter_mut().zip(remainders).enumerate() {
        match bucket(*remainder).cmp(&cut) {
            Ordering::Greater => *part = part.wrapping_add(1),
            Ordering::Equal if *remainder > 0 => around.push((*remainder, row)),
            _ => {}
        }
    }
    // Which of the equal ones at the cut come first is for their ids to say.
    around.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut ordered: Vec<usize> = Vec::with_capacity(around.len());
    let mut taken = 0_u128;
    for equal in around.chunk_by(|a, b| a.0 == b.0) {
        let members = equal.iter().fold(0_u128, |sum, (_, row)| sum.saturating_add(counts.of(*row).into()));
        let start = ordered.len();
        ordered.extend(equal.iter().map(|(_, row)| *row));
        taken = taken.saturating_add(members);
        if taken >= rest {
            if taken > rest
                && let Some(equal) = ordered.get_mut(start..)
            {
                equal.sort_unstable_by(|a, b| ids(*a, *b));
            }
            break;
        }
    }
    give(rest, ordered.into_iter(), counts, parts)
}

/// Division of products by one divisor, by its reciprocal (Möller and Granlund, *Improved division by invariant
/// integers*, 2011).
struct Divisor {
    /// The divisor with its highest bit set.
    normal: u64,
    reciprocal: u64,
    shift: u32,
}

impl Divisor {
    /// A divisor above zero.
    fn new(divisor: u64) -> Self {
        let shift = divisor.leading_zeros();
        let normal = divisor.wrapping_shl(shift);
        let quotient = u128::MAX.checked_div(normal.into()).unwrap_or_default();
        // The quotient lies between 2^64 and 2^65; its lower half is the reciprocal.
        Self { normal, reciprocal: low(quotient), shift }
    }

    /// How far a remainder is shifted so that so many of its bits are left.
    fn shift_to(&self, bits: u32) -> u32 {
        64_u32.saturating_sub(self.shift).saturating_sub(bits)
    }

    /// a × b ÷ divisor and the remainder. The quotient must fit 64 bits.
    #[inline]
    fn divide(&self, a: u64, b: u64) -> (u64, u64) {
        let product = u128::from(a).wrapping_mul(b.into()).wrapping_shl(self.shift);
        let (upper, lower) = (high(product), low(product));
        let quotient = u128::from(self.reciprocal).wrapping_mul(upper.into()).wrapping_add(product);
        let mut whole = high(quotient).wrapping_add(1);
        let mut rest = lower.wrapping_sub(whole.wrapping_mul(self.normal));
        if rest > low(quotient) {
            whole = whole.wrapping_sub(1);
            rest = rest.wrapping_add(self.normal);
        }
        if rest >= self.normal {
            whole = whole.wrapping_add(1);
            rest = rest.wrapping_sub(self.normal);
        }
        (whole, rest >> self.shift)
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn low(number: u128) -> u64 {
    number as u64
}

#[inline]
const fn high(number: u128) -> u64 {
    low(number >> 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigInt;
    use num_rational::BigRational;
    use proptest::prelude::*;

    fn plain(total: u64, weights: &[u64]) -> Vec<u64> {
        let request = Request { total, weights: Weights::Narrow(weights), counts: None, floor: 0, cap: None };
        share_out(&request, |a, b| a.cmp(&b)).unwrap().parts
    }

    /// Apportionment of the House of Representatives after the census of 1790, Hamilton's bill for 120 seats as passed and
    /// vetoed in 1792 (Balinski and Young, table 3.1).
    #[test]
    fn hamiltons_bill_of_1792() {
        let population = [
            630_560, 475_327, 433_373, 353_523, 331_589, 278_514, 236_841, 206_236, 179_570, 141_822, 85_533, 70_835,
            68_705, 68_446, 55_540,
        ];
        assert_eq!(plain(120, &population), [21, 16, 14, 12, 11, 9, 8, 7, 6, 5, 3, 2, 2, 2, 2]);
    }

    #[test]
    fn ties_go_to_the_smaller_id() {
        let request = Request { total: 2, weights: Weights::Narrow(&[1, 1, 1]), counts: None, floor: 0, cap: None };
        assert_eq!(share_out(&request, |a, b| b.cmp(&a)).unwrap().parts, [0, 1, 1]);
        assert_eq!(share_out(&request, |a, b| a.cmp(&b)).unwrap().parts, [1, 1, 0]);
    }

    #[test]
    fn what_cannot_be_shared_out_is_said_by_how_much() {
        let request =
            |floor, cap| Request { total: 10, weights: Weights::Narrow(&[1, 2, 0]), counts: None, floor, cap };
        let order = |a: usize, b: usize| a.cmp(&b);
        assert_eq!(share_out(&request(4, None), order), Err(ShareError::FloorsExceed { by: 2_u8.into() }));
        assert_eq!(share_out(&request(1, Some(4)), order), Err(ShareError::CapsFallShort { by: 1_u8.into() }));
        assert_eq!(share_out(&request(2, Some(4)), order).unwrap().parts, [4, 4, 2]);
    }

    /// The exact parts by trying every order of bounds: the λ is found by bisection over its turning points.
    fn exact(total: u64, weights: &[BigUint], counts: &[u64], floor: u64, cap: Option<u64>) -> Vec<BigRational> {
        let number = |n: u64| BigRational::from(BigInt::from(n));
        let weights: Vec<BigRational> = weights.iter().map(|w| BigRational::from(BigInt::from(w.clone()))).collect();
        let part = |lambda: &BigRational, weight: &BigRational| {
            let part = (lambda * weight).max(number(floor));
            cap.map_or(part.clone(), |cap| part.min(number(cap)))
        };
        let sum = |lambda: &BigRational| {
            weights
                .iter()
                .zip(counts)
                .fold(number(0), |sum, (weight, count)| sum + part(lambda, weight) * number(*count))
        };
        let mut turns: Vec<BigRational> = vec![number(0)];
        for weight in weights.iter().filter(|weight| !weight.is_zero()) {
            turns.push(number(floor) / weight);
            turns.extend(cap.map(|cap| number(cap) / weight));
        }
        turns.sort();
        let from = turns.iter().rev().find(|turn| sum(turn) <= number(total)).unwrap().clone();
        // Beyond that turn the sum grows evenly, by the weights between their bounds.
        let free = weights.iter().zip(counts).filter(|(weight, _)| {
            let part = &from * *weight;
            part >= number(floor) && cap.is_none_or(|cap| part < number(cap))
        });
        let slope = free.fold(number(0), |sum, (weight, count)| sum + weight * number(*count));
        let lambda = if slope.is_zero() { from } else { &from + (number(total) - sum(&from)) / slope };
        weights.iter().map(|weight| part(&lambda, weight)).collect()
    }

    fn weight() -> impl Strategy<Value = u64> {
        prop_oneof![0_u64..4, 0_u64..1000, any::<u64>(), Just(u64::MAX), (0_u32..64).prop_map(|bit| 1 << bit)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn parts_follow_the_exact_ones(
            rows in prop::collection::vec((weight(), prop_oneof![4 => Just(1_u64), 1 => 1_u64..6]), 1..9),
            total in prop_oneof![0_u64..40, 0_u64..100_000, 0_u64..(1 << 63)],
            floor in prop_oneof![2 => Just(0_u64), 1 => 0_u64..5, 1 => 0_u64..10_000],
            room in prop::option::of(prop_oneof![0_u64..5, 0_u64..100_000]),
            width in 0_u8..3,
            sure in any::<bool>(),
        ) {
            let (narrow, counts): (Vec<u64>, Vec<u64>) = rows.into_iter().unzip();
            let cap = room.map(|room| floor + room);
            let wide: Vec<u128> = narrow.iter().map(|w| u128::from(*w) << 40).collect();
            let big: Vec<BigUint> = narrow.iter().map(|w| BigUint::from(*w) << 90).collect();
            let weights = match width { 0 => Weights::Narrow(&narrow), 1 => Weights::Wide(&wide), _ => Weights::Big(&big) };
            let request = Request { total, weights, counts: Some(&counts), floor, cap };
            let result = share_out(&request, |a, b| a.cmp(&b));
            let bigs: Vec<BigUint> = narrow.iter().map(|w| BigUint::from(*w)).collect();
            let members: u64 = counts.iter().sum();
            let idle: u64 = narrow.iter().zip(&counts).filter(|(w, _)| **w == 0).map(|(_, c)| c).sum();
            let floors = BigUint::from(members) * floor;
            let most = cap.map_or_else(
                || (idle == members).then(|| floors.clone()),
                |cap| Some(BigUint::from(members - idle) * cap + BigUint::from(idle) * floor),
            );
            if floors > BigUint::from(total) {
                prop_assert_eq!(result, Err(ShareError::FloorsExceed { by: floors - total }));
            } else if let Some(most) = most.filter(|most| *most < BigUint::from(total)) {
                prop_assert_eq!(result, Err(ShareError::CapsFallShort { by: BigUint::from(total) - most }));
            } else {
                let Apportionment { parts, extra } = result.unwrap();
                let extra_of = |row: usize| extra.iter().find(|(r, _)| *r == row).map_or(0, |(_, n)| *n);
                let sum: u128 = (0..parts.len()).map(|r| u128::from(parts[r]) * u128::from(counts[r]) + u128::from(extra_of(r))).sum();
                prop_assert_eq!(sum, u128::from(total));
                let exact = exact(total, &bigs, &counts, floor, cap);
                let one = BigRational::from(BigInt::from(1));
                // Who has a step more has no smaller remainder than who has not.
                let (mut least_up, mut most_down): (Option<BigRational>, Option<BigRational>) = (None, None);
                for row in 0..parts.len() {
                    prop_assert!(extra_of(row) < counts[row]);
                    for member in [parts[row]].into_iter().chain((extra_of(row) > 0).then(|| parts[row] + 1)) {
                        let member = BigRational::from(BigInt::from(member));
                        prop_assert!(&member - &exact[row] < one && &exact[row] - &member < one, "row {} {} {}", row, member, exact[row]);
                        let remainder = &exact[row] - exact[row].floor();
                        if member > exact[row] {
                            if least_up.as_ref().is_none_or(|least| remainder < *least) { least_up = Some(remainder); }
                        } else if !remainder.is_zero() && most_down.as_ref().is_none_or(|most| remainder > *most) {
                            most_down = Some(remainder);
                        }
                    }
                }
                if let (Some(up), Some(down)) = (least_up, most_down) {
                    prop_assert!(up >= down);
                }
                if sure && (floor > 0 || cap.is_some()) && width == 0 {
                    // The sure way agrees with the quick one.
                    let counts = Counts(Some(&counts));
                    let mut slow = vec![Level::Free; narrow.len()];
                    let open: Vec<usize> = (0..narrow.len()).collect();
                    settle(&request, &narrow, &counts, &mut slow, &open, &BigUint::from(total));
                    for row in 0..parts.len() {
                        let bound = match slow[row] { Level::Floor => floor, Level::Cap => cap.unwrap(), Level::Free => continue };
                        prop_assert_eq!(&exact[row], &BigRational::from(BigInt::from(bound)));
                    }
                }
            }
        }

        #[test]
        fn a_counted_row_is_as_many_rows_alike(
            rows in prop::collection::vec((0_u64..50, 1_u64..5), 1..7),
            total in 0_u64..500,
            floor in 0_u64..3,
        ) {
            let (weights, counts): (Vec<u64>, Vec<u64>) = rows.iter().copied().unzip();
            let spread: Vec<(usize, u64)> = rows.iter().enumerate().flat_map(|(row, (w, n))| (0..*n).map(move |_| (row, *w))).collect();
            let single: Vec<u64> = spread.iter().map(|(_, w)| *w).collect();
            let one = Request { total, weights: Weights::Narrow(&weights), counts: Some(&counts), floor, cap: None };
            let many = Request { total, weights: Weights::Narrow(&single), counts: None, floor, cap: None };
            match (share_out(&one, |a, b| a.cmp(&b)), share_out(&many, |a, b| a.cmp(&b))) {
                (Ok(one), Ok(many)) => {
                    for (row, count) in counts.iter().enumerate() {
                        let extra = one.extra.iter().find(|(r, _)| *r == row).map_or(0, |(_, n)| *n);
                        let together: u64 = spread.iter().zip(&many.parts).filter(|((r, _), _)| *r == row).map(|(_, p)| p).sum();
                        prop_assert_eq!(one.parts[row] * count + extra, together);
                    }
                }
                (one, many) => prop_assert_eq!(one, many),
            }
        }

        #[test]
        fn the_reciprocal_divides_exactly(divisor in 1_u64.., a: u64, b: u64) {
            // The quotient must fit: b is at most the divisor.
            let b = b % divisor;
            let (whole, rest) = Divisor::new(divisor).divide(a, b);
            let product = u128::from(a) * u128::from(b);
            prop_assert_eq!((u128::from(whole), u128::from(rest)), (product / u128::from(divisor), product % u128::from(divisor)));
        }
    }
}
