//! Rules as formulas of a spreadsheet.
//!
//! A spreadsheet computes in binary floats. What is written here never depends on that: every cell is a whole number, an
//! amount in fen, a count or a rate times the common denominator of its rule, and below 10^15 floats hold whole numbers, their
//! sums, products and comparisons exactly. The one thing that divides is mended by its rest. How large each number can become
//! is written beside it as a formula of its own ([`Size`]): where a changed number breaks the bound the workbook says so.
//!
//! What a rule means stands with the rule; this is one more way to read it, as [`program`](crate::engine::program) is.

use hashbrown::HashMap;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

use crate::engine::columns::Columns;
use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::ground::money::RoundingMode;
use crate::policy::kinds::{Bands, Cases, Tiers};
use crate::policy::path::join;
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::{
    Bound, Class, Condition, Factor, Layer, NumberRounding, Origin, Ratio, Sign, Subject, Test, Value, Yearly,
};

pub(crate) mod expression;
pub(crate) mod parameters;
pub(crate) mod plan;

use expression::{Check, Comparison, Expression, Size};
use parameters::Parameters;

/// Numbers are exact below this, half of 10^15: what is doubled must be so too.
pub(crate) const LIMIT: i128 = 500_000_000_000_000;

/// Helper cells of a layer, at most.
const HELPERS_LIMIT: usize = 24;
/// Functions in functions, at most: Excel takes 64, and what chooses the class stands around these.
const DEPTH_LIMIT: usize = 60;
/// Values in a rule, at most.
const PARTS_LIMIT: usize = 400;

/// Why a rule is no formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Pool,
    Limit,
    Aggregate,
    LastYear,
    /// Its numbers may reach 10^15.
    TooLarge,
    /// It would be longer than a cell holds.
    TooLong,
    /// It reads a number that has no cell.
    NoCell,
    /// Its formula does not give what was computed.
    Differs,
}

/// A number on the way: expression × factor ÷ what is below, which is above 0.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    above: Term,
    factor: BigRational,
    below: Option<Term>,
}

/// A whole number and how large it may be.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) expression: Expression,
    pub(crate) size: Size,
}

impl Term {
    fn whole(number: i128) -> Self {
        Self { expression: Expression::Whole(number), size: Size::Whole(number.saturating_abs()) }
    }

    fn times(self, factor: &BigInt) -> Result<Self, Why> {
        let factor = factor.to_i128().ok_or(Why::TooLarge)?;
        let size = Size::product(Size::Whole(factor.saturating_abs()), self.size);
        Ok(Self { expression: self.expression.times(factor).ok_or(Why::TooLarge)?, size })
    }

    fn product(self, other: Self) -> Result<Self, Why> {
        let expression = self.expression.product(other.expression).ok_or(Why::TooLarge)?;
        Ok(Self { expression, size: Size::product(self.size, other.size) })
    }

    fn sum(terms: Vec<Self>) -> Result<Self, Why> {
        let size = Size::sum(terms.iter().map(|term| term.size.clone()).collect());
        let expression = Expression::sum(terms.into_iter().map(|term| term.expression).collect());
        Ok(Self { expression: expression.ok_or(Why::TooLarge)?, size })
    }

    fn extreme(extreme: Extreme, terms: Vec<Self>) -> Self {
        let size = Size::greatest(terms.iter().map(|term| term.size.clone()).collect());
        let mut members: Vec<Expression> = terms.into_iter().map(|term| term.expression).collect();
        let expression = if members.len() == 1 { members.remove(0) } else { Expression::Extreme(extreme, members) };
        Self { expression, size }
    }

    fn when(check: Check, then: Self, otherwise: Self) -> Self {
        let size = Size::greatest(vec![then.size, otherwise.size]);
        Self { expression: Expression::when(check, then.expression, otherwise.expression), size }
    }

    fn or_fail(self, fails: Check) -> Self {
        Self { expression: Expression::when(fails, Expression::Fail, self.expression), size: self.size }
    }
}

impl Number {
    fn whole(term: Term) -> Self {
        Self { above: term, factor: BigRational::one(), below: None }
    }

    fn is_zero(&self) -> bool {
        self.above.expression == Expression::Whole(0)
    }
}

/// A rule as cells: helpers in order, then the amount of one place in fen.
#[derive(Debug, Clone)]
pub(crate) struct Formula {
    pub(crate) helpers: Vec<Expression>,
    pub(crate) each: Expression,
    /// The numbers that have to stay below the limit.
    pub(crate) size: Size,
}

type Made = Result<Number, Why>;

/// Makes the formula of a class.
pub(crate) struct Formulas<'a> {
    columns: &'a Columns<'a>,
    parameters: &'a Parameters,
    /// The decimals of number attributes, by index; none of one that cannot be whole numbers.
    places: &'a [Option<u32>],
    /// None where classes are told apart.
    class: Option<&'a Class>,
    pub(crate) helpers: Vec<Expression>,
    sizes: Vec<Size>,
    figures: HashMap<FigureIndex, Made>,
    parts: usize,
}

impl<'a> Formulas<'a> {
    pub(crate) fn new(
        columns: &'a Columns<'a>,
        parameters: &'a Parameters,
        places: &'a [Option<u32>],
        class: Option<&'a Class>,
    ) -> Self {
        Self {
            columns,
            parameters,
            places,
            class,
            helpers: Vec::new(),
            sizes: Vec::new(),
            figures: HashMap::new(),
            parts: 0,
        }
    }

    /// The cells of a rule in a layer.
    pub(crate) fn formula(mut self, rule: &crate::policy::Rule, layer: &Layer) -> Result<Formula, Why> {
        let number = rule.eval(&mut self)?;
        let step = BigInt::from(layer.rounding.step().fen());
        let fen = BigInt::from(self.columns.policy.unit().fen());
        let steps = self.rounded_steps(number, &BigRational::new(fen, step.clone()), layer.rounding.mode())?;
        let signed = layer.sign == Sign::Any;
        let steps = if signed || self.is_not_negative(&steps.expression) { steps } else { self.hoisted(steps)? };
        let negative = Check::Compare(steps.expression.clone(), Comparison::Less, Expression::Whole(0));
        let known = signed || self.is_not_negative(&steps.expression);
        let each = steps.times(&step)?;
        let each = if known { each } else { each.or_fail(negative) };
        self.sizes.push(each.size);
        let fits = |one: &Expression| one.depth().is_some_and(|depth| depth <= DEPTH_LIMIT);
        if !self.helpers.iter().chain([&each.expression]).all(fits) {
            return Err(Why::TooLong);
        }
        Ok(Formula { helpers: self.helpers, each: each.expression, size: Size::greatest(self.sizes) })
    }

    /// Conditions of a class, and the texts that must not be blank.
    pub(crate) fn class_check(&mut self, conditions: &[Condition]) -> Result<(Vec<Check>, Check), Why> {
        let blanks = blanks(conditions);
        Ok((blanks, self.all(conditions)?))
    }

    pub(crate) fn sizes(self) -> Vec<Size> {
        self.sizes
    }

    fn part(&mut self) -> Result<(), Why> {
        self.parts = self.parts.saturating_add(1);
        if self.parts > PARTS_LIMIT { Err(Why::TooLong) } else { Ok(()) }
    }

    /// Puts what is read more than once in a cell of its own.
    fn hoisted(&mut self, term: Term) -> Result<Term, Why> {
        if term.expression.is_leaf() {
            return Ok(term);
        }
        let known = self.helpers.iter().position(|helper| *helper == term.expression);
        let helper = known.unwrap_or(self.helpers.len());
        if known.is_none() {
            if helper >= HELPERS_LIMIT {
                return Err(Why::TooLong);
            }
            self.helpers.push(term.expression);
        }
        Ok(Term { expression: Expression::Helper(helper), size: term.size })
    }

    fn hoisted_number(&mut self, number: Number) -> Made {
        let below = match number.below {
            Some(below) => Some(self.hoisted(below)?),
            None => None,
        };
        Ok(Number { above: self.hoisted(number.above)?, factor: number.factor, below })
    }

    /// Whether a number is surely not below 0.
    fn is_not_negative(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Whole(number) => *number >= 0,
            Expression::Parameter(parameter) => self.parameters.is_not_negative(*parameter),
            Expression::Layer(layer) => {
                self.columns.policy.layer(*layer).is_some_and(|layer| layer.sign == Sign::NotNegative)
            }
            Expression::Year | Expression::Absolute(_) | Expression::Fail => true,
            Expression::Helper(helper) => self.helpers.get(*helper).is_some_and(|helper| self.is_not_negative(helper)),
            Expression::Sum(terms) | Expression::Extreme(Extreme::Least, terms) => {
                terms.iter().all(|term| self.is_not_negative(term))
            }
            Expression::Extreme(Extreme::Greatest, terms) => terms.iter().any(|term| self.is_not_negative(term)),
            Expression::Times(factor, of) => *factor >= 0 && self.is_not_negative(of),
            Expression::Product(a, b) | Expression::Floor(a, b) | Expression::If(_, a, b) => {
                self.is_not_negative(a) && self.is_not_negative(b)
            }
            Expression::Attribute(_) => false,
        }
    }

    /// The one of several numbers whose check holds first; the rest does not matter.
    fn chosen(&mut self, choices: Vec<(Check, Number)>, otherwise: Option<Number>) -> Made {
        let all: Vec<Number> = choices.iter().map(|(_, number)| number.clone()).chain(otherwise.clone()).collect();
        let factor = common_factor(&all);
        let over = all.iter().any(|number| number.below.is_some());
        let one = || Term::whole(1);
        let fail = Term { expression: Expression::Fail, size: Size::Whole(0) };
        let (mut above, mut below) = match otherwise {
            None => (fail, one()),
            Some(number) => (coefficient(number.above, &number.factor, &factor)?, number.below.unwrap_or_else(one)),
        };
        for (check, number) in choices.into_iter().rev() {
            above = Term::when(check.clone(), coefficient(number.above, &number.factor, &factor)?, above);
            below = Term::when(check, number.below.unwrap_or_else(one), below);
        }
        let below = if over { Some(self.hoisted(below)?) } else { None };
        Ok(Number { above, factor, below })
    }

    /// How two numbers compare.
    fn compared(&mut self, a: Number, comparison: Comparison, b: Number) -> Result<Check, Why> {
        let (terms, ..) = together(vec![a, b])?;
        let mut terms = terms.into_iter();
        let (a, b) = terms.next().zip(terms.next()).ok_or(Why::NoCell)?;
        self.sizes.extend([a.size, b.size]);
        Ok(Check::Compare(a.expression, comparison, b.expression))
    }

    /// The whole number that a number times a factor rounds to.
    fn rounded_steps(&mut self, number: Number, factor: &BigRational, mode: RoundingMode) -> Result<Term, Why> {
        let factor = number.factor * factor;
        let above = number.above.times(factor.numer())?;
        let divisor = factor.denom();
        let below = match number.below {
            Some(below) => below.times(divisor)?,
            None => Term::whole(divisor.to_i128().ok_or(Why::TooLarge)?),
        };
        if below.expression == Expression::Whole(1) {
            return Ok(above);
        }
        let above = self.hoisted(above)?;
        let below = self.hoisted(below)?;
        self.sizes.extend([above.size.clone(), below.size.clone()]);
        let by = if let Expression::Whole(by) = below.expression { by } else { 1 };
        let size = Size::Divided(Box::new(above.size), by);
        let (number, below) = (above.expression, below.expression);
        let signed = !self.is_not_negative(&number);
        let magnitude = if signed { Expression::Absolute(Box::new(number.clone())) } else { number.clone() };
        let mended = (|| {
            let floor = Expression::Floor(Box::new(magnitude.clone()), Box::new(below.clone()));
            let rest_of = |whole: Expression| magnitude.clone().minus(whole.product(below.clone())?);
            let is = |a: Expression, comparison, b: Expression| Check::Compare(a, comparison, b);
            let one = |check, otherwise| Expression::when(check, Expression::Whole(1), otherwise);
            // One less or more where the division was one off.
            let rest = rest_of(floor.clone())?;
            let too_little = one(is(rest.clone(), Comparison::AtLeast, below.clone()), Expression::Whole(0));
            let too_much = is(rest, Comparison::Less, Expression::Whole(0));
            Expression::sum(vec![floor, Expression::when(too_much, Expression::Whole(-1), too_little)])
        })();
        let mended = mended.ok_or(Why::TooLarge)?;
        let whole = self.hoisted(Term { expression: mended, size: size.clone() })?.expression;
        let made = (|| {
            let rest = magnitude.minus(whole.clone().product(below.clone())?)?;
            let twice = rest.clone().times(2)?;
            let zero = || Expression::Whole(0);
            let one = |check, otherwise| Expression::when(check, Expression::Whole(1), otherwise);
            let up = match mode {
                RoundingMode::Down => zero(),
                RoundingMode::Up => one(Check::Compare(rest, Comparison::Greater, zero()), zero()),
                RoundingMode::HalfUp => one(Check::Compare(twice, Comparison::AtLeast, below), zero()),
                RoundingMode::HalfEven => {
                    let half = Expression::Floor(Box::new(whole.clone()), Box::new(Expression::Whole(2)));
                    let parity = whole.clone().minus(half.times(2)?)?;
                    let even = Check::Compare(parity, Comparison::Equal, zero());
                    let tie = Check::Compare(twice.clone(), Comparison::Equal, below.clone());
                    let odd_tie = Check::all(vec![tie, even.not()]);
                    one(Check::Compare(twice, Comparison::Greater, below), one(odd_tie, zero()))
                }
            };
            let rounded = Expression::sum(vec![whole, up])?;
            if !signed {
                return Some(rounded);
            }
            let negative = Check::Compare(number, Comparison::Less, zero());
            Some(Expression::when(negative, rounded.clone().times(-1)?, rounded))
        })();
        Ok(Term { expression: made.ok_or(Why::TooLarge)?, size })
    }

    fn all(&mut self, conditions: &[Condition]) -> Result<Check, Why> {
        let mut all = Vec::new();
        for condition in conditions {
            all.push(self.check(condition));
        }
        Ok(Check::all(all.into_iter().collect::<Result<_, _>>()?))
    }

    fn check(&mut self, condition: &Condition) -> Result<Check, Why> {
        self.part()?;
        let subject = condition.subject;
        Ok(match &condition.test {
            Test::Any(lists) => {
                let mut any = Vec::new();
                for list in lists {
                    any.push(self.all(list));
                }
                Check::any(any.into_iter().collect::<Result<_, _>>()?)
            }
            Test::Not(list) => self.all(list)?.not(),
            Test::Texts(texts) if matches!(subject, Subject::Class | Subject::Payer(_)) => {
                let own = self.own_text(subject)?;
                Check::Always(texts.iter().any(|text| text == own))
            }
            Test::Texts(texts) if texts.iter().any(|text| is_long(text)) => return Err(Why::TooLong),
            Test::Texts(texts) => Check::any(texts.iter().map(|text| Check::Text(subject, text.clone())).collect()),
            Test::Flags(flags) => {
                let Subject::Attribute(attribute) = subject else { return Err(Why::NoCell) };
                let flag = |flag: &bool| if *flag { Check::Flag(attribute) } else { Check::Flag(attribute).not() };
                if flags.contains(&true) && flags.contains(&false) {
                    Check::Always(true)
                } else {
                    Check::any(flags.iter().map(flag).collect())
                }
            }
            Test::Numbers(numbers) => {
                let path = condition.origin.path().cloned().unwrap_or_default();
                let mut any = Vec::new();
                for (at, number) in numbers.iter().enumerate() {
                    let own = if numbers.len() == 1 { path.to_string() } else { join(&path, &at.to_string()) };
                    let limit = self.threshold(&own, *number)?;
                    let number = self.number_of(subject)?;
                    any.push(self.compared(number, Comparison::Equal, limit)?);
                }
                Check::any(any)
            }
            Test::Bounds(bounds) => {
                let path = condition.origin.path().cloned().unwrap_or_default();
                let mut all = Vec::new();
                for (bound, limit) in bounds {
                    let limit = self.threshold(&join(&path, bound.as_str()), *limit)?;
                    let number = self.number_of(subject)?;
                    all.push(self.compared(number, comparison(*bound), limit)?);
                }
                Check::all(all)
            }
            Test::Values(values) => {
                let values = Value::eval_all(values, self);
                let number = self.number_of(subject)?;
                let mut any = Vec::new();
                for value in values {
                    any.push(self.compared(number.clone(), Comparison::Equal, value?)?);
                }
                Check::any(any)
            }
            Test::Within(bounds) => {
                let mut limits = Vec::new();
                for (bound, value) in bounds {
                    limits.push((*bound, value.eval(self)));
                }
                let number = self.number_of(subject)?;
                let mut all = Vec::new();
                for (bound, limit) in limits {
                    all.push(self.compared(number.clone(), comparison(bound), limit?)?);
                }
                Check::all(all)
            }
        })
    }

    /// A text that is the same for all places of the class.
    fn own_text(&self, subject: Subject) -> Result<&'a str, Why> {
        match subject {
            Subject::Class => self.class.map(|class| class.id.as_str()),
            Subject::Payer(body) => self.columns.policy.payer(body).map(|body| body.id.as_str()),
            _ => None,
        }
        .ok_or(Why::NoCell)
    }

    fn threshold(&mut self, path: &str, number: Decimal) -> Made {
        let parameter = self.parameters.threshold(&Origin::new(path), number).ok_or(Why::NoCell)?;
        Ok(self.parameter(parameter))
    }

    fn number_of(&mut self, subject: Subject) -> Made {
        match subject {
            Subject::Attribute(attribute) => self.attribute(attribute),
            Subject::Figure(figure) => self.figure(figure),
            Subject::Layer(layer) => self.layer(layer),
            Subject::Year => Ok(Number::whole(Term { expression: Expression::Year, size: Size::Whole(9_999) })),
            _ => Err(Why::NoCell),
        }
    }

    fn parameter(&self, parameter: usize) -> Number {
        let above = Term { expression: Expression::Parameter(parameter), size: Size::Parameter(parameter) };
        let factor = BigRational::new(BigInt::one(), self.parameters.scale(parameter).into());
        Number { above, factor, below: None }
    }
}

impl Algebra for Formulas<'_> {
    type Number = Made;

    fn number(&mut self, number: &Yearly<Decimal>) -> Made {
        self.part()?;
        let parameter = self.parameters.number(number).ok_or(Why::NoCell)?;
        Ok(self.parameter(parameter))
    }

    fn standard(&mut self) -> Made {
        let standard = self.class.and_then(|class| class.standard.as_ref()).ok_or(Why::NoCell)?;
        let number = standard.eval(self)?;
        self.hoisted_number(number)
    }

    fn attribute(&mut self, attribute: AttributeIndex) -> Made {
        self.part()?;
        let places = self.places.get(attribute.number()).copied().flatten().ok_or(Why::NoCell)?;
        let factor = self.columns.factor(attribute) / BigInt::from(10).pow(places);
        let above = Term { expression: Expression::Attribute(attribute), size: Size::Attribute(attribute) };
        Ok(Number { above, factor, below: None })
    }

    fn layer(&mut self, layer: LayerIndex) -> Made {
        if self.class.is_some_and(|class| !class.funds(layer)) {
            return Ok(Number::whole(Term::whole(0)));
        }
        let above = Term { expression: Expression::Layer(layer), size: Size::Layer(layer) };
        let factor = BigRational::new(BigInt::one(), self.columns.policy.unit().fen().into());
        Ok(Number { above, factor, below: None })
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<Made> {
        let class = self.class;
        let funded = |layer: &&LayerIndex| class.is_none_or(|class| class.funds(**layer));
        layers.iter().filter(funded).map(|layer| self.layer(*layer)).collect()
    }

    fn figure(&mut self, figure: FigureIndex) -> Made {
        if let Some(known) = self.figures.get(&figure) {
            return known.clone();
        }
        self.part()?;
        let data = self.columns.policy.figure(figure).ok_or(Why::NoCell)?;
        let number = data.eval(self).and_then(|number| self.hoisted_number(number));
        self.figures.insert(figure, number.clone());
        number
    }

    fn aggregate(&mut self, aggregate: AggregateIndex) -> Made {
        self.part()?;
        // Its numbers have cells too, which tell that what rests on them is not computed again.
        if let Some(data) = self.columns.policy.aggregate(aggregate) {
            let mut own = Self::new(self.columns, self.parameters, self.places, None);
            if let Some(of) = &data.of {
                _ = of.eval(&mut own);
            }
            _ = own.all(&data.conditions);
        }
        Err(Why::Aggregate)
    }

    fn exact(&mut self, layer: LayerIndex) -> Made {
        self.part()?;
        match self.class.ok_or(Why::NoCell)?.funding.get(layer.number()).and_then(Option::as_ref) {
            None => Ok(Number::whole(Term::whole(0))),
            Some(rule) => rule.eval_exact(self),
        }
    }

    fn last_year(&mut self, _: LayerIndex, first: &Value) -> Made {
        _ = first.eval(self);
        Err(Why::LastYear)
    }

    fn pool(&mut self, _: PoolIndex) -> Made {
        Err(Why::Pool)
    }

    fn left_of(&mut self, _: PoolIndex) -> Made {
        Err(Why::Pool)
    }

    fn sum(&mut self, terms: Vec<Made>) -> Made {
        let terms = terms.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (terms, factor, below) = together(terms)?;
        Ok(Number { above: Term::sum(terms)?, factor, below })
    }

    fn difference(&mut self, first: Made, rest: Vec<Made>) -> Made {
        let minus = |number: Made| {
            let number = number?;
            Ok(Number { above: number.above.times(&-BigInt::one())?, ..number })
        };
        let terms = std::iter::once(first).chain(rest.into_iter().map(minus)).collect();
        self.sum(terms)
    }

    fn times(&mut self, rate: &Yearly<Ratio>, of: Made) -> Made {
        let rate = self.parameters.ratio(rate).ok_or(Why::NoCell).map(|rate| self.parameter(rate));
        self.product(vec![rate, of])
    }

    fn product(&mut self, factors: Vec<Made>) -> Made {
        let factors = factors.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut product = Number::whole(Term::whole(1));
        for factor in factors {
            let below = match (product.below, factor.below) {
                (Some(a), Some(b)) => Some(a.product(b)?),
                (a, b) => a.or(b),
            };
            let above = product.above.product(factor.above)?;
            product = Number { above, factor: product.factor * factor.factor, below };
        }
        Ok(product)
    }

    fn quotient(&mut self, dividend: Made, divisor: Made, if_zero: Option<&Value>) -> Made {
        let if_zero = if_zero.map(|value| value.eval(self)).transpose();
        let (dividend, divisor, if_zero) = (dividend?, divisor?, if_zero?);
        // The dividend is worked out whatever the divisor is.
        let dividend = self.hoisted_number(dividend)?;
        let divisor = self.hoisted_number(divisor)?;
        let below = divisor.above;
        self.sizes.push(below.size.clone());
        let compare = |comparison| Check::Compare(below.expression.clone(), comparison, Expression::Whole(0));
        let above = match divisor.below {
            None => dividend.above,
            Some(term) => dividend.above.product(term)?,
        };
        let above = if self.is_not_negative(&below.expression) {
            above
        } else {
            Term::when(compare(Comparison::Less), above.clone().times(&-BigInt::one())?, above)
        };
        let magnitude = if self.is_not_negative(&below.expression) {
            below.expression.clone()
        } else {
            Expression::Absolute(Box::new(below.expression.clone()))
        };
        let zero = compare(Comparison::Equal);
        let divided = Number { above, factor: dividend.factor / divisor.factor, below: None };
        let (factor, above) = match if_zero {
            None => (divided.factor, divided.above.or_fail(zero.clone())),
            Some(Number { below: Some(_), .. }) => return Err(Why::TooLarge),
            Some(number) => {
                let factor = common_factor(&[number.clone(), divided.clone()]);
                let mut instead = coefficient(number.above, &number.factor, &factor)?;
                if let Some(below) = &dividend.below {
                    instead = instead.product(below.clone())?;
                }
                let divided = coefficient(divided.above, &divided.factor, &factor)?;
                (factor, Term::when(zero.clone(), instead, divided))
            }
        };
        let size = Size::greatest(vec![below.size, Size::Whole(1)]);
        let mut below = Term { expression: Expression::when(zero, Expression::Whole(1), magnitude), size };
        if let Some(other) = dividend.below {
            below = below.product(other)?;
        }
        Ok(Number { above, factor, below: Some(self.hoisted(below)?) })
    }

    fn bands(&mut self, of: Made, bands: &Bands) -> Made {
        let mut gives = Vec::new();
        let mut limits = Vec::new();
        for band in &bands.bands {
            if let Some((bound, limit)) = &band.bound {
                limits.push((*bound, self.number(limit)));
            }
            gives.push(band.give.eval(self));
        }
        let of = of?;
        let of = self.hoisted_number(of)?;
        let mut choices = Vec::new();
        let mut falls = Vec::new();
        let mut before: Option<(Bound, Number)> = None;
        let mut gives = gives.into_iter();
        for (bound, limit) in limits {
            let limit = limit?;
            // Bounds that do not rise are refused.
            if let Some((kind, last)) = before {
                let (last_below, below) = (kind == Bound::Below, bound == Bound::Below);
                let refused = if last_below && !below { Comparison::Less } else { Comparison::AtMost };
                falls.push(self.compared(limit.clone(), refused, last)?);
            }
            let check = self.compared(of.clone(), comparison(bound), limit.clone())?;
            choices.push((check, gives.next().ok_or(Why::NoCell)??));
            before = Some((bound, limit));
        }
        let otherwise = gives.next().transpose()?;
        let number = self.chosen(choices, otherwise)?;
        Ok(Number { above: number.above.or_fail(Check::any(falls)), ..number })
    }

    fn tiers(&mut self, of: Made, tiers: &Tiers) -> Made {
        let mut ends = Vec::new();
        let mut rates = Vec::new();
        for tier in &tiers.tiers {
            ends.push(tier.up_to.as_ref().map(|end| self.number(end)));
            rates.push(match &tier.rate {
                Factor::Ratio(ratio) => {
                    (true, self.parameters.ratio(ratio).ok_or(Why::NoCell).map(|rate| self.parameter(rate)))
                }
                Factor::Value(value) => (false, value.eval(self)),
            });
        }
        let of = of?;
        let of = self.hoisted_number(of)?;
        let mut from = Number::whole(Term::whole(0));
        let mut slices = Vec::new();
        let mut fails = Vec::new();
        for (end, (is_number, rate)) in ends.into_iter().zip(rates) {
            let end = end.transpose()?;
            let to = match &end {
                Some(end) => {
                    fails.push(self.compared(end.clone(), Comparison::AtMost, from.clone())?);
                    self.extreme(Extreme::Least, vec![Ok(of.clone()), Ok(end.clone())])
                }
                None => Ok(of.clone()),
            };
            let slice = self.difference(to, vec![Ok(from.clone())]);
            let slice = self.not_below_zero(slice)?;
            if is_number {
                slices.push(self.product(vec![rate, Ok(slice)]));
            } else {
                // A rate of a slice that is not reached is not read.
                let slice = self.hoisted_number(slice)?;
                let zero = Expression::Whole(0);
                let reached = Check::Compare(slice.above.expression.clone(), Comparison::Greater, zero);
                let product = self.product(vec![rate, Ok(slice)])?;
                slices.push(self.chosen(vec![(reached, product)], Some(Number::whole(Term::whole(0)))));
            }
            match end {
                Some(end) => from = end,
                None => return self.sum(slices).map(|sum| failing(sum, fails)),
            }
        }
        fails.push(self.compared(of, Comparison::Greater, from)?);
        self.sum(slices).map(|sum| failing(sum, fails))
    }

    fn cases(&mut self, cases: &Cases) -> Made {
        let mut gives = Vec::new();
        for value in cases.values() {
            gives.push(value.eval(self));
        }
        if matches!(cases.of, Subject::Class | Subject::Payer(_)) {
            let own = self.own_text(cases.of)?;
            let at = cases.cases.iter().position(|(case, _)| case == own).unwrap_or(cases.cases.len());
            return gives.into_iter().nth(at).unwrap_or(Err(Why::NoCell));
        }
        if cases.cases.iter().any(|(case, _)| is_long(case)) {
            return Err(Why::TooLong);
        }
        let mut gives = gives.into_iter();
        let mut choices = Vec::new();
        for (case, _) in &cases.cases {
            choices.push((Check::Text(cases.of, case.clone()), gives.next().ok_or(Why::NoCell)??));
        }
        let otherwise = gives.next().transpose()?;
        let number = self.chosen(choices, otherwise)?;
        let blank = if matches!(cases.of, Subject::Attribute(_)) { vec![Check::Blank(cases.of)] } else { Vec::new() };
        Ok(failing(number, blank))
    }

    fn rounded(&mut self, number: Made, rounding: &NumberRounding) -> Made {
        let step = crate::ground::fraction::rational(rounding.step);
        let above = self.rounded_steps(number?, &step.recip(), rounding.mode)?;
        Ok(Number { above, factor: step, below: None })
    }

    fn made_of(&mut self, _: Vec<Made>) -> Made {
        Err(Why::NoCell)
    }

    fn extreme(&mut self, extreme: Extreme, members: Vec<Made>) -> Made {
        let members = members.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (terms, factor, below) = together(members)?;
        self.sizes.extend(terms.iter().map(|term| term.size.clone()));
        Ok(Number { above: Term::extreme(extreme, terms), factor, below })
    }

    fn not_below_zero(&mut self, number: Made) -> Made {
        let number = number?;
        self.sizes.push(number.above.size.clone());
        Ok(Number { above: Term::extreme(Extreme::Greatest, vec![Term::whole(0), number.above]), ..number })
    }

    fn bounded(&mut self, amount: Made, floor: Option<Made>, cap: Option<Made>) -> Made {
        let (has_floor, has_cap) = (floor.is_some(), cap.is_some());
        let numbers = [Some(amount), floor, cap].into_iter().flatten().collect::<Result<Vec<_>, _>>()?;
        if !has_floor && !has_cap {
            return numbers.into_iter().next().ok_or(Why::NoCell);
        }
        let (terms, factor, below) = together(numbers)?;
        self.sizes.extend(terms.iter().map(|term| term.size.clone()));
        let mut terms = terms.into_iter();
        let amount = terms.next().ok_or(Why::NoCell)?;
        let floor = if has_floor { terms.next() } else { None };
        let cap = if has_cap { terms.next() } else { None };
        let mut refused = Vec::new();
        let (floor, cap) = match (floor, cap) {
            (Some(floor), Some(cap)) => {
                let (floor, cap) = (self.hoisted(floor)?, self.hoisted(cap)?);
                let (low, high) = (floor.expression.clone(), cap.expression.clone());
                refused.push(Check::Compare(low, Comparison::Greater, high));
                (Some(floor), Some(cap))
            }
            sides => sides,
        };
        let mut above = amount;
        for (extreme, side) in [(Extreme::Greatest, floor), (Extreme::Least, cap)] {
            if let Some(side) = side {
                above = Term::extreme(extreme, vec![above, side]);
            }
        }
        Ok(failing(Number { above, factor, below }, refused))
    }

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Made) -> Made {
        if conditions.is_empty() {
            return rule(self);
        }
        let check = self.all(conditions);
        let number = rule(self);
        let (check, number) = (check?, number?);
        let number = self.chosen(vec![(check, number)], Some(Number::whole(Term::whole(0))))?;
        Ok(failing(number, blanks(conditions)))
    }
}

/// Whether a text is longer than one that stands in a formula may be.
fn is_long(text: &str) -> bool {
    const MOST: usize = 250;
    text.chars().count() > MOST
}

/// A number that is none where one of the checks holds.
fn failing(number: Number, checks: Vec<Check>) -> Number {
    Number { above: number.above.or_fail(Check::any(checks)), ..number }
}

const fn comparison(bound: Bound) -> Comparison {
    match bound {
        Bound::AtLeast => Comparison::AtLeast,
        Bound::Above => Comparison::Greater,
        Bound::AtMost => Comparison::AtMost,
        Bound::Below => Comparison::Less,
    }
}

/// Several numbers over a common factor and what is below the line.
fn together(numbers: Vec<Number>) -> Result<(Vec<Term>, BigRational, Option<Term>), Why> {
    let mut different: Vec<Term> = Vec::new();
    for below in numbers.iter().filter_map(|number| number.below.as_ref()) {
        if !different.iter().any(|known| known.expression == below.expression) {
            different.push(below.clone());
        }
    }
    // Products of many would not fit.
    if different.len() > 2 {
        return Err(Why::TooLarge);
    }
    let factor = common_factor(&numbers);
    let mut terms = Vec::new();
    for number in numbers {
        let own = number.below.map(|below| below.expression);
        let mut term = coefficient(number.above, &number.factor, &factor)?;
        for other in different.iter().filter(|other| Some(&other.expression) != own.as_ref()) {
            term = term.product(other.clone())?;
        }
        terms.push(term);
    }
    let mut below = None;
    for term in different {
        below = Some(match below {
            None => term,
            Some(other) => term.product(other)?,
        });
    }
    Ok((terms, factor, below))
}

/// The largest factor of which all factors are whole multiples.
fn common_factor(numbers: &[Number]) -> BigRational {
    let (mut above, mut below) = (BigInt::zero(), BigInt::one());
    for number in numbers.iter().filter(|number| !number.is_zero()) {
        above = above.gcd(number.factor.numer());
        below = below.lcm(number.factor.denom());
    }
    if above.is_zero() { BigRational::one() } else { BigRational::new(above, below) }
}

/// A term of one factor as one of another of which it is a whole multiple.
fn coefficient(term: Term, own: &BigRational, factor: &BigRational) -> Result<Term, Why> {
    if term.expression == Expression::Whole(0) {
        return Ok(term);
    }
    let times = own / factor;
    debug_assert!(times.is_integer() && times.is_positive(), "not a whole multiple");
    term.times(times.numer())
}

/// The texts that conditions look at and that must not be blank.
fn blanks(conditions: &[Condition]) -> Vec<Check> {
    let mut found = Vec::new();
    collect_blanks(conditions, &mut found);
    found
}

fn collect_blanks(conditions: &[Condition], found: &mut Vec<Check>) {
    for condition in conditions {
        match (&condition.test, condition.subject) {
            (Test::Texts(_), Subject::Attribute(_)) => {
                let blank = Check::Blank(condition.subject);
                if !found.contains(&blank) {
                    found.push(blank);
                }
            }
            (Test::Any(lists), _) => lists.iter().for_each(|list| collect_blanks(list, found)),
            (Test::Not(list), _) => collect_blanks(list, found),
            _ => {}
        }
    }
}
