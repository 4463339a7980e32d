//! Sharing out whole steps, exactly. It knows no policy.

pub(crate) mod apportion;
pub(crate) mod claims;
pub(crate) mod divide;
pub(crate) mod level;
pub(crate) mod whole;
