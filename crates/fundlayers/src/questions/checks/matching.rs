//! Whom rows of figures are about.

use hashbrown::HashMap;

use super::figures::{CheckFigures, FigureCell, FigureRow};
use super::subjects::Subjects;
use crate::ground::catalogue::checks as words;
use crate::ground::ids::index;
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::CheckSubject;
use crate::results::allocation::Allocation;

/// Which row of figures says something, by attribute, year and subject.
#[derive(Debug)]
pub(crate) struct Slots {
    /// By attribute × year: the number of the row plus one, by subject; 0 where nothing is said.
    of: Vec<Vec<u32>>,
    years: usize,
    /// The column of the table of figures by attribute; none if the table was read without it.
    columns: Vec<Option<usize>>,
}

impl Slots {
    fn slot(&mut self, attribute: usize, at: usize, subject: usize) -> Option<&mut u32> {
        self.of.get_mut(attribute.saturating_mul(self.years).saturating_add(at))?.get_mut(subject)
    }

    /// The row of figures that says what an attribute of a subject is in a year.
    pub(crate) fn get(&self, attribute: usize, at: usize, subject: usize) -> Option<usize> {
        let list = self.of.get(attribute.saturating_mul(self.years).saturating_add(at))?;
        index(*list.get(subject)?).checked_sub(1)
    }

    /// The column of the table of figures that an attribute stands in.
    pub(crate) fn column(&self, attribute: usize) -> Option<usize> {
        self.columns.get(attribute).copied().flatten()
    }
}

/// Whom a row is about: the rows of a place, a township, a county; each none if it says nothing of one.
#[derive(Debug, Default, Clone)]
struct Target {
    places: Vec<usize>,
    township: Option<usize>,
    county: Option<usize>,
}

/// The rows of the roster by what rows of figures call them.
struct Index<'a> {
    ids: HashMap<&'a str, Vec<usize>>,
    codes: HashMap<&'a str, Vec<usize>>,
    names: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn new(allocation: &'a Allocation, figures: &CheckFigures) -> Self {
        let roster = allocation.roster();
        let by = |wanted: bool, key: &dyn Fn(usize) -> &'a str| {
            let mut rows: HashMap<&str, Vec<usize>> = HashMap::new();
            if wanted {
                for row in 0..roster.len() {
                    let text = key(row);
                    if !text.is_empty() {
                        rows.entry(text).or_default().push(row);
                    }
                }
            }
            rows
        };
        let any = |of: &dyn Fn(&FigureRow) -> bool| figures.rows.iter().any(of);
        Self {
            ids: by(any(&|row| !row.id.is_empty()), &|row| roster.id(row)),
            codes: by(any(&|row| !row.division_code.is_empty()), &|row| roster.division_code(row)),
            names: by(any(&|row| !(row.name.is_empty() && row.township.is_empty())), &|row| roster.name(row)),
        }
    }

    /// The rows of the one place of some that agree; several places: an error.
    fn one(allocation: &Allocation, rows: Vec<usize>) -> Result<Vec<usize>, Reason> {
        let roster = allocation.roster();
        let Some(first) = rows.first() else { return Err(Reason::UnknownSubject) };
        let place = roster.place(*first);
        if rows.iter().all(|row| roster.place(*row) == place) { Ok(rows) } else { Err(Reason::SeveralSubjects) }
    }

    /// The rows of the place that a row of figures names.
    fn place(&self, allocation: &Allocation, row: &FigureRow, name: &str) -> Result<Vec<usize>, Reason> {
        if let Some(rows) = self.ids.get(&*row.id) {
            return Ok(rows.clone());
        }
        if let Some(rows) = self.codes.get(&*row.division_code) {
            return Self::one(allocation, rows.clone());
        }
        let roster = allocation.roster();
        let fits = |at: &&usize| {
            let (county, township) = (roster.county(**at), roster.township(**at));
            let township = if township.is_empty() { roster.name(**at) } else { township };
            (row.county.is_empty() || *row.county == *county)
                && (row.township.is_empty() || *row.township == *township || *row.township == *name)
        };
        let named = self.names.get(name).map_or(&[][..], Vec::as_slice);
        Self::one(allocation, named.iter().filter(fits).copied().collect())
    }
}

/// Why a row of figures is about nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    UnknownSubject,
    SeveralSubjects,
    UnknownYear,
}

/// Which row says what, with a warning for each row that is about nobody, and how many these are.
pub(crate) fn place_figures(
    allocation: &Allocation,
    subjects: &Subjects,
    figures: &CheckFigures,
) -> Result<(Slots, Problems, u64), Problems> {
    let policy = allocation.policy();
    let years = allocation.years();
    let measured = policy.measured();
    let column = |attribute: &crate::policy::Attribute| figures.attributes.iter().position(|known| known == attribute);
    let columns: Vec<Option<usize>> = measured.iter().map(column).collect();
    let lists = measured.iter().zip(&columns).flat_map(|(attribute, column)| {
        let of = attribute.subject.unwrap_or_default();
        let count = column.map_or(0, |_| subjects.len(allocation, of));
        (0..years.len()).map(move |_| vec![0_u32; count])
    });
    let mut slots = Slots { of: lists.collect(), years: years.len(), columns };
    let index = Index::new(allocation, figures);
    let (mut problems, mut unmatched) = (Problems::new(), 0_u64);
    // What holds in every year comes first, so that a year's own figure stands over it.
    for of_year in [false, true] {
        for (number, row) in figures.rows.iter().enumerate().filter(|(_, row)| row.year.is_some() == of_year) {
            let at: Vec<usize> = match row.year {
                None => (0..years.len()).collect(),
                Some(year) => match years.binary_search(&year) {
                    Ok(at) => vec![at],
                    // A year of the policy that is not asked for.
                    Err(_) if policy.years().contains(&year) => continue,
                    Err(_) => {
                        unmatched = unmatched.saturating_add(1);
                        problems.push(unmatched_problem(allocation, row, Reason::UnknownYear));
                        continue;
                    }
                },
            };
            match target(allocation, subjects, &index, row) {
                Ok(target) => fill(allocation, figures, (number, row), &target, &at, &mut slots, &mut problems),
                Err(reason) => {
                    unmatched = unmatched.saturating_add(1);
                    problems.push(unmatched_problem(allocation, row, reason));
                }
            }
        }
    }
    problems.sort();
    if problems.has_errors() { Err(problems) } else { Ok((slots, problems, unmatched)) }
}

/// Whom a row is about.
fn target(allocation: &Allocation, subjects: &Subjects, index: &Index<'_>, row: &FigureRow) -> Result<Target, Reason> {
    let of_places = |places: Vec<usize>| {
        let first = places.first().copied().unwrap_or(usize::MAX);
        let number = |of| subjects.number(of, first);
        Target { township: number(CheckSubject::Township), county: number(CheckSubject::County), places }
    };
    let of_township = |township: usize| Target {
        places: Vec::new(),
        township: Some(township),
        county: subjects.county_of_township(township),
    };
    let one = |found: Vec<usize>| match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(Reason::UnknownSubject),
        _ => Err(Reason::SeveralSubjects),
    };
    match row.least_subject() {
        CheckSubject::Place => match index.place(allocation, row, &row.name) {
            Ok(places) => Ok(of_places(places)),
            Err(reason) => {
                // The name may be a township's or a county's.
                let township = one(subjects.townships_called(allocation, &row.county, &row.name));
                let county = subjects.county_called(&row.name).filter(|_| row.township.is_empty());
                match (township, county) {
                    (Ok(township), _) => Ok(of_township(township)),
                    (_, Some(county)) => Ok(Target { county: Some(county), ..Target::default() }),
                    _ => Err(reason),
                }
            }
        },
        CheckSubject::Township => {
            let township = one(subjects.townships_called(allocation, &row.county, &row.township));
            // A town is a place too.
            match (index.place(allocation, row, &row.township), township) {
                (Ok(places), _) => Ok(of_places(places)),
                (Err(_), Ok(township)) => Ok(of_township(township)),
                (Err(_), Err(reason)) => Err(reason),
            }
        }
        CheckSubject::County => match subjects.county_called(&row.county) {
            Some(county) => Ok(Target { county: Some(county), ..Target::default() }),
            None => Err(Reason::UnknownSubject),
        },
        CheckSubject::Policy => Ok(Target::default()),
    }
}

/// Puts the figures of a row where they belong.
#[expect(clippy::too_many_arguments, reason = "each is what one row needs")]
fn fill(
    allocation: &Allocation,
    figures: &CheckFigures,
    (number, row): (usize, &FigureRow),
    target: &Target,
    years: &[usize],
    slots: &mut Slots,
    problems: &mut Problems,
) {
    let policy = allocation.policy();
    for (attribute, data) in policy.measured().iter().enumerate() {
        let Some(column) = slots.column(attribute) else { continue };
        let Some(cell) = row.cells.get(column).filter(|cell| **cell != FigureCell::Blank) else { continue };
        let of = data.subject.unwrap_or_default();
        let found: Vec<usize> = match of {
            CheckSubject::Place => target.places.clone(),
            CheckSubject::Township => target.township.into_iter().collect(),
            CheckSubject::County => target.county.into_iter().collect(),
            CheckSubject::Policy => vec![0],
        };
        if found.is_empty() {
            let message = words::FIGURE_OF_OTHERS.with(&[&row.subject_text(), &data.id, &of.as_str()]);
            let problem = row.problem(Problem::new(Code::FigureOfOthers, message), &data.id);
            problems.push(problem.expected(words::NAME_SUBJECT));
            continue;
        }
        for (at, subject) in years.iter().flat_map(|at| found.iter().map(move |subject| (*at, *subject))) {
            let Some(slot) = slots.slot(attribute, at, subject) else { continue };
            let known = index(*slot).checked_sub(1).and_then(|known| figures.rows.get(known));
            // A row without a year gives way to one with a year.
            if let Some(known) = known.filter(|known| known.year.is_some() == row.year.is_some())
                && known.cells.get(column) != Some(cell)
            {
                let message = words::FIGURE_TWICE.with(&[&known.row, &data.id, &row.subject_text()]);
                let problem = row.problem(Problem::new(Code::FigureTwice, message), &data.id);
                problems.push(problem.expected(words::ONE_FIGURE));
                break;
            }
            *slot = u32::try_from(number.saturating_add(1)).unwrap_or(u32::MAX);
        }
    }
}

fn unmatched_problem(allocation: &Allocation, row: &FigureRow, reason: Reason) -> Problem {
    let (message, expected, found) = match reason {
        Reason::UnknownSubject => (words::NOBODY_OF_FIGURES, words::AS_IN_ROSTER.into(), row.subject_text()),
        Reason::SeveralSubjects => (words::SEVERAL_OF_FIGURES, words::ID_OR_COUNTY.into(), row.subject_text()),
        Reason::UnknownYear => {
            let years = Argument::list(allocation.years());
            (words::YEAR_OF_FIGURES, words::ONE_OF_YEARS.with(&[&years]), row.year.unwrap_or_default().to_string())
        }
    };
    let column = if reason == Reason::UnknownYear { "year" } else { "name" };
    row.problem(Problem::new(Code::UnmatchedFigure, message), column).found(found).expected(expected)
}
