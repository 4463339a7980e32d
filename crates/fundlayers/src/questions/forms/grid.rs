//! The tables of forms, once: what a program reads of them and what is printed come from the same cells.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use crate::ground::ids::At as _;
use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::results::tables::{BATCH_ROWS, column, overflow, unit_column};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Percent, Report, ReportRows, RowKind, Table};

use crate::ground::catalogue::forms as words;

/// What stands for a figure that there is none of.
const NONE: &str = "—";
/// A form is printed: it has at most so many rows.
const ROW_LIMIT: usize = 100_000;

/// Whether so many rows can be printed.
///
/// # Errors
///
/// [`Code::TooLarge`] if they cannot.
pub(super) fn check_rows(rows: usize) -> Result<(), Problems> {
    if rows <= ROW_LIMIT {
        return Ok(());
    }
    let problem = Problem::new(Code::TooLarge, words::FORM_TOO_LONG.with(&[&ROW_LIMIT]));
    Err(problem.expected(words::FEWER_ROWS).into())
}

/// A cell.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Blank,
    /// The same in every language; blank if it is empty.
    Text(String),
    /// What programs read, and what people do.
    Word(String, Name),
    Integer(i64),
    Amount(Amount),
    /// None: what it is of is not above 0.
    Rate(Option<Percent>),
    Rank(Option<i64>),
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text.to_owned()) }
    }

    /// What only people read.
    pub(super) fn label(zh: &str, en: &str) -> Self {
        Self::Word(String::new(), Name::new(zh, en))
    }

    fn cell(&self, lang: Lang) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Self::Word(_, name) => Cell::Text(Cow::Borrowed(name.get(lang))),
            Self::Integer(number) | Self::Rank(Some(number)) => Cell::Integer(*number),
            Self::Amount(amount) => Cell::Amount(*amount),
            Self::Rate(Some(percent)) => Cell::Percent(*percent),
            Self::Rate(None) | Self::Rank(None) => Cell::Text(Cow::Borrowed(NONE)),
        }
    }

    fn word(&self) -> &str {
        match self {
            Self::Text(text) | Self::Word(text, _) => text,
            _ => "",
        }
    }
}

/// A row: what it is, and a cell for each column.
pub(super) type GridRow = (RowKind, Vec<Value>);

/// A table of a form.
#[derive(Debug)]
pub(super) struct Grid {
    /// What programs call it.
    pub(super) id: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<GridRow>,
}

impl Grid {
    /// For people. The unit stands at the right above it.
    pub(super) fn report(&self, lang: Lang, unit: Unit) -> Report<'_> {
        self.rows_report(0..self.rows.len(), lang, unit)
    }

    /// Some of its rows, for people.
    pub(super) fn rows_report(&self, rows: Range<usize>, lang: Lang, unit: Unit) -> Report<'_> {
        let own = self.rows.get(rows).unwrap_or_default();
        let columns = self.columns.iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let rows = ReportRows::made(own.len(), move |each| {
            let mut cells = Vec::new();
            for (kind, values) in own {
                cells.clear();
                cells.extend(values.iter().map(|value| value.cell(lang)));
                each(*kind, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, title: String::new(), unit, decimals: None, columns, rows, notes: Vec::new() }
    }
}

/// Columns that every form has for programs.
pub(super) const OWN_KEYS: [&str; 3] = ["section", "line", "unit"];

/// The tables of a form as one for programs: `section` where there are several, `line` (`row`, `subtotal`, `total`), the
/// columns of each, `unit`.
pub(super) fn table<'a>(grids: &[&'a Grid], unit: Unit) -> Table<'a> {
    let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
    let mut columns = Vec::new();
    if grids.len() > 1 {
        columns.push(text("section", "部分", "Section"));
    }
    columns.push(text("line", "行", "Line"));
    let first = columns.len();
    for column in grids.iter().flat_map(|grid| &grid.columns) {
        if !columns.iter().any(|known| known.key == column.key) {
            columns.push(column.clone());
        }
    }
    let own: Vec<Column> = columns.get(first..).unwrap_or_default().to_vec();
    columns.push(unit_column());
    // By table, which of its cells stands in each column.
    let places: Vec<Vec<Option<usize>>> = grids
        .iter()
        .map(|grid| own.iter().map(|column| grid.columns.iter().position(|of| of.key == column.key)).collect())
        .collect();
    let rows: Vec<(usize, &'a GridRow)> =
        grids.iter().enumerate().flat_map(|(number, grid)| grid.rows.iter().map(move |row| (number, row))).collect();
    let ids: Vec<&'static str> = grids.iter().map(|grid| grid.id).collect();
    Table::new(columns, unit, move || {
        let batches: Vec<Batch<'a>> =
            rows.chunks(BATCH_ROWS).map(|rows| batch(rows, &own, &places, &ids, unit)).collect();
        batches.into_iter()
    })
}

fn batch<'a>(
    rows: &[(usize, &'a GridRow)],
    own: &[Column],
    places: &[Vec<Option<usize>>],
    ids: &[&'static str],
    unit: Unit,
) -> Batch<'a> {
    let line = |kind: &RowKind| match kind {
        RowKind::Subtotal => "subtotal",
        RowKind::Total => "total",
        RowKind::Row | RowKind::LeftOut(_) => "row",
    };
    let mut columns = Vec::new();
    if ids.len() > 1 {
        columns.push(Cells::Text(rows.iter().map(|(grid, _)| ids.at(*grid)).collect()));
    }
    columns.push(Cells::Text(rows.iter().map(|(_, (kind, _))| line(kind)).collect()));
    for (at, column) in own.iter().enumerate() {
        let values = rows.iter().map(|(grid, (_, values))| {
            let place = places.get(*grid).and_then(|places| places.get(at)).copied().flatten();
            place.and_then(|place| values.get(place)).unwrap_or(&Value::Blank)
        });
        columns.push(match column.kind {
            ColumnKind::Amount => Cells::MaybeAmount(
                values.map(|value| if let Value::Amount(amount) = value { Some(*amount) } else { None }).collect(),
            ),
            ColumnKind::Integer => Cells::MaybeInteger(
                values
                    .map(|value| match value {
                        Value::Integer(number) | Value::Rank(Some(number)) => Some(*number),
                        _ => None,
                    })
                    .collect(),
            ),
            ColumnKind::Percent => Cells::Percent(
                values.map(|value| if let Value::Rate(percent) = value { *percent } else { None }).collect(),
            ),
            ColumnKind::Text | ColumnKind::Number { .. } | ColumnKind::Flag => {
                Cells::Text(values.map(Value::word).collect())
            }
        });
    }
    columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
    Batch { columns, rows: rows.len() }
}

/// Puts rows together county by county: a subtotal (小计) of each that has several rows, and a total (合计), over the columns
/// of amounts.
pub(super) struct ByCounty {
    grid: Grid,
    sums: Vec<i128>,
    /// The columns where 小计 and 合计 stand.
    labels: (usize, usize),
    total_first: bool,
}

impl ByCounty {
    pub(super) fn new(id: &'static str, columns: Vec<Column>, labels: (usize, usize), total_first: bool) -> Self {
        let sums = vec![0; columns.len()];
        Self { grid: Grid { id, columns, rows: Vec::new() }, sums, labels, total_first }
    }

    /// Adds the rows of a county, which its first cell of a row says.
    pub(super) fn county(&mut self, county: Value, rows: Vec<Vec<Value>>) -> Result<(), Problems> {
        check_rows(self.grid.rows.len().saturating_add(rows.len()))?;
        let mut sums = vec![0_i128; self.grid.columns.len()];
        for values in &rows {
            for (sum, value) in sums.iter_mut().zip(values) {
                if let Value::Amount(amount) = value {
                    *sum = sum.saturating_add(amount.fen().into());
                }
            }
        }
        for (grand, sum) in self.sums.iter_mut().zip(&sums) {
            *grand = grand.saturating_add(*sum);
        }
        let subtotal = (rows.len() > 1).then(|| {
            let (under, at) = self.labels;
            let mut cells = self.sum_row(&sums)?;
            for (place, value) in [(at, county), (under, Value::label("小计", "Subtotal"))] {
                if let Some(cell) = cells.get_mut(place) {
                    *cell = value;
                }
            }
            Ok::<GridRow, Problems>((RowKind::Subtotal, cells))
        });
        let subtotal = subtotal.transpose()?;
        let rows = rows.into_iter().map(|cells| (RowKind::Row, cells));
        if self.total_first {
            self.grid.rows.extend(subtotal);
            self.grid.rows.extend(rows);
        } else {
            self.grid.rows.extend(rows);
            self.grid.rows.extend(subtotal);
        }
        Ok(())
    }

    /// A row of sums.
    fn sum_row(&self, sums: &[i128]) -> Result<Vec<Value>, Problems> {
        let of_column = |(column, sum): (&Column, &i128)| {
            if column.kind != ColumnKind::Amount {
                return Ok(Value::Blank);
            }
            i64::try_from(*sum).map(|fen| Value::Amount(Amount::from_fen(fen))).map_err(|_| overflow())
        };
        self.grid.columns.iter().zip(sums).map(of_column).collect()
    }

    /// The table, with its total.
    pub(super) fn finish(mut self) -> Result<Grid, Problems> {
        let mut cells = self.sum_row(&self.sums)?;
        if let Some(cell) = cells.get_mut(self.labels.1) {
            *cell = Value::label("合计", "Total");
        }
        let at = if self.total_first { 0 } else { self.grid.rows.len() };
        self.grid.rows.insert(at, (RowKind::Total, cells));
        Ok(self.grid)
    }
}
