//! Numbers as people write them in sheets, beyond plain digits.
//!
//! | written | read |
//! |---|---|
//! | `￥1,200`, `¥1,200`, `1,200元` where amounts stand | the number; a unit behind it is the amount's own |
//! | `(30)`, `（30）`, `30-` | −30, as accountants write it |
//! | `-`, `－` | 0, as Excel shows it in its accounting formats |
//! | `—`, `–`, `/` | nothing, as in a blank cell |
//! | `40%` | 0.4 in an attribute; in an amount, a count or a year it is refused |

use super::glance;
use crate::ground::money::{UNITS_BEHIND, Unit};
use crate::ground::number::{NumberError, kept, parse_number};
use crate::ground::sure::Sure;

/// Whether a text only says that nothing stands there: dashes or slashes.
#[inline(never)]
pub(crate) fn is_nothing(text: &str) -> bool {
    // What nearly every cell fails at once: `/`, and the first byte of the others.
    matches!(text.as_bytes().first(), Some(b'/' | b'\t'..=b' ' | 0xE2 | 0xE3 | 0xEF)) && {
        let text = text.trim();
        !text.is_empty() && text.chars().all(|c| matches!(c, '/' | '／' | '—' | '–' | '―' | '─'))
    }
}

/// Whether a text stands for nothing where texts stand: dashes or slashes.
#[inline]
pub(crate) fn says_nothing(text: &str) -> bool {
    glance::first(text) & glance::NOTHING != 0 && (is_dash(text) || is_nothing(text))
}

/// Whether a text is a dash: 0 among numbers, nothing among texts.
#[inline(never)]
pub(crate) fn is_dash(text: &str) -> bool {
    matches!(text.trim(), "-" | "－" | "−" | "‐" | "‑")
}

/// The mantissa and scale of a number in another writing than plain digits; none if it is none.
#[cold]
pub(crate) fn number(text: &str) -> Option<Result<(i128, u32), NumberError>> {
    let text = text.trim();
    if is_dash(text) {
        return Some(Ok((0, 0)));
    }
    let negative = unbracketed(text).or_else(|| text.strip_suffix(['-', '－', '−']))?.trim();
    let plain = negative.starts_with(|c: char| c.is_numeric() || matches!(c, '.' | '．'));
    plain.then(|| match parse_number(negative, false) {
        Ok((mantissa, scale)) => Ok((mantissa.checked_neg().sure(), scale)),
        // Another writing within is not looked for.
        Err(NumberError::Bad(_)) => Err(NumberError::Bad(text.to_owned())),
        Err(error) => Err(error),
    })
}

fn unbracketed(text: &str) -> Option<&str> {
    text.strip_prefix(['(', '（'])?.strip_suffix([')', '）'])
}

/// A share with a percent sign, as a number.
#[cold]
pub(crate) fn percent(text: &str) -> Option<(i128, u32)> {
    let (mantissa, scale) = parse_number(text.trim().strip_suffix(['%', '％'])?, false).ok()?;
    kept(mantissa, scale.saturating_add(2))
}

/// An amount without the sign of its currency and the unit behind it, and that unit. The sign may stand within brackets.
#[cold]
pub(crate) fn money(text: &str) -> Option<(String, Option<Unit>)> {
    let text = text.trim();
    let (inner, brackets) = unbracketed(text).map_or((text, false), |inner| (inner.trim(), true));
    let unit = UNITS_BEHIND.into_iter().find_map(|(name, unit)| Some((inner.strip_suffix(name)?, unit)));
    let (inner, unit) = unit.map_or((inner, None), |(inner, unit)| (inner.trim_end(), Some(unit)));
    let (sign, inner) = match inner.strip_prefix(['-', '－', '−']) {
        Some(inner) => ("-", inner.trim_start()),
        None => ("", inner),
    };
    let bare =
        inner.strip_prefix(['￥', '¥']).or_else(|| inner.strip_prefix("RMB")).or_else(|| inner.strip_prefix("CNY"));
    if unit.is_none() && bare.is_none() {
        return None;
    }
    let bare = bare.unwrap_or(inner).trim();
    Some((if brackets { format!("({sign}{bare})") } else { format!("{sign}{bare}") }, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_accountants_write_them() {
        let read = |text: &str| number(text).and_then(Result::ok);
        assert_eq!(read("(30)"), Some((-30, 0)));
        assert_eq!(read("（1,234.50）"), Some((-12345, 1)));
        assert_eq!(read("30-"), Some((-30, 0)));
        assert_eq!(read(" - "), Some((0, 0)));
        assert_eq!(read("－"), Some((0, 0)));
        for text in ["30", "(-30)", "((30))", "--", "(30", "30)", "()", "- -", "(a)", "3-0"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(percent("40%"), Some((4, 1)));
        assert_eq!(percent("１２．５％"), Some((125, 3)));
        assert_eq!(percent("40"), None);
        assert_eq!(percent("%"), None);
    }

    #[test]
    fn dashes_and_slashes_say_that_nothing_stands_there() {
        for text in ["/", "／", "—", "——", "–", " / ", "　—　"] {
            assert!(is_nothing(text), "{text}");
        }
        for text in ["", "-", "0", "1/2", "甲—乙", " ", "//a"] {
            assert!(!is_nothing(text), "{text}");
        }
    }

    #[test]
    fn money_may_have_its_sign_and_its_unit() {
        let read = |text: &str| money(text);
        assert_eq!(read("￥1,200"), Some(("1,200".into(), None)));
        assert_eq!(read("60万元"), Some(("60".into(), Some(Unit::Wan))));
        assert_eq!(read("1.5 亿元"), Some(("1.5".into(), Some(Unit::Yi))));
        assert_eq!(read("-¥30元"), Some(("-30".into(), Some(Unit::Yuan))));
        assert_eq!(read("（60万）"), Some(("(60)".into(), Some(Unit::Wan))));
        assert_eq!(read("60"), None);
        assert_eq!(read("60箱"), None);
    }
}
