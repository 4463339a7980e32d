use crate::ground::language::Lang;
use crate::ground::problem::Code;
use crate::policy::Policy;
use crate::policy::document::Node;

/// A policy whose second layer has a rule; the class has a standard of 600.
fn read(rule: &str) -> Result<Policy, Vec<(Code, String)>> {
    let text = format!(
        r#"{{ "id": "e", "title": {{ "zh": "例" }}, "years": [2024, 2025], "unit": "元", "payers": {{ "city": {{}} }},
        "attributes": {{ "pupils": {{ "zh": "学生数", "en": "pupils", "type": "number" }}, "poor": {{ "zh": "贫困", "type": "flag" }} }},
        "layers": [{{ "id": "city", "name": {{ "zh": "市级", "en": "City" }}, "payer": "city" }}, {{ "id": "county", "payer": "county" }}],
        "pools": [{{ "id": "p", "amount": 1, "weights": {{ "equal": 1 }} }}],
        "classes": [{{ "id": "all", "standard": 600, "funding": {{ "city": {{ "pool": "p" }}, "county": {rule} }} }}] }}"#
    );
    let document: Node = serde_json::from_str(&text).unwrap();
    Policy::from_document(&document).map(|(policy, _)| policy).map_err(|problems| {
        let named = problems.iter().map(|problem| (problem.code(), problem.location().key.clone().unwrap_or_default()));
        named.collect()
    })
}

/// The codes and places below the rule of what is wrong with a rule.
fn wrong(rule: &str) -> Vec<(Code, String)> {
    let problems = read(rule).err().unwrap_or_default();
    let below = |key: String| key.strip_prefix("classes.all.funding.county").map_or(key.clone(), str::to_owned);
    problems.into_iter().map(|(code, key)| (code, below(key))).collect()
}

fn said(rule: &str, lang: Lang) -> String {
    let policy = read(rule).unwrap_or_else(|problems| panic!("{rule}: {problems:?}"));
    let rule = policy.describe(lang).classes[0].rules[1].clone();
    rule.unwrap().text
}

#[test]
fn lists_of_values_say_what_is_wrong_at_its_place() {
    for key in ["least", "greatest", "difference"] {
        let few = if key == "difference" { "[1]" } else { "[]" };
        let at = |rest: &str| format!(".{key}{rest}");
        for (value, expected) in [
            (few.to_owned(), vec![(Code::TooFewValues, at(""))]),
            ("5".to_owned(), vec![(Code::WrongType, at(""))]),
            (r#""standard""#.to_owned(), vec![(Code::WrongType, at(""))]),
            (
                r#"["pupil", 1, "county"]"#.to_owned(),
                vec![(Code::UnknownValue, at(".0")), (Code::LaterLayer, at(".2"))],
            ),
            (r#"[1, { "pool": "p" }]"#.to_owned(), vec![(Code::BadRule, at(".1"))]),
            (r#"["poor", 1]"#.to_owned(), vec![(Code::WrongAttributeType, at(".0"))]),
        ] {
            assert_eq!(wrong(&format!(r#"{{ "{key}": {value} }}"#)), expected, "{key} {value}");
        }
        let with = |rest: &str| format!(r#"{{ "{key}": ["pupils", -1, {{ "rate": -2, "of": -3 }}], {rest} }}"#);
        assert_eq!(wrong(&with(r#""when": { "poor": true }, "at_least": 1, "at_most": 2, "clause": "1""#)), []);
        assert_eq!(wrong(&with(r#""amount": 1"#)), [(Code::BadRule, String::new())]);
        assert_eq!(wrong(&with(r#""of": 1"#)), [(Code::UnknownKey, ".of".to_owned())]);
        assert_eq!(wrong(&with(r#""at_least": -1"#)), [(Code::NegativeNumber, ".at_least".to_owned())]);
    }
}

#[test]
fn a_list_with_too_few_values_is_read_all_the_same() {
    let expected = [(Code::TooFewValues, ".difference".to_owned()), (Code::UnknownValue, ".difference.0".to_owned())];
    let mut found = wrong(r#"{ "difference": ["pupil"] }"#);
    found.sort();
    let mut sorted = expected.to_vec();
    sorted.sort();
    assert_eq!(found, sorted);
}

#[test]
fn the_hint_names_every_kind() {
    let Err(problems) = Policy::from_document(
        &serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
            "layers": [{ "id": "county", "payer": "county" }], "classes": [{ "id": "all", "funding": { "county": {} } }] }"#,
        )
        .unwrap(),
    ) else {
        panic!("a rule without a kind was read")
    };
    let hint = "exactly one of `amount`, `rate` with `of`, `top_up_to`, `pool`, `least`, `greatest`, `difference`";
    assert!(problems.to_string().contains(hint), "{problems}");
}

#[test]
fn values_of_a_list_are_parts_of_the_rule() {
    for (key, most) in [("least", 999), ("greatest", 999), ("difference", 999), ("amount", 998)] {
        let list = |parts: usize| format!(r#"{{ "{key}": [{}] }}"#, vec!["1"; parts].join(", "));
        assert_eq!(wrong(&list(most)), [], "{key}");
        assert_eq!(wrong(&list(most + 1)), [(Code::TooLarge, String::new())], "{key}");
        // Two denominators that are below the limit alone and beyond it together.
        let term = |number: &str| {
            let denominator = format!("\"1/{number}\"");
            (0..6).fold("1".to_owned(), |of, _| format!(r#"{{ "rate": {denominator}, "of": {of} }}"#))
        };
        let (a, b) = (term("99999999999999999999999999"), term("99999999999999999999999997"));
        assert_eq!(wrong(&format!(r#"{{ "{key}": [{a}, 1] }}"#)), [], "{key}");
        let both = wrong(&format!(r#"{{ "{key}": [{a}, {b}] }}"#));
        assert_eq!(both, [(Code::NumberOutOfRange, String::new())], "{key}");
    }
}

#[test]
fn kinds_are_said_in_words() {
    for (rule, zh, en) in [
        (r#"{ "least": ["standard", 300] }"#, "标准与 300 孰低", "the least of the standard and 300"),
        (r#"{ "least": ["standard", "city"] }"#, "标准与市级孰低", "the least of the standard and City"),
        (r#"{ "greatest": [1, "pupils", "city"] }"#, "1、学生数与市级孰高", "the greatest of 1, pupils and City"),
        (r#"{ "greatest": ["pupils"] }"#, "学生数", "pupils"),
        (
            r#"{ "least": ["standard", { "rate": "0.2", "of": "pupils" }], "at_least": 5, "when": { "poor": true } }"#,
            "标准与 (0.2 × 学生数) 孰低, ≥ 5，条件：贫困: 是",
            "the least of the standard and (0.2 × pupils), ≥ 5, when poor: yes",
        ),
        (
            r#"{ "difference": ["standard", ["city", 5], -3] }"#,
            "标准 − (市级 + 5) − (-3)",
            "the standard − (City + 5) − (-3)",
        ),
    ] {
        assert_eq!(said(rule, Lang::Zh), zh);
        assert_eq!(said(rule, Lang::En), en);
    }
}

#[test]
fn a_product_is_described_by_its_factors() {
    let rule = r#"{ "product": ["pupils", ["city", 5], 2] }"#;
    assert_eq!(said(rule, Lang::Zh), "学生数 × (市级 + 5) × 2");
    assert_eq!(said(rule, Lang::En), "pupils × (City + 5) × 2");
}

/// The documents say: `any` and `not` stand at most 20 deep in each other.
#[test]
fn conditions_stand_twenty_deep_in_each_other_and_no_deeper() {
    let rule = |deep: usize| {
        let begin = r#"{ "not": "#.repeat(deep);
        format!(r#"{{ "amount": 1, "when": {begin}{{ "poor": true }}{} }}"#, " }".repeat(deep))
    };
    assert_eq!(wrong(&rule(20)), []);
    assert_eq!(wrong(&rule(21)).into_iter().map(|(code, _)| code).collect::<Vec<_>>(), [Code::TooLarge]);
}
