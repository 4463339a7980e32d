//! A policy that reads is the same after serde and back, and after a change that changes nothing.
#![no_main]

use fundlayers::Policy;
use fundlayers_formats::{Format, read_policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((mark, text)) = bytes.split_first() else { return };
    let format = if mark & 1 == 1 { Format::Json } else { Format::Toml };
    let Ok((policy, _)) = read_policy(text, format) else { return };
    let json = serde_json::to_string(&policy).unwrap();
    let again: Policy = serde_json::from_str(&json).unwrap();
    let (file, _) = read_policy(json.as_bytes(), Format::Json).unwrap();
    let (unchanged, _) = policy.with_changes([]).unwrap();
    for other in [&again, &file, &unchanged] {
        assert_eq!(policy.id(), other.id());
        assert_eq!(policy.rounding(), other.rounding());
        assert_eq!(policy.attributes(), other.attributes());
        assert_eq!(policy.layers(), other.layers());
        assert_eq!(policy.classes(), other.classes());
        assert_eq!(policy.pools(), other.pools());
        assert_eq!(serde_json::to_string(other).unwrap(), json);
    }
});
