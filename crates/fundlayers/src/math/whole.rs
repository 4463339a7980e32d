//! Parts of a fraction λ of whole weights, in 128 bits where they reach and in big numbers elsewhere.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use crate::ground::money::RoundingMode;

/// A whole number, not below zero. That products fit is for the caller to see to.
pub(crate) trait Whole: Clone + Ord {
    /// The number, or the greatest there is.
    fn of(number: &BigUint) -> Self;
    fn big(&self) -> BigUint;
    fn is_nothing(&self) -> bool;
    fn times(&self, other: &Self) -> Self;
    fn times_steps(&self, steps: u64) -> Self;
    fn divide(&self, divisor: &Self) -> (u64, Self);
    /// Adds what so many members weigh, or takes it away.
    fn tally(&self, count: u64, away: bool, tally: &mut Tally);
}

impl Whole for u128 {
    fn of(number: &BigUint) -> Self {
        number.to_u128().unwrap_or(Self::MAX)
    }

    fn big(&self) -> BigUint {
        (*self).into()
    }

    fn is_nothing(&self) -> bool {
        *self == 0
    }

    #[inline]
    fn times(&self, other: &Self) -> Self {
        self.wrapping_mul(*other)
    }

    #[inline]
    fn times_steps(&self, steps: u64) -> Self {
        self.wrapping_mul(steps.into())
    }

    #[inline]
    fn divide(&self, divisor: &Self) -> (u64, Self) {
        let quotient = self.checked_div(*divisor).unwrap_or_default();
        let rest = self.wrapping_sub(quotient.wrapping_mul(*divisor));
        (u64::try_from(quotient).unwrap_or(u64::MAX), rest)
    }

    #[inline]
    fn tally(&self, count: u64, away: bool, tally: &mut Tally) {
        match self.checked_mul(count.into()).and_then(|product| i128::try_from(product).ok()) {
            Some(product) => tally.add(if away { product.wrapping_neg() } else { product }),
            None => self.big().tally(count, away, tally),
        }
    }
}

impl Whole for BigUint {
    fn of(number: &BigUint) -> Self {
        number.clone()
    }

    fn big(&self) -> BigUint {
        self.clone()
    }

    fn is_nothing(&self) -> bool {
        self.is_zero()
    }

    fn times(&self, other: &Self) -> Self {
        self * other
    }

    fn times_steps(&self, steps: u64) -> Self {
        self * steps
    }

    fn divide(&self, divisor: &Self) -> (u64, Self) {
        if divisor.is_zero() {
            return (0, Self::zero());
        }
        let (quotient, rest) = self.div_rem(divisor);
        (quotient.to_u64().unwrap_or(u64::MAX), rest)
    }

    fn tally(&self, count: u64, away: bool, tally: &mut Tally) {
        let product = BigInt::from(self * count);
        tally.big += if away { -product } else { product };
    }
}

/// λ as a fraction of what weights are counted in.
#[derive(Debug, Clone)]
pub(crate) struct Line<N> {
    pub(crate) numerator: N,
    pub(crate) denominator: N,
}

impl Line<BigUint> {
    /// The same for weights that are as many times too large.
    pub(crate) fn over(&self, denominator: &BigUint) -> Self {
        Self { numerator: self.numerator.clone(), denominator: &self.denominator * denominator }
    }
}

impl<N: Whole> Line<N> {
    /// How λ × weight compares with a bound.
    #[inline]
    pub(crate) fn against(&self, weight: &N, bound: u64) -> Ordering {
        weight.times(&self.numerator).cmp(&self.denominator.times_steps(bound))
    }

    /// min(cap, max(floor, λ × weight)): whole steps, and what is left over, by the denominator; nothing at a bound.
    #[inline]
    pub(crate) fn part(&self, weight: &N, floor: u64, cap: Option<u64>) -> (u64, N) {
        let nothing = || N::of(&BigUint::zero());
        let product = weight.times(&self.numerator);
        if product <= self.denominator.times_steps(floor) {
            return (floor, nothing());
        }
        match cap.filter(|cap| product >= self.denominator.times_steps(*cap)) {
            Some(cap) => (cap, nothing()),
            None => product.divide(&self.denominator),
        }
    }

    /// Whether a part is rounded up.
    pub(crate) fn goes_up(&self, mode: RoundingMode, steps: u64, rest: &N) -> bool {
        mode.goes_up(steps % 2 == 1, !rest.is_nothing(), rest.times_steps(2).cmp(&self.denominator))
    }
}

/// A sum that rarely needs big numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    low: i128,
    big: BigInt,
}

impl Tally {
    #[inline]
    pub(crate) fn add(&mut self, part: i128) {
        match self.low.checked_add(part) {
            Some(sum) => self.low = sum,
            None => self.big += part,
        }
    }

    #[inline]
    pub(crate) fn add_wide(&mut self, part: u128) {
        match i128::try_from(part) {
            Ok(part) => self.add(part),
            Err(_) => self.big += part,
        }
    }

    pub(crate) fn total(self) -> BigInt {
        self.big + self.low
    }
}
