//! What an amount rests on besides the place itself, as the place asks for it.

use num_rational::BigRational;

use crate::engine::faults::Fault;
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex};
use crate::ground::money::Amount;

/// What is known of all places of a roster, for one place of which something is asked.
pub(crate) trait World {
    /// An aggregate as it is for a row.
    fn aggregate(&self, aggregate: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault>;

    /// What one place of a row, by its id, got in a layer the year before; none if it was not live.
    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault>;

    /// The part of a pool of one place of a row, before whole steps and in the policy's unit.
    fn pool_part(&self, pool: PoolIndex, year: u16, row: usize) -> Option<BigRational>;
}

/// What is asked where no other place counts.
#[cfg(test)]
pub(crate) struct NoWorld;

#[cfg(test)]
impl World for NoWorld {
    fn aggregate(&self, _: AggregateIndex, _: u16, _: usize) -> Result<Gathered, Fault> {
        Err(Fault::Unknown)
    }

    fn last_year(&self, _: LayerIndex, _: u16, _: usize) -> Result<Option<Amount>, Fault> {
        Err(Fault::Unknown)
    }

    fn pool_part(&self, _: PoolIndex, _: u16, _: usize) -> Option<BigRational> {
        None
    }
}

/// An aggregate of some places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gathered {
    /// What it comes to; none of no places, unless it is their sum or number.
    pub(crate) value: Option<BigRational>,
    /// How many places.
    pub(crate) places: u128,
    /// Their sum, of a mean.
    pub(crate) sum: Option<BigRational>,
}
