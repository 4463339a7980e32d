//! Big inputs, each made to cost a reader much more than its size.

use std::fmt::Write as _;

use fundlayers::sheet::SheetOptions;
use fundlayers_formats::Format;

use super::Input;

/// Makes an input of about so many bytes.
type Make = fn(usize) -> Input;

/// Names of big rosters, and how each is made.
pub const ROSTERS: &[(&str, Make)] = &[
    ("one long cell", |size| csv(around("name\n", "a", size, ""))),
    ("one long line of commas", |size| csv(around("", ",", size, ""))),
    ("a row of commas", |size| csv(around("name,county\na", ",", size, ""))),
    ("a header of distinct columns", |size| csv(numbered("", size, |at| format!("c{at},"), "\na\n"))),
    ("blank lines", |size| csv(around("name\n", "\n", size, "a"))),
    ("rows of blanks", |size| csv(around("name,county,township\n", ",,\n", size, "a"))),
    ("rows alike", |size| csv(around("name\n", "a\n", size, ""))),
    ("rows alike whose years do not meet", |size| {
        csv(numbered("name,from,to\n", size, |at| format!("a,{0},{0}\n", at % 9999 + 1), ""))
    }),
    ("short distinct rows", |size| csv(numbered("name\n", size, |at| format!("{}\n", short(at)), ""))),
    ("short distinct rows in no order", |size| {
        csv(numbered("name\n", size, |at| format!("{}\n", short(at.wrapping_mul(2_654_435_761) % 16_777_216)), ""))
    }),
    ("rows that lack most cells", |size| {
        let mut input = csv(numbered("", size, |at| format!("{}\n", short(at)), ""));
        let header: String = (0..1_000).fold("name".to_owned(), |header, at| header + &format!(",n{at}"));
        input.roster.splice(0..0, header.bytes().chain(*b"\n"));
        let attributes: String =
            (0..1_000).fold(String::new(), |list, at| list + &format!("n{at} = {{ type = 'number' }}\n"));
        input.policy = format!("{}\n[attributes]\n{attributes}", PLAIN.trim_start()).into_bytes();
        input
    }),
    ("blank numbers", |size| {
        let mut input = csv(numbered("", size, |at| format!("{},,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", short(at)), ""));
        let header: String = (0..30).fold("name".to_owned(), |header, at| header + &format!(",n{at}"));
        input.roster.splice(0..0, header.bytes().chain(*b"\n"));
        let attributes: String =
            (0..30).fold(String::new(), |list, at| list + &format!("n{at} = {{ type = 'number' }}\n"));
        input.policy = format!("{}\n[attributes]\n{attributes}", PLAIN.trim_start()).into_bytes();
        input
    }),
    ("wrong cells", |size| csv(around("name,count\n", "a,x\n", size, ""))),
    ("a quote that stays open", |size| csv(around("name\n\"", "a\n", size, ""))),
    ("a cell of quotes", |size| csv(around("name\n\"", "\"\"", size, "\""))),
    ("cells of quotes", |size| csv(around("name\n", "\"\"\"\"\n", size, ""))),
    ("a NUL at the end", |size| csv(around("name\n", "村\n", size, "\0"))),
    ("a wrong byte at the end", |size| {
        let mut input = csv(around("name\n", "村\n", size, ""));
        input.roster.push(0xff);
        input
    }),
    ("GB18030", |size| encoded(b"", size, |text| encoding_rs::GB18030.encode(text).0.into_owned())),
    ("UTF-16", |size| encoded(b"\xff\xfe", size, |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
    ("cells as long as they may be", |size| {
        let cell = "a".repeat(32_000);
        csv(numbered("name\n", size, |at| format!("{at}{cell}\n"), ""))
    }),
    ("JSON brackets", |size| json(around("", "[", size, ""))),
    ("JSON braces", |size| json(around("[", "{\"a\":", size, ""))),
    ("JSON numbers", |size| json(around("[1", ",1", size, "]"))),
    ("JSON empty rows", |size| json(around("[{}", ",{}", size, "]"))),
    ("JSON rows alike", |size| json(around("[{\"name\":\"a\"}", ",{\"name\":\"a\"}", size, "]"))),
    ("JSON long text", |size| json(around("[{\"name\":\"", "a", size, "\"}]"))),
    ("JSON escapes", |size| json(around("[{\"name\":\"", "\\u0041", size, "\"}]"))),
    ("JSON long number", |size| json(around("[{\"name\":", "1", size, "}]"))),
    ("JSON row of many keys", |size| json(numbered("[{\"name\":\"a\"", size, |at| format!(",\"{at}\":1"), "}]"))),
    ("JSON rows with keys of their own", |size| json(numbered("[{}", size, |at| format!(",{{\"{at}\":1}}"), "]"))),
    ("JSON cells that are lists", |size| json(around("[{\"name\":[", "0,", size, "0]}]"))),
    ("JSON white space", |size| json(around("[", " ", size, "]"))),
];

/// Names of policies as large as they may be, and how each is made; about so many bytes.
pub const POLICIES: &[(&str, Make)] = &[
    ("many classes and layers", |size| {
        let layers: String =
            (0..100).fold(String::new(), |list, at| list + &format!("[[layers]]\nid='l{at}'\npayer='county'\n"));
        policy(numbered(
            &format!("{HEAD}years=[2000,2099]\n{layers}"),
            size,
            |at| format!("[[classes]]\nid='c{at}'\nfunding={{}}\n"),
            "",
        ))
    }),
    ("many classes with a last rule", |size| {
        let layers: String =
            (0..100).fold(String::new(), |list, at| list + &format!("[[layers]]\nid='l{at}'\npayer='county'\n"));
        policy(numbered(
            &format!("{HEAD}years=[2000,2000]\n{layers}"),
            size,
            |at| format!("[[classes]]\nid='c{at}'\nwhere.county='{at}'\nfunding.l99=1\n"),
            "",
        ))
    }),
    ("many attributes", |size| {
        policy(numbered(&format!("{PLAIN}[attributes]\n"), size, |at| format!("n{at}.type='number'\n"), ""))
    }),
    ("many kinds", |size| {
        policy(numbered(&format!("{HEAD}years=[2000,2000]\n[kinds]\n"), size, |at| format!("k{at}={{}}\n"), ""))
    }),
    ("many wrong words", |size| {
        let kinds: String = (0..900).fold(String::new(), |list, at| list + &format!("k{at}={{}}\n"));
        policy(numbered(
            &format!("{HEAD}years=[2000,2000]\n[kinds]\n{kinds}"),
            size,
            |at| format!("[[classes]]\nid='c{at}'\nkind='x'\nfunding={{}}\n"),
            "",
        ))
    }),
    ("long lists of texts", |size| {
        let list = |first: usize| numbered("", size / 20 * 9, |at| format!("'{}',", at.wrapping_add(first)), "");
        policy(format!(
            "{HEAD}years=[2000,2000]\n[[classes]]\nid='a'\nfunding={{}}\nwhere.county=[{}]\n[[classes]]\nid='b'\nfunding={{}}\nwhere.county=[{}]\n",
            list(0),
            list(10_000_000)
        ))
    }),
    ("long lists of numbers", |size| {
        let list = |first: usize| numbered("", size / 20 * 9, |at| format!("{},", at.wrapping_add(first)), "");
        policy(format!(
            "{HEAD}years=[2000,2000]\n[attributes]\nn.type='number'\n[[classes]]\nid='a'\nfunding={{}}\nwhere.n=[{}]\n[[classes]]\nid='b'\nfunding={{}}\nwhere.n=[{}]\n",
            list(0),
            list(10_000_000)
        ))
    }),
    ("many pools", |size| {
        policy(numbered(PLAIN, size, |at| format!("[[pools]]\nid='p{at}'\namount=1\nweights={{equal=1}}\n"), ""))
    }),
    ("fractions without a common denominator", |size| {
        policy(numbered(
            &format!("{HEAD}years=[2000,2000]\n[[layers]]\nid='l'\npayer='county'\n[[classes]]\nid='a'\nfunding.l=["),
            size,
            |at| format!("{{rate='1/{}',of=1}},", 79_228_162_514_264_337_593_543_000_001_u128.wrapping_add(at as u128)),
            "]\n",
        ))
    }),
    ("as many ratios as a rule may have", |size| {
        // Their common denominator has some 830 bits.
        let primes = (2..700_u32).filter(|number| (2..*number).all(|divisor| number.checked_rem(divisor) != Some(0)));
        let ratios: String = primes
            .flat_map(|prime| [1, 2, 4].map(|factor| prime.wrapping_mul(factor)))
            .take(330)
            .fold(String::new(), |list, number| list + &format!("{{rate='1/{number}',of='n'}},"));
        let input = csv(numbered("name,n\n", size, |at| format!("{at},{at}\n"), ""));
        let rules = format!("[attributes]\nn.type='number'\n[[classes]]\nid='a'\nfunding.l=[{ratios}]\n");
        Input { policy: [HEAD, LAYER, &rules].concat().into_bytes(), ..input }
    }),
    ("weights without a common denominator", |size| {
        let attributes = size / 90;
        let mut text = format!("{PLAIN}[attributes]\n");
        for at in 0..attributes {
            _ = writeln!(text, "n{at}.type='number'");
        }
        text += "[[pools]]\nid='p'\namount=1\n[pools.weights]\n";
        for at in 0..attributes {
            _ = writeln!(text, "n{at}='1/{}'", 79_228_162_514_264_337_593_543_000_001_u128.wrapping_add(at as u128));
        }
        policy(text)
    }),
    ("a long sum", |size| {
        policy(around(
            &format!("{HEAD}years=[2000,2099]\n[[layers]]\nid='l'\npayer='county'\n[[classes]]\nid='a'\nfunding.l=["),
            "0.01,",
            size,
            "]\n",
        ))
    }),
    ("dotted keys", |size| policy(around(PLAIN, "a.", size, "a=1\n"))),
    ("dotted headers", |size| policy(numbered(PLAIN, size, |at| format!("[a{at}.b.c.d.e.f.g.h]\n"), ""))),
    ("wrong keys", |size| policy(numbered(PLAIN, size, |at| format!("[x{at}]\n"), ""))),
    ("long texts", |size| policy(around(&format!("{HEAD}years=[2000,2000]\nversion='"), "年", size, "'\n"))),
    ("wrong long text", |size| policy(around(&format!("{HEAD}years='"), "年", size, "'\n"))),
    ("readings", |size| {
        policy(numbered(PLAIN, size, |at| format!("[[readings]]\nid='r{at}'\nquestion.zh='q'\nchosen.zh='c'\n"), ""))
    }),
    ("years of a table", |size| {
        policy(numbered(
            &format!(
                "{HEAD}years=[2000,2099]\n[[layers]]\nid='l'\npayer='county'\n[[classes]]\nid='a'\n[classes.funding.l]\n"
            ),
            size.min(100_000),
            |at| if at < 9999 { format!("{}=1\n", at.wrapping_add(1)) } else { String::from("#\n") },
            "",
        ))
    }),
    ("JSON depth", |size| Input {
        policy: around("", "[", size, "").into_bytes(),
        policy_format: Format::Json,
        ..policy(String::new())
    }),
    ("TOML depth", |size| policy(around("a=", "[", size, ""))),
    ("TOML tables in tables", |size| policy(around("a=", "{a=", size, ""))),
];

const HEAD: &str = "id='p'\ntitle.zh='p'\nunit='元'\n";
const LAYER: &str = "years=[2000,2000]\n[[layers]]\nid='l'\npayer='county'\n";
const PLAIN: &str = "id='p'\ntitle.zh='p'\nunit='元'\nyears=[2000,2002]\n[[layers]]\nid='l'\npayer='county'\n[[classes]]\nid='a'\nfunding.l=3\n";

fn csv(roster: String) -> Input {
    Input {
        policy: PLAIN.as_bytes().to_vec(),
        policy_format: Format::Toml,
        roster: roster.into_bytes(),
        roster_format: Format::Csv,
        options: SheetOptions::default(),
    }
}

/// Rows in another encoding.
fn encoded(mark: &[u8], size: usize, encode: impl Fn(&str) -> Vec<u8>) -> Input {
    let mut input = csv(String::new());
    input.roster = Vec::with_capacity(size);
    input.roster.extend_from_slice(mark);
    input.roster.extend(encode("name,county\n"));
    for at in 0.. {
        let row = encode(&format!("某某某村第{at}组,某某县\n"));
        if input.roster.len().saturating_add(row.len()) > size {
            break;
        }
        input.roster.extend(row);
    }
    input
}

fn json(roster: String) -> Input {
    Input { roster_format: Format::Json, ..csv(roster) }
}

/// One of the years 2000 to 2099.
const fn year(number: usize) -> usize {
    number.wrapping_rem(100).wrapping_add(2000)
}

/// Over a roster of a few thousand places whose years and counties differ.
fn policy(policy: String) -> Input {
    let roster = numbered(
        "name,county,from,to\n",
        100_000,
        |at| format!("{at},{at},{},{}\n", year(at), year(at.wrapping_add(3))),
        "",
    );
    Input { policy: policy.into_bytes(), ..csv(roster) }
}

/// A part as often as it fits between others.
fn around(before: &str, part: &str, size: usize, after: &str) -> String {
    let room = size.saturating_sub(before.len().saturating_add(after.len()));
    let times = room.checked_div(part.len()).unwrap_or_default();
    let mut text = String::with_capacity(size.saturating_add(before.len()).saturating_add(after.len()));
    text.push_str(before);
    for _ in 0..times {
        text.push_str(part);
    }
    text.push_str(after);
    text
}

/// Numbered parts as many as fit between others.
fn numbered(before: &str, size: usize, part: impl Fn(usize) -> String, after: &str) -> String {
    let mut text = String::with_capacity(size.saturating_add(before.len()).saturating_add(after.len()));
    text.push_str(before);
    for at in 0.. {
        let part = part(at);
        if text.len().saturating_add(part.len()) > size {
            break;
        }
        text.push_str(&part);
    }
    text.push_str(after);
    text
}

/// A number in few letters.
fn short(number: usize) -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = number;
    let mut digits = Vec::new();
    loop {
        digits.extend(DIGITS.get(rest.wrapping_rem(36)));
        rest = rest.wrapping_div(36);
        if rest == 0 {
            break;
        }
    }
    digits.reverse();
    String::from_utf8(digits).unwrap_or_default()
}
