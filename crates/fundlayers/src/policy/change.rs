use super::Policy;
use crate::Problems;
use crate::document::Node;

pub(super) fn with_changes<'a>(
    policy: &Policy,
    changes: impl IntoIterator<Item = (&'a str, Node)>,
) -> Result<(Policy, Problems), Problems> {
    _ = changes.into_iter().count();
    Policy::from_document(&policy.0.document)
}
