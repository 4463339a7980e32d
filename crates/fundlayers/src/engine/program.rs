//! Rules over whole columns.
//!
//! Every rule is piecewise linear: sums of attributes and layers times constants, the least and greatest of such, floors,
//! caps, conditions. So a rule
//! becomes a short program over whole numbers: each coefficient is brought to one common denominator when the rule is
//! compiled, rows are added, compared and cut as integers, and the only division is the one rounding at the end. Interval
//! arithmetic over the ranges of the columns proves that 64 or 128 bits suffice; where they do not, or a row has a
//! blank or a fault, the exact way of [`exact`](crate::engine::exact) takes over.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

use crate::engine::columns::{Blank, Checks, Columns, Mantissas};
use crate::engine::rows::Rows;
use crate::ground::fraction::{Fraction, make_common, rational};
use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::ground::money::RoundingMode;
use crate::math::divide::Divisor;
use crate::policy::kinds::Tiers;
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::{Class, Condition, Layer, NumberRounding, Ratio, Sign, Value, Yearly};

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

/// A rule with its constants worked out, in fen times the common factor of its tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Number(BigRational),
    /// Coefficient of the column's mantissas.
    Attribute(AttributeIndex, BigRational),
    /// Coefficient of a column of fen.
    Layer(usize, BigRational),
    Several(Fold, Vec<Self>),
    /// Raised to a floor, then cut to a cap; turned around if the factor is below zero.
    Clamp {
        tree: Box<Self>,
        floor: Option<Box<Self>>,
        cap: Option<Box<Self>>,
        turned: bool,
    },
    /// The tree where the conditions hold, else 0.
    When {
        conditions: Vec<Condition>,
        tree: Box<Self>,
    },
}

/// What several numbers are put together to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Sum,
    Extreme(Extreme),
}

/// The rule cannot be compiled and is left to the exact way.
pub(crate) struct Unfit;

/// Compiles a rule of a class in a year. `cells` are the layers before it.
pub(crate) struct Compiler<'a> {
    pub(crate) columns: &'a Columns<'a>,
    pub(crate) class: &'a Class,
    pub(crate) year: u16,
    pub(crate) cells: &'a [Cell],
    /// What arrived by layer, where top-ups count that and not what was due.
    pub(crate) arrived: Option<&'a [Cell]>,
}

impl Algebra for Compiler<'_> {
    type Number = Result<Tree, Unfit>;

    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number {
        let number = number.at(self.year).ok_or(Unfit)?;
        Ok(Tree::Number(rational(*number) * self.fen()))
    }

    fn standard(&mut self) -> Self::Number {
        // It reads no standard, so that this ends.
        self.class.standard.as_ref().ok_or(Unfit)?.eval(self)
    }

    fn attribute(&mut self, attribute: AttributeIndex) -> Self::Number {
        let column = self.columns.mantissas(attribute).ok_or(Unfit)?;
        let per = self.columns.factor(attribute) * self.fen() / BigInt::from(10).pow(column.scale);
        Ok(Tree::Attribute(attribute, per))
    }

    fn layer(&mut self, layer: LayerIndex) -> Self::Number {
        layer_of(self.cells, layer)
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<Self::Number> {
        let cells = self.arrived.unwrap_or(self.cells);
        layers.iter().map(|layer| layer_of(cells, *layer)).collect()
    }

    fn figure(&mut self, _: FigureIndex) -> Self::Number {
        Err(Unfit)
    }

    fn aggregate(&mut self, _: AggregateIndex) -> Self::Number {
        Err(Unfit)
    }

    fn exact(&mut self, _: LayerIndex) -> Self::Number {
        Err(Unfit)
    }

    fn last_year(&mut self, _: LayerIndex, _: &Value) -> Self::Number {
        Err(Unfit)
    }

    fn tiers(&mut self, _: Self::Number, _: &Tiers) -> Self::Number {
        Err(Unfit)
    }

    fn rounded(&mut self, _: Self::Number, _: &NumberRounding) -> Self::Number {
        Err(Unfit)
    }

    fn made_of(&mut self, _: Vec<Self::Number>) -> Self::Number {
        Err(Unfit)
    }

    fn pool(&mut self, _: PoolIndex) -> Self::Number {
        Err(Unfit)
    }

    fn left_of(&mut self, _: PoolIndex) -> Self::Number {
        Err(Unfit)
    }

    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number {
        several(Fold::Sum, terms)
    }

    fn difference(&mut self, first: Self::Number, rest: Vec<Self::Number>) -> Self::Number {
        let minus = several(Fold::Sum, rest)?.times(&-BigRational::one());
        several(Fold::Sum, vec![first, minus])
    }

    fn times(&mut self, rate: &Yearly<Ratio>, of: Self::Number) -> Self::Number {
        of?.times(&rate.at(self.year).ok_or(Unfit)?.fraction())
    }

    fn extreme(&mut self, which: Extreme, members: Vec<Self::Number>) -> Self::Number {
        several(Fold::Extreme(which), members)
    }

    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number {
        several(Fold::Extreme(Extreme::Greatest), vec![number, Ok(Tree::Number(BigRational::zero()))])
    }

    fn bounded(
        &mut self,
        amount: Self::Number,
        floor: Option<Self::Number>,
        cap: Option<Self::Number>,
    ) -> Self::Number {
        clamp(amount?, floor.transpose()?, cap.transpose()?)
    }

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number {
        let tree = rule(self)?;
        if conditions.is_empty() {
            return Ok(tree);
        }
        if !conditions.iter().all(Condition::is_plain) {
            return Err(Unfit);
        }
        Ok(Tree::When { conditions: conditions.to_vec(), tree: Box::new(tree) })
    }
}

impl Compiler<'_> {
    fn fen(&self) -> BigInt {
        self.columns.policy.unit().fen().into()
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
        Ok(match self {
            Self::Number(number) => Self::Number(number * factor),
            Self::Attribute(index, per) => Self::Attribute(index, per * factor),
            Self::Layer(column, per) => Self::Layer(column, per * factor),
            Self::Several(fold, trees) => {
                let fold = match fold {
                    Fold::Extreme(extreme) if factor.is_negative() => Fold::Extreme(extreme.turned()),
                    fold => fold,
                };
                several(fold, trees.into_iter().map(|tree| tree.times(factor)).collect())?
            }
            // Times 0 a floor is no longer above its cap, which only the exact way then knows.
            Self::Clamp { floor: Some(_), cap: Some(_), .. } if factor.is_zero() => return Err(Unfit),
            Self::Clamp { tree, floor, cap, turned } => Self::Clamp {
                tree: boxed(tree)?,
                floor: floor.map(boxed).transpose()?,
                cap: cap.map(boxed).transpose()?,
                turned: turned != factor.is_negative(),
            },
            Self::When { conditions, tree } => Self::When { conditions, tree: boxed(tree)? },
        })
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
fn several(fold: Fold, trees: Vec<Result<Tree, Unfit>>) -> Result<Tree, Unfit> {
    let mut constants: Vec<Fraction> = Vec::new();
    let mut rest = Vec::new();
    for tree in trees {
        match tree? {
            Tree::Number(number) => constants.push(number.into()),
            Tree::Several(same, trees) if same == fold => rest.extend(trees),
            tree => rest.push(tree),
        }
    }
    let constant = fold.of(constants);
    if rest.is_empty() {
        return Ok(Tree::Number(constant.unwrap_or_default()));
    }
    rest.extend(constant.filter(|constant| fold != Fold::Sum || !constant.is_zero()).map(Tree::Number));
    Ok(Tree::Several(fold, rest))
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
        let raised =
            several(Fold::Extreme(Extreme::Greatest), [Some(tree), floor].into_iter().flatten().map(Ok).collect());
        return several(Fold::Extreme(Extreme::Least), [Some(raised), cap.map(Ok)].into_iter().flatten().collect());
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
    /// Of the two topmost.
    Fold(Fold),
    /// Of the top and zero.
    Cut(Extreme),
    Clamp {
        floor: bool,
        cap: bool,
        turned: bool,
    },
    When(Checks<'a>),
}

/// A rule over columns. Its numbers are fen × `scale`.
pub(crate) struct Program<'a> {
    ops: Vec<Op<'a>>,
    blanks: Vec<Blank<'a>>,
    /// Fen × scale of one rounding step.
    divisor: i128,
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
    /// A program for a tree of a layer, if 128 bits suffice.
    pub(crate) fn new(tree: &Tree, layer: &Layer, columns: &Columns<'a>, dense: &'a [Dense]) -> Option<Self> {
        let mut scale = BigInt::one();
        denominators(tree, &mut scale)?;
        let mut builder = Builder { columns, dense, scale, ops: Vec::new(), blanks: Vec::new(), most: BigInt::zero() };
        builder.tree(tree)?;
        let (rounding, signed) = (layer.rounding, layer.sign == Sign::Any);
        let step = rounding.step().fen();
        let divisor = &builder.scale * step;
        let most = builder.most.max(divisor.clone());
        // Twice the rest is compared with the divisor, so two bits are kept free.
        let fits = |bits: u32| most < BigInt::one() << bits;
        if !fits(126) {
            return None;
        }
        let Builder { ops, blanks, .. } = builder;
        let ending = Ending { step, mode: rounding.mode(), signed };
        Some(Self { ops, blanks, divisor: divisor.to_i128()?, ending, narrow: fits(62) })
    }

    /// The same for a bound of a pool: rounded half-up, and not below 0.
    pub(crate) fn of_bound(self) -> Self {
        let ending = Ending { mode: RoundingMode::HalfUp, signed: false, ..self.ending };
        Self { ending, ..self }
    }

    /// Says the amount of one place for each of the rows.
    pub(crate) fn run(&self, rows: &Rows, each: impl FnMut(usize, Outcome)) {
        if self.narrow { self.run_in::<i64>(rows, each) } else { self.run_in::<i128>(rows, each) }
    }

    fn run_in<W: Word>(&self, rows: &Rows, mut each: impl FnMut(usize, Outcome)) {
        const CHUNK: usize = 1024;
        let index = |row: &u32| usize::try_from(*row).unwrap_or(usize::MAX);
        let mut free: Vec<Vec<W>> = Vec::new();
        let mut stack: Vec<Vec<W>> = Vec::new();
        let mut odd = vec![false; CHUNK];
        let rounder = W::rounder(self.divisor);
        rows.chunks(CHUNK, |rows| {
            odd.fill(false);
            for blank in &self.blanks {
                for (odd, row) in odd.iter_mut().zip(rows) {
                    *odd |= blank.contains(index(row));
                }
            }
            for op in &self.ops {
                match op {
                    Op::Number(number) => {
                        let mut top = free.pop().unwrap_or_default();
                        top.clear();
                        top.resize(rows.len(), W::from_wide(*number));
                        stack.push(top);
                    }
                    Op::Attribute(column, factor) => {
                        let factor = W::from_wide(*factor);
                        let mut top = free.pop().unwrap_or_default();
                        top.clear();
                        extend(&mut top, column.rows, rows, |number| W::from_narrow(number).times(factor));
                        stack.push(top);
                    }
                    Op::Layer(column, factor) => {
                        let factor = W::from_wide(*factor);
                        let mut top = free.pop().unwrap_or_default();
                        top.clear();
                        extend(&mut top, &column.amounts, rows, |number| W::from_narrow(number).times(factor));
                        stack.push(top);
                    }
                    Op::Fold(fold) => {
                        let term = stack.pop().unwrap_or_default();
                        if let Some(top) = stack.last_mut() {
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
                        free.push(term);
                    }
                    Op::Cut(keep) => {
                        let zero = W::from_narrow(0);
                        for number in stack.last_mut().into_iter().flatten() {
                            *number = keep.of(*number, zero);
                        }
                    }
                    Op::Clamp { floor, cap, turned } => {
                        let cap = if *cap { stack.pop() } else { None };
                        let floor = if *floor { stack.pop() } else { None };
                        if let (Some(floor), Some(cap)) = (&floor, &cap) {
                            for (odd, (floor, cap)) in odd.iter_mut().zip(floor.iter().zip(cap)) {
                                *odd |= if *turned { cap > floor } else { floor > cap };
                            }
                        }
                        if let Some(top) = stack.last_mut() {
                            for (side, greater) in [(&floor, !*turned), (&cap, *turned)] {
                                for (number, side) in top.iter_mut().zip(side.iter().flatten()) {
                                    *number = if greater { (*number).max(*side) } else { (*number).min(*side) };
                                }
                            }
                        }
                        free.extend(floor);
                        free.extend(cap);
                    }
                    Op::When(checks) => {
                        for (number, row) in stack.last_mut().into_iter().flatten().zip(rows) {
                            if !checks.hold(index(row)) {
                                *number = W::from_narrow(0);
                            }
                        }
                    }
                }
            }
            let Some(top) = stack.pop() else { return };
            for ((number, row), odd) in top.iter().zip(rows).zip(&odd) {
                let amount = if *odd { None } else { number.rounded(&rounder, self.ending) };
                each(index(row), amount.map_or(Outcome::Ask, Outcome::Amount));
            }
            free.push(top);
        });
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
        None => top.extend(rows.iter().map(|row| word(column.get(at(row)).copied().unwrap_or_default()))),
    }
}

/// Brings all denominators of a tree to a common one; none if 128 bits do not hold it.
fn denominators(tree: &Tree, scale: &mut BigInt) -> Option<()> {
    match tree {
        Tree::Number(number) | Tree::Attribute(_, number) | Tree::Layer(_, number) => {
            make_common(scale, number.denom());
            (scale.bits() <= 128).then_some(())
        }
        Tree::Several(_, trees) => trees.iter().try_for_each(|tree| denominators(tree, scale)),
        Tree::When { tree, .. } => denominators(tree, scale),
        Tree::Clamp { tree, floor, cap, .. } => {
            let mut sides = [Some(tree), floor.as_ref(), cap.as_ref()].into_iter().flatten();
            sides.try_for_each(|side| denominators(side, scale))
        }
    }
}

struct Builder<'c, 'a> {
    columns: &'c Columns<'a>,
    dense: &'a [Dense],
    scale: BigInt,
    ops: Vec<Op<'a>>,
    blanks: Vec<Blank<'a>>,
    /// The greatest magnitude of any number on the way.
    most: BigInt,
}

/// The least and greatest that a number can be.
type Range = (BigInt, BigInt);

impl Builder<'_, '_> {
    fn scaled(&self, number: &BigRational) -> BigInt {
        number.numer() * (&self.scale / number.denom())
    }

    fn seen(&mut self, range: Range) -> Range {
        let most = range.0.abs().max(range.1.abs());
        if most > self.most {
            self.most = most;
        }
        range
    }

    /// The range of a column times a factor.
    fn times(&mut self, least: i64, most: i64, factor: &BigInt) -> Range {
        self.seen((factor.clone(), factor.clone()));
        let (a, b) = (factor * least, factor * most);
        self.seen((a.clone().min(b.clone()), a.max(b)))
    }

    fn tree(&mut self, tree: &Tree) -> Option<Range> {
        match tree {
            Tree::Number(number) => {
                let number = self.scaled(number);
                self.ops.push(Op::Number(number.to_i128()?));
                Some(self.seen((number.clone(), number)))
            }
            Tree::Attribute(index, factor) => {
                let column = self.columns.mantissas(*index)?;
                let factor = self.scaled(factor);
                self.blanks.extend(column.blank());
                self.ops.push(Op::Attribute(column, factor.to_i128()?));
                Some(self.times(column.least, column.most, &factor))
            }
            Tree::Layer(index, factor) => {
                let column = self.dense.get(*index)?;
                let factor = self.scaled(factor);
                self.ops.push(Op::Layer(column, factor.to_i128()?));
                Some(self.times(column.least, column.most, &factor))
            }
            Tree::Several(fold, trees) => {
                let mut range: Option<Range> = None;
                for tree in trees {
                    range = Some(match (range, fold, tree) {
                        (None, ..) => self.tree(tree)?,
                        (Some((least, most)), Fold::Extreme(extreme), Tree::Number(zero)) if zero.is_zero() => {
                            self.ops.push(Op::Cut(*extreme));
                            (extreme.of(least, BigInt::zero()), extreme.of(most, BigInt::zero()))
                        }
                        (Some((a, b)), ..) => {
                            let (least, most) = self.tree(tree)?;
                            self.ops.push(Op::Fold(*fold));
                            match fold {
                                Fold::Sum => self.seen((a + least, b + most)),
                                Fold::Extreme(extreme) => (extreme.of(a, least), extreme.of(b, most)),
                            }
                        }
                    });
                }
                range
            }
            Tree::Clamp { tree, floor, cap, turned } => {
                let mut ranges = vec![self.tree(tree)?];
                for side in [floor, cap].into_iter().flatten() {
                    ranges.push(self.tree(side)?);
                }
                self.ops.push(Op::Clamp { floor: floor.is_some(), cap: cap.is_some(), turned: *turned });
                let least = ranges.iter().map(|(least, _)| least).min()?.clone();
                let most = ranges.iter().map(|(_, most)| most).max()?.clone();
                Some((least, most))
            }
            Tree::When { conditions, tree } => {
                let (least, most) = self.tree(tree)?;
                let checks = self.columns.checks(conditions)?;
                self.blanks.extend(&checks.blanks);
                self.ops.push(Op::When(checks));
                let zero = BigInt::zero();
                Some((least.min(zero.clone()), most.max(zero)))
            }
        }
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
    fn times(self, other: Self) -> Self;
    /// The multiple of the step that this ÷ the divisor rounds to; none if it is below 0 and may not be, or beyond
    /// 2^63 − 1 fen.
    fn rounded(self, rounder: &Self::Rounder, ending: Ending) -> Option<i64>;
}

impl Word for i64 {
    type Rounder = (Divisor, u64);

    fn rounder(divisor: i128) -> Self::Rounder {
        let divisor = u64::try_from(divisor).unwrap_or(1).max(1);
        (Divisor::new(divisor), divisor)
    }

    fn from_wide(number: i128) -> Self {
        number.try_into().unwrap_or_default()
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
        finish(self < 0, whole.into(), (rest.into(), (*size).into()), ending)
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
    fn times(self, other: Self) -> Self {
        self.wrapping_mul(other)
    }

    #[inline]
    fn rounded(self, divisor: &u128, ending: Ending) -> Option<i64> {
        let number = self.unsigned_abs();
        let (whole, rest) = (number.checked_div(*divisor)?, number.checked_rem(*divisor)?);
        finish(self < 0, whole, (rest, *divisor), ending)
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
