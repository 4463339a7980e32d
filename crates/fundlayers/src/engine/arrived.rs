//! What arrived in the counted layers, where top-ups count that and not what was due.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::ground::ids::At as _;
use crate::policy::Policy;
use crate::roster::Places;

/// What arrived for whole rows, where top-ups count that and not what was due.
#[derive(Debug)]
pub(crate) struct Arrived {
    /// Whether top-ups count it, by computed year.
    pub(crate) years: Vec<bool>,
    /// (Row × years + year) × layers + layer, and the fen; ascending.
    pub(crate) fen: Vec<(u64, i64)>,
}

impl Arrived {
    /// The same where more years are computed than arrived in.
    pub(crate) fn among(&self, asked: &[u16], years: &[u16], layers: usize) -> Self {
        let at = |year: usize| asked.get(year).and_then(|year| years.binary_search(year).ok());
        let mut counts = vec![false; years.len()];
        for (year, count) in self.years.iter().enumerate() {
            if let Some(slot) = at(year).and_then(|at| counts.get_mut(at)) {
                *slot = *count;
            }
        }
        let width = asked.len().saturating_mul(layers);
        let number = |(number, fen): &(u64, i64)| {
            let (row, rest) = number_parts(*number, width)?;
            let (year, layer) = (rest.checked_div(layers)?, rest.checked_rem(layers)?);
            Some((cell_number(row, (at(year)?, years.len()), (layer, layers)), *fen))
        };
        Self { years: counts, fen: self.fen.iter().filter_map(number).collect() }
    }

    /// Whether top-ups count it in a year, by its index.
    pub(crate) fn counts(&self, year: usize) -> bool {
        self.years.at(year)
    }

    fn fen(&self, number: u64) -> i64 {
        let found = self.fen.binary_search_by_key(&number, |(number, _)| *number);
        found.ok().and_then(|at| self.fen.get(at)).map_or(0, |(_, fen)| *fen)
    }

    /// What arrived for one place of a row by layer, in the policy's unit; none where top-ups count what was due.
    pub(crate) fn per_place(
        &self,
        policy: &Policy,
        roster: &Places,
        row: usize,
        (at, years): (usize, usize),
    ) -> Option<Vec<BigRational>> {
        if !self.counts(at) {
            return None;
        }
        let per = BigInt::from(roster.count(row)) * policy.unit().fen();
        let layers = policy.layers().len();
        let fen = |layer: usize| self.fen(cell_number(row, (at, years), (layer, layers)));
        Some((0..layers).map(|layer| BigRational::new(fen(layer).into(), per.clone())).collect())
    }
}

/// Where a row, year and layer stand among all of them.
pub(crate) fn cell_number(row: usize, (year, years): (usize, usize), (layer, layers): (usize, usize)) -> u64 {
    // Fewer than 2^32 rows, at most 100 years and 100 layers.
    let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    wide(row).wrapping_mul(wide(years)).wrapping_add(wide(year)).wrapping_mul(wide(layers)).wrapping_add(wide(layer))
}

/// The row of such a number, and its year × layers + layer; `width` is years × layers.
pub(crate) fn number_parts(number: u64, width: usize) -> Option<(usize, usize)> {
    let width = u64::try_from(width).ok()?;
    Some((usize::try_from(number.checked_div(width)?).ok()?, usize::try_from(number.checked_rem(width)?).ok()?))
}
