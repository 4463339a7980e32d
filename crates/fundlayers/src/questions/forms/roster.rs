//! 名单: the places, as an annex to a notice.

use super::basis::{Basis, integer, note, number, numbered, text};
use super::grid::{Grid, Value, check_rows};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::message::Argument;
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::roster::AttributeValue;
use crate::tables::table::RowKind;

/// Where the number of places stands, behind what they are.
const COUNT: usize = 6;

pub(super) fn make(basis: &Basis<'_>) -> Result<Made, Problems> {
    let (policy, roster) = (basis.policy(), basis.allocation.roster());
    check_rows(roster.len())?;
    // Read back, a row must stand for as many places as here.
    let counts = (0..roster.len()).any(|row| roster.count(row) > 1);
    let mut columns = vec![
        number(),
        text("county", "区县", "County"),
        text("township", "乡镇", "Township"),
        text("village", "村名", "Village"),
        text("kind", "类型", "Kind"),
        text("designation", "认定层级", "Designation"),
        text("division_code", "区划代码", "Division code"),
        text("designation_document", "认定文号", "Document of designation"),
        note(),
    ];
    if counts {
        columns.insert(COUNT, integer("count", "数量", "Count"));
    }
    // Rosters pass it over unless the policy declares it.
    let is_document = |attribute: &&crate::policy::Attribute| {
        attribute.id == "designation_document" || attribute.name.zh == "认定文号"
    };
    let document = policy.attributes().iter().find(is_document).map(|attribute| attribute.id.as_str());
    let mut rows = Vec::new();
    for (county, block) in basis.by_county() {
        for row in block {
            let (township, village) = basis.township_and_village(row);
            let document = document.and_then(|id| match roster.get(row)?.attribute(id)? {
                AttributeValue::Text(text) => Some(text),
                _ => None,
            });
            // A dash says that there is none, to whoever reads it.
            let county = if roster.county(row).is_empty() { Value::label("—", "—") } else { county.clone() };
            let mut cells = vec![
                Value::Blank,
                county,
                Value::text(township),
                Value::text(village),
                basis.kind(row),
                basis.designation(row),
                Value::text(roster.division_code(row)),
                Value::text(document.unwrap_or_default()),
                basis.remark(row),
            ];
            if counts {
                cells.insert(COUNT, Value::Integer(i64::try_from(roster.count(row)).sure()));
            }
            rows.push((RowKind::Row, cells));
        }
    }
    numbered(&mut rows);
    let grid = Grid { id: "roster", columns, rows };
    let kinds = policy.kinds().iter().filter_map(|kind| {
        let rows = (0..roster.len()).filter(|row| roster.kind(*row) == kind.id);
        let places = rows.fold(0_u64, |places, row| places.saturating_add(roster.count(row)));
        (places > 0).then(|| words::PLACES_OF_KIND.with(&[&kind.name, &places]))
    });
    let kinds: Vec<_> = kinds.collect();
    let text = if kinds.is_empty() {
        words::PLACES.with(&[&roster.places()])
    } else {
        words::PLACES_BY_KIND.with(&[&roster.places(), &Argument::list(kinds)])
    };
    let parts = vec![
        PartData::Table(grid),
        PartData::Text(text),
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    Ok(basis.made(words::ROSTER.into(), &[FormText::Issuer], parts))
}
