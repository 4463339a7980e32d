//! The register of assignments: who serves which place, as what, in which year.

use std::borrow::Cow;
use std::sync::Arc;

use crate::ground::catalogue::questions as catalogue;
use crate::ground::catalogue::rows;
use crate::ground::ids::index;
use crate::ground::language::Lang;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::ground::text::without_padding;
use crate::ground::titles::synonyms;
use crate::policy::Policy;
use crate::questions::places::PlaceKeys;
use crate::questions::receipts::month_of;
use crate::roster::TemplateColumn;
use crate::roster::build::{division_code, is_code, push_name};
use crate::rows::column::{DictionaryBuilder, DictionaryColumn, Numbering, TextColumn};
use crate::rows::header::{Header, Words};
use crate::rows::lines::{Line, Lines};
use crate::rows::records::{
    Cell, ColumnRole, Findings, Fit, NotWhole, Place, RowBuilder, RowNumbers, missing, order, text, tidied, trimmed,
    whole, year,
};
use crate::rows::sheet_columns::SheetColumns;
use crate::rows::spoiled::place_id;

/// How many, or how many people, one row states at most.
const MOST: u32 = 1_000_000;
/// No number of people is stated.
pub(super) const NOT_STATED: u32 = u32::MAX;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    DivisionCode,
    County,
    Township,
    Village,
    Name,
    Year,
    Half,
    Duty,
    Person,
    Number,
    People,
    Date,
    Note,
}

/// Columns with their keys and Chinese headers, the usual one first.
const FIELDS: [(Field, &str, &[&str]); 14] = [
    (Field::Id, "id", &["编码"]),
    (Field::DivisionCode, "division_code", &["区划代码"]),
    (Field::County, "county", &["区县"]),
    (Field::Township, "township", &["乡镇"]),
    (Field::Village, "village", &["村"]),
    (Field::Name, "name", &["名称"]),
    (Field::Year, "year", &["年度"]),
    (Field::Half, "half", &["半年"]),
    (Field::Duty, "duty", &["事项"]),
    (Field::Person, "person", &["姓名或单位"]),
    (Field::Number, "number", &["数量"]),
    (Field::People, "people", &["人数"]),
    (Field::Date, "date", &["到岗日期", "日期"]),
    (Field::Note, "note", &["备注"]),
];

impl Field {
    fn key(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, key, _)| *key)
    }

    /// What the column is to the reader of a sheet.
    const fn role(self) -> ColumnRole {
        match self {
            Self::Id | Self::Village | Self::Name | Self::DivisionCode => ColumnRole::Place,
            Self::County | Self::Township | Self::Year | Self::Duty => ColumnRole::Key,
            _ => ColumnRole::Figure,
        }
    }
}

fn words() -> Words<Field> {
    let keys = FIELDS.iter().map(|(field, key, _)| (*key, *field));
    let headers = FIELDS.iter().flat_map(|(field, _, headers)| headers.iter().map(|header| (*header, *field)));
    let synonyms = FIELDS.iter().flat_map(|(field, key, _)| synonyms(key).iter().map(|title| (*title, *field)));
    Words::new([keys.collect(), headers.collect(), synonyms.collect()])
}

/// Who serves which place, as what, in which year. Cheap to clone; never changes.
///
/// ```
/// use fundlayers::{AssignmentsBuilder, RowBuilder, roster::Cell};
/// let titles = ["年度", "名称", "事项", "姓名或单位"].map(|title| (title, None));
/// let mut builder = AssignmentsBuilder::new(&titles);
/// builder.push_row(None, &["2024", "甲村", "第一书记", "某某"].map(Cell::Text));
/// let (assignments, _) = builder.finish()?;
/// let first = assignments.iter().next().expect("one");
/// assert_eq!((first.year(), first.duty(), first.number()), (2024, "第一书记", 1));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
#[derive(Debug, Clone)]
pub struct Assignments(pub(super) Arc<Register>);

/// The register by columns.
#[derive(Debug)]
pub(super) struct Register {
    ids: TextColumn,
    division_codes: TextColumn,
    county: DictionaryColumn,
    township: DictionaryColumn,
    names: DictionaryColumn,
    /// 0: none is stated.
    years: Vec<u16>,
    /// 1 and 2; 0: none is stated.
    halves: Vec<u8>,
    pub(super) duties: DictionaryColumn,
    pub(super) persons: DictionaryColumn,
    numbers: Vec<u32>,
    people: Vec<u32>,
    dates: DictionaryColumn,
    notes: DictionaryColumn,
    row_numbers: Numbering,
    lines: Numbering,
    lines_shown: bool,
    /// Where its rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

/// A row of a register.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    register: &'a Register,
    row: usize,
}

impl Assignments {
    /// The columns of a register for a policy: duties and posts to choose from.
    #[must_use]
    pub fn template(policy: &Policy) -> Vec<TemplateColumn> {
        let fields = [
            Field::Year,
            Field::Half,
            Field::County,
            Field::Township,
            Field::Name,
            Field::Id,
            Field::Duty,
            Field::Person,
            Field::Number,
            Field::People,
            Field::Date,
            Field::Note,
        ];
        let has_halves = policy.duties().iter().any(|duty| duty.every == crate::policy::DutyEvery::HalfYear);
        let has_members = policy.duties().iter().any(|duty| duty.members.is_some());
        let shown = fields.into_iter().filter(|field| match field {
            Field::Half => has_halves,
            Field::People => has_members,
            _ => true,
        });
        let columns = shown.map(|field| {
            let titles = FIELDS.iter().find(|(known, ..)| *known == field).and_then(|(_, _, titles)| titles.first());
            let title = titles.copied().unwrap_or_default();
            let required = matches!(field, Field::Year | Field::Name | Field::Duty);
            let column = TemplateColumn::new(field.key(), title, required);
            match field {
                Field::Year | Field::Number | Field::People => column.figure(),
                Field::Duty => column.choices(super::forms_of(policy)),
                _ => column,
            }
        });
        columns.collect()
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.years.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Assignment<'_>> {
        (0..self.len()).map(|row| self.row(row))
    }

    pub(super) fn row(&self, row: usize) -> Assignment<'_> {
        Assignment { register: &self.0, row }
    }
}

impl<'a> Assignment<'a> {
    /// The id of the place; blank where none is stated, here and below.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.register.ids.get(self.row)
    }

    /// The division code of the place.
    #[must_use]
    pub fn division_code(self) -> &'a str {
        self.register.division_codes.get(self.row)
    }

    /// The county.
    #[must_use]
    pub fn county(self) -> &'a str {
        self.register.county.get(self.row)
    }

    /// The township.
    #[must_use]
    pub fn township(self) -> &'a str {
        self.register.township.get(self.row)
    }

    /// The name of the place.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.register.names.get(self.row)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.register.years.get(self.row).copied().sure()
    }

    /// The half of the year, 1 or 2; 0 where none is stated.
    #[must_use]
    pub fn half(self) -> u8 {
        self.register.halves.get(self.row).copied().sure()
    }

    /// What is brought: a duty or a post, as it is written.
    #[must_use]
    pub fn duty(self) -> &'a str {
        self.register.duties.get(self.row)
    }

    pub(super) fn duty_code(self) -> usize {
        index(self.register.duties.code(self.row))
    }

    /// Who it is: a person, or a body.
    #[must_use]
    pub fn person(self) -> &'a str {
        self.register.persons.get(self.row)
    }

    /// How many.
    #[must_use]
    pub fn number(self) -> u32 {
        self.register.numbers.get(self.row).copied().unwrap_or(1)
    }

    /// How many people; none where none is stated.
    #[must_use]
    pub fn people(self) -> Option<u32> {
        self.register.people.get(self.row).copied().filter(|people| *people != NOT_STATED)
    }

    /// Since when, as it is written.
    #[must_use]
    pub fn date(self) -> &'a str {
        self.register.dates.get(self.row)
    }

    /// A remark.
    #[must_use]
    pub fn note(self) -> &'a str {
        self.register.notes.get(self.row)
    }

    /// The number of the row, from 1.
    #[must_use]
    pub fn row_number(self) -> u32 {
        self.register.row_numbers.get(u32::try_from(self.row).unwrap_or(u32::MAX)).sure()
    }

    /// The line of the file, where it came from one.
    #[must_use]
    pub fn line(self) -> Option<u32> {
        self.register.lines.get(u32::try_from(self.row).unwrap_or(u32::MAX)).filter(|line| *line != 0)
    }

    /// The number by which a person finds the row.
    pub(crate) fn place_number(self) -> u32 {
        if self.register.lines_shown { self.line().unwrap_or_else(|| self.row_number()) } else { self.row_number() }
    }

    /// Says of a problem where the row stands; its column is named before.
    pub(super) fn locate(self, problem: Problem) -> Problem {
        let problem = problem.row(self.row_number()).line(self.line());
        match &self.register.sheet {
            Some(sheet) => sheet.in_cell(problem),
            None => problem,
        }
    }

    pub(super) fn place(self) -> PlaceKeys<'a> {
        PlaceKeys {
            division_code: self.division_code(),
            county: self.county(),
            township: self.township(),
            name: self.name(),
        }
    }

    pub(super) const fn index(self) -> usize {
        self.row
    }
}

/// Takes the rows of a register of assignments from a reader, one by one.
///
/// Columns are known by key or Chinese header: `id` 编码, `division_code` 区划代码, `county` 区县, `township` 乡镇, `name`
/// 名称 (or `village` 村), `year` 年度, `half` 半年 (上半年 or 下半年), `duty` 事项 (a duty or a post, by id or name), `person`
/// 姓名或单位, `number` 数量 (1 where it is blank), `people` 人数, `date` 到岗日期, `note` 备注. A year or half that is blank is
/// that of the date.
#[derive(Debug)]
pub struct AssignmentsBuilder {
    header: Header<Field>,
    lines: Lines,
    columns: Columns,
    lines_shown: bool,
    /// Where the rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
    /// Year and month of each date, by its code.
    months: Vec<Option<(u16, u8)>>,
    findings: Findings,
    row: RowNumbers,
}

#[derive(Debug)]
struct Columns {
    ids: TextColumn,
    division_codes: TextColumn,
    county: DictionaryBuilder,
    township: DictionaryBuilder,
    names: DictionaryBuilder,
    years: Vec<u16>,
    halves: Vec<u8>,
    duties: DictionaryBuilder,
    persons: DictionaryBuilder,
    numbers: Vec<u32>,
    people: Vec<u32>,
    dates: DictionaryBuilder,
    notes: DictionaryBuilder,
    row_numbers: Numbering,
    lines: Numbering,
}

impl AssignmentsBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let mut header =
            Header::read(titles, &words(), Field::key, |_| None, [(Field::Duty, "duty", "事项")], &mut findings);
        let line = titles.iter().find_map(|(_, position)| position.map(|position| position.line));
        if header.column(Field::Year).is_none() && header.column(Field::Date).is_none() {
            header.lacks(line, "year", catalogue::YEAR_OR_DATE_COLUMN, &mut findings);
        }
        let lines = Lines::new(&header, Field::role, |field| field.key().to_owned());
        Self {
            header,
            lines,
            columns: Columns {
                ids: TextColumn::new(),
                division_codes: TextColumn::new(),
                county: DictionaryBuilder::new(),
                township: DictionaryBuilder::new(),
                names: DictionaryBuilder::new(),
                years: Vec::new(),
                halves: Vec::new(),
                duties: DictionaryBuilder::new(),
                persons: DictionaryBuilder::new(),
                numbers: Vec::new(),
                people: Vec::new(),
                dates: DictionaryBuilder::new(),
                notes: DictionaryBuilder::new(),
                row_numbers: Numbering::default(),
                lines: Numbering::default(),
            },
            lines_shown: false,
            sheet: None,
            months: Vec::new(),
            findings,
            row: RowNumbers::default(),
        }
    }

    /// Keeps the date of a row; its year and month. A register has few: each is looked at once.
    fn month(&mut self, date: &str, place: Place) -> Option<(u16, u8)> {
        self.columns.dates.push(date);
        let code = index(self.columns.dates.last_code());
        if code == self.months.len() {
            self.months.push(month_of(date).map(|month| (month.year(), month.month())));
        }
        let month = self.months.get(code).copied().flatten();
        if month.is_none() && !date.is_empty() {
            self.findings.add(place, Code::BadDate, "date", catalogue::NO_DATE, |problem| {
                problem.found(date).expected(catalogue::DATES)
            });
        }
        month
    }

    fn count(&mut self, field: Field, cell: Cell<'_>, place: Place) -> Option<u32> {
        match whole(cell, MOST, place, &mut self.findings, field.key()) {
            Ok(count) => return Some(count),
            Err(NotWhole::Blank | NotWhole::Told) => {}
            Err(NotWhole::Wrong) => {
                self.findings.add(place, Code::BadCount, field.key(), catalogue::NO_NUMBER_OF_THINGS, |problem| {
                    problem.found(cell.shown()).expected(catalogue::WHOLE_TO.with(&[&MOST]))
                });
            }
        }
        None
    }

    fn half(&mut self, cell: Cell<'_>, place: Place) -> u8 {
        let word = match cell {
            Cell::Number(digits) => digits,
            cell => text(cell, place, "half", &mut self.findings),
        };
        let word = without_padding(word);
        if word.is_empty() {
            return 0;
        }
        let half = HALVES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&word)).map(|(_, half)| *half);
        if half.is_none() {
            self.findings.add(place, Code::UnknownWord, "half", catalogue::NO_HALF, |problem| {
                problem.found(&*word).expected(catalogue::HALVES)
            });
        }
        half.unwrap_or_default()
    }

    fn take_row(&mut self, cells: &[Cell<'_>], place: Place) {
        self.header.check_row(cells, place, &mut self.findings);
        let (mut id, mut division, mut county, mut township, mut village, mut name) =
            ("", Cow::Borrowed(""), "", "", Cow::Borrowed(""), Cow::Borrowed(""));
        let (mut year_of_row, mut half, mut number, mut people) = (None, 0, 1, NOT_STATED);
        let (mut duty, mut person, mut note) = (Cow::Borrowed(""), Cow::Borrowed(""), "");
        let (mut sound, mut month) = (true, None);
        for at in 0..self.header.fields.len() {
            let Some((column, field)) = self.header.fields.get(at).copied() else { continue };
            let cell = cells.get(column).copied().unwrap_or(Cell::Blank);
            let place = Place { column: order(column), ..place };
            match field {
                Field::Year => {
                    year_of_row = year(cell, place, &mut self.findings, "year", rows::A_YEAR, &mut sound);
                    continue;
                }
                Field::Half => {
                    half = self.half(cell, place);
                    continue;
                }
                Field::Number => {
                    number = self.count(field, cell, place).unwrap_or(1);
                    continue;
                }
                Field::People => {
                    people = self.count(field, cell, place).unwrap_or(NOT_STATED);
                    continue;
                }
                _ => {}
            }
            let word = text(cell, place, field.key(), &mut self.findings);
            match field {
                Field::Id => id = place_id(word, place, &mut self.findings),
                Field::DivisionCode => {
                    let word = trimmed(word);
                    division = if word.is_empty() || is_code(word) {
                        Cow::Borrowed(word)
                    } else {
                        Cow::Owned(division_code(word, place, &mut self.findings))
                    };
                }
                Field::County => county = word,
                Field::Township => township = word,
                Field::Village => village = tidied(word),
                Field::Name => name = tidied(word),
                Field::Duty => {
                    duty = tidied(word);
                    if duty.is_empty() {
                        missing(&mut self.findings, place, "duty");
                    }
                }
                Field::Person => person = tidied(word),
                Field::Date => {
                    month = self.month(trimmed(word), place);
                }
                _ => note = trimmed(word),
            }
        }
        if let (None, Some((year, _)), true) = (year_of_row, month, sound) {
            year_of_row = Some(year);
        }
        if sound && year_of_row.is_none() {
            let column = self.header.column(Field::Year).or(self.header.column(Field::Date)).map_or(u32::MAX, order);
            missing(&mut self.findings, Place { column, ..place }, "year");
        }
        if let (0, Some((year, month))) = (half, month)
            && Some(year) == year_of_row
        {
            half = if month <= 6 { 1 } else { 2 };
        }
        let columns = &mut self.columns;
        let at = u32::try_from(columns.years.len()).unwrap_or(u32::MAX);
        columns.ids.push(id);
        columns.division_codes.push(&division);
        push_name(&mut columns.county, county);
        push_name(&mut columns.township, township);
        // Of a town the township may stand for it.
        let named = [&*name, &*village].into_iter().find(|name| !name.is_empty());
        let named = named.map_or_else(|| tidied(township), Cow::Borrowed);
        columns.names.push(&named);
        columns.years.push(year_of_row.unwrap_or_default());
        columns.halves.push(half);
        columns.duties.push(&duty);
        columns.persons.push(&person);
        columns.numbers.push(number);
        columns.people.push(people);
        columns.notes.push(note);
        columns.row_numbers.push(at, place.row);
        columns.lines.push(at, place.line.unwrap_or_default());
    }
}

/// Words for the halves of a year.
const HALVES: [(&str, u8); 14] = [
    ("上半年", 1),
    ("下半年", 2),
    ("1", 1),
    ("2", 2),
    ("一", 1),
    ("二", 2),
    ("上", 1),
    ("下", 2),
    ("H1", 1),
    ("H2", 2),
    ("first", 1),
    ("second", 2),
    ("first half", 1),
    ("second half", 2),
];

/// A half of a year for people; blank of none.
pub(super) const fn half_label(half: u8, lang: Lang) -> &'static str {
    match (half, lang) {
        (1, Lang::Zh) => "上半年",
        (2, Lang::Zh) => "下半年",
        (1, Lang::En) => "first",
        (2, Lang::En) => "second",
        _ => "",
    }
}

impl RowBuilder for AssignmentsBuilder {
    type Output = Assignments;

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        let Some(place) = self.row.next(line, cells, &mut self.findings) else { return };
        match self.lines.kind(cells) {
            Line::Row => {}
            // Numbers of people and things that are summed say nothing that the rows do not.
            Line::Total(_) | Line::Note => return,
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
        matches!(self.header.field(column), Some(Field::Year | Field::Half | Field::Number | Field::People))
    }

    fn fit(&self) -> Fit {
        self.header.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        match self.header.field(column) {
            // Left blank it is that of the date, so that only what is merged for sure is filled down.
            Some(Field::Half) => ColumnRole::Key,
            Some(field) => field.role(),
            None => ColumnRole::Unread,
        }
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

    fn finish(self) -> Result<(Assignments, Problems), Problems> {
        let Self { lines, columns, lines_shown, sheet, mut findings, .. } = self;
        lines.check(&mut findings);
        let (problems, failed) = findings.finish();
        if failed {
            return Err(problems);
        }
        let register = Register {
            ids: columns.ids,
            division_codes: columns.division_codes,
            county: columns.county.finish(),
            township: columns.township.finish(),
            names: columns.names.finish(),
            years: columns.years,
            halves: columns.halves,
            duties: columns.duties.finish(),
            persons: columns.persons.finish(),
            numbers: columns.numbers,
            people: columns.people,
            dates: columns.dates.finish(),
            notes: columns.notes.finish(),
            row_numbers: columns.row_numbers,
            lines: columns.lines,
            lines_shown,
            sheet,
        };
        Ok((Assignments(Arc::new(register)), problems))
    }
}
