//! That no id stands in two parts of a roster.
//!
//! Within a part the roster sees to it. Between parts, ids in order are enough: parts of which each begins after the one
//! before it ends have none in common, and two ids of each part tell; so do those of a few stretches of a part, each in order, such
//! as the files that it was read from. Only ids that are not in order are kept, as numbers, and no more than [`KEPT`] of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::part::{Part, called};
use crate::ground::catalogue::results as words;
use crate::ground::message::Message;
use crate::ground::problem::{Code, Problem, Problems};
use crate::roster::Places;

/// How many 64-bit words of ids are kept, 64 MiB: a word for an id of at most 18 digits, two for any other.
const KEPT: u64 = 1 << 23;

/// Into how many stretches a part is taken apart at most.
const STRETCHES: usize = 64;

/// The ids of parts, as far as it takes to see that no id stands in two of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ids {
    /// One for each part with rows, or several that have no id in common, in the order of their least ids.
    runs: Vec<Run>,
    /// How many words the ids take, kept or not.
    words: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Run {
    least: String,
    most: String,
    first_row: u64,
    file: Option<String>,
    ids: u64,
    /// The ids, ascending and each once; none if there are too many.
    keys: Option<Keys>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Keys {
    /// Ids of digits.
    #[serde(with = "hex64")]
    numbers: Vec<u64>,
    /// Other ids.
    #[serde(with = "hex128")]
    texts: Vec<u128>,
}

/// An id as a number.
enum Key {
    Number(u64),
    Text(u128),
}

/// FNV-1a of 128 bits: of a thousand million texts, two are alike with a chance of 1 in 10^20.
const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// Of digits, these after a 1, so that leading zeros count; of a short text its bytes; of any other a hash.
fn key(id: &str) -> Key {
    let bytes = id.as_bytes();
    if (1..=18).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        let digits = bytes.iter().fold(1_u64, |number, digit| {
            // Below 2 × 10^18.
            number.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')))
        });
        return Key::Number(digits);
    }
    if let Ok(length @ 0..=15) = u8::try_from(bytes.len()) {
        let text = bytes.iter().fold(u128::from(length), |text, byte| (text << 8) | u128::from(*byte));
        return Key::Text(text << (8_u32.saturating_mul(15_u32.saturating_sub(length.into()))));
    }
    let hash = bytes.iter().fold(START, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME));
    // No short text begins like this.
    Key::Text(hash | (0xff << 120))
}

/// The id that a key was made of, where that can be told.
fn shown(key: u128) -> Option<String> {
    if let Ok(number) = u64::try_from(key) {
        return number.to_string().strip_prefix('1').map(str::to_owned);
    }
    let [length, bytes @ ..] = key.to_be_bytes();
    String::from_utf8(bytes.get(..usize::from(length))?.to_vec()).ok()
}

impl Ids {
    pub(super) const fn none() -> Self {
        Self { runs: Vec::new(), words: 0 }
    }

    /// Those of a part; `keep` says whether they may have to be looked at one by one.
    pub(super) fn new(part: &Part, roster: &Places, keep: bool) -> Self {
        let ids = || (0..roster.len()).map(|row| roster.id(row));
        let count = u64::try_from(roster.place_count()).unwrap_or(u64::MAX);
        let stretches = if roster.ids_ascending() {
            ids().next().zip(ids().next_back()).map(|ends| vec![(ends, count)])
        } else {
            let apart = if keep { None } else { apart(ids()) };
            apart.or_else(|| Some(vec![(ids().min().zip(ids().max())?, count)]))
        };
        let Some(stretches) = stretches else { return Self::none() };
        let mut keys = Keys::default();
        if keep {
            for id in ids() {
                match key(id) {
                    Key::Number(number) => keys.numbers.push(number),
                    Key::Text(text) => keys.texts.push(text),
                }
            }
            keys.numbers.sort_unstable();
            keys.numbers.dedup();
            keys.texts.sort_unstable();
            keys.texts.dedup();
        }
        // Without keys each is taken to be of digits, which is the least that it can be.
        let words = if keep { keys.words() } else { count };
        let keys = keep.then_some(keys);
        let run = |((least, most), ids): ((&str, &str), u64)| Run {
            least: least.to_owned(),
            most: most.to_owned(),
            first_row: part.first_row(),
            file: part.file().map(str::to_owned),
            ids,
            keys: keys.clone(),
        };
        let mut ids = Self { runs: stretches.into_iter().map(run).collect(), words };
        ids.forget();
        ids
    }

    /// Whether ids of more parts need not be kept, after so many rows.
    pub(super) const fn are_too_many(rows: u64) -> bool {
        rows > KEPT
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.runs.extend(other.runs);
        self.runs.sort_unstable_by(|a, b| {
            (&a.least, &a.most, a.first_row, &a.file).cmp(&(&b.least, &b.most, b.first_row, &b.file))
        });
        self.words = self.words.saturating_add(other.words);
        self.forget();
    }

    /// Once there are too many, those that were kept tell nothing any more.
    fn forget(&mut self) {
        if self.words > KEPT || self.runs.iter().any(|run| run.keys.is_none()) {
            self.runs.iter_mut().for_each(|run| run.keys = None);
        }
    }

    /// What is wrong with them.
    pub(super) fn problems(&self) -> Problems {
        let pairs = self.runs.iter().zip(self.runs.iter().skip(1));
        let Some((one, other)) = pairs.clone().find(|(one, other)| one.most >= other.least) else {
            return Problems::new();
        };
        let keys: Option<Vec<&Keys>> = self.runs.iter().map(|run| run.keys.as_ref()).collect();
        let Some(keys) = keys else {
            let ids = self.runs.iter().fold(0_u64, |sum, run| sum.saturating_add(run.ids));
            let message = words::IDS_CROSS.with(&[&one.called(), &other.called(), &ids, &KEPT]);
            return Problem::new(Code::IdsNotChecked, message).expected(words::SORT_OR_TRUST).into();
        };
        let mut problems = Problems::new();
        let mut report = |key: u128, one: usize, other: usize| {
            let (Some(one), Some(other)) = (self.runs.get(one), self.runs.get(other)) else { return };
            let (one, other) = if one.first_row <= other.first_row { (one, other) } else { (other, one) };
            problems.push(in_both(shown(key), &one.called(), &other.called()));
        };
        let numbers: Vec<&[u64]> = keys.iter().map(|keys| keys.numbers.as_slice()).collect();
        in_two(&numbers, |key, one, other| report(key.into(), one, other));
        let texts: Vec<&[u128]> = keys.iter().map(|keys| keys.texts.as_slice()).collect();
        in_two(&texts, report);
        problems
    }
}

/// The first and last id of each stretch in order, and how many there are in it, by the first; none if they are many or have ids in
/// common.
fn apart<'a>(ids: impl Iterator<Item = &'a str>) -> Option<Vec<((&'a str, &'a str), u64)>> {
    let mut stretches: Vec<((&str, &str), u64)> = Vec::new();
    for id in ids {
        let are_many = stretches.len() == STRETCHES;
        match stretches.last_mut() {
            Some(((_, last), _)) if *last == id => {}
            Some(((_, last), count)) if *last < id => {
                *last = id;
                *count = count.saturating_add(1);
            }
            _ if are_many => return None,
            _ => stretches.push(((id, id), 1)),
        }
    }
    stretches.sort_unstable();
    let cross = stretches.iter().zip(stretches.iter().skip(1)).any(|(one, other)| one.0.1 >= other.0.0);
    (!cross).then_some(stretches)
}

/// An id, where it can be told, that stands in two parts.
pub(super) fn in_both(id: Option<String>, one: &Message, other: &Message) -> Problem {
    let message = if id.is_some() { words::ID_IN_BOTH } else { words::AN_ID_IN_BOTH };
    let problem = Problem::new(Code::IdInTwoParts, message.with(&[one, other])).column("id");
    if let Some(id) = id { problem.found(id) } else { problem }
}

impl Run {
    fn called(&self) -> Message {
        called(self.file.as_deref(), self.first_row)
    }
}

impl Keys {
    fn words(&self) -> u64 {
        let count = self.numbers.len().saturating_add(self.texts.len().saturating_mul(2));
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

/// Reports each number that two of some ascending lists have, with the lists, in ascending order.
fn in_two<T: Copy + Ord>(lists: &[&[T]], mut report: impl FnMut(T, usize, usize)) {
    let mut next: BinaryHeap<Reverse<(T, usize, usize)>> =
        lists.iter().enumerate().filter_map(|(list, keys)| Some(Reverse((*keys.first()?, list, 0)))).collect();
    let mut last: Option<(T, usize)> = None;
    while let Some(Reverse((key, list, at))) = next.pop() {
        if let Some((known, other)) = last
            && known == key
        {
            report(key, other, list);
        }
        last = Some((key, list));
        let after = at.saturating_add(1);
        if let Some(key) = lists.get(list).and_then(|keys| keys.get(after)) {
            next.push(Reverse((*key, list, after)));
        }
    }
}

macro_rules! hex {
    ($name:ident, $type:ty) => {
        /// Numbers as one text of hexadecimal digits.
        mod $name {
            use serde::{Deserialize, Deserializer, Serializer};

            const DIGITS: usize = size_of::<$type>() * 2;

            pub(super) fn serialize<S: Serializer>(numbers: &[$type], serializer: S) -> Result<S::Ok, S::Error> {
                let text: String = numbers.iter().map(|number| format!("{number:0DIGITS$x}")).collect();
                serializer.serialize_str(&text)
            }

            pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<$type>, D::Error> {
                let text = String::deserialize(deserializer)?;
                let number = |digits: &[u8]| {
                    let digits = std::str::from_utf8(digits).ok()?;
                    <$type>::from_str_radix(digits, 16).ok()
                };
                let numbers: Option<Vec<$type>> = text.as_bytes().chunks(DIGITS).map(number).collect();
                numbers.ok_or_else(|| serde::de::Error::custom("not hexadecimal digits"))
            }
        }
    };
}

hex!(hex64, u64);
hex!(hex128, u128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_numbers_of_their_own_and_back() {
        let ids = [
            "0",
            "00",
            "1",
            "610202001001",
            "999999999999999999",
            "1000000000000000000",
            "61020219900101002X",
            "a",
            "a\0",
            "p01",
            "甲县/乙镇/丙村",
            "0123456789abcde",
        ];
        let mut seen = std::collections::HashSet::new();
        for id in ids {
            let key = match key(id) {
                Key::Number(number) => number.into(),
                Key::Text(text) => text,
            };
            assert!(seen.insert(key), "{id}");
            assert_eq!(shown(key).as_deref(), (id.len() < 16 || id == "999999999999999999").then_some(id), "{id}");
        }
    }

    #[test]
    fn stretches_in_order_are_taken_apart_unless_they_cross() {
        assert_eq!(apart(["c", "d", "d", "a", "b", "e"].into_iter()), None, "the second goes beyond the first");
        let two = apart(["c", "d", "d", "a", "b"].into_iter());
        assert_eq!(two, Some(vec![(("a", "b"), 2), (("c", "d"), 2)]));
        assert_eq!(apart(["b", "c", "a", "b"].into_iter()), None, "an id in both");
        let many: Vec<String> = (0..65).rev().map(|number| format!("{number:02}")).collect();
        assert_eq!(apart(many.iter().map(String::as_str)), None);
        assert_eq!(apart(many.iter().skip(1).map(String::as_str)).map(|found| found.len()), Some(64));
    }

    #[test]
    fn numbers_in_two_lists_are_found() {
        let mut found = Vec::new();
        in_two(&[&[1_u64, 4, 9][..], &[], &[2, 4], &[0, 9, 10]], |key, one, other| found.push((key, one, other)));
        assert_eq!(found, [(4, 0, 2), (9, 0, 3)]);
    }
}
