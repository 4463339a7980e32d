//! Results for people as aligned text. Chinese characters take two columns.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, Report, RowKind};
use fundlayers::visible;
use unicode_width::UnicodeWidthStr;

use crate::is_left;

/// Writes a report: title, unit at the upper right, numbers right-aligned, a line before subtotals and the total. `styled`
/// sets headers and sums off with bold, for a terminal.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>, styled: bool) -> io::Result<()> {
    let headers: Vec<String> = report.columns.iter().map(|(header, _)| visible(header).into_owned()).collect();
    let mut widths: Vec<usize> = headers.iter().map(|header| width(header)).collect();
    let (places, mut text) = (report.places(), String::new());
    // Rows are laid out twice, so that a long report is never in memory.
    _ = report.rows.each(&mut |kind, cells| {
        if !matches!(kind, RowKind::LeftOut(_)) {
            for ((widest, cell), places) in widths.iter_mut().zip(cells).zip(&places) {
                text.clear();
                report.write_aligned(cell, *places, &mut text);
                *widest = width(&text).min(WIDEST).max(*widest);
            }
        }
        ControlFlow::Continue(())
    });
    let gaps = widths.len().saturating_sub(1).saturating_mul(GAP.len());
    let total = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
    let unit = report.unit_note();
    let title = visible(&report.title);
    let room = total.saturating_sub(width(&title)).saturating_sub(width(&unit));
    if room >= GAP.len() {
        writeln!(writer, "{}{}{unit}", strong(&title, styled), " ".repeat(room))?;
    } else {
        writeln!(writer, "{}\n{}{unit}", strong(&title, styled), " ".repeat(total.saturating_sub(width(&unit))))?;
    }
    let rule = "─".repeat(total);
    writeln!(writer, "{rule}")?;
    let columns: Vec<(usize, bool)> =
        widths.into_iter().zip(report.columns.iter().map(|(_, kind)| is_left(*kind))).collect();
    let mut line = Line { columns: &columns, places: &places, so_far: String::new(), text, at: 0 };
    for header in &headers {
        line.push(header);
    }
    line.end(writer, styled)?;
    writeln!(writer, "{rule}")?;
    let mut write_row = |kind: RowKind, cells: &[Cell<'_>]| {
        if kind == RowKind::Total {
            writeln!(writer, "{rule}")?;
        }
        for cell in cells {
            line.push_cell(report, cell);
        }
        line.end(writer, styled && kind != RowKind::Row)
    };
    let mut written = Ok(());
    _ = report.rows.each(&mut |kind, cells| {
        written = write_row(kind, cells);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    writeln!(writer, "{rule}")?;
    report.notes.iter().try_for_each(|note| writeln!(writer, "{}", visible(note)))
}

const GAP: &str = "  ";
/// A longer cell does not widen its column: it pushes the rest of its row aside.
const WIDEST: usize = 100;

/// The columns of a terminal that a text takes.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// One line of a table, written again and again.
struct Line<'a> {
    /// The width of each column, and whether it is set to the left.
    columns: &'a [(usize, bool)],
    /// Decimals of the amounts of each.
    places: &'a [u32],
    so_far: String,
    text: String,
    at: usize,
}

impl Line<'_> {
    fn push_cell(&mut self, report: &Report<'_>, cell: &Cell<'_>) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let places = self.places.get(self.at).copied().unwrap_or_default();
        report.write_aligned(cell, places, &mut text);
        self.push(&text);
        self.text = text;
    }

    fn push(&mut self, text: &str) {
        if self.at > 0 {
            self.so_far.push_str(GAP);
        }
        let (widest, left) = self.columns.get(self.at).copied().unwrap_or((0, true));
        let space = std::iter::repeat_n(' ', widest.saturating_sub(width(text)));
        if left {
            self.so_far.push_str(text);
            self.so_far.extend(space);
        } else {
            self.so_far.extend(space);
            self.so_far.push_str(text);
        }
        self.at = self.at.saturating_add(1);
    }

    fn end(&mut self, writer: &mut dyn Write, styled: bool) -> io::Result<()> {
        let line = self.so_far.trim_end();
        writeln!(writer, "{}", strong(line, styled))?;
        self.so_far.clear();
        self.at = 0;
        Ok(())
    }
}

fn strong(text: &str, styled: bool) -> Cow<'_, str> {
    if styled { format!("\u{1b}[1m{text}\u{1b}[0m").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fundlayers::table::{ColumnKind, ReportRow};
    use fundlayers::{Amount, Lang, Unit};

    fn written(names: &[&'static str], limit: usize) -> String {
        let row = |name: &&'static str| ReportRow {
            kind: RowKind::Row,
            cells: vec![Cell::Text((*name).into()), Cell::Amount(Amount::from_fen(123_400))],
        };
        let mut rows: Vec<ReportRow<'_>> = names.iter().map(row).collect();
        rows.push(ReportRow { kind: RowKind::Total, cells: vec![Cell::Text("合计".into())] });
        let report = Report {
            lang: Lang::Zh,
            title: "某县\u{1b}[31m".to_owned(),
            unit: Unit::Yuan,
            decimals: None,
            columns: vec![("名称".to_owned(), ColumnKind::Text), ("金额".to_owned(), ColumnKind::Amount)],
            rows: rows.into(),
            notes: vec!["政策\u{202e}".to_owned()],
        };
        let mut out = Vec::new();
        write(&mut out, &report.first(limit), false).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let rule = "─".repeat(13);
        let lines = [
            "某县\\u{1b}[31m",
            "     单位：元",
            &rule,
            "名称     金额",
            &rule,
            "黄堡镇  1,234",
            "a       1,234",
            &rule,
            "合计",
            &rule,
            "政策\\u{202e}",
        ];
        assert_eq!(written(&["黄堡镇", "a"], 9).lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn nothing_moves_the_cursor_and_a_cut_says_how_much_it_cut() {
        let shown = written(&["甲\u{1b}[2J\r\n乙\u{200b}", "丙", "丁", "戊"], 2);
        assert!(shown.contains("甲\\u{1b}[2J  乙\\u{200b}") && !shown.contains('\u{1b}'), "{shown}");
        assert!(shown.contains("\n……另有 2 行\n") && shown.contains("\n合计\n") && !shown.contains('丁'), "{shown}");
    }
}
