//! Results for people as aligned text. Chinese characters take two columns.

use std::io::{self, Write};

use fundlayers::table::{ColumnKind, Report, ReportRow, RowKind};
use unicode_width::UnicodeWidthStr;

/// Writes a report: title, unit at the upper right, numbers right-aligned, a line before subtotals and the total. `styled`
/// sets headers and sums off with bold, for a terminal.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>, styled: bool) -> io::Result<()> {
    // Cells are laid out twice, so that a long report is never in memory as text.
    let cells =
        |row: &ReportRow<'_>| -> Vec<String> { row.cells.iter().map(|cell| shown(&report.text(cell))).collect() };
    let headers: Vec<String> = report.columns.iter().map(|(header, _)| shown(header)).collect();
    let mut widths: Vec<usize> = headers.iter().map(|header| header.width()).collect();
    for row in &report.rows {
        for (width, cell) in widths.iter_mut().zip(cells(row)) {
            *width = cell.width().min(WIDEST).max(*width);
        }
    }
    let gaps = widths.len().saturating_sub(1).saturating_mul(GAP.len());
    let total = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
    let unit = report.unit_note();
    let title = shown(&report.title);
    let room = total.saturating_sub(title.width()).saturating_sub(unit.width());
    if room >= GAP.len() {
        writeln!(writer, "{}{}{unit}", strong(&title, styled), " ".repeat(room))?;
    } else {
        writeln!(writer, "{}\n{}{unit}", strong(&title, styled), " ".repeat(total.saturating_sub(unit.width())))?;
    }
    let rule = "─".repeat(total);
    writeln!(writer, "{rule}")?;
    let kinds: Vec<ColumnKind> = report.columns.iter().map(|(_, kind)| *kind).collect();
    writeln!(writer, "{}", strong(&line(&headers, &widths, &kinds), styled))?;
    writeln!(writer, "{rule}")?;
    for row in &report.rows {
        if row.kind == RowKind::Total {
            writeln!(writer, "{rule}")?;
        }
        writeln!(writer, "{}", strong(&line(&cells(row), &widths, &kinds), styled && row.kind != RowKind::Row))?;
    }
    writeln!(writer, "{rule}")?;
    for note in &report.notes {
        writeln!(writer, "{}", shown(note))?;
    }
    Ok(())
}

const GAP: &str = "  ";
/// A longer cell does not widen its column: it pushes the rest of its row aside.
const WIDEST: usize = 100;

/// A text on one line, without control characters that would move the cursor.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn line(cells: &[String], widths: &[usize], kinds: &[ColumnKind]) -> String {
    let cells = cells.iter().zip(widths).zip(kinds).map(|((cell, width), kind)| {
        let space = " ".repeat(width.saturating_sub(cell.width()));
        if matches!(kind, ColumnKind::Text | ColumnKind::Flag) {
            format!("{cell}{space}")
        } else {
            format!("{space}{cell}")
        }
    });
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

fn strong(text: &str, styled: bool) -> String {
    if styled { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}
