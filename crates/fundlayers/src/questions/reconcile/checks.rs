//! What a ledger has that its rows do not show one by one: events after the day that is asked about, more spent than
//! arrived, amounts in a wrong unit.

use super::{Cell, Due, Sums, in_range};
use crate::engine::arrived::number_parts;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::message::{Argument, Message};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Sign;
use crate::questions::receipts::{Event, Month, Receipts, month_of};

/// So many places are named one by one; where there are more, one warning says how many.
const NAMED: usize = 20;
/// A few amounts in a wrong unit are named; more of them are a ledger in a wrong unit.
const SLIPS: usize = 3;

/// What was left out of a ledger for its date, and what has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dated {
    /// Events after the month's end: how many, and their sums.
    pub(super) later: u64,
    pub(super) later_sums: Sums,
    /// Events without a date, which are counted.
    pub(super) undated: u64,
}

/// Tells which events of a ledger come after the end of a month.
pub(super) struct Cut {
    /// By the code of the date.
    dates: Vec<Option<Month>>,
    as_of: Month,
    later: u64,
    later_sums: [i128; 3],
    undated: u64,
}

impl Cut {
    pub(super) fn new(receipts: &Receipts, as_of: Month) -> Self {
        let dates = receipts.date_column().values().map(month_of).collect();
        Self { dates, as_of, later: 0, later_sums: [0; 3], undated: 0 }
    }

    /// Whether an event is to be counted: not if it is dated after the month's end.
    pub(super) fn counts(&mut self, receipts: &Receipts, receipt: usize, event: Event, amount: Amount) -> bool {
        let code = index(receipts.date_column().code(receipt));
        match self.dates.get(code).copied().flatten() {
            Some(month) if month > self.as_of => {
                self.later = self.later.saturating_add(1);
                if let Some(sum) = self.later_sums.get_mut(event.number()) {
                    *sum = sum.saturating_add(amount.fen().into());
                }
                return false;
            }
            Some(_) => {}
            None => self.undated = self.undated.saturating_add(1),
        }
        true
    }

    /// What was found, with a warning for each kind.
    pub(super) fn finish(self, unit: Unit, warnings: &mut Problems) -> Result<Dated, Problem> {
        let later_sums = in_range(self.later_sums, || Problem::new(Code::Overflow, words::LATER_TOO_LARGE))?;
        let dated = Dated { later: self.later, later_sums, undated: self.undated };
        if dated.later > 0 {
            let problem = Problem::new(Code::LaterReceipt, dated.later_message(self.as_of, unit)).key("as_of");
            warnings.push(problem.found(self.as_of.to_string()));
        }
        if dated.undated > 0 {
            let problem = Problem::new(Code::UndatedReceipt, words::UNDATED.with(&[&dated.undated])).key("as_of");
            warnings.push(problem.expected(words::DATE_EACH));
        }
        Ok(dated)
    }
}

impl Dated {
    /// How many events come later, and what they sum to.
    pub(super) fn later_message(&self, as_of: Month, unit: Unit) -> Message {
        let [issued, received, spent] = self.later_sums.map(|sum| sum.grouped(unit).to_string());
        words::LATER.with(&[&self.later, &as_of, &issued, &received, &spent, &unit])
    }
}

/// A place in a year and a layer, in words: 黄堡镇, 2024, 市级.
fn place(due: &impl Due, (row, year, layer): At) -> Argument {
    let name = due.name(row);
    let year = due.years().get(year).map_or(String::new(), u16::to_string);
    let layer = due.policy().layers().get(layer).map(|layer| Argument::Name(layer.name.clone()));
    Argument::List([Argument::Text(name.to_owned()), Argument::Text(year)].into_iter().chain(layer).collect())
}

/// What is odd, how often: the first are kept, to be named.
struct Found<T> {
    first: Vec<T>,
    count: usize,
    /// So many are named one by one; where there are more, one warning says how many.
    named: usize,
}

impl<T> Found<T> {
    const fn new(named: usize) -> Self {
        Self { first: Vec::new(), count: 0, named }
    }

    fn push(&mut self, odd: T) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < self.named {
            self.first.push(odd);
        }
    }

    /// Those that are told, and how many there are if they are more.
    fn told(self) -> (impl Iterator<Item = T>, Option<usize>) {
        let many = (self.count > self.named).then_some(self.count);
        (self.first.into_iter().take(if many.is_some() { 1 } else { self.named }), many)
    }
}

/// Row, year and layer.
type At = (usize, usize, usize);

/// An amount that is in a wrong unit, it seems.
struct Slip {
    at: At,
    event: Event,
    amount: Amount,
    claim: Amount,
    is_larger: bool,
}

/// Says what is odd about what happened beside what was due: all in one pass, for a ledger has many cells.
pub(super) fn check(due: &impl Due, cells: &[Cell], warnings: &mut Problems) -> Result<(), Problems> {
    let may_pay_in: Vec<bool> = due.policy().layers().iter().map(|layer| layer.sign == Sign::Any).collect();
    let (mut above, mut slips) = (Found::new(NAMED), Found::new(SLIPS));
    let mut problems = Problems::new();
    for cell in cells {
        let Some(at @ (row, year, layer)) = parts(due, cell) else { continue };
        let claim = due.amount(row, year, layer);
        let [received, spent] = [Event::Received, Event::Spent].map(|event| cell.of(event));
        // What lies between two amounts of which none is below 0 fits.
        if (received < Amount::ZERO || may_pay_in.at(layer)) && !has_gap(claim, received) {
            let message = words::GAP_TOO_LARGE.with(&[&due.name(row)]);
            problems.push(Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS));
        }
        if spent > received.max(Amount::ZERO) {
            above.push((at, spent, received));
        }
        if let Some(slip) = slip(at, cell, claim) {
            slips.push(slip);
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    spent_above_received(due, above, warnings);
    wrong_units(due, slips, warnings);
    Ok(())
}

/// A gap is at most an amount and what was taken back of it, an excess what arrived and what was to be paid in: whether both
/// are small enough.
fn has_gap(claim: Amount, received: Amount) -> bool {
    claim.checked_sub(received).is_ok() && received.checked_sub(claim).is_ok()
}

/// Warns of places where more was spent than arrived.
fn spent_above_received(due: &impl Due, above: Found<(At, Amount, Amount)>, warnings: &mut Problems) {
    let unit = due.policy().unit();
    let (told, many) = above.told();
    for (at, spent, received) in told {
        let [spent, received] = [spent, received].map(|amount| amount.grouped(unit).to_string());
        let place = place(due, at);
        let message = match many {
            Some(count) => words::SPENT_ABOVE_IN_MANY.with(&[&count, &place, &spent, &received, &unit]),
            None => words::SPENT_ABOVE.with(&[&place, &spent, &received, &unit]),
        };
        let problem = Problem::new(Code::SpentAboveReceived, message).column(Event::Spent.as_str());
        warnings.push(problem.expected(words::ENTER_WHAT_ARRIVED));
    }
}

/// An amount that is about 10,000 times what is due, or a 10,000th of it: 元 written as 万元, or 万元 as 元.
fn slip(at: At, cell: &Cell, claim: Amount) -> Option<Slip> {
    // What there is of it, in the order in which money goes.
    let event = Event::ALL.into_iter().find(|event| !cell.of(*event).is_zero())?;
    let amount = cell.of(event);
    let is_larger = is_about_ten_thousand(amount, claim);
    (is_larger || is_about_ten_thousand(claim, amount)).then_some(Slip { at, event, amount, claim, is_larger })
}

/// Warns of amounts in a wrong unit.
fn wrong_units(due: &impl Due, slips: Found<Slip>, warnings: &mut Problems) {
    let unit = due.policy().unit();
    let (told, many) = slips.told();
    for Slip { at, event, amount, claim, is_larger } in told {
        let place = place(due, at);
        let [amount, claim] = [amount, claim].map(|amount| amount.grouped(unit).to_string());
        let message = match many {
            Some(count) => words::WRONG_UNIT_OF_MANY.with(&[&count, &place, &event.name(), &amount, &claim, &unit]),
            None => words::WRONG_UNIT.with(&[&place, &event.name(), &amount, &claim, &unit]),
        };
        let problem = Problem::new(Code::UnitSuspected, message).column(event.as_str());
        warnings.push(problem.expected(if is_larger { words::MAYBE_YUAN } else { words::MAYBE_WAN }));
    }
}

/// Row, year and layer of a cell.
fn parts(due: &impl Due, cell: &Cell) -> Option<At> {
    let layers = due.policy().layers().len();
    let (row, at) = number_parts(cell.number, due.years().len().saturating_mul(layers))?;
    Some((row, at.checked_div(layers)?, at.checked_rem(layers)?))
}

/// Whether an amount is 5,000 to 20,000 times another: part of it, or some of it twice, in a unit 10,000 times too large.
fn is_about_ten_thousand(amount: Amount, of: Amount) -> bool {
    let (amount, of) = (i128::from(amount.fen()), i128::from(of.fen()));
    of > 0 && (of.saturating_mul(5_000)..=of.saturating_mul(20_000)).contains(&amount)
}
