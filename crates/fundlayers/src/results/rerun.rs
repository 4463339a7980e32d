//! One roster under one policy after another: what does not change from one to the next is not made again.

use std::sync::Arc;

use crate::engine::fit::Grouped;
use crate::engine::roster::Roster;
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::results::settlement::Settlement;
use crate::results::totals::{Grouping, Tally, Totals, WideSum};

/// Computes one roster under one policy after another, for totals by the same columns.
pub(crate) struct Rerun<'a> {
    roster: &'a Roster,
    by: &'a [Grouping],
    grouped: Option<Arc<Grouped>>,
    tally: Option<Arc<Tally>>,
}

impl<'a> Rerun<'a> {
    pub(crate) const fn new(roster: &'a Roster, by: &'a [Grouping]) -> Self {
        Self { roster, by, grouped: None, tally: None }
    }

    /// The allocation of some years; of a part of a roster under what was settled for all of it and the policy.
    pub(crate) fn allocation(
        &mut self,
        policy: &Policy,
        years: &[u16],
        settlement: Option<&Settlement>,
    ) -> Result<(Allocation, Problems), Problems> {
        Allocation::computed(policy, self.roster, years, &mut self.grouped, settlement)
    }

    /// Totals of some years of a policy (none: all), with a row for every group that is live. Their counts are not to be used.
    pub(crate) fn totals(&mut self, policy: &Policy, years: Option<&[u16]>) -> Result<(Totals, Problems), Problems> {
        let all: Vec<u16>;
        let years = if let Some(years) = years {
            years
        } else {
            all = policy.years().collect();
            &all
        };
        let (allocation, warnings) = self.allocation(policy, years, None)?;
        let tally = self.tally(&allocation);
        Ok((allocation.amounts_by(self.by, &tally)?, warnings))
    }

    /// The same totals of an allocation that it made, not yet held to 64 bits.
    pub(crate) fn wide_sums(&mut self, allocation: &Allocation) -> Vec<WideSum> {
        let tally = self.tally(allocation);
        allocation.wide_amounts_by(self.by, &tally)
    }

    /// The same totals of an allocation that was made.
    pub(crate) fn totals_of(allocation: &Allocation, by: &[Grouping]) -> Result<Totals, Problems> {
        allocation.amounts_by(by, &Arc::new(Tally::new(allocation, by)))
    }

    fn tally(&mut self, allocation: &Allocation) -> Arc<Tally> {
        let known = self.tally.take().filter(|tally| tally.serves(allocation, self.by));
        Arc::clone(self.tally.insert(known.unwrap_or_else(|| Arc::new(Tally::new(allocation, self.by)))))
    }
}
