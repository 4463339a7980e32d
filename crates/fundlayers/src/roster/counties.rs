//! What looks wrong in the column of counties: rows without one, one county written in two ways.

use hashbrown::HashMap;

use super::alike::plain;
use crate::ground::catalogue::roster as words;
use crate::ground::problem::Code;
use crate::rows::column::DictionaryBuilder;
use crate::rows::lines::{ROWS_NAMED, of_rows};
use crate::rows::records::{Findings, Place};

/// Rows in whose cell of the county nothing stands, not even a slash.
#[derive(Debug, Default)]
pub(super) struct WithoutCounty {
    count: u32,
    /// The first of them.
    first: Vec<Place>,
}

impl WithoutCounty {
    #[cold]
    pub(super) fn push(&mut self, place: Place) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < ROWS_NAMED {
            self.first.push(place);
        }
    }

    /// Warns of them where other rows have a county: what counties pay has no payer there.
    pub(super) fn check(&self, counties: &DictionaryBuilder, findings: &mut Findings) {
        let Some(first) = self.first.first().filter(|_| counties.values().any(|county| !county.is_empty())) else {
            return;
        };
        let rows = self.first.iter().map(|place| place.row);
        let message = of_rows(rows, self.count, words::NO_COUNTY, words::NO_COUNTY_AND_MORE);
        findings.add(*first, Code::BlankCounty, "county", message, |problem| problem.expected(words::SAY_NO_COUNTY));
    }
}

/// More counties than a country has: the column holds something else.
const MOST: usize = 4096;

/// Warns of counties that are written in two ways: 王益 beside 王益区, 王益　区. `place` is that of a row's county.
pub(super) fn written_in_two_ways(
    counties: &DictionaryBuilder,
    place: impl Fn(usize) -> Place,
    findings: &mut Findings,
) {
    if counties.values().nth(MOST).is_some() {
        return;
    }
    // Names as they are, and what is left of them without what each is.
    let (mut whole, mut bare) = (HashMap::new(), HashMap::new());
    for (code, county) in (0..).zip(counties.values()).filter(|(_, county)| !county.is_empty()) {
        let name = plain(county).into_owned();
        let rest = without_level(&name).map(str::to_owned);
        let other: Option<&&str> = whole.get(&name).or_else(|| match &rest {
            Some(rest) => whole.get(rest),
            None => bare.get(&name),
        });
        if let Some(other) = other {
            let place = place(counties.first(code));
            findings.add(place, Code::PossibleDuplicate, "county", words::COUNTY_ALIKE.with(&[other]), |problem| {
                problem.found(county).expected(words::ONE_WRITING)
            });
        }
        if let Some(rest) = rest {
            bare.entry(rest).or_insert(county);
        }
        whole.entry(name).or_insert(county);
    }
}

/// The name of a county without what it is: 王益 of 王益区. Names of one character keep it: 蓝县.
fn without_level(county: &str) -> Option<&str> {
    let bare = ["自治县", "县", "区", "市", "旗"].into_iter().find_map(|level| county.strip_suffix(level))?;
    bare.chars().nth(1).is_some().then_some(bare)
}
