//! The keys of all kinds of rules in one list.
#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "worked out by the compiler, which says what is out of range"
)]

use crate::policy::rule::KINDS;

/// The keys that any rule may have.
pub(crate) const COMMON: &[&str] = &["when", "at_least", "at_most", "clause", "note"];

/// The keys of rules.
pub(crate) const KEYS: &[&str] = &{
    let mut keys = [""; number_of_keys()];
    let mut at = 0;
    let mut kind = 0;
    while kind < KINDS.len() {
        at = fill(&mut keys, at, KINDS[kind].keys);
        kind += 1;
    }
    fill(&mut keys, at, COMMON);
    keys
};

const fn number_of_keys() -> usize {
    let mut number = COMMON.len();
    let mut kind = 0;
    while kind < KINDS.len() {
        number += KINDS[kind].keys.len();
        kind += 1;
    }
    number
}

/// Writes keys to a list, and says where the next ones stand.
const fn fill(list: &mut [&'static str], at: usize, keys: &[&'static str]) -> usize {
    let mut key = 0;
    while key < keys.len() {
        list[at + key] = keys[key];
        key += 1;
    }
    at + key
}
