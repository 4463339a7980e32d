//! The numbers of a policy by their paths, as whole numbers of a scale that all their years share.

use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashMap;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

use crate::ground::fraction::rational;
use crate::policy::{Origin, Ratio, Yearly};

/// A number of the policy.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) path: Arc<str>,
    /// What it is in each year of the workbook.
    pub(crate) values: Vec<BigRational>,
    /// What the number of a cell is times to be whole. A cell has the number itself where this is a power of ten, else the
    /// number times it.
    pub(crate) scale: i128,
    /// Decimals that a cell may have; none where the cell has the number times its scale.
    pub(crate) places: Option<u32>,
}

impl Parameter {
    /// The whole numbers by year.
    pub(crate) fn whole(&self, year: usize) -> Option<i128> {
        let number = self.values.get(year)? * BigInt::from(self.scale);
        if number.is_integer() { number.to_integer().to_i128() } else { None }
    }

    /// Whether it is nowhere below 0, and is to stay so.
    pub(crate) fn is_not_negative(&self) -> bool {
        self.values.iter().all(|value| !value.is_negative())
    }
}

/// How many more decimals than a number has its cell may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Decimals of amounts at least.
    pub(crate) amounts: u32,
    /// Decimals of rates at least.
    pub(crate) rates: u32,
    /// Decimals of attributes at least.
    pub(crate) attributes: u32,
}

/// Decimals at most.
const PLACES_LIMIT: u32 = 14;

/// The numbers that were met, in the order in which they were.
pub(crate) struct Parameters {
    years: Vec<u16>,
    room: Room,
    list: RefCell<Vec<Parameter>>,
    by_path: RefCell<HashMap<Arc<str>, Option<usize>>>,
}

impl Parameters {
    pub(crate) fn new(years: &[u16], room: Room) -> Self {
        Self { years: years.to_vec(), room, list: RefCell::default(), by_path: RefCell::default() }
    }

    /// The numbers that were met.
    pub(crate) fn into_list(self) -> Vec<Parameter> {
        self.list.into_inner()
    }

    /// Its scale.
    pub(crate) fn scale(&self, parameter: usize) -> i128 {
        self.list.borrow().get(parameter).map_or(1, |parameter| parameter.scale)
    }

    pub(crate) fn is_not_negative(&self, parameter: usize) -> bool {
        self.list.borrow().get(parameter).is_some_and(Parameter::is_not_negative)
    }

    /// A number of the policy; none of one that stands nowhere, that shares its place with another, or that lacks a year.
    pub(crate) fn number(&self, number: &Yearly<Decimal>) -> Option<usize> {
        self.met(number.origin(), self.room.amounts, |year| number.at(year).map(|number| rational(*number)))
    }

    /// A threshold of a condition.
    pub(crate) fn threshold(&self, origin: &Origin, number: Decimal) -> Option<usize> {
        self.met(origin, self.room.rates, |_| Some(rational(number)))
    }

    /// A rate of the policy.
    pub(crate) fn ratio(&self, ratio: &Yearly<Ratio>) -> Option<usize> {
        self.met(ratio.origin(), self.room.rates, |year| ratio.at(year).map(Ratio::fraction))
    }

    fn met(&self, origin: &Origin, places: u32, value: impl Fn(u16) -> Option<BigRational>) -> Option<usize> {
        let path = origin.path()?;
        let values: Option<Vec<BigRational>> = self.years.iter().map(|year| value(*year)).collect();
        let known = self.by_path.borrow().get(path).copied();
        if let Some(known) = known {
            let known = known?;
            let same = self.list.borrow().get(known).map(|known| &known.values) == values.as_ref();
            if !same {
                self.by_path.borrow_mut().insert(Arc::clone(path), None);
            }
            return same.then_some(known);
        }
        let parameter = values.and_then(|values| scaled(Arc::clone(path), values, places));
        let mut list = self.list.borrow_mut();
        let number = parameter.is_some().then_some(list.len());
        list.extend(parameter);
        self.by_path.borrow_mut().insert(Arc::clone(path), number);
        number
    }
}

fn scaled(path: Arc<str>, values: Vec<BigRational>, places: u32) -> Option<Parameter> {
    let common = values.iter().fold(BigInt::one(), |common, value| common.lcm(value.denom()));
    let decimals = (0..=PLACES_LIMIT).find(|places| (BigInt::from(10).pow(*places) % &common).is_zero());
    Some(match decimals {
        Some(decimals) => {
            let places = decimals.max(places);
            Parameter { path, values, scale: 10_i128.checked_pow(places)?, places: Some(places) }
        }
        None => Parameter { path, values, scale: common.to_i128()?, places: None },
    })
}
