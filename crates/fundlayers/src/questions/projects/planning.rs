//! A register of projects beside an allocation: which place, year and layer each belongs to, and what that comes to.

use std::fmt;
use std::sync::Arc;

use hashbrown::HashMap;

use super::days::{Day, is_done};
use super::{Field, Project, Projects};
use crate::engine::arrived::{cell_number, number_parts};
use crate::engine::roster::Roster;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::projects as catalogue;
use crate::ground::catalogue::questions;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Message};
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::sure::Sure;
use crate::ground::text::{did_you_mean, did_you_mean_level};
use crate::policy::Layer;
use crate::questions::places::{NONE, Places, Reason, layer_words, reasons};
use crate::results::allocation::Allocation;
use crate::roster::Recipient;
use crate::rows::column::DictionaryColumn;
use crate::rows::header::Found;

/// How a register is set beside an allocation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectOptions {
    /// The day at whose end it is asked what is overdue; none: nothing is, and what is said to be completed is.
    pub as_of: Option<Day>,
}

/// How far a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProjectState {
    /// Not completed, and not overdue as far as can be said.
    Open,
    /// Completed.
    Completed,
    /// Its deadline lies before the day that was asked for, and it was not completed then.
    Overdue,
}

impl ProjectState {
    /// The word in tables for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Overdue => "overdue",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Open, Lang::Zh) => "未完成",
            (Self::Open, Lang::En) => "open",
            (Self::Completed, Lang::Zh) => "已完成",
            (Self::Completed, Lang::En) => "completed",
            (Self::Overdue, Lang::Zh) => "逾期",
            (Self::Overdue, Lang::En) => "overdue",
        }
    }
}

/// What the list of a place must have (五(二)): 目标, 任务, 项目, 资金, 责任单位, 责任人, 完成时限, by key and name.
pub(super) const SEVEN: [(&str, &str, &str); 7] = [
    ("aim", "目标", "Aim"),
    ("task", "任务", "Task"),
    ("project", "项目", "Project"),
    ("funds", "资金", "Funds"),
    ("agency", "责任单位", "Responsible agency"),
    ("person", "责任人", "Person responsible"),
    ("deadline", "完成时限", "Deadline"),
];

/// A register beside an allocation. Cheap to clone; never changes. See the [module](super).
#[derive(Clone)]
pub struct Planning(pub(super) Arc<Data>);

pub(super) struct Data {
    pub(super) allocation: Allocation,
    pub(super) projects: Projects,
    options: ProjectOptions,
    /// By row of the register, what it belongs to.
    pub(super) matched: Vec<Option<Belongs>>,
    /// Rows that match nothing, in the order of the register.
    pub(super) unmatched: Vec<(usize, Reason)>,
    pub(super) unmatched_sum: Amount,
    pub(super) states: Vec<ProjectState>,
    /// By row of the register: which project it is part of; [`NONE`]: of none.
    pub(super) project_of: Vec<u32>,
    /// The categories: those that the policy declares, then others as they come.
    pub(super) categories: Vec<CategoryName>,
    /// By code of the register's column, the category.
    category_of: Vec<u32>,
    /// What is planned, by ascending number of row × year × layer.
    cells: Vec<Cell>,
    /// What there is of a row in a year, by ascending number of row × year.
    places: Vec<PlaceCell>,
    /// By which of the seven are lacking, as bits: their keys with commas between.
    pub(super) lacking: Vec<String>,
    /// By place, the register's row whose plan was filed first; [`NONE`]: none was.
    filed: Vec<u32>,
}

/// Row of the roster, number of the year, layer; the number of layers stands for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Belongs {
    pub(super) row: usize,
    pub(super) year: usize,
    pub(super) layer: usize,
}

/// A category: as it stands in tables for machines, and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CategoryName {
    pub(super) id: String,
    pub(super) name: Name,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    number: u64,
    planned: Amount,
    projects: u32,
}

/// What the register says of a row of the roster in a year.
#[derive(Debug, Clone, Copy, Default)]
struct PlaceCell {
    number: u64,
    rows: u32,
    /// How many of its rows state each of the seven.
    stated: [u32; 7],
    projects: u32,
    completed: u32,
    overdue: u32,
    planned: Amount,
}

/// How many projects there are, and how far they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) projects: u32,
    pub(super) completed: u32,
    pub(super) overdue: u32,
}

impl Progress {
    /// Of rows by their project and state: a project is overdue if one of its rows is, and completed if all of them are.
    pub(super) fn of(rows: &mut Vec<(u32, ProjectState)>) -> Self {
        rows.retain(|(project, _)| *project != NONE);
        rows.sort_unstable_by_key(|(project, _)| *project);
        let mut progress = Self::default();
        for project in rows.chunk_by(|a, b| a.0 == b.0) {
            let add = |count: &mut u32, more: bool| *count = count.saturating_add(u32::from(more));
            add(&mut progress.projects, true);
            add(&mut progress.completed, project.iter().all(|(_, state)| *state == ProjectState::Completed));
            add(&mut progress.overdue, project.iter().any(|(_, state)| *state == ProjectState::Overdue));
        }
        progress
    }
}

impl Allocation {
    /// Sets a register of projects beside the allocation. Warnings name every row that matches nothing, every category that the
    /// policy does not declare though it declares some, and where more is planned than due.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if sums are beyond 2^63 − 1 fen.
    ///
    /// ```
    /// use fundlayers::{Allocation, Policy, ProjectOptions, ProjectsBuilder, RosterBuilder, RowBuilder, Unit};
    /// use fundlayers::roster::Cell;
    /// let policy: Policy = serde_json::from_str(r#"{
    ///   "id": "example", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "万元",
    ///   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    ///   "classes": [{ "id": "all", "funding": { "city": 300 } }]
    /// }"#)?;
    /// let mut roster = RosterBuilder::new(&policy, &[("name", None)]);
    /// roster.push_row(None, &["黄堡镇"].map(Cell::Text));
    /// let (allocation, _) = Allocation::new(&policy, &roster.finish()?.0)?;
    ///
    /// let header = ["项目名称", "名称", "年度", "安排层级", "资金（万元）"].map(|title| (title, None));
    /// let mut register = ProjectsBuilder::new(&header);
    /// register.push_row(None, &["苹果冷库", "黄堡镇", "2024", "city", "180"].map(Cell::Text));
    /// let (projects, _) = register.finish()?;
    /// let (planning, _) = allocation.projects(&projects, &ProjectOptions::default())?;
    /// let line = planning.lines(false).next().ok_or("no line")?;
    /// assert_eq!(line.difference().in_unit(Unit::Wan).to_string(), "-120");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn projects(&self, projects: &Projects, options: &ProjectOptions) -> Result<(Planning, Problems), Problems> {
        let mut warnings = Problems::new();
        let (matched, unmatched) = matches(self, projects, &mut warnings);
        let unmatched_fen =
            unmatched.iter().fold(0_i128, |sum, (row, _)| sum.saturating_add(projects.row(*row).amount().fen().into()));
        let too_large = |message: Message| Problem::new(Code::Overflow, message).expected(common::CHECK_UNITS);
        let unmatched_sum = i64::try_from(unmatched_fen)
            .map(Amount::from_fen)
            .map_err(|_| too_large(catalogue::UNMATCHED_TOO_LARGE.into()))?;
        let states = states(projects, options.as_of);
        let project_of = project_numbers(projects, &matched);
        let (categories, category_of) = categories(self, projects, &mut warnings);
        let layers = self.policy().layers().len();
        let (years, slots) = (self.years().len(), layers.saturating_add(1));
        // By number of row × year × layer, with the row of the register.
        let mut order: Vec<(u64, u32)> = matched
            .iter()
            .zip(0_u32..)
            .filter_map(|(of, row)| {
                let of = (*of)?;
                Some((cell_number(of.row, (of.year, years), (of.layer, slots)), row))
            })
            .collect();
        if !order.is_sorted() {
            order.sort_unstable();
        }
        let rows: Vec<Brief> = projects
            .iter()
            .zip(&project_of)
            .zip(&states)
            .map(|((row, project), state)| Brief {
                fen: row.amount().fen(),
                project: *project,
                state: *state,
                stated: stated(row),
            })
            .collect();
        let of_row = |(_, row): &(u64, u32)| rows.get(index(*row)).copied().sure();
        let mut problems = Problems::new();
        let mut check = |sum: i128, number: u64, width: usize| {
            let sum = i64::try_from(sum).map(Amount::from_fen);
            sum.unwrap_or_else(|_| {
                let row = number_parts(number, width).map_or(0, |(row, _)| row);
                problems.push(too_large(catalogue::PROJECTS_TOO_LARGE.with(&[&self.roster().name(row)])));
                Amount::ZERO
            })
        };
        let (mut cells, mut places) = (Vec::new(), Vec::new());
        let slots_wide = u64::try_from(slots).unwrap_or(u64::MAX);
        let place_of = |number: u64| number.checked_div(slots_wide).sure();
        let mut parts: Vec<(u32, ProjectState)> = Vec::new();
        for of_place in order.chunk_by(|a, b| place_of(a.0) == place_of(b.0)) {
            let mut total = 0_i128;
            for of_cell in of_place.chunk_by(|a, b| a.0 == b.0) {
                let number = of_cell.first().map_or(0, |(number, _)| *number);
                let sum = of_cell.iter().fold(0_i128, |sum, row| sum.saturating_add(of_row(row).fen.into()));
                total = total.saturating_add(sum);
                parts.clear();
                parts.extend(of_cell.iter().map(of_row).map(|row| (row.project, row.state)));
                let projects = Progress::of(&mut parts).projects;
                cells.push(Cell { number, planned: check(sum, number, years.saturating_mul(slots)), projects });
            }
            let number = place_of(of_place.first().map_or(0, |(number, _)| *number));
            parts.clear();
            parts.extend(of_place.iter().map(of_row).map(|row| (row.project, row.state)));
            let progress = Progress::of(&mut parts);
            let mut cell = PlaceCell {
                number,
                rows: u32::try_from(of_place.len()).unwrap_or(u32::MAX),
                projects: progress.projects,
                completed: progress.completed,
                overdue: progress.overdue,
                planned: check(total, number, years),
                ..PlaceCell::default()
            };
            for row in of_place {
                let stated = of_row(row).stated;
                for (at, count) in cell.stated.iter_mut().enumerate() {
                    *count = count.saturating_add(u32::from(stated >> at & 1));
                }
            }
            places.push(cell);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let filed = filed(self.roster(), projects, &matched, options.as_of);
        let data = Data {
            allocation: self.clone(),
            projects: projects.clone(),
            options: options.clone(),
            matched,
            unmatched,
            unmatched_sum,
            states,
            project_of,
            categories,
            category_of,
            cells,
            places,
            lacking: lacking_texts(),
            filed,
        };
        let planning = Planning(Arc::new(data));
        planning.check_differences()?;
        planning.warn_above(&mut warnings);
        Ok((planning, warnings))
    }
}

/// By which of the seven are lacking, as bits: their keys with commas between.
fn lacking_texts() -> Vec<String> {
    let text = |bits: usize| {
        let keys = SEVEN.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, (key, ..))| *key);
        keys.collect::<Vec<_>>().join(",")
    };
    (0..1 << SEVEN.len()).map(text).collect()
}

/// What of a row of a register is added up, together: places are not in the order of the register.
#[derive(Debug, Clone, Copy)]
struct Brief {
    fen: i64,
    project: u32,
    state: ProjectState,
    /// Which of the seven it states, as bits.
    stated: u8,
}

impl Default for Brief {
    fn default() -> Self {
        Self { fen: 0, project: NONE, state: ProjectState::Open, stated: 0 }
    }
}

/// Which of the seven a row of a register states, as bits.
fn stated(project: Project<'_>) -> u8 {
    let has = |field: Field| !project.text(field).is_empty();
    [
        has(Field::Aim),
        has(Field::Task),
        project.is_named(),
        project.amount() > Amount::ZERO,
        has(Field::Agency),
        has(Field::Person),
        has(Field::Deadline) || has(Field::Period),
    ]
    .into_iter()
    .rev()
    .fold(0, |bits, is_stated| bits << 1 | u8::from(is_stated))
}

fn states(projects: &Projects, as_of: Option<Day>) -> Vec<ProjectState> {
    let done: Vec<bool> = projects.column(Field::Status).map_or_else(Vec::new, |of| of.values().map(is_done).collect());
    let state = |(row, project): (usize, Project<'_>)| {
        let said = projects.column(Field::Status).and_then(|of| done.get(index(of.code(row)))).copied();
        let said = said.unwrap_or_default();
        let day = if project.completed().is_empty() { None } else { Day::of(project.completed()) };
        let is_completed = match (day, as_of) {
            (Some(day), Some(as_of)) => day <= as_of,
            (Some(_), None) => true,
            (None, _) => said,
        };
        let is_late = as_of.zip(project.deadline()).is_some_and(|(as_of, deadline)| deadline < as_of);
        match (is_completed, is_late) {
            (true, _) => ProjectState::Completed,
            (false, true) => ProjectState::Overdue,
            (false, false) => ProjectState::Open,
        }
    };
    projects.iter().enumerate().map(state).collect()
}

/// Numbers the projects: rows of one code are one project; without a code, those of one name at one place.
fn project_numbers(projects: &Projects, matched: &[Option<Belongs>]) -> Vec<u32> {
    let codes = projects.column(Field::ProjectCode);
    let mut by_code = vec![NONE; codes.map_or(0, DictionaryColumn::value_count)];
    let mut names: HashMap<(Option<usize>, &str, &str, &str), u32> = HashMap::new();
    let mut next = 0_u32;
    let mut number = |known: Option<u32>| {
        known.unwrap_or_else(|| {
            let number = next;
            next = next.saturating_add(1);
            number
        })
    };
    let mut numbers = Vec::with_capacity(projects.len());
    for ((row, project), of) in projects.iter().enumerate().zip(matched) {
        let of_code = codes.and_then(|codes| by_code.get_mut(index(codes.code(row))));
        numbers.push(if let Some(known) = of_code.filter(|_| !project.code().is_empty()) {
            *known = number(Some(*known).filter(|known| *known != NONE));
            *known
        } else if !project.project_name().is_empty() {
            let row = of.map(|of| of.row);
            let place = if row.is_some() { ("", "") } else { (project.county(), project.name()) };
            let key = (row, place.0, place.1, project.project_name());
            let number = number(names.get(&key).copied());
            *names.entry(key).or_insert(number)
        } else {
            NONE
        });
    }
    numbers
}

/// The categories, and which of them each code of the register's column is.
fn categories(allocation: &Allocation, projects: &Projects, warnings: &mut Problems) -> (Vec<CategoryName>, Vec<u32>) {
    let declared = allocation.policy().projects().map(|rules| rules.categories.as_slice()).unwrap_or_default();
    let mut list: Vec<CategoryName> =
        declared.iter().map(|named| CategoryName { id: named.id.clone(), name: named.name.clone() }).collect();
    let Some(column) = projects.column(Field::Category) else { return (list, Vec::new()) };
    let mut of_code = Vec::new();
    for (code, text) in (0_u32..).zip(column.values()) {
        let known = declared
            .iter()
            .position(|named| named.is_called(text))
            .or_else(|| list.iter().position(|of| of.id == text));
        let at = known.unwrap_or_else(|| {
            if !declared.is_empty() && !text.is_empty() {
                let row = column.codes().iter().position(|of| *of == code).unwrap_or_default();
                let project = projects.row(row);
                let known = declared.iter().flat_map(|named| [named.id.as_str(), named.name.zh.as_str()]);
                let problem = Problem::new(Code::UnknownCategory, catalogue::NO_CATEGORY).found(text);
                let problem = project.locate(problem.column(Field::Category.key()));
                warnings.push(problem.expected(did_you_mean(text, known)));
            }
            let name = if text.is_empty() { Name::new("（未列明）", "(not stated)") } else { Name::both(text) };
            list.push(CategoryName { id: text.to_owned(), name });
            list.len().saturating_sub(1)
        });
        of_code.push(u32::try_from(at).unwrap_or(u32::MAX));
    }
    (list, of_code)
}

/// By place, when and in which row of the register its plan was filed first.
fn filed(roster: &Roster, projects: &Projects, matched: &[Option<Belongs>], as_of: Option<Day>) -> Vec<u32> {
    let Some(column) = projects.column(Field::Filed) else { return Vec::new() };
    let days: Vec<Option<Day>> =
        column.values().map(|text| if text.is_empty() { None } else { Day::of(text) }).collect();
    let day = |row: u32| days.get(index(column.code(index(row)))).copied().flatten();
    let mut first = vec![NONE; roster.place_count()];
    for (of, row) in matched.iter().zip(0_u32..) {
        let day_of_row = day(row).filter(|day| as_of.is_none_or(|as_of| *day <= as_of));
        let (Some(of), Some(day_of_row)) = (of, day_of_row) else { continue };
        if let Some(known) = first.get_mut(roster.place(of.row))
            && (*known == NONE || day(*known).is_none_or(|known| day_of_row < known))
        {
            *known = row;
        }
    }
    first
}

/// What each row of the register belongs to, and those that belong to nothing.
fn matches(
    allocation: &Allocation,
    projects: &Projects,
    warnings: &mut Problems,
) -> (Vec<Option<Belongs>>, Vec<(usize, Reason)>) {
    let words = layer_words(allocation.policy());
    let none = allocation.policy().layers().len();
    let layers: Vec<Option<usize>> = projects.column(Field::Layer).map_or_else(Vec::new, |column| {
        let layer = |text: &str| match words.find(text) {
            _ if text.is_empty() => Some(none),
            Found::One(layer) => Some(layer),
            Found::Several | Found::None => None,
        };
        column.values().map(layer).collect()
    });
    let mut places = Places::new(allocation.roster());
    let by_id = places.by_ids(projects.len(), |row| projects.row(row).id());
    let mut locations: Option<HashMap<String, Option<u32>>> = None;
    let mut last: (u16, Option<usize>) = (0, None);
    let (mut matched, mut unmatched) = (Vec::with_capacity(projects.len()), Vec::new());
    for (row, project) in projects.iter().enumerate() {
        let by_id = by_id.get(row).copied().filter(|place| *place != NONE).map(index);
        let mut place = by_id.map_or_else(|| places.find(project.place()), Ok);
        if place.is_err() && !project.location().is_empty() {
            let known = locations.get_or_insert_with(|| writings(allocation.roster()));
            place = by_location(known, project.location()).unwrap_or(place);
        }
        if last.0 != project.year() {
            last = (project.year(), allocation.years().binary_search(&project.year()).ok());
        }
        let year = last.1;
        let layer = match projects.column(Field::Layer) {
            Some(column) => layers.get(index(column.code(row))).copied().flatten(),
            None => Some(none),
        };
        let live = match (&place, year) {
            (Ok(place), Some(_)) => places.live(*place, project.year(), allocation),
            _ => None,
        };
        match (live, year, layer) {
            (Some(row), Some(year), Some(layer)) => matched.push(Some(Belongs { row, year, layer })),
            (live, year, layer) => {
                let reasons = reasons(&place, live, year, layer);
                for reason in &reasons {
                    if warnings.len() < Problems::LIMIT {
                        warnings.push(unmatched_problem(allocation, project, *reason));
                    } else {
                        warnings.leave_out(Severity::Warning, 1);
                    }
                }
                matched.push(None);
                unmatched.push((row, reasons.first().copied().unwrap_or(Reason::UnknownPlace)));
            }
        }
    }
    (matched, unmatched)
}

/// The places of a roster by what may be written of where they are: the name, with the township, the county or both before it.
/// None: several places are written so.
fn writings(roster: &Roster) -> HashMap<String, Option<u32>> {
    let mut known: HashMap<String, Option<u32>> = HashMap::new();
    let mut next = 0;
    for (row, number) in (0..roster.len()).zip(0_u32..) {
        // A place is known by its first row.
        if roster.place(row) != next {
            continue;
        }
        next = next.saturating_add(1);
        let (county, township, name) = (roster.county(row), roster.township(row), roster.name(row));
        let township = if township == name { "" } else { township };
        let mut writings: Vec<String> =
            [["", "", name], ["", township, name], [county, "", name], [county, township, name]]
                .map(|of| of.concat())
                .to_vec();
        writings.sort_unstable();
        writings.dedup();
        for writing in writings {
            known.entry(writing).and_modify(|place| *place = None).or_insert(Some(number));
        }
    }
    known
}

/// The place of a location; a city before it is passed over.
fn by_location(known: &HashMap<String, Option<u32>>, location: &str) -> Option<Result<usize, Reason>> {
    let bare: String = location.chars().filter(|c| !c.is_whitespace()).collect();
    let without_city = bare.split_once('市').map(|(_, rest)| rest);
    let found = known.get(bare.as_str()).or_else(|| known.get(without_city?))?;
    Some(found.map(index).ok_or(Reason::AmbiguousPlace))
}

/// A warning for a row that matches nothing.
fn unmatched_problem(allocation: &Allocation, project: Project<'_>, reason: Reason) -> Problem {
    let path = [project.county(), project.township(), project.name()];
    let mut path: Vec<&str> = path.into_iter().filter(|text| !text.is_empty()).collect();
    path.dedup();
    let path = path.join("/");
    let place = [
        (Field::Id, project.id()),
        (Field::DivisionCode, project.division_code()),
        (Field::Name, path.as_str()),
        (Field::Location, project.location()),
    ];
    let (field, found) = place.into_iter().find(|(_, text)| !text.is_empty()).unwrap_or((Field::Name, ""));
    let (column, found, message, expected): (&str, String, Message, Message) = match reason {
        Reason::UnknownPlace => {
            (field.key(), found.to_owned(), catalogue::NO_PLACE.into(), questions::ID_OR_NAMES.into())
        }
        Reason::AmbiguousPlace => {
            (field.key(), found.to_owned(), questions::SEVERAL_RECIPIENTS.into(), questions::ID_OR_COUNTY_TOO.into())
        }
        Reason::UnknownYear => {
            let expected = questions::ONE_OF.with(&[&Argument::list(allocation.years())]);
            ("year", project.year().to_string(), questions::YEAR_NOT_COMPUTED.into(), expected)
        }
        Reason::PlaceNotLive => (
            "year",
            project.year().to_string(),
            questions::NOT_FUNDED_IN_YEAR.with(&[&if project.name().is_empty() { found } else { project.name() }]),
            questions::YEAR_IN_ROSTER.into(),
        ),
        Reason::UnknownLayer => {
            let words = layer_words(allocation.policy());
            let hint = did_you_mean_level(project.layer(), words.known());
            let message = questions::NO_LAYER_OF.with(&[allocation.policy()]);
            ("layer", project.layer().to_owned(), message, hint)
        }
    };
    let problem = project.locate(Problem::new(Code::UnmatchedProject, message).column(column));
    problem.found(found).expected(expected)
}

impl Planning {
    /// The allocation.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.0.allocation
    }

    /// The register.
    #[must_use]
    pub fn projects(&self) -> &Projects {
        &self.0.projects
    }

    /// How it was set beside the allocation.
    #[must_use]
    pub fn options(&self) -> &ProjectOptions {
        &self.0.options
    }

    pub(super) fn layers(&self) -> usize {
        self.allocation().policy().layers().len()
    }

    fn first_number(&self, row: usize) -> u64 {
        cell_number(row, (0, self.allocation().years().len()), (0, self.layers().saturating_add(1)))
    }

    /// Place by place, in roster order, then year, then layer, what has no layer last: what is due and what is planned. Without
    /// `zeros`, those in which nothing is due and no row of the register stands are left out.
    pub fn lines(&self, zeros: bool) -> impl Iterator<Item = PlannedLine<'_>> {
        let rows = 0..self.allocation().roster().len();
        let mut next = 0_usize;
        rows.flat_map(move |row| {
            let rest = self.0.cells.get(next..).sure();
            let end = self.first_number(row.saturating_add(1));
            let count = rest.iter().take_while(|cell| cell.number < end).count();
            next = next.saturating_add(count);
            self.lines_between(row, rest.get(..count).sure(), zeros)
        })
    }

    /// The lines of one row of the roster.
    pub(super) fn lines_of(&self, row: usize, zeros: bool) -> impl Iterator<Item = PlannedLine<'_>> {
        let start = |row: usize| {
            let number = self.first_number(row);
            self.0.cells.partition_point(|cell| cell.number < number)
        };
        let cells = self.0.cells.get(start(row)..start(row.saturating_add(1))).sure();
        self.lines_between(row, cells, zeros)
    }

    fn lines_between<'a>(
        &'a self,
        row: usize,
        cells: &'a [Cell],
        zeros: bool,
    ) -> impl Iterator<Item = PlannedLine<'a>> + use<'a> {
        let (allocation, layers) = (self.allocation(), self.layers());
        let years = allocation.years().len();
        let live = allocation.years().iter().enumerate().filter(move |(_, year)| allocation.lives(row, **year));
        let all = live.flat_map(move |(year, _)| (0..=layers).map(move |layer| (year, layer)));
        let mut cells = cells.iter().peekable();
        all.filter_map(move |(year, layer)| {
            let number = cell_number(row, (year, years), (layer, layers.saturating_add(1)));
            let cell = cells.next_if(|cell| cell.number == number).copied();
            let fen = if layer < layers { allocation.0.row_fen(row, year, layer) } else { 0 };
            let due = Amount::from_fen(fen);
            let is_shown = cell.is_some() || !due.is_zero() || zeros && layer < layers;
            let (planned, projects) = cell.map_or((Amount::ZERO, 0), |cell| (cell.planned, cell.projects));
            is_shown.then_some(PlannedLine { planning: self, row, year, layer, due, planned, projects })
        })
    }

    /// Place by place, in roster order, then year: what its list has and lacks.
    pub fn places(&self) -> impl Iterator<Item = PlannedPlace<'_>> {
        let allocation = self.allocation();
        let years = allocation.years().len();
        let mut cells = self.0.places.iter().peekable();
        let all = (0..allocation.roster().len()).flat_map(move |row| (0..years).map(move |year| (row, year)));
        all.filter_map(move |(row, year)| {
            let live = allocation.years().get(year).is_some_and(|year| allocation.lives(row, *year));
            let number = cell_number(row, (year, years), (0, 1));
            let cell = cells.next_if(|cell| cell.number == number).copied().unwrap_or_default();
            live.then_some(PlannedPlace { planning: self, row, year, cell })
        })
    }

    /// One place in a year.
    pub(crate) fn place(&self, row: usize, year: usize) -> PlannedPlace<'_> {
        let number = cell_number(row, (year, self.allocation().years().len()), (0, 1));
        let found = self.0.places.binary_search_by_key(&number, |cell| cell.number).ok();
        let cell = found.and_then(|at| self.0.places.get(at)).copied().unwrap_or_default();
        PlannedPlace { planning: self, row, year, cell }
    }

    /// The rows of the register in its order, with what they belong to.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = PlannedProject<'_>> {
        (0..self.projects().len()).map(|row| PlannedProject { planning: self, row })
    }

    /// The name of one of the seven.
    pub(crate) fn thing(at: usize) -> Option<Name> {
        SEVEN.get(at).map(|(_, zh, en)| Name::new(*zh, *en))
    }

    /// What the rows that match nothing sum to.
    #[must_use]
    pub fn unmatched_sum(&self) -> Amount {
        self.0.unmatched_sum
    }

    /// The category of a row of the register.
    pub(super) fn category(&self, row: usize) -> usize {
        let column = self.projects().column(Field::Category);
        column.and_then(|column| self.0.category_of.get(index(column.code(row)))).copied().map_or(usize::MAX, index)
    }

    fn check_differences(&self) -> Result<(), Problems> {
        let mut problems = Problems::new();
        for place in self.places() {
            let due = place.due_wide();
            let difference = i128::from(place.planned().fen()).saturating_sub(due);
            if i64::try_from(due).is_err() || i64::try_from(difference).is_err() {
                let name = self.allocation().roster().name(place.row);
                let problem = Problem::new(Code::Overflow, questions::GAP_TOO_LARGE.with(&[&name]));
                problems.push(problem.expected(common::CHECK_UNITS));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Warns of places where more is planned than due: in a layer, and altogether.
    fn warn_above(&self, warnings: &mut Problems) {
        const NAMED: usize = 10;
        let unit = self.allocation().policy().unit();
        let layers = self.layers();
        let of_layers = self.0.cells.iter().filter_map(|cell| {
            let (row, at) =
                number_parts(cell.number, self.allocation().years().len().saturating_mul(layers.saturating_add(1)))?;
            let slots = layers.saturating_add(1);
            let (year, layer) = (at.checked_div(slots)?, at.checked_rem(slots)?);
            let of = self.allocation().policy().layers().get(layer)?;
            let due = Amount::from_fen(self.allocation().0.row_fen(row, year, layer));
            (cell.planned > due.max(Amount::ZERO)).then_some((row, year, Some(of), cell.planned, due))
        });
        let of_places = self.0.places.iter().filter_map(|cell| {
            let (row, year) = number_parts(cell.number, self.allocation().years().len())?;
            let place = PlannedPlace { planning: self, row, year, cell: *cell };
            (cell.planned > place.due().max(Amount::ZERO)).then_some((row, year, None, cell.planned, place.due()))
        });
        let mut count = 0_usize;
        let all = of_layers.chain(of_places).inspect(|_| count = count.saturating_add(1));
        let mut above: Vec<(usize, usize, Option<&Layer>, Amount, Amount)> = Vec::new();
        all.for_each(|of| {
            if above.len() < NAMED {
                above.push(of);
            }
        });
        for (row, year, layer, planned, due) in above.iter().take(if count > NAMED { 1 } else { NAMED }) {
            let name = self.allocation().roster().name(*row);
            let year = self.allocation().years().get(*year).map_or(String::new(), u16::to_string);
            let layer = layer.map(|layer| Argument::Name(layer.name.clone()));
            let place = Argument::List(
                [Argument::Text(name.to_owned()), Argument::Text(year)].into_iter().chain(layer).collect(),
            );
            let [planned, due] = [planned, due].map(|amount| amount.grouped(unit).to_string());
            let message = if count > NAMED {
                catalogue::ABOVE_DUE_IN_MANY.with(&[&count, &place, &planned, &due, &unit])
            } else {
                catalogue::ABOVE_DUE.with(&[&place, &planned, &due, &unit])
            };
            let problem = Problem::new(Code::PlannedAboveDue, message).column(Field::Amount.key());
            warnings.push(problem.expected(catalogue::CHECK_PLANNED));
        }
    }
}

impl fmt::Debug for Planning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planning")
            .field("policy", &self.allocation().policy().id())
            .field("projects", &self.projects().len())
            .field("unmatched", &self.0.unmatched.len())
            .finish_non_exhaustive()
    }
}

/// A row of the roster in a year in a layer, or without one.
#[derive(Clone, Copy)]
pub struct PlannedLine<'a> {
    planning: &'a Planning,
    pub(super) row: usize,
    year: usize,
    layer: usize,
    due: Amount,
    planned: Amount,
    projects: u32,
}

impl<'a> PlannedLine<'a> {
    /// The row of the roster.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a line is made only from a row of the roster")]
    pub fn recipient(self) -> Recipient<'a> {
        self.planning.allocation().roster().get(self.row).expect("a row of the roster")
    }

    /// The class that serves it.
    #[must_use]
    pub fn class(self) -> &'a str {
        self.planning.allocation().class_of(self.row).map_or("", |class| class.id.as_str())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.planning.allocation().years().get(self.year).copied().sure()
    }

    /// The layer; none: of projects that say none, of which nothing is due.
    #[must_use]
    pub fn layer(self) -> Option<&'a Layer> {
        self.planning.allocation().policy().layers().get(self.layer)
    }

    /// Who answers for it; blank without a layer.
    #[must_use]
    pub fn payer(self) -> &'a str {
        self.layer().map_or("", |layer| self.planning.allocation().0.payer(self.row, layer))
    }

    /// What is due.
    #[must_use]
    pub const fn due(self) -> Amount {
        self.due
    }

    /// What is planned: the sum of the projects.
    #[must_use]
    pub const fn planned(self) -> Amount {
        self.planned
    }

    /// What is planned less what is due: above 0 more than is due, below 0 what no project uses yet.
    #[must_use]
    pub const fn difference(self) -> Amount {
        difference(self.planned, self.due)
    }

    /// How many projects.
    #[must_use]
    pub const fn projects(self) -> u32 {
        self.projects
    }
}

/// Differences were seen to fit.
const fn difference(planned: Amount, due: Amount) -> Amount {
    Amount::from_fen(planned.fen().saturating_sub(due.fen()))
}

impl fmt::Debug for PlannedLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedLine")
            .field("id", &self.recipient().id())
            .field("year", &self.year())
            .field("layer", &self.layer().map(|layer| &layer.id))
            .field("due", &self.due)
            .field("planned", &self.planned)
            .finish_non_exhaustive()
    }
}

/// A row of the roster in a year: what its list has and lacks.
#[derive(Clone, Copy)]
pub struct PlannedPlace<'a> {
    planning: &'a Planning,
    pub(super) row: usize,
    pub(super) year: usize,
    cell: PlaceCell,
}

impl<'a> PlannedPlace<'a> {
    /// The row of the roster.
    #[must_use]
    #[expect(clippy::expect_used, reason = "it is made only from a row of the roster")]
    pub fn recipient(self) -> Recipient<'a> {
        self.planning.allocation().roster().get(self.row).expect("a row of the roster")
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.planning.allocation().years().get(self.year).copied().sure()
    }

    /// How many rows of the register state each of 目标, 任务, 项目, 资金, 责任单位, 责任人, 完成时限.
    #[must_use]
    pub const fn stated(self) -> [u32; 7] {
        self.cell.stated
    }

    /// Which of the seven no row states, by key: `aim`, `task`, `project`, `funds`, `agency`, `person`, `deadline`.
    pub fn lacking(self) -> impl Iterator<Item = &'static str> {
        let all = SEVEN.iter().zip(self.cell.stated).filter(|(_, count)| *count == 0);
        all.map(|((key, ..), _)| *key)
    }

    /// The same as bits.
    pub(super) fn lacking_bits(self) -> usize {
        let bit = |(at, count): (usize, u32)| if count == 0 { 1_usize << at } else { 0 };
        self.cell.stated.into_iter().enumerate().map(bit).fold(0, |bits, bit| bits | bit)
    }

    /// When the place's plan was filed, as written; none: it was not, as far as the register says, as of the day asked for.
    #[must_use]
    pub fn filed(self) -> Option<&'a str> {
        let place = self.planning.allocation().roster().place(self.row);
        let row = self.planning.0.filed.get(place).filter(|row| **row != NONE)?;
        Some(self.planning.projects().row(index(*row)).filed())
    }

    /// How many projects.
    #[must_use]
    pub const fn projects(self) -> u32 {
        self.cell.projects
    }

    /// How many rows of the register.
    #[must_use]
    pub const fn rows(self) -> u32 {
        self.cell.rows
    }

    /// How many of the projects are completed.
    #[must_use]
    pub const fn completed(self) -> u32 {
        self.cell.completed
    }

    /// How many of them are overdue.
    #[must_use]
    pub const fn overdue(self) -> u32 {
        self.cell.overdue
    }

    /// What is due from all layers.
    #[must_use]
    pub fn due(self) -> Amount {
        // It was seen to fit.
        Amount::from_fen(i64::try_from(self.due_wide()).unwrap_or(i64::MAX))
    }

    fn due_wide(self) -> i128 {
        let fen = |layer| i128::from(self.planning.allocation().0.row_fen(self.row, self.year, layer));
        (0..self.planning.layers()).map(fen).fold(0, i128::saturating_add)
    }

    /// What is planned, with and without a layer.
    #[must_use]
    pub const fn planned(self) -> Amount {
        self.cell.planned
    }

    /// What is planned less what is due.
    #[must_use]
    pub fn difference(self) -> Amount {
        difference(self.planned(), self.due())
    }
}

impl fmt::Debug for PlannedPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedPlace")
            .field("id", &self.recipient().id())
            .field("year", &self.year())
            .field("projects", &self.projects())
            .finish_non_exhaustive()
    }
}

/// A row of the register, with what it belongs to.
#[derive(Clone, Copy)]
pub struct PlannedProject<'a> {
    pub(super) planning: &'a Planning,
    pub(super) row: usize,
}

impl<'a> PlannedProject<'a> {
    /// The row of the register.
    #[must_use]
    pub fn project(self) -> Project<'a> {
        self.planning.projects().row(self.row)
    }

    /// The row of the roster that it belongs to; none: it matches nothing.
    #[must_use]
    pub fn recipient(self) -> Option<Recipient<'a>> {
        self.planning.allocation().roster().get(self.belongs()?.row)
    }

    /// The row of the roster and the number of the year that it belongs to.
    pub(crate) fn roster_row(self) -> Option<(usize, usize)> {
        self.belongs().map(|of| (of.row, of.year))
    }

    /// The id and the name of its category, where it states one.
    pub(crate) fn category_words(self) -> Option<(&'a str, &'a Name)> {
        self.category_name().filter(|of| !of.id.is_empty()).map(|of| (of.id.as_str(), &of.name))
    }

    pub(super) fn belongs(self) -> Option<Belongs> {
        self.planning.0.matched.get(self.row).copied().flatten()
    }

    /// The layer that it belongs to; none: it says none, or matches nothing.
    #[must_use]
    pub fn layer(self) -> Option<&'a Layer> {
        self.planning.allocation().policy().layers().get(self.belongs()?.layer)
    }

    /// Why it matches nothing: the first reason, in the order of place, year, layer.
    #[must_use]
    pub fn reason(self) -> Option<Reason> {
        let unmatched = &self.planning.0.unmatched;
        let at = unmatched.binary_search_by_key(&self.row, |(row, _)| *row).ok()?;
        unmatched.get(at).map(|(_, reason)| *reason)
    }

    /// Its place: id, county, township, name; of a row that matches nothing, what it says of one.
    pub(super) fn place(self) -> [&'a str; 4] {
        let (project, roster) = (self.project(), self.planning.allocation().roster());
        if let Some(of) = self.belongs() {
            [roster.id(of.row), roster.county(of.row), roster.township(of.row), roster.name(of.row)]
        } else {
            let name = if project.name().is_empty() { project.location() } else { project.name() };
            [project.id(), project.county(), project.township(), name]
        }
    }

    /// The id of its layer; of a row that matches nothing, what it says.
    pub(super) fn layer_text(self) -> &'a str {
        self.layer().map_or_else(|| self.project().layer(), |layer| layer.id.as_str())
    }

    /// How far it is.
    #[must_use]
    pub fn state(self) -> ProjectState {
        self.planning.0.states.get(self.row).copied().unwrap_or(ProjectState::Open)
    }

    /// Its category: the id of a declared one, else as written.
    #[must_use]
    pub fn category(self) -> &'a str {
        self.category_name().map_or("", |category| category.id.as_str())
    }

    pub(super) fn category_name(self) -> Option<&'a CategoryName> {
        self.planning.0.categories.get(self.planning.category(self.row))
    }
}

impl fmt::Debug for PlannedProject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlannedProject")
            .field("project", &self.project())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
