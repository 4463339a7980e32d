//! Python's values as the core's, and back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fundlayers::answer::Given;
use fundlayers::document::{Key, Node, NodeValue};
use fundlayers::roster::Cell;
use fundlayers::sheet::SheetOptions;
use fundlayers::{Amount, Code, Grouping, Lang, Name, Phrase, Position, Problem, Problems, RowBuilder, Unit};
use fundlayers_formats::{Format, arrow};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView, PyString, PyTuple, PyType,
};
use pyo3_arrow::input::AnyRecordBatch;

use crate::catalogue as words;
use crate::{errors, scan, work};

/// The class `decimal.Decimal`.
pub(crate) fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}

/// A number by its digits as a `decimal.Decimal`.
pub(crate) fn decimal<'py>(py: Python<'py>, digits: &str) -> PyResult<Bound<'py, PyAny>> {
    decimal_class(py)?.call1((digits,))
}

/// A text in both languages: ``{"zh": ..., "en": ...}``.
pub(crate) fn name<'py>(py: Python<'py>, name: &Name) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("zh", &name.zh)?;
    dict.set_item("en", &name.en)?;
    Ok(dict)
}

/// The language that is asked for; else that of the locale.
pub(crate) fn lang(py: Python<'_>, name: Option<&str>) -> PyResult<Lang> {
    let name = match name {
        Some(name) => name.to_owned(),
        None => py.import("fundlayers._language")?.call_method0("default")?.extract()?,
    };
    name.parse().map_err(|message: String| {
        let problem = Problem::new(Code::UnknownWord, words::NO_LANGUAGE).found(&name);
        drop(message);
        errors::raise_one(py, problem.expected(words::LANGUAGES))
    })
}

/// The unit of money that is asked for, if one is.
pub(crate) fn unit(py: Python<'_>, name: Option<&str>) -> PyResult<Option<Unit>> {
    let Some(name) = name else { return Ok(None) };
    name.parse().map(Some).map_err(|_: fundlayers::MoneyError| {
        let problem = Problem::new(Code::BadUnit, words::NO_UNIT).found(name);
        errors::raise_one(py, problem.expected(words::UNITS))
    })
}

/// The groupings that are asked for, if any are; noted among the arguments.
pub(crate) fn groupings(arguments: &Bound<'_, PyDict>, by: Option<Texts>) -> PyResult<Option<Vec<Grouping>>> {
    let Some(by) = by else { return Ok(None) };
    let keys = by.list();
    let by = Grouping::parse_all(keys.iter().map(String::as_str));
    let by = by.map_err(|problems| errors::raise(arguments.py(), &problems))?;
    arguments.set_item("by", keys)?;
    Ok(Some(by))
}

/// What duties are grouped by.
pub(crate) fn groupings_of_duties(arguments: &Bound<'_, PyDict>, by: Option<Texts>) -> PyResult<Option<Vec<Grouping>>> {
    let Some(by) = by else { return Ok(None) };
    let keys = by.list();
    let by = fundlayers::duties::groupings(keys.iter().map(String::as_str));
    let by = by.map_err(|problems| errors::raise(arguments.py(), &problems))?;
    arguments.set_item("by", keys)?;
    Ok(Some(by))
}

/// An argument that is one of several types: tried in order, and if it is none of them, a `TypeError` that says what it may be.
macro_rules! one_of {
    ($name:ident: $($variant:ident),+; $expected:expr) => {
        impl<'a, 'py> FromPyObject<'a, 'py> for $name {
            type Error = PyErr;

            fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
                $(if let Ok(inner) = value.extract() {
                    return Ok(Self::$variant(inner));
                })+
                let name = value.get_type().name()?;
                Err(errors::wrong_use(value.py(), $expected.with(&[&name])))
            }
        }
    };
}

/// One text, or some.
pub(crate) enum Texts {
    /// One, perhaps several between commas.
    One(String),
    /// Some.
    Some(Vec<String>),
}

one_of!(Texts: One, Some; words::NO_TEXTS);

impl Texts {
    pub(crate) fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => {
                fundlayers::split_list(&text).filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            Self::Some(list) => list,
        }
    }
}

/// A year, a text of years, or some years.
pub(crate) enum Years {
    /// `2024`.
    One(i64),
    /// `"2023..2025"`.
    Text(String),
    /// `[2023, 2025]` or a range.
    Some(Vec<i64>),
}

one_of!(Years: One, Text, Some; words::NO_YEARS);

impl Years {
    pub(crate) fn list(self, py: Python<'_>) -> PyResult<Vec<u16>> {
        let text = match self {
            Self::One(year) => year.to_string(),
            Self::Text(text) => text,
            Self::Some(years) => {
                if years.is_empty() {
                    return Ok(Vec::new());
                }
                years.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
            }
        };
        fundlayers::parse_years(&text).map_err(|problems| errors::raise(py, &problems))
    }
}

/// An exact number that is an argument: int, Decimal or text.
pub(crate) fn number(value: &Bound<'_, PyAny>, name: &str) -> PyResult<fundlayers::Decimal> {
    let py = value.py();
    let read = match scalar(value)? {
        Scalar::Text(text) => fundlayers::parse_decimal(&text),
        Scalar::Number(digits) => fundlayers::parse_bare_number(&digits),
        Scalar::Float(text) => return Err(errors::raise_one(py, errors::float(&text).key(name))),
        Scalar::Broken(shown) => return Err(errors::raise_one(py, broken(&shown).key(name))),
        Scalar::Blank | Scalar::Flag(_) | Scalar::Other(_) => {
            let problem = Problem::new(Code::WrongType, words::NO_NUMBER).key(name).found(value.repr()?.to_str()?);
            return Err(errors::raise_one(py, problem.expected(words::NUMBERS)));
        }
    };
    read.map_err(|error| {
        let error = fundlayers::MoneyError::from(error);
        errors::raise_one(py, Problem::new(error.code(), error.message()).key(name))
    })
}

/// An amount of money that is an argument, in a unit.
pub(crate) fn amount(value: &Bound<'_, PyAny>, unit: Unit, name: &str) -> PyResult<Amount> {
    Amount::from_decimal(number(value, name)?, unit)
        .map_err(|error| errors::raise_one(value.py(), Problem::new(error.code(), error.message()).key(name)))
}

/// A month that is an argument: a text, or a date, as the text of it.
pub(crate) fn month(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if value.hasattr("isoformat")? {
        return day(value);
    }
    value.extract().map_err(|_| errors::wrong_use(value.py(), words::NO_MONTH))
}

/// A day: a text, or whatever has ``isoformat`` (a date).
pub(crate) fn day(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if value.hasattr("isoformat")? {
        let part = |name: &str| value.getattr(name)?.extract::<u16>();
        return Ok(format!("{:04}-{:02}-{:02}", part("year")?, part("month")?, part("day")?));
    }
    value.extract().map_err(|_| errors::wrong_use(value.py(), words::NO_DAY))
}

/// Changes of a policy: paths with values, or texts `PATH=VALUE` whose value is TOML, as on the command line.
pub(crate) fn changes(changes: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Node)>> {
    let py = changes.py();
    let mut list = Vec::new();
    let mut problems = Problems::new();
    if let Ok(mapping) = changes.cast::<PyMapping>() {
        for item in mapping.items()? {
            let (path, value): (String, Bound<'_, PyAny>) = item.extract()?;
            let mut floats = Problems::new();
            let value = node(&value, &path, 0, &mut floats)?;
            problems.append(floats);
            list.push((path, value));
        }
        return if problems.is_empty() { Ok(list) } else { Err(errors::raise(py, &problems)) };
    }
    let texts = match changes.extract::<String>() {
        Ok(text) => vec![text],
        Err(_) => changes.extract::<Vec<String>>().map_err(|_| errors::wrong_use(py, words::NO_CHANGES))?,
    };
    for text in texts {
        let Some((path, value)) = fundlayers::Path::split_change(&text) else {
            let problem = Problem::new(Code::Syntax, words::NO_VALUE).found(&text);
            problems.push(problem.expected(words::PATH_AND_VALUE));
            continue;
        };
        match fundlayers_formats::toml::read_value(&value) {
            Ok(value) => list.push((path, value)),
            Err(found) => problems.extend(found.into_iter().map(|problem| problem.key(path.as_str()))),
        }
    }
    if problems.is_empty() { Ok(list) } else { Err(errors::raise(py, &problems)) }
}

/// What a Python value is, as far as documents and rows know values.
enum Scalar {
    Blank,
    Flag(bool),
    Number(String),
    Text(String),
    Float(String),
    /// A text in which half of a surrogate pair stands, as Python writes it.
    Broken(String),
    Other(String),
}

/// The problem of a text in which half of a surrogate pair stands.
fn broken(shown: &str) -> Problem {
    let problem = Problem::new(Code::Encoding, words::HALF_A_PAIR).found(shown);
    problem.expected(words::WELL_FORMED)
}

/// A text as Python writes it, in ASCII.
fn ascii(text: &Bound<'_, PyAny>) -> PyResult<String> {
    text.py().import("builtins")?.call_method1("ascii", (text,))?.extract()
}

fn scalar(value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    let py = value.py();
    if value.is_none() {
        return Ok(Scalar::Blank);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => Ok(Scalar::Text(text.to_owned())),
            Err(_) => Ok(Scalar::Broken(ascii(value)?)),
        };
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Scalar::Flag(flag.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(Scalar::Number(value.str()?.to_str()?.to_owned()));
    }
    if value.is_instance_of::<PyFloat>() {
        let nan = value.ne(value)?;
        // Not that of a subclass, such as numpy's.
        let digits = py.get_type::<PyFloat>().call_method1("__repr__", (value,))?;
        return Ok(if nan { Scalar::Blank } else { Scalar::Float(digits.extract()?) });
    }
    if value.is_instance(decimal_class(py)?)? {
        return Ok(Scalar::Number(value.str()?.to_str()?.to_owned()));
    }
    // Numbers of other libraries, such as numpy's.
    if let Ok(flag) = value.extract::<bool>() {
        return Ok(Scalar::Flag(flag));
    }
    if value.hasattr("__index__")? {
        return Ok(Scalar::Number(value.call_method0("__index__")?.str()?.to_str()?.to_owned()));
    }
    let name: String = value.get_type().name()?.extract()?;
    match name.as_str() {
        // What pandas writes for nothing.
        "NAType" | "NaTType" => return Ok(Scalar::Blank),
        // A period of pandas by its own words: 2024, 2024-03.
        "Period" => return Ok(Scalar::Text(value.str()?.to_str()?.to_owned())),
        // A day of numpy.
        "datetime64" => {
            let text = value.call_method1("astype", ("datetime64[s]",))?.str()?.to_str()?.to_owned();
            return Ok(if text == "NaT" { Scalar::Blank } else { Scalar::Text(without_midnight(text)) });
        }
        _ => {}
    }
    // An exact ratio, such as `fractions.Fraction`.
    if value.hasattr("numerator")? && value.hasattr("denominator")? {
        let (above, below) = (value.getattr("numerator")?.str()?, value.getattr("denominator")?.str()?);
        return Ok(match below.to_str()? {
            "1" => Scalar::Number(above.to_str()?.to_owned()),
            below => Scalar::Text(format!("{}/{below}", above.to_str()?)),
        });
    }
    if value.hasattr("__float__")? && !value.hasattr("isoformat")? {
        let nan = value.ne(value)?;
        return Ok(if nan { Scalar::Blank } else { Scalar::Float(value.str()?.to_str()?.to_owned()) });
    }
    if value.hasattr("isoformat")? {
        // As the clock shows it: in another zone it may be another day.
        let has_zone = value.hasattr("tzinfo")? && !value.getattr("tzinfo")?.is_none();
        let plain = if has_zone {
            let arguments = PyDict::new(py);
            arguments.set_item("tzinfo", py.None())?;
            value.call_method("replace", (), Some(&arguments))?
        } else {
            value.clone()
        };
        let text: String = plain.call_method0("isoformat")?.extract()?;
        return Ok(Scalar::Text(without_midnight(text)));
    }
    Ok(Scalar::Other(name))
}

/// A day without the time at which it begins.
fn without_midnight(text: String) -> String {
    text.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or(text)
}

/// A value as a part of a document: dicts, lists, texts, exact numbers, true, false and None.
///
/// Floats are told in `floats` and stand as nothing in the document.
pub(crate) fn node(value: &Bound<'_, PyAny>, path: &str, depth: usize, floats: &mut Problems) -> PyResult<Node> {
    let py = value.py();
    if depth > Node::DEPTH_LIMIT {
        let problem = Problem::new(Code::TooDeep, words::NESTED_DEEPER.with(&[&Node::DEPTH_LIMIT]));
        return Err(errors::raise_one(py, problem.key(path)));
    }
    let below = depth.saturating_add(1);
    let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    if let Ok(mapping) = value.cast::<PyMapping>() {
        let mut entries = Vec::new();
        for item in mapping.items()? {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            // Years may be whole numbers.
            let (Scalar::Text(text) | Scalar::Number(text)) = scalar(&key)? else {
                let problem = Problem::new(Code::WrongType, words::KEY_NO_TEXT).key(path);
                return Err(errors::raise_one(py, problem.found(ascii(&key)?)));
            };
            let node = node(&value, &within(&text), below, floats)?;
            entries.push((Key { text, position: None }, node));
        }
        return Ok(Node::new(NodeValue::Table(entries)));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let mut items = Vec::new();
        for (at, item) in value.try_iter()?.enumerate() {
            let item = item?;
            // Classes and layers go by their ids, as in the core's problems.
            let id = item.cast::<PyDict>().ok().and_then(|item| item.get_item("id").ok().flatten()?.extract().ok());
            items.push(node(&item, &within(&id.unwrap_or_else(|| at.to_string())), below, floats)?);
        }
        return Ok(Node::new(NodeValue::List(items)));
    }
    Ok(Node::new(match scalar(value)? {
        Scalar::Blank => NodeValue::Null,
        Scalar::Flag(flag) => NodeValue::Bool(flag),
        Scalar::Number(digits) => NodeValue::Number(digits),
        Scalar::Text(text) => NodeValue::Text(text),
        Scalar::Float(text) => {
            floats.push(errors::float(&text).key(path));
            NodeValue::Null
        }
        Scalar::Broken(shown) => {
            floats.push(broken(&shown).key(path));
            NodeValue::Null
        }
        Scalar::Other(name) => {
            let problem = Problem::new(Code::WrongType, words::NO_VALUE_OF_POLICY).key(path).found(name);
            return Err(errors::raise_one(py, problem.expected(words::VALUES_OF_POLICY)));
        }
    }))
}

/// A part of a document as Python's values; numbers as int, or as Decimal if they have decimals.
pub(crate) fn value<'py>(py: Python<'py>, node: &Node) -> PyResult<Bound<'py, PyAny>> {
    Ok(match &node.value {
        NodeValue::Null => py.None().into_bound(py),
        NodeValue::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        NodeValue::Number(digits) => match digits.parse::<i64>() {
            Ok(number) => number.into_pyobject(py)?.into_any(),
            Err(_) => decimal(py, digits)?,
        },
        NodeValue::Text(text) => PyString::new(py, text).into_any(),
        NodeValue::List(items) => {
            let items = items.iter().map(|item| value(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        NodeValue::Table(entries) => {
            let dict = PyDict::new(py);
            for (key, node) in entries {
                dict.set_item(&key.text, value(py, node)?)?;
            }
            dict.into_any()
        }
    })
}

/// Rows as the caller has them.
#[derive(Clone)]
pub(crate) enum Rows {
    /// The bytes of a file, and its name if it has one.
    File(Option<String>, Format, Vec<u8>),
    /// Record batches.
    Arrow(FrameRows),
    /// A list of dicts, as JSON; what could not be said in it.
    Dicts(String, Left),
}

/// Rows in record batches.
#[derive(Clone)]
pub(crate) struct FrameRows {
    schema: arrow_schema::SchemaRef,
    batches: Vec<arrow_array::RecordBatch>,
    /// The labels of the rows if they have any.
    labels: Option<Arc<Py<PyAny>>>,
    /// The name of a file of Parquet that they come from.
    file: Option<String>,
}

/// What JSON does not say of dicts.
#[derive(Clone, Default)]
pub(crate) struct Left {
    /// What is wrong with rows and cells.
    problems: Problems,
    /// Floats by their column: whole ones, which stand in the JSON, and others.
    floats: BTreeMap<String, [Problems; 2]>,
}

/// A column of the caller's table.
struct Heading {
    title: String,
    /// What is read from it, if anything is.
    key: Option<String>,
    /// Whether that is years or counts.
    is_whole: bool,
}

/// How a table is read, as the caller says.
pub(crate) fn sheet_options(sheet: Option<String>, fill_down: Option<bool>) -> SheetOptions {
    let mut options = SheetOptions::default();
    (options.sheet, options.fill_down) = (sheet, fill_down);
    options
}

/// A text or its bytes.
pub(crate) enum Content {
    /// A text.
    Text(String),
    /// Bytes, in any encoding that files may have.
    Bytes(Vec<u8>),
}

one_of!(Content: Text, Bytes; words::NO_CONTENT);

impl Content {
    pub(crate) fn bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The path that a value names, if it is a text or a path object.
pub(crate) fn path(value: &Bound<'_, PyAny>) -> Option<PathBuf> {
    value.extract::<PathBuf>().ok()
}

/// The format that the ending of a name stands for.
fn format_of(name: &Path) -> Option<Format> {
    name.extension().and_then(|ending| ending.to_str()).and_then(Format::from_extension)
}

/// A file: its name if it has one, its format, its bytes.
pub(crate) type File = (Option<String>, Format, Vec<u8>);

/// The file that a value names (a path), holds (bytes) or is (an open file); none if it does none of these. Where no ending
/// tells the format, `of_bytes` does by how the file begins; else it must be one of `formats`.
pub(crate) fn file(
    data: &Bound<'_, PyAny>,
    formats: Phrase,
    of_bytes: impl Fn(&[u8]) -> Option<Format>,
) -> PyResult<Option<File>> {
    let py = data.py();
    let unknown = |message: Phrase, name: Option<&str>| {
        let problem = Problem::new(Code::UnknownFormat, message).expected(formats);
        errors::raise_one(py, name.into_iter().fold(problem, Problem::file))
    };
    if let Some(path) = path(data) {
        let name = path.display().to_string();
        let format = format_of(&path).ok_or_else(|| unknown(words::ENDING_TELLS_NOTHING, Some(&name)))?;
        return match py.detach(|| std::fs::read(&path)) {
            Ok(bytes) => Ok(Some((Some(name), format, bytes))),
            Err(error) => Err(errors::raise_file(py, &name, &error)),
        };
    }
    let (name, bytes) = if is_bytes(data) {
        (None, to_bytes(data)?)
    } else if !is_frame(data)? && data.hasattr("read")? {
        let read = data.call_method0("read")?;
        let name = if data.hasattr("name")? { data.getattr("name")?.extract::<String>().ok() } else { None };
        if let Ok(text) = read.cast::<PyString>() {
            let text = text.to_str().map_err(|_| {
                let problem = Problem::new(Code::Encoding, words::HALF_A_PAIR);
                errors::raise_one(py, name.iter().fold(problem.expected(words::WELL_FORMED), Problem::file))
            });
            (name, text?.as_bytes().to_vec())
        } else if is_bytes(&read) {
            (name, to_bytes(&read)?)
        } else {
            let kind = read.get_type().name()?;
            return Err(errors::wrong_use(py, words::NO_TEXT_OF_FILE.with(&[&kind])));
        }
    } else {
        return Ok(None);
    };
    let format = name.as_ref().and_then(|name| format_of(Path::new(name))).or_else(|| of_bytes(&bytes));
    let format = format.ok_or_else(|| unknown(words::CONTENT_TELLS_NOTHING, name.as_deref()))?;
    Ok(Some((name, format, bytes)))
}

fn is_bytes(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() || value.is_instance_of::<PyMemoryView>()
}

fn to_bytes(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let bytes = value.py().get_type::<PyBytes>().call1((value,))?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

/// All batches of an object with Arrow's interface; `wrong` is what goes wrong there.
fn batches(
    data: &Bound<'_, PyAny>,
    wrong: impl Fn(&dyn std::fmt::Display) -> PyErr,
) -> PyResult<(arrow_schema::SchemaRef, Vec<arrow_array::RecordBatch>)> {
    let py = data.py();
    let unreadable = |error: PyErr| unreadable(py, error);
    let mut reader =
        data.extract::<AnyRecordBatch>().map_err(unreadable)?.into_reader().map_err(|error| wrong(&error))?;
    let schema = reader.schema();
    let mut batches = Vec::new();
    loop {
        let (batch, back) = py.detach(move || (reader.next(), reader));
        reader = back;
        match batch {
            None => return Ok((schema, batches)),
            Some(Ok(batch)) => batches.push(batch),
            Some(Err(error)) => return Err(wrong(&error)),
        }
        py.check_signals()?;
    }
}

/// Whether a value gives out its rows through Arrow's interface.
fn is_frame(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.hasattr("__arrow_c_stream__")? || value.hasattr("__arrow_c_array__")?)
}

impl Rows {
    /// From a path, an object with Arrow's interface, or dicts.
    pub(crate) fn new(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = data.py();
        if let Ok(kept) = data.cast::<KeptRows>() {
            return Ok(kept.get().0.clone());
        }
        if let Some(path) = path(data).filter(|path| fundlayers_formats::scan::is_parquet(path)) {
            let file = path.display().to_string();
            let module = py.import(scan::MODULE)?;
            let reader = module.call_method1("whole", (&file,)).map_err(|error| scan::of_source(py, &module, error))?;
            let (schema, batches) = batches(&reader, |error| scan::not_read(py, Some(&file), error))?;
            return Ok(Self::Arrow(FrameRows { schema, batches, labels: None, file: Some(file) }));
        }
        if let Some((name, format, bytes)) = file(data, words::TABLE_FILES, |bytes| Some(Format::of_table(bytes)))? {
            return Ok(Self::File(name, format, bytes));
        }
        if is_frame(data)? {
            let (data, labels) = match of_pandas(data)? {
                Some((frame, labels)) => (frame, Some(Arc::new(labels.unbind()))),
                None => (without_null_type(data)?, None),
            };
            let (schema, batches) = batches(&data, |error| {
                errors::raise_one(py, Problem::new(Code::CannotRead, words::FRAME_NOT_READ.with(&[&error])))
            })?;
            let (schema, batches) = without_index(schema, batches);
            return Ok(Self::Arrow(FrameRows { schema, batches, labels, file: None }));
        }
        let wrong = || {
            let name = data.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
            let phrase = if name == "LazyFrame" { words::NOT_COLLECTED } else { words::NO_ROWS };
            errors::wrong_use(py, phrase.with(&[&name]))
        };
        // It has no rows before it is collected, though it says that it can be iterated.
        if data.get_type().name()?.to_str()? == "LazyFrame" {
            return Err(wrong());
        }
        if data.is_instance_of::<PyDict>() {
            return Err(wrong());
        }
        Self::dicts(data.try_iter().map_err(|_| wrong())?)
    }

    /// The file that they come from.
    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Self::File(name, ..) | Self::Arrow(FrameRows { file: name, .. }) => name.as_deref(),
            Self::Dicts(..) => None,
        }
    }

    /// The rows as an object that can be pickled: what comes from it is the same.
    pub(crate) fn kept(&self) -> KeptRows {
        let Self::Arrow(FrameRows { schema, batches, file, .. }) = self else { return KeptRows(self.clone()) };
        let rows = arrow::read_rows(schema, batches, JsonRows::new);
        let (text, _) = rows.unwrap_or_default();
        KeptRows(Self::File(file.clone(), Format::Json, text.into_bytes()))
    }

    fn dicts(rows: Bound<'_, pyo3::types::PyIterator>) -> PyResult<Self> {
        const LOOK_EVERY: usize = 4_096;
        let py = rows.py();
        let mut text = String::from("[");
        let mut left = Left::default();
        for (number, row) in rows.enumerate() {
            let row = row?;
            if number.checked_rem(LOOK_EVERY) == Some(0) {
                py.check_signals()?;
            }
            let place = u32::try_from(number.saturating_add(1)).unwrap_or(u32::MAX);
            if number > 0 {
                text.push(',');
            }
            let Ok(mapping) = row.cast::<PyMapping>() else {
                text.push_str("null");
                continue;
            };
            text.push('{');
            for (at, item) in mapping.items()?.iter().enumerate() {
                let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
                let key = key.str()?;
                let Ok(key) = key.to_str() else {
                    return Err(errors::raise_one(py, broken(&ascii(&key)?).row(place)));
                };
                if at > 0 {
                    text.push(',');
                }
                quote(&mut text, key);
                text.push(':');
                let wrong = |problem: Problem| problem.row(place).column(key);
                match scalar(&value)? {
                    Scalar::Blank => text.push_str("null"),
                    Scalar::Flag(flag) => text.push_str(if flag { "true" } else { "false" }),
                    Scalar::Text(cell) => quote(&mut text, &cell),
                    // What JSON cannot say (NaN) is left for the reader to refuse.
                    Scalar::Number(digits) if digits.contains(['N', 'n', 'I', 'i']) => quote(&mut text, &digits),
                    Scalar::Number(digits) => text.push_str(&digits),
                    Scalar::Float(float) => {
                        let whole = errors::whole(&float);
                        text.push_str(whole.unwrap_or("null"));
                        let [exact, others] = left.floats.entry(key.to_owned()).or_default();
                        let floats = if whole.is_some() { exact } else { others };
                        floats.push(wrong(errors::float(&float)));
                    }
                    Scalar::Broken(shown) => {
                        text.push_str("null");
                        left.problems.push(wrong(broken(&shown)));
                    }
                    Scalar::Other(name) => {
                        text.push_str("null");
                        let problem = Problem::new(Code::WrongType, words::NO_CELL);
                        left.problems.push(wrong(problem.found(name).expected(words::ONE_VALUE_A_CELL)));
                    }
                }
            }
            text.push('}');
        }
        text.push(']');
        Ok(Self::Dicts(text, left))
    }

    /// What the rows become, with the name of their file.
    pub(crate) fn given<B>(
        self,
        py: Python<'_>,
        options: SheetOptions,
        begin: impl Fn(&[(&str, Option<Position>)]) -> B + Send + 'static,
    ) -> PyResult<Given<B::Output>>
    where
        B: RowBuilder,
        B::Output: Send + 'static,
    {
        let file = self.file().map(str::to_owned);
        let read = Given::from(self.read(py, options, begin)?);
        Ok(match file {
            Some(file) => read.in_file(&file),
            None => read,
        })
    }

    fn read<B>(
        self,
        py: Python<'_>,
        options: SheetOptions,
        begin: impl Fn(&[(&str, Option<Position>)]) -> B + Send + 'static,
    ) -> PyResult<(B::Output, Problems)>
    where
        B: RowBuilder,
        B::Output: Send + 'static,
    {
        // Files have titles and rows of their own; what they are called there is said by line.
        let (mut left, labels) = (Left::default(), None);
        let (rows, labels, is_object) = match self {
            Self::File(..) => (self, labels, false),
            Self::Arrow(FrameRows { labels, file, schema, batches }) => {
                let is_object = file.is_none();
                (Self::Arrow(FrameRows { labels: None, file, schema, batches }), labels, is_object)
            }
            Self::Dicts(text, of_dicts) => {
                left = of_dicts;
                (Self::Dicts(text, Left::default()), labels, true)
            }
        };
        if !matches!(rows, Self::File(..)) && options.sheet.is_some() {
            return Err(errors::wrong_use(py, words::SHEET_OF_ROWS));
        }
        let headings = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&headings);
        let begin = move |titles: &[(&str, Option<Position>)]| {
            let builder = begin(titles);
            if let (true, Ok(mut headings)) = (is_object, noted.lock()) {
                *headings = titles
                    .iter()
                    .enumerate()
                    .map(|(at, (title, _))| Heading {
                        title: (*title).to_owned(),
                        key: builder.key_of(at, title),
                        is_whole: builder.is_whole(at),
                    })
                    .collect();
            }
            builder
        };
        let read = work::run(py, move |stop| match rows {
            Self::File(name, format, bytes) => {
                let read = fundlayers_formats::read_rows(&bytes, format, &options, begin);
                let Some(name) = name else { return read };
                let read = read.map(|(output, warnings)| (output, warnings.in_file(&name)));
                read.map_err(|problems| problems.in_file(&name))
            }
            Self::Arrow(FrameRows { schema, batches, file, .. }) => {
                let mut reader = arrow::Reader::new(&schema, |titles| {
                    let mut builder = begin(titles);
                    builder.set_fill_down(options.fill_down);
                    builder
                });
                for batch in batches {
                    if stop.is_set() {
                        return Err(Problems::new());
                    }
                    reader.push(&batch);
                }
                let read = reader.finish();
                let Some(file) = file else { return read };
                let read = read.map(|(output, warnings)| (output, warnings.in_file(&file)));
                read.map_err(|problems| problems.in_file(&file))
            }
            Self::Dicts(text, _) => fundlayers_formats::read_rows(text.as_bytes(), Format::Json, &options, begin),
        })?;
        let headings = headings.lock().map(|mut headings| std::mem::take(&mut *headings)).unwrap_or_default();
        let problems = left.of(&headings);
        let read = if problems.is_empty() { read } else { Err(beside(problems, read)) };
        let called = |problems: Problems| called(problems, &headings, labels.as_ref().map(|labels| labels.bind(py)));
        match read {
            Ok((output, warnings)) => Ok((output, called(warnings))),
            Err(problems) => Err(errors::raise(py, &called(problems))),
        }
    }
}

impl Left {
    /// The problems, of columns by their keys. Floats matter only where something is read, and not where whole numbers are.
    fn of(self, headings: &[Heading]) -> Problems {
        let heading = |title: &str| headings.iter().find(|heading| heading.title == title);
        let mut problems = self.problems;
        for (title, [whole, others]) in self.floats {
            let Some(heading) = heading(&title).filter(|heading| heading.key.is_some()) else { continue };
            if !heading.is_whole {
                problems.append(whole);
            }
            problems.append(others);
        }
        problems.sort();
        problems.map(|problem| {
            let found = problem.location().column.as_deref().and_then(heading);
            match found.and_then(|heading| heading.key.clone()) {
                Some(key) => problem.column(key),
                None => problem,
            }
        })
    }
}

/// Problems with what the caller calls the row and the column.
fn called(problems: Problems, headings: &[Heading], labels: Option<&Bound<'_, PyAny>>) -> Problems {
    let label = |row: u32| labels?.get_item(row.checked_sub(1)?).ok()?.str().ok()?.extract::<String>().ok();
    problems.map(|problem| {
        let place = problem.location();
        let label = place.row.and_then(label);
        let heading = headings.iter().find(|heading| heading.key.is_some() && heading.key == place.column);
        let title = heading.map(|heading| heading.title.clone()).filter(|title| place.column.as_ref() != Some(title));
        let problem = label.into_iter().fold(problem, Problem::label);
        title.into_iter().fold(problem, Problem::title)
    })
}

/// A pandas frame with the columns that Arrow would hand out as something else: periods, which become numbers counted from
/// 1970, as texts, and times of a zone, which become those of UTC, as the clock shows them. And the labels of its rows.
fn of_pandas<'py>(data: &Bound<'py, PyAny>) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    let py = data.py();
    let modules = py.import("sys")?.getattr("modules")?;
    let pandas = modules.call_method1("get", ("pandas",))?;
    if pandas.is_none() || !data.is_instance(&pandas.getattr("DataFrame")?)? {
        return Ok(None);
    }
    let as_text = |values: &Bound<'py, PyAny>| {
        let arguments = PyDict::new(py);
        arguments.set_item("na_action", "ignore")?;
        values.call_method("map", (py.get_type::<PyString>(),), Some(&arguments))
    };
    let kind = |dtype: &Bound<'py, PyAny>| dtype.get_type().name()?.extract::<String>();
    let mut frame = data.clone();
    for (at, dtype) in data.getattr("dtypes")?.try_iter()?.enumerate() {
        let dtype = dtype?;
        let column = || data.getattr("iloc")?.get_item((pyo3::types::PySlice::full(py), at));
        let changed = match kind(&dtype)?.as_str() {
            "PeriodDtype" => as_text(&column()?)?,
            "CategoricalDtype" if kind(&dtype.getattr("categories")?.getattr("dtype")?)? == "PeriodDtype" => {
                as_text(&column()?.call_method1("astype", ("object",))?)?
            }
            "DatetimeTZDtype" => column()?.getattr("dt")?.call_method1("tz_localize", (py.None(),))?,
            _ => continue,
        };
        if frame.is(data) {
            frame = data.call_method1("copy", (false,))?;
        }
        frame.call_method1("isetitem", (at, changed))?;
    }
    let labels = data.getattr("index")?;
    if labels.getattr("nlevels")?.extract::<usize>()? == 1 && kind(&labels.getattr("dtype")?)? == "PeriodDtype" {
        frame = frame.call_method1("set_axis", (as_text(&labels)?,))?;
    }
    Ok(Some((frame, labels)))
}

/// A table without the columns that hold the labels of a pandas frame which have no name.
fn without_index(
    schema: arrow_schema::SchemaRef,
    batches: Vec<arrow_array::RecordBatch>,
) -> (arrow_schema::SchemaRef, Vec<arrow_array::RecordBatch>) {
    let is_column =
        |field: &arrow_schema::FieldRef| !(field.name().starts_with("__index_level_") && field.name().ends_with("__"));
    let columns: Vec<usize> =
        schema.fields().iter().enumerate().filter(|(_, field)| is_column(field)).map(|(at, _)| at).collect();
    if columns.len() == schema.fields().len() {
        return (schema, batches);
    }
    let projected = (schema.project(&columns), batches.iter().map(|batch| batch.project(&columns)).collect());
    match projected {
        (Ok(schema), Ok(batches)) => (Arc::new(schema), batches),
        _ => (schema, batches),
    }
}

/// A polars frame whose columns without a type are texts: polars gives out such columns in a form that Arrow's readers refuse.
pub(crate) fn without_null_type<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = data.py();
    let module: String = data.get_type().getattr("__module__")?.extract().unwrap_or_default();
    if !module.starts_with("polars.") || !data.hasattr("dtypes")? {
        return Ok(data.clone());
    }
    let polars = py.import("polars")?;
    let null = polars.getattr("Null")?;
    let mut found = false;
    for dtype in data.getattr("dtypes")?.try_iter()? {
        found |= dtype?.eq(&null)?;
    }
    if !found {
        return Ok(data.clone());
    }
    let casts = PyDict::new(py);
    casts.set_item(null, polars.getattr("String")?)?;
    data.call_method1("cast", (casts,))
}

/// What a library says of its own frame that it cannot hand out, as a problem; an interruption stays one.
fn unreadable(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<pyo3::exceptions::PyException>(py) {
        return error;
    }
    let problem = Problem::new(Code::CannotRead, words::FRAME_NOT_READ.with(&[&error.value(py)]));
    errors::raise_one(py, problem.expected(words::PLAIN_FRAME))
}

/// Rows that were given to a method, kept so that a pickled result can be made again.
#[pyclass(frozen, name = "_Rows", module = "fundlayers._fundlayers")]
pub(crate) struct KeptRows(Rows);

#[pymethods]
impl KeptRows {
    #[new]
    fn new(format: &str, text: Vec<u8>, file: Option<String>) -> PyResult<Self> {
        let format = Format::from_extension(format).ok_or_else(|| PyTypeError::new_err("not a format"))?;
        Ok(Self(Rows::File(file, format, text)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let (format, text, file) = match &slf.get().0 {
            Rows::File(file, format, text) => (format.extension(), text.clone(), file.clone()),
            Rows::Dicts(text, _) => ("json", text.clone().into_bytes(), None),
            // These were kept as text.
            Rows::Arrow(..) => ("json", Vec::new(), None),
        };
        let text = PyBytes::new(py, &text);
        Ok((slf.get_type(), (format, text, file).into_pyobject(py)?))
    }
}

/// Writes the rows of a data frame as JSON.
struct JsonRows {
    titles: Vec<String>,
    text: String,
}

impl JsonRows {
    fn new(titles: &[(&str, Option<Position>)]) -> Self {
        Self { titles: titles.iter().map(|(title, _)| (*title).to_owned()).collect(), text: String::new() }
    }
}

impl RowBuilder for JsonRows {
    type Output = String;

    /// What is refused is not read, since all these rows were read before.
    fn key_of(&self, _column: usize, _title: &str) -> Option<String> {
        None
    }

    /// Whole floats were read where they could be.
    fn is_whole(&self, _column: usize) -> bool {
        true
    }

    fn push_row(&mut self, _line: Option<u32>, cells: &[Cell<'_>]) {
        self.text.push_str(if self.text.is_empty() { "[{" } else { ",{" });
        for (at, (title, cell)) in self.titles.iter().zip(cells).enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            quote(&mut self.text, title);
            self.text.push(':');
            match cell {
                Cell::Blank => self.text.push_str("null"),
                Cell::Text(text) => quote(&mut self.text, text),
                Cell::Number(digits) => self.text.push_str(digits),
                Cell::Flag(flag) => self.text.push_str(if *flag { "true" } else { "false" }),
            }
        }
        self.text.push('}');
    }

    fn finish(mut self) -> Result<(String, Problems), Problems> {
        self.text.push_str(if self.text.is_empty() { "[]" } else { "]" });
        Ok((self.text, Problems::new()))
    }
}

/// Problems found before the core was asked, and the core's that do not follow from them.
pub(crate) fn beside<T>(mut problems: Problems, read: Result<T, Problems>) -> Problems {
    if let Err(found) = read {
        let place = |problem: &Problem| {
            let place = problem.location();
            (place.row, place.column.clone(), place.key.clone())
        };
        let known: Vec<_> = problems.iter().map(place).collect();
        problems.extend(found.into_iter().filter(|problem| !known.contains(&place(problem))));
        problems.sort();
    }
    problems
}

/// A text as JSON has it.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format_args!("\\u{:04x}", u32::from(c)).to_string()),
            c => out.push(c),
        }
    }
    out.push('"');
}
