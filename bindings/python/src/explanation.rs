//! How amounts came about.

use std::sync::Arc;

use fundlayers::table::Report;
use fundlayers::{Lang, Problems};
use fundlayers_formats::html;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::Allocation;
use crate::convert::{self, Years};
use crate::results::{Source, Table, written};
use crate::{errors, work};

struct ExplanationSource {
    allocation: fundlayers::Allocation,
    list: Vec<fundlayers::Explanation>,
}

impl Source for ExplanationSource {
    fn policy(&self) -> &fundlayers::Policy {
        self.allocation.policy()
    }

    fn table(&self) -> fundlayers::table::Table<'_> {
        fundlayers::Explanation::table(&self.list, self.policy().unit(), Lang::Zh)
    }

    fn report(&self, lang: Lang) -> Result<Report<'_>, Problems> {
        let table = fundlayers::Explanation::table(&self.list, self.policy().unit(), lang);
        let notes = vec![fundlayers::policy_line(self.policy(), lang)];
        Ok(table.report(self.policy().title().get(lang).to_owned(), lang, notes, usize::MAX))
    }

    fn html(&self, lang: Lang, _: &Problems, _: Option<usize>) -> Result<String, Problems> {
        Ok(written(|out| html::write_explanations(out, &self.list, lang)))
    }

    fn text(&self, lang: Lang) -> Result<String, Problems> {
        let texts: Vec<String> = self.list.iter().map(|explanation| explanation.text(lang)).collect();
        Ok(texts.join("\n\n"))
    }
}

/// Why a recipient gets what it gets: a table with a row for each step, and as text the note for the file.
///
/// >>> note = Allocation("tongchuan-2023").explain("黄堡镇", 2024)
/// >>> print(note.to_text(lang="en"))
/// 黄堡镇 (610202100), 2024, class: Municipal key assistance town, in 万元
/// 1. City: a fixed amount: 300 万元 [四.1]
/// 2. County: tops up to the standard, counting City: 600 − 300 = 300 万元 [四.1]
/// Total 600 万元
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Explanation {
    source: Arc<ExplanationSource>,
}

impl Explanation {
    pub(crate) fn make(allocation: &Bound<'_, Allocation>, recipient: &str, year: Option<Years>) -> PyResult<Py<Self>> {
        let (py, inner) = (allocation.py(), allocation.get().inner.clone());
        let years = year.map(|year| year.list(py)).transpose()?;
        let arguments = PyDict::new(py);
        arguments.set_item("recipient", recipient)?;
        arguments.set_item("year", years.clone())?;
        let recipient = recipient.to_owned();
        let found = work::run(py, move |_| {
            let list = inner.explain(&recipient, years.as_deref())?;
            Ok(ExplanationSource { allocation: inner, list })
        })?;
        let source = Arc::new(found.map_err(|problems: Problems| errors::raise(py, &problems))?);
        let table = Table::new(Arc::clone(&source) as Arc<dyn Source>, allocation.as_super().get().problems().clone());
        let table = table.made_by(Some(allocation.clone().into_any().unbind()), "explain", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { source }))
    }
}

#[pymethods]
impl Explanation {
    /// For each row and year ``id, name, year, class, count, unit, steps, total``; a step has ``layer, payer, rule, inputs,
    /// exact, per_place, amount, clause, text``. ``exact`` is text: it may be a fraction.
    #[getter]
    fn details<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
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
                let text = PyDict::new(py);
                text.set_item("zh", &step.text.zh)?;
                text.set_item("en", &step.text.en)?;
                let dict = PyDict::new(py);
                dict.set_item("layer", &step.layer)?;
                dict.set_item("payer", &step.payer)?;
                dict.set_item("rule", &step.rule)?;
                dict.set_item("inputs", inputs.collect::<PyResult<Vec<_>>>()?)?;
                dict.set_item("exact", &step.exact)?;
                dict.set_item("per_place", amount(&step.per_place)?)?;
                dict.set_item("amount", amount(&step.amount)?)?;
                dict.set_item("clause", step.clause.as_deref())?;
                dict.set_item("text", text)?;
                Ok(dict)
            });
            dict.set_item("steps", steps.collect::<PyResult<Vec<_>>>()?)?;
            dict.set_item("total", amount(&explanation.total)?)?;
            Ok(dict)
        };
        self.source.list.iter().map(one).collect()
    }
}
