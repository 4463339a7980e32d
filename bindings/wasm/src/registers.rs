//! Registers and tables that stand beside an allocation: assignments, projects, figures for checks, ledgers; scenarios.

use fundlayers::answer::{Given, Sources as _};
use fundlayers::{Assignments, CheckFigures, Projects, Receipts, Scenarios};
use fundlayers_formats::toml;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, list};
use crate::inputs::{RawPolicy, handed, options};

/// What is known of places, townships, counties or all together.
#[wasm_bindgen]
pub struct RawCheckFigures {
    pub(crate) given: Given<CheckFigures>,
}

#[wasm_bindgen]
impl RawCheckFigures {
    /// Reads a table of figures for a policy.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        policy: &RawPolicy,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawCheckFigures> {
        let options = options(sheet, fill_down);
        Ok(Self { given: handed(bytes, format_name, file)?.figures("", &policy.given.value, &options)? })
    }

    /// The same table, to be handed over.
    #[must_use]
    pub fn copied(&self) -> RawCheckFigures {
        Self { given: self.given.clone() }
    }

    /// This table and another as one.
    #[must_use]
    pub fn joined(&self, other: &RawCheckFigures) -> RawCheckFigures {
        Self { given: Given::<CheckFigures>::joined(vec![self.given.clone(), other.given.clone()]) }
    }

    /// How many rows.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// Who serves which place.
#[wasm_bindgen]
pub struct RawAssignments {
    pub(crate) given: Given<Assignments>,
}

#[wasm_bindgen]
impl RawAssignments {
    /// Reads a register of assignments.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawAssignments> {
        Ok(Self { given: handed(bytes, format_name, file)?.assignments("", &options(sheet, fill_down))? })
    }

    /// How many rows.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// A register of projects.
#[wasm_bindgen]
pub struct RawProjects {
    pub(crate) given: Given<Projects>,
}

#[wasm_bindgen]
impl RawProjects {
    /// Reads a register.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawProjects> {
        Ok(Self { given: handed(bytes, format_name, file)?.projects("", &options(sheet, fill_down))? })
    }

    /// How many rows.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// What was issued, arrived and was spent.
#[wasm_bindgen]
pub struct RawReceipts {
    pub(crate) given: Given<Receipts>,
}

#[wasm_bindgen]
impl RawReceipts {
    /// Reads a ledger.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawReceipts> {
        Ok(Self { given: handed(bytes, format_name, file)?.receipts("", &options(sheet, fill_down))? })
    }

    /// How many.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// Several ledgers, to be one.
#[wasm_bindgen]
#[derive(Default)]
pub struct RawLedgers {
    given: Vec<Given<Receipts>>,
}

#[wasm_bindgen]
impl RawLedgers {
    /// None yet.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn add(&mut self, ledger: &RawReceipts) {
        self.given.push(ledger.given.clone());
    }

    /// All of them as one; none of none.
    #[must_use]
    pub fn joined(self) -> Option<RawReceipts> {
        Some(RawReceipts { given: Given::<Receipts>::joined(self.given)? })
    }
}

/// Named changes of a policy.
#[wasm_bindgen]
pub struct RawScenarios {
    pub(crate) given: Given<Scenarios>,
}

#[wasm_bindgen]
impl RawScenarios {
    /// Reads a file of scenarios: TOML with a table for each, or rows `scenario, path, value`.
    ///
    /// # Errors
    ///
    /// Every mistake of the file.
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawScenarios> {
        Ok(Self { given: handed(bytes, format_name, file)?.scenarios("", &options(sheet, fill_down))? })
    }

    /// Takes scenarios as the JSON of a list: `[{ name, set: { path: text of a TOML value } }]`.
    ///
    /// # Errors
    ///
    /// Every mistake.
    pub fn of(text: &str) -> Fallible<RawScenarios> {
        let document = fundlayers_formats::json::read(text)?;
        Ok(Self { given: Given::<Scenarios>::from_list(&document, toml::read_value)? })
    }

    /// How many.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}
