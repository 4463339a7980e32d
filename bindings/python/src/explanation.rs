//! How amounts came about.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::Allocation;
use crate::convert::{self, Years};
use crate::results::Table;
use crate::{errors, work};

/// Why a recipient gets what it gets: a table with a row for each step, and as text the note for the file.
///
/// >>> note = Allocation("tongchuan-2023").explain("黄堡镇", 2024)
/// >>> print(note.to_text(lang="en"))
/// 黄堡镇 (610202100), 2024, class: Municipal key assistance town, in 万元
/// 1. City: a fixed amount: 300 万元 [四.1]
/// 2. County: tops up to the standard, counting City: 600 − 300 = 300 万元 [四.1]
/// Total 600 万元
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Explanation {}

impl Explanation {
    pub(crate) fn make(allocation: &Bound<'_, Allocation>, recipient: &str, year: Option<Years>) -> PyResult<Py<Self>> {
        let (py, given) = (allocation.py(), allocation.get().given.clone());
        let years = year.map(|year| year.list(py)).transpose()?;
        let arguments = PyDict::new(py);
        arguments.set_item("recipient", recipient)?;
        arguments.set_item("year", years.clone())?;
        let recipient = recipient.to_owned();
        let found = work::run(py, move |_| given.explain(&recipient, years.as_deref()))?;
        let table = Table::new(found.map_err(|problems| errors::raise(py, &problems))?);
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "explain", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self {}))
    }
}

#[pymethods]
impl Explanation {
    /// For each row and year ``id, name, year, class, count, unit, steps, total``; a step has ``layer, payer, rule, inputs,
    /// exact, per_place, amount, clause, text``. It has ``figures`` (``id, value, clause, text``) where it rests on some,
    /// ``claim`` in a layer with a limit and ``layer_clause`` where the layer rests on another clause than the class.
    /// ``exact``, and the ``value`` of an input or a figure, are text: they may be fractions.
    #[getter]
    fn details<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let py = slf.py();
        let amount = |text: &str| convert::decimal(py, text);
        let one = |explanation: &fundlayers::Explanation| {
            let dict = PyDict::new(py);
            dict.set_item("id", &explanation.id)?;
            dict.set_item("name", &explanation.name)?;
            dict.set_item("year", explanation.year)?;
            dict.set_item("class", &explanation.class)?;
            dict.set_item("count", explanation.count)?;
            dict.set_item("unit", explanation.unit.as_str())?;
            let steps = explanation.steps.iter().map(|step| {
                let inputs = step.inputs.iter().map(|input| {
                    let dict = PyDict::new(py);
                    dict.set_item("name", &input.name)?;
                    dict.set_item("value", &input.value)?;
                    Ok(dict)
                });
                let figures = step.figures.iter().map(|figure| {
                    let dict = PyDict::new(py);
                    dict.set_item("id", &figure.id)?;
                    dict.set_item("value", &figure.value)?;
                    dict.set_item("clause", figure.clause.as_deref())?;
                    dict.set_item("text", convert::name(py, &figure.text)?)?;
                    Ok(dict)
                });
                let dict = PyDict::new(py);
                dict.set_item("layer", &step.layer)?;
                dict.set_item("payer", &step.payer)?;
                dict.set_item("rule", &step.rule)?;
                dict.set_item("inputs", inputs.collect::<PyResult<Vec<_>>>()?)?;
                if !step.figures.is_empty() {
                    dict.set_item("figures", figures.collect::<PyResult<Vec<_>>>()?)?;
                }
                dict.set_item("exact", &step.exact)?;
                if let Some(claim) = &step.claim {
                    dict.set_item("claim", amount(claim)?)?;
                }
                dict.set_item("per_place", amount(&step.per_place)?)?;
                dict.set_item("amount", amount(&step.amount)?)?;
                dict.set_item("clause", step.clause.as_deref())?;
                if let Some(clause) = &step.layer_clause {
                    dict.set_item("layer_clause", clause)?;
                }
                dict.set_item("text", convert::name(py, &step.text)?)?;
                Ok(dict)
            });
            dict.set_item("steps", steps.collect::<PyResult<Vec<_>>>()?)?;
            dict.set_item("total", amount(&explanation.total)?)?;
            Ok(dict)
        };
        slf.as_super().get().answer().explanations().unwrap_or_default().iter().map(one).collect()
    }
}
