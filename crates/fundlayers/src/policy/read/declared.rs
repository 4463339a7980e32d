//! What rules may name: kinds, designations, payers, attributes, layers.

use hashbrown::{HashMap, HashSet};

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{AttributeIndex, PayerIndex};
use crate::ground::language::Name;
use crate::ground::message::Phrase;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::{did_you_mean, did_you_mean_level};
use crate::ground::titles::{COLUMN_HEADERS, COLUMN_KEYS};
use crate::policy::document::{Node, NodeValue};
use crate::policy::path::{join, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT, is_digits};
use crate::policy::tables::{ATTRIBUTE_NAMES, LAYER_NAMES, LAYERS_LIMIT, PAYER_NAMES, RESULT_KEYS};
use crate::policy::{Attribute, AttributeType, CheckSubject, Layer, Named, Payer, Sign};

impl Reader {
    /// The id of a list's part, seen for the first time.
    pub(crate) fn new_id(&mut self, node: &Node, path: &str, seen: &mut HashSet<String>) -> Option<String> {
        let path = join(path, "id");
        let id = self.text(node, &path)?;
        if !seen.insert(id.clone()) {
            let problem = Problem::new(Code::DuplicateId, words::TWICE).found(&id).expected(words::OWN_ID_FOR_EACH);
            self.push(problem, node.position, &path);
        }
        Some(id)
    }

    pub(crate) fn reserved(&mut self, id: &str, why: Phrase, position: Option<Position>, path: &str) {
        let problem = Problem::new(Code::ReservedId, why).found(id).expected(words::ANOTHER_ID);
        self.push(problem, position, path);
    }

    /// `[kinds]`, `[designations]`, `[payers]`.
    pub(crate) fn named(&mut self, node: Option<&Node>, path: &str, reserved: &[&str]) -> Vec<Named> {
        let Some(entries) = node.and_then(|node| self.any_table(node, path)) else { return Vec::new() };
        let entries = self.at_most(entries, WORDS_LIMIT, node.and_then(|node| node.position), path);
        let mut list = Vec::new();
        let mut words = HashMap::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let path = join(path, &key.text);
            if reserved.contains(&key.text.as_str()) {
                self.reserved(&key.text, words::MEANS_OWN_COUNTY, key.position, &path);
            }
            let name = self.name(Some(value), &path, Some(&key.text)).unwrap_or_else(|| Name::both(&key.text));
            self.distinct(&mut words, index, &key.text, &name, key.position, &path);
            list.push(Named { id: key.text.clone(), name });
        }
        list
    }

    /// A roster may use the id or either name, so that no two may share one.
    pub(crate) fn distinct(
        &mut self,
        words: &mut HashMap<String, usize>,
        index: usize,
        id: &str,
        name: &Name,
        position: Option<Position>,
        path: &str,
    ) {
        if id.trim().is_empty() {
            self.push(Problem::new(Code::ReservedId, words::BLANK_ID).expected(words::GIVE_NAME), position, path);
        }
        for word in [id, &name.zh, &name.en] {
            if *words.entry(word.to_owned()).or_insert(index) != index {
                let problem = Problem::new(Code::DuplicateId, words::WORD_FOR_TWO).found(word);
                self.push(problem.expected(words::NAMES_DIFFER), position, path);
            }
        }
    }

    pub(crate) fn attributes(&mut self, node: Option<&Node>) -> Vec<Attribute> {
        let Some(entries) = node.and_then(|node| self.any_table(node, "attributes")) else { return Vec::new() };
        let entries = self.at_most(entries, WORDS_LIMIT, node.and_then(|node| node.position), "attributes");
        let mut list = Vec::new();
        let mut words = HashMap::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let path = join("attributes", &key.text);
            self.value_id(&key.text, false, key.position, &path);
            if self.table(value, &path, ATTRIBUTE_NAMES).is_none() {
                continue;
            }
            let zh = self.optional_text(value, "zh", &path).unwrap_or_else(|| key.text.clone());
            let en = self.optional_text(value, "en", &path).unwrap_or_else(|| key.text.clone());
            let name = Name { zh, en };
            self.distinct(&mut words, index, &key.text, &name, key.position, &path);
            for word in [&name.zh, &name.en] {
                let taken = COLUMN_KEYS.contains(&word.as_str()) || COLUMN_HEADERS.contains(&word.as_str());
                if taken && *word != key.text {
                    self.reserved(word, words::OTHER_COLUMN, key.position, &path);
                }
            }
            let attribute_type =
                self.required(value, "type", &path).and_then(|node| self.attribute_type(node, &join(&path, "type")));
            let unit = self.optional_text(value, "unit", &path);
            let subject = value.get("subject").and_then(|node| {
                let known = &CheckSubject::ALL;
                self.check_subject(node, &join(&path, "subject"), known)
            });
            // A wrong type has been said; number lets the rest be checked.
            let attribute_type = attribute_type.unwrap_or(AttributeType::Number);
            list.push(Attribute { id: key.text.clone(), name, attribute_type, unit, subject });
        }
        list
    }

    pub(crate) fn attribute_type(&mut self, node: &Node, path: &str) -> Option<AttributeType> {
        let text = self.text(node, path)?;
        let known = [AttributeType::Number, AttributeType::Flag, AttributeType::Text];
        let found = known.into_iter().find(|t| t.as_str() == text);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, words::NO_ATTRIBUTE_TYPE).found(&text);
            self.push(problem.expected(did_you_mean(&text, known.map(AttributeType::as_str))), node.position, path);
        }
        found
    }

    /// Ids that rules may read must not mean anything else.
    ///
    /// A layer may be called `county`: rules that name it mean the layer, conditions mean the column.
    pub(crate) fn value_id(&mut self, id: &str, of_layer: bool, position: Option<Position>, path: &str) {
        if is_digits(id) {
            self.reserved(id, words::DIGITS_ONLY, position, path);
        } else if id == "standard" || id == "equal" || (COLUMN_KEYS.contains(&id) && !(of_layer && id == "county")) {
            self.reserved(id, words::MEANS_SOMETHING, position, path);
        }
    }

    pub(crate) fn layers(&mut self, node: Option<&Node>, payers: &[Named], attributes: &[Attribute]) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut ids = HashSet::new();
        let items = self.list(node, "layers");
        let items = self.at_most(items, LAYERS_LIMIT, node.and_then(|node| node.position), "layers");
        for (index, item) in items.iter().enumerate() {
            let path = join_item("layers", index, item);
            if self.table(item, &path, LAYER_NAMES).is_none() {
                continue;
            }
            let id_node = self.required(item, "id", &path);
            let id = id_node.and_then(|node| self.new_id(node, &path, &mut ids));
            if let (Some(id), Some(node)) = (&id, id_node) {
                let id_path = join(&path, "id");
                self.value_id(id, true, node.position, &id_path);
                if RESULT_KEYS.contains(&id.as_str()) {
                    self.reserved(id, words::COLUMN_OF_RESULTS, node.position, &id_path);
                }
                if attributes.iter().any(|attribute| attribute.id == *id) {
                    self.reserved(id, words::ATTRIBUTE_TOO, node.position, &id_path);
                }
            }
            let payer = self
                .required(item, "payer", &path)
                .and_then(|node| self.payer(node, &join(&path, "payer"), payers, attributes));
            let sign = item.get("sign").and_then(|node| self.sign(node, &join(&path, "sign")));
            let own = item.get("rounding").and_then(|node| self.rounding(node, &join(&path, "rounding")));
            let clause = self.optional_text(item, "clause", &path);
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            if let (Some(id), Some(name)) = (id, name) {
                // What is wrong with the rest has been said; the layer must exist for the rest to be checked.
                layers.push(Layer {
                    id,
                    name,
                    payer: payer.unwrap_or(Payer::County),
                    sign: sign.unwrap_or_default(),
                    rounding: own.or(self.step).unwrap_or_default(),
                    // Read when all that it may name is known.
                    limit: None,
                    clause,
                });
            }
        }
        layers
    }

    /// An attribute of type text, by its id.
    pub(crate) fn text_attribute(
        &mut self,
        node: &Node,
        path: &str,
        attributes: &[Attribute],
    ) -> Option<AttributeIndex> {
        let id = self.text(node, path)?;
        let Some(at) = attributes.iter().position(|attribute| attribute.id == id) else {
            let of_texts = attributes.iter().filter(|attribute| attribute.attribute_type == AttributeType::Text);
            let hint = did_you_mean(&id, of_texts.map(|attribute| attribute.id.as_str()));
            let problem = Problem::new(Code::UnknownAttribute, words::ATTRIBUTE_NOT_DECLARED).found(&id);
            self.push(problem.expected(hint), node.position, path);
            return None;
        };
        let attribute_type = attributes.get(at)?.attribute_type;
        if attribute_type != AttributeType::Text {
            let message = words::OF_TYPE.with(&[&attribute_type.as_str()]);
            let problem = Problem::new(Code::WrongAttributeType, message).found(&id);
            self.push(problem.expected(words::ATTRIBUTE_OF_TEXT), node.position, path);
            return None;
        }
        Some(AttributeIndex::new(at))
    }

    fn sign(&mut self, node: &Node, path: &str) -> Option<Sign> {
        let text = self.text(node, path)?;
        let known = [Sign::NotNegative, Sign::Any];
        let found = known.into_iter().find(|sign| sign.as_str() == text);
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, words::NO_SIGN).found(&text);
            self.push(problem.expected(did_you_mean(&text, known.map(Sign::as_str))), node.position, path);
        }
        found
    }

    pub(crate) fn payer(
        &mut self,
        node: &Node,
        path: &str,
        payers: &[Named],
        attributes: &[Attribute],
    ) -> Option<Payer> {
        match &node.value {
            NodeValue::Table(_) => {
                self.table(node, path, PAYER_NAMES)?;
                let attribute = self.required(node, "attribute", path)?;
                return self.text_attribute(attribute, &join(path, "attribute"), attributes).map(Payer::Attribute);
            }
            NodeValue::Text(_) => {}
            _ => {
                self.wrong_type(node, path, words::PAYER_OR_TABLE);
                return None;
            }
        }
        let text = self.text(node, path)?;
        if text == "county" {
            return Some(Payer::County);
        }
        let found = payers.iter().position(|payer| payer.id == text);
        if found.is_none() {
            let known = payers.iter().map(|payer| payer.id.as_str()).chain(["county"]);
            let problem = Problem::new(Code::UnknownPayer, words::PAYER_NOT_DECLARED).found(&text);
            self.push(problem.expected(did_you_mean_level(&text, known)), node.position, path);
        }
        found.map(|body| Payer::Body(PayerIndex::new(body)))
    }
}
