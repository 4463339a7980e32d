//! Policies, rosters and the other inputs.

use std::borrow::Cow;

use fundlayers::answer::{Given, Sources as _, read_changes};
use fundlayers::document::{Node, NodeValue};
use fundlayers::roster::{AttributeValue, Cell, Recipient, TemplateColumn};
use fundlayers::sheet::SheetOptions;
use fundlayers::{Code, Lang, Limits, Name, Named, Policy, Problem, Problems, Receipts, Roster, RowBuilder, Scenarios};
use fundlayers_formats::sources::{File, Files, Reader};
use fundlayers_formats::{Format, toml};
use fundlayers_policies::BuiltIn;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{Fallible, json, list};

/// A file that the caller hands over, whatever it is asked for.
struct Handed<'a>(File<'a>);

fn handed<'a>(bytes: &'a [u8], format_name: &str, name: Option<String>) -> Fallible<Reader<Handed<'a>>> {
    Ok(Reader(Handed(File { name, bytes: Cow::Borrowed(bytes), format: format(format_name)? })))
}

impl Files for Handed<'_> {
    fn policy(&mut self, _: &str) -> Result<File<'_>, Problems> {
        Ok(self.0.clone())
    }

    fn built_in_roster(&mut self, _: &str) -> Result<File<'_>, Problems> {
        Ok(self.0.clone())
    }

    fn table(&mut self, _: &str) -> Result<File<'_>, Problems> {
        Ok(self.0.clone())
    }
}

/// A text of the built-in policies.
fn built_in_text(name: String, text: &'static str, format: Format) -> Reader<Handed<'static>> {
    Reader(Handed(File::built_in(name, text, format)))
}

fn built_in(id: &str) -> Result<&'static BuiltIn, Problem> {
    fundlayers_policies::get(id).ok_or_else(|| {
        let known = fundlayers_policies::all().iter().map(|built_in| built_in.id);
        let problem = Problem::new(Code::UnknownPolicy, "no built-in policy has this id").found(id);
        problem.expected(fundlayers::did_you_mean(id, known))
    })
}

fn format(name: &str) -> Fallible<Format> {
    let problem = || Problem::new(Code::UnknownFormat, "is not a format").found(name).expected("toml, json or csv");
    Ok(Format::from_extension(name).ok_or_else(problem)?)
}

/// A policy, and the built-in one that it came from.
#[wasm_bindgen]
pub struct RawPolicy {
    pub(crate) given: Given<Policy>,
    built_in: Option<&'static BuiltIn>,
}

#[wasm_bindgen]
impl RawPolicy {
    /// The ids of the built-in policies.
    #[must_use]
    #[wasm_bindgen(js_name = builtInIds)]
    pub fn built_in_ids() -> Vec<String> {
        fundlayers_policies::all().iter().map(|built_in| built_in.id.to_owned()).collect()
    }

    /// A built-in policy.
    ///
    /// # Errors
    ///
    /// An id that no policy has.
    #[wasm_bindgen(js_name = builtIn)]
    pub fn built_in(id: &str) -> Fallible<RawPolicy> {
        let built_in = built_in(id)?;
        let given = built_in_text(id.to_owned(), built_in.policy_toml, Format::Toml).policy(id)?;
        Ok(Self { given, built_in: Some(built_in) })
    }

    /// Reads a policy file.
    ///
    /// # Errors
    ///
    /// Every mistake of the file.
    pub fn read(bytes: &[u8], format_name: &str, file: Option<String>) -> Fallible<RawPolicy> {
        Ok(Self { given: handed(bytes, format_name, file)?.policy("")?, built_in: None })
    }

    /// Takes a policy as the JSON of an object: no text that anybody wrote, so that problems name keys but no lines.
    ///
    /// # Errors
    ///
    /// Every mistake of the policy.
    pub fn of(text: &str) -> Fallible<RawPolicy> {
        let document = fundlayers_formats::json::read(text)?.without_places();
        Ok(Self { given: Policy::from_document(&document)?.into(), built_in: None })
    }

    /// The policy with changes: paths and the texts of TOML values, in turn.
    ///
    /// # Errors
    ///
    /// Texts that are no TOML values, paths that the policy does not have, and what is then wrong with it.
    #[wasm_bindgen(js_name = withChanges)]
    pub fn with_changes(&self, paths: Vec<String>, values: Vec<String>) -> Fallible<RawPolicy> {
        let values: Vec<Node> = values.into_iter().map(|value| Node::new(NodeValue::Text(value))).collect();
        let changes = read_changes(paths.iter().map(String::as_str).zip(&values), toml::read_value)?;
        Ok(Self { given: self.given.with_changes(changes)?, built_in: self.built_in })
    }

    /// The document in the structure of a policy file, as JSON.
    #[must_use]
    pub fn document(&self) -> String {
        json(self.given.value.document())
    }

    /// What people ask of a policy, as JSON: names where the file leaves them out, the words of rosters.
    #[must_use]
    pub fn summary(&self) -> String {
        summary(&self.given.value)
    }

    /// Version and status, as every result states them, in one line.
    #[must_use]
    pub fn line(&self, lang: &str) -> String {
        fundlayers::policy_line(&self.given.value, self::lang(lang))
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }

    /// The columns of a roster for it, as JSON: `[{ key, header, required }]`.
    #[must_use]
    #[wasm_bindgen(js_name = rosterTemplate)]
    pub fn roster_template(&self) -> String {
        #[derive(Serialize)]
        struct Column {
            key: String,
            header: Name,
            required: bool,
        }
        let columns = Roster::template(&self.given.value).into_iter();
        let told =
            |column: TemplateColumn| Column { key: column.key, header: column.header, required: column.required };
        json(&columns.map(told).collect::<Vec<_>>())
    }
}

pub(crate) fn lang(text: &str) -> Lang {
    text.parse().unwrap_or_default()
}

/// An id and its name: kinds, designations, payers.
#[derive(Serialize)]
struct Word<'a> {
    id: &'a str,
    name: &'a Name,
}

impl<'a> Word<'a> {
    fn all(list: &'a [Named]) -> Vec<Self> {
        list.iter().map(|named| Self { id: &named.id, name: &named.name }).collect()
    }
}

#[derive(Serialize)]
struct AttributeWords<'a> {
    id: &'a str,
    name: &'a Name,
    #[serde(rename = "type")]
    attribute_type: &'a str,
    unit: Option<&'a str>,
}

#[derive(Serialize)]
struct LayerWords<'a> {
    id: &'a str,
    name: &'a Name,
    payer: &'a str,
    clause: Option<&'a str>,
}

#[derive(Serialize)]
struct ClassWords<'a> {
    id: &'a str,
    name: &'a Name,
    kind: Option<&'a str>,
    designation: Option<&'a str>,
    expected: Option<u64>,
    clause: Option<&'a str>,
    note: Option<&'a Name>,
}

#[derive(Serialize)]
struct PoolWords<'a> {
    id: &'a str,
    name: &'a Name,
    clause: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary<'a> {
    id: &'a str,
    version: Option<&'a str>,
    status: Option<&'a str>,
    title: &'a Name,
    years: [u16; 2],
    unit: &'a str,
    source: &'a fundlayers::Source,
    readings: &'a [fundlayers::Reading],
    kinds: Vec<Word<'a>>,
    designations: Vec<Word<'a>>,
    payers: Vec<Word<'a>>,
    attributes: Vec<AttributeWords<'a>>,
    layers: Vec<LayerWords<'a>>,
    classes: Vec<ClassWords<'a>>,
    pools: Vec<PoolWords<'a>>,
    changes: &'a [fundlayers::ChangedValue],
}

fn summary(policy: &Policy) -> String {
    json(&Summary {
        id: policy.id(),
        version: policy.version(),
        status: policy.source().status.map(fundlayers::Status::as_str),
        title: policy.title(),
        years: [*policy.years().start(), *policy.years().end()],
        unit: policy.unit().as_str(),
        source: policy.source(),
        readings: policy.readings(),
        kinds: Word::all(policy.kinds()),
        designations: Word::all(policy.designations()),
        payers: Word::all(policy.payers()),
        attributes: policy
            .attributes()
            .iter()
            .map(|attribute| AttributeWords {
                id: &attribute.id,
                name: &attribute.name,
                attribute_type: attribute.attribute_type.as_str(),
                unit: attribute.unit.as_deref(),
            })
            .collect(),
        layers: policy
            .layers()
            .iter()
            .map(|layer| LayerWords {
                id: &layer.id,
                name: &layer.name,
                payer: policy.payer_id(layer.payer).unwrap_or("county"),
                clause: layer.clause.as_deref(),
            })
            .collect(),
        classes: policy
            .classes()
            .iter()
            .map(|class| ClassWords {
                id: &class.id,
                name: &class.name,
                kind: class.kind.and_then(|kind| policy.kind(kind)).map(id),
                designation: class.designation.and_then(|designation| policy.designation(designation)).map(id),
                expected: class.expected,
                clause: class.clause.as_deref(),
                note: class.note.as_ref(),
            })
            .collect(),
        pools: policy
            .pools()
            .iter()
            .map(|pool| PoolWords { id: &pool.id, name: &pool.name, clause: pool.clause.as_deref() })
            .collect(),
        changes: policy.changes(),
    })
}

fn id(named: &Named) -> &str {
    &named.id
}

/// A roster.
#[wasm_bindgen]
pub struct RawRoster {
    pub(crate) given: Given<Roster>,
}

#[wasm_bindgen]
impl RawRoster {
    /// Reads a roster file for a policy.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(bytes: &[u8], format_name: &str, policy: &RawPolicy, file: Option<String>) -> Fallible<RawRoster> {
        Ok(Self { given: handed(bytes, format_name, file)?.roster("", &policy.given, &SheetOptions::default())? })
    }

    /// The cells of a file as they stand, for editors: `{ columns, rows }` as JSON.
    ///
    /// # Errors
    ///
    /// What is no text, CSV or JSON at all.
    pub fn cells(bytes: &[u8], format_name: &str, file: Option<String>) -> Fallible<String> {
        let read = fundlayers_formats::read_rows(bytes, format(format_name)?, &SheetOptions::default(), |titles| {
            Sheet { columns: titles.iter().map(|(title, _)| (*title).to_owned()).collect(), rows: Vec::new() }
        });
        Ok(json(&Given::read(read, file.as_deref())?.value))
    }

    /// The roster that comes with a built-in policy, or one changed from it.
    ///
    /// # Errors
    ///
    /// A policy that has none; problems of the rows.
    #[wasm_bindgen(js_name = builtIn)]
    pub fn built_in(policy: &RawPolicy) -> Fallible<RawRoster> {
        let built_in = policy.built_in.ok_or_else(|| {
            let problem = Problem::new(Code::UnknownPolicy, "only a built-in policy has a roster of its own");
            problem.found(policy.given.value.id())
        })?;
        let name = format!("roster of {}", built_in.id);
        Ok(Self {
            given: built_in_text(name, built_in.roster_csv, Format::Csv).roster(
                "",
                &policy.given,
                &SheetOptions::default(),
            )?,
        })
    }

    /// How many rows.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// How many places the rows stand for.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn places(&self) -> String {
        self.given.value.places().to_string()
    }

    /// Checks it against a policy; the warnings as JSON.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn check(&self, policy: &RawPolicy) -> Fallible<String> {
        Ok(list(&self.given.value.check(&policy.given.value)?))
    }

    /// How many places each class has in the policy's first year, as JSON: `[{ class, expected, places }]`.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    #[wasm_bindgen(js_name = placesByClass)]
    pub fn places_by_class(&self, policy: &RawPolicy) -> Fallible<String> {
        #[derive(Serialize)]
        struct Counted<'a> {
            class: &'a str,
            expected: Option<u64>,
            places: u128,
        }
        let counted = self.given.value.places_by_class(&policy.given.value)?;
        let places =
            counted.into_iter().map(|(class, places)| Counted { class: &class.id, expected: class.expected, places });
        Ok(json(&places.collect::<Vec<_>>()))
    }

    /// Rows as JSON, from one row to before another: `[[[key, text], …], …]`.
    #[must_use]
    pub fn rows(&self, policy: &RawPolicy, start: usize, end: usize) -> String {
        let policy = &policy.given.value;
        let rows = (start..end.min(self.given.value.len())).filter_map(|row| self.given.value.get(row));
        json(&rows.map(|place| row(place, policy)).collect::<Vec<_>>())
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// What payers can spend.
#[wasm_bindgen]
pub struct RawLimits {
    pub(crate) given: Given<Limits>,
}

#[wasm_bindgen]
impl RawLimits {
    /// Reads a file of limits for a policy.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(bytes: &[u8], format_name: &str, policy: &RawPolicy, file: Option<String>) -> Fallible<RawLimits> {
        Ok(Self { given: handed(bytes, format_name, file)?.limits("", &policy.given.value, &SheetOptions::default())? })
    }

    /// How many.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// What was issued, arrived and was spent.
#[wasm_bindgen]
pub struct RawReceipts {
    pub(crate) given: Given<Receipts>,
}

#[wasm_bindgen]
impl RawReceipts {
    /// Reads a ledger.
    ///
    /// # Errors
    ///
    /// Every problem of every row.
    pub fn read(bytes: &[u8], format_name: &str, file: Option<String>) -> Fallible<RawReceipts> {
        Ok(Self { given: handed(bytes, format_name, file)?.receipts("", &SheetOptions::default())? })
    }

    /// How many.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// Named changes of a policy.
#[wasm_bindgen]
pub struct RawScenarios {
    pub(crate) given: Given<Scenarios>,
}

#[wasm_bindgen]
impl RawScenarios {
    /// Reads a file of scenarios: TOML with a table for each, or rows `scenario, path, value`.
    ///
    /// # Errors
    ///
    /// Every mistake of the file.
    pub fn read(bytes: &[u8], format_name: &str, file: Option<String>) -> Fallible<RawScenarios> {
        Ok(Self { given: handed(bytes, format_name, file)?.scenarios("", &SheetOptions::default())? })
    }

    /// Takes scenarios as the JSON of a list: `[{ name, set: { path: text of a TOML value } }]`.
    ///
    /// # Errors
    ///
    /// Every mistake.
    pub fn of(text: &str) -> Fallible<RawScenarios> {
        let document = fundlayers_formats::json::read(text)?;
        Ok(Self { given: Given::<Scenarios>::from_list(&document, toml::read_value)? })
    }

    /// How many.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.given.value.len()
    }

    /// Warnings, as JSON.
    #[must_use]
    pub fn warnings(&self) -> String {
        list(&self.given.warnings)
    }
}

/// Cells as text.
#[derive(Serialize)]
pub(crate) struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl RowBuilder for Sheet {
    type Output = Self;

    fn push_row(&mut self, _: Option<u32>, cells: &[Cell<'_>]) {
        let text = |cell: &Cell<'_>| match cell {
            Cell::Blank => String::new(),
            Cell::Text(text) | Cell::Number(text) => (*text).to_owned(),
            Cell::Flag(flag) => flag.to_string(),
        };
        self.rows.push(cells.iter().map(text).collect());
    }

    fn finish(self) -> Result<(Self, Problems), Problems> {
        Ok((self, Problems::new()))
    }
}

/// A row by the keys of rosters, numbers as text.
fn row(place: Recipient<'_>, policy: &Policy) -> Vec<(String, String)> {
    let text = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    let years = place.years(policy);
    let year = |year: Option<&u16>| year.map_or(String::new(), u16::to_string);
    let mut cells = vec![
        text("id", place.id()),
        text("name", place.name()),
        text("kind", place.kind()),
        text("designation", place.designation()),
        text("county", place.county()),
        text("township", place.township()),
        text("division_code", place.division_code()),
        text("count", &place.count().to_string()),
        text("from", &year(years.as_ref().map(std::ops::RangeInclusive::start))),
        text("to", &year(years.as_ref().map(std::ops::RangeInclusive::end))),
    ];
    cells.extend(policy.attributes().iter().map(|attribute| {
        let value = match place.attribute(&attribute.id) {
            None => String::new(),
            Some(AttributeValue::Number(number)) => number.to_string(),
            Some(AttributeValue::Flag(flag)) => flag.to_string(),
            Some(AttributeValue::Text(text)) => text.to_owned(),
        };
        (attribute.id.clone(), value)
    }));
    cells
}
