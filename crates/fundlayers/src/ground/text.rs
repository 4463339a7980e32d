//! Words: how cells are tidied, how what somebody wrote is shown, and which known word a wrong one is nearest to.

use std::borrow::Cow;

use super::catalogue::ground as words;
use super::message::{Argument, Message};

/// A name without its padding: trimmed, and without white space between two non-ASCII characters (`某　县` is `某县`).
pub(crate) fn without_padding(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() || !text.contains(char::is_whitespace) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut spaces = String::new();
    for c in text.chars() {
        if c.is_whitespace() {
            spaces.push(c);
            continue;
        }
        let padding = !c.is_ascii() && out.chars().next_back().is_some_and(|last| !last.is_ascii());
        if !padding {
            out.push_str(&spaces);
        }
        spaces.clear();
        out.push(c);
    }
    Cow::Owned(out)
}

/// A text as a person may be shown it, on one line: what a terminal obeys and what nobody sees stands as its code
/// (`\u{1b}`, `\u{202e}`), white space that moves the cursor as a space. Every text that leaves for people goes through
/// this, and no text that leaves for machines.
///
/// ```
/// use fundlayers::visible;
/// assert_eq!(visible("甲\u{1b}[2J\u{202e}\u{200b}村\n乙"), "甲\\u{1b}[2J\\u{202e}\\u{200b}村 乙");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let Some((clean, _)) = text.char_indices().find(|(_, c)| !is_visible(*c)) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at_checked(clean).unwrap_or(("", text));
    let mut out = clean.to_owned();
    for c in rest.chars() {
        match c {
            c if is_visible(c) => out.push(c),
            '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c => out.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(out)
}

/// Not so are control characters, line ends, marks of direction, and characters without width. Variation selectors are:
/// names of places are written with them.
const fn is_visible(c: char) -> bool {
    match c {
        ' '..='~' | '\u{4e00}'..='\u{9fff}' => true,
        '\0'..='\u{9f}'
        | '\u{ad}' // soft hyphen
        | '\u{34f}' // grapheme joiner
        | '\u{61c}' // mark of Arabic
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // fillers of Hangul
        | '\u{200b}'..='\u{200f}' // zero width, marks of direction
        | '\u{2028}'..='\u{202e}' // line ends, embeddings, overrides
        | '\u{2060}'..='\u{206f}' // joiners, isolates
        | '\u{feff}' // byte order mark
        | '\u{fff9}'..='\u{fffb}' // annotations
        | '\u{e0000}'..='\u{e007f}' // tags
        => false,
        _ => true,
    }
}

/// The known word that is nearest to a wrong one, if one is near enough to be meant.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Bounds keep hostile files cheap; real words are shorter and fewer.
    const LONGEST: usize = 32;
    const WORDS: usize = 100;
    let wrong: Vec<char> = wrong.trim().to_lowercase().chars().take(LONGEST).collect();
    known
        .into_iter()
        .take(WORDS)
        .filter_map(|word| {
            let lower: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
            let distance = distance(&wrong, &lower);
            // One slip in three characters, at least one.
            let allowed = wrong.len().max(lower.len()).div_ceil(3);
            (distance <= allowed && distance < lower.len()).then_some((distance, word))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Insertions, deletions and replacements between two words (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        for (cell, cb) in
            std::iter::once(None).chain(b.iter().map(Some)).zip(row.iter_mut()).map(|(cb, cell)| (cell, cb))
        {
            let above = *cell;
            *cell = match cb {
                None => left,
                Some(cb) => {
                    let replaced = diagonal.saturating_add(usize::from(ca != cb));
                    replaced.min(above.saturating_add(1)).min(left.saturating_add(1))
                }
            };
            diagonal = above;
            left = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// "did you mean `x`?" if a known word is near, else the list of what is known.
///
/// ```
/// use fundlayers::Lang;
/// let hint = fundlayers::did_you_mean("standrad", ["standard", "equal"]);
/// assert_eq!(hint.to_text(Lang::En), "did you mean `standard`?");
/// ```
#[must_use]
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Message {
    suggestion(wrong, &known.into_iter().collect::<Vec<_>>())
}

fn suggestion(wrong: &str, known: &[&str]) -> Message {
    const LISTED: usize = 20;
    if let Some(word) = nearest(wrong, known.iter().copied()) {
        return words::DID_YOU_MEAN.with(&[&word]);
    }
    if known.is_empty() {
        return words::NONE_DECLARED.into();
    }
    let listed = Argument::quoted(known.iter().take(LISTED));
    if known.len() > LISTED { words::KNOWN_AND_MORE.with(&[&listed]) } else { words::KNOWN.with(&[&listed]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_goes_and_spaces_between_words_stay() {
        assert_eq!(without_padding(" 某　县 "), "某县");
        assert_eq!(without_padding("New  Area"), "New  Area");
        assert_eq!(without_padding("某 A 县"), "某 A 县");
    }

    #[test]
    fn what_nobody_sees_is_shown_by_its_code_and_the_rest_as_it_is() {
        for text in ["", "王益区 (a)", "é·—…“”（）", "葛\u{e0100}城", "𠮷 👍"] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
        for hidden in
            ['\0', '\u{7}', '\u{7f}', '\u{9b}', '\u{ad}', '\u{61c}', '\u{200d}', '\u{2066}', '\u{feff}', '\u{e0041}']
        {
            let code = u32::from(hidden);
            assert_eq!(visible(&format!("甲{hidden}")), format!("甲\\u{{{code:x}}}"));
        }
        for space in ["\n", "\r", "\t", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            assert_eq!(visible(&format!("a{space}b")), "a b");
        }
        // What was shown once is not shown otherwise again.
        assert_eq!(visible(&visible("\u{202e}")), "\\u{202e}");
    }

    #[test]
    fn the_nearest_word_is_the_one_meant() {
        assert_eq!(nearest("standrad", ["standard", "equal"]), Some("standard"));
        assert_eq!(nearest("citty", ["county", "city"]), Some("city"));
        assert_eq!(nearest("zzz", ["county", "city"]), None);
        assert_eq!(nearest("省", ["镇", "村"]), None);
    }

    #[test]
    fn distance_counts_slips() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        for (a, b, d) in [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2)] {
            assert_eq!(distance(&chars(a), &chars(b)), d, "{a} {b}");
        }
    }
}
