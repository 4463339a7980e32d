//! Whether a value reads nothing of a place, so that it is the same for all of a pool's members, or of a group of them.

use rust_decimal::Decimal;

use crate::ground::ids::{AttributeIndex, LayerIndex, PoolIndex};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::{Condition, Subject};
use crate::policy::{GroupKey, Ratio, Value, Yearly};

/// Something of a place that a value reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfPlace {
    Standard,
    Attribute(AttributeIndex),
    Layer(LayerIndex),
    /// What a condition asks of.
    Subject(Subject),
}

/// The first thing of a place that a value reads, and the pools whose rest it reads. What agrees in the key is the same for a
/// whole group.
pub(crate) fn reads(value: &Value, key: Option<GroupKey>) -> (Option<OfPlace>, Vec<PoolIndex>) {
    let mut reads = Reads { key, found: None, pools: Vec::new() };
    value.eval(&mut reads);
    (reads.found, reads.pools)
}

struct Reads {
    key: Option<GroupKey>,
    found: Option<OfPlace>,
    pools: Vec<PoolIndex>,
}

impl Reads {
    fn place(&mut self, read: OfPlace) {
        self.found.get_or_insert(read);
    }
}

impl Algebra for Reads {
    type Number = ();

    fn number(&mut self, _: &Yearly<Decimal>) {}

    fn standard(&mut self) {
        self.place(OfPlace::Standard);
    }

    fn attribute(&mut self, attribute: AttributeIndex) {
        self.place(OfPlace::Attribute(attribute));
    }

    fn layer(&mut self, layer: LayerIndex) {
        self.place(OfPlace::Layer(layer));
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<()> {
        layers.iter().for_each(|layer| self.layer(*layer));
        Vec::new()
    }

    fn pool(&mut self, _: PoolIndex) {}

    fn left_of(&mut self, pool: PoolIndex) {
        self.pools.push(pool);
    }

    fn sum(&mut self, _: Vec<()>) {}

    fn difference(&mut self, (): (), _: Vec<()>) {}

    fn times(&mut self, _: &Yearly<Ratio>, (): ()) {}

    fn extreme(&mut self, _: Extreme, _: Vec<()>) {}

    fn not_below_zero(&mut self, (): ()) {}

    fn bounded(&mut self, (): (), _: Option<()>, _: Option<()>) {}

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self)) {
        for condition in conditions {
            if self.key != Some(condition.subject.into()) {
                self.place(OfPlace::Subject(condition.subject));
            }
        }
        rule(self);
    }
}
