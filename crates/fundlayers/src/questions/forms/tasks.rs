//! 清单: aims, tasks, projects and who answers for them; a sheet a place (一镇一策, 一村一方案).

use super::basis::{Basis, integer, money, text};
use super::grid::{Grid, GridRow, Value};
use super::{FormText, Made, PageData, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::catalogue::projects as catalogue;
use crate::ground::ids::At as _;
use crate::ground::language::Name;
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::questions::projects::{PlannedProject, Planning};
use crate::tables::table::RowKind;

/// A form is printed: it has at most so many sheets.
const SHEETS: usize = 1_000;

pub(super) fn make(basis: &Basis<'_>, planning: &Planning) -> Result<Made, Problems> {
    let (allocation, roster) = (basis.allocation, basis.allocation.roster());
    let columns = vec![
        text("place", "镇村", "Place"),
        integer("year", "年度", "Year"),
        text("aim", "目标/指标", "Aim"),
        text("task", "任务", "Task"),
        text("project", "项目", "Project"),
        money("amount", "资金", "Funds"),
        text("agency", "责任单位", "Responsible agency"),
        text("person", "责任人", "Person responsible"),
        text("deadline", "完成时限", "Deadline"),
        text("filed", "方案备案日期", "Plan filed on"),
        text("status", "完成情况", "Progress"),
    ];
    // By place in the order of the roster, the rows of the register in theirs.
    let mut rows: Vec<(usize, usize, PlannedProject<'_>)> =
        planning.rows().filter_map(|project| project.roster_row().map(|(row, year)| (row, year, project))).collect();
    rows.sort_by_key(|(row, year, _)| (roster.place(*row), *row, *year));
    let mut grid = Grid { id: "tasks", columns, rows: Vec::new() };
    let mut pages = Vec::new();
    let mut rest = rows.as_slice();
    for row in 0..roster.len() {
        let count = rest.iter().take_while(|(of, ..)| *of == row).count();
        let (own, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        rest = later;
        let live: Vec<usize> = (0..allocation.years().len())
            .filter(|year| allocation.years().get(*year).is_some_and(|year| allocation.lives(row, *year)))
            .collect();
        if live.is_empty() {
            continue;
        }
        if pages.len() >= SHEETS {
            let problem = Problem::new(Code::TooLarge, words::FORM_TOO_LONG.with(&[&SHEETS]));
            return Err(problem.expected(words::FEWER_ROWS).into());
        }
        let place = [roster.township(row), roster.name(row)].concat();
        let first = grid.rows.len();
        grid.rows.extend(own.iter().map(|(_, _, project)| task(&place, *project)));
        let lacking = SEVEN_BITS
            .into_iter()
            .filter(|at| live.iter().any(|year| planning.place(row, *year).stated().at(*at) == 0));
        let lacking: Vec<Argument> = lacking.filter_map(Planning::thing).map(Argument::Name).collect();
        let said = if lacking.is_empty() {
            words::LIST_IS_WHOLE.into()
        } else {
            words::LIST_LACKS.with(&[&Argument::List(lacking)])
        };
        let title = match roster.count(row) {
            1 => Name::both(&place),
            count => Name::new(format!("{place}（共 {count} 处）"), format!("{place} ({count} places)")),
        };
        pages.push(PageData { title, rows: first..grid.rows.len(), said });
    }
    let parts = vec![
        PartData::Pages(grid, pages),
        PartData::UnmatchedProjects,
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    let mut made = basis.made(basis.titled(words::TASKS), &[FormText::Issuer], parts);
    made.notes.extend(planning.unmatched_note());
    made.notes.push(catalogue::LIST_OF_PLACE.into());
    Ok(made)
}

/// The numbers of 目标, 任务, 项目, 资金, 责任单位, 责任人, 完成时限.
const SEVEN_BITS: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];

fn task(place: &str, project: PlannedProject<'_>) -> GridRow {
    let of = project.project();
    let cells = vec![
        Value::text(place),
        Value::Integer(of.year().into()),
        Value::text(of.aim()),
        Value::text(of.task()),
        Value::text(if of.project_name().is_empty() { of.code() } else { of.project_name() }),
        Value::Amount(of.amount()),
        Value::text(of.agency()),
        Value::text(of.person()),
        Value::text(if of.deadline_text().is_empty() { of.period() } else { of.deadline_text() }),
        Value::text(of.filed()),
        Value::text(if of.status().is_empty() { of.completed() } else { of.status() }),
    ];
    (RowKind::Row, cells)
}
