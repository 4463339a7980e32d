//! What rules, values and conditions of a policy read, themselves or through figures and aggregates.

use rust_decimal::Decimal;

use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::{Condition, Subject, Test};
use crate::policy::rule::rounding::NumberRounding;
use crate::policy::rule::tiers::Tiers;
use crate::policy::{Aggregate, Figure, Policy, Pool, Ratio, Value, Weight, Yearly};

/// What the classes and rules of a policy read, and the standards and pools that they read.
pub(crate) fn of_policy(policy: &Policy) -> Reads<'_> {
    let mut reads = Reads::new(policy.figures(), policy.aggregates());
    for class in policy.classes() {
        reads.conditions(&class.conditions);
        for rule in class.funding.iter().flatten() {
            rule.eval(&mut reads);
        }
    }
    for limit in policy.layers().iter().filter_map(|layer| layer.limit.as_ref()) {
        limit.amount.eval(&mut reads);
    }
    let mut next = 0;
    while let Some(pool) = reads.pools.get(next).copied() {
        next = next.saturating_add(1);
        if let Some(pool) =
            policy.pool(pool).filter(|_| !reads.pools.iter().take(next.saturating_sub(1)).any(|one| *one == pool))
        {
            reads.pool_data(pool);
        }
    }
    reads.standards_of(policy);
    reads
}

/// The same with all figures, also those that no rule reads, for they can be asked for.
pub(crate) fn with_figures(policy: &Policy) -> Reads<'_> {
    let mut reads = of_policy(policy);
    let had_standards = reads.standard;
    (0..policy.figures().len()).for_each(|figure| reads.figure(FigureIndex::new(figure)));
    if !had_standards {
        reads.standards_of(policy);
    }
    reads
}

/// The numbers of many places that tell classes apart, and those that these read.
pub(crate) fn aggregates_of_classes(policy: &Policy) -> Vec<AggregateIndex> {
    let mut reads = Reads::new(policy.figures(), policy.aggregates());
    policy.classes().iter().for_each(|class| reads.conditions(&class.conditions));
    reads.aggregates
}

/// Whether anything reads what a place got the year before: figures and checks too that no rule reads, for they can be asked for.
pub(crate) fn reads_last_year(policy: &Policy) -> bool {
    let mut reads = with_figures(policy);
    policy
        .checks()
        .iter()
        .for_each(|check| [&check.when, &check.must].into_iter().for_each(|list| reads.conditions(list)));
    !reads.last_year.is_empty()
}

/// Whether each attribute of a policy, by index, is read by a condition, a rule or a pool: a roster without their column
/// cannot be right.
pub(crate) fn attributes_read(policy: &Policy) -> Vec<bool> {
    let reads = of_policy(policy);
    let mut read = vec![false; policy.attributes().len()];
    for attribute in reads.attributes {
        if let Some(read) = read.get_mut(attribute.number()) {
            *read = true;
        }
    }
    read
}

/// How many of the first layers a pool reads of each member.
pub(crate) fn layers_of_pool(policy: &Policy, pool: &Pool) -> usize {
    let mut reads = Reads::new(policy.figures(), &[]);
    reads.pool_data(pool);
    reads.standards_of(policy);
    reads.first_layers()
}

/// What is read, collected: each figure and aggregate is looked into once.
pub(crate) struct Reads<'a> {
    of_figures: &'a [Figure],
    of_aggregates: &'a [Aggregate],
    /// Whether the standard of a class, of the place's own or of those that are gathered.
    pub(crate) standard: bool,
    /// Whether the standard of the place's own class.
    pub(crate) own_standard: bool,
    /// How many aggregates deep.
    depth: usize,
    /// Whether the class of the place.
    pub(crate) class: bool,
    /// Also those that conditions look at; some more than once.
    pub(crate) attributes: Vec<AttributeIndex>,
    pub(crate) figures: Vec<FigureIndex>,
    pub(crate) aggregates: Vec<AggregateIndex>,
    /// Some more than once.
    pub(crate) layers: Vec<LayerIndex>,
    /// Layers of the year before.
    pub(crate) last_year: Vec<LayerIndex>,
    pub(crate) pools: Vec<PoolIndex>,
    /// Pools whose rest is read.
    pub(crate) left_of: Vec<PoolIndex>,
}

impl<'a> Reads<'a> {
    /// Nothing yet. Figures and aggregates that are not given are not looked into.
    pub(crate) const fn new(of_figures: &'a [Figure], of_aggregates: &'a [Aggregate]) -> Self {
        Self {
            of_figures,
            of_aggregates,
            standard: false,
            own_standard: false,
            depth: 0,
            class: false,
            attributes: Vec::new(),
            figures: Vec::new(),
            aggregates: Vec::new(),
            layers: Vec::new(),
            last_year: Vec::new(),
            pools: Vec::new(),
            left_of: Vec::new(),
        }
    }

    /// What the standards of classes read, if any of them is read.
    pub(crate) fn standards_of(&mut self, policy: &Policy) {
        if self.standard {
            policy
                .classes()
                .iter()
                .filter_map(|class| class.standard.as_ref())
                .for_each(|standard| standard.eval(self));
        }
    }

    /// How many of the first layers must be known for all that are read.
    pub(crate) fn first_layers(&self) -> usize {
        self.layers.iter().map(|layer| layer.number().saturating_add(1)).max().unwrap_or_default()
    }

    /// What a pool reads: amount, key, weights that are not zero, floor and cap.
    pub(crate) fn pool_data(&mut self, pool: &Pool) {
        for value in [Some(&pool.amount), pool.at_least.as_ref(), pool.at_most.as_ref()].into_iter().flatten() {
            value.eval(self);
        }
        if let Some(key) = pool.per {
            self.subject(key);
        }
        // What a weight of zero weighs is not read.
        for (weight, _) in pool.weights.iter().filter(|(_, weight)| weight.numerator != 0) {
            match weight {
                Weight::Equal => {}
                Weight::Attribute(attribute) => self.attributes.push(*attribute),
                Weight::Layer(layer) => self.layers.push(*layer),
                Weight::Figure(figure) => self.figure(*figure),
            }
        }
    }

    pub(crate) fn conditions(&mut self, conditions: &[Condition]) {
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

    fn subject(&mut self, subject: Subject) {
        match subject {
            Subject::Attribute(attribute) => self.attributes.push(attribute),
            Subject::Figure(figure) => self.figure(figure),
            Subject::Layer(layer) => self.layers.push(layer),
            Subject::Class => self.class = true,
            Subject::County
            | Subject::Township
            | Subject::Year
            | Subject::Kind
            | Subject::Designation
            | Subject::Place
            | Subject::Payer(_) => {}
        }
    }
}

impl Algebra for Reads<'_> {
    type Number = ();

    fn number(&mut self, _: &Yearly<Decimal>) {}

    fn standard(&mut self) {
        self.standard = true;
        self.own_standard |= self.depth == 0;
    }

    fn attribute(&mut self, attribute: AttributeIndex) {
        self.attributes.push(attribute);
    }

    fn layer(&mut self, layer: LayerIndex) {
        self.layers.push(layer);
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<()> {
        self.layers.extend(layers);
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

    fn aggregate(&mut self, aggregate: AggregateIndex) {
        if self.aggregates.contains(&aggregate) {
            return;
        }
        self.aggregates.push(aggregate);
        if let Some(aggregate) = self.of_aggregates.get(aggregate.number()) {
            self.depth = self.depth.saturating_add(1);
            if let Some(of) = &aggregate.of {
                of.eval(self);
            }
            aggregate.over.iter().for_each(|subject| self.subject(*subject));
            self.conditions(&aggregate.conditions);
            self.depth = self.depth.saturating_sub(1);
        }
    }

    fn exact(&mut self, layer: LayerIndex) {
        self.layers.push(layer);
    }

    fn last_year(&mut self, layer: LayerIndex, first: &Value) {
        self.last_year.push(layer);
        first.eval(self);
    }

    fn pool(&mut self, pool: PoolIndex) {
        self.pools.push(pool);
    }

    fn left_of(&mut self, pool: PoolIndex) {
        self.left_of.push(pool);
    }

    fn sum(&mut self, _: Vec<()>) {}

    fn difference(&mut self, (): (), _: Vec<()>) {}

    fn times(&mut self, _: &Yearly<Ratio>, (): ()) {}

    fn tiers(&mut self, (): (), tiers: &Tiers) {
        tiers.tiers.iter().for_each(|tier| tier.rate.times(self, ()));
    }

    fn cases(&mut self, cases: &crate::policy::kinds::Cases) {
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
