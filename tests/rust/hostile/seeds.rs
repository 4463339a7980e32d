//! Good inputs to begin with: the vectors, the built-in policies, the examples of the documents.

use std::fmt::Write as _;
use std::path::Path;

use fundlayers::document::{Node, NodeValue};
use fundlayers_formats::{Format, json};
use serde_json::Value;

/// A policy and a roster that go together, in every format.
#[derive(Debug)]
pub struct Seed {
    /// The policy file and its format.
    pub policies: Vec<(Vec<u8>, Format)>,
    /// The roster file and its format.
    pub rosters: Vec<(Vec<u8>, Format)>,
}

/// Every seed, in the same order on every machine.
///
/// # Errors
///
/// A file of the vectors that cannot be read.
pub fn seeds() -> Result<Vec<Seed>, String> {
    let mut seeds = Vec::new();
    for built_in in fundlayers_policies::all() {
        seeds.push(Seed {
            policies: vec![(built_in.policy_toml.as_bytes().to_vec(), Format::Toml)],
            rosters: vec![(built_in.roster_csv.as_bytes().to_vec(), Format::Csv)],
        });
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json") && !path.ends_with("schema.json"));
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let file: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for case in file.get("cases").and_then(Value::as_array).into_iter().flatten() {
            seeds.extend(seed(case));
        }
    }
    Ok(seeds)
}

/// A case with a policy and a roster of its own.
fn seed(case: &Value) -> Option<Seed> {
    let policy = case.get("policy").filter(|policy| policy.is_object())?.to_string();
    let mut policies = vec![(policy.clone().into_bytes(), Format::Json)];
    policies
        .extend(json::read(&policy).ok().and_then(|node| toml(&node)).map(|text| (text.into_bytes(), Format::Toml)));
    let rows = case.get("roster").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    let rosters = vec![(csv(&rows).into_bytes(), Format::Csv), (rows.to_string().into_bytes(), Format::Json)];
    Some(Seed { policies, rosters })
}

/// A document as TOML: lists of tables under headers, everything else in one line each.
fn toml(document: &Node) -> Option<String> {
    let NodeValue::Table(entries) = &document.value else { return None };
    let (mut head, mut tables) = (String::new(), String::new());
    for (key, node) in entries {
        match &node.value {
            NodeValue::List(items)
                if !items.is_empty() && items.iter().all(|item| matches!(item.value, NodeValue::Table(_))) =>
            {
                for item in items {
                    let NodeValue::Table(entries) = &item.value else { continue };
                    _ = writeln!(tables, "[[{}]]", name(&key.text));
                    for (key, node) in entries {
                        _ = writeln!(tables, "{} = {}", name(&key.text), inline(node));
                    }
                }
            }
            _ => _ = writeln!(head, "{} = {}", name(&key.text), inline(node)),
        }
    }
    Some(head + &tables)
}

fn name(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if bare { key.to_owned() } else { Value::from(key).to_string() }
}

fn inline(node: &Node) -> String {
    match &node.value {
        NodeValue::Text(text) => Value::from(text.as_str()).to_string(),
        NodeValue::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        NodeValue::Table(entries) => {
            let entries = entries.iter().map(|(key, node)| format!("{} = {}", name(&key.text), inline(node)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        _ => node.to_string(),
    }
}

/// Rows as CSV, columns in the order in which they first appear.
fn csv(rows: &Value) -> String {
    let rows: Vec<_> = rows.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
    let mut keys: Vec<&str> = Vec::new();
    for row in &rows {
        for key in row.keys() {
            if !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
    }
    let mut text = keys.join(",") + "\n";
    for row in rows {
        let cells = keys.iter().map(|key| match row.get(*key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(cell)) if cell.contains([',', '"', '\n']) => {
                format!("\"{}\"", cell.replace('"', "\"\""))
            }
            Some(Value::String(cell)) => cell.clone(),
            Some(cell) => cell.to_string(),
        });
        text += &cells.collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    text
}
