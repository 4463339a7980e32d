//! What every form is made of.

use super::grid::{GridRow, OWN_KEYS, Value};
use super::{FormKind, FormOptions, FormText, Made, PartData};
use crate::ground::language::Name;
use crate::ground::message::{Argument, Message, Phrase};
use crate::ground::money::{Amount, Unit};
use crate::policy::{Named, Policy};
use crate::questions::projects::Planning;
use crate::questions::reconcile::Reconciliation;
use crate::results::allocation::Allocation;
use crate::results::tables::{column, layer_key, years_text};
use crate::tables::table::{Column, ColumnKind, RowKind};

/// An allocation, what happened where it is known, and how the form is to be.
pub(super) struct Basis<'a> {
    pub(super) kind: FormKind,
    pub(super) allocation: &'a Allocation,
    pub(super) reconciliation: Option<&'a Reconciliation>,
    pub(super) planning: Option<&'a Planning>,
    pub(super) options: &'a FormOptions,
}

impl<'a> Basis<'a> {
    pub(super) fn policy(&self) -> &'a Policy {
        self.allocation.policy()
    }

    pub(super) fn unit(&self) -> Unit {
        self.options.unit.unwrap_or_else(|| self.policy().unit())
    }

    /// The form, with its title and its parts.
    pub(super) fn made(&self, title: Message, head: &'static [FormText], parts: Vec<PartData>) -> Made {
        Made {
            kind: self.kind,
            allocation: self.allocation.clone(),
            reconciliation: self.reconciliation.cloned(),
            planning: self.planning.cloned(),
            unit: self.unit(),
            texts: self.options.texts.clone(),
            title,
            cut_at: None,
            head,
            parts,
            notes: Vec::new(),
        }
    }

    /// A title that says its years.
    pub(super) fn titled(&self, title: Phrase) -> Message {
        title.with(&[&self.years()])
    }

    pub(super) fn years(&self) -> Argument {
        years_text(self.allocation.years())
    }

    /// The rows of the roster county by county, counties in the order in which they first appear.
    pub(super) fn by_county(&self) -> Vec<(Value, Vec<usize>)> {
        let roster = self.allocation.roster();
        let mut order: Vec<usize> = (0..roster.len()).collect();
        let code = |row: usize| roster.county_column().code(row);
        order.sort_by_key(|row| code(*row));
        let blocks = order.chunk_by(|a, b| code(*a) == code(*b));
        blocks.map(|rows| (county(rows.first().map_or("", |row| roster.county(*row))), rows.to_vec())).collect()
    }

    /// What a row of the roster gets in a year from each layer; none where it is not live.
    pub(super) fn amounts(&self, row: usize, year: usize) -> Option<Vec<i64>> {
        let live = self.allocation.years().get(year).is_some_and(|year| self.allocation.lives(row, *year));
        let layers = 0..self.policy().layers().len();
        live.then(|| layers.map(|layer| self.allocation.0.row_fen(row, year, layer)).collect())
    }

    /// The cell of a row's kind.
    pub(super) fn kind(&self, row: usize) -> Value {
        word(self.policy().kinds(), self.allocation.roster().kind(row))
    }

    /// The cell of a row's designation.
    pub(super) fn designation(&self, row: usize) -> Value {
        word(self.policy().designations(), self.allocation.roster().designation(row))
    }

    /// The township and the village that a row stands for: a town is the township itself.
    pub(super) fn township_and_village(&self, row: usize) -> (&'a str, &'a str) {
        let roster = self.allocation.roster();
        let kind = self.policy().kinds().iter().find(|kind| kind.id == roster.kind(row));
        let is_township = kind.is_some_and(|kind| {
            ["town", "township"].contains(&kind.id.as_str())
                || ["镇", "乡", "街道"].iter().any(|ending| kind.name.zh.ends_with(ending))
        });
        if is_township { (roster.name(row), "") } else { (roster.township(row), roster.name(row)) }
    }

    /// Of a row that stands for several places, how many.
    pub(super) fn remark(&self, row: usize) -> Value {
        match self.allocation.roster().count(row) {
            1 => Value::Blank,
            count => Value::label(&format!("共 {count} 处"), &format!("{count} places")),
        }
    }

    /// A column of amounts for each layer; none has the key of another column.
    pub(super) fn layer_columns(&self, columns: &[Column], others: &[Column]) -> Vec<Column> {
        let mut known: Vec<Column> = columns.iter().chain(others).cloned().collect();
        known.extend(OWN_KEYS.iter().chain(&["total", "note"]).map(|key| text(key, "", "")));
        let of_layer = |layer: &crate::policy::Layer| {
            column(&layer_key(&layer.id, &known), layer.name.clone(), ColumnKind::Amount)
        };
        self.policy().layers().iter().map(of_layer).collect()
    }
}

/// A county for people and programs.
pub(super) fn county(county: &str) -> Value {
    if county.is_empty() { Value::label("（未列明）", "(not stated)") } else { Value::text(county) }
}

fn word(known: &[Named], id: &str) -> Value {
    known
        .iter()
        .find(|named| named.id == id)
        .map_or_else(|| Value::text(id), |named| Value::Word(named.id.clone(), named.name.clone()))
}

/// A column of texts.
pub(super) fn text(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Text)
}

/// A column of whole numbers.
pub(super) fn integer(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Integer)
}

/// A column of amounts.
pub(super) fn money(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Amount)
}

/// A column of percentages.
pub(super) fn percent(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Percent)
}

/// 序号.
pub(super) fn number() -> Column {
    integer("number", "序号", "No.")
}

/// 备注.
pub(super) fn note() -> Column {
    text("note", "备注", "Note")
}

pub(super) fn amount(fen: i64) -> Value {
    Value::Amount(Amount::from_fen(fen))
}

/// Numbers the rows that are no sums, in the first column.
pub(super) fn numbered(rows: &mut [GridRow]) {
    let own = rows.iter_mut().filter(|(kind, _)| *kind == RowKind::Row);
    for (number, (_, cells)) in (1_i64..).zip(own) {
        if let Some(cell) = cells.first_mut() {
            *cell = Value::Integer(number);
        }
    }
}
