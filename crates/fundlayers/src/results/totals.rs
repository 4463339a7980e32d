//! Totals of an allocation by any grouping.
//!
//! Alike recipients are counted, not added: rows of the same group (class and years) have the same amounts, so that a
//! total needs one pass that counts rows and then one multiplication per group and kind of row. Only amounts that differ
//! from place to place are added one by one. Sums run in 128 bits; a total beyond 2^63 − 1 fen is an error.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::engine::fit::Groups;
use crate::engine::payers::paying_column;
use crate::engine::program::{Cell, Dense};
use crate::engine::store::AllocationData;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::results as words;
use crate::ground::ids::index;
use crate::ground::language::Name;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::ground::text::{did_you_mean_names, split_list, typed};
use crate::ground::titles::synonyms;
use crate::policy::{Payer, Policy};
use crate::results::allocation::Allocation;
use crate::roster::Places;

/// What totals can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Grouping {
    /// The recipient's id.
    Id,
    /// The county.
    County,
    /// The township.
    Township,
    /// The kind.
    Kind,
    /// The designation.
    Designation,
    /// The class.
    Class,
    /// The year.
    Year,
    /// The layer.
    Layer,
    /// Who answers for the layer.
    Payer,
}

impl Grouping {
    /// Every grouping.
    pub const ALL: [Self; 9] = [
        Self::Id,
        Self::County,
        Self::Township,
        Self::Kind,
        Self::Designation,
        Self::Class,
        Self::Year,
        Self::Layer,
        Self::Payer,
    ];

    /// The column's key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::County => "county",
            Self::Township => "township",
            Self::Kind => "kind",
            Self::Designation => "designation",
            Self::Class => "class",
            Self::Year => "year",
            Self::Layer => "layer",
            Self::Payer => "payer",
        }
    }

    /// The column's header for people.
    #[must_use]
    pub fn header(self) -> Name {
        let (zh, en) = match self {
            Self::Id => ("编码", "Id"),
            Self::County => ("区县", "County"),
            Self::Township => ("乡镇", "Township"),
            Self::Kind => ("类型", "Kind"),
            Self::Designation => ("认定层级", "Designation"),
            Self::Class => ("类别", "Class"),
            Self::Year => ("年度", "Year"),
            Self::Layer => ("安排层级", "Layer"),
            Self::Payer => ("安排主体", "Payer"),
        };
        Name::new(zh, en)
    }

    /// Reads groupings by their keys, their names in either language or what else offices call the column, each once; several
    /// in one text have commas of either kind between.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`] for each that is not known or stands twice.
    pub fn parse_all<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Problems> {
        let mut problems = Problems::new();
        let mut list = Vec::new();
        for key in keys.into_iter().flat_map(split_list) {
            let word = typed(key);
            let is = |grouping: &Self| {
                let name = grouping.header();
                grouping.as_str() == word
                    || name.zh == word
                    || name.en.eq_ignore_ascii_case(&word)
                    || synonyms(grouping.as_str()).contains(&word.as_str())
            };
            match Self::ALL.into_iter().find(is) {
                Some(grouping) if list.contains(&grouping) => {
                    problems.push(
                        Problem::new(Code::UnknownGrouping, words::GROUPED_TWICE)
                            .found(key)
                            .expected(words::EACH_COLUMN_ONCE),
                    );
                }
                Some(grouping) => list.push(grouping),
                None => {
                    let known = Self::ALL.map(|grouping| (grouping.as_str(), grouping.header()));
                    let hint = did_you_mean_names(key, &known);
                    problems.push(Problem::new(Code::UnknownGrouping, words::NO_GROUPING).found(key).expected(hint));
                }
            }
        }
        if problems.is_empty() { Ok(list) } else { Err(problems) }
    }

    pub(crate) fn is_of_row(self) -> bool {
        !matches!(self, Self::Year | Self::Layer | Self::Payer)
    }

    /// Whether it is a column of the roster itself, whatever the policy.
    pub(crate) fn is_of_place(self) -> bool {
        self.is_of_row() && self != Self::Class
    }
}

impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Totals by a grouping, in roster, year and layer order.
///
/// ```
/// # use fundlayers::{Allocation, Policy, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None), ("count", None)]);
/// # builder.push_row(None, &[Cell::Text("a"), Cell::Text("5")]);
/// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// use fundlayers::{Amount, Grouping};
/// let totals = allocation.totals(&[Grouping::Year], false)?;
/// let first = totals.iter().next().expect("two years");
/// assert_eq!((first.key(0), first.count(), first.amount()), ("2024".into(), 5, Amount::from_fen(1_500)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Totals {
    allocation: Allocation,
    by: Vec<Grouping>,
    /// Codes of the grouping values, `by.len()` for each row.
    codes: Vec<u32>,
    counts: Vec<u64>,
    amounts: Vec<Amount>,
    tally: Arc<Tally>,
}

/// A row of [`Totals`].
#[derive(Debug, Clone, Copy)]
pub struct TotalRow<'a> {
    totals: &'a Totals,
    row: usize,
}

impl Totals {
    /// What the totals are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        &self.by
    }

    /// The allocation.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.amounts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = TotalRow<'_>> {
        (0..self.len()).map(|row| TotalRow { totals: self, row })
    }

    /// The codes of a row's grouping values.
    pub(crate) fn codes(&self, row: usize) -> Codes {
        let mut codes = Codes::default();
        for by in 0..self.by.len() {
            put(&mut codes, by, self.code(row, by));
        }
        codes
    }

    /// A grouping value of a row as text.
    pub(crate) fn key(&self, row: usize, by: usize) -> String {
        TotalRow { totals: self, row }.key(by)
    }

    pub(crate) fn code(&self, row: usize, by: usize) -> u32 {
        self.codes.get(row.saturating_mul(self.by.len()).saturating_add(by)).copied().sure()
    }

    /// The text of a grouping value; blank for a year, which is a number.
    pub(crate) fn text(&self, row: usize, by: usize) -> &str {
        let code = self.code(row, by);
        let (policy, roster) = (self.allocation.policy(), self.allocation.roster());
        match self.by.get(by) {
            Some(Grouping::Id) => self.tally.row_of_place.get(index(code)).map_or("", |row| roster.id(index(*row))),
            Some(Grouping::County) => roster.county_column().value(code),
            Some(Grouping::Township) => roster.township_column().value(code),
            Some(Grouping::Kind) => roster.kinds().get(index(code)).map_or("", String::as_str),
            Some(Grouping::Designation) => roster.designations().get(index(code)).map_or("", String::as_str),
            Some(Grouping::Class) => policy.classes().get(index(code)).map_or("", |class| class.id.as_str()),
            Some(Grouping::Layer) => policy.layers().get(index(code)).map_or("", |layer| layer.id.as_str()),
            Some(Grouping::Payer) => self.allocation.0.payer_text(code),
            Some(Grouping::Year) | None => "",
        }
    }

    pub(crate) fn year(&self, row: usize, by: usize) -> u16 {
        self.allocation.years().get(index(self.code(row, by))).copied().sure()
    }

    /// The rows by the distinct values of a grouping column, a row for each, in the order of the column.
    pub(crate) fn distinct(&self, by: usize) -> Vec<usize> {
        distinct(self, by, |row| {
            let code = self.code(row, by);
            let rank = match self.by.get(by) {
                Some(Grouping::Class) => index(self.tally.class_order.get(index(code)).copied().sure()),
                Some(Grouping::Payer) => self.allocation.0.payers().first_layer(code),
                _ => 0,
            };
            (rank, code)
        })
    }
}

/// The rows by the distinct values of a grouping column, a row for each, in the order of their ranks.
pub(crate) fn distinct<R: Ord>(totals: &impl TotalRows, by: usize, rank: impl Fn(usize) -> R) -> Vec<usize> {
    let mut known: Vec<bool> = Vec::new();
    let mut rows: Vec<usize> = Vec::new();
    for row in 0..totals.len() {
        let code = index(totals.code(row, by));
        if known.len() <= code {
            known.resize(code.saturating_add(1), false);
        }
        if let Some(known) = known.get_mut(code).filter(|known| !**known) {
            *known = true;
            rows.push(row);
        }
    }
    rows.sort_by_cached_key(|row| rank(*row));
    rows
}

/// Totals as tables lay them out, wherever they come from.
pub(crate) trait TotalRows: Send + Sync {
    fn policy(&self) -> &Policy;
    /// The computed years.
    fn years(&self) -> &[u16];
    fn by(&self) -> &[Grouping];
    fn len(&self) -> usize;
    /// The places of the roster, if they are of one.
    fn roster(&self) -> Option<&Places> {
        None
    }
    /// A number for each grouping value; the index of a class or layer.
    fn code(&self, row: usize, by: usize) -> u32;
    /// A grouping value; blank for a year.
    fn text(&self, row: usize, by: usize) -> &str;
    fn year(&self, row: usize, by: usize) -> u16;
    /// The rows by the distinct values of a grouping column, a row for each, in the order of the column.
    fn distinct(&self, by: usize) -> Vec<usize>;
    /// Places with an amount, each once.
    fn places(&self, row: usize) -> u64;
    fn amount(&self, row: usize) -> Amount;
    /// Places and amount of everything.
    fn total(&self) -> Result<(u64, Amount), Problems>;
    /// The same by the values of the first grouping column.
    fn by_first(&self) -> Result<Vec<(u32, u64, Amount)>, Problems>;
}

impl TotalRows for Totals {
    fn policy(&self) -> &Policy {
        self.allocation.policy()
    }

    fn years(&self) -> &[u16] {
        self.allocation.years()
    }

    fn by(&self) -> &[Grouping] {
        &self.by
    }

    fn roster(&self) -> Option<&Places> {
        Some(self.allocation.roster())
    }

    fn len(&self) -> usize {
        self.amounts.len()
    }

    fn code(&self, row: usize, by: usize) -> u32 {
        Self::code(self, row, by)
    }

    fn text(&self, row: usize, by: usize) -> &str {
        Self::text(self, row, by)
    }

    fn year(&self, row: usize, by: usize) -> u16 {
        Self::year(self, row, by)
    }

    fn distinct(&self, by: usize) -> Vec<usize> {
        Self::distinct(self, by)
    }

    fn places(&self, row: usize) -> u64 {
        self.counts.get(row).copied().sure()
    }

    fn amount(&self, row: usize) -> Amount {
        self.amounts.get(row).copied().sure()
    }

    fn total(&self) -> Result<(u64, Amount), Problems> {
        let total = self.allocation.totals(&[], true)?;
        Ok(total.iter().next().map_or((0, Amount::ZERO), |row| (row.count(), row.amount())))
    }

    fn by_first(&self) -> Result<Vec<(u32, u64, Amount)>, Problems> {
        let first: Vec<Grouping> = self.by.iter().take(1).copied().collect();
        let totals = self.allocation.totals(&first, true)?;
        Ok(totals.iter().zip(0..).map(|(row, at)| (totals.code(at, 0), row.count(), row.amount())).collect())
    }
}

impl TotalRow<'_> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, by: usize) -> String {
        if self.totals.by.get(by) == Some(&Grouping::Year) {
            return self.totals.year(self.row, by).to_string();
        }
        self.totals.text(self.row, by).to_owned()
    }

    /// Places with an amount, each once.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.totals.counts.get(self.row).copied().sure()
    }

    /// The total.
    #[must_use]
    pub fn amount(&self) -> Amount {
        self.totals.amounts.get(self.row).copied().sure()
    }
}

impl Allocation {
    /// Totals by any grouping: a row for each group with a non-zero amount, with `zeros` also for groups whose amounts are
    /// all zero. Without grouping columns there is one row.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn totals(&self, by: &[Grouping], zeros: bool) -> Result<Totals, Problems> {
        let mut sums = Sums::new(self, by, &Arc::new(Tally::new(self, by)));
        sums.count();
        sums.add_dense(true);
        sums.totals(by, zeros)
    }

    /// Hands out the totals that [`Allocation::totals`] gives with `zeros`, not yet held to 64 bits, each with how many there are at
    /// most. `tally` serves the allocation and the grouping.
    pub(crate) fn each_wide_sum(&self, by: &[Grouping], tally: &Arc<Tally>, each: impl FnMut(usize, WideSum)) {
        let mut sums = Sums::new(self, by, tally);
        sums.count();
        sums.add_dense(true);
        sums.each_row(by, true, each);
    }

    /// Totals with a row for every group that is live, without counts of places where these would cost a pass over the
    /// rows. `tally` was made for the same roster and groups by [`Tally::new`].
    pub(crate) fn amounts_by(&self, by: &[Grouping], tally: &Arc<Tally>) -> Result<Totals, Problems> {
        Sums::amounts(self, by, tally).totals(by, true)
    }

    /// The same, not yet held to 64 bits.
    pub(crate) fn wide_amounts_by(&self, by: &[Grouping], tally: &Arc<Tally>) -> Vec<WideSum> {
        Sums::amounts(self, by, tally).rows(by, true)
    }
}

/// The rows of a roster counted by group and by the grouping values that belong to rows: what totals have in common
/// whatever the amounts are.
#[derive(Debug)]
pub(crate) struct Tally {
    groups: Arc<Groups>,
    /// Grouping columns of the row, and those that payers need.
    columns: Vec<RowColumn>,
    buckets: Buckets,
    /// The grouping values of each bucket.
    values: Vec<u32>,
    /// Places by bucket × group, where there are any.
    places: Vec<(usize, u64)>,
    /// The order of classes, where grouped by class.
    class_order: Vec<u32>,
    /// A row of each place, where grouped by id.
    row_of_place: Vec<u32>,
}

/// What rows are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowColumn {
    Of(Grouping),
    /// What an attribute says of who pays.
    Payer(Payer),
}

impl RowColumn {
    /// The column that says who pays; none for one body.
    fn paying(payer: Payer) -> Option<Self> {
        match payer {
            Payer::Body(_) => None,
            Payer::County => Some(Self::Of(Grouping::County)),
            payer @ Payer::Attribute(_) => Some(Self::Payer(payer)),
        }
    }

    /// The code of a row.
    fn code(self, allocation: &Allocation, row: usize) -> u32 {
        match self {
            Self::Of(grouping) => row_code(allocation, grouping, row),
            Self::Payer(payer) => {
                let column = paying_column(allocation.policy(), allocation.roster(), payer);
                column.map_or(0, |column| column.code(row))
            }
        }
    }
}

/// The grouping columns that belong to rows, and those that payers need.
fn row_columns(policy: &Policy, by: &[Grouping]) -> Vec<RowColumn> {
    let of_rows = by.iter().copied().filter(|grouping| grouping.is_of_row());
    let mut columns: Vec<RowColumn> = of_rows.map(RowColumn::Of).collect();
    if by.contains(&Grouping::Payer) {
        for column in policy.layers().iter().filter_map(|layer| RowColumn::paying(layer.payer)) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    columns
}

impl Tally {
    /// Counts the rows of an allocation for totals by a grouping.
    pub(crate) fn new(allocation: &Allocation, by: &[Grouping]) -> Self {
        let data = &*allocation.0;
        let columns = row_columns(&data.policy, by);
        let buckets = Buckets::new(allocation, &columns);
        let groups = data.groups.list.len();
        let size = buckets.len().saturating_mul(groups);
        let at = |bucket: usize, group: u32| bucket.wrapping_mul(groups).wrapping_add(index(group));
        let of_row = data.groups.of_row(&data.roster).iter().copied();
        let counties = data.roster.county_column().codes();
        let counted = |places: Vec<u64>| places.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        // Few rows over many buckets and groups are sorted instead of counted in a table of all pairs.
        let sparse = size > data.roster.len().saturating_mul(4).saturating_add(1 << 16);
        let places: Vec<(usize, u64)> = match (&buckets, data.roster.counts()) {
            // There are fewer than 2^32 rows of less than 2^32 places.
            (Buckets::One, _) => {
                counted(data.groups.places.iter().map(|places| u64::try_from(*places).unwrap_or(u64::MAX)).collect())
            }
            (buckets, _) if sparse => {
                let rows = of_row.enumerate();
                let mut rows: Vec<(usize, u64)> =
                    rows.map(|(row, group)| (at(buckets.of(allocation, row), group), data.roster.count(row))).collect();
                rows.sort_unstable();
                let alike = rows.chunk_by(|a, b| a.0 == b.0);
                let sum = |rows: &[(usize, u64)]| rows.iter().fold(0, |sum: u64, row| sum.wrapping_add(row.1));
                alike.map(|rows| (rows.first().map_or(0, |row| row.0), sum(rows))).collect()
            }
            (Buckets::County(_), None) if counties.len() == data.roster.len() => {
                // There are fewer than 2^32 rows.
                let mut rows = vec![0_u32; size];
                for (group, county) in of_row.zip(counties) {
                    if let Some(slot) = rows.get_mut(at(index(*county), group)) {
                        *slot = slot.wrapping_add(1);
                    }
                }
                counted(rows.into_iter().map(u64::from).collect())
            }
            (buckets, _) => {
                let mut rows = vec![0_u64; size];
                for (row, group) in of_row.enumerate() {
                    if let Some(slot) = rows.get_mut(at(buckets.of(allocation, row), group)) {
                        *slot = slot.wrapping_add(data.roster.count(row));
                    }
                }
                counted(rows)
            }
        };
        Self {
            groups: Arc::clone(&data.groups),
            values: buckets.values(allocation, &columns),
            class_order: if by.contains(&Grouping::Class) { class_order(allocation) } else { Vec::new() },
            row_of_place: if by.contains(&Grouping::Id) { rows_of_places(allocation) } else { Vec::new() },
            columns,
            buckets,
            places,
        }
    }

    /// The grouping value of a bucket in a column.
    fn value(&self, bucket: usize, column: RowColumn) -> Option<u32> {
        let at = self.columns.iter().position(|known| *known == column)?;
        self.values.get(bucket.saturating_mul(self.columns.len()).saturating_add(at)).copied()
    }

    /// The code of who pays for the rows of a bucket.
    fn payer(&self, data: &AllocationData, bucket: usize, payer: Payer) -> u32 {
        let of_column = RowColumn::paying(payer).and_then(|column| self.value(bucket, column));
        data.payers().code(payer, of_column.unwrap_or_default())
    }

    /// The first sub-key of each bucket that has the same year and the same payer as another, by bucket × sub-key.
    fn same_payers(&self, data: &AllocationData, subs: &[(u32, u32, Option<usize>)]) -> Vec<usize> {
        let mut same = Vec::with_capacity(self.buckets.len().saturating_mul(subs.len()));
        for bucket in 0..self.buckets.len() {
            let key = |(year, _, payer): &(u32, u32, Option<usize>)| {
                let layer = data.policy.layers().get(payer.sure());
                (*year, layer.map(|layer| self.payer(data, bucket, layer.payer)))
            };
            let keys: Vec<_> = subs.iter().map(key).collect();
            let first = |key| keys.iter().position(|other| other == key).unwrap_or_default();
            same.extend(keys.iter().map(first));
        }
        same
    }

    /// Whether it serves another allocation of the same roster for the same grouping.
    pub(crate) fn serves(&self, allocation: &Allocation, by: &[Grouping]) -> bool {
        Arc::ptr_eq(&self.groups, &allocation.0.groups) && self.columns == row_columns(&allocation.0.policy, by)
    }
}

/// One group of rows as totals see it.
struct Part<'a> {
    /// Fen of the cells that are the same for all places, by sub-key.
    uniform: Vec<i128>,
    /// Whether one of them is not zero.
    uniform_some: Vec<bool>,
    /// Columns of the other cells, with their sub-key.
    dense: Vec<(usize, &'a Dense)>,
    /// Whether the group is live in a year of the sub-key.
    live: Vec<bool>,
}

impl Part<'_> {
    /// Whether a place of a row has an amount in a sub-key; of a split row, one of its last members.
    fn has_amount(&self, row: usize, sub: usize) -> bool {
        let dense = |(of, column): &(usize, &Dense)| *of == sub && column.amounts.get(row).is_some_and(|fen| *fen != 0);
        self.uniform_some.get(sub).copied().sure() || self.dense.iter().any(dense)
    }
}

struct Sums<'a> {
    allocation: &'a Allocation,
    tally: Arc<Tally>,
    /// Sub-key of each year × layer.
    sub_of: Vec<usize>,
    /// Year, layer and payer's layer of each sub-key, as far as they are grouped by.
    subs: Vec<(u32, u32, Option<usize>)>,
    parts: Vec<Part<'a>>,
    /// Which sub-key each sub-key of each bucket is one with, where payers of different kinds have a text in common.
    same: Option<Vec<usize>>,
    /// Where the places of each bucket × sub-key are counted, where buckets that are shown as one have places in common.
    shown: Option<Vec<usize>>,
    /// By bucket × sub-key.
    fen: Vec<i128>,
    places: Vec<u64>,
    live: Vec<bool>,
}

/// The bucket of each row: rows with the same row-level grouping values.
#[derive(Debug)]
enum Buckets {
    /// One for all.
    One,
    /// A code by row.
    Codes(Vec<u32>, usize),
    /// The county's code.
    County(usize),
}

impl<'a> Sums<'a> {
    fn new(allocation: &'a Allocation, by: &[Grouping], tally: &Arc<Tally>) -> Self {
        let data = &*allocation.0;
        let policy = &data.policy;
        let by_payer = by.contains(&Grouping::Payer);
        let (mut sub_of, mut subs) = (Vec::new(), Vec::new());
        for year in 0..data.years.len() {
            for (number, layer) in policy.layers().iter().enumerate() {
                let code = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
                let first = policy.layers().iter().position(|other| other.payer == layer.payer);
                let sub = (
                    if by.contains(&Grouping::Year) { code(year) } else { 0 },
                    if by.contains(&Grouping::Layer) { code(number) } else { 0 },
                    first.filter(|_| by_payer),
                );
                let known = subs.iter().position(|other| *other == sub);
                sub_of.push(known.unwrap_or(subs.len()));
                if known.is_none() {
                    subs.push(sub);
                }
            }
        }
        // In the order that rows of totals have, so that they need not be sorted.
        let mut order: Vec<usize> = (0..subs.len()).collect();
        let sub_rank = |sub: usize| -> Vec<usize> {
            let (year, layer, payer) = subs.get(sub).copied().sure();
            let rank = |grouping: &Grouping| match grouping {
                Grouping::Year => Some(index(year)),
                Grouping::Layer => Some(index(layer)),
                Grouping::Payer => payer,
                _ => None,
            };
            by.iter().filter_map(rank).collect()
        };
        order.sort_by_cached_key(|sub| sub_rank(*sub));
        let subs: Vec<(u32, u32, Option<usize>)> = order.iter().filter_map(|sub| subs.get(*sub).copied()).collect();
        for sub in &mut sub_of {
            *sub = order.iter().position(|old| old == sub).unwrap_or_default();
        }
        let parts = (0_u32..)
            .zip(&data.groups.list)
            .map(|(number, group)| {
                let mut part = Part {
                    uniform: vec![0; subs.len()],
                    uniform_some: vec![false; subs.len()],
                    dense: Vec::new(),
                    live: vec![false; subs.len()],
                };
                for (at, cell) in data.group_cells(number).iter().enumerate() {
                    let Some(sub) = sub_of.get(at).copied() else { continue };
                    let year = at.checked_div(policy.layers().len()).and_then(|year| data.years.get(year));
                    if let Some(live) = part.live.get_mut(sub) {
                        *live |= year.is_some_and(|year| group.is_live(*year));
                    }
                    match cell {
                        Cell::Uniform(fen) => {
                            if let (Some(sum), Some(some)) = (part.uniform.get_mut(sub), part.uniform_some.get_mut(sub))
                            {
                                *sum = sum.saturating_add((*fen).into());
                                *some |= *fen != 0;
                            }
                        }
                        Cell::Dense(column) => {
                            part.dense.extend(data.dense.get(*column).map(|column| (sub, &**column)));
                        }
                        Cell::Failed => {}
                    }
                }
                part
            })
            .collect();
        let size = tally.buckets.len().saturating_mul(subs.len());
        let may_share = by_payer && !by.contains(&Grouping::Layer) && data.payers().is_shared();
        let same = may_share.then(|| tally.same_payers(data, &subs));
        let mut sums = Self {
            allocation,
            tally: Arc::clone(tally),
            sub_of,
            subs,
            parts,
            same,
            shown: None,
            fen: vec![0; size],
            places: vec![0; size],
            live: vec![false; size],
        };
        let has_hidden = sums.tally.columns.iter().any(|column| match column {
            RowColumn::Of(grouping) => !by.contains(grouping),
            RowColumn::Payer(_) => true,
        });
        if has_hidden && data.roster.ids_repeat() {
            sums.shown = Some(sums.shown_as_one(by, size));
        }
        sums
    }

    /// Without counts of places where these would cost a pass over the rows.
    fn amounts(allocation: &'a Allocation, by: &[Grouping], tally: &Arc<Tally>) -> Self {
        let mut sums = Self::new(allocation, by, tally);
        sums.count();
        sums.add_dense(false);
        sums
    }

    /// The first bucket × sub-key with the same codes as each.
    fn shown_as_one(&self, by: &[Grouping], size: usize) -> Vec<usize> {
        let mut first: HashMap<Codes, usize> = HashMap::new();
        let (sources, subs) = (self.sources(by), self.subs.len());
        let one = |at: usize| {
            let (Some(bucket), Some(sub)) = (at.checked_div(subs), at.checked_rem(subs)) else { return at };
            *first.entry(self.codes(&sources, (bucket, sub))).or_insert(at)
        };
        (0..size).map(one).collect()
    }

    /// The codes of the grouping values of a bucket × sub-key.
    fn codes(&self, sources: &[CodeSource], (bucket, sub): (usize, usize)) -> Codes {
        let data = &*self.allocation.0;
        let (year, layer, payer) = self.subs.get(sub).copied().sure();
        let values = bucket.saturating_mul(self.tally.columns.len());
        let mut codes = Codes::default();
        for (slot, source) in codes.iter_mut().zip(sources) {
            *slot = match source {
                CodeSource::Year => year,
                CodeSource::Layer => layer,
                CodeSource::Payer => {
                    let layer = data.policy.layers().get(payer.sure());
                    layer.map_or(u32::MAX, |layer| self.tally.payer(data, bucket, layer.payer))
                }
                CodeSource::Column(at) => {
                    self.tally.values.get(values.saturating_add(*at)).copied().unwrap_or_default()
                }
            };
        }
        codes
    }

    /// What tells the codes of some grouping columns.
    fn sources(&self, by: &[Grouping]) -> Vec<CodeSource> {
        let source = |grouping: &Grouping| match grouping {
            Grouping::Year => CodeSource::Year,
            Grouping::Layer => CodeSource::Layer,
            Grouping::Payer => CodeSource::Payer,
            grouping => {
                let at = self.tally.columns.iter().position(|column| *column == RowColumn::Of(*grouping));
                CodeSource::Column(at.unwrap_or(usize::MAX))
            }
        };
        by.iter().map(source).collect()
    }

    /// Where the places of a bucket × sub-key are counted.
    fn counted_at(&self, at: usize) -> usize {
        self.shown.as_ref().and_then(|shown| shown.get(at)).copied().unwrap_or(at)
    }

    /// Where the figures of a bucket and sub-key stand.
    fn at(&self, bucket: usize, sub: usize) -> usize {
        let start = bucket.saturating_mul(self.subs.len());
        let at = start.saturating_add(sub);
        self.same.as_ref().and_then(|same| same.get(at)).map_or(at, |first| start.saturating_add(*first))
    }

    /// Whether places are to be known one by one to be counted once: where ids repeat, or a payer pays in several ways.
    fn counts_one_by_one(&self) -> bool {
        self.allocation.roster().ids_repeat() || self.same.is_some()
    }

    /// Adds what is the same for all places of a group, from how many these are.
    fn count(&mut self) {
        let groups = self.parts.len();
        let (subs, one_by_one) = (self.subs.len(), self.counts_one_by_one());
        let tally = Arc::clone(&self.tally);
        for (at, count) in tally.places.iter().copied() {
            let (Some(bucket), Some(group)) = (at.checked_div(groups), at.checked_rem(groups)) else { continue };
            let Some(part) = self.parts.get(group) else { continue };
            let no_column = part.dense.is_empty();
            let parts = part.uniform.iter().zip(&part.uniform_some).zip(&part.live);
            let start = bucket.saturating_mul(subs);
            let same = self.same.as_ref().map(|same| same.get(start..).sure());
            for (sub, ((uniform, some), is_live)) in parts.enumerate() {
                let at = start.saturating_add(same.and_then(|same| same.get(sub)).copied().unwrap_or(sub));
                let slots = (self.fen.get_mut(at), self.places.get_mut(at), self.live.get_mut(at));
                let (Some(fen), Some(places), Some(live)) = slots else { continue };
                *fen = fen.saturating_add(uniform.saturating_mul(count.into()));
                *live |= is_live;
                if *some && no_column && !one_by_one {
                    *places = places.saturating_add(count);
                }
            }
        }
    }

    /// Adds what differs from place to place, and counts the places of such groups; where ids repeat, of all.
    ///
    /// A column that several years share is summed once. It holds 0 for rows that it does not serve.
    fn add_dense(&mut self, counting: bool) {
        let data = &*self.allocation.0;
        if !(counting && self.counts_one_by_one()) && self.parts.iter().all(|part| part.dense.is_empty()) {
            return;
        }
        let subs = self.subs.len();
        // The columns of each sub-key, each once.
        let mut columns_of: Vec<Vec<usize>> = vec![Vec::new(); subs];
        let mut uses: Vec<Vec<u32>> = vec![vec![0; subs]; data.dense.len()];
        for (at, sub) in self.sub_of.iter().enumerate() {
            let cells =
                (0_u32..).zip(&data.groups.list).filter_map(|(group, _)| match data.group_cells(group).get(at) {
                    Some(Cell::Dense(column)) => Some(*column),
                    _ => None,
                });
            let mut here: Vec<usize> = cells.collect();
            here.sort_unstable();
            here.dedup();
            for column in here {
                if let Some(count) = uses.get_mut(column).and_then(|subs| subs.get_mut(*sub)) {
                    *count = count.saturating_add(1);
                }
                if let Some(list) = columns_of.get_mut(*sub).filter(|list| !list.contains(&column)) {
                    list.push(column);
                }
            }
        }
        for (column, uses) in data.dense.iter().zip(&uses) {
            let sums = self.column_sums(column);
            for (bucket, sum) in sums.iter().enumerate().filter(|(_, sum)| **sum != 0) {
                for (sub, uses) in uses.iter().enumerate().filter(|(_, uses)| **uses > 0) {
                    let at = self.at(bucket, sub);
                    if let Some(slot) = self.fen.get_mut(at) {
                        *slot = slot.saturating_add(sum.saturating_mul((*uses).into()));
                    }
                }
            }
        }
        if !counting {
            // Places are not asked for.
        } else if self.counts_one_by_one() {
            self.count_repeated();
        } else {
            self.count_dense(&columns_of);
        }
        self.correct_splits();
    }

    /// The sum of a column of amounts over the members of all rows, by bucket.
    fn column_sums(&self, column: &Dense) -> Vec<i128> {
        let mut sums = vec![0_i128; self.tally.buckets.len()];
        let counts = self.allocation.roster().counts();
        for (row, fen) in column.amounts.iter().enumerate() {
            let count = counts.map_or(1, |counts| counts.get(row).copied().sure());
            if let Some(sum) = sums.get_mut(self.tally.buckets.of(self.allocation, row)) {
                // Below 2^63 × 2^32 each, and at most 2^32 of them.
                *sum = sum.wrapping_add(i128::from(*fen).wrapping_mul(count.into()));
            }
        }
        sums
    }

    /// Counts the places with an amount in groups whose amounts differ from place to place. Sub-keys with the same columns
    /// are counted once.
    fn count_dense(&mut self, columns_of: &[Vec<usize>]) {
        let subs = self.subs.len();
        let some_of = |sub: usize| -> Vec<bool> {
            self.parts.iter().map(|part| part.uniform_some.get(sub).copied().sure()).collect()
        };
        let dense_groups: Vec<bool> = self.parts.iter().map(|part| !part.dense.is_empty()).collect();
        let mut known: Vec<(Vec<usize>, Vec<bool>, Vec<u64>)> = Vec::new();
        for (sub, columns) in columns_of.iter().enumerate() {
            let some = some_of(sub);
            let at = known.iter().position(|(c, s, _)| c == columns && *s == some).unwrap_or_else(|| {
                let counts = self.dense_places(columns, &some, &dense_groups);
                known.push((columns.clone(), some, counts));
                known.len().saturating_sub(1)
            });
            let Some((.., counts)) = known.get(at) else { continue };
            for (bucket, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                if let Some(places) = self.places.get_mut(bucket.saturating_mul(subs).saturating_add(sub)) {
                    *places = places.saturating_add(*count);
                }
            }
        }
    }

    /// Places with an amount by bucket, in groups that have columns: all of a group with another amount, else those whose
    /// columns are not zero.
    fn dense_places(&self, columns: &[usize], some: &[bool], dense_groups: &[bool]) -> Vec<u64> {
        let data = &*self.allocation.0;
        let columns: Vec<&[i64]> = columns
            .iter()
            .filter_map(|column| data.dense.get(*column))
            .map(|column| column.amounts.as_slice())
            .collect();
        let mut counts = vec![0_u64; self.tally.buckets.len()];
        let flag = |flags: &[bool], group: u32| flags.get(index(group)).copied().sure();
        for (row, group) in data.groups.of_row(&data.roster).iter().enumerate() {
            if !flag(dense_groups, *group) {
                continue;
            }
            let has = flag(some, *group) || columns.iter().any(|column| column.get(row).is_some_and(|fen| *fen != 0));
            if has && let Some(count) = counts.get_mut(self.tally.buckets.of(self.allocation, row)) {
                *count = count.saturating_add(data.roster.count(row));
            }
        }
        counts
    }

    /// Counts places one by one: a place on several rows once, with its largest count, whichever hidden columns tell the
    /// rows apart.
    fn count_repeated(&mut self) {
        let data = &*self.allocation.0;
        let subs = self.subs.len();
        let mut largest: HashMap<(usize, usize), u64> = HashMap::new();
        for (row, group) in data.groups.of_row(&data.roster).iter().enumerate() {
            let Some(part) = self.parts.get(index(*group)) else { continue };
            let bucket = self.tally.buckets.of(self.allocation, row);
            for sub in 0..subs {
                if part.has_amount(row, sub) {
                    let at = self.counted_at(self.at(bucket, sub));
                    let count = largest.entry((at, data.roster.place(row))).or_default();
                    *count = (*count).max(data.roster.count(row));
                }
            }
        }
        let mut largest: Vec<_> = largest.into_iter().collect();
        largest.sort_unstable();
        for ((at, _), count) in largest {
            if let Some(places) = self.places.get_mut(at) {
                *places = places.saturating_add(count);
            }
        }
    }

    /// Puts right the rows whose members do not all get the same.
    fn correct_splits(&mut self) {
        let data = &*self.allocation.0;
        let mut rows: Vec<u32> = data.split.iter().map(|split| split.row).collect();
        rows.dedup();
        for row in rows {
            let row = index(row);
            let group = data.groups.of_row(&data.roster).get(row).copied().unwrap_or(u32::MAX);
            let bucket = self.tally.buckets.of(self.allocation, row);
            let mut all: Vec<(usize, usize)> = (0..self.subs.len()).map(|sub| (self.at(bucket, sub), sub)).collect();
            all.sort_unstable();
            for alike in all.chunk_by(|a, b| a.0 == b.0) {
                let at = alike.first().map_or(usize::MAX, |(at, _)| *at);
                let subs: Vec<usize> = alike.iter().map(|(_, sub)| *sub).collect();
                let part = self.parts.get(index(group));
                let counted = part.is_some_and(|part| subs.iter().any(|sub| part.has_amount(row, *sub)));
                let was = if counted { data.roster.count(row) } else { 0 };
                let is = self.split_places(row, &subs, at);
                let counted_at = self.counted_at(at);
                if let Some(places) = self.places.get_mut(counted_at) {
                    *places = places.saturating_sub(was).saturating_add(is);
                }
            }
        }
    }

    /// Corrects the sum of a split row in sub-keys that are one, and counts its members with an amount there.
    fn split_places(&mut self, row: usize, subs: &[usize], at: usize) -> u64 {
        let data = &*self.allocation.0;
        let layers = data.policy.layers().len();
        let count = data.roster.count(row);
        // Members keep their order over years and layers: the first ones have a step more.
        let mut ends: Vec<u64> = vec![count];
        for split in data.splits_of(row) {
            let mut end = 0_u64;
            for (members, _) in &split.segments {
                end = end.saturating_add(*members);
                ends.push(end);
            }
        }
        ends.sort_unstable();
        ends.dedup();
        let cells = self.sub_of.iter().enumerate().filter(|(_, of)| subs.contains(of));
        let cells: Vec<(usize, usize)> =
            cells.filter_map(|(at, _)| Some((at.checked_div(layers)?, at.checked_rem(layers)?))).collect();
        for (year, layer) in &cells {
            if let (Some(split), Some(slot)) = (data.split(row, *year), self.fen.get_mut(at)) {
                let alike = i128::from(data.place_fen(row, *year, *layer)).saturating_mul(count.into());
                *slot = slot.saturating_add(split.total(*layer).into()).saturating_sub(alike);
            }
        }
        let mut places = 0_u64;
        let mut start = 0_u64;
        for end in ends {
            let has = cells.iter().any(|(year, layer)| data.member_fen(row, start, *year, *layer) != 0);
            if has {
                places = places.saturating_add(end.saturating_sub(start));
            }
            start = end;
        }
        places
    }

    /// What a row is sorted by: the order of first appearance, which codes follow, except for classes and payers.
    fn ranks(&self, by: &[Grouping], row: &WideSum, class_order: &[u32]) -> Ranks {
        let mut ranks = Ranks::default();
        let mut at = 0_usize;
        for (grouping, code) in by.iter().zip(row.codes) {
            let rank = match grouping {
                Grouping::Class => class_order.get(index(code)).copied().sure(),
                Grouping::Payer => {
                    // By the first layer that the payer may pay for.
                    let layer = self.allocation.0.payers().first_layer(code);
                    put(&mut ranks, at, u32::try_from(layer).unwrap_or(u32::MAX));
                    at = at.saturating_add(1);
                    code
                }
                _ => code,
            };
            put(&mut ranks, at, rank);
            at = at.saturating_add(1);
        }
        ranks
    }

    /// The rows in order, each with its places and fen.
    fn rows(&self, by: &[Grouping], zeros: bool) -> Vec<WideSum> {
        let mut rows = Vec::new();
        self.each_row(by, zeros, |_, row| rows.push(row));
        rows
    }

    /// Goes through the rows in order, each with how many there are at most.
    fn each_row(&self, by: &[Grouping], zeros: bool, mut each: impl FnMut(usize, WideSum)) {
        let sources = self.sources(by);
        let subs = self.subs.len().max(1);
        // What places get and what others pay in may come to 0.
        let is_shown = |fen: i128, places: u64, is_live: bool| fen != 0 || places != 0 || (zeros && is_live);
        let all = self.fen.iter().zip(&self.live).zip(&self.places);
        let mut rows: Vec<WideSum> =
            Vec::with_capacity(all.filter(|((fen, live), places)| is_shown(**fen, **places, **live)).count());
        let buckets = self.fen.chunks(subs).zip(self.live.chunks(subs)).zip(self.places.chunks(subs));
        for (bucket, ((fens, lives), places)) in buckets.enumerate() {
            for (sub, ((fen, live), places)) in fens.iter().zip(lives).zip(places).enumerate() {
                if is_shown(*fen, *places, *live) {
                    let codes = self.codes(&sources, (bucket, sub));
                    rows.push(WideSum { codes, places: *places, fen: *fen });
                }
            }
        }
        if by.iter().any(|grouping| matches!(grouping, Grouping::Class | Grouping::Payer)) {
            let ranks = |row: &WideSum| self.ranks(by, row, &self.tally.class_order);
            if !rows.is_sorted_by_key(ranks) {
                rows.sort_by_cached_key(ranks);
            }
        } else if !rows.is_sorted_by_key(|row| row.codes) {
            rows.sort_by_key(|row| row.codes);
        }
        // Columns that only payers need are hidden: rows that then look alike are one.
        for alike in rows.chunk_by(|a, b| a.codes == b.codes) {
            let (mut fen, mut places) = (0_i128, 0_u64);
            for row in alike {
                fen = fen.saturating_add(row.fen);
                places = places.saturating_add(row.places);
            }
            let codes = alike.first().map_or_else(Codes::default, |row| row.codes);
            each(rows.len(), WideSum { codes, places, fen });
        }
    }

    fn totals(self, by: &[Grouping], zeros: bool) -> Result<Totals, Problems> {
        let mut totals = Totals {
            allocation: self.allocation.clone(),
            by: by.to_vec(),
            codes: Vec::new(),
            counts: Vec::new(),
            amounts: Vec::new(),
            tally: Arc::clone(&self.tally),
        };
        let mut fits = Ok(());
        self.each_row(by, zeros, |most, row| {
            if totals.amounts.is_empty() {
                totals.codes.reserve_exact(most.saturating_mul(by.len()));
                totals.counts.reserve_exact(most);
                totals.amounts.reserve_exact(most);
            }
            totals.codes.extend(row.codes.iter().take(by.len()));
            totals.counts.push(row.places);
            match row.amount() {
                Ok(amount) => totals.amounts.push(amount),
                Err(problems) => fits = Err(problems),
            }
        });
        fits?;
        if totals.is_empty() && by.is_empty() {
            totals.counts.push(0);
            totals.amounts.push(Amount::ZERO);
        }
        Ok(totals)
    }
}

/// A row of totals whose amount may be beyond 64 bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WideSum {
    pub(crate) codes: Codes,
    pub(crate) places: u64,
    pub(crate) fen: i128,
}

impl WideSum {
    /// The amount, which 64 bits must hold.
    pub(crate) fn amount(&self) -> Result<Amount, Problems> {
        let fen = i64::try_from(self.fen).map_err(|_| {
            let problem = Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE);
            Problems::from(problem.expected(words::CHECK_UNITS_OR_GROUP_FINER))
        })?;
        Ok(Amount::from_fen(fen))
    }
}

/// Codes of the grouping values of a row, in the order of the grouping.
pub(crate) type Codes = [u32; Grouping::ALL.len()];
/// What a row is sorted by; payers need two numbers.
type Ranks = [u32; Grouping::ALL.len() + 1];

/// What tells the code of a grouping column.
enum CodeSource {
    Year,
    Layer,
    Payer,
    /// A column of rows, by its place among those of the tally.
    Column(usize),
}

/// The codes of the grouping values of a row, year (by index) and layer.
pub(crate) fn codes_of(allocation: &Allocation, by: &[Grouping], row: usize, year: usize, layer: usize) -> Codes {
    let code = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut codes = Codes::default();
    for (at, grouping) in by.iter().enumerate() {
        let value = match grouping {
            Grouping::Year => code(year),
            Grouping::Layer => code(layer),
            Grouping::Payer => {
                let layer = allocation.policy().layers().get(layer);
                layer.map_or(u32::MAX, |layer| allocation.0.payer_code(row, layer.payer))
            }
            grouping => row_code(allocation, *grouping, row),
        };
        put(&mut codes, at, value);
    }
    codes
}

pub(crate) fn put(list: &mut [u32], at: usize, number: u32) {
    if let Some(slot) = list.get_mut(at) {
        *slot = number;
    }
}

/// The order in which classes first appear in the roster; those that do not come last.
fn class_order(allocation: &Allocation) -> Vec<u32> {
    let data = &*allocation.0;
    let mut order = vec![u32::MAX; data.policy.classes().len()];
    let mut seen = 0_u32;
    let mut group_seen = vec![false; data.groups.list.len()];
    for group in data.groups.of_row(&data.roster) {
        let Some(known) = group_seen.get_mut(index(*group)).filter(|known| !**known) else { continue };
        *known = true;
        let class = data.groups.list.get(index(*group)).and_then(|group| group.class);
        if let Some(slot) = class.and_then(|class| order.get_mut(class)).filter(|slot| **slot == u32::MAX) {
            *slot = seen;
            seen = seen.saturating_add(1);
        }
    }
    order
}

/// The first row of each place.
fn rows_of_places(allocation: &Allocation) -> Vec<u32> {
    let roster = allocation.roster();
    let mut rows = vec![u32::MAX; roster.place_count()];
    for (row, number) in (0..roster.len()).zip(0_u32..) {
        if let Some(slot) = rows.get_mut(roster.place(row)).filter(|slot| **slot == u32::MAX) {
            *slot = number;
        }
    }
    rows
}

impl Buckets {
    fn new(allocation: &Allocation, columns: &[RowColumn]) -> Self {
        let roster = allocation.roster();
        match columns {
            [] => Self::One,
            [RowColumn::Of(Grouping::County)] => Self::County(roster.county_column().value_count()),
            [RowColumn::Of(Grouping::Id)] => {
                // Places count from 0 in the order in which they first appear, as buckets do.
                let place = |row: usize| u32::try_from(roster.place(row)).unwrap_or(u32::MAX);
                Self::Codes((0..roster.len()).map(place).collect(), roster.place_count())
            }
            columns => {
                let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
                let mut codes = Vec::with_capacity(roster.len());
                let mut key: Vec<u32> = Vec::new();
                for row in 0..roster.len() {
                    key.clear();
                    key.extend(columns.iter().map(|column| column.code(allocation, row)));
                    let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                    let code = known.get(&key).copied().unwrap_or_else(|| {
                        known.insert(key.clone(), next);
                        next
                    });
                    codes.push(code);
                }
                Self::Codes(codes, known.len())
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::One => 1,
            Self::Codes(_, len) | Self::County(len) => *len,
        }
    }

    fn of(&self, allocation: &Allocation, row: usize) -> usize {
        match self {
            Self::One => 0,
            Self::Codes(codes, _) => codes.get(row).map_or(0, |code| index(*code)),
            Self::County(_) => index(allocation.roster().county_column().code(row)),
        }
    }

    /// The grouping values of each bucket.
    fn values(&self, allocation: &Allocation, columns: &[RowColumn]) -> Vec<u32> {
        match self {
            Self::One => Vec::new(),
            Self::County(len) => (0_u32..).take(*len).collect(),
            Self::Codes(codes, len) => {
                let mut values = vec![u32::MAX; len.saturating_mul(columns.len())];
                let mut done = vec![false; *len];
                for (row, code) in codes.iter().enumerate() {
                    let Some(done) = done.get_mut(index(*code)).filter(|done| !**done) else { continue };
                    *done = true;
                    let start = index(*code).saturating_mul(columns.len());
                    for (slot, column) in values.iter_mut().skip(start).zip(columns) {
                        *slot = column.code(allocation, row);
                    }
                }
                values
            }
        }
    }
}

/// The code of a grouping value of a row.
pub(crate) fn row_code(allocation: &Allocation, column: Grouping, row: usize) -> u32 {
    let roster = allocation.roster();
    match column {
        Grouping::Id => u32::try_from(roster.place(row)).unwrap_or(u32::MAX),
        Grouping::County => roster.county_column().code(row),
        Grouping::Township => roster.township_column().code(row),
        Grouping::Kind => roster.shape(row).map_or(0, |shape| shape.kind),
        Grouping::Designation => roster.shape(row).map_or(0, |shape| shape.designation),
        Grouping::Class => allocation
            .0
            .group(row)
            .and_then(|group| group.class)
            .and_then(|class| u32::try_from(class).ok())
            .unwrap_or(u32::MAX),
        Grouping::Year | Grouping::Layer | Grouping::Payer => 0,
    }
}
