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
//! - no amount is below 0.

use std::sync::Arc;

use crate::classes::{Groups, alike, at, expected, group};
use crate::exact::{Fault, show};
use crate::program::{Cell, Dense};
use crate::roster::Recipient;
use crate::roster::column::index;
use crate::{Amount, Class, Code, Layer, Payer, Policy, Problem, Problems, Roster};

mod amounts;
pub(crate) mod compute;

pub use amounts::Amounts;

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
/// assert_eq!(allocation.amount(0, 2024, 1), Amount::parse("300", Unit::Wan)?);
/// let county: Vec<_> = allocation.lines().filter(|line| line.layer().id == "county").collect();
/// assert_eq!((county.len(), county[0].payer()), (2, "王益区"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Allocation(pub(crate) Arc<AllocationData>);

pub(crate) struct AllocationData {
    pub(crate) policy: Policy,
    pub(crate) roster: Roster,
    /// The computed years, ascending.
    pub(crate) years: Vec<u16>,
    pub(crate) groups: Arc<Groups>,
    /// Fen of one place by group × year × layer; 0 where the group is not live.
    pub(crate) cells: Vec<Cell>,
    pub(crate) dense: Vec<Arc<Dense>>,
    /// Counted rows whose members differ by a step, by row and year.
    pub(crate) split: Vec<Split>,
}

/// A counted row in a year in which its members do not all get the same.
#[derive(Debug, Clone)]
pub(crate) struct Split {
    pub(crate) row: u32,
    /// Index in the computed years.
    pub(crate) year: usize,
    /// How many members, and the fen of each by layer.
    pub(crate) segments: Vec<(u64, Vec<i64>)>,
}

impl Split {
    /// The fen of the whole row in a layer.
    pub(crate) fn total(&self, layer: usize) -> i64 {
        let part = |(members, fen): &(u64, Vec<i64>)| {
            i64::try_from(*members).unwrap_or_default().saturating_mul(fen.get(layer).copied().unwrap_or_default())
        };
        // Overflow was refused when the split was made.
        self.segments.iter().map(part).fold(0, i64::saturating_add)
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
        Self::computed(policy, roster, years, &mut None)
    }

    /// As [`Allocation::for_years`], with the groups of an earlier policy where they are the same.
    pub(crate) fn computed(
        policy: &Policy,
        roster: &Roster,
        years: &[u16],
        known: &mut Option<Grouped>,
    ) -> Result<(Self, Problems), Problems> {
        let mut chosen = years.to_vec();
        chosen.sort_unstable();
        chosen.dedup();
        let outside = chosen.iter().filter(|year| !policy.years().contains(year));
        let problems: Problems = outside
            .map(|year| {
                let message = format!("the policy covers {} to {}", policy.years().start(), policy.years().end());
                Problem::new(Code::YearOutsidePolicy, message).found(year.to_string())
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let (groups, warnings) = match known.as_ref().filter(|known| alike(&known.policy, policy)) {
            Some(known) => known.of(policy),
            None => known.insert(Grouped::new(policy, roster)?).of(policy),
        };
        compute::compute(policy, roster, (groups, warnings), &chosen, None)
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

    /// The class that serves a row; none if the row is never live.
    #[must_use]
    pub fn class(&self, row: usize) -> Option<&Class> {
        self.0.policy.classes().get(self.0.group(row)?.class?)
    }

    /// Whether a row is live in a computed year.
    #[must_use]
    pub fn is_live(&self, row: usize, year: u16) -> bool {
        self.0.years.contains(&year) && self.0.group(row).is_some_and(|group| group.is_live(year))
    }

    /// What a whole row gets (all its `count` places) in a year from a layer, by the layer's index; nothing outside the
    /// computed years.
    #[must_use]
    pub fn amount(&self, row: usize, year: u16, layer: usize) -> Amount {
        let Ok(year) = self.0.years.binary_search(&year) else { return Amount::ZERO };
        Amount::from_fen(self.0.row_fen(row, year, layer))
    }

    /// The rows of the long table that are not zero: in roster order, then year, then layer.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.all_lines().filter(|line| !line.amount.is_zero())
    }

    /// The rows of the long table: every layer of every live year.
    pub fn all_lines(&self) -> impl Iterator<Item = Line<'_>> {
        let layers = self.0.policy.layers().len();
        self.0.roster.iter().flat_map(move |recipient| {
            let live = self.0.years.iter().enumerate().filter(move |(_, year)| self.is_live(recipient.row(), **year));
            live.flat_map(move |(year, _)| {
                (0..layers).map(move |layer| {
                    let amount = Amount::from_fen(self.0.row_fen(recipient.row(), year, layer));
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

impl std::fmt::Debug for Allocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allocation")
            .field("policy", &self.0.policy.id())
            .field("years", &self.0.years)
            .finish_non_exhaustive()
    }
}

impl AllocationData {
    pub(crate) fn group(&self, row: usize) -> Option<crate::classes::Group> {
        self.groups.list.get(index(*self.groups.of_row(&self.roster).get(row)?)).copied()
    }

    /// The cells of a group, year by year, layer by layer.
    pub(crate) fn group_cells(&self, group: u32) -> &[Cell] {
        let width = self.years.len().saturating_mul(self.policy.layers().len());
        let start = index(group).saturating_mul(width);
        self.cells.get(start..start.saturating_add(width)).unwrap_or_default()
    }

    pub(crate) fn split(&self, row: usize, year: usize) -> Option<&Split> {
        let splits = self.splits_of(row);
        splits.binary_search_by_key(&year, |split| split.year).ok().and_then(|at| splits.get(at))
    }

    /// The splits of a row, by year.
    pub(crate) fn splits_of(&self, row: usize) -> &[Split] {
        let start = self.split.partition_point(|split| index(split.row) < row);
        let rest = self.split.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|split| index(split.row) == row)).unwrap_or_default()
    }

    /// What one place of a row gets; of a split row its last member.
    pub(crate) fn place_fen(&self, row: usize, year: usize, layer: usize) -> i64 {
        let group = self.groups.of_row(&self.roster).get(row).copied().unwrap_or(u32::MAX);
        let at = year.saturating_mul(self.policy.layers().len()).saturating_add(layer);
        match self.group_cells(group).get(at) {
            Some(Cell::Uniform(fen)) => *fen,
            Some(Cell::Dense(column)) => {
                self.dense.get(*column).and_then(|column| column.amounts.get(row)).copied().unwrap_or_default()
            }
            Some(Cell::Failed) | None => 0,
        }
    }

    /// What one member of a row gets, members counted from 0.
    pub(crate) fn member_fen(&self, row: usize, member: u64, year: usize, layer: usize) -> i64 {
        let Some(split) = self.split(row, year) else { return self.place_fen(row, year, layer) };
        let mut end = 0_u64;
        let segment = split.segments.iter().find(|(members, _)| {
            end = end.saturating_add(*members);
            member < end
        });
        segment.and_then(|(_, fen)| fen.get(layer)).copied().unwrap_or_default()
    }

    pub(crate) fn row_fen(&self, row: usize, year: usize, layer: usize) -> i64 {
        if let Some(split) = self.split(row, year) {
            return split.total(layer);
        }
        let count = i64::try_from(self.roster.count(row)).unwrap_or(i64::MAX);
        // Overflow was refused when the allocation was made.
        self.place_fen(row, year, layer).saturating_mul(count)
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
        self.allocation.0.years.get(self.year).copied().unwrap_or_default()
    }

    /// The layer.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a line is made only from a layer's index")]
    pub fn layer(self) -> &'a Layer {
        &self.allocation.0.policy.layers()[self.layer]
    }

    /// Who answers for it: the body's id, or the recipient's county, blank if it has none.
    #[must_use]
    pub fn payer(self) -> &'a str {
        match self.layer().payer {
            Payer::County => self.recipient.county(),
            payer @ Payer::Body(_) => self.allocation.0.policy.payer_id(payer).unwrap_or_default(),
        }
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

/// What is wrong with one row in a year in a layer, as a problem.
pub(crate) fn fault_problem(
    policy: &Policy,
    roster: &Roster,
    (row, year, layer): (usize, u16, usize),
    fault: &Fault,
) -> Option<Problem> {
    let layer = policy.layers().get(layer).map_or("", |layer| layer.id.as_str());
    let unit = policy.unit();
    let place = roster.name(row);
    let problem = match fault {
        Fault::Unknown => return None,
        Fault::Blank(attribute) => {
            let id = policy.attributes().get(*attribute).map_or("", |attribute| attribute.id.as_str());
            let message = format!("layer `{layer}` of {year} reads it for {place}, but it is blank");
            Problem::new(Code::BlankAttribute, message).expected("fill it in; 0 counts as 0").column(id)
        }
        Fault::FloorAboveCap(floor, cap) => {
            let message = format!("in {year} the floor of layer `{layer}` is above its cap for {place}");
            let found = format!("{} > {}", show(floor), show(cap));
            Problem::new(Code::FloorAboveCap, message).found(found).expected("at_least is not above at_most")
        }
        Fault::Negative(amount) => {
            let message = format!("in {year} layer `{layer}` comes to less than 0 for {place}");
            let problem = Problem::new(Code::NegativeAmount, message).found(format!("{} {unit}", amount.in_unit(unit)));
            problem.expected("a floor such as `at_least = 0`, if that is meant")
        }
        Fault::Overflow => {
            let message = format!("in {year} layer `{layer}` is beyond 2^63 − 1 fen for {place}");
            Problem::new(Code::Overflow, message).expected("check the units")
        }
    };
    Some(at(roster, row, problem))
}

/// The groups of a roster, for every policy whose classes serve the same places.
pub(crate) struct Grouped {
    policy: Policy,
    groups: Arc<Groups>,
    /// Warnings that any such policy has.
    warnings: Problems,
}

impl Grouped {
    /// Finds the group of every row, or says what is wrong with the rows.
    pub(crate) fn new(policy: &Policy, roster: &Roster) -> Result<Self, Problems> {
        let mut problems = roster.check_years(&policy.years());
        let (groups, found) = group(policy, roster, &[]);
        let complete = !found.has_errors();
        problems.append(found);
        if problems.has_errors() {
            if complete {
                expected(policy, &groups, &mut problems);
            }
            problems.sort();
            return Err(problems);
        }
        Ok(Self { policy: policy.clone(), groups: Arc::new(groups), warnings: problems })
    }

    /// The groups, and the warnings of a policy.
    pub(crate) fn of(&self, policy: &Policy) -> (Arc<Groups>, Problems) {
        let mut warnings = self.warnings.clone();
        expected(policy, &self.groups, &mut warnings);
        warnings.sort();
        (Arc::clone(&self.groups), warnings)
    }
}

/// The groups of a roster under a policy, or its problems.
pub(crate) fn grouped(policy: &Policy, roster: &Roster) -> Result<(Arc<Groups>, Problems), Problems> {
    Ok(Grouped::new(policy, roster)?.of(policy))
}
