//! Conditions: what must hold of a place. Their reading, their words, and which of them exclude each other.

use hashbrown::HashSet;
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::ids::AttributeIndex;
use crate::ground::language::Lang;
use crate::ground::message::Phrase;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::{did_you_mean, without_padding};
use crate::policy::document::{Node, NodeValue};
use crate::policy::grammar::{Key, Shape, Table, Text, names};
use crate::policy::path::join;
use crate::policy::read::Reader;
use crate::policy::rule::words::Words;
use crate::policy::{Attribute, AttributeType};

/// Bounds of a number in a condition.
pub const BOUNDS: Table = Table {
    name: "bounds",
    title: "Bounds",
    keys: &[
        Key::optional(Bound::AtLeast.as_str(), Shape::Number, Text::new("不小于（≥）。", "At least (≥, 以上).")),
        Key::optional(Bound::Above.as_str(), Shape::Number, Text::new("大于（>）。", "Above (>, 高于).")),
        Key::optional(Bound::AtMost.as_str(), Shape::Number, Text::new("不大于（≤）。", "At most (≤, 不超过).")),
        Key::optional(Bound::Below.as_str(), Shape::Number, Text::new("小于（<）。", "Below (<, 低于).")),
    ],
};

pub(crate) const BOUNDS_NAMES: &[&str] = names!(BOUNDS.keys);

/// Something that must hold of a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    /// What is looked at.
    pub subject: Subject,
    /// What must be true of it.
    pub test: Test,
}

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// An attribute.
    Attribute(AttributeIndex),
    /// The county as the roster writes it.
    County,
    /// The township as the roster writes it.
    Township,
}

/// What must be true of the subject of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Test {
    /// It equals one of these numbers.
    Numbers(Vec<Decimal>),
    /// It is one of these.
    Flags(Vec<bool>),
    /// It equals one of these texts.
    Texts(Vec<String>),
    /// It lies within bounds.
    Bounds(Vec<(Bound, Decimal)>),
}

/// A bound of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// ≥
    AtLeast,
    /// >
    Above,
    /// ≤
    AtMost,
    /// <
    Below,
}

impl Bound {
    /// Every bound.
    pub const ALL: [Self; 4] = [Self::AtLeast, Self::Above, Self::AtMost, Self::Below];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::Above => "above",
            Self::AtMost => "at_most",
            Self::Below => "below",
        }
    }

    /// The sign: ≥ > ≤ <.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => "≥",
            Self::Above => ">",
            Self::AtMost => "≤",
            Self::Below => "<",
        }
    }

    /// Whether a value that compares so with the bound is within it.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::AtLeast => ordering.is_ge(),
            Self::Above => ordering.is_gt(),
            Self::AtMost => ordering.is_le(),
            Self::Below => ordering.is_lt(),
        }
    }
}

impl Reader {
    pub(crate) fn conditions(&mut self, node: &Node, path: &str, attributes: &[Attribute]) -> Vec<Condition> {
        let Some(entries) = self.any_table(node, path) else { return Vec::new() };
        let mut conditions = Vec::new();
        for (key, value) in entries {
            let path = join(path, &key.text);
            let (subject, attribute_type) = match key.text.as_str() {
                "county" => (Subject::County, AttributeType::Text),
                "township" => (Subject::Township, AttributeType::Text),
                id => {
                    let Some((index, attribute)) =
                        attributes.iter().enumerate().find(|(_, attribute)| attribute.id == id)
                    else {
                        let known =
                            attributes.iter().map(|attribute| attribute.id.as_str()).chain(["county", "township"]);
                        let problem = Problem::new(Code::UnknownAttribute, words::ATTRIBUTE_NOT_DECLARED).found(id);
                        self.push(problem.expected(did_you_mean(id, known)), key.position, &path);
                        continue;
                    };
                    (Subject::Attribute(AttributeIndex::new(index)), attribute.attribute_type)
                }
            };
            conditions.extend(self.test(value, &path, attribute_type).map(|test| Condition { subject, test }));
        }
        conditions
    }

    fn test(&mut self, node: &Node, path: &str, attribute_type: AttributeType) -> Option<Test> {
        let bad = |message: Phrase| Problem::new(Code::BadCondition, message).found(node.to_string());
        let one = std::slice::from_ref(node);
        let items = match &node.value {
            NodeValue::List(items) if items.is_empty() => {
                self.push(bad(words::EMPTY_LIST).expected(words::AT_LEAST_ONE_VALUE), node.position, path);
                return None;
            }
            NodeValue::List(items) => items.as_slice(),
            NodeValue::Table(_) => {
                if attribute_type == AttributeType::Number {
                    return self.bounds(node, path);
                }
                self.push(bad(words::BOUNDS_OF_NUMBER).expected(words::VALUE_OR_LIST), node.position, path);
                return None;
            }
            _ => one,
        };
        let mismatch = |item: &Node| {
            let message = words::NEVER_EQUALS.with(&[&item.type_phrase(), &attribute_type.as_str()]);
            let hint = match attribute_type {
                AttributeType::Number => words::NUMBERS_OR_BOUNDS,
                AttributeType::Flag => words::TRUE_OR_FALSE,
                AttributeType::Text => words::TEXTS,
            };
            Problem::new(Code::BadCondition, message).found(item.to_string()).expected(hint)
        };
        let (mut numbers, mut flags, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let mut complete = true;
        for item in items {
            let good = match (attribute_type, &item.value) {
                (AttributeType::Number, NodeValue::Number(_) | NodeValue::Text(_)) => {
                    let number = self.number(item, path);
                    numbers.extend(number);
                    complete &= number.is_some();
                    true
                }
                (AttributeType::Flag, NodeValue::Bool(flag)) => {
                    flags.push(*flag);
                    true
                }
                (AttributeType::Text, NodeValue::Text(text)) => {
                    texts.push(without_padding(text).into_owned());
                    true
                }
                _ => false,
            };
            if !good {
                self.push(mismatch(item), item.position, path);
                complete = false;
            }
        }
        complete.then_some(match attribute_type {
            AttributeType::Number => Test::Numbers(numbers),
            AttributeType::Flag => Test::Flags(flags),
            AttributeType::Text => Test::Texts(texts),
        })
    }

    fn bounds(&mut self, node: &Node, path: &str) -> Option<Test> {
        let entries = self.table(node, path, BOUNDS_NAMES)?;
        if entries.is_empty() {
            let problem = Problem::new(Code::BadCondition, words::NO_BOUND).found("{}");
            self.push(problem.expected(words::BOUNDS_SUCH_AS), node.position, path);
            return None;
        }
        let mut bounds = Vec::new();
        for (key, value) in entries {
            if let Some(bound) = Bound::ALL.into_iter().find(|bound| bound.as_str() == key.text) {
                bounds.push((bound, self.number(value, &join(path, &key.text))?));
            }
        }
        Some(Test::Bounds(bounds))
    }
}

/// How conditions are joined, and what stands between a flag and its value.
#[derive(Clone, Copy)]
pub(crate) struct ConditionStyle {
    and: &'static str,
    flag: &'static str,
}

impl ConditionStyle {
    /// In the description of a policy.
    pub(crate) const DESCRIPTION: Self = Self { and: ", ", flag: ": " };

    /// In the explanation of an amount.
    pub(crate) const fn explanation(lang: Lang) -> Self {
        Self { and: if matches!(lang, Lang::Zh) { "、" } else { ", " }, flag: " = " }
    }
}

impl Words<'_> {
    /// Conditions in words.
    pub(crate) fn conditions(&self, conditions: &[Condition], style: ConditionStyle) -> String {
        conditions.iter().map(|condition| self.condition(condition, style)).collect::<Vec<_>>().join(style.and)
    }

    /// A condition in words with the number that it looked at: 人口 800 ≥ 500.
    pub(crate) fn met(&self, condition: &Condition, number: Option<&str>) -> String {
        match (&condition.test, condition.subject, number) {
            (Test::Bounds(bounds), Subject::Attribute(attribute), Some(number)) => {
                let bounds = bounds.iter().map(|(bound, limit)| format!("{} {limit}", bound.sign()));
                format!("{} {number} {}", self.attribute(attribute), bounds.collect::<Vec<_>>().join(", "))
            }
            _ => self.condition(condition, ConditionStyle::explanation(self.lang)),
        }
    }

    /// A condition in words.
    pub(crate) fn condition(&self, condition: &Condition, style: ConditionStyle) -> String {
        let subject = match condition.subject {
            Subject::Attribute(index) => self.attribute(index),
            Subject::County => self.word("区县", "county"),
            Subject::Township => self.word("乡镇", "township"),
        };
        let is = |sign: &str, values: Vec<&str>| [subject, sign, &values.join(self.word("、", " or "))].concat();
        let digits = |numbers: &[Decimal]| numbers.iter().map(Decimal::to_string).collect::<Vec<_>>();
        match &condition.test {
            Test::Numbers(numbers) => is(" = ", digits(numbers).iter().map(String::as_str).collect()),
            Test::Flags(flags) => {
                let flags = flags.iter().map(|flag| if *flag { self.word("是", "yes") } else { self.word("否", "no") });
                is(style.flag, flags.collect())
            }
            Test::Texts(texts) => is(" = ", texts.iter().map(String::as_str).collect()),
            Test::Bounds(bounds) => {
                let bounds = bounds.iter().map(|(bound, limit)| format!("{subject} {} {limit}", bound.sign()));
                bounds.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// Whether two tests of one thing can never both hold.
fn disjoint(a: &Test, b: &Test) -> bool {
    match (a, b) {
        (Test::Flags(a), Test::Flags(b)) => !a.iter().any(|flag| b.contains(flag)),
        (Test::Texts(a), Test::Texts(b)) => have_none_in_common(a, b),
        (Test::Numbers(a), Test::Numbers(b)) => have_none_in_common(a, b),
        (Test::Numbers(numbers), Test::Bounds(bounds)) | (Test::Bounds(bounds), Test::Numbers(numbers)) => {
            !numbers.iter().any(|number| bounds.iter().all(|(bound, limit)| bound.holds(number.cmp(limit))))
        }
        (Test::Bounds(a), Test::Bounds(b)) => {
            let all = || a.iter().chain(b);
            let lower = all().filter(|(bound, _)| matches!(bound, Bound::AtLeast | Bound::Above));
            lower.into_iter().any(|(low, least)| {
                all().filter(|(bound, _)| matches!(bound, Bound::AtMost | Bound::Below)).any(|(high, most)| {
                    least > most || (least == most && (*low == Bound::Above || *high == Bound::Below))
                })
            })
        }
        _ => false,
    }
}

/// Whether two sets of conditions can never both hold.
pub(crate) fn exclude(a: &[Condition], b: &[Condition]) -> bool {
    a.iter().any(|x| b.iter().any(|y| x.subject == y.subject && disjoint(&x.test, &y.test)))
}

fn have_none_in_common<T: Eq + std::hash::Hash>(a: &[T], b: &[T]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // Few are compared faster than they are hashed.
    if short.len() <= 8 {
        return !short.iter().any(|one| long.contains(one));
    }
    let short: HashSet<&T> = short.iter().collect();
    !long.iter().any(|one| short.contains(one))
}
