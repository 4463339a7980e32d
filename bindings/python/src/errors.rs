//! Problems of the core as Python's exceptions and objects.

use fundlayers::{Code, Lang, Message, Problem, Problems, Severity};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::catalogue as words;
use crate::convert;

const MODULE: &str = "fundlayers._errors";

/// An exception of a class of the package.
fn made<'py>(py: Python<'py>, class: &Bound<'py, PyAny>, problems: &Problems) -> PyResult<Bound<'py, PyAny>> {
    let texts = in_languages(py, |lang| problems.to_text(lang))?;
    class.call1((list(py, problems)?, problems.left_out(), texts))
}

/// The exception for problems that stop the work.
pub(crate) fn raise(py: Python<'_>, problems: &Problems) -> PyErr {
    static ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = ERROR.import(py, MODULE, "FundlayersError");
    class.and_then(|class| made(py, class, problems)).map_or_else(|error| error, PyErr::from_value)
}

/// The exception for a file that cannot be read: an `OSError` of Python too, as `open` raises it.
pub(crate) fn raise_file(py: Python<'_>, name: &str, error: &std::io::Error) -> PyErr {
    let why = fundlayers_formats::output::io_message(error);
    let problem = Problem::new(Code::CannotRead, words::CANNOT_BE_READ.with(&[&why])).file(name);
    let raised = || {
        let class = py.import(MODULE)?.call_method1("file_error", (error.raw_os_error(),))?;
        let raised = made(py, &class, &problem.into())?;
        raised.setattr("errno", error.raw_os_error())?;
        raised.setattr("strerror", error.to_string())?;
        raised.setattr("filename", name)?;
        Ok(PyErr::from_value(raised))
    };
    raised().unwrap_or_else(|error: PyErr| error)
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
        fields.set_item("found", problem.found_text())?;
        fields.set_item("file", place.file.as_deref())?;
        fields.set_item("line", place.line)?;
        fields.set_item("character", place.character)?;
        fields.set_item("cell", place.cell.as_deref())?;
        fields.set_item("scenario", place.scenario.as_deref())?;
        fields.set_item("key", place.key.as_deref())?;
        fields.set_item("row", place.row)?;
        fields.set_item("label", place.label.as_deref())?;
        fields.set_item("column", place.column.as_deref())?;
        fields.set_item("title", place.title.as_deref())?;
        fields.set_item(
            "words",
            in_languages(py, |lang| (problem.message(lang), problem.expected_text(lang), problem.to_text(lang)))?,
        )?;
        class.call((), Some(&fields))
    };
    PyTuple::new(py, problems.iter().map(object).collect::<PyResult<Vec<_>>>()?)
}

/// What is said in each language, by the language's code.
fn in_languages<'py, T: IntoPyObject<'py>>(py: Python<'py>, say: impl Fn(Lang) -> T) -> PyResult<Bound<'py, PyDict>> {
    let said = PyDict::new(py);
    said.set_item("zh", say(Lang::Zh))?;
    said.set_item("en", say(Lang::En))?;
    Ok(said)
}

/// The exception for a call that no input could make right.
pub(crate) fn wrong_use(py: Python<'_>, message: impl Into<Message>) -> PyErr {
    match convert::lang(py, None) {
        Ok(lang) => PyTypeError::new_err(message.into().to_text(lang)),
        Err(error) => error,
    }
}

/// The problem of a value that came as a binary float.
pub(crate) fn float(value: &str) -> Problem {
    let problem = Problem::new(Code::BinaryFloat, words::FLOAT).found(value);
    // The `.0` of a whole number would become part of an id.
    let digits = whole(value).unwrap_or(value);
    problem.expected(words::EXACT.with(&[&digits]))
}

/// The digits of a float that is whole and exact, if it is.
pub(crate) fn whole(value: &str) -> Option<&str> {
    /// Up to here a float holds every whole number.
    const EXACT: u64 = 1 << 53;
    let digits = value.strip_suffix(".0")?;
    digits.parse::<i64>().is_ok_and(|number| number.unsigned_abs() <= EXACT).then_some(digits)
}
