//! The level λ of claims: the one number at which the sum of min(claim, λ) is what there is.
//!
//! Whoever claims less than λ gets the claim, and the others share what these leave; so λ follows from what the former claim
//! together and how many the latter are. A pass sums claims by their size, as finely as so many different sizes let it
//! ([`Sizes`]). If λ lies between two of these, or among claims of one size, it is found; else the next pass sums those of the size
//! in which it lies more finely. Where 2^k sizes are kept, each pass settles k bits of λ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::{Text, pairs};
use crate::math::claims::Fraction;

/// Claims by size. Whatever order they come in, and however they are cut into parts, they are summed alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sizes {
    /// So many sizes are told apart.
    room: usize,
    /// Claims are of one size that differ in no more than so many of their last bits: as few as room lets.
    bits: u32,
    #[serde(with = "pairs")]
    list: BTreeMap<u64, OfSize>,
}

/// The claims of a size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OfSize {
    members: Text<u128>,
    /// What they claim together.
    sum: Text<u128>,
}

impl OfSize {
    fn add(&mut self, other: Self) {
        self.members.0 = self.members.0.saturating_add(other.members.0);
        self.sum.0 = self.sum.0.saturating_add(other.sum.0);
    }
}

impl Sizes {
    /// Of claims, each with how many members have it.
    pub(crate) fn new(mut claims: Vec<(u64, u64)>, room: usize) -> Self {
        claims.sort_unstable();
        let mut sizes: Vec<(u64, OfSize)> = Vec::new();
        for (claim, members) in claims {
            let sum = u128::from(claim).saturating_mul(members.into());
            let of_size = OfSize { members: Text(members.into()), sum: Text(sum) };
            match sizes.last_mut().filter(|(size, _)| *size == claim) {
                Some((_, known)) => known.add(of_size),
                None => sizes.push((claim, of_size)),
            }
        }
        Self::fitting(room, 0, sizes)
    }

    pub(crate) fn merge(&mut self, other: Self) {
        let bits = self.bits.max(other.bits);
        let mut sizes = BTreeMap::new();
        for (known, all) in [(self.bits, std::mem::take(&mut self.list)), (other.bits, other.list)] {
            for (size, of_size) in all {
                sizes.entry(coarser(size, bits.saturating_sub(known))).or_insert_with(OfSize::default).add(of_size);
            }
        }
        *self = Self::fitting(self.room.max(other.room), bits, sizes);
    }

    /// Sizes that ascend, told apart by as few bits less as room lets.
    fn fitting(room: usize, bits: u32, sizes: impl IntoIterator<Item = (u64, OfSize)>) -> Self {
        // Of fewer than two the next pass would know no more than this one.
        let least = room.max(2);
        let sizes: Vec<(u64, OfSize)> = sizes.into_iter().collect();
        let mut more = 0_u32;
        // Two that follow one another become one once the last bit in which they differ is left out.
        let differing: Vec<u32> = sizes
            .windows(2)
            .filter_map(|pair| Some(u64::BITS.saturating_sub((pair.first()?.0 ^ pair.last()?.0).leading_zeros())))
            .collect();
        while differing.iter().filter(|last| **last > more).count() >= least {
            more = more.saturating_add(1);
        }
        let mut fitting: BTreeMap<u64, OfSize> = BTreeMap::new();
        for (size, of_size) in sizes {
            fitting.entry(coarser(size, more)).or_default().add(of_size);
        }
        Self { room, bits: bits.saturating_add(more), list: fitting }
    }
}

/// A size without so many of its last bits.
fn coarser(size: u64, bits: u32) -> u64 {
    size.checked_shr(bits).unwrap_or_default()
}

/// Where λ is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Level {
    /// What the claims are to come to at λ: less than all of them.
    amount: Text<u128>,
    /// Claims below this are met: what they claim together.
    from: u64,
    met: Text<u128>,
    /// Claims from this on are not: how many they are. None if no claim is known not to be.
    to: Option<u64>,
    above: Text<u128>,
}

impl Level {
    pub(crate) const fn new(amount: u128) -> Self {
        Self { amount: Text(amount), from: 0, met: Text(0), to: None, above: Text(0) }
    }

    /// Whether a claim may be λ's neighbour.
    pub(crate) fn is_open(&self, claim: u64) -> bool {
        // Who claims nothing gets it.
        claim > 0 && claim >= self.from && self.to.is_none_or(|to| claim < to)
    }

    /// λ, or where the next pass looks for it, once the open claims of all parts are summed.
    pub(crate) fn next(&self, sums: &Sizes) -> Result<Fraction, Self> {
        let members = sums.list.values().fold(0_u128, |sum, of_size| sum.saturating_add(of_size.members.0));
        let (mut met, mut above) = (self.met.0, self.above.0.saturating_add(members));
        let found = |met: u128, above: u128| {
            Ok(Fraction { numerator: self.amount.0.saturating_sub(met), denominator: above.max(1) })
        };
        for (size, of_size) in &sums.list {
            // Its claims are from the least to the greatest, both with it.
            let least = size.checked_shl(sums.bits).unwrap_or_default();
            let greatest = least | !u64::MAX.checked_shl(sums.bits).unwrap_or_default();
            let at = |level: u64, met: u128, above: u128| u128::from(level).saturating_mul(above).saturating_add(met);
            if at(least, met, above) > self.amount.0 {
                return found(met, above);
            }
            let (met_then, above_then) = (met.saturating_add(of_size.sum.0), above.saturating_sub(of_size.members.0));
            if at(greatest, met_then, above_then) > self.amount.0 {
                return Err(Self {
                    amount: self.amount,
                    from: least,
                    met: Text(met),
                    to: greatest.checked_add(1),
                    above: Text(above_then),
                });
            }
            (met, above) = (met_then, above_then);
        }
        found(met, above)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// λ by trying every claim in turn.
    fn expected(claims: &[(u64, u64)], amount: u128) -> Fraction {
        let mut claims = claims.to_vec();
        claims.sort_unstable();
        let (mut rest, mut above) = (amount, claims.iter().map(|(_, members)| u128::from(*members)).sum::<u128>());
        for (claim, members) in claims {
            if u128::from(claim) * above > rest {
                break;
            }
            rest -= u128::from(claim) * u128::from(members);
            above -= u128::from(members);
        }
        Fraction { numerator: rest, denominator: above.max(1) }
    }

    fn claim() -> impl Strategy<Value = u64> {
        prop_oneof![0_u64..5, 0_u64..1_000, 1_000_000_u64..1_000_010, 0_u64..1 << 62]
    }

    proptest! {
        /// Whatever the order, the parts and the room, which settles at least so many bits in a pass.
        #[test]
        fn the_level_is_found_in_few_passes_whatever_the_parts(
            claims in prop::collection::vec((claim(), 1_u64..5), 1..40),
            of_all: u128,
            at in prop::option::of(0_usize..40),
            bits in 1_u32..5,
            cuts in prop::collection::vec(0_usize..3, 40),
            from_behind: bool,
        ) {
            let total: u128 = claims.iter().map(|(claim, members)| u128::from(*claim) * u128::from(*members)).sum();
            prop_assume!(total > 0);
            let sum_at = |level: u64| claims.iter().map(|(claim, of)| u128::from(level.min(*claim)) * u128::from(*of)).sum();
            // Just as much as meets a claim, or whatever else.
            let at = at.and_then(|at| claims.get(at)).map(|(claim, _)| sum_at(*claim)).filter(|sum: &u128| *sum < total);
            let amount = at.unwrap_or(of_all % total);
            let mut level = Level::new(amount);
            let mut passes = 0_u32;
            let found = loop {
                passes += 1;
                let mut parts: Vec<Sizes> = (0..3)
                    .map(|part| {
                        let of_part = claims.iter().zip(&cuts).filter(|(_, cut)| **cut == part).map(|(claim, _)| *claim);
                        Sizes::new(of_part.filter(|(claim, _)| level.is_open(*claim)).collect(), 1 << bits)
                    })
                    .collect();
                if from_behind {
                    parts.reverse();
                }
                let mut sums = Sizes::default();
                for part in parts {
                    sums.merge(part);
                }
                let all: Vec<(u64, u64)> = claims.iter().copied().filter(|(claim, _)| level.is_open(*claim)).collect();
                prop_assert_eq!(&sums, &Sizes::new(all, 1 << bits));
                prop_assert!(sums.list.len() <= 1 << bits);
                match level.next(&sums) {
                    Ok(found) => break found,
                    Err(next) => level = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap(),
                }
            };
            prop_assert!(passes <= 63_u32.div_ceil(bits).max(1), "{} passes of {} bits", passes, bits);
            prop_assert_eq!(found, expected(&claims, amount));
        }
    }
}
