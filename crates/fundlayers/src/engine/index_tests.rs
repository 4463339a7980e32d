//! Tests of the index of classes, which need a roster: rosters are read with its help.

use proptest::prelude::*;

use crate::engine::columns::Columns;
use crate::engine::index::{ClassIndex, Search};
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::ids::{AttributeIndex, KindIndex};
use crate::policy::Policy;
use crate::rows::records::{Cell, RowBuilder};

fn policy(classes: impl IntoIterator<Item = String>) -> Policy {
    let list: Vec<String> = classes
        .into_iter()
        .enumerate()
        .map(|(n, words)| format!(r#"{{ "id": "c{n}", "funding": {{ "l": 1 }} {words} }}"#))
        .collect();
    let text = format!(
        r#"{{ "id": "p", "title": {{ "zh": "p" }}, "years": [2024, 2024], "unit": "元",
            "layers": [{{ "id": "l", "payer": "county" }}], "kinds": {{ "a": {{}}, "b": {{}} }},
            "attributes": {{ "t": {{ "type": "text" }}, "f": {{ "type": "flag" }}, "n": {{ "type": "number" }} }},
            "classes": [{}] }}"#,
        list.join(",")
    );
    serde_json::from_str(&text).unwrap()
}

fn roster(policy: &Policy, rows: &[[String; 5]]) -> Roster {
    let titles = ["name", "kind", "county", "t", "f", "n"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    for (number, row) in rows.iter().enumerate() {
        let name = format!("r{number}");
        let cells: Vec<Cell<'_>> = [&name].into_iter().chain(row).map(|text| Cell::Text(text)).collect();
        builder.push_row(None, &cells);
    }
    builder.finish().unwrap().0
}

#[test]
fn a_class_is_found_without_looking_at_the_others() {
    let classes = 2_500;
    let policy = policy((0..classes).map(|n| {
        format!(
            r#", "kind": "a", "where": {{ "county": "c{}", "t": ["t{}", "u{}"], "f": {} }}"#,
            n / 50,
            n % 25,
            n % 25,
            n / 25 % 2 == 0
        )
    }));
    let rows: Vec<[String; 5]> = (0..classes)
        .map(|n| {
            let t = if n % 2 == 0 { format!("t{}", n % 25) } else { format!("u{}", n % 25) };
            ["a".to_owned(), format!("c{}", n / 50), t, (n / 25 % 2 == 0).to_string(), String::new()]
        })
        .collect();
    let roster = roster(&policy, &rows);
    let columns = Columns::new(&policy, &roster);
    let index = ClassIndex::new(&columns);
    let candidates = index.candidates(Some(KindIndex::new(0)), None);
    assert_eq!((candidates.len(), &candidates.reads), (classes, &vec![AttributeIndex::new(0)]));
    let mut search = Search::default();
    for row in 0..classes {
        index.search(&candidates, row, &mut search);
        assert_eq!(search.found, [row]);
    }
    assert_eq!(search.looked_at, classes);
    assert_eq!(index.candidates(Some(KindIndex::new(1)), None).len(), 0);
}

fn condition() -> impl Strategy<Value = String> {
    let number = || prop_oneof![Just("1"), Just("\"0.5\""), Just("2"), Just("\"1.000000000000000000000001\"")];
    let words = |subject: &'static str| {
        proptest::collection::btree_set(0..3, 1..3).prop_map(move |list| {
            let list: Vec<String> = list.iter().map(|n| format!("\"w{n}\"")).collect();
            format!("\"{subject}\": [{}]", list.join(","))
        })
    };
    prop_oneof![
        words("county"),
        words("t"),
        any::<bool>().prop_map(|flag| format!("\"f\": {flag}")),
        number().prop_map(|number| format!("\"n\": [{number}]")),
        (number(), number()).prop_map(|(low, high)| format!("\"n\": {{ \"at_least\": {low}, \"below\": {high} }}")),
        (number(), number()).prop_map(|(low, high)| format!("\"n\": {{ \"above\": {low}, \"at_most\": {high} }}")),
    ]
}

proptest! {
    #[test]
    fn classes_are_found_as_if_each_were_looked_at(
        classes in proptest::collection::vec((0..3_usize, proptest::collection::vec(condition(), 0..4)), 1..40),
        rows in proptest::collection::vec((0..2_usize, 0..3, 0..4, any::<bool>(), 0..6_usize), 1..20),
    ) {
        let mut seen = Vec::new();
        let classes = classes.into_iter().filter_map(|(kind, conditions)| {
            let mut subjects: Vec<String> = Vec::new();
            let mut kept: Vec<String> = Vec::new();
            for condition in conditions {
                let subject = condition.split(':').next().unwrap().to_owned();
                if !subjects.contains(&subject) {
                    subjects.push(subject);
                    kept.push(condition);
                }
            }
            let kind = ["", r#", "kind": "a""#, r#", "kind": "b""#][kind];
            let words = format!(r#"{kind}, "where": {{ {} }}"#, kept.join(","));
            // Two classes alike are refused.
            let mut sorted = kept;
            sorted.sort();
            let new = !seen.contains(&(kind, sorted.clone()));
            seen.push((kind, sorted));
            new.then_some(words)
        });
        let bare = policy([String::new()]);
        let policy = policy(classes.collect::<Vec<_>>());
        let rows: Vec<[String; 5]> = rows.into_iter().map(|(kind, county, t, f, n)| {
            let numbers = ["0.5", "1", "1.0", "1.000000000000000000000001", "2.000000000000000000000000", "3"];
            [["a", "b"][kind].to_owned(), format!("w{county}"), format!("w{t}"), f.to_string(), numbers[n].to_owned()]
        }).collect();
        // A roster that is read for a policy must fit it.
        let roster = roster(&bare, &rows);
        let columns = Columns::new(&policy, &roster);
        let index = ClassIndex::new(&columns);
        let mut search = Search::default();
        for (row, words) in rows.iter().enumerate() {
            let kind = policy.kinds().iter().position(|kind| kind.id == words[0]).map(KindIndex::new);
            index.search(&index.candidates(kind, None), row, &mut search);
            let fits = |(number, class): (usize, &crate::policy::Class)| {
                let holds = class.conditions.iter().all(|condition| columns.holds(condition, row) == Ok(true));
                ((class.kind.is_none() || class.kind == kind) && holds).then_some(number)
            };
            let one_by_one: Vec<usize> = policy.classes().iter().enumerate().filter_map(fits).collect();
            prop_assert_eq!(&search.found, &one_by_one);
        }
    }
}
