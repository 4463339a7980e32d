//! Totals of a roster in parts, in the order that those of the whole have.

use super::sums::{Sum, Sums};
use super::words::Rank;
use super::{NamedRow, Summed};
use crate::ground::ids::index;
use crate::ground::language::Lang;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::policy::Policy;
use crate::results::tables::{totals_report, totals_table};
use crate::results::totals::{Codes, Grouping, TotalRows, WideSum, distinct, put};
use crate::tables::table::{Report, Table};

/// Totals of a roster in parts: what [`Totals`](crate::Totals) are of a whole one.
#[derive(Debug, Clone)]
pub struct SummedTotals {
    of: Summed,
    by: Vec<Grouping>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    codes: Codes,
    places: u64,
    amount: Amount,
    /// The fen of amounts below 0 by themselves, where places are named.
    below: i128,
}

/// A row of [`SummedTotals`].
#[derive(Debug, Clone, Copy)]
pub struct SummedRow<'a> {
    totals: &'a SummedTotals,
    row: usize,
}

impl SummedRow<'_> {
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
        self.totals.places(self.row)
    }

    /// The total.
    #[must_use]
    pub fn amount(&self) -> Amount {
        TotalRows::amount(self.totals, self.row)
    }
}

impl SummedTotals {
    /// One of the tables of a summary.
    pub(super) fn new(of: &Summed, table: usize, zeros: bool) -> Result<Self, Problems> {
        let by = of.summing().tables.get(table).map_or(&[][..], Vec::as_slice);
        let sums = of.summary().tables.get(table).into_iter().flat_map(Sums::iter);
        let shown = |(_, sum): &(Codes, &Sum)| zeros || sum.fen != 0 || sum.places != 0;
        let sums: Vec<(Codes, &Sum)> = sums.filter(shown).collect();
        let orders: Vec<Order> = by.iter().map(|grouping| Order::new(of, *grouping)).collect();
        let place = |codes: &Codes| {
            let mut places = Codes::default();
            for (at, (order, code)) in orders.iter().zip(codes).enumerate() {
                put(&mut places, at, order.of(*code));
            }
            places
        };
        let mut ranked: Vec<(Codes, Codes, &Sum)> =
            sums.into_iter().map(|(codes, sum)| (place(&codes), codes, sum)).collect();
        ranked.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let mut rows = Vec::with_capacity(ranked.len());
        for (_, codes, sum) in ranked {
            let wide = WideSum { codes, places: sum.places, fen: sum.fen };
            rows.push(Row { codes, places: sum.places, amount: wide.amount()?, below: sum.below });
        }
        if rows.is_empty() && by.is_empty() {
            rows.push(Row { codes: Codes::default(), places: 0, amount: Amount::ZERO, below: 0 });
        }
        Ok(Self { of: of.clone(), by: by.to_vec(), rows })
    }

    /// What the totals are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        &self.by
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = SummedRow<'_>> {
        (0..self.len()).map(|row| SummedRow { totals: self, row })
    }

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
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        totals_report(self, unit, lang)
    }

    /// Of the tables, the one by fewer columns.
    pub(crate) fn shorter(&self, columns: usize) -> Result<Self, Problems> {
        Self::new(&self.of, self.table_by(self.by.get(..columns).sure()), true)
    }

    pub(crate) fn codes(&self, row: usize) -> Codes {
        self.rows.get(row).map_or_else(Codes::default, |row| row.codes)
    }

    fn table_by(&self, by: &[Grouping]) -> usize {
        self.of.summing().tables.iter().position(|known| known == by).unwrap_or_default()
    }

    /// What is to be paid in, by itself: the sum of amounts below 0, where places are named.
    pub(crate) fn below(&self, row: usize) -> i128 {
        self.rows.get(row).map_or(0, |row| row.below)
    }

    /// The codes of the grouping values of a row that is named, in a year and a layer.
    pub(crate) fn codes_of(&self, row: &NamedRow, year: u16, layer: usize) -> Codes {
        let mut codes = Codes::default();
        for (at, grouping) in self.by.iter().enumerate() {
            let code = match grouping {
                Grouping::Year => Some(year.into()),
                Grouping::Layer => u32::try_from(layer).ok(),
                Grouping::Class => row.class(),
                grouping => {
                    let words = self.of.summary().words.get(grouping);
                    words.zip(row.value(*grouping, layer)).and_then(|(words, text)| words.code(text))
                }
            };
            put(&mut codes, at, code.unwrap_or(u32::MAX));
        }
        codes
    }
}

/// The order of the values of a column: that of first appearance.
enum Order {
    /// Of years and layers, their codes.
    Codes,
    /// The place of each code.
    Places(Vec<u32>),
}

impl Order {
    fn new(of: &Summed, grouping: Grouping) -> Self {
        let summary = of.summary();
        let count = match grouping {
            Grouping::Year | Grouping::Layer => return Self::Codes,
            Grouping::Class => summary.classes.len(),
            _ => summary.words.get(&grouping).map_or(0, |words| words.list.len()),
        };
        let ranked = (0_u32..).take(count).map(|code| (rank(of, grouping, code), code));
        let mut ranked: Vec<(Rank, u32)> = ranked.collect();
        ranked.sort_unstable();
        let mut places = vec![0_u32; count];
        // What is alike is told apart by all codes in the end.
        for (place, alike) in (0_u32..).zip(ranked.chunk_by(|a, b| a.0 == b.0)) {
            for (_, code) in alike {
                put(&mut places, index(*code), place);
            }
        }
        Self::Places(places)
    }

    fn of(&self, code: u32) -> u32 {
        match self {
            Self::Codes => code,
            Self::Places(places) => places.get(index(code)).copied().unwrap_or(u32::MAX),
        }
    }
}

/// What a value is sorted by: the order of first appearance.
fn rank(of: &Summed, grouping: Grouping, code: u32) -> Rank {
    match grouping {
        Grouping::Year | Grouping::Layer => (0, 0, u64::from(code)),
        Grouping::Class => (0, 0, of.summary().classes.get(index(code)).copied().flatten().unwrap_or(u64::MAX)),
        grouping => of.summary().words.get(&grouping).map_or((0, 0, 0), |words| words.rank(code)),
    }
}

impl TotalRows for SummedTotals {
    fn policy(&self) -> &Policy {
        self.of.summing().policy()
    }

    fn years(&self) -> &[u16] {
        self.of.summing().years()
    }

    fn by(&self) -> &[Grouping] {
        &self.by
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn code(&self, row: usize, by: usize) -> u32 {
        self.rows.get(row).and_then(|row| row.codes.get(by)).copied().sure()
    }

    fn text(&self, row: usize, by: usize) -> &str {
        let code = self.code(row, by);
        let policy = self.of.summing().policy();
        match self.by.get(by) {
            Some(Grouping::Class) => policy.classes().get(index(code)).map_or("", |class| class.id.as_str()),
            Some(Grouping::Layer) => policy.layers().get(index(code)).map_or("", |layer| layer.id.as_str()),
            Some(Grouping::Year) | None => "",
            Some(grouping) => self.of.summary().words.get(grouping).map_or("", |words| words.text(code)),
        }
    }

    fn year(&self, row: usize, by: usize) -> u16 {
        u16::try_from(self.code(row, by)).sure()
    }

    fn distinct(&self, by: usize) -> Vec<usize> {
        let rank = |code| self.by.get(by).map(|grouping| rank(&self.of, *grouping, code));
        distinct(self, by, |row| (rank(self.code(row, by)), self.code(row, by)))
    }

    fn places(&self, row: usize) -> u64 {
        self.rows.get(row).map_or(0, |row| row.places)
    }

    fn amount(&self, row: usize) -> Amount {
        self.rows.get(row).map_or(Amount::ZERO, |row| row.amount)
    }

    fn total(&self) -> Result<(u64, Amount), Problems> {
        let total = self.shorter(0)?;
        Ok((total.places(0), TotalRows::amount(&total, 0)))
    }

    fn by_first(&self) -> Result<Vec<(u32, u64, Amount)>, Problems> {
        let first = self.shorter(1)?;
        Ok(first
            .rows
            .iter()
            .map(|row| (row.codes.first().copied().unwrap_or_default(), row.places, row.amount))
            .collect())
    }
}
