//! Policies made of one, one after another: what they have alike of its document is not copied for each.

use crate::ground::problem::Problems;
use crate::policy::document::{Node, NodeValue};
use crate::policy::{Path, Policy};

/// Makes policies of one with other values.
pub(crate) struct Variants<'a> {
    policy: &'a Policy,
    /// The policy's document, with or without its places.
    document: Node,
    /// The document of the policy that was given back, as the policy's own again.
    spare: Option<Node>,
    /// The keys at the top of the document under which the policy made last has other values.
    changed: Vec<String>,
}

impl<'a> Variants<'a> {
    /// Of a policy and its document, with or without its places.
    pub(crate) fn new(policy: &'a Policy, document: Node) -> Self {
        Self { policy, document, spare: None, changed: Vec::new() }
    }

    /// The policy with other values. Each is told with its place and what stood there before.
    pub(crate) fn make<'b>(
        &mut self,
        changes: impl IntoIterator<Item = (&'b str, Node)>,
        mut tell: impl FnMut(Path, Option<Node>, &Node),
    ) -> Result<(Policy, Problems), Problems> {
        let document = self.spare.take().unwrap_or_else(|| self.document.clone());
        self.changed.clear();
        let changed = &mut self.changed;
        self.policy.changed(document, changes, |path, before, after| {
            changed.extend(path.parts().next().map(str::to_owned));
            tell(path, before, after);
        })
    }

    /// Takes back the policy made last, for the next to be made of its document.
    pub(crate) fn take_back(&mut self, made: Policy) {
        let Some(mut document) = made.into_document() else { return };
        let (NodeValue::Table(entries), NodeValue::Table(own)) = (&mut document.value, &self.document.value) else {
            return;
        };
        // A key that is new to the document stands after its own.
        entries.truncate(own.len());
        for ((key, node), (_, own)) in entries.iter_mut().zip(own) {
            if self.changed.contains(&key.text) {
                node.clone_from(own);
            }
        }
        self.spare = Some(document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元", "payers": { "city": {} },
                 "layers": [{ "id": "city", "payer": "city" }],
                 "readings": [{ "id": "r", "question": { "zh": "问" }, "chosen": { "zh": "答" }, "classes": ["a"] }],
                 "classes": [{ "id": "a", "standard": 3, "funding": { "city": 2 } },
                             { "id": "b", "where": { "county": "甲" }, "funding": { "city": "standard" }, "standard": 1 }] }"#,
        )
        .unwrap()
    }

    /// What was made before leaves nothing behind, be it a new key at the top, a new table below it, or a mistake.
    #[test]
    fn each_is_as_if_it_were_made_alone() {
        let changes: [&[(&str, &str)]; 8] = [
            &[("classes.a.standard", "4"), ("classes.b.funding.city", "9")],
            &[("clauses.1", "\"words\"")],
            &[],
            &[("classes.a.note.zh", "\"注\""), ("title.en", "\"e\"")],
            &[("classes.a.id", "\"c\"")],
            &[("classes.a.standard", "-1")],
            &[("rounding.step", "\"1\""), ("years", "[2024, 2024]")],
            &[("classes.b.standard", "7")],
        ];
        let policy = policy();
        let mut variants = policy.variants();
        for (number, changes) in changes.into_iter().enumerate() {
            let list = || changes.iter().map(|(path, value)| (*path, serde_json::from_str::<Node>(value).unwrap()));
            let plain = policy.document().clone().without_places();
            let alone = policy.changed(plain, list(), |_, _, _| {});
            let made = variants.make(list(), |_, _, _| {});
            assert_eq!(made, alone, "{changes:?}");
            if let Ok((made, _)) = made {
                variants.take_back(made);
                assert!(variants.spare.is_some(), "{number}");
            }
        }
    }
}
