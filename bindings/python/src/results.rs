//! Results: one class for every table.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_schema::{Field, SchemaRef};
use fundlayers::answer::Answer;
use fundlayers::table::{Cells, Report, Words};
use fundlayers::{Amount, Lang, Problems};
use fundlayers_formats::output::{self, Unfinished};
use fundlayers_formats::{arrow, csv, form, html, json, markdown, terminal, xlsx};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyCapsule, PyDict, PyList, PyString, PyTuple};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use crate::catalogue as words;
use crate::policy::Policy;
use crate::work::{self, Stop};
use crate::{convert, errors};

/// Rows that HTML shows of a long table.
const SHOWN: usize = 200;

/// What a writer writes to memory.
pub(crate) fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    // Memory does not fail.
    _ = write(&mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// How a table was asked for, so that it can be asked for again.
struct Recipe {
    /// None: the package.
    owner: Option<Py<PyAny>>,
    method: &'static str,
    arguments: Py<PyDict>,
}

/// A result: columns by their keys, in one unit, exact.
///
/// It leaves as a data frame (``to_polars``, ``to_pandas``, ``to_arrow``, or any reader of Arrow's interface), as dicts, CSV,
/// JSON, a workbook, Markdown or HTML. Amounts are ``Decimal``, or decimal columns, in ``unit``.
///
/// >>> table = Policy("tongchuan-2023").allocate().totals("layer")
/// >>> table.to_dicts()[0]
/// {'layer': 'central_provincial', 'count': 21, 'amount': Decimal('9900'), 'unit': '万元'}
#[pyclass(frozen, subclass, module = "fundlayers")]
pub(crate) struct Table {
    answer: Arc<Answer>,
    recipe: Option<Recipe>,
    rows: Arc<OnceLock<usize>>,
}

impl Table {
    pub(crate) fn new(answer: Answer) -> Self {
        Self { answer: Arc::new(answer), recipe: None, rows: Arc::default() }
    }

    /// Says which method of which object made it, with which arguments.
    pub(crate) fn made_by(
        mut self,
        owner: Option<Py<PyAny>>,
        method: &'static str,
        arguments: Bound<'_, PyDict>,
    ) -> Self {
        self.recipe = Some(Recipe { owner, method, arguments: arguments.unbind() });
        self
    }

    pub(crate) fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The same answer, for a class that shows more of it.
    pub(crate) fn shared(&self) -> Arc<Answer> {
        Arc::clone(&self.answer)
    }

    /// Something that the source gives, worked out without the interpreter.
    fn work<T: Send + 'static>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Answer, &Stop) -> Result<T, Problems> + Send + 'static,
    ) -> PyResult<T> {
        let answer = Arc::clone(&self.answer);
        work::run(py, move |stop| work(&answer, stop))?.map_err(|problems| errors::raise(py, &problems))
    }

    /// Text that goes into a file, or back to the caller.
    pub(crate) fn write<'py>(
        &self,
        py: Python<'py>,
        path: Option<PathBuf>,
        text: impl FnOnce(&Answer, &mut (dyn std::io::Write + Send)) -> Result<std::io::Result<()>, Problems>
        + Send
        + 'static,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let unfinished = Unfinished::default();
        let theirs = unfinished.clone();
        let written = self.work(py, move |answer, _| {
            if let Some(path) = path {
                let mut problems = Problems::new();
                let written = output::write(&path, &theirs, |file| {
                    text(answer, file).unwrap_or_else(|found| {
                        problems = found;
                        Err(std::io::Error::other("nothing to write"))
                    })
                });
                return if problems.is_empty() { Ok(written.map(|()| None)?) } else { Err(problems) };
            }
            let mut out = Vec::new();
            // Memory does not fail.
            _ = text(answer, &mut out)?;
            Ok(Some(String::from_utf8(out).unwrap_or_default()))
        });
        if written.is_err() {
            // After Ctrl-C the work goes on for a while.
            unfinished.give_up();
        }
        Ok(written?.map(|text| PyString::new(py, &text)))
    }

    fn record_batches(&self, py: Python<'_>) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
        let batches = self.work(py, |answer, stop| {
            let table = table(answer);
            let schema = arrow::schema(&table, answer.policy());
            let batches = arrow::batches(&table, &schema).take_while(|_| !stop.is_set());
            Ok(batches.collect::<Result<Vec<_>, _>>().map(|batches| (schema, batches)))
        })?;
        batches.map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))
    }
}

#[pymethods]
impl Table {
    /// The titles of the columns in a language, in their order: what ``labels`` has in their place.
    #[pyo3(signature = (*, lang=None))]
    fn titles<'py>(&self, py: Python<'py>, lang: Option<&str>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, table(&self.answer).titles(convert::lang(py, lang)?))
    }

    /// The keys of the columns.
    #[getter]
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, table(&self.answer).columns().iter().map(|column| column.key.as_str()))
    }

    /// The unit of its amounts.
    #[getter]
    fn unit(&self) -> &'static str {
        table(&self.answer).unit().as_str()
    }

    /// The policy.
    #[getter]
    fn policy(&self) -> Policy {
        Policy::plain(self.answer.policy())
    }

    /// What a person should look at.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        errors::list(py, self.answer.warnings())
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        if let Some(rows) = self.rows.get() {
            return Ok(*rows);
        }
        let rows = self
            .work(py, |answer, _| Ok(table(answer).batches().map(|batch| batch.rows).fold(0, usize::saturating_add)))?;
        Ok(*self.rows.get_or_init(|| rows))
    }

    /// The rows as dicts: text, int, ``Decimal``, and None for what is blank. ``labels="zh"`` (or ``"en"``) has the columns'
    /// titles in that language instead of their keys.
    #[pyo3(signature = (*, labels=None))]
    fn to_dicts<'py>(&self, py: Python<'py>, labels: Option<&str>) -> PyResult<Bound<'py, PyList>> {
        let table = table(&self.answer);
        let keys: Vec<Bound<'_, PyString>> = match labels {
            Some(labels) => {
                let titles = table.titles(convert::lang(py, Some(labels))?);
                titles.iter().map(|title| PyString::intern(py, title)).collect()
            }
            None => table.columns().iter().map(|column| PyString::intern(py, &column.key)).collect(),
        };
        // Every row begins as a copy of this: quicker than a dict that grows.
        let blank = PyDict::new(py);
        for key in &keys {
            blank.set_item(key, py.None())?;
        }
        let mut columns: Vec<Column<'_>> = keys.iter().map(|_| Column::default()).collect();
        let rows = PyList::empty(py);
        let mut made = 0_usize;
        for batch in table.batches() {
            for row in 0..batch.rows {
                if made.is_multiple_of(LOOK) {
                    // Other threads have their turn, and Ctrl-C its answer.
                    py.detach(|| ());
                    py.check_signals()?;
                }
                made = made.saturating_add(1);
                let dict = blank.copy()?;
                for ((key, cells), column) in keys.iter().zip(&batch.columns).zip(&mut columns) {
                    dict.set_item(key, column.cell(py, cells, row, table.unit())?)?;
                }
                rows.append(dict)?;
            }
        }
        Ok(rows)
    }

    /// The rows as CSV: to a file, or as text.
    ///
    /// That is for programs: every text as it is. ``excel=True`` is for people and their spreadsheets: it begins with the
    /// byte order mark without which Excel does not read UTF-8, and a text that would run as a formula (``=1+1``, ``@A1``)
    /// has ``'`` before it. ``people=True`` is the table as people read it: titles and words in ``lang``, the unit in the
    /// titles, subtotals and totals, remarks below, amounts rounded half-up to ``decimals`` where that is given, and laid out
    /// ``wide`` as of ``to_excel``.
    #[pyo3(signature = (path=None, *, excel=false, people=false, lang=None, decimals=None, wide=false))]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of Python")]
    fn to_csv<'py>(
        &self,
        py: Python<'py>,
        path: Option<PathBuf>,
        excel: bool,
        people: bool,
        lang: Option<&str>,
        decimals: Option<u32>,
        wide: bool,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let lang = convert::lang(py, lang)?;
        self.write(py, path, move |answer, out| {
            if people {
                return Ok(csv::write_for_people(out, &[report(answer, lang, wide)?.with_decimals(decimals)]));
            }
            let table = table(answer);
            Ok(if excel { csv::write_for_sheets(out, &table) } else { csv::write(out, &table) })
        })
    }

    /// The result as JSON, with policy, unit and warnings: to a file, or as text. The sentences of warnings are in ``lang``,
    /// English where it is left out, so that a program reads the same everywhere.
    #[pyo3(signature = (path=None, *, lang=None))]
    fn to_json<'py>(
        &self,
        py: Python<'py>,
        path: Option<PathBuf>,
        lang: Option<&str>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let lang = lang.map_or(Ok(Lang::En), |lang| convert::lang(py, Some(lang)))?;
        self.write(py, path, move |answer, out| Ok(json::write_answer(out, answer, lang)))
    }

    /// The result for people as a workbook (``.xlsx``) that an office can print: title, unit, header, subtotals and totals,
    /// remarks and warnings. Codes stay texts and amounts numbers, with all their digits; ``decimals`` is what is shown.
    /// ``wide`` lays layers of totals and of a funding side by side (where they are not grouped by layer, what they were last
    /// grouped by), and scenarios of ``scenarios``; other tables are as they are.
    #[pyo3(signature = (path, *, lang=None, decimals=None, wide=false))]
    fn to_excel(
        &self,
        py: Python<'_>,
        path: PathBuf,
        lang: Option<&str>,
        decimals: Option<u32>,
        wide: bool,
    ) -> PyResult<()> {
        let lang = convert::lang(py, lang)?;
        let written = self.write(py, Some(path), move |answer, out| {
            if let Some(page) = answer.form(lang) {
                return Ok(form::write_xlsx(out, &page.with_decimals(decimals)));
            }
            let report = report(answer, lang, wide)?.with_decimals(decimals);
            Ok(xlsx::write(out, &[report], &answer.warnings_beside_report()))
        });
        written.map(|_| ())
    }

    /// The result for people as Markdown, with where the policy comes from: to a file, or as text. ``wide``: as of
    /// ``to_excel``.
    #[pyo3(signature = (path=None, *, lang=None, decimals=None, wide=false))]
    fn to_markdown<'py>(
        &self,
        py: Python<'py>,
        path: Option<PathBuf>,
        lang: Option<&str>,
        decimals: Option<u32>,
        wide: bool,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let lang = convert::lang(py, lang)?;
        self.write(py, path, move |answer, out| {
            if let Some(page) = answer.form(lang) {
                if answer.explained().is_some() {
                    return Ok(markdown::write_page(out, &page.with_decimals(decimals)));
                }
                let reports = answer.reports(lang)?.into_iter().map(|report| report.with_decimals(decimals));
                return Ok(markdown::write_document(out, &policies(answer), lang, &reports.collect::<Vec<_>>()));
            }
            let report = report(answer, lang, wide)?.with_decimals(decimals);
            Ok(markdown::write_document(out, &policies(answer), lang, &[report]))
        })
    }

    /// The result for people as a HTML page, with where the policy comes from: to a file, or as text. ``wide``: as of
    /// ``to_excel``.
    #[pyo3(signature = (path=None, *, lang=None, decimals=None, wide=false))]
    fn to_html<'py>(
        &self,
        py: Python<'py>,
        path: Option<PathBuf>,
        lang: Option<&str>,
        decimals: Option<u32>,
        wide: bool,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let lang = convert::lang(py, lang)?;
        self.write(py, path, move |answer, out| {
            if let Some(page) = answer.form(lang) {
                return Ok(form::write_page(out, &page.with_decimals(decimals)));
            }
            let report = report(answer, lang, wide)?.with_decimals(decimals);
            let head = html::write_head(out, &policies(answer), lang);
            let table = head.and_then(|()| html::write(out, &report, &answer.warnings_beside_report()));
            Ok(table.and_then(|()| html::write_foot(out)))
        })
    }

    /// What the table is called: the policy, what it shows, and of which years.
    ///
    /// >>> Policy("tongchuan-2023").allocate().totals("county").title(lang="zh").split(" · ")[1]
    /// '资金测算表（2023–2025 年合计）'
    #[pyo3(signature = (*, lang=None))]
    fn title(&self, py: Python<'_>, lang: Option<&str>) -> PyResult<String> {
        let lang = convert::lang(py, lang)?;
        self.work(py, move |answer, _| Ok(fundlayers::visible(&report(answer, lang, false)?.title).into_owned()))
    }

    /// The result for people as aligned text, of a long one its summary.
    #[pyo3(signature = (*, lang=None, decimals=None))]
    fn to_text(&self, py: Python<'_>, lang: Option<&str>, decimals: Option<u32>) -> PyResult<String> {
        let lang = convert::lang(py, lang)?;
        self.work(py, move |answer, _| text_of(answer, lang, decimals))
    }

    /// The rows as a polars data frame: decimal columns, categorical words. ``labels``: as of ``to_dicts``.
    #[pyo3(signature = (*, labels=None))]
    fn to_polars<'py>(slf: &Bound<'py, Self>, labels: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("fundlayers._frames")?.call_method1("to_polars", (slf, labels))
    }

    /// The rows as a pandas data frame: Arrow decimals, categorical words. ``labels``: as of ``to_dicts``.
    #[pyo3(signature = (*, labels=None))]
    fn to_pandas<'py>(slf: &Bound<'py, Self>, labels: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("fundlayers._frames")?.call_method1("to_pandas", (slf, labels))
    }

    /// The rows as a pyarrow table. ``labels``: as of ``to_dicts``.
    #[pyo3(signature = (*, labels=None))]
    fn to_arrow<'py>(slf: &Bound<'py, Self>, labels: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("fundlayers._frames")?.call_method1("to_arrow", (slf, labels))
    }

    /// A chart; needs ``matplotlib`` (``pip install fundlayers[plot]``). See ``fundlayers.plot``.
    #[pyo3(signature = (*, lang=None, ax=None))]
    fn plot<'py>(
        slf: &Bound<'py, Self>,
        lang: Option<&str>,
        ax: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = PyDict::new(slf.py());
        arguments.set_item("lang", lang)?;
        arguments.set_item("ax", ax)?;
        slf.py().import("fundlayers.plot")?.call_method("plot", (slf,), Some(&arguments))
    }

    /// The rows by Arrow's C stream interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let (schema, batches) = self.record_batches(py)?;
        let field = Field::new_struct("", schema.fields().clone(), false).with_metadata(schema.metadata().clone());
        let arrays = batches.into_iter().map(|batch| Ok(Arc::new(StructArray::from(batch)) as Arc<dyn Array>));
        let reader = ArrayIterator::new(arrays.collect::<Vec<Result<ArrayRef, _>>>(), Arc::new(field));
        Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
    }

    /// The schema by Arrow's C interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = arrow::schema(&table(&self.answer), self.answer.policy());
        Ok(to_schema_pycapsule(py, schema.as_ref())?)
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let lang = convert::lang(py, None)?;
        self.work(py, move |answer, _| html_of(answer, lang))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.to_text(py, None, None)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let Some(recipe) = &slf.get().recipe else {
            return Err(errors::wrong_use(py, words::NOT_PICKLED));
        };
        let function = py.import("fundlayers._fundlayers")?.getattr("_rebuild")?;
        let arguments = (recipe.owner.as_ref().map(|owner| owner.bind(py)), recipe.method, recipe.arguments.bind(py));
        Ok((function, arguments.into_pyobject(py)?))
    }
}

/// The table for machines. Explanations have their sentences in Chinese, as the plan has its words.
fn table(answer: &Answer) -> fundlayers::table::Table<'_> {
    // Only a policy by itself has none, and is no table here.
    answer.table(Lang::Zh).unwrap_or_else(|| fundlayers::table::Table::empty(answer.unit()))
}

/// The table for people; where there is nothing to say, its empty rows.
fn report(answer: &Answer, lang: Lang, wide: bool) -> Result<Report<'_>, Problems> {
    match if wide { answer.wide_report(lang)? } else { answer.report(lang)? } {
        Some(report) => Ok(report),
        None => glance(answer, lang),
    }
}

/// The policies that a result rests on.
fn policies(answer: &Answer) -> Vec<&fundlayers::Policy> {
    [Some(answer.policy()), answer.with_policy()].into_iter().flatten().collect()
}

fn glance(answer: &Answer, lang: Lang) -> Result<Report<'_>, Problems> {
    let empty = || table(answer).report(String::new(), lang, Vec::new()).first(0);
    Ok(answer.glance(lang)?.unwrap_or_else(empty))
}

/// As HTML; of a long table what stands for it.
fn html_of(answer: &Answer, lang: Lang) -> Result<String, Problems> {
    if let Some(page) = answer.form(lang) {
        return Ok(written(|out| form::write_fragment(out, &page)));
    }
    let report = glance(answer, lang)?.first(SHOWN);
    Ok(written(|out| html::write(out, &report, &answer.warnings_beside_report())))
}

/// As aligned text; of a long table what stands for it.
fn text_of(answer: &Answer, lang: Lang, decimals: Option<u32>) -> Result<String, Problems> {
    if let Some(explained) = answer.explained() {
        return Ok(explained.text(lang));
    }
    let report = glance(answer, lang)?.with_decimals(decimals);
    Ok(written(|out| terminal::write(out, &report, false)))
}

/// Asks an object for a table again: what a pickled table does.
#[pyfunction]
#[pyo3(name = "_rebuild")]
pub(crate) fn rebuild<'py>(
    owner: Option<Bound<'py, PyAny>>,
    method: &str,
    arguments: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let owner = owner.map_or_else(|| Ok(arguments.py().import("fundlayers")?.into_any()), Ok::<_, PyErr>)?;
    owner.getattr(method)?.call((), Some(arguments))
}

/// Rows after which Ctrl-C is looked for.
const LOOK: usize = 4_096;

/// What was made of the cells of a column, for the same stand in it again and again.
#[derive(Default)]
struct Column<'py> {
    words: Vec<Option<Bound<'py, PyAny>>>,
    text: Option<(String, Bound<'py, PyAny>)>,
    amounts: HashMap<Amount, Bound<'py, PyAny>>,
}

impl<'py> Column<'py> {
    /// So many amounts are kept.
    const AMOUNTS: usize = 10_000;

    /// A cell as Python has it.
    fn cell(
        &mut self,
        py: Python<'py>,
        cells: &Cells<'_>,
        row: usize,
        unit: fundlayers::Unit,
    ) -> PyResult<Bound<'py, PyAny>> {
        let digits = match cells {
            Cells::Text(texts) => return Ok(self.text(py, texts.get(row).copied().unwrap_or_default())),
            Cells::Words(words) => return Ok(self.word(py, words, row)),
            Cells::Flag(flags) => {
                return Ok(PyBool::new(py, flags.get(row).copied().unwrap_or_default()).to_owned().into_any());
            }
            Cells::Integer(numbers) => return Ok(numbers.get(row).copied().into_pyobject(py)?),
            Cells::MaybeInteger(numbers) => return Ok(numbers.get(row).copied().flatten().into_pyobject(py)?),
            Cells::Number(numbers) => numbers.get(row).copied().flatten().map(|number| number.normalize().to_string()),
            Cells::Amount(amounts) => return self.amount(py, amounts.get(row).copied(), unit),
            Cells::MaybeAmount(amounts) => return self.amount(py, amounts.get(row).copied().flatten(), unit),
            Cells::Percent(percents) => percents.get(row).copied().flatten().map(|percent| percent.to_string()),
        };
        match digits {
            Some(digits) => convert::decimal(py, &digits),
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// Of a text in several rows, one after another.
    fn text(&mut self, py: Python<'py>, text: &str) -> Bound<'py, PyAny> {
        if let Some((known, made)) = &self.text
            && known == text
        {
            return made.clone();
        }
        let made = PyString::new(py, text).into_any();
        self.text = Some((text.to_owned(), made.clone()));
        made
    }

    /// Of a text in the dictionary of the table, the same in every batch.
    fn word(&mut self, py: Python<'py>, words: &Words<'_>, row: usize) -> Bound<'py, PyAny> {
        self.words.resize(words.words.len(), None);
        let slot = words.codes.get(row).and_then(|code| self.words.get_mut(usize::try_from(*code).ok()?));
        let make = || PyString::new(py, words.get(row).unwrap_or_default()).into_any();
        slot.map_or_else(make, |slot| slot.get_or_insert_with(make).clone())
    }

    fn amount(
        &mut self,
        py: Python<'py>,
        amount: Option<Amount>,
        unit: fundlayers::Unit,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(amount) = amount else { return Ok(py.None().into_bound(py)) };
        if let Some(made) = self.amounts.get(&amount) {
            return Ok(made.clone());
        }
        let made = convert::decimal(py, &amount.in_unit(unit).to_string())?;
        if self.amounts.len() < Self::AMOUNTS {
            self.amounts.insert(amount, made.clone());
        }
        Ok(made)
    }
}
