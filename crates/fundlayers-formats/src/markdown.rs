//! Results for people as Markdown.

use std::io::{self, Write};

use fundlayers::table::{ColumnKind, Report, RowKind};

/// Writes a report: a heading, the unit, a table whose numbers stand right, subtotals in bold, remarks.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    writeln!(writer, "## {}\n\n<p align=\"right\">{}</p>\n", escaped(&report.title), report.unit_note())?;
    let line = |writer: &mut dyn Write, cells: &mut dyn Iterator<Item = String>| -> io::Result<()> {
        writeln!(writer, "| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    line(writer, &mut report.columns.iter().map(|(header, _)| escaped(header)))?;
    line(
        writer,
        &mut report.columns.iter().map(|(_, kind)| {
            if matches!(kind, ColumnKind::Text | ColumnKind::Flag) { "---".to_owned() } else { "---:".to_owned() }
        }),
    )?;
    for row in &report.rows {
        let bold = row.kind != RowKind::Row;
        line(
            writer,
            &mut row.cells.iter().map(|cell| {
                let text = escaped(&report.text(cell));
                if bold && !text.is_empty() { format!("**{text}**") } else { text }
            }),
        )?;
    }
    for note in &report.notes {
        writeln!(writer, "\n{}", escaped(note))?;
    }
    Ok(())
}

/// A text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '*' | '_' | '`' | '<' | '[' | ']' => out.extend(['\\', c]),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
