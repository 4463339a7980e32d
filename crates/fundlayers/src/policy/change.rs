//! Changing values of a policy by their paths.

use super::Policy;
use crate::ground::catalogue::policy as words;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::did_you_mean;
use crate::policy::document::{Key, Node, NodeValue};

pub(crate) fn with_changes<'a>(
    document: &Node,
    changes: impl IntoIterator<Item = (&'a str, Node)>,
) -> Result<(Policy, Problems), Problems> {
    let mut document = document.clone();
    let mut problems = Problems::new();
    for (path, value) in changes {
        if let Err(problem) = set(&mut document, path, value) {
            problems.push(problem.key(path));
        }
    }
    if problems.has_errors() { Err(problems) } else { Policy::from_document(&document) }
}

/// The value that stands at a path.
pub(crate) fn get<'n>(document: &'n Node, path: &str) -> Result<&'n Node, Problem> {
    let mut node = document;
    for part in parts(path.trim()).ok_or_else(|| not_a_path(path))? {
        node = inner(node, &part).ok_or_else(|| no_such_place(node, &part))?;
    }
    Ok(node)
}

/// The parts of a path: between dots, or in double quotes where an id has dots of its own.
pub(crate) fn parts(path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    for c in path.chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    (!quoted && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

fn set(document: &mut Node, path: &str, value: Node) -> Result<(), Problem> {
    let parts = parts(path.trim()).ok_or_else(|| not_a_path(path))?;
    let (last, way) = parts.split_last().ok_or_else(|| not_a_path(path))?;
    let mut node = document;
    for part in way {
        node = step(node, part)?;
    }
    if let NodeValue::Table(entries) = &mut node.value
        && !entries.iter().any(|(key, _)| key.text == *last)
    {
        // A key that is new to its table is for the reader of policies to judge.
        entries.push((Key::from(last.as_str()), value));
        return Ok(());
    }
    *step(node, last)? = value;
    Ok(())
}

fn not_a_path(path: &str) -> Problem {
    Problem::new(Code::UnknownPath, words::NO_PATH).found(path).expected(words::SUCH_AS_PATH)
}

fn no_such_place(node: &Node, part: &str) -> Problem {
    let known: Vec<String> = match &node.value {
        NodeValue::Table(entries) => entries.iter().map(|(key, _)| key.text.clone()).collect(),
        NodeValue::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| id(item).map_or_else(|| index.to_string(), str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    let problem = Problem::new(Code::UnknownPath, words::NO_SUCH_PLACE).found(part);
    if known.is_empty() { problem } else { problem.expected(did_you_mean(part, known.iter().map(String::as_str))) }
}

/// Where the part of a node stands that a path goes on with.
fn place(node: &Node, part: &str) -> Option<usize> {
    match &node.value {
        NodeValue::Table(entries) => entries.iter().position(|(key, _)| key.text == part),
        NodeValue::List(items) => items.iter().position(|item| id(item) == Some(part)).or_else(|| part.parse().ok()),
        _ => None,
    }
}

fn inner<'n>(node: &'n Node, part: &str) -> Option<&'n Node> {
    let place = place(node, part)?;
    match &node.value {
        NodeValue::Table(entries) => entries.get(place).map(|(_, node)| node),
        NodeValue::List(items) => items.get(place),
        _ => None,
    }
}

/// The part of a node that a path goes on with.
fn step<'n>(node: &'n mut Node, part: &str) -> Result<&'n mut Node, Problem> {
    if inner(node, part).is_none() {
        return Err(no_such_place(node, part));
    }
    let place = place(node, part).unwrap_or_default();
    match &mut node.value {
        NodeValue::Table(entries) => entries.get_mut(place).map(|(_, node)| node),
        NodeValue::List(items) => items.get_mut(place),
        _ => None,
    }
    .ok_or_else(|| not_a_path(part))
}

fn id(node: &Node) -> Option<&str> {
    match &node.get("id")?.value {
        NodeValue::Text(id) => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_by_keys_ids_and_numbers() {
        let mut document: Node =
            serde_json::from_str(r#"{ "years": [2023, 2025], "classes": [{ "id": "a.b", "standard": 1 }] }"#).unwrap();
        let number = |digits: &str| Node::new(NodeValue::Number(digits.to_owned()));
        set(&mut document, "classes.\"a.b\".standard", number("2")).unwrap();
        set(&mut document, "years.1", number("2024")).unwrap();
        set(&mut document, "classes.0.expected", number("3")).unwrap();
        assert_eq!(
            document.to_string(),
            r#"{ years = [2023, 2024], classes = [{ id = "a.b", standard = 2, expected = 3 }] }"#
        );
        for path in ["clases.0.standard", "classes.b.standard", "years.2", "years.1.x", "", "a..b", "\"a"] {
            assert_eq!(set(&mut document, path, number("1")).unwrap_err().code(), Code::UnknownPath, "{path}");
        }
    }
}
