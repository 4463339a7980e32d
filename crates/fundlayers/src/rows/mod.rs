//! Tables that come in: cells, columns, what is wrong with them.

pub(crate) mod column;
pub(crate) mod crowded;
pub(crate) mod forms;
pub(crate) mod glance;
pub(crate) mod header;
pub(crate) mod keyed;
pub(crate) mod lines;
pub(crate) mod records;
pub mod sheet;
pub(crate) mod sheet_columns;
pub(crate) mod spoiled;
pub(crate) mod totals;
pub(crate) mod units;
