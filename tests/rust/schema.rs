//! The schema and the reader of policy files agree, as far as a schema can tell: on good policies, on those that are made
//! from the schema, and on what becomes of both by small changes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on fails"
)]

use std::cell::RefCell;
use std::collections::HashMap;

use conformance::hostile::{Random, seeds};
use fundlayers::{Code, POLICY_KEYS, POLICY_SCHEMA, Problem, Severity};
use fundlayers_formats::{Format, read_policy};
use regex::Regex;
use serde_json::{Map, Value, json};

/// Documents that are compared.
const CASES: u64 = 2_000;

/// What is wrong where a document does not have the shape of a policy.
const SHAPE: [Code; 7] = [
    Code::UnknownKey,
    Code::MissingKey,
    Code::WrongType,
    Code::BadRule,
    Code::UnknownWord,
    Code::BadUnit,
    Code::TooFewValues,
];

/// As much of JSON Schema as the schema uses.
struct Schema {
    root: Value,
    patterns: RefCell<HashMap<String, Regex>>,
}

impl Schema {
    fn new() -> Self {
        Self { root: serde_json::from_str(POLICY_SCHEMA).unwrap(), patterns: RefCell::default() }
    }

    fn definition(&self, reference: &Value) -> &Value {
        self.root.pointer(reference.as_str().unwrap().strip_prefix('#').unwrap()).unwrap()
    }

    fn fits(&self, pattern: &str, text: &str) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        patterns.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
    }

    fn accepts(&self, schema: &Value, value: &Value) -> bool {
        let keywords = schema.as_object().unwrap();
        let number = |limit: &Value, good: fn(f64, f64) -> bool| {
            value.as_f64().is_none_or(|number| good(number, limit.as_f64().unwrap()))
        };
        let size = |limit: &Value, size: Option<usize>, good: fn(usize, usize) -> bool| {
            size.is_none_or(|size| good(size, usize::try_from(limit.as_u64().unwrap()).unwrap()))
        };
        let items = value.as_array();
        let entries = value.as_object();
        keywords.iter().all(|(keyword, given)| match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" => true,
            "$ref" => self.accepts(self.definition(given), value),
            "anyOf" => given.as_array().unwrap().iter().any(|schema| self.accepts(schema, value)),
            "not" => !self.accepts(given, value),
            "enum" => given.as_array().unwrap().contains(value),
            "const" => given == value,
            "type" => match given {
                Value::Array(types) => types.iter().any(|given| is_type(given, value)),
                one => is_type(one, value),
            },
            "pattern" => value.as_str().is_none_or(|text| self.fits(given.as_str().unwrap(), text)),
            "minimum" => number(given, |number, limit| number >= limit),
            "exclusiveMinimum" => number(given, |number, limit| number > limit),
            "maximum" => number(given, |number, limit| number <= limit),
            "minItems" => size(given, items.map(Vec::len), |size, limit| size >= limit),
            "maxItems" => size(given, items.map(Vec::len), |size, limit| size <= limit),
            "minProperties" => size(given, entries.map(Map::len), |size, limit| size >= limit),
            "uniqueItems" => items.is_none_or(|items| (1..items.len()).all(|at| !items[..at].contains(&items[at]))),
            "items" => items.is_none_or(|items| items.iter().all(|item| self.accepts(given, item))),
            "required" => entries.is_none_or(|entries| {
                given.as_array().unwrap().iter().all(|key| entries.contains_key(key.as_str().unwrap()))
            }),
            "propertyNames" => entries.is_none_or(|entries| entries.keys().all(|key| self.accepts(given, &json!(key)))),
            "properties" => entries.is_none_or(|entries| {
                let known = given.as_object().unwrap();
                entries.iter().all(|(key, value)| known.get(key).is_none_or(|schema| self.accepts(schema, value)))
            }),
            "patternProperties" => entries.is_none_or(|entries| {
                let all = given.as_object().unwrap();
                entries.iter().all(|(key, value)| {
                    all.iter().all(|(pattern, schema)| !self.fits(pattern, key) || self.accepts(schema, value))
                })
            }),
            "additionalProperties" => entries.is_none_or(|entries| {
                let named = |key: &str| schema.pointer("/properties").is_some_and(|known| known.get(key).is_some());
                let fits = |key: &str| {
                    let patterns = schema.get("patternProperties").and_then(Value::as_object);
                    patterns.is_some_and(|patterns| patterns.keys().any(|pattern| self.fits(pattern, key)))
                };
                let mut others = entries.iter().filter(|(key, _)| !named(key) && !fits(key));
                others.all(|(_, value)| *given != json!(false) && self.accepts(given, value))
            }),
            keyword => panic!("what is {keyword} in a schema?"),
        })
    }

    /// Something that a schema accepts.
    fn make(&self, schema: &Value, depth: usize, random: &mut Random) -> Value {
        if let Some(reference) = schema.get("$ref") {
            return self.make(self.definition(reference), depth, random);
        }
        if let Some(schemas) = schema.get("anyOf").and_then(Value::as_array) {
            // The first are the plain ones.
            let schema = if depth > 6 { &schemas[0] } else { random.pick(schemas) };
            return self.make(schema, depth, random);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("array") => {
                let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                let most = schema.get("maxItems").and_then(Value::as_u64).unwrap_or(least + 3).min(least + 3);
                let count = if least == most { least } else { least + random.next() % (most - least) };
                let list: Vec<Value> = (0..count).map(|_| self.make(&schema["items"], depth + 1, random)).collect();
                let unique = schema.get("uniqueItems").is_some() && list.len() > 1;
                json!(if unique { &list[..1] } else { &list[..] })
            }
            Some("object") => json!(self.make_table(schema, depth, random)),
            _ => {
                let words = schema.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
                let all: Vec<Value> = words.into_iter().chain(SCALARS.iter().map(|text| scalar(text))).collect();
                let good: Vec<&Value> = all.iter().filter(|value| self.accepts(schema, value)).collect();
                (*random.pick(&good)).clone()
            }
        }
    }

    fn make_table(&self, schema: &Value, depth: usize, random: &mut Random) -> Map<String, Value> {
        let mut table = Map::new();
        let required = schema.get("required").cloned().unwrap_or_else(|| json!([]));
        for (key, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            // Deep down only what must be.
            if required.as_array().unwrap().contains(&json!(key)) || (depth < 12 && random.one_in(2)) {
                table.insert(key.clone(), self.make(schema, depth + 1, random));
            }
        }
        if let Some(patterns) = schema.get("patternProperties").and_then(Value::as_object) {
            let of = patterns.values().next().unwrap();
            table.insert("2023".to_owned(), self.make(of, depth + 1, random));
        }
        if let Some(of) = schema.get("additionalProperties").filter(|of| of.is_object()) {
            for key in ["city", "population", "一", "county", "2023"] {
                let named = schema.get("propertyNames").is_none_or(|names| self.accepts(names, &json!(key)));
                let needed = schema.get("minProperties").is_some() && table.is_empty();
                if named && random.one_in(2) && (depth < 12 || needed) {
                    table.insert(key.to_owned(), self.make(of, depth + 1, random));
                }
            }
        }
        if table.is_empty() && schema.get("minProperties").is_some() {
            return self.make_table(schema, depth, random);
        }
        table
    }
}

fn is_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        name => panic!("what is of type {name}?"),
    }
}

/// Values that a change may leave behind, as JSON.
const SCALARS: &[&str] = &[
    "0",
    "1",
    "2023",
    "0.5",
    "-3",
    "true",
    "null",
    "\"\"",
    "\" \"",
    "\"1/3\"",
    "\"1,234.5\"",
    "\"-2\"",
    "\"2023\"",
    "\"city\"",
    "\"county\"",
    "\"standard\"",
    "\"population\"",
    "\"一\"",
    "\"nonsense\"",
    "\"number\"",
    "\"万元\"",
    "[]",
    "{}",
    "[1]",
    "[\"city\", -50]",
    "[true]",
    "{ \"zh\": \"一\" }",
    "{ \"2023\": 1 }",
    "{ \"amount\": 1 }",
    "{ \"pool\": \"city\" }",
    "{ \"rate\": 0.5 }",
    "{ \"at_least\": 1 }",
    "{ \"amount\": 1, \"of\": 2 }",
    "{ \"top_up_to\": 1, \"rate\": 1 }",
    "{ \"least\": [] }",
    "{ \"difference\": [1] }",
];

fn scalar(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A small change anywhere in a document.
fn change(document: &mut Value, random: &mut Random) {
    // A step deeper, most of the time.
    let inside = match document {
        Value::Object(entries) if !entries.is_empty() && !random.one_in(5) => {
            let at = random.below(entries.len());
            entries.values_mut().nth(at)
        }
        Value::Array(items) if !items.is_empty() && !random.one_in(5) => {
            let at = random.below(items.len());
            items.get_mut(at)
        }
        _ => None,
    };
    if let Some(inside) = inside {
        return change(inside, random);
    }
    let text: &&str = random.pick(SCALARS);
    let value = scalar(text);
    let (_, keys) = random.pick(POLICY_KEYS);
    let key = (*random.pick(keys)).to_owned();
    match document {
        Value::Object(entries) if !random.one_in(4) => {
            let old = entries.keys().nth(random.below(entries.len())).cloned();
            match (random.below(4), old) {
                (0, Some(old)) => _ = entries.remove(&old),
                (1, Some(old)) => {
                    let value = entries.remove(&old).unwrap_or_default();
                    entries.insert(key, value);
                }
                (2, _) => _ = entries.insert("nonsense".to_owned(), value),
                _ => _ = entries.insert(key, value),
            }
        }
        Value::Array(items) if random.one_in(2) => items.push(value),
        other => *other = value,
    }
}

/// The errors that the reader finds, by code.
fn errors(document: &Value) -> Vec<Code> {
    let Err(problems) = read_policy(document.to_string().as_bytes(), Format::Json) else { return Vec::new() };
    problems.iter().filter(|problem| problem.severity() == Severity::Error).map(Problem::code).collect()
}

#[test]
fn schema_and_reader_agree() {
    let schema = Schema::new();
    let seeds = seeds().unwrap();
    let json = |format: &Format| *format == Format::Json;
    let policies = seeds.iter().flat_map(|seed| &seed.policies).filter(|(_, format)| json(format));
    let policies: Vec<Value> = policies.map(|(bytes, _)| serde_json::from_slice(bytes).unwrap()).collect();
    // How many were good to both, wrong to both, and good to the schema only.
    let (mut good, mut wrong, mut beyond) = (0_u64, 0_u64, 0_u64);
    for number in 0..CASES {
        let mut random = Random::new(number);
        let mut document =
            if random.one_in(3) { schema.make(&schema.root, 0, &mut random) } else { random.pick(&policies).clone() };
        for _ in 0..random.below(3) {
            change(&mut document, &mut random);
        }
        let accepted = schema.accepts(&schema.root, &document);
        let errors = errors(&document);
        match (accepted, errors.is_empty()) {
            (true, true) => good += 1,
            (true, false) => {
                let shape: Vec<&Code> = errors.iter().filter(|code| SHAPE.contains(code)).collect();
                assert!(shape.is_empty(), "case {number}: the schema does not see {shape:?} in\n{document:#}");
                beyond += 1;
            }
            (false, false) => wrong += 1,
            (false, true) => panic!("case {number}: the schema refuses, and the reader takes\n{document:#}"),
        }
    }
    let enough = CASES / 10;
    assert!(
        good > enough && wrong > enough && beyond > enough,
        "{good} good, {wrong} wrong, {beyond} beyond the schema"
    );
}

#[test]
fn what_is_made_from_the_schema_has_the_shape_of_a_policy() {
    let schema = Schema::new();
    for number in 0..CASES / 3 {
        let document = schema.make(&schema.root, 0, &mut Random::new(number));
        assert!(schema.accepts(&schema.root, &document), "case {number}\n{document:#}");
    }
}
