//! Takes the rows of a register in and says everything that is wrong with them.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::days::{Day, Deadline, deadline};
use super::{Field, Projects, Register, Store};
use crate::ground::catalogue::projects as catalogue;
use crate::ground::catalogue::questions;
use crate::ground::catalogue::rows;
use crate::ground::ids::index;
use crate::ground::money::{Amount, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problems};
use crate::ground::text::did_you_mean;
use crate::ground::titles::synonyms;
use crate::policy::Policy;
use crate::questions::places::NONE;
use crate::questions::sums::{Filter, Summed, Sums, TotalLine};
use crate::roster::TemplateColumn;
use crate::roster::build::{division_code, is_code};
use crate::rows::column::{Numbering, TextColumn};
use crate::rows::header::{Header, Words};
use crate::rows::lines::{Line, Lines};
use crate::rows::records::{
    Cell, ColumnRole, Findings, Fit, Place, RowBuilder, RowNumbers, amount, bare_year, missing, order, own_unit, text,
    tidied, trimmed, unit_missing, year,
};
use crate::rows::sheet_columns::SheetColumns;
use crate::rows::spoiled::place_id;
use crate::rows::totals::{TotalRank, total_rank};

fn words() -> Words<Field> {
    let keys = Field::ALL.iter().map(|field| (field.key(), *field));
    let headers = Field::ALL.iter().flat_map(|field| field.titles().iter().map(|title| (*title, *field)));
    let synonyms = Field::ALL.iter().flat_map(|field| synonyms(field.key()).iter().map(|title| (*title, *field)));
    Words::new([keys.collect(), headers.collect(), synonyms.collect()])
}

impl Field {
    /// What the column is to the reader of a sheet.
    const fn role(self) -> ColumnRole {
        match self {
            Self::Id | Self::DivisionCode | Self::Village | Self::ProjectCode | Self::ProjectName => ColumnRole::Place,
            Self::County | Self::Township | Self::Name | Self::Location | Self::Year | Self::Layer | Self::Category => {
                ColumnRole::Key
            }
            _ => ColumnRole::Figure,
        }
    }

    /// Whether merged cells of the column are filled down though none of them can make a row a total line.
    const fn is_shared(self) -> bool {
        matches!(self, Self::Unit | Self::Source | Self::Aim | Self::Task | Self::Agency | Self::Person | Self::Filed)
    }

    const fn is_amount(self) -> bool {
        matches!(self, Self::Amount | Self::Investment)
    }
}

/// The columns for a register of a policy: see [`Projects::template`].
pub(super) fn template(policy: &Policy) -> Vec<TemplateColumn> {
    let fields = [
        Field::ProjectCode,
        Field::ProjectName,
        Field::Category,
        Field::County,
        Field::Township,
        Field::Name,
        Field::Id,
        Field::Content,
        Field::Year,
        Field::Layer,
        Field::Investment,
        Field::Amount,
        Field::Source,
        Field::Aim,
        Field::Task,
        Field::Agency,
        Field::Person,
        Field::Period,
        Field::Deadline,
        Field::Entered,
        Field::Filed,
        Field::Status,
        Field::Completed,
        Field::Priority,
        Field::Note,
    ];
    let categories = policy.projects().map(|rules| rules.categories.as_slice()).unwrap_or_default();
    let columns = fields.into_iter().map(|field| {
        let title = field.titles().first().copied().unwrap_or_default();
        let required = matches!(field, Field::Year | Field::Name);
        let column = TemplateColumn::new(field.key(), title, required);
        match field {
            Field::Amount | Field::Investment => TemplateColumn::amount(field.key(), title, required, policy.unit()),
            Field::Year => column.figure(),
            Field::Layer => column.choices(policy.layers().iter().map(|layer| &layer.name)),
            Field::Category => column.choices(categories.iter().map(|category| &category.name)),
            _ => column,
        }
    });
    columns.collect()
}

/// Takes the rows of a register of projects (项目库) or of a list of tasks (清单) from a reader, one by one.
///
/// Columns are known by key or Chinese header: `project_code` 项目编号, `project_name` 项目名称, `category` 项目类型; of the
/// place `id` 编码, `division_code` 区划代码, `county` 区县, `township` 乡镇, `village` 村, `name` 名称, or all of it in
/// `location` 建设地点; `year` 年度, `layer` 安排层级, `amount` 资金, `investment` 投资规模, `unit` 单位, `source` 资金来源,
/// `content` 建设内容, `aim` 绩效目标, `task` 任务, `agency` 责任单位, `person` 责任人, `period` 起止时间, `deadline` 完成时限,
/// `entered` 入库时间, `filed` 方案备案日期, `status` 完成情况, `completed` 完成日期, `priority` 优先级, `note` 备注. Unknown
/// columns are warned about. The unit stands in its column or in the header, 资金(万元).
///
/// Rows that say 小计, 合计 or 总计 are no projects: they are compared with the rows that they sum, and a difference is
/// warned about.
#[derive(Debug)]
pub struct ProjectsBuilder {
    header: Header<Field>,
    lines: Lines,
    /// The unit that stands above the table.
    sheet_unit: Option<Unit>,
    /// What stands there instead of one unit that is read.
    unclear_unit: Option<String>,
    /// A column of amounts whose title states no unit, and where the header stood.
    unstated: Option<(String, Option<u32>)>,
    lacks_unit: bool,
    states_unit: bool,
    lines_shown: bool,
    /// Where the rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
    stores: Vec<Store>,
    years: Vec<u16>,
    amounts: Vec<Option<Amount>>,
    investments: Vec<Option<Amount>>,
    deadlines: Vec<Option<Day>>,
    row_numbers: Numbering,
    line_numbers: Numbering,
    sums: Sums,
    /// What each text of a column of days says, by [`Field::number`] and code: a register has few.
    days: Vec<Vec<Option<Deadline>>>,
    findings: Findings,
    row: RowNumbers,
}

impl ProjectsBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let required = [(Field::Year, "year", "年度")];
        let mut header = Header::read(titles, &words(), Field::key, |_| None, required, &mut findings);
        let line = titles.iter().find_map(|(_, position)| position.map(|position| position.line));
        let has = |header: &Header<Field>, fields: &[Field]| fields.iter().any(|field| header.column(*field).is_some());
        let place = [Field::Id, Field::DivisionCode, Field::Name, Field::Village, Field::Township, Field::Location];
        if !has(&header, &place) {
            header.lacks(line, "name", catalogue::PLACE_COLUMN, &mut findings);
        }
        if !has(&header, &[Field::ProjectName, Field::ProjectCode, Field::Task, Field::Aim]) {
            header.lacks(line, "project_name", catalogue::PROJECT_COLUMN, &mut findings);
        }
        header.check_amounts(titles, |field| field.is_amount().then(|| field.key()), &mut findings);
        let unstated = header.fields.iter().find(|(at, field)| field.is_amount() && header.unit(*at).is_none());
        // One in another unit is told as that.
        let unstated = unstated.filter(|(at, _)| header.column(Field::Unit).is_none() && !header.has_other_unit(*at));
        let unstated = unstated.and_then(|(at, _)| Some((titles.get(*at)?.0.trim().to_owned(), line)));
        let lines = Lines::new(&header, Field::role, |field| field.key().to_owned());
        let stores = Field::ALL.iter().map(|field| Store::new(*field, header.column(*field).is_some()));
        Self {
            stores: stores.collect(),
            header,
            lines,
            sheet_unit: None,
            unclear_unit: None,
            unstated,
            lacks_unit: false,
            states_unit: false,
            lines_shown: false,
            sheet: None,
            years: Vec::new(),
            amounts: Vec::new(),
            investments: Vec::new(),
            deadlines: Vec::new(),
            row_numbers: Numbering::default(),
            line_numbers: Numbering::default(),
            sums: Sums::default(),
            days: vec![Vec::new(); Field::ALL.len()],
            findings,
            row: RowNumbers::default(),
        }
    }

    /// The unit of an amount, by its column and the row's own; none if nothing (or two different ones) is said.
    fn unit(&mut self, at: usize, of_row: Option<Unit>, told: &mut bool, cell: Cell<'_>, place: Place) -> Option<Unit> {
        let of_header = self.header.unit(at);
        let own = own_unit(cell);
        self.states_unit |= own.is_some();
        let unit = match (of_header, of_row) {
            (Some(header), Some(cell)) if header != cell => None,
            (of_header, of_row) => of_header.or(of_row).or(own).or(self.sheet_unit),
        };
        self.lacks_unit |= unit.is_none();
        if let (None, Some(column), false) = (unit, self.header.column(Field::Unit), *told) {
            let place = Place { column: order(column), ..place };
            *told = true;
            match (of_header, of_row) {
                (Some(header), Some(cell)) => {
                    let message = rows::OTHER_UNIT_THAN_HEADER;
                    self.findings.add(place, Code::UnitDiffers, "unit", message, |problem| {
                        problem.found(cell.as_str()).expected(rows::UNIT_OF_HEADER.with(&[&header]))
                    });
                }
                _ => missing(&mut self.findings, place, "unit"),
            }
        }
        unit
    }

    /// The unit that the row's own cell says, and whether it has been said what is wrong with it.
    fn row_unit(&mut self, cells: &[Cell<'_>], place: Place) -> (Option<Unit>, bool) {
        let Some(at) = self.header.column(Field::Unit) else { return (None, false) };
        let place = Place { column: order(at), ..place };
        let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
        let word = trimmed(text(cell, place, "unit", &mut self.findings));
        let unit = Unit::named(word);
        let is_wrong = unit.is_none() && !word.is_empty();
        if is_wrong {
            self.findings.add(place, Code::BadUnit, "unit", questions::IS_NO_UNIT, |problem| {
                problem.found(word).expected(did_you_mean(word, ["元", "万元", "亿元", "yuan", "wan", "yi"]))
            });
        }
        (unit, is_wrong)
    }

    /// Reads the amounts of a row, 资金 and 投资规模; none where the cell is blank or wrong.
    fn amounts(&mut self, cells: &[Cell<'_>], place: Place, is_row: bool) -> [Option<Amount>; 2] {
        let mut read = [None; 2];
        let (of_row, mut told) = self.row_unit(cells, place);
        for (slot, field) in read.iter_mut().zip(KINDS) {
            let Some(at) = self.header.column(field) else { continue };
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            if cell.is_blank() {
                continue;
            }
            let place = Place { column: order(at), ..place };
            let Some(unit) = self.unit(at, of_row, &mut told, cell, place) else { continue };
            *slot = amount(cell, unit, place, &mut self.findings, field.key());
            if is_row && slot.is_some_and(|amount| amount < Amount::ZERO) {
                self.findings.add(place, Code::NegativeAmount, field.key(), questions::NEGATIVE, |problem| {
                    problem.found(cell.shown()).expected(catalogue::AMOUNT_FROM_ZERO)
                });
            }
        }
        read
    }

    /// Takes a row that says 小计, 合计 or 总计.
    #[cold]
    fn take_total(&mut self, rank: TotalRank, cells: &[Cell<'_>], place: Place) {
        let mut filter = Filter::default();
        for &(at, field) in &self.header.fields {
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let Some(text) = cell.text().map(tidied).filter(|text| !text.is_empty()) else { continue };
            if total_rank(cell).is_some() {
                continue;
            }
            match field {
                Field::County => filter.county = Some(text.into_owned()),
                Field::Township => filter.township = Some(text.into_owned()),
                Field::Layer => filter.layer = Some(text.into_owned()),
                Field::Year => filter.year = bare_year(&text).parse().ok(),
                _ => {}
            }
        }
        let (of_row, _) = self.row_unit(cells, place);
        let amounts = self.amounts(cells, place, false);
        let mut figures = Vec::new();
        for (kind, (amount, field)) in amounts.into_iter().zip(KINDS).enumerate() {
            let (Some(amount), Some(at)) = (amount, self.header.column(field)) else { continue };
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let unit = self.header.unit(at).or(of_row).or(own_unit(cell)).or(self.sheet_unit);
            let place = Place { column: order(at), ..place };
            let shown = cell.shown().to_owned();
            figures.push((place, field.key(), Some(kind), (amount, unit.unwrap_or(Unit::Yuan)), shown));
        }
        self.sums.line(TotalLine::new(rank, filter, figures));
    }

    fn take_row(&mut self, cells: &[Cell<'_>], place: Place) {
        self.header.check_row(cells, place, &mut self.findings);
        let [amount, investment] = self.amounts(cells, place, true);
        let Self { header, findings, stores, days, .. } = self;
        // What the deadline says, where anything stands there, and the end of the period.
        let (mut year_read, mut due, mut span) = (None, None, None);
        for &(at, field) in &header.fields {
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let place = Place { column: order(at), ..place };
            let mut kept: Cow<'_, str> = Cow::Borrowed("");
            match field {
                Field::Year => {
                    let mut sound = true;
                    year_read = year(cell, place, findings, "year", rows::A_YEAR, &mut sound);
                    if year_read.is_none() && sound {
                        missing(findings, place, "year");
                    }
                }
                Field::Amount | Field::Investment | Field::Unit => {}
                Field::Id => {
                    let id = text(cell, place, field.key(), findings);
                    kept = Cow::Borrowed(place_id(id, place, findings));
                }
                Field::DivisionCode => {
                    let code = trimmed(text(cell, place, field.key(), findings));
                    kept = if code.is_empty() || is_code(code) {
                        Cow::Borrowed(code)
                    } else {
                        Cow::Owned(division_code(code, place, findings))
                    };
                }
                Field::County | Field::Township | Field::Village | Field::Name | Field::Location | Field::Layer => {
                    kept = tidied(text(cell, place, field.key(), findings));
                }
                Field::Deadline | Field::Period | Field::Filed | Field::Completed | Field::Entered => {
                    // A year may stand as a number.
                    let said = trimmed(cell.text().unwrap_or_default());
                    let said = if said.is_empty() && !cell.is_blank() { cell.shown() } else { said };
                    let is_span = matches!(field, Field::Deadline | Field::Period);
                    let (Some(store), Some(days)) = (stores.get_mut(field.number()), days.get_mut(field.number()))
                    else {
                        continue;
                    };
                    store.push(said);
                    let code = store.last_code().map_or(usize::MAX, index);
                    if code == days.len() {
                        days.push(if is_span { deadline(said) } else { Day::of(said).map(Deadline::On) });
                    }
                    let read = days.get(code).copied().flatten().filter(|_| !said.is_empty());
                    match (read, field) {
                        (Some(read), Field::Deadline) => due = Some(read),
                        (Some(read), Field::Period) => span = read.day(),
                        (None, _) if !said.is_empty() => {
                            let expected = if is_span { catalogue::DEADLINES } else { questions::DATES };
                            findings.add(place, Code::BadDate, field.key(), questions::NO_DATE, |problem| {
                                problem.found(said).expected(expected)
                            });
                        }
                        _ => {}
                    }
                    continue;
                }
                Field::Status | Field::Priority => {
                    let said = cell.text().unwrap_or_else(|| cell.shown());
                    kept = Cow::Borrowed(trimmed(said));
                }
                _ => kept = Cow::Borrowed(trimmed(text(cell, place, field.key(), findings))),
            }
            if let Some(store) = stores.get_mut(field.number()) {
                store.push(&kept);
            }
        }
        let at = u32::try_from(self.years.len()).unwrap_or(u32::MAX);
        self.years.push(year_read.unwrap_or_default());
        self.amounts.push(amount);
        self.investments.push(investment);
        self.deadlines.push(due.map_or(span, Deadline::day));
        self.row_numbers.push(at, place.row);
        self.line_numbers.push(at, place.line.unwrap_or_default());
        for (kind, amount) in [amount, investment].into_iter().enumerate() {
            self.sums.add(kind, amount.unwrap_or_default());
        }
    }
}

/// The kinds of amounts.
const KINDS: [Field; 2] = [Field::Amount, Field::Investment];

impl RowBuilder for ProjectsBuilder {
    type Output = Projects;

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        let Some(place) = self.row.next(line, cells, &mut self.findings) else { return };
        match self.lines.kind(cells) {
            Line::Row => {}
            Line::Total(rank) => {
                self.header.check_row(cells, place, &mut self.findings);
                return self.take_total(rank, cells, place);
            }
            Line::Note => return,
        }
        let mut lines = std::mem::take(&mut self.lines);
        let filled = lines.filled(cells, place);
        self.take_row(filled.as_deref().unwrap_or(cells), place);
        self.lines = lines;
    }

    fn key_of(&self, column: usize, _title: &str) -> Option<String> {
        self.header.field(column).map(|field| field.key().to_owned())
    }

    fn is_whole(&self, column: usize) -> bool {
        matches!(self.header.field(column), Some(Field::Year | Field::Priority))
    }

    fn fit(&self) -> Fit {
        self.header.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        match self.header.field(column) {
            Some(field) if field.is_shared() => ColumnRole::Key,
            // Rows of one code are one project: what is merged over them is so of each, but for its money.
            Some(field) if field.role() == ColumnRole::Figure && !field.is_amount() => ColumnRole::Key,
            Some(field) => field.role(),
            None => ColumnRole::Unread,
        }
    }

    fn set_unit(&mut self, unit: Unit) {
        self.sheet_unit = Some(unit);
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.unclear_unit = Some(stated.to_owned());
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.lines.kind(cells) == Line::Row
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.lines.set_fill_down(fill_down);
    }

    fn set_lines_shown(&mut self) {
        self.lines_shown = true;
    }

    fn set_sheet(&mut self, columns: &SheetColumns) {
        self.sheet = Some(columns.clone());
    }

    fn finish(mut self) -> Result<(Projects, Problems), Problems> {
        let is_unknown = self.sheet_unit.is_none() && (self.lacks_unit || !self.states_unit && self.has_amounts());
        if let Some((title, line)) = self.unstated.as_ref().filter(|_| is_unknown) {
            unit_missing(&mut self.findings, *line, title, self.unclear_unit.as_deref());
        }
        let code_column = self.header.column(Field::ProjectCode).map_or(u32::MAX, order);
        let Self { lines, stores, sums, mut findings, .. } = self;
        lines.check(&mut findings);
        let register = Register {
            stores: stores.into_iter().map(Store::finish).collect(),
            years: self.years,
            amounts: self.amounts,
            investments: self.investments,
            deadlines: self.deadlines,
            row_numbers: self.row_numbers,
            lines: self.line_numbers,
            lines_shown: self.lines_shown,
            sheet: self.sheet,
        };
        // What is wrong with rows makes their sums wrong too.
        if findings.faulty_rows().is_empty() {
            let each = |take: &mut dyn FnMut(usize, usize, i64)| {
                for (row, (amount, investment)) in register.amounts.iter().zip(&register.investments).enumerate() {
                    for (kind, amount) in [amount, investment].into_iter().enumerate() {
                        take(row, kind, amount.unwrap_or_default().fen());
                    }
                }
            };
            let column = |field: Field| register.words(field);
            if let (Some(county), Some(township), Some(layers)) =
                (column(Field::County), column(Field::Township), column(Field::Layer))
            {
                sums.check(&Summed { county, township, layers, years: &register.years, each: &each }, &mut findings);
            }
            find_duplicates(&register, code_column, &mut findings);
        }
        let (problems, failed) = findings.finish();
        if failed { Err(problems) } else { Ok((Projects(Arc::new(register)), problems)) }
    }
}

impl ProjectsBuilder {
    fn has_amounts(&self) -> bool {
        self.amounts.iter().chain(&self.investments).any(Option::is_some)
    }
}

/// How many rows of a code are compared one by one.
const FEW_ROWS: u32 = 8;

/// A column by which rows are told apart.
enum Part<'a> {
    Codes(&'a [u32]),
    Texts(&'a TextColumn),
}

/// Points at rows that have the code of an earlier one for the same place, year, layer, source and task.
fn find_duplicates(register: &Register, column: u32, findings: &mut Findings) {
    let Some(codes) = register.words(Field::ProjectCode) else { return };
    let fields = [
        Field::Id,
        Field::DivisionCode,
        Field::County,
        Field::Township,
        Field::Village,
        Field::Name,
        Field::Location,
        Field::Layer,
        Field::Source,
        Field::Task,
    ];
    let part = |field: Field| match register.stores.get(field.number())? {
        Store::Words(column) => Some(Part::Codes(column.codes())),
        Store::Texts(column) => Some(Part::Texts(column)),
        Store::Absent | Store::Growing(_) => None,
    };
    let parts: Vec<Part<'_>> = fields.into_iter().filter_map(part).collect();
    let same = |a: usize, b: usize| {
        let alike = |part: &Part<'_>| match part {
            Part::Codes(codes) => codes.get(a) == codes.get(b),
            Part::Texts(texts) => texts.get(a) == texts.get(b),
        };
        register.years.get(a) == register.years.get(b) && parts.iter().all(alike)
    };
    let same_code = |a: u32, b: u32| codes.codes().get(index(a)) == codes.codes().get(index(b));
    let hasher = DefaultHashBuilder::default();
    let hash = |row: usize| {
        let mut state = hasher.build_hasher();
        for part in &parts {
            match part {
                Part::Codes(codes) => codes.get(row).hash(&mut state),
                Part::Texts(texts) => texts.get(row).hash(&mut state),
            }
        }
        (codes.codes().get(row), register.years.get(row)).hash(&mut state);
        state.finish()
    };
    // Most codes stand on a row or a few, which are looked at one by one; only the rows of others are worth a table.
    let mut latest = vec![NONE; codes.value_count()];
    let mut earlier = vec![NONE; codes.codes().len()];
    let mut known: HashTable<u32> = HashTable::new();
    // The first row that is the same.
    let mut before = |row: u32, latest: &mut u32| {
        let mut other = *latest;
        for _ in 0..FEW_ROWS {
            if other == NONE {
                if let Some(earlier) = earlier.get_mut(index(row)) {
                    *earlier = std::mem::replace(latest, row);
                }
                return row;
            }
            if same(index(other), index(row)) {
                return other;
            }
            other = earlier.get(index(other)).copied().unwrap_or(NONE);
        }
        let hash_of = |row: &u32| hash(index(*row));
        *known
            .entry(hash_of(&row), |of| same_code(*of, row) && same(index(*of), index(row)), hash_of)
            .or_insert(row)
            .get()
    };
    let blank = codes.values().position(str::is_empty);
    for (row, code) in (0_u32..).zip(codes.codes()) {
        let Some(latest) = latest.get_mut(index(*code)).filter(|_| Some(index(*code)) != blank) else { continue };
        let before = before(row, latest);
        if before == row {
            continue;
        }
        let row = index(row);
        let place = Place { row: register.row_number(row), line: register.line(row), column };
        let message = catalogue::SAME_PROJECT.with(&[&register.row_number(index(before))]);
        findings.add(place, Code::DuplicateProject, Field::ProjectCode.key(), message, |problem| {
            problem.found(codes.get(row)).expected(catalogue::ONE_ROW_A_PROJECT)
        });
    }
}
