//! Units of land.

use num_rational::BigRational;
use rust_decimal::Decimal;

/// A unit in which land is counted. One 公顷 is 15 亩.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LandUnit {
    /// 平方米.
    SquareMetre,
    /// 亩: a fifteenth of a 公顷.
    Mu,
    /// 公顷: 10,000 平方米.
    Hectare,
    /// 平方公里: 100 公顷.
    SquareKilometre,
}

impl LandUnit {
    /// Every unit, the smallest first.
    pub(crate) const ALL: [Self; 4] = [Self::SquareMetre, Self::Mu, Self::Hectare, Self::SquareKilometre];

    /// The unit that a text names: 公顷, 亩, 平方米, 平方公里, or their names and signs in English.
    #[must_use]
    pub(crate) fn named(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        Self::ALL.into_iter().find(|unit| {
            is(match unit {
                Self::SquareMetre => &["平方米", "㎡", "m²", "m2", "square metres"],
                Self::Mu => &["亩", "mu"],
                Self::Hectare => &["公顷", "ha", "hm²", "hm2", "hectare", "hectares"],
                Self::SquareKilometre => &["平方公里", "平方千米", "km²", "km2", "square kilometres"],
            })
        })
    }

    /// The word in files.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SquareMetre => "平方米",
            Self::Mu => "亩",
            Self::Hectare => "公顷",
            Self::SquareKilometre => "平方公里",
        }
    }

    /// How many 亩 it is: always a decimal, which is why 亩 are what is kept.
    pub(crate) const fn mu(self) -> Decimal {
        // The parts of the decimal are its mantissa and scale.
        match self {
            Self::SquareMetre => Decimal::from_parts(15, 0, 0, false, 4),
            Self::Mu => Decimal::ONE,
            Self::Hectare => Decimal::from_parts(15, 0, 0, false, 0),
            Self::SquareKilometre => Decimal::from_parts(1500, 0, 0, false, 0),
        }
    }

    /// How many of it one 亩 is.
    pub(crate) fn of_one_mu(self) -> BigRational {
        crate::ground::fraction::rational(self.mu()).recip()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_land_are_those_of_the_law() {
        assert_eq!(LandUnit::Hectare.mu(), 15.into());
        assert_eq!(LandUnit::SquareMetre.mu() * Decimal::from(10_000), 15.into());
        assert_eq!(LandUnit::SquareKilometre.mu(), Decimal::from(100) * LandUnit::Hectare.mu());
        for unit in LandUnit::ALL {
            assert_eq!(LandUnit::named(unit.as_str()), Some(unit));
        }
        assert_eq!((LandUnit::named("HA"), LandUnit::named("亩/人")), (Some(LandUnit::Hectare), None));
    }
}
