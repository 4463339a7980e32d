//! Where a problem is.

use serde::{Deserialize, Serialize};

/// Where a problem is. Only what is known is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Location {
    /// The file, as the caller named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line of the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Character in the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<u32>,
    /// Cell of a workbook, with its sheet, such as `名单!D7`; a row of it, `名单!7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The scenario, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Path of the value in a policy, such as `classes.municipal-town.funding.county`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Row of a table, from 1, the header not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// What the row is called where the table comes from, such as its label in a data frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Column of a table by its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The title of the column where the table comes from, if it is another than the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}
