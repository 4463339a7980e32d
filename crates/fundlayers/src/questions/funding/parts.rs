//! Limits on a roster in parts: in passes it is found what the claims to each come to and where the last steps end; then the award of
//! every claim is a function of its own row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::notes::Told;
use super::totals::{Funded, FundingTotal};
use super::{Judged, Limited, Limits, Work, judge, payer_name, paying, sort_out, step};
use crate::engine::payers::paying_column;
use crate::engine::roster::Roster;
use crate::engine::settle::claims::{ClaimSums, Claimed};
use crate::engine::settle::sample::hash;
use crate::engine::settle::text::{Text, pairs};
use crate::engine::settle::{ROOM, room_of_one};
use crate::ground::catalogue::results as words;
use crate::ground::language::Lang;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, InEveryLanguage, Problem, Problems};
use crate::ground::sure::Sure;
use crate::math::claims::Measure;
use crate::policy::{FundingRule, Policy};
use crate::results::allocation::Allocation;
use crate::results::summary::{Part, Summary, Summed, SummedTotals, Summing};
use crate::results::tables::{self as results, TableOptions};
use crate::results::totals::Grouping;
use crate::tables::table::{Report, Table};

/// How an allocation of a roster in parts is met within limits: in passes over all parts, each of which is summed by itself, in any
/// order, on any machine, until every limit is settled; then every part has the awards that the whole roster would give its rows, to
/// the byte.
///
/// ```
/// use fundlayers::{FundSettling, FundingRule, FundingSums, Grouping, LimitsBuilder, Part, Policy, RosterBuilder, RowBuilder, Summing};
/// use fundlayers::roster::Cell;
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "rounding": { "unit": "元", "places": 0 }, "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///   "classes": [{ "id": "all", "funding": { "city": 40 } }] }"#)?;
/// let mut limits = LimitsBuilder::new(&policy, &["layer", "payer", "year", "amount(元)"].map(|title| (title, None)));
/// limits.push_row(None, &["city", "city", "2024", "100"].map(Cell::Text));
/// let (limits, _) = limits.finish()?;
/// let read = |part: &Part, names: &[&str]| {
///     let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
///     builder.after_rows(part.rows_before());
///     names.iter().for_each(|name| builder.push_row(None, &[Cell::Text(name)]));
///     builder.finish()
/// };
/// let parts = [(Part::new(0), &["a", "b"][..]), (Part::new(2), &["c"])];
/// let summing = Summing::new(&policy, None, &[Grouping::Id])?;
/// let mut settling = FundSettling::new(&summing, &limits, &FundingRule::Proportional)?;
/// while !settling.is_settled() {
///     let mut sums = settling.nothing();
///     for (part, names) in &parts {
///         // What a worker gives travels as JSON.
///         let of_part: FundingSums = serde_json::from_str(&serde_json::to_string(&settling.part(part, read(part, names)))?)?;
///         sums.merge(of_part)?;
///     }
///     settling = settling.next(sums)?;
/// }
/// let mut summary = settling.no_awards();
/// for (part, names) in &parts {
///     summary.merge(settling.awards(part, read(part, names)).0)?;
/// }
/// let (funding, _) = settling.finish(summary)?;
/// let totals = funding.totals()?;
/// // 100 ÷ 3: the step that is left over goes to the smallest id.
/// assert_eq!(totals.iter().map(|row| row.funded().fen()).collect::<Vec<_>>(), [3_400, 3_300, 3_300]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FundSettling {
    summing: Summing,
    /// For passes, which need no totals.
    passing: Summing,
    limits: Limits,
    rule: FundingRule,
    /// By class, under a rule of turns.
    turns: Option<Vec<u32>>,
    so_far: FundingSettlement,
    at_most: Option<u32>,
}

/// What is settled of limits for all parts of a roster: of each the part of a claim that it leaves, and where the steps end that the
/// largest remainders get. It travels as JSON: amounts and fractions are texts, none is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingSettlement {
    /// Tells apart what was settled for another policy, other years, limits or another rule.
    of: String,
    passes: u32,
    /// How much a pass keeps of the claims to all limits together.
    room: usize,
    known: Option<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    limits: Vec<KnownLimit>,
    warnings: Vec<InEveryLanguage>,
}

/// A limit that somebody has a claim to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KnownLimit {
    /// Which of the limits it is.
    number: usize,
    layer: usize,
    /// By index in the computed years.
    year: usize,
    payer: String,
    /// What payers are sorted by: bodies first, then by the column and the row in which each first appears.
    rank: (usize, u64),
    limit: Text<i64>,
    claim: Text<i64>,
    /// None where every claim is met.
    claimed: Option<Claimed>,
}

/// What some parts of a roster add to a pass over all claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingSums {
    of: String,
    /// After how many passes.
    after: u32,
    summary: Summary,
    /// By which of the limits.
    #[serde(with = "pairs")]
    claims: BTreeMap<usize, ClaimSums>,
    /// Of each column that says who pays, its texts with the row in which each first appears.
    payers: Vec<BTreeMap<String, u64>>,
}

/// What some parts of a roster come to within limits: claims and awards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingSummary {
    claims: Summary,
    awards: Summary,
}

impl FundingSettlement {
    /// How many passes over the rows it took so far.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }
}

fn unlike() -> Problems {
    Problem::new(Code::UnlikeSummaries, words::OTHER_LIMITS).into()
}

impl FundSettling {
    /// For limits and a rule; claims are summed, and shown by columns, as `summing` says.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownClass`] for an order that names a class which the policy does not have.
    pub fn new(summing: &Summing, limits: &Limits, rule: &FundingRule) -> Result<Self, Problems> {
        let policy = summing.policy();
        let turns = rule.turns(policy)?;
        let list: Vec<_> =
            limits.iter().map(|limit| (limit.layer(), limit.payer(), limit.year(), limit.amount())).collect();
        let about = format!("{} {:?} {list:?} {rule:?}", policy.document(), summing.years());
        let of = format!("{:016x}", hash(&about, 0, 0));
        Ok(Self {
            passing: summing.without_totals(),
            summing: summing.clone(),
            limits: limits.clone(),
            rule: rule.clone(),
            turns,
            so_far: FundingSettlement { of, passes: 0, room: ROOM, known: None },
            at_most: None,
        })
    }

    /// Whether a policy has what a rule names, before any row is read.
    ///
    /// # Errors
    ///
    /// As [`FundSettling::new`].
    pub fn check(policy: &Policy, rule: &FundingRule) -> Result<(), Problems> {
        rule.turns(policy).map(|_| ())
    }

    /// The same for a roster that is known to have no id in two parts; see [`Summing::trusting_ids`].
    #[must_use]
    pub fn trusting_ids(self) -> Self {
        Self { summing: self.summing.trusting_ids(), ..self }
    }

    /// The same, refused once more passes are needed than these, the last one with them that gives awards.
    ///
    /// # Errors
    ///
    /// [`Code::NeedsWholeRoster`] if that is so already.
    pub fn at_most(self, passes: u32) -> Result<Self, Problems> {
        Self { at_most: Some(passes), ..self }.within()
    }

    fn within(self) -> Result<Self, Problems> {
        // One more that settles, and the one that gives awards.
        let needed = self.so_far.passes.saturating_add(if self.is_settled() { 1 } else { 2 });
        match self.at_most.filter(|passes| *passes < needed) {
            Some(passes) => {
                let problem = Problem::new(Code::NeedsWholeRoster, words::MORE_PASSES.with(&[&passes]));
                Err(problem.expected(words::MORE_OR_WHOLE).into())
            }
            None => Ok(self),
        }
    }

    /// Goes on from what was settled so far, as on another machine.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if that is of another policy, of other years or limits, or by another rule.
    pub fn going_on(self, so_far: FundingSettlement) -> Result<Self, Problems> {
        if so_far.of == self.so_far.of { Self { so_far, ..self }.within() } else { Err(unlike()) }
    }

    /// How claims are summed.
    #[must_use]
    pub const fn summing(&self) -> &Summing {
        &self.summing
    }

    /// Whether awards can be computed now.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let known = self.so_far.known.as_ref();
        known.is_some_and(|known| known.claimed().all(Claimed::is_known))
    }

    /// What is settled so far: all of it, once [`FundSettling::is_settled`].
    #[must_use]
    pub const fn so_far(&self) -> &FundingSettlement {
        &self.so_far
    }

    /// What no part adds to the pass.
    #[must_use]
    pub fn nothing(&self) -> FundingSums {
        FundingSums {
            of: self.so_far.of.clone(),
            after: self.so_far.passes,
            summary: self.passing.nothing(),
            claims: BTreeMap::new(),
            payers: vec![BTreeMap::new(); paying(self.summing.policy()).len()],
        }
    }

    /// What a part adds to the pass, from what reading its rows gave: the roster, or what is wrong with it.
    #[must_use]
    pub fn part(&self, part: &Part, read: Result<(Roster, Problems), Problems>) -> FundingSums {
        let mut sums = self.nothing();
        let (summary, allocation) = self.passing.part(part, read);
        sums.summary = summary;
        let Some(allocation) = allocation.filter(|allocation| !allocation.roster().is_empty()) else { return sums };
        let known = self.so_far.known.as_ref();
        if known.is_none() {
            sums.payers = Self::payers(part, &allocation);
        }
        let room = room_of_one(known.map_or(self.limits.len(), Known::open), self.so_far.room);
        let turns = self.turns.as_deref();
        let mut work = Work::new(&allocation, &self.rule, None);
        work.sort_out(&self.limits);
        work.each(&mut |_, open, _, claims, _| {
            let of_limit = match known {
                None => Some(ClaimSums::new(claims.iter(turns), &self.rule, room)),
                Some(known) => known
                    .claimed_of(open.number)
                    .filter(|claimed| !claimed.is_known())
                    .map(|claimed| claimed.sums(claims.iter(turns), room)),
            };
            sums.claims.extend(of_limit.map(|of_limit| (open.number, of_limit)));
        });
        sums
    }

    /// The same where passes keep no more of claims than this.
    #[cfg(test)]
    pub(super) fn with_room(mut self, room: usize) -> Self {
        self.so_far.room = room;
        self
    }

    /// The texts of columns that say who pays, with the rows in which they first appear.
    fn payers(part: &Part, allocation: &Allocation) -> Vec<BTreeMap<String, u64>> {
        let (policy, roster) = (allocation.policy(), allocation.roster());
        let of_column = |payer| {
            let mut texts = BTreeMap::new();
            let Some(column) = paying_column(policy, roster, payer) else {
                return BTreeMap::from([(String::new(), part.row(roster.row_number(0)))]);
            };
            let mut seen = BTreeSet::new();
            for row in 0..roster.len() {
                if seen.insert(column.code(row)) {
                    texts.insert(column.get(row).to_owned(), part.row(roster.row_number(row)));
                }
            }
            // A blank may be a value of the column that no row has.
            for text in column.values() {
                texts.entry(text.to_owned()).or_insert(u64::MAX);
            }
            texts
        };
        paying(policy).into_iter().map(of_column).collect()
    }

    /// What follows from the sums of all parts.
    ///
    /// # Errors
    ///
    /// Every problem of every part, the first so many of a kind; [`Code::Overflow`] if the claims to a limit are together beyond
    /// 2^63 − 1 fen; [`Code::UnlikeSummaries`] if the sums are of another pass; [`Code::NeedsWholeRoster`] if more passes are needed
    /// than there may be.
    pub fn next(self, sums: FundingSums) -> Result<Self, Problems> {
        let FundingSums { of, after, summary, claims, payers } = sums;
        if (&of, after) != (&self.so_far.of, self.so_far.passes) {
            return Err(unlike());
        }
        self.passing.finish(summary)?;
        let known = match self.so_far.known.clone() {
            None => self.known(&claims, &payers)?,
            Some(mut known) => {
                for limit in &mut known.limits {
                    if let (Some(claimed), Some(sums)) = (&mut limit.claimed, claims.get(&limit.number)) {
                        claimed.next(sums);
                    }
                }
                known
            }
        };
        let so_far =
            FundingSettlement { known: Some(known), passes: self.so_far.passes.saturating_add(1), ..self.so_far };
        Self { so_far, ..self }.within()
    }

    /// What is known of the limits once all claims are summed.
    fn known(&self, sums: &BTreeMap<usize, ClaimSums>, payers: &[BTreeMap<String, u64>]) -> Result<Known, Problems> {
        let (policy, years) = (self.summing.policy(), self.summing.years());
        let texts: Vec<_> = paying(policy)
            .into_iter()
            .zip(payers)
            .map(|(payer, texts)| (payer, texts.keys().map(String::as_str).zip(0_u32..).collect::<BTreeMap<_, _>>()))
            .collect();
        let mut problems = Problems::new();
        let open = sort_out((policy, years), &texts, &self.limits, &mut problems);
        let mut limits = Vec::new();
        for (at, open) in open.into_iter().enumerate() {
            let layers = policy.layers().len();
            let (Some(year), Some(layer)) = (at.checked_div(layers), at.checked_rem(layers)) else { continue };
            let step = step(policy, layer);
            for open in open {
                let nothing = ClaimSums::default();
                let claims = sums.get(&open.number).unwrap_or(&nothing);
                let claim = claims.total().checked_mul(step.unsigned_abs().into());
                let claim = claim.and_then(|fen| i64::try_from(fen).ok()).map(Amount::from_fen);
                let (limit, claim) = match judge(open.limit, open.whose, step, claim) {
                    Judged::Claimed(limit, claim) => (limit, claim),
                    Judged::Unclaimed(problem) | Judged::TooLarge(problem) => {
                        problems.push(problem);
                        continue;
                    }
                };
                let endowment = u64::try_from(limit.fen().checked_div(step).sure()).sure();
                limits.push(KnownLimit {
                    number: open.number,
                    layer,
                    year,
                    payer: open.limit.payer().to_owned(),
                    rank: self.rank(open.limit.payer(), payers),
                    limit: Text(limit.fen()),
                    claim: Text(claim.fen()),
                    claimed: (claim > limit).then(|| Claimed::new(endowment, claims, &self.rule)),
                });
            }
        }
        problems.sort();
        if problems.has_errors() {
            return Err(problems);
        }
        limits.sort_by_key(|limit: &KnownLimit| (limit.layer, limit.rank, limit.year));
        Ok(Known { limits, warnings: problems.into_iter().map(InEveryLanguage).collect() })
    }

    /// What a payer is sorted by.
    fn rank(&self, text: &str, columns: &[BTreeMap<String, u64>]) -> (usize, u64) {
        let bodies = self.summing.policy().payers();
        if let Some(body) = bodies.iter().position(|body| body.id == text) {
            return (0, u64::try_from(body).unwrap_or(u64::MAX));
        }
        let mut columns = (1..).zip(columns);
        columns.find_map(|(at, texts)| Some((at, *texts.get(text)?))).unwrap_or((usize::MAX, u64::MAX))
    }

    /// The summary of no part.
    #[must_use]
    pub fn no_awards(&self) -> FundingSummary {
        FundingSummary { claims: self.summing.nothing(), awards: self.summing.nothing() }
    }

    /// The summary of a part, with its allocation and the same as far as it is funded. Only once all is settled.
    #[must_use]
    pub fn awards(
        &self,
        part: &Part,
        read: Result<(Roster, Problems), Problems>,
    ) -> (FundingSummary, Option<(Allocation, Allocation)>) {
        let (claims, allocation) = self.summing.part(part, read);
        let Some(allocation) = allocation else {
            return (FundingSummary { claims, awards: self.summing.nothing() }, None);
        };
        let funded = self.funded(&allocation);
        let awards = self.summing.amounts(part, &funded);
        (FundingSummary { claims, awards }, Some((allocation, funded)))
    }

    /// The claims of a part and what is funded of them place by place, from what [`FundSettling::awards`] gives of it: the rows that
    /// [`Funding::table`](super::Funding::table) of the whole roster has of it. Layers are rows (`wide` is passed over).
    #[must_use]
    pub fn table<'a>(claims: &'a Allocation, funded: &'a Allocation, options: TableOptions) -> Table<'a> {
        results::funding_table(claims, funded, options)
    }

    /// The allocation of a part as far as it is funded.
    fn funded(&self, allocation: &Allocation) -> Allocation {
        let Some(known) = self.so_far.known.as_ref().filter(|_| !allocation.roster().is_empty()) else {
            return allocation.clone();
        };
        let turns = self.turns.as_deref();
        let mut work = Work::new(allocation, &self.rule, None);
        work.sort_out(&self.limits);
        work.each(&mut |work, open, at, claims, column| {
            if let Some(claimed) = known.claimed_of(open.number) {
                let awards = claimed.awards(claims.iter(turns));
                work.take(claims.hand_out(awards, column), at);
            }
        });
        work.funded()
    }

    /// What all parts come to, with the warnings that the whole roster has: of its rows, then of its limits.
    ///
    /// # Errors
    ///
    /// Every problem of every part, the first so many of a kind; [`Code::UnlikeSummaries`] if not all is settled.
    pub fn finish(&self, summary: FundingSummary) -> Result<(SummedFunding, Problems), Problems> {
        let (funding, mut warnings, of_limits) = self.finished(summary)?;
        warnings.append(of_limits);
        Ok((funding, warnings))
    }

    /// The same with the warnings of the limits by themselves.
    pub(crate) fn finished(&self, summary: FundingSummary) -> Result<(SummedFunding, Problems, Problems), Problems> {
        let (claims, warnings) = self.summing.finish(summary.claims)?;
        let (awards, _) = self.summing.finish(summary.awards)?;
        let Some(known) = self.so_far.known.as_ref().filter(|_| self.is_settled()) else { return Err(unlike()) };
        let limited = known.limits.iter().zip(0_u32..).map(|(limit, number)| Limited {
            layer: limit.layer,
            payer: number,
            year: limit.year,
            name: payer_name(self.summing.policy(), &limit.payer),
            limit: Amount::from_fen(limit.limit.0),
            claim: Amount::from_fen(limit.claim.0),
            measure: limit.claimed.as_ref().map_or(Measure::Met, Claimed::measure),
        });
        let limited = limited.collect();
        let by_place = known.limits.iter().filter_map(|limit| {
            let year = self.summing.years().get(limit.year)?;
            Some(((limit.layer, limit.payer.clone(), *year), Amount::from_fen(limit.limit.0)))
        });
        let by_place = by_place.collect();
        let data = Data { claims, awards, rule: self.rule.clone(), limited, by_place };
        Ok((
            SummedFunding(Arc::new(data)),
            warnings,
            known.warnings.iter().map(|InEveryLanguage(problem)| problem.clone()).collect(),
        ))
    }
}

impl Known {
    fn claimed(&self) -> impl Iterator<Item = &Claimed> {
        self.limits.iter().filter_map(|limit| limit.claimed.as_ref())
    }

    /// What is known of a short limit, by its number.
    fn claimed_of(&self, number: usize) -> Option<&Claimed> {
        self.limits.iter().find(|limit| limit.number == number)?.claimed.as_ref()
    }

    /// Of how many limits something is looked for.
    fn open(&self) -> usize {
        self.claimed().filter(|claimed| !claimed.is_known()).count()
    }
}

impl FundingSums {
    /// Takes in what other parts add. Merging is associative and commutative.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if they are of other limits or another pass.
    pub fn merge(&mut self, other: Self) -> Result<(), Problems> {
        if (&self.of, self.after) != (&other.of, other.after) {
            return Err(unlike());
        }
        self.summary.merge(other.summary)?;
        for (number, claims) in other.claims {
            self.claims.entry(number).or_default().merge(claims);
        }
        for (known, texts) in self.payers.iter_mut().zip(other.payers) {
            for (text, row) in texts {
                let first = known.entry(text).or_insert(row);
                *first = row.min(*first);
            }
        }
        Ok(())
    }

    /// Whether something is wrong with a part, so that more passes would be in vain.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.summary.has_failed()
    }
}

impl FundingSummary {
    /// Takes in what other parts come to.
    ///
    /// # Errors
    ///
    /// As [`Summary::merge`].
    pub fn merge(&mut self, other: Self) -> Result<(), Problems> {
        self.claims.merge(other.claims)?;
        self.awards.merge(other.awards)
    }

    /// Adds that an id stands in two parts, as an engine that groups all rows by their ids finds it: together with
    /// [`FundSettling::trusting_ids`], which keeps none of them.
    pub fn tell_id_in_two_parts(&mut self, id: &str, one: &Part, other: &Part) {
        self.claims.tell_id_in_two_parts(id, one, other);
    }
}

/// A roster in parts as far as limits let it be paid: what a [`Funding`](super::Funding) is of a whole one. Cheap to clone; never
/// changes.
#[derive(Clone)]
pub struct SummedFunding(Arc<Data>);

struct Data {
    claims: Summed,
    awards: Summed,
    rule: FundingRule,
    limited: Vec<Limited>,
    /// The limits by layer, payer and year.
    by_place: BTreeMap<(usize, String, u16), Amount>,
}

impl SummedFunding {
    /// What was due: the claims.
    #[must_use]
    pub fn claims(&self) -> &Summed {
        &self.0.claims
    }

    /// The same as far as it is funded.
    #[must_use]
    pub fn funded(&self) -> &Summed {
        &self.0.awards
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &FundingRule {
        &self.0.rule
    }

    /// Claims and what is funded of them, by the columns that the parts were summed by; see
    /// [`Funding::totals`](super::Funding::totals).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn totals(&self) -> Result<SummedFundingTotals, Problems> {
        let (claims, awards) = (self.0.claims.totals(false)?, self.0.awards.totals(true)?);
        let limit =
            |layer: usize, payer: &str, year: u16| self.0.by_place.get(&(layer, payer.to_owned(), year)).copied();
        Ok(SummedFundingTotals { funding: self.clone(), funded: Funded::summed(claims, &awards, limit) })
    }

    /// Remarks for people; see [`Funding::notes`](super::Funding::notes).
    #[must_use]
    pub fn notes(&self, unit: Unit, lang: Lang) -> Vec<String> {
        let summing = self.0.claims.summing();
        let told =
            Told { policy: summing.policy(), years: summing.years(), rule: &self.0.rule, limited: &self.0.limited };
        told.notes(unit, lang)
    }
}

impl fmt::Debug for SummedFunding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SummedFunding")
            .field("claims", &self.0.claims)
            .field("rule", &self.0.rule)
            .finish_non_exhaustive()
    }
}

/// The totals of a [`SummedFunding`]: what [`FundingTotals`](super::FundingTotals) are of a whole roster.
#[derive(Debug, Clone)]
pub struct SummedFundingTotals {
    funding: SummedFunding,
    funded: Funded<SummedTotals>,
}

impl SummedFundingTotals {
    /// What the totals are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.funded.by()
    }

    /// The funding.
    #[must_use]
    pub fn funding(&self) -> &SummedFunding {
        &self.funding
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.funded.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FundingTotal<'_>> {
        self.funded.iter()
    }

    /// The totals as a table; see [`FundingTotals::table`](super::FundingTotals::table).
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        self.funded.table(unit)
    }

    /// The totals for people; see [`FundingTotals::report`](super::FundingTotals::report).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        self.funded.report(self.funding.notes(unit, lang), unit, lang)
    }
}
