//! What the meaning of rules is written in: each rule says once, over any [`Algebra`], how its amount comes about, and
//! each way to compute, explain or measure it is an algebra of its own.

use rust_decimal::Decimal;

use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::policy::kinds::{Bands, Cases, Tiers};
use crate::policy::rule::condition::Condition;
use crate::policy::rule::rounding::NumberRounding;
use crate::policy::{Ratio, Value, Yearly};

/// Numbers of one kind, and what rules do with them. All of a list's members are made before they are put together, so
/// that every one that cannot be had is known.
pub(crate) trait Algebra: Sized {
    /// What a value or a rule comes to; it may say that there is nothing.
    type Number;

    /// A number in the policy's unit, or a plain one.
    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number;

    /// The standard of the class.
    fn standard(&mut self) -> Self::Number;

    /// An attribute of the place.
    fn attribute(&mut self, attribute: AttributeIndex) -> Self::Number;

    /// What an earlier layer gives.
    fn layer(&mut self, layer: LayerIndex) -> Self::Number;

    /// What a top-up counts of earlier layers; those that give nothing may be left out.
    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<Self::Number>;

    /// A figure of the place.
    fn figure(&mut self, figure: FigureIndex) -> Self::Number;

    /// A figure of many places.
    fn aggregate(&mut self, aggregate: AggregateIndex) -> Self::Number;

    /// What an earlier layer gives before its rounding.
    fn exact(&mut self, layer: LayerIndex) -> Self::Number;

    /// What a layer gave the year before, or `first`.
    fn last_year(&mut self, layer: LayerIndex, first: &Value) -> Self::Number;

    /// The place's part of a pool.
    fn pool(&mut self, pool: PoolIndex) -> Self::Number;

    /// What another pool leaves undistributed.
    fn left_of(&mut self, pool: PoolIndex) -> Self::Number;

    /// The sum of a list.
    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number;

    /// The first less the rest; the first as it is where there is no rest.
    fn difference(&mut self, first: Self::Number, rest: Vec<Self::Number>) -> Self::Number;

    /// A rate of something.
    fn times(&mut self, rate: &Yearly<Ratio>, of: Self::Number) -> Self::Number;

    /// The product of one or more.
    fn product(&mut self, factors: Vec<Self::Number>) -> Self::Number {
        self.made_of(factors)
    }

    /// The first ÷ the second, or `if_zero`.
    fn quotient(&mut self, dividend: Self::Number, divisor: Self::Number, if_zero: Option<&Value>) -> Self::Number {
        let mut parts = vec![dividend, divisor];
        parts.extend(if_zero.map(|value| value.eval(self)));
        self.made_of(parts)
    }

    /// What the band of a number gives.
    fn bands(&mut self, of: Self::Number, bands: &Bands) -> Self::Number {
        let mut parts = vec![of];
        for band in &bands.bands {
            parts.push(band.give.eval(self));
        }
        self.made_of(parts)
    }

    /// Each rate on its slice of a number.
    fn tiers(&mut self, of: Self::Number, tiers: &Tiers) -> Self::Number;

    /// What the text of the place gives.
    fn cases(&mut self, cases: &Cases) -> Self::Number {
        let mut parts = Vec::new();
        for value in cases.values() {
            parts.push(value.eval(self));
        }
        self.made_of(parts)
    }

    /// A number, rounded there and then.
    fn rounded(&mut self, number: Self::Number, rounding: &NumberRounding) -> Self::Number;

    /// A number of which it does not matter how it comes of its parts, where an algebra asks no more: of one that computes
    /// every way to put parts together is its own.
    fn made_of(&mut self, parts: Vec<Self::Number>) -> Self::Number;

    /// The least or the greatest of one or more.
    fn extreme(&mut self, extreme: Extreme, members: Vec<Self::Number>) -> Self::Number;

    /// 0 in place of what is below.
    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number;

    /// Raised to a floor, then cut to a cap. Each rule comes by here once.
    fn bounded(&mut self, amount: Self::Number, floor: Option<Self::Number>, cap: Option<Self::Number>)
    -> Self::Number;

    /// What a rule gives where all conditions hold, else 0.
    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number;

    /// A rule in the place of a value.
    fn nested(&mut self, rule: Self::Number) -> Self::Number {
        rule
    }
}

/// Which of several numbers is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extreme {
    Least,
    Greatest,
}

impl Extreme {
    /// The one of two.
    pub(crate) fn of<T: Ord>(self, a: T, b: T) -> T {
        match self {
            Self::Least => a.min(b),
            Self::Greatest => a.max(b),
        }
    }

    /// The one that is meant once all signs are turned around.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Least => Self::Greatest,
            Self::Greatest => Self::Least,
        }
    }

    /// The word in arithmetic.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Least => "min",
            Self::Greatest => "max",
        }
    }
}
