//! What figures come to over groups of places, so that what parts of a roster come to can be put together.

use hashbrown::HashMap;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::Zero;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::engine::aggregates::Sum;
use crate::engine::settle::text::Text;
use crate::ground::catalogue::results as words;
use crate::ground::fraction::Fraction;
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::results::figures::{self, Blanked, Blanks, OfPlaces, has_figures};
use crate::results::totals::{Codes, Grouping, codes_of};

/// What a figure comes to over a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// How many places have it, each in each year.
    pub places: u64,
    /// Their sum; none if it has more than 28 digits.
    pub sum: Option<Decimal>,
    /// Their mean; none of no places.
    pub mean: Option<Decimal>,
    /// The least of them; none of no places.
    pub least: Option<Decimal>,
    /// The greatest of them; none of no places.
    pub greatest: Option<Decimal>,
}

/// A figure of a group on the way. A sum of many ratios has a denominator of thousands of digits; most do not need it:
/// between what is known to be below the sum and what is known to be above it there is one number to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FigureSum {
    places: u64,
    /// The sum in steps of 1 ÷ [`steps`], each value rounded down.
    below: Text<BigInt>,
    /// How many values lost a part of a step by it.
    rounded: Text<BigInt>,
    least: Option<Text<BigRational>>,
    greatest: Option<Text<BigRational>>,
    /// The sum itself, where it was asked for.
    exact: Option<Text<BigRational>>,
}

/// Steps of a sum that is not exact yet: fine enough for more places than there can be.
fn steps() -> BigInt {
    BigInt::from(10).pow(60)
}

/// A figure of the places of one roster on the way.
#[derive(Clone, Default)]
struct Gathered {
    places: u64,
    below: BigInt,
    rounded: BigInt,
    least: Option<Fraction>,
    greatest: Option<Fraction>,
}

impl Gathered {
    fn add(&mut self, value: &Fraction, count: u64, steps: &BigInt) {
        self.places = self.places.saturating_add(count);
        let (whole, rest) = (value.numerator() * steps).div_mod_floor(value.denominator());
        self.below += whole * count;
        if !rest.is_zero() {
            self.rounded += count;
        }
        if self.least.as_ref().is_none_or(|least| value < least) {
            self.least = Some(value.clone());
        }
        if self.greatest.as_ref().is_none_or(|greatest| value > greatest) {
            self.greatest = Some(value.clone());
        }
    }

    fn summed(self) -> FigureSum {
        let number = |number: Option<Fraction>| number.map(|number| Text(number.reduced()));
        FigureSum {
            places: self.places,
            below: Text(self.below),
            rounded: Text(self.rounded),
            least: number(self.least),
            greatest: number(self.greatest),
            exact: None,
        }
    }
}

impl FigureSum {
    /// Takes in what other places of the group come to.
    pub(crate) fn merge(&mut self, other: Self) {
        let either = |one: Option<Text<BigRational>>, other| [one, other].into_iter().flatten();
        self.places = self.places.saturating_add(other.places);
        self.below.0 += other.below.0;
        self.rounded.0 += other.rounded.0;
        self.least = either(self.least.take(), other.least).min();
        self.greatest = either(self.greatest.take(), other.greatest).max();
        self.exact = either(self.exact.take(), other.exact).reduce(|one, other| Text(one.0 + other.0));
    }

    /// What is shown; none if the exact sum is needed to tell.
    pub(crate) fn numbers(&self) -> Option<Numbers> {
        if let Some(Text(sum)) = &self.exact {
            return Some(self.with_sum(sum.numer(), sum.denom()));
        }
        let (steps, above) = (steps(), &self.below.0 + &self.rounded.0);
        let numbers = self.with_sum(&self.below.0, &steps);
        (numbers == self.with_sum(&above, &steps)).then_some(numbers)
    }

    /// What is shown with a sum.
    fn with_sum(&self, numerator: &BigInt, denominator: &BigInt) -> Numbers {
        let of = |number: &Option<Text<BigRational>>| {
            number.as_ref().and_then(|number| figures::shown(number.0.numer(), number.0.denom()))
        };
        let some = self.places > 0;
        Numbers {
            places: self.places,
            sum: figures::shown(numerator, denominator),
            mean: figures::shown(numerator, &(denominator * self.places.max(1))).filter(|_| some),
            least: of(&self.least),
            greatest: of(&self.greatest),
        }
    }
}

/// Figures over the groups of a roster, by their codes.
pub(crate) struct FigureSums {
    pub(crate) groups: HashMap<Codes, Vec<FigureSum>>,
    pub(crate) blanked: Blanked,
}

impl FigureSums {
    /// The figures of an allocation by columns.
    pub(crate) fn new(allocation: &Allocation, by: &[Grouping]) -> Self {
        let figures = allocation.policy().figures().len();
        let mut groups: HashMap<Codes, Vec<Gathered>> = HashMap::new();
        let mut blanks = Blanks::new(allocation.policy());
        let steps = steps();
        figures::each(allocation, true, &mut |of| {
            blanks.count(of, |figure| of.values.get(figure).is_none_or(Option::is_none));
            let group = groups.entry(codes_of(allocation, by, of.row, of.year, 0));
            let gathered = group.or_insert_with(|| vec![Gathered::default(); figures]);
            for (gathered, value) in gathered.iter_mut().zip(of.values) {
                if let Some(value) = value {
                    gathered.add(value, of.count, &steps);
                }
            }
        });
        let summed = |list: Vec<Gathered>| list.into_iter().map(Gathered::summed).collect();
        let groups = groups.into_iter().map(|(codes, list)| (codes, summed(list))).collect();
        Self { groups, blanked: blanks.found(allocation) }
    }

    /// The groups and figures whose exact sums are needed to tell what is shown.
    pub(crate) fn in_doubt(&self) -> impl Iterator<Item = (&Codes, usize)> {
        in_doubt(&self.groups)
    }

    /// Adds the exact sums of those that are wanted, by group and figure.
    pub(crate) fn add_exact(
        &mut self,
        allocation: &Allocation,
        by: &[Grouping],
        wanted: impl Fn(&Codes, usize) -> bool,
    ) {
        let mut exact: HashMap<Codes, Vec<Option<Sum>>> = HashMap::new();
        for (codes, list) in &self.groups {
            let sums: Vec<_> = (0..list.len()).map(|figure| wanted(codes, figure).then(Sum::default)).collect();
            if sums.iter().any(Option::is_some) {
                exact.insert(*codes, sums);
            }
        }
        if exact.is_empty() {
            return;
        }
        figures::each(allocation, true, &mut |of: &OfPlaces<'_>| {
            let Some(sums) = exact.get_mut(&codes_of(allocation, by, of.row, of.year, 0)) else { return };
            for (sum, value) in sums.iter_mut().zip(of.values) {
                if let Some((sum, value)) = sum.as_mut().zip(value.as_ref()) {
                    sum.add(value, of.count);
                }
            }
        });
        for (codes, sums) in exact {
            for (figure, sum) in self.groups.get_mut(&codes).into_iter().flatten().zip(sums) {
                figure.exact = sum.map(|sum| Text(sum.total()));
            }
        }
    }
}

/// The groups and figures whose exact sums are needed to tell what is shown.
pub(crate) fn in_doubt(groups: &HashMap<Codes, Vec<FigureSum>>) -> impl Iterator<Item = (&Codes, usize)> {
    let of = |(codes, list)| {
        let list: &Vec<FigureSum> = list;
        list.iter().enumerate().filter(|(_, sum)| sum.numbers().is_none()).map(move |(figure, _)| (codes, figure))
    };
    groups.iter().flat_map(of)
}

/// Refuses figures by columns that they do not have, and a policy without figures.
pub(crate) fn check(policy: &Policy, by: &[Grouping]) -> Result<(), Problems> {
    let differ = |grouping: &&Grouping| !matches!(grouping, Grouping::Layer | Grouping::Payer);
    let wrong = by.iter().filter(|grouping| !differ(grouping)).map(|grouping| {
        let known = Grouping::ALL.iter().filter(differ).map(|grouping| grouping.as_str());
        let problem = Problem::new(Code::UnknownGrouping, words::FIGURES_HAVE_NO_LAYER).found(grouping.as_str());
        problem.expected(words::GROUP_BY_OTHERS.with(&[&Argument::quoted(known)]))
    });
    let mut problems: Problems = wrong.collect();
    if let Err(none) = has_figures(policy) {
        problems.append(none);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
