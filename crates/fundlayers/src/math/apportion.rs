//! Sharing out whole steps in proportion to weights, exactly.
//!
//! A total of whole steps goes to members with whole-number weights. The exact part of a member is
//! min(cap, max(floor, λ × weight)) for the one λ that uses the total up; then every member gets the whole steps of its
//! exact part, and the steps that are left go to the largest remainders, ties to the smaller id. This is the method of
//! Hamilton, Hare and Niemeyer (Balinski and Young, *Fair Representation*, 2001), with bounds. Bounds are the same for all
//! members, or each has its own ([`level`]).
//!
//! Where it is asked for, floors that are together more than the total are cut in proportion; what caps leave of it stays
//! undistributed; and each part is rounded by itself, whatever the parts then sum to.
//!
//! Laws: parts sum to the total; a part differs from the exact one by less than a step and lies within the bounds; the
//! order of the members changes nothing; a row of n members gets what n rows alike get together.

use std::cmp::Ordering;

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use crate::ground::money::RoundingMode;
use crate::ground::sure::Sure;
use crate::math::divide::Divisor;
use crate::math::level::{Bound, Bounded, Counts, Level as Lambda, Term};

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
    pub(crate) floor: Bound<'a>,
    /// The most that a member gets; not below the floor.
    pub(crate) cap: Option<Bound<'a>>,
    /// Whether floors that are together more than the total are cut in proportion.
    pub(crate) reduce: bool,
    /// Whether what caps leave of the total may stay undistributed.
    pub(crate) keep: bool,
    /// How each part is rounded by itself; none: by the largest remainders.
    pub(crate) each: Option<RoundingMode>,
}

impl<'a> Request<'a> {
    /// Without bounds and counts.
    pub(crate) const fn plain(total: u64, weights: Weights<'a>) -> Self {
        Self { total, weights, counts: None, floor: Bound::All(0), cap: None, reduce: false, keep: false, each: None }
    }
}

/// Who gets how many steps.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Apportionment {
    /// Steps of a member, by row.
    pub(crate) parts: Vec<u64>,
    /// Rows of which only the first so many members get one step more.
    pub(crate) extra: Vec<(usize, u64)>,
    /// What caps leave undistributed.
    pub(crate) kept: u64,
    /// What the parts come to above what was to be shared out, where each is rounded by itself.
    pub(crate) above: i128,
}

/// What exact parts come of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// min(cap, max(floor, λ × weight)).
    Level(Lambda<BigUint>),
    /// Floors are cut: floor × total ÷ this, the sum of the floors.
    Floors(BigUint),
    /// Who weighs something gets its cap, who does not its floor; so many steps are left.
    Caps(u64),
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
        Weights::Narrow(weights) => share(request, weights, &ids),
        Weights::Column(weights) => share(request, weights, &ids),
        Weights::Big(weights) => share(request, weights, &ids),
    }
}

/// What the exact parts of a request come of.
pub(crate) fn measure(request: &Request<'_>) -> Result<Measure, ShareError> {
    match request.weights {
        Weights::Narrow(weights) => measure_of(request, weights),
        Weights::Column(weights) => measure_of(request, weights),
        Weights::Big(weights) => measure_of(request, weights),
    }
}

/// A weight in some width.
trait Weight: Clone + Ord {
    /// Whether its width is 64 bits.
    const NARROW: bool;

    fn big(&self) -> BigUint;
    fn is_nothing(&self) -> bool;
    /// In 64 bits, if that is its width.
    fn narrow(&self) -> Option<u64>;
    /// The weight, if it is of this width.
    fn from_big(number: &BigUint) -> Option<Self>;
}

impl Weight for u64 {
    const NARROW: bool = true;

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
    const NARROW: bool = true;

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
    const NARROW: bool = false;

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
    /// Whether everybody is free.
    const fn are_none(&self) -> bool {
        matches!((&self.floor, &self.cap), (Limit::None, Limit::None))
    }

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

/// A request whose bounds are the same for all members, and whose parts are rounded together.
struct Uniform<'a> {
    total: u64,
    counts: Option<&'a [u64]>,
    floor: u64,
    cap: Option<u64>,
}

fn share<W: Weight>(
    request: &Request<'_>,
    weights: &[W],
    ids: &impl Fn(usize, usize) -> Ordering,
) -> Result<Apportionment, ShareError> {
    let cap = match request.cap {
        None => Some(None),
        Some(Bound::All(cap)) => Some(Some(cap)),
        Some(Bound::Each(_)) => None,
    };
    if let (Bound::All(floor), Some(cap), None) = (request.floor, cap, request.each) {
        let uniform = Uniform { total: request.total, counts: request.counts, floor, cap };
        match share_alike(&uniform, weights, ids) {
            Some(Err(ShareError::FloorsExceed { .. })) if request.reduce => {}
            Some(Err(ShareError::CapsFallShort { .. })) if request.keep => {}
            Some(shared) => return shared,
            // Weights that settle slowly.
            None => {}
        }
    }
    let counts = Counts(request.counts);
    match measure_of(request, weights)? {
        Measure::Level(level) => Ok(match level.narrow().filter(|_| W::NARROW) {
            Some(level) => {
                let divisor = Divisor::new(level.denominator);
                let exact = |row: usize| {
                    let weight = weights.get(row).and_then(W::narrow).sure();
                    between(request, &level, row, &weight, || divisor.divide(level.numerator, weight))
                };
                whole(request, weights.len(), &counts, level.denominator, &divisor, exact, ids)
            }
            None => whole_wide(request, weights, &counts, &level, ids),
        }),
        Measure::Caps(kept) => {
            let most = |(row, weight): (usize, &W)| match request.cap {
                Some(cap) if !weight.is_nothing() => cap.of(row),
                _ => request.floor.of(row),
            };
            Ok(Apportionment { parts: weights.iter().enumerate().map(most).collect(), kept, ..Default::default() })
        }
        Measure::Floors(_) => {
            let floors: Vec<u64> = (0..weights.len()).map(|row| request.floor.of(row)).collect();
            let cut = Request::plain(request.total, Weights::Narrow(&floors));
            share(&Request { counts: request.counts, each: request.each, ..cut }, &floors, ids)
        }
    }
}

fn measure_of<W: Weight>(request: &Request<'_>, weights: &[W]) -> Result<Measure, ShareError> {
    let counts = Counts(request.counts);
    let (mut floors, mut most, mut all) = (SumOf::default(), SumOf::default(), Members::default());
    for (row, weight) in weights.iter().enumerate() {
        let count = counts.of(row);
        let times = |bound: u64| u128::from(bound).wrapping_mul(count.into());
        let floor = times(request.floor.of(row));
        floors.add(floor);
        if weight.is_nothing() {
            most.add(floor);
        } else if let Some(cap) = request.cap {
            most.add(times(cap.of(row)));
        }
        all.add(weight, count);
    }
    let total = BigUint::from(request.total);
    let (floors, weight) = (floors.big(), all.weight.big());
    if floors > total {
        return if request.reduce {
            Ok(Measure::Floors(floors))
        } else {
            Err(ShareError::FloorsExceed { by: floors - total })
        };
    }
    let most = (request.cap.is_some() || weight.is_zero()).then(|| most.big());
    if let Some(most) = most.filter(|most| *most <= total) {
        let rest = total - most;
        return match rest.to_u64() {
            Some(kept) if request.keep || kept == 0 => Ok(Measure::Caps(kept)),
            _ => Err(ShareError::CapsFallShort { by: rest }),
        };
    }
    if floors == total {
        return Ok(Measure::Level(Lambda { numerator: BigUint::zero(), denominator: 1_u8.into() }));
    }
    let cap = request.cap.unwrap_or(Bound::All(request.total));
    let (rows, floor, total) = (weights.len(), request.floor, request.total);
    let level = if W::NARROW && weight.to_u64().is_some() {
        let weights = |row: usize| weights.get(row).and_then(W::narrow).sure();
        Bounded { total, weights, rows, counts, floor, cap }.level::<u64>().wide()
    } else {
        let weights = |row: usize| weights.get(row).map(W::big).sure();
        Bounded { total, weights, rows, counts, floor, cap }.level::<BigUint>()
    };
    Ok(Measure::Level(level))
}

/// A row's exact part: whole steps and what is left of λ × weight, if it lies between its bounds; else a bound.
#[inline]
fn between<T: Term, R: Default>(
    request: &Request<'_>,
    level: &Lambda<T>,
    row: usize,
    weight: &T,
    divide: impl FnOnce() -> (u64, R),
) -> (u64, R) {
    let floor = request.floor.of(row);
    if level.against(weight, floor).is_le() {
        return (floor, R::default());
    }
    match request.cap.map(|cap| cap.of(row)).filter(|cap| level.against(weight, *cap).is_ge()) {
        Some(cap) => (cap, R::default()),
        None => divide(),
    }
}

/// Whole steps of exact parts: the largest remainders get one more, or each part is rounded by itself.
fn whole(
    request: &Request<'_>,
    rows: usize,
    counts: &Counts<'_>,
    denominator: u64,
    divisor: &Divisor,
    exact: impl Fn(usize) -> (u64, u64),
    ids: &impl Fn(usize, usize) -> Ordering,
) -> Apportionment {
    let mut left = i128::from(request.total);
    let mut parts: Vec<u64> = Vec::with_capacity(rows);
    if let Some(mode) = request.each {
        for row in 0..rows {
            let (steps, remainder) = exact(row);
            let twice = u128::from(remainder).wrapping_mul(2).cmp(&denominator.into());
            let part = steps.wrapping_add(mode.goes_up(steps % 2 == 1, remainder > 0, twice).into());
            left = left.wrapping_sub(i128::from(part).wrapping_mul(counts.of(row).into()));
            parts.push(part);
        }
        return Apportionment { parts, above: left.wrapping_neg(), ..Apportionment::default() };
    }
    // Remainders by their upper bits; members at a bound have none.
    let mut uppers: Vec<u16> = Vec::with_capacity(rows);
    for row in 0..rows {
        let (steps, remainder) = exact(row);
        left = left.wrapping_sub(i128::from(steps).wrapping_mul(counts.of(row).into()));
        parts.push(steps);
        uppers.push(divisor.upper(remainder));
    }
    // The whole steps of exact parts are no more than the total.
    let left = u128::try_from(left).sure();
    let extra = largest(left, &uppers, |row| exact(row).1, counts, &mut parts, ids);
    Apportionment { parts, extra: extra.into_iter().collect(), ..Apportionment::default() }
}

/// [`whole`] beyond 64 bits.
fn whole_wide<W: Weight>(
    request: &Request<'_>,
    weights: &[W],
    counts: &Counts<'_>,
    level: &Lambda<BigUint>,
    ids: &impl Fn(usize, usize) -> Ordering,
) -> Apportionment {
    let mut left = i128::from(request.total);
    let mut parts: Vec<u64> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(usize, BigUint)> = Vec::new();
    for (row, weight) in weights.iter().enumerate() {
        let weight = weight.big();
        let (mut part, remainder) = between(request, level, row, &weight, || {
            let (steps, remainder) = (&weight * &level.numerator).div_rem(&level.denominator);
            (steps.to_u64().unwrap_or_default(), remainder)
        });
        if let Some(mode) = request.each {
            let twice = (&remainder * 2_u8).cmp(&level.denominator);
            part = part.wrapping_add(mode.goes_up(part % 2 == 1, !remainder.is_zero(), twice).into());
        } else if !remainder.is_zero() {
            remainders.push((row, remainder));
        }
        left = left.wrapping_sub(i128::from(part).wrapping_mul(counts.of(row).into()));
        parts.push(part);
    }
    if request.each.is_some() {
        return Apportionment { parts, above: left.wrapping_neg(), ..Apportionment::default() };
    }
    remainders.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| ids(a.0, b.0)));
    let left = u128::try_from(left).sure();
    let extra = give(left, remainders.iter().map(|(row, _)| *row), counts, &mut parts);
    Apportionment { parts, extra: extra.into_iter().collect(), ..Apportionment::default() }
}

/// Bounds that are the same for all members; none where weights settle slowly.
fn share_alike<W: Weight>(
    request: &Uniform<'_>,
    weights: &[W],
    ids: &impl Fn(usize, usize) -> Ordering,
) -> Option<Result<Apportionment, ShareError>> {
    let counts = Counts(request.counts);
    let total = BigUint::from(request.total);
    let mut all = Members::default();
    for (row, weight) in weights.iter().enumerate() {
        all.add(weight, counts.of(row));
    }
    let sum = all.weight.big();
    if request.floor == 0 && request.cap.is_none() {
        if sum.is_zero() {
            let nothing = Apportionment { parts: vec![0; weights.len()], ..Apportionment::default() };
            return Some(if total.is_zero() { Ok(nothing) } else { Err(ShareError::CapsFallShort { by: total }) });
        }
        let bounds = Bounds { floor: Limit::None, cap: Limit::None };
        return Some(Ok(hand_out(request, request.total, &sum, weights, &counts, &bounds, ids)));
    }
    let floors = BigUint::from(all.number) * request.floor;
    if floors > total {
        return Some(Err(ShareError::FloorsExceed { by: floors - total }));
    }
    let working = all.number.saturating_sub(all.idle);
    let most = match request.cap {
        Some(cap) => Some(BigUint::from(working) * cap + BigUint::from(all.idle) * request.floor),
        None if working == 0 => Some(floors),
        None => None,
    };
    if let Some(most) = most.filter(|most| *most < total) {
        return Some(Err(ShareError::CapsFallShort { by: total - most }));
    }
    let (bounds, rest, sum) = bounds(request, weights, &counts, sum)?;
    // What is left for those between their bounds is part of the total, which fits.
    let rest = rest.to_u64().sure();
    Some(Ok(hand_out(request, rest, &sum, weights, &counts, &bounds, ids)))
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

/// So many rounds of setting members aside are tried.
const ROUNDS: usize = 60;

/// Who is at the floor, at the cap, or between, for the λ that uses the total up, what is left for those between, and
/// their weight; none where that takes too many rounds. Floors and caps together are feasible.
///
/// In turns, those outside their bounds are set aside: below the floor if floors take more than caps free, else above the
/// cap. λ then only moves away from them, so they stay aside.
fn bounds<W: Weight>(
    request: &Uniform<'_>,
    weights: &[W],
    counts: &Counts<'_>,
    sum: BigUint,
) -> Option<(Bounds<W>, BigUint, BigUint)> {
    let mut bounds = Bounds { floor: Limit::None, cap: Limit::None };
    let (mut rest, mut sum) = (BigUint::from(request.total), sum);
    for _ in 0..ROUNDS {
        if sum.is_zero() {
            // Those between have no weight: they are at the floor.
            return Some((bounds, BigUint::zero(), sum));
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
            return Some((bounds, rest, sum));
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
    None
}

/// Where λ = rest ÷ sum puts weights. The sum is above zero.
fn line<W: Weight>(rest: &BigUint, sum: &BigUint, request: &Uniform<'_>) -> Bounds<W> {
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

/// Gives free members the whole steps of `rest` × weight ÷ `sum`, and what is left to the largest remainders.
fn hand_out<W: Weight>(
    request: &Uniform<'_>,
    rest: u64,
    sum: &BigUint,
    weights: &[W],
    counts: &Counts<'_>,
    bounds: &Bounds<W>,
    ids: &impl Fn(usize, usize) -> Ordering,
) -> Apportionment {
    let fixed = |level: Level| match level {
        Level::Floor => Some(request.floor),
        Level::Cap => Some(request.cap.unwrap_or_default()),
        Level::Free if sum.is_zero() => Some(request.floor),
        Level::Free => None,
    };
    let mut left = u128::from(rest);
    let mut parts: Vec<u64> = Vec::with_capacity(weights.len());
    let is_bounded = !bounds.are_none();
    let narrow = sum.to_u64().filter(|sum| *sum > 0 && W::NARROW);
    let extra = if let Some(sum) = narrow {
        let divisor = Divisor::new(sum);
        // Remainders by their upper bits; members at a bound have none.
        let mut uppers: Vec<u16> = Vec::with_capacity(weights.len());
        for (row, weight) in weights.iter().enumerate() {
            if is_bounded && let Some(part) = fixed(bounds.level(weight)) {
                parts.push(part);
                uppers.push(0);
                continue;
            }
            let (steps, remainder) = divisor.divide(rest, weight.narrow().sure());
            left = left.wrapping_sub(u128::from(steps).wrapping_mul(counts.of(row).into()));
            parts.push(steps);
            uppers.push(divisor.upper(remainder));
        }
        let remainder = |row: usize| match weights.get(row) {
            Some(weight) if bounds.level(weight) == Level::Free => divisor.divide(rest, weight.narrow().sure()).1,
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
            let steps = steps.to_u64().sure();
            left = left.wrapping_sub(u128::from(steps).wrapping_mul(counts.of(row).into()));
            parts.push(steps);
            remainders.push((row, remainder));
        }
        remainders.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| ids(a.0, b.0)));
        give(left, remainders.iter().map(|(row, _)| *row), counts, &mut parts)
    };
    Apportionment { parts, extra: extra.into_iter().collect(), ..Apportionment::default() }
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
            return Some((row, u64::try_from(left).sure()));
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
    ids: &impl Fn(usize, usize) -> Ordering,
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
    use num_traits::Signed;
    use proptest::prelude::*;

    fn plain(total: u64, weights: &[u64]) -> Vec<u64> {
        let request = Request::plain(total, Weights::Narrow(weights));
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
        let request = Request::plain(2, Weights::Narrow(&[1, 1, 1]));
        assert_eq!(share_out(&request, |a, b| b.cmp(&a)).unwrap().parts, [0, 1, 1]);
        assert_eq!(share_out(&request, |a, b| a.cmp(&b)).unwrap().parts, [1, 1, 0]);
    }

    #[test]
    fn what_cannot_be_shared_out_is_said_by_how_much() {
        let request = |floor, cap: Option<u64>| {
            let plain = Request::plain(10, Weights::Narrow(&[1, 2, 0]));
            Request { floor: Bound::All(floor), cap: cap.map(Bound::All), ..plain }
        };
        let order = |a: usize, b: usize| a.cmp(&b);
        assert_eq!(share_out(&request(4, None), order), Err(ShareError::FloorsExceed { by: 2_u8.into() }));
        assert_eq!(share_out(&request(1, Some(4)), order), Err(ShareError::CapsFallShort { by: 1_u8.into() }));
        assert_eq!(share_out(&request(2, Some(4)), order).unwrap().parts, [4, 4, 2]);
    }

    /// The exact parts by trying every order of bounds: the λ is found by going through its turning points.
    fn exact(
        total: u64,
        weights: &[BigUint],
        counts: &[u64],
        floor: impl Fn(usize) -> u64,
        cap: impl Fn(usize) -> Option<u64>,
    ) -> Vec<BigRational> {
        let number = |n: u64| BigRational::from(BigInt::from(n));
        let weights: Vec<BigRational> = weights.iter().map(|w| BigRational::from(BigInt::from(w.clone()))).collect();
        let part = |lambda: &BigRational, row: usize| {
            let part = (lambda * &weights[row]).max(number(floor(row)));
            cap(row).map_or(part.clone(), |cap| part.min(number(cap)))
        };
        let rows = || 0..weights.len();
        let sum =
            |lambda: &BigRational| rows().fold(number(0), |sum, row| sum + part(lambda, row) * number(counts[row]));
        let mut turns: Vec<BigRational> = vec![number(0)];
        for row in rows().filter(|row| !weights[*row].is_zero()) {
            turns.push(number(floor(row)) / &weights[row]);
            turns.extend(cap(row).map(|cap| number(cap) / &weights[row]));
        }
        turns.sort();
        let from = turns.iter().rev().find(|turn| sum(turn) <= number(total)).unwrap().clone();
        // Beyond that turn the sum grows evenly, by the weights between their bounds.
        let free = rows().filter(|row| {
            let part = &from * &weights[*row];
            part >= number(floor(*row)) && cap(*row).is_none_or(|cap| part < number(cap))
        });
        let slope = free.fold(number(0), |sum, row| sum + &weights[row] * number(counts[row]));
        let lambda = if slope.is_zero() { from } else { &from + (number(total) - sum(&from)) / slope };
        rows().map(|row| part(&lambda, row)).collect()
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
        ) {
            let (narrow, counts): (Vec<u64>, Vec<u64>) = rows.into_iter().unzip();
            let cap = room.map(|room| floor + room);
            let wide: Vec<BigUint> = narrow.iter().map(|w| BigUint::from(*w) << 40).collect();
            let big: Vec<BigUint> = narrow.iter().map(|w| BigUint::from(*w) << 90).collect();
            let weights = match width { 0 => Weights::Narrow(&narrow), 1 => Weights::Big(&wide), _ => Weights::Big(&big) };
            let bounds = Request { floor: Bound::All(floor), cap: cap.map(Bound::All), ..Request::plain(total, weights) };
            let request = Request { counts: Some(&counts), ..bounds };
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
                let Apportionment { parts, extra, .. } = result.unwrap();
                let extra_of = |row: usize| extra.iter().find(|(r, _)| *r == row).map_or(0, |(_, n)| *n);
                let sum: u128 = (0..parts.len()).map(|r| u128::from(parts[r]) * u128::from(counts[r]) + u128::from(extra_of(r))).sum();
                prop_assert_eq!(sum, u128::from(total));
                let exact = exact(total, &bigs, &counts, |_| floor, |_| cap);
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
            let floor = Bound::All(floor);
            let one = Request { counts: Some(&counts), floor, ..Request::plain(total, Weights::Narrow(&weights)) };
            let many = Request { floor, ..Request::plain(total, Weights::Narrow(&single)) };
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

        /// Bounds of each member's own, whatever is asked of them, held to the exact parts.
        #[test]
        fn bounds_of_its_own_are_met_by_every_member(
            rows in prop::collection::vec(member(), 1..10),
            total in prop_oneof![0_u64..60, 0_u64..100_000, 0_u64..(1 << 62)],
            capped in any::<bool>(),
            width in 0_u8..4,
            (reduce, keep) in any::<(bool, bool)>(),
            each in prop::option::of(prop::sample::select(RoundingMode::ALL.to_vec())),
        ) {
            let case = Case::new(&rows, width, capped);
            let request = Request { total, reduce, keep, each, ..case.request() };
            let result = share_out(&request, |a, b| a.cmp(&b));
            let sum = |of: &dyn Fn(usize) -> u64| {
                (0..rows.len()).fold(BigUint::zero(), |sum, row| sum + BigUint::from(of(row)) * case.counts[row])
            };
            let most = |row: usize| if case.weights[row].is_zero() || !capped { case.floors[row] } else { case.caps[row] };
            let floors = sum(&|row| case.floors[row]);
            let idle = case.weights.iter().all(BigUint::is_zero);
            let caps = (capped || idle).then(|| sum(&most));
            let whole = BigUint::from(total);
            let number = |n: u64| BigRational::from(BigInt::from(n));
            let (parts, kept): (Vec<BigRational>, u64) = if floors > whole {
                if !reduce {
                    prop_assert_eq!(result, Err(ShareError::FloorsExceed { by: floors - whole }));
                    return Ok(());
                }
                let floors = BigRational::from(BigInt::from(floors.clone()));
                (case.floors.iter().map(|floor| number(*floor) * number(total) / &floors).collect(), 0)
            } else if let Some(caps) = caps.filter(|caps| *caps < whole) {
                if !keep {
                    prop_assert_eq!(result, Err(ShareError::CapsFallShort { by: whole - caps }));
                    return Ok(());
                }
                ((0..rows.len()).map(|row| number(most(row))).collect(), (whole - caps).to_u64().unwrap())
            } else {
                (exact(total, &case.weights, &case.counts, |r| case.floors[r], |r| capped.then(|| case.caps[r])), 0)
            };
            let shared = result.unwrap();
            prop_assert_eq!(shared.kept, kept);
            let given = (0..rows.len()).fold(BigInt::zero(), |sum, row| sum + case.given(&shared, row));
            prop_assert_eq!(&given + kept, BigInt::from(total) + shared.above);
            let cut = floors > BigUint::from(total);
            let (mut least_up, mut most_down): (Option<BigRational>, Option<BigRational>) = (None, None);
            for (row, exact) in parts.iter().enumerate() {
                if let Some(mode) = each {
                    prop_assert_eq!(&number(shared.parts[row]), &rounded(exact, mode));
                }
                let extra = shared.extra.iter().find(|(r, _)| *r == row).map_or(0, |(_, n)| *n);
                for steps in [shared.parts[row]].into_iter().chain((extra > 0).then(|| shared.parts[row] + 1)) {
                    prop_assert!((number(steps) - exact).abs() < number(1));
                    prop_assert!(cut || steps >= case.floors[row]);
                    prop_assert!(!capped || steps <= case.caps[row]);
                    let remainder = exact - exact.floor();
                    if number(steps) > *exact {
                        least_up = Some(least_up.map_or(remainder.clone(), |least| least.min(remainder)));
                    } else if !remainder.is_zero() {
                        most_down = Some(most_down.map_or(remainder.clone(), |most| most.max(remainder)));
                    }
                }
            }
            if let (None, Some(up), Some(down)) = (each, least_up, most_down) {
                prop_assert!(up >= down);
            }
            // What is explained is what was shared out.
            match measure(&request).unwrap() {
                Measure::Level(level) => {
                    let lambda = BigRational::new(level.numerator.into(), level.denominator.into());
                    for (row, exact) in parts.iter().enumerate() {
                        let part = (&lambda * BigInt::from(case.weights[row].clone())).max(number(case.floors[row]));
                        prop_assert_eq!(exact, &if capped { part.min(number(case.caps[row])) } else { part });
                    }
                }
                Measure::Floors(sum) => prop_assert!(cut && sum == floors),
                Measure::Caps(left) => prop_assert_eq!(left, kept),
            }
        }

        /// What is the same for all may as well be each member's own.
        #[test]
        fn bounds_for_all_are_bounds_of_each(
            rows in prop::collection::vec(member(), 1..40),
            total in 0_u64..200_000,
            floor in 0_u64..2_000,
            room in prop::option::of(0_u64..9_000),
            width in 0_u8..4,
        ) {
            let mut case = Case::new(&rows, width, room.is_some());
            case.floors = vec![floor; rows.len()];
            case.caps = vec![floor + room.unwrap_or_default(); rows.len()];
            let cap = room.map(|room| Bound::All(floor + room));
            let all = Request { total, floor: Bound::All(floor), cap, ..case.request() };
            let ids = |a: usize, b: usize| a.cmp(&b);
            prop_assert_eq!(share_out(&all, ids), share_out(&Request { total, ..case.request() }, ids));
        }

        #[test]
        fn neither_order_nor_counts_nor_scale_change_what_a_member_gets(
            rows in prop::collection::vec(member(), 1..8),
            total in prop_oneof![0_u64..60, 0_u64..100_000],
            capped in any::<bool>(),
            width in 0_u8..4,
            each in prop::option::of(prop::sample::select(RoundingMode::ALL.to_vec())),
            turn in 0_usize..8,
            times in 2_u64..6,
        ) {
            let case = Case::new(&rows, width, capped);
            let plain = Request { total, reduce: true, keep: true, each, ..case.request() };
            let shared = share_out(&plain, |a, b| a.cmp(&b)).unwrap();
            // Another order of the rows, the same of the ids.
            let turn = turn % rows.len();
            let turned: Vec<Member> = rows[turn..].iter().chain(&rows[..turn]).copied().collect();
            let other = Case::new(&turned, width, capped);
            let id = |row: usize| (row + turn) % rows.len();
            let again = Request { total, reduce: true, keep: true, each, ..other.request() };
            let again = share_out(&again, |a, b| id(a).cmp(&id(b))).unwrap();
            for row in 0..rows.len() {
                prop_assert_eq!(other.given(&again, row), case.given(&shared, id(row)));
            }
            // A row of n members is n rows alike.
            let spread: Vec<usize> = (0..rows.len()).flat_map(|row| vec![row; usize::try_from(rows[row].count).unwrap()]).collect();
            let single: Vec<Member> = spread.iter().map(|row| Member { count: 1, ..rows[*row] }).collect();
            let single = Case::new(&single, width, capped);
            let many = Request { total, reduce: true, keep: true, each, ..single.request() };
            let many = share_out(&many, |a, b| a.cmp(&b)).unwrap();
            for row in 0..rows.len() {
                let together: u64 = spread.iter().zip(&many.parts).filter(|(r, _)| **r == row).map(|(_, part)| part).sum();
                prop_assert_eq!(case.given(&shared, row), BigInt::from(together));
            }
            prop_assert_eq!((many.kept, many.above), (shared.kept, shared.above));
            // Weights count in proportion only.
            let heavier: Vec<Member> = rows.iter().map(|row| Member { weight: (row.weight >> 4) * 2 * times, ..*row }).collect();
            let lighter: Vec<Member> = rows.iter().map(|row| Member { weight: (row.weight >> 4) * 2, ..*row }).collect();
            let [heavier, lighter] = [heavier, lighter].map(|rows| {
                let case = Case::new(&rows, width, capped);
                share_out(&Request { total, reduce: true, keep: true, each, ..case.request() }, |a, b| a.cmp(&b))
            });
            prop_assert_eq!(heavier, lighter);
        }
    }

    #[derive(Clone, Copy, Debug)]
    struct Member {
        weight: u64,
        count: u64,
        floor: u64,
        room: u64,
    }

    fn member() -> impl Strategy<Value = Member> {
        let bound = || prop_oneof![3 => Just(0_u64), 2 => 0_u64..12, 2 => 0_u64..10_000];
        let count = prop_oneof![4 => Just(1_u64), 1 => 1_u64..6];
        (weight(), count, bound(), bound()).prop_map(|(weight, count, floor, room)| Member {
            weight,
            count,
            floor,
            room,
        })
    }

    /// Members in columns.
    struct Case {
        width: u8,
        capped: bool,
        narrow: Vec<u64>,
        column: Vec<i64>,
        weights: Vec<BigUint>,
        counts: Vec<u64>,
        floors: Vec<u64>,
        caps: Vec<u64>,
    }

    impl Case {
        fn new(rows: &[Member], width: u8, capped: bool) -> Self {
            let narrow: Vec<u64> = rows.iter().map(|row| row.weight).collect();
            let shift = if width == 3 { 90 } else { 0 };
            let column: Vec<i64> = narrow.iter().map(|weight| (weight >> 1).cast_signed()).collect();
            let of = |row: usize| if width == 1 { column[row].cast_unsigned() } else { narrow[row] };
            Self {
                width,
                capped,
                weights: (0..rows.len()).map(|row| BigUint::from(of(row)) << shift).collect(),
                narrow,
                column,
                counts: rows.iter().map(|row| row.count).collect(),
                floors: rows.iter().map(|row| row.floor).collect(),
                caps: rows.iter().map(|row| row.floor + row.room).collect(),
            }
        }

        fn request(&self) -> Request<'_> {
            let weights = match self.width {
                0 => Weights::Narrow(&self.narrow),
                1 => Weights::Column(&self.column),
                _ => Weights::Big(&self.weights),
            };
            let cap = self.capped.then_some(Bound::Each(&self.caps));
            Request { counts: Some(&self.counts), floor: Bound::Each(&self.floors), cap, ..Request::plain(0, weights) }
        }

        /// Steps of a whole row.
        fn given(&self, shared: &Apportionment, row: usize) -> BigInt {
            let extra = shared.extra.iter().find(|(r, _)| *r == row).map_or(0, |(_, n)| *n);
            BigInt::from(shared.parts[row]) * self.counts[row] + extra
        }
    }

    /// A fraction to a whole number, by the words of each mode.
    fn rounded(number: &BigRational, mode: RoundingMode) -> BigRational {
        let (floor, half) = (number.floor(), BigRational::new(1.into(), 2.into()));
        let rest = number - &floor;
        let up = match mode {
            RoundingMode::HalfUp => rest >= half,
            RoundingMode::HalfEven => rest > half || (rest == half && floor.to_integer().is_odd()),
            RoundingMode::Down => false,
            RoundingMode::Up => !rest.is_zero(),
        };
        if up { floor + BigRational::from(BigInt::from(1)) } else { floor }
    }

    /// Each λ is below but one or two floors more: fifteen of them before nobody is set aside.
    #[test]
    fn floors_that_settle_slowly_are_settled() {
        let floors: Vec<u64> = (0..21).map(|power| 8_u64.pow(power)).collect();
        let total = floors.iter().sum::<u64>() + 3;
        let (weights, each) = ([1; 21], Bound::Each(&floors));
        let request = Request { floor: each, ..Request::plain(total, Weights::Narrow(&weights)) };
        let parts = share_out(&request, |a, b| a.cmp(&b)).unwrap().parts;
        assert_eq!(parts[0], 4);
        assert_eq!(parts[1..], floors[1..]);
    }

    /// Turning points each far beyond the one before: straight pieces lead on slowly.
    #[test]
    fn weights_that_settle_slowly_are_settled() {
        let rows = 60_u32;
        for (width, capped) in [(0, true), (3, true), (0, false), (3, false)] {
            let members: Vec<Member> = (0..rows)
                .map(|row| Member {
                    weight: 1 << row,
                    count: 1,
                    floor: u64::from(row % 3) * 5,
                    room: 1 + u64::from(row),
                })
                .collect();
            let case = Case::new(&members, width, capped);
            for total in (300..2_000).step_by(83) {
                let request = Request { total, keep: true, ..case.request() };
                let shared = share_out(&request, |a, b| a.cmp(&b)).unwrap();
                let sum: u64 = shared.parts.iter().sum();
                assert_eq!(sum + shared.kept, total);
                let most: u64 = case.caps.iter().sum();
                assert_eq!(shared.kept, if capped { total.saturating_sub(most) } else { 0 });
                if shared.kept == 0 {
                    let exact =
                        exact(total, &case.weights, &case.counts, |r| case.floors[r], |r| capped.then(|| case.caps[r]));
                    for (part, exact) in shared.parts.iter().zip(exact) {
                        assert!(
                            (BigRational::from(BigInt::from(*part)) - exact).abs() < BigRational::from(BigInt::from(1))
                        );
                    }
                }
            }
        }
    }
}
