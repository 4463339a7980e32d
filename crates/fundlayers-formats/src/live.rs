//! Workbooks that compute, as `.xlsx`.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use fundlayers::workbook::{Allowed, Cell, Content, Look, Sheet, Stored, Width, Workbook};
use fundlayers::{Decimal, Lang, Unit, visible};
use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Worksheet, XlsxError,
};

/// Writes a workbook that computes. The same allocation makes the same bytes.
///
/// Every formula comes with what it comes to, so that the amounts stand there too where nothing computes.
///
/// # Errors
///
/// Whatever the writer says; that there are more rows than a sheet has.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// # let (roster, _) = fundlayers_formats::read_roster("名称\n甲\n".as_bytes(), fundlayers_formats::Format::Csv, &policy).unwrap();
/// # let (allocation, _) = fundlayers::Allocation::new(&policy, &roster).unwrap();
/// use fundlayers::{Lang, workbook::WorkbookOptions};
/// let mut file = Vec::new();
/// fundlayers_formats::live::write(&mut file, &allocation.workbook(WorkbookOptions::new(Lang::Zh)))?;
/// assert!(file.starts_with(b"PK"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write(writer: &mut dyn Write, workbook: &Workbook<'_>) -> io::Result<()> {
    if !workbook.fits() {
        let message = match workbook.lang() {
            Lang::Zh => "对象与年度之积超出一张工作表的行数（1,048,576）",
            Lang::En => "places × years are more than the rows of a sheet (1,048,576)",
        };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    writer.write_all(&bytes(workbook).map_err(io::Error::other)?)
}

fn bytes(workbook: &Workbook<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut file = rust_xlsxwriter::Workbook::new();
    // Without a clock, so that the same allocation makes the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    file.set_properties(&DocProperties::new().set_title(workbook.title()).set_creation_datetime(&made));
    let looks = Looks::new(workbook.unit());
    for sheet in workbook.sheets() {
        write_sheet(file.add_worksheet(), &sheet, &looks, workbook.lang())?;
    }
    for name in workbook.names() {
        file.define_name(name.name, &["=", &name.cells].concat())?;
    }
    file.save_to_buffer()
}

fn write_sheet(out: &mut Worksheet, sheet: &Sheet<'_>, looks: &Looks, lang: Lang) -> Result<(), XlsxError> {
    out.set_name(sheet.name)?;
    // A text that is blank is no 0.
    out.set_formula_result_default("");
    columns(out, &sheet.widths)?;
    for (row, first, last) in &sheet.merged {
        if first < last {
            out.merge_range(*row, *first, *row, *last, "", looks.get(Look::Remark))?;
        }
    }
    let mut first_error = Ok(());
    let mut verdicts = Vec::new();
    let mut heights = BTreeMap::new();
    sheet.cells(&mut |cell| {
        if first_error.is_ok() {
            let height = height(&cell, &sheet.widths);
            if height > 0.0 && first_error.is_ok() {
                let known = heights.entry(cell.row).or_insert(0.0_f64);
                *known = known.max(height);
            }
            if matches!(cell.look, Look::Verdict | Look::Banner) {
                verdicts.push((cell.row, cell.column));
            }
            first_error = write_cell(out, &cell, looks);
        }
    });
    first_error?;
    for (row, height) in heights {
        out.set_row_height(row, height)?;
    }
    for (row, column) in verdicts {
        let last = sheet.merged.iter().find(|(merged, first, _)| (*merged, *first) == (row, column));
        let last = last.map_or(column, |(_, _, last)| *last);
        let first = rust_xlsxwriter::utility::row_col_to_cell_absolute(row, column);
        for (mark, background, color) in
            [("✔", 0x00E2_EFDA, 0x0037_5623), ("△", 0x00FF_F2CC, 0x007F_6000), ("✘", 0x00FF_0000, 0x00FF_FFFF)]
        {
            let format = Format::new().set_background_color(Color::RGB(background)).set_font_color(Color::RGB(color));
            let rule = ConditionalFormatFormula::new()
                .set_rule(Formula::new(format!("=LEFT({first},1)=\"{mark}\"")))
                .set_format(format);
            out.add_conditional_format(row, column, row, last, &rule)?;
        }
    }
    for restricted in &sheet.restricted {
        if let Some(rule) = validation(&restricted.allowed, lang)? {
            let ((first_row, last_row), (first, last)) = (restricted.rows, restricted.columns);
            out.add_data_validation(first_row, first, last_row, last, &rule)?;
        }
    }
    if sheet.frozen != (0, 0) {
        out.set_freeze_panes(sheet.frozen.0, sheet.frozen.1)?;
    }
    if let Some(row) = sheet.repeated {
        out.set_repeat_rows(row, row)?;
    }
    out.set_print_area(0, 0, sheet.last_row, sheet.printed)?;
    // A4.
    out.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0).set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    out.set_footer(match lang {
        Lang::Zh => "&C第 &P 页，共 &N 页",
        Lang::En => "&C&P / &N",
    });
    out.set_hidden(sheet.is_hidden);
    Ok(())
}

fn columns(out: &mut Worksheet, widths: &[Width]) -> Result<(), XlsxError> {
    let mut folded: Option<(u16, u16)> = None;
    for (at, width) in (0_u16..).zip(widths) {
        out.set_column_width(at, f64::from(width.characters))?;
        if width.is_text {
            out.set_column_format(at, &Format::new().set_num_format("@"))?;
        }
        if width.is_folded {
            folded = Some((folded.map_or(at, |(first, _)| first), at));
        }
    }
    if let Some((first, last)) = folded {
        out.group_columns_collapsed(first, last)?;
    }
    Ok(())
}

/// The height that a cell's row needs at least; 0 if it is as others. No program that opens a file is sure to find that out of
/// a broken text by itself.
fn height(cell: &Cell, widths: &[Width]) -> f64 {
    match (cell.look, &cell.content) {
        (Look::Title, _) => 27.0,
        (Look::Banner | Look::Section, _) => 21.0,
        (Look::Remark, _) => 18.0,
        (Look::Header, _) => 20.0,
        (Look::LongText, Content::Text(text)) => {
            let width = widths.get(usize::from(cell.column)).map_or(1, |width| usize::from(width.characters)).max(1);
            // A Chinese character is as wide as two others.
            let taken =
                text.chars().map(|letter| if letter.is_ascii() { 1_usize } else { 2 }).fold(0, usize::saturating_add);
            let lines = u8::try_from(taken.div_ceil(width)).unwrap_or(u8::MAX);
            // A row is at most 409 points high.
            if lines > 1 { f64::from(u16::from(lines).saturating_mul(14).saturating_add(2).min(409)) } else { 0.0 }
        }
        _ => 0.0,
    }
}

/// The nearest number that a cell holds.
fn number(number: &Decimal) -> f64 {
    number.to_string().parse().unwrap_or_default()
}

fn write_cell(out: &mut Worksheet, cell: &Cell, looks: &Looks) -> Result<(), XlsxError> {
    let (row, column, format) = (cell.row, cell.column, looks.get(cell.look));
    match &cell.content {
        Content::Text(text) => {
            // What is read back, or compared with, stays as it is.
            if matches!(cell.look, Look::RosterText | Look::FixedHelper) {
                out.write_string_with_format(row, column, text, format)?;
            } else {
                out.write_string_with_format(row, column, visible(text), format)?;
            }
        }
        Content::Number(value) => {
            out.write_number_with_format(row, column, number(value), format)?;
        }
        Content::Formula(formula, stored) => {
            let result = match stored {
                Stored::Number(number) => number.to_string(),
                Stored::Text(text) => text.clone(),
                _ => "#N/A".to_owned(),
            };
            out.write_formula_with_format(
                row,
                column,
                Formula::new(["=", formula].concat()).set_result(result),
                format,
            )?;
        }
        _ => {
            out.write_blank(row, column, format)?;
        }
    }
    if let Some(note) = &cell.note {
        out.insert_note(row, column, &Note::new(visible(note)).set_width(360).set_height(120))?;
    }
    Ok(())
}

/// The rule of a cell; none where the words do not fit into one.
fn validation(allowed: &Allowed, lang: Lang) -> Result<Option<DataValidation>, XlsxError> {
    // A list in the rule itself holds 255 characters, and a comma parts its words.
    const LIST: usize = 255;
    let rule = DataValidation::new();
    let (rule, message) = match allowed {
        Allowed::Words(words) => {
            let length = words.iter().map(|word| word.chars().count().saturating_add(1)).sum::<usize>();
            if length > LIST || words.iter().any(|word| word.contains([',', '"'])) {
                return Ok(None);
            }
            (rule.allow_list_strings(words)?, lang.pick("请从列表中选择。", "Choose from the list."))
        }
        Allowed::Count => (
            rule.allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(1)),
            lang.pick("请填写不小于1的整数。", "A whole number from 1."),
        ),
        Allowed::NotNegative => (
            rule.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
            lang.pick("请填写不小于0的数。", "A number not below 0."),
        ),
        _ => {
            (rule.allow_decimal_number(DataValidationRule::Between(-1e15, 1e15)), lang.pick("请填写数。", "A number."))
        }
    };
    let rule = rule.set_error_message(message)?.set_error_style(DataValidationErrorStyle::Stop);
    Ok(Some(rule))
}

/// The format of each look.
struct Looks(HashMap<Look, Format>, Format);

impl Looks {
    fn new(unit: Unit) -> Self {
        let amount = format!("#,##0.00{}", "#".repeat(usize::try_from(unit.places()).unwrap_or(2).saturating_sub(2)));
        let bordered = || Format::new().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x00BF_BFBF));
        let bordered = || bordered().set_align(FormatAlign::VerticalCenter);
        let shaded = |color: u32| bordered().set_background_color(Color::RGB(color));
        let bold = Format::set_bold;
        let right = |format: Format| format.set_align(FormatAlign::Right);
        let grey = 0x00D9_D9D9;
        let pale = 0x0080_8080;
        let all = [
            (Look::Title, bold(Format::new()).set_font_size(15).set_align(FormatAlign::VerticalCenter)),
            (Look::Section, bold(Format::new()).set_font_size(12).set_font_color(Color::RGB(0x001F_4E79))),
            (Look::Banner, bold(Format::new()).set_align(FormatAlign::VerticalCenter)),
            (Look::Verdict, bordered().set_align(FormatAlign::Center)),
            (
                Look::Remark,
                Format::new().set_font_color(Color::RGB(0x0059_5959)).set_text_wrap().set_align(FormatAlign::Top),
            ),
            (Look::Unit, right(Format::new())),
            (Look::Header, bold(shaded(0x00DD_EBF7)).set_align(FormatAlign::Center).set_text_wrap()),
            (Look::Text, bordered().set_shrink()),
            (Look::LongText, Format::new().set_text_wrap().set_align(FormatAlign::Top)),
            (Look::Input, shaded(0x00FF_FF99).set_num_format("#,##0.##########")),
            (
                Look::FollowingInput,
                shaded(0x00FF_FFE0).set_num_format("#,##0.##########").set_font_color(Color::RGB(pale)),
            ),
            (Look::Fixed, shaded(grey).set_num_format("#,##0.##########")),
            (Look::RosterText, bordered().set_num_format("@").set_shrink()),
            (Look::RosterNumber, bordered().set_num_format("General")),
            (Look::Integer, bordered().set_num_format("0").set_align(FormatAlign::Center)),
            (Look::Amount, bordered().set_num_format(&amount)),
            (Look::FixedAmount, shaded(grey).set_num_format(&amount)),
            (Look::TotalAmount, bold(bordered()).set_num_format(&amount)),
            (Look::FixedTotalAmount, bold(shaded(grey)).set_num_format(&amount)),
            (Look::TotalText, bold(bordered()).set_align(FormatAlign::Center)),
            (Look::Helper, Format::new().set_num_format("0").set_font_color(Color::RGB(pale))),
            (
                Look::FixedHelper,
                Format::new()
                    .set_num_format("General")
                    .set_font_color(Color::RGB(pale))
                    .set_background_color(Color::RGB(0x00F2_F2F2)),
            ),
        ];
        Self(all.into_iter().collect(), Format::new())
    }

    fn get(&self, look: Look) -> &Format {
        self.0.get(&look).unwrap_or(&self.1)
    }
}
