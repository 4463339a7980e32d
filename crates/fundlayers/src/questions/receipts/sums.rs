//! Lines of a ledger that sum others: 小计, 合计, 总计.
//!
//! Offices put them behind the rows that they sum or before, for the whole sheet, a county or a year. A line is right if
//! its figure is the sum of one of these:
//!
//! - the rows since the last line of at least its rank;
//! - the rows up to the next line of at least its rank;
//! - every row of the file that agrees with what the line says of county, township, year, layer and event.

use hashbrown::HashMap;

use super::{Event, Receipts};
use crate::ground::catalogue::questions as catalogue;
use crate::ground::ids::index;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Code;
use crate::rows::column::DictionaryColumn;
use crate::rows::records::{Findings, Place};
use crate::rows::totals::TotalRank;

/// What a total line says of the rows that it sums.
#[derive(Debug, Default, Clone)]
pub(super) struct Filter {
    pub(super) county: Option<String>,
    pub(super) township: Option<String>,
    pub(super) layer: Option<String>,
    pub(super) year: Option<u16>,
    pub(super) event: Option<Event>,
}

impl Filter {
    /// Which of its parts are given, apart from the event.
    fn given(&self) -> Given {
        [self.county.is_some(), self.township.is_some(), self.layer.is_some(), self.year.is_some()]
    }
}

/// Of county, township, layer, year: whether a line says them.
type Given = [bool; 4];
/// Their codes, 0 where not said; a year as it is.
type Key = [u32; 4];
/// Sums by event.
type ByEvent = [i128; 3];

/// A figure: its cell, column, event (none: all of them), amount and unit, text.
type Figure = (Place, &'static str, Option<Event>, (Amount, Unit), String);

/// A line of totals.
#[derive(Debug)]
pub(super) struct TotalLine {
    rank: TotalRank,
    filter: Filter,
    figures: Vec<Figure>,
    /// What all rows before it sum to.
    before: ByEvent,
}

impl TotalLine {
    pub(super) fn new(rank: TotalRank, filter: Filter, figures: Vec<Figure>) -> Self {
        Self { rank, filter, figures, before: [0; 3] }
    }
}

/// The total lines of a ledger, and what its rows sum to.
#[derive(Debug, Default)]
pub(super) struct Sums {
    lines: Vec<TotalLine>,
    so_far: ByEvent,
}

impl Sums {
    pub(super) fn add(&mut self, event: Event, amount: Amount) {
        if let Some(sum) = self.so_far.get_mut(event.number()) {
            *sum = sum.saturating_add(amount.fen().into());
        }
    }

    pub(super) fn line(&mut self, line: TotalLine) {
        // What is part of another line sums nothing that could be told.
        if line.rank == TotalRank::Part {
            return;
        }
        self.lines.push(TotalLine { before: self.so_far, ..line });
    }

    /// Warns of every figure that no rows sum to.
    pub(super) fn check(&self, receipts: &Receipts, findings: &mut Findings) {
        if self.lines.is_empty() {
            return;
        }
        let blocks = self.blocks();
        let filtered = Filtered::new(&self.lines, receipts);
        for (line, (last, next)) in self.lines.iter().zip(blocks) {
            for (place, key, event, (amount, unit), shown) in &line.figures {
                let part = |sums: ByEvent, less: ByEvent| of(sums, *event).saturating_sub(of(less, *event));
                let (behind, ahead) = (part(line.before, last), part(next, line.before));
                let agreeing = of(filtered.sum(&line.filter).unwrap_or(self.so_far), *event);
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
    fn blocks(&self) -> Vec<(ByEvent, ByEvent)> {
        let ranks = [TotalRank::Subtotal, TotalRank::Total, TotalRank::GrandTotal];
        let mut last = [[0; 3]; 3];
        let mut blocks: Vec<(ByEvent, ByEvent)> = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let own = ranks.iter().position(|rank| *rank == line.rank).unwrap_or_default();
            blocks.push((last.get(own).copied().unwrap_or_default(), self.so_far));
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

/// The sum of one event, or of all.
fn of(sums: ByEvent, event: Option<Event>) -> i128 {
    match event {
        Some(event) => sums.get(event.number()).copied().unwrap_or_default(),
        None => sums.into_iter().fold(0, i128::saturating_add),
    }
}

/// Sums over the rows that agree with total lines.
struct Filtered<'a> {
    counties: HashMap<&'a str, u32>,
    townships: HashMap<&'a str, u32>,
    layers: HashMap<&'a str, u32>,
    /// For each combination of parts that a line says.
    sums: Vec<(Given, HashMap<Key, ByEvent>)>,
}

impl<'a> Filtered<'a> {
    fn new(lines: &[TotalLine], receipts: &'a Receipts) -> Self {
        let codes =
            |column: &'a DictionaryColumn| (0_u32..).zip(column.values()).map(|(code, text)| (text, code)).collect();
        let ledger = &*receipts.0;
        let mut sums: Vec<(Given, HashMap<Key, ByEvent>)> = Vec::new();
        for line in lines {
            let given = line.filter.given();
            if given == Given::default() || sums.iter().any(|(known, _)| *known == given) {
                continue;
            }
            let mut by_key: HashMap<Key, ByEvent> = HashMap::new();
            for ((row, event), amount) in ledger.rows.iter().zip(&ledger.events).zip(&ledger.amounts) {
                let row = index(*row);
                let year = ledger.years.get(row).copied().unwrap_or_default();
                let all =
                    [ledger.county.code(row), ledger.township.code(row), ledger.layers.code(row), u32::from(year)];
                let mut key = Key::default();
                for ((slot, code), given) in key.iter_mut().zip(all).zip(given) {
                    *slot = if given { code } else { 0 };
                }
                if let Some(sum) = by_key.entry(key).or_default().get_mut(event.number()) {
                    *sum = sum.saturating_add(amount.fen().into());
                }
            }
            sums.push((given, by_key));
        }
        Self {
            counties: codes(&ledger.county),
            townships: codes(&ledger.township),
            layers: codes(&ledger.layers),
            sums,
        }
    }

    /// What the rows that agree sum to; none if the line says nothing of them.
    fn sum(&self, filter: &Filter) -> Option<ByEvent> {
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
        Some(key().and_then(|key| by_key.get(&key).copied()).unwrap_or_default())
    }
}
