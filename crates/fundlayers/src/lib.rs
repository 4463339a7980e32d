//! Who pays what for every place under a layered public-funding policy: exact to the fen, with the clause it rests on.
//!
//! A province gives so much, the city adds, the county tops up to a standard. A [`Policy`] is such a document turned into
//! data, a [`Roster`] the places it names, an [`Allocation`] an amount for each place, year and layer of government. Results
//! are the same on every machine, whatever the order of the rows, and every amount can be explained.
//!
//! # A tour
//!
//! ```
//! use fundlayers::roster::Cell;
//! use fundlayers::{Allocation, Amount, Grouping, Lang, Policy, RosterBuilder, RowBuilder, Unit};
//!
//! // A policy has the structure of a policy file; files are read by `fundlayers-formats`.
//! let policy: Policy = serde_json::from_str(r#"{
//!   "id": "key-towns", "title": { "zh": "重点帮扶镇资金安排", "en": "Funding of key towns" },
//!   "years": [2023, 2025], "unit": "万元",
//!   "payers": { "city": { "zh": "市级", "en": "City" } },
//!   "layers": [
//!     { "id": "city", "name": { "zh": "市级", "en": "City" }, "payer": "city" },
//!     { "id": "county", "name": { "zh": "区县", "en": "County" }, "payer": "county" }
//!   ],
//!   "classes": [{ "id": "town", "standard": 600, "clause": "四.1",
//!                 "funding": { "city": 300, "county": { "top_up_to": "standard" } } }]
//! }"#)?;
//!
//! // A roster comes row by row, from any reader. Every problem of every row is reported at once.
//! let mut builder = RosterBuilder::new(&policy, &[("名称", None), ("区县", None)]);
//! builder.push_row(None, &[Cell::Text("黄堡镇"), Cell::Text("王益区")]);
//! builder.push_row(None, &[Cell::Text("坡头镇"), Cell::Text("新区")]);
//! let (roster, _warnings) = builder.finish()?;
//!
//! // What each place gets, and what that adds up to.
//! let (allocation, _warnings) = Allocation::new(&policy, &roster)?;
//! assert_eq!(allocation.get("黄堡镇", 2024, "county")?, Some(Amount::parse("300", Unit::Wan)?));
//! let totals = allocation.totals(&[Grouping::Layer], false)?;
//! let lines: Vec<String> = totals
//!     .iter()
//!     .map(|row| format!("{}: {} 万元 for {} places", row.key(0), row.amount().in_unit(Unit::Wan), row.count()))
//!     .collect();
//! assert_eq!(lines, ["city: 1800 万元 for 2 places", "county: 1800 万元 for 2 places"]);
//!
//! // Why.
//! let explanation = &allocation.explain("黄堡镇", Some(&[2024]))?[0];
//! assert!(explanation.steps[1].text.get(Lang::En).contains("600 − 300 = 300"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where things are
//!
//! | | |
//! |---|---|
//! | money | [`Amount`] in whole fen, [`Unit`] (元, 万元, 亿元), [`Rounding`] and its [`RoundingMode`]s; [`Decimal`] comes from `rust_decimal` |
//! | a policy | [`Policy`] with its [`Layer`]s, [`Class`]es, [`Rule`]s, [`Value`]s and [`Pool`]s; read from a [`document::Node`], changed by paths ([`Policy::with_changes`]), checked by [`POLICY_SCHEMA`] |
//! | a roster | [`RosterBuilder`] takes rows and gives a [`Roster`]; what it holds of a place is a [`roster::Recipient`] |
//! | a result | [`Allocation`]: [`amount`](Allocation::amount), [`lines`](Allocation::lines), all at once as [`Amounts`]; [`Totals`] by any [`Grouping`]; an [`Explanation`] of [`Step`]s |
//! | a roster in parts | [`Summing`], the [`Summary`] of each [`Part`], what they are [`Summed`] to; [`WholeRoster`] says what rests on all of them, [`Settling`] finds it in passes; several policies at once in [`Rounds`] |
//! | limits | [`Limits`], a [`FundingRule`], and what it funds: [`Funding`] |
//! | one answer for every door | [`answer`]: a [`Request`](answer::Request) of plain data, [`Given`](answer::Given) inputs, an [`Answer`](answer::Answer) |
//! | what if | [`compare`] two allocations, many [`scenarios`], [`solve`] for the largest number within a limit |
//! | a table | [`table::Table`] for machines, [`table::Report`] for people: what every writer of files lays out |
//! | what is wrong | [`Problems`], each a [`Problem`] with a stable [`Code`], a [`Location`], what was found and what would be right |
//!
//! Operations return all problems of their input at once. Warnings come with the result.
//!
//! # What it does not do
//!
//! - It reads and writes no files: `fundlayers-formats` does (TOML, JSON, CSV, Markdown and more), and
//!   `fundlayers-policies` has built-in policies with their sources.
//! - It knows no clock, starts no thread, and uses no binary float and no global state. It is at home in WebAssembly.
//! - It does not say whose money finally pays. A layer is who is responsible (安排层级), not the source (资金来源).
//! - It takes no text of a policy for law: how an open point is read is stated in the policy file, as a [`Reading`].
//!
//! # Features
//!
//! None: the crate is the same however it is built, with `--no-default-features` too.
//!
//! # Further reading
//!
//! [Laws](_documentation::laws) · [the policy file](_documentation::policy_format) · [the model](_documentation::model) ·
//! [decisions where the model is open](_documentation::decisions)

#![cfg_attr(test, expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails"))]

mod engine;
mod ground;
mod math;
mod policy;
mod questions;
mod results;
pub mod roster;
mod rows;
mod tables;

pub use engine::roster::{Roster, RosterBuilder};
pub use ground::ids::{
    AggregateIndex, AttributeIndex, ClassIndex, DesignationIndex, FigureIndex, KindIndex, LayerIndex, PayerIndex,
    PoolIndex, RowIndex,
};
pub use ground::language::{Lang, Name};
pub use ground::message::{Argument, Message, Phrase, ToArgument};
pub use ground::money::{Amount, AmountDisplay, MoneyError, Rounding, RoundingMode, Unit};
pub use ground::number::{NumberError, parse_bare_number, parse_decimal, parse_years};
pub use ground::position::Position;
pub use ground::problem::{Code, Location, Problem, Problems, Severity, Shown};
pub use ground::text::{did_you_mean, split_list, visible};
pub use policy::describe::{
    DescribedCheck, DescribedClass, DescribedDuty, DescribedFigure, DescribedLayer, DescribedPool, DescribedReading,
    DescribedRule, PolicyDescription,
};
pub use policy::document;
#[doc(hidden)]
pub use policy::registry;
pub use policy::{
    Aggregate, Apportion, Attribute, AttributeType, Band, Bound, ChangedValue, Check, CheckSubject, Class, ClauseWords,
    Condition, Duty, DutyEach, DutyEvery, Factor, Figure, Function, FundingRule, IfLeft, IfShort, Layer, LayerLimit,
    LimitGroup, Named, NumberRounding, POLICY_KEYS, Path, Payer, Policy, Pool, ProjectRules, ProjectShare, Ratio,
    Reading, Rule, RuleKind, Sign, Source, Status, Subject, Test, Tier, Value, Weight, Yearly, kinds,
};
pub use questions::answer;
pub use questions::checks::{
    self, CheckFigures, CheckFiguresBuilder, CheckResult, CheckTotals, Checks, Outcome, Outcomes,
};
pub use questions::duties::{
    self, Assigned, Assignment, Assignments, AssignmentsBuilder, CoverageTotals, Duties, DutyLine, DutyTotals,
};
pub use questions::explanations::{
    DutyExplanation, Explained, ExplainedAssignment, ExplainedReceipt, Found, GapExplanation, TotalExplanation,
    TotalPart,
};
pub use questions::figures::parts::SummedFigureTotals;
pub use questions::figures::totals::FigureTotals;
pub use questions::forms::{self, Form, FormField, FormKind, FormOptions, FormPart, FormText, FormTexts};
pub use questions::funding::{
    FundSettling, Funding, FundingExplanation, FundingSettlement, FundingSummary, FundingSums, FundingTotal,
    FundingTotals, Limit, Limits, LimitsBuilder, SummedFunding, SummedFundingTotals,
};
pub use questions::projects::{
    self, Day, Listed, PlannedLine, PlannedPlace, PlannedProject, Planning, PlanningRow, PlanningTotals, Project,
    ProjectGrouping, ProjectList, ProjectOptions, ProjectState, Projects, ProjectsBuilder, Share, Shares,
};
pub use questions::receipts::{self, Event, Month, Receipt, Receipts, ReceiptsBuilder, document_number};
pub use questions::reconcile::{
    self, Reason, ReceiptsByRow, ReconcileOptions, ReconciledLine, ReconciledLines, ReconciledRow, ReconciledTotals,
    Reconciliation, SummedReconciledTotals, SummedReconciliation, TopUp, Unmatched,
};
pub use questions::what_if::{
    Change, Comparison, ComparisonRow, Goal, PolicyChange, ReadValue, Scenario, ScenarioRow, ScenarioTotals, Scenarios,
    ScenariosBuilder, Solution, compare, scenarios, solve,
};
pub use results::allocation::{Allocation, Line};
pub use results::amounts::Amounts;
pub use results::explain::{ExplainedFigure, ExplainedInput, Explanation, Step};
pub use results::figure_sums::Numbers as FigureNumbers;
pub use results::figures::Figures;
pub use results::grounds::{CitedClause, Grounds};
pub use results::settlement::Settlement;
pub use results::summary::{
    Arrivals, FiguresInDoubt, NamedPlaces, Part, PassSums, RoundSums, Rounds, Settling, SoFar, Summary, Summed,
    SummedRow, SummedTotals, Summing, Whole, WholeRoster,
};
pub use results::tables::{TableOptions, policy_line};
pub use results::totals::{Grouping, TotalRow, Totals};

/// Allocations as workbooks that compute.
pub mod workbook {
    pub use crate::results::workbook::model::{Allowed, Cell, Content, DefinedName, Look, Restricted, Stored, Width};
    pub use crate::results::workbook::{Sheet, Workbook, WorkbookOptions};
}

pub use rows::records::{ColumnRole, Fit, RowBuilder};
pub use rows::sheet;
pub use rust_decimal::Decimal;
pub use tables::{RowError, table};

/// The JSON Schema of policy files, for editors that complete and check them.
pub const POLICY_SCHEMA: &str = include_str!("../schema/policy.schema.json");

/// Longer texts.
pub mod _documentation {
    #[doc = include_str!("../docs/laws.md")]
    pub mod laws {}
    #[expect(clippy::doc_markdown, reason = "the model is kept word for word")]
    #[doc = include_str!("../docs/model.md")]
    pub mod model {}
    #[doc = include_str!("../docs/policy-format.md")]
    pub mod policy_format {}
    #[doc = include_str!("../docs/funding.md")]
    pub mod funding {}
    #[doc = include_str!("../docs/projects.md")]
    pub mod projects {}
    #[doc = include_str!("../docs/reconciliation.md")]
    pub mod reconciliation {}
    // Its example reads files, so that it is tested where the formats are: in the package `conformance`.
    #[cfg(not(doctest))]
    #[doc = include_str!("../docs/what-if.md")]
    pub mod what_if {}
    #[doc = include_str!("../docs/sheets.md")]
    pub mod sheets {}
    #[doc = include_str!("../docs/request.md")]
    pub mod request {}
    #[doc = include_str!("../docs/duties.md")]
    pub mod duties {}
    #[doc = include_str!("../docs/workbook.md")]
    pub mod workbook {}
    #[doc = include_str!("../docs/decisions.md")]
    pub mod decisions {}
}
