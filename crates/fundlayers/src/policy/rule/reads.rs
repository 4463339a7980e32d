//! Which attributes the rules of a policy read: a roster without their column cannot be right.

use rust_decimal::Decimal;

use crate::ground::ids::{AttributeIndex, LayerIndex, PoolIndex};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::{Condition, Subject};
use crate::policy::{GroupKey, Policy, Ratio, Weight, Yearly};

/// Whether each attribute of a policy, by index, is read by a condition, a rule or a pool.
pub(crate) fn attributes_read(policy: &Policy) -> Vec<bool> {
    let mut reads = Reads { read: vec![false; policy.attributes().len()], pools: Vec::new() };
    for class in policy.classes() {
        reads.conditions(&class.conditions);
        for rule in class.funding.iter().flatten() {
            rule.eval(&mut reads);
        }
    }
    for pool in std::mem::take(&mut reads.pools) {
        // What a weight of zero weighs is not read.
        let Some(pool) = policy.pools().get(pool.number()) else { continue };
        for value in [Some(&pool.amount), pool.at_least.as_ref(), pool.at_most.as_ref()].into_iter().flatten() {
            value.eval(&mut reads);
        }
        if let Some(GroupKey::Attribute(attribute)) = pool.per {
            reads.attribute(attribute);
        }
        for (weight, _) in pool.weights.iter().filter(|(_, weight)| weight.numerator != 0) {
            if let Weight::Attribute(attribute) = weight {
                reads.attribute(*attribute);
            }
        }
    }
    reads.read
}

struct Reads {
    read: Vec<bool>,
    pools: Vec<PoolIndex>,
}

impl Reads {
    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            if let Subject::Attribute(attribute) = condition.subject {
                self.attribute(attribute);
            }
        }
    }
}

impl Algebra for Reads {
    type Number = ();

    fn number(&mut self, _: &Yearly<Decimal>) {}

    fn standard(&mut self) {}

    fn attribute(&mut self, attribute: AttributeIndex) {
        if let Some(read) = self.read.get_mut(attribute.number()) {
            *read = true;
        }
    }

    fn layer(&mut self, _: LayerIndex) {}

    fn counted(&mut self, _: &[LayerIndex]) -> Vec<()> {
        Vec::new()
    }

    fn pool(&mut self, pool: PoolIndex) {
        self.pools.push(pool);
    }

    fn left_of(&mut self, _: PoolIndex) {}

    fn sum(&mut self, _: Vec<()>) {}

    fn difference(&mut self, (): (), _: Vec<()>) {}

    fn times(&mut self, _: &Yearly<Ratio>, (): ()) {}

    fn extreme(&mut self, _: Extreme, _: Vec<()>) {}

    fn not_below_zero(&mut self, (): ()) {}

    fn bounded(&mut self, (): (), _: Option<()>, _: Option<()>) {}

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self)) {
        self.conditions(conditions);
        rule(self);
    }
}
