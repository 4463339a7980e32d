//! The table of a workbook: which sheet it stands on, and its rows.

use fundlayers::sheet::{RowMarks, SheetOptions, SheetReader};
use fundlayers::{Code, Problem, Problems, RowBuilder};

use super::{SheetRow, Sheets, Visibility, named};
use crate::Begin;
use crate::catalogue as words;

/// The header of a table is among so many rows of its sheet.
const PROBED_ROWS: usize = 60;

/// Begins a table by its header.
type Reader<'b, B> = SheetReader<B, Begin<'b, B>>;

/// Reads the table of a workbook, whatever its rows become: of the sheet that is named, of the only one, or of the one that
/// has every column that the table must have.
///
/// # Errors
///
/// What [`Sheets::rows`] says, [`Code::SheetNotFound`], [`Code::SeveralSheets`], and every problem of every row at its cell.
pub(crate) fn rows<B: RowBuilder>(
    book: &mut dyn Sheets,
    room: usize,
    options: &SheetOptions,
    begin: Begin<'_, B>,
) -> Result<(B::Output, Problems), Problems> {
    let sheet = match &options.sheet {
        Some(name) => named(book.sheets(), name)?,
        None => fitting(book, options, begin)?,
    };
    let name = book.sheets().get(sheet).map(|sheet| sheet.name.clone()).unwrap_or_default();
    let mut reader = reader(begin, options, &name);
    reader.set_room(room);
    let notes = book.rows(sheet, &mut |row| {
        push(&mut reader, row);
        Ok(true)
    })?;
    let mut warnings = notes.warnings(&name);
    match reader.finish() {
        Ok((output, found)) => {
            warnings.append(found);
            Ok((output, warnings))
        }
        Err(found) => {
            warnings.append(found);
            Err(warnings)
        }
    }
}

/// The workbook tells which of its cells are merged.
fn reader<'b, B: RowBuilder>(begin: Begin<'b, B>, options: &SheetOptions, sheet: &str) -> Reader<'b, B> {
    let mut reader = SheetReader::new(begin, options);
    reader.set_merges_known();
    reader.set_sheet(sheet);
    reader
}

fn push<B: RowBuilder>(reader: &mut Reader<'_, B>, row: &SheetRow<'_>) {
    let faults: Vec<(usize, Problem)> = row.faults.iter().map(|(column, fault)| (*column, fault.problem())).collect();
    reader.row(row.number, row.cells, RowMarks::new(row.covered, &faults));
}

/// The sheet that fits: the only one, else the only one that has every column; hidden ones are passed over unless all are.
fn fitting<B: RowBuilder>(
    book: &mut dyn Sheets,
    options: &SheetOptions,
    begin: Begin<'_, B>,
) -> Result<usize, Problems> {
    let is_shown = |at: &usize| book.sheets().get(*at).is_some_and(|sheet| sheet.visibility == Visibility::Visible);
    let all = 0..book.sheets().len();
    let mut candidates: Vec<usize> = all.clone().filter(is_shown).collect();
    if candidates.is_empty() {
        candidates = all.collect();
    }
    if let [only] = candidates.as_slice() {
        return Ok(*only);
    }
    let mut fitting = Vec::new();
    let mut first = None;
    for at in candidates {
        let mut reader = reader(begin, options, "");
        let mut rows = 0_usize;
        book.rows(at, &mut |row| {
            push(&mut reader, row);
            rows = rows.saturating_add(1);
            Ok(rows < PROBED_ROWS)
        })?;
        // What is wrong is told of the first sheet with anything on it.
        first = first.or((rows > 0).then_some(at));
        if reader.fits() {
            fitting.push(at);
        }
    }
    match fitting.as_slice() {
        [] => Ok(first.unwrap_or_default()),
        [only] => Ok(*only),
        several => {
            let names = several.iter().filter_map(|at| Some(book.sheets().get(*at)?.name.as_str()));
            let names = names.collect::<Vec<_>>().join("`, `");
            let problem = Problem::new(Code::SeveralSheets, words::SEVERAL_SHEETS).found(names);
            Err(problem.expected(words::NAME_A_SHEET).into())
        }
    }
}
