//! What an answer shows that many doors never ask for: figures, explanations, reconciliations, scenarios, solutions, duties, checks,
//! projects, forms, rosters in parts. It stands behind a trait, so that a module which asks for none of it, such as the first one of a
//! browser, carries none of it.

use std::fmt::Debug;

use super::{COVERAGE, DEFAULT_GROUPING, grouped};
use crate::ground::language::Lang;
use crate::ground::money::Unit;
use crate::ground::problem::{Code, Problems};
use crate::questions::checks::data::Checks;
use crate::questions::checks::totals::CheckTotals;
use crate::questions::duties::{CoverageTotals, Duties, DutyTotals};
use crate::questions::explanations::Explained;
use crate::questions::figures::parts::SummedFigureTotals;
use crate::questions::figures::totals::FigureTotals;
use crate::questions::forms::{Form, Made};
use crate::questions::funding::SummedFundingTotals;
use crate::questions::projects::{Listed, Planning, PlanningTotals, ProjectGrouping, ProjectList, Shares};
use crate::questions::reconcile::{ReconciledTotals, Reconciliation, SummedReconciledTotals, SummedReconciliation};
use crate::questions::what_if::{ScenarioTotals, Solution};
use crate::results::allocation::Allocation;
use crate::results::figures::Figures;
use crate::results::summary::SummedTotals;
use crate::results::tables::{TableOptions, policy_line};
use crate::results::totals::Grouping;
use crate::tables::table::{Report, Table};

/// A report, where there is anything to show.
type Shown<'a> = Result<Option<Report<'a>>, Problems>;

/// Content that an answer holds without knowing it.
pub(in crate::questions) trait Apart: Debug + Send + Sync {
    /// The table for machines.
    fn table(&self, unit: Unit, lang: Lang) -> Table<'_>;

    /// The table for people.
    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_>;

    /// The tables that a person reads.
    fn reports(&self, unit: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        Ok(self.report(unit, lang)?.into_iter().collect())
    }

    /// What stands for a table that is longer than a person reads; none: its first rows.
    fn glance(&self, _unit: Unit, _lang: Lang) -> Shown<'static> {
        Ok(None)
    }

    /// Whether its report says what a warning says.
    fn says(&self, _code: Code) -> bool {
        false
    }

    /// Whether its reports do.
    fn reports_say(&self, code: Code) -> bool {
        self.says(code)
    }

    /// The column whose values may stand side by side, the columns that say nothing then, and whether what stands so adds up.
    fn across(&self) -> (Option<usize>, Vec<usize>, bool) {
        (None, Vec::new(), false)
    }

    /// As a page that prints.
    fn form(&self, _lang: Lang) -> Option<Form<'_>> {
        None
    }

    /// The register beside its allocation, of a table of its places.
    fn planning(&self) -> Option<&Planning> {
        None
    }

    /// What was explained.
    fn explained(&self) -> Option<&Explained> {
        None
    }

    /// The allocation that it lays out.
    fn allocation(&self) -> Option<&Allocation> {
        None
    }

    /// A solution.
    fn solution(&self) -> Option<&Solution> {
        None
    }
}

/// A report without the notes that the table after it has too.
fn without_notes(report: Report<'_>) -> Report<'static> {
    let mut report = report.into_owned();
    report.notes.clear();
    report
}

/// An allocation with its figures.
impl Apart for (Figures, TableOptions) {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        self.0.allocation_table(self.1)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(self.0.allocation_report(self.1, lang)?))
    }

    fn glance(&self, unit: Unit, lang: Lang) -> Shown<'static> {
        Ok(Some(self.0.allocation().totals(&DEFAULT_GROUPING, false)?.report(unit, lang)?.into_owned()))
    }

    fn allocation(&self) -> Option<&Allocation> {
        Some(self.0.allocation())
    }
}

impl Apart for Figures {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, lang)))
    }
}

impl Apart for FigureTotals {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, lang)))
    }
}

impl Apart for Explained {
    fn table(&self, _: Unit, lang: Lang) -> Table<'_> {
        Self::table(self, lang)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        let (title, notes) = (self.policy().heading(lang), vec![policy_line(self.policy(), lang)]);
        Ok(Some(Self::table(self, lang).report(title, lang, notes)))
    }

    fn form(&self, lang: Lang) -> Option<Form<'_>> {
        Some(self.page(lang))
    }

    fn explained(&self) -> Option<&Explained> {
        Some(self)
    }
}

/// And whether what has no amount is shown.
impl Apart for (Reconciliation, bool) {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        self.0.table(unit, self.1)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(self.0.report(unit, self.1, lang)?))
    }

    fn reports(&self, unit: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let (reconciliation, zeros) = self;
        let summary = reconciliation.totals(&DEFAULT_GROUPING, *zeros)?;
        let mut reports = vec![without_notes(summary.report(unit, lang)?), reconciliation.report(unit, *zeros, lang)?];
        reports.extend(reconciliation.unmatched_report(unit, lang));
        Ok(reports)
    }

    fn glance(&self, unit: Unit, lang: Lang) -> Shown<'static> {
        Ok(Some(self.0.totals(&DEFAULT_GROUPING, false)?.report(unit, lang)?.into_owned()))
    }

    fn reports_say(&self, code: Code) -> bool {
        code == Code::UnmatchedReceipt
    }
}

impl Apart for ReconciledTotals {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)?))
    }

    fn reports(&self, unit: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let mut reports = vec![Self::report(self, unit, lang)?];
        reports.extend(self.reconciliation().unmatched_report(unit, lang));
        Ok(reports)
    }

    fn reports_say(&self, code: Code) -> bool {
        code == Code::UnmatchedReceipt
    }
}

/// The receipts that match nothing.
#[derive(Debug)]
pub(super) struct UnmatchedReceipts(pub(super) Reconciliation);

impl Apart for UnmatchedReceipts {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        self.0.unmatched_table(unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(self.0.unmatched_report(unit, lang))
    }

    fn says(&self, code: Code) -> bool {
        code == Code::UnmatchedReceipt
    }
}

impl Apart for ScenarioTotals {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)?))
    }

    fn across(&self) -> (Option<usize>, Vec<usize>, bool) {
        (Some(0), Vec::new(), false)
    }
}

impl Apart for Solution {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)))
    }

    fn solution(&self) -> Option<&Solution> {
        Some(self)
    }
}

/// And whether only those that are open are shown.
impl Apart for (Checks, bool) {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        self.0.table(self.1)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(self.0.report(self.1, lang)))
    }

    fn reports(&self, _: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let mut summary = self.0.totals(&[])?.report(lang).into_owned();
        // The table that follows says the rest.
        summary.notes.truncate(1);
        Ok(vec![summary, self.0.report(self.1, lang)])
    }

    fn glance(&self, _: Unit, lang: Lang) -> Shown<'static> {
        Ok(Some(self.0.totals(&[])?.report(lang).into_owned()))
    }
}

impl Apart for CheckTotals {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, lang)))
    }
}

/// And whether only what is not met is shown.
impl Apart for (Duties, bool) {
    fn table(&self, _: Unit, lang: Lang) -> Table<'_> {
        self.0.table(self.1, lang)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(self.0.report(self.1, lang)))
    }

    fn reports(&self, _: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let (duties, open) = self;
        let mut reports = Vec::new();
        if !open && duties.has_register() {
            reports.push(without_notes(duties.coverage(&COVERAGE)?.report(lang)));
            reports.push(duties.report(false, lang));
            reports.extend(duties.unmatched_report(lang));
        } else {
            reports.push(duties.report(*open, lang));
        }
        Ok(reports)
    }

    fn reports_say(&self, code: Code) -> bool {
        !self.1 && code == Code::UnmatchedAssignment
    }
}

impl Apart for DutyTotals {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, lang)))
    }
}

impl Apart for CoverageTotals {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, lang)))
    }
}

/// The rows of a register of assignments that match nothing.
#[derive(Debug)]
pub(super) struct UnmatchedAssignments(pub(super) Duties);

impl Apart for UnmatchedAssignments {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        self.0.unmatched_table()
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(self.0.unmatched_report(lang))
    }

    fn says(&self, code: Code) -> bool {
        code == Code::UnmatchedAssignment
    }
}

/// And whether what has no amount is shown.
impl Apart for (Planning, bool) {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        self.0.table(unit, self.1)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(self.0.report(unit, self.1, lang)?))
    }

    fn reports(&self, unit: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let (planning, zeros) = self;
        let totals = planning.totals(&DEFAULT_GROUPING.map(ProjectGrouping::By), *zeros)?;
        let mut reports = vec![
            without_notes(totals.report(unit, lang)?),
            planning.report(unit, *zeros, lang)?,
            planning.places_report(unit, lang),
        ];
        let shares = planning.shares(&[ProjectGrouping::By(Grouping::Year)])?;
        if shares.has_categories() {
            reports.push(shares.report(unit, lang).into_owned());
        }
        for list in [ProjectList::Overdue, ProjectList::Unmatched] {
            reports.extend(planning.listed(list).report(unit, lang).map(Report::into_owned));
        }
        Ok(reports)
    }

    fn glance(&self, unit: Unit, lang: Lang) -> Shown<'static> {
        let totals = self.0.totals(&DEFAULT_GROUPING.map(ProjectGrouping::By), false)?;
        Ok(Some(totals.report(unit, lang)?.into_owned()))
    }

    fn reports_say(&self, code: Code) -> bool {
        code == Code::UnmatchedProject
    }

    fn planning(&self) -> Option<&Planning> {
        Some(&self.0)
    }
}

/// Places beside their projects.
#[derive(Debug)]
pub(super) struct PlannedPlaces(pub(super) Planning);

impl Apart for PlannedPlaces {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        self.0.places_table(unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(self.0.places_report(unit, lang)))
    }

    fn planning(&self) -> Option<&Planning> {
        Some(&self.0)
    }
}

impl Apart for PlanningTotals {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)?))
    }

    fn reports(&self, unit: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let mut reports = vec![Self::report(self, unit, lang)?];
        let unmatched = Self::planning(self).listed(ProjectList::Unmatched);
        reports.extend(unmatched.report(unit, lang).map(Report::into_owned));
        Ok(reports)
    }

    fn reports_say(&self, code: Code) -> bool {
        code == Code::UnmatchedProject
    }
}

impl Apart for Shares {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)))
    }
}

impl Apart for Listed {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Self::report(self, unit, lang))
    }

    fn says(&self, code: Code) -> bool {
        self.list() == ProjectList::Unmatched && code == Code::UnmatchedProject
    }
}

impl Apart for SummedTotals {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)?))
    }

    fn across(&self) -> (Option<usize>, Vec<usize>, bool) {
        // Of how many places an amount is says nothing once layers stand side by side.
        (grouped(self.by()), vec![self.by().len()], true)
    }
}

impl Apart for SummedFigureTotals {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, lang)))
    }
}

impl Apart for SummedFundingTotals {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)?))
    }

    fn across(&self) -> (Option<usize>, Vec<usize>, bool) {
        (grouped(self.by()), Vec::new(), true)
    }
}

impl Apart for SummedReconciledTotals {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        Self::table(self, unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(Some(Self::report(self, unit, lang)?))
    }

    fn reports(&self, unit: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        let mut reports = vec![Self::report(self, unit, lang)?];
        reports.extend(self.reconciliation().unmatched_report(unit, lang));
        Ok(reports)
    }

    fn reports_say(&self, code: Code) -> bool {
        code == Code::UnmatchedReceipt
    }
}

/// The receipts that match nothing in any part of a roster.
#[derive(Debug)]
pub(super) struct UnmatchedInParts(pub(super) SummedReconciliation);

impl Apart for UnmatchedInParts {
    fn table(&self, unit: Unit, _: Lang) -> Table<'_> {
        self.0.unmatched_table(unit)
    }

    fn report(&self, unit: Unit, lang: Lang) -> Shown<'_> {
        Ok(self.0.unmatched_report(unit, lang))
    }

    fn says(&self, code: Code) -> bool {
        code == Code::UnmatchedReceipt
    }
}

impl Apart for Made {
    fn table(&self, _: Unit, _: Lang) -> Table<'_> {
        Self::table(self)
    }

    fn report(&self, _: Unit, lang: Lang) -> Shown<'_> {
        Ok(Self::form(self, lang).into_reports().into_iter().next())
    }

    fn reports(&self, _: Unit, lang: Lang) -> Result<Vec<Report<'_>>, Problems> {
        Ok(Self::form(self, lang).into_reports())
    }

    fn says(&self, code: Code) -> bool {
        code == Code::UnmatchedReceipt && self.lists_unmatched()
            || code == Code::UnmatchedProject && self.lists_unmatched_projects()
    }

    fn form(&self, lang: Lang) -> Option<Form<'_>> {
        Some(Self::form(self, lang))
    }
}
