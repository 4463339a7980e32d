//! `difference = [V, V, …]`: the first value less the others (差额).

use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// A value less others; may be below 0 inside a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// From what is deducted.
    pub first: Value,
    /// What is deducted; one or more.
    pub rest: Vec<Value>,
}

impl Kind for Difference {
    const KEY: &'static str = "difference";

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let mut values = table.values(Self::KEY, 2)?.into_iter();
        Some(Self { first: values.next()?, rest: values.collect() })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let first = self.first.eval(a);
        let rest = Value::eval_all(&self.rest, a);
        a.difference(first, rest)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let mut text = words.bracketed(&self.first);
        for less in &self.rest {
            let less = words.bracketed(less);
            text.push_str(" − ");
            if less.starts_with('-') { text.extend(["(", &less, ")"]) } else { text.push_str(&less) }
        }
        text
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按差额", "a difference").to_owned()
    }
}
