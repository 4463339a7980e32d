//! Amounts that rest on all places, of rosters in parts: what is known of all of them, and what a pass over the parts adds to it.
//!
//! Aggregates that tell classes apart come first, over places whose class is not known.
//! An aggregate is known after one pass: what each part gathers is merged; the middle of many different numbers takes some more
//! ([`middles`]). The limit of a layer takes a pass for the claims to it, and
//! some for what it leaves of them ([`claims`]); what comes after the layer rests on that. A pool takes a pass for what its members weigh
//! together, passes that try λ until the parts use the pool up ([`pools`]), and, where many members compete for the last steps,
//! passes that find the one at which these end ([`cut`]). Each pass finds all whose inputs are known ([`plan`]). What is kept
//! between passes grows with the number of groups and not with the number of places.

pub(crate) mod claims;
pub(crate) mod cut;
pub(crate) mod level;
pub(crate) mod limits;
pub(crate) mod middles;
pub(crate) mod plan;
pub(crate) mod pools;
pub(crate) mod sample;
pub(crate) mod text;

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use serde::{Deserialize, Serialize};

use self::limits::{LimitOfGroup, LimitOfYear, LimitSums};
use self::middles::{MiddleSums, MiddlesOfYear};
use self::plan::{Frontier, Plan};
use self::pools::{GroupSums, PoolOfYear, Stage};
use self::text::{Text, pairs};
use crate::engine::world::Gathered;
use crate::ground::catalogue::engine as words;
use crate::ground::ids::{AggregateIndex, PoolIndex};
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::path::join_id;
use crate::policy::rule::reads::reads_last_year;
use crate::policy::{Function, Policy};

/// What a pass keeps of all groups together where it looks for something among their members.
pub(crate) const ROOM: usize = 1 << 16;
/// Of one group at least and at most so much.
const ROOM_OF_ONE: (usize, usize) = (16, 1 << 13);

/// What is known of all places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settled {
    /// How much a pass keeps of one group.
    pub(crate) room: usize,
    /// And of all of them.
    pub(crate) room_of_all: usize,
    aggregates: Vec<AggregateOfYear>,
    /// Medians that are looked for.
    middles: Vec<MiddlesOfYear>,
    pools: Vec<PoolOfYear>,
    limits: Vec<LimitOfYear>,
}

/// An aggregate of all places in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AggregateOfYear {
    /// Its number among those of the policy.
    aggregate: usize,
    year: u16,
    /// By what the places agree in.
    #[serde(with = "pairs")]
    pub(crate) groups: BTreeMap<Vec<String>, AggregateNumber>,
    /// The groups of which it cannot be had, where only figures read it.
    #[serde(default, skip_serializing_if = "Missing::is_none")]
    pub(crate) missing: Missing,
}

/// Where an aggregate that only figures read cannot be had.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Missing {
    /// In no group: of some place it is not known to which it belongs.
    pub(crate) everywhere: bool,
    /// In these.
    pub(crate) groups: BTreeSet<Vec<String>>,
}

impl Missing {
    fn is_none(&self) -> bool {
        !self.everywhere && self.groups.is_empty()
    }

    fn merge(&mut self, other: Self) {
        self.everywhere |= other.everywhere;
        self.groups.extend(other.groups);
    }
}

/// What an aggregate comes to in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AggregateNumber {
    value: Option<Text<BigRational>>,
    places: Text<u128>,
    sum: Option<Text<BigRational>>,
}

impl AggregateNumber {
    pub(crate) fn gathered(&self) -> Gathered {
        let number = |number: &Option<Text<BigRational>>| number.as_ref().map(|number| number.0.clone());
        Gathered { value: number(&self.value), places: self.places.0, sum: number(&self.sum) }
    }
}

/// What a pass adds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sums {
    /// By number, year and what the places agree in.
    #[serde(with = "pairs")]
    pub(crate) aggregates: BTreeMap<(usize, u16, Vec<String>), AggregateSums>,
    /// By number, year and what the members agree in.
    #[serde(with = "pairs")]
    pub(crate) pools: BTreeMap<(usize, u16, String), GroupSums>,
    /// What cannot be had of aggregates that only figures read, by number and year.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "pairs")]
    pub(crate) missing: BTreeMap<(usize, u16), Missing>,
    /// By layer, year and what the places agree in.
    #[serde(with = "pairs")]
    pub(crate) limits: BTreeMap<(usize, u16, String), LimitSums>,
}

/// The values of some places of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AggregateSums {
    pub(crate) places: Text<u128>,
    pub(crate) sum: Text<BigRational>,
    /// Whichever of them is asked for.
    pub(crate) least: Option<Text<BigRational>>,
    pub(crate) greatest: Option<Text<BigRational>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) middle: Option<MiddleSums>,
}

impl AggregateSums {
    fn merge(&mut self, other: Self) {
        self.places.0 = self.places.0.saturating_add(other.places.0);
        self.sum.0 += other.sum.0;
        self.least = [self.least.take(), other.least].into_iter().flatten().min();
        self.greatest = self.greatest.take().max(other.greatest);
        match (&mut self.middle, other.middle) {
            (Some(known), Some(more)) => known.merge(more),
            (known, Some(more)) => *known = Some(more),
            (_, None) => {}
        }
    }

    fn number(self, function: Function) -> AggregateNumber {
        let places = BigInt::from(self.places.0);
        let mut sum = None;
        let value = match function {
            Function::Sum => Some(self.sum),
            Function::Count => Some(Text(places.into())),
            Function::Mean if !places.is_zero() => {
                let mean = Text(&self.sum.0 / places);
                sum = Some(self.sum);
                Some(mean)
            }
            Function::Least => self.least,
            Function::Greatest => self.greatest,
            Function::Mean | Function::Median => None,
        };
        AggregateNumber { value, places: self.places, sum }
    }
}

impl Sums {
    /// Takes in what other parts add in the same pass.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, sums) in other.aggregates {
            self.aggregates.entry(key).or_default().merge(sums);
        }
        for (key, sums) in other.pools {
            match self.pools.get_mut(&key) {
                Some(known) => known.merge(sums),
                None => _ = self.pools.insert(key, sums),
            }
        }
        for (key, missing) in other.missing {
            self.missing.entry(key).or_default().merge(missing);
        }
        for (key, sums) in other.limits {
            match self.limits.get_mut(&key) {
                Some(known) => known.merge(sums),
                None => _ = self.limits.insert(key, sums),
            }
        }
    }
}

/// How much a pass keeps of one group where something is looked for in so many of them.
pub(crate) fn room_of_one(open: usize, room_of_all: usize) -> usize {
    let (least, most) = ROOM_OF_ONE;
    room_of_all.checked_div(open.max(1)).unwrap_or(most).clamp(least.min(room_of_all), most)
}

impl Settled {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self {
            room: ROOM_OF_ONE.1,
            room_of_all: ROOM,
            aggregates: Vec::new(),
            middles: Vec::new(),
            pools: Vec::new(),
            limits: Vec::new(),
        }
    }

    pub(crate) fn aggregate(&self, number: AggregateIndex, year: u16) -> Option<&AggregateOfYear> {
        self.aggregates.iter().find(|known| (known.aggregate, known.year) == (number.number(), year))
    }

    /// A median that is looked for; none before its first pass.
    pub(crate) fn middles(&self, number: AggregateIndex, year: u16) -> Option<&MiddlesOfYear> {
        self.middles.iter().find(|known| (known.aggregate, known.year) == (number.number(), year))
    }

    pub(crate) fn pool(&self, number: PoolIndex, year: u16) -> Option<&PoolOfYear> {
        self.pools.iter().find(|known| (known.pool, known.year) == (number.number(), year))
    }

    pub(crate) fn limit(&self, layer: usize, year: u16) -> Option<&LimitOfYear> {
        self.limits.iter().find(|known| (known.layer, known.year) == (layer, year))
    }

    /// What is known after a pass, of all parts of which this is the sum.
    pub(crate) fn next(mut self, policy: &Policy, plan: &Plan, years: &[u16], sums: Sums) -> Result<Self, Problems> {
        let Frontier { limits, aggregates, pools, .. } = plan.frontier(years, &self);
        let Sums { aggregates: mut gathered, pools: mut weighed, limits: mut claimed, mut missing } = sums;
        for (number, year) in aggregates {
            let Some(aggregate) = policy.aggregate(number) else { continue };
            let missing = missing.remove(&(number.number(), year)).unwrap_or_default();
            let about = (number.number(), year);
            let sums = gathered.extract_if(.., |(of, in_year, _), _| (*of, *in_year) == about);
            let sums = sums.map(|((.., group), sums)| (group, sums));
            let groups = if aggregate.function == Function::Median {
                let at = self.middles.iter().position(|known| (known.aggregate, known.year) == about);
                let known = at.map_or(MiddlesOfYear::new(about.0, year), |at| self.middles.remove(at));
                match known.next(sums) {
                    Ok(groups) => groups,
                    Err(open) => {
                        self.middles.push(open);
                        continue;
                    }
                }
            } else {
                sums.map(|(group, sums)| (group, sums.number(aggregate.function))).collect()
            };
            self.aggregates.push(AggregateOfYear { aggregate: about.0, year, groups, missing });
        }
        let mut problems = Problems::new();
        for (number, year) in pools {
            let Some(pool) = policy.pool(number) else { continue };
            let sums = weighed.extract_if(.., |(of, in_year, _), _| (*of, *in_year) == (number.number(), year));
            let sums: BTreeMap<String, GroupSums> = sums.map(|((.., group), sums)| (group, sums)).collect();
            let at = self.pools.iter().position(|known| (known.pool, known.year) == (number.number(), year));
            match at.and_then(|at| self.pools.get_mut(at)) {
                Some(known) => problems.extend(known.next(policy, pool, &sums).err()),
                None => match PoolOfYear::weighed(policy, (number.number(), pool), year, sums) {
                    Ok(weighed) => self.pools.push(weighed),
                    Err(found) => problems.extend(found),
                },
            }
        }
        for (layer, year) in limits {
            let sums = claimed.extract_if(.., |(of, in_year, _), _| (*of, *in_year) == (layer, year));
            let sums: BTreeMap<String, LimitSums> = sums.map(|((.., group), sums)| (group, sums)).collect();
            match self.limits.iter_mut().find(|known| (known.layer, known.year) == (layer, year)) {
                Some(known) => problems.extend(known.next(policy, &sums).err()),
                None => match LimitOfYear::summed(policy, (layer, year), sums) {
                    Ok(summed) => self.limits.push(summed),
                    Err(found) => problems.extend(found),
                },
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let groups = self.pools.iter().flat_map(|pool| &pool.groups);
        let open = groups.filter(|group| !matches!(group.stage, Stage::Done(_))).count();
        let groups = self.limits.iter().flat_map(|limit| &limit.groups);
        let open = open.saturating_add(groups.filter(|group| !LimitOfGroup::is_known(group)).count());
        let open = self.middles.iter().fold(open, |open, middles| open.saturating_add(middles.open()));
        self.room = room_of_one(open, self.room_of_all);
        Ok(self)
    }

    /// What is said of pools of all places.
    pub(crate) fn warnings(&self, policy: &Policy, years: &[u16]) -> Problems {
        let mut problems = Problems::new();
        let of_years = || self.pools.iter().filter(|pool| years.contains(&pool.year));
        let mut without: Vec<&PoolOfYear> = of_years().filter(|pool| pool.has_no_members()).collect();
        let layer = |pool: &PoolOfYear| policy.pools().get(pool.pool).and_then(|pool| pool.layer);
        // As a whole roster is computed.
        without.sort_by_key(|pool| (pool.year, layer(pool), pool.pool));
        if !reads_last_year(policy) {
            without.sort_by_key(|pool| layer(pool));
        }
        for known in without {
            let id = policy.pools().get(known.pool).map_or("", |pool| pool.id.as_str());
            let message = words::POOL_WITHOUT_MEMBERS.with(&[&known.year]);
            problems.push(Problem::new(Code::PoolWithoutMembers, message).key(join_id("pools", id)));
        }
        let mut rests: Vec<&PoolOfYear> = of_years().collect();
        rests.sort_by_key(|pool| (pool.pool, pool.year));
        for known in rests {
            if let Some(pool) = policy.pools().get(known.pool) {
                problems.append(known.rests(policy, pool));
            }
        }
        problems
    }
}
