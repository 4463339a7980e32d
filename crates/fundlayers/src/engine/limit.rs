//! What the limit of a layer leaves of its claims of a year, before later layers read them.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use crate::engine::claims::{Claimants, IdOrder, Pieces};
use crate::engine::columns::Columns;
use crate::engine::faults::Fault;
use crate::engine::fit::Groups;
use crate::engine::payers::paying_column;
use crate::engine::pool::{Prior, left_for};
use crate::engine::settle::claims::{ClaimSums, Claimed};
use crate::engine::settle::limits::{LimitOfGroup, LimitOfYear, LimitSums, not_settled, path, too_large};
use crate::engine::settle::text::Text;
use crate::ground::catalogue::engine as faults;
use crate::ground::fraction::rational;
use crate::ground::ids::{PoolIndex, index};
use crate::ground::message::Message;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem};
use crate::ground::sure::Sure;
use crate::math::claims::Measure;
use crate::policy::path::join;
use crate::policy::{LayerLimit, LimitGroup, Payer, Policy, Subject, Value};
use crate::roster::Places;

/// A limit as it was applied to the places of a group that claim something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied {
    /// The group, by the code that [`Limited::group`] gives its rows.
    pub(crate) group: u32,
    /// One of its rows.
    pub(crate) row: usize,
    /// Rounded down to the step.
    pub(crate) limit: Amount,
    /// All claims to it.
    pub(crate) claim: Amount,
    pub(crate) measure: Measure,
}

/// What claims are cut to.
pub(crate) struct Cut {
    /// Fen of one place by row; of a row whose members differ, of the last of them.
    pub(crate) amounts: Vec<i64>,
    /// The rows whose members differ.
    pub(crate) differing: Vec<(u32, Pieces)>,
}

/// What the members of a row are due, where they are not all due the same.
pub(crate) type MembersOf<'a> = &'a dyn Fn(u32) -> Option<Pieces>;

/// What is wrong with the limit of a group.
pub(crate) enum LimitFault {
    /// Its amount cannot be worked out.
    Amount(Fault),
    /// It is below 0, or its claims are too large.
    Limit(Problem),
}

/// The limits of a layer in a year: as they were applied, what claims are cut to, and the groups of which that is not known.
pub(crate) struct Outcome {
    pub(crate) applied: Vec<Applied>,
    pub(crate) cut: Option<Cut>,
    pub(crate) failed: Vec<Failed>,
}

/// A group of which it is not known what its limit leaves.
pub(crate) struct Failed {
    /// The rows that may claim something; who claims nothing gets nothing for sure.
    pub(crate) rows: Vec<u32>,
    /// The first of them.
    pub(crate) first: usize,
    pub(crate) faults: Vec<LimitFault>,
}

/// A layer with a limit, over the rows of a roster.
#[derive(Clone, Copy)]
pub(crate) struct Limited<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) roster: &'a Places,
    pub(crate) groups: &'a Groups,
    /// The layer, by index.
    pub(crate) layer: usize,
    pub(crate) limit: &'a LayerLimit,
}

impl<'a> Limited<'a> {
    /// None of a layer without a limit.
    pub(crate) fn new(policy: &'a Policy, roster: &'a Places, groups: &'a Groups, layer: usize) -> Option<Self> {
        let limit = policy.layers().get(layer)?.limit.as_ref()?;
        Some(Self { policy, roster, groups, layer, limit })
    }

    fn payer(&self) -> Option<Payer> {
        self.policy.layers().get(self.layer).map(|layer| layer.payer)
    }

    fn step(&self) -> i64 {
        self.policy.layers().get(self.layer).map_or(1, |layer| layer.rounding.step().fen())
    }

    /// The group of a row: rows of one code share a limit.
    pub(crate) fn group(&self, row: usize) -> u32 {
        let text = |payer: Payer| paying_column(self.policy, self.roster, payer).map_or(0, |column| column.code(row));
        let shape = || self.roster.shape(row);
        match self.limit.per {
            Some(LimitGroup::Payer) => self.payer().map_or(0, text),
            Some(LimitGroup::Text(Subject::Attribute(attribute))) => text(Payer::Attribute(attribute)),
            Some(LimitGroup::Text(Subject::County)) => self.roster.county_column().code(row),
            Some(LimitGroup::Text(Subject::Township)) => self.roster.township_column().code(row),
            Some(LimitGroup::Text(Subject::Kind)) => shape().map_or(0, |shape| shape.kind),
            Some(LimitGroup::Text(Subject::Designation)) => shape().map_or(0, |shape| shape.designation),
            Some(LimitGroup::Text(Subject::Class)) => {
                self.class(row).and_then(|class| u32::try_from(class).ok()).sure()
            }
            // All places are one; numbers are no groups.
            None | Some(LimitGroup::Text(_)) => 0,
        }
    }

    /// None of a row that is never live.
    fn class(&self, row: usize) -> Option<usize> {
        let group = self.groups.of_row(self.roster).get(row)?;
        self.groups.list.get(index(*group))?.class
    }

    /// In what the places of a group agree; none where all of them are one group.
    fn key(&self) -> Option<Subject> {
        self.limit.per?.subject(self.payer())
    }

    /// What is left of the pools that the amount reads, in the policy's unit: of the same group, or of all of theirs.
    pub(crate) fn left(&self, group: u32, prior: &dyn Prior) -> Option<Vec<(PoolIndex, BigRational)>> {
        left_for(&self.limit.amount, self.key().map(|_| group), self.policy, prior)
    }

    /// What there is in a year for a group, of which a place is given, in fen and rounded down to the step. Whatever is more
    /// than all claims can be stands for no limit.
    pub(crate) fn amount(
        &self,
        year: u16,
        group: u32,
        place: (usize, u64),
        prior: &dyn Prior,
    ) -> Result<Amount, Vec<Fault>> {
        let number = match &self.limit.amount {
            Value::Number(number) => number.at(year).map(|number| rational(*number)).unwrap_or_default(),
            value => {
                let left = self.left(group, prior).ok_or_else(|| vec![Fault::Unknown])?;
                prior.value_of_group(value, place, &left)?
            }
        };
        let fen = number.numer() * self.policy.unit().fen();
        let steps = fen / (number.denom() * BigInt::from(self.step()));
        let most = Amount::MAX.fen().checked_div(self.step()).sure();
        let in_fen = |steps: i64| Amount::from_fen(steps.saturating_mul(self.step()));
        if steps.is_negative() {
            let steps = steps.to_i64().map_or(most.saturating_neg(), |steps| steps.max(most.saturating_neg()));
            return Err(vec![Fault::Negative(in_fen(steps))]);
        }
        // No claims are more than fit.
        Ok(in_fen(steps.to_i64().map_or(most, |steps| steps.min(most))))
    }

    /// Cuts claims to the limits of a year. `due` is what one place of each row is due; `members` says what the members of a
    /// row are, where they are not all due the same. The claims of a group with a row that is `lost` are not known. Where the
    /// roster is a part of one, it is `settled` what all parts claim.
    pub(crate) fn cut(
        &self,
        year: u16,
        (due, members): (&[i64], Option<MembersOf<'_>>),
        lost: &[u32],
        (columns, prior): (&Columns<'_>, &dyn Prior),
        (turns, order): (Option<&[u32]>, &mut Option<IdOrder>),
        settled: Option<&LimitOfYear>,
    ) -> Outcome {
        let (mut applied, mut column, mut differing) = (Vec::new(), None, Vec::new());
        let names = settled.map(|_| self.names(columns)).unwrap_or_default();
        if let Some(settled) = settled {
            // Also where the places of this part claim nothing.
            let known = names.iter().filter_map(|(group, (row, name))| {
                let known = settled.group(name)?;
                let measure = known.claimed.as_ref().map_or(Measure::Met, Claimed::measure);
                let [limit, claim] = [known.limit.0, known.claim.0].map(Amount::from_fen);
                Some(Applied { group: *group, row: *row, limit, claim, measure })
            });
            applied.extend(known);
        }
        let mut failed: Vec<Failed> = Vec::new();
        let mut of_group: HashMap<u32, usize> = HashMap::new();
        let lost_groups: Vec<u32> = lost.iter().map(|row| self.group(index(*row))).collect();
        for (group, rows) in self.rows_by_group(due, members, lost) {
            let row = rows.as_ref().map_or_else(
                || claiming(due, members, lost).next().map_or(0, index),
                |rows| rows.first().map(|row| index(*row)).unwrap_or_default(),
            );
            let claimants = Claimants::new((self.roster, self.groups), self.step(), due, rows, members);
            let is_lost = lost_groups.contains(&group);
            let claim = claimants.total();
            if !is_lost && claim.is_some_and(Amount::is_zero) {
                continue;
            }
            if let Some(settled) = settled.filter(|_| !is_lost) {
                let name = names.get(&group).map_or("", |(_, name)| name);
                let Some(known) = settled.group(name) else {
                    let fault = LimitFault::Limit(not_settled(self.policy, (self.layer, year), name));
                    of_group.insert(group, failed.len());
                    failed.push(Failed { rows: Vec::new(), first: row, faults: vec![fault] });
                    continue;
                };
                if let Some(claimed) = &known.claimed {
                    let awards = claimed.awards(claimants.iter(turns));
                    differing.extend(claimants.hand_out(awards, &mut column));
                }
                continue;
            }
            let limit = self.limit(year, (group, row), (columns, prior));
            let (limit, claim) = match (limit, claim) {
                (Ok(limit), Some(claim)) if !is_lost => (limit, claim),
                (limit, claim) => {
                    let mut faults = limit.err().unwrap_or_default();
                    if !is_lost && claim.is_none() {
                        faults.push(LimitFault::Limit(too_large(self.policy, self.layer, year)));
                    }
                    of_group.insert(group, failed.len());
                    failed.push(Failed { rows: Vec::new(), first: row, faults });
                    continue;
                }
            };
            let mut measure = Measure::Met;
            if claim > limit {
                let order = order.get_or_insert_with(|| IdOrder::new(self.roster));
                let awards = claimants.settle(limit, &self.limit.rule, turns, order);
                measure = awards.measure;
                differing.extend(claimants.hand_out(awards, &mut column));
            }
            applied.push(Applied { group, row, limit, claim, measure });
        }
        if !failed.is_empty() {
            for row in claiming(due, members, lost) {
                let at = of_group.get(&self.group(index(row)));
                if let Some(failed) = at.and_then(|at| failed.get_mut(*at)) {
                    failed.rows.push(row);
                }
            }
        }
        Outcome { applied, cut: column.map(|amounts| Cut { amounts, differing }), failed }
    }

    /// What the claims of a part add to a pass over all parts, by what the places of a group agree in; so many rows stand before
    /// it. What of it is `known` is summed further, with so much kept of each group.
    pub(crate) fn sums(
        &self,
        (year, first_row): (u16, u64),
        (due, members): (&[i64], Option<MembersOf<'_>>),
        (columns, prior): (&Columns<'_>, &dyn Prior),
        turns: Option<&[u32]>,
        (known, room): (Option<&LimitOfYear>, usize),
    ) -> (BTreeMap<String, LimitSums>, Vec<Failed>) {
        let (mut sums, mut failed) = (BTreeMap::new(), Vec::new());
        for (group, rows) in self.rows_by_group(due, members, &[]) {
            let row = rows.as_ref().map_or_else(
                || claiming(due, members, &[]).next().map_or(0, index),
                |rows| rows.first().map(|row| index(*row)).unwrap_or_default(),
            );
            let name = self.name(columns, (group, row));
            let claimants = Claimants::new((self.roster, self.groups), self.step(), due, rows, members);
            let claim = claimants.steps();
            let of_group = known.and_then(|known| known.group(name));
            let is_over = known.is_some() && of_group.is_none_or(LimitOfGroup::is_known);
            if claim == 0 || is_over {
                continue;
            }
            let (limit, claims) = match of_group {
                Some(LimitOfGroup { limit, claimed: Some(claimed), .. }) => {
                    (*limit, claimed.sums(claimants.iter(turns), room))
                }
                _ => match self.limit(year, (group, row), (columns, prior)) {
                    Ok(limit) => (Text(limit.fen()), ClaimSums::new(claimants.iter(turns), &self.limit.rule, room)),
                    Err(faults) => {
                        failed.push(Failed { rows: Vec::new(), first: row, faults });
                        continue;
                    }
                },
            };
            let first = first_row.saturating_add(u64::try_from(row).unwrap_or(u64::MAX));
            sums.insert(name.to_owned(), LimitSums { first, limit, claim: Text(claim), claims });
        }
        (sums, failed)
    }

    /// What there is for a group, or what is wrong with that.
    fn limit(
        &self,
        year: u16,
        (group, row): (u32, usize),
        (columns, prior): (&Columns<'_>, &dyn Prior),
    ) -> Result<Amount, Vec<LimitFault>> {
        self.amount(year, group, (row, 0), prior).map_err(|found| {
            let fault = |fault| match fault {
                Fault::Negative(amount) => LimitFault::Limit(self.below_zero(year, amount, columns, row)),
                fault => LimitFault::Amount(fault),
            };
            found.into_iter().map(fault).collect()
        })
    }

    /// In what the places of a group agree, of which a row is given; nothing where all of them are one.
    fn name<'c>(&self, columns: &Columns<'c>, (group, row): (u32, usize)) -> &'c str {
        match self.key() {
            Some(Subject::Class) => columns.policy.classes().get(index(group)).map_or("", |class| class.id.as_str()),
            Some(key) => columns.agreed(key, row, None),
            None => "",
        }
    }

    /// The groups of the rows that are live, each with the first of them and in what they agree.
    fn names<'c>(&self, columns: &Columns<'c>) -> BTreeMap<u32, (usize, &'c str)> {
        let mut names = BTreeMap::new();
        if self.limit.per.is_none() {
            return BTreeMap::from([(0, (0, ""))]);
        }
        for row in (0..self.roster.len()).filter(|row| self.class(*row).is_some()) {
            let group = self.group(row);
            names.entry(group).or_insert_with(|| (row, self.name(columns, (group, row))));
        }
        names
    }

    fn below_zero(&self, year: u16, amount: Amount, columns: &Columns<'_>, row: usize) -> Problem {
        let unit = self.policy.unit();
        let message: Message = faults::LIMIT_BELOW_ZERO.with(&[&year, &amount.in_unit(unit), &unit]);
        let message = match self.key() {
            Some(key) => faults::OF_GROUP.with(&[&columns.agreed(key, row, self.class(row)), &message]),
            None => message,
        };
        let path = join(&path(self.policy, self.layer), "amount");
        Problem::new(Code::NegativeAmount, message).expected(faults::FLOOR_IF_MEANT).key(path)
    }

    /// Each group with those of its rows that may claim something; none: all rows.
    fn rows_by_group(&self, due: &[i64], members: Option<MembersOf<'_>>, lost: &[u32]) -> Vec<(u32, Option<Vec<u32>>)> {
        if self.limit.per.is_none() {
            return vec![(0, None)];
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for (row, fen) in (0_u32..).zip(due) {
            if !may_claim((row, *fen), members, lost) {
                continue;
            }
            let group = index(self.group(index(row)));
            if groups.len() <= group {
                groups.resize_with(group.saturating_add(1), Vec::new);
            }
            if let Some(rows) = groups.get_mut(group) {
                rows.push(row);
            }
        }
        let groups = (0_u32..).zip(groups).filter(|(_, rows)| !rows.is_empty());
        groups.map(|(group, rows)| (group, Some(rows))).collect()
    }
}

/// Whether a row may claim something. `lost` ascends.
fn may_claim((row, fen): (u32, i64), members: Option<MembersOf<'_>>, lost: &[u32]) -> bool {
    fen != 0 || members.is_some_and(|members| members(row).is_some()) || lost.binary_search(&row).is_ok()
}

/// The rows that may claim something.
fn claiming<'a>(due: &'a [i64], members: Option<MembersOf<'a>>, lost: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let rows = (0_u32..).zip(due).filter(move |(row, fen)| may_claim((*row, **fen), members, lost));
    rows.map(|(row, _)| row)
}
