//! What was due, beside what happened.

use fundlayers::answer::Given;
use fundlayers::sheet::SheetOptions;
use fundlayers::{Month, Problem, Receipts, ReceiptsBuilder, TopUp};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyTuple};

use crate::allocation::Allocation;
use crate::catalogue as words;
use crate::convert::{self, Rows, Texts, Years};
use crate::explanation::Explanation;
use crate::form::{Asked, Form};
use crate::projects::Planning;
use crate::results::Table;
use crate::{errors, work};

/// An allocation beside a ledger: a table of ``due, issued, received, spent, gap, excess``. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Reconciliation {
    pub(crate) given: Given<fundlayers::Reconciliation>,
}

impl Reconciliation {
    pub(crate) fn make(
        allocation: &Bound<'_, Allocation>,
        receipts: &Bound<'_, PyAny>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
        options: SheetOptions,
    ) -> PyResult<Py<Self>> {
        let (py, given) = (allocation.py(), allocation.get().given.clone());
        let arguments = PyDict::new(py);
        arguments.set_item("top_up", top_up)?;
        let years = top_up_years.map(|years| years.list(py)).transpose()?;
        arguments.set_item("top_up_years", years.clone())?;
        let top_up = self::top_up(py, top_up, years.as_deref())?;
        let month = month(py, as_of)?;
        if let Some(month) = month {
            arguments.set_item("as_of", month.to_string())?;
        }
        let ledgers = tables(receipts)?;
        keep(&arguments, "receipts", &ledgers)?;
        arguments.set_item("sheet", options.sheet.as_deref())?;
        arguments.set_item("fill_down", options.fill_down)?;
        let ledger = read(py, ledgers, &options)?;
        let reconciled = work::run(py, move |_| given.reconcile(&ledger, top_up, month))?;
        let given = reconciled.map_err(|problems| errors::raise(py, &problems))?;
        let table = Table::new(given.table(None, false));
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "reconcile", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { given }))
    }
}

/// What top-ups count, in some years or in all.
pub(crate) fn top_up(py: Python<'_>, word: &str, years: Option<&[u16]>) -> PyResult<TopUp> {
    let top_up = TopUp::parse(word, years.unwrap_or_default()).map_err(|problem| errors::raise_one(py, problem))?;
    if top_up == TopUp::Entitled && years.is_some() {
        return Err(errors::wrong_use(py, words::NEEDS_RECEIVED));
    }
    Ok(top_up)
}

/// The month that progress is measured against.
pub(crate) fn month(py: Python<'_>, as_of: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Month>> {
    let Some(as_of) = as_of else { return Ok(None) };
    convert::month(as_of)?.parse().map(Some).map_err(|problem: Problem| errors::raise_one(py, problem))
}

/// The ledgers as one.
fn read(py: Python<'_>, ledgers: Vec<Rows>, options: &SheetOptions) -> PyResult<Given<Receipts>> {
    let read = ledgers.into_iter().map(|rows| rows.given(py, options.clone(), ReceiptsBuilder::new));
    let ledger = Given::<Receipts>::joined(read.collect::<PyResult<_>>()?);
    ledger.ok_or_else(|| errors::wrong_use(py, words::NO_LEDGER))
}

/// A ledger, or several as one, in whatever a roster may be given.
pub(crate) fn ledger(receipts: &Bound<'_, PyAny>, options: &SheetOptions) -> PyResult<Given<Receipts>> {
    read(receipts.py(), tables(receipts)?, options)
}

/// Keeps one table or several for whoever unpickles what is made of them.
pub(crate) fn keep(arguments: &Bound<'_, PyDict>, key: &str, tables: &[Rows]) -> PyResult<()> {
    let py = arguments.py();
    let kept = tables.iter().map(|rows| Py::new(py, rows.kept())).collect::<PyResult<Vec<_>>>()?;
    match kept.as_slice() {
        [one] => arguments.set_item(key, one),
        several => arguments.set_item(key, PyList::new(py, several)?),
    }
}

/// One table, or each of a list of several: a list of dicts is one.
pub(crate) fn tables(rows: &Bound<'_, PyAny>) -> PyResult<Vec<Rows>> {
    let items: Vec<Bound<'_, PyAny>> = if rows.is_instance_of::<PyList>() || rows.is_instance_of::<PyTuple>() {
        rows.try_iter()?.collect::<PyResult<_>>()?
    } else {
        Vec::new()
    };
    if items.is_empty() || items.iter().any(|item| item.cast::<PyMapping>().is_ok() || item.is_none()) {
        return Ok(vec![Rows::new(rows)?]);
    }
    items.iter().map(Rows::new).collect()
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
        let table = Table::new(this.given.table(convert::unit(py, unit)?, zeros));
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "table", arguments))
    }

    /// Totals by a grouping, by itself ``year, layer``, with rates in percent.
    #[pyo3(signature = (by=None, *, unit=None, zeros=false))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        let by = convert::groupings(&arguments, by)?;
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        let (unit, given) = (convert::unit(py, unit)?, this.given.clone());
        let totals = work::run(py, move |_| given.totals(by.as_deref(), unit, zeros))?;
        let table = Table::new(totals.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "totals", arguments))
    }

    /// The receipts that match nothing, with the row of the ledger and the reason.
    #[pyo3(signature = (*, unit=None))]
    fn unmatched(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        arguments.set_item("unit", unit)?;
        let table = Table::new(this.given.unmatched(convert::unit(py, unit)?));
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "unmatched", arguments))
    }

    /// Why a recipient, by id or name, was due what it was, what arrived and what is missing, as a note for the file: ``gaps`` has the
    /// lines of the ledger. Amounts are in ``unit``.
    ///
    /// >>> ledger = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200}]
    /// >>> note = Allocation("tongchuan-2023", years=2024).reconcile(ledger).explained("黄堡镇")
    /// >>> note.gaps[0]["gap"], note.gaps[0]["lines"][0]["event"]
    /// (Decimal('100'), 'received')
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

    /// A form that offices print, by its word or its Chinese name: ``distribution`` 资金分配表, ``notice`` 公示表, ``filing`` 备案表,
    /// ``roster`` 名单, and with this ledger ``progress`` 支出进度通报表 and ``ledger`` 台账. ``places`` gives a distribution a row for each place and year,
    /// ``projects`` (of ``Allocation.projects``) says how many there are in a filing,
    /// ``total_first`` puts sums above what they sum. ``set_text`` is a dict of the words around it (``title``, ``issuer``,
    /// ``date``, ``phone``, ``period``, ``reporter``, ``reviewer``, ``note``), ``text`` a file of them or a dict; what is not
    /// given is a line to write on.
    ///
    /// >>> ledger = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200, "支出金额(万元)": 50}]
    /// >>> found = Allocation("tongchuan-2023", years=2024).reconcile(ledger, as_of="2024-06")
    /// >>> [(row["county"], row["rank"]) for row in found.form("progress").to_dicts() if row["rank"]]
    /// [('王益区', 1)]
    #[pyo3(signature = (name, *, projects=None, places=false, total_first=false, unit=None, set_text=None, text=None))]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of its own in Python")]
    fn form(
        slf: &Bound<'_, Self>,
        name: &str,
        projects: Option<Py<Planning>>,
        places: bool,
        total_first: bool,
        unit: Option<&str>,
        set_text: Option<Bound<'_, PyAny>>,
        text: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<Form>> {
        let given = slf.get().given.clone();
        let asked = Asked { name, places, total_first, unit, set_text, text, figures: None };
        let planning = projects.as_ref().map(|projects| projects.get().given.clone());
        Form::make(slf.as_any(), asked, projects, move |kind, options| given.form(kind, planning.as_ref(), options))
    }
}
