//! What is wrong in parts of a roster, and what is odd: the first so many of a kind, and how many more there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::ground::problem::{Code, InEveryLanguage, Problem, Problems, Severity};

/// So many of a kind (code and column) are kept.
const KEPT: usize = Problems::SHOWN_ALIKE;
/// So many that are of no row are kept.
const KEPT_OF_NO_ROW: usize = Problems::SHOWN;

/// Problems of parts, in the order of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct Found {
    /// Those of a row by code and column.
    of_rows: BTreeMap<(Code, Option<String>), OfKind>,
    /// Those of no row, such as of a column: each once, whichever parts have it, with the first one's file.
    others: Vec<(At, InEveryLanguage, Option<String>)>,
    /// How many more there are that were counted only.
    more_errors: u64,
    more_warnings: u64,
    /// Whether nobody looked for all.
    stopped: bool,
}

/// The row, and which of the part's problems it is.
type At = (u64, u32);

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OfKind {
    count: u64,
    /// The first ones.
    first: Vec<(At, InEveryLanguage)>,
}

impl Found {
    /// Adds those of a part, but for a code that is not one part's to say.
    pub(super) fn add(&mut self, part: &Part, problems: &Problems, not: Code) {
        for (number, problem) in (0_u32..).zip(problems.iter().filter(|problem| problem.code() != not)) {
            let file = part.file().map(str::to_owned);
            if let Some(row) = problem.location().row.filter(|row| *row > 0) {
                let kind = (problem.code(), problem.location().column.clone());
                let problem = match file {
                    Some(file) => problem.clone().file(file),
                    None => problem.clone(),
                };
                let found = OfKind { count: 1, first: vec![((part.row(row), number), InEveryLanguage(problem))] };
                self.of_rows.entry(kind).or_default().merge(found);
            } else {
                self.others.push(((part.first_row(), number), InEveryLanguage(problem.clone()), file));
            }
        }
        self.each_once();
        let (errors, warnings) = problems.counted_only();
        self.more_errors = self.more_errors.saturating_add(errors);
        self.more_warnings = self.more_warnings.saturating_add(warnings);
        self.stopped |= !problems.is_complete();
    }

    /// Adds what is wrong with a part and others together.
    pub(super) fn tell(&mut self, part: &Part, problem: Problem) {
        self.others.push(((part.first_row(), 0), InEveryLanguage(problem), None));
        self.each_once();
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (kind, found) in other.of_rows {
            self.of_rows.entry(kind).or_default().merge(found);
        }
        self.others.extend(other.others);
        self.each_once();
        self.more_errors = self.more_errors.saturating_add(other.more_errors);
        self.more_warnings = self.more_warnings.saturating_add(other.more_warnings);
        self.stopped |= other.stopped;
    }

    /// Keeps the first of those of no row that say the same, and not too many.
    fn each_once(&mut self) {
        self.others.sort_by_key(|(at, ..)| *at);
        let mut kept: Vec<(At, InEveryLanguage, Option<String>)> = Vec::new();
        for other in self.others.drain(..) {
            if kept.len() < KEPT_OF_NO_ROW && !kept.iter().any(|(_, known, _)| *known == other.1) {
                kept.push(other);
            }
        }
        self.others = kept;
    }

    /// All of them: those of no row first, then in the order of the rows.
    pub(super) fn problems(&self) -> Problems {
        let others = self.others.iter().map(|(_, InEveryLanguage(problem), file)| match file {
            Some(file) => problem.clone().file(file.clone()),
            None => problem.clone(),
        });
        let mut problems: Problems = others.collect();
        let mut of_rows: Vec<&(At, InEveryLanguage)> = self.of_rows.values().flat_map(|kind| &kind.first).collect();
        of_rows.sort_by_key(|(at, _)| *at);
        problems.extend(of_rows.into_iter().map(|(_, InEveryLanguage(problem))| problem.clone()));
        let mut more = |severity: Severity, count: u64| {
            problems.leave_out(severity, usize::try_from(count).unwrap_or(usize::MAX));
        };
        for ((code, _), kind) in &self.of_rows {
            more(code.severity(), kind.count.saturating_sub(u64::try_from(kind.first.len()).unwrap_or(u64::MAX)));
        }
        more(Severity::Error, self.more_errors);
        more(Severity::Warning, self.more_warnings);
        if self.stopped {
            problems.stop();
        }
        problems
    }
}

impl OfKind {
    fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.first.extend(other.first);
        self.first.sort_by_key(|(at, _)| *at);
        self.first.truncate(KEPT);
    }
}

/// The same as lists.
#[derive(Serialize, Deserialize)]
struct Stored {
    of_rows: Vec<(Code, Option<String>, OfKind)>,
    others: Vec<(At, InEveryLanguage, Option<String>)>,
    more_errors: u64,
    more_warnings: u64,
    stopped: bool,
}

impl From<Found> for Stored {
    fn from(found: Found) -> Self {
        let Found { of_rows, others, more_errors, more_warnings, stopped } = found;
        let of_rows = of_rows.into_iter().map(|((code, column), kind)| (code, column, kind)).collect();
        Self { of_rows, others, more_errors, more_warnings, stopped }
    }
}

impl From<Stored> for Found {
    fn from(stored: Stored) -> Self {
        let Stored { of_rows, others, more_errors, more_warnings, stopped } = stored;
        let of_rows = of_rows.into_iter().map(|(code, column, kind)| ((code, column), kind)).collect();
        Self { of_rows, others, more_errors, more_warnings, stopped }
    }
}
