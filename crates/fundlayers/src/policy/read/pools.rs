//! Pools.

use hashbrown::{HashMap, HashSet};
use num_rational::BigRational;
use num_traits::{One, Zero};
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{AttributeIndex, FigureIndex, LayerIndex};
use crate::ground::message::Phrase;
use crate::ground::money::{Amount, MoneyError, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Key, Node, NodeValue};
use crate::policy::path::{join, join_id, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT, is_digits};
use crate::policy::rule::placeless;
use crate::policy::rule::placeless::OfPlace;
use crate::policy::rule::read::{Nesting, PoolOrder, RuleTable, Scope};
use crate::policy::rule::reads::Reads;
use crate::policy::rule::size::common_denominator;
use crate::policy::tables::POOL_NAMES;
use crate::policy::value::is_name;
use crate::policy::{
    Apportion, AttributeType, Class, Figure, IfLeft, IfShort, Layer, Pool, Ratio, Subject, Value, Weight, Yearly,
};

/// The ids of the pools of a document, as far as they are texts.
pub(crate) fn pool_ids(document: &Node) -> Vec<String> {
    let items = match document.get("pools").map(|node| &node.value) {
        Some(NodeValue::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().map(|item| text_of(item.get("id")).unwrap_or_default().to_owned()).collect()
}

impl Reader {
    /// `names` has the ids of the pools, `layers` those of the scope.
    pub(crate) fn pools(
        &mut self,
        document: &Node,
        names: Scope<'_>,
        declared: &[Layer],
        figures: &[Figure],
    ) -> Vec<Pool> {
        let node = document.get("pools");
        let mut pools = Vec::new();
        let mut seen = HashSet::new();
        let items = self.list(node, "pools");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "pools");
        let layers = layers_of(document, names.pools, names.layers);
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
            self.step = declared.get(layer).map(|layer| layer.rounding).or(of_policy);
            let scope = Scope { standard: true, layer, nesting: Nesting::Nested, ..names };
            let per = item.get("per").and_then(|node| {
                let path = join(&path, "per");
                RuleTable { reader: self, node: item, path: &path, scope }.text_subject_at(node, &path)
            });
            let order = PoolOrder { own: index, layer: layers.get(index).copied().flatten(), layers: &layers };
            let amount = self.required(item, "amount", &path).and_then(|node| {
                self.value_of_many(
                    node,
                    &join(&path, "amount"),
                    Scope { left_of: Some(order), ..scope },
                    Self::pool_number,
                )
            });
            if let Some(amount) = &amount {
                let node = item.get("amount").unwrap_or(item);
                self.placeless(amount, per, node, &join(&path, "amount"), (names, figures));
            }
            let at_least = item
                .get("at_least")
                .map(|node| self.value_of_many(node, &join(&path, "at_least"), scope, Self::pool_number));
            let at_most = item
                .get("at_most")
                .map(|node| self.value_of_many(node, &join(&path, "at_most"), scope, Self::pool_number));
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

    /// A pool's amount, floor or cap, or the amount of a limit: a number as it has to be there, or any other value.
    pub(crate) fn value_of_many(
        &mut self,
        node: &Node,
        path: &str,
        scope: Scope<'_>,
        read: impl Fn(&mut Self, &Node, &str) -> Option<Decimal>,
    ) -> Option<Value> {
        let is_number = match &node.value {
            NodeValue::Table(entries) => entries.iter().any(|(key, _)| is_digits(&key.text)) || entries.is_empty(),
            NodeValue::Text(text) => !is_name(text),
            NodeValue::List(_) => false,
            _ => true,
        };
        if is_number {
            return self.yearly(node, path, read).map(Value::Number);
        }
        let value = self.value(node, path, scope)?;
        self.check_value_size(&value, node.position, path);
        Some(value)
    }

    /// A multiple of the step.
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
    pub(crate) fn placeless(
        &mut self,
        amount: &Value,
        per: Option<Subject>,
        node: &Node,
        path: &str,
        (names, figures): (Scope<'_>, &[Figure]),
    ) {
        let read = match placeless::reads(amount, per, figures, &self.aggregates) {
            None => return,
            Some(OfPlace::Standard) => "standard",
            Some(OfPlace::Subject(subject)) => match subject {
                Subject::Attribute(index) => names.attributes.get(index.number()).map_or("", |one| one.id.as_str()),
                Subject::Figure(index) => names.figures.get(index.number()).map_or("", String::as_str),
                Subject::Layer(index) => names.layers.get(index.number()).map_or("", String::as_str),
                Subject::County => "county",
                Subject::Township => "township",
                Subject::Kind => "kind",
                Subject::Designation => "designation",
                Subject::Class => "class",
                // Nothing of a place.
                Subject::Year | Subject::Place | Subject::Payer(_) => "year",
            },
        };
        let problem = Problem::new(Code::ReadsPlace, words::READS_OF_PLACE.with(&[&read])).found(node.to_string());
        self.push(problem.expected(words::PLACELESS), node.position, path);
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
            } else if let Some(figure) = scope.figures.iter().position(|id| *id == key.text) {
                Some(Weight::Figure(FigureIndex::new(figure)))
            } else if let Some(layer) = layer {
                self.earlier(layer, &key.text, key.position, &path, scope).map(Weight::Layer)
            } else {
                self.number_attribute(key, &path, scope).map(Weight::Attribute)
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

    fn number_attribute(&mut self, key: &Key, path: &str, scope: Scope<'_>) -> Option<AttributeIndex> {
        let attributes = scope.attributes;
        let Some(index) = attributes.iter().position(|attribute| attribute.id == key.text) else {
            let problem = Problem::new(Code::UnknownAttribute, words::ATTRIBUTE_NOT_DECLARED).found(&key.text);
            let numbers = attributes.iter().filter(|attribute| attribute.attribute_type == AttributeType::Number);
            let known = numbers.map(|attribute| attribute.id.as_str()).chain(["equal"]);
            let known = known.chain(scope.figures.iter().map(String::as_str));
            let known = known.chain(scope.layers.iter().take(scope.layer).map(String::as_str));
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

    /// A pool is read by one layer only, after what it reads itself.
    pub(crate) fn pool_layers(
        &mut self,
        document: &Node,
        classes: &[(Class, &Node)],
        pools: &mut [Pool],
        (figures, layers): (&[Figure], &[String]),
    ) {
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
        let aggregates = std::mem::take(&mut self.aggregates);
        for pool in pools.iter() {
            let item = items.iter().find(|item| text_of(item.get("id")) == Some(&pool.id));
            let path = join_id("pools", &pool.id);
            if pool.layer.is_none() {
                let position = item.and_then(|item| item.position);
                self.push(Problem::new(Code::UnusedPool, words::NO_RULE_READS_POOL), position, &path);
            }
            let mut direct = Reads::new(&[], &[]);
            direct.pool_data(pool);
            let mut reads = Reads::new(figures, &aggregates);
            reads.pool_data(pool);
            // What is left by county cannot be told apart by anything else.
            for other in &direct.left_of {
                if let Some(other) =
                    pools.get(other.number()).filter(|other| pool.per.is_some() && other.per != pool.per)
                {
                    let position = item.and_then(|item| item.get("amount")).and_then(|node| node.position);
                    let problem = Problem::new(Code::PerDiffers, words::OTHER_PER).found(&other.id);
                    self.push(problem.expected(words::SAME_PER), position, &join(&path, "amount"));
                }
            }
            // What is read without a figure or an aggregate has been looked at where it stands.
            let number = pool.layer.map_or(usize::MAX, LayerIndex::number);
            let is_later = |layer: &&LayerIndex| layer.number() >= number && !direct.layers.contains(layer);
            if let Some(later) = reads.layers.iter().find(is_later).and_then(|layer| layers.get(layer.number())) {
                let problem = Problem::new(Code::LaterLayer, words::READS_LATER_LAYER).found(later);
                let position = item.and_then(|item| item.position);
                self.push(problem.expected(words::USE_IN_LATER_LAYER), position, &path);
            }
            if reads.standard {
                self.standards_of_members(classes, pool, pools);
            }
        }
        self.aggregates = aggregates;
    }

    /// Where a pool reads the standard, every class that shares it has one.
    fn standards_of_members(&mut self, classes: &[(Class, &Node)], pool: &Pool, pools: &[Pool]) {
        for (class, node) in classes.iter().filter(|(_, node)| node.get("standard").is_none()) {
            let mut named = class.funding.iter().flatten().filter_map(|rule| rule.kind.pool());
            if named.any(|index| pools.get(index.number()).is_some_and(|named| named.id == pool.id)) {
                let path = join(&join_id("classes", &class.id), "funding");
                let problem = Problem::new(Code::MissingStandard, words::NO_STANDARD).found(&pool.id);
                let position = node.get("funding").and_then(|funding| funding.position);
                self.push(problem.expected(words::GIVE_STANDARD), position, &path);
            }
        }
    }
}

const IF_SHORT: &[(&str, IfShort)] =
    &[(IfShort::Refuse.as_str(), IfShort::Refuse), (IfShort::Reduce.as_str(), IfShort::Reduce)];
const IF_LEFT: &[(&str, IfLeft)] = &[(IfLeft::Refuse.as_str(), IfLeft::Refuse), (IfLeft::Keep.as_str(), IfLeft::Keep)];
const APPORTION: &[(&str, Apportion)] =
    &[(Apportion::LargestRemainder.as_str(), Apportion::LargestRemainder), (Apportion::Each.as_str(), Apportion::Each)];

pub(crate) fn text_of(node: Option<&Node>) -> Option<&str> {
    if let NodeValue::Text(text) = &node?.value { Some(text.trim()) } else { None }
}

/// The first layer whose rule names each pool, before the rules are read: what a pool may read depends on it.
pub(crate) fn layers_of(document: &Node, pools: &[String], layers: &[String]) -> Vec<Option<usize>> {
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
