//! Numbers as a clerk typed them, and days, out of what a sheet stores.

use std::fmt::Write;

use super::CellFault;

/// So many significant digits are what a spreadsheet keeps of a number, and shows.
const DIGITS: usize = 15;
/// The last day that a spreadsheet knows, 9999-12-31.
#[cfg(any(feature = "xlsx", feature = "xls"))]
const LAST_DAY: i64 = 2_958_465;
/// A calendar that begins in 1904 is so many days behind.
#[cfg(any(feature = "xlsx", feature = "xls"))]
const SINCE_1904: i64 = 1462;
#[cfg(any(feature = "xlsx", feature = "xls"))]
const SECONDS: u128 = 86_400;

/// Writes a stored number as plain digits: its double at 15 significant digits, which is what was typed.
#[cfg(any(feature = "xlsx", feature = "ods", test))]
pub(super) fn write_digits(stored: &str, out: &mut String) -> Result<(), CellFault> {
    let stored = stored.trim();
    if write_short(stored, out) {
        return Ok(());
    }
    match stored.parse::<f64>() {
        Ok(number) => write_double(number, out),
        Err(_) => Err(CellFault::NotANumber(stored.to_owned())),
    }
}

/// A decimal that has no more digits than a double keeps comes back from it as it was, so that none is needed.
fn write_short(stored: &str, out: &mut String) -> bool {
    let (minus, digits) = stored.strip_prefix('-').map_or(("", stored), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return false;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len().saturating_add(fraction.len()) > DIGITS {
        return false;
    }
    if whole.is_empty() && fraction.is_empty() {
        out.push('0');
        return true;
    }
    out.push_str(minus);
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    true
}

/// As [`write_digits`], of a double.
pub(super) fn write_double(number: f64, out: &mut String) -> Result<(), CellFault> {
    if !number.is_finite() {
        return Err(CellFault::NotANumber(number.to_string()));
    }
    // Its digits are rounded exactly, without arithmetic on floats.
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (minus, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |mantissa| ("-", mantissa));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        out.push('0');
        return Ok(());
    }
    let Ok(shift) = usize::try_from(exponent) else {
        let zeros = usize::try_from(exponent.unsigned_abs()).unwrap_or_default().saturating_sub(1);
        _ = write!(out, "{minus}0.{:0<zeros$}{digits}", "");
        return Ok(());
    };
    if shift >= DIGITS {
        return Err(CellFault::DigitsLost(format!("{number}")));
    }
    out.push_str(minus);
    let point = shift.saturating_add(1);
    match digits.split_at_checked(point) {
        Some((whole, "")) => out.push_str(whole),
        Some((whole, fraction)) => _ = write!(out, "{whole}.{fraction}"),
        None => _ = write!(out, "{digits:0<point$}"),
    }
    Ok(())
}

/// A share as it is shown: `0.4` is `40%`.
pub(super) fn write_percent(digits: &str, out: &mut String) {
    let (minus, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (up, fraction) = fraction.split_at_checked(2).unwrap_or((fraction, ""));
    let whole = format!("{whole}{up:0<2}");
    let whole = whole.trim_start_matches('0');
    out.push_str(minus);
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out.push('%');
}

/// A hundredth of a number.
#[cfg(feature = "xls")]
pub(super) fn write_hundredth(digits: &str) -> String {
    let (minus, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = format!("{whole:0>3}");
    let (whole, down) = whole.split_at_checked(whole.len().saturating_sub(2)).unwrap_or((&whole, ""));
    let mut out = String::new();
    let shifted = write_short(&format!("{minus}{whole}.{down}{fraction}"), &mut out);
    debug_assert!(shifted, "at most 15 digits come in");
    out
}

/// Writes the day that a number of days means, with the time of day if there is one, or only that if there is no day.
#[cfg(any(feature = "xlsx", feature = "xls"))]
pub(super) fn write_day(digits: &str, since_1904: bool, out: &mut String) -> Result<(), CellFault> {
    let wrong = || CellFault::NotADate(digits.to_owned());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut day: i64 = whole.parse().map_err(|_| wrong())?;
    if digits.starts_with('-') {
        return Err(wrong());
    }
    let mut second = seconds(fraction).ok_or_else(wrong)?;
    if second >= SECONDS {
        second = second.saturating_sub(SECONDS);
        day = day.saturating_add(1);
    }
    let dateless = day == 0 && !since_1904;
    if since_1904 {
        day = day.saturating_add(SINCE_1904);
    }
    if day > LAST_DAY {
        return Err(wrong());
    }
    if !dateless {
        // Excel has a 29 February 1900, which Lotus had.
        let (year, month, day) = match day {
            60 => (1900, 2, 29),
            ..60 => calendar(day.saturating_add(1)),
            _ => calendar(day),
        };
        _ = write!(out, "{year:04}-{month:02}-{day:02}");
    }
    if dateless || second > 0 {
        let (minute, second) = (second / 60, second % 60);
        let (hour, minute) = (minute / 60, minute % 60);
        _ = write!(out, "{}{hour:02}:{minute:02}:{second:02}", if dateless { "" } else { " " });
    }
    Ok(())
}

/// Seconds of a day, from the digits of its fraction.
#[cfg(any(feature = "xlsx", feature = "xls"))]
fn seconds(fraction: &str) -> Option<u128> {
    if fraction.is_empty() {
        return Some(0);
    }
    let fraction = fraction.get(..DIGITS).unwrap_or(fraction);
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let seconds = fraction.parse::<u128>().ok()?.checked_mul(SECONDS)?;
    seconds.checked_add(scale / 2)?.checked_div(scale)
}

/// Year, month and day of the days since 1899-12-30.
#[cfg(any(feature = "xlsx", feature = "xls"))]
fn calendar(day: i64) -> (i64, i64, i64) {
    // Days since 0000-03-01, in eras of 400 years; years begin in March, so that the day that varies is the last.
    let day = day.saturating_add(693_899);
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let leap = (day / 1460).saturating_sub(day / 36_524).saturating_add(day / 146_096);
    let year = day.saturating_sub(leap) / 365;
    let start = year.saturating_mul(365).saturating_add(year / 4).saturating_sub(year / 100);
    let day = day.saturating_sub(start);
    let month = day.saturating_mul(5).saturating_add(2) / 153;
    let first = month.saturating_mul(153).saturating_add(2) / 5;
    let (shift, late) = if month < 10 { (3, 0) } else { (-9, 1) };
    let year = era.saturating_mul(400).saturating_add(year).saturating_add(late);
    (year, month.saturating_add(shift), day.saturating_sub(first).saturating_add(1))
}

/// How what stands behind a number says that it counts money, or several.
const COUNTS: [&str; 6] = ["元", "十", "百", "千", "万", "亿"];

/// What is written behind a number, if it says so.
pub(super) fn counted(behind: &str) -> Option<&str> {
    let behind = behind.trim();
    COUNTS.iter().any(|count| behind.starts_with(count)).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digits(stored: &str) -> Result<String, CellFault> {
        let mut out = String::new();
        write_digits(stored, &mut out).map(|()| out)
    }

    #[test]
    fn what_was_typed_comes_back() {
        for (stored, typed) in [
            ("724.71248399999995", "724.712484"),
            ("0.30000000000000004", "0.3"),
            ("610202000000", "610202000000"),
            ("6.10202E+11", "610202000000"),
            ("900000.5", "900000.5"),
            ("-1.50", "-1.5"),
            ("0", "0"),
            ("-0", "0"),
            ("1e-7", "0.0000001"),
            ("1.25E-2", "0.0125"),
            ("999999999999999", "999999999999999"),
            ("123456789012.34500", "123456789012.345"),
            (" 007 ", "7"),
            (".5", "0.5"),
            ("1.9999999999999999E2", "200"),
        ] {
            assert_eq!(digits(stored), Ok(typed.to_owned()), "{stored}");
        }
    }

    #[test]
    fn digits_that_a_double_loses_and_what_is_no_number_are_said() {
        for stored in ["6101220000001234", "1E+15", "1e300", "999999999999999.9"] {
            assert!(matches!(digits(stored), Err(CellFault::DigitsLost(_))), "{stored}");
        }
        for stored in ["NaN", "inf", "-infinity", "", "1,5", "abc", "1e999", "0x10"] {
            assert!(matches!(digits(stored), Err(CellFault::NotANumber(_))), "{stored}");
        }
    }

    #[test]
    fn shares_are_shown_in_hundredths() {
        for (digits, shown) in
            [("0.4", "40%"), ("1", "100%"), ("0.125", "12.5%"), ("-0.05", "-5%"), ("0", "0%"), ("0.0025", "0.25%")]
        {
            let mut out = String::new();
            write_percent(digits, &mut out);
            assert_eq!(out, shown);
        }
    }

    #[cfg(feature = "xls")]
    #[test]
    fn hundredths_keep_their_digits() {
        for (digits, hundredth) in
            [("12345", "123.45"), ("5", "0.05"), ("-50", "-0.5"), ("0", "0"), ("1200", "12"), ("1.5", "0.015")]
        {
            assert_eq!(write_hundredth(digits), hundredth);
        }
    }

    #[cfg(any(feature = "xlsx", feature = "xls"))]
    #[test]
    fn days_are_those_of_the_calendar() {
        let day = |digits: &str, since_1904: bool| {
            let mut out = String::new();
            write_day(digits, since_1904, &mut out).map(|()| out)
        };
        for (digits, since_1904, date) in [
            ("45356", false, "2024-03-05"),
            ("43894", true, "2024-03-05"),
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("60", false, "1900-02-29"),
            ("61", false, "1900-03-01"),
            ("36585", false, "2000-02-29"),
            ("2958465", false, "9999-12-31"),
            ("0", true, "1904-01-01"),
            ("45356.5", false, "2024-03-05 12:00:00"),
            ("45356.999999999", false, "2024-03-06"),
            ("0.75", false, "18:00:00"),
        ] {
            assert_eq!(day(digits, since_1904), Ok(date.to_owned()), "{digits}");
        }
        for digits in ["-1", "-0.5", "2958466", "999999999999999"] {
            assert!(matches!(day(digits, false), Err(CellFault::NotADate(_))), "{digits}");
        }
    }

    proptest! {
        #[test]
        fn decimals_of_15_digits_come_back(digits_of in 0_u64..1_000_000_000_000_000, places in 0_usize..16) {
            let text = format!("{digits_of:0>width$}", width = places.saturating_add(1));
            let (whole, fraction) = text.split_at(text.len().saturating_sub(places));
            let typed = if places == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") };
            // What is stored: the shortest digits of the double, or all 17 of them.
            let double: f64 = typed.parse().unwrap();
            let plain = if places == 0 { typed } else { typed.trim_end_matches('0').trim_end_matches('.').to_owned() };
            for stored in [format!("{double}"), format!("{double:.16e}")] {
                prop_assert_eq!(digits(&stored), Ok(plain.clone()));
            }
        }
    }
}
