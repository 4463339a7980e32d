//! Limits of layers.

use crate::ground::catalogue::policy as words;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Node, NodeValue};
use crate::policy::path::{join, join_id};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::rule::read::RuleTable;
use crate::policy::tables::LIMIT_NAMES;
use crate::policy::{Attribute, Class, FundingRule, Layer, LayerLimit, LimitGroup, Named, Sign, Yearly};
use rust_decimal::Decimal;

/// The word for who pays.
const PAYER: &str = "payer";

impl Reader {
    /// What the claims of a layer are cut to.
    pub(crate) fn limit(
        &mut self,
        node: &Node,
        path: &str,
        sign: Sign,
        attributes: &[Attribute],
    ) -> Option<LayerLimit> {
        self.table(node, path, LIMIT_NAMES)?;
        if sign == Sign::Any {
            let problem = Problem::new(Code::SignedLimit, words::LIMIT_OF_ANY_SIGN);
            self.push(problem.expected(words::LIMIT_OR_SIGN), node.position, path);
        }
        let amount =
            self.required(node, "amount", path).and_then(|amount| self.placeless_amount(amount, &join(path, "amount")));
        let rule = self.limit_rule(node, path);
        let per = node.get("per").map(|per| self.limit_group(per, &join(path, "per"), attributes));
        Some(LayerLimit { amount: amount?, rule: rule?, per: per.map_or(Some(None), |per| per.map(Some))? })
    }

    /// A value without a place that is not below 0.
    fn placeless_amount(&mut self, node: &Node, path: &str) -> Option<Yearly<Decimal>> {
        if self.is_rule(node, path) {
            return None;
        }
        self.yearly(node, path, |reader, node, path| {
            reader.positive_number(node, path).filter(|number| !number.is_sign_negative() || number.is_zero())
        })
    }

    fn limit_rule(&mut self, node: &Node, path: &str) -> Option<FundingRule> {
        let rule = self.required(node, "rule", path);
        let items = self.list(node.get("order"), &join(path, "order"));
        let position = node.get("order").and_then(|order| order.position);
        let items = self.at_most(items, WORDS_LIMIT, position, &join(path, "order"));
        let mut order = Vec::new();
        for (at, item) in items.iter().enumerate() {
            order.push(self.text(item, &join(&join(path, "order"), &at.to_string())));
        }
        let rule = rule?;
        let name = self.text(rule, &join(path, "rule"))?;
        let order: Vec<String> = order.into_iter().collect::<Option<_>>()?;
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        if !FundingRule::NAMES.contains(&name.as_str()) {
            let problem = Problem::new(Code::UnknownRule, crate::ground::catalogue::questions::NO_RULE).found(&name);
            self.push(problem.expected(did_you_mean(&name, FundingRule::NAMES)), rule.position, &join(path, "rule"));
            return None;
        }
        match FundingRule::parse(&name, &order) {
            Ok(rule) => Some(rule),
            Err(problems) => {
                for problem in &problems {
                    let (position, key) = match node.get("order") {
                        Some(order) => (order.position, "order"),
                        None => (rule.position, "rule"),
                    };
                    self.push(problem.clone(), position, &join(path, key));
                }
                None
            }
        }
    }

    fn limit_group(&mut self, node: &Node, path: &str, attributes: &[Attribute]) -> Option<LimitGroup> {
        match &node.value {
            NodeValue::Text(text) if text.trim() == PAYER => Some(LimitGroup::Payer),
            _ => {
                let scope = Self::names(attributes, &[], &[], (&[], &[], &[]));
                RuleTable { reader: self, node, path, scope }.text_subject_at(node, path).map(LimitGroup::Text)
            }
        }
    }

    /// The orders of limits name classes, which are read after the layers.
    pub(crate) fn limit_orders(
        &mut self,
        document: &Node,
        layers: &[Layer],
        classes: &[(Class, &Node)],
        (kinds, designations): (&[Named], &[Named]),
    ) {
        let classes: Vec<&Class> = classes.iter().map(|(class, _)| class).collect();
        for layer in layers {
            let Some(limit) = &layer.limit else { continue };
            let (_, problems) = limit.rule.turns_of(&classes, kinds, designations);
            let items = match document.get("layers").map(|layers| &layers.value) {
                Some(NodeValue::List(items)) => items.as_slice(),
                _ => &[],
            };
            let is_it = |item: &&Node| {
                let id = item.get("id").map(|id| &id.value);
                matches!(id, Some(NodeValue::Text(id)) if id.trim() == layer.id)
            };
            let order = items.iter().find(is_it).and_then(|item| item.get("limit")?.get("order"));
            let path = join(&join(&join_id("layers", &layer.id), "limit"), "order");
            for (at, problem) in problems {
                let position = match order.map(|order| &order.value) {
                    Some(NodeValue::List(words)) => words.get(at).and_then(|word| word.position),
                    _ => None,
                };
                self.push(problem, position, &join(&path, &at.to_string()));
            }
        }
    }
}
