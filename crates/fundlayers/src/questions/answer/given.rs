//! What is asked of what was given: one place that computes, puts the names of files on problems, and gathers warnings.

use std::sync::Arc;

use super::apart::{PlannedPlaces, UnmatchedAssignments, UnmatchedInParts, UnmatchedReceipts};
use super::{Answer, COVERAGE, Content, LIMITED};
use crate::engine::roster::Roster;
use crate::ground::catalogue::questions as words;
use crate::ground::language::Lang;
use crate::ground::money::Unit;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::visible;
use crate::policy::FundingRule;
use crate::policy::Policy;
use crate::policy::document::{Node, NodeValue};
use crate::questions::checks::figures::CheckFigures;
use crate::questions::duties::{Assignments, Duties};
use crate::questions::explanations::{Explained, Found};
use crate::questions::forms::{self, FormKind, FormOptions};
use crate::questions::funding::{FundSettling, Funding, FundingSummary, Limits, SummedFunding};
use crate::questions::projects::{Day, Planning, ProjectGrouping, ProjectList, ProjectOptions, Projects, not_grouped};
use crate::questions::receipts::{Month, Receipts};
use crate::questions::reconcile::{ReconcileOptions, Reconciliation, SummedReconciliation, TopUp};
use crate::questions::what_if::{self, Goal, ReadValue, Scenarios};
use crate::results::allocation::Allocation;
use crate::results::figure_sums;
use crate::results::settlement::Settlement;
use crate::results::summary::{Arrivals, Settling, Summary, Summed, Summing};
use crate::results::tables::{TableOptions, years_text};
use crate::results::totals::Grouping;

/// How totals are grouped where nothing else is asked for.
pub const DEFAULT_GROUPING: [Grouping; 2] = [Grouping::Year, Grouping::Layer];

/// Something that was read, the file that problems with it are to name, and the warnings on the way to it.
///
/// ```
/// use fundlayers::answer::Given;
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # #[derive(serde::Serialize)] struct Place { name: &'static str }
/// let roster = Given::from(fundlayers::Roster::from_rows(&policy, &[Place { name: "黄堡镇" }])?).in_file("places.csv");
/// let allocation = Given::plain(policy).allocate(&roster, None)?;
/// assert_eq!(allocation.totals(None, None, Default::default())?.warnings().len(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Given<T> {
    /// What was read.
    pub value: T,
    /// The file that it came from, as problems name it.
    pub file: Option<Arc<str>>,
    /// What a person should look at, in the order in which it was found.
    pub warnings: Problems,
}

impl<T> From<(T, Problems)> for Given<T> {
    fn from((value, warnings): (T, Problems)) -> Self {
        Self { value, file: None, warnings }
    }
}

impl<T> Given<T> {
    /// Something that came from no file and was not warned about.
    #[must_use]
    pub const fn plain(value: T) -> Self {
        Self { value, file: None, warnings: Problems::new() }
    }

    /// The same, from a file: its warnings name it, and so will problems that are found later.
    #[must_use]
    pub fn in_file(mut self, name: &str) -> Self {
        self.file = Some(name.into());
        self.warnings = self.warnings.in_file(name);
        self
    }

    /// What was read of a file, or its problems, with its name.
    ///
    /// # Errors
    ///
    /// The problems.
    pub fn read(read: Result<(T, Problems), Problems>, name: Option<&str>) -> Result<Self, Problems> {
        match (read, name) {
            (Ok(read), Some(name)) => Ok(Self::from(read).in_file(name)),
            (Ok(read), None) => Ok(read.into()),
            (Err(problems), Some(name)) => Err(problems.in_file(name)),
            (Err(problems), None) => Err(problems),
        }
    }

    /// The name of its file on the problems that are about it.
    pub(super) fn on(&self, problems: Problems, is_about: impl Fn(&Problem) -> bool) -> Problems {
        let Some(file) = &self.file else { return problems };
        let named = |problem: Problem| if is_about(&problem) { problem.file(&**file) } else { problem };
        problems.map(named)
    }
}

/// Changes by path, of which texts are read as the door writes values.
///
/// # Errors
///
/// What is wrong with the texts, each problem with the path.
pub fn read_changes<'a>(
    changes: impl IntoIterator<Item = (&'a str, &'a Node)>,
    read_value: ReadValue,
) -> Result<Vec<(&'a str, Node)>, Problems> {
    let mut read = Vec::new();
    let mut problems = Problems::new();
    for (path, value) in changes {
        match &value.value {
            NodeValue::Text(text) => match read_value(text.trim()) {
                Ok(value) => read.push((path, value)),
                Err(found) => problems.append(found.map(|problem| problem.key(path))),
            },
            _ => read.push((path, value.clone())),
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

/// Says where a list of years skips some between its ends: two years are easily taken for a span.
pub(super) fn skipped_years(years: Option<&[u16]>) -> Problems {
    let years = years.unwrap_or_default();
    let (Some(first), Some(last)) = (years.iter().min(), years.iter().max()) else { return Problems::new() };
    let skipped: Vec<u16> = (*first..=*last).filter(|year| !years.contains(year)).collect();
    if skipped.is_empty() {
        return Problems::new();
    }
    let listed = years.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let problem = Problem::new(Code::YearsSkipped, words::YEARS_SKIPPED.with(&[&years_text(&skipped)]));
    problem.key("years").found(listed).expected(words::SPAN_OF_YEARS.with(&[first, last])).into()
}

/// Whether a problem is about a row.
fn has_row(problem: &Problem) -> bool {
    problem.location().row.is_some()
}

/// Whether a problem is about a scenario: what has a path comes from there, what has only a row from the roster.
pub(super) fn of_scenario(problem: &Problem) -> bool {
    let location = problem.location();
    location.key.is_some() && (location.line.is_some() || location.row.is_some())
}

/// Warnings of several inputs, each once: two sides often have the same.
pub(super) fn gathered<'p>(lists: impl IntoIterator<Item = &'p Problems>) -> Problems {
    let mut all = Problems::new();
    for list in lists {
        all.append_new(list);
    }
    all
}

impl Given<Policy> {
    /// The policy with some values changed; see [`Policy::with_changes`]. Its warnings are those of the changed policy.
    ///
    /// # Errors
    ///
    /// As [`Policy::with_changes`].
    pub fn with_changes<'a>(&self, changes: impl IntoIterator<Item = (&'a str, Node)>) -> Result<Self, Problems> {
        let (value, warnings) = self.value.with_changes(changes)?;
        Ok(Self { value, file: None, warnings })
    }

    /// Computes what every place gets: in every year of the policy, or in some.
    ///
    /// # Errors
    ///
    /// As [`Allocation::for_years`]; problems of rows name the roster's file.
    pub fn allocate(&self, roster: &Given<Roster>, years: Option<&[u16]>) -> Result<Given<Allocation>, Problems> {
        let computed = match years {
            Some(years) => Allocation::for_years(&self.value, &roster.value, years),
            None => Allocation::new(&self.value, &roster.value),
        };
        let (value, found) = computed.map_err(|problems| roster.on(problems, has_row))?;
        let found = roster.on(found, has_row);
        let warnings = gathered([&self.warnings, &roster.warnings, &skipped_years(years), &found]);
        Ok(Given { value, file: roster.file.clone(), warnings })
    }

    /// How a roster in parts is summed by this policy; see [`Summing::new`]. Left out, totals are by year and layer.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn summing(&self, years: Option<&[u16]>, by: Option<&[Grouping]>) -> Result<Summing, Problems> {
        Summing::new(&self.value, years, by.unwrap_or(&DEFAULT_GROUPING))
    }

    /// How what rests on all parts of a roster is found, in so many passes at most; see [`Settling`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn settling(&self, years: Option<&[u16]>, max_passes: Option<u32>) -> Result<Settling, Problems> {
        let settling = Settling::new(&self.value, years)?;
        match max_passes {
            Some(passes) => settling.at_most(passes),
            None => Ok(settling),
        }
    }

    /// The same for the figures of the policy too; see [`Settling::with_figures`]. `by`: the columns that they are to be summed by.
    ///
    /// # Errors
    ///
    /// As there, and [`Code::UnknownGrouping`] for columns that figures do not have, [`Code::MissingKey`] where there are none.
    pub fn settling_figures(
        &self,
        years: Option<&[u16]>,
        by: Option<&[Grouping]>,
        max_passes: Option<u32>,
    ) -> Result<Settling, Problems> {
        figure_sums::check(&self.value, by.unwrap_or_default())?;
        let settling = Settling::new(&self.value, years)?.with_figures()?;
        match max_passes {
            Some(passes) => settling.at_most(passes),
            None => Ok(settling),
        }
    }

    /// How the figures of parts of a roster are summed by columns, under what was settled for all of them, if anything was: see
    /// [`Summing::with_figures`]. Without columns those of each row are worked out: [`Summing::with_figures_of_rows`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn summing_figures(
        &self,
        (years, settlement): (Option<&[u16]>, Option<&Settlement>),
        by: Option<&[Grouping]>,
    ) -> Result<Summing, Problems> {
        let columns = by.unwrap_or_default();
        let summing = match settlement {
            Some(settlement) => Summing::settled(&self.value, settlement, columns)?,
            None => Summing::new(&self.value, years, columns)?,
        };
        if by.is_some() { summing.with_figures() } else { summing.with_figures_of_rows() }
    }

    /// How the parts of a roster are summed under what was settled for all of them; see [`Summing::settled`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn settled(&self, settlement: &Settlement, by: Option<&[Grouping]>) -> Result<Summing, Problems> {
        Summing::settled(&self.value, settlement, by.unwrap_or(&DEFAULT_GROUPING))
    }

    /// What the parts of a roster come to; see [`Summing::finish`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn summed(&self, summing: &Summing, summary: Summary) -> Result<Given<Summed>, Problems> {
        let (value, found) = summing.finish(summary)?;
        let skipped = skipped_years(Some(summing.years()).filter(|years| years.len() < self.value.years().count()));
        Ok(Given { value, file: None, warnings: gathered([&self.warnings, &skipped, &found]) })
    }

    /// How claims of a roster in parts are met within limits, in so many passes at most; see [`FundSettling`]. Where amounts rest on
    /// all places, under what was settled for these. Left out, totals are by the columns of a limit: layer, payer and year.
    ///
    /// # Errors
    ///
    /// As [`Summing::new`] or [`Summing::settled`], and [`FundSettling::new`].
    pub fn fund_settling(
        &self,
        limits: &Given<Limits>,
        rule: &FundingRule,
        (years, settlement): (Option<&[u16]>, Option<&Settlement>),
        by: Option<&[Grouping]>,
        max_passes: Option<u32>,
    ) -> Result<FundSettling, Problems> {
        let by = Some(by.unwrap_or(&LIMITED));
        let summing = match settlement {
            Some(settlement) => self.settled(settlement, by)?,
            None => self.summing(years, by)?,
        };
        let settling = FundSettling::new(&summing, &limits.value, rule)?;
        match max_passes {
            Some(passes) => settling.at_most(passes),
            None => Ok(settling),
        }
    }

    /// What the parts of a roster come to within limits; see [`FundSettling::finish`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn funded(
        &self,
        settling: &FundSettling,
        limits: &Given<Limits>,
        summary: FundingSummary,
    ) -> Result<Given<SummedFunding>, Problems> {
        let (value, found, of_limits) = settling.finished(summary)?;
        let years = settling.summing().years();
        let skipped = skipped_years(Some(years).filter(|years| years.len() < self.value.years().count()));
        let of_limits = limits.on(of_limits, has_row);
        let warnings = gathered([&self.warnings, &skipped, &found, &limits.warnings, &of_limits]);
        Ok(Given { value, file: None, warnings })
    }

    /// Adds up many changes over one roster, side by side; see [`scenarios`](crate::scenarios).
    ///
    /// # Errors
    ///
    /// As there; problems of a scenario name its file, problems of rows the roster's.
    pub fn scenarios(
        &self,
        roster: &Given<Roster>,
        scenarios: &Given<Scenarios>,
        years: Option<&[u16]>,
        by: Option<&[Grouping]>,
        unit: Option<Unit>,
    ) -> Result<Answer, Problems> {
        let by = by.unwrap_or(&DEFAULT_GROUPING);
        let placed = |problems| {
            let problems = scenarios.on(problems, of_scenario);
            roster.on(problems, |problem| has_row(problem) && !of_scenario(problem))
        };
        let computed = what_if::scenarios(&self.value, &roster.value, years, &scenarios.value, by);
        let (totals, found) = computed.map_err(placed)?;
        let skipped = skipped_years(years);
        let warnings = gathered([&self.warnings, &roster.warnings, &scenarios.warnings, &skipped, &placed(found)]);
        let unit = unit.unwrap_or_else(|| self.value.unit());
        Ok(Answer::new(Content::apart(totals), self.value.clone(), unit, warnings))
    }

    /// The largest value of a number that keeps a total within a limit; see [`solve`](crate::solve).
    ///
    /// # Errors
    ///
    /// As there; problems of rows name the roster's file.
    pub fn solve(&self, roster: &Given<Roster>, goal: &Goal, unit: Option<Unit>) -> Result<Answer, Problems> {
        let solved = what_if::solve(&self.value, &roster.value, goal);
        let (solution, found) = solved.map_err(|problems| roster.on(problems, has_row))?;
        let warnings = gathered([&self.warnings, &roster.warnings, &roster.on(found, has_row)]);
        let unit = unit.unwrap_or_else(|| self.value.unit());
        Ok(Answer::new(Content::apart(solution), self.value.clone(), unit, warnings))
    }
}

impl Given<Receipts> {
    /// Several ledgers as one; none of none.
    #[must_use]
    pub fn joined(mut ledgers: Vec<Self>) -> Option<Self> {
        if ledgers.len() < 2 {
            return ledgers.pop();
        }
        let (value, found) = Receipts::joined(ledgers.iter().map(|ledger| (&ledger.value, ledger.file.as_deref())));
        let warnings = gathered(ledgers.iter().map(|ledger| &ledger.warnings).chain([&found]));
        Some(Self { value, file: None, warnings })
    }
}

impl Given<CheckFigures> {
    /// Several tables of figures as one: what is known of places, of townships, of counties.
    #[must_use]
    pub fn joined(mut tables: Vec<Self>) -> Self {
        if tables.len() < 2 {
            return tables.pop().unwrap_or_else(|| Self::plain(CheckFigures::default()));
        }
        let value = CheckFigures::joined(tables.iter().map(|table| (&table.value, table.file.as_deref())));
        let warnings = gathered(tables.iter().map(|table| &table.warnings));
        Self { value, file: None, warnings }
    }
}

impl Given<Roster> {
    fn answer(&self, policy: &Policy, warnings: Problems) -> Answer {
        let content = Content::Roster(self.value.clone(), |roster, policy| roster.table(policy));
        Answer::new(content, policy.clone(), policy.unit(), warnings)
    }

    /// The places as a table, with the policy that they were read for.
    #[must_use]
    pub fn rows(&self, policy: &Policy) -> Answer {
        self.answer(policy, self.warnings.clone())
    }

    /// Checks the roster against its policy; see [`Roster::check`].
    ///
    /// # Errors
    ///
    /// As there, with the roster's file.
    pub fn check(&self, policy: &Given<Policy>) -> Result<Answer, Problems> {
        let found = self.value.check(&policy.value).map_err(|problems| self.on(problems, |_| true))?;
        let warnings = gathered([&policy.warnings, &self.warnings, &self.on(found, |_| true)]);
        Ok(self.answer(&policy.value, warnings))
    }
}

impl Given<Allocation> {
    fn answer(&self, content: Content, unit: Unit) -> Answer {
        Answer::new(content, self.value.policy().clone(), unit, self.warnings.clone())
    }

    /// An answer with what was found on the way to it.
    fn answer_with(&self, content: Content, unit: Unit, found: Problems) -> Answer {
        let warnings = gathered([&self.warnings, &self.on(found, has_row)]);
        Answer::new(content, self.value.policy().clone(), unit, warnings)
    }

    fn unit(&self, unit: Option<Unit>) -> Unit {
        unit.unwrap_or_else(|| self.value.policy().unit())
    }

    /// The long table, or the wide one; see [`Allocation::table`].
    #[must_use]
    pub fn table(&self, unit: Option<Unit>, zeros: bool, wide: bool) -> Answer {
        let unit = self.unit(unit);
        self.answer(Content::Allocation(self.value.clone(), TableOptions { unit, zeros, wide }), unit)
    }

    /// The same with the figures of the policy as columns; see [`Allocation::figures`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn table_with_figures(&self, unit: Option<Unit>, zeros: bool, wide: bool) -> Result<Answer, Problems> {
        let unit = self.unit(unit);
        let (figures, found) = self.value.figures()?;
        let content = Content::apart((figures, TableOptions { unit, zeros, wide }));
        Ok(self.answer_with(content, unit, found))
    }

    /// The figures of the policy: of every place and year, or over groups of places; see [`Allocation::figures`] and
    /// [`Allocation::figure_totals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn figures(&self, by: Option<&[Grouping]>) -> Result<Answer, Problems> {
        let (content, found) = match by {
            None => {
                let (figures, found) = self.value.figures()?;
                (Content::apart(figures), found)
            }
            Some(by) => {
                let (totals, found) = self.value.figure_totals(by)?;
                (Content::apart(totals), found)
            }
        };
        Ok(self.answer_with(content, self.value.policy().unit(), found))
    }

    /// The policy's checks: of every subject and year, or over groups; see [`Allocation::checks`]. `open`: only those that are
    /// not met or not known.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn checks(
        &self,
        figures: &Given<CheckFigures>,
        by: Option<&[Grouping]>,
        open: bool,
    ) -> Result<Answer, Problems> {
        let (checks, found) = self.value.checks(&figures.value).map_err(|problems| figures.on(problems, has_row))?;
        let content = match by {
            None => Content::apart((checks, open)),
            Some(by) => Content::apart(checks.totals(by)?),
        };
        let warnings = gathered([&self.warnings, &figures.warnings, &figures.on(found, has_row)]);
        let policy = self.value.policy().clone();
        let unit = policy.unit();
        Ok(Answer::new(content, policy, unit, warnings))
    }

    /// Totals; see [`Allocation::totals`]. Left out, they are by year and layer.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, by: Option<&[Grouping]>, unit: Option<Unit>, zeros: bool) -> Result<Answer, Problems> {
        let totals = self.value.totals(by.unwrap_or(&DEFAULT_GROUPING), zeros)?;
        Ok(self.answer(Content::Totals(totals), self.unit(unit)))
    }

    /// Why a recipient gets what it gets; see [`Allocation::explain`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let explained = self.explained(recipient, years, unit)?;
        let unit = explained.unit();
        Ok(self.answer(Content::apart(explained), unit))
    }

    /// The same by itself, for a door that shows it in its own way.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn explained(&self, recipient: &str, years: Option<&[u16]>, unit: Option<Unit>) -> Result<Explained, Problems> {
        let unit = self.unit(unit);
        let places = self.value.explain_in(unit, recipient, years)?;
        Ok(Explained::new(self.value.policy(), unit, Found { places, ..Found::default() }))
    }

    /// Of what totals are made: of every group, or of the one whose value of the first column is `of`; see
    /// [`Allocation::explain_totals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn explain_totals(&self, by: &[Grouping], of: Option<&str>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let unit = self.unit(unit);
        let totals = self.value.explain_totals(by, of, unit)?;
        let explained = Explained::new(self.value.policy(), unit, Found { totals, ..Found::default() });
        Ok(self.answer(Content::apart(explained), unit))
    }

    /// Meets what is due within limits; see [`Allocation::fund`].
    ///
    /// # Errors
    ///
    /// As there; problems of rows name the file of the limits.
    pub fn fund(&self, limits: &Given<Limits>, rule: &FundingRule) -> Result<Given<Funding>, Problems> {
        let funded = self.value.fund(&limits.value, rule);
        let (value, found) = funded.map_err(|problems| limits.on(problems, has_row))?;
        let warnings = gathered([&self.warnings, &limits.warnings, &limits.on(found, has_row)]);
        Ok(Given { value, file: self.file.clone(), warnings })
    }

    /// Sets what was due beside what happened; see [`Allocation::reconcile`]. `received`, where it is asked for without
    /// years, counts in every computed year.
    ///
    /// # Errors
    ///
    /// As there; problems of rows name the roster's file, for those of the ledger were found when it was read.
    pub fn reconcile(
        &self,
        receipts: &Given<Receipts>,
        top_up: TopUp,
        as_of: Option<Month>,
    ) -> Result<Given<Reconciliation>, Problems> {
        let top_up = top_up.in_years(self.value.years());
        let reconciled = self.value.reconcile(&receipts.value, &ReconcileOptions { top_up, as_of });
        let (value, found) = reconciled.map_err(|problems| self.on(problems, has_row))?;
        let warnings = gathered([&self.warnings, &receipts.warnings, &receipts.on(found, |_| true)]);
        Ok(Given { value, file: self.file.clone(), warnings })
    }

    /// What is due of the policy's duties, beside a register of assignments where there is one; see
    /// [`Duties`].
    ///
    /// # Errors
    ///
    /// As [`Duties::new`].
    pub fn duties(&self, assignments: Option<&Given<Assignments>>) -> Result<Given<Duties>, Problems> {
        let Some(assignments) = assignments else {
            let value = Duties::new(&self.value)?;
            return Ok(Given { value, file: self.file.clone(), warnings: self.warnings.clone() });
        };
        let (value, found) = Duties::with_assignments(&self.value, &assignments.value)?;
        let warnings = gathered([&self.warnings, &assignments.warnings, &assignments.on(found, |_| true)]);
        Ok(Given { value, file: self.file.clone(), warnings })
    }

    /// Sets a register of projects beside what is due; see [`Allocation::projects`].
    ///
    /// # Errors
    ///
    /// As there; problems of rows name the register's file.
    pub fn projects(&self, projects: &Given<Projects>, as_of: Option<Day>) -> Result<Given<Planning>, Problems> {
        let planned = self.value.projects(&projects.value, &ProjectOptions { as_of });
        let (value, found) = planned.map_err(|problems| self.on(problems, has_row))?;
        let warnings = gathered([&self.warnings, &projects.warnings, &projects.on(found, |_| true)]);
        Ok(Given { value, file: self.file.clone(), warnings })
    }

    /// A form that offices print; see [`forms`](crate::forms).
    ///
    /// # Errors
    ///
    /// What the form needs and an allocation does not have, more rows than are printed, a total that is too large.
    pub fn form(
        &self,
        kind: FormKind,
        projects: Option<&Given<Planning>>,
        options: &FormOptions,
    ) -> Result<Answer, Problems> {
        let form = forms::make(kind, &self.value, None, projects.map(|projects| &projects.value), options)?;
        let mut answer = self.answer(Content::apart(form), self.unit(options.unit));
        answer.warnings = gathered([&answer.warnings].into_iter().chain(projects.map(|projects| &projects.warnings)));
        Ok(answer)
    }

    /// The form of land, with what is known of the plans; see [`forms`](crate::forms).
    ///
    /// # Errors
    ///
    /// As of [`Allocation::checks`]; a policy whose checks ask for no share of land.
    pub fn land_form(&self, figures: &Given<CheckFigures>, options: &FormOptions) -> Result<Answer, Problems> {
        let (checks, found) = self.value.checks(&figures.value).map_err(|problems| figures.on(problems, has_row))?;
        let form = forms::make_land(&self.value, &checks, options)?;
        let warnings = gathered([&self.warnings, &figures.warnings, &figures.on(found, has_row)]);
        let policy = self.value.policy().clone();
        Ok(Answer::new(Content::apart(form), policy, self.unit(options.unit), warnings))
    }

    /// This allocation beside another; see [`compare`](crate::compare).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn compare(&self, after: &Self, by: Option<&[Grouping]>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let comparison = what_if::compare(&self.value, &after.value, by.unwrap_or(&DEFAULT_GROUPING))?;
        let unlike: Problems = comparison.unlike_years().into_iter().collect();
        let warnings = gathered([&self.warnings, &after.warnings, &unlike]);
        let with_policy = Some(after.value.policy().clone());
        let policy = self.value.policy().clone();
        Ok(Answer { with_policy, ..Answer::new(Content::Comparison(comparison), policy, self.unit(unit), warnings) })
    }
}

impl Given<Funding> {
    fn answer(&self, content: Content, unit: Unit) -> Answer {
        Answer::new(content, self.value.claims().policy().clone(), unit, self.warnings.clone())
    }

    fn unit(&self, unit: Option<Unit>) -> Unit {
        unit.unwrap_or_else(|| self.value.claims().policy().unit())
    }

    /// Why a recipient gets what it gets of what it is due, and why it is due that; see [`Funding::explain`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let (unit, due) = (self.unit(unit), self.value.claims());
        let places = due.explain_in(unit, recipient, years)?;
        let awards = self.value.explain_in(unit, recipient, years)?;
        let explained = Explained::new(due.policy(), unit, Found { places, awards, ..Found::default() });
        Ok(self.answer(Content::apart(explained), unit))
    }

    /// Place by place; see [`Funding::table`].
    #[must_use]
    pub fn table(&self, unit: Option<Unit>, zeros: bool) -> Answer {
        let unit = self.unit(unit);
        self.answer(Content::Funding(self.value.clone(), TableOptions { unit, zeros, wide: false }), unit)
    }

    /// By some columns; see [`Funding::totals`]. Left out, they are those of a limit: layer, payer and year.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, by: Option<&[Grouping]>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let totals = self.value.totals(by.unwrap_or(&LIMITED))?;
        Ok(self.answer(Content::FundingTotals(totals), self.unit(unit)))
    }

    /// Remarks for people; see [`Funding::notes`].
    #[must_use]
    pub fn notes(&self, unit: Option<Unit>, lang: Lang) -> Vec<String> {
        self.value.notes(self.unit(unit), lang).iter().map(|note| visible(note).into_owned()).collect()
    }
}

impl Given<Summed> {
    /// Totals of a roster in parts; see [`Summed::totals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, unit: Option<Unit>, zeros: bool) -> Result<Answer, Problems> {
        let policy = self.value.summing().policy();
        let unit = unit.unwrap_or(policy.unit());
        let totals = self.value.totals(zeros)?;
        Ok(Answer::new(Content::apart(totals), policy.clone(), unit, self.warnings.clone()))
    }
}

impl Given<Summed> {
    /// Figures over groups of places of a roster in parts; see [`Summed::figure_totals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn figures(&self) -> Result<Answer, Problems> {
        let policy = self.value.summing().policy();
        let content = Content::apart(self.value.figure_totals()?);
        Ok(Answer::new(content, policy.clone(), policy.unit(), self.warnings.clone()))
    }

    /// What arrived of the places that a ledger names, where top-ups are to count it, for a second reading; none where they count what
    /// is due. `received`, where it is asked for without years, counts in every computed year. See [`Summed::arrivals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn arrivals(
        &self,
        receipts: &Given<Receipts>,
        top_up: TopUp,
        as_of: Option<Month>,
    ) -> Result<Option<Arrivals>, Problems> {
        let top_up = top_up.in_years(self.value.summing().years());
        self.value.arrivals(&receipts.value, &ReconcileOptions { top_up, as_of })
    }

    /// The second reading, with the warnings of this, the first.
    #[must_use]
    pub fn read_again(self, second: Self) -> Self {
        Self { value: second.value, ..self }
    }

    /// Sets what the parts of a roster are due beside what happened; see [`Summed::reconcile`]. `received`, where it is asked for
    /// without years, counts in every computed year.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn reconcile(
        &self,
        receipts: &Given<Receipts>,
        top_up: TopUp,
        as_of: Option<Month>,
    ) -> Result<Given<SummedReconciliation>, Problems> {
        let top_up = top_up.in_years(self.value.summing().years());
        let (value, found) = self.value.reconcile(&receipts.value, &ReconcileOptions { top_up, as_of })?;
        let warnings = gathered([&self.warnings, &receipts.warnings, &receipts.on(found, |_| true)]);
        Ok(Given { value, file: None, warnings })
    }
}

impl Given<SummedFunding> {
    fn unit(&self, unit: Option<Unit>) -> Unit {
        unit.unwrap_or_else(|| self.value.claims().summing().policy().unit())
    }

    /// By the columns that the parts were summed by; see [`SummedFunding::totals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, unit: Option<Unit>) -> Result<Answer, Problems> {
        let policy = self.value.claims().summing().policy().clone();
        let content = Content::apart(self.value.totals()?);
        Ok(Answer::new(content, policy, self.unit(unit), self.warnings.clone()))
    }

    /// Remarks for people; see [`SummedFunding::notes`].
    #[must_use]
    pub fn notes(&self, unit: Option<Unit>, lang: Lang) -> Vec<String> {
        self.value.notes(self.unit(unit), lang).iter().map(|note| visible(note).into_owned()).collect()
    }
}

impl Given<SummedReconciliation> {
    fn answer(&self, content: Content, unit: Option<Unit>) -> Answer {
        let policy = self.value.due().summing().policy();
        Answer::new(content, policy.clone(), unit.unwrap_or(policy.unit()), self.warnings.clone())
    }

    /// By the columns that the parts were summed by, with rates; see [`SummedReconciliation::totals`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, unit: Option<Unit>, zeros: bool) -> Result<Answer, Problems> {
        Ok(self.answer(Content::apart(self.value.totals(zeros)?), unit))
    }

    /// The receipts that match nothing in any part; see [`SummedReconciliation::unmatched_table`].
    #[must_use]
    pub fn unmatched(&self, unit: Option<Unit>) -> Answer {
        self.answer(Content::apart(UnmatchedInParts(self.value.clone())), unit)
    }
}

impl Given<Duties> {
    fn answer(&self, content: Content) -> Answer {
        let policy = self.value.allocation().policy();
        Answer::new(content, policy.clone(), policy.unit(), self.warnings.clone())
    }

    /// Place by place, or only what is not met; see [`Duties::table`].
    #[must_use]
    pub fn table(&self, open: bool) -> Answer {
        self.answer(Content::apart((self.value.clone(), open)))
    }

    /// By some columns; see [`Duties::totals`]. Left out, they are by year.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, by: Option<&[Grouping]>) -> Result<Answer, Problems> {
        Ok(self.answer(Content::apart(self.value.totals(by.unwrap_or(&[Grouping::Year]))?)))
    }

    /// How many places have all that is due of them; see [`Duties::coverage`]. Left out, it is by year and county.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn coverage(&self, by: Option<&[Grouping]>) -> Result<Answer, Problems> {
        Ok(self.answer(Content::apart(self.value.coverage(by.unwrap_or(&COVERAGE))?)))
    }

    /// A form that offices print, with the register where it is one of who serves each place; see [`forms`](crate::forms).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn form(&self, kind: FormKind, options: &FormOptions) -> Result<Answer, Problems> {
        let form = match kind {
            FormKind::Support => forms::make_support(&self.value, options)?,
            kind => forms::make(kind, self.value.allocation(), None, None, options)?,
        };
        Ok(self.answer(Content::apart(form)))
    }

    /// What a recipient is due besides money, who brings it, and what it gets and why; see [`Duties::explain`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let due = self.value.allocation();
        let unit = unit.unwrap_or_else(|| due.policy().unit());
        let places = due.explain_in(unit, recipient, years)?;
        let duties = self.value.explain(recipient, years)?;
        let explained = Explained::new(due.policy(), unit, Found { places, duties, ..Found::default() });
        Ok(Answer::new(Content::apart(explained), due.policy().clone(), unit, self.warnings.clone()))
    }

    /// The rows of the register that belong to nothing; see [`Duties::unmatched_table`].
    #[must_use]
    pub fn unmatched(&self) -> Answer {
        self.answer(Content::apart(UnmatchedAssignments(self.value.clone())))
    }
}

impl Given<Reconciliation> {
    fn answer(&self, content: Content, unit: Unit) -> Answer {
        Answer::new(content, self.value.due().policy().clone(), unit, self.warnings.clone())
    }

    fn unit(&self, unit: Option<Unit>) -> Unit {
        unit.unwrap_or_else(|| self.value.due().policy().unit())
    }

    /// What a recipient was due and why, what arrived, and what is missing; see [`Reconciliation::explain`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>, unit: Option<Unit>) -> Result<Answer, Problems> {
        let (unit, due) = (self.unit(unit), self.value.due());
        let places = due.explain_in(unit, recipient, years)?;
        let gaps = self.value.explain(unit, recipient, years)?;
        let explained = Explained::new(due.policy(), unit, Found { places, gaps, ..Found::default() });
        Ok(self.answer(Content::apart(explained), unit))
    }

    /// Place by place; see [`Reconciliation::table`].
    #[must_use]
    pub fn table(&self, unit: Option<Unit>, zeros: bool) -> Answer {
        self.answer(Content::apart((self.value.clone(), zeros)), self.unit(unit))
    }

    /// By some columns, with rates; see [`Reconciliation::totals`]. Left out, they are year and layer.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn totals(&self, by: Option<&[Grouping]>, unit: Option<Unit>, zeros: bool) -> Result<Answer, Problems> {
        let totals = self.value.totals(by.unwrap_or(&DEFAULT_GROUPING), zeros)?;
        Ok(self.answer(Content::apart(totals), self.unit(unit)))
    }

    /// A form that offices print, with what happened; see [`forms`](crate::forms).
    ///
    /// # Errors
    ///
    /// What the form needs and a reconciliation does not have, more rows than are printed, a total that is too large.
    pub fn form(
        &self,
        kind: FormKind,
        projects: Option<&Given<Planning>>,
        options: &FormOptions,
    ) -> Result<Answer, Problems> {
        let planning = projects.map(|projects| &projects.value);
        let form = forms::make(kind, self.value.due(), Some(&self.value), planning, options)?;
        let mut answer = self.answer(Content::apart(form), self.unit(options.unit));
        answer.warnings = gathered([&answer.warnings].into_iter().chain(projects.map(|projects| &projects.warnings)));
        Ok(answer)
    }

    /// The receipts that match nothing; see [`Reconciliation::unmatched_table`].
    #[must_use]
    pub fn unmatched(&self, unit: Option<Unit>) -> Answer {
        self.answer(Content::apart(UnmatchedReceipts(self.value.clone())), self.unit(unit))
    }
}

impl Given<Planning> {
    fn answer(&self, content: Content, unit: Unit) -> Answer {
        Answer::new(content, self.value.allocation().policy().clone(), unit, self.warnings.clone())
    }

    fn unit(&self, unit: Option<Unit>) -> Unit {
        unit.unwrap_or_else(|| self.value.allocation().policy().unit())
    }

    /// A form that offices print, with these projects; see [`forms`](crate::forms).
    ///
    /// # Errors
    ///
    /// What the form needs and these projects do not have, more rows than are printed, a total that is too large.
    pub fn form(&self, kind: FormKind, options: &FormOptions) -> Result<Answer, Problems> {
        let form = forms::make(kind, self.value.allocation(), None, Some(&self.value), options)?;
        Ok(self.answer(Content::apart(form), self.unit(options.unit)))
    }

    /// A table of the register: place by place or by some columns; see [`ProjectList`]. Shares are by year where nothing else is
    /// asked for.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownKey`] where a listing that is not grouped is to be, [`Code::Overflow`] of a sum.
    pub fn answer_of(
        &self,
        list: ProjectList,
        by: Option<&[ProjectGrouping]>,
        unit: Option<Unit>,
        zeros: bool,
    ) -> Result<Answer, Problems> {
        let planning = &self.value;
        let content = match (list, by) {
            (ProjectList::Amounts, None) => Content::apart((planning.clone(), zeros)),
            (ProjectList::Amounts, Some(by)) => Content::apart(planning.totals(by, zeros)?),
            (ProjectList::Shares, by) => {
                Content::apart(planning.shares(by.unwrap_or(&[ProjectGrouping::By(Grouping::Year)]))?)
            }
            (_, Some(_)) => return Err(not_grouped(list.as_str()).into()),
            (ProjectList::Places, None) => Content::apart(PlannedPlaces(planning.clone())),
            (ProjectList::Projects | ProjectList::Overdue | ProjectList::Unmatched, None) => {
                Content::apart(planning.listed(list))
            }
        };
        Ok(self.answer(content, self.unit(unit)))
    }
}
