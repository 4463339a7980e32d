//! Policies.

use fundlayers::answer::Given;
use fundlayers::{Code, Problem, Problems};
use fundlayers_formats::{Format, html};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::catalogue as words;
use crate::convert::{self, Content};
use crate::{errors, roster, work};

/// A policy: layers, classes and rules, each with the clause it rests on. It never changes.
///
/// ``Policy("tongchuan-2023")`` is a built-in policy or a formula of the gallery, ``Policy("my.toml")`` a file in TOML or
/// JSON (or an open one, or its bytes), ``Policy({...})`` a dict of the same structure. Numbers are int, Decimal or str,
/// never float.
///
/// >>> policy = Policy("tongchuan-2023")
/// >>> policy.years, policy.unit, policy.status
/// ((2023, 2024, 2025), '万元', 'draft')
#[pyclass(frozen, eq, module = "fundlayers")]
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) given: Given<fundlayers::Policy>,
    /// The built-in policy that it is, or was before changes: its roster serves where none is given.
    built_in: Option<&'static str>,
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        // Where the parts stood in a file is no part of the policy.
        self.to_json() == other.to_json()
    }
}

impl Policy {
    fn of(
        py: Python<'_>,
        read: Result<(fundlayers::Policy, Problems), Problems>,
        built_in: Option<&'static str>,
    ) -> PyResult<Self> {
        let read = read.map_err(|problems| errors::raise(py, &problems))?;
        Ok(Self { given: read.into(), built_in })
    }

    /// A policy that a result states.
    pub(crate) fn plain(inner: &fundlayers::Policy) -> Self {
        Self { given: Given::plain(inner.clone()), built_in: None }
    }

    fn read(py: Python<'_>, bytes: Vec<u8>, format: Format, file: Option<&str>) -> PyResult<Self> {
        let read = work::run(py, move |_| fundlayers_formats::read_policy(&bytes, format))?;
        let read = match file {
            Some(file) => read
                .map(|(policy, warnings)| (policy, warnings.in_file(file)))
                .map_err(|problems| problems.in_file(file)),
            None => read,
        };
        Self::of(py, read, None)
    }

    /// A policy, or what `Policy(...)` takes.
    pub(crate) fn from_any(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(policy) = value.cast::<Self>() {
            return Ok(policy.get().clone());
        }
        Self::new(value)
    }

    /// The text of the built-in roster.
    pub(crate) fn built_in_roster(&self) -> Option<&'static str> {
        fundlayers_policies::get(self.built_in?).map(|built_in| built_in.roster_csv)
    }
}

/// What `_unpickle` takes.
type Pickled = (String, Option<&'static str>, String);

#[pymethods]
impl Policy {
    #[new]
    fn new(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = source.py();
        if source.is_instance_of::<PyDict>() {
            return Self::from_dict(source);
        }
        if let Ok(id) = source.extract::<String>() {
            if id.contains('\n') {
                let problem = Problem::new(Code::UnknownPolicy, words::TEXT_OF_POLICY);
                return Err(errors::raise_one(py, problem.expected(words::READ_TEXT)));
            }
            if let Some(built_in) = fundlayers_policies::get(&id) {
                let read = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml);
                return Self::of(py, read, Some(built_in.id));
            }
            if !id.contains(['/', '\\', '.']) && !std::path::Path::new(&id).exists() {
                let problem = Problem::new(Code::UnknownPolicy, words::NO_SUCH_POLICY);
                let hint = fundlayers::did_you_mean(&id, fundlayers_policies::ids());
                return Err(errors::raise_one(py, problem.found(&id).expected(hint)));
            }
        }
        let file = convert::file(source, words::POLICY_FILES, |bytes| Some(Format::of_policy(bytes)))?;
        let Some((name, format, bytes)) = file else {
            let name = source.get_type().name()?;
            return Err(errors::wrong_use(py, words::NO_POLICY.with(&[&name])));
        };
        Self::read(py, bytes, format, name.as_deref())
    }

    /// Reads a policy from TOML text or bytes.
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: Content) -> PyResult<Self> {
        Self::read(py, text.bytes(), Format::Toml, None)
    }

    /// Reads a policy from JSON text or bytes.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: Content) -> PyResult<Self> {
        Self::read(py, text.bytes(), Format::Json, None)
    }

    /// Reads a policy from a dict in the structure of a policy file.
    #[staticmethod]
    fn from_dict(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut floats = Problems::new();
        let node = convert::node(document, "", 0, &mut floats)?;
        let read = fundlayers::Policy::from_document(&node);
        Self::of(document.py(), if floats.is_empty() { read } else { Err(convert::beside(floats, read)) }, None)
    }

    /// The same policy with some values changed, each named by its path.
    ///
    /// Texts of the form ``PATH=VALUE``, with a TOML value, are understood too, as on the command line.
    ///
    /// >>> dearer = Policy("tongchuan-2023").with_changes({"classes.municipal-town.standard": 650})
    /// >>> sum(row["amount"] for row in dearer.allocate(years=2024).totals("class").to_dicts())
    /// Decimal('6820')
    fn with_changes(&self, changes: &Bound<'_, PyAny>) -> PyResult<Self> {
        let list = convert::changes(changes)?;
        let changed = self.given.value.with_changes(list.iter().map(|(path, node)| (path.as_str(), node.clone())));
        Self::of(changes.py(), changed, self.built_in)
    }

    /// The id.
    #[getter]
    fn id(&self) -> &str {
        self.given.value.id()
    }

    /// The version of the file, shown with every result.
    #[getter]
    fn version(&self) -> Option<&str> {
        self.given.value.version()
    }

    /// The title in Chinese and English: ``{"zh": ..., "en": ...}``.
    #[getter]
    fn title<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        convert::name(py, self.given.value.title())
    }

    /// Every year that it covers.
    #[getter]
    fn years<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.given.value.years().collect::<Vec<u16>>())
    }

    /// The unit of every amount in it.
    #[getter]
    fn unit(&self) -> &'static str {
        self.given.value.unit().as_str()
    }

    /// Whether the document binds: ``draft``, ``in-force``, ``expired`` or None.
    #[getter]
    fn status(&self) -> Option<&'static str> {
        self.given.value.source().status.map(fundlayers::Status::as_str)
    }

    /// The ids of its layers, in the order in which they are computed.
    #[getter]
    fn layers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.given.value.layers().iter().map(|layer| layer.id.as_str()))
    }

    /// The ids of its classes.
    #[getter]
    fn classes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.given.value.classes().iter().map(|class| class.id.as_str()))
    }

    /// What ``with_changes`` changed: dicts with ``path``, ``before`` (None where nothing stood) and ``after``. Every result of
    /// a changed policy says it, and cites no clause for a number that was changed.
    ///
    /// >>> Policy("tongchuan-2023").with_changes({"classes.municipal-town.standard": 650}).changes
    /// ({'path': 'classes.municipal-town.standard', 'before': 600, 'after': 650},)
    #[getter]
    fn changes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let changes = self.given.value.changes().iter().map(|change| {
            let dict = PyDict::new(py);
            dict.set_item("path", change.path().to_string())?;
            dict.set_item("before", change.before().map(|node| convert::value(py, node)).transpose()?)?;
            dict.set_item("after", convert::value(py, change.after())?)?;
            Ok(dict)
        });
        PyTuple::new(py, changes.collect::<PyResult<Vec<_>>>()?)
    }

    /// The title as it heads results, and what was changed of the policy below it.
    #[pyo3(signature = (*, lang=None))]
    fn heading(&self, py: Python<'_>, lang: Option<&str>) -> PyResult<String> {
        let lang = convert::lang(py, lang)?;
        let lines = [Some(self.given.value.heading(lang)), self.given.value.changes_text(lang)];
        Ok(lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
    }

    /// What a person should look at.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        errors::list(py, &self.given.warnings)
    }

    /// The document, as a dict that ``Policy(...)`` reads again.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::value(py, self.given.value.document())
    }

    /// The document as JSON; numbers with decimals are strings of their digits.
    fn to_json(&self) -> String {
        fundlayers_formats::json::policy_text(&self.given.value)
    }

    /// The roster that comes with a built-in policy, or one read from ``data``; the same as ``Roster(policy, data)``.
    #[pyo3(signature = (data=None, *, sheet=None, fill_down=None))]
    fn roster(
        slf: &Bound<'_, Self>,
        data: Option<&Bound<'_, PyAny>>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<roster::Roster>> {
        roster::Roster::make(slf.py(), slf.get(), data, convert::sheet_options(sheet, fill_down))
    }

    /// Computes who pays what; the same as ``Allocation(policy, roster, years=years)``.
    #[pyo3(signature = (roster=None, *, years=None, sheet=None, fill_down=None))]
    fn allocate<'py>(
        slf: &Bound<'py, Self>,
        roster: Option<&Bound<'py, PyAny>>,
        years: Option<convert::Years>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> PyResult<Py<crate::allocation::Allocation>> {
        let options = convert::sheet_options(sheet, fill_down);
        crate::allocation::Allocation::make(slf.py(), slf.get(), roster, years, options)
    }

    /// The policy as HTML: its rule table with clauses.
    #[pyo3(signature = (*, lang=None))]
    fn to_html(&self, py: Python<'_>, lang: Option<&str>) -> PyResult<String> {
        let mut out = Vec::new();
        html::write_policy(&mut out, &self.given.value.describe(convert::lang(py, lang)?))?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        self.to_html(py, None)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let line = fundlayers::policy_line(&self.given.value, convert::lang(py, None)?);
        Ok(format!("<fundlayers.Policy {}>", fundlayers::visible(&line)))
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.given.value.id().hash(&mut hasher);
        self.given.value.version().hash(&mut hasher);
        hasher.finish()
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Pickled)> {
        let policy = slf.get();
        let changes = serde_json::to_string(policy.given.value.changes()).unwrap_or_default();
        Ok((slf.get_type().getattr("_unpickle")?, (policy.to_json(), policy.built_in, changes)))
    }

    /// A pickled policy.
    #[staticmethod]
    fn _unpickle(py: Python<'_>, text: &str, built_in: Option<&str>, changes: &str) -> PyResult<Self> {
        let node = fundlayers_formats::json::read(text).map_err(|problems| errors::raise(py, &problems))?;
        let known = built_in.and_then(fundlayers_policies::get).map(|built_in| built_in.id);
        let changes = serde_json::from_str(changes).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let read = fundlayers::Policy::from_document(&node.without_places());
        Self::of(py, read.map(|(policy, warnings)| (policy.stating_changes(changes), warnings)), known)
    }
}

/// The ids of the built-in policies.
///
/// >>> policies()
/// ('tongchuan-2023',)
#[pyfunction]
pub(crate) fn policies(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, fundlayers_policies::all().iter().map(|built_in| built_in.id))
}

/// The ids of the gallery: public grant formulas of many countries as policies with rosters, China's first. They are what
/// a document said on its day, to learn from and to begin a policy with; the built-in policies are apart.
///
/// >>> [formula for formula in gallery() if formula.startswith("de-")]
/// ['de-party-funding-1995', 'de-states-equalization-2005']
/// >>> Policy("uk-pupil-premium-2023").allocate().to_dicts()[0]["amount"]
/// Decimal('50210')
#[pyfunction]
pub(crate) fn gallery(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, fundlayers_policies::gallery().iter().map(|formula| formula.id))
}
