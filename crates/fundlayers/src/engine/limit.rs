//! What the limit of a layer leaves of its claims of a year, before later layers read them.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::engine::claims::{Claimants, IdOrder, Pieces};
use crate::engine::fit::Groups;
use crate::engine::payers::paying_column;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::ids::index;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem};
use crate::math::claims::Measure;
use crate::policy::path::{join, join_id};
use crate::policy::{LayerLimit, LimitGroup, Payer, Policy, Subject};
use crate::roster::Places;

/// A limit as it was applied to the places of a group that claim something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied {
    /// The group, by the code that [`Limited::group`] gives its rows.
    pub(crate) group: u32,
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
                let group = self.groups.of_row(self.roster).get(row);
                let class = group.and_then(|group| self.groups.list.get(index(*group))?.class);
                class.and_then(|class| u32::try_from(class).ok()).unwrap_or_default()
            }
            // All places are one; numbers are no groups.
            None | Some(LimitGroup::Text(_)) => 0,
        }
    }

    /// What there is in a year for the group of a row, rounded down to the step: a value without a place.
    pub(crate) fn amount(&self, year: u16, _row: usize) -> Amount {
        let step = BigInt::from(self.step());
        let steps = self.limit.amount.at(year).map_or(BigInt::ZERO, |amount| {
            let fen = BigInt::from(amount.mantissa()) * self.policy.unit().fen();
            fen / (BigInt::from(10).pow(amount.scale()) * &step)
        });
        // No claims are more than fit.
        let most = Amount::MAX.fen().checked_div(self.step()).unwrap_or_default();
        let steps = steps.to_i64().map_or(most, |steps| steps.min(most));
        Amount::from_fen(steps.saturating_mul(self.step()))
    }

    /// Cuts claims to the limits of a year. `due` is what one place of each row is due; `members` says what the members of a
    /// row are, where they are not all due the same.
    pub(crate) fn cut(
        &self,
        year: u16,
        due: &[i64],
        members: Option<&dyn Fn(u32) -> Option<Pieces>>,
        (turns, order): (Option<&[u32]>, &mut Option<IdOrder>),
    ) -> Result<(Vec<Applied>, Option<Cut>), Problem> {
        let (mut applied, mut column, mut differing) = (Vec::new(), None, Vec::new());
        for (group, first, rows) in self.rows_by_group(due, members) {
            let claimants = Claimants::new((self.roster, self.groups), self.step(), due, rows, members);
            let Some(claim) = claimants.total() else {
                let id = self.policy.layers().get(self.layer).map_or("", |layer| layer.id.as_str());
                let problem = Problem::new(Code::Overflow, words::CLAIMS_TOO_LARGE.with(&[&id, &year]));
                return Err(problem.expected(common::CHECK_UNITS).key(join(&join_id("layers", id), "limit")));
            };
            if claim.is_zero() {
                continue;
            }
            let limit = self.amount(year, first);
            let mut measure = Measure::Met;
            if claim > limit {
                let order = order.get_or_insert_with(|| IdOrder::new(self.roster));
                let awards = claimants.settle(limit, &self.limit.rule, turns, order);
                measure = awards.measure;
                differing.extend(claimants.hand_out(&awards, &mut column));
            }
            applied.push(Applied { group, limit, claim, measure });
        }
        Ok((applied, column.map(|amounts| Cut { amounts, differing })))
    }

    /// Each group with its first row and those of its rows that may claim something; none: all rows.
    fn rows_by_group(
        &self,
        due: &[i64],
        members: Option<&dyn Fn(u32) -> Option<Pieces>>,
    ) -> Vec<(u32, usize, Option<Vec<u32>>)> {
        if self.limit.per.is_none() {
            return vec![(0, 0, None)];
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for (row, fen) in (0_u32..).zip(due) {
            if *fen == 0 && members.is_none_or(|members| members(row).is_none()) {
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
        let first = |rows: &[u32]| rows.first().map(|row| index(*row));
        let groups = (0_u32..).zip(groups);
        groups.filter_map(|(group, rows)| Some((group, first(&rows)?, Some(rows)))).collect()
    }
}
