//! Rows of a result as a program's own structs.

use std::fmt;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::table::{Cells, Table};
use crate::ground::ids::At as _;
use crate::ground::money::{Amount, Unit};

impl Table<'_> {
    /// The rows as a program's own structs through serde, by the keys of the columns: texts, whole numbers, flags, decimals
    /// (as text of their digits, so that `Decimal` and `String` take them), an [`Amount`] or, as its digits in the table's
    /// unit, a `Decimal` or `String`. Blank cells are `None`.
    ///
    /// # Errors
    ///
    /// What a struct cannot take, with row and column.
    ///
    /// ```
    /// # use fundlayers::{Allocation, Amount, Grouping, Policy, Roster, Unit};
    /// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
    /// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    /// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// # let (roster, _) = Roster::from_rows(&policy, &[[("name", "黄堡镇"), ("county", "王益区")].into_iter().collect::<std::collections::BTreeMap<_, _>>()])?;
    /// # let (allocation, _) = Allocation::new(&policy, &roster)?;
    /// #[derive(serde::Deserialize)]
    /// struct OfCounty { county: String, amount: Amount }
    /// let totals = allocation.totals(&[Grouping::County], false)?;
    /// let counties: Vec<OfCounty> = totals.table(Unit::Wan).rows()?;
    /// assert_eq!((counties[0].county.as_str(), counties[0].amount), ("王益区", Amount::parse("6", Unit::Wan)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>, RowError> {
        let mut rows = Vec::new();
        for batch in self.batches() {
            for row in 0..batch.rows {
                let cells = self.columns().iter().zip(&batch.columns).map(|(column, cells)| {
                    (column.key.as_str(), CellDeserializer { cells, row, unit: self.unit(), key: &column.key })
                });
                let read = T::deserialize(MapDeserializer::new(cells));
                rows.push(read.map_err(|error: RowError| error.at(rows.len().saturating_add(1)))?);
            }
        }
        Ok(rows)
    }
}

/// Why a row of a result is no such struct.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", row.map_or_else(String::new, |row| format!("row {row}, ")), column.as_ref().map_or_else(String::new, |column| format!("column `{column}`: ")))]
pub struct RowError {
    row: Option<usize>,
    column: Option<String>,
    message: String,
}

impl RowError {
    fn at(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }

    fn of(mut self, column: &str) -> Self {
        self.column.get_or_insert_with(|| column.to_owned());
        self
    }
}

impl de::Error for RowError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { row: None, column: None, message: message.to_string() }
    }
}

#[derive(Clone, Copy)]
struct CellDeserializer<'a> {
    cells: &'a Cells<'a>,
    row: usize,
    unit: Unit,
    key: &'a str,
}

impl CellDeserializer<'_> {
    fn amount(self) -> Option<Amount> {
        match self.cells {
            Cells::Amount(amounts) => amounts.get(self.row).copied(),
            Cells::MaybeAmount(amounts) => amounts.get(self.row).copied().flatten(),
            _ => None,
        }
    }

    /// What stands there as text, if anything does.
    fn text(self) -> Option<String> {
        match self.cells {
            Cells::Text(_) | Cells::Words(_) => {
                self.cells.text(self.row).filter(|text| !text.is_empty()).map(str::to_owned)
            }
            Cells::Number(numbers) => numbers.get(self.row)?.map(|number| number.to_string()),
            Cells::Percent(percents) => percents.get(self.row)?.as_ref().map(ToString::to_string),
            Cells::Amount(_) | Cells::MaybeAmount(_) => {
                self.amount().map(|amount| amount.in_unit(self.unit).to_string())
            }
            _ => None,
        }
    }

    fn is_blank(self) -> bool {
        match self.cells {
            Cells::Integer(_) | Cells::Flag(_) => false,
            Cells::MaybeInteger(numbers) => numbers.get(self.row).copied().flatten().is_none(),
            _ => self.text().is_none(),
        }
    }
}

impl IntoDeserializer<'_, RowError> for CellDeserializer<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for CellDeserializer<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        let number = match self.cells {
            Cells::Integer(numbers) => numbers.get(self.row).copied(),
            Cells::MaybeInteger(numbers) => numbers.get(self.row).copied().flatten(),
            _ => None,
        };
        let read = match (self.cells, number) {
            (_, Some(number)) => visitor.visit_i64(number),
            (Cells::Flag(flags), _) => visitor.visit_bool(flags.at(self.row)),
            // A text column has texts, blank ones too.
            (Cells::Text(_) | Cells::Words(_), _) => visitor.visit_str(self.cells.text(self.row).unwrap_or_default()),
            _ => match self.text() {
                Some(text) => visitor.visit_string(text),
                None => visitor.visit_unit(),
            },
        };
        read.map_err(|error: RowError| error.of(self.key))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        if self.is_blank() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, RowError> {
        if name != Amount::SERDE_NAME {
            return visitor.visit_newtype_struct(self);
        }
        let read = match self.amount() {
            Some(amount) => visitor.visit_string(amount.with_unit()),
            None => self.deserialize_any(visitor),
        };
        read.map_err(|error: RowError| error.of(self.key))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        let text = self.text().unwrap_or_default();
        let read = StrDeserializer::new(&text).deserialize_enum(name, variants, visitor);
        read.map_err(|error: RowError| error.of(self.key))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
