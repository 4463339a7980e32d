//! `cases = { "一类" = V, "二类" = V }, of = "grade", otherwise = V`: by a text of the place (分类).

use crate::ground::catalogue::policy as catalogue;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::{did_you_mean, without_padding};
use crate::policy::grammar::{Ids, Key, KindGrammar, Shape, Text};
use crate::policy::path::join;
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::condition::Subject;
use crate::policy::rule::read::{RuleTable, Scope};
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// A value by a text of the place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cases {
    /// The text that is looked at: an attribute of type text, kind, designation, class, county, township.
    pub of: Subject,
    /// The texts, of kinds and designations their ids, and what each gives; one or more.
    pub cases: Vec<(String, Value)>,
    /// What any other text gives; without it that is an error of the place.
    pub otherwise: Option<Value>,
}

const OF: &str = "of";
const OTHERWISE: &str = "otherwise";

impl Cases {
    /// What a text gives.
    pub(crate) fn value(&self, text: &str) -> Option<&Value> {
        self.cases.iter().find(|(case, _)| case == text).map(|(_, value)| value).or(self.otherwise.as_ref())
    }

    /// Every value that it may give.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.cases.iter().map(|(_, value)| value).chain(&self.otherwise)
    }
}

impl Kind for Cases {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Cases (分类)",
        meaning: Text::new("按对象的某一文字取值。", "A value by a text of the place."),
        key: Key::required(
            "cases",
            Shape::Map(Ids::Texts, &Shape::Value),
            Text::new("以文字为键的数值，至少一项。", "The values by the text, at least one."),
        ),
        with: &[
            Key::required(
                OF,
                Shape::Text,
                Text::new(
                    "所看的文字：文字属性的编号，或 `kind`、`designation`、`class`、`county`、`township`。",
                    "The text: the id of an attribute of type text, or `kind`, `designation`, `class`, `county`, \
                     `township`.",
                ),
            ),
            Key::optional(OTHERWISE, Shape::Value, Text::new("其他文字的数值。", "What any other text gives."))
                .or("其他文字为该对象的错误", "any other text is an error of the place"),
        ],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let otherwise = table.optional(OTHERWISE);
        let of = table.text_subject(OF);
        let (node, path) = table.part(Self::KEY);
        let (node, scope) = (node?, table.scope.nested());
        let entries = table.reader.any_table(node, &path)?;
        if entries.is_empty() {
            table.reader.too_few(node, 1, &path);
            return None;
        }
        let mut cases: Vec<(String, Value)> = Vec::new();
        let mut complete = true;
        for (key, value) in entries {
            let path = join(&path, &key.text);
            let value = table.reader.value(value, &path, scope);
            let text = without_padding(&key.text).into_owned();
            let text = match of.and_then(|of| scope.words_of(of)) {
                None => Some(text),
                Some(known) => {
                    let found = known.iter().find(|named| named.is_called(&text)).map(|named| named.id.clone());
                    if found.is_none() {
                        let problem =
                            Problem::new(of.map_or(Code::UnknownWord, Scope::code_of), catalogue::NEVER_THAT_TEXT)
                                .found(&text);
                        let hint = did_you_mean(&text, known.iter().map(|named| named.id.as_str()));
                        table.reader.push(problem.expected(hint), key.position, &path);
                    }
                    found
                }
            };
            if let Some(text) = text.as_ref().filter(|text| cases.iter().any(|(case, _)| case == *text)) {
                let problem = Problem::new(Code::DuplicateId, catalogue::CASE_TWICE).found(text);
                table.reader.push(problem, key.position, &path);
                complete = false;
                continue;
            }
            match text.zip(value) {
                Some(case) => cases.push(case),
                None => complete = false,
            }
        }
        let (of, otherwise) = of.zip(otherwise.ok())?;
        complete.then_some(Self { of, cases, otherwise })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.cases(self)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let mut cases: Vec<String> = self
            .cases
            .iter()
            .map(|(text, value)| [words.text_of(self.of, text), ": ", &words.value(value)].concat())
            .collect();
        cases.extend(
            self.otherwise.as_ref().map(|value| [words.word("其余", "else"), ": ", &words.value(value)].concat()),
        );
        let by = [words.word("按", "by "), words.subject(self.of), words.word("分类（", " (")].concat();
        [&by, cases.join(words.word("；", "; ")).as_str(), words.word("）", ")")].concat()
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按所属分类安排", "by its case").to_owned()
    }
}
