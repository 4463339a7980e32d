//! Lines of a table of amounts (a ledger, a register) that sum others: 小计, 合计, 总计.
//!
//! Offices put them behind the rows that they sum or before, for the whole sheet, a county or a year. A line is right if
//! its figure is the sum of one of these:
//!
//! - the rows since the last line of at least its rank;
//! - the rows up to the next line of at least its rank;
//! - every row of the file that agrees with what the line says of county, township, year, layer and kind of amount.

use hashbrown::HashMap;

use crate::ground::catalogue::questions as catalogue;
use crate::ground::ids::At as _;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Code;
use crate::ground::sure::Sure;
use crate::rows::column::DictionaryColumn;
use crate::rows::records::{Findings, Place};
use crate::rows::totals::TotalRank;

/// What a total line says of the rows that it sums.
#[derive(Debug, Default, Clone)]
pub(crate) struct Filter {
    pub(crate) county: Option<String>,
    pub(crate) township: Option<String>,
    pub(crate) layer: Option<String>,
    pub(crate) year: Option<u16>,
    /// Which of the kinds of amounts it sums (events, columns); none: all of them.
    pub(crate) kind: Option<usize>,
}

impl Filter {
    /// Which of its parts are given, apart from the kind.
    fn given(&self) -> Given {
        [self.county.is_some(), self.township.is_some(), self.layer.is_some(), self.year.is_some()]
    }
}

/// Of county, township, layer, year: whether a line says them.
type Given = [bool; 4];
/// Their codes, 0 where not said; a year as it is.
type Key = [u32; 4];
/// Sums by kind of amount: the events of a ledger, the columns of a register.
type ByKind = [i128; 3];

/// A figure: its cell, column, kind (none: all of them), amount and unit, text.
type Figure = (Place, &'static str, Option<usize>, (Amount, Unit), String);

/// A line of totals.
#[derive(Debug)]
pub(crate) struct TotalLine {
    rank: TotalRank,
    filter: Filter,
    figures: Vec<Figure>,
    /// What all rows before it sum to.
    before: ByKind,
}

impl TotalLine {
    pub(crate) fn new(rank: TotalRank, filter: Filter, figures: Vec<Figure>) -> Self {
        Self { rank, filter, figures, before: [0; 3] }
    }
}

/// Hands over amounts: their row, their kind, the fen.
pub(crate) type EachFigure<'a> = dyn Fn(&mut dyn FnMut(usize, usize, i64)) + 'a;

/// What is known of the rows that lines sum.
pub(crate) struct Summed<'a> {
    pub(crate) county: &'a DictionaryColumn,
    pub(crate) township: &'a DictionaryColumn,
    pub(crate) layers: &'a DictionaryColumn,
    pub(crate) years: &'a [u16],
    pub(crate) each: &'a EachFigure<'a>,
}

/// The total lines of a table, and what its rows sum to.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    lines: Vec<TotalLine>,
    so_far: ByKind,
}

impl Sums {
    pub(crate) fn add(&mut self, kind: usize, amount: Amount) {
        if let Some(sum) = self.so_far.get_mut(kind) {
            *sum = sum.saturating_add(amount.fen().into());
        }
    }

    pub(crate) fn line(&mut self, line: TotalLine) {
        // What is part of another line sums nothing that could be told.
        if line.rank == TotalRank::Part {
            return;
        }
        self.lines.push(TotalLine { before: self.so_far, ..line });
    }

    /// Warns of every figure that no rows sum to.
    pub(crate) fn check(&self, rows: &Summed<'_>, findings: &mut Findings) {
        if self.lines.is_empty() {
            return;
        }
        let blocks = self.blocks();
        let filtered = Filtered::new(&self.lines, rows);
        for (line, (last, next)) in self.lines.iter().zip(blocks) {
            for (place, key, kind, (amount, unit), shown) in &line.figures {
                let part = |sums: ByKind, less: ByKind| of(sums, *kind).saturating_sub(of(less, *kind));
                let (behind, ahead) = (part(line.before, last), part(next, line.before));
                let agreeing = of(filtered.sum(&line.filter).unwrap_or(self.so_far), *kind);
                let figure = i128::from(amount.fen());
                if [behind, ahead, agreeing].contains(&figure) {
                    continue;
                }
                let named = line.filter.given() != Given::default();
                let expected = if named || line.rank > TotalRank::Subtotal {
                    agreeing
                } else if line.before == last {
                    ahead
                } else {
                    behind
                };
                let expected = match i64::try_from(expected).map(Amount::from_fen) {
                    Ok(amount) => catalogue::ROWS_SUM_TO.with(&[&amount.grouped(*unit), unit]),
                    Err(_) => catalogue::ROWS_SUM_TO_MORE.into(),
                };
                findings.add(*place, Code::SumDiffers, key, catalogue::TOTAL_DIFFERS, |problem| {
                    problem.found(shown).expected(expected)
                });
            }
        }
    }

    /// For each line, what the rows up to the line before it of at least its rank sum to, and those up to the next one.
    fn blocks(&self) -> Vec<(ByKind, ByKind)> {
        let ranks = [TotalRank::Subtotal, TotalRank::Total, TotalRank::GrandTotal];
        let mut last = [[0; 3]; 3];
        let mut blocks: Vec<(ByKind, ByKind)> = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let own = ranks.iter().position(|rank| *rank == line.rank).unwrap_or_default();
            blocks.push((last.at(own), self.so_far));
            // It ends the blocks of its own rank and of those below.
            for slot in last.iter_mut().take(own.saturating_add(1)) {
                *slot = line.before;
            }
        }
        let mut next = [self.so_far; 3];
        for (line, block) in self.lines.iter().zip(&mut blocks).rev() {
            let own = ranks.iter().position(|rank| *rank == line.rank).unwrap_or_default();
            block.1 = next.get(own).copied().unwrap_or(self.so_far);
            for slot in next.iter_mut().take(own.saturating_add(1)) {
                *slot = line.before;
            }
        }
        blocks
    }
}

/// The sum of one kind, or of all.
fn of(sums: ByKind, kind: Option<usize>) -> i128 {
    match kind {
        Some(kind) => sums.at(kind),
        None => sums.into_iter().fold(0, i128::saturating_add),
    }
}

/// Sums over the rows that agree with total lines.
struct Filtered<'a> {
    counties: HashMap<&'a str, u32>,
    townships: HashMap<&'a str, u32>,
    layers: HashMap<&'a str, u32>,
    /// For each combination of parts that a line says.
    sums: Vec<(Given, HashMap<Key, ByKind>)>,
}

impl<'a> Filtered<'a> {
    fn new(lines: &[TotalLine], rows: &Summed<'a>) -> Self {
        let codes =
            |column: &'a DictionaryColumn| (0_u32..).zip(column.values()).map(|(code, text)| (text, code)).collect();
        let mut sums: Vec<(Given, HashMap<Key, ByKind>)> = Vec::new();
        for line in lines {
            let given = line.filter.given();
            if given == Given::default() || sums.iter().any(|(known, _)| *known == given) {
                continue;
            }
            let mut by_key: HashMap<Key, ByKind> = HashMap::new();
            (rows.each)(&mut |row, kind, fen| {
                let year = rows.years.at(row);
                let all = [rows.county.code(row), rows.township.code(row), rows.layers.code(row), u32::from(year)];
                let mut key = Key::default();
                for ((slot, code), given) in key.iter_mut().zip(all).zip(given) {
                    *slot = if given { code } else { 0 };
                }
                if let Some(sum) = by_key.entry(key).or_default().get_mut(kind) {
                    *sum = sum.saturating_add(fen.into());
                }
            });
            sums.push((given, by_key));
        }
        Self { counties: codes(rows.county), townships: codes(rows.township), layers: codes(rows.layers), sums }
    }

    /// What the rows that agree sum to; none if the line says nothing of them.
    fn sum(&self, filter: &Filter) -> Option<ByKind> {
        let (_, by_key) = self.sums.iter().find(|(given, _)| *given == filter.given())?;
        // A text that no row has agrees with none.
        let code = |codes: &HashMap<&str, u32>, text: &Option<String>| match text {
            None => Some(0),
            Some(text) => codes.get(text.as_str()).copied(),
        };
        let key = || {
            Some([
                code(&self.counties, &filter.county)?,
                code(&self.townships, &filter.township)?,
                code(&self.layers, &filter.layer)?,
                filter.year.unwrap_or_default().into(),
            ])
        };
        Some(key().and_then(|key| by_key.get(&key).copied()).sure())
    }
}
