//! A few of many things, chosen so that whatever order they come in, and however they are cut into parts, it is the same few.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::text::Text;

/// Those of the smallest hashes. Merging is associative and commutative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Ord + Deserialize<'de>"))]
pub(crate) struct Sample<T: Ord> {
    /// So many are kept.
    room: usize,
    /// How many there were.
    seen: Text<u128>,
    kept: BTreeSet<(u64, T)>,
}

impl<T: Ord> Default for Sample<T> {
    fn default() -> Self {
        Self::new(0)
    }
}

impl<T: Ord> Sample<T> {
    pub(crate) const fn new(room: usize) -> Self {
        Self { room, seen: Text(0), kept: BTreeSet::new() }
    }

    pub(crate) fn push(&mut self, hash: u64, thing: impl FnOnce() -> T) {
        self.seen.0 = self.seen.0.saturating_add(1);
        let is_late = self.kept.len() >= self.room && self.kept.last().is_none_or(|(last, _)| *last < hash);
        if !is_late {
            self.kept.insert((hash, thing()));
            self.cut();
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.room = self.room.max(other.room);
        self.seen.0 = self.seen.0.saturating_add(other.seen.0);
        self.kept.extend(other.kept);
        self.cut();
    }

    fn cut(&mut self) {
        while self.kept.len() > self.room {
            self.kept.pop_last();
        }
    }

    /// Whether all of them were kept.
    pub(crate) fn is_complete(&self) -> bool {
        self.seen.0 <= u128::try_from(self.room).unwrap_or(u128::MAX)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter().map(|(_, thing)| thing)
    }
}

/// A number that has nothing to do with what it is made of, but is always the same (FNV-1a, then spread over all bits).
pub(crate) fn hash(id: &str, first: u64, kind: u8) -> u64 {
    let bytes = id.bytes().chain(first.to_le_bytes()).chain([kind]);
    let mut hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
        hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
    }
    hash ^ (hash >> 33)
}
