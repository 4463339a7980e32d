//! The same over a roster in parts.

use super::{Comparison, ScenarioTotals, Scenarios};
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::results::summary::Rounds;
use crate::results::totals::Grouping;

/// Whether a roster that was read for one policy is the same for the other.
pub(crate) fn reads_alike(a: &Policy, b: &Policy) -> bool {
    a.kinds() == b.kinds()
        && a.designations() == b.designations()
        && a.attributes() == b.attributes()
        && a.years() == b.years()
}

impl Comparison {
    /// Begins to compare two policies over one roster in parts, whose totals [`Comparison::of_parts`] sets side by side. `years`:
    /// which are computed; none: those of each policy. `max_passes`: how often the rows may be read, if that is bounded.
    ///
    /// # Errors
    ///
    /// What cannot be computed of parts, or not in so many passes: [`Code::NeedsWholeRoster`](crate::Code::NeedsWholeRoster);
    /// [`Code::YearOutsidePolicy`](crate::Code::YearOutsidePolicy).
    pub fn rounds(
        before: &Policy,
        after: &Policy,
        years: Option<&[u16]>,
        by: &[Grouping],
        max_passes: Option<u32>,
    ) -> Result<Rounds, Problems> {
        let mut rounds = Rounds::new(by.to_vec(), max_passes);
        let first = rounds.read_for(before);
        let second = if reads_alike(before, after) { first } else { rounds.read_for(after) };
        rounds.add(first, before, years);
        rounds.add(second, after, years);
        Self::of_parts(&rounds).map(|_| rounds)
    }

    /// What two policies come to over a roster in parts, once its rounds are over: what [`compare`](crate::compare) gives of the
    /// whole, to the byte. With what is odd of either.
    ///
    /// # Errors
    ///
    /// Every problem of either policy; [`Code::Overflow`](crate::Code::Overflow) if a total or a difference is beyond
    /// 2^63 − 1 fen.
    pub fn of_parts(rounds: &Rounds) -> Result<(Self, Problems), Problems> {
        let (first, second) = match (rounds.totals(0), rounds.totals(1)) {
            (Ok(first), Ok(second)) => (first, second),
            (Err(mut problems), Err(more)) => {
                problems.append_new(&more);
                return Err(problems);
            }
            (Err(problems), _) | (_, Err(problems)) => return Err(problems),
        };
        let mut warnings = first.1;
        warnings.append_new(&second.1);
        Ok((Self::of(&first.0, &second.0)?, warnings))
    }
}

impl ScenarioTotals {
    /// Begins to compute many scenarios of a policy over one roster in parts, whose totals [`ScenarioTotals::of_parts`] sets side
    /// by side. `years`: which are computed; none: those of the policy that a scenario makes. `max_passes`: how often the rows may
    /// be read, if that is bounded.
    ///
    /// # Errors
    ///
    /// Every mistake of every scenario, each with its name; what cannot be computed of parts, or not in so many passes:
    /// [`Code::NeedsWholeRoster`](crate::Code::NeedsWholeRoster).
    ///
    /// ```
    /// # use fundlayers::{Part, Policy, RosterBuilder, RowBuilder, roster::Cell};
    /// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
    /// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// use fundlayers::{Amount, Scenario, ScenarioTotals, Scenarios, document::Node};
    /// let four: Node = serde_json::from_str("4")?;
    /// let list = Scenarios::new([
    ///     Scenario::new("as it is", Vec::<(String, Node)>::new()),
    ///     Scenario::new("four", [("classes.all.funding.city", four)]),
    /// ])?;
    /// let mut rounds = ScenarioTotals::rounds(&policy, None, &list, &[], None)?;
    /// while !rounds.is_over() {
    ///     let mut sums = rounds.nothing();
    ///     for (first, name) in [(0, "黄堡镇"), (1, "坡头镇")] {
    ///         let part = Part::new(first);
    ///         sums.merge(rounds.part(&part, |policy| {
    ///             let mut builder = RosterBuilder::new(policy, &[("name", None)]);
    ///             builder.after_rows(part.rows_before());
    ///             builder.push_row(None, &[Cell::Text(name)]);
    ///             builder.finish()
    ///         }))?;
    ///     }
    ///     rounds = rounds.next(sums)?;
    /// }
    /// let (totals, _) = ScenarioTotals::of_parts(&policy, None, &list, &rounds)?;
    /// let found: Vec<_> = totals.iter().map(|row| (row.scenario(), row.difference())).collect();
    /// assert_eq!(found, [("as it is", Amount::ZERO), ("four", Amount::from_fen(200))]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rounds(
        policy: &Policy,
        years: Option<&[u16]>,
        scenarios: &Scenarios,
        by: &[Grouping],
        max_passes: Option<u32>,
    ) -> Result<Rounds, Problems> {
        let mut variants = policy.variants();
        let mut rounds = Rounds::new(by.to_vec(), max_passes);
        let reading = rounds.read_for(policy);
        for scenario in scenarios {
            match scenario.policy(&mut variants, |_, _, _| {}) {
                Ok((changed, _)) => rounds.add(reading, &changed, years),
                // What is wrong is said with the totals.
                Err(_) => rounds.add_none(reading),
            }
        }
        Self::of_parts(policy, years, scenarios, &rounds).map(|_| rounds)
    }

    /// What scenarios come to over a roster in parts, once its rounds are over: what [`scenarios`](crate::scenarios) gives of the
    /// whole, to the byte. `policy`, `years` and `scenarios` are those that it began with.
    ///
    /// # Errors
    ///
    /// Every problem of every scenario at once, each with the scenario's name; one that all of them have is said once,
    /// without a name.
    pub fn of_parts(
        policy: &Policy,
        years: Option<&[u16]>,
        scenarios: &Scenarios,
        rounds: &Rounds,
    ) -> Result<(Self, Problems), Problems> {
        Self::of(policy, years, scenarios, rounds.by(), |number, _| rounds.totals(number))
    }
}
