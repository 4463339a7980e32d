//! Reading a roster as a workbook: 14 columns, as many rows as are wanted.

use std::fmt::Write as _;

use conformance::hostile::workbooks::Sheet;
use fundlayers_formats::{Format, read_roster};

use crate::{best, csv, reference, report};

/// Columns of the sheet, of which some are not read.
const COLUMNS: u64 = 14;

pub(crate) fn measure(rows: u64) {
    let text = csv(rows);
    let mut wide = String::new();
    for (at, line) in text.lines().enumerate() {
        let more = if at == 0 { "备注一,备注二,备注三,备注四" } else { "备注,12345.67,2024,某某" };
        writeln!(wide, "{line},{more}").expect("memory");
    }
    let policy = reference();
    let sheet = Sheet::new(&wide);
    drop((text, wide));
    for (format, most) in [(Format::Xlsx, u64::MAX), (Format::Ods, u64::MAX), (Format::Xls, 65_535)] {
        if rows > most {
            println!("{format:?}: no sheet of it has {rows} rows");
            continue;
        }
        let bytes = sheet.book(format);
        let (time, (roster, _)) = best(|| read_roster(&bytes, format, &policy).expect("a roster"));
        assert_eq!(u64::try_from(roster.len()), Ok(rows), "every row is read");
        let what = format!("read {rows} rows of {COLUMNS} cells, {format:?} of {} MB", bytes.len() / 1_000_000);
        report(&what, rows * COLUMNS, "cells", time, "(aim 1.4)");
    }
}
