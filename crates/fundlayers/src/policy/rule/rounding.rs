//! `rounding = {…}` of a rule or figure: there and then (取整).

use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as catalogue;
use crate::ground::fraction::{Fraction, rational};
use crate::ground::money::{RoundingMode, Unit};
use crate::ground::problem::{Code, Problem};
use crate::policy::document::Node;
use crate::policy::path::join;
use crate::policy::read::Reader;
use crate::policy::rule::words::Words;
use crate::policy::tables::ROUNDING_NAMES;

/// Decimals that a number may be rounded to, at most.
const PLACES_LIMIT: u64 = 20;

/// How a number inside a rule, or a figure, is rounded: to a multiple of a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberRounding {
    /// The step, as a number in the policy's unit or a plain one; above 0.
    pub step: Decimal,
    /// The step as people say it: with a unit of money, how many of it.
    pub in_unit: Option<(Decimal, Unit)>,
    /// Which multiple it is.
    pub mode: RoundingMode,
}

impl NumberRounding {
    /// A number, rounded.
    pub(crate) fn round(&self, number: &Fraction) -> BigRational {
        let step = rational(self.step);
        let divisor = number.denominator() * step.numer();
        let (whole, rest) = (number.numerator().abs() * step.denom()).div_rem(&divisor);
        let up = self.mode.goes_up(whole.is_odd(), !rest.is_zero(), (&rest * 2_u8).cmp(&divisor));
        let magnitude = step * (whole + u8::from(up));
        if number.is_negative() { -magnitude } else { magnitude }
    }
}

impl Reader {
    /// The rounding of a rule or a figure. Without a unit of money, decimals are those of the number as it stands.
    pub(crate) fn number_rounding(&mut self, node: &Node, path: &str) -> Option<NumberRounding> {
        self.table(node, path, ROUNDING_NAMES)?;
        let mode = self.rounding_mode(node, path);
        if let Some(multiple) = node.get("multiple") {
            let once = self.is_said_once(node, path);
            let path = join(path, "multiple");
            let step = self.number(multiple, &path)?;
            if step <= Decimal::ZERO {
                let problem = Problem::new(Code::BadRounding, catalogue::STEP_NOT_ABOVE_ZERO);
                self.push(problem.found(multiple.to_string()), multiple.position, &path);
                return None;
            }
            return Some(NumberRounding { step, in_unit: None, mode: mode? }).filter(|_| once);
        }
        let unit = match node.get("unit") {
            Some(found) => Some(self.unit(found, &join(path, "unit"))?),
            None => None,
        };
        let places_path = join(path, "places");
        let places = node.get("places");
        let whole = places.map_or(Some(2), |node| self.whole(node, &places_path, catalogue::HOW_MANY_DECIMALS))?;
        let shown = u32::try_from(whole).ok().and_then(|places| Decimal::try_from_i128_with_scale(1, places).ok());
        // Of a unit, the policy's may be up to 10^8 times as much.
        let step = shown.and_then(|shown| match (unit, self.unit) {
            (Some(unit), Some(policy)) => {
                let step = shown.checked_mul(unit.fen().into())?.checked_div(policy.fen().into())?;
                Some((step, Some((shown, unit)))).filter(|(step, _)| !step.is_zero())
            }
            _ => Some((shown, None)),
        });
        let Some((step, in_unit)) = step.filter(|_| whole <= PLACES_LIMIT) else {
            let problem = Problem::new(Code::BadRounding, catalogue::STEP_TOO_FINE).found(whole.to_string());
            let hint = catalogue::AT_MOST.with(&[&PLACES_LIMIT]);
            self.push(problem.expected(hint), places.unwrap_or(node).position, &places_path);
            return None;
        };
        Some(NumberRounding { step, in_unit, mode: mode? })
    }
}

impl Words<'_> {
    /// How a number is rounded, in words.
    pub(crate) fn number_rounding(&self, rounding: &NumberRounding) -> String {
        let step = match &rounding.in_unit {
            Some((step, unit)) => [&step.to_string(), " ", unit.as_str()].concat(),
            None => rounding.step.to_string(),
        };
        self.rounded_to(&step, rounding.mode)
    }

    /// The words for a mode and a step.
    pub(crate) fn rounded_to(&self, step: &str, mode: RoundingMode) -> String {
        let (zh, en) = match mode {
            RoundingMode::HalfUp => (" 四舍五入", "rounded half-up to "),
            RoundingMode::HalfEven => (" 四舍六入五成双", "rounded half-even to "),
            RoundingMode::Down => (" 舍去尾数", "rounded down to "),
            RoundingMode::Up => (" 进一", "rounded up to "),
        };
        [self.word("按 ", en), step, self.word(zh, "")].concat()
    }
}
