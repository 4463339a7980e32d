//! Tables of figures: what is known of places, townships, counties and all together, by year.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::ground::catalogue::checks as words;
use crate::ground::catalogue::rows;
use crate::ground::land::LandUnit;
use crate::ground::money::Unit;
use crate::ground::number::{NumberError, decimal};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::titles::synonyms;
use crate::policy::{Attribute, AttributeType, CheckSubject, Policy};
use crate::roster::TemplateColumn;
use crate::rows::header::{Header, Words};
use crate::rows::lines::{Line, Lines};
use crate::rows::records::{
    Cell, ColumnRole, Findings, Fit, Place, RowBuilder, bad_number, flag, number, order, text, tidied, trimmed, year,
};
use crate::rows::sheet_columns::SheetColumns;
use crate::rows::spoiled::place_id;
use crate::rows::units::{is_other, is_other_of_amounts};

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
    Note,
    /// By its number among those of tables of figures.
    Attribute(usize),
}

/// Columns with their keys and Chinese headers.
const FIELDS: [(Field, &str, &str); 8] = [
    (Field::Id, "id", "编码"),
    (Field::DivisionCode, "division_code", "区划代码"),
    (Field::County, "county", "区县"),
    (Field::Township, "township", "乡镇"),
    (Field::Village, "village", "村"),
    (Field::Name, "name", "名称"),
    (Field::Year, "year", "年度"),
    (Field::Note, "note", "备注"),
];

impl Field {
    fn key(self, policy: &Policy) -> &str {
        match self {
            Self::Attribute(number) => policy.measured().get(number).map_or("", |attribute| attribute.id.as_str()),
            _ => FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, key, _)| *key),
        }
    }

    const fn role(self) -> ColumnRole {
        match self {
            Self::Id | Self::Village | Self::Name | Self::DivisionCode => ColumnRole::Place,
            Self::County | Self::Township | Self::Year => ColumnRole::Key,
            Self::Note | Self::Attribute(_) => ColumnRole::Figure,
        }
    }
}

/// What is known of places, townships, counties and all together: the attributes with a `subject`, by year. Cheap to clone
/// where it is shared; never changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckFigures {
    /// The attributes that it was read for, by id.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) rows: Vec<FigureRow>,
}

/// A row of a table of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FigureRow {
    pub(crate) id: Box<str>,
    pub(crate) division_code: Box<str>,
    pub(crate) county: Box<str>,
    pub(crate) township: Box<str>,
    pub(crate) name: Box<str>,
    /// None: it holds in every year of which no row says more.
    pub(crate) year: Option<u16>,
    pub(crate) row: u32,
    pub(crate) line: Option<u32>,
    /// The file of one of several tables.
    pub(crate) file: Option<Arc<str>>,
    /// Where it stood, if that was a workbook.
    sheet: Option<SheetColumns>,
    /// By attribute; blank: not known.
    pub(crate) cells: Box<[FigureCell]>,
}

/// What a cell says of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FigureCell {
    Blank,
    /// A number: money in the attribute's own unit, land in 亩. A flag is 1 or 0.
    Number(Decimal),
    Text(Box<str>),
}

impl CheckFigures {
    /// The columns for figures of a policy: where they belong, the year, then the attributes with their units.
    #[must_use]
    pub fn template(policy: &Policy) -> Vec<TemplateColumn> {
        let field = |wanted: Field| FIELDS.iter().find(|(field, ..)| *field == wanted);
        let keys = [Field::County, Field::Township, Field::Name, Field::Id, Field::Year].into_iter().filter_map(field);
        let mut columns: Vec<TemplateColumn> = keys
            .map(|(field, key, title)| {
                let column = TemplateColumn::new(key, title, false);
                if *field == Field::Year { column.figure() } else { column }
            })
            .collect();
        for attribute in policy.measured() {
            let mut column = TemplateColumn::new(&attribute.id, &attribute.name.zh, false);
            if let Some(unit) = attribute.unit.as_deref().filter(|unit| !unit.is_empty()) {
                column.header.zh = [&column.header.zh, "（", unit, "）"].concat();
            }
            columns.push(if attribute.attribute_type == AttributeType::Number { column.figure() } else { column });
        }
        columns
    }

    /// Several tables as one, each with the file that problems with its rows name.
    pub(crate) fn joined<'a>(tables: impl Iterator<Item = (&'a Self, Option<&'a str>)>) -> Self {
        let mut all = Self::default();
        for (table, file) in tables {
            let file: Option<Arc<str>> = file.map(Into::into);
            all.attributes.clone_from(&table.attributes);
            all.rows.extend(table.rows.iter().cloned().map(|row| FigureRow { file: file.clone(), ..row }));
        }
        all
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
}

/// Takes the rows of a table of figures from a reader.
///
/// Columns are known by key or Chinese header: `id` 编码, `division_code` 区划代码, `county` 区县, `township` 乡镇, `village` 村
/// or `name` 名称, `year` 年度; and the policy's attributes with a `subject`, by id or name. A row is about the place that it
/// names; without a name about its township, without that about its county, without any about all together. Without a year
/// it holds in every year.
///
/// Money may be in any unit that the title states, land too: 1 公顷 = 15 亩.
#[derive(Debug)]
pub struct CheckFiguresBuilder {
    policy: Policy,
    header: Header<Field>,
    header_line: Option<u32>,
    lines: Lines,
    findings: Findings,
    sheet_unit: Option<Unit>,
    /// The unit of land that stands above the table.
    land_unit: Option<LandUnit>,
    rows: Vec<FigureRow>,
    row: u32,
    /// Where the rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

fn titles(policy: &Policy) -> Words<Field> {
    let attributes = || policy.measured().iter().enumerate().map(|(number, a)| (Field::Attribute(number), a));
    let keys = FIELDS.iter().map(|(field, key, _)| (*key, *field));
    let ids = attributes().map(|(field, attribute)| (attribute.id.as_str(), field));
    let chinese = FIELDS.iter().map(|(field, _, title)| (*title, *field));
    let names = attributes()
        .flat_map(|(field, attribute)| [(attribute.name.zh.as_str(), field), (attribute.name.en.as_str(), field)]);
    let others = FIELDS.iter().flat_map(|(field, key, _)| synonyms(key).iter().map(|title| (*title, *field)));
    Words::new([keys.chain(ids).collect(), names.collect(), chinese.collect(), others.collect()])
}

impl CheckFiguresBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(policy: &Policy, titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let key = |field: Field| field.key(policy);
        let mut header = Header::read(titles, &self::titles(policy), key, |_| None, [], &mut findings);
        let line = titles.iter().find_map(|(_, position)| position.map(|position| position.line));
        if !header.fields.iter().any(|(_, field)| matches!(field, Field::Attribute(_))) {
            let expected = match policy.measured().first() {
                Some(first) => rows::COLUMN_HEADED.with(&[&first.id, &first.name.zh]),
                None => words::DECLARE_FIGURES.into(),
            };
            header.lacks(
                line,
                policy.measured().first().map_or("attributes", |first| &first.id),
                expected,
                &mut findings,
            );
        }
        let lines = Lines::new(&header, Field::role, |field| field.key(policy).to_owned());
        let mut builder = Self {
            policy: policy.clone(),
            header,
            header_line: line,
            lines,
            findings,
            sheet_unit: None,
            land_unit: None,
            rows: Vec::new(),
            row: 0,
            sheet: None,
        };
        builder.check_units();
        builder
    }

    /// Says where a title states a unit that is not the attribute's and that nothing converts.
    fn check_units(&mut self) {
        for &(at, field) in &self.header.fields {
            let Field::Attribute(number) = field else { continue };
            let Some(attribute) = self.policy.measured().get(number) else { continue };
            let land = attribute.unit.as_deref().and_then(LandUnit::named);
            let Some(remark) = self.header.remark(at) else { continue };
            if attribute.unit.as_deref() == Some(remark) {
                continue;
            }
            let is_other = match (self.header.unit(at), attribute.money()) {
                (Some(_), money) => money.is_none(),
                (None, Some(_)) => is_other_of_amounts(remark) || LandUnit::named(remark).is_some(),
                (None, None) if land.is_some() && LandUnit::named(remark).is_some() => false,
                (None, None) => is_other(remark) || LandUnit::named(remark).is_some(),
            };
            if is_other {
                let place = Place { row: 0, line: self.header_line, column: order(at) };
                self.findings.push(place, Severity::Error, || unit_differs(attribute, remark, place));
            }
        }
    }

    /// Says of each attribute of money whose title states no unit that what stands above the table states none either.
    fn check_note(&mut self, stated: &str) {
        for &(at, field) in &self.header.fields {
            let Field::Attribute(number) = field else { continue };
            let Some(attribute) = self.policy.measured().get(number) else { continue };
            let has_own = self.header.unit(at).is_some() || self.header.has_other_unit(at);
            if attribute.money().is_some() && !has_own {
                let place = Place { row: 0, line: self.header_line, column: order(at) };
                self.findings.push(place, Severity::Error, || unit_differs(attribute, stated, place));
            }
        }
    }

    /// Says of each attribute of land whose title states no unit that several stand above the table.
    fn check_land(&mut self, stated: &str) {
        for &(at, field) in &self.header.fields {
            let Field::Attribute(number) = field else { continue };
            let Some(attribute) = self.policy.measured().get(number) else { continue };
            let is_land = attribute.unit.as_deref().and_then(LandUnit::named).is_some();
            if is_land && self.header.remark(at).and_then(LandUnit::named).is_none() {
                let place = Place { row: 0, line: self.header_line, column: order(at) };
                self.findings.push(place, Severity::Error, || unit_differs(attribute, stated, place));
            }
        }
    }

    /// A number as it is kept: money in the attribute's unit, land in 亩.
    fn kept(&self, at: usize, attribute: &Attribute, number: Decimal) -> Option<Decimal> {
        if let Some(own) = attribute.money() {
            let stated = self.header.unit(at).or(self.sheet_unit).unwrap_or(own);
            if stated == own {
                return Some(number);
            }
            // Units of money are powers of ten of each other, so that this is exact.
            return number.checked_mul(Decimal::from(stated.fen()))?.checked_div(Decimal::from(own.fen()));
        }
        let Some(own) = attribute.unit.as_deref().and_then(LandUnit::named) else { return Some(number) };
        let stated = self.header.remark(at).and_then(LandUnit::named).or(self.land_unit).unwrap_or(own);
        let kept = number.checked_mul(stated.mu())?;
        // Digits beyond 28 would be lost.
        (kept.checked_div(stated.mu())? == number).then_some(kept)
    }

    fn cell(&mut self, at: usize, number_of: usize, cell: Cell<'_>, place: Place) -> FigureCell {
        let policy = self.policy.clone();
        let Some(attribute) = policy.measured().get(number_of) else { return FigureCell::Blank };
        if cell.is_blank() {
            return FigureCell::Blank;
        }
        let key = attribute.id.as_str();
        match attribute.attribute_type {
            AttributeType::Text => FigureCell::Text(tidied(text(cell, place, key, &mut self.findings)).into()),
            AttributeType::Flag => {
                if let Some(flag) = flag(cell) {
                    return FigureCell::Number(Decimal::from(u8::from(flag)));
                }
                self.findings.add(place, Code::WrongType, key, words::NO_FLAG, |problem| {
                    problem.found(cell.shown()).expected(words::YES_OR_NO)
                });
                FigureCell::Blank
            }
            AttributeType::Number => match number(cell, place, &mut self.findings, key) {
                None => FigureCell::Blank,
                Some(Err(error)) => {
                    bad_number(&mut self.findings, place, key, cell, &error);
                    FigureCell::Blank
                }
                Some(Ok((mantissa, scale))) => {
                    let kept = decimal(mantissa, scale).and_then(|number| self.kept(at, attribute, number));
                    if let Some(number) = kept {
                        return FigureCell::Number(number.normalize());
                    }
                    let error = NumberError::OutOfRange(cell.shown().to_owned());
                    bad_number(&mut self.findings, place, key, cell, &error);
                    FigureCell::Blank
                }
            },
        }
    }

    fn take_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        let here = Place { row: self.row, line, column: 0 };
        self.header.check_row(cells, here, &mut self.findings);
        let mut keys: [String; 6] = Default::default();
        let mut of_year = None;
        let mut values = vec![FigureCell::Blank; self.policy.measured().len()];
        for (at, field) in self.header.fields.clone() {
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let place = Place { column: order(at), ..here };
            let slot = match field {
                Field::Id => 0,
                Field::DivisionCode => 1,
                Field::County => 2,
                Field::Township => 3,
                Field::Village => 4,
                Field::Name => 5,
                Field::Year => {
                    let mut sound = true;
                    of_year = year(cell, place, &mut self.findings, "year", rows::A_YEAR, &mut sound);
                    continue;
                }
                Field::Note => continue,
                Field::Attribute(number) => {
                    let value = self.cell(at, number, cell, place);
                    if let Some(slot) = values.get_mut(number) {
                        *slot = value;
                    }
                    continue;
                }
            };
            let word = text(cell, place, field.key(&self.policy), &mut self.findings);
            if let Some(key) = keys.get_mut(slot) {
                *key = match slot {
                    0 => place_id(word, place, &mut self.findings).to_owned(),
                    1 => trimmed(word).to_owned(),
                    _ => tidied(trimmed(word)).into_owned(),
                };
            }
        }
        let [id, division_code, county, township, village, name] = keys;
        self.rows.push(FigureRow {
            id: id.into(),
            division_code: division_code.into(),
            county: county.into(),
            township: township.into(),
            name: if village.is_empty() { name } else { village }.into(),
            year: of_year,
            row: self.row,
            line,
            file: None,
            sheet: None,
            cells: values.into(),
        });
    }
}

/// A table states a unit that is not the attribute's and that nothing converts.
fn unit_differs(attribute: &Attribute, stated: &str, place: Place) -> Problem {
    let problem = Problem::new(Code::UnitDiffers, rows::TITLE_IS_SCALED.with(&[&stated]));
    let problem = problem.column(&attribute.id).found(stated).line(place.line);
    problem.expected(match &attribute.unit {
        Some(unit) => rows::FIGURES_IN_UNIT.with(&[unit]),
        None => rows::FIGURES_IN_UNIT.with(&[&rows::UNIT_NOT_STATED.with(&[])]),
    })
}

impl RowBuilder for CheckFiguresBuilder {
    type Output = CheckFigures;

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        self.row = self.row.saturating_add(1);
        if cells.iter().all(|cell| cell.is_blank()) {
            return;
        }
        match self.lines.kind(cells) {
            Line::Row => {}
            // What sums others is the figure of nobody.
            Line::Total(_) | Line::Note => return,
        }
        let mut lines = std::mem::take(&mut self.lines);
        let filled = lines.filled(cells, Place { row: self.row, line, column: 0 });
        self.take_row(line, filled.as_deref().unwrap_or(cells));
        self.lines = lines;
    }

    fn key_of(&self, column: usize, _title: &str) -> Option<String> {
        self.header.field(column).map(|field| field.key(&self.policy).to_owned())
    }

    fn is_whole(&self, column: usize) -> bool {
        self.header.field(column) == Some(Field::Year)
    }

    fn fit(&self) -> Fit {
        self.header.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        self.header.field(column).map_or(ColumnRole::Unread, Field::role)
    }

    fn set_unit(&mut self, unit: Unit) {
        self.sheet_unit = Some(unit);
    }

    /// That of every attribute of land whose title states none.
    fn set_land_unit(&mut self, stated: &str) {
        self.land_unit = LandUnit::named(stated);
        if self.land_unit.is_none() {
            self.check_land(stated);
        }
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.check_note(stated);
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.lines.kind(cells) == Line::Row
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.lines.set_fill_down(fill_down);
    }

    fn set_sheet(&mut self, columns: &SheetColumns) {
        self.sheet = Some(columns.clone());
    }

    fn finish(mut self) -> Result<(CheckFigures, Problems), Problems> {
        self.lines.check(&mut self.findings);
        let (problems, failed) = self.findings.finish();
        if failed {
            return Err(problems);
        }
        let Self { policy, mut rows, sheet, .. } = self;
        for row in &mut rows {
            row.sheet.clone_from(&sheet);
        }
        Ok((CheckFigures { attributes: policy.measured().to_vec(), rows }, problems))
    }
}

impl FigureRow {
    /// A problem of the row.
    pub(crate) fn problem(&self, problem: Problem, column: &str) -> Problem {
        let problem = problem.row(self.row).line(self.line).column(column);
        let problem = match &self.sheet {
            Some(sheet) => sheet.in_cell(problem),
            None => problem,
        };
        match &self.file {
            Some(file) => problem.file(&**file),
            None => problem,
        }
    }

    /// Who it is about, as it stands: the names, else the id.
    pub(crate) fn subject_text(&self) -> String {
        let names: Vec<&str> =
            [&*self.county, &*self.township, &*self.name].into_iter().filter(|text| !text.is_empty()).collect();
        match (names.is_empty(), self.id.is_empty()) {
            (false, _) => names.join("/"),
            (true, false) => self.id.to_string(),
            (true, true) => self.division_code.to_string(),
        }
    }

    /// Whether it names a place by itself.
    pub(crate) fn names_place(&self) -> bool {
        !(self.id.is_empty() && self.division_code.is_empty() && self.name.is_empty())
    }

    /// The largest subject that it can be about.
    pub(crate) fn least_subject(&self) -> CheckSubject {
        if self.names_place() {
            CheckSubject::Place
        } else if !self.township.is_empty() {
            CheckSubject::Township
        } else if !self.county.is_empty() {
            CheckSubject::County
        } else {
            CheckSubject::Policy
        }
    }
}
