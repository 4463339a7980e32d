use super::Policy;
use crate::Problems;
use crate::document::Node;
pub(super) fn read(document: &Node) -> Result<(Policy, Problems), Problems> {
    _ = document;
    Err(Problems::new())
}
