//! Which class serves which row.

use hashbrown::HashMap;

use crate::columns::{Checks, Columns};
use crate::exact::Exact;
use crate::exact::Fault;
use crate::roster::column::index;
use crate::{Class, Code, Policy, Problem, Problems, Roster};

/// Rows that are served alike: the same class in the same years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Group {
    /// The class; none for rows that are never live.
    pub(crate) class: Option<usize>,
    /// First and last live year; none if never live.
    pub(crate) years: Option<(u16, u16)>,
}

impl Group {
    pub(crate) fn is_live(self, year: u16) -> bool {
        self.years.is_some_and(|(first, last)| (first..=last).contains(&year))
    }
}

/// The group of every row.
#[derive(Debug)]
pub(crate) struct Groups {
    pub(crate) list: Vec<Group>,
    /// The group of each row; none if groups are the roster's shapes.
    of_row: Option<Vec<u32>>,
    /// Places and the largest count of one row, by group.
    pub(crate) places: Vec<u128>,
    pub(crate) largest: Vec<u64>,
}

impl Groups {
    /// The group of each row.
    pub(crate) fn of_row<'a>(&'a self, roster: &'a Roster) -> &'a [u32] {
        self.of_row.as_deref().unwrap_or(roster.shape_codes())
    }

    /// How many places a class has in a year.
    pub(crate) fn places_of(&self, class: usize, year: u16) -> u128 {
        let groups = self.list.iter().zip(&self.places);
        let live = groups.filter(|(group, _)| group.class == Some(class) && group.is_live(year));
        live.map(|(_, places)| *places).fold(0, u128::saturating_add)
    }
}

/// How the rows of one shape find their group.
enum Way<'a> {
    /// All have the same.
    One(u32),
    /// By conditions: each class that may serve them, and its group.
    Several(Vec<(&'a Class, Option<Checks<'a>>, u32)>),
    /// No class fits.
    None,
}

/// Finds the class of every live row. Problems are errors (`no-class`, `several-classes`, `blank-attribute`) and
/// warnings (`never-live`). Rows in `skip` (ascending) have problems of their own.
pub(crate) fn group<'a>(policy: &'a Policy, roster: &'a Roster, skip: &[u32]) -> (Groups, Problems) {
    let columns = Columns::new(policy, roster);
    let mut problems = Problems::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<Group, u32> = HashMap::new();
    let mut code = |group: Group| {
        *known.entry(group).or_insert_with(|| {
            groups.push(group);
            u32::try_from(groups.len().saturating_sub(1)).unwrap_or(u32::MAX)
        })
    };
    let ways: Vec<Way<'_>> = roster
        .shapes()
        .iter()
        .map(|shape| {
            let Some(years) = shape.years(&policy.years()).map(|years| (*years.start(), *years.end())) else {
                return Way::One(code(Group { class: None, years: None }));
            };
            let fits = |known: &[crate::Named], wanted: Option<usize>, text: &str| {
                wanted.is_none_or(|wanted| known.get(wanted).is_some_and(|named| named.id == text))
            };
            let word = |words: &'a [String], code: u32| words.get(index(code)).map_or("", String::as_str);
            let (kind, designation) =
                (word(roster.kinds(), shape.kind), word(roster.designations(), shape.designation));
            let mut candidates: Vec<(&Class, Option<Checks<'_>>, u32)> = Vec::new();
            for (index, class) in policy.classes().iter().enumerate() {
                if fits(policy.kinds(), class.kind, kind) && fits(policy.designations(), class.designation, designation)
                {
                    let checks = columns.checks(&class.conditions);
                    candidates.push((class, checks, code(Group { class: Some(index), years: Some(years) })));
                }
            }
            match candidates.as_slice() {
                [] => Way::None,
                [(class, _, group)] if class.conditions.is_empty() => Way::One(*group),
                _ => Way::Several(candidates),
            }
        })
        .collect();
    let dead = code(Group { class: None, years: None });
    let alike: Option<Vec<Group>> = ways
        .iter()
        .map(|way| if let Way::One(group) = way { groups.get(index(*group)).copied() } else { None })
        .collect();
    if let Some(list) = alike {
        // Every shape has one class: nothing needs to be looked at row by row.
        let places = roster.shape_places().iter().map(|places| (*places).into()).collect();
        let groups = Groups { list, of_row: None, places, largest: roster.shape_largest().to_vec() };
        never_live(policy, roster, &groups.list, &mut problems);
        return (groups, problems);
    }
    let mut of_row = Vec::with_capacity(roster.len());
    let mut skip = skip.iter().copied().peekable();
    for (row, shape) in roster.shape_codes().iter().enumerate() {
        let skipped = skip.next_if(|next| index(*next) == row).is_some();
        of_row.push(match ways.get(index(*shape)) {
            Some(Way::One(group)) => *group,
            _ if skipped => dead,
            Some(Way::Several(candidates)) => choose(&columns, candidates, row, &mut problems).unwrap_or(dead),
            _ => {
                problems.push(no_class(policy, roster, row));
                dead
            }
        });
    }
    let mut places = vec![0_u128; groups.len()];
    let mut largest = vec![0_u64; groups.len()];
    for (row, group) in of_row.iter().enumerate() {
        let count = roster.count(row);
        if let (Some(places), Some(largest)) = (places.get_mut(index(*group)), largest.get_mut(index(*group))) {
            *places = places.saturating_add(count.into());
            *largest = (*largest).max(count);
        }
    }
    never_live(policy, roster, &groups, &mut problems);
    (Groups { list: groups, of_row: Some(of_row), places, largest }, problems)
}

/// The one class whose conditions hold.
fn choose(
    columns: &Columns<'_>,
    candidates: &[(&Class, Option<Checks<'_>>, u32)],
    row: usize,
    problems: &mut Problems,
) -> Option<u32> {
    let mut found: Option<(&Class, u32)> = None;
    let mut several: Vec<&str> = Vec::new();
    let mut blanks: Vec<usize> = Vec::new();
    for (class, checks, group) in candidates {
        let quick = checks.as_ref().filter(|checks| !checks.blanks.iter().any(|blank| blank.contains(row)));
        let holds = if let Some(checks) = quick {
            checks.hold(row)
        } else {
            let mut exact = Exact::new(columns.policy, columns, class, 0, row, &[]);
            let holds = exact.holds(&class.conditions);
            for fault in exact.faults {
                if let Fault::Blank(attribute) = fault
                    && !blanks.contains(&attribute)
                {
                    blanks.push(attribute);
                }
            }
            holds.unwrap_or_default()
        };
        if holds {
            match found {
                None => found = Some((class, *group)),
                Some((first, _)) => {
                    if several.is_empty() {
                        several.push(&first.id);
                    }
                    several.push(&class.id);
                }
            }
        }
    }
    if !blanks.is_empty() {
        for attribute in blanks {
            let id = columns.policy.attributes().get(attribute).map_or("", |attribute| attribute.id.as_str());
            let problem = Problem::new(Code::BlankAttribute, "is blank, but tells which class serves the place")
                .expected("fill it in");
            problems.push(at(columns.roster, row, problem).column(id));
        }
        return None;
    }
    if !several.is_empty() {
        let list = several.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
        let problem =
            Problem::new(Code::SeveralClasses, format!("fits several classes: {list}")).found(columns.roster.name(row));
        problems.push(at(
            columns.roster,
            row,
            problem.expected("let the classes differ in kind, designation or where"),
        ));
        return None;
    }
    if found.is_none() {
        problems.push(no_class(columns.policy, columns.roster, row));
    }
    found.map(|(_, group)| group)
}

/// Whether every roster has the same groups under two policies.
pub(crate) fn alike(a: &Policy, b: &Policy) -> bool {
    let ids = |list: &[crate::Named], other: &[crate::Named]| {
        list.iter().map(|named| &named.id).eq(other.iter().map(|named| &named.id))
    };
    let who = |class: &Class, other: &Class| {
        (class.kind, class.designation) == (other.kind, other.designation) && class.conditions == other.conditions
    };
    a.years() == b.years()
        && a.unit() == b.unit()
        && ids(a.kinds(), b.kinds())
        && ids(a.designations(), b.designations())
        && a.attributes() == b.attributes()
        && a.classes().len() == b.classes().len()
        && a.classes().iter().zip(b.classes()).all(|(class, other)| who(class, other))
}

/// A problem of a row.
pub(crate) fn at(roster: &Roster, row: usize, problem: Problem) -> Problem {
    problem.row(roster.row_number(row)).line(roster.line(row))
}

fn no_class(policy: &Policy, roster: &Roster, row: usize) -> Problem {
    let words = [roster.kind(row), roster.designation(row)];
    let words: Vec<String> =
        words.into_iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect();
    let which = if words.is_empty() { String::new() } else { format!(" of {}", words.join(", ")) };
    let problem =
        Problem::new(Code::NoClass, format!("no class of `{policy}` serves a place{which}")).found(roster.name(row));
    at(roster, row, problem.expected("correct its kind, designation or attributes, or add a class"))
}

fn never_live(policy: &Policy, roster: &Roster, groups: &[Group], problems: &mut Problems) {
    if groups.iter().all(|group| group.years.is_some()) {
        return;
    }
    for row in 0..roster.len() {
        if roster.years(row, &policy.years()).is_none() {
            let problem =
                Problem::new(Code::NeverLive, "none of its years is a year of the policy").found(roster.name(row));
            problems.push(at(roster, row, problem.expected("correct `from` and `to`")));
        }
    }
}

/// Says where the roster differs from what the document says.
pub(crate) fn expected(policy: &Policy, groups: &Groups, problems: &mut Problems) {
    for (index, class) in policy.classes().iter().enumerate() {
        let Some(expected) = class.expected else { continue };
        let count = |year: u16| groups.places_of(index, year);
        let differs = policy.years().find(|year| count(*year) != u128::from(expected));
        if let Some(year) = differs {
            let found = count(year);
            let message = format!(
                "the roster has {found} places of class `{}` in {year}, the document says {expected}",
                class.id
            );
            problems.push(Problem::new(Code::ExpectedCount, message).key(format!("classes.{}.expected", class.id)));
        }
    }
}
