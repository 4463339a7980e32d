//! The shape of results.

mod deserialize;
pub mod table;
pub(crate) mod wide;

pub use deserialize::RowError;
