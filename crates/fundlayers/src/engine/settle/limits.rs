//! Limits of layers over rosters in parts: what a pass sums of the claims of each group, and what follows from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::claims::{ClaimSums, Claimed};
use super::text::Text;
use crate::ground::catalogue::engine as words;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as phrases;
use crate::ground::problem::{Code, Problem};
use crate::policy::path::{join, join_id};
use crate::policy::{Layer, Policy};

/// The limits of a layer in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LimitOfYear {
    /// By index in the policy.
    pub(crate) layer: usize,
    pub(crate) year: u16,
    /// Of those who claim something.
    pub(crate) groups: Vec<LimitOfGroup>,
}

/// The limit of the places that agree in what it is `per`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LimitOfGroup {
    /// What they agree in; nothing of a limit for all.
    pub(crate) group: String,
    /// Rounded down to the step, in fen.
    pub(crate) limit: Text<i64>,
    /// All claims to it, in fen.
    pub(crate) claim: Text<i64>,
    /// None where every claim is met.
    pub(crate) claimed: Option<Claimed>,
}

/// What a pass sums of some claims of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LimitSums {
    /// The first row, and the limit, as that has it, in fen.
    pub(crate) first: u64,
    pub(crate) limit: Text<i64>,
    /// What they come to, in steps.
    pub(crate) claim: Text<u128>,
    pub(crate) claims: ClaimSums,
}

impl LimitSums {
    pub(crate) fn merge(&mut self, other: Self) {
        if other.first < self.first {
            (self.first, self.limit) = (other.first, other.limit);
        }
        self.claim.0 = self.claim.0.saturating_add(other.claim.0);
        self.claims.merge(other.claims);
    }
}

impl LimitOfGroup {
    /// Whether nothing of it is left to be found.
    pub(crate) fn is_known(&self) -> bool {
        self.claimed.as_ref().is_none_or(Claimed::is_known)
    }
}

impl LimitOfYear {
    /// Whether nothing of any group is left to be found.
    pub(crate) fn is_known(&self) -> bool {
        self.groups.iter().all(LimitOfGroup::is_known)
    }

    pub(crate) fn group(&self, name: &str) -> Option<&LimitOfGroup> {
        let at = self.groups.binary_search_by(|group| group.group.as_str().cmp(name)).ok()?;
        self.groups.get(at)
    }

    /// Once all claims are summed.
    pub(crate) fn summed(
        policy: &Policy,
        (layer, year): (usize, u16),
        sums: BTreeMap<String, LimitSums>,
    ) -> Result<Self, Vec<Problem>> {
        let (mut groups, mut problems) = (Vec::new(), Vec::new());
        let data = policy.layers().get(layer);
        let rule = data.and_then(|layer| layer.limit.as_ref()).map(|limit| &limit.rule);
        let step = step(data);
        for (group, sums) in sums {
            let claim = sums.claim.0.checked_mul(step.unsigned_abs().into()).and_then(|fen| i64::try_from(fen).ok());
            let (Some(claim), Some(rule)) = (claim, rule) else {
                problems.push(too_large(policy, layer, year));
                continue;
            };
            let limit = sums.limit.0;
            let endowment = limit.checked_div(step).and_then(|steps| u64::try_from(steps).ok()).unwrap_or_default();
            let claimed = (claim > limit).then(|| Claimed::new(endowment, &sums.claims, rule));
            groups.push(LimitOfGroup { group, limit: sums.limit, claim: Text(claim), claimed });
        }
        if problems.is_empty() { Ok(Self { layer, year, groups }) } else { Err(problems) }
    }

    /// What follows from a pass; a problem if it was of other claims than the first.
    pub(crate) fn next(&mut self, policy: &Policy, sums: &BTreeMap<String, LimitSums>) -> Result<(), Problem> {
        let step = step(policy.layers().get(self.layer));
        for group in &mut self.groups {
            let LimitOfGroup { group: name, claim, claimed, .. } = group;
            let Some(claimed) = claimed.as_mut().filter(|claimed| !claimed.is_known()) else { continue };
            let is_same = |sums: &&LimitSums| {
                sums.claim.0.checked_mul(step.unsigned_abs().into()) == u128::try_from(claim.0).ok()
            };
            let Some(sums) = sums.get(name.as_str()).filter(is_same) else {
                let message = words::OTHER_MEMBERS.with(&[&self.year]);
                let message = if name.is_empty() { message } else { words::OF_GROUP.with(&[&*name, &message]) };
                let problem = Problem::new(Code::UnlikeSummaries, message).key(path(policy, self.layer));
                return Err(problem.expected(words::SETTLE_ALL_PARTS));
            };
            claimed.next(&sums.claims);
        }
        Ok(())
    }
}

fn step(layer: Option<&Layer>) -> i64 {
    layer.map_or(1, |layer| layer.rounding.step().fen()).max(1)
}

/// The path of a layer's limit.
pub(crate) fn path(policy: &Policy, layer: usize) -> String {
    join(&join_id("layers", id(policy, layer)), "limit")
}

fn id(policy: &Policy, layer: usize) -> &str {
    policy.layers().get(layer).map_or("", |layer| layer.id.as_str())
}

/// What is said of claims that are together beyond 2^63 − 1 fen.
pub(crate) fn too_large(policy: &Policy, layer: usize, year: u16) -> Problem {
    let problem = Problem::new(Code::Overflow, phrases::CLAIMS_TOO_LARGE.with(&[&id(policy, layer), &year]));
    problem.expected(common::CHECK_UNITS).key(path(policy, layer))
}

/// What is said of a group of which nothing was settled.
pub(crate) fn not_settled(policy: &Policy, (layer, year): (usize, u16), group: &str) -> Problem {
    let message = words::NOT_SETTLED.with(&[&year, &group]);
    Problem::new(Code::UnlikeSummaries, message).key(path(policy, layer)).expected(words::SETTLE_ALL_PARTS)
}
