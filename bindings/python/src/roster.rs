//! Rosters.

use fundlayers::RosterBuilder;
use fundlayers::answer::Given;
use fundlayers::sheet::SheetOptions;
use fundlayers_formats::{Format, json};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::catalogue as words;
use crate::convert::{self, Content, Rows};
use crate::errors;
use crate::policy::Policy;
use crate::results::{Table, written};

/// The places that are funded, read for a policy. It never changes.
///
/// ``data`` is a path (a workbook, CSV, JSON; Parquet, for which it needs pyarrow), an open file, bytes, a data frame or anything
/// else with Arrow's interface, or a list of dicts; columns go by key or by the titles that offices give them. Left out: the
/// built-in policy's own roster. Every problem is reported at once.
///
/// ``sheet`` names the sheet of a workbook. ``fill_down`` says whether blank cells below a filled-in county, township or year
/// were merged with it: ``True`` fills them, ``False`` leaves them blank; left out, what looks so is an error in files and
/// data frames, and blank in dicts and JSON.
///
/// >>> policy = Policy("tongchuan-2023")
/// >>> roster = Roster(policy, [{"名称": "黄堡镇", "类型": "镇", "认定层级": "市级", "区县": "王益区"}])
/// >>> len(roster), roster.places
/// (1, 1)
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Roster {
    pub(crate) given: Given<fundlayers::Roster>,
    policy: Policy,
}

impl Roster {
    fn read(py: Python<'_>, policy: &Policy, rows: Rows, options: SheetOptions) -> PyResult<Py<Self>> {
        let core = policy.given.value.clone();
        let given = rows.given(py, options, move |titles| RosterBuilder::new(&core, titles))?;
        let table = Table::new(given.rows(&policy.given.value));
        let roster = Self { given, policy: policy.clone() };
        Py::new(py, PyClassInitializer::from(table).add_subclass(roster))
    }

    /// Whether rows are given that are to be read; else `make` takes no options.
    pub(crate) fn is_read(data: Option<&Bound<'_, PyAny>>) -> bool {
        data.is_some_and(|data| !data.is_instance_of::<Self>())
    }

    pub(crate) fn make(
        py: Python<'_>,
        policy: &Policy,
        data: Option<&Bound<'_, PyAny>>,
        options: SheetOptions,
    ) -> PyResult<Py<Self>> {
        if options != SheetOptions::default() && !Self::is_read(data) {
            return Err(errors::wrong_use(py, words::NO_ROSTER_READ));
        }
        let Some(data) = data else {
            let text = policy.built_in_roster().ok_or_else(|| errors::wrong_use(py, words::NO_BUILT_IN_ROSTER))?;
            let rows = Rows::File(None, Format::Csv, text.as_bytes().to_vec());
            return Self::read(py, policy, rows, options);
        };
        if let Ok(roster) = data.cast::<Self>() {
            return Ok(roster.clone().unbind());
        }
        Self::read(py, policy, Rows::new(data)?, options)
    }
}

#[pymethods]
impl Roster {
    #[new]
    #[pyo3(signature = (policy, data=None, *, sheet=None, fill_down=None))]
    fn new(
        policy: &Bound<'_, PyAny>,
        data: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Self>> {
        let options = convert::sheet_options(sheet, fill_down);
        Self::make(policy.py(), &Policy::from_any(policy)?, data, options)
    }

    /// Reads a roster from CSV text or bytes.
    #[staticmethod]
    #[pyo3(signature = (policy, text, *, fill_down=None))]
    fn from_csv(policy: &Bound<'_, PyAny>, text: Content, fill_down: Option<bool>) -> PyResult<Py<Self>> {
        let (rows, options) = (Rows::File(None, Format::Csv, text.bytes()), convert::sheet_options(None, fill_down));
        Self::read(policy.py(), &Policy::from_any(policy)?, rows, options)
    }

    /// Reads a roster from JSON text or bytes: a list of objects.
    #[staticmethod]
    #[pyo3(signature = (policy, text, *, fill_down=None))]
    fn from_json(policy: &Bound<'_, PyAny>, text: Content, fill_down: Option<bool>) -> PyResult<Py<Self>> {
        let (rows, options) = (Rows::File(None, Format::Json, text.bytes()), convert::sheet_options(None, fill_down));
        Self::read(policy.py(), &Policy::from_any(policy)?, rows, options)
    }

    /// The columns that a roster of a policy may have: key, Chinese header, whether it must be there.
    #[staticmethod]
    fn template<'py>(policy: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let py = policy.py();
        let policy = Policy::from_any(policy)?;
        let columns = fundlayers::Roster::template(&policy.given.value).into_iter();
        columns
            .map(|column| {
                let dict = PyDict::new(py);
                dict.set_item("key", column.key)?;
                dict.set_item("header", column.header.zh)?;
                dict.set_item("required", column.required)?;
                Ok(dict)
            })
            .collect()
    }

    /// How many places the rows stand for.
    #[getter]
    fn places(&self) -> u64 {
        self.given.value.places()
    }

    /// The policy that it was read for.
    #[getter]
    fn policy(&self) -> Policy {
        self.policy.clone()
    }

    /// Checks it against a policy (its own, if none is given) and gives the warnings.
    #[pyo3(signature = (policy=None))]
    fn check<'py>(&self, py: Python<'py>, policy: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyTuple>> {
        let policy = policy.map_or_else(|| Ok(self.policy.clone()), Policy::from_any)?;
        let roster = self.given.value.clone();
        let checked = crate::work::run(py, move |_| roster.check(&policy.given.value))?;
        errors::list(py, &checked.map_err(|problems| errors::raise(py, &problems))?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Policy, String))> {
        let roster = slf.get();
        let text = slf
            .py()
            .detach(|| written(|out| json::write_rows(out, &roster.given.value.table(&roster.policy.given.value))));
        Ok((slf.get_type().getattr("from_json")?, (roster.policy.clone(), text)))
    }
}
