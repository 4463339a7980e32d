//! Parts of a roster: what their rows add to a pass over all of them, and what is known of all while they are computed.

use std::sync::Arc;

use super::{Arrived, PriorToPool, Work, is_left_read, years_computed};
use crate::engine::aggregates::add_sums;
use crate::engine::columns::Columns;
use crate::engine::fit::Groups;
use crate::engine::limit::{Limited, MembersOf};
use crate::engine::pool::settle::{attempt, codes_of, weigh};
use crate::engine::pool::{GroupShare, Prior};
use crate::engine::roster::Roster;
use crate::engine::settle::plan::Plan;
use crate::engine::settle::pools::{PoolGroup, Stage};
use crate::engine::settle::{Settled, Sums, room_of_one};
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex};
use crate::ground::problem::Problems;
use crate::policy::rule::reads::reads_last_year;
use crate::policy::{Class, Policy};

/// What a part adds to a pass in which this is known already; so many rows stand before it. `asked` are the years. With `arrived`,
/// top-ups count what arrived.
pub(crate) fn sums(
    policy: &Policy,
    (roster, first_row): (&Roster, u64),
    groups: &Arc<Groups>,
    asked: &[u16],
    (settled, plan): (&Settled, &Plan),
    arrived: Option<&Arrived>,
) -> Result<Sums, Problems> {
    let columns = Columns::new(policy, roster);
    let years = years_computed(policy, asked);
    let arrived = arrived.map(|arrived| arrived.among(asked, &years, policy.layers().len()));
    let mut work = Work::new(policy, roster, &columns, groups, &years, arrived.as_ref());
    work.asked = asked;
    work.take_settled(Some(settled));
    if let Some(problem) = work.too_large() {
        return Err(problem.into());
    }
    work.take_arrived();
    let frontier = plan.frontier(&years, settled);
    let layers = policy.layers().len();
    let by_layer = (0..layers).flat_map(|layer| (0..years.len()).map(move |year| (layer, year)));
    let by_year = (0..years.len()).flat_map(|year| (0..layers).map(move |layer| (layer, year)));
    let order: Vec<(usize, usize)> = if reads_last_year(policy) { by_year.collect() } else { by_layer.collect() };
    let can = |(layer, year): &(usize, usize)| frontier.layers.get(*year).is_some_and(|layers| layer < layers);
    for (layer, year) in order.into_iter().filter(can) {
        if work.has_grown_too_large() {
            break;
        }
        work.layer(layer, year);
        work.cut(layer, year);
    }
    let mut sums = Sums::default();
    for (layer, year) in frontier.limits {
        work.sum_limit(layer, (year, first_row), &mut sums);
    }
    for (number, year) in frontier.aggregates {
        work.sum_aggregate(number, (year, plan.is_of_figures(number)), &mut sums);
    }
    for (number, year) in frontier.pools {
        work.sum_pool(number, (year, first_row), &mut sums);
    }
    if work.found.list.is_empty() { Ok(sums) } else { Err(work.found.problems()) }
}

impl<'a> Work<'a> {
    /// Takes what is known of all places, of which the roster is a part.
    pub(super) fn take_settled(&mut self, settled: Option<&'a Settled>) {
        self.settled = settled;
        let Some(settled) = settled else { return };
        for (number, pool) in self.policy.pools().iter().enumerate() {
            let number = PoolIndex::new(number);
            if !is_left_read(self.policy, number) {
                continue;
            }
            let codes = pool.per.map(|key| codes_of(self.columns, key));
            for (at, year) in self.years.iter().enumerate() {
                let Some(known) = settled.pool(number, *year) else { continue };
                let group = |group: &PoolGroup| {
                    let Stage::Done(done) = &group.stage else { return None };
                    // Groups that have no place in this part count only where all are added up.
                    let code = codes.as_ref().map(|codes| codes.get(group.group.as_str()).copied());
                    let code = code.map_or(0, |code| code.unwrap_or(u32::MAX));
                    Some(GroupShare {
                        code,
                        place: None,
                        amount: group.amount.0,
                        kept: done.kept.0,
                        above: done.above.0,
                    })
                };
                let groups = known.groups.iter().filter_map(group).collect();
                self.set_shared(number, at, Some(groups));
            }
        }
    }

    fn sum_aggregate(&mut self, number: AggregateIndex, (year, is_of_figures): (u16, bool), sums: &mut Sums) {
        let Some(settled) = self.settled else { return };
        let faults = add_sums(self, &self.aggregates, settled, (number, year), sums);
        // Where figures read it alone, it is missing there, and nothing is wrong.
        for (row, fault) in faults.into_iter().filter(|_| !is_of_figures) {
            let at = self.years.binary_search(&year).unwrap_or_default();
            self.found.fault(row, (at, year), 0, &fault);
        }
    }

    /// Claims to the limit of a layer, the first that is not cut yet.
    fn sum_limit(&mut self, layer: usize, (year, first_row): (u16, u64), sums: &mut Sums) {
        let Some(limited) = Limited::new(self.policy, self.roster, self.groups, layer) else { return };
        let at = self.years.binary_search(&year).unwrap_or_default();
        self.layer(layer, at);
        let (members, lost) = self.claims_of_members(layer, at);
        if !lost.is_empty() || !self.found.list.is_empty() {
            return;
        }
        let due = self.claims_of_rows(&self.claims_of_classes(layer, at), at);
        let turns = limited.limit.rule.turns(self.policy).ok().flatten();
        let of_members = |row: u32| members.get(&row).cloned();
        let of_members: Option<MembersOf<'_>> = if members.is_empty() { None } else { Some(&of_members) };
        let prior = PriorToPool { work: self, at, layer };
        let known = self.settled.and_then(|settled| settled.limit(layer, year));
        let room = self.settled.map_or(0, |settled| match known {
            // How many groups there are is not known before.
            None if limited.limit.per.is_some() => room_of_one(usize::MAX, settled.room_of_all),
            _ => settled.room,
        });
        let before = (self.columns, &prior as &dyn Prior);
        let (groups, failed) =
            limited.sums((year, first_row), (&due, of_members), before, turns.as_deref(), (known, room));
        sums.limits.extend(groups.into_iter().map(|(group, sums)| ((layer, year, group), sums)));
        self.fail_limits((layer, at), failed);
        self.gathered_faults(layer);
    }

    fn sum_pool(&mut self, number: PoolIndex, (year, first_row): (u16, u64), sums: &mut Sums) {
        let Some(pool) = self.policy.pool(number) else { return };
        let Some(layer) = pool.layer.map(LayerIndex::number) else { return };
        let at = self.years.binary_search(&year).unwrap_or_default();
        let names = |class: &Class| {
            class.funding.get(layer).and_then(Option::as_ref).and_then(|rule| rule.kind.pool()) == Some(number)
        };
        let classes = self.policy.classes().iter().enumerate();
        let classes: Vec<usize> =
            classes.filter(|(class, data)| names(data) && self.has_rows(*class, at)).map(|(class, _)| class).collect();
        let (rows, complete) = self.pool_rows(&classes, (at, layer));
        let members = self.members_of(pool, rows, at);
        let prior = PriorToPool { work: self, at, layer };
        let known = self.settled.and_then(|settled| Some((settled.pool(number, year)?, settled.room)));
        let found = if let Some(known) = known {
            attempt(pool, year, self.columns, &members, &prior, known)
        } else {
            let asked = is_left_read(self.policy, number);
            weigh(pool, year, self.columns, &members, &prior, (first_row, asked))
        };
        match found {
            Ok(groups) => {
                let keyed = groups.into_iter().map(|(group, sums)| ((number.number(), year, group), sums));
                sums.pools.extend(keyed);
            }
            Err(faults) => self.pool_faults(&members, faults, complete, (at, layer)),
        }
    }
}
