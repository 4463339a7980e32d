//! What everything stands on: money, numbers, texts, languages, problems. It knows nothing else of the crate.

#[macro_use]
pub(crate) mod catalogue;
pub(crate) mod fraction;
pub(crate) mod ids;
pub(crate) mod land;
pub(crate) mod language;
pub(crate) mod message;
pub(crate) mod money;
pub(crate) mod number;
pub(crate) mod position;
pub(crate) mod problem;
pub(crate) mod sure;
pub(crate) mod text;
pub(crate) mod titles;
