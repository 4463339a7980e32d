//! The allocation and its totals as tables: for machines and for people.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use rust_decimal::Decimal;

use crate::engine::roster::Roster;
use crate::engine::store::AllocationData;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::notes as words;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::Argument;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::{Layer, Payer, Policy};
use crate::results::allocation::Allocation;
use crate::results::figures::Figures;
use crate::results::totals::{Grouping, TotalRows, Totals};
use crate::tables::table::{
    Batch, Cell, Cells, Column, ColumnKind, Report, ReportRow, ReportRows, RowKind, Table, Words,
};

/// How an allocation is laid out as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// The unit of amounts.
    pub unit: Unit,
    /// Whether amounts of zero have rows too: every layer of every live year.
    pub zeros: bool,
    /// Whether layers are columns, with a total, instead of rows.
    pub wide: bool,
}

/// Rows of a batch.
pub(crate) const BATCH_ROWS: usize = 8_192;

pub(crate) fn column(key: &str, header: Name, kind: ColumnKind) -> Column {
    Column { key: key.to_owned(), header, kind }
}

/// The columns that say what a row of the allocation is about.
pub(crate) fn keys(wide: bool) -> Vec<Column> {
    let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
    let mut columns = vec![
        text("id", "编码", "Id"),
        text("division_code", "区划代码", "Division code"),
        text("county", "区县", "County"),
        text("township", "乡镇", "Township"),
        text("name", "名称", "Name"),
        text("kind", "类型", "Kind"),
        text("designation", "认定层级", "Designation"),
        text("class", "类别", "Class"),
        column("count", Name::new("数量", "Count"), ColumnKind::Integer),
        column("year", Name::new("年度", "Year"), ColumnKind::Integer),
    ];
    if !wide {
        columns.push(text("layer", "安排层级", "Layer"));
        columns.push(text("payer", "安排主体", "Payer"));
    }
    columns
}

pub(crate) fn amount_column() -> Column {
    column("amount", Name::new("金额", "Amount"), ColumnKind::Amount)
}

pub(crate) fn unit_column() -> Column {
    column("unit", Name::new("单位", "Unit"), ColumnKind::Text)
}

/// The key of a layer's column in the wide table: its id, or with `_amount` where another column has that key.
pub(crate) fn layer_key(id: &str, columns: &[Column]) -> String {
    if columns.iter().any(|column| column.key == id) { format!("{id}_amount") } else { id.to_owned() }
}

impl Allocation {
    /// The allocation as a table: a row for each roster row × year × layer, in roster order, then year, then layer; wide,
    /// a row for each roster row × year with the layers as columns and a total.
    ///
    /// Columns: `id, division_code, county, township, name, kind, designation, class, count, year, layer, payer, amount,
    /// unit`; wide, the layers' ids and `total` stand for `layer, payer, amount`. A layer whose id another column has
    /// (such as `county`) is called `county_amount` there.
    #[must_use]
    pub fn table(&self, options: TableOptions) -> Table<'_> {
        let columns = allocation_columns(self.policy(), options);
        Table::new(columns, options.unit, move || Batches::new(self, Beside::Nothing, options))
    }

    /// The allocation for people: places by county in the order in which counties first appear, a subtotal (小计) for
    /// each county and a total (合计).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, options: TableOptions, lang: Lang) -> Result<Report<'_>, Problems> {
        let names = Names::new(self.policy(), lang);
        Reporter { allocation: self, beside: Beside::Nothing, options, lang, names }.allocation()
    }
}

impl Figures {
    /// The allocation as a table, as [`Allocation::table`] has it, with a column for each figure after its own: the figure of
    /// one place of the row in the year. A figure whose id another column has is called `ID_figure`.
    #[must_use]
    pub fn allocation_table(&self, options: TableOptions) -> Table<'_> {
        let mut columns = allocation_columns(self.allocation().policy(), options);
        self.add_columns(&mut columns);
        Table::new(columns, options.unit, move || Batches::new(self.allocation(), Beside::Figures(self), options))
    }

    /// The same for people, as [`Allocation::report`] has it. Figures have no sums.
    ///
    /// # Errors
    ///
    /// As [`Allocation::report`].
    pub fn allocation_report(&self, options: TableOptions, lang: Lang) -> Result<Report<'_>, Problems> {
        let names = Names::new(self.allocation().policy(), lang);
        Reporter { allocation: self.allocation(), beside: Beside::Figures(self), options, lang, names }.allocation()
    }
}

/// The columns of an allocation.
fn allocation_columns(policy: &Policy, options: TableOptions) -> Vec<Column> {
    let mut columns = keys(options.wide);
    if options.wide {
        for layer in policy.layers() {
            let key = layer_key(&layer.id, &columns);
            columns.push(column(&key, layer.name.clone(), ColumnKind::Amount));
        }
        columns.push(column("total", Name::new("合计", "Total"), ColumnKind::Amount));
    } else {
        columns.push(amount_column());
    }
    columns.push(unit_column());
    columns
}

/// What is shown beside the amounts of an allocation.
#[derive(Clone, Copy)]
enum Beside<'a> {
    Nothing,
    /// The same allocation with awards for claims.
    Funded(&'a Allocation),
    Figures(&'a Figures),
}

impl<'a> Beside<'a> {
    fn funded(self) -> Option<&'a Allocation> {
        if let Self::Funded(funded) = self { Some(funded) } else { None }
    }

    fn figures(self) -> Option<&'a Figures> {
        if let Self::Figures(figures) = self { Some(figures) } else { None }
    }
}

/// An allocation with what is funded of it: `claim`, `funded`, `unfunded` for `amount`.
pub(crate) fn funding_table<'a>(claims: &'a Allocation, funded: &'a Allocation, options: TableOptions) -> Table<'a> {
    let options = TableOptions { wide: false, ..options };
    let mut columns = keys(false);
    columns.extend(amount_columns());
    columns.push(unit_column());
    Table::new(columns, options.unit, move || Batches::new(claims, Beside::Funded(funded), options))
}

/// The same for people.
pub(crate) fn funding_report<'a>(
    claims: &'a Allocation,
    funded: &'a Allocation,
    options: TableOptions,
    lang: Lang,
) -> Result<Report<'a>, Problems> {
    let options = TableOptions { wide: false, ..options };
    let names = Names::new(claims.policy(), lang);
    Reporter { allocation: claims, beside: Beside::Funded(funded), options, lang, names }.allocation()
}

/// The words of the columns that say what a row is about, each list without repetitions.
struct KeyWords<'a> {
    county: Rc<[&'a str]>,
    township: Rc<[&'a str]>,
    kind: Rc<[&'a str]>,
    designation: Rc<[&'a str]>,
    class: Rc<[&'a str]>,
    layer: Rc<[&'a str]>,
    payer: Rc<[&'a str]>,
    unit: Rc<[&'a str]>,
}

impl<'a> KeyWords<'a> {
    fn new(data: &'a AllocationData, unit: Unit) -> Self {
        let (policy, roster) = (&data.policy, &data.roster);
        let texts = |texts: &'a [String]| texts.iter().map(String::as_str).collect();
        Self {
            county: roster.county_column().values().collect(),
            township: roster.township_column().values().collect(),
            kind: texts(roster.kinds()),
            designation: texts(roster.designations()),
            class: policy.classes().iter().map(|class| class.id.as_str()).collect(),
            layer: policy.layers().iter().map(|layer| layer.id.as_str()).collect(),
            payer: (0_u32..).take(data.payers().len()).map(|code| data.payer_text(code)).collect(),
            unit: [unit.as_str()].into(),
        }
    }
}

impl<'a> KeyWords<'a> {
    /// The columns that say what each entry is about, as far as its year.
    fn keys(&self, allocation: &'a Allocation, entries: &Entries) -> Vec<Cells<'a>> {
        let (data, roster) = (&*allocation.0, &allocation.0.roster);
        let text = |of: &dyn Fn(usize) -> &'a str| Cells::Text(entries.by_row(of));
        let word = |words: &Rc<[&'a str]>, codes| Cells::Words(Words { words: Rc::clone(words), codes });
        let shape = |row| roster.shape(row);
        let count = |row| i64::try_from(roster.count(row)).unwrap_or(i64::MAX);
        let class = |row| code(data.group(row).and_then(|group| group.class).unwrap_or(usize::MAX));
        vec![
            text(&|row| roster.id(row)),
            text(&|row| roster.division_code(row)),
            word(&self.county, entries.by_row(|row| roster.county_column().code(row))),
            word(&self.township, entries.by_row(|row| roster.township_column().code(row))),
            text(&|row| roster.name(row)),
            word(&self.kind, entries.by_row(|row| shape(row).map_or(0, |shape| shape.kind))),
            word(&self.designation, entries.by_row(|row| shape(row).map_or(0, |shape| shape.designation))),
            word(&self.class, entries.by_row(class)),
            Cells::Integer(entries.by_row(count)),
        ]
    }
}

/// Batches of a table with a row for each row of the roster and computed year in which it is live: the columns that say
/// what a row is about, as far as the year, and `more` columns of these rows and years.
pub(crate) fn batches_by_year<'a>(
    allocation: &'a Allocation,
    more: impl Fn(&[(usize, usize)], &mut Vec<Cells<'a>>),
) -> impl Iterator<Item = Batch<'a>> {
    let words = KeyWords::new(&allocation.0, allocation.policy().unit());
    let mut next = 0..allocation.roster().len();
    std::iter::from_fn(move || {
        let mut entries = Entries::default();
        while entries.years.len() < BATCH_ROWS
            && let Some(row) = next.next()
        {
            let before = entries.years.len();
            let live = allocation.years().iter().filter(|year| allocation.lives(row, **year));
            entries.years.extend(live.map(|year| i64::from(*year)));
            entries.rows.push((row, entries.years.len().saturating_sub(before)));
        }
        let rows = entries.years.len();
        let places = entries.places(allocation.years());
        let mut columns = words.keys(allocation, &entries);
        columns.push(Cells::Integer(entries.years));
        more(&places, &mut columns);
        (rows > 0).then_some(Batch { columns, rows })
    })
}

/// What a row gets from all layers, which was seen to fit.
fn total(fen: &[i64]) -> i64 {
    let total = fen.iter().fold(0_i128, |total, fen| total.saturating_add((*fen).into()));
    i64::try_from(total).sure()
}

/// An index as a code. There are fewer than 2^32 rows, classes and layers.
fn code(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

struct Batches<'a> {
    allocation: &'a Allocation,
    beside: Beside<'a>,
    options: TableOptions,
    row: usize,
    words: KeyWords<'a>,
    /// By group; none where amounts differ from place to place.
    templates: Vec<Option<Template>>,
}

impl<'a> Batches<'a> {
    fn new(allocation: &'a Allocation, beside: Beside<'a>, options: TableOptions) -> Self {
        let words = KeyWords::new(&allocation.0, options.unit);
        let data = &*allocation.0;
        let alike = !options.wide && beside.funded().is_none() && data.split.is_empty();
        let groups = (0_u32..).zip(&data.groups.list).map(|(group, _)| group);
        let templates = groups.map(|group| Template::new(allocation, group, options.zeros).filter(|_| alike)).collect();
        Self { allocation, beside, options, row: 0, words, templates }
    }
}

/// The entries of every row of a group, whose places all have the same amounts.
#[derive(Default)]
struct Template {
    years: Vec<i64>,
    layers: Vec<u32>,
    payers: Vec<Payer>,
    /// Of one place.
    fen: Vec<i64>,
}

impl Template {
    fn new(allocation: &Allocation, group: u32, zeros: bool) -> Option<Self> {
        let data = &*allocation.0;
        let live = data.groups.list.get(index(group))?;
        let layers = data.policy.layers();
        let mut template = Self::default();
        let mut cells = data.group_cells(group).iter();
        for year in &data.years {
            for (number, layer) in layers.iter().enumerate() {
                let fen = match cells.next()? {
                    crate::engine::program::Cell::Uniform(fen) => *fen,
                    crate::engine::program::Cell::Failed => 0,
                    crate::engine::program::Cell::Dense(_) => return None,
                };
                if live.is_live(*year) && (fen != 0 || zeros) {
                    template.years.push((*year).into());
                    template.layers.push(code(number));
                    template.payers.push(layer.payer);
                    template.fen.push(fen);
                }
            }
        }
        Some(template)
    }
}

/// Rows of the table before they are in columns.
#[derive(Default)]
struct Entries {
    /// The roster rows of a batch, and how many entries each has.
    rows: Vec<(usize, usize)>,
    years: Vec<i64>,
    layers: Vec<u32>,
    payers: Vec<u32>,
    /// One list, or claim, funded, unfunded; wide, one for each layer and the total.
    amounts: Vec<Vec<Amount>>,
}

impl Entries {
    /// Adds the entries of a row as its group has them.
    fn push_alike(&mut self, template: &Template, count: u64, code_of: impl Fn(Payer) -> u32) {
        self.years.extend_from_slice(&template.years);
        self.layers.extend_from_slice(&template.layers);
        self.payers.extend(template.payers.iter().map(|payer| code_of(*payer)));
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(amounts) = self.amounts.first_mut() {
            // Overflow was refused when the allocation was made.
            amounts.extend(template.fen.iter().map(|fen| Amount::from_fen(fen.saturating_mul(count))));
        }
    }

    /// The row and the year, by its number, of each entry.
    fn places(&self, years: &[u16]) -> Vec<(usize, usize)> {
        let number = |year: &i64| {
            let year = u16::try_from(*year).ok();
            year.and_then(|year| years.binary_search(&year).ok()).unwrap_or(usize::MAX)
        };
        self.by_row(|row| row).into_iter().zip(self.years.iter().map(number)).collect()
    }

    /// A list that has what `of` says of each roster row once for each of its entries.
    fn by_row<T: Copy>(&self, of: impl Fn(usize) -> T) -> Vec<T> {
        let mut list = Vec::with_capacity(self.years.len());
        for (row, entries) in &self.rows {
            let value = of(*row);
            list.extend(std::iter::repeat_n(value, *entries));
        }
        list
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Batch<'a>;

    fn next(&mut self) -> Option<Batch<'a>> {
        let (allocation, data) = (self.allocation, &*self.allocation.0);
        let (policy, roster) = (&data.policy, &data.roster);
        let layers = policy.layers();
        let mut entries = Entries::default();
        entries.amounts.resize(amounts(policy, self.options, self.beside.funded()), Vec::new());
        let mut fen: Vec<i64> = Vec::with_capacity(layers.len());
        let groups = data.groups.of_row(roster);
        while self.row < roster.len() && entries.years.len() < BATCH_ROWS {
            let row = self.row;
            self.row = self.row.saturating_add(1);
            let before = entries.years.len();
            let payer = |payer: Payer| data.payer_code(row, payer);
            let template = groups.get(row).and_then(|group| self.templates.get(index(*group))).and_then(Option::as_ref);
            if let Some(template) = template {
                entries.push_alike(template, roster.count(row), payer);
                entries.rows.push((row, template.years.len()));
                continue;
            }
            for (at, year) in data.years.iter().enumerate().filter(|(_, year)| allocation.lives(row, **year)) {
                fen.clear();
                fen.extend((0..layers.len()).map(|layer| data.row_fen(row, at, layer)));
                if self.options.wide {
                    if !self.options.zeros && fen.iter().all(|fen| *fen == 0) {
                        continue;
                    }
                    let total = total(&fen);
                    for (column, fen) in entries.amounts.iter_mut().zip(fen.iter().chain([&total])) {
                        column.push(Amount::from_fen(*fen));
                    }
                    entries.years.push((*year).into());
                    continue;
                }
                for (number, (layer, fen)) in layers.iter().zip(&fen).enumerate() {
                    if *fen == 0 && !self.options.zeros {
                        continue;
                    }
                    let values = [*fen].into_iter().chain(parts(self.beside.funded(), *fen, (row, at, number)));
                    for (column, fen) in entries.amounts.iter_mut().zip(values) {
                        column.push(Amount::from_fen(fen));
                    }
                    entries.years.push((*year).into());
                    entries.layers.push(code(number));
                    entries.payers.push(payer(layer.payer));
                }
            }
            entries.rows.push((row, entries.years.len().saturating_sub(before)));
        }
        if entries.years.is_empty() {
            return None;
        }
        let word = |words: &Rc<[&'a str]>, codes| Cells::Words(Words { words: Rc::clone(words), codes });
        let (words, rows) = (&self.words, entries.years.len());
        let figures = self.beside.figures().map(|figures| (figures, entries.places(&data.years)));
        let mut columns = words.keys(allocation, &entries);
        columns.push(Cells::Integer(entries.years));
        if !self.options.wide {
            columns.push(word(&words.layer, entries.layers));
            columns.push(word(&words.payer, entries.payers));
        }
        columns.extend(entries.amounts.into_iter().map(Cells::Amount));
        columns.push(word(&words.unit, vec![0; rows]));
        if let Some((figures, places)) = figures {
            figures.add_cells(&places, &mut columns);
        }
        Some(Batch { columns, rows })
    }
}

/// How many columns of amounts there are.
fn amounts(policy: &Policy, options: TableOptions, funded: Option<&Allocation>) -> usize {
    match (options.wide, funded) {
        (true, _) => policy.layers().len().saturating_add(1),
        (false, Some(_)) => amount_columns().len(),
        (false, None) => 1,
    }
}

/// What is funded of a claim, and what is not.
fn parts(
    funded: Option<&Allocation>,
    claim: i64,
    (row, year, layer): (usize, usize, usize),
) -> impl Iterator<Item = i64> {
    let funded = funded.map(|funded| funded.0.row_fen(row, year, layer));
    funded.into_iter().flat_map(move |funded| [funded, claim.saturating_sub(funded)])
}

impl Grouping {
    pub(crate) fn column(self) -> Column {
        let kind = if self == Self::Year { ColumnKind::Integer } else { ColumnKind::Text };
        column(self.as_str(), self.header(), kind)
    }
}

impl Totals {
    /// The totals as a table: the grouping columns, `count`, `amount`, `unit`.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        totals_table(self, unit)
    }

    /// The totals for people: with subtotals (小计) by the first grouping column where there are several, and a total
    /// (合计).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        totals_report(self, unit, lang)
    }
}

/// The grouping values of some rows.
pub(crate) fn grouping_cells(totals: &impl TotalRows, by: usize, rows: Range<usize>) -> Cells<'_> {
    match totals.by().get(by) {
        Some(Grouping::Year) => Cells::Integer(rows.map(|row| totals.year(row, by).into()).collect()),
        _ => Cells::Text(rows.map(|row| totals.text(row, by)).collect()),
    }
}

/// Totals as a table: the grouping columns, `count`, `amount`, `unit`.
pub(crate) fn totals_table(totals: &impl TotalRows, unit: Unit) -> Table<'_> {
    let mut columns: Vec<Column> = totals.by().iter().copied().map(Grouping::column).collect();
    columns.push(column("count", Name::new("数量", "Count"), ColumnKind::Integer));
    columns.push(amount_column());
    columns.push(unit_column());
    Table::new(columns, unit, move || {
        let starts = (0..totals.len()).step_by(BATCH_ROWS);
        starts.map(move |start| {
            let rows = start..start.saturating_add(BATCH_ROWS).min(totals.len());
            let mut columns: Vec<Cells<'_>> =
                (0..totals.by().len()).map(|by| grouping_cells(totals, by, rows.clone())).collect();
            let count = |row: usize| i64::try_from(totals.places(row)).unwrap_or(i64::MAX);
            columns.push(Cells::Integer(rows.clone().map(count).collect()));
            columns.push(Cells::Amount(rows.clone().map(|row| totals.amount(row)).collect()));
            columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
            Batch { rows: rows.len(), columns }
        })
    })
}

/// Totals for people: with subtotals by the first grouping column where there are several, and a total.
pub(crate) fn totals_report<T: TotalRows>(totals: &T, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
    let names = Names::new(totals.policy(), lang);
    let mut columns: Vec<(String, ColumnKind)> = totals
        .by()
        .iter()
        .map(|grouping| {
            let kind = if *grouping == Grouping::Year { ColumnKind::Integer } else { ColumnKind::Text };
            (grouping.header().get(lang).to_owned(), kind)
        })
        .collect();
    columns.push((Name::new("数量", "Count").get(lang).to_owned(), ColumnKind::Integer));
    columns.push((Name::new("金额", "Amount").get(lang).to_owned(), ColumnKind::Amount));
    let total = totals.total()?;
    // Subtotals count each place once, so that they are totals of their own.
    let subtotals = if totals.by().len() > 1 { Some(totals.by_first()?) } else { None };
    let sums: HashMap<u32, (u64, Amount)> =
        subtotals.iter().flatten().map(|(code, count, amount)| (*code, (*count, *amount))).collect();
    // Where each value of the first column ends, and whether it has a subtotal.
    let mut blocks: Vec<(usize, bool)> = Vec::new();
    for row in 0..totals.len() {
        match blocks.last_mut() {
            Some((end, many)) if totals.code(row.saturating_sub(1), 0) == totals.code(row, 0) => {
                (*end, *many) = (row.saturating_add(1), subtotals.is_some());
            }
            _ => blocks.push((row.saturating_add(1), false)),
        }
    }
    let sums_shown = blocks.iter().filter(|(_, many)| *many).count();
    let count = totals.len().saturating_add(sums_shown).saturating_add(1);
    let title = names.summed(names.title(), totals.by(), totals.years());
    let notes = names.notes();
    let rows = ReportRows::made(count, move |each| {
        let figures = |(count, amount): (u64, Amount)| {
            [Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX)), Cell::Amount(amount)]
        };
        let mut cells: Vec<Cell<'_>> = Vec::new();
        let mut rows = 0..totals.len();
        let mut done = 0_usize;
        for (end, many) in &blocks {
            for row in rows.by_ref().take(end.saturating_sub(done)) {
                cells.clear();
                cells.extend((0..totals.by().len()).map(|by| names.total_cell(totals, row, by)));
                cells.extend(figures((totals.places(row), totals.amount(row))));
                each(RowKind::Row, &cells)?;
            }
            if *many {
                let first = end.saturating_sub(1);
                let sum = sums.get(&totals.code(first, 0)).copied().sure();
                cells.clear();
                cells.extend([names.total_cell(totals, first, 0), Cell::Text(Cow::Borrowed(names.subtotal()))]);
                cells.resize(totals.by().len(), Cell::Blank);
                cells.extend(figures(sum));
                each(RowKind::Subtotal, &cells)?;
            }
            done = *end;
        }
        let mut cells: Vec<Cell<'_>> = vec![Cell::Blank; totals.by().len()];
        if let Some(first) = cells.first_mut() {
            *first = Cell::Text(Cow::Borrowed(names.total()));
        }
        cells.extend(figures(total));
        each(RowKind::Total, &cells)
    });
    Ok(Report { lang, decimals: None, title, unit, columns, rows, notes })
}

/// The words of a policy for people.
pub(crate) struct Names<'a> {
    policy: &'a Policy,
    lang: Lang,
}

impl<'a> Names<'a> {
    pub(crate) fn new(policy: &'a Policy, lang: Lang) -> Self {
        Self { policy, lang }
    }

    pub(crate) const fn lang(&self) -> Lang {
        self.lang
    }

    pub(crate) fn total(&self) -> &'static str {
        self.lang.pick("合计", "Total")
    }

    pub(crate) fn subtotal(&self) -> &'static str {
        self.lang.pick("小计", "Subtotal")
    }

    pub(crate) fn not_stated(&self) -> &'static str {
        self.lang.pick("（未列明）", "(not stated)")
    }

    fn title(&self) -> String {
        self.titled("资金测算表", "funding by place")
    }

    /// The policy's title and what the table is.
    pub(crate) fn titled(&self, zh: &'static str, en: &'static str) -> String {
        format!("{} · {}", self.policy.heading(self.lang), self.lang.pick(zh, en))
    }

    /// The title of sums: it says which years there are, or, where no column has them, which are added up.
    pub(crate) fn summed(&self, title: String, by: &[Grouping], years: &[u16]) -> String {
        if by.contains(&Grouping::Year) || years.len() < 2 {
            return self.of_years(title, years);
        }
        words::SUM_OF_YEARS.with(&[&title, &years_text(years)]).to_text(self.lang)
    }

    /// The title of a table of some years.
    pub(crate) fn of_years(&self, title: String, years: &[u16]) -> String {
        if years.is_empty() { title } else { words::OF_YEAR.with(&[&title, &years_text(years)]).to_text(self.lang) }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        vec![policy_line(self.policy, self.lang)]
    }

    fn kind(&self, id: &'a str) -> &'a str {
        self.policy.kinds().iter().find(|named| named.id == id).map_or(id, |named| named.name.get(self.lang))
    }

    fn designation(&self, id: &'a str) -> &'a str {
        self.policy.designations().iter().find(|named| named.id == id).map_or(id, |named| named.name.get(self.lang))
    }

    /// The cells that say which place a row is about, as far as its count.
    pub(crate) fn place_cells(&self, roster: &'a Roster, row: usize, has_township: bool, cells: &mut Vec<Cell<'a>>) {
        cells.clear();
        cells.push(self.text(roster.county(row)));
        if has_township {
            cells.push(text_cell(roster.township(row)));
        }
        cells.push(text_cell(roster.name(row)));
        if !self.policy.kinds().is_empty() {
            cells.push(text_cell(self.kind(roster.kind(row))));
        }
        if !self.policy.designations().is_empty() {
            cells.push(text_cell(self.designation(roster.designation(row))));
        }
        cells.push(Cell::Integer(i64::try_from(roster.count(row)).unwrap_or(i64::MAX)));
    }

    pub(crate) fn text(&self, text: &'a str) -> Cell<'a> {
        Cell::Text(Cow::Borrowed(if text.is_empty() { self.not_stated() } else { text }))
    }

    /// Who pays for a row in a layer, for people: a body by its name.
    pub(crate) fn payer(&self, data: &'a AllocationData, row: usize, layer: &Layer) -> Cell<'a> {
        self.payer_of_code(data, data.payer_code(row, layer.payer))
    }

    fn payer_of_code(&self, data: &'a AllocationData, code: u32) -> Cell<'a> {
        match data.payers().body(code).and_then(|body| data.policy.payer(body)) {
            Some(body) => self.text(body.name.get(self.lang)),
            None => self.text(data.payer_text(code)),
        }
    }

    /// A grouping value for people.
    pub(crate) fn total_cell(&self, totals: &'a impl TotalRows, row: usize, by: usize) -> Cell<'a> {
        let id = totals.text(row, by);
        let at = index(totals.code(row, by));
        let lang = self.lang;
        let policy = totals.policy();
        match totals.by().get(by) {
            Some(Grouping::Year) => Cell::Integer(totals.year(row, by).into()),
            Some(Grouping::Kind) => self.text(word(policy.kinds(), id, lang)),
            Some(Grouping::Designation) => self.text(word(policy.designations(), id, lang)),
            Some(Grouping::Class) => self.text(policy.classes().get(at).map_or(id, |class| class.name.get(lang))),
            Some(Grouping::Layer) => self.text(policy.layers().get(at).map_or(id, |layer| layer.name.get(lang))),
            // The same text is the same payer.
            Some(Grouping::Payer) => self.text(word(policy.payers(), id, lang)),
            _ => self.text(id),
        }
    }
}

impl<'a> Names<'a> {
    /// A grouping value of a place for people, by its text.
    pub(crate) fn grouped(&self, grouping: Grouping, text: &'a str) -> Cell<'a> {
        let classes = self.policy.classes();
        match grouping {
            Grouping::Kind => self.text(word(self.policy.kinds(), text, self.lang)),
            Grouping::Designation => self.text(word(self.policy.designations(), text, self.lang)),
            Grouping::Class => {
                let class = classes.iter().find(|class| class.id == text);
                self.text(class.map_or(text, |class| class.name.get(self.lang)))
            }
            _ => self.text(text),
        }
    }
}

fn word<'a>(known: &'a [crate::policy::Named], id: &'a str, lang: Lang) -> &'a str {
    known.iter().find(|named| named.id == id).map_or(id, |named| named.name.get(lang))
}

/// The policy, its version, its status and what was changed of it in one line, as every result states them.
#[must_use]
pub fn policy_line(policy: &Policy, lang: Lang) -> String {
    let version = policy.version().map(|version| words::VERSION.with(&[&version]));
    let status = policy.source().status.map(|status| status.label(lang));
    let message = match (version, status) {
        (None, None) => words::POLICY.with(&[policy]),
        (Some(version), None) => words::POLICY_WITH.with(&[policy, &version]),
        (None, Some(status)) => words::POLICY_WITH.with(&[policy, &status]),
        (Some(version), Some(status)) => words::POLICY_WITH_BOTH.with(&[policy, &version, &status]),
    };
    match policy.changes_text(lang) {
        Some(changes) => words::POLICY_CHANGED.with(&[&message, &changes]).to_text(lang),
        None => message.to_text(lang),
    }
}

/// Ascending years, with those that follow each other as a span: `2023–2025`, `2023, 2025`.
pub(crate) fn years_text(years: &[u16]) -> Argument {
    let follow = |a: &u16, b: &u16| a.checked_add(1) == Some(*b);
    let span = |span: &[u16]| match span {
        [first, .., last] => format!("{first}–{last}"),
        span => span.first().map_or(String::new(), u16::to_string),
    };
    Argument::list(years.chunk_by(follow).map(span))
}

/// The columns that tell people what a row is about, and whether townships are among them.
pub(crate) fn columns_for_people(allocation: &Allocation, wide: bool, lang: Lang) -> (Vec<(String, ColumnKind)>, bool) {
    let (policy, roster) = (allocation.policy(), allocation.roster());
    let has_township = roster.iter().any(|place| !place.township().is_empty());
    let mut columns = Vec::new();
    for column in keys(wide) {
        let shown = match column.key.as_str() {
            "id" | "division_code" | "class" => false,
            "township" => has_township,
            "kind" => !policy.kinds().is_empty(),
            "designation" => !policy.designations().is_empty(),
            _ => true,
        };
        if shown {
            columns.push((column.header.get(lang).to_owned(), column.kind));
        }
    }
    (columns, has_township)
}

struct Reporter<'a> {
    allocation: &'a Allocation,
    beside: Beside<'a>,
    options: TableOptions,
    lang: Lang,
    names: Names<'a>,
}

/// Sums of one column of amounts, and of the places counted.
struct Sum {
    fen: Vec<i128>,
    places: u64,
}

impl<'a> Reporter<'a> {
    fn allocation(self) -> Result<Report<'a>, Problems> {
        let allocation = self.allocation;
        let (policy, roster) = (allocation.policy(), allocation.roster());
        let wide = self.options.wide;
        let (mut columns, has_township) = columns_for_people(allocation, wide, self.lang);
        let labels = columns.len();
        let amounts = amounts(policy, self.options, self.beside.funded());
        if self.beside.funded().is_some() {
            columns.extend(amount_columns().map(|column| (column.header.get(self.lang).to_owned(), column.kind)));
        } else if wide {
            columns
                .extend(policy.layers().iter().map(|layer| (layer.name.get(self.lang).to_owned(), ColumnKind::Amount)));
            columns.push((self.names.total().to_owned(), ColumnKind::Amount));
        } else {
            columns.push((Name::new("金额", "Amount").get(self.lang).to_owned(), ColumnKind::Amount));
        }
        if let Some(figures) = self.beside.figures() {
            let mut of_figures = Vec::new();
            figures.add_columns(&mut of_figures);
            columns.extend(of_figures.iter().map(|column| (column.header.get(self.lang).to_owned(), column.kind)));
        }
        let width = columns.len();
        let count_at = columns.iter().position(|(header, _)| *header == *Name::new("数量", "Count").get(self.lang));
        // Places by county, counties in the order in which they first appear.
        let mut order: Vec<usize> = (0..roster.len()).collect();
        order.sort_by_key(|row| roster.county_column().code(*row));
        let by_county = allocation.totals(&[Grouping::County], true)?;
        let places_of: HashMap<String, u64> = by_county.iter().map(|row| (row.key(0), row.count())).collect();
        let mut grand = Sum { fen: vec![0; amounts], places: 0 };
        let mut counties: Vec<OfCounty<'a>> = Vec::new();
        let mut count = 1_usize;
        let mut cells = Vec::new();
        for block in order.chunk_by(|a, b| roster.county_column().code(*a) == roster.county_column().code(*b)) {
            let mut sum = Sum { fen: vec![0; amounts], places: 0 };
            let mut rows = 0_usize;
            for row in block {
                // Nothing breaks off.
                _ = self.place(*row, has_township, &mut cells, &mut |_, values| {
                    rows = rows.saturating_add(1);
                    for (sum, fen) in sum.fen.iter_mut().zip(values) {
                        *sum = sum.saturating_add((*fen).into());
                    }
                    ControlFlow::Continue(())
                });
            }
            for (grand, fen) in grand.fen.iter_mut().zip(&sum.fen) {
                *grand = grand.saturating_add(*fen);
            }
            count = count.saturating_add(rows);
            let mut subtotal = None;
            if rows > 1 {
                let county = block.first().map_or("", |row| roster.county(*row));
                sum.places = places_of.get(county).copied().sure();
                let first = vec![self.names.text(county), Cell::Text(Cow::Borrowed(self.names.subtotal()))];
                subtotal = Some(sum_row(RowKind::Subtotal, first, (labels, width), count_at, &sum)?);
                count = count.saturating_add(1);
            }
            counties.push(OfCounty { rows: block.len(), subtotal });
        }
        grand.places = allocation.totals(&[], true)?.iter().next().map_or(0, |row| row.count());
        let first = vec![Cell::Text(Cow::Borrowed(self.names.total()))];
        let total = sum_row(RowKind::Total, first, (labels, width), count_at, &grand)?;
        let (lang, unit, notes) = (self.lang, self.options.unit, self.names.notes());
        let title = if self.beside.funded().is_some() { funding_title(&self.names) } else { self.names.title() };
        let title = self.names.of_years(title, allocation.years());
        let rows = ReportRows::made(count, move |each| {
            let mut rest = order.as_slice();
            let mut cells = Vec::new();
            for county in &counties {
                let (block, after) = rest.split_at_checked(county.rows).unwrap_or((rest, &[]));
                rest = after;
                for row in block {
                    self.place(*row, has_township, &mut cells, &mut |cells, _| each(RowKind::Row, cells))?;
                }
                if let Some(row) = &county.subtotal {
                    each(row.kind, &row.cells)?;
                }
            }
            each(total.kind, &total.cells)
        });
        Ok(Report { lang, decimals: None, title, unit, columns, rows, notes })
    }

    /// The rows of one place: the cells of each, which stand in `cells`, and its amounts in fen.
    fn place(
        &self,
        row: usize,
        has_township: bool,
        cells: &mut Vec<Cell<'a>>,
        each: &mut EachOfPlace<'_>,
    ) -> ControlFlow<()> {
        let data = &*self.allocation.0;
        let (policy, roster) = (&data.policy, &data.roster);
        self.names.place_cells(roster, row, has_township, cells);
        let labels = cells.len();
        let mut values: Vec<i64> = Vec::new();
        for (at, year) in data.years.iter().enumerate().filter(|(_, year)| self.allocation.lives(row, **year)) {
            cells.truncate(labels);
            cells.push(Cell::Integer((*year).into()));
            let of_layer = |layer: usize| data.row_fen(row, at, layer);
            if self.options.wide {
                values.clear();
                values.extend((0..policy.layers().len()).map(of_layer));
                if !self.options.zeros && values.iter().all(|fen| *fen == 0) {
                    continue;
                }
                values.push(total(&values));
                cells.extend(values.iter().map(|fen| Cell::Amount(Amount::from_fen(*fen))));
                self.figures(row, at, cells);
                each(cells, &values)?;
                continue;
            }
            for (number, layer) in policy.layers().iter().enumerate() {
                let fen = of_layer(number);
                if fen == 0 && !self.options.zeros {
                    continue;
                }
                cells.truncate(labels.saturating_add(1));
                cells.push(Cell::Text(Cow::Borrowed(layer.name.get(self.lang))));
                cells.push(self.names.payer(data, row, layer));
                values.clear();
                values.extend([fen].into_iter().chain(parts(self.beside.funded(), fen, (row, at, number))));
                cells.extend(values.iter().map(|fen| Cell::Amount(Amount::from_fen(*fen))));
                self.figures(row, at, cells);
                each(cells, &values)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The cells of figures, where they are shown.
    fn figures(&self, row: usize, at: usize, cells: &mut Vec<Cell<'a>>) {
        let Some(figures) = self.beside.figures() else { return };
        let of_figures = 0..self.allocation.policy().figures().len();
        cells.extend(of_figures.map(|figure| number_cell(figures.at(row, at, figure))));
    }
}

/// A text for people.
pub(crate) fn text_cell(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Blank } else { Cell::Text(Cow::Borrowed(text)) }
}

/// A number for people.
pub(crate) fn number_cell<'a>(number: Option<Decimal>) -> Cell<'a> {
    number.map_or(Cell::Blank, |number| Cell::Text(Cow::Owned(number.normalize().to_string())))
}

/// What takes the cells of a row, and its amounts in fen.
type EachOfPlace<'f> = dyn FnMut(&[Cell<'_>], &[i64]) -> ControlFlow<()> + 'f;

/// How many places of a roster lie in a county, one after another, and the row under them.
struct OfCounty<'a> {
    rows: usize,
    subtotal: Option<ReportRow<'a>>,
}

fn sum_row<'a>(
    kind: RowKind,
    mut cells: Vec<Cell<'a>>,
    (labels, width): (usize, usize),
    count_at: Option<usize>,
    sum: &Sum,
) -> Result<ReportRow<'a>, Problems> {
    cells.resize(labels, Cell::Blank);
    if let Some(count) = count_at.and_then(|at| cells.get_mut(at)) {
        *count = Cell::Integer(i64::try_from(sum.places).unwrap_or(i64::MAX));
    }
    for fen in &sum.fen {
        let Ok(fen) = i64::try_from(*fen) else { return Err(overflow()) };
        cells.push(Cell::Amount(Amount::from_fen(fen)));
    }
    // Figures are not summed.
    cells.resize(width, Cell::Blank);
    Ok(ReportRow { kind, cells })
}

/// A total of a table for people is too large.
pub(crate) fn overflow() -> Problems {
    Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE).expected(common::CHECK_UNITS).into()
}

/// The amounts of a place or group: claim, funded, unfunded.
pub(crate) fn amount_columns() -> [Column; 3] {
    let amount = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Amount);
    [
        amount("claim", "应安排金额", "Claim"),
        amount("funded", "可安排金额", "Funded"),
        amount("unfunded", "缺口", "Unfunded"),
    ]
}

/// The title of tables of a funding.
pub(crate) fn funding_title(names: &Names<'_>) -> String {
    names.titled("资金保障测算表", "funding within limits")
}
