//! 帮扶力量: who serves each place, and what is missing.

use super::basis::{Basis, number, numbered, text};
use super::grid::{Grid, Value, check_rows};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::language::{Lang, Name};
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::{Duty, DutyEach};
use crate::questions::duties::{Duties, DutyLine};
use crate::results::tables::column;
use crate::tables::table::{Column, ColumnKind, RowKind};

/// Whether a duty is a post of a place, not a visit or a review that one body makes to many.
fn is_post(duty: &Duty) -> bool {
    duty.each == DutyEach::Place && duty.number.is_some() && !duty.is_shared
}

/// The column of a duty: 科技服务队（3–5人）.
fn duty_column(duty: &Duty, columns: &[Column]) -> Column {
    let taken = columns.iter().any(|column| column.key == duty.id) || ["section", "line", "unit"].contains(&&*duty.id);
    let key = if taken { ["duty_", &duty.id].concat() } else { duty.id.clone() };
    let name = match duty.members {
        None => duty.name.clone(),
        Some((least, most)) => {
            let people = if least == most { least.to_string() } else { format!("{least}–{most}") };
            Name { zh: format!("{}（{people}人）", duty.name.zh), en: format!("{} ({people} people)", duty.name.en) }
        }
    };
    column(&key, name, ColumnKind::Text)
}

/// What stands for a duty: who is assigned, or that nobody is; without a register how many are due.
fn cell(line: DutyLine<'_>) -> Value {
    match line.assigned() {
        None => Value::Text(line.due().to_string()),
        Some(assigned) if assigned.number == 0 => Value::label("缺", "missing"),
        Some(_) if !line.assigned_to().is_empty() => Value::text(line.assigned_to()),
        Some(assigned) => Value::Text(assigned.number.to_string()),
    }
}

/// What is missing of a line, in words of a language.
fn lacks(line: DutyLine<'_>, lang: Lang) -> Option<String> {
    let (missing, assigned) = (line.missing()?, line.assigned()?);
    let name = line.duty().name.get(lang);
    match (missing, assigned.people_missing, assigned.people_surplus, lang) {
        (0, 0, 0, _) => None,
        (0, few, 0, Lang::Zh) => Some(format!("{name}少{few}人")),
        (0, few, 0, Lang::En) => Some(format!("{name}: {few} people too few")),
        (0, _, many, Lang::Zh) => Some(format!("{name}多{many}人")),
        (0, _, many, Lang::En) => Some(format!("{name}: {many} people too many")),
        (missing, .., Lang::Zh) => Some(format!("{name}{missing}")),
        (missing, .., Lang::En) => Some(format!("{name}: {missing}")),
    }
}

pub(super) fn make(basis: &Basis<'_>, duties: &Duties) -> Result<Made, Problems> {
    let policy = basis.policy();
    let posts: Vec<usize> =
        policy.duties().iter().enumerate().filter(|(_, duty)| is_post(duty)).map(|(number, _)| number).collect();
    if posts.is_empty() {
        return Err(Problem::new(Code::MissingKey, words::NO_POSTS).key("duties").into());
    }
    let mut columns = vec![
        number(),
        text("county", "区县", "County"),
        text("township", "乡镇", "Township"),
        text("village", "村名", "Village"),
        text("year", "年度", "Year"),
        text("since", "到岗日期", "Since"),
        text("missing", "缺", "Missing"),
    ];
    let of_duties: Vec<Column> =
        posts.iter().filter_map(|post| policy.duties().get(*post)).map(|duty| duty_column(duty, &columns)).collect();
    // Before what is said of all of them.
    columns.splice(5..5, of_duties);
    let mut rows = Vec::new();
    for (county, block) in basis.by_county() {
        for row in block {
            let (township, village) = basis.township_and_village(row);
            let lines: Vec<DutyLine<'_>> = duties.lines_of(row).filter(|line| is_post(line.duty())).collect();
            for of_year in lines.chunk_by(|a, b| a.year() == b.year()) {
                let Some(first) = of_year.first() else { continue };
                check_rows(rows.len().saturating_add(1))?;
                let mut cells = vec![Value::Blank, county.clone(), Value::text(township), Value::text(village)];
                cells.push(Value::Text(first.year().to_string()));
                for post in &posts {
                    let id = policy.duties().get(*post).map(|duty| duty.id.as_str());
                    let line = of_year.iter().find(|line| Some(line.duty().id.as_str()) == id);
                    cells.push(line.map_or(Value::Blank, |line| cell(*line)));
                }
                let mut dates: Vec<&str> = Vec::new();
                for date in of_year.iter().flat_map(|line| line.dates()).filter(|date| !date.is_empty()) {
                    if !dates.contains(&date) {
                        dates.push(date);
                    }
                }
                cells.push(Value::text(&dates.join("、")));
                let missing = |lang: Lang| {
                    let lacks: Vec<String> = of_year.iter().filter_map(|line| lacks(*line, lang)).collect();
                    lacks.join(lang.pick("、", ", "))
                };
                let ids: Vec<&str> =
                    of_year.iter().filter(|line| line.is_met() == Some(false)).map(|line| &*line.duty().id).collect();
                cells.push(if ids.is_empty() {
                    Value::Blank
                } else {
                    Value::Word(ids.join(", "), Name { zh: missing(Lang::Zh), en: missing(Lang::En) })
                });
                rows.push((RowKind::Row, cells));
            }
        }
    }
    numbered(&mut rows);
    let grid = Grid { id: "support", columns, rows };
    let parts = vec![
        PartData::Table(grid),
        PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Phone, FormText::Date]),
    ];
    Ok(basis.made(basis.titled(words::SUPPORT), &[FormText::Issuer], parts))
}
