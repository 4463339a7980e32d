//! What is due, beside the register of projects.

use fundlayers::answer::{Answer, Given};
use fundlayers::sheet::SheetOptions;
use fundlayers::{Day, ProjectGrouping, ProjectList, ProjectsBuilder};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::Allocation;
use crate::convert::{self, Rows, Texts};
use crate::form::{Asked, Form};
use crate::results::Table;
use crate::{errors, work};

/// An allocation beside a register of projects: a table of ``projects, due, planned, difference``. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Planning {
    pub(crate) given: Given<fundlayers::Planning>,
}

impl Planning {
    pub(crate) fn make(
        allocation: &Bound<'_, Allocation>,
        projects: &Bound<'_, PyAny>,
        as_of: Option<&Bound<'_, PyAny>>,
        options: SheetOptions,
    ) -> PyResult<Py<Self>> {
        let (py, given) = (allocation.py(), allocation.get().given.clone());
        let arguments = PyDict::new(py);
        let mut day = None;
        if let Some(as_of) = as_of {
            let text = convert::day(as_of)?;
            arguments.set_item("as_of", &text)?;
            day = Some(text.parse::<Day>().map_err(|problem| errors::raise_one(py, problem.key("as_of")))?);
        }
        let rows = Rows::new(projects)?;
        arguments.set_item("projects", Py::new(py, rows.kept())?)?;
        arguments.set_item("sheet", options.sheet.as_deref())?;
        arguments.set_item("fill_down", options.fill_down)?;
        let register = rows.given(py, options, ProjectsBuilder::new)?;
        let planned = work::run(py, move |_| given.projects(&register, day))?;
        let given = planned.map_err(|problems| errors::raise(py, &problems))?;
        let answer = given.answer_of(ProjectList::Amounts, None, None, false);
        let table = Table::new(answer.map_err(|problems| errors::raise(py, &problems))?);
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "projects", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { given }))
    }

    fn listed(
        slf: &Bound<'_, Self>,
        method: &'static str,
        (list, by): (ProjectList, Option<Texts>),
        unit: Option<&str>,
        zeros: Option<bool>,
    ) -> PyResult<Table> {
        let (py, given) = (slf.py(), slf.get().given.clone());
        let arguments = PyDict::new(py);
        let by = by.map(Texts::list);
        if let Some(by) = &by {
            arguments.set_item("by", by)?;
        }
        arguments.set_item("unit", unit)?;
        if let Some(zeros) = zeros {
            arguments.set_item("zeros", zeros)?;
        }
        let groupings = by.map(|by| ProjectGrouping::parse_all(by.iter().map(String::as_str))).transpose();
        let by = groupings.map_err(|problems| errors::raise(py, &problems))?;
        let unit = convert::unit(py, unit)?;
        let answer = work::run(py, move |_| given.answer_of(list, by.as_deref(), unit, zeros.unwrap_or_default()))?;
        let answer: Answer = answer.map_err(|problems| errors::raise(py, &problems))?;
        Ok(Table::new(answer).made_by(Some(slf.clone().into_any().unbind()), method, arguments))
    }
}

#[pymethods]
impl Planning {
    /// The places as a table: in another unit, or with every layer of every live year.
    #[pyo3(signature = (*, unit=None, zeros=false))]
    fn table(slf: &Bound<'_, Self>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        Self::listed(slf, "table", (ProjectList::Amounts, None), unit, Some(zeros))
    }

    /// Totals by a grouping, ``category`` (项目类型) among it, by itself ``year, layer``.
    #[pyo3(signature = (by=None, *, unit=None, zeros=false))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let by = by.unwrap_or_else(|| Texts::One("year,layer".to_owned()));
        Self::listed(slf, "totals", (ProjectList::Amounts, Some(by)), unit, Some(zeros))
    }

    /// What the list of each place has and lacks (五(二)), and when its plan was filed.
    #[pyo3(signature = (*, unit=None))]
    fn places(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        Self::listed(slf, "places", (ProjectList::Places, None), unit, None)
    }

    /// The shares of categories by year, or by a grouping, beside what the policy asks for.
    #[pyo3(signature = (by=None, *, unit=None))]
    fn shares(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>) -> PyResult<Table> {
        Self::listed(slf, "shares", (ProjectList::Shares, by), unit, None)
    }

    /// The rows of the register in its order, each with its place, its state and why it matches nothing.
    #[pyo3(signature = (*, unit=None))]
    fn projects(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        Self::listed(slf, "projects", (ProjectList::Projects, None), unit, None)
    }

    /// Those that are overdue as of the day.
    #[pyo3(signature = (*, unit=None))]
    fn overdue(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        Self::listed(slf, "overdue", (ProjectList::Overdue, None), unit, None)
    }

    /// Those that match no place, year or layer, with the reason.
    #[pyo3(signature = (*, unit=None))]
    fn unmatched(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        Self::listed(slf, "unmatched", (ProjectList::Unmatched, None), unit, None)
    }

    /// A form that offices print, with these projects: ``projects`` 项目库, ``tasks`` 清单 (a sheet a place), ``filing`` 备案表; as
    /// ``Allocation.form``.
    ///
    /// >>> register = [{"项目名称": "冷库", "名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "资金（万元）": 200}]
    /// >>> planning = Allocation("tongchuan-2023", years=2024).projects(register)
    /// >>> [row["project"] for row in planning.form("清单").to_dicts()]
    /// ['冷库']
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
}
