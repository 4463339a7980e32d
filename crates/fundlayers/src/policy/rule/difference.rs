//! `difference = [V, V, …]`: the first value less the others (差额).

use crate::policy::grammar::{Key, KindGrammar, List, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// A value less others; may be below 0 inside a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Difference {
    /// From what is deducted.
    pub first: Value,
    /// What is deducted; one or more.
    pub rest: Vec<Value>,
}

impl Kind for Difference {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Difference (差额)",
        meaning: Text::new(
            "第一个数值减去其余数值；在规则之内可为负。",
            "The first value less the others; inside a rule it may be below 0.",
        ),
        key: Key::required(
            "difference",
            Shape::List(List::of(&Shape::Value).at_least(2)),
            Text::new(
                "至少两个数值，以政策的单位计；其中的数可为负。",
                "The values, at least two, in the policy's unit; numbers among them may be negative.",
            ),
        ),
        with: &[],
    };

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
