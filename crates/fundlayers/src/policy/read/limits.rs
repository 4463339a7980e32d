//! Limits of layers.

use crate::ground::catalogue::policy as words;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Node, NodeValue};
use crate::policy::path::{join, join_id, join_item};
use crate::policy::read::pools::{layers_of, text_of};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::rule::condition::PAYER;
use crate::policy::rule::read::{Nesting, PoolOrder, RuleTable, Scope};
use crate::policy::rule::reads::Reads;
use crate::policy::tables::{LAYERS_LIMIT, LIMIT_NAMES};
use crate::policy::{
    Class, Figure, FundingRule, Layer, LayerLimit, LimitGroup, Named, Payer, Pool, Sign, Subject, Value,
};
use rust_decimal::Decimal;

/// What the amounts of limits may read, once it is known.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) names: Scope<'a>,
    /// None where figures read themselves: then nothing is said of what is read through them.
    pub(crate) figures: Option<&'a [Figure]>,
    pub(crate) pools: &'a [Pool],
}

impl Reader {
    /// What the claims of layers are cut to. Their amounts may read what is declared after the layers.
    pub(crate) fn limits(&mut self, document: &Node, layers: &mut [Layer], known: Known<'_>) {
        let Some(NodeValue::List(items)) = document.get("layers").map(|layers| &layers.value) else { return };
        for (index, item) in items.iter().take(LAYERS_LIMIT).enumerate() {
            let Some(node) = item.get("limit") else { continue };
            let id = text_of(item.get("id"));
            let own = id.and_then(|id| layers.iter().position(|layer| layer.id == id));
            let path = join(&join_item("layers", index, item), "limit");
            let limit = self.limit(document, node, &path, own.and_then(|own| Some((own, layers.get(own)?))), known);
            if let Some(layer) = own.and_then(|own| layers.get_mut(own)) {
                layer.limit = limit;
            }
        }
    }

    fn limit(
        &mut self,
        document: &Node,
        node: &Node,
        path: &str,
        layer: Option<(usize, &Layer)>,
        known: Known<'_>,
    ) -> Option<LayerLimit> {
        self.table(node, path, LIMIT_NAMES)?;
        if layer.is_some_and(|(_, layer)| layer.sign == Sign::Any) {
            let problem = Problem::new(Code::SignedLimit, words::LIMIT_OF_ANY_SIGN);
            self.push(problem.expected(words::LIMIT_OR_SIGN), node.position, path);
        }
        let per = node.get("per").map(|per| self.limit_group(per, &join(path, "per"), known.names));
        let payer = layer.map(|(_, layer)| layer.payer).filter(|_| per == Some(Some(LimitGroup::Payer)));
        let number = layer.map_or(known.names.layers.len(), |(number, _)| number);
        let pools = layers_of(document, known.names.pools, known.names.layers);
        let scope = Scope {
            standard: true,
            layer: number,
            nesting: Nesting::Nested,
            left_of: Some(PoolOrder { own: usize::MAX, layer: Some(number), layers: &pools }),
            payer,
            ..known.names
        };
        let amount_path = join(path, "amount");
        let amount = self
            .required(node, "amount", path)
            .and_then(|node| self.value_of_many(node, &amount_path, scope, Self::number_not_below_zero));
        if let (Some(amount), Some(node)) = (&amount, node.get("amount")) {
            let group = per.flatten();
            let errors = self.errors();
            let key = group.and_then(|group| group.subject(payer));
            self.placeless(amount, key, node, &amount_path, (scope, known.figures.unwrap_or_default()));
            if self.errors() == errors {
                self.limit_reads(amount, key, (node, &amount_path), number, known);
            }
        }
        let rule = self.limit_rule(node, path);
        Some(LayerLimit { amount: amount?, rule: rule?, per: per.map_or(Some(None), |per| per.map(Some))? })
    }

    fn number_not_below_zero(&mut self, node: &Node, path: &str) -> Option<Decimal> {
        self.positive_number(node, path).filter(|number| !number.is_sign_negative() || number.is_zero())
    }

    /// Says that an amount reads what is known only later, or what is left of a pool that other groups share.
    fn limit_reads(
        &mut self,
        amount: &Value,
        key: Option<Subject>,
        (node, path): (&Node, &str),
        layer: usize,
        known: Known<'_>,
    ) {
        let mut direct = Reads::new(&[], &[]);
        amount.eval(&mut direct);
        for pool in direct.left_of.iter().filter_map(|pool| known.pools.get(pool.number())) {
            if key.is_some() && pool.per != key {
                let problem = Problem::new(Code::PerDiffers, words::OTHER_PER).found(&pool.id);
                self.push(problem.expected(words::SAME_PER), node.position, path);
            }
        }
        let Some(figures) = known.figures else { return };
        let mut reads = Reads::new(figures, &self.aggregates);
        amount.eval(&mut reads);
        let later = reads.layers.iter().find(|read| read.number() >= layer && !direct.layers.contains(read));
        if let Some(later) = later.and_then(|later| known.names.layers.get(later.number())) {
            let problem = Problem::new(Code::LaterLayer, words::READS_LATER_LAYER).found(later);
            self.push(problem.expected(words::USE_IN_LATER_LAYER), node.position, path);
        }
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

    fn limit_group(&mut self, node: &Node, path: &str, scope: Scope<'_>) -> Option<LimitGroup> {
        match &node.value {
            NodeValue::Text(text) if text.trim() == PAYER => Some(LimitGroup::Payer),
            _ => RuleTable { reader: self, node, path, scope }.text_subject_at(node, path).map(LimitGroup::Text),
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

impl LimitGroup {
    /// The text in which the places of a group agree; none where all of them are one group.
    pub(crate) fn subject(self, payer: Option<Payer>) -> Option<Subject> {
        match self {
            Self::Text(subject) => Some(subject),
            Self::Payer => payer.map(Subject::of_payer).filter(|subject| !matches!(subject, Subject::Payer(_))),
        }
    }
}
