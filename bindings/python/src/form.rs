//! Forms that offices print.

use std::path::PathBuf;
use std::sync::Arc;

use fundlayers::answer::Answer;
use fundlayers::document::{Node, NodeValue};
use fundlayers::{FormKind, FormOptions, FormTexts, Problem, Problems};
use fundlayers_formats::{Format, form, terminal};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::catalogue as words;
use crate::convert;
use crate::projects::Planning;
use crate::results::{Table, written};
use crate::{errors, work};

/// A form that an office prints: a table of its rows, and a page with the words around it. Notebooks show the page;
/// ``to_html`` and ``to_excel`` print it on A4.
///
/// >>> form = Allocation("tongchuan-2023", years=2024).form("distribution", set_text={"issuer": "某市财政局"})
/// >>> form.title(lang="zh"), form.to_dicts()[-1]["total"]
/// ('2024年资金分配表', Decimal('6720'))
/// >>> "<h1>2024年资金分配表</h1>" in form.to_html(lang="zh")
/// True
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Form {
    answer: Arc<Answer>,
    kind: FormKind,
}

/// What a form is asked for with.
pub(crate) struct Asked<'py> {
    pub(crate) name: &'py str,
    pub(crate) places: bool,
    pub(crate) total_first: bool,
    pub(crate) unit: Option<&'py str>,
    pub(crate) set_text: Option<Bound<'py, PyAny>>,
    pub(crate) text: Option<Bound<'py, PyAny>>,
    /// What is known of plans, kept as it was given.
    pub(crate) figures: Option<Py<PyAny>>,
}

impl Form {
    pub(crate) fn make(
        owner: &Bound<'_, PyAny>,
        asked: Asked<'_>,
        projects: Option<Py<Planning>>,
        make: impl FnOnce(FormKind, &FormOptions) -> Result<Answer, Problems> + Send + 'static,
    ) -> PyResult<Py<Self>> {
        let py = owner.py();
        let arguments = PyDict::new(py);
        arguments.set_item("name", asked.name)?;
        arguments.set_item("places", asked.places)?;
        arguments.set_item("total_first", asked.total_first)?;
        arguments.set_item("unit", asked.unit)?;
        if let Some(projects) = projects {
            arguments.set_item("projects", projects)?;
        }
        if let Some(figures) = &asked.figures {
            arguments.set_item("figures", figures)?;
        }
        let kind = FormKind::parse(asked.name);
        let kind = kind.map_err(|problem: Problem| errors::raise_one(py, problem.key("form")))?;
        let mut texts = FormTexts::default();
        let given = [asked.text.map(|text| document(&text)), asked.set_text.map(|texts| table(&texts, "set_text"))];
        for (document, file) in given.into_iter().flatten().collect::<PyResult<Vec<_>>>()? {
            let set = texts.set_all(&document);
            set.map_err(|problems| match file {
                Some(file) => errors::raise(py, &problems.in_file(&file)),
                None => errors::raise(py, &problems),
            })?;
        }
        // What was read of a file stays as it was.
        let kept = PyDict::new(py);
        for text in fundlayers::FormText::ALL {
            if let Some(value) = texts.get(text) {
                kept.set_item(text.as_str(), value)?;
            }
        }
        arguments.set_item("set_text", kept)?;
        let unit = convert::unit(py, asked.unit)?;
        let options = FormOptions { unit, places: asked.places, total_first: asked.total_first, texts };
        let made = work::run(py, move |_| make(kind, &options))?;
        let table = Table::new(made.map_err(|problems| errors::raise(py, &problems))?);
        let answer = table.shared();
        let table = table.made_by(Some(owner.clone().unbind()), "form", arguments);
        Py::new(py, PyClassInitializer::from(table).add_subclass(Self { answer, kind }))
    }
}

/// The words around a form as a document, and the file that they come from.
type Words = (Node, Option<String>);

/// Words in a file.
fn document(text: &Bound<'_, PyAny>) -> PyResult<Words> {
    let py = text.py();
    if text.cast::<PyMapping>().is_ok() {
        return table(text, "text");
    }
    let file = convert::file(text, words::TEXT_FILES, |bytes| Some(Format::of_policy(bytes)))?;
    let Some((name, format, bytes)) = file else {
        return Err(errors::wrong_use(py, words::NO_TEXTS_OF_FORM));
    };
    let read = fundlayers_formats::read_text(&bytes, format);
    let read = read.map_err(|problems| match &name {
        Some(name) => errors::raise(py, &problems.in_file(name)),
        None => errors::raise(py, &problems),
    });
    Ok((read?, name))
}

/// Words in a dict.
fn table(texts: &Bound<'_, PyAny>, name: &str) -> PyResult<Words> {
    let mut floats = Problems::new();
    let node = convert::node(texts, "", 0, &mut floats)?;
    if !matches!(node.value, NodeValue::Table(_)) {
        return Err(errors::wrong_use(texts.py(), words::NO_DICT.with(&[&name])));
    }
    if floats.is_empty() { Ok((node, None)) } else { Err(errors::raise(texts.py(), &floats)) }
}

#[pymethods]
impl Form {
    /// Which form it is.
    #[getter]
    fn name(&self) -> &'static str {
        self.kind.as_str()
    }

    /// Its title.
    #[pyo3(signature = (*, lang=None))]
    fn title(&self, py: Python<'_>, lang: Option<&str>) -> PyResult<String> {
        let lang = convert::lang(py, lang)?;
        Ok(self.answer.form(lang).map_or_else(String::new, |form| form.title))
    }

    /// The form for people as aligned text.
    #[pyo3(signature = (*, lang=None, decimals=None))]
    fn to_text(&self, py: Python<'_>, lang: Option<&str>, decimals: Option<u32>) -> PyResult<String> {
        let lang = convert::lang(py, lang)?;
        let reports = self.answer.reports(lang).map_err(|problems| errors::raise(py, &problems))?;
        let mut reports = reports.into_iter().map(|report| report.with_decimals(decimals));
        Ok(written(|out| reports.try_for_each(|report| terminal::write(out, &report, false))))
    }

    /// The form as a file, by the ending of its name: ``.xlsx`` and ``.html`` to be printed on A4, ``.md`` to be read, ``.csv``
    /// and ``.json`` its rows.
    #[pyo3(signature = (path, *, lang=None, decimals=None))]
    fn save(slf: &Bound<'_, Self>, path: PathBuf, lang: Option<&str>, decimals: Option<u32>) -> PyResult<()> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let named = PyDict::new(slf.py());
        let (method, is_for_people) = match ending.as_str() {
            "xlsx" => ("to_excel", true),
            "html" | "htm" => ("to_html", true),
            "md" => ("to_markdown", true),
            "csv" => ("to_csv", false),
            "json" => ("to_json", false),
            _ => {
                let message =
                    format!("the ending of {} tells no format; give .xlsx, .html, .md, .csv or .json", path.display());
                return Err(PyValueError::new_err(message));
            }
        };
        if is_for_people {
            named.set_item("lang", lang)?;
            named.set_item("decimals", decimals)?;
        }
        slf.call_method(method, (path,), Some(&named))?;
        Ok(())
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let lang = convert::lang(py, None)?;
        let form = self.answer.form(lang);
        Ok(written(|out| form.map_or(Ok(()), |form| form::write_fragment(out, &form))))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.to_text(py, None, None)
    }
}
