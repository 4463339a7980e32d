//! Paths to the values of a policy: one grammar for what problems name, for changes, scenarios and questions.
//!
//! A path is parts between points, such as `classes.municipal-town.standard`. A part is a key of a table, or of a list the
//! `id` of an item or its number from 0. A part in double quotes may have points and anything else; a double quote in it is
//! written twice. Digits in quotes are an id and never a number.

use std::borrow::Cow;
use std::fmt;

use hashbrown::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ground::catalogue::policy as words;
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::{did_you_mean_level, typed_outside_quotes};
use crate::policy::document::{Key, Node, NodeValue};

/// A path to a value of a policy.
///
/// What a problem names as its key is the text of a path, and can be given to
/// [`Policy::with_changes`](crate::Policy::with_changes) as it stands.
///
/// ```
/// use fundlayers::Path;
/// let path = Path::parse("classes.\"a.b\".standard")?;
/// assert_eq!(path.parts().collect::<Vec<_>>(), ["classes", "a.b", "standard"]);
/// assert_eq!(path.to_string(), "classes.\"a.b\".standard");
/// assert_eq!(Path::new(["classes", "a.b", "standard"]), path);
/// # Ok::<(), fundlayers::Problem>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path(Vec<Part>);

#[derive(Debug, Clone)]
struct Part {
    text: String,
    /// Digits that were in quotes: an id, not a number.
    quoted: bool,
}

impl PartialEq for Part {
    /// By the text: both ways to write an id of digits name the same item, where there is one.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Part {}

impl std::hash::Hash for Part {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Path {
    /// A path of keys and ids, in whatever letters.
    pub fn new<T: Into<String>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self(parts.into_iter().map(|text| Part { text: text.into(), quoted: false }).collect())
    }

    /// Reads a path.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownPath`] for a part without letters, or a quote that is not closed.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let not_a_path = || {
            let problem = Problem::new(Code::UnknownPath, words::NO_PATH).found(text);
            problem.expected(words::SUCH_AS_PATH)
        };
        let mut parts = Vec::new();
        let (mut part, mut open, mut quoted) = (String::new(), false, false);
        let mut finish = |part: &mut String, quoted: &mut bool| {
            let (text, was_quoted) = (std::mem::take(part), std::mem::take(quoted));
            let good = was_quoted || !text.is_empty();
            parts.push(Part { quoted: was_quoted && is_digits(&text), text });
            good
        };
        let mut complete = true;
        let mut letters = text.trim().chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if open && letters.next_if_eq(&'"').is_some() => part.push('"'),
                '"' => (open, quoted) = (!open, true),
                '.' if !open => complete &= finish(&mut part, &mut quoted),
                letter => part.push(letter),
            }
        }
        complete &= finish(&mut part, &mut quoted);
        if complete && !open { Ok(Self(parts)) } else { Err(not_a_path()) }
    }

    /// The path and the value of a change as commands have it, `PATH=VALUE`; none without an `=` outside quotes. Signs and
    /// digits that were typed in Chinese mode are read as what is meant.
    ///
    /// ```
    /// # use fundlayers::Path;
    /// let change = |path: &str, value: &str| Some((path.to_owned(), value.to_owned()));
    /// assert_eq!(Path::split_change("classes.\"a=b\".standard=650"), change("classes.\"a=b\".standard", "650"));
    /// assert_eq!(Path::split_change("classes.a.standard＝６５０"), change("classes.a.standard", "650"));
    /// ```
    #[must_use]
    pub fn split_change(change: &str) -> Option<(String, String)> {
        let mut open = false;
        let (at, _) = change.char_indices().find(|(_, letter)| {
            open ^= matches!(letter, '"' | '“' | '”' | '＂');
            matches!(letter, '=' | '＝') && !open
        })?;
        let (path, value) = change.split_at_checked(at)?;
        let value = value.strip_prefix(['=', '＝'])?.trim();
        Some((typed_outside_quotes(path.trim(), false), typed_outside_quotes(value, true)))
    }

    /// The keys, ids and numbers.
    #[must_use]
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|part| part.text.as_str())
    }

    /// What holds the value; none of a path of one part.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_last()?;
        (!parent.is_empty()).then(|| Self(parent.to_vec()))
    }

    /// The value that stands there in a document.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownPath`] if there is none, with the key or id that comes nearest.
    pub fn lookup<'n>(&self, document: &'n Node) -> Result<&'n Node, Problem> {
        let mut node = document;
        for part in &self.0 {
            node = place(node, part).and_then(|at| child(node, at)).ok_or_else(|| no_such_place(node, &part.text))?;
        }
        Ok(node)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, part) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(".")?;
            }
            f.write_str(&if part.quoted { quoted_id(&part.text) } else { quoted_key(&part.text) })?;
        }
        Ok(())
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A key as a path has it.
fn quoted_key(key: &str) -> Cow<'_, str> {
    // `=` ends the path of `--set`.
    let plain = |letter: char| !(letter.is_whitespace() || letter.is_control() || matches!(letter, '.' | '"' | '='));
    if !key.is_empty() && key.chars().all(plain) { Cow::Borrowed(key) } else { Cow::Owned(in_quotes(key)) }
}

/// The id of a list's item as a path has it.
fn quoted_id(id: &str) -> Cow<'_, str> {
    if is_digits(id) { Cow::Owned(in_quotes(id)) } else { quoted_key(id) }
}

/// The path of a key of a table.
pub(crate) fn join(path: &str, key: &str) -> String {
    let key = quoted_key(key);
    if path.is_empty() { key.into_owned() } else { format!("{path}.{key}") }
}

/// The path of a list's item that has an id.
pub(crate) fn join_id(list: &str, id: &str) -> String {
    format!("{list}.{}", quoted_id(id))
}

/// The path of a list's item: by its id, or its number from 0 where it has none.
pub(crate) fn join_item(list: &str, number: usize, item: &Node) -> String {
    id(item).map_or_else(|| format!("{list}.{number}"), |id| join_id(list, id))
}

fn no_such_place(node: &Node, part: &str) -> Problem {
    let known: Vec<String> = match &node.value {
        NodeValue::Table(entries) => entries.iter().map(|(key, _)| key.text.clone()).collect(),
        NodeValue::List(items) => {
            let name = |(number, item): (usize, &Node)| id(item).map_or_else(|| number.to_string(), str::to_owned);
            items.iter().enumerate().map(name).collect()
        }
        _ => Vec::new(),
    };
    let problem = Problem::new(Code::UnknownPath, words::NO_SUCH_PLACE).found(part);
    if known.is_empty() {
        problem
    } else {
        problem.expected(did_you_mean_level(part, known.iter().map(String::as_str)))
    }
}

/// The id of a list's item, as the reader of policies takes it.
fn id(item: &Node) -> Option<&str> {
    match &item.get("id")?.value {
        NodeValue::Text(id) => Some(id.trim()),
        _ => None,
    }
}

/// Where the part of a node stands that a path goes on with.
fn place(node: &Node, part: &Part) -> Option<usize> {
    match &node.value {
        NodeValue::Table(entries) => entries.iter().position(|(key, _)| key.text == part.text),
        NodeValue::List(items) => {
            items.iter().position(|item| id(item) == Some(part.text.trim())).or_else(|| number(part, items.len()))
        }
        _ => None,
    }
}

/// The item that a part names by its number.
fn number(part: &Part, items: usize) -> Option<usize> {
    let number = part.text.parse().ok().filter(|number| !part.quoted && *number < items);
    number.filter(|_| is_digits(&part.text))
}

fn child(node: &Node, at: usize) -> Option<&Node> {
    match &node.value {
        NodeValue::Table(entries) => entries.get(at).map(|(_, node)| node),
        NodeValue::List(items) => items.get(at),
        _ => None,
    }
}

fn child_mut(node: &mut Node, at: usize) -> Option<&mut Node> {
    match &mut node.value {
        NodeValue::Table(entries) => entries.get_mut(at).map(|(_, node)| node),
        NodeValue::List(items) => items.get_mut(at),
        _ => None,
    }
}

/// The tables of a policy that it need not have, and that a change makes on its way, by the keys to them; `*` is any id or
/// key.
pub(crate) const TABLES: &[&[&str]] = &[
    &["title"],
    &["rounding"],
    &["source"],
    &["kinds"],
    &["kinds", "*"],
    &["designations"],
    &["designations", "*"],
    &["payers"],
    &["payers", "*"],
    &["attributes"],
    &["attributes", "*"],
    &["clauses"],
    &["readings", "*", "question"],
    &["readings", "*", "chosen"],
    &["layers", "*", "name"],
    &["layers", "*", "rounding"],
    &["layers", "*", "limit"],
    &["layers", "*", "limit", "amount"],
    &["figures", "*", "name"],
    &["figures", "*", "value"],
    &["figures", "*", "rounding"],
    &["figures", "*", "note"],
    &["pools", "*", "name"],
    &["pools", "*", "amount"],
    &["pools", "*", "weights"],
    &["pools", "*", "at_least"],
    &["pools", "*", "at_most"],
    &["posts"],
    &["posts", "*"],
    &["projects"],
    &["projects", "categories"],
    &["projects", "categories", "*"],
    &["projects", "shares"],
    &["projects", "shares", "*"],
    &["duties", "*", "name"],
    &["duties", "*", "note"],
    &["checks", "*", "name"],
    &["checks", "*", "must"],
    &["checks", "*", "must", "*"],
    &["checks", "*", "when"],
    &["checks", "*", "when", "*"],
    &["checks", "*", "note"],
    &["classes", "*", "name"],
    &["classes", "*", "where"],
    &["classes", "*", "where", "*"],
    &["classes", "*", "standard"],
    &["classes", "*", "note"],
    &["classes", "*", "funding"],
    &["classes", "*", "funding", "*"],
    &["classes", "*", "funding", "*", "when"],
    &["classes", "*", "funding", "*", "when", "*"],
    &["classes", "*", "funding", "*", "rounding"],
    &["classes", "*", "funding", "*", "note"],
];

/// Whether the grammar of policies knows a table there.
fn may_be_made(path: &[Part]) -> bool {
    let fits = |keys: &&&[&str]| {
        keys.len() == path.len() && keys.iter().zip(path).all(|(key, part)| *key == "*" || *key == part.text)
    };
    TABLES.iter().any(|keys| fits(&keys))
}

/// Tables and lists of fewer parts are searched without an index.
const FEW: usize = 16;

/// Where the parts of a table or list stand, once many of them are asked for.
#[derive(Default)]
struct Places {
    by_name: Option<HashMap<String, usize>>,
    inner: HashMap<usize, Places>,
}

impl Places {
    fn place(&mut self, node: &Node, part: &Part) -> Option<usize> {
        let by_name = |names: &mut dyn Iterator<Item = Option<&str>>| {
            let mut places = HashMap::new();
            for (at, name) in names.enumerate() {
                if let Some(name) = name {
                    // The first of a name counts.
                    places.entry_ref(name).or_insert(at);
                }
            }
            places
        };
        match &node.value {
            NodeValue::Table(entries) if entries.len() >= FEW => {
                let places = self
                    .by_name
                    .get_or_insert_with(|| by_name(&mut entries.iter().map(|(key, _)| Some(key.text.as_str()))));
                places.get(&part.text).copied()
            }
            NodeValue::List(items) if items.len() >= FEW => {
                let places = self.by_name.get_or_insert_with(|| by_name(&mut items.iter().map(id)));
                places.get(part.text.trim()).copied().or_else(|| number(part, items.len()))
            }
            _ => place(node, part),
        }
    }
}

/// A document on the way to be another.
struct Changed {
    document: Node,
    places: Places,
}

impl Changed {
    /// Puts a value in its place. Gives that place, items of lists by their id where they have one, and what stood there.
    fn set(&mut self, path: &Path, value: Node) -> Result<(Path, Option<Node>), Problem> {
        let (mut node, mut places) = (&mut self.document, &mut self.places);
        let Some((last, way)) = path.0.split_last() else { return Ok((path.clone(), None)) };
        let mut stood = Path(Vec::with_capacity(path.0.len()));
        // Nothing is made on the way before all of it is known to be good: what is made is a table, in which anything may be.
        for (depth, part) in way.iter().enumerate() {
            let at = match places.place(node, part) {
                Some(at) => at,
                None => match &mut node.value {
                    NodeValue::Table(entries) if may_be_made(path.0.get(..=depth).unwrap_or_default()) => {
                        if let Some(by_name) = &mut places.by_name {
                            by_name.insert(part.text.clone(), entries.len());
                        }
                        entries.push((Key::from(part.text.as_str()), Node::new(NodeValue::Table(Vec::new()))));
                        entries.len().saturating_sub(1)
                    }
                    _ => return Err(no_such_place(node, &part.text)),
                },
            };
            if depth.saturating_add(2) == path.0.len() && last.text == "id" {
                // Its item gets another name.
                places.by_name = None;
            }
            stood.0.push(named(node, at, part));
            places = places.inner.entry(at).or_default();
            node = match child_mut(node, at) {
                Some(child) => child,
                None => return Err(Problem::new(Code::UnknownPath, words::NO_SUCH_PLACE).found(&part.text)),
            };
        }
        let at = places.place(node, last);
        stood.0.push(at.map_or_else(|| last.clone(), |at| named(node, at, last)));
        match (&mut node.value, at) {
            (NodeValue::Table(entries), None) => {
                // A key that is new to its table is for the reader of policies to judge.
                if let Some(by_name) = &mut places.by_name {
                    by_name.insert(last.text.clone(), entries.len());
                }
                entries.push((Key::from(last.text.as_str()), value));
                Ok((stood, None))
            }
            (_, Some(at)) => {
                places.inner.remove(&at);
                let in_list = matches!(node.value, NodeValue::List(_));
                if let Some(child) = child_mut(node, at) {
                    if in_list && id(child) != id(&value) {
                        places.by_name = None;
                    }
                    return Ok((stood, Some(std::mem::replace(child, value))));
                }
                Ok((stood, None))
            }
            (_, None) => Err(no_such_place(node, &last.text)),
        }
    }
}

/// The part that names a child: of a list's item its id, where it has one.
fn named(node: &Node, at: usize, part: &Part) -> Part {
    match (&node.value, child(node, at).and_then(id)) {
        (NodeValue::List(_), Some(id)) => Part { text: id.to_owned(), quoted: is_digits(id) },
        _ => part.clone(),
    }
}

/// A document with other values, and whether they are all within the classes of a policy. Each value is told with its
/// place and what stood there before.
pub(crate) fn with_changes<'a>(
    document: Node,
    changes: impl IntoIterator<Item = (&'a str, Node)>,
    mut tell: impl FnMut(Path, Option<Node>, &Node),
) -> Result<(Node, bool), Problems> {
    let mut changed = Changed { document, places: Places::default() };
    let mut problems = Problems::new();
    let mut only_classes = true;
    for (path, value) in changes {
        let after = value.clone();
        match Path::parse(path).and_then(|path| changed.set(&path, value)) {
            Ok((path, before)) => {
                only_classes &= path.0.len() > 1 && path.parts().next() == Some("classes");
                tell(path, before, &after);
            }
            Err(problem) => problems.push(problem.key(path)),
        }
    }
    if problems.has_errors() { Err(problems) } else { Ok((changed.document, only_classes)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(text: &str) -> Node {
        serde_json::from_str(text).unwrap()
    }

    fn number(digits: &str) -> Node {
        Node::new(NodeValue::Number(digits.to_owned()))
    }

    fn set(document: &mut Node, path: &str, value: Node) -> Result<(), Problem> {
        let mut changed = Changed { document: document.clone(), places: Places::default() };
        Path::parse(path).and_then(|path| changed.set(&path, value))?;
        *document = changed.document;
        Ok(())
    }

    #[test]
    fn paths_go_by_keys_ids_and_numbers() {
        let mut document = document(r#"{ "years": [2023, 2025], "classes": [{ "id": "a.b", "standard": 1 }] }"#);
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

    #[test]
    fn digits_are_an_id_before_a_number_and_in_quotes_nothing_else() {
        let document = document(r#"{ "classes": [{ "id": "a" }, { "id": " 0 " }, {}] }"#);
        let at = |path: &str| Path::parse(path).unwrap().lookup(&document).map(Node::to_string).ok();
        assert_eq!(at("classes.0").as_deref(), Some(r#"{ id = " 0 " }"#));
        assert_eq!(at("classes.\"0\"").as_deref(), Some(r#"{ id = " 0 " }"#));
        assert_eq!(at("classes.2").as_deref(), Some("{}"));
        for path in ["classes.\"2\"", "classes.3", "classes.+2"] {
            assert_eq!(at(path), None, "{path}");
        }
    }

    #[test]
    fn tables_that_the_grammar_knows_are_made_on_the_way() {
        let mut document = document(r#"{ "classes": [{ "id": "a" }] }"#);
        set(&mut document, "rounding.places", number("0")).unwrap();
        set(&mut document, "classes.a.where.pupils.at_least", number("5")).unwrap();
        assert_eq!(
            document.to_string(),
            "{ classes = [{ id = \"a\", where = { pupils = { at_least = 5 } } }], rounding = { places = 0 } }"
        );
        for path in
            ["rouding.places", "rounding.unit.places", "classes.a.wher.pupils", "pools.q.amount", "layers.0.payer"]
        {
            assert_eq!(set(&mut document, path, number("1")).unwrap_err().code(), Code::UnknownPath, "{path}");
        }
    }

    #[test]
    fn many_changes_find_what_single_ones_find() {
        let items: Vec<String> = (0..40).map(|n| format!(r#"{{ "id": "c{}", "standard": {n} }}"#, n % 30)).collect();
        let start = document(&format!(r#"{{ "classes": [{}] }}"#, items.join(",")));
        let changes = [
            ("classes.c3.standard", "1"),
            ("classes.35.standard", "2"),
            ("classes.c3.id", "\"d3\""),
            ("classes.d3.standard", "3"),
            // The second of that name is the first now.
            ("classes.c3.standard", "4"),
            ("classes.c4", r#"{ "id": "e4" }"#),
            ("classes.e4.standard", "5"),
            ("classes.c5.expected", "6"),
            ("classes.c5.expected", "7"),
        ];
        let (mut one_by_one, mut together) = (start.clone(), Changed { document: start, places: Places::default() });
        for (path, value) in changes {
            set(&mut one_by_one, path, document(value)).unwrap();
            together.set(&Path::parse(path).unwrap(), document(value)).unwrap();
        }
        assert_eq!(together.document, one_by_one);
        assert!(one_by_one.to_string().contains("{ id = \"d3\", standard = 3 }"));
        assert!(one_by_one.to_string().contains("{ id = \"e4\", standard = 5 }"));
    }

    #[test]
    fn thousands_of_changes_are_made_in_one_go() {
        // Each of them going through all classes would be 400 million comparisons.
        let count = 20_000;
        let items: Vec<String> = (0..count).map(|n| format!(r#"{{ "id": "c{n}" }}"#)).collect();
        let start = document(&format!(r#"{{ "classes": [{}] }}"#, items.join(",")));
        let mut changed = Changed { document: start, places: Places::default() };
        for class in 0..count {
            changed.set(&Path::parse(&format!("classes.c{class}.standard")).unwrap(), number("1")).unwrap();
        }
        let path = Path::parse(&format!("classes.c{}.standard", count - 1)).unwrap();
        assert_eq!(path.lookup(&changed.document), Ok(&number("1")));
    }

    /// Every node with its path, as the reader of policies writes it.
    fn nodes<'n>(node: &'n Node, path: &str, into: &mut Vec<(String, &'n Node)>) {
        match &node.value {
            NodeValue::Table(entries) => {
                for (key, node) in entries {
                    let path = join(path, &key.text);
                    into.push((path.clone(), node));
                    nodes(node, &path, into);
                }
            }
            NodeValue::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    let path = join_item(path, number, item);
                    into.push((path.clone(), item));
                    nodes(item, &path, into);
                }
            }
            _ => {}
        }
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof!["[a-c0-2.\" =\u{3000}中]{0,4}", "[0-9]{1,2}", "[a-z]{1,3}"]
    }

    /// Documents whose lists have items with ids of their own, or without any.
    fn node() -> impl Strategy<Value = Node> {
        let table = |entries: Vec<(String, Node)>| {
            let mut seen = Vec::new();
            let first = |(key, _): &(String, Node)| {
                let new = key != "id" && !seen.contains(key);
                seen.push(key.clone());
                new
            };
            let entries = entries.into_iter().filter(first);
            NodeValue::Table(entries.map(|(key, node)| (Key::from(key.as_str()), node)).collect())
        };
        let leaf =
            prop_oneof![Just(NodeValue::Bool(true)), "[0-9]{1,3}".prop_map(NodeValue::Number)].prop_map(Node::new);
        leaf.prop_recursive(4, 40, 5, move |inner| {
            let entries = proptest::collection::vec((name(), inner.clone()), 0..5);
            let items = proptest::collection::vec(inner.clone(), 0..5).prop_map(NodeValue::List);
            let with_ids = proptest::collection::btree_map(name(), inner, 0..5).prop_map(|items| {
                let mut trimmed: Vec<String> = Vec::new();
                let mut list = Vec::new();
                for (id, inner) in items {
                    if !trimmed.iter().any(|known| known == id.trim()) {
                        trimmed.push(id.trim().to_owned());
                        let id = (Key::from("id"), Node::new(NodeValue::Text(id)));
                        list.push(Node::new(NodeValue::Table(vec![id, (Key::from("inner"), inner)])));
                    }
                }
                NodeValue::List(list)
            });
            prop_oneof![entries.prop_map(table), items, with_ids].prop_map(Node::new)
        })
    }

    proptest! {
        #[test]
        fn every_node_is_found_by_its_path(inner in node()) {
            let document = Node::new(NodeValue::Table(vec![(Key::from("all"), inner)]));
            let mut list = Vec::new();
            nodes(&document, "", &mut list);
            for (path, node) in list {
                let parsed = Path::parse(&path).unwrap();
                prop_assert_eq!(parsed.to_string(), path);
                prop_assert!(std::ptr::eq(parsed.lookup(&document).unwrap(), node));
            }
        }

        #[test]
        fn a_path_is_written_as_it_is_read(parts in proptest::collection::vec(name(), 1..5)) {
            let path = Path::new(parts.clone());
            let read = Path::parse(&path.to_string()).unwrap();
            prop_assert_eq!(read.parts().collect::<Vec<_>>(), parts);
            let (path, change) = (path.to_string(), format!("{path} = 5"));
            prop_assert_eq!(Path::split_change(&change), Some((path.clone(), "5".to_owned())));
        }
    }
}
