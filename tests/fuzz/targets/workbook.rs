//! A workbook is read or refused, whatever its bytes are.
#![no_main]

use fundlayers_formats::workbook::{BookFormat, Workbook};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((mark, bytes)) = data.split_first() else { return };
    let format = [BookFormat::Xlsx, BookFormat::Xls, BookFormat::Ods][usize::from(mark % 3)];
    let Ok(mut book) = Workbook::open(bytes, format) else { return };
    for sheet in 0..book.sheets().len() {
        let mut last = 0;
        let notes = book.rows(sheet, &mut |row| {
            assert!(row.number > last && row.cells.len() == row.covered.len());
            last = row.number;
            Ok(true)
        });
        if let Ok(notes) = notes {
            _ = notes.warnings("").to_string();
        }
    }
});
