//! What a policy gives to the places of a roster.

pub(crate) mod aggregates;
pub(crate) mod arrived;
pub(crate) mod claims;
pub(crate) mod columns;
pub(crate) mod compute;
pub(crate) mod exact;
pub(crate) mod faults;
pub(crate) mod fit;
pub(crate) mod formula;
mod gather;
pub(crate) mod index;
#[cfg(test)]
mod index_tests;
pub(crate) mod limit;
pub(crate) mod payers;
pub(crate) mod pool;
pub(crate) mod program;
pub(crate) mod requirement;
pub(crate) mod rests;
pub(crate) mod roster;
pub(crate) mod rows;
pub(crate) mod settle;
pub(crate) mod store;
pub(crate) mod world;
