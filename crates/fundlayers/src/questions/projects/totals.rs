//! What is due and what is planned by any grouping, categories among them.

use std::fmt;

use hashbrown::HashMap;

use super::ProjectState;
use super::planning::{Belongs, CategoryName, Planning, Progress};
use crate::ground::catalogue::projects as catalogue;
use crate::ground::catalogue::results as words;
use crate::ground::language::Name;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::{did_you_mean_names, split_list, typed};
use crate::ground::titles::synonyms;
use crate::results::tables::overflow;
use crate::results::totals::{Codes, Grouping, Totals, codes_of};

/// What totals of projects can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProjectGrouping {
    /// As an allocation.
    By(Grouping),
    /// The category (项目类型).
    Category,
}

impl ProjectGrouping {
    /// The column's key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::By(grouping) => grouping.as_str(),
            Self::Category => "category",
        }
    }

    /// The column's header for people.
    #[must_use]
    pub fn header(self) -> Name {
        match self {
            Self::By(grouping) => grouping.header(),
            Self::Category => Name::new("项目类型", "Category"),
        }
    }

    /// Reads groupings as [`Grouping::parse_all`] does, `category` (项目类型) among them.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`] for each that is not known or stands twice.
    pub fn parse_all<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Problems> {
        let mut problems = Problems::new();
        let mut list: Vec<Self> = Vec::new();
        for key in keys.into_iter().flat_map(split_list) {
            let word = typed(key);
            let own = Self::Category.header();
            let is_category = word == "category"
                || word == own.zh
                || own.en.eq_ignore_ascii_case(&word)
                || synonyms("category").contains(&word.as_str());
            let read = if is_category {
                Ok(vec![Self::Category])
            } else {
                Grouping::parse_all([key]).map(|list| list.into_iter().map(Self::By).collect())
            };
            match read {
                Ok(read) if read.iter().any(|grouping| list.contains(grouping)) => problems.push(
                    Problem::new(Code::UnknownGrouping, words::GROUPED_TWICE)
                        .found(key)
                        .expected(words::EACH_COLUMN_ONCE),
                ),
                Ok(read) => list.extend(read),
                Err(_) => {
                    let mut known: Vec<(&str, Name)> =
                        Grouping::ALL.iter().map(|grouping| (grouping.as_str(), grouping.header())).collect();
                    known.push(("category", own));
                    let hint = did_you_mean_names(key, &known);
                    problems.push(Problem::new(Code::UnknownGrouping, words::NO_GROUPING).found(key).expected(hint));
                }
            }
        }
        if problems.is_empty() { Ok(list) } else { Err(problems) }
    }
}

impl fmt::Display for ProjectGrouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No layer, no payer.
const NOTHING: u32 = u32::MAX;

/// Groups of rows of a register, and of what is due: by the groupings of an allocation.
pub(super) struct Groups {
    pub(super) totals: Totals,
    by: Vec<Grouping>,
    /// By grouping, for each code its rank and a row of the totals that has it.
    known: Vec<HashMap<u32, (usize, usize)>>,
}

impl Groups {
    pub(super) fn new(planning: &Planning, by: &[Grouping]) -> Result<Self, Problems> {
        let totals = planning.allocation().totals(by, true)?;
        let known = (0..by.len()).map(|at| {
            let rows = totals.distinct(at).into_iter().enumerate();
            rows.map(|(rank, row)| (totals.code(row, at), (rank, row))).collect()
        });
        Ok(Self { known: known.collect(), totals, by: by.to_vec() })
    }

    /// The codes of what a row of the register belongs to.
    pub(super) fn codes(&self, planning: &Planning, of: Belongs) -> Codes {
        let has_layer = of.layer < planning.layers();
        let layer = if has_layer { of.layer } else { 0 };
        let mut codes = codes_of(planning.allocation(), &self.by, of.row, of.year, layer);
        if !has_layer {
            for (code, grouping) in codes.iter_mut().zip(&self.by) {
                if matches!(grouping, Grouping::Layer | Grouping::Payer) {
                    *code = NOTHING;
                }
            }
        }
        codes
    }

    /// Where codes stand among others: in the order of the roster, of years and of layers; nothing comes last.
    pub(super) fn ranks(&self, codes: &Codes) -> Vec<usize> {
        let rank = |(known, code): (&HashMap<u32, (usize, usize)>, &u32)| known.get(code).map_or(usize::MAX, |of| of.0);
        self.known.iter().zip(codes).map(rank).collect()
    }

    /// A row of the totals in which a code stands; none: it is nothing.
    pub(super) fn row_of(&self, codes: &Codes, at: usize) -> Option<usize> {
        self.known.get(at)?.get(codes.get(at)?).map(|of| of.1)
    }

    pub(super) fn by(&self) -> &[Grouping] {
        &self.by
    }

    /// A grouping value as text; blank for a year, and for nothing.
    pub(super) fn text(&self, codes: &Codes, at: usize) -> &str {
        self.row_of(codes, at).map_or("", |row| self.totals.text(row, at))
    }

    pub(super) fn year(&self, codes: &Codes, at: usize) -> u16 {
        self.row_of(codes, at).map_or(0, |row| self.totals.year(row, at))
    }
}

/// What is due and what is planned by a grouping.
#[derive(Clone)]
pub struct PlanningTotals {
    planning: Planning,
    by: Vec<ProjectGrouping>,
    pub(super) groups: std::sync::Arc<Groups>,
    pub(super) rows: Vec<Row>,
}

/// A row of totals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) codes: Codes,
    /// The number of the category, where grouped by it.
    pub(super) category: usize,
    pub(super) progress: Progress,
    /// None where grouped by category, for nothing says what is due for one.
    pub(super) due: Option<Amount>,
    pub(super) planned: Amount,
}

impl Planning {
    /// Sums by any grouping, in roster, year and layer order, what has no layer last: a row for each group in which anything is
    /// due or planned, with `zeros` for every group. Grouped by category, only what is planned is known.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a sum is beyond 2^63 − 1 fen.
    pub fn totals(&self, by: &[ProjectGrouping], zeros: bool) -> Result<PlanningTotals, Problems> {
        let plain: Vec<Grouping> = by
            .iter()
            .filter_map(|by| if let ProjectGrouping::By(grouping) = by { Some(*grouping) } else { None })
            .collect();
        let by_category = by.contains(&ProjectGrouping::Category);
        let groups = Groups::new(self, &plain)?;
        let mut places: HashMap<(Codes, usize), usize> = HashMap::new();
        let mut rows: Vec<(Row, i128)> = Vec::new();
        let row =
            |codes, category, due| Row { codes, category, progress: Progress::default(), due, planned: Amount::ZERO };
        if !by_category {
            for (at, total) in groups.totals.iter().enumerate() {
                let codes = groups.totals.codes(at);
                places.insert((codes, 0), rows.len());
                rows.push((row(codes, 0, Some(total.amount())), 0));
            }
        }
        // Which group each row of the register is in, with its project.
        let mut parts: Vec<(usize, u32, ProjectState)> = Vec::new();
        for (number, of) in self.0.matched.iter().enumerate() {
            let Some(of) = *of else { continue };
            let codes = groups.codes(self, of);
            let category = if by_category { self.category(number) } else { 0 };
            let at = *places.entry((codes, category)).or_insert_with(|| {
                rows.push((row(codes, category, (!by_category).then_some(Amount::ZERO)), 0));
                rows.len().saturating_sub(1)
            });
            if let Some((_, planned)) = rows.get_mut(at) {
                *planned = planned.saturating_add(self.projects().row(number).amount().fen().into());
            }
            let project = self.0.project_of.get(number).copied().unwrap_or(NOTHING);
            let state = self.0.states.get(number).copied().unwrap_or(ProjectState::Open);
            parts.push((at, project, state));
        }
        parts.sort_unstable_by_key(|(at, ..)| *at);
        let mut of_group: Vec<(u32, ProjectState)> = Vec::new();
        for group in parts.chunk_by(|a, b| a.0 == b.0) {
            of_group.clear();
            of_group.extend(group.iter().map(|(_, project, state)| (*project, *state)));
            let at = group.first().map_or(usize::MAX, |(at, ..)| *at);
            if let Some((row, _)) = rows.get_mut(at) {
                row.progress = Progress::of(&mut of_group);
            }
        }
        let mut list = Vec::new();
        for (row, planned) in rows {
            let planned = i64::try_from(planned).map(Amount::from_fen).map_err(|_| overflow())?;
            let row = Row { planned, ..row };
            row.difference_wide().map(i64::try_from).transpose().map_err(|_| overflow())?;
            let is_empty =
                row.due.is_none_or(Amount::is_zero) && planned.is_zero() && row.progress == Progress::default();
            if zeros || by.is_empty() || !is_empty {
                list.push(row);
            }
        }
        list.sort_by_cached_key(|row| {
            let ranks = groups.ranks(&row.codes);
            let mut plain = ranks.into_iter();
            by.iter()
                .map(|by| match by {
                    ProjectGrouping::By(_) => plain.next().unwrap_or_default(),
                    ProjectGrouping::Category => row.category,
                })
                .collect::<Vec<usize>>()
        });
        Ok(PlanningTotals { planning: self.clone(), by: by.to_vec(), groups: std::sync::Arc::new(groups), rows: list })
    }
}

impl Row {
    fn difference_wide(&self) -> Option<i128> {
        Some(i128::from(self.planned.fen()).saturating_sub(self.due?.fen().into()))
    }

    pub(super) fn difference(&self) -> Option<Amount> {
        // It was seen to fit.
        self.difference_wide().and_then(|fen| i64::try_from(fen).ok()).map(Amount::from_fen)
    }
}

impl PlanningTotals {
    /// What it is grouped by.
    #[must_use]
    pub fn by(&self) -> &[ProjectGrouping] {
        &self.by
    }

    /// The register beside its allocation.
    #[must_use]
    pub fn planning(&self) -> &Planning {
        &self.planning
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = PlanningRow<'_>> {
        self.rows.iter().map(|row| PlanningRow { totals: self, row })
    }

    /// Which of the groupings of an allocation a column is.
    pub(super) fn plain(&self, by: usize) -> usize {
        self.by.iter().take(by).filter(|by| **by != ProjectGrouping::Category).count()
    }

    pub(super) fn category(&self, row: &Row) -> Option<&CategoryName> {
        self.planning.0.categories.get(row.category)
    }

    /// A grouping value as text; blank for a year, and for nothing.
    pub(super) fn text(&self, row: &Row, by: usize) -> &str {
        match self.by.get(by) {
            Some(ProjectGrouping::Category) => self.category(row).map_or("", |category| category.id.as_str()),
            _ => self.groups.text(&row.codes, self.plain(by)),
        }
    }

    pub(super) fn year(&self, row: &Row, by: usize) -> u16 {
        self.groups.year(&row.codes, self.plain(by))
    }
}

impl fmt::Debug for PlanningTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanningTotals").field("by", &self.by).field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A row of [`PlanningTotals`].
#[derive(Clone, Copy)]
pub struct PlanningRow<'a> {
    totals: &'a PlanningTotals,
    row: &'a Row,
}

impl PlanningRow<'_> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, by: usize) -> String {
        if self.totals.by.get(by) == Some(&ProjectGrouping::By(Grouping::Year)) {
            return self.totals.year(self.row, by).to_string();
        }
        self.totals.text(self.row, by).to_owned()
    }

    /// How many projects.
    #[must_use]
    pub const fn projects(&self) -> u32 {
        self.row.progress.projects
    }

    /// How many of them are completed.
    #[must_use]
    pub const fn completed(&self) -> u32 {
        self.row.progress.completed
    }

    /// How many of them are overdue.
    #[must_use]
    pub const fn overdue(&self) -> u32 {
        self.row.progress.overdue
    }

    /// What is due; none where grouped by category.
    #[must_use]
    pub const fn due(&self) -> Option<Amount> {
        self.row.due
    }

    /// What is planned.
    #[must_use]
    pub const fn planned(&self) -> Amount {
        self.row.planned
    }

    /// What is planned less what is due.
    #[must_use]
    pub fn difference(&self) -> Option<Amount> {
        self.row.difference()
    }
}

impl fmt::Debug for PlanningRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanningRow").field("row", &self.row).finish_non_exhaustive()
    }
}

/// What has to be said where a listing that is not of sums is to be grouped.
pub(crate) fn not_grouped(list: &str) -> Problem {
    Problem::new(Code::UnknownKey, catalogue::NOT_GROUPED.with(&[&list])).key("by").expected(catalogue::GROUPED_LISTS)
}
