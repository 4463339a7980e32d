//! 项目库: the register of projects, county by county, in the order of the register.

use super::basis::{Basis, county, money, text};
use super::grid::{ByCounty, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::problem::Problems;
use crate::questions::projects::{PlannedProject, Planning};

pub(super) fn make(basis: &Basis<'_>, planning: &Planning) -> Result<Made, Problems> {
    let columns = vec![
        text("project_code", "项目编号", "Project code"),
        text("project_name", "项目名称", "Project"),
        text("category", "项目类型", "Category"),
        text("location", "建设地点", "Location"),
        text("content", "建设内容", "Content"),
        money("investment", "投资规模", "Investment"),
        text("source", "资金来源", "Source"),
        text("aim", "绩效目标", "Aim"),
        text("agency", "责任单位", "Responsible agency"),
        text("person", "责任人", "Person responsible"),
        text("period", "起止时间", "From and to"),
        text("entered", "入库时间", "Entered on"),
        text("priority", "优先级", "Priority"),
    ];
    let roster = basis.allocation.roster();
    // Rows in the order of the register, by the county of their place.
    let mut rows: Vec<(u32, PlannedProject<'_>)> = planning
        .rows()
        .filter_map(|project| Some((roster.county_column().code(project.roster_row()?.0), project)))
        .collect();
    rows.sort_by_key(|(county, _)| *county);
    let mut table = ByCounty::new("projects", columns, (1, 0), basis.options.total_first);
    for block in rows.chunk_by(|one, other| one.0 == other.0) {
        let name = block.first().map_or(Value::Blank, |(code, _)| county(roster.county_column().value(*code)));
        let cells = block.iter().filter_map(|(_, project)| {
            let (row, _) = project.roster_row()?;
            let of = project.project();
            let place = if of.location().is_empty() {
                Value::text(&[roster.township(row), roster.name(row)].concat())
            } else {
                Value::text(of.location())
            };
            let category =
                project.category_words().map_or(Value::Blank, |(id, name)| Value::Word(id.to_owned(), name.clone()));
            let source = if of.source().is_empty() {
                project.layer().map_or(Value::Blank, |layer| Value::Word(layer.id.clone(), layer.name.clone()))
            } else {
                Value::text(of.source())
            };
            Some(vec![
                Value::text(of.code()),
                Value::text(of.project_name()),
                category,
                place,
                Value::text(of.content()),
                Value::Amount(of.investment().unwrap_or_else(|| of.amount())),
                source,
                Value::text(of.aim()),
                Value::text(of.agency()),
                Value::text(of.person()),
                Value::text(if of.period().is_empty() { of.deadline_text() } else { of.period() }),
                Value::text(of.entered()),
                Value::text(of.priority()),
            ])
        });
        table.county(name, cells.collect())?;
    }
    let parts = vec![
        PartData::Table(table.finish()?),
        PartData::UnmatchedProjects,
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    let mut made = basis.made(basis.titled(words::PROJECTS), &[FormText::Issuer], parts);
    made.notes.extend(planning.unmatched_note());
    Ok(made)
}
