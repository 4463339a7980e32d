//! How an allocation is made: layer by layer, year by year, class by class.

pub(crate) mod part;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use hashbrown::{HashMap, HashSet};
use num_bigint::BigInt;
use num_rational::BigRational;
use rust_decimal::Decimal;

use crate::engine::aggregates::{Aggregates, Before, Gatherable, Gathering, Members, OfAll};
use crate::engine::arrived::{Arrived, number_parts};
use crate::engine::claims::{IdOrder, Pieces};
use crate::engine::columns::Columns;
use crate::engine::exact::Exact;
use crate::engine::faults::{Fault, Reader, fault_problem};
use crate::engine::fit::{Group, Groups};
use crate::engine::gather::{compiled, gather_rows, has_blank_groups};
use crate::engine::limit::{Cut, Failed as FailedLimit, LimitFault, Limited, Outcome as LimitOutcome};
use crate::engine::pool;
use crate::engine::pool::settle::settle;
use crate::engine::pool::{ASK, GroupShare, Levels, PoolFault, Prior, Sharers, Shares};
use crate::engine::program::{Around, Cell, Compiled, Compiler, Dense, LastYear, Outcome, Program, Tree, Unfit};
use crate::engine::roster::Roster;
use crate::engine::rows::Rows;
use crate::engine::settle::Settled;
use crate::engine::store::{AllocationData, LimitedLayers, Past, Split, cells_fen, no_levels};
use crate::engine::world::{Gathered, World};
use crate::ground::catalogue::engine as words;
use crate::ground::ids::At as _;
use crate::ground::ids::{AggregateIndex, AttributeIndex, LayerIndex, PoolIndex, index};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::path::join_id;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::reads::{Reads, layers_of_pool, reads_last_year};
use crate::policy::{Aggregate, Class, Condition, Policy, Pool, Rule, Value};
use crate::roster::Places;

/// Computes some years. `groups` comes with the warnings on the way to it. With `arrived`, top-ups count what arrived in
/// its years.
pub(crate) fn compute(
    policy: &Policy,
    roster: &Roster,
    (groups, mut warnings): (Arc<Groups>, Problems),
    years: &[u16],
    arrived: Option<&Arc<Arrived>>,
    settled: Option<&Arc<Settled>>,
) -> Result<(AllocationData, Problems), Problems> {
    let columns = Columns::new(policy, roster);
    let with_past = reads_last_year(policy);
    let asked = years;
    let all = years_computed(policy, asked);
    let years = all.as_slice();
    let place_of = |year: &u16| years.binary_search(year).sure();
    let among = arrived.filter(|_| years != asked).map(|arrived| arrived.among(asked, years, policy.layers().len()));
    let arrived_in = among.as_ref().or(arrived.map(|arrived| &**arrived));
    let mut work = Work::new(policy, roster, &columns, &groups, years, arrived_in);
    work.asked = asked;
    work.take_settled(settled.map(|settled| &**settled));
    if let Some(problem) = work.too_large() {
        return Err(problem.into());
    }
    work.take_arrived();
    let (layers, number) = (policy.layers().len(), years.len());
    let by_layer = (0..layers).flat_map(|layer| (0..number).map(move |year| (layer, year)));
    let by_year = (0..number).flat_map(|year| (0..layers).map(move |layer| (layer, year)));
    let order: Vec<(usize, usize)> = if with_past { by_year.collect() } else { by_layer.collect() };
    for (layer, year) in order {
        if work.has_grown_too_large() {
            break;
        }
        work.layer(layer, year);
        work.cut(layer, year);
    }
    let mut split = work.splits();
    work.check_rows();
    work.drop_arrived();
    work.warn_of_rests(asked);
    let Work { cells, dense, found, pool_warnings, aggregates, shared, limited, claims, .. } = work;
    warnings.append(pool_warnings);
    if !found.list.is_empty() {
        let mut problems = found.problems();
        problems.append(warnings);
        return Err(problems);
    }
    let cells_of = |cells: &Cells, years: &[u16]| {
        let mut by_group = Vec::new();
        for group in &groups.list {
            for year in years {
                for layer in 0..layers {
                    let class = group.class.filter(|_| group.is_live(*year));
                    let cell = class.and_then(|class| cells.get(class, place_of(year), layer));
                    by_group.push(cell.unwrap_or(Cell::Uniform(0)));
                }
            }
        }
        by_group
    };
    let past =
        with_past.then(|| Past { years: years.to_vec(), cells: cells_of(&cells, years), before: OnceLock::new() });
    if with_past {
        split.retain_mut(|split| {
            let at = years.get(split.year).and_then(|year| asked.binary_search(year).ok());
            split.year = at.unwrap_or_default();
            at.is_some()
        });
    }
    let limited = LimitedLayers {
        claims: claims.map_or_else(Vec::new, |claims| cells_of(&claims, asked)),
        ..limited.of_years(|at| years.get(at).and_then(|year| asked.binary_search(year).ok()))
    };
    let data = AllocationData {
        policy: policy.clone(),
        roster: roster.clone(),
        years: asked.to_vec(),
        cells: cells_of(&cells, asked),
        groups,
        dense: dense.into_iter().map(Arc::new).collect(),
        split,
        shared: shared_of(shared, (&all, asked)),
        levels: no_levels(policy, asked.len()),
        aggregates,
        past,
        payers: OnceLock::new(),
        limited,
        settled: settled.cloned(),
        arrived: arrived.cloned(),
    };
    Ok((data, warnings))
}

/// Whether another pool, or the limit of a layer, reads what a pool leaves.
fn is_left_read(policy: &Policy, pool: PoolIndex) -> bool {
    let mut reads = Reads::new(&[], &[]);
    policy.pools().iter().for_each(|other| other.amount.eval(&mut reads));
    let limits = policy.layers().iter().filter_map(|layer| layer.limit.as_ref());
    limits.for_each(|limit| limit.amount.eval(&mut reads));
    reads.left_of.contains(&pool)
}

/// The years that are computed where some are asked for: what a place got the year before rests on all years before.
pub(crate) fn years_computed(policy: &Policy, asked: &[u16]) -> Vec<u16> {
    match asked.last() {
        Some(last) if reads_last_year(policy) => (*policy.years().start()..=*last).collect(),
        _ => asked.to_vec(),
    }
}

/// How pools were shared out in the years that were asked for, of all that were computed.
fn shared_of(shared: Vec<Option<Vec<GroupShare>>>, (all, asked): (&[u16], &[u16])) -> Vec<Vec<GroupShare>> {
    let years = shared.into_iter().zip(all.iter().cycle()).filter(|(_, year)| asked.contains(year));
    years.map(|(groups, _)| groups.unwrap_or_default()).collect()
}

/// The most that the amounts of an allocation take, in bytes: 1 GiB. A program in a browser has 4 GiB for everything, of
/// which two allocations side by side may be a part.
pub(crate) const BYTES_LIMIT: u64 = 1 << 30;

/// What columns of so many rows take, and what `cells` do that say which column a group's amounts stand in.
fn bytes(rows: usize, columns: usize, cells: usize) -> u64 {
    let of = |number: usize, size: usize| {
        u64::try_from(number).unwrap_or(u64::MAX).saturating_mul(u64::try_from(size).unwrap_or(u64::MAX))
    };
    of(rows, size_of::<i64>())
        .saturating_mul(u64::try_from(columns).unwrap_or(u64::MAX))
        .saturating_add(of(cells, size_of::<Cell>()))
}

/// The rows of each class that are ever live, ascending.
fn rows_by_class(groups: &Groups, of_row: &[u32], classes: usize) -> Vec<Rows> {
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); classes];
    let mut counts = vec![0_usize; classes];
    let class_of = |group: &u32| groups.list.get(index(*group)).and_then(|group| group.class);
    for class in of_row.iter().filter_map(class_of) {
        if let Some(count) = counts.get_mut(class) {
            *count = count.saturating_add(1);
        }
    }
    if let Some(all) = counts.iter().position(|count| *count == of_row.len()) {
        let rows = Rows::All(u32::try_from(of_row.len()).unwrap_or(u32::MAX));
        let none = |_| Vec::new().into();
        return (0..classes).map(|class| if class == all { rows.clone() } else { none(class) }).collect();
    }
    for (list, count) in lists.iter_mut().zip(counts) {
        list.reserve_exact(count);
    }
    for (row, class) in (0_u32..).zip(of_row).filter_map(|(row, group)| Some((row, class_of(group)?))) {
        if let Some(list) = lists.get_mut(class) {
            list.push(row);
        }
    }
    lists.into_iter().map(Rows::from).collect()
}

/// Cells by class × year × layer, as far as they are known.
#[derive(Clone)]
struct Cells {
    list: Vec<Option<Cell>>,
    years: usize,
    layers: usize,
}

impl Cells {
    fn at(&self, class: usize, year: usize, layer: usize) -> usize {
        class.saturating_mul(self.years).saturating_add(year).saturating_mul(self.layers).saturating_add(layer)
    }

    fn get(&self, class: usize, year: usize, layer: usize) -> Option<Cell> {
        self.list.get(self.at(class, year, layer)).copied().flatten()
    }

    fn set(&mut self, class: usize, year: usize, layer: usize, cell: Cell) {
        let at = self.at(class, year, layer);
        if let Some(slot) = self.list.get_mut(at) {
            *slot = Some(cell);
        }
    }
}

/// What is wrong, in whatever order it came up.
struct Found<'a> {
    policy: &'a Policy,
    roster: &'a Places,
    /// Row (none: of a pool), year, layer, a number for the order within, the problem.
    list: Vec<(Option<usize>, usize, usize, Problem)>,
    /// Blank cells are said once.
    blanks: HashSet<(usize, AttributeIndex)>,
}

impl Found<'_> {
    fn is_full(&self) -> bool {
        self.list.len() >= Problems::LIMIT
    }

    fn fault(&mut self, row: usize, (at, year): (usize, u16), layer: usize, fault: &Fault) {
        if let Fault::Blank(attribute) = fault
            && !self.blanks.insert((row, *attribute))
        {
            return;
        }
        let layer_id = self.policy.layers().get(layer).map_or("", |layer| layer.id.as_str());
        if let Some(problem) = fault_problem(self.policy, self.roster, (row, year, Reader::Layer(layer_id)), fault)
            && !self.is_full()
        {
            self.list.push((Some(row), at, layer, problem));
        }
    }

    /// In roster order, then year, then layer; pools after the rows.
    fn problems(mut self) -> Problems {
        self.list.sort_by_key(|(row, year, layer, _)| (row.unwrap_or(usize::MAX), *year, *layer));
        let full = self.is_full();
        let mut problems: Problems = self.list.into_iter().map(|(.., problem)| problem).collect();
        if full {
            problems.stop();
        }
        problems
    }
}

/// How the cell of one class in one layer and year comes about, if it is not the same for all its places.
#[derive(PartialEq)]
enum Task {
    /// With what stands in the places of divisors of 0, which the exact way gives; none is not known beforehand.
    Tree(Compiled, Vec<Option<Compiled>>),
    /// The exact way, row by row.
    Exact,
    /// Pool, amount, floor and cap; none if they rest on more than numbers of the file.
    Pool(PoolIndex, Option<[Option<Decimal>; 3]>),
}

/// Members of a counted row that get something else from a pool than its last ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    row: u32,
    /// Index in the computed years.
    at: usize,
    layer: usize,
    /// The first member that it does not hold for.
    end: u64,
    /// What each of them gets.
    fen: i64,
}

/// What a layer was made from, by class, and its column.
type LastMade = (Vec<(usize, Task)>, Option<usize>);

/// What the exact parts of pools come of, by pool and year; none of a pool without members.
type KnownLevels = HashMap<(PoolIndex, u16), Option<Rc<Levels>>>;

struct Work<'a> {
    policy: &'a Policy,
    roster: &'a Places,
    columns: &'a Columns<'a>,
    groups: &'a Groups,
    years: &'a [u16],
    /// Those of the years that were asked for: what is odd about the years before them is not said.
    asked: &'a [u16],
    cells: Cells,
    dense: Vec<Dense>,
    /// Whether any row of a class is live, by year × class.
    live: Vec<bool>,
    /// The rows of each class, once asked for: all of them, and those that are live in years in which not all are.
    rows: OnceCell<Vec<Rows>>,
    /// The classes some of whose rows are not live in every year.
    partial: Vec<bool>,
    /// Rows that have no amount in a year and layer: their later layers may be unknown.
    failed: HashSet<(usize, usize, usize)>,
    /// Rows and years with a failure in any layer.
    troubled: HashSet<(usize, usize)>,
    /// Row, year, layer of a pool: which members get what, before those that get what stands in the column.
    pieces: Vec<Piece>,
    /// Rows and years of them.
    split: HashSet<(usize, usize)>,
    /// How pools were shared out, by pool × year; none of one that failed.
    shared: Vec<Option<Vec<GroupShare>>>,
    /// What layers with a limit claimed before it; none if no layer has one.
    claims: Option<Cells>,
    limited: LimitedLayers,
    id_order: Option<IdOrder>,
    /// What each layer was made from the year before, and its column, to make equal years once.
    last: Vec<LastMade>,
    arrived: Option<&'a Arrived>,
    /// What arrived for one place, by year × layer.
    arrived_cells: Vec<Cell>,
    /// Rows and years whose receipts do not divide by the count without a rest.
    uneven: HashSet<(usize, usize)>,
    found: Found<'a>,
    pool_warnings: Problems,
    /// The pools that have no members, with the year by its place.
    memberless: Vec<(PoolIndex, usize)>,
    aggregates: Aggregates,
    /// What is known of all places, of which the roster is a part; none if it is all of them.
    settled: Option<&'a Settled>,
    /// What is wrong with rows that were gathered for an aggregate that a place asks for.
    faults: RefCell<Vec<(usize, u16, Fault)>>,
    before: OnceCell<Before>,
    pool_levels: RefCell<KnownLevels>,
    /// What the amounts may take.
    bytes_limit: u64,
    /// Whether columns are counted and none is made.
    counting: bool,
}

impl<'a> Work<'a> {
    fn new(
        policy: &'a Policy,
        roster: &'a Places,
        columns: &'a Columns<'a>,
        groups: &'a Groups,
        years: &'a [u16],
        arrived: Option<&'a Arrived>,
    ) -> Self {
        let (classes, layers) = (policy.classes().len(), policy.layers().len());
        let cells = classes.saturating_mul(years.len()).saturating_mul(layers);
        let (mut live, mut partial) = (vec![false; years.len().saturating_mul(classes)], vec![false; classes]);
        for (group, places) in groups.list.iter().zip(&groups.places) {
            let Some(class) = group.class.filter(|_| *places > 0) else { continue };
            for (at, year) in years.iter().enumerate() {
                let flags = if group.is_live(*year) { &mut live } else { &mut partial };
                let at = if group.is_live(*year) { at.saturating_mul(classes).saturating_add(class) } else { class };
                if let Some(flag) = flags.get_mut(at) {
                    *flag = true;
                }
            }
        }
        let no_cells = Cells { list: vec![None; cells], years: years.len(), layers };
        let has_limits = policy.layers().iter().any(|layer| layer.limit.is_some());
        Self {
            policy,
            roster,
            columns,
            groups,
            years,
            asked: years,
            claims: has_limits.then(|| no_cells.clone()),
            cells: no_cells,
            dense: Vec::new(),
            live,
            rows: OnceCell::new(),
            counting: false,
            partial,
            failed: HashSet::new(),
            troubled: HashSet::new(),
            pieces: Vec::new(),
            split: HashSet::new(),
            shared: vec![Some(Vec::new()); policy.pools().len().saturating_mul(years.len())],
            limited: LimitedLayers::default(),
            id_order: None,
            last: (0..layers).map(|_| (Vec::new(), None)).collect(),
            arrived,
            arrived_cells: Vec::new(),
            uneven: HashSet::new(),
            found: Found { policy, roster, list: Vec::new(), blanks: HashSet::new() },
            pool_warnings: Problems::new(),
            memberless: Vec::new(),
            aggregates: Aggregates::new(policy),
            settled: None,
            faults: RefCell::new(Vec::new()),
            before: OnceCell::new(),
            pool_levels: RefCell::new(HashMap::new()),
            bytes_limit: BYTES_LIMIT,
        }
    }

    fn year(&self, at: usize) -> u16 {
        self.years.at(at)
    }

    /// Lays out what arrived in columns, for the programs.
    fn take_arrived(&mut self) {
        let Some(arrived) = self.arrived else { return };
        let (years, layers) = (self.years.len(), self.policy.layers().len());
        self.arrived_cells = vec![Cell::Uniform(0); years.saturating_mul(layers)];
        for (number, fen) in &arrived.fen {
            let Some((row, at)) = number_parts(*number, years.saturating_mul(layers)) else { continue };
            let Some(year) = at.checked_div(layers).filter(|year| arrived.counts(*year)) else { continue };
            let count = i64::try_from(self.roster.count(row)).unwrap_or(i64::MAX).max(1);
            if fen.checked_rem(count) != Some(0) {
                self.uneven.insert((row, year));
            }
            let Some(cell) = self.arrived_cells.get_mut(at) else { continue };
            let column = if let Cell::Dense(column) = cell {
                *column
            } else {
                self.dense.push(Dense::zeros(self.roster.len()));
                let column = self.dense.len().saturating_sub(1);
                *cell = Cell::Dense(column);
                column
            };
            let Some(column) = self.dense.get_mut(column) else { continue };
            let of_place = fen.checked_div(count).sure();
            if let Some(slot) = column.amounts.get_mut(row) {
                *slot = of_place;
            }
            column.least = column.least.min(of_place);
            column.most = column.most.max(of_place);
        }
    }

    /// Gives back the memory of what arrived: no amount refers to it.
    fn drop_arrived(&mut self) {
        for cell in &self.arrived_cells {
            if let Cell::Dense(column) = cell
                && let Some(column) = self.dense.get_mut(*column)
            {
                column.amounts = Vec::new();
            }
        }
    }

    /// What arrived by layer in a year, where top-ups count it.
    fn arrived_in(&self, at: usize) -> Option<&[Cell]> {
        let layers = self.policy.layers().len();
        self.arrived.filter(|arrived| arrived.counts(at))?;
        let start = at.saturating_mul(layers);
        self.arrived_cells.get(start..start.saturating_add(layers))
    }

    /// Whether any row of a class is live in a year.
    fn has_rows(&self, class: usize, at: usize) -> bool {
        let flag = at.saturating_mul(self.policy.classes().len()).saturating_add(class);
        self.live.at(flag)
    }

    /// Whether the same rows are live in two years.
    fn same_rows(&self, a: u16, b: u16) -> bool {
        self.groups.list.iter().all(|group| group.is_live(a) == group.is_live(b))
    }

    /// The rows of a class that are live in a year, ascending.
    fn live_rows(&self, class: usize, year: u16) -> Rows {
        let (groups, of_row) = (self.groups, self.groups.of_row(self.roster));
        let classes = self.policy.classes().len();
        let rows = self.rows.get_or_init(|| rows_by_class(groups, of_row, classes)).get(class);
        let rows = rows.cloned().unwrap_or_else(|| Vec::new().into());
        // In years in which all rows of the class are live, they are the same.
        if !self.partial.at(class) {
            return rows;
        }
        let group = |row: u32| groups.list.get(index(*of_row.get(index(row))?));
        rows.iter().filter(|row| group(*row).is_some_and(|group| group.is_live(year))).collect::<Vec<_>>().into()
    }

    /// How each class's cell of a layer and year comes about, where it is not the same for all its places. Other cells are
    /// set.
    fn tasks(&mut self, layer: usize, at: usize) -> Vec<(usize, Task)> {
        let mut tasks: Vec<(usize, Task)> = Vec::new();
        let Some(layer_data) = self.policy.layers().get(layer) else { return tasks };
        for (number, class) in self.policy.classes().iter().enumerate() {
            if !self.has_rows(number, at) {
                continue;
            }
            let Some(rule) = class.funding.get(layer).and_then(Option::as_ref) else {
                self.cells.set(number, at, layer, Cell::Uniform(0));
                continue;
            };
            if let Some(pool) = rule.kind.pool() {
                let Some(data) = self.policy.pool(pool) else { continue };
                let number_of = |value: Option<&Value>| value.and_then(Pool::plain)?.at(self.year(at)).copied();
                let numbers = [Some(&data.amount), data.at_least.as_ref(), data.at_most.as_ref()].map(number_of);
                let plain = data.is_plain() && rule.when.iter().all(Condition::is_plain);
                tasks.push((number, Task::Pool(pool, plain.then_some(numbers))));
                continue;
            }
            let compile =
                |compiler: &mut Compiler<'_>| Ok((rule.eval(compiler)?, std::mem::take(&mut compiler.if_zero)));
            match self.compiled((number, class), (at, layer), compile) {
                Ok((Compiled { above: Tree::Number(fen), below: None }, _)) => {
                    match layer_data.rounding.round_ratio(fen.numer(), fen.denom()) {
                        Ok(amount) if layer_data.takes(amount) => {
                            self.cells.set(number, at, layer, Cell::Uniform(amount.fen()));
                        }
                        // The exact way says what is wrong, row by row.
                        _ => tasks.push((number, Task::Exact)),
                    }
                }
                Ok((tree, if_zero)) => tasks.push((number, Task::Tree(tree, if_zero))),
                Err(_) => tasks.push((number, Task::Exact)),
            }
        }
        tasks
    }

    /// A value or a rule of a class, compiled for a year and the layers before one.
    fn compiled<T>(
        &self,
        (number, class): (usize, &Class),
        (at, layer): (usize, usize),
        compile: impl FnOnce(&mut Compiler<'_>) -> Result<T, Unfit>,
    ) -> Result<T, Unfit> {
        let year = self.year(at);
        let before: Vec<Cell> =
            (0..layer).map(|layer| self.cells.get(number, at, layer).unwrap_or(Cell::Failed)).collect();
        let groups = |aggregate| if self.counting { None } else { self.aggregates.groups(self, aggregate, year) };
        let last_year = |layer| self.cell_of_last_year(number, at, layer);
        let around = Around { groups: &groups, last_year: &last_year };
        let mut compiler = Compiler::new(self.columns, (class, year), &before, self.arrived_in(at), &around);
        compile(&mut compiler)
    }

    /// How a layer of the year before stands for all places of a class.
    fn cell_of_last_year(&self, class: usize, at: usize, layer: LayerIndex) -> LastYear {
        let Some(before) = at.checked_sub(1) else { return LastYear::None };
        // A place may have stood on another row, or not have been live.
        let partial = self.partial.at(class);
        if self.counting || partial || self.roster.ids_repeat() || !self.troubled.is_empty() {
            return LastYear::Unknown;
        }
        self.cells.get(class, before, layer.number()).map_or(LastYear::Unknown, LastYear::Cell)
    }

    /// Whether the column of the year before serves these tasks too, if nothing is wrong.
    fn is_as_before(&self, tasks: &[(usize, Task)], layer: usize, at: usize) -> bool {
        let alike = at.checked_sub(1).is_some_and(|before| self.same_rows(self.year(before), self.year(at)));
        let varies = |task: &Task| match task {
            Task::Tree(_, if_zero) => if_zero.contains(&None),
            Task::Exact => true,
            // Rows of other parts may differ where those of this one do not.
            Task::Pool(_, numbers) => numbers.is_none() || self.settled.is_some(),
        };
        alike
            && self.last.get(layer).is_some_and(|(last, _)| last == tasks)
            && !tasks.iter().any(|(_, task)| varies(task))
    }

    /// The column that a layer was made in the year before.
    fn column_before(&self, layer: usize) -> Option<usize> {
        self.last.get(layer).and_then(|(_, column)| *column)
    }

    /// Remembers what a layer was made from, and its column.
    fn remember(&mut self, layer: usize, tasks: Vec<(usize, Task)>, column: Option<usize>) {
        if let Some(last) = self.last.get_mut(layer) {
            *last = (tasks, column);
        }
    }

    /// How many columns of amounts there will be, found without making any.
    fn columns_to_make(&mut self) -> usize {
        let (layers, years) = (self.policy.layers().len(), self.years.len());
        let width = layers.saturating_mul(years);
        // What arrived is laid out in a column for each year and layer.
        let mut columns = 0_usize;
        if let Some(arrived) = self.arrived {
            self.arrived_cells = vec![Cell::Uniform(0); width];
            for (number, _) in &arrived.fen {
                let Some((_, at)) = number_parts(*number, width) else { continue };
                let counts = at.checked_div(layers).is_some_and(|year| arrived.counts(year));
                if let Some(cell) = self.arrived_cells.get_mut(at).filter(|cell| counts && **cell == Cell::Uniform(0)) {
                    *cell = Cell::Dense(columns);
                    columns = columns.saturating_add(1);
                }
            }
        }
        for layer in 0..layers {
            for at in 0..years {
                let tasks = self.tasks(layer, at);
                let mut column = self.column_before(layer);
                if tasks.is_empty() {
                    column = None;
                } else if !(self.is_as_before(&tasks, layer, at) && column.is_some()) {
                    column = Some(columns);
                    columns = columns.saturating_add(1);
                }
                if let Some(column) = column {
                    for (class, _) in &tasks {
                        self.cells.set(*class, at, layer, Cell::Dense(column));
                    }
                }
                self.remember(layer, tasks, column);
                // What a limit leaves is a column of its own where it is short.
                if self.policy.layers().get(layer).is_some_and(|layer| layer.limit.is_some()) {
                    for class in self.funded_classes(layer, at) {
                        self.cells.set(class, at, layer, Cell::Dense(columns));
                    }
                    columns = columns.saturating_add(1);
                }
            }
            self.remember(layer, Vec::new(), None);
        }
        self.arrived_cells = Vec::new();
        self.cells.list.fill(None);
        columns
    }

    /// What is wrong if the amounts would take more memory than they may, found without making any.
    fn too_large(&mut self) -> Option<Problem> {
        let (rows, layers, years) = (self.roster.len(), self.policy.layers().len(), self.years.len());
        let width = layers.saturating_mul(years);
        let cells = self.groups.list.len().saturating_mul(width);
        let arrived = if self.arrived.is_some() { width } else { 0 };
        let limited = self.policy.layers().iter().filter(|layer| layer.limit.is_some()).count().saturating_mul(years);
        if bytes(rows, width.saturating_add(arrived).saturating_add(limited), cells) <= self.bytes_limit {
            return None;
        }
        self.counting = true;
        let columns = self.columns_to_make();
        self.counting = false;
        let needed = bytes(rows, columns, cells);
        (needed > self.bytes_limit).then(|| {
            let amounts = rows.saturating_mul(columns);
            let message = words::WOULD_TAKE.with(&[&rows, &columns, &amounts, &needed]);
            let limit = self.bytes_limit;
            let fit = u64::try_from(years).unwrap_or(u64::MAX).saturating_mul(limit).checked_div(needed).unwrap_or(0);
            let split = match (fit, years) {
                (_, 1) => words::SPLIT_ROSTER.with(&[]),
                (0 | 1, _) => words::ONE_YEAR_AT_A_TIME.with(&[]),
                (fit, _) => words::SOME_YEARS_AT_A_TIME.with(&[&fit]),
            };
            Problem::new(Code::TooLarge, message).expected(words::AT_MOST_BYTES.with(&[&limit, &split]))
        })
    }

    /// Where something is wrong, years that are alike are not made once, and may take more than was foreseen. What was
    /// found until then is said.
    fn has_grown_too_large(&self) -> bool {
        !self.found.list.is_empty() && bytes(self.roster.len(), self.dense.len(), 0) > self.bytes_limit
    }

    /// Computes one layer in one year for every class.
    fn layer(&mut self, layer: usize, at: usize) {
        let year = self.year(at);
        let tasks = self.tasks(layer, at);
        self.pools_without_members(layer, at, &tasks);
        if tasks.is_empty() {
            self.remember(layer, tasks, None);
            return;
        }
        let clean = self.troubled.is_empty() && self.found.list.is_empty();
        if clean
            && self.is_as_before(&tasks, layer, at)
            && let (Some(column), Some(before)) = (self.column_before(layer), at.checked_sub(1))
        {
            for (class, _) in &tasks {
                self.cells.set(*class, at, layer, Cell::Dense(column));
            }
            let again = self.claimed_pieces(layer, before);
            self.add_pieces(again.into_iter().map(|piece| Piece { at, ..piece }));
            let mut pools: Vec<PoolIndex> = Vec::new();
            for (_, task) in &tasks {
                if let Task::Pool(pool, _) = task
                    && !pools.contains(pool)
                {
                    pools.push(*pool);
                }
            }
            pools.sort_unstable();
            for pool in pools {
                if self.memberless.contains(&(pool, before)) {
                    self.warn_without_members(pool, at);
                } else if let Some(groups) = self.shared.get(self.shared_at(pool, before)).cloned() {
                    self.set_shared(pool, at, groups);
                }
            }
            return;
        }
        let column = self.dense.len();
        let mut amounts = vec![0_i64; self.roster.len()];
        let mut pools: Vec<PoolIndex> = Vec::new();
        for (class, task) in &tasks {
            match task {
                Task::Pool(pool, ..) => {
                    if !pools.contains(pool) {
                        pools.push(*pool);
                    }
                }
                Task::Tree(tree, _) => self.run(*class, tree, (at, layer), &mut amounts),
                Task::Exact => {
                    let rows = self.live_rows(*class, year);
                    self.run_exact(*class, &rows, (at, layer), &mut amounts);
                }
            }
            self.cells.set(*class, at, layer, Cell::Dense(column));
        }
        // A pool may read what is left of one before it.
        pools.sort_unstable();
        for pool in pools {
            let classes: Vec<usize> = tasks
                .iter()
                .filter(|(_, task)| matches!(task, Task::Pool(of, ..) if *of == pool))
                .map(|(class, _)| *class)
                .collect();
            self.share_pool(pool, &classes, (at, layer), &mut amounts);
        }
        let column_data = Dense::new(amounts);
        let step = self.policy.layers().get(layer).map_or(0, |layer| layer.rounding.step().fen());
        let column_data = if self.pieces.is_empty() { column_data } else { column_data.or_a_step_more(step) };
        let own = self.pieces.iter().filter(|piece| (piece.at, piece.layer) == (at, layer));
        self.dense.push(own.fold(column_data, |column, piece| column.or(piece.fen)));
        self.remember(layer, tasks, Some(column));
        self.gathered_faults(layer);
    }

    /// What came up of places that were gathered, and not of those that were computed.
    fn gathered_faults(&mut self, layer: usize) {
        for (row, year, fault) in self.faults.take() {
            let at = self.years.binary_search(&year).sure();
            self.troubled.insert((row, at));
            self.found.fault(row, (at, year), layer, &fault);
        }
    }

    /// A pool that no place is a member of in a year pays nothing.
    fn pools_without_members(&mut self, layer: usize, at: usize, tasks: &[(usize, Task)]) {
        for (number, pool) in self.policy.pools().iter().enumerate() {
            let number = PoolIndex::new(number);
            let named = tasks.iter().any(|(_, task)| matches!(task, Task::Pool(of, ..) if *of == number));
            if pool.layer == Some(LayerIndex::new(layer)) && !named {
                self.warn_without_members(number, at);
            }
        }
    }

    fn warn_without_members(&mut self, pool: PoolIndex, at: usize) {
        if self.settled.is_some() {
            return;
        }
        self.memberless.push((pool, at));
        let id = self.policy.pool(pool).map_or("", |pool| pool.id.as_str());
        if self.asked.contains(&self.year(at)) {
            let message = words::POOL_WITHOUT_MEMBERS.with(&[&self.year(at)]);
            self.pool_warnings.push(Problem::new(Code::PoolWithoutMembers, message).key(join_id("pools", id)));
        }
        let Some(data) = self.policy.pool(pool) else { return };
        if is_left_read(self.policy, pool) {
            let layer = data.layer.map_or(0, LayerIndex::number);
            let year = self.year(at);
            match pool::without_members(data, year, self.columns, &PriorToPool { work: self, at, layer }) {
                Ok(groups) => self.set_shared(pool, at, Some(groups)),
                Err(problems) => {
                    self.set_shared(pool, at, None);
                    let problems = problems.into_iter().map(|problem| (None, at, layer, problem));
                    self.found.list.extend(problems);
                }
            }
        }
    }

    fn shared_at(&self, pool: PoolIndex, at: usize) -> usize {
        pool.number().saturating_mul(self.years.len()).saturating_add(at)
    }

    fn set_shared(&mut self, pool: PoolIndex, at: usize, groups: Option<Vec<GroupShare>>) {
        let slot = self.shared_at(pool, at);
        if let Some(slot) = self.shared.get_mut(slot) {
            *slot = groups;
        }
    }

    /// Says what pools left, and by how much parts that are rounded by themselves do not sum to their pool.
    fn warn_of_rests(&mut self, asked: &[u16]) {
        for (number, pool) in self.policy.pools().iter().enumerate() {
            for (at, year) in self.years.iter().enumerate().filter(|(_, year)| asked.contains(year)) {
                let slot = self.shared_at(PoolIndex::new(number), at);
                let groups = self.shared.get(slot).and_then(Option::as_deref).unwrap_or_default();
                self.pool_warnings.append(pool::rests_of(pool, *year, self.columns, groups));
            }
        }
    }

    fn run(&mut self, class: usize, tree: &Compiled, (at, layer): (usize, usize), amounts: &mut [i64]) {
        let rows = self.live_rows(class, self.year(at));
        let mut ask: Vec<u32> = Vec::new();
        // The columns are borrowed by the program while rows are written to `amounts`.
        let dense = std::mem::take(&mut self.dense);
        match self.policy.layers().get(layer).and_then(|layer| Program::new(tree, layer, self.columns, &dense)) {
            Some(program) => {
                let (troubled, uneven) = (&self.troubled, &self.uneven);
                let sound = troubled.is_empty() && uneven.is_empty();
                program.run(&rows, |row, outcome| match outcome {
                    Outcome::Amount(fen)
                        if sound || !(troubled.contains(&(row, at)) || uneven.contains(&(row, at))) =>
                    {
                        if let Some(slot) = amounts.get_mut(row) {
                            *slot = fen;
                        }
                    }
                    _ => ask.extend(u32::try_from(row)),
                });
            }
            None => ask = rows.iter().collect(),
        }
        self.dense = dense;
        self.run_exact(class, &ask.into(), (at, layer), amounts);
    }

    /// The amounts of one place of a row in the layers before one.
    fn layers_of(&self, class: usize, row: usize, at: usize, before: usize) -> Vec<Option<Amount>> {
        (0..before).map(|layer| self.layer_of(class, row, at, layer)).collect()
    }

    fn layer_of(&self, class: usize, row: usize, at: usize, layer: usize) -> Option<Amount> {
        if !self.failed.is_empty() && self.failed.contains(&(row, at, layer)) {
            return None;
        }
        match self.cells.get(class, at, layer)? {
            Cell::Uniform(fen) => Some(Amount::from_fen(fen)),
            Cell::Dense(column) => self.dense.get(column)?.amounts.get(row).copied().map(Amount::from_fen),
            Cell::Failed => None,
        }
    }

    fn run_exact(&mut self, class: usize, rows: &Rows, (at, layer): (usize, usize), amounts: &mut [i64]) {
        let Some(data) = self.policy.classes().get(class) else { return };
        let Some(rule) = data.funding.get(layer).and_then(Option::as_ref) else { return };
        for row in rows.iter() {
            let row = index(row);
            let layers = self.layers_of(class, row, at, layer);
            match self.exact(data, rule, row, at, &layers) {
                Ok(amount) => {
                    if let Some(slot) = amounts.get_mut(row) {
                        *slot = amount.fen();
                    }
                }
                Err(faults) => {
                    self.fail(row, at, layer);
                    for fault in &faults {
                        self.found.fault(row, (at, self.year(at)), layer, fault);
                    }
                    if self.found.is_full() {
                        return;
                    }
                }
            }
        }
    }

    /// The amount of one place in the layer after those that are given.
    fn exact(
        &self,
        class: &Class,
        rule: &Rule,
        row: usize,
        at: usize,
        layers: &[Option<Amount>],
    ) -> Result<Amount, Vec<Fault>> {
        let Some(layer) = self.policy.layers().get(layers.len()) else { return Err(vec![Fault::Unknown]) };
        let mut exact = self.exact_way(Some(class), row, at, layers);
        exact.amount(rule, layer).ok_or(exact.faults)
    }

    fn exact_way<'l>(
        &'l self,
        class: Option<&'l Class>,
        row: usize,
        at: usize,
        layers: &'l [Option<Amount>],
    ) -> Exact<'l> {
        let mut exact = Exact::new(self.policy, self.columns, class, self.year(at), row, layers, self);
        exact.arrived =
            self.arrived.and_then(|arrived| arrived.per_place(self.policy, self.roster, row, (at, self.years.len())));
        exact
    }

    /// The pieces of a row in a year, by layer and member.
    fn pieces_of(&self, row: usize, at: usize) -> Vec<Piece> {
        if !self.split.contains(&(row, at)) {
            return Vec::new();
        }
        let own = self.pieces.iter().filter(|piece| (index(piece.row), piece.at) == (row, at));
        let mut own: Vec<Piece> = own.copied().collect();
        own.sort_unstable();
        own
    }

    /// The amounts of one member of a row in the layers before one, and what is wrong with it and not with the last member.
    fn member_layers(
        &self,
        class: usize,
        (row, member): (usize, u64),
        at: usize,
        before: usize,
        pieces: &[Piece],
    ) -> (Vec<Option<Amount>>, Vec<(usize, Fault)>) {
        let known = self.layers_of(class, row, at, before);
        let (mut layers, mut faults): (Vec<Option<Amount>>, Vec<(usize, Fault)>) = (Vec::new(), Vec::new());
        let Some(data) = self.policy.classes().get(class).filter(|_| !pieces.is_empty()) else {
            return (known, faults);
        };
        for (layer, base) in known.into_iter().enumerate() {
            let rule = data.funding.get(layer).and_then(Option::as_ref);
            let amount = match rule {
                // What a limit left is known of each member.
                Some(rule) if rule.kind.pool().is_some() || self.is_cut(layer, at) => {
                    let own = pieces.iter().find(|piece| piece.layer == layer && member < piece.end);
                    base.map(|base| own.map_or(base, |own| Amount::from_fen(own.fen)))
                }
                // Layers that are not computed yet have no amount.
                Some(rule) if base.is_some() => match self.exact(data, rule, row, at, &layers) {
                    Ok(amount) => Some(amount),
                    Err(found) => {
                        faults.extend(found.into_iter().map(|fault| (layer, fault)));
                        None
                    }
                },
                _ => base,
            };
            layers.push(amount);
        }
        (layers, faults)
    }

    /// The members of a pool, counted rows by the kinds of members that the layers it reads tell apart, if it reads any. What else
    /// tells members apart says nothing here: of parts of a roster it may be known in one pass and not in another.
    fn members_of(&self, pool: &Pool, rows: Rows, at: usize) -> Sharers {
        let is_split = |row: &u32| self.split.contains(&(index(*row), at));
        if pool.is_plain() || self.split.is_empty() || !rows.iter().any(|row| is_split(&row)) {
            return Sharers::new(rows);
        }
        let read = layers_of_pool(self.policy, pool);
        let (mut list, mut spans) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            let (place, mut pieces) = (index(row), self.pieces_of(index(row), at));
            pieces.retain(|piece| piece.layer < read);
            let mut ends: Vec<u64> = pieces.iter().map(|piece| piece.end).collect();
            ends.retain(|end| *end < self.roster.count(place));
            ends.sort_unstable();
            ends.dedup();
            let layers = |member: u64| {
                let class = self.class_of(place)?;
                Some(self.member_layers(class, (place, member), at, read, &pieces).0)
            };
            // Only where they differ in what is read.
            let firsts = ends.into_iter().filter(|end| layers(end.saturating_sub(1)) != layers(*end));
            let mut first = 0_u64;
            for next in firsts.chain([self.roster.count(place)]) {
                list.push(row);
                spans.push((first, next.saturating_sub(first)));
                first = next;
            }
        }
        Sharers { rows: list.into(), spans }
    }

    fn fail(&mut self, row: usize, at: usize, layer: usize) {
        self.failed.insert((row, at, layer));
        self.troubled.insert((row, at));
    }

    fn fail_all(&mut self, rows: &Rows, at: usize, layer: usize) {
        for row in rows.iter() {
            self.fail(index(row), at, layer);
        }
    }

    /// The rows of a pool that some classes name, and whether it is known of all rows if they are.
    fn pool_rows(&mut self, classes: &[usize], (at, layer): (usize, usize)) -> (Rows, bool) {
        let year = self.year(at);
        let mut lists: Vec<Rows> = Vec::new();
        let mut complete = true;
        for class in classes {
            let rows = self.live_rows(*class, year);
            let Some(data) = self.policy.classes().get(*class) else { continue };
            let Some(rule) = data.funding.get(layer).and_then(Option::as_ref) else { continue };
            if rule.when.is_empty() {
                lists.push(rows);
                continue;
            }
            let mut members: Vec<u32> = Vec::new();
            let checks = self.columns.checks(&rule.when);
            let plain = rule.when.iter().all(Condition::is_plain);
            for row in rows.iter() {
                let at_row = index(row);
                let quick = checks.as_ref().filter(|checks| !checks.blanks.iter().any(|blank| blank.contains(at_row)));
                let holds = if let Some(checks) = quick {
                    Some(checks.hold(at_row))
                } else {
                    let layers = if plain { Vec::new() } else { self.layers_of(*class, at_row, at, layer) };
                    let mut exact = Exact::new(self.policy, self.columns, Some(data), year, at_row, &layers, self);
                    let holds = exact.holds(&rule.when);
                    let faults = exact.faults;
                    for fault in &faults {
                        self.found.fault(at_row, (at, year), layer, fault);
                    }
                    holds
                };
                match holds {
                    Some(true) => members.push(row),
                    Some(false) => {}
                    None => {
                        complete = false;
                        self.fail(at_row, at, layer);
                    }
                }
            }
            lists.push(members.into());
        }
        let rows = match lists.as_slice() {
            [only] => only.clone(),
            lists => {
                let mut members: Vec<u32> = lists.iter().flat_map(Rows::iter).collect();
                members.sort_unstable();
                members.into()
            }
        };
        (rows, complete)
    }

    fn share_pool(&mut self, pool: PoolIndex, classes: &[usize], (at, layer): (usize, usize), amounts: &mut Vec<i64>) {
        let year = self.year(at);
        let (members, complete) = self.pool_rows(classes, (at, layer));
        if members.len() == 0 {
            if complete {
                self.warn_without_members(pool, at);
            }
            return;
        }
        let Some(data) = self.policy.pool(pool) else { return };
        let members = self.members_of(data, members, at);
        let prior = PriorToPool { work: self, at, layer };
        let shares = match self.settled.and_then(|settled| settled.pool(pool, year)) {
            Some(known) => settle(data, year, self.columns, &members, &prior, known),
            None => pool::share(data, year, self.columns, &members, &prior),
        };
        match shares {
            Ok(shares) if complete => {
                self.take_pieces(&members, &shares, (at, layer));
                if self.settled.is_none() {
                    self.set_shared(pool, at, Some(shares.groups));
                }
                if matches!(members.rows, Rows::All(_)) {
                    // Every row is a member: the parts become the column where they stand.
                    *amounts = shares.parts;
                } else {
                    for (row, part) in members.rows.iter().zip(shares.parts) {
                        if let Some(slot) = amounts.get_mut(index(row)) {
                            *slot = part;
                        }
                    }
                }
            }
            Ok(_) => {
                self.set_shared(pool, at, None);
                self.fail_all(&members.rows, at, layer);
            }
            Err(faults) => {
                self.set_shared(pool, at, None);
                self.fail_all(&members.rows, at, layer);
                self.pool_faults(&members, faults, complete, (at, layer));
            }
        }
    }

    fn pool_faults(&mut self, members: &Sharers, faults: Vec<PoolFault>, complete: bool, (at, layer): (usize, usize)) {
        let year = self.year(at);
        for fault in faults {
            match fault {
                // Without all its members nothing is known of the pool as a whole.
                PoolFault::Pool(_) | PoolFault::Amount(..) if !complete => {}
                PoolFault::Pool(problem) => self.found.list.push((None, at, layer, problem)),
                PoolFault::Rule(member, fault) | PoolFault::Amount(member, fault) => {
                    let Some(row) = members.rows.get(member).map(index) else { continue };
                    self.found.fault(row, (at, year), layer, &fault);
                }
                PoolFault::Member(member, attribute, problem) => {
                    let Some(row) = members.rows.get(member).map(index) else { continue };
                    let is_blank = problem.code() == Code::BlankAttribute;
                    let said =
                        attribute.is_some_and(|attribute| is_blank && !self.found.blanks.insert((row, attribute)));
                    if !said && !self.found.is_full() {
                        let problem = crate::engine::faults::at(self.roster, row, problem);
                        self.found.list.push((Some(row), at, layer, problem));
                    }
                }
            }
        }
    }

    /// Remembers which members of counted rows get something else than the last one.
    fn take_pieces(&mut self, members: &Sharers, shares: &Shares, (at, layer): (usize, usize)) {
        let mut pieces: Vec<Piece> = Vec::new();
        for (member, count, fen) in &shares.extra {
            let Some(row) = members.rows.get(*member) else { continue };
            let first = members.spans.get(*member).map_or(0, |(first, _)| *first);
            pieces.push(Piece { row, at, layer, end: first.saturating_add(*count), fen: *fen });
        }
        for ((row, part), (first, count)) in members.rows.iter().zip(&shares.parts).zip(&members.spans) {
            let end = first.saturating_add(*count);
            // The last members have what stands in the column.
            if end < self.roster.count(index(row)) {
                pieces.push(Piece { row, at, layer, end, fen: *part });
            }
        }
        self.add_pieces(pieces);
    }

    fn add_pieces(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        for piece in pieces {
            self.split.insert((index(piece.row), piece.at));
            self.pieces.push(piece);
        }
    }

    /// Counted rows whose members differ by what a pool gives them: every layer is worked out for each kind of member.
    fn splits(&mut self) -> Vec<Split> {
        self.pieces.sort_unstable();
        let pieces = self.pieces.clone();
        let mut splits = Vec::new();
        for alike in pieces.chunk_by(|a, b| (a.row, a.at) == (b.row, b.at)) {
            let Some(Piece { row, at, .. }) = alike.first().copied() else { continue };
            let row_at = index(row);
            let Some(class) = self.class_of(row_at) else { continue };
            let (members, faults) = self.members_by_pieces(row_at, class, at, alike);
            for (layer, fault) in &faults {
                self.found.fault(row_at, (at, self.year(at)), *layer, fault);
            }
            let fen = |members: Members| {
                (members.count, members.layers.iter().map(|amount| amount.unwrap_or_default().fen()).collect())
            };
            let segments: Vec<(u64, Vec<i64>)> = members.into_iter().map(fen).collect();
            for layer in 0..self.policy.layers().len() {
                let total =
                    segments.iter().map(|(members, fen): &(u64, Vec<i64>)| BigInt::from(*members) * fen.at(layer));
                if i64::try_from(total.sum::<BigInt>()).is_err() {
                    self.found.fault(row_at, (at, self.year(at)), layer, &Fault::Overflow);
                }
            }
            splits.push(Split { row, year: at, segments });
        }
        splits
    }

    /// The members of a counted row that differ by what pools give them, each kind with its amounts in all layers, and what is
    /// wrong with them alone.
    fn members_by_pieces(
        &self,
        row: usize,
        class: usize,
        at: usize,
        pieces: &[Piece],
    ) -> (Vec<Members>, Vec<(usize, Fault)>) {
        let mut ends: Vec<u64> = pieces.iter().map(|piece| piece.end).chain([self.roster.count(row)]).collect();
        ends.sort_unstable();
        ends.dedup();
        let (mut members, mut found) = (Vec::new(), Vec::new());
        let mut start = 0_u64;
        for end in ends {
            let all = self.policy.layers().len();
            let (layers, faults) = self.member_layers(class, (row, start), at, all, pieces);
            found.extend(faults);
            members.push(Members { count: end.saturating_sub(start), layers });
            start = end;
        }
        (members, found)
    }

    /// The pieces of a layer in a year, of a layer with a limit those of what was claimed.
    fn claimed_pieces(&self, layer: usize, at: usize) -> Vec<Piece> {
        if !self.is_cut(layer, at) {
            let is_here = |piece: &&Piece| (piece.at, piece.layer) == (at, layer);
            return self.pieces.iter().filter(is_here).copied().collect();
        }
        let claimed = self.limited.pieces.iter().filter(|((_, year, of), _)| (*year, *of) == (at, layer));
        claimed.flat_map(|((row, ..), pieces)| ends(*row, (at, layer), pieces)).collect()
    }

    /// The classes that a layer gives something in a year.
    fn funded_classes(&self, layer: usize, at: usize) -> Vec<usize> {
        let funds = |class: &Class| class.funding.get(layer).is_some_and(Option::is_some);
        let classes = self.policy.classes().iter().enumerate();
        let funded = classes.filter(|(number, class)| funds(class) && self.has_rows(*number, at));
        funded.map(|(number, _)| number).collect()
    }

    /// Whether a layer of a year has a limit to which its claims were cut.
    fn is_cut(&self, layer: usize, at: usize) -> bool {
        let claims = self.claims.as_ref();
        claims
            .is_some_and(|claims| (0..self.policy.classes().len()).any(|class| claims.get(class, at, layer).is_some()))
    }

    /// Cuts the claims of a layer in a year to its limit, if it has one.
    fn cut(&mut self, layer: usize, at: usize) {
        let Some(limited) = Limited::new(self.policy, self.roster, self.groups, layer) else { return };
        let year = self.year(at);
        let (members, mut lost) = self.claims_of_members(layer, at);
        let failed = self.failed.iter().filter(|(_, year, of)| (*year, *of) == (at, layer));
        lost.extend(failed.filter_map(|(row, ..)| u32::try_from(*row).ok()));
        lost.sort_unstable();
        lost.dedup();
        let claims = self.claims_of_classes(layer, at);
        if self.cut_as_before(limited, at, &claims) {
            return;
        }
        let due = self.claims_of_rows(&claims, at);
        let turns = limited.limit.rule.turns(self.policy).ok().flatten();
        let of_members = |row: u32| members.get(&row).cloned();
        let of_members: Option<&dyn Fn(u32) -> Option<Pieces>> =
            if members.is_empty() { None } else { Some(&of_members) };
        let mut order = self.id_order.take();
        let prior = PriorToPool { work: self, at, layer };
        let settled = self.settled.and_then(|settled| settled.limit(layer, year));
        let claimed = (&*due, of_members);
        let (before, turns) = ((self.columns, &prior as &dyn Prior), (turns.as_deref(), &mut order));
        let outcome = limited.cut(year, claimed, &lost, before, turns, settled);
        self.id_order = order;
        let LimitOutcome { applied, cut, failed } = outcome;
        self.limited.applied.extend(applied.into_iter().map(|one| ((layer, at, one.group), one)));
        self.remember_claims(layer, at, &claims);
        let mut awards = members.clone();
        let claimed = members.into_iter().map(|(row, pieces)| ((row, at, layer), pieces));
        self.limited.pieces.extend(claimed);
        if let Some(Cut { amounts, differing }) = cut {
            awards.extend(differing);
            let step = self.policy.layers().get(layer).map_or(0, |layer| layer.rounding.step().fen());
            let column = self.dense.len();
            self.dense.push(Dense::new(amounts).or_a_step_more(step));
            for class in self.funded_classes(layer, at) {
                self.cells.set(class, at, layer, Cell::Dense(column));
            }
        }
        let awards = awards.into_iter().flat_map(|(row, pieces)| ends(row, (at, layer), &pieces));
        self.replace_pieces(layer, at, awards.collect());
        self.fail_limits((layer, at), failed);
        self.gathered_faults(layer);
    }

    /// How the claims of each class stand in a layer of a year.
    fn claims_of_classes(&self, layer: usize, at: usize) -> Vec<Cell> {
        let classes = 0..self.policy.classes().len();
        classes.map(|class| self.cells.get(class, at, layer).unwrap_or(Cell::Uniform(0))).collect()
    }

    /// What one place of each row claims.
    fn claims_of_rows(&self, claims: &[Cell], at: usize) -> Vec<i64> {
        let year = self.year(at);
        let cells: Vec<Cell> = (self.groups.list.iter())
            .map(|group| {
                let class = group.class.filter(|_| group.is_live(year));
                class.and_then(|class| claims.get(class)).copied().unwrap_or(Cell::Uniform(0))
            })
            .collect();
        cells_fen(&cells, self.groups.of_row(self.roster), |column| self.dense.get(column)).into_owned()
    }

    /// Without its limit or all claims to it, nothing is known of any award of a group.
    fn fail_limits(&mut self, (layer, at): (usize, usize), failed: Vec<FailedLimit>) {
        let year = self.year(at);
        for FailedLimit { rows, first, faults } in failed {
            for fault in faults {
                match fault {
                    LimitFault::Amount(fault) => self.found.fault(first, (at, year), layer, &fault),
                    LimitFault::Limit(problem) => self.found.list.push((None, at, layer, problem)),
                }
            }
            self.fail_all(&rows.into(), at, layer);
        }
    }

    fn replace_pieces(&mut self, layer: usize, at: usize, pieces: Vec<Piece>) {
        self.pieces.retain(|piece| (piece.at, piece.layer) != (at, layer));
        self.add_pieces(pieces);
    }

    fn remember_claims(&mut self, layer: usize, at: usize, cells: &[Cell]) {
        if let Some(claims) = &mut self.claims {
            for (class, cell) in cells.iter().enumerate() {
                claims.set(class, at, layer, *cell);
            }
        }
    }

    /// What the members of rows claim in a layer, where they do not all get the same so far, and the rows of which that is not
    /// known.
    fn claims_of_members(&mut self, layer: usize, at: usize) -> (BTreeMap<u32, Pieces>, Vec<u32>) {
        let mut by_row: BTreeMap<u32, Vec<Piece>> = BTreeMap::new();
        for piece in self.pieces.iter().filter(|piece| piece.at == at) {
            by_row.entry(piece.row).or_default().push(*piece);
        }
        let (mut members, mut lost) = (BTreeMap::new(), Vec::new());
        for (code, mut pieces) in by_row {
            let row = index(code);
            let Some(class) = self.class_of(row) else { continue };
            pieces.sort_unstable();
            let mut ends: Vec<u64> = pieces.iter().map(|piece| piece.end).chain([self.roster.count(row)]).collect();
            ends.sort_unstable();
            ends.dedup();
            let (mut start, mut claims) = (0_u64, Pieces::new());
            for end in ends {
                let before = layer.saturating_add(1);
                let (mut layers, faults) = self.member_layers(class, (row, start), at, before, &pieces);
                for (of, fault) in faults.iter().filter(|(of, _)| *of == layer) {
                    self.found.fault(row, (at, self.year(at)), *of, fault);
                }
                match layers.pop().flatten() {
                    Some(claim) => claims.push((end.saturating_sub(start), claim.fen())),
                    None => lost.push(code),
                }
                start = end;
            }
            members.insert(code, claims);
        }
        (members, lost)
    }

    /// Takes what was left the year before, if the same was claimed of the same limit. Whether that was so.
    fn cut_as_before(&mut self, limited: Limited<'_>, at: usize, claims: &[Cell]) -> bool {
        let layer = limited.layer;
        // The claims of other parts may differ where those of this one do not.
        let is_sound = self.settled.is_none() && self.found.list.is_empty() && self.troubled.is_empty();
        let Some(before) = at.checked_sub(1).filter(|_| is_sound) else { return false };
        let (year_before, year) = (self.year(before), self.year(at));
        let claimed = |class: usize| self.claims.as_ref().and_then(|claims| claims.get(class, before, layer));
        let is_same = self.same_rows(year_before, year)
            && claims.iter().enumerate().all(|(class, cell)| claimed(class) == Some(*cell));
        if !is_same || !self.same_limits(limited, (before, at)) {
            return false;
        }
        self.remember_claims(layer, at, claims);
        for class in self.funded_classes(layer, at) {
            if let Some(cell) = self.cells.get(class, before, layer) {
                self.cells.set(class, at, layer, cell);
            }
        }
        let of_before = self.pieces.iter().filter(|piece| (piece.at, piece.layer) == (before, layer));
        let awards = of_before.map(|piece| Piece { at, ..*piece }).collect();
        self.replace_pieces(layer, at, awards);
        let claimed = self.limited.pieces.iter().filter(|((_, year, of), _)| (*year, *of) == (before, layer));
        let claimed: Vec<_> = claimed.map(|((row, ..), pieces)| ((*row, at, layer), pieces.clone())).collect();
        self.limited.pieces.extend(claimed);
        let applied = self.limited.applied.range((layer, before, 0)..=(layer, before, u32::MAX));
        let applied: Vec<_> = applied.map(|((.., group), applied)| ((layer, at, *group), *applied)).collect();
        self.limited.applied.extend(applied);
        true
    }

    /// Whether the limits to which the claims of a year were cut are those of another year too.
    fn same_limits(&self, limited: Limited<'_>, (before, at): (usize, usize)) -> bool {
        let (layer, year) = (limited.layer, self.year(at));
        let prior = PriorToPool { work: self, at, layer };
        let mut applied = self.limited.applied.range((layer, before, 0)..=(layer, before, u32::MAX));
        applied.all(|(_, applied)| {
            limited.amount(year, applied.group, (applied.row, 0), &prior).is_ok_and(|limit| limit == applied.limit)
        })
    }

    /// No row's amount in a layer, and no row's sum over its layers, is beyond 2^63 − 1 fen.
    fn check_rows(&mut self) {
        self.check_cells();
        let layers = self.policy.layers().len();
        for at in 0..self.years.len() {
            let suspects = self.suspects(at, |work, class, largest| {
                let most = (0..layers).map(|layer| work.largest(class, at, layer));
                !fits(most.fold(0, i128::saturating_add), largest)
            });
            for (row, class) in self.suspect_rows(&suspects) {
                if self.troubled.contains(&(row, at)) || self.found.is_full() {
                    continue;
                }
                let amounts = self.layers_of(class, row, at, layers);
                let sum = amounts.iter().map(|amount| i128::from(amount.unwrap_or_default().fen()));
                if !fits(sum.fold(0, i128::saturating_add), self.roster.count(row)) {
                    self.found.fault(row, (at, self.year(at)), layers.saturating_sub(1), &Fault::Overflow);
                }
            }
        }
    }

    /// No row's amount in a layer is beyond 2^63 − 1 fen.
    fn check_cells(&mut self) {
        for at in 0..self.years.len() {
            for layer in 0..self.policy.layers().len() {
                let suspects = self.suspects(at, |work, class, largest| !fits(work.largest(class, at, layer), largest));
                for (row, class) in self.suspect_rows(&suspects) {
                    let split = self.split.contains(&(row, at));
                    let fen = self.layers_of(class, row, at, layer.saturating_add(1)).pop().flatten();
                    if !split && fen.is_some_and(|fen| !fits(fen.fen().into(), self.roster.count(row))) {
                        self.found.fault(row, (at, self.year(at)), layer, &Fault::Overflow);
                        self.troubled.insert((row, at));
                        if self.found.is_full() {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// The greatest magnitude of a place's amount in a cell.
    fn largest(&self, class: usize, at: usize, layer: usize) -> i128 {
        match self.cells.get(class, at, layer) {
            Some(Cell::Uniform(fen)) => fen.unsigned_abs().into(),
            Some(Cell::Dense(column)) => self
                .dense
                .get(column)
                .map_or(0, |column| column.most.unsigned_abs().max(column.least.unsigned_abs()).into()),
            Some(Cell::Failed) | None => 0,
        }
    }

    /// The class of each group that is live in a year and may hold too large an amount; none of others.
    fn suspects(&self, at: usize, is_suspect: impl Fn(&Self, usize, u64) -> bool) -> Vec<Option<usize>> {
        let year = self.year(at);
        let groups = self.groups.list.iter().zip(&self.groups.largest);
        groups
            .map(|(group, largest)| {
                group.class.filter(|class| group.is_live(year) && is_suspect(self, *class, *largest))
            })
            .collect()
    }

    fn group_of(&self, row: usize) -> Option<Group> {
        self.groups.list.get(index(*self.groups.of_row(self.roster).get(row)?)).copied()
    }

    /// The rows of suspect groups, with their class.
    fn suspect_rows(&self, suspects: &[Option<usize>]) -> Vec<(usize, usize)> {
        if suspects.iter().all(Option::is_none) {
            return Vec::new();
        }
        let rows = self.groups.of_row(self.roster).iter().enumerate();
        rows.filter_map(|(row, group)| Some((row, suspects.get(index(*group)).copied().flatten()?))).collect()
    }
}

impl Work<'_> {
    /// Gathers the places of a class by whole columns, if that can be done and nothing is wrong.
    fn gather_class(
        &self,
        aggregate: &Aggregate,
        at: usize,
        class: (usize, &Class),
        codes: &[u32],
        groups: &mut Gathering,
    ) -> bool {
        if !self.has_rows(class.0, at) {
            return true;
        }
        if has_blank_groups(aggregate, self.columns) {
            return false;
        }
        let layers = self.policy.layers().len();
        let Ok(number) = self.compiled(class, (at, layers), |compiler| compiled(aggregate, compiler)) else {
            return false;
        };
        let rows = self.live_rows(class.0, self.year(at));
        gather_rows(&number, (self.columns, &self.dense), &rows, codes, groups)
    }
}

/// What is known before a pool is shared out, while an allocation is made.
struct PriorToPool<'w, 'a> {
    work: &'w Work<'a>,
    at: usize,
    layer: usize,
}

impl PriorToPool<'_, '_> {
    /// The class of a row; any, of a row that no class serves.
    fn class_number(&self, row: usize) -> usize {
        self.work.class_of(row).unwrap_or_default()
    }
}

impl Prior for PriorToPool<'_, '_> {
    fn with_exact(&self, place: (usize, u64), read: &mut dyn FnMut(&mut Exact<'_>)) {
        let (work, class) = (self.work, self.class_number(place.0));
        let pieces = work.pieces_of(place.0, self.at);
        let (layers, _) = work.member_layers(class, place, self.at, self.layer, &pieces);
        read(&mut work.exact_way(work.policy.classes().get(class), place.0, self.at, &layers));
    }

    fn column(&self, value: &Value, rows: &Rows, raise: bool) -> Option<Vec<i64>> {
        let work = self.work;
        let layer = work.policy.layers().get(self.layer)?;
        // The rows of each class.
        let mut lists: Vec<(usize, Vec<u32>)> = Vec::new();
        let mut last = 0;
        for row in rows.iter() {
            let class = self.class_number(index(row));
            if lists.get(last).is_none_or(|(known, _)| *known != class) {
                last = lists.iter().position(|(known, _)| *known == class).unwrap_or(lists.len());
                if last == lists.len() {
                    lists.push((class, Vec::new()));
                }
            }
            if let Some((_, list)) = lists.get_mut(last) {
                list.push(row);
            }
        }
        let several = lists.len() > 1;
        let mut column: Vec<i64> = if several { vec![ASK; work.roster.len()] } else { Vec::with_capacity(rows.len()) };
        for (class, list) in lists {
            let data = work.policy.classes().get(class)?;
            let tree = work.compiled((class, data), (self.at, self.layer), |compiler| {
                let tree = value.eval(compiler);
                if raise { compiler.not_below_zero(tree) } else { tree }
            });
            let program = tree.ok().and_then(|tree| Program::new(&tree, layer, work.columns, &work.dense));
            let mut take = |row: usize, fen: i64| {
                let odd = !work.troubled.is_empty() && work.troubled.contains(&(row, self.at))
                    || !work.uneven.is_empty() && work.uneven.contains(&(row, self.at));
                let fen = if odd { ASK } else { fen };
                if !several {
                    column.push(fen);
                } else if let Some(slot) = column.get_mut(row) {
                    *slot = fen;
                }
            };
            match program {
                Some(program) => program.of_bound().run(&list.into(), |row, outcome| match outcome {
                    Outcome::Amount(fen) => take(row, fen),
                    Outcome::Ask => take(row, ASK),
                }),
                None => list.into_iter().for_each(|row| take(index(row), ASK)),
            }
        }
        if several {
            let of = |row: u32| column.get(index(row)).copied().unwrap_or(ASK);
            return Some(rows.iter().map(of).collect());
        }
        Some(column)
    }

    fn layer(&self, layer: LayerIndex, place: (usize, u64)) -> Option<i64> {
        let work = self.work;
        let (class, before) = (self.class_number(place.0), layer.number().saturating_add(1));
        let pieces = work.pieces_of(place.0, self.at);
        if pieces.is_empty() {
            return work.layer_of(class, place.0, self.at, layer.number()).map(Amount::fen);
        }
        work.member_layers(class, place, self.at, before, &pieces).0.pop().flatten().map(Amount::fen)
    }

    fn class(&self, row: usize) -> Option<usize> {
        self.work.class_of(row)
    }

    fn shared(&self, pool: PoolIndex) -> Option<&[GroupShare]> {
        self.work.shared.get(self.work.shared_at(pool, self.at))?.as_deref()
    }
}

impl World for Work<'_> {
    fn aggregate(&self, aggregate: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault> {
        self.aggregates.get(self, aggregate, year, row)
    }

    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault> {
        let Some(at) = year.checked_sub(1).and_then(|year| self.years.binary_search(&year).ok()) else {
            return Ok(None);
        };
        let before = self.before.get_or_init(|| Before::new(self.columns));
        let is_live = |row: usize| self.group_of(row).is_some_and(|group| group.is_live(self.year(at)));
        let Some(row) = before.row(self.columns, row, is_live) else { return Ok(None) };
        let class = self.class_of(row).ok_or(Fault::Unknown)?;
        let layers = self.layers_of(class, row, at, layer.number().saturating_add(1));
        layers.last().copied().flatten().map(Some).ok_or(Fault::Unknown)
    }

    fn pool_part(&self, pool: PoolIndex, year: u16, row: usize) -> Option<BigRational> {
        let data = self.policy.pool(pool)?;
        let (at, layer) = (self.years.binary_search(&year).ok()?, data.layer?.number());
        let prior = PriorToPool { work: self, at, layer };
        let known = self.pool_levels.borrow().get(&(pool, year)).cloned();
        let levels = known.unwrap_or_else(|| {
            let find = || {
                if let Some(settled) = self.settled {
                    return Some(Rc::new(Levels::settled(data, self.columns, settled.pool(pool, year)?)));
                }
                let rows = pool::members(self.columns, self.groups, pool, year, &prior)?;
                let members = self.members_of(data, rows, at);
                Levels::new(data, year, self.columns, &members, &prior, prior.shared(pool)?).map(Rc::new)
            };
            let levels = find();
            self.pool_levels.borrow_mut().insert((pool, year), levels.clone());
            levels
        });
        let part = levels?.part(data, year, self.columns, &prior, (row, 0))?.part;
        Some(part / BigInt::from(self.policy.unit().fen()))
    }
}

impl Gatherable for Work<'_> {
    fn columns(&self) -> &Columns<'_> {
        self.columns
    }

    fn class_of(&self, row: usize) -> Option<usize> {
        self.group_of(row).and_then(|group| group.class)
    }

    fn gather_columns(&self, aggregate: &Aggregate, year: u16, codes: &[u32], groups: &mut Gathering) -> bool {
        let Ok(at) = self.years.binary_search(&year) else { return false };
        // Members of split rows differ, and only the exact way knows what is wrong.
        let whole =
            self.troubled.is_empty() && self.uneven.is_empty() && !self.split.iter().any(|(_, year)| *year == at);
        whole
            && self
                .policy
                .classes()
                .iter()
                .enumerate()
                .all(|class| self.gather_class(aggregate, at, class, codes, groups))
    }

    fn settled(&self, number: AggregateIndex, year: u16) -> Option<OfAll<'_>> {
        self.settled.map(|settled| OfAll(settled.aggregate(number, year)))
    }

    fn live(&self, year: u16) -> Vec<(usize, Option<usize>)> {
        let rows = self.groups.of_row(self.roster).iter().enumerate();
        let live = rows.filter_map(|(row, group)| {
            let group = self.groups.list.get(index(*group)).filter(|group| group.is_live(year))?;
            Some((row, group.class))
        });
        live.collect()
    }

    fn members(&self, row: usize, class: Option<usize>, year: u16) -> Vec<Members> {
        let at = self.years.binary_search(&year).sure();
        let count = self.roster.count(row);
        let Some(number) = class else { return vec![Members { count, layers: Vec::new() }] };
        let pieces = self.pieces_of(row, at);
        if !pieces.is_empty() {
            return self.members_by_pieces(row, number, at, &pieces).0;
        }
        vec![Members { count, layers: self.layers_of(number, row, at, self.policy.layers().len()) }]
    }

    fn fault(&self, row: usize, year: u16, fault: Fault) {
        self.faults.borrow_mut().push((row, year, fault));
    }
}

/// What the members of a row get, as far as it is not what the last of them gets.
fn ends(row: u32, (at, layer): (usize, usize), pieces: &[(u64, i64)]) -> Vec<Piece> {
    let (_, first) = pieces.split_last().unwrap_or((&(0, 0), &[]));
    let mut end = 0_u64;
    let piece = |(members, fen): &(u64, i64)| {
        end = end.saturating_add(*members);
        Piece { row, at, layer, end, fen: *fen }
    };
    first.iter().map(piece).collect()
}

/// Whether so many amounts alike are at most 2^63 − 1 fen, whatever their sign.
fn fits(fen: i128, count: u64) -> bool {
    i64::try_from(fen.saturating_abs().saturating_mul(count.into())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fit::{All, group};
    use crate::engine::roster::RosterBuilder;
    use crate::rows::records::{Cell as Given, RowBuilder};

    fn policy(years: [u16; 2], layers: usize, rule: impl Fn(usize) -> String, more: &str) -> Policy {
        let list: Vec<String> = (0..layers).map(|n| format!(r#"{{ "id": "l{n}", "payer": "county" }}"#)).collect();
        let funding: Vec<String> = (0..layers).map(|n| format!(r#""l{n}": {}"#, rule(n))).collect();
        let text = format!(
            r#"{{ "id": "p", "title": {{ "zh": "p" }}, "years": {years:?}, "unit": "元", "layers": [{}],
                "attributes": {{ "x": {{ "type": "number" }} }},
                "classes": [{{ "id": "c", "funding": {{ {} }} }}] {more} }}"#,
            list.join(","),
            funding.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    fn roster(policy: &Policy, rows: usize) -> Roster {
        let mut builder = RosterBuilder::new(policy, &[("name", None), ("x", None)]);
        for row in 0..rows {
            builder.push_row(None, &[Given::Text(&format!("n{row}")), Given::Number(&row.to_string())]);
        }
        builder.finish().unwrap().0
    }

    /// A rate of its own for each year.
    fn yearly(layer: usize, [first, last]: [u16; 2]) -> String {
        let years = (first..=last).map(|year| format!(r#""{year}": "0.{:04}""#, usize::from(year) * 7 + layer));
        format!(r#"{{ "rate": {{ {} }}, "of": "x" }}"#, years.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn the_columns_that_are_foreseen_are_those_that_are_made() {
        let years = [2000, 2004];
        let pool = r#", "pools": [{ "id": "q", "amount": { "2000": 90, "2003": 60 }, "weights": { "x": 1 } }]"#;
        let cases: [(usize, Policy); 6] = [
            (0, policy(years, 2, |_| "5".to_owned(), "")),
            // Years alike are made once.
            (2, policy(years, 2, |_| r#""x""#.to_owned(), "")),
            (10, policy(years, 2, |layer| yearly(layer, years), "")),
            (3, policy(years, 1, |_| r#"{ "rate": { "2000": 1, "2001": 2, "2003": 3 }, "of": "x" }"#.to_owned(), "")),
            (2, policy(years, 1, |_| r#"{ "pool": "q" }"#.to_owned(), pool)),
            // What tops up differs where what it tops up to does.
            (
                10,
                policy(
                    years,
                    2,
                    |n| if n == 0 { yearly(0, years) } else { r#"{ "top_up_to": ["x", 9] }"#.to_owned() },
                    "",
                ),
            ),
        ];
        for (expected, policy) in cases {
            let roster = roster(&policy, 10);
            let (groups, _) = group(&policy, &roster, All::These, &[]);
            let years: Vec<u16> = policy.years().collect();
            let columns = Columns::new(&policy, &roster);
            let foreseen = Work::new(&policy, &roster, &columns, &groups, &years, None).columns_to_make();
            let (data, _) =
                compute(&policy, &roster, (Arc::new(groups), Problems::new()), &years, None, None).ok().unwrap();
            assert_eq!((foreseen, data.dense.len()), (expected, expected), "{}", policy.document());
        }
    }

    #[test]
    fn too_much_is_refused_with_what_it_would_take() {
        let years = [2000, 2004];
        let policy = policy(years, 2, |layer| yearly(layer, years), "");
        let roster = roster(&policy, 100);
        let (groups, _) = group(&policy, &roster, All::These, &[]);
        let columns = Columns::new(&policy, &roster);
        let refused = |years: &[u16], limit: u64| {
            let mut work = Work::new(&policy, &roster, &columns, &groups, years, None);
            work.bytes_limit = limit;
            work.too_large().map(|problem| problem.to_string())
        };
        let all: Vec<u16> = policy.years().collect();
        // 100 rows × 10 columns × 8 bytes, and 1 group × 10 cells × 16 bytes.
        assert_eq!(refused(&all, 8_160), None);
        assert_eq!(
            refused(&all, 8_159).unwrap(),
            "100 rows × 10 amounts of each are 1000 amounts: 8160 bytes; at most 8159 bytes: some 4 years at a time \
             [too-large]"
        );
        assert!(refused(&all, 2_000).unwrap().contains("one year at a time"));
        assert!(refused(&all[..1], 1_000).unwrap().contains("split the roster"));
    }

    #[test]
    fn a_hundred_layers_of_a_hundred_years_are_refused_and_a_national_roster_is_not() {
        let years = [2000, 2099];
        let large = policy(years, 100, |layer| yearly(layer, years), "");
        let roster = roster(&large, 13_500);
        let (groups, _) = group(&large, &roster, All::These, &[]);
        let groups = Arc::new(groups);
        let computed =
            |years: &[u16]| compute(&large, &roster, (Arc::clone(&groups), Problems::new()), years, None, None);
        let found = computed(&large.years().collect::<Vec<_>>()).err().unwrap();
        assert_eq!(found.iter().map(Problem::code).collect::<Vec<_>>(), [Code::TooLarge]);
        assert!(computed(&[2000]).is_ok());
        assert!(bytes(1_000_000, 3 * 10, 1_000 * 3 * 10) < BYTES_LIMIT / 4);
    }

    #[test]
    fn what_is_wrong_is_said_without_making_more_than_may_be() {
        let years = [2000, 2004];
        let policy =
            policy(years, 2, |layer| if layer == 0 { r#"["x", -1]"#.to_owned() } else { r#""x""#.to_owned() }, "");
        let roster = roster(&policy, 100);
        let (groups, _) = group(&policy, &roster, All::These, &[]);
        let columns = Columns::new(&policy, &roster);
        let years: Vec<u16> = policy.years().collect();
        let mut work = Work::new(&policy, &roster, &columns, &groups, &years, None);
        work.bytes_limit = 2_000;
        // Years alike: two columns. The first row is below 0, so that every year is made for itself.
        assert!(work.too_large().is_none());
        // Two columns of 100 amounts are as much as may be.
        work.bytes_limit = 1_600;
        for year in 0..years.len() {
            assert_eq!(work.has_grown_too_large(), year > 2, "{year}");
            work.layer(0, year);
        }
    }

    #[test]
    fn columns_of_what_arrived_are_foreseen_once_each() {
        let years = [2000, 2004];
        let top_up = |n| if n == 0 { yearly(0, years) } else { r#"{ "top_up_to": ["x", 9] }"#.to_owned() };
        let policy = policy(years, 2, top_up, "");
        let roster = roster(&policy, 10);
        let (groups, _) = group(&policy, &roster, All::These, &[]);
        let groups = Arc::new(groups);
        let all: Vec<u16> = policy.years().collect();
        // Of the first layer for two places in 2000 and one in 2001; in 2002 it does not count.
        let number = |row, year| crate::engine::arrived::cell_number(row, (year, 5), (0, 2));
        let fen = vec![(number(0, 0), 100), (number(1, 0), 200), (number(1, 1), 300), (number(2, 2), 400)];
        let arrived = Arrived { years: vec![true, true, false, false, false], fen };
        let columns = Columns::new(&policy, &roster);
        let foreseen = Work::new(&policy, &roster, &columns, &groups, &all, Some(&arrived)).columns_to_make();
        let made = compute(&policy, &roster, (groups, Problems::new()), &all, Some(&Arc::new(arrived)), None);
        // A column for each year and layer, and two of what arrived.
        assert_eq!((foreseen, made.ok().unwrap().0.dense.len()), (12, 12));
    }
}
