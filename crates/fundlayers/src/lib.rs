//! Who pays what for every place under a layered public-funding policy: exact to the fen, with the clause.

pub mod document;
mod problem;

pub use document::Position;
pub use problem::{Code, Location, Problem, Problems, Severity};
