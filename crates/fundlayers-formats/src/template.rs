//! Empty tables to be filled in: rosters, ledgers, limits.

use std::io::{self, Write};

use fundlayers::Lang;
use fundlayers::roster::TemplateColumn;

/// The header as CSV. With Chinese titles it comes with a byte order mark, without which Excel does not read UTF-8.
///
/// # Errors
///
/// Whatever the writer says.
#[cfg(feature = "csv")]
pub fn csv(writer: &mut dyn Write, columns: &[TemplateColumn], lang: Lang) -> io::Result<()> {
    let headers: Vec<&str> = columns.iter().map(|column| column.header.get(lang)).collect();
    crate::csv::write_template(writer, &headers, lang == Lang::Zh)
}

/// The header as a workbook: codes are texts, so that no digit is lost, and cells that may hold only some words have a list
/// of them to choose from. The same columns make the same bytes.
///
/// # Errors
///
/// Whatever the writer says.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#).unwrap();
/// use fundlayers::{Lang, Roster};
/// let mut file = Vec::new();
/// fundlayers_formats::template::xlsx(&mut file, "名单", &Roster::template(&policy), Lang::Zh)?;
/// assert!(file.starts_with(b"PK"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg(feature = "write-xlsx")]
pub fn xlsx(writer: &mut dyn Write, sheet: &str, columns: &[TemplateColumn], lang: Lang) -> io::Result<()> {
    writer.write_all(&workbook(sheet, columns, lang).map_err(crate::xlsx::failed)?)
}

#[cfg(feature = "write-xlsx")]
fn workbook(name: &str, columns: &[TemplateColumn], lang: Lang) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Formula};
    // Lists of words and formats go down so many rows.
    const ROWS: u32 = 2_000;
    const WIDTH: f64 = 16.0;
    let mut workbook = crate::xlsx::book(name)?;
    let title = Format::new().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin);
    let required = title.clone().set_background_color("FFF2CC");
    let text = Format::new().set_num_format("@");
    let lists = match lang {
        Lang::Zh => "可选项",
        Lang::En => "Choices",
    };
    let sheet = workbook.add_worksheet().set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let mut chosen = Vec::new();
    for (at, column) in (0_u16..).zip(columns) {
        let format = if column.required { &required } else { &title };
        sheet.set_column_width(at, WIDTH)?;
        if !column.is_figure {
            sheet.set_column_format(at, &text)?;
        }
        sheet.write_string_with_format(0, at, column.header.get(lang), format)?;
        if !column.choices.is_empty() {
            let letter = u16::try_from(chosen.len()).unwrap_or(u16::MAX);
            let column_name = rust_xlsxwriter::utility::column_number_to_name(letter);
            // A list in cells may be longer than one in the rule itself, which holds 255 characters.
            let range = format!("={lists}!${column_name}$1:${column_name}${}", column.choices.len());
            let validation = DataValidation::new().allow_list_formula(Formula::new(range));
            sheet.add_data_validation(1, at, ROWS, at, &validation)?;
            chosen.push(&column.choices);
        }
    }
    if !chosen.is_empty() {
        let sheet = workbook.add_worksheet().set_name(lists)?;
        for (at, choices) in (0_u16..).zip(chosen) {
            for (row, choice) in (0_u32..).zip(choices) {
                sheet.write_string(row, at, choice.get(lang))?;
            }
        }
        sheet.set_hidden(true);
    }
    workbook.save_to_buffer()
}
