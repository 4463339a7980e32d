//! The reading of what all kinds of rules have in common, and what a kind's own reading works with.

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::policy as words;
use rust_decimal::Decimal;

use crate::ground::ids::AggregateIndex;
use crate::ground::message::{Argument, Message, Phrase};
use crate::ground::number::{NumberError, parse_decimal};
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Key, Node, NodeValue};
use crate::policy::path::join;
use crate::policy::read::{Reader, is_digits};
use crate::policy::rule::keys::{BOUNDED_NAMES, COMMON_NAMES};
use crate::policy::rule::kinds::FixedAmount;
use crate::policy::rule::{KEYS, KINDS, KnownKind, Rule, RuleKind};
use crate::policy::{Aggregate, Attribute, CheckSubject, Factor, Named, Payer, Subject, Value, Yearly};

/// What a rule may name, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// Those that are not seen here stand among them without an id.
    pub(crate) attributes: &'a [Attribute],
    /// Attributes that are declared, but of others than what may be read here.
    pub(crate) elsewhere: &'a [Attribute],
    /// Whom it is about: of townships and counties kind, designation and class mean nothing.
    pub(crate) of: CheckSubject,
    pub(crate) figures: &'a [String],
    pub(crate) layers: &'a [String],
    pub(crate) pools: &'a [String],
    pub(crate) kinds: &'a [Named],
    pub(crate) designations: &'a [Named],
    pub(crate) classes: &'a [Named],
    /// Whether the class has a standard.
    pub(crate) standard: bool,
    /// The layer that the rule belongs to.
    pub(crate) layer: usize,
    /// Which pools are shared out before a pool's or a limit's amount; none of anything else.
    pub(crate) left_of: Option<PoolOrder<'a>>,
    pub(crate) payers: &'a [Named],
    /// Who pays, in what is the payer's own; none of anything else.
    pub(crate) payer: Option<Payer>,
    pub(crate) nesting: Nesting,
    /// Whether what is read may be below 0 as a whole: a figure, a rule of a layer that places pay in to.
    pub(crate) signed: bool,
}

/// An amount that may read what earlier pools leave.
#[derive(Clone, Copy)]
pub(crate) struct PoolOrder<'a> {
    /// The number of the pool whose amount it is; of a limit, which cuts what all pools of its layer give, one beyond all.
    pub(crate) own: usize,
    /// The layer of the pool or limit; none of a pool that no rule names.
    pub(crate) layer: Option<usize>,
    /// The layer of each pool; none of one that no rule names.
    pub(crate) layers: &'a [Option<usize>],
}

impl PoolOrder<'_> {
    /// Whether another pool is shared out before this one: by an earlier layer, or by the same one and earlier in the file.
    pub(crate) fn is_after(self, other: usize) -> bool {
        match (self.layers.get(other).copied().flatten(), self.layer) {
            (Some(other_layer), Some(own)) => (other_layer, other) < (own, self.own),
            // What no rule names is never shared out, so that nothing is known of what it leaves.
            (None, Some(_)) => false,
            // This one is not shared out; that is said of it.
            (_, None) => other < self.own,
        }
    }
}

/// Where in a rule a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nesting {
    /// A layer's own rule.
    Outermost,
    /// A rule inside another.
    Nested,
    /// Anywhere inside a list, where numbers may be below 0.
    InList,
}

impl<'a> Scope<'a> {
    /// The same with figures.
    pub(crate) const fn with_figures(self, figures: &'a [String]) -> Self {
        Self { figures, ..self }
    }

    /// The same with attributes that nothing here reads.
    pub(crate) const fn beside(self, elsewhere: &'a [Attribute]) -> Self {
        Self { elsewhere, ..self }
    }

    /// What is wrong with an attribute that is declared, but of others.
    pub(crate) fn of_others(&self, id: &str) -> Option<Problem> {
        let attribute = self.elsewhere.iter().find(|attribute| attribute.id == id)?;
        let problem = |message: Message| Problem::new(Code::UnknownAttribute, message).found(id);
        Some(match attribute.subject {
            None => problem(words::ATTRIBUTE_OF_ROSTER.into()).expected(words::ATTRIBUTE_OF_THIS_SUBJECT),
            Some(subject) if self.reads_figures() => problem(words::ATTRIBUTE_OF_OTHERS.with(&[&subject.as_str()]))
                .expected(words::ATTRIBUTE_OF_THIS_SUBJECT),
            Some(_) => problem(words::ATTRIBUTE_OF_FIGURES.into()).expected(words::ONLY_CHECKS_READ_IT),
        })
    }

    /// Whether something of tables of figures may be read.
    fn reads_figures(&self) -> bool {
        self.attributes.iter().any(|attribute| attribute.subject.is_some())
    }

    /// The same with the bodies that pay.
    pub(crate) const fn with_payers(self, payers: &'a [Named]) -> Self {
        Self { payers, ..self }
    }

    /// Inside a rule of this scope.
    pub(crate) fn nested(self) -> Self {
        let in_list = self.nesting == Nesting::InList;
        let nesting = if in_list { Nesting::InList } else { Nesting::Nested };
        Self { nesting, ..self }
    }

    /// Inside a list of this scope.
    pub(crate) fn listed(self) -> Self {
        Self { nesting: Nesting::InList, ..self }
    }

    /// Whether a text names something that rules read.
    pub(crate) fn is_value(&self, text: &str) -> bool {
        let is = |id: &String| id == text;
        let is_attribute = self.attributes.iter().any(|attribute| attribute.id == text);
        text == "standard" || is_attribute || self.figures.iter().any(is) || self.layers.iter().any(is)
    }

    /// Whether numbers may be below 0.
    pub(crate) fn in_list(self) -> bool {
        self.signed || self.nesting == Nesting::InList
    }
}

impl Reader {
    /// Says that a rule stands where none can.
    pub(crate) fn is_rule(&mut self, node: &Node, path: &str) -> bool {
        let NodeValue::Table(entries) = &node.value else { return false };
        let is_rule = entries.iter().any(|(key, _)| KEYS.contains(&key.text.as_str()));
        if is_rule {
            let problem = Problem::new(Code::WrongType, words::RULE_WHERE_NONE_CAN).found(node.to_string());
            self.push(problem.expected(words::NUMBER_OR_YEARS), node.position, path);
        }
        is_rule
    }

    /// A rate: a number, a ratio, these by year, or any value.
    pub(crate) fn factor(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Option<Factor> {
        if let NodeValue::Text(text) = &node.value
            && !text.contains('/')
            && is_no_number(text)
            && !scope.is_value(text.trim())
        {
            let problem = Problem::new(Code::BadNumber, words::NO_RATE).found(text.trim());
            self.push(problem.expected(words::RATES), node.position, path);
            return None;
        }
        let is_value = match &node.value {
            NodeValue::Text(text) => scope.is_value(text.trim()),
            NodeValue::Table(entries) => !entries.iter().any(|(key, _)| is_digits(&key.text)),
            NodeValue::List(_) => true,
            _ => false,
        };
        if is_value {
            return self.value(node, path, scope).map(Factor::Value);
        }
        let in_list = scope.in_list();
        self.yearly(node, path, |reader, node, path| reader.ratio(node, path, in_list)).map(Factor::Ratio)
    }

    /// A bound of a band or tier: a number, or one by year.
    pub(crate) fn bound(&mut self, node: &Node, path: &str) -> Option<Yearly<Decimal>> {
        if self.is_rule(node, path) {
            return None;
        }
        self.yearly(node, path, Self::number)
    }

    /// Whether a bound rises above the one before, in every year.
    pub(crate) fn rising(
        &mut self,
        limit: &Yearly<Decimal>,
        before: &Yearly<Decimal>,
        rises: impl Fn(&Decimal, &Decimal) -> bool,
        node: &Node,
        path: &str,
    ) -> bool {
        let Some((first, last)) = self.years else { return true };
        let pair = |year: u16| limit.at(year).zip(before.at(year));
        let fallen = (first..=last).find_map(|year| pair(year).filter(|(limit, before)| !rises(limit, before)));
        let Some((limit, before)) = fallen else { return true };
        let problem = Problem::new(Code::BadBands, words::BOUNDS_DO_NOT_RISE).found(limit.to_string());
        self.push(problem.expected(words::ABOVE_NUMBER.with(&[before])), node.position, path);
        false
    }

    /// Says that a list or a table has too few parts.
    pub(crate) fn too_few(&mut self, node: &Node, fewest: usize, path: &str) {
        let problem = Problem::new(Code::TooFewValues, words::TOO_FEW).found(node.to_string());
        self.push(problem.expected(words::AT_LEAST.with(&[&fewest])), node.position, path);
    }

    /// Where an aggregate stands among those of the policy.
    pub(crate) fn aggregate(&mut self, aggregate: Aggregate) -> AggregateIndex {
        let known = self.aggregates.iter().position(|known| *known == aggregate);
        AggregateIndex::new(known.unwrap_or_else(|| {
            self.aggregates.push(aggregate);
            self.aggregates.len().saturating_sub(1)
        }))
    }
}

/// Whether a text has no number in it.
fn is_no_number(text: &str) -> bool {
    matches!(parse_decimal(text), Err(NumberError::Bad(_)))
}

/// Something is wrong, which has been said.
pub(crate) struct Wrong;

/// The table of a rule that is being read.
pub(crate) struct RuleTable<'a, 'n> {
    pub(crate) reader: &'a mut Reader,
    pub(crate) node: &'n Node,
    pub(crate) path: &'a str,
    pub(crate) scope: Scope<'a>,
}

impl<'n> RuleTable<'_, 'n> {
    /// What stands under a key, and its path.
    pub(crate) fn part(&self, key: &str) -> (Option<&'n Node>, String) {
        (self.node.get(key), join(self.path, key))
    }

    /// The value under a key that the rule needs.
    pub(crate) fn value(&mut self, key: &str) -> Option<Value> {
        let node = self.reader.required(self.node, key, self.path)?;
        self.reader.value(node, &join(self.path, key), self.scope)
    }

    /// The values of the list under a key that the rule needs; in it numbers may be below 0.
    pub(crate) fn values(&mut self, key: &str, fewest: usize) -> Option<Vec<Value>> {
        let node = self.reader.required(self.node, key, self.path)?;
        let path = join(self.path, key);
        let NodeValue::List(items) = &node.value else {
            self.reader.wrong_type(node, &path, common::A_LIST);
            return None;
        };
        let values = self.reader.values(items, &path, self.scope);
        if items.len() < fewest {
            self.reader.too_few(node, fewest, &path);
            return None;
        }
        values
    }

    /// The tables of the list under a key that the rule needs, each with its path, as far as they are tables of these keys;
    /// whether all of them are. Nothing of an empty list.
    pub(crate) fn tables(&mut self, key: &str, known: &[&str]) -> Option<(Vec<(&'n Node, String)>, bool)> {
        let (node, path) = self.part(key);
        let node = node?;
        let NodeValue::List(items) = &node.value else {
            self.reader.wrong_type(node, &path, common::A_LIST);
            return None;
        };
        if items.is_empty() {
            self.reader.too_few(node, 1, &path);
            return None;
        }
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = join(&path, &index.to_string());
            if self.reader.table(item, &path, known).is_some() {
                tables.push((item, path));
            }
        }
        let complete = tables.len() == items.len();
        Some((tables, complete))
    }

    /// The rate under a key that the rule needs.
    pub(crate) fn factor(&mut self, key: &str) -> Option<Factor> {
        let node = self.reader.required(self.node, key, self.path)?;
        self.reader.factor(node, &join(self.path, key), self.scope)
    }

    /// The value under a key, if the rule has it; an error if it is wrong.
    pub(crate) fn optional(&mut self, key: &str) -> Result<Option<Value>, Wrong> {
        match self.node.get(key) {
            None => Ok(None),
            Some(_) => self.value(key).map(Some).ok_or(Wrong),
        }
    }

    /// The subject under a key, one whose values are texts.
    pub(crate) fn text_subject(&mut self, key: &str) -> Option<Subject> {
        let node = self.reader.required(self.node, key, self.path)?;
        self.text_subject_at(node, &join(self.path, key))
    }

    /// The subject that a text names, one whose values are texts.
    pub(crate) fn text_subject_at(&mut self, node: &Node, path: &str) -> Option<Subject> {
        let scope = self.scope;
        let text = self.reader.text(node, path)?;
        let found = scope.text_subject(&text);
        if found.is_none() {
            let known = scope.text_subjects();
            let problem = match scope.attributes.iter().find(|attribute| attribute.id == text) {
                Some(attribute) => {
                    let message = words::OF_TYPE.with(&[&attribute.attribute_type.as_str()]);
                    Problem::new(Code::WrongAttributeType, message).expected(words::TEXT_ATTRIBUTE)
                }
                None => scope.of_others(&text).unwrap_or_else(|| {
                    Problem::new(Code::UnknownAttribute, words::ATTRIBUTE_NOT_DECLARED)
                        .expected(did_you_mean(&text, known))
                }),
            };
            self.reader.push(problem.found(&text), node.position, path);
        }
        found
    }

    /// Says that the rule as a whole cannot be.
    pub(crate) fn bad(&mut self, message: Phrase, hint: Option<Message>) {
        let problem = Problem::new(Code::BadRule, message).found(self.node.to_string());
        let problem = if let Some(hint) = hint { problem.expected(hint) } else { problem };
        self.reader.push(problem, self.node.position, self.path);
    }

    /// The one kind that the rule is of, after a look at its keys.
    fn kind(&mut self, entries: &[(Key, Node)]) -> Option<&'static KnownKind> {
        let found: Vec<&KnownKind> = KINDS.iter().filter(|kind| self.node.get(kind.key()).is_some()).collect();
        let only = if let [only] = found.as_slice() { Some(*only) } else { None };
        for (key, value) in entries {
            let text = key.text.as_str();
            if !KEYS.contains(&text) {
                self.reader.unknown_key(key, self.path, &known_keys(only));
            } else if let Some(kind) = only
                && !kind.takes(text)
            {
                let (message, hint, position) = if let Some(why) = kind.unbounded {
                    (words::NO_KEY_OF_RULE.with(&[&kind.key()]), Some(why), key.position)
                } else {
                    let owner = KINDS.iter().find(|kind| kind.keys.contains(&text)).map_or("", KnownKind::key);
                    (words::BELONGS_TO.with(&[&owner]), None, value.position)
                };
                let problem = Problem::new(Code::UnknownKey, message).found(text);
                let problem = if let Some(hint) = hint { problem.expected(hint) } else { problem };
                self.reader.push(problem, position, &join(self.path, text));
            }
        }
        if only.is_none() {
            let message = if found.is_empty() { words::NO_AMOUNT } else { words::SEVERAL_KINDS };
            let kinds = Argument::list(KINDS.iter().map(KnownKind::to_words));
            self.bad(message, Some(words::EXACTLY_ONE_OF.with(&[&kinds])));
        }
        only
    }
}

/// The keys that a rule may have, each once; of a kind, those of others left out, which would be wrong with it too.
fn known_keys(kind: Option<&KnownKind>) -> Vec<&'static str> {
    let mut known = Vec::new();
    for key in KEYS {
        if kind.is_none_or(|kind| kind.takes(key)) && !known.contains(key) {
            known.push(*key);
        }
    }
    known
}

impl KnownKind {
    /// The keys that it needs.
    fn to_words(&self) -> Message {
        let needed = self.keys.get(..self.needs).unwrap_or_default();
        let mut keys = needed.iter();
        let key = keys.next().map(|key| words::KEY_OF_RULE.with(&[key]));
        keys.fold(key.unwrap_or_else(|| words::NO_AMOUNT.into()), |key, with| words::KEY_WITH.with(&[&key, with]))
    }

    /// The key that tells the kind.
    fn key(&self) -> &'static str {
        self.keys.first().copied().unwrap_or_default()
    }

    fn takes(&self, key: &str) -> bool {
        let bounded = self.unbounded.is_none();
        self.keys.contains(&key) || COMMON_NAMES.contains(&key) || (bounded && BOUNDED_NAMES.contains(&key))
    }
}

impl Reader {
    pub(crate) fn rule(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Option<Rule> {
        let bare = |kind| Rule {
            kind,
            when: Vec::new(),
            at_least: None,
            at_most: None,
            rounding: None,
            clause: None,
            note: None,
        };
        let entries = match &node.value {
            NodeValue::Table(entries) if !entries.iter().any(|(key, _)| is_digits(&key.text)) => entries,
            _ => return self.value(node, path, scope).map(|value| bare(RuleKind::Amount(FixedAmount(value)))),
        };
        let mut table = RuleTable { reader: self, node, path, scope };
        let kind = table.kind(entries)?;
        let kind = (kind.read)(&mut table);
        let (when, when_path) = table.part("when");
        let when = when.map(|node| table.reader.conditions(node, &when_path, scope.nested())).unwrap_or_default();
        let at_least = table.optional("at_least").ok().flatten();
        let at_most = table.optional("at_most").ok().flatten();
        let (rounding, rounding_path) = table.part("rounding");
        let rounding = rounding.and_then(|node| table.reader.number_rounding(node, &rounding_path));
        if let (Some(Value::Number(floor)), Some(Value::Number(cap)), Some((first, last))) =
            (&at_least, &at_most, self.years)
            && let Some(year) = (first..=last).find(|year| floor.at(*year) > cap.at(*year))
        {
            self.floor_above_cap(year, node, path);
        }
        let clause = self.optional_text(node, "clause", path);
        let note = node.get("note").and_then(|n| self.name(Some(n), &join(path, "note"), None));
        Some(Rule { kind: kind?, when, at_least, at_most, rounding, clause, note })
    }
}
