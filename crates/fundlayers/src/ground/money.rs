//! Money: whole fen, typed, checked; units; rounding.
//!
//! An [`Amount`] is a whole number of fen and nothing else: it cannot be mixed up with a number of 万元, and every
//! operation that could overflow says so. Rates and shares stay exact fractions; they meet money only in a
//! [`Rounding`], once.

use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};
use rust_decimal::Decimal;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ground::catalogue::ground as words;
use crate::ground::language::Lang;
use crate::ground::message::Message;
use crate::ground::number::{NumberError, decimal, parse_decimal};
use crate::ground::problem::Code;
use crate::ground::sure::Sure;
use crate::ground::text::typed;

/// A unit of money. 1 亿元 = 10,000 万元; 1 万元 = 10,000 元 = 1,000,000 fen.
///
/// ```
/// use fundlayers::Unit;
/// assert_eq!("wan".parse::<Unit>()?, Unit::Wan);
/// assert_eq!(Unit::Wan.to_string(), "万元");
/// assert_eq!(Unit::Wan.fen(), 1_000_000);
/// # Ok::<(), fundlayers::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// 元.
    Yuan,
    /// 万元, ten thousand yuan.
    Wan,
    /// 亿元, a hundred million yuan.
    Yi,
}

impl Unit {
    /// Every unit, small to large.
    pub const ALL: [Self; 3] = [Self::Yuan, Self::Wan, Self::Yi];

    /// How many fen one of it is.
    #[must_use]
    pub const fn fen(self) -> i64 {
        match self {
            Self::Yuan => 100,
            Self::Wan => 1_000_000,
            Self::Yi => 10_000_000_000,
        }
    }

    /// How many decimals show a fen: 2, 6, 10.
    #[must_use]
    pub const fn places(self) -> u32 {
        match self {
            Self::Yuan => 2,
            Self::Wan => 6,
            Self::Yi => 10,
        }
    }

    /// 元, 万元 or 亿元, as results state it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::Wan => "万元",
            Self::Yi => "亿元",
        }
    }

    /// The name for English readers.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::Yuan => "yuan",
            Self::Wan => "10,000 yuan",
            Self::Yi => "100 million yuan",
        }
    }

    /// The unit that a text names, if it names one: 元 万元 亿元 yuan wan yi.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        match text {
            "元" | "yuan" => Some(Self::Yuan),
            "万元" | "wan" => Some(Self::Wan),
            "亿元" | "yi" => Some(Self::Yi),
            _ => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Unit {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::named(&typed(text)).ok_or_else(|| MoneyError::Unit(text.to_owned()))
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What can go wrong with an amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoneyError {
    /// Beyond 2^63 − 1 fen.
    Overflow,
    /// Finer than a fen.
    NotWholeFen(Decimal, Unit),
    /// Not a number.
    Number(NumberError),
    /// Not a unit.
    Unit(String),
    /// Not a rounding mode.
    Mode(String),
    /// A rounding step below a fen.
    Step {
        /// The unit.
        unit: Unit,
        /// Its decimals.
        places: u32,
    },
    /// A rounding step that is not above 0.
    Multiple(Amount),
}

impl MoneyError {
    /// The code that a problem with it has.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Overflow => Code::Overflow,
            Self::NotWholeFen(..) => Code::NotWholeFen,
            Self::Number(NumberError::Bad(_)) => Code::BadNumber,
            Self::Number(NumberError::OutOfRange(_)) => Code::NumberOutOfRange,
            Self::Unit(_) => Code::BadUnit,
            Self::Mode(_) | Self::Step { .. } | Self::Multiple(_) => Code::BadRounding,
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Overflow => words::AMOUNT_TOO_LARGE.into(),
            Self::NotWholeFen(value, unit) => words::NO_WHOLE_FEN.with(&[value, unit]),
            Self::Number(error) => error.message(),
            Self::Unit(text) => words::NO_UNIT.with(&[text]),
            Self::Mode(text) => words::NO_MODE.with(&[text]),
            Self::Step { unit, places } => words::STEP_TOO_FINE.with(&[places, unit]),
            Self::Multiple(step) => words::STEP_NOT_ABOVE_ZERO.with(&[step]),
        }
    }
}

impl From<NumberError> for MoneyError {
    fn from(error: NumberError) -> Self {
        Self::Number(error)
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().to_text(Lang::En))
    }
}

impl std::error::Error for MoneyError {}

/// An amount of money in whole fen. Arithmetic is checked; there are no operators that could wrap or panic.
///
/// Through serde it is a string in 元, such as `"1234.5"`; binary floats are refused.
///
/// ```
/// use fundlayers::{Amount, Unit};
/// let standard = Amount::parse("1,234.56", Unit::Wan)?;
/// assert_eq!(standard.fen(), 1_234_560_000);
/// assert_eq!(standard.in_unit(Unit::Yuan).to_string(), "12345600");
/// assert_eq!(standard.grouped(Unit::Yuan).to_string(), "12,345,600");
/// assert_eq!(standard.to_decimal(Unit::Yi).to_string(), "0.123456");
/// assert!(Amount::MAX.checked_add(Amount::from_fen(1)).is_err());
/// # Ok::<(), fundlayers::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// 2^63 − 1 fen, about 92,233 万亿元.
    pub const MAX: Self = Self(i64::MAX);

    /// So many fen.
    #[must_use]
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// In fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// A decimal number of a unit, which must be whole fen.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotWholeFen`], [`MoneyError::Overflow`].
    pub fn from_decimal(value: Decimal, unit: Unit) -> Result<Self, MoneyError> {
        let numerator = BigInt::from(value.mantissa()) * unit.fen();
        let (fen, rest) = numerator.div_rem(&BigInt::from(10).pow(value.scale()));
        if rest != BigInt::ZERO {
            return Err(MoneyError::NotWholeFen(value.normalize(), unit));
        }
        fen.to_i64().map(Self).ok_or(MoneyError::Overflow)
    }

    /// A number in text, by its digits (`1,234.5`, `１２`), of a unit.
    ///
    /// # Errors
    ///
    /// As [`parse_decimal`](crate::parse_decimal) and [`Amount::from_decimal`].
    pub fn parse(text: &str, unit: Unit) -> Result<Self, MoneyError> {
        Self::from_decimal(parse_decimal(text)?, unit)
    }

    /// The exact number of a unit, without trailing zeros.
    #[must_use]
    pub fn to_decimal(self, unit: Unit) -> Decimal {
        decimal(self.0.into(), unit.places()).sure().normalize()
    }

    /// How many decimals the exact number of a unit needs.
    ///
    /// ```
    /// use fundlayers::{Amount, Unit};
    /// assert_eq!(Amount::from_fen(12_500_000).decimals(Unit::Wan), 1);
    /// ```
    #[must_use]
    pub const fn decimals(self, unit: Unit) -> u32 {
        let (mut fen, mut decimals) = (self.0, unit.places());
        while decimals > 0 && fen % 10 == 0 {
            fen /= 10;
            decimals = decimals.saturating_sub(1);
        }
        decimals
    }

    /// Shows the exact number of a unit as plain digits without trailing zeros: `1234.5`.
    #[must_use]
    pub const fn in_unit(self, unit: Unit) -> AmountDisplay {
        AmountDisplay { fen: self.0, unit, grouped: false, places: None }
    }

    /// Shows the exact number of a unit with thousands separators, for people: `1,234.5`.
    #[must_use]
    pub const fn grouped(self, unit: Unit) -> AmountDisplay {
        AmountDisplay { fen: self.0, unit, grouped: true, places: None }
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_sub(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// So many times the amount.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(self, times: i64) -> Result<Self, MoneyError> {
        self.0.checked_mul(times).map(Self).ok_or(MoneyError::Overflow)
    }

    /// The sum of many.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Overflow`] if the whole sum does not fit; the order does not matter.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let mut total: i128 = 0;
        for amount in amounts {
            total = total.checked_add(amount.0.into()).ok_or(MoneyError::Overflow)?;
        }
        i64::try_from(total).map(Self).map_err(|_| MoneyError::Overflow)
    }
}

impl Amount {
    /// The name under which serde carries an amount: formats that know it keep the unit beside the digits.
    pub(crate) const SERDE_NAME: &'static str = "Amount";

    /// Digits with the unit, such as `1234.5元`.
    pub(crate) fn with_unit(self) -> String {
        format!("{}元", self.in_unit(Unit::Yuan))
    }
}

impl fmt::Display for Amount {
    /// With its unit: `1,234.5 元`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} 元", self.grouped(Unit::Yuan))
    }
}

/// As text with its unit, so that nobody has to remember it: `1234.5元`.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::SERDE_NAME, &self.with_unit())
    }
}

/// From text with its unit: `1234.5元`, `0.12345 万元`. A number without a unit is refused.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(Self::SERDE_NAME, AmountVisitor)
    }
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount with its unit, such as `600万元`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Amount, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(E::custom)
    }
}

/// How units are written behind a number, the longer one first where one ends in another.
pub(crate) const UNITS_BEHIND: [(&str, Unit); 5] =
    [("亿元", Unit::Yi), ("万元", Unit::Wan), ("元", Unit::Yuan), ("亿", Unit::Yi), ("万", Unit::Wan)];

impl FromStr for Amount {
    type Err = MoneyError;

    /// From text with its unit: `600万元`, `600万`, `-0.5 元`, `1,200 yuan`. A number without a unit is refused.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        const ENGLISH: [(&str, Unit); 3] = [("yuan", Unit::Yuan), ("wan", Unit::Wan), ("yi", Unit::Yi)];
        let mut units = UNITS_BEHIND.into_iter().chain(ENGLISH);
        let named = units.find_map(|(name, unit)| Some((text.trim().strip_suffix(name)?, unit)));
        let (number, unit) = named.ok_or_else(|| MoneyError::Unit(text.trim().to_owned()))?;
        Self::parse(number, unit)
    }
}

/// An amount on its way to text; see [`Amount::in_unit`] and [`Amount::grouped`].
#[derive(Debug, Clone, Copy)]
pub struct AmountDisplay {
    fen: i64,
    unit: Unit,
    grouped: bool,
    places: Option<u32>,
}

impl AmountDisplay {
    /// The same with so many decimals, at most 10, for people: rounded half-up (away from zero), or with zeros. None: as many
    /// as there are.
    ///
    /// ```
    /// use fundlayers::{Amount, Unit};
    /// let shown = |fen, places| Amount::from_fen(fen).grouped(Unit::Wan).to_places(Some(places)).to_string();
    /// assert_eq!((shown(12_345_000, 2), shown(-12_345_000, 2)), ("12.35".into(), "-12.35".into()));
    /// assert_eq!((shown(-4_999, 2), shown(6_000_000, 8)), ("0.00".into(), "6.00000000".into()));
    /// ```
    #[must_use]
    pub const fn to_places(self, places: Option<u32>) -> Self {
        Self { places, ..self }
    }

    /// The size in steps of the last decimal, and how many decimals there are.
    fn steps(&self) -> (u64, u32) {
        let (fen, most) = (self.fen.unsigned_abs(), self.unit.places());
        let dropped = self.places.and_then(|places| most.checked_sub(places)).unwrap_or_default();
        // No unit has more than 10 decimals.
        let step = 10_u64.saturating_pow(dropped);
        let (steps, left) = fen.div_rem(&step);
        let up = left >= step.div_ceil(2) && left > 0;
        (steps.saturating_add(up.into()), most.saturating_sub(dropped))
    }
}

impl fmt::Display for AmountDisplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (steps, places) = self.steps();
        let (whole, part) = steps.div_rem(&10_u64.saturating_pow(places));
        let mut text = String::new();
        if self.fen < 0 && steps > 0 {
            text.push('-');
        }
        let digits = whole.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if self.grouped && index > 0 && digits.len().abs_diff(index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        let width = usize::try_from(places).sure();
        let decimals = if width == 0 { String::new() } else { format!("{part:0width$}") };
        match self.places {
            None if part != 0 => {
                text.push('.');
                text.push_str(decimals.trim_end_matches('0'));
            }
            Some(asked) if asked > 0 => {
                let zeros = usize::try_from(asked.min(Unit::Yi.places())).sure().saturating_sub(width);
                text.push('.');
                text.push_str(&decimals);
                text.extend(std::iter::repeat_n('0', zeros));
            }
            _ => {}
        }
        f.pad(&text)
    }
}

/// How an exact number becomes a multiple of the rounding step.
///
/// | mode | 2.5 | 3.5 | 2.4 | -2.5 | -2.6 |
/// |---|---|---|---|---|---|
/// | half-up | 3 | 4 | 2 | -3 | -3 |
/// | half-even | 2 | 4 | 2 | -2 | -3 |
/// | down | 2 | 3 | 2 | -2 | -2 |
/// | up | 3 | 4 | 3 | -3 | -3 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RoundingMode {
    /// To the nearest; a tie goes away from zero (四舍五入). The default.
    #[default]
    HalfUp,
    /// To the nearest; a tie goes to the even neighbour (四舍六入五成双).
    HalfEven,
    /// Toward zero: what is below the step falls away (舍去).
    Down,
    /// Away from zero: any rest gives a whole step (进一).
    Up,
}

impl RoundingMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::HalfUp, Self::HalfEven, Self::Down, Self::Up];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half-even",
            Self::Down => "down",
            Self::Up => "up",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::En, _) => self.as_str(),
            (Lang::Zh, Self::HalfUp) => "四舍五入",
            (Lang::Zh, Self::HalfEven) => "四舍六入五成双",
            (Lang::Zh, Self::Down) => "舍去尾数",
            (Lang::Zh, Self::Up) => "尾数进一",
        }
    }

    /// Whether the magnitude goes up to the next whole number, given the whole part's parity, whether there is a
    /// rest, and how twice the rest compares with the divisor.
    pub(crate) fn goes_up(self, odd: bool, rest: bool, twice: std::cmp::Ordering) -> bool {
        match self {
            Self::HalfUp => twice.is_ge(),
            Self::HalfEven => twice.is_gt() || (twice.is_eq() && odd),
            Self::Down => false,
            Self::Up => rest,
        }
    }
}

impl fmt::Display for RoundingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RoundingMode {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or_else(|| MoneyError::Mode(text.to_owned()))
    }
}

/// The step that amounts are rounded to, and how. The default is 0.01 元, half-up.
///
/// ```
/// use fundlayers::{Amount, Rounding, RoundingMode, Unit, parse_decimal};
/// let fen = Rounding::default();
/// assert_eq!(fen.round(parse_decimal("160.485")?, Unit::Yuan)?, Amount::from_fen(16_049));
/// let wan = Rounding::new(Unit::Wan, 0, RoundingMode::HalfEven)?;
/// assert_eq!(wan.round(parse_decimal("2.5")?, Unit::Wan)?, Amount::parse("2", Unit::Wan)?);
/// # Ok::<(), fundlayers::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rounding {
    unit: Unit,
    places: u32,
    mode: RoundingMode,
    step: i64,
}

impl Default for Rounding {
    fn default() -> Self {
        Self { unit: Unit::Yuan, places: 2, mode: RoundingMode::HalfUp, step: 1 }
    }
}

impl Rounding {
    /// A step of `unit` × 10^−`places`.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Step`] if the step is below 0.01 元.
    pub fn new(unit: Unit, places: u32, mode: RoundingMode) -> Result<Self, MoneyError> {
        let step = unit
            .places()
            .checked_sub(places)
            .and_then(|power| 10_i64.checked_pow(power))
            .ok_or(MoneyError::Step { unit, places })?;
        Ok(Self { unit, places, mode, step })
    }

    /// Multiples of an amount, which is shown in a unit: of 100 元, of 5 万元.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Multiple`] if the amount is not above 0.
    ///
    /// ```
    /// use fundlayers::{Amount, Rounding, RoundingMode, Unit, parse_decimal};
    /// let hundreds = Rounding::multiple(Amount::parse("100", Unit::Yuan)?, Unit::Yuan, RoundingMode::HalfUp)?;
    /// assert_eq!(hundreds.round(parse_decimal("1250")?, Unit::Yuan)?, Amount::parse("1300", Unit::Yuan)?);
    /// assert!(Rounding::multiple(Amount::ZERO, Unit::Yuan, RoundingMode::HalfUp).is_err());
    /// # Ok::<(), fundlayers::MoneyError>(())
    /// ```
    pub fn multiple(step: Amount, unit: Unit, mode: RoundingMode) -> Result<Self, MoneyError> {
        if step <= Amount::ZERO {
            return Err(MoneyError::Multiple(step));
        }
        Ok(Self { unit, places: step.to_decimal(unit).scale(), mode, step: step.fen() })
    }

    /// To the same step in another way.
    pub(crate) const fn with_mode(self, mode: RoundingMode) -> Self {
        Self { mode, ..self }
    }

    /// The unit that the step is stated in.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// Decimals that the step has in the unit.
    #[must_use]
    pub const fn places(self) -> u32 {
        self.places
    }

    /// The mode.
    #[must_use]
    pub const fn mode(self) -> RoundingMode {
        self.mode
    }

    /// The step: every rounded amount is a multiple of it.
    #[must_use]
    pub const fn step(self) -> Amount {
        Amount(self.step)
    }

    /// Rounds a number of a unit to a multiple of the step.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Overflow`].
    pub fn round(self, value: Decimal, unit: Unit) -> Result<Amount, MoneyError> {
        self.round_ratio(&(BigInt::from(value.mantissa()) * unit.fen()), &BigInt::from(10).pow(value.scale()))
    }

    /// Rounds `numerator ÷ denominator` fen to a multiple of the step. The denominator is above zero.
    pub(crate) fn round_ratio(self, numerator: &BigInt, denominator: &BigInt) -> Result<Amount, MoneyError> {
        let divisor = denominator * self.step;
        let (whole, rest) = numerator.abs().div_rem(&divisor);
        let twice = (&rest * 2_u8).cmp(&divisor);
        let up = self.mode.goes_up(whole.is_odd(), rest != BigInt::ZERO, twice);
        let magnitude = (whole + u8::from(up)) * self.step;
        let signed = if numerator.is_negative() { -magnitude } else { magnitude };
        signed.to_i64().map(Amount).ok_or(MoneyError::Overflow)
    }

    /// Whether an amount is a multiple of the step.
    #[must_use]
    pub fn is_multiple(self, amount: Amount) -> bool {
        amount.0.checked_rem(self.step).is_some_and(|rest| rest == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_mode_rounds_as_its_table_says() {
        let steps = [
            ("2.5", [3, 2, 2, 3]),
            ("3.5", [4, 4, 3, 4]),
            ("2.4", [2, 2, 2, 3]),
            ("-2.5", [-3, -2, -2, -3]),
            ("-2.6", [-3, -3, -2, -3]),
            ("0.5", [1, 0, 0, 1]),
            ("-0.5", [-1, 0, 0, -1]),
            ("0.001", [0, 0, 0, 1]),
        ];
        for (text, expected) in steps {
            for (mode, whole) in RoundingMode::ALL.into_iter().zip(expected) {
                let rounding = Rounding::new(Unit::Wan, 0, mode).unwrap();
                let rounded = rounding.round(parse_decimal(text).unwrap(), Unit::Wan).unwrap();
                assert_eq!(rounded.fen(), whole * 1_000_000, "{text} {mode}");
            }
        }
    }

    #[test]
    fn overflow_is_an_error() {
        assert_eq!(Amount::MAX.checked_add(Amount(1)), Err(MoneyError::Overflow));
        assert_eq!(Amount(i64::MIN).checked_sub(Amount(1)), Err(MoneyError::Overflow));
        assert_eq!(Amount::MAX.checked_mul(2), Err(MoneyError::Overflow));
        assert_eq!(Amount::sum([Amount::MAX, Amount(1)]), Err(MoneyError::Overflow));
        assert_eq!(Amount::sum([Amount::MAX, Amount(1), Amount(-1)]), Ok(Amount::MAX));
        assert_eq!(Amount::parse("92233720368547758.08", Unit::Yuan), Err(MoneyError::Overflow));
        assert_eq!(Amount::parse("92233720368547758.07", Unit::Yuan), Ok(Amount::MAX));
    }

    #[test]
    fn a_step_below_a_fen_is_refused() {
        assert!(Rounding::new(Unit::Yuan, 3, RoundingMode::Up).is_err());
        assert!(Rounding::new(Unit::Wan, 7, RoundingMode::Up).is_err());
        assert_eq!(Rounding::new(Unit::Yi, 10, RoundingMode::Up).unwrap().step(), Amount(1));
    }

    #[test]
    fn multiples_are_of_any_amount_above_0() {
        let quarter = Rounding::multiple(Amount(25), Unit::Yuan, RoundingMode::HalfUp).unwrap();
        assert_eq!((quarter.step(), quarter.places(), quarter.unit()), (Amount(25), 2, Unit::Yuan));
        for (text, fen) in [("0.12", 0), ("0.125", 25), ("0.62", 50), ("-0.13", -25), ("7", 700)] {
            assert_eq!(quarter.round(parse_decimal(text).unwrap(), Unit::Yuan), Ok(Amount(fen)), "{text}");
        }
        let thousand = Rounding::multiple(Amount(1_000 * 1_000_000), Unit::Wan, RoundingMode::Down).unwrap();
        assert_eq!(thousand.places(), 0);
        assert!(thousand.is_multiple(Amount(-3_000 * 1_000_000)) && !thousand.is_multiple(Amount(1_000_000)));
        assert_eq!(Rounding::multiple(Amount(-1), Unit::Yuan, RoundingMode::Up), Err(MoneyError::Multiple(Amount(-1))));
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same_amount(fen: i64, unit in prop::sample::select(Unit::ALL.to_vec())) {
            let amount = Amount(fen);
            prop_assert_eq!(Amount::parse(&amount.in_unit(unit).to_string(), unit).unwrap(), amount);
            prop_assert_eq!(Amount::parse(&amount.grouped(unit).to_string(), unit).unwrap(), amount);
            prop_assert_eq!(Amount::from_decimal(amount.to_decimal(unit), unit).unwrap(), amount);
        }

        #[test]
        fn the_rounding_error_is_below_one_step(mantissa in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..12,
            places in 0_u32..=6, mode in prop::sample::select(RoundingMode::ALL.to_vec())) {
            let rounding = Rounding::new(Unit::Wan, places, mode).unwrap();
            let value = Decimal::new(mantissa, scale);
            let rounded = rounding.round(value, Unit::Wan).unwrap();
            prop_assert!(rounding.is_multiple(rounded));
            let error = (rounded.to_decimal(Unit::Wan) - value).abs();
            let step = rounding.step().to_decimal(Unit::Wan);
            prop_assert!(error < step);
            if matches!(mode, RoundingMode::HalfUp | RoundingMode::HalfEven) {
                prop_assert!(error + error <= step);
            }
        }
    }
}
