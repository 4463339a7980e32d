//! The allocation: an amount for each recipient × year × layer.
//!
//! Laws that hold of every allocation, each tested:
//!
//! - every total is the sum of its rows, exactly;
//! - the order of the roster's rows changes no amount;
//! - a row of count n has the same amount as n rows alike;
//! - a rule rounds once: its amount is less than one rounding step away from the exact one;
//! - a top-up reaches its standard exactly wherever the counted layers stay below it;
//! - the parts of a pool add up to the pool, and lie within its floor and cap;
//! - no amount is below 0, but in a layer whose sign is any.

use std::sync::Arc;

use crate::engine::arrived::Arrived;
use crate::engine::compute::compute;
use crate::engine::fit::{Grouped, alike};
use crate::engine::roster::Roster;
use crate::engine::store::AllocationData;
use crate::ground::catalogue::ground as common;
use crate::ground::ids::{LayerIndex, RowIndex};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::{Class, Layer, Policy};
use crate::results::amounts::Amounts;
use crate::results::settlement::Settlement;
use crate::roster::Recipient;

/// What a policy gives to the places of a roster. Cheap to clone; never changes.
///
/// ```
/// use fundlayers::{Allocation, Amount, Policy, RosterBuilder, RowBuilder, Unit, roster::Cell};
/// let policy: Policy = serde_json::from_str(r#"{
///   "id": "example", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
///   "layers": [{ "id": "city", "payer": "city" }, { "id": "county", "payer": "county" }], "payers": { "city": {} },
///   "classes": [{ "id": "all", "standard": 600, "funding": { "city": 300, "county": { "top_up_to": "standard" } } }]
/// }"#)?;
/// let mut builder = RosterBuilder::new(&policy, &[("name", None), ("county", None)]);
/// builder.push_row(None, &[Cell::Text("黄堡镇"), Cell::Text("王益区")]);
/// let (roster, _) = builder.finish()?;
/// let (allocation, warnings) = Allocation::new(&policy, &roster)?;
/// assert!(warnings.is_empty());
/// assert_eq!(allocation.get("黄堡镇", 2024, "county")?, Some(Amount::parse("300", Unit::Wan)?));
/// let county: Vec<_> = allocation.lines().filter(|line| line.layer().id == "county").collect();
/// assert_eq!((county.len(), county[0].payer()), (2, "王益区"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Allocation(pub(crate) Arc<AllocationData>);

impl Roster {
    /// Checks the roster against a policy: every live row has one class, no id is funded twice in a year, places are as many as
    /// the document says, and every amount can be computed. Gives the warnings.
    ///
    /// # Errors
    ///
    /// Every problem of every row at once, as [`Allocation::new`].
    pub fn check(&self, policy: &Policy) -> Result<Problems, Problems> {
        Allocation::new(policy, self).map(|(_, warnings)| warnings)
    }
}

impl Allocation {
    /// Computes every year of the policy.
    ///
    /// # Errors
    ///
    /// Every problem at once: rows without a class or with several, blank attributes, amounts below 0 or too large,
    /// pools that cannot be shared out. Warnings come with the allocation.
    pub fn new(policy: &Policy, roster: &Roster) -> Result<(Self, Problems), Problems> {
        Self::for_years(policy, roster, &policy.years().collect::<Vec<_>>())
    }

    /// Computes some years of the policy.
    ///
    /// # Errors
    ///
    /// As [`Allocation::new`], and [`Code::YearOutsidePolicy`].
    pub fn for_years(policy: &Policy, roster: &Roster, years: &[u16]) -> Result<(Self, Problems), Problems> {
        Self::computed(policy, roster, years, &mut None, None)
    }

    /// As [`Allocation::for_years`], with the groups of an earlier policy where they are the same; under what was settled for it.
    pub(crate) fn computed(
        policy: &Policy,
        roster: &Roster,
        years: &[u16],
        known: &mut Option<Arc<Grouped>>,
        settlement: Option<&Settlement>,
    ) -> Result<(Self, Problems), Problems> {
        let chosen = years_of(policy, years)?;
        let settled = settlement.map(Settlement::known);
        let (groups, warnings) = match known.as_ref().filter(|known| alike(&known.policy, policy)) {
            Some(known) => known.of(policy),
            None => known.insert(roster.grouped(policy, settled.map(|settled| &**settled))?).of(policy),
        };
        let (data, warnings) = compute(policy, roster, (groups, warnings), &chosen, None, settled)?;
        Ok((Self(Arc::new(data)), warnings))
    }

    /// The same rows where top-ups count what arrived: without warnings, which are those of the allocation itself.
    pub(crate) fn receiving(&self, arrived: Arrived) -> Result<Self, Problems> {
        let groups = (Arc::clone(&self.0.groups), Problems::new());
        let settled = self.0.settled.as_ref();
        let arrived = Arc::new(arrived);
        let (data, _) = compute(self.policy(), self.roster(), groups, self.years(), Some(&arrived), settled)?;
        Ok(Self(Arc::new(data)))
    }

    /// Computes a part of a roster under what was settled for all of it, for the years for which it was: what the same rows get
    /// in an allocation of the whole. What is odd of pools as a whole, [`Settlement::warnings`] says.
    ///
    /// # Errors
    ///
    /// As [`Allocation::new`]; [`Code::UnlikeSummaries`] if another policy was settled, or other rows.
    pub fn settled(policy: &Policy, roster: &Roster, settlement: &Settlement) -> Result<(Self, Problems), Problems> {
        settlement.check(policy)?;
        Self::computed(policy, roster, settlement.years(), &mut None, Some(settlement))
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// The roster.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.0.roster
    }

    /// The computed years, ascending.
    #[must_use]
    pub fn years(&self) -> &[u16] {
        &self.0.years
    }

    /// The class that serves a row; none if the row is never live, or there is none of that number.
    #[must_use]
    pub fn class(&self, row: RowIndex) -> Option<&Class> {
        self.class_of(row.number())
    }

    pub(crate) fn class_of(&self, row: usize) -> Option<&Class> {
        self.0.policy.classes().get(self.0.group(row)?.class?)
    }

    /// Whether a row is live in a computed year.
    #[must_use]
    pub fn is_live(&self, row: RowIndex, year: u16) -> bool {
        self.lives(row.number(), year)
    }

    pub(crate) fn lives(&self, row: usize, year: u16) -> bool {
        self.0.years.contains(&year) && self.0.group(row).is_some_and(|group| group.is_live(year))
    }

    /// Whether every row is live in every computed year.
    pub(crate) fn all_live(&self) -> bool {
        self.0.groups.list.iter().all(|group| self.0.years.iter().all(|year| group.is_live(*year)))
    }

    /// What a whole row gets (all its `count` places) in a year from a layer: 0 from a layer that its class does not list,
    /// and nothing outside the computed years, where it is not live, or where there is no such row or layer. By names:
    /// [`Allocation::get`].
    #[must_use]
    pub fn amount(&self, row: RowIndex, year: u16, layer: LayerIndex) -> Option<Amount> {
        let at = self.0.years.binary_search(&year).ok()?;
        self.0.policy.layers().get(layer.number())?;
        self.lives(row.number(), year).then(|| Amount::from_fen(self.0.row_fen(row.number(), at, layer.number())))
    }

    /// The rows of the long table that are not zero: in roster order, then year, then layer.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.all_lines().filter(|line| !line.amount.is_zero())
    }

    /// The rows of the long table: every layer of every live year.
    pub fn all_lines(&self) -> impl Iterator<Item = Line<'_>> {
        let layers = self.0.policy.layers().len();
        self.0.roster.iter().flat_map(move |recipient| {
            let live =
                self.0.years.iter().enumerate().filter(move |(_, year)| self.lives(recipient.row().number(), **year));
            live.flat_map(move |(year, _)| {
                (0..layers).map(move |layer| {
                    let amount = Amount::from_fen(self.0.row_fen(recipient.row().number(), year, layer));
                    Line { allocation: self, recipient, year, layer, amount }
                })
            })
        })
    }

    /// Every amount at once, in one block. What an analyst's tool wants; totals do not need it.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        Amounts::new(&self.0)
    }
}

/// Years of a policy, ascending and each once.
pub(crate) fn years_of(policy: &Policy, years: &[u16]) -> Result<Vec<u16>, Problems> {
    let mut chosen = years.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    let outside = chosen.iter().filter(|year| !policy.years().contains(year));
    let problems: Problems = outside
        .map(|year| {
            let message = common::POLICY_COVERS.with(&[policy.years().start(), policy.years().end()]);
            Problem::new(Code::YearOutsidePolicy, message).found(year.to_string())
        })
        .collect();
    if problems.is_empty() { Ok(chosen) } else { Err(problems) }
}

impl std::fmt::Debug for Allocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allocation")
            .field("policy", &self.0.policy.id())
            .field("years", &self.0.years)
            .finish_non_exhaustive()
    }
}

/// A row of the long table: what a recipient gets in a year from a layer.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    allocation: &'a Allocation,
    recipient: Recipient<'a>,
    year: usize,
    layer: usize,
    amount: Amount,
}

impl<'a> Line<'a> {
    /// The row of the roster.
    #[must_use]
    pub const fn recipient(self) -> Recipient<'a> {
        self.recipient
    }

    /// The class that serves it.
    #[must_use]
    pub fn class(self) -> &'a str {
        self.allocation.class(self.recipient.row()).map_or("", |class| class.id.as_str())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.allocation.0.years.get(self.year).copied().sure()
    }

    /// The layer.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a line is made only from a layer's index")]
    pub fn layer(self) -> &'a Layer {
        &self.allocation.0.policy.layers()[self.layer]
    }

    /// Who answers for it: the body's id, or the recipient's county or what its attribute says, blank if it has none.
    #[must_use]
    pub fn payer(self) -> &'a str {
        self.allocation.0.payer(self.recipient.row().number(), self.layer())
    }

    /// The amount of the whole row, all its places.
    #[must_use]
    pub const fn amount(self) -> Amount {
        self.amount
    }
}

impl std::fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line")
            .field("id", &self.recipient.id())
            .field("year", &self.year())
            .field("layer", &self.layer().id)
            .field("amount", &self.amount)
            .finish()
    }
}
