//! 台账: the ledger in the columns of offices, whatever columns it came in.

use hashbrown::HashMap;

use super::basis::{Basis, county, integer, money, note, text};
use super::grid::{ByCounty, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::money::Amount;
use crate::ground::problem::Problems;
use crate::questions::receipts::{Event, Receipt};
use crate::questions::reconcile::Reconciliation;

/// A line of the ledger: its texts, and of each event the date and the amount.
struct Line<'a> {
    row: usize,
    layer: usize,
    first: Receipt<'a>,
    events: [Option<(&'a str, Amount)>; 3],
}

impl<'a> Line<'a> {
    /// Whether an event that stands on a row of its own is the next one of this line's money.
    fn goes_on(&self, receipt: Receipt<'a>) -> bool {
        let later_are_free = self.events.iter().skip(receipt.event().number()).all(Option::is_none);
        let same = |of: fn(Receipt<'a>) -> &'a str| of(self.first) == of(receipt);
        later_are_free
            && same(Receipt::source)
            && same(Receipt::document)
            && same(Receipt::upstream_document)
            && same(Receipt::note)
    }
}

pub(super) fn make(basis: &Basis<'_>, reconciliation: &Reconciliation) -> Result<Made, Problems> {
    let (policy, counties) = (basis.policy(), basis.allocation.roster().county_column());
    let columns = vec![
        integer("year", "年度", "Year"),
        text("county", "区县", "County"),
        text("township", "乡镇", "Township"),
        text("village", "村", "Village"),
        text("project_code", "项目编号", "Project code"),
        text("project_name", "项目名称", "Project"),
        text("layer", "安排层级", "Layer"),
        text("source", "资金来源", "Source"),
        text("upstream_document", "上级文号", "Upstream document"),
        text("document", "文号", "Document"),
        text("batch", "批次", "Batch"),
        text("issued_date", "下达时间", "Issued on"),
        money("issued", "下达金额", "Issued"),
        text("received_date", "到位时间", "Received on"),
        money("received", "到位金额", "Received"),
        text("spent_date", "支出时间", "Spent on"),
        money("spent", "支出金额", "Spent"),
        money("carry_over", "结转", "Carried over"),
        money("surplus", "结余", "Surplus"),
        text("agency", "责任单位", "Responsible agency"),
        note(),
    ];
    let mut lines = lines(reconciliation);
    lines.sort_by_key(|line| counties.code(line.row));
    let mut table = ByCounty::new("ledger", columns, (2, 1), basis.options.total_first);
    for block in lines.chunk_by(|one, other| counties.code(one.row) == counties.code(other.row)) {
        let county = block.first().map_or(Value::Blank, |line| county(counties.get(line.row)));
        let rows = block.iter().map(|line| {
            let (township, village) = basis.township_and_village(line.row);
            let layer = policy.layers().get(line.layer);
            let mut cells = vec![
                Value::Integer(line.first.year().into()),
                county.clone(),
                Value::text(township),
                Value::text(village),
                Value::Blank,
                Value::Blank,
                layer.map_or(Value::Blank, |layer| Value::Word(layer.id.clone(), layer.name.clone())),
                Value::text(line.first.source()),
                Value::text(line.first.upstream_document()),
                Value::text(line.first.document()),
                Value::Blank,
            ];
            for event in line.events {
                cells.push(event.map_or(Value::Blank, |(date, _)| Value::text(date)));
                cells.push(event.map_or(Value::Blank, |(_, amount)| Value::Amount(amount)));
            }
            cells.extend([Value::Blank, Value::Blank, Value::Blank, Value::text(line.first.note())]);
            cells
        });
        table.county(county.clone(), rows.collect())?;
    }
    let mut grid = table.finish()?;
    // What is carried over and what is left is decided at the end of the year, by hand.
    for (_, cells) in &mut grid.rows {
        for at in [CARRY_OVER, SURPLUS] {
            if let Some(cell) = cells.get_mut(at) {
                *cell = Value::Blank;
            }
        }
    }
    let parts = vec![
        PartData::Table(grid),
        PartData::Unmatched,
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    let mut made = basis.made(basis.titled(words::LEDGER), &[FormText::Issuer], parts);
    made.notes.push(words::CARRY_OVER_BY_HAND.into());
    made.notes.extend(reconciliation.receipts_notes(basis.unit()));
    Ok(made)
}

/// So many lines of a place are looked through for the one that an event goes on.
const NEAR: usize = 1_000;
/// Where 结转 and 结余 stand.
const CARRY_OVER: usize = 17;
const SURPLUS: usize = 18;

/// The lines of the ledger that match and are not later than what is asked for: a row of a wide ledger is a line; in a ledger
/// with an event a row, what was issued, received and spent by the same document is.
fn lines(reconciliation: &Reconciliation) -> Vec<Line<'_>> {
    let receipts = reconciliation.receipts();
    let matched = reconciliation.matched_rows();
    let counted = reconciliation.counted();
    let is_wide = receipts.rows().windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    let mut lines: Vec<Line<'_>> = Vec::new();
    // By place, layer and year, the lines that there are.
    let mut of_place: HashMap<(usize, usize, u16), Vec<usize>> = HashMap::new();
    let mut last = None;
    for (number, receipt) in receipts.iter().enumerate() {
        let ledger_row = receipt.row().index();
        let Some((row, _, layer)) = matched.get(ledger_row).copied().flatten() else { continue };
        if !counted(number) {
            continue;
        }
        let known = of_place.entry((row, layer, receipt.year())).or_default();
        let at = if is_wide {
            known.last().copied().filter(|_| last == Some(ledger_row))
        } else {
            let goes_on = |at: &usize| lines.get(*at).is_some_and(|line| line.goes_on(receipt));
            known.iter().rev().take(NEAR).copied().find(goes_on)
        };
        last = Some(ledger_row);
        let at = at.unwrap_or_else(|| {
            known.push(lines.len());
            lines.push(Line { row, layer, first: receipt, events: [None; Event::ALL.len()] });
            lines.len().saturating_sub(1)
        });
        if let Some(slot) = lines.get_mut(at).and_then(|line| line.events.get_mut(receipt.event().number())) {
            *slot = Some((receipt.date(), receipt.amount()));
        }
    }
    lines
}
