//! Checks worked out: of each subject in each year whether it meets what is required.

use std::sync::Arc;

use num_rational::BigRational;
use rust_decimal::Decimal;

use super::figures::{CheckFigures, FigureCell};
use super::matching::{Slots, place_figures};
use super::subjects::Subjects;
use crate::engine::aggregates::{Aggregates, Gatherable, Members};
use crate::engine::columns::Columns;
use crate::engine::compute::BYTES_LIMIT;
use crate::engine::exact::{Compared, Exact};
use crate::engine::faults::Fault;
use crate::engine::requirement::Requirement;
use crate::engine::store::Seen;
use crate::engine::world::{Gathered, World};
use crate::ground::catalogue::checks as words;
use crate::ground::catalogue::engine as limits;
use crate::ground::ids::At as _;
use crate::ground::ids::{AggregateIndex, AttributeIndex, LayerIndex, PoolIndex};
use crate::ground::language::Lang;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::{Attribute, AttributeType, Check, CheckSubject, Condition, Subject, Test};
use crate::results::allocation::Allocation;
use crate::rows::column::{AttributeColumn, DictionaryBuilder, NumberColumn};

/// What became of a check of a subject in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// What is required holds.
    Met,
    /// It does not hold.
    NotMet,
    /// Something that it reads is blank.
    Unknown,
    /// It is not required of this subject.
    NotApplicable,
    /// The document gives no number.
    NoNumber,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Met, Self::NotMet, Self::Unknown, Self::NotApplicable, Self::NoNumber];

    /// The word in tables for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
            Self::NoNumber => "no-number",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Met, Lang::Zh) => "达到",
            (Self::NotMet, Lang::Zh) => "未达到",
            (Self::Unknown, Lang::Zh) => "缺数据",
            (Self::NotApplicable, Lang::Zh) => "不适用",
            (Self::NoNumber, Lang::Zh) => "无数量要求",
            (Self::Met, Lang::En) => "met",
            (Self::NotMet, Lang::En) => "not met",
            (Self::Unknown, Lang::En) => "unknown",
            (Self::NotApplicable, Lang::En) => "not applicable",
            (Self::NoNumber, Lang::En) => "no number",
        }
    }

    /// Whether something is left to be done or to be known.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::NotMet | Self::Unknown)
    }
}

/// The checks of a policy for every subject and year of an allocation. Cheap to clone; never changes.
///
/// ```
/// use fundlayers::{Allocation, Outcome, Policy, Roster};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "attributes": { "land": { "type": "number", "subject": "place" }, "industry": { "type": "number", "subject": "place" } },
///   "layers": [], "classes": [{ "id": "all", "funding": {} }],
///   "checks": [{ "id": "tenth", "must": { "industry": { "at_least": { "rate": "0.1", "of": "land" } } } }] }"#)?;
/// # #[derive(serde::Serialize)] struct Place { name: &'static str }
/// let (roster, _) = Roster::from_rows(&policy, &[Place { name: "黄堡镇" }])?;
/// use fundlayers::{CheckFiguresBuilder, RowBuilder, roster::Cell};
/// let mut builder = CheckFiguresBuilder::new(&policy, &[("名称", None), ("land", None), ("industry", None)]);
/// builder.push_row(None, &[Cell::Text("黄堡镇"), Cell::Number("1000"), Cell::Number("120")]);
/// let (figures, _) = builder.finish()?;
/// let (checks, warnings) = Allocation::new(&policy, &roster)?.0.checks(&figures)?;
/// let all: Vec<_> = checks.results().map(|result| (result.check().id.as_str(), result.year(), result.outcome())).collect();
/// assert_eq!(all, [("tenth", 2024, Outcome::Met)]);
/// assert!(warnings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Checks(pub(crate) Arc<ChecksData>);

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checks").field("policy", &self.0.allocation.policy().id()).finish_non_exhaustive()
    }
}

pub(crate) struct ChecksData {
    pub(crate) allocation: Allocation,
    pub(crate) subjects: Subjects,
    /// By year, then by attribute of tables of figures: its column by row of the roster.
    measured: Vec<Vec<AttributeColumn>>,
    /// By subject × year.
    aggregates: Vec<Aggregates>,
    /// By check, then by subject × year.
    outcomes: Vec<Vec<Outcome>>,
    /// How many rows of the table of figures are about nobody here.
    pub(crate) unmatched: u64,
}

/// Both sides of a comparison as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sides {
    /// What is looked at, in words of a condition.
    pub(crate) subject: Subject,
    pub(crate) left: Option<BigRational>,
    /// ≥ > ≤ < =
    pub(crate) sign: &'static str,
    pub(crate) right: Option<BigRational>,
    /// The arithmetic of the right side.
    pub(crate) right_text: String,
}

impl Sides {
    fn new(subject: Subject, compared: Compared) -> Self {
        let right_text = compared.right.as_ref().map_or_else(String::new, |right| right.text.clone());
        Self {
            subject,
            left: compared.left,
            sign: compared.bound.map_or("=", |bound| bound.sign()),
            right: compared.right.map(|right| right.value),
            right_text,
        }
    }

    /// Whether they compare as they must; none if one is not known.
    pub(crate) fn holds(&self) -> Option<bool> {
        let ordering = self.left.as_ref()?.cmp(self.right.as_ref()?);
        Some(match self.sign {
            "≥" => ordering.is_ge(),
            ">" => ordering.is_gt(),
            "≤" => ordering.is_le(),
            "<" => ordering.is_lt(),
            _ => ordering.is_eq(),
        })
    }
}

/// What a check of a subject in a year read.
#[derive(Default)]
pub(crate) struct Reading<'a> {
    pub(crate) sides: Vec<Sides>,
    /// What is blank, each once.
    pub(crate) blank: Vec<Blank<'a>>,
}

/// What cannot be had.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Blank<'a> {
    Attribute(&'a Attribute),
    /// A quotient by 0, a class without standard, an aggregate of nothing.
    Other(&'static str),
}

impl<'a> Blank<'a> {
    /// The id of an attribute, or the word for anything else.
    pub(crate) fn id(self) -> &'a str {
        match self {
            Self::Attribute(attribute) => &attribute.id,
            Self::Other(word) => word,
        }
    }
}

impl Reading<'_> {
    /// The comparison that tells: the first that does not hold, else the first that is not known, else the first.
    pub(crate) fn telling(&self) -> Option<&Sides> {
        let find = |wanted: Option<bool>| self.sides.iter().find(|sides| sides.holds() == wanted);
        find(Some(false)).or_else(|| find(None)).or(self.sides.first())
    }
}

/// The world as checks see it in a year: the allocation's, with aggregates over what tables of figures say.
struct Checking<'a> {
    seen: Seen<'a>,
    aggregates: &'a Aggregates,
    /// The rows that stand for townships or counties; none: places are looked at.
    first_rows: Option<&'a [usize]>,
}

impl World for Checking<'_> {
    fn aggregate(&self, aggregate: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault> {
        self.aggregates.get(self, aggregate, year, row)
    }

    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault> {
        self.seen.last_year(layer, year, row)
    }

    fn pool_part(&self, pool: PoolIndex, year: u16, row: usize) -> Option<BigRational> {
        self.seen.pool_part(pool, year, row)
    }
}

impl Gatherable for Checking<'_> {
    fn columns(&self) -> &Columns<'_> {
        self.seen.columns
    }

    fn class_of(&self, row: usize) -> Option<usize> {
        self.seen.class_of(row)
    }

    fn live(&self, year: u16) -> Vec<(usize, Option<usize>)> {
        match self.first_rows {
            Some(rows) => rows.iter().map(|row| (*row, None)).collect(),
            None => self.seen.live(year),
        }
    }

    fn members(&self, row: usize, class: Option<usize>, year: u16) -> Vec<Members> {
        match self.first_rows {
            Some(_) => vec![Members { count: 1, layers: Vec::new() }],
            None => self.seen.members(row, class, year),
        }
    }

    fn fault(&self, _: usize, _: u16, _: Fault) {}
}

impl Allocation {
    /// Holds what the policy requires besides amounts against the roster and a table of figures: for every place, township or
    /// county, every year and every check whether it is met. Warnings name the rows of figures that are about nobody here.
    ///
    /// # Errors
    ///
    /// [`Code::MissingKey`] where the policy has no checks, [`Code::FigureTwice`] where two rows of figures say different
    /// things of one subject, [`Code::FigureOfOthers`] where a row has a figure of more than what it is about.
    pub fn checks(&self, figures: &CheckFigures) -> Result<(Checks, Problems), Problems> {
        let policy = self.policy();
        if policy.checks().is_empty() {
            let problem = Problem::new(Code::MissingKey, words::NO_CHECKS).key("checks");
            return Err(problem.expected(words::GIVE_CHECKS).into());
        }
        self.checks_fit()?;
        let subjects = Subjects::new(self, figures);
        let (slots, warnings, unmatched) = place_figures(self, &subjects, figures)?;
        let years = 0..self.years().len();
        let measured: Vec<Vec<AttributeColumn>> =
            years.map(|at| columns_of(self, &subjects, figures, &slots, at)).collect();
        let worlds = CheckSubject::ALL.len().saturating_mul(self.years().len());
        let aggregates = (0..worlds).map(|_| Aggregates::new(policy)).collect();
        let mut data =
            ChecksData { allocation: self.clone(), subjects, measured, aggregates, outcomes: Vec::new(), unmatched };
        data.outcomes = policy.checks().iter().map(|check| data.all_outcomes(check)).collect();
        Ok((Checks(Arc::new(data)), warnings))
    }
}

impl Allocation {
    /// Refuses what would take more than there is room for: outcomes by check, figures and where they stand by attribute.
    fn checks_fit(&self) -> Result<(), Problems> {
        const OF_FIGURE: usize = size_of::<u32>() + size_of::<i64>() + 1;
        let (rows, years) = (self.roster().len(), self.years().len());
        let (checks, measured) = (self.policy().checks().len(), self.policy().measured().len());
        let each = checks.saturating_add(measured.saturating_mul(OF_FIGURE));
        let needed = u64::try_from(rows.saturating_mul(years).saturating_mul(each)).unwrap_or(u64::MAX);
        if needed <= BYTES_LIMIT {
            return Ok(());
        }
        let message = words::CHECKS_WOULD_TAKE.with(&[&rows, &years, &checks, &needed]);
        let split = if years > 1 { limits::ONE_YEAR_AT_A_TIME } else { limits::SPLIT_ROSTER };
        let hint = limits::AT_MOST_BYTES.with(&[&BYTES_LIMIT, &split]);
        Err(Problem::new(Code::TooLarge, message).expected(hint).into())
    }
}

/// The attributes of tables of figures in a year, by row of the roster.
fn columns_of(
    allocation: &Allocation,
    subjects: &Subjects,
    figures: &CheckFigures,
    slots: &Slots,
    at: usize,
) -> Vec<AttributeColumn> {
    let policy = allocation.policy();
    let rows = allocation.roster().len();
    let mut columns = Vec::new();
    for (number, attribute) in policy.measured().iter().enumerate() {
        let subject = attribute.subject.unwrap_or_default();
        let cell = |row: usize| {
            let of = subjects.number(subject, row)?;
            let figure = slots.get(number, at, of)?;
            figures.rows.get(figure)?.cells.get(slots.column(number)?)
        };
        columns.push(match attribute.attribute_type {
            AttributeType::Text => {
                let mut column = DictionaryBuilder::new();
                for row in 0..rows {
                    column.push(match cell(row) {
                        Some(FigureCell::Text(text)) => text,
                        _ => "",
                    });
                }
                AttributeColumn::Text(column.finish())
            }
            // A flag is 1 or 0, so that it can be blank.
            AttributeType::Number | AttributeType::Flag => {
                let mut column = NumberColumn::new();
                for row in 0..rows {
                    match cell(row) {
                        Some(FigureCell::Number(number)) => column.push(number.mantissa(), number.scale()),
                        _ => column.push_null(),
                    }
                }
                AttributeColumn::Number(column.finish())
            }
        });
    }
    columns
}

impl ChecksData {
    /// The years, by number, in which a subject is there.
    pub(crate) fn live(&self, of: CheckSubject, subject: usize) -> impl Iterator<Item = (usize, u16)> {
        let years = self.allocation.years().iter().copied().enumerate();
        years.filter(move |(at, year)| self.subjects.is_live(&self.allocation, of, subject, (*at, *year)))
    }

    pub(crate) fn outcome(&self, check: usize, subject: usize, at: usize) -> Outcome {
        let place = subject.saturating_mul(self.allocation.years().len()).saturating_add(at);
        let outcome = self.outcomes.get(check).and_then(|outcomes| outcomes.get(place));
        outcome.copied().unwrap_or(Outcome::NotApplicable)
    }

    /// Calls with the columns and the world of a year, for checks of some subject.
    fn in_year<T>(
        &self,
        of: CheckSubject,
        at: usize,
        read: impl FnOnce(&Columns<'_>, &Checking<'_>) -> T,
    ) -> Option<T> {
        let number = CheckSubject::ALL.iter().position(|subject| *subject == of)?;
        let aggregates =
            self.aggregates.get(number.saturating_mul(self.allocation.years().len()).saturating_add(at))?;
        let data = &*self.allocation.0;
        let columns = Columns::new(&data.policy, &data.roster);
        let columns = columns.with_measured(self.measured.get(at).map_or(&[][..], Vec::as_slice));
        let year = data.years.at(at);
        let live: Vec<usize> = if of == CheckSubject::Place {
            Vec::new()
        } else {
            let all = 0..self.subjects.len(&self.allocation, of);
            let live = all.filter(|subject| self.subjects.is_live(&self.allocation, of, *subject, (at, year)));
            live.map(|subject| self.subjects.row(of, subject)).collect()
        };
        let first_rows = (of != CheckSubject::Place).then_some(live.as_slice());
        Some(read(&columns, &Checking { seen: Seen { data, columns: &columns }, aggregates, first_rows }))
    }

    /// The attributes of tables of figures in a year, by row of the roster.
    #[cfg(test)]
    pub(crate) fn measured_in(&self, at: usize) -> &[AttributeColumn] {
        self.measured.get(at).map_or(&[][..], Vec::as_slice)
    }

    fn all_outcomes(&self, check: &Check) -> Vec<Outcome> {
        self.outcomes_of(check, true)
    }

    /// By columns of whole numbers where these suffice, if that is wanted, else in exact fractions.
    pub(crate) fn outcomes_of(&self, check: &Check, by_columns: bool) -> Vec<Outcome> {
        let allocation = &self.allocation;
        let (count, years) = (self.subjects.len(allocation, check.subject), allocation.years().len());
        let mut outcomes = vec![Outcome::NotApplicable; count.saturating_mul(years)];
        for (at, year) in allocation.years().iter().copied().enumerate() {
            self.in_year(check.subject, at, |columns, world| {
                let ready =
                    |conditions: &[Condition]| Requirement::new(columns, conditions, year).filter(|_| by_columns);
                let fast = (ready(&check.when), ready(&check.must));
                for subject in 0..count {
                    if !self.subjects.is_live(allocation, check.subject, subject, (at, year)) {
                        continue;
                    }
                    let row = self.subjects.row(check.subject, subject);
                    let outcome = if let (Some(when), Some(must)) = &fast {
                        let class = allocation.0.group(row).and_then(|group| group.class);
                        outcome(when.holds(columns, row, class), check, || must.holds(columns, row, class))
                    } else {
                        let layers = self.layers(check, row, at);
                        let mut exact = self.exact(columns, world, check, (row, year), &layers);
                        let applies = exact.meets(&check.when);
                        outcome(applies, check, || exact.meets(&check.must))
                    };
                    let place = subject.saturating_mul(years).saturating_add(at);
                    if let Some(slot) = outcomes.get_mut(place) {
                        *slot = outcome;
                    }
                }
            });
        }
        outcomes
    }

    /// What the first place of a row gets; nothing of townships and counties.
    fn layers(&self, check: &Check, row: usize, at: usize) -> Vec<Option<Amount>> {
        let data = &*self.allocation.0;
        let layers = if check.subject == CheckSubject::Place { data.policy.layers().len() } else { 0 };
        (0..layers).map(|layer| Some(Amount::from_fen(data.member_fen(row, 0, at, layer)))).collect()
    }

    fn exact<'a>(
        &'a self,
        columns: &'a Columns<'a>,
        world: &'a dyn World,
        check: &Check,
        (row, year): (usize, u16),
        layers: &'a [Option<Amount>],
    ) -> Exact<'a> {
        let class = self.allocation.class_of(row).filter(|_| check.subject == CheckSubject::Place);
        Exact::new(self.allocation.policy(), columns, class, year, row, layers, world)
    }

    /// What checks of a subject kind read in a year, one after another.
    pub(crate) fn read_all(&self, of: CheckSubject, at: usize, asked: &[(usize, usize)]) -> Vec<Reading<'_>> {
        let policy = self.allocation.policy();
        let year = self.allocation.years().at(at);
        self.in_year(of, at, |columns, world| {
            let mut readings = Vec::new();
            for (number, subject) in asked {
                let Some(check) = policy.checks().get(*number) else { continue };
                let row = self.subjects.row(of, *subject);
                let layers = self.layers(check, row, at);
                let mut exact = self.exact(columns, world, check, (row, year), &layers);
                let applies = exact.meets(&check.when);
                let mut sides = Vec::new();
                if applies == Some(true) {
                    _ = exact.meets(&check.must);
                    compare(&mut exact, &check.must, &mut sides);
                }
                let mut blank: Vec<Blank<'_>> = Vec::new();
                for fault in &exact.faults {
                    let is = match fault {
                        Fault::Blank(attribute) => policy.attribute(*attribute).map(Blank::Attribute),
                        Fault::DivisionByZero => Some(Blank::Other("division-by-zero")),
                        Fault::NoStandard => Some(Blank::Other("missing-standard")),
                        Fault::EmptyAggregate(_) => Some(Blank::Other("empty-aggregate")),
                        _ => Some(Blank::Other("unknown")),
                    };
                    blank.extend(is.filter(|is| !blank.contains(is)));
                }
                readings.push(Reading { sides, blank });
            }
            readings
        })
        .unwrap_or_default()
    }
}

/// Both sides of every comparison in conditions, as they stand; what must not hold is not shown.
fn compare(exact: &mut Exact<'_>, conditions: &[Condition], sides: &mut Vec<Sides>) {
    for condition in conditions {
        match &condition.test {
            Test::Any(lists) => lists.iter().for_each(|list| compare(exact, list, sides)),
            Test::Not(_) => {}
            _ => {
                let compared = exact.compared(condition).into_iter();
                sides.extend(compared.map(|compared| Sides::new(condition.subject, compared)));
            }
        }
    }
}

fn outcome(applies: Option<bool>, check: &Check, must: impl FnOnce() -> Option<bool>) -> Outcome {
    match applies {
        Some(false) => Outcome::NotApplicable,
        None => Outcome::Unknown,
        Some(true) if check.must.is_empty() => Outcome::NoNumber,
        Some(true) => match must() {
            Some(true) => Outcome::Met,
            Some(false) => Outcome::NotMet,
            None => Outcome::Unknown,
        },
    }
}

impl Checks {
    /// The allocation.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.0.allocation
    }

    /// Every result: checks of places first, then of townships, then of counties; subjects in roster order, then years, then
    /// checks in the order of the policy.
    pub fn results(&self) -> impl Iterator<Item = CheckResult<'_>> {
        let data = &*self.0;
        let subjects = [CheckSubject::Place, CheckSubject::Township, CheckSubject::County];
        subjects.into_iter().flat_map(move |of| {
            let checks = data.allocation.policy().checks().iter().enumerate();
            let numbers: Vec<usize> =
                checks.filter(|(_, check)| check.subject == of).map(|(number, _)| number).collect();
            let count = if numbers.is_empty() { 0 } else { data.subjects.len(&data.allocation, of) };
            (0..count).flat_map(move |subject| {
                let numbers = numbers.clone();
                data.live(of, subject).flat_map(move |(at, year)| {
                    let result = move |number| CheckResult { data, number, of, subject, at, year };
                    numbers.clone().into_iter().map(result)
                })
            })
        })
    }
}

impl Checks {
    /// The subjects of a kind, by number.
    pub(crate) fn subjects_of(&self, of: CheckSubject) -> std::ops::Range<usize> {
        0..self.0.subjects.len(&self.0.allocation, of)
    }

    /// The years, by number, in which a subject is there.
    pub(crate) fn years_of(&self, of: CheckSubject, subject: usize) -> impl Iterator<Item = (usize, u16)> {
        self.0.live(of, subject)
    }

    /// The name of a subject and its county.
    pub(crate) fn names_of(&self, of: CheckSubject, subject: usize) -> (&str, &str) {
        let (subjects, allocation) = (&self.0.subjects, &self.0.allocation);
        (subjects.name(allocation, of, subject), allocation.roster().county(subjects.row(of, subject)))
    }

    /// What became of a check of a subject in a year.
    pub(crate) fn outcome_of(&self, check: usize, subject: usize, at: usize) -> Outcome {
        self.0.outcome(check, subject, at)
    }

    /// What is known of a subject in a year.
    pub(crate) fn known(
        &self,
        of: CheckSubject,
        subject: usize,
        at: usize,
        attribute: AttributeIndex,
    ) -> Option<BigRational> {
        self.0.in_year(of, at, |columns, _| columns.number(attribute, self.0.subjects.row(of, subject))).flatten()
    }

    /// What is known in a year of the places of a township, added up; none if nothing is.
    pub(crate) fn sum_in_township(&self, township: usize, at: usize, attribute: AttributeIndex) -> Option<BigRational> {
        let year = self.0.allocation.years().get(at).copied()?;
        let rows = 0..self.0.allocation.roster().len();
        let lies = |row: &usize| {
            self.0.subjects.number(CheckSubject::Township, *row) == Some(township)
                && self.0.subjects.is_live(&self.0.allocation, CheckSubject::Place, *row, (at, year))
        };
        let sum = |columns: &Columns<'_>| {
            let numbers = rows.filter(lies).filter_map(|row| {
                let count = BigRational::from_integer(self.0.allocation.roster().count(row).into());
                Some(columns.number(attribute, row)? * count)
            });
            numbers.reduce(|sum, number| sum + number)
        };
        self.0.in_year(CheckSubject::Place, at, |columns, _| sum(columns)).flatten()
    }
}

/// A check of one subject in a year.
#[derive(Clone, Copy)]
pub struct CheckResult<'a> {
    pub(crate) data: &'a ChecksData,
    pub(crate) number: usize,
    pub(crate) of: CheckSubject,
    pub(crate) subject: usize,
    pub(crate) at: usize,
    pub(crate) year: u16,
}

impl<'a> CheckResult<'a> {
    /// The check.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a result is made only from the number of a check")]
    pub fn check(self) -> &'a Check {
        &self.data.allocation.policy().checks()[self.number]
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        self.data.outcome(self.number, self.subject, self.at)
    }

    /// The id of the place; of a township and a county its path.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.data.subjects.id(&self.data.allocation, self.of, self.subject)
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.data.subjects.name(&self.data.allocation, self.of, self.subject)
    }

    /// The county; blank if none is stated.
    #[must_use]
    pub fn county(self) -> &'a str {
        self.data.allocation.roster().county(self.row())
    }

    /// The township; blank of a county, and where none is stated.
    #[must_use]
    pub fn township(self) -> &'a str {
        match self.of {
            CheckSubject::Place => self.data.allocation.roster().township(self.row()),
            CheckSubject::Township => self.name(),
            _ => "",
        }
    }

    /// How many places are alike in it; 1 of a township or county.
    #[must_use]
    pub fn count(self) -> u64 {
        if self.of == CheckSubject::Place { self.data.allocation.roster().count(self.row()) } else { 1 }
    }

    /// The row of the roster, or the first that lies in it.
    pub(crate) fn row(self) -> usize {
        self.data.subjects.row(self.of, self.subject)
    }
}

/// A number as tables show it.
pub(crate) fn shown(number: Option<&BigRational>) -> Option<Decimal> {
    number.and_then(|number| crate::results::figures::shown(number.numer(), number.denom()))
}
