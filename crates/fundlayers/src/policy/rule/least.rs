//! `least = [V, …]`: the least of several values (孰低).

use crate::policy::grammar::{Key, KindGrammar, List, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// The least of several values; one or more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Least(pub Vec<Value>);

impl Kind for Least {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Least (孰低)",
        meaning: Text::new("各数值中的最小者。", "The least of the values."),
        key: Key::required(
            "least",
            Shape::List(List::of(&Shape::Value).at_least(1)),
            Text::new(
                "至少一个数值，以政策的单位计；其中的数可为负。",
                "The values, at least one, in the policy's unit; numbers among them may be negative.",
            ),
        ),
        with: &[],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        table.values(Self::KEY, 1).map(Self)
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let values = Value::eval_all(&self.0, a);
        a.extreme(Extreme::Least, values)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        words.extreme(&self.0, "孰低", "the least of ")
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按孰低原则", "the least of its values").to_owned()
    }
}
