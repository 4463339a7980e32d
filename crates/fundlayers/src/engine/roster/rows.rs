//! A roster from a program's own structs.

use serde::Serialize;

use super::{Roster, RosterBuilder};
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::policy::document::{Node, NodeValue};
use crate::rows::keyed;
use crate::rows::records::Cell;

impl Roster {
    /// The roster that a program's own rows are through serde: structs or maps whose keys are columns of a roster, by key
    /// or title, with texts, whole numbers, decimals, flags, or nothing. Amounts and rates are decimals or texts of their
    /// digits, never binary floats. Rows in problems count from 1.
    ///
    /// # Errors
    ///
    /// As a roster from a file, every problem at once; what serde cannot give ([`Code::WrongType`]); a key that stands
    /// twice in a row ([`Code::Syntax`]); and rows that have too few keys in common ([`Code::TooLarge`]).
    ///
    /// ```
    /// use fundlayers::{Policy, Roster};
    /// #[derive(serde::Serialize)]
    /// struct Place<'a> { name: &'a str, county: &'a str, pupils: u32 }
    /// # let policy: Policy = serde_json::from_str(r#"{
    /// #   "id": "p", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "元",
    /// #   "layers": [{ "id": "state", "payer": "state" }], "payers": { "state": {} },
    /// #   "attributes": { "pupils": { "type": "number" } },
    /// #   "classes": [{ "id": "school", "funding": { "state": { "rate": 1000, "of": "pupils" } } }]
    /// # }"#)?;
    /// let rows = [Place { name: "一小", county: "王益区", pupils: 300 }];
    /// let (roster, warnings) = Roster::from_rows(&policy, &rows)?;
    /// assert!(warnings.is_empty());
    /// assert_eq!(roster.get(0).map(|place| place.id()), Some("王益区/一小"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_rows<'r, T: Serialize + 'r>(
        policy: &Policy,
        rows: impl IntoIterator<Item = &'r T>,
    ) -> Result<(Self, Problems), Problems> {
        let mut problems = Problems::new();
        let mut records: Vec<Vec<(String, NodeValue)>> = Vec::new();
        for (number, row) in (1_u32..).zip(rows) {
            match record(row) {
                Ok(record) => records.push(record),
                Err(message) => problems.push(Problem::new(Code::WrongType, message).row(number)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let rows = records.iter().map(|record| (None, record.iter().map(|(key, value)| (key.as_str(), cell(value)))));
        keyed::read(rows, problems, |titles| RosterBuilder::new(policy, titles))
    }
}

/// The columns of a row, each with a plain value.
fn record<T: Serialize>(row: &T) -> Result<Vec<(String, NodeValue)>, String> {
    let node = Node::from_value(row).map_err(|error| error.to_string())?;
    let NodeValue::Table(entries) = node.value else {
        return Err(format!("a row is {}, not a table", node.type_name()));
    };
    let plain = |(key, node): (crate::policy::document::Key, Node)| match node.value {
        NodeValue::List(_) | NodeValue::Table(_) => Err(format!("`{}` is {}, not a cell", key.text, node.type_name())),
        value => Ok((key.text, value)),
    };
    entries.into_iter().map(plain).collect()
}

/// What stands in a cell; nothing for what is no plain value.
pub(crate) fn cell(value: &NodeValue) -> Cell<'_> {
    match value {
        NodeValue::Text(text) => Cell::Text(text),
        NodeValue::Number(digits) => Cell::Number(digits),
        NodeValue::Bool(flag) => Cell::Flag(*flag),
        NodeValue::Null | NodeValue::List(_) | NodeValue::Table(_) => Cell::Blank,
    }
}
