//! Where in a text something stands.

/// A place in a text: line and character, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Character (not byte) in the line, from 1.
    pub character: u32,
}
