//! `quotient = [V, V], if_zero = V`: the first value ÷ the second, exact (商).

use crate::ground::catalogue::policy as catalogue;
use crate::ground::problem::{Code, Problem};
use crate::policy::grammar::{Key, KindGrammar, List, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// A value ÷ another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quotient {
    /// What is divided.
    pub dividend: Value,
    /// By what.
    pub divisor: Value,
    /// What it is where the divisor is 0; without it that is an error of the place.
    pub if_zero: Option<Value>,
}

const IF_ZERO: &str = "if_zero";

impl Kind for Quotient {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Quotient (商)",
        meaning: Text::new(
            "第一个数值除以第二个数值，不取整。",
            "The first value divided by the second, without rounding.",
        ),
        key: Key::required(
            "quotient",
            Shape::List(List::of(&Shape::Value).at_least(2).at_most(2)),
            Text::new("两个数值：被除数与除数；其中的数可为负。", "Two values: what is divided, and by what."),
        ),
        with: &[Key::optional(
            IF_ZERO,
            Shape::Value,
            Text::new("除数为0时的数值。", "What it is where the divisor is 0."),
        )
        .or("除数为0为该对象的错误", "a divisor of 0 is an error of the place")],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        let if_zero = table.optional(IF_ZERO);
        let mut values = table.values(Self::KEY, 2)?.into_iter();
        let (dividend, divisor) = values.next().zip(values.next())?;
        let more = values.len();
        if more > 0 {
            let (node, path) = table.part(Self::KEY);
            let problem = Problem::new(Code::BadRule, catalogue::TWO_VALUES);
            let found = node.map(ToString::to_string).unwrap_or_default();
            table.reader.push(problem.found(found), node.and_then(|node| node.position), &path);
            return None;
        }
        Some(Self { dividend, divisor, if_zero: if_zero.ok()? })
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let dividend = self.dividend.eval(a);
        let divisor = self.divisor.eval(a);
        a.quotient(dividend, divisor, self.if_zero.as_ref())
    }

    fn describe(&self, words: &Words<'_>) -> String {
        let text = [words.bracketed(&self.dividend), words.bracketed(&self.divisor)].join(" ÷ ");
        match &self.if_zero {
            None => text,
            Some(value) => {
                let (before, after) = (words.word("（除数为0时：", " ("), words.word("）", " where the divisor is 0)"));
                [&text, before, &words.value(value), after].concat()
            }
        }
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按比值", "a quotient").to_owned()
    }
}
