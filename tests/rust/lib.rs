//! What the conformance tests share: running one case of the vectors.

pub mod case;
