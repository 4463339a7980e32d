//! Rules over whole columns.
//!
//! Every rule is piecewise linear: sums of attributes and layers times constants, floors, caps, conditions. So a rule
//! becomes a short program over whole numbers: each coefficient is brought to one common denominator when the rule is
//! compiled, rows are added, compared and cut as integers, and the only division is the one rounding at the end. Interval
//! arithmetic over the ranges of the columns proves that 64 or 128 bits suffice; where they do not, or a row has a
//! blank or a fault, the exact way of [`exact`](crate::engine::exact) takes over.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::engine::columns::{Blank, Checks, Columns, Mantissas};
use crate::engine::rows::Rows;
use crate::ground::fraction::rational;
use crate::ground::money::RoundingMode;
use crate::math::divide::Divisor;
use crate::policy::{Class, Condition, Rule, RuleKind, Value};

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
    Attribute(usize, BigRational),
    /// Coefficient of a column of fen.
    Layer(usize, BigRational),
    Sum(Vec<Self>),
    /// The greater (or the smaller) of a tree and zero.
    Cut {
        tree: Box<Self>,
        greater: bool,
    },
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

impl Compiler<'_> {
    pub(crate) fn rule(&self, rule: &Rule) -> Result<Tree, Unfit> {
        self.rule_times(rule, &BigRational::one())
    }

    fn rule_times(&self, rule: &Rule, factor: &BigRational) -> Result<Tree, Unfit> {
        let tree = match &rule.kind {
            RuleKind::Amount(value) => self.value(value, factor)?,
            RuleKind::Rate { rate, of } => {
                let rate = rate.at(self.year).ok_or(Unfit)?;
                self.value(of, &(factor * rate.fraction()))?
            }
            RuleKind::TopUp { to, counting } => {
                let mut terms = vec![self.value(to, factor)?];
                for layer in counting {
                    terms.push(layer_of(self.arrived.unwrap_or(self.cells), *layer, &-factor)?);
                }
                cut(sum(terms), !factor.is_negative())
            }
            RuleKind::Pool(_) => return Err(Unfit),
        };
        let side = |value: &Option<Value>| value.as_ref().map(|value| self.value(value, factor)).transpose();
        let (floor, cap) = (side(&rule.at_least)?, side(&rule.at_most)?);
        let tree = clamp(tree, floor, cap, factor.is_negative())?;
        if rule.when.is_empty() {
            return Ok(tree);
        }
        Ok(Tree::When { conditions: rule.when.clone(), tree: Box::new(tree) })
    }

    fn value(&self, value: &Value, factor: &BigRational) -> Result<Tree, Unfit> {
        let fen = BigInt::from(self.columns.policy.unit().fen());
        match value {
            Value::Number(yearly) => Ok(Tree::Number(rational(*yearly.at(self.year).ok_or(Unfit)?) * fen * factor)),
            Value::Standard => {
                let standard = self.class.standard.as_ref().and_then(|standard| standard.at(self.year)).ok_or(Unfit)?;
                Ok(Tree::Number(rational(*standard) * fen * factor))
            }
            Value::Attribute(index) => {
                let column = self.columns.mantissas(*index).ok_or(Unfit)?;
                let per = self.columns.factor(*index) * fen / BigInt::from(10).pow(column.scale);
                Ok(Tree::Attribute(*index, per * factor))
            }
            Value::Layer(layer) => layer_of(self.cells, *layer, factor),
            Value::Rule(rule) => self.rule_times(rule, factor),
            Value::Sum(terms) => {
                Ok(sum(terms.iter().map(|term| self.value(term, factor)).collect::<Result<_, _>>()?))
            }
        }
    }
}

fn layer_of(cells: &[Cell], layer: usize, factor: &BigRational) -> Result<Tree, Unfit> {
    match cells.get(layer) {
        Some(Cell::Uniform(fen)) => Ok(Tree::Number(factor * BigInt::from(*fen))),
        Some(Cell::Dense(column)) => Ok(Tree::Layer(*column, factor.clone())),
        Some(Cell::Failed) | None => Err(Unfit),
    }
}

fn sum(terms: Vec<Tree>) -> Tree {
    let mut total = BigRational::zero();
    let mut rest = Vec::new();
    for term in terms {
        match term {
            Tree::Number(number) => total += number,
            Tree::Sum(terms) => rest.extend(terms),
            term => rest.push(term),
        }
    }
    if rest.is_empty() {
        return Tree::Number(total);
    }
    if !total.is_zero() {
        rest.push(Tree::Number(total));
    }
    Tree::Sum(rest)
}

fn cut(tree: Tree, greater: bool) -> Tree {
    match tree {
        Tree::Number(number) => {
            let cut = if greater { number.is_negative() } else { number.is_positive() };
            Tree::Number(if cut { BigRational::zero() } else { number })
        }
        tree => Tree::Cut { tree: Box::new(tree), greater },
    }
}

fn clamp(tree: Tree, floor: Option<Tree>, cap: Option<Tree>, turned: bool) -> Result<Tree, Unfit> {
    if floor.is_none() && cap.is_none() {
        return Ok(tree);
    }
    if let (Some(Tree::Number(floor)), Some(Tree::Number(cap))) = (&floor, &cap)
        && (if turned { cap > floor } else { floor > cap })
    {
        // The exact way says for which places.
        return Err(Unfit);
    }
    let number = |side: &Option<Tree>| match side {
        None => Some(None),
        Some(Tree::Number(number)) => Some(Some(number.clone())),
        Some(_) => None,
    };
    if let (Tree::Number(amount), Some(floor), Some(cap)) = (&tree, number(&floor), number(&cap)) {
        let mut amount = amount.clone();
        if let Some(floor) = floor {
            amount = if turned { amount.min(floor) } else { amount.max(floor) };
        }
        if let Some(cap) = cap {
            amount = if turned { amount.max(cap) } else { amount.min(cap) };
        }
        return Ok(Tree::Number(amount));
    }
    Ok(Tree::Clamp { tree: Box::new(tree), floor: floor.map(Box::new), cap: cap.map(Box::new), turned })
}

/// A column of layer amounts that a program may read.
#[derive(Debug)]
pub(crate) struct Dense {
    /// Fen for one place, by row; 0 for rows that have no amount of their own here.
    pub(crate) amounts: Vec<i64>,
    /// The least of them if one is below 0, which only what arrived can be.
    pub(crate) least: i64,
    /// The greatest of them.
    pub(crate) most: i64,
}

enum Op<'a> {
    Number(i128),
    Attribute(Mantissas<'a>, i128),
    Layer(&'a Dense, i128),
    Add,
    Cut { greater: bool },
    Clamp { floor: bool, cap: bool, turned: bool },
    When(Checks<'a>),
}

/// A rule over columns. Its numbers are fen × `scale`.
pub(crate) struct Program<'a> {
    ops: Vec<Op<'a>>,
    blanks: Vec<Blank<'a>>,
    /// Fen × scale of one rounding step.
    divisor: i128,
    step: i64,
    mode: RoundingMode,
    narrow: bool,
}

/// What a program says of a row.
pub(crate) enum Outcome {
    Amount(i64),
    /// Only the exact way knows.
    Ask,
}

impl<'a> Program<'a> {
    /// A program for a tree, if 128 bits suffice.
    pub(crate) fn new(tree: &Tree, columns: &Columns<'a>, dense: &'a [Dense]) -> Option<Self> {
        let mut scale = BigInt::one();
        denominators(tree, &mut scale);
        let mut builder = Builder { columns, dense, scale, ops: Vec::new(), blanks: Vec::new(), most: BigInt::zero() };
        builder.tree(tree)?;
        let rounding = columns.policy.rounding();
        let step = rounding.step().fen();
        let divisor = &builder.scale * step;
        let most = builder.most.max(divisor.clone());
        // Twice the rest is compared with the divisor, so two bits are kept free.
        let fits = |bits: u32| most < BigInt::one() << bits;
        if !fits(126) {
            return None;
        }
        let Builder { ops, blanks, .. } = builder;
        Some(Self { ops, blanks, divisor: divisor.to_i128()?, step, mode: rounding.mode(), narrow: fits(62) })
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
                    Op::Add => {
                        let term = stack.pop().unwrap_or_default();
                        if let Some(top) = stack.last_mut() {
                            for (sum, term) in top.iter_mut().zip(&term) {
                                *sum = sum.plus(*term);
                            }
                        }
                        free.push(term);
                    }
                    Op::Cut { greater } => {
                        let zero = W::from_narrow(0);
                        for number in stack.last_mut().into_iter().flatten() {
                            *number = if *greater { (*number).max(zero) } else { (*number).min(zero) };
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
                let amount = if *odd { None } else { number.rounded(&rounder, self.step, self.mode) };
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

/// The least common multiple of all denominators of a tree.
fn denominators(tree: &Tree, scale: &mut BigInt) {
    match tree {
        Tree::Number(number) | Tree::Attribute(_, number) | Tree::Layer(_, number) => {
            *scale = scale.lcm(number.denom());
        }
        Tree::Sum(terms) => terms.iter().for_each(|term| denominators(term, scale)),
        Tree::Cut { tree, .. } | Tree::When { tree, .. } => denominators(tree, scale),
        Tree::Clamp { tree, floor, cap, .. } => {
            denominators(tree, scale);
            for side in [floor, cap].into_iter().flatten() {
                denominators(side, scale);
            }
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
            Tree::Sum(terms) => {
                let mut range: Option<Range> = None;
                for term in terms {
                    let (least, most) = self.tree(term)?;
                    range = Some(match range {
                        None => (least, most),
                        Some((a, b)) => {
                            self.ops.push(Op::Add);
                            self.seen((a + least, b + most))
                        }
                    });
                }
                range
            }
            Tree::Cut { tree, greater } => {
                let (least, most) = self.tree(tree)?;
                self.ops.push(Op::Cut { greater: *greater });
                let zero = BigInt::zero();
                Some(if *greater {
                    (least.max(zero.clone()), most.max(zero))
                } else {
                    (least.min(zero.clone()), most.min(zero))
                })
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
    /// The multiple of `step` that this ÷ the divisor rounds to; none if it is below 0 or beyond 2^63 − 1 fen.
    fn rounded(self, rounder: &Self::Rounder, step: i64, mode: RoundingMode) -> Option<i64>;
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
    fn rounded(self, (divisor, size): &Self::Rounder, step: i64, mode: RoundingMode) -> Option<i64> {
        if *size == 1 {
            // Whole steps already.
            return if self < 0 { None } else { self.checked_mul(step) };
        }
        let (whole, rest) = divisor.divide(self.unsigned_abs(), 1);
        finish(self < 0, whole.into(), (rest.into(), (*size).into()), step, mode)
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
    fn rounded(self, divisor: &u128, step: i64, mode: RoundingMode) -> Option<i64> {
        let number = self.unsigned_abs();
        let (whole, rest) = (number.checked_div(*divisor)?, number.checked_rem(*divisor)?);
        finish(self < 0, whole, (rest, *divisor), step, mode)
    }
}

/// The rounded amount, from whole steps and the rest of the division.
#[inline]
fn finish(negative: bool, whole: u128, (rest, divisor): (u128, u128), step: i64, mode: RoundingMode) -> Option<i64> {
    // Ranges leave two bits free, so that twice the rest fits.
    let up = rest != 0 && mode.goes_up(whole & 1 == 1, true, rest.wrapping_mul(2).cmp(&divisor));
    let whole = whole.checked_add(up.into())?;
    if negative && whole != 0 {
        return None;
    }
    i64::try_from(whole).ok()?.checked_mul(step)
}
