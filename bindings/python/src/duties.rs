//! What bodies must bring besides money, and who does.

use fundlayers::AssignmentsBuilder;
use fundlayers::answer::Given;
use fundlayers::sheet::SheetOptions;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::Allocation;
use crate::convert::{self, Rows, Texts, Years};
use crate::explanation::Explanation;
use crate::form::{Asked, Form};
use crate::policy::Policy;
use crate::results::Table;
use crate::{errors, work};

/// What is due besides money (people, teams, visits, inspections): a table of ``duty, payer, due, people_least, people_most``
/// for every place, year and half of it, beside a register of assignments with ``assigned, missing, surplus, people,
/// people_missing, people_surplus, assigned_to``. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Duties {
    given: Given<fundlayers::Duties>,
}

impl Duties {
    pub(crate) fn make(
        allocation: &Bound<'_, Allocation>,
        assignments: Option<&Bound<'_, PyAny>>,
        options: SheetOptions,
    ) -> PyResult<Py<Self>> {
        let (py, given) = (allocation.py(), allocation.get().given.clone());
        let arguments = PyDict::new(py);
        let mut register = None;
        if let Some(assignments) = assignments {
            let rows = Rows::new(assignments)?;
            arguments.set_item("assignments", Py::new(py, rows.kept())?)?;
            arguments.set_item("sheet", options.sheet.as_deref())?;
            arguments.set_item("fill_down", options.fill_down)?;
            register = Some(rows.given(py, options, AssignmentsBuilder::new)?);
        }
        let counted = work::run(py, move |_| given.duties(register.as_ref()))?;
        let given = counted.map_err(|problems| errors::raise(py, &problems))?;
        let table = Table::new(given.table(false));
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "duties", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { given }))
    }
}

#[pymethods]
impl Duties {
    /// The places as a table; ``missing``: only what is not met.
    #[pyo3(signature = (*, missing=false))]
    fn table(slf: &Bound<'_, Self>, missing: bool) -> PyResult<Table> {
        let arguments = PyDict::new(slf.py());
        arguments.set_item("missing", missing)?;
        let table = Table::new(slf.get().given.table(missing));
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "table", arguments))
    }

    /// By any of ``id, county, township, kind, designation, class, year, payer``, by itself ``year``; each duty by itself.
    #[pyo3(signature = (by=None))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        let (by, given) = (convert::groupings_of_duties(&arguments, by)?, this.given.clone());
        let totals = work::run(py, move |_| given.totals(by.as_deref()))?;
        let table = Table::new(totals.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "totals", arguments))
    }

    /// How many places have all that is due of them in a year: by itself ``year, county``.
    #[pyo3(signature = (by=None))]
    fn coverage(slf: &Bound<'_, Self>, by: Option<Texts>) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        let (by, given) = (convert::groupings_of_duties(&arguments, by)?, this.given.clone());
        let coverage = work::run(py, move |_| given.coverage(by.as_deref()))?;
        let table = Table::new(coverage.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "coverage", arguments))
    }

    /// What a recipient, by id or name, is due besides money, who brings it and what it gets, as a note for the file: ``duties``
    /// has the rows of the register. Amounts are in ``unit``.
    ///
    /// >>> register = [{"名称": "黄堡镇", "年度": 2024, "事项": "包抓部门", "姓名或单位": "区农业农村局"}]
    /// >>> note = Allocation("tongchuan-2023", years=2024).duties(register).explained("黄堡镇")
    /// >>> [(duty["duty"], duty["clause"], duty["lines"][0]["person"]) for duty in note.duties if duty["lines"]]
    /// [('county-department-town', '四.2', '区农业农村局')]
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

    /// A form that offices print, as of an allocation; ``support`` 帮扶力量 with who serves each place, and what is missing.
    ///
    /// >>> register = [{"名称": "黄堡镇", "年度": 2024, "事项": "包抓部门", "姓名或单位": "区农业农村局"}]
    /// >>> form = Allocation("tongchuan-2023", years=2024).duties(register).form("帮扶力量")
    /// >>> [row["county-department-town"] for row in form.to_dicts() if row["township"] == "黄堡镇"]
    /// ['区农业农村局']
    #[pyo3(signature = (name, *, places=false, total_first=false, unit=None, set_text=None, text=None))]
    fn form(
        slf: &Bound<'_, Self>,
        name: &str,
        places: bool,
        total_first: bool,
        unit: Option<&str>,
        set_text: Option<Bound<'_, PyAny>>,
        text: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<Form>> {
        let given = slf.get().given.clone();
        let asked = Asked { name, places, total_first, unit, set_text, text, figures: None };
        Form::make(slf.as_any(), asked, None, move |kind, options| given.form(kind, options))
    }

    /// The rows of the register that match nothing, with the row and the reason.
    fn unmatched(slf: &Bound<'_, Self>) -> Table {
        let table = Table::new(slf.get().given.unmatched());
        table.made_by(Some(slf.clone().into_any().unbind()), "unmatched", PyDict::new(slf.py()))
    }
}

/// What is due besides money of a policy over a roster, beside a register of assignments where there is one: as
/// ``Allocation.duties``, of the allocation of both.
///
/// >>> [row["due"] for row in duties("tongchuan-2023", years=2023).totals().to_dicts()[:3]]
/// [3, 3, 3]
#[pyfunction]
#[pyo3(signature = (policy, roster=None, assignments=None, *, years=None, sheet=None, fill_down=None))]
pub(crate) fn duties(
    policy: &Bound<'_, PyAny>,
    roster: Option<&Bound<'_, PyAny>>,
    assignments: Option<&Bound<'_, PyAny>>,
    years: Option<Years>,
    sheet: Option<String>,
    fill_down: Option<bool>,
) -> PyResult<Py<Duties>> {
    let py = policy.py();
    let options = convert::sheet_options(sheet, fill_down);
    // The sheet is that of the register, where there is one.
    let mut of_roster = options.clone();
    if assignments.is_some() {
        of_roster.sheet = None;
    }
    let allocation = Allocation::make(py, &Policy::from_any(policy)?, roster, years, of_roster)?;
    Duties::make(allocation.bind(py), assignments, options)
}
