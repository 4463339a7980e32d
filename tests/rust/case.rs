//! One case of the vectors: read, run, compared. The rules of comparison are in `tests/vectors/README.md`.

use std::collections::BTreeMap;

use fundlayers::answer::Request;
use fundlayers::{Code, Lang, Phrase, Problem, Problems, Severity};
use fundlayers_formats::sources::{self, Files, Reader};
use fundlayers_formats::{Format, json, terminal};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

const NO_POLICY: Phrase = Phrase::new("没有以此为编码的政策\nno policy has this id");
const NO_FILES: Phrase = Phrase::new("算例不引用文件\na case names no files");

/// A file of cases.
#[derive(Debug, Deserialize)]
pub struct File {
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A case. Policy and roster stay text, so that every number keeps its digits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The rule, as a sentence.
    pub name: String,
    /// What the answer rests on.
    pub clause: String,
    op: String,
    policy: Box<RawValue>,
    roster: Option<Box<RawValue>>,
    #[serde(default)]
    options: BTreeMap<String, Box<RawValue>>,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    rows: Option<Vec<Value>>,
    warnings: Option<Vec<Value>>,
    errors: Option<Vec<Value>>,
}

/// What came out: rows and warnings.
type Rows = (Vec<Value>, Problems);

impl Case {
    /// Runs the case.
    ///
    /// # Errors
    ///
    /// How the answer differs from the expected one.
    pub fn run(&self) -> Result<(), String> {
        let answer = self.answer();
        self.in_chinese(match &answer {
            Ok((_, warnings)) => warnings,
            Err(problems) => problems,
        })?;
        match (&self.expect.errors, answer) {
            (Some(expected), Err(problems)) => {
                let errors: Vec<Value> =
                    problems.iter().filter(|problem| problem.severity() == Severity::Error).map(plain).collect();
                compare("errors", expected, &errors).map_err(|difference| format!("{difference}\n{problems}"))
            }
            (Some(_), Ok((rows, _))) => {
                Err(format!("errors were expected, but there is an answer of {} rows", rows.len()))
            }
            (None, Err(problems)) => Err(format!("an answer was expected, but there are errors:\n{problems}")),
            (None, Ok((rows, warnings))) => {
                if let Some(expected) = &self.expect.rows {
                    compare("rows", expected, &rows)?;
                }
                let warnings: Vec<Value> = warnings.iter().map(plain).collect();
                self.expect.warnings.as_ref().map_or(Ok(()), |expected| compare("warnings", expected, &warnings))
            }
        }
    }

    /// Whether what is wrong is said in Chinese, but for what stands in backticks and what the case itself has.
    fn in_chinese(&self, problems: &Problems) -> Result<(), String> {
        const NAMES: [&str; 4] = ["TOML", "JSON", "CSV", "UTF"];
        let given = self.options.values().chain(&self.roster).chain([&self.policy]);
        let given: String = given.map(|given| given.get()).collect();
        for problem in problems {
            let expected = problem.expected_text(Lang::Zh).zip(problem.expected_text(Lang::En));
            for (zh, en) in [(problem.message(Lang::Zh), problem.message(Lang::En))].into_iter().chain(expected) {
                let outside: Vec<&str> = zh.split('`').step_by(2).collect();
                let mut words = outside.iter().flat_map(|part| part.split(|c: char| !c.is_ascii_alphabetic()));
                let foreign = words.find(|word| !word.is_empty() && !NAMES.contains(word) && !given.contains(word));
                if let Some(word) = foreign {
                    return Err(format!("`{word}` is no Chinese: {zh} ({en})"));
                }
            }
        }
        Ok(())
    }

    fn answer(&self) -> Result<Rows, Problems> {
        let answer = self.request()?.answer(&mut Reader(BuiltIn))?;
        let mut out = Vec::new();
        let syntax = |error: String| Problem::new(Code::Syntax, error);
        json::write_answer(&mut out, &answer, Lang::En).map_err(|error| syntax(error.to_string()))?;
        let written: Value = serde_json::from_slice(&out).map_err(|error| syntax(error.to_string()))?;
        let mut rows = written.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(solution) = answer.solution() {
            let text = |lang| solution.text(answer.unit(), lang);
            let text = serde_json::json!({ "zh": text(Lang::Zh), "en": text(Lang::En) });
            let rows = rows.iter_mut().filter_map(Value::as_object_mut);
            rows.for_each(|row| drop(row.insert("text".into(), text.clone())));
        }
        if answer.form(Lang::Zh).is_some() {
            // All that is printed of a form, in both languages.
            let [zh, en] = [Lang::Zh, Lang::En].map(|lang| {
                let mut out = Vec::new();
                let reports = answer.reports(lang).unwrap_or_default();
                // Memory does not fail.
                _ = reports.iter().try_for_each(|report| terminal::write(&mut out, report, false));
                String::from_utf8(out).unwrap_or_default()
            });
            let text = serde_json::json!({ "zh": zh, "en": en });
            let rows = rows.iter_mut().filter_map(Value::as_object_mut);
            rows.for_each(|row| drop(row.insert("text".into(), text.clone())));
        }
        Ok((rows, answer.warnings().clone()))
    }

    /// The case as a request: its options are those of the request, and stay text so that every number keeps its digits.
    fn request(&self) -> Result<Request, Problems> {
        let mut keys = vec![format!("\"operation\": {}", Value::from(self.op.as_str()))];
        keys.push(format!("\"policy\": {}", self.policy.get()));
        keys.extend(self.roster.iter().map(|roster| format!("\"roster\": {}", roster.get())));
        for (key, value) in &self.options {
            // The same scenarios as rows of a table.
            let key = if key == "scenario_rows" { "scenarios" } else { key };
            keys.push(format!("{}: {}", Value::from(key), value.get()));
        }
        let document = json::read(&format!("{{ {} }}", keys.join(", ")))?;
        Request::from_document(&document)
    }
}

/// The built-in policies, and no file.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn;

impl Files for BuiltIn {
    fn policy(&mut self, name: &str) -> Result<sources::File<'_>, Problems> {
        let known = fundlayers_policies::get(name);
        let built_in = known.ok_or_else(|| Problem::new(Code::UnknownPolicy, NO_POLICY).found(name))?;
        Ok(sources::File { name: None, ..sources::File::built_in(name, built_in.policy_toml, Format::Toml) })
    }

    fn built_in_roster(&mut self, policy: &str) -> Result<sources::File<'_>, Problems> {
        let known = fundlayers_policies::get(policy);
        let built_in = known.ok_or_else(|| Problem::new(Code::UnknownPolicy, NO_POLICY).found(policy))?;
        Ok(sources::File { name: None, ..sources::File::built_in(policy, built_in.roster_csv, Format::Csv) })
    }

    fn table(&mut self, name: &str) -> Result<sources::File<'_>, Problems> {
        Err(Problem::new(Code::CannotRead, NO_FILES).found(name).into())
    }
}

/// A problem as the vectors name it.
fn plain(problem: &Problem) -> Value {
    serde_json::to_value(problem).unwrap_or_default()
}

/// As many, in this order, equal on the keys that are given.
fn compare(what: &str, expected: &[Value], found: &[Value]) -> Result<(), String> {
    if expected.len() != found.len() {
        let list = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
        return Err(format!("{} {what} were expected, {} found:\n  {list}", expected.len(), found.len()));
    }
    for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
        given(expected, found).map_err(|difference| format!("{what} {}: {difference}", number.saturating_add(1)))?;
    }
    Ok(())
}

/// Whether a value has what is given of it.
fn given(expected: &Value, found: &Value) -> Result<(), String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                if key == "text" {
                    contains(expected, found)?;
                } else {
                    given(expected, found).map_err(|difference| format!("{key}: {difference}"))?;
                }
            }
            Ok(())
        }
        (Value::Array(expected), Value::Array(found)) => compare("parts", expected, found),
        _ if expected == found => Ok(()),
        _ => Err(format!("{expected} was expected, found {found}")),
    }
}

/// Sentences contain what is given of them.
fn contains(expected: &Value, found: &Value) -> Result<(), String> {
    for (lang, expected) in expected.as_object().into_iter().flatten() {
        let sentence = found.get(lang).and_then(Value::as_str).unwrap_or_default();
        if !sentence.contains(expected.as_str().unwrap_or_default()) {
            return Err(format!("text.{lang}: {expected} is not in {sentence:?}"));
        }
    }
    Ok(())
}
