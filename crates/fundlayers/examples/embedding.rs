//! A program with structs of its own: its rows in, an amount, totals as its own rows, and why. `cargo test` runs it.

use fundlayers::{Allocation, Amount, Grouping, Lang, Policy, Roster, Unit};

/// A row of the program's own: its fields are columns of a roster.
#[derive(serde::Serialize)]
struct Town {
    name: &'static str,
    county: &'static str,
}

/// A total as the program wants it.
#[derive(Debug, PartialEq, serde::Deserialize)]
struct Total {
    county: String,
    amount: Amount,
}

const TOWNS: [Town; 3] = [
    Town { name: "黄堡镇", county: "王益区" },
    Town { name: "王益街道", county: "王益区" },
    Town { name: "坡头镇", county: "新区" },
];

const POLICY: &str = r#"{
  "id": "key-towns", "title": { "zh": "重点帮扶镇资金安排", "en": "Funding of key towns" }, "years": [2023, 2025], "unit": "万元",
  "payers": { "city": { "zh": "市级", "en": "City" } },
  "layers": [
    { "id": "city", "name": { "zh": "市级", "en": "City" }, "payer": "city" },
    { "id": "county", "name": { "zh": "区县", "en": "County" }, "payer": "county" }
  ],
  "classes": [{ "id": "town", "standard": 600, "funding": { "city": 300, "county": { "top_up_to": "standard" } } }]
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy: Policy = serde_json::from_str(POLICY)?;
    let (roster, _warnings) = Roster::from_rows(&policy, &TOWNS)?;
    let (allocation, _warnings) = Allocation::new(&policy, &roster)?;

    let amount = allocation.get("黄堡镇", 2024, "county")?;
    assert_eq!(amount, Some("300万元".parse()?));

    let totals: Vec<Total> = allocation.totals(&[Grouping::County], false)?.table(Unit::Wan).rows()?;
    let [first, second] = ["王益区", "新区"].map(str::to_owned);
    assert_eq!(totals.first(), Some(&Total { county: first, amount: "3600万元".parse()? }));
    assert_eq!(totals.last(), Some(&Total { county: second, amount: "1800万元".parse()? }));

    let steps = allocation.explain("黄堡镇", Some(&[2024]))?.into_iter().flat_map(|explanation| explanation.steps);
    assert!(steps.into_iter().any(|step| step.text.get(Lang::En).contains("600 − 300 = 300")));
    Ok(())
}

#[test]
fn it_runs() {
    assert!(main().is_ok());
}
