//! The grammar of policy files, once: which keys each table has, what stands under them and what they mean. The reader's known
//! keys come from here; the JSON Schema, the types of documents in TypeScript and the tables of keys in
//! `docs/policy-format.md` are written from it by `cargo xtask generate`.
//!
//! Public for that task, and for the schema in Chinese on the command line; for nobody else. The reader takes names only, so that descriptions, which are constants, are in
//! no program that does not write them.

pub use crate::ground::titles::COLUMN_KEYS;
pub use crate::policy::grammar::{Absent, Ids, Key, Kind, KindGrammar, List, Shape, Table, Text};
use crate::policy::rule;
pub use crate::policy::rule::GRAMMARS as KINDS;
pub use crate::policy::rule::bands::BAND;
use crate::policy::rule::bands::BAND_NAMES;
pub use crate::policy::rule::condition::BOUNDS;
use crate::policy::rule::condition::BOUNDS_NAMES;
pub use crate::policy::rule::keys::{BOUNDED, COMMON};
pub use crate::policy::rule::tiers::TIER;
use crate::policy::rule::tiers::TIER_NAMES;
pub use crate::policy::tables::{
    ATTRIBUTE, CHECK, CLASS, FIGURE, LAYER, LIMIT, MONEY_UNITS, NAME, NUMBER_ROUNDING, PAYER, POLICY, POOL,
    PROJECT_SHARE, PROJECTS, READING, RESULT_KEYS, ROUNDING, SOURCE, VALUE_WORDS,
};
use crate::policy::tables::{
    ATTRIBUTE_NAMES, CHECK_NAMES, CLASS_NAMES, FIGURE_NAMES, LAYER_NAMES, LIMIT_NAMES, NAME_NAMES, PAYER_NAMES,
    POLICY_NAMES, POOL_NAMES, PROJECT_SHARE_NAMES, PROJECTS_NAMES, READING_NAMES, ROUNDING_NAMES, SOURCE_NAMES,
};

/// The keys of each table of a policy file, for completion and for checking the schema.
pub const POLICY_KEYS: &[(&str, &[&str])] = &[
    (POLICY.name, POLICY_NAMES),
    (ROUNDING.name, ROUNDING_NAMES),
    (SOURCE.name, SOURCE_NAMES),
    (READING.name, READING_NAMES),
    (NAME.name, NAME_NAMES),
    (ATTRIBUTE.name, ATTRIBUTE_NAMES),
    (LAYER.name, LAYER_NAMES),
    (PAYER.name, PAYER_NAMES),
    (LIMIT.name, LIMIT_NAMES),
    (FIGURE.name, FIGURE_NAMES),
    (CLASS.name, CLASS_NAMES),
    ("rule", rule::KEYS),
    (BAND.name, BAND_NAMES),
    (TIER.name, TIER_NAMES),
    (POOL.name, POOL_NAMES),
    (CHECK.name, CHECK_NAMES),
    (PROJECTS.name, PROJECTS_NAMES),
    (PROJECT_SHARE.name, PROJECT_SHARE_NAMES),
    (BOUNDS.name, BOUNDS_NAMES),
];

/// The tables of a policy file, in the order in which a file has them; those of rules are in [`KINDS`].
pub const TABLES: &[&Table] = &[
    &POLICY,
    &ROUNDING,
    &SOURCE,
    &READING,
    &NAME,
    &ATTRIBUTE,
    &LAYER,
    &PAYER,
    &LIMIT,
    &FIGURE,
    &NUMBER_ROUNDING,
    &CLASS,
    &BAND,
    &TIER,
    &POOL,
    &CHECK,
    &PROJECTS,
    &PROJECT_SHARE,
    &BOUNDS,
];
