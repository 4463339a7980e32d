//! 备案表: what is filed of each place and year.

use hashbrown::HashMap;

use super::basis::{Basis, amount, integer, money, percent, text};
use super::grid::{ByCounty, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::money::Amount;
use crate::ground::problem::Problems;
use crate::questions::projects::Planning;
use crate::questions::receipts::document_number;
use crate::questions::reconcile::Reconciliation;
use crate::results::tables::overflow;
use crate::tables::table::Percent;

/// What the ledger says of a place in a year.
#[derive(Default)]
struct Happened<'a> {
    received: i128,
    spent: i128,
    documents: Vec<&'a str>,
}

pub(super) fn make(basis: &Basis<'_>) -> Result<Made, Problems> {
    let roster = basis.allocation.roster();
    let columns = vec![
        text("county", "区县", "County"),
        text("place", "镇村", "Place"),
        integer("year", "年度", "Year"),
        money("amount", "资金", "Funds"),
        text("document", "文号", "Document"),
        integer("projects", "项目数", "Projects"),
        percent("progress", "进度（%）", "Progress (%)"),
        text("reporter", "报送人", "Filed by"),
        text("date", "日期", "Date"),
    ];
    let texts = &basis.options.texts;
    let given = |text: FormText| Value::text(texts.get(text).unwrap_or_default());
    let happened = basis.reconciliation.map(happened);
    let mut table = ByCounty::new("filing", columns, (1, 0), basis.options.total_first);
    for (county, block) in basis.by_county() {
        let mut rows = Vec::new();
        for row in block {
            for (at, year) in basis.allocation.years().iter().enumerate() {
                let Some(fen) = basis.amounts(row, at) else { continue };
                let total = fen.iter().fold(0_i128, |total, fen| total.saturating_add((*fen).into()));
                let here = happened.as_ref().and_then(|happened| happened.get(&(row, at)));
                let is_planned = basis.planning.is_some_and(|planning| planning.place(row, at).rows() > 0);
                if total == 0 && here.is_none() && !is_planned {
                    continue;
                }
                let progress = match (&happened, here) {
                    (None, _) => Value::Blank,
                    (Some(_), here) => Value::Rate(here.and_then(rate)),
                };
                let documents = here.map_or(String::new(), |here| here.documents.join("、"));
                rows.push(vec![
                    county.clone(),
                    Value::text(&[roster.township(row), roster.name(row)].concat()),
                    Value::Integer((*year).into()),
                    amount(i64::try_from(total).map_err(|_| overflow())?),
                    Value::text(&documents),
                    basis
                        .planning
                        .map_or(Value::Blank, |planning| Value::Integer(planning.place(row, at).projects().into())),
                    progress,
                    given(FormText::Reporter),
                    given(FormText::Date),
                ]);
            }
        }
        table.county(county, rows)?;
    }
    let parts = vec![
        PartData::Table(table.finish()?),
        PartData::Fields(&[FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    let mut made = basis.made(basis.titled(words::FILING), &[FormText::Issuer], parts);
    made.notes.extend(basis.planning.and_then(Planning::unmatched_note));
    if let Some(reconciliation) = basis.reconciliation {
        made.notes.push(words::PROGRESS_IS.into());
        made.notes.extend(reconciliation.receipts_notes(basis.unit()));
    }
    Ok(made)
}

/// 支出进度: spent ÷ received, where anything was received.
fn rate(happened: &Happened<'_>) -> Option<Percent> {
    let amount = |sum: i128| i64::try_from(sum).ok().map(Amount::from_fen);
    let (spent, received) = (amount(happened.spent)?, amount(happened.received)?);
    if received > Amount::ZERO { Percent::of(spent, received) } else { None }
}

/// By row of the roster and year.
fn happened(reconciliation: &Reconciliation) -> HashMap<(usize, usize), Happened<'_>> {
    let mut all: HashMap<(usize, usize), Happened<'_>> = HashMap::new();
    for (row, year, line) in reconciliation.happened() {
        let here = all.entry((row, year)).or_default();
        here.received = here.received.saturating_add(line.received().fen().into());
        here.spent = here.spent.saturating_add(line.spent().fen().into());
    }
    let matched = reconciliation.matched_rows();
    for (number, (row, year, _)) in matched.iter().enumerate().filter_map(|(number, of)| Some((number, (*of)?))) {
        let document = reconciliation.receipts().row(number).document_or_upstream();
        let here = all.entry((row, year)).or_default();
        let plain = document_number(document);
        if !document.is_empty() && !here.documents.iter().any(|known| document_number(known) == plain) {
            here.documents.push(document);
        }
    }
    all
}
