//! Duties: what bodies must bring besides money, and who does.
//!
//! What is due follows from the policy and from the places that live in a year; a register of assignments stands beside it.
//! Due and assigned are numbers of posts, teams or acts, never of people: one leader who serves two places holds two posts.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::engine::payers::payer_of;
use crate::ground::catalogue::questions as words;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::sure::Sure;
use crate::policy::{Duty, DutyEach, DutyEvery, Payer, Policy};
use crate::questions::places::{NONE, Places, Reason};
use crate::results::allocation::Allocation;
use crate::results::totals::Grouping;

mod assignments;
mod tables;
#[cfg(test)]
mod tests;
mod totals;

pub use assignments::{Assignment, Assignments, AssignmentsBuilder};
pub use totals::{CoverageTotals, DutyTotals};

/// What is due of a policy's duties over the places of an allocation, and what a register of assignments has of it. Cheap to
/// clone; never changes.
///
/// ```
/// use fundlayers::{Allocation, Duties, Policy, RosterBuilder, RowBuilder, roster::Cell};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
///   "layers": [], "classes": [{ "id": "all", "funding": {} }],
///   "duties": [{ "id": "leader", "payer": "county", "number": 1 }] }"#)?;
/// let mut builder = RosterBuilder::new(&policy, &[("name", None), ("count", None)]);
/// builder.push_row(None, &["甲村", "3"].map(Cell::Text));
/// let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// let duties = Duties::new(&allocation)?;
/// let due: Vec<u64> = duties.lines().map(|line| line.due()).collect();
/// assert_eq!(due, [3, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Duties(Arc<Data>);

#[derive(Debug)]
struct Data {
    allocation: Allocation,
    /// Each duty in a sentence with its clause, in Chinese and in English.
    sentences: Vec<[String; 2]>,
    /// What is due of one place, by group.
    templates: Vec<Vec<Slot>>,
    /// Where places stand on several rows: the row and year in which a duty that is due once is due.
    once: HashMap<(usize, usize), (usize, usize)>,
    /// What is due of no place by itself.
    wide: Vec<Wide>,
    register: Option<Matched>,
}

/// What is due once of a place: a duty in a year or in half of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Slot {
    /// By its number among the years.
    year: usize,
    duty: usize,
    /// 1 and 2; 0: the whole year.
    half: u8,
}

/// What is due of a county, or once in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Wide {
    /// The county's code; `u32::MAX`: all.
    county: u32,
    slot: Slot,
}

/// What of the register belongs to what is due.
#[derive(Debug)]
struct Matched {
    assignments: Assignments,
    /// The key of what is due, and the row of the register; ascending.
    rows: Vec<(u64, u32)>,
    /// By key: who was assigned, where several rows are.
    names: HashMap<u64, String>,
    /// Rows that belong to nothing, each with why.
    unmatched: Vec<(u32, UnmatchedReason)>,
}

/// Why a row of a register belongs to nothing that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UnmatchedReason {
    /// No place, or several places, or a year that is not computed, or a place that does not live in it.
    Place(Reason),
    /// The policy has no such duty and no such post.
    UnknownDuty,
    /// A post of several duties, or several duties of one name, of which more than one is due there.
    AmbiguousDuty,
    /// The duty is not due of this place.
    NotDue,
    /// The duty is due each half of a year, and the row says none.
    NoHalf,
    /// The duty is one of a county, and the roster has no such county.
    UnknownCounty,
}

impl UnmatchedReason {
    /// The reason as it stands in tables for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Place(reason) => reason.as_str(),
            Self::UnknownDuty => "unknown-duty",
            Self::AmbiguousDuty => "ambiguous-duty",
            Self::NotDue => "not-due",
            Self::NoHalf => "no-half",
            Self::UnknownCounty => "unknown-county",
        }
    }

    /// The reason for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Place(reason), lang) => reason.label(lang),
            (Self::UnknownDuty, Lang::Zh) => "政策无此事项",
            (Self::UnknownDuty, Lang::En) => "not a duty of the policy",
            (Self::AmbiguousDuty, Lang::Zh) => "可属于几项任务",
            (Self::AmbiguousDuty, Lang::En) => "of several duties",
            (Self::NotDue, Lang::Zh) => "该单位无此项任务",
            (Self::NotDue, Lang::En) => "not due there",
            (Self::NoHalf, Lang::Zh) => "未写明上半年或下半年",
            (Self::NoHalf, Lang::En) => "no half of the year stated",
            (Self::UnknownCounty, Lang::Zh) => "名单中无此区县",
            (Self::UnknownCounty, Lang::En) => "no such county in the roster",
        }
    }

    fn phrase(self) -> crate::ground::message::Phrase {
        match self {
            Self::Place(Reason::AmbiguousPlace) => words::SEVERAL_RECIPIENTS,
            Self::Place(Reason::UnknownYear) => words::YEAR_NOT_COMPUTED,
            Self::Place(Reason::PlaceNotLive) => words::NOT_LISTED_IN_YEAR,
            Self::Place(_) => words::NO_RECIPIENT,
            Self::UnknownDuty => words::NO_DUTY_OF_POLICY,
            Self::AmbiguousDuty => words::SEVERAL_DUTIES,
            Self::NotDue => words::DUTY_NOT_DUE_THERE,
            Self::NoHalf => words::HALF_NOT_STATED,
            Self::UnknownCounty => words::NO_COUNTY_OF_ROSTER,
        }
    }
}

/// What the register has of what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assigned {
    /// How many are assigned.
    pub number: u64,
    /// People in them, as far as they are stated.
    pub people: u64,
    /// People who are too few, in all that are assigned with too few.
    pub people_missing: u64,
    /// People who are too many, in all that are assigned with too many.
    pub people_surplus: u64,
}

/// What is due of a place, of a county or in all, in a year or half of one.
#[derive(Debug, Clone, Copy)]
pub struct DutyLine<'a> {
    duties: &'a Duties,
    key: u64,
    duty: &'a Duty,
    /// The row of the roster.
    row: Option<usize>,
    /// The code of the county; none: not one county's.
    county: Option<u32>,
    slot: Slot,
}

/// What is due of rows, by their key.
fn key(row: usize, slot: Slot) -> u64 {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    // Fewer than 2^32 rows, 100 years, 1000 duties.
    number(row) << 24 | number(slot.year) << 14 | number(slot.duty) << 2 | u64::from(slot.half)
}

/// Above the keys of every row.
const WIDE: u64 = 1 << 62;

fn halves(duty: &Duty) -> std::ops::RangeInclusive<u8> {
    if duty.every == DutyEvery::HalfYear { 1..=2 } else { 0..=0 }
}

/// What the rows of a register may be called: the posts of duties, and the duties that are themselves.
fn forms_of(policy: &Policy) -> Vec<&Name> {
    let mut names = Vec::new();
    for duty in policy.duties().iter().filter(|duty| duty.number.is_some()) {
        if duty.one_of.is_empty() {
            names.push(&duty.name);
        }
        for name in duty.one_of.iter().filter_map(|post| policy.posts().get(*post)).map(|post| &post.name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// Reads what duties are grouped by: as [`Grouping::parse_all`](crate::Grouping::parse_all), and `duty` (事项), by which they
/// always are.
///
/// # Errors
///
/// As there.
pub fn groupings<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Vec<Grouping>, Problems> {
    let keys = keys.into_iter().flat_map(crate::ground::text::split_list);
    Grouping::parse_all(keys.filter(|key| !["duty", "事项", "Duty"].contains(key)))
}

impl Duties {
    /// What is due in the years of an allocation.
    ///
    /// # Errors
    ///
    /// [`Code::MissingKey`] where the policy has no duties with a number.
    pub fn new(allocation: &Allocation) -> Result<Self, Problems> {
        let policy = allocation.policy();
        if !policy.duties().iter().any(|duty| duty.number.is_some()) {
            return Err(Problem::new(Code::MissingKey, words::NO_DUTIES).key("duties").into());
        }
        let sentence = |duty: &Duty| {
            [Lang::Zh, Lang::En].map(|lang| {
                let text = duty.sentence(policy, lang);
                match (policy.duty_clause(duty), lang) {
                    (None, _) => text,
                    (Some(clause), Lang::Zh) => format!("{text}（{clause}）"),
                    (Some(clause), Lang::En) => format!("{text} ({clause})"),
                }
            })
        };
        let mut data = Data {
            allocation: allocation.clone(),
            sentences: policy.duties().iter().map(sentence).collect(),
            templates: Vec::new(),
            once: HashMap::new(),
            wide: Vec::new(),
            register: None,
        };
        data.templates = templates(allocation);
        data.find_once();
        data.wide = wide(allocation);
        Ok(Self(Arc::new(data)))
    }

    /// The same beside a register of assignments. Warnings are of rows that belong to nothing, and of who serves several places
    /// as what only one can be served as.
    ///
    /// # Errors
    ///
    /// As [`Duties::new`].
    pub fn with_assignments(allocation: &Allocation, assignments: &Assignments) -> Result<(Self, Problems), Problems> {
        let mut duties = Self::new(allocation)?;
        let (matched, warnings) = matched(&duties, assignments);
        if let Some(data) = Arc::get_mut(&mut duties.0) {
            data.register = Some(matched);
        }
        Ok((duties, warnings))
    }

    /// The allocation whose places and years they are of.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.0.allocation
    }

    /// Whether they stand beside a register.
    #[must_use]
    pub fn has_register(&self) -> bool {
        self.0.register.is_some()
    }

    /// Each duty in a sentence with its clause, by its number among the policy's.
    #[must_use]
    pub fn sentence(&self, duty: usize, lang: Lang) -> &str {
        let sentence = self.0.sentences.get(duty);
        sentence.map_or("", |[zh, en]| match lang {
            Lang::Zh => zh.as_str(),
            Lang::En => en.as_str(),
        })
    }

    /// The rows of the register that belong to nothing that is due, each with why.
    pub fn unmatched(&self) -> impl Iterator<Item = (Assignment<'_>, UnmatchedReason)> {
        let register = self.0.register.iter();
        register.flat_map(|register| {
            register.unmatched.iter().map(|(row, reason)| (register.assignments.row(index(*row)), *reason))
        })
    }

    /// What is due, in order: places as the roster has them, each by year, duty and half; then counties, then what is due once
    /// in all.
    pub fn lines(&self) -> impl Iterator<Item = DutyLine<'_>> {
        let rows = (0..self.0.allocation.roster().len()).flat_map(|row| self.lines_of(row));
        rows.chain(self.wide_lines())
    }

    pub(crate) fn lines_of(&self, row: usize) -> impl Iterator<Item = DutyLine<'_>> {
        self.0.slots(row).filter_map(move |slot| self.line(row, slot))
    }

    fn line(&self, row: usize, slot: Slot) -> Option<DutyLine<'_>> {
        let duty = self.0.allocation.policy().duties().get(slot.duty)?;
        let county = self.0.allocation.roster().county_column().code(row);
        Some(DutyLine { duties: self, key: key(row, slot), duty, row: Some(row), county: Some(county), slot })
    }

    fn wide_lines(&self) -> impl Iterator<Item = DutyLine<'_>> {
        (0..self.0.wide.len()).filter_map(|at| self.wide_line(at))
    }

    fn wide_line(&self, at: usize) -> Option<DutyLine<'_>> {
        let wide = self.0.wide.get(at)?;
        let duty = self.0.allocation.policy().duties().get(wide.slot.duty)?;
        let key = WIDE | u64::try_from(at).unwrap_or(u64::MAX);
        let county = Some(wide.county).filter(|county| *county != u32::MAX);
        Some(DutyLine { duties: self, key, duty, row: None, county, slot: wide.slot })
    }

    /// What is due by its key.
    fn line_of(&self, key: u64) -> Option<DutyLine<'_>> {
        match key.checked_sub(WIDE) {
            Some(at) => self.wide_line(usize::try_from(at).ok()?),
            None => self.line(row_of(key), slot_of(key)),
        }
    }
}

/// What is due of one place of each group.
fn templates(allocation: &Allocation) -> Vec<Vec<Slot>> {
    let years = allocation.years();
    let groups = &allocation.0.groups.list;
    groups
        .iter()
        .map(|group| {
            let Some(class) = group.class else { return Vec::new() };
            let mut slots = Vec::new();
            let live = years.iter().enumerate().filter(|(_, year)| group.is_live(**year));
            for (nth, (year, _)) in live.enumerate() {
                for (number, duty) in allocation.policy().duties().iter().enumerate() {
                    let is_due = duty.each == DutyEach::Place && duty.number.is_some() && duty.is_for(class);
                    if is_due && (duty.every != DutyEvery::Once || nth == 0) {
                        slots.extend(halves(duty).map(|half| Slot { year, duty: number, half }));
                    }
                }
            }
            slots
        })
        .collect()
}

/// What is due of counties, and once in all.
fn wide(allocation: &Allocation) -> Vec<Wide> {
    let (policy, roster) = (allocation.policy(), allocation.roster());
    let wide: Vec<(usize, &Duty)> = policy
        .duties()
        .iter()
        .enumerate()
        .filter(|(_, duty)| duty.each != DutyEach::Place && duty.number.is_some())
        .collect();
    if wide.is_empty() {
        return Vec::new();
    }
    let of_row = allocation.0.groups.of_row(roster);
    let pairs: HashSet<(u32, u32)> =
        of_row.iter().enumerate().map(|(row, group)| (roster.county_column().code(row), *group)).collect();
    let mut list: HashSet<Wide> = HashSet::new();
    for (county, group) in pairs {
        let Some(group) = allocation.0.groups.list.get(index(group)) else { continue };
        let Some(class) = group.class else { continue };
        for (number, duty) in wide.iter().filter(|(_, duty)| duty.is_for(class)) {
            let county = if duty.each == DutyEach::Policy { u32::MAX } else { county };
            // A blank is no county.
            if county != u32::MAX && roster.county_column().value(county).is_empty() {
                continue;
            }
            for (year, _) in allocation.years().iter().enumerate().filter(|(_, year)| group.is_live(**year)) {
                list.extend(halves(duty).map(|half| Wide { county, slot: Slot { year, duty: *number, half } }));
            }
        }
    }
    let mut list: Vec<Wide> = list.into_iter().collect();
    list.sort_unstable();
    let mut seen: HashSet<(u32, usize)> = HashSet::new();
    list.retain(|wide| {
        let is_once = policy.duties().get(wide.slot.duty).is_some_and(|duty| duty.every == DutyEvery::Once);
        !is_once || seen.insert((wide.county, wide.slot.duty))
    });
    list
}

impl Data {
    fn template(&self, row: usize) -> &[Slot] {
        let groups = self.allocation.0.groups.of_row(self.allocation.roster());
        groups.get(row).and_then(|group| self.templates.get(index(*group))).map_or(&[], Vec::as_slice)
    }

    /// What is due of a row.
    fn slots(&self, row: usize) -> impl Iterator<Item = Slot> {
        self.template(row).iter().copied().filter(move |slot| self.is_due(row, *slot))
    }

    /// What is due of a row of one duty in a year.
    fn slots_of(&self, row: usize, year: usize, duty: usize) -> impl Iterator<Item = Slot> {
        // By year, then duty.
        let template = self.template(row);
        let start = template.partition_point(|slot| (slot.year, slot.duty) < (year, duty));
        let slots = template.get(start..).sure().iter().copied();
        let slots = slots.take_while(move |slot| (slot.year, slot.duty) == (year, duty));
        slots.filter(move |slot| self.is_due(row, *slot))
    }

    /// Whether a slot of the row's template is due: what is due once of a place on several rows is due on one of them.
    fn is_due(&self, row: usize, slot: Slot) -> bool {
        if self.once.is_empty() {
            return true;
        }
        let place = self.allocation.roster().place(row);
        self.once.get(&(place, slot.duty)).is_none_or(|known| *known == (row, slot.year))
    }

    fn find_once(&mut self) {
        let roster = self.allocation.roster();
        if !roster.ids_repeat() {
            return;
        }
        let duties = self.allocation.policy().duties();
        let mut once: HashMap<(usize, usize), (usize, usize)> = HashMap::new();
        for row in 0..roster.len() {
            for slot in self.template(row) {
                if duties.get(slot.duty).is_some_and(|duty| duty.every == DutyEvery::Once) {
                    let first = once.entry((roster.place(row), slot.duty)).or_insert((row, slot.year));
                    if slot.year < first.1 {
                        *first = (row, slot.year);
                    }
                }
            }
        }
        self.once = once;
    }

    /// What is due of a line's slot at all, for `count` places.
    fn due(&self, slot: Slot, count: u64) -> u64 {
        let number = self.allocation.policy().duties().get(slot.duty).and_then(|duty| duty.number);
        count.saturating_mul(number.unwrap_or_default().into())
    }
}

impl<'a> DutyLine<'a> {
    fn data(self) -> &'a Data {
        &self.duties.0
    }

    /// The duty, of the policy.
    #[must_use]
    pub const fn duty(self) -> &'a Duty {
        self.duty
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.data().allocation.years().get(self.slot.year).copied().sure()
    }

    /// The half of the year, 1 or 2; 0 of what is due in a year.
    #[must_use]
    pub const fn half(self) -> u8 {
        self.slot.half
    }

    /// How many places its row stands for; 1 of a county, and of what is due once in all.
    #[must_use]
    pub fn count(self) -> u64 {
        self.row.map_or(1, |row| self.data().allocation.roster().count(row))
    }

    /// The place; none of what is due of a county, or once in all.
    #[must_use]
    pub fn place(self) -> Option<crate::roster::Recipient<'a>> {
        self.data().allocation.roster().get(self.row?)
    }

    /// The county; blank where there is none.
    #[must_use]
    pub fn county(self) -> &'a str {
        self.county.map_or("", |code| self.data().allocation.roster().county_column().value(code))
    }

    /// Who must bring it: a body's id, or what the roster says; blank where it says nothing.
    #[must_use]
    pub fn payer(self) -> &'a str {
        let (policy, roster) = (self.data().allocation.policy(), self.data().allocation.roster());
        let payer = self.duty().payer;
        match self.row {
            Some(row) => payer_of(policy, roster, payer, row),
            None => policy.payer_id(payer).unwrap_or(self.county()),
        }
    }

    /// How many are due.
    #[must_use]
    pub fn due(self) -> u64 {
        self.data().due(self.slot, self.count())
    }

    /// How many people are due, least and most; none where the duty says nothing of them.
    #[must_use]
    pub fn people_due(self) -> Option<(u64, u64)> {
        let (least, most) = self.duty().members?;
        Some((self.due().saturating_mul(least.into()), self.due().saturating_mul(most.into())))
    }

    /// The rows of the register.
    fn rows(self) -> &'a [(u64, u32)] {
        self.data().register.as_ref().map_or(&[], |register| register.of(self.key))
    }

    /// What is assigned; none without a register.
    #[must_use]
    pub fn assigned(self) -> Option<Assigned> {
        self.assigned_of(self.rows())
    }

    /// What its rows of the register come to, where they are at hand.
    fn assigned_of(self, rows: &[(u64, u32)]) -> Option<Assigned> {
        let register = self.data().register.as_ref()?;
        let duty = self.duty();
        let mut sum = Assigned::default();
        for (_, row) in rows {
            let assignment = register.assignments.row(index(*row));
            let number = u64::from(assignment.number());
            sum.number = sum.number.saturating_add(number);
            let Some(people) = assignment.people().map(u64::from) else { continue };
            sum.people = sum.people.saturating_add(people);
            if let Some((least, most)) = duty.members {
                let missing = number.saturating_mul(least.into()).saturating_sub(people);
                sum.people_missing = sum.people_missing.saturating_add(missing);
                let surplus = people.saturating_sub(number.saturating_mul(most.into()));
                sum.people_surplus = sum.people_surplus.saturating_add(surplus);
            }
        }
        Some(sum)
    }

    /// How many are due and not assigned.
    #[must_use]
    pub fn missing(self) -> Option<u64> {
        Some(self.due().saturating_sub(self.assigned()?.number))
    }

    /// How many are assigned beyond what is due: no fault.
    #[must_use]
    pub fn surplus(self) -> Option<u64> {
        Some(self.assigned()?.number.saturating_sub(self.due()))
    }

    /// Whether as many as are due are assigned, none with too few or too many people.
    #[must_use]
    pub fn is_met(self) -> Option<bool> {
        Some(self.is_met_by(self.assigned()?))
    }

    fn is_met_by(self, assigned: Assigned) -> bool {
        assigned.people_missing == 0 && assigned.people_surplus == 0 && assigned.number >= self.due()
    }

    /// Who is assigned, as the register has them.
    #[must_use]
    pub fn assigned_to(self) -> &'a str {
        let Some(register) = self.data().register.as_ref() else { return "" };
        match self.rows() {
            [] => "",
            [(_, row)] => register.assignments.row(index(*row)).person(),
            _ => register.names.get(&self.key).map_or("", String::as_str),
        }
    }

    /// The rows of the register that belong to it.
    pub(crate) fn assignments(self) -> impl Iterator<Item = Assignment<'a>> {
        let register = self.data().register.as_ref();
        self.rows().iter().filter_map(move |(_, row)| Some(register?.assignments.row(index(*row))))
    }

    /// Since when, as the register has it, of each of its rows.
    pub(crate) fn dates(self) -> impl Iterator<Item = &'a str> {
        self.assignments().map(Assignment::date)
    }

    /// The duty in a sentence with its clause.
    #[must_use]
    pub fn sentence(self, lang: Lang) -> &'a str {
        self.duties.sentence(self.slot.duty, lang)
    }
}

impl Matched {
    fn of(&self, key: u64) -> &[(u64, u32)] {
        let start = self.rows.partition_point(|(known, _)| *known < key);
        let rows = self.rows.get(start..).sure();
        let end = rows.partition_point(|(known, _)| *known == key);
        rows.get(..end).sure()
    }

    /// The rows of each key that has any.
    fn of_keys(&self) -> impl Iterator<Item = (u64, &[(u64, u32)])> {
        self.rows.chunk_by(|a, b| a.0 == b.0).filter_map(|rows| Some((rows.first()?.0, rows)))
    }
}

/// Finds what rows of a register belong to.
struct Matcher<'a> {
    duties: &'a Duties,
    places: Places<'a>,
    by_id: Vec<u32>,
    /// By the code of the word: the duties that it may be.
    meant: Vec<Vec<usize>>,
    /// By county, year, duty, half.
    wide: HashMap<Wide, u64>,
    /// By county and duty: what is due once.
    once: HashMap<(u32, usize), u64>,
    /// The codes of counties.
    counties: HashMap<&'a str, u32>,
    /// The rows of each place that stands on several.
    rows: HashMap<usize, Vec<usize>>,
}

impl<'a> Matcher<'a> {
    fn new(duties: &'a Duties, assignments: &'a Assignments) -> Self {
        let data = &*duties.0;
        let (policy, roster) = (data.allocation.policy(), data.allocation.roster());
        let mut places = Places::new(roster);
        let by_id = places.by_ids(assignments.len(), |row| assignments.row(row).id());
        let meant = assignments.0.duties.values().map(|word| meant(policy, word)).collect();
        let wide = || (0_u64..).zip(&data.wide).map(|(at, wide)| (*wide, WIDE | at));
        let is_once =
            |wide: &Wide| policy.duties().get(wide.slot.duty).is_some_and(|duty| duty.every == DutyEvery::Once);
        let once = wide().filter(|(wide, _)| is_once(wide)).map(|(wide, key)| ((wide.county, wide.slot.duty), key));
        let counties = roster.county_column().values().zip(0_u32..).collect();
        let mut rows: HashMap<usize, Vec<usize>> = HashMap::new();
        if roster.ids_repeat() {
            (0..roster.len()).for_each(|row| rows.entry(roster.place(row)).or_default().push(row));
        }
        Self { duties, places, by_id, meant, once: once.collect(), wide: wide().collect(), counties, rows }
    }

    /// The key of what a row belongs to, or why to nothing.
    fn find(&mut self, row: Assignment<'a>) -> Result<u64, UnmatchedReason> {
        let data = &*self.duties.0;
        let policy = data.allocation.policy();
        let meant = self.meant.get(row.duty_code()).map_or(&[][..], Vec::as_slice);
        if meant.is_empty() {
            return Err(UnmatchedReason::UnknownDuty);
        }
        let year = data.allocation.years().binary_search(&row.year()).ok();
        let named = self.by_id.get(row.index()).copied().filter(|place| *place != NONE);
        let place = match named {
            Some(place) => Ok(index(place)),
            None => self.places.find(row.place()),
        };
        let mut found: Option<u64> = None;
        let mut why = UnmatchedReason::NotDue;
        for number in meant {
            let Some(duty) = policy.duties().get(*number) else { continue };
            let key = match duty.each {
                DutyEach::Place => self.of_place(row, (*number, duty), place, year),
                DutyEach::County => {
                    let county = match place {
                        Ok(place) => data.allocation.roster().county(place),
                        Err(_) => row.county(),
                    };
                    // A county may stand where names stand.
                    let names = [county, row.name()];
                    let code = names.into_iter().find_map(|name| self.counties.get(name).filter(|_| !name.is_empty()));
                    match code.copied() {
                        Some(county) => self.of_all(row, county, (*number, duty), year),
                        None => Err(UnmatchedReason::UnknownCounty),
                    }
                }
                DutyEach::Policy => self.of_all(row, u32::MAX, (*number, duty), year),
            };
            match key {
                Ok(_) if found.is_some() => return Err(UnmatchedReason::AmbiguousDuty),
                Ok(key) => found = Some(key),
                // What is due in another place says less than what is wrong with this one.
                Err(reason) if why == UnmatchedReason::NotDue => why = reason,
                Err(_) => {}
            }
        }
        found.ok_or(why)
    }

    fn of_place(
        &self,
        row: Assignment<'_>,
        (number, duty): (usize, &Duty),
        place: Result<usize, Reason>,
        year: Option<usize>,
    ) -> Result<u64, UnmatchedReason> {
        let data = &*self.duties.0;
        let place = place.map_err(UnmatchedReason::Place)?;
        let one = [place];
        let rows = self.rows.get(&data.allocation.roster().place(place)).map_or(&one[..], Vec::as_slice);
        // Of what is due once, any year counts.
        if duty.every == DutyEvery::Once {
            let due = rows.iter().find_map(|row| Some((*row, data.slots(*row).find(|slot| slot.duty == number)?)));
            return due.map(|(row, slot)| key(row, slot)).ok_or(UnmatchedReason::NotDue);
        }
        let year = year.ok_or(UnmatchedReason::Place(Reason::UnknownYear))?;
        let live = rows.iter().copied().find(|at| data.allocation.lives(*at, row.year()));
        let live = live.ok_or(UnmatchedReason::Place(Reason::PlaceNotLive))?;
        let mut slots = data.slots_of(live, year, number).peekable();
        slots.peek().ok_or(UnmatchedReason::NotDue)?;
        let half = half_of(row, duty)?;
        slots.find(|slot| slot.half == half).map(|slot| key(live, slot)).ok_or(UnmatchedReason::NotDue)
    }

    fn of_all(
        &self,
        row: Assignment<'_>,
        county: u32,
        (number, duty): (usize, &Duty),
        year: Option<usize>,
    ) -> Result<u64, UnmatchedReason> {
        if duty.every == DutyEvery::Once {
            return self.once.get(&(county, number)).copied().ok_or(UnmatchedReason::NotDue);
        }
        let year = year.ok_or(UnmatchedReason::Place(Reason::UnknownYear))?;
        let slot = |half| Wide { county, slot: Slot { year, duty: number, half } };
        if !halves(duty).any(|half| self.wide.contains_key(&slot(half))) {
            return Err(UnmatchedReason::NotDue);
        }
        let half = half_of(row, duty)?;
        self.wide.get(&slot(half)).copied().ok_or(UnmatchedReason::NotDue)
    }
}

fn half_of(row: Assignment<'_>, duty: &Duty) -> Result<u8, UnmatchedReason> {
    match (duty.every, row.half()) {
        (DutyEvery::HalfYear, 0) => Err(UnmatchedReason::NoHalf),
        (DutyEvery::HalfYear, half) => Ok(half),
        _ => Ok(0),
    }
}

/// The duties that a word of a register may be: by the id or a name of a duty, or of a post that counts as one.
fn meant(policy: &Policy, word: &str) -> Vec<usize> {
    let posts: Vec<usize> =
        policy.posts().iter().enumerate().filter(|(_, post)| post.is_called(word)).map(|(post, _)| post).collect();
    let is_called = |duty: &Duty| {
        let itself = duty.id == word || duty.name.zh == word || duty.name.en == word;
        itself || duty.one_of.iter().any(|post| posts.contains(post))
    };
    let duties = policy.duties().iter().enumerate();
    duties.filter(|(_, duty)| duty.number.is_some() && is_called(duty)).map(|(duty, _)| duty).collect()
}

fn matched(duties: &Duties, assignments: &Assignments) -> (Matched, Problems) {
    let mut matcher = Matcher::new(duties, assignments);
    let mut rows = Vec::with_capacity(assignments.len());
    let mut unmatched = Vec::new();
    let mut problems = Problems::new();
    for (row, at) in (0..assignments.len()).zip(0_u32..) {
        match matcher.find(assignments.row(row)) {
            Ok(key) => rows.push((key, at)),
            Err(reason) => {
                unmatched.push((at, reason));
                if problems.len() < Problems::LIMIT {
                    problems.push(unmatched_problem(duties, assignments.row(row), reason));
                } else {
                    problems.leave_out(Severity::Warning, 1);
                }
            }
        }
    }
    rows.sort_unstable();
    let mut names = HashMap::new();
    for alike in rows.chunk_by(|a, b| a.0 == b.0) {
        if let [(key, _), _, ..] = alike {
            let persons = alike.iter().map(|(_, row)| assignments.row(index(*row)).person());
            let persons: Vec<&str> = persons.filter(|person| !person.is_empty()).collect();
            names.insert(*key, persons.join("、"));
        }
    }
    let matched = Matched { assignments: assignments.clone(), rows, names, unmatched };
    shared(duties, &matched, &mut problems);
    (matched, problems)
}

fn unmatched_problem(duties: &Duties, row: Assignment<'_>, reason: UnmatchedReason) -> Problem {
    let allocation = duties.allocation();
    let path: Vec<&str> =
        [row.county(), row.township(), row.name()].into_iter().filter(|text| !text.is_empty()).collect();
    let path = path.join("/");
    let place = [("id", row.id()), ("division_code", row.division_code()), ("name", path.as_str())];
    let (column, found) = place.into_iter().find(|(_, text)| !text.is_empty()).unwrap_or(("name", ""));
    let problem = Problem::new(Code::UnmatchedAssignment, reason.phrase());
    row.locate(match reason {
        UnmatchedReason::Place(Reason::UnknownYear) => {
            let expected = words::ONE_OF.with(&[&Argument::list(allocation.years())]);
            problem.column("year").found(row.year().to_string()).expected(expected)
        }
        UnmatchedReason::Place(Reason::PlaceNotLive) => {
            problem.column("year").found(row.year().to_string()).expected(words::YEAR_IN_ROSTER)
        }
        UnmatchedReason::Place(Reason::AmbiguousPlace) => {
            problem.column(column).found(found).expected(words::ID_OR_COUNTY_TOO)
        }
        UnmatchedReason::Place(_) => problem.column(column).found(found).expected(words::ID_OR_NAMES),
        UnmatchedReason::UnknownDuty => {
            let known = forms_of(allocation.policy());
            let known = known.iter().flat_map(|name| [name.zh.as_str(), name.en.as_str()]);
            problem.column("duty").found(row.duty()).expected(crate::ground::text::did_you_mean(row.duty(), known))
        }
        UnmatchedReason::NoHalf => problem.column("half").found(row.date()).expected(words::HALVES),
        UnmatchedReason::UnknownCounty => {
            problem.column("county").found(row.county()).expected(words::COUNTY_OF_ROSTER)
        }
        UnmatchedReason::AmbiguousDuty | UnmatchedReason::NotDue => {
            problem.column("duty").found(row.duty()).expected(words::DUTY_OF_PLACE)
        }
    })
}

/// Warns of who serves several places as what only one place is served as.
fn shared(duties: &Duties, matched: &Matched, problems: &mut Problems) {
    let data = &*duties.0;
    let (policy, roster) = (data.allocation.policy(), data.allocation.roster());
    let persons = &matched.assignments.0.persons;
    let is_alone = |duty: usize| policy.duties().get(duty).is_some_and(|duty| !duty.is_shared);
    let served = || matched.rows.iter().filter(|(key, _)| *key < WIDE && is_alone(slot_of(*key).duty));
    // Most serve once: only the rows of those that do not are looked at closely.
    let mut often = vec![0_u8; persons.value_count()];
    for (_, at) in served() {
        if let Some(count) = often.get_mut(index(persons.code(index(*at)))) {
            *count = count.saturating_add(1);
        }
    }
    // A blank is nobody.
    if let Some(blank) = persons.values().position(str::is_empty).and_then(|blank| often.get_mut(blank)) {
        *blank = 0;
    }
    let serves = |(key, at): &(u64, u32)| {
        let person = persons.code(index(*at));
        let slot = slot_of(*key);
        (often.get(index(person)).is_some_and(|count| *count > 1)).then_some((person, slot.duty, slot.year, *key, *at))
    };
    let mut serving: Vec<(u32, usize, usize, u64, u32)> = served().filter_map(serves).collect();
    serving.sort_unstable();
    let mut several = Vec::new();
    for alike in serving.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
        let Some((_, duty, year, _, first)) = alike.iter().min_by_key(|of| of.4).copied() else { continue };
        if alike.len() == 1 {
            continue;
        }
        // Places that one person serves are few.
        let mut places: Vec<usize> = Vec::new();
        for (_, _, _, key, _) in alike {
            let row = row_of(*key);
            let place = roster.place(row);
            if places.len() < SEVERAL && !places.iter().any(|known| roster.place(*known) == place) {
                places.push(row);
            }
        }
        if places.len() > 1 {
            several.push((first, duty, year, places));
        }
    }
    several.sort_unstable_by_key(|(first, duty, year, _)| (*first, *duty, *year));
    for (first, duty, year, places) in several {
        if problems.len() >= Problems::LIMIT {
            problems.leave_out(Severity::Warning, 1);
            continue;
        }
        let row = matched.assignments.row(index(first));
        let names = Argument::list(places.iter().map(|place| roster.name(*place)));
        let name = policy.duties().get(duty).map(|duty| duty.name.clone()).sure();
        let year = data.allocation.years().get(year).copied().sure();
        let problem = Problem::new(Code::SharedAssignment, words::SERVES_SEVERAL.with(&[&year, &name, &names]));
        let problem = row.locate(problem.column("person").found(row.person()));
        problems.push(problem.expected(words::SHARED_OR_NOT));
    }
}

/// So many places are named.
const SEVERAL: usize = 10;

/// The row of the roster in a key.
fn row_of(key: u64) -> usize {
    usize::try_from(key >> 24).unwrap_or(usize::MAX)
}

fn slot_of(key: u64) -> Slot {
    let part = |shift: u32, bits: u32| usize::try_from(key >> shift & !(u64::MAX << bits)).sure();
    Slot { year: part(14, 10), duty: part(2, 12), half: u8::try_from(key & 3).sure() }
}

/// The columns of the roster that say who must bring something; each once.
fn paying(policy: &Policy) -> Vec<Payer> {
    let mut payers: Vec<Payer> = Vec::new();
    for duty in policy.duties().iter().filter(|duty| duty.number.is_some()) {
        if !payers.contains(&duty.payer) {
            payers.push(duty.payer);
        }
    }
    payers
}
