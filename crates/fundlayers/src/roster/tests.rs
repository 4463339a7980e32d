use super::*;
use crate::{Code, Problem};

fn policy_with(extra: &str) -> Policy {
    let text = format!(
        r#"{{ "id": "test", "title": {{ "zh": "测试", "en": "Test" }}, "years": [2023, 2025], "unit": "万元",
        "layers": [{{ "id": "city", "payer": "city" }}], "payers": {{ "city": {{}} }},
        "classes": [{{ "id": "all", "funding": {{ "city": 1 }} }}] {extra} }}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// Kinds, designations and one attribute of each type.
fn policy() -> Policy {
    policy_with(
        r#", "kinds": { "town": { "zh": "镇", "en": "Town" }, "village": { "zh": "村", "en": "Village" } },
        "designations": { "provincial": { "zh": "省级", "en": "Provincial" }, "municipal": { "zh": "市级", "en": "Municipal" } },
        "attributes": {
            "pupils": { "zh": "学生数", "en": "Pupils", "type": "number" },
            "mountainous": { "zh": "山区", "en": "In the mountains", "type": "flag" },
            "soil": { "zh": "土质", "en": "Soil", "type": "text" } }"#,
    )
}

/// Nothing but names.
fn bare() -> Policy {
    policy_with("")
}

fn build(policy: &Policy, headers: &[&str], rows: &[&[Cell<'_>]]) -> Result<(Roster, Problems), Problems> {
    let headers: Vec<_> = headers.iter().map(|header| (*header, None)).collect();
    let mut builder = RosterBuilder::new(policy, &headers);
    for row in rows {
        builder.push_row(None, row);
    }
    builder.finish()
}

fn texts<'a>(policy: &Policy, headers: &[&str], rows: &[&[&'a str]]) -> Result<(Roster, Problems), Problems> {
    let rows: Vec<Vec<Cell<'a>>> = rows.iter().map(|row| row.iter().map(|text| Cell::Text(text)).collect()).collect();
    build(policy, headers, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn smoke() {
    let (roster, warnings) = texts(
        &policy(),
        &["名　称", "类型", "认定层级", "区县", "学生数", "山区"],
        &[
            &["关庄镇", "town", "省级", "耀州区", "１，２３４", "是"],
            &[" 某　村 ", "村", "Municipal", "耀州区", "", ""],
        ],
    )
    .unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    assert_eq!(roster.id(0), "耀州区/关庄镇");
    assert_eq!(roster.id(1), "耀州区/某村");
    _ = (Code::NoClass, Problem::new(Code::NoClass, ""), bare());
}
