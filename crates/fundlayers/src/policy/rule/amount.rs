//! `amount = V`: a value (定额补助). A rule that is only a value is this one.

use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedAmount(pub Value);

impl Kind for FixedAmount {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Fixed amount (定额补助)",
        meaning: Text::new("定额。", "A fixed amount."),
        key: Key::required(
            "amount",
            Shape::Value,
            Text::new("金额，以政策的单位计。", "The amount, in the policy's unit."),
        ),
        with: &[],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        table.value(Self::KEY).map(Self)
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        self.0.eval(a)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        words.value(&self.0)
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("定额安排", "a fixed amount").to_owned()
    }
}
