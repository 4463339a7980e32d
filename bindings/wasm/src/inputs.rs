//! Policies, rosters and the other inputs.

use std::borrow::Cow;

use fundlayers::answer::{Given, Sources as _, read_changes};
use fundlayers::document::{Node, NodeValue};
use fundlayers::roster::{AttributeValue, Cell, Recipient, TemplateColumn};
use fundlayers::sheet::SheetOptions;
use fundlayers::{
    Code, ColumnRole, Fit, Lang, Limits, Name, Named, Payer, Policy, Position, Problem, Problems, Roster,
    RosterBuilder, RowBuilder, Severity, Unit,
};
use fundlayers_formats::sources::{File, Files, Reader};
use fundlayers_formats::{Format, toml};
use fundlayers_policies::BuiltIn;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{self, Fallible, json, list};

/// A file that the caller hands over, whatever it is asked for.
pub(crate) struct Handed<'a>(File<'a>);

pub(crate) fn handed<'a>(bytes: &'a [u8], format_name: &str, name: Option<String>) -> Fallible<Reader<Handed<'a>>> {
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
        let problem = Problem::new(Code::UnknownPolicy, "no built-in policy has this id").found(id);
        problem.expected(fundlayers::did_you_mean(id, fundlayers_policies::ids()))
    })
}

fn format(name: &str) -> Fallible<Format> {
    let problem = || Problem::new(Code::UnknownFormat, "is not a format").found(name).expected("toml, json or csv");
    // What `unpack` in `workbook.rs` made of one; no file is written so.
    if name == "workbook" {
        return Ok(Format::Unpacked);
    }
    Ok(Format::from_extension(name).ok_or_else(problem)?)
}

pub(crate) fn options(sheet: Option<String>, fill_down: Option<bool>) -> SheetOptions {
    let mut options = SheetOptions::default();
    (options.sheet, options.fill_down) = (sheet, fill_down);
    options
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

    /// The policy in words of one language, as JSON.
    #[must_use]
    pub fn describe(&self, lang: &str) -> String {
        json(&self.given.value.describe(self::lang(lang)))
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
    payer: PayerWords<'a>,
    clause: Option<&'a str>,
}

/// Who answers for a layer.
#[derive(Serialize)]
#[serde(untagged)]
enum PayerWords<'a> {
    /// A body by its id, or `county`.
    Id(&'a str),
    /// Whoever a text of the place names.
    Named { attribute: &'a str },
}

#[derive(Serialize)]
struct FigureWords<'a> {
    id: &'a str,
    name: &'a Name,
    unit: Option<&'a str>,
    clause: Option<&'a str>,
    note: Option<&'a Name>,
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
    figures: Vec<FigureWords<'a>>,
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
                payer: payer(policy, layer.payer),
                clause: layer.clause.as_deref(),
            })
            .collect(),
        figures: policy
            .figures()
            .iter()
            .map(|figure| FigureWords {
                id: &figure.id,
                name: &figure.name,
                unit: figure.unit.as_deref(),
                clause: figure.clause.as_deref(),
                note: figure.note.as_ref(),
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

fn payer(policy: &Policy, payer: Payer) -> PayerWords<'_> {
    match payer {
        Payer::Attribute(attribute) => {
            PayerWords::Named { attribute: policy.attribute(attribute).map_or("", |attribute| &attribute.id) }
        }
        _ => PayerWords::Id(policy.payer_id(payer).unwrap_or("county")),
    }
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
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        policy: &RawPolicy,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawRoster> {
        let options = options(sheet, fill_down);
        Ok(Self { given: handed(bytes, format_name, file)?.roster("", &policy.given, &options)? })
    }

    /// The cells of a roster file, for editors: `{ columns, keys, rows, warnings }` as JSON.
    ///
    /// # Errors
    ///
    /// What no editor can show: of the file, of its header, of cells that cannot be read.
    pub fn cells(
        bytes: &[u8],
        format_name: &str,
        policy: &RawPolicy,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<String> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            sheet: &'a Sheet,
            warnings: Vec<failure::Told<'a>>,
        }
        let (policy, options) = (&policy.given.value, options(sheet, fill_down));
        let begin = |titles: &[(&str, Option<Position>)]| Editor::new(policy, titles);
        let read = fundlayers_formats::read_rows(bytes, format(format_name)?, &options, begin);
        let given = Given::read(read, file.as_deref())?;
        Ok(json(&Told { sheet: &given.value, warnings: failure::told(&given.warnings) }))
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
    pub fn read(
        bytes: &[u8],
        format_name: &str,
        policy: &RawPolicy,
        file: Option<String>,
        sheet: Option<String>,
        fill_down: Option<bool>,
    ) -> Fallible<RawLimits> {
        let options = options(sheet, fill_down);
        Ok(Self { given: handed(bytes, format_name, file)?.limits("", &policy.given.value, &options)? })
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
struct Sheet {
    columns: Vec<String>,
    /// What each column is read as.
    keys: Vec<Option<String>>,
    rows: Vec<Vec<String>>,
}

/// Reads a roster for an editor: the rows beside each other and what they are, whatever is wrong in them.
struct Editor {
    sheet: Sheet,
    read: RosterBuilder,
}

impl Editor {
    fn new(policy: &Policy, titles: &[(&str, Option<Position>)]) -> Self {
        let read = RosterBuilder::new(policy, titles);
        let columns = titles.iter().map(|(title, _)| (*title).to_owned()).collect();
        let keys = titles.iter().enumerate().map(|(at, (title, _))| read.key_of(at, title)).collect();
        Self { sheet: Sheet { columns, keys, rows: Vec::new() }, read }
    }
}

impl RowBuilder for Editor {
    type Output = Sheet;

    fn set_room(&mut self, bytes: usize) {
        self.read.set_room(bytes);
    }

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        let text = |cell: &Cell<'_>| match cell {
            Cell::Blank => String::new(),
            Cell::Text(text) | Cell::Number(text) => (*text).to_owned(),
            Cell::Flag(flag) => flag.to_string(),
        };
        if let Some(cells) = self.read.own_row(cells) {
            self.sheet.rows.push(cells.iter().map(text).collect());
        }
        self.read.push_row(line, cells);
    }

    fn key_of(&self, column: usize, title: &str) -> Option<String> {
        self.read.key_of(column, title)
    }

    fn fit(&self) -> Fit {
        self.read.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        self.read.role(column)
    }

    fn set_unit(&mut self, unit: Unit) {
        self.read.set_unit(unit);
    }

    fn set_land_unit(&mut self, stated: &str) {
        self.read.set_land_unit(stated);
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.read.set_unclear_unit(stated);
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.read.set_fill_down(fill_down);
    }

    fn set_merges_known(&mut self) {
        self.read.set_merges_known();
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.read.is_row(cells)
    }

    /// The rows; what is wrong with one is found again once they are read from the editor.
    fn finish(self) -> Result<(Sheet, Problems), Problems> {
        let problems = match self.read.finish() {
            Ok((_, warnings)) => return Ok((self.sheet, warnings)),
            Err(problems) => problems,
        };
        let is_lost = |problem: &Problem| match problem.code() {
            Code::MissingColumn => false,
            // Rows have lost them by then.
            Code::MergedCells | Code::ExtraCells => true,
            _ => problem.location().row.is_none() && problem.severity() == Severity::Error,
        };
        if problems.iter().any(is_lost) {
            return Err(problems);
        }
        let mut warnings = Problems::new();
        warnings.extend(problems.into_iter().filter(|problem| problem.severity() == Severity::Warning));
        Ok((self.sheet, warnings))
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
