//! Places that are called alike: 王益街道 and 王益街道办, names with brackets or full-width letters.

use std::borrow::Cow;

use crate::rows::glance::may_be_space;

/// A name in the writing in which those of one place are the same: half-width, without brackets' kinds and white space, 街道
/// for 街道办 and 街道办事处, 村 for 村委会.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    if is_even(name) { Cow::Borrowed(short(name)) } else { odd(name) }
}

/// Whether nothing in a name, or in many, is written in two ways, but for how it ends: then [`short`] is all that is to be
/// done.
pub(super) fn is_even(names: &str) -> bool {
    // No early end, so that many bytes are looked at together.
    let is_odd = |byte: u8| may_be_space(byte) | matches!(byte, 0xEF | b'(' | b')' | b'[' | b']');
    !names.bytes().fold(false, |odd, byte| odd | is_odd(byte))
}

/// A name that is in half-width, without brackets and white space.
fn odd(name: &str) -> Cow<'_, str> {
    let half = |c: char| match c {
        '！'..='～' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        c => c,
    };
    let is_kept = |c: &char| !c.is_whitespace() && !matches!(c, '(' | ')' | '[' | ']');
    let mut name: String = name.chars().map(half).filter(is_kept).collect();
    name.truncate(short(&name).len());
    Cow::Owned(name)
}

/// A name without what may be left out at its end.
#[inline]
pub(super) fn short(name: &str) -> &str {
    if may_be_cut(name.as_bytes()) { cut(name) } else { name }
}

/// Whether something may be left out at the end of a name: what nearly every one fails at once.
#[inline]
pub(super) fn may_be_cut(name: &[u8]) -> bool {
    // The last byte of 办, 事处, 室, 会.
    matches!(name.last(), Some(0x9E | 0x84 | 0xA4 | 0x9A))
}

#[inline(never)]
fn cut(name: &str) -> &str {
    let kept = ["办事处", "办公室", "办"].into_iter().find_map(|end| {
        let rest = name.strip_suffix(end)?;
        (rest.ends_with("街道") || rest.ends_with("街")).then_some(rest.len())
    });
    let kept = kept.or_else(|| {
        let rest = ["村民委员会", "村委会"].into_iter().find_map(|end| name.strip_suffix(end))?;
        // 陈坪村村委会 as well as 陈坪村委会.
        Some(rest.strip_suffix("村").unwrap_or(rest).len().saturating_add("村".len()))
    });
    kept.and_then(|end| name.get(..end)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_one_writing() {
        for (a, b) in [
            ("王益街道办", "王益街道"),
            ("王益街道办事处", "王益街道"),
            ("陈坪村委会", "陈坪村"),
            ("陈坪村村委会", "陈坪村"),
            ("陈坪村村民委员会", "陈坪村"),
            ("陈坪村（一组）", "陈坪村(一组)"),
            ("Ａ村", "A村"),
            ("陈 坪村", "陈坪村"),
        ] {
            assert_eq!(plain(a), plain(b), "{a} {b}");
        }
        for (a, b) in [("王益镇", "王益街道"), ("甲村", "乙村"), ("张办", "张"), ("甲村一组", "甲村二组")]
        {
            assert_ne!(plain(a), plain(b), "{a} {b}");
        }
    }
}
