//! Result tables: as typed columns, as files, for people.

use std::ops::ControlFlow;
use std::rc::Rc;

use fundlayers::answer::Answer;
use fundlayers::table::{Cells, ColumnKind, Percent, Report, RowKind, Table};
use fundlayers::{Amount, Code, Lang, Name, Problem, Problems};
use fundlayers_formats::{csv, json as json_file};
use hashbrown::HashMap;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, json, list};
use crate::inputs::lang;

/// The table of an answer. It borrows from what it shows, so that one is made each time it is asked for.
#[wasm_bindgen]
pub struct RawTable {
    pub(crate) answer: Rc<Answer>,
}

impl From<Answer> for RawTable {
    fn from(answer: Answer) -> Self {
        Self { answer: Rc::new(answer) }
    }
}

#[wasm_bindgen]
impl RawTable {
    /// Unit and columns, as JSON: `{ unit, columns: [{ key, header, kind }] }`; no columns where a policy was checked.
    #[must_use]
    pub fn head(&self) -> String {
        #[derive(Serialize)]
        struct Column<'a> {
            key: &'a str,
            header: &'a Name,
            kind: &'static str,
        }
        #[derive(Serialize)]
        struct Head<'a> {
            unit: &'a str,
            columns: Vec<Column<'a>>,
            titles: Titles,
        }
        #[derive(Serialize)]
        struct Titles {
            zh: Vec<String>,
            en: Vec<String>,
        }
        let table = self.answer.table(Lang::default());
        let titles = |lang| table.as_ref().map_or_else(Vec::new, |table| table.titles(lang));
        let titles = Titles { zh: titles(Lang::Zh), en: titles(Lang::En) };
        let columns = table.as_ref().map(Table::columns).unwrap_or_default().iter();
        let columns =
            columns.map(|column| Column { key: &column.key, header: &column.header, kind: word(column.kind) });
        json(&Head { unit: self.answer.unit().as_str(), columns: columns.collect(), titles })
    }

    /// The same answer once more.
    #[must_use]
    pub fn again(&self) -> RawTable {
        RawTable { answer: Rc::clone(&self.answer) }
    }

    /// The cells, by columns; sentences in a language.
    ///
    /// # Errors
    ///
    /// Whole numbers that JavaScript's do not reach.
    pub fn columns(&self, lang_name: &str) -> Fallible<RawColumns> {
        let table = self.answer.table(lang(lang_name));
        let mut columns: Vec<Gathered> = Vec::new();
        let mut rows = 0_usize;
        for batch in table.iter().flat_map(Table::batches) {
            rows = rows.saturating_add(batch.rows);
            if columns.is_empty() {
                columns = batch.columns.iter().map(Gathered::of).collect();
            }
            for (column, cells) in columns.iter_mut().zip(&batch.columns) {
                column.push(cells)?;
            }
        }
        Ok(RawColumns { columns, rows })
    }

    /// CSV, as the command line writes it; or for a spreadsheet. Sentences in a language.
    #[must_use]
    #[wasm_bindgen(js_name = toCsv)]
    pub fn to_csv(&self, excel: bool, lang_name: &str) -> String {
        let Some(table) = self.answer.table(lang(lang_name)) else { return String::new() };
        written(|writer| if excel { csv::write_for_sheets(writer, &table) } else { csv::write(writer, &table) })
    }

    /// JSON, as the command line writes it.
    #[must_use]
    #[wasm_bindgen(js_name = toJson)]
    pub fn to_json(&self, lang_name: &str) -> String {
        written(|writer| json_file::write_answer(writer, &self.answer, lang(lang_name)))
    }

    /// The table for people, as JSON: `{ lang, title, unit, unitNote, columns, rows, notes }`, cells as text; none where
    /// nothing is unmatched. `wide` lays layers side by side, `decimals` are what is shown of amounts.
    ///
    /// # Errors
    ///
    /// A total that is too large.
    pub fn report(&self, lang_name: &str, wide: bool, decimals: Option<u32>) -> Fallible<Option<String>> {
        #[derive(Serialize)]
        struct Column<'a> {
            header: &'a str,
            kind: &'static str,
        }
        #[derive(Serialize)]
        struct Row {
            kind: &'static str,
            cells: Vec<String>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Told<'a> {
            lang: Lang,
            title: &'a str,
            unit: &'a str,
            unit_note: String,
            columns: Vec<Column<'a>>,
            rows: Vec<Row>,
            notes: &'a [String],
        }
        let Some(report) = report(&self.answer, lang(lang_name), wide)? else { return Ok(None) };
        let report = report.with_decimals(decimals);
        let mut rows = Vec::with_capacity(report.rows.len());
        // It never breaks off.
        _ = report.rows.each(&mut |kind, cells| {
            let kind = match kind {
                RowKind::Row | RowKind::LeftOut(_) => "row",
                RowKind::Subtotal => "subtotal",
                RowKind::Total => "total",
            };
            rows.push(Row { kind, cells: cells.iter().map(|cell| report.text(cell)).collect() });
            ControlFlow::Continue(())
        });
        Ok(Some(json(&Told {
            lang: report.lang,
            title: &report.title,
            unit: report.unit.as_str(),
            unit_note: report.unit_note(),
            columns: report.columns.iter().map(|(header, kind)| Column { header, kind: word(*kind) }).collect(),
            rows,
            notes: &report.notes,
        })))
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(self.answer.warnings())
    }
}

/// The table for people, or with layers side by side.
pub(crate) fn report(answer: &Answer, lang: Lang, wide: bool) -> Result<Option<Report<'_>>, Problems> {
    if wide { answer.wide_report(lang) } else { answer.report(lang) }
}

/// What the cells of a column are, in a word.
const fn word(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Integer => "integer",
        ColumnKind::Number { .. } => "number",
        ColumnKind::Flag => "flag",
        ColumnKind::Amount => "amount",
        ColumnKind::Percent => "percent",
    }
}

/// Writing to memory does not fail, and writers write UTF-8.
pub(crate) fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    _ = write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// One column of a whole table.
enum Gathered {
    /// Each text once and which one stands in each row; where to look a text up, unless the table has a dictionary.
    Text { values: Vec<String>, places: Option<HashMap<String, u32>>, codes: Vec<u32> },
    /// Whole numbers, and 1 where a cell is blank.
    Integer { numbers: Vec<f64>, blanks: Vec<u8> },
    /// Fen, or hundredths of a percent, and 1 where a cell is blank.
    Exact { numbers: Vec<i64>, blanks: Vec<u8> },
}

/// Beyond this JavaScript's numbers skip some.
const SAFE: i64 = (1 << 53) - 1;

impl Gathered {
    fn of(cells: &Cells<'_>) -> Self {
        match cells {
            // Numbers as their exact text; only rosters have flags, which are shown as text.
            Cells::Text(_) | Cells::Number(_) | Cells::Flag(_) => {
                Self::Text { values: Vec::new(), places: Some(HashMap::new()), codes: Vec::new() }
            }
            Cells::Words(words) => {
                let values = words.words.iter().map(|word| (*word).to_owned()).collect();
                Self::Text { values, places: None, codes: Vec::new() }
            }
            Cells::Integer(_) | Cells::MaybeInteger(_) => Self::Integer { numbers: Vec::new(), blanks: Vec::new() },
            Cells::Amount(_) | Cells::MaybeAmount(_) | Cells::Percent(_) => {
                Self::Exact { numbers: Vec::new(), blanks: Vec::new() }
            }
        }
    }

    fn push(&mut self, cells: &Cells<'_>) -> Result<(), Problem> {
        match (self, cells) {
            (Self::Text { codes, .. }, Cells::Words(words)) => codes.extend_from_slice(&words.codes),
            (text @ Self::Text { .. }, Cells::Number(_) | Cells::Flag(_)) => {
                let shown = shown(cells);
                text.push(&Cells::Text(shown.iter().map(String::as_str).collect()))?;
            }
            (Self::Text { values, places: Some(places), codes }, Cells::Text(texts)) => {
                let mut last: Option<(&str, u32)> = None;
                for text in texts {
                    // Neighbours are often alike.
                    let known = last.filter(|(before, _)| before == text).map(|(_, code)| code);
                    let code = known.or_else(|| places.get(*text).copied()).unwrap_or_else(|| {
                        let code = u32::try_from(values.len()).unwrap_or(u32::MAX);
                        values.push((*text).to_owned());
                        places.insert((*text).to_owned(), code);
                        code
                    });
                    last = Some((text, code));
                    codes.push(code);
                }
            }
            (Self::Integer { numbers, blanks }, Cells::Integer(integers)) => {
                for integer in integers {
                    numbers.push(safe(*integer)?);
                }
                blanks.resize(numbers.len(), 0);
            }
            (Self::Integer { numbers, blanks }, Cells::MaybeInteger(integers)) => {
                for integer in integers {
                    numbers.push(safe(integer.unwrap_or_default())?);
                    blanks.push(u8::from(integer.is_none()));
                }
            }
            (Self::Exact { numbers, blanks }, cells) => match cells {
                Cells::Amount(amounts) => {
                    numbers.extend(amounts.iter().map(|amount| amount.fen()));
                    blanks.resize(numbers.len(), 0);
                }
                Cells::MaybeAmount(amounts) => {
                    numbers.extend(amounts.iter().map(|amount| amount.map_or(0, Amount::fen)));
                    blanks.extend(amounts.iter().map(|amount| u8::from(amount.is_none())));
                }
                Cells::Percent(percents) => {
                    numbers.extend(percents.iter().map(|percent| percent.map_or(0, Percent::hundredths)));
                    blanks.extend(percents.iter().map(|percent| u8::from(percent.is_none())));
                }
                _ => {}
            },
            // Every batch of a table has the same columns.
            _ => {}
        }
        Ok(())
    }
}

/// A whole number as JavaScript has them.
fn safe(integer: i64) -> Result<f64, Problem> {
    if !(-SAFE..=SAFE).contains(&integer) {
        let message = "a whole number is beyond 2^53 − 1, where JavaScript's numbers end";
        return Err(Problem::new(Code::Overflow, message).found(integer.to_string()));
    }
    #[expect(clippy::cast_precision_loss, reason = "it was seen to be exact")]
    let number = integer as f64;
    Ok(number)
}

/// Numbers, and cells that only rosters have, as text; blank is the empty text.
fn shown(cells: &Cells<'_>) -> Vec<String> {
    fn text<T: ToString>(cell: Option<&T>) -> String {
        cell.map_or_else(String::new, T::to_string)
    }
    match cells {
        Cells::Number(numbers) => {
            numbers.iter().map(|number| text(number.map(|number| number.normalize()).as_ref())).collect()
        }
        Cells::Flag(flags) => flags.iter().map(bool::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The cells of a table, by columns of equal length. What a column does not hold is empty.
#[wasm_bindgen]
pub struct RawColumns {
    columns: Vec<Gathered>,
    rows: usize,
}

#[wasm_bindgen]
impl RawColumns {
    /// How many rows.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.rows
    }

    /// Of a text column, each text once, as JSON.
    #[must_use]
    pub fn values(&self, column: usize) -> String {
        match self.columns.get(column) {
            Some(Gathered::Text { values, .. }) => json(values),
            _ => "[]".to_owned(),
        }
    }

    /// Of a text column, which text stands in each row.
    #[must_use]
    pub fn codes(&self, column: usize) -> Vec<u32> {
        match self.columns.get(column) {
            Some(Gathered::Text { codes, .. }) => codes.clone(),
            _ => Vec::new(),
        }
    }

    /// Of a column of whole numbers, these.
    #[must_use]
    pub fn integers(&self, column: usize) -> Vec<f64> {
        match self.columns.get(column) {
            Some(Gathered::Integer { numbers, .. }) => numbers.clone(),
            _ => Vec::new(),
        }
    }

    /// Of a column of amounts, the fen; of percentages, their hundredths.
    #[must_use]
    pub fn exact(&self, column: usize) -> Vec<i64> {
        match self.columns.get(column) {
            Some(Gathered::Exact { numbers, .. }) => numbers.clone(),
            _ => Vec::new(),
        }
    }

    /// Of a column of numbers, 1 where a cell is blank; nothing if none is.
    #[must_use]
    pub fn blanks(&self, column: usize) -> Option<Vec<u8>> {
        match self.columns.get(column) {
            Some(Gathered::Integer { blanks, .. } | Gathered::Exact { blanks, .. }) if blanks.contains(&1) => {
                Some(blanks.clone())
            }
            _ => None,
        }
    }
}
