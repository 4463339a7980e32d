//! Checks: a million places, ten requirements each, beside figures of every place.
#![expect(clippy::indexing_slicing, reason = "a benchmark that fails stops")]

use fundlayers::roster::Cell;
use fundlayers::{Allocation, CheckFigures, CheckFiguresBuilder, Grouping, Outcome, RosterBuilder, RowBuilder};

use crate::{Random, best, policy};

/// Land, incomes, flags; of these the last three are columns of a table of figures.
const ATTRIBUTES: &str = r#""land": { "type": "number", "unit": "亩", "subject": "place" },
    "industry": { "type": "number", "unit": "亩", "subject": "place" }, "earns": { "type": "flag", "subject": "place" }"#;

const CHECKS: &str = r#"[
    { "id": "a", "must": { "pupils": { "at_least": 10 } } }, { "id": "b", "must": { "pupils": { "below": 90 } } },
    { "id": "c", "must": { "income": { "above": "pupils" } } }, { "id": "d", "must": { "income": { "at_most": { "rate": "1/3", "of": "pupils" } } } },
    { "id": "e", "when": { "kind": "village" }, "must": { "industry": { "at_least": { "rate": "0.1", "of": "land" } } } },
    { "id": "f", "when": { "kind": "town" }, "must": { "industry": { "at_most": { "rate": "0.2", "of": "land" } } } },
    { "id": "g", "must": { "earns": true } }, { "id": "h", "must": { "any": [{ "pupils": { "above": 50 } }, { "earns": true }] } },
    { "id": "i", "when": { "year": 2024 }, "must": { "land": { "above": 0 } } }, { "id": "j", "must": { "not": { "earns": false } } }]"#;

/// Ten checks of so many places in a year.
pub(crate) fn measure(places: u64) {
    let class = r#"{ "id": "all", "funding": { "city": 1 } }"#;
    let policy = policy(class, "");
    let policy = {
        let mut document: serde_json::Value = serde_json::to_value(&policy).expect("a document");
        let more: serde_json::Value = serde_json::from_str(&format!("{{ {ATTRIBUTES} }}")).expect("attributes");
        for (id, attribute) in more.as_object().expect("a table") {
            document["attributes"][id] = attribute.clone();
        }
        document["checks"] = serde_json::from_str(CHECKS).expect("checks");
        serde_json::from_value::<fundlayers::Policy>(document).expect("a policy")
    };
    let mut random = Random(7);
    let titles = ["id", "name", "kind", "designation", "pupils", "income"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(&policy, &titles);
    for place in 0..places {
        let texts =
            [place.to_string(), format!("村{place}"), random.below(100).to_string(), random.below(100).to_string()];
        let kind = if place % 7 == 0 { "town" } else { "village" };
        let cells = [&*texts[0], &texts[1], kind, "municipal", &texts[2], &texts[3]];
        builder.push_row(None, &cells.map(Cell::Text));
    }
    let (roster, _) = builder.finish().expect("a roster");
    let read = || {
        let mut random = Random(8);
        let titles = ["id", "year", "land（公顷）", "industry", "earns"].map(|title| (title, None));
        let mut builder = CheckFiguresBuilder::new(&policy, &titles);
        for place in 0..places {
            let texts = [place.to_string(), random.below(1_000).to_string(), random.below(2_000).to_string()];
            let earns = Cell::Flag(random.below(3) > 0);
            builder.push_row(
                None,
                &[Cell::Text(&texts[0]), Cell::Text("2024"), Cell::Text(&texts[1]), Cell::Text(&texts[2]), earns],
            );
        }
        builder.finish().expect("figures").0
    };
    let (allocation, _) = Allocation::for_years(&policy, &roster, &[2024]).expect("an allocation");
    let report = |what: &str, time: std::time::Duration| println!("{what:<58} {:>9.2} ms", time.as_secs_f64() * 1e3);
    let (time, _) = best(|| allocation.checks(&CheckFigures::default()).expect("checks"));
    report("ten checks of every place, without figures", time);
    let (time, figures) = best(read);
    report("reading figures of every place", time);
    let (time, (checks, _)) = best(|| allocation.checks(&figures).expect("checks"));
    report("ten checks of every place, beside these", time);
    let (time, _) = best(|| checks.totals(&[Grouping::Kind]).expect("shares"));
    report("their shares by kind", time);
    assert!(checks.results().any(|result| result.outcome() == Outcome::Met));
}
