//! Spreadsheets in the `OpenDocument` format, read as a stream.

use std::collections::HashSet;

use fundlayers::Problems;
use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, Xml, attribute, find};
use super::number::{counted, write_digits, write_percent};
use super::row::{Merge, ROW_LIMIT, Rows, Shared};
use super::{CellFault, SheetInfo, SheetNotes, SheetRow, Visibility, locked};
use crate::COLUMN_LIMIT;
use crate::catalogue as words;

const CONTENT: &str = "content.xml";
/// A spreadsheet has at most so many sheets and styles.
const LIST: usize = 100_000;

pub(super) struct Ods<'a> {
    archive: Archive<'a>,
    sheets: Vec<SheetInfo>,
    /// Styles of cells that show another number than the one that is stored.
    scaled: HashSet<String>,
}

impl<'a> Ods<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problems> {
        let mut book = Self { archive: Archive::open(bytes)?, sheets: Vec::new(), scaled: HashSet::new() };
        if book.archive.has("META-INF/manifest.xml") {
            let mut xml = book.archive.xml("META-INF/manifest.xml")?;
            loop {
                match xml.next()? {
                    Event::Start(element) if element.local_name().into_inner() == "encryption-data" => {
                        return Err(locked());
                    }
                    Event::Eof => break,
                    _ => {}
                }
            }
        }
        book.read_styles_and_sheets()?;
        Ok(book)
    }

    pub(super) fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn read_styles_and_sheets(&mut self) -> Result<(), Problems> {
        let mut xml = self.archive.xml(CONTENT)?;
        let mut hidden: HashSet<String> = HashSet::new();
        let mut scaling: HashSet<String> = HashSet::new();
        // The number format, or the style, that is being read.
        let mut name = String::new();
        let mut is_between = false;
        let mut depth = 0_usize;
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().into_inner() {
                    "number-style" | "currency-style" => name = attribute(&element, "name").unwrap_or_default(),
                    "number" if attribute(&element, "display-factor").is_some_and(|factor| factor != "1") => {
                        scaling.insert(name.clone());
                    }
                    "embedded-text" => is_between = true,
                    "style" => {
                        name = attribute(&element, "name").unwrap_or_default();
                        if attribute(&element, "data-style-name").is_some_and(|style| scaling.contains(&style)) {
                            self.scaled.insert(name.clone());
                        }
                    }
                    "table-properties" if attribute(&element, "display").as_deref() == Some("false") => {
                        hidden.insert(name.clone());
                    }
                    "table" => {
                        if depth == 0 {
                            let is_hidden =
                                attribute(&element, "style-name").is_some_and(|style| hidden.contains(&style));
                            let visibility = if is_hidden { Visibility::Hidden } else { Visibility::Visible };
                            self.sheets
                                .push(SheetInfo { name: attribute(&element, "name").unwrap_or_default(), visibility });
                        }
                        depth = depth.saturating_add(1);
                    }
                    _ => {}
                },
                // A point or digits that are only written between the digits make another number of them.
                Event::Text(text) if is_between && text.contains(|sign: char| sign == '.' || sign.is_ascii_digit()) => {
                    scaling.insert(name.clone());
                }
                Event::End(element) => {
                    is_between = false;
                    if element.local_name().into_inner() == "table" {
                        depth = depth.saturating_sub(1);
                    }
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
            if self.sheets.len().max(scaling.len()).max(self.scaled.len()).max(hidden.len()) > LIST {
                return Err(super::too_large(words::LONG_LIST.with(&[&CONTENT, &LIST])));
            }
        }
    }

    pub(super) fn rows(
        &mut self,
        sheet: usize,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<SheetNotes, Problems> {
        let Some(info) = self.sheets.get(sheet) else { return Err(super::damaged(words::NO_PART.with(&[&sheet]))) };
        let mut xml = self.archive.xml(CONTENT)?;
        let mut left = sheet;
        loop {
            let is_table = match xml.next()? {
                Event::Start(element) => element.local_name().into_inner() == "table",
                Event::Eof => return Err(xml.cut_short()),
                _ => false,
            };
            if is_table && left == 0 {
                break;
            }
            if is_table {
                xml.skip()?;
                left = left.saturating_sub(1);
            }
        }
        let mut rows = Rows::new(&info.name, Vec::new())?;
        let mut sheet =
            Sheet { xml, scaled: &self.scaled, cells: Vec::new(), column_styles: Vec::new(), hidden: Vec::new() };
        sheet.read(&mut rows, take)?;
        Ok(rows.finish_notes(&sheet.hidden))
    }
}

/// A cell before it is put into its row, or into several.
struct Stored {
    column: usize,
    repeated: usize,
    spans: Option<(u32, usize)>,
    value: Found,
}

#[derive(Clone)]
enum Found {
    Blank,
    Text(String),
    Number(String),
    Flag(bool),
    Fault(CellFault),
}

struct Sheet<'z, 'a, 's> {
    xml: Xml<'z, 'a>,
    scaled: &'s HashSet<String>,
    cells: Vec<Stored>,
    /// From which column on cells without a style of their own have this one.
    column_styles: Vec<(usize, bool)>,
    hidden: Vec<(usize, usize)>,
}

impl Sheet<'_, '_, '_> {
    fn read(
        &mut self,
        rows: &mut Rows<'_>,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<(), Problems> {
        let mut next = 1_u32;
        let mut column = 0_usize;
        loop {
            match self.xml.next()? {
                Event::Start(element) => match element.local_name().into_inner() {
                    "table-column" => {
                        let end = column.saturating_add(repeats(&element, "number-columns-repeated")).min(COLUMN_LIMIT);
                        if is_hidden(&element) {
                            self.hidden.push((column, end.saturating_sub(1)));
                        }
                        let style = attribute(&element, "default-cell-style-name").unwrap_or_default();
                        self.column_styles.push((column, self.scaled.contains(&style)));
                        if self.column_styles.len() > COLUMN_LIMIT {
                            return Err(super::too_large(words::LONG_LIST.with(&[&CONTENT, &COLUMN_LIMIT])));
                        }
                        column = end;
                    }
                    "table-row" => {
                        let count = u32::try_from(repeats(&element, "number-rows-repeated")).unwrap_or(u32::MAX);
                        let hidden = is_hidden(&element);
                        self.row()?;
                        let end = next.saturating_add(count);
                        if self.cells.is_empty() {
                            next = end;
                            continue;
                        }
                        for number in next..end {
                            rows.begin(number, hidden)?;
                            self.put(rows)?;
                            if !rows.finish(&Shared::default(), take)? {
                                return Ok(());
                            }
                        }
                        next = end;
                    }
                    // Pictures, and what is followed by other programs only.
                    "shapes" | "forms" => self.xml.skip()?,
                    _ => {}
                },
                Event::End(element) if element.local_name().into_inner() == "table" => return Ok(()),
                Event::Eof => return Err(self.xml.cut_short()),
                _ => {}
            }
            if next > ROW_LIMIT.saturating_mul(16) {
                return Err(super::damaged(words::ROW_OUT_OF_ORDER.with(&[&"", &next, &ROW_LIMIT])));
            }
        }
    }

    /// The cells of a row that are not blank, or that span others.
    fn row(&mut self) -> Result<(), Problems> {
        self.cells.clear();
        let mut column = 0_usize;
        loop {
            match self.xml.next()? {
                Event::Start(element) => {
                    let name = element.local_name().into_inner();
                    let (is_cell, is_covered) = (name == "table-cell", name == "covered-table-cell");
                    if !is_cell && !is_covered {
                        self.xml.skip()?;
                        continue;
                    }
                    let repeated = repeats(&element, "number-columns-repeated");
                    if is_covered {
                        self.xml.skip()?;
                    } else {
                        let cell = Head::of(&element);
                        let spans =
                            (repeats(&element, "number-rows-spanned"), repeats(&element, "number-columns-spanned"));
                        let spans = (spans != (1, 1)).then(|| (u32::try_from(spans.0).unwrap_or(u32::MAX), spans.1));
                        let value = self.value(&cell, column)?;
                        if spans.is_some() || !matches!(value, Found::Blank) {
                            self.cells.push(Stored { column, repeated, spans, value });
                        }
                    }
                    column = column.saturating_add(repeated);
                }
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(self.xml.cut_short()),
                _ => {}
            }
        }
    }

    fn value(&mut self, cell: &Head, column: usize) -> Result<Found, Problems> {
        let mut text = String::new();
        self.paragraphs(&mut text)?;
        let mut digits = String::new();
        let value = cell.value.as_deref().unwrap_or_default();
        let found = match cell.kind.as_deref() {
            _ if cell.is_error => Found::Fault(CellFault::Error(text)),
            None | Some("") if cell.is_formula && text.is_empty() => Found::Fault(CellFault::NotCalculated),
            None | Some("" | "string") => {
                let text = cell.text.clone().unwrap_or(text);
                if text.is_empty() { Found::Blank } else { Found::Text(text) }
            }
            Some("boolean") => Found::Flag(value == "true"),
            Some("date") => Found::Text(super::plain_day(value)),
            Some("time") => Found::Text(time(value).unwrap_or_else(|| value.to_owned())),
            Some(kind) => match write_digits(value, &mut digits) {
                Err(fault) => Found::Fault(fault),
                Ok(()) if kind == "percentage" => {
                    let mut shown = String::new();
                    write_percent(&digits, &mut shown);
                    Found::Text(shown)
                }
                Ok(()) if self.is_scaled(cell, column) => {
                    Found::Fault(CellFault::ScaledFormat { shown: text, stored: digits })
                }
                Ok(()) => match counted(text.trim_start_matches(|c: char| !c.is_alphabetic())) {
                    Some(counted) => Found::Text(format!("{digits}{counted}")),
                    None => Found::Number(digits),
                },
            },
        };
        Ok(found)
    }

    fn is_scaled(&self, cell: &Head, column: usize) -> bool {
        match &cell.style {
            Some(style) => self.scaled.contains(style),
            None => {
                self.column_styles.iter().rev().find(|(from, _)| *from <= column).is_some_and(|(_, scaled)| *scaled)
            }
        }
    }

    /// The text of a cell: its paragraphs, a line each, without remarks.
    fn paragraphs(&mut self, out: &mut String) -> Result<(), Problems> {
        let mut is_first = true;
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().into_inner() == "p" => {
                    if !std::mem::take(&mut is_first) {
                        out.push('\n');
                    }
                    self.paragraph(out)?;
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(self.xml.cut_short()),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, out: &mut String) -> Result<(), Problems> {
        let mut depth = 0_usize;
        loop {
            // A text of marks that each stand for many spaces would be far longer than the file.
            if out.len() > super::archive::STRETCH {
                return Err(super::too_large(words::PART_TOO_LARGE.with(&[&CONTENT])));
            }
            let event = self.xml.next()?;
            match event {
                Event::Start(element) => match element.local_name().into_inner() {
                    "annotation" | "ruby-text" | "note" => self.xml.skip()?,
                    name => {
                        match name {
                            "s" => out.extend(std::iter::repeat_n(' ', repeats(&element, "c").min(crate::CELL_LIMIT))),
                            "tab" => out.push('\t'),
                            "line-break" => out.push('\n'),
                            _ => {}
                        }
                        depth = depth.saturating_add(1);
                    }
                },
                Event::End(_) => match depth.checked_sub(1) {
                    Some(outer) => depth = outer,
                    None => return Ok(()),
                },
                Event::Eof => return Err(self.xml.cut_short()),
                event => {
                    if let Some(name) = super::archive::push_text(&event, out) {
                        return Err(self.xml.wrong(&name));
                    }
                }
            }
        }
    }

    /// Puts the cells into a row.
    fn put(&self, rows: &mut Rows<'_>) -> Result<(), Problems> {
        for cell in &self.cells {
            if let Some((row_count, column_count)) = cell.spans {
                let first_row = rows.number();
                let last_row = first_row.saturating_add(row_count.saturating_sub(1)).min(ROW_LIMIT);
                let last_column =
                    cell.column.saturating_add(column_count.saturating_sub(1)).min(COLUMN_LIMIT.saturating_sub(1));
                rows.merge(Merge { first_row, last_row, first_column: cell.column, last_column })?;
            }
            if let Found::Blank = cell.value {
                continue;
            }
            for column in cell.column..cell.column.saturating_add(cell.repeated) {
                match &cell.value {
                    Found::Blank => {}
                    Found::Text(text) => rows.put_text(column, text)?,
                    Found::Number(digits) => rows.put_number(column, digits)?,
                    Found::Flag(flag) => rows.put(column, super::row::Value::Flag(*flag))?,
                    Found::Fault(fault) => rows.fault(column, fault.clone())?,
                }
            }
        }
        Ok(())
    }
}

/// What a cell says of its value.
struct Head {
    kind: Option<String>,
    value: Option<String>,
    text: Option<String>,
    style: Option<String>,
    is_formula: bool,
    is_error: bool,
}

impl Head {
    fn of(element: &BytesStart<'_>) -> Self {
        let kind = |is_calc: bool| {
            find(element, |key| {
                let prefix = key.prefix().map(quick_xml::name::Prefix::into_inner);
                key.local_name().into_inner() == "value-type" && (prefix == Some("calcext")) == is_calc
            })
        };
        let name = match kind(false).as_deref() {
            Some("date") => "date-value",
            Some("time") => "time-value",
            Some("boolean") => "boolean-value",
            _ => "value",
        };
        Self {
            kind: kind(false),
            value: attribute(element, name),
            text: attribute(element, "string-value"),
            style: attribute(element, "style-name"),
            is_formula: attribute(element, "formula").is_some(),
            is_error: kind(true).as_deref() == Some("error"),
        }
    }
}

/// How often something stands there; once unless it says so.
fn repeats(element: &BytesStart<'_>, name: &str) -> usize {
    attribute(element, name).and_then(|count| count.parse().ok()).unwrap_or(1).clamp(1, 1 << 24)
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    attribute(element, "visibility").is_some_and(|word| word == "collapse" || word == "filter")
}

/// A time of day, which is written as the time since midnight: `PT18H05M00S`.
fn time(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = seconds.split_once(['.', ',']).map_or(seconds, |(whole, _)| whole);
    let part = |digits: &str| digits.parse::<u32>().ok();
    Some(format!("{:02}:{:02}:{:02}", part(hours)?, part(minutes)?, part(seconds)?))
}
