//! Numbers that name a part of something.

/// A row or code as an index.
pub(crate) const fn index(number: u32) -> usize {
    number as usize
}
