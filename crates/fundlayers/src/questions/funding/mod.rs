//! Funding: an allocation against what payers can spend.
//!
//! A claim is what one place is due in a layer and year. Claims to the same layer, payer and year meet one limit; where
//! they exceed it, a rule says who gets what. The laws of the rules stand in [`FundingRule`].

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::program::{Cell, Dense};
use crate::engine::store::{AllocationData, Split, no_levels};
use crate::engine::world::Aggregates;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Message, Phrase};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::{did_you_mean, nearest};
use crate::math::claims;
use crate::math::claims::{Claims, Measure, Rule};
use crate::math::divide::Divisor;
use crate::policy::{Class, Named, Payer, Policy};
use crate::results::allocation::Allocation;
use crate::results::tables as results;
use crate::results::tables::TableOptions;
use crate::tables::table::{Report, Table};

mod explain;
mod limits;
mod notes;
#[cfg(test)]
mod tests;
mod totals;

pub use explain::FundingExplanation;
pub use limits::{Limit, Limits, LimitsBuilder};
pub use totals::{FundingTotal, FundingTotals};

/// How claims are met where a limit is short, by the names of the literature on claims problems.
///
/// With λ the one number that uses the limit up, a claim gets, before rounding:
///
/// | rule | award |
/// |---|---|
/// | `proportional` | claim × limit ÷ sum of claims |
/// | `constrained-equal-awards` | min(claim, λ) |
/// | `constrained-equal-losses` | max(0, claim − λ) |
/// | `talmud` | min(claim ÷ 2, λ) if the limit is at most half the sum of claims, else claim − min(claim ÷ 2, λ) |
/// | `priority` | classes in turn, within each proportional; classes that are not named come last, together |
///
/// Awards are multiples of the policy's rounding step: largest remainder, ties to the smaller id. No award is above its
/// claim; the awards use the limit up or meet every claim; equal claims get equal awards and a larger claim has no smaller
/// award and no smaller loss, each up to one step (for `priority` within a class). Nothing depends on the order of rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FundingRule {
    /// The same part of each claim (按比例).
    Proportional,
    /// The same amount to each, at most its claim: small claims are met first.
    ConstrainedEqualAwards,
    /// The same amount off each claim, at most all of it: large claims get more of theirs.
    ConstrainedEqualLosses,
    /// Equal awards on half claims, above that equal losses on half claims (Aumann and Maschler 1985).
    Talmud,
    /// Classes in turn, by their ids or names, or all classes of a kind or designation.
    Priority(Vec<String>),
}

impl FundingRule {
    /// The names of the rules.
    pub const NAMES: [&str; 5] =
        ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority"];

    /// Reads a rule by its name in the literature or the one for people in either language (按比例安排); `order` is the classes by id that `priority` serves in turn, and empty for the others.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownRule`]; [`Code::BadOrder`] if `priority` has no order, another rule has one, or a class stands twice
    /// in it.
    ///
    /// ```
    /// use fundlayers::FundingRule;
    /// assert_eq!(FundingRule::parse("talmud", &[])?, FundingRule::Talmud);
    /// assert!(FundingRule::parse("priority", &[]).is_err());
    /// # Ok::<(), fundlayers::Problems>(())
    /// ```
    pub fn parse(name: &str, order: &[&str]) -> Result<Self, Problems> {
        let order_of = |order: &[&str]| order.iter().map(|class| class.trim().to_owned()).collect();
        let rules = [
            Self::Proportional,
            Self::ConstrainedEqualAwards,
            Self::ConstrainedEqualLosses,
            Self::Talmud,
            Self::Priority(order_of(order)),
        ];
        let name = name.trim();
        let is = |rule: &Self| {
            rule.as_str() == name
                || [Lang::Zh, Lang::En].iter().any(|lang| rule.label(*lang).eq_ignore_ascii_case(name))
        };
        let Some(rule) = rules.into_iter().find(is) else {
            let problem = Problem::new(Code::UnknownRule, words::NO_RULE).found(name);
            return Err(problem.expected(did_you_mean(name, Self::NAMES)).into());
        };
        let problem = |message: Message, expected: Phrase| Problem::new(Code::BadOrder, message).expected(expected);
        match &rule {
            Self::Priority(classes) if classes.is_empty() => {
                Err(problem(words::PRIORITY_NEEDS_ORDER.into(), words::IDS_OF_CLASSES).into())
            }
            Self::Priority(classes) => {
                let twice =
                    classes.iter().enumerate().filter(|(at, class)| classes.iter().take(*at).any(|c| c == *class));
                let problems: Problems = twice
                    .map(|(_, class)| problem(words::CLASS_TWICE_IN_ORDER.into(), words::EACH_CLASS_ONCE).found(class))
                    .collect();
                if problems.is_empty() { Ok(rule) } else { Err(problems) }
            }
            _ if !order.is_empty() => {
                Err(problem(words::RULE_WITHOUT_ORDER.with(&[&rule.as_str()]), words::ORDER_WITH_PRIORITY).into())
            }
            _ => Ok(rule),
        }
    }

    /// The rule's name in the literature, as options take it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        let [proportional, awards, losses, talmud, priority] = Self::NAMES;
        match self {
            Self::Proportional => proportional,
            Self::ConstrainedEqualAwards => awards,
            Self::ConstrainedEqualLosses => losses,
            Self::Talmud => talmud,
            Self::Priority(_) => priority,
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(&self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Proportional => ("按比例安排", "proportional"),
            Self::ConstrainedEqualAwards => ("等额安排", "constrained equal awards"),
            Self::ConstrainedEqualLosses => ("等额扣减", "constrained equal losses"),
            Self::Talmud => ("塔木德规则", "Talmud"),
            Self::Priority(_) => ("按类别先后安排", "priority by class"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

impl std::fmt::Display for FundingRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An allocation as far as limits let it be paid. Cheap to clone; never changes.
///
/// ```
/// # use fundlayers::{Allocation, Policy, RosterBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "attributes": { "due": { "type": "number" } },
/// #   "classes": [{ "id": "all", "funding": { "city": "due" } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None), ("due", None)]);
/// # for (name, due) in [("a", "100"), ("b", "200"), ("c", "300")] { builder.push_row(None, &[Cell::Text(name), Cell::Text(due)]); }
/// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// use fundlayers::{Amount, FundingRule, Grouping, LimitsBuilder, RowBuilder, Unit};
/// let mut limits = LimitsBuilder::new(&policy, &["layer", "payer", "year", "amount(万元)"].map(|title| (title, None)));
/// limits.push_row(None, &["city", "city", "2024", "300"].map(Cell::Text));
/// let (limits, _) = limits.finish()?;
/// let (funding, warnings) = allocation.fund(&limits, &FundingRule::Talmud)?;
/// assert!(warnings.is_empty());
/// // Claims of 100, 200, 300 to an estate of 300: 50, 100, 150 (Mishna, Kethubot 93a).
/// let awards: Vec<_> = funding.funded().lines().map(|line| line.amount()).collect();
/// assert_eq!(awards, ["50", "100", "150"].map(|text| Amount::parse(text, Unit::Wan).expect("a number")));
/// let totals = funding.totals(&[Grouping::Layer, Grouping::Payer, Grouping::Year])?;
/// let coverage = totals.iter().next().and_then(|row| row.coverage()).map(|coverage| coverage.to_string());
/// assert_eq!(coverage.as_deref(), Some("50.00"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Funding(Arc<FundingData>);

struct FundingData {
    claims: Allocation,
    funded: Allocation,
    rule: FundingRule,
    /// Limits that somebody has a claim to, by layer, payer and year.
    limited: Vec<Limited>,
}

/// One limit and the claims to it.
#[derive(Debug, Clone)]
pub(crate) struct Limited {
    /// By index in the policy.
    layer: usize,
    /// As totals code it: bodies first, then the roster's counties.
    payer: u32,
    /// By index in the computed years.
    year: usize,
    /// Rounded down to the step.
    limit: Amount,
    claim: Amount,
    measure: Measure,
}

impl Limited {
    fn key(&self) -> (usize, u32, usize) {
        (self.layer, self.payer, self.year)
    }
}

impl Allocation {
    /// Meets what every place is due as far as limits allow. A layer, payer and year without a limit is funded in full.
    ///
    /// A limit is rounded down to the policy's step. Limits of years that the policy covers but the allocation leaves out are
    /// passed over.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownClass`] for an order that names a class which the policy does not have; [`Code::Overflow`] if the
    /// claims to a limit are together beyond 2^63 − 1 fen. Limits that nothing claims are warnings
    /// ([`Code::UnclaimedLimit`]).
    pub fn fund(&self, limits: &Limits, rule: &FundingRule) -> Result<(Funding, Problems), Problems> {
        let turns = turns(self, rule)?;
        let mut work = Work::new(self, rule, turns);
        work.sort_out(limits);
        work.settle();
        let (mut limited, mut problems) = (std::mem::take(&mut work.limited), std::mem::take(&mut work.problems));
        problems.sort();
        if problems.has_errors() {
            return Err(problems);
        }
        limited.sort_by_key(Limited::key);
        let funded = work.funded();
        Ok((Funding(Arc::new(FundingData { claims: self.clone(), funded, rule: rule.clone(), limited })), problems))
    }
}

impl Funding {
    /// What was due: the claims.
    #[must_use]
    pub fn claims(&self) -> &Allocation {
        &self.0.claims
    }

    /// The same as far as it is funded: an allocation of its own, whose amounts are the awards.
    #[must_use]
    pub fn funded(&self) -> &Allocation {
        &self.0.funded
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &FundingRule {
        &self.0.rule
    }

    pub(crate) fn limited(&self) -> &[Limited] {
        &self.0.limited
    }

    /// The limit of a layer, payer (as totals code it) and year.
    fn limit(&self, layer: usize, payer: u32, year: usize) -> Option<&Limited> {
        let at = self.0.limited.binary_search_by_key(&(layer, payer, year), Limited::key).ok()?;
        self.0.limited.get(at)
    }
}

impl std::fmt::Debug for Funding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Funding").field("claims", &self.0.claims).field("rule", &self.0.rule).finish_non_exhaustive()
    }
}

/// The turn of each class under a rule of priority.
fn turns(allocation: &Allocation, rule: &FundingRule) -> Result<Option<Vec<u32>>, Problems> {
    let FundingRule::Priority(order) = rule else { return Ok(None) };
    let policy = allocation.policy();
    let ids = || policy.classes().iter().map(|class| class.id.as_str());
    let mut problems = Problems::new();
    let mut turns = vec![u32::try_from(order.len()).unwrap_or(u32::MAX); policy.classes().len()];
    // The first word that names a class is its turn.
    for (turn, word) in order.iter().enumerate().rev() {
        let turn = u32::try_from(turn).unwrap_or(u32::MAX);
        let named = classes_named(policy, word);
        if named.is_empty() {
            let problem = Problem::new(Code::UnknownClass, words::NO_SUCH_CLASS).found(word);
            problems.push(problem.expected(did_you_mean(word, ids())));
        }
        for class in named {
            if let Some(slot) = turns.get_mut(class) {
                *slot = turn;
            }
        }
    }
    problems.sort();
    if problems.is_empty() { Ok(Some(turns)) } else { Err(problems) }
}

/// The classes that a word names: one by its id, else those of that name, else all of a kind or a designation by id or name.
fn classes_named(policy: &Policy, word: &str) -> Vec<usize> {
    let is = |id: &str, name: &Name| id == word || name.zh == word || name.en.eq_ignore_ascii_case(word);
    let which = |holds: &dyn Fn(&Class) -> bool| -> Vec<usize> {
        policy.classes().iter().enumerate().filter(|(_, class)| holds(class)).map(|(at, _)| at).collect()
    };
    let of = |named: Option<&Named>| named.is_some_and(|named| is(&named.id, &named.name));
    let kind = |class: &Class| of(class.kind.and_then(|kind| policy.kind(kind)));
    let designation = |class: &Class| of(class.designation.and_then(|designation| policy.designation(designation)));
    [which(&|class| class.id == word), which(&|class| is(&class.id, &class.name)), which(&kind), which(&designation)]
        .into_iter()
        .find(|named| !named.is_empty())
        .unwrap_or_default()
}

/// Whose claims a limit is for.
#[derive(Clone, Copy)]
enum Claimants {
    /// Everybody: the layer has one payer.
    All,
    /// The places of a county, by its code.
    County(u32),
}

/// A limit that may have claims.
struct Open<'a> {
    limit: &'a Limit,
    claimants: Claimants,
}

/// The steps of one member of a row, or of several alike.
struct Entry {
    row: u32,
    members: u64,
}

/// How one row's members are served in a layer: so many get so many fen each.
type Pieces = Vec<(u64, i64)>;

struct Work<'a> {
    allocation: &'a Allocation,
    data: &'a AllocationData,
    rule: &'a FundingRule,
    /// By class.
    turns: Option<Vec<u32>>,
    step: i64,
    /// By year × layer.
    open: Vec<Vec<Open<'a>>>,
    /// The rows of each county, and where each county's begin; once asked for.
    by_county: Option<(Vec<usize>, Vec<u32>)>,
    /// The first letters of ids after those that all share, to compare most ids by.
    initials: Option<Vec<u64>>,
    counts: Option<Vec<u64>>,
    limited: Vec<Limited>,
    /// Fen of one place by row (of a split row, of its last member), where a limit is short; by year × layer.
    columns: Vec<Option<Vec<i64>>>,
    /// By row and year: layers in which members differ.
    pieces: BTreeMap<(u32, usize), Vec<(usize, Pieces)>>,
    problems: Problems,
}

impl<'a> Work<'a> {
    fn new(allocation: &'a Allocation, rule: &'a FundingRule, turns: Option<Vec<u32>>) -> Self {
        let data = &*allocation.0;
        let cells = data.years.len().saturating_mul(data.policy.layers().len());
        Self {
            allocation,
            data,
            rule,
            turns,
            step: data.policy.rounding().step().fen(),
            open: (0..cells).map(|_| Vec::new()).collect(),
            by_county: None,
            initials: None,
            counts: data.roster.counts().map(|counts| counts.iter().copied().map(u64::from).collect()),
            limited: Vec::new(),
            columns: vec![None; cells],
            pieces: BTreeMap::new(),
            problems: Problems::new(),
        }
    }

    fn layers(&self) -> usize {
        self.data.policy.layers().len()
    }

    fn unclaimed(&mut self, limit: &Limit, message: Message, expected: Option<Message>) {
        let problem = Problem::new(Code::UnclaimedLimit, message).row(limit.row).line(limit.line);
        self.problems.push(match expected {
            Some(expected) => problem.expected(expected),
            None => problem,
        });
    }

    /// Finds the layer, year and payer of each limit.
    fn sort_out(&mut self, limits: &'a Limits) {
        let (policy, roster) = (&self.data.policy, &self.data.roster);
        let counties: BTreeMap<&str, u32> = roster.county_column().values().zip(0_u32..).collect();
        for limit in limits {
            let Some(layer) = policy.layers().iter().position(|layer| layer.id == limit.layer()) else {
                self.unclaimed(limit, words::NO_LAYER.with(&[&limit.layer()]), None);
                continue;
            };
            let Ok(year) = self.data.years.binary_search(&limit.year()) else {
                // A year that was not asked for is no mistake of the table.
                if !policy.years().contains(&limit.year()) {
                    let (first, last) = (*policy.years().start(), *policy.years().end());
                    let expected = words::YEAR_OF_POLICY.with(&[&first, &last]);
                    self.unclaimed(limit, words::NOTHING_DUE_IN_YEAR.with(&[&limit.year()]), Some(expected));
                }
                continue;
            };
            let claimants = match policy.layers().get(layer).map(|layer| layer.payer) {
                Some(Payer::County) => {
                    let Some(county) = counties.get(limit.payer()) else {
                        let near = nearest(limit.payer(), counties.keys().copied());
                        let message = words::NO_PLACE_IN.with(&[&limit.payer()]);
                        self.unclaimed(limit, message, near.map(|near| common::DID_YOU_MEAN.with(&[&near])));
                        continue;
                    };
                    Claimants::County(*county)
                }
                Some(body) if policy.payer_id(body) == Some(limit.payer()) => Claimants::All,
                body => {
                    let pays = body.and_then(|body| policy.payer_id(body)).unwrap_or_default();
                    let message = words::DOES_NOT_PAY.with(&[&limit.payer(), &limit.layer()]);
                    self.unclaimed(limit, message, Some(words::THIS_ONE_DOES.with(&[&pays])));
                    continue;
                }
            };
            let at = year.saturating_mul(self.layers()).saturating_add(layer);
            if let Some(open) = self.open.get_mut(at) {
                open.push(Open { limit, claimants });
            }
        }
    }

    fn settle(&mut self) {
        for at in 0..self.open.len() {
            let open = self.open.get_mut(at).map(std::mem::take).unwrap_or_default();
            let (Some(year), Some(layer)) = (at.checked_div(self.layers()), at.checked_rem(self.layers())) else {
                continue;
            };
            if open.is_empty() {
                continue;
            }
            let due = self.due(year, layer);
            let mut column: Option<Vec<i64>> = None;
            for Open { limit, claimants } in open {
                self.settle_one(limit, claimants, (year, layer), &due, &mut column);
            }
            if let Some(slot) = self.columns.get_mut(at) {
                *slot = column;
            }
        }
    }

    /// Whole steps that one place of each row is due; of a split row, its last member.
    fn due(&self, year: usize, layer: usize) -> Vec<u64> {
        let data = self.data;
        let at = year.saturating_mul(self.layers()).saturating_add(layer);
        let divisor = Divisor::new(self.step.unsigned_abs());
        // Amounts are multiples of the step, and not below 0.
        let steps =
            |fen: i64| if self.step == 1 { fen.unsigned_abs() } else { divisor.divide(fen.unsigned_abs(), 1).0 };
        let groups = u32::try_from(data.groups.list.len()).unwrap_or(u32::MAX);
        let cells: Vec<Cell> =
            (0..groups).map(|group| data.group_cells(group).get(at).copied().unwrap_or(Cell::Uniform(0))).collect();
        let mut columns = cells.iter().filter(|cell| **cell != Cell::Uniform(0));
        if let Some(Cell::Dense(first)) = columns.next()
            && columns.all(|cell| *cell == Cell::Dense(*first))
            && let Some(column) = data.dense.get(*first)
        {
            // A column holds 0 for rows that it does not serve.
            return column.amounts.iter().map(|fen| steps(*fen)).collect();
        }
        let uniform: Vec<u64> =
            cells.iter().map(|cell| if let Cell::Uniform(fen) = cell { steps(*fen) } else { 0 }).collect();
        let of_row = data.groups.of_row(&data.roster);
        let mut due: Vec<u64> =
            of_row.iter().map(|group| uniform.get(index(*group)).copied().unwrap_or_default()).collect();
        for (group, cell) in (0_u32..).zip(&cells) {
            if let Cell::Dense(column) = cell
                && let Some(column) = data.dense.get(*column)
            {
                for ((slot, fen), of) in due.iter_mut().zip(&column.amounts).zip(of_row) {
                    if *of == group {
                        *slot = steps(*fen);
                    }
                }
            }
        }
        due
    }

    /// The rows of a county.
    fn county_rows(&mut self, county: u32) -> Vec<u32> {
        let column = self.data.roster.county_column();
        let rows = self.data.roster.len();
        let (starts, list) = self.by_county.get_or_insert_with(|| {
            let mut starts = vec![0_usize; column.value_count().saturating_add(1)];
            for row in 0..rows {
                if let Some(next) = starts.get_mut(index(column.code(row)).saturating_add(1)) {
                    *next = next.wrapping_add(1);
                }
            }
            let mut sum = 0_usize;
            for start in &mut starts {
                sum = sum.wrapping_add(*start);
                *start = sum;
            }
            let mut next = starts.clone();
            let mut list = vec![0_u32; rows];
            for (row, number) in (0..rows).zip(0_u32..) {
                if let Some(at) = next.get_mut(index(column.code(row))) {
                    if let Some(slot) = list.get_mut(*at) {
                        *slot = number;
                    }
                    *at = at.wrapping_add(1);
                }
            }
            (starts, list)
        });
        let at = index(county);
        let range =
            starts.get(at).copied().unwrap_or_default()..starts.get(at.saturating_add(1)).copied().unwrap_or_default();
        list.get(range).unwrap_or_default().to_vec()
    }

    /// What a limit comes to for the places that have claims to it.
    fn settle_one(
        &mut self,
        limit: &Limit,
        claimants: Claimants,
        (year, layer): (usize, usize),
        due: &[u64],
        column: &mut Option<Vec<i64>>,
    ) {
        self.prepare_ids();
        let data = self.data;
        let split = data.split.iter().any(|split| split.year == year);
        // Rows that stand for themselves need no list.
        let entries: Option<(Vec<Entry>, Vec<u64>)> = match claimants {
            Claimants::All if !split => None,
            Claimants::All => Some(self.entries((0_u32..).take(data.roster.len()), (year, layer), due)),
            Claimants::County(county) => {
                let rows = self.county_rows(county);
                Some(self.entries(rows.into_iter(), (year, layer), due))
            }
        };
        let members: Option<Vec<u64>> = match &entries {
            Some((entries, _)) if data.roster.counts().is_some() => {
                Some(entries.iter().map(|entry| entry.members).collect())
            }
            _ => None,
        };
        let (claims, counts) = match &entries {
            Some((_, claims)) => (claims.as_slice(), members.as_deref()),
            None => (due, self.counts.as_deref()),
        };
        let steps = claims::total(claims, counts);
        let fen = steps.checked_mul(self.step.unsigned_abs().into()).and_then(|fen| i64::try_from(fen).ok());
        let Some(claim) = fen.map(Amount::from_fen) else {
            let message = words::CLAIMS_TOO_LARGE.with(&[&limit.layer(), &limit.year()]);
            self.problems.push(Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS));
            return;
        };
        if claim.is_zero() {
            let phrase = match (claimants, limit.payer()) {
                (Claimants::All, _) => words::NOTHING_DUE,
                (Claimants::County(_), "") => words::NOTHING_DUE_WITHOUT_COUNTY,
                (Claimants::County(_), _) => words::NOTHING_DUE_FROM,
            };
            let message = phrase.with(&[&limit.year(), &limit.layer(), &limit.payer()]);
            self.unclaimed(limit, message, None);
            return;
        }
        let endowment = limit.amount().fen().checked_div(self.step).unwrap_or_default();
        let applied = Amount::from_fen(endowment.saturating_mul(self.step));
        let payer = match claimants {
            Claimants::All => match data.policy.layers().get(layer).map(|layer| layer.payer) {
                Some(Payer::Body(body)) => body.code(),
                _ => u32::MAX,
            },
            Claimants::County(county) => {
                u32::try_from(data.policy.payers().len()).unwrap_or(u32::MAX).saturating_add(county)
            }
        };
        let limited = Limited { layer, payer, year, limit: applied, claim, measure: Measure::Met };
        if claim <= applied {
            self.limited.push(limited);
            return;
        }
        let problem = Claims { list: claims, counts, endowment: endowment.unsigned_abs() };
        let row = |entry: usize| match &entries {
            Some((entries, _)) => entries.get(entry).map_or(usize::MAX, |entry| index(entry.row)),
            None => entry,
        };
        let turns: Option<Vec<u32>> = self.turns.as_ref().map(|turns| {
            let turn = |entry: usize| data.group(row(entry)).and_then(|group| turns.get(group.class?).copied());
            (0..claims.len()).map(|entry| turn(entry).unwrap_or_default()).collect()
        });
        let rule = match (self.rule, &turns) {
            (FundingRule::Proportional, _) | (FundingRule::Priority(_), None) => Rule::Proportional,
            (FundingRule::ConstrainedEqualAwards, _) => Rule::EqualAwards,
            (FundingRule::ConstrainedEqualLosses, _) => Rule::EqualLosses,
            (FundingRule::Talmud, _) => Rule::Talmud,
            (FundingRule::Priority(_), Some(turns)) => Rule::Priority(turns),
        };
        let awards = claims::settle(&problem, rule, |a, b| self.compare(row(a), row(b)).then(a.cmp(&b)));
        self.limited.push(Limited { measure: awards.measure, ..limited });
        let step = self.step;
        // An award is at most its claim, which fits.
        let fen = |steps: u64| i64::try_from(steps).unwrap_or(i64::MAX).saturating_mul(step);
        let Some((entries, _)) = &entries else {
            for (row, extra) in &awards.extra {
                let (part, count) = (awards.parts.get(*row).copied().unwrap_or_default(), data.roster.count(*row));
                let pieces = vec![(*extra, fen(part.saturating_add(1))), (count.saturating_sub(*extra), fen(part))];
                let key = (u32::try_from(*row).unwrap_or(u32::MAX), year);
                self.pieces.entry(key).or_default().push((layer, pieces));
            }
            *column = Some(awards.parts.into_iter().map(fen).collect());
            return;
        };
        let column = column.get_or_insert_with(|| due.iter().map(|steps| fen(*steps)).collect());
        let mut extra = awards.extra.iter().peekable();
        for ((at, entry), part) in entries.iter().enumerate().zip(&awards.parts) {
            // Entries of a row follow one another; its column holds the last member's award.
            if let Some(slot) = column.get_mut(index(entry.row)) {
                *slot = fen(*part);
            }
            let more = extra.next_if(|(row, _)| *row == at).map_or(0, |(_, extra)| *extra);
            if more == 0 && !(split && data.split(index(entry.row), year).is_some()) {
                continue;
            }
            let of_row = self.pieces.entry((entry.row, year)).or_default();
            if of_row.last().is_none_or(|(of, _)| *of != layer) {
                of_row.push((layer, Vec::new()));
            }
            if let Some((_, pieces)) = of_row.last_mut() {
                pieces.extend([(more, fen(part.saturating_add(1)))].iter().filter(|(members, _)| *members > 0));
                pieces.push((entry.members.saturating_sub(more), fen(*part)));
            }
        }
    }

    /// Members of rows with what each claims, in whole steps; rows whose members differ have several entries.
    fn entries(
        &self,
        rows: impl Iterator<Item = u32>,
        (year, layer): (usize, usize),
        due: &[u64],
    ) -> (Vec<Entry>, Vec<u64>) {
        let (mut entries, mut claims) = (Vec::new(), Vec::new());
        let splits = !self.data.split.is_empty();
        for row in rows {
            if splits && let Some(split) = self.data.split(index(row), year) {
                for (members, fen) in &split.segments {
                    let fen = fen.get(layer).copied().unwrap_or_default();
                    entries.push(Entry { row, members: *members });
                    claims.push(fen.checked_div(self.step).unwrap_or_default().unsigned_abs());
                }
                continue;
            }
            entries.push(Entry { row, members: self.data.roster.count(index(row)) });
            claims.push(due.get(index(row)).copied().unwrap_or_default());
        }
        (entries, claims)
    }

    fn prepare_ids(&mut self) {
        let roster = &self.data.roster;
        if roster.ids_ascending() || self.initials.is_some() {
            return;
        }
        let first = roster.id(0).as_bytes();
        let common = |id: &str| first.iter().zip(id.as_bytes()).take_while(|(a, b)| a == b).count();
        let shared = (0..roster.len()).map(|row| common(roster.id(row))).min().unwrap_or_default();
        let initials = (0..roster.len()).map(|row| {
            let mut bytes = [0_u8; 8];
            for (slot, byte) in bytes.iter_mut().zip(roster.id(row).bytes().skip(shared)) {
                *slot = byte;
            }
            u64::from_be_bytes(bytes)
        });
        self.initials = Some(initials.collect());
    }

    /// Compares the ids of two rows, by code points.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        let Some(initials) = &self.initials else { return a.cmp(&b) };
        let roster = &self.data.roster;
        initials.get(a).cmp(&initials.get(b)).then_with(|| roster.id(a).cmp(roster.id(b)))
    }

    /// The allocation with awards for claims.
    fn funded(self) -> Allocation {
        let data = self.data;
        if self.columns.iter().all(Option::is_none) {
            return self.allocation.clone();
        }
        let split = self.splits();
        let width = self.columns.len();
        let mut dense = data.dense.clone();
        let mut cells = data.cells.clone();
        for (at, column) in self.columns.into_iter().enumerate() {
            let Some(amounts) = column else { continue };
            let year = at.checked_div(data.policy.layers().len()).and_then(|year| data.years.get(year)).copied();
            let number = dense.len();
            dense.push(Arc::new(Dense::new(amounts).or_a_step_more(self.step)));
            for (group, cell) in data.groups.list.iter().zip(cells.chunks_mut(width.max(1))) {
                if group.is_live(year.unwrap_or_default())
                    && let Some(cell) = cell.get_mut(at)
                {
                    *cell = Cell::Dense(number);
                }
            }
        }
        Allocation(Arc::new(AllocationData {
            policy: data.policy.clone(),
            roster: data.roster.clone(),
            years: data.years.clone(),
            groups: Arc::clone(&data.groups),
            cells,
            dense,
            split,
            shared: data.shared.clone(),
            levels: no_levels(&data.policy, data.years.len()),
            aggregates: Aggregates::new(&data.policy),
            past: None,
        }))
    }

    /// Counted rows whose members differ in what they are due or in what they get.
    fn splits(&self) -> Vec<Split> {
        let data = self.data;
        let mut splits: BTreeMap<(u32, usize), Split> = BTreeMap::new();
        let known = data.split.iter().map(|split| (split.row, split.year));
        for (row, year) in known.chain(self.pieces.keys().copied()) {
            let pieces = self.pieces.get(&(row, year)).map_or([].as_slice(), Vec::as_slice);
            let ends = |sizes: &mut dyn Iterator<Item = u64>| -> Vec<u64> {
                sizes
                    .scan(0_u64, |end, size| {
                        *end = end.saturating_add(size);
                        Some(*end)
                    })
                    .collect()
            };
            let due = data.split(index(row), year);
            let mut all: Vec<u64> = vec![data.roster.count(index(row))];
            if let Some(due) = due {
                all.extend(ends(&mut due.segments.iter().map(|(members, _)| *members)));
            }
            for (_, pieces) in pieces {
                all.extend(ends(&mut pieces.iter().map(|(members, _)| *members)));
            }
            all.sort_unstable();
            all.dedup();
            let mut start = 0_u64;
            let mut segments = Vec::new();
            for end in all.into_iter().filter(|end| *end > 0) {
                let fen = (0..self.layers()).map(|layer| self.member(index(row), start, (year, layer), pieces));
                segments.push((end.saturating_sub(start), fen.collect()));
                start = end;
            }
            splits.insert((row, year), Split { row, year, segments });
        }
        splits.into_values().collect()
    }

    /// What a member of a row gets in a layer.
    fn member(&self, row: usize, member: u64, (year, layer): (usize, usize), pieces: &[(usize, Pieces)]) -> i64 {
        if let Some((_, pieces)) = pieces.iter().find(|(of, _)| *of == layer) {
            let mut end = 0_u64;
            let piece = pieces.iter().find(|(members, _)| {
                end = end.saturating_add(*members);
                member < end
            });
            return piece.map_or(0, |(_, fen)| *fen);
        }
        let at = year.saturating_mul(self.layers()).saturating_add(layer);
        match self.columns.get(at).and_then(Option::as_ref) {
            // A limit of another payer was short, or all members of the row got the same.
            Some(column) if self.data.split(row, year).is_none() => column.get(row).copied().unwrap_or_default(),
            _ => self.data.member_fen(row, member, year, layer),
        }
    }
}

impl Funding {
    /// The funding place by place: the columns of [`Allocation::table`] with `claim`, `funded`, `unfunded` for `amount`.
    /// Layers are rows (`wide` is passed over).
    #[must_use]
    pub fn table(&self, options: TableOptions) -> Table<'_> {
        results::funding_table(self.claims(), self.funded(), options)
    }

    /// The funding place by place for people: places by county with a subtotal (小计) for each, a total (合计), and
    /// [`Funding::notes`]. Layers are rows (`wide` is passed over).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, options: TableOptions, lang: Lang) -> Result<Report<'_>, Problems> {
        let mut report = results::funding_report(self.claims(), self.funded(), options, lang)?;
        report.notes.splice(0..0, self.notes(options.unit, lang));
        Ok(report)
    }
}
