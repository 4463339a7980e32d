//! A policy file as read, before it means anything: the tree that TOML, JSON and serde have in common.
//!
//! Numbers stay the digits that the file has, so that nothing passes through a binary float, and every part remembers
//! where it stood, so that a mistake can be pointed at.

use std::borrow::Cow;
use std::fmt;

use hashbrown::HashSet;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::ground::catalogue::ground as words;
use crate::ground::language::Lang;
use crate::ground::message::Phrase;
use crate::ground::number::parse_bare_number;
use crate::ground::position::Position;

pub use super::serialize::ValueError;

/// One value of a document, and where it stood.
///
/// Through serde a node reads any self-describing format; a binary float is refused, because its digits are lost.
///
/// ```
/// use fundlayers::document::{Node, NodeValue};
/// let node: Node = serde_json::from_str(r#"{ "rate": "0.1", "years": [2023, 2025] }"#)?;
/// assert!(matches!(node.get("rate").map(|n| &n.value), Some(NodeValue::Text(digits)) if digits == "0.1"));
/// assert!(serde_json::from_str::<Node>("0.1").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub value: NodeValue,
    /// Where it stood, if it came from a text.
    pub position: Option<Position>,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeValue {
    /// Nothing (JSON's `null`).
    Null,
    /// True or false.
    Bool(bool),
    /// A bare number, by its digits as written.
    Number(String),
    /// A string; dates too.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with values, in the order of the file, each key once.
    Table(Vec<(Key, Node)>),
}

/// A key of a table, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Where it stood, if it came from a text.
    pub position: Option<Position>,
}

impl Node {
    /// How deep a document may be nested.
    pub const DEPTH_LIMIT: usize = 64;

    /// A node without a place.
    #[must_use]
    pub const fn new(value: NodeValue) -> Self {
        Self { value, position: None }
    }

    /// The same without places: for what was given on its own, or is put into another document.
    #[must_use]
    pub fn without_places(self) -> Self {
        Self::new(match self.value {
            NodeValue::List(items) => NodeValue::List(items.into_iter().map(Self::without_places).collect()),
            NodeValue::Table(entries) => {
                let plain = |(key, node): (Key, Self)| (Key { text: key.text, position: None }, node.without_places());
                NodeValue::Table(entries.into_iter().map(plain).collect())
            }
            value => value,
        })
    }

    /// The value under a key, if this is a table that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            NodeValue::Table(entries) => entries.iter().find(|(k, _)| k.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// What this is, in words, for messages.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_phrase().get(Lang::En)
    }

    /// What kind of value it is, for messages.
    pub(crate) const fn type_phrase(&self) -> Phrase {
        match &self.value {
            NodeValue::Null => words::NOTHING,
            NodeValue::Bool(_) => words::TRUE_OR_FALSE,
            NodeValue::Number(_) => words::A_NUMBER,
            NodeValue::Text(_) => words::A_TEXT,
            NodeValue::List(_) => words::A_LIST,
            NodeValue::Table(_) => words::A_TABLE,
        }
    }
}

impl fmt::Display for Node {
    /// As TOML would have it on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            NodeValue::Null => f.write_str("null"),
            NodeValue::Bool(value) => write!(f, "{value}"),
            NodeValue::Number(digits) => f.write_str(digits),
            NodeValue::Text(text) => write!(f, "{text:?}"),
            NodeValue::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            NodeValue::Table(entries) => {
                f.write_str("{")?;
                for (index, (key, node)) in entries.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { " " })?;
                    write!(f, "{} = {node}", key.text)?;
                }
                f.write_str(if entries.is_empty() { "}" } else { " }" })
            }
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), position: None }
    }
}

/// The digits of a bare number as a string may have them: without exponent and underscores.
pub(crate) fn plain_digits(digits: &str) -> Cow<'_, str> {
    if !digits.contains(['e', 'E', '_', '+']) {
        return Cow::Borrowed(digits);
    }
    parse_bare_number(digits).map_or(Cow::Borrowed(digits), |number| Cow::Owned(number.to_string()))
}

/// The largest whole number that every JSON reader keeps exactly: 2^53 − 1.
const JSON_SAFE: i64 = 9_007_199_254_740_991;

impl Serialize for Node {
    /// Whole numbers up to 2^53 − 1 as numbers, every other number as a string of its digits.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            NodeValue::Null => serializer.serialize_unit(),
            NodeValue::Bool(value) => serializer.serialize_bool(*value),
            NodeValue::Number(digits) => {
                let digits = plain_digits(digits);
                match digits.parse::<i64>() {
                    Ok(number) if (-JSON_SAFE..=JSON_SAFE).contains(&number) => serializer.serialize_i64(number),
                    _ => serializer.serialize_str(&digits),
                }
            }
            NodeValue::Text(text) => serializer.serialize_str(text),
            NodeValue::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            NodeValue::Table(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, node) in entries {
                    map.serialize_entry(&key.text, node)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table, a list, a text, a whole number, or true or false")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Number(value.to_string())))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Number(value.to_string())))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Number(value.to_string())))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Number(value.to_string())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        Err(E::custom(format!("`{value}` came as a binary float, whose digits are lost; write it as a string")))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Text(value.to_owned())))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Node, E> {
        Ok(Node::new(NodeValue::Text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::new(NodeValue::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        while let Some((text, node)) = access.next_entry::<String, Node>()? {
            if !seen.insert(text.clone()) {
                return Err(de::Error::custom(format!("the key `{text}` stands twice")));
            }
            entries.push((Key { text, position: None }, node));
        }
        Ok(Node::new(NodeValue::Table(entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_stands_once_however_many_there_are() {
        // Each of them against all before it would be five thousand million comparisons.
        let mut keys: Vec<String> = (0..100_000).map(|number| format!("\"k{number}\": 1")).collect();
        assert!(serde_json::from_str::<Node>(&format!("{{ {} }}", keys.join(","))).is_ok());
        keys.push(keys[0].clone());
        let error = serde_json::from_str::<Node>(&format!("{{ {} }}", keys.join(","))).unwrap_err();
        assert!(error.to_string().contains("`k0` stands twice"), "{error}");
    }

    #[test]
    fn numbers_are_written_so_that_they_are_read_again() {
        for (digits, json) in [
            ("600", "600"),
            ("1e3", "1000"),
            ("1_000", "1000"),
            ("+5", "5"),
            ("-2.50", "\"-2.50\""),
            ("25e-1", "\"2.5\""),
            ("9007199254740992", "\"9007199254740992\""),
            ("0x1F", "\"0x1F\""),
        ] {
            let node = Node::new(NodeValue::Number(digits.to_owned()));
            assert_eq!(serde_json::to_string(&node).unwrap(), json, "{digits}");
        }
    }
}
