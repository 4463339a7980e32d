//! How amounts came about.

use fundlayers::answer::Answer;
use fundlayers::{
    DutyExplanation, ExplainedAssignment, ExplainedReceipt, Found, FundingExplanation, GapExplanation, Problems,
    TotalExplanation, TotalPart, Unit,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::allocation::Allocation;
use crate::convert::{self, Texts, Years};
use crate::results::Table;
use crate::{errors, work};

/// Why a recipient gets what it gets: a table with a row for each step, and as text, Markdown, a page or a workbook the note
/// for the file, with the document, the words of its clauses, how they are read, and what was changed.
///
/// >>> note = Allocation("tongchuan-2023").explain("黄堡镇", 2024)
/// >>> print(note.to_text(lang="en").split("\n\n")[0])
/// 黄堡镇 (610202100), 2024, class: Municipal key assistance town, in 万元
/// 1. City: a fixed amount: 300 万元 [四.1]
/// 2. County: tops up to the standard, counting City: 600 − 300 = 300 万元 [四.1]
/// Total 600 万元
/// >>> note.issuer, note.published, note.status
/// ('铜川市乡村振兴局', '2023-02-08', 'draft')
/// >>> note.clauses[0]["clause"], note.clauses[0]["words"][-13:]
/// ('四.1', '120万元的标准给予支持。')
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Explanation {}

impl Explanation {
    /// Of a recipient, by a method of what is explained.
    pub(crate) fn make(
        owner: &Bound<'_, PyAny>,
        method: &'static str,
        recipient: &str,
        year: Option<Years>,
        unit: Option<&str>,
        explain: impl FnOnce(&str, Option<&[u16]>, Option<Unit>) -> Result<Answer, Problems> + Send + 'static,
    ) -> PyResult<Py<Self>> {
        let py = owner.py();
        let years = year.map(|year| year.list(py)).transpose()?;
        let arguments = PyDict::new(py);
        arguments.set_item("recipient", recipient)?;
        arguments.set_item("year", years.clone())?;
        arguments.set_item("unit", unit)?;
        let (recipient, unit) = (recipient.to_owned(), convert::unit(py, unit)?);
        let found = work::run(py, move |_| explain(&recipient, years.as_deref(), unit))?;
        Self::told(owner, method, arguments, found)
    }

    /// Of totals: of every group, or of one.
    pub(crate) fn of_totals(
        allocation: &Bound<'_, Allocation>,
        by: Texts,
        of: Option<&str>,
        unit: Option<&str>,
    ) -> PyResult<Py<Self>> {
        let (py, given) = (allocation.py(), allocation.get().given.clone());
        let arguments = PyDict::new(py);
        arguments.set_item("recipient", of)?;
        arguments.set_item("unit", unit)?;
        let by = convert::groupings(&arguments, Some(by))?.unwrap_or_default();
        let (of, unit) = (of.map(str::to_owned), convert::unit(py, unit)?);
        let found = work::run(py, move |_| given.explain_totals(&by, of.as_deref(), unit))?;
        Self::told(allocation.as_any(), "explain", arguments, found)
    }

    fn told(
        owner: &Bound<'_, PyAny>,
        method: &'static str,
        arguments: Bound<'_, PyDict>,
        found: Result<Answer, Problems>,
    ) -> PyResult<Py<Self>> {
        let py = owner.py();
        let table = Table::new(found.map_err(|problems| errors::raise(py, &problems))?);
        let table = table.made_by(Some(owner.clone().unbind()), method, arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self {}))
    }
}

/// What a limit leaves of an amount, as a dict.
pub(crate) fn award<'py>(py: Python<'py>, explanation: &FundingExplanation) -> PyResult<Bound<'py, PyDict>> {
    let amount = |text: &str| convert::decimal(py, text);
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
    dict.set_item("text", convert::name(py, &explanation.text)?)?;
    Ok(dict)
}

/// What of an amount arrived and what is missing, as a dict.
fn gap<'py>(py: Python<'py>, gap: &GapExplanation) -> PyResult<Bound<'py, PyDict>> {
    let amount = |text: &str| convert::decimal(py, text);
    let line = |line: &ExplainedReceipt| {
        let dict = PyDict::new(py);
        dict.set_item("file", line.file.as_deref())?;
        dict.set_item("line", line.line)?;
        dict.set_item("event", &line.event)?;
        dict.set_item("amount", amount(&line.amount)?)?;
        dict.set_item("date", &line.date)?;
        dict.set_item("document", &line.document)?;
        dict.set_item("upstream_document", &line.upstream_document)?;
        dict.set_item("source", &line.source)?;
        dict.set_item("note", &line.note)?;
        dict.set_item("counted", line.counted)?;
        Ok(dict)
    };
    let dict = PyDict::new(py);
    dict.set_item("id", &gap.id)?;
    dict.set_item("name", &gap.name)?;
    dict.set_item("year", gap.year)?;
    dict.set_item("layer", &gap.layer)?;
    dict.set_item("payer", &gap.payer)?;
    dict.set_item("unit", gap.unit.as_str())?;
    let amounts = [
        ("due", &gap.due),
        ("issued", &gap.issued),
        ("received", &gap.received),
        ("spent", &gap.spent),
        ("gap", &gap.gap),
        ("excess", &gap.excess),
    ];
    for (key, text) in amounts {
        dict.set_item(key, amount(text)?)?;
    }
    dict.set_item("lines", gap.lines.iter().map(line).collect::<PyResult<Vec<_>>>()?)?;
    dict.set_item("text", convert::name(py, &gap.text)?)?;
    Ok(dict)
}

/// What of a duty is due and who brings it, as a dict.
fn duty<'py>(py: Python<'py>, duty: &DutyExplanation) -> PyResult<Bound<'py, PyDict>> {
    let line = |line: &ExplainedAssignment| {
        let dict = PyDict::new(py);
        dict.set_item("line", line.line)?;
        dict.set_item("person", &line.person)?;
        dict.set_item("duty", &line.duty)?;
        dict.set_item("number", line.number)?;
        dict.set_item("people", line.people)?;
        dict.set_item("date", &line.date)?;
        dict.set_item("note", &line.note)?;
        Ok(dict)
    };
    let dict = PyDict::new(py);
    dict.set_item("id", &duty.id)?;
    dict.set_item("name", &duty.name)?;
    dict.set_item("year", duty.year)?;
    dict.set_item("half", duty.half)?;
    dict.set_item("duty", &duty.duty)?;
    dict.set_item("payer", &duty.payer)?;
    dict.set_item("places", duty.places)?;
    dict.set_item("due", duty.due)?;
    dict.set_item("assigned", duty.assigned)?;
    dict.set_item("missing", duty.missing)?;
    dict.set_item("surplus", duty.surplus)?;
    dict.set_item("people_missing", duty.people_missing)?;
    dict.set_item("people_surplus", duty.people_surplus)?;
    dict.set_item("met", duty.met)?;
    dict.set_item("clause", duty.clause.as_deref())?;
    dict.set_item("lines", duty.lines.iter().map(line).collect::<PyResult<Vec<_>>>()?)?;
    dict.set_item("text", convert::name(py, &duty.text)?)?;
    Ok(dict)
}

/// Of what a total is made, as a dict.
fn total<'py>(py: Python<'py>, total: &TotalExplanation) -> PyResult<Bound<'py, PyDict>> {
    let amount = |text: &str| convert::decimal(py, text);
    let part = |part: &TotalPart| {
        let dict = PyDict::new(py);
        dict.set_item("layer", &part.layer)?;
        dict.set_item("class", &part.class)?;
        dict.set_item("years", &part.years)?;
        dict.set_item("places", part.places)?;
        dict.set_item("each", part.each.as_deref().map(amount).transpose()?)?;
        dict.set_item("amount", amount(&part.amount)?)?;
        dict.set_item("names", &part.names)?;
        dict.set_item("names_left_out", part.names_left_out)?;
        dict.set_item("clause", part.clause.as_deref())?;
        let changes = part.changes.iter().map(|change| change.path().to_string());
        dict.set_item("changes", changes.collect::<Vec<_>>())?;
        dict.set_item("text", convert::name(py, &part.text)?)?;
        Ok(dict)
    };
    let by = PyDict::new(py);
    for (column, value) in &total.by {
        by.set_item(column, value)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("by", by)?;
    dict.set_item("name", convert::name(py, &total.name)?)?;
    dict.set_item("unit", total.unit.as_str())?;
    dict.set_item("amount", amount(&total.amount)?)?;
    dict.set_item("parts", total.parts.iter().map(part).collect::<PyResult<Vec<_>>>()?)?;
    Ok(dict)
}

/// What was found.
fn found<'a>(explanation: &'a Bound<'_, Explanation>) -> Option<&'a Found> {
    explanation.as_super().get().answer().explained().map(fundlayers::Explained::found)
}

/// What it rests on.
fn grounds<'a>(explanation: &'a Bound<'_, Explanation>) -> Option<&'a fundlayers::Grounds> {
    explanation.as_super().get().answer().explained().map(fundlayers::Explained::grounds)
}

#[pymethods]
impl Explanation {
    /// The title of the document, as it has it.
    #[getter]
    fn document(slf: &Bound<'_, Self>) -> Option<String> {
        grounds(slf).and_then(|grounds| grounds.document.clone())
    }

    /// Who issued it.
    #[getter]
    fn issuer(slf: &Bound<'_, Self>) -> Option<String> {
        grounds(slf).and_then(|grounds| grounds.issuer.clone())
    }

    /// When it was published, as written.
    #[getter]
    fn published(slf: &Bound<'_, Self>) -> Option<String> {
        grounds(slf).and_then(|grounds| grounds.published.clone())
    }

    /// Whether it binds: ``draft``, ``in-force``, ``expired``.
    #[getter]
    fn status(slf: &Bound<'_, Self>) -> Option<&'static str> {
        grounds(slf).and_then(|grounds| grounds.status).map(fundlayers::Status::as_str)
    }

    /// Where it stands.
    #[getter]
    fn url(slf: &Bound<'_, Self>) -> Option<String> {
        grounds(slf).and_then(|grounds| grounds.url.clone())
    }

    /// The clauses that the figures cite, each once: ``clause`` and ``words``, which are the document's own; None where the
    /// policy does not have them.
    #[getter]
    fn clauses<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let py = slf.py();
        let one = |cited: &fundlayers::CitedClause| {
            let dict = PyDict::new(py);
            dict.set_item("clause", &cited.clause)?;
            dict.set_item("words", cited.words.as_deref())?;
            Ok(dict)
        };
        grounds(slf).map_or_else(|| Ok(Vec::new()), |grounds| grounds.clauses.iter().map(one).collect())
    }

    /// How open points of the document are read that bear on the figures, each once: ``id, question, chosen, alternatives,
    /// clause``.
    #[getter]
    fn readings<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let py = slf.py();
        let one = |reading: &fundlayers::Reading| {
            let dict = PyDict::new(py);
            dict.set_item("id", &reading.id)?;
            dict.set_item("question", convert::name(py, &reading.question)?)?;
            dict.set_item("chosen", convert::name(py, &reading.chosen)?)?;
            let others = reading.alternatives.iter().map(|other| convert::name(py, other));
            dict.set_item("alternatives", others.collect::<PyResult<Vec<_>>>()?)?;
            dict.set_item("clause", reading.clause.as_deref())?;
            Ok(dict)
        };
        grounds(slf).map_or_else(|| Ok(Vec::new()), |grounds| grounds.readings.iter().map(one).collect())
    }

    /// Every value of the policy that was changed: ``path, before, after``, as policy files write them; ``before`` is None
    /// where nothing stood.
    #[getter]
    fn changes<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let py = slf.py();
        let one = |change: &fundlayers::ChangedValue| {
            let dict = PyDict::new(py);
            dict.set_item("path", change.path().to_string())?;
            dict.set_item("before", change.before().map(ToString::to_string))?;
            dict.set_item("after", change.after().to_string())?;
            Ok(dict)
        };
        grounds(slf).map_or_else(|| Ok(Vec::new()), |grounds| grounds.changes.iter().map(one).collect())
    }

    /// What limits leave of the amounts, where a funding was asked: for each year and layer ``id, name, count, year, layer,
    /// payer, unit, limit, claims, claim, exact, funded, unfunded, text``.
    ///
    /// >>> limits = [{"layer": "city", "payer": "city", "year": 2024, "amount": 1020, "unit": "万元"}]
    /// >>> note = Allocation("tongchuan-2023").explain("黄堡镇", 2024, limits=limits, rule="proportional")
    /// >>> [(award["layer"], award["claim"], award["funded"]) for award in note.awards]
    /// [('city', Decimal('300'), Decimal('150')), ('county', Decimal('300'), Decimal('300'))]
    #[getter]
    fn awards<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        found(slf).map_or_else(|| Ok(Vec::new()), |found| found.awards.iter().map(|one| award(slf.py(), one)).collect())
    }

    /// What of the amounts arrived and what is missing, where a reconciliation was asked: for each year and layer ``id, name,
    /// year, layer, payer, unit, due, issued, received, spent, gap, excess, lines, text``; a line of the ledger has ``file,
    /// line, event, amount, date, document, upstream_document, source, note, counted``.
    ///
    /// >>> ledger = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200}]
    /// >>> note = Allocation("tongchuan-2023").explain("黄堡镇", 2024, receipts=ledger)
    /// >>> [(gap["layer"], gap["due"], gap["gap"], len(gap["lines"])) for gap in note.gaps]
    /// [('city', Decimal('300'), Decimal('100'), 1), ('county', Decimal('300'), Decimal('300'), 0)]
    #[getter]
    fn gaps<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        found(slf).map_or_else(|| Ok(Vec::new()), |found| found.gaps.iter().map(|one| gap(slf.py(), one)).collect())
    }

    /// What is due besides money and who brings it, where duties were asked: for each year, half and duty ``id, name, year, half,
    /// duty, payer, places, due, assigned, missing, surplus, people_missing, people_surplus, met, clause, lines, text``, from
    /// ``assigned`` to ``met`` None without a register; a row of the register has ``line, person, duty, number, people, date,
    /// note``.
    ///
    /// >>> note = Allocation("tongchuan-2023").explain("黄堡镇", 2024, duties=True)
    /// >>> [(duty["duty"], duty["due"], duty["missing"]) for duty in note.duties][0]
    /// ('county-leader-town', 1, None)
    #[getter]
    fn duties<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        found(slf).map_or_else(|| Ok(Vec::new()), |found| found.duties.iter().map(|one| duty(slf.py(), one)).collect())
    }

    /// Of what totals are made, where these were asked for: for each group ``by, name, unit, amount, parts``; a part is of places
    /// that get the same: ``layer, class, years, places, each, amount, names, names_left_out, clause, changes, text``.
    ///
    /// >>> note = Allocation("tongchuan-2023").explain("王益区", by="county")
    /// >>> [(total["by"], total["amount"]) for total in note.totals]
    /// [({'county': '王益区'}, Decimal('2160'))]
    /// >>> [(part["layer"], part["places"], part["each"]) for part in note.totals[0]["parts"]][0]
    /// ('city', 1, Decimal('300'))
    #[getter]
    fn totals<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        found(slf).map_or_else(|| Ok(Vec::new()), |found| found.totals.iter().map(|one| total(slf.py(), one)).collect())
    }

    /// The steps of every year, as in ``details``.
    #[getter]
    fn steps<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut steps = Vec::new();
        for year in Self::details(slf)? {
            for step in year.as_any().get_item("steps")?.try_iter()? {
                let step = step?;
                step.set_item("year", year.as_any().get_item("year")?)?;
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// What the whole row gets from all layers, by year.
    #[getter]
    fn amounts<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let amounts = PyDict::new(slf.py());
        for year in Self::details(slf)? {
            amounts.set_item(year.as_any().get_item("year")?, year.as_any().get_item("total")?)?;
        }
        Ok(amounts)
    }

    /// For each row and year ``id, name, year, class, count, unit, steps, total``, and ``policy_unit`` where ``unit`` is
    /// another; a step has ``layer, payer, rule, inputs, exact, per_place, amount, clause, words, readings, changes, text``: what
    /// the clause says, the readings that bear on it by id, and the changes that it rests on by path. It has ``figures`` (``id, value, clause, text``) where it rests on some,
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
            if let Some(unit) = explanation.policy_unit {
                dict.set_item("policy_unit", unit.as_str())?;
            }
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
                dict.set_item("words", step.words.as_deref())?;
                dict.set_item("readings", &step.readings)?;
                let changes = step.changes.iter().map(|change| change.path().to_string());
                dict.set_item("changes", changes.collect::<Vec<_>>())?;
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
