//! The shape of results.

pub mod table;
