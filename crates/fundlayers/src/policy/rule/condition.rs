//! Conditions: what must hold of a place. Their reading, their words, and which of them exclude each other.

use hashbrown::HashSet;
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{AttributeIndex, FigureIndex, LayerIndex, PayerIndex};
use crate::ground::language::Lang;
use crate::ground::message::Phrase;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::{did_you_mean, without_padding};
use crate::policy::document::{Node, NodeValue};
use crate::policy::grammar::{Key, Shape, Table, Text, names};
use crate::policy::path::join;
use crate::policy::read::{Reader, is_digits};
use crate::policy::rule::KEYS;
use crate::policy::rule::read::Scope;
use crate::policy::rule::words::Words;
use crate::policy::{Attribute, AttributeType, CheckSubject, Named, Origin, Payer, Value, Yearly};

/// Bounds of a number in a condition.
pub const BOUNDS: Table = Table {
    name: "bounds",
    title: "Bounds",
    keys: &[
        Key::optional(Bound::AtLeast.as_str(), Shape::Value, Text::new("不小于（≥）。", "At least (≥, 以上).")),
        Key::optional(Bound::Above.as_str(), Shape::Value, Text::new("大于（>）。", "Above (>, 高于).")),
        Key::optional(Bound::AtMost.as_str(), Shape::Value, Text::new("不大于（≤）。", "At most (≤, 不超过).")),
        Key::optional(Bound::Below.as_str(), Shape::Value, Text::new("小于（<）。", "Below (<, 低于).")),
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
    /// Where it stands.
    pub(crate) origin: Origin,
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
    /// A figure.
    Figure(FigureIndex),
    /// An earlier layer.
    Layer(LayerIndex),
    /// The year.
    Year,
    /// The kind, by its id.
    Kind,
    /// The designation, by its id.
    Designation,
    /// The class, by its id.
    Class,
    /// The place as a whole, of conditions put together.
    Place,
    /// The one body that pays, by its id, in what is the payer's own.
    Payer(PayerIndex),
}

impl Subject {
    /// The text that says who pays.
    pub(crate) const fn of_payer(payer: Payer) -> Self {
        match payer {
            Payer::Body(body) => Self::Payer(body),
            Payer::County => Self::County,
            Payer::Attribute(attribute) => Self::Attribute(attribute),
        }
    }
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
    /// It equals one of these values.
    Values(Vec<Value>),
    /// It lies within bounds that are values.
    Within(Vec<(Bound, Value)>),
    /// All conditions of one of these lists hold.
    Any(Vec<Vec<Condition>>),
    /// Not all of these hold.
    Not(Vec<Condition>),
}

impl Condition {
    fn new(subject: Subject, test: Test, path: &str) -> Self {
        Self { subject, test, origin: Origin::new(path) }
    }

    /// Whether what it looks at are texts, flags and numbers of the place alone, and what it is compared with stands in the
    /// policy as it is.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.subject, Subject::Attribute(_) | Subject::County | Subject::Township)
            && matches!(self.test, Test::Numbers(_) | Test::Flags(_) | Test::Texts(_) | Test::Bounds(_))
    }

    /// Whether the condition holds by a text that is looked at, where it asks for texts.
    pub(crate) fn is_text(&self, text: &str) -> bool {
        matches!(&self.test, Test::Texts(texts) if texts.iter().any(|one| one == text))
    }
}

impl Test {
    /// Whether a number passes, of a test that has numbers.
    pub(crate) fn passes(&self, compare: impl Fn(&Decimal) -> std::cmp::Ordering) -> bool {
        match self {
            Self::Numbers(numbers) => numbers.iter().any(|number| compare(number).is_eq()),
            Self::Bounds(bounds) => bounds.iter().all(|(bound, limit)| bound.holds(compare(limit))),
            _ => false,
        }
    }
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

/// The word for who pays.
pub(crate) const PAYER: &str = "payer";
/// The key of conditions of which one list must hold.
pub(crate) const ANY: &str = "any";
/// The key of conditions that must not all hold.
pub(crate) const NOT: &str = "not";
/// Conditions in conditions, at most so deep.
const DEPTH_LIMIT: usize = 20;

/// What a subject's values are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SubjectType<'a> {
    Number,
    Flag,
    Text,
    /// Ids or names of these.
    Words(&'a [Named]),
}

impl SubjectType<'_> {
    const fn attribute_type(self) -> AttributeType {
        match self {
            Self::Number => AttributeType::Number,
            Self::Flag => AttributeType::Flag,
            Self::Text | Self::Words(_) => AttributeType::Text,
        }
    }
}

impl<'a> Scope<'a> {
    /// The subject of a key, and what its values are.
    fn subject(&self, id: &str) -> Option<(Subject, SubjectType<'a>)> {
        if let Some(found) = Self::column(id).filter(|_| self.knows(id)) {
            return Some((found, SubjectType::Text));
        }
        if let Some((index, attribute)) = self.attributes.iter().enumerate().find(|(_, attribute)| attribute.id == id) {
            let is = match attribute.attribute_type {
                AttributeType::Number => SubjectType::Number,
                AttributeType::Flag => SubjectType::Flag,
                AttributeType::Text => SubjectType::Text,
            };
            return Some((Subject::Attribute(AttributeIndex::new(index)), is));
        }
        if let Some(index) = self.figures.iter().position(|figure| figure == id) {
            return Some((Subject::Figure(FigureIndex::new(index)), SubjectType::Number));
        }
        if let Some(index) = self.layers.iter().position(|layer| layer == id) {
            return Some((Subject::Layer(LayerIndex::new(index)), SubjectType::Number));
        }
        match id {
            "year" => Some((Subject::Year, SubjectType::Number)),
            _ if !self.knows(id) => None,
            "kind" => Some((Subject::Kind, SubjectType::Words(self.kinds))),
            "designation" => Some((Subject::Designation, SubjectType::Words(self.designations))),
            "class" => Some((Subject::Class, SubjectType::Words(self.classes))),
            _ => None,
        }
    }

    /// Whether a text of places has one value for what is looked at: a county has no kind.
    fn knows(&self, id: &str) -> bool {
        match self.of {
            CheckSubject::Place => true,
            CheckSubject::Township => matches!(id, "county" | "township"),
            CheckSubject::County | CheckSubject::Policy => id == "county",
        }
    }

    fn column(id: &str) -> Option<Subject> {
        match id {
            "county" => Some(Subject::County),
            "township" => Some(Subject::Township),
            _ => None,
        }
    }

    /// The words that a subject can be, if they are known.
    pub(crate) fn words_of(&self, subject: Subject) -> Option<&'a [Named]> {
        match subject {
            Subject::Kind => Some(self.kinds),
            Subject::Designation => Some(self.designations),
            Subject::Class => Some(self.classes),
            Subject::Payer(_) => Some(self.payers),
            _ => None,
        }
    }

    /// The subject of an id whose values are texts.
    pub(crate) fn text_subject(&self, id: &str) -> Option<Subject> {
        let Some((subject, is)) = self.subject(id) else {
            return self.payer.filter(|_| id == PAYER).map(Subject::of_payer);
        };
        matches!(is, SubjectType::Text | SubjectType::Words(_)).then_some(subject)
    }

    /// The ids whose values are texts.
    pub(crate) fn text_subjects(&self) -> impl Iterator<Item = &'a str> {
        let is_text = |attribute: &&Attribute| attribute.attribute_type == AttributeType::Text;
        let attributes = self.attributes.iter().filter(is_text).map(|attribute| attribute.id.as_str());
        let words = ["kind", "designation", "class", "county", "township"].into_iter().filter(|id| self.knows(id));
        attributes.filter(|id| !id.is_empty()).chain(words).chain(self.payer.map(|_| PAYER))
    }

    /// The code of a text that a subject never is.
    pub(crate) const fn code_of(subject: Subject) -> Code {
        match subject {
            Subject::Kind => Code::UnknownKind,
            Subject::Designation => Code::UnknownDesignation,
            Subject::Payer(_) => Code::UnknownPayer,
            _ => Code::UnknownClass,
        }
    }

    /// The ids that a condition may look at.
    fn subjects(&self) -> impl Iterator<Item = &'a str> {
        let attributes = self.attributes.iter().map(|attribute| attribute.id.as_str()).filter(|id| !id.is_empty());
        let figures = self.figures.iter().map(String::as_str);
        let layers = self.layers.iter().take(self.layer).map(String::as_str);
        attributes
            .chain(figures)
            .chain(layers)
            .chain(["county", "township", "year", "kind", "designation", "class", ANY, NOT])
            .filter(|id| self.knows(id) || !["county", "township", "kind", "designation", "class"].contains(id))
    }
}

impl Reader {
    pub(crate) fn conditions(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Vec<Condition> {
        self.conditions_in(node, path, scope, 0)
    }

    fn conditions_in(&mut self, node: &Node, path: &str, scope: Scope<'_>, depth: usize) -> Vec<Condition> {
        let Some(entries) = self.any_table(node, path) else { return Vec::new() };
        let mut conditions = Vec::new();
        for (key, value) in entries {
            let path = join(path, &key.text);
            if let Some((subject, is)) = scope.subject(&key.text) {
                if let Subject::Layer(layer) = subject
                    && self.earlier(layer.number(), &key.text, key.position, &path, scope).is_none()
                {
                    continue;
                }
                conditions.extend(
                    self.test(value, &path, (subject, is), scope).map(|test| Condition::new(subject, test, &path)),
                );
            } else if key.text == ANY || key.text == NOT {
                let test = self.together(key.text == ANY, value, &path, scope, depth.saturating_add(1));
                conditions.extend(test.map(|test| Condition::new(Subject::Place, test, &path)));
            } else {
                let problem = scope.of_others(&key.text).unwrap_or_else(|| {
                    let problem = Problem::new(Code::UnknownAttribute, words::ATTRIBUTE_NOT_DECLARED).found(&key.text);
                    problem.expected(did_you_mean(&key.text, scope.subjects()))
                });
                self.push(problem, key.position, &path);
            }
        }
        conditions
    }

    /// Conditions put together: `any` of some lists, `not` one list.
    fn together(&mut self, any: bool, node: &Node, path: &str, scope: Scope<'_>, depth: usize) -> Option<Test> {
        let bad = |message: Phrase| Problem::new(Code::BadCondition, message).found(node.to_string());
        if depth > DEPTH_LIMIT {
            let problem = Problem::new(Code::TooLarge, words::CONDITIONS_TOO_DEEP).found(depth.to_string());
            self.push(problem.expected(words::AT_MOST.with(&[&DEPTH_LIMIT])), node.position, path);
            return None;
        }
        let before = self.errors();
        let test = if any {
            let NodeValue::List(items) = &node.value else {
                self.push(bad(words::ANY_IS_A_LIST).expected(words::ANY_SUCH_AS), node.position, path);
                return None;
            };
            if items.is_empty() {
                self.push(bad(words::EMPTY_LIST).expected(words::ANY_SUCH_AS), node.position, path);
                return None;
            }
            let mut lists = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let path = join(path, &index.to_string());
                self.not_empty(item, &path);
                lists.push(self.conditions_in(item, &path, scope, depth));
            }
            Test::Any(lists)
        } else {
            if !matches!(node.value, NodeValue::Table(_)) {
                self.push(bad(words::NOT_IS_A_TABLE).expected(words::NOT_SUCH_AS), node.position, path);
                return None;
            }
            self.not_empty(node, path);
            Test::Not(self.conditions_in(node, path, scope, depth))
        };
        // A list that has lost a condition would mean something else.
        (self.errors() == before).then_some(test)
    }

    /// Says that a list of conditions has none: what all of nothing is, nobody means.
    pub(crate) fn not_empty(&mut self, node: &Node, path: &str) {
        if let NodeValue::Table(entries) = &node.value
            && entries.is_empty()
        {
            let problem = Problem::new(Code::BadCondition, words::NO_CONDITION).found("{}");
            self.push(problem.expected(words::ANY_SUCH_AS), node.position, path);
        }
    }

    fn test(
        &mut self,
        node: &Node,
        path: &str,
        (subject, is): (Subject, SubjectType<'_>),
        scope: Scope<'_>,
    ) -> Option<Test> {
        let attribute_type = is.attribute_type();
        let bad = |message: Phrase| Problem::new(Code::BadCondition, message).found(node.to_string());
        let one = std::slice::from_ref(node);
        let items = match &node.value {
            NodeValue::List(items) if items.is_empty() => {
                self.push(bad(words::EMPTY_LIST).expected(words::AT_LEAST_ONE_VALUE), node.position, path);
                return None;
            }
            NodeValue::List(items) => items.as_slice(),
            NodeValue::Table(entries) => {
                if is != SubjectType::Number {
                    self.push(bad(words::BOUNDS_OF_NUMBER).expected(words::VALUE_OR_LIST), node.position, path);
                    return None;
                }
                if !entries.iter().any(|(key, _)| is_value_key(&key.text)) {
                    return self.bounds(node, path, subject, scope);
                }
                one
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
            let good = match (is, &item.value) {
                // A list in the list is a sum.
                (
                    SubjectType::Number,
                    NodeValue::Number(_) | NodeValue::Text(_) | NodeValue::Table(_) | NodeValue::List(_),
                ) => {
                    let number = self.value_to_compare(item, path, subject, scope);
                    complete &= number.is_some();
                    numbers.extend(number);
                    true
                }
                (SubjectType::Flag, NodeValue::Bool(flag)) => {
                    flags.push(*flag);
                    true
                }
                (SubjectType::Text, NodeValue::Text(text)) => {
                    texts.push(without_padding(text).into_owned());
                    true
                }
                (SubjectType::Words(known), NodeValue::Text(text)) => {
                    let text = without_padding(text);
                    let found = known.iter().find(|named| named.is_called(&text));
                    if found.is_none() {
                        let problem = Problem::new(Scope::code_of(subject), words::NEVER_THAT_TEXT).found(&text);
                        let hint = did_you_mean(&text, known.iter().map(|named| named.id.as_str()));
                        self.push(problem.expected(hint), item.position, path);
                        complete = false;
                    }
                    texts.extend(found.map(|named| named.id.clone()));
                    true
                }
                _ => false,
            };
            if !good {
                self.push(mismatch(item), item.position, path);
                complete = false;
            }
        }
        complete.then(|| match attribute_type {
            AttributeType::Number => match plain_all(&numbers) {
                Some(numbers) => Test::Numbers(numbers),
                None => Test::Values(numbers),
            },
            AttributeType::Flag => Test::Flags(flags),
            AttributeType::Text => Test::Texts(texts),
        })
    }

    /// What a number is compared with: a number as it stands, or any value.
    fn value_to_compare(&mut self, node: &Node, path: &str, subject: Subject, scope: Scope<'_>) -> Option<Value> {
        let is_plain = match &node.value {
            NodeValue::Number(_) => true,
            NodeValue::Text(text) => matches!(subject, Subject::Attribute(_)) && !scope.is_value(text.trim()),
            _ => false,
        };
        if is_plain {
            return self.number(node, path).map(|number| Value::Number(Yearly::constant(number).standing_at(path)));
        }
        self.value(node, path, scope.listed())
    }

    fn bounds(&mut self, node: &Node, path: &str, subject: Subject, scope: Scope<'_>) -> Option<Test> {
        let entries = self.table(node, path, BOUNDS_NAMES)?;
        if entries.is_empty() {
            let problem = Problem::new(Code::BadCondition, words::NO_BOUND).found("{}");
            self.push(problem.expected(words::BOUNDS_SUCH_AS), node.position, path);
            return None;
        }
        let mut bounds = Vec::new();
        for (key, value) in entries {
            if let Some(bound) = Bound::ALL.into_iter().find(|bound| bound.as_str() == key.text) {
                bounds.push((bound, self.value_to_compare(value, &join(path, &key.text), subject, scope)?));
            }
        }
        let plain = bounds.iter().map(|(bound, value)| Some((*bound, plain(value)?))).collect();
        Some(match plain {
            Some(bounds) => Test::Bounds(bounds),
            None => Test::Within(bounds),
        })
    }
}

/// Whether a table with this key is a value: a rule or years, not bounds.
fn is_value_key(key: &str) -> bool {
    is_digits(key) || (KEYS.contains(&key) && !BOUNDS_NAMES.contains(&key))
}

/// The number that a value is in every year.
fn plain(value: &Value) -> Option<Decimal> {
    let Value::Number(number) = value else { return None };
    let mut entries = number.iter();
    let (year, number) = entries.next()?;
    (year == 0 && entries.next().is_none()).then_some(*number)
}

fn plain_all(values: &[Value]) -> Option<Vec<Decimal>> {
    values.iter().map(plain).collect()
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
        let with = |bounds: Vec<String>, number: &str| {
            format!("{} {number} {}", self.subject(condition.subject), bounds.join(", "))
        };
        match (&condition.test, number) {
            (Test::Bounds(bounds), Some(number)) => {
                with(bounds.iter().map(|(bound, limit)| format!("{} {limit}", bound.sign())).collect(), number)
            }
            (Test::Within(bounds), Some(number)) => {
                let bound = |(bound, limit): &(Bound, Value)| format!("{} {}", bound.sign(), self.bracketed(limit));
                with(bounds.iter().map(bound).collect(), number)
            }
            _ => self.condition(condition, ConditionStyle::explanation(self.lang)),
        }
    }

    /// What a condition looks at, in words.
    pub(crate) fn subject(&self, subject: Subject) -> &str {
        match subject {
            Subject::Attribute(index) => self.attribute(index),
            Subject::Figure(index) => self.figure(index),
            Subject::Layer(index) => self.layer(index),
            Subject::County => self.word("区县", "county"),
            Subject::Township => self.word("乡镇", "township"),
            Subject::Year => self.word("年度", "year"),
            Subject::Kind => self.word("类型", "kind"),
            Subject::Designation => self.word("认定层级", "designation"),
            Subject::Class => self.word("类别", "class"),
            Subject::Place => self.word("对象", "place"),
            Subject::Payer(_) => self.word("安排主体", "payer"),
        }
    }

    /// A text of a subject, in words: of a kind its name.
    pub(crate) fn text_of<'t>(&'t self, subject: Subject, text: &'t str) -> &'t str {
        let known = match subject {
            Subject::Kind => self.policy.kinds(),
            Subject::Designation => self.policy.designations(),
            Subject::Payer(_) => self.policy.payers(),
            Subject::Class => {
                let class = self.policy.classes().iter().find(|class| class.id == text);
                return class.map_or(text, |class| class.name.get(self.lang));
            }
            _ => return text,
        };
        known.iter().find(|named| named.id == text).map_or(text, |named| named.name.get(self.lang))
    }

    /// A condition in words.
    pub(crate) fn condition(&self, condition: &Condition, style: ConditionStyle) -> String {
        let subject = self.subject(condition.subject);
        let is = |sign: &str, values: Vec<&str>| [subject, sign, &values.join(self.word("、", " or "))].concat();
        let digits = |numbers: &[Decimal]| numbers.iter().map(Decimal::to_string).collect::<Vec<_>>();
        let all = |conditions: &[Condition]| {
            let one = |condition: &Condition| self.condition(condition, style);
            conditions.iter().map(one).collect::<Vec<_>>().join(self.word("且", " and "))
        };
        match &condition.test {
            Test::Numbers(numbers) => is(" = ", digits(numbers).iter().map(String::as_str).collect()),
            Test::Flags(flags) => {
                let flags = flags.iter().map(|flag| if *flag { self.word("是", "yes") } else { self.word("否", "no") });
                is(style.flag, flags.collect())
            }
            Test::Texts(texts) => is(" = ", texts.iter().map(|text| self.text_of(condition.subject, text)).collect()),
            Test::Bounds(bounds) => {
                let bounds = bounds.iter().map(|(bound, limit)| format!("{subject} {} {limit}", bound.sign()));
                bounds.collect::<Vec<_>>().join(", ")
            }
            Test::Values(values) => {
                let values: Vec<String> = values.iter().map(|value| self.bracketed(value)).collect();
                is(" = ", values.iter().map(String::as_str).collect())
            }
            Test::Within(bounds) => {
                let bounds =
                    bounds.iter().map(|(bound, limit)| format!("{subject} {} {}", bound.sign(), self.bracketed(limit)));
                bounds.collect::<Vec<_>>().join(", ")
            }
            Test::Any(lists) => {
                let lists: Vec<String> = lists.iter().map(|list| ["(", &all(list), ")"].concat()).collect();
                lists.join(self.word(" 或 ", " or "))
            }
            Test::Not(conditions) => [self.word("非 (", "not ("), &all(conditions), ")"].concat(),
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
