//! `amount = V`: a value (定额补助). A rule that is only a value is this one.

use crate::policy::grammar::{Key, KindGrammar, Shape, Text};
use crate::policy::rule::Kind;
use crate::policy::rule::algebra::Algebra;
use crate::policy::rule::condition::exclude;
use crate::policy::rule::read::RuleTable;
use crate::policy::rule::words::Words;
use crate::policy::{Class, Condition, Value};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

    fn explain(&self, words: &Words<'_>, class: &Class) -> String {
        match &self.0 {
            Value::Rule(rule) => rule.kind.explain(words, class),
            Value::Sum(terms) if is_by_bands(terms) => words.word("按所属分档安排", "by its band").to_owned(),
            Value::Sum(_) => words.word("按各项之和安排", "a sum").to_owned(),
            _ => words.word("定额安排", "a fixed amount").to_owned(),
        }
    }
}

/// Whether at most one of the terms applies to a place: each is a rule whose conditions exclude those of the others.
fn is_by_bands(terms: &[Value]) -> bool {
    // More are explained as what they are written as, a sum.
    const MOST: usize = 100;
    let conditions = |term: &Value| match term {
        Value::Rule(rule) => rule.when.clone(),
        _ => Vec::new(),
    };
    let of_terms: Vec<Vec<Condition>> = terms.iter().take(MOST).map(conditions).collect();
    let mut pairs = of_terms.iter().enumerate().flat_map(|(at, a)| of_terms.iter().take(at).map(move |b| (a, b)));
    terms.len() > 1 && terms.len() <= MOST && pairs.all(|(a, b)| exclude(a, b))
}
