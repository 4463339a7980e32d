//! Workbooks of Excel, read part by part as streams.

use std::collections::HashMap;

use fundlayers::Problems;
use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, Xml, attribute, find, flag};
use super::number::write_digits;
use super::row::{Merge, ROW_LIMIT, Rows, Shared, Value};
use super::style::NumberFormat;
use super::{CellFault, SheetInfo, SheetNotes, SheetRow, Visibility, damaged, plain_day};
use crate::COLUMN_LIMIT;
use crate::catalogue as words;

/// A workbook has at most so many sheets, styles and the like.
const LIST: usize = 100_000;

pub(super) struct Xlsx<'a> {
    archive: Archive<'a>,
    sheets: Vec<SheetInfo>,
    /// The part of each sheet.
    parts: Vec<String>,
    shared_part: Option<String>,
    shared: Option<Shared>,
    /// What the number format of each style makes of numbers; none if it shows them as they are.
    styles: Vec<Option<NumberFormat>>,
    since_1904: bool,
    /// Whether stored values of formulas are not to be trusted.
    recalculates: bool,
}

impl<'a> Xlsx<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problems> {
        let mut archive = Archive::open(bytes)?;
        let main = relations(&mut archive, "")?.into_iter().find(|relation| relation.is("officeDocument"));
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        let related = relations(&mut archive, &main)?;
        let part =
            |kind: &str| related.iter().find(|relation| relation.is(kind)).map(|relation| relation.target.clone());
        let by_id: HashMap<&str, &Relation> = related.iter().map(|relation| (relation.id.as_str(), relation)).collect();
        let mut book = Self {
            sheets: Vec::new(),
            parts: Vec::new(),
            shared_part: part("sharedStrings").filter(|part| archive.has(part)),
            shared: None,
            styles: Vec::new(),
            since_1904: false,
            recalculates: false,
            archive,
        };
        book.read_book(&main, &by_id)?;
        if let Some(part) = part("styles").filter(|part| book.archive.has(part)) {
            book.styles = styles(&mut book.archive, &part)?;
        }
        Ok(book)
    }

    pub(super) fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn read_book(&mut self, part: &str, by_id: &HashMap<&str, &Relation>) -> Result<(), Problems> {
        let mut xml = self.archive.xml(part)?;
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().into_inner() {
                    "workbookPr" => self.since_1904 = flag(&element, "date1904"),
                    "calcPr" => self.recalculates = flag(&element, "fullCalcOnLoad"),
                    "sheet" => {
                        let name = attribute(&element, "name").unwrap_or_default();
                        let visibility = match attribute(&element, "state").as_deref() {
                            Some("hidden") => Visibility::Hidden,
                            Some("veryHidden") => Visibility::VeryHidden,
                            _ => Visibility::Visible,
                        };
                        // Sheets of charts and the like have no rows.
                        let relation = relation_id(&element).and_then(|id| by_id.get(id.as_str()).copied());
                        let Some(relation) = relation.filter(|relation| relation.is("worksheet")) else { continue };
                        self.sheets.push(SheetInfo { name, visibility });
                        self.parts.push(relation.target.clone());
                        if self.sheets.len() > LIST {
                            return Err(super::too_large(words::LONG_LIST.with(&[&part, &LIST])));
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    pub(super) fn rows(
        &mut self,
        sheet: usize,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<SheetNotes, Problems> {
        let (Some(part), Some(info)) = (self.parts.get(sheet), self.sheets.get(sheet)) else {
            return Err(damaged(words::NO_PART.with(&[&sheet])));
        };
        if self.shared.is_none() {
            self.shared = Some(match &self.shared_part {
                Some(part) => shared(&mut self.archive, part)?,
                None => Shared::default(),
            });
        }
        let Some(shared) = &self.shared else { return Ok(SheetNotes::default()) };
        let mut rows = Rows::new(&info.name, merges(&mut self.archive, part)?)?;
        let mut sheet = Sheet {
            xml: self.archive.xml(part)?,
            shared,
            styles: &self.styles,
            since_1904: self.since_1904,
            recalculates: self.recalculates,
            hides_rows: false,
            hidden_columns: Vec::new(),
            value: String::new(),
            digits: String::new(),
        };
        sheet.read(&mut rows, take)?;
        let hidden = std::mem::take(&mut sheet.hidden_columns);
        Ok(rows.finish_notes(&hidden))
    }
}

/// What a part refers to.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Relation {
    /// The kinds are addresses, which differ between the two editions of the standard but for their ends.
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }
}

/// What a part refers to; nothing if it does not say so.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Relation>, Problems> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let folder = folder.trim_start_matches('/');
    let list = format!("{folder}/_rels/{file}.rels");
    let mut relations = Vec::new();
    if !archive.has(&list) {
        return Ok(relations);
    }
    let mut xml = archive.xml(&list)?;
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().into_inner() == "Relationship" => {
                let get = |name| attribute(&element, name).unwrap_or_default();
                let target = resolve(folder, &get("Target"));
                relations.push(Relation { id: get("Id"), kind: get("Type"), target });
                if relations.len() > LIST {
                    return Err(super::too_large(words::LONG_LIST.with(&[&list, &LIST])));
                }
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A path as seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The `r:id` of a sheet, which has an id of its own kind too.
fn relation_id(element: &BytesStart<'_>) -> Option<String> {
    find(element, |key| key.prefix().is_some() && key.local_name().into_inner() == "id")
}

/// What the number format of each style makes of numbers.
fn styles(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Option<NumberFormat>>, Problems> {
    let mut formats: HashMap<u32, NumberFormat> = HashMap::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    let mut xml = archive.xml(part)?;
    loop {
        match xml.next()? {
            Event::Start(element) => match element.local_name().into_inner() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&element, "formatCode")) {
                        formats.insert(id, NumberFormat::read(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or_default();
                    let format = formats.get(&id).cloned().or_else(|| NumberFormat::built_in(id));
                    styles.push(format.filter(|format| !format.is_plain()));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().into_inner() == "cellXfs" => in_cells = false,
            Event::Eof => return Ok(styles),
            _ => {}
        }
        if styles.len() > LIST || formats.len() > LIST {
            return Err(super::too_large(words::LONG_LIST.with(&[&part, &LIST])));
        }
    }
}

/// The texts that cells refer to.
fn shared(archive: &mut Archive<'_>, part: &str) -> Result<Shared, Problems> {
    let mut shared = Shared::default();
    let mut xml = archive.xml(part)?;
    loop {
        let is_item = match xml.next()? {
            Event::Start(element) => element.local_name().into_inner() == "si",
            Event::Eof => return Ok(shared),
            _ => false,
        };
        if is_item {
            rich_text(&mut xml, shared.text())?;
            shared.end()?;
        }
    }
}

/// The text of runs, without what says how it is pronounced.
fn rich_text(xml: &mut Xml<'_, '_>, out: &mut String) -> Result<(), Problems> {
    let start = out.len();
    loop {
        enum Part {
            Text,
            Phonetic,
            End,
            Other,
        }
        let part = match xml.next()? {
            Event::Start(element) => match element.local_name().into_inner() {
                "t" => Part::Text,
                "rPh" => Part::Phonetic,
                _ => Part::Other,
            },
            Event::End(element) if matches!(element.local_name().into_inner(), "si" | "is") => Part::End,
            Event::Eof => return Err(xml.cut_short()),
            _ => Part::Other,
        };
        match part {
            Part::Text => xml.text(out)?,
            Part::Phonetic => xml.skip()?,
            Part::End => break,
            Part::Other => {}
        }
    }
    // `_x000D_` stands for a character that XML cannot have.
    if out.get(start..).is_some_and(|text| text.contains("_x")) {
        let text = unmasked(out.get(start..).unwrap_or_default());
        out.truncate(start);
        out.push_str(&text);
    }
    Ok(())
}

fn unmasked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        out.push_str(before);
        let code = after.split_at_checked(4).filter(|(_, behind)| behind.starts_with('_'));
        let sign = code.and_then(|(code, _)| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        if let (Some(sign), Some((_, behind))) = (sign, code) {
            out.push(sign);
            rest = behind.get(1..).unwrap_or_default();
        } else {
            out.push_str("_x");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The merged cells of a sheet, which stand behind its rows.
fn merges(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Merge>, Problems> {
    let mut passing = archive.part(part)?;
    let mut xml = if passing.pass("/sheetData>")? {
        Xml::rest(passing)
    } else {
        drop(passing);
        archive.xml(part)?
    };
    let mut merges = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().into_inner() == "mergeCell" => {
                let range = attribute(&element, "ref").unwrap_or_default();
                let (first, last) = range.split_once(':').unwrap_or((&range, &range));
                let (Some((left, top)), Some((right, bottom))) = (reference(first), reference(last)) else {
                    return Err(xml.wrong(&range));
                };
                merges.push(Merge {
                    first_row: top.min(bottom),
                    last_row: top.max(bottom),
                    first_column: left.min(right),
                    last_column: left.max(right),
                });
                super::row::check_merges(merges.len())?;
            }
            Event::Eof => return Ok(merges),
            _ => {}
        }
    }
}

/// The column, from 0, and the row, from 1, of a cell's name.
#[inline]
fn reference(name: &str) -> Option<(usize, u32)> {
    let mut column = 0_usize;
    let mut row = 0_u32;
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                let letter = usize::from(byte.to_ascii_uppercase().saturating_sub(b'@'));
                column = column.saturating_mul(26).saturating_add(letter);
            }
            b'0'..=b'9' => row = row.saturating_mul(10).saturating_add(u32::from(byte.saturating_sub(b'0'))),
            b'$' => {}
            _ => return None,
        }
    }
    let column = column.checked_sub(1)?;
    (column < COLUMN_LIMIT && (1..=ROW_LIMIT).contains(&row)).then_some((column, row))
}

/// What the type of a cell says its value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Shared,
    Inline,
    Text,
    Flag,
    Error,
    Day,
}

/// A sheet as it is read.
struct Sheet<'z, 'a, 's> {
    xml: Xml<'z, 'a>,
    shared: &'s Shared,
    styles: &'s [Option<NumberFormat>],
    since_1904: bool,
    recalculates: bool,
    /// Whether rows are hidden unless they say how high they are.
    hides_rows: bool,
    hidden_columns: Vec<(usize, usize)>,
    value: String,
    digits: String,
}

impl Sheet<'_, '_, '_> {
    fn read(
        &mut self,
        rows: &mut Rows<'_>,
        take: &mut dyn FnMut(&SheetRow<'_>) -> Result<bool, Problems>,
    ) -> Result<(), Problems> {
        loop {
            match self.xml.next()? {
                Event::Start(element) => match element.local_name().into_inner() {
                    "sheetFormatPr" => self.hides_rows = flag(&element, "zeroHeight"),
                    "col" => {
                        let number = |name| attribute(&element, name)?.parse::<usize>().ok()?.checked_sub(1);
                        let flat = attribute(&element, "width").is_some_and(|width| is_zero(&width));
                        if let (Some(first), Some(last), true) =
                            (number("min"), number("max"), flag(&element, "hidden") || flat)
                            && self.hidden_columns.len() < COLUMN_LIMIT
                        {
                            self.hidden_columns.push((first, last));
                        }
                    }
                    "row" => {
                        let number = attribute(&element, "r").map_or(Some(rows.next_number()), |row| row.parse().ok());
                        let height = attribute(&element, "ht");
                        let hidden = flag(&element, "hidden")
                            || height.as_deref().is_some_and(is_zero)
                            || height.is_none() && self.hides_rows;
                        let Some(number) = number else { return Err(self.xml.wrong("row")) };
                        rows.begin(number, hidden)?;
                        self.cells(rows)?;
                        if !rows.finish(self.shared, take)? {
                            return Ok(());
                        }
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().into_inner() == "sheetData" => return Ok(()),
                Event::Eof => return Err(self.xml.cut_short()),
                _ => {}
            }
        }
    }

    /// The cells of a row.
    fn cells(&mut self, rows: &mut Rows<'_>) -> Result<(), Problems> {
        let mut next = 0_usize;
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().into_inner() == "c" => {
                    let mut column = Some(next);
                    let mut style = 0_usize;
                    let mut kind = Type::Number;
                    for found in element.attributes().with_checks(false).flatten() {
                        match found.key.into_inner() {
                            "r" => {
                                let here = reference(&found.value);
                                column = here.filter(|(_, row)| *row == rows.number()).map(|(column, _)| column);
                            }
                            "s" => style = found.value.parse().unwrap_or_default(),
                            "t" => {
                                kind = match &*found.value {
                                    "s" => Type::Shared,
                                    "inlineStr" => Type::Inline,
                                    "str" => Type::Text,
                                    "b" => Type::Flag,
                                    "e" => Type::Error,
                                    "d" => Type::Day,
                                    _ => Type::Number,
                                }
                            }
                            _ => {}
                        }
                    }
                    let Some(column) = column else { return Err(self.xml.wrong("cell")) };
                    next = column.saturating_add(1);
                    self.cell(rows, column, style, kind)?;
                }
                Event::Start(_) => self.xml.skip()?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(self.xml.cut_short()),
                _ => {}
            }
        }
    }

    /// The value of a cell.
    fn cell(&mut self, rows: &mut Rows<'_>, column: usize, style: usize, kind: Type) -> Result<(), Problems> {
        enum Part {
            Value,
            Formula,
            Text,
            Other,
        }
        let mut is_formula = false;
        let mut has_value = false;
        self.value.clear();
        loop {
            let part = match self.xml.next()? {
                Event::Start(element) => match element.local_name().into_inner() {
                    "v" => Part::Value,
                    "f" => Part::Formula,
                    "is" => Part::Text,
                    _ => Part::Other,
                },
                Event::End(_) => break,
                Event::Eof => return Err(self.xml.cut_short()),
                _ => continue,
            };
            match part {
                Part::Value => {
                    has_value = true;
                    self.xml.text(&mut self.value)?;
                }
                Part::Text => {
                    has_value = true;
                    rich_text(&mut self.xml, &mut self.value)?;
                }
                Part::Formula => {
                    is_formula = true;
                    self.xml.skip()?;
                }
                Part::Other => self.xml.skip()?,
            }
        }
        if is_formula {
            // An empty text is a value, an empty number is none.
            if !has_value || self.value.is_empty() && kind != Type::Text {
                return rows.fault(column, CellFault::NotCalculated);
            }
            if self.recalculates {
                rows.stale(column);
            }
        }
        match kind {
            Type::Number if self.value.trim().is_empty() => Ok(()),
            Type::Number => self.number(rows, column, style),
            Type::Shared => {
                let at = self.value.trim().parse().ok().filter(|at| self.shared.get(*at).is_some());
                let Some(at) = at else { return Err(damaged(words::NO_TEXT.with(&[&rows.cell(column), &self.value]))) };
                if self.shared.get(at) == Some("") { Ok(()) } else { rows.put(column, Value::Shared(at)) }
            }
            Type::Text => {
                let text =
                    if self.value.contains("_x") { unmasked(&self.value) } else { std::mem::take(&mut self.value) };
                rows.put_text(column, &text)?;
                self.value = text;
                Ok(())
            }
            Type::Inline => rows.put_text(column, &self.value),
            Type::Day => rows.put_text(column, &plain_day(&self.value)),
            Type::Flag => match self.value.trim() {
                "1" | "true" => rows.put(column, Value::Flag(true)),
                "0" | "false" => rows.put(column, Value::Flag(false)),
                "" => Ok(()),
                _ => rows.fault(column, CellFault::Error(self.value.clone())),
            },
            Type::Error => rows.fault(column, CellFault::Error(self.value.clone())),
        }
    }

    fn number(&mut self, rows: &mut Rows<'_>, column: usize, style: usize) -> Result<(), Problems> {
        let format = self.styles.get(style).and_then(Option::as_ref);
        self.digits.clear();
        if let Err(fault) = write_digits(&self.value, &mut self.digits) {
            return rows.fault(column, fault);
        }
        rows.put_shown(column, &self.digits, format, self.since_1904)
    }
}

fn is_zero(measure: &str) -> bool {
    !measure.is_empty() && measure.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}
