//! Commands and options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use fundlayers::{Code, Decimal, FundingRule, Lang, Unit, parse_years};

use crate::catalogue as words;
use crate::usage::Said;

/// Who pays what for every place under a layered public-funding policy: exact to the fen, with the clause.
///
/// Without further options the built-in policy and roster of Tongchuan, 2023 to 2025, are used. Exit status: 0; 1 if the
/// input is wrong (every problem is listed on standard error); 2 if the command is used wrongly.
#[derive(Debug, Parser)]
#[command(name = "fundlayers", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Language of help, messages, tables and explanations [default: `FUNDLAYERS_LANG`, else that of the configuration file,
    /// else the locale's]; keys of CSV and JSON do not change
    #[arg(long, global = true, value_parser = parse_lang, value_name = "zh|en", hide_possible_values = true)]
    pub(crate) lang: Option<Lang>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compute what each recipient gets in each year from each layer
    Allocate(Allocate),
    /// Add up an allocation by any grouping
    Totals(Totals),
    /// Write the allocation as a workbook that computes: numbers of the policy in named cells, amounts as formulas
    Workbook(Workbook),
    /// Show the policy's figures for each place and year, or over groups of places
    Figures(Figures),
    /// Hold what the document requires of land, incomes and the like against the roster and tables of figures
    Checks(Checks),
    /// Explain what one recipient gets, step by step, with clauses
    Explain(Explain),
    /// Meet what is due within limits: who gets how much where a payer cannot pay all
    Fund(Fund),
    /// Compare what was due with what was issued, arrived and was spent
    Reconcile(Reconcile),
    /// Compare what was due with the register of projects: what is planned, lacking, overdue; or begin a register
    Projects(Projects),
    /// Compare two allocations: another value, policy or roster
    Compare(Compare),
    /// Add up many changes of a policy over one roster, side by side
    Scenarios(Scenarios),
    /// Find the largest value of one number of the policy that keeps a payer's total within a limit
    Solve(Solve),
    /// Count what bodies must bring besides money, and compare it with who does
    Duties(Duties),
    /// Lay out a form that offices print
    Form(Form),
    /// List, show and check policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Check a roster, or begin one
    #[command(subcommand)]
    Roster(RosterCommand),
    /// Begin a ledger of receipts
    #[command(subcommand)]
    Receipts(TemplateCommand),
    /// Begin a table of limits
    #[command(subcommand)]
    Limits(TemplateCommand),
    /// Begin a register of assignments
    #[command(subcommand)]
    Assignments(TemplateCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// How a table is read.
#[derive(Debug, Args)]
pub(crate) struct SheetArgs {
    /// The sheet of a workbook, by its name: of the table that the command is about [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Blank cells below a filled-in county, township or year were merged with it and are filled down; --fill-down=false:
    /// they are blank [default: where a file cannot tell, an error]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, value_parser = parse_flag)]
    pub(crate) fill_down: Option<bool>,
}

/// Policy and roster.
#[derive(Debug, Args)]
pub(crate) struct Inputs {
    /// A built-in policy by its id, or a policy file (.toml, .json; - for standard input)
    #[arg(long, value_name = "ID|FILE", default_value = "tongchuan-2023")]
    pub(crate) policy: String,
    /// A roster file (.xlsx, .xls, .ods, .csv, .json; - for standard input) [default: the policy's built-in one]
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<String>,
    /// Years to compute, such as 2024, 2023..2025 or 2023,2025 [default: the policy's]
    #[arg(long, value_name = "YEARS")]
    pub(crate) years: Option<String>,
    /// Change a value of the policy, such as classes.municipal-town.standard=650; the value is TOML
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) sheet: SheetArgs,
}

/// How a result is written.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Format of the result [default: by the ending of --output, else table]
    #[arg(long, value_enum)]
    pub(crate) format: Option<OutputFormat>,
    /// File to write the result to, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How a table is written.
#[derive(Debug, Args)]
pub(crate) struct TableOutput {
    #[command(flatten)]
    pub(crate) output: Output,
    /// With --format csv: for people and their spreadsheets, with titles in the language, subtotals and totals
    #[arg(long)]
    pub(crate) for_people: bool,
    /// Show amounts to people with so many decimals, rounded half-up, such as 2, or 0 with --unit 元 [default: all]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=10))]
    pub(crate) decimals: Option<u32>,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// An aligned table for people
    #[value(alias = "表格")]
    Table,
    /// CSV with English keys
    Csv,
    /// JSON
    Json,
    /// A Markdown table for people
    Md,
    /// A web page for people, which prints on A4
    Html,
    /// A workbook for people, to be printed: title, unit, sums
    Xlsx,
    /// Parquet with English keys, amounts as decimals
    #[cfg(feature = "parquet")]
    Parquet,
}

impl OutputFormat {
    /// Whether programs read it: nothing is rounded, cut short or put into words there.
    pub(crate) const fn is_for_programs(self) -> bool {
        match self {
            Self::Csv | Self::Json => true,
            #[cfg(feature = "parquet")]
            Self::Parquet => true,
            Self::Table | Self::Md | Self::Html | Self::Xlsx => false,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Allocate {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    /// Show amounts of zero too: every layer of every live year
    #[arg(long)]
    pub(crate) zeros: bool,
    /// Show layers as columns, with a total
    #[arg(long)]
    pub(crate) wide: bool,
    /// Show the policy's figures as columns too, of one place each, to ten decimals
    #[arg(long)]
    pub(crate) figures: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Workbook {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The workbook (.xlsx), written whole or not at all
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Name the cells of the policy's numbers in ASCII letters, for programs that know no others
    #[arg(long)]
    pub(crate) ascii_names: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UnitOption {
    /// Unit of the amounts shown: 元, 万元, 亿元 (yuan, wan, yi) [default: the policy's]
    #[arg(long, value_name = "UNIT", value_parser = parse_unit)]
    pub(crate) unit: Option<Unit>,
}

#[derive(Debug, Args)]
pub(crate) struct Totals {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    /// What to group by: id, county, township, kind, designation, class, year, layer, payer
    #[arg(long, value_name = "COLUMNS", default_value = "year,layer")]
    pub(crate) by: Vec<String>,
    /// Show groups too whose amounts are all zero
    #[arg(long)]
    pub(crate) zeros: bool,
    /// Show layers side by side to people, or else what is grouped by last; of scenarios, the scenarios
    #[arg(long)]
    pub(crate) wide: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Figures {
    /// What to group by: id, county, township, kind, designation, class, year; shows how many places have each figure, their
    /// sum, mean, least and greatest [default: every place]
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) by: Option<Vec<String>>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
}

#[derive(Debug, Args)]
pub(crate) struct Checks {
    /// What is known of places, townships, counties or all together (.csv, .xlsx, .json; - for standard input): where it
    /// belongs, the year, and the policy's attributes that have a subject; may be given several times [default: none]
    #[arg(long, value_name = "FILE")]
    pub(crate) figures: Vec<String>,
    /// Show only checks that are open: not met, or not known
    #[arg(long, conflicts_with = "by")]
    pub(crate) open: bool,
    /// What to group by: id, county, township, kind, designation, class, year; shows how many meet each check, and what share
    /// [default: every place, township and county, for people after a summary]
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) by: Option<Vec<String>>,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    /// Write an empty table of figures to be filled in instead (.csv, .xlsx)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["figures", "open", "by"])]
    pub(crate) template: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) first: First,
    /// Change a value of the second side, such as classes.municipal-town.standard=650; the value is TOML
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Policy of the second side, a built-in one or a file [default: the same]
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) with_policy: Option<String>,
    /// Roster of the second side [default: that of --roster, else the built-in one of its policy]
    #[arg(long, value_name = "FILE")]
    pub(crate) with_roster: Option<String>,
    /// What to group by: id, county, township, kind, designation, class, year, layer, payer
    #[arg(long, value_name = "COLUMNS", default_value = "year,layer")]
    pub(crate) by: Vec<String>,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
}

/// The first side of a comparison, and what both share.
#[derive(Debug, Args)]
pub(crate) struct First {
    /// A built-in policy by its id, or a policy file (.toml, .json; - for standard input)
    #[arg(long, value_name = "ID|FILE", default_value = "tongchuan-2023")]
    pub(crate) policy: String,
    /// A roster file (.xlsx, .xls, .ods, .csv, .json; - for standard input) [default: the policy's built-in one]
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<String>,
    /// Years to compute on both sides, such as 2024, 2023..2025 or 2023,2025 [default: those of each policy]
    #[arg(long, value_name = "YEARS")]
    pub(crate) years: Option<String>,
    #[command(flatten)]
    pub(crate) sheet: SheetArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Scenarios {
    /// The scenarios, the first of which the others are compared with: rows of scenario, path, value
    /// (.xlsx, .xls, .ods, .csv, .json), or tables with name and set (.toml, .json); - for standard input
    #[arg(long = "scenarios", value_name = "FILE")]
    pub(crate) file: String,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// What to group by: id, county, township, kind, designation, class, year, layer, payer
    #[arg(long, value_name = "COLUMNS", default_value = "year,layer")]
    pub(crate) by: Vec<String>,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    /// Show layers side by side to people, or else what is grouped by last; of scenarios, the scenarios
    #[arg(long)]
    pub(crate) wide: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Solve {
    /// The number, by its path, such as classes.municipal-town.standard
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// The layer that is added up, by its id or name
    #[arg(long, value_name = "LAYER")]
    pub(crate) layer: String,
    /// Who answers for it: a body by its id or name, or a county [default: all of the layer]
    #[arg(long, value_name = "PAYER")]
    pub(crate) payer: Option<String>,
    /// The year that is added up
    #[arg(long, value_name = "YEAR", value_parser = parse_year)]
    pub(crate) year: u16,
    /// What the total may come to at most, such as 400 or 400万元 [default unit: that of --unit]
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub(crate) limit: String,
    /// The step between values, in what the number counts [default: the rounding step in the policy's unit]
    #[arg(long, value_name = "NUMBER", value_parser = parse_step)]
    pub(crate) step: Option<Decimal>,
    /// A built-in policy by its id, or a policy file (.toml, .json; - for standard input)
    #[arg(long, value_name = "ID|FILE", default_value = "tongchuan-2023")]
    pub(crate) policy: String,
    /// A roster file (.xlsx, .xls, .ods, .csv, .json; - for standard input) [default: the policy's built-in one]
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<String>,
    /// Change a value of the policy first; the value is TOML
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) sheet: SheetArgs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The recipient: its id, or its name if only one is so called; with --by one of the totals, by the value of the first
    /// column [default with --by: all of them]
    #[arg(value_name = "ID|NAME", required_unless_present = "by")]
    pub(crate) recipient: Option<String>,
    /// Explain totals instead: of which places they are made; columns as for totals
    #[arg(long, value_name = "COLUMNS", conflicts_with_all = ["limits", "receipts", "assignments", "duties"])]
    pub(crate) by: Option<Vec<String>>,
    /// Explain too what these limits leave of what is due
    #[arg(long, value_name = "FILE", requires = "rule", conflicts_with_all = ["receipts", "assignments", "duties"])]
    pub(crate) limits: Option<String>,
    /// How claims are met where a limit is short, as for fund
    #[arg(long, value_name = "NAME", value_parser = parse_rule, requires = "limits")]
    pub(crate) rule: Option<String>,
    /// For --rule priority: the classes in turn, as for fund
    #[arg(long, value_name = "CLASSES", requires = "rule")]
    pub(crate) order: Vec<String>,
    /// Explain too what arrived by this ledger, and what is missing; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with_all = ["assignments", "duties"])]
    pub(crate) receipts: Vec<String>,
    /// Explain too which duties are due besides money, with clauses
    #[arg(long)]
    pub(crate) duties: bool,
    /// Explain too who brings these duties by this register of assignments, and who is missing
    #[arg(long, value_name = "FILE")]
    pub(crate) assignments: Option<String>,
    /// Cut the ledger at the end of a month, such as 2024-06
    #[arg(long, value_name = "MONTH", requires = "receipts")]
    pub(crate) as_of: Option<String>,
    /// What a top-up counts: what was due, or what arrived, so that it fills a shortfall in
    #[arg(long, value_name = "entitled|received", default_value = "entitled", requires = "receipts")]
    pub(crate) top_up: String,
    /// Years in which a top-up counts what arrived [default: every year]
    #[arg(long, value_name = "YEARS")]
    pub(crate) top_up_years: Option<String>,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    /// The year [default: every year]
    #[arg(long, value_name = "YEAR", value_parser = parse_year)]
    pub(crate) year: Option<u16>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    #[command(flatten)]
    pub(crate) output: TableOutput,
}

#[derive(Debug, Args)]
pub(crate) struct Fund {
    /// What payers can spend (.xlsx, .xls, .ods, .csv, .json; - for standard input): columns layer, payer, year, amount, unit;
    /// who has none is not limited
    #[arg(long, value_name = "FILE")]
    pub(crate) limits: String,
    /// How claims are met where a limit is short: proportional, constrained-equal-awards, constrained-equal-losses, talmud or
    /// priority, or by their Chinese names
    #[arg(long, value_name = "NAME", value_parser = parse_rule)]
    pub(crate) rule: String,
    /// For --rule priority: ids or names of classes or kinds, the first to be met first; the others come last, together
    #[arg(long, value_name = "CLASSES")]
    pub(crate) order: Vec<String>,
    /// What to group by, as for totals [default: the places, for people after a summary by layer, payer and year]
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) by: Vec<String>,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    /// Show places too that are due nothing: every layer of every live year
    #[arg(long)]
    pub(crate) zeros: bool,
    /// Show layers side by side to people, or else what is grouped by last; of scenarios, the scenarios
    #[arg(long)]
    pub(crate) wide: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// The ledger of receipts (.xlsx, .xls, .ods, .csv, .json; - for standard input): long, or wide as offices keep it; may be
    /// given several times, each ledger with its own unit
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) receipts: Vec<String>,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    /// What a top-up counts: what was due, or what arrived, so that it fills a shortfall in
    #[arg(long, value_name = "entitled|received", default_value = "entitled")]
    pub(crate) top_up: String,
    /// Years in which a top-up counts what arrived [default: every year]
    #[arg(long, value_name = "YEARS")]
    pub(crate) top_up_years: Option<String>,
    /// Measure progress at the end of a month, such as 2024-06
    #[arg(long, value_name = "MONTH")]
    pub(crate) as_of: Option<String>,
    /// Add up by id, county, township, kind, designation, class, year, layer, payer, with rates [default: every place]
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) by: Option<Vec<String>>,
    /// Show the receipts that match nothing, instead
    #[arg(long, conflicts_with = "by")]
    pub(crate) unmatched: bool,
    /// Show rows too in which nothing was due and nothing happened
    #[arg(long)]
    pub(crate) zeros: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Duties {
    /// The register of assignments (.xlsx, .xls, .ods, .csv, .json; - for standard input): who serves which place, as what, in
    /// which year
    #[arg(long, value_name = "FILE")]
    pub(crate) assignments: Option<String>,
    /// Add up by id, county, township, kind, designation, class, year, payer, of each duty by itself [default: every place]
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) by: Option<Vec<String>>,
    /// Show only what is not met
    #[arg(long, requires = "assignments", conflicts_with_all = ["by", "coverage", "unmatched"])]
    pub(crate) missing: bool,
    /// Show how many places have all that is due of them, by year and county or by --by
    #[arg(long, requires = "assignments", conflicts_with = "unmatched")]
    pub(crate) coverage: bool,
    /// Show the rows of the register that match nothing, instead
    #[arg(long, requires = "assignments", conflicts_with = "by")]
    pub(crate) unmatched: bool,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Projects {
    #[command(subcommand)]
    pub(crate) command: Option<TemplateCommand>,
    /// The register of projects or list of tasks (.xlsx, .xls, .ods, .csv, .json; - for standard input)
    #[arg(long = "projects", value_name = "FILE", required = true)]
    pub(crate) file: Option<String>,
    /// The table: amounts (what is due and planned), places (what the list of each place lacks), shares (of categories),
    /// projects, overdue, unmatched [default: amounts, for people with the others that have something to say]
    #[arg(long, value_name = "TABLE", default_value = "amounts", hide_default_value = true)]
    pub(crate) list: String,
    /// The day as of whose end projects are overdue, such as 2024-06-30 [default: none is]
    #[arg(long, value_name = "DAY")]
    pub(crate) as_of: Option<String>,
    /// What to group by: id, county, township, kind, designation, class, year, layer, payer, category; for amounts and shares
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) by: Option<Vec<String>>,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
    /// Show places too that are due nothing and have no project: every layer of every live year
    #[arg(long)]
    pub(crate) zeros: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Form {
    /// The form, or its Chinese name: distribution 资金分配表, notice 公示表, progress 支出进度通报表, filing 备案表, ledger 台账,
    /// tasks 清单 (a sheet a place), projects 项目库, land 用地, support 帮扶力量, roster 名单
    #[arg(value_name = "FORM")]
    pub(crate) name: String,
    /// One row for each place and year, with subtotals by county, instead of one for each county
    #[arg(long)]
    pub(crate) places: bool,
    /// Sums above what they sum
    #[arg(long)]
    pub(crate) total_first: bool,
    /// A text around the table: title, issuer, date, phone, period, reporter, reviewer, note; left out: a line to write on
    #[arg(long, value_name = "KEY=TEXT")]
    pub(crate) set_text: Vec<String>,
    /// The same texts from a file (.toml, .json)
    #[arg(long, value_name = "FILE")]
    pub(crate) text: Option<String>,
    /// The ledger of receipts, for progress, ledger, and documents in notice and filing; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) receipts: Vec<String>,
    /// The register of projects, for tasks, projects, and how many there are in filing
    #[arg(long, value_name = "FILE")]
    pub(crate) projects: Option<String>,
    /// What is known of plans, for land, as checks take it; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "receipts")]
    pub(crate) figures: Vec<String>,
    /// Cut the ledger at the end of a month, such as 2024-06, and measure progress there
    #[arg(long, value_name = "MONTH", requires = "receipts")]
    pub(crate) as_of: Option<String>,
    /// What a top-up counts: what was due, or what arrived, so that it fills a shortfall in
    #[arg(long, value_name = "entitled|received", default_value = "entitled", requires = "receipts")]
    pub(crate) top_up: String,
    /// Years in which a top-up counts what arrived [default: every year]
    #[arg(long, value_name = "YEARS")]
    pub(crate) top_up_years: Option<String>,
    /// The register of assignments, for support: who serves which place, as what, in which year
    #[arg(long, value_name = "FILE")]
    pub(crate) assignments: Option<String>,
    /// The sheet of the roster's workbook, by its name [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    pub(crate) roster_sheet: Option<String>,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) output: TableOutput,
    #[command(flatten)]
    pub(crate) unit: UnitOption,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the built-in policies and, apart from them, the gallery of public grant formulas
    List {
        #[command(flatten)]
        output: Output,
    },
    /// Show a policy: its layers, classes and rules with their clauses, and how open points are read
    Show {
        /// A built-in policy by its id, or a policy file
        #[arg(value_name = "ID|FILE", default_value = "tongchuan-2023")]
        policy: String,
        /// Change a value first
        #[arg(long, value_name = "PATH=VALUE")]
        set: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Check a policy file: every mistake at once
    Check {
        /// A built-in policy by its id, or a policy file
        #[arg(value_name = "ID|FILE")]
        policy: String,
        /// Change a value first
        #[arg(long, value_name = "PATH=VALUE")]
        set: Vec<String>,
    },
    /// Print the JSON Schema of policy files, for editors
    Schema {
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RosterCommand {
    /// Check a roster: every problem at once
    Check {
        /// The roster file [default: the policy's built-in one]
        #[arg(value_name = "FILE")]
        file: Option<String>,
        /// A built-in policy by its id, or a policy file
        #[arg(long, value_name = "ID|FILE", default_value = "tongchuan-2023")]
        policy: String,
        #[command(flatten)]
        sheet: SheetArgs,
    },
    /// Print the header of a roster for a policy, as CSV, or as a workbook with lists to choose from
    Template(Template),
}

/// Tables that a policy has besides its roster.
#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Print the header of such a table for a policy, as CSV, or as a workbook with lists to choose from
    Template(Template),
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// A built-in policy by its id, or a policy file
    #[arg(long, value_name = "ID|FILE", default_value = "tongchuan-2023")]
    pub(crate) policy: String,
    /// File to write to: .csv, or .xlsx for a workbook [default: standard output, as CSV]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

fn parse_lang(text: &str) -> Result<Lang, Said> {
    text.parse().map_err(|_: String| words::NO_LANGUAGE.with(&[&text]).into())
}

fn parse_unit(text: &str) -> Result<Unit, Said> {
    text.parse().map_err(|error: fundlayers::MoneyError| error.into())
}

/// One year, however offices write it.
fn parse_year(text: &str) -> Result<u16, Said> {
    match parse_years(text).as_deref() {
        Ok([year]) => Ok(*year),
        _ => Err(words::ONE_YEAR.with(&[&text]).into()),
    }
}

fn parse_flag(text: &str) -> Result<bool, Said> {
    match text.trim() {
        "true" | "是" => Ok(true),
        "false" | "否" => Ok(false),
        _ => Err(words::YES_OR_NO.with(&[&text]).into()),
    }
}

fn parse_step(text: &str) -> Result<Decimal, Said> {
    // Whether it is fine enough or too fine is for `solve` to say, in whatever way it is written.
    let written = fundlayers::parse_decimal(text).or_else(|_| fundlayers::parse_bare_number(text.trim()));
    written.map_err(Said::from)
}

/// The word is kept: the rule is read together with its order.
fn parse_rule(text: &str) -> Result<String, Said> {
    match FundingRule::parse(text, &[]) {
        Err(problems) if problems.iter().any(|problem| problem.code() == Code::UnknownRule) => Err(problems.into()),
        _ => Ok(text.to_owned()),
    }
}
