//! Whether a rule is small enough to be computed for every place.

use num_bigint::BigInt;
use num_traits::One;
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::fraction::make_common;
use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::policy::read::Reader;
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::Condition;
use crate::policy::rule::rounding::NumberRounding;
use crate::policy::rule::tiers::Tiers;
use crate::policy::{Figure, Ratio, Rule, Value, Yearly};

/// Values and rules in a rule, at most.
const PARTS_LIMIT: usize = 1_000;
/// A quotient counts as so many of them.
const PARTS_OF_QUOTIENT: usize = 10;
/// Bits of the common denominator of a rule's or a pool's fractions, at most.
const DENOMINATOR_BITS: u64 = 1_024;

impl Reader {
    pub(crate) fn check_size(&mut self, rule: &Rule, position: Option<Position>, path: &str) {
        self.measure(|size| rule.eval(size), position, path);
    }

    /// The same of a value that stands for itself.
    pub(crate) fn check_value_size(&mut self, value: &Value, position: Option<Position>, path: &str) {
        self.measure(|size| value.eval(size), position, path);
    }

    /// The same of a figure, which those after it and rules may read.
    pub(crate) fn check_figure_size(&mut self, figure: &Figure, position: Option<Position>, path: &str) {
        let denominator = self.measure(|size| figure.eval(size), position, path);
        self.denominators.push(denominator);
    }

    fn measure(
        &mut self,
        eval: impl FnOnce(&mut Size<'_>) -> Option<BigInt>,
        position: Option<Position>,
        path: &str,
    ) -> Option<BigInt> {
        let mut size = Size { parts: 0, denominators: &self.denominators };
        let denominator = eval(&mut size);
        if size.parts > PARTS_LIMIT {
            let problem = Problem::new(Code::TooLarge, words::RULE_TOO_LARGE).found(size.parts.to_string());
            self.push(problem.expected(words::AT_MOST.with(&[&PARTS_LIMIT])), position, path);
        } else if denominator.is_none() {
            self.no_common_denominator(position, path);
        }
        denominator
    }

    pub(crate) fn no_common_denominator(&mut self, position: Option<Position>, path: &str) {
        let message = words::DENOMINATOR_TOO_LARGE;
        let problem = Problem::new(Code::NumberOutOfRange, message);
        self.push(problem.expected(words::BELOW_POWER.with(&[&DENOMINATOR_BITS])), position, path);
    }
}

/// Measures a rule: its numbers are common denominators, none if too large to compute with.
struct Size<'a> {
    /// The rule, its values, and the rules and values in them.
    parts: usize,
    /// Of the figures that have been read.
    denominators: &'a [Option<BigInt>],
}

impl Size<'_> {
    fn part<T>(&mut self, part: T) -> T {
        self.parts = self.parts.saturating_add(1);
        part
    }
}

impl Algebra for Size<'_> {
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

    fn figure(&mut self, figure: FigureIndex) -> Self::Number {
        // One that comes later in the file is measured by itself.
        let denominator = self.denominators.get(figure.number()).cloned();
        self.part(denominator.unwrap_or_else(|| Some(BigInt::one())))
    }

    fn aggregate(&mut self, _: AggregateIndex) -> Self::Number {
        self.standard()
    }

    fn exact(&mut self, _: LayerIndex) -> Self::Number {
        self.standard()
    }

    fn last_year(&mut self, _: LayerIndex, first: &Value) -> Self::Number {
        let first = first.eval(self);
        self.part(first)
    }

    fn pool(&mut self, _: PoolIndex) -> Self::Number {
        Some(BigInt::one())
    }

    fn left_of(&mut self, _: PoolIndex) -> Self::Number {
        self.standard()
    }

    fn product(&mut self, factors: Vec<Self::Number>) -> Self::Number {
        factors.into_iter().try_fold(BigInt::one(), |product, factor| small(product * factor?))
    }

    fn quotient(&mut self, dividend: Self::Number, divisor: Self::Number, if_zero: Option<&Value>) -> Self::Number {
        // Its denominator is a number of the place, which is not known: it counts as several parts.
        self.parts = self.parts.saturating_add(PARTS_OF_QUOTIENT);
        let mut parts = vec![dividend, divisor];
        parts.extend(if_zero.map(|value| value.eval(self)));
        common_denominator(parts)
    }

    fn tiers(&mut self, of: Self::Number, tiers: &Tiers) -> Self::Number {
        let scales = tiers.tiers.iter().filter_map(|tier| tier.up_to.as_ref());
        let scale = scales.flat_map(|end| end.iter().map(|(_, end)| end.scale())).max().unwrap_or_default();
        let of = common_denominator(vec![of, Some(BigInt::from(10).pow(scale))]);
        let mut slices = Vec::new();
        for tier in &tiers.tiers {
            slices.push(tier.rate.times(self, of.clone()));
        }
        self.part(common_denominator(slices))
    }

    fn rounded(&mut self, number: Self::Number, rounding: &NumberRounding) -> Self::Number {
        number.map(|_| BigInt::from(10).pow(rounding.step.scale()))
    }

    fn made_of(&mut self, parts: Vec<Self::Number>) -> Self::Number {
        self.part(common_denominator(parts))
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
        small(rate? * of?)
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

/// A denominator that can be computed with.
fn small(denominator: BigInt) -> Option<BigInt> {
    Some(denominator).filter(|denominator| denominator.bits() <= DENOMINATOR_BITS)
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
