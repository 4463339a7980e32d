//! Whether a value reads nothing of a place, so that it is the same for all of a pool's members or of a limit's
//! claimants, or of a group of them.

use rust_decimal::Decimal;

use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::{Condition, Subject, Test};
use crate::policy::rule::rounding::NumberRounding;
use crate::policy::rule::tiers::Tiers;
use crate::policy::{Aggregate, Figure, Ratio, Value, Yearly, kinds};

/// Something of a place that a value reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfPlace {
    Standard,
    /// What a condition, a case or an aggregate looks at; an attribute, or a layer.
    Subject(Subject),
}

/// The first thing of a place that a value reads. What agrees in the key is the same for a whole group.
pub(crate) fn reads(
    value: &Value,
    key: Option<Subject>,
    of_figures: &[Figure],
    of_aggregates: &[Aggregate],
) -> Option<OfPlace> {
    let mut reads = Reads { key, of_figures, of_aggregates, figures: Vec::new(), found: None };
    value.eval(&mut reads);
    reads.found
}

struct Reads<'a> {
    key: Option<Subject>,
    of_figures: &'a [Figure],
    of_aggregates: &'a [Aggregate],
    /// Those that have been looked into.
    figures: Vec<FigureIndex>,
    found: Option<OfPlace>,
}

impl Reads<'_> {
    fn subject(&mut self, subject: Subject) {
        match subject {
            Subject::Figure(figure) => self.figure(figure),
            Subject::Year | Subject::Place | Subject::Payer(_) => {}
            subject if self.key == Some(subject) => {}
            subject => {
                self.found.get_or_insert(OfPlace::Subject(subject));
            }
        }
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            self.subject(condition.subject);
            match &condition.test {
                Test::Values(values) => {
                    Value::eval_all(values, self);
                }
                Test::Within(bounds) => bounds.iter().for_each(|(_, value)| value.eval(self)),
                Test::Any(lists) => lists.iter().for_each(|list| self.conditions(list)),
                Test::Not(list) => self.conditions(list),
                Test::Numbers(_) | Test::Flags(_) | Test::Texts(_) | Test::Bounds(_) => {}
            }
        }
    }
}

impl Algebra for Reads<'_> {
    type Number = ();

    fn number(&mut self, _: &Yearly<Decimal>) {}

    fn standard(&mut self) {
        self.found.get_or_insert(OfPlace::Standard);
    }

    fn attribute(&mut self, attribute: AttributeIndex) {
        self.subject(Subject::Attribute(attribute));
    }

    fn layer(&mut self, layer: LayerIndex) {
        self.subject(Subject::Layer(layer));
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<()> {
        for layer in layers {
            self.layer(*layer);
        }
        Vec::new()
    }

    fn figure(&mut self, figure: FigureIndex) {
        if self.figures.contains(&figure) {
            return;
        }
        self.figures.push(figure);
        if let Some(figure) = self.of_figures.get(figure.number()) {
            figure.eval(self);
        }
    }

    /// What an aggregate gathers is of many places; only in what they agree is of this one.
    fn aggregate(&mut self, aggregate: AggregateIndex) {
        if let Some(aggregate) = self.of_aggregates.get(aggregate.number()) {
            aggregate.over.iter().for_each(|subject| self.subject(*subject));
        }
    }

    fn exact(&mut self, layer: LayerIndex) {
        self.layer(layer);
    }

    fn last_year(&mut self, layer: LayerIndex, _: &Value) {
        self.layer(layer);
    }

    fn pool(&mut self, _: PoolIndex) {}

    fn left_of(&mut self, _: PoolIndex) {}

    fn sum(&mut self, _: Vec<()>) {}

    fn difference(&mut self, (): (), _: Vec<()>) {}

    fn times(&mut self, _: &Yearly<Ratio>, (): ()) {}

    fn tiers(&mut self, (): (), tiers: &Tiers) {
        tiers.tiers.iter().for_each(|tier| tier.rate.times(self, ()));
    }

    fn cases(&mut self, cases: &kinds::Cases) {
        self.subject(cases.of);
        cases.values().for_each(|value| value.eval(self));
    }

    fn rounded(&mut self, (): (), _: &NumberRounding) {}

    fn made_of(&mut self, _: Vec<()>) {}

    fn extreme(&mut self, _: Extreme, _: Vec<()>) {}

    fn not_below_zero(&mut self, (): ()) {}

    fn bounded(&mut self, (): (), _: Option<()>, _: Option<()>) {}

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self)) {
        self.conditions(conditions);
        rule(self);
    }
}
