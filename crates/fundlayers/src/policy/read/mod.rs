//! From a document to a policy, with every mistake at once.

use std::sync::Arc;

use crate::ground::money::{Rounding, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Problem, Problems};
use crate::policy::document::Node;
use crate::policy::read::classes::ClassNames;
use crate::policy::read::pools::PoolNames;
use crate::policy::tables::POLICY_NAMES;
pub(crate) use crate::policy::tables::WORDS_LIMIT;
use crate::policy::{Policy, PolicyData, Source};

mod cautions;
mod classes;
mod declared;
mod head;
mod limits;
mod nodes;
mod pools;

pub(super) fn read(document: &Node) -> Result<(Policy, Problems), Problems> {
    let mut reader = Reader { problems: Problems::new(), years: None, unit: None, step: None };
    let data = reader.policy(document);
    let mut problems = reader.problems;
    problems.sort();
    match data {
        Some(data) => problems.or_value(Policy(Arc::new(data))),
        None => Err(problems),
    }
}

pub(crate) struct Reader {
    problems: Problems,
    /// The years of the policy, once known.
    pub(crate) years: Option<(u16, u16)>,
    unit: Option<Unit>,
    step: Option<Rounding>,
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Reader {
    pub(crate) fn push(&mut self, problem: Problem, position: Option<Position>, path: &str) {
        let problem = problem.at(position);
        self.problems.push(if path.is_empty() { problem } else { problem.key(path) });
    }

    fn policy(&mut self, document: &Node) -> Option<PolicyData> {
        self.table(document, "", POLICY_NAMES)?;
        let id = self.required(document, "id", "").and_then(|node| self.text(node, "id"));
        let version = self.version(document);
        let title = self.required(document, "title", "").and_then(|node| self.name(Some(node), "title", None));
        let years = self.required(document, "years", "").and_then(|node| self.policy_years(node));
        self.years = years;
        let unit = self.required(document, "unit", "").and_then(|node| self.unit(node, "unit"));
        self.unit = unit;
        let rounding =
            document.get("rounding").map_or(Some(Rounding::default()), |node| self.rounding(node, "rounding"));
        self.step = rounding;
        let source = document.get("source").map_or_else(Source::default, |node| self.source(node));
        let readings = self.readings(document.get("readings"));
        let kinds = self.named(document.get("kinds"), "kinds", &[]);
        let designations = self.named(document.get("designations"), "designations", &[]);
        let payers = self.named(document.get("payers"), "payers", &["county"]);
        let attributes = self.attributes(document.get("attributes"));
        let layers = self.layers(document.get("layers"), &payers, &attributes);
        let layer_ids: Vec<String> = layers.iter().map(|layer| layer.id.clone()).collect();
        let names = PoolNames { attributes: &attributes, layers: &layers, layer_ids: &layer_ids };
        let mut pools = self.pools(document, names);
        let pool_ids: Vec<String> = pools.iter().map(|pool| pool.id.clone()).collect();
        let names = ClassNames {
            kinds: &kinds,
            designations: &designations,
            attributes: &attributes,
            layers: &layer_ids,
            pools: &pool_ids,
        };
        let classes = self.classes(document.get("classes"), &names);
        self.limit_orders(document, &layers, &classes, (&kinds, &designations));
        self.pool_layers(document, &classes, &mut pools);
        self.overlaps(&classes);
        self.beyond_standard(&classes, &layers);
        self.gap_in_classes(&classes, &attributes);
        let (first_year, last_year) = years?;
        Some(PolicyData {
            document: document.clone(),
            changes: Vec::new(),
            id: id?,
            version,
            title: title?,
            first_year,
            last_year,
            unit: unit?,
            rounding: rounding?,
            source,
            readings,
            kinds,
            designations,
            payers,
            attributes,
            layers,
            classes: classes.into_iter().map(|(class, _)| class).collect(),
            pools,
        })
    }
}
