//! Policies in TOML.

use std::borrow::Cow;

use fundlayers::document::{Key, Node, NodeValue};
use fundlayers::{Code, Position, Problem, Problems};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalogue as words;
use crate::lines::Lines;
use crate::parsers;
use crate::{DOCUMENT_LIMIT, too_deep, too_large};

/// Reads TOML into a document: every number by its own digits, every part with its place. Dates become text.
///
/// # Errors
///
/// [`Code::Syntax`] for each mistake that the parser can tell apart, [`Code::TooDeep`], [`Code::TooLarge`].
///
/// ```
/// let document = fundlayers_formats::toml::read("rate = 0.10\nyears = [2023, 2025]\n")?;
/// assert_eq!(document.to_string(), "{ rate = 0.10, years = [2023, 2025] }");
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn read(text: &str) -> Result<Node, Problems> {
    if text.len() > DOCUMENT_LIMIT {
        return Err(too_large(text.len()));
    }
    let points = text.bytes().filter(|byte| *byte == b'.').count();
    if points > POINTS {
        let problem = Problem::new(Code::TooLarge, words::MANY_POINTS).found(points.to_string());
        return Err(problem.expected(words::AT_MOST_POINTS.with(&[&POINTS])).into());
    }
    let lines = Lines::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let reader = Reader { text, lines };
        let start = table.span().start;
        return reader.table(table.into_inner(), start, 0);
    }
    let mut problems = Problems::new();
    // Of the line that was looked at last: there may be many errors on one.
    let mut seen = (0, None);
    for error in errors {
        let position = error.span().map(|span| lines.position(span.start));
        if error.message().contains("recursion") {
            return Err(too_deep(position));
        }
        let found = error.span().and_then(|span| text.get(span)).filter(|found| !found.trim().is_empty());
        let said = words::TOML_WRONG.with(&[&parsers::said(error.message())]);
        let mut problem = Problem::new(Code::Syntax, said).at(position);
        if error.message().contains("unquoted key") {
            problem = problem.expected(words::QUOTE_THE_KEY);
        }
        if let Some(Position { line, .. }) = position.filter(|position| position.line != seen.0) {
            seen = (line, full_width(lines.line(line)));
        }
        if let Some(typed) = seen.1.filter(|_| position.is_some()) {
            problem = problem.expected(words::TYPED_FULL_WIDTH.with(&[&typed.0, &typed.1]));
        }
        if let Some(found) = found {
            problem = problem.found(found.lines().next().unwrap_or_default());
        }
        problems.push(problem);
    }
    problems.sort();
    Err(problems)
}

/// The first sign of a line, outside texts, that was typed in Chinese mode, and the one that TOML has for it; else the quote
/// that was meant to close a text which nothing closes.
fn full_width(line: &str) -> Option<(char, char)> {
    let mut inside = None;
    let mut closing = None;
    for c in line.chars() {
        match (inside, c) {
            (None, '#') => return None,
            (None, '"' | '\'') => inside = Some(c),
            (Some(quote), c) if c == quote => inside = None,
            (Some('"'), '“' | '”' | '＂') => closing = Some((c, '"')),
            (Some('\''), '‘' | '’' | '＇') => closing = Some((c, '\'')),
            (Some(_), _) => {}
            (None, c) => {
                let ascii = match c {
                    '“' | '”' => '"',
                    '‘' | '’' => '\'',
                    '、' => ',',
                    '【' | '〔' => '[',
                    '】' | '〕' => ']',
                    '。' => '.',
                    '！'..='～' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32)?,
                    _ => continue,
                };
                return Some((c, ascii));
            }
        }
    }
    inside.and(closing)
}

/// Reads one TOML value, as in `--set PATH=VALUE`.
///
/// # Errors
///
/// [`Code::Syntax`] if it is not one.
pub fn read_value(text: &str) -> Result<Node, Problems> {
    // As people write numbers in sheets: 1,200.
    let plain = grouped(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let document = read(&format!("value = {plain}\n")).map_err(|problems| -> Problems {
        let code = problems.iter().next().map_or(Code::Syntax, Problem::code);
        let problem = Problem::new(code, words::NO_TOML_VALUE).found(text);
        problem.expected(words::TOML_VALUES).into()
    })?;
    match &document.value {
        NodeValue::Table(entries) if entries.len() == 1 => {
            // What was given on its own has no place in a file.
            Ok(document.get("value").cloned().unwrap_or(document).without_places())
        }
        _ => Err(Problem::new(Code::Syntax, words::SEVERAL_TOML_VALUES).found(text).into()),
    }
}

/// A number with a separator every three digits, without them.
fn grouped(text: &str) -> Option<String> {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.trim().trim_start_matches(['+', '-']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let mut parts = whole.split(',');
    let is_first = |part: &str| matches!(part.len(), 1..=3) && is_digits(part) && !part.starts_with('0');
    let is_number = parts.next().is_some_and(is_first) && parts.clone().all(|part| part.len() == 3 && is_digits(part));
    let is_grouped = is_number && parts.next().is_some() && !fraction.is_empty() && is_digits(fraction);
    is_grouped.then(|| text.replace(',', ""))
}

/// Points in a policy, at most: every part of `a.b.c` is a table for the parser, which takes much more memory than its text.
const POINTS: usize = 100_000;

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
}

impl Reader<'_> {
    /// What is read is given up at once, so that it is not twice in memory.
    fn table(&self, table: DeTable<'_>, start: usize, depth: usize) -> Result<Node, Problems> {
        let position = Some(self.lines.position(start));
        if depth >= Node::DEPTH_LIMIT {
            return Err(too_deep(position));
        }
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let place = Some(self.lines.position(key.span().start));
            let span = value.span();
            let mut node = self.value(value, depth.saturating_add(1))?;
            // A table under a header, or by dotted keys, stands where its key does.
            if matches!(node.value, NodeValue::Table(_))
                && !self.text.get(span).is_some_and(|text| text.starts_with('{'))
            {
                node.position = place;
            }
            entries.push((Key { text: key.get_ref().to_string(), position: place }, node));
        }
        Ok(Node { value: NodeValue::Table(entries), position })
    }

    fn value(&self, value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, Problems> {
        let span = value.span();
        let position = Some(self.lines.position(span.start));
        let raw = || self.text.get(span.clone()).unwrap_or_default().to_owned();
        let value = match value.into_inner() {
            DeValue::String(text) => NodeValue::Text(text.to_string()),
            DeValue::Integer(_) | DeValue::Float(_) => NodeValue::Number(raw()),
            DeValue::Boolean(flag) => NodeValue::Bool(flag),
            DeValue::Datetime(_) => NodeValue::Text(raw()),
            DeValue::Array(items) => {
                if depth >= Node::DEPTH_LIMIT {
                    return Err(too_deep(position));
                }
                let items = items.into_iter().map(|item| self.value(item, depth.saturating_add(1)));
                NodeValue::List(items.collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => return self.table(table, span.start, depth),
        };
        Ok(Node { value, position })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> (Code, Option<u32>, Option<u32>) {
        let problems = read(text).unwrap_err();
        let problem = problems.iter().next().unwrap();
        (problem.code(), problem.location().line, problem.location().character)
    }

    #[test]
    fn numbers_keep_their_digits_and_parts_their_places() {
        let text = "id = \"例\"\n[[classes]]\nid = \"a\"\nfunding = { \"县\" = 0.10, b = 1_000, c = 1e3, d = 0x1F, e = +5 }\nwhen = 2023-02-08\n";
        let document = read(text).unwrap();
        let NodeValue::List(classes) = &document.get("classes").unwrap().value else { panic!() };
        let funding = classes[0].get("funding").unwrap();
        assert_eq!(funding.to_string(), "{ 县 = 0.10, b = 1_000, c = 1e3, d = 0x1F, e = +5 }");
        let place = funding.get("b").unwrap().position.unwrap();
        assert_eq!((place.line, place.character), (4, 29));
        assert_eq!(classes[0].get("when").unwrap().value, NodeValue::Text("2023-02-08".into()));
        assert_eq!(classes[0].position.unwrap().line, 2);
    }

    #[test]
    fn mistakes_are_said_with_their_place() {
        assert_eq!(first("a = 1\nb = \nc = 2\n").0, Code::Syntax);
        assert_eq!(first("a = 1\nb = \nc = 2\n").1, Some(2));
        assert_eq!(first("a = 1\na = 2\n").1, Some(2));
        assert!(read("a = \nb = [1\nc = 'x\n").unwrap_err().len() > 1);
    }

    #[test]
    fn signs_typed_in_chinese_mode_are_named() {
        for (text, typed, right) in [
            ("id = “a”\n", '“', '"'),
            ("a = [1，2]\n", '，', ','),
            ("a = {b：1}\n", '：', ':'),
            ("a = [1、2]\n", '、', ','),
            ("a ＝ 1\n", '＝', '='),
            ("a = ［1]\n", '［', '['),
            ("a。b = 1\n", '。', '.'),
            ("ｉd = 1\n", 'ｉ', 'i'),
            ("a = ６00\n", '６', '6'),
            ("id = \"a”\nb = 1\n", '”', '"'),
            ("id = ‘a’\n", '‘', '\''),
        ] {
            let problems = read(text).unwrap_err().to_string();
            assert!(problems.contains(&format!("`{right}` where `{typed}` stands")), "{problems}");
        }
        assert!(read("a = \"“b”，\" # ，\n").is_ok());
    }

    /// However many errors there are, on however many lines.
    #[test]
    fn errors_take_time_in_proportion() {
        let start = std::time::Instant::now();
        for text in ["=\n".repeat(100_000), format!("a = [{}", "}，".repeat(20_000))] {
            assert!(read(&text).is_err());
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    }

    #[test]
    fn depth_and_size_are_bounded() {
        for text in [
            format!("a = {}", "[".repeat(100_000)),
            format!("a = {}1{}", "[".repeat(70), "]".repeat(70)),
            format!("a{} = 1", ".a".repeat(100)),
            format!("[a{}]", ".a".repeat(5_000)),
            format!("a = {}", "{a=".repeat(50_000)),
        ] {
            let problems = read(&text).unwrap_err();
            assert!(problems.iter().any(|p| matches!(p.code(), Code::TooDeep | Code::Syntax)), "{problems}");
        }
        assert_eq!(first(&format!("a = {}1{}", "[".repeat(70), "]".repeat(70))).0, Code::TooDeep);
        assert_eq!(first(&" ".repeat(DOCUMENT_LIMIT + 1)).0, Code::TooLarge);
    }

    #[test]
    fn a_value_alone_is_one_value() {
        assert_eq!(read_value("650").unwrap().to_string(), "650");
        assert_eq!(read_value("-1,234,567.5").unwrap().to_string(), read_value("-1234567.5").unwrap().to_string());
        assert_eq!(
            read_value("{ rate = 0.5, of = \"standard\" }").unwrap().to_string(),
            "{ rate = 0.5, of = \"standard\" }"
        );
        for text in ["", "half-up", "1\nb = 2", "[1", "1,00", ",100", "1,000,", "1,0000", "01,000", "1,000.", "1,a00"] {
            assert_eq!(read_value(text).unwrap_err().iter().next().unwrap().code(), Code::Syntax, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[\\[\\]{}=.,a\"'#\n 0-9_eE+-]{0,60}") {
            drop(read(&text));
        }
    }
}
