//! Claims of places to a limit, member by member, and what it leaves of them: what funding and the limits of layers have in
//! common.

use std::cmp::Ordering;

use crate::engine::fit::Groups;
use crate::engine::settle::claims::Claim;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::money::Amount;
use crate::ground::sure::Sure;
use crate::math::claims;
use crate::math::claims::{Awards, Claims, Rule};
use crate::math::divide::Divisor;
use crate::policy::FundingRule;
use crate::roster::Places;

/// How one row's members are served: so many get so many fen each.
pub(crate) type Pieces = Vec<(u64, i64)>;

/// Compares rows by their ids.
#[derive(Debug)]
pub(crate) struct IdOrder {
    /// The first letters of ids after those that all share, to compare most ids by; none if ids ascend with their rows.
    initials: Option<Vec<u64>>,
}

impl IdOrder {
    pub(crate) fn new(roster: &Places) -> Self {
        if roster.ids_ascending() {
            return Self { initials: None };
        }
        let first = roster.id(0).as_bytes();
        let common = |id: &str| first.iter().zip(id.as_bytes()).take_while(|(a, b)| a == b).count();
        let shared = (0..roster.len()).map(|row| common(roster.id(row))).min().unwrap_or_default();
        let initials = (0..roster.len()).map(|row| {
            let mut bytes = [0_u8; 8];
            for (slot, byte) in bytes.iter_mut().zip(roster.id(row).bytes().skip(shared)) {
                *slot = byte;
            }
            u64::from_be_bytes(bytes)
        });
        Self { initials: Some(initials.collect()) }
    }

    /// Compares the ids of two rows, by code points.
    fn compare(&self, roster: &Places, a: usize, b: usize) -> Ordering {
        let Some(initials) = &self.initials else { return a.cmp(&b) };
        initials.get(a).cmp(&initials.get(b)).then_with(|| roster.id(a).cmp(roster.id(b)))
    }
}

/// Members of a row who claim the same.
struct Entry {
    row: u32,
    members: u64,
    /// What each of them is due.
    fen: i64,
    /// Whether the members of the row were told apart.
    is_part: bool,
}

/// Who has a claim to a limit.
pub(crate) struct Claimants<'a> {
    roster: &'a Places,
    groups: &'a Groups,
    step: i64,
    /// What one place of each row is due, in fen.
    due: &'a [i64],
    /// None where every row of the roster stands for itself.
    entries: Option<Vec<Entry>>,
    /// In whole steps.
    claims: Vec<u64>,
    counts: Option<Vec<u64>>,
}

impl<'a> Claimants<'a> {
    /// Some rows, or all of them. `members` says what the members of a row are due, where they are not all due the same.
    pub(crate) fn new(
        (roster, groups): (&'a Places, &'a Groups),
        step: i64,
        due: &'a [i64],
        rows: Option<Vec<u32>>,
        members: Option<&dyn Fn(u32) -> Option<Pieces>>,
    ) -> Self {
        let divisor = Divisor::new(step.unsigned_abs());
        // Amounts are multiples of the step. Who pays in claims nothing.
        let steps = |fen: i64| {
            let fen = u64::try_from(fen).unwrap_or_default();
            if step == 1 { fen } else { divisor.divide(fen, 1).0 }
        };
        let counts = roster.counts();
        if rows.is_none() && members.is_none() {
            let claims = due.iter().map(|fen| steps(*fen)).collect();
            let counts = counts.map(|counts| counts.iter().copied().map(u64::from).collect());
            return Self { roster, groups, step, due, entries: None, claims, counts };
        }
        let all = || (0_u32..).take(roster.len()).collect();
        let mut entries = Vec::new();
        for row in rows.unwrap_or_else(all) {
            if let Some(pieces) = members.and_then(|members| members(row)) {
                for (members, fen) in pieces {
                    match entries.last_mut() {
                        // Members who are due the same are one claim, whatever else tells them apart.
                        Some(Entry { row: of, members: before, fen: due, .. }) if (*of, *due) == (row, fen) => {
                            *before = before.saturating_add(members);
                        }
                        _ => entries.push(Entry { row, members, fen, is_part: true }),
                    }
                }
                continue;
            }
            let (members, fen) = (roster.count(index(row)), due.at(index(row)));
            entries.push(Entry { row, members, fen, is_part: false });
        }
        let claims = entries.iter().map(|entry| steps(entry.fen)).collect();
        let counts = counts.map(|_| entries.iter().map(|entry| entry.members).collect());
        Self { roster, groups, step, due, entries: Some(entries), claims, counts }
    }

    /// What all of them claim, in whole steps.
    pub(crate) fn steps(&self) -> u128 {
        claims::total(&self.claims, self.counts.as_deref())
    }

    /// The same in fen; none beyond 2^63 − 1.
    pub(crate) fn total(&self) -> Option<Amount> {
        let fen = self.steps().checked_mul(self.step.unsigned_abs().into())?;
        i64::try_from(fen).ok().map(Amount::from_fen)
    }

    fn row(&self, entry: usize) -> usize {
        match &self.entries {
            Some(entries) => entries.get(entry).map_or(usize::MAX, |entry| index(entry.row)),
            None => entry,
        }
    }

    /// Meets the claims as far as a limit goes. `turns` are those of classes, under a rule of priority.
    pub(crate) fn settle(&self, limit: Amount, rule: &FundingRule, turns: Option<&[u32]>, order: &IdOrder) -> Awards {
        let endowment = u64::try_from(limit.fen().checked_div(self.step).sure()).sure();
        let problem = Claims { list: &self.claims, counts: self.counts.as_deref(), endowment };
        let turns: Option<Vec<u32>> =
            turns.map(|turns| (0..self.claims.len()).map(|entry| self.turn(entry, Some(turns))).collect());
        let rule = match (rule, &turns) {
            (FundingRule::Proportional, _) | (FundingRule::Priority(_), None) => Rule::Proportional,
            (FundingRule::ConstrainedEqualAwards, _) => Rule::EqualAwards,
            (FundingRule::ConstrainedEqualLosses, _) => Rule::EqualLosses,
            (FundingRule::Talmud, _) => Rule::Talmud,
            (FundingRule::Priority(_), Some(turns)) => Rule::Priority(turns),
        };
        claims::settle(&problem, rule, |a, b| order.compare(self.roster, self.row(a), self.row(b)).then(a.cmp(&b)))
    }

    /// In which turn an entry is met, by the turns of classes; without these all are met in one.
    fn turn(&self, entry: usize, turns: Option<&[u32]>) -> u32 {
        let class = || {
            let group = self.groups.of_row(self.roster).get(self.row(entry))?;
            self.groups.list.get(index(*group))?.class
        };
        turns.and_then(|turns| turns.get(class()?)).copied().unwrap_or_default()
    }

    /// The claims one by one.
    pub(crate) fn iter(&self, turns: Option<&[u32]>) -> impl Iterator<Item = Claim<'a>> {
        // Entries of a row follow one another.
        let mut next = (usize::MAX, 0_u64);
        self.claims.iter().enumerate().map(move |(entry, steps)| {
            let row = self.row(entry);
            let members = self.counts.as_ref().map_or(1, |counts| counts.at(entry));
            let first = if next.0 == row { next.1 } else { 0 };
            next = (row, first.saturating_add(members));
            Claim { steps: *steps, members, turn: self.turn(entry, turns), id: self.roster.id(row), first }
        })
    }

    /// Puts awards in the place of claims, in a column of fen for one place by row (of a row whose members differ, for the
    /// last of them) that is made of what is due where there is none yet. Gives the rows whose members differ.
    pub(crate) fn hand_out(&self, awards: Awards, column: &mut Option<Vec<i64>>) -> Vec<(u32, Pieces)> {
        // An award is at most its claim, which fits. Who pays in pays in.
        let fen = |due: i64, steps: u64| {
            let award = i64::try_from(steps).unwrap_or(i64::MAX).saturating_mul(self.step);
            if due < 0 { due } else { award }
        };
        let Some(entries) = &self.entries else {
            let of_row = |(row, extra): &(usize, u64)| {
                let (part, due) = (awards.parts.get(*row).copied()?, self.due.get(*row).copied()?);
                let rest = self.roster.count(*row).saturating_sub(*extra);
                let pieces = vec![(*extra, fen(due, part.saturating_add(1))), (rest, fen(due, part))];
                Some((u32::try_from(*row).ok()?, pieces))
            };
            let differing = awards.extra.iter().filter_map(of_row).collect();
            // In the memory of the steps.
            *column = Some(awards.parts.into_iter().zip(self.due).map(|(part, due)| fen(*due, part)).collect());
            return differing;
        };
        let column = column.get_or_insert_with(|| self.due.to_vec());
        let mut differing: Vec<(u32, Pieces)> = Vec::new();
        let mut extra = awards.extra.iter().peekable();
        for ((at, entry), part) in entries.iter().enumerate().zip(&awards.parts) {
            // Entries of a row follow one another.
            if let Some(slot) = column.get_mut(index(entry.row)) {
                *slot = fen(entry.fen, *part);
            }
            let more = extra.next_if(|(row, _)| *row == at).map_or(0, |(_, extra)| *extra);
            if more == 0 && !entry.is_part {
                continue;
            }
            if differing.last().is_none_or(|(row, _)| *row != entry.row) {
                differing.push((entry.row, Vec::new()));
            }
            if let Some((_, pieces)) = differing.last_mut() {
                pieces.extend(Some((more, fen(entry.fen, part.saturating_add(1)))).filter(|(members, _)| *members > 0));
                pieces.push((entry.members.saturating_sub(more), fen(entry.fen, *part)));
            }
        }
        differing
    }
}
