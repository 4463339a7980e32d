//! A request as plain data: what is asked, of which inputs, with which options.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Answer, Content, Given, read_changes};
use crate::engine::roster::{Roster, cell};
use crate::ground::catalogue::explanations;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::message::{Argument, Message, Phrase};
use crate::ground::money::{Amount, Unit};
use crate::ground::number::{parse_bare_number, parse_decimal, parse_years};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::did_you_mean;
use crate::policy::FundingRule;
use crate::policy::Policy;
use crate::policy::document::{Node, NodeValue};
use crate::questions::checks::figures::{CheckFigures, CheckFiguresBuilder};
use crate::questions::duties::{Assignments, AssignmentsBuilder, groupings};
use crate::questions::forms::{FormKind, FormOptions, FormText, FormTexts};
use crate::questions::funding::{Limits, LimitsBuilder};
use crate::questions::projects::{Day, ProjectGrouping, ProjectList, Projects, ProjectsBuilder};
use crate::questions::receipts::{Month, Receipts, ReceiptsBuilder};
use crate::questions::reconcile::TopUp;
use crate::questions::what_if::{Goal, ReadValue, Scenario, Scenarios, ScenariosBuilder, reads_alike};
use crate::results::totals::Grouping;
use crate::rows::keyed;
use crate::rows::records::RowBuilder;
use crate::rows::sheet::SheetOptions;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// An amount for each place, year and layer.
    Allocate,
    /// Their sums by any grouping.
    Totals,
    /// The figures of the policy: of every place, or over groups.
    Figures,
    /// What the document requires besides amounts: met, not met, not known.
    Checks,
    /// Why a recipient gets what it gets.
    Explain,
    /// What limits leave of what is due.
    Fund,
    /// What was due beside what happened.
    Reconcile,
    /// The register of projects beside what was due.
    Projects,
    /// Two allocations side by side.
    Compare,
    /// Many changes of one policy side by side.
    Scenarios,
    /// The largest value of a number that a limit allows.
    Solve,
    /// What bodies must bring besides money, and who does.
    Duties,
    /// A form that offices print.
    Form,
    /// Whether a policy is sound.
    PolicyCheck,
    /// Whether a roster is sound.
    RosterCheck,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 15] = [
        Self::Allocate,
        Self::Totals,
        Self::Figures,
        Self::Checks,
        Self::Explain,
        Self::Fund,
        Self::Reconcile,
        Self::Projects,
        Self::Compare,
        Self::Scenarios,
        Self::Solve,
        Self::Duties,
        Self::Form,
        Self::PolicyCheck,
        Self::RosterCheck,
    ];

    /// The word: the command of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allocate => "allocate",
            Self::Totals => "totals",
            Self::Figures => "figures",
            Self::Checks => "checks",
            Self::Explain => "explain",
            Self::Fund => "fund",
            Self::Reconcile => "reconcile",
            Self::Projects => "projects",
            Self::Compare => "compare",
            Self::Scenarios => "scenarios",
            Self::Solve => "solve",
            Self::Duties => "duties",
            Self::Form => "form",
            Self::PolicyCheck => "policy check",
            Self::RosterCheck => "roster check",
        }
    }

    /// The options that mean something to it, besides `policy` and `set`.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Allocate => &["roster", "sheet", "fill_down", "years", "unit", "zeros", "wide", "figures"],
            Self::Totals => &["roster", "sheet", "fill_down", "years", "unit", "zeros", "by"],
            Self::Figures => &["roster", "sheet", "fill_down", "years", "by"],
            Self::Checks => &["roster", "roster_sheet", "sheet", "fill_down", "years", "by", "figures", "open"],
            Self::Explain => &[
                "roster",
                "roster_sheet",
                "sheet",
                "fill_down",
                "year",
                "recipient",
                "by",
                "unit",
                "limits",
                "rule",
                "order",
                "receipts",
                "top_up",
                "top_up_years",
                "as_of",
                "assignments",
                "duties",
            ],
            Self::Fund => &[
                "roster",
                "roster_sheet",
                "sheet",
                "fill_down",
                "years",
                "unit",
                "zeros",
                "by",
                "limits",
                "rule",
                "order",
            ],
            Self::Reconcile => &[
                "roster",
                "roster_sheet",
                "sheet",
                "fill_down",
                "years",
                "unit",
                "zeros",
                "by",
                "receipts",
                "top_up",
                "top_up_years",
                "as_of",
                "unmatched",
            ],
            Self::Projects => &[
                "roster",
                "roster_sheet",
                "sheet",
                "fill_down",
                "years",
                "unit",
                "zeros",
                "by",
                "projects",
                "list",
                "as_of",
            ],
            Self::Compare => &["roster", "sheet", "fill_down", "years", "unit", "by", "with_policy", "with_roster"],
            Self::Scenarios => &["roster", "roster_sheet", "sheet", "fill_down", "years", "unit", "by", "scenarios"],
            Self::Solve => &["roster", "sheet", "fill_down", "unit", "path", "layer", "payer", "year", "limit", "step"],
            Self::Duties => &[
                "roster",
                "roster_sheet",
                "sheet",
                "fill_down",
                "years",
                "by",
                "assignments",
                "missing",
                "coverage",
                "unmatched",
            ],
            Self::Form => &[
                "roster",
                "roster_sheet",
                "sheet",
                "fill_down",
                "years",
                "unit",
                "form",
                "figures",
                "places",
                "total_first",
                "set_text",
                "text",
                "receipts",
                "projects",
                "top_up",
                "top_up_years",
                "as_of",
                "assignments",
            ],
            Self::PolicyCheck => &[],
            Self::RosterCheck => &["roster", "sheet", "fill_down"],
        }
    }
}

/// An input: by the name that the door knows it under, or itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// A name: the id of a built-in policy, a file.
    Named(String),
    /// A policy as a document, or rows as a list of tables.
    Inline(Node),
}

impl Input {
    fn of(node: &Node) -> Self {
        match &node.value {
            NodeValue::Text(name) => Self::Named(name.clone()),
            _ => Self::Inline(node.clone()),
        }
    }
}

/// Where a door finds what a request names. Each method reads one input whole, with its file's name on every problem; what
/// a door does not have stays as it is: an error.
pub trait Sources {
    /// A policy by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn policy(&mut self, name: &str) -> Result<Given<Policy>, Problems> {
        Err(no_files("policy", name))
    }

    /// Whether a roster comes with a policy that has a name.
    fn has_roster(&self, policy: &str) -> bool {
        _ = policy;
        false
    }

    /// The roster that comes with a policy that has a name.
    ///
    /// # Errors
    ///
    /// That it has none ([`Code::MissingKey`]).
    fn built_in_roster(&mut self, policy: &str, read_for: &Given<Policy>) -> Result<Given<Roster>, Problems> {
        _ = read_for;
        Err(Problem::new(Code::MissingKey, words::NO_ROSTER_WITH_POLICY).found(policy).into())
    }

    /// A roster by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn roster(
        &mut self,
        name: &str,
        policy: &Given<Policy>,
        options: &SheetOptions,
    ) -> Result<Given<Roster>, Problems> {
        _ = (policy, options);
        Err(no_files("roster", name))
    }

    /// Limits by their name.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or that there are none.
    fn limits(&mut self, name: &str, policy: &Policy, options: &SheetOptions) -> Result<Given<Limits>, Problems> {
        _ = (policy, options);
        Err(no_files("limits", name))
    }

    /// A ledger by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn receipts(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Receipts>, Problems> {
        _ = options;
        Err(no_files("receipts", name))
    }

    /// A register of assignments by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn assignments(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Assignments>, Problems> {
        _ = options;
        Err(no_files("assignments", name))
    }

    /// A register of projects by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn projects(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Projects>, Problems> {
        _ = options;
        Err(no_files("projects", name))
    }

    /// The words around a form, by the name of their document.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn text(&mut self, name: &str) -> Result<Node, Problems> {
        Err(no_files("text", name))
    }

    /// A table of figures by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that there is none.
    fn figures(
        &mut self,
        name: &str,
        policy: &Policy,
        options: &SheetOptions,
    ) -> Result<Given<CheckFigures>, Problems> {
        _ = (policy, options);
        Err(no_files("figures", name))
    }

    /// Scenarios by their name.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or that there are none.
    fn scenarios(&mut self, name: &str, options: &SheetOptions) -> Result<Given<Scenarios>, Problems> {
        _ = options;
        Err(no_files("scenarios", name))
    }

    /// Reads the text of a changed value: as it would stand in a policy file.
    fn read_value(&self) -> ReadValue {
        |text| Ok(Node::new(NodeValue::Text(text.to_owned())))
    }

    /// Says that so much is done: 1 the policy is read, 2 the roster, 3 the answer is computed.
    fn progress(&mut self, step: usize) {
        _ = step;
    }
}

fn no_files(what: &str, name: &str) -> Problems {
    let problem = Problem::new(Code::CannotRead, words::NAMES_NO_INPUT).key(what).found(name);
    problem.expected(words::GIVE_DATA).into()
}

/// What is asked, of which inputs, with which options: plain data, as JSON for a service or made by a door of its own
/// arguments. Keys and words are those of the command line, with `_` for `-`.
///
/// ```
/// use fundlayers::answer::{Request, Sources};
/// struct NoFiles;
/// impl Sources for NoFiles {}
/// let request: Request = serde_json::from_str(r#"{
///   "operation": "totals", "by": ["layer"],
///   "policy": { "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
///               "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///               "classes": [{ "id": "all", "funding": { "city": 300 } }] },
///   "roster": [{ "name": "黄堡镇", "county": "王益区" }]
/// }"#)?;
/// let answer = request.answer(&mut NoFiles)?;
/// let table = answer.table(fundlayers::Lang::En).ok_or("no table")?;
/// #[derive(serde::Deserialize)]
/// struct Row { layer: String, amount: fundlayers::Amount }
/// let rows: Vec<Row> = table.rows()?;
/// assert_eq!((rows[0].layer.as_str(), rows[0].amount), ("city", "600万元".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Request {
    /// What is asked.
    pub operation: Operation,
    /// The policy; left out: the door's own (`tongchuan-2023`).
    pub policy: Option<Input>,
    /// The roster; left out: the one that comes with the policy.
    pub roster: Option<Input>,
    /// The sheet of a workbook that is read, by its name: of the table that the operation is about, which is the roster where
    /// there is no other; left out: the one that fits.
    pub sheet: Option<String>,
    /// The sheet of the roster's workbook where the operation is about another table.
    pub roster_sheet: Option<String>,
    /// Whether blank cells of keys were merged with the filled-in one above; left out: what looks so in a file that cannot
    /// tell is an error.
    pub fill_down: Option<bool>,
    /// Changes of the policy by path; of a comparison those of its second side.
    pub set: Vec<(String, Node)>,
    /// The years to compute; left out: the policy's.
    pub years: Option<Vec<u16>>,
    /// The unit of the amounts shown; left out: the policy's.
    pub unit: Option<Unit>,
    /// Whether amounts of zero are shown too.
    pub zeros: bool,
    /// Whether layers are columns.
    pub wide: bool,
    /// Whether the figures of the policy are columns too; of checks, the key `figures` names [`Request::check_figures`].
    pub figures: bool,
    /// The tables of figures that checks read: under the key `figures`.
    pub check_figures: Vec<Input>,
    /// Whether only checks that are open are shown: not met, or not known.
    pub open: bool,
    /// What to group by; left out: year and layer, or places where there are places.
    pub by: Option<Vec<Grouping>>,
    /// What to group projects by, categories among it.
    pub by_projects: Option<Vec<ProjectGrouping>>,
    /// Of whom an explanation is wanted: an id or a name.
    pub recipient: Option<String>,
    /// The year of an explanation or a goal.
    pub year: Option<u16>,
    /// What payers can spend.
    pub limits: Option<Input>,
    /// How claims are met where a limit is short.
    pub rule: Option<FundingRule>,
    /// What did happen: one ledger or several, each with its own unit.
    pub receipts: Vec<Input>,
    /// What a top-up counts. `received` without years counts in every computed year.
    pub top_up: TopUp,
    /// The month against whose end progress is measured.
    pub as_of: Option<Month>,
    /// The register of projects.
    pub projects: Option<Input>,
    /// Which table of projects.
    pub list: ProjectList,
    /// The day at whose end it is asked which projects are overdue.
    pub as_of_day: Option<Day>,
    /// Whether only the receipts, or the rows of a register, that match nothing are shown.
    pub unmatched: bool,
    /// The policy of the second side of a comparison; left out: that of the first.
    pub with_policy: Option<Input>,
    /// The roster of the second side; left out: that of the first.
    pub with_roster: Option<Input>,
    /// The scenarios: named changes, the first of which the others are compared with.
    pub scenarios: Option<Input>,
    /// The number that is solved for, by its path.
    pub path: Option<String>,
    /// The layer whose total is limited, by id or name.
    pub layer: Option<String>,
    /// Who answers for it; left out: all of the layer.
    pub payer: Option<String>,
    /// What the total may come to at most, in `unit`, or with a unit of its own.
    pub limit: Option<String>,
    /// The step between values; left out: the rounding step.
    pub step: Option<rust_decimal::Decimal>,
    /// Who serves which place: the register beside what is due.
    pub assignments: Option<Input>,
    /// Whether only duties that are not met are shown.
    pub missing: bool,
    /// Whether it is shown how many places have all that is due of them.
    pub coverage: bool,
    /// Whether an explanation tells too what is due besides money.
    pub duties: bool,
    /// The form that is asked for.
    pub form: Option<FormKind>,
    /// Whether a form's distribution has a row for each place and year.
    pub places: bool,
    /// Whether sums stand above what they sum.
    pub total_first: bool,
    /// Words around a form, each over that of the document.
    pub set_text: Vec<(FormText, String)>,
    /// The words around a form: a document of texts by key.
    pub text: Option<Input>,
}

impl Request {
    /// Every key of a request.
    pub const KEYS: [&str; 43] = [
        "operation",
        "policy",
        "roster",
        "sheet",
        "roster_sheet",
        "fill_down",
        "set",
        "years",
        "unit",
        "zeros",
        "wide",
        "figures",
        "open",
        "by",
        "recipient",
        "year",
        "limits",
        "rule",
        "order",
        "receipts",
        "top_up",
        "top_up_years",
        "as_of",
        "projects",
        "list",
        "unmatched",
        "with_policy",
        "with_roster",
        "scenarios",
        "path",
        "layer",
        "payer",
        "limit",
        "step",
        "assignments",
        "missing",
        "coverage",
        "duties",
        "form",
        "places",
        "total_first",
        "set_text",
        "text",
    ];

    /// A request of an operation without any option.
    #[must_use]
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            policy: None,
            roster: None,
            sheet: None,
            roster_sheet: None,
            fill_down: None,
            set: Vec::new(),
            years: None,
            unit: None,
            zeros: false,
            wide: false,
            figures: false,
            check_figures: Vec::new(),
            open: false,
            by: None,
            by_projects: None,
            recipient: None,
            year: None,
            limits: None,
            rule: None,
            receipts: Vec::new(),
            top_up: TopUp::Entitled,
            as_of: None,
            projects: None,
            list: ProjectList::Amounts,
            as_of_day: None,
            unmatched: false,
            with_policy: None,
            with_roster: None,
            scenarios: None,
            path: None,
            layer: None,
            payer: None,
            limit: None,
            step: None,
            assignments: None,
            missing: false,
            coverage: false,
            duties: false,
            form: None,
            places: false,
            total_first: false,
            set_text: Vec::new(),
            text: None,
        }
    }

    /// Reads a request from its document.
    ///
    /// # Errors
    ///
    /// Every mistake at once: unknown keys with the nearest known one, words and numbers that cannot be meant, options
    /// that the operation does not have, each with its key.
    pub fn from_document(document: &Node) -> Result<Self, Problems> {
        let mut reader = Reader { document, problems: Problems::new() };
        let request = reader.request();
        match request {
            Some(request) if !reader.problems.has_errors() => Ok(request),
            _ => Err(reader.problems),
        }
    }

    /// How the table is read that the operation is about.
    fn sheet_options(&self) -> SheetOptions {
        SheetOptions { sheet: self.sheet.clone(), fill_down: self.fill_down }
    }

    /// How the roster is read.
    fn roster_options(&self) -> SheetOptions {
        // A form or explanation without a table of its own is about the roster, as are checks without figures
        // and duties without a register.
        let has_table = !(self.receipts.is_empty()
            && self.limits.is_none()
            && self.check_figures.is_empty()
            && self.projects.is_none()
            && self.assignments.is_none());
        let about =
            matches!(self.operation, Operation::Form | Operation::Checks | Operation::Duties | Operation::Explain);
        let of_roster = about && !has_table;
        let apart = self.operation.options().contains(&"roster_sheet") && !of_roster;
        let sheet = if apart { &self.roster_sheet } else { &self.sheet };
        SheetOptions { sheet: sheet.clone(), fill_down: self.fill_down }
    }

    /// Reads the inputs, computes, and gives the answer.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with an input or an option, every problem at once as far as the next step needs it.
    pub fn answer(&self, sources: &mut dyn Sources) -> Result<Answer, Problems> {
        self.check_month()?;
        Asking { request: self, sources }.answer()
    }

    /// The limits that it names.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or that there are none.
    pub fn read_limits(&self, sources: &mut dyn Sources, policy: &Policy) -> Result<Given<Limits>, Problems> {
        Asking { request: self, sources }.limits(policy)
    }

    /// The ledgers that it names, as one.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or that there is none; a month at which nothing is cut.
    pub fn read_receipts(&self, sources: &mut dyn Sources) -> Result<Given<Receipts>, Problems> {
        self.check_month()?;
        Asking { request: self, sources }.receipts()
    }

    /// A month at which nothing is cut is a mistake.
    fn check_month(&self) -> Result<(), Problems> {
        let reads_none = self.form.is_some_and(|form| !form.may_read_receipts());
        let message = match self.as_of {
            Some(_) if self.receipts.is_empty() => words::NEEDS_RECEIPTS,
            Some(_) if reads_none => words::FORM_READS_NO_RECEIPTS,
            _ => return Ok(()),
        };
        Err(Problem::new(Code::UnknownKey, message).key("as_of").into())
    }
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_document(&Node::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

struct Reader<'n> {
    document: &'n Node,
    problems: Problems,
}

impl Reader<'_> {
    fn request(&mut self) -> Option<Request> {
        let NodeValue::Table(entries) = &self.document.value else {
            let problem = Problem::new(Code::WrongType, words::REQUEST_IS.with(&[&self.document.type_phrase()]));
            self.problems.push(problem.expected(words::GIVE_TABLE_WITH_OPERATION));
            return None;
        };
        let operation = self.operation();
        for (key, node) in entries {
            let known = Request::KEYS.contains(&key.text.as_str());
            let applies = |operation: Operation| {
                ["operation", "policy", "set"].contains(&key.text.as_str())
                    || operation.options().contains(&key.text.as_str())
            };
            if !known {
                let problem = Problem::new(Code::UnknownKey, words::NO_KEY_OF_REQUEST).found(&key.text);
                self.push(problem.expected(did_you_mean(&key.text, Request::KEYS)), node, &key.text);
            } else if let Some(operation) = operation.filter(|operation| !applies(*operation) && !is_nothing(node)) {
                let message = words::NO_SUCH_OPTION.with(&[&operation.as_str()]);
                let problem = Problem::new(Code::UnknownKey, message).found(&key.text);
                let hint = words::OPTIONS_ARE.with(&[&Argument::list(operation.options())]);
                self.push(problem.expected(hint), node, &key.text);
            }
        }
        let mut request = Request::new(operation?);
        let input = |key: &str| self.document.get(key).filter(|node| !is_nothing(node)).map(Input::of);
        request.policy = input("policy");
        request.roster = input("roster");
        request.limits = input("limits");
        request.receipts = self.inputs("receipts");
        request.scenarios = input("scenarios");
        request.assignments = input("assignments");
        (request.missing, request.coverage) = (self.flag("missing"), self.flag("coverage"));
        request.duties = self.flag("duties");
        request.with_policy = input("with_policy");
        request.with_roster = input("with_roster");
        request.set = self.changes();
        request.years = self.years("years");
        request.unit = self.parsed("unit", words::UNIT_OF_MONEY, |text| text.parse::<Unit>().map_err(|e| e.message()));
        request.sheet = self.text("sheet");
        request.roster_sheet = self.text("roster_sheet");
        request.fill_down =
            self.document.get("fill_down").filter(|node| !is_nothing(node)).map(|_| self.flag("fill_down"));
        request.zeros = self.flag("zeros");
        request.wide = self.flag("wide");
        if matches!(operation, Some(Operation::Checks | Operation::Form)) {
            request.check_figures = self.inputs("figures");
        } else {
            request.figures = self.flag("figures");
        }
        request.open = self.flag("open");
        request.unmatched = self.flag("unmatched");
        if operation == Some(Operation::Projects) {
            request.by_projects = self.by(|keys| ProjectGrouping::parse_all(keys));
        } else {
            let of_duties = operation == Some(Operation::Duties);
            request.by = self.by(|keys| if of_duties { groupings(keys) } else { Grouping::parse_all(keys) });
        }
        request.recipient = self.text("recipient");
        request.path = self.text("path");
        request.layer = self.text("layer");
        request.payer = self.text("payer");
        request.limit = self.text("limit");
        request.year = self.years("year").and_then(|years| {
            if let [year] = years.as_slice() {
                Some(*year)
            } else {
                self.problem("year", Problem::new(Code::BadYears, words::NOT_ONE_YEAR).expected(words::SUCH_AS_YEAR));
                None
            }
        });
        request.step = self.parsed("step", common::A_NUMBER, |text| {
            let written = parse_decimal(text).or_else(|_| parse_bare_number(text.trim()));
            written.map_err(|error| error.message())
        });
        let order = self.texts("order").unwrap_or_default();
        if let Some(name) = self.text("rule") {
            let order: Vec<&str> = order.iter().map(String::as_str).collect();
            request.rule = FundingRule::parse(&name, &order)
                .map_err(|problems| problems.into_iter().for_each(|problem| self.problem("rule", problem)))
                .ok();
        }
        request.places = self.flag("places");
        request.total_first = self.flag("total_first");
        if let Some(word) = self.text("form") {
            request.form = FormKind::parse(&word).map_err(|problem| self.problem("form", problem)).ok();
        }
        request.set_text = self.set_text();
        request.text = input("text");
        request.top_up = self.top_up();
        request.projects = input("projects");
        if let Some(word) = self.text("list") {
            request.list =
                ProjectList::parse(&word).map_err(|problem| self.problem("list", problem)).unwrap_or_default();
        }
        let as_of = self.text("as_of");
        if operation == Some(Operation::Projects) {
            request.as_of_day = as_of.and_then(|text| self.day(&text));
        } else if let Some(text) = as_of {
            request.as_of = text.parse::<Month>().map_err(|problem| self.problem("as_of", problem)).ok();
        }
        for (key, missing) in [
            (
                "recipient",
                operation == Some(Operation::Explain) && request.recipient.is_none() && self.node("by").is_none(),
            ),
            ("rule", operation == Some(Operation::Explain) && request.limits.is_some() && self.node("rule").is_none()),
            ("rule", operation == Some(Operation::Fund) && self.node("rule").is_none()),
            ("path", operation == Some(Operation::Solve) && request.path.is_none()),
            ("layer", operation == Some(Operation::Solve) && request.layer.is_none()),
            ("year", operation == Some(Operation::Solve) && self.node("year").is_none()),
            ("limit", operation == Some(Operation::Solve) && request.limit.is_none()),
            ("limits", operation == Some(Operation::Fund) && request.limits.is_none()),
            ("receipts", operation == Some(Operation::Reconcile) && request.receipts.is_empty()),
            ("projects", operation == Some(Operation::Projects) && request.projects.is_none()),
            ("form", operation == Some(Operation::Form) && request.form.is_none()),
            ("scenarios", operation == Some(Operation::Scenarios) && request.scenarios.is_none()),
        ] {
            if missing && self.node(key).is_none() {
                let problem = Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&key]));
                self.problems.push(problem.at(self.document.position));
            }
        }
        Some(request)
    }

    fn operation(&mut self) -> Option<Operation> {
        let Some(node) = self.document.get("operation") else {
            let problem =
                Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&"operation"])).at(self.document.position);
            let known = Argument::list(Operation::ALL.map(Operation::as_str));
            self.problems.push(problem.expected(words::ONE_OF.with(&[&known])));
            return None;
        };
        let word = self.text("operation")?;
        let found = Operation::ALL.into_iter().find(|operation| operation.as_str() == word);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, words::NO_OPERATION).found(&word);
            self.push(problem.expected(did_you_mean(&word, Operation::ALL.map(Operation::as_str))), node, "operation");
        }
        found
    }

    fn push(&mut self, problem: Problem, node: &Node, key: &str) {
        self.problems.push(problem.at(node.position).key(key));
    }

    fn problem(&mut self, key: &str, problem: Problem) {
        let position = self.document.get(key).and_then(|node| node.position);
        self.problems.push(problem.at(position).key(key));
    }

    fn wrong_type(&mut self, key: &str, node: &Node, expected: Phrase) {
        let problem =
            Problem::new(Code::WrongType, common::IS_OF_TYPE.with(&[&node.type_phrase()])).found(node.to_string());
        self.problem(key, problem.expected(common::GIVE.with(&[&expected])));
    }

    /// What stands under a key, unless that is nothing.
    fn node(&self, key: &str) -> Option<&Node> {
        self.document.get(key).filter(|node| !is_nothing(node))
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let node = self.node(key)?.clone();
        match node.value {
            NodeValue::Text(text) => Some(text.trim().to_owned()),
            NodeValue::Number(digits) => Some(digits),
            _ => {
                self.wrong_type(key, &node, common::A_TEXT);
                None
            }
        }
    }

    fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let node = self.node(key)?.clone();
        let text = |item: &Node| match &item.value {
            NodeValue::Text(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        let list = match &node.value {
            NodeValue::Text(text) => Some(text.split([',', '，', '、']).map(|part| part.trim().to_owned()).collect()),
            NodeValue::List(items) => items.iter().map(text).collect(),
            _ => None,
        };
        if list.is_none() {
            self.wrong_type(key, &node, words::LIST_OF_TEXTS);
        }
        list
    }

    fn flag(&mut self, key: &str) -> bool {
        match self.node(key).cloned() {
            None => false,
            Some(Node { value: NodeValue::Bool(flag), .. }) => flag,
            Some(node) => {
                self.wrong_type(key, &node, common::TRUE_OR_FALSE);
                false
            }
        }
    }

    fn parsed<T>(&mut self, key: &str, what: Phrase, parse: impl FnOnce(&str) -> Result<T, Message>) -> Option<T> {
        let text = self.text(key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(message) => {
                let code = if key == "unit" { Code::BadUnit } else { Code::BadNumber };
                self.problem(key, Problem::new(code, message).found(text).expected(common::GIVE.with(&[&what])));
                None
            }
        }
    }

    /// Years: one, a list, or a text such as `2023..2025`.
    fn years(&mut self, key: &str) -> Option<Vec<u16>> {
        let node = self.node(key)?.clone();
        let text = match &node.value {
            NodeValue::Text(text) | NodeValue::Number(text) => Some(text.clone()),
            NodeValue::List(items) => {
                let digits = |item: &Node| match &item.value {
                    NodeValue::Text(text) | NodeValue::Number(text) => Some(text.clone()),
                    _ => None,
                };
                items.iter().map(digits).collect::<Option<Vec<_>>>().map(|list| list.join(","))
            }
            _ => None,
        };
        let Some(text) = text else {
            self.wrong_type(key, &node, words::YEARS);
            return None;
        };
        match parse_years(&text) {
            Ok(years) => Some(years),
            Err(problems) => {
                problems.into_iter().for_each(|problem| self.problem(key, problem));
                None
            }
        }
    }

    fn day(&mut self, text: &str) -> Option<Day> {
        text.parse::<Day>().map_err(|problem| self.problem("as_of", problem)).ok()
    }

    fn by<G>(&mut self, parse: impl Fn(Vec<&str>) -> Result<Vec<G>, Problems>) -> Option<Vec<G>> {
        let keys = self.texts("by")?;
        match parse(keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect()) {
            Ok(by) => Some(by),
            Err(problems) => {
                problems.into_iter().for_each(|problem| self.problem("by", problem));
                None
            }
        }
    }

    fn top_up(&mut self) -> TopUp {
        let years = self.years("top_up_years").unwrap_or_default();
        let word = self.text("top_up").unwrap_or_else(|| "entitled".to_owned());
        match TopUp::parse(&word, &years) {
            Ok(TopUp::Entitled) if !years.is_empty() => {
                let problem = Problem::new(Code::UnknownKey, words::YEARS_WITH_ENTITLED);
                self.problem("top_up_years", problem.expected(words::TOP_UP_IS_RECEIVED));
                TopUp::Entitled
            }
            Ok(top_up) => top_up,
            Err(problem) => {
                self.problem("top_up", problem);
                TopUp::Entitled
            }
        }
    }

    /// Changes by path: a table. Texts are read by the door as they would stand in a policy file.
    /// Ledgers: a name or rows; or a list of names and of lists of rows.
    fn inputs(&self, key: &str) -> Vec<Input> {
        let Some(node) = self.document.get(key).filter(|node| !is_nothing(node)) else { return Vec::new() };
        match &node.value {
            NodeValue::List(items) if items.iter().any(|item| !matches!(item.value, NodeValue::Table(_))) => {
                items.iter().map(Input::of).collect()
            }
            _ => vec![Input::of(node)],
        }
    }

    /// Words around a form: a table of texts.
    fn set_text(&mut self) -> Vec<(FormText, String)> {
        let Some(node) = self.node("set_text").cloned() else { return Vec::new() };
        let mut texts = FormTexts::default();
        if let Err(problems) = texts.set_all(&node) {
            for problem in problems {
                let problem = if problem.location().key.is_some() { problem } else { problem.key("set_text") };
                self.problems.push(problem);
            }
        }
        let given = FormText::ALL.into_iter().filter_map(|text| Some((text, texts.get(text)?.to_owned())));
        given.collect()
    }

    fn changes(&mut self) -> Vec<(String, Node)> {
        let Some(node) = self.node("set").cloned() else { return Vec::new() };
        let NodeValue::Table(entries) = node.value else {
            self.wrong_type("set", &node, words::TABLE_OF_PATHS);
            return Vec::new();
        };
        entries.into_iter().map(|(key, value)| (key.text, value)).collect()
    }
}

fn is_nothing(node: &Node) -> bool {
    node.value == NodeValue::Null
}

struct Asking<'a> {
    request: &'a Request,
    sources: &'a mut dyn Sources,
}

/// The policy of a door that is asked for none.
const DEFAULT_POLICY: &str = "tongchuan-2023";

impl<'a> Asking<'a> {
    fn answer(&mut self) -> Result<Answer, Problems> {
        let request = self.request;
        // The changes of a comparison are those of its second side.
        let compares = request.operation == Operation::Compare;
        let plain = self.policy(request.policy.as_ref())?;
        let changes = self.changes()?;
        let policy = if compares { plain.clone() } else { changed(&plain, &changes)? };
        self.sources.progress(1);
        if request.operation == Operation::PolicyCheck {
            let unit = policy.value.unit();
            return Ok(Answer::new(Content::Policy, policy.value, unit, policy.warnings));
        }
        let roster = self.roster(request.roster.as_ref(), request.policy.as_ref(), &policy)?;
        self.sources.progress(2);
        let (by, unit, years) = (request.by.as_deref(), request.unit, request.years.as_deref());
        match request.operation {
            Operation::RosterCheck => return roster.check(&policy),
            Operation::Scenarios => {
                let scenarios = self.scenarios()?;
                return policy.scenarios(&roster, &scenarios, years, by, unit);
            }
            Operation::Solve => return policy.solve(&roster, &self.goal(&policy.value)?, unit),
            _ => {}
        }
        let of_explanation = request.year.map(|year| [year]).filter(|_| request.operation == Operation::Explain);
        let years = of_explanation.as_ref().map(<[u16; 1]>::as_slice).or(years);
        let allocation = policy.allocate(&roster, years)?;
        match request.operation {
            Operation::Totals => allocation.totals(by, unit, request.zeros),
            Operation::Figures => allocation.figures(by),
            Operation::Checks => {
                let figures = self.figures(&policy.value)?;
                allocation.checks(&figures, by, request.open)
            }
            Operation::Explain => {
                let years = of_explanation.as_ref().map(<[u16; 1]>::as_slice);
                let others = [
                    ("limits", request.limits.is_some()),
                    ("receipts", !request.receipts.is_empty()),
                    ("assignments", request.assignments.is_some()),
                    ("duties", request.duties && request.assignments.is_none()),
                ];
                if let Some(by) = by {
                    if let Some((other, _)) = others.into_iter().find(|(_, given)| *given) {
                        return Err(Problem::new(Code::UnknownKey, explanations::NOT_WITH_BY).key(other).into());
                    }
                    return allocation.explain_totals(by, request.recipient.as_deref(), unit);
                }
                let recipient = request.recipient.as_deref().ok_or_else(|| missing("recipient"))?;
                let mut given = others.into_iter().filter(|(_, given)| *given).map(|(key, _)| key);
                if let (Some(one), Some(other)) = (given.next(), given.next()) {
                    let message = explanations::ONE_OF_BOTH.with(&[&one]);
                    return Err(Problem::new(Code::UnknownKey, message).key(other).into());
                }
                if request.limits.is_some() {
                    let limits = self.limits(&policy.value)?;
                    let rule = request.rule.as_ref().ok_or_else(|| missing("rule"))?;
                    return allocation.fund(&limits, rule)?.explain(recipient, years, unit);
                }
                if !request.receipts.is_empty() {
                    let receipts = self.receipts()?;
                    let reconciled = allocation.reconcile(&receipts, request.top_up.clone(), request.as_of)?;
                    return reconciled.explain(recipient, years, unit);
                }
                if request.duties || request.assignments.is_some() {
                    let assignments = self.assignments()?;
                    return allocation.duties(assignments.as_ref())?.explain(recipient, years, unit);
                }
                allocation.explain(recipient, years, unit)
            }
            Operation::Fund => {
                let limits = self.limits(&policy.value)?;
                let funding = allocation.fund(&limits, request.rule.as_ref().ok_or_else(|| missing("rule"))?)?;
                match by {
                    Some(by) => funding.totals(Some(by), unit),
                    None => Ok(funding.table(unit, request.zeros)),
                }
            }
            Operation::Reconcile => {
                let receipts = self.receipts()?;
                let reconciliation = allocation.reconcile(&receipts, request.top_up.clone(), request.as_of)?;
                match by {
                    _ if request.unmatched => Ok(reconciliation.unmatched(unit)),
                    Some(by) => reconciliation.totals(Some(by), unit, request.zeros),
                    None => Ok(reconciliation.table(unit, request.zeros)),
                }
            }
            Operation::Duties => {
                let assignments = self.assignments()?;
                let duties = allocation.duties(assignments.as_ref())?;
                match by {
                    _ if request.unmatched => Ok(duties.unmatched()),
                    by if request.coverage => duties.coverage(by),
                    Some(by) => duties.totals(Some(by)),
                    None => Ok(duties.table(request.missing)),
                }
            }
            Operation::Projects => {
                let projects = self.projects()?;
                let planning = allocation.projects(&projects, request.as_of_day)?;
                planning.answer_of(request.list, request.by_projects.as_deref(), unit, request.zeros)
            }
            Operation::Form => {
                let kind = request.form.ok_or_else(|| missing("form"))?;
                let options = self.form_options()?;
                if kind == FormKind::Land {
                    let figures = self.figures(&policy.value)?;
                    return allocation.land_form(&figures, &options);
                }
                if kind == FormKind::Support {
                    let assignments = self.assignments()?;
                    return allocation.duties(assignments.as_ref())?.form(kind, &options);
                }
                let planning = match &request.projects {
                    Some(_) => Some(allocation.projects(&self.projects()?, None)?),
                    None => None,
                };
                if request.receipts.is_empty() {
                    return allocation.form(kind, planning.as_ref(), &options);
                }
                let receipts = self.receipts()?;
                let reconciliation = allocation.reconcile(&receipts, request.top_up.clone(), request.as_of)?;
                reconciliation.form(kind, planning.as_ref(), &options)
            }
            Operation::Compare => {
                let other = request.with_policy.as_ref().or(request.policy.as_ref());
                let after = match &request.with_policy {
                    Some(with_policy) => changed(&self.policy(Some(with_policy))?, &changes)?,
                    None => changed(&plain, &changes)?,
                };
                let given = request.with_roster.as_ref().or(request.roster.as_ref());
                let same = given == request.roster.as_ref() && (given.is_some() || other == request.policy.as_ref());
                let after_roster = if same && reads_alike(&policy.value, &after.value) {
                    roster
                } else {
                    // A policy of one's own goes on with the built-in roster of the first side.
                    let has_roster = |input: &&Input| match input {
                        Input::Named(name) => self.sources.has_roster(name),
                        Input::Inline(_) => false,
                    };
                    let built_in = other.filter(has_roster).or(request.policy.as_ref());
                    self.roster(given, built_in, &after)?
                };
                allocation.compare(&after.allocate(&after_roster, years)?, by, unit)
            }
            _ if request.figures => allocation.table_with_figures(unit, request.zeros, request.wide),
            _ => Ok(allocation.table(unit, request.zeros, request.wide)),
        }
    }

    fn policy(&mut self, input: Option<&Input>) -> Result<Given<Policy>, Problems> {
        match input {
            None => self.sources.policy(DEFAULT_POLICY),
            Some(Input::Named(name)) => self.sources.policy(name),
            Some(Input::Inline(document)) => Policy::from_document(document).map(Given::from),
        }
    }

    /// Changes, with texts read by the door.
    fn changes(&self) -> Result<Vec<(&'a str, Node)>, Problems> {
        let changes = self.request.set.iter().map(|(path, value)| (path.as_str(), value));
        read_changes(changes, self.sources.read_value())
    }

    /// The roster that is given, or the one that comes with a policy.
    fn roster(
        &mut self,
        given: Option<&Input>,
        built_in: Option<&Input>,
        policy: &Given<Policy>,
    ) -> Result<Given<Roster>, Problems> {
        match (given, built_in) {
            (Some(Input::Named(name)), _) => {
                let options = self.request.roster_options();
                self.sources.roster(name, policy, &options)
            }
            (Some(Input::Inline(rows)), _) => {
                let read =
                    rows_of(rows, "roster", |titles| crate::engine::roster::RosterBuilder::new(&policy.value, titles));
                Given::read(read, None)
            }
            (None, None) => self.sources.built_in_roster(DEFAULT_POLICY, policy),
            (None, Some(Input::Named(name))) => self.sources.built_in_roster(name, policy),
            (None, Some(Input::Inline(_))) => Err(Problem::new(Code::MissingKey, words::ROSTER_MISSING).into()),
        }
    }

    /// How a form is to be; what is said for itself stands over the document.
    fn form_options(&mut self) -> Result<FormOptions, Problems> {
        let request = self.request;
        let mut texts = FormTexts::default();
        match &request.text {
            Some(Input::Named(name)) => {
                let document = self.sources.text(name)?;
                texts.set_all(&document).map_err(|problems| problems.in_file(name))?;
            }
            Some(Input::Inline(document)) => texts.set_all(document)?,
            None => {}
        }
        for (text, value) in &request.set_text {
            texts.set(*text, value);
        }
        Ok(FormOptions { unit: request.unit, places: request.places, total_first: request.total_first, texts })
    }

    fn limits(&mut self, policy: &Policy) -> Result<Given<Limits>, Problems> {
        match self.request.limits.as_ref().ok_or_else(|| missing("limits"))? {
            Input::Named(name) => self.sources.limits(name, policy, &self.request.sheet_options()),
            Input::Inline(rows) => {
                Given::read(rows_of(rows, "limits", |titles| LimitsBuilder::new(policy, titles)), None)
            }
        }
    }

    fn projects(&mut self) -> Result<Given<Projects>, Problems> {
        match self.request.projects.as_ref().ok_or_else(|| missing("projects"))? {
            Input::Named(name) => self.sources.projects(name, &self.request.sheet_options()),
            Input::Inline(rows) => Given::read(rows_of(rows, "projects", ProjectsBuilder::new), None),
        }
    }

    /// The tables of figures as one; none of none.
    fn figures(&mut self, policy: &Policy) -> Result<Given<CheckFigures>, Problems> {
        let options = self.request.sheet_options();
        let mut tables = Vec::new();
        let mut problems = Problems::new();
        for input in &self.request.check_figures {
            let read = match input {
                Input::Named(name) => self.sources.figures(name, policy, &options),
                Input::Inline(rows) => {
                    Given::read(rows_of(rows, "figures", |titles| CheckFiguresBuilder::new(policy, titles)), None)
                }
            };
            match read {
                Ok(table) => tables.push(table),
                Err(found) => problems.append(found),
            }
        }
        if problems.is_empty() { Ok(Given::<CheckFigures>::joined(tables)) } else { Err(problems) }
    }

    fn receipts(&mut self) -> Result<Given<Receipts>, Problems> {
        let options = self.request.sheet_options();
        let mut ledgers = Vec::new();
        let mut problems = Problems::new();
        for input in &self.request.receipts {
            let read = match input {
                Input::Named(name) => self.sources.receipts(name, &options),
                Input::Inline(rows) => Given::read(rows_of(rows, "receipts", ReceiptsBuilder::new), None),
            };
            match read {
                Ok(ledger) => ledgers.push(ledger),
                Err(found) => problems.append(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Given::<Receipts>::joined(ledgers).ok_or_else(|| missing("receipts"))
    }

    fn assignments(&mut self) -> Result<Option<Given<Assignments>>, Problems> {
        let options = self.request.sheet_options();
        let Some(input) = &self.request.assignments else {
            let asked = [("unmatched", self.request.unmatched), ("coverage", self.request.coverage)];
            let asked = asked.into_iter().chain([("missing", self.request.missing)]).find(|(_, asked)| *asked);
            return match asked {
                Some((key, _)) => Err(Problem::new(Code::MissingKey, words::NEEDS_REGISTER.with(&[&key])).into()),
                None => Ok(None),
            };
        };
        let read = match input {
            Input::Named(name) => self.sources.assignments(name, &options),
            Input::Inline(rows) => Given::read(rows_of(rows, "assignments", AssignmentsBuilder::new), None),
        };
        read.map(Some)
    }

    fn scenarios(&mut self) -> Result<Given<Scenarios>, Problems> {
        let list = match self.request.scenarios.as_ref().ok_or_else(|| missing("scenarios"))? {
            Input::Named(name) => return self.sources.scenarios(name, &self.request.sheet_options()),
            Input::Inline(list) => list,
        };
        let read_value = self.sources.read_value();
        match &list.value {
            NodeValue::List(items) if items.iter().any(|item| item.get("name").is_none()) => {
                Given::read(rows_of(list, "scenarios", |titles| ScenariosBuilder::new(titles, read_value)), None)
            }
            _ => Given::<Scenarios>::from_list(list, read_value),
        }
    }

    /// The goal of `solve`. A limit without a unit is in that of the answer.
    fn goal(&self, policy: &Policy) -> Result<Goal, Problems> {
        let request = self.request;
        let limit = request.limit.as_deref().ok_or_else(|| missing("limit"))?;
        let unit = request.unit.unwrap_or_else(|| policy.unit());
        let parsed = limit.parse::<Amount>().or_else(|_| Amount::parse(limit, unit));
        let limit = parsed.map_err(|error| Problem::new(error.code(), error.message()).key("limit").found(limit))?;
        Ok(Goal {
            path: request.path.clone().ok_or_else(|| missing("path"))?,
            layer: request.layer.clone().ok_or_else(|| missing("layer"))?,
            payer: request.payer.clone(),
            year: request.year.ok_or_else(|| missing("year"))?,
            limit,
            step: request.step,
        })
    }
}

impl Given<Scenarios> {
    /// Scenarios from a list of tables with `name` and `set`, whose texts of values are read as the door writes them.
    ///
    /// # Errors
    ///
    /// Every mistake of the list.
    pub fn from_list(list: &Node, read_value: ReadValue) -> Result<Self, Problems> {
        let NodeValue::List(items) = &list.value else {
            return Err(wrong_rows("scenarios", list));
        };
        let mut scenarios = Vec::new();
        let mut problems = Problems::new();
        for (number, item) in (1_u32..).zip(items) {
            let name = if let Some(NodeValue::Text(name)) = item.get("name").map(|node| &node.value) {
                name.trim()
            } else {
                problems.push(
                    Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&"name"])).key("scenarios").row(number),
                );
                continue;
            };
            let entries = match item.get("set").map(|node| &node.value) {
                None | Some(NodeValue::Null) => [].as_slice(),
                Some(NodeValue::Table(entries)) => entries,
                Some(_) => {
                    let problem = Problem::new(Code::WrongType, words::SET_IS_NO_TABLE);
                    problems.push(problem.key("scenarios").row(number));
                    continue;
                }
            };
            match read_changes(entries.iter().map(|(path, value)| (path.text.as_str(), value)), read_value) {
                Ok(changes) => scenarios.push(Scenario::new(name, changes)),
                Err(found) => problems.append(found),
            }
        }
        if problems.is_empty() { Scenarios::new(scenarios).map(Self::plain) } else { Err(problems) }
    }
}

fn missing(key: &str) -> Problems {
    Problem::new(Code::MissingKey, common::KEY_MISSING.with(&[&key])).into()
}

fn changed(policy: &Given<Policy>, changes: &[(&str, Node)]) -> Result<Given<Policy>, Problems> {
    if changes.is_empty() {
        return Ok(policy.clone());
    }
    policy.with_changes(changes.iter().map(|(path, value)| (*path, value.clone())))
}

fn wrong_rows(what: &str, node: &Node) -> Problems {
    let problem = Problem::new(Code::WrongType, common::IS_OF_TYPE.with(&[&node.type_phrase()])).key(what);
    problem.expected(common::GIVE.with(&[&words::LIST_OF_ROWS])).into()
}

/// Reads rows that stand in the request itself: a list of tables, columns in the order in which they first appear.
fn rows_of<B: RowBuilder>(
    rows: &Node,
    what: &str,
    begin: impl FnOnce(&[(&str, Option<crate::ground::position::Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    let NodeValue::List(items) = &rows.value else { return Err(wrong_rows(what, rows)) };
    let mut problems = Problems::new();
    for (number, item) in (1_u32..).zip(items) {
        let NodeValue::Table(entries) = &item.value else {
            let problem = Problem::new(Code::WrongType, words::NO_OBJECT).row(number);
            problems.push(problem.expected(words::OBJECT_A_ROW));
            continue;
        };
        for (key, node) in entries {
            if matches!(node.value, NodeValue::List(_) | NodeValue::Table(_)) {
                let problem = Problem::new(Code::WrongType, words::NO_CELL).row(number);
                let problem = problem.column(key.text.as_str()).found(node.to_string());
                problems.push(problem.expected(words::ONE_VALUE_A_CELL));
            }
        }
    }
    let rows = items.iter().map(|item| {
        let entries = if let NodeValue::Table(entries) = &item.value { entries.as_slice() } else { &[] };
        let cells = entries.iter().map(|(key, node)| (key.text.as_str(), cell(&node.value)));
        (item.position.map(|position| position.line), cells)
    });
    keyed::read(rows, problems, begin)
}
