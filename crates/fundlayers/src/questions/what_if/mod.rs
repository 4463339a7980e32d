//! What if: an allocation beside another, many changes of one policy, the largest value that a limit allows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::Policy;
use crate::results::tables::years_text;
use crate::results::totals::{Grouping, TotalRows};
use crate::roster::Places;
use crate::tables::table::{Cell, Cells, Column, ColumnKind};

mod compare;
mod parts;
#[cfg(test)]
mod parts_tests;
mod scenarios;
mod solve;

pub(crate) use parts::reads_alike;

pub use compare::{Change, Comparison, ComparisonRow, compare};
pub use scenarios::{
    PolicyChange, ReadValue, Scenario, ScenarioRow, ScenarioTotals, Scenarios, ScenariosBuilder, scenarios,
};
pub use solve::{Goal, Solution, solve};

/// Says where more years are added up on one side than on the other.
fn unlike_years(first: &[u16], second: &[u16]) -> Option<Problem> {
    let message = || words::UNLIKE_YEARS.with(&[&first.len(), &years_text(first), &second.len(), &years_text(second)]);
    let problem = || Problem::new(Code::UnlikeYears, message()).expected(words::SAME_YEARS);
    (first.len() != second.len()).then(problem)
}

/// Grouping values by their texts, so that results of different policies and rosters can stand side by side.
///
/// Values have codes in the order in which they come up; years are their own codes.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    by: Vec<Grouping>,
    columns: Vec<Values>,
}

/// The values of one grouping column, each stored once.
#[derive(Debug, Clone, Default)]
struct Values {
    texts: Vec<Box<str>>,
    /// Names of the first values, as far as any has one.
    names: Vec<Option<Name>>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Values {
    /// Makes room for new values.
    fn expect(&mut self, more: usize) {
        let (texts, hasher) = (&mut self.texts, &self.hasher);
        texts.reserve(more);
        self.table.reserve(more, |code| hasher.hash_one(texts.get(index(*code)).map_or("", |text| text)));
    }

    fn code(&mut self, text: &str, name: Option<&Name>) -> u32 {
        let (texts, hasher) = (&mut self.texts, &self.hasher);
        let hash = hasher.hash_one(text);
        let known = self.table.find(hash, |code| texts.get(index(*code)).is_some_and(|known| **known == *text));
        if let Some(code) = known {
            return *code;
        }
        let code = u32::try_from(texts.len()).unwrap_or(u32::MAX);
        if let Some(name) = name {
            self.names.resize(texts.len(), None);
            self.names.push(Some(name.clone()));
        }
        texts.push(text.into());
        self.table.insert_unique(hash, code, |code| hasher.hash_one(texts.get(index(*code)).map_or("", |text| text)));
        code
    }
}

/// What the codes of totals are among [`Keys`]: a list for each grouping column, by code, since these are small numbers.
///
/// Totals of one roster have the same codes for what belongs to its places, whatever the policy: hundreds of scenarios look
/// at each id once.
#[derive(Default)]
pub(crate) struct KnownCodes {
    roster: Option<Places>,
    maps: Vec<Vec<u32>>,
}

impl KnownCodes {
    /// No value has this code.
    const NONE: u32 = u32::MAX;

    /// Forgets what other rosters have.
    fn are_of(&mut self, totals: &impl TotalRows, width: usize) {
        let is_same = self.roster.as_ref().zip(totals.roster()).is_some_and(|(known, places)| known.is_same(places));
        if !is_same {
            self.roster = totals.roster().cloned();
            self.maps = vec![Vec::new(); width];
        }
    }
}

/// Amounts by the codes of their grouping values, in the order of these, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    codes: Vec<u32>,
    amounts: Vec<Amount>,
}

impl Keys {
    pub(crate) fn new(by: &[Grouping]) -> Self {
        Self { by: by.to_vec(), columns: by.iter().map(|_| Values::default()).collect() }
    }

    pub(crate) fn by(&self) -> &[Grouping] {
        &self.by
    }

    /// The amounts of totals by the codes of their grouping values; values that are new get new codes in their order. `known`
    /// are the codes of the totals before, for those of the same roster.
    pub(crate) fn grid(&mut self, totals: &impl TotalRows, known: &mut KnownCodes) -> Result<Grid, Problems> {
        let width = self.by.len();
        let policy = totals.policy();
        known.are_of(totals, width);
        for (by, ((grouping, values), map)) in self.by.iter().zip(&mut self.columns).zip(&mut known.maps).enumerate() {
            if !grouping.is_of_place() {
                map.clear();
            }
            let rows = totals.distinct(by);
            values.expect(rows.len().saturating_sub(map.len()));
            for row in rows {
                let code = index(totals.code(row, by));
                if map.get(code).is_some_and(|global| *global != KnownCodes::NONE) {
                    continue;
                }
                let text = totals.text(row, by);
                let global = match grouping {
                    Grouping::Year => totals.year(row, by).into(),
                    _ => values.code(text, name_of(policy, *grouping, code, text)),
                };
                if map.len() <= code {
                    map.resize(code.saturating_add(1), KnownCodes::NONE);
                }
                if let Some(slot) = map.get_mut(code) {
                    *slot = global;
                }
            }
        }
        let mut codes: Vec<u32> = Vec::with_capacity(totals.len().saturating_mul(width));
        for row in 0..totals.len() {
            let of_row = known.maps.iter().enumerate().map(|(by, map)| map.get(index(totals.code(row, by))).copied());
            codes.extend(of_row.map(Option::unwrap_or_default));
        }
        let amounts: Vec<Amount> = (0..totals.len()).map(|row| totals.amount(row)).collect();
        Grid { codes, amounts }.sorted(width)
    }

    /// The text of a value.
    pub(crate) fn text(&self, by: usize, code: u32) -> &str {
        self.columns.get(by).and_then(|values| values.texts.get(index(code))).map_or("", |text| text)
    }

    /// A value as text; of a year its digits.
    pub(crate) fn key(&self, by: usize, code: u32) -> String {
        if self.by.get(by) == Some(&Grouping::Year) { code.to_string() } else { self.text(by, code).to_owned() }
    }

    /// The grouping columns of a table.
    fn columns(&self) -> Vec<Column> {
        let column = |by: &Grouping| Column { key: by.as_str().to_owned(), header: by.header(), kind: kind_of(*by) };
        self.by.iter().map(column).collect()
    }

    /// The cells of the grouping columns in some rows.
    fn cells(&self, rows: std::ops::Range<usize>, code: impl Fn(usize, usize) -> u32) -> Vec<Cells<'_>> {
        let column = |(by, grouping): (usize, &Grouping)| match grouping {
            Grouping::Year => Cells::Integer(rows.clone().map(|row| code(row, by).into()).collect()),
            _ => Cells::Text(rows.clone().map(|row| self.text(by, code(row, by))).collect()),
        };
        self.by.iter().enumerate().map(column).collect()
    }

    /// The headers of the grouping columns for people.
    fn headers(&self, lang: Lang) -> Vec<(String, ColumnKind)> {
        self.by.iter().map(|by| (by.header().get(lang).to_owned(), kind_of(*by))).collect()
    }

    /// A value in a table for people.
    fn cell(&self, by: usize, code: u32, lang: Lang) -> Cell<'_> {
        if self.by.get(by) == Some(&Grouping::Year) {
            return Cell::Integer(code.into());
        }
        let label = self.label(by, code, lang);
        Cell::Text(Cow::Borrowed(if label.is_empty() { lang.pick("（未列明）", "(not stated)") } else { label }))
    }

    /// A value for people.
    pub(crate) fn label(&self, by: usize, code: u32, lang: Lang) -> &str {
        let name = self.columns.get(by).and_then(|values| values.names.get(index(code)));
        name.and_then(Option::as_ref).map_or_else(|| self.text(by, code), |name| name.get(lang))
    }
}

/// The name of a grouping value, if the policy gives it one.
fn name_of<'a>(policy: &'a Policy, grouping: Grouping, code: usize, text: &str) -> Option<&'a Name> {
    let named = |list: &'a [crate::policy::Named]| list.iter().find(|named| named.id == text).map(|named| &named.name);
    match grouping {
        Grouping::Kind => named(policy.kinds()),
        Grouping::Designation => named(policy.designations()),
        Grouping::Class => policy.classes().get(code).map(|class| &class.name),
        Grouping::Layer => policy.layers().get(code).map(|layer| &layer.name),
        // The same text is the same payer.
        Grouping::Payer => named(policy.payers()),
        Grouping::Id | Grouping::County | Grouping::Township | Grouping::Year => None,
    }
}

impl Grid {
    fn key(&self, row: usize, width: usize) -> &[u32] {
        let start = row.saturating_mul(width);
        self.codes.get(start..start.saturating_add(width)).sure()
    }

    /// In the order of the codes. Values that are told apart only by what they mean (a body and a county of one name) add up.
    fn sorted(self, width: usize) -> Result<Self, Problems> {
        let rows = self.amounts.len();
        let ascending = (1..rows).all(|row| self.key(row.saturating_sub(1), width) < self.key(row, width));
        if ascending {
            return Ok(self);
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|a, b| self.key(*a, width).cmp(self.key(*b, width)));
        let mut sorted = Self::default();
        for alike in order.chunk_by(|a, b| self.key(*a, width) == self.key(*b, width)) {
            sorted.codes.extend(alike.iter().take(1).flat_map(|row| self.key(*row, width)));
            let amounts = alike.iter().filter_map(|row| self.amounts.get(*row).copied());
            sorted.amounts.push(Amount::sum(amounts).map_err(|_| overflow())?);
        }
        Ok(sorted)
    }
}

fn overflow() -> Problems {
    Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE)
        .expected(crate::ground::catalogue::results::CHECK_UNITS_OR_GROUP_FINER)
        .into()
}

/// Goes through two grids side by side: each key of either, in order, and what stands on each side.
pub(crate) fn beside(
    before: &Grid,
    after: &Grid,
    width: usize,
    mut each: impl FnMut(&[u32], Option<Amount>, Option<Amount>),
) {
    let (mut left, mut right) = (0_usize, 0_usize);
    loop {
        let (a, b) = (before.amounts.get(left).copied(), after.amounts.get(right).copied());
        let ordering = match (a, b) {
            (None, None) => return,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(_), Some(_)) => before.key(left, width).cmp(after.key(right, width)),
        };
        let (take_left, take_right) = (ordering.is_le(), ordering.is_ge());
        let key = if take_left { before.key(left, width) } else { after.key(right, width) };
        each(key, a.filter(|_| take_left), b.filter(|_| take_right));
        left = left.saturating_add(take_left.into());
        right = right.saturating_add(take_right.into());
    }
}

/// After − before, where what is not there counts as 0.
///
/// # Errors
///
/// [`Code::Overflow`] if it does not fit, as where much is paid on one side and much paid in on the other.
pub(crate) fn difference(before: Option<Amount>, after: Option<Amount>) -> Result<Amount, Problems> {
    let difference = after.unwrap_or_default().checked_sub(before.unwrap_or_default());
    difference
        .map_err(|_| Problem::new(Code::Overflow, words::DIFFERENCE_TOO_LARGE).expected(common::CHECK_UNITS).into())
}

/// Whether anything stands on either side.
pub(crate) fn is_something(before: Option<Amount>, after: Option<Amount>) -> bool {
    before.into_iter().chain(after).any(|amount| !amount.is_zero())
}

/// A text in the language asked for.
/// The kind of a grouping's column.
fn kind_of(grouping: Grouping) -> ColumnKind {
    if grouping == Grouping::Year { ColumnKind::Integer } else { ColumnKind::Text }
}

/// Amounts that are added up, in 128 bits.
#[derive(Default)]
struct Sum(i128);

impl Sum {
    fn add(&mut self, amount: Amount) {
        self.0 = self.0.saturating_add(amount.fen().into());
    }

    fn amount(&self) -> Result<Amount, Problems> {
        i64::try_from(self.0).map(Amount::from_fen).map_err(|_| overflow())
    }
}

/// What has been computed on the way, by steps: totals must not fall.
type Seen = BTreeMap<i64, Amount>;
