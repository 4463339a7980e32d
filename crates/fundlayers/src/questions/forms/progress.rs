//! 支出进度通报表: what was due, arrived and was spent, county by county, with rank.

use std::cmp::Ordering;

use super::basis::{Basis, county, integer, money, number, numbered, percent, text};
use super::grid::{Grid, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::language::Name;
use crate::ground::message::Argument;
use crate::ground::problem::Problems;
use crate::questions::reconcile::{ReconciledRow, Reconciliation};
use crate::results::totals::Grouping;
use crate::tables::table::RowKind;

pub(super) fn make(basis: &Basis<'_>, reconciliation: &Reconciliation) -> Result<Made, Problems> {
    let years = reconciliation.due().years();
    let as_of = reconciliation.options().as_of;
    // Time elapsed is that of one year: of several, the one that the month lies in.
    let year = match (as_of, years) {
        (Some(as_of), [_, _, ..]) => Some(as_of.year()).filter(|year| years.contains(year)),
        _ => None,
    };
    let (by, all): (&[Grouping], &[Grouping]) = match year {
        Some(_) => (&[Grouping::Year, Grouping::County], &[Grouping::Year]),
        None => (&[Grouping::County], &[]),
    };
    let (by, all) = (reconciliation.totals(by, false)?, reconciliation.totals(all, true)?);
    let of_year = |row: &ReconciledRow<'_>| year.is_none_or(|year| row.key(0) == year.to_string());
    let counties: Vec<(String, ReconciledRow<'_>)> =
        by.iter().filter(of_year).map(|row| (row.key(by.by().len().saturating_sub(1)), row)).collect();
    let ranks = ranks(&counties);
    let mut rows: Vec<(RowKind, Vec<Value>)> = Vec::new();
    for ((name, row), rank) in counties.iter().zip(ranks) {
        let mut cells = figures(row, county(name));
        cells.push(Value::Rank(rank));
        rows.push((RowKind::Row, cells));
    }
    if let Some(row) = all.iter().find(of_year) {
        let mut cells = figures(&row, Value::label("合计", "Total"));
        cells.push(Value::Blank);
        let at = if basis.options.total_first { 0 } else { rows.len() };
        rows.insert(at, (RowKind::Total, cells));
    }
    numbered(&mut rows);
    let columns = vec![
        number(),
        text("county", "区县", "County"),
        money("due", "应到位", "Due"),
        money("received", "到位", "Received"),
        percent("arrival_rate", "到位率（%）", "Received of due (%)"),
        money("spent", "支出", "Spent"),
        percent("execution_rate", "支出进度（%）", "Spent of received (%)"),
        percent("time_progress", "序时进度（%）", "Time elapsed (%)"),
        percent("progress_difference", "差距（百分点）", "Spent less time (points)"),
        integer("rank", "排名", "Rank"),
    ];
    let title = match year {
        Some(year) => words::PROGRESS.with(&[&year]),
        None => words::PROGRESS.with(&[&basis.years()]),
    };
    let parts = vec![
        PartData::Table(Grid { id: "progress", columns, rows }),
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    let mut made = basis.made(title, &[FormText::Issuer], parts);
    made.cut_at = as_of.map(|as_of| {
        let (year, month, day) = (as_of.year(), as_of.month(), as_of.last_day());
        let day = Name::new(format!("{year}年{month}月{day}日"), format!("{as_of}-{day:02}"));
        words::CUT_AT.with(&[&day])
    });
    made.notes.push(words::RATES.into());
    made.notes.push(words::RANKED.into());
    made.notes.extend(reconciliation.receipts_notes(basis.unit()));
    if let Some(year) = year {
        let others: Vec<&u16> = years.iter().filter(|other| **other != year).collect();
        made.notes.push(words::OTHER_YEARS.with(&[&year, &Argument::list(others)]));
    }
    Ok(made)
}

/// A row but for its rank.
fn figures(row: &ReconciledRow<'_>, county: Value) -> Vec<Value> {
    vec![
        Value::Blank,
        county,
        Value::Amount(row.due()),
        Value::Amount(row.received()),
        Value::Rate(row.arrival_rate()),
        Value::Amount(row.spent()),
        Value::Rate(row.execution_rate()),
        Value::Rate(row.time_progress()),
        Value::Rate(row.progress_difference()),
    ]
}

/// Ranks by what was spent of what arrived, exactly: the most first, those that are alike share one and the next are passed
/// over. Who received nothing has none, and so have places whose county is not stated, which are no county.
fn ranks(counties: &[(String, ReconciledRow<'_>)]) -> Vec<Option<i64>> {
    let mut ranked: Vec<(usize, i128, i128)> = Vec::new();
    for (at, (name, row)) in counties.iter().enumerate() {
        let (spent, received) = (row.spent().fen(), row.received().fen());
        if received > 0 && !name.is_empty() {
            ranked.push((at, spent.into(), received.into()));
        }
    }
    // a ÷ b against c ÷ d, both b and d above 0. Amounts are below 2^63.
    let order = |(_, a, b): &(usize, i128, i128), (_, c, d): &(usize, i128, i128)| -> Ordering {
        a.saturating_mul(*d).cmp(&c.saturating_mul(*b))
    };
    ranked.sort_by(|one, other| order(other, one));
    let mut ranks = vec![None; counties.len()];
    let mut first = 1_i64;
    for alike in ranked.chunk_by(|one, other| order(one, other).is_eq()) {
        for (at, ..) in alike {
            if let Some(rank) = ranks.get_mut(*at) {
                *rank = Some(first);
            }
        }
        first = first.saturating_add(i64::try_from(alike.len()).unwrap_or(i64::MAX));
    }
    ranks
}
