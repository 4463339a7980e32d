//! The rows of a table that is made part by part, as record batches.

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use fundlayers::table::Table;
use fundlayers::{
    Allocation, Code, Figures, FundSettling, Part, Policy, Problem, Problems, ReceiptsByRow, ReconciledLines, Roster,
    RosterBuilder, RowBuilder as _, TableOptions,
};

use crate::arrow;
use crate::catalogue as words;

/// The rows of a part, or why there are none.
pub type Made = Result<Vec<RecordBatch>, ArrowError>;

/// A table that is made part by part of what is computed of each, and whose columns are known before any: so that what no part adds a row
/// to has them too.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#).unwrap();
/// use fundlayers::TableOptions;
/// use fundlayers_formats::scan::Rows;
/// let options = TableOptions { unit: policy.unit(), zeros: false, wide: false };
/// let rows = Rows::of_amounts(&policy, options)?.select(&["amount", "id"])?;
/// assert_eq!((rows.none().num_rows(), rows.none().num_columns()), (0, 2));
/// assert!(rows.select(&["colour"]).is_err());
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub struct Rows<T> {
    policy: Policy,
    options: TableOptions,
    table: for<'a> fn(&'a T, TableOptions) -> Table<'a>,
    /// The numbers of the columns, if not all are asked for.
    columns: Option<Vec<usize>>,
    schema: SchemaRef,
}

impl<T> Rows<T> {
    fn new(
        policy: &Policy,
        options: TableOptions,
        table: for<'a> fn(&'a T, TableOptions) -> Table<'a>,
        nobody: &T,
    ) -> Self {
        let schema = arrow::schema(&table(nobody, options), policy);
        Self { policy: policy.clone(), options, table, columns: None, schema }
    }

    /// Only these of its columns, in this order.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownKey`] for a column that the table does not have.
    pub fn select(self, names: &[impl AsRef<str>]) -> Result<Self, Problem> {
        let number = |name: &str| {
            self.schema.index_of(name).map_err(|_| {
                let known: Vec<String> =
                    self.schema.fields().iter().map(|field| format!("`{}`", field.name())).collect();
                let problem = Problem::new(Code::UnknownKey, words::NO_COLUMN).found(name);
                problem.expected(words::COLUMNS.with(&[&known.join(", ")]))
            })
        };
        let chosen = names.iter().map(|name| number(name.as_ref())).collect::<Result<Vec<_>, _>>()?;
        let fields: Vec<_> = chosen.iter().filter_map(|at| self.schema.fields().get(*at).cloned()).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, self.schema.metadata().clone()));
        let before = self.columns.as_deref();
        let columns = chosen.into_iter().map(|at| before.and_then(|before| before.get(at)).copied().unwrap_or(at));
        Ok(Self { columns: Some(columns.collect()), schema, ..self })
    }

    /// How amounts are given.
    #[must_use]
    pub const fn options(&self) -> TableOptions {
        self.options
    }

    /// The columns without a row.
    #[must_use]
    pub fn none(&self) -> RecordBatch {
        RecordBatch::new_empty(Arc::clone(&self.schema))
    }

    /// The rows of a part: of one without any the columns.
    ///
    /// # Errors
    ///
    /// What Arrow says of cells that it cannot hold.
    pub fn made(&self, of: &T) -> Made {
        let table = (self.table)(of, self.options);
        let table = match &self.columns {
            Some(columns) => table.select(columns),
            None => table,
        };
        let batches = arrow::batches(&table, &arrow::schema(&table, &self.policy)).collect::<Result<Vec<_>, _>>()?;
        Ok(if batches.is_empty() { vec![self.none()] } else { batches })
    }
}

impl Rows<Allocation> {
    /// Amounts, as [`Allocation::table`] has them.
    ///
    /// # Errors
    ///
    /// As [`Allocation::new`] of nobody.
    pub fn of_amounts(policy: &Policy, options: TableOptions) -> Result<Self, Problems> {
        Ok(Self::new(policy, options, Allocation::table, &nobody(policy)?))
    }
}

impl Rows<Figures> {
    /// Figures, as [`Figures::table`] has them.
    ///
    /// # Errors
    ///
    /// As [`Allocation::figures`] of nobody.
    pub fn of_figures(policy: &Policy) -> Result<Self, Problems> {
        let options = TableOptions { unit: policy.unit(), zeros: true, wide: false };
        Ok(Self::new(policy, options, |of, _| of.table(), &nobody(policy)?.figures()?.0))
    }

    /// Figures beside amounts, as [`Figures::allocation_table`] has them.
    ///
    /// # Errors
    ///
    /// As [`Allocation::figures`] of nobody.
    pub fn of_amounts_and_figures(policy: &Policy, options: TableOptions) -> Result<Self, Problems> {
        Ok(Self::new(policy, options, Figures::allocation_table, &nobody(policy)?.figures()?.0))
    }
}

impl Rows<(Allocation, Allocation)> {
    /// Claims and what is funded of them, as [`FundSettling::table`] has them.
    ///
    /// # Errors
    ///
    /// As [`Allocation::new`] of nobody.
    pub fn of_funding(policy: &Policy, options: TableOptions) -> Result<Self, Problems> {
        let none = nobody(policy)?;
        Ok(Self::new(policy, options, |of, options| FundSettling::table(&of.0, &of.1, options), &(none.clone(), none)))
    }
}

impl Rows<ReconciledLines> {
    /// What is due beside a ledger, as [`ReconciledLines::table`] has it.
    ///
    /// # Errors
    ///
    /// As [`Allocation::new`] of nobody.
    pub fn of_reconciliation(policy: &Policy, options: TableOptions) -> Result<Self, Problems> {
        let none = ReceiptsByRow::default().of_part(&Part::new(0), nobody(policy)?);
        Ok(Self::new(policy, options, |of, options| of.table(options.unit, options.zeros), &none))
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("policy", &self.policy.id()).field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// The allocation of nobody.
fn nobody(policy: &Policy) -> Result<Allocation, Problems> {
    let template = Roster::template(policy);
    let titles: Vec<_> = template.iter().map(|column| (column.key.as_str(), None)).collect();
    let (roster, _) = RosterBuilder::new(policy, &titles).finish()?;
    Allocation::new(policy, &roster).map(|(allocation, _)| allocation)
}
