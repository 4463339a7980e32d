//! What was computed, as the engine keeps it: a cell for each group of rows, year and layer.

use std::sync::{Arc, OnceLock};

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::engine::columns::Columns;
use crate::engine::exact::Fault;
use crate::engine::fit::{Group, Groups};
use crate::engine::pool;
use crate::engine::pool::Levels;
use crate::engine::program::{Cell, Dense};
use crate::engine::roster::Roster;
use crate::engine::world::{Aggregates, Before, Gatherable, Gathered, Members, World};
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex, index};
use crate::ground::money::Amount;
use crate::policy::Policy;

pub(crate) struct AllocationData {
    pub(crate) policy: Policy,
    pub(crate) roster: Roster,
    /// The computed years, ascending.
    pub(crate) years: Vec<u16>,
    pub(crate) groups: Arc<Groups>,
    /// Fen of one place by group × year × layer; 0 where the group is not live.
    pub(crate) cells: Vec<Cell>,
    pub(crate) dense: Vec<Arc<Dense>>,
    /// Counted rows whose members differ by a step, by row and year.
    pub(crate) split: Vec<Split>,
    /// What the exact parts of each pool come of, by pool × year, once asked for; none of a pool without members.
    pub(crate) levels: Box<[OnceLock<Option<Levels>>]>,
    pub(crate) aggregates: Aggregates,
    /// The years before, where a rule reads them.
    pub(crate) past: Option<Past>,
}

/// All years up to the last that was computed, where rules read the year before.
pub(crate) struct Past {
    /// The years, ascending.
    pub(crate) years: Vec<u16>,
    /// Fen of one place by group × year × layer.
    pub(crate) cells: Vec<Cell>,
    /// Where places were the year before, once asked for.
    pub(crate) before: OnceLock<Before>,
}

/// What was computed, as a place sees it of which an amount is explained.
pub(crate) struct Seen<'a> {
    pub(crate) data: &'a AllocationData,
    pub(crate) columns: &'a Columns<'a>,
}

impl World for Seen<'_> {
    fn aggregate(&self, aggregate: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault> {
        let class = self.data.group(row).and_then(|group| group.class);
        self.data.aggregates.get(self, aggregate, year, (row, class))
    }

    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault> {
        let Some(past) = &self.data.past else { return Err(Fault::Unknown) };
        let Some(at) = year.checked_sub(1).and_then(|year| past.years.binary_search(&year).ok()) else {
            return Ok(None);
        };
        let before = past.before.get_or_init(|| Before::new(self.columns));
        let of_year = past.years.get(at).copied().unwrap_or_default();
        let is_live = |row: usize| self.data.group(row).is_some_and(|group| group.is_live(of_year));
        let Some(row) = before.row(self.columns, row, is_live) else { return Ok(None) };
        let group = self.data.groups.of_row(&self.data.roster).get(row).map_or(usize::MAX, |group| index(*group));
        let layers = self.data.policy.layers().len();
        let cell = group.saturating_mul(past.years.len()).saturating_add(at).saturating_mul(layers);
        let fen = self.data.fen_of(past.cells.get(cell.saturating_add(layer.number())), row);
        Ok(Some(Amount::from_fen(fen)))
    }

    fn pool_part(&self, pool: PoolIndex, year: u16, row: usize) -> Option<BigRational> {
        let at = self.data.years.binary_search(&year).ok()?;
        let part = self.data.levels(self.columns, pool, at)?.part(self.columns, row)?.part;
        Some(part / BigInt::from(self.data.policy.unit().fen()))
    }
}

impl Gatherable for Seen<'_> {
    fn columns(&self) -> &Columns<'_> {
        self.columns
    }

    fn live(&self, year: u16) -> Vec<(usize, Option<usize>)> {
        let rows = self.data.groups.of_row(&self.data.roster).iter().enumerate();
        let live = rows.filter_map(|(row, group)| {
            let group = self.data.groups.list.get(index(*group)).filter(|group| group.is_live(year))?;
            Some((row, group.class))
        });
        live.collect()
    }

    fn members(&self, row: usize, _: Option<usize>, year: u16) -> Vec<Members> {
        let amounts = |fen: &mut dyn Iterator<Item = i64>| fen.map(|fen| Some(Amount::from_fen(fen))).collect();
        let Ok(at) = self.data.years.binary_search(&year) else { return Vec::new() };
        if let Some(split) = self.data.split(row, at) {
            let members = split.segments.iter();
            return members
                .map(|(count, fen)| Members { count: *count, layers: amounts(&mut fen.iter().copied()) })
                .collect();
        }
        let mut fen = (0..self.data.policy.layers().len()).map(|layer| self.data.place_fen(row, at, layer));
        vec![Members { count: self.data.roster.count(row), layers: amounts(&mut fen) }]
    }

    /// What is wrong was said when the amounts were computed.
    fn fault(&self, _: usize, _: u16, _: Fault) {}
}

/// Levels of pools of which none is found yet.
pub(crate) fn no_levels(policy: &Policy, years: usize) -> Box<[OnceLock<Option<Levels>>]> {
    (0..policy.pools().len().saturating_mul(years)).map(|_| OnceLock::new()).collect()
}

/// A counted row in a year in which its members do not all get the same.
#[derive(Debug, Clone)]
pub(crate) struct Split {
    pub(crate) row: u32,
    /// Index in the computed years.
    pub(crate) year: usize,
    /// How many members, and the fen of each by layer.
    pub(crate) segments: Vec<(u64, Vec<i64>)>,
}

impl Split {
    /// The fen of the whole row in a layer.
    pub(crate) fn total(&self, layer: usize) -> i64 {
        let part = |(members, fen): &(u64, Vec<i64>)| {
            i64::try_from(*members).unwrap_or_default().saturating_mul(fen.get(layer).copied().unwrap_or_default())
        };
        // Overflow was refused when the split was made.
        self.segments.iter().map(part).fold(0, i64::saturating_add)
    }
}

impl AllocationData {
    /// What the exact parts of a pool in a year come of.
    pub(crate) fn levels(&self, columns: &Columns<'_>, number: PoolIndex, at: usize) -> Option<&Levels> {
        let (pool, year) = (self.policy.pool(number)?, *self.years.get(at)?);
        let levels = self.levels.get(number.number().saturating_mul(self.years.len()).saturating_add(at))?;
        let find = || Levels::new(pool, year, columns, &pool::members(columns, &self.groups, number, year)?);
        levels.get_or_init(find).as_ref()
    }

    pub(crate) fn group(&self, row: usize) -> Option<Group> {
        self.groups.list.get(index(*self.groups.of_row(&self.roster).get(row)?)).copied()
    }

    /// The cells of a group, year by year, layer by layer.
    pub(crate) fn group_cells(&self, group: u32) -> &[Cell] {
        let width = self.years.len().saturating_mul(self.policy.layers().len());
        let start = index(group).saturating_mul(width);
        self.cells.get(start..start.saturating_add(width)).unwrap_or_default()
    }

    pub(crate) fn split(&self, row: usize, year: usize) -> Option<&Split> {
        let splits = self.splits_of(row);
        splits.binary_search_by_key(&year, |split| split.year).ok().and_then(|at| splits.get(at))
    }

    /// The splits of a row, by year.
    pub(crate) fn splits_of(&self, row: usize) -> &[Split] {
        let start = self.split.partition_point(|split| index(split.row) < row);
        let rest = self.split.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|split| index(split.row) == row)).unwrap_or_default()
    }

    /// What one place of a row gets; of a split row its last member.
    pub(crate) fn place_fen(&self, row: usize, year: usize, layer: usize) -> i64 {
        let group = self.groups.of_row(&self.roster).get(row).copied().unwrap_or(u32::MAX);
        let at = year.saturating_mul(self.policy.layers().len()).saturating_add(layer);
        self.fen_of(self.group_cells(group).get(at), row)
    }

    /// What a cell says of a row.
    fn fen_of(&self, cell: Option<&Cell>, row: usize) -> i64 {
        match cell {
            Some(Cell::Uniform(fen)) => *fen,
            Some(Cell::Dense(column)) => {
                self.dense.get(*column).and_then(|column| column.amounts.get(row)).copied().unwrap_or_default()
            }
            Some(Cell::Failed) | None => 0,
        }
    }

    /// What one member of a row gets, members counted from 0.
    pub(crate) fn member_fen(&self, row: usize, member: u64, year: usize, layer: usize) -> i64 {
        let Some(split) = self.split(row, year) else { return self.place_fen(row, year, layer) };
        let mut end = 0_u64;
        let segment = split.segments.iter().find(|(members, _)| {
            end = end.saturating_add(*members);
            member < end
        });
        segment.and_then(|(_, fen)| fen.get(layer)).copied().unwrap_or_default()
    }

    pub(crate) fn row_fen(&self, row: usize, year: usize, layer: usize) -> i64 {
        if let Some(split) = self.split(row, year) {
            return split.total(layer);
        }
        let count = i64::try_from(self.roster.count(row)).unwrap_or(i64::MAX);
        // Overflow was refused when the allocation was made.
        self.place_fen(row, year, layer).saturating_mul(count)
    }
}
