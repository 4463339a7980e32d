//! stub
use num_bigint::BigUint;
use std::cmp::Ordering;
pub(crate) enum Weights<'a> {
    Narrow(&'a [u64]),
    Wide(&'a [u128]),
    Big(&'a [BigUint]),
}
pub(crate) struct Request<'a> {
    pub(crate) total: u64,
    pub(crate) weights: Weights<'a>,
    pub(crate) counts: Option<&'a [u64]>,
    pub(crate) floor: u64,
    pub(crate) cap: Option<u64>,
}
pub(crate) struct Apportionment {
    pub(crate) parts: Vec<u64>,
    pub(crate) extra: Vec<(usize, u64)>,
}
pub(crate) enum ShareError {
    FloorsExceed { by: BigUint },
    CapsFallShort { by: BigUint },
}
pub(crate) fn share_out(_: &Request<'_>, _: impl Fn(usize, usize) -> Ordering) -> Result<Apportionment, ShareError> {
    Err(ShareError::FloorsExceed { by: BigUint::ZERO })
}
