//! What is done to good inputs.

use super::Random;
use super::seeds::Seed;
use super::workbooks::AROUND;

/// Numbers that break programs.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "-0",
    "0.1",
    "1e3",
    "1e308",
    "1e-308",
    "1e999999999999",
    "-1e-99999999999999999999",
    "9223372036854775807",
    "9223372036854775808",
    "92233720368547758.07",
    "92233720368547758.08",
    "9223372036854.775807",
    "18446744073709551616",
    "4294967295",
    "4294967296",
    "2147483648",
    "79228162514264337593543950335",
    "79228162514264337593543950336",
    "0.0000000000000000000000000001",
    "0.00000000000000000000000000001",
    "0.004999999999999999999999999",
    "\"1/3\"",
    "\"1/0\"",
    "\"-1/3\"",
    "\"79228162514264337593543950335/79228162514264337593543950334\"",
    "\"１，２３４．５\"",
    "１２",
    "1,234",
    "1_000",
    "0x1f",
    "inf",
    "nan",
    "-inf",
    "true",
    "null",
    "\"\"",
    "[]",
    "{}",
    "2023",
    "9999",
    "10000",
    "-2023",
    "00",
    "1.",
    ".5",
];

/// Words that mean something in a policy or roster, or nothing.
const WORDS: &[&str] = &[
    "standard",
    "equal",
    "county",
    "township",
    "name",
    "id",
    "kind",
    "designation",
    "count",
    "from",
    "to",
    "amount",
    "rate",
    "of",
    "top_up_to",
    "counting",
    "pool",
    "least",
    "greatest",
    "difference",
    "when",
    "where",
    "at_least",
    "at_most",
    "above",
    "below",
    "clause",
    "note",
    "weights",
    "layers",
    "classes",
    "pools",
    "attributes",
    "payers",
    "funding",
    "number",
    "flag",
    "text",
    "half-even",
    "up",
    "down",
    "万元",
    "亿元",
    "元",
    "yuan",
    "名称",
    "区县",
    "乡镇",
    "数量",
    "区划代码",
    "起始年度",
    "截止年度",
    "是",
    "否",
    "某　县",
];

/// Pieces of syntax.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\uffff",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    ".",
    "#",
    "\n",
    "\r",
    "\r\n",
    "\t",
    ";",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{3000}",
    "\u{85}",
    "，",
    "[[classes]]\n",
    "[a.b.c]\n",
    "--",
    "//",
];

/// An input with a few things done to it.
#[must_use]
pub fn mutated(mut bytes: Vec<u8>, seeds: &[Seed], random: &mut Random) -> Vec<u8> {
    let times = if random.one_in(2) { 1 } else { random.below(4).saturating_add(1) };
    for _ in 0..times {
        bytes = once(bytes, seeds, random);
    }
    bytes
}

/// A text with some of these pieces put in, each before or within a mark of XML.
pub(super) fn pieces(mut text: String, pieces: &[&str], random: &mut Random) -> String {
    for _ in 0..=random.below(3) {
        let marks: Vec<usize> = text.match_indices(['<', '>', ' ', '"']).map(|(at, _)| at).collect();
        let at = if marks.is_empty() { 0 } else { *random.pick(&marks) };
        let piece = *random.pick(pieces);
        if random.one_in(6) {
            let end = text.get(at..).and_then(|rest| rest.find('>')).map_or(at, |end| at.saturating_add(end));
            text.replace_range(at..end, "");
        }
        text.insert_str(at.min(text.len()), piece);
    }
    text
}

fn once(bytes: Vec<u8>, seeds: &[Seed], random: &mut Random) -> Vec<u8> {
    match random.below(20) {
        0 => flipped(bytes, random),
        1 => {
            let some: Vec<u8> = (0..random.below(6)).map(|_| byte(random)).collect();
            inserted(bytes, &some, random)
        }
        2 | 3 => {
            let piece = random.pick(PIECES);
            inserted(bytes, piece.as_bytes(), random)
        }
        4 => {
            let (start, end) = range(&bytes, random);
            [bytes.get(..start), bytes.get(end..)].into_iter().flatten().flatten().copied().collect()
        }
        5 => {
            let (start, end) = range(&bytes, random);
            let part = bytes.get(start..end).unwrap_or_default().to_vec();
            inserted(bytes, &part, random)
        }
        6 => {
            let end = random.below(bytes.len());
            bytes.into_iter().take(end).collect()
        }
        7..=10 => replaced(bytes, Token::Number, random),
        11..=13 => replaced(bytes, Token::Word, random),
        14 | 15 => lines(&bytes, random),
        16 => deep(bytes, random),
        17 => spliced(bytes, seeds, random),
        18 => encoded(&bytes, random),
        _ => long(bytes, random),
    }
}

fn byte(random: &mut Random) -> u8 {
    random.next().to_le_bytes().first().copied().unwrap_or_default()
}

/// A part of the bytes.
fn range(bytes: &[u8], random: &mut Random) -> (usize, usize) {
    let start = random.below(bytes.len());
    let most = if random.one_in(8) { bytes.len() } else { 40 };
    let length = random.below(most);
    (start, start.saturating_add(length).min(bytes.len()))
}

fn flipped(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
    bytes
}

fn inserted(mut bytes: Vec<u8>, some: &[u8], random: &mut Random) -> Vec<u8> {
    let at = random.below(bytes.len().saturating_add(1));
    let tail = bytes.split_off(at);
    bytes.extend_from_slice(some);
    bytes.extend(tail);
    bytes
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Number,
    Word,
}

/// The runs of bytes that are numbers or words.
fn tokens(bytes: &[u8], token: Token) -> Vec<(usize, usize)> {
    let part = |byte: u8| match token {
        Token::Number => byte.is_ascii_digit() || byte == b'.',
        Token::Word => byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_') || byte >= 0x80,
    };
    let mut found = Vec::new();
    let mut start = None;
    for (at, byte) in bytes.iter().chain([&b' ']).enumerate() {
        match (part(*byte), start) {
            (true, None) => start = Some(at),
            (false, Some(first)) => {
                found.push((first, at));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// One number or word changed for another one, out of the list or out of the same input.
fn replaced(bytes: Vec<u8>, token: Token, random: &mut Random) -> Vec<u8> {
    let found = tokens(&bytes, token);
    if found.is_empty() {
        return bytes;
    }
    let (start, end) = *random.pick(&found);
    let list = if token == Token::Number { NUMBERS } else { WORDS };
    let new: Vec<u8> = match random.below(6) {
        0 => {
            let (start, end) = *random.pick(&found);
            bytes.get(start..end).unwrap_or_default().to_vec()
        }
        1 if token == Token::Number => (0..random.below(60)).map(|_| *random.pick(b"0123456789.")).collect(),
        _ => random.pick(list).as_bytes().to_vec(),
    };
    [bytes.get(..start).unwrap_or_default(), &new, bytes.get(end..).unwrap_or_default()].concat()
}

/// Lines swapped, repeated, left out.
fn lines(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(4) {
        // A title, a note, a line that sums others, with as many cells as the first line has.
        3 => {
            let cells = lines.first().map_or(0, |line| line.split(|byte| *byte == b',').count().saturating_sub(1));
            let blank = ",".repeat(cells);
            let (before, after) = blank.split_at(random.below(cells.saturating_add(1)));
            let line = [before, *random.pick(&AROUND), after].concat();
            let at = random.below(lines.len().saturating_add(1));
            return [lines.get(..at), Some(&[line.as_bytes()]), lines.get(at..)]
                .into_iter()
                .flatten()
                .flatten()
                .copied()
                .collect::<Vec<_>>()
                .join(&b'\n');
        }
        0 => lines.swap(a, b),
        1 => {
            let line = lines.get(a).copied().unwrap_or_default();
            for _ in 0..random.below(20) {
                lines.insert(b, line);
            }
        }
        _ => {
            lines.remove(a);
        }
    }
    lines.join(&b'\n')
}

/// Brackets and rules inside each other, sometimes closed again.
fn deep(bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    const PAIRS: &[(&str, &str)] = &[
        ("[", "]"),
        ("{", "}"),
        ("{\"amount\":", "}"),
        ("{amount=", "}"),
        ("{ top_up_to = [1, ", "] }"),
        ("{\"rate\":1,\"of\":[", "]}"),
        ("{\"least\":[1,", "]}"),
        ("{ difference = [", ", 1] }"),
        ("a.", ""),
        ("[a", "]\n"),
    ];
    let (open, close) = *random.pick(PAIRS);
    let depth = if random.one_in(10) { 50_000 } else { random.below(80) };
    let inside = if random.one_in(2) { "1" } else { "" };
    let close = if random.one_in(4) { String::new() } else { close.repeat(depth) };
    let nested = format!("{}{inside}{close}", open.repeat(depth));
    // In the place of a number, rules may stand.
    let found = tokens(&bytes, Token::Number);
    if found.is_empty() || random.one_in(3) {
        return inserted(bytes, nested.as_bytes(), random);
    }
    let (start, end) = *random.pick(&found);
    [bytes.get(..start).unwrap_or_default(), nested.as_bytes(), bytes.get(end..).unwrap_or_default()].concat()
}

/// The head of one input and the tail of another.
fn spliced(bytes: Vec<u8>, seeds: &[Seed], random: &mut Random) -> Vec<u8> {
    let seed = random.pick(seeds);
    let other = if random.one_in(2) { random.pick(&seed.policies) } else { random.pick(&seed.rosters) };
    let (head, tail) = (random.below(bytes.len()), random.below(other.0.len()));
    bytes.into_iter().take(head).chain(other.0.iter().skip(tail).copied()).collect()
}

/// In another encoding, sometimes under the mark of a third.
fn encoded(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    match random.below(5) {
        0 => [&b"\xef\xbb\xbf"[..], bytes].concat(),
        1 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        3 => [&b"\xff\xfe"[..], bytes].concat(),
        _ => encoding_rs::GB18030.encode(&text).0.into_owned(),
    }
}

/// Something short, very often.
fn long(bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let size = if random.one_in(20) { 200_000 } else { 4_000 };
    let part: Vec<u8> = match random.below(4) {
        0 => random.pick(PIECES).as_bytes().to_vec(),
        1 => random.pick(NUMBERS).as_bytes().to_vec(),
        2 => {
            let (start, end) = range(&bytes, random);
            bytes.get(start..end).unwrap_or_default().to_vec()
        }
        _ => vec![byte(random)],
    };
    let times = usize::checked_div(size, part.len()).unwrap_or_default();
    inserted(bytes, &part.repeat(random.below(times).saturating_add(1)), random)
}
