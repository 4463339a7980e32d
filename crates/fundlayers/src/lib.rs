//! Who pays what for every place under a layered public-funding policy: exact to the fen, with the clause.
//!
//! Not here: files, clocks, threads and binary floats.

#![cfg_attr(test, expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails"))]

mod allocation;
mod apportion;
mod claims;
mod classes;
mod columns;
mod describe;
mod divide;
pub mod document;
mod exact;
mod explain;
mod funding;
mod money;
mod number;
mod policy;
mod pool;
mod problem;
mod program;
pub mod receipts;
pub mod reconcile;
mod records;
mod results;
pub mod roster;
mod rows;
pub mod table;
mod text;
mod totals;
mod what_if;

pub use allocation::{Allocation, Amounts, Line};
pub use describe::{DescribedClass, DescribedLayer, DescribedPool, DescribedReading, DescribedRule, PolicyDescription};
pub use document::Position;
pub use explain::{ExplainedInput, Explanation, Step};
pub use funding::{
    Funding, FundingExplanation, FundingRule, FundingTotal, FundingTotals, Limit, Limits, LimitsBuilder,
};
pub use money::{Amount, AmountDisplay, MoneyError, Rounding, RoundingMode, Unit};
pub use number::{NumberError, parse_bare_number, parse_decimal, parse_years};
pub use policy::{
    Attribute, AttributeType, Bound, Class, Condition, Lang, Layer, Name, Named, POLICY_KEYS, Payer, Policy, Pool,
    Ratio, Reading, Rule, RuleKind, Source, Status, Subject, Test, Value, Weight, Yearly,
};
pub use problem::{Code, Location, Problem, Problems, Severity};
pub use receipts::{Event, Month, Receipt, Receipts, ReceiptsBuilder, document_number};
pub use reconcile::{
    Reason, ReconcileOptions, ReconciledLine, ReconciledRow, ReconciledTotals, Reconciliation, TopUp, Unmatched,
};
pub use records::RowBuilder;
pub use results::{TableOptions, policy_line};
pub use roster::{Roster, RosterBuilder};
pub use rust_decimal::Decimal;
pub use text::did_you_mean;
pub use totals::{Grouping, TotalRow, Totals};
pub use what_if::{
    Change, Comparison, ComparisonRow, Goal, PolicyChange, ReadValue, Scenario, ScenarioRow, ScenarioTotals, Scenarios,
    ScenariosBuilder, Solution, compare, scenarios, solve,
};

/// The JSON Schema of policy files, for editors that complete and check them.
pub const POLICY_SCHEMA: &str = include_str!("../schema/policy.schema.json");
