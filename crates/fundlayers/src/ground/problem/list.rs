//! All problems of one input.

use std::fmt;

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::{Code, Problem, Severity};
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
    left_out: LeftOut,
}

/// How many problems are not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct LeftOut {
    errors: usize,
    warnings: usize,
    /// Whether nobody looked for more.
    stopped: bool,
}

/// What a person is told of [`Problems`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shown<'a> {
    /// One of them.
    Problem(&'a Problem),
    /// How many more of the same code and column there are as the one before.
    MoreAlike(usize),
    /// How many more there are.
    More(usize),
    /// That the search was broken off, so that there may be any number more.
    Stopped,
}

impl Shown<'_> {
    /// The line in a language.
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        match self {
            Self::Problem(problem) => problem.to_text(lang),
            Self::MoreAlike(count) => words::MORE_ALIKE.with(&[count]).to_text(lang),
            Self::More(count) => words::LEFT_OUT.with(&[count]).to_text(lang),
            Self::Stopped => words::NOT_LOOKED_FURTHER.get(lang).to_owned(),
        }
    }
}

impl Problems {
    /// At most so many problems are kept of one input; the rest is counted.
    pub const LIMIT: usize = 10_000;

    /// So many of one kind (code and column) are shown to a person, and so many altogether; the rest is counted.
    pub const SHOWN_ALIKE: usize = 20;
    /// See [`Problems::SHOWN_ALIKE`].
    pub const SHOWN: usize = 200;

    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), left_out: LeftOut { errors: 0, warnings: 0, stopped: false } }
    }

    /// Adds one. Where there is no room, an error takes the place of the last warning.
    pub fn push(&mut self, problem: Problem) {
        if self.list.len() < Self::LIMIT {
            self.list.push(problem);
            return;
        }
        let severity = problem.severity();
        // Once an error is left out, no warning is left.
        if severity == Severity::Error && self.left_out.errors == 0 {
            let last = self.list.iter().rposition(|known| known.severity() == Severity::Warning);
            if let Some(last) = last {
                self.list.remove(last);
                self.list.push(problem);
                return self.leave_out(Severity::Warning, 1);
            }
        }
        self.leave_out(severity, 1);
    }

    /// Counts problems that were found but not kept.
    pub(crate) const fn leave_out(&mut self, severity: Severity, count: usize) {
        let left_out = match severity {
            Severity::Error => &mut self.left_out.errors,
            Severity::Warning => &mut self.left_out.warnings,
        };
        *left_out = left_out.saturating_add(count);
    }

    /// How many errors and warnings were found but not kept.
    pub(crate) fn counted_only(&self) -> (u64, u64) {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        (count(self.left_out.errors), count(self.left_out.warnings))
    }

    /// Counts as many as another list left out.
    pub(crate) const fn leave_out_as(&mut self, other: &Self) {
        self.leave_out(Severity::Error, other.left_out.errors);
        self.leave_out(Severity::Warning, other.left_out.warnings);
        self.left_out.stopped |= other.left_out.stopped;
    }

    /// Says that nobody looked for more, for so many would cost too much.
    pub(crate) const fn stop(&mut self) {
        self.left_out.stopped = true;
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        let left_out = Self { list: Vec::new(), left_out: other.left_out };
        for problem in other.list {
            self.push(problem);
        }
        self.leave_out_as(&left_out);
    }

    /// Adds those of another list that are not there yet.
    pub(crate) fn append_new(&mut self, other: &Self) {
        // Whatever differs between two problems differs in their words.
        let known: HashSet<String> =
            if other.is_empty() { HashSet::new() } else { self.list.iter().map(ToString::to_string).collect() };
        for problem in other.list.iter().filter(|problem| known.is_empty() || !known.contains(&problem.to_string())) {
            self.push(problem.clone());
        }
        self.leave_out_as(other);
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
        self.left_out.errors.saturating_add(self.left_out.warnings)
    }

    /// Whether all were looked for, so that their number is right.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !self.left_out.stopped
    }

    /// How many there were that stop the work, with those not kept.
    #[must_use]
    pub fn errors(&self) -> usize {
        let kept = self.list.iter().filter(|problem| problem.severity() == Severity::Error).count();
        kept.saturating_add(self.left_out.errors)
    }

    /// What a person is told: of each kind (code and column) the first [`SHOWN_ALIKE`](Self::SHOWN_ALIKE), then how many
    /// more like them there are; not more than [`SHOWN`](Self::SHOWN) altogether. Of more than a few the errors come first,
    /// so that no number of warnings hides them.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown<'_>> {
        fn kind(problem: &Problem) -> (Code, Option<&str>) {
            (problem.code(), problem.location().column.as_deref())
        }
        /// How many there are of a kind, and how many of them are shown.
        type Counts<'a> = HashMap<(Code, Option<&'a str>), (usize, usize)>;
        let mut counts = Counts::new();
        for problem in &self.list {
            let (count, _) = counts.entry(kind(problem)).or_default();
            *count = count.saturating_add(1);
        }
        let mut order: Vec<&Problem> = self.list.iter().collect();
        if order.len() > Self::SHOWN_ALIKE {
            order.sort_by_key(|problem| problem.severity() == Severity::Warning);
        }
        let (mut shown, mut problems, mut counted) = (Vec::new(), 0_usize, 0_usize);
        for problem in order {
            if problems >= Self::SHOWN {
                break;
            }
            let Some((count, of_kind)) = counts.get_mut(&kind(problem)) else { continue };
            if *of_kind >= Self::SHOWN_ALIKE {
                continue;
            }
            *of_kind = of_kind.saturating_add(1);
            problems = problems.saturating_add(1);
            shown.push(Shown::Problem(problem));
            let more = count.saturating_sub(*of_kind);
            if *of_kind == Self::SHOWN_ALIKE && more > 0 {
                counted = counted.saturating_add(more);
                shown.push(Shown::MoreAlike(more));
            }
        }
        let more = self.list.len().saturating_sub(problems).saturating_sub(counted).saturating_add(self.left_out());
        shown.extend((more > 0).then_some(Shown::More(more)));
        shown.extend(self.left_out.stopped.then_some(Shown::Stopped));
        shown
    }

    /// What a person is told of them in a language, a line each: see [`Problems::shown`].
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        self.shown().iter().map(|shown| shown.to_text(lang)).collect::<Vec<_>>().join("\n")
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them stops the work.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.left_out.errors > 0 || self.list.iter().any(|problem| problem.severity() == Severity::Error)
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
        Self { list: vec![problem], left_out: LeftOut::default() }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn error(row: u32, column: &str) -> Problem {
        Problem::new(Code::BadCount, "is wrong").row(row).column(column)
    }

    fn warning() -> Problem {
        Problem::new(Code::UnknownColumn, "is not read")
    }

    #[test]
    fn of_each_kind_the_first_are_shown_and_the_rest_is_counted() {
        let mut problems = Problems::new();
        for row in 1..=3_500 {
            problems.push(error(row, "count"));
            problems.push(error(row, "from"));
        }
        problems.push(warning());
        let text = problems.to_text(Lang::En);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 20 + 1 + 20 + 1 + 1, "{text}");
        assert!(lines[38].starts_with("row 20, column `count`"), "{text}");
        assert_eq!([lines[39], lines[41]], ["… and 3480 more like it"; 2]);
        assert!(lines[40].starts_with("row 20, column `from`") && lines[42].contains("[unknown-column]"), "{text}");
        assert_eq!(problems.errors(), 7_000);
    }

    #[test]
    fn many_kinds_are_bounded_too_and_errors_come_first() {
        let mut problems: Problems = (0..150).map(|_| warning()).collect();
        problems.extend((0..300).map(|number| error(1, &format!("column {number}"))));
        let shown = problems.shown();
        assert_eq!(shown.len(), Problems::SHOWN + 1);
        assert!(matches!(shown[0], Shown::Problem(problem) if problem.severity() == Severity::Error));
        assert_eq!(shown.last(), Some(&Shown::More(250)));
    }

    #[test]
    fn errors_are_counted_beyond_the_limit_and_take_the_place_of_warnings() {
        let limit = u32::try_from(Problems::LIMIT).unwrap();
        let mut problems: Problems = (0..Problems::LIMIT).map(|_| warning()).collect();
        assert!(!problems.has_errors());
        problems.push(error(1, "count"));
        assert_eq!((problems.len(), problems.errors(), problems.left_out()), (Problems::LIMIT, 1, 1));
        assert!(problems.has_errors() && problems.iter().any(|problem| problem.code() == Code::BadCount));
        problems.extend((0..2 * limit).map(|row| error(row, "count")));
        problems.push(warning());
        assert_eq!((problems.len(), problems.errors()), (Problems::LIMIT, 2 * Problems::LIMIT + 1));
        assert_eq!(problems.left_out(), 2 * Problems::LIMIT + 2);
        let mut counted = Problems::new();
        counted.leave_out(Severity::Error, 1);
        assert!(counted.has_errors() && counted.or_value(()).is_err());
        let mut other = Problems::new();
        other.append(problems);
        assert_eq!((other.errors(), other.left_out()), (2 * Problems::LIMIT + 1, 2 * Problems::LIMIT + 2));
    }

    #[test]
    fn nothing_in_a_problem_is_without_bound_or_moves_the_cursor() {
        let long = "县".repeat(100_000);
        let problem = Problem::new(Code::BadCount, words::NO_NUMBER.with(&[&long])).key(&*long).column(&*long);
        let problem = problem.scenario(&*long).found(&*long).expected(words::DID_YOU_MEAN.with(&[&long]));
        assert!(problem.to_text(Lang::Zh).chars().count() < 1_500);
        assert!(serde_json::to_string(&problem).unwrap().len() < 5_000);
        let hostile = Problem::new(Code::BadCount, words::NO_NUMBER.with(&[&"\u{1b}]0;x\u{7}"])).file("a\u{202e}\nb");
        let text = hostile.found("\u{9b}31m\u{200b}").to_text(Lang::En);
        assert_eq!(text, "a\\u{202e} b: `\\u{1b}]0;x\\u{7}` is not a number, found `\\u{9b}31m\\u{200b}` [bad-count]");
    }
}
