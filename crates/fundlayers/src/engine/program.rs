//! Rules over whole columns.
//!
//! A rule is sums and products of attributes, layers and constants, the least and greatest of such, floors, caps, bands, tiers,
//! cases, conditions. So it becomes a short program over whole numbers: each coefficient is brought to one common denominator
//! when the rule is compiled, rows are added, multiplied, compared and cut as integers, and what divides is the one rounding at
//! the end. A quotient is two such programs, above and below the line. Interval arithmetic over the ranges of the columns
//! proves that 64 or 128 bits suffice; where they do not, or a row has a blank or a fault, the exact way of
//! [`exact`](crate::engine::exact) takes over.

use std::sync::Arc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

use crate::engine::aggregates::Groups;
use crate::engine::columns::{Blank, Checks, Columns, Mantissas};
use crate::engine::rows::Rows;
use crate::engine::world::Gathered;
use crate::ground::fraction::{Fraction, make_common, multiplied, rational, rational_times};
use crate::ground::ids::At as _;
use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex, index};
use crate::ground::money::RoundingMode;
use crate::ground::sure::Sure;
use crate::math::divide::Divisor;
use crate::policy::kinds::{Bands, Cases, Tiers};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::{
    Bound, Class, Condition, Factor, Function, Layer, NumberRounding, Ratio, Sign, Subject, Test, Value, Yearly,
};

/// How a layer before this one stands for a class in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// The same for every place.
    Uniform(i64),
    /// By the place, in one of the allocation's columns.
    Dense(usize),
    /// Unknown, for a reason already said.
    Failed,
}

/// How a layer of the year before stands for a class.
pub(crate) enum LastYear {
    /// There is no year before.
    None,
    /// So for all its places.
    Cell(Cell),
    /// Only place by place.
    Unknown,
}

/// A rule with its constants worked out, in fen times the common factor of its tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Number(BigRational),
    /// Coefficient of the column's mantissas.
    Attribute(AttributeIndex, BigRational),
    /// Coefficient of a column of fen.
    Layer(usize, BigRational),
    /// A number by the group of the row; none of a group that has none.
    Group(Arc<[u32]>, Vec<Option<BigRational>>),
    Several(Fold, Vec<Self>),
    /// The product of two.
    Product(Box<Self>, Box<Self>),
    /// Raised to a floor, then cut to a cap; turned around if the factor is below zero.
    Clamp {
        tree: Box<Self>,
        floor: Option<Box<Self>>,
        cap: Option<Box<Self>>,
        turned: bool,
    },
    /// The tree where the guards hold, else 0.
    When {
        guards: Vec<Guard>,
        tree: Box<Self>,
    },
    /// What the band gives that a number falls into: one more than there are bounds, if the last is the rest.
    Bands {
        of: Box<Self>,
        bounds: Vec<(Bound, BigRational)>,
        gives: Vec<Self>,
    },
    /// Constant rates on slices of a number, by where they end; without an end the rest.
    Tiers {
        of: Box<Self>,
        slices: Vec<(Option<BigRational>, BigRational)>,
    },
    /// By the code of a text: which of the numbers; none of a text without a case.
    Cases {
        subject: Subject,
        choice: Vec<Option<usize>>,
        gives: Vec<Self>,
    },
    /// Rounded to a multiple of a step; over a number above 0, if there is one.
    Rounded {
        tree: Box<Self>,
        below: Option<Box<Self>>,
        step: BigRational,
        mode: RoundingMode,
    },
    /// A number of a row in which another is above 0.
    Where(Box<Self>, Box<Self>),
}

/// A condition made ready for columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Guard {
    Always(bool),
    /// Those of the columns alone.
    Plain(Vec<Condition>),
    /// How a number compares with 0: one of the bounds, or equal.
    Sign(Tree, Option<Bound>),
    /// A text is one of these codes.
    Code(Subject, Vec<u32>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// What several numbers are put together to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Sum,
    Extreme(Extreme),
}

/// The rule cannot be compiled and is left to the exact way.
pub(crate) struct Unfit;

/// A number as a tree, over another that must be above 0 at each row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Compiled {
    /// In fen times the common factor.
    pub(crate) above: Tree,
    /// A plain number; none is 1.
    pub(crate) below: Option<Tree>,
}

impl From<Tree> for Compiled {
    fn from(above: Tree) -> Self {
        Self { above, below: None }
    }
}

/// Values in a compiled rule, at most: figures are written out wherever they are read.
const PARTS_LIMIT: usize = 500;

/// What a compiled rule rests on besides its own place.
pub(crate) struct Around<'a> {
    /// The groups of an aggregate, if they are known.
    pub(crate) groups: &'a dyn Fn(AggregateIndex) -> Option<&'a Groups>,
    /// A layer of the year before.
    pub(crate) last_year: &'a dyn Fn(LayerIndex) -> LastYear,
}

#[cfg(test)]
impl Around<'_> {
    /// Nothing is known.
    pub(crate) const NOTHING: Self = Self { groups: &|_| None, last_year: &|_| LastYear::Unknown };
}

/// Compiles a rule of a class in a year. `cells` are the layers before it.
pub(crate) struct Compiler<'a> {
    columns: &'a Columns<'a>,
    class: &'a Class,
    year: u16,
    cells: &'a [Cell],
    /// What arrived by layer, where top-ups count that and not what was due.
    arrived: Option<&'a [Cell]>,
    around: &'a Around<'a>,
    /// How many values there are.
    parts: usize,
    /// What stands for each quotient whose divisor is 0, which programs leave to the exact way; none cannot be compiled.
    pub(crate) if_zero: Vec<Option<Compiled>>,
}

impl<'a> Compiler<'a> {
    pub(crate) const fn new(
        columns: &'a Columns<'a>,
        (class, year): (&'a Class, u16),
        cells: &'a [Cell],
        arrived: Option<&'a [Cell]>,
        around: &'a Around<'a>,
    ) -> Self {
        Self { columns, class, year, cells, arrived, around, parts: 0, if_zero: Vec::new() }
    }

    fn fen(&self) -> BigInt {
        self.columns.policy.unit().fen().into()
    }

    /// A plain number of a tree, which is in fen.
    fn plain(&self, tree: Tree) -> Result<Tree, Unfit> {
        tree.times(&BigRational::new(BigInt::one(), self.fen()))
    }

    fn part(&mut self) -> Result<(), Unfit> {
        self.parts = self.parts.saturating_add(1);
        if self.parts > PARTS_LIMIT { Err(Unfit) } else { Ok(()) }
    }

    /// Several numbers put together over a common one.
    fn together(
        numbers: Vec<Result<Compiled, Unfit>>,
        put: impl FnOnce(Vec<Tree>) -> Result<Tree, Unfit>,
    ) -> Result<Compiled, Unfit> {
        let numbers = numbers.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut different: Vec<Tree> = Vec::new();
        for below in numbers.iter().filter_map(|number| number.below.as_ref()) {
            if !different.contains(below) {
                different.push(below.clone());
            }
        }
        // Products of many would not fit.
        if different.len() > 2 {
            return Err(Unfit);
        }
        let mut above = Vec::new();
        for number in numbers {
            let mut tree = number.above;
            for other in different.iter().filter(|other| Some(*other) != number.below.as_ref()) {
                tree = tree.multiplied(other.clone());
            }
            above.push(tree);
        }
        Ok(Compiled { above: put(above)?, below: different.into_iter().reduce(Tree::multiplied) })
    }

    /// Conditions made ready for columns.
    pub(crate) fn guards(&mut self, conditions: &[Condition]) -> Result<Vec<Guard>, Unfit> {
        let plain: Vec<Condition> = conditions.iter().filter(|condition| condition.is_plain()).cloned().collect();
        let mut guards = Vec::new();
        if !plain.is_empty() {
            guards.push(Guard::Plain(plain));
        }
        for condition in conditions.iter().filter(|condition| !condition.is_plain()) {
            guards.push(self.guard(condition)?);
        }
        Ok(guards)
    }

    fn guard(&mut self, condition: &Condition) -> Result<Guard, Unfit> {
        self.part()?;
        let constant = |number: &Decimal| Value::Number(Yearly::constant(*number));
        match &condition.test {
            Test::Any(lists) => {
                let mut any = Vec::new();
                for list in lists {
                    any.push(Guard::All(self.guards(list)?));
                }
                Ok(Guard::Any(any))
            }
            Test::Not(list) => Ok(Guard::Not(Box::new(Guard::All(self.guards(list)?)))),
            Test::Texts(texts) if condition.subject == Subject::Class => {
                Ok(Guard::Always(texts.contains(&self.class.id)))
            }
            Test::Texts(texts) => {
                let codes = self.columns.text_codes(condition.subject).ok_or(Unfit)?;
                let accepted = codes.iter().zip(0_u32..).filter(|(text, _)| texts.iter().any(|one| one == *text));
                Ok(Guard::Code(condition.subject, accepted.map(|(_, code)| code).collect()))
            }
            Test::Flags(_) => Err(Unfit),
            Test::Numbers(numbers) => {
                let values: Vec<Value> = numbers.iter().map(constant).collect();
                self.equal(condition.subject, &values)
            }
            Test::Values(values) => self.equal(condition.subject, values),
            Test::Bounds(bounds) => {
                let bounds: Vec<(Bound, Value)> =
                    bounds.iter().map(|(bound, limit)| (*bound, constant(limit))).collect();
                self.within(condition.subject, &bounds)
            }
            Test::Within(bounds) => self.within(condition.subject, bounds),
        }
    }

    fn equal(&mut self, subject: Subject, values: &[Value]) -> Result<Guard, Unfit> {
        let mut any = Vec::new();
        for value in values {
            any.push(self.compared(subject, value, None)?);
        }
        Ok(Guard::Any(any))
    }

    fn within(&mut self, subject: Subject, bounds: &[(Bound, Value)]) -> Result<Guard, Unfit> {
        let mut all = Vec::new();
        for (bound, value) in bounds {
            all.push(self.compared(subject, value, Some(*bound))?);
        }
        Ok(Guard::All(all))
    }

    /// How a subject compares with a value: by the sign of what is between them.
    fn compared(&mut self, subject: Subject, value: &Value, bound: Option<Bound>) -> Result<Guard, Unfit> {
        let number = match subject {
            Subject::Attribute(attribute) => self.attribute(attribute),
            Subject::Figure(figure) => self.figure(figure),
            Subject::Layer(layer) => self.layer(layer),
            Subject::Year => Ok(Tree::Number(BigRational::from(BigInt::from(self.year) * self.fen())).into()),
            _ => Err(Unfit),
        };
        let value = value.eval(self);
        let between = self.difference(number, vec![value])?;
        Ok(match (between.above, between.below) {
            (Tree::Number(number), None) => {
                let order = number.cmp(&BigRational::zero());
                Guard::Always(bound.map_or(order.is_eq(), |bound| bound.holds(order)))
            }
            (above, None) => Guard::Sign(above, bound),
            (above, Some(below)) => Guard::Sign(Tree::Where(Box::new(above), Box::new(below)), bound),
        })
    }
}

impl Algebra for Compiler<'_> {
    type Number = Result<Compiled, Unfit>;

    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number {
        self.part()?;
        let number = number.at(self.year).ok_or(Unfit)?;
        Ok(Tree::Number(rational_times(*number, self.columns.policy.unit().fen())).into())
    }

    fn standard(&mut self) -> Self::Number {
        // It reads no standard, so that this ends.
        self.class.standard.as_ref().ok_or(Unfit)?.eval(self)
    }

    fn attribute(&mut self, attribute: AttributeIndex) -> Self::Number {
        self.part()?;
        let column = self.columns.mantissas(attribute).ok_or(Unfit)?;
        let per = self.columns.factor(attribute) * self.fen() / BigInt::from(10).pow(column.scale);
        Ok(Tree::Attribute(attribute, per).into())
    }

    fn layer(&mut self, layer: LayerIndex) -> Self::Number {
        layer_of(self.cells, layer).map(Compiled::from)
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<Self::Number> {
        let cells = self.arrived.unwrap_or(self.cells);
        layers.iter().map(|layer| layer_of(cells, *layer).map(Compiled::from)).collect()
    }

    fn figure(&mut self, figure: FigureIndex) -> Self::Number {
        self.part()?;
        self.columns.policy.figure(figure).ok_or(Unfit)?.eval(self)
    }

    fn aggregate(&mut self, aggregate: AggregateIndex) -> Self::Number {
        self.part()?;
        let function = self.columns.policy.aggregate(aggregate).ok_or(Unfit)?.function;
        let groups = (self.around.groups)(aggregate).ok_or(Unfit)?;
        let fen = self.fen();
        let group = |number: &dyn Fn(&Gathered) -> Option<BigRational>, nothing: Option<BigRational>| {
            let numbers = groups.values.iter();
            let numbers = numbers.map(|value| value.as_ref().map_or_else(|| nothing.clone(), number));
            Tree::Group(Arc::clone(&groups.codes), numbers.collect())
        };
        Ok(match function {
            Function::Mean => Compiled {
                above: group(&|value| Some(value.sum.as_ref()? * &fen), None),
                below: Some(group(&|value| Some(BigRational::from(BigInt::from(value.places))), None)),
            },
            function => {
                let zero = matches!(function, Function::Sum | Function::Count).then(BigRational::zero);
                group(&|value| Some(value.value.as_ref()? * &fen), zero).into()
            }
        })
    }

    fn exact(&mut self, layer: LayerIndex) -> Self::Number {
        self.part()?;
        match self.class.funding.get(layer.number()).and_then(Option::as_ref) {
            None => Ok(Tree::Number(BigRational::zero()).into()),
            Some(rule) => rule.eval_exact(self),
        }
    }

    fn last_year(&mut self, layer: LayerIndex, first: &Value) -> Self::Number {
        match (self.around.last_year)(layer) {
            LastYear::None => first.eval(self),
            LastYear::Cell(cell) => layer_of(&[cell], LayerIndex::new(0)).map(Compiled::from),
            LastYear::Unknown => Err(Unfit),
        }
    }

    fn pool(&mut self, _: PoolIndex) -> Self::Number {
        Err(Unfit)
    }

    fn left_of(&mut self, _: PoolIndex) -> Self::Number {
        Err(Unfit)
    }

    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number {
        Self::together(terms, |terms| Ok(several(Fold::Sum, terms)))
    }

    fn difference(&mut self, first: Self::Number, rest: Vec<Self::Number>) -> Self::Number {
        if rest.is_empty() {
            return first;
        }
        let rest = self.sum(rest)?;
        let minus = Compiled { above: rest.above.times(&-BigRational::one())?, below: rest.below };
        self.sum(vec![first, Ok(minus)])
    }

    fn times(&mut self, rate: &Yearly<Ratio>, of: Self::Number) -> Self::Number {
        let of = of?;
        Ok(Compiled { above: of.above.times(&rate.at(self.year).ok_or(Unfit)?.fraction())?, below: of.below })
    }

    fn product(&mut self, factors: Vec<Self::Number>) -> Self::Number {
        let factors = factors.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut factors = factors.into_iter();
        let mut product = factors.next().ok_or(Unfit)?;
        for factor in factors {
            let plain = self.plain(factor.above)?;
            let below = [product.below, factor.below].into_iter().flatten().reduce(Tree::multiplied);
            product = Compiled { above: product.above.multiplied(plain), below };
        }
        Ok(product)
    }

    fn quotient(&mut self, dividend: Self::Number, divisor: Self::Number, if_zero: Option<&Value>) -> Self::Number {
        let (dividend, divisor) = (dividend?, divisor?);
        if let (Tree::Number(number), None) = (&divisor.above, &divisor.below) {
            if number.is_zero() {
                // What is divided is read all the same: where it is blank the exact way says so.
                let is_number = matches!((&dividend.above, &dividend.below), (Tree::Number(_), None));
                return if is_number { if_zero.ok_or(Unfit)?.eval(self) } else { Err(Unfit) };
            }
            let factor = BigRational::from(self.fen()) / number;
            return Ok(Compiled { above: dividend.above.times(&factor)?, below: dividend.below });
        }
        // Where a divisor is not above 0 the exact way is asked.
        if let Some(value) = if_zero {
            let value = value.eval(self).ok();
            self.if_zero.push(value);
        }
        let above = match divisor.below {
            // It goes above the line, and must be above 0 all the same.
            Some(below) => Tree::Where(Box::new(dividend.above.multiplied(below.clone())), Box::new(below)),
            None => dividend.above,
        };
        let plain = self.plain(divisor.above)?;
        let below = [dividend.below, Some(plain)].into_iter().flatten().reduce(Tree::multiplied);
        Ok(Compiled { above, below })
    }

    fn bands(&mut self, of: Self::Number, bands: &Bands) -> Self::Number {
        let of = of?;
        if of.below.is_some() {
            return Err(Unfit);
        }
        if let Tree::Number(number) = &of.above {
            let number = number / self.fen();
            let (_, band) = bands.find(self.year, |limit| number.cmp(&rational(*limit))).ok_or(Unfit)?;
            return band.give.eval(self);
        }
        let (mut bounds, mut gives) = (Vec::new(), Vec::new());
        for band in &bands.bands {
            if let Some((bound, limit)) = &band.bound {
                bounds.push((*bound, rational(*limit.at(self.year).ok_or(Unfit)?) * self.fen()));
            }
            gives.push(band.give.eval(self));
        }
        Self::together(gives, |gives| Ok(Tree::Bands { of: Box::new(of.above), bounds, gives }))
    }

    fn tiers(&mut self, of: Self::Number, tiers: &Tiers) -> Self::Number {
        let of = of?;
        if of.below.is_some() {
            return Err(Unfit);
        }
        let mut slices = Vec::new();
        for tier in &tiers.tiers {
            let Factor::Ratio(rate) = &tier.rate else { return Err(Unfit) };
            let end = match &tier.up_to {
                Some(end) => Some(rational(*end.at(self.year).ok_or(Unfit)?) * self.fen()),
                None => None,
            };
            slices.push((end, rate.at(self.year).ok_or(Unfit)?.fraction()));
        }
        Ok(Tree::Tiers { of: Box::new(of.above), slices }.into())
    }

    fn cases(&mut self, cases: &Cases) -> Self::Number {
        if cases.of == Subject::Class {
            return cases.value(&self.class.id).ok_or(Unfit)?.eval(self);
        }
        let codes = self.columns.text_codes(cases.of).ok_or(Unfit)?;
        let at = |text: &&str| {
            // A blank text attribute is for the exact way to say.
            if text.is_empty() && matches!(cases.of, Subject::Attribute(_)) {
                return None;
            }
            let case = cases.cases.iter().position(|(case, _)| case == text);
            case.or_else(|| cases.otherwise.as_ref().map(|_| cases.cases.len()))
        };
        let choice = codes.iter().map(at).collect();
        let mut gives = Vec::new();
        for value in cases.values() {
            gives.push(value.eval(self));
        }
        Self::together(gives, |gives| Ok(Tree::Cases { subject: cases.of, choice, gives }))
    }

    fn rounded(&mut self, number: Self::Number, rounding: &NumberRounding) -> Self::Number {
        let number = number?;
        let step = rational(rounding.step) * self.fen();
        let below = number.below.map(Box::new);
        Ok(Tree::Rounded { tree: Box::new(number.above), below, step, mode: rounding.mode }.into())
    }

    fn made_of(&mut self, _: Vec<Self::Number>) -> Self::Number {
        Err(Unfit)
    }

    fn extreme(&mut self, which: Extreme, members: Vec<Self::Number>) -> Self::Number {
        Self::together(members, |members| Ok(several(Fold::Extreme(which), members)))
    }

    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number {
        let number = number?;
        let zero = Tree::Number(BigRational::zero());
        let above = several(Fold::Extreme(Extreme::Greatest), vec![number.above, zero]);
        Ok(Compiled { above, below: number.below })
    }

    fn bounded(
        &mut self,
        amount: Self::Number,
        floor: Option<Self::Number>,
        cap: Option<Self::Number>,
    ) -> Self::Number {
        let (has_floor, has_cap) = (floor.is_some(), cap.is_some());
        let numbers = [Some(amount), floor, cap].into_iter().flatten().collect();
        Self::together(numbers, |numbers| {
            let mut numbers = numbers.into_iter();
            let amount = numbers.next().ok_or(Unfit)?;
            let floor = if has_floor { numbers.next() } else { None };
            let cap = if has_cap { numbers.next() } else { None };
            clamp(amount, floor, cap)
        })
    }

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number {
        if conditions.is_empty() {
            return rule(self);
        }
        let guards = self.guards(conditions)?;
        let rule = rule(self)?;
        Ok(Compiled { above: Tree::When { guards, tree: Box::new(rule.above) }, below: rule.below })
    }
}

fn layer_of(cells: &[Cell], layer: LayerIndex) -> Result<Tree, Unfit> {
    match cells.get(layer.number()) {
        Some(Cell::Uniform(fen)) => Ok(Tree::Number(BigInt::from(*fen).into())),
        Some(Cell::Dense(column)) => Ok(Tree::Layer(*column, BigRational::one())),
        Some(Cell::Failed) | None => Err(Unfit),
    }
}

impl Tree {
    /// The tree times a constant, which goes to its leaves.
    fn times(self, factor: &BigRational) -> Result<Self, Unfit> {
        let boxed = |tree: Box<Self>| Ok(Box::new(tree.times(factor)?));
        let all = |trees: Vec<Self>| trees.into_iter().map(|tree| tree.times(factor)).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Self::Number(number) => Self::Number(multiplied(&number, factor)),
            Self::Attribute(index, per) => Self::Attribute(index, per * factor),
            Self::Layer(column, per) => Self::Layer(column, per * factor),
            Self::Group(codes, numbers) => {
                Self::Group(codes, numbers.into_iter().map(|number| number.map(|number| number * factor)).collect())
            }
            Self::Several(fold, trees) => {
                let fold = match fold {
                    Fold::Extreme(extreme) if factor.is_negative() => Fold::Extreme(extreme.turned()),
                    fold => fold,
                };
                several(fold, all(trees)?)
            }
            Self::Product(a, b) => Self::Product(boxed(a)?, b),
            // Times 0 a floor is no longer above its cap, which only the exact way then knows, and a step is none.
            Self::Clamp { floor: Some(_), cap: Some(_), .. } | Self::Rounded { .. } if factor.is_zero() => {
                return Err(Unfit);
            }
            Self::Clamp { tree, floor, cap, turned } => Self::Clamp {
                tree: boxed(tree)?,
                floor: floor.map(boxed).transpose()?,
                cap: cap.map(boxed).transpose()?,
                turned: turned != factor.is_negative(),
            },
            Self::When { guards, tree } => Self::When { guards, tree: boxed(tree)? },
            Self::Bands { of, bounds, gives } => Self::Bands { of, bounds, gives: all(gives)? },
            Self::Tiers { of, slices } => {
                let slices = slices.into_iter().map(|(end, rate)| (end, rate * factor)).collect();
                Self::Tiers { of, slices }
            }
            Self::Cases { subject, choice, gives } => Self::Cases { subject, choice, gives: all(gives)? },
            // Every mode rounds what is below 0 as what is above.
            Self::Rounded { tree, below, step, mode } => {
                Self::Rounded { tree: boxed(tree)?, below, step: step * factor.abs(), mode }
            }
            Self::Where(tree, below) => Self::Where(boxed(tree)?, below),
        })
    }

    /// The product with a plain number.
    fn multiplied(self, other: Self) -> Self {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Self::Number(multiplied(&a, &b)),
            (Self::Number(number), tree) | (tree, Self::Number(number)) => match tree.clone().times(&number) {
                Ok(tree) => tree,
                Err(Unfit) => Self::Product(Box::new(Self::Number(number)), Box::new(tree)),
            },
            (a, b) => Self::Product(Box::new(a), Box::new(b)),
        }
    }
}

impl Fold {
    /// What constants come to; none if there are none.
    fn of(self, constants: Vec<Fraction>) -> Option<BigRational> {
        let number = match self {
            Self::Sum if constants.is_empty() => return None,
            Self::Sum => Fraction::sum(constants.iter()),
            Self::Extreme(extreme) => constants.into_iter().reduce(|a, b| extreme.of(a, b))?,
        };
        Some(number.reduced())
    }
}

/// Several trees put together, their constants at once.
fn several(fold: Fold, trees: Vec<Tree>) -> Tree {
    let mut constants: Vec<Fraction> = Vec::new();
    let mut rest = Vec::new();
    for tree in trees {
        match tree {
            Tree::Number(number) => constants.push(number.into()),
            Tree::Several(same, trees) if same == fold => rest.extend(trees),
            tree => rest.push(tree),
        }
    }
    let constant = fold.of(constants);
    if rest.is_empty() {
        return Tree::Number(constant.unwrap_or_default());
    }
    rest.extend(constant.filter(|constant| fold != Fold::Sum || !constant.is_zero()).map(Tree::Number));
    Tree::Several(fold, rest)
}

fn clamp(tree: Tree, floor: Option<Tree>, cap: Option<Tree>) -> Result<Tree, Unfit> {
    if floor.is_none() && cap.is_none() {
        return Ok(tree);
    }
    if let (Some(Tree::Number(floor)), Some(Tree::Number(cap))) = (&floor, &cap)
        && floor > cap
    {
        // The exact way says for which places.
        return Err(Unfit);
    }
    let constant = |tree: &Tree| matches!(tree, Tree::Number(_));
    if constant(&tree) && floor.iter().chain(&cap).all(constant) {
        let raised = several(Fold::Extreme(Extreme::Greatest), [Some(tree), floor].into_iter().flatten().collect());
        return Ok(several(Fold::Extreme(Extreme::Least), [Some(raised), cap].into_iter().flatten().collect()));
    }
    Ok(Tree::Clamp { tree: Box::new(tree), floor: floor.map(Box::new), cap: cap.map(Box::new), turned: false })
}

/// A column of layer amounts that a program may read.
#[derive(Debug)]
pub(crate) struct Dense {
    /// Fen for one place, by row; 0 for rows that have no amount of their own here.
    pub(crate) amounts: Vec<i64>,
    /// The least of them, or 0 if none is below.
    pub(crate) least: i64,
    /// The greatest of them, or 0 if none is above.
    pub(crate) most: i64,
}

impl Dense {
    pub(crate) fn new(amounts: Vec<i64>) -> Self {
        let (least, most) = amounts.iter().fold((0, 0), |(least, most), fen| (least.min(*fen), most.max(*fen)));
        Self { amounts, least, most }
    }

    /// A column that is filled in later: memory of zeros is not looked at before.
    pub(crate) fn zeros(rows: usize) -> Self {
        Self { amounts: vec![0; rows], least: 0, most: 0 }
    }

    /// The same where some members get this.
    pub(crate) fn or(self, fen: i64) -> Self {
        Self { least: self.least.min(fen), most: self.most.max(fen), ..self }
    }

    /// The same where members of split rows may differ from their row by a step.
    pub(crate) fn or_a_step_more(self, step: i64) -> Self {
        Self { least: self.least.saturating_sub(step), most: self.most.saturating_add(step), ..self }
    }
}

enum Op<'a> {
    Number(i128),
    Attribute(Mantissas<'a>, i128),
    Layer(&'a Dense, i128),
    /// By group; the flags say which groups have none.
    Group(Arc<[u32]>, Vec<i128>, Option<Vec<bool>>),
    /// Of the two topmost.
    Fold(Fold),
    /// The two topmost multiplied.
    Multiply,
    /// The top times a constant.
    Times(i128),
    /// Of the top and zero.
    Cut(Extreme),
    Clamp {
        floor: bool,
        cap: bool,
        turned: bool,
    },
    /// Over so many gives the number that tells the band.
    Bands(Vec<(Bound, i128)>, usize),
    /// Ends and rates; without an open last rate a number beyond the last end is odd.
    Tiers(Vec<(i128, i128)>, Option<i128>),
    /// Which of so many gives, by code.
    Cases(Subject, Vec<Option<usize>>, usize),
    /// The top rounded to multiples of the divisor, each of which is so much.
    Round(i128, i128, RoundingMode),
    /// The number below the top rounded to multiples of the top, which must be above 0; each is so much.
    RoundOver(i128, RoundingMode),
    /// Takes away the top, which must be above 0.
    AboveZero,
    /// 0 where the topmost mask is not set, which goes.
    When,
    Mask(Checks<'a>),
    Always(bool),
    Sign(Option<Bound>),
    Code(Subject, Vec<u32>),
    /// Of so many masks.
    All(usize),
    Any(usize),
    Not,
}

/// A rule over columns. Its numbers are fen × a scale.
pub(crate) struct Program<'a> {
    columns: &'a Columns<'a>,
    ops: Vec<Op<'a>>,
    blanks: Vec<Blank<'a>>,
    /// Fen × scale of one rounding step.
    divisor: i128,
    /// Whether the topmost number divides the one below it, in steps, before it is rounded.
    over: bool,
    ending: Ending,
    narrow: bool,
}

/// What becomes of the exact number of a rule.
#[derive(Clone, Copy)]
struct Ending {
    step: i64,
    mode: RoundingMode,
    /// Whether the amount may be below 0.
    signed: bool,
}

/// What a program says of a row.
pub(crate) enum Outcome {
    Amount(i64),
    /// Only the exact way knows.
    Ask,
}

impl<'a> Program<'a> {
    /// A program for a number of a layer, if 128 bits suffice.
    pub(crate) fn new(number: &Compiled, layer: &Layer, columns: &'a Columns<'a>, dense: &'a [Dense]) -> Option<Self> {
        let (rounding, signed) = (layer.rounding, layer.sign == Sign::Any);
        let step = rounding.step().fen();
        let scale = scale_of(&number.above)?;
        let mut builder = Builder::new(columns, dense);
        let range = builder.tree(&number.above, &scale)?;
        let divisor = scale * step;
        let divisor = match &number.below {
            None => divisor,
            Some(below) => {
                // Above ÷ scale ÷ (below ÷ its scale), in steps: both sides times what is missing.
                let below_scale = scale_of(below)?;
                let common = below_scale.gcd(&divisor);
                builder.scaled_by(range, &(&below_scale / &common))?;
                let range = builder.tree(below, &below_scale)?;
                builder.scaled_by(range, &(divisor / common))?;
                BigInt::one()
            }
        };
        let most = builder.most.max(divisor.clone());
        // Twice the rest is compared with the divisor, so two bits are kept free.
        let fits = |bits: u32| most < BigInt::one() << bits;
        if !fits(126) {
            return None;
        }
        let narrow = fits(62);
        let Builder { ops, blanks, .. } = builder;
        let ending = Ending { step, mode: rounding.mode(), signed };
        Some(Self { columns, ops, blanks, divisor: divisor.to_i128()?, over: number.below.is_some(), ending, narrow })
    }

    /// The same for a bound of a pool: rounded half-up, and not below 0.
    pub(crate) fn of_bound(self) -> Self {
        let ending = Ending { mode: RoundingMode::HalfUp, signed: false, ..self.ending };
        Self { ending, ..self }
    }

    /// A program for a number as it stands where guards hold, and the scale that it is times; if 64 bits suffice.
    pub(crate) fn of_values(
        number: &Tree,
        guards: &[Guard],
        columns: &'a Columns<'a>,
        dense: &'a [Dense],
    ) -> Option<(Self, BigInt)> {
        let scale = scale_of(number)?;
        let mut builder = Builder::new(columns, dense);
        builder.tree(number, &scale)?;
        for guard in guards {
            builder.guard(guard)?;
        }
        builder.ops.push(Op::All(guards.len()));
        if builder.most >= BigInt::one() << 62 {
            return None;
        }
        let Builder { ops, blanks, .. } = builder;
        let ending = Ending { step: 1, mode: RoundingMode::Down, signed: true };
        Some((Self { columns, ops, blanks, divisor: 1, over: false, ending, narrow: true }, scale))
    }

    /// Says the amount of one place for each of the rows.
    pub(crate) fn run(&self, rows: &Rows, each: impl FnMut(usize, Outcome)) {
        if self.narrow { self.run_in::<i64>(rows, each) } else { self.run_in::<i128>(rows, each) }
    }

    /// Says the number of each of the rows as it stands, and whether its guards hold; nothing of rows for the exact way.
    pub(crate) fn run_values(&self, rows: &Rows, mut each: impl FnMut(usize, Option<(i64, bool)>)) {
        let mut machine = Machine::<i64>::default();
        rows.chunks(CHUNK, |rows| {
            self.steps(rows, &mut machine);
            let (Some(top), Some(mask)) = (machine.stack.pop(), machine.masks.pop()) else { return };
            for (((number, holds), row), odd) in top.iter().zip(&mask).zip(rows).zip(&machine.odd) {
                each(index(*row), (!*odd).then_some((*number, *holds)));
            }
            machine.free.push(top);
        });
    }

    fn run_in<W: Word>(&self, rows: &Rows, mut each: impl FnMut(usize, Outcome)) {
        let rounder = W::rounder(self.divisor);
        let mut machine = Machine::<W>::default();
        rows.chunks(CHUNK, |rows| {
            self.steps(rows, &mut machine);
            let below = if self.over { machine.stack.pop() } else { None };
            let Some(top) = machine.stack.pop() else { return };
            if let Some(below) = &below {
                for (((number, below), row), odd) in top.iter().zip(below).zip(rows).zip(&machine.odd) {
                    let amount = if *odd { None } else { number.rounded_over(*below, self.ending) };
                    each(index(*row), amount.map_or(Outcome::Ask, Outcome::Amount));
                }
            } else {
                for ((number, row), odd) in top.iter().zip(rows).zip(&machine.odd) {
                    let amount = if *odd { None } else { number.rounded(&rounder, self.ending) };
                    each(index(*row), amount.map_or(Outcome::Ask, Outcome::Amount));
                }
            }
            machine.free.push(top);
            machine.free.extend(below);
        });
    }

    fn steps<W: Word>(&self, rows: &[u32], machine: &mut Machine<W>) {
        machine.odd.clear();
        machine.odd.resize(rows.len(), false);
        for blank in &self.blanks {
            for (odd, row) in machine.odd.iter_mut().zip(rows) {
                *odd |= blank.contains(index(*row));
            }
        }
        for op in &self.ops {
            match op {
                Op::Number(_) | Op::Attribute(..) | Op::Layer(..) | Op::Group(..) => machine.read(op, rows),
                Op::Fold(_) | Op::Multiply | Op::Times(_) | Op::Cut(_) | Op::Clamp { .. } => machine.put_together(op),
                Op::Bands(bounds, gives) => machine.bands(bounds, *gives),
                Op::Tiers(tiers, rest) => machine.tiers(tiers, *rest),
                Op::Cases(subject, choice, gives) => {
                    machine.cases(*gives, rows.iter().map(|row| self.case(*subject, choice, *row)));
                }
                Op::Round(..) | Op::RoundOver(..) | Op::AboveZero => machine.round(op),
                Op::Mask(checks) => machine.masks.push(checks.hold_of(rows)),
                Op::Code(subject, accepted) => {
                    let holds = |row: &u32| accepted.contains(&self.columns.subject_code(*subject, index(*row)));
                    machine.masks.push(rows.iter().map(holds).collect());
                }
                Op::When | Op::Always(_) | Op::Sign(_) | Op::All(_) | Op::Any(_) | Op::Not => {
                    machine.mask(op, rows.len());
                }
            }
        }
    }

    fn case(&self, subject: Subject, choice: &[Option<usize>], row: u32) -> Option<usize> {
        choice.get(index(self.columns.subject_code(subject, index(row)))).copied().flatten()
    }
}

const CHUNK: usize = 1024;

/// What a program computes with, used again for each chunk of rows.
struct Machine<W> {
    free: Vec<Vec<W>>,
    stack: Vec<Vec<W>>,
    masks: Vec<Vec<bool>>,
    /// Rows for the exact way.
    odd: Vec<bool>,
}

impl<W> Default for Machine<W> {
    fn default() -> Self {
        Self { free: Vec::new(), stack: Vec::new(), masks: Vec::new(), odd: Vec::new() }
    }
}

impl<W: Word> Machine<W> {
    /// Puts numbers of the rows on the stack.
    fn read(&mut self, op: &Op<'_>, rows: &[u32]) {
        let mut top = self.free.pop().unwrap_or_default();
        top.clear();
        match op {
            Op::Number(number) => top.resize(rows.len(), W::from_wide(*number)),
            Op::Attribute(column, factor) => {
                let factor = W::from_wide(*factor);
                extend(&mut top, column.rows, rows, |number| W::from_narrow(number).times(factor));
            }
            Op::Layer(column, factor) => {
                let factor = W::from_wide(*factor);
                extend(&mut top, &column.amounts, rows, |number| W::from_narrow(number).times(factor));
            }
            Op::Group(codes, numbers, missing) => {
                let code = |row: &u32| codes.get(index(*row)).map_or(usize::MAX, |code| index(*code));
                let number = |code: usize| W::from_wide(numbers.at(code));
                top.extend(rows.iter().map(|row| number(code(row))));
                if let Some(missing) = missing {
                    for (odd, row) in self.odd.iter_mut().zip(rows) {
                        *odd |= missing.get(code(row)).copied().unwrap_or(true);
                    }
                }
            }
            _ => {}
        }
        self.stack.push(top);
    }

    fn put_together(&mut self, op: &Op<'_>) {
        match op {
            Op::Fold(fold) => {
                let term = self.stack.pop().sure();
                if let Some(top) = self.stack.last_mut() {
                    let pairs = top.iter_mut().zip(&term);
                    match fold {
                        Fold::Sum => pairs.for_each(|(number, term)| *number = number.plus(*term)),
                        Fold::Extreme(Extreme::Least) => {
                            pairs.for_each(|(number, term)| *number = (*number).min(*term));
                        }
                        Fold::Extreme(Extreme::Greatest) => {
                            pairs.for_each(|(number, term)| *number = (*number).max(*term));
                        }
                    }
                }
                self.free.push(term);
            }
            Op::Multiply => {
                let term = self.stack.pop().sure();
                if let Some(top) = self.stack.last_mut() {
                    top.iter_mut().zip(&term).for_each(|(number, term)| *number = number.times(*term));
                }
                self.free.push(term);
            }
            Op::Times(factor) => {
                let factor = W::from_wide(*factor);
                self.stack.last_mut().into_iter().flatten().for_each(|number| *number = number.times(factor));
            }
            Op::Cut(keep) => {
                let zero = W::from_narrow(0);
                for number in self.stack.last_mut().into_iter().flatten() {
                    *number = keep.of(*number, zero);
                }
            }
            Op::Clamp { floor, cap, turned } => {
                let cap = if *cap { self.stack.pop() } else { None };
                let floor = if *floor { self.stack.pop() } else { None };
                if let (Some(floor), Some(cap)) = (&floor, &cap) {
                    for (odd, (floor, cap)) in self.odd.iter_mut().zip(floor.iter().zip(cap)) {
                        *odd |= if *turned { cap > floor } else { floor > cap };
                    }
                }
                if let Some(top) = self.stack.last_mut() {
                    for (side, greater) in [(&floor, !*turned), (&cap, *turned)] {
                        for (number, side) in top.iter_mut().zip(side.iter().flatten()) {
                            *number = if greater { (*number).max(*side) } else { (*number).min(*side) };
                        }
                    }
                }
                self.free.extend(floor);
                self.free.extend(cap);
            }
            _ => {}
        }
    }

    /// In place of a number what its band gives, of as many gives above it.
    fn bands(&mut self, bounds: &[(Bound, i128)], gives: usize) {
        let first = self.stack.len().saturating_sub(gives);
        let given: Vec<Vec<W>> = self.stack.drain(first..).collect();
        let bounds: Vec<(bool, W)> =
            bounds.iter().map(|(bound, limit)| (*bound == Bound::AtMost, W::from_wide(*limit))).collect();
        if let Some(top) = self.stack.last_mut() {
            for (at, (number, odd)) in top.iter_mut().zip(self.odd.iter_mut()).enumerate() {
                // Bounds rise: those that the number is beyond come first.
                let beyond = |(with, limit): &&(bool, W)| if *with { *number > *limit } else { *number >= *limit };
                let band = bounds.iter().filter(beyond).count();
                match given.get(band).and_then(|given| given.get(at)) {
                    Some(given) => *number = *given,
                    None => *odd = true,
                }
            }
        }
        self.free.extend(given);
    }

    /// In place of a number its slices times their rates.
    fn tiers(&mut self, tiers: &[(i128, i128)], rest: Option<i128>) {
        let zero = W::from_narrow(0);
        let tiers: Vec<(W, W)> = tiers.iter().map(|(end, rate)| (W::from_wide(*end), W::from_wide(*rate))).collect();
        let rest = rest.map(W::from_wide);
        for (number, odd) in self.stack.last_mut().into_iter().flatten().zip(self.odd.iter_mut()) {
            let of = *number;
            let (mut sum, mut from) = (zero, zero);
            for (end, rate) in &tiers {
                let to = of.min(*end).max(from);
                sum = sum.plus(to.minus(from).times(*rate));
                from = to;
            }
            match rest {
                Some(rate) => sum = sum.plus(of.max(from).minus(from).times(rate)),
                None => *odd |= of > from,
            }
            *number = sum;
        }
    }

    /// Of as many gives at the top the one that each row has.
    fn cases(&mut self, gives: usize, choice: impl Iterator<Item = Option<usize>>) {
        let first = self.stack.len().saturating_sub(gives);
        let given: Vec<Vec<W>> = self.stack.drain(first..).collect();
        let mut top = self.free.pop().unwrap_or_default();
        top.clear();
        for (at, (case, odd)) in choice.zip(self.odd.iter_mut()).enumerate() {
            let number = case.and_then(|case| given.get(case)).and_then(|given| given.get(at)).copied();
            *odd |= number.is_none();
            top.push(number.unwrap_or(W::from_narrow(0)));
        }
        self.free.extend(given);
        self.stack.push(top);
    }

    fn round(&mut self, op: &Op<'_>) {
        match op {
            Op::Round(divisor, each, mode) => {
                let (rounder, each) = (W::rounder(*divisor), W::from_wide(*each));
                for number in self.stack.last_mut().into_iter().flatten() {
                    *number = number.whole(&rounder, *mode).times(each);
                }
            }
            Op::RoundOver(each, mode) => {
                let below = self.stack.pop().sure();
                let each = W::from_wide(*each);
                if let Some(top) = self.stack.last_mut() {
                    for ((number, below), odd) in top.iter_mut().zip(&below).zip(self.odd.iter_mut()) {
                        match number.whole_over(*below, *mode) {
                            Some(whole) => *number = whole.times(each),
                            None => *odd = true,
                        }
                    }
                }
                self.free.push(below);
            }
            Op::AboveZero => {
                let below = self.stack.pop().sure();
                let zero = W::from_narrow(0);
                for (below, odd) in below.iter().zip(self.odd.iter_mut()) {
                    *odd |= *below <= zero;
                }
                self.free.push(below);
            }
            _ => {}
        }
    }

    fn mask(&mut self, op: &Op<'_>, rows: usize) {
        match op {
            Op::When => {
                let mask = self.masks.pop().sure();
                let zero = W::from_narrow(0);
                for (number, holds) in self.stack.last_mut().into_iter().flatten().zip(mask) {
                    *number = if holds { *number } else { zero };
                }
            }
            Op::Always(holds) => self.masks.push(vec![*holds; rows]),
            Op::Sign(bound) => {
                let top = self.stack.pop().sure();
                let zero = W::from_narrow(0);
                let holds = |number: &W| bound.map_or(*number == zero, |bound| bound.holds(number.cmp(&zero)));
                self.masks.push(top.iter().map(holds).collect());
                self.free.push(top);
            }
            Op::All(number) | Op::Any(number) => {
                let all = matches!(op, Op::All(_));
                let first = self.masks.len().saturating_sub(*number);
                let mut together = vec![all; rows];
                for mask in self.masks.drain(first..) {
                    for (together, holds) in together.iter_mut().zip(mask) {
                        *together = if all { *together && holds } else { *together || holds };
                    }
                }
                self.masks.push(together);
            }
            Op::Not => self.masks.last_mut().into_iter().flatten().for_each(|holds| *holds = !*holds),
            _ => {}
        }
    }
}

/// Adds a column's numbers of some rows; rows without a gap are read as one piece.
#[inline]
fn extend<W>(top: &mut Vec<W>, column: &[i64], rows: &[u32], word: impl Fn(i64) -> W) {
    let at = |row: &u32| usize::try_from(*row).unwrap_or(usize::MAX);
    let piece = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) if at(last).wrapping_sub(at(first)).wrapping_add(1) == rows.len() => {
            column.get(at(first)..=at(last))
        }
        _ => None,
    };
    match piece {
        Some(piece) => top.extend(piece.iter().map(|number| word(*number))),
        None => top.extend(rows.iter().map(|row| word(column.at(at(row))))),
    }
}

/// The common denominator of a tree's numbers, times which they are whole; none if 128 bits do not hold it.
fn scale_of(tree: &Tree) -> Option<BigInt> {
    let mut scale = BigInt::one();
    denominators(tree, &mut scale)?;
    Some(scale)
}

/// Makes a common denominator one of a number too.
fn include(scale: &mut BigInt, denominator: &BigInt) -> Option<()> {
    make_common(scale, denominator);
    (scale.bits() <= 128).then_some(())
}

/// Brings all denominators of a tree to a common one; none if 128 bits do not hold it.
fn denominators(tree: &Tree, scale: &mut BigInt) -> Option<()> {
    match tree {
        Tree::Number(number) | Tree::Attribute(_, number) | Tree::Layer(_, number) => include(scale, number.denom()),
        Tree::Group(_, numbers) => numbers.iter().flatten().try_for_each(|number| include(scale, number.denom())),
        Tree::Several(_, trees) => trees.iter().try_for_each(|tree| denominators(tree, scale)),
        Tree::Product(a, b) => include(scale, &(scale_of(a)? * scale_of(b)?)),
        Tree::When { tree, .. } | Tree::Where(tree, _) => denominators(tree, scale),
        Tree::Clamp { tree, floor, cap, .. } => {
            let mut sides = [Some(tree), floor.as_ref(), cap.as_ref()].into_iter().flatten();
            sides.try_for_each(|side| denominators(side, scale))
        }
        Tree::Bands { gives, .. } | Tree::Cases { gives, .. } => {
            gives.iter().try_for_each(|tree| denominators(tree, scale))
        }
        Tree::Tiers { of, slices } => {
            let own = scale_of_tiers(of, slices)?;
            slices.iter().try_for_each(|(_, rate)| include(scale, &(&own * rate.denom())))
        }
        Tree::Rounded { step, .. } => include(scale, step.denom()),
    }
}

/// The scale at which a number and the ends of its slices are whole.
fn scale_of_tiers(of: &Tree, slices: &[(Option<BigRational>, BigRational)]) -> Option<BigInt> {
    let mut scale = scale_of(of)?;
    slices.iter().filter_map(|(end, _)| end.as_ref()).try_for_each(|end| include(&mut scale, end.denom()))?;
    Some(scale)
}

struct Builder<'a> {
    columns: &'a Columns<'a>,
    dense: &'a [Dense],
    ops: Vec<Op<'a>>,
    blanks: Vec<Blank<'a>>,
    /// The greatest magnitude of any number on the way.
    most: BigInt,
}

/// The least and greatest that a number can be.
type Range = (BigInt, BigInt);

/// A number times a scale that makes it whole.
fn scaled(number: &BigRational, scale: &BigInt) -> BigInt {
    number.numer() * (scale / number.denom())
}

impl<'a> Builder<'a> {
    const fn new(columns: &'a Columns<'a>, dense: &'a [Dense]) -> Self {
        Self { columns, dense, ops: Vec::new(), blanks: Vec::new(), most: BigInt::ZERO }
    }

    fn seen(&mut self, range: Range) -> Range {
        let most = range.0.abs().max(range.1.abs());
        if most > self.most {
            self.most = most;
        }
        range
    }

    fn seen_one(&mut self, number: &BigInt) {
        self.seen((number.clone(), number.clone()));
    }

    /// The range of a column times a factor.
    fn times(&mut self, least: i64, most: i64, factor: &BigInt) -> Range {
        self.seen_one(factor);
        let (a, b) = (factor * least, factor * most);
        self.seen((a.clone().min(b.clone()), a.max(b)))
    }

    /// The top times a constant above 0.
    fn scaled_by(&mut self, (least, most): Range, factor: &BigInt) -> Option<Range> {
        if factor.is_one() {
            return Some((least, most));
        }
        self.seen_one(factor);
        self.ops.push(Op::Times(factor.to_i128()?));
        Some(self.seen((least * factor, most * factor)))
    }

    /// The range of several, each on the stack.
    fn all<'t>(&mut self, trees: impl Iterator<Item = &'t Tree>, scale: &BigInt) -> Option<Range> {
        let mut whole: Option<Range> = None;
        for tree in trees {
            let (least, most) = self.tree(tree, scale)?;
            whole = Some(match whole {
                None => (least, most),
                Some((a, b)) => (a.min(least), b.max(most)),
            });
        }
        whole
    }

    /// Puts the number of a tree on the stack, times a scale.
    fn tree(&mut self, tree: &Tree, scale: &BigInt) -> Option<Range> {
        match tree {
            Tree::Number(number) => {
                let number = scaled(number, scale);
                self.ops.push(Op::Number(number.to_i128()?));
                Some(self.seen((number.clone(), number)))
            }
            Tree::Attribute(index, factor) => {
                let column = self.columns.mantissas(*index)?;
                let factor = scaled(factor, scale);
                self.blanks.extend(column.blank());
                self.ops.push(Op::Attribute(column, factor.to_i128()?));
                Some(self.times(column.least, column.most, &factor))
            }
            Tree::Layer(index, factor) => {
                let column = self.dense.get(*index)?;
                let factor = scaled(factor, scale);
                self.ops.push(Op::Layer(column, factor.to_i128()?));
                Some(self.times(column.least, column.most, &factor))
            }
            Tree::Group(codes, numbers) => {
                let flags = numbers.iter().any(Option::is_none);
                let flags = flags.then(|| numbers.iter().map(Option::is_none).collect());
                let whole = numbers.iter().map(|number| number.as_ref().map_or(BigInt::ZERO, |own| scaled(own, scale)));
                let whole: Vec<BigInt> = whole.collect();
                let (least, most) = (whole.iter().min().cloned(), whole.iter().max().cloned());
                let least = least.unwrap_or_default().min(BigInt::ZERO);
                let range = self.seen((least, most.unwrap_or_default().max(BigInt::ZERO)));
                let whole: Option<Vec<i128>> = whole.iter().map(ToPrimitive::to_i128).collect();
                self.ops.push(Op::Group(Arc::clone(codes), whole?, flags));
                Some(range)
            }
            Tree::Several(fold, trees) => self.several(*fold, trees, scale),
            Tree::Product(a, b) => {
                let (scale_a, scale_b) = (scale_of(a)?, scale_of(b)?);
                let (a_least, a_most) = self.tree(a, &scale_a)?;
                let (b_least, b_most) = self.tree(b, &scale_b)?;
                self.ops.push(Op::Multiply);
                let corners = [&a_least * &b_least, &a_least * &b_most, &a_most * &b_least, &a_most * &b_most];
                let range = (corners.iter().min()?.clone(), corners.iter().max()?.clone());
                let range = self.seen(range);
                self.scaled_by(range, &(scale / (scale_a * scale_b)))
            }
            Tree::Clamp { tree, floor, cap, turned } => {
                let sides = [Some(tree), floor.as_ref(), cap.as_ref()].into_iter().flatten().map(|side| &**side);
                let range = self.all(sides, scale)?;
                self.ops.push(Op::Clamp { floor: floor.is_some(), cap: cap.is_some(), turned: *turned });
                Some(range)
            }
            Tree::When { guards, tree } => {
                let (least, most) = self.tree(tree, scale)?;
                for guard in guards {
                    self.guard(guard)?;
                }
                if guards.len() != 1 {
                    self.ops.push(Op::All(guards.len()));
                }
                self.ops.push(Op::When);
                Some((least.min(BigInt::ZERO), most.max(BigInt::ZERO)))
            }
            Tree::Bands { of, bounds, gives } => {
                let mut own = scale_of(of)?;
                bounds.iter().try_for_each(|(_, limit)| include(&mut own, limit.denom()))?;
                self.tree(of, &own)?;
                let mut limits = Vec::new();
                for (bound, limit) in bounds {
                    let limit = scaled(limit, &own);
                    self.seen_one(&limit);
                    limits.push((*bound, limit.to_i128()?));
                }
                let range = self.all(gives.iter(), scale)?;
                self.ops.push(Op::Bands(limits, gives.len()));
                Some(range)
            }
            Tree::Tiers { of, slices } => self.tiers(of, slices, scale),
            Tree::Cases { subject, choice, gives } => {
                let (least, most) = self.all(gives.iter(), scale)?;
                self.ops.push(Op::Cases(*subject, choice.clone(), gives.len()));
                Some((least.min(BigInt::ZERO), most.max(BigInt::ZERO)))
            }
            Tree::Rounded { tree, below, step, mode } => {
                let mut own = scale_of(tree)?;
                include(&mut own, step.denom())?;
                let range = self.tree(tree, &own)?;
                let (divisor, each) = (scaled(step, &own), scaled(step, scale));
                self.seen_one(&divisor);
                self.seen_one(&each);
                let (range, divisor) = match below {
                    None => {
                        self.ops.push(Op::Round(divisor.to_i128()?, each.to_i128()?, *mode));
                        (range, divisor)
                    }
                    Some(below) => {
                        let below_scale = scale_of(below)?;
                        let common = below_scale.gcd(&divisor);
                        let range = self.scaled_by(range, &(&below_scale / &common))?;
                        let of_below = self.tree(below, &below_scale)?;
                        self.scaled_by(of_below, &(divisor / common))?;
                        self.ops.push(Op::RoundOver(each.to_i128()?, *mode));
                        // What is below the line is at least 1.
                        (range, BigInt::one())
                    }
                };
                let (least, most) = (range.0 / &divisor - 1, range.1 / divisor + 1);
                Some(self.seen((least * &each, most * each)))
            }
            Tree::Where(tree, below) => {
                let range = self.tree(tree, scale)?;
                self.tree(below, &scale_of(below)?)?;
                self.ops.push(Op::AboveZero);
                Some(range)
            }
        }
    }

    fn several(&mut self, fold: Fold, trees: &[Tree], scale: &BigInt) -> Option<Range> {
        let mut range: Option<Range> = None;
        for tree in trees {
            range = Some(match (range, fold, tree) {
                (None, ..) => self.tree(tree, scale)?,
                (Some((least, most)), Fold::Extreme(extreme), Tree::Number(zero)) if zero.is_zero() => {
                    self.ops.push(Op::Cut(extreme));
                    (extreme.of(least, BigInt::zero()), extreme.of(most, BigInt::zero()))
                }
                (Some((a, b)), ..) => {
                    let (least, most) = self.tree(tree, scale)?;
                    self.ops.push(Op::Fold(fold));
                    match fold {
                        Fold::Sum => self.seen((a + least, b + most)),
                        Fold::Extreme(extreme) => (extreme.of(a, least), extreme.of(b, most)),
                    }
                }
            });
        }
        range
    }

    fn tiers(&mut self, of: &Tree, slices: &[(Option<BigRational>, BigRational)], scale: &BigInt) -> Option<Range> {
        let own = scale_of_tiers(of, slices)?;
        let (_, of_most) = self.tree(of, &own)?;
        let (mut ends, mut rest) = (Vec::new(), None);
        let (mut least, mut most, mut from) = (BigInt::ZERO, BigInt::ZERO, BigInt::ZERO);
        for (end, rate) in slices {
            let rate = rate.numer() * (scale / (&own * rate.denom()));
            self.seen_one(&rate);
            let to = match end {
                Some(end) => scaled(end, &own),
                None => of_most.clone().max(from.clone()),
            };
            self.seen_one(&to);
            let part = &rate * (&to - &from);
            if part.is_negative() {
                least += part;
            } else {
                most += part;
            }
            self.seen((least.clone(), most.clone()));
            match end {
                Some(_) => ends.push((to.to_i128()?, rate.to_i128()?)),
                None => rest = Some(rate.to_i128()?),
            }
            from = to;
        }
        self.ops.push(Op::Tiers(ends, rest));
        Some((least, most))
    }

    /// Puts a mask on its stack.
    fn guard(&mut self, guard: &Guard) -> Option<()> {
        match guard {
            Guard::Always(holds) => self.ops.push(Op::Always(*holds)),
            Guard::Plain(conditions) => {
                let checks = self.columns.checks(conditions)?;
                self.blanks.extend(&checks.blanks);
                self.ops.push(Op::Mask(checks));
            }
            Guard::Sign(tree, bound) => {
                self.tree(tree, &scale_of(tree)?)?;
                self.ops.push(Op::Sign(*bound));
            }
            Guard::Code(subject, accepted) => {
                self.blanks.extend(self.columns.blank_text(*subject));
                self.ops.push(Op::Code(*subject, accepted.clone()));
            }
            Guard::All(guards) | Guard::Any(guards) => {
                for guard in guards {
                    self.guard(guard)?;
                }
                let all = matches!(guard, Guard::All(_));
                self.ops.push(if all { Op::All(guards.len()) } else { Op::Any(guards.len()) });
            }
            Guard::Not(guard) => {
                self.guard(guard)?;
                self.ops.push(Op::Not);
            }
        }
        Some(())
    }
}

/// A machine word in which a program runs. Ranges have been proved to fit, so that nothing wraps.
trait Word: Copy + Ord {
    /// What divides by one divisor.
    type Rounder;
    fn rounder(divisor: i128) -> Self::Rounder;
    fn from_wide(number: i128) -> Self;
    fn from_narrow(number: i64) -> Self;
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// The multiple of the step that this ÷ the divisor rounds to; none if it is below 0 and may not be, or beyond
    /// 2^63 − 1 fen.
    fn rounded(self, rounder: &Self::Rounder, ending: Ending) -> Option<i64>;
    /// The same of this ÷ another; none too if that is not above 0.
    fn rounded_over(self, below: Self, ending: Ending) -> Option<i64>;
    /// The whole number that this ÷ the divisor rounds to.
    fn whole(self, rounder: &Self::Rounder, mode: RoundingMode) -> Self;
    /// The whole number that this ÷ another rounds to; none if that is not above 0.
    fn whole_over(self, below: Self, mode: RoundingMode) -> Option<Self>;
}

impl Word for i64 {
    type Rounder = (Divisor, u64);

    fn rounder(divisor: i128) -> Self::Rounder {
        let divisor = u64::try_from(divisor).unwrap_or(1).max(1);
        (Divisor::new(divisor), divisor)
    }

    fn from_wide(number: i128) -> Self {
        number.try_into().sure()
    }

    #[inline]
    fn from_narrow(number: i64) -> Self {
        number
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline]
    fn times(self, other: Self) -> Self {
        self.wrapping_mul(other)
    }

    #[inline]
    fn rounded(self, (divisor, size): &Self::Rounder, ending: Ending) -> Option<i64> {
        if *size == 1 {
            // Whole steps already.
            return if self < 0 && !ending.signed { None } else { self.checked_mul(ending.step) };
        }
        let (whole, rest) = divisor.divide(self.unsigned_abs(), 1);
        // As `finish` does it, within 64 bits: ranges leave two bits free, so that nothing wraps.
        let up = rest != 0 && ending.mode.goes_up(whole & 1 == 1, true, rest.wrapping_mul(2).cmp(size));
        let whole = whole.wrapping_add(up.into()).cast_signed();
        if self < 0 && whole != 0 && !ending.signed {
            return None;
        }
        let magnitude = whole.checked_mul(ending.step)?;
        Some(if self < 0 { magnitude.wrapping_neg() } else { magnitude })
    }

    #[inline]
    fn rounded_over(self, below: Self, ending: Ending) -> Option<i64> {
        let divisor = u64::try_from(below).ok().filter(|below| *below != 0)?;
        let number = self.unsigned_abs();
        let (whole, rest) = (number.checked_div(divisor)?, number.checked_rem(divisor)?);
        finish(self < 0, whole.into(), (rest.into(), divisor.into()), ending)
    }

    #[inline]
    fn whole(self, (divisor, size): &Self::Rounder, mode: RoundingMode) -> Self {
        let (whole, rest) = divisor.divide(self.unsigned_abs(), 1);
        let up = rest != 0 && mode.goes_up(whole & 1 == 1, true, rest.wrapping_mul(2).cmp(size));
        let whole = whole.wrapping_add(up.into()).cast_signed();
        if self < 0 { whole.wrapping_neg() } else { whole }
    }

    #[inline]
    fn whole_over(self, below: Self, mode: RoundingMode) -> Option<Self> {
        i128::from(self).whole_over(below.into(), mode)?.try_into().ok()
    }
}

impl Word for i128 {
    type Rounder = u128;

    fn rounder(divisor: i128) -> u128 {
        divisor.unsigned_abs().max(1)
    }

    fn from_wide(number: i128) -> Self {
        number
    }

    #[inline]
    fn from_narrow(number: i64) -> Self {
        number.into()
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline]
    fn times(self, other: Self) -> Self {
        self.wrapping_mul(other)
    }

    #[inline]
    fn rounded(self, divisor: &u128, ending: Ending) -> Option<i64> {
        let number = self.unsigned_abs();
        let (whole, rest) = (number.checked_div(*divisor)?, number.checked_rem(*divisor)?);
        finish(self < 0, whole, (rest, *divisor), ending)
    }

    #[inline]
    fn rounded_over(self, below: Self, ending: Ending) -> Option<i64> {
        let divisor = u128::try_from(below).ok().filter(|below| *below != 0)?;
        self.rounded(&divisor, ending)
    }

    #[inline]
    fn whole(self, divisor: &u128, mode: RoundingMode) -> Self {
        self.whole_over(divisor.cast_signed(), mode).sure()
    }

    #[inline]
    fn whole_over(self, below: Self, mode: RoundingMode) -> Option<Self> {
        let divisor = u128::try_from(below).ok().filter(|below| *below != 0)?;
        let number = self.unsigned_abs();
        let (whole, rest) = (number.checked_div(divisor)?, number.checked_rem(divisor)?);
        let up = rest != 0 && mode.goes_up(whole & 1 == 1, true, rest.wrapping_mul(2).cmp(&divisor));
        let whole = whole.wrapping_add(up.into()).cast_signed();
        Some(if self < 0 { whole.wrapping_neg() } else { whole })
    }
}

/// The rounded amount, from whole steps and the rest of the division.
#[inline]
fn finish(negative: bool, whole: u128, (rest, divisor): (u128, u128), ending: Ending) -> Option<i64> {
    // Ranges leave two bits free, so that twice the rest fits.
    let up = rest != 0 && ending.mode.goes_up(whole & 1 == 1, true, rest.wrapping_mul(2).cmp(&divisor));
    let whole = whole.checked_add(up.into())?;
    if negative && whole != 0 && !ending.signed {
        return None;
    }
    let magnitude = i64::try_from(whole).ok()?.checked_mul(ending.step)?;
    if negative { magnitude.checked_neg() } else { Some(magnitude) }
}
