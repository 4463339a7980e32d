//! Limits of rosters in parts: what a pass sums of the claims to one, and what follows from it.
//!
//! A pass sums the claims, by turns under a rule of turns, of which all but one are met or get nothing. A rule with a level λ takes as
//! many more as that needs ([`level`](super::level)), of which the first sums the claims too. Then the award of a claim before rounding
//! is known. The steps that are left over go to the largest remainders: the next pass sums the whole steps and looks for the cut, as of
//! a pool.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::cut::{Candidate, Cut, Cutting, Key, Search};
use super::level::{Level, Sizes};
use super::sample::{Sample, hash};
use super::text::Text;
use crate::math::claims::{Awards, Fraction, Measure, Steps};
use crate::policy::FundingRule;

/// Claims alike: members of a row who claim the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim<'a> {
    /// In whole steps.
    pub(crate) steps: u64,
    pub(crate) members: u64,
    /// In which turn they are met.
    pub(crate) turn: u32,
    pub(crate) id: &'a str,
    /// The first of them among the members of the row.
    pub(crate) first: u64,
}

/// What a pass sums of some claims to a limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClaimSums {
    /// What each turn claims, in steps.
    #[serde(with = "super::text::pairs")]
    turns: BTreeMap<u32, Text<u128>>,
    /// The greatest of them.
    greatest: u64,
    /// Those among which λ is.
    sizes: Sizes,
    /// The whole steps of awards in the turn in which what there is ends.
    steps: Text<u128>,
    /// Some of those among whom the cut is, and how many of them there are between splitters.
    candidates: Sample<Candidate>,
    between: Vec<Text<u128>>,
}

impl ClaimSums {
    /// Of a first pass; for a rule with a level so many sizes are told apart.
    pub(crate) fn new<'a>(claims: impl Iterator<Item = Claim<'a>>, rule: &FundingRule, room: usize) -> Self {
        let (mut sums, mut sizes) = (Self::default(), Vec::new());
        let has_level = has_level(rule);
        for claim in claims.filter(|claim| claim.steps > 0) {
            let turn = sums.turns.entry(claim.turn).or_default();
            turn.0 = turn.0.saturating_add(u128::from(claim.steps).saturating_mul(claim.members.into()));
            sums.greatest = sums.greatest.max(claim.steps);
            sizes.extend(Some((claim.steps, claim.members)).filter(|_| has_level));
        }
        if has_level {
            sums.sizes = Sizes::new(sizes, room);
        }
        sums
    }

    pub(crate) fn merge(&mut self, other: Self) {
        let add = |sum: &mut Text<u128>, part: Text<u128>| sum.0 = sum.0.saturating_add(part.0);
        for (turn, steps) in other.turns {
            add(self.turns.entry(turn).or_default(), steps);
        }
        self.greatest = self.greatest.max(other.greatest);
        self.sizes.merge(other.sizes);
        add(&mut self.steps, other.steps);
        self.candidates.merge(other.candidates);
        for (at, members) in other.between.into_iter().enumerate() {
            match self.between.get_mut(at) {
                Some(known) => add(known, members),
                None => self.between.push(members),
            }
        }
    }

    /// What all of them claim, in steps.
    pub(crate) fn total(&self) -> u128 {
        self.turns.values().fold(0, |sum, steps| sum.saturating_add(steps.0))
    }
}

/// Whether awards come of one level for all claims.
const fn has_level(rule: &FundingRule) -> bool {
    match rule {
        FundingRule::ConstrainedEqualAwards | FundingRule::ConstrainedEqualLosses | FundingRule::Talmud => true,
        FundingRule::Proportional | FundingRule::Priority(_) => false,
    }
}

/// What is known of a limit and all claims to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claimed {
    /// What there is for them, in steps.
    rest: Text<u64>,
    way: Way,
    stage: Stage,
}

/// What awards before rounding come of: a part of each claim, or λ, each as numerator and denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    Share(Text<u128>, Text<u128>),
    /// In the turn in which what there is ends; those before it are met.
    Turn(u32, Text<u128>, Text<u128>),
    Awards(Text<u128>, Text<u128>),
    Losses(Text<u128>, Text<u128>),
    HalfAwards(Text<u128>, Text<u128>),
    HalfLosses(Text<u128>, Text<u128>),
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// λ is looked for.
    Level(Level),
    /// The whole steps are to be summed.
    Sharing,
    Cutting(Cutting),
    Done(Option<Cut>),
}

impl Way {
    const fn measure(self) -> Measure {
        const fn fraction(numerator: Text<u128>, denominator: Text<u128>) -> Fraction {
            Fraction { numerator: numerator.0, denominator: denominator.0 }
        }
        match self {
            Self::Share(numerator, denominator) => Measure::Share(fraction(numerator, denominator)),
            Self::Turn(reached, numerator, denominator) => Measure::Turn(reached, fraction(numerator, denominator)),
            Self::Awards(numerator, denominator) => Measure::Awards(fraction(numerator, denominator)),
            Self::Losses(numerator, denominator) => Measure::Losses(fraction(numerator, denominator)),
            Self::HalfAwards(numerator, denominator) => Measure::HalfAwards(fraction(numerator, denominator)),
            Self::HalfLosses(numerator, denominator) => Measure::HalfLosses(fraction(numerator, denominator)),
        }
    }

    /// The same once its λ is known: that of whole claims, where it is of half ones.
    const fn at(self, level: Fraction) -> Self {
        let (numerator, denominator) = (Text(level.numerator), Text(level.denominator));
        let doubled = Text(level.denominator.saturating_mul(2));
        match self {
            Self::Awards(..) => Self::Awards(numerator, denominator),
            Self::Losses(..) => Self::Losses(numerator, denominator),
            Self::HalfAwards(..) => Self::HalfAwards(numerator, doubled),
            Self::HalfLosses(..) => Self::HalfLosses(numerator, doubled),
            Self::Share(..) | Self::Turn(..) => self,
        }
    }

    fn awarding(self) -> Awarding {
        let measure = self.measure();
        match measure {
            Measure::Share(part) => Awarding { reached: None, of: Part::Share(part) },
            Measure::Turn(reached, part) => Awarding { reached: Some(reached), of: Part::Share(part) },
            _ => Awarding { reached: None, of: Part::Level(Steps::new(measure)) },
        }
    }
}

/// What each claim comes to.
struct Awarding {
    /// The turn in which what there is ends, under a rule of turns.
    reached: Option<u32>,
    of: Part,
}

/// What comes of a claim of that turn.
enum Part {
    Share(Fraction),
    Level(Steps),
}

impl Awarding {
    fn is_reached(&self, claim: &Claim<'_>) -> bool {
        self.reached.is_none_or(|reached| reached == claim.turn)
    }

    /// Whole steps, and the remainder over [`Awarding::over`].
    fn award(&self, claim: &Claim<'_>) -> (u64, u128) {
        match self.reached.map_or(std::cmp::Ordering::Equal, |reached| claim.turn.cmp(&reached)) {
            std::cmp::Ordering::Less => return (claim.steps, 0),
            std::cmp::Ordering::Greater => return (0, 0),
            std::cmp::Ordering::Equal => {}
        }
        match &self.of {
            Part::Level(steps) => steps.award(claim.steps),
            Part::Share(part) => {
                // Both are below 2^63.
                let product = u128::from(claim.steps).wrapping_mul(part.numerator);
                let whole = product.checked_div(part.denominator).unwrap_or_default();
                let remainder = product.checked_rem(part.denominator).unwrap_or_default();
                (u64::try_from(whole).unwrap_or(u64::MAX), remainder)
            }
        }
    }

    fn over(&self) -> u128 {
        match &self.of {
            Part::Share(part) => part.denominator.max(1),
            Part::Level(steps) => steps.over(),
        }
    }
}

impl Claimed {
    /// Of all claims, which are together more than there is.
    pub(crate) fn new(endowment: u64, sums: &ClaimSums, rule: &FundingRule) -> Self {
        let (total, zero, one) = (sums.total(), Text(0), Text(1));
        let short = total.saturating_sub(endowment.into());
        let whole = Text(endowment);
        let (way, amount) = match rule {
            FundingRule::Priority(_) => return Self::in_turns(endowment, sums),
            FundingRule::Proportional => {
                let way = Way::Share(Text(endowment.into()), Text(total.max(1)));
                return Self { rest: whole, way, stage: Stage::Sharing };
            }
            FundingRule::ConstrainedEqualAwards => (Way::Awards(zero, one), endowment.into()),
            FundingRule::ConstrainedEqualLosses => (Way::Losses(zero, one), short),
            FundingRule::Talmud => {
                // min(claim ÷ 2, λ) is half of min(claim, 2 λ).
                let is_lower = u128::from(endowment) <= short;
                let way = if is_lower { Way::HalfAwards(zero, one) } else { Way::HalfLosses(zero, one) };
                (way, short.min(endowment.into()).saturating_mul(2))
            }
        };
        let begun = Self { rest: whole, way, stage: Stage::Level(Level::new(amount)) };
        if amount < total {
            return begun.levelled(&sums.sizes);
        }
        // All are met: λ is the largest claim.
        let way = way.at(Fraction { numerator: sums.greatest.into(), denominator: 1 });
        Self { way, stage: Stage::Sharing, ..begun }
    }

    fn in_turns(endowment: u64, sums: &ClaimSums) -> Self {
        let mut rest = endowment;
        let (mut reached, mut sum) = (0, 0);
        for (turn, steps) in &sums.turns {
            (reached, sum) = (*turn, steps.0);
            match u64::try_from(steps.0).ok().and_then(|steps| rest.checked_sub(steps)) {
                Some(left) => rest = left,
                None => break,
            }
        }
        let way = Way::Turn(reached, Text(rest.into()), Text(sum.max(1)));
        Self { rest: Text(rest), way, stage: Stage::Sharing }
    }

    pub(crate) const fn is_known(&self) -> bool {
        matches!(self.stage, Stage::Done(_))
    }

    /// What each claim comes to before rounding.
    pub(crate) const fn measure(&self) -> Measure {
        self.way.measure()
    }

    /// What claims add to a pass, of which so many are kept where something is looked for.
    pub(crate) fn sums<'a>(&self, claims: impl Iterator<Item = Claim<'a>>, room: usize) -> ClaimSums {
        let (from, to, splitters) = match &self.stage {
            Stage::Level(level) => {
                let open = claims.filter(|claim| level.is_open(claim.steps));
                let open = open.map(|claim| (claim.steps, claim.members)).collect();
                return ClaimSums { sizes: Sizes::new(open, room), ..ClaimSums::default() };
            }
            Stage::Cutting(cutting) => (cutting.from.as_ref(), cutting.to.as_ref(), cutting.splitters.as_slice()),
            Stage::Sharing | Stage::Done(_) => (None, None, [].as_slice()),
        };
        let awarding = self.way.awarding();
        let over = awarding.over();
        let stand = |key| Stand::new(over, key);
        let (from, to) = (from.map(stand), to.map(stand));
        let splitters: Vec<Stand<'_>> = splitters.iter().map(stand).collect();
        let mut sums = ClaimSums { candidates: Sample::new(room), ..ClaimSums::default() };
        if matches!(self.stage, Stage::Cutting(_)) {
            sums.between = vec![Text(0); splitters.len().saturating_add(1)];
        }
        // Before that turn all are met, and after it none.
        for claim in claims.filter(|claim| awarding.is_reached(claim)) {
            let (steps, remainder) = awarding.award(&claim);
            sums.steps.0 = sums.steps.0.saturating_add(u128::from(steps).saturating_mul(claim.members.into()));
            let is_among = from.as_ref().is_none_or(|from| from.against(remainder, &claim).is_le())
                && to.as_ref().is_none_or(|to| to.against(remainder, &claim).is_gt());
            if remainder == 0 || !is_among {
                continue;
            }
            let slot = splitters.partition_point(|splitter| splitter.against(remainder, &claim).is_le());
            if let Some(slot) = sums.between.get_mut(slot) {
                slot.0 = slot.0.saturating_add(claim.members.into());
            }
            sums.candidates.push(hash(claim.id, claim.first, 0), || {
                let remainder = Text(BigRational::new(remainder.into(), over.into()));
                (Key { remainder, id: claim.id.to_owned(), first: claim.first }, claim.members)
            });
        }
        sums
    }

    /// What a pass over all claims says.
    pub(crate) fn next(&mut self, sums: &ClaimSums) {
        let search = match &self.stage {
            Stage::Done(_) => return,
            Stage::Level(_) => {
                *self = self.clone().levelled(&sums.sizes);
                return;
            }
            Stage::Cutting(cutting) => cutting.clone().next(&sums.between, &sums.candidates),
            Stage::Sharing => {
                let left = u128::from(self.rest.0).saturating_sub(sums.steps.0);
                Cutting::of_all(left).next(&[], &sums.candidates)
            }
        };
        self.stage = match search {
            Search::Found(cut) => Stage::Done(cut),
            Search::Among(cutting) => Stage::Cutting(cutting),
        };
    }

    /// The same once the open claims of all parts are summed by their size.
    fn levelled(self, sizes: &Sizes) -> Self {
        let Stage::Level(level) = &self.stage else { return self };
        match level.next(sizes) {
            Ok(level) => Self { way: self.way.at(level), stage: Stage::Sharing, ..self },
            Err(level) => Self { stage: Stage::Level(level), ..self },
        }
    }

    /// What each claim gets, once all is known: steps of a member, and the claims of which only some members get one more.
    pub(crate) fn awards<'a>(&self, claims: impl Iterator<Item = Claim<'a>>) -> Awards {
        let awarding = self.way.awarding();
        let over = awarding.over();
        let cut = match &self.stage {
            Stage::Done(Some(cut)) => Some((Stand::new(over, &cut.at), cut.members)),
            Stage::Done(None) | Stage::Level(_) | Stage::Sharing | Stage::Cutting(_) => None,
        };
        let mut awards = Awards { parts: Vec::new(), extra: Vec::new(), measure: self.measure() };
        for (at, claim) in claims.enumerate() {
            let (mut steps, remainder) = awarding.award(&claim);
            if let Some((stand, members)) = cut.as_ref().filter(|_| remainder > 0) {
                let order = stand.against(remainder, &claim);
                if order.is_gt() || (order.is_eq() && *members >= claim.members) {
                    steps = steps.saturating_add(1);
                } else if order.is_eq() {
                    awards.extra.push((at, *members));
                }
            }
            awards.parts.push(steps);
        }
        awards
    }
}

/// A key among the claims of a part.
struct Stand<'k> {
    key: &'k Key,
    remainder: u128,
}

impl<'k> Stand<'k> {
    /// Where the remainders of claims are over a number.
    fn new(over: u128, key: &'k Key) -> Self {
        let remainder = key.remainder.0.numer() * BigInt::from(over) / key.remainder.0.denom();
        Self { key, remainder: remainder.to_u128().unwrap_or_default() }
    }

    /// How the key stands to a claim: less if it comes before it. Larger remainders come first.
    fn against(&self, remainder: u128, claim: &Claim<'_>) -> std::cmp::Ordering {
        let order = remainder.cmp(&self.remainder);
        order.then_with(|| self.key.id.as_str().cmp(claim.id)).then_with(|| self.key.first.cmp(&claim.first))
    }
}
