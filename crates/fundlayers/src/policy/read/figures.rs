//! Figures, and what may read what: nothing reads what is known only after it, or itself.

use hashbrown::HashSet;

use crate::ground::catalogue::policy as words;
use crate::ground::ids::{FigureIndex, LayerIndex};
use crate::ground::money::Unit;
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::policy::document::{Node, NodeValue};
use crate::policy::path::{join, join_id, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::rule::condition::{ANY, NOT};
use crate::policy::rule::read::{Nesting, Scope};
use crate::policy::rule::reads::Reads;
use crate::policy::tables::{FIGURE_NAMES, RESULT_KEYS};
use crate::policy::{Class, Figure, Value};

impl Reader {
    /// The ids of figures, which they may read of each other in any order.
    pub(crate) fn figure_ids(&mut self, node: Option<&Node>, layers: &[String], scope: Scope<'_>) -> Vec<String> {
        let mut ids = Vec::new();
        let mut known = HashSet::new();
        let items = self.list(node, "figures");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "figures");
        for (index, item) in items.iter().enumerate() {
            let path = join_item("figures", index, item);
            let id = if let NodeValue::Table(_) = item.value {
                self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut known))
            } else {
                self.wrong_type(item, &path, crate::ground::catalogue::ground::A_TABLE);
                None
            };
            if let Some((id, node)) = id.as_ref().zip(item.get("id")) {
                let path = join(&path, "id");
                self.value_id(id, false, node.position, &path);
                let taken = layers.iter().any(|layer| layer == id)
                    || scope.attributes.iter().chain(scope.elsewhere).any(|attribute| attribute.id == *id);
                if taken {
                    self.reserved(id, words::ATTRIBUTE_OR_LAYER_TOO, node.position, &path);
                } else if RESULT_KEYS.contains(&id.as_str()) || [ANY, NOT].contains(&id.as_str()) {
                    self.reserved(id, words::COLUMN_OF_RESULTS, node.position, &path);
                }
            }
            // A figure without an id still holds its place.
            ids.push(id.unwrap_or_default());
        }
        ids
    }

    pub(crate) fn figures(&mut self, node: Option<&Node>, scope: Scope<'_>) -> Vec<Figure> {
        let items = match node.map(|node| &node.value) {
            Some(NodeValue::List(items)) => items.as_slice(),
            _ => &[],
        };
        let mut figures = Vec::new();
        for (index, (item, id)) in items.iter().zip(scope.figures).enumerate() {
            let path = join_item("figures", index, item);
            let is_table = matches!(item.value, NodeValue::Table(_)) && self.table(item, &path, FIGURE_NAMES).is_some();
            let name = item.get("name").filter(|_| is_table);
            let name = self.name(name, &join(&path, "name"), Some(id)).unwrap_or_default();
            let value = if is_table { self.required(item, "value", &path) } else { None };
            let value = value.and_then(|node| self.value(node, &join(&path, "value"), scope));
            let unit = self.optional_text(item, "unit", &path);
            if let (Some(written), Some(policy), Some(node)) =
                (unit.as_deref().and_then(Unit::named), self.unit, item.get("unit"))
                && written != policy
            {
                let problem =
                    Problem::new(Code::FigureUnit, words::FIGURES_IN_UNIT_OF_POLICY).found(written.to_string());
                self.push(problem.expected(words::WRITE_UNIT.with(&[&policy])), node.position, &join(&path, "unit"));
            }
            let rounding = item.get("rounding");
            let rounding = rounding.and_then(|node| self.number_rounding(node, &join(&path, "rounding")));
            let clause = self.optional_text(item, "clause", &path);
            let note = item.get("note").and_then(|node| self.name(Some(node), &join(&path, "note"), None));
            // A wrong value has been said; the figure must exist for the rest to be checked.
            let value = value.unwrap_or_else(|| Value::Sum(Vec::new()));
            let figure = Figure { id: id.clone(), name, unit, value, rounding, clause, note };
            self.check_figure_size(&figure, item.position, &path);
            figures.push(figure);
        }
        figures
    }

    /// The scope of figures: they may read any layer, which must be known where they are used.
    pub(crate) fn figure_scope(scope: Scope<'_>) -> Scope<'_> {
        Scope { layer: scope.layers.len(), standard: true, nesting: Nesting::Nested, signed: true, ..scope }
    }

    /// Says which figures read themselves; whether none does.
    pub(crate) fn circles(&mut self, document: &Node, figures: &[Figure]) -> bool {
        let aggregates = std::mem::take(&mut self.aggregates);
        // Which figures each reads itself, without looking into them.
        let read: Vec<Vec<FigureIndex>> = figures
            .iter()
            .map(|figure| {
                let mut reads = Reads::new(&[], &aggregates);
                figure.value.eval(&mut reads);
                reads.figures
            })
            .collect();
        self.aggregates = aggregates;
        let mut state = vec![State::New; figures.len()];
        let mut round = true;
        for start in 0..figures.len() {
            let Some(circle) = circle(start, &read, &mut state) else { continue };
            round = false;
            let id = |at: &usize| figures.get(*at).map_or("", |figure| figure.id.as_str());
            let found = circle.iter().map(id).collect::<Vec<_>>().join(" → ");
            let at = circle.first().copied().unwrap_or_default();
            let (item, path) = part(document, "figures", at, id(&at));
            let problem = Problem::new(Code::CircularFigure, words::FIGURE_READS_ITSELF).found(found);
            self.push(problem.expected(words::TAKE_OUT_OF_CIRCLE), item, &path);
        }
        round
    }

    /// Says what reads something that is known only after it.
    pub(crate) fn later_reads(&mut self, classes: &[(Class, &Node)], figures: &[Figure], layers: &[String]) {
        let aggregates = std::mem::take(&mut self.aggregates);
        for (class, item) in classes {
            let path = join_id("classes", &class.id);
            let mut reads = Reads::new(figures, &aggregates);
            reads.conditions(&class.conditions);
            let of_layer = !reads.layers.is_empty() || !reads.last_year.is_empty();
            if reads.standard || reads.class || of_layer {
                let position = item.get("where").and_then(|node| node.position);
                let code = if of_layer { Code::LaterLayer } else { Code::ClassReadsResult };
                let problem = Problem::new(code, words::WHERE_READS_RESULT);
                self.push(problem.expected(words::WHERE_MAY_READ), position, &join(&path, "where"));
            }
            if let Some(standard) = &class.standard {
                let mut reads = Reads::new(figures, &aggregates);
                standard.eval(&mut reads);
                let position = item.get("standard").and_then(|node| node.position);
                let path = join(&path, "standard");
                if reads.standard {
                    let problem = Problem::new(Code::CircularFigure, words::STANDARD_READS_ITSELF);
                    self.push(problem.expected(words::TAKE_OUT_OF_CIRCLE), position, &path);
                } else if !reads.layers.is_empty() || !reads.last_year.is_empty() {
                    let problem = Problem::new(Code::LaterLayer, words::STANDARD_READS_LAYER);
                    self.push(problem.expected(words::STANDARD_MAY_READ), position, &path);
                }
            }
            for (number, rule) in class.funding.iter().enumerate() {
                let (Some(rule), Some(layer)) = (rule, layers.get(number)) else { continue };
                let mut direct = Reads::new(&[], &[]);
                rule.eval(&mut direct);
                // What is read without a figure or an aggregate has been looked at where it stands.
                if direct.figures.is_empty() && direct.aggregates.is_empty() {
                    continue;
                }
                let mut reads = Reads::new(figures, &aggregates);
                rule.eval(&mut reads);
                let position =
                    item.get("funding").and_then(|funding| funding.get(layer)).and_then(|node| node.position);
                let path = join(&join(&path, "funding"), layer);
                if reads.own_standard && item.get("standard").is_none() {
                    let problem = Problem::new(Code::MissingStandard, words::NO_STANDARD).found("standard");
                    self.push(problem.expected(words::GIVE_STANDARD), position, &path);
                }
                let later = reads.layers.iter().map(|layer| LayerIndex::number(*layer)).find(|read| *read >= number);
                if let Some(later) = later.and_then(|later| layers.get(later)) {
                    let problem = Problem::new(Code::LaterLayer, words::READS_LATER_LAYER).found(later);
                    self.push(problem.expected(words::USE_IN_LATER_LAYER), position, &path);
                }
            }
        }
        self.aggregates = aggregates;
    }
}

/// Where a part of a list of a document stands.
fn part(document: &Node, key: &str, at: usize, id: &str) -> (Option<Position>, String) {
    let position = match document.get(key).map(|node| &node.value) {
        Some(NodeValue::List(items)) => items.get(at).and_then(|node| node.position),
        _ => None,
    };
    (position, join_id(key, id))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnTheWay,
    Done,
}

/// The circle that a walk from a figure runs into, closed; none if there is none that was not found before.
fn circle(start: usize, read: &[Vec<FigureIndex>], state: &mut [State]) -> Option<Vec<usize>> {
    // The way to here: a figure, and how many of those that it reads have been looked at. No recursion: figures are as many as a
    // file has.
    let mut way: Vec<(usize, usize)> = Vec::new();
    if state.get(start).copied() != Some(State::New) {
        return None;
    }
    if let Some(state) = state.get_mut(start) {
        *state = State::OnTheWay;
    }
    way.push((start, 0));
    let mut found = None;
    while let Some((figure, next)) = way.last_mut() {
        let at = *figure;
        let Some(other) = read.get(at).and_then(|list| list.get(*next)).map(|index| index.number()) else {
            if let Some(state) = state.get_mut(at) {
                *state = State::Done;
            }
            way.pop();
            continue;
        };
        *next = next.saturating_add(1);
        match state.get(other).copied() {
            Some(State::New) => {
                if let Some(state) = state.get_mut(other) {
                    *state = State::OnTheWay;
                }
                way.push((other, 0));
            }
            Some(State::OnTheWay) if found.is_none() => {
                let from = way.iter().position(|(figure, _)| *figure == other).unwrap_or_default();
                let mut circle: Vec<usize> = way.iter().skip(from).map(|(figure, _)| *figure).collect();
                circle.push(other);
                found = Some(circle);
            }
            _ => {}
        }
    }
    found
}
