//! Many changes of one policy over one roster.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};

use super::{Grid, Keys, KnownCodes, Sum, beside, difference, is_something, unlike_years};
use crate::engine::roster::Roster;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::notes;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::ids::At as _;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Message, Phrase};
use crate::ground::money::{Amount, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::text::{did_you_mean, without_padding};
use crate::policy::changes::listed;
use crate::policy::document::{Key, Node, NodeValue};
use crate::policy::{ChangedValue, Path, Policy, Variants};
use crate::results::rerun::Rerun;
use crate::results::tables::{Names, policy_line, unit_column};
use crate::results::totals::{Grouping, TotalRows};
use crate::rows::header::{Header, Words};
use crate::rows::records;
use crate::rows::records::{Cell, ColumnRole, Findings, Fit, Place, RowBuilder};
use crate::tables::table;
use crate::tables::table::{Batch, Cells, Column, ColumnKind, Report, ReportRow, RowKind, Table};

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// A named set of changes of a policy; without any, the policy as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    name: String,
    changes: Vec<PolicyChange>,
    place: Stood,
}

/// A value of a policy that a scenario changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    path: String,
    value: Node,
    place: Stood,
}

/// Where something stood in its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stood {
    row: Option<u32>,
    line: Option<u32>,
    character: Option<u32>,
}

impl Stood {
    fn at(position: Option<Position>) -> Self {
        Self { row: None, line: position.map(|p| p.line), character: position.map(|p| p.character) }
    }

    fn on(self, problem: Problem) -> Problem {
        let problem = match (self.line, self.character) {
            (Some(line), Some(character)) => problem.at(Some(Position { line, character })),
            (line, _) => problem.line(line),
        };
        match self.row {
            Some(row) => problem.row(row),
            None => problem,
        }
    }
}

impl Scenario {
    /// A scenario by its name and its changes, each by the path of the value and the new value; see
    /// [`Policy::with_changes`].
    pub fn new<P: Into<String>>(name: impl Into<String>, changes: impl IntoIterator<Item = (P, Node)>) -> Self {
        let change = |(path, value): (P, Node)| PolicyChange {
            path: path.into(),
            value: value.without_places(),
            place: Stood::default(),
        };
        Self { name: name.into(), changes: changes.into_iter().map(change).collect(), place: Stood::default() }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it changes.
    #[must_use]
    pub fn changes(&self) -> &[PolicyChange] {
        &self.changes
    }
}

impl PolicyChange {
    /// The path of the value, such as `classes.municipal-town.standard`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The new value.
    #[must_use]
    pub const fn value(&self) -> &Node {
        &self.value
    }
}

/// Scenarios in order; the first is the one that the others are compared with.
///
/// ```
/// use fundlayers::{Scenario, Scenarios, document::Node};
/// let changed: Node = serde_json::from_str("650")?;
/// let list = Scenarios::new([
///     Scenario::new("as it is", Vec::<(String, Node)>::new()),
///     Scenario::new("650", [("classes.municipal-town.standard", changed)]),
/// ])?;
/// assert_eq!(list.iter().map(Scenario::name).collect::<Vec<_>>(), ["as it is", "650"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenarios(Vec<Scenario>);

impl Scenarios {
    /// From scenarios with names of their own.
    ///
    /// # Errors
    ///
    /// [`Code::MissingValue`] for a blank name, [`Code::DuplicateId`] for one that stands twice,
    /// [`Code::DuplicateChange`] where a scenario changes a value twice.
    pub fn new(list: impl IntoIterator<Item = Scenario>) -> Result<Self, Problems> {
        let list: Vec<Scenario> = list.into_iter().collect();
        let mut problems = Problems::new();
        let mut names: HashSet<&str> = HashSet::new();
        for scenario in &list {
            if scenario.name.trim().is_empty() {
                let problem = Problem::new(Code::MissingValue, catalogue::NAMELESS).expected(catalogue::NAME_FOR_EACH);
                problems.push(scenario.place.on(problem));
            } else if !names.insert(&scenario.name) {
                let problem = Problem::new(Code::DuplicateId, catalogue::SAME_NAME).found(&scenario.name);
                problems.push(scenario.place.on(problem.expected(catalogue::OWN_NAME_FOR_EACH)));
            }
            let mut paths: HashSet<Path> = HashSet::new();
            for change in &scenario.changes {
                // What is no path is said where the scenario is computed.
                if Path::parse(&change.path).is_ok_and(|path| !paths.insert(path)) {
                    problems.push(change.place.on(duplicate(&scenario.name, &change.path)));
                }
            }
        }
        drop(names);
        if problems.is_empty() { Ok(Self(list)) } else { Err(problems) }
    }

    /// From a document: `scenarios`, a list of tables with a `name` and, left out for the policy as it is, `set`, a table
    /// of paths and values.
    ///
    /// ```toml
    /// [[scenarios]]
    /// name = "as it is"
    /// [[scenarios]]
    /// name = "650"
    /// set = { "classes.municipal-town.standard" = 650 }
    /// ```
    ///
    /// # Errors
    ///
    /// Every mistake of the document at once, and those of [`Scenarios::new`].
    pub fn from_document(document: &Node) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let mut list = Vec::new();
        let wrong = |node: &Node, key: String, expected: Phrase| {
            let problem =
                Problem::new(Code::WrongType, common::IS_OF_TYPE.with(&[&node.type_phrase()])).found(node.to_string());
            let problem = if key.is_empty() { problem } else { problem.key(key) };
            problem.at(node.position).expected(common::GIVE.with(&[&expected]))
        };
        let unknown = |entries: &[(Key, Node)], path: &str, known: &[&str]| -> Vec<Problem> {
            let unknown = entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str()));
            let problem = |(key, _): &(Key, Node)| {
                let problem = Problem::new(Code::UnknownKey, common::NO_KEY_HERE).found(&key.text).at(key.position);
                problem.key(format!("{path}{}", key.text)).expected(did_you_mean(&key.text, known.iter().copied()))
            };
            unknown.map(problem).collect()
        };
        let NodeValue::Table(entries) = &document.value else {
            return Err(wrong(document, String::new(), catalogue::TABLE_WITH_SCENARIOS).into());
        };
        problems.extend(unknown(entries, "", &["scenarios"]));
        let Some(scenarios) = document.get("scenarios") else {
            problems
                .push(Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&"scenarios"])).at(document.position));
            return Err(problems);
        };
        let NodeValue::List(items) = &scenarios.value else {
            problems.push(wrong(scenarios, "scenarios".to_owned(), catalogue::LIST_OF_TABLES));
            return Err(problems);
        };
        for (number, item) in items.iter().enumerate() {
            let path = format!("scenarios.{number}");
            let NodeValue::Table(entries) = &item.value else {
                problems.push(wrong(item, path, catalogue::TABLE_WITH_NAME_AND_SET));
                continue;
            };
            problems.extend(unknown(entries, &format!("{path}."), &["name", "set"]));
            let name = match item.get("name") {
                None => {
                    let problem = Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&"name"]));
                    problems.push(problem.at(item.position).key(path.as_str()));
                    None
                }
                Some(Node { value: NodeValue::Text(name), .. }) => Some(name.trim().to_owned()),
                Some(Node { value: NodeValue::Number(digits), .. }) => Some(digits.clone()),
                Some(node) => {
                    problems.push(wrong(node, format!("{path}.name"), common::A_TEXT));
                    None
                }
            };
            let changes = match item.get("set").map(|set| (&set.value, set)) {
                None => Vec::new(),
                Some((NodeValue::Table(entries), _)) => {
                    let change = |(key, value): &(Key, Node)| PolicyChange {
                        path: key.text.trim().to_owned(),
                        value: value.clone().without_places(),
                        place: Stood::at(key.position.or(value.position)),
                    };
                    entries.iter().map(change).collect()
                }
                Some((_, set)) => {
                    problems.push(wrong(set, format!("{path}.set"), catalogue::TABLE_OF_PATHS));
                    Vec::new()
                }
            };
            list.extend(name.map(|name| Scenario { name, changes, place: Stood::at(item.position) }));
        }
        match Self::new(list) {
            Ok(scenarios) if problems.is_empty() => Ok(scenarios),
            Ok(_) => Err(problems),
            Err(found) => {
                problems.append(found);
                problems.sort();
                Err(problems)
            }
        }
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Scenario> {
        self.0.iter()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Scenarios {
    type Item = &'a Scenario;
    type IntoIter = std::slice::Iter<'a, Scenario>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn duplicate(scenario: &str, path: &str) -> Problem {
    let problem = Problem::new(Code::DuplicateChange, catalogue::CHANGED_TWICE);
    problem.scenario(scenario).key(path).expected(catalogue::ONE_VALUE)
}

/// Reads the text of a value, which is TOML: `650`, `"half-up"`, `{ rate = 0.5, of = "standard" }`.
pub type ReadValue = fn(&str) -> Result<Node, Problems>;

/// What a column of scenarios holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Scenario,
    Path,
    Value,
}

const FIELDS: [(Field, &str, &str); 3] =
    [(Field::Scenario, "scenario", "情景"), (Field::Path, "path", "路径"), (Field::Value, "value", "值")];

impl Field {
    fn key(self) -> &'static str {
        FIELDS.into_iter().find(|(field, ..)| *field == self).map_or("", |(_, key, _)| key)
    }
}

/// Takes the rows of a table of scenarios: `scenario, path, value` (情景, 路径, 值), a row for each change. Rows of one
/// name are one scenario; one without changes has a row with blank path and value.
///
/// The text of a value is TOML, which `read_value` reads; a bare number, true and false stand for themselves.
#[derive(Debug)]
pub struct ScenariosBuilder {
    header: Header<Field>,
    read_value: ReadValue,
    list: Vec<Scenario>,
    known: HashMap<String, usize>,
    /// What each scenario changes, by its number.
    paths: HashSet<(usize, Path)>,
    findings: Findings,
    rows: u32,
    /// Whether a blank name is merged with the one above.
    fill_down: bool,
}

impl ScenariosBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(titles: &[(&str, Option<Position>)], read_value: ReadValue) -> Self {
        let words = Words::new([
            FIELDS.into_iter().map(|(field, key, _)| (key, field)).collect(),
            FIELDS.into_iter().map(|(field, _, header)| (header, field)).collect(),
        ]);
        let mut findings = Findings::default();
        let header = Header::read(titles, &words, Field::key, |_| None, FIELDS, &mut findings);
        Self {
            header,
            read_value,
            list: Vec::new(),
            known: HashMap::new(),
            paths: HashSet::new(),
            findings,
            rows: 0,
            fill_down: false,
        }
    }

    fn change(&mut self, scenario: usize, path: &str, value: Cell<'_>, (place, at): (Place, [u32; 3])) {
        let [_, path_at, value_at] = at;
        let (path_place, value_place) = (Place { column: path_at, ..place }, Place { column: value_at, ..place });
        if path.is_empty() {
            records::missing(&mut self.findings, path_place, Field::Path.key());
            return;
        }
        let node = match value {
            Cell::Blank => {
                records::missing(&mut self.findings, value_place, Field::Value.key());
                return;
            }
            Cell::Number(digits) => Node::new(NodeValue::Number(digits.to_owned())),
            Cell::Flag(flag) => Node::new(NodeValue::Bool(flag)),
            Cell::Text(text) => match (self.read_value)(text.trim()) {
                Ok(node) => node.without_places(),
                Err(problems) => {
                    for problem in problems {
                        let name = self.list.get(scenario).map_or("", |scenario| scenario.name.as_str());
                        let problem = problem.row(place.row).line(place.line).column(Field::Value.key());
                        let problem = problem.scenario(name).key(path);
                        self.findings.push(value_place, Severity::Error, || problem);
                    }
                    return;
                }
            },
        };
        let number = scenario;
        let Some(scenario) = self.list.get_mut(number) else { return };
        if Path::parse(path).is_ok_and(|path| !self.paths.insert((number, path))) {
            let problem = duplicate(&scenario.name, path).row(place.row).line(place.line).column(Field::Path.key());
            self.findings.push(path_place, Severity::Error, || problem);
            return;
        }
        let stood = Stood { row: Some(place.row), line: place.line, character: None };
        scenario.changes.push(PolicyChange { path: path.to_owned(), value: node, place: stood });
    }
}

impl RowBuilder for ScenariosBuilder {
    type Output = Scenarios;

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        self.rows = self.rows.saturating_add(1);
        if cells.iter().all(|cell| cell.is_blank()) {
            return;
        }
        let place = Place { row: self.rows, line, column: 0 };
        self.header.check_row(cells, place, &mut self.findings);
        let column = |field: Field| self.header.column(field).unwrap_or_default();
        let cell = |field: Field| match cells.get(column(field)) {
            Some(cell) if self.header.column(field).is_some() && !cell.is_blank() => *cell,
            _ => Cell::Blank,
        };
        let at = [Field::Scenario, Field::Path, Field::Value].map(|field| records::order(column(field)));
        let (name, path, value) = (cell(Field::Scenario), cell(Field::Path), cell(Field::Value));
        let [name_at, path_at, _] = at;
        let name = records::text(name, Place { column: name_at, ..place }, Field::Scenario.key(), &mut self.findings);
        let path = records::text(path, Place { column: path_at, ..place }, Field::Path.key(), &mut self.findings);
        let (mut name, path) = (without_padding(name).into_owned(), path.trim());
        if let (true, true, Some(above)) = (name.is_empty(), self.fill_down, self.list.last()) {
            name.clone_from(&above.name);
        }
        if name.is_empty() {
            if cell_is_text(cells, self.header.column(Field::Scenario)) {
                records::missing(&mut self.findings, Place { column: name_at, ..place }, Field::Scenario.key());
            }
            return;
        }
        let scenario = self.known.get(&name).copied().unwrap_or_else(|| {
            let place = Stood { row: Some(self.rows), line, character: None };
            self.known.insert(name.clone(), self.list.len());
            self.list.push(Scenario { name, changes: Vec::new(), place });
            self.list.len().saturating_sub(1)
        });
        if !path.is_empty() || !value.is_blank() {
            self.change(scenario, path, value, (place, at));
        }
    }

    fn fit(&self) -> Fit {
        self.header.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        match self.header.field(column) {
            Some(Field::Scenario) => ColumnRole::Key,
            Some(Field::Path | Field::Value) => ColumnRole::Figure,
            None => ColumnRole::Unread,
        }
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.fill_down = fill_down == Some(true);
    }

    /// # Errors
    ///
    /// Every problem of every row at once: missing columns and cells, values that are not TOML, values changed twice.
    fn finish(self) -> Result<(Scenarios, Problems), Problems> {
        let (problems, failed) = self.findings.finish();
        if failed { Err(problems) } else { Ok((Scenarios(self.list), problems)) }
    }
}

/// Whether a cell is a text or blank, so that nothing has been said of it yet.
fn cell_is_text(cells: &[Cell<'_>], column: Option<usize>) -> bool {
    column.is_some_and(|column| cells.get(column).is_none_or(|cell| cell.text().is_some()))
}

/// The totals of many scenarios by a grouping, each beside the first.
///
/// Rows are in the order of the scenarios, then in that of the first scenario's totals; values that it does not have
/// come after, in the order in which scenarios bring them, years ascending throughout. A group without an amount in
/// both the scenario and the first has no row; without grouping columns there is one row for each scenario.
#[derive(Debug, Clone)]
pub struct ScenarioTotals {
    policy: Policy,
    names: Vec<String>,
    /// What each changes, in words.
    changed: Vec<Option<Message>>,
    /// The years of all of them; none if they differ.
    years: Vec<u16>,
    keys: Keys,
    scenarios: Vec<u32>,
    codes: Vec<u32>,
    amounts: Vec<Option<Amount>>,
    differences: Vec<Amount>,
}

/// A row of [`ScenarioTotals`].
#[derive(Debug, Clone, Copy)]
pub struct ScenarioRow<'a> {
    totals: &'a ScenarioTotals,
    row: usize,
}

/// Computes many scenarios of a policy over one roster, and adds each up by a grouping. `years`: which are computed;
/// none: those of the policy that a scenario makes.
///
/// Law, tested: the amounts are those of the totals of [`Allocation::for_years`](crate::Allocation::for_years) under
/// [`Policy::with_changes`], scenario by scenario. What scenarios have in common is made once.
///
/// # Errors
///
/// Every problem of every scenario at once, each with the scenario's name; one that all of them have is said once,
/// without a name.
///
/// ```
/// # use fundlayers::{Policy, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None), ("count", None)]);
/// # builder.push_row(None, &[Cell::Text("a"), Cell::Text("5")]);
/// # let roster = builder.finish()?.0;
/// use fundlayers::{Amount, Scenario, Scenarios, document::Node, scenarios};
/// let four: Node = serde_json::from_str("4")?;
/// let list = Scenarios::new([
///     Scenario::new("as it is", Vec::<(String, Node)>::new()),
///     Scenario::new("four", [("classes.all.funding.city", four)]),
/// ])?;
/// let (totals, _) = scenarios(&policy, &roster, None, &list, &[])?;
/// let found: Vec<_> = totals.iter().map(|row| (row.scenario(), row.difference())).collect();
/// assert_eq!(found, [("as it is", Amount::ZERO), ("four", Amount::from_fen(500))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn scenarios(
    policy: &Policy,
    roster: &Roster,
    years: Option<&[u16]>,
    scenarios: &Scenarios,
    by: &[Grouping],
) -> Result<(ScenarioTotals, Problems), Problems> {
    let mut rerun = Rerun::new(roster, by);
    ScenarioTotals::of(policy, years, scenarios, by, |_, changed| rerun.totals(changed, years))
}

/// Problems of all scenarios, each kept once.
#[derive(Default)]
struct Found {
    known: HashMap<String, usize>,
    /// Each problem, how many scenarios have it, and the last of these.
    list: Vec<(Problem, usize, usize)>,
    /// Of each scenario, which problems it has.
    of_scenario: Vec<Vec<usize>>,
    left_out: Problems,
}

impl Found {
    fn add(&mut self, scenario: &Scenario, problems: Problems) {
        self.left_out.leave_out_as(&problems);
        let this = self.of_scenario.len();
        let mut of_scenario = Vec::new();
        for problem in problems {
            let problem = scenario.placed(problem);
            let number = *self.known.entry(problem.to_string()).or_insert_with(|| {
                self.list.push((problem, 0, usize::MAX));
                self.list.len().saturating_sub(1)
            });
            of_scenario.push(number);
            if let Some((_, count, last)) = self.list.get_mut(number).filter(|(.., last)| *last != this) {
                *count = count.saturating_add(1);
                *last = this;
            }
        }
        self.of_scenario.push(of_scenario);
    }

    /// What all scenarios have, once; then scenario by scenario.
    fn problems(self, scenarios: &Scenarios) -> Problems {
        let all = |count: usize| scenarios.len() > 1 && count >= scenarios.len();
        let common = self.list.iter().filter(|(_, count, _)| all(*count)).map(|(problem, ..)| problem.clone());
        let mut problems: Problems = common.collect();
        for (scenario, numbers) in scenarios.iter().zip(&self.of_scenario) {
            for (problem, count, _) in numbers.iter().filter_map(|number| self.list.get(*number)) {
                if !all(*count) {
                    problems.push(problem.clone().scenario(scenario.name.as_str()));
                }
            }
        }
        problems.leave_out_as(&self.left_out);
        problems
    }
}

impl Scenario {
    /// The policy that it makes of another. `tell` hears of each value that changes.
    pub(super) fn policy(
        &self,
        variants: &mut Variants<'_>,
        tell: impl FnMut(Path, Option<Node>, &Node),
    ) -> Result<(Policy, Problems), Problems> {
        variants.make(self.changes.iter().map(|change| (change.path.as_str(), change.value.clone())), tell)
    }

    /// A problem where the change stands that it comes from, if that is known.
    fn placed(&self, problem: Problem) -> Problem {
        let location = problem.location();
        let Some(key) = location.key.as_deref().filter(|_| location.line.is_none() && location.row.is_none()) else {
            return problem;
        };
        let inside = |change: &&PolicyChange| {
            key.strip_prefix(change.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match self.changes.iter().find(inside) {
            Some(change) => change.place.on(problem),
            None => problem,
        }
    }
}

impl ScenarioTotals {
    /// Each scenario beside the first. `compute` gives the totals of the one of a number by its policy, for the years that are
    /// asked for (none: all), with a row for every group that is live.
    pub(super) fn of<T: TotalRows>(
        policy: &Policy,
        years: Option<&[u16]>,
        scenarios: &Scenarios,
        by: &[Grouping],
        mut compute: impl FnMut(usize, &Policy) -> Result<(T, Problems), Problems>,
    ) -> Result<(Self, Problems), Problems> {
        let mut variants = policy.variants();
        let mut known = KnownCodes::default();
        let mut totals = Self {
            policy: policy.clone(),
            names: scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
            changed: Vec::new(),
            years: Vec::new(),
            keys: Keys::new(by),
            scenarios: Vec::new(),
            codes: Vec::new(),
            amounts: Vec::new(),
            differences: Vec::new(),
        };
        let mut first: Option<Grid> = None;
        let mut first_years: Option<Vec<u16>> = None;
        let mut are_alike = true;
        let mut found = Found::default();
        for (number, scenario) in scenarios.iter().enumerate() {
            let mut told: Vec<ChangedValue> = Vec::new();
            let tell = |path, before, after: &Node| told.push(ChangedValue::new(path, before, after.clone()));
            let changed = scenario.policy(&mut variants, tell);
            totals.changed.push(listed(&told));
            let computed = changed.and_then(|(changed, mut warnings)| {
                let computed_years = years.map_or_else(|| changed.years().collect(), <[u16]>::to_vec);
                let first_years = first_years.get_or_insert_with(|| computed_years.clone());
                warnings.extend(unlike_years(first_years, &computed_years));
                are_alike &= *first_years == computed_years;
                let (sums, found) = compute(number, &changed)?;
                warnings.append(found);
                let grid = totals.keys.grid(&sums, &mut known)?;
                // They hold the policy.
                drop(sums);
                variants.take_back(changed);
                Ok((grid, warnings))
            });
            let added = computed.and_then(|(grid, warnings)| {
                totals.push(number, first.as_ref().unwrap_or(&grid), &grid)?;
                first.get_or_insert(grid);
                Ok(warnings)
            });
            let (Ok(problems) | Err(problems)) = added;
            found.add(scenario, problems);
        }
        totals.years = first_years.filter(|_| are_alike).unwrap_or_default();
        found.problems(scenarios).or_value(totals)
    }

    fn push(&mut self, number: usize, first: &Grid, grid: &Grid) -> Result<(), Problems> {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let mut fits = Ok(());
        let width = self.keys.by().len();
        let (scenarios, codes) = (&mut self.scenarios, &mut self.codes);
        let (amounts, differences) = (&mut self.amounts, &mut self.differences);
        beside(first, grid, width, |key, before, amount| {
            if width == 0 || is_something(before, amount) {
                scenarios.push(number);
                codes.extend(key);
                amounts.push(amount);
                match difference(before, amount) {
                    Ok(difference) => differences.push(difference),
                    Err(problems) => fits = Err(problems),
                }
            }
        });
        fits
    }

    /// What it is grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        self.keys.by()
    }

    /// The policy that the scenarios change.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.amounts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ScenarioRow<'_>> {
        (0..self.len()).map(|row| ScenarioRow { totals: self, row })
    }

    fn code(&self, row: usize, by: usize) -> u32 {
        self.codes.at(row.saturating_mul(self.by().len()).saturating_add(by))
    }

    fn scenario(&self, row: usize) -> &str {
        let number = self.scenarios.get(row).copied().unwrap_or(u32::MAX);
        self.names.get(crate::ground::ids::index(number)).map_or("", String::as_str)
    }

    /// The totals as a table: `scenario`, the grouping columns, `amount, difference, unit`. The amount is blank where the
    /// group is only in the first scenario.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let named = |key: &str, zh: &str, en: &str, kind: ColumnKind| Column {
            key: key.to_owned(),
            header: Name::new(zh, en),
            kind,
        };
        let mut columns = vec![named("scenario", "情景", "Scenario", ColumnKind::Text)];
        columns.extend(self.keys.columns());
        columns.push(named("amount", "金额", "Amount", ColumnKind::Amount));
        columns.push(named("difference", "增减", "Difference", ColumnKind::Amount));
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows = start..start.saturating_add(BATCH_ROWS).min(self.len());
                let mut columns = vec![Cells::Text(rows.clone().map(|row| self.scenario(row)).collect())];
                columns.extend(self.keys.cells(rows.clone(), |row, by| self.code(row, by)));
                let of_rows = || rows.clone().map(|row| ScenarioRow { totals: self, row });
                columns.push(Cells::MaybeAmount(of_rows().map(ScenarioRow::amount).collect()));
                columns.push(Cells::Amount(of_rows().map(ScenarioRow::difference).collect()));
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    /// The policy, and what the scenarios change, the first of them.
    fn notes(&self, lang: Lang) -> Vec<String> {
        const SHOWN: usize = 20;
        let changed = self.names.iter().zip(&self.changed).filter_map(|(name, list)| Some((name, list.as_ref()?)));
        let of_scenarios =
            changed.take(SHOWN).map(|(name, list)| notes::SCENARIO_CHANGES.with(&[name, list]).to_text(lang));
        std::iter::once(policy_line(&self.policy, lang)).chain(of_scenarios).collect()
    }

    /// The totals for people: with a total (合计) for each scenario that has several rows. Scenarios are not added up.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let width = self.by().len();
        let mut columns = vec![(lang.pick("情景", "Scenario").to_owned(), ColumnKind::Text)];
        columns.extend(self.keys.headers(lang));
        columns.push((lang.pick("金额", "Amount").to_owned(), ColumnKind::Amount));
        let first = self.names.first().map_or("", String::as_str);
        let header = notes::DIFFERENCE_FROM.with(&[&first]).to_text(lang);
        columns.push((header, ColumnKind::Amount));
        let mut rows: Vec<ReportRow<'_>> = Vec::new();
        let mut done = 0_usize;
        while done < self.len() {
            let same = |row: &usize| self.scenarios.get(*row) == self.scenarios.get(done);
            let block = (done..self.len()).take_while(same).count();
            let (mut amounts, mut differences) = (Sum::default(), Sum::default());
            let name = || table::Cell::Text(Cow::Borrowed(self.scenario(done)));
            for row in (done..done.saturating_add(block)).map(|row| ScenarioRow { totals: self, row }) {
                let mut cells = vec![name()];
                cells.extend((0..width).map(|by| self.keys.cell(by, self.code(row.row, by), lang)));
                cells.push(row.amount().map_or(table::Cell::Blank, table::Cell::Amount));
                cells.push(table::Cell::Amount(row.difference()));
                rows.push(ReportRow { kind: RowKind::Row, cells });
                amounts.add(row.amount().unwrap_or_default());
                differences.add(row.difference());
            }
            if width > 0 && block > 1 {
                let mut cells = vec![name(), table::Cell::Text(Cow::Borrowed(lang.pick("合计", "Total")))];
                cells.resize(width.saturating_add(1), table::Cell::Blank);
                cells.push(table::Cell::Amount(amounts.amount()?));
                cells.push(table::Cell::Amount(differences.amount()?));
                rows.push(ReportRow { kind: RowKind::Subtotal, cells });
            }
            done = done.saturating_add(block);
        }
        let title = format!("{} · {}", self.policy.heading(lang), lang.pick("情景测算表", "scenarios"));
        let title = Names::new(&self.policy, lang).summed(title, self.by(), &self.years);
        Ok(Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes: self.notes(lang) })
    }
}

impl<'a> ScenarioRow<'a> {
    /// The scenario's name.
    #[must_use]
    pub fn scenario(self) -> &'a str {
        self.totals.scenario(self.row)
    }

    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(self, by: usize) -> String {
        self.totals.keys.key(by, self.totals.code(self.row, by))
    }

    /// The total; none if the group is only in the first scenario.
    #[must_use]
    pub fn amount(self) -> Option<Amount> {
        self.totals.amounts.get(self.row).copied().flatten()
    }

    /// The total less that of the first scenario, where what is not there counts as 0.
    #[must_use]
    pub fn difference(self) -> Amount {
        self.totals.differences.at(self.row)
    }
}
