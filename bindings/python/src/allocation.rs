//! Allocations and their totals.

use std::path::PathBuf;

use fundlayers::answer::Given;
use fundlayers::sheet::SheetOptions;
use fundlayers::workbook::WorkbookOptions;
use fundlayers::{CheckFigures, CheckFiguresBuilder, FormKind, Problems};
use fundlayers_formats::live;
use fundlayers_formats::output::{self, Unfinished};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::catalogue as words;
use crate::convert::{self, Rows, Texts, Years};
use crate::duties::Duties;
use crate::explanation::Explanation;
use crate::form::{Asked, Form};
use crate::funding::Funding;
use crate::policy::Policy;
use crate::projects::Planning;
use crate::reconcile::{Reconciliation, keep, tables};
use crate::results::Table;
use crate::roster::Roster;
use crate::{errors, work};

/// Tables of figures as one.
fn check_figures(
    py: Python<'_>,
    given: &Given<fundlayers::Allocation>,
    tables: Vec<Rows>,
    options: &SheetOptions,
) -> PyResult<Given<CheckFigures>> {
    let read = tables.into_iter().map(|rows| {
        let policy = given.value.policy().clone();
        rows.given(py, options.clone(), move |titles| CheckFiguresBuilder::new(&policy, titles))
    });
    Ok(Given::<CheckFigures>::joined(read.collect::<PyResult<_>>()?))
}

/// What a policy gives to the places of a roster: an amount for each row × year × layer. It never changes.
///
/// It is itself the long table of its amounts; ``table`` lays it out in other ways. ``sheet`` and ``fill_down`` say how the
/// roster is read, as of ``Roster``.
///
/// >>> allocation = Allocation("tongchuan-2023", years=2024)
/// >>> allocation.totals("layer").to_dicts()[1]
/// {'layer': 'city', 'count': 36, 'amount': Decimal('2040'), 'unit': '万元'}
#[pyclass(frozen, extends = Table, module = "fundlayers")]
pub(crate) struct Allocation {
    pub(crate) given: Given<fundlayers::Allocation>,
    policy: Policy,
    roster: Py<Roster>,
}

impl Allocation {
    pub(crate) fn make(
        py: Python<'_>,
        policy: &Policy,
        roster: Option<&Bound<'_, PyAny>>,
        years: Option<Years>,
        options: SheetOptions,
    ) -> PyResult<Py<Self>> {
        let years = years.map(|years| years.list(py)).transpose()?;
        let roster = Roster::make(py, policy, roster, options)?;
        let (core, rows) = (policy.given.clone(), roster.get().given.clone());
        let computed = work::run(py, move |_| core.allocate(&rows, years.as_deref()))?;
        let given = computed.map_err(|problems| errors::raise(py, &problems))?;
        let table = Table::new(given.table(None, false, false));
        let allocation = Self { given, policy: policy.clone(), roster };
        Py::new(py, PyClassInitializer::from(table).add_subclass(allocation))
    }
}

#[pymethods]
impl Allocation {
    #[new]
    #[pyo3(signature = (policy, roster=None, *, years=None, sheet=None, fill_down=None))]
    fn new(
        policy: &Bound<'_, PyAny>,
        roster: Option<&Bound<'_, PyAny>>,
        years: Option<Years>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Self>> {
        let options = convert::sheet_options(sheet, fill_down);
        Self::make(policy.py(), &Policy::from_any(policy)?, roster, years, options)
    }

    /// The policy.
    #[getter]
    fn policy(&self) -> Policy {
        self.policy.clone()
    }

    /// The roster.
    #[getter]
    fn roster(&self, py: Python<'_>) -> Py<Roster> {
        self.roster.clone_ref(py)
    }

    /// The computed years.
    #[getter]
    fn years<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.given.value.years())
    }

    /// The amounts as a table: in another unit, with amounts of zero, with the layers as columns (``wide``), or with the
    /// policy's ``figures`` as columns too.
    #[pyo3(signature = (*, unit=None, zeros=false, wide=false, figures=false))]
    fn table(slf: &Bound<'_, Self>, unit: Option<&str>, zeros: bool, wide: bool, figures: bool) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        arguments.set_item("wide", wide)?;
        arguments.set_item("figures", figures)?;
        let unit = convert::unit(py, unit)?;
        let table = if figures {
            let given = this.given.clone();
            let made = work::run(py, move |_| given.table_with_figures(unit, zeros, wide))?;
            made.map_err(|problems| errors::raise(py, &problems))?
        } else {
            this.given.table(unit, zeros, wide)
        };
        Ok(Table::new(table).made_by(Some(slf.clone().into_any().unbind()), "table", arguments))
    }

    /// The policy's figures, exact to ten decimals: of every place and year; or by any of ``id, county, township, kind,
    /// designation, class, year``, with how many places have each, their sum, mean, least and greatest.
    ///
    /// >>> points = {"id": "points", "value": {"rate": 2, "of": "n"}}
    /// >>> policy = {"id": "e", "title": {"zh": "例"}, "years": [2024, 2024], "unit": "元", "figures": [points],
    /// ...           "attributes": {"n": {"type": "number"}}, "layers": [{"id": "a", "payer": "county"}],
    /// ...           "classes": [{"id": "all", "funding": {"a": "points"}}]}
    /// >>> allocation = Allocation(policy, [{"name": "甲", "n": 4}, {"name": "乙", "n": 1}])
    /// >>> [row["points"] for row in allocation.figures().to_dicts()]
    /// [Decimal('8'), Decimal('2')]
    /// >>> allocation.figures("year").to_dicts()[0]["mean"]
    /// Decimal('5')
    #[pyo3(signature = (by=None))]
    fn figures(slf: &Bound<'_, Self>, by: Option<Texts>) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        let (by, given) = (convert::groupings(&arguments, by)?, this.given.clone());
        let figures = work::run(py, move |_| given.figures(by.as_deref()))?;
        let table = Table::new(figures.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "figures", arguments))
    }

    /// What the policy requires besides amounts, beside ``figures`` (what is known of places, townships, counties or all
    /// together, in whatever a roster may be given, ``sheet`` and ``fill_down`` too; or a list of several): met, not-met,
    /// unknown, not-applicable or no-number for each of them, year and check, or only what is ``open``; or counted by any of
    /// ``id, county, township, kind, designation, class, year``.
    ///
    /// >>> figures = [{"区县": "王益区", "乡镇": "黄堡镇", "乡镇级规划建设用地指标（亩）": 1500, "预留机动指标（公顷）": "5.01"}]
    /// >>> found = Allocation("tongchuan-2023", years=2025).checks(figures)
    /// >>> [(row["result"], row["value"], row["bound"]) for row in found.to_dicts()
    /// ...  if (row["name"], row["check"]) == ("黄堡镇", "township-reserve-land")]
    /// [('not-met', Decimal('5.01'), Decimal('5'))]
    #[pyo3(signature = (figures=None, *, by=None, open=false, sheet=None, fill_down=None))]
    fn checks(
        slf: &Bound<'_, Self>,
        figures: Option<&Bound<'_, PyAny>>,
        by: Option<Texts>,
        open: bool,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let (arguments, options) = (PyDict::new(py), convert::sheet_options(sheet, fill_down));
        let (by, given) = (convert::groupings(&arguments, by)?, this.given.clone());
        let given_tables = figures.map_or(Ok(Vec::new()), tables)?;
        if figures.is_some() {
            keep(&arguments, "figures", &given_tables)?;
        }
        arguments.set_item("open", open)?;
        arguments.set_item("sheet", options.sheet.as_deref())?;
        arguments.set_item("fill_down", options.fill_down)?;
        let figures = check_figures(py, &given, given_tables, &options)?;
        let checks = work::run(py, move |_| given.checks(&figures, by.as_deref(), open))?;
        let table = Table::new(checks.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "checks", arguments))
    }

    /// Totals by any of ``id, county, township, kind, designation, class, year, layer, payer``: a list, or a text with commas.
    ///
    /// >>> [row["amount"] for row in Allocation("tongchuan-2023").totals("year").to_dicts()]
    /// [Decimal('6720'), Decimal('6720'), Decimal('6720')]
    #[pyo3(signature = (by=None, *, unit=None, zeros=false))]
    fn totals(slf: &Bound<'_, Self>, by: Option<Texts>, unit: Option<&str>, zeros: bool) -> PyResult<Table> {
        let (py, this) = (slf.py(), slf.get());
        let arguments = PyDict::new(py);
        let by = convert::groupings(&arguments, by)?;
        arguments.set_item("unit", unit)?;
        arguments.set_item("zeros", zeros)?;
        let (unit, given) = (convert::unit(py, unit)?, this.given.clone());
        let totals = work::run(py, move |_| given.totals(by.as_deref(), unit, zeros))?;
        let table = Table::new(totals.map_err(|problems| errors::raise(py, &problems))?);
        Ok(table.made_by(Some(slf.clone().into_any().unbind()), "totals", arguments))
    }

    /// Why a recipient, by id or name, gets what it gets: step by step, with the words of the clauses, how they are read, and
    /// what was changed. Amounts are in ``unit``; the arithmetic stays in the policy's.
    ///
    /// With ``limits`` and a ``rule`` (and ``order``) also what these leave of it (``awards``), as ``fund`` takes them; with
    /// ``receipts`` what arrived (``gaps``), as ``reconcile`` takes them with ``top_up``, ``top_up_years`` and ``as_of``; with
    /// ``duties=True`` what is due besides money (``duties``), and with a register of ``assignments`` who brings it. With ``by``
    /// of what totals are made (``totals``): of every group, or of the one whose value of the first column is given instead of a
    /// recipient.
    ///
    /// >>> note = Allocation("tongchuan-2023").explain("王益区", by="county")
    /// >>> note.totals[0]["amount"]
    /// Decimal('2160')
    #[pyo3(signature = (recipient=None, year=None, *, unit=None, by=None, limits=None, rule=None, order=None, receipts=None, top_up="entitled", top_up_years=None, as_of=None, duties=false, assignments=None, sheet=None, fill_down=None))]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of its own in Python")]
    fn explain(
        slf: &Bound<'_, Self>,
        recipient: Option<&str>,
        year: Option<Years>,
        unit: Option<&str>,
        by: Option<Texts>,
        limits: Option<&Bound<'_, PyAny>>,
        rule: Option<&str>,
        order: Option<Texts>,
        receipts: Option<&Bound<'_, PyAny>>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
        duties: bool,
        assignments: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Explanation>> {
        let py = slf.py();
        let options = convert::sheet_options(sheet, fill_down);
        if let Some(by) = by {
            if limits.is_some() || receipts.is_some() || duties || assignments.is_some() || year.is_some() {
                return Err(errors::wrong_use(py, words::NOT_WITH_BY));
            }
            return Explanation::of_totals(slf, by, recipient, unit);
        }
        let Some(recipient) = recipient else {
            return Err(errors::wrong_use(py, words::NO_RECIPIENT));
        };
        match (limits, receipts, duties || assignments.is_some()) {
            (Some(limits), None, false) => {
                let Some(rule) = rule else {
                    return Err(errors::wrong_use(py, words::NO_RULE));
                };
                let funding = Funding::make(slf, limits, rule, order, options)?.into_bound(py);
                Funding::explained(&funding, recipient, year, unit)
            }
            (None, Some(receipts), false) => {
                let made = Reconciliation::make(slf, receipts, top_up, top_up_years, as_of, options)?;
                Reconciliation::explained(&made.into_bound(py), recipient, year, unit)
            }
            (None, None, true) => {
                Duties::explained(Duties::make(slf, assignments, options)?.bind(py), recipient, year, unit)
            }
            (None, None, false) => {
                let given = slf.get().given.clone();
                Explanation::make(slf.as_any(), "explain", recipient, year, unit, move |recipient, years, unit| {
                    given.explain(recipient, years, unit)
                })
            }
            _ => Err(errors::wrong_use(py, words::ONE_AT_A_TIME)),
        }
    }

    /// Writes the whole calculation as a workbook that computes: numbers of the policy in named cells, the roster, amounts and totals
    /// as formulas. A changed number gives in Excel, WPS and LibreOffice what a changed policy gives here, to the fen; what
    /// cannot be a formula for sure is a grey value. ``ascii_names`` names cells in ASCII letters.
    ///
    /// >>> import os, tempfile
    /// >>> path = os.path.join(tempfile.mkdtemp(), "测算.xlsx")
    /// >>> Allocation("tongchuan-2023").workbook(path, lang="zh")
    /// >>> os.path.getsize(path) > 10_000
    /// True
    #[pyo3(signature = (path, *, lang=None, ascii_names=false))]
    fn workbook(&self, py: Python<'_>, path: PathBuf, lang: Option<&str>, ascii_names: bool) -> PyResult<()> {
        let mut options = WorkbookOptions::new(convert::lang(py, lang)?);
        if ascii_names {
            options = options.with_ascii_names();
        }
        let (allocation, unfinished) = (self.given.value.clone(), Unfinished::default());
        let theirs = unfinished.clone();
        let written = work::run(py, move |_| {
            output::write(&path, &theirs, |file| live::write(file, &allocation.workbook(options)))
        });
        if written.is_err() {
            // After Ctrl-C the work goes on for a while.
            unfinished.give_up();
        }
        written?.map_err(|error| errors::raise(py, &Problems::from(error)))
    }

    /// Meets what is due within limits: ``layer, payer, year, amount, unit``, in whatever a roster may be given (``sheet`` and
    /// ``fill_down`` too). ``rule`` is ``proportional``, ``constrained-equal-awards``, ``constrained-equal-losses``, ``talmud`` or
    /// ``priority`` with an ``order`` of classes.
    ///
    /// >>> limits = [{"layer": "city", "payer": "city", "year": 2023, "amount": 1020, "unit": "万元"}]
    /// >>> funding = Allocation("tongchuan-2023", years=2023).fund(limits, "proportional")
    /// >>> funding.totals("layer").to_dicts()[1]["coverage"]
    /// Decimal('50.00')
    #[pyo3(signature = (limits, rule, *, order=None, sheet=None, fill_down=None))]
    fn fund(
        slf: &Bound<'_, Self>,
        limits: &Bound<'_, PyAny>,
        rule: &str,
        order: Option<Texts>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Funding>> {
        Funding::make(slf, limits, rule, order, convert::sheet_options(sheet, fill_down))
    }

    /// Reconciles it with a ledger of what was issued, arrived and was spent, in whatever a roster may be given (``sheet`` and
    /// ``fill_down`` too), long (``event, amount``) or wide (下达金额, 到位金额, 支出金额); or with a list of several, each with its own
    /// unit. ``top_up="received"`` makes every top-up count what arrived,
    /// in all years or in ``top_up_years``; ``as_of`` is the month that progress is measured against.
    ///
    /// >>> ledger = [{"名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "到位金额(万元)": 200}]
    /// >>> found = Allocation("tongchuan-2023", years=2024).reconcile(ledger)
    /// >>> [row["gap"] for row in found.to_dicts() if row["name"] == "黄堡镇"]
    /// [Decimal('100'), Decimal('300')]
    #[pyo3(signature = (receipts, *, top_up="entitled", top_up_years=None, as_of=None, sheet=None, fill_down=None))]
    fn reconcile(
        slf: &Bound<'_, Self>,
        receipts: &Bound<'_, PyAny>,
        top_up: &str,
        top_up_years: Option<Years>,
        as_of: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Reconciliation>> {
        let options = convert::sheet_options(sheet, fill_down);
        Reconciliation::make(slf, receipts, top_up, top_up_years, as_of, options)
    }

    /// What is due besides money of its places: people, teams, visits, inspections; beside a register of assignments (年度, 区县, 乡镇, 名称,
    /// 事项, 姓名或单位, 数量, 人数, 到岗日期), in whatever a roster may be given (``sheet`` and ``fill_down`` too).
    ///
    /// >>> register = [{"名称": "黄堡镇", "年度": 2024, "事项": "包抓部门", "姓名或单位": "区农业农村局"}]
    /// >>> found = Allocation("tongchuan-2023", years=2024).duties(register)
    /// >>> [row["duty"] for row in found.table(missing=True).to_dicts() if row["name"] == "黄堡镇"]
    /// ['county-leader-town', 'town-review', 'town-review', 'town-plan', 'city-inspection']
    #[pyo3(signature = (assignments=None, *, sheet=None, fill_down=None))]
    fn duties(
        slf: &Bound<'_, Self>,
        assignments: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Duties>> {
        Duties::make(slf, assignments, convert::sheet_options(sheet, fill_down))
    }

    /// Sets a register of projects (项目库) or a list of tasks (清单) beside what is due, in whatever a roster may be given (``sheet``
    /// and ``fill_down`` too): what is planned, what the list of each place lacks, shares of categories, what is overdue as of
    /// the day ``as_of``.
    ///
    /// >>> register = [{"项目名称": "冷库", "名称": "黄堡镇", "年度": 2024, "安排层级": "市级", "资金（万元）": 200}]
    /// >>> planning = Allocation("tongchuan-2023", years=2024).projects(register, as_of="2024-06-30")
    /// >>> [row["difference"] for row in planning.to_dicts() if row["name"] == "黄堡镇"]
    /// [Decimal('-100'), Decimal('-300')]
    #[pyo3(signature = (projects, *, as_of=None, sheet=None, fill_down=None))]
    fn projects(
        slf: &Bound<'_, Self>,
        projects: &Bound<'_, PyAny>,
        as_of: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<Planning>> {
        Planning::make(slf, projects, as_of, convert::sheet_options(sheet, fill_down))
    }

    /// A form that offices print, by its word or its Chinese name: ``distribution`` 资金分配表, ``notice`` 公示表, ``filing`` 备案表,
    /// ``roster`` 名单; for those that need a ledger ask a reconciliation, for those that need projects ask those. ``places`` gives a distribution a row for each place and year,
    /// ``total_first`` puts sums above what they sum. ``set_text`` is a dict of the words around it (``title``, ``issuer``,
    /// ``date``, ``phone``, ``period``, ``reporter``, ``reviewer``, ``note``), ``text`` a file of them or a dict; what is not
    /// given is a line to write on. ``figures`` are what is known of plans, for the form of ``land`` 用地, as ``checks`` takes them.
    ///
    /// >>> Allocation("tongchuan-2023", years=2023).form("公示表").to_dicts()[0]["amount"]
    /// Decimal('3300')
    #[pyo3(signature = (name, *, places=false, total_first=false, unit=None, set_text=None, text=None, figures=None))]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of its own in Python")]
    fn form(
        slf: &Bound<'_, Self>,
        name: &str,
        places: bool,
        total_first: bool,
        unit: Option<&str>,
        set_text: Option<Bound<'_, PyAny>>,
        text: Option<Bound<'_, PyAny>>,
        figures: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<Form>> {
        let given = slf.get().given.clone();
        let (mut known, kept) = (None, PyDict::new(slf.py()));
        if let Some(figures) = figures {
            let tables = tables(figures)?;
            keep(&kept, "figures", &tables)?;
            known = Some(check_figures(slf.py(), &given, tables, &SheetOptions::default())?);
        }
        let figures = kept.get_item("figures")?.map(Bound::unbind);
        let asked = Asked { name, places, total_first, unit, set_text, text, figures };
        Form::make(slf.as_any(), asked, None, move |kind, options| match &known {
            Some(known) if kind == FormKind::Land => given.land_form(known, options),
            _ => given.form(kind, None, options),
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let years = this.given.value.years().to_vec();
        let arguments = (this.policy.clone(), this.roster.bind(py), years);
        Ok((slf.get_type().getattr("_unpickle")?, arguments.into_pyobject(py)?))
    }

    /// A pickled allocation.
    #[staticmethod]
    fn _unpickle(policy: &Bound<'_, Policy>, roster: &Bound<'_, PyAny>, years: Vec<i64>) -> PyResult<Py<Self>> {
        Self::make(policy.py(), policy.get(), Some(roster), Some(Years::Some(years)), SheetOptions::default())
    }
}
