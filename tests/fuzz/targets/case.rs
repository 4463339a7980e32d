//! A policy and a roster, both from the fuzzer, the whole way: see `conformance::hostile::run`.
#![no_main]

use conformance::hostile::{Input, run};
use fundlayers::sheet::SheetOptions;
use fundlayers_formats::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((mark, rest)) = bytes.split_first() else { return };
    // No good input holds a NUL, so that one parts the files.
    let Some(end) = rest.iter().position(|byte| *byte == 0) else { return };
    let (policy, roster) = rest.split_at(end);
    let input = Input {
        policy: policy.to_vec(),
        policy_format: if mark & 1 == 1 { Format::Json } else { Format::Toml },
        roster: roster[1..].to_vec(),
        roster_format: if mark & 2 == 2 { Format::Json } else { Format::Csv },
        options: SheetOptions::default(),
    };
    run(&input).unwrap();
});
