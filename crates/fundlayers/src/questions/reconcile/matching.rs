//! Which recipient, year and layer a receipt belongs to.

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::ids::index;
use crate::ground::message::{Argument, Message};
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean_level;
use crate::policy::Policy;
use crate::questions::places::{NONE, Places, Reason, layer_words, reasons};
use crate::questions::receipts::{LedgerRow, Receipts};
use crate::results::allocation::Allocation;
use crate::rows::header::Found;

/// What a row of the ledger belongs to: the roster's row, the index of the year, the layer.
pub(super) type Matched = (usize, usize, usize);

/// Where the places are looked up that a ledger names.
pub(super) trait Lookup<'t> {
    /// The place that a row names.
    fn place(&mut self, row: LedgerRow<'t>) -> Result<usize, Reason>;

    /// The row of a place that is live in a year, which is one of those computed.
    fn live(&self, place: usize, year: u16) -> Option<usize>;
}

/// In a roster.
pub(super) struct OfRoster<'a> {
    allocation: &'a Allocation,
    places: Places<'a>,
    /// By row of the ledger, the place that its id names; [`NONE`] if it names none.
    by_id: Vec<u32>,
    /// Whether every row is live in all computed years, as most rosters are: then none has to be looked at.
    all_live: bool,
}

impl<'t> Lookup<'t> for OfRoster<'t> {
    fn place(&mut self, row: LedgerRow<'t>) -> Result<usize, Reason> {
        let by_id = self.by_id.get(row.index()).copied().filter(|place| *place != NONE);
        by_id.map_or_else(|| self.places.find(row.place()), |place| Ok(index(place)))
    }

    fn live(&self, place: usize, year: u16) -> Option<usize> {
        if self.all_live { Some(place) } else { self.places.live(place, year, self.allocation) }
    }
}

/// Finds what rows of a ledger belong to.
pub(super) struct Matcher<'a, L> {
    lookup: L,
    years: &'a [u16],
    /// By the code of the layer in the ledger.
    layers: Vec<Option<usize>>,
    /// The year that came last, and its index.
    year: (u16, Option<usize>),
}

impl<'a> Matcher<'a, OfRoster<'a>> {
    pub(super) fn new(allocation: &'a Allocation, receipts: &'a Receipts) -> Self {
        let mut places = Places::new(allocation.roster());
        let by_id = places.by_ids(receipts.row_count(), |row| receipts.row(row).id());
        let all_live = !allocation.roster().ids_repeat() && allocation.all_live();
        let lookup = OfRoster { allocation, places, by_id, all_live };
        Self::among(lookup, (allocation.policy(), allocation.years()), receipts)
    }
}

impl<'a, L: Lookup<'a>> Matcher<'a, L> {
    pub(super) fn among(lookup: L, (policy, years): (&Policy, &'a [u16]), receipts: &Receipts) -> Self {
        let words = layer_words(policy);
        let layers = receipts.layer_column().values().map(|text| match words.find(text) {
            Found::One(layer) => Some(layer),
            Found::Several | Found::None => None,
        });
        Self { lookup, years, layers: layers.collect(), year: (0, None) }
    }

    /// What a row belongs to, or every reason why to nothing.
    pub(super) fn find(&mut self, row: LedgerRow<'a>) -> Result<Matched, Vec<Reason>> {
        let place = self.lookup.place(row);
        if self.year.0 != row.year() {
            self.year = (row.year(), self.years.binary_search(&row.year()).ok());
        }
        let year = self.year.1;
        let layer = self.layers.get(index(row.layer_code())).copied().flatten();
        let live = match (&place, year) {
            (Ok(place), Some(_)) => self.lookup.live(*place, row.year()),
            _ => None,
        };
        match (live, year, layer) {
            (Some(live), Some(year), Some(layer)) => Ok((live, year, layer)),
            (live, year, layer) => Err(reasons(&place, live, year, layer)),
        }
    }
}

/// A warning for a row that matches nothing.
pub(super) fn problem((policy, years): (&Policy, &[u16]), row: LedgerRow<'_>, reason: Reason) -> Problem {
    let path: Vec<&str> =
        [row.county(), row.township(), row.name()].into_iter().filter(|text| !text.is_empty()).collect();
    let path = path.join("/");
    let place = [("id", row.id()), ("division_code", row.division_code()), ("name", path.as_str())];
    let (column, found) = place.into_iter().find(|(_, text)| !text.is_empty()).unwrap_or(("name", ""));
    let located = |column: &str, found: String, message: Message, expected: Message| {
        row.locate(Problem::new(Code::UnmatchedReceipt, message).column(column).found(found).expected(expected))
    };
    let (column, found, message, expected): (&str, String, Message, Message) = match reason {
        Reason::UnknownPlace => {
            (column, found.to_owned(), catalogue::NO_RECIPIENT.into(), catalogue::ID_OR_NAMES.into())
        }
        Reason::AmbiguousPlace => {
            (column, found.to_owned(), catalogue::SEVERAL_RECIPIENTS.into(), catalogue::ID_OR_COUNTY_TOO.into())
        }
        Reason::UnknownYear => {
            let expected = catalogue::ONE_OF.with(&[&Argument::list(years)]);
            ("year", row.year().to_string(), catalogue::YEAR_NOT_COMPUTED.into(), expected)
        }
        Reason::PlaceNotLive => (
            "year",
            row.year().to_string(),
            catalogue::NOT_FUNDED_IN_YEAR.with(&[&if row.name().is_empty() { found } else { row.name() }]),
            catalogue::YEAR_IN_ROSTER.into(),
        ),
        Reason::UnknownLayer => {
            let words = layer_words(policy);
            if words.find(row.layer()) == Found::Several {
                let (message, expected) = (catalogue::SEVERAL_LAYERS, common::ID_OF_THE_ONE_MEANT);
                return located("layer", row.layer().to_owned(), message.into(), expected.into());
            }
            let hint = did_you_mean_level(row.layer(), words.known());
            let message = catalogue::NO_LAYER_OF.with(&[policy]);
            ("layer", row.layer().to_owned(), message, hint)
        }
    };
    located(column, found, message, expected)
}
