//! `product = [V, …]`: the product of several values (乘积).

use crate::policy::grammar::{Key, KindGrammar, List, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Value};

/// The product of several values; one or more. At most one of them is money.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Product(pub Vec<Value>);

impl Kind for Product {
    const GRAMMAR: KindGrammar = KindGrammar {
        title: "Product (乘积)",
        meaning: Text::new("各数值的乘积。", "The product of the values."),
        key: Key::required(
            "product",
            Shape::List(List::of(&Shape::Value).at_least(1)),
            Text::new(
                "至少一个数值，其中至多一个为金额；其中的数可为负。",
                "The values, at least one, at most one of them money; numbers among them may be negative.",
            ),
        ),
        with: &[],
    };

    fn read(table: &mut RuleTable<'_, '_>) -> Option<Self> {
        table.values(Self::KEY, 1).map(Self)
    }

    fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let factors = Value::eval_all(&self.0, a);
        a.product(factors)
    }

    fn describe(&self, words: &Words<'_>) -> String {
        self.0.iter().map(|factor| words.bracketed(factor)).collect::<Vec<_>>().join(" × ")
    }

    fn explain(&self, words: &Words<'_>, _: &Class) -> String {
        words.word("按各因素之积", "a product").to_owned()
    }
}
