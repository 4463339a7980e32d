//! What is settled for all places of a roster in parts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::compute::years_computed;
use crate::engine::settle::Settled;
use crate::engine::settle::plan::Plan;
use crate::engine::settle::sample::hash;
use crate::ground::catalogue::results as words;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;

/// What of an allocation rests on all places of a roster, so that each part of it can be computed by itself, with
/// [`Allocation::settled`](crate::Allocation::settled): the numbers of many places; of each pool, year and group the λ by
/// which its shares are multiplied, and the member at which the steps end that the largest remainders get.
///
/// It travels as JSON: amounts and fractions are texts, none is rounded. [`Settling`](crate::Settling) finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    of: OfPolicy,
    years: Vec<u16>,
    /// How many passes it took so far.
    passes: u32,
    /// Whether figures are settled too, on which no amount rests.
    #[serde(default, skip_serializing_if = "is_false")]
    figures: bool,
    /// Tells apart for what arrived, where top-ups count that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arrivals: Option<String>,
    #[serde(with = "shared")]
    known: Arc<Settled>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Of which policy it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfPolicy {
    policy: String,
    version: Option<String>,
    /// Tells apart what differs in anything else.
    document: String,
}

impl OfPolicy {
    fn new(policy: &Policy) -> Self {
        let document = hash(&policy.document().to_string(), 0, 0);
        Self {
            policy: policy.id().to_owned(),
            version: policy.version().map(str::to_owned),
            document: format!("{document:016x}"),
        }
    }
}

impl Settlement {
    /// Nothing yet.
    pub(crate) fn new(policy: &Policy, years: Vec<u16>) -> Self {
        Self {
            of: OfPolicy::new(policy),
            years,
            passes: 0,
            figures: false,
            arrivals: None,
            known: Arc::new(Settled::new()),
        }
    }

    /// The same with figures, on which no amount rests.
    pub(crate) fn with_figures(self) -> Self {
        Self { figures: true, ..self }
    }

    /// The same where top-ups count what arrived, which this tells apart.
    pub(crate) fn receiving(self, mark: String) -> Self {
        Self { arrivals: Some(mark), ..self }
    }

    /// What tells apart what arrived, where top-ups count it.
    pub(crate) fn arrivals(&self) -> Option<&str> {
        self.arrivals.as_deref()
    }

    /// Whether figures are settled too.
    pub(crate) const fn has_figures(&self) -> bool {
        self.figures
    }

    /// What is known after one pass more.
    pub(crate) fn with(self, known: Settled) -> Self {
        Self { known: Arc::new(known), passes: self.passes.saturating_add(1), ..self }
    }

    /// The years, ascending.
    #[must_use]
    pub fn years(&self) -> &[u16] {
        &self.years
    }

    /// How many passes over the rows it took.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    pub(crate) const fn known(&self) -> &Arc<Settled> {
        &self.known
    }

    pub(crate) const fn of(&self) -> &OfPolicy {
        &self.of
    }

    /// What is said of pools of the whole roster: those without members, what caps left, and parts that do not sum to theirs.
    #[must_use]
    pub fn warnings(&self, policy: &Policy) -> Problems {
        self.known.warnings(policy, &self.years)
    }

    /// Whether it is of a policy.
    pub(crate) fn is_of(&self, policy: &Policy) -> Result<(), Problems> {
        if self.of == OfPolicy::new(policy) {
            return Ok(());
        }
        let problem = Problem::new(Code::UnlikeSummaries, words::SETTLED_FOR_OTHERS).found(&self.of.policy);
        Err(problem.into())
    }

    /// Whether it is of a policy, and complete.
    pub(crate) fn check(&self, policy: &Policy) -> Result<(), Problems> {
        self.check_with(policy, self.figures)
    }

    /// The same with figures, on which no amount rests.
    pub(crate) fn check_figures(&self, policy: &Policy) -> Result<(), Problems> {
        self.check_with(policy, true)
    }

    fn check_with(&self, policy: &Policy, figures: bool) -> Result<(), Problems> {
        self.is_of(policy)?;
        if Plan::new(policy, figures).frontier(&years_computed(policy, &self.years), &self.known).is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::UnlikeSummaries, words::NOT_SETTLED_YET).into())
    }

    #[cfg(test)]
    pub(crate) fn with_room(mut self, room: usize) -> Self {
        let mut known = (*self.known).clone();
        (known.room, known.room_of_all) = (room, room);
        self.known = Arc::new(known);
        self
    }
}

/// What is behind a pointer travels as if it were not.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Settled;

    pub(super) fn serialize<S: Serializer>(known: &Arc<Settled>, serializer: S) -> Result<S::Ok, S::Error> {
        Settled::serialize(known, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Settled>, D::Error> {
        Settled::deserialize(deserializer).map(Arc::new)
    }
}
