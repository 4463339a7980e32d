//! What a policy says of projects.

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::policy as words;
use crate::ground::problem::{Code, Problem};
use crate::ground::text::did_you_mean;
use crate::policy::Ratio;
use crate::policy::document::Node;
use crate::policy::path::join;
use crate::policy::projects::{ProjectRules, ProjectShare};
use crate::policy::read::{Reader, WORDS_LIMIT};
use crate::policy::tables::{PROJECT_SHARE_NAMES, PROJECTS_NAMES};

impl Reader {
    /// `[projects]`.
    pub(crate) fn projects(&mut self, node: &Node) -> Option<ProjectRules> {
        self.table(node, "projects", PROJECTS_NAMES)?;
        let categories = self.named(node.get("categories"), "projects.categories", &[]);
        let path = join("projects", "shares");
        let entries = node.get("shares").and_then(|shares| self.any_table(shares, &path)).unwrap_or_default();
        let entries = self.at_most(entries, WORDS_LIMIT, node.get("shares").and_then(|shares| shares.position), &path);
        let mut shares = Vec::new();
        for (key, item) in entries {
            let path = join(&path, &key.text);
            let category = categories.iter().position(|category| category.id == key.text);
            if category.is_none() {
                let known = categories.iter().map(|category| category.id.as_str());
                let problem = Problem::new(Code::UndeclaredCategory, words::CATEGORY_NOT_DECLARED).found(&key.text);
                self.push(problem.expected(did_you_mean(&key.text, known)), key.position, &path);
            }
            let share = self.project_share(item, &path);
            shares.extend(category.zip(share).map(|(category, share)| ProjectShare { category, ..share }));
        }
        Some(ProjectRules { categories, shares })
    }

    fn project_share(&mut self, node: &Node, path: &str) -> Option<ProjectShare> {
        self.table(node, path, PROJECT_SHARE_NAMES)?;
        let bound = |reader: &mut Self, key: &str| {
            let node = node.get(key)?;
            let path = join(path, key);
            let ratio = reader.ratio(node, &path, false)?;
            if ratio.numerator > ratio.denominator {
                let problem = Problem::new(Code::NumberOutOfRange, words::SHARE_ABOVE_ONE).found(&ratio.text);
                reader.push(problem.expected(words::SHARE_UP_TO_ONE), node.position, &path);
            }
            Some(ratio)
        };
        let (at_least, at_most): (Option<Ratio>, Option<Ratio>) = (bound(self, "at_least"), bound(self, "at_most"));
        if node.get("at_least").is_none() && node.get("at_most").is_none() {
            let problem = Problem::new(Code::BadCondition, common::KEY_MISSING.with(&[&"at_least"]));
            self.push(problem, node.position, &join(path, "at_least"));
            return None;
        }
        if let (Some(least), Some(most)) = (&at_least, &at_most)
            && least.fraction() > most.fraction()
        {
            let problem = Problem::new(Code::NumberOutOfRange, words::SHARES_CROSSED).found(&least.text);
            self.push(problem.expected(words::LEAST_UP_TO_MOST), node.position, path);
        }
        let clause = self.optional_text(node, "clause", path);
        Some(ProjectShare { category: usize::MAX, at_least, at_most, clause })
    }
}
