//! Pools: an amount shared out among its members by weights, to the whole step.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::engine::columns::Columns;
use crate::engine::fit::Groups;
use crate::engine::rows::Rows;
use crate::ground::catalogue::engine as words;
use crate::ground::catalogue::ground as common;
use crate::ground::fraction::{make_common, rational, show};
use crate::ground::ids::{AttributeIndex, PoolIndex, index};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem};
use crate::math::apportion;
use crate::math::apportion::{Apportionment, Request, ShareError, Weights};
use crate::math::level::Bound;
use crate::policy::path::join_id;
use crate::policy::{Pool, Weight, Yearly};

/// What stands in the way of a pool.
pub(crate) enum PoolFault {
    /// Of one member, by its place in the list of members, and the attribute.
    Member(usize, AttributeIndex, Problem),
    /// Of the pool.
    Pool(Problem),
}

/// The parts of a pool in a year: whole steps for a member of each row. `members` are rows of the roster.
pub(crate) fn share(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    members: &Rows,
) -> Result<Apportionment, Vec<PoolFault>> {
    let step = columns.policy.pool_rounding(pool).step().fen();
    let steps = |fen: i64| u64::try_from(fen.checked_div(step).unwrap_or_default()).unwrap_or_default();
    let amount = pool.amount.at(year).copied().unwrap_or_default();
    let roster = columns.roster;
    let counts: Option<Vec<u64>> =
        roster.counts().map(|_| members.iter().map(|member| roster.count(index(member))).collect());
    let counts = counts.filter(|counts| counts.iter().any(|count| *count != 1));
    let weights = match column(pool, columns, members) {
        Some(column) => Integers::Column(column),
        None => weights(pool, year, columns, members, counts.as_deref())?,
    };
    let weights = match &weights {
        Integers::Column(list) => Weights::Column(list),
        Integers::Narrow(list) => Weights::Narrow(list),
        Integers::Big(list) => Weights::Big(list),
    };
    let ids = |a: usize, b: usize| match (members.get(a), members.get(b)) {
        (Some(_), Some(_)) if roster.ids_ascending() => a.cmp(&b),
        (Some(a), Some(b)) => roster.id(index(a)).cmp(roster.id(index(b))),
        _ => a.cmp(&b),
    };
    let floor = pool.at_least.as_ref().and_then(|floor| floor.at(year)).map_or(0, |floor| steps(floor.fen()));
    let cap = pool.at_most.as_ref().and_then(|cap| cap.at(year)).map(|cap| Bound::All(steps(cap.fen())));
    let request = Request {
        counts: counts.as_deref(),
        floor: Bound::All(floor),
        cap,
        ..Request::plain(steps(amount.fen()), weights)
    };
    apportion::share_out(&request, ids).map_err(|error| {
        let unit = columns.policy.unit();
        let by = |by: &BigUint| {
            let fen = BigRational::new(BigInt::from(by.clone()) * step, unit.fen().into());
            show(&fen)
        };
        let problem = match error {
            ShareError::FloorsExceed { by: more } => {
                let message = words::FLOORS_EXCEED.with(&[&year, &amount.in_unit(unit), &unit, &by(&more)]);
                Problem::new(Code::PoolFloorsExceed, message).expected(words::LARGER_POOL)
            }
            ShareError::CapsFallShort { by: rest } => {
                let message = words::CAPS_LEAVE.with(&[&year, &by(&rest), &amount.in_unit(unit), &unit]);
                Problem::new(Code::PoolCapsFallShort, message).expected(words::SMALLER_POOL)
            }
        };
        vec![PoolFault::Pool(problem.key(join_id("pools", &pool.id)))]
    })
}

/// The rows that are members of a pool in a year, of an allocation that was made.
pub(crate) fn members(columns: &Columns<'_>, groups: &Groups, pool: PoolIndex, year: u16) -> Option<Rows> {
    let policy = columns.policy;
    let layer = policy.pool(pool)?.layer?;
    // Whether the class of a group names the pool, and under which conditions.
    let rules: Vec<Option<&crate::policy::Rule>> = groups
        .list
        .iter()
        .map(|group| {
            let class = policy.classes().get(group.class.filter(|_| group.is_live(year))?)?;
            class.funding.get(layer.number())?.as_ref().filter(|rule| rule.kind.pool() == Some(pool))
        })
        .collect();
    let holds = |row: usize, rule: &crate::policy::Rule| {
        rule.when.iter().all(|condition| columns.holds(condition, row) == Ok(true))
    };
    let rows = (0_u32..).zip(groups.of_row(columns.roster)).filter(|(row, group)| {
        rules.get(index(**group)).copied().flatten().is_some_and(|rule| holds(index(*row), rule))
    });
    Some(rows.map(|(row, _)| row).collect::<Vec<_>>().into())
}

/// A member's share of a pool and its part before whole steps, in fen.
pub(crate) struct ExactPart {
    pub(crate) share: BigRational,
    pub(crate) part: BigRational,
}

/// What the exact part of any member of a pool in a year comes of: min(cap, max(floor, λ × share)).
#[derive(Debug)]
pub(crate) struct Levels {
    /// What one of a place's numbers is of all members' shares; without an attribute, what every place has.
    per: Vec<(Option<AttributeIndex>, BigRational)>,
    /// Fen for a whole share.
    level: BigRational,
    floor: BigInt,
    cap: Option<BigInt>,
}

impl Levels {
    /// Finds them, going through all members.
    pub(crate) fn new(pool: &Pool, year: u16, columns: &Columns<'_>, members: &Rows) -> Option<Self> {
        let roster = columns.roster;
        let counts: Vec<u64> = members.iter().map(|member| roster.count(index(member))).collect();
        let weights: Vec<BigInt> = match weights(pool, year, columns, members, Some(&counts)).ok()? {
            Integers::Column(list) => list.iter().copied().map(BigInt::from).collect(),
            Integers::Narrow(list) => list.into_iter().map(BigInt::from).collect(),
            Integers::Big(list) => list.into_iter().map(BigInt::from).collect(),
        };
        let total = weights.iter().zip(&counts).fold(BigInt::zero(), |total, (weight, count)| total + weight * *count);
        let fen = |yearly: &Option<Yearly<Amount>>| {
            yearly.as_ref().and_then(|yearly| yearly.at(year)).map(|amount| BigInt::from(amount.fen()))
        };
        let amount = BigInt::from(pool.amount.at(year)?.fen());
        let (floor, cap) = (fen(&pool.at_least).unwrap_or_default(), fen(&pool.at_most));
        let (rest, weight) = level(amount, &weights, &counts, &floor, cap.as_ref());
        if weight.is_zero() || total.is_zero() {
            return None;
        }
        let mut per = Vec::new();
        for (weight, ratio) in pool.weights.iter().filter(|(_, ratio)| ratio.numerator != 0) {
            let (attribute, of) = match weight {
                Weight::Equal => {
                    (None, BigRational::from(counts.iter().fold(BigInt::zero(), |sum, count| sum + *count)))
                }
                Weight::Attribute(attribute) => {
                    // By scale, so that no fraction need be reduced for each member.
                    let mut sums: Vec<(u32, BigInt)> = Vec::new();
                    for (member, count) in members.iter().zip(&counts) {
                        let number = columns.raw(*attribute, index(member))?;
                        let part = BigInt::from(number.mantissa()) * *count;
                        match sums.iter_mut().find(|(scale, _)| *scale == number.scale()) {
                            Some((_, sum)) => *sum += part,
                            None => sums.push((number.scale(), part)),
                        }
                    }
                    let parts = sums.into_iter().map(|(scale, sum)| BigRational::new(sum, BigInt::from(10).pow(scale)));
                    (Some(*attribute), parts.fold(BigRational::zero(), |total, part| total + part))
                }
            };
            if !of.is_zero() {
                per.push((attribute, ratio.fraction() / of));
            }
        }
        Some(Self { per, level: BigRational::new(rest * total, weight), floor, cap })
    }

    /// One member's exact part.
    pub(crate) fn part(&self, columns: &Columns<'_>, row: usize) -> Option<ExactPart> {
        let mut share = BigRational::zero();
        for (attribute, per) in &self.per {
            share += match attribute {
                Some(attribute) => per * rational(columns.raw(*attribute, row)?),
                None => per.clone(),
            };
        }
        let part = (&share * &self.level).max(self.floor.clone().into());
        let part = match &self.cap {
            Some(cap) => part.min(cap.clone().into()),
            None => part,
        };
        Some(ExactPart { share, part })
    }
}

/// The λ of min(cap, max(floor, λ × weight)) that uses the amount up, as a fraction of whole numbers: found by setting
/// aside, in turns, who is at the floor or at the cap.
///
/// Where the parts at one λ come to more than the amount, the λ sought is not larger, so that who is at the floor stays
/// there; where they come to less, who is at the cap does.
fn level(
    mut rest: BigInt,
    weights: &[BigInt],
    counts: &[u64],
    floor: &BigInt,
    cap: Option<&BigInt>,
) -> (BigInt, BigInt) {
    let mut free: Vec<(&BigInt, u64)> = weights.iter().zip(counts.iter().copied()).collect();
    // The least λ at which all are at the cap that have been set aside there.
    let mut smallest_at_cap: Option<&BigInt> = None;
    loop {
        let weight = free.iter().fold(BigInt::zero(), |sum, (own, count)| sum + *own * *count);
        if weight.is_zero() {
            // Nobody's part depends on λ any more.
            return match (cap, smallest_at_cap) {
                (Some(cap), Some(own)) => (cap.clone(), own.clone()),
                _ => (BigInt::zero(), BigInt::one()),
            };
        }
        // A part is own × rest ÷ weight; everything is compared times the weight.
        let floor_wide = floor * &weight;
        let cap_wide = cap.map(|cap| cap * &weight);
        let (mut below, mut above) = (BigInt::zero(), BigInt::zero());
        for (own, count) in &free {
            let part = *own * &rest;
            if part < floor_wide {
                below += (&floor_wide - &part) * *count;
            }
            if let Some(cap) = cap_wide.as_ref().filter(|cap| part > **cap) {
                above += (part - cap) * *count;
            }
        }
        if below.is_zero() && above.is_zero() {
            return (rest, weight);
        }
        let before = rest.clone();
        free.retain(|(own, count)| {
            let part = *own * &before;
            if below >= above && part < floor_wide {
                rest -= floor * *count;
                return false;
            }
            if below <= above
                && let (Some(cap), Some(cap_wide)) = (cap, &cap_wide)
                && part > *cap_wide
            {
                rest -= cap * *count;
                smallest_at_cap = Some(smallest_at_cap.map_or(own, |smallest| smallest.min(own)));
                return false;
            }
            true
        });
    }
}

/// The column that alone decides, if every row is a member: it need not be copied.
fn column<'a>(pool: &Pool, columns: &Columns<'a>, members: &Rows) -> Option<&'a [i64]> {
    let mut weights = pool.weights.iter().filter(|(_, ratio)| ratio.numerator != 0);
    let (Some((Weight::Attribute(attribute), _)), None) = (weights.next(), weights.next()) else { return None };
    let column = columns
        .mantissas(*attribute)
        .filter(|column| column.least >= 0 && column.most > 0 && column.blank().is_none())?;
    matches!(members, Rows::All(_)).then_some(column.rows)
}

/// What each member weighs, in whole numbers.
enum Integers<'a> {
    Column(&'a [i64]),
    Narrow(Vec<u64>),
    Big(Vec<BigUint>),
}

/// One weight of the pool over the members.
enum Term {
    Equal(BigRational),
    Narrow(BigRational, Vec<u64>),
    Wide(BigRational, Vec<BigRational>),
}

/// A member's share is Σ weight × its attribute ÷ the members' total. Brought to a common denominator, these are
/// whole numbers in the same proportion.
fn weights(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    members: &Rows,
    counts: Option<&[u64]>,
) -> Result<Integers<'static>, Vec<PoolFault>> {
    let mut faults = Vec::new();
    let mut terms = Vec::new();
    let count = |member: usize| counts.and_then(|counts| counts.get(member)).copied().unwrap_or(1);
    for (weight, ratio) in &pool.weights {
        let ratio = ratio.fraction();
        if ratio.is_zero() {
            continue;
        }
        match weight {
            Weight::Equal => {
                let places: u128 = match counts {
                    None => u128::try_from(members.len()).unwrap_or_default(),
                    Some(counts) => counts.iter().fold(0, |sum: u128, count| sum.saturating_add((*count).into())),
                };
                terms.push(Term::Equal(ratio / BigInt::from(places)));
            }
            Weight::Attribute(index) => {
                let read = attribute(*index, columns, members, &mut faults, pool, year);
                let total = match &read {
                    Read::Narrow(list) => {
                        let mut total: u128 = 0;
                        let mut big = BigInt::zero();
                        for (member, number) in list.iter().enumerate() {
                            let part = u128::from(*number).checked_mul(count(member).into());
                            match part.and_then(|part| total.checked_add(part)) {
                                Some(sum) => total = sum,
                                None => big += BigInt::from(*number) * count(member),
                            }
                        }
                        BigRational::from(big + BigInt::from(total))
                    }
                    Read::Wide(list) => list.iter().enumerate().fold(BigRational::zero(), |total, (member, number)| {
                        total + number * BigInt::from(count(member))
                    }),
                };
                if total.is_zero() && faults.is_empty() {
                    let id = columns.policy.attribute(*index).map_or("", |attribute| attribute.id.as_str());
                    let message = words::MEMBERS_TOTAL_ZERO.with(&[&year, &id]);
                    let problem = Problem::new(Code::PoolTotalZero, message).key(join_id("pools", &pool.id));
                    faults.push(PoolFault::Pool(problem.expected(words::FILL_COLUMN_OR_WEIGH_ELSE)));
                } else if !total.is_zero() {
                    terms.push(match read {
                        Read::Narrow(list) => Term::Narrow(ratio / total, list),
                        Read::Wide(list) => Term::Wide(ratio / total, list),
                    });
                }
            }
        }
    }
    if faults.is_empty() { Ok(combined(terms, members.len())) } else { Err(faults) }
}

enum Read {
    /// Mantissas of one scale, which cancels out.
    Narrow(Vec<u64>),
    Wide(Vec<BigRational>),
}

fn attribute(
    attribute: AttributeIndex,
    columns: &Columns<'_>,
    members: &Rows,
    faults: &mut Vec<PoolFault>,
    pool: &Pool,
    year: u16,
) -> Read {
    if let Some(column) = columns.mantissas(attribute)
        && column.least >= 0
        && column.blank().is_none()
    {
        let read = |member: u32| {
            column.rows.get(index(member)).copied().and_then(|m| u64::try_from(m).ok()).unwrap_or_default()
        };
        return Read::Narrow(members.iter().map(read).collect());
    }
    let id = columns.policy.attribute(attribute).map_or("", |attribute| attribute.id.as_str());
    let mut list = Vec::with_capacity(members.len());
    for (member, at) in members.iter().enumerate() {
        let number = columns.raw(attribute, index(at));
        let problem = match number {
            None => {
                let message = words::POOL_WEIGHS_BLANK.with(&[&pool.id, &year]);
                Some(Problem::new(Code::BlankAttribute, message).expected(words::FILL_IN_ZERO_COUNTS))
            }
            Some(number) if number.is_sign_negative() && !number.is_zero() => {
                let message = words::POOL_WEIGHS_NEGATIVE.with(&[&pool.id, &year]);
                Some(
                    Problem::new(Code::NegativeShare, message).found(number.to_string()).expected(common::ZERO_OR_MORE),
                )
            }
            Some(_) => None,
        };
        if let Some(problem) = problem {
            if faults.len() < crate::ground::problem::Problems::LIMIT {
                faults.push(PoolFault::Member(member, attribute, problem.column(id)));
            }
        } else if let Some(number) = number {
            list.push(rational(number));
        }
    }
    Read::Wide(list)
}

fn combined(terms: Vec<Term>, members: usize) -> Integers<'static> {
    if let [_] = terms.as_slice() {
        match terms.into_iter().next() {
            Some(Term::Narrow(_, list)) => return Integers::Narrow(list),
            Some(Term::Wide(per, list)) => {
                return combined(vec![Term::Wide(per, list), Term::Equal(BigRational::zero())], members);
            }
            _ => return Integers::Narrow(vec![1; members]),
        }
    }
    // One denominator for all coefficients and all wide numbers.
    let mut denominator = BigInt::one();
    for term in &terms {
        match term {
            Term::Equal(per) | Term::Narrow(per, _) => make_common(&mut denominator, per.denom()),
            Term::Wide(per, list) => {
                for number in list {
                    make_common(&mut denominator, (per * number).denom());
                }
            }
        }
    }
    let whole = |per: &BigRational| (per.numer() * (&denominator / per.denom())).magnitude().clone();
    let factors: Vec<(BigUint, BigUint)> = terms
        .iter()
        .map(|term| match term {
            Term::Equal(per) => (whole(per), BigUint::one()),
            Term::Narrow(per, list) => (whole(per), list.iter().max().copied().unwrap_or_default().into()),
            Term::Wide(per, list) => {
                let most = list.iter().max().map(|most| whole(&(per * most))).unwrap_or_default();
                (BigUint::one(), most)
            }
        })
        .collect();
    let narrow_only = terms.iter().all(|term| !matches!(term, Term::Wide(..)));
    let divisor = if narrow_only {
        factors.iter().fold(BigUint::zero(), |gcd, (factor, _)| gcd.gcd(factor))
    } else {
        BigUint::one()
    };
    let divisor = if divisor.is_zero() { BigUint::one() } else { divisor };
    let most = factors.iter().fold(BigUint::zero(), |sum, (factor, most)| sum + factor / &divisor * most);
    let factors: Vec<BigUint> = factors.into_iter().map(|(factor, _)| factor / &divisor).collect();
    let small: Option<Vec<u128>> = factors.iter().map(ToPrimitive::to_u128).collect();
    if let Some(small) = small.filter(|_| narrow_only && most < BigUint::one() << 128_u32) {
        let mut sums = vec![0_u128; members];
        for (term, factor) in terms.iter().zip(&small) {
            match term {
                Term::Narrow(_, list) => {
                    for (sum, number) in sums.iter_mut().zip(list) {
                        // The greatest sum has been seen to fit.
                        *sum = sum.wrapping_add(factor.wrapping_mul((*number).into()));
                    }
                }
                _ => sums.iter_mut().for_each(|sum| *sum = sum.wrapping_add(*factor)),
            }
        }
        if most < BigUint::one() << 64_u32 {
            return Integers::Narrow(sums.into_iter().map(|sum| u64::try_from(sum).unwrap_or_default()).collect());
        }
        return Integers::Big(sums.into_iter().map(BigUint::from).collect());
    }
    let mut sums = vec![BigUint::zero(); members];
    for (term, factor) in terms.iter().zip(&factors) {
        match term {
            Term::Equal(_) => sums.iter_mut().for_each(|sum| *sum += factor),
            Term::Narrow(_, list) => sums.iter_mut().zip(list).for_each(|(sum, number)| *sum += factor * *number),
            Term::Wide(per, list) => sums.iter_mut().zip(list).for_each(|(sum, number)| *sum += whole(&(per * number))),
        }
    }
    debug_assert!(denominator.is_positive());
    Integers::Big(sums)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::roster::{Roster, RosterBuilder};
    use crate::policy::Policy;
    use crate::rows::records::{Cell, RowBuilder};

    fn policy(pool: &str) -> Policy {
        let text = format!(
            r#"{{ "id": "p", "title": {{ "zh": "p" }}, "years": [2024, 2024], "unit": "元",
                "attributes": {{ "x": {{ "type": "number" }}, "y": {{ "type": "number" }} }},
                "layers": [{{ "id": "l", "payer": "county" }}], "pools": [{{ "id": "q", {pool} }}],
                "classes": [{{ "id": "c", "funding": {{ "l": {{ "pool": "q" }} }} }}] }}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn roster(policy: &Policy, rows: impl Iterator<Item = [String; 3]>) -> Roster {
        let titles = ["name", "count", "x", "y"].map(|title| (title, None));
        let mut builder = RosterBuilder::new(policy, &titles);
        for (number, cells) in rows.enumerate() {
            let name = format!("n{number}");
            let cells: Vec<Cell<'_>> = [&name].into_iter().chain(&cells).map(|text| Cell::Text(text)).collect();
            builder.push_row(None, &cells);
        }
        builder.finish().unwrap().0
    }

    proptest! {
        #[test]
        fn exact_parts_lie_within_the_bounds_and_add_up_to_the_pool(
            amount in 1..5_000_u32,
            floor in prop_oneof![Just(0_u32), 0..60_u32],
            above in proptest::option::of(0..400_u32),
            weights in prop_oneof![
                Just(r#"{ "x": 1 }"#), Just(r#"{ "equal": "1/3", "x": "2/3" }"#), Just(r#"{ "x": "0.3", "y": "0.7" }"#)
            ],
            rows in proptest::collection::vec((1..4_u32, prop_oneof![0..5_u32, 0..2_000_u32], 1..9_u32), 1..12),
        ) {
            let cap = above.map_or_else(String::new, |above| format!(r#""at_most": {},"#, floor + above));
            let policy = policy(&format!(r#""amount": {amount}, "at_least": {floor}, {cap} "weights": {weights}"#));
            // Digits beyond 64 bits go the wide way.
            let cells = rows.iter().map(|(count, x, y)| {
                [count.to_string(), x.to_string(), if x % 2 == 0 { y.to_string() } else { format!("{y}.0000000000000000000001") }]
            });
            let roster = roster(&policy, cells);
            let columns = Columns::new(&policy, &roster);
            let members = Rows::All(u32::try_from(rows.len()).unwrap());
            let pool = &policy.pools()[0];
            if let Ok(shares) = share(pool, 2024, &columns, &members) {
                let levels = Levels::new(pool, 2024, &columns, &members).unwrap();
                let (mut parts, mut all) = (BigRational::zero(), BigRational::zero());
                for (row, (count, ..)) in rows.iter().enumerate() {
                    let ExactPart { share, part } = levels.part(&columns, row).unwrap();
                    let fen = |yuan: u32| BigRational::from(BigInt::from(yuan) * 100);
                    prop_assert!(part >= fen(floor) && above.is_none_or(|above| part <= fen(floor + above)));
                    let steps = BigRational::from(BigInt::from(shares.parts[row]));
                    prop_assert!((&part - steps).abs() <= BigRational::one());
                    parts += part * BigInt::from(*count);
                    all += share * BigInt::from(*count);
                }
                prop_assert_eq!(parts, BigRational::from(BigInt::from(amount) * 100));
                prop_assert_eq!(all, BigRational::one());
            }
        }
    }
}
