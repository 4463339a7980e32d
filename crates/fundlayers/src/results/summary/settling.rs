//! Finding what is settled for all places of a roster in parts, pass by pass.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::arrivals::Arrivals;
use super::found::Found;
use super::part::Part;
use crate::engine::compute::{part, years_computed};
use crate::engine::fit;
use crate::engine::roster::Roster;
use crate::engine::settle::Sums;
use crate::engine::settle::plan::Plan;
use crate::ground::catalogue::results as phrases;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::results::allocation::years_of;
use crate::results::settlement::{OfPolicy, Settlement};

/// How the [`Settlement`] of a roster in parts is found: in passes over all parts, each of which is summed by itself, in any
/// order, on any machine. Then an allocation of each part has the amounts that the whole roster would give its rows, to the
/// byte; the same amounts come out however the roster is cut.
///
/// ```
/// use fundlayers::{Allocation, Part, PassSums, Policy, Roster, RosterBuilder, RowBuilder, Settlement, Settling, roster::Cell};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "rounding": { "unit": "元", "places": 0 }, "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///   "pools": [{ "id": "grant", "amount": 100, "weights": { "equal": 1 } }],
///   "classes": [{ "id": "all", "funding": { "city": { "pool": "grant" } } }] }"#)?;
/// let roster = |part: &Part, names: &[&str]| {
///     let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
///     builder.after_rows(part.rows_before());
///     names.iter().for_each(|name| builder.push_row(None, &[Cell::Text(name)]));
///     builder.finish()
/// };
/// let parts = [(Part::new(0), roster(&Part::new(0), &["a", "b"])), (Part::new(2), roster(&Part::new(2), &["c"]))];
/// let mut settling = Settling::new(&policy, None)?;
/// while !settling.is_settled() {
///     let mut sums = settling.nothing();
///     for (part, read) in &parts {
///         // What a worker gets and gives travels as JSON.
///         let so_far: Settlement = serde_json::from_str(&serde_json::to_string(settling.so_far())?)?;
///         let of_part = Settling::new(&policy, None)?.going_on(so_far)?.part(part, read.clone());
///         sums.merge(serde_json::from_str(&serde_json::to_string(&of_part)?)?)?;
///     }
///     settling = settling.next(sums)?;
/// }
/// let settlement = settling.so_far();
/// // The step that is left over goes to the smallest id.
/// let fen = |read: &Result<(Roster, _), _>| -> Result<Vec<i64>, fundlayers::Problems> {
///     let (roster, _) = read.as_ref().unwrap();
///     Ok(Allocation::settled(&policy, roster, settlement)?.0.lines().map(|line| line.amount().fen()).collect())
/// };
/// assert_eq!((fen(&parts[0].1)?, fen(&parts[1].1)?), (vec![3_400, 3_300], vec![3_300]));
/// assert_eq!(settlement.passes(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Settling {
    policy: Policy,
    plan: Plan,
    /// All that are computed: also those before the ones that are asked for, where rules read the year before.
    computed: Vec<u16>,
    pub(super) so_far: Settlement,
    at_most: Option<u32>,
    /// What arrived, where top-ups count it.
    pub(super) arrivals: Option<Arc<Arrivals>>,
}

/// What some parts of a roster add to a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassSums {
    of: OfPolicy,
    years: Vec<u16>,
    /// After how many passes.
    after: u32,
    /// Whether for figures too.
    figures: bool,
    /// And for what arrived.
    arrivals: Option<String>,
    sums: Sums,
    problems: Found,
    failed: bool,
}

impl Settling {
    /// For a policy and some of its years (none: all).
    ///
    /// # Errors
    ///
    /// [`Code::YearOutsidePolicy`].
    pub fn new(policy: &Policy, years: Option<&[u16]>) -> Result<Self, Problems> {
        let years = match years {
            Some(years) => years_of(policy, years)?,
            None => policy.years().collect(),
        };
        let computed = years_computed(policy, &years);
        let so_far = Settlement::new(policy, years);
        Ok(Self {
            policy: policy.clone(),
            plan: Plan::new(policy, false),
            computed,
            so_far,
            at_most: None,
            arrivals: None,
        })
    }

    /// The same for the figures of the policy too, on which no amount rests: what [`Summing::with_figures`](super::Summing::with_figures)
    /// asks for.
    ///
    /// # Errors
    ///
    /// [`Code::NeedsWholeRoster`] if more passes are needed than
    /// there may be.
    pub fn with_figures(self) -> Result<Self, Problems> {
        let plan = Plan::new(&self.policy, true);
        Self { plan, so_far: self.so_far.with_figures(), ..self }.within()
    }

    /// Goes on from what was settled so far, as on another machine, for the years for which it was.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if that is of another policy; [`Code::NeedsWholeRoster`] if more passes are needed than there
    /// may be.
    pub fn going_on(self, so_far: Settlement) -> Result<Self, Problems> {
        so_far.is_of(&self.policy)?;
        if so_far.arrivals() != self.so_far.arrivals() {
            return Err(Problem::new(Code::UnlikeSummaries, phrases::OTHER_PASS).into());
        }
        let computed = years_computed(&self.policy, so_far.years());
        let plan = Plan::new(&self.policy, so_far.has_figures());
        Self { plan, computed, so_far, ..self }.within()
    }

    /// The same, refused once more passes are needed than these, the last one with them that computes the parts.
    ///
    /// # Errors
    ///
    /// [`Code::NeedsWholeRoster`] if that is so already.
    pub fn at_most(self, passes: u32) -> Result<Self, Problems> {
        Self { at_most: Some(passes), ..self }.within()
    }

    fn within(self) -> Result<Self, Problems> {
        // One more that settles, and the one that computes.
        let needed = self.so_far.passes().saturating_add(if self.is_settled() { 1 } else { 2 });
        match self.at_most.filter(|passes| *passes < needed) {
            Some(passes) => {
                let problem = Problem::new(Code::NeedsWholeRoster, phrases::MORE_PASSES.with(&[&passes]));
                Err(problem.expected(phrases::MORE_OR_WHOLE).into())
            }
            None => Ok(self),
        }
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether parts can be computed now.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.plan.frontier(&self.computed, self.so_far.known()).is_empty()
    }

    /// What is settled so far: all of it, once [`Settling::is_settled`].
    #[must_use]
    pub const fn so_far(&self) -> &Settlement {
        &self.so_far
    }

    /// What no part adds to the pass.
    #[must_use]
    pub fn nothing(&self) -> PassSums {
        PassSums {
            of: self.so_far.of().clone(),
            years: self.so_far.years().to_vec(),
            after: self.so_far.passes(),
            figures: self.so_far.has_figures(),
            arrivals: self.so_far.arrivals().map(str::to_owned),
            sums: Sums::default(),
            problems: Found::default(),
            failed: false,
        }
    }

    /// What a part adds to the pass, from what reading its rows gave: the roster, or what is wrong with it. Warnings come with
    /// the part's allocation.
    #[must_use]
    pub fn part(&self, part: &Part, read: Result<(Roster, Problems), Problems>) -> PassSums {
        let mut sums = self.nothing();
        let found = read.and_then(|(roster, _)| {
            let (known, years) = (&**self.so_far.known(), self.so_far.years());
            if !self.plan.of_classes(known).is_empty() {
                return fit::sums(&self.policy, &roster, known, &self.plan);
            }
            let (groups, _) = roster.grouped(&self.policy, Some(known))?.of(&self.policy);
            let arrived = self.arrivals.as_ref().map(|all| all.of_part(part, &roster, (&self.policy, years)));
            let known = (known, &self.plan);
            part::sums(&self.policy, (&roster, part.first_row()), &groups, years, known, arrived.as_ref())
        });
        match found {
            Ok(of_part) => sums.sums = of_part,
            Err(problems) => {
                sums.failed = true;
                sums.problems.add(part, &problems, Code::ExpectedCount);
            }
        }
        sums
    }

    /// What follows from the sums of all parts.
    ///
    /// # Errors
    ///
    /// Every problem of every part, the first so many of a kind; pools that cannot be shared out; [`Code::UnlikeSummaries`] if
    /// the sums are of another pass; [`Code::NeedsWholeRoster`] if more passes are needed than there may be.
    pub fn next(self, sums: PassSums) -> Result<Self, Problems> {
        sums.check(&self.nothing())?;
        if sums.failed {
            return Err(sums.problems.problems());
        }
        let known = (**self.so_far.known()).clone().next(&self.policy, &self.plan, &self.computed, sums.sums)?;
        Self { so_far: self.so_far.with(known), ..self }.within()
    }
}

impl PassSums {
    fn check(&self, other: &Self) -> Result<(), Problems> {
        fn about(sums: &PassSums) -> (&OfPolicy, &[u16], u32, bool, Option<&str>) {
            (&sums.of, &sums.years, sums.after, sums.figures, sums.arrivals.as_deref())
        }
        if about(self) == about(other) {
            return Ok(());
        }
        Err(Problem::new(Code::UnlikeSummaries, phrases::OTHER_PASS).into())
    }

    /// Takes in what other parts add. Merging is associative and commutative.
    ///
    /// # Errors
    ///
    /// [`Code::UnlikeSummaries`] if they are of another policy, other years or another pass.
    pub fn merge(&mut self, other: Self) -> Result<(), Problems> {
        self.check(&other)?;
        self.sums.merge(other.sums);
        self.problems.merge(other.problems);
        self.failed |= other.failed;
        Ok(())
    }

    /// Whether something is wrong with a part, so that more passes would be in vain.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.failed
    }
}
