//! What arrived for places of a roster in parts, where top-ups count it and not what was due.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::part::Part;
use super::{Settling, Summing};
use crate::engine::arrived::{Arrived, cell_number};
use crate::engine::roster::Roster;
use crate::engine::settle::sample::hash;
use crate::engine::settle::text::{Text, pairs};
use crate::policy::Policy;

/// What arrived for places of a roster in parts, as a first reading of them matched a ledger: what a second reading needs, in which
/// top-ups count it and not what was due. It grows with the ledger and not with the rows, and travels as JSON.
///
/// [`Summed::arrivals`](super::Summed::arrivals) finds it, [`Settling::receiving`] and [`Summing::receiving`] take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// In which top-ups count it.
    years: Vec<u16>,
    /// By where the row stands in all parts, year and layer, in fen; none is 0.
    #[serde(with = "pairs")]
    fen: BTreeMap<(u64, u16, usize), Text<i64>>,
}

impl Arrivals {
    /// Of some years, by row, year and layer.
    pub(crate) fn new(years: Vec<u16>, fen: impl Iterator<Item = ((u64, u16, usize), i64)>) -> Self {
        let fen = fen.filter(|(_, fen)| *fen != 0).map(|(key, fen)| (key, Text(fen)));
        Self { years, fen: fen.collect() }
    }

    /// Tells apart what arrived otherwise.
    pub(crate) fn mark(&self) -> String {
        format!("{:016x}", hash(&format!("{self:?}"), 0, 0))
    }

    /// The same for the rows of a part, by the years that are computed.
    pub(super) fn of_part(&self, part: &Part, roster: &Roster, (policy, years): (&Policy, &[u16])) -> Arrived {
        let last = roster.len().checked_sub(1).map(|row| part.row(roster.row_number(row)));
        let end = last.map_or(part.first_row(), |row| row.saturating_add(1));
        let layers = policy.layers().len();
        let mut row = 0;
        let of_part = self.fen.range((part.first_row(), 0, 0)..(end, 0, 0));
        let fen = of_part.filter_map(|((at, year, layer), fen)| {
            while row < roster.len() && part.row(roster.row_number(row)) < *at {
                row = row.saturating_add(1);
            }
            let year = years.binary_search(year).ok()?;
            let stands = row < roster.len() && part.row(roster.row_number(row)) == *at;
            stands.then(|| (cell_number(row, (year, years.len()), (*layer, layers)), fen.0))
        });
        Arrived { fen: fen.collect(), years: years.iter().map(|year| self.years.contains(year)).collect() }
    }
}

impl Summing {
    /// The same where top-ups count what arrived: in a second reading, under what was settled so too, if anything was
    /// ([`Settling::receiving`]).
    #[must_use]
    pub fn receiving(self, arrivals: Arrivals) -> Self {
        Self { arrivals: Some(arrivals.into()), ..self }
    }

    /// What arrived, if top-ups count it.
    #[must_use]
    pub fn arrivals(&self) -> Option<&Arrivals> {
        self.arrivals.as_deref()
    }
}

impl Settling {
    /// The same where top-ups count what arrived: what is settled is so for [`Summing::receiving`]. Before the first pass, and on
    /// another machine before it [goes on](Settling::going_on).
    #[must_use]
    pub fn receiving(mut self, arrivals: Arrivals) -> Self {
        self.so_far = self.so_far.receiving(arrivals.mark());
        self.arrivals = Some(arrivals.into());
        self
    }
}
