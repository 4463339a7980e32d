//! A summary as it travels: its rows in one order, amounts and places as texts of digits.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::figured::Figured;
use super::found::Found;
use super::ids::Ids;
use super::named::Named;
use super::sums::{Sum, Sums};
use super::words::{Rank, Words};
use super::{About, Summary};
use crate::engine::settle::text::Text;
use crate::results::figure_sums::FigureSum;
use crate::results::figures::Blanked;
use crate::results::totals::{Codes, Grouping, put};

/// A row of totals: its grouping values, places, fen, and the fen below 0 where there are any.
type Row = (Vec<Value>, String, String, Option<Text<i128>>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Value {
    /// A year, or the index of a layer or class.
    Number(u32),
    Text(String),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    of: About,
    rows: u64,
    places: String,
    /// The values of each column with what they are sorted by.
    values: Vec<(Grouping, Vec<(String, Rank)>)>,
    classes: Vec<Option<u64>>,
    /// Class, first and last year, places.
    counts: Vec<(usize, u16, u16, String)>,
    totals: Vec<Vec<Row>>,
    problems: Found,
    ids: Ids,
    named: Option<Named>,
    figures: Option<StoredFigures>,
    failed: bool,
}

/// Figures by groups, and what cannot be had of them.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredFigures {
    groups: Vec<(Vec<Value>, Vec<FigureSum>)>,
    blanked: Blanked,
}

impl From<Summary> for Stored {
    fn from(summary: Summary) -> Self {
        let value = |grouping: &Grouping, code: u32| Summary::value(&summary.words, *grouping, code);
        let totals = summary.about.by.iter().zip(&summary.tables).map(|(by, table)| {
            let row = |(codes, sum): (Codes, &Sum)| {
                let values = by.iter().zip(codes).map(|(grouping, code)| value(grouping, code)).collect();
                let below = Some(Text(sum.below)).filter(|below| below.0 != 0);
                (values, sum.places.to_string(), sum.fen.to_string(), below)
            };
            let mut rows: Vec<Row> = table.iter().map(row).collect();
            rows.sort_unstable();
            rows
        });
        let totals = totals.collect();
        let by = summary.about.by.first().map_or(&[][..], Vec::as_slice);
        let figures = summary.figures.map(|figured| {
            let values = |codes: Codes| by.iter().zip(codes).map(|(grouping, code)| value(grouping, code)).collect();
            let mut groups: Vec<(Vec<Value>, _)> =
                figured.groups.into_iter().map(|(codes, list)| (values(codes), list)).collect();
            groups.sort_by(|(one, _), (other, _)| one.cmp(other));
            StoredFigures { groups, blanked: figured.blanked }
        });
        let values = summary.words.into_iter().map(|(grouping, words)| {
            let mut list = words.list;
            list.sort_unstable();
            (grouping, list)
        });
        let counts = summary.counts.into_iter();
        Self {
            rows: summary.rows,
            places: summary.places.to_string(),
            values: values.collect(),
            classes: summary.classes,
            counts: counts.map(|((class, (from, to)), places)| (class, from, to, places.to_string())).collect(),
            totals,
            problems: summary.found,
            ids: summary.ids,
            named: summary.named,
            figures,
            failed: summary.failed,
            of: summary.about,
        }
    }
}

impl TryFrom<Stored> for Summary {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
            text.parse().map_err(|_| format!("`{text}` is not a whole number"))
        }
        let mut words: BTreeMap<Grouping, Words> = BTreeMap::new();
        let mut codes: BTreeMap<Grouping, HashMap<String, u32>> = BTreeMap::new();
        for (grouping, list) in stored.values {
            for (text, rank) in list {
                let code = words.entry(grouping).or_default().add(text.clone(), rank);
                codes.entry(grouping).or_default().insert(text, code);
            }
        }
        if stored.totals.len() != stored.of.by.len() || stored.classes.len() != stored.of.classes.len() {
            return Err(
                "a summary has totals for each grouping, and says of each class where it first appears".to_owned()
            );
        }
        let key_of = |by: &[Grouping], values: Vec<Value>| {
            if values.len() != by.len() {
                return Err("a row of totals has a value for each of its columns".to_owned());
            }
            let mut key = Codes::default();
            for ((at, grouping), value) in by.iter().enumerate().zip(values) {
                let code = match value {
                    Value::Number(number) => Some(number),
                    Value::Text(text) => codes.get(grouping).and_then(|known| known.get(&text)).copied(),
                };
                put(&mut key, at, code.ok_or("a value of a row of totals is not among those of its column")?);
            }
            Ok(key)
        };
        let mut tables = Vec::new();
        for (by, rows) in stored.of.by.iter().zip(stored.totals) {
            let mut table = Sums::of_columns(by.len());
            for (values, places, fen, below) in rows {
                let key = key_of(by, values)?;
                let below = below.map_or(0, |below| below.0);
                let (known, row) = (table.len(), table.row(&key, usize::MAX));
                if row < known {
                    return Err("a row of totals stands twice".to_owned());
                }
                if let Some(sum) = table.sum_mut(row) {
                    *sum = Sum { places: number(&places)?, fen: number(&fen)?, below };
                }
            }
            tables.push(table);
        }
        let by = stored.of.by.first().map_or(&[][..], Vec::as_slice);
        let figured = |figures: StoredFigures| {
            let groups = figures.groups.into_iter().map(|(values, list)| Ok((key_of(by, values)?, list)));
            Ok::<_, String>(Figured { groups: groups.collect::<Result<_, String>>()?, blanked: figures.blanked })
        };
        let figures = stored.figures.map(figured).transpose()?;
        let mut counts = BTreeMap::new();
        for (class, from, to, places) in stored.counts {
            counts.insert((class, (from, to)), number(&places)?);
        }
        Ok(Self {
            about: stored.of,
            rows: stored.rows,
            places: number(&stored.places)?,
            words,
            classes: stored.classes,
            counts,
            tables,
            found: stored.problems,
            ids: stored.ids,
            named: stored.named,
            figures,
            failed: stored.failed,
        })
    }
}
