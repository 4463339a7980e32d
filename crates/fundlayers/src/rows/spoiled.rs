//! Texts that programs have spoiled on their way: ids in scientific notation, marks of Excel, blanks that became words,
//! characters that cannot be seen.

use crate::ground::catalogue::roster as words;
use crate::ground::problem::Code;
use crate::rows::records::{Findings, Place, trimmed};

/// What a program did to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoiled<'a> {
    /// Excel's mark of a text stands in it: the text without it.
    Marked(&'a str),
    /// A number whose digits are lost: `6.10202E+11`.
    Scientific,
    /// What programs write for nothing: `nan`, `None`.
    Nothing,
    /// A number that went through a binary float: `610202.0`.
    Float,
}

/// What a program did to an id, if it looks so.
pub(crate) fn spoiled(id: &str) -> Option<Spoiled<'_>> {
    if let Some(text) = id.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Some(Spoiled::Marked(text));
    }
    if let Some(text) = id.strip_prefix(['\'', '’', '‘']).filter(|text| !text.is_empty()) {
        return Some(Spoiled::Marked(text));
    }
    if is_nothing_word(id) {
        return Some(Spoiled::Nothing);
    }
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((mantissa, exponent)) = id.split_once(['E', 'e'])
        && let Some(exponent) = exponent.strip_prefix('+').or_else(|| mantissa.contains('.').then_some(exponent))
    {
        let number = mantissa.split_once('.').map_or(is_digits(mantissa), |(a, b)| is_digits(a) && is_digits(b));
        return (number && is_digits(exponent)).then_some(Spoiled::Scientific);
    }
    id.strip_suffix(".0").filter(|digits| is_digits(digits)).map(|_| Spoiled::Float)
}

/// An id without what programs did to it; what they did is told.
pub(crate) fn sound_id<'a>(id: &'a str, place: Place, findings: &mut Findings) -> &'a str {
    sound_text(id, (place, "id"), findings)
}

/// The id of a place in a table about places, as [`sound_id`]; nearly none is spoiled.
#[inline]
pub(crate) fn place_id<'a>(text: &'a str, place: Place, findings: &mut Findings) -> &'a str {
    let id = trimmed(text);
    if may_be_spoiled(id.as_bytes(), true) || is_length_of_such(id.len()) && is_nothing_word(id) {
        return sound_id(id, place, findings);
    }
    id
}

/// As [`sound_id`], of the column of a key.
#[cold]
pub(crate) fn sound_text<'a>(id: &'a str, (place, key): (Place, &str), findings: &mut Findings) -> &'a str {
    match spoiled(id) {
        Some(Spoiled::Marked(text)) => {
            let kept = text.trim();
            findings.add(place, Code::SpoiledText, key, words::ID_MARKED, |problem| {
                problem.found(id).expected(words::ID_IS.with(&[&kept]))
            });
            return kept;
        }
        Some(Spoiled::Scientific) => findings.add(place, Code::DigitsLost, key, words::ID_SCIENTIFIC, |problem| {
            problem.found(id).expected(words::ID_AS_TEXT)
        }),
        Some(Spoiled::Float) => findings.add(place, Code::SpoiledText, key, words::ID_WAS_FLOAT, |problem| {
            problem.found(id).expected(words::ID_WITHOUT_ZERO)
        }),
        Some(Spoiled::Nothing) => {
            findings.add(place, Code::SpoiledText, key, words::WORD_FOR_NOTHING, |problem| {
                problem.found(id).expected(words::LEAVE_BLANK)
            });
        }
        None => {
            if let Some(c) = unseen(id) {
                let message = words::UNSEEN_CHARACTER.with(&[&format!("{:04X}", u32::from(c))]);
                findings.add(place, Code::SpoiledText, key, message, |problem| problem.expected(words::TYPE_AGAIN));
            }
        }
    }
    id
}

/// Whether a text is what people and programs write for nothing.
pub(crate) fn is_nothing_word(text: &str) -> bool {
    matches!(
        text,
        "nan" | "NaN" | "NAN" | "None" | "<NA>" | "NaT" | "null" | "NULL" | "#N/A" | "N/A" | "无" | "暂无" | "没有"
    )
}

/// Whether a text only says that what stands above it stands here too.
pub(crate) fn says_as_above(text: &str) -> bool {
    matches!(text, "同上" | "〃" | "″" | "\"" | "＂" | "''" | "\u{201d}" | "ditto" | "Ditto")
}

/// Whether a text of so many bytes may be one of [`is_nothing_word`] or [`says_as_above`].
pub(crate) const fn is_length_of_such(length: usize) -> bool {
    matches!(length, 1..=6)
}

/// The first character of a text that nobody can see or that looks like another: controls, zero width, marks of direction,
/// combining marks, and Cyrillic or Greek letters among others.
pub(crate) fn unseen(text: &str) -> Option<char> {
    let foreign = |c: char| matches!(c, '\u{370}'..='\u{52f}');
    let other = |c: char| c.is_ascii_alphanumeric() || matches!(c, '\u{3400}'..='\u{9fff}');
    let mixed = text.contains(other);
    text.chars().find(|c| {
        matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}')
            || mixed && foreign(*c)
    })
}

/// Whether bytes may hold what [`unseen`] or [`spoiled`] find; quick, since nearly none do.
pub(crate) fn may_be_spoiled(bytes: &[u8], is_id: bool) -> bool {
    // No early end, so that many bytes are looked at together.
    let unseen = bytes
        .iter()
        .fold(false, |found, byte| found | matches!(byte, 0..=0x1F | 0x7F | 0xC2 | 0xCC..=0xD4 | 0xE2 | 0xEF));
    unseen || is_id && bytes.iter().fold(false, |found, byte| found | matches!(byte, b'\'' | b'=' | b'+' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_do_to_ids_is_seen() {
        assert_eq!(spoiled("'001"), Some(Spoiled::Marked("001")));
        assert_eq!(spoiled("=\"001\""), Some(Spoiled::Marked("001")));
        assert_eq!(spoiled("6.10202E+11"), Some(Spoiled::Scientific));
        assert_eq!(spoiled("6E+11"), Some(Spoiled::Scientific));
        assert_eq!(spoiled("610202100.0"), Some(Spoiled::Float));
        for word in ["nan", "None", "<NA>", "NaT", "NULL"] {
            assert_eq!(spoiled(word), Some(Spoiled::Nothing), "{word}");
        }
        for id in ["001", "E+11", "6E11", "a.0", "1.0.0", "None of these", "'", "east", "王益区/黄堡镇", "3.5"] {
            assert_eq!(spoiled(id), None, "{id}");
        }
    }

    #[test]
    fn characters_that_nobody_sees_are_found() {
        for (text, found) in [
            ("甲\u{200b}村", '\u{200b}'),
            ("a\u{202e}b", '\u{202e}'),
            ("a\0", '\0'),
            ("\u{feff}甲", '\u{feff}'),
            ("e\u{301}", '\u{301}'),
            ("А1", 'А'),
        ] {
            assert_eq!(unseen(text), Some(found), "{text:?}");
            assert!(may_be_spoiled(text.as_bytes(), false), "{text:?}");
        }
        for text in ["甲村", "Ålesund", "Москва", "Αθήνα", "a b", "甲—乙", "（一）"] {
            assert_eq!(unseen(text), None, "{text}");
        }
    }
}
