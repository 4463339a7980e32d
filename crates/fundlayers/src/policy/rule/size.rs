//! Whether a rule is small enough to be computed for every place.

use num_bigint::BigInt;
use num_traits::One;
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::fraction::make_common;
use crate::ground::ids::{AttributeIndex, LayerIndex, PoolIndex};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::policy::read::Reader;
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::Condition;
use crate::policy::rule::kinds::FixedAmount;
use crate::policy::{Ratio, Rule, RuleKind, Value, Yearly};

/// Values and rules in a rule, at most.
const PARTS_LIMIT: usize = 1_000;
/// Bits of the common denominator of a rule's or a pool's fractions, at most.
const DENOMINATOR_BITS: u64 = 1_024;

impl Reader {
    pub(crate) fn check_size(&mut self, rule: &Rule, position: Option<Position>, path: &str) {
        let mut size = Size { parts: 0 };
        let denominator = rule.eval(&mut size);
        if size.parts > PARTS_LIMIT {
            let problem = Problem::new(Code::TooLarge, words::RULE_TOO_LARGE).found(size.parts.to_string());
            self.push(problem.expected(words::AT_MOST.with(&[&PARTS_LIMIT])), position, path);
        } else if denominator.is_none() {
            self.no_common_denominator(position, path);
        }
    }

    /// The same of a value that stands by itself.
    pub(crate) fn check_value_size(&mut self, value: &Value, position: Option<Position>, path: &str) {
        let kind = RuleKind::Amount(FixedAmount(value.clone()));
        let rule = Rule { kind, when: Vec::new(), at_least: None, at_most: None, clause: None, note: None };
        self.check_size(&rule, position, path);
    }

    pub(crate) fn no_common_denominator(&mut self, position: Option<Position>, path: &str) {
        let message = words::DENOMINATOR_TOO_LARGE;
        let problem = Problem::new(Code::NumberOutOfRange, message);
        self.push(problem.expected(words::BELOW_POWER.with(&[&DENOMINATOR_BITS])), position, path);
    }
}

/// Measures a rule: its numbers are common denominators, none if too large to compute with.
struct Size {
    /// The rule, its values, and the rules and values in them.
    parts: usize,
}

impl Size {
    fn part<T>(&mut self, part: T) -> T {
        self.parts = self.parts.saturating_add(1);
        part
    }
}

impl Algebra for Size {
    type Number = Option<BigInt>;

    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number {
        let scale = number.iter().map(|(_, number)| number.scale()).max().unwrap_or_default();
        self.part(Some(BigInt::from(10).pow(scale)))
    }

    fn standard(&mut self) -> Self::Number {
        self.part(Some(BigInt::one()))
    }

    fn attribute(&mut self, _: AttributeIndex) -> Self::Number {
        self.standard()
    }

    fn layer(&mut self, _: LayerIndex) -> Self::Number {
        self.standard()
    }

    fn counted(&mut self, _: &[LayerIndex]) -> Vec<Self::Number> {
        Vec::new()
    }

    fn pool(&mut self, _: PoolIndex) -> Self::Number {
        Some(BigInt::one())
    }

    fn left_of(&mut self, _: PoolIndex) -> Self::Number {
        self.standard()
    }

    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number {
        self.part(common_denominator(terms))
    }

    fn difference(&mut self, first: Self::Number, mut rest: Vec<Self::Number>) -> Self::Number {
        rest.push(first);
        common_denominator(rest)
    }

    fn times(&mut self, rate: &Yearly<Ratio>, of: Self::Number) -> Self::Number {
        let rate = common_denominator(rate.iter().map(|(_, ratio)| Some(ratio.denominator())).collect());
        Some(rate? * of?).filter(|product| product.bits() <= DENOMINATOR_BITS)
    }

    fn extreme(&mut self, _: Extreme, members: Vec<Self::Number>) -> Self::Number {
        common_denominator(members)
    }

    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number {
        number
    }

    fn bounded(
        &mut self,
        amount: Self::Number,
        floor: Option<Self::Number>,
        cap: Option<Self::Number>,
    ) -> Self::Number {
        let mut numbers = vec![amount];
        numbers.extend(floor);
        numbers.extend(cap);
        self.sum(numbers)
    }

    fn only_where(&mut self, _: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number {
        rule(self)
    }

    fn nested(&mut self, rule: Self::Number) -> Self::Number {
        self.part(rule)
    }
}

/// What all of these divide; none if one is too large to compute with, or that is.
pub(crate) fn common_denominator(denominators: Vec<Option<BigInt>>) -> Option<BigInt> {
    let mut common = BigInt::one();
    for next in denominators {
        make_common(&mut common, &next?);
        if common.bits() > DENOMINATOR_BITS {
            return None;
        }
    }
    Some(common)
}
