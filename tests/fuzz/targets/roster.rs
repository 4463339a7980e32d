//! Rows in any order are the same places with the same amounts, and what is written as CSV is what was computed.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fundlayers::{Allocation, Policy, Problems, Roster, TableOptions};
use fundlayers_formats::csv;
use libfuzzer_sys::fuzz_target;

/// Every kind of rule, with a pool and conditions.
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    serde_json::from_str(
        r#"{ "id": "fuzz", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "万元",
        "kinds": { "town": { "zh": "镇" }, "village": { "zh": "村" } }, "payers": { "city": { "zh": "市级" } },
        "attributes": { "pupils": { "zh": "学生", "type": "number" }, "poor": { "type": "flag" }, "zone": { "type": "text" } },
        "layers": [{ "id": "city", "payer": "city" }, { "id": "pooled", "payer": "city" }, { "id": "county", "payer": "county" }],
        "pools": [{ "id": "pool", "amount": "10.01", "weights": { "equal": 1 }, "at_most": 5 }],
        "classes": [
          { "id": "town", "kind": "town", "standard": 600,
            "funding": { "city": { "rate": "1/3", "of": "pupils", "at_most": 700, "when": { "poor": false } },
                         "county": { "top_up_to": "standard" } } },
          { "id": "village", "kind": "village",
            "funding": { "pooled": { "pool": "pool" }, "county": { "rate": "0.5", "of": "pooled" } } }] }"#,
    )
    .unwrap()
});

fn read(text: &str) -> Result<Roster, Problems> {
    csv::read_roster(text, &POLICY).map(|(roster, _)| roster)
}

fn amounts(roster: &Roster) -> Result<BTreeMap<(String, u16, String), Vec<i64>>, Problems> {
    let (allocation, _) = Allocation::new(&POLICY, roster)?;
    let mut amounts: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for line in allocation.lines() {
        let key = (line.recipient().id().to_owned(), line.year(), line.layer().id.clone());
        amounts.entry(key).or_default().push(line.amount().fen());
    }
    let mut written = Vec::new();
    let options = TableOptions { unit: POLICY.unit(), zeros: false, wide: false };
    csv::write(&mut written, &allocation.table(options)).unwrap();
    let lines = written.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines > allocation.lines().count(), "a line for each row, and more where a name has lines");
    assert_eq!(
        allocation.totals(&[], true).unwrap().iter().map(|row| i128::from(row.amount().fen())).sum::<i128>(),
        allocation.amounts().sum()
    );
    Ok(amounts)
}

fuzz_target!(|text: &str| {
    let Ok(roster) = read(text) else { return };
    let Ok(expected) = amounts(&roster) else { return };
    // Where a cell has quotes its lines are not its rows.
    if text.contains('"') || text.contains('\r') {
        return;
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap_or_default();
    let mut turned: Vec<&str> = lines.collect();
    turned.reverse();
    let turned = format!("{header}\n{}", turned.join("\n"));
    assert_eq!(amounts(&read(&turned).unwrap()).unwrap(), expected);
});
