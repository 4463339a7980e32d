//! What can be wrong with an input, said once for every door.
//!
//! A [`Problem`] has a stable [`Code`], says where it is ([`Location`]), what was found and what would be right, and
//! prints as a sentence. Operations return [`Problems`]: all of them at once, in the order of the input.
//!
//! ```
//! use fundlayers::{Code, Severity};
//! assert_eq!(Code::UnknownKey.as_str(), "unknown-key");
//! assert_eq!(Code::ExpectedCount.severity(), Severity::Warning);
//! ```

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $text:literal, $severity:ident; )+) => {
        /// The stable name of one kind of problem. A code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $( $(#[doc = $doc])+ $variant, )+ }

        impl Code {
            /// Every code, in catalogue order.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The code as it stands in files, exceptions and vectors.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }

            /// Whether the problem stops the work or is only pointed out.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $( Self::$variant => Severity::$severity, )+ }
            }

            /// What the code means, in a sentence or two.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $( Self::$variant => concat!($($doc),+).trim_ascii(), )+ }
            }
        }
    };
}

codes! {
    // Files and their syntax.
    /// The file cannot be read.
    CannotRead = "cannot-read", Error;
    /// The file cannot be written.
    CannotWrite = "cannot-write", Error;
    /// The bytes are not text in the encoding that the file is in.
    Encoding = "encoding", Error;
    /// The text is not well-formed TOML, JSON or CSV.
    Syntax = "syntax", Error;
    /// Tables or rules are nested deeper than any policy needs.
    TooDeep = "too-deep", Error;
    /// More than any policy (1 MiB) or roster (2^32 − 2 rows) needs, or so much that it takes memory out of proportion.
    TooLarge = "too-large", Error;
    /// A file or an option is not in a format that is known here.
    UnknownFormat = "unknown-format", Error;

    // Keys, words and numbers of a policy.
    /// A key that the policy file does not have.
    UnknownKey = "unknown-key", Error;
    /// A required key is missing.
    MissingKey = "missing-key", Error;
    /// The value is of another type than the key takes.
    WrongType = "wrong-type", Error;
    /// The same id stands twice.
    DuplicateId = "duplicate-id", Error;
    /// An id that means something else already, or is all digits.
    ReservedId = "reserved-id", Error;
    /// The text is not a number.
    BadNumber = "bad-number", Error;
    /// A number came as a binary float, in which its digits are lost.
    BinaryFloat = "binary-float", Error;
    /// The number has more digits than can be kept exactly.
    NumberOutOfRange = "number-out-of-range", Error;
    /// A number that may not be below zero is.
    NegativeNumber = "negative-number", Error;
    /// Not a year, or years that are reversed or too many.
    BadYears = "bad-years", Error;
    /// Not a unit of money that is known here.
    BadUnit = "bad-unit", Error;
    /// Not a rounding mode, or a step below 0.01 元.
    BadRounding = "bad-rounding", Error;
    /// A word that the key does not take.
    UnknownWord = "unknown-word", Error;
    /// A kind that the policy does not declare.
    UnknownKind = "unknown-kind", Error;
    /// A designation that the policy does not declare.
    UnknownDesignation = "unknown-designation", Error;
    /// A payer that the policy does not declare.
    UnknownPayer = "unknown-payer", Error;
    /// An attribute that the policy does not declare.
    UnknownAttribute = "unknown-attribute", Error;
    /// A layer that the policy does not have.
    UnknownLayer = "unknown-layer", Error;
    /// A pool that the policy does not declare.
    UnknownPool = "unknown-pool", Error;
    /// A rule reads something that is neither `standard`, an attribute nor a layer.
    UnknownValue = "unknown-value", Error;
    /// A rule reads its own layer or a later one.
    LaterLayer = "later-layer", Error;
    /// A rule reads the standard of a class that has none.
    MissingStandard = "missing-standard", Error;
    /// A table of years begins after the policy does.
    YearBeforeFirst = "year-before-first", Error;
    /// A rule cannot read an attribute of this type.
    WrongAttributeType = "wrong-attribute-type", Error;
    /// A condition that can never be tested.
    BadCondition = "bad-condition", Error;
    /// A rule's kind cannot be told: it has the keys of none or of several, such as `amount`, `rate`, `top_up_to`, `pool`.
    BadRule = "bad-rule", Error;
    /// A list has fewer values than the rule needs.
    TooFewValues = "too-few-values", Error;
    /// The floor (`at_least`) is above the cap (`at_most`).
    FloorAboveCap = "floor-above-cap", Error;
    /// The weights of a pool do not sum to 1.
    WeightsSum = "weights-sum", Error;
    /// A pool's amount, floor or cap is not a multiple of the rounding step.
    NotAMultiple = "not-a-multiple", Error;
    /// A pool is read by more than one layer.
    PoolInTwoLayers = "pool-in-two-layers", Error;
    /// Two classes have the same kind, designation and conditions.
    OverlappingClasses = "overlapping-classes", Error;
    /// A changed value is named by a path that the policy does not have.
    UnknownPath = "unknown-path", Error;

    // Tables that are read.
    /// The amount is finer than 0.01 元.
    NotWholeFen = "not-whole-fen", Error;
    /// The unit of a row is another than the header of its amounts states.
    UnitDiffers = "unit-differs", Error;


    // Rosters.
    /// A required column is missing.
    MissingColumn = "missing-column", Error;
    /// Two columns mean the same.
    DuplicateColumn = "duplicate-column", Error;
    /// A row has more cells than the header.
    ExtraCells = "extra-cells", Error;
    /// A cell that must be filled is blank.
    MissingValue = "missing-value", Error;
    /// Not a division code of 6, 9 or 12 digits.
    BadDivisionCode = "bad-division-code", Error;
    /// Not a whole number above 0.
    BadCount = "bad-count", Error;
    /// Not a year.
    BadYear = "bad-year", Error;
    /// The first year is after the last.
    YearsReversed = "years-reversed", Error;
    /// Neither true nor false.
    BadFlag = "bad-flag", Error;
    /// The same id stands on two rows whose years overlap.
    DuplicateRecipient = "duplicate-recipient", Error;

    // Receipts.
    /// Not an event that receipts record: issued, received or spent.
    UnknownEvent = "unknown-event", Error;
    /// Not a date of the calendar.
    BadDate = "bad-date", Error;

    // The allocation.
    /// A live row matches no class.
    NoClass = "no-class", Error;
    /// A live row matches several classes.
    SeveralClasses = "several-classes", Error;
    /// A rule reads an attribute that is blank.
    BlankAttribute = "blank-attribute", Error;
    /// A rule gives less than 0.
    NegativeAmount = "negative-amount", Error;
    /// An amount is beyond 2^63 − 1 fen.
    Overflow = "overflow", Error;
    /// A pool's member has a negative attribute.
    NegativeShare = "negative-share", Error;
    /// The members' total of an attribute that a pool weighs is 0.
    PoolTotalZero = "pool-total-zero", Error;
    /// The floors of a pool exceed its amount.
    PoolFloorsExceed = "pool-floors-exceed", Error;
    /// The caps of a pool keep it from being used up.
    PoolCapsFallShort = "pool-caps-fall-short", Error;

    // Limits and funding.
    /// The same layer, payer and year have two limits.
    DuplicateLimit = "duplicate-limit", Error;
    /// No funding rule has this name.
    UnknownRule = "unknown-rule", Error;
    /// The order of classes that the priority rule needs is missing, names one twice, or stands with another rule.
    BadOrder = "bad-order", Error;
    /// A class that the policy does not have.
    UnknownClass = "unknown-class", Error;

    // Questions asked of a result.
    /// A year that the policy does not cover.
    YearOutsidePolicy = "year-outside-policy", Error;
    /// Not a column that totals can be grouped by.
    UnknownGrouping = "unknown-grouping", Error;
    /// Not a month of a year.
    BadMonth = "bad-month", Error;
    /// No recipient has this id or name.
    UnknownRecipient = "unknown-recipient", Error;
    /// Several recipients have this name.
    AmbiguousRecipient = "ambiguous-recipient", Error;
    /// A scenario changes the same value twice.
    DuplicateChange = "duplicate-change", Error;
    /// What is to be solved for is not a number.
    PathNotANumber = "path-not-a-number", Error;
    /// A step that is not above 0.
    BadStep = "bad-step", Error;
    /// Even the smallest value that the policy allows exceeds the limit.
    LimitOutOfReach = "limit-out-of-reach", Error;
    /// No value exceeds the limit.
    LimitNeverExceeded = "limit-never-exceeded", Error;
    /// The total falls as the value rises, so that no value is the largest.
    TotalsFall = "totals-fall", Error;
    /// No built-in policy and no file has this name.
    UnknownPolicy = "unknown-policy", Error;

    // Warnings.
    /// A column that is not read.
    UnknownColumn = "unknown-column", Warning;
    /// The number of places of a class differs from what the document says.
    ExpectedCount = "expected-count", Warning;
    /// A row without an id of its own names a place that another row has under an id: it may be counted twice.
    PossibleDuplicate = "possible-duplicate", Warning;
    /// No year of the row is a year of the policy.
    NeverLive = "never-live", Warning;
    /// No rule reads the pool.
    UnusedPool = "unused-pool", Warning;
    /// A pool has no members in a year and pays nothing.
    PoolWithoutMembers = "pool-without-members", Warning;
    /// Nothing has a claim to what is limited.
    UnclaimedLimit = "unclaimed-limit", Warning;
    /// A place can fit two classes.
    ClassesMayOverlap = "classes-may-overlap", Warning;
    /// A receipt that matches no recipient, no year or no layer; it is listed and not counted in the result.
    UnmatchedReceipt = "unmatched-receipt", Warning;
    /// A figure of a ledger that sums others differs from their sum.
    SumDiffers = "sum-differs", Warning;
    /// Two rows of a ledger record the same under the same document: one may be there twice.
    DuplicateReceipt = "duplicate-receipt", Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a problem code")))
    }
}

/// Whether a problem stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The work stops and gives no result.
    Error,
    /// The result stands; a person should look.
    Warning,
}

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
    /// The scenario, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Path of the value in a policy, such as `classes.municipal-town.funding.county`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Row of a table, from 1, the header not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Column of a table by its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// One thing wrong with an input.
///
/// Prints as `FILE:LINE:CHARACTER: KEY: MESSAGE [CODE]`, with the parts that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    code: Code,
    message: String,
    #[serde(flatten)]
    location: Location,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
}

/// How much of an offending text is quoted.
const QUOTE_LIMIT: usize = 60;

/// Cuts a long text for quoting.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTE_LIMIT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

impl Problem {
    /// A problem with a sentence: lower case, no full stop, what the user wrote in backticks.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), location: Location::default(), found: None, expected: None }
    }

    /// Says what stood there (cut if long).
    #[must_use]
    pub fn found(mut self, found: impl AsRef<str>) -> Self {
        self.found = Some(quoted(found.as_ref()));
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says the line and character.
    #[must_use]
    pub fn at(mut self, position: Option<crate::ground::position::Position>) -> Self {
        if let Some(position) = position {
            self.location.line = Some(position.line);
            self.location.character = Some(position.character);
        }
        self
    }

    /// Says the line of a record.
    #[must_use]
    pub fn line(mut self, line: Option<u32>) -> Self {
        self.location.line = line;
        self
    }

    /// Says the path of the value in a policy.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.location.key = Some(key.into());
        self
    }

    /// Says the scenario.
    #[must_use]
    pub fn scenario(mut self, name: impl Into<String>) -> Self {
        self.location.scenario = Some(name.into());
        self
    }

    /// Says the row of a table, from 1.
    #[must_use]
    pub fn row(mut self, row: u32) -> Self {
        self.location.row = Some(row);
        self
    }

    /// Says the column of a table.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.location.column = Some(column.into());
        self
    }

    /// Says the file, unless one is named already.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        if self.location.file.is_none() {
            self.location.file = Some(file.into());
        }
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Whether it stops the work.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The sentence, without place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// What stood there, cut if long.
    #[must_use]
    pub fn found_text(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// What would be right.
    #[must_use]
    pub fn expected_text(&self) -> Option<&str> {
        self.expected.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location { file, line, character, scenario, key, row, column } = &self.location;
        if let Some(file) = file {
            write!(f, "{file}:")?;
        }
        if let Some(line) = line {
            if file.is_none() {
                write!(f, "line ")?;
            }
            write!(f, "{line}:")?;
            if let Some(character) = character {
                write!(f, "{character}:")?;
            }
        }
        if file.is_some() || line.is_some() {
            write!(f, " ")?;
        }
        match (row, column) {
            (Some(row), Some(column)) => write!(f, "row {row}, column `{column}`: ")?,
            (Some(row), None) => write!(f, "row {row}: ")?,
            (None, Some(column)) => write!(f, "column `{column}`: ")?,
            (None, None) => {}
        }
        if let Some(scenario) = scenario {
            write!(f, "scenario `{scenario}`: ")?;
        }
        if let Some(key) = key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(found) = &self.found {
            write!(f, ", found `{found}`")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "; {expected}")?;
        }
        write!(f, " [{}]", self.code)
    }
}

impl std::error::Error for Problem {}

/// All problems of one input, in its order; never empty when returned as an error.
///
/// ```
/// use fundlayers::{Code, Problem, Problems};
/// let problems = Problems::from(Problem::new(Code::BadCount, "not a whole number above 0").row(3).column("count").found("0"));
/// assert_eq!(problems.to_string(), "row 3, column `count`: not a whole number above 0, found `0` [bad-count]");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problems {
    list: Vec<Problem>,
    /// How many more there were than are kept.
    #[serde(skip)]
    left_out: usize,
}

impl Problems {
    /// At most so many problems are kept of one input; the rest is counted.
    pub const LIMIT: usize = 10_000;

    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), left_out: 0 }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        if self.list.len() < Self::LIMIT {
            self.list.push(problem);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Counts problems that were found but not kept.
    pub(crate) const fn leave_out(&mut self, count: usize) {
        self.left_out = self.left_out.saturating_add(count);
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        self.left_out = self.left_out.saturating_add(other.left_out);
        for problem in other.list {
            self.push(problem);
        }
    }

    /// Adds those of another list that are not there yet.
    pub(crate) fn append_new(&mut self, other: &Self) {
        // Whatever differs between two problems differs in their words.
        let known: HashSet<String> =
            if other.is_empty() { HashSet::new() } else { self.list.iter().map(ToString::to_string).collect() };
        self.left_out = self.left_out.saturating_add(other.left_out);
        for problem in other.list.iter().filter(|problem| known.is_empty() || !known.contains(&problem.to_string())) {
            self.push(problem.clone());
        }
    }

    /// Each changed in some way.
    pub(crate) fn map(self, change: impl FnMut(Problem) -> Problem) -> Self {
        Self { list: self.list.into_iter().map(change).collect(), left_out: self.left_out }
    }

    /// Those of which something holds.
    pub(crate) fn keep(mut self, holds: impl FnMut(&Problem) -> bool) -> Self {
        self.list.retain(holds);
        self
    }

    /// In order.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// How many there were beyond those kept.
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them stops the work.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| problem.severity() == Severity::Error)
    }

    /// Names the file in each that names none.
    #[must_use]
    pub fn in_file(self, file: &str) -> Self {
        self.map(|problem| problem.file(file))
    }

    /// Puts them in the order of the text or table: line and character, then row.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            let place = |p: &Problem| (p.location.line, p.location.character, p.location.row);
            place(a).cmp(&place(b))
        });
    }

    /// `value` if nothing stops the work, with the warnings; else all of these.
    ///
    /// # Errors
    ///
    /// `self`, if one of the problems is an error.
    pub fn or_value<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.left_out > 0 {
            write!(f, "\n… and {} more", self.left_out)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { list: vec![problem], left_out: 0 }
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, iter: I) {
        for problem in iter {
            self.push(problem);
        }
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(iter: I) -> Self {
        let mut problems = Self::new();
        problems.extend(iter);
        problems
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
