//! Where the steps end that the largest remainders get.
//!
//! Members stand in the order of their remainders, the largest first, ties by id. The steps that are left over are as many
//! as the first so many members; the last of these is the cut. A pass keeps a sample of the members among whom it lies. If
//! that is all of them, the cut is found; else the next pass counts the members between those of the sample, which leaves one
//! piece to look into: so three passes do for as many members as the square of what a sample holds.

use std::cmp::Ordering;

use num_rational::BigRational;
use serde::{Deserialize, Serialize};

use super::sample::Sample;
use super::text::Text;

/// Where a member stands. Its id is a row's; of members that differ within one, the number of the first tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) remainder: Text<BigRational>,
    pub(crate) id: String,
    pub(crate) first: u64,
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let remainders = other.remainder.cmp(&self.remainder);
        remainders.then_with(|| self.id.cmp(&other.id)).then_with(|| self.first.cmp(&other.first))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Who comes before it gets a step more, and so do so many of its own members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cut {
    pub(crate) at: Key,
    pub(crate) members: u64,
}

/// Members alike, and how many.
pub(crate) type Candidate = (Key, u64);

/// The cut as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cutting {
    /// So many members from the first of these on get a step more.
    pub(crate) left: Text<u128>,
    /// The first of the members among whom the cut is, and the first behind them.
    pub(crate) from: Option<Key>,
    pub(crate) to: Option<Key>,
    /// Members among them between which all are counted, in order.
    pub(crate) splitters: Vec<Key>,
}

/// How far the search for a cut is.
pub(crate) enum Search {
    Found(Option<Cut>),
    Among(Cutting),
}

impl Cutting {
    /// Among all members.
    pub(crate) const fn of_all(left: u128) -> Self {
        Self { left: Text(left), from: None, to: None, splitters: Vec::new() }
    }

    /// What a pass says: how many members there are from each splitter to the next, and some of all of them.
    pub(crate) fn next(self, between: &[Text<u128>], sample: &Sample<Candidate>) -> Search {
        let Self { left: Text(mut left), mut from, mut to, splitters } = self;
        if left == 0 {
            return Search::Found(None);
        }
        for (at, members) in between.iter().enumerate() {
            if left <= members.0 || at == splitters.len() {
                from = at.checked_sub(1).and_then(|before| splitters.get(before)).cloned().or(from);
                to = splitters.get(at).cloned().or(to);
                break;
            }
            left = left.saturating_sub(members.0);
        }
        let is_among =
            |key: &Key| from.as_ref().is_none_or(|from| from <= key) && to.as_ref().is_none_or(|to| key < to);
        let mut among: Vec<&Candidate> = sample.iter().filter(|(key, _)| is_among(key)).collect();
        among.sort_unstable();
        if !sample.is_complete() {
            let splitters = among.into_iter().map(|(key, _)| key).filter(|key| Some(*key) != from.as_ref());
            let splitters = splitters.cloned().collect();
            return Search::Among(Self { left: Text(left), from, to, splitters });
        }
        for (key, members) in among {
            if left <= u128::from(*members) {
                let members = u64::try_from(left).unwrap_or(*members);
                return Search::Found(Some(Cut { at: key.clone(), members }));
            }
            left = left.saturating_sub((*members).into());
        }
        Search::Found(None)
    }
}
