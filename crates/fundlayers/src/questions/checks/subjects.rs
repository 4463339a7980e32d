//! Of whom something is required: places, the townships and the counties that they lie in.

use hashbrown::{HashMap, HashSet};

use super::figures::CheckFigures;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::policy::CheckSubject;
use crate::results::allocation::Allocation;

/// The places of a roster, and the townships and counties that they lie in.
#[derive(Debug, Default)]
pub(crate) struct Subjects {
    townships: Areas,
    counties: Areas,
}

/// Townships or counties.
#[derive(Debug, Default)]
struct Areas {
    /// The area of each row; [`NONE`] if none is stated.
    of_row: Vec<u32>,
    list: Vec<Area>,
    /// Those of a name, by number.
    by_name: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Area {
    /// County, or county and township with a slash between.
    id: String,
    name: String,
    /// The first row.
    row: usize,
    /// Whether it has a place in each computed year.
    live: Vec<bool>,
}

/// No area.
const NONE: u32 = u32::MAX;

/// How many digits of a division code name a township.
const TOWNSHIP_DIGITS: usize = 9;

impl Areas {
    fn new<'a>(allocation: &'a Allocation, path: impl Fn(usize) -> Option<(&'a str, &'a str)>) -> Self {
        let mut areas = Self::default();
        let mut known: HashMap<(&str, &str), u32> = HashMap::new();
        let mut last: Option<((&str, &str), u32)> = None;
        for row in 0..allocation.roster().len() {
            let Some((county, name)) = path(row) else {
                areas.of_row.push(NONE);
                continue;
            };
            let number = match last {
                Some((path, number)) if path == (county, name) => number,
                _ => *known.entry((county, name)).or_insert_with(|| {
                    let id = if county.is_empty() || county == name {
                        name.to_owned()
                    } else {
                        [county, "/", name].concat()
                    };
                    let live = vec![false; allocation.years().len()];
                    areas.list.push(Area { id, name: name.to_owned(), row, live });
                    u32::try_from(areas.list.len().saturating_sub(1)).unwrap_or(NONE)
                }),
            };
            last = Some(((county, name), number));
            areas.of_row.push(number);
            if let Some(area) = areas.list.get_mut(index(number)) {
                for (live, year) in area.live.iter_mut().zip(allocation.years()) {
                    *live |= allocation.0.group(row).is_some_and(|group| group.is_live(*year));
                }
            }
        }
        for (number, area) in areas.list.iter().enumerate() {
            areas.by_name.entry_ref(area.name.as_str()).or_default().push(number);
        }
        areas
    }

    /// The areas of a name, by number.
    fn called(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    fn number(&self, row: usize) -> Option<usize> {
        self.of_row.get(row).filter(|number| **number != NONE).map(|number| index(*number))
    }
}

impl Subjects {
    /// Of an allocation. A place without a township is one itself if a row of figures names it as one, if another place lies
    /// in it, or if its division code has the nine digits of a township.
    pub(crate) fn new(allocation: &Allocation, figures: &CheckFigures) -> Self {
        let policy = allocation.policy();
        let needs = |subject: CheckSubject| {
            policy.checks().iter().any(|check| check.subject == subject)
                || policy.measured().iter().any(|attribute| attribute.subject == Some(subject))
        };
        let roster = allocation.roster();
        let counties = needs(CheckSubject::County) || needs(CheckSubject::Township);
        let counties = counties.then(|| {
            Areas::new(allocation, |row| Some(roster.county(row)).filter(|county| !county.is_empty()).map(|c| (c, c)))
        });
        let townships = needs(CheckSubject::Township).then(|| {
            let lies = (0..roster.len()).map(|row| (roster.county(row), roster.township(row)));
            let lies: HashSet<(&str, &str)> = lies.filter(|(_, township)| !township.is_empty()).collect();
            let named: HashSet<&str> = figures.rows.iter().map(|row| &*row.township).collect();
            Areas::new(allocation, |row| {
                let (county, township, name) = (roster.county(row), roster.township(row), roster.name(row));
                let is_itself = || {
                    roster.division_code(row).len() == TOWNSHIP_DIGITS
                        || lies.contains(&(county, name))
                        || named.contains(name)
                };
                match township {
                    "" if is_itself() => Some((county, name)),
                    "" => None,
                    township => Some((county, township)),
                }
            })
        });
        Self { townships: townships.unwrap_or_default(), counties: counties.unwrap_or_default() }
    }

    fn areas(&self, of: CheckSubject) -> &Areas {
        if of == CheckSubject::Township { &self.townships } else { &self.counties }
    }

    /// How many subjects there are.
    pub(crate) fn len(&self, allocation: &Allocation, of: CheckSubject) -> usize {
        match of {
            CheckSubject::Place => allocation.roster().len(),
            CheckSubject::Policy => 1,
            of => self.areas(of).list.len(),
        }
    }

    /// The subject of a row, by its number; of a place the place, whatever its rows.
    pub(crate) fn number(&self, of: CheckSubject, row: usize) -> Option<usize> {
        match of {
            CheckSubject::Place => Some(row),
            CheckSubject::Policy => Some(0),
            of => self.areas(of).number(row),
        }
    }

    /// The row that stands for a subject.
    pub(crate) fn row(&self, of: CheckSubject, subject: usize) -> usize {
        match of {
            CheckSubject::Place => subject,
            of => self.areas(of).list.get(subject).map_or(usize::MAX, |area| area.row),
        }
    }

    pub(crate) fn id<'a>(&'a self, allocation: &'a Allocation, of: CheckSubject, subject: usize) -> &'a str {
        match of {
            CheckSubject::Place => allocation.roster().id(subject),
            of => self.areas(of).list.get(subject).map_or("", |area| area.id.as_str()),
        }
    }

    pub(crate) fn name<'a>(&'a self, allocation: &'a Allocation, of: CheckSubject, subject: usize) -> &'a str {
        match of {
            CheckSubject::Place => allocation.roster().name(subject),
            of => self.areas(of).list.get(subject).map_or("", |area| area.name.as_str()),
        }
    }

    /// Whether a subject is there in a year, by its number and itself.
    pub(crate) fn is_live(
        &self,
        allocation: &Allocation,
        of: CheckSubject,
        subject: usize,
        (at, year): (usize, u16),
    ) -> bool {
        match of {
            CheckSubject::Place => allocation.0.group(subject).is_some_and(|group| group.is_live(year)),
            of => self.areas(of).list.get(subject).is_some_and(|area| area.live.at(at)),
        }
    }

    /// The townships of a name, by number, in a county if one is stated.
    pub(crate) fn townships_called(&self, allocation: &Allocation, county: &str, name: &str) -> Vec<usize> {
        let roster = allocation.roster();
        let lies = |number: &&usize| {
            let row = self.townships.list.get(**number).map_or(usize::MAX, |area| area.row);
            county.is_empty() || roster.county(row) == county
        };
        self.townships.called(name).iter().filter(lies).copied().collect()
    }

    /// The county of a name, by number.
    pub(crate) fn county_called(&self, name: &str) -> Option<usize> {
        self.counties.called(name).first().copied()
    }

    /// The county that a township lies in, by number.
    pub(crate) fn county_of_township(&self, township: usize) -> Option<usize> {
        self.counties.number(self.townships.list.get(township)?.row)
    }
}
