//! Takes rows in and says everything that is wrong with them.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::column::{AttributeColumn, DictionaryBuilder, NumberColumn, Numbering, TextColumn, index};
use super::header::{Field, WordColumn, headers};
use super::{Repeats, Roster, RosterData, Shape};
use crate::classes::group;
use crate::document::Position;
use crate::policy::AttributeType;
use crate::records::{
    Cell, Findings, Found, Header, NotWhole, Place, RowBuilder, SUGGESTED, bad_number, flag, missing, not_text, number,
    order, text, tidied, trimmed, whole, year,
};
use crate::text::did_you_mean;
use crate::{Code, Policy, Problem, Problems, Severity};

/// The largest count of a row, 2^32 − 1.
const COUNT_LIMIT: u32 = u32::MAX;
/// What a blank year of a row means.
const POLICY_YEAR: &str = ", or nothing for the policy's";
/// Rows beyond this are an error: row numbers are kept in 32 bits.
const ROW_LIMIT: u32 = u32::MAX - 1;

/// Takes the rows of a roster from a reader, one by one.
///
/// Columns are known by key or Chinese header, attributes by id or either name; unknown ones are warned about. Cells are
/// trimmed; full-width digits and thousands separators in numbers are understood. A count is at most 2^32 − 1, and there
/// are at most 2^32 − 2 rows.
/// At most [`Problems::LIMIT`] problems are kept, errors before warnings; the rest is counted.
#[derive(Debug)]
pub struct RosterBuilder {
    header: Header<Field>,
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
    pub fn new(policy: &Policy, titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let key = |field: Field| field.key(policy);
        let why_not = |field: Field| {
            (!field.is_read(policy))
                .then(|| format!("the policy declares no {}, so the column is not read", key(field)))
        };
        let required =
            Field::required(policy).filter_map(|field| field.names().map(|(key, title)| (field, key, title)));
        let header = Header::read(titles, &headers(policy), key, why_not, required, &mut findings);
        let attributes = policy.attributes().iter().map(|attribute| AttributeBuilder {
            id: attribute.id.clone(),
            cells: Cells::Absent(attribute.attribute_type),
        });
        let mut builder = Self {
            header,
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
            findings,
            row: 0,
            row_limit: ROW_LIMIT,
        };
        builder.begin_attributes();
        builder
    }

    #[cfg(test)]
    pub(super) fn limit_rows(&mut self, limit: u32) {
        self.row_limit = limit;
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

impl RowBuilder for RosterBuilder {
    type Output = Roster;

    /// Takes a row: the line of the file it began on, and its cells in header order.
    ///
    /// A row whose cells are all blank is skipped but counted. Cells missing at the end are blank.
    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
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
        let Self { header, columns, findings, .. } = self;
        let at = columns.shapes.codes.len();
        let shape = Shape { kind: 0, designation: 0, from: None, to: None };
        let mut row = Row { id: "", shape, from: None, sound: true };
        for &(at, field) in &header.fields {
            place.column = order(at);
            columns.take(field, cells.get(at).copied().unwrap_or(Cell::Blank), place, findings, &mut row);
        }
        header.check_row(cells, place, findings);
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

    /// The roster with warnings, or every problem.
    ///
    /// # Errors
    ///
    /// Every problem of every row at once.
    fn finish(self) -> Result<(Roster, Problems), Problems> {
        let Self { header, policy, columns, mut findings, .. } = self;
        let years = policy.years();
        let Columns { mut ids, mut names, mut division_codes, shapes, mut counts, row_numbers, lines, unsound, .. } =
            columns;
        let ShapeBuilder { mut shapes, codes: mut shape_codes, .. } = shapes;
        let rows = shape_codes.len();
        let (ids_ascending, repeats) = find_repeats(&ids);
        let id_column = header.column(Field::Id).map_or(u32::MAX, order);
        let clipped = |row: u32| {
            if unsound.binary_search(&row).is_ok() {
                return None;
            }
            shapes.get(index(*shape_codes.get(index(row))?))?.years(&years)
        };
        repeats.overlaps(&years, clipped, |row, other, year| {
            let place = (row_numbers.get(row).unwrap_or_default(), lines.get(row));
            let other = row_numbers.get(other).unwrap_or_default();
            duplicate(&mut findings, place, other, ids.get(index(row)), year, id_column);
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
    let message = format!("row {other} has the same id and is funded in {year} too");
    findings.add(place, Code::DuplicateRecipient, "id", &message, |problem| {
        problem.found(id).expected("one row per recipient and year")
    });
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
                row.shape.from = year(cell, place, findings, "from", POLICY_YEAR, &mut row.sound);
                row.from = Some((place, cell.shown()));
            }
            Field::To => row.shape.to = year(cell, place, findings, "to", POLICY_YEAR, &mut row.sound),
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
