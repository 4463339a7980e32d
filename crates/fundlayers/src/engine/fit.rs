//! Which class serves which row.

mod general;

use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;

use self::general::General;
pub(crate) use self::general::sums;
use crate::engine::columns::Columns;
use crate::engine::faults::at;
use crate::engine::index::{Candidates, ClassIndex, Search};
use crate::engine::settle::Settled;
use crate::ground::catalogue::engine as words;
use crate::ground::ids::{DesignationIndex, KindIndex, index};
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::path::{join, join_id};
use crate::policy::rule::reads::aggregates_of_classes;
use crate::policy::{Class, Condition, Named, Policy};
use crate::roster::Places;

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
    pub(crate) fn of_row<'a>(&'a self, roster: &'a Places) -> &'a [u32] {
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
enum Way {
    /// All have the same.
    One(u32),
    /// By conditions: the classes of their kind and designation, and their first and last live year.
    Several(Rc<Candidates>, (u16, u16)),
    /// No class fits.
    None,
}

/// Of which places the numbers are that tell classes apart.
#[derive(Clone, Copy)]
pub(crate) enum All<'s> {
    /// Of these alone.
    These,
    /// Of all, of which these are a part.
    Settled(&'s Settled),
    /// These are a part, and nothing is known of all.
    Unknown,
}

/// Whether numbers of many places tell the classes of a policy apart.
pub(crate) fn rests_on_all(policy: &Policy) -> bool {
    has_general_conditions(policy) && !aggregates_of_classes(policy).is_empty()
}

/// Finds the class of every live row. Problems are errors (`no-class`, `several-classes`, `blank-attribute`) and
/// warnings (`never-live`). Rows in `skip` (ascending) have problems of their own.
pub(crate) fn group<'a>(policy: &'a Policy, roster: &'a Places, all: All<'a>, skip: &[u32]) -> (Groups, Problems) {
    let columns = Columns::new(policy, roster);
    let mut problems = Problems::new();
    let mut groups = GroupList::default();
    // What the words of the roster are in the policy, and which classes are of each kind.
    let kinds = named(roster.kinds(), policy.kinds());
    let designations = named(roster.designations(), policy.designations());
    let classes = ClassIndex::new(&columns);
    let mut fitting: HashMap<(Option<KindIndex>, Option<DesignationIndex>), Fitting> = HashMap::new();
    let ways: Vec<Way> = roster
        .shapes()
        .iter()
        .map(|shape| {
            let Some(years) = shape.years(&policy.years()).map(|years| (*years.start(), *years.end())) else {
                return Way::One(groups.code(Group { class: None, years: None }));
            };
            let kind = kinds.get(index(shape.kind)).copied().flatten().map(KindIndex::new);
            let designation = designations.get(index(shape.designation)).copied().flatten().map(DesignationIndex::new);
            let fitting = fitting.entry((kind, designation)).or_insert_with(|| {
                let candidates = classes.candidates(kind, designation);
                match (candidates.len(), candidates.first()) {
                    (_, None) => Fitting::None,
                    (1, Some(only)) if policy.classes().get(only).is_some_and(|class| class.conditions.is_empty()) => {
                        Fitting::One(only)
                    }
                    _ => Fitting::Several(Rc::new(candidates)),
                }
            });
            match fitting {
                Fitting::None => Way::None,
                Fitting::One(class) => Way::One(groups.code(Group { class: Some(*class), years: Some(years) })),
                Fitting::Several(candidates) => Way::Several(Rc::clone(candidates), years),
            }
        })
        .collect();
    let dead = groups.code(Group { class: None, years: None });
    let alike: Option<Vec<Group>> = ways
        .iter()
        .map(|way| if let Way::One(group) = way { groups.list.get(index(*group)).copied() } else { None })
        .collect();
    if let Some(list) = alike {
        // Every shape has one class: nothing needs to be looked at row by row.
        let places = roster.shape_places().iter().map(|places| (*places).into()).collect();
        let groups = Groups { list, of_row: None, places, largest: roster.shape_largest().to_vec() };
        never_live(policy, roster, &groups.list, &mut problems);
        return (groups, problems);
    }
    let general = has_general_conditions(policy).then(|| {
        // What all places come to is not known while rows have problems of their own.
        let all = if skip.is_empty() { all } else { All::Unknown };
        General::new(&columns, all)
    });
    let mut search = Search::default();
    let mut of_row = Vec::with_capacity(roster.len());
    let mut skip = skip.iter().copied().peekable();
    for (row, shape) in roster.shape_codes().iter().enumerate() {
        let skipped = skip.next_if(|next| index(*next) == row).is_some();
        of_row.push(match ways.get(index(*shape)) {
            Some(Way::One(group)) => *group,
            _ if skipped => dead,
            Some(Way::Several(candidates, years)) => {
                let class = choose(&classes, candidates, (row, *years), general.as_ref(), &mut search, &mut problems);
                class.map_or(dead, |class| groups.code(Group { class: Some(class), years: Some(*years) }))
            }
            _ => {
                problems.push(no_class(policy, roster, row));
                dead
            }
        });
    }
    if let Some(general) = general {
        general.problems(&mut problems);
    }
    let groups = groups.list;
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

/// Which of the known words each word is.
fn named(words: &[String], known: &[Named]) -> Vec<Option<usize>> {
    words.iter().map(|word| known.iter().position(|named| named.id == *word)).collect()
}

/// Groups in the order in which they come up.
#[derive(Default)]
struct GroupList {
    list: Vec<Group>,
    known: HashMap<Group, u32>,
}

impl GroupList {
    fn code(&mut self, group: Group) -> u32 {
        *self.known.entry(group).or_insert_with(|| {
            self.list.push(group);
            u32::try_from(self.list.len().saturating_sub(1)).unwrap_or(u32::MAX)
        })
    }
}

/// What is known of the classes of a kind and designation.
enum Fitting {
    None,
    /// One, without conditions.
    One(usize),
    Several(Rc<Candidates>),
}

/// The one class whose conditions hold.
fn choose(
    classes: &ClassIndex<'_, '_>,
    candidates: &Candidates,
    (row, years): (usize, (u16, u16)),
    general: Option<&General<'_, '_>>,
    search: &mut Search,
    problems: &mut Problems,
) -> Option<usize> {
    let columns = classes.columns();
    let mut blank = false;
    for attribute in candidates.reads.iter().filter(|attribute| columns.is_blank(**attribute, row)) {
        blank = true;
        let id = columns.policy.attribute(*attribute).map_or("", |attribute| attribute.id.as_str());
        let problem = Problem::new(Code::BlankAttribute, words::BLANK_BUT_TELLS_CLASS).expected(words::FILL_IN);
        problems.push(at(columns.roster, row, problem).column(id));
    }
    if blank {
        return None;
    }
    classes.search(candidates, row, search);
    let is_general = |class: &usize| {
        columns.policy.classes().get(*class).is_some_and(|class| !class.conditions.iter().all(Condition::is_plain))
    };
    if search.found.iter().any(is_general) {
        match general?.serving(&search.found, row, years) {
            Ok(found) => search.found = found,
            Err(problem) => {
                problems.extend(problem);
                return None;
            }
        }
    }
    match search.found.as_slice() {
        [] => {
            problems.push(no_class(columns.policy, columns.roster, row));
            None
        }
        [only] => Some(*only),
        several => {
            let ids = several.iter().filter_map(|class| columns.policy.classes().get(*class));
            let message = words::FITS_SEVERAL.with(&[&Argument::quoted(ids.map(|class| class.id.as_str()))]);
            let problem = Problem::new(Code::SeveralClasses, message).found(columns.roster.name(row));
            problems.push(at(columns.roster, row, problem.expected(words::LET_CLASSES_DIFFER)));
            None
        }
    }
}

/// Whether a class has a condition that reads more than the columns of a row.
fn has_general_conditions(policy: &Policy) -> bool {
    policy.classes().iter().any(|class| !class.conditions.iter().all(Condition::is_plain))
}

/// Whether every roster has the same groups under two policies.
pub(crate) fn alike(a: &Policy, b: &Policy) -> bool {
    let ids =
        |list: &[Named], other: &[Named]| list.iter().map(|named| &named.id).eq(other.iter().map(|named| &named.id));
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
        && (!has_general_conditions(a) || (a.figures() == b.figures() && a.aggregates() == b.aggregates()))
}

fn no_class(policy: &Policy, roster: &Places, row: usize) -> Problem {
    let mut which = vec![roster.kind(row), roster.designation(row)];
    which.retain(|word| !word.is_empty());
    let message = if which.is_empty() {
        words::NO_CLASS.with(&[policy])
    } else {
        words::NO_CLASS_OF.with(&[policy, &Argument::quoted(which)])
    };
    let problem = Problem::new(Code::NoClass, message).found(roster.name(row));
    at(roster, row, problem.expected(words::CORRECT_OR_ADD_CLASS))
}

fn never_live(policy: &Policy, roster: &Places, groups: &[Group], problems: &mut Problems) {
    if groups.iter().all(|group| group.years.is_some()) {
        return;
    }
    for row in 0..roster.len() {
        if roster.years(row, &policy.years()).is_none() {
            let problem = Problem::new(Code::NeverLive, words::NO_YEAR_OF_POLICY).found(roster.name(row));
            problems.push(at(roster, row, problem.expected(words::CORRECT_FROM_AND_TO)));
        }
    }
}

/// Says where the roster differs from what the document says.
pub(crate) fn expected(policy: &Policy, groups: &Groups, problems: &mut Problems) {
    let mut of_class: HashMap<usize, Vec<(Group, u128)>> = HashMap::new();
    for (group, places) in groups.list.iter().zip(&groups.places) {
        if let Some(class) = group.class {
            of_class.entry(class).or_default().push((*group, *places));
        }
    }
    let count = |class: usize, year: u16| {
        let groups = of_class.get(&class).map_or(&[][..], Vec::as_slice);
        let live = groups.iter().filter(|(group, _)| group.is_live(year));
        live.map(|(_, places)| *places).fold(0, u128::saturating_add)
    };
    compare_counts(policy, count, problems);
}

/// Says where the places that classes have in a year are not as many as the document says.
pub(crate) fn compare_counts(policy: &Policy, count: impl Fn(usize, u16) -> u128, problems: &mut Problems) {
    for (index, class) in policy.classes().iter().enumerate() {
        let Some(expected) = class.expected else { continue };
        let differs = policy.years().find(|year| count(index, *year) != u128::from(expected));
        if let Some(year) = differs {
            let found = count(index, year);
            let message = words::OTHER_COUNT.with(&[&class.id, &found, &year, &expected]);
            problems
                .push(Problem::new(Code::ExpectedCount, message).key(join(&join_id("classes", &class.id), "expected")));
        }
    }
}

/// The groups of a roster, for every policy whose classes serve the same places.
pub(crate) struct Grouped {
    pub(crate) policy: Policy,
    groups: Arc<Groups>,
    /// Warnings that any such policy has.
    warnings: Problems,
}

impl Grouped {
    /// Finds the group of every row, or says what is wrong with the rows.
    pub(crate) fn new(policy: &Policy, roster: &Places, all: All<'_>) -> Result<Self, Problems> {
        let mut problems = roster.check_years(&policy.years());
        let (groups, found) = group(policy, roster, all, &[]);
        let complete = !found.has_errors();
        problems.append(found);
        if problems.has_errors() {
            if complete {
                expected(policy, &groups, &mut problems);
            }
            problems.sort();
            return Err(problems);
        }
        Ok(Self { policy: policy.clone(), groups: Arc::new(groups), warnings: problems })
    }

    /// The groups, and the warnings of a policy.
    pub(crate) fn of(&self, policy: &Policy) -> (Arc<Groups>, Problems) {
        let mut warnings = self.warnings.clone();
        expected(policy, &self.groups, &mut warnings);
        warnings.sort();
        (Arc::clone(&self.groups), warnings)
    }
}
