//! What the conformance tests share: running one case of the vectors, hostile input. The examples of the README run as tests here.

pub mod case;
#[path = "hostile/mod.rs"]
pub mod hostile;

#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
pub struct Readme;

#[doc = include_str!("../../crates/fundlayers/docs/what-if.md")]
#[cfg(doctest)]
pub struct WhatIf;
