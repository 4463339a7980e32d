#![doc = include_str!("../../../docs/checks.md")]

pub(crate) mod data;
pub(crate) mod figures;
mod matching;
mod subjects;
pub(crate) mod tables;
pub(crate) mod totals;

pub use data::{CheckResult, Checks, Outcome};
pub use figures::{CheckFigures, CheckFiguresBuilder};
pub use totals::{CheckTotals, Outcomes};

#[cfg(test)]
mod tests;
