//! Registers and tables that stand beside an allocation: assignments, projects, figures for checks.

use fundlayers::answer::{Given, Sources as _};
use fundlayers::{Assignments, CheckFigures, Projects};
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
