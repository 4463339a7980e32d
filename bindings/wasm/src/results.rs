//! Allocations and what is asked of them.

use fundlayers::answer::Given;
use fundlayers::{
    Allocation, Explanation, Funding, FundingRule, Grounds, Grouping, Lang, Name, Problems, Unit, parse_years,
};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, json, list};
use crate::inputs::{RawLimits, RawPolicy, RawRoster, lang};
use crate::tables::RawTable;

/// An allocation and every warning on the way to it.
#[wasm_bindgen]
pub struct RawAllocation {
    pub(crate) given: Given<Allocation>,
}

#[wasm_bindgen]
impl RawAllocation {
    /// Computes what every place gets: in every year of the policy, or in those given (`2023..2025`, `2023,2025`).
    ///
    /// # Errors
    ///
    /// Every problem at once.
    #[wasm_bindgen(constructor)]
    pub fn new(policy: &RawPolicy, roster: &RawRoster, years: Option<String>) -> Fallible<RawAllocation> {
        Ok(Self { given: policy.given.allocate(&roster.given, parsed(years)?.as_deref())? })
    }

    /// The computed years.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn years(&self) -> Vec<u16> {
        self.given.value.years().to_vec()
    }

    /// Warnings of the policy, the roster and the allocation, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }

    /// The allocation as a table.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool, wide: bool) -> Fallible<RawTable> {
        Ok(self.given.table(known(unit)?, zeros, wide).into())
    }

    /// Totals by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Option<Vec<String>>, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let unit = known(unit)?;
        Ok(self.given.totals(grouping(by)?.as_deref(), unit, zeros)?.into())
    }

    /// The allocation as far as limits let it be paid.
    ///
    /// # Errors
    ///
    /// A rule that is not known, an order that does not fit it, classes that the policy does not have.
    pub fn fund(&self, limits: &RawLimits, rule: &str, order: Vec<String>) -> Fallible<RawFunding> {
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        Ok(RawFunding { given: self.given.fund(&limits.given, &FundingRule::parse(rule, &order)?)? })
    }

    /// This allocation beside another.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn compare(&self, after: &RawAllocation, by: Option<Vec<String>>, unit: Option<String>) -> Fallible<RawTable> {
        let unit = known(unit)?;
        Ok(self.given.compare(&after.given, grouping(by)?.as_deref(), unit)?.into())
    }

    /// How a recipient's amounts came about, as JSON: `[{ …, note, grounds }]`.
    ///
    /// # Errors
    ///
    /// No such recipient, or several; years that were not computed; a unit that is not known.
    pub fn explain(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<String> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            explanation: &'a Explanation,
            note: Name,
            grounds: &'a Grounds,
        }
        let explained = self.given.explained(recipient, parsed(years)?.as_deref(), known(unit)?)?;
        let grounds = explained.grounds();
        let told = explained.found().places.iter().map(|explanation| {
            let note = Name { zh: explanation.text(Lang::Zh), en: explanation.text(Lang::En) };
            Told { explanation, note, grounds }
        });
        Ok(json(&told.collect::<Vec<_>>()))
    }
}

/// An allocation within limits, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawFunding {
    pub(crate) given: Given<Funding>,
}

#[wasm_bindgen]
impl RawFunding {
    /// Claims, funded, unfunded: a row for each place × year × layer.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        Ok(self.given.table(known(unit)?, zeros).into())
    }

    /// The same by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Option<Vec<String>>, unit: Option<String>) -> Fallible<RawTable> {
        let unit = known(unit)?;
        Ok(self.given.totals(grouping(by)?.as_deref(), unit)?.into())
    }

    /// Why a recipient gets what it gets, as JSON.
    ///
    /// # Errors
    ///
    /// No such recipient, or several; years that were not computed.
    pub fn explain(&self, recipient: &str, years: Option<String>) -> Fallible<String> {
        Ok(json(&self.given.value.explain(recipient, parsed(years)?.as_deref())?))
    }

    /// Remarks for people: which limits are short, and how claims to them are met.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn notes(&self, unit: Option<String>, lang_name: &str) -> Fallible<Vec<String>> {
        Ok(self.given.notes(known(unit)?, lang(lang_name)))
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

pub(crate) fn parsed(years: Option<String>) -> Result<Option<Vec<u16>>, Problems> {
    years.map(|text| parse_years(&text)).transpose()
}

pub(crate) fn known(unit: Option<String>) -> Fallible<Option<Unit>> {
    unit.map(|unit| crate::money::unit(&unit)).transpose()
}

pub(crate) fn grouping(by: Option<Vec<String>>) -> Result<Option<Vec<Grouping>>, Problems> {
    by.map(|by| Grouping::parse_all(by.iter().map(String::as_str))).transpose()
}
