//! What if: comparisons, scenarios, and the largest value within a limit.

use fundlayers::answer::Given;
use fundlayers::sheet::SheetOptions;
use fundlayers::{Goal, Scenario, ScenariosBuilder, Unit};
use fundlayers_formats::Format;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyTuple};

use crate::allocation::Allocation;
use crate::catalogue as words;
use crate::convert::{self, Rows, Texts, Years};
use crate::policy::Policy;
use crate::results::Table;
use crate::roster::Roster;
use crate::{errors, work};

/// Two allocations by a grouping, side by side: ``before``, ``after``, ``difference`` and ``change`` (``new``, ``gone``,
/// ``changed``, or blank).
///
/// >>> policy = Policy("tongchuan-2023")
/// >>> dearer = policy.with_changes({"classes.municipal-town.standard": 650})
/// >>> compare(policy.allocate(), dearer.allocate(), "layer").to_dicts()[2]["difference"]
/// Decimal('300')
#[pyfunction]
#[pyo3(signature = (before, after, by=None, *, unit=None))]
pub(crate) fn compare(
    before: &Bound<'_, Allocation>,
    after: &Bound<'_, Allocation>,
    by: Option<Texts>,
    unit: Option<&str>,
) -> PyResult<Table> {
    let py = before.py();
    let arguments = PyDict::new(py);
    arguments.set_item("before", before)?;
    arguments.set_item("after", after)?;
    arguments.set_item("unit", unit)?;
    let by = convert::groupings(&arguments, by)?;
    let (first, second) = (before.get().given.clone(), after.get().given.clone());
    let unit = convert::unit(py, unit)?;
    let comparison = work::run(py, move |_| first.compare(&second, by.as_deref(), unit))?;
    let table = Table::new(comparison.map_err(|problems| errors::raise(py, &problems))?);
    Ok(table.made_by(None, "compare", arguments))
}

/// The scenarios: a dict of names and changes, a list of such pairs, a file, or rows of ``scenario, path, value``.
pub(crate) fn read_scenarios(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    options: SheetOptions,
) -> PyResult<Given<fundlayers::Scenarios>> {
    let pairs = match data.cast::<PyMapping>() {
        Ok(mapping) => Some(mapping.items()?),
        Err(_) => {
            data.cast::<PyList>().ok().filter(|list| list.iter().all(|item| item.is_instance_of::<PyTuple>())).cloned()
        }
    };
    if let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty() || data.cast::<PyMapping>().is_ok()) {
        if options.sheet.is_some() {
            return Err(errors::wrong_use(py, words::SHEET_OF_SCENARIOS));
        }
        let mut list = Vec::new();
        for pair in pairs {
            let (name, changes): (String, Bound<'_, PyAny>) = pair.extract()?;
            let changes = if changes.is_none() { Vec::new() } else { convert::changes(&changes)? };
            list.push(Scenario::new(name, changes));
        }
        let list = fundlayers::Scenarios::new(list).map_err(|problems| errors::raise(py, &problems))?;
        return Ok(Given::plain(list));
    }
    match Rows::new(data)? {
        Rows::File(name, format @ (Format::Toml | Format::Json), bytes) => {
            let read = Given::read(fundlayers_formats::read_scenarios(&bytes, format, &options), name.as_deref());
            read.map_err(|problems| errors::raise(py, &problems))
        }
        rows => rows.given(py, options, |titles| ScenariosBuilder::new(titles, fundlayers_formats::toml::read_value)),
    }
}

/// Totals of many named changes of a policy over one roster, and the difference of each to the first.
///
/// ``scenarios`` is a dict (or a list of pairs) of names and changes (``{}`` or None for the policy as it is), a file (TOML,
/// JSON, CSV), a data frame or a list of dicts with ``scenario, path, value``; ``sheet`` is of its workbook,
/// ``roster_sheet`` of the roster's, and ``fill_down`` says of both how they are read, as of ``Roster``.
///
/// >>> asked = {"现行": {}, "650": {"classes.municipal-town.standard": 650}}
/// >>> [row["difference"] for row in scenarios("tongchuan-2023", asked, "year").to_dicts()][3:]
/// [Decimal('100'), Decimal('100'), Decimal('100')]
#[pyfunction]
#[pyo3(signature = (
    policy, scenarios, by=None, *, roster=None, years=None, unit=None, sheet=None, roster_sheet=None, fill_down=None
))]
#[expect(clippy::too_many_arguments, reason = "they have names in Python")]
pub(crate) fn scenarios(
    policy: &Bound<'_, PyAny>,
    scenarios: &Bound<'_, PyAny>,
    by: Option<Texts>,
    roster: Option<&Bound<'_, PyAny>>,
    years: Option<Years>,
    unit: Option<&str>,
    sheet: Option<String>,
    roster_sheet: Option<String>,
    fill_down: Option<bool>,
) -> PyResult<Table> {
    let py = policy.py();
    let policy = Policy::from_any(policy)?;
    let of_roster = fill_down.filter(|_| Roster::is_read(roster));
    let roster = Roster::make(py, &policy, roster, convert::sheet_options(roster_sheet, of_roster))?;
    let list = read_scenarios(py, scenarios, convert::sheet_options(sheet, fill_down))?;
    let years = years.map(|years| years.list(py)).transpose()?;
    let arguments = PyDict::new(py);
    arguments.set_item("policy", policy.clone())?;
    arguments.set_item("scenarios", as_dict(py, &list.value)?)?;
    arguments.set_item("roster", &roster)?;
    arguments.set_item("years", years.clone())?;
    arguments.set_item("unit", unit)?;
    let by = convert::groupings(&arguments, by)?;
    let unit = convert::unit(py, unit)?;
    let (core, rows) = (policy.given, roster.get().given.clone());
    let totals = work::run(py, move |_| core.scenarios(&rows, &list, years.as_deref(), by.as_deref(), unit))?;
    let table = Table::new(totals.map_err(|problems| errors::raise(py, &problems))?);
    Ok(table.made_by(None, "scenarios", arguments))
}

pub(crate) fn as_dict<'py>(py: Python<'py>, list: &fundlayers::Scenarios) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for scenario in list {
        let changes = PyDict::new(py);
        for change in scenario.changes() {
            changes.set_item(change.path(), convert::value(py, change.value())?)?;
        }
        dict.set_item(scenario.name(), changes)?;
    }
    Ok(dict)
}

/// The largest value that keeps a total within a limit, with its proof: the totals at that value and one step above.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Solution {
    inner: fundlayers::Solution,
    unit: Unit,
}

#[pymethods]
impl Solution {
    /// The largest value, as the policy file would have it.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::decimal(py, &self.inner.value().to_string())
    }

    /// The total at that value.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::decimal(py, &self.inner.total().in_unit(self.unit).to_string())
    }

    /// One step more.
    #[getter]
    fn next_value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::decimal(py, &self.inner.next_value().to_string())
    }

    /// The total at one step more, above the limit.
    #[getter]
    fn next_total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::decimal(py, &self.inner.next_total().in_unit(self.unit).to_string())
    }

    /// The step between values.
    #[getter]
    fn step<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::decimal(py, &self.inner.step().to_string())
    }

    /// The answer with its proof, in a sentence.
    #[pyo3(signature = (*, lang=None))]
    fn sentence(&self, py: Python<'_>, lang: Option<&str>) -> PyResult<String> {
        Ok(self.inner.text(self.unit, convert::lang(py, lang)?))
    }
}

/// The largest value of one number of a policy, named by its path, that keeps a payer's total in a layer and year within a
/// limit. ``sheet`` and ``fill_down`` say how the roster is read, as of ``Roster``.
///
/// >>> solution = solve("tongchuan-2023", "classes.municipal-town.standard", layer="county", payer="王益区", year=2024, limit=400)
/// >>> solution.value, solution.total
/// (Decimal('640'), Decimal('400'))
#[pyfunction]
#[pyo3(signature = (
    policy, path, *, layer, year, limit, payer=None, step=None, roster=None, unit=None, sheet=None, fill_down=None
))]
#[expect(clippy::too_many_arguments, reason = "they have names in Python")]
pub(crate) fn solve(
    policy: &Bound<'_, PyAny>,
    path: String,
    layer: String,
    year: u16,
    limit: &Bound<'_, PyAny>,
    payer: Option<String>,
    step: Option<&Bound<'_, PyAny>>,
    roster: Option<&Bound<'_, PyAny>>,
    unit: Option<&str>,
    sheet: Option<String>,
    fill_down: Option<bool>,
) -> PyResult<Py<Solution>> {
    let py = policy.py();
    let policy = Policy::from_any(policy)?;
    let roster = Roster::make(py, &policy, roster, convert::sheet_options(sheet, fill_down))?;
    let arguments = PyDict::new(py);
    arguments.set_item("policy", policy.clone())?;
    arguments.set_item("path", &path)?;
    arguments.set_item("layer", &layer)?;
    arguments.set_item("year", year)?;
    arguments.set_item("limit", limit)?;
    arguments.set_item("payer", payer.as_deref())?;
    arguments.set_item("step", step)?;
    arguments.set_item("roster", &roster)?;
    arguments.set_item("unit", unit)?;
    let unit = convert::unit(py, unit)?;
    let limit = convert::amount(limit, unit.unwrap_or_else(|| policy.given.value.unit()), "limit")?;
    let step = step.map(|step| convert::number(step, "step")).transpose()?;
    let goal = Goal { path, layer, payer, year, limit, step };
    let (core, rows) = (policy.given, roster.get().given.clone());
    let solved = work::run(py, move |_| core.solve(&rows, &goal, unit))?;
    let answer = solved.map_err(|problems| errors::raise(py, &problems))?;
    let found = answer.solution().cloned().zip(Some(answer.unit()));
    let (inner, unit) = found.ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("no solution"))?;
    let table = Table::new(answer);
    let table = table.made_by(None, "solve", arguments);
    Py::new(py, PyClassInitializer::from(table).add_subclass(Solution { inner, unit }))
}
