//! One request, one answer: what every door asks and what it gets.
//!
//! A door (the command line, Python, JavaScript, an HTTP service, the runners of the vectors) reads its inputs into
//! [`Given`] values, asks by their methods, and shows the [`Answer`]: a table for machines, reports for people, warnings,
//! the policies that it rests on. A door that has nothing but data makes a [`Request`] of it and lets [`Request::answer`]
//! do all of that. Defaults, the order of warnings, the names of files on problems and what stands in a report for people
//! are decided here and nowhere else.

use std::sync::Arc;

use crate::engine::roster::Roster;
use crate::ground::catalogue::notes;
use crate::ground::language::Lang;
use crate::ground::money::Unit;
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::questions::explanations::Explained;
use crate::questions::forms::Form;
use crate::questions::funding::{Funding, FundingTotals};
use crate::questions::projects::Planning;
use crate::questions::what_if::{Comparison, Solution};
use crate::results::allocation::Allocation;
use crate::results::explain::Explanation;
use crate::results::tables::{TableOptions, policy_line};
use crate::results::totals::{Grouping, Totals};
use crate::tables::table::{Batch, Report, Table};
use crate::tables::wide::Across;

mod apart;
mod given;
mod parts;
mod request;
#[cfg(test)]
mod tests;

use apart::Apart;
pub use given::{DEFAULT_GROUPING, Given, read_changes};
pub use parts::OverParts;
pub use request::{Input, Operation, Request, Sources};

/// What a limit is for.
const LIMITED: [Grouping; 3] = [Grouping::Layer, Grouping::Payer, Grouping::Year];

/// What coverage is by where nothing else is asked for.
const COVERAGE: [Grouping; 2] = [Grouping::Year, Grouping::County];

/// Of totals by these, the column that is laid across: layers, or else the last.
fn grouped(by: &[Grouping]) -> Option<usize> {
    by.iter().position(|grouping| *grouping == Grouping::Layer).or_else(|| by.len().checked_sub(1))
}

/// A table of more rows is longer than a person reads.
const LONG: usize = 2_000;
/// Rows that are shown of it, and places of a roster.
const SHOWN: usize = 200;
const SHOWN_PLACES: usize = 20;

/// What came out, in every form that a door may want, with everything that has to stand beside it. Cheap to clone where
/// what it holds is; never changes.
#[derive(Debug, Clone)]
pub struct Answer {
    content: Content,
    policy: Policy,
    with_policy: Option<Policy>,
    unit: Unit,
    warnings: Problems,
}

/// What an answer shows.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Policy,
    /// With what lays it out: named where a roster is asked for, so that a door that never shows one carries none of it.
    Roster(Roster, for<'a> fn(&'a Roster, &Policy) -> Table<'a>),
    Allocation(Allocation, TableOptions),
    Totals(Totals),
    Funding(Funding, TableOptions),
    FundingTotals(FundingTotals),
    Comparison(Comparison),
    /// Figures, explanations, reconciliations, scenarios, solutions, duties, checks, projects, forms, totals of a roster in parts.
    Apart(Arc<dyn Apart>),
}

impl Content {
    fn apart(content: impl Apart + 'static) -> Self {
        Self::Apart(Arc::new(content))
    }
}

impl Answer {
    fn new(content: Content, policy: Policy, unit: Unit, warnings: Problems) -> Self {
        Self { content, policy, with_policy: None, unit, warnings }
    }

    /// The policy that it rests on; of a comparison the first one.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Of a comparison, the second policy.
    #[must_use]
    pub const fn with_policy(&self) -> Option<&Policy> {
        self.with_policy.as_ref()
    }

    /// The unit of its amounts.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// What a person should look at: of the policy, the roster, what came with it, and what computing found, each once.
    #[must_use]
    pub const fn warnings(&self) -> &Problems {
        &self.warnings
    }

    /// The warnings that its reports do not say themselves: a table of receipts that match nothing does.
    #[must_use]
    pub fn warnings_beside_reports(&self) -> Problems {
        self.warnings.clone().keep(|problem| match &self.content {
            Content::Apart(content) => !content.reports_say(problem.code()),
            _ => true,
        })
    }

    /// The warnings that its [`report`](Answer::report) does not say itself.
    #[must_use]
    pub fn warnings_beside_report(&self) -> Problems {
        self.warnings.clone().keep(|problem| match &self.content {
            Content::Apart(content) => !content.says(problem.code()),
            _ => true,
        })
    }

    /// The table for machines; none of a policy by itself. Only explanations have a column in the language.
    #[must_use]
    pub fn table(&self, lang: Lang) -> Option<Table<'_>> {
        let unit = self.unit;
        Some(match &self.content {
            Content::Policy => return None,
            Content::Roster(roster, table) => table(roster, &self.policy),
            Content::Allocation(allocation, options) => allocation.table(*options),
            Content::Totals(totals) => totals.table(unit),
            Content::Funding(funding, options) => funding.table(*options),
            Content::FundingTotals(totals) => totals.table(unit),
            Content::Comparison(comparison) => comparison.table(unit),
            Content::Apart(content) => content.table(unit, lang),
        })
    }

    /// The table for people; none where there is nothing to show, such as receipts that match nothing where all match.
    ///
    /// # Errors
    ///
    /// A total that is too large to be an amount.
    pub fn report(&self, lang: Lang) -> Result<Option<Report<'_>>, Problems> {
        let unit = self.unit;
        Ok(Some(match &self.content {
            Content::Policy => return Ok(None),
            Content::Roster(..) => return Ok(self.rows(lang, usize::MAX)),
            Content::Allocation(allocation, options) => allocation.report(*options, lang)?,
            Content::Totals(totals) => totals.report(unit, lang)?,
            Content::Funding(funding, options) => funding.report(*options, lang)?,
            Content::FundingTotals(totals) => totals.report(unit, lang)?,
            Content::Comparison(comparison) => comparison.report(unit, lang)?,
            Content::Apart(content) => return content.report(unit, lang),
        }))
    }

    /// The table for people, or of one that is longer than a person reads what stands for it: totals of places, else the
    /// first rows, how many more there are, and the total. A door that shows results as they come, such as a notebook, shows this.
    ///
    /// # Errors
    ///
    /// As [`Answer::report`].
    pub fn glance(&self, lang: Lang) -> Result<Option<Report<'_>>, Problems> {
        let mut rows = 0_usize;
        let mut passes = |batch: Batch<'_>| {
            rows = rows.saturating_add(batch.rows);
            rows > LONG
        };
        let is_long = self.table(lang).is_some_and(|table| table.batches().any(&mut passes));
        if !is_long {
            let report = self.report(lang)?;
            return Ok(if report.is_some() { report } else { self.rows(lang, SHOWN) });
        }
        let mut report = match &self.content {
            Content::Allocation(allocation, options) => {
                allocation.totals(&DEFAULT_GROUPING, false)?.report(options.unit, lang)?.into_owned()
            }
            Content::Funding(funding, options) => funding.totals(&LIMITED)?.report(options.unit, lang)?.into_owned(),
            Content::Roster(..) => return Ok(self.rows(lang, SHOWN_PLACES)),
            content => {
                let glance =
                    if let Content::Apart(content) = content { content.glance(self.unit, lang)? } else { None };
                let Some(glance) = glance else {
                    let report = self.report(lang)?;
                    return Ok(report.map(|report| report.first(SHOWN)).or_else(|| self.rows(lang, SHOWN)));
                };
                glance
            }
        };
        report.notes.push(notes::LONG_TABLE.with(&[&LONG]).to_text(lang));
        Ok(Some(report))
    }

    /// The first rows as they are.
    fn rows(&self, lang: Lang, limit: usize) -> Option<Report<'_>> {
        let title = match &self.content {
            Content::Roster(roster, _) => notes::ROSTER_TITLE.with(&[&roster.len(), &roster.places()]).to_text(lang),
            _ => self.policy.heading(lang),
        };
        let notes = vec![policy_line(&self.policy, lang)];
        self.table(lang).map(|table| table.report(title, lang, notes).first(limit))
    }

    /// The tables that a person reads, as the command line prints them: places come after their summary, a reconciliation
    /// with the receipts that match nothing.
    ///
    /// # Errors
    ///
    /// As [`Answer::report`].
    pub fn reports(&self, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let unit = self.unit;
        let mut reports = Vec::new();
        match &self.content {
            Content::Funding(funding, options) => {
                let mut places = funding.report(*options, lang)?;
                // The summary has said it.
                let said = funding.notes(options.unit, lang);
                places.notes.retain(|note| !said.contains(note));
                reports.extend([funding.totals(&LIMITED)?.report(unit, lang)?.into_owned(), places]);
            }
            Content::Apart(content) => return content.reports(unit, lang),
            _ => reports.extend(self.report(lang)?),
        }
        Ok(reports)
    }

    /// The same with layers side by side, or else what was last grouped by; of scenarios, the scenarios. Tables that have no
    /// such form are as they are.
    ///
    /// # Errors
    ///
    /// As [`Answer::report`].
    pub fn wide_reports(&self, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        self.reports(lang)?.into_iter().map(|report| self.laid_across(report, lang)).collect()
    }

    /// [`Answer::report`] in the same form.
    ///
    /// # Errors
    ///
    /// As [`Answer::report`].
    pub fn wide_report(&self, lang: Lang) -> Result<Option<Report<'_>>, Problems> {
        self.report(lang)?.map(|report| self.laid_across(report, lang)).transpose()
    }

    fn laid_across<'a>(&self, report: Report<'a>, lang: Lang) -> Result<Report<'a>, Problems> {
        let titled = |grouping: Grouping| {
            let header = grouping.header();
            report.columns.iter().position(|(title, _)| title == header.get(lang))
        };
        let (column, left_out, adds_up) = match &self.content {
            // Of how many places an amount is says nothing once layers stand side by side.
            Content::Totals(totals) => (grouped(totals.by()), vec![totals.by().len()], true),
            Content::FundingTotals(totals) => (grouped(totals.by()), Vec::new(), true),
            // The summary before the places has another shape.
            Content::Funding(..) if titled(Grouping::County).is_some() => {
                (titled(Grouping::Layer), titled(Grouping::Payer).into_iter().collect(), true)
            }
            Content::Apart(content) => content.across(),
            _ => (None, Vec::new(), false),
        };
        match column {
            Some(column) => report.laid_across(Across { column, left_out: &left_out, adds_up }),
            None => Ok(report),
        }
    }

    /// What was explained, with what it rests on, if it was asked for explanations.
    #[must_use]
    pub fn explained(&self) -> Option<&Explained> {
        if let Content::Apart(content) = &self.content { content.explained() } else { None }
    }

    /// The explanations, if it was asked for them.
    #[must_use]
    pub fn explanations(&self) -> Option<&[Explanation]> {
        self.explained().map(|explained| explained.found().places.as_slice())
    }

    /// The solution, if it was asked for one.
    #[must_use]
    pub fn solution(&self) -> Option<&Solution> {
        if let Content::Apart(content) = &self.content { content.solution() } else { None }
    }

    /// As a page that prints: the form, if it was asked for one, or explanations.
    #[must_use]
    pub fn form(&self, lang: Lang) -> Option<Form<'_>> {
        match &self.content {
            Content::Apart(content) => content.form(lang),
            _ => None,
        }
    }

    /// The register beside its allocation, if it was asked for one place by place.
    #[must_use]
    pub fn planning(&self) -> Option<&Planning> {
        if let Content::Apart(content) = &self.content { content.planning() } else { None }
    }

    /// The roster, if it was checked.
    #[must_use]
    pub fn roster(&self) -> Option<&Roster> {
        if let Content::Roster(roster, _) = &self.content { Some(roster) } else { None }
    }

    /// The allocation that it lays out, if it does.
    #[must_use]
    pub fn allocation(&self) -> Option<&Allocation> {
        match &self.content {
            Content::Allocation(allocation, _) => Some(allocation),
            Content::Apart(content) => content.allocation(),
            _ => None,
        }
    }
}
