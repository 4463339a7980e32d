//! Allocations and what is asked of them.

use fundlayers::answer::Given;
use fundlayers::{
    Allocation, Amount, Code, Explained, Explanation, Funding, FundingRule, Goal, Grounds, Grouping, Lang, Month, Name,
    Problem, Problems, Reconciliation, TopUp, Unit, parse_decimal, parse_years,
};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, json, list};
use crate::inputs::{RawLimits, RawPolicy, RawReceipts, RawRoster, RawScenarios, lang};
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

    /// The same with the policy's figures as columns.
    ///
    /// # Errors
    ///
    /// A unit that is not known, a policy without figures, more of them than fit.
    #[wasm_bindgen(js_name = tableWithFigures)]
    pub fn table_with_figures(&self, unit: Option<String>, zeros: bool, wide: bool) -> Fallible<RawTable> {
        Ok(self.given.table_with_figures(known(unit)?, zeros, wide)?.into())
    }

    /// The policy's figures: of every place and year, or by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a policy without figures, more of them than fit.
    pub fn figures(&self, by: Option<Vec<String>>) -> Fallible<RawTable> {
        Ok(self.given.figures(grouping(by)?.as_deref())?.into())
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

    /// The allocation beside what was issued, arrived and was spent. Of `received`, the years; none: all that were computed.
    ///
    /// # Errors
    ///
    /// Words, years and months that there are not; what can be wrong with an allocation whose top-ups count what arrived.
    pub fn reconcile(
        &self,
        receipts: &RawReceipts,
        top_up: Option<String>,
        years: Option<String>,
        as_of: Option<String>,
    ) -> Fallible<RawReconciliation> {
        let as_of = as_of.as_deref().map(str::parse::<Month>).transpose()?;
        let years = parsed(years)?.unwrap_or_default();
        let top_up = top_up.map_or(Ok(TopUp::default()), |word| TopUp::parse(&word, &years))?;
        Ok(RawReconciliation { given: self.given.reconcile(&receipts.given, top_up, as_of)? })
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
            grounds: Option<&'a Grounds>,
        }
        let answer = self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?;
        let grounds = answer.explained().map(Explained::grounds);
        let told = answer.explanations().unwrap_or_default().iter().map(|explanation| {
            let note = Name { zh: explanation.text(Lang::Zh), en: explanation.text(Lang::En) };
            Told { explanation, note, grounds }
        });
        Ok(json(&told.collect::<Vec<_>>()))
    }

    /// The same as a file: the JSON that the command line writes.
    ///
    /// # Errors
    ///
    /// As [`RawAllocation::explain`].
    #[wasm_bindgen(js_name = explainJson)]
    pub fn explain_json(&self, recipient: &str, years: Option<String>, unit: Option<String>) -> Fallible<String> {
        Ok(RawTable::from(self.given.explain(recipient, parsed(years)?.as_deref(), known(unit)?)?).to_json("en"))
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

/// An allocation beside what happened, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawReconciliation {
    pub(crate) given: Given<Reconciliation>,
}

#[wasm_bindgen]
impl RawReconciliation {
    /// A row for each place × year × layer.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        Ok(self.given.table(known(unit)?, zeros).into())
    }

    /// The same by some columns, with rates.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Option<Vec<String>>, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let unit = known(unit)?;
        Ok(self.given.totals(grouping(by)?.as_deref(), unit, zeros)?.into())
    }

    /// Receipts that match nothing.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn unmatched(&self, unit: Option<String>) -> Fallible<RawTable> {
        Ok(self.given.unmatched(known(unit)?).into())
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

#[wasm_bindgen]
impl RawScenarios {
    /// Many changes of a policy over one roster.
    ///
    /// # Errors
    ///
    /// Every problem of every scenario.
    pub fn totals(
        &self,
        policy: &RawPolicy,
        roster: &RawRoster,
        by: Option<Vec<String>>,
        years: Option<String>,
        unit: Option<String>,
    ) -> Fallible<RawTable> {
        let (years, unit, by) = (parsed(years)?, known(unit)?, grouping(by)?);
        let answer = policy.given.scenarios(&roster.given, &self.given, years.as_deref(), by.as_deref(), unit)?;
        Ok(answer.into())
    }
}

#[wasm_bindgen]
impl RawPolicy {
    /// The largest value of one number of the policy that a limit allows. The limit is in the unit.
    ///
    /// # Errors
    ///
    /// A goal that cannot be meant, and whatever is wrong with policy and roster.
    #[expect(clippy::too_many_arguments, reason = "what a goal is made of")]
    pub fn solve(
        &self,
        roster: &RawRoster,
        path: String,
        layer: String,
        payer: Option<String>,
        year: u16,
        limit: &str,
        unit: Option<String>,
        step: Option<String>,
    ) -> Fallible<RawTable> {
        let unit = known(unit)?.unwrap_or_else(|| self.given.value.unit());
        let step = step.map(|text| parse_decimal(&text)).transpose();
        let step = step.map_err(|error| Problem::new(Code::BadNumber, error.to_string()))?;
        let limit = Amount::from_fen(crate::money::parse_amount(limit, unit.as_str())?);
        let goal = Goal { path, layer, payer, year, limit, step };
        Ok(self.given.solve(&roster.given, &goal, Some(unit))?.into())
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
