//! The tables of keys in the description of the format, in either language.

use fundlayers::registry::{Absent, BOUNDED, COMMON, KINDS, Key, NAME, Shape, TABLES, Text};

use crate::layout::between;

const END: &str = "<!-- end -->";

/// The document with the tables that it is to have, each after a line such as `<!-- keys: layer -->`.
pub(crate) fn tables(document: &str) -> Result<String, String> {
    Page { document, say: |text| text.en }.with_tables()
}

/// The same for the Chinese page.
pub(crate) fn chinese_tables(document: &str) -> Result<String, String> {
    Page { document, say: |text| text.zh }.with_tables()
}

struct Page<'a> {
    document: &'a str,
    /// The language.
    say: fn(Text) -> &'static str,
}

impl Page<'_> {
    fn with_tables(&self) -> Result<String, String> {
        // Names are explained in words.
        let tables = TABLES.iter().filter(|table| table.name != NAME.name);
        let mut parts: Vec<(&str, String)> =
            tables.map(|table| (table.name, self.rows(false, table.keys.iter().map(|key| self.row(key))))).collect();
        let kinds = KINDS.iter().flat_map(|kind| {
            let keys = std::iter::once(&kind.grammar.key).chain(kind.grammar.with);
            keys.map(|key| format!("| `{}` {}", kind.grammar.key.name, self.row(key)))
        });
        parts.push(("kinds of rules", self.rows(true, kinds)));
        let [when, rest @ ..] = COMMON;
        let rule = std::iter::once(when).chain(BOUNDED).chain(rest);
        parts.push(("rule", self.rows(false, rule.map(|key| self.row(key)))));
        parts.into_iter().try_fold(self.document.to_owned(), |document, (name, table)| {
            between(&document, &format!("<!-- keys: {name} -->"), END, &format!("\n{table}\n"))
        })
    }

    fn rows(&self, of_rules: bool, rows: impl Iterator<Item = String>) -> String {
        let mut titles = vec![KEY, TYPE, DEFAULT, MEANING];
        if of_rules {
            titles.insert(0, RULE);
        }
        let head = titles.iter().fold("|".to_owned(), |head, title| format!("{head} {} |", (self.say)(*title)));
        let line = "|---".repeat(titles.len());
        rows.fold(format!("{head}\n{line}|\n"), |table, row| table + &row + "\n")
    }

    fn row(&self, key: &Key) -> String {
        let default = match key.absent {
            Absent::Error => (self.say)(REQUIRED).to_owned(),
            Absent::Nothing => (self.say)(NONE).to_owned(),
            Absent::Means(text) => (self.say)(text).to_owned(),
            Absent::Is(value) => format!("`{}`", value.trim_matches('"')),
        };
        let meaning = (self.say)(key.meaning);
        let meaning = meaning.strip_suffix(['.', '。']).unwrap_or(meaning);
        format!("| `{}` | {} | {default} | {meaning} |", key.name, self.shape(key))
    }

    fn shape(&self, key: &Key) -> String {
        let say = self.say;
        let words = match key.shape {
            Shape::Text | Shape::Id | Shape::LayerId | Shape::ValueId => TEXT,
            Shape::TextOrNumber => Text::new("文字或数", "text or number"),
            Shape::Name | Shape::Languages => Text::new("名称", "name"),
            Shape::Years => Text::new("两个整数", "two whole numbers"),
            Shape::MoneyUnit => Text::new("金额单位", "unit"),
            Shape::Whole(_) => Text::new("整数", "whole number"),
            Shape::Word(words) => {
                return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(say(COMMA));
            }
            Shape::Flag => return ["`true`", "`false`"].join(say(COMMA)),
            Shape::Number | Shape::Positive => Text::new("数", "number"),
            Shape::Amount | Shape::Yearly => Text::new("数或分年表", "number or table of years"),
            Shape::Rate => {
                let words = say(Text::new("数、分数、分年表或", "number, ratio, table of years or "));
                return [words, &self.linked(Text::new("数值", "value"), "values")].concat();
            }
            Shape::Weight => Text::new("数或分数", "number or ratio"),
            Shape::Value => return self.linked(Text::new("数值", "value"), "values"),
            Shape::Rule => return self.linked(Text::new("规则", "rule"), "rules"),
            Shape::Conditions => return self.linked(Text::new("条件", "conditions"), "conditions"),
            Shape::TextOr(_) => {
                return [say(Text::new("文字或", "text or ")), &self.linked(TABLE, key.name)].concat();
            }
            Shape::Table(_) | Shape::Map(..) => return self.linked(TABLE, key.name),
            Shape::List(list) if matches!(list.of, Shape::Value) => {
                return [
                    &self.linked(Text::new("数值", ""), "values"),
                    say(Text::new("列表", "list of ")),
                    &self.linked(Text::new("", "values"), "values"),
                ]
                .concat();
            }
            Shape::List(_) => return self.linked(LIST, key.name),
        };
        say(words).to_owned()
    }

    /// A link to the section whose heading has the word, if there is one.
    fn linked(&self, words: Text, word: &str) -> String {
        let words = (self.say)(words);
        let headings = self.document.lines().filter(|line| line.starts_with("##"));
        let section = headings
            .map(|heading| heading.trim_start_matches('#').trim().to_lowercase())
            .find(|heading| heading.split(|c: char| !c.is_alphanumeric()).any(|part| part == word));
        match section {
            Some(heading) if !words.is_empty() => {
                let slug: String = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_')).collect();
                format!("[{words}](#{})", slug.replace(' ', "-"))
            }
            _ => words.to_owned(),
        }
    }
}

const RULE: Text = Text::new("规则", "rule");
const KEY: Text = Text::new("键", "key");
const TYPE: Text = Text::new("写法", "type");
const DEFAULT: Text = Text::new("不写时", "default");
const MEANING: Text = Text::new("含义", "meaning");
const REQUIRED: Text = Text::new("必须写", "required");
const NONE: Text = Text::new("无", "none");
const TEXT: Text = Text::new("文字", "text");
const TABLE: Text = Text::new("表", "table");
const LIST: Text = Text::new("列表", "list");
const COMMA: Text = Text::new("、", ", ");
