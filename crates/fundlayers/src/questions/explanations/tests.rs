//! What explanations call things by.

use crate::engine::roster::RosterBuilder;
use crate::ground::money::Unit;
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::results::totals::Grouping;
use crate::rows::records::{Cell, RowBuilder};

#[test]
fn a_total_is_called_by_the_name_of_what_it_is_of() {
    let policy: Policy = serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
             "kinds": { "town": { "zh": "镇", "en": "Town" }, "village": { "zh": "村", "en": "Village" } },
             "designations": { "key": { "zh": "重点", "en": "Key" }, "other": { "zh": "一般", "en": "Other" } },
             "payers": { "city": { "zh": "市", "en": "The city" }, "province": { "zh": "省", "en": "The province" } },
             "layers": [{ "id": "c", "payer": "city" }, { "id": "p", "payer": "province" }],
             "classes": [{ "id": "all", "funding": { "c": 1, "p": 2 } }] }"#,
    )
    .unwrap();
    let mut builder = RosterBuilder::new(&policy, &["name", "kind", "designation"].map(|title| (title, None)));
    for row in [["甲", "town", "key"], ["乙", "village", "other"], ["丙", "village", "other"]] {
        builder.push_row(None, &row.map(Cell::Text));
    }
    let (allocation, _) = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap();
    let names = |by: Grouping| {
        let totals = allocation.explain_totals(&[by], None, Unit::Yuan).unwrap();
        totals.into_iter().map(|total| [total.name.zh, total.name.en, total.amount].join("|")).collect::<Vec<_>>()
    };
    assert_eq!(names(Grouping::Kind), ["镇|Town|3", "村|Village|6"]);
    assert_eq!(names(Grouping::Designation), ["重点|Key|3", "一般|Other|6"]);
    assert_eq!(names(Grouping::Payer), ["市|The city|3", "省|The province|6"]);
    let found = allocation.explain_totals(&[Grouping::Kind], Some("村"), Unit::Yuan).unwrap();
    assert_eq!(found.iter().map(|total| total.amount.as_str()).collect::<Vec<_>>(), ["6"]);
}
