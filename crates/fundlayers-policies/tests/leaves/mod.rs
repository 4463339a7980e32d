//! The values of a policy file by their paths, for the tests that hold each of them to words of a document.

use std::collections::BTreeMap;

use toml::Value;

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number with twelve decimals as a whole number; nothing if it is no plain number.
pub(crate) fn scaled(text: &str) -> Option<i128> {
    let text = text.trim().replace(['_', ','], "");
    let text = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let decimals = 12_usize.checked_sub(fraction.len())?;
    (is_digits(whole) && (fraction.is_empty() || is_digits(fraction)))
        .then(|| format!("{whole}{fraction}{}", "0".repeat(decimals)).parse().ok())
        .flatten()
}

/// Whether a text in a policy is a number or a ratio.
pub(crate) fn is_number(text: &str) -> bool {
    scaled(text).is_some() || text.split_once('/').is_some_and(|(a, b)| scaled(a).is_some() && scaled(b).is_some())
}

/// A value of the policy at the end of its path.
pub(crate) struct Leaf {
    pub(crate) text: String,
    pub(crate) numeric: bool,
}

/// Keys whose texts are words, even where they look like numbers.
const WORDS: &[&str] = &[
    "id",
    "clause",
    "unit",
    "kind",
    "designation",
    "payer",
    "zh",
    "en",
    "document",
    "issuer",
    "published",
    "status",
    "url",
];

pub(crate) fn leaves(value: &Value, path: &str, key: &str, out: &mut BTreeMap<String, Leaf>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                leaves(value, &below(key), key, out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let id = item.get("id").and_then(Value::as_str);
                leaves(item, &below(&id.map_or_else(|| index.to_string(), str::to_owned)), "", out);
            }
        }
        _ => {
            let (text, numeric) = match value {
                Value::String(text) => (text.clone(), !WORDS.contains(&key) && is_number(text)),
                Value::Integer(number) => (number.to_string(), true),
                Value::Float(number) => (number.to_string(), true),
                other => (other.type_str().to_owned(), false),
            };
            out.insert(path.to_owned(), Leaf { text, numeric });
        }
    }
}
