//! The shape of results.

mod deserialize;
pub mod table;

pub use deserialize::RowError;
