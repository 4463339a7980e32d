//! Pools.

use hashbrown::{HashMap, HashSet};
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{AttributeIndex, LayerIndex};
use crate::ground::money::{Amount, MoneyError, Rounding, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Key, Node, NodeValue};
use crate::policy::path::{join, join_id, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::rule::size::common_denominator;
use crate::policy::tables::POOL_NAMES;
use crate::policy::{Attribute, AttributeType, Class, Pool, Ratio, Weight, Yearly};

impl Reader {
    /// `steps` are those of pools that a layer reads.
    pub(crate) fn pools(
        &mut self,
        node: Option<&Node>,
        attributes: &[Attribute],
        steps: &HashMap<String, Rounding>,
    ) -> Vec<Pool> {
        let of_policy = self.step;
        let mut pools = Vec::new();
        let mut ids = HashSet::new();
        let items = self.list(node, "pools");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "pools");
        for (index, item) in items.iter().enumerate() {
            let path = join_item("pools", index, item);
            if self.table(item, &path, POOL_NAMES).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut ids));
            self.step = id.as_deref().and_then(|id| steps.get(id)).copied().or(of_policy);
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            let amount =
                self.required(item, "amount", &path).and_then(|node| self.pool_amount(node, &join(&path, "amount")));
            let at_least = item.get("at_least").map(|node| self.pool_amount(node, &join(&path, "at_least")));
            let at_most = item.get("at_most").map(|node| self.pool_amount(node, &join(&path, "at_most")));
            let weights = self
                .required(item, "weights", &path)
                .map(|node| self.weights(node, &join(&path, "weights"), attributes));
            let clause = self.optional_text(item, "clause", &path);
            let (at_least, at_most) = (at_least.flatten(), at_most.flatten());
            if let (Some(floor), Some(cap), Some((first, last))) = (&at_least, &at_most, self.years) {
                let above = (first..=last).find(|year| floor.at(*year) > cap.at(*year));
                if let Some(year) = above {
                    self.floor_above_cap(year, item, &path);
                }
            }
            if let Some((id, name)) = id.zip(name) {
                // What is wrong with the rest has been said; the pool must exist for the rules to be checked.
                let amount = amount.unwrap_or_else(|| Yearly::constant(Amount::ZERO));
                pools.push(Pool {
                    id,
                    name,
                    amount,
                    weights: weights.unwrap_or_default(),
                    at_least,
                    at_most,
                    clause,
                    layer: None,
                });
            }
        }
        pools
    }

    pub(crate) fn pool_amount(&mut self, node: &Node, path: &str) -> Option<Yearly<Amount>> {
        let unit = self.unit.unwrap_or(Unit::Yuan);
        let step = self.step.unwrap_or_default();
        if self.is_rule(node, path) {
            return None;
        }
        self.yearly(node, path, |reader, node, path| {
            let number =
                reader.positive_number(node, path).filter(|number| !number.is_sign_negative() || number.is_zero())?;
            let multiple = |amount: &Amount| step.is_multiple(*amount);
            match Amount::from_decimal(number, unit) {
                Ok(amount) if multiple(&amount) => Some(amount),
                Err(MoneyError::Overflow) => {
                    let problem = Problem::new(Code::Overflow, words::BEYOND_64_BITS).found(node.to_string());
                    reader.push(problem, node.position, path);
                    None
                }
                // What the unit or the step is not known to be has been said.
                _ if reader.unit.is_none() || reader.step.is_none() => None,
                _ => {
                    let problem = Problem::new(Code::NotAMultiple, words::NO_MULTIPLE).found(node.to_string());
                    let hint = words::MULTIPLES_OF.with(&[&step.step().in_unit(unit), &unit]);
                    reader.push(problem.expected(hint), node.position, path);
                    None
                }
            }
        })
    }

    pub(crate) fn weights(&mut self, node: &Node, path: &str, attributes: &[Attribute]) -> Vec<(Weight, Ratio)> {
        let Some(entries) = self.any_table(node, path) else { return Vec::new() };
        let mut weights = Vec::new();
        for (key, value) in entries {
            let path = join(path, &key.text);
            let ratio = self.ratio(value, &path, false);
            let weight = if key.text == "equal" {
                Some(Weight::Equal)
            } else {
                self.number_attribute(key, &path, attributes).map(Weight::Attribute)
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
        for (index, pool) in pools.iter().enumerate() {
            if pool.layer.is_none() {
                let position = match document.get("pools").map(|node| &node.value) {
                    Some(NodeValue::List(items)) => items.get(index).and_then(|node| node.position),
                    _ => None,
                };
                let path = join_id("pools", &pool.id);
                self.push(Problem::new(Code::UnusedPool, words::NO_RULE_READS_POOL), position, &path);
            }
        }
    }
}
