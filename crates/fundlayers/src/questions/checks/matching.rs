//! Whom rows of figures are about.

use super::figures::{CheckFigures, FigureCell, FigureRow};
use super::subjects::Subjects;
use crate::ground::catalogue::checks as words;
use crate::ground::ids::index;
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::CheckSubject;
use crate::questions::places::{NONE, PlaceKeys, Places, Reason};
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
    let mut places = Places::new(allocation.roster());
    let by_id = places.by_ids(figures.rows.len(), |row| figures.rows.get(row).map_or("", |row| &row.id));
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
            let known = by_id.get(number).copied().filter(|place| *place != NONE).map(index);
            match target(allocation, subjects, &mut places, (row, known)) {
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

/// Whom a row is about, whose id may name a place.
fn target(
    allocation: &Allocation,
    subjects: &Subjects,
    places: &mut Places<'_>,
    (row, known): (&FigureRow, Option<usize>),
) -> Result<Target, Reason> {
    let of_place = |places: &Places<'_>, place: usize| {
        let number = |of| subjects.number(of, place);
        Target {
            township: number(CheckSubject::Township),
            county: number(CheckSubject::County),
            places: places.rows_of(place),
        }
    };
    let keys =
        |name| PlaceKeys { division_code: &row.division_code, county: &row.county, township: &row.township, name };
    if let Some(place) = known {
        return Ok(of_place(places, place));
    }
    let of_township = |township: usize| Target {
        places: Vec::new(),
        township: Some(township),
        county: subjects.county_of_township(township),
    };
    let one = |found: Vec<usize>| match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(Reason::UnknownPlace),
        _ => Err(Reason::AmbiguousPlace),
    };
    match row.least_subject() {
        CheckSubject::Place => match places.find(keys(&row.name)) {
            Ok(place) => Ok(of_place(places, place)),
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
            match (places.find(keys(&row.township)), township) {
                (Ok(place), _) => Ok(of_place(places, place)),
                (Err(_), Ok(township)) => Ok(of_township(township)),
                (Err(_), Err(reason)) => Err(reason),
            }
        }
        CheckSubject::County => match subjects.county_called(&row.county) {
            Some(county) => Ok(Target { county: Some(county), ..Target::default() }),
            None => Err(Reason::UnknownPlace),
        },
        CheckSubject::Policy => Ok(Target::default()),
    }
}

/// Puts the figures of a row where they belong.
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
        Reason::AmbiguousPlace => (words::SEVERAL_OF_FIGURES, words::ID_OR_COUNTY.into(), row.subject_text()),
        Reason::UnknownYear => {
            let years = Argument::list(allocation.years());
            (words::YEAR_OF_FIGURES, words::ONE_OF_YEARS.with(&[&years]), row.year.unwrap_or_default().to_string())
        }
        _ => (words::NOBODY_OF_FIGURES, words::AS_IN_ROSTER.into(), row.subject_text()),
    };
    let column = if reason == Reason::UnknownYear { "year" } else { "name" };
    row.problem(Problem::new(Code::UnmatchedFigure, message), column).found(found).expected(expected)
}
