//! Workbooks, unpacked for the module that computes.

use fundlayers_formats::Format;
use fundlayers_formats::workbook::{self, BookFormat, Workbook};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::Fallible;

/// A workbook, unpacked: its rows for the other module, and the names of its sheets.
#[wasm_bindgen]
pub struct RawWorkbook {
    rows: Vec<u8>,
    sheets: Vec<String>,
}

#[wasm_bindgen]
impl RawWorkbook {
    /// Unpacks a workbook. Its format is told by the ending of its name, or by how it begins.
    ///
    /// # Errors
    ///
    /// What is no workbook, is damaged, locked or too large, each with the name of the file.
    pub fn unpack(bytes: &[u8], file: Option<String>) -> Fallible<RawWorkbook> {
        let ending = file
            .as_deref()
            .and_then(|name| name.rsplit_once('.'))
            .and_then(|(_, ending)| BookFormat::from_extension(ending));
        let format = ending.or(Format::of_workbook(bytes).map(|format| match format {
            Format::Xls => BookFormat::Xls,
            Format::Ods => BookFormat::Ods,
            _ => BookFormat::Xlsx,
        }));
        let read = || {
            let mut book = Workbook::open(bytes, format.unwrap_or(BookFormat::Xlsx))?;
            let sheets = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
            Ok(Self { rows: workbook::unpack(&mut book)?, sheets })
        };
        Ok(read().map_err(|problems: fundlayers::Problems| match &file {
            Some(name) => problems.in_file(name),
            None => problems,
        })?)
    }

    /// Its rows, once, as the other module reads them.
    #[must_use]
    pub fn rows(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rows)
    }

    /// The names of its sheets.
    #[must_use]
    pub fn sheets(&self) -> Vec<String> {
        self.sheets.clone()
    }
}
