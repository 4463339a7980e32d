//! The columns of a sheet: what they hold, and what spreadsheets call them.

use std::sync::Arc;

use crate::ground::problem::Problem;
use crate::ground::sure::Sure;

/// The sheet of a workbook that a table stood in and what its columns hold, so that what is found wrong after reading names
/// the cell too. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumns(Arc<Columns>);

#[derive(Debug, PartialEq, Eq)]
struct Columns {
    sheet: String,
    keys: Vec<Option<String>>,
}

impl SheetColumns {
    /// The name of a sheet, and the key that each of its columns holds.
    pub(crate) fn new(sheet: String, keys: Vec<Option<String>>) -> Self {
        Self(Arc::new(Columns { sheet, keys }))
    }

    /// Says the cell of the workbook in which a problem is: its column by the key, its row by the line.
    #[must_use]
    pub(crate) fn in_cell(&self, problem: Problem) -> Problem {
        let Columns { sheet, keys } = &*self.0;
        let location = problem.location();
        let Some(line) = location.line else { return problem };
        let at = location.column.as_ref().and_then(|column| keys.iter().position(|key| key.as_ref() == Some(column)));
        let cell = format!("{sheet}!{}{line}", at.map_or_else(String::new, column_name));
        problem.cell(cell)
    }
}

/// What spreadsheets call a column, from 0: A, Z, AA.
#[must_use]
pub fn column_name(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A'.saturating_add(u8::try_from(column % 26).sure())));
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => return letters.into_iter().rev().collect(),
        }
    }
}
