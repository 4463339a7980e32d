//! All problems of one input.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Problem, Severity};
use crate::ground::catalogue::ground as words;
use crate::ground::language::Lang;

/// All problems of one input, in its order; never empty when returned as an error.
///
/// ```
/// use fundlayers::{Code, Problem, Problems};
/// let problems = Problems::from(Problem::new(Code::BadCount, "not a whole number above 0").row(3).column("count").found("0"));
/// assert_eq!(problems.to_string(), "row 3, column `count`: not a whole number above 0, found `0` [bad-count]");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problems {
    list: Vec<Problem>,
    /// How many more there were than are kept.
    #[serde(skip)]
    left_out: usize,
}

impl Problems {
    /// At most so many problems are kept of one input; the rest is counted.
    pub const LIMIT: usize = 10_000;

    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), left_out: 0 }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        if self.list.len() < Self::LIMIT {
            self.list.push(problem);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Counts problems that were found but not kept.
    pub(crate) const fn leave_out(&mut self, count: usize) {
        self.left_out = self.left_out.saturating_add(count);
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        self.left_out = self.left_out.saturating_add(other.left_out);
        for problem in other.list {
            self.push(problem);
        }
    }

    /// Adds those of another list that are not there yet.
    pub(crate) fn append_new(&mut self, other: &Self) {
        // Whatever differs between two problems differs in their words.
        let known: HashSet<String> =
            if other.is_empty() { HashSet::new() } else { self.list.iter().map(ToString::to_string).collect() };
        self.left_out = self.left_out.saturating_add(other.left_out);
        for problem in other.list.iter().filter(|problem| known.is_empty() || !known.contains(&problem.to_string())) {
            self.push(problem.clone());
        }
    }

    /// Each changed in some way.
    #[must_use]
    pub fn map(self, change: impl FnMut(Problem) -> Problem) -> Self {
        Self { list: self.list.into_iter().map(change).collect(), left_out: self.left_out }
    }

    /// Those of which something holds.
    pub(crate) fn keep(mut self, holds: impl FnMut(&Problem) -> bool) -> Self {
        self.list.retain(holds);
        self
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// How many there were beyond those kept.
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// All of them in a language, a line each.
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        let mut out = String::new();
        for (index, problem) in self.list.iter().enumerate() {
            out.push_str(if index > 0 { "\n" } else { "" });
            problem.write(lang, &mut out);
        }
        if self.left_out > 0 {
            out.push('\n');
            words::LEFT_OUT.with(&[&self.left_out]).write(lang, &mut out);
        }
        out
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them stops the work.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| problem.severity() == Severity::Error)
    }

    /// Names the file in each that names none.
    #[must_use]
    pub fn in_file(self, file: &str) -> Self {
        self.map(|problem| problem.file(file))
    }

    /// Puts them in the order of the text or table: line and character, then row.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            let place = |p: &Problem| (p.location().line, p.location().character, p.location().row);
            place(a).cmp(&place(b))
        });
    }

    /// `value` if nothing stops the work, with the warnings; else all of these.
    ///
    /// # Errors
    ///
    /// `self`, if one of the problems is an error.
    pub fn or_value<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }
}

/// In English; [`Problems::to_text`] takes a language.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(Lang::En))
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { list: vec![problem], left_out: 0 }
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, iter: I) {
        for problem in iter {
            self.push(problem);
        }
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(iter: I) -> Self {
        let mut problems = Self::new();
        problems.extend(iter);
        problems
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
