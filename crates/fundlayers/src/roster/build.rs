//! Takes rows in and says everything that is wrong with them.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use rust_decimal::Decimal;

use super::alike::{is_even, may_be_cut, plain, short};
use super::counties::{WithoutCounty, written_in_two_ways};
use super::header::{Field, WordColumn, headers, heads_villages};
use super::{Places, PlacesData, Repeats, Shape};
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::roster as words;
use crate::ground::catalogue::rows;
use crate::ground::ids::index;
use crate::ground::land::LandUnit;
use crate::ground::message::Phrase;
use crate::ground::money::Unit;
use crate::ground::number::{decimal, kept};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::sure::Sure;
use crate::ground::text::{did_you_mean_level, nearest};
use crate::policy::rule::reads::attributes_read;
use crate::policy::{Attribute, AttributeType, Policy};
use crate::rows::column::{AttributeColumn, DictionaryBuilder, NumberColumn, Numbering, TextColumn};
use crate::rows::crowded::Crowded;
use crate::rows::header::{Found, Header, unbracketed};
use crate::rows::lines::{Line, Lines};
use crate::rows::records::{
    Cell, CellColumn, ColumnRole, Findings, Fit, NotWhole, Place, RowBuilder, SUGGESTED, YEAR_LIMIT, bad_number, flag,
    missing, not_text, number, number_of_money, number_or_share, order, push_by_rows, text, tidied, trimmed, whole,
    year,
};
use crate::rows::sheet_columns::SheetColumns;
use crate::rows::spoiled::{
    Spoiled, is_length_of_such, is_nothing_word, may_be_spoiled, says_as_above, sound_id, sound_text, spoiled, unseen,
};
use crate::rows::totals::{TotalFigure, TotalLines, TotalRank, total_rank};
use crate::rows::units::{counted_per, is_other, is_other_of_amounts, unit_of};

/// The largest count of a row, 2^32 − 1.
const COUNT_LIMIT: u32 = u32::MAX;
/// What a blank year of a row means.
const POLICY_YEAR: Phrase = rows::A_YEAR_OR_OF_POLICY;
/// Rows beyond this are an error: row numbers are kept in 32 bits.
const ROW_LIMIT: u32 = u32::MAX - 1;

/// Takes the rows of a roster from a reader, one by one; which class serves them is not looked at.
#[derive(Debug)]
pub(crate) struct PlacesBuilder {
    header: Header<Field>,
    /// Where the header stood.
    header_line: Option<u32>,
    /// The column of first years: every row is asked for it.
    from: Option<usize>,
    lines: Lines,
    totals: TotalLines,
    policy: Policy,
    columns: Columns,
    findings: Findings,
    /// The number of the row that came last.
    row: u32,
    row_limit: u32,
    /// Bytes that the rows may take, and about what one takes besides its texts.
    room: usize,
    row_size: usize,
    /// How many rows come next, if that was said.
    expected: usize,
    /// Where the rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
    /// The columns of villages and townships, where a row without a village is the township itself.
    villages: Option<(usize, usize)>,
    /// Whether nothing belongs into blank cells for sure: it was said, or the rows come from no sheet.
    blanks_are_meant: bool,
}

#[derive(Debug)]
struct Columns {
    ids: TextColumn,
    names: TextColumn,
    division_codes: TextColumn,
    county: DictionaryBuilder,
    without_county: WithoutCounty,
    township: DictionaryBuilder,
    kinds: WordColumn,
    designations: WordColumn,
    counts: Vec<u32>,
    attributes: Vec<AttributeBuilder>,
    shapes: ShapeBuilder,
    row_numbers: Numbering,
    lines: Numbering,
    /// Rows whose id or years cannot be relied on, ascending.
    unsound: Vec<u32>,
    /// Rows that leave their id blank where the roster has a column for it, ascending.
    without_id: Vec<u32>,
    has_ids: bool,
}

#[derive(Debug)]
struct AttributeBuilder {
    id: String,
    /// The unit of one of money.
    money: Option<Unit>,
    cells: Cells,
}

/// The cells of an attribute; `Absent` if the roster lacks the column.
#[derive(Debug)]
enum Cells {
    Absent(AttributeType),
    Number(NumberColumn),
    Flag(Vec<bool>),
    Text(DictionaryBuilder),
}

#[derive(Debug)]
struct ShapeBuilder {
    shapes: Vec<Shape>,
    codes: Vec<u32>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: u32,
}

impl ShapeBuilder {
    /// Adds the shapes of rows. A pair of few kinds and designations needs no search.
    fn extend<'a>(&mut self, shapes: impl ExactSizeIterator<Item = &'a Shape>) {
        const FEW: usize = 8;
        let mut known = [[UNKNOWN; FEW]; FEW];
        self.codes.reserve(shapes.len());
        for shape in shapes {
            let slot = if shape.from.is_none() && shape.to.is_none() {
                known.get_mut(index(shape.kind)).and_then(|row| row.get_mut(index(shape.designation)))
            } else {
                None
            };
            match slot {
                Some(code) if *code != UNKNOWN => self.codes.push(*code),
                slot => {
                    self.push(*shape);
                    if let (Some(slot), Some(code)) = (slot, self.codes.last()) {
                        *slot = *code;
                    }
                }
            }
        }
    }

    fn push(&mut self, shape: Shape) {
        // Most rosters have few.
        const FEW: usize = 8;
        if let Some(code) = (0..).zip(self.shapes.iter().take(FEW)).find(|(_, known)| **known == shape) {
            self.codes.push(code.0);
            return;
        }
        if self.shapes.get(index(self.last)) != Some(&shape) {
            let (shapes, hasher) = (&mut self.shapes, &self.hasher);
            let hash = hasher.hash_one(shape);
            let known = self.table.find(hash, |&code| shapes.get(index(code)) == Some(&shape)).copied();
            self.last = known.unwrap_or_else(|| {
                let code = u32::try_from(shapes.len()).unwrap_or(u32::MAX);
                shapes.push(shape);
                self.table.insert_unique(hash, code, |&code| hasher.hash_one(shapes.get(index(code))));
                code
            });
        }
        self.codes.push(self.last);
    }
}

/// What of a row is put together only when all its cells are read.
struct Row<'a> {
    /// Its index among the rows that are kept.
    at: usize,
    id: &'a str,
    shape: Shape,
    sound: bool,
}

impl<'a> Row<'a> {
    const fn new(at: usize) -> Self {
        let shape = Shape { kind: 0, designation: 0, from: None, to: None };
        Self { at, id: "", shape, sound: true }
    }

    /// Reports years that are reversed; `shown` is how the first one is written.
    #[inline]
    fn check_years(&mut self, shown: impl FnOnce() -> String, place: Place, findings: &mut Findings) {
        if let (Some(from), Some(to)) = (self.shape.from, self.shape.to)
            && from > to
        {
            findings.add(place, Code::YearsReversed, "from", words::FIRST_YEAR_AFTER_LAST, |problem| {
                problem.found(shown()).expected(words::YEAR_UP_TO.with(&[&to]))
            });
            self.sound = false;
        }
    }

    /// The cell of a column that the id may come from.
    #[inline]
    fn text(&mut self, cell: Cell<'a>, place: Place, key: &str, findings: &mut Findings) -> &'a str {
        cell.text().unwrap_or_else(|| {
            self.sound = false;
            not_text(findings, place, key, cell);
            ""
        })
    }
}

/// The cells of a row without a village in which a township stands: that is the place. One that was only filled in is not.
#[inline]
fn town<'a>(
    (village, township): (usize, usize),
    cells: &[Cell<'a>],
    filled: Option<&[Cell<'a>]>,
) -> Option<Vec<Cell<'a>>> {
    let is_blank = |at: usize| cells.get(at).is_none_or(|cell| cell.is_blank());
    let counts = |at: usize| cells.get(at).and_then(|cell| cell.text()).is_some_and(counts_places);
    if !is_blank(village) || is_blank(township) || counts(township) {
        return None;
    }
    let mut town = filled.unwrap_or(cells).to_vec();
    town.resize(town.len().max(village.saturating_add(1)), Cell::Blank);
    town.swap(village, township);
    Some(town)
}

/// Whether a text says in brackets how many places there are, as the heading of a block does: 石桥镇（2个村）
fn counts_places(text: &str) -> bool {
    let inner = text.trim_end().strip_suffix([')', '）']).and_then(|text| text.rsplit_once(['(', '（']));
    inner.is_some_and(|(_, inner)| inner.contains('个') && inner.contains(|c: char| c.is_numeric()))
}

impl PlacesBuilder {
    /// See `RosterBuilder::own_row`.
    pub(crate) fn own_row<'s>(&'s mut self, cells: &'s [Cell<'s>]) -> Option<Vec<Cell<'s>>> {
        let villages = self.villages;
        let own = self.lines.own(cells)?;
        Some(villages.and_then(|at| town(at, cells, Some(&own))).unwrap_or(own))
    }

    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub(crate) fn new(policy: &Policy, titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let key = |field: Field| field.key(policy);
        let why_not =
            |field: Field| (!field.is_read(policy)).then(|| words::NOT_DECLARED_SO_NOT_READ.with(&[&key(field)]));
        let required =
            Field::required(policy).filter_map(|field| field.names().map(|(key, title)| (field, key, title)));
        let header = Header::read(titles, &headers(policy), key, why_not, required, &mut findings);
        let has_ids = header.column(Field::Id).is_some();
        let heads_villages = |at: &usize| titles.get(*at).is_some_and(|(title, _)| heads_villages(title));
        let villages = header.column(Field::Name).filter(heads_villages).zip(header.column(Field::Township));
        let lines = Lines::new(&header, Field::role, |field| field.key(policy).to_owned());
        let from = header.column(Field::From);
        let attributes = policy.attributes().iter().map(|attribute| AttributeBuilder {
            id: attribute.id.clone(),
            money: attribute.money(),
            cells: Cells::Absent(attribute.attribute_type),
        });
        let mut builder = Self {
            header,
            from,
            header_line: titles.iter().find_map(|(_, position)| position.map(|position| position.line)),
            lines,
            totals: TotalLines::default(),
            policy: policy.clone(),
            columns: Columns {
                ids: TextColumn::new(),
                names: TextColumn::new(),
                division_codes: TextColumn::new(),
                county: DictionaryBuilder::new(),
                without_county: WithoutCounty::default(),
                township: DictionaryBuilder::new(),
                kinds: WordColumn::new(policy.kinds()),
                designations: WordColumn::new(policy.designations()),
                counts: Vec::new(),
                attributes: attributes.collect(),
                shapes: ShapeBuilder {
                    shapes: Vec::new(),
                    codes: Vec::new(),
                    table: HashTable::new(),
                    hasher: DefaultHashBuilder::default(),
                    last: 0,
                },
                row_numbers: Numbering::default(),
                lines: Numbering::default(),
                unsound: Vec::new(),
                without_id: Vec::new(),
                has_ids,
            },
            findings,
            row: 0,
            row_limit: ROW_LIMIT,
            room: usize::MAX,
            row_size: 0,
            expected: 0,
            sheet: None,
            villages,
            blanks_are_meant: true,
        };
        builder.begin_attributes();
        builder.check_remarks();
        builder
    }

    /// Says where a title states another unit than the policy has for an attribute: 人口（万人） where it counts 人.
    fn check_remarks(&mut self) {
        for &(at, field) in &self.header.fields {
            let Some(stated) = self.header.remark(at) else { continue };
            let place = Place { row: 0, line: self.header_line, column: order(at) };
            let attribute = match field {
                Field::Attribute(index) => self.policy.attributes().get(index),
                Field::Count if unit_of(stated).is_some() || is_other(stated) => {
                    self.findings.push(place, Severity::Error, || {
                        let problem = Problem::new(Code::UnitDiffers, rows::COUNTS_ARE_SCALED.with(&[&stated]));
                        let problem = problem.column("count").found(stated).line(self.header_line);
                        problem.expected(rows::COUNTS_ONE_BY_ONE)
                    });
                    None
                }
                _ => None,
            };
            let Some(attribute) = attribute.filter(|attribute| is_other_unit(self.header.unit(at), stated, attribute))
            else {
                continue;
            };
            self.findings.push(place, Severity::Error, || unit_differs(attribute, stated).line(self.header_line));
        }
    }

    /// Lets row numbers go on after so many rows, of which these are the next.
    pub(crate) fn after_rows(&mut self, rows: u32) {
        self.row = rows;
    }

    #[cfg(test)]
    pub(crate) fn limit_rows(&mut self, limit: u32) {
        self.row_limit = limit;
    }

    /// Whether an attribute is a number.
    fn is_number(&self, index: usize) -> bool {
        let attribute = self.policy.attributes().get(index);
        attribute.is_none_or(|attribute| attribute.attribute_type == AttributeType::Number)
    }

    /// Says of each attribute of money whose title states no unit that the one above the table is not the policy's.
    fn check_note(&mut self, stated: &str, unit: Option<Unit>) {
        for &(at, field) in &self.header.fields {
            let Field::Attribute(index) = field else { continue };
            let Some(attribute) = self.policy.attributes().get(index) else { continue };
            let has_own = self.header.unit(at).is_some() || self.header.has_other_unit(at);
            if attribute.money().is_some_and(|own| Some(own) != unit) && !has_own {
                let place = Place { row: 0, line: self.header_line, column: order(at) };
                self.findings.push(place, Severity::Error, || unit_differs(attribute, stated).line(self.header_line));
            }
        }
    }

    fn begin_attributes(&mut self) {
        for (_, field) in &self.header.fields {
            if let Field::Attribute(index) = *field
                && let Some(AttributeBuilder { cells, .. }) = self.columns.attributes.get_mut(index)
                && let Cells::Absent(attribute_type) = *cells
            {
                *cells = match attribute_type {
                    AttributeType::Number => Cells::Number(NumberColumn::new()),
                    AttributeType::Flag => Cells::Flag(Vec::new()),
                    AttributeType::Text => Cells::Text(DictionaryBuilder::new()),
                };
            }
        }
    }
}

/// Whether the remark of a title states another unit than the attribute's: of money, of land, or one that scales.
fn is_other_unit(unit: Option<Unit>, remark: &str, attribute: &Attribute) -> bool {
    if attribute.unit.as_deref() == Some(remark) {
        return false;
    }
    // 元/人 over what counts 万元 each.
    if let Some(stated) = counted_per(remark).and_then(unit_of) {
        let own = attribute.unit.as_deref().map(|unit| counted_per(unit).unwrap_or(unit)).and_then(unit_of);
        return own.is_some_and(|own| own != stated);
    }
    match (unit, attribute.money()) {
        (Some(unit), money) => money != Some(unit),
        (None, Some(_)) => is_other_of_amounts(remark),
        (None, None) => is_other_land(remark, attribute) || is_other(remark),
    }
}

/// Whether a remark is a unit of land, but not the one in which an attribute counts it.
fn is_other_land(remark: &str, attribute: &Attribute) -> bool {
    let stated = LandUnit::named(remark);
    let own = attribute.unit.as_deref().and_then(LandUnit::named);
    stated.zip(own).is_some_and(|(stated, own)| stated != own)
}

/// A table states another unit than the policy has for an attribute.
fn unit_differs(attribute: &Attribute, stated: &str) -> Problem {
    let problem = Problem::new(Code::UnitDiffers, rows::TITLE_IS_SCALED.with(&[&stated])).column(&attribute.id);
    problem.found(stated).expected(match &attribute.unit {
        Some(unit) => rows::FIGURES_IN_UNIT.with(&[unit]),
        None => rows::FIGURES_IN_UNIT.with(&[&rows::UNIT_NOT_STATED.with(&[])]),
    })
}

impl PlacesBuilder {
    /// Whether rows can be taken column by column: none is blank or beyond the limit, and a header stands over every cell.
    fn is_plain(&self, cells: &[CellColumn<'_>], rows: usize) -> bool {
        let names = self.header.column(Field::Name).and_then(|at| cells.get(at));
        let named = match names {
            Some(CellColumn::Texts(texts)) => texts.iter().all(|text| !Cell::Text(text).is_blank()),
            Some(CellColumn::Joined(texts)) => {
                texts.are_tidy() || texts.iter().all(|text| !Cell::Text(text).is_blank())
            }
            Some(column @ CellColumn::Words { .. }) => (0..rows).all(|row| !column.cell(row, &[]).is_blank()),
            _ => false,
        };
        let room = usize::try_from(self.row_limit.saturating_sub(self.row)).unwrap_or(usize::MAX);
        named && rows <= room && !self.is_full() && self.header.is_complete(cells.len()) && self.lines.are_plain(cells)
    }
}

impl PlacesBuilder {
    /// About what the columns keep of a row besides its texts, in bytes.
    fn row_size(&self) -> usize {
        // Ends of id and name, shape, and the search for ids that repeat.
        const ALWAYS: usize = 36;
        let field = |field: &Field| match field {
            Field::Attribute(index) => match self.columns.attributes.get(*index).map(|attribute| &attribute.cells) {
                Some(Cells::Number(_)) => 9,
                Some(Cells::Text(_)) => 4,
                Some(Cells::Flag(_)) => 1,
                Some(Cells::Absent(_)) | None => 0,
            },
            _ => 4,
        };
        self.header.fields.iter().map(|(_, of)| field(of)).fold(ALWAYS, usize::saturating_add)
    }

    /// Whether the rows have taken what they may.
    #[inline]
    fn is_full(&self) -> bool {
        self.room != usize::MAX && self.has_no_room()
    }

    fn has_no_room(&self) -> bool {
        let Columns { ids, names, division_codes, shapes, .. } = &self.columns;
        let texts = [ids, names, division_codes].map(TextColumn::size).into_iter().fold(0, usize::saturating_add);
        shapes.codes.len().saturating_mul(self.row_size).saturating_add(texts) > self.room
    }

    /// There are more rows than can be kept.
    #[cold]
    fn too_many_rows(&mut self, line: Option<u32>) {
        // What follows is not looked at.
        self.row_limit = self.row.saturating_sub(1);
        let place = Place { row: self.row, line, column: 0 };
        self.findings.push(place, Severity::Error, || {
            Problem::new(Code::TooLarge, words::TOO_MANY_ROWS).line(line).row(place.row)
        });
    }
}

impl RowBuilder for PlacesBuilder {
    type Output = Places;

    fn expect_rows(&mut self, rows: usize) {
        self.expected = rows;
    }

    fn set_room(&mut self, bytes: usize) {
        (self.room, self.row_size) = (bytes, self.row_size());
    }

    /// Takes a row: the line of the file it began on, and its cells in header order.
    ///
    /// A row whose cells are all blank is skipped but counted. Cells missing at the end are blank.
    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        if self.row > self.row_limit {
            return;
        }
        self.row = self.row.saturating_add(1);
        if self.row > self.row_limit {
            self.too_many_rows(line);
            return;
        }
        if cells.iter().all(|cell| cell.is_blank()) {
            return;
        }
        if self.is_full() {
            self.too_many_rows(line);
            return;
        }
        match self.lines.kind(cells) {
            Line::Row => {}
            Line::Total(rank) => return self.take_total(rank, cells, line),
            Line::Note => return,
        }
        let mut place = Place { row: self.row, line, column: 0 };
        let Self { header, columns, findings, lines, from, villages, .. } = self;
        let filled = lines.filled(cells, place);
        let town = villages.and_then(|at| town(at, cells, filled.as_deref()));
        let cells = town.as_deref().or(filled.as_deref()).unwrap_or(cells);
        let mut row = Row::new(columns.shapes.codes.len());
        for &(at, field) in &header.fields {
            place.column = order(at);
            columns.take(field, cells.get(at).copied().unwrap_or(Cell::Blank), place, findings, &mut row);
        }
        header.check_row(cells, place, findings);
        if let Some(from) = *from {
            place.column = order(from);
            let cell = cells.get(from).copied().unwrap_or(Cell::Blank);
            row.check_years(|| cell.shown().to_owned(), place, findings);
        }
        columns.end_row(row, place);
    }

    fn push_columns(&mut self, cells: &[CellColumn<'_>], rows: usize) {
        if !self.is_plain(cells, rows) {
            return push_by_rows(self, cells, rows);
        }
        let Self { header, columns, findings, from, row: number, expected, row_limit, .. } = self;
        let begin = number.saturating_add(1);
        let start = columns.shapes.codes.len();
        let digits: Vec<Vec<String>> = cells
            .iter()
            .enumerate()
            .map(|(at, column)| match header.field(at) {
                Some(field) if !columns.takes_numbers(field) => column.digits(),
                _ => Vec::new(),
            })
            .collect();
        // What the words of each column mean, as far as they have come.
        let mut meanings: Vec<Vec<u32>> = cells.iter().map(|column| unknown_meanings(*column, rows)).collect();
        let from = *from;
        // Texts that need nothing done to them are taken all at once.
        let tidy = |field: Field| match header.column(field).and_then(|at| cells.get(at)) {
            Some(CellColumn::Joined(texts)) if texts.are_tidy() => Some(*texts),
            _ => None,
        };
        let (ids, names) = (tidy(Field::Id), tidy(Field::Name));
        if let Some(names) = names {
            columns.names.extend_joined(names);
        }
        let mut block: Vec<Row<'_>> = Vec::with_capacity(BLOCK_ROWS.min(rows));
        let mut done = 0_usize;
        while done < rows {
            let part = done..done.saturating_add(BLOCK_ROWS).min(rows);
            let first = begin.saturating_add(u32::try_from(done).unwrap_or(u32::MAX));
            block.clear();
            block.extend(part.clone().map(|row| Row::new(start.saturating_add(row))));
            for &(at, field) in &header.fields {
                if (field == Field::Id && ids.is_some()) || (field == Field::Name && names.is_some()) {
                    continue;
                }
                let place = Place { row: first, line: None, column: order(at) };
                let column = cells.get(at).copied().unwrap_or(CellColumn::Blank).slice(part.clone());
                let digits = digits.get(at).and_then(|digits| digits.get(part.clone())).unwrap_or_default();
                let mut none = Vec::new();
                let meanings = meanings.get_mut(at).unwrap_or(&mut none);
                columns.take_column(field, column, digits, meanings, place, findings, &mut block);
            }
            if let Some(from) = from {
                let column = cells.get(from).copied().unwrap_or(CellColumn::Blank);
                for (row, at) in block.iter_mut().zip(part.clone()) {
                    let number = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(begin);
                    let place = Place { row: number, line: None, column: order(from) };
                    row.check_years(|| column.shown(at), place, findings);
                }
            }
            columns.end_block(&mut block, first, ids.is_none());
            done = part.end;
        }
        if let Some(ids) = ids {
            columns.ids.extend_joined(ids);
        }
        // The limit on rows keeps this within 32 bits.
        *number = number.saturating_add(u32::try_from(rows).unwrap_or(u32::MAX));
        // The first rows tell how long the texts are.
        let left = std::mem::take(expected).saturating_sub(rows);
        if left > 0 && index(row_limit.saturating_sub(*number)) >= left {
            columns.reserve(left);
        }
    }

    fn key_of(&self, column: usize, _title: &str) -> Option<String> {
        self.header.field(column).map(|field| field.key(&self.policy).to_owned())
    }

    fn is_whole(&self, column: usize) -> bool {
        matches!(self.header.field(column), Some(Field::Count | Field::From | Field::To))
    }

    fn fit(&self) -> Fit {
        self.header.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        match self.header.field(column) {
            // What is so of one row that a cell is merged over is so of each, but for figures.
            Some(Field::Attribute(index)) if !self.is_number(index) => ColumnRole::Key,
            Some(field) => field.role(),
            None => ColumnRole::Unread,
        }
    }

    /// A table whose amounts are in another unit than the policy's attributes of money.
    fn set_unit(&mut self, unit: Unit) {
        self.check_note(unit.as_str(), Some(unit));
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.check_note(stated, None);
    }

    /// A table whose land is in another unit than the policy's attributes of land.
    fn set_land_unit(&mut self, stated: &str) {
        for &(at, field) in &self.header.fields {
            let Field::Attribute(index) = field else { continue };
            let Some(attribute) = self.policy.attributes().get(index) else { continue };
            let own = attribute.unit.as_deref().and_then(LandUnit::named);
            if own.is_some() && own != LandUnit::named(stated) && self.header.remark(at).is_none() {
                let place = Place { row: 0, line: self.header_line, column: order(at) };
                self.findings.push(place, Severity::Error, || unit_differs(attribute, stated).line(self.header_line));
            }
        }
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.lines.kind(cells) == Line::Row
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.lines.set_fill_down(fill_down);
        self.blanks_are_meant = fill_down == Some(false);
    }

    fn set_merges_known(&mut self) {
        self.lines.set_fill_down(Some(false));
        self.blanks_are_meant = false;
    }

    fn set_sheet(&mut self, columns: &SheetColumns) {
        self.sheet = Some(columns.clone());
    }

    fn finish(self) -> Result<(Places, Problems), Problems> {
        let Read { places, problems, faulty, .. } = self.read();
        if faulty.is_none() { Ok((places, problems)) } else { Err(problems) }
    }
}

/// Rows as they were read, sound or not.
pub(crate) struct Read {
    pub(crate) policy: Policy,
    pub(crate) places: Places,
    pub(crate) problems: Problems,
    /// If a row has an error: the rows that have one, ascending; 0 among them is the header.
    pub(crate) faulty: Option<Vec<u32>>,
}

impl PlacesBuilder {
    /// Takes a line that sums others: it is no place, and its figures are compared with theirs.
    #[cold]
    fn take_total(&mut self, rank: TotalRank, cells: &[Cell<'_>], line: Option<u32>) {
        let mut figures = Vec::new();
        let mut county = None;
        for &(at, field) in &self.header.fields {
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let place = Place { row: self.row, line, column: order(at) };
            match field {
                Field::County if !cell.is_blank() && total_rank(cell).is_none() => {
                    county = cell.text().map(|text| tidied(text).into_owned());
                }
                Field::Count | Field::Attribute(_) if self.columns.takes_numbers(field) && !cell.is_blank() => {
                    let key = field.key(&self.policy).to_owned();
                    // What is no number sums nothing: 31个.
                    if let Some(Ok((mantissa, scale))) = number(cell, place, &mut Findings::default(), &key)
                        && let Some(figure) = decimal(mantissa, scale)
                    {
                        figures.push(TotalFigure { column: at, key, place, figure, shown: cell.shown().to_owned() });
                    }
                }
                _ => {}
            }
        }
        self.totals.push(rank, self.columns.shapes.codes.len(), county, figures);
    }

    /// Compares lines that sum others with the rows.
    fn check_totals(&mut self) {
        let Self { header, columns, totals, findings, .. } = self;
        let value = |column: usize, row: usize| match header.field(column)? {
            Field::Count if columns.counts.is_empty() => Some(Decimal::ONE),
            Field::Count => Some(Decimal::from(columns.counts.get(row).copied().unwrap_or(1))),
            Field::Attribute(index) => match &columns.attributes.get(index)?.cells {
                Cells::Number(numbers) => numbers.get(row),
                _ => None,
            },
            _ => None,
        };
        let county = |row: usize, name: &str| columns.county.get(row) == name;
        totals.check(columns.shapes.codes.len(), value, county, |_, sum| sum.normalize().to_string(), findings);
    }

    /// Says which columns are missing that rules read. A title that is not known and may be meant is named.
    fn check_read_columns(&mut self) {
        if self.columns.shapes.codes.is_empty() {
            return;
        }
        let read = attributes_read(&self.policy);
        let missing = self.columns.attributes.iter().zip(read).zip(self.policy.attributes());
        for ((column, is_read), attribute) in missing {
            if !is_read || !matches!(column.cells, Cells::Absent(_)) {
                continue;
            }
            let line = self.header_line;
            let names = [attribute.id.as_str(), attribute.name.zh.as_str(), attribute.name.en.as_str()];
            let is_near = |title: &str| nearest(title, names).or_else(|| nearest(unbracketed(title), names)).is_some();
            let likely = self.header.strange().find(|title| is_near(title));
            let problem =
                Problem::new(Code::MissingColumn, rows::COLUMN_MISSING_BUT_READ).line(line).column(&attribute.id);
            let problem = problem.expected(match likely {
                Some(title) => rows::PERHAPS_COLUMN.with(&[&title, &attribute.name.zh]),
                None => rows::COLUMN_HEADED.with(&[&attribute.id, &attribute.name.zh]),
            });
            self.findings.push(Place { row: 0, line, column: u32::MAX }, Severity::Error, || problem);
        }
    }

    /// What became of the rows.
    pub(crate) fn read(mut self) -> Read {
        self.lines.check(&mut self.findings);
        let blanks_are_told = self.blanks_are_meant || self.lines.may_be_merged("county");
        self.check_totals();
        self.check_read_columns();
        let Self { header, policy, columns, mut findings, sheet, .. } = self;
        let years = policy.years();
        let Columns { mut ids, mut names, mut division_codes, shapes, mut counts, row_numbers, lines, unsound, .. } =
            columns;
        let ShapeBuilder { mut shapes, codes: mut shape_codes, .. } = shapes;
        let rows = shape_codes.len();
        let at = |row: usize| {
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            (row_numbers.get(row).sure(), lines.get(row))
        };
        let own = |row: u32| columns.without_id.binary_search(&row).is_err();
        check_texts(&header, (&mut ids, own), &names, [&columns.county, &columns.township], at, &mut findings);
        if !blanks_are_told {
            columns.without_county.check(&columns.county, &mut findings);
        }
        if let Some(column) = header.column(Field::County) {
            let place = |row| {
                let (row, line) = at(row);
                Place { row, line, column: order(column) }
            };
            written_in_two_ways(&columns.county, place, &mut findings);
        }
        let (ids_ascending, repeats) = find_repeats(&ids);
        let id_column = header.column(Field::Id).map_or(u32::MAX, order);
        let clipped = |row: u32| {
            if unsound.binary_search(&row).is_ok() {
                return None;
            }
            shapes.get(index(*shape_codes.get(index(row))?))?.years(&years)
        };
        repeats.overlaps(&years, clipped, |row, other, year| {
            let place = (row_numbers.get(row).sure(), lines.get(row));
            let other = row_numbers.get(other).sure();
            duplicate(&mut findings, place, other, ids.get(index(row)), year, id_column);
        });
        if !columns.without_id.is_empty() {
            let mut paths = TextColumn::new();
            for row in 0..rows {
                paths.push_path([columns.county.get(row), columns.township.get(row), names.get(row)]);
            }
            let has_id = |row: u32| columns.without_id.binary_search(&row).is_err();
            let kind = |row: u32| Some(shapes.get(index(*shape_codes.get(index(row))?))?.kind);
            find_repeats(&paths).1.alike(has_id, kind, clipped, |row, other, year| {
                let place = (row_numbers.get(row).sure(), lines.get(row));
                let id = ids.get(index(other));
                let other = row_numbers.get(other).sure();
                possible_duplicate(&mut findings, place, (other, id), ids.get(index(row)), year, id_column);
            });
        }
        if header.column(Field::County).is_some() {
            let alike = Alike { ids: &ids, names: &names, county: &columns.county, township: &columns.township };
            let has_id = |row: u32| columns.without_id.binary_search(&row).is_err();
            let kind = |row: u32| Some(shapes.get(index(*shape_codes.get(index(row))?))?.kind);
            alike.find(rows, |row, other| {
                // A row without an id beside one that has it was told above.
                let told = has_id(row) != has_id(other) && alike.is_same(row, other);
                let (Some(a), Some(b)) = (clipped(row), clipped(other)) else { return };
                let year = *a.start().max(b.start());
                if told || kind(row) != kind(other) || year > *a.end().min(b.end()) {
                    return;
                }
                let (place, other) = (at(index(row)), at(index(other)).0);
                let column = header.column(Field::Name).map_or(u32::MAX, order);
                let place = Place { row: place.0, line: place.1, column };
                let message = words::LOOKS_THE_SAME.with(&[&other, &year]);
                findings.add(place, Code::PossibleDuplicate, "name", message, |problem| {
                    problem.found(names.get(index(row))).expected(words::IF_ONE_PLACE)
                });
            });
        }
        let faulty = findings.faulty_rows();
        let (problems, failed) = findings.finish();
        for column in [&mut ids, &mut names, &mut division_codes] {
            column.shrink();
        }
        shapes.shrink_to_fit();
        shape_codes.shrink_to_fit();
        counts.shrink_to_fit();
        let attributes = columns.attributes.into_iter().filter_map(|AttributeBuilder { id, cells, .. }| {
            let column = match cells {
                Cells::Absent(_) => return None,
                Cells::Number(column) => AttributeColumn::Number(column.finish()),
                Cells::Flag(mut flags) => {
                    flags.shrink_to_fit();
                    AttributeColumn::Flag(flags)
                }
                Cells::Text(column) => AttributeColumn::Text(column.finish()),
            };
            Some((id, column))
        });
        let (mut shape_places, mut shape_largest) = (vec![0_u64; shapes.len()], vec![0_u64; shapes.len()]);
        for (row, shape) in shape_codes.iter().enumerate() {
            let count = if counts.is_empty() { 1 } else { counts.get(row).copied().unwrap_or(1).into() };
            if let (Some(places), Some(largest)) =
                (shape_places.get_mut(index(*shape)), shape_largest.get_mut(index(*shape)))
            {
                // At most 2^32 rows of at most 2^32 places.
                *places = places.wrapping_add(count);
                *largest = (*largest).max(count);
            }
        }
        let places = Places(Arc::new(PlacesData {
            rows,
            places: count_places(rows, &counts, &repeats),
            ids,
            names,
            division_codes,
            county: columns.county.finish(),
            township: columns.township.finish(),
            kinds: columns.kinds.finish(),
            designations: columns.designations.finish(),
            shapes,
            shape_codes,
            shape_places,
            shape_largest,
            counts,
            attributes: attributes.collect(),
            row_numbers,
            lines,
            sheet,
            ids_ascending,
            repeats,
        }));
        Read { policy, places, problems, faulty: failed.then_some(faulty) }
    }
}

/// An id has at most so many characters.
const ID_LIMIT: usize = 128;
/// Bytes that are looked at together.
const CHUNK: usize = 4096;

/// Looks for what programs have spoiled, and takes marks of Excel off the ids.
fn check_texts(
    header: &Header<Field>,
    (ids, is_own): (&mut TextColumn, impl Fn(u32) -> bool),
    names: &TextColumn,
    shared: [&DictionaryBuilder; 2],
    at: impl Fn(usize) -> (u32, Option<u32>),
    findings: &mut Findings,
) {
    let place = |row: usize, field: Field| {
        let (row, line) = at(row);
        Place { row, line, column: header.column(field).map_or(u32::MAX, order) }
    };
    let mut unseen_in = |text: &str, place: Place, key: &str| {
        if says_as_above(text) {
            findings.add(place, Code::AsAbove, key, words::SAYS_AS_ABOVE, |problem| {
                problem.found(text).expected(words::WRITE_IT_OUT)
            });
        } else if let Some(c) = unseen(text) {
            let message = words::UNSEEN_CHARACTER.with(&[&format!("{:04X}", u32::from(c))]);
            findings.add(place, Code::SpoiledText, key, message, |problem| problem.expected(words::TYPE_AGAIN));
        } else if is_nothing_word(text) {
            findings.add(place, Code::SpoiledText, key, words::WORD_FOR_NOTHING, |problem| {
                problem.found(text).expected(words::LEAVE_BLANK)
            });
        }
    };
    // The words are short, nearly all names are longer.
    let is_word = |text: &str| is_nothing_word(text) || says_as_above(text);
    let has_word = |texts: &TextColumn| texts.any_length(is_length_of_such) && texts.texts().any(is_word);
    if may_be_spoiled(names.joined().as_bytes(), false) || has_word(names) {
        for (row, name) in names.texts().enumerate() {
            unseen_in(name, place(row, Field::Name), "name");
        }
    }
    for (column, (field, key)) in shared.into_iter().zip([(Field::County, "county"), (Field::Township, "township")]) {
        for (code, text) in (0_u32..).zip(column.values()) {
            if unseen(text).is_some() || is_word(text) {
                unseen_in(text, place(column.first(code), field), key);
            }
        }
    }
    // An id that is put together of county, township and name says nothing more.
    if header.column(Field::Id).is_none() {
        return;
    }
    let bytes = ids.joined().as_bytes();
    // Mere digits, as most ids are, cannot be spoiled: one look at them instead of several.
    let are_digits = bytes.chunks(CHUNK).all(|bytes| bytes.iter().fold(true, |are, byte| are & byte.is_ascii_digit()));
    let spoils = !are_digits && (may_be_spoiled(bytes, true) || has_word(ids));
    if !spoils && !ids.any_length(|length| length > ID_LIMIT) {
        return;
    }
    let mut mended = TextColumn::new();
    for (row, id) in (0_u32..).zip(ids.texts()) {
        if !is_own(row) {
            mended.push(id);
            continue;
        }
        let place = place(index(row), Field::Id);
        let kept = sound_id(id, place, findings);
        let length = id.chars().take(ID_LIMIT.saturating_mul(8)).count();
        if length > ID_LIMIT {
            findings.add(place, Code::TooLarge, "id", words::ID_TOO_LONG.with(&[&id.chars().count()]), |problem| {
                problem.found(id).expected(words::ID_AT_MOST.with(&[&ID_LIMIT]))
            });
        }
        mended.push(kept);
    }
    *ids = mended;
}

/// The texts by which places are called.
struct Alike<'a> {
    ids: &'a TextColumn,
    names: &'a TextColumn,
    county: &'a DictionaryBuilder,
    township: &'a DictionaryBuilder,
}

impl Alike<'_> {
    /// Whether two rows say the same, letter by letter.
    fn is_same(&self, a: u32, b: u32) -> bool {
        let (a, b) = (index(a), index(b));
        self.county.get(a) == self.county.get(b)
            && self.township.get(a) == self.township.get(b)
            && self.names.get(a) == self.names.get(b)
    }

    /// Tells each row that is called like an earlier one under another id, with that.
    fn find(&self, rows: usize, mut tell: impl FnMut(u32, u32)) {
        // A code for each writing of a county and township.
        let codes = |column: &DictionaryBuilder| -> Vec<usize> {
            let mut known: HashMap<String, usize> = HashMap::new();
            column
                .values()
                .map(|text| {
                    let next = known.len();
                    *known.entry(plain(text).into_owned()).or_insert(next)
                })
                .collect()
        };
        let (counties, townships) = (codes(self.county), codes(self.township));
        let code = |codes: &[usize], column: &DictionaryBuilder, row: usize| {
            codes.get(index(column.code(row))).copied().sure()
        };
        let is_even = is_even(self.names.joined());
        let name = |row: usize| {
            let name = self.names.get(row);
            if is_even { Cow::Borrowed(short(name)) } else { plain(name) }
        };
        let area = |row: usize| (code(&counties, self.county, row), code(&townships, self.township, row));
        // A quick look at how each name begins and ends first: most are like no other in that already.
        let ends: Vec<u64> = if is_even {
            // Nearly every name is as it stands.
            let kept = |row: usize, name| if may_be_cut(name) { short(self.names.get(row)).as_bytes() } else { name };
            let names = self.names.bytes().enumerate().take(rows);
            names.map(|(row, name)| mixed(area(row), kept(row, name))).collect()
        } else {
            (0..rows).map(|row| mixed(area(row), name(row).as_bytes())).collect()
        };
        let crowded = Crowded::new(ends.iter().copied());
        let may_repeat = (0_u32..).zip(ends).filter(|(_, ends)| crowded.contains(*ends));
        // Those that fell together by chance are told apart by other bits.
        let may_repeat: Vec<(u32, u64)> = may_repeat.map(|(row, ends)| (row, ends.rotate_left(u32::BITS))).collect();
        let crowded = Crowded::new(may_repeat.iter().map(|(_, ends)| *ends));
        let hasher = DefaultHashBuilder::default();
        let key = |row: usize| (area(row), name(row));
        let mut table: HashTable<(u64, u32)> = HashTable::new();
        for (row, _) in may_repeat.into_iter().filter(|(_, ends)| crowded.contains(*ends)) {
            if self.names.get(index(row)).is_empty() || self.county.get(index(row)).is_empty() {
                continue;
            }
            let hash = hasher.hash_one(key(index(row)));
            let same = |known: &(u64, u32)| known.0 == hash && key(index(known.1)) == key(index(row));
            if let Some((_, first)) = table.find(hash, same).copied() {
                if self.ids.get(index(first)) != self.ids.get(index(row)) {
                    tell(row, first);
                }
            } else {
                table.insert_unique(hash, (hash, row), |known| known.0);
            }
        }
    }
}

/// A number of a county, a township and the two ends of a name, whose first bits differ where these do.
fn mixed((county, township): (usize, usize), bytes: &[u8]) -> u64 {
    // The odd number next to 2^64 divided by the golden ratio.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let spread = |mixed: u64, part: u64| (mixed.rotate_left(23) ^ part).wrapping_mul(SPREAD);
    let area = spread(u64::try_from(county).sure(), u64::try_from(township).sure());
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            spread(spread(spread(area, u64::from_le_bytes(*first)), u64::from_le_bytes(*last)), area)
        }
        _ => spread(bytes.iter().fold(area, |mixed, byte| mixed.rotate_left(8) ^ u64::from(*byte)), area),
    }
}

/// A row whose id another row has in the same year.
pub(super) fn duplicate(
    findings: &mut Findings,
    row: (u32, Option<u32>),
    other: u32,
    id: &str,
    year: u16,
    column: u32,
) {
    let place = Place { row: row.0, line: row.1, column };
    let message = words::SAME_ID.with(&[&other, &year]);
    findings.add(place, Code::DuplicateRecipient, "id", message, |problem| {
        problem.found(id).expected(words::ONE_ROW_A_YEAR)
    });
}

/// A row without an id of its own beside one with an id that seems to be the same place.
fn possible_duplicate(
    findings: &mut Findings,
    row: (u32, Option<u32>),
    other: (u32, &str),
    id: &str,
    year: u16,
    column: u32,
) {
    let place = Place { row: row.0, line: row.1, column };
    let message = words::SAME_NAME.with(&[&other.0, &year]);
    findings.add(place, Code::PossibleDuplicate, "id", message, |problem| {
        problem.found(id).expected(words::IF_THE_SAME.with(&[&other.1]))
    });
}

/// Whether the ids ascend, and which repeat. Equal ids of an ascending column stand together, so no table is needed.
fn find_repeats(ids: &TextColumn) -> (bool, Repeats) {
    let rows = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let id = |row: u32| ids.get(index(row));
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut ascending = true;
    let (mut first, mut last) = (0, [].as_slice());
    for (row, this) in (0..rows).zip(ids.bytes()) {
        if row == 0 {
            last = this;
            continue;
        }
        match this.cmp(last) {
            std::cmp::Ordering::Less => {
                ascending = false;
                break;
            }
            std::cmp::Ordering::Equal => pairs.push((first, row)),
            std::cmp::Ordering::Greater => first = row,
        }
        last = this;
    }
    if !ascending {
        pairs.clear();
        let hasher = DefaultHashBuilder::default();
        let mut table: HashTable<u32> = HashTable::with_capacity(index(rows));
        for row in 0..rows {
            let hash = hasher.hash_one(id(row));
            if let Some(&first) = table.find(hash, |&known| id(known) == id(row)) {
                pairs.push((first, row));
            } else {
                table.insert_unique(hash, row, |&known| hasher.hash_one(id(known)));
            }
        }
    }
    let mut places = Vec::new();
    if !pairs.is_empty() {
        // Rows that repeat are in row order here.
        let mut repeating = pairs.iter().peekable();
        let mut next = 0_u32;
        places.reserve_exact(index(rows));
        for row in 0..rows {
            if let Some((first, _)) = repeating.next_if(|(_, repeat)| *repeat == row) {
                places.push(places.get(index(*first)).copied().sure());
            } else {
                places.push(next);
                next = next.saturating_add(1);
            }
        }
        pairs.sort_unstable();
        pairs.shrink_to_fit();
    }
    (ascending, Repeats { pairs, places })
}

/// The sum of the counts, each id once with its largest. Fewer than 2^32 rows of less than 2^32 each cannot overflow.
fn count_places(rows: usize, counts: &[u32], repeats: &Repeats) -> u64 {
    let count = |row: u32| u64::from(counts.get(index(row)).copied().unwrap_or(1));
    let mut places: u64 = if counts.is_empty() {
        u64::try_from(rows).unwrap_or(u64::MAX)
    } else {
        counts.iter().fold(0, |sum, &count| sum.saturating_add(count.into()))
    };
    for group in repeats.pairs.chunk_by(|a, b| a.0 == b.0) {
        let first = group.first().map_or(0, |(first, _)| count(*first));
        let (sum, most) = group
            .iter()
            .fold((first, first), |(sum, most), (_, row)| (sum.saturating_add(count(*row)), most.max(count(*row))));
        places = places.saturating_sub(sum).saturating_add(most);
    }
    places
}

/// A dictionary of this many words for each row is not worth a list of what each word means.
const WORDS_PER_ROW: usize = 4;
/// What a word means is not known yet.
const UNKNOWN: u32 = u32::MAX;
/// Rows that are put together at once, few enough for the processor's cache.
const BLOCK_ROWS: usize = 256;

/// A meaning for each word of a column, none known yet.
fn unknown_meanings(column: CellColumn<'_>, rows: usize) -> Vec<u32> {
    match column {
        CellColumn::Words { words, .. } => vec![UNKNOWN; words.len().min(rows.saturating_mul(WORDS_PER_ROW))],
        _ => Vec::new(),
    }
}

impl Columns {
    /// Whether a field takes numbers as they are, without their digits.
    fn takes_numbers(&self, field: Field) -> bool {
        match field {
            Field::Count | Field::From | Field::To => true,
            Field::Attribute(index) => {
                self.attributes.get(index).is_some_and(|attribute| matches!(attribute.cells, Cells::Number(_)))
            }
            _ => false,
        }
    }

    /// Makes room for more rows like those that have come.
    fn reserve(&mut self, rows: usize) {
        for texts in [&mut self.ids, &mut self.names, &mut self.division_codes] {
            texts.reserve(rows);
        }
        for names in [&mut self.county, &mut self.township] {
            names.reserve(rows);
        }
        _ = self.shapes.codes.try_reserve_exact(rows);
    }

    /// Takes the cells of a column in the rows of a block, whose first is at `first`.
    #[expect(clippy::too_many_arguments, reason = "a column and where it is put")]
    fn take_column<'a>(
        &mut self,
        field: Field,
        column: CellColumn<'a>,
        digits: &'a [String],
        meanings: &mut [u32],
        first: Place,
        findings: &mut Findings,
        block: &mut [Row<'a>],
    ) {
        let places = (first.row..).map(|row| Place { row, ..first });
        let rows = block.iter_mut().zip(places);
        match (field, column) {
            (Field::Id, CellColumn::Texts(texts)) => {
                for ((row, _), text) in rows.zip(texts) {
                    row.id = trimmed(text);
                }
            }
            (Field::Id, CellColumn::Joined(texts)) => {
                for ((row, _), text) in rows.zip(texts.iter()) {
                    row.id = trimmed(text);
                }
            }
            (Field::Name, CellColumn::Joined(texts)) => {
                texts.iter().for_each(|text| self.names.push(&tidied(text)));
            }
            (Field::Name, CellColumn::Texts(texts)) => {
                // White space is looked for in all of them at once.
                if !self.names.extend_without_space(texts.iter().copied()) {
                    for text in texts {
                        self.names.push(&tidied(text));
                    }
                }
            }
            (Field::Kind | Field::Designation, CellColumn::Words { codes, .. }) => {
                let (known, what) = if field == Field::Kind {
                    (&mut self.kinds, ("kind", Code::UnknownKind))
                } else {
                    (&mut self.designations, ("designation", Code::UnknownDesignation))
                };
                for (at, (row, place)) in rows.enumerate() {
                    let meaning = codes.get(at).and_then(|code| meanings.get_mut(index(*code)));
                    let code = match meaning {
                        Some(meaning) if *meaning != UNKNOWN => *meaning,
                        meaning => match (known.code(column.cell(at, digits).shown()), meaning) {
                            (Found::One(code), Some(meaning)) => {
                                *meaning = code;
                                code
                            }
                            _ => word(known, column.cell(at, digits), place, findings, what),
                        },
                    };
                    if field == Field::Kind {
                        row.shape.kind = code;
                    } else {
                        row.shape.designation = code;
                    }
                }
            }
            (Field::County | Field::Township, CellColumn::Words { codes, .. }) => {
                let names = if field == Field::County { &mut self.county } else { &mut self.township };
                for (at, (_, place)) in rows.enumerate() {
                    match codes.get(at).and_then(|code| meanings.get_mut(index(*code))) {
                        Some(meaning) if *meaning != UNKNOWN => names.push_code(*meaning),
                        meaning => {
                            let cell = column.cell(at, digits);
                            let code = push_name(names, cell.text().unwrap_or_default());
                            if cell.shown().is_empty() {
                                // Its meaning stays unknown, so that every such row is told.
                                if field == Field::County {
                                    self.without_county.push(place);
                                }
                            } else if let Some(meaning) = meaning {
                                *meaning = code;
                            }
                        }
                    }
                }
            }
            (_, CellColumn::Integers(numbers)) if self.takes_numbers(field) => {
                for ((row, place), number) in rows.zip(numbers) {
                    self.take_number(field, number.map(i128::from), 0, place, findings, row);
                }
            }
            (_, CellColumn::Decimals { mantissas, scale }) if self.takes_numbers(field) => {
                for ((row, place), mantissa) in rows.zip(mantissas) {
                    self.take_number(field, *mantissa, scale, place, findings, row);
                }
            }
            _ => {
                for (at, (row, place)) in rows.enumerate() {
                    self.take(field, column.cell(at, digits), place, findings, row);
                }
            }
        }
    }

    /// Takes the number of a cell without going through its digits, if nothing is wrong with it.
    fn take_number(
        &mut self,
        field: Field,
        mantissa: Option<i128>,
        scale: u32,
        place: Place,
        findings: &mut Findings,
        row: &mut Row<'_>,
    ) {
        let Some(mantissa) = mantissa else { return self.take(field, Cell::Blank, place, findings, row) };
        let number = kept(mantissa, scale);
        let whole = number.filter(|(_, scale)| *scale == 0).map(|(whole, _)| whole);
        match field {
            Field::Count => {
                if let Some(count) = whole.and_then(|whole| u32::try_from(whole).ok()).filter(|count| *count > 0) {
                    return self.push_count(count, row.at);
                }
            }
            Field::From | Field::To => {
                if let Some(year) = whole.and_then(|whole| u16::try_from(whole).ok()).filter(|year| is_year(*year)) {
                    if field == Field::From {
                        row.shape.from = Some(year);
                    } else {
                        row.shape.to = Some(year);
                    }
                    return;
                }
            }
            Field::Attribute(index) => {
                if let Some((mantissa, scale)) = number
                    && let Some(AttributeBuilder { cells: Cells::Number(column), .. }) = self.attributes.get_mut(index)
                {
                    return column.push(mantissa, scale);
                }
            }
            _ => {}
        }
        let digits = crate::rows::records::digits(mantissa, scale);
        let mut again = Row::new(row.at);
        self.take(field, Cell::Number(&digits), place, findings, &mut again);
        row.sound &= again.sound;
    }

    fn push_count(&mut self, count: u32, at: usize) {
        if count != 1 || !self.counts.is_empty() {
            self.counts.resize(at, 1);
            self.counts.push(count);
        }
    }

    /// Puts together what needs all cells of a row.
    fn end_row(&mut self, mut row: Row<'_>, place: Place) {
        self.push_id(&mut row);
        self.shapes.push(row.shape);
        // The row limit keeps this within 32 bits.
        let at = u32::try_from(row.at).unwrap_or(u32::MAX);
        self.row_numbers.push(at, place.row);
        self.lines.push(at, place.line.unwrap_or_default());
        if !row.sound {
            self.unsound.push(at);
        }
    }

    /// [`Columns::end_row`] for the rows of a block, whose first row has the number `first`.
    fn end_block(&mut self, block: &mut [Row<'_>], first: u32, with_ids: bool) {
        if !with_ids {
            // They come all at once.
        } else if block.iter().all(|row| !row.id.is_empty()) {
            self.ids.extend(block.iter().map(|row| row.id));
        } else {
            for row in block.iter_mut() {
                self.push_id(row);
            }
        }
        self.shapes.extend(block.iter().map(|row| &row.shape));
        // The row limit keeps these within 32 bits.
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let at = number(block.first().map_or(0, |row| row.at));
        self.row_numbers.extend(at, first, number(block.len()));
        self.lines.extend(at, 0, number(block.len()));
        self.unsound.extend(block.iter().filter(|row| !row.sound).map(|row| number(row.at)));
    }

    fn push_id(&mut self, row: &mut Row<'_>) {
        if row.id.is_empty() {
            let name = self.names.get(row.at);
            row.sound &= !name.is_empty();
            if self.has_ids {
                // The row limit keeps this within 32 bits.
                self.without_id.push(u32::try_from(row.at).unwrap_or(u32::MAX));
            }
            self.ids.push_path([self.county.get(row.at), self.township.get(row.at), name]);
        } else {
            self.ids.push(row.id);
        }
    }

    /// Takes one cell. Every column gets exactly one entry per row, wrong cells count as blank.
    #[inline]
    fn take<'a>(&mut self, field: Field, cell: Cell<'a>, place: Place, findings: &mut Findings, row: &mut Row<'a>) {
        match field {
            Field::Id => row.id = trimmed(row.text(cell, place, "id", findings)),
            Field::Name => {
                if let Some(name) = cell.text() {
                    let name = tidied(name);
                    if name.is_empty() {
                        missing(findings, place, "name");
                    }
                    self.names.push(&name);
                } else {
                    self.names.push(row.text(cell, place, "name", findings));
                }
            }
            Field::Kind => row.shape.kind = word(&mut self.kinds, cell, place, findings, ("kind", Code::UnknownKind)),
            Field::Designation => {
                let what = ("designation", Code::UnknownDesignation);
                row.shape.designation = word(&mut self.designations, cell, place, findings, what);
            }
            Field::County => {
                if cell.is_blank() && cell.shown().is_empty() {
                    self.without_county.push(place);
                }
                push_name(&mut self.county, row.text(cell, place, "county", findings));
            }
            Field::Township => _ = push_name(&mut self.township, row.text(cell, place, "township", findings)),
            Field::DivisionCode => {
                let text = trimmed(text(cell, place, "division_code", findings));
                if text.is_empty() || is_code(text) {
                    self.division_codes.push(text);
                } else {
                    self.division_codes.push(&division_code(text, place, findings));
                }
            }
            Field::Count => {
                self.push_count(count(cell, place, findings), row.at);
            }
            Field::From => {
                row.shape.from = year(cell, place, findings, "from", POLICY_YEAR, &mut row.sound);
            }
            Field::To => row.shape.to = year(cell, place, findings, "to", POLICY_YEAR, &mut row.sound),
            Field::Attribute(index) => {
                if let Some(AttributeBuilder { id, money, cells }) = self.attributes.get_mut(index) {
                    cells.take((id, *money), cell, place, findings);
                }
            }
        }
    }
}

impl Cells {
    fn take(&mut self, (id, money): (&str, Option<Unit>), cell: Cell<'_>, place: Place, findings: &mut Findings) {
        match self {
            Self::Absent(_) => {}
            Self::Number(column) => {
                if cell.is_blank() {
                    column.push_null();
                    return;
                }
                let read = match money {
                    Some(unit) => number_of_money(cell, unit, place, findings, id),
                    None => number_or_share(cell, place, findings, id),
                };
                match read {
                    Some(Ok((mantissa, scale))) => column.push(mantissa, scale),
                    Some(Err(error)) => {
                        bad_number(findings, place, id, cell, &error);
                        column.push_null();
                    }
                    None => column.push_null(),
                }
            }
            Self::Flag(flags) => {
                let flag = flag(cell);
                if flag.is_none() {
                    findings.add(place, Code::BadFlag, id, words::NEITHER_TRUE_NOR_FALSE, |problem| {
                        problem.found(cell.shown()).expected(words::FLAGS)
                    });
                }
                flags.push(flag.unwrap_or_default());
            }
            Self::Text(column) => {
                column.push(trimmed(text(cell, place, id, findings)));
            }
        }
    }
}

/// Keeps a name without padding, and gives its code.
pub(crate) fn push_name(column: &mut DictionaryBuilder, text: &str) -> u32 {
    // What is kept is without padding, so a cell that equals it is too.
    if !column.push_same(text) {
        column.push(&tidied(text));
    }
    column.last_code()
}

fn is_year(year: u16) -> bool {
    (1..=YEAR_LIMIT).contains(&year.into())
}

/// The code of a kind or designation.
fn word(
    column: &mut WordColumn,
    cell: Cell<'_>,
    place: Place,
    findings: &mut Findings,
    (key, code): (&str, Code),
) -> u32 {
    let Some(text) = cell.text() else {
        not_text(findings, place, key, cell);
        return 0;
    };
    match column.code(text) {
        Found::One(code) => return code,
        _ if text.trim().is_empty() => missing(findings, place, key),
        Found::Several => findings.add(place, code, key, words::SEVERAL_HAVE_NAME, |problem| {
            problem.found(text.trim()).expected(common::ID_OF_THE_ONE_MEANT)
        }),
        Found::None => findings.add(place, code, key, words::NOT_DECLARED, |problem| {
            let text = text.trim();
            problem.found(text).expected(did_you_mean_level(text, column.known().take(SUGGESTED)))
        }),
    }
    0
}

/// Whether a text is a division code as it is to be kept.
pub(crate) fn is_code(text: &str) -> bool {
    matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The division code in another writing: full-width digits, a mark of Excel.
#[cold]
pub(crate) fn division_code(text: &str, place: Place, findings: &mut Findings) -> String {
    if let Some(Spoiled::Marked(bare)) = spoiled(text)
        && is_code(bare.trim())
    {
        return sound_text(text, (place, "division_code"), findings).to_owned();
    }
    let code: String = text
        .chars()
        .take(13)
        .map(|c| match c {
            '０'..='９' => {
                u32::from(c).checked_sub(u32::from('０')).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
            }
            _ => c,
        })
        .collect();
    if is_code(&code) {
        return code;
    }
    findings.add(place, Code::BadDivisionCode, "division_code", words::NO_DIVISION_CODE, |problem| {
        problem.found(text).expected(words::DIVISION_CODE_DIGITS)
    });
    String::new()
}

/// A count; 1 if the cell is blank or wrong.
fn count(cell: Cell<'_>, place: Place, findings: &mut Findings) -> u32 {
    whole(cell, COUNT_LIMIT, place, findings, "count").unwrap_or_else(|error| {
        if matches!(error, NotWhole::Wrong) {
            findings.add(place, Code::BadCount, "count", words::NO_WHOLE_NUMBER, |problem| {
                problem.found(cell.shown()).expected(words::COUNTS.with(&[&COUNT_LIMIT]))
            });
        }
        1
    })
}
