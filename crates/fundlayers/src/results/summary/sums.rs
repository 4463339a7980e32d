//! The rows of totals of a summary, by the codes of their grouping values.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::ground::sure::Sure;
use crate::results::totals::{Codes, put};

/// Places and fen of a row of totals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) places: u64,
    pub(super) fen: i128,
    /// The fen of amounts below 0 by themselves, where places are named.
    pub(super) below: i128,
}

/// Sums in the order in which their codes first came. Many parts say much the same in much the same order, so that one row after
/// another is found where the one before tells, and few are searched for.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    /// How many codes tell rows apart.
    columns: usize,
    /// The codes of each row, one row after the other.
    codes: Vec<u32>,
    list: Vec<Sum>,
    /// Rows by their codes, as far as any was searched for.
    known: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl Sums {
    pub(super) fn of_columns(columns: usize) -> Self {
        Self {
            columns,
            codes: Vec::new(),
            list: Vec::new(),
            known: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Makes room for more rows.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.codes.reserve(rows.saturating_mul(self.columns));
        self.list.reserve(rows);
    }

    /// Adds a row whose codes no other row has.
    pub(super) fn push(&mut self, codes: &Codes, sum: Sum) {
        self.codes.extend(codes.iter().take(self.columns));
        self.list.push(sum);
    }

    /// The row of codes, which is added if there is none: perhaps `likely` is the one.
    pub(super) fn row(&mut self, codes: &Codes, likely: usize) -> usize {
        let wanted = codes.get(..self.columns).sure();
        if likely < self.list.len() && self.codes_at(likely) == wanted {
            return likely;
        }
        self.know_all();
        let hash = self.hasher.hash_one(wanted);
        if let Some(row) = self.known.find(hash, |row| self.codes_at(*row) == wanted) {
            return *row;
        }
        let row = self.list.len();
        self.push(codes, Sum::default());
        self.know_all();
        row
    }

    /// Lets every row be searched for.
    fn know_all(&mut self) {
        let Self { codes, known, hasher, columns, list } = self;
        let hash = |row: usize| hasher.hash_one(of_row(codes, *columns, row));
        for row in known.len()..list.len() {
            known.insert_unique(hash(row), row, |row| hash(*row));
        }
    }

    /// The sum of a row.
    pub(super) fn sum_mut(&mut self, row: usize) -> Option<&mut Sum> {
        self.list.get_mut(row)
    }

    /// The rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Codes, &Sum)> {
        self.list.iter().enumerate().map(|(row, sum)| {
            let mut codes = Codes::default();
            for (at, code) in self.codes_at(row).iter().enumerate() {
                put(&mut codes, at, *code);
            }
            (codes, sum)
        })
    }

    fn codes_at(&self, row: usize) -> &[u32] {
        of_row(&self.codes, self.columns, row)
    }
}

/// The codes of a row, of all.
fn of_row(codes: &[u32], columns: usize, row: usize) -> &[u32] {
    codes.get(row.wrapping_mul(columns)..).and_then(|codes| codes.get(..columns)).sure()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(some: &[u32]) -> Codes {
        let mut codes = Codes::default();
        some.iter().enumerate().for_each(|(at, code)| put(&mut codes, at, *code));
        codes
    }

    #[test]
    fn rows_are_found_by_their_codes_wherever_they_are_looked_for_first() {
        let mut sums = Sums::of_columns(2);
        for year in 1..4 {
            sums.push(&codes(&[7, year]), Sum { places: u64::from(year), ..Sum::default() });
        }
        assert_eq!(sums.row(&codes(&[7, 2]), 1), 1);
        assert_eq!(sums.row(&codes(&[7, 2]), 0), 1, "another row was likely");
        assert_eq!(sums.row(&codes(&[8, 2]), 9), 3, "there is none yet");
        assert_eq!(sums.row(&codes(&[8, 2]), 0), 3);
        sums.push(&codes(&[9, 9]), Sum::default());
        assert_eq!(sums.row(&codes(&[9, 9]), 0), 4, "a row that came after the last search");
        let places: Vec<(Codes, u64)> = sums.iter().map(|(codes, sum)| (codes, sum.places)).collect();
        assert_eq!(places.first(), Some(&(codes(&[7, 1]), 1)));
        assert_eq!(sums.len(), 5);
    }

    #[test]
    fn without_columns_there_is_one_row() {
        let mut sums = Sums::of_columns(0);
        assert_eq!((sums.row(&Codes::default(), 0), sums.row(&Codes::default(), 5), sums.len()), (0, 0, 1));
    }
}
