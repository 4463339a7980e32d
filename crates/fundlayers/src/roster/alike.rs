//! Places that are called alike: 王益街道 and 王益街道办, names with brackets or full-width letters.

use std::borrow::Cow;

use crate::rows::records::may_be_space;

/// A name in the writing in which those of one place are the same: half-width, without brackets' kinds and white space, 街道
/// for 街道办 and 街道办事处, 村 for 村委会.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    let is_plain = name.bytes().all(|byte| !may_be_space(byte) && !matches!(byte, 0xEF | b'(' | b')' | b'[' | b']'));
    let name: Cow<'_, str> = if is_plain {
        Cow::Borrowed(name)
    } else {
        let half = |c: char| match c {
            '！'..='～' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
            c => c,
        };
        let is_kept = |c: &char| !c.is_whitespace() && !matches!(c, '(' | ')' | '[' | ']');
        Cow::Owned(name.chars().map(half).filter(is_kept).collect())
    };
    let kept = ["办事处", "办公室", "办"].into_iter().find_map(|end| {
        let rest = name.strip_suffix(end)?;
        (rest.ends_with("街道") || rest.ends_with("街")).then_some(rest.len())
    });
    let kept = kept.or_else(|| {
        let rest = ["村民委员会", "村委会"].into_iter().find_map(|end| name.strip_suffix(end))?;
        Some(rest.len().saturating_add("村".len()))
    });
    match (kept, name) {
        (None, name) => name,
        (Some(end), Cow::Borrowed(name)) => Cow::Borrowed(name.get(..end).unwrap_or(name)),
        (Some(end), Cow::Owned(name)) => Cow::Owned(name.get(..end).unwrap_or(&name).to_owned()),
    }
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
