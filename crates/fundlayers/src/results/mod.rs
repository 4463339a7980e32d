//! What was computed, as amounts, totals, explanations and tables.

pub(crate) mod allocation;
pub(crate) mod amounts;
pub(crate) mod explain;
pub(crate) mod figure_sums;
pub(crate) mod figures;
pub(crate) mod grounds;
mod lookup;
pub(crate) mod rerun;
pub(crate) mod settlement;
pub(crate) mod summary;
pub(crate) mod tables;
pub(crate) mod totals;
pub(crate) mod workbook;

#[cfg(test)]
mod pool_tests;
#[cfg(test)]
mod tests;
