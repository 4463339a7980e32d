//! The roster: the places that are funded, in columns.
//!
//! A reader hands rows to a [`RosterBuilder`](crate::RosterBuilder), which checks every cell against the policy and keeps the rows by columns:
//! each distinct county, township or kind once, numbers by their exact digits. A [`Roster`](crate::Roster) is what comes out; it never
//! changes and is cheap to clone.
//!
//! ```
//! use fundlayers::{Policy, RosterBuilder, RowBuilder, roster::Cell};
//! let policy: Policy = serde_json::from_str(r#"{
//!   "id": "p", "title": { "zh": "例", "en": "Example" }, "years": [2023, 2025], "unit": "万元",
//!   "kinds": { "town": { "zh": "镇", "en": "town" } },
//!   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
//!   "classes": [{ "id": "town", "kind": "town", "funding": { "city": 100 } }]
//! }"#)?;
//! let mut builder = RosterBuilder::new(&policy, &[("名称", None), ("类型", None), ("county", None)]);
//! builder.push_row(Some(2), &["关庄镇", "镇", "耀州区"].map(Cell::Text));
//! let (roster, warnings) = builder.finish()?;
//! assert!(warnings.is_empty());
//! for place in &roster {
//!     assert_eq!((place.id(), place.kind(), place.years(&policy)), ("耀州区/关庄镇", "town", Some(2023..=2025)));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What holds of every roster:
//!
//! - Neither the order of its columns nor the language of headers, kinds and designations changes it.
//! - Rows keep their order. A row whose cells are all blank is not kept, but counts in the row numbers of problems.
//! - Years are kept as given and clipped to a policy's only when asked for ([`Recipient::years`]), so that the same
//!   roster serves a changed policy.
//! - No two rows with the same id share a year of the policy that the roster was read for.
//! - No input panics; what is wrong is said in [`Problems`], of every row at once.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::ground::ids::RowIndex;
use crate::ground::problem::{Problem, Problems};
use crate::policy::Policy;
use crate::rows::records::Findings;
use crate::rows::sheet_columns::SheetColumns;

mod alike;
pub(crate) mod build;
mod counties;
mod header;
mod table;

pub use crate::ground::titles::{COLUMN_HEADERS, COLUMN_KEYS};
pub use crate::rows::records::{Cell, CellColumn, JoinedTexts, TextBuffer};
pub(crate) use build::{PlacesBuilder, Read};
pub use header::TemplateColumn;
pub(crate) use header::template;

use crate::ground::ids::index;
use crate::ground::sure::Sure;
use crate::rows::column::{AttributeColumn, DictionaryColumn, Numbering, TextColumn};

/// The places of a roster, in columns. Cheap to clone; never changes.
#[derive(Clone)]
pub struct Places(Arc<PlacesData>);

struct PlacesData {
    rows: usize,
    ids: TextColumn,
    names: TextColumn,
    division_codes: TextColumn,
    county: DictionaryColumn,
    township: DictionaryColumn,
    kinds: Vec<String>,
    designations: Vec<String>,
    shapes: Vec<Shape>,
    shape_codes: Vec<u32>,
    /// Places and the largest count of one row, by shape.
    shape_places: Vec<u64>,
    shape_largest: Vec<u64>,
    /// Empty if all are 1.
    counts: Vec<u32>,
    places: u64,
    attributes: Vec<(String, AttributeColumn)>,
    row_numbers: Numbering,
    lines: Numbering,
    /// Where they stood, if that was a workbook.
    sheet: Option<SheetColumns>,
    ids_ascending: bool,
    repeats: Repeats,
}

/// What decides the class of a row, attributes aside, and its years as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// The code of the kind, see [`Places::kinds`].
    pub(crate) kind: u32,
    /// The code of the designation, see [`Places::designations`].
    pub(crate) designation: u32,
    /// The first year; none: the policy's.
    pub(crate) from: Option<u16>,
    /// The last year; none: the policy's.
    pub(crate) to: Option<u16>,
}

impl Shape {
    /// The years that lie within those of a policy; none if there is none.
    pub(crate) fn years(self, policy: &RangeInclusive<u16>) -> Option<RangeInclusive<u16>> {
        let first = self.from.map_or(*policy.start(), |from| from.max(*policy.start()));
        let last = self.to.map_or(*policy.end(), |to| to.min(*policy.end()));
        (first <= last).then_some(first..=last)
    }
}

/// Rows that have the text of another row: its id, or the path of its place.
#[derive(Debug, Default)]
struct Repeats {
    /// The first row with the text and the row, for every row but the first; sorted.
    pairs: Vec<(u32, u32)>,
    /// The place of each row, counted in the order in which the texts first appear; empty if none repeats.
    places: Vec<u32>,
}

impl Places {
    /// Whether they are those of the same roster, and not only alike.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.rows
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.rows == 0
    }

    /// How many places the rows stand for: the sum of their counts. An id on several rows is one place, with the larger
    /// count where they differ.
    #[must_use]
    pub fn places(&self) -> u64 {
        self.0.places
    }

    /// A row, from 0.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Recipient<'_>> {
        (row < self.0.rows).then_some(Recipient { roster: self, row })
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> Recipients<'_> {
        Recipients { roster: self, rows: 0..self.0.rows }
    }

    pub(crate) fn id(&self, row: usize) -> &str {
        self.0.ids.get(row)
    }

    /// The id as bytes, which nothing looks at yet: of many, memory can be asked for all before the first is compared.
    pub(crate) fn id_bytes(&self, row: usize) -> &[u8] {
        self.0.ids.bytes_of(row)
    }

    pub(crate) fn name(&self, row: usize) -> &str {
        self.0.names.get(row)
    }

    pub(crate) fn county(&self, row: usize) -> &str {
        self.0.county.get(row)
    }

    pub(crate) fn township(&self, row: usize) -> &str {
        self.0.township.get(row)
    }

    pub(crate) fn division_code(&self, row: usize) -> &str {
        self.0.division_codes.get(row)
    }

    pub(crate) fn kind(&self, row: usize) -> &str {
        self.shape(row).and_then(|shape| self.0.kinds.get(index(shape.kind))).map_or("", String::as_str)
    }

    pub(crate) fn designation(&self, row: usize) -> &str {
        self.shape(row).and_then(|shape| self.0.designations.get(index(shape.designation))).map_or("", String::as_str)
    }

    pub(crate) fn count(&self, row: usize) -> u64 {
        self.0.counts.get(row).copied().unwrap_or(1).into()
    }

    /// The years of a row within those of a policy; none if it is never live.
    pub(crate) fn years(&self, row: usize, policy: &RangeInclusive<u16>) -> Option<RangeInclusive<u16>> {
        self.shape(row)?.years(policy)
    }

    pub(crate) fn shape(&self, row: usize) -> Option<Shape> {
        self.0.shapes.get(index(*self.0.shape_codes.get(row)?)).copied()
    }
}

/// What the allocation reads by columns.
impl Places {
    pub(crate) fn county_column(&self) -> &DictionaryColumn {
        &self.0.county
    }

    pub(crate) fn township_column(&self) -> &DictionaryColumn {
        &self.0.township
    }

    /// The ids of the kinds by their codes in [`Shape`], in the order in which they first appear. At least one, blank if
    /// the policy declares none.
    pub(crate) fn kinds(&self) -> &[String] {
        &self.0.kinds
    }

    /// The ids of the designations, as [`Places::kinds`].
    pub(crate) fn designations(&self) -> &[String] {
        &self.0.designations
    }

    /// The distinct combinations of kind, designation and years, in the order in which they first appear.
    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.0.shapes
    }

    /// Of each row, its index in [`Places::shapes`].
    pub(crate) fn shape_codes(&self) -> &[u32] {
        &self.0.shape_codes
    }

    /// How many places have each shape.
    pub(crate) fn shape_places(&self) -> &[u64] {
        &self.0.shape_places
    }

    /// The largest count of a row of each shape.
    pub(crate) fn shape_largest(&self) -> &[u64] {
        &self.0.shape_largest
    }

    /// The cells of an attribute, by its id; none if the roster lacks the column (then every row is blank).
    pub(crate) fn attribute(&self, id: &str) -> Option<&AttributeColumn> {
        self.0.attributes.iter().find(|(known, _)| known == id).map(|(_, column)| column)
    }

    /// The counts by row; none if all are 1.
    pub(crate) fn counts(&self) -> Option<&[u32]> {
        (!self.0.counts.is_empty()).then_some(self.0.counts.as_slice())
    }

    /// The number of a row in problems: from 1, empty rows counted.
    pub(crate) fn row_number(&self, row: usize) -> u32 {
        u32::try_from(row).ok().and_then(|row| self.0.row_numbers.get(row)).sure()
    }

    /// Says of a problem of a row in which cell of a workbook it is, if the rows stood in one; its line and column are named
    /// before.
    pub(crate) fn in_cell(&self, problem: Problem) -> Problem {
        match &self.0.sheet {
            Some(sheet) => sheet.in_cell(problem),
            None => problem,
        }
    }

    /// The line on which a row began, if its reader told it.
    pub(crate) fn line(&self, row: usize) -> Option<u32> {
        self.0.lines.get(u32::try_from(row).ok()?)
    }

    /// Whether no id is smaller (by code points) than that of the row before; equal ids then stand together.
    pub(crate) fn ids_ascending(&self) -> bool {
        self.0.ids_ascending
    }

    /// Whether an id stands on more than one row.
    pub(crate) fn ids_repeat(&self) -> bool {
        !self.0.repeats.pairs.is_empty()
    }

    /// The place of a row: rows with the same id share it. Places count from 0 in the order in which ids first appear,
    /// up to [`Places::place_count`].
    pub(crate) fn place(&self, row: usize) -> usize {
        self.0.repeats.places.get(row).map_or(row, |&place| index(place))
    }

    /// How many distinct ids there are.
    pub(crate) fn place_count(&self) -> usize {
        self.0.rows.saturating_sub(self.0.repeats.pairs.len())
    }

    /// `duplicate-recipient` for the years of a policy other than the one that the roster was read for.
    pub(crate) fn check_years(&self, policy: &RangeInclusive<u16>) -> Problems {
        let mut findings = Findings::default();
        let years = |row: u32| self.years(index(row), policy);
        self.0.repeats.overlaps(policy, years, |row, other, year| {
            let place = |row: u32| (self.row_number(index(row)), self.line(index(row)));
            build::duplicate(&mut findings, place(row), place(other).0, self.id(index(row)), year, u32::MAX);
        });
        findings.finish().0.map(|problem| self.in_cell(problem))
    }
}

impl Repeats {
    /// The rows of each text that repeats.
    fn groups(&self) -> impl Iterator<Item = impl Iterator<Item = u32> + Clone> {
        self.pairs.chunk_by(|a, b| a.0 == b.0).map(|group| {
            let first = group.first().map(|(first, _)| *first);
            first.into_iter().chain(group.iter().map(|(_, row)| *row))
        })
    }

    /// Reports each row without an id that shares kind and year with a row that has one: the row, the other, the first such
    /// year. The repeated text is the path of the place.
    fn alike(
        &self,
        has_id: impl Fn(u32) -> bool,
        kind: impl Fn(u32) -> Option<u32>,
        years: impl Fn(u32) -> Option<RangeInclusive<u16>>,
        mut report: impl FnMut(u32, u32, u16),
    ) {
        let mut others: BTreeMap<(Option<u32>, u16), u32> = BTreeMap::new();
        for rows in self.groups() {
            others.clear();
            for row in rows.clone().filter(|row| has_id(*row)) {
                for year in years(row).into_iter().flatten() {
                    others.entry((kind(row), year)).or_insert(row);
                }
            }
            for row in rows.filter(|row| !has_id(*row)) {
                let other = |year| Some((*others.get(&(kind(row), year))?, year));
                if let Some((other, year)) = years(row).into_iter().flatten().find_map(other) {
                    report(row, other, year);
                }
            }
        }
    }

    /// Reports each row that shares a year with an earlier row of the same id: the row, the earlier one, the year.
    fn overlaps(
        &self,
        policy: &RangeInclusive<u16>,
        years: impl Fn(u32) -> Option<RangeInclusive<u16>>,
        mut report: impl FnMut(u32, u32, u16),
    ) {
        let span = usize::from(policy.end().saturating_sub(*policy.start())).saturating_add(1);
        // Which row has a year.
        let mut owners: Vec<Option<u32>> = Vec::new();
        for rows in self.groups() {
            owners.clear();
            owners.resize(span, None);
            for row in rows {
                let mut reported = false;
                for year in years(row).into_iter().flatten() {
                    let Some(owner) = owners.get_mut(usize::from(year.saturating_sub(*policy.start()))) else {
                        continue;
                    };
                    match owner {
                        Some(other) if !reported => {
                            report(row, *other, year);
                            reported = true;
                        }
                        Some(_) => {}
                        None => *owner = Some(row),
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roster").field("rows", &self.0.rows).finish_non_exhaustive()
    }
}

impl<'a> IntoIterator for &'a Places {
    type Item = Recipient<'a>;
    type IntoIter = Recipients<'a>;
    fn into_iter(self) -> Recipients<'a> {
        self.iter()
    }
}

/// The rows of a [`Roster`](crate::Roster) in order.
#[derive(Debug, Clone)]
pub struct Recipients<'a> {
    roster: &'a Places,
    rows: std::ops::Range<usize>,
}

impl<'a> Iterator for Recipients<'a> {
    type Item = Recipient<'a>;

    fn next(&mut self) -> Option<Recipient<'a>> {
        Some(Recipient { roster: self.roster, row: self.rows.next()? })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Recipients<'_> {}

/// A row of a [`Roster`](crate::Roster): a place, or a counted group of alike ones.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    roster: &'a Places,
    row: usize,
}

/// A cell of an attribute that is not blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeValue<'a> {
    /// Of a number attribute, without trailing zeros.
    Number(Decimal),
    /// Of a flag attribute.
    Flag(bool),
    /// Of a text attribute.
    Text(&'a str),
}

impl<'a> Recipient<'a> {
    /// Which row of the roster it is.
    #[must_use]
    pub const fn row(self) -> RowIndex {
        RowIndex::new(self.row)
    }

    /// The id; where the roster has none, `county/township/name`.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.roster.id(self.row)
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.roster.name(self.row)
    }

    /// The id of the kind, blank if the policy declares none.
    #[must_use]
    pub fn kind(self) -> &'a str {
        self.roster.kind(self.row)
    }

    /// The id of the designation, blank if the policy declares none.
    #[must_use]
    pub fn designation(self) -> &'a str {
        self.roster.designation(self.row)
    }

    /// The county; may be blank.
    #[must_use]
    pub fn county(self) -> &'a str {
        self.roster.county(self.row)
    }

    /// The township; may be blank.
    #[must_use]
    pub fn township(self) -> &'a str {
        self.roster.township(self.row)
    }

    /// The division code of 6, 9 or 12 ASCII digits; may be blank.
    #[must_use]
    pub fn division_code(self) -> &'a str {
        self.roster.division_code(self.row)
    }

    /// How many alike places the row stands for, above 0.
    #[must_use]
    pub fn count(self) -> u64 {
        self.roster.count(self.row)
    }

    /// The years in which it is funded, within those of a policy; none if it never is.
    #[must_use]
    pub fn years(self, policy: &Policy) -> Option<RangeInclusive<u16>> {
        self.roster.years(self.row, &policy.years())
    }

    /// The cell of an attribute, by its id. None if it is blank or the roster has no such column; of a flag, a blank cell
    /// is false.
    #[must_use]
    pub fn attribute(self, id: &str) -> Option<AttributeValue<'a>> {
        match self.roster.attribute(id)? {
            AttributeColumn::Number(column) => column.get(self.row).map(|n| AttributeValue::Number(n.normalize())),
            AttributeColumn::Flag(flags) => flags.get(self.row).copied().map(AttributeValue::Flag),
            AttributeColumn::Text(column) => {
                Some(column.get(self.row)).filter(|text| !text.is_empty()).map(AttributeValue::Text)
            }
        }
    }
}

impl fmt::Debug for Recipient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("row", &self.row).field("id", &self.id()).finish_non_exhaustive()
    }
}
