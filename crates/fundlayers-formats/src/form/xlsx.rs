//! Forms as workbooks.
//!
//! One sheet, or one for each page where a form has pages, as the form is printed: the title over all columns, its tables one below another over the same width, so that a
//! table of few columns takes several of the sheet for each of its own. Amounts are numbers with all their digits.

use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, ColumnKind, Report, RowKind};
use fundlayers::{Form, FormField, FormPart, Lang, visible};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, IgnoreError, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::{UPRIGHT_COLUMNS, columns, widest};
use crate::runs;
use crate::xlsx::{SheetNames, book, exact_number, failed, set_page};

/// Characters of a column, at least and at most, and what stands beside them in a cell.
const NARROWEST: usize = 6;
const WIDEST: usize = 30;
const GAP: usize = 2;
/// Of a form of many columns, which is to be read at arm's length all the same.
const MANY_COLUMNS: usize = 14;
const WIDEST_OF_MANY: usize = 19;
/// A line to write on.
const BLANK: &str = "________";
/// The narrowest form.
const NARROWEST_FORM: usize = 72;
/// Pixels of a character, of one of the title, and of a line of each.
const CHARACTER: usize = 8;
const TITLE_CHARACTER: usize = 13;
const LINE: u32 = 24;
const TITLE_LINE: u32 = 36;
const HEADING_LINE: u32 = 32;
/// Of remarks.
const NOTE_CHARACTER: usize = 7;
const NOTE_LINE: u32 = 18;

/// Writes a form as a workbook that prints on A4: one sheet, or one for each page. The same form makes the same bytes.
///
/// # Errors
///
/// Whatever the writer says; a text of more than 32,767 characters.
pub fn write_xlsx(writer: &mut dyn Write, form: &Form<'_>) -> io::Result<()> {
    writer.write_all(&workbook(form).map_err(failed)?)
}

fn workbook(form: &Form<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut book = book(&form.title)?;
    let mut names = SheetNames::default();
    for sheet in sheets(form) {
        let name = names.next(sheet.title.unwrap_or(&form.title), form.lang);
        write_sheet(book.add_worksheet().set_name(name)?, form, &sheet)?;
    }
    book.save_to_buffer()
}

/// A sheet of a form: what it is about where there are several, and its parts.
struct SheetParts<'f, 'a> {
    title: Option<&'f str>,
    parts: Vec<&'f FormPart<'a>>,
}

/// The sheets of a form: one, or where it has pages one for each. Lines to write on stand on all of them.
fn sheets<'f, 'a>(form: &'f Form<'a>) -> Vec<SheetParts<'f, 'a>> {
    let has_pages = form.parts.iter().any(|part| matches!(part, FormPart::Page(_)));
    let is_common = |part: &FormPart<'_>| matches!(part, FormPart::Fields(_) | FormPart::Signature(_));
    let mut sheets = vec![SheetParts { title: None, parts: Vec::new() }];
    for part in &form.parts {
        match part {
            FormPart::Page(title) => sheets.push(SheetParts { title: Some(title), parts: Vec::new() }),
            part if has_pages && is_common(part) => {}
            part => sheets.last_mut().map_or((), |sheet| sheet.parts.push(part)),
        }
    }
    if has_pages {
        sheets.retain(|sheet| !sheet.parts.is_empty());
        let common: Vec<&FormPart<'_>> = form.parts.iter().filter(|part| is_common(part)).collect();
        for sheet in &mut sheets {
            sheet.parts.extend(&common);
        }
    }
    sheets
}

fn write_sheet(sheet: &mut Worksheet, form: &Form<'_>, of: &SheetParts<'_, '_>) -> Result<(), XlsxError> {
    let mut page = Page::new(sheet, form, &of.parts);
    page.over_all(&form.title, &page.styles.title.clone(), TITLE_CHARACTER, TITLE_LINE)?;
    for subtitle in of.title.into_iter().chain(form.subtitles.iter().map(String::as_str)) {
        page.over_all(subtitle, &page.styles.subtitle.clone(), CHARACTER, LINE)?;
    }
    let mut head = form.head.as_slice();
    for part in &of.parts {
        match part {
            FormPart::Heading(text) => page.over_all(text, &page.styles.heading.clone(), CHARACTER, HEADING_LINE)?,
            FormPart::Text(text) => page.over_all(text, &page.styles.text.clone(), CHARACTER, LINE)?,
            FormPart::Fields(fields) => page.fields(fields)?,
            FormPart::Signature(fields) => {
                for field in fields {
                    page.over_all(&field.text(form.lang, BLANK), &page.styles.right.clone(), CHARACTER, LINE)?;
                }
            }
            FormPart::Table(report) => {
                page.table(form, report, head)?;
                head = &[];
            }
            _ => {}
        }
    }
    for (number, note) in (1_usize..).zip(&form.notes) {
        let note = match (form.notes.len(), form.lang) {
            (1, Lang::Zh) => format!("注：{note}"),
            (1, Lang::En) => format!("Note: {note}"),
            (_, Lang::Zh) => format!("{}{number}．{note}", if number == 1 { "注：" } else { "" }),
            (_, Lang::En) => format!("{}({number}) {note}", if number == 1 { "Notes: " } else { "" }),
        };
        page.over_all(&note, &page.styles.note.clone(), NOTE_CHARACTER, NOTE_LINE)?;
    }
    page.finish(form)
}

/// How cells look.
struct Styles {
    title: Format,
    subtitle: Format,
    heading: Format,
    text: Format,
    note: Format,
    right: Format,
    header: Format,
    cell: Format,
    sum: Format,
}

impl Styles {
    fn new(lang: Lang) -> Self {
        let letters = |name| match lang {
            Lang::Zh => Format::new().set_font_name(name),
            Lang::En => Format::new(),
        };
        let plain = letters("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter).set_text_wrap();
        let center = plain.clone().set_align(FormatAlign::Center);
        let cell = center.clone().set_border(FormatBorder::Thin);
        let black = letters("黑体").set_align(FormatAlign::VerticalCenter).set_text_wrap();
        Self {
            title: black.clone().set_font_size(18).set_align(FormatAlign::Center),
            subtitle: center,
            heading: black.set_font_size(12),
            note: plain.clone().set_font_size(9),
            right: plain.clone().set_align(FormatAlign::Right),
            text: plain.set_indent(2),
            header: cell.clone().set_bold(),
            sum: cell.clone().set_bold(),
            cell,
        }
    }
}

/// A sheet on its way.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    lang: Lang,
    styles: Styles,
    /// Characters of each column.
    widths: Vec<usize>,
    row: u32,
    /// Of the longest table: how many rows it has, and its header.
    longest: Option<(usize, u32)>,
    tables: usize,
}

impl<'a> Page<'a> {
    fn new(sheet: &'a mut Worksheet, form: &Form<'_>, parts: &[&FormPart<'_>]) -> Self {
        let mut widths = vec![NARROWEST; widest(parts.iter().copied()).max(1)];
        let most = if widths.len() > MANY_COLUMNS { WIDEST_OF_MANY } else { WIDEST };
        for part in parts {
            let FormPart::Table(report) = part else { continue };
            let wanted = wanted(report, most);
            for ((from, to), wanted) in places(form, &wanted, widths.len()).into_iter().zip(wanted) {
                let Some(taken) = widths.get_mut(from..to) else { continue };
                let has = taken.iter().fold(0_usize, |sum, width| sum.saturating_add(*width));
                let missing = wanted.saturating_sub(has).div_ceil(taken.len().max(1));
                for width in taken {
                    *width = width.saturating_add(missing);
                }
            }
        }
        let all = widths.iter().fold(0_usize, |sum, width| sum.saturating_add(*width));
        let missing = NARROWEST_FORM.saturating_sub(all).div_ceil(widths.len());
        for width in &mut widths {
            *width = width.saturating_add(missing);
        }
        Self { sheet, lang: form.lang, styles: Styles::new(form.lang), widths, row: 0, longest: None, tables: 0 }
    }

    /// Characters of some columns together.
    fn width(&self, (from, to): (usize, usize)) -> usize {
        let widths = self.widths.get(from..to).unwrap_or_default();
        widths.iter().fold(0_usize, |sum, width| sum.saturating_add(*width))
    }

    /// Which columns each of a few takes, so that all have about the same room.
    fn even(&self, few: usize) -> Vec<(usize, usize)> {
        let all = self.width((0, self.widths.len()));
        let end = |at: usize| {
            let room = all.saturating_mul(at).checked_div(few).unwrap_or_default();
            // The column whose left end is the nearest.
            let ends = 0..=self.widths.len();
            ends.min_by_key(|end| self.width((0, *end)).abs_diff(room)).unwrap_or_default()
        };
        let places = (0..few).map(|at| (end(at), end(at.saturating_add(1))));
        places.filter(|(from, to)| from < to).collect()
    }

    /// A text in some columns of this row.
    fn put(&mut self, (from, to): (usize, usize), text: &str, format: &Format) -> Result<(), XlsxError> {
        let (first, last) = (column(from), column(to.saturating_sub(1)));
        let text = visible(text);
        let marked = if runs(&text) { Some(format.clone().set_quote_prefix()) } else { None };
        let format = marked.as_ref().unwrap_or(format);
        if first < last {
            self.sheet.merge_range(self.row, first, self.row, last, &text, format)?;
        } else if text.is_empty() {
            self.sheet.write_blank(self.row, first, format)?;
        } else {
            self.sheet.write_string_with_format(self.row, first, text, format)?;
        }
        Ok(())
    }

    /// How many lines a text takes in some columns.
    fn lines(&self, text: &str, place: (usize, usize), character: usize) -> u32 {
        let room = self.width(place).saturating_mul(CHARACTER).saturating_mul(19) / 20;
        let lines = text.width().saturating_mul(character).div_ceil(room.max(1)).max(1);
        u32::try_from(lines).unwrap_or(u32::MAX)
    }

    /// Goes to the next row; this one has so many lines.
    fn end_row(&mut self, lines: u32, line: u32) -> Result<(), XlsxError> {
        // A sheet knows no taller row.
        const TALLEST: u32 = 545;
        self.sheet.set_row_height_pixels(self.row, lines.saturating_mul(line).min(TALLEST))?;
        self.row = self.row.saturating_add(1);
        Ok(())
    }

    fn over_all(&mut self, text: &str, format: &Format, character: usize, line: u32) -> Result<(), XlsxError> {
        let all = (0, self.widths.len());
        let lines = self.lines(text, all, character);
        self.put(all, text, format)?;
        self.end_row(lines, line)
    }

    /// Labels with what is written beside them, on one row where they fit into columns of it.
    fn fields(&mut self, fields: &[FormField]) -> Result<(), XlsxError> {
        let places = self.even(fields.len());
        let texts: Vec<String> = fields.iter().map(|field| field.text(self.lang, BLANK)).collect();
        let format = self.styles.note.clone().set_font_size(11);
        let fits = |(place, text): (&(usize, usize), &String)| self.lines(text, *place, CHARACTER) == 1;
        if places.len() < texts.len() || !places.iter().zip(&texts).all(fits) {
            return self.over_all(&texts.join("　　"), &format, CHARACTER, HEADING_LINE);
        }
        for (place, text) in places.into_iter().zip(&texts) {
            self.put(place, text, &format)?;
        }
        self.end_row(1, HEADING_LINE)
    }

    fn table(&mut self, form: &Form<'_>, report: &Report<'_>, head: &[FormField]) -> Result<(), XlsxError> {
        if !report.title.is_empty() {
            self.over_all(&report.title, &self.styles.heading.clone(), CHARACTER, HEADING_LINE)?;
        }
        let all = self.widths.len();
        if report.has_amounts() || !head.is_empty() {
            let middle = all.div_ceil(2);
            let words: Vec<String> = head.iter().map(|field| field.text(self.lang, BLANK)).collect();
            let unit = if report.has_amounts() { report.unit_note() } else { String::new() };
            if middle < all {
                let left = self.styles.note.clone().set_font_size(11);
                self.put((0, middle), &words.join("　"), &left)?;
                self.put((middle, all), &unit, &self.styles.right.clone())?;
            } else {
                self.put((0, all), &[words.join("　"), unit].join("　"), &self.styles.right.clone())?;
            }
            self.end_row(1, LINE)?;
        }
        let places = places(form, &wanted(report, WIDEST), all);
        let header = self.styles.header.clone();
        let mut tallest = 1_u32;
        for (place, (text, _)) in places.iter().zip(&report.columns) {
            tallest = tallest.max(self.lines(text, *place, CHARACTER));
            self.put(*place, text, &header)?;
        }
        let header_row = self.row;
        if self.longest.is_none_or(|(rows, _)| rows < report.rows.len()) {
            self.longest = Some((report.rows.len(), header_row));
        }
        self.tables = self.tables.saturating_add(1);
        self.end_row(tallest, LINE)?;
        let looks = Looks::new(&self.styles, report, form.kind.is_none());
        let mut text = String::new();
        let mut written = Ok(());
        _ = report.rows.each(&mut |kind, cells| {
            written = self.table_row(report, &places, &looks, (kind, cells), &mut text);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written?;
        if self.row > header_row.saturating_add(1) {
            let last = (self.row.saturating_sub(1), column(all.saturating_sub(1)));
            self.sheet.ignore_error_range(header_row, 0, last.0, last.1, IgnoreError::NumberStoredAsText)?;
        }
        for note in &report.notes {
            self.over_all(note, &self.styles.note.clone(), NOTE_CHARACTER, NOTE_LINE)?;
        }
        Ok(())
    }

    fn table_row(
        &mut self,
        report: &Report<'_>,
        places: &[(usize, usize)],
        looks: &Looks,
        (kind, cells): (RowKind, &[Cell<'_>]),
        text: &mut String,
    ) -> Result<(), XlsxError> {
        let looks = if matches!(kind, RowKind::Subtotal | RowKind::Total) { &looks.sums } else { &looks.rows };
        let mut tallest = 1_u32;
        for ((place, look), cell) in places.iter().zip(looks).zip(cells) {
            text.clear();
            match cell {
                // With all its digits, whatever is shown.
                Cell::Amount(amount) => text.push_str(&amount.in_unit(report.unit).to_string()),
                cell => report.write_text(cell, text),
            }
            let number = if matches!(cell, Cell::Text(_) | Cell::Blank) { None } else { exact_number(text) };
            let Some(number) = number else {
                self.put(*place, text, look)?;
                tallest = tallest.max(self.lines(text, *place, CHARACTER));
                continue;
            };
            if place.1 > place.0.saturating_add(1) {
                self.put(*place, "", look)?;
            }
            self.sheet.write_number_with_format(self.row, column(place.0), number, look)?;
        }
        self.end_row(tallest, LINE)
    }

    /// Sets the widths, and how it is printed.
    fn finish(self, form: &Form<'_>) -> Result<(), XlsxError> {
        for (at, width) in self.widths.iter().enumerate() {
            let pixels = u32::try_from(width.saturating_mul(CHARACTER)).unwrap_or(u32::MAX);
            self.sheet.set_column_width_pixels(column(at), pixels)?;
        }
        set_page(self.sheet, form.lang);
        if columns(form) <= UPRIGHT_COLUMNS {
            self.sheet.set_portrait();
        }
        if let Some((_, header)) = self.longest {
            self.sheet.set_repeat_rows(header, header)?;
            if self.tables == 1 {
                self.sheet.set_freeze_panes(header.saturating_add(1), 0)?;
            }
        }
        Ok(())
    }
}

/// How the cells of each column of a table look.
struct Looks {
    rows: Vec<Format>,
    sums: Vec<Format>,
}

impl Looks {
    /// `sentences`: whether texts are read as such, from the left.
    fn new(styles: &Styles, report: &Report<'_>, sentences: bool) -> Self {
        let places = report.places();
        let looks = |format: &Format| {
            let left = format.clone().set_align(if sentences { FormatAlign::Left } else { FormatAlign::Center });
            let right = format.clone().set_align(FormatAlign::Right);
            let kinds = report.columns.iter().zip(&places);
            let look = |((_, kind), decimals): (&(String, ColumnKind), &u32)| {
                let zeros = "0".repeat(usize::try_from(*decimals).unwrap_or_default());
                let point = if zeros.is_empty() { "" } else { "." };
                match kind {
                    ColumnKind::Amount => right.clone().set_num_format(format!("#,##0{point}{zeros}_ ")),
                    ColumnKind::Percent => right.clone().set_num_format("0.00_ "),
                    ColumnKind::Integer => format.clone().set_num_format("0"),
                    ColumnKind::Text | ColumnKind::Number { .. } | ColumnKind::Flag => left.clone().set_num_format("@"),
                }
            };
            kinds.map(look).collect()
        };
        Self { rows: looks(&styles.cell), sums: looks(&styles.sum) }
    }
}

/// Characters that each column of a table wants.
fn wanted(report: &Report<'_>, widest: usize) -> Vec<usize> {
    let places = report.places();
    let mut widths: Vec<usize> = report.columns.iter().map(|(header, _)| visible(header).width()).collect();
    let mut text = String::new();
    _ = report.rows.each(&mut |_, cells| {
        for ((width, places), cell) in widths.iter_mut().zip(&places).zip(cells) {
            text.clear();
            report.write_aligned(cell, *places, &mut text);
            *width = text.width().max(*width);
        }
        ControlFlow::Continue(())
    });
    widths.into_iter().map(|width| width.saturating_add(GAP).clamp(NARROWEST, widest)).collect()
}

/// Which columns of the sheet each of a table takes: of what is no form of offices, as many as its texts want.
fn places(form: &Form<'_>, wanted: &[usize], all: usize) -> Vec<(usize, usize)> {
    if form.kind.is_some() || wanted.len() >= all {
        return spans(wanted.len(), all);
    }
    let whole = wanted.iter().fold(0_usize, |sum, width| sum.saturating_add(*width)).max(1);
    let (mut places, mut before, mut from) = (Vec::new(), 0_usize, 0_usize);
    for (width, after) in wanted.iter().zip((0..wanted.len()).rev()) {
        before = before.saturating_add(*width);
        // Each has one at least, and leaves one for each that follows.
        let end = before.saturating_mul(all).checked_div(whole).unwrap_or_default();
        let to = end.clamp(from.saturating_add(1), all.saturating_sub(after).max(from.saturating_add(1)));
        places.push((from, to));
        from = to;
    }
    places
}

/// Which columns of the sheet each of a few takes, so that they take all of them.
fn spans(few: usize, all: usize) -> Vec<(usize, usize)> {
    let end = |at: usize| at.saturating_mul(all).checked_div(few).unwrap_or_default();
    let spans = (0..few).map(|at| (end(at), end(at.saturating_add(1))));
    spans.filter(|(from, to)| from < to).collect()
}

/// A column of a sheet, of which there are few.
fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[cfg(test)]
#[cfg(feature = "xlsx")]
mod tests {
    use fundlayers::roster::Cell as Read;
    use fundlayers::table::ReportRow;
    use fundlayers::{Amount, FormKind, Unit};

    use super::*;
    use crate::workbook::{BookFormat, Workbook as Book};

    fn form() -> Form<'static> {
        let row = |kind, name: &'static str, fen| ReportRow {
            kind,
            cells: vec![Cell::Text(name.into()), Cell::Amount(Amount::from_fen(fen)), Cell::Text("0123".into())],
        };
        let report = |columns: usize, rows: Vec<ReportRow<'static>>| {
            let columns: Vec<(String, ColumnKind)> = [
                ("名称", ColumnKind::Text),
                ("金额", ColumnKind::Amount),
                ("代码", ColumnKind::Text),
                ("甲", ColumnKind::Text),
                ("乙", ColumnKind::Text),
            ]
            .into_iter()
            .take(columns)
            .map(|(title, kind)| (title.to_owned(), kind))
            .collect();
            let (lang, unit, decimals) = (Lang::Zh, Unit::Wan, Some(2));
            Report { lang, decimals, title: String::new(), unit, columns, rows: rows.into(), notes: Vec::new() }
        };
        let wide = vec![row(RowKind::Row, "=1+1", 12_345_600), row(RowKind::Total, "合计", 12_345_600)];
        Form {
            lang: Lang::Zh,
            kind: Some(FormKind::Notice),
            title: "2024年公示表".to_owned(),
            subtitles: vec!["某县方案".to_owned()],
            head: vec![FormField { label: "编制单位".to_owned(), value: None }],
            unit: Unit::Wan,
            parts: vec![
                FormPart::Heading("一、来源".to_owned()),
                FormPart::Table(report(2, vec![row(RowKind::Row, "市级", 5)])),
                FormPart::Text("原则。".to_owned()),
                FormPart::Table(report(5, wide)),
                FormPart::Signature(vec![FormField { label: "单位".to_owned(), value: Some("某局".to_owned()) }]),
            ],
            notes: vec!["政策：例".to_owned()],
        }
    }

    #[test]
    fn a_form_is_one_sheet_from_title_to_remarks_with_all_digits() {
        let mut file = Vec::new();
        write_xlsx(&mut file, &form()).unwrap();
        let mut again = Vec::new();
        write_xlsx(&mut again, &form()).unwrap();
        assert_eq!(file, again, "the same bytes");
        let mut rows: Vec<String> = Vec::new();
        let mut book = Book::open(&file, BookFormat::Xlsx).unwrap();
        assert_eq!(book.sheets().len(), 1);
        book.rows(0, &mut |row| {
            let shown = row.cells.iter().zip(row.covered).map(|(cell, covered)| match cell {
                _ if *covered => "·".to_owned(),
                Read::Blank => String::new(),
                Read::Text(text) => (*text).to_owned(),
                Read::Number(digits) => format!("#{digits}"),
                Read::Flag(flag) => flag.to_string(),
            });
            rows.push(shown.collect::<Vec<_>>().join("|"));
            Ok(true)
        })
        .unwrap();
        let expected = [
            "2024年公示表|·|·|·|·",
            "某县方案|·|·|·|·",
            "一、来源|·|·|·|·",
            "编制单位：________|·|·|单位：万元（四舍五入，保留 2 位小数）|·",
            "名称|·|金额|·|·",
            "市级|·|#0.000005|·|·",
            "原则。|·|·|·|·",
            "单位：万元（四舍五入，保留 2 位小数）",
            "名称|金额|代码|甲|乙",
            "=1+1|#12.3456|0123",
            "合计|#12.3456|0123",
            "单位：某局|·|·|·|·",
            "注：政策：例|·|·|·|·",
        ];
        for (number, (found, expected)) in rows.iter().zip(expected).enumerate() {
            assert!(found.contains(expected), "row {number}: {found} is not {expected}");
        }
        assert_eq!(rows.len(), expected.len());
    }

    #[test]
    fn few_columns_take_all_of_the_sheet() {
        assert_eq!(spans(3, 7), [(0, 2), (2, 4), (4, 7)]);
        assert_eq!(spans(7, 7).last(), Some(&(6, 7)));
        assert_eq!(spans(1, 4), [(0, 4)]);
        assert!(spans(0, 4).is_empty());
    }
}
