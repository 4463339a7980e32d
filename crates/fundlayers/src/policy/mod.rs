//! A policy: a document turned into data. Layers, classes, rules and pools, each with the clause it rests on.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use num_bigint::BigInt;
use num_rational::BigRational;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ground::ids::{
    AggregateIndex, AttributeIndex, ClassIndex, DesignationIndex, FigureIndex, KindIndex, LayerIndex, PayerIndex,
    PoolIndex,
};
use crate::ground::language::{Lang, Name};
use crate::ground::money::{Amount, Rounding, Unit};
use crate::ground::problem::{Problem, Problems};
use crate::policy::document::Node;
use crate::policy::rule::algebra::Algebra;

pub(crate) mod changes;
pub(crate) mod describe;
pub mod document;
mod duty;
mod funding_rule;
pub(crate) mod grammar;
pub(crate) mod path;
pub(crate) mod projects;
mod read;
pub mod registry;
pub(crate) mod rule;
mod serialize;
pub(crate) mod tables;
mod value;
mod variants;

pub(crate) use variants::Variants;

pub use changes::ChangedValue;
pub use duty::{Duty, DutyEach, DutyEvery};
pub use funding_rule::FundingRule;
pub use path::Path;
pub use projects::{ProjectRules, ProjectShare};
pub use registry::POLICY_KEYS;
pub use rule::condition::{Bound, Condition, Subject, Test};
pub use rule::{Aggregate, Band, Factor, Function, NumberRounding, Rule, RuleKind, Tier, kinds};
pub use value::Value;

/// An id and its name: a kind, a designation, a payer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id that files and results carry.
    pub id: String,
    /// The name for people; where the file has none, the id.
    pub name: Name,
}

impl Named {
    /// Whether a text is its id or one of its names.
    pub(crate) fn is_called(&self, text: &str) -> bool {
        self.id == text || self.name.zh == text || self.name.en == text
    }
}

/// A named number of a place and year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The id; rules, conditions and weights of pools read it.
    pub id: String,
    /// The name for people; where the file has none, the id.
    pub name: Name,
    /// What it counts, as written. Money is in the policy's unit.
    pub unit: Option<String>,
    /// How it comes about.
    pub value: Value,
    /// How it is rounded; none: not at all.
    pub rounding: Option<NumberRounding>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// A remark.
    pub note: Option<Name>,
}

impl Figure {
    /// What it comes to, rounded.
    pub(crate) fn eval<A: Algebra>(&self, a: &mut A) -> A::Number {
        let exact = self.value.eval(a);
        match &self.rounding {
            Some(rounding) => a.rounded(exact, rounding),
            None => exact,
        }
    }
}

/// Something of a place that rules may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The id; the column of the roster.
    pub id: String,
    /// The name; either may head the roster's column.
    pub name: Name,
    /// What its cells are.
    pub attribute_type: AttributeType,
    /// What the numbers count, as written (元, 人, 亩).
    pub unit: Option<String>,
    /// Of whom a table of figures has it; none: it is a column of the roster.
    pub subject: Option<CheckSubject>,
}

impl Attribute {
    /// The unit of money that its numbers are in, if they are money.
    #[must_use]
    pub fn money(&self) -> Option<Unit> {
        self.unit.as_deref().and_then(Unit::named)
    }
}

/// Whom a check, or an attribute of a table of figures, is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum CheckSubject {
    /// Each place.
    #[default]
    Place,
    /// Each township that places lie in, or are.
    Township,
    /// Each county that places lie in.
    County,
    /// All together: of attributes only.
    Policy,
}

impl CheckSubject {
    /// Every subject.
    pub const ALL: [Self; 4] = [Self::Place, Self::Township, Self::County, Self::Policy];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Township => "township",
            Self::County => "county",
            Self::Policy => "policy",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Place, Lang::Zh) => "对象",
            (Self::Township, Lang::Zh) => "乡镇",
            (Self::County, Lang::Zh) => "区县",
            (Self::Policy, Lang::Zh) => "全部",
            (Self::Place, Lang::En) => "place",
            (Self::Township, Lang::En) => "township",
            (Self::County, Lang::En) => "county",
            (Self::Policy, Lang::En) => "all together",
        }
    }
}

/// What the document requires of land, incomes and the like. No amount rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The id.
    pub id: String,
    /// The name for people; where the file has none, the id.
    pub name: Name,
    /// Of whom it is required; never [`CheckSubject::Policy`].
    pub subject: CheckSubject,
    /// What is required, all of it; none: the document gives no number.
    pub must: Vec<Condition>,
    /// To whom it applies: those of whom all of it holds.
    pub when: Vec<Condition>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// A remark.
    pub note: Option<Name>,
}

/// What the cells of an attribute are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// An exact decimal number.
    Number,
    /// Yes or no; blank is no.
    Flag,
    /// A text.
    Text,
}

impl AttributeType {
    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Text => "text",
        }
    }
}

/// The document that a policy was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Source {
    /// Its title.
    pub document: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// When, as written.
    pub published: Option<String>,
    /// Whether it binds.
    pub status: Option<Status>,
    /// Where it stands.
    pub url: Option<String>,
}

/// Whether a document binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// A draft, such as one for comment (征求意见稿).
    Draft,
    /// In force.
    InForce,
    /// No longer in force.
    Expired,
}

impl Status {
    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InForce => "in-force",
            Self::Expired => "expired",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Draft, Lang::Zh) => "征求意见稿",
            (Self::Draft, Lang::En) => "draft",
            (Self::InForce, Lang::Zh) => "现行有效",
            (Self::InForce, Lang::En) => "in force",
            (Self::Expired, Lang::Zh) => "已失效",
            (Self::Expired, Lang::En) => "expired",
        }
    }
}

/// How an open point of the document is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Its id.
    pub id: String,
    /// What the document leaves open.
    pub question: Name,
    /// How it is read here.
    pub chosen: Name,
    /// How else it could be read.
    pub alternatives: Vec<Name>,
    /// The clause in question.
    pub clause: Option<String>,
    /// The classes whose amounts rest on it, by id; none: it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
    /// The layers whose amounts rest on it, by id; none: it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
}

impl Reading {
    /// Whether the amount of a class in a layer, which cites a clause, rests on it: by what it names, or where it names
    /// nothing, by its clause.
    pub(crate) fn bears_on(&self, class: &str, layer: &str, clause: &str) -> bool {
        let named =
            |ids: &Option<Vec<String>>, id: &str| ids.as_ref().is_none_or(|ids| ids.iter().any(|own| own == id));
        if self.classes.is_none() && self.layers.is_none() {
            return self.clause.as_deref() == Some(clause);
        }
        named(&self.classes, class) && named(&self.layers, layer)
    }
}

/// A clause with its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseWords {
    /// Its number, as layers, classes, rules and readings cite it.
    pub clause: String,
    /// What it says, in the document's own words.
    pub words: String,
}

/// A level of government's contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The id.
    pub id: String,
    /// The name for people.
    pub name: Name,
    /// Who answers for it.
    pub payer: Payer,
    /// Whether its amounts may be below 0.
    pub sign: Sign,
    /// How its amounts are rounded: its own way, or the policy's.
    pub rounding: Rounding,
    /// What its claims are cut to; none: nothing.
    pub limit: Option<LayerLimit>,
    /// The clause it rests on.
    pub clause: Option<String>,
}

impl Layer {
    /// Whether an amount of it may be what this one is.
    pub(crate) fn takes(&self, amount: Amount) -> bool {
        self.sign == Sign::Any || amount >= Amount::ZERO
    }
}

/// What the claims of a layer in a year are cut to, before later layers read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerLimit {
    /// What there is for all of them, or for those of a group, in the policy's unit: it reads nothing of a place but the text
    /// in which the places of its group agree. Rounded down to the layer's step.
    pub amount: Value,
    /// How claims are met where it is short.
    pub rule: FundingRule,
    /// In what the places agree that share one such limit; none: all places share one.
    pub per: Option<LimitGroup>,
}

/// In what places agree that share a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitGroup {
    /// Who pays for them.
    Payer,
    /// A text of the places: kind, designation, class, county, township, an attribute.
    Text(Subject),
}

/// Whether the amounts of a layer may be below 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Sign {
    /// They may not: an amount below 0 is a mistake. The default.
    #[default]
    NotNegative,
    /// They may: places with an amount below 0 pay in.
    Any,
}

impl Sign {
    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotNegative => "not-negative",
            Self::Any => "any",
        }
    }
}

/// Who answers for a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Payer {
    /// One body.
    Body(PayerIndex),
    /// Each recipient's own county.
    County,
    /// What an attribute of type text says of each recipient.
    Attribute(AttributeIndex),
}

/// The recipients that one set of rules serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The id.
    pub id: String,
    /// The name for people.
    pub name: Name,
    /// The kind; none: all.
    pub kind: Option<KindIndex>,
    /// The designation; none: all.
    pub designation: Option<DesignationIndex>,
    /// What must hold besides.
    pub conditions: Vec<Condition>,
    /// How many places the document says there are.
    pub expected: Option<u64>,
    /// The yearly amount that the class is to reach, in the policy's unit: of each place its own; it reads no layer.
    pub standard: Option<Value>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// A remark.
    pub note: Option<Name>,
    /// The rules by layer index; a layer without one is 0.
    pub funding: Vec<Option<Rule>>,
}

impl Class {
    /// Whether it has a rule for a layer.
    pub(crate) fn funds(&self, layer: LayerIndex) -> bool {
        self.funding.get(layer.number()).is_some_and(Option::is_some)
    }
}

/// A number that may change from year to year: each entry holds until the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Yearly<T> {
    /// Year and value, ascending; a number for all years is one entry for year 0.
    entries: Vec<(u16, T)>,
    origin: Origin,
}

/// Where in its document something stands, for those who show it beside its path. It is no part of what it is: what is alike
/// but for where it stands is equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin(Option<Arc<str>>);

impl Origin {
    pub(crate) fn new(path: &str) -> Self {
        Self(Some(path.into()))
    }

    /// The path; none of what stands in no document.
    pub(crate) fn path(&self) -> Option<&Arc<str>> {
        self.0.as_ref()
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl std::hash::Hash for Origin {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl<T> Yearly<T> {
    /// The same in every year.
    #[must_use]
    pub fn constant(value: T) -> Self {
        Self { entries: vec![(0, value)], origin: Origin::default() }
    }

    /// From years and values in any order.
    pub(crate) fn from_entries(mut entries: Vec<(u16, T)>) -> Self {
        entries.sort_unstable_by_key(|(year, _)| *year);
        Self { entries, origin: Origin::default() }
    }

    /// The same, which stands at a path of the document.
    pub(crate) fn standing_at(self, path: &str) -> Self {
        Self { origin: Origin::new(path), ..self }
    }

    /// Where it stands.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value that holds in a year; none before the first.
    #[must_use]
    pub fn at(&self, year: u16) -> Option<&T> {
        self.entries.iter().rev().find(|(from, _)| *from <= year).map(|(_, value)| value)
    }

    /// Year from which a value holds, and the value; year 0 if it holds in every year.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &T)> {
        self.entries.iter().map(|(year, value)| (*year, value))
    }
}

/// A rate or weight: an exact fraction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// Above the line.
    pub numerator: i128,
    /// Below the line; above zero.
    pub denominator: i128,
    /// As the file has it: `0.1`, `1/3`.
    pub text: String,
}

impl Ratio {
    /// The ratio as a fraction.
    pub(crate) fn fraction(&self) -> BigRational {
        BigRational::new(self.numerator.into(), self.denominator.into())
    }

    /// What stands below the line.
    pub(crate) fn denominator(&self) -> BigInt {
        self.denominator.into()
    }
}

/// An amount that is shared out among places by weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The id.
    pub id: String,
    /// The name for people.
    pub name: Name,
    /// What is shared out, in the policy's unit; it reads nothing of a place but what `per` names.
    pub amount: Value,
    /// What members agree in that share a pool of their own; none: all of them share one.
    pub per: Option<Subject>,
    /// What the weights stand on; they sum to 1.
    pub weights: Vec<(Weight, Ratio)>,
    /// The least that a member gets, in the policy's unit.
    pub at_least: Option<Value>,
    /// The most that a member gets, in the policy's unit.
    pub at_most: Option<Value>,
    /// What happens to floors that together exceed the pool.
    pub if_short: IfShort,
    /// What happens to what caps leave of the pool.
    pub if_left: IfLeft,
    /// How parts become whole steps.
    pub apportion: Apportion,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// The one layer that reads it.
    pub layer: Option<LayerIndex>,
}

impl Pool {
    /// The policy's number for all members, or none: of this kind are amount, floor and cap of most pools.
    pub(crate) fn plain(value: &Value) -> Option<&Yearly<Decimal>> {
        if let Value::Number(number) = value { Some(number) } else { None }
    }

    /// Whether amount, floor, cap and weights rest on nothing that is computed before the pool is, so that years alike are
    /// shared out alike.
    pub(crate) fn is_plain(&self) -> bool {
        let bounds = [&self.at_least, &self.at_most].into_iter().flatten();
        let weights = self.weights.iter().all(|(weight, _)| matches!(weight, Weight::Equal | Weight::Attribute(_)));
        weights && bounds.chain([&self.amount]).all(|value| Self::plain(value).is_some())
    }
}

/// What a weight of a pool stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Weight {
    /// Every member alike.
    Equal,
    /// The member's share of an attribute.
    Attribute(AttributeIndex),
    /// Its share of an earlier layer.
    Layer(LayerIndex),
    /// Its share of a figure.
    Figure(FigureIndex),
}

/// What happens to floors of a pool that together exceed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IfShort {
    /// An error.
    Refuse,
    /// They are cut in proportion.
    Reduce,
}

impl IfShort {
    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Reduce => "reduce",
        }
    }
}

/// What happens to what the caps of a pool leave of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IfLeft {
    /// An error.
    Refuse,
    /// It stays undistributed.
    Keep,
}

impl IfLeft {
    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Keep => "keep",
        }
    }
}

/// How the parts of a pool become whole steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Apportion {
    /// Steps that are left go to the largest remainders, so that the parts sum to the pool.
    LargestRemainder,
    /// Each part is rounded by itself, whatever the parts then sum to.
    Each,
}

impl Apportion {
    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LargestRemainder => "largest-remainder",
            Self::Each => "each",
        }
    }
}

/// A policy. Cheap to clone; never changes.
///
/// Made from a [`Node`], which a policy file is read into; through serde it has the structure of the file, with
/// numbers as strings of their digits (whole numbers may be plain).
///
/// ```
/// use fundlayers::{Policy, Unit};
/// let policy: Policy = serde_json::from_str(r#"{
///   "id": "school-meals", "title": { "zh": "营养餐", "en": "School meals" }, "years": [2024, 2025], "unit": "元",
///   "layers": [{ "id": "state", "payer": "state", "clause": "1" }], "payers": { "state": {} },
///   "attributes": { "pupils": { "type": "number" } },
///   "classes": [{ "id": "school", "clause": "1", "funding": { "state": { "rate": "1000.5", "of": "pupils" } } }]
/// }"#)?;
/// assert_eq!(policy.unit(), Unit::Yuan);
/// assert_eq!(policy.layers().len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy(Arc<PolicyData>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct PolicyData {
    document: Arc<Node>,
    /// What was changed of the document that it was at first.
    changes: Vec<ChangedValue>,
    id: String,
    version: Option<String>,
    title: Name,
    first_year: u16,
    last_year: u16,
    unit: Unit,
    rounding: Rounding,
    source: Source,
    clauses: Apart<ClauseWords>,
    readings: Apart<Reading>,
    kinds: Vec<Named>,
    designations: Vec<Named>,
    payers: Vec<Named>,
    attributes: Vec<Attribute>,
    measured: Vec<Attribute>,
    layers: Vec<Layer>,
    figures: Vec<Figure>,
    aggregates: Vec<Aggregate>,
    classes: Vec<Class>,
    pools: Vec<Pool>,
    posts: Vec<Named>,
    duties: Apart<Duty>,
    checks: Apart<Check>,
    projects: Option<ProjectRules>,
}

/// Parts on which no amount rests. A policy with other numbers shares them with the one that it was made of: hundreds of
/// scenarios do not read them again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Apart<T> {
    parts: Arc<[T]>,
    /// Whether nothing had to be said of them.
    is_silent: bool,
    /// Which aggregates of the policy were not known before they were read.
    aggregates: std::ops::Range<usize>,
}

impl Policy {
    /// Reads the meaning of a document.
    ///
    /// # Errors
    ///
    /// Every mistake of the document at once, each with its key and, if the document came from a text, its line and
    /// character. Warnings come with the policy.
    pub fn from_document(document: &Node) -> Result<(Self, Problems), Problems> {
        read::read(&Arc::new(document.clone()), None)
    }

    /// The document that it was made from.
    #[must_use]
    pub fn document(&self) -> &Node {
        &self.0.document
    }

    /// The same policy with some values changed, each named by its path, such as `classes.municipal-town.standard`.
    /// Parts of a list go by their id, or by their number from 0. It remembers them as its [`changes`](Self::changes).
    ///
    /// # Errors
    ///
    /// [`Code::UnknownPath`](crate::Code::UnknownPath) if there is no such place, and whatever is then wrong with the
    /// policy.
    pub fn with_changes<'a>(
        &self,
        changes: impl IntoIterator<Item = (&'a str, Node)>,
    ) -> Result<(Self, Problems), Problems> {
        let mut told = Vec::new();
        let tell = |path, before, after: &Node| told.push(ChangedValue::new(path, before, after.clone()));
        let (policy, warnings) = self.changed(self.document().clone(), changes, tell)?;
        Ok((policy.stating_changes(changes::merged(self.changes(), told)), warnings))
    }

    /// The policy with other values in its document, which may stand without its places. Each value is told with its place
    /// and what stood there before.
    pub(crate) fn changed<'a>(
        &self,
        document: Node,
        changes: impl IntoIterator<Item = (&'a str, Node)>,
        tell: impl FnMut(Path, Option<Node>, &Node),
    ) -> Result<(Self, Problems), Problems> {
        let (document, only_classes) = path::with_changes(document, changes, tell)?;
        read::read(&Arc::new(document), only_classes.then_some(self))
    }

    /// Many policies made of this one, one after another, without places of its file.
    pub(crate) fn variants(&self) -> Variants<'_> {
        Variants::new(self, self.document().clone().without_places())
    }

    /// The document alone, if nothing else holds the policy.
    fn into_document(self) -> Option<Node> {
        Arc::into_inner(Arc::into_inner(self.0)?.document)
    }

    /// The value that stands at a path of the document, such as `classes.municipal-town.standard`.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownPath`](crate::Code::UnknownPath) if there is none.
    pub fn value(&self, path: &str) -> Result<&Node, Problem> {
        Path::parse(path).and_then(|path| path.lookup(self.document())).map_err(|problem| problem.key(path.trim()))
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The version of the file, shown with every result.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.0.version.as_deref()
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &Name {
        &self.0.title
    }

    /// First and last year, both included.
    #[must_use]
    pub fn years(&self) -> RangeInclusive<u16> {
        self.0.first_year..=self.0.last_year
    }

    /// The unit of every amount in the file.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.0.unit
    }

    /// How amounts are rounded, but for those of layers with a way of their own ([`Layer::rounding`]).
    #[must_use]
    pub fn rounding(&self) -> Rounding {
        self.0.rounding
    }

    /// How the parts of a pool are rounded: as the layer that reads it.
    pub(crate) fn pool_rounding(&self, pool: &Pool) -> Rounding {
        pool.layer.and_then(|layer| self.layer(layer)).map_or(self.0.rounding, |layer| layer.rounding)
    }

    /// The document that it was made from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.0.source
    }

    /// The clauses whose words the file has, in its order.
    #[must_use]
    pub fn clauses(&self) -> &[ClauseWords] {
        &self.0.clauses.parts
    }

    /// What a clause says, in the document's own words; none where the file does not have them.
    #[must_use]
    pub fn clause_words(&self, clause: &str) -> Option<&str> {
        self.0.clauses.parts.iter().find(|own| own.clause == clause).map(|own| own.words.as_str())
    }

    /// How open points of the document are read.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        &self.0.readings.parts
    }

    /// What places can be.
    #[must_use]
    pub fn kinds(&self) -> &[Named] {
        &self.0.kinds
    }

    /// Who can have named a place.
    #[must_use]
    pub fn designations(&self) -> &[Named] {
        &self.0.designations
    }

    /// The bodies that pay.
    #[must_use]
    pub fn payers(&self) -> &[Named] {
        &self.0.payers
    }

    /// What rules may read of a place.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.0.attributes
    }

    /// The attributes that are columns of tables of figures; only checks read them.
    #[must_use]
    pub fn measured(&self) -> &[Attribute] {
        &self.0.measured
    }

    /// What the document requires besides amounts.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.0.checks.parts
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.0.figures
    }

    /// One of the figures.
    #[must_use]
    pub fn figure(&self, figure: FigureIndex) -> Option<&Figure> {
        self.0.figures.get(figure.number())
    }

    /// The aggregates that rules, figures and standards read, each once.
    #[must_use]
    pub fn aggregates(&self) -> &[Aggregate] {
        &self.0.aggregates
    }

    /// One of the aggregates.
    #[must_use]
    pub fn aggregate(&self, aggregate: AggregateIndex) -> Option<&Aggregate> {
        self.0.aggregates.get(aggregate.number())
    }

    /// The layers in the order in which they are computed.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.0.layers
    }

    /// Which layer has an id.
    #[must_use]
    pub fn layer_index(&self, id: &str) -> Option<LayerIndex> {
        self.0.layers.iter().position(|layer| layer.id == id).map(LayerIndex::new)
    }

    /// The classes.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.0.classes
    }

    /// What it says of projects; none: nothing.
    #[must_use]
    pub fn projects(&self) -> Option<&ProjectRules> {
        self.0.projects.as_ref()
    }

    /// The pools.
    #[must_use]
    pub fn pools(&self) -> &[Pool] {
        &self.0.pools
    }

    /// What duties may be brought as: posts of people, teams.
    #[must_use]
    pub fn posts(&self) -> &[Named] {
        &self.0.posts
    }

    /// What bodies must bring besides money.
    #[must_use]
    pub fn duties(&self) -> &[Duty] {
        &self.0.duties.parts
    }

    /// One of the kinds.
    #[must_use]
    pub fn kind(&self, kind: KindIndex) -> Option<&Named> {
        self.0.kinds.get(kind.number())
    }

    /// One of the designations.
    #[must_use]
    pub fn designation(&self, designation: DesignationIndex) -> Option<&Named> {
        self.0.designations.get(designation.number())
    }

    /// One of the bodies that pay.
    #[must_use]
    pub fn payer(&self, payer: PayerIndex) -> Option<&Named> {
        self.0.payers.get(payer.number())
    }

    /// One of the attributes: of the roster, and behind these of tables of figures.
    #[must_use]
    pub fn attribute(&self, attribute: AttributeIndex) -> Option<&Attribute> {
        self.all_attributes().nth(attribute.number())
    }

    /// The attributes of the roster, and behind them those of tables of figures: as they are counted.
    pub(crate) fn all_attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.0.attributes.iter().chain(&self.0.measured)
    }

    /// One of the layers.
    #[must_use]
    pub fn layer(&self, layer: LayerIndex) -> Option<&Layer> {
        self.0.layers.get(layer.number())
    }

    /// One of the pools.
    #[must_use]
    pub fn pool(&self, pool: PoolIndex) -> Option<&Pool> {
        self.0.pools.get(pool.number())
    }

    /// The name of a payer: a body's id, or nothing where it differs from place to place.
    #[must_use]
    pub fn payer_id(&self, payer: Payer) -> Option<&str> {
        match payer {
            Payer::Body(body) => self.payer(body).map(|body| body.id.as_str()),
            Payer::County | Payer::Attribute(_) => None,
        }
    }

    /// The clause of one rule: its own, else that of the pool it shares, else its class's, else its layer's. None if a
    /// number that the rule rests on was changed, unless the change gave the clause too: the document does not say that number.
    #[must_use]
    pub fn clause(&self, class: ClassIndex, layer: LayerIndex) -> Option<&str> {
        let (number, layer_number) = (class, layer);
        let class = self.0.classes.get(class.number())?;
        let layer = self.layer(layer)?;
        let rule = class.funding.get(layer_number.number())?.as_ref();
        let pool = rule.and_then(|rule| self.pool(rule.kind.pool()?));
        let given = |path: &[&str]| self.is_given(path);
        let (clause, is_given) = if let Some(clause) = rule.and_then(|rule| rule.clause.as_deref()) {
            (clause, given(&["classes", &class.id, "funding", &layer.id, "clause"]))
        } else if let Some((pool, clause)) = pool.and_then(|pool| Some((pool, pool.clause.as_deref()?))) {
            (clause, given(&["pools", &pool.id, "clause"]))
        } else if let Some(clause) = class.clause.as_deref() {
            (clause, given(&["classes", &class.id, "clause"]))
        } else {
            (layer.clause.as_deref()?, given(&["layers", &layer.id, "clause"]))
        };
        (is_given || self.changes_behind(number, layer_number).is_empty()).then_some(clause)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Node::deserialize(deserializer)?;
        Self::from_document(&document).map(|(policy, _)| policy).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
