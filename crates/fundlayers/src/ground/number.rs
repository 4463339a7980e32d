//! Numbers in text, read by their digits.

use std::fmt;

use rust_decimal::Decimal;

use crate::ground::catalogue::ground as words;
use crate::ground::language::Lang;
use crate::ground::message::Message;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::ground::text::{split_list, typed};

/// Why a text is not an exact number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberError {
    /// Not a number, or separators in the wrong places.
    Bad(String),
    /// More digits than are kept exactly.
    OutOfRange(String),
}

impl NumberError {
    /// What is wrong, for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Bad(text) => words::NO_NUMBER.with(&[text]),
            Self::OutOfRange(text) => words::TOO_MANY_DIGITS.with(&[text]),
        }
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().to_text(Lang::En))
    }
}

impl std::error::Error for NumberError {}

/// The decimal `mantissa` × 10^−`scale`, if it can be kept exactly.
pub(crate) fn decimal(mantissa: i128, scale: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// Reads a number by its digits: ASCII or full-width, an optional sign, a decimal point, and thousands separators
/// where they belong. Surrounding white space is trimmed. No exponent, no percent sign, no unit.
///
/// # Errors
///
/// [`NumberError::Bad`] if it is not a number, [`NumberError::OutOfRange`] beyond 28 digits.
///
/// ```
/// use fundlayers::parse_decimal;
/// assert_eq!(parse_decimal(" １，２３４．５ ")?.to_string(), "1234.5");
/// assert!(parse_decimal("1,23").is_err(), "it may be a decimal comma");
/// # Ok::<(), fundlayers::NumberError>(())
/// ```
pub fn parse_decimal(text: &str) -> Result<Decimal, NumberError> {
    let (mantissa, scale) = parse_number(text, false)?;
    decimal(mantissa, scale).ok_or_else(|| NumberError::OutOfRange(text.trim().to_owned()))
}

/// Reads a bare number of TOML or JSON: its own digits, an exponent allowed, `_` as TOML has it.
///
/// # Errors
///
/// As [`parse_decimal`].
pub fn parse_bare_number(text: &str) -> Result<Decimal, NumberError> {
    let (mantissa, scale) = parse_number(text, true)?;
    decimal(mantissa, scale).ok_or_else(|| NumberError::OutOfRange(text.to_owned()))
}

/// Reads years as the commands take them: `2024`, `2023..2025` (both included), `2023,2025`, or several of these; and as
/// offices write them: `2024年`, `2024年度`, `2023-2025`, `2023—2025年`, `2023年至2025年`, `2023、2025`.
///
/// # Errors
///
/// [`Code::BadYears`] for each part that is not a year or a span of years.
///
/// ```
/// assert_eq!(fundlayers::parse_years("2023..2025")?, [2023, 2024, 2025]);
/// assert_eq!(fundlayers::parse_years("2023, 2025")?, [2023, 2025]);
/// assert_eq!(fundlayers::parse_years("2023年至2025年")?, [2023, 2024, 2025]);
/// assert_eq!(fundlayers::parse_years("２０２３，２０２５")?, [2023, 2025]);
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn parse_years(text: &str) -> Result<Vec<u16>, Problems> {
    let year = |text: &str| {
        let text = text.trim();
        let text = text.strip_suffix("年度").or_else(|| text.strip_suffix('年')).unwrap_or(text).trim_end();
        text.parse::<u16>().ok().filter(|year| (1..=9999).contains(year))
    };
    // What stands between the first and the last year of a span.
    let between = ["..", "—", "–", "-", "~", "至", "到"];
    let mut years = Vec::new();
    let mut problems = Problems::new();
    let text = typed(text);
    for part in split_list(&text) {
        let span = between.into_iter().find_map(|mark| {
            let (first, last) = part.split_once(mark)?;
            Some((first, last.strip_prefix(mark).unwrap_or(last)))
        });
        let span = span.unwrap_or((part, part));
        match (year(span.0), year(span.1)) {
            (Some(first), Some(last)) if first <= last => years.extend(first..=last),
            (Some(first), Some(last)) => {
                let problem = Problem::new(Code::BadYears, words::YEARS_REVERSED).found(part.trim());
                problems.push(problem.expected(words::YEARS_SPAN.with(&[&last, &first])));
            }
            _ => {
                let problem = Problem::new(Code::BadYears, words::NOT_YEARS).found(part.trim());
                problems.push(problem.expected(words::SUCH_AS_YEARS));
            }
        }
    }
    if problems.is_empty() { Ok(years) } else { Err(problems) }
}

/// How many digits behind the point are kept.
const SCALE_LIMIT: u32 = 28;
/// How many are written at most: as many as the widest decimal of a data frame has.
pub(crate) const SCALE_SHOWN: usize = 76;
/// Mantissas are below 2^96.
const MANTISSA_LIMIT: i128 = 1 << 96;

/// A mantissa × 10^−scale without trailing zeros of its fraction; none if it cannot be kept exactly.
pub(crate) fn kept(mantissa: i128, scale: u32) -> Option<(i128, u32)> {
    let (mut mantissa, mut scale) = (mantissa, if mantissa == 0 { 0 } else { scale });
    while scale > 0 && mantissa.checked_rem(10) == Some(0) {
        mantissa = mantissa.checked_div(10)?;
        scale = scale.saturating_sub(1);
    }
    (scale <= SCALE_LIMIT && mantissa.unsigned_abs() < MANTISSA_LIMIT.unsigned_abs()).then_some((mantissa, scale))
}

/// The mantissa and scale of a number, without trailing zeros of its fraction.
pub(crate) fn parse_number(text: &str, bare: bool) -> Result<(i128, u32), NumberError> {
    let bad = || NumberError::Bad(text.trim().to_owned());
    let out = || NumberError::OutOfRange(text.trim().to_owned());
    let trimmed = text.trim();
    let mut rest = trimmed.chars().peekable();
    let negative = match rest.peek() {
        Some('-' | '－' | '−') => {
            rest.next();
            true
        }
        Some('+' | '＋') => {
            rest.next();
            false
        }
        _ => false,
    };
    let mut mantissa: i128 = 0;
    let mut overflow = false;
    // Zeros at the end of the fraction count only when another digit follows them.
    let (mut scale, mut pending): (u32, u32) = (0, 0);
    let (mut whole_digits, mut fraction_digits): (usize, usize) = (0, 0);
    let mut group: Option<usize> = None;
    let mut point = false;
    let mut exponent: i64 = 0;
    while let Some(c) = rest.next() {
        let digit = match c {
            '0'..='9' => u32::from(c).checked_sub(u32::from('0')),
            '０'..='９' if !bare => u32::from(c).checked_sub(u32::from('０')),
            _ => None,
        };
        if let Some(digit) = digit {
            if point {
                fraction_digits = fraction_digits.saturating_add(1);
                pending = pending.saturating_add(1);
                if digit == 0 {
                    continue;
                }
            } else {
                whole_digits = whole_digits.saturating_add(1);
                group = group.map(|n| n.saturating_add(1));
                pending = 1;
            }
            // `pending` digits come at once: zeros held back, then this one.
            for _ in 0..pending.min(64) {
                overflow |= mantissa >= MANTISSA_LIMIT;
                mantissa = if overflow { MANTISSA_LIMIT } else { mantissa.saturating_mul(10) };
            }
            overflow |= pending > 64 && mantissa != 0;
            mantissa = mantissa.saturating_add(digit.into());
            if point {
                scale = scale.saturating_add(pending);
            }
            pending = 0;
            continue;
        }
        match c {
            ',' | '，' if !bare && !point => {
                // The first group has one to three digits, every later one exactly three.
                let good = group.map_or((1..=3).contains(&whole_digits), |n| n == 3);
                if !good {
                    return Err(bad());
                }
                group = Some(0);
            }
            '.' => {
                if point || group.is_some_and(|n| n != 3) {
                    return Err(bad());
                }
                point = true;
            }
            '．' if !bare && !point && group.is_none_or(|n| n == 3) => point = true,
            // TOML has checked where underscores may stand.
            '_' if bare => {}
            'e' | 'E' if bare && whole_digits.saturating_add(fraction_digits) > 0 => {
                let digits: String = rest.by_ref().filter(|c| *c != '_').collect();
                exponent = match digits.parse::<i64>() {
                    Ok(exponent) => exponent,
                    Err(_)
                        if digits.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit())
                            && digits.chars().any(|c| c.is_ascii_digit()) =>
                    {
                        i64::MAX.saturating_mul(if digits.starts_with('-') { -1 } else { 1 })
                    }
                    Err(_) => return Err(bad()),
                };
            }
            _ => return Err(bad()),
        }
    }
    let digits = whole_digits.saturating_add(fraction_digits);
    if digits == 0
        || group.is_some_and(|n| !point && n != 3)
        || (point && fraction_digits == 0)
        || (point && whole_digits == 0)
    {
        return Err(bad());
    }
    if overflow {
        return Err(out());
    }
    if mantissa == 0 {
        return Ok((0, 0));
    }
    let mut shifted = i64::from(scale).saturating_sub(exponent);
    while shifted < 0 {
        mantissa = mantissa.checked_mul(10).filter(|m| *m < MANTISSA_LIMIT).ok_or_else(out)?;
        shifted = shifted.saturating_add(1);
    }
    while shifted > 0 && mantissa.checked_rem(10) == Some(0) {
        mantissa = mantissa.checked_div(10).sure();
        shifted = shifted.saturating_sub(1);
    }
    let scale = u32::try_from(shifted).ok().filter(|s| *s <= SCALE_LIMIT).ok_or_else(out)?;
    if mantissa >= MANTISSA_LIMIT {
        return Err(out());
    }
    Ok((if negative { mantissa.saturating_neg() } else { mantissa }, scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(input: &str) -> Result<String, NumberError> {
        parse_decimal(input).map(|d| d.to_string())
    }

    #[test]
    fn digits_are_read_as_written() {
        for (input, expected) in [
            ("600", "600"),
            ("1,234.50", "1234.5"),
            ("１２３．４", "123.4"),
            ("-0.004", "-0.004"),
            ("＋7", "7"),
            ("0.1000000000000000055511151231", "0.1000000000000000055511151231"),
            ("1，234，567", "1234567"),
            ("　12　", "12"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("0.00000000000000000000000000000", "0"),
            ("007", "7"),
            ("−5", "-5"),
            ("1000.000", "1000"),
        ] {
            assert_eq!(text(input).as_deref(), Ok(expected), "{input}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for input in [
            "", " ", "-", "1,23", "1,2345", ",123", "1234,567", "1.", ".5", "1.2.3", "1e3", "5%", "5万", "0x10",
            "1 000", "--1", "nan", "1,234,", "1.234,5", "1_000",
        ] {
            assert!(matches!(text(input), Err(NumberError::Bad(_))), "{input}");
        }
        for input in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            &"9".repeat(400),
            &format!("0.{}1", "0".repeat(400)),
            &format!("1.{}1", "0".repeat(100)),
        ] {
            assert!(matches!(text(input), Err(NumberError::OutOfRange(_))), "{input}");
        }
    }

    #[test]
    fn bare_numbers_may_have_an_exponent() {
        for (input, expected) in [
            ("1e3", "1000"),
            ("1_000", "1000"),
            ("2.50E-1", "0.25"),
            ("-3", "-3"),
            ("0e999999999999999999999", "0"),
            ("12e-1", "1.2"),
            ("1200e-2", "12"),
            ("+5", "5"),
        ] {
            assert_eq!(parse_bare_number(input).map(|d| d.to_string()).as_deref(), Ok(expected), "{input}");
        }
        for input in ["1e99", "1e-99", "1e99999999999999999999", "1e-99999999999999999999"] {
            assert!(matches!(parse_bare_number(input), Err(NumberError::OutOfRange(_))), "{input}");
        }
        for input in ["inf", "nan", "0x1f", "0b1", "0o7", "1,000", "e5", "1e"] {
            assert!(matches!(parse_bare_number(input), Err(NumberError::Bad(_))), "{input}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same_number(mantissa in -79_228_162_514_264_337_593_543_950_335_i128..=79_228_162_514_264_337_593_543_950_335, scale in 0_u32..=28) {
            let number = decimal(mantissa, scale).unwrap();
            prop_assert_eq!(parse_decimal(&number.to_string()).unwrap(), number);
        }

        #[test]
        fn no_text_panics(text in "[0-9０-９,，.．eE+_-]{0,40}") {
            drop(parse_number(&text, false));
            drop(parse_number(&text, true));
        }
    }
}
