//! Exact fractions.

use crate::ground::sure::Sure;
use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

/// A fraction that need not be in lowest terms. To reduce one costs as the square of its digits: where many are put
/// together it is done once, in the end.
#[derive(Debug, Clone)]
pub(crate) struct Fraction {
    numerator: BigInt,
    /// Above zero.
    denominator: BigInt,
}

impl Fraction {
    pub(crate) fn zero() -> Self {
        Self { numerator: BigInt::zero(), denominator: BigInt::one() }
    }

    pub(crate) fn decimal(number: Decimal) -> Self {
        Self { numerator: number.mantissa().into(), denominator: BigInt::from(10).pow(number.scale()) }
    }

    pub(crate) fn numerator(&self) -> &BigInt {
        &self.numerator
    }

    pub(crate) fn denominator(&self) -> &BigInt {
        &self.denominator
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.numerator.is_negative()
    }

    /// In lowest terms.
    pub(crate) fn reduced(&self) -> BigRational {
        lowest(self.numerator.clone(), self.denominator.clone())
    }

    /// Times a fraction whose denominator is above zero.
    pub(crate) fn times(&self, numerator: i128, denominator: i128) -> Self {
        Self { numerator: &self.numerator * numerator, denominator: &self.denominator * denominator }
    }

    /// All of them multiplied.
    pub(crate) fn product<'a>(factors: impl Iterator<Item = &'a Self>) -> Self {
        let one = Self { numerator: BigInt::one(), denominator: BigInt::one() };
        factors.fold(one, |product, factor| Self {
            numerator: product.numerator * &factor.numerator,
            denominator: product.denominator * &factor.denominator,
        })
    }

    /// This ÷ another; none if that is 0.
    pub(crate) fn divided_by(&self, divisor: &Self) -> Option<Self> {
        let above = &self.numerator * &divisor.denominator;
        let below = &self.denominator * &divisor.numerator;
        match below.sign() {
            Sign::NoSign => None,
            Sign::Plus => Some(Self { numerator: above, denominator: below }),
            Sign::Minus => Some(Self { numerator: -above, denominator: -below }),
        }
    }

    /// All together, over their common denominator.
    pub(crate) fn sum<'a>(terms: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let mut denominator = BigInt::one();
        if terms.clone().all(|term| term.denominator.is_one()) {
            return Self { numerator: terms.map(|term| &term.numerator).sum(), denominator };
        }
        for term in terms.clone() {
            make_common(&mut denominator, &term.denominator);
        }
        let numerator = terms.map(|term| &term.numerator * (&denominator / &term.denominator)).sum();
        Self { numerator, denominator }
    }

    /// This less the other.
    pub(crate) fn minus(&self, less: Self) -> Self {
        Self::sum([self, &Self { numerator: -less.numerator, ..less }].into_iter())
    }
}

impl From<BigRational> for Fraction {
    fn from(number: BigRational) -> Self {
        let (numerator, denominator) = number.into_raw();
        Self { numerator, denominator }
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Fraction {}

/// Makes a denominator one that the next divides too.
pub(crate) fn make_common(common: &mut BigInt, next: &BigInt) {
    // Most are powers of ten, of which one divides the other.
    let rest = &*common % next;
    if rest.is_zero() {
        return;
    }
    // Few have more than 128 bits; in words it goes ten times as fast.
    let divisor = match (next.to_u128(), rest.to_u128()) {
        (Some(next), Some(rest)) => BigInt::from(next.gcd(&rest)),
        _ => next.gcd(&rest),
    };
    *common *= next / divisor;
}

/// A fraction in lowest terms; its denominator is above zero.
fn lowest(numerator: BigInt, denominator: BigInt) -> BigRational {
    // Most are whole, and few have more than 64 bits: in words it goes ten times as fast.
    if denominator.is_one() {
        return BigRational::from_integer(numerator);
    }
    let Some((above, below)) = numerator.to_i64().zip(denominator.to_i64()) else {
        return BigRational::new(numerator, denominator);
    };
    let common = above.unsigned_abs().gcd(&below.unsigned_abs());
    BigRational::new_raw(numerator / common, denominator / common)
}

/// A decimal as a fraction.
pub(crate) fn rational(number: Decimal) -> BigRational {
    rational_times(number, 1)
}

/// A decimal times a whole number, as a fraction.
pub(crate) fn rational_times(number: Decimal, factor: i64) -> BigRational {
    let above = BigInt::from(number.mantissa()) * factor;
    if number.scale() == 0 {
        BigRational::from_integer(above)
    } else {
        lowest(above, BigInt::from(10).pow(number.scale()))
    }
}

/// The product of two fractions.
pub(crate) fn multiplied(a: &BigRational, b: &BigRational) -> BigRational {
    // Of whole numbers there is nothing to reduce.
    if a.is_integer() && b.is_integer() { BigRational::from_integer(a.numer() * b.numer()) } else { a * b }
}

/// A fraction as people write it: plain digits where they end, else `n/d`.
pub(crate) fn show(value: &BigRational) -> String {
    let mut denominator = value.denom().clone();
    let mut places = 0_u32;
    for prime in [2_u8, 5] {
        let mut count = 0_u32;
        while denominator.clone() % prime == BigInt::ZERO {
            denominator /= prime;
            count = count.saturating_add(1);
        }
        places = places.max(count);
    }
    if denominator != BigInt::from(1) {
        return format!("{}/{}", value.numer(), value.denom());
    }
    let scaled = value.numer().abs() * BigInt::from(10).pow(places) / value.denom();
    let width = usize::try_from(places).sure();
    let digits = format!("{scaled:0>width$}", width = width.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(width));
    let sign = if value.is_negative() { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A fraction in which a factor is left, and the same in lowest terms.
    fn fraction() -> impl Strategy<Value = (Fraction, BigRational)> {
        let denominators = prop_oneof![1..30_i128, 1..i128::MAX];
        (prop_oneof![-30..30_i128, any::<i128>()], denominators, prop_oneof![Just(1_i128), 1..i128::MAX]).prop_map(
            |(numerator, denominator, factor)| {
                let number = BigRational::new(numerator.into(), denominator.into());
                (Fraction::from(number.clone()).times(factor, factor), number)
            },
        )
    }

    proptest! {
        #[test]
        fn fractions_that_are_not_reduced_are_the_same_numbers(
            (a, a_reduced) in fraction(), (b, b_reduced) in fraction(), (c, c_reduced) in fraction(),
        ) {
            prop_assert_eq!(a.reduced(), a_reduced.clone());
            prop_assert_eq!(a.minus(b.clone()).reduced(), &a_reduced - &b_reduced);
            prop_assert_eq!(a.cmp(&b), a_reduced.cmp(&b_reduced));
            prop_assert_eq!(a.is_negative(), a_reduced.is_negative());
            prop_assert_eq!(a.times(-5, 6).reduced(), &a_reduced * BigRational::new((-5).into(), 6.into()));
            let sum = Fraction::sum([&a, &b, &c].into_iter());
            prop_assert_eq!(sum.reduced(), a_reduced + b_reduced + c_reduced);
        }

        #[test]
        fn a_common_denominator_is_the_least(a in 1..u64::MAX, b in 1..u64::MAX, c in 1..1_000_u32, wide in 1..4_u32) {
            let (a, b) = (BigInt::from(a).pow(wide) * c, BigInt::from(b).pow(wide) * c);
            let mut common = a.clone();
            make_common(&mut common, &b);
            prop_assert_eq!(common, a.lcm(&b));
        }
    }

    #[test]
    fn fractions_show_as_people_write_them() {
        for (n, d, text) in [
            (600, 1, "600"),
            (1, 4, "0.25"),
            (-5, 2, "-2.5"),
            (1, 3, "1/3"),
            (0, 7, "0"),
            (7, 20, "0.35"),
            (-1, 125, "-0.008"),
        ] {
            assert_eq!(show(&BigRational::new(BigInt::from(n), BigInt::from(d))), text);
        }
    }
}
