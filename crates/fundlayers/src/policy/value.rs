//! Values: what rules compute with.

use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{AttributeIndex, FigureIndex, LayerIndex};
use crate::ground::message::Argument;
use crate::ground::number::{NumberError, parse_decimal};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean_level;
use crate::policy::document::{Node, NodeValue};
use crate::policy::path::join;
use crate::policy::read::{Reader, is_digits};
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::Scope;
use crate::policy::rule::words::{Words, yearly};
use crate::policy::{AttributeType, Rule, Yearly};

/// Whether a text is the name of something, and no number that may be wrong.
pub(crate) fn is_name(text: &str) -> bool {
    let number = text.starts_with(|c: char| c.is_numeric() || "+-－＋−.．".contains(c));
    !number && matches!(parse_decimal(text), Err(NumberError::Bad(_)))
}

/// What a rule reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// A number in the policy's unit, or a plain number.
    Number(Yearly<Decimal>),
    /// The standard of the class.
    Standard,
    /// An attribute of the place.
    Attribute(AttributeIndex),
    /// A figure of the place.
    Figure(FigureIndex),
    /// An earlier layer.
    Layer(LayerIndex),
    /// A rule, unrounded.
    Rule(Box<Rule>),
    /// The sum of a list.
    Sum(Vec<Self>),
}

impl Value {
    /// What it comes to.
    pub(crate) fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        match self {
            Self::Number(number) => a.number(number),
            Self::Standard => a.standard(),
            Self::Attribute(attribute) => a.attribute(*attribute),
            Self::Figure(figure) => a.figure(*figure),
            Self::Layer(layer) => a.layer(*layer),
            Self::Rule(rule) => {
                let rule = rule.eval(a);
                a.nested(rule)
            }
            Self::Sum(terms) => {
                let terms = Self::eval_all(terms, a);
                a.sum(terms)
            }
        }
    }

    /// What each of a list comes to.
    pub(crate) fn eval_all<A: Algebra>(values: &[Self], a: &mut A) -> Vec<A::Number> {
        values.iter().map(|value| value.eval(a)).collect()
    }
}

impl Words<'_> {
    /// A value in words.
    pub(crate) fn value(&self, value: &Value) -> String {
        match value {
            Value::Number(number) => yearly(number),
            Value::Standard => self.word("标准", "the standard").to_owned(),
            Value::Attribute(index) => self.attribute(*index).to_owned(),
            Value::Figure(index) => self.figure(*index).to_owned(),
            Value::Layer(index) => self.layer(*index).to_owned(),
            Value::Rule(rule) => ["(", &self.rule(rule), ")"].concat(),
            Value::Sum(terms) => self.values(terms).join(" + ").replace("+ -", "− "),
        }
    }

    /// Each of a list in words.
    pub(crate) fn values(&self, values: &[Value]) -> Vec<String> {
        values.iter().map(|value| self.value(value)).collect()
    }

    /// A value in words, in brackets where it is a sum.
    pub(crate) fn bracketed(&self, value: &Value) -> String {
        let text = self.value(value);
        if matches!(value, Value::Sum(_)) { ["(", &text, ")"].concat() } else { text }
    }
}

impl Reader {
    /// A layer may be read only by those after it.
    pub(crate) fn earlier(
        &mut self,
        layer: usize,
        id: &str,
        position: Option<Position>,
        path: &str,
        scope: Scope<'_>,
    ) -> Option<LayerIndex> {
        if layer < scope.layer {
            return Some(LayerIndex::new(layer));
        }
        let message = if layer == scope.layer { words::OWN_LAYER } else { words::LATER_LAYER };
        let known = scope.layers.get(..scope.layer).unwrap_or_default();
        let hint = if known.is_empty() {
            words::NO_EARLIER_LAYER.into()
        } else {
            words::EARLIER_LAYERS.with(&[&Argument::quoted(known)])
        };
        self.push(Problem::new(Code::LaterLayer, message).found(id).expected(hint), position, path);
        None
    }

    pub(crate) fn value(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Option<Value> {
        match &node.value {
            NodeValue::Number(_) => self.value_number(node, path, scope).map(|number| constant(number, path)),
            NodeValue::Text(text) => self.value_text(text.trim(), node, path, scope),
            NodeValue::List(items) => {
                let terms = self.values(items, path, scope)?;
                self.gap_in_sum(&terms, node.position, path, scope.attributes);
                Some(Value::Sum(terms))
            }
            NodeValue::Table(entries) if entries.iter().any(|(key, _)| is_digits(&key.text)) => {
                self.yearly(node, path, |reader, node, path| reader.value_number(node, path, scope)).map(Value::Number)
            }
            NodeValue::Table(_) => self.rule(node, path, scope.nested()).map(|rule| Value::Rule(Box::new(rule))),
            NodeValue::Bool(_) | NodeValue::Null => {
                self.wrong_type(node, path, words::VALUES);
                None
            }
        }
    }

    /// The parts of a list.
    pub(crate) fn values(&mut self, items: &[Node], path: &str, scope: Scope<'_>) -> Option<Vec<Value>> {
        let read = |(index, item): (usize, &Node)| self.value(item, &join(path, &index.to_string()), scope.listed());
        // Every part is read, so that every mistake is known.
        let values: Vec<Option<Value>> = items.iter().enumerate().map(read).collect();
        values.into_iter().collect()
    }

    fn value_number(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Option<Decimal> {
        let number = self.number(node, path)?;
        self.check_sign(number.is_sign_negative() && !number.is_zero(), scope.in_list(), node, path);
        Some(number)
    }

    fn value_text(&mut self, text: &str, node: &Node, path: &str, scope: Scope<'_>) -> Option<Value> {
        if text == "standard" {
            if !scope.standard {
                let problem = Problem::new(Code::MissingStandard, words::NO_STANDARD).found(text);
                self.push(problem.expected(words::GIVE_STANDARD), node.position, path);
            }
            return Some(Value::Standard);
        }
        if let Some((index, attribute)) =
            scope.attributes.iter().enumerate().find(|(_, attribute)| attribute.id == text)
        {
            if attribute.attribute_type != AttributeType::Number {
                self.not_a_number(text, attribute.attribute_type, node.position, path);
                return None;
            }
            return Some(Value::Attribute(AttributeIndex::new(index)));
        }
        if let Some(figure) = scope.figures.iter().position(|id| id == text) {
            return Some(Value::Figure(FigureIndex::new(figure)));
        }
        if let Some(layer) = scope.layers.iter().position(|id| id == text) {
            return self.earlier(layer, text, node.position, path, scope).map(Value::Layer);
        }
        match parse_decimal(text) {
            Err(NumberError::Bad(_)) if is_name(text) => {
                if let Some(problem) = scope.of_others(text) {
                    self.push(problem, node.position, path);
                    return None;
                }
                let numbers = scope.attributes.iter().filter(|a| a.attribute_type == AttributeType::Number);
                let known = numbers.map(|a| a.id.as_str()).filter(|id| !id.is_empty());
                let known = ["standard"].into_iter().chain(known);
                let known = known.chain(scope.figures.iter().map(String::as_str));
                let known = known.chain(scope.layers.iter().take(scope.layer).map(String::as_str));
                let problem = Problem::new(Code::UnknownValue, words::NO_VALUE).found(text);
                self.push(problem.expected(did_you_mean_level(text, known)), node.position, path);
                None
            }
            read => {
                let number = self.parsed(read, node, path)?;
                self.check_sign(number.is_sign_negative() && !number.is_zero(), scope.in_list(), node, path);
                Some(constant(number, path))
            }
        }
    }
}

/// The same number in every year.
fn constant(number: Decimal, path: &str) -> Value {
    Value::Number(Yearly::constant(number).standing_at(path))
}
