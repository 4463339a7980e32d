//! Duties over groups of places, and how many places have all that is due of them.

use std::ops::ControlFlow;

use hashbrown::HashMap;

use super::{Duties, DutyLine, Slot, paying};
use crate::engine::payers::paying_column;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::catalogue::results;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Phrase};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::{Duty, Payer};
use crate::results::tables::{BATCH_ROWS, Names, column, text_cell};
use crate::results::totals::{Grouping, row_code};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Percent, Report, ReportRows, RowKind, Table};

/// What is due of each duty over groups of places, and what is assigned: a row for each group and duty.
#[derive(Debug, Clone)]
pub struct DutyTotals {
    duties: Duties,
    groups: Groups,
    rows: Vec<(Codes, usize, Sums)>,
}

/// How many places of each group have all that is due of them.
#[derive(Debug, Clone)]
pub struct CoverageTotals {
    duties: Duties,
    groups: Groups,
    /// Places and those of them that have all.
    rows: Vec<(Codes, u64, u64)>,
}

/// Codes of the grouping values of a row, in the order of the grouping; [`NOBODY`] where it has none.
type Codes = [u32; Grouping::ALL.len()];
/// What rows are alike by: their codes, who brings, their group.
type Kind = (u32, Vec<u32>, u32);

/// Of what is no place's: it has no township, no kind.
const NOBODY: u32 = u32::MAX;

/// What a duty comes to over a group.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// Places, each in each year and half in which it is due; counties, and 1 of what is due once in all.
    places: u64,
    due: u64,
    assigned: u64,
    missing: u64,
    surplus: u64,
    people: u64,
    people_missing: u64,
    people_surplus: u64,
    /// Of the places, those that have all that is due.
    met: u64,
}

/// Things by their codes, numbered from 0.
#[derive(Debug)]
struct Numbers {
    /// For each code in turn, by the number of those before it and the code: the number of them together.
    steps: Vec<HashMap<(u32, u32), u32>>,
    list: Vec<Codes>,
}

impl Numbers {
    /// Of so many codes.
    fn new(width: usize) -> Self {
        Self { steps: vec![HashMap::new(); width], list: Vec::new() }
    }

    fn of(&mut self, codes: Codes) -> u32 {
        let mut number = 0;
        for (step, code) in self.steps.iter_mut().zip(codes) {
            let next = u32::try_from(step.len()).unwrap_or(u32::MAX);
            number = *step.entry((number, code)).or_insert(next);
        }
        if index(number) == self.list.len() {
            self.list.push(codes);
        }
        number
    }

    fn codes(&self, number: u32) -> Codes {
        self.list.get(index(number)).copied().unwrap_or([NOBODY; Grouping::ALL.len()])
    }
}

/// Sums by codes and duty.
#[derive(Debug)]
struct ByDuty {
    numbers: Numbers,
    places: HashMap<(u32, u32), u32>,
    sums: Vec<(u32, usize, Sums)>,
}

impl ByDuty {
    fn new(width: usize) -> Self {
        Self { numbers: Numbers::new(width), places: HashMap::new(), sums: Vec::new() }
    }

    fn of(&mut self, codes: Codes, duty: usize, each: impl FnOnce(&mut Sums)) {
        let number = self.numbers.of(codes);
        // There are at most 1000 duties.
        let key = (number, u32::try_from(duty).unwrap_or(u32::MAX));
        let next = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        let at = index(*self.places.entry(key).or_insert(next));
        if at == self.sums.len() {
            self.sums.push((number, duty, Sums::default()));
        }
        if let Some((.., sums)) = self.sums.get_mut(at) {
            each(sums);
        }
    }
}

/// What things are grouped by.
#[derive(Debug, Clone)]
struct Groups {
    by: Vec<Grouping>,
    /// The texts of payers.
    payers: Vec<String>,
    /// The first row of each place, where places are a column.
    places: Vec<usize>,
}

impl Groups {
    fn new(duties: &Duties, by: &[Grouping], refused: &[Grouping], message: Phrase) -> Result<Self, Problems> {
        let takes = |grouping: &Grouping| !refused.contains(grouping);
        let wrong = by.iter().filter(|grouping| !takes(grouping)).map(|grouping| {
            let known = Grouping::ALL.iter().filter(|known| takes(known)).map(|known| known.as_str());
            let problem = Problem::new(Code::UnknownGrouping, message).found(grouping.as_str());
            problem.expected(results::GROUP_BY_OTHERS.with(&[&Argument::quoted(known)]))
        });
        let problems: Problems = wrong.collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let allocation = duties.allocation();
        let roster = allocation.roster();
        let mut places = Vec::new();
        if by.contains(&Grouping::Id) {
            places.resize(roster.place_count(), usize::MAX);
            for row in (0..roster.len()).rev() {
                if let Some(slot) = places.get_mut(roster.place(row)) {
                    *slot = row;
                }
            }
        }
        let payers = allocation.policy().payers().iter().map(|payer| payer.id.clone()).collect();
        Ok(Self { by: by.to_vec(), payers, places })
    }

    /// The text of a grouping value for machines; blank of a year.
    fn text<'a>(&'a self, duties: &'a Duties, codes: &Codes, by: usize) -> &'a str {
        let code = codes.get(by).copied().unwrap_or(NOBODY);
        let allocation = duties.allocation();
        let (policy, roster) = (allocation.policy(), allocation.roster());
        if code == NOBODY {
            return "";
        }
        match self.by.get(by) {
            Some(Grouping::Id) => self.places.get(index(code)).map_or("", |row| roster.id(*row)),
            Some(Grouping::County) => roster.county_column().value(code),
            Some(Grouping::Township) => roster.township_column().value(code),
            Some(Grouping::Kind) => roster.kinds().get(index(code)).map_or("", String::as_str),
            Some(Grouping::Designation) => roster.designations().get(index(code)).map_or("", String::as_str),
            Some(Grouping::Class) => policy.classes().get(index(code)).map_or("", |class| class.id.as_str()),
            Some(Grouping::Payer) => self.payers.get(index(code)).map_or("", String::as_str),
            Some(Grouping::Year | Grouping::Layer) | None => "",
        }
    }

    fn year(duties: &Duties, codes: &Codes, by: usize) -> u16 {
        let code = codes.get(by).copied().unwrap_or(NOBODY);
        duties.allocation().years().get(index(code)).copied().sure()
    }

    /// The same for people.
    fn cell<'a>(&'a self, duties: &'a Duties, codes: &Codes, by: usize, names: &Names<'a>) -> Cell<'a> {
        let id = self.text(duties, codes, by);
        let policy = duties.allocation().policy();
        let named = |list: &'a [crate::policy::Named]| {
            list.iter().find(|named| named.id == id).map_or(id, |named| named.name.get(names.lang()))
        };
        let is_nobody = codes.get(by).is_none_or(|code| *code == NOBODY);
        match self.by.get(by) {
            Some(Grouping::Year) => Cell::Integer(Self::year(duties, codes, by).into()),
            _ if is_nobody => Cell::Blank,
            Some(Grouping::Kind) => names.text(named(policy.kinds())),
            Some(Grouping::Designation) => names.text(named(policy.designations())),
            Some(Grouping::Payer) => names.text(named(policy.payers())),
            Some(Grouping::Class) => {
                let class = policy.classes().iter().find(|class| class.id == id);
                names.text(class.map_or(id, |class| class.name.get(names.lang())))
            }
            _ => names.text(id),
        }
    }

    fn columns(&self) -> Vec<Column> {
        self.by.iter().copied().map(Grouping::column).collect()
    }

    fn cells<'a>(&'a self, duties: &'a Duties, by: usize, codes: &[Codes]) -> Cells<'a> {
        match self.by.get(by) {
            Some(Grouping::Year) => {
                Cells::Integer(codes.iter().map(|codes| Self::year(duties, codes, by).into()).collect())
            }
            _ => Cells::Text(codes.iter().map(|codes| self.text(duties, codes, by)).collect()),
        }
    }
}

/// Rows that are alike in all that is grouped by.
struct Buckets<'a> {
    duties: &'a Duties,
    by: Vec<Grouping>,
    payers: Vec<Payer>,
    /// The codes of payers by their texts.
    known: HashMap<String, u32>,
}

impl<'a> Buckets<'a> {
    fn new(duties: &'a Duties, groups: &Groups) -> Self {
        let by = groups.by.clone();
        let payers = if by.contains(&Grouping::Payer) { paying(duties.allocation().policy()) } else { Vec::new() };
        Self { duties, by, payers, known: groups.payers.iter().cloned().zip(0_u32..).collect() }
    }

    /// The codes of a row, but for year and payer.
    fn row_codes(&self, row: usize) -> Codes {
        let mut codes = [NOBODY; Grouping::ALL.len()];
        for (slot, grouping) in codes.iter_mut().zip(&self.by) {
            if !matches!(grouping, Grouping::Year | Grouping::Payer | Grouping::Layer) {
                *slot = row_code(self.duties.allocation(), *grouping, row);
            }
        }
        codes
    }

    /// The codes of the columns that say who must bring something.
    fn payer_columns(&self, row: usize) -> Vec<u32> {
        let allocation = self.duties.allocation();
        let of = |payer: &Payer| paying_column(allocation.policy(), allocation.roster(), *payer);
        self.payers.iter().map(|payer| of(payer).map_or(0, |column| column.code(row))).collect()
    }

    /// The codes of what is due.
    fn codes(&mut self, line: DutyLine<'_>, mut codes: Codes) -> Codes {
        for (slot, grouping) in codes.iter_mut().zip(&self.by) {
            match grouping {
                Grouping::Year => *slot = u32::try_from(line.slot.year).unwrap_or(NOBODY),
                Grouping::Payer => {
                    let next = u32::try_from(self.known.len()).unwrap_or(NOBODY);
                    *slot = *self.known.entry_ref(line.payer()).or_insert(next);
                }
                Grouping::County if line.row.is_none() => *slot = line.county.unwrap_or(NOBODY),
                _ => {}
            }
        }
        codes
    }

    /// Rows that are alike in all that is grouped by and in what is due of them: the first of each, for how many places they
    /// stand together, and their codes. None where they are to be looked at one by one.
    fn alike(&self) -> Option<Vec<(usize, u64, Codes)>> {
        let duties = self.duties;
        if !duties.0.once.is_empty() || self.by.contains(&Grouping::Id) {
            return None;
        }
        let roster = duties.allocation().roster();
        let mut numbers = Numbers::new(self.by.len());
        let mut alike: HashMap<Kind, (usize, u64)> = HashMap::new();
        for (row, group) in duties.allocation().0.groups.of_row(roster).iter().enumerate() {
            let kind = (numbers.of(self.row_codes(row)), self.payer_columns(row), *group);
            let (_, count) = alike.entry(kind).or_insert((row, 0));
            *count = count.saturating_add(roster.count(row));
        }
        let of = |((number, ..), (row, count)): (Kind, (usize, u64))| (row, count, numbers.codes(number));
        let mut alike: Vec<_> = alike.into_iter().map(of).collect();
        // By row, so that nothing depends on the order of hashes.
        alike.sort_unstable();
        Some(alike)
    }

    /// What is due, each with its codes and for how many places: rows alike at once.
    fn each(&mut self, of: &mut dyn FnMut(Codes, DutyLine<'a>, u64)) {
        let duties = self.duties;
        if let Some(alike) = self.alike() {
            for (row, count, codes) in alike {
                for slot in duties.0.template(row) {
                    if let Some(line) = duties.line(row, *slot) {
                        let codes = self.codes(line, codes);
                        of(codes, line, count);
                    }
                }
            }
        } else {
            let roster = duties.allocation().roster();
            for row in 0..roster.len() {
                let (codes, count) = (self.row_codes(row), roster.count(row));
                let slots: Vec<Slot> = duties.0.slots(row).collect();
                for line in slots.into_iter().filter_map(|slot| duties.line(row, slot)) {
                    let codes = self.codes(line, codes);
                    of(codes, line, count);
                }
            }
        }
        for line in duties.wide_lines() {
            let codes = self.codes(line, [NOBODY; Grouping::ALL.len()]);
            of(codes, line, 1);
        }
    }

    /// The codes of what is due of one row or of none.
    fn of_line(&mut self, line: DutyLine<'_>) -> Codes {
        let codes = line.row.map_or([NOBODY; Grouping::ALL.len()], |row| self.row_codes(row));
        self.codes(line, codes)
    }

    /// The texts of payers by code.
    fn payer_texts(self) -> Vec<String> {
        let mut known: Vec<(u32, String)> = self.known.into_iter().map(|(text, code)| (code, text)).collect();
        known.sort_unstable();
        known.into_iter().map(|(_, text)| text).collect()
    }
}

impl Duties {
    /// What is due over groups of places, and what is assigned: by any grouping but layers, of each duty by itself, for posts
    /// and visits do not add up to anything.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`] for layers, [`Code::Overflow`] for a sum beyond 2^63 − 1.
    ///
    /// ```
    /// use fundlayers::{Allocation, Duties, Grouping, Policy, Roster};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
    ///   "layers": [], "classes": [{ "id": "all", "funding": {} }],
    ///   "duties": [{ "id": "visit", "payer": "county", "number": 2 }] }"#)?;
    /// # #[derive(serde::Serialize)] struct Place { name: &'static str, count: u16 }
    /// let (roster, _) = Roster::from_rows(&policy, &[Place { name: "甲村", count: 3 }])?;
    /// let totals = Duties::new(&Allocation::new(&policy, &roster)?.0)?.totals(&[Grouping::Year])?;
    /// assert_eq!((totals.len(), totals.due(0)), (2, 6));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn totals(&self, by: &[Grouping]) -> Result<DutyTotals, Problems> {
        let mut groups = Groups::new(self, by, &[Grouping::Layer], words::DUTIES_HAVE_NO_LAYER)?;
        let mut buckets = Buckets::new(self, &groups);
        let mut by_duty = ByDuty::new(by.len());
        buckets.each(&mut |codes, line, count| {
            let number = line.duty.number.unwrap_or_default();
            by_duty.of(codes, line.slot.duty, |sum| {
                sum.places = sum.places.saturating_add(count);
                sum.due = sum.due.saturating_add(count.saturating_mul(number.into()));
            });
        });
        for (.., sum) in &mut by_duty.sums {
            sum.missing = sum.due;
        }
        for (key, rows) in self.0.register.iter().flat_map(super::Matched::of_keys) {
            let Some(line) = self.line_of(key) else { continue };
            let Some(assigned) = line.assigned_of(rows) else { continue };
            let due = line.due();
            by_duty.of(buckets.of_line(line), line.slot.duty, |sum| {
                let add = |to: &mut u64, number: u64| *to = to.saturating_add(number);
                add(&mut sum.assigned, assigned.number);
                sum.missing = sum.missing.saturating_sub(assigned.number.min(due));
                add(&mut sum.surplus, assigned.number.saturating_sub(due));
                add(&mut sum.people, assigned.people);
                add(&mut sum.people_missing, assigned.people_missing);
                add(&mut sum.people_surplus, assigned.people_surplus);
                if line.is_met_by(assigned) {
                    add(&mut sum.met, line.count());
                }
            });
        }
        groups.payers = buckets.payer_texts();
        let ByDuty { numbers, sums, .. } = by_duty;
        let mut rows: Vec<(Codes, usize, Sums)> =
            sums.into_iter().map(|(number, duty, sum)| (numbers.codes(number), duty, sum)).collect();
        rows.sort_unstable_by_key(|(codes, duty, _)| (*codes, *duty));
        let too_large = |number: u64| i64::try_from(number).is_err();
        let beyond = |sum: &Sums, duty: usize| {
            let most = self.duty(duty).and_then(|duty| duty.members).map_or(1, |(_, most)| most);
            let all = [sum.places, sum.due.saturating_mul(most.into()), sum.assigned, sum.people];
            all.into_iter().any(too_large)
        };
        if rows.iter().any(|(_, duty, sum)| beyond(sum, *duty)) {
            let problem = Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE);
            return Err(problem.expected(results::CHECK_UNITS_OR_GROUP_FINER).into());
        }
        Ok(DutyTotals { duties: self.clone(), groups, rows })
    }

    /// How many places have all that is due of them in a year, each place in each year by itself: by any grouping of places
    /// and by year.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`] for layers and payers, [`Code::MissingKey`] without a register.
    pub fn coverage(&self, by: &[Grouping]) -> Result<CoverageTotals, Problems> {
        if !self.has_register() {
            return Err(Problem::new(Code::MissingKey, words::COVERAGE_NEEDS_REGISTER).key("assignments").into());
        }
        let refused = [Grouping::Layer, Grouping::Payer];
        let groups = Groups::new(self, by, &refused, words::COVERAGE_OF_PLACES)?;
        let mut buckets = Buckets::new(self, &groups);
        let mut numbers = Numbers::new(by.len());
        // By number of codes: places, and those of them that have all.
        let mut sums: Vec<(u64, u64)> = Vec::new();
        let mut add = |codes: Codes, places: u64, met: u64| {
            let at = index(numbers.of(codes));
            if at >= sums.len() {
                sums.resize(at.saturating_add(1), (0, 0));
            }
            if let Some(sum) = sums.get_mut(at) {
                *sum = (sum.0.saturating_add(places), sum.1.saturating_add(met));
            }
        };
        let roster = self.allocation().roster();
        let one_by_one = || (0..roster.len()).map(|row| (row, roster.count(row), buckets.row_codes(row)));
        let rows = buckets.alike().unwrap_or_else(|| one_by_one().collect());
        for (row, count, codes) in rows {
            let mut last = None;
            for slot in self.0.slots(row) {
                // A place counts once a year, however much is due.
                if last == Some(slot.year) {
                    continue;
                }
                last = Some(slot.year);
                let Some(line) = self.line(row, slot) else { continue };
                add(buckets.codes(line, codes), count, 0);
            }
        }
        let mut keys = self.0.register.iter().flat_map(super::Matched::of_keys).peekable();
        while let Some(first) = keys.next() {
            // All that the register has of a row in a year.
            let year = |key: u64| key >> 14;
            let Some(line) = self.line_of(first.0) else { continue };
            let is_met = |line: DutyLine<'_>, rows| line.assigned_of(rows).is_some_and(|of| line.is_met_by(of));
            let mut met = usize::from(is_met(line, first.1));
            while let Some((key, rows)) = keys.next_if(|(key, _)| year(*key) == year(first.0)) {
                met = met.saturating_add(usize::from(self.line_of(key).is_some_and(|line| is_met(line, rows))));
            }
            let Some(row) = line.row.filter(|_| met > 0) else { continue };
            let due = self.0.slots(row).filter(|slot| slot.year == line.slot.year).take(met.saturating_add(1)).count();
            if due == met {
                add(buckets.of_line(line), 0, roster.count(row));
            }
        }
        let mut rows: Vec<(Codes, u64, u64)> =
            numbers.list.iter().zip(sums).map(|(codes, (places, met))| (*codes, places, met)).collect();
        rows.sort_unstable();
        Ok(CoverageTotals { duties: self.clone(), groups, rows })
    }

    fn duty(&self, duty: usize) -> Option<&Duty> {
        self.allocation().policy().duties().get(duty)
    }
}

fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn share(part: u64, whole: u64) -> Option<Percent> {
    if whole == 0 { None } else { Percent::of_ratio(part.into(), whole.into()) }
}

/// Columns of whole numbers and of shares.
fn columns_of(list: &[(&str, &str, &str)], kind: ColumnKind) -> Vec<Column> {
    list.iter().map(|(key, zh, en)| column(key, Name::new(*zh, *en), kind)).collect()
}

/// The columns that a register adds to what is due.
pub(super) fn register_columns() -> Vec<Column> {
    columns_of(
        &[
            ("assigned", "已落实", "Assigned"),
            ("missing", "缺", "Missing"),
            ("surplus", "超出", "Surplus"),
            ("people", "人数", "People"),
            ("people_missing", "缺人", "People missing"),
            ("people_surplus", "超员", "People too many"),
        ],
        ColumnKind::Integer,
    )
}

/// The columns of what is due.
pub(super) fn due_columns() -> Vec<Column> {
    columns_of(
        &[
            ("due", "应有", "Due"),
            ("people_least", "最少人数", "People at least"),
            ("people_most", "最多人数", "People at most"),
        ],
        ColumnKind::Integer,
    )
}

impl DutyTotals {
    /// The duties that are added up.
    #[must_use]
    pub const fn duties(&self) -> &Duties {
        &self.duties
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many are due in a row.
    #[must_use]
    pub fn due(&self, row: usize) -> u64 {
        self.rows.get(row).map_or(0, |(.., sums)| sums.due)
    }

    /// Due, assigned, missing and surplus of all rows.
    #[cfg(test)]
    pub(super) fn sums(&self) -> [u64; 4] {
        self.rows.iter().fold([0; 4], |[due, assigned, missing, surplus], (.., sum)| {
            [due + sum.due, assigned + sum.assigned, missing + sum.missing, surplus + sum.surplus]
        })
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns = self.groups.columns();
        columns.push(column("duty", Name::new("事项", "Duty"), ColumnKind::Text));
        columns.extend(columns_of(&[("places", "对象数", "Places")], ColumnKind::Integer));
        columns.extend(due_columns());
        if self.duties.has_register() {
            columns.extend(register_columns());
            columns.extend(columns_of(&[("met", "已落实对象数", "Places met")], ColumnKind::Integer));
            columns.extend(columns_of(&[("coverage", "覆盖率（%）", "Coverage (%)")], ColumnKind::Percent));
        }
        columns
    }

    /// The numbers of a row: people are blank where the duty says nothing of them.
    fn numbers(&self, (_, duty, sum): &(Codes, usize, Sums)) -> Vec<Option<i64>> {
        let members = self.duties.duty(*duty).and_then(|duty| duty.members);
        let people = |number: u32| integer(sum.due.saturating_mul(number.into()));
        let mut numbers = vec![
            Some(integer(sum.places)),
            Some(integer(sum.due)),
            members.map(|(least, _)| people(least)),
            members.map(|(_, most)| people(most)),
        ];
        if self.duties.has_register() {
            let of_people = |number: u64| members.map(|_| integer(number));
            numbers.extend([sum.assigned, sum.missing, sum.surplus].map(|number| Some(integer(number))));
            numbers.push(Some(integer(sum.people)));
            numbers.extend([of_people(sum.people_missing), of_people(sum.people_surplus), Some(integer(sum.met))]);
        }
        numbers
    }

    /// As a table: the grouping columns, `duty` by its id, `places` (each in each year and half), `due`, `people_least`,
    /// `people_most`; beside a register `assigned`, `missing`, `surplus`, `people`, `people_missing`, `people_surplus`, `met`
    /// (places that have what is due) and `coverage` (their share, in percent).
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        let unit = self.duties.allocation().policy().unit();
        Table::new(self.columns(), unit, move || {
            self.rows.chunks(BATCH_ROWS).map(move |rows| {
                let codes: Vec<Codes> = rows.iter().map(|(codes, ..)| *codes).collect();
                let mut columns: Vec<Cells<'_>> =
                    (0..self.groups.by.len()).map(|by| self.groups.cells(&self.duties, by, &codes)).collect();
                let id = |duty: usize| self.duties.duty(duty).map_or("", |duty| duty.id.as_str());
                columns.push(Cells::Text(rows.iter().map(|(_, duty, _)| id(*duty)).collect()));
                let numbers: Vec<Vec<Option<i64>>> = rows.iter().map(|row| self.numbers(row)).collect();
                let width = numbers.first().map_or(0, Vec::len);
                for at in 0..width {
                    let cell = |numbers: &Vec<Option<i64>>| numbers.get(at).copied().flatten();
                    columns.push(Cells::MaybeInteger(numbers.iter().map(cell).collect()));
                }
                if self.duties.has_register() {
                    columns.push(Cells::Percent(rows.iter().map(|(.., sum)| share(sum.met, sum.places)).collect()));
                }
                Batch { columns, rows: rows.len() }
            })
        })
    }

    /// The same for people.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        let policy = self.duties.allocation().policy();
        let names = Names::new(policy, lang);
        let title = names.titled("任务汇总表", "duties by group");
        let title = names.summed(title, &self.groups.by, self.duties.allocation().years());
        let columns = self.columns().iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let notes = names.notes();
        let rows = ReportRows::made(self.rows.len(), move |each| {
            let mut cells: Vec<Cell<'_>> = Vec::new();
            for row in &self.rows {
                let (codes, duty, sum) = row;
                cells.clear();
                let by = 0..self.groups.by.len();
                cells.extend(by.map(|by| self.groups.cell(&self.duties, codes, by, &names)));
                cells.push(text_cell(self.duties.duty(*duty).map_or("", |duty| duty.name.get(lang))));
                cells.extend(self.numbers(row).into_iter().map(|number| number.map_or(Cell::Blank, Cell::Integer)));
                if self.duties.has_register() {
                    cells.push(share(sum.met, sum.places).map_or(Cell::Blank, Cell::Percent));
                }
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: policy.unit(), columns, rows, notes }
    }
}

impl CoverageTotals {
    /// How many groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The places of a group, and those of them that have all that is due.
    #[must_use]
    pub fn places(&self, row: usize) -> (u64, u64) {
        self.rows.get(row).map_or((0, 0), |(_, places, met)| (*places, *met))
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns = self.groups.columns();
        columns.extend(columns_of(
            &[("places", "对象数", "Places"), ("met", "全部落实的对象数", "Places with all that is due")],
            ColumnKind::Integer,
        ));
        columns.extend(columns_of(&[("coverage", "覆盖率（%）", "Coverage (%)")], ColumnKind::Percent));
        columns
    }

    /// As a table: the grouping columns, `places`, `met` (places that have all that is due) and `coverage`, their share in
    /// percent.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        let unit = self.duties.allocation().policy().unit();
        Table::new(self.columns(), unit, move || {
            self.rows.chunks(BATCH_ROWS).map(move |rows| {
                let codes: Vec<Codes> = rows.iter().map(|(codes, ..)| *codes).collect();
                let mut columns: Vec<Cells<'_>> =
                    (0..self.groups.by.len()).map(|by| self.groups.cells(&self.duties, by, &codes)).collect();
                columns.push(Cells::Integer(rows.iter().map(|(_, places, _)| integer(*places)).collect()));
                columns.push(Cells::Integer(rows.iter().map(|(.., met)| integer(*met)).collect()));
                let coverage = rows.iter().map(|(_, places, met)| share(*met, *places));
                columns.push(Cells::Percent(coverage.collect()));
                Batch { columns, rows: rows.len() }
            })
        })
    }

    /// The same for people.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        let policy = self.duties.allocation().policy();
        let names = Names::new(policy, lang);
        let title = names.titled("任务覆盖情况", "coverage of duties");
        let title = names.summed(title, &self.groups.by, self.duties.allocation().years());
        let columns = self.columns().iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let notes = names.notes();
        let rows = ReportRows::made(self.rows.len(), move |each| {
            for (codes, places, met) in &self.rows {
                let by = 0..self.groups.by.len();
                let mut cells: Vec<Cell<'_>> = by.map(|by| self.groups.cell(&self.duties, codes, by, &names)).collect();
                cells.extend([places, met].map(|number| Cell::Integer(integer(*number))));
                cells.push(share(*met, *places).map_or(Cell::Blank, Cell::Percent));
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: policy.unit(), columns, rows, notes }
    }
}
