//! What a roster in parts comes to: each part by itself, then all of them together, the same as of the whole.
//!
//! Laws, each tested: merging is associative and commutative, and however a roster is cut into parts, and in whatever
//! order these are summed, the totals are those of [`Allocation::totals`], to the byte.

mod arrivals;
mod figured;
mod found;
mod ids;
mod named;
mod part;
mod rounds;
mod settling;
#[cfg(test)]
mod settling_tests;
mod stored;
mod sums;
#[cfg(test)]
mod tests;
mod totals;
mod whole;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::figured::{Figured, Wanted};
use self::found::Found;
use self::ids::Ids;
use self::stored::Stored;
use self::sums::{Sum, Sums};
use self::words::{Columns, Recoded, Words};
use crate::engine::fit::compare_counts;
use crate::engine::roster::Roster;
use crate::ground::catalogue::results as phrases;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::results::allocation::{Allocation, years_of};
use crate::results::figures::Figures;
use crate::results::rerun::Rerun;
use crate::results::settlement::Settlement;
use crate::results::totals::{Grouping, Tally, WideSum, codes_of};

pub use self::arrivals::Arrivals;
pub use self::figured::FiguresInDoubt;
pub use self::named::NamedPlaces;
pub(crate) use self::named::{Index, Named, NamedRow};
pub use self::part::Part;
pub use self::rounds::{RoundSums, Rounds, SoFar};
pub use self::settling::{PassSums, Settling};
pub use self::totals::{SummedRow, SummedTotals};
pub use self::whole::{Whole, WholeRoster};

/// How the parts of a roster are summed: the policy, the years, and what by.
///
/// Every part is a [`Roster`] of its own, whose [`Summary`] takes the place of its rows; summaries are merged, in any
/// order, on any machine.
///
/// ```
/// use fundlayers::{Grouping, Part, Policy, RosterBuilder, RowBuilder, Summing, roster::Cell};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///   "classes": [{ "id": "all", "expected": 3, "funding": { "city": 300 } }] }"#)?;
/// let summing = Summing::new(&policy, None, &[Grouping::County])?;
/// let mut summary = summing.nothing();
/// for (first, rows) in [(0, &[["王益区", "黄堡镇"], ["新区", "坡头镇"]][..]), (2, &[["王益区", "王家河镇"]])] {
///     let part = Part::new(first);
///     let mut builder = RosterBuilder::new(&policy, &[("county", None), ("name", None)]);
///     builder.after_rows(part.rows_before());
///     rows.iter().for_each(|row| builder.push_row(None, &row.map(Cell::Text)));
///     summary.merge(summing.part(&part, builder.finish()).0)?;
/// }
/// let (summed, warnings) = summing.finish(summary)?;
/// assert!(warnings.is_empty());
/// let totals = summed.totals(false)?;
/// let lines: Vec<String> = totals.iter().map(|row| format!("{} {} {}", row.key(0), row.count(), row.amount().fen())).collect();
/// assert_eq!(lines, ["王益区 2 60000", "新区 1 30000"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is not seen
///
/// What a roster says of rows beside each other, as far as these stand in different parts: that two places may be one
/// ([`Code::PossibleDuplicate`]), that cells were merged, whether lines that sum others sum them rightly. An id in two parts is an
/// error, also where a roster in one part may have it on several rows for different years.
#[derive(Debug, Clone)]
pub struct Summing {
    policy: Policy,
    years: Vec<u16>,
    /// What is settled for all parts; none where each can be computed without.
    settlement: Option<Arc<Settlement>>,
    /// What totals are kept by.
    tables: Vec<Vec<Grouping>>,
    trusts_ids: bool,
    /// The places of which is told what they are due.
    naming: Option<Arc<Index>>,
    /// What is summed of figures, if anything.
    figures: Option<Wanted>,
    /// What arrived, where top-ups count it.
    arrivals: Option<Arc<Arrivals>>,
}

impl Summing {
    /// For a policy, some of its years (none: all), and totals by columns.
    ///
    /// # Errors
    ///
    /// [`Code::NeedsWholeRoster`] for everything of the policy that rests on the whole roster, see [`WholeRoster`];
    /// [`Code::YearOutsidePolicy`].
    pub fn new(policy: &Policy, years: Option<&[u16]>, by: &[Grouping]) -> Result<Self, Problems> {
        let years = match years {
            Some(years) => years_of(policy, years)?,
            None => policy.years().collect(),
        };
        whole::refuse(policy, false)?;
        Ok(Self::of(policy, years, with_sums(by), None))
    }

    /// For a policy, the years for which it was settled, and totals by columns: parts are computed under the settlement.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if another policy was settled, or not all of it.
    pub fn settled(policy: &Policy, settlement: &Settlement, by: &[Grouping]) -> Result<Self, Problems> {
        settlement.check(policy)?;
        Ok(Self::of(policy, settlement.years().to_vec(), with_sums(by), Some(settlement.clone())))
    }

    fn of(policy: &Policy, years: Vec<u16>, tables: Vec<Vec<Grouping>>, settlement: Option<Settlement>) -> Self {
        let settlement = settlement.map(Arc::new);
        Self {
            policy: policy.clone(),
            years,
            settlement,
            tables,
            trusts_ids: false,
            naming: None,
            figures: None,
            arrivals: None,
        }
    }

    /// The same for a roster that is known to have no id in two parts: nothing is kept of the ids, and nothing said of those that
    /// summaries of others kept.
    #[must_use]
    pub fn trusting_ids(self) -> Self {
        Self { trusts_ids: true, ..self }
    }

    /// The same with what the places are due that another table names, such as a ledger: what
    /// [`Summed::reconcile`] asks for.
    #[must_use]
    pub fn naming(self, places: &NamedPlaces) -> Self {
        Self { naming: Some(Arc::new(Index::new(places))), ..self }
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The years, ascending.
    #[must_use]
    pub fn years(&self) -> &[u16] {
        &self.years
    }

    /// What totals are by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.tables.first().map_or(&[], Vec::as_slice)
    }

    /// The summary of no part.
    #[must_use]
    pub fn nothing(&self) -> Summary {
        Summary {
            about: About::new(self),
            rows: 0,
            places: 0,
            words: BTreeMap::new(),
            classes: vec![None; self.policy.classes().len()],
            counts: BTreeMap::new(),
            tables: self.tables.iter().map(|by| Sums::of_columns(by.len())).collect(),
            found: Found::default(),
            ids: Ids::none(),
            named: self.naming.as_ref().map(|_| Named::default()),
            figures: self.figures.as_ref().map(|_| Figured::default()),
            failed: false,
        }
    }

    /// The summary of a part and its allocation, from what reading its rows gave: the roster with warnings, or what is wrong
    /// with it. What is wrong is in the summary; then there is no allocation.
    #[must_use]
    pub fn part(&self, part: &Part, read: Result<(Roster, Problems), Problems>) -> (Summary, Option<Allocation>) {
        if matches!(self.figures, Some(Wanted::OfRows)) {
            let (summary, figures) = self.part_with_figures(part, read);
            return (summary, figures.map(|figures| figures.allocation().clone()));
        }
        self.allocated(part, read)
    }

    /// The same with the figures of the allocation, summed by [`Summing::with_figures_of_rows`]: what is wrong is in the summary, and
    /// what cannot be had of figures.
    #[must_use]
    pub fn part_with_figures(
        &self,
        part: &Part,
        read: Result<(Roster, Problems), Problems>,
    ) -> (Summary, Option<Figures>) {
        let (mut summary, allocation) = self.allocated(part, read);
        let Some(allocation) = allocation else { return (summary, None) };
        match Self::figures_of_rows(part, &allocation) {
            Ok((figured, figures)) => {
                if matches!(self.figures, Some(Wanted::OfRows)) {
                    summary.figures = Some(figured);
                }
                (summary, Some(figures))
            }
            Err(problems) => (self.failed(part, &problems), None),
        }
    }

    fn allocated(&self, part: &Part, read: Result<(Roster, Problems), Problems>) -> (Summary, Option<Allocation>) {
        let allocated = read.and_then(|(roster, mut warnings)| {
            let (allocation, more) = match &self.settlement {
                Some(settlement) => Allocation::settled(&self.policy, &roster, settlement)?,
                None => Allocation::for_years(&self.policy, &roster, &self.years)?,
            };
            let arrived = self.arrivals.as_ref().map(|all| all.of_part(part, &roster, (&self.policy, &self.years)));
            let allocation = match arrived {
                Some(arrived) => allocation.receiving(arrived)?,
                None => allocation,
            };
            warnings.append(more);
            Ok((allocation, warnings))
        });
        match allocated {
            Ok((allocation, warnings)) => (self.summary_of(part, &allocation, &warnings), Some(allocation)),
            Err(problems) => (self.failed(part, &problems), None),
        }
    }

    /// What the amounts of a part come to, of an allocation that says nothing new of its rows.
    pub(crate) fn amounts(&self, part: &Part, allocation: &Allocation) -> Summary {
        let summing = Self { trusts_ids: true, naming: None, figures: None, ..self.clone() };
        summing.summary_of(part, allocation, &Problems::new())
    }

    /// The summary of a part's allocation and its warnings.
    fn summary_of(&self, part: &Part, allocation: &Allocation, warnings: &Problems) -> Summary {
        // Rows are counted once for all groupings that tell them apart alike.
        let mut tally: Option<Arc<Tally>> = None;
        self.summary(part, (allocation, warnings), |by, each| {
            let known = tally.take().filter(|tally| tally.serves(allocation, by));
            let tally = tally.insert(known.unwrap_or_else(|| Arc::new(Tally::new(allocation, by))));
            allocation.each_wide_sum(by, tally, each);
        })
    }

    /// The same for passes over the rows, which sum something else.
    pub(crate) fn without_totals(&self) -> Self {
        Self { trusts_ids: true, naming: None, figures: None, tables: vec![Vec::new()], ..self.clone() }
    }

    /// The summary of a part of which others are made too, without what reading its rows said, and without counts of places.
    fn part_again(&self, part: &Part, rerun: &mut Rerun<'_>) -> Summary {
        match rerun.allocation(&self.policy, &self.years, self.settlement.as_deref()) {
            Ok((allocation, warnings)) => {
                let sums = rerun.wide_sums(&allocation);
                self.summary(part, (&allocation, &warnings), |_, each| {
                    for sum in &sums {
                        each(sums.len(), *sum);
                    }
                })
            }
            Err(problems) => self.failed(part, &problems),
        }
    }

    fn failed(&self, part: &Part, problems: &Problems) -> Summary {
        let mut summary = self.nothing();
        summary.failed = problems.has_errors();
        summary.found.add(part, problems, Code::ExpectedCount);
        summary
    }

    /// The summary of a part's rows alone, from what reading them gave: what is wrong with them or odd, and their ids.
    fn rows(&self, part: &Part, read: &Result<(Roster, Problems), Problems>) -> Summary {
        match read {
            Ok((roster, warnings)) => {
                let mut summary = self.nothing();
                summary.found.add(part, warnings, Code::ExpectedCount);
                self.add_rows(part, roster, &mut summary);
                summary
            }
            Err(problems) => self.failed(part, problems),
        }
    }

    /// How many rows and places there are, and their ids.
    fn add_rows(&self, part: &Part, roster: &Roster, summary: &mut Summary) {
        summary.rows = u64::try_from(roster.len()).unwrap_or(u64::MAX);
        summary.places = roster.places().into();
        if !self.trusts_ids && !roster.is_empty() {
            let keep = !Ids::are_too_many(part.first_row());
            summary.ids = Ids::new(part, roster, keep);
        }
    }

    /// The summary of a part's allocation and its warnings, with its sums by columns.
    fn summary(
        &self,
        part: &Part,
        (allocation, warnings): (&Allocation, &Problems),
        mut sums: impl FnMut(&[Grouping], &mut dyn FnMut(usize, WideSum)),
    ) -> Summary {
        let mut summary = self.nothing();
        let roster = allocation.roster();
        summary.found.add(part, warnings, Code::ExpectedCount);
        if roster.is_empty() {
            return summary;
        }
        self.add_rows(part, roster, &mut summary);
        let groups = &allocation.0.groups;
        for (group, places) in groups.list.iter().zip(&groups.places) {
            if let (Some(class), Some(years)) = (group.class, group.years)
                && *places > 0
            {
                let sum = summary.counts.entry((class, years)).or_default();
                *sum = sum.saturating_add(*places);
            }
        }
        let columns = Columns::new(part, allocation, &self.tables);
        summary.classes = columns.classes();
        for (by, table) in self.tables.iter().zip(&mut summary.tables) {
            let columns = columns.codes(by, &self.years);
            sums(by, &mut |most, sum| {
                if table.len() == 0 {
                    table.reserve(most);
                }
                table.push(&columns.of(&sum.codes), Sum { places: sum.places, fen: sum.fen, below: 0 });
            });
        }
        if let Some(index) = &self.naming {
            let asked: BTreeSet<Grouping> = self.by().iter().copied().collect();
            summary.named = Some(Named::new(part, allocation, index, &asked));
            self.add_below(allocation, &columns, &mut summary.tables);
        }
        summary.figures = self.figured(part, allocation, &columns);
        summary.words = columns.words();
        summary
    }

    /// Adds up by itself what is to be paid in.
    fn add_below(&self, allocation: &Allocation, columns: &Columns, tables: &mut [Sums]) {
        for (row, year, layer, fen) in allocation.0.below_zero() {
            for (by, table) in self.tables.iter().zip(&mut *tables) {
                let codes = columns.codes(by, &self.years).of(&codes_of(allocation, by, row, year, layer));
                let row = table.row(&codes, 0);
                if let Some(sum) = table.sum_mut(row) {
                    sum.below = sum.below.saturating_add(fen.into());
                }
            }
        }
    }

    /// What all parts come to, with the warnings that the whole roster has.
    ///
    /// # Errors
    ///
    /// Every problem of every part, the first so many of a kind; [`Code::IdInTwoParts`], [`Code::IdsNotChecked`].
    pub fn finish(&self, summary: Summary) -> Result<(Summed, Problems), Problems> {
        summary.about.check(&About::new(self))?;
        let settled = self.settlement.as_ref().map(|settlement| settlement.arrivals().map(str::to_owned));
        if settled.is_some_and(|mark| mark != self.arrivals().map(Arrivals::mark)) {
            return Err(Problem::new(Code::UnlikeSummaries, phrases::OTHER_PASS).into());
        }
        let mut problems = summary.found.problems();
        if !self.trusts_ids {
            problems.append(summary.ids.problems());
        }
        if !summary.failed {
            let count = |class: usize, year: u16| {
                let counts = summary.counts.iter();
                let live = counts.filter(|((of, (from, to)), _)| *of == class && (*from..=*to).contains(&year));
                live.map(|(_, places)| *places).fold(0, u128::saturating_add)
            };
            compare_counts(&self.policy, count, &mut problems);
            if let Some(settlement) = &self.settlement {
                problems.append(settlement.warnings(&self.policy));
            }
        }
        problems.sort();
        if let Some(figured) = summary.figures.as_ref().filter(|_| !summary.failed) {
            problems.append(figured.blanked.warnings(&self.policy));
        }
        problems.or_value(Summed(Arc::new((self.clone(), summary))))
    }
}

/// What totals are kept by: as asked, then by the first column and by none, for subtotals and the total.
fn with_sums(by: &[Grouping]) -> Vec<Vec<Grouping>> {
    let mut tables = vec![by.to_vec()];
    for shorter in [by.get(..1).filter(|_| by.len() > 1), Some(&[][..]).filter(|_| !by.is_empty())] {
        tables.extend(shorter.map(<[Grouping]>::to_vec));
    }
    tables
}

/// What one or several parts of a roster come to. In JSON and the like, amounts and places are texts of digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Summary {
    about: About,
    rows: u64,
    places: u128,
    /// The values of grouping columns.
    words: BTreeMap<Grouping, Words>,
    /// Where each class first appears.
    classes: Vec<Option<u64>>,
    /// Places by class and their first and last year.
    counts: BTreeMap<(usize, (u16, u16)), u128>,
    /// The totals by the codes of their grouping values.
    tables: Vec<Sums>,
    found: Found,
    ids: Ids,
    /// What is known of the places that another table names, where that is asked for.
    named: Option<Named>,
    /// What is known of figures, where that is asked for.
    figures: Option<Figured>,
    /// Whether a part could not be computed.
    failed: bool,
}

/// Of what a summary is: only summaries of the same can be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    policy: String,
    version: Option<String>,
    years: Vec<u16>,
    layers: Vec<String>,
    classes: Vec<String>,
    by: Vec<Vec<Grouping>>,
    /// Which places are named.
    naming: Option<String>,
    /// What is summed of figures.
    figures: Option<String>,
    /// What arrived, where top-ups count it.
    arrivals: Option<String>,
}

impl About {
    fn new(summing: &Summing) -> Self {
        let policy = &summing.policy;
        Self {
            policy: policy.id().to_owned(),
            version: policy.version().map(str::to_owned),
            years: summing.years.clone(),
            layers: policy.layers().iter().map(|layer| layer.id.clone()).collect(),
            classes: policy.classes().iter().map(|class| class.id.clone()).collect(),
            by: summing.tables.clone(),
            naming: summing.naming.as_ref().map(|index| index.mark.clone()),
            figures: summing.figures.as_ref().map(Wanted::mark),
            arrivals: summing.arrivals().map(Arrivals::mark),
        }
    }

    fn check(&self, other: &Self) -> Result<(), Problems> {
        if self == other {
            return Ok(());
        }
        let problem = Problem::new(Code::UnlikeSummaries, phrases::OTHER_POLICY_OR_COLUMNS);
        Err(problem.found(&other.policy).into())
    }
}

impl Summary {
    /// How many rows the parts have, without those that could not be computed.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How many places these stand for: the sum of their counts.
    #[must_use]
    pub const fn places(&self) -> u128 {
        self.places
    }

    /// What is wrong with the parts, and what is odd: the first so many of a kind; how many more there are is counted.
    #[must_use]
    pub fn problems(&self) -> Problems {
        self.found.problems()
    }

    /// Whether a part could not be computed, so that the whole cannot.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.failed
    }

    /// Takes in what other parts come to.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if they were summed by another policy, for other years, or by other columns;
    /// [`Code::Overflow`] if a total is beyond 128 bits.
    pub fn merge(&mut self, other: Self) -> Result<(), Problems> {
        self.about.check(&other.about)?;
        self.rows = self.rows.saturating_add(other.rows);
        self.places = self.places.saturating_add(other.places);
        let mut codes: BTreeMap<Grouping, Vec<u32>> = BTreeMap::new();
        for (grouping, words) in other.words {
            codes.insert(grouping, self.words.entry(grouping).or_default().merge(words));
        }
        for (class, other) in self.classes.iter_mut().zip(other.classes) {
            *class = [*class, other].into_iter().flatten().min();
        }
        for (key, places) in other.counts {
            let sum = self.counts.entry(key).or_default();
            *sum = sum.saturating_add(places);
        }
        let too_large =
            || Problems::from(Problem::new(Code::Overflow, crate::ground::catalogue::ground::TOTAL_TOO_LARGE));
        for ((by, table), others) in self.about.by.iter().zip(&mut self.tables).zip(&other.tables) {
            let here = Recoded::new(by, &codes);
            // Sums do not rest on the order of rows.
            let mut next = 0_usize;
            for (codes, sum) in others.iter() {
                let row = table.row(&here.of(&codes), next);
                next = row.saturating_add(1);
                let Some(known) = table.sum_mut(row) else { continue };
                known.places = known.places.checked_add(sum.places).ok_or_else(too_large)?;
                known.fen = known.fen.checked_add(sum.fen).ok_or_else(too_large)?;
                known.below = known.below.checked_add(sum.below).ok_or_else(too_large)?;
            }
        }
        self.found.merge(other.found);
        self.ids.merge(other.ids);
        if let (Some(figures), Some(other)) = (&mut self.figures, other.figures) {
            let by = self.about.by.first().map_or(&[][..], Vec::as_slice);
            let here = Recoded::new(by, &codes);
            figures.merge(other, |codes| here.of(codes));
        }
        if let (Some(named), Some(other)) = (&mut self.named, other.named) {
            named.merge(other);
        }
        self.failed |= other.failed;
        Ok(())
    }

    /// Adds that an id stands in two parts, as an engine that groups all rows by their ids finds it: together with
    /// [`Summing::trusting_ids`], which keeps none of them.
    pub fn tell_id_in_two_parts(&mut self, id: &str, one: &Part, other: &Part) {
        let (one, other) = if one.first_row() <= other.first_row() { (one, other) } else { (other, one) };
        let called = |part: &Part| match part.file() {
            Some(file) => phrases::WHOLE_FILE.with(&[&file]),
            None => part::called(None, part.first_row()),
        };
        self.found.tell(one, ids::in_both(Some(id.to_owned()), &called(one), &called(other)));
    }
}

/// Summaries are equal if they say the same, in whatever order they were merged.
impl PartialEq for Summary {
    fn eq(&self, other: &Self) -> bool {
        Stored::from(self.clone()) == Stored::from(other.clone())
    }
}

impl Eq for Summary {}

/// What all parts of a roster come to. Cheap to clone; never changes.
#[derive(Debug, Clone)]
pub struct Summed(Arc<(Summing, Summary)>);

impl Summed {
    /// How it was summed: policy, years, columns.
    #[must_use]
    pub fn summing(&self) -> &Summing {
        &self.0.0
    }

    fn summary(&self) -> &Summary {
        &self.0.1
    }

    /// What is known of the places that another table names, if that was asked for.
    pub(crate) fn named(&self) -> Option<(&Index, &Named)> {
        Some((self.summing().naming.as_deref()?, self.summary().named.as_ref()?))
    }

    /// Whether these are the places of which parts tell what they are due.
    pub(crate) fn names(&self, places: &NamedPlaces) -> bool {
        self.summing().naming.as_ref().is_some_and(|index| index.mark == Index::new(places).mark)
    }

    /// How many rows the roster has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.summary().rows
    }

    /// How many places these stand for: the sum of their counts.
    #[must_use]
    pub fn places(&self) -> u128 {
        self.summary().places
    }

    /// The totals, as [`Allocation::totals`] gives them of the whole roster: with `zeros` also groups whose amounts are all
    /// zero.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn totals(&self, zeros: bool) -> Result<SummedTotals, Problems> {
        SummedTotals::new(self, 0, zeros)
    }
}
