//! The types of policy documents in TypeScript.

use std::fmt::Write as _;

use fundlayers::registry::{Absent, BOUNDED, BOUNDS, COMMON, Ids, KINDS, Key, Kind, KindGrammar, POLICY, Shape};

use crate::layout::between;

const BEGIN: &str = "// Written by `cargo xtask generate` from here …";
const END: &str = "// … to here.";

/// The longest line of a file.
const WIDTH: usize = 120;

/// The file with the types that it is to have.
pub(crate) fn types(file: &str) -> Result<String, String> {
    let kinds: Vec<String> = KINDS.iter().map(interface).collect();
    let union = |separator: &str, of: &dyn Fn(&Kind) -> Option<String>| {
        KINDS.iter().filter_map(of).collect::<Vec<_>>().join(separator)
    };
    let words = union(" | ", &|kind| Some(format!("\"{}\"", kind.grammar.key.name)));
    let key_types = union("", &|kind| Some(format!("\n  | keyof {}", name(kind))));
    let bounded = union(" | ", &|kind| kind.bounded.then(|| name(kind)));
    let unbounded = union("", &|kind| (!kind.bounded).then(|| format!(" | {}", name(kind))));
    let part = format!(
        "
/** Bounds of a number; all must hold. */
export interface Bounds {bounds}

/** The kinds of rules, by the key that tells them. */
export type RuleKind = {words};

/** No key of another kind. */
type OfKind<K extends RuleKind> = {{ readonly [key in Exclude<RuleKind, K>]?: never }};

interface RuleParts {common}

interface BoundedRuleParts extends RuleParts {floor_and_cap}

{kinds}

/** Every key of a rule. */
type RuleKey ={key_types};

/** A rule that may stand inside a value. */
export type UnpooledRule = {bounded};

/**
 * How one layer's amount comes about for a class. `rule.rate !== undefined` tells which rule it is; of what `funding` holds,
 * which may be a value too, `typeof entry === \"object\" && \"rate\" in entry && entry.rate !== undefined`.
 */
export type Rule = UnpooledRule{unbounded};

/** A policy file. */
export interface PolicyDocument {document}

",
        bounds = members(BOUNDS.keys, 0),
        common = members(COMMON, 0),
        floor_and_cap = members(BOUNDED, 0),
        kinds = kinds.join("\n\n"),
        document = members(POLICY.keys, 0),
    );
    between(file, BEGIN, END, &part)
}

fn name(kind: &Kind) -> String {
    format!("{}Rule", kind.name)
}

/// The interface of a kind of rule.
fn interface(kind: &Kind) -> String {
    let KindGrammar { meaning, key, with, .. } = &kind.grammar;
    let parts = if kind.bounded { "BoundedRuleParts" } else { "RuleParts" };
    let keys = [std::slice::from_ref(key), with].concat();
    let (comment, name, members) = (comment(meaning.en, 0), name(kind), members(&keys, 0));
    format!("{comment}export interface {name} extends {parts}, OfKind<\"{}\"> {members}", key.name)
}

/// The keys of a table in braces.
fn members(keys: &[Key], indent: usize) -> String {
    let inside = indent.saturating_add(2);
    let mut text = String::from("{\n");
    for key in keys {
        let mut meaning = key.meaning.en.to_owned();
        match key.absent {
            Absent::Means(absent) => meaning.extend([" Left out: ", absent.en, "."]),
            Absent::Is(value) => meaning.extend([" Default: ", value, "."]),
            Absent::Error | Absent::Nothing => {}
        }
        text.push_str(&comment(&meaning, inside));
        let mark = if key.is_required() { "" } else { "?" };
        // Writing to a string does not fail.
        _ = writeln!(text, "{:inside$}readonly {}{mark}: {};", "", key.name, shape(&key.shape, inside));
    }
    _ = write!(text, "{:indent$}}}", "");
    text
}

fn shape(of: &Shape, indent: usize) -> String {
    let words = match of {
        Shape::Text | Shape::Id | Shape::LayerId | Shape::ValueId => "string",
        Shape::TextOrNumber => "string | number",
        Shape::Name => "PartialName",
        Shape::Languages => "SomeName",
        Shape::Years => "readonly [Digits, Digits]",
        Shape::MoneyUnit => "UnitWord",
        Shape::Whole(_) | Shape::Number | Shape::Positive => "Digits",
        Shape::Flag => "boolean",
        Shape::Word(words) => return words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | "),
        Shape::Amount | Shape::Yearly => "Yearly<Digits>",
        Shape::Rate => "Yearly<Ratio> | Value",
        Shape::Weight => "Ratio",
        Shape::Value => "Value",
        Shape::Rule => "Value | Rule",
        Shape::Conditions => "Conditions",
        Shape::Table(table) => return members(table.keys, indent),
        Shape::TextOr(table) => return format!("string | {}", members(table.keys, indent)),
        // How many parts there are, types cannot ask for without refusing lists of unknown length.
        Shape::List(list) => {
            let of = shape(list.of, indent);
            let words = matches!(list.of, Shape::Word(_));
            return if words { format!("readonly ({of})[]") } else { format!("readonly {of}[]") };
        }
        Shape::Map(ids, of) => {
            let key = match ids {
                Ids::Any | Ids::Payers | Ids::Values => "id",
                Ids::Layers => "layer",
                Ids::Weights => "attribute",
                Ids::Texts => "text",
            };
            let inside = indent.saturating_add(2);
            return if matches!(of, Shape::Table(_)) {
                format!("{{\n{:inside$}readonly [{key}: string]: {};\n{:indent$}}}", "", shape(of, inside), "")
            } else {
                format!("{{ readonly [{key}: string]: {} }}", shape(of, indent))
            };
        }
    };
    words.to_owned()
}

/// A comment before what it is about, in lines that are not too long.
fn comment(text: &str, indent: usize) -> String {
    let line = format!("{:indent$}/** {text} */\n", "");
    if line.chars().count() <= WIDTH {
        return line;
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let room = WIDTH.saturating_sub(indent).saturating_sub(4);
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.chars().count().saturating_add(word.chars().count()) < room => last.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    let mut comment = format!("{:indent$}/**\n", "");
    for line in lines {
        // Writing to a string does not fail.
        _ = writeln!(comment, "{:indent$} * {line}", "");
    }
    comment + &" ".repeat(indent) + " */\n"
}
