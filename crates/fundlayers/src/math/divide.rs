//! Division by a divisor that stays the same, without dividing.

use crate::ground::sure::Sure;

/// Division of products by one divisor, by its reciprocal (Möller and Granlund, *Improved division by invariant
/// integers*, 2011).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Divisor {
    /// The divisor with its highest bit set.
    normal: u64,
    reciprocal: u64,
    shift: u32,
}

impl Divisor {
    /// A divisor above zero.
    pub(crate) fn new(divisor: u64) -> Self {
        let shift = divisor.leading_zeros();
        let normal = divisor.wrapping_shl(shift);
        let quotient = u128::MAX.checked_div(normal.into()).sure();
        // The quotient lies between 2^64 and 2^65; its lower half is the reciprocal.
        Self { normal, reciprocal: low(quotient), shift }
    }

    /// The upper 16 bits of a remainder, as if the divisor filled 64 bits: larger remainders have larger ones.
    #[inline]
    pub(crate) fn upper(&self, remainder: u64) -> u16 {
        u16::try_from(remainder.wrapping_shl(self.shift) >> 48).unwrap_or(u16::MAX)
    }

    /// a × b ÷ divisor and the remainder. The quotient must fit 64 bits.
    #[inline]
    pub(crate) fn divide(&self, a: u64, b: u64) -> (u64, u64) {
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
    use proptest::prelude::*;

    proptest! {
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
