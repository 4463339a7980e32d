//! Exact fractions.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use rust_decimal::Decimal;

/// A decimal as a fraction.
pub(crate) fn rational(number: Decimal) -> BigRational {
    BigRational::new(number.mantissa().into(), BigInt::from(10).pow(number.scale()))
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
    let width = usize::try_from(places).unwrap_or_default();
    let digits = format!("{scaled:0>width$}", width = width.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(width));
    let sign = if value.is_negative() { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

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
