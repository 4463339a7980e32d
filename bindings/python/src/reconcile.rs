//! What was due, beside what happened.

use std::sync::Arc;

use fundlayers::table::Report;
use fundlayers::{Lang, Month, Problem, Problems, ReceiptsBuilder, ReconcileOptions, ReconciledTotals, TopUp, Unit};
use fundlayers_formats::html;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::{Allocation, BY, groupings};
use crate::convert::{self, Rows, Texts, Years};
use crate::results::{Source, Table, shortened, written};
use crate::{errors, work};

struct ReconciliationSource {
    reconciliation: fundlayers::Reconciliation,
    unit: Unit,
    zeros: bool,
}

impl Source for ReconciliationSource {
    fn policy(&self) -> &fundlayers::Policy {
        self.reconciliation.due().policy()
    }

    fn table(&self) -> fundlayers::table::Table<'_> {
        self.reconciliation.table(self.unit, self.zeros)
    }

    fn report(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        self.reconciliation.report(self.unit, self.zeros, lang)
    }

    fn summary(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        let totals = self.reconciliation.totals(&BY, false)?;
        Ok(shortened(totals.report(self.unit, lang)?))
    }
}

struct ReconciledTotalsSource {
    totals: ReconciledTotals,
    unit: Unit,
}

impl Source for ReconciledTotalsSource {
    fn policy(&self) -> &fundlayers::Policy {
        self.totals.reconciliation().due().policy()
    }

    fn table(&self) -> fundlayers::table::Table<'_> {
        self.totals.table(self.unit)
    }

    fn report(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        self.totals.report(self.unit, lang)
    }
}

struct UnmatchedSource {
    reconciliation: fundlayers::Reconciliation,
    unit: Unit,
}

impl Source for UnmatchedSource {
    fn policy(&self) -> &fundlayers::Policy {
        self.reconciliation.due().policy()
    }

    fn table(&self) -> fundlayers::table::Table<'_> {
        self.reconciliation.unmatched_table(self.unit)
    }

    fn report(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        match self.reconciliation.unmatched_report(self.unit, lang) {
            Some(report) => Ok(report),
            None => self.summary(lang),
        }
    }

    fn html(&self, lang: Lang, _: &Problems, limit: Option<usize>) -> Result<String, Problems> {
        let report = self.report(lang)?;
        // The table says itself what the warnings say.
        Ok(written(|out| html::write(out, &report, &Problems::new(), limit.unwrap_or(usize::MAX))))
    }
}

/// An allocation beside a ledger: a table of ``due, issued, received, spent, gap, excess``. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Reconciliation {
    inner: fundlayers::Reconciliation,
}

impl Reconciliation {
    pub(crate) fn make(
        allocation: &Bound<'_, Allocation>,
        receipts: &Bound<'_, PyAny>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<Self>> {
        let (py, inner) = (allocation.py(), allocation.get().inner.clone());
        let arguments = PyDict::new(py);
        arguments.set_item("top_up", top_up)?;
        let years = top_up_years.map(|years| years.list(py)).transpose()?;
        arguments.set_item("top_up_years", years.clone())?;
        let one = |problem: Problem| errors::raise_one(py, problem);
        let mut options = ReconcileOptions { top_up: TopUp::parse(top_up, &[]).map_err(one)?, as_of: None };
        match (&mut options.top_up, years) {
            (TopUp::Received(list), years) => *list = years.unwrap_or_else(|| inner.years().to_vec()),
            (TopUp::Entitled, Some(_)) => return Err(PyTypeError::new_err("top_up_years needs top_up=\"received\"")),
            (TopUp::Entitled, None) => {}
        }
        if let Some(as_of) = as_of {
            let text = convert::month(as_of)?;
            arguments.set_item("as_of", &text)?;
            options.as_of = Some(text.parse::<Month>().map_err(one)?);
        }
        let rows = Rows::new(receipts)?;
        arguments.set_item("receipts", Py::new(py, rows.kept())?)?;
        let file = rows.file().map(str::to_owned);
        let (ledger, found) = rows.read(py, ReceiptsBuilder::new)?;
        let reconciled = work::run(py, move |_| inner.reconcile(&ledger, &options))?;
        let (inner, more) = reconciled.map_err(|problems| errors::raise(py, &problems))?;
        let mut warnings = allocation.as_super().get().problems().clone();
        warnings.append(found);
        warnings.append(match &file {
            Some(file) => more.in_file(file),
            None => more,
        });
        let unit = inner.due().policy().unit();
        let source = ReconciliationSource { reconciliation: inner.clone(), unit, zeros: false };
        let table = Table::new(Arc::new(source), warnings);
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "reconcile", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { inner }))
    }

    fn unit(&self, py: Python<'_>, unit: Option<&str>) -> PyResult<Unit> {
        convert::unit(py, unit, self.inner.due().policy().unit())
    }
}

#[pymethods]
impl Reconciliation {
    /// The places as a table: in another unit, or with every layer of every live year.
    #[pyo3(signature = (*, unit=None, zeros=false))]
    fn table(slf: &Bound<'_, Self>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        let unit = this.unit(py, unit)?;
        let source = ReconciliationSource { reconciliation: this.inner.clone(), unit, zeros };
        let table = Table::new(Arc::new(source), slf.as_super().get().problems().clone());
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "table", arguments))
    }

    /// Totals by a grouping, by itself ``year, layer``, with rates in percent.
    #[pyo3(signature = (by=None, *, unit=None, zeros=false))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        let by = match groupings(py, by)? {
            Some((keys, by)) => {
                arguments.set_item("by", keys)?;
                by
            }
            None => BY.to_vec(),
        };
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        let unit = this.unit(py, unit)?;
        let inner = this.inner.clone();
        let totals = work::run(py, move |_| inner.totals(&by, zeros))?;
        let totals = totals.map_err(|problems| errors::raise(py, &problems))?;
        let source = ReconciledTotalsSource { totals, unit };
        let table = Table::new(Arc::new(source), slf.as_super().get().problems().clone());
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "totals", arguments))
    }

    /// The receipts that match nothing, with the row of the ledger and the reason.
    #[pyo3(signature = (*, unit=None))]
    fn unmatched(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        arguments.set_item("unit", unit)?;
        let source = UnmatchedSource { reconciliation: this.inner.clone(), unit: this.unit(py, unit)? };
        let table = Table::new(Arc::new(source), slf.as_super().get().problems().clone());
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "unmatched", arguments))
    }
}
