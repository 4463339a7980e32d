//! A roster fitted to its policy: the places, and which class serves each, found once and kept.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::engine::fit::{All, Grouped, alike, group, rests_on_all};
use crate::engine::settle::Settled;
use crate::ground::ids::index;
use crate::ground::money::Unit;
use crate::ground::position::Position;
use crate::ground::problem::{Problem, Problems, Severity};
use crate::policy::{Class, Policy};
use crate::roster::{Places, PlacesBuilder, Read, Recipient, Recipients, TemplateColumn};
use crate::rows::records::{Cell, CellColumn, ColumnRole, Fit, RowBuilder};
use crate::rows::sheet_columns::SheetColumns;

mod rows;

pub(crate) use rows::cell;

/// The places that are funded, with the class that serves each under the policy that the rows were read for. Cheap to
/// clone; never changes. What it holds of the places stands in [`Places`].
#[derive(Clone)]
pub struct Roster {
    places: Places,
    /// None of a part whose classes rest on places of other parts.
    fit: Option<Arc<Grouped>>,
}

impl Deref for Roster {
    type Target = Places;

    fn deref(&self) -> &Places {
        &self.places
    }
}

impl Roster {
    /// The columns for a roster of a policy: the fixed ones in the usual order, then the attributes. Kind and
    /// designation are there only if the policy declares any.
    ///
    /// ```
    /// use fundlayers::{Policy, Roster};
    /// let policy: Policy = serde_json::from_str(r#"{
    ///   "id": "p", "title": { "zh": "例", "en": "Example" }, "years": [2023, 2025], "unit": "元",
    ///   "layers": [{ "id": "state", "payer": "state" }], "payers": { "state": {} },
    ///   "attributes": { "pupils": { "zh": "学生数", "en": "Pupils", "type": "number" } },
    ///   "classes": [{ "id": "school", "funding": { "state": { "rate": 1000, "of": "pupils" } } }]
    /// }"#)?;
    /// let header: Vec<String> = Roster::template(&policy).into_iter().map(|column| column.header.zh).collect();
    /// assert_eq!(header.join(","), "编码,名称,区县,乡镇,区划代码,数量,起始年度,截止年度,学生数");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn template(policy: &Policy) -> Vec<TemplateColumn> {
        crate::roster::template(policy)
    }

    /// How many places each class of a policy has in the policy's first year.
    ///
    /// # Errors
    ///
    /// Rows without a class or with several, ids that are funded twice in a year.
    pub fn places_by_class<'p>(&self, policy: &'p Policy) -> Result<Vec<(&'p Class, u128)>, Problems> {
        let (groups, _) = self.grouped(policy, None)?.of(policy);
        let first = *policy.years().start();
        let classes = policy.classes().iter().enumerate();
        Ok(classes.map(|(number, class)| (class, groups.places_of(number, first))).collect())
    }

    /// Which class serves each row under a policy: found again only for another way to tell classes apart. Of a part of a roster
    /// under what is settled of all of it.
    pub(crate) fn grouped(&self, policy: &Policy, settled: Option<&Settled>) -> Result<Arc<Grouped>, Problems> {
        let is_of_all = settled.is_some() && rests_on_all(policy);
        match self.fit.as_ref().filter(|fit| !is_of_all && alike(&fit.policy, policy)) {
            Some(fit) => Ok(Arc::clone(fit)),
            None => Grouped::new(policy, &self.places, settled.map_or(All::These, All::Settled)).map(Arc::new),
        }
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.places.fmt(f)
    }
}

impl<'a> IntoIterator for &'a Roster {
    type Item = Recipient<'a>;
    type IntoIter = Recipients<'a>;
    fn into_iter(self) -> Recipients<'a> {
        self.places.iter()
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
    places: PlacesBuilder,
    is_part: bool,
}

impl RosterBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(policy: &Policy, titles: &[(&str, Option<Position>)]) -> Self {
        Self { places: PlacesBuilder::new(policy, titles), is_part: false }
    }

    /// The cells of a line as they are taken: with what was merged into them, if that was said; none of a line that sums
    /// others or is a remark. For editors, which show the rows of a file before it is known whether they are right.
    pub fn own_row<'s>(&'s mut self, cells: &'s [Cell<'s>]) -> Option<Vec<Cell<'s>>> {
        self.places.own_row(cells)
    }

    /// Lets the numbers of rows in problems go on after so many rows: what comes is a part of a roster, and these came
    /// before it in its file. To be said before any row, of the first part too: where numbers of many places tell classes apart,
    /// the class of a part's rows is looked for once these are settled ([`Settling`](crate::Settling)), and not as it is read.
    pub fn after_rows(&mut self, rows: u32) {
        self.is_part = true;
        self.places.after_rows(rows);
    }

    #[cfg(test)]
    fn limit_rows(&mut self, limit: u32) {
        self.places.limit_rows(limit);
    }
}

impl RowBuilder for RosterBuilder {
    type Output = Roster;

    fn set_room(&mut self, bytes: usize) {
        self.places.set_room(bytes);
    }

    fn expect_rows(&mut self, rows: usize) {
        self.places.expect_rows(rows);
    }

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        self.places.push_row(line, cells);
    }

    fn push_columns(&mut self, columns: &[CellColumn<'_>], rows: usize) {
        self.places.push_columns(columns, rows);
    }

    fn key_of(&self, column: usize, title: &str) -> Option<String> {
        self.places.key_of(column, title)
    }

    fn is_whole(&self, column: usize) -> bool {
        self.places.is_whole(column)
    }

    fn fit(&self) -> Fit {
        self.places.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        self.places.role(column)
    }

    fn set_unit(&mut self, unit: Unit) {
        self.places.set_unit(unit);
    }

    fn set_land_unit(&mut self, stated: &str) {
        self.places.set_land_unit(stated);
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.places.set_unclear_unit(stated);
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.places.set_fill_down(fill_down);
    }

    fn set_merges_known(&mut self) {
        self.places.set_merges_known();
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.places.is_row(cells)
    }

    fn set_sheet(&mut self, columns: &SheetColumns) {
        self.places.set_sheet(columns);
    }

    /// The roster with warnings, or every problem: of its cells, and of rows that no class or several classes serve.
    fn finish(self) -> Result<(Roster, Problems), Problems> {
        let Read { policy, places, mut problems, faulty } = self.places.read();
        let all = if self.is_part && rests_on_all(&policy) { All::Unknown } else { All::These };
        let Some(faulty) = faulty else {
            if matches!(all, All::Unknown) {
                return Ok((Roster { places, fit: None }, problems));
            }
            return match Grouped::new(&policy, &places, all) {
                Ok(fit) => Ok((Roster { places, fit: Some(Arc::new(fit)) }, problems)),
                Err(found) => {
                    add_errors(&mut problems, found);
                    Err(problems)
                }
            };
        };
        // Without a sound header every row would lack a class.
        if faulty.first() != Some(&0) {
            let is_faulty = |row: &u32| faulty.binary_search(&places.row_number(index(*row))).is_ok();
            let skip: Vec<u32> = (0..).take(places.len()).filter(is_faulty).collect();
            add_errors(&mut problems, group(&policy, &places, all, &skip).1);
        }
        Err(problems)
    }
}

/// Adds what is wrong with the class of a row; warnings of it come with the allocation.
fn add_errors(problems: &mut Problems, found: Problems) {
    if found.has_errors() {
        let is_error = |problem: &Problem| problem.severity() == Severity::Error;
        problems.extend(found.into_iter().filter(is_error));
        problems.sort();
    }
}

#[cfg(test)]
mod tests;
