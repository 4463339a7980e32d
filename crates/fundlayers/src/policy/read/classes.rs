//! Classes, and which of them may serve the same places.

use hashbrown::{HashMap, HashSet};

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::policy as words;
use crate::ground::ids::At as _;
use crate::ground::ids::{DesignationIndex, KindIndex};
use crate::ground::language::Name;
use crate::ground::message::Phrase;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::{did_you_mean_level, without_padding};
use crate::policy::document::{Node, NodeValue};
use crate::policy::path::{join, join_id, join_item};
use crate::policy::read::Reader;
use crate::policy::rule::condition::exclude;
use crate::policy::rule::read::{Nesting, Scope};
use crate::policy::tables::CLASS_NAMES;
use crate::policy::{Attribute, CheckSubject, Class, Named, Rule};

/// Classes of a policy, at most.
const CLASSES_LIMIT: usize = 10_000;
/// Classes × layers × years of a policy, at most.
const AMOUNTS_LIMIT: usize = 500_000;
/// Beyond so many classes, pairs are not searched for possible overlaps.
const OVERLAP_SEARCH_LIMIT: usize = 500;

impl Reader {
    /// What rules may name before any figure is known, outside all of them.
    pub(crate) const fn names<'a>(
        attributes: &'a [Attribute],
        layers: &'a [String],
        pools: &'a [String],
        (kinds, designations, classes): (&'a [Named], &'a [Named], &'a [Named]),
    ) -> Scope<'a> {
        Scope {
            attributes,
            elsewhere: &[],
            of: CheckSubject::Place,
            figures: &[],
            layers,
            pools,
            kinds,
            designations,
            classes,
            standard: false,
            layer: 0,
            left_of: None,
            payers: &[],
            payer: None,
            nesting: Nesting::Outermost,
            signed: false,
        }
    }

    /// The ids and names of classes, before they are read: texts of conditions and cases.
    pub(crate) fn class_names(node: Option<&Node>) -> Vec<Named> {
        let items = match node.map(|node| &node.value) {
            Some(NodeValue::List(items)) => items.as_slice(),
            _ => &[],
        };
        let text = |node: Option<&Node>| match node.map(|node| &node.value) {
            Some(NodeValue::Text(text)) => Some(text.trim().to_owned()),
            _ => None,
        };
        let named = |item: &Node| {
            let id = text(item.get("id"))?;
            let name =
                |lang: &str| text(item.get("name").and_then(|name| name.get(lang))).unwrap_or_else(|| id.clone());
            Some(Named { name: Name { zh: name("zh"), en: name("en") }, id })
        };
        items.iter().take(CLASSES_LIMIT).filter_map(named).collect()
    }

    /// `signed`: the layers that places may pay in to.
    pub(crate) fn classes<'n>(
        &mut self,
        node: Option<&'n Node>,
        names: Scope<'_>,
        signed: &[bool],
    ) -> Vec<(Class, &'n Node)> {
        let mut classes = Vec::new();
        let mut ids = HashSet::new();
        let items = self.list(node, "classes");
        let mut items = self.at_most(items, CLASSES_LIMIT, node.and_then(|node| node.position), "classes");
        let years = self.years.map_or(1, |(first, last)| usize::from(last.abs_diff(first)).saturating_add(1));
        if items.len().saturating_mul(names.layers.len()).saturating_mul(years) > AMOUNTS_LIMIT {
            let found = format!("{} × {} × {years}", items.len(), names.layers.len());
            let problem = Problem::new(Code::TooLarge, words::TOO_MANY_AMOUNTS).found(found);
            self.push(
                problem.expected(words::AT_MOST_AMOUNTS.with(&[&AMOUNTS_LIMIT])),
                node.and_then(|node| node.position),
                "classes",
            );
            items = &[];
        }
        for (index, item) in items.iter().enumerate() {
            let path = join_item("classes", index, item);
            if self.table(item, &path, CLASS_NAMES).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut ids));
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            let kind = item
                .get("kind")
                .and_then(|node| {
                    self.word(node, &join(&path, "kind"), names.kinds, Code::UnknownKind, words::KIND_NOT_DECLARED)
                })
                .map(KindIndex::new);
            let designation_path = join(&path, "designation");
            let designation = item
                .get("designation")
                .and_then(|node| {
                    let code = Code::UnknownDesignation;
                    self.word(node, &designation_path, names.designations, code, words::DESIGNATION_NOT_DECLARED)
                })
                .map(DesignationIndex::new);
            let conditions = item.get("where").map(|node| self.conditions(node, &join(&path, "where"), names));
            let expected = item
                .get("expected")
                .and_then(|node| self.whole(node, &join(&path, "expected"), words::HOW_MANY_PLACES));
            let standard_path = join(&path, "standard");
            let standard = item.get("standard").and_then(|node| {
                // That it reads itself is said with the circles of figures.
                let scope = Scope { standard: true, ..names.nested() };
                let standard = self.value(node, &standard_path, scope)?;
                self.check_value_size(&standard, node.position, &standard_path);
                Some(standard)
            });
            let clause = self.optional_text(item, "clause", &path);
            let note = item.get("note").and_then(|node| self.name(Some(node), &join(&path, "note"), None));
            let mut funding: Vec<Option<Rule>> = names.layers.iter().map(|_| None).collect();
            let funding_path = join(&path, "funding");
            let entries = self.required(item, "funding", &path).and_then(|node| self.any_table(node, &funding_path));
            for (key, rule) in entries.unwrap_or_default() {
                let path = join(&funding_path, &key.text);
                let Some(layer) = names.layers.iter().position(|id| *id == key.text) else {
                    let problem = Problem::new(Code::UnknownLayer, common::NO_LAYER_OF_POLICY).found(&key.text);
                    let hint = did_you_mean_level(&key.text, names.layers.iter().map(String::as_str));
                    self.push(problem.expected(hint), key.position, &path);
                    continue;
                };
                let standard = item.get("standard").is_some();
                let scope = Scope { standard, layer, signed: signed.at(layer), ..names };
                let position = rule.position;
                let rule = self.rule(rule, &path, scope);
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

    pub(crate) fn word(
        &mut self,
        node: &Node,
        path: &str,
        known: &[Named],
        code: Code,
        declared: Phrase,
    ) -> Option<usize> {
        let text = self.text(node, path)?;
        let text = without_padding(&text);
        let found = known.iter().position(|named| named.is_called(&text));
        if found.is_none() {
            let problem = Problem::new(code, declared).found(&text);
            let hint = did_you_mean_level(&text, known.iter().map(|named| named.id.as_str()));
            self.push(problem.expected(hint), node.position, path);
        }
        found
    }

    /// Classes with the same words and conditions can never be told apart; others may overlap.
    pub(crate) fn overlaps(&mut self, classes: &[(Class, &Node)]) {
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
                let message = words::SAME_PLACES_AS.with(&[&other]);
                let problem = Problem::new(Code::OverlappingClasses, message);
                self.push(problem.expected(words::TELL_APART), item.position, &path);
            }
        }
        for (index, (class, item)) in classes.iter().enumerate().take(OVERLAP_SEARCH_LIMIT) {
            for (other, _) in classes.iter().take(index) {
                let same = class.kind == other.kind
                    && class.designation == other.designation
                    && class.conditions == other.conditions;
                if !same && may_overlap(class, other) {
                    let message = words::MAY_FIT_BOTH.with(&[&other.id]);
                    let problem = Problem::new(Code::ClassesMayOverlap, message);
                    let path = join_id("classes", &class.id);
                    self.push(problem.expected(words::FITTING_BOTH_IS_REFUSED), item.position, &path);
                }
            }
        }
    }
}

/// Whether some place could fit both classes.
fn may_overlap(a: &Class, b: &Class) -> bool {
    fn words<T: Copy + PartialEq>(a: Option<T>, b: Option<T>) -> bool {
        a.is_none() || b.is_none() || a == b
    }
    words(a.kind, b.kind) && words(a.designation, b.designation) && !exclude(&a.conditions, &b.conditions)
}
