//! What the conformance tests share: running one case of the vectors, hostile input. The examples of the README run as tests here.

use fundlayers::sheet::SheetOptions;
use fundlayers::{Policy, Problems, Roster, RosterBuilder};

pub mod case;
#[path = "hostile/mod.rs"]
pub mod hostile;

/// A roster in CSV, with what is said of its blank cells.
///
/// # Errors
///
/// What is wrong with it.
pub fn read_roster(text: &str, policy: &Policy, fill_down: Option<bool>) -> Result<(Roster, Problems), Problems> {
    let mut options = SheetOptions::default();
    options.fill_down = fill_down;
    fundlayers_formats::csv::read_rows(text, &options, |titles| RosterBuilder::new(policy, titles))
}

#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
pub struct Readme;

#[doc = include_str!("../../crates/fundlayers/docs/what-if.md")]
#[cfg(doctest)]
pub struct WhatIf;
