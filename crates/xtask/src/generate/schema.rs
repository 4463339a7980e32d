//! The JSON Schema of policy files.

use fundlayers::registry::{
    Absent, BOUNDED, BOUNDS, COLUMN_KEYS, COMMON, Ids, KINDS, Key, Kind, KindGrammar, List, MONEY_UNITS, NAME, POLICY,
    RESULT_KEYS, Shape, Table, VALUE_WORDS,
};
use serde_json::{Map, Value, json};

/// A year in a text.
const YEAR: &str = "^[1-9][0-9]{0,3}$";
const NOT_BLANK: &str = "\\S";

/// The schema.
pub(crate) fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "fundlayers policy",
        "description": "A layered public-funding policy as data: layers, classes, rules and pools, each with the clause it \
            rests on. Describes policy files in TOML and in JSON. What a schema cannot say (ids that are declared, weights \
            that sum to 1, years that are covered) is checked when the file is read; docs/policy-format.md explains every key.",
    });
    let mut table = table(&POLICY, None);
    let definitions = definitions();
    if let (Value::Object(schema), Value::Object(table)) = (&mut schema, &mut table) {
        table.shift_remove("title");
        schema.append(table);
        schema.insert("$defs".to_owned(), definitions);
    }
    schema
}

/// A table of known keys.
fn table(table: &Table, description: Option<&str>) -> Value {
    let mut schema = json!({ "title": table.title });
    if let Some(description) = description {
        set(&mut schema, "description", description.into());
    }
    extend(&mut schema, keys(table.keys.iter()));
    schema
}

/// What the keys say of a table.
fn keys<'k>(keys: impl Iterator<Item = &'k Key> + Clone) -> Value {
    let mut schema = json!({ "type": "object", "additionalProperties": false });
    let required: Vec<Value> = keys.clone().filter(|key| key.is_required()).map(|key| key.name.into()).collect();
    if !required.is_empty() {
        set(&mut schema, "required", required.into());
    }
    let properties: Map<String, Value> = keys.map(|key| (key.name.to_owned(), property(key))).collect();
    set(&mut schema, "properties", properties.into());
    schema
}

/// What stands under a key, with what it means: in English, then in Chinese.
fn property(key: &Key) -> Value {
    let (mut zh, mut en) = (key.meaning.zh.to_owned(), key.meaning.en.to_owned());
    if let Absent::Means(text) = key.absent {
        en.extend([" Left out: ", text.en, "."]);
        zh.extend(["省略时为：", text.zh, "。"]);
    }
    let mut schema = json!({});
    let title = if let Shape::Table(table) = key.shape { Some(table.title) } else { key.title };
    if let Some(title) = title {
        set(&mut schema, "title", title.into());
    }
    set(&mut schema, "description", format!("{en} {zh}").into());
    extend(&mut schema, shape(&key.shape));
    if let Absent::Is(value) = key.absent {
        set(&mut schema, "default", serde_json::from_str(value).unwrap_or_else(|_| value.into()));
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text => reference("text"),
        Shape::TextOrNumber => json!({ "anyOf": [reference("text"), { "type": "number" }] }),
        Shape::Id => reference("id"),
        Shape::LayerId => reference("layer_id"),
        Shape::ValueId => reference("value_id"),
        Shape::Name => reference("name"),
        Shape::Languages => reference("text_in_languages"),
        Shape::Years => json!({ "type": "array", "items": reference("year"), "minItems": 2, "maxItems": 2 }),
        Shape::MoneyUnit => reference("money_unit"),
        Shape::Whole(most) => {
            let mut whole = json!({ "type": "integer", "minimum": 0 });
            if let Some(most) = most {
                set(&mut whole, "maximum", (*most).into());
            }
            json!({ "anyOf": [whole, reference("number_text")] })
        }
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Number => reference("bound"),
        Shape::Positive => json!({ "anyOf": [{ "type": "number", "exclusiveMinimum": 0 }, reference("number_text")] }),
        Shape::Yearly => json!({ "anyOf": [reference("bound"), by_year(reference("bound"))] }),
        Shape::Amount => reference("yearly_amount"),
        Shape::Rate => reference("rate"),
        Shape::Weight => reference("weight"),
        Shape::Value => reference("value"),
        Shape::Rule => reference("rule"),
        Shape::Conditions => reference("conditions"),
        Shape::Table(of) => table(of, None),
        Shape::TextOr(of) => json!({ "anyOf": [reference("text"), table(of, None)] }),
        Shape::List(list) => self::list(list),
        Shape::Map(ids, of) => {
            let mut schema = json!({ "type": "object" });
            match ids {
                Ids::Any => set(&mut schema, "propertyNames", json!({ "pattern": NOT_BLANK })),
                Ids::Payers => {
                    set(&mut schema, "propertyNames", json!({ "pattern": NOT_BLANK, "not": { "const": "county" } }));
                }
                Ids::Values => set(&mut schema, "propertyNames", reference("value_id")),
                Ids::Layers => {}
                Ids::Weights | Ids::Texts => set(&mut schema, "minProperties", 1.into()),
            }
            set(&mut schema, "additionalProperties", self::shape(of));
            schema
        }
    }
}

fn list(list: &List) -> Value {
    let mut schema = json!({ "type": "array" });
    if list.least > 0 {
        set(&mut schema, "minItems", list.least.into());
    }
    if let Some(most) = list.most {
        set(&mut schema, "maxItems", most.into());
    }
    if list.distinct {
        set(&mut schema, "uniqueItems", true.into());
    }
    set(&mut schema, "items", shape(list.of));
    schema
}

/// What is said once and referred to.
fn definitions() -> Value {
    let mut all = texts();
    extend(&mut all, numbers());
    extend(&mut all, values());
    for kind in KINDS {
        set(&mut all, &rule_name(kind), rule(kind));
    }
    for key in common() {
        set(&mut all, &common_name(key), property(key));
    }
    let any = json!({ "type": ["number", "string", "boolean"] });
    let mut bounds = table(&BOUNDS, None);
    set(&mut bounds, "minProperties", 1.into());
    let conditions = json!({
                "title": "Conditions",
                "description": "By attribute, figure, earlier layer, `year`, `kind`, `designation`, `class`, `county` or \
                    `township`: a value to equal, a list of such values, or bounds of a number. `any`: a list of conditions \
                    of which one holds. `not`: conditions that do not all hold.",
                "type": "object",
                "properties": {
                    "any": { "type": "array", "minItems": 1, "items": reference("some_conditions") },
                    "not": reference("some_conditions"),
                },
                "additionalProperties": reference("condition"),
    });
    let mut some = conditions.clone();
    set(&mut some, "minProperties", 1.into());
    extend(
        &mut all,
        json!({
            "conditions": conditions,
            "some_conditions": some,
            "condition": {
                "title": "Condition",
                "anyOf": [any, { "type": "array", "minItems": 1, "items": { "anyOf": [any, reference("value")] } }, bounds,
                    reference("value")],
            },
            "bound": { "title": "Bound", "anyOf": [{ "type": "number" }, reference("signed_number_text")] },
        }),
    );
    all
}

/// Texts, ids and words.
fn texts() -> Value {
    let not_these = |taken: Vec<&str>| json!({ "anyOf": [{ "pattern": "^[0-9]+$" }, { "enum": taken }] });
    let value_words = || VALUE_WORDS.iter().chain(&COLUMN_KEYS).copied();
    let layer_words = value_words().filter(|word| *word != "county").chain(RESULT_KEYS.iter().copied());
    let name = table(&NAME, Some("Name in Chinese and English. What is left out is the id."));
    let mut text = table(&NAME, Some("A text in Chinese and English. Where one is left out, the other stands for it."));
    set(&mut text, "title", "Text".into());
    set(&mut text, "minProperties", 1.into());
    json!({
        "text": { "type": "string", "pattern": NOT_BLANK },
        "id": {
            "title": "Id",
            "description": "An id, which differs from the others of its list.",
            "type": "string",
            "pattern": NOT_BLANK,
        },
        "value_id": {
            "title": "Id",
            "description": "An id that rules can read: not digits only, not a column of the roster, not `standard` or `equal`.",
            "type": "string",
            "pattern": NOT_BLANK,
            "not": not_these(value_words().collect()),
        },
        "layer_id": {
            "title": "Id of a layer",
            "description": "Not digits only, not a column of the roster or of results, not `standard` or `equal`. A layer may \
                be called `county`.",
            "type": "string",
            "pattern": NOT_BLANK,
            "not": not_these(layer_words.collect()),
        },
        "name": name,
        "text_in_languages": text,
        "money_unit": { "title": "Unit of money", "enum": MONEY_UNITS },
    })
}

/// Numbers, alone and by year.
fn numbers() -> Value {
    let number = json!({ "type": "number" });
    let ratio = json!([number, reference("ratio_text")]);
    json!({
        "year": {
            "title": "Year",
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": 9999 },
                { "type": "string", "pattern": YEAR },
            ],
        },
        "number_text": {
            "title": "Number in a text",
            "description": "A number in quotes, read exactly: \"1,234.5\".",
            "type": "string",
            "pattern": "^[\\s+＋.．,，0-9０-９]*[0-9０-９][\\s.．,，0-9０-９]*$",
        },
        "signed_number_text": {
            "title": "Number in a text",
            "type": "string",
            "pattern": "^[\\s+＋\\-－−.．,，0-9０-９]*[0-9０-９][\\s.．,，0-9０-９]*$",
        },
        "amount": {
            "title": "Amount",
            "description": "A number in the policy's unit, not below 0.",
            "anyOf": [{ "type": "number", "minimum": 0 }, reference("number_text")],
        },
        "yearly_amount": {
            "title": "Amount, or a table of years",
            "description": "An amount in the policy's unit, or a table such as { 2023 = 500, 2025 = 550 }: each holds until \
                the next.",
            "anyOf": [reference("amount"), by_year(reference("amount"))],
        },
        "ratio_text": {
            "title": "Number or ratio in a text",
            "description": "\"0.25\", or a ratio of two whole numbers, \"1/3\".",
            "type": "string",
            "pattern": "^[\\s+＋\\-－−.．,，0-9０-９]*[0-9０-９][\\s.．,，0-9０-９]*(/[\\s0-9０-９,，]*[0-9０-９][\\s0-9０-９,，]*)?$",
        },
        "weight": {
            "title": "Weight",
            "description": "A number or a ratio such as \"3/10\", not below 0.",
            "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, reference("ratio_text")],
        },
        "rate": {
            "title": "Rate",
            "description": "A number, a ratio such as \"1/3\", a table of years of these, or any value. A negative rate may \
                stand only in a list.",
            "anyOf": [number, reference("ratio_text"), by_year(json!({ "anyOf": ratio })), reference("value")],
        },
    })
}

fn by_year(of: Value) -> Value {
    let mut years = json!({});
    set(&mut years, YEAR, of);
    json!({
        "title": "Table of years",
        "type": "object",
        "minProperties": 1,
        "patternProperties": years,
        "additionalProperties": false,
    })
}

/// What rules compute with, and rules.
fn values() -> Value {
    let mut rule = vec![reference("yearly_amount"), reference("value_name"), reference("value_list")];
    let number = json!([{ "type": "number" }, reference("signed_number_text")]);
    let mut value =
        vec![json!({ "type": "number" }), reference("signed_number_text"), by_year(json!({ "anyOf": number }))];
    value.extend([reference("value_name"), reference("value_list")]);
    for kind in KINDS {
        rule.push(reference(&rule_name(kind)));
        if kind.bounded {
            value.push(reference(&rule_name(kind)));
        }
    }
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.grammar.key.name).collect();
    let kinds = kinds.join(", ");
    json!({
        "rule": {
            "title": "Rule",
            "description": format!(
                "How one layer's amount comes about for one place of the class: a value, or a table with one of {kinds}."
            ),
            "anyOf": rule,
        },
        "value": {
            "title": "Value",
            "description": "A number, a table of years, \"standard\", the id of an attribute of type number, of a figure or of \
                an earlier layer, a rule in braces, or a list of these (their sum).",
            "anyOf": value,
        },
        "value_name": {
            "title": "Name of a value",
            "description": "\"standard\", or the id of an attribute of type number, of a figure or of an earlier layer.",
            "type": "string",
            "pattern": "^\\s*[^\\s0-9０-９+＋\\-－−.．]",
        },
        "value_list": {
            "title": "Sum",
            "description": "The sum of its parts; numbers in it may be negative.",
            "type": "array",
            "items": reference("value"),
        },
    })
}

/// What a definition of a kind is called, such as `top_up_rule`.
fn rule_name(kind: &Kind) -> String {
    let mut name = String::new();
    for (index, character) in kind.name.char_indices() {
        if character.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name + "_rule"
}

/// A table with the key of one kind, and no key of another.
fn rule(kind: &Kind) -> Value {
    let KindGrammar { title, meaning, key, with } = &kind.grammar;
    let mut schema = json!({ "title": title, "description": format!("{} {}", meaning.en, meaning.zh) });
    extend(&mut schema, keys(std::iter::once(key).chain(*with)));
    let common = common().filter(|key| kind.bounded || !BOUNDED.iter().any(|bound| bound.name == key.name));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(common.map(|key| (key.name.to_owned(), reference(&common_name(key)))));
    }
    schema
}

/// The keys that rules of several kinds have, in order.
fn common() -> impl Iterator<Item = &'static Key> {
    let [when, rest @ ..] = COMMON;
    std::iter::once(when).chain(BOUNDED).chain(rest)
}

/// What the definition of such a key is called.
fn common_name(key: &Key) -> String {
    format!("rule_{}", key.name)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn set(schema: &mut Value, key: &str, value: Value) {
    if let Value::Object(entries) = schema {
        entries.insert(key.to_owned(), value);
    }
}

fn extend(schema: &mut Value, mut more: Value) {
    if let (Value::Object(entries), Value::Object(more)) = (schema, &mut more) {
        entries.append(more);
    }
}
