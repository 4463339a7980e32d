//! What the npm package `fundlayers` calls, in three modules by feature: `engine` computes, and every page loads it; `whole` does
//! that and all else (figures, ledgers, scenarios, duties, checks, projects, forms, notes for files), and a page loads it instead once
//! it is asked for any of that; `workbook` reads workbooks, and is loaded where there is one. Each function hands its input to the core and its answer back: rules,
//! arithmetic and checks are the core's. Small answers cross as JSON in the core's own serde forms, tables as columns.
//!
//! The types for people are in `js/`; they wrap these.
#![expect(clippy::needless_pass_by_value, reason = "what JavaScript hands over is owned")]

#[cfg(feature = "whole")]
mod apart;
mod failure;
#[cfg(feature = "engine")]
mod inputs;
#[cfg(feature = "engine")]
pub mod money;
#[cfg(feature = "whole")]
mod registers;
#[cfg(feature = "engine")]
mod results;
#[cfg(feature = "engine")]
mod tables;
#[cfg(feature = "workbook")]
mod workbook;

use std::panic::PanicHookInfo;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "../panic.js")]
extern "C" {
    /// Keeps what a panic says; the trap that follows cannot.
    fn panicked(message: &str);
}

/// Runs once, before anything else.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| panicked(&info.to_string())));
}

/// For the tests of the package: does what must never happen, so that they see that the package gets over it.
#[wasm_bindgen(js_name = panicForTest)]
#[expect(clippy::panic, reason = "panics on purpose")]
pub fn panic_for_test(message: &str) {
    panic!("{message}");
}
