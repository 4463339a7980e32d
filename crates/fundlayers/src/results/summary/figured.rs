//! Figures of a roster in parts: what groups of places come to, and what cannot be had.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::part::Part;
use super::stored::Value;
use super::words::{Columns, Words};
use super::{Summary, Summed, Summing, whole};
use crate::engine::settle::sample::hash;
use crate::ground::problem::Problems;
use crate::results::allocation::Allocation;
use crate::results::figure_sums::{FigureSum, FigureSums, check, in_doubt};
use crate::results::figures::{Blanked, Figures};
use crate::results::totals::{Codes, Grouping};

/// What of figures is summed.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// Of each row what cannot be had, beside the figures themselves.
    OfRows,
    /// What groups come to.
    Totals,
    /// The same, with the exact sums of some.
    Exact(Arc<FiguresInDoubt>),
}

impl Wanted {
    /// Tells apart what is summed in other ways.
    pub(super) fn mark(&self) -> String {
        match self {
            Self::OfRows => "rows".to_owned(),
            Self::Totals => "totals".to_owned(),
            Self::Exact(doubt) => doubt.mark(),
        }
    }
}

/// Figures of groups of which one pass does not tell what is shown: their sum lies so near to where a digit changes that it must be
/// known exactly. It travels as JSON; see [`Summing::exactly`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresInDoubt(BTreeSet<(Vec<Value>, usize)>);

impl FiguresInDoubt {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn mark(&self) -> String {
        format!("{:016x}", hash(&format!("{:?}", self.0), 0, 0))
    }
}

/// What parts tell of figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Figured {
    /// By the codes of groups.
    pub(super) groups: HashMap<Codes, Vec<FigureSum>>,
    pub(super) blanked: Blanked,
}

impl Figured {
    /// What a part tells, of its allocation.
    fn new(part: &Part, allocation: &Allocation, summing: &Summing, columns: &Columns, wanted: &Wanted) -> Self {
        let by = summing.by();
        let here = columns.codes(by, &summing.years);
        let code = |codes: &Codes| here.of(codes);
        let mut sums = FigureSums::new(allocation, by);
        if let Wanted::Exact(doubt) = wanted {
            sums.add_exact(allocation, by, |codes, figure| {
                let codes = code(codes);
                let values = by.iter().zip(codes).map(|(grouping, code)| columns.value(*grouping, code)).collect();
                doubt.0.contains(&(values, figure))
            });
        }
        let groups = sums.groups.into_iter().map(|(codes, list)| (code(&codes), list)).collect();
        Self { groups, blanked: of_part(part, sums.blanked) }
    }

    /// Takes in what other parts tell, whose codes are these.
    pub(super) fn merge(&mut self, other: Self, code: impl Fn(&Codes) -> Codes) {
        for (codes, list) in other.groups {
            match self.groups.get_mut(&code(&codes)) {
                Some(known) => known.iter_mut().zip(list).for_each(|(known, other)| known.merge(other)),
                None => _ = self.groups.insert(code(&codes), list),
            }
        }
        self.blanked.merge(other.blanked);
    }
}

/// What cannot be had, by the rows of all parts.
fn of_part(part: &Part, mut blanked: Blanked) -> Blanked {
    for (row, place) in blanked.of_figure.iter_mut().filter_map(|(_, first)| first.as_mut()) {
        *row = part.row(u32::try_from(*row).unwrap_or(u32::MAX));
        if place.location.file.is_none() {
            place.location.file = part.file().map(str::to_owned);
        }
    }
    blanked
}

impl Summing {
    /// The same with the figures of the policy over the groups, which [`Summed::figure_totals`] shows: by any columns but layer and
    /// payer.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`](crate::Code::UnknownGrouping) for layers and payers, [`Code::MissingKey`](crate::Code::MissingKey)
    /// where the policy has no figures; [`Code::NeedsWholeRoster`](crate::Code::NeedsWholeRoster) for figures that read numbers of many
    /// places, unless these are settled ([`Settling::with_figures`](super::Settling::with_figures)).
    pub fn with_figures(self) -> Result<Self, Problems> {
        let checked = self.for_figures()?;
        check(&checked.policy, checked.by())?;
        Ok(Self { figures: Some(Wanted::Totals), ..checked })
    }

    /// The same with what cannot be had of figures, where [`Summing::part_with_figures`] gives those of each row.
    ///
    /// # Errors
    ///
    /// As [`Summing::with_figures`], but for groupings.
    pub fn with_figures_of_rows(self) -> Result<Self, Problems> {
        let checked = self.for_figures()?;
        check(&checked.policy, &[])?;
        Ok(Self { figures: Some(Wanted::OfRows), ..checked })
    }

    /// The same with the exact sums of some figures of groups, after a pass left them in doubt: [`Summed::figures_in_doubt`].
    #[must_use]
    pub fn exactly(self, doubt: FiguresInDoubt) -> Self {
        Self { figures: Some(Wanted::Exact(Arc::new(doubt))), ..self }
    }

    fn for_figures(self) -> Result<Self, Problems> {
        match &self.settlement {
            Some(settlement) => settlement.check_figures(&self.policy)?,
            None => whole::refuse(&self.policy, true)?,
        }
        Ok(self)
    }

    /// What a part tells of figures by group.
    pub(super) fn figured(&self, part: &Part, allocation: &Allocation, columns: &Columns) -> Option<Figured> {
        match self.figures.as_ref()? {
            Wanted::OfRows => Some(Figured::default()),
            wanted => Some(Figured::new(part, allocation, self, columns, wanted)),
        }
    }

    /// What a part tells of its figures, and these.
    pub(super) fn figures_of_rows(part: &Part, allocation: &Allocation) -> Result<(Figured, Figures), Problems> {
        let (figures, blanked) = allocation.figures_and_blanks()?;
        Ok((Figured { groups: HashMap::new(), blanked: of_part(part, blanked) }, figures))
    }
}

impl Summary {
    /// A grouping value by its code, as it travels.
    pub(super) fn value(words: &BTreeMap<Grouping, Words>, grouping: Grouping, code: u32) -> Value {
        match words.get(&grouping) {
            Some(words) => Value::Text(words.text(code).to_owned()),
            None => Value::Number(code),
        }
    }
}

impl Summed {
    pub(crate) fn figure_sums(&self) -> Option<&HashMap<Codes, Vec<FigureSum>>> {
        self.summary().figures.as_ref().map(|figured| &figured.groups)
    }

    /// The figures of groups of which this pass does not tell what is shown; nothing if it tells all. Another pass sums them exactly:
    /// [`Summing::exactly`].
    #[must_use]
    pub fn figures_in_doubt(&self) -> Option<FiguresInDoubt> {
        let (by, words) = (self.summing().by(), &self.summary().words);
        let groups = self.figure_sums()?;
        let value = |codes: &Codes| {
            by.iter().zip(codes).map(|(grouping, code)| Summary::value(words, *grouping, *code)).collect::<Vec<_>>()
        };
        let doubt: BTreeSet<_> = in_doubt(groups).map(|(codes, figure)| (value(codes), figure)).collect();
        (!doubt.is_empty()).then_some(FiguresInDoubt(doubt))
    }
}
