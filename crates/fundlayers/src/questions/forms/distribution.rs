//! 资金分配表: who gets how much of which layer.

use super::basis::{Basis, amount, integer, money, note, number, numbered, text};
use super::grid::{ByCounty, Grid, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::problem::Problems;
use crate::results::tables::overflow;
use crate::tables::table::Column;

pub(super) fn make(basis: &Basis<'_>) -> Result<Made, Problems> {
    let summed = !basis.options.places && basis.allocation.years().len() > 1;
    let title = basis.titled(if summed { words::DISTRIBUTION_OF_YEARS } else { words::DISTRIBUTION });
    let parts = vec![
        PartData::Table(grid(basis, &[])?),
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    Ok(basis.made(title, &[FormText::Issuer], parts))
}

/// By county, or by place where that is asked for. `others` are columns of the same form.
pub(super) fn grid(basis: &Basis<'_>, others: &[Column]) -> Result<Grid, Problems> {
    let mut grid = if basis.options.places { by_place(basis, others) } else { by_area(basis, others) }?;
    numbered(&mut grid.rows);
    Ok(grid)
}

/// A row for each county: all its places in all computed years.
fn by_area(basis: &Basis<'_>, others: &[Column]) -> Result<Grid, Problems> {
    let mut columns = vec![number(), text("county", "县区", "County"), money("total", "资金合计", "Total")];
    let layers = basis.layer_columns(&columns, others);
    columns.extend(layers);
    columns.push(note());
    let mut table = ByCounty::new("distribution", columns, (1, 1), basis.options.total_first);
    for (county, rows) in basis.by_county() {
        let mut sums = vec![0_i128; basis.policy().layers().len()];
        let years = 0..basis.allocation.years().len();
        let live = rows.iter().flat_map(|row| years.clone().filter_map(|year| basis.amounts(*row, year)));
        for fen in live {
            for (sum, fen) in sums.iter_mut().zip(fen) {
                *sum = sum.saturating_add(fen.into());
            }
        }
        if sums.iter().all(|sum| *sum == 0) {
            continue;
        }
        let total = sums.iter().fold(0_i128, |total, sum| total.saturating_add(*sum));
        let mut cells = vec![Value::Blank, county.clone()];
        for sum in [total].into_iter().chain(sums) {
            cells.push(amount(i64::try_from(sum).map_err(|_| overflow())?));
        }
        cells.push(Value::Blank);
        table.county(county, vec![cells])?;
    }
    table.finish()
}

/// A row for each place and year.
fn by_place(basis: &Basis<'_>, others: &[Column]) -> Result<Grid, Problems> {
    let (policy, roster) = (basis.policy(), basis.allocation.roster());
    let mut columns = vec![
        number(),
        text("county", "区县", "County"),
        text("township", "乡镇", "Township"),
        text("name", "单位名称", "Name"),
    ];
    let (has_kind, has_designation) = (!policy.kinds().is_empty(), !policy.designations().is_empty());
    columns.extend(has_kind.then(|| text("kind", "类型", "Kind")));
    columns.extend(has_designation.then(|| text("designation", "认定层级", "Designation")));
    columns.push(integer("year", "年度", "Year"));
    let layers = basis.layer_columns(&columns, others);
    columns.extend(layers);
    columns.extend([money("total", "合计", "Total"), note()]);
    let mut table = ByCounty::new("distribution", columns, (2, 1), basis.options.total_first);
    for (county, block) in basis.by_county() {
        let mut rows = Vec::new();
        for row in block {
            for (at, year) in basis.allocation.years().iter().enumerate() {
                let Some(fen) = basis.amounts(row, at).filter(|fen| fen.iter().any(|fen| *fen != 0)) else { continue };
                let mut cells = vec![Value::Blank, county.clone()];
                cells.extend([roster.township(row), roster.name(row)].map(Value::text));
                cells.extend(has_kind.then(|| basis.kind(row)));
                cells.extend(has_designation.then(|| basis.designation(row)));
                cells.push(Value::Integer((*year).into()));
                let total = fen.iter().fold(0_i128, |total, fen| total.saturating_add((*fen).into()));
                cells.extend(fen.into_iter().map(amount));
                cells.push(amount(i64::try_from(total).map_err(|_| overflow())?));
                cells.push(basis.remark(row));
                rows.push(cells);
            }
        }
        table.county(county, rows)?;
    }
    table.finish()
}
