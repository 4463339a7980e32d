//! Results for people as workbooks (`.xlsx`), laid out as offices print them.
//!
//! The title stands over all columns, the unit at the upper right, a header with borders above the rows; subtotals and the
//! total are set off, remarks and warnings stand below. A sheet prints on A4, landscape, as wide as the page, with its header
//! and the number of the page on each. The same results make the same bytes.
//!
//! What stands in a cell is what the table has, and nothing is lost: an amount of less than 10^15 fen is a number, which a
//! spreadsheet keeps at 15 digits, and so is any other number of at most 15 digits; whatever has more stands there as text.
//! All amounts of a column show the same decimals, as many as the longest needs; where fewer are asked for, the cell still has
//! all of them. Texts are texts, whatever they look like: a
//! code keeps its zeros, and what a spreadsheet would run as a formula is marked as a text. A table that is longer than a
//! sheet goes on in the next one, under the same header.
//!
//! A long table goes through a temporary file of the operating system and never stands in memory.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, ColumnKind, Report, RowKind};
use fundlayers::{Lang, Problems, visible};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use crate::catalogue as words;
use crate::{is_left, runs};

/// How large something may be.
struct Bounds {
    /// Rows of a table on one sheet.
    rows: u32,
    /// A table of more cells is written through a file.
    cells: usize,
    /// So many texts that differ are kept once each; more are written where they stand.
    texts: usize,
}

/// A sheet has 1,048,576 rows, with title, header and remarks.
const BOUNDS: Bounds = Bounds { rows: 1_048_000, cells: 200_000, texts: 100_000 };
/// A cell of more characters does not widen its column, it is broken into lines.
const WIDEST: usize = 44;
/// The narrowest column and the narrowest table, in characters.
const NARROWEST: usize = 6;
const NARROWEST_TABLE: usize = 56;
/// Pixels of a character of the table, of the title, and of the gap in a cell.
const CHARACTER: u32 = 8;
const TITLE_CHARACTER: u32 = 12;
const GAP: u32 = 12;
/// Pixels of a line of the table and of the title.
const LINE: u32 = 20;
const TITLE_LINE: u32 = 30;

/// Writes a workbook with a sheet for each report; warnings stand below the first.
///
/// # Errors
///
/// Whatever the writer says, or the system about a temporary file; a text of more than 32,767 characters.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # #[derive(serde::Serialize)] struct Place { name: &'static str }
/// # let roster = fundlayers::Roster::from_rows(&policy, &[Place { name: "黄堡镇" }])?.0;
/// use fundlayers::{Allocation, Lang, Problems, TableOptions};
/// let allocation = Allocation::new(&policy, &roster)?.0;
/// let options = TableOptions { unit: policy.unit(), zeros: false, wide: true };
/// let mut file = Vec::new();
/// fundlayers_formats::xlsx::write(&mut file, &[allocation.report(options, Lang::Zh)?], &Problems::new())?;
/// assert!(file.starts_with(b"PK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(writer: &mut (dyn Write + Send), reports: &[Report<'_>], warnings: &Problems) -> io::Result<()> {
    write_within(writer, reports, warnings, &BOUNDS)
}

fn write_within(
    writer: &mut (dyn Write + Send),
    reports: &[Report<'_>],
    warnings: &Problems,
    bounds: &Bounds,
) -> io::Result<()> {
    fill(reports, warnings, bounds).and_then(|mut book| book.save_to_writer(writer)).map_err(failed)
}

/// What the writer of workbooks says as what any writer says.
#[must_use]
pub fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error),
    }
}

/// A workbook without sheets, whose bytes do not depend on the day on which it is made.
///
/// # Errors
///
/// None: the day that it names exists.
pub fn book(title: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(visible(title)).set_creation_datetime(&made));
    Ok(book)
}

fn fill(reports: &[Report<'_>], warnings: &Problems, bounds: &Bounds) -> Result<Workbook, XlsxError> {
    let mut book = book(reports.first().map_or("", |report| &report.title))?;
    let mut names = SheetNames::default();
    for (number, report) in reports.iter().enumerate() {
        let mut below = report.notes.clone();
        if number == 0 && !warnings.is_empty() {
            below.push(words::WARNINGS.get(report.lang).to_owned());
            below.extend(warnings.shown().iter().map(|warning| warning.to_text(report.lang)));
        }
        pages(&mut book, report, &below, &mut names, bounds)?;
    }
    Ok(book)
}

/// Adds a report to a workbook, on as many sheets as it takes.
fn pages(
    book: &mut Workbook,
    report: &Report<'_>,
    below: &[String],
    names: &mut SheetNames,
    bounds: &Bounds,
) -> Result<(), XlsxError> {
    let styles = Styles::new(report.lang);
    let laid = Laid::of(report, bounds);
    let mut done = Vec::new();
    let mut begin = |book: &mut Workbook| -> Result<(Worksheet, Placed), XlsxError> {
        let mut sheet = match laid.room {
            Room::Memory => Worksheet::new(),
            Room::File => book.new_worksheet_with_low_memory()?,
            Room::FileWithTexts => book.new_worksheet_with_constant_memory()?,
        };
        sheet.set_name(names.next(&report.title, report.lang))?;
        let placed = head(&mut sheet, report, &laid, &styles, 0)?;
        sheet.set_freeze_panes(placed.first_row, 0)?;
        Ok((sheet, placed))
    };
    let (mut sheet, mut placed) = begin(book)?;
    let mut text = String::new();
    let mut written = Ok(());
    let mut line = |kind: RowKind, cells: &[Cell<'_>]| -> Result<(), XlsxError> {
        if placed.end_row.saturating_sub(placed.first_row) >= bounds.rows {
            let next = begin(book)?;
            let (mut full, placed) = (std::mem::replace(&mut sheet, next.0), std::mem::replace(&mut placed, next.1));
            page(&mut full, &laid, &styles, &placed)?;
            done.push(full);
        }
        row(&mut sheet, report, &laid, &styles, placed.end_row, (kind, cells), &mut text)?;
        placed.end_row = placed.end_row.saturating_add(1);
        placed.next_row = placed.end_row;
        Ok(())
    };
    _ = report.rows.each(&mut |kind, cells| {
        written = line(kind, cells);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    placed.next_row = lines(&mut sheet, below, &laid, &styles, placed.end_row)?;
    page(&mut sheet, &laid, &styles, &placed)?;
    done.push(sheet);
    for sheet in done {
        book.push_worksheet(sheet);
    }
    Ok(())
}

/// Names of sheets, each once, and such as Excel takes.
#[derive(Debug, Default)]
pub struct SheetNames(HashSet<String>);

impl SheetNames {
    /// The name of the next sheet, by what its title says that it is.
    pub fn next(&mut self, title: &str, lang: Lang) -> String {
        const LONGEST: usize = 31;
        let words = title.rsplit(" · ").next().unwrap_or(title);
        let words: String = visible(words)
            .chars()
            .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '：' | '？' | '／') { ' ' } else { c })
            .collect();
        let words = words.trim_matches(['\'', ' ']);
        let words = if words.is_empty() { lang.pick("表", "Table") } else { words };
        let mut number = 1_usize;
        loop {
            let end = if number == 1 { String::new() } else { format!(" {number}") };
            let mut room = LONGEST.saturating_sub(end.len());
            let mut name = String::new();
            for c in words.chars() {
                let Some(left) = room.checked_sub(c.len_utf16()) else { break };
                room = left;
                name.push(c);
            }
            let name = name.trim_end_matches(['\'', ' ']).to_owned() + &end;
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
            number = number.saturating_add(1);
        }
    }
}

/// A worksheet on which tables stand, one below another. Rows are written from top to bottom, as sheets of low memory want.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # #[derive(serde::Serialize)] struct Place { name: &'static str }
/// # let roster = fundlayers::Roster::from_rows(&policy, &[Place { name: "黄堡镇" }])?.0;
/// use fundlayers::{Allocation, Lang, Grouping};
/// use fundlayers_formats::xlsx::{Sheet, Styles, book};
/// let allocation = Allocation::new(&policy, &roster)?.0;
/// let mut book = book("公示表")?;
/// let styles = Styles::new(Lang::Zh);
/// let mut sheet = Sheet::new(book.add_worksheet(), &styles);
/// let (by_layer, by_place) = (allocation.totals(&[Grouping::Layer], true)?, allocation.totals(&[Grouping::Id], true)?);
/// let first = sheet.table(&by_layer.report(policy.unit(), Lang::Zh)?, 0)?;
/// sheet.table(&by_place.report(policy.unit(), Lang::Zh)?, first.next_row + 1)?;
/// sheet.finish()?;
/// assert!(book.save_to_buffer()?.starts_with(b"PK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sheet<'a> {
    worksheet: &'a mut Worksheet,
    styles: &'a Styles,
    /// Pixels of each column so far.
    widths: Vec<u32>,
    tables: usize,
    last: Option<Placed>,
}

/// Where a table stands on its sheet; rows count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The row of the title.
    pub title_row: u32,
    /// The row of the header.
    pub header_row: u32,
    /// The first row of the table.
    pub first_row: u32,
    /// The row behind its last one.
    pub end_row: u32,
    /// The row behind its remarks.
    pub next_row: u32,
    /// How many columns it has.
    pub columns: u16,
}

impl<'a> Sheet<'a> {
    /// Begins to write on a worksheet.
    pub fn new(worksheet: &'a mut Worksheet, styles: &'a Styles) -> Self {
        Self { worksheet, styles, widths: Vec::new(), tables: 0, last: None }
    }

    /// The worksheet, for what is no table. Whatever is written must not stand above what has been.
    pub fn worksheet(&mut self) -> &mut Worksheet {
        self.worksheet
    }

    /// Writes a report: its title in this row, below it the unit, the header, the rows and the remarks.
    ///
    /// # Errors
    ///
    /// [`XlsxError::RowColumnLimitError`] where it does not fit below this row: nothing is ever cut.
    pub fn table(&mut self, report: &Report<'_>, at_row: u32) -> Result<Placed, XlsxError> {
        let mut laid = Laid::of(report, &BOUNDS);
        for (at, width) in laid.widths.iter_mut().enumerate() {
            match self.widths.get_mut(at) {
                Some(known) => {
                    *known = (*known).max(*width);
                    *width = *known;
                }
                None => self.widths.push(*width),
            }
        }
        let mut placed = head(self.worksheet, report, &laid, self.styles, at_row)?;
        let mut text = String::new();
        let mut written = Ok(());
        _ = report.rows.each(&mut |kind, cells| {
            written = row(self.worksheet, report, &laid, self.styles, placed.end_row, (kind, cells), &mut text);
            placed.end_row = placed.end_row.saturating_add(1);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written?;
        quiet(self.worksheet, &placed)?;
        placed.next_row = lines(self.worksheet, &report.notes, &laid, self.styles, placed.end_row)?;
        self.tables = self.tables.saturating_add(1);
        self.last = Some(placed);
        Ok(placed)
    }

    /// Writes texts one below another from this row on, each over so many columns; returns the row behind them.
    ///
    /// # Errors
    ///
    /// Where they do not fit below this row.
    pub fn lines(&mut self, texts: &[String], at_row: u32, columns: u16) -> Result<u32, XlsxError> {
        let narrow = CHARACTER.saturating_mul(12);
        self.widths.resize(self.widths.len().max(columns.into()), narrow);
        let widths = self.widths.iter().copied().take(columns.into()).collect();
        let laid = Laid { widths, decimals: Vec::new(), room: Room::Memory };
        lines(self.worksheet, texts, &laid, self.styles, at_row)
    }

    /// Sets the widths of the columns and how the sheet is printed. Of a single table the header stays in view and is
    /// repeated on each page.
    ///
    /// # Errors
    ///
    /// None: whatever it names has been written.
    pub fn finish(self) -> Result<(), XlsxError> {
        set_widths(self.worksheet, &self.widths)?;
        set_page(self.worksheet, self.styles.lang);
        if let (Some(placed), 1) = (&self.last, self.tables) {
            self.worksheet.set_repeat_rows(placed.header_row.saturating_sub(1), placed.header_row)?;
            self.worksheet.set_freeze_panes(placed.first_row, 0)?;
        }
        Ok(())
    }
}

/// How cells look, in the letters of a language.
#[derive(Debug)]
pub struct Styles {
    lang: Lang,
    /// Of a title over all columns.
    pub title: Format,
    /// Of the unit at the upper right.
    pub unit: Format,
    /// Of the header.
    pub header: Format,
    /// Of remarks.
    pub note: Format,
    row: RowStyles,
    subtotal: RowStyles,
    total: RowStyles,
}

impl Styles {
    /// The styles of tables in a language.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let letters = |name| match lang {
            Lang::Zh => Format::new().set_font_name(name),
            Lang::En => Format::new(),
        };
        let plain = letters("宋体").set_align(FormatAlign::VerticalCenter);
        let cell = plain.clone().set_border(FormatBorder::Thin);
        let bold = cell.clone().set_bold();
        Self {
            lang,
            title: letters("黑体")
                .set_font_size(16)
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            unit: plain.clone().set_align(FormatAlign::Right),
            header: bold.clone().set_align(FormatAlign::Center).set_text_wrap().set_background_color("EDEDED"),
            note: plain.set_align(FormatAlign::Left).set_text_wrap(),
            row: RowStyles::new(&cell),
            subtotal: RowStyles::new(&bold),
            total: RowStyles::new(&bold.set_border_top(FormatBorder::Medium).set_background_color("F7F7F7")),
        }
    }

    fn of(&self, kind: RowKind) -> &RowStyles {
        match kind {
            RowKind::Row | RowKind::LeftOut(_) => &self.row,
            RowKind::Subtotal => &self.subtotal,
            RowKind::Total => &self.total,
        }
    }
}

/// How the cells of a row look.
#[derive(Debug)]
struct RowStyles {
    text: Format,
    /// A text that would be run.
    marked: Format,
    /// What has too many digits to be a number.
    digits: Format,
    /// A word among numbers, such as 小计.
    word: Format,
    integer: Format,
    /// By decimals.
    amounts: Vec<Format>,
    numbers: Vec<Format>,
}

impl RowStyles {
    fn new(cell: &Format) -> Self {
        // A spreadsheet has no more.
        const DECIMALS: usize = 15;
        let text = cell.clone().set_num_format("@").set_align(FormatAlign::Left).set_text_wrap();
        let right = cell.clone().set_align(FormatAlign::Right);
        let decimals = |begin: &str, places: usize| {
            let point = if places == 0 { "" } else { "." };
            right.clone().set_num_format(format!("{begin}{point}{}", "0".repeat(places)))
        };
        Self {
            marked: text.clone().set_quote_prefix(),
            digits: right.clone().set_num_format("@"),
            word: text.clone().set_align(FormatAlign::Center),
            integer: right.clone().set_num_format("0").set_align(FormatAlign::Center),
            amounts: (0..=DECIMALS).map(|places| decimals("#,##0", places)).collect(),
            numbers: (0..=DECIMALS).map(|places| decimals("0", places)).collect(),
            text,
        }
    }
}

/// How a table takes its room.
struct Laid {
    /// Pixels of each column.
    widths: Vec<u32>,
    /// Decimals of the amounts of each column.
    decimals: Vec<usize>,
    room: Room,
}

/// Where the rows of a sheet stand until it is saved.
enum Room {
    Memory,
    /// In a file; texts once each in memory.
    File,
    /// In a file with their texts.
    FileWithTexts,
}

impl Laid {
    fn of(report: &Report<'_>, bounds: &Bounds) -> Self {
        let mut widths: Vec<usize> =
            report.columns.iter().map(|(header, _)| visible(header).width().min(WIDEST / 2)).collect();
        let mut decimals = vec![report.decimals.unwrap_or_default(); widths.len()];
        let mut text = String::new();
        let is_long = report.rows.len().saturating_mul(report.columns.len()) > bounds.cells;
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut texts = HashSet::new();
        _ = report.rows.each(&mut |kind, cells| {
            if matches!(kind, RowKind::LeftOut(_)) {
                return ControlFlow::Continue(());
            }
            for ((widest, decimals), cell) in widths.iter_mut().zip(&mut decimals).zip(cells) {
                if let (true, Cell::Text(text)) = (is_long && texts.len() < bounds.texts, cell) {
                    texts.insert(hasher.hash_one(text));
                }
                text.clear();
                report.write_text(cell, &mut text);
                if let Cell::Amount(amount) = cell {
                    *decimals = report.places_of(*amount).max(*decimals);
                    // What stands behind the point is the same for all.
                    text.truncate(text.find('.').unwrap_or(text.len()));
                }
                let width = if text.is_ascii() { text.len() } else { text.width() };
                *widest = width.min(WIDEST).max(*widest);
            }
            ControlFlow::Continue(())
        });
        let decimals: Vec<usize> =
            decimals.into_iter().map(|decimals| usize::try_from(decimals).unwrap_or_default()).collect();
        for ((width, decimals), (_, kind)) in widths.iter_mut().zip(&decimals).zip(&report.columns) {
            let is_pointed = *kind == ColumnKind::Amount && *decimals > 0;
            *width = width.saturating_add(if is_pointed { decimals.saturating_add(1) } else { 0 }).max(NARROWEST);
        }
        // A title wants some room, whatever stands below it.
        let missing = NARROWEST_TABLE.saturating_sub(widths.iter().sum());
        let more = missing.div_ceil(widths.len().max(1));
        let pixels = |width: usize| pixels(width.saturating_add(more), CHARACTER).saturating_add(GAP);
        let room = match (is_long, texts.len() < bounds.texts) {
            (false, _) => Room::Memory,
            (true, true) => Room::File,
            (true, false) => Room::FileWithTexts,
        };
        Self { widths: widths.into_iter().map(pixels).collect(), decimals, room }
    }

    fn columns(&self) -> u16 {
        u16::try_from(self.widths.len()).unwrap_or(u16::MAX)
    }

    /// How many lines a text takes over all columns.
    fn lines(&self, text: &str, character: u32) -> u32 {
        let all = self.widths.iter().fold(0_u32, |sum, width| sum.saturating_add(*width));
        lines_of(text, character, all)
    }
}

fn pixels(width: usize, character: u32) -> u32 {
    u32::try_from(width).unwrap_or(u32::MAX).saturating_mul(character)
}

/// How many lines a text takes in so many pixels.
fn lines_of(text: &str, character: u32, width: u32) -> u32 {
    let room = width.saturating_sub(GAP);
    // Most is short, whatever its characters.
    if pixels(text.len(), character) <= room {
        return 1;
    }
    let taken = pixels(text.width(), character);
    if taken <= room {
        return 1;
    }
    // A word that does not fit moves to the next line and leaves some room.
    taken.div_ceil((room.saturating_mul(19) / 20).max(1))
}

/// Title, unit and header.
fn head(
    sheet: &mut Worksheet,
    report: &Report<'_>,
    laid: &Laid,
    styles: &Styles,
    at_row: u32,
) -> Result<Placed, XlsxError> {
    let columns = laid.columns();
    let title = visible(&report.title);
    let height = laid.lines(&title, TITLE_CHARACTER).saturating_mul(TITLE_LINE);
    over_all(sheet, at_row, columns, &title, &styles.title)?;
    sheet.set_row_height_pixels(at_row, height)?;
    let unit_row = at_row.saturating_add(1);
    if report.has_amounts() {
        over_all(sheet, unit_row, columns, &report.unit_note(), &styles.unit)?;
    }
    let header_row = unit_row.saturating_add(1);
    let mut tallest = 1_u32;
    for ((at, (header, _)), width) in (0_u16..).zip(&report.columns).zip(&laid.widths) {
        let header = visible(header);
        tallest = tallest.max(lines_of(&header, CHARACTER, *width));
        sheet.write_string_with_format(header_row, at, header, &styles.header)?;
    }
    sheet.set_row_height_pixels(header_row, tallest.saturating_mul(LINE).saturating_add(GAP / 2))?;
    let first_row = header_row.saturating_add(1);
    Ok(Placed { title_row: at_row, header_row, first_row, end_row: first_row, next_row: first_row, columns })
}

/// A text over all columns.
fn over_all(sheet: &mut Worksheet, at_row: u32, columns: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    match columns.checked_sub(1) {
        Some(last) if last > 0 => sheet.merge_range(at_row, 0, at_row, last, text, format)?,
        _ => sheet.write_string_with_format(at_row, 0, text, format)?,
    };
    Ok(())
}

/// Texts over all columns, one below another.
fn lines(
    sheet: &mut Worksheet,
    texts: &[String],
    laid: &Laid,
    styles: &Styles,
    mut at_row: u32,
) -> Result<u32, XlsxError> {
    for text in texts {
        let text = visible(text);
        over_all(sheet, at_row, laid.columns(), &text, &styles.note)?;
        sheet.set_row_height_pixels(at_row, laid.lines(&text, CHARACTER).saturating_mul(LINE))?;
        at_row = at_row.saturating_add(1);
    }
    Ok(at_row)
}

fn row(
    sheet: &mut Worksheet,
    report: &Report<'_>,
    laid: &Laid,
    styles: &Styles,
    at_row: u32,
    (kind, cells): (RowKind, &[Cell<'_>]),
    text: &mut String,
) -> Result<(), XlsxError> {
    let styles = styles.of(kind);
    if matches!(kind, RowKind::LeftOut(_)) {
        let words = cells.first().map(|cell| report.text(cell)).unwrap_or_default();
        return over_all(sheet, at_row, laid.columns(), &words, &styles.text);
    }
    let mut tallest = 1_u32;
    for ((at, (_, column)), width) in (0_u16..).zip(&report.columns).zip(&laid.widths) {
        let cell = cells.get(usize::from(at)).unwrap_or(&Cell::Blank);
        let is_number = !is_left(*column);
        text.clear();
        // What it is as a number, by its digits, and how that looks.
        let number = match cell {
            Cell::Blank => {
                sheet.write_blank(at_row, at, &styles.text)?;
                continue;
            }
            Cell::Text(_) => {
                report.write_text(cell, text);
                let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                styles.numbers.get(decimals).filter(|_| is_number)
            }
            Cell::Integer(_) => {
                report.write_text(cell, text);
                Some(&styles.integer)
            }
            Cell::Amount(amount) => {
                write_digits(text, &amount.in_unit(report.unit));
                styles.amounts.get(laid.decimals.get(usize::from(at)).copied().unwrap_or_default())
            }
            Cell::Percent(_) => {
                report.write_text(cell, text);
                styles.numbers.get(2)
            }
        };
        if let Some((number, format)) = exact_number(text).zip(number) {
            sheet.write_number_with_format(at_row, at, number, format)?;
            continue;
        }
        let format = match cell {
            Cell::Text(_) if runs(text) => &styles.marked,
            Cell::Text(_) if !is_number => &styles.text,
            Cell::Text(_) if !text.starts_with(|c: char| c.is_ascii_digit()) => &styles.word,
            _ => &styles.digits,
        };
        sheet.write_string_with_format(at_row, at, text.as_str(), format)?;
        tallest = tallest.max(lines_of(text, CHARACTER, *width));
    }
    // Not every program finds the height of a broken text by itself.
    if tallest > 1 {
        sheet.set_row_height_pixels(at_row, tallest.saturating_mul(LINE))?;
    }
    Ok(())
}

fn write_digits(text: &mut String, digits: &dyn std::fmt::Display) {
    // Writing to a string cannot fail.
    _ = std::fmt::Write::write_fmt(text, format_args!("{digits}"));
}

/// The double of a number in plain digits, if a spreadsheet keeps all of them.
pub(crate) fn exact_number(text: &str) -> Option<f64> {
    const DIGITS: usize = 15;
    let number = text.strip_prefix('-').unwrap_or(text);
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && number.bytes().filter(|byte| *byte == b'.').count() <= 1
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.ends_with(|c: char| c.is_ascii_digit());
    let digits = number.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if is_plain && digits <= DIGITS { text.parse().ok() } else { None }
}

/// Sets widths, and how a sheet of one table is printed.
fn page(sheet: &mut Worksheet, laid: &Laid, styles: &Styles, placed: &Placed) -> Result<(), XlsxError> {
    if !matches!(laid.room, Room::Memory) {
        // A sheet in a file has its last row twice if that has a height.
        sheet.write_blank(placed.next_row, 0, &styles.note)?;
    }
    quiet(sheet, placed)?;
    set_widths(sheet, &laid.widths)?;
    set_page(sheet, styles.lang);
    sheet.set_repeat_rows(placed.header_row.saturating_sub(1), placed.header_row)?;
    Ok(())
}

/// No marks at codes, which are texts on purpose.
fn quiet(sheet: &mut Worksheet, placed: &Placed) -> Result<(), XlsxError> {
    if let (Some(last_row), Some(last)) = (placed.end_row.checked_sub(1), placed.columns.checked_sub(1))
        && last_row >= placed.first_row
    {
        sheet.ignore_error_range(placed.first_row, 0, last_row, last, IgnoreError::NumberStoredAsText)?;
    }
    Ok(())
}

fn set_widths(sheet: &mut Worksheet, widths: &[u32]) -> Result<(), XlsxError> {
    for (at, width) in (0_u16..).zip(widths) {
        sheet.set_column_width_pixels(at, *width)?;
    }
    Ok(())
}

/// A4, landscape, as wide as the page, the number of the page at its foot.
pub fn set_page(sheet: &mut Worksheet, lang: Lang) {
    const A4: u8 = 9;
    sheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true)
        .set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.3)
        .set_footer(lang.pick("&C第 &P 页，共 &N 页", "&CPage &P of &N"));
}

#[cfg(test)]
#[cfg(feature = "xlsx")]
mod tests {
    use fundlayers::roster::Cell as Read;
    use fundlayers::table::{Percent, ReportRow};
    use fundlayers::{Amount, Code, Problem, Unit};
    use proptest::prelude::*;

    use super::*;
    use crate::workbook::{BookFormat, Workbook as Book};

    const KINDS: [(&str, ColumnKind); 5] = [
        ("名称", ColumnKind::Text),
        ("年度", ColumnKind::Integer),
        ("人口", ColumnKind::Number { scale: None }),
        ("金额", ColumnKind::Amount),
        ("比例（%）", ColumnKind::Percent),
    ];

    fn report(unit: Unit, rows: Vec<ReportRow<'static>>) -> Report<'static> {
        let columns = KINDS.map(|(title, kind)| (title.to_owned(), kind)).to_vec();
        let (title, notes) = ("某县方案 · 资金表".to_owned(), vec!["政策：例".to_owned()]);
        Report { lang: Lang::Zh, decimals: None, title, unit, columns, rows: rows.into(), notes }
    }

    fn plain(name: &str, fen: i64) -> ReportRow<'static> {
        let cells = vec![
            Cell::Text(name.to_owned().into()),
            Cell::Integer(2024),
            Cell::Text("12.5".into()),
            Cell::Amount(Amount::from_fen(fen)),
            Cell::Percent(Percent::from_hundredths(6_667)),
        ];
        ReportRow { kind: RowKind::Row, cells }
    }

    fn written(reports: &[Report<'_>], warnings: &Problems, bounds: &Bounds) -> Vec<u8> {
        let mut file = Vec::new();
        write_within(&mut file, reports, warnings, bounds).unwrap();
        file
    }

    /// The cells of a sheet, as the reader of workbooks has them: numbers with `#` before their digits.
    fn cells(file: &[u8], sheet: usize) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let notes = Book::open(file, BookFormat::Xlsx).unwrap().rows(sheet, &mut |row| {
            assert_eq!(row.faults, []);
            let shown = |(cell, covered): (&Read<'_>, &bool)| match cell {
                _ if *covered => String::new(),
                Read::Blank => String::new(),
                Read::Text(text) => (*text).to_owned(),
                Read::Number(digits) => format!("#{digits}"),
                Read::Flag(flag) => flag.to_string(),
            };
            rows.push(row.cells.iter().zip(row.covered).map(shown).collect());
            Ok(true)
        });
        assert_eq!(notes.unwrap().stale(), None);
        rows
    }

    fn sheets(file: &[u8]) -> Vec<String> {
        Book::open(file, BookFormat::Xlsx).unwrap().sheets().iter().map(|sheet| sheet.name.clone()).collect()
    }

    #[test]
    fn a_table_has_its_title_unit_header_sums_remarks_and_warnings() {
        let mut rows = vec![plain("001", 1_234_567_800), plain("=1+1", -5)];
        rows.push(ReportRow { kind: RowKind::Subtotal, cells: vec![Cell::Text("小计".into())] });
        rows.push(ReportRow { kind: RowKind::LeftOut(7), cells: vec![Cell::Text("……另有 7 行".into())] });
        rows.push(ReportRow { kind: RowKind::Total, ..plain("合计", 1_234_567_795) });
        let warnings = Problems::from(Problem::new(Code::YearsSkipped, "一则提示"));
        let file = written(&[report(Unit::Wan, rows)], &warnings, &BOUNDS);
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let alone = |text: &str| row(&[text, "", "", "", ""]);
        let shown = cells(&file, 0);
        assert_eq!(
            shown[..8],
            [
                alone("某县方案 · 资金表"),
                alone("单位：万元"),
                row(&["名称", "年度", "人口", "金额", "比例（%）"]),
                row(&["001", "#2024", "#12.5", "#1234.5678", "#66.67"]),
                row(&["=1+1", "#2024", "#12.5", "#-0.000005", "#66.67"]),
                row(&["小计"]),
                alone("……另有 7 行"),
                row(&["合计", "#2024", "#12.5", "#1234.567795", "#66.67"]),
            ]
        );
        assert_eq!(shown[8..10], [alone("政策：例"), alone("提示")]);
        assert!(shown[10][0].contains("一则提示"), "{shown:?}");
        assert_eq!(sheets(&file), ["资金表"]);
    }

    #[test]
    fn digits_that_a_spreadsheet_would_lose_are_texts() {
        let rows = vec![
            plain("a", 999_999_999_999_999),
            plain("b", 1_000_000_000_000_000),
            plain("c", 9_007_199_254_740_993),
            plain("d", i64::MIN),
        ];
        let amounts = |unit| -> Vec<String> {
            let file = written(&[report(unit, rows.clone())], &Problems::new(), &BOUNDS);
            cells(&file, 0)[3..7].iter().map(|row| row[3].clone()).collect()
        };
        assert_eq!(
            amounts(Unit::Yuan),
            ["#9999999999999.99", "#10000000000000", "90071992547409.93", "-92233720368547758.08"]
        );
        assert_eq!(amounts(Unit::Yi)[0], "#99999.9999999999");
        assert_eq!(exact_number("123456789012345"), Some(123_456_789_012_345.0));
        for text in ["1234567890123456", "1.", ".5", "1e5", "+1", "--1", "", "-", "1.2.3", "１"] {
            assert_eq!(exact_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_table_that_is_longer_than_a_sheet_goes_on_in_the_next() {
        // The last row of a sheet takes several lines.
        let name = |number: i64| if number % 10 == 9 { "村".repeat(60) } else { format!("{number:03}") };
        let rows: Vec<ReportRow<'_>> = (0..25).map(|number| plain(&name(number), number)).collect();
        for texts in [3, 1_000] {
            let bounds = Bounds { rows: 10, cells: 20, texts };
            let file = written(&[report(Unit::Yuan, rows.clone())], &Problems::new(), &bounds);
            assert_eq!(sheets(&file), ["资金表", "资金表 2", "资金表 3"]);
            let all: Vec<Vec<Vec<String>>> = (0..3).map(|sheet| cells(&file, sheet)).collect();
            assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [13, 13, 9]);
            assert!(all.iter().all(|sheet| sheet[2][0] == "名称"));
            let names: Vec<&str> = all.iter().flat_map(|sheet| &sheet[3..]).map(|row| row[0].as_str()).collect();
            let expected: Vec<String> = (0..25).map(name).collect();
            assert_eq!(names[..25], expected);
            assert_eq!(names[25], "政策：例");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_and_never_cut() {
        let refused =
            |reports: &[Report<'_>]| write(&mut Vec::new(), reports, &Problems::new()).unwrap_err().to_string();
        assert!(refused(&[report(Unit::Wan, vec![plain(&"县".repeat(32_768), 1)])]).contains("32,767"));
        let mut book = book("").unwrap();
        let styles = Styles::new(Lang::Zh);
        let mut sheet = Sheet::new(book.add_worksheet(), &styles);
        let table = report(Unit::Wan, (0..10).map(|number| plain("a", number)).collect());
        assert_eq!(sheet.table(&table, 1_048_562).unwrap().next_row, 1_048_576);
        let mut sheet = Sheet::new(book.add_worksheet(), &styles);
        assert!(matches!(sheet.table(&table, 1_048_563), Err(XlsxError::RowColumnLimitError)));
    }

    #[test]
    fn tables_stand_one_below_another() {
        let mut book = book("").unwrap();
        let styles = Styles::new(Lang::Zh);
        let mut sheet = Sheet::new(book.add_worksheet(), &styles);
        let table = report(Unit::Wan, vec![plain("甲", 1)]);
        let first = sheet.table(&table, 0).unwrap();
        assert_eq!((first.header_row, first.first_row, first.end_row, first.next_row, first.columns), (2, 3, 4, 5, 5));
        let second = sheet.table(&table, 6).unwrap();
        let end = sheet.lines(&["公示期：五日".to_owned()], second.next_row, second.columns).unwrap();
        sheet.finish().unwrap();
        let shown = cells(&book.save_to_buffer().unwrap(), 0);
        assert_eq!((end, shown.len()), (12, 11));
        assert_eq!((shown[3].clone(), shown[10][0].as_str()), (shown[8].clone(), "公示期：五日"));
    }

    #[test]
    fn sheets_have_names_that_excel_takes() {
        let mut names = SheetNames::default();
        let next = |names: &mut SheetNames, title: &str| names.next(title, Lang::Zh);
        assert_eq!(next(&mut names, "方案 · 资金表"), "资金表");
        assert_eq!(next(&mut names, "别的 · 资金表"), "资金表 2");
        assert_eq!(next(&mut names, ""), "表");
        assert_eq!(next(&mut names, "'a[b]:c*d?e/f\\g'"), "a b  c d e f g");
        let long = next(&mut names, &"𠮷".repeat(40));
        assert_eq!(long.encode_utf16().count(), 30);
        assert_eq!(next(&mut names, &"县".repeat(40)).encode_utf16().count(), 31);
        assert_eq!(next(&mut names, &"县".repeat(40)), "县".repeat(29) + " 2");
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[=+\\-@＝\t]?[ -~]{0,9}",
            "\\PC{0,9}",
            "_x[0-9a-fA-F]{4}_",
            "[0-9]{1,20}(\\.[0-9]{1,3})?",
            Just(" a ".to_owned()),
            Just("甲\n乙\u{1b}\u{ffff}".to_owned()),
        ]
    }

    proptest! {
        /// Whatever stands in a table is read back, digit by digit, wherever the rows were on their way.
        #[test]
        fn the_reader_finds_the_digits_of_the_table(
            rows in prop::collection::vec(
                (texts(), -10_000_i64..10_000, any::<i64>(), 0_u32..63, any::<i32>(), 0_u32..6), 1..8),
            unit in prop::sample::select(&Unit::ALL[..]),
            (cells_in_memory, most_texts) in prop::sample::select(&[(1_000, 0), (0, 0), (0, 1_000)][..]),
        ) {
            let kinds = [RowKind::Row, RowKind::Subtotal, RowKind::Total];
            let made = rows.iter().map(|(text, integer, fen, shift, hundredths, scale)| {
                let number = fundlayers::Decimal::new(*fen, *scale).normalize().to_string();
                ReportRow {
                    kind: kinds[usize::try_from(shift % 3).unwrap()],
                    cells: vec![
                        if text.is_empty() { Cell::Blank } else { Cell::Text(text.clone().into()) },
                        Cell::Integer(*integer),
                        Cell::Text(number.into()),
                        Cell::Amount(Amount::from_fen(fen >> shift)),
                        Cell::Percent(Percent::from_hundredths((*hundredths).into())),
                    ],
                }
            });
            let report = report(unit, made.collect());
            let bounds = Bounds { rows: 1_000, cells: cells_in_memory, texts: most_texts };
            let file = written(std::slice::from_ref(&report), &Problems::new(), &bounds);
            prop_assert_eq!(&file, &written(std::slice::from_ref(&report), &Problems::new(), &bounds), "the same bytes");
            let shown = cells(&file, 0);
            for (row, read) in report.rows.to_vec().iter().zip(&shown[3..]) {
                for ((cell, read), (_, kind)) in row.cells.iter().zip(read).zip(&report.columns) {
                    let digits = match cell {
                        Cell::Amount(amount) => amount.in_unit(unit).to_string(),
                        Cell::Percent(percent) => {
                            fundlayers::Decimal::new(percent.hundredths(), 2).normalize().to_string()
                        }
                        cell => report.text(cell),
                    };
                    if *kind == ColumnKind::Text {
                        prop_assert_eq!(read, &digits);
                    } else {
                        let is_exact = digits.bytes().filter(u8::is_ascii_digit).count() < 16;
                        prop_assert_eq!(read.strip_prefix('#').unwrap_or(read), digits.as_str());
                        prop_assert!(!is_exact || read.starts_with('#'), "{}", read);
                    }
                }
            }
        }
    }
}
