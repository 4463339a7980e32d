//! Results for people as aligned text. Chinese characters take two columns.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, Report, RowKind};
use fundlayers::visible;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::is_left;

/// Writes a report: title, unit at the upper right, numbers right-aligned, a line before subtotals and the total. `styled`
/// sets headers and sums off with bold, for a terminal.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>, styled: bool) -> io::Result<()> {
    write_within(writer, report, styled, usize::MAX)
}

/// The same in a terminal of so many columns: texts of a wider table are broken into lines, widest columns first. Numbers never
/// are, so that a table of many may still be wider.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_within(writer: &mut dyn Write, report: &Report<'_>, styled: bool, room: usize) -> io::Result<()> {
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
    let is_broken = narrowed(&mut widths, report, room);
    let gaps = widths.len().saturating_sub(1).saturating_mul(GAP.len());
    let total = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
    let unit = if report.has_amounts() { report.unit_note() } else { String::new() };
    let title = visible(&report.title);
    let room = total.saturating_sub(width(&title)).saturating_sub(width(&unit));
    if unit.is_empty() {
        writeln!(writer, "{}", strong(&title, styled))?;
    } else if room >= GAP.len() {
        writeln!(writer, "{}{}{unit}", strong(&title, styled), " ".repeat(room))?;
    } else {
        writeln!(writer, "{}\n{}{unit}", strong(&title, styled), " ".repeat(total.saturating_sub(width(&unit))))?;
    }
    let rule = "─".repeat(total);
    writeln!(writer, "{rule}")?;
    let columns: Vec<(usize, bool)> =
        widths.into_iter().zip(report.columns.iter().map(|(_, kind)| is_left(*kind))).collect();
    let mut line =
        Line { columns: &columns, is_broken, rest: Vec::new(), places: &places, so_far: String::new(), text, at: 0 };
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
    /// Whether texts that are too wide go on in a line below.
    is_broken: bool,
    /// What goes on below, by column.
    rest: Vec<String>,
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
        let (text, rest) = if self.is_broken && left { broken(text, widest) } else { (text, "") };
        if self.is_broken {
            self.rest.push(rest.to_owned());
        }
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
        loop {
            let line = self.so_far.trim_end();
            writeln!(writer, "{}", strong(line, styled))?;
            self.so_far.clear();
            self.at = 0;
            let rest = std::mem::take(&mut self.rest);
            if rest.iter().all(String::is_empty) {
                return Ok(());
            }
            for text in rest {
                self.push(&text);
            }
        }
    }
}

/// Makes columns of texts narrower until a table fits, if it can; whether any was made so.
fn narrowed(widths: &mut [usize], report: &Report<'_>, room: usize) -> bool {
    const NARROWEST: usize = 6;
    let gaps = widths.len().saturating_sub(1).saturating_mul(GAP.len());
    let mut over = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width)).saturating_sub(room);
    let mut any = false;
    while over > 0 {
        let texts = widths.iter_mut().zip(&report.columns).filter(|(_, (_, kind))| is_left(*kind));
        let Some((widest, _)) = texts.max_by_key(|(width, _)| **width).filter(|(width, _)| **width > NARROWEST) else {
            break;
        };
        *widest = widest.saturating_sub(1);
        over = over.saturating_sub(1);
        any = true;
    }
    any
}

/// What fits into so many columns, and what does not; between words, where there are some.
fn broken(text: &str, widest: usize) -> (&str, &str) {
    if width(text) <= widest {
        return (text, "");
    }
    let mut taken = 0_usize;
    let fits = |(_, c): &(usize, char)| {
        taken = taken.saturating_add(UnicodeWidthChar::width(*c).unwrap_or_default());
        taken > widest
    };
    // One character at least, so that it ends.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let cut = text.char_indices().find(fits).map_or(text.len(), |(at, _)| at).max(first);
    let (before, _) = text.split_at_checked(cut).unwrap_or((text, ""));
    let cut = before.rfind(' ').filter(|space| *space > 0).unwrap_or(cut);
    let (before, after) = text.split_at_checked(cut).unwrap_or((text, ""));
    (before, after.trim_start())
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
    fn texts_are_broken_where_the_terminal_is_narrow_and_numbers_never() {
        let row = |name: &'static str| ReportRow {
            kind: RowKind::Row,
            cells: vec![Cell::Text(name.into()), Cell::Amount(Amount::from_fen(1_234_567_800))],
        };
        let report = Report {
            lang: Lang::Zh,
            title: "表".to_owned(),
            unit: Unit::Yuan,
            decimals: None,
            columns: vec![("名称".to_owned(), ColumnKind::Text), ("金额".to_owned(), ColumnKind::Amount)],
            rows: vec![row("一二三四五六七八九"), row("the second place here")].into(),
            notes: Vec::new(),
        };
        let shown = |room| {
            let mut out = Vec::new();
            write_within(&mut out, &report, false, room).unwrap();
            String::from_utf8(out).unwrap()
        };
        let lines = ["一二三四五六  12,345,678", "七八九", "the second    12,345,678", "place here"];
        let narrow = shown(24);
        assert_eq!(narrow.lines().skip(4).take(4).collect::<Vec<_>>(), lines, "{narrow}");
        assert!(shown(1).contains("一二三  12,345,678\n四五六\n七八九\n"), "{}", shown(1));
        assert_eq!(shown(80), shown(usize::MAX));
    }

    #[test]
    fn nothing_moves_the_cursor_and_a_cut_says_how_much_it_cut() {
        let shown = written(&["甲\u{1b}[2J\r\n乙\u{200b}", "丙", "丁", "戊"], 2);
        assert!(shown.contains("甲\\u{1b}[2J  乙\\u{200b}") && !shown.contains('\u{1b}'), "{shown}");
        assert!(shown.contains("\n……另有 2 行\n") && shown.contains("\n合计\n") && !shown.contains('丁'), "{shown}");
    }
}
