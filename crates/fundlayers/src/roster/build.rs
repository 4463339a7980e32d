//! Takes rows in and says everything that is wrong with them.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::column::{AttributeColumn, DictionaryBuilder, NumberColumn, Numbering, TextColumn, index};
use super::header::{Field, Found, WordColumn, headers};
use super::{Repeats, Roster, RosterData, Shape};
use crate::classes::group;
use crate::document::Position;
use crate::number::{NumberError, parse_number};
use crate::policy::AttributeType;
use crate::text::{did_you_mean, nearest, without_padding};
use crate::{Code, Policy, Problem, Problems, Severity};

/// A cell as a reader found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Blank,
    /// A text, not trimmed yet. An empty one is blank.
    Text(&'a str),
    /// A bare number by its digits (JSON; an exponent is allowed).
    Number(&'a str),
    /// True or false (JSON, Excel).
    Flag(bool),
}

impl<'a> Cell<'a> {
    pub(super) fn is_blank(self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => match text.bytes().next() {
                Some(first) if !may_be_space(first) => false,
                _ => text.trim_start().is_empty(),
            },
            Self::Number(_) | Self::Flag(_) => false,
        }
    }

    /// What stands there, for messages.
    fn shown(self) -> &'a str {
        match self {
            Self::Blank => "",
            Self::Text(text) => text.trim(),
            Self::Number(digits) => digits,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }

    /// The cell of a text column. A bare whole number is its digits: spreadsheets and scripts lose the quotes of codes.
    fn text(self) -> Option<&'a str> {
        match self {
            Self::Blank => Some(""),
            Self::Text(text) => Some(text),
            Self::Number(digits) => {
                Some(digits).filter(|d| !d.is_empty() && d.bytes().all(|byte| byte.is_ascii_digit()))
            }
            Self::Flag(_) => None,
        }
    }
}

/// Whether a byte is an ASCII space or begins a character that may be white space. All other bytes are in none.
pub(super) const fn may_be_space(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | 0xC2 | 0xE1..=0xE3)
}

/// [`str::trim`], at once for what begins and ends in a visible ASCII character.
pub(super) fn trimmed(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => text,
        _ => text.trim(),
    }
}

/// [`without_padding`], at once for a text without white space.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    // No early end, so that many bytes are looked at together.
    let spaces = text.bytes().fold(false, |spaces, byte| spaces | may_be_space(byte));
    if spaces { without_padding(text) } else { Cow::Borrowed(text) }
}

/// The largest count of a row, 2^32 − 1.
const COUNT_LIMIT: u32 = u32::MAX;
/// The last year that can be written.
const YEAR_LIMIT: u32 = 9999;
/// Rows beyond this are an error: row numbers are kept in 32 bits.
const ROW_LIMIT: u32 = u32::MAX - 1;
/// So many of the known words are looked at for a suggestion.
const SUGGESTED: usize = 256;

/// Where a problem is: row and line, and the column for its order.
#[derive(Debug, Clone, Copy)]
struct Place {
    row: u32,
    line: Option<u32>,
    column: u32,
}

/// Problems as they are found, in any order.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Row, column and problem.
    errors: Vec<(u32, u32, Problem)>,
    warnings: Vec<(u32, u32, Problem)>,
    left_out: usize,
}

impl Findings {
    /// Adds a problem of a cell. Beyond the limit it is only counted, and `fill` is not called.
    #[cold]
    fn add(&mut self, place: Place, code: Code, key: &str, message: &str, fill: impl FnOnce(Problem) -> Problem) {
        self.push(place, code.severity(), || {
            fill(Problem::new(code, message).row(place.row).line(place.line).column(key))
        });
    }

    /// Errors and warnings are limited apart, so that no number of warnings hides an error.
    fn push(&mut self, place: Place, severity: Severity, problem: impl FnOnce() -> Problem) {
        let list = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < Problems::LIMIT {
            list.push((place.row, place.column, problem()));
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Adds a row whose id another row has in the same year.
    pub(super) fn duplicate(&mut self, row: (u32, Option<u32>), other: u32, id: &str, year: u16, column: u32) {
        let place = Place { row: row.0, line: row.1, column };
        let message = format!("row {other} has the same id and is funded in {year} too");
        self.add(place, Code::DuplicateRecipient, "id", &message, |problem| {
            problem.found(id).expected("one row per recipient and year")
        });
    }

    fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The numbers of the rows with errors, ascending; 0 is the header.
    fn faulty_rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.errors.iter().map(|(row, ..)| *row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The problems in the order of the file, and whether one is an error.
    pub(super) fn finish(mut self) -> (Problems, bool) {
        let failed = self.has_errors();
        let room = Problems::LIMIT.saturating_sub(self.errors.len());
        let cut = self.warnings.len().saturating_sub(room);
        self.warnings.truncate(room);
        let mut all = self.errors;
        all.append(&mut self.warnings);
        all.sort_by_key(|(row, column, _)| (*row, *column));
        let mut problems: Problems = all.into_iter().map(|(_, _, problem)| problem).collect();
        problems.leave_out(self.left_out.saturating_add(cut));
        (problems, failed)
    }
}

/// Takes the rows of a roster from a reader, one by one.
///
/// Columns are known by key or Chinese header, attributes by id or either name; unknown ones are warned about. Cells are
/// trimmed; full-width digits and thousands separators in numbers are understood. A count is at most 2^32 − 1, and there
/// are at most 2^32 − 2 rows.
/// At most [`Problems::LIMIT`] problems are kept, errors before warnings; the rest is counted.
#[derive(Debug)]
pub struct RosterBuilder {
    /// What each column of the header holds that is read, in the order of the file.
    fields: Vec<(usize, Field)>,
    /// Columns without a header in which nothing has stood so far.
    unnamed: Vec<usize>,
    width: usize,
    policy: Policy,
    columns: Columns,
    findings: Findings,
    /// The number of the row that came last.
    row: u32,
    row_limit: u32,
}

#[derive(Debug)]
struct Columns {
    ids: TextColumn,
    names: TextColumn,
    division_codes: TextColumn,
    county: DictionaryBuilder,
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
}

#[derive(Debug)]
struct AttributeBuilder {
    id: String,
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
    id: &'a str,
    shape: Shape,
    /// Where the first year stands.
    from: Option<(Place, &'a str)>,
    sound: bool,
}

impl<'a> Row<'a> {
    /// The cell of a column that the id may come from.
    fn text(&mut self, cell: Cell<'a>, place: Place, key: &str, findings: &mut Findings) -> &'a str {
        self.sound &= cell.text().is_some();
        text(cell, place, key, findings)
    }
}

impl RosterBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(policy: &Policy, headers: &[(&str, Option<Position>)]) -> Self {
        let attributes = policy.attributes().iter().map(|attribute| AttributeBuilder {
            id: attribute.id.clone(),
            cells: Cells::Absent(attribute.attribute_type),
        });
        let mut builder = Self {
            fields: Vec::new(),
            unnamed: Vec::new(),
            width: headers.len(),
            policy: policy.clone(),
            columns: Columns {
                ids: TextColumn::new(),
                names: TextColumn::new(),
                division_codes: TextColumn::new(),
                county: DictionaryBuilder::new(),
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
            },
            findings: Findings::default(),
            row: 0,
            row_limit: ROW_LIMIT,
        };
        builder.read_headers(policy, headers);
        builder
    }

    #[cfg(test)]
    pub(super) fn limit_rows(&mut self, limit: u32) {
        self.row_limit = limit;
    }

    fn read_headers(&mut self, policy: &Policy, titles: &[(&str, Option<Position>)]) {
        let words = headers(policy);
        // Where each field was first seen, the fields in order of their key.
        let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for (at, (title, position)) in titles.iter().enumerate() {
            let place = Place { row: 0, line: None, column: order(at) };
            let title = without_padding(title);
            if title.is_empty() {
                self.unnamed.push(at);
                continue;
            }
            let mut report = |code: Code, message: &str, column: &str, expected: Option<String>| {
                self.findings.push(place, code.severity(), || {
                    let problem = Problem::new(code, message).at(*position).column(column);
                    match expected {
                        Some(expected) => problem.expected(expected),
                        None => problem,
                    }
                });
            };
            let field = match words.find(&title) {
                Found::One(field) => field,
                Found::Several => {
                    let expected = Some("the id of the one that is meant".to_owned());
                    let message = "several attributes have this name, so the column is not read";
                    report(Code::UnknownColumn, message, &title, expected);
                    continue;
                }
                Found::None => {
                    let near = nearest(&title, words.known().take(SUGGESTED));
                    let expected = near.map(|word| format!("did you mean `{word}`?"));
                    report(Code::UnknownColumn, "the column is not known and not read", &title, expected);
                    continue;
                }
            };
            let key = self.columns.key(field);
            if let Some(first) = seen.get(key) {
                let message = format!("columns {} and {} mean the same", first.saturating_add(1), at.saturating_add(1));
                report(Code::DuplicateColumn, &message, key, None);
                continue;
            }
            if !field.is_read(policy) {
                let message = format!("the policy declares no {key}, so the column is not read");
                report(Code::UnknownColumn, &message, key, None);
                continue;
            }
            seen.insert(key.to_owned(), at);
            self.fields.push((at, field));
            if let Field::Attribute(index) = field
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
        let line = titles.iter().find_map(|(_, position)| position.map(|position| position.line));
        for field in Field::required(policy) {
            let (key, header) = field.names().unwrap_or_default();
            if !seen.contains_key(key) {
                let place = Place { row: 0, line, column: u32::MAX };
                self.findings.push(place, Severity::Error, || {
                    Problem::new(Code::MissingColumn, "the column is missing")
                        .line(line)
                        .column(key)
                        .expected(format!("a column headed `{key}` or `{header}`"))
                });
            }
        }
    }

    /// Takes a row: the line of the file it began on, and its cells in header order.
    ///
    /// A row whose cells are all blank is skipped but counted. Cells missing at the end are blank.
    pub fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        if self.row > self.row_limit {
            return;
        }
        self.row = self.row.saturating_add(1);
        if self.row > self.row_limit {
            let place = Place { row: self.row, line, column: 0 };
            self.findings.push(place, Severity::Error, || {
                Problem::new(Code::TooLarge, "more rows than a roster can have").line(line).row(place.row)
            });
            return;
        }
        if cells.iter().all(|cell| cell.is_blank()) {
            return;
        }
        let mut place = Place { row: self.row, line, column: 0 };
        let Self { fields, columns, findings, .. } = self;
        let at = columns.shapes.codes.len();
        let shape = Shape { kind: 0, designation: 0, from: None, to: None };
        let mut row = Row { id: "", shape, from: None, sound: true };
        for &(at, field) in &*fields {
            place.column = order(at);
            columns.take(field, cells.get(at).copied().unwrap_or(Cell::Blank), place, findings, &mut row);
        }
        if !self.unnamed.is_empty() {
            self.check_unnamed(cells, place);
        }
        if let Some(extra) = cells.iter().skip(self.width).find(|cell| !cell.is_blank()) {
            self.extra_cells(*extra, cells.len(), place);
        }
        let Self { columns, findings, .. } = self;
        if let (Some((place, found)), Some(from), Some(to)) = (row.from, row.shape.from, row.shape.to)
            && from > to
        {
            findings.add(place, Code::YearsReversed, "from", "the first year is after the last", |problem| {
                problem.found(found).expected(format!("a year up to {to}"))
            });
            row.sound = false;
        }
        if row.id.is_empty() {
            let name = columns.names.get(at);
            row.sound &= !name.is_empty();
            columns.ids.push_path([columns.county.last(), columns.township.last(), name]);
        } else {
            columns.ids.push(row.id);
        }
        columns.shapes.push(row.shape);
        // The row limit keeps this within 32 bits.
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        columns.row_numbers.push(at, place.row);
        columns.lines.push(at, line.unwrap_or_default());
        if !row.sound {
            columns.unsound.push(at);
        }
    }

    #[cold]
    fn extra_cells(&mut self, extra: Cell<'_>, count: usize, place: Place) {
        let place = Place { column: order(self.width), ..place };
        self.findings.push(place, Severity::Error, || {
            Problem::new(Code::ExtraCells, format!("the row has {count} cells, the header {}", self.width))
                .line(place.line)
                .row(place.row)
                .found(extra.shown())
                .expected("a header for every cell")
        });
    }

    /// Warns of a column without a header once something stands in it.
    fn check_unnamed(&mut self, cells: &[Cell<'_>], place: Place) {
        let findings = &mut self.findings;
        self.unnamed.retain(|&at| {
            let Some(cell) = cells.get(at).filter(|cell| !cell.is_blank()) else { return true };
            let message = format!("column {} has no header and is not read", at.saturating_add(1));
            findings.push(Place { column: order(at), ..place }, Severity::Warning, || {
                Problem::new(Code::UnknownColumn, message).line(place.line).row(place.row).found(cell.shown())
            });
            false
        });
    }

    /// The roster with warnings, or every problem.
    ///
    /// # Errors
    ///
    /// Every problem of every row at once.
    pub fn finish(self) -> Result<(Roster, Problems), Problems> {
        let Self { fields, policy, columns, mut findings, .. } = self;
        let years = policy.years();
        let Columns { mut ids, mut names, mut division_codes, shapes, mut counts, row_numbers, lines, unsound, .. } =
            columns;
        let ShapeBuilder { mut shapes, codes: mut shape_codes, .. } = shapes;
        let rows = shape_codes.len();
        let (ids_ascending, repeats) = find_repeats(&ids);
        let id_column = fields.iter().find(|(_, field)| *field == Field::Id).map_or(u32::MAX, |&(at, _)| order(at));
        let clipped = |row: u32| {
            if unsound.binary_search(&row).is_ok() {
                return None;
            }
            shapes.get(index(*shape_codes.get(index(row))?))?.years(&years)
        };
        repeats.overlaps(&years, clipped, |row, other, year| {
            let place = (row_numbers.get(row).unwrap_or_default(), lines.get(row));
            findings.duplicate(place, row_numbers.get(other).unwrap_or_default(), ids.get(index(row)), year, id_column);
        });
        let faulty = findings.faulty_rows();
        let (mut problems, mut failed) = findings.finish();
        for column in [&mut ids, &mut names, &mut division_codes] {
            column.shrink();
        }
        shapes.shrink_to_fit();
        shape_codes.shrink_to_fit();
        counts.shrink_to_fit();
        let attributes = columns.attributes.into_iter().filter_map(|AttributeBuilder { id, cells }| {
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
            let count = u64::from(counts.get(row).copied().unwrap_or(1));
            if let (Some(places), Some(largest)) =
                (shape_places.get_mut(index(*shape)), shape_largest.get_mut(index(*shape)))
            {
                // At most 2^32 rows of at most 2^32 places.
                *places = places.wrapping_add(count);
                *largest = (*largest).max(count);
            }
        }
        let roster = Roster(Arc::new(RosterData {
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
            ids_ascending,
            repeats,
        }));
        // Without a sound header every row would lack a class.
        if faulty.first() != Some(&0) {
            let faulty = |row: &u32| faulty.binary_search(&roster.row_number(index(*row))).is_ok();
            let skip: Vec<u32> = if failed { (0..).take(rows).filter(faulty).collect() } else { Vec::new() };
            let (_, found) = group(&policy, &roster, &skip);
            if found.has_errors() {
                failed = true;
                problems.extend(found.into_iter().filter(|problem| problem.severity() == Severity::Error));
                problems.sort();
            }
        }
        if failed { Err(problems) } else { Ok((roster, problems)) }
    }
}

/// The number of a column, for the order of problems.
fn order(column: usize) -> u32 {
    u32::try_from(column).unwrap_or(u32::MAX)
}

/// Whether the ids ascend, and which repeat. Equal ids of an ascending column stand together, so no table is needed.
fn find_repeats(ids: &TextColumn) -> (bool, Repeats) {
    let rows = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let id = |row: u32| ids.get(index(row));
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut ascending = true;
    let (mut first, mut last) = (0, id(0));
    for row in 1..rows {
        let this = id(row);
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
                places.push(places.get(index(*first)).copied().unwrap_or_default());
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

impl Columns {
    /// The key of a column.
    fn key(&self, field: Field) -> &str {
        match field {
            Field::Attribute(index) => self.attributes.get(index).map_or("", |attribute| &attribute.id),
            _ => field.names().map_or("", |(key, _)| key),
        }
    }

    /// Takes one cell. Every column gets exactly one entry per row, wrong cells count as blank.
    #[inline]
    fn take<'a>(&mut self, field: Field, cell: Cell<'a>, place: Place, findings: &mut Findings, row: &mut Row<'a>) {
        match field {
            Field::Id => row.id = trimmed(row.text(cell, place, "id", findings)),
            Field::Name => {
                if cell.is_blank() {
                    missing(findings, place, "name");
                }
                self.names.push(&tidied(row.text(cell, place, "name", findings)));
            }
            Field::Kind => row.shape.kind = word(&mut self.kinds, cell, place, findings, ("kind", Code::UnknownKind)),
            Field::Designation => {
                let what = ("designation", Code::UnknownDesignation);
                row.shape.designation = word(&mut self.designations, cell, place, findings, what);
            }
            Field::County => push_name(&mut self.county, row.text(cell, place, "county", findings)),
            Field::Township => push_name(&mut self.township, row.text(cell, place, "township", findings)),
            Field::DivisionCode => {
                let text = trimmed(text(cell, place, "division_code", findings));
                if text.is_empty() || is_code(text) {
                    self.division_codes.push(text);
                } else {
                    self.division_codes.push(&division_code(text, place, findings));
                }
            }
            Field::Count => {
                let count = count(cell, place, findings);
                if count != 1 || !self.counts.is_empty() {
                    self.counts.resize(self.shapes.codes.len(), 1);
                    self.counts.push(count);
                }
            }
            Field::From => {
                row.shape.from = year(cell, place, findings, "from", &mut row.sound);
                row.from = Some((place, cell.shown()));
            }
            Field::To => row.shape.to = year(cell, place, findings, "to", &mut row.sound),
            Field::Attribute(index) => {
                if let Some(AttributeBuilder { id, cells }) = self.attributes.get_mut(index) {
                    cells.take(id, cell, place, findings);
                }
            }
        }
    }
}

impl Cells {
    fn take(&mut self, id: &str, cell: Cell<'_>, place: Place, findings: &mut Findings) {
        match self {
            Self::Absent(_) => {}
            Self::Number(column) => {
                if cell.is_blank() {
                    column.push_null();
                    return;
                }
                match number(cell, place, findings, id) {
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
                    findings.add(place, Code::BadFlag, id, "neither true nor false", |problem| {
                        problem.found(cell.shown()).expected("true, 1, yes or 是; false, 0, no, 否 or nothing")
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

fn push_name(column: &mut DictionaryBuilder, text: &str) {
    // What is kept is without padding, so a cell that equals it is too.
    if !column.push_same(text) {
        column.push(&tidied(text));
    }
}

#[cold]
fn missing(findings: &mut Findings, place: Place, key: &str) {
    findings.add(place, Code::MissingValue, key, "the cell is blank", |problem| problem.expected("a value"));
}

#[cold]
fn not_text(findings: &mut Findings, place: Place, key: &str, cell: Cell<'_>) {
    findings.add(place, Code::WrongType, key, "not a text", |problem| problem.found(cell.shown()).expected("a text"));
}

/// The cell of a text column, blank if it is something else.
fn text<'a>(cell: Cell<'a>, place: Place, key: &str, findings: &mut Findings) -> &'a str {
    cell.text().unwrap_or_else(|| {
        not_text(findings, place, key, cell);
        ""
    })
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
        _ if cell.is_blank() => missing(findings, place, key),
        Found::Several => findings.add(place, code, key, "several have this name", |problem| {
            problem.found(text.trim()).expected("the id of the one that is meant")
        }),
        Found::None => findings.add(place, code, key, "the policy does not declare it", |problem| {
            let text = text.trim();
            problem.found(text).expected(did_you_mean(text, column.known().take(SUGGESTED)))
        }),
    }
    0
}

/// Whether a text is a division code as it is to be kept.
fn is_code(text: &str) -> bool {
    matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The division code in another writing: full-width digits.
#[cold]
fn division_code(text: &str, place: Place, findings: &mut Findings) -> String {
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
    findings.add(place, Code::BadDivisionCode, "division_code", "not a division code", |problem| {
        problem.found(text).expected("6, 9 or 12 digits, or nothing")
    });
    String::new()
}

/// The mantissa and scale of a cell; none (and a problem) if the cell cannot be a number.
fn number(
    cell: Cell<'_>,
    place: Place,
    findings: &mut Findings,
    key: &str,
) -> Option<Result<(i128, u32), NumberError>> {
    match cell {
        Cell::Text(text) => Some(match plain_number(trimmed(text)) {
            Some((mantissa, scale)) => Ok((mantissa.into(), scale)),
            None => parse_number(text, false),
        }),
        Cell::Number(digits) => Some(match plain_number(digits) {
            Some((mantissa, scale)) => Ok((mantissa.into(), scale)),
            None => parse_number(digits, true),
        }),
        Cell::Blank | Cell::Flag(_) => {
            findings.add(place, Code::WrongType, key, "not a number", |problem| {
                problem.found(cell.shown()).expected("a number")
            });
            None
        }
    }
}

/// Reads what most numbers look like: ASCII digits, perhaps a minus and a point.
pub(super) fn plain_number(text: &str) -> Option<(i64, u32)> {
    // So many digits fit for sure.
    const LONGEST: usize = 18;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() || digits.len() > LONGEST {
        return None;
    }
    let (mut mantissa, mut scale, mut point) = (0_i64, 0_u32, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(byte.wrapping_sub(b'0')));
                scale = scale.wrapping_add(point.into());
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    if point && (digits.starts_with('.') || scale == 0) {
        return None;
    }
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale = scale.wrapping_sub(1);
    }
    Some((if negative { mantissa.wrapping_neg() } else { mantissa }, scale))
}

#[cold]
fn bad_number(findings: &mut Findings, place: Place, key: &str, cell: Cell<'_>, error: &NumberError) {
    let (code, message, expected) = match error {
        NumberError::Bad(_) => (
            Code::BadNumber,
            "not a number",
            "digits, perhaps with a point and with a separator every three digits, such as 1,234.5",
        ),
        NumberError::OutOfRange(_) => {
            (Code::NumberOutOfRange, "more digits than are kept exactly", "at most 28 digits")
        }
    };
    findings.add(place, code, key, message, |problem| problem.found(cell.shown()).expected(expected));
}

/// What is not a whole number from 1 to a limit.
enum NotWhole {
    /// Nothing stands there.
    Blank,
    /// Something else, and the problem is still to be told.
    Wrong,
    /// Something else, and the problem is told.
    Told,
}

/// A whole number from 1 to a limit.
fn whole(cell: Cell<'_>, limit: u32, place: Place, findings: &mut Findings, key: &str) -> Result<u32, NotWhole> {
    // So many digits fit for sure.
    const LONGEST: usize = 9;
    if cell.is_blank() {
        return Err(NotWhole::Blank);
    }
    if let Cell::Text(digits) | Cell::Number(digits) = cell
        && digits.len() <= LONGEST
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        let number = digits
            .bytes()
            .fold(0_u32, |number, byte| number.wrapping_mul(10).wrapping_add(u32::from(byte.wrapping_sub(b'0'))));
        return if (1..=limit).contains(&number) { Ok(number) } else { Err(NotWhole::Wrong) };
    }
    match number(cell, place, findings, key) {
        Some(Ok((mantissa, 0))) => {
            u32::try_from(mantissa).ok().filter(|number| (1..=limit).contains(number)).ok_or(NotWhole::Wrong)
        }
        Some(_) => Err(NotWhole::Wrong),
        None => Err(NotWhole::Told),
    }
}

/// A count; 1 if the cell is blank or wrong.
fn count(cell: Cell<'_>, place: Place, findings: &mut Findings) -> u32 {
    whole(cell, COUNT_LIMIT, place, findings, "count").unwrap_or_else(|error| {
        if matches!(error, NotWhole::Wrong) {
            findings.add(place, Code::BadCount, "count", "not a whole number above 0", |problem| {
                problem
                    .found(cell.shown())
                    .expected(format!("a whole number from 1 to {COUNT_LIMIT}, or nothing for 1"))
            });
        }
        1
    })
}

/// A year as given; none if the cell is blank, or wrong and so the row not sound.
fn year(cell: Cell<'_>, place: Place, findings: &mut Findings, key: &str, sound: &mut bool) -> Option<u16> {
    match whole(cell, YEAR_LIMIT, place, findings, key) {
        Ok(year) => return u16::try_from(year).ok(),
        Err(NotWhole::Blank) => return None,
        Err(NotWhole::Wrong) => findings.add(place, Code::BadYear, key, "not a year", |problem| {
            problem.found(cell.shown()).expected(format!("a year from 1 to {YEAR_LIMIT}, or nothing for the policy's"))
        }),
        Err(NotWhole::Told) => {}
    }
    *sound = false;
    None
}

/// Whether a cell says yes; none if it says neither.
fn flag(cell: Cell<'_>) -> Option<bool> {
    let word = match cell {
        Cell::Blank => return Some(false),
        Cell::Flag(flag) => return Some(flag),
        Cell::Text(text) => text.trim(),
        Cell::Number(digits) => digits,
    };
    let is = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    if is(&["", "0", "false", "no", "否", "０"]) {
        Some(false)
    } else if is(&["1", "true", "yes", "是", "１"]) {
        Some(true)
    } else {
        None
    }
}
