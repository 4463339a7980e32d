//! A reconciliation by a grouping, whether of a roster held whole or of one in parts.

use std::fmt;

use hashbrown::HashMap;

use super::Sums;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::results;
use crate::ground::ids::index;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::questions::receipts::{Event, Month};
use crate::results::totals::{Codes, Grouping, TotalRows, put};
use crate::tables::table::Percent;

/// Groups of what was due, with their figures.
#[derive(Debug, Clone)]
pub(super) struct Grouped<G> {
    pub(super) groups: G,
    /// Which groups are shown, and their figures.
    pub(super) rows: Vec<(usize, Figures)>,
    pub(super) as_of: Option<Month>,
}

/// Due, issued, received, spent, gap, excess.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    due: Amount,
    sums: Sums,
    gap: Amount,
    excess: Amount,
}

/// The codes of a group.
fn codes(groups: &impl TotalRows, row: usize) -> Codes {
    let mut codes = Codes::default();
    for by in 0..groups.by().len() {
        put(&mut codes, by, groups.code(row, by));
    }
    codes
}

/// Finds groups by their codes.
enum GroupIndex {
    /// For each combination of codes its group, the last code changing first; no longer than a few times the groups.
    Table { widths: Vec<usize>, groups: Vec<Option<u32>> },
    /// Codes of which few combinations are groups.
    Hashed(HashMap<Codes, usize>),
}

impl GroupIndex {
    /// Groups are looked up by a table that is at most so many times as long as they are many.
    const SPARSE: usize = 4;

    fn new(groups: &impl TotalRows) -> Self {
        let (by, rows) = (groups.by().len(), groups.len());
        let width = |by: usize| (0..rows).map(|row| index(groups.code(row, by)).saturating_add(1)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..by).map(width).collect();
        let length = widths.iter().copied().fold(1, usize::saturating_mul);
        if length > rows.saturating_mul(Self::SPARSE) || u32::try_from(rows).is_err() {
            return Self::Hashed((0..rows).map(|row| (codes(groups, row), row)).collect());
        }
        let mut table = vec![None; length];
        for (row, number) in (0..rows).zip(0_u32..) {
            if let Some(slot) = position(&widths, &codes(groups, row)).and_then(|at| table.get_mut(at)) {
                *slot = Some(number);
            }
        }
        Self::Table { widths, groups: table }
    }

    fn get(&self, codes: &Codes) -> Option<usize> {
        match self {
            Self::Table { widths, groups } => groups.get(position(widths, codes)?).copied().flatten().map(index),
            Self::Hashed(groups) => groups.get(codes).copied(),
        }
    }
}

/// Where codes stand among all combinations of those below some widths.
fn position(widths: &[usize], codes: &Codes) -> Option<usize> {
    let mut position = 0_usize;
    for (width, code) in widths.iter().zip(codes) {
        let code = index(*code);
        if code >= *width {
            return None;
        }
        position = position.saturating_mul(*width).saturating_add(code);
    }
    Some(position)
}

impl<G: TotalRows> Grouped<G> {
    /// Of groups, which are all that there are; of the fen below 0 that are due in each; and of what happened, beside what was due
    /// there.
    pub(super) fn new(
        groups: G,
        below: impl Iterator<Item = (Codes, i128)>,
        happened: impl Iterator<Item = (Codes, Amount, Sums)>,
        zeros: bool,
        as_of: Option<Month>,
    ) -> Result<Self, Problems> {
        let places = GroupIndex::new(&groups);
        // Where nothing happened, the gap is what was due.
        let mut sums: Vec<[i128; 6]> = (0..groups.len())
            .map(|row| {
                let due = i128::from(groups.amount(row).fen());
                [due, 0, 0, 0, due, 0]
            })
            .collect();
        // Of what was to be paid in there is no gap, but an excess.
        for (codes, fen) in below {
            if let Some(sums) = places.get(&codes).and_then(|group| sums.get_mut(group)) {
                for sum in sums.iter_mut().skip(4) {
                    *sum = sum.saturating_sub(fen);
                }
            }
        }
        let mut last: Option<(Codes, usize)> = None;
        for (codes, due, events) in happened {
            let group = match last {
                Some((known, group)) if known == codes => Some(group),
                _ => places.get(&codes),
            };
            let Some(group) = group else { continue };
            last = Some((codes, group));
            let Some(sums) = sums.get_mut(group) else { continue };
            let received = events.get(Event::Received.number()).copied().sure();
            let more = |figure: fn(Amount, Amount) -> Amount| {
                let before = i128::from(figure(due, Amount::ZERO).fen());
                i128::from(figure(due, received).fen()).saturating_sub(before)
            };
            let figures = events.map(|sum| i128::from(sum.fen()));
            let added = figures.into_iter().chain([more(gap), more(excess)]);
            for (sum, added) in sums.iter_mut().skip(1).zip(added) {
                *sum = sum.saturating_add(added);
            }
        }
        let mut rows = Vec::new();
        for (row, sums) in sums.into_iter().enumerate() {
            if !zeros && !groups.by().is_empty() && sums.iter().all(|sum| *sum == 0) {
                continue;
            }
            let mut figures = [Amount::ZERO; 6];
            for (figure, sum) in figures.iter_mut().zip(sums) {
                *figure = i64::try_from(sum).map(Amount::from_fen).map_err(|_| {
                    let problem = Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE);
                    problem.expected(results::CHECK_UNITS_OR_GROUP_FINER)
                })?;
            }
            let [due, issued, received, spent, gap, excess] = figures;
            rows.push((row, Figures { due, sums: [issued, received, spent], gap, excess }));
        }
        Ok(Self { groups, rows, as_of })
    }

    pub(super) fn by(&self) -> &[Grouping] {
        self.groups.by()
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = ReconciledRow<'_>> {
        let as_of = self.as_of;
        self.rows.iter().map(move |(group, figures)| ReconciledRow {
            groups: &self.groups,
            group: *group,
            figures: *figures,
            as_of,
        })
    }
}

/// A row of [`ReconciledTotals`](super::ReconciledTotals), or of those of a roster in parts.
#[derive(Clone, Copy)]
pub struct ReconciledRow<'a> {
    groups: &'a dyn TotalRows,
    pub(super) group: usize,
    pub(super) figures: Figures,
    as_of: Option<Month>,
}

impl ReconciledRow<'_> {
    /// A grouping value, by the place of its column in the grouping.
    #[must_use]
    pub fn key(&self, by: usize) -> String {
        if self.groups.by().get(by) == Some(&Grouping::Year) {
            return self.groups.year(self.group, by).to_string();
        }
        self.groups.text(self.group, by).to_owned()
    }

    /// What was due.
    #[must_use]
    pub const fn due(&self) -> Amount {
        self.figures.due
    }

    /// What was issued.
    #[must_use]
    pub fn issued(&self) -> Amount {
        self.figures.sum(Event::Issued)
    }

    /// What arrived.
    #[must_use]
    pub fn received(&self) -> Amount {
        self.figures.sum(Event::Received)
    }

    /// What was spent.
    #[must_use]
    pub fn spent(&self) -> Amount {
        self.figures.sum(Event::Spent)
    }

    /// The sum of all gaps.
    #[must_use]
    pub const fn gap(&self) -> Amount {
        self.figures.gap
    }

    /// The sum of all excesses.
    #[must_use]
    pub const fn excess(&self) -> Amount {
        self.figures.excess
    }

    /// 下达率: issued ÷ due. As every rate, none where what it is of is not above 0.
    #[must_use]
    pub fn issue_rate(&self) -> Option<Percent> {
        self.figures.issue_rate()
    }

    /// 到位率: received ÷ due.
    #[must_use]
    pub fn arrival_rate(&self) -> Option<Percent> {
        self.figures.arrival_rate()
    }

    /// 支出进度: spent ÷ received.
    #[must_use]
    pub fn execution_rate(&self) -> Option<Percent> {
        self.figures.execution_rate()
    }

    /// 结余率: (received − spent) ÷ received.
    #[must_use]
    pub fn unspent_rate(&self) -> Option<Percent> {
        self.figures.unspent_rate()
    }

    /// 序时进度: months elapsed ÷ 12. None without a month to measure against, or if the row is about several years.
    #[must_use]
    pub fn time_progress(&self) -> Option<Percent> {
        Figures::time_progress(self.elapsed())
    }

    /// 支出进度 less 序时进度, in percentage points, rounded last.
    #[must_use]
    pub fn progress_difference(&self) -> Option<Percent> {
        self.figures.progress_difference(self.elapsed())
    }

    fn elapsed(&self) -> Option<u8> {
        Some(self.as_of?.elapsed_of(self.year()?))
    }

    /// The one year that it is about; none if there are several.
    fn year(&self) -> Option<u16> {
        if let Some(by) = self.groups.by().iter().position(|grouping| *grouping == Grouping::Year) {
            return Some(self.groups.year(self.group, by));
        }
        match self.groups.years() {
            [year] => Some(*year),
            _ => None,
        }
    }
}

impl fmt::Debug for ReconciledRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconciledRow")
            .field("group", &self.group)
            .field("figures", &self.figures)
            .finish_non_exhaustive()
    }
}

pub(super) fn gap(due: Amount, received: Amount) -> Amount {
    // The differences were seen to fit.
    Amount::from_fen(due.fen().saturating_sub(received.fen()).max(0))
}

pub(super) fn excess(due: Amount, received: Amount) -> Amount {
    Amount::from_fen(received.fen().saturating_sub(due.fen()).max(0))
}

impl Figures {
    /// In the order of the columns.
    pub(super) fn list(self) -> [Amount; 6] {
        let [issued, received, spent] = self.sums;
        [self.due, issued, received, spent, self.gap, self.excess]
    }

    fn sum(self, event: Event) -> Amount {
        self.sums.get(event.number()).copied().sure()
    }

    fn issue_rate(self) -> Option<Percent> {
        rate(self.sum(Event::Issued).fen().into(), self.due)
    }

    fn arrival_rate(self) -> Option<Percent> {
        rate(self.sum(Event::Received).fen().into(), self.due)
    }

    fn execution_rate(self) -> Option<Percent> {
        rate(self.sum(Event::Spent).fen().into(), self.sum(Event::Received))
    }

    fn unspent_rate(self) -> Option<Percent> {
        let received = self.sum(Event::Received);
        rate(i128::from(received.fen()).saturating_sub(self.sum(Event::Spent).fen().into()), received)
    }

    fn time_progress(elapsed: Option<u8>) -> Option<Percent> {
        Percent::of_ratio(elapsed?.into(), 12)
    }

    fn progress_difference(self, elapsed: Option<u8>) -> Option<Percent> {
        let (spent, received) = (i128::from(self.sum(Event::Spent).fen()), i128::from(self.sum(Event::Received).fen()));
        if received <= 0 {
            return None;
        }
        // spent ÷ received − months ÷ 12, as one fraction.
        let part = spent.saturating_mul(12).saturating_sub(received.saturating_mul(elapsed?.into()));
        Percent::of_ratio(part, received.saturating_mul(12))
    }
}

/// A rate of a whole; none if that is not above 0.
fn rate(part: i128, whole: Amount) -> Option<Percent> {
    if whole > Amount::ZERO { Percent::of_ratio(part, whole.fen().into()) } else { None }
}
