//! Results in CSV for people: as a report has them.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, ColumnKind, Report};
use fundlayers::{Lang, visible};

use super::{MARK, fmt, harmless, separated};

/// Writes results for people and their spreadsheets: a byte order mark, titles and words in their language, the unit in the
/// title of each column of amounts, subtotals and totals, remarks below. Texts that a spreadsheet would run as formulas are as
/// [`harmless`] has them; a code that it would spoil (`001`, 12 digits and more, `1e5`, `3/4`) has a tab behind it, which it
/// does not show and readers of this crate pass over. Several tables stand one below another.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_for_people(writer: &mut dyn Write, reports: &[Report<'_>]) -> io::Result<()> {
    writer.write_all(MARK.as_bytes())?;
    for (number, report) in reports.iter().enumerate() {
        if number > 0 {
            writer.write_all(b"\r\n")?;
        }
        write_report(writer, report)?;
    }
    Ok(())
}

fn write_report(writer: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for (at, (header, kind)) in report.columns.iter().enumerate() {
        let title = match (kind, report.lang) {
            (ColumnKind::Amount, Lang::Zh) => format!("{header}（{}）", report.unit),
            (ColumnKind::Amount, Lang::En) => format!("{header} ({})", report.unit),
            _ => header.clone(),
        };
        let title = visible(&title);
        separated(writer, at, &harmless(&title))?;
    }
    writer.write_all(b"\r\n")?;
    let mut text = String::new();
    let mut write_row = |cells: &[Cell<'_>]| {
        for at in 0..report.columns.len() {
            text.clear();
            match cells.get(at) {
                None => {}
                Some(Cell::Amount(amount)) => {
                    fmt(&mut text, format_args!("{}", amount.in_unit(report.unit).to_places(report.decimals)));
                }
                Some(cell @ Cell::Text(_)) => {
                    report.write_text(cell, &mut text);
                    if let Cow::Owned(marked) = harmless(&text) {
                        text = marked;
                    }
                    if report.columns.get(at).is_some_and(|(_, kind)| *kind == ColumnKind::Text) && is_spoiled(&text) {
                        text.push('\t');
                    }
                }
                Some(cell) => report.write_text(cell, &mut text),
            }
            separated(writer, at, &text)?;
        }
        writer.write_all(b"\r\n")
    };
    let mut written = Ok(());
    _ = report.rows.each(&mut |_, cells| {
        written = write_row(cells);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    let rounded = (report.decimals.is_some() && report.has_amounts()).then(|| report.unit_note());
    for note in rounded.iter().chain(&report.notes) {
        separated(writer, 0, &harmless(&visible(note)))?;
        writer.write_all(b"\r\n")?;
    }
    Ok(())
}

/// Whether a spreadsheet makes another number of a code.
fn is_spoiled(text: &str) -> bool {
    const DIGITS: usize = 12;
    let is_code = text.bytes().all(|byte| byte.is_ascii_digit());
    // A day, a time, a number with an exponent: 1-2, 3/4, 1e5.
    let is_sign = |byte: u8| matches!(byte, b'-' | b'/' | b':' | b'.' | b'e' | b'E');
    let looks_so = || text.bytes().all(|byte| byte.is_ascii_digit() || is_sign(byte)) && text.bytes().any(is_sign);
    is_code && (text.len() >= DIGITS || text.len() > 1 && text.starts_with('0'))
        || text.starts_with(|first: char| first.is_ascii_digit()) && looks_so()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fundlayers::table::{ReportRow, RowKind};
    use fundlayers::{Amount, Unit};

    #[test]
    fn codes_that_a_spreadsheet_would_spoil_are_known() {
        for code in ["001", "610202100001", "1e5", "6E11", "1-2", "3/4", "2024-1", "1:30", "1.50"] {
            assert!(is_spoiled(code), "{code}");
        }
        for text in ["", "0", "12", "2024", "甲村", "e5", "-", "1号", "E-1", "a/b"] {
            assert!(!is_spoiled(text), "{text}");
        }
    }

    #[test]
    fn people_have_titles_units_sums_and_no_formulas() {
        let row = |kind, name: &'static str, code: &'static str, fen| ReportRow {
            kind,
            cells: vec![Cell::Text(name.into()), Cell::Text(code.into()), Cell::Amount(Amount::from_fen(fen))],
        };
        let column = |title: &str, kind| (title.to_owned(), kind);
        let report = Report {
            lang: Lang::Zh,
            title: "表".to_owned(),
            unit: Unit::Wan,
            decimals: None,
            columns: vec![
                column("名称", ColumnKind::Text),
                column("=编码", ColumnKind::Text),
                column("金额", ColumnKind::Amount),
            ],
            rows: vec![
                row(RowKind::Row, "=1+1", "001", -1_234_567_890),
                row(RowKind::Row, "a,b", "610202100001", 6_000_000),
                row(RowKind::Total, "合计", "", 5),
            ]
            .into(),
            notes: vec!["政策：例".to_owned()],
        };
        let text = |report: &Report<'_>| {
            let mut out = Vec::new();
            write_for_people(&mut out, std::slice::from_ref(report)).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(&report),
            "\u{feff}名称,'=编码,金额（万元）\r\n'=1+1,\"001\t\",-1234.56789\r\n\"a,b\",\"610202100001\t\",6\r\n\
             合计,,0.000005\r\n政策：例\r\n"
        );
        let rounded = text(&report.with_decimals(Some(2)));
        assert!(
            rounded.contains(",-1234.57\r\n") && rounded.contains(",0.00\r\n单位：万元（四舍五入，保留 2 位小数）\r\n")
        );
    }
}
