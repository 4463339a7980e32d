//! What was computed, as the engine keeps it: a cell for each group of rows, year and layer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::engine::aggregates::{Aggregates, Before, Gatherable, Members, OfAll};
use crate::engine::arrived::Arrived;
use crate::engine::claims::Pieces;
use crate::engine::columns::Columns;
use crate::engine::exact::Exact;
use crate::engine::faults::Fault;
use crate::engine::fit::{Group, Groups};
use crate::engine::limit::{Applied, Limited};
use crate::engine::payers::{Payers, payer_of};
use crate::engine::pool;
use crate::engine::pool::{GroupShare, Levels, Prior, Sharers};
use crate::engine::program::{Cell, Dense};
use crate::engine::roster::Roster;
use crate::engine::rows::Rows;
use crate::engine::settle::Settled;
use crate::engine::world::{Gathered, World};
use crate::ground::ids::At as _;
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex, index};
use crate::ground::money::Amount;
use crate::ground::sure::Sure;
use crate::policy::{Layer, Payer, Policy, Pool, Sign, Value};

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
    /// How each pool was shared out, by pool × year.
    pub(crate) shared: Vec<Vec<GroupShare>>,
    /// What the exact parts of each pool come of, by pool × year, once asked for; none of a pool without members.
    pub(crate) levels: Box<[OnceLock<Option<Levels>>]>,
    /// Who pays, once asked for.
    pub(crate) payers: OnceLock<Payers>,
    /// What limits of layers left their mark on.
    pub(crate) limited: LimitedLayers,
    pub(crate) aggregates: Aggregates,
    /// The years before, where a rule reads them.
    pub(crate) past: Option<Past>,
    /// What is known of all places, of which the roster is a part; none if it is all of them.
    pub(crate) settled: Option<Arc<Settled>>,
    /// What arrived in the computed years, where top-ups counted that and not what was due.
    pub(crate) arrived: Option<Arc<Arrived>>,
}

/// Claims to the limits of layers, whose awards are the amounts of an allocation.
#[derive(Debug, Clone, Default)]
pub(crate) struct LimitedLayers {
    /// Fen of one place that is claimed, by group × year × layer; empty if no layer has a limit.
    pub(crate) claims: Vec<Cell>,
    /// What the members of counted rows claim where they do not all claim the same, by row, year and layer.
    pub(crate) pieces: BTreeMap<(u32, usize, usize), Pieces>,
    /// The limits as they were applied, by layer, year and group.
    pub(crate) applied: BTreeMap<(usize, usize, u32), Applied>,
}

impl LimitedLayers {
    /// The same by the index of each year among those that were asked for.
    pub(crate) fn of_years(self, index_of: impl Fn(usize) -> Option<usize>) -> Self {
        let pieces = self.pieces.into_iter();
        let pieces = pieces.filter_map(|((row, at, layer), pieces)| Some(((row, index_of(at)?, layer), pieces)));
        let applied = self.applied.into_iter();
        let applied =
            applied.filter_map(|((layer, at, group), applied)| Some(((layer, index_of(at)?, group), applied)));
        Self { claims: self.claims, pieces: pieces.collect(), applied: applied.collect() }
    }
}

/// What a row claims of the limit of a layer.
pub(crate) struct RowClaim {
    /// What the first of its places claims.
    pub(crate) place: Amount,
    /// What all of them claim.
    pub(crate) whole: Amount,
    /// The limit; none if nobody claims anything of it.
    pub(crate) applied: Option<Applied>,
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
        self.data.aggregates.get(self, aggregate, year, row)
    }

    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault> {
        let Some(past) = &self.data.past else { return Err(Fault::Unknown) };
        let Some(at) = year.checked_sub(1).and_then(|year| past.years.binary_search(&year).ok()) else {
            return Ok(None);
        };
        let before = past.before.get_or_init(|| Before::new(self.columns));
        let of_year = past.years.at(at);
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
        let data = self.data.policy.pool(pool)?;
        let prior = self.data.prior(self.columns, data.layer?, at)?;
        let part = self.data.levels(self.columns, pool, at)?.part(data, year, self.columns, &prior, (row, 0))?.part;
        Some(part / BigInt::from(self.data.policy.unit().fen()))
    }
}

impl Gatherable for Seen<'_> {
    fn columns(&self) -> &Columns<'_> {
        self.columns
    }

    fn class_of(&self, row: usize) -> Option<usize> {
        self.data.group(row).and_then(|group| group.class)
    }

    fn settled(&self, number: AggregateIndex, year: u16) -> Option<OfAll<'_>> {
        self.data.settled.as_ref().map(|settled| OfAll(settled.aggregate(number, year)))
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
        let part = |(members, fen): &(u64, Vec<i64>)| i64::try_from(*members).sure().saturating_mul(fen.at(layer));
        // Overflow was refused when the split was made.
        self.segments.iter().map(part).fold(0, i64::saturating_add)
    }
}

impl AllocationData {
    /// What the exact parts of a pool in a year come of.
    pub(crate) fn levels(&self, columns: &Columns<'_>, number: PoolIndex, at: usize) -> Option<&Levels> {
        let (pool, year) = (self.policy.pool(number)?, *self.years.get(at)?);
        let levels = self.levels.get(number.number().saturating_mul(self.years.len()).saturating_add(at))?;
        let prior = self.prior(columns, pool.layer?, at)?;
        let find = || {
            if let Some(settled) = &self.settled {
                return Some(Levels::settled(pool, columns, settled.pool(number, year)?));
            }
            let rows = pool::members(columns, &self.groups, number, year, &prior)?;
            let members = self.members_by_kind(pool, rows, at);
            Levels::new(pool, year, columns, &members, &prior, prior.shared(number)?)
        };
        levels.get_or_init(find).as_ref()
    }

    /// What arrived for one place of a row by layer, in the policy's unit; none where top-ups count what was due.
    pub(crate) fn arrived(&self, row: usize, at: usize) -> Option<Vec<BigRational>> {
        self.arrived.as_ref()?.per_place(&self.policy, &self.roster, row, (at, self.years.len()))
    }

    /// What was known before a layer was computed in a year.
    pub(crate) fn prior<'a>(
        &'a self,
        columns: &'a Columns<'a>,
        layer: LayerIndex,
        at: usize,
    ) -> Option<PriorToLayer<'a>> {
        Some(PriorToLayer { data: self, columns, year: *self.years.get(at)?, at, layer })
    }

    /// The members of a pool, counted rows by the kinds of members that what was computed tells apart, if the pool reads it.
    fn members_by_kind(&self, pool: &Pool, rows: Rows, at: usize) -> Sharers {
        if pool.is_plain() || self.split.is_empty() {
            return Sharers::new(rows);
        }
        let (mut list, mut spans) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            let mut first = 0_u64;
            let split = self.split(index(row), at).map(|split| split.segments.iter().map(|(members, _)| *members));
            let counts: Vec<u64> = split.map_or_else(|| vec![self.roster.count(index(row))], Iterator::collect);
            for count in counts {
                list.push(row);
                spans.push((first, count));
                first = first.saturating_add(count);
            }
        }
        Sharers { rows: list.into(), spans }
    }

    pub(crate) fn group(&self, row: usize) -> Option<Group> {
        self.groups.list.get(index(*self.groups.of_row(&self.roster).get(row)?)).copied()
    }

    /// The cells of a group, year by year, layer by layer.
    pub(crate) fn group_cells(&self, group: u32) -> &[Cell] {
        let width = self.years.len().saturating_mul(self.policy.layers().len());
        let start = index(group).saturating_mul(width);
        self.cells.get(start..start.saturating_add(width)).sure()
    }

    pub(crate) fn split(&self, row: usize, year: usize) -> Option<&Split> {
        let splits = self.splits_of(row);
        splits.binary_search_by_key(&year, |split| split.year).ok().and_then(|at| splits.get(at))
    }

    /// The splits of a row, by year.
    pub(crate) fn splits_of(&self, row: usize) -> &[Split] {
        let start = self.split.partition_point(|split| index(split.row) < row);
        let rest = self.split.get(start..).sure();
        rest.get(..rest.partition_point(|split| index(split.row) == row)).sure()
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
                self.dense.get(*column).and_then(|column| column.amounts.get(row)).copied().sure()
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
        segment.and_then(|(_, fen)| fen.get(layer)).copied().sure()
    }

    /// What the places of a row get in a layer: how many, and the fen of each; in their order, who gets the same together.
    pub(crate) fn members_fen(&self, row: usize, year: usize, layer: usize) -> Vec<(u64, i64)> {
        let Some(split) = self.split(row, year) else {
            return vec![(self.roster.count(row), self.place_fen(row, year, layer))];
        };
        let mut alike: Vec<(u64, i64)> = Vec::new();
        for (members, fen) in split.segments.iter().map(|(members, fen)| (*members, fen.at(layer))) {
            match alike.iter_mut().find(|(_, known)| *known == fen) {
                Some((count, _)) => *count = count.saturating_add(members),
                None => alike.push((members, fen)),
            }
        }
        alike
    }

    pub(crate) fn row_fen(&self, row: usize, year: usize, layer: usize) -> i64 {
        // Most allocations have none.
        if !self.split.is_empty()
            && let Some(split) = self.split(row, year)
        {
            return split.total(layer);
        }
        let count = i64::try_from(self.roster.count(row)).unwrap_or(i64::MAX);
        // Overflow was refused when the allocation was made.
        self.place_fen(row, year, layer).saturating_mul(count)
    }

    /// What one place of each row gets; of a split row, its last member.
    pub(crate) fn places_fen(&self, year: usize, layer: usize) -> Cow<'_, [i64]> {
        let at = year.saturating_mul(self.policy.layers().len()).saturating_add(layer);
        let groups = u32::try_from(self.groups.list.len()).unwrap_or(u32::MAX);
        let cells: Vec<Cell> =
            (0..groups).map(|group| self.group_cells(group).get(at).copied().unwrap_or(Cell::Uniform(0))).collect();
        cells_fen(&cells, self.groups.of_row(&self.roster), |column| self.dense.get(column).map(|dense| &**dense))
    }

    /// What a row claims of the limit of a layer; none of a layer without one.
    pub(crate) fn claim(&self, row: usize, year: usize, layer: usize) -> Option<RowClaim> {
        let limited = Limited::new(&self.policy, &self.roster, &self.groups, layer)?;
        let applied = self.limited.applied.get(&(layer, year, limited.group(row))).copied();
        let key = (u32::try_from(row).ok()?, year, layer);
        let (place, whole) = if let Some(pieces) = self.limited.pieces.get(&key) {
            let fen = |(members, fen): &(u64, i64)| i128::from(*fen).saturating_mul((*members).into());
            let whole = pieces.iter().map(fen).fold(0, i128::saturating_add);
            (pieces.first().map_or(0, |(_, fen)| *fen), whole)
        } else {
            let group = index(*self.groups.of_row(&self.roster).get(row)?);
            let width = self.years.len().saturating_mul(self.policy.layers().len());
            let at = year.saturating_mul(self.policy.layers().len()).saturating_add(layer);
            let fen = match self.limited.claims.get(group.saturating_mul(width).saturating_add(at))? {
                Cell::Uniform(fen) => *fen,
                Cell::Dense(column) => self.dense.get(*column)?.amounts.get(row).copied()?,
                Cell::Failed => 0,
            };
            (fen, i128::from(fen).saturating_mul(self.roster.count(row).into()))
        };
        // All claims to a limit were seen to fit.
        let whole = Amount::from_fen(i64::try_from(whole).ok()?);
        Some(RowClaim { place: Amount::from_fen(place), whole, applied })
    }

    /// Who pays, by codes.
    pub(crate) fn payers(&self) -> &Payers {
        self.payers.get_or_init(|| Payers::new(&self.policy, &self.roster))
    }

    /// Who pays for a row in a layer: a body's id, or what the row says; blank if it says nothing.
    pub(crate) fn payer(&self, row: usize, layer: &Layer) -> &str {
        payer_of(&self.policy, &self.roster, layer.payer, row)
    }

    /// The code of who pays for a row in a layer.
    pub(crate) fn payer_code(&self, row: usize, payer: Payer) -> u32 {
        self.payers().code_of(&self.policy, &self.roster, payer, row)
    }

    /// The text of a payer, by its code.
    pub(crate) fn payer_text(&self, code: u32) -> &str {
        self.payers().text(&self.policy, &self.roster, code)
    }

    /// What whole rows are to pay in: row, year, layer and the fen, below 0.
    pub(crate) fn below_zero(&self) -> impl Iterator<Item = (usize, usize, usize, i64)> {
        let layers = self.policy.layers();
        let is_signed = |layer: &Layer| layer.sign == Sign::Any;
        let rows = if layers.iter().any(is_signed) { self.roster.len() } else { 0 };
        let cells = 0..self.years.len().saturating_mul(layers.len());
        (0..rows).flat_map(move |row| {
            cells.clone().filter_map(move |at| {
                let (year, layer) = (at.checked_div(layers.len())?, at.checked_rem(layers.len())?);
                let fen = layers.get(layer).filter(|layer| is_signed(layer)).map(|_| self.row_fen(row, year, layer))?;
                (fen < 0).then_some((row, year, layer, fen))
            })
        })
    }
}

/// The fen of one place by row, from the cell of each row's group.
pub(crate) fn cells_fen<'a>(
    cells: &[Cell],
    of_row: &[u32],
    column: impl Fn(usize) -> Option<&'a Dense>,
) -> Cow<'a, [i64]> {
    let mut columns = cells.iter().filter(|cell| **cell != Cell::Uniform(0));
    if let Some(Cell::Dense(first)) = columns.next()
        && columns.all(|cell| *cell == Cell::Dense(*first))
        && let Some(column) = column(*first)
    {
        // A column holds 0 for rows that it does not serve.
        return Cow::Borrowed(&column.amounts);
    }
    let uniform: Vec<i64> = cells.iter().map(|cell| if let Cell::Uniform(fen) = cell { *fen } else { 0 }).collect();
    let mut fen: Vec<i64> = of_row.iter().map(|group| uniform.at(index(*group))).collect();
    for (group, cell) in (0_u32..).zip(cells) {
        if let Cell::Dense(at) = cell
            && let Some(column) = column(*at)
        {
            for ((slot, fen), of) in fen.iter_mut().zip(&column.amounts).zip(of_row) {
                if *of == group {
                    *slot = *fen;
                }
            }
        }
    }
    Cow::Owned(fen)
}

/// What was known before a layer of an allocation was computed in a year.
pub(crate) struct PriorToLayer<'a> {
    data: &'a AllocationData,
    columns: &'a Columns<'a>,
    year: u16,
    at: usize,
    layer: LayerIndex,
}

impl PriorToLayer<'_> {
    fn layers(&self, (row, member): (usize, u64)) -> Vec<Option<Amount>> {
        let fen = |layer: usize| Some(Amount::from_fen(self.data.member_fen(row, member, self.at, layer)));
        (0..self.layer.number()).map(fen).collect()
    }

    /// Calls with the exact way for a place.
    pub(crate) fn exactly<T>(
        &self,
        place: (usize, u64),
        left: &[(PoolIndex, BigRational)],
        read: impl FnOnce(&mut Exact<'_>) -> T,
    ) -> T {
        let layers = self.layers(place);
        let class = self.class(place.0).and_then(|class| self.data.policy.classes().get(class));
        let seen = Seen { data: self.data, columns: self.columns };
        let mut exact = Exact::new(&self.data.policy, self.columns, class, self.year, place.0, &layers, &seen);
        exact.left = left.to_vec();
        exact.arrived = self.data.arrived(place.0, self.at);
        read(&mut exact)
    }
}

impl Prior for PriorToLayer<'_> {
    fn with_exact(&self, place: (usize, u64), read: &mut dyn FnMut(&mut Exact<'_>)) {
        self.exactly(place, &[], read);
    }

    fn column(&self, _: &Value, _: &Rows, _: bool) -> Option<Vec<i64>> {
        None
    }

    fn layer(&self, layer: LayerIndex, (row, member): (usize, u64)) -> Option<i64> {
        Some(self.data.member_fen(row, member, self.at, layer.number()))
    }

    fn class(&self, row: usize) -> Option<usize> {
        self.data.group(row)?.class
    }

    fn shared(&self, pool: PoolIndex) -> Option<&[GroupShare]> {
        let at = pool.number().saturating_mul(self.data.years.len()).saturating_add(self.at);
        self.data.shared.get(at).map(Vec::as_slice)
    }
}
