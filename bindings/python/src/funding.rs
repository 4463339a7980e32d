//! What is due, within limits.

use fundlayers::answer::Given;
use fundlayers::sheet::SheetOptions;
use fundlayers::{FundingRule, Limits, LimitsBuilder};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::Allocation;
use crate::convert::{self, Rows, Texts, Years};
use crate::explanation::{Explanation, award};
use crate::results::Table;
use crate::{errors, work};

/// An allocation as far as limits let it be paid: a table of ``claim``, ``funded`` and ``unfunded``. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Funding {
    pub(crate) given: Given<fundlayers::Funding>,
}

impl Funding {
    pub(crate) fn make(
        allocation: &Bound<'_, Allocation>,
        limits: &Bound<'_, PyAny>,
        rule: &str,
        order: Option<Texts>,
        options: SheetOptions,
    ) -> PyResult<Py<Self>> {
        let (py, given) = (allocation.py(), allocation.get().given.clone());
        let arguments = PyDict::new(py);
        let order = order.map(Texts::list);
        arguments.set_item("rule", rule)?;
        arguments.set_item("order", order.clone())?;
        let rule = self::rule(py, rule, order)?;
        let rows = Rows::new(limits)?;
        arguments.set_item("limits", Py::new(py, rows.kept())?)?;
        arguments.set_item("sheet", options.sheet.as_deref())?;
        arguments.set_item("fill_down", options.fill_down)?;
        let limits = limits_of(py, rows, given.value.policy().clone(), options)?;
        let funded = work::run(py, move |_| given.fund(&limits, &rule))?;
        let given = funded.map_err(|problems| errors::raise(py, &problems))?;
        let table = Table::new(given.table(None, false));
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "fund", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { given }))
    }
}

/// A rule, with the classes that it serves in turn.
pub(crate) fn rule(py: Python<'_>, name: &str, order: Option<Vec<String>>) -> PyResult<FundingRule> {
    let order = order.unwrap_or_default();
    let order: Vec<&str> = order.iter().map(String::as_str).collect();
    FundingRule::parse(name, &order).map_err(|problems| errors::raise(py, &problems))
}

/// Limits, in whatever a roster may be given.
pub(crate) fn limits_of(
    py: Python<'_>,
    rows: Rows,
    policy: fundlayers::Policy,
    options: SheetOptions,
) -> PyResult<Given<Limits>> {
    rows.given(py, options, move |titles| LimitsBuilder::new(&policy, titles))
}

#[pymethods]
impl Funding {
    /// The name of the rule.
    #[getter]
    fn rule(&self) -> &'static str {
        self.given.value.rule().as_str()
    }

    /// The places as a table: in another unit, or with claims of zero.
    #[pyo3(signature = (*, unit=None, zeros=false))]
    fn table(slf: &Bound<'_, Self>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let py = slf.py();
        let arguments = PyDict::new(py);
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        let table = Table::new(slf.get().given.table(convert::unit(py, unit)?, zeros));
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "table", arguments))
    }

    /// Totals by a grouping, by itself ``layer, payer, year`` with limit and coverage (in percent).
    #[pyo3(signature = (by=None, *, unit=None))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>) -> PyResult<Table> {
        let (py, given) = (slf.py(), slf.get().given.clone());
        let arguments = PyDict::new(py);
        let by = convert::groupings(&arguments, by)?;
        arguments.set_item("unit", unit)?;
        let unit = convert::unit(py, unit)?;
        let totals = work::run(py, move |_| given.totals(by.as_deref(), unit))?;
        let table = Table::new(totals.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "totals", arguments))
    }

    /// Sentences for the file: the rule, and for each limit that is short, by how much and what would meet every claim.
    #[pyo3(signature = (*, unit=None, lang=None))]
    fn notes(&self, py: Python<'_>, unit: Option<&str>, lang: Option<&str>) -> PyResult<Vec<String>> {
        Ok(self.given.notes(convert::unit(py, unit)?, convert::lang(py, lang)?))
    }

    /// Why a recipient, by id or name, gets what it gets of its claims: a dict for each year and layer.
    #[pyo3(signature = (recipient, year=None))]
    fn explain<'py>(&self, py: Python<'py>, recipient: &str, year: Option<Years>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let years = year.map(|year| year.list(py)).transpose()?;
        let (inner, recipient) = (self.given.value.clone(), recipient.to_owned());
        let list = work::run(py, move |_| inner.explain(&recipient, years.as_deref()))?;
        let list = list.map_err(|problems| errors::raise(py, &problems))?;
        list.iter().map(|one| award(py, one)).collect()
    }

    /// The same as a note for the file, with why the recipient is due what it claims: ``awards`` are its dicts. Amounts are in
    /// ``unit``.
    ///
    /// >>> limits = [{"layer": "city", "payer": "city", "year": 2023, "amount": 1020, "unit": "万元"}]
    /// >>> note = Allocation("tongchuan-2023", years=2023).fund(limits, "proportional").explained("黄堡镇")
    /// >>> note.awards[0]["unfunded"]
    /// Decimal('150')
    #[pyo3(signature = (recipient, year=None, *, unit=None))]
    pub(crate) fn explained(
        slf: &Bound<'_, Self>,
        recipient: &str,
        year: Option<Years>,
        unit: Option<&str>,
    ) -> PyResult<Py<Explanation>> {
        let given = slf.get().given.clone();
        Explanation::make(slf.as_any(), "explained", recipient, year, unit, move |recipient, years, unit| {
            given.explain(recipient, years, unit)
        })
    }
}
