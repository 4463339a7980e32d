//! Checks: what a document requires besides amounts, and the attributes of tables of figures that they read.

use hashbrown::HashSet;

use crate::ground::catalogue::policy as words;
use crate::ground::land::LandUnit;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::document::Node;
use crate::policy::path::{join, join_item};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::rule::read::Scope;
use crate::policy::tables::CHECK_NAMES;
use crate::policy::{Attribute, Check, CheckSubject};

/// Subjects of checks: each thing of which something is required.
const CHECKED: [CheckSubject; 3] = [CheckSubject::Place, CheckSubject::Township, CheckSubject::County];

impl CheckSubject {
    /// Whether a check of the other reads what is known of this: a place lies in its township, that in its county.
    pub(crate) fn is_seen_from(self, other: Self) -> bool {
        self >= other
    }
}

impl Reader {
    /// A word for whom something is known or required of.
    pub(crate) fn check_subject(&mut self, node: &Node, path: &str, known: &[CheckSubject]) -> Option<CheckSubject> {
        let text = self.text(node, path)?;
        let found = known.iter().find(|subject| subject.as_str() == text).copied();
        if found.is_none() {
            let problem = Problem::new(Code::UnknownWord, words::NO_CHECK_SUBJECT).found(&text);
            let hint = did_you_mean(&text, known.iter().map(|subject| subject.as_str()));
            self.push(problem.expected(hint), node.position, path);
        }
        found
    }

    /// Says which attributes of tables of figures count land in another unit than the first: what stands beside each other
    /// in a check has one unit.
    pub(crate) fn land_units(&mut self, document: &Node, measured: &[Attribute]) {
        let mut first: Option<(&Attribute, LandUnit)> = None;
        for attribute in measured {
            let Some(unit) = attribute.unit.as_deref().and_then(LandUnit::named) else { continue };
            let Some((known, of_known)) = first else {
                first = Some((attribute, unit));
                continue;
            };
            if of_known != unit {
                let path = join(&join("attributes", &attribute.id), "unit");
                let position =
                    document.get("attributes").and_then(|table| table.get(&attribute.id)?.get("unit")?.position);
                let message = words::LAND_UNITS_DIFFER.with(&[&known.id, &of_known.as_str()]);
                let problem = Problem::new(Code::UnitDiffers, message).found(unit.as_str());
                self.push(problem.expected(words::ONE_UNIT_OF_LAND), position, &path);
            }
        }
    }

    /// `attributes` are those of the roster, `measured` those of tables of figures, which are counted behind them.
    pub(crate) fn checks(
        &mut self,
        node: Option<&Node>,
        names: Scope<'_>,
        (attributes, measured): (&[Attribute], &[Attribute]),
    ) -> Vec<Check> {
        let items = self.list(node, "checks");
        let items = self.at_most(items, WORDS_LIMIT, node.and_then(|node| node.position), "checks");
        // What is not seen keeps its place and has no id.
        let seen = CHECKED.map(|of| {
            let is_seen = |attribute: &Attribute| match attribute.subject {
                None => of == CheckSubject::Place,
                Some(subject) => subject.is_seen_from(of),
            };
            let all = || attributes.iter().chain(measured);
            let shown = |attribute: &Attribute| {
                let id = if is_seen(attribute) { attribute.id.clone() } else { String::new() };
                Attribute { id, ..attribute.clone() }
            };
            let hidden = all().filter(|attribute| !is_seen(attribute)).cloned();
            (of, all().map(shown).collect::<Vec<_>>(), hidden.collect::<Vec<_>>())
        });
        let mut checks = Vec::new();
        let mut ids = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            let path = join_item("checks", index, item);
            if self.table(item, &path, CHECK_NAMES).is_none() {
                continue;
            }
            let id = self.required(item, "id", &path).and_then(|node| self.new_id(node, &path, &mut ids));
            let name = self.name(item.get("name"), &join(&path, "name"), id.as_deref());
            let subject = item
                .get("subject")
                .map_or(Some(CheckSubject::Place), |node| self.check_subject(node, &join(&path, "subject"), &CHECKED));
            let clause = self.optional_text(item, "clause", &path);
            let note = item.get("note").and_then(|node| self.name(Some(node), &join(&path, "note"), None));
            let Some((of, shown, hidden)) = subject.and_then(|of| seen.iter().find(|(known, ..)| *known == of)) else {
                continue;
            };
            let of_places = *of == CheckSubject::Place;
            let scope = Scope {
                attributes: shown,
                elsewhere: hidden,
                of: *of,
                // Of townships and counties there are no amounts.
                figures: if of_places { names.figures } else { &[] },
                layers: if of_places { names.layers } else { &[] },
                standard: of_places,
                layer: if of_places { names.layers.len() } else { 0 },
                signed: true,
                ..names
            };
            let mut conditions = |key: &str| {
                let node = item.get(key)?;
                let conditions = self.conditions(node, &join(&path, key), scope);
                if key == "must"
                    && conditions.is_empty()
                    && matches!(node.value, crate::policy::document::NodeValue::Table(_))
                {
                    self.not_empty(node, &join(&path, key));
                }
                Some(conditions)
            };
            let (must, when) = (conditions("must").unwrap_or_default(), conditions("when").unwrap_or_default());
            if let Some((id, name)) = id.zip(name) {
                checks.push(Check { id, name, subject: *of, must, when, clause, note });
            }
        }
        checks
    }
}
