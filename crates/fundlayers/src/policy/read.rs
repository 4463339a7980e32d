//! From a document to a policy, with every mistake at once.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Zero};
use rust_decimal::Decimal;

use super::{
    Attribute, AttributeType, Bound, Class, Condition, Layer, Named, Payer, Policy, PolicyData, Pool, Ratio, Reading,
    Rule, RuleKind, Source, Status, Subject, Test, Value, Weight, Yearly,
};
use crate::ground::language::Name;
use crate::ground::money::{Amount, MoneyError, Rounding, RoundingMode, Unit};
use crate::ground::number::{NumberError, parse_bare_number, parse_decimal};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::{did_you_mean, without_padding};
use crate::ground::titles::{COLUMN_HEADERS, COLUMN_KEYS};
use crate::policy::document::{Key, Node, NodeValue, plain_digits};
use crate::policy::path::{join, join_id, join_item};

/// The keys of each table of a policy file, for completion and for checking the schema.
pub const KEYS: &[(&str, &[&str])] = &[
    ("policy", POLICY),
    ("rounding", ROUNDING),
    ("source", SOURCE),
    ("reading", READING),
    ("name", NAME),
    ("attribute", ATTRIBUTE),
    ("layer", LAYER),
    ("class", CLASS),
    ("rule", RULE),
    ("pool", POOL),
    ("bounds", BOUNDS),
];

const POLICY: &[&str] = &[
    "id",
    "version",
    "title",
    "years",
    "unit",
    "rounding",
    "source",
    "readings",
    "kinds",
    "designations",
    "payers",
    "attributes",
    "layers",
    "classes",
    "pools",
];
const ROUNDING: &[&str] = &["unit", "places", "mode"];
const SOURCE: &[&str] = &["document", "issuer", "published", "status", "url"];
const READING: &[&str] = &["id", "question", "chosen", "alternatives", "clause"];
const NAME: &[&str] = &["zh", "en"];
const ATTRIBUTE: &[&str] = &["zh", "en", "type", "unit"];
const LAYER: &[&str] = &["id", "name", "payer", "clause"];
const CLASS: &[&str] =
    &["id", "name", "kind", "designation", "where", "expected", "standard", "clause", "note", "funding"];
const RULE: &[&str] =
    &["amount", "rate", "of", "top_up_to", "counting", "pool", "when", "at_least", "at_most", "clause", "note"];
const POOL_RULE: &[&str] = &["pool", "when", "clause", "note"];
const POOL: &[&str] = &["id", "name", "amount", "weights", "at_least", "at_most", "clause"];
const BOUNDS: &[&str] = &["at_least", "above", "at_most", "below"];

/// Columns of the wide table and of totals, which a layer's id would hide.
const RESULT_KEYS: &[&str] = &["class", "year", "layer", "payer", "amount", "total", "unit"];
/// Years of a policy, at most.
const YEARS_LIMIT: u16 = 100;
/// Layers of a policy, at most.
const LAYERS_LIMIT: usize = 100;
/// Kinds, designations, payers, attributes and pools of a policy, at most; of each.
const WORDS_LIMIT: usize = 1_000;
/// Classes of a policy, at most.
const CLASSES_LIMIT: usize = 10_000;
/// Classes × layers × years of a policy, at most.
const AMOUNTS_LIMIT: usize = 500_000;
/// Values and rules in a rule, at most.
const PARTS_LIMIT: usize = 1_000;
/// Bits of the common denominator of a rule's or a pool's fractions, at most.
const DENOMINATOR_BITS: u64 = 1_024;
/// Beyond so many classes, pairs are not searched for possible overlaps.
const OVERLAP_SEARCH_LIMIT: usize = 500;

pub(super) fn read(document: &Node) -> Result<(Policy, Problems), Problems> {
    let mut reader = Reader { problems: Problems::new(), years: None, unit: None, step: None };
    let data = reader.policy(document);
    let mut problems = reader.problems;
    problems.sort();
    match data {
        Some(data) => problems.or_value(Policy(Arc::new(data))),
        None => Err(problems),
    }
}

struct Reader {
    problems: Problems,
    years: Option<(u16, u16)>,
    unit: Option<Unit>,
    step: Option<Rounding>,
}

/// What the rules of a class may name.
struct Scope<'a> {
    attributes: &'a [Attribute],
    layers: &'a [String],
    pools: &'a [String],
    /// Whether the class has a standard.
    standard: bool,
    /// The layer that the rule belongs to.
    layer: usize,
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Reader {
    fn push(&mut self, problem: Problem, position: Option<Position>, path: &str) {
        let problem = problem.at(position);
        self.problems.push(if path.is_empty() { problem } else { problem.key(path) });
    }

    fn wrong_type(&mut self, node: &Node, path: &str, expected: &str) {
        let problem = Problem::new(Code::WrongType, format!("is {}", node.type_name())).found(node.to_string());
        self.push(problem.expected(format!("give {expected}")), node.position, path);
    }

    /// The entries of a table, after a look at its keys.
    fn table<'n>(&mut self, node: &'n Node, path: &str, known: &[&str]) -> Option<&'n [(Key, Node)]> {
        let NodeValue::Table(entries) = &node.value else {
            self.wrong_type(node, path, "a table");
            return None;
        };
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                self.unknown_key(key, path, known);
            }
        }
        Some(entries)
    }

    fn unknown_key(&mut self, key: &Key, path: &str, known: &[&str]) {
        let problem = Problem::new(Code::UnknownKey, "is not a key here").found(&key.text);
        let hint = did_you_mean(&key.text, known.iter().copied());
        self.push(problem.expected(hint), key.position, &join(path, &key.text));
    }

    fn any_table<'n>(&mut self, node: &'n Node, path: &str) -> Option<&'n [(Key, Node)]> {
        if let NodeValue::Table(entries) = &node.value {
            return Some(entries);
        }
        self.wrong_type(node, path, "a table");
        None
    }

    fn list<'n>(&mut self, node: Option<&'n Node>, path: &str) -> &'n [Node] {
        match node.map(|node| (&node.value, node)) {
            None => &[],
            Some((NodeValue::List(items), _)) => items,
            Some((_, node)) => {
                self.wrong_type(node, path, "a list");
                &[]
            }
        }
    }

    /// As many parts of a list as it may have.
    fn at_most<'n, T>(&mut self, parts: &'n [T], most: usize, position: Option<Position>, path: &str) -> &'n [T] {
        if parts.len() > most {
            let problem = Problem::new(Code::TooLarge, "has too many parts").found(parts.len().to_string());
            self.push(problem.expected(format!("at most {most}")), position, path);
        }
        parts.get(..most).unwrap_or(parts)
    }

    fn missing(&mut self, key: &str, node: &Node, path: &str) {
        let problem = Problem::new(Code::MissingKey, format!("`{key}` is missing"));
        self.push(problem, node.position, path);
    }

    fn required<'n>(&mut self, node: &'n Node, key: &str, path: &str) -> Option<&'n Node> {
        let found = node.get(key);
        if found.is_none() {
            self.missing(key, node, path);
        }
        found
    }

    fn text(&mut self, node: &Node, path: &str) -> Option<String> {
        match &node.value {
            NodeValue::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong_type(node, path, "a text that is not blank");
                None
            }
        }
    }

    fn optional_text(&mut self, node: &Node, key: &str, path: &str) -> Option<String> {
        node.get(key).and_then(|found| self.text(found, &join(path, key)))
    }

    /// A version may be written as a number.
    fn version(&mut self, node: &Node) -> Option<String> {
        match node.get("version") {
            Some(Node { value: NodeValue::Number(digits), .. }) => Some(plain_digits(digits).into_owned()),
            _ => self.optional_text(node, "version", ""),
        }
    }

    /// `{ zh, en }`; a language that is missing is `fallback`, or the other one.
    fn name(&mut self, node: Option<&Node>, path: &str, fallback: Option<&str>) -> Option<Name> {
        let Some(node) = node else { return fallback.map(Name::both) };
        self.table(node, path, NAME)?;
        let zh = self.optional_text(node, "zh", path);
        let en = self.optional_text(node, "en", path);
        match (zh, en, fallback) {
            (Some(zh), Some(en), _) => Some(Name { zh, en }),
            (zh, en, Some(id)) => {
                Some(Name { zh: zh.unwrap_or_else(|| id.to_owned()), en: en.unwrap_or_else(|| id.to_owned()) })
            }
            (Some(text), None, None) | (None, Some(text), None) => Some(Name::both(&text)),
            (None, None, None) => {
                self.missing("zh", node, path);
                None
            }
        }
    }

    fn number(&mut self, node: &Node, path: &str) -> Option<Decimal> {
        let read = match &node.value {
            NodeValue::Number(digits) => parse_bare_number(digits),
            NodeValue::Text(text) => parse_decimal(text),
            _ => {
                self.wrong_type(node, path, "a number");
                return None;
            }
        };
        self.parsed(read, node, path)
    }

    fn parsed(&mut self, read: Result<Decimal, NumberError>, node: &Node, path: &str) -> Option<Decimal> {
        let problem = match read {
            Ok(number) => return Some(number.normalize()),
            Err(NumberError::Bad(text)) => {
                Problem::new(Code::BadNumber, "is not a number").found(text).expected("digits, such as `1234.5`")
            }
            Err(NumberError::OutOfRange(text)) => {
                Problem::new(Code::NumberOutOfRange, "has more digits than are kept exactly")
                    .found(text)
                    .expected("at most 28 digits")
            }
        };
        self.push(problem, node.position, path);
        None
    }

    fn check_sign(&mut self, negative: bool, in_list: bool, node: &Node, path: &str) {
        if negative && !in_list {
            let problem = Problem::new(Code::NegativeNumber, "is below 0").found(node.to_string());
            let hint = "give 0 or more; a deduction stands in a list, such as `[\"pupils\", -50]`";
            self.push(problem.expected(hint), node.position, path);
        }
    }

    fn positive_number(&mut self, node: &Node, path: &str) -> Option<Decimal> {
        let number = self.number(node, path)?;
        self.check_sign(number.is_sign_negative() && !number.is_zero(), false, node, path);
        Some(number)
    }

    fn whole(&mut self, node: &Node, path: &str, expected: &str) -> Option<u64> {
        let number = self.number(node, path)?;
        let whole = u64::try_from(number.mantissa()).ok().filter(|_| number.scale() == 0);
        if whole.is_none() {
            let code = if number.is_sign_negative() { Code::NegativeNumber } else { Code::BadNumber };
            let problem = Problem::new(code, "is not a whole number from 0").found(node.to_string());
            self.push(problem.expected(expected), node.position, path);
        }
        whole
    }

    fn ratio(&mut self, node: &Node, path: &str, in_list: bool) -> Option<Ratio> {
        if let NodeValue::Text(text) = &node.value
            && let Some((above, below)) = text.split_once('/')
        {
            let whole = |part: &str| {
                parse_decimal(part).ok().filter(|n| n.normalize().scale() == 0).map(|n| n.normalize().mantissa())
            };
            let Some((numerator, denominator)) = whole(above).zip(whole(below)).filter(|(_, below)| *below > 0) else {
                let problem = Problem::new(Code::BadNumber, "is not a ratio of two whole numbers").found(text);
                self.push(problem.expected("such as `1/3`"), node.position, path);
                return None;
            };
            self.check_sign(numerator < 0, in_list, node, path);
            return Some(Ratio { numerator, denominator, text: format!("{}/{}", above.trim(), below.trim()) });
        }
        let number = self.number(node, path)?;
        self.check_sign(number.is_sign_negative() && !number.is_zero(), in_list, node, path);
        let denominator = 10_i128.checked_pow(number.scale()).unwrap_or(1);
        Some(Ratio { numerator: number.mantissa(), denominator, text: number.to_string() })
    }

    fn rate(&mut self, node: &Node, path: &str, in_list: bool, scope: &Scope<'_>) -> Option<Ratio> {
        let NodeValue::Text(text) = &node.value else { return self.ratio(node, path, in_list) };
        if text.contains('/') || !matches!(parse_decimal(text), Err(NumberError::Bad(_))) {
            return self.ratio(node, path, in_list);
        }
        let text = text.trim();
        let rates = "a number such as `0.4`, a ratio such as `\"1/3\"`, or a table of years";
        let problem = if scope.attributes.iter().any(|attribute| attribute.id == text) {
            let hint = format!("{rates}; what it is taken of stands in `of`: `of = \"{text}\"`");
            Problem::new(Code::BadNumber, "is an attribute, and no rate").expected(hint)
        } else {
            Problem::new(Code::BadNumber, "is not a rate").expected(rates)
        };
        self.push(problem.found(text), node.position, path);
        None
    }

    fn year(&mut self, text: &str, position: Option<Position>, path: &str) -> Option<u16> {
        let year = text.parse::<u16>().ok().filter(|year| (1..=9999).contains(year) && !text.starts_with(['0', '+']));
        if year.is_none() {
            let problem = Problem::new(Code::BadYears, "is not a year").found(text).expected("a year, such as `2023`");
            self.push(problem, position, path);
        }
        year
    }

    /// A number for all years, or a table of years.
    fn yearly<T>(
        &mut self,
        node: &Node,
        path: &str,
        mut each: impl FnMut(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<Yearly<T>> {
        let NodeValue::Table(entries) = &node.value else { return each(self, node, path).map(Yearly::constant) };
        if entries.iter().any(|(key, _)| RULE.contains(&key.text.as_str())) {
            let problem = Problem::new(Code::WrongType, "is a rule, where none can stand").found(node.to_string());
            let hint = "give a number, or a table of years such as `{ 2023 = 30, 2025 = 35 }`";
            self.push(problem.expected(hint), node.position, path);
            return None;
        }
        let mut read = Vec::new();
        let mut complete = true;
        for (key, node) in entries {
            let path = join(path, &key.text);
            let year = self.year(&key.text, key.position, &path);
            let value = match &node.value {
                NodeValue::Table(_) => {
                    self.wrong_type(node, &path, "a number");
                    None
                }
                _ => each(self, node, &path),
            };
            match year.zip(value) {
                Some(entry) => read.push(entry),
                None => complete = false,
            }
        }
        if !complete {
            return None;
        }
        let first = read.iter().map(|(year, _)| *year).min();
        if let Some((policy_first, _)) = self.years
            && first.is_none_or(|first| first > policy_first)
        {
            let found = first.map_or_else(|| "{}".to_owned(), |year| year.to_string());
            let problem = Problem::new(Code::YearBeforeFirst, "has no value for the policy's first year").found(found);
            self.push(problem.expected(format!("give a value for {policy_first}")), node.position, path);
            return None;
        }
        Some(Yearly::from_entries(read))
    }

    fn policy(&mut self, document: &Node) -> Option<PolicyData> {
        self.table(document, "", POLICY)?;
        let id = self.required(document, "id", "").and_then(|node| self.text(node, "id"));
        let version = self.version(document);
        let title = self.required(document, "title", "").and_then(|node| self.name(Some(node), "title", None));
        let years = self.required(document, "years", "").and_then(|node| self.policy_years(node));
        self.years = years;
        let unit = self.required(document, "unit", "").and_then(|node| self.unit(node, "unit"));
        self.unit = unit;
        let rounding = document.get("rounding").map_or(Some(Rounding::default()), |node| self.rounding(node));
        self.step = rounding;
        let source = document.get("source").map_or_else(Source::default, |node| self.source(node));
        let readings = self.readings(document.get("readings"));
        let kinds = self.named(document.get("kinds"), "kinds", &[]);
        let designations = self.named(document.get("designations"), "designations", &[]);
        let payers = self.named(document.get("payers"), "payers", &["county"]);
        let attributes = self.attributes(document.get("attributes"));
        let layers = self.layers(document.get("layers"), &payers, &attributes);
        let layer_ids: Vec<String> = layers.iter().map(|layer| layer.id.clone()).collect();
        let mut pools = self.pools(document.get("pools"), &attributes);
        let pool_ids: Vec<String> = pools.iter().map(|pool| pool.id.clone()).collect();
        let names = ClassNames {
            kinds: &kinds,
            designations: &designations,
            attributes: &attributes,
            layers: &layer_ids,
            pools: &pool_ids,
        };
        let classes = self.classes(document.get("classes"), &names);
        self.pool_layers(document, &classes, &mut pools);
        self.overlaps(&classes);
        let (first_year, last_year) = years?;
        Some(PolicyData {
            document: document.clone(),
            id: id?,
            version,
            title: title?,
            first_year,
            last_year,
            unit: unit?,
            rounding: rounding?,
            source,
            readings,
            kinds,
            designations,
            payers,
            attributes,
            layers,
            classes: classes.into_iter().map(|(class, _)| class).collect(),
            pools,
        })
    }

    fn policy_years(&mut self, node: &Node) -> Option<(u16, u16)> {
        let bad = |message: &str| Problem::new(Code::BadYears, message).found(node.to_string());
        let NodeValue::List(items) = &node.value else {
            self.push(
                bad("is not a pair of years").expected("first and last year, such as `[2023, 2025]`"),
                node.position,
                "years",
            );
            return None;
        };
        let [first, last] = items.as_slice() else {
            self.push(
                bad("is not a pair of years").expected("first and last year, such as `[2023, 2025]`"),
                node.position,
                "years",
            );
            return None;
        };
        let mut year = |item: &Node| match &item.value {
            NodeValue::Number(text) | NodeValue::Text(text) => self.year(text, item.position, "years"),
            _ => {
                self.wrong_type(item, "years", "a year");
                None
            }
        };
        let (first, last) = (year(first), year(last));
        let (first, last) = first.zip(last)?;
        if first > last {
            let hint = format!("the first year comes first: `[{last}, {first}]`");
            self.push(bad("the years are reversed").expected(hint), node.position, "years");
            return None;
        }
        if last.abs_diff(first) >= YEARS_LIMIT {
            self.push(bad("spans too many years").expected(format!("at most {YEARS_LIMIT}")), node.position, "years");
            return None;
        }
        Some((first, last))
    }

    fn unit(&mut self, node: &Node, path: &str) -> Option<Unit> {
        let text = self.text(node, path)?;
        let unit = Unit::named(&text);
        if unit.is_none() {
            let problem = Problem::new(Code::BadUnit, "is not a unit of money").found(text);
            self.push(problem.expected("`元`, `万元` or `亿元` (`yuan`, `wan`, `yi`)"), node.position, path);
        }
        unit
    }

    fn rounding(&mut self, node: &Node) -> Option<Rounding> {
        self.table(node, "rounding", ROUNDING)?;
        let default = Rounding::default();
        let unit = node.get("unit").map_or(Some(default.unit()), |n| self.unit(n, "rounding.unit"));
        let places =
            node.get("places").map_or(Some(2), |n| self.whole(n, "rounding.places", "how many decimals the step has"));
        let mode = node.get("mode").map_or(Some(RoundingMode::HalfUp), |n| {
            let text = self.text(n, "rounding.mode")?;
            let mode = text.parse().ok();
            if mode.is_none() {
                let hint = did_you_mean(&text, RoundingMode::ALL.map(RoundingMode::as_str));
                let problem = Problem::new(Code::BadRounding, "is not a rounding mode").found(&text).expected(hint);
                self.push(problem, n.position, "rounding.mode");
            }
            mode
        });
        let (unit, places, mode) = (unit?, places?, mode?);
        let rounding = u32::try_from(places).ok().and_then(|places| Rounding::new(unit, places, mode).ok());
        if rounding.is_none() {
            let problem = Problem::new(Code::BadRounding, "the rounding step is below 0.01 元").found(node.to_string());
            let hint = format!("at most {} decimals of {unit}", unit.places());
            self.push(problem.expected(hint), node.position, "rounding");
        }
        rounding
    }

    fn source(&mut self, node: &Node) -> Source {
        if self.table(node, "source", SOURCE).is_none() {
            return Source::default();
        }
        let status = self.optional_text(node, "status", "source").and_then(|text| {
            let known = [Status::Draft, Status::InForce, Status::Expired];
            let status = known.into_iter().find(|status| status.as_str() == text);
            if status.is_none() {
                let problem = Problem::new(Code::UnknownWord, "is not a status").found(&text);
                let position = node.get("status").and_then(|n| n.position);
                self.push(problem.expected(did_you_mean(&text, known.map(Status::as_str))), position, "source.status");
            }
            status
        });
        Source {
            document: self.optional_text(node, "document", "source"),
            issuer: self.optional_text(node, "issuer", "source"),
            published: self.optional_text(node, "published", "source"),
            status,
            url: self.optional_text(node, "url", "source"),
        }
    }

    fn readings(&mut self, node: Option<&Node>) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::new();
        let mut ids = HashSet::new();
        for (index, item) in self.list(node, "readings").iter().enumerate() {
            let path = join_item("readings", index, item);
            if self.table(item, &path, READING).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|n| self.new_id(n, &path, &mut ids));
            let question =
                self.required(item, "question", &path).and_then(|n| self.name(Some(n), &join(&path, "question"), None));
            let chosen =
                self.required(item, "chosen", &path).and_then(|n| self.name(Some(n), &join(&path, "chosen"), None));
            let mut alternatives = Vec::new();
            for (n, alternative) in self.list(item.get("alternatives"), &join(&path, "alternatives")).iter().enumerate()
            {
                alternatives.extend(self.name(Some(alternative), &format!("{path}.alternatives.{n}"), None));
            }
            let clause = self.optional_text(item, "clause", &path);
            if let (Some(id), Some(question), Some(chosen)) = (id, question, chosen) {
                readings.push(Reading { id, question, chosen, alternatives, clause });
            }
        }
        readings
    }

    /// The id of a list's part, seen for the first time.
    fn new_id(&mut self, node: &Node, path: &str, seen: &mut HashSet<String>) -> Option<String> {
        let path = join(path, "id");
        let id = self.text(node, &path)?;
        if !seen.insert(id.clone()) {
            let problem = Problem::new(Code::DuplicateId, "stands twice").found(&id).expected("give each its own id");
            self.push(problem, node.position, &path);
        }
        Some(id)
    }

    fn reserved(&mut self, id: &str, why: &str, position: Option<Position>, path: &str) {
        let problem = Problem::new(Code::ReservedId, why).found(id).expected("choose another id");
        self.push(problem, position, path);
    }

    /// `[kinds]`, `[designations]`, `[payers]`.
    fn named(&mut self, node: Option<&Node>, path: &str, reserved: &[&str]) -> Vec<Named> {
        let Some(entries) = node.and_then(|node| self.any_table(node, path)) else { return Vec::new() };
        let entries = self.at_most(entries, WORDS_LIMIT, node.and_then(|node| node.position), path);
        let mut list = Vec::new();
        let mut words = HashMap::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let path = join(path, &key.text);
            if reserved.contains(&key.text.as_str()) {
                self.reserved(&key.text, "means each recipient's own county", key.position, &path);
            }
            let name = self.name(Some(value), &path, Some(&key.text)).unwrap_or_else(|| Name::both(&key.text));
            self.distinct(&mut words, index, &key.text, &name, key.position, &path);
            list.push(Named { id: key.text.clone(), name });
        }
        list
    }

    /// A roster may use the id or either name, so that no two may share one.
    fn distinct(
        &mut self,
        words: &mut HashMap<String, usize>,
        index: usize,
        id: &str,
        name: &Name,
        position: Option<Position>,
        path: &str,
    ) {
        if id.trim().is_empty() {
            self.push(Problem::new(Code::ReservedId, "an id is blank").expected("give it a name"), position, path);
        }
        for word in [id, &name.zh, &name.en] {
            if *words.entry(word.to_owned()).or_insert(index) != index {
                let problem = Problem::new(Code::DuplicateId, "the word stands for two things").found(word);
                self.push(problem.expected("ids and names differ from each other"), position, path);
            }
        }
    }

    fn attributes(&mut self, node: Option<&Node>) -> Vec<Attribute> {
        let Some(entries) = node.and_then(|node| self.any_table(node, "attributes")) else { return Vec::new() };
        let entries = self.at_most(entries, WORDS_LIMIT, node.and_then(|node| node.position), "attributes");
        let mut list = Vec::new();
        let mut words = HashMap::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let path = join("attributes", &key.text);
            self.value_id(&key.text, false, key.position, &path);
            if self.table(value, &path, ATTRIBUTE).is_none() {
                continue;
            }
            let zh = self.optional_text(value, "zh", &path).unwrap_or_else(|| key.text.clone());
            let en = self.optional_text(value, "en", &path).unwrap_or_else(|| key.text.clone());
            let name = Name { zh, en };
            self.distinct(&mut words, index, &key.text, &name, key.position, &path);
            for word in [&name.zh, &name.en] {
                let taken = COLUMN_KEYS.contains(&word.as_str()) || COLUMN_HEADERS.contains(&word.as_str());
                if taken && *word != key.text {
                    self.reserved(word, "heads another column of the roster", key.position, &path);
                }
            }
            let attribute_type =
                self.required(value, "type", &path).and_then(|node| self.attribute_type(node, &join(&path, "type")));
            let unit = self.optional_text(value, "unit", &path);
            // A wrong type has been said; number lets the rest be checked.
            let attribute_type = attribute_type.unwrap_or(AttributeType::Number);
            list.push(Attribute { id: key.text.clone(), name, attribute_type, unit });
        }
        list
    }

    fn attribute_type(&mut self, node: &Node, path: &str) -> Option<AttributeType> {
        let text = self.text(node, path)?;
        let known = [AttributeType::Number, AttributeType::Flag, AttributeType::Text];
        let found = known.into_iter().find(|t| t.as_str() == text);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, "is not a type of attribute").found(&text);
            self.push(problem.expected(did_you_mean(&text, known.map(AttributeType::as_str))), node.position, path);
        }
        found
    }

    /// Ids that rules may read must not mean anything else.
    ///
    /// A layer may be called `county`: rules that name it mean the layer, conditions mean the column.
    fn value_id(&mut self, id: &str, of_layer: bool, position: Option<Position>, path: &str) {
        if is_digits(id) {
            self.reserved(id, "an id of digits only would be read as a year", position, path);
        } else if id == "standard" || id == "equal" || (COLUMN_KEYS.contains(&id) && !(of_layer && id == "county")) {
            self.reserved(id, "means something else already", position, path);
        }
    }

    fn layers(&mut self, node: Option<&Node>, payers: &[Named], attributes: &[Attribute]) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut ids = HashSet::new();
        let items = self.list(node, "layers");
        let items = self.at_most(items, LAYERS_LIMIT, node.and_then(|node| node.position), "layers");
        for (index, item) in items.iter().enumerate() {
            let path = join_item("layers", index, item);
            if self.table(item, &path, LAYER).is_none() {
                continue;
            }
            let id_node = self.required(item, "id", &path);
            let id = id_node.and_then(|node| self.new_id(node, &path, &mut ids));
            if let (Some(id), Some(node)) = (&id, id_node) {
                let id_path = join(&path, "id");
                self.value_id(id, true, node.position, &id_path);
                if RESULT_KEYS.contains(&id.as_str()) {
                    self.reserved(id, "is a column of results", node.position, &id_path);
                }
                if attributes.iter().any(|attribute| attribute.id == *id) {
                    self.reserved(id, "is an attribute too", node.position, &id_path);
                }
            }
            let payer =
                self.required(item, "payer", &path).and_then(|node| self.payer(node, &join(&path, "payer"), payers));
            let clause = self.optional_text(item, "clause", &path);
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            if let (Some(id), Some(name)) = (id, name) {
                // A wrong payer has been said; the layer must exist for the rest to be checked.
                layers.push(Layer { id, name, payer: payer.unwrap_or(Payer::County), clause });
            }
        }
        layers
    }

    fn payer(&mut self, node: &Node, path: &str, payers: &[Named]) -> Option<Payer> {
        let text = self.text(node, path)?;
        if text == "county" {
            return Some(Payer::County);
        }
        let found = payers.iter().position(|payer| payer.id == text);
        if found.is_none() {
            let known = payers.iter().map(|payer| payer.id.as_str()).chain(["county"]);
            let problem = Problem::new(Code::UnknownPayer, "is not declared in [payers]").found(&text);
            self.push(problem.expected(did_you_mean(&text, known)), node.position, path);
        }
        found.map(Payer::Body)
    }

    fn pools(&mut self, node: Option<&Node>, attributes: &[Attribute]) -> Vec<Pool> {
        let mut pools = Vec::new();
        let mut ids = HashSet::new();
        let items = self.list(node, "pools");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "pools");
        for (index, item) in items.iter().enumerate() {
            let path = join_item("pools", index, item);
            if self.table(item, &path, POOL).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut ids));
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            let amount =
                self.required(item, "amount", &path).and_then(|node| self.pool_amount(node, &join(&path, "amount")));
            let at_least = item.get("at_least").map(|node| self.pool_amount(node, &join(&path, "at_least")));
            let at_most = item.get("at_most").map(|node| self.pool_amount(node, &join(&path, "at_most")));
            let weights = self
                .required(item, "weights", &path)
                .map(|node| self.weights(node, &join(&path, "weights"), attributes));
            let clause = self.optional_text(item, "clause", &path);
            let (at_least, at_most) = (at_least.flatten(), at_most.flatten());
            if let (Some(floor), Some(cap), Some((first, last))) = (&at_least, &at_most, self.years) {
                let above = (first..=last).find(|year| floor.at(*year) > cap.at(*year));
                if let Some(year) = above {
                    let problem = Problem::new(Code::FloorAboveCap, format!("in {year} the floor is above the cap"));
                    let position = item.get("at_least").and_then(|node| node.position);
                    self.push(problem.expected("at_least is not above at_most"), position, &join(&path, "at_least"));
                }
            }
            if let Some((id, name)) = id.zip(name) {
                // What is wrong with the rest has been said; the pool must exist for the rules to be checked.
                let amount = amount.unwrap_or_else(|| Yearly::constant(Amount::ZERO));
                pools.push(Pool {
                    id,
                    name,
                    amount,
                    weights: weights.unwrap_or_default(),
                    at_least,
                    at_most,
                    clause,
                    layer: None,
                });
            }
        }
        pools
    }

    fn pool_amount(&mut self, node: &Node, path: &str) -> Option<Yearly<Amount>> {
        let unit = self.unit.unwrap_or(Unit::Yuan);
        let step = self.step.unwrap_or_default();
        self.yearly(node, path, |reader, node, path| {
            let number =
                reader.positive_number(node, path).filter(|number| !number.is_sign_negative() || number.is_zero())?;
            let multiple = |amount: &Amount| step.is_multiple(*amount);
            match Amount::from_decimal(number, unit) {
                Ok(amount) if multiple(&amount) => Some(amount),
                Err(MoneyError::Overflow) => {
                    let problem = Problem::new(Code::Overflow, "is beyond 2^63 − 1 fen").found(node.to_string());
                    reader.push(problem, node.position, path);
                    None
                }
                // What the unit or the step is not known to be has been said.
                _ if reader.unit.is_none() || reader.step.is_none() => None,
                _ => {
                    let problem = Problem::new(Code::NotAMultiple, "is not a multiple of the rounding step")
                        .found(node.to_string());
                    let hint = format!("multiples of {} {unit}", step.step().in_unit(unit));
                    reader.push(problem.expected(hint), node.position, path);
                    None
                }
            }
        })
    }

    fn weights(&mut self, node: &Node, path: &str, attributes: &[Attribute]) -> Vec<(Weight, Ratio)> {
        let Some(entries) = self.any_table(node, path) else { return Vec::new() };
        let mut weights = Vec::new();
        for (key, value) in entries {
            let path = join(path, &key.text);
            let ratio = self.ratio(value, &path, false);
            let weight = if key.text == "equal" {
                Some(Weight::Equal)
            } else {
                self.number_attribute(key, &path, attributes).map(Weight::Attribute)
            };
            weights.extend(weight.zip(ratio));
        }
        let mut denominators = weights.iter().map(|(_, ratio)| Some(BigUint::from(ratio.denominator.unsigned_abs())));
        if denominators.try_fold(BigUint::one(), |common, next| common_multiple(&common, &next?)).is_none() {
            self.no_common_denominator(node.position, path);
        } else if weights.len() == entries.len() {
            let mut total = num_rational::BigRational::from(BigInt::ZERO);
            for (_, ratio) in &weights {
                let term = num_rational::BigRational::new(ratio.numerator.into(), ratio.denominator.into());
                total = num_traits::CheckedAdd::checked_add(&total, &term).unwrap_or(total);
            }
            if total != num_rational::BigRational::from(BigInt::from(1)) {
                let problem = Problem::new(Code::WeightsSum, "the weights do not sum to 1").found(total.to_string());
                self.push(problem.expected("weights that sum to exactly 1"), node.position, path);
            }
        }
        weights
    }

    /// A rule is small enough to be computed for every place.
    fn check_size(&mut self, rule: &Rule, position: Option<Position>, path: &str) {
        let parts = rule_parts(rule);
        if parts > PARTS_LIMIT {
            let problem = Problem::new(Code::TooLarge, "the rule has too many parts").found(parts.to_string());
            self.push(problem.expected(format!("at most {PARTS_LIMIT}")), position, path);
        } else if rule_denominator(rule).is_none() {
            self.no_common_denominator(position, path);
        }
    }

    fn no_common_denominator(&mut self, position: Option<Position>, path: &str) {
        let message = "the fractions have too large a common denominator";
        let problem = Problem::new(Code::NumberOutOfRange, message);
        self.push(problem.expected(format!("one below 2^{DENOMINATOR_BITS}")), position, path);
    }

    fn number_attribute(&mut self, key: &Key, path: &str, attributes: &[Attribute]) -> Option<usize> {
        let Some(index) = attributes.iter().position(|attribute| attribute.id == key.text) else {
            let problem = Problem::new(Code::UnknownAttribute, "is not declared in [attributes]").found(&key.text);
            let known = attributes.iter().map(|attribute| attribute.id.as_str()).chain(["equal"]);
            self.push(problem.expected(did_you_mean(&key.text, known)), key.position, path);
            return None;
        };
        let attribute_type = attributes.get(index)?.attribute_type;
        if attribute_type != AttributeType::Number {
            self.not_a_number(&key.text, attribute_type, key.position, path);
            return None;
        }
        Some(index)
    }

    fn not_a_number(&mut self, id: &str, attribute_type: AttributeType, position: Option<Position>, path: &str) {
        let message = format!("is an attribute of type {}", attribute_type.as_str());
        let problem = Problem::new(Code::WrongAttributeType, message).found(id);
        self.push(problem.expected("an attribute of type number"), position, path);
    }

    fn classes<'n>(&mut self, node: Option<&'n Node>, names: &ClassNames<'_>) -> Vec<(Class, &'n Node)> {
        let mut classes = Vec::new();
        let mut ids = HashSet::new();
        let items = self.list(node, "classes");
        let mut items = self.at_most(items, CLASSES_LIMIT, node.and_then(|node| node.position), "classes");
        let years = self.years.map_or(1, |(first, last)| usize::from(last.abs_diff(first)).saturating_add(1));
        if items.len().saturating_mul(names.layers.len()).saturating_mul(years) > AMOUNTS_LIMIT {
            let found = format!("{} × {} × {years}", items.len(), names.layers.len());
            let problem = Problem::new(Code::TooLarge, "has too many classes × layers × years").found(found);
            self.push(
                problem.expected(format!("at most {AMOUNTS_LIMIT}; attributes of the places can stand for classes")),
                node.and_then(|node| node.position),
                "classes",
            );
            items = &[];
        }
        for (index, item) in items.iter().enumerate() {
            let path = join_item("classes", index, item);
            if self.table(item, &path, CLASS).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut ids));
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            let kind = item
                .get("kind")
                .and_then(|node| self.word(node, &join(&path, "kind"), names.kinds, Code::UnknownKind, "[kinds]"));
            let designation = item.get("designation").and_then(|node| {
                self.word(
                    node,
                    &join(&path, "designation"),
                    names.designations,
                    Code::UnknownDesignation,
                    "[designations]",
                )
            });
            let conditions =
                item.get("where").map(|node| self.conditions(node, &join(&path, "where"), names.attributes));
            let expected = item
                .get("expected")
                .and_then(|node| self.whole(node, &join(&path, "expected"), "how many places there are"));
            let standard_path = join(&path, "standard");
            let standard =
                item.get("standard").and_then(|node| self.yearly(node, &standard_path, Self::positive_number));
            let clause = self.optional_text(item, "clause", &path);
            let note = item.get("note").and_then(|node| self.name(Some(node), &join(&path, "note"), None));
            let mut funding: Vec<Option<Rule>> = names.layers.iter().map(|_| None).collect();
            let funding_path = join(&path, "funding");
            let entries = self.required(item, "funding", &path).and_then(|node| self.any_table(node, &funding_path));
            for (key, rule) in entries.unwrap_or_default() {
                let path = join(&funding_path, &key.text);
                let Some(layer) = names.layers.iter().position(|id| *id == key.text) else {
                    let problem = Problem::new(Code::UnknownLayer, "is not a layer of this policy").found(&key.text);
                    let hint = did_you_mean(&key.text, names.layers.iter().map(String::as_str));
                    self.push(problem.expected(hint), key.position, &path);
                    continue;
                };
                let standard = item.get("standard").is_some();
                let scope =
                    Scope { attributes: names.attributes, layers: names.layers, pools: names.pools, standard, layer };
                let position = rule.position;
                let rule = self.rule(rule, &path, &scope, Nesting::Outermost);
                if let Some(rule) = &rule {
                    self.check_size(rule, position, &path);
                }
                if let Some(slot) = funding.get_mut(layer) {
                    *slot = rule;
                }
            }
            if let Some((id, name)) = id.zip(name) {
                let conditions = conditions.unwrap_or_default();
                classes.push((
                    Class { id, name, kind, designation, conditions, expected, standard, clause, note, funding },
                    item,
                ));
            }
        }
        classes
    }

    fn word(&mut self, node: &Node, path: &str, known: &[Named], code: Code, declared: &str) -> Option<usize> {
        let text = self.text(node, path)?;
        let text = without_padding(&text);
        let found = known.iter().position(|named| named.id == text || named.name.zh == text || named.name.en == text);
        if found.is_none() {
            let problem = Problem::new(code, format!("is not declared in {declared}")).found(&text);
            let hint = did_you_mean(&text, known.iter().map(|named| named.id.as_str()));
            self.push(problem.expected(hint), node.position, path);
        }
        found
    }

    fn conditions(&mut self, node: &Node, path: &str, attributes: &[Attribute]) -> Vec<Condition> {
        let Some(entries) = self.any_table(node, path) else { return Vec::new() };
        let mut conditions = Vec::new();
        for (key, value) in entries {
            let path = join(path, &key.text);
            let (subject, attribute_type) = match key.text.as_str() {
                "county" => (Subject::County, AttributeType::Text),
                "township" => (Subject::Township, AttributeType::Text),
                id => {
                    let Some((index, attribute)) =
                        attributes.iter().enumerate().find(|(_, attribute)| attribute.id == id)
                    else {
                        let known =
                            attributes.iter().map(|attribute| attribute.id.as_str()).chain(["county", "township"]);
                        let problem = Problem::new(Code::UnknownAttribute, "is not declared in [attributes]").found(id);
                        self.push(problem.expected(did_you_mean(id, known)), key.position, &path);
                        continue;
                    };
                    (Subject::Attribute(index), attribute.attribute_type)
                }
            };
            conditions.extend(self.test(value, &path, attribute_type).map(|test| Condition { subject, test }));
        }
        conditions
    }

    fn test(&mut self, node: &Node, path: &str, attribute_type: AttributeType) -> Option<Test> {
        let bad = |message: &str| Problem::new(Code::BadCondition, message).found(node.to_string());
        let one = std::slice::from_ref(node);
        let items = match &node.value {
            NodeValue::List(items) if items.is_empty() => {
                self.push(bad("an empty list never holds").expected("list at least one value"), node.position, path);
                return None;
            }
            NodeValue::List(items) => items.as_slice(),
            NodeValue::Table(_) => {
                if attribute_type == AttributeType::Number {
                    return self.bounds(node, path);
                }
                self.push(bad("only a number has bounds").expected("a value or a list of values"), node.position, path);
                return None;
            }
            _ => one,
        };
        let mismatch = |item: &Node| {
            let message = format!("is {}, which a {} never equals", item.type_name(), attribute_type.as_str());
            let hint = match attribute_type {
                AttributeType::Number => "a number, a list of numbers, or bounds such as `{ at_least = 100 }`",
                AttributeType::Flag => "`true` or `false`",
                AttributeType::Text => "a text or a list of texts",
            };
            Problem::new(Code::BadCondition, message).found(item.to_string()).expected(hint)
        };
        let (mut numbers, mut flags, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let mut complete = true;
        for item in items {
            let good = match (attribute_type, &item.value) {
                (AttributeType::Number, NodeValue::Number(_) | NodeValue::Text(_)) => {
                    let number = self.number(item, path);
                    numbers.extend(number);
                    complete &= number.is_some();
                    true
                }
                (AttributeType::Flag, NodeValue::Bool(flag)) => {
                    flags.push(*flag);
                    true
                }
                (AttributeType::Text, NodeValue::Text(text)) => {
                    texts.push(without_padding(text).into_owned());
                    true
                }
                _ => false,
            };
            if !good {
                self.push(mismatch(item), item.position, path);
                complete = false;
            }
        }
        complete.then_some(match attribute_type {
            AttributeType::Number => Test::Numbers(numbers),
            AttributeType::Flag => Test::Flags(flags),
            AttributeType::Text => Test::Texts(texts),
        })
    }

    fn bounds(&mut self, node: &Node, path: &str) -> Option<Test> {
        let entries = self.table(node, path, BOUNDS)?;
        if entries.is_empty() {
            let problem = Problem::new(Code::BadCondition, "has no bound").found("{}");
            self.push(problem.expected("bounds such as `{ at_least = 100, below = 500 }`"), node.position, path);
            return None;
        }
        let mut bounds = Vec::new();
        for (key, value) in entries {
            if let Some(bound) = Bound::ALL.into_iter().find(|bound| bound.as_str() == key.text) {
                bounds.push((bound, self.number(value, &join(path, &key.text))?));
            }
        }
        Some(Test::Bounds(bounds))
    }

    fn rule(&mut self, node: &Node, path: &str, scope: &Scope<'_>, nesting: Nesting) -> Option<Rule> {
        let bare = |kind| Rule { kind, when: Vec::new(), at_least: None, at_most: None, clause: None, note: None };
        let entries = match &node.value {
            NodeValue::Table(entries) if !entries.iter().any(|(key, _)| is_digits(&key.text)) => entries,
            _ => return self.value(node, path, scope, nesting).map(|value| bare(RuleKind::Amount(value))),
        };
        let bad = |message: &str| Problem::new(Code::BadRule, message).found(node.to_string());
        let kinds: Vec<&str> =
            ["amount", "rate", "top_up_to", "pool"].into_iter().filter(|key| node.get(key).is_some()).collect();
        let is_pool = kinds == ["pool"];
        for (key, _) in entries {
            if !RULE.contains(&key.text.as_str()) {
                self.unknown_key(key, path, RULE);
            } else if is_pool && !POOL_RULE.contains(&key.text.as_str()) {
                let problem = Problem::new(Code::UnknownKey, "is not a key of a pool rule").found(&key.text);
                let hint = "a pool rule takes only `when`, `clause` and `note`; floors and caps stand in the pool";
                self.push(problem.expected(hint), key.position, &join(path, &key.text));
            }
        }
        let [kind] = kinds.as_slice() else {
            let message = if kinds.is_empty() { "has no amount" } else { "is of several kinds" };
            let problem = bad(message).expected("exactly one of `amount`, `rate` with `of`, `top_up_to`, `pool`");
            self.push(problem, node.position, path);
            return None;
        };
        for (extra, belongs) in [("of", "rate"), ("counting", "top_up_to")] {
            if node.get(extra).is_some() && *kind != belongs && !is_pool {
                let problem = Problem::new(Code::UnknownKey, format!("belongs to `{belongs}`")).found(extra);
                self.push(problem, node.get(extra).and_then(|n| n.position), &join(path, extra));
            }
        }
        let part = |key: &str| (node.get(key), join(path, key));
        let kind = match *kind {
            "amount" => {
                let (value, path) = part("amount");
                value.and_then(|value| self.value(value, &path, scope, nesting)).map(RuleKind::Amount)
            }
            "rate" => {
                let (rate, rate_path) = part("rate");
                let in_list = nesting == Nesting::InList;
                let rate = rate.and_then(|node| self.yearly(node, &rate_path, |r, n, p| r.rate(n, p, in_list, scope)));
                let of = self
                    .required(node, "of", path)
                    .and_then(|value| self.value(value, &join(path, "of"), scope, nesting));
                rate.zip(of).map(|(rate, of)| RuleKind::Rate { rate, of })
            }
            "top_up_to" => {
                let (to, to_path) = part("top_up_to");
                let to = to.and_then(|value| self.value(value, &to_path, scope, nesting));
                let counting = self.counting(node.get("counting"), &join(path, "counting"), scope);
                to.zip(counting).map(|(to, counting)| RuleKind::TopUp { to, counting })
            }
            _ => {
                let (pool, pool_path) = part("pool");
                if nesting != Nesting::Outermost {
                    self.push(bad("a pool rule cannot stand inside another rule"), node.position, path);
                }
                pool.and_then(|pool| self.pool_name(pool, &pool_path, scope)).map(RuleKind::Pool)
            }
        };
        let when =
            node.get("when").map(|n| self.conditions(n, &join(path, "when"), scope.attributes)).unwrap_or_default();
        let at_least = node.get("at_least").map(|n| self.value(n, &join(path, "at_least"), scope, nesting));
        let at_most = node.get("at_most").map(|n| self.value(n, &join(path, "at_most"), scope, nesting));
        if let (Some(Some(Value::Number(floor))), Some(Some(Value::Number(cap))), Some((first, last))) =
            (&at_least, &at_most, self.years)
            && let Some(year) = (first..=last).find(|year| floor.at(*year) > cap.at(*year))
        {
            let problem = Problem::new(Code::FloorAboveCap, format!("in {year} the floor is above the cap"));
            let position = node.get("at_least").and_then(|n| n.position);
            self.push(problem.expected("at_least is not above at_most"), position, &join(path, "at_least"));
        }
        let clause = self.optional_text(node, "clause", path);
        let note = node.get("note").and_then(|n| self.name(Some(n), &join(path, "note"), None));
        Some(Rule { kind: kind?, when, at_least: at_least.flatten(), at_most: at_most.flatten(), clause, note })
    }

    fn pool_name(&mut self, node: &Node, path: &str, scope: &Scope<'_>) -> Option<usize> {
        let text = self.text(node, path)?;
        let found = scope.pools.iter().position(|id| *id == text);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownPool, "is not a pool of this policy").found(&text);
            self.push(
                problem.expected(did_you_mean(&text, scope.pools.iter().map(String::as_str))),
                node.position,
                path,
            );
        }
        found
    }

    fn counting(&mut self, node: Option<&Node>, path: &str, scope: &Scope<'_>) -> Option<Vec<usize>> {
        let Some(node) = node else { return Some((0..scope.layer).collect()) };
        let mut counting = Vec::new();
        let mut complete = matches!(node.value, NodeValue::List(_));
        for item in self.list(Some(node), path) {
            let layer = self.text(item, path).and_then(|text| {
                if let Some(layer) = scope.layers.iter().position(|id| *id == text) {
                    return self.earlier(layer, &text, item.position, path, scope);
                }
                let problem = Problem::new(Code::UnknownLayer, "is not a layer of this policy").found(&text);
                let known = scope.layers.iter().take(scope.layer).map(String::as_str);
                self.push(problem.expected(did_you_mean(&text, known)), item.position, path);
                None
            });
            match layer {
                Some(layer) if counting.contains(&layer) => {
                    let problem = Problem::new(Code::DuplicateId, "is counted twice").found(item.to_string());
                    self.push(problem.expected("name each layer once"), item.position, path);
                }
                Some(layer) => counting.push(layer),
                None => complete = false,
            }
        }
        complete.then_some(counting)
    }

    /// A layer may be read only by those after it.
    fn earlier(
        &mut self,
        layer: usize,
        id: &str,
        position: Option<Position>,
        path: &str,
        scope: &Scope<'_>,
    ) -> Option<usize> {
        if layer < scope.layer {
            return Some(layer);
        }
        let message =
            if layer == scope.layer { "a rule cannot read its own layer" } else { "a rule cannot read a later layer" };
        let known: Vec<String> = scope.layers.iter().take(scope.layer).map(|id| format!("`{id}`")).collect();
        let hint = if known.is_empty() {
            "no layer is earlier".to_owned()
        } else {
            format!("earlier layers: {}", known.join(", "))
        };
        self.push(Problem::new(Code::LaterLayer, message).found(id).expected(hint), position, path);
        None
    }

    fn value(&mut self, node: &Node, path: &str, scope: &Scope<'_>, nesting: Nesting) -> Option<Value> {
        match &node.value {
            NodeValue::Number(_) => self.value_number(node, path, nesting).map(|n| Value::Number(Yearly::constant(n))),
            NodeValue::Text(text) => self.value_text(text.trim(), node, path, scope, nesting),
            NodeValue::List(items) => {
                let mut terms = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    terms.push(self.value(item, &format!("{path}.{index}"), scope, Nesting::InList));
                }
                terms.into_iter().collect::<Option<Vec<_>>>().map(Value::Sum)
            }
            NodeValue::Table(entries) if entries.iter().any(|(key, _)| is_digits(&key.text)) => self
                .yearly(node, path, |reader, node, path| reader.value_number(node, path, nesting))
                .map(Value::Number),
            NodeValue::Table(_) => {
                self.rule(node, path, scope, nesting.inside()).map(|rule| Value::Rule(Box::new(rule)))
            }
            NodeValue::Bool(_) | NodeValue::Null => {
                self.wrong_type(node, path, "a number, a name, a rule or a list of these");
                None
            }
        }
    }

    fn value_number(&mut self, node: &Node, path: &str, nesting: Nesting) -> Option<Decimal> {
        let number = self.number(node, path)?;
        self.check_sign(number.is_sign_negative() && !number.is_zero(), nesting == Nesting::InList, node, path);
        Some(number)
    }

    fn value_text(
        &mut self,
        text: &str,
        node: &Node,
        path: &str,
        scope: &Scope<'_>,
        nesting: Nesting,
    ) -> Option<Value> {
        if text == "standard" {
            if !scope.standard {
                let problem = Problem::new(Code::MissingStandard, "the class has no standard").found(text);
                self.push(problem.expected("give the class a `standard`"), node.position, path);
            }
            return Some(Value::Standard);
        }
        if let Some((index, attribute)) =
            scope.attributes.iter().enumerate().find(|(_, attribute)| attribute.id == text)
        {
            if attribute.attribute_type != AttributeType::Number {
                self.not_a_number(text, attribute.attribute_type, node.position, path);
                return None;
            }
            return Some(Value::Attribute(index));
        }
        if let Some(layer) = scope.layers.iter().position(|id| id == text) {
            return self.earlier(layer, text, node.position, path, scope).map(Value::Layer);
        }
        match parse_decimal(text) {
            Err(NumberError::Bad(_)) if !text.starts_with(|c: char| c.is_numeric() || "+-－＋−.．".contains(c)) => {
                let known = ["standard"].into_iter().chain(scope.attributes.iter().map(|a| a.id.as_str()));
                let known = known.chain(scope.layers.iter().take(scope.layer).map(String::as_str));
                let problem =
                    Problem::new(Code::UnknownValue, "is not a number, an attribute or an earlier layer").found(text);
                self.push(problem.expected(did_you_mean(text, known)), node.position, path);
                None
            }
            read => {
                let number = self.parsed(read, node, path)?;
                self.check_sign(number.is_sign_negative() && !number.is_zero(), nesting == Nesting::InList, node, path);
                Some(Value::Number(Yearly::constant(number)))
            }
        }
    }

    /// A pool is read by one layer only.
    fn pool_layers(&mut self, document: &Node, classes: &[(Class, &Node)], pools: &mut [Pool]) {
        for (class, node) in classes {
            for (layer, rule) in class.funding.iter().enumerate() {
                let Some(RuleKind::Pool(index)) = rule.as_ref().map(|rule| &rule.kind) else { continue };
                let Some(pool) = pools.get_mut(*index) else { continue };
                if *pool.layer.get_or_insert(layer) != layer {
                    let path = join(&join_id("classes", &class.id), "funding");
                    let problem =
                        Problem::new(Code::PoolInTwoLayers, "another layer reads the pool already").found(&pool.id);
                    let position = node.get("funding").and_then(|funding| funding.position);
                    self.push(problem.expected("declare a pool for each layer"), position, &path);
                }
            }
        }
        for (index, pool) in pools.iter().enumerate() {
            if pool.layer.is_none() {
                let position = match document.get("pools").map(|node| &node.value) {
                    Some(NodeValue::List(items)) => items.get(index).and_then(|node| node.position),
                    _ => None,
                };
                let path = join_id("pools", &pool.id);
                self.push(Problem::new(Code::UnusedPool, "no rule reads the pool"), position, &path);
            }
        }
    }

    /// Classes with the same words and conditions can never be told apart; others may overlap.
    fn overlaps(&mut self, classes: &[(Class, &Node)]) {
        // A class with a wrong word or condition is not what it will be.
        let sound = |(class, item): &&(Class, &Node)| {
            let read = |key: &str, found: bool| item.get(key).is_none() || found;
            let conditions = match item.get("where").map(|node| &node.value) {
                Some(NodeValue::Table(entries)) => entries.len() == class.conditions.len(),
                _ => true,
            };
            read("kind", class.kind.is_some()) && read("designation", class.designation.is_some()) && conditions
        };
        let classes: Vec<&(Class, &Node)> = classes.iter().filter(sound).collect();
        let mut seen = HashMap::new();
        for (class, item) in &classes {
            let path = join_id("classes", &class.id);
            if let Some(other) =
                seen.insert((class.kind, class.designation, class.conditions.as_slice()), class.id.as_str())
            {
                let message = format!("serves the same places as `{other}`");
                let problem = Problem::new(Code::OverlappingClasses, message);
                self.push(problem.expected("tell them apart by kind, designation or where"), item.position, &path);
            }
        }
        for (index, (class, item)) in classes.iter().enumerate().take(OVERLAP_SEARCH_LIMIT) {
            for (other, _) in classes.iter().take(index) {
                let same = class.kind == other.kind
                    && class.designation == other.designation
                    && class.conditions == other.conditions;
                if !same && may_overlap(class, other) {
                    let message = format!("a place can fit this class and `{}`", other.id);
                    let problem = Problem::new(Code::ClassesMayOverlap, message);
                    let path = join_id("classes", &class.id);
                    self.push(problem.expected("a row that fits both is refused"), item.position, &path);
                }
            }
        }
    }
}

/// The rule, its values, and the rules and values in them.
fn rule_parts(rule: &Rule) -> usize {
    let amount = match &rule.kind {
        RuleKind::Amount(value) | RuleKind::TopUp { to: value, .. } | RuleKind::Rate { of: value, .. } => parts(value),
        RuleKind::Pool(_) => 0,
    };
    rule.at_least.iter().chain(&rule.at_most).map(parts).fold(amount, usize::saturating_add).saturating_add(1)
}

fn parts(value: &Value) -> usize {
    let inside = match value {
        Value::Rule(rule) => rule_parts(rule),
        Value::Sum(values) => values.iter().map(parts).fold(0, usize::saturating_add),
        _ => 0,
    };
    inside.saturating_add(1)
}

/// The common denominator of all numbers of a rule; none if it is too large to compute with.
fn rule_denominator(rule: &Rule) -> Option<BigUint> {
    let amount = match &rule.kind {
        RuleKind::Amount(value) | RuleKind::TopUp { to: value, .. } => denominator(value)?,
        RuleKind::Rate { rate, of } => {
            let mut rates = rate.iter().map(|(_, ratio)| BigUint::from(ratio.denominator.unsigned_abs()));
            let rate = rates.try_fold(BigUint::one(), |common, next| common_multiple(&common, &next))?;
            Some(rate * denominator(of)?).filter(|product| product.bits() <= DENOMINATOR_BITS)?
        }
        RuleKind::Pool(_) => BigUint::one(),
    };
    let bounds = rule.at_least.iter().chain(&rule.at_most);
    bounds.map(denominator).try_fold(amount, |common, next| common_multiple(&common, &next?))
}

fn denominator(value: &Value) -> Option<BigUint> {
    match value {
        Value::Number(numbers) => {
            let scale = numbers.iter().map(|(_, number)| number.scale()).max().unwrap_or_default();
            Some(BigUint::from(10_u32).pow(scale))
        }
        Value::Standard | Value::Attribute(_) | Value::Layer(_) => Some(BigUint::one()),
        Value::Rule(rule) => rule_denominator(rule),
        Value::Sum(values) => {
            values.iter().map(denominator).try_fold(BigUint::one(), |common, next| common_multiple(&common, &next?))
        }
    }
}

fn common_multiple(a: &BigUint, b: &BigUint) -> Option<BigUint> {
    // Most are powers of ten, of which one divides the other.
    let multiple = if (a % b).is_zero() { a.clone() } else { a.lcm(b) };
    Some(multiple).filter(|multiple| multiple.bits() <= DENOMINATOR_BITS)
}

/// What a class may name.
struct ClassNames<'a> {
    kinds: &'a [Named],
    designations: &'a [Named],
    attributes: &'a [Attribute],
    layers: &'a [String],
    pools: &'a [String],
}

/// Where in a rule a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    /// A layer's own rule.
    Outermost,
    /// A rule inside another.
    Nested,
    /// Anywhere inside a list, where numbers may be below 0.
    InList,
}

impl Nesting {
    fn inside(self) -> Self {
        if self == Self::InList { self } else { Self::Nested }
    }
}

/// Whether some place could fit both classes.
fn may_overlap(a: &Class, b: &Class) -> bool {
    let words = |a: Option<usize>, b: Option<usize>| a.is_none() || b.is_none() || a == b;
    words(a.kind, b.kind)
        && words(a.designation, b.designation)
        && !a
            .conditions
            .iter()
            .any(|x| b.conditions.iter().any(|y| x.subject == y.subject && disjoint(&x.test, &y.test)))
}

/// Whether two tests of one thing can never both hold.
fn disjoint(a: &Test, b: &Test) -> bool {
    match (a, b) {
        (Test::Flags(a), Test::Flags(b)) => !a.iter().any(|flag| b.contains(flag)),
        (Test::Texts(a), Test::Texts(b)) => have_none_in_common(a, b),
        (Test::Numbers(a), Test::Numbers(b)) => have_none_in_common(a, b),
        (Test::Numbers(numbers), Test::Bounds(bounds)) | (Test::Bounds(bounds), Test::Numbers(numbers)) => {
            !numbers.iter().any(|number| bounds.iter().all(|(bound, limit)| bound.holds(number.cmp(limit))))
        }
        (Test::Bounds(a), Test::Bounds(b)) => {
            let all = || a.iter().chain(b);
            let lower = all().filter(|(bound, _)| matches!(bound, Bound::AtLeast | Bound::Above));
            lower.into_iter().any(|(low, least)| {
                all().filter(|(bound, _)| matches!(bound, Bound::AtMost | Bound::Below)).any(|(high, most)| {
                    least > most || (least == most && (*low == Bound::Above || *high == Bound::Below))
                })
            })
        }
        _ => false,
    }
}

fn have_none_in_common<T: Eq + std::hash::Hash>(a: &[T], b: &[T]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // Few are compared faster than they are hashed.
    if short.len() <= 8 {
        return !short.iter().any(|one| long.contains(one));
    }
    let short: HashSet<&T> = short.iter().collect();
    !long.iter().any(|one| short.contains(one))
}
