//! How problems reach JavaScript: as JSON that `FundlayersError` is made from.

use fundlayers::{Lang, Problem, Problems, Severity};
use serde::Serialize;
use wasm_bindgen::JsValue;

/// What fails throws JSON.
pub(crate) type Fallible<T> = Result<T, Failure>;

/// Problems, thrown as JSON: `{ problems, left_out, text, zh }`.
pub struct Failure(Problems);

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self(problems)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem.into())
    }
}

impl From<Failure> for JsValue {
    fn from(Failure(problems): Failure) -> Self {
        #[derive(Serialize)]
        struct Thrown<'a> {
            problems: Vec<Told<'a>>,
            left_out: usize,
            text: String,
            zh: String,
        }
        let [text, zh] = [Lang::En, Lang::Zh].map(|lang| problems.to_text(lang));
        let left_out = problems.left_out();
        Self::from_str(&json(&Thrown { problems: told(&problems), left_out, text, zh }))
    }
}

/// A problem in its serde form, with how it counts and how it reads.
#[derive(Serialize)]
pub(crate) struct Told<'a> {
    #[serde(flatten)]
    problem: &'a Problem,
    severity: Severity,
    text: String,
    zh: Sentence,
}

/// What is wrong and what would be right, in a language.
#[derive(Serialize)]
struct Sentence {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    text: String,
}

pub(crate) fn told(problems: &Problems) -> Vec<Told<'_>> {
    let zh = |problem: &Problem| Sentence {
        message: problem.message(Lang::Zh),
        expected: problem.expected_text(Lang::Zh),
        text: problem.to_text(Lang::Zh),
    };
    let told =
        |problem| Told { problem, severity: Problem::severity(problem), text: problem.to_string(), zh: zh(problem) };
    problems.iter().map(told).collect()
}

/// Problems as a list: `[{ code, message, …, severity, text }]`.
#[cfg(feature = "engine")]
pub(crate) fn list(problems: &Problems) -> String {
    json(&told(problems))
}

/// The core's serde forms always fit into JSON.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
