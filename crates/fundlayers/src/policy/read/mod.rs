//! From a document to a policy, with every mistake at once.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::ground::money::{Rounding, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Problem, Problems};
use crate::policy::document::Node;
use crate::policy::read::duties::DutyNames;
use crate::policy::read::limits::Known;
use crate::policy::read::pools::pool_ids;
use crate::policy::tables::POLICY_NAMES;
pub(crate) use crate::policy::tables::WORDS_LIMIT;
use crate::policy::{Aggregate, Apart, Class, Named, Policy, PolicyData, Sign, Source};

mod cautions;
mod checks;
mod classes;
mod declared;
mod duties;
mod figures;
mod head;
mod limits;
mod nodes;
mod pools;
mod projects;

/// `like`: a policy whose document differs in nothing but within its classes.
pub(super) fn read(document: &Arc<Node>, like: Option<&Policy>) -> Result<(Policy, Problems), Problems> {
    let mut reader = Reader {
        problems: Problems::new(),
        years: None,
        unit: None,
        step: None,
        aggregates: Vec::new(),
        denominators: Vec::new(),
    };
    let data = reader.policy(document, like.map(|policy| &*policy.0));
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
    pub(crate) unit: Option<Unit>,
    step: Option<Rounding>,
    /// The aggregates that were read, each once.
    pub(crate) aggregates: Vec<Aggregate>,
    /// The common denominators of the figures that were read; none of those that are too large to compute with.
    pub(crate) denominators: Vec<Option<BigInt>>,
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Reader {
    /// How many errors were found so far.
    pub(crate) fn errors(&self) -> usize {
        self.problems.errors()
    }

    pub(crate) fn push(&mut self, problem: Problem, position: Option<Position>, path: &str) {
        let problem = problem.at(position);
        self.problems.push(if path.is_empty() { problem } else { problem.key(path) });
    }

    /// Parts on which no amount rests, those of a like policy where they would be read alike: nothing was to be said of
    /// them, and the aggregates known so far are those that were known then; `known` are all of its aggregates.
    fn apart<T: Clone>(
        &mut self,
        like: Option<&Apart<T>>,
        known: &[Aggregate],
        read: impl FnOnce(&mut Self) -> Vec<T>,
    ) -> Apart<T> {
        let start = self.aggregates.len();
        if let Some(like) = like
            && like.is_silent
            && known.get(..like.aggregates.start).is_some_and(|before| before == self.aggregates)
        {
            self.aggregates.extend_from_slice(known.get(like.aggregates.clone()).unwrap_or_default());
            return like.clone();
        }
        let said = |problems: &Problems| (problems.len(), problems.left_out());
        let before = said(&self.problems);
        let parts = read(self).into();
        Apart { parts, is_silent: said(&self.problems) == before, aggregates: start..self.aggregates.len() }
    }

    fn policy(&mut self, document: &Arc<Node>, like: Option<&PolicyData>) -> Option<PolicyData> {
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
        let of_like = like.map(|like| &like.clauses);
        let clauses = self.apart(of_like, &[], |reader| reader.clauses(document.get("clauses")));
        let kinds = self.named(document.get("kinds"), "kinds", &[]);
        let designations = self.named(document.get("designations"), "designations", &[]);
        let payers = self.named(document.get("payers"), "payers", &["county"]);
        let declared = self.attributes(document.get("attributes"));
        let (attributes, measured): (Vec<_>, Vec<_>) =
            declared.into_iter().partition(|attribute| attribute.subject.is_none());
        self.land_units(document, &measured);
        let mut layers = self.layers(document.get("layers"), &payers, &attributes);
        let layer_ids: Vec<String> = layers.iter().map(|layer| layer.id.clone()).collect();
        let pool_ids = pool_ids(document);
        let class_names = Self::class_names(document.get("classes"));
        // Classes of the same names, so that all that goes by these reads alike.
        let is_named = |(own, class): (&Named, &Class)| own.id == class.id && own.name == class.name;
        let like = like.filter(|like| {
            like.classes.len() == class_names.len() && class_names.iter().zip(&like.classes).all(is_named)
        });
        let of_like = like.map(|like| &like.readings);
        let readings =
            self.apart(of_like, &[], |reader| reader.readings(document.get("readings"), &layer_ids, &class_names));
        let words = (&kinds[..], &designations[..], &class_names[..]);
        let names = Self::names(&attributes, &layer_ids, &pool_ids, words).with_payers(&payers).beside(&measured);
        let figure_ids = self.figure_ids(document.get("figures"), &layer_ids, names);
        let names = names.with_figures(&figure_ids);
        let figures = self.figures(document.get("figures"), Self::figure_scope(names));
        let no_circles = self.circles(document, &figures);
        let mut pools = self.pools(document, names, &layers, &figures);
        let signed: Vec<bool> = layers.iter().map(|layer| layer.sign == Sign::Any).collect();
        let classes = self.classes(document.get("classes"), names, &signed);
        let known = Known { names, figures: no_circles.then_some(&figures[..]), pools: &pools };
        self.limits(document, &mut layers, known);
        self.limit_orders(document, &layers, &classes, (&kinds, &designations));
        if no_circles {
            self.later_reads(&classes, &figures, &layer_ids);
        }
        if no_circles {
            self.pool_layers(document, &classes, &mut pools, (&figures, &layer_ids));
        }
        let projects = document.get("projects").and_then(|node| self.projects(node));
        self.overlaps(&classes);
        self.beyond_standard(&classes, &layers);
        self.gap_in_classes(&classes, &attributes);
        let posts = self.named(document.get("posts"), "posts", &[]);
        let of_duties = DutyNames { payers: &payers, attributes: &attributes, posts: &posts, classes: &classes };
        let like = like.filter(|like| like.classes.len() == classes.len());
        let known = like.map_or(&[][..], |like| &like.aggregates);
        let of_like = like.map(|like| &like.duties);
        let duties = self.apart(of_like, known, |reader| reader.duties(document.get("duties"), of_duties));
        let of_like = like.map(|like| &like.checks);
        let checks =
            self.apart(of_like, known, |reader| reader.checks(document.get("checks"), names, (&attributes, &measured)));
        let (first_year, last_year) = years?;
        Some(PolicyData {
            document: Arc::clone(document),
            changes: Vec::new(),
            id: id?,
            version,
            title: title?,
            first_year,
            last_year,
            unit: unit?,
            rounding: rounding?,
            source,
            clauses,
            readings,
            kinds,
            designations,
            payers,
            attributes,
            measured,
            layers,
            figures,
            aggregates: std::mem::take(&mut self.aggregates),
            classes: classes.into_iter().map(|(class, _)| class).collect(),
            pools,
            posts,
            duties,
            checks,
            projects,
        })
    }
}
