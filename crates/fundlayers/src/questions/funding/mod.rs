//! Funding: an allocation against what payers can spend.
//!
//! A claim is what one place is due in a layer and year. Claims to the same layer, payer and year meet one limit; where
//! they exceed it, a rule says who gets what. The laws of the rules stand in [`FundingRule`].

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::engine::aggregates::Aggregates;
use crate::engine::claims::{Claimants, IdOrder, Pieces};
use crate::engine::payers::paying_column;
use crate::engine::program::{Cell, Dense};
use crate::engine::store::{AllocationData, Split, no_levels};
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::Message;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::ground::text::nearest;
use crate::math::claims::Measure;
use crate::policy::{Payer, Policy};
use crate::results::allocation::Allocation;
use crate::results::tables as results;
use crate::results::tables::TableOptions;
use crate::rows::column::DictionaryColumn;
use crate::tables::table::{Report, Table};

mod explain;
mod limits;
mod notes;
mod parts;
#[cfg(test)]
mod parts_tests;
#[cfg(test)]
mod tests;
mod totals;

use crate::policy::FundingRule;
pub use explain::FundingExplanation;
pub use limits::{Limit, Limits, LimitsBuilder};
pub use parts::{FundSettling, FundingSettlement, FundingSummary, FundingSums, SummedFunding, SummedFundingTotals};
pub use totals::{FundingTotal, FundingTotals};

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
    /// As totals code it.
    payer: u32,
    /// By index in the computed years.
    year: usize,
    /// Its name for people.
    name: Name,
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
    /// A limit is rounded down to the step of its layer. Who pays in claims nothing of it and pays in all the same. Limits of years that the policy covers but the allocation leaves out are
    /// passed over.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownClass`] for an order that names a class which the policy does not have; [`Code::Overflow`] if the
    /// claims to a limit are together beyond 2^63 − 1 fen. Limits that nothing claims are warnings
    /// ([`Code::UnclaimedLimit`]).
    pub fn fund(&self, limits: &Limits, rule: &FundingRule) -> Result<(Funding, Problems), Problems> {
        let turns = rule.turns(self.policy())?;
        let mut work = Work::new(self, rule, turns);
        work.sort_out(limits);
        work.each(&mut Work::settle);
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

/// Whose claims a limit is for.
#[derive(Clone, Copy)]
enum Whose {
    /// Everybody: the layer has one payer.
    All,
    /// The places of which a column says that this one pays, by its code there.
    Of(Payer, u32),
}

/// A limit that may have claims.
struct Open<'a> {
    /// Which of the limits it is.
    number: usize,
    limit: &'a Limit,
    whose: Whose,
}

/// The texts of each column that says who pays, by their codes there.
type Texts<'t> = [(Payer, BTreeMap<&'t str, u32>)];

/// The limits that may have claims, by year × layer.
type OpenLimits<'a> = Vec<Vec<Open<'a>>>;

/// What the layers of a policy are paid by that is not one body, each once.
fn paying(policy: &Policy) -> Vec<Payer> {
    let mut list: Vec<Payer> = Vec::new();
    for payer in policy.layers().iter().map(|layer| layer.payer).filter(|payer| policy.payer_id(*payer).is_none()) {
        if !list.contains(&payer) {
            list.push(payer);
        }
    }
    list
}

fn unclaimed(limit: &Limit, message: Message, expected: Option<Message>) -> Problem {
    let problem = limit.locate(Problem::new(Code::UnclaimedLimit, message));
    match expected {
        Some(expected) => problem.expected(expected),
        None => problem,
    }
}

/// Finds the layer, year and payer of each limit.
fn sort_out<'a>(
    (policy, years): (&Policy, &[u16]),
    texts: &Texts<'_>,
    limits: &'a Limits,
    problems: &mut Problems,
) -> OpenLimits<'a> {
    let layers = policy.layers().len();
    let mut all: OpenLimits<'a> = (0..years.len().saturating_mul(layers)).map(|_| Vec::new()).collect();
    let mut tell = |limit: &Limit, message, expected| problems.push(unclaimed(limit, message, expected));
    for (number, limit) in limits.iter().enumerate() {
        let Some(layer) = policy.layers().iter().position(|layer| layer.id == limit.layer()) else {
            tell(limit, words::NO_LAYER.with(&[&limit.layer()]), None);
            continue;
        };
        let Ok(year) = years.binary_search(&limit.year()) else {
            // A year that was not asked for is no mistake of the table.
            if !policy.years().contains(&limit.year()) {
                let (first, last) = (*policy.years().start(), *policy.years().end());
                let expected = words::YEAR_OF_POLICY.with(&[&first, &last]);
                tell(limit, words::NOTHING_DUE_IN_YEAR.with(&[&limit.year()]), Some(expected));
            }
            continue;
        };
        let payer = policy.layers().get(layer).map(|layer| layer.payer);
        let whose = match payer {
            Some(payer) if policy.payer_id(payer).is_none() => {
                let texts = texts.iter().find(|(known, _)| *known == payer).map(|(_, texts)| texts);
                let Some(code) = texts.and_then(|texts| texts.get(limit.payer())) else {
                    let near = nearest(limit.payer(), texts.into_iter().flat_map(BTreeMap::keys).copied());
                    let phrase = if payer == Payer::County { words::NO_PLACE_IN } else { words::PAYS_FOR_NO_PLACE };
                    let message = phrase.with(&[&limit.payer()]);
                    tell(limit, message, near.map(|near| common::DID_YOU_MEAN.with(&[&near])));
                    continue;
                };
                Whose::Of(payer, *code)
            }
            Some(body) if policy.payer_id(body) == Some(limit.payer()) => Whose::All,
            body => {
                let pays = body.and_then(|body| policy.payer_id(body)).unwrap_or_default();
                let message = words::DOES_NOT_PAY.with(&[&limit.payer(), &limit.layer()]);
                tell(limit, message, Some(words::THIS_ONE_DOES.with(&[&pays])));
                continue;
            }
        };
        let at = year.saturating_mul(layers).saturating_add(layer);
        if let Some(open) = all.get_mut(at) {
            open.push(Open { number, limit, whose });
        }
    }
    all
}

/// What a limit and all claims to it come to.
enum Judged {
    /// Nothing is claimed.
    Unclaimed(Problem),
    /// The claims are too large.
    TooLarge(Problem),
    /// What there is of it, rounded down to the step, and the claims.
    Claimed(Amount, Amount),
}

fn judge(limit: &Limit, whose: Whose, step: i64, claim: Option<Amount>) -> Judged {
    let Some(claim) = claim else {
        let message = words::CLAIMS_TOO_LARGE.with(&[&limit.layer(), &limit.year()]);
        return Judged::TooLarge(Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS));
    };
    if claim.is_zero() {
        let phrase = match (whose, limit.payer()) {
            (Whose::All, _) => words::NOTHING_DUE,
            (Whose::Of(Payer::County, _), "") => words::NOTHING_DUE_WITHOUT_COUNTY,
            (Whose::Of(..), "") => words::NOTHING_DUE_WITHOUT_PAYER,
            (Whose::Of(..), _) => words::NOTHING_DUE_FROM,
        };
        let message = phrase.with(&[&limit.year(), &limit.layer(), &limit.payer()]);
        return Judged::Unclaimed(unclaimed(limit, message, None));
    }
    let endowment = limit.amount().fen().checked_div(step).sure();
    Judged::Claimed(Amount::from_fen(endowment.saturating_mul(step)), claim)
}

/// What a payer is called, by its text.
fn payer_name(policy: &Policy, text: &str) -> Name {
    let body = policy.payers().iter().find(|body| body.id == text);
    body.map_or_else(|| Name::both(text), |body| body.name.clone())
}

/// What is done with a limit, and the claims to it in a year and a layer.
type Each<'e, 'a> = dyn FnMut(&mut Work<'a>, &Open<'a>, (usize, usize), &Claimants<'_>, &mut Option<Vec<i64>>) + 'e;

/// The step of a layer, in fen.
fn step(policy: &Policy, layer: usize) -> i64 {
    policy.layers().get(layer).map_or(1, |layer| layer.rounding.step().fen())
}

struct Work<'a> {
    allocation: &'a Allocation,
    data: &'a AllocationData,
    rule: &'a FundingRule,
    /// By class.
    turns: Option<Vec<u32>>,
    open: OpenLimits<'a>,
    /// The rows by what a column says of who pays, and where those of each text begin; once asked for.
    by_payer: Vec<(Payer, Vec<usize>, Vec<u32>)>,
    order: Option<IdOrder>,
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
            open: Vec::new(),
            by_payer: Vec::new(),
            order: None,
            limited: Vec::new(),
            columns: vec![None; cells],
            pieces: BTreeMap::new(),
            problems: Problems::new(),
        }
    }

    fn layers(&self) -> usize {
        self.data.policy.layers().len()
    }

    /// Finds the layer, year and payer of each limit.
    fn sort_out(&mut self, limits: &'a Limits) {
        let (policy, roster) = (&self.data.policy, &self.data.roster);
        let texts: Vec<(Payer, BTreeMap<&str, u32>)> = paying(policy)
            .into_iter()
            .map(|payer| {
                let column = paying_column(policy, roster, payer);
                let texts = column.map(|column| column.values().zip(0_u32..).collect());
                (payer, texts.unwrap_or_else(|| BTreeMap::from([("", 0)])))
            })
            .collect();
        self.open = sort_out((policy, &self.data.years), &texts, limits, &mut self.problems);
    }

    /// Goes through the limits, each with the claims to it and the awards of its layer and year so far.
    fn each(&mut self, each: &mut Each<'_, 'a>) {
        for (at, open) in std::mem::take(&mut self.open).into_iter().enumerate() {
            let (Some(year), Some(layer)) = (at.checked_div(self.layers()), at.checked_rem(self.layers())) else {
                continue;
            };
            if open.is_empty() {
                continue;
            }
            let due = self.data.places_fen(year, layer);
            let mut column: Option<Vec<i64>> = None;
            for open in open {
                let claims = self.claimants(open.whose, (year, layer), &due);
                each(self, &open, (year, layer), &claims, &mut column);
            }
            if let Some(slot) = self.columns.get_mut(at) {
                *slot = column;
            }
        }
    }

    /// The rows of which a column says that a payer pays, by its code there.
    fn rows_of(&mut self, payer: Payer, code: u32) -> Vec<u32> {
        let at = self.by_payer.iter().position(|(known, ..)| *known == payer).unwrap_or_else(|| {
            let (starts, list) = self.sorted_by(payer);
            self.by_payer.push((payer, starts, list));
            self.by_payer.len().saturating_sub(1)
        });
        let Some((_, starts, list)) = self.by_payer.get(at) else { return Vec::new() };
        let at = index(code);
        let range = starts.get(at).copied().sure()..starts.get(at.saturating_add(1)).copied().sure();
        list.get(range).sure().to_vec()
    }

    /// All rows by what a column says of who pays, and where those of each text begin.
    fn sorted_by(&self, payer: Payer) -> (Vec<usize>, Vec<u32>) {
        let column = paying_column(&self.data.policy, &self.data.roster, payer);
        let code = |row: usize| index(column.map_or(0, |column| column.code(row)));
        let rows = self.data.roster.len();
        let values = column.map_or(1, DictionaryColumn::value_count);
        let mut starts = vec![0_usize; values.saturating_add(1)];
        for row in 0..rows {
            if let Some(next) = starts.get_mut(code(row).saturating_add(1)) {
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
            if let Some(at) = next.get_mut(code(row)) {
                if let Some(slot) = list.get_mut(*at) {
                    *slot = number;
                }
                *at = at.wrapping_add(1);
            }
        }
        (starts, list)
    }

    /// Who has a claim to a limit.
    fn claimants<'d>(&mut self, whose: Whose, (year, layer): (usize, usize), due: &'d [i64]) -> Claimants<'d>
    where
        'a: 'd,
    {
        let data = self.data;
        let rows = match whose {
            Whose::All => None,
            Whose::Of(payer, code) => Some(self.rows_of(payer, code)),
        };
        let members = |row: u32| {
            let split = data.split(index(row), year)?;
            let fen = |of_layers: &[i64]| of_layers.get(layer).copied().sure();
            Some(split.segments.iter().map(|(members, of_layers)| (*members, fen(of_layers))).collect())
        };
        let differ = data.split.iter().any(|split| split.year == year);
        let members: Option<&dyn Fn(u32) -> Option<Pieces>> = if differ { Some(&members) } else { None };
        Claimants::new((&data.roster, &data.groups), step(&data.policy, layer), due, rows, members)
    }

    /// What a limit comes to for the places that have claims to it.
    fn settle(
        &mut self,
        open: &Open<'a>,
        (year, layer): (usize, usize),
        claims: &Claimants<'_>,
        column: &mut Option<Vec<i64>>,
    ) {
        let data = self.data;
        let Open { limit, whose, .. } = *open;
        let (applied, claim) = match judge(limit, whose, step(&data.policy, layer), claims.total()) {
            Judged::Claimed(applied, claim) => (applied, claim),
            Judged::Unclaimed(problem) | Judged::TooLarge(problem) => return self.problems.push(problem),
        };
        let payer = match whose {
            Whose::All => data.policy.layers().get(layer).map_or(u32::MAX, |layer| data.payers().code(layer.payer, 0)),
            Whose::Of(payer, code) => data.payers().code(payer, code),
        };
        let name = payer_name(&data.policy, limit.payer());
        let limited = Limited { layer, payer, year, name, limit: applied, claim, measure: Measure::Met };
        if claim <= applied {
            self.limited.push(limited);
            return;
        }
        let order = self.order.get_or_insert_with(|| IdOrder::new(&data.roster));
        let awards = claims.settle(applied, self.rule, self.turns.as_deref(), order);
        self.limited.push(Limited { measure: awards.measure, ..limited });
        self.take(claims.hand_out(awards, column), (year, layer));
    }

    /// Takes the rows whose members get different awards.
    fn take(&mut self, differing: Vec<(u32, Pieces)>, (year, layer): (usize, usize)) {
        for (row, pieces) in differing {
            self.pieces.entry((row, year)).or_default().push((layer, pieces));
        }
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
            let layer = at.checked_rem(data.policy.layers().len()).and_then(|layer| data.policy.layers().get(layer));
            let step = layer.map_or(0, |layer| layer.rounding.step().fen());
            dense.push(Arc::new(Dense::new(amounts).or_a_step_more(step)));
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
            payers: OnceLock::new(),
            limited: data.limited.clone(),
            aggregates: Aggregates::new(&data.policy),
            past: None,
            settled: data.settled.clone(),
            arrived: data.arrived.clone(),
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
            Some(column) if self.data.split(row, year).is_none() => column.get(row).copied().sure(),
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
