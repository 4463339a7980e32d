//! What is asked of an allocation.

pub mod answer;
pub mod checks;
pub(crate) mod explanations;
pub(crate) mod figures;
pub mod forms;
pub(crate) mod funding;
pub(crate) mod places;
pub mod projects;
pub mod receipts;
pub mod reconcile;
pub(crate) mod sums;
pub(crate) mod what_if;
