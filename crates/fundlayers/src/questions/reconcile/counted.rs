//! What of a ledger is counted, and what is not.

use std::fmt;

use super::checks::{Cut, Dated};
use super::matching::{Lookup, Matched, Matcher, problem};
use super::{EVENT_BITS, Happened, ReconcileOptions, Sums, event_bits, in_range};
use crate::engine::arrived::cell_number;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::ids::index;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::sure::Sure;
use crate::policy::Policy;
use crate::questions::places::Reason;
use crate::questions::receipts::{Event, Receipt, Receipts};

/// A ledger as far as it is counted.
pub(super) struct Counted {
    receipts: Receipts,
    options: ReconcileOptions,
    /// Receipts that match nothing, in the order of the ledger.
    unmatched: Vec<(usize, Reason)>,
    unmatched_sums: Sums,
    /// What the month that progress is measured against leaves out.
    pub(super) dated: Dated,
}

impl Counted {
    /// Finds what each receipt belongs to; with what happened to the rows that are found.
    pub(super) fn new<'a, L: Lookup<'a>>(
        receipts: &'a Receipts,
        options: &ReconcileOptions,
        (policy, years): (&Policy, &[u16]),
        mut matcher: Matcher<'a, L>,
        warnings: &mut Problems,
    ) -> Result<(Self, Happened), Problems> {
        let mut unmatched: Vec<(usize, Reason)> = Vec::new();
        let mut unmatched_sums = [0_i128; 3];
        let mut found: Happened = Vec::with_capacity(receipts.len());
        let events = receipts.events().iter().zip(receipts.amounts());
        let mut last: Option<(u32, Result<Matched, Reason>)> = None;
        let (year_count, layer_count) = (years.len(), policy.layers().len());
        let mut cut = options.as_of.map(|as_of| Cut::new(receipts, as_of));
        for ((number, row), (event, amount)) in receipts.rows().iter().enumerate().zip(events) {
            let matched = match last {
                Some((known, matched)) if known == *row => matched,
                _ => matcher.find(receipts.row(index(*row))).map_err(|reasons| {
                    for reason in &reasons {
                        if warnings.len() < Problems::LIMIT {
                            warnings.push(problem((policy, years), receipts.row(index(*row)), *reason));
                        } else {
                            warnings.leave_out(Severity::Warning, 1);
                        }
                    }
                    reasons.first().copied().unwrap_or(Reason::UnknownPlace)
                }),
            };
            last = Some((*row, matched));
            match matched {
                Ok((row, year, layer)) => {
                    if cut.as_mut().is_some_and(|cut| !cut.counts(receipts, number, *event, *amount)) {
                        continue;
                    }
                    let number = cell_number(row, (year, year_count), (layer, layer_count));
                    found.push((number << EVENT_BITS | event_bits(*event), amount.fen()));
                }
                Err(reason) => {
                    unmatched.push((number, reason));
                    if let Some(sum) = unmatched_sums.get_mut(event.number()) {
                        *sum = sum.saturating_add(amount.fen().into());
                    }
                }
            }
        }
        let dated = cut.map_or(Ok(Dated::default()), |cut| cut.finish(policy.unit(), warnings))?;
        let unmatched_sums = in_range(unmatched_sums, || Problem::new(Code::Overflow, catalogue::UNMATCHED_TOO_LARGE))?;
        let counted = Self { receipts: receipts.clone(), options: options.clone(), unmatched, unmatched_sums, dated };
        Ok((counted, found))
    }

    pub(super) const fn receipts(&self) -> &Receipts {
        &self.receipts
    }

    pub(super) const fn options(&self) -> &ReconcileOptions {
        &self.options
    }

    pub(super) const fn all_match(&self) -> bool {
        self.unmatched.is_empty()
    }

    pub(super) fn unmatched(&self) -> impl ExactSizeIterator<Item = Unmatched<'_>> {
        (0..self.unmatched.len()).map(|at| Unmatched { counted: self, at })
    }

    pub(super) fn unmatched_sum(&self, event: Event) -> Amount {
        self.unmatched_sums.get(event.number()).copied().sure()
    }
}

/// A receipt that matches nothing.
#[derive(Clone, Copy)]
pub struct Unmatched<'a> {
    counted: &'a Counted,
    at: usize,
}

impl<'a> Unmatched<'a> {
    /// The receipt.
    #[must_use]
    #[expect(clippy::expect_used, reason = "it is made only from a receipt of the ledger")]
    pub fn receipt(self) -> Receipt<'a> {
        let number = self.counted.unmatched.get(self.at).map_or(usize::MAX, |(receipt, _)| *receipt);
        self.counted.receipts.get(number).expect("a receipt of the ledger")
    }

    /// Why: the first reason, in the order of place, year, layer.
    #[must_use]
    pub fn reason(self) -> Reason {
        self.counted.unmatched.get(self.at).map_or(Reason::UnknownPlace, |(_, reason)| *reason)
    }
}

impl fmt::Debug for Unmatched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unmatched").field("receipt", &self.receipt()).field("reason", &self.reason()).finish()
    }
}
