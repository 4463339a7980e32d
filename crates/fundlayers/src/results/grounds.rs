//! What figures rest on: the document, the words of the clauses that they cite, how its open points are read, what was changed.

use serde::Serialize;

use crate::ground::ids::{ClassIndex, LayerIndex};
use crate::ground::language::Name;
use crate::policy::{ChangedValue, Policy, Reading, Status};

/// What explained figures rest on, for whoever checks them: everything once, whatever number of figures rests on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grounds {
    /// The title of the policy.
    pub title: Name,
    /// The title of the document, as it has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// When, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Whether it binds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The clauses that the figures cite, in the order in which they do, then those that the readings are about.
    pub clauses: Vec<CitedClause>,
    /// How open points of the document are read that bear on the figures, in the policy's order.
    pub readings: Vec<Reading>,
    /// Every value of the policy that was changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangedValue>,
}

/// A clause that a figure cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CitedClause {
    /// Its number.
    pub clause: String,
    /// What it says, in the document's own words; none where the policy does not have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Collects what figures rest on. Whatever is explained tells it its clauses, and its amounts by class and layer.
#[derive(Debug)]
pub(crate) struct Rests<'p> {
    policy: &'p Policy,
    clauses: Vec<String>,
    readings: Vec<bool>,
}

impl<'p> Rests<'p> {
    pub(crate) fn new(policy: &'p Policy) -> Self {
        Self { policy, clauses: Vec::new(), readings: vec![false; policy.readings().len()] }
    }

    /// A figure cites a clause.
    pub(crate) fn on_clause(&mut self, clause: &str) {
        if !self.clauses.iter().any(|known| known == clause) {
            self.clauses.push(clause.to_owned());
        }
    }

    /// A figure rests on a reading, by its id.
    pub(crate) fn on_reading(&mut self, id: &str) {
        let all = self.policy.readings().iter().zip(&mut self.readings);
        all.for_each(|(reading, bears)| *bears |= reading.id == id);
    }

    /// A figure is made of amounts of a class in a layer.
    pub(crate) fn on_amount(&mut self, class: ClassIndex, layer: LayerIndex) {
        if let Some(clause) = self.policy.clause(class, layer).map(str::to_owned) {
            self.on_clause(&clause);
        }
        for reading in self.policy.readings_behind(class, layer) {
            self.on_reading(&reading.id);
        }
    }

    /// A duty rests on a clause: on how it is read where that is about no class and no layer, which only amounts have.
    pub(crate) fn on_duty(&mut self, clause: &str) {
        self.on_clause(clause);
        let policy = self.policy;
        let of_all = |reading: &&Reading| reading.classes.is_none() && reading.layers.is_none();
        for reading in policy.readings().iter().filter(of_all) {
            if reading.clause.as_deref() == Some(clause) {
                self.on_reading(&reading.id);
            }
        }
    }

    pub(crate) fn finish(self) -> Grounds {
        let Self { policy, mut clauses, readings } = self;
        // What is read is to be seen.
        for (reading, _) in policy.readings().iter().zip(&readings).filter(|(_, bears)| **bears) {
            let clause = reading.clause.as_ref().filter(|clause| policy.clause_words(clause).is_some());
            clauses.extend(clause.filter(|clause| !clauses.contains(clause)).cloned());
        }
        let source = policy.source();
        let words = |clause: &str| policy.clause_words(clause).map(str::to_owned);
        Grounds {
            title: policy.title().clone(),
            document: source.document.clone(),
            issuer: source.issuer.clone(),
            published: source.published.clone(),
            status: source.status,
            url: source.url.clone(),
            clauses: clauses.into_iter().map(|clause| CitedClause { words: words(&clause), clause }).collect(),
            readings: policy
                .readings()
                .iter()
                .zip(readings)
                .filter(|(_, bears)| *bears)
                .map(|(r, _)| r.clone())
                .collect(),
            changes: policy.changes().to_vec(),
        }
    }
}

impl Policy {
    /// The readings that the amount of a class in a layer rests on; none if a number that it rests on was changed, for it is
    /// the document's no more.
    pub(crate) fn readings_behind(&self, class: ClassIndex, layer: LayerIndex) -> Vec<&Reading> {
        let (Some(of_class), Some(of_layer)) = (self.classes().get(class.number()), self.layer(layer)) else {
            return Vec::new();
        };
        if !self.changes_behind(class, layer).is_empty() {
            return Vec::new();
        }
        let clause = self.clause(class, layer).unwrap_or_default();
        self.readings().iter().filter(|reading| reading.bears_on(&of_class.id, &of_layer.id, clause)).collect()
    }
}
