//! The roster as a table, to be kept or looked at elsewhere.

use rust_decimal::Decimal;

use super::{Places, header};
use crate::ground::ids::At as _;
use crate::policy::Policy;
use crate::rows::column::{AttributeColumn, Numbers};
use crate::tables::table::{Batch, Cells, Column, ColumnKind, Table, Words};

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// Where the cells of a column come from.
#[derive(Clone, Copy)]
enum From<'a> {
    Key(&'static str),
    Attribute(&'a AttributeColumn),
}

impl Places {
    /// The rows as a roster file of a policy has them: ids filled in, kinds and designations by their ids, an attribute that
    /// the roster lacks left out. What is read from it is this roster again, but for the numbers of blank rows.
    #[must_use]
    pub fn table(&self, policy: &Policy) -> Table<'_> {
        let mut columns = Vec::new();
        let mut sources = Vec::new();
        for template in header::template(policy) {
            let key = crate::ground::titles::COLUMN_KEYS.into_iter().find(|key| *key == template.key);
            let (kind, source) = match (key, self.attribute(&template.key)) {
                (Some(key @ ("count" | "from" | "to")), _) => (ColumnKind::Integer, From::Key(key)),
                (Some(key), _) => (ColumnKind::Text, From::Key(key)),
                (None, Some(column)) => (attribute_kind(column), From::Attribute(column)),
                (None, None) => continue,
            };
            columns.push(Column { key: template.key, header: template.header, kind });
            sources.push(source);
        }
        Table::new(columns, policy.unit(), move || {
            let sources = sources.clone();
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows = start..start.saturating_add(BATCH_ROWS).min(self.len());
                let columns = sources.iter().map(|source| self.cells(*source, rows.clone())).collect();
                Batch { columns, rows: rows.len() }
            })
        })
    }

    fn cells<'a>(&'a self, source: From<'a>, rows: std::ops::Range<usize>) -> Cells<'a> {
        let year = |year: Option<u16>| year.map(i64::from);
        let text = |of: &dyn Fn(usize) -> &'a str| Cells::Text(rows.clone().map(of).collect());
        match source {
            From::Key("id") => text(&|row| self.id(row)),
            From::Key("name") => text(&|row| self.name(row)),
            From::Key("kind") => text(&|row| self.kind(row)),
            From::Key("designation") => text(&|row| self.designation(row)),
            From::Key("county") => text(&|row| self.county(row)),
            From::Key("township") => text(&|row| self.township(row)),
            From::Key("division_code") => text(&|row| self.division_code(row)),
            From::Key("from") => {
                Cells::MaybeInteger(rows.map(|row| year(self.shape(row).and_then(|shape| shape.from))).collect())
            }
            From::Key("to") => {
                Cells::MaybeInteger(rows.map(|row| year(self.shape(row).and_then(|shape| shape.to))).collect())
            }
            From::Key(_) => {
                Cells::Integer(rows.map(|row| i64::try_from(self.count(row)).unwrap_or(i64::MAX)).collect())
            }
            From::Attribute(column) => match column {
                AttributeColumn::Flag(flags) => Cells::Flag(rows.map(|row| flags.at(row)).collect()),
                AttributeColumn::Text(texts) => Cells::Words(Words {
                    words: texts.values().collect(),
                    codes: rows.map(|row| texts.code(row)).collect(),
                }),
                AttributeColumn::Number(numbers) => match attribute_kind(column) {
                    ColumnKind::Integer => Cells::MaybeInteger(
                        rows.map(|row| numbers.get(row).and_then(|number| i64::try_from(number.mantissa()).ok()))
                            .collect(),
                    ),
                    _ => Cells::Number(rows.map(|row| numbers.get(row)).collect::<Vec<Option<Decimal>>>()),
                },
            },
        }
    }
}

fn attribute_kind(column: &AttributeColumn) -> ColumnKind {
    match column {
        AttributeColumn::Flag(_) => ColumnKind::Flag,
        AttributeColumn::Text(_) => ColumnKind::Text,
        AttributeColumn::Number(numbers) => match numbers.numbers() {
            Numbers::Narrow { scale: 0, .. } => ColumnKind::Integer,
            Numbers::Narrow { scale, .. } => ColumnKind::Number { scale: Some(*scale) },
            Numbers::Wide(_) => ColumnKind::Number { scale: None },
        },
    }
}
