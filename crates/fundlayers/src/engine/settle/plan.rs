//! What can be had in a pass: what each number of many places reads must be known before it.

use std::ops::RangeInclusive;

use super::Settled;
use super::limits::LimitOfYear;
use super::pools::PoolOfYear;
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex};
use crate::policy::Policy;
use crate::policy::rule::reads::{Reads, aggregates_of_classes, of_policy, with_figures};

/// What something reads that is not the place's own.
#[derive(Debug, Clone, Default)]
struct Needs {
    aggregates: Vec<AggregateIndex>,
    pools: Vec<PoolIndex>,
    /// How many of the first layers.
    layers: usize,
    /// Whether anything of the year before.
    past: bool,
}

/// What each layer, aggregate and pool of a policy needs.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    years: RangeInclusive<u16>,
    /// The aggregates that tell classes apart, and those that these read. No class is known before.
    classes: Vec<AggregateIndex>,
    layers: Vec<Needs>,
    /// The limit of each layer that has one.
    limits: Vec<Option<Needs>>,
    aggregates: Vec<(AggregateIndex, Needs)>,
    pools: Vec<(PoolIndex, Needs)>,
    /// The aggregates on which no amount rests: where they cannot be had, a figure is blank and nothing is wrong.
    of_figures: Vec<AggregateIndex>,
}

/// What can be had in the next pass.
#[derive(Debug, Default)]
pub(crate) struct Frontier {
    /// How many layers can be computed, by year.
    pub(crate) layers: Vec<usize>,
    /// The layer after these, where it has a limit to which claims can be summed.
    pub(crate) limits: Vec<(usize, u16)>,
    pub(crate) aggregates: Vec<(AggregateIndex, u16)>,
    pub(crate) pools: Vec<(PoolIndex, u16)>,
}

impl Frontier {
    /// Whether nothing is left to be found.
    pub(crate) fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.aggregates.is_empty() && self.pools.is_empty()
    }
}

fn needs(policy: &Policy, read: &dyn Fn(&mut Reads<'_>)) -> Needs {
    let mut reads = Reads::new(policy.figures(), &[]);
    read(&mut reads);
    reads.standards_of(policy);
    Needs {
        layers: reads.first_layers(),
        past: !reads.last_year.is_empty(),
        pools: [reads.pools, reads.left_of].concat(),
        aggregates: reads.aggregates,
    }
}

impl Plan {
    /// What amounts need; with `figures` also what figures need that no amount rests on.
    pub(crate) fn new(policy: &Policy, figures: bool) -> Self {
        let of_amounts = of_policy(policy).aggregates;
        let reads = if figures { with_figures(policy) } else { of_policy(policy) };
        let rules = |layer: usize| {
            policy.classes().iter().filter_map(move |class| class.funding.get(layer).and_then(Option::as_ref))
        };
        let layers = (0..policy.layers().len())
            .map(|layer| needs(policy, &|reads| rules(layer).for_each(|rule| rule.eval(reads))));
        let limits = policy.layers().iter().map(|layer| {
            let limit = layer.limit.as_ref()?;
            Some(needs(policy, &|reads| limit.amount.eval(reads)))
        });
        let aggregates = reads.aggregates.iter().filter_map(|number| {
            let aggregate = policy.aggregate(*number)?;
            let needs = needs(policy, &|reads| {
                if let Some(of) = &aggregate.of {
                    of.eval(reads);
                }
                reads.conditions(&aggregate.conditions);
            });
            Some((*number, needs))
        });
        let mut named = reads.pools.clone();
        named.sort_unstable();
        named.dedup();
        let pools = named.iter().filter_map(|number| {
            let pool = policy.pool(*number)?;
            let mut needs = needs(policy, &|reads| {
                reads.pool_data(pool);
                let own = rules(pool.layer.map_or(usize::MAX, LayerIndex::number));
                own.filter(|rule| rule.kind.pool() == Some(*number)).for_each(|rule| rule.eval(reads));
            });
            needs.pools.retain(|read| read != number);
            Some((*number, needs))
        });
        let mut plan = Self {
            years: policy.years(),
            classes: aggregates_of_classes(policy),
            layers: layers.collect(),
            limits: limits.collect(),
            aggregates: aggregates.collect(),
            pools: pools.collect(),
            of_figures: reads.aggregates.iter().copied().filter(|number| !of_amounts.contains(number)).collect(),
        };
        // Of a pool that no rule names nothing is left.
        let of_lists =
            plan.aggregates.iter_mut().map(|(_, needs)| needs).chain(plan.pools.iter_mut().map(|(_, needs)| needs));
        let of_layers = plan.layers.iter_mut().chain(plan.limits.iter_mut().flatten());
        for needs in of_layers.chain(of_lists) {
            needs.pools.retain(|pool| named.contains(pool));
        }
        plan
    }

    /// Whether no amount rests on an aggregate.
    pub(crate) fn is_of_figures(&self, number: AggregateIndex) -> bool {
        self.of_figures.contains(&number)
    }

    /// The aggregates that are to be had now because classes are told apart by them or by what reads them, in every year of the
    /// policy; none once all classes can be known.
    pub(crate) fn of_classes(&self, settled: &Settled) -> Vec<(AggregateIndex, u16)> {
        let is_known = |number: AggregateIndex, year: u16| settled.aggregate(number, year).is_some();
        let can = |needs: &Needs, year: u16| needs.aggregates.iter().all(|number| is_known(*number, year));
        let of_classes = self.aggregates.iter().filter(|(number, _)| self.classes.contains(number));
        let by_year = of_classes.flat_map(|(number, needs)| self.years.clone().map(move |year| (*number, needs, year)));
        let open = by_year.filter(|(number, needs, year)| !is_known(*number, *year) && can(needs, *year));
        open.map(|(number, _, year)| (number, year)).collect()
    }

    /// What can be had now.
    pub(crate) fn frontier(&self, years: &[u16], settled: &Settled) -> Frontier {
        let of_classes = self.of_classes(settled);
        if !of_classes.is_empty() {
            return Frontier { layers: vec![0; years.len()], aggregates: of_classes, ..Frontier::default() };
        }
        let mut frontier = Frontier::default();
        let all = self.layers.len();
        for year in years {
            let past = frontier.layers.last().is_none_or(|layers| *layers == all);
            let is_known = |needs: &Needs| {
                (past || !needs.past)
                    && needs.aggregates.iter().all(|number| settled.aggregate(*number, *year).is_some())
                    && needs.pools.iter().all(|number| settled.pool(*number, *year).is_some_and(PoolOfYear::is_known))
            };
            let is_cut = |layer: usize| settled.limit(layer, *year).is_some_and(LimitOfYear::is_known);
            let mut of_layers = self.layers.iter().zip(&self.limits).enumerate();
            let is_had = |(layer, (needs, limit)): &(usize, (&Needs, &Option<Needs>))| {
                is_known(needs) && (limit.is_none() || is_cut(*layer))
            };
            let layers = of_layers.clone().take_while(is_had).count();
            let can = |needs: &Needs| needs.layers <= layers && is_known(needs);
            if let Some((layer, (needs, Some(limit)))) = of_layers.nth(layers)
                && is_known(needs)
                && can(limit)
            {
                frontier.limits.push((layer, *year));
            }
            for (number, _) in self.aggregates.iter().filter(|(_, needs)| can(needs)) {
                if settled.aggregate(*number, *year).is_none() {
                    frontier.aggregates.push((*number, *year));
                }
            }
            for (number, _) in self.pools.iter().filter(|(_, needs)| can(needs)) {
                if settled.pool(*number, *year).is_none_or(|pool| !pool.is_known()) {
                    frontier.pools.push((*number, *year));
                }
            }
            frontier.layers.push(layers);
        }
        frontier
    }
}
