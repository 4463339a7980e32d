//! Tables that come in: cells, columns, what is wrong with them.

pub(crate) mod column;
pub(crate) mod keyed;
pub(crate) mod records;
