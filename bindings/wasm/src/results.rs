//! Allocations and what is asked of them.

use fundlayers::{
    Allocation, Amount, Code, Explanation, Funding, FundingRule, Goal, Grouping, Lang, Month, Problem, Problems,
    ReconcileOptions, Reconciliation, Solution, TableOptions, TopUp, Unit, compare, parse_decimal, parse_years,
};
use fundlayers_formats::json::policy_head;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, failed, json, list};
use crate::inputs::{RawLimits, RawPolicy, RawReceipts, RawRoster, RawScenarios};
use crate::tables::{RawTable, Source};

/// An allocation and every warning on the way to it.
#[wasm_bindgen]
pub struct RawAllocation {
    pub(crate) allocation: Allocation,
    pub(crate) warnings: Problems,
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
        let years = match years {
            Some(text) => parse_years(&text).map_err(|problems| failed(&problems))?,
            None => policy.policy.years().collect(),
        };
        let computed = Allocation::for_years(&policy.policy, &roster.roster, &years);
        let (allocation, found) = computed.map_err(|problems| failed(&problems))?;
        let mut warnings = policy.warnings.clone();
        warnings.append(roster.warnings.clone());
        warnings.append(found);
        Ok(Self { allocation, warnings })
    }

    /// The computed years.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn years(&self) -> Vec<u16> {
        self.allocation.years().to_vec()
    }

    /// Warnings of the policy, the roster and the allocation, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.warnings)
    }

    /// The allocation as a table.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool, wide: bool) -> Fallible<RawTable> {
        let options = TableOptions { unit: self.unit(unit)?, zeros, wide };
        Ok(self.of(Source::Allocation(self.allocation.clone(), options)))
    }

    /// Totals by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Vec<String>, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        let by = grouping(&by)?;
        let totals = self.allocation.totals(&by, zeros).map_err(|problems| failed(&problems))?;
        Ok(self.of(Source::Totals(totals, unit)))
    }

    /// The allocation as far as limits let it be paid.
    ///
    /// # Errors
    ///
    /// A rule that is not known, an order that does not fit it, classes that the policy does not have.
    pub fn fund(&self, limits: &RawLimits, rule: &str, order: Vec<String>) -> Fallible<RawFunding> {
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        let rule = FundingRule::parse(rule, &order).map_err(|problems| failed(&problems))?;
        // What has a row is about a limit.
        let placed = |problems: Problems| -> Problems {
            let Some(file) = &limits.file else { return problems };
            let place = |problem: Problem| match problem.location().row {
                Some(_) => problem.file(file.as_str()),
                None => problem,
            };
            problems.into_iter().map(place).collect()
        };
        let funded = self.allocation.fund(&limits.limits, &rule);
        let (funding, found) = funded.map_err(|problems| failed(&placed(problems)))?;
        let mut warnings = self.warnings.clone();
        warnings.append(limits.warnings.clone());
        warnings.append(placed(found));
        Ok(RawFunding { funding, warnings })
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
        let as_of = as_of.as_deref().map(str::parse::<Month>).transpose();
        let as_of = as_of.map_err(|problem| failed(&problem.into()))?;
        let years = years.map(|text| parse_years(&text)).transpose().map_err(|problems| failed(&problems))?;
        let years = years.unwrap_or_else(|| self.allocation.years().to_vec());
        let top_up = TopUp::parse(top_up.as_deref().unwrap_or("entitled"), &years);
        let options = ReconcileOptions { top_up: top_up.map_err(|problem| failed(&problem.into()))?, as_of };
        let reconciled = self.allocation.reconcile(&receipts.receipts, &options);
        let (reconciliation, found) = reconciled.map_err(|problems| failed(&problems))?;
        let mut warnings = self.warnings.clone();
        warnings.append(receipts.warnings.clone());
        warnings.append(crate::inputs::placed(found, receipts.file.as_deref()));
        Ok(RawReconciliation { reconciliation, warnings })
    }

    /// This allocation beside another.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn compare(&self, after: &RawAllocation, by: Vec<String>, unit: Option<String>) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        let compared = compare(&self.allocation, &after.allocation, &grouping(&by)?);
        let comparison = compared.map_err(|problems| failed(&problems))?;
        let mut warnings = self.warnings.clone();
        add(&mut warnings, &after.warnings);
        Ok(RawTable::of_two(&comparison.policies().clone(), Source::Comparison(comparison, unit), warnings))
    }

    /// How a recipient's amounts came about, as JSON: `[{ …, sentences }]`.
    ///
    /// # Errors
    ///
    /// No such recipient, or several; years that were not computed.
    pub fn explain(&self, recipient: &str, years: Option<String>) -> Fallible<String> {
        #[derive(Serialize)]
        struct Told {
            #[serde(flatten)]
            explanation: Explanation,
            note: fundlayers::Name,
        }
        let years = years.map(|text| parse_years(&text)).transpose().map_err(|problems| failed(&problems))?;
        let explained = self.allocation.explain(recipient, years.as_deref()).map_err(|problems| failed(&problems))?;
        let told = explained.into_iter().map(|explanation| {
            let note = fundlayers::Name { zh: explanation.text(Lang::Zh), en: explanation.text(Lang::En) };
            Told { explanation, note }
        });
        Ok(json(&told.collect::<Vec<_>>()))
    }

    /// The same as a file: the JSON that the command line writes.
    ///
    /// # Errors
    ///
    /// As [`RawAllocation::explain`].
    #[wasm_bindgen(js_name = explainJson)]
    pub fn explain_json(&self, recipient: &str, years: Option<String>) -> Fallible<String> {
        let years = years.map(|text| parse_years(&text)).transpose().map_err(|problems| failed(&problems))?;
        let explained = self.allocation.explain(recipient, years.as_deref()).map_err(|problems| failed(&problems))?;
        let policy = self.allocation.policy();
        Ok(format!(
            "{{\n\"policy\": {},\n\"unit\": \"{}\",\n\"rows\": [\n{}\n],\n\"warnings\": {}\n}}\n",
            policy_head(policy),
            policy.unit(),
            explained.iter().map(json).collect::<Vec<_>>().join(",\n"),
            json(&self.warnings)
        ))
    }
}

impl RawAllocation {
    fn of(&self, source: Source) -> RawTable {
        RawTable::new(self.allocation.policy().clone(), source, self.warnings.clone())
    }

    fn unit(&self, unit: Option<String>) -> Fallible<Unit> {
        unit.map_or_else(|| Ok(self.allocation.policy().unit()), |unit| crate::unit(&unit))
    }
}

/// An allocation within limits, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawFunding {
    funding: Funding,
    warnings: Problems,
}

#[wasm_bindgen]
impl RawFunding {
    /// Claims, funded, unfunded: a row for each place × year × layer.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let options = TableOptions { unit: self.unit(unit)?, zeros, wide: false };
        Ok(self.of(Source::Funding(self.funding.clone(), options)))
    }

    /// The same by some columns.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Vec<String>, unit: Option<String>) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        let totals = self.funding.totals(&grouping(&by)?).map_err(|problems| failed(&problems))?;
        Ok(self.of(Source::FundingTotals(totals, unit)))
    }

    /// Why a recipient gets what it gets, as JSON.
    ///
    /// # Errors
    ///
    /// No such recipient, or several; years that were not computed.
    pub fn explain(&self, recipient: &str, years: Option<String>) -> Fallible<String> {
        let years = years.map(|text| parse_years(&text)).transpose().map_err(|problems| failed(&problems))?;
        let explained = self.funding.explain(recipient, years.as_deref()).map_err(|problems| failed(&problems))?;
        Ok(json(&explained))
    }

    /// Remarks for people: which limits are short, and how claims to them are met.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn notes(&self, unit: Option<String>, lang: &str) -> Fallible<Vec<String>> {
        Ok(self.funding.notes(self.unit(unit)?, crate::inputs::lang(lang)))
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.warnings)
    }
}

impl RawFunding {
    fn of(&self, source: Source) -> RawTable {
        RawTable::new(self.funding.claims().policy().clone(), source, self.warnings.clone())
    }

    fn unit(&self, unit: Option<String>) -> Fallible<Unit> {
        unit.map_or_else(|| Ok(self.funding.claims().policy().unit()), |unit| crate::unit(&unit))
    }
}

/// An allocation beside what happened, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawReconciliation {
    reconciliation: Reconciliation,
    warnings: Problems,
}

#[wasm_bindgen]
impl RawReconciliation {
    /// A row for each place × year × layer.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        Ok(self.of(Source::Reconciliation(self.reconciliation.clone(), unit, zeros)))
    }

    /// The same by some columns, with rates.
    ///
    /// # Errors
    ///
    /// Columns that there are not, a unit that is not known, a total that is too large.
    pub fn totals(&self, by: Vec<String>, unit: Option<String>, zeros: bool) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        let totals = self.reconciliation.totals(&grouping(&by)?, zeros).map_err(|problems| failed(&problems))?;
        Ok(self.of(Source::ReconciledTotals(totals, unit)))
    }

    /// Receipts that match nothing.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn unmatched(&self, unit: Option<String>) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        Ok(self.of(Source::Unmatched(self.reconciliation.clone(), unit)))
    }

    /// Warnings of everything that it rests on, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.warnings)
    }
}

impl RawReconciliation {
    fn of(&self, source: Source) -> RawTable {
        RawTable::new(self.reconciliation.due().policy().clone(), source, self.warnings.clone())
    }

    fn unit(&self, unit: Option<String>) -> Fallible<Unit> {
        unit.map_or_else(|| Ok(self.reconciliation.due().policy().unit()), |unit| crate::unit(&unit))
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
        by: Vec<String>,
        years: Option<String>,
        unit: Option<String>,
    ) -> Fallible<RawTable> {
        let years = years.map(|text| parse_years(&text)).transpose().map_err(|problems| failed(&problems))?;
        let unit = unit.map_or_else(|| Ok(policy.policy.unit()), |unit| crate::unit(&unit))?;
        let by = grouping(&by)?;
        let computed = fundlayers::scenarios(&policy.policy, &roster.roster, years.as_deref(), &self.scenarios, &by);
        let (totals, found) = computed.map_err(|problems| failed(&problems))?;
        let mut warnings = self.warnings.clone();
        add(&mut warnings, &policy.warnings);
        add(&mut warnings, &roster.warnings);
        add(&mut warnings, &found);
        Ok(RawTable::new(policy.policy.clone(), Source::Scenarios(totals, unit), warnings))
    }
}

/// A solution, and every warning on the way to it.
#[wasm_bindgen]
pub struct RawSolution {
    solution: Solution,
    warnings: Problems,
}

#[wasm_bindgen]
impl RawSolution {
    /// The largest value of one number of a policy that a limit allows. The limit is in the unit.
    ///
    /// # Errors
    ///
    /// A goal that cannot be meant, and whatever is wrong with policy and roster.
    #[expect(clippy::too_many_arguments, reason = "what a goal is made of")]
    #[wasm_bindgen(js_name = solve)]
    pub fn solve(
        policy: &RawPolicy,
        roster: &RawRoster,
        path: String,
        layer: String,
        payer: Option<String>,
        year: u16,
        limit: &str,
        unit: Option<String>,
        step: Option<String>,
    ) -> Fallible<RawSolution> {
        let unit = unit.map_or_else(|| Ok(policy.policy.unit()), |unit| crate::unit(&unit))?;
        let step = step.map(|text| parse_decimal(&text)).transpose();
        let step = step.map_err(|error| failed(&Problem::new(Code::BadNumber, error.to_string()).into()))?;
        let limit = Amount::from_fen(crate::parse_amount(limit, unit.as_str())?);
        let goal = Goal { path, layer, payer, year, limit, step };
        let solved = fundlayers::solve(&policy.policy, &roster.roster, &goal);
        let (solution, found) = solved.map_err(|problems| failed(&problems))?;
        let mut warnings = roster.warnings.clone();
        add(&mut warnings, &policy.warnings);
        add(&mut warnings, &found);
        Ok(RawSolution { solution, warnings })
    }

    /// The answer as a table of one row.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn table(&self, unit: Option<String>) -> Fallible<RawTable> {
        let unit = self.unit(unit)?;
        let source = Source::Solution(Box::new(self.solution.clone()), unit);
        Ok(RawTable::new(self.solution.policy().clone(), source, self.warnings.clone()))
    }

    /// The answer with its proof, in a sentence.
    ///
    /// # Errors
    ///
    /// A unit that is not known.
    pub fn text(&self, unit: Option<String>, lang: &str) -> Fallible<String> {
        Ok(self.solution.text(self.unit(unit)?, crate::inputs::lang(lang)))
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.warnings)
    }
}

impl RawSolution {
    fn unit(&self, unit: Option<String>) -> Fallible<Unit> {
        unit.map_or_else(|| Ok(self.solution.policy().unit()), |unit| crate::unit(&unit))
    }
}

/// Adds warnings that are not there yet: two sides often have the same.
fn add(warnings: &mut Problems, more: &Problems) {
    let new: Vec<Problem> = more.iter().filter(|one| !warnings.iter().any(|known| known == *one)).cloned().collect();
    warnings.extend(new);
}

pub(crate) fn grouping(by: &[String]) -> Fallible<Vec<Grouping>> {
    Grouping::parse_all(by.iter().map(String::as_str)).map_err(|problems| failed(&problems))
}
