//! Rules: how amounts come about. Each kind of rule is one file with its keys, its reading, its words and its meaning, and
//! one line of the list below; what all kinds have in common stands here.

use crate::ground::language::Name;
use crate::ground::message::Phrase;
use crate::policy::grammar::{self, KindGrammar};
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::condition::{Condition, ConditionStyle};
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

#[macro_use]
mod list;
pub(crate) mod aggregate;
pub(crate) mod algebra;
mod amount;
pub(crate) mod bands;
pub(crate) mod cases;
pub(crate) mod condition;
mod difference;
mod exact;
mod greatest;
pub(crate) mod keys;
mod last_year;
mod least;
pub(crate) mod left_of;
pub(crate) mod placeless;
mod pool;
mod product;
mod quotient;
mod rate;
pub(crate) mod read;
pub(crate) mod reads;
pub(crate) mod rounding;
pub(crate) mod size;
#[cfg(test)]
mod tests;
pub(crate) mod tiers;
mod top_up;
pub(crate) mod words;

pub use aggregate::{Aggregate, Function};
pub use bands::Band;
pub(crate) use keys::KEYS;
pub use rate::Factor;
pub use rounding::NumberRounding;
pub use tiers::Tier;

rule_kinds! {
    /// A value.
    Amount(amount::FixedAmount),
    /// A share, a match, a per-head rate.
    Rate(rate::Rate),
    /// What is missing to a level.
    TopUp(top_up::TopUp),
    /// The place's part of a pool.
    Pool(pool::PoolPart),
    /// The least of several values.
    Least(least::Least),
    /// The greatest of several values.
    Greatest(greatest::Greatest),
    /// A value less others.
    Difference(difference::Difference),
    /// The product of several values.
    Product(product::Product),
    /// A value ÷ another.
    Quotient(quotient::Quotient),
    /// By the band of a number.
    Bands(bands::Bands),
    /// Each rate on its slice of a number.
    Tiers(tiers::Tiers),
    /// By a text of the place.
    Cases(cases::Cases),
    /// A figure of many places.
    Aggregate(aggregate::AggregateOf),
    /// An earlier layer before its rounding.
    Exact(exact::ExactOf),
    /// What the place got the year before.
    LastYear(last_year::LastYear),
    /// What another pool leaves undistributed.
    LeftOf(left_of::LeftOf),
}

/// How an amount comes about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The amount.
    pub kind: RuleKind,
    /// All of these must hold, else the rule gives 0.
    pub when: Vec<Condition>,
    /// The floor.
    pub at_least: Option<Value>,
    /// The cap.
    pub at_most: Option<Value>,
    /// How it is rounded there and then, after floor and cap; none: not at all.
    pub rounding: Option<NumberRounding>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// A remark.
    pub note: Option<Name>,
}

impl Rule {
    /// What it comes to, with its own rounding and none besides.
    pub(crate) fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let exact = self.eval_exact(a);
        match &self.rounding {
            Some(rounding) => a.rounded(exact, rounding),
            None => exact,
        }
    }

    /// What it comes to without its own rounding.
    pub(crate) fn eval_exact<A: Algebra>(&self, a: &mut A) -> A::Number {
        a.only_where(&self.when, |a| {
            let amount = self.kind.eval(a);
            let floor = self.at_least.as_ref().map(|value| value.eval(a));
            let cap = self.at_most.as_ref().map(|value| value.eval(a));
            a.bounded(amount, floor, cap)
        })
    }
}

impl Words<'_> {
    /// A rule in words.
    pub(crate) fn rule(&self, rule: &Rule) -> String {
        let mut text = rule.kind.describe(self);
        for (sign, value) in [(", ≥ ", &rule.at_least), (", ≤ ", &rule.at_most)] {
            if let Some(value) = value {
                text.extend([sign, &self.value(value)]);
            }
        }
        if let Some(rounding) = &rule.rounding {
            text.extend([self.word("，", ", "), &self.number_rounding(rounding)]);
        }
        if !rule.when.is_empty() {
            let conditions = self.conditions(&rule.when, ConditionStyle::DESCRIPTION);
            text.extend([self.word("，条件：", ", when "), &conditions]);
        }
        text
    }
}

/// What a kind of rule is.
pub(crate) trait Kind: Sized {
    /// Its keys, for the reader, the schema, the types and the documents.
    const GRAMMAR: KindGrammar;

    /// The key that tells the kind.
    const KEY: &'static str = Self::GRAMMAR.key.name;

    /// Why it takes no other keys than its own and `when`, `clause`, `note`, if that is so.
    const UNBOUNDED: Option<Phrase> = None;

    /// Reads it from a table that has its key.
    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self>;

    /// Its amount before floor and cap.
    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number;

    /// What it gives, for the description of a policy.
    fn describe(&self, words: &Words<'_>) -> String;

    /// What it does for a place of a class, for the explanation of an amount.
    fn explain(&self, words: &Words<'_>, class: &Class) -> String;
}

/// A kind of rule, for the reader.
pub(crate) struct KnownKind {
    pub(crate) keys: &'static [&'static str],
    pub(crate) needs: usize,
    pub(crate) unbounded: Option<Phrase>,
    pub(crate) read: fn(&mut RuleTable<'_, '_>) -> Option<RuleKind>,
}
