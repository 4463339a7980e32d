//! Rosters too large to hold, read part by part.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use fundlayers::answer::{Given, OverParts};
use fundlayers::{
    Arrivals, Code, FiguresInDoubt, FundSettling, FundingRule, FundingSettlement, FundingSummary, FundingSums,
    Grouping, Limit, Limits, Month, NamedPlaces, PassSums, Problem, Problems, Receipts, ReceiptsByRow, RoundSums,
    Settlement, SoFar, Summary, Summed, Summing, TableOptions, TopUp, Unit,
};
use fundlayers_formats::scan::{
    Event, Made, Piece, Rows, Scan as Asked, Source, Stopped, columns_of_words, columns_read, go_through, pass_from,
    round_from,
};
use pyo3::exceptions::{PyOSError, PyStopIteration};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_arrow::PyRecordBatch;
use pyo3_arrow::input::AnyRecordBatch;

use crate::catalogue as words;
use crate::convert::{self, Texts, Years};
use crate::errors;
use crate::funding;
use crate::policy::Policy;
use crate::reconcile;
use crate::results::Table;
use crate::what_if;
use crate::work::{self, Stop};

/// The module that finds the rows.
pub(crate) const MODULE: &str = "fundlayers._scan";

/// A roster in parts, of any size, and what a policy gives to it; made by ``scan``. It is read anew for everything that is asked.
#[pyclass(frozen, module = "fundlayers")]
pub(crate) struct Scan {
    policy: Policy,
    source: Py<PyAny>,
    years: Option<Vec<u16>>,
    threads: NonZeroUsize,
    distinct_ids: bool,
    progress: Option<Py<PyAny>>,
    max_passes: Option<u32>,
    /// What was settled elsewhere for all parts.
    settlement: Option<Settlement>,
}

/// Computes a roster part by part, in constant memory, on all cores: totals, or rows into a file, the same to the byte as of a
/// roster that is read at once.
///
/// ``source`` is a Parquet file, a folder of them, a pattern (``"places/*.parquet"``) or a list of these, here or on storage that
/// pyarrow reads (``"s3://bucket/places"``), a dataset of pyarrow, or whatever gives Arrow batches (``__arrow_c_stream__``): tables
/// and readers of pyarrow, relations of duckdb, frames of polars, lazy ones too. Only the columns that are read are fetched from
/// files. Folders may say what is the same in all rows of a file (``county=王益区/1.parquet``); it is read as a cell is.
///
/// Where amounts rest on all places (a pool, the mean of a county), the rows are read several times: at first to find what all of
/// them come to. ``max_passes`` is how often they may be; a source that can be read only once is refused. ``settlement`` is what was
/// found already, a text that ``fundlayers.spark`` hands to its workers.
///
/// An id in two parts is an error; ``distinct_ids=True`` says that there is none, where ids are many and in no order. ``progress`` is
/// ``True`` for a line on the screen, or is called with the rows so far and of how many, if that is known; each pass begins anew.
///
/// >>> import pyarrow
/// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "payers": {"city": {}},
/// ...           "layers": [{"id": "city", "payer": "city"}], "classes": [{"id": "all", "funding": {"city": 300}}]}
/// >>> people = pyarrow.table({"名称": ["甲", "乙", "丙"], "区县": ["王益区", "新区", "王益区"]})
/// >>> [(row["county"], row["amount"]) for row in scan(policy, people).totals("county").to_dicts()]
/// [('王益区', Decimal('600')), ('新区', Decimal('300'))]
#[pyfunction]
#[pyo3(signature = (policy, source, *, years=None, threads=None, distinct_ids=false, progress=None, max_passes=None,
                    settlement=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn scan(
    policy: &Bound<'_, PyAny>,
    source: &Bound<'_, PyAny>,
    years: Option<Years>,
    threads: Option<NonZeroUsize>,
    distinct_ids: bool,
    progress: Option<Bound<'_, PyAny>>,
    max_passes: Option<u32>,
    settlement: Option<&str>,
) -> PyResult<Scan> {
    let py = policy.py();
    let policy = Policy::from_any(policy)?;
    let years = years.map(|years| years.list(py)).transpose()?;
    let settlement = settlement.map(|text| settlement_of(py, text)).transpose()?;
    let module = py.import(MODULE)?;
    let source = module.call_method1("Source", (source,)).map_err(|error| of_source(py, &module, error))?;
    // What cannot be done at all is said before anything is read.
    let raised = |problems: Problems| errors::raise(py, &problems);
    if settlement.is_none() {
        let settling = policy.given.settling(years.as_deref(), max_passes).map_err(raised)?;
        if !settling.is_settled() && !source.call_method0("can_be_read_again")?.extract::<bool>()? {
            policy.given.summing(years.as_deref(), None).map_err(raised)?;
        }
    }
    let threads = threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let progress = match progress {
        Some(progress) => match progress.extract::<bool>() {
            Ok(true) => Some(module.getattr("Bar")?.call0()?.unbind()),
            Ok(false) => None,
            Err(_) => Some(progress.unbind()),
        },
        None => None,
    };
    let source = source.unbind();
    Ok(Scan { policy, source, years, threads, distinct_ids, progress, max_passes, settlement })
}

/// The totals of a roster in parts, from the summaries of all of them, in whatever order: those of a scan of the whole roster, to
/// the byte. Policy, ``by``, ``years`` and ``settlement`` are those of every summary.
///
/// That no id stands in two parts is seen among those that were not scanned with ``distinct_ids``. Where they are too many, and in no
/// order, ``ids_in_two_parts`` is asked for those that an engine finds instead, each with ``(first_row, file)`` of both parts; or they
/// are given at once.
///
/// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "payers": {"city": {}},
/// ...           "layers": [{"id": "city", "payer": "city"}], "classes": [{"id": "all", "funding": {"city": 300}}]}
/// >>> import pyarrow
/// >>> parts = [pyarrow.table({"名称": names}) for names in (["甲", "乙"], ["丙"])]
/// >>> summaries = [scan(policy, part).summary("layer", first_row=row) for row, part in zip((0, 2), parts)]
/// >>> merge_summaries(policy, summaries, "layer").to_dicts()[0]["amount"]
/// Decimal('900')
#[pyfunction]
#[pyo3(signature = (policy, summaries, by=None, *, years=None, unit=None, zeros=false, ids_in_two_parts=None,
                    settlement=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn merge_summaries(
    policy: &Bound<'_, PyAny>,
    summaries: Vec<String>,
    by: Option<Texts>,
    years: Option<Years>,
    unit: Option<&str>,
    zeros: bool,
    ids_in_two_parts: Option<&Bound<'_, PyAny>>,
    settlement: Option<&str>,
) -> PyResult<Table> {
    let py = policy.py();
    let unit = convert::unit(py, unit)?;
    let parts = Merged { summaries, by, years, ids_in_two_parts, settlement, naming: None };
    let summed = parts.summed(&Policy::from_any(policy)?, py)?;
    table(py, &summed, unit, zeros)
}

/// How a ledger names places, as a text that `Scan.summary` takes: what one of many parts of a roster is to tell of them, wherever
/// it is computed. ``receipts`` is what ``Allocation.reconcile`` takes.
///
/// >>> ledger = [{"名称": "甲", "年度": 2024, "安排层级": "city", "到位金额(元)": 200}]
/// >>> named_places(ledger)
/// '{"ids":[],"codes":[],"names":[["甲","",""]]}'
#[pyfunction]
#[pyo3(signature = (receipts, *, sheet=None, fill_down=None))]
pub(crate) fn named_places(
    receipts: &Bound<'_, PyAny>,
    sheet: Option<String>,
    fill_down: Option<bool>,
) -> PyResult<String> {
    let ledger = reconcile::ledger(receipts, &convert::sheet_options(sheet, fill_down))?;
    let places = ledger.value.named_places();
    serde_json::to_string(&places).map_err(|error| not_read(receipts.py(), None, &error))
}

/// What a roster in parts is due, beside a ledger, from the summaries of all parts, each made with ``naming`` (`named_places` of that
/// ledger): what a scan of the whole roster reconciles, to the byte. The rest is as in `merge_summaries`.
///
/// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "payers": {"city": {}},
/// ...           "layers": [{"id": "city", "payer": "city"}], "classes": [{"id": "all", "funding": {"city": 300}}]}
/// >>> import pyarrow
/// >>> ledger = [{"名称": "丙", "年度": 2024, "安排层级": "city", "到位金额(元)": 200}]
/// >>> parts = [pyarrow.table({"名称": names}) for names in (["甲", "乙"], ["丙"])]
/// >>> naming = named_places(ledger)
/// >>> summaries = [scan(policy, part).summary("layer", first_row=row, naming=naming) for row, part in zip((0, 2), parts)]
/// >>> reconcile_summaries(policy, summaries, ledger, "layer").to_dicts()[0]["gap"]
/// Decimal('700')
#[pyfunction]
#[pyo3(signature = (policy, summaries, receipts, by=None, *, years=None, as_of=None, unit=None, zeros=false,
                    ids_in_two_parts=None, settlement=None, sheet=None, fill_down=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn reconcile_summaries(
    policy: &Bound<'_, PyAny>,
    summaries: Vec<String>,
    receipts: &Bound<'_, PyAny>,
    by: Option<Texts>,
    years: Option<Years>,
    as_of: Option<&Bound<'_, PyAny>>,
    unit: Option<&str>,
    zeros: bool,
    ids_in_two_parts: Option<&Bound<'_, PyAny>>,
    settlement: Option<&str>,
    sheet: Option<String>,
    fill_down: Option<bool>,
) -> PyResult<Py<SummedReconciliation>> {
    let py = policy.py();
    let ledger = reconcile::ledger(receipts, &convert::sheet_options(sheet, fill_down))?;
    let (unit, as_of) = (convert::unit(py, unit)?, reconcile::month(py, as_of)?);
    let naming = Some(ledger.value.named_places());
    let parts = Merged { summaries, by, years, ids_in_two_parts, settlement, naming };
    let summed = parts.summed(&Policy::from_any(policy)?, py)?;
    SummedReconciliation::make(py, &summed, &ledger, (TopUp::Entitled, as_of), (unit, zeros))
}

/// Summaries of parts that were computed anywhere.
struct Merged<'a, 'py> {
    summaries: Vec<String>,
    by: Option<Texts>,
    years: Option<Years>,
    ids_in_two_parts: Option<&'a Bound<'py, PyAny>>,
    settlement: Option<&'a str>,
    naming: Option<NamedPlaces>,
}

impl Merged<'_, '_> {
    fn summed(self, policy: &Policy, py: Python<'_>) -> PyResult<Given<Summed>> {
        self.summed_by(policy, py, Ok)
    }

    /// The same, summed in another way.
    fn summed_by(
        self,
        policy: &Policy,
        py: Python<'_>,
        way: impl FnOnce(Summing) -> PyResult<Summing>,
    ) -> PyResult<Given<Summed>> {
        let by = convert::groupings(&PyDict::new(py), self.by)?;
        let years = self.years.map(|years| years.list(py)).transpose()?;
        let raised = |problems: Problems| errors::raise(py, &problems);
        let given = &policy.given;
        let summing = match self.settlement {
            Some(text) => given.settled(&settlement_of(py, text)?, by.as_deref()),
            None => given.summing(years.as_deref(), by.as_deref()),
        };
        let summing = way(named(summing.map_err(raised)?, self.naming.as_ref()))?;
        let mut all = summing.nothing();
        for text in &self.summaries {
            let summary: Summary = serde_json::from_str(text).map_err(|error| not_read(py, None, &error))?;
            all.merge(summary).map_err(raised)?;
        }
        let summed = match self.ids_in_two_parts {
            Some(found) if !found.is_callable() => {
                tell(&mut all, found.extract()?);
                given.summed(&summing, all)
            }
            Some(find) => match given.summed(&summing, all.clone()) {
                Err(problems) if problems.iter().any(|problem| problem.code() == Code::IdsNotChecked) => {
                    let summing = summing.trusting_ids();
                    // What is wrong with the rows comes first.
                    given.summed(&summing, all.clone()).map_err(raised)?;
                    tell(&mut all, find.call0()?.extract()?);
                    given.summed(&summing, all)
                }
                summed => summed,
            },
            None => given.summed(&summing, all),
        };
        summed.map_err(raised)
    }
}

fn named(summing: Summing, naming: Option<&NamedPlaces>) -> Summing {
    match naming {
        Some(places) => summing.naming(places),
        None => summing,
    }
}

/// A roster in parts as far as limits let it be paid: a table of ``claim``, ``funded`` and ``unfunded`` by the columns that were asked
/// for. It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct SummedFunding {
    given: Given<fundlayers::SummedFunding>,
}

impl SummedFunding {
    fn make(py: Python<'_>, given: Given<fundlayers::SummedFunding>, unit: Option<Unit>) -> PyResult<Py<Self>> {
        let totals = given.totals(unit).map_err(|problems| errors::raise(py, &problems))?;
        Py::new(py, PyClassInitializer::from(Table::new(totals)).add_subclass(Self { given }))
    }
}

#[pymethods]
impl SummedFunding {
    /// The name of the rule.
    #[getter]
    fn rule(&self) -> &'static str {
        self.given.value.rule().as_str()
    }

    /// Sentences for people: the rule, each limit that is short and what would meet every claim.
    #[pyo3(signature = (*, unit=None, lang=None))]
    fn notes(&self, py: Python<'_>, unit: Option<&str>, lang: Option<&str>) -> PyResult<Vec<String>> {
        Ok(self.given.notes(convert::unit(py, unit)?, convert::lang(py, lang)?))
    }
}

/// A roster in parts beside a ledger: a table of ``due, issued, received, spent, gap, excess`` and rates, by the columns that were asked for.
/// It never changes.
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct SummedReconciliation {
    given: Given<fundlayers::SummedReconciliation>,
}

impl SummedReconciliation {
    fn make(
        py: Python<'_>,
        summed: &Given<Summed>,
        ledger: &Given<Receipts>,
        (top_up, as_of): (TopUp, Option<Month>),
        (unit, zeros): (Option<Unit>, bool),
    ) -> PyResult<Py<Self>> {
        let raised = |problems: Problems| errors::raise(py, &problems);
        Self::shown(py, summed.reconcile(ledger, top_up, as_of).map_err(raised)?, (unit, zeros))
    }

    fn shown(
        py: Python<'_>,
        given: Given<fundlayers::SummedReconciliation>,
        (unit, zeros): (Option<Unit>, bool),
    ) -> PyResult<Py<Self>> {
        let totals = given.totals(unit, zeros).map_err(|problems| errors::raise(py, &problems))?;
        Py::new(py, PyClassInitializer::from(Table::new(totals)).add_subclass(Self { given }))
    }
}

#[pymethods]
impl SummedReconciliation {
    /// What the receipts come to by the rows that they match, as a text for `Scan._rows_beside`.
    fn _receipts_by_row(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.given.value.receipts_by_row()).map_err(|error| not_read(py, None, &error))
    }

    /// The receipts that match nothing in any part, with the row of the ledger and the reason.
    #[pyo3(signature = (*, unit=None))]
    fn unmatched(slf: &Bound<'_, Self>, unit: Option<&str>) -> PyResult<Table> {
        Ok(Table::new(slf.get().given.unmatched(convert::unit(slf.py(), unit)?)))
    }
}

/// What a roster in parts comes to beside a ledger, wherever the parts are computed: of one reading, or of a second in which top-ups count
/// what arrived, after the first.
#[pyclass(frozen, name = "_Reading", module = "fundlayers")]
pub(crate) struct Reading(Given<Summed>);

#[pymethods]
impl Reading {
    /// From the summaries of all parts, each made with ``naming``, and in a second reading with ``arrivals``.
    #[new]
    #[pyo3(signature = (policy, summaries, naming, by=None, *, years=None, ids_in_two_parts=None, settlement=None, arrivals=None,
                        first=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        policy: &Bound<'_, PyAny>,
        summaries: Vec<String>,
        naming: &str,
        by: Option<Texts>,
        years: Option<Years>,
        ids_in_two_parts: Option<&Bound<'_, PyAny>>,
        settlement: Option<&str>,
        arrivals: Option<&str>,
        first: Option<&Bound<'_, Self>>,
    ) -> PyResult<Self> {
        let py = policy.py();
        let naming = Some(serde_json::from_str(naming).map_err(|error| not_read(py, None, &error))?);
        let arrivals = arrivals_of(py, arrivals)?;
        let parts = Merged { summaries, by, years, ids_in_two_parts, settlement, naming };
        let summed =
            parts.summed_by(&Policy::from_any(policy)?, py, |summing| Ok(received(summing, arrivals.as_ref())))?;
        Ok(Self(match first {
            Some(first) => first.get().0.clone().read_again(summed),
            None => summed,
        }))
    }

    /// What a second reading takes, as a text, where top-ups count what arrived; none where they count what was due.
    #[pyo3(signature = (receipts, *, top_up="entitled", top_up_years=None, as_of=None, sheet=None, fill_down=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn arrivals(
        &self,
        py: Python<'_>,
        receipts: &Bound<'_, PyAny>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Option<String>> {
        let ledger = reconcile::ledger(receipts, &convert::sheet_options(sheet, fill_down))?;
        let (top_up, as_of) = counting(py, top_up, top_up_years, as_of)?;
        let arrivals = self.0.arrivals(&ledger, top_up, as_of).map_err(|problems| errors::raise(py, &problems))?;
        let text = arrivals.map(|arrivals| serde_json::to_string(&arrivals)).transpose();
        text.map_err(|error| not_read(py, None, &error))
    }

    /// Beside the ledger: of the last reading.
    #[pyo3(signature = (receipts, *, top_up="entitled", top_up_years=None, as_of=None, unit=None, zeros=false, sheet=None,
                        fill_down=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn reconcile(
        &self,
        py: Python<'_>,
        receipts: &Bound<'_, PyAny>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
        unit: Option<&str>,
        zeros: bool,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<SummedReconciliation>> {
        let ledger = reconcile::ledger(receipts, &convert::sheet_options(sheet, fill_down))?;
        let counting = counting(py, top_up, top_up_years, as_of)?;
        SummedReconciliation::make(py, &self.0, &ledger, counting, (convert::unit(py, unit)?, zeros))
    }
}

/// What top-ups count, and the month that progress is measured against.
fn counting(
    py: Python<'_>,
    top_up: &str,
    years: Option<Years>,
    as_of: Option<&Bound<'_, PyAny>>,
) -> PyResult<(TopUp, Option<Month>)> {
    let years = years.map(|years| years.list(py)).transpose()?;
    Ok((reconcile::top_up(py, top_up, years.as_deref())?, reconcile::month(py, as_of)?))
}

fn places_of(py: Python<'_>, text: Option<&str>) -> PyResult<Option<NamedPlaces>> {
    text.map(serde_json::from_str).transpose().map_err(|error| not_read(py, None, &error))
}

fn arrivals_of(py: Python<'_>, text: Option<&str>) -> PyResult<Option<Arrivals>> {
    text.map(serde_json::from_str).transpose().map_err(|error| not_read(py, None, &error))
}

fn received(summing: Summing, arrivals: Option<&Arrivals>) -> Summing {
    match arrivals {
        Some(arrivals) => summing.receiving(arrivals.clone()),
        None => summing,
    }
}

/// Of the names of columns those that a policy reads.
#[pyfunction]
#[pyo3(name = "_columns_read")]
pub(crate) fn columns_of(policy: &Bound<'_, PyAny>, names: Vec<String>) -> PyResult<Vec<String>> {
    Ok(ColumnsRead(vec![Policy::from_any(policy)?.given.value.clone()]).__call__(names).0)
}

/// The columns that the folders of a file stand for, each with what its cells say.
#[pyfunction]
#[pyo3(name = "_columns_of_folders")]
pub(crate) fn columns_of_folders(file: &str) -> Vec<(String, Option<String>)> {
    fundlayers_formats::scan::columns_of_folders(file)
}

/// The columns of the rows that an operation writes, without any row.
#[pyfunction]
#[pyo3(name = "_columns_of_rows", signature = (policy, operation, *, unit=None, zeros=false, wide=false, columns=None))]
pub(crate) fn columns_of_rows(
    policy: &Bound<'_, PyAny>,
    operation: &str,
    unit: Option<&str>,
    zeros: bool,
    wide: bool,
    columns: Option<Texts>,
) -> PyResult<PyRecordBatch> {
    let py = policy.py();
    let policy = &Policy::from_any(policy)?.given.value;
    let options = TableOptions { wide, ..options_of(policy, convert::unit(py, unit)?, zeros) };
    let none = match operation {
        "allocate" => chosen(py, Rows::of_amounts(policy, options), columns)?.none(),
        "fund" => chosen(py, Rows::of_funding(policy, options), columns)?.none(),
        "reconcile" => chosen(py, Rows::of_reconciliation(policy, options), columns)?.none(),
        _ => return Err(pyo3::exceptions::PyTypeError::new_err("an operation with rows")),
    };
    Ok(PyRecordBatch::new(none))
}

/// Of the columns of a table those that are asked for.
fn chosen<T>(py: Python<'_>, rows: Result<Rows<T>, Problems>, columns: Option<Texts>) -> PyResult<Rows<T>> {
    let rows = rows.map_err(|problems| errors::raise(py, &problems))?;
    match columns {
        Some(columns) => rows.select(&columns.list()).map_err(|problem| errors::raise_one(py, problem)),
        None => Ok(rows),
    }
}

fn doubt_of(py: Python<'_>, text: Option<&str>) -> PyResult<Option<FiguresInDoubt>> {
    text.map(serde_json::from_str).transpose().map_err(|error| not_read(py, None, &error))
}

fn exactly(summing: Summing, doubt: Option<FiguresInDoubt>) -> Summing {
    match doubt {
        Some(doubt) => summing.exactly(doubt),
        None => summing,
    }
}

/// The figures of a roster in parts from what `Scan._figures` gives of each: their table, or those that are in doubt, as a text for another
/// pass.
#[pyfunction]
#[pyo3(name = "_merge_figures", signature = (policy, summaries, by, *, years=None, ids_in_two_parts=None, settlement=None, doubt=None))]
pub(crate) fn merge_figures(
    policy: &Bound<'_, PyAny>,
    summaries: Vec<String>,
    by: Texts,
    years: Option<Years>,
    ids_in_two_parts: Option<&Bound<'_, PyAny>>,
    settlement: Option<&str>,
    doubt: Option<&str>,
) -> PyResult<(Option<Table>, Option<String>)> {
    let py = policy.py();
    let raised = |problems: Problems| errors::raise(py, &problems);
    let parts = Merged { summaries, by: Some(by), years, ids_in_two_parts, settlement, naming: None };
    let policy = Policy::from_any(policy)?;
    let doubt = doubt_of(py, doubt)?;
    let summed = parts.summed_by(&policy, py, |summing| Ok(exactly(summing.with_figures().map_err(raised)?, doubt)))?;
    match summed.value.figures_in_doubt() {
        Some(doubt) => Ok((None, Some(serde_json::to_string(&doubt).map_err(|error| not_read(py, None, &error))?))),
        None => Ok((Some(Table::new(summed.figures().map_err(raised)?)), None)),
    }
}

/// What follows from what the parts of a roster add to a pass, as `Scan._pass` gives it of each: what is settled so far, as a text
/// for the next pass, and whether that is all. Without a text, before the first pass.
#[pyfunction]
#[pyo3(name = "_settle", signature = (policy, settlement, sums, *, years=None, max_passes=None, figures=false, arrivals=None))]
pub(crate) fn settle_parts(
    policy: &Bound<'_, PyAny>,
    settlement: Option<&str>,
    sums: Vec<String>,
    years: Option<Years>,
    max_passes: Option<u32>,
    figures: bool,
    arrivals: Option<&str>,
) -> PyResult<(String, bool)> {
    let py = policy.py();
    let policy = Policy::from_any(policy)?;
    let years = years.map(|years| years.list(py)).transpose()?;
    let raised = |problems: Problems| errors::raise(py, &problems);
    let settling = if figures {
        policy.given.settling_figures(years.as_deref(), None, max_passes)
    } else {
        policy.given.settling(years.as_deref(), max_passes)
    };
    let mut settling = settling.map_err(raised)?;
    if let Some(arrivals) = arrivals_of(py, arrivals)? {
        settling = settling.receiving(arrivals);
    }
    if let Some(text) = settlement {
        settling = settling.going_on(settlement_of(py, text)?).map_err(raised)?;
        let mut all = settling.nothing();
        for text in &sums {
            let sums: PassSums = serde_json::from_str(text).map_err(|error| not_read(py, None, &error))?;
            all.merge(sums).map_err(raised)?;
        }
        settling = settling.next(all).map_err(raised)?;
    }
    let text = serde_json::to_string(settling.so_far()).map_err(|error| not_read(py, None, &error))?;
    Ok((text, settling.is_settled()))
}

fn settlement_of(py: Python<'_>, text: &str) -> PyResult<Settlement> {
    serde_json::from_str(text).map_err(|error| not_read(py, None, &error))
}

/// What is asked of several policies over the parts of a roster, wherever they are computed: round by round.
#[pyclass(frozen, name = "_Rounds", module = "fundlayers")]
pub(crate) struct Rounds {
    asked: OverParts,
    scenarios: Option<fundlayers::Scenarios>,
    inner: fundlayers::Rounds,
}

#[pymethods]
impl Rounds {
    /// Before the first round: of a policy and its scenarios, or of two policies.
    #[new]
    #[pyo3(signature = (policy, *, scenarios=None, other=None, by=None, years=None, distinct_ids=false, max_passes=None))]
    fn new(
        policy: &Bound<'_, PyAny>,
        scenarios: Option<&Bound<'_, PyAny>>,
        other: Option<&Bound<'_, PyAny>>,
        by: Option<Texts>,
        years: Option<Years>,
        distinct_ids: bool,
        max_passes: Option<u32>,
    ) -> PyResult<Self> {
        let py = policy.py();
        let policy = Policy::from_any(policy)?.given;
        let by = convert::groupings(&PyDict::new(py), by)?;
        let years = years.map(|years| years.list(py)).transpose()?;
        let (years, by) = (years.as_deref(), by.as_deref());
        let list = scenarios.map(|list| what_if::read_scenarios(py, list, convert::sheet_options(None, None)));
        let list = list.transpose()?;
        let scenarios = list.as_ref().map(|list| list.value.clone());
        let asked = match (list, other) {
            (Some(list), _) => OverParts::scenarios(policy, list, years, by, max_passes),
            (None, Some(other)) => OverParts::compare(policy, Policy::from_any(other)?.given, years, by, max_passes),
            (None, None) => return Err(pyo3::exceptions::PyTypeError::new_err("scenarios or other")),
        };
        let asked = asked.map_err(|problems| errors::raise(py, &problems))?;
        let rounds = asked.rounds().clone();
        let inner = if distinct_ids { rounds.trusting_ids() } else { rounds };
        Ok(Self { asked, scenarios, inner })
    }

    /// The scenarios as names and changes, which travel.
    #[getter]
    fn scenarios<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.scenarios.as_ref().map(|list| what_if::as_dict(py, list)).transpose()
    }

    /// Whether every policy has its totals.
    #[getter]
    fn is_over(&self) -> bool {
        self.inner.is_over()
    }

    /// How far it is, as a text for `part`.
    fn so_far(&self, py: Python<'_>) -> PyResult<String> {
        serde_json::to_string(&self.inner.so_far()).map_err(|error| not_read(py, None, &error))
    }

    /// What rows add to the round that follows so far, as a text for `next`.
    fn part(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        so_far: &str,
        first_row: u64,
        file: Option<String>,
    ) -> PyResult<String> {
        let so_far: SoFar = serde_json::from_str(so_far).map_err(|error| not_read(py, None, &error))?;
        let rounds = self.inner.clone().going_on(so_far).map_err(|problems| errors::raise(py, &problems))?;
        let module = py.import(MODULE)?;
        let source = module.call_method1("Source", (source,)).map_err(|error| of_source(py, &module, error))?.unbind();
        let pieces = Pieces::new(py, &source, rounds.read().cloned().collect(), file.map(Arc::from))?;
        let sums = watched(py, None, &source, move |mut watch| {
            let sums = round_from(first_row, &rounds, pieces, NonZeroUsize::MIN, |event| watch.of_pass(&event));
            ended(sums, watch)
        })?;
        serde_json::to_string(&sums).map_err(|error| not_read(py, None, &error))
    }

    /// After the round, from what all parts add to it. `find` is asked for ids in two parts where those of the parts are too many, and
    /// in no order, as `merge_summaries` says.
    fn next(&self, py: Python<'_>, sums: Vec<String>, find: &Bound<'_, PyAny>) -> PyResult<Self> {
        let raised = |problems: Problems| errors::raise(py, &problems);
        let mut all = self.inner.nothing();
        for text in &sums {
            let sums: RoundSums = serde_json::from_str(text).map_err(|error| not_read(py, None, &error))?;
            all.merge(sums).map_err(raised)?;
        }
        let next = match self.inner.clone().next(all.clone()) {
            Err(problems) if problems.iter().any(|problem| problem.code() == Code::IdsNotChecked) => {
                let trusting = self.inner.clone().trusting_ids();
                // What is wrong with the rows comes first.
                trusting.clone().next(all.clone()).map_err(raised)?;
                for (id, one, other) in find.call0()?.extract::<Vec<(String, Part, Part)>>()? {
                    all.tell_id_in_two_parts(&id, &part_of(one), &part_of(other));
                }
                trusting.next(all)
            }
            next => next,
        };
        let inner = next.map_err(raised)?;
        Ok(Self { asked: self.asked.clone(), scenarios: self.scenarios.clone(), inner })
    }

    /// The table, once it is over.
    #[pyo3(signature = (*, unit=None))]
    fn table(&self, py: Python<'_>, unit: Option<&str>) -> PyResult<Table> {
        let unit = convert::unit(py, unit)?;
        let answer = self.asked.answer(&self.inner, unit);
        answer.map(Table::new).map_err(|problems| errors::raise(py, &problems))
    }
}

/// What rows in parts are funded within limits, wherever they are computed: pass by pass, each as a text. ``settlement`` is what was
/// settled of the policy before, ``so_far`` what is of the limits.
#[pyclass(frozen, name = "_Funding", module = "fundlayers")]
pub(crate) struct FundingOfParts {
    policy: Policy,
    limits: Given<Limits>,
    rule: FundingRule,
    by: Option<Vec<Grouping>>,
    years: Option<Vec<u16>>,
    distinct_ids: bool,
    max_passes: Option<u32>,
}

impl FundingOfParts {
    fn settling(&self, py: Python<'_>, settlement: Option<&str>, so_far: Option<&str>) -> PyResult<FundSettling> {
        let raised = |problems: Problems| errors::raise(py, &problems);
        let settlement = settlement.map(|text| settlement_of(py, text)).transpose()?;
        let under = (self.years.as_deref(), settlement.as_ref());
        let given = &self.policy.given;
        let settling = given.fund_settling(&self.limits, &self.rule, under, self.by.as_deref(), self.max_passes);
        let settling = settling.map_err(raised)?;
        let settling = if self.distinct_ids { settling.trusting_ids() } else { settling };
        let Some(text) = so_far else { return Ok(settling) };
        let so_far: FundingSettlement = serde_json::from_str(text).map_err(|error| not_read(py, None, &error))?;
        settling.going_on(so_far).map_err(raised)
    }
}

#[pymethods]
impl FundingOfParts {
    /// Of limits and a rule, before any row is read.
    #[new]
    #[pyo3(signature = (policy, limits, rule, *, order=None, by=None, years=None, distinct_ids=false, max_passes=None,
                        sheet=None, fill_down=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        policy: &Bound<'_, PyAny>,
        limits: &Bound<'_, PyAny>,
        rule: &str,
        order: Option<Texts>,
        by: Option<Texts>,
        years: Option<Years>,
        distinct_ids: bool,
        max_passes: Option<u32>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Self> {
        let py = policy.py();
        let policy = Policy::from_any(policy)?;
        let by = convert::groupings(&PyDict::new(py), by)?;
        let years = years.map(|years| years.list(py)).transpose()?;
        let rule = funding::rule(py, rule, order.map(Texts::list))?;
        let options = convert::sheet_options(sheet, fill_down);
        let limits = funding::limits_of(py, convert::Rows::new(limits)?, policy.given.value.clone(), options)?;
        FundSettling::check(&policy.given.value, &rule).map_err(|problems| errors::raise(py, &problems))?;
        Ok(Self { policy, limits, rule, by, years, distinct_ids, max_passes })
    }

    /// The limits as rows, which travel.
    #[getter]
    fn limits<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let row = |limit: &Limit| {
            let row = PyDict::new(py);
            row.set_item("layer", limit.layer())?;
            row.set_item("payer", limit.payer())?;
            row.set_item("year", limit.year())?;
            row.set_item("amount", limit.amount().in_unit(Unit::Yuan).to_string())?;
            row.set_item("unit", Unit::Yuan.as_str())?;
            Ok(row)
        };
        self.limits.value.iter().map(row).collect()
    }

    /// What follows from what all parts add to a pass: what is settled so far, and whether that is all. Without a text, before the
    /// first pass.
    fn settle(
        &self,
        py: Python<'_>,
        settlement: Option<&str>,
        so_far: Option<&str>,
        sums: Vec<String>,
    ) -> PyResult<(String, bool)> {
        let raised = |problems: Problems| errors::raise(py, &problems);
        let mut settling = self.settling(py, settlement, so_far)?;
        if so_far.is_some() {
            let mut all = settling.nothing();
            for text in &sums {
                let sums: FundingSums = serde_json::from_str(text).map_err(|error| not_read(py, None, &error))?;
                all.merge(sums).map_err(raised)?;
            }
            settling = settling.next(all).map_err(raised)?;
        }
        let text = serde_json::to_string(settling.so_far()).map_err(|error| not_read(py, None, &error))?;
        Ok((text, settling.is_settled()))
    }

    /// What rows add to the pass that follows so far; once all is settled, what they come to, with the rows handed to a function, if there
    /// is one.
    #[pyo3(signature = (settlement, so_far, source, first_row, file, *, write=None, unit=None, zeros=false, columns=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn part(
        &self,
        py: Python<'_>,
        settlement: Option<&str>,
        so_far: &str,
        source: &Bound<'_, PyAny>,
        first_row: u64,
        file: Option<String>,
        write: Option<Py<PyAny>>,
        unit: Option<&str>,
        zeros: bool,
        columns: Option<Texts>,
    ) -> PyResult<String> {
        let settling = self.settling(py, settlement, Some(so_far))?;
        let module = py.import(MODULE)?;
        let source = module.call_method1("Source", (source,)).map_err(|error| of_source(py, &module, error))?.unbind();
        let given = &self.policy.given;
        let handed = match write {
            Some(write) => {
                let options = options_of(&given.value, convert::unit(py, unit)?, zeros);
                Some(Handed::begun(py, Rows::of_funding(&given.value, options), write, columns)?)
            }
            None => None,
        };
        let mut asked = Asked::new(given.clone());
        (asked.threads, asked.first_row) = (NonZeroUsize::MIN, first_row);
        let called = file.map(Arc::from);
        let again = source.clone_ref(py);
        let text = watched(py, None, &source, move |watch| {
            let mut source = Watched { source: again, policy: asked.policy.value.clone(), called, watch };
            if settling.is_settled() {
                let (rows, take) = parts_of_handed(handed.as_ref());
                let summary = asked.awards(&mut source, &settling, rows, take);
                return ended(summary, source.watch).map(|summary| serde_json::to_string(&summary));
            }
            let sums = asked.claims(&mut source, &settling);
            ended(sums, source.watch).map(|sums| serde_json::to_string(&sums))
        })?;
        text.map_err(|error| not_read(py, None, &error))
    }

    /// The table, from what all parts come to. `find` is asked for ids in two parts where those of the parts are too many, and in no
    /// order, as `merge_summaries` says.
    #[pyo3(signature = (settlement, so_far, summaries, find, *, unit=None))]
    fn table(
        &self,
        py: Python<'_>,
        settlement: Option<&str>,
        so_far: &str,
        summaries: Vec<String>,
        find: &Bound<'_, PyAny>,
        unit: Option<&str>,
    ) -> PyResult<Py<SummedFunding>> {
        let raised = |problems: Problems| errors::raise(py, &problems);
        let unit = convert::unit(py, unit)?;
        let settling = self.settling(py, settlement, Some(so_far))?;
        let mut all = settling.no_awards();
        for text in &summaries {
            let summary: FundingSummary = serde_json::from_str(text).map_err(|error| not_read(py, None, &error))?;
            all.merge(summary).map_err(raised)?;
        }
        let given = &self.policy.given;
        let funded = match given.funded(&settling, &self.limits, all.clone()) {
            Err(problems) if problems.iter().any(|problem| problem.code() == Code::IdsNotChecked) => {
                let settling = settling.trusting_ids();
                // What is wrong with the rows comes first.
                given.funded(&settling, &self.limits, all.clone()).map_err(raised)?;
                for (id, one, other) in find.call0()?.extract::<Vec<(String, Part, Part)>>()? {
                    all.tell_id_in_two_parts(&id, &part_of(one), &part_of(other));
                }
                given.funded(&settling, &self.limits, all)
            }
            funded => funded,
        };
        SummedFunding::make(py, funded.map_err(raised)?, unit)
    }
}

/// A part: how many rows stand before it, and what it is called.
type Part = (u64, Option<String>);

fn part_of((first_row, file): Part) -> fundlayers::Part {
    let part = fundlayers::Part::new(first_row);
    if let Some(file) = file { part.in_file(file, 0) } else { part }
}

/// Adds ids that stand in two parts.
fn tell(summary: &mut Summary, ids: Vec<(String, Part, Part)>) {
    for (id, one, other) in ids {
        summary.tell_id_in_two_parts(&id, &part_of(one), &part_of(other));
    }
}

/// What went wrong with a source.
pub(crate) fn of_source(py: Python<'_>, module: &Bound<'_, PyModule>, error: PyErr) -> PyErr {
    let is = |name: &str| module.getattr(name).is_ok_and(|class| error.value(py).is_instance(&class).unwrap_or(false));
    if is("NotRows") {
        let name = error.value(py).to_string();
        return errors::wrong_use(py, words::NO_PARTS.with(&[&name]));
    }
    if is("UsedUp") {
        return errors::wrong_use(py, words::READ_ALREADY);
    }
    if is("Unreadable") {
        let of = |name: &str| error.value(py).getattr(name).and_then(|text| text.extract::<String>());
        if let (Ok(file), Ok(why)) = (of("file"), of("why")) {
            return not_read(py, Some(&file), &why);
        }
    }
    if error.is_instance_of::<PyOSError>(py) {
        let number = error.value(py).getattr("errno").and_then(|number| number.extract::<i32>());
        let name = error.value(py).getattr("filename").and_then(|name| name.extract::<String>());
        if let (Ok(number), Ok(name)) = (number, name) {
            return errors::raise_file(py, &name, &std::io::Error::from_raw_os_error(number));
        }
    }
    error
}

/// What a file says that cannot be read.
pub(crate) fn not_read(py: Python<'_>, file: Option<&str>, error: &dyn std::fmt::Display) -> PyErr {
    let problem = Problem::new(Code::CannotRead, words::ROWS_NOT_READ.with(&[&error]));
    errors::raise_one(
        py,
        if let Some(file) = file { problem.file(file).expected(words::WHOLE_PARQUET) } else { problem },
    )
}

/// A stream that is read.
struct Stream {
    file: Option<Arc<str>>,
    schema: Option<SchemaRef>,
    reader: Box<dyn RecordBatchReader + Send>,
}

impl Stream {
    fn piece(&self, batch: RecordBatch, called: Option<&Arc<str>>) -> Piece {
        Piece { batch, schema: self.schema.clone(), file: self.file.as_ref().or(called).cloned() }
    }
}

/// The batches of a source.
struct Pieces {
    parts: Py<PyAny>,
    stream: Option<Stream>,
    /// What all of it is called.
    called: Option<Arc<str>>,
}

/// Where the rows stand that are read.
#[derive(Default)]
struct Start {
    first_row: u64,
    file: Option<Arc<str>>,
}

impl Pieces {
    /// All of a source, of which only the columns are fetched that any of the policies reads.
    fn new(
        py: Python<'_>,
        source: &Py<PyAny>,
        policies: Vec<fundlayers::Policy>,
        called: Option<Arc<str>>,
    ) -> PyResult<Self> {
        let read = Bound::new(py, ColumnsRead(policies))?;
        let parts = source.bind(py).call_method1("parts", (read,))?.try_iter()?.into_any().unbind();
        Ok(Self { parts, stream: None, called })
    }

    /// The next stream.
    fn open(&self) -> Option<PyResult<Stream>> {
        Python::attach(|py| {
            let part = match self.parts.bind(py).call_method0("__next__") {
                Ok(part) => part,
                Err(error) if error.is_instance_of::<PyStopIteration>(py) => return None,
                Err(error) => {
                    let module = py.import(MODULE);
                    let error = module.map_or_else(|error| error, |module| of_source(py, &module, error));
                    // An error of pyarrow has no code.
                    let is_ours = error.value(py).hasattr("problems").unwrap_or(false);
                    let is_theirs =
                        error.get_type(py).module().is_ok_and(|module| module.to_string().starts_with("pyarrow"));
                    return Some(Err(if is_theirs && !is_ours { not_read(py, None, &error.value(py)) } else { error }));
                }
            };
            Some(Self::stream(&part))
        })
    }

    fn stream(part: &Bound<'_, PyAny>) -> PyResult<Stream> {
        let py = part.py();
        let (file, names, stream): (Option<String>, Option<Vec<String>>, Bound<'_, PyAny>) = part.extract()?;
        let reader = convert::without_null_type(&stream)?
            .extract::<AnyRecordBatch>()
            .and_then(|batches| batches.into_reader().map_err(|error| not_read(py, file.as_deref(), &error)))?;
        let fields = |names: Vec<String>| -> SchemaRef {
            let field = |name: String| Field::new(name, DataType::Null, true);
            Arc::new(Schema::new(names.into_iter().map(field).collect::<Vec<_>>()))
        };
        Ok(Stream { file: file.map(Arc::from), schema: names.map(fields), reader })
    }
}

impl Iterator for Pieces {
    type Item = PyResult<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(stream) = &mut self.stream else {
                match self.open()? {
                    Ok(stream) => {
                        // A stream without rows has a header too.
                        let piece = stream.piece(RecordBatch::new_empty(stream.reader.schema()), self.called.as_ref());
                        self.stream = Some(stream);
                        return Some(Ok(piece));
                    }
                    Err(error) => return Some(Err(error)),
                }
            };
            match stream.reader.next() {
                Some(Ok(batch)) => return Some(Ok(stream.piece(batch, self.called.as_ref()))),
                Some(Err(error)) => {
                    let file = stream.file.as_ref().or(self.called.as_ref());
                    return Some(Err(Python::attach(|py| not_read(py, file.map(AsRef::as_ref), &error))));
                }
                None => self.stream = None,
            }
        }
    }
}

/// Which columns are read, by their titles, and which of them hold words that come again and again.
#[pyclass(frozen)]
struct ColumnsRead(Vec<fundlayers::Policy>);

#[pymethods]
impl ColumnsRead {
    fn __call__(&self, titles: Vec<String>) -> (Vec<String>, Vec<String>) {
        let texts: Vec<&str> = titles.iter().map(String::as_str).collect();
        let chosen = |chosen: Vec<bool>| {
            texts.iter().zip(chosen).filter(|(_, is)| *is).map(|(title, _)| (*title).to_owned()).collect()
        };
        (chosen(columns_read(&self.0, &texts)), chosen(columns_of_words(&self.0, &texts)))
    }
}

/// Why a scan gave nothing.
enum Failure {
    Python(PyErr),
    Problems(Problems),
    Interrupted,
}

/// What is told while it runs.
struct Watch {
    progress: Option<(Py<PyAny>, Option<u64>)>,
    rows: u64,
    failed: Option<PyErr>,
    stop: Stop,
}

impl Watch {
    /// After a part of a pass over all rows, each of which counts them anew.
    fn of_pass(&mut self, event: &Event<()>) -> ControlFlow<()> {
        let rows = match event {
            Event::Waiting => 0,
            Event::Part(rows, _) => *rows,
        };
        if self.progress.as_ref().is_some_and(|(_, total)| total.is_some_and(|total| self.rows >= total)) {
            self.rows = 0;
        }
        self.after(rows, |_| Ok(()))
    }

    /// Hands the rows of a part on.
    fn hand(&mut self, made: Made, write: &Py<PyAny>) -> ControlFlow<()> {
        self.after(0, |py| {
            let made = made.map_err(|error| not_read(py, None, &error))?;
            made.into_iter().try_for_each(|batch| handed(py, write, batch))
        })
    }

    /// Goes on, unless Ctrl-C was pressed or what was called raised something.
    fn after(&mut self, rows: u64, write: impl FnOnce(Python<'_>) -> PyResult<()>) -> ControlFlow<()> {
        if self.stop.is_set() {
            return ControlFlow::Break(());
        }
        self.rows = self.rows.saturating_add(rows);
        let told = Python::attach(|py| {
            write(py)?;
            match &self.progress {
                Some((progress, total)) if rows > 0 => progress.call1(py, (self.rows, *total)).map(|_| ()),
                _ => Ok(()),
            }
        });
        match told {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

fn handed(py: Python<'_>, write: &Py<PyAny>, batch: RecordBatch) -> PyResult<()> {
    write.call1(py, (PyRecordBatch::new(batch),)).map(|_| ())
}

/// Rows of a table that are handed to a function of Python.
struct Handed<T> {
    rows: Rows<T>,
    write: Py<PyAny>,
}

impl<T> Handed<T> {
    /// The function is told of the columns before any row, so that a file without rows has them too.
    fn begun(
        py: Python<'_>,
        rows: Result<Rows<T>, Problems>,
        write: Py<PyAny>,
        columns: Option<Texts>,
    ) -> PyResult<Self> {
        let rows = chosen(py, rows, columns)?;
        handed(py, &write, rows.none())?;
        Ok(Self { rows, write })
    }
}

/// The rows, if any are to be made, and what takes them.
fn parts_of_handed<T>(
    handed: Option<&Handed<T>>,
) -> (Option<&Rows<T>>, impl FnMut(&mut Watched, Made) -> ControlFlow<()>) {
    let take = move |source: &mut Watched, made| match handed {
        Some(handed) => source.watch.hand(made, &handed.write),
        None => ControlFlow::Continue(()),
    };
    (handed.map(|handed| &handed.rows), take)
}

fn options_of(policy: &fundlayers::Policy, unit: Option<Unit>, zeros: bool) -> TableOptions {
    TableOptions { unit: unit.unwrap_or(policy.unit()), zeros, wide: false }
}

/// A source that is read from its beginning each time, and watched.
struct Watched {
    source: Py<PyAny>,
    policy: fundlayers::Policy,
    /// What all of it is called.
    called: Option<Arc<str>>,
    watch: Watch,
}

impl Source for Watched {
    type Error = PyErr;
    type Pieces = Pieces;

    fn read(&mut self) -> PyResult<Pieces> {
        // Each pass counts the rows anew.
        self.watch.rows = 0;
        Python::attach(|py| Pieces::new(py, &self.source, vec![self.policy.clone()], self.called.clone()))
    }

    fn told(&mut self, event: Event<()>) -> ControlFlow<()> {
        self.watch.of_pass(&event)
    }
}

impl Scan {
    /// What is asked of it, for the crate below.
    fn asked(&self, first_row: u64) -> Asked {
        let mut asked = Asked::new(self.policy.given.clone());
        asked.first_row = first_row;
        asked.years.clone_from(&self.years);
        asked.threads = self.threads;
        asked.distinct_ids = self.distinct_ids;
        asked.max_passes = self.max_passes;
        asked.settlement.clone_from(&self.settlement);
        asked
    }

    /// Reads it as often as the work needs, where that can be watched and broken off.
    fn reading<T: Send + 'static>(
        &self,
        py: Python<'_>,
        start: Start,
        work: impl FnOnce(&Asked, &mut Watched) -> Result<T, Stopped<PyErr>> + Send + 'static,
    ) -> PyResult<T> {
        let (asked, source) = (self.asked(start.first_row), self.source.clone_ref(py));
        self.watched(py, move |watch| {
            let mut source = Watched { source, policy: asked.policy.value.clone(), called: start.file, watch };
            let came = work(&asked, &mut source);
            ended(came, source.watch)
        })
    }

    /// What everything comes to.
    fn summed(&self, py: Python<'_>, by: Option<Vec<Grouping>>) -> PyResult<Given<Summed>> {
        self.reading(py, Start::default(), move |asked, source| {
            let summing = asked.summing(source, by.as_deref(), false, None)?;
            asked.summed(source, &summing, |_| (), |_, ()| ControlFlow::Continue(()))
        })
    }

    /// What one of many parts comes to, as a text.
    fn summary_of(
        &self,
        py: Python<'_>,
        start: Start,
        read: impl FnOnce(&Asked, &mut Watched) -> Result<Summary, Stopped<PyErr>> + Send + 'static,
    ) -> PyResult<String> {
        let summary = self.reading(py, start, read)?;
        serde_json::to_string(&summary).map_err(|error| not_read(py, None, &error))
    }

    /// Raises, where figures rest on all rows, and these can be read only once.
    fn check_figures(&self, py: Python<'_>) -> PyResult<()> {
        let (given, years) = (&self.policy.given, self.years.as_deref());
        if self.settlement.is_some() || self.source.bind(py).call_method0("can_be_read_again")?.extract::<bool>()? {
            return Ok(());
        }
        let raised = |problems: Problems| errors::raise(py, &problems);
        if given.settling_figures(years, None, self.max_passes).map_err(raised)?.is_settled() {
            return Ok(());
        }
        given.summing_figures((years, None), None).map(|_| ()).map_err(raised)
    }

    fn options(&self, unit: Option<Unit>, zeros: bool) -> TableOptions {
        options_of(&self.policy.given.value, unit, zeros)
    }

    /// What is asked of several policies over the same rows.
    fn over_parts(
        &self,
        py: Python<'_>,
        by: Option<Texts>,
        unit: Option<&str>,
        asked: impl FnOnce(
            Given<fundlayers::Policy>,
            Option<&[u16]>,
            Option<&[Grouping]>,
            Option<u32>,
        ) -> Result<OverParts, Problems>,
    ) -> PyResult<Table> {
        let by = convert::groupings(&PyDict::new(py), by)?;
        let unit = convert::unit(py, unit)?;
        let again = self.source.bind(py).call_method0("can_be_read_again")?.extract::<bool>()?;
        let max_passes = if again { self.max_passes } else { Some(1) };
        let asked = asked(self.policy.given.clone(), self.years.as_deref(), by.as_deref(), max_passes);
        let asked = asked.map_err(|problems| errors::raise(py, &problems))?;
        let rounds = asked.rounds().clone();
        let rounds = if self.distinct_ids { rounds.trusting_ids() } else { rounds };
        let (threads, source) = (self.threads, self.source.clone_ref(py));
        let policies: Vec<_> = rounds.read().cloned().collect();
        let rounds = self.watched(py, move |mut watch| {
            let again = || Python::attach(|py| Pieces::new(py, &source, policies.clone(), None));
            ended(go_through(rounds, again, threads, |event| watch.of_pass(&event)), watch)
        })?;
        asked.answer(&rounds, unit).map(Table::new).map_err(|problems| errors::raise(py, &problems))
    }

    fn watched<T: Send + 'static>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(Watch) -> Result<T, Failure> + Send + 'static,
    ) -> PyResult<T> {
        watched(py, self.progress.as_ref(), &self.source, work)
    }
}

/// Works where it can be watched and broken off.
fn watched<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    source: &Py<PyAny>,
    work: impl FnOnce(Watch) -> Result<T, Failure> + Send + 'static,
) -> PyResult<T> {
    let told = match progress {
        Some(progress) => {
            let counted = source.bind(py).call_method0("rows");
            let module = py.import(MODULE)?;
            let total: Option<u64> = counted.map_err(|error| of_source(py, &module, error))?.extract()?;
            Some((progress.clone_ref(py), total))
        }
        None => None,
    };
    let ran = work::run(py, move |stop| work(Watch { progress: told, rows: 0, failed: None, stop: stop.clone() }));
    if let Some(bar) = progress
        && bar.bind(py).hasattr("close")?
    {
        bar.call_method0(py, "close")?;
    }
    ran?.map_err(|failure| match failure {
        Failure::Python(error) => error,
        Failure::Problems(problems) => errors::raise(py, &problems),
        // The interrupt itself was raised already.
        Failure::Interrupted => pyo3::exceptions::PyKeyboardInterrupt::new_err(()),
    })
}

/// What came of it, or why nothing did.
fn ended<T>(ran: Result<T, Stopped<PyErr>>, watch: Watch) -> Result<T, Failure> {
    ran.map_err(|stopped| match stopped {
        Stopped::Source(error) => Failure::Python(error),
        Stopped::Problems(problems) => Failure::Problems(problems),
        Stopped::Broken => watch.failed.map_or(Failure::Interrupted, Failure::Python),
    })
}

fn table(py: Python<'_>, summed: &Given<Summed>, unit: Option<Unit>, zeros: bool) -> PyResult<Table> {
    summed.totals(unit, zeros).map(Table::new).map_err(|problems| errors::raise(py, &problems))
}

/// What comes of a method, whose rows go into a Parquet file if one is named.
fn rows_written<'py>(
    scan: &Bound<'py, Scan>,
    method: &str,
    options: Bound<'py, PyDict>,
    path: Option<PathBuf>,
) -> PyResult<Bound<'py, PyAny>> {
    let asked = scan.getattr(method)?;
    match path {
        // As it is written: a path of Python would take the slashes of an address together.
        Some(path) => scan.py().import(MODULE)?.call_method1("written", (path.into_os_string(), asked, options)),
        None => asked.call((), Some(&options)),
    }
}

#[pymethods]
impl Scan {
    /// The policy.
    #[getter]
    fn policy(&self) -> Policy {
        self.policy.clone()
    }

    /// Totals by any of ``id, county, township, kind, designation, class, year, layer, payer``: as those of an allocation.
    #[pyo3(signature = (by=None, *, unit=None, zeros=false))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let unit = convert::unit(py, unit)?;
        table(py, &this.summed(py, by)?, unit, zeros)
    }

    /// The policy's figures over groups of places, by any of ``id, county, township, kind, designation, class, year``: how many places
    /// have each, their sum, mean, least and greatest, as ``Allocation.figures`` gives them. Where they read numbers of many places, the
    /// rows are read in passes before; in one more after, where a sum must be known exactly to tell its last digit. Those of each row
    /// stand beside its amounts in ``to_parquet(figures=True)``.
    ///
    /// >>> import pyarrow
    /// >>> points = {"id": "points", "value": {"quotient": ["x", {"aggregate": "sum", "of": "x"}]}}
    /// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "figures": [points], "payers": {"city": {}},
    /// ...           "attributes": {"x": {"type": "number"}}, "layers": [{"id": "city", "payer": "city"}],
    /// ...           "classes": [{"id": "all", "funding": {"city": 300}}]}
    /// >>> people = pyarrow.table({"名称": ["甲", "乙", "丙"], "区县": ["王益区", "新区", "王益区"], "x": [1, 2, 5]})
    /// >>> [(row["county"], row["sum"]) for row in scan(policy, people).figures("county").to_dicts()]
    /// [('王益区', Decimal('0.75')), ('新区', Decimal('0.25'))]
    fn figures(slf: &Bound<'_, Self>, by: Texts) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), Some(by))?;
        let raised = |problems: Problems| errors::raise(py, &problems);
        let given = &this.policy.given;
        // What cannot be done at all is said before anything is read.
        given.settling_figures(this.years.as_deref(), by.as_deref(), this.max_passes).map_err(raised)?;
        this.check_figures(py)?;
        let summed = this.reading(py, Start::default(), move |asked, source| asked.figures(source, by.as_deref()))?;
        summed.figures().map(Table::new).map_err(raised)
    }

    /// Totals of many named changes of the policy, and the difference of each to the first: as those of a roster that is read at
    /// once. The rows are read once for all of them; where amounts rest on all places, as often as the one that takes most.
    ///
    /// ``scenarios`` is a dict (or a list of pairs) of names and changes (``{}`` or None for the policy as it is), a file (TOML,
    /// JSON, CSV), a data frame or a list of dicts with ``scenario, path, value``; ``sheet`` and ``fill_down`` are of its workbook.
    #[pyo3(signature = (scenarios, by=None, *, unit=None, sheet=None, fill_down=None))]
    fn scenarios(
        slf: &Bound<'_, Self>,
        scenarios: &Bound<'_, PyAny>,
        by: Option<Texts>,
        unit: Option<&str>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Table> {
        let list = what_if::read_scenarios(slf.py(), scenarios, convert::sheet_options(sheet, fill_down))?;
        slf.get().over_parts(slf.py(), by, unit, |policy, years, by, max_passes| {
            OverParts::scenarios(policy, list, years, by, max_passes)
        })
    }

    /// Beside what another policy gives the same rows: ``before``, ``after``, ``difference`` and ``change``, as of two
    /// allocations. The rows are read once for both.
    #[pyo3(signature = (policy, by=None, *, unit=None))]
    fn compare(
        slf: &Bound<'_, Self>,
        policy: &Bound<'_, PyAny>,
        by: Option<Texts>,
        unit: Option<&str>,
    ) -> PyResult<Table> {
        let after = Policy::from_any(policy)?.given;
        slf.get().over_parts(slf.py(), by, unit, |before, years, by, max_passes| {
            OverParts::compare(before, after, years, by, max_passes)
        })
    }

    /// Sets what it is due beside a ledger of what was issued, arrived and was spent, in one reading: totals by any of the same columns,
    /// as those of ``Allocation.reconcile``, whose arguments these are; ``unmatched()`` has the receipts that match nothing in any part.
    /// Top-ups that count what arrived (``top_up="received"``) take another reading, once that is known. The ledger is held whole.
    /// ``to_parquet`` is a file that the rows of ``Reconciliation.table`` are written to in one reading more, which stands there only once it
    /// is whole; ``columns`` are those that are written, all if left out.
    ///
    /// >>> import pyarrow
    /// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "payers": {"city": {}},
    /// ...           "layers": [{"id": "city", "payer": "city"}], "classes": [{"id": "all", "funding": {"city": 300}}]}
    /// >>> people = pyarrow.table({"名称": ["甲", "乙", "丙"], "区县": ["王益区", "新区", "王益区"]})
    /// >>> ledger = [{"名称": "甲", "年度": 2024, "安排层级": "city", "到位金额(元)": 200},
    /// ...           {"名称": "丁", "年度": 2024, "安排层级": "city", "到位金额(元)": 300}]
    /// >>> found = scan(policy, people).reconcile(ledger, "county")
    /// >>> [(row["county"], row["gap"]) for row in found.to_dicts()]
    /// [('王益区', Decimal('400')), ('新区', Decimal('300'))]
    /// >>> [row["name"] for row in found.unmatched().to_dicts()]
    /// ['丁']
    #[pyo3(signature = (receipts, by=None, *, top_up="entitled", top_up_years=None, as_of=None, unit=None, zeros=false, sheet=None,
                        fill_down=None, to_parquet=None, columns=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn reconcile<'py>(
        slf: &Bound<'py, Self>,
        receipts: &Bound<'py, PyAny>,
        by: Option<Texts>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'py, PyAny>>,
        unit: Option<&str>,
        zeros: bool,
        sheet: Option<String>,
        fill_down: Option<bool>,
        to_parquet: Option<PathBuf>,
        columns: Option<Texts>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let options = PyDict::new(py);
        options.set_item("receipts", receipts)?;
        options.set_item("by", by.map(Texts::list))?;
        options.set_item("top_up", top_up)?;
        options.set_item("top_up_years", top_up_years.map(|years| years.list(py)).transpose()?)?;
        options.set_item("as_of", as_of)?;
        options.set_item("unit", unit)?;
        options.set_item("zeros", zeros)?;
        options.set_item("sheet", sheet)?;
        options.set_item("fill_down", fill_down)?;
        options.set_item("columns", columns.map(Texts::list))?;
        rows_written(slf, "_reconcile", options, to_parquet)
    }

    /// The same, which hands the rows to a function, if there is one.
    #[pyo3(signature = (receipts, *, by=None, top_up="entitled", top_up_years=None, as_of=None, unit=None, zeros=false, sheet=None,
                        fill_down=None, write=None, columns=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn _reconcile(
        slf: &Bound<'_, Self>,
        receipts: &Bound<'_, PyAny>,
        by: Option<Texts>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
        unit: Option<&str>,
        zeros: bool,
        sheet: Option<String>,
        fill_down: Option<bool>,
        write: Option<Py<PyAny>>,
        columns: Option<Texts>,
    ) -> PyResult<Py<SummedReconciliation>> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let unit = convert::unit(py, unit)?;
        let (top_up, as_of) = counting(py, top_up, top_up_years, as_of)?;
        let again = write.is_some() || top_up != TopUp::Entitled;
        if again && !this.source.bind(py).call_method0("can_be_read_again")?.extract::<bool>()? {
            return Err(errors::wrong_use(py, words::READ_ALREADY));
        }
        let ledger = reconcile::ledger(receipts, &convert::sheet_options(sheet, fill_down))?;
        let rows = match write {
            Some(write) => {
                let rows = Rows::of_reconciliation(&this.policy.given.value, this.options(unit, zeros));
                Some(Handed::begun(py, rows, write, columns)?)
            }
            None => None,
        };
        let found = this.reading(py, Start::default(), move |asked, source| {
            let found = asked.reconciled(source, (&ledger, top_up, as_of), by.as_deref())?;
            if let Some(Handed { rows, write }) = &rows {
                let take = |source: &mut Watched, made| source.watch.hand(made, write);
                asked.reconciled_rows(source, &found.value, rows, take)?;
            }
            Ok(found)
        })?;
        SummedReconciliation::shown(py, found, (unit, zeros))
    }

    /// Meets what it is due within limits, as ``Allocation.fund``, whose arguments these are: claims, what is funded of them and coverage
    /// by any of the same columns, by itself ``layer, payer, year`` with the limits. The rows are read in passes, three as a rule: for
    /// the claims to each limit, for where the last steps end, and to give the awards. ``to_parquet`` is a file that the rows of
    /// ``Funding.table`` are written to in the last of them, which stands there only once it is whole; ``columns`` are those that are
    /// written, all if left out, with ``zeros`` those of nothing too.
    ///
    /// >>> import pyarrow
    /// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "payers": {"city": {}},
    /// ...           "layers": [{"id": "city", "payer": "city"}], "classes": [{"id": "all", "funding": {"city": 300}}]}
    /// >>> people = pyarrow.table({"名称": ["甲", "乙", "丙"], "区县": ["王益区", "新区", "王益区"]})
    /// >>> limits = [{"layer": "city", "payer": "city", "year": 2024, "amount": 600, "unit": "元"}]
    /// >>> funding = scan(policy, people).fund(limits, "proportional", "county")
    /// >>> [(row["county"], row["funded"]) for row in funding.to_dicts()]
    /// [('王益区', Decimal('400')), ('新区', Decimal('200'))]
    #[pyo3(signature = (limits, rule, by=None, *, order=None, unit=None, sheet=None, fill_down=None, to_parquet=None, columns=None,
                        zeros=false))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn fund<'py>(
        slf: &Bound<'py, Self>,
        limits: &Bound<'py, PyAny>,
        rule: &str,
        by: Option<Texts>,
        order: Option<Texts>,
        unit: Option<&str>,
        sheet: Option<String>,
        fill_down: Option<bool>,
        to_parquet: Option<PathBuf>,
        columns: Option<Texts>,
        zeros: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = PyDict::new(slf.py());
        options.set_item("limits", limits)?;
        options.set_item("rule", rule)?;
        options.set_item("by", by.map(Texts::list))?;
        options.set_item("order", order.map(Texts::list))?;
        options.set_item("unit", unit)?;
        options.set_item("sheet", sheet)?;
        options.set_item("fill_down", fill_down)?;
        options.set_item("columns", columns.map(Texts::list))?;
        options.set_item("zeros", zeros)?;
        rows_written(slf, "_fund", options, to_parquet)
    }

    /// The same, which hands the rows to a function, if there is one.
    #[pyo3(signature = (limits, rule, *, by=None, order=None, unit=None, sheet=None, fill_down=None, write=None, columns=None,
                        zeros=false))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn _fund(
        slf: &Bound<'_, Self>,
        limits: &Bound<'_, PyAny>,
        rule: &str,
        by: Option<Texts>,
        order: Option<Texts>,
        unit: Option<&str>,
        sheet: Option<String>,
        fill_down: Option<bool>,
        write: Option<Py<PyAny>>,
        columns: Option<Texts>,
        zeros: bool,
    ) -> PyResult<Py<SummedFunding>> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let unit = convert::unit(py, unit)?;
        let rule = funding::rule(py, rule, order.map(Texts::list))?;
        let raised = |problems: Problems| errors::raise(py, &problems);
        let given = this.policy.given.clone();
        let options = convert::sheet_options(sheet, fill_down);
        let limits = funding::limits_of(py, convert::Rows::new(limits)?, given.value.clone(), options)?;
        // What cannot be done at all is said before anything is read.
        FundSettling::check(&given.value, &rule).map_err(raised)?;
        if !this.source.bind(py).call_method0("can_be_read_again")?.extract::<bool>()? {
            return Err(errors::wrong_use(py, words::READ_ALREADY));
        }
        let rows = match write {
            Some(write) => {
                let rows = Rows::of_funding(&given.value, this.options(unit, zeros));
                Some(Handed::begun(py, rows, write, columns)?)
            }
            None => None,
        };
        let funded = this.reading(py, Start::default(), move |asked, source| {
            let (rows, take) = parts_of_handed(rows.as_ref());
            asked.funded(source, (&limits, &rule), by.as_deref(), rows, take)
        })?;
        SummedFunding::make(py, funded, unit)
    }

    /// What it comes to as a text that `merge_summaries` takes: of one of many parts of a roster, wherever they are computed.
    /// ``first_row`` is how many rows of other parts stand before it, ``file`` what messages call it, ``naming`` the places of which
    /// `reconcile_summaries` is to know what they are due (`named_places`).
    #[pyo3(signature = (by=None, *, first_row=0, file=None, naming=None))]
    fn summary(
        slf: &Bound<'_, Self>,
        by: Option<Texts>,
        first_row: u64,
        file: Option<String>,
        naming: Option<&str>,
    ) -> PyResult<String> {
        Self::_summary(slf, by, first_row, file, naming, None)
    }

    /// The same in a second reading, in which top-ups count what arrived.
    #[pyo3(signature = (by=None, *, first_row=0, file=None, naming=None, arrivals=None))]
    fn _summary(
        slf: &Bound<'_, Self>,
        by: Option<Texts>,
        first_row: u64,
        file: Option<String>,
        naming: Option<&str>,
        arrivals: Option<&str>,
    ) -> PyResult<String> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let arrivals = arrivals_of(py, arrivals)?;
        let places = places_of(py, naming)?;
        let start = Start { first_row, file: file.map(Arc::from) };
        this.summary_of(py, start, move |asked, source| {
            let summing = named(asked.summing(source, by.as_deref(), false, arrivals.as_ref())?, places.as_ref());
            asked.summary(source, &summing, |_| (), |_, ()| ControlFlow::Continue(()))
        })
    }

    /// What figures come to, as a text for `_merge_figures`, with those exactly that are in doubt.
    #[pyo3(signature = (by, *, first_row=0, file=None, doubt=None))]
    fn _figures(
        slf: &Bound<'_, Self>,
        by: Texts,
        first_row: u64,
        file: Option<String>,
        doubt: Option<&str>,
    ) -> PyResult<String> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), Some(by))?;
        this.check_figures(py)?;
        let doubt = doubt_of(py, doubt)?;
        let start = Start { first_row, file: file.map(Arc::from) };
        this.summary_of(py, start, move |asked, source| {
            let summing = asked.summing(source, by.as_deref(), true, None)?.with_figures();
            let summing = exactly(summing.map_err(Stopped::Problems)?, doubt);
            asked.summary(source, &summing, |_| (), |_, ()| ControlFlow::Continue(()))
        })
    }

    /// What it adds to a pass over all parts, as a text for `_settle`: the scan was made with what is settled so far.
    #[pyo3(signature = (*, first_row=0, file=None, arrivals=None))]
    fn _pass(slf: &Bound<'_, Self>, first_row: u64, file: Option<String>, arrivals: Option<&str>) -> PyResult<String> {
        let (py, this) = (slf.py(), slf.get());
        let given = &this.policy.given;
        let arrivals = arrivals_of(py, arrivals)?;
        let settling = given.settling(this.years.as_deref(), None).map(|settling| match arrivals {
            Some(arrivals) => settling.receiving(arrivals),
            None => settling,
        });
        let settling = match &this.settlement {
            Some(so_far) => settling.and_then(|settling| settling.going_on(so_far.clone())),
            None => settling,
        };
        let settling = settling.map_err(|problems| errors::raise(py, &problems))?;
        let pieces = Pieces::new(py, &this.source, vec![given.value.clone()], file.map(Arc::from))?;
        let threads = this.threads;
        let sums = this.watched(py, move |mut watch| {
            let sums = pass_from(first_row, &settling, pieces, threads, |event| watch.of_pass(&event));
            ended(sums, watch)
        })?;
        serde_json::to_string(&sums).map_err(|error| not_read(py, None, &error))
    }

    /// Writes the amounts of every row, as the table of an allocation has them, into one Parquet file, which stands there only
    /// once it is whole; gives the totals. ``columns`` are those of the table that are written, all if left out; with ``figures`` it
    /// has the policy's figures too.
    #[pyo3(signature = (path, by=None, *, unit=None, zeros=false, wide=false, figures=false, columns=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn to_parquet<'py>(
        slf: &Bound<'py, Self>,
        path: PathBuf,
        by: Option<Texts>,
        unit: Option<&str>,
        zeros: bool,
        wide: bool,
        figures: bool,
        columns: Option<Texts>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let options = PyDict::new(py);
        options.set_item("by", by.map(Texts::list))?;
        options.set_item("unit", unit)?;
        options.set_item("zeros", zeros)?;
        options.set_item("wide", wide)?;
        options.set_item("figures", figures)?;
        options.set_item("columns", columns.map(Texts::list))?;
        rows_written(slf, "_rows", options, Some(path))
    }

    /// Hands the amounts of every row to a function, batch by batch; gives the totals.
    #[pyo3(signature = (write, *, by=None, unit=None, zeros=false, wide=false, figures=false, columns=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn _rows(
        slf: &Bound<'_, Self>,
        write: Py<PyAny>,
        by: Option<Texts>,
        unit: Option<&str>,
        zeros: bool,
        wide: bool,
        figures: bool,
        columns: Option<Texts>,
    ) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let unit = convert::unit(py, unit)?;
        let options = TableOptions { wide, ..this.options(unit, zeros) };
        let policy = &this.policy.given.value;
        let summed = if figures {
            this.check_figures(py)?;
            let rows = Rows::of_amounts_and_figures(policy, options);
            let Handed { rows, write } = Handed::begun(py, rows, write, columns)?;
            this.reading(py, Start::default(), move |asked, source| {
                let take = |source: &mut Watched, made| source.watch.hand(made, &write);
                asked.figures_of_rows(source, by.as_deref(), &rows, take)
            })?
        } else {
            let Handed { rows, write } = Handed::begun(py, Rows::of_amounts(policy, options), write, columns)?;
            this.reading(py, Start::default(), move |asked, source| {
                let take = |source: &mut Watched, made| source.watch.hand(made, &write);
                let summing = asked.summing(source, by.as_deref(), false, None)?;
                asked.summed(source, &summing, |allocation| rows.made(allocation), take)
            })?
        };
        table(py, &summed, unit, zeros)
    }

    /// The same of one of many parts, wherever they are computed; gives what it comes to as a text, as `summary` does.
    #[pyo3(signature = (write, *, by=None, unit=None, zeros=false, wide=false, columns=None, first_row=0, file=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn _rows_of_part(
        slf: &Bound<'_, Self>,
        write: Py<PyAny>,
        by: Option<Texts>,
        unit: Option<&str>,
        zeros: bool,
        wide: bool,
        columns: Option<Texts>,
        first_row: u64,
        file: Option<String>,
    ) -> PyResult<String> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let options = TableOptions { wide, ..this.options(convert::unit(py, unit)?, zeros) };
        let rows = Rows::of_amounts(&this.policy.given.value, options);
        let Handed { rows, write } = Handed::begun(py, rows, write, columns)?;
        let start = Start { first_row, file: file.map(Arc::from) };
        this.summary_of(py, start, move |asked, source| {
            let take = |source: &mut Watched, made| source.watch.hand(made, &write);
            let summing = asked.summing(source, by.as_deref(), false, None)?;
            asked.summary(source, &summing, |allocation| rows.made(allocation), take)
        })
    }
    /// The rows of one of many parts beside a ledger, wherever they are computed, as `SummedReconciliation._receipts_by_row` gives what it
    /// says of them; gives what the part comes to as a text, as `summary` does.
    #[pyo3(signature = (write, receipts, by=None, *, naming=None, arrivals=None, unit=None, zeros=false, columns=None, first_row=0,
                        file=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn _rows_beside(
        slf: &Bound<'_, Self>,
        write: Py<PyAny>,
        receipts: &str,
        by: Option<Texts>,
        naming: Option<&str>,
        arrivals: Option<&str>,
        unit: Option<&str>,
        zeros: bool,
        columns: Option<Texts>,
        first_row: u64,
        file: Option<String>,
    ) -> PyResult<String> {
        let (py, this) = (slf.py(), slf.get());
        let by = convert::groupings(&PyDict::new(py), by)?;
        let (places, arrivals) = (places_of(py, naming)?, arrivals_of(py, arrivals)?);
        let receipts: ReceiptsByRow = serde_json::from_str(receipts).map_err(|error| not_read(py, None, &error))?;
        let rows = Rows::of_reconciliation(&this.policy.given.value, this.options(convert::unit(py, unit)?, zeros));
        let Handed { rows, write } = Handed::begun(py, rows, write, columns)?;
        let start = Start { first_row, file: file.map(Arc::from) };
        this.summary_of(py, start, move |asked, source| {
            let take = |source: &mut Watched, made| source.watch.hand(made, &write);
            let summing = named(asked.summing(source, by.as_deref(), false, arrivals.as_ref())?, places.as_ref());
            asked.rows_beside(source, (&summing, &receipts), &rows, take)
        })
    }
}
