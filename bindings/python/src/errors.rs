//! Problems of the core as Python's exceptions and objects.

use fundlayers::{Code, Lang, Problem, Problems, Severity};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

const MODULE: &str = "fundlayers._errors";

/// The exception for problems that stop the work.
pub(crate) fn raise(py: Python<'_>, problems: &Problems) -> PyErr {
    static ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let made = || {
        let list = list(py, problems)?;
        let class = ERROR.import(py, MODULE, "FundlayersError")?;
        PyResult::Ok(PyErr::from_value(class.call1((list, problems.left_out(), problems.to_string()))?))
    };
    made().unwrap_or_else(|error| error)
}

/// One problem as an exception.
pub(crate) fn raise_one(py: Python<'_>, problem: Problem) -> PyErr {
    raise(py, &problem.into())
}

/// Problems as a tuple of `Problem`.
pub(crate) fn list<'py>(py: Python<'py>, problems: &Problems) -> PyResult<Bound<'py, PyTuple>> {
    static PROBLEM: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = PROBLEM.import(py, MODULE, "Problem")?;
    let object = |problem: &Problem| {
        let place = problem.location();
        let fields = PyDict::new(py);
        fields.set_item("code", problem.code().as_str())?;
        fields.set_item(
            "severity",
            match problem.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
        )?;
        fields.set_item("message", problem.message(Lang::En))?;
        fields.set_item("found", problem.found_text())?;
        fields.set_item("expected", problem.expected_text(Lang::En))?;
        fields.set_item("file", place.file.as_deref())?;
        fields.set_item("line", place.line)?;
        fields.set_item("character", place.character)?;
        fields.set_item("scenario", place.scenario.as_deref())?;
        fields.set_item("key", place.key.as_deref())?;
        fields.set_item("row", place.row)?;
        fields.set_item("column", place.column.as_deref())?;
        fields.set_item("text", problem.to_string())?;
        class.call((), Some(&fields))
    };
    PyTuple::new(py, problems.iter().map(object).collect::<PyResult<Vec<_>>>()?)
}

/// The problem of a value that came as a binary float.
pub(crate) fn float(value: &str) -> Problem {
    let problem = Problem::new(Code::BinaryFloat, "came as a binary float, whose digits are lost").found(value);
    problem.expected(format!("write Decimal(\"{value}\") or \"{value}\""))
}
