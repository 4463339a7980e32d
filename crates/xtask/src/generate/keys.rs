//! The tables of keys in the description of the format.

use fundlayers::registry::{Absent, BOUNDED, COMMON, KINDS, Key, NAME, Shape, TABLES};

use crate::layout::between;

const END: &str = "<!-- end -->";

/// The document with the tables that it is to have, each after a line such as `<!-- keys: layer -->`.
pub(crate) fn tables(document: &str) -> Result<String, String> {
    let headings: Vec<String> = document.lines().filter(|line| line.starts_with("##")).map(str::to_owned).collect();
    // Names are explained in words.
    let tables = TABLES.iter().filter(|table| table.name != NAME.name);
    let mut parts: Vec<(&str, String)> =
        tables.map(|table| (table.name, rows(HEAD, table.keys.iter().map(|key| row(key, &headings))))).collect();
    let kinds = KINDS.iter().flat_map(|kind| {
        let keys = std::iter::once(&kind.grammar.key).chain(kind.grammar.with);
        keys.map(|key| format!("| `{}` {}", kind.grammar.key.name, row(key, &headings)))
    });
    parts.push(("kinds of rules", rows("| rule | key | type | default | meaning |\n|---|---|---|---|---|\n", kinds)));
    let [when, rest @ ..] = COMMON;
    let rule = std::iter::once(when).chain(BOUNDED).chain(rest);
    parts.push(("rule", rows(HEAD, rule.map(|key| row(key, &headings)))));
    parts.into_iter().try_fold(document.to_owned(), |document, (name, table)| {
        between(&document, &format!("<!-- keys: {name} -->"), END, &format!("\n{table}\n"))
    })
}

const HEAD: &str = "| key | type | default | meaning |\n|---|---|---|---|\n";

fn rows(head: &str, rows: impl Iterator<Item = String>) -> String {
    rows.fold(head.to_owned(), |table, row| table + &row + "\n")
}

fn row(key: &Key, headings: &[String]) -> String {
    let default = match key.absent {
        Absent::Error => "required".to_owned(),
        Absent::Nothing => "none".to_owned(),
        Absent::Means(text) => text.en.to_owned(),
        Absent::Is(value) => format!("`{}`", value.trim_matches('"')),
    };
    let meaning = key.meaning.en.strip_suffix('.').unwrap_or(key.meaning.en);
    format!("| `{}` | {} | {default} | {meaning} |", key.name, shape(key, headings))
}

fn shape(key: &Key, headings: &[String]) -> String {
    let words = match key.shape {
        Shape::Text | Shape::Id | Shape::LayerId | Shape::ValueId => "text",
        Shape::TextOrNumber => "text or number",
        Shape::Name | Shape::Languages => "name",
        Shape::Years => "two whole numbers",
        Shape::MoneyUnit => "unit",
        Shape::Whole(_) => "whole number",
        Shape::Word(words) => return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Shape::Number | Shape::Positive => "number",
        Shape::Amount | Shape::Yearly => "number or table of years",
        Shape::Rate => "number, ratio, table of years or [value](#values)",
        Shape::Weight => "number or ratio",
        Shape::Value => "[value](#values)",
        Shape::Rule => "[rule](#rules)",
        Shape::Conditions => "[conditions](#conditions)",
        Shape::TextOr(_) => return ["text or ", &explained("table", key.name, headings)].concat(),
        Shape::Table(_) | Shape::Map(..) => return explained("table", key.name, headings),
        Shape::List(list) if matches!(list.of, Shape::Value) => "list of [values](#values)",
        Shape::List(_) => return explained("list", key.name, headings),
    };
    words.to_owned()
}

/// A link to the section whose heading has the key as a word, if there is one.
fn explained(word: &str, key: &str, headings: &[String]) -> String {
    let section = headings
        .iter()
        .map(|heading| heading.trim_start_matches('#').trim().to_lowercase())
        .find(|heading| heading.split(|c: char| !c.is_alphanumeric()).any(|part| part == key));
    section.map_or_else(
        || word.to_owned(),
        |heading| {
            let slug: String = heading.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
            format!("[{word}](#{})", slug.replace(' ', "-"))
        },
    )
}
