//! Pools.

use hashbrown::{HashMap, HashSet};
use num_rational::BigRational;
use num_traits::{One, Zero};
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{AttributeIndex, LayerIndex};
use crate::ground::message::Phrase;
use crate::ground::money::{Amount, MoneyError, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::changes::Reads;
use crate::policy::document::{Key, Node, NodeValue};
use crate::policy::path::{join, join_id, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT, is_digits};
use crate::policy::rule::placeless;
use crate::policy::rule::placeless::OfPlace;
use crate::policy::rule::read::{Nesting, PoolOrder, Scope};
use crate::policy::rule::size::common_denominator;
use crate::policy::tables::POOL_NAMES;
use crate::policy::value::is_name;
use crate::policy::{
    Apportion, Attribute, AttributeType, Class, GroupKey, IfLeft, IfShort, Layer, Pool, Ratio, Subject, Value, Weight,
    Yearly,
};

/// What a pool may name.
#[derive(Clone, Copy)]
pub(crate) struct PoolNames<'a> {
    pub(crate) attributes: &'a [Attribute],
    pub(crate) layers: &'a [Layer],
    /// Their ids.
    pub(crate) layer_ids: &'a [String],
}

impl Reader {
    pub(crate) fn pools(&mut self, document: &Node, names: PoolNames<'_>) -> Vec<Pool> {
        let node = document.get("pools");
        let mut pools = Vec::new();
        let mut seen = HashSet::new();
        let items = self.list(node, "pools");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "pools");
        let ids: Vec<String> =
            items.iter().map(|item| text_of(item.get("id")).unwrap_or_default().to_owned()).collect();
        let layers = layers_of(document, &ids, names.layer_ids);
        let of_policy = self.step;
        for (index, item) in items.iter().enumerate() {
            let path = join_item("pools", index, item);
            if self.table(item, &path, POOL_NAMES).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut seen));
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            // What members read must be computed before the layer that reads the pool; what no layer reads is warned about.
            let layer = layers.get(index).copied().flatten().unwrap_or(names.layers.len());
            // Parts are rounded as the layer's other amounts.
            self.step = names.layers.get(layer).map(|layer| layer.rounding).or(of_policy);
            let scope = Scope {
                attributes: names.attributes,
                layers: names.layer_ids,
                pools: &ids,
                standard: true,
                layer,
                left_of: None,
                nesting: Nesting::Nested,
            };
            let per = item.get("per").and_then(|node| self.group_key(node, &join(&path, "per"), names.attributes, &[]));
            let order = PoolOrder { own: index, layers: &layers };
            let amount = self.required(item, "amount", &path).and_then(|node| {
                self.pool_value(node, &join(&path, "amount"), Scope { left_of: Some(order), ..scope })
            });
            if let Some(amount) = &amount {
                let node = item.get("amount").unwrap_or(item);
                self.placeless(amount, per, node, &join(&path, "amount"), names);
            }
            let at_least = item.get("at_least").map(|node| self.pool_value(node, &join(&path, "at_least"), scope));
            let at_most = item.get("at_most").map(|node| self.pool_value(node, &join(&path, "at_most"), scope));
            let weights =
                self.required(item, "weights", &path).map(|node| self.weights(node, &join(&path, "weights"), scope));
            let if_short = self.choice(item, "if_short", &path, words::NO_SHORT_WORD, IF_SHORT);
            let if_left = self.choice(item, "if_left", &path, words::NO_LEFT_WORD, IF_LEFT);
            let apportion = self.choice(item, "apportion", &path, words::NO_APPORTION_WORD, APPORTION);
            let clause = self.optional_text(item, "clause", &path);
            let (at_least, at_most) = (at_least.flatten(), at_most.flatten());
            if let (Some(floor), Some(cap), Some((first, last))) =
                (at_least.as_ref().and_then(Pool::plain), at_most.as_ref().and_then(Pool::plain), self.years)
            {
                let above = (first..=last).find(|year| floor.at(*year) > cap.at(*year));
                if let Some(year) = above {
                    self.floor_above_cap(year, item, &path);
                }
            }
            if let Some((id, name)) = id.zip(name) {
                // What is wrong with the rest has been said; the pool must exist for the rules to be checked.
                let amount = amount.unwrap_or_else(|| Value::Number(Yearly::constant(Decimal::ZERO)));
                pools.push(Pool {
                    id,
                    name,
                    amount,
                    per,
                    weights: weights.unwrap_or_default(),
                    at_least,
                    at_most,
                    if_short: if_short.unwrap_or(IfShort::Refuse),
                    if_left: if_left.unwrap_or(IfLeft::Refuse),
                    apportion: apportion.unwrap_or(Apportion::LargestRemainder),
                    clause,
                    layer: None,
                });
            }
        }
        self.step = of_policy;
        pools
    }

    /// A pool's amount, floor or cap: a number that is a multiple of the step, or any other value.
    fn pool_value(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Option<Value> {
        let is_number = match &node.value {
            NodeValue::Table(entries) => entries.iter().any(|(key, _)| is_digits(&key.text)) || entries.is_empty(),
            NodeValue::Text(text) => !is_name(text),
            NodeValue::List(_) => false,
            _ => true,
        };
        if is_number {
            return self.yearly(node, path, Self::pool_number).map(Value::Number);
        }
        let value = self.value(node, path, scope)?;
        self.check_value_size(&value, node.position, path);
        Some(value)
    }

    fn pool_number(&mut self, node: &Node, path: &str) -> Option<Decimal> {
        let unit = self.unit.unwrap_or(Unit::Yuan);
        let step = self.step.unwrap_or_default();
        let number =
            self.positive_number(node, path).filter(|number| !number.is_sign_negative() || number.is_zero())?;
        match Amount::from_decimal(number, unit) {
            Ok(amount) if step.is_multiple(amount) => Some(number),
            Err(MoneyError::Overflow) => {
                let problem = Problem::new(Code::Overflow, words::BEYOND_64_BITS).found(node.to_string());
                self.push(problem, node.position, path);
                None
            }
            // What the unit or the step is not known to be has been said.
            _ if self.unit.is_none() || self.step.is_none() => None,
            _ => {
                let problem = Problem::new(Code::NotAMultiple, words::NO_MULTIPLE).found(node.to_string());
                let hint = words::MULTIPLES_OF.with(&[&step.step().in_unit(unit), &unit]);
                self.push(problem.expected(hint), node.position, path);
                None
            }
        }
    }

    /// Says that an amount reads something that differs from place to place.
    fn placeless(&mut self, amount: &Value, per: Option<GroupKey>, node: &Node, path: &str, names: PoolNames<'_>) {
        let attribute = |index: AttributeIndex| names.attributes.get(index.number()).map_or("", |one| one.id.as_str());
        let read = match placeless::reads(amount, per).0 {
            None => return,
            Some(OfPlace::Standard) => "standard",
            Some(OfPlace::Attribute(index) | OfPlace::Subject(Subject::Attribute(index))) => attribute(index),
            Some(OfPlace::Layer(index)) => names.layers.get(index.number()).map_or("", |layer| layer.id.as_str()),
            Some(OfPlace::Subject(Subject::County)) => "county",
            Some(OfPlace::Subject(Subject::Township)) => "township",
        };
        let problem = Problem::new(Code::ReadsPlace, words::READS_OF_PLACE.with(&[&read])).found(node.to_string());
        self.push(problem.expected(words::PLACELESS), node.position, path);
    }

    /// What places agree in: one of the roster's own columns, or an attribute of type text.
    /// `more` are words that may stand there besides.
    pub(crate) fn group_key(
        &mut self,
        node: &Node,
        path: &str,
        attributes: &[Attribute],
        more: &[&str],
    ) -> Option<GroupKey> {
        let text = self.text(node, path)?;
        if let Some((_, key)) = GROUP_KEYS.iter().find(|(word, _)| *word == text) {
            return Some(*key);
        }
        let Some(index) = attributes.iter().position(|attribute| attribute.id == text) else {
            let problem = Problem::new(Code::UnknownGrouping, words::NO_GROUP_KEY).found(&text);
            let known = more.iter().copied().chain(GROUP_KEYS.iter().map(|(word, _)| *word));
            let texts = attributes.iter().filter(|one| one.attribute_type == AttributeType::Text);
            let hint = did_you_mean(&text, known.chain(texts.map(|one| one.id.as_str())));
            self.push(problem.expected(hint), node.position, path);
            return None;
        };
        let attribute_type = attributes.get(index)?.attribute_type;
        if attribute_type != AttributeType::Text {
            let message = words::OF_TYPE.with(&[&attribute_type.as_str()]);
            let problem = Problem::new(Code::WrongAttributeType, message).found(&text);
            self.push(problem.expected(words::TEXT_ATTRIBUTE), node.position, path);
            return None;
        }
        Some(GroupKey::Attribute(AttributeIndex::new(index)))
    }

    /// One of a few words; none if the key is not there.
    fn choice<T: Copy>(
        &mut self,
        item: &Node,
        key: &str,
        path: &str,
        message: Phrase,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let node = item.get(key)?;
        let path = join(path, key);
        let text = self.text(node, &path)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, message).found(&text);
            let hint = did_you_mean(&text, choices.iter().map(|(word, _)| *word));
            self.push(problem.expected(hint), node.position, &path);
        }
        found
    }

    fn weights(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Vec<(Weight, Ratio)> {
        let Some(entries) = self.any_table(node, path) else { return Vec::new() };
        let mut weights = Vec::new();
        for (key, value) in entries {
            let path = join(path, &key.text);
            let ratio = self.ratio(value, &path, false);
            let layer = scope.layers.iter().position(|id| *id == key.text);
            let weight = if key.text == "equal" {
                Some(Weight::Equal)
            } else if let Some(layer) = layer {
                self.earlier(layer, &key.text, key.position, &path, scope).map(Weight::Layer)
            } else {
                self.number_attribute(key, &path, scope.attributes).map(Weight::Attribute)
            };
            weights.extend(weight.zip(ratio));
        }
        if common_denominator(weights.iter().map(|(_, ratio)| Some(ratio.denominator())).collect()).is_none() {
            self.no_common_denominator(node.position, path);
        } else if weights.len() == entries.len() {
            let total = weights.iter().fold(BigRational::zero(), |total, (_, ratio)| total + ratio.fraction());
            if !total.is_one() {
                let problem = Problem::new(Code::WeightsSum, words::WEIGHTS_NOT_ONE).found(total.to_string());
                self.push(problem.expected(words::WEIGHTS_ONE), node.position, path);
            }
        }
        weights
    }

    pub(crate) fn number_attribute(
        &mut self,
        key: &Key,
        path: &str,
        attributes: &[Attribute],
    ) -> Option<AttributeIndex> {
        let Some(index) = attributes.iter().position(|attribute| attribute.id == key.text) else {
            let problem = Problem::new(Code::UnknownAttribute, words::ATTRIBUTE_NOT_DECLARED).found(&key.text);
            let known = attributes.iter().map(|attribute| attribute.id.as_str()).chain(["equal"]);
            self.push(problem.expected(did_you_mean(&key.text, known)), key.position, path);
            return None;
        };
        let attribute_type = attributes.get(index)?.attribute_type;
        if attribute_type != AttributeType::Number {
            self.not_a_number(&key.text, attribute_type, key.position, path);
            return None;
        }
        Some(AttributeIndex::new(index))
    }

    pub(crate) fn not_a_number(
        &mut self,
        id: &str,
        attribute_type: AttributeType,
        position: Option<Position>,
        path: &str,
    ) {
        let message = words::OF_TYPE.with(&[&attribute_type.as_str()]);
        let problem = Problem::new(Code::WrongAttributeType, message).found(id);
        self.push(problem.expected(words::NUMBER_ATTRIBUTE), position, path);
    }

    /// A pool is read by one layer only.
    pub(crate) fn pool_layers(&mut self, document: &Node, classes: &[(Class, &Node)], pools: &mut [Pool]) {
        for (class, node) in classes {
            for (layer, rule) in class.funding.iter().enumerate() {
                let layer = LayerIndex::new(layer);
                let Some(index) = rule.as_ref().and_then(|rule| rule.kind.pool()) else { continue };
                let Some(pool) = pools.get_mut(index.number()) else { continue };
                if *pool.layer.get_or_insert(layer) != layer {
                    let path = join(&join_id("classes", &class.id), "funding");
                    let problem = Problem::new(Code::PoolInTwoLayers, words::POOL_TAKEN).found(&pool.id);
                    let position = node.get("funding").and_then(|funding| funding.position);
                    self.push(problem.expected(words::POOL_A_LAYER), position, &path);
                }
            }
        }
        let items = self.list(document.get("pools"), "pools");
        for pool in pools.iter() {
            let item = items.iter().find(|item| text_of(item.get("id")).map(str::trim) == Some(&pool.id));
            let path = join_id("pools", &pool.id);
            if pool.layer.is_none() {
                let position = item.and_then(|item| item.position);
                self.push(Problem::new(Code::UnusedPool, words::NO_RULE_READS_POOL), position, &path);
            }
            // What is left by county cannot be told apart by anything else.
            for other in placeless::reads(&pool.amount, pool.per).1 {
                if let Some(other) =
                    pools.get(other.number()).filter(|other| pool.per.is_some() && other.per != pool.per)
                {
                    let position = item.and_then(|item| item.get("amount")).and_then(|node| node.position);
                    let problem = Problem::new(Code::PerDiffers, words::OTHER_PER).found(&other.id);
                    self.push(problem.expected(words::SAME_PER), position, &join(&path, "amount"));
                }
            }
        }
        self.standards_of_members(classes, pools);
    }

    /// Where the floor or cap of a pool reads the standard, every class that shares the pool has one.
    fn standards_of_members(&mut self, classes: &[(Class, &Node)], pools: &[Pool]) {
        let reads_standard = |value: &Value| {
            let mut reads = Reads::default();
            value.eval(&mut reads);
            reads.standard
        };
        for (class, node) in classes.iter().filter(|(_, node)| node.get("standard").is_none()) {
            for rule in class.funding.iter().flatten() {
                let Some(pool) = rule.kind.pool().and_then(|pool| pools.get(pool.number())) else { continue };
                if [&pool.at_least, &pool.at_most].into_iter().flatten().any(reads_standard) {
                    let path = join(&join_id("classes", &class.id), "funding");
                    let problem = Problem::new(Code::MissingStandard, words::NO_STANDARD).found(&pool.id);
                    let position = node.get("funding").and_then(|funding| funding.position);
                    self.push(problem.expected(words::GIVE_STANDARD), position, &path);
                }
            }
        }
    }
}

const GROUP_KEYS: &[(&str, GroupKey)] = &[
    ("kind", GroupKey::Kind),
    ("designation", GroupKey::Designation),
    ("class", GroupKey::Class),
    ("county", GroupKey::County),
    ("township", GroupKey::Township),
];

const IF_SHORT: &[(&str, IfShort)] =
    &[(IfShort::Refuse.as_str(), IfShort::Refuse), (IfShort::Reduce.as_str(), IfShort::Reduce)];
const IF_LEFT: &[(&str, IfLeft)] = &[(IfLeft::Refuse.as_str(), IfLeft::Refuse), (IfLeft::Keep.as_str(), IfLeft::Keep)];
const APPORTION: &[(&str, Apportion)] =
    &[(Apportion::LargestRemainder.as_str(), Apportion::LargestRemainder), (Apportion::Each.as_str(), Apportion::Each)];

fn text_of(node: Option<&Node>) -> Option<&str> {
    if let NodeValue::Text(text) = &node?.value { Some(text.trim()) } else { None }
}

/// The first layer whose rule names each pool, before the rules are read: what a pool may read depends on it.
fn layers_of(document: &Node, pools: &[String], layers: &[String]) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; pools.len()];
    let numbers: HashMap<&str, usize> = pools.iter().enumerate().rev().map(|(at, id)| (id.as_str(), at)).collect();
    let Some(NodeValue::List(classes)) = document.get("classes").map(|node| &node.value) else { return found };
    for class in classes {
        let Some(NodeValue::Table(funding)) = class.get("funding").map(|node| &node.value) else { continue };
        for (key, rule) in funding {
            let pool = text_of(rule.get("pool")).and_then(|pool| numbers.get(pool)).and_then(|at| found.get_mut(*at));
            if let (Some(slot), Some(layer)) = (pool, layers.iter().position(|id| *id == key.text)) {
                *slot = Some(slot.map_or(layer, |first| first.min(layer)));
            }
        }
    }
    found
}
