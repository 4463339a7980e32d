//! What was changed of a policy: each value with what stood there before, and which amounts rest on it.

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use crate::ground::catalogue::notes as words;
use crate::ground::ids::{ClassIndex, LayerIndex, PoolIndex};
use crate::ground::language::Lang;
use crate::ground::message::{Argument, Message};
use crate::policy::document::{Node, NodeValue};
use crate::policy::rule::reads::Reads;
use crate::policy::{Path, Policy};

/// A value of a policy that [`Policy::with_changes`] changed.
///
/// ```
/// # use fundlayers::Policy;
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// let (changed, _) = policy.with_changes([("classes.0.funding.city", serde_json::from_str("4")?)])?;
/// let change = &changed.changes()[0];
/// assert_eq!(change.path().to_string(), "classes.all.funding.city");
/// assert_eq!((change.before().map(ToString::to_string), change.after().to_string()), (Some("3".into()), "4".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedValue {
    path: Path,
    before: Option<Node>,
    after: Node,
}

impl ChangedValue {
    /// From a path, what stood there, and what stands there now.
    #[must_use]
    pub fn new(path: Path, before: Option<Node>, after: Node) -> Self {
        Self { path, before: before.map(Node::without_places), after: after.without_places() }
    }

    /// The path; items of lists by their id where they have one.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// What stood there; none if nothing did.
    #[must_use]
    pub const fn before(&self) -> Option<&Node> {
        self.before.as_ref()
    }

    /// What stands there now.
    #[must_use]
    pub const fn after(&self) -> &Node {
        &self.after
    }

    /// `classes.municipal-town.standard 600 → 650`.
    pub(crate) fn to_message(&self) -> Message {
        let after = short(&self.after);
        match &self.before {
            Some(before) => words::CHANGED_FROM_TO.with(&[&self.path, &short(before), &after]),
            None => words::CHANGED_TO.with(&[&self.path, &after]),
        }
    }

    /// Whether it changed the value at a path, something in it, or what it is in.
    fn touches(&self, path: &[&str]) -> bool {
        self.path.parts().zip(path).all(|(a, b)| a == *b)
    }

    /// Whether it says what stands at a path.
    fn gives(&self, path: &[&str]) -> bool {
        self.path.parts().len() <= path.len() && self.touches(path)
    }

    /// Whether it is of words, on which no amount rests.
    fn is_of_words(&self) -> bool {
        matches!(self.path.parts().last(), Some("clause" | "note" | "name" | "expected"))
    }
}

/// A value in few letters.
fn short(node: &Node) -> String {
    const LETTERS: usize = 80;
    let text = node.to_string();
    match text.char_indices().nth(LETTERS) {
        Some((at, _)) => [text.get(..at).unwrap_or_default(), "…"].concat(),
        None => text,
    }
}

/// Puts later changes behind earlier ones: of one value only what it was at first and is at last.
pub(super) fn merged(earlier: &[ChangedValue], later: Vec<ChangedValue>) -> Vec<ChangedValue> {
    let mut places: HashMap<Path, usize> = HashMap::new();
    let mut merged: Vec<ChangedValue> = Vec::new();
    for change in earlier.iter().cloned().chain(later) {
        if let Some(known) = places.get(&change.path).and_then(|at| merged.get_mut(*at)) {
            known.after = change.after;
        } else {
            places.insert(change.path.clone(), merged.len());
            merged.push(change);
        }
    }
    merged.retain(|change| !change.before.as_ref().is_some_and(|before| is_same(before, &change.after)));
    merged
}

/// Whether two values are written alike; digits may stand in a text.
fn is_same(a: &Node, b: &Node) -> bool {
    let text = |node: &Node| match &node.value {
        NodeValue::Number(text) | NodeValue::Text(text) => Some(text.clone()),
        _ => None,
    };
    match (text(a), text(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// So many changes are named in a line.
const NAMED: usize = 20;

/// Changes in words, the first of them.
pub(crate) fn listed<'a>(changes: impl IntoIterator<Item = &'a ChangedValue>) -> Option<Message> {
    let mut all = Vec::new();
    let mut left_out = 0_usize;
    for change in changes {
        if all.len() < NAMED { all.push(change.to_message()) } else { left_out = left_out.saturating_add(1) }
    }
    if all.is_empty() {
        return None;
    }
    let list = Argument::list(all);
    Some(if left_out == 0 { words::LIST.with(&[&list]) } else { words::LIST_AND_MORE.with(&[&list, &left_out]) })
}

impl Policy {
    /// The values that [`with_changes`](Self::with_changes) changed, in the order in which they were, each once; none of
    /// a policy as its file has it. Every result of a changed policy says them.
    #[must_use]
    pub fn changes(&self) -> &[ChangedValue] {
        &self.0.changes
    }

    /// The same policy, which says that it is another one with these values changed: for a policy that was kept without.
    #[must_use]
    pub fn stating_changes(mut self, changes: Vec<ChangedValue>) -> Self {
        std::sync::Arc::make_mut(&mut self.0).changes = merged(&[], changes);
        self
    }

    /// What was changed, in words; none if nothing was.
    ///
    /// Every result of a changed policy has it: reports in their notes, charts under their title.
    #[must_use]
    pub fn changes_text(&self, lang: Lang) -> Option<String> {
        listed(self.changes()).map(|list| words::CHANGED.with(&[&list]).to_text(lang))
    }

    /// The title as it heads results: that of a changed policy says that it is changed.
    #[must_use]
    pub fn heading(&self, lang: Lang) -> String {
        let title = self.title();
        if self.changes().is_empty() {
            return title.get(lang).to_owned();
        }
        words::CHANGED_TITLE.with(&[title]).to_text(lang)
    }

    /// The changes that the amount of a class in a layer rests on.
    pub(crate) fn changes_behind(&self, class: ClassIndex, layer: LayerIndex) -> Vec<&ChangedValue> {
        if self.changes().is_empty() {
            return Vec::new();
        }
        let mut behind = vec![false; self.changes().len()];
        self.mark(class, layer, &mut behind, &mut HashSet::new());
        self.changes().iter().zip(behind).filter_map(|(change, is_behind)| is_behind.then_some(change)).collect()
    }

    fn mark(
        &self,
        number: ClassIndex,
        layer: LayerIndex,
        behind: &mut [bool],
        seen: &mut HashSet<(ClassIndex, LayerIndex)>,
    ) {
        if !seen.insert((number, layer)) {
            return;
        }
        let Some(class) = self.classes().get(number.number()) else { return };
        let Some(rule) = class.funding.get(layer.number()).and_then(Option::as_ref) else { return };
        let mut reads = Reads::new(self.figures(), self.aggregates());
        rule.eval(&mut reads);
        if let Some(limit) = self.layer(layer).and_then(|layer| layer.limit.as_ref()) {
            limit.amount.eval(&mut reads);
            let pools = std::mem::take(&mut reads.left_of);
            reads.pools.extend(pools);
        }
        if let Some(standard) = class.standard.as_ref().filter(|_| reads.standard) {
            standard.eval(&mut reads);
        }
        let id = class.id.as_str();
        let own = self.layer(layer).map_or("", |layer| layer.id.as_str());
        let mut paths = vec![vec!["classes", id, "funding", own], vec!["rounding"], vec!["unit"]];
        paths.push(vec!["layers", own, "sign"]);
        paths.push(vec!["layers", own, "rounding"]);
        paths.push(vec!["layers", own, "limit"]);
        // A pool, what it reads, and the pools before it whose rest it reads.
        let mut next = 0;
        while let Some(pool) = reads.pools.get(next).and_then(|pool| self.pool(*pool)) {
            next = next.saturating_add(1);
            paths.push(vec!["pools", pool.id.as_str()]);
            reads.pool_data(pool);
            let more = std::mem::take(&mut reads.left_of);
            let new: Vec<PoolIndex> = more.into_iter().filter(|pool| !reads.pools.contains(pool)).collect();
            reads.pools.extend(new);
        }
        if reads.standard {
            paths.push(vec!["classes", id, "standard"]);
        }
        let attributes = reads.attributes.iter().filter_map(|attribute| self.attribute(*attribute));
        paths.extend(attributes.map(|attribute| vec!["attributes", attribute.id.as_str()]));
        let figures = reads.figures.iter().filter_map(|figure| self.figure(*figure));
        paths.extend(figures.map(|figure| vec!["figures", figure.id.as_str()]));
        for (change, is_behind) in self.changes().iter().zip(&mut *behind) {
            *is_behind |= !change.is_of_words() && paths.iter().any(|path| change.touches(path));
        }
        // An aggregate may read the layers of any class.
        let all = 0..self.classes().len();
        let of_class = number.number()..number.number().saturating_add(1);
        let classes = if reads.aggregates.is_empty() { of_class } else { all };
        for read in reads.layers.into_iter().chain(reads.last_year) {
            for class in classes.clone() {
                self.mark(ClassIndex::new(class), read, behind, seen);
            }
        }
    }

    /// A clause, unless a number that it is cited for was changed and the clause was not: one part of a class, all of a pool.
    pub(crate) fn unchanged(&self, clause: Option<&str>, path: &[&str], part: &str) -> Option<String> {
        let at = |key| path.iter().copied().chain([key]).filter(|key| !key.is_empty()).collect::<Vec<&str>>();
        let is_cited = self.is_given(&at("clause")) || !self.is_changed(&at(part));
        clause.filter(|_| is_cited).map(str::to_owned)
    }

    /// Whether a change says what stands at a path.
    pub(super) fn is_given(&self, path: &[&str]) -> bool {
        self.changes().iter().any(|change| change.gives(path))
    }

    /// Whether a change of more than words lies at a path or in it.
    pub(super) fn is_changed(&self, path: &[&str]) -> bool {
        self.changes().iter().any(|change| !change.is_of_words() && change.touches(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::path;

    fn policy() -> Policy {
        let text = r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元", "payers": { "city": {} },
            "layers": [{ "id": "city", "payer": "city" }], "classes": [{ "id": "1", "standard": 5, "funding": { "city": 3 } }] }"#;
        serde_json::from_str(text).unwrap()
    }

    fn changed(policy: &Policy, changes: &[(&str, &str)]) -> Policy {
        let changes = changes.iter().map(|(path, value)| (*path, serde_json::from_str(value).unwrap()));
        policy.with_changes(changes).unwrap().0
    }

    #[test]
    fn of_a_value_changed_again_it_is_said_what_it_was_at_first() {
        let once = changed(&policy(), &[("classes.0.standard", "6"), ("rounding.places", "1")]);
        assert_eq!(
            once.changes_text(Lang::En).unwrap(),
            "policy changed: classes.\"1\".standard 5 → 6, rounding.places → 1"
        );
        let twice = changed(&once, &[("classes.\"1\".standard", "7")]);
        assert_eq!(twice.changes().len(), 2);
        assert_eq!(twice.changes()[0].before().unwrap().to_string(), "5");
        assert_eq!(twice.changes()[0].after().to_string(), "7");
        let back = changed(&twice, &[("classes.0.standard", "\"5\"")]);
        assert_eq!(back.changes().len(), 1);
        assert_eq!(policy().heading(Lang::En), "例");
        assert_eq!(back.heading(Lang::En), "例 (changed)");
    }

    #[test]
    fn a_changed_policy_is_that_of_the_changed_document() {
        // Its duties name classes, its checks read a sum, as rules may.
        let text = r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元", "payers": { "city": {} },
            "attributes": { "people": { "type": "number" } }, "clauses": { "1": "words" },
            "layers": [{ "id": "city", "payer": "city" }],
            "classes": [{ "id": "a", "standard": 5, "where": { "people": { "at_least": 5 } }, "funding": { "city": 3 } },
                        { "id": "b", "funding": { "city": { "rate": 1, "of": { "aggregate": "sum", "of": "people" } } } }],
            "duties": [{ "id": "visit", "payer": "city", "classes": ["a"] }],
            "checks": [{ "id": "most", "must": { "people": { "at_most": { "rate": "1/2", "of": { "aggregate": "sum", "of": "people" } } } } },
                       { "id": "least", "must": { "people": { "above": { "aggregate": "mean", "of": "people" } } } }] }"#;
        let policy: Policy = serde_json::from_str(text).unwrap();
        for (path, value) in [
            ("classes.a.standard", "6"),
            ("classes.a.id", "\"c\""),
            ("classes.b.name", "\"乙\""),
            ("classes.b.funding.city", "{ \"rate\": 1, \"of\": { \"aggregate\": \"mean\", \"of\": \"people\" } }"),
            ("classes.b.funding.city", "1"),
            ("classes.0", "{ \"id\": \"a\", \"funding\": {} }"),
            ("classes", "[]"),
            ("duties.visit.classes", "[\"b\"]"),
            ("clauses.1", "\"other\""),
            ("years", "[2024, 2026]"),
            ("unit", "\"元\""),
        ] {
            let value: Node = serde_json::from_str(value).unwrap();
            let (document, _) =
                path::with_changes(policy.document().clone(), [(path, value.clone())], |_, _, _| ()).unwrap();
            let changed = policy.with_changes([(path, value)]);
            let changed = changed.map(|(policy, warnings)| (policy.stating_changes(Vec::new()), warnings));
            assert_eq!(changed, Policy::from_document(&document), "{path}");
        }
    }

    #[test]
    fn changes_are_kept_through_serde() {
        let once = changed(&policy(), &[("classes.0.standard", "\"6.5\"")]);
        let text = serde_json::to_string(once.changes()).unwrap();
        assert_eq!(text, r#"[{"path":"classes.\"1\".standard","before":5,"after":"6.5"}]"#);
        let read: Vec<ChangedValue> = serde_json::from_str(&text).unwrap();
        assert_eq!(policy().stating_changes(read).changes(), once.changes());
    }

    #[test]
    fn of_many_changes_the_first_are_named() {
        let change =
            |number: usize| ChangedValue::new(Path::new([number.to_string()]), None, Node::new(NodeValue::Null));
        let many = policy().stating_changes((0..25).map(change).collect());
        assert!(many.changes_text(Lang::Zh).unwrap().ends_with("，另有 5 项"));
    }
}
