//! Limits of rosters in parts: what a pass sums of the claims to one, and what follows from it.
//!
//! Under the rules that need no more than the sum of the claims (by turns, of which all but one are met or get nothing) the award of a
//! claim before rounding is known after one pass. The steps that are left over go to the largest remainders: the next pass sums the
//! whole steps and looks for the cut, as of a pool.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::cut::{Candidate, Cut, Cutting, Key, Search};
use super::sample::{Sample, hash};
use super::text::Text;
use crate::math::claims::{Awards, Fraction, Measure};

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
    /// The whole steps of awards in the turn in which what there is ends.
    steps: Text<u128>,
    /// Some of those among whom the cut is, and how many of them there are between splitters.
    candidates: Sample<Candidate>,
    between: Vec<Text<u128>>,
}

impl ClaimSums {
    pub(crate) fn merge(&mut self, other: Self) {
        let add = |sum: &mut Text<u128>, part: Text<u128>| sum.0 = sum.0.saturating_add(part.0);
        for (turn, steps) in other.turns {
            add(self.turns.entry(turn).or_default(), steps);
        }
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

/// What is known of a limit and all claims to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claimed {
    /// The turn in which what there is ends; those before it are met.
    reached: u32,
    /// What there is for it, and what it claims, in steps.
    rest: Text<u64>,
    sum: Text<u128>,
    stage: Stage,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// The whole steps are to be summed.
    Sharing,
    Cutting(Cutting),
    Done(Option<Cut>),
}

impl Claimed {
    /// Of all claims, which are together more than there is.
    pub(crate) fn new(endowment: u64, sums: &ClaimSums) -> Self {
        let mut rest = endowment;
        let (mut reached, mut sum) = (0, 0);
        for (turn, steps) in &sums.turns {
            (reached, sum) = (*turn, steps.0);
            match u64::try_from(steps.0).ok().and_then(|steps| rest.checked_sub(steps)) {
                Some(left) => rest = left,
                None => break,
            }
        }
        Self { reached, rest: Text(rest), sum: Text(sum.max(1)), stage: Stage::Sharing }
    }

    pub(crate) const fn is_known(&self) -> bool {
        matches!(self.stage, Stage::Done(_))
    }

    /// What each claim comes to before rounding; `in_turns` under a rule of turns.
    pub(crate) fn measure(&self, in_turns: bool) -> Measure {
        let part = Fraction { numerator: self.rest.0.into(), denominator: self.sum.0 };
        if in_turns { Measure::Turn(self.reached, part) } else { Measure::Share(part) }
    }

    /// The award of a claim: whole steps, and the remainder over the sum.
    fn award(&self, claim: &Claim<'_>) -> (u64, u128) {
        match claim.turn.cmp(&self.reached) {
            std::cmp::Ordering::Less => (claim.steps, 0),
            std::cmp::Ordering::Greater => (0, 0),
            std::cmp::Ordering::Equal => {
                // Both are below 2^63.
                let product = u128::from(claim.steps).wrapping_mul(self.rest.0.into());
                let whole = product.checked_div(self.sum.0).unwrap_or_default();
                (u64::try_from(whole).unwrap_or(u64::MAX), product.checked_rem(self.sum.0).unwrap_or_default())
            }
        }
    }

    /// The remainder of a key over the sum.
    fn remainder(&self, key: &Key) -> u128 {
        let over = key.remainder.0.numer() * BigInt::from(self.sum.0) / key.remainder.0.denom();
        over.to_u128().unwrap_or_default()
    }

    /// What claims add to a pass, of which so many are kept where the cut is looked for.
    pub(crate) fn sums<'a>(&self, claims: impl Iterator<Item = Claim<'a>>, room: usize) -> ClaimSums {
        let (from, to, splitters) = match &self.stage {
            Stage::Cutting(cutting) => (cutting.from.as_ref(), cutting.to.as_ref(), cutting.splitters.as_slice()),
            Stage::Sharing | Stage::Done(_) => (None, None, [].as_slice()),
        };
        let stand = |key| Stand::new(self, key);
        let (from, to) = (from.map(stand), to.map(stand));
        let splitters: Vec<Stand<'_>> = splitters.iter().map(stand).collect();
        let mut sums = ClaimSums { candidates: Sample::new(room), ..ClaimSums::default() };
        if matches!(self.stage, Stage::Cutting(_)) {
            sums.between = vec![Text(0); splitters.len().saturating_add(1)];
        }
        // Before that turn all are met, and after it none.
        for claim in claims.filter(|claim| claim.turn == self.reached) {
            let (steps, remainder) = self.award(&claim);
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
                let remainder = Text(BigRational::new(remainder.into(), self.sum.0.into()));
                (Key { remainder, id: claim.id.to_owned(), first: claim.first }, claim.members)
            });
        }
        sums
    }

    /// What a pass over all claims says.
    pub(crate) fn next(&mut self, sums: &ClaimSums) {
        let search = match &self.stage {
            Stage::Done(_) => return,
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

    /// What each claim gets, once all is known: steps of a member, and the claims of which only some members get one more.
    pub(crate) fn awards<'a>(&self, claims: impl Iterator<Item = Claim<'a>>, in_turns: bool) -> Awards {
        let cut = match &self.stage {
            Stage::Done(Some(cut)) => Some((Stand::new(self, &cut.at), cut.members)),
            Stage::Done(None) | Stage::Sharing | Stage::Cutting(_) => None,
        };
        let mut awards = Awards { parts: Vec::new(), extra: Vec::new(), measure: self.measure(in_turns) };
        for (at, claim) in claims.enumerate() {
            let (mut steps, remainder) = self.award(&claim);
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
    fn new(claimed: &Claimed, key: &'k Key) -> Self {
        Self { key, remainder: claimed.remainder(key) }
    }

    /// How the key stands to a claim: less if it comes before it. Larger remainders come first.
    fn against(&self, remainder: u128, claim: &Claim<'_>) -> std::cmp::Ordering {
        let order = remainder.cmp(&self.remainder);
        order.then_with(|| self.key.id.as_str().cmp(claim.id)).then_with(|| self.key.first.cmp(&claim.first))
    }
}

/// What a first pass sums of claims.
pub(crate) fn claimed<'a>(claims: impl Iterator<Item = Claim<'a>>) -> ClaimSums {
    let mut sums = ClaimSums::default();
    for claim in claims {
        let turn = sums.turns.entry(claim.turn).or_default();
        turn.0 = turn.0.saturating_add(u128::from(claim.steps).saturating_mul(claim.members.into()));
    }
    sums
}
