//! What part of the planned money each category has, beside what the policy asks for.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;

use super::planning::{CategoryName, Planning};
use super::totals::{Groups, not_grouped};
use super::{ProjectGrouping, ProjectList};
use crate::ground::money::Amount;
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::policy::ProjectShare;
use crate::results::tables::overflow;
use crate::results::totals::{Codes, Grouping};
use crate::tables::table::Percent;

/// The shares of categories, by some grouping.
#[derive(Clone)]
pub struct Shares {
    planning: Planning,
    pub(super) groups: Arc<Groups>,
    pub(super) rows: Vec<Row>,
}

/// A category in a group.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) codes: Codes,
    pub(super) category: usize,
    pub(super) planned: Amount,
    pub(super) total: Amount,
    /// The ratio in lowest terms; none where nothing is planned.
    pub(super) ratio: Option<String>,
}

impl Planning {
    /// The share of each category in what is planned, by some grouping: the planned amount of the category ÷ that of all. A
    /// category of which the policy asks for a share is there in every group, even without a project.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownKey`](crate::Code::UnknownKey) if the grouping names the category, which has a row of its own in any
    /// case; [`Code::Overflow`](crate::Code::Overflow) of a sum.
    pub fn shares(&self, by: &[ProjectGrouping]) -> Result<Shares, Problems> {
        let mut plain: Vec<Grouping> = Vec::new();
        for by in by {
            match by {
                ProjectGrouping::By(grouping) => plain.push(*grouping),
                ProjectGrouping::Category => return Err(not_grouped(ProjectList::Shares.as_str()).into()),
            }
        }
        let groups = Groups::new(self, &plain)?;
        let asked: Vec<usize> = self.asked().iter().map(|share| share.category).collect();
        let mut sums: HashMap<Codes, HashMap<usize, i128>> = HashMap::new();
        for (number, of) in self.0.matched.iter().enumerate() {
            let Some(of) = *of else { continue };
            let group = sums.entry(groups.codes(self, of)).or_insert_with(|| asked.iter().map(|of| (*of, 0)).collect());
            let sum = group.entry(self.category(number)).or_default();
            *sum = sum.saturating_add(self.projects().row(number).amount().fen().into());
        }
        let mut rows = Vec::new();
        for (codes, of_group) in sums {
            let total = of_group.values().fold(0_i128, |total, sum| total.saturating_add(*sum));
            let amount = |sum: i128| i64::try_from(sum).map(Amount::from_fen).map_err(|_| overflow());
            for (category, sum) in of_group {
                let ratio = (total > 0).then(|| lowest_terms(sum, total));
                rows.push(Row { codes, category, planned: amount(sum)?, total: amount(total)?, ratio });
            }
        }
        rows.sort_by_cached_key(|row| (groups.ranks(&row.codes), row.category));
        Ok(Shares { planning: self.clone(), groups: Arc::new(groups), rows })
    }

    /// What the policy asks for.
    pub(super) fn asked(&self) -> &[ProjectShare] {
        self.allocation().policy().projects().map(|rules| rules.shares.as_slice()).unwrap_or_default()
    }
}

fn lowest_terms(part: i128, whole: i128) -> String {
    let (mut a, mut b) = (part.unsigned_abs(), whole.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).sure());
    }
    let divisor = i128::try_from(a).unwrap_or(1).max(1);
    let [part, whole] = [part, whole].map(|number| number.checked_div(divisor).sure());
    if whole == 1 { part.to_string() } else { format!("{part}/{whole}") }
}

impl Shares {
    /// The register beside its allocation.
    #[must_use]
    pub fn planning(&self) -> &Planning {
        &self.planning
    }

    /// What they are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.groups.by()
    }

    /// Whether any category is declared or named.
    pub(crate) fn has_categories(&self) -> bool {
        !self.planning.asked().is_empty() || self.iter().any(|share| !share.category().is_empty())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The shares in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Share<'_>> {
        self.rows.iter().map(|row| Share { shares: self, row })
    }
}

impl fmt::Debug for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shares").field("by", &self.by()).field("len", &self.len()).finish_non_exhaustive()
    }
}

/// The share of a category in a group.
#[derive(Clone, Copy)]
pub struct Share<'a> {
    pub(super) shares: &'a Shares,
    pub(super) row: &'a Row,
}

impl<'a> Share<'a> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(self, by: usize) -> String {
        if self.shares.by().get(by) == Some(&Grouping::Year) {
            return self.shares.groups.year(&self.row.codes, by).to_string();
        }
        self.shares.groups.text(&self.row.codes, by).to_owned()
    }

    /// The category: the id of a declared one, else as written.
    #[must_use]
    pub fn category(self) -> &'a str {
        self.name().map_or("", |category| category.id.as_str())
    }

    pub(super) fn name(self) -> Option<&'a CategoryName> {
        self.shares.planning.0.categories.get(self.row.category)
    }

    /// What is planned in the category.
    #[must_use]
    pub const fn planned(self) -> Amount {
        self.row.planned
    }

    /// What is planned in all.
    #[must_use]
    pub const fn total(self) -> Amount {
        self.row.total
    }

    /// The share in percent, two decimals half-up; none where nothing is planned.
    #[must_use]
    pub fn share(self) -> Option<Percent> {
        Percent::of(self.planned(), self.total())
    }

    /// The share as a fraction in lowest terms, `3/5`; none where nothing is planned.
    #[must_use]
    pub fn ratio(self) -> Option<&'a str> {
        self.row.ratio.as_deref()
    }

    pub(super) fn asked(self) -> Option<&'a ProjectShare> {
        self.shares.planning.asked().iter().find(|share| share.category == self.row.category)
    }

    /// The least share that the policy asks for, as its file has it.
    #[must_use]
    pub fn at_least(self) -> Option<&'a str> {
        self.asked()?.at_least.as_ref().map(|ratio| ratio.text.as_str())
    }

    /// The largest share that the policy allows, as its file has it.
    #[must_use]
    pub fn at_most(self) -> Option<&'a str> {
        self.asked()?.at_most.as_ref().map(|ratio| ratio.text.as_str())
    }

    /// Whether the share is what the policy asks for, bounds included, compared exactly; none where it asks for nothing or
    /// nothing is planned.
    #[must_use]
    pub fn met(self) -> Option<bool> {
        let asked = self.asked()?;
        if self.total().is_zero() {
            return None;
        }
        Some(asked.holds(self.planned(), self.total()))
    }
}

impl fmt::Debug for Share<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share").field("row", &self.row).field("met", &self.met()).finish_non_exhaustive()
    }
}
