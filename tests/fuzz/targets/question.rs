//! What is asked of the plan, with a table from the fuzzer: limits, a ledger, scenarios, or a goal. See
//! `conformance::hostile::questions`.
#![no_main]

use std::sync::LazyLock;

use conformance::hostile::questions;
use fundlayers::sheet::SheetOptions;
use fundlayers::{Allocation, Amount, Goal, Policy, Roster};
use fundlayers_formats::Format;
use libfuzzer_sys::fuzz_target;

static PLAN: LazyLock<(Policy, Roster, Allocation)> = LazyLock::new(|| questions::plan().unwrap());

fuzz_target!(|bytes: &[u8]| {
    let Some((mark, table)) = bytes.split_first() else { return };
    let (policy, roster, allocation) = &*PLAN;
    let format = if mark & 1 == 1 { Format::Json } else { Format::Csv };
    let options = SheetOptions::default();
    match mark >> 1 & 3 {
        0 => questions::fund(allocation, table, format, &options),
        1 => questions::reconcile(allocation, table, format, &options),
        2 => questions::scenarios(policy, roster, table, format, &options),
        _ => {
            let (limit, path) = table.split_at(table.len().min(8));
            let limit = limit.iter().fold(0_i64, |limit, byte| limit << 7 | i64::from(*byte));
            let goal = Goal {
                path: String::from_utf8_lossy(path).into_owned(),
                layer: "county".to_owned(),
                payer: None,
                year: 2024,
                limit: Amount::from_fen(limit),
                step: None,
            };
            questions::solve(policy, roster, &goal)
        }
    }
    .unwrap();
});
