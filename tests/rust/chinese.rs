//! The Chinese pages say what the English ones say: headings, examples, tables, keys and figures are the same, section by
//! section. What examples print is compared where the English examples run, with the pages of both languages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The door itself only loads into Python.
#[path = "../../bindings/python/src/catalogue.rs"]
mod python_words;

const CHINESE: &str = ".zh-CN.md";

/// The folders whose pages may be in both languages.
const FOLDERS: [&str; 5] = ["", "crates/fundlayers/docs", "bindings/python", "bindings/python/docs", "bindings/wasm"];

/// What was written in Chinese stays so.
const PAGES: [&str; 18] = [
    "README",
    "bindings/python/README",
    "bindings/python/docs/excel",
    "bindings/python/docs/guide",
    "bindings/wasm/README",
    "crates/fundlayers/docs/checks",
    "crates/fundlayers/docs/decisions",
    "crates/fundlayers/docs/forms",
    "crates/fundlayers/docs/funding",
    "crates/fundlayers/docs/large-rosters",
    "crates/fundlayers/docs/laws",
    "crates/fundlayers/docs/model",
    "crates/fundlayers/docs/policy-format",
    "crates/fundlayers/docs/projects",
    "crates/fundlayers/docs/reconciliation",
    "crates/fundlayers/docs/request",
    "crates/fundlayers/docs/sheets",
    "crates/fundlayers/docs/what-if",
];

const WHAT_TO_DO: &str = "\
Write in the Chinese page what the English one says now (its `NAME.zh-CN.md` stands beside it): the same headings, examples,
rows, links, words in backticks and figures in each section, in the field's terms. Commands there have `--lang zh` at their
end; `WRITE_DOCUMENTS=1 cargo test -p fundlayers-cli the_documents` writes what they print. The tables of keys are written by
`cargo xtask generate`.";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(page: &str) -> String {
    std::fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// The Chinese pages that there are, without their endings.
fn pages() -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix(CHINESE) {
                pages.insert(Path::new(folder).join(name).to_str().unwrap().to_owned());
            }
        }
    }
    pages
}

/// What stands below a heading and above the next.
#[derive(Default)]
struct Section {
    line: usize,
    heading: String,
    /// What is compared, with what it is called.
    parts: Parts,
    anchors: Vec<String>,
}

#[derive(Default)]
struct Parts {
    examples: Vec<String>,
    /// Rows of tables by how many cells they have.
    rows: Vec<usize>,
    /// Tables that are written from the registry.
    generated: Vec<String>,
    paragraphs: usize,
    items: usize,
    code: BTreeSet<String>,
    links: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Section {
    fn level(&self) -> usize {
        self.heading.chars().take_while(|c| *c == '#').count()
    }
}

impl Parts {
    /// What one has and the other has not, in words; nothing: the same.
    fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        let list = |list: &[String]| list.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
        let mut sets = |what: &str, one: &BTreeSet<String>, two: &BTreeSet<String>| {
            let [only, more] = [(one, two), (two, one)].map(|(a, b)| a.difference(b).cloned().collect::<Vec<_>>());
            if !only.is_empty() {
                differences.push(format!("{what} only in English: {}", list(&only)));
            }
            if !more.is_empty() {
                differences.push(format!("{what} only in Chinese: {}", list(&more)));
            }
        };
        sets("in backticks", &self.code, &other.code);
        sets("links", &self.links, &other.links);
        sets("figures", &self.numbers, &other.numbers);
        if self.generated != other.generated {
            differences.push(format!("tables of keys: {} ≠ {}", list(&self.generated), list(&other.generated)));
        }
        for (what, one, two) in [
            ("paragraphs", self.paragraphs, other.paragraphs),
            ("items of lists", self.items, other.items),
            ("rows of tables", self.rows.len(), other.rows.len()),
            ("examples", self.examples.len(), other.examples.len()),
        ] {
            if one != two {
                differences.push(format!("{what}: {one} in English, {two} in Chinese"));
            }
        }
        if self.rows.len() == other.rows.len()
            && let Some(at) = self.rows.iter().zip(&other.rows).position(|(one, two)| one != two)
        {
            differences.push(format!("cells of row {} of the tables", at + 1));
        }
        for (one, two) in self.examples.iter().zip(&other.examples).filter(|(one, two)| one != two) {
            let parts = one.lines().zip(two.lines()).find(|(one, two)| one != two);
            let (one, two) = parts.unwrap_or((one, two));
            differences.push(format!("examples: `{one}` in English, `{two}` in Chinese"));
        }
        differences
    }
}

/// An example without what may differ: comments, the language, names of scenarios, and what is printed.
fn example(words: &str, lines: &[&str]) -> String {
    let comment = match words.split(' ').next() {
        Some("" | "rust" | "js") => " //",
        Some("python" | "sh" | "toml") => " #",
        Some("text") => return words.to_owned(),
        _ => "\n",
    };
    let printed = lines.iter().any(|line| line.starts_with(">>> "));
    let mut text = words.to_owned();
    for line in lines {
        if printed && !line.starts_with(">>>") && !line.starts_with("...") {
            continue;
        }
        // With a blank before it, so that a comment may begin the line.
        let line = format!(" {line}").replace(" --lang zh", "");
        let line = line.split(&format!("{comment} ")).next().unwrap().trim();
        let line = if line.starts_with("name = \"") { "name = …" } else { line };
        if !line.is_empty() {
            text = text + "\n" + line;
        }
    }
    text
}

/// The text between backticks goes to the codes, the targets of links to the links; what is left is words.
fn words(line: &str, parts: &mut Parts) {
    let mut plain = String::new();
    for (at, piece) in line.split('`').enumerate() {
        if at % 2 == 0 {
            plain.push_str(piece);
        } else {
            parts.code.insert(piece.replace(" --lang zh", ""));
        }
    }
    let mut rest = plain.as_str();
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("](") {
        let (target, after) = after.split_once(')').unwrap();
        text.push_str(before);
        rest = after;
        // A page goes by its name, whatever its language, and however the documentation of the crate calls it.
        let page = target.split('#').next().unwrap().replace("crate::_documentation::", "");
        // Items of the crate are linked to in its documentation alone.
        if !page.is_empty() && !page.starts_with("crate::") {
            let name = page.rsplit('/').next().unwrap().trim_end_matches(CHINESE).trim_end_matches(".md");
            parts.links.insert(name.to_owned());
        }
    }
    text.push_str(rest);
    let digits = text.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let numbers = digits.map(|number| number.trim_matches(['.', ','])).filter(|number| !number.is_empty());
    parts.numbers.extend(numbers.map(str::to_owned));
}

/// The anchor that a heading has.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().replace(' ', "-")
}

fn sections(page: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    // A paragraph or an item, whose code and links may go on in the next line.
    let mut text = String::new();
    let mut in_generated = false;
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        // The way to the other language.
        if line.starts_with("[English](") || line.starts_with("[中文](") {
            continue;
        }
        let section = sections.last_mut().unwrap();
        for target in line.split("](#").skip(1).chain(line.split("]: #").skip(1)) {
            section.anchors.push(target.split(')').next().unwrap().to_owned());
        }
        let parts = &mut section.parts;
        let number = line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok());
        let item = line.strip_prefix("- ").or(number.map(|(_, item)| item));
        let is_text =
            !line.is_empty() && !line.starts_with(['#', '|']) && !line.starts_with("<!-- ") && !line.starts_with("```");
        if !is_text || item.is_some() {
            words(&std::mem::take(&mut text), parts);
        }
        if in_generated && !line.starts_with("<!-- ") {
        } else if is_text {
            parts.items += usize::from(item.is_some());
            parts.paragraphs += usize::from(item.is_none() && text.is_empty());
            text = text + item.unwrap_or(line).trim_start() + " ";
        } else if line.starts_with('#') {
            let mut section = Section { line: at + 1, heading: line.to_owned(), ..Section::default() };
            words(line, &mut section.parts);
            sections.push(section);
        } else if let Some(words) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            parts.examples.push(example(words, &block));
        } else if let Some(name) = line.strip_prefix("<!-- ") {
            in_generated = !name.starts_with("end");
            parts.generated.push(name.to_owned());
        } else if line.starts_with('|') {
            parts.rows.push(line.replace("\\|", "").split('|').count());
            words(line, parts);
        }
    }
    words(&text, &mut sections.last_mut().unwrap().parts);
    sections
}

/// Where a Chinese page and its English one part, in words.
fn parted(page: &str) -> String {
    let names = [format!("{page}.md"), [page, CHINESE].concat()];
    let [english, chinese] = names.each_ref().map(|name| sections(&read(name)));
    let mut said = String::new();
    for (one, two) in english.iter().zip(&chinese) {
        let differences = if one.level() == two.level() {
            one.parts.differences(&two.parts)
        } else {
            vec!["headings of different levels: one is missing here, or above".to_owned()]
        };
        if !differences.is_empty() {
            let [at, of] = [(&names[1], two), (&names[0], one)]
                .map(|(name, section)| format!("{name}:{}: `{}`", section.line, section.heading));
            writeln!(said, "{at}\n  {of}").unwrap();
            for difference in differences {
                writeln!(said, "    {difference}").unwrap();
            }
        }
        if one.level() != two.level() {
            return said;
        }
    }
    let (more, name) = if english.len() > chinese.len() { (&english, &names[0]) } else { (&chinese, &names[1]) };
    if let Some(section) = more.get(english.len().min(chinese.len())) {
        writeln!(said, "{name}:{}: `{}` stands in this page alone", section.line, section.heading).unwrap();
    }
    said
}

#[test]
fn the_chinese_pages_keep_step() {
    let pages = pages();
    for page in PAGES {
        assert!(pages.contains(page), "{page}{CHINESE} is missing");
    }
    let said: String = pages.iter().map(|page| parted(page)).collect();
    assert!(said.is_empty(), "Chinese pages and English ones part:\n\n{said}\n{WHAT_TO_DO}");
}

/// Links to sections lead to one, in both languages, and a page that is there in Chinese is linked to in Chinese.
#[test]
fn the_links_of_both_languages_lead_somewhere() {
    let pages = pages();
    for page in &pages {
        for name in [format!("{page}.md"), [page, CHINESE].concat()] {
            let text = read(&name);
            let sections = sections(&text);
            let anchors: BTreeSet<String> = sections.iter().map(|section| anchor(&section.heading)).collect();
            for target in sections.iter().flat_map(|section| &section.anchors) {
                assert!(anchors.contains(target), "{name}: no heading has the anchor `#{target}`");
            }
            let folder = root().join(Path::new(&name).parent().unwrap());
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let Some(target) = target.split('#').next() else { continue };
                if Path::new(target).extension().is_none_or(|ending| ending != "md") {
                    continue;
                }
                assert!(folder.join(target).exists(), "{name}: there is no `{target}`");
                let chinese = target.replace(".md", CHINESE);
                let of_its_own = format!("{page}.md").ends_with(target);
                assert!(
                    !name.ends_with(CHINESE)
                        || of_its_own
                        || target.ends_with(CHINESE)
                        || !folder.join(&chinese).exists(),
                    "{name}: `{target}` is there in Chinese, `{chinese}`"
                );
            }
        }
    }
}

#[test]
fn what_parts_is_named() {
    let english = sections("# A\n\ntext 1\n\n## B\n\n```sh\nrun --x # this\n```\n\n| `a` | 1,000 |\n");
    let same = sections("# 甲\n\n文字 1\n\n## 乙\n\n```sh\nrun --x --lang zh # 此\n```\n\n| `a` | 1,000 |\n");
    for (one, two) in english.iter().zip(&same) {
        assert_eq!(one.parts.differences(&two.parts), Vec::<String>::new());
    }
    let other = sections("# 甲\n\n文字 2\n\n又\n\n## 乙\n\n```sh\nrun --y\n```\n\n| `b` | 1,000 | 3 |\n");
    let said: Vec<String> =
        english.iter().zip(&other).flat_map(|(one, two)| one.parts.differences(&two.parts)).collect();
    let expected = [
        "figures only in English: `1`",
        "figures only in Chinese: `2`",
        "paragraphs: 1 in English, 2 in Chinese",
        "in backticks only in English: `a`",
        "in backticks only in Chinese: `b`",
        "figures only in Chinese: `3`",
        "cells of row 1 of the tables",
        "examples: `run --x` in English, `run --y` in Chinese",
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_python_says_of_its_own_is_whole_in_both_languages() {
    for (name, phrase) in python_words::ALL {
        assert_eq!(phrase.check(), Ok(()), "{name}");
    }
}
