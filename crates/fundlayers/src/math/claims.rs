//! Claims problems: sharing out less than all have a claim to, exactly.
//!
//! An endowment of whole steps meets claims of whole steps that are together more. Rules carry their names in the
//! literature (O'Neill, *A problem of rights arbitration from the Talmud*, 1982; Aumann and Maschler, *Game theoretic
//! analysis of a bankruptcy problem from the Talmud*, 1985; Thomson, *How to Divide When There Isn't Enough*, 2019):
//!
//! | rule | award before rounding |
//! |---|---|
//! | proportional | claim × endowment ÷ sum of claims |
//! | constrained equal awards | min(claim, λ) |
//! | constrained equal losses | max(0, claim − λ) |
//! | Talmud | equal awards on half claims up to half the sum, half the claim plus equal losses on half claims above it |
//! | priority | classes in turn, each met before the next; the last one reached proportionally |
//!
//! with the one λ that uses the endowment up. Awards are whole steps: every member gets the whole steps of its award before
//! rounding, and the steps that are left go to the largest remainders, ties to the smaller id.
//!
//! Laws, each tested:
//!
//! - no award is below 0 or above its claim;
//! - the awards use the endowment up, or meet every claim;
//! - an award differs from the one before rounding by less than a step;
//! - equal claims get equal awards, up to one step;
//! - a larger claim has no smaller award and no smaller loss, up to one step (for priority within a class);
//! - the order of the members changes nothing, and a row of n members gets what n rows alike get together;
//! - before rounding: no award falls when the endowment grows; equal losses are the dual of equal awards (what one gives of
//!   an endowment is what the other leaves unmet of the rest of the claims); proportional and Talmud are their own dual.
//!
//! λ is found by halving around medians (quickselect), so that the work grows with the number of claims, not with their
//! sorting.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use crate::ground::ids::At as _;
use crate::ground::sure::Sure;
use crate::math::apportion;
use crate::math::apportion::{Apportionment, Request, Weights};
use crate::math::level::Counts;

/// Claims and what there is for them, in whole steps.
#[derive(Clone, Copy)]
pub(crate) struct Claims<'a> {
    /// What each member of a row claims. Below 2^63.
    pub(crate) list: &'a [u64],
    /// How many members each row stands for; none if each is one.
    pub(crate) counts: Option<&'a [u64]>,
    /// What there is. Below 2^63.
    pub(crate) endowment: u64,
}

/// How claims are met.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule<'a> {
    Proportional,
    EqualAwards,
    EqualLosses,
    Talmud,
    /// By the turn of each row; turns count from 0.
    Priority(&'a [u32]),
}

/// Who gets how many steps, and by which measure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Awards {
    /// Steps of a member, by row.
    pub(crate) parts: Vec<u64>,
    /// Rows of which only the first so many members get one step more.
    pub(crate) extra: Vec<(usize, u64)>,
    pub(crate) measure: Measure,
}

/// What the endowment comes to for each claim, before rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Every claim is met.
    Met,
    /// This part of each claim.
    Share(Fraction),
    /// min(claim, λ).
    Awards(Fraction),
    /// max(0, claim − λ).
    Losses(Fraction),
    /// min(claim ÷ 2, λ).
    HalfAwards(Fraction),
    /// claim − min(claim ÷ 2, λ).
    HalfLosses(Fraction),
    /// Turns before this one are met, this one gets this part of each claim, later ones nothing.
    Turn(u32, Fraction),
}

/// A fraction, not reduced; the denominator is above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub(crate) numerator: u128,
    pub(crate) denominator: u128,
}

impl Fraction {
    pub(crate) fn rational(self) -> BigRational {
        BigRational::new(self.numerator.into(), BigInt::from(self.denominator.max(1)))
    }
}

impl Measure {
    /// The award of a claim before rounding; `turn` is that of its row.
    pub(crate) fn award(self, claim: u64, turn: u32) -> BigRational {
        let claim = BigRational::from(BigInt::from(claim));
        let half = || &claim / BigInt::from(2);
        match self {
            Self::Met => claim,
            Self::Share(part) => claim * part.rational(),
            Self::Awards(level) => claim.min(level.rational()),
            Self::Losses(level) => (claim - level.rational()).max(BigRational::zero()),
            Self::HalfAwards(level) => half().min(level.rational()),
            Self::HalfLosses(level) => &claim - half().min(level.rational()),
            Self::Turn(reached, part) => match turn.cmp(&reached) {
                Ordering::Less => claim,
                Ordering::Equal => claim * part.rational(),
                Ordering::Greater => BigRational::zero(),
            },
        }
    }
}

/// The sum of all claims.
pub(crate) fn total(claims: &[u64], counts: Option<&[u64]>) -> u128 {
    match counts {
        None => claims.iter().fold(0, |sum: u128, claim| sum.wrapping_add((*claim).into())),
        // At most 2^32 rows of at most 2^32 members, each below 2^63.
        Some(counts) => claims
            .iter()
            .zip(counts)
            .fold(0, |sum, (claim, count)| sum.wrapping_add(u128::from(*claim).wrapping_mul((*count).into()))),
    }
}

/// Meets claims as far as the endowment goes. `ids` compares the ids of two rows.
pub(crate) fn settle(problem: &Claims<'_>, rule: Rule<'_>, ids: impl Fn(usize, usize) -> Ordering) -> Awards {
    let Claims { list: claims, counts, endowment } = *problem;
    let total = total(claims, counts);
    let Some(short) = total.checked_sub(endowment.into()).filter(|short| *short > 0) else {
        return Awards { parts: claims.to_vec(), extra: Vec::new(), measure: Measure::Met };
    };
    match rule {
        Rule::Proportional => {
            let Apportionment { parts, extra, .. } = proportional(problem, ids);
            Awards {
                parts,
                extra,
                measure: Measure::Share(Fraction { numerator: endowment.into(), denominator: total }),
            }
        }
        Rule::EqualAwards => {
            let level = level(claims, counts, endowment.into());
            hand_out(problem, Measure::Awards(level), ids)
        }
        Rule::EqualLosses => hand_out(problem, Measure::Losses(level(claims, counts, short)), ids),
        Rule::Talmud => {
            let lower = u128::from(endowment) <= short;
            // min(claim ÷ 2, λ) is half of min(claim, 2 λ): levels are found on whole claims.
            let doubled = if lower { endowment.into() } else { short }.saturating_mul(2);
            let level = level(claims, counts, doubled);
            let level = Fraction { denominator: level.denominator.saturating_mul(2), ..level };
            let measure = if lower { Measure::HalfAwards(level) } else { Measure::HalfLosses(level) };
            hand_out(problem, measure, ids)
        }
        Rule::Priority(turns) => priority(problem, turns, ids),
    }
}

fn proportional(problem: &Claims<'_>, ids: impl Fn(usize, usize) -> Ordering) -> Apportionment {
    let request =
        Request { counts: problem.counts, ..Request::plain(problem.endowment, Weights::Narrow(problem.list)) };
    // Nothing stands in the way where the claims exceed the endowment and nobody has a bound.
    apportion::share_out(&request, ids)
        .unwrap_or_else(|_| Apportionment { parts: vec![0; problem.list.len()], ..Apportionment::default() })
}

fn priority(problem: &Claims<'_>, turns: &[u32], ids: impl Fn(usize, usize) -> Ordering) -> Awards {
    let counts = Counts(problem.counts);
    let mut sums: Vec<u128> = Vec::new();
    for (row, (claim, turn)) in problem.list.iter().zip(turns).enumerate() {
        let at = usize::try_from(*turn).unwrap_or(usize::MAX);
        if at >= sums.len() {
            sums.resize(at.saturating_add(1), 0);
        }
        if let Some(sum) = sums.get_mut(at) {
            *sum = sum.wrapping_add(u128::from(*claim).wrapping_mul(counts.of(row).into()));
        }
    }
    // The claims are more than there is: in some turn it ends.
    let mut rest = u128::from(problem.endowment);
    let mut reached = (0_u32, 0_u128);
    for (turn, sum) in (0_u32..).zip(&sums) {
        reached = (turn, *sum);
        if *sum > rest {
            break;
        }
        rest = rest.wrapping_sub(*sum);
    }
    let (reached, sum) = reached;
    let members: Vec<usize> = (0..).zip(turns).filter(|(_, turn)| **turn == reached).map(|(row, _)| row).collect();
    let claims: Vec<u64> = members.iter().filter_map(|row| problem.list.get(*row)).copied().collect();
    let own_counts: Option<Vec<u64>> = problem.counts.map(|_| members.iter().map(|row| counts.of(*row)).collect());
    let endowment = u64::try_from(rest).sure();
    let of_turn = Claims { list: &claims, counts: own_counts.as_deref(), endowment };
    let row = |member: usize| members.at(member);
    let shares = proportional(&of_turn, |a, b| ids(row(a), row(b)));
    let mut parts: Vec<u64> =
        problem.list.iter().zip(turns).map(|(claim, turn)| if *turn < reached { *claim } else { 0 }).collect();
    for (row, part) in members.iter().zip(shares.parts) {
        if let Some(slot) = parts.get_mut(*row) {
            *slot = part;
        }
    }
    let extra = shares.extra.into_iter().map(|(member, extra)| (row(member), extra)).collect();
    let part = Fraction { numerator: rest, denominator: sum.max(1) };
    Awards { parts, extra, measure: Measure::Turn(reached, part) }
}

/// A claim and how many have it.
trait Member: Copy {
    fn claim(self) -> u64;
    fn count(self) -> u64;
}

impl Member for u64 {
    #[inline]
    fn claim(self) -> u64 {
        self
    }

    #[inline]
    fn count(self) -> u64 {
        1
    }
}

impl Member for (u64, u64) {
    #[inline]
    fn claim(self) -> u64 {
        self.0
    }

    #[inline]
    fn count(self) -> u64 {
        self.1
    }
}

/// The least λ for which the sum of min(claim, λ) is `amount`, which is at most the sum of the claims.
fn level(claims: &[u64], counts: Option<&[u64]>, amount: u128) -> Fraction {
    match counts {
        None => level_of(claims.to_vec(), amount),
        Some(counts) => level_of(claims.iter().copied().zip(counts.iter().copied()).collect(), amount),
    }
}

fn level_of<M: Member>(mut list: Vec<M>, amount: u128) -> Fraction {
    // Whoever claims less than λ gets the claim; the others share what these leave.
    let (mut rest, mut above, mut met) = (amount, 0_u128, 0_u64);
    let mut open = list.as_mut_slice();
    while !open.is_empty() {
        let middle = open.len() / 2;
        let (lower, median, upper) = open.select_nth_unstable_by_key(middle, |member| member.claim());
        let median = *median;
        let (mut sum, mut number) = (0_u128, u128::from(median.count()));
        for member in lower.iter() {
            sum = sum.wrapping_add(u128::from(member.claim()).wrapping_mul(member.count().into()));
        }
        for member in upper.iter() {
            number = number.wrapping_add(member.count().into());
        }
        // What there must be for the median to be met; sums stay below 2^127.
        let needed = sum.wrapping_add(u128::from(median.claim()).wrapping_mul(number.wrapping_add(above)));
        if needed <= rest {
            let own = u128::from(median.claim()).wrapping_mul(median.count().into());
            rest = rest.wrapping_sub(sum).wrapping_sub(own);
            met = median.claim();
            open = upper;
        } else {
            above = above.wrapping_add(number);
            open = lower;
        }
    }
    if above == 0 {
        // All are met: λ is the largest claim.
        return Fraction { numerator: met.into(), denominator: 1 };
    }
    Fraction { numerator: rest, denominator: above }
}

/// Who gets what at a level: whole steps, and what the remainder is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Remainder {
    None,
    /// Half a step.
    Half,
    /// That of all who are at the level.
    Level,
}

/// The whole steps and the remainder of a claim's award at a level.
pub(crate) struct Steps {
    measure: Measure,
    /// The whole steps of the level, and its numerator's rest.
    whole: u64,
    rest: u128,
    denominator: u128,
}

impl Steps {
    pub(crate) fn new(measure: Measure) -> Self {
        let level = match measure {
            Measure::Awards(level)
            | Measure::Losses(level)
            | Measure::HalfAwards(level)
            | Measure::HalfLosses(level) => level,
            Measure::Met | Measure::Share(_) | Measure::Turn(..) => Fraction { numerator: 0, denominator: 1 },
        };
        let denominator = level.denominator.max(1);
        let whole = level.numerator.checked_div(denominator).sure();
        let rest = level.numerator.checked_rem(denominator).sure();
        // A level that is found is not above the largest claim.
        Self { measure, whole: u64::try_from(whole).unwrap_or(u64::MAX), rest, denominator }
    }

    /// How the remainder of those at the level compares with half a step.
    fn level_with_half(&self) -> Ordering {
        let double = self.rest.saturating_mul(2).cmp(&self.denominator);
        match self.measure {
            Measure::Losses(_) | Measure::HalfLosses(_) => double.reverse(),
            _ => double,
        }
    }

    /// The whole steps of a claim's award, and the remainder over [`Steps::over`].
    pub(crate) fn award(&self, claim: u64) -> (u64, u128) {
        let (steps, remainder) = self.of(claim);
        let remainder = match remainder {
            Remainder::None => 0,
            Remainder::Half => self.denominator,
            Remainder::Level => {
                let rest = match self.measure {
                    Measure::Losses(_) | Measure::HalfLosses(_) => self.denominator.saturating_sub(self.rest),
                    _ => self.rest,
                };
                rest.saturating_mul(2)
            }
        };
        (steps, remainder)
    }

    /// What remainders are over, of halves too.
    pub(crate) const fn over(&self) -> u128 {
        self.denominator.saturating_mul(2)
    }

    #[inline]
    fn of(&self, claim: u64) -> (u64, Remainder) {
        let at_level = if self.rest == 0 { Remainder::None } else { Remainder::Level };
        let half = if claim & 1 == 1 { Remainder::Half } else { Remainder::None };
        // The level taken off leaves a remainder where it has one.
        let up = self.whole.wrapping_add(u64::from(self.rest > 0));
        match self.measure {
            Measure::Awards(_) => {
                if claim > self.whole {
                    (self.whole, at_level)
                } else {
                    (claim, Remainder::None)
                }
            }
            Measure::Losses(_) => {
                if claim > self.whole {
                    (claim.wrapping_sub(up), at_level)
                } else {
                    (0, Remainder::None)
                }
            }
            // claim ÷ 2 > λ is claim > 2 λ.
            Measure::HalfAwards(_) => {
                if self.is_beyond(claim) {
                    (self.whole, at_level)
                } else {
                    (claim >> 1, half)
                }
            }
            Measure::HalfLosses(_) => {
                if self.is_beyond(claim) {
                    (claim.wrapping_sub(up), at_level)
                } else {
                    (claim >> 1, half)
                }
            }
            Measure::Met | Measure::Share(_) | Measure::Turn(..) => (claim, Remainder::None),
        }
    }

    /// Whether half a claim is above the level.
    #[inline]
    fn is_beyond(&self, claim: u64) -> bool {
        match (claim >> 1).cmp(&self.whole) {
            Ordering::Greater => true,
            Ordering::Less => false,
            // Half a step against the level's remainder.
            Ordering::Equal => claim & 1 == 1 && self.rest.saturating_mul(2) < self.denominator,
        }
    }
}

/// Gives each the whole steps of its award, and what is left to the largest remainders.
fn hand_out(problem: &Claims<'_>, measure: Measure, ids: impl Fn(usize, usize) -> Ordering) -> Awards {
    let steps = Steps::new(measure);
    let counts = Counts(problem.counts);
    let mut parts: Vec<u64> = Vec::with_capacity(problem.list.len());
    let mut left = u128::from(problem.endowment);
    let (mut halves, mut levels) = (0_u128, 0_u128);
    for (row, claim) in problem.list.iter().enumerate() {
        let (part, remainder) = steps.of(*claim);
        let count = u128::from(counts.of(row));
        left = left.wrapping_sub(u128::from(part).wrapping_mul(count));
        match remainder {
            Remainder::None => {}
            Remainder::Half => halves = halves.wrapping_add(count),
            Remainder::Level => levels = levels.wrapping_add(count),
        }
        parts.push(part);
    }
    let (half, level) = ([Remainder::Half].as_slice(), [Remainder::Level].as_slice());
    let both = [Remainder::Half, Remainder::Level];
    let turns = match steps.level_with_half() {
        Ordering::Greater => vec![(level, levels), (half, halves)],
        Ordering::Less => vec![(half, halves), (level, levels)],
        Ordering::Equal => vec![(both.as_slice(), halves.wrapping_add(levels))],
    };
    let mut extra = Vec::new();
    for (remainders, members) in turns {
        if left == 0 {
            break;
        }
        let entitled = problem.list.iter().enumerate().filter(|(_, claim)| remainders.contains(&steps.of(**claim).1));
        if members <= left {
            left = left.wrapping_sub(members);
            for (row, _) in entitled {
                add_step(&mut parts, row);
            }
        } else {
            let mut rows: Vec<usize> = entitled.map(|(row, _)| row).collect();
            extra.extend(first_by_id(&mut rows, left, &counts, &mut parts, &ids));
            left = 0;
        }
    }
    Awards { parts, extra, measure }
}

fn add_step(parts: &mut [u64], row: usize) {
    if let Some(part) = parts.get_mut(row) {
        *part = part.wrapping_add(1);
    }
}

/// Gives one step each to the first `left` members by id; tells the row of which only some get it.
fn first_by_id(
    rows: &mut [usize],
    mut left: u128,
    counts: &Counts<'_>,
    parts: &mut [u64],
    ids: &impl Fn(usize, usize) -> Ordering,
) -> Option<(usize, u64)> {
    let mut open = rows;
    while left > 0 {
        if let [row] = open {
            let count = u128::from(counts.of(*row));
            if count <= left {
                add_step(parts, *row);
                return None;
            }
            return Some((*row, u64::try_from(left).sure()));
        }
        let middle = open.len() / 2;
        if middle == 0 {
            return None;
        }
        open.select_nth_unstable_by(middle, |a, b| ids(*a, *b));
        let (lower, upper) = open.split_at_mut(middle);
        let members = lower.iter().fold(0_u128, |sum, row| sum.wrapping_add(counts.of(*row).into()));
        if members <= left {
            left = left.wrapping_sub(members);
            for row in lower.iter() {
                add_step(parts, *row);
            }
            open = upper;
        } else {
            open = lower;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::One;
    use proptest::prelude::*;

    fn by_row(a: usize, b: usize) -> Ordering {
        a.cmp(&b)
    }

    fn awards(claims: &[u64], endowment: u64, rule: Rule<'_>) -> Vec<u64> {
        let awards = settle(&Claims { list: claims, counts: None, endowment }, rule, by_row);
        assert!(awards.extra.is_empty());
        awards.parts
    }

    /// The Talmud's estates (Kethubot 93a) as Aumann and Maschler give them (1985, table I), in sixths of a unit so that
    /// every award is whole.
    #[test]
    fn the_estates_of_the_talmud() {
        let claims = [600, 1200, 1800];
        for (estate, expected) in [(600, [200, 200, 200]), (1200, [300, 450, 450]), (1800, [300, 600, 900])] {
            assert_eq!(awards(&claims, estate, Rule::Talmud), expected, "{estate}");
        }
        // By hand, for the estate of 200.
        assert_eq!(awards(&claims, 1200, Rule::Proportional), [200, 400, 600]);
        assert_eq!(awards(&claims, 1200, Rule::EqualAwards), [400, 400, 400]);
        assert_eq!(awards(&claims, 1200, Rule::EqualLosses), [0, 300, 900]);
    }

    /// Baba Metzia 2a: one says "it is all mine", the other "half of it is mine": three quarters and one quarter.
    #[test]
    fn the_contested_garment() {
        assert_eq!(awards(&[4, 2], 4, Rule::Talmud), [3, 1]);
        assert_eq!(awards(&[4, 4], 4, Rule::Talmud), [2, 2]);
    }

    #[test]
    fn steps_left_over_go_to_the_largest_remainders_and_then_by_id() {
        let backwards = |a: usize, b: usize| b.cmp(&a);
        let settled = |claims: &[u64], endowment, rule, ids: fn(usize, usize) -> Ordering| {
            settle(&Claims { list: claims, counts: None, endowment }, rule, ids).parts
        };
        // λ = 10/3 for three who claim more.
        assert_eq!(settled(&[5, 6, 7, 1], 11, Rule::EqualAwards, by_row), [4, 3, 3, 1]);
        assert_eq!(settled(&[5, 6, 7, 1], 11, Rule::EqualAwards, backwards), [3, 3, 4, 1]);
        // Losses of 8/3: awards 7/3, 10/3, 13/3.
        assert_eq!(settled(&[5, 6, 7], 10, Rule::EqualLosses, by_row), [3, 3, 4]);
        assert_eq!(settled(&[5, 6, 7], 10, Rule::EqualLosses, backwards), [2, 3, 5]);
        // λ = (4 − ½) ÷ 3 = 7/6: the half before the sixths.
        assert_eq!(settled(&[1, 6, 6, 6], 4, Rule::Talmud, by_row), [1, 1, 1, 1]);
        // λ = (5 − ½) ÷ 3 = 3/2: all remainders are halves, so that ids decide.
        assert_eq!(settled(&[1, 6, 6, 6], 5, Rule::Talmud, by_row), [1, 2, 1, 1]);
        assert_eq!(settled(&[1, 6, 6, 6], 5, Rule::Talmud, backwards), [0, 1, 2, 2]);
        // λ = (7 − 3/2) ÷ 3 = 11/6: half of 3 is met, and its half comes after five sixths.
        assert_eq!(settled(&[3, 10, 10, 10], 7, Rule::Talmud, by_row), [1, 2, 2, 2]);
        // λ = (6 − ½) ÷ 3 = 11/6: five sixths before the half.
        assert_eq!(settled(&[1, 6, 6, 6], 6, Rule::Talmud, by_row), [0, 2, 2, 2]);
    }

    #[test]
    fn classes_come_in_turn() {
        // The first turn (rows 1 and 2) claims 30, then 20 of 40 are left for the second.
        assert_eq!(awards(&[10, 20, 10, 30], 50, Rule::Priority(&[1, 0, 0, 1])), [5, 20, 10, 15]);
        assert_eq!(awards(&[10, 20, 10, 30], 30, Rule::Priority(&[1, 0, 0, 1])), [0, 20, 10, 0]);
        assert_eq!(awards(&[10, 20, 10, 30], 15, Rule::Priority(&[1, 0, 0, 1])), [0, 10, 5, 0]);
    }

    #[test]
    fn a_row_of_several_members_can_be_met_in_part() {
        let problem = Claims { list: &[3, 3], counts: Some(&[5, 2]), endowment: 16 };
        for rule in [Rule::EqualAwards, Rule::EqualLosses, Rule::Proportional] {
            // 16 ÷ 7 = 2 and 2 left over: the first two members.
            let awards = settle(&problem, rule, by_row);
            assert_eq!((awards.parts, awards.extra), (vec![2, 2], vec![(0, 2)]), "{rule:?}");
        }
        let awards = settle(&Claims { endowment: 20, ..problem }, Rule::EqualAwards, by_row);
        assert_eq!((awards.parts, awards.extra), (vec![3, 2], vec![(1, 1)]));
    }

    fn number(n: u128) -> BigRational {
        BigRational::from(BigInt::from(n))
    }

    /// The awards before rounding from the definitions: λ is tried at every claim in turn, members spread out.
    fn exact(claims: &[u64], endowment: u64, rule: Rule<'_>) -> Vec<BigRational> {
        let list: Vec<BigRational> = claims.iter().map(|claim| number((*claim).into())).collect();
        let endowment = number(endowment.into());
        let sum = list.iter().sum::<BigRational>();
        if sum <= endowment {
            return list;
        }
        let equal = |list: &[BigRational], amount: &BigRational| -> Vec<BigRational> {
            let mut sorted = list.to_vec();
            sorted.sort();
            let mut rest = amount.clone();
            let mut lambda = BigRational::zero();
            for (at, claim) in sorted.iter().enumerate() {
                let share = &rest / number((sorted.len() - at) as u128);
                if *claim > share {
                    lambda = share;
                    break;
                }
                lambda = claim.clone();
                rest -= claim;
            }
            list.iter().map(|claim| claim.clone().min(lambda.clone())).collect()
        };
        let losses = |list: &[BigRational], amount: &BigRational| -> Vec<BigRational> {
            let short = list.iter().sum::<BigRational>() - amount;
            let lost = equal(list, &short);
            list.iter().zip(lost).map(|(claim, lost)| claim - lost).collect()
        };
        let proportional = |list: &[BigRational], amount: &BigRational| -> Vec<BigRational> {
            let sum = list.iter().sum::<BigRational>();
            list.iter().map(|claim| if sum.is_zero() { BigRational::zero() } else { claim * amount / &sum }).collect()
        };
        match rule {
            Rule::Proportional => proportional(&list, &endowment),
            Rule::EqualAwards => equal(&list, &endowment),
            Rule::EqualLosses => losses(&list, &endowment),
            Rule::Talmud => {
                let halves: Vec<BigRational> = list.iter().map(|claim| claim / number(2)).collect();
                let half = &sum / number(2);
                if endowment <= half {
                    equal(&halves, &endowment)
                } else {
                    let more = losses(&halves, &(endowment - half));
                    halves.iter().zip(more).map(|(half, more)| half + more).collect()
                }
            }
            Rule::Priority(turns) => {
                let mut rest = endowment;
                let mut awards = vec![BigRational::zero(); list.len()];
                for turn in 0..=turns.iter().copied().max().unwrap_or_default() {
                    let rows: Vec<usize> = (0..list.len()).filter(|row| turns[*row] == turn).collect();
                    let own: Vec<BigRational> = rows.iter().map(|row| list[*row].clone()).collect();
                    let there = own.iter().sum::<BigRational>().min(rest.clone());
                    for (row, award) in rows.iter().zip(proportional(&own, &there)) {
                        awards[*row] = award;
                    }
                    rest -= there;
                }
                awards
            }
        }
    }

    /// The awards of all members, rows spread out; the first members of a row have the extra steps.
    fn spread(awards: &Awards, counts: &[u64]) -> Vec<u64> {
        let mut list = Vec::new();
        for (row, count) in counts.iter().enumerate() {
            let extra = awards.extra.iter().find(|(of, _)| *of == row).map_or(0, |(_, extra)| *extra);
            list.extend((0..*count).map(|member| awards.parts[row] + u64::from(member < extra)));
        }
        list
    }

    fn claim() -> impl Strategy<Value = u64> {
        prop_oneof![
            0_u64..4,
            0_u64..30,
            0_u64..1_000,
            0_u64..(1 << 60),
            Just((1 << 62) - 1),
            (0_u32..60).prop_map(|bit| 1 << bit)
        ]
    }

    fn problem() -> impl Strategy<Value = (Vec<u64>, Vec<u64>, Vec<u32>, u64)> {
        let row = (claim(), prop_oneof![3 => Just(1_u64), 1 => 1_u64..6], 0_u32..3);
        (prop::collection::vec(row, 1..9), 0_u32..=1_000, any::<bool>()).prop_map(|(rows, part, near)| {
            let claims: Vec<u64> = rows.iter().map(|row| row.0).collect();
            let counts: Vec<u64> = rows.iter().map(|row| row.1).collect();
            let turns = rows.iter().map(|row| row.2).collect();
            let sum = total(&claims, Some(&counts));
            let endowment =
                if near { sum.saturating_sub(part.into()) } else { sum / 1_000 * u128::from(part) + sum % 1_000 };
            let endowment = u64::try_from(endowment.min(i64::MAX as u128)).unwrap();
            (claims, counts, turns, endowment)
        })
    }

    const NAMES: [&str; 5] = ["proportional", "equal awards", "equal losses", "talmud", "priority"];

    fn rules(turns: &[u32]) -> [Rule<'_>; 5] {
        [Rule::Proportional, Rule::EqualAwards, Rule::EqualLosses, Rule::Talmud, Rule::Priority(turns)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn the_laws_of_awards((claims, counts, turns, endowment) in problem()) {
            let members: Vec<usize> = counts.iter().enumerate().flat_map(|(row, n)| (0..*n).map(move |_| row)).collect();
            let all: Vec<u64> = members.iter().map(|row| claims[*row]).collect();
            let all_turns: Vec<u32> = members.iter().map(|row| turns[*row]).collect();
            let sum = total(&claims, Some(&counts));
            for ((rule, single), name) in rules(&turns).into_iter().zip(rules(&all_turns)).zip(NAMES) {
                let awards = settle(&Claims { list: &claims, counts: Some(&counts), endowment }, rule, by_row);
                let exact = exact(&all, endowment, single);
                let each = spread(&awards, &counts);
                // The measure says the same before rounding.
                for (row, turn) in members.iter().zip(&all_turns) {
                    let at = members.iter().position(|other| other == row).unwrap();
                    prop_assert_eq!(&awards.measure.award(claims[*row], *turn), &exact[at], "{}", name);
                }
                // Claims boundedness; within a step of the award before rounding.
                for ((award, claim), exact) in each.iter().zip(&all).zip(&exact) {
                    prop_assert!(award <= claim, "{}", name);
                    let difference = number((*award).into()) - exact;
                    prop_assert!(difference < BigRational::one() && -difference < BigRational::one(), "{}", name);
                }
                // The endowment is used up, or every claim is met.
                let given: u128 = each.iter().map(|award| u128::from(*award)).sum();
                prop_assert_eq!(given, sum.min(endowment.into()), "{}", name);
                // Largest remainder: who has a step more has no smaller remainder than who has not, ties by row.
                let rest = |member: usize| &exact[member] - exact[member].floor();
                for a in 0..all.len() {
                    for b in 0..all.len() {
                        let up = number(each[a].into()) > exact[a];
                        let down = number(each[b].into()) < exact[b];
                        if up && down {
                            prop_assert!(rest(a) > rest(b) || (rest(a) == rest(b) && a < b), "{} {} {}", name, a, b);
                        }
                        // Order preservation of awards and of losses, up to one step; equal treatment is part of it.
                        if all[a] <= all[b] && (name != "priority" || all_turns[a] == all_turns[b]) {
                            prop_assert!(each[a] <= each[b] + 1, "{}", name);
                            prop_assert!(all[a] - each[a] <= all[b] - each[b] + 1, "{}", name);
                        }
                    }
                }
                // A row of n members is n rows alike.
                let one = settle(&Claims { list: &all, counts: None, endowment }, single, by_row);
                prop_assert_eq!(one.extra.len(), 0);
                prop_assert_eq!(&one.parts, &each, "{}", name);
            }
        }

        #[test]
        fn the_order_of_the_rows_changes_nothing((claims, counts, turns, endowment) in problem(), seed in any::<u64>()) {
            let mut order: Vec<usize> = (0..claims.len()).collect();
            order.sort_by_key(|row| (*row as u64 + 1).wrapping_mul(seed | 1));
            let moved = |list: &[u64]| order.iter().map(|row| list[*row]).collect::<Vec<u64>>();
            let (moved_claims, moved_counts) = (moved(&claims), moved(&counts));
            let moved_turns: Vec<u32> = order.iter().map(|row| turns[*row]).collect();
            for (rule, again) in rules(&turns).into_iter().zip(rules(&moved_turns)) {
                let first = settle(&Claims { list: &claims, counts: Some(&counts), endowment }, rule, by_row);
                let problem = Claims { list: &moved_claims, counts: Some(&moved_counts), endowment };
                let second = settle(&problem, again, |a, b| order[a].cmp(&order[b]));
                prop_assert_eq!(moved(&first.parts), second.parts);
                let extra: Vec<(usize, u64)> = second.extra.iter().map(|(row, n)| (order[*row], *n)).collect();
                prop_assert_eq!(first.extra, extra);
            }
        }

        #[test]
        fn the_laws_before_rounding((claims, counts, turns, endowment) in problem(), more in 0_u64..1_000) {
            let before = |endowment: u64, rule: Rule<'_>| {
                let awards = settle(&Claims { list: &claims, counts: Some(&counts), endowment }, rule, by_row);
                claims.iter().zip(&turns).map(|(claim, turn)| awards.measure.award(*claim, *turn)).collect::<Vec<_>>()
            };
            let sum = total(&claims, Some(&counts));
            let larger = (endowment + more).min(i64::MAX as u64);
            for rule in rules(&turns) {
                // No award falls when the endowment grows.
                for (less, more) in before(endowment, rule).iter().zip(before(larger, rule)) {
                    prop_assert!(*less <= more);
                }
            }
            let Ok(rest) = u64::try_from(sum.saturating_sub(endowment.into())) else { return Ok(()) };
            if rest > i64::MAX as u64 {
                return Ok(());
            }
            let duals = [
                (Rule::Proportional, Rule::Proportional),
                (Rule::EqualAwards, Rule::EqualLosses),
                (Rule::Talmud, Rule::Talmud),
            ];
            for (rule, dual) in duals {
                for ((award, other), claim) in before(endowment, rule).iter().zip(before(rest, dual)).zip(&claims) {
                    prop_assert_eq!(award + other, number((*claim).into()));
                }
            }
        }
    }
}
