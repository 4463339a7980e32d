//! What if over a roster in parts: what every door asks, and what it gets.

use super::given::{gathered, of_scenario, skipped_years};
use super::{Answer, Content, DEFAULT_GROUPING, Given};
use crate::ground::money::Unit;
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::questions::what_if::{Comparison, ScenarioTotals, Scenarios};
use crate::results::summary::Rounds;
use crate::results::totals::Grouping;

/// Scenarios or a comparison over a roster in parts: what was given for it, and the rounds that it takes. Its answer is that of
/// the whole roster, to the byte.
///
/// ```
/// use fundlayers::answer::{Given, OverParts};
/// # use fundlayers::{Part, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let read = |policy: &fundlayers::Policy| {
/// #     let mut builder = RosterBuilder::new(policy, &[("name", None)]);
/// #     builder.push_row(None, &[Cell::Text("黄堡镇")]);
/// #     builder.finish()
/// # };
/// let policy = Given::plain(policy);
/// let four = serde_json::from_str("4")?;
/// let changed = policy.with_changes([("classes.all.funding.city", four)])?;
/// let asked = OverParts::compare(policy, changed, None, None, None)?;
/// let mut rounds = asked.rounds().clone();
/// while !rounds.is_over() {
///     let sums = rounds.part(&Part::new(0), read); // of one part; those of several are merged
///     rounds = rounds.next(sums)?;
/// }
/// let answer = asked.answer(&rounds, None)?;
/// assert_eq!(answer.table(Default::default()).map(|table| table.columns().len()), Some(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OverParts {
    policy: Given<Policy>,
    asked: Asked,
    years: Option<Vec<u16>>,
    rounds: Rounds,
}

#[derive(Debug, Clone)]
enum Asked {
    Scenarios(Given<Scenarios>),
    Comparison(Given<Policy>),
}

impl OverParts {
    /// Many changes of a policy side by side; see [`ScenarioTotals::rounds`]. Left out, totals are by year and layer.
    ///
    /// # Errors
    ///
    /// As there; problems of a scenario name its file.
    pub fn scenarios(
        policy: Given<Policy>,
        scenarios: Given<Scenarios>,
        years: Option<&[u16]>,
        by: Option<&[Grouping]>,
        max_passes: Option<u32>,
    ) -> Result<Self, Problems> {
        let by = by.unwrap_or(&DEFAULT_GROUPING);
        let rounds = ScenarioTotals::rounds(&policy.value, years, &scenarios.value, by, max_passes)
            .map_err(|problems| scenarios.on(problems, of_scenario))?;
        Ok(Self { policy, asked: Asked::Scenarios(scenarios), years: years.map(<[u16]>::to_vec), rounds })
    }

    /// A policy beside another; see [`Comparison::rounds`]. Left out, totals are by year and layer.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn compare(
        before: Given<Policy>,
        after: Given<Policy>,
        years: Option<&[u16]>,
        by: Option<&[Grouping]>,
        max_passes: Option<u32>,
    ) -> Result<Self, Problems> {
        let by = by.unwrap_or(&DEFAULT_GROUPING);
        let rounds = Comparison::rounds(&before.value, &after.value, years, by, max_passes)?;
        Ok(Self { policy: before, asked: Asked::Comparison(after), years: years.map(<[u16]>::to_vec), rounds })
    }

    /// The rounds over the parts, before the first.
    #[must_use]
    pub const fn rounds(&self) -> &Rounds {
        &self.rounds
    }

    /// The answer, once the rounds are over.
    ///
    /// # Errors
    ///
    /// Every problem of every policy at once; a total or difference that is too large.
    pub fn answer(&self, rounds: &Rounds, unit: Option<Unit>) -> Result<Answer, Problems> {
        let policy = &self.policy;
        let (unit, years) = (unit.unwrap_or_else(|| policy.value.unit()), self.years.as_deref());
        let (rows, skipped) = (rounds.warnings(), skipped_years(years));
        match &self.asked {
            Asked::Scenarios(scenarios) => {
                let placed = |problems| scenarios.on(problems, of_scenario);
                let computed = ScenarioTotals::of_parts(&policy.value, years, &scenarios.value, rounds);
                let (totals, found) = computed.map_err(placed)?;
                let lists = [&policy.warnings, &rows, &scenarios.warnings, &skipped, &placed(found)];
                Ok(Answer::new(Content::apart(totals), policy.value.clone(), unit, gathered(lists)))
            }
            Asked::Comparison(after) => {
                let (comparison, found) = Comparison::of_parts(rounds)?;
                let unlike: Problems = comparison.unlike_years().into_iter().collect();
                let warnings = gathered([&policy.warnings, &rows, &skipped, &after.warnings, &found, &unlike]);
                let answer = Answer::new(Content::Comparison(comparison), policy.value.clone(), unit, warnings);
                Ok(Answer { with_policy: Some(after.value.clone()), ..answer })
            }
        }
    }
}
