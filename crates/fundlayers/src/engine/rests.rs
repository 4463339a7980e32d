//! What is said of pools as a whole: what they left, and by how much parts do not sum to them.

use crate::ground::catalogue::engine as words;
use crate::ground::message::Message;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::path::join_id;
use crate::policy::{Policy, Pool};

/// So many groups are named of each pool and year, at most.
const NAMED_GROUPS: usize = 20;

/// What is left of a pool among the members of one group, in fen.
pub(crate) struct Rest<'a> {
    /// What they agree in.
    pub(crate) group: &'a str,
    pub(crate) amount: i64,
    /// What caps leave undistributed.
    pub(crate) kept: i64,
    /// What the parts come to above the amount.
    pub(crate) above: i64,
}

/// What is said of what a pool left in a year, and of parts that do not sum to it.
pub(crate) fn rests(policy: &Policy, pool: &Pool, year: u16, rests: &[Rest<'_>]) -> Problems {
    let unit = policy.unit();
    let shown = |fen: i128| Amount::from_fen(i64::try_from(fen).unwrap_or(i64::MAX)).in_unit(unit);
    let mut problems = Problems::new();
    let mut say = |code: Code, of: &dyn Fn(&Rest<'_>) -> i64, message: &dyn Fn(i128, i128) -> Message| {
        let rests: Vec<&Rest<'_>> = rests.iter().filter(|rest| of(rest) != 0).collect();
        let (named, others) = rests.split_at(rests.len().min(NAMED_GROUPS));
        let mut push = |message: Message| {
            problems.push(Problem::new(code, message).key(join_id("pools", &pool.id)));
        };
        for rest in named {
            let message = message(rest.amount.into(), of(rest).into());
            push(if pool.per.is_some() { words::OF_GROUP.with(&[&rest.group, &message]) } else { message });
        }
        if !others.is_empty() {
            let sum = |of: &dyn Fn(&Rest<'_>) -> i64| others.iter().map(|rest| i128::from(of(rest))).sum();
            let message = message(sum(&|rest| rest.amount), sum(of));
            push(words::OF_GROUP.with(&[&words::MORE_GROUPS.with(&[&others.len()]), &message]));
        }
    };
    say(Code::PoolLeft, &|rest| rest.kept, &|amount, kept| {
        words::POOL_LEFT.with(&[&year, &shown(kept), &shown(amount), &unit])
    });
    say(Code::PoolDifference, &|rest| rest.above, &|amount, above| {
        let sum = amount.saturating_add(above);
        words::POOL_DIFFERENCE.with(&[&year, &shown(sum), &shown(amount), &unit, &shown(above)])
    });
    problems
}
