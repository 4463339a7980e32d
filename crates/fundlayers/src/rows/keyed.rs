//! Rows whose values stand under keys, each row with keys of its own.

use hashbrown::HashMap;

use super::records::{Cell, RowBuilder};
use super::sheet::empty;
use crate::ground::catalogue::rows as words;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems};

/// Cells for each value, at most: rows leave out what is blank, but every row is handed over with all columns.
const CELLS_OF_VALUE: usize = 1024;

/// Reads rows, each with the line that it begins on. Columns are in the order in which their keys first appear; a key that a
/// row lacks is a blank cell.
///
/// # Errors
///
/// `problems` and every problem of every row; [`Code::TooLarge`] for rows with too few keys in common.
pub(crate) fn read<'a, B: RowBuilder, R: IntoIterator<Item = (&'a str, Cell<'a>)>>(
    rows: impl ExactSizeIterator<Item = (Option<u32>, R)> + Clone,
    mut problems: Problems,
    begin: impl FnOnce(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    let mut header: Vec<(&str, Option<Position>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut values = 0_usize;
    for (_, row) in rows.clone() {
        for (at, (key, _)) in row.into_iter().enumerate() {
            values = values.saturating_add(1);
            // Most rows have the same keys in the same order.
            if header.get(at).is_none_or(|(title, _)| *title != key) && !places.contains_key(key) {
                places.insert(key, header.len());
                header.push((key, None));
            }
        }
    }
    if rows.len().saturating_mul(header.len()) / CELLS_OF_VALUE > values {
        let message = words::ROWS_WITH_KEYS.with(&[&rows.len(), &header.len()]);
        problems.push(Problem::new(Code::TooLarge, message).expected(words::SAME_KEYS));
        return Err(problems);
    }
    if rows.len() == 0 && problems.is_empty() {
        return Err(empty().into());
    }
    let mut builder = begin(&header);
    builder.expect_rows(rows.len());
    let mut cells = Vec::with_capacity(header.len());
    for (number, (line, row)) in (1_u32..).zip(rows) {
        cells.clear();
        cells.resize(header.len(), Cell::Blank);
        for (at, (key, value)) in row.into_iter().enumerate() {
            let same = header.get(at).is_some_and(|(title, _)| *title == key);
            let place = if same { Some(&at) } else { places.get(key) };
            let Some(cell) = place.and_then(|at| cells.get_mut(*at)) else { continue };
            if *cell != Cell::Blank {
                let problem = Problem::new(Code::Syntax, words::KEY_TWICE_IN_ROW).line(line).row(number);
                problems.push(problem.column(key).found(key));
            }
            *cell = value;
        }
        builder.push_row(line, &cells);
    }
    match builder.finish() {
        Ok(done) if problems.is_empty() => Ok(done),
        Ok((_, found)) | Err(found) => {
            problems.append(found);
            problems.sort();
            Err(problems)
        }
    }
}
