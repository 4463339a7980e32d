//! What a policy says of itself: version, years, unit, rounding, source, clauses, readings.

use hashbrown::HashSet;

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::policy as words;
use crate::ground::message::Phrase;
use crate::ground::money::{Amount, MoneyError, Rounding, RoundingMode, Unit};
use crate::ground::problem::{Code, Problem};
use crate::ground::text::{did_you_mean, did_you_mean_level};
use crate::policy::document::{Node, NodeValue, plain_digits};
use crate::policy::path::{join, join_item};
use crate::policy::read::Reader;
use crate::policy::tables::{READING_NAMES, ROUNDING_NAMES, SOURCE_NAMES, WORDS_LIMIT};
use crate::policy::{ClauseWords, Named, Reading, Source, Status};

/// Years of a policy, at most.
const YEARS_LIMIT: u16 = 100;

impl Reader {
    /// A version may be written as a number.
    pub(crate) fn version(&mut self, node: &Node) -> Option<String> {
        match node.get("version") {
            Some(Node { value: NodeValue::Number(digits), .. }) => Some(plain_digits(digits).into_owned()),
            _ => self.optional_text(node, "version", ""),
        }
    }

    pub(crate) fn policy_years(&mut self, node: &Node) -> Option<(u16, u16)> {
        let bad = |message: Phrase| Problem::new(Code::BadYears, message).found(node.to_string());
        let NodeValue::List(items) = &node.value else {
            self.push(bad(words::NO_PAIR_OF_YEARS).expected(words::PAIR_OF_YEARS), node.position, "years");
            return None;
        };
        let [first, last] = items.as_slice() else {
            self.push(bad(words::NO_PAIR_OF_YEARS).expected(words::PAIR_OF_YEARS), node.position, "years");
            return None;
        };
        let mut year = |item: &Node| match &item.value {
            NodeValue::Number(text) | NodeValue::Text(text) => self.year(text, item.position, "years"),
            _ => {
                self.wrong_type(item, "years", words::A_YEAR);
                None
            }
        };
        let (first, last) = (year(first), year(last));
        let (first, last) = first.zip(last)?;
        if first > last {
            let hint = words::FIRST_YEAR_FIRST.with(&[&last, &first]);
            self.push(bad(common::YEARS_REVERSED).expected(hint), node.position, "years");
            return None;
        }
        if last.abs_diff(first) >= YEARS_LIMIT {
            self.push(
                bad(words::TOO_MANY_YEARS).expected(words::AT_MOST.with(&[&YEARS_LIMIT])),
                node.position,
                "years",
            );
            return None;
        }
        Some((first, last))
    }

    pub(crate) fn unit(&mut self, node: &Node, path: &str) -> Option<Unit> {
        let text = self.text(node, path)?;
        let unit = Unit::named(&text);
        if unit.is_none() {
            let problem = Problem::new(Code::BadUnit, words::IS_NO_UNIT).found(text);
            self.push(problem.expected(words::UNITS), node.position, path);
        }
        unit
    }

    /// How something is rounded: the policy, a layer, a rule.
    pub(crate) fn rounding(&mut self, node: &Node, path: &str) -> Option<Rounding> {
        self.table(node, path, ROUNDING_NAMES)?;
        let mode = self.rounding_mode(node, path);
        match node.get("multiple") {
            Some(multiple) => self.rounding_to_multiples(node, multiple, path, mode),
            None => self.rounding_to_places(node, path, mode),
        }
    }

    pub(crate) fn rounding_mode(&mut self, node: &Node, path: &str) -> Option<RoundingMode> {
        let Some(found) = node.get("mode") else { return Some(RoundingMode::HalfUp) };
        let path = join(path, "mode");
        let text = self.text(found, &path)?;
        let mode = text.parse().ok();
        if mode.is_none() {
            let hint = did_you_mean(&text, RoundingMode::ALL.map(RoundingMode::as_str));
            let problem = Problem::new(Code::BadRounding, words::NO_ROUNDING_MODE).found(&text).expected(hint);
            self.push(problem, found.position, &path);
        }
        mode
    }

    /// Whether nothing else says the step of a rounding to multiples.
    pub(crate) fn is_said_once(&mut self, node: &Node, path: &str) -> bool {
        let mut once = true;
        for (key, other) in ["unit", "places"].into_iter().filter_map(|key| Some((key, node.get(key)?))) {
            let problem = Problem::new(Code::BadRounding, words::STEP_SAID_TWICE).found(other.to_string());
            self.push(problem.expected(words::STEP_ONE_WAY), other.position, &join(path, key));
            once = false;
        }
        once
    }

    /// To 10^−`places` of a unit.
    fn rounding_to_places(&mut self, node: &Node, path: &str, mode: Option<RoundingMode>) -> Option<Rounding> {
        let default = Rounding::default();
        let unit = node.get("unit").map_or(Some(default.unit()), |n| self.unit(n, &join(path, "unit")));
        let places =
            node.get("places").map_or(Some(2), |n| self.whole(n, &join(path, "places"), words::HOW_MANY_DECIMALS));
        let (unit, places, mode) = (unit?, places?, mode?);
        let rounding = u32::try_from(places).ok().and_then(|places| Rounding::new(unit, places, mode).ok());
        if rounding.is_none() {
            let problem = Problem::new(Code::BadRounding, words::STEP_TOO_FINE).found(node.to_string());
            let hint = words::AT_MOST_DECIMALS.with(&[&unit.places(), &unit]);
            self.push(problem.expected(hint), node.position, path);
        }
        rounding
    }

    /// To multiples of an amount in the policy's unit.
    fn rounding_to_multiples(
        &mut self,
        node: &Node,
        multiple: &Node,
        path: &str,
        mode: Option<RoundingMode>,
    ) -> Option<Rounding> {
        let one_way = self.is_said_once(node, path);
        let path = join(path, "multiple");
        let number = self.number(multiple, &path)?;
        let (unit, mode) = (self.unit?, mode?);
        let message = match Amount::from_decimal(number, unit).and_then(|step| Rounding::multiple(step, unit, mode)) {
            Ok(rounding) => return one_way.then_some(rounding),
            Err(MoneyError::Overflow) => words::BEYOND_64_BITS,
            Err(MoneyError::NotWholeFen(..)) => words::STEP_OF_PARTS_OF_FEN,
            Err(_) => words::STEP_NOT_ABOVE_ZERO,
        };
        let problem = Problem::new(Code::BadRounding, message).found(multiple.to_string());
        self.push(problem.expected(words::STEP_SUCH_AS.with(&[&unit])), multiple.position, &path);
        None
    }

    pub(crate) fn source(&mut self, node: &Node) -> Source {
        if self.table(node, "source", SOURCE_NAMES).is_none() {
            return Source::default();
        }
        let status = self.optional_text(node, "status", "source").and_then(|text| {
            let known = [Status::Draft, Status::InForce, Status::Expired];
            let status = known.into_iter().find(|status| status.as_str() == text);
            if status.is_none() {
                let problem = Problem::new(Code::UnknownWord, words::NO_STATUS).found(&text);
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

    /// Clauses with their own words.
    pub(crate) fn clauses(&mut self, node: Option<&Node>) -> Vec<ClauseWords> {
        let mut clauses = Vec::new();
        let Some(entries) = node.and_then(|node| self.any_table(node, "clauses")) else { return clauses };
        let entries = self.at_most(entries, WORDS_LIMIT, node.and_then(|node| node.position), "clauses");
        for (key, words) in entries {
            let words = self.text(words, &join("clauses", &key.text));
            clauses.extend(words.map(|words| ClauseWords { clause: key.text.trim().to_owned(), words }));
        }
        clauses
    }

    /// Ids that a reading names, each of them known.
    fn named_ids(
        &mut self,
        item: &Node,
        (key, path): (&str, &str),
        (code, no_such): (Code, Phrase),
        known: &[&str],
    ) -> Option<Vec<String>> {
        let (node, path) = (item.get(key)?, join(path, key));
        let mut ids = Vec::new();
        for (number, id) in self.list(Some(node), &path).iter().enumerate() {
            let path = join(&path, &number.to_string());
            let Some(text) = self.text(id, &path) else { continue };
            if known.contains(&text.as_str()) {
                ids.push(text);
            } else {
                let problem = Problem::new(code, no_such).found(&text);
                self.push(problem.expected(did_you_mean_level(&text, known.iter().copied())), id.position, &path);
            }
        }
        Some(ids)
    }

    /// `layers`, `classes`: those that there are.
    pub(crate) fn readings(&mut self, node: Option<&Node>, layers: &[String], classes: &[Named]) -> Vec<Reading> {
        let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
        let classes: Vec<&str> = classes.iter().map(|class| class.id.as_str()).collect();
        let mut readings: Vec<Reading> = Vec::new();
        let mut ids = HashSet::new();
        for (index, item) in self.list(node, "readings").iter().enumerate() {
            let path = join_item("readings", index, item);
            if self.table(item, &path, READING_NAMES).is_none() {
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
            let no_class = (Code::UnknownClass, words::NO_CLASS_OF_POLICY);
            let of_classes = self.named_ids(item, ("classes", &path), no_class, &classes);
            let no_layer = (Code::UnknownLayer, common::NO_LAYER_OF_POLICY);
            let of_layers = self.named_ids(item, ("layers", &path), no_layer, &layers);
            if let (Some(id), Some(question), Some(chosen)) = (id, question, chosen) {
                let (classes, layers) = (of_classes, of_layers);
                readings.push(Reading { id, question, chosen, alternatives, clause, classes, layers });
            }
        }
        readings
    }
}
