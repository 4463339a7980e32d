//! Built-in policies for `fundlayers`: public documents turned into data, with the words they rest on.
//!
//! This crate holds texts only and depends on nothing; `fundlayers-formats` reads them. A policy is a folder under
//! `policies/`:
//!
//! | file | |
//! |---|---|
//! | `policy.toml` | layers, classes and rules, and how open points of the document are read |
//! | `roster.csv` | the places that the document names, the others as counted groups |
//! | `source.txt` | the document |
//! | `citations.toml` | for every number and place, the words of the document that it comes from |
//!
//! A test reads the citations of every policy against its document: each quotation stands in the clause that it names,
//! each figure in its quotation, and no number of a policy is without one.
//!
//! ```
//! let policy = fundlayers_policies::get("tongchuan-2023").ok_or("not built in")?;
//! assert!(policy.policy_toml.contains("id = \"tongchuan-2023\""));
//! assert!(policy.roster_csv.starts_with("id,name,kind,designation,county"));
//! # #[cfg(feature = "sources")]
//! assert!(policy.source_text.contains("每年安排500万元和100万元"));
//! # Ok::<(), &str>(())
//! ```

/// A built-in policy: its texts, as they stand in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuiltIn {
    /// The id of the policy, and the name of its folder.
    pub id: &'static str,
    /// The policy file, TOML.
    pub policy_toml: &'static str,
    /// The roster, CSV with English keys.
    pub roster_csv: &'static str,
    /// The document that the policy was made from, plain text.
    #[cfg(feature = "sources")]
    pub source_text: &'static str,
}

macro_rules! built_in {
    ($($id:literal),+ $(,)?) => {
        &[$(BuiltIn {
            id: $id,
            policy_toml: include_str!(concat!("../policies/", $id, "/policy.toml")),
            roster_csv: include_str!(concat!("../policies/", $id, "/roster.csv")),
            #[cfg(feature = "sources")]
            source_text: include_str!(concat!("../policies/", $id, "/source.txt")),
        }),+]
    };
}

/// By id.
static ALL: &[BuiltIn] = built_in!["tongchuan-2023"];

/// Every built-in policy, by id.
///
/// ```
/// let ids: Vec<&str> = fundlayers_policies::all().iter().map(|policy| policy.id).collect();
/// assert_eq!(ids, ["tongchuan-2023"]);
/// ```
#[must_use]
pub fn all() -> &'static [BuiltIn] {
    ALL
}

/// The built-in policy with an id.
///
/// ```
/// assert!(fundlayers_policies::get("tongchuan-2023").is_some());
/// assert!(fundlayers_policies::get("tongchuan").is_none());
/// ```
#[must_use]
pub fn get(id: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|policy| policy.id == id)
}
