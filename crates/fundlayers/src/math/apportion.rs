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

use crate::math::divide::Divisor;

/// What each member of a row weighs.
#[derive(Clone, Copy)]
pub(crate) enum Weights<'a> {
    Narrow(&'a [u64]),
    /// As a roster keeps them, none below zero.
    Column(&'a [i64]),
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
        Weights::Column(weights) => share(request, weights, ids),
        Weights::Big(weights) => share(request, weights, ids),
    }
}

/// A weight in some width.
trait Weight: Clone + Ord {
    fn big(&self) -> BigUint;
    fn is_nothing(&self) -> bool;
    /// In 64 bits, if that is its width.
    fn narrow(&self) -> Option<u64>;
    /// The weight, if it is of this width.
    fn from_big(number: &BigUint) -> Option<Self>;
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

    fn from_big(number: &BigUint) -> Option<Self> {
        number.to_u64()
    }
}

/// Numbers of a roster that are not below zero.
impl Weight for i64 {
    fn big(&self) -> BigUint {
        self.unsigned_abs().into()
    }

    fn is_nothing(&self) -> bool {
        *self == 0
    }

    #[inline]
    fn narrow(&self) -> Option<u64> {
        Some(self.unsigned_abs())
    }

    fn from_big(number: &BigUint) -> Option<Self> {
        number.to_i64()
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

    fn from_big(number: &BigUint) -> Option<Self> {
        Some(number.clone())
    }
}

/// Who is at a bound. Bounds are the same for all members, so the weight alone decides.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Bounds<W> {
    /// Members of less weight are at the floor.
    floor: Limit<W>,
    /// Members of more weight are at the cap.
    cap: Limit<W>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Limit<W> {
    /// Nobody is.
    None,
    /// Those beyond this weight.
    At(W),
    /// Everybody is.
    All,
}

/// Where a member's exact part lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Level {
    Free,
    Floor,
    Cap,
}

impl<W: Weight> Bounds<W> {
    #[inline]
    fn level(&self, weight: &W) -> Level {
        match &self.floor {
            Limit::All => return Level::Floor,
            Limit::At(limit) if weight < limit => return Level::Floor,
            Limit::At(_) | Limit::None => {}
        }
        match &self.cap {
            Limit::All => Level::Cap,
            Limit::At(limit) if weight > limit => Level::Cap,
            Limit::At(_) | Limit::None => Level::Free,
        }
    }
}

fn share<W: Weight>(
    request: &Request<'_>,
    weights: &[W],
    ids: impl Fn(usize, usize) -> Ordering,
) -> Result<Apportionment, ShareError> {
    let counts = Counts(request.counts);
    let total = BigUint::from(request.total);
    let mut all = Members::default();
    for (row, weight) in weights.iter().enumerate() {
        all.add(weight, counts.of(row));
    }
    let sum = all.weight.big();
    if request.floor == 0 && request.cap.is_none() {
        if sum.is_zero() {
            let nothing = Apportionment { parts: vec![0; weights.len()], extra: Vec::new() };
            return if total.is_zero() { Ok(nothing) } else { Err(ShareError::CapsFallShort { by: total }) };
        }
        let bounds = Bounds { floor: Limit::None, cap: Limit::None };
        return Ok(hand_out(request, request.total, &sum, weights, &counts, &bounds, ids));
    }
    let floors = BigUint::from(all.number) * request.floor;
    if floors > total {
        return Err(ShareError::FloorsExceed { by: floors - total });
    }
    let working = all.number.saturating_sub(all.idle);
    let most = match request.cap {
        Some(cap) => Some(BigUint::from(working) * cap + BigUint::from(all.idle) * request.floor),
        None if working == 0 => Some(floors),
        None => None,
    };
    if let Some(most) = most.filter(|most| *most < total) {
        return Err(ShareError::CapsFallShort { by: total - most });
    }
    let (bounds, rest, sum) = bounds(request, weights, &counts, sum);
    // What is left for those between their bounds is part of the total, which fits.
    let rest = rest.to_u64().unwrap_or_default();
    Ok(hand_out(request, rest, &sum, weights, &counts, &bounds, ids))
}

/// How many members each row stands for.
pub(crate) struct Counts<'a>(pub(crate) Option<&'a [u64]>);

impl Counts<'_> {
    #[inline]
    pub(crate) fn of(&self, row: usize) -> u64 {
        self.0.map_or(1, |counts| counts.get(row).copied().unwrap_or_default())
    }
}

/// Some members together.
#[derive(Default)]
struct Members {
    number: u128,
    /// Those of weight 0 among them.
    idle: u128,
    weight: SumOf,
}

impl Members {
    #[inline]
    fn add<W: Weight>(&mut self, weight: &W, count: u64) {
        self.number = self.number.wrapping_add(count.into());
        if let Some(weight) = weight.narrow() {
            self.idle = self.idle.wrapping_add(if weight == 0 { count.into() } else { 0 });
            self.weight.add(u128::from(weight).wrapping_mul(count.into()));
        } else {
            self.idle = self.idle.wrapping_add(if weight.is_nothing() { count.into() } else { 0 });
            self.weight.big += weight.big() * count;
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
    #[inline]
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

/// So many rounds of setting members aside are tried before the sure way.
const ROUNDS: usize = 60;

/// Who is at the floor, at the cap, or between, for the λ that uses the total up, what is left for those between, and
/// their weight. Floors and caps together are feasible.
///
/// In turns, those outside their bounds are set aside: below the floor if floors take more than caps free, else above the
/// cap. λ then only moves away from them, so they stay aside.
fn bounds<W: Weight>(
    request: &Request<'_>,
    weights: &[W],
    counts: &Counts<'_>,
    sum: BigUint,
) -> (Bounds<W>, BigUint, BigUint) {
    let mut bounds = Bounds { floor: Limit::None, cap: Limit::None };
    let (mut rest, mut sum) = (BigUint::from(request.total), sum);
    for _ in 0..ROUNDS {
        if sum.is_zero() {
            // Those between have no weight: they are at the floor.
            return (bounds, BigUint::zero(), sum);
        }
        let line = line(&rest, &sum, request);
        let (mut below, mut above) = (Members::default(), Members::default());
        for (row, weight) in weights.iter().enumerate() {
            let level = line.level(weight);
            if level == Level::Free || bounds.level(weight) != Level::Free {
                continue;
            }
            let side = if level == Level::Floor { &mut below } else { &mut above };
            side.add(weight, counts.of(row));
        }
        let cap = request.cap.unwrap_or_default();
        // How much floors take and how much caps free, × sum.
        let short = BigUint::from(below.number) * request.floor * &sum - below.weight.big() * &rest;
        let over = above.weight.big() * &rest - BigUint::from(above.number) * cap * &sum;
        if below.number == 0 && above.number == 0 {
            return (bounds, rest, sum);
        }
        let (floors, caps) = (short >= over, over >= short);
        if floors && below.number > 0 {
            bounds.floor = line.floor;
            rest -= BigUint::from(below.number) * request.floor;
            sum -= below.weight.big();
        }
        if caps && above.number > 0 {
            bounds.cap = line.cap;
            rest -= BigUint::from(above.number) * cap;
            sum -= above.weight.big();
        }
    }
    settle(request, weights, counts)
}

/// Where λ = rest ÷ sum puts weights. The sum is above zero.
fn line<W: Weight>(rest: &BigUint, sum: &BigUint, request: &Request<'_>) -> Bounds<W> {
    // weight × rest < floor × sum, that is weight < ⌈floor × sum ÷ rest⌉; with nothing left all are below.
    let floor = match (request.floor, rest.is_zero()) {
        (0, _) => Limit::None,
        (_, true) => Limit::All,
        (floor, false) => W::from_big(&(sum * floor).div_ceil(rest)).map_or(Limit::All, Limit::At),
    };
    // weight × rest > cap × sum, that is weight > ⌊cap × sum ÷ rest⌋.
    let cap = match request.cap {
        Some(cap) if !rest.is_zero() => W::from_big(&(sum * cap / rest)).map_or(Limit::None, Limit::At),
        _ => Limit::None,
    };
    Bounds { floor, cap }
}

/// [`settle_big`] for weights of any width. It is rare, so that it is not worth code for each.
fn settle<W: Weight>(request: &Request<'_>, weights: &[W], counts: &Counts<'_>) -> (Bounds<W>, BigUint, BigUint) {
    let weights: Vec<BigUint> = weights.iter().map(W::big).collect();
    let (bounds, rest, sum) = settle_big(request, &weights, counts);
    // No weight is beyond what its width holds.
    let narrow = |limit: Limit<BigUint>, beyond: Limit<W>| match limit {
        Limit::None => Limit::None,
        Limit::At(limit) => W::from_big(&limit).map_or(beyond, Limit::At),
        Limit::All => Limit::All,
    };
    (Bounds { floor: narrow(bounds.floor, Limit::All), cap: narrow(bounds.cap, Limit::None) }, rest, sum)
}

/// The sure way for weights that settle slowly: a binary search over the λ at which a member leaves a bound.
fn settle_big(request: &Request<'_>, weights: &[BigUint], counts: &Counts<'_>) -> (Bounds<BigUint>, BigUint, BigUint) {
    // λ is bound ÷ weight there.
    let mut turns: Vec<(u64, &BigUint)> = Vec::new();
    for weight in weights.iter().filter(|weight| !weight.is_nothing()) {
        turns.push((request.floor, weight));
        turns.extend(request.cap.map(|cap| (cap, weight)));
    }
    turns.sort_by(|a, b| (b.1 * a.0).cmp(&(a.1 * b.0)));
    // What those at the floor, at the cap and between get at a turn.
    let at = |turn: &(u64, &BigUint)| {
        let bounds = line::<BigUint>(&BigUint::from(turn.0), turn.1, request);
        let (mut fixed, mut free) = (BigUint::zero(), Members::default());
        for (row, weight) in weights.iter().enumerate() {
            match bounds.level(weight) {
                Level::Floor => fixed += BigUint::from(request.floor) * counts.of(row),
                Level::Cap => fixed += BigUint::from(request.cap.unwrap_or_default()) * counts.of(row),
                Level::Free => free.add(weight, counts.of(row)),
            }
        }
        (bounds, fixed, free.weight.big())
    };
    let total = BigUint::from(request.total);
    let reaches = |turn: &(u64, &BigUint)| {
        let (_, fixed, free) = at(turn);
        fixed * turn.1 + free * turn.0 <= &total * turn.1
    };
    // Between the last turn that does not use up more than there is and the next one nobody changes sides: who is at a
    // bound at both stays there.
    let after = turns.partition_point(reaches);
    let (last, next) = (after.checked_sub(1).and_then(|at| turns.get(at)), turns.get(after));
    let cap = last.zip(request.cap).map_or(Limit::None, |(turn, cap)| {
        // weight × λ ≥ cap, that is weight ≥ ⌈cap ÷ λ⌉.
        let least = if turn.0 == 0 { None } else { Some((turn.1 * cap).div_ceil(&BigUint::from(turn.0))) };
        match least {
            Some(least) if least.is_zero() => Limit::All,
            Some(least) => Limit::At(least - 1_u8),
            None => Limit::None,
        }
    });
    let floor = match next {
        // Beyond the last turn only those without weight are at the floor.
        None if request.floor > 0 => Limit::At(BigUint::from(1_u8)),
        // weight × λ ≤ floor, that is weight ≤ ⌊floor ÷ λ⌋.
        Some(turn) if request.floor > 0 => {
            let most = turn.1 * request.floor / turn.0.max(1);
            Limit::At(most + 1_u8)
        }
        _ => Limit::None,
    };
    let bounds = Bounds { floor, cap };
    let (mut rest, mut free) = (total, Members::default());
    for (row, weight) in weights.iter().enumerate() {
        match bounds.level(weight) {
            Level::Floor => rest -= BigUint::from(request.floor) * counts.of(row),
            Level::Cap => rest -= BigUint::from(request.cap.unwrap_or_default()) * counts.of(row),
            Level::Free => free.add(weight, counts.of(row)),
        }
    }
    (bounds, rest, free.weight.big())
}

/// Gives free members the whole steps of `rest` × weight ÷ `sum`, and what is left to the largest remainders.
fn hand_out<W: Weight>(
    request: &Request<'_>,
    rest: u64,
    sum: &BigUint,
    weights: &[W],
    counts: &Counts<'_>,
    bounds: &Bounds<W>,
    ids: impl Fn(usize, usize) -> Ordering,
) -> Apportionment {
    let fixed = |level: Level| match level {
        Level::Floor => Some(request.floor),
        Level::Cap => Some(request.cap.unwrap_or_default()),
        Level::Free if sum.is_zero() => Some(request.floor),
        Level::Free => None,
    };
    let mut left = u128::from(rest);
    let mut parts: Vec<u64> = Vec::with_capacity(weights.len());
    let narrow = sum.to_u64().filter(|sum| *sum > 0 && weights.first().is_some_and(|weight| weight.narrow().is_some()));
    let extra = if let Some(sum) = narrow {
        let divisor = Divisor::new(sum);
        // Remainders by their upper bits; members at a bound have none.
        let mut uppers: Vec<u16> = Vec::with_capacity(weights.len());
        for (row, weight) in weights.iter().enumerate() {
            if let Some(part) = fixed(bounds.level(weight)) {
                parts.push(part);
                uppers.push(0);
                continue;
            }
            let (steps, remainder) = divisor.divide(rest, weight.narrow().unwrap_or_default());
            left = left.wrapping_sub(u128::from(steps).wrapping_mul(counts.of(row).into()));
            parts.push(steps);
            uppers.push(divisor.upper(remainder));
        }
        let remainder = |row: usize| match weights.get(row) {
            Some(weight) if bounds.level(weight) == Level::Free => {
                divisor.divide(rest, weight.narrow().unwrap_or_default()).1
            }
            _ => 0,
        };
        largest(left, &uppers, remainder, counts, &mut parts, ids)
    } else {
        let mut remainders: Vec<(usize, BigUint)> = Vec::new();
        for (row, weight) in weights.iter().enumerate() {
            if let Some(part) = fixed(bounds.level(weight)) {
                parts.push(part);
                continue;
            }
            let (steps, remainder) = (weight.big() * rest).div_rem(sum);
            let steps = steps.to_u64().unwrap_or_default();
            left = left.wrapping_sub(u128::from(steps).wrapping_mul(counts.of(row).into()));
            parts.push(steps);
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
    uppers: &[u16],
    remainder: impl Fn(usize) -> u64,
    counts: &Counts<'_>,
    parts: &mut [u64],
    ids: impl Fn(usize, usize) -> Ordering,
) -> Option<(usize, u64)> {
    if left == 0 {
        return None;
    }
    let bucket = |upper: u16| usize::from(upper);
    let mut histogram = vec![0_u64; 1 << 16];
    for (row, upper) in uppers.iter().enumerate() {
        if let Some(members) = histogram.get_mut(bucket(*upper)) {
            // At most 2^32 rows of at most 2^32 members.
            *members = members.wrapping_add(counts.of(row));
        }
    }
    let mut rest = left;
    let mut cut = 0;
    for (number, members) in histogram.iter().enumerate().rev() {
        cut = number;
        if u128::from(*members) >= rest {
            break;
        }
        rest = rest.wrapping_sub((*members).into());
    }
    let mut around: Vec<(u64, usize)> = Vec::new();
    for (row, (part, upper)) in parts.iter_mut().zip(uppers).enumerate() {
        match bucket(*upper).cmp(&cut) {
            Ordering::Greater => *part = part.wrapping_add(1),
            Ordering::Equal => around.push((remainder(row), row)),
            Ordering::Less => {}
        }
    }
    // Who has no remainder gets no step.
    around.retain(|(remainder, _)| *remainder > 0);
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
            let wide: Vec<BigUint> = narrow.iter().map(|w| BigUint::from(*w) << 40).collect();
            let big: Vec<BigUint> = narrow.iter().map(|w| BigUint::from(*w) << 90).collect();
            let weights = match width { 0 => Weights::Narrow(&narrow), 1 => Weights::Big(&wide), _ => Weights::Big(&big) };
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
                if sure && (floor > 0 || cap.is_some()) && width == 0 && idle < members {
                    // The sure way agrees with the quick one.
                    let (bounds, rest, _) = settle(&request, &narrow, &Counts(Some(&counts)));
                    prop_assert!(rest <= BigUint::from(total));
                    for (row, weight) in narrow.iter().enumerate() {
                        let bound = match bounds.level(weight) { Level::Floor => floor, Level::Cap => cap.unwrap(), Level::Free => continue };
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
    }
}
