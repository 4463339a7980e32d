//! What holds between the parts of the room.

use crate::policy::Policy;
use crate::policy::path::TABLES;
use crate::policy::registry::{self, Shape};

/// Adds what stands under a path of keys, if it is a table, and the tables in it.
fn add_tables(path: &[&'static str], shape: &Shape, in_list: bool, found: &mut Vec<Vec<&'static str>>) {
    let under = |key| path.iter().copied().chain([key]).collect::<Vec<_>>();
    let is_table = !matches!(shape, Shape::List(_)) && !in_list;
    match shape {
        Shape::Name | Shape::Languages | Shape::Amount | Shape::Value if is_table => found.push(path.to_vec()),
        Shape::Conditions => found.extend([path.to_vec(), under("*")]),
        // The keys of rules are not those of one table; these are what every rule may have.
        Shape::Rule => {
            let when = under("when");
            let each = when.iter().copied().chain(["*"]).collect();
            found.extend([path.to_vec(), when, each, under("rounding"), under("note")]);
        }
        Shape::Table(table) => {
            if is_table && !path.is_empty() {
                found.push(path.to_vec());
            }
            for key in table.keys {
                add_tables(&under(key.name), &key.shape, false, found);
            }
        }
        Shape::Map(_, of) => {
            found.push(path.to_vec());
            add_tables(&under("*"), of, false, found);
        }
        Shape::List(list) => add_tables(&under("*"), list.of, true, found),
        _ => {}
    }
}

#[test]
fn every_table_of_the_registry_is_made_on_the_way_and_no_other() {
    let mut found = Vec::new();
    add_tables(&[], &Shape::Table(&registry::POLICY), false, &mut found);
    let mut known: Vec<Vec<&str>> = TABLES.iter().map(|keys| keys.to_vec()).collect();
    found.sort();
    known.sort();
    assert_eq!(known, found);
}

/// What a mistake of a rule is told would be right is right: the keys of its own kind, what is a number, a list by its name.
#[test]
fn hints_name_nothing_that_would_be_wrong_too() {
    let told = |changed: &str, by: &str| {
        let text = r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元", "payers": { "city": {} },
            "attributes": { "people": { "type": "number" }, "poor": { "type": "flag" }, "grade": { "type": "text" } },
            "layers": [{ "id": "city", "payer": "city" }], "pools": [{ "id": "p", "amount": 5, "weights": { "people": 1 } }],
            "classes": [{ "id": "a", "funding": { "city": { "rate": "0.5", "of": "people" } } }] }"#;
        serde_json::from_str::<Policy>(&text.replace(changed, by)).unwrap_err().to_string()
    };
    let rate = told(r#""rate": "0.5", "of": "people""#, r#""rate": "0.5", "of": "people", "cap": 10"#);
    assert!(
        rate.contains("known: `rate`, `of`, `when`, `at_least`, `at_most`, `rounding`, `clause`, `note`"),
        "{rate}"
    );
    let value = told(r#""of": "people""#, r#""of": "人口""#);
    assert!(value.contains("known: `standard`, `people` ["), "{value}");
    let weight = told(r#"{ "people": 1 }"#, r#"{ "人口": 1 }"#);
    assert!(weight.contains("known: `people`, `equal`, `city` ["), "{weight}");
    let list = told(r#""classes""#, r#""class""#);
    assert!(list.contains("did you mean `classes`?"), "{list}");
}
