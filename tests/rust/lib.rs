//! What the conformance tests share: running one case of the vectors. The examples of the README run as tests here.

pub mod case;

#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
pub struct Readme;

#[doc = include_str!("../../crates/fundlayers/docs/what-if.md")]
#[cfg(doctest)]
pub struct WhatIf;
