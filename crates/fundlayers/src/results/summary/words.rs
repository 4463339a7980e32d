//! The values of grouping columns of parts, and the order in which they first appear in all of them.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::part::Part;
use super::stored::Value;
use crate::engine::payers::paying_column;
use crate::ground::ids::index;
use crate::policy::Payer;
use crate::results::allocation::Allocation;
use crate::results::totals::{Codes, Grouping};

/// What a value is sorted by: of payers the first layer and which column (0: a body of the policy), of all the row in which
/// it first appears.
pub(super) type Rank = (u32, u32, u64);

/// The distinct values of a column, each by a code.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub(super) list: Vec<(String, Rank)>,
    known: HashMap<String, u32>,
}

impl Words {
    /// The code of a value, which appears there.
    pub(super) fn add(&mut self, text: String, rank: Rank) -> u32 {
        if let Some(code) = self.known.get(&text) {
            if let Some((_, known)) = self.list.get_mut(index(*code)) {
                // The first layer that a text may pay for is one thing, where its order comes from another.
                known.0 = known.0.min(rank.0);
                (known.1, known.2) = (known.1, known.2).min((rank.1, rank.2));
            }
            return *code;
        }
        // One for a row at most, and rows of a part are counted by 32 bits.
        let code = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.known.insert(text.clone(), code);
        self.list.push((text, rank));
        code
    }

    /// Takes in the values of other parts and gives their codes here.
    pub(super) fn merge(&mut self, other: Self) -> Vec<u32> {
        other.list.into_iter().map(|(text, rank)| self.add(text, rank)).collect()
    }

    pub(super) fn code(&self, text: &str) -> Option<u32> {
        self.known.get(text).copied()
    }

    pub(super) fn text(&self, code: u32) -> &str {
        self.list.get(index(code)).map_or("", |(text, _)| text)
    }

    pub(super) fn rank(&self, code: u32) -> Rank {
        self.list.get(index(code)).map_or((u32::MAX, u32::MAX, u64::MAX), |(_, rank)| *rank)
    }
}

/// What codes of grouping values become, column by column.
pub(super) struct Recoded<'a>(Vec<Recoding<'a>>);

enum Recoding<'a> {
    /// They are the same.
    Kept,
    /// The years that are counted.
    Years(&'a [u16]),
    By(&'a [u32]),
}

impl<'a> Recoded<'a> {
    /// Those of a summary by those of another, as far as a column has codes of its own.
    pub(super) fn new(by: &[Grouping], codes: &'a BTreeMap<Grouping, Vec<u32>>) -> Self {
        Self(
            by.iter().map(|grouping| codes.get(grouping).map_or(Recoding::Kept, |codes| Recoding::By(codes))).collect(),
        )
    }

    pub(super) fn of(&self, codes: &Codes) -> Codes {
        let mut recoded = *codes;
        for (slot, column) in recoded.iter_mut().zip(&self.0) {
            *slot = match column {
                Recoding::Kept => *slot,
                Recoding::Years(years) => years.get(index(*slot)).copied().map_or(u32::MAX, u32::from),
                Recoding::By(codes) => codes.get(index(*slot)).copied().unwrap_or(u32::MAX),
            };
        }
        recoded
    }
}

/// The grouping columns of a part.
pub(super) struct Columns {
    words: BTreeMap<Grouping, Words>,
    /// Of each column of texts, the code of every code of the roster.
    codes: BTreeMap<Grouping, Vec<u32>>,
    /// Where each class first appears.
    classes: Vec<Option<u64>>,
}

impl Columns {
    /// Those that tables need of a roster with rows.
    pub(super) fn new(part: &Part, allocation: &Allocation, tables: &[Vec<Grouping>]) -> Self {
        let mut columns = Self {
            words: BTreeMap::new(),
            codes: BTreeMap::new(),
            classes: vec![None; allocation.policy().classes().len()],
        };
        let asked: std::collections::BTreeSet<Grouping> = tables.iter().flatten().copied().collect();
        for grouping in asked {
            columns.add(part, allocation, grouping);
        }
        columns
    }

    /// The codes of grouping values in the summary, by those in the allocation.
    pub(super) fn codes<'a>(&'a self, by: &[Grouping], years: &'a [u16]) -> Recoded<'a> {
        Recoded(
            by.iter()
                .map(|grouping| match grouping {
                    Grouping::Year => Recoding::Years(years),
                    Grouping::Layer | Grouping::Class => Recoding::Kept,
                    _ => Recoding::By(self.codes.get(grouping).map_or(&[], Vec::as_slice)),
                })
                .collect(),
        )
    }

    pub(super) fn classes(&self) -> Vec<Option<u64>> {
        self.classes.clone()
    }

    /// A grouping value by its code in the summary.
    pub(super) fn value(&self, grouping: Grouping, code: u32) -> Value {
        match self.words.get(&grouping) {
            Some(words) => Value::Text(words.text(code).to_owned()),
            None => Value::Number(code),
        }
    }

    pub(super) fn words(self) -> BTreeMap<Grouping, Words> {
        self.words
    }

    fn add(&mut self, part: &Part, allocation: &Allocation, grouping: Grouping) {
        let data = &*allocation.0;
        let roster = &data.roster;
        let row = |row: usize| part.row(roster.row_number(row));
        // Of each code its text and the row in which it first appears.
        let values: Vec<Option<(String, Rank)>> = match grouping {
            Grouping::Year | Grouping::Layer => return,
            Grouping::Class => {
                let firsts = firsts(data.groups.of_row(roster).iter().copied(), data.groups.list.len());
                for (group, first) in data.groups.list.iter().zip(firsts) {
                    if let (Some(class), Some(first)) = (group.class, first)
                        && let Some(slot) = self.classes.get_mut(class)
                    {
                        *slot = [*slot, Some(row(first))].into_iter().flatten().min();
                    }
                }
                return;
            }
            Grouping::County | Grouping::Township => {
                let column =
                    if grouping == Grouping::County { roster.county_column() } else { roster.township_column() };
                let firsts = firsts_or_blank(column.codes(), column.value_count());
                let value =
                    |(code, first): (u32, Option<usize>)| Some((column.value(code).to_owned(), (0, 0, row(first?))));
                (0..).zip(firsts).map(value).collect()
            }
            Grouping::Kind | Grouping::Designation => {
                let is_kind = grouping == Grouping::Kind;
                let texts = if is_kind { roster.kinds() } else { roster.designations() };
                let mut rows: Vec<Option<usize>> = vec![None; texts.len()];
                let firsts = firsts(roster.shape_codes().iter().copied(), roster.shapes().len());
                for (shape, first) in roster.shapes().iter().zip(firsts) {
                    let code = if is_kind { shape.kind } else { shape.designation };
                    if let Some(slot) = rows.get_mut(index(code)) {
                        *slot = [*slot, first].into_iter().flatten().min();
                    }
                }
                let values = texts.iter().zip(rows);
                values.map(|(text, first)| Some((text.clone(), (0, 0, row(first?))))).collect()
            }
            Grouping::Id => {
                let place = |row: usize| u32::try_from(roster.place(row)).unwrap_or(u32::MAX);
                let firsts = firsts((0..roster.len()).map(place), roster.place_count());
                let value = |first: Option<usize>| Some((roster.id(first?).to_owned(), (0, 0, row(first?))));
                firsts.into_iter().map(value).collect()
            }
            Grouping::Payer => payers(allocation, row),
        };
        let words = self.words.entry(grouping).or_default();
        let code = |value: Option<(String, Rank)>| value.map_or(u32::MAX, |(text, rank)| words.add(text, rank));
        self.codes.insert(grouping, values.into_iter().map(code).collect());
    }
}

/// Who pays, by the codes of the allocation.
fn payers(allocation: &Allocation, row: impl Fn(usize) -> u64) -> Vec<Option<(String, Rank)>> {
    let data = &*allocation.0;
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let payers = data.payers();
    // The first rows of the values of each column that says who pays.
    let mut columns: Vec<(Payer, Vec<Option<usize>>)> = Vec::new();
    for layer in data.policy.layers() {
        if columns.iter().all(|(known, _)| *known != layer.payer) && !matches!(layer.payer, Payer::Body(_)) {
            let firsts = match paying_column(&data.policy, &data.roster, layer.payer) {
                Some(column) => firsts_or_blank(column.codes(), column.value_count()),
                None => vec![Some(0)],
            };
            columns.push((layer.payer, firsts));
        }
    }
    let value = |code: u32| {
        let order = match payers.stands_in(code) {
            None => (0, code.into()),
            Some((column, payer, value)) => {
                let (_, firsts) = columns.iter().find(|(known, _)| *known == payer)?;
                (number(column).saturating_add(1), row((*firsts.get(index(value))?)?))
            }
        };
        let (column, first) = order;
        Some((data.payer_text(code).to_owned(), (number(payers.first_layer(code)), column, first)))
    };
    (0..number(payers.len())).map(value).collect()
}

/// The first row of each of so many codes.
fn firsts(codes: impl Iterator<Item = u32>, count: usize) -> Vec<Option<usize>> {
    let mut firsts = vec![None; count];
    let mut left = count;
    for (row, code) in codes.enumerate() {
        if let Some(slot @ None) = firsts.get_mut(index(code)) {
            *slot = Some(row);
            left = left.saturating_sub(1);
            if left == 0 {
                break;
            }
        }
    }
    firsts
}

/// The same of a column, which a roster may lack: then all its rows are blank.
fn firsts_or_blank(codes: &[u32], count: usize) -> Vec<Option<usize>> {
    if codes.is_empty() { vec![Some(0)] } else { firsts(codes.iter().copied(), count) }
}
