//! Words: how cells are tidied, how what somebody wrote is shown, and which known word a wrong one is nearest to.

use std::borrow::Cow;

use super::catalogue::ground as words;
use super::language::Name;
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

/// A letter as it is typed without Chinese mode: full-width forms as ASCII, the wide space as a space.
pub(crate) fn half_width(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '！'..='～' => u32::from(letter).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(letter),
        _ => letter,
    }
}

/// A word of a fixed list as it is typed without Chinese mode, trimmed.
pub(crate) fn typed(text: &str) -> String {
    text.trim().chars().map(half_width).collect()
}

/// A path or a value of TOML as it is typed without Chinese mode: what stands in quotes stays, and quotes of Chinese mode
/// are quotes. `apostrophes` are quotes too in values, and letters of ids in paths.
pub(crate) fn typed_outside_quotes(text: &str, apostrophes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // What closes the text that is open, and whether another sign of Chinese mode does too.
    let mut inside: Option<(char, bool)> = None;
    let mut escaped = false;
    for letter in text.chars() {
        let ascii = match letter {
            '“' | '”' => '"',
            '‘' | '’' if apostrophes => '\'',
            '、' => ',',
            '。' => '.',
            '【' | '〔' => '[',
            '】' | '〕' => ']',
            letter => half_width(letter),
        };
        match inside {
            None => {
                let opens = ascii == '"' || (apostrophes && ascii == '\'');
                inside = opens.then_some((ascii, letter != ascii));
                out.push(ascii);
            }
            Some((quote, chinese)) if !escaped && (letter == quote || (chinese && ascii == quote)) => {
                inside = None;
                out.push(quote);
            }
            Some((quote, _)) => {
                escaped = letter == '\\' && quote == '"' && !escaped;
                out.push(letter);
                continue;
            }
        }
        escaped = false;
    }
    out
}

/// The items of a list as somebody types it, between commas of either kind: `甲, 乙，丙、丁`.
///
/// ```
/// assert_eq!(fundlayers::split_list("区县，年度").collect::<Vec<_>>(), ["区县", "年度"]);
/// ```
pub fn split_list(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '，', '、']).map(str::trim)
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
            // Of two as near the one that the wrong word begins, as a list does that is named by its items.
            let is_other = !lower.starts_with(&wrong);
            (distance <= allowed && distance < lower.len()).then_some((distance, is_other, word))
        })
        .min_by_key(|(distance, is_other, _)| (*distance, *is_other))
        .map(|(_, _, word)| word)
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

/// As [`did_you_mean`], for words that have a key and a name for people: each language is shown its own.
pub(crate) fn did_you_mean_names(wrong: &str, known: &[(&str, Name)]) -> Message {
    let words = known.iter().flat_map(|(key, name)| [*key, name.zh.as_str(), name.en.as_str()]);
    let both = |(key, name): &(&str, Name)| Name::new(name.zh.as_str(), *key);
    if let Some(near) = nearest(wrong, words) {
        let meant = known.iter().find(|(key, name)| [*key, &name.zh, &name.en].contains(&near));
        return words::DID_YOU_MEAN.with(&[&meant.map_or_else(|| Name::both(near), both)]);
    }
    let quoted = |known| {
        let Name { zh, en } = both(known);
        Name::new(format!("`{zh}`"), format!("`{en}`"))
    };
    words::KNOWN.with(&[&Argument::list(known.iter().map(quoted))])
}

/// As [`did_you_mean`], for words that name levels of government: layers, payers, designations. A word of another level is
/// never suggested, however near it is, for that would move money: of `省级` comes `中央和省级`, and never `市级`.
pub(crate) fn did_you_mean_level<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Message {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest_of_level(wrong, &known) {
        Some(word) => words::DID_YOU_MEAN.with(&[&word]),
        None => listed(&known),
    }
}

/// Whether a word names who pays by its level: 市级, 区县统筹. No key of a table is called so.
pub(crate) fn names_payer(word: &str) -> bool {
    word.contains(['级', '统']) && Levels::of(word) != Levels::default()
}

/// The known word that is meant by one that names a level: one that it is a part of, else the nearest of the same level.
/// What names no level is like any other word.
fn nearest_of_level<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    // As many as `nearest` looks at.
    const WORDS: usize = 100;
    let wrong = wrong.trim();
    let levels = Levels::of(wrong);
    if levels == Levels::default() {
        return nearest(wrong, known.iter().copied());
    }
    let chars = |text: &str| text.to_lowercase().chars().take(32).collect::<Vec<char>>();
    let of_level = known.iter().take(WORDS).filter(|word| Levels::of(word).shares(levels));
    let same = of_level.min_by_key(|word| {
        let is_part = word.to_lowercase().contains(&wrong.to_lowercase());
        (!is_part, Levels::of(word) != levels, distance(&chars(wrong), &chars(word)))
    });
    let of_none = || nearest(wrong, known.iter().copied().filter(|word| Levels::of(word) == Levels::default()));
    same.copied().or_else(of_none)
}

/// The levels of government that a word names: central, province, city, county, town, village.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Levels([bool; 6]);

impl Levels {
    fn of(word: &str) -> Self {
        // What holds the sign of another level than it is of, first.
        const CHINESE: [(&str, usize); 17] = [
            ("自治区", 1),
            ("市辖区", 3),
            ("县级市", 3),
            ("社区", 5),
            ("地区", 2),
            ("中央", 0),
            ("国家", 0),
            ("省", 1),
            ("市", 2),
            ("州", 2),
            ("县", 3),
            ("区", 3),
            ("旗", 3),
            ("乡", 4),
            ("镇", 4),
            ("街道", 4),
            ("村", 5),
        ];
        const ENGLISH: [(&str, usize); 17] = [
            ("central", 0),
            ("national", 0),
            ("federal", 0),
            ("nation", 0),
            ("province", 1),
            ("provincial", 1),
            ("city", 2),
            ("municipal", 2),
            ("municipality", 2),
            ("prefecture", 2),
            ("county", 3),
            ("district", 3),
            ("town", 4),
            ("township", 4),
            ("village", 5),
            ("counties", 3),
            ("cities", 2),
        ];
        let mut levels = Self::default();
        let mut rest = word.to_lowercase();
        for (sign, level) in CHINESE {
            if rest.contains(sign) {
                levels.add(level);
                rest = rest.replace(sign, " ");
            }
        }
        for part in rest.split(|letter: char| !letter.is_ascii_alphabetic()) {
            ENGLISH.iter().filter(|(word, _)| *word == part).for_each(|(_, level)| levels.add(*level));
        }
        levels
    }

    fn add(&mut self, level: usize) {
        if let Some(level) = self.0.get_mut(level) {
            *level = true;
        }
    }

    fn shares(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| *a && b)
    }
}

fn suggestion(wrong: &str, known: &[&str]) -> Message {
    match nearest(wrong, known.iter().copied()) {
        Some(word) => words::DID_YOU_MEAN.with(&[&word]),
        None => listed(known),
    }
}

/// What is known, as far as it is read.
fn listed(known: &[&str]) -> Message {
    const LISTED: usize = 20;
    if known.is_empty() {
        return words::NONE_DECLARED.into();
    }
    let listed = Argument::quoted(known.iter().take(LISTED));
    if known.len() > LISTED { words::KNOWN_AND_MORE.with(&[&listed]) } else { words::KNOWN.with(&[&listed]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::language::Lang;

    #[test]
    fn what_is_known_is_listed_as_far_as_it_is_read() {
        let known: Vec<String> = (10..31).map(|number| number.to_string()).collect();
        let said = |count: usize| {
            let known: Vec<&str> = known.iter().take(count).map(String::as_str).collect();
            listed(&known).to_text(Lang::En)
        };
        assert_eq!(said(2), "known: `10`, `11`");
        assert!(said(20).ends_with(", `28`, `29`"), "{}", said(20));
        assert!(said(21).ends_with(", `28`, `29`, …"), "{}", said(21));
    }

    #[test]
    fn payers_are_told_from_places() {
        for word in ["市级", "县级", "中央级", "区县统筹", "省级资金"] {
            assert!(names_payer(word), "{word}");
        }
        for word in ["县区", "区县名", "认定级", "统计", "乡镇", "市"] {
            assert!(!names_payer(word), "{word}");
        }
    }

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
    fn what_chinese_mode_types_is_understood_outside_quotes() {
        assert_eq!(typed(" ２０２３．．２０２５　"), "2023..2025");
        for (typed, meant) in [
            ("６５０", "650"),
            ("｛ 2023 ＝ 30， 2025＝35 ｝", "{ 2023 = 30, 2025=35 }"),
            ("“甲，乙”", "\"甲，乙\""),
            ("\"甲，“乙”\"，", "\"甲，“乙”\","),
            (r#""a\"，"，"#, r#""a\"，","#),
            ("'甲，'、【１】", "'甲，',[1]"),
            ("0。5", "0.5"),
        ] {
            assert_eq!(typed_outside_quotes(typed, true), meant);
        }
        assert_eq!(typed_outside_quotes("o'neil。a", false), "o'neil.a");
    }

    #[test]
    fn the_nearest_word_is_the_one_meant() {
        assert_eq!(nearest("standrad", ["standard", "equal"]), Some("standard"));
        assert_eq!(nearest("citty", ["county", "city"]), Some("city"));
        assert_eq!(nearest("zzz", ["county", "city"]), None);
        assert_eq!(nearest("省", ["镇", "村"]), None);
    }

    #[test]
    fn another_level_of_government_is_never_suggested() {
        // The words of the reference policy, ids and names.
        let layers = [
            "central_provincial",
            "city",
            "county",
            "中央和省级",
            "市级",
            "区县统筹",
            "Central and provincial",
            "City",
            "County",
        ];
        for (wrong, meant) in [
            ("省级", Some("中央和省级")),
            ("省", Some("中央和省级")),
            ("中央", Some("中央和省级")),
            ("县级", Some("区县统筹")),
            ("区县", Some("区县统筹")),
            ("市", Some("市级")),
            ("市本级", Some("市级")),
            ("provincial", Some("central_provincial")),
            ("municipal", Some("city")),
            ("citty", Some("city")),
            ("乡镇", None),
            ("村级", None),
            ("village", None),
        ] {
            assert_eq!(nearest_of_level(wrong, &layers), meant, "{wrong}");
        }
        // Near as they are.
        assert_eq!(nearest("县级", ["省级", "市级"]), Some("省级"));
        assert_eq!(nearest_of_level("县级", &["省级", "市级"]), None);
        assert_eq!(nearest_of_level("省级", &["市级", "自治区本级"]), Some("自治区本级"));
        assert_eq!(nearest_of_level("市级配套", &["级配套", "县级配套"]), Some("级配套"));
        assert_eq!(did_you_mean_level("县级", ["省级"]), words::KNOWN.with(&[&Argument::quoted(["省级"])]));
    }

    #[test]
    fn distance_counts_slips() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        for (a, b, d) in [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2)] {
            assert_eq!(distance(&chars(a), &chars(b)), d, "{a} {b}");
        }
    }
}
