//! What is due, within limits.

use std::sync::Arc;

use fundlayers::table::Report;
use fundlayers::{FundingRule, FundingTotals, Grouping, Lang, LimitsBuilder, Problem, Problems, TableOptions, Unit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::{Allocation, groupings};
use crate::convert::{self, Rows, Texts, Years};
use crate::results::{Source, Table, shortened};
use crate::{errors, work};

struct FundingSource {
    funding: fundlayers::Funding,
    options: TableOptions,
}

impl Source for FundingSource {
    fn policy(&self) -> &fundlayers::Policy {
        self.funding.claims().policy()
    }

    fn table(&self) -> fundlayers::table::Table<'_> {
        self.funding.table(self.options)
    }

    fn report(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        self.funding.report(self.options, lang)
    }

    fn summary(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        let totals = self.funding.totals(&LIMITED)?;
        Ok(shortened(totals.report(self.options.unit, lang)?))
    }
}

struct FundingTotalsSource {
    totals: FundingTotals,
    unit: Unit,
}

impl Source for FundingTotalsSource {
    fn policy(&self) -> &fundlayers::Policy {
        self.totals.funding().claims().policy()
    }

    fn table(&self) -> fundlayers::table::Table<'_> {
        self.totals.table(self.unit)
    }

    fn report(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        self.totals.report(self.unit, lang)
    }
}

/// An allocation as far as limits let it be paid: a table of ``claim``, ``funded`` and ``unfunded``. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Funding {
    inner: fundlayers::Funding,
}

/// What a limit is for.
const LIMITED: [Grouping; 3] = [Grouping::Layer, Grouping::Payer, Grouping::Year];

impl Funding {
    pub(crate) fn make(
        allocation: &Bound<'_, Allocation>,
        limits: &Bound<'_, PyAny>,
        rule: &str,
        order: Option<Texts>,
    ) -> PyResult<Py<Self>> {
        let (py, inner) = (allocation.py(), allocation.get().inner.clone());
        let arguments = PyDict::new(py);
        let order = order.map(Texts::list);
        arguments.set_item("rule", rule)?;
        arguments.set_item("order", order.clone())?;
        let order: Vec<String> = order.unwrap_or_default();
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        let rule = FundingRule::parse(rule, &order).map_err(|problems| errors::raise(py, &problems))?;
        let rows = Rows::new(limits)?;
        arguments.set_item("limits", Py::new(py, rows.kept())?)?;
        let file = rows.file().map(str::to_owned);
        let policy = inner.policy().clone();
        let (limits, found) = rows.read(py, move |titles| LimitsBuilder::new(&policy, titles))?;
        let funded = work::run(py, move |_| inner.fund(&limits, &rule))?;
        // What has a row is about a limit.
        let in_file = |problems: Problems| -> Problems {
            let name = |problem: Problem| match &file {
                Some(file) if problem.location().row.is_some() => problem.file(file.as_str()),
                _ => problem,
            };
            problems.into_iter().map(name).collect()
        };
        let (inner, more) = funded.map_err(|problems| errors::raise(py, &in_file(problems)))?;
        let mut warnings = allocation.as_super().get().problems().clone();
        warnings.append(found);
        warnings.append(in_file(more));
        let options = TableOptions { unit: inner.claims().policy().unit(), zeros: false, wide: false };
        let source = FundingSource { funding: inner.clone(), options };
        let table = Table::new(Arc::new(source), warnings);
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "fund", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { inner }))
    }
}

#[pymethods]
impl Funding {
    /// The name of the rule.
    #[getter]
    fn rule(&self) -> &'static str {
        self.inner.rule().as_str()
    }

    /// The places as a table: in another unit, or with claims of zero.
    #[pyo3(signature = (*, unit=None, zeros=false))]
    fn table(slf: &Bound<'_, Self>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let (py, inner) = (slf.py(), slf.get().inner.clone());
        let arguments = PyDict::new(py);
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        let unit = convert::unit(py, unit, inner.claims().policy().unit())?;
        let options = TableOptions { unit, zeros, wide: false };
        let table =
            Table::new(Arc::new(FundingSource { funding: inner, options }), slf.as_super().get().problems().clone());
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "table", arguments))
    }

    /// Totals by a grouping, by itself ``layer, payer, year`` with limit and coverage (in percent).
    #[pyo3(signature = (by=None, *, unit=None))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>) -> PyResult<Table> {
        let (py, inner) = (slf.py(), slf.get().inner.clone());
        let arguments = PyDict::new(py);
        let by = match groupings(py, by)? {
            Some((keys, by)) => {
                arguments.set_item("by", keys)?;
                by
            }
            None => LIMITED.to_vec(),
        };
        arguments.set_item("unit", unit)?;
        let unit = convert::unit(py, unit, inner.claims().policy().unit())?;
        let totals = work::run(py, move |_| inner.totals(&by))?.map_err(|problems| errors::raise(py, &problems))?;
        let source = FundingTotalsSource { totals, unit };
        let table = Table::new(Arc::new(source), slf.as_super().get().problems().clone());
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "totals", arguments))
    }

    /// Sentences for the file: the rule, and for each limit that is short, by how much and what would meet every claim.
    #[pyo3(signature = (*, unit=None, lang=None))]
    fn notes(&self, py: Python<'_>, unit: Option<&str>, lang: Option<&str>) -> PyResult<Vec<String>> {
        let unit = convert::unit(py, unit, self.inner.claims().policy().unit())?;
        Ok(self.inner.notes(unit, convert::lang(py, lang)?))
    }

    /// Why a recipient, by id or name, gets what it gets of its claims: a dict for each year and layer.
    #[pyo3(signature = (recipient, year=None))]
    fn explain<'py>(&self, py: Python<'py>, recipient: &str, year: Option<Years>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let years = year.map(|year| year.list(py)).transpose()?;
        let (inner, recipient) = (self.inner.clone(), recipient.to_owned());
        let list = work::run(py, move |_| inner.explain(&recipient, years.as_deref()))?;
        let list = list.map_err(|problems| errors::raise(py, &problems))?;
        let amount = |text: &str| convert::decimal(py, text);
        let one = |explanation: &fundlayers::FundingExplanation| {
            let dict = PyDict::new(py);
            dict.set_item("id", &explanation.id)?;
            dict.set_item("name", &explanation.name)?;
            dict.set_item("count", explanation.count)?;
            dict.set_item("year", explanation.year)?;
            dict.set_item("layer", &explanation.layer)?;
            dict.set_item("payer", &explanation.payer)?;
            dict.set_item("unit", explanation.unit.as_str())?;
            dict.set_item("limit", explanation.limit.as_deref().map(amount).transpose()?)?;
            dict.set_item("claims", explanation.claims.as_deref().map(amount).transpose()?)?;
            dict.set_item("claim", amount(&explanation.claim)?)?;
            dict.set_item("exact", &explanation.exact)?;
            dict.set_item("funded", amount(&explanation.funded)?)?;
            dict.set_item("unfunded", amount(&explanation.unfunded)?)?;
            let text = PyDict::new(py);
            text.set_item("zh", &explanation.text.zh)?;
            text.set_item("en", &explanation.text.en)?;
            dict.set_item("text", text)?;
            Ok(dict)
        };
        list.iter().map(one).collect()
    }
}
