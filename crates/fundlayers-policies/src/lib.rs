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
//! Apart from them stands a gallery of public grant formulas of many countries under `gallery/`, to learn the language by
//! and to begin a policy from ([`gallery`]); its README lists them.
//!
//! ```
//! let policy = fundlayers_policies::get("tongchuan-2023").ok_or("not built in")?;
//! assert!(policy.policy_toml.contains("id = \"tongchuan-2023\""));
//! assert!(policy.roster_csv.starts_with("id,name,kind,designation,county"));
//! # #[cfg(feature = "sources")]
//! assert!(policy.source_text.contains("每年安排500万元和100万元"));
//! # Ok::<(), &str>(())
//! ```

/// A policy of this crate, built-in or of the gallery: its texts, as they stand in its folder.
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
    ($folder:literal: $($id:literal),+ $(,)?) => {
        &[$(BuiltIn {
            id: $id,
            policy_toml: include_str!(concat!("../", $folder, "/", $id, "/policy.toml")),
            roster_csv: include_str!(concat!("../", $folder, "/", $id, "/roster.csv")),
            #[cfg(feature = "sources")]
            source_text: include_str!(concat!("../", $folder, "/", $id, "/source.txt")),
        }),+]
    };
}

/// By id.
static ALL: &[BuiltIn] = built_in!["policies": "tongchuan-2023"];

/// China's first, then by id.
#[cfg(feature = "gallery")]
static GALLERY: &[BuiltIn] = built_in![
    "gallery":
    "cn-compulsory-education-2016",
    "cn-crop-insurance-guangde-2022",
    "cn-farmland-fertility-2021",
    "cn-farmland-to-forest-2014",
    "cn-lechang-education-2019",
    "cn-one-case-one-meeting-2013",
    "cn-party-dues",
    "cn-pig-counties",
    "cn-reservoir-resettlement",
    "cn-resident-pension-2014",
    "cn-school-meals-hainan-2012",
    "cn-shared-responsibilities-2018",
    "cn-village-operating-2017",
    "au-goods-services-tax-2013",
    "br-municipal-participation-2015",
    "ch-bern-equalization-2012",
    "de-party-funding-1995",
    "de-states-equalization-2005",
    "eu-cofinancing-2021",
    "fr-rural-solidarity-2019",
    "id-village-fund-2016",
    "id-village-fund-2024",
    "in-rural-local-bodies-2020",
    "no-income-equalization",
    "ph-national-tax-allotment-2023",
    "se-tax-base-guarantee-1991",
    "uk-barnett-formula",
    "uk-minimum-funding-guarantee",
    "uk-pupil-premium-2023",
    "uk-sport-premium-2019",
    "us-coronavirus-relief-2020",
    "us-election-security-2018",
    "us-maine-revenue-sharing",
    "us-new-jersey-urban-aid",
    "us-small-rural-schools",
    "us-title-one-hold-harmless",
];
#[cfg(not(feature = "gallery"))]
static GALLERY: &[BuiltIn] = &[];

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

/// Every formula of the gallery, China's first, then by id; none without the feature `gallery`.
///
/// ```
/// let ids: Vec<&str> = fundlayers_policies::gallery().iter().map(|formula| formula.id).collect();
/// # #[cfg(feature = "gallery")]
/// assert!(ids.contains(&"ch-bern-equalization-2012"));
/// assert!(!ids.contains(&"tongchuan-2023"));
/// ```
#[must_use]
pub fn gallery() -> &'static [BuiltIn] {
    GALLERY
}

/// Every id that [`get`] knows, built-in policies first: what a message may suggest.
///
/// ```
/// assert_eq!(fundlayers_policies::ids().next(), Some("tongchuan-2023"));
/// ```
pub fn ids() -> impl Iterator<Item = &'static str> {
    ALL.iter().chain(GALLERY).map(|policy| policy.id)
}

/// The policy with an id: a built-in one, or a formula of the gallery.
///
/// ```
/// assert!(fundlayers_policies::get("tongchuan-2023").is_some());
/// assert!(fundlayers_policies::get("tongchuan").is_none());
/// # #[cfg(feature = "gallery")]
/// assert!(fundlayers_policies::get("cn-village-operating-2017").is_some());
/// ```
#[must_use]
pub fn get(id: &str) -> Option<&'static BuiltIn> {
    ALL.iter().chain(GALLERY).find(|policy| policy.id == id)
}
