//! Results for people as Markdown.

use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Report, RowKind};
use fundlayers::{Form, FormField, FormPart, Lang, Policy, visible};

use crate::is_left;

/// Writes the head of a document: the title of each policy, and where it comes from.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_head(writer: &mut dyn Write, policies: &[&Policy], lang: Lang) -> io::Result<()> {
    let colon = lang.pick("：", ": ");
    for policy in policies {
        writeln!(writer, "# {}\n", escaped(&policy.heading(lang)))?;
        for (label, value) in policy.origin(lang) {
            writeln!(writer, "- {}{colon}{}", escaped(&label), escaped(&value))?;
        }
        writeln!(writer)?;
    }
    Ok(())
}

/// Writes a report: a heading, the unit, a table whose numbers stand right, subtotals in bold, remarks.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    writeln!(writer, "## {}\n", escaped(&report.title))?;
    write_table(writer, report)
}

/// Writes a document: where the policies come from, then report after report.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_document(
    writer: &mut dyn Write,
    policies: &[&Policy],
    lang: Lang,
    reports: &[Report<'_>],
) -> io::Result<()> {
    write_head(writer, policies, lang)?;
    reports.iter().enumerate().try_for_each(|(number, report)| {
        if number > 0 {
            writeln!(writer)?;
        }
        write(writer, report)
    })
}

/// Writes a form, or an explanation as a page: its title, and its parts from top to bottom.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_page(writer: &mut dyn Write, form: &Form<'_>) -> io::Result<()> {
    const BLANK: &str = "________";
    writeln!(writer, "# {}\n", escaped(&form.title))?;
    for line in &form.subtitles {
        writeln!(writer, "{}\n", escaped(line))?;
    }
    let fields = |fields: &[FormField]| {
        fields.iter().map(|field| field.text(form.lang, BLANK)).collect::<Vec<_>>().join(form.lang.pick("　", ", "))
    };
    if !form.head.is_empty() {
        writeln!(writer, "{}\n", escaped(&fields(&form.head)))?;
    }
    for part in &form.parts {
        match part {
            FormPart::Heading(text) => writeln!(writer, "## {}\n", escaped(text))?,
            FormPart::Text(text) => writeln!(writer, "{}\n", escaped(text))?,
            FormPart::Fields(of) | FormPart::Signature(of) => writeln!(writer, "{}\n", escaped(&fields(of)))?,
            FormPart::Table(report) => {
                if !report.title.is_empty() {
                    writeln!(writer, "## {}\n", escaped(&report.title))?;
                }
                write_table(writer, report)?;
                writeln!(writer)?;
            }
            _ => {}
        }
    }
    form.notes.iter().try_for_each(|note| writeln!(writer, "{}\n", escaped(note)))
}

/// The unit, the table, its remarks.
fn write_table(writer: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    if report.has_amounts() {
        writeln!(writer, "<p align=\"right\">{}</p>\n", report.unit_note())?;
    }
    let mut line = String::new();
    for (header, _) in &report.columns {
        line.push_str("| ");
        escape(&visible(header), &mut line);
        line.push(' ');
    }
    writeln!(writer, "{line}|")?;
    let rules = report.columns.iter().map(|(_, kind)| if is_left(*kind) { "| --- " } else { "| ---: " });
    writeln!(writer, "{}|", rules.collect::<String>())?;
    let (places, mut text) = (report.places(), String::new());
    let mut written = Ok(());
    _ = report.rows.each(&mut |kind, cells| {
        line.clear();
        for (at, places) in places.iter().enumerate() {
            let bold = if kind == RowKind::Row { "" } else { "**" };
            text.clear();
            if let Some(cell) = cells.get(at) {
                report.write_aligned(cell, *places, &mut text);
            }
            line.push_str("| ");
            if !text.is_empty() {
                line.push_str(bold);
                escape(&text, &mut line);
                line.push_str(bold);
            }
            line.push(' ');
        }
        written = writeln!(writer, "{line}|");
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    report.notes.iter().try_for_each(|note| writeln!(writer, "\n{}", escaped(note)))
}

/// A text that Markdown shows as it is, in a table too, without HTML and on one line; as [`visible`] shows it.
///
/// ```
/// use fundlayers_formats::markdown::escaped;
/// assert_eq!(escaped("<b>|*甲*\n& $x$"), "&lt;b&gt;\\|\\*甲\\* &amp; \\$x\\$");
/// ```
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&visible(text), &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            // Whatever shows Markdown knows these, though not always a backslash before them.
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '*' | '_' | '`' | '[' | ']' | '~' | '$' | '#' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fundlayers::Unit;
    use fundlayers::table::{Cell, ColumnKind, ReportRow};

    #[test]
    fn no_text_leaves_its_cell_or_becomes_html() {
        let hostile = "<img src=x onerror=1>|a\nb\u{202e}\u{1b}[2J";
        let row = ReportRow { kind: RowKind::Row, cells: vec![Cell::Text(hostile.into())] };
        let report = Report {
            lang: Lang::En,
            title: hostile.to_owned(),
            unit: Unit::Wan,
            decimals: None,
            columns: vec![(hostile.to_owned(), ColumnKind::Text)],
            rows: vec![row].into(),
            notes: vec![hostile.to_owned()],
        };
        let mut out = Vec::new();
        write(&mut out, &report).unwrap();
        let text = String::from_utf8(out).unwrap();
        let shown = "&lt;img src=x onerror=1&gt;\\|a b\\\\u{202e}\\\\u{1b}\\[2J";
        assert_eq!(text.matches(shown).count(), 4, "{text}");
        assert!(!text.contains("<img") && !text.contains('\u{1b}') && !text.contains('\u{202e}'));
        assert_eq!(text.lines().filter(|line| line.starts_with('|')).count(), 3, "{text}");
    }
}
