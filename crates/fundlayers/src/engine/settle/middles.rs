//! The middle of the numbers of a group: its median.
//!
//! A pass keeps different numbers with how often each stands there: all of them where they are few, which tells the middle at
//! once. Of more it keeps a sample, and the next pass counts the numbers between those of the sample, which leaves one piece to
//! look into. Where a sample holds 8,192, three passes do for some 10,000,000 different numbers: the piece in which the middle lies
//! is twice as long as others on average, and has to fit once.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use serde::{Deserialize, Serialize};

use super::sample::hash;
use super::text::{Text, pairs};
use super::{AggregateNumber, AggregateSums};

type Number = Text<BigRational>;

/// Different numbers, and how often each stands there: those of the smallest hashes, so that it is the same ones however they are cut
/// into parts. Merging is associative and commutative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Numbers {
    /// So many are kept.
    room: usize,
    /// Whether there were more.
    is_cut: bool,
    #[serde(with = "pairs")]
    kept: BTreeMap<(u64, Number), Text<u128>>,
}

impl Numbers {
    fn add(&mut self, key: (u64, Number), places: u128) {
        let known = self.kept.entry(key).or_default();
        known.0 = known.0.saturating_add(places);
        while self.kept.len() > self.room {
            self.kept.pop_last();
            self.is_cut = true;
        }
    }

    fn merge(&mut self, other: Self) {
        self.room = self.room.max(other.room);
        self.is_cut |= other.is_cut;
        other.kept.into_iter().for_each(|(key, places)| self.add(key, places.0));
    }
}

/// What a part adds to the search for a middle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MiddleSums {
    /// What there is from each splitter to the next.
    between: Vec<Piece>,
    numbers: Numbers,
}

/// Numbers from one splitter to the next: how many places have them, the least and the greatest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    places: Text<u128>,
    least: Option<Number>,
    greatest: Option<Number>,
}

impl Piece {
    fn merge(&mut self, other: Self) {
        self.places.0 = self.places.0.saturating_add(other.places.0);
        self.least = [self.least.take(), other.least].into_iter().flatten().min();
        self.greatest = self.greatest.take().max(other.greatest);
    }
}

impl MiddleSums {
    /// Of numbers that ascend, each with how many places have it, in a pass in which this is known of the middle.
    pub(crate) fn new(numbers: impl Iterator<Item = (BigRational, u128)>, known: Option<&Middle>, room: usize) -> Self {
        let splitters = known.map_or(&[][..], |known| &known.splitters);
        let mut between = vec![Piece::default(); splitters.len().saturating_add(1)];
        // With fewer than two no piece would be smaller than the last.
        let mut kept = Numbers { room: room.max(2), is_cut: false, kept: BTreeMap::new() };
        for (number, places) in numbers {
            let number = Text(number);
            if known.is_some_and(|known| !known.is_open(&number)) {
                continue;
            }
            let at = splitters.partition_point(|splitter| *splitter <= number);
            if let Some(piece) = between.get_mut(at) {
                piece.places.0 = piece.places.0.saturating_add(places);
                piece.least.get_or_insert_with(|| number.clone());
                piece.greatest = Some(number.clone());
            }
            kept.add((hash(&number.0.to_string(), 0, 0), number), places);
        }
        Self { between, numbers: kept }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (piece, more) in self.between.iter_mut().zip(other.between) {
            piece.merge(more);
        }
        self.numbers.merge(other.numbers);
    }
}

/// Where the middle of a group is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Middle {
    places: Text<u128>,
    /// So many places have less than the first number among which it is.
    below: Text<u128>,
    from: Option<Number>,
    /// The first number behind them.
    to: Option<Number>,
    /// Numbers among them between which all are counted, in order.
    splitters: Vec<Number>,
}

impl Middle {
    const fn of(places: u128) -> Self {
        Self { places: Text(places), below: Text(0), from: None, to: None, splitters: Vec::new() }
    }

    fn is_open(&self, number: &Number) -> bool {
        self.from.as_ref().is_none_or(|from| from <= number) && self.to.as_ref().is_none_or(|to| number < to)
    }

    /// The middle, or where the next pass looks for it.
    fn next(self, sums: MiddleSums) -> Result<BigRational, Self> {
        // Of an even number of places the mean of two is asked for.
        let (low, high) = (self.places.0.saturating_sub(1) >> 1, self.places.0 >> 1);
        let mut next = Self { splitters: Vec::new(), ..self.clone() };
        let mut end = self.below.0;
        let mut lower = None;
        for (at, piece) in sums.between.into_iter().enumerate() {
            let start = end;
            end = end.saturating_add(piece.places.0);
            if let (Some(lower), true) = (&lower, high < end) {
                // The middle two lie on both sides of a splitter.
                return Ok(mean(lower, &piece.least.unwrap_or_default()));
            }
            if low < end {
                if high >= end {
                    lower = lower.or(piece.greatest);
                    continue;
                }
                if piece.least == piece.greatest {
                    return Ok(piece.least.unwrap_or_default().0);
                }
                next.below = Text(start);
                next.from =
                    at.checked_sub(1).and_then(|before| self.splitters.get(before)).or(self.from.as_ref()).cloned();
                next.to = self.splitters.get(at).or(self.to.as_ref()).cloned();
                break;
            }
        }
        let among = sums.numbers.kept.into_iter().filter(|((_, number), _)| next.is_open(number));
        let mut among: Vec<(Number, u128)> = among.map(|((_, number), places)| (number, places.0)).collect();
        among.sort_unstable();
        if sums.numbers.is_cut {
            let splitters =
                among.into_iter().map(|(number, _)| number).filter(|number| Some(number) != next.from.as_ref());
            next.splitters = splitters.collect();
            return Err(next);
        }
        let at = |wanted: u128| {
            let mut end = next.below.0;
            let found = among.iter().find(|(_, places)| {
                end = end.saturating_add(*places);
                wanted < end
            });
            found.map(|(number, _)| number.clone()).unwrap_or_default()
        };
        Ok(mean(&at(low), &at(high)))
    }
}

fn mean(one: &Number, other: &Number) -> BigRational {
    if one == other { one.0.clone() } else { (&one.0 + &other.0) / BigInt::from(2) }
}

/// The middles of an aggregate of all places in a year, as far as they are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MiddlesOfYear {
    /// Its number among those of the policy.
    pub(super) aggregate: usize,
    pub(super) year: u16,
    /// By what the places agree in.
    #[serde(with = "pairs")]
    found: BTreeMap<Vec<String>, AggregateNumber>,
    #[serde(with = "pairs")]
    open: BTreeMap<Vec<String>, Middle>,
}

impl MiddlesOfYear {
    pub(super) const fn new(aggregate: usize, year: u16) -> Self {
        Self { aggregate, year, found: BTreeMap::new(), open: BTreeMap::new() }
    }

    /// How many are looked for.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    /// Where that of a group is looked for; none if it was found.
    pub(crate) fn of_group(&self, group: &[String]) -> Option<&Middle> {
        self.open.get(group)
    }

    /// All of them, or what is known after a pass over all parts.
    pub(super) fn next(
        mut self,
        sums: impl Iterator<Item = (Vec<String>, AggregateSums)>,
    ) -> Result<BTreeMap<Vec<String>, AggregateNumber>, Self> {
        for (group, sums) in sums {
            let Some(of_middle) = sums.middle else { continue };
            let middle = self.open.remove(&group).unwrap_or(Middle::of(sums.places.0));
            let places = middle.places;
            match middle.next(of_middle) {
                Ok(value) => {
                    self.found.insert(group, AggregateNumber { value: Some(Text(value)), places, sum: None });
                }
                Err(open) => _ = self.open.insert(group, open),
            }
        }
        if self.open.is_empty() { Ok(self.found) } else { Err(self) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = (i64, i64)> {
        (prop_oneof![-3_i64..4, -1_000_i64..1_000, any::<i64>()], 1_i64..4)
    }

    proptest! {
        /// Whatever the order, the parts and the room; each pass leaves less to look into.
        #[test]
        fn the_middle_is_found_whatever_the_parts(
            numbers in prop::collection::vec((number(), 1_u128..4), 1..60),
            cuts in prop::collection::vec(0_usize..3, 60),
            room in 2_usize..9,
            from_behind: bool,
        ) {
            let numbers: Vec<(BigRational, u128)> =
                numbers.into_iter().map(|((of, by), places)| (BigRational::new(of.into(), by.into()), places)).collect();
            let mut all: Vec<&BigRational> = numbers.iter()
                .flat_map(|(number, places)| std::iter::repeat_n(number, usize::try_from(*places).unwrap())).collect();
            all.sort_unstable();
            let half = all.len() / 2;
            let expected =
                if all.len() % 2 == 1 { all[half].clone() } else { (all[half - 1] + all[half]) / BigInt::from(2) };
            let ascending = |part: Option<usize>| {
                let of_part = numbers.iter().zip(&cuts).filter(|(_, cut)| part.is_none_or(|part| **cut == part));
                let mut list: Vec<(BigRational, u128)> = of_part.map(|(number, _)| number.clone()).collect();
                list.sort_unstable();
                list
            };
            let mut known: Option<Middle> = None;
            let mut passes = 0;
            let found = loop {
                passes += 1;
                prop_assert!(passes <= 61, "it ends");
                let of_all = MiddleSums::new(ascending(None).into_iter(), known.as_ref(), room);
                let mut parts: Vec<MiddleSums> = (0..3)
                    .map(|part| MiddleSums::new(ascending(Some(part)).into_iter(), known.as_ref(), room))
                    .collect();
                if from_behind {
                    parts.reverse();
                }
                let sums = parts.into_iter().reduce(|mut sums, part| { sums.merge(part); sums }).unwrap();
                prop_assert_eq!(&sums, &of_all);
                prop_assert!(sums.numbers.kept.len() <= room);
                let middle = known.take().unwrap_or(Middle::of(u128::try_from(all.len()).unwrap()));
                match middle.next(sums) {
                    Ok(found) => break found,
                    Err(open) => known = Some(serde_json::from_str(&serde_json::to_string(&open).unwrap()).unwrap()),
                }
            };
            prop_assert_eq!(found, expected);
        }
    }
}
