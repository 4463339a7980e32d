//! Workbooks that compute, in a formula engine that is not ours: stored values taken away, numbers changed, and the amounts
//! compared with those of the changed policy.
//!
//! `FUNDLAYERS_LIVE_COUNT` says how many random policies, `FUNDLAYERS_LIVE_FROM` with which it begins.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on fails"
)]
#![expect(
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the numbers of a spreadsheet are floats, which hold whole numbers of this size"
)]
#![expect(clippy::print_stdout, reason = "a test that says what it measured")]

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};

use fundlayers::document::Node;
use fundlayers::workbook::{Content, Look, Workbook, WorkbookOptions};
use fundlayers::{Allocation, Amount, Lang, Policy, Roster};
use fundlayers_formats::{Format, live, read_roster};
use ironcalc::base::Model;
use ironcalc::base::cell::CellValue;
use serde_json::{Value, json};

/// The sheet of the policy, of the calculation, of totals, of the checks.
const POLICY: u32 = 0;
const CALCULATION: u32 = 2;
const TOTALS: u32 = 3;
const CHECKS: u32 = 4;
/// The first row of a table, from 0.
const FIRST: u32 = 5;
/// Where the state of the checks stands.
const STATE: (u32, u16) = (12, 2);

/// Random numbers from a seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap()].clone()
    }

    /// A decimal number, seldom negative where it may be.
    fn number(&mut self, most: u64, negative: bool) -> String {
        let scale = self.one_of(&[0_u32, 0, 1, 2]);
        let number = i64::try_from(self.below(most * 10_u64.pow(scale))).unwrap();
        let number = if negative && self.chance(20) { -number } else { number };
        fundlayers::Decimal::new(number, scale).normalize().to_string()
    }
}

/// Random policies of every kind of rule.
struct Maker {
    random: Random,
    /// Layers that may be read.
    layers: Vec<&'static str>,
    standard: bool,
    figures: bool,
    depth: u32,
    /// Whether kinds of rules may come that are no formulas.
    values: bool,
}

impl Maker {
    fn plain(&mut self, negative: bool) -> Value {
        if self.random.chance(20) {
            let numbers = [2024, 2025, 2026].map(|year: u16| (year.to_string(), self.random.number(900, negative)));
            return json!(numbers.into_iter().collect::<std::collections::BTreeMap<_, _>>());
        }
        json!(self.random.number(900, negative))
    }

    fn leaf(&mut self, negative: bool) -> Value {
        let mut names = vec!["a", "b", "money"];
        names.extend(self.layers.iter().copied());
        if self.standard {
            names.extend(["standard", "standard"]);
        }
        if self.figures {
            names.push("index");
        }
        if self.random.chance(45) { self.plain(negative) } else { json!(self.random.one_of(&names)) }
    }

    fn value(&mut self, negative: bool) -> Value {
        if self.depth == 0 || self.random.chance(35) {
            return self.leaf(negative);
        }
        if self.random.chance(15) {
            return json!(self.list(2));
        }
        self.rule()
    }

    fn list(&mut self, least: u64) -> Vec<Value> {
        let number = least + self.random.below(2);
        (0..number).map(|_| self.value(true)).collect()
    }

    fn ratio(&mut self) -> Value {
        match self.random.below(4) {
            0 => json!(self.random.one_of(&["1/3", "2/7", "5/6", "3/1"])),
            1 => json!({ "2024": "0.1", "2025": "0.25" }),
            2 => json!(self.random.number(3, false)),
            _ => json!("0.6"),
        }
    }

    fn conditions(&mut self) -> Value {
        match self.random.below(7) {
            0 => json!({ "poor": true }),
            1 => json!({ "a": { "at_least": self.random.number(500, false) } }),
            2 => json!({ "grade": ["甲", "乙"] }),
            3 => json!({ "not": { "kind": "town" }, "b": { "below": self.value(true) } }),
            4 => json!({ "any": [{ "year": 2025 }, { "poor": [false] }, { "grade": "丙" }] }),
            5 => json!({ "b": [self.random.number(9, false), self.plain(true)] }),
            _ => json!({ "a": { "above": "b", "at_most": self.plain(false) } }),
        }
    }

    fn rule(&mut self) -> Value {
        self.depth -= 1;
        let kinds = if self.values { 17 } else { 13 };
        let mut rule = match self.random.below(kinds) {
            0 => json!({ "amount": self.value(false) }),
            1 | 2 => json!({ "rate": self.ratio(), "of": self.value(false) }),
            3 => json!({ "top_up_to": self.value(false) }),
            4 => json!({ "least": self.list(1) }),
            5 => json!({ "greatest": self.list(1) }),
            6 => json!({ "difference": self.list(2) }),
            7 => json!({ "product": [self.random.number(30, false), self.value(false)] }),
            8 => json!({ "quotient": [self.value(true), self.value(true)], "if_zero": self.plain(true) }),
            9 => {
                json!({ "bands": [{ "below": "100.5", "give": self.value(false) }, { "at_most": 400, "give": self.value(false) },
                                   { "give": self.value(false) }], "of": self.value(false) })
            }
            10 => {
                json!({ "tiers": [{ "up_to": 50, "rate": self.ratio() }, { "up_to": 300, "rate": "b" }, { "rate": "1/20" }],
                          "of": self.value(false) })
            }
            11 => {
                json!({ "cases": { "甲": self.value(false), "乙": self.value(false) }, "of": "grade", "otherwise": self.value(false) })
            }
            12 => json!({ "rate": self.leaf(false), "of": self.leaf(false) }),
            13 => json!({ "aggregate": "sum", "of": "a", "over": ["county"] }),
            14 if !self.layers.is_empty() => json!({ "exact": self.layers[0] }),
            15 if !self.layers.is_empty() => json!({ "last_year": self.layers[0], "first": self.leaf(false) }),
            _ => json!({ "amount": self.leaf(false) }),
        };
        if self.random.chance(20) {
            rule["at_least"] = self.plain(false);
        }
        if self.random.chance(20) {
            rule["at_most"] = self.leaf(false);
        }
        if self.random.chance(20) {
            let mode = self.random.one_of(&["half-up", "half-even", "down", "up"]);
            rule["rounding"] =
                self.random.one_of(&[json!({ "places": 1 }), json!({ "multiple": 5 }), json!({ "places": 0 })]);
            rule["rounding"]["mode"] = json!(mode);
        }
        if self.random.chance(25) {
            rule["when"] = self.conditions();
        }
        self.depth += 1;
        rule
    }

    fn layer(&mut self, id: &str) -> Value {
        let mut layer = json!({ "id": id, "payer": "city" });
        if self.random.chance(50) {
            layer["sign"] = json!("any");
        }
        if self.random.chance(40) {
            let mode = self.random.one_of(&["half-up", "half-even", "down", "up"]);
            let rounding = json!([{ "unit": "元", "places": 0 }, { "multiple": 100 }, { "unit": "元", "places": 2 }]);
            layer["rounding"] = rounding[usize::try_from(self.random.below(3)).unwrap()].clone();
            layer["rounding"]["mode"] = json!(mode);
        }
        layer
    }

    fn policy(&mut self) -> Value {
        self.values = self.random.chance(15);
        self.figures = false;
        self.depth = 2;
        let figure = self.value(false);
        let unit = self.random.one_of(&["元", "万元", "万元"]);
        let ids = ["city", "prior", "county"];
        let layers: Vec<Value> = ids.iter().map(|id| self.layer(id)).collect();
        let mut classes = Vec::new();
        let which = self.random.below(3);
        let parts = match which {
            0 => vec![json!({ "id": "all" })],
            1 => vec![json!({ "id": "towns", "kind": "town" }), json!({ "id": "villages", "kind": "village" })],
            _ => vec![
                json!({ "id": "large", "where": { "a": { "at_least": 300 } } }),
                json!({ "id": "small-poor", "where": { "a": { "below": 300 }, "poor": true } }),
                json!({ "id": "small", "where": { "a": { "below": 300 }, "poor": false } }),
            ],
        };
        for mut class in parts {
            self.standard = self.random.chance(70);
            self.layers = Vec::new();
            self.depth = 1;
            if self.standard {
                self.standard = false;
                class["standard"] = self.value(false);
                self.standard = true;
            }
            self.figures = true;
            let mut funding = json!({});
            for id in ids {
                self.depth = 3;
                if self.random.chance(85) {
                    funding[id] = if self.random.chance(80) { self.rule() } else { self.value(false) };
                }
                self.layers.push(id);
            }
            self.figures = false;
            class["funding"] = funding;
            classes.push(class);
        }
        json!({
            "id": "e", "title": { "zh": "例", "en": "Example" }, "years": [2024, 2026], "unit": unit, "payers": { "city": {} },
            "kinds": { "town": { "zh": "镇", "en": "Town" }, "village": { "zh": "村", "en": "Village" } },
            "attributes": { "a": { "type": "number" }, "b": { "type": "number" }, "money": { "type": "number", "unit": "元" },
                            "poor": { "type": "flag" }, "grade": { "type": "text" } },
            "figures": [{ "id": "index", "value": figure, "rounding": { "places": 1 } }],
            "layers": layers, "classes": classes,
        })
    }

    fn roster(&mut self) -> String {
        let mut text = "id,name,kind,county,count,from,a,b,money,poor,grade\n".to_owned();
        for place in 0..6 {
            let kind = self.random.one_of(&["town", "village"]);
            let county = self.random.one_of(&["甲区", "乙县", ""]);
            let count = 1 + self.random.below(3);
            let from = self.random.one_of(&["", "", "2025"]);
            let (a, b, money) =
                (self.random.number(600, false), self.random.number(9, false), self.random.number(90_000, false));
            let (poor, grade) = (self.random.one_of(&["true", "false"]), self.random.one_of(&["甲", "乙", "丙"]));
            _ = writeln!(text, "p{place},地{place},{kind},{county},{count},{from},{a},{b},{money},{poor},{grade}");
        }
        text
    }
}

/// A number of the policy, as the workbook has it.
struct Parameter {
    row: u32,
    path: String,
    /// Its cells by year; whether each follows the one before.
    cells: Vec<(String, bool)>,
    places: Result<u32, u64>,
}

/// What the workbook says of itself.
struct Described {
    parameters: Vec<Parameter>,
    /// By row of the calculation and layer: whether it is a formula.
    live: Vec<Vec<bool>>,
    whole: Vec<u16>,
    /// How many sums are formulas, and how many are none.
    sums: (usize, usize),
}

impl Described {
    /// Whether anything that is shown is grey, which says that it is not computed again.
    fn has_values(&self) -> bool {
        self.sums.1 > 0 || self.live.iter().flatten().any(|live| !live)
    }
}

/// A sum is a formula, or grey.
fn count_sum(cell: &fundlayers::workbook::Cell, (formulas, values): &mut (usize, usize)) {
    match (&cell.content, cell.look) {
        (Content::Formula(..), Look::Amount | Look::TotalAmount) => *formulas += 1,
        (Content::Number(_), Look::FixedAmount | Look::FixedTotalAmount) => *values += 1,
        (content, look) => panic!("a sum that is {look:?}: {content:?}"),
    }
}

fn described(workbook: &Workbook<'_>, years: u16, layers: u16) -> Described {
    let sheets = workbook.sheets();
    let mut parameters: Vec<Parameter> = Vec::new();
    sheets[POLICY as usize].cells(&mut |cell| {
        if cell.row < FIRST {
            return;
        }
        let at = usize::try_from(cell.row - FIRST).unwrap();
        if parameters.len() <= at {
            let (path, cells) = (String::new(), Vec::new());
            parameters.push(Parameter { row: cell.row, path, cells, places: Ok(0) });
        }
        match (cell.column, &cell.content) {
            (3, Content::Text(text)) => {
                parameters[at].places = match text.strip_prefix("1/") {
                    Some(below) => Err(below.parse().unwrap()),
                    None => Ok(text.trim_end_matches(" decimals").parse().unwrap()),
                };
            }
            (column, Content::Number(number)) if (4..4 + years).contains(&column) => {
                parameters[at].cells.push((number.to_string(), false));
            }
            (column, Content::Formula(_, stored)) if (4..4 + years).contains(&column) => {
                let fundlayers::workbook::Stored::Number(number) = stored else { panic!("no number") };
                parameters[at].cells.push((number.to_string(), true));
            }
            (column, Content::Text(text)) if column == 5 + years => parameters[at].path.clone_from(text),
            _ => {}
        }
    });
    let (mut live, mut whole, mut sums) = (Vec::<Vec<bool>>::new(), Vec::new(), (0, 0));
    sheets[CALCULATION as usize].cells(&mut |cell| {
        if let (4, Content::Text(text)) = (cell.row, &cell.content)
            && text.ends_with("row (fen)")
        {
            whole.push(cell.column);
        }
        let is_sum = matches!(cell.look, Look::TotalAmount | Look::FixedTotalAmount);
        if cell.row >= FIRST && (6..6 + layers).contains(&cell.column) && !is_sum {
            let at = usize::try_from(cell.row - FIRST).unwrap();
            live.resize(live.len().max(at + 1), Vec::new());
            live[at].push(cell.look == Look::Amount);
        } else if is_sum {
            count_sum(&cell, &mut sums);
        }
    });
    sheets[TOTALS as usize].cells(&mut |cell| {
        if cell.row >= FIRST && cell.column >= 2 {
            count_sum(&cell, &mut sums);
        }
    });
    Described { parameters, live, whole, sums }
}

/// The file without what its formulas come to: 0 stands everywhere.
fn stripped(file: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut taken = 0;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        let mut parts = text.split("</f><v>");
        let mut own = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find("</v>").unwrap();
            own.extend(["</f><v>0", &part[end..]]);
            taken += 1;
        }
        text = own;
        out.start_file(name, options).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    assert!(taken > 0, "no formula has a stored value");
    out.finish().unwrap().into_inner()
}

fn cell(model: &Model<'_>, sheet: u32, row: u32, column: u16) -> CellValue {
    let (row, column) = (i32::try_from(row).unwrap() + 1, i32::from(column) + 1);
    model.get_cell_value_by_index(sheet, row, column).unwrap()
}

fn state(model: &Model<'_>) -> Option<i64> {
    match cell(model, CHECKS, STATE.0, STATE.1) {
        CellValue::Number(number) => Some(number as i64),
        _ => None,
    }
}

/// The rows of checks that are not as they should be, for a report.
fn checks(model: &Model<'_>) -> Vec<String> {
    let row = |row: u32| (0..5).map(|column| format!("{:?}", cell(model, CHECKS, row, column))).collect::<Vec<_>>();
    let rows = (FIRST..60).map(row).filter(|cells| cells[1].contains('✘') || cells[4] == "Number(1.0)");
    rows.map(|cells| cells.join(" | ")).collect()
}

/// What differs between a computed workbook and an allocation, of what is surely to agree.
fn differences(model: &Model<'_>, described: &Described, allocation: &Allocation) -> (usize, Vec<String>) {
    let (mut compared, mut found) = (0, Vec::new());
    let years = allocation.years();
    for recipient in allocation.roster() {
        for (at, year) in years.iter().enumerate() {
            let line = recipient.row().number() * years.len() + at;
            let mut live = true;
            for (layer, column) in described.whole.iter().enumerate() {
                // What reads a value is not what a changed policy gives.
                live &= described.live[line][layer];
                if !live {
                    break;
                }
                let index = allocation.policy().layer_index(&allocation.policy().layers()[layer].id).unwrap();
                let expected = allocation.amount(recipient.row(), *year, index).map_or(0, Amount::fen);
                let row = FIRST + u32::try_from(line).unwrap();
                let value = cell(model, CALCULATION, row, *column);
                compared += 1;
                let agrees = matches!(&value, CellValue::Number(number) if *number == expected as f64);
                if !agrees {
                    found.push(format!("{} {year} layer {layer}: {value:?}, expected {expected}", recipient.id()));
                }
            }
        }
    }
    (compared, found)
}

fn load(file: &[u8]) -> Model<'static> {
    let workbook = ironcalc::import::load_from_xlsx_bytes(file, "live", "en", "UTC").unwrap();
    Model::from_workbook(workbook, "en").unwrap()
}

fn workbook(allocation: &Allocation) -> (Vec<u8>, Described) {
    let workbook = allocation.workbook(WorkbookOptions::new(Lang::En).with_ascii_names());
    let mut file = Vec::new();
    live::write(&mut file, &workbook).unwrap();
    let layers = u16::try_from(allocation.policy().layers().len()).unwrap();
    let described = described(&workbook, u16::try_from(allocation.years().len()).unwrap(), layers);
    (file, described)
}

/// Another number for a cell: near the old one, with decimals as it may have.
fn another(random: &mut Random, old: &str, places: Result<u32, u64>) -> String {
    let negative = old.starts_with('-');
    let old: fundlayers::Decimal = old.parse().unwrap();
    let scale = places.unwrap_or(0).min(old.scale() + u32::try_from(random.below(3)).unwrap());
    let mut mantissa = (old * fundlayers::Decimal::from(10_u64.pow(scale))).trunc().mantissa() as i64;
    mantissa = match random.below(4) {
        0 => mantissa + 1,
        1 => mantissa / 2,
        2 => mantissa + i64::try_from(random.below(90)).unwrap(),
        _ => mantissa * 3 / 2 + 7,
    };
    if !negative {
        mantissa = mantissa.max(0);
    }
    fundlayers::Decimal::new(mantissa, scale).normalize().to_string()
}

#[derive(Default)]
struct Tally {
    policies: usize,
    changed: usize,
    refused: usize,
    compared: usize,
    formulas: usize,
    values: usize,
    differences: Vec<String>,
}

fn one(seed: u64, tally: &mut Tally) {
    let random = Random(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let mut maker = Maker { random, layers: Vec::new(), standard: false, figures: false, depth: 3, values: false };
    // What the random rules refuse by chance is made again.
    for _ in 0..200 {
        let document = maker.policy();
        let Ok(policy) = serde_json::from_value::<Policy>(document.clone()) else { continue };
        let roster = maker.roster();
        let Ok((roster, _)) = read_roster(roster.as_bytes(), Format::Csv, &policy) else { continue };
        let Ok((allocation, _)) = Allocation::new(&policy, &roster) else { continue };
        compare(seed, &document, &policy, &roster, &allocation, &mut maker.random, tally);
        return;
    }
    panic!("no policy in 200 of seed {seed}");
}

fn compare(
    seed: u64,
    document: &Value,
    policy: &Policy,
    roster: &Roster,
    allocation: &Allocation,
    random: &mut Random,
    tally: &mut Tally,
) {
    let (file, described) = workbook(allocation);
    let mut model = load(&stripped(&file));
    model.evaluate();
    tally.policies += 1;
    let cells = || described.live.iter().flatten();
    tally.formulas += cells().filter(|live| **live).count();
    tally.values += cells().filter(|live| !**live).count();
    let has_values = described.has_values();
    let (compared, found) = differences(&model, &described, allocation);
    tally.compared += compared;
    let mut report = |what: &str, found: Vec<String>| {
        if !found.is_empty() {
            tally.differences.push(format!("seed {seed}, {what}: {found:?}\n{document}"));
        }
    };
    report("as computed", found);
    if state(&model) != Some(0) {
        report("as computed", vec![format!("state {:?}, {:?}", state(&model), checks(&model))]);
    }
    if described.parameters.is_empty() {
        return;
    }
    let mut changes = Vec::new();
    for _ in 0..=random.below(3) {
        let parameter =
            &described.parameters[usize::try_from(random.below(described.parameters.len() as u64)).unwrap()];
        if changes.iter().any(|(path, _, _)| *path == parameter.path) {
            continue;
        }
        // A class is one for all years of a row.
        let first = parameter.path.contains(".where.");
        let at = if first { 0 } else { usize::try_from(random.below(parameter.cells.len() as u64)).unwrap() };
        let mut cells: Vec<String> = parameter.cells.iter().map(|(number, _)| number.clone()).collect();
        cells[at] = another(random, &cells[at], parameter.places);
        for later in at + 1..cells.len() {
            if parameter.cells[later].1 {
                let before = cells[later - 1].clone();
                cells[later] = before;
            } else {
                break;
            }
        }
        let written = |number: &String| match parameter.places {
            Ok(_) => number.clone(),
            Err(below) => format!("{number}/{below}"),
        };
        let by_year = policy.years().zip(&cells).map(|(year, number)| (year.to_string(), json!(written(number))));
        let node: Node = serde_json::from_value(Value::Object(by_year.collect())).unwrap();
        let (row, column) = (i32::try_from(parameter.row).unwrap() + 1, 5 + i32::try_from(at).unwrap());
        model.set_user_input(POLICY, row, column, cells[at].clone()).unwrap();
        changes.push((parameter.path.clone(), node, cells));
    }
    model.evaluate();
    let told = changes.iter().map(|(path, node, _)| (path.as_str(), node.clone()));
    let changed = policy.with_changes(told).and_then(|(policy, _)| Allocation::new(&policy, roster));
    let what = format!("changed {:?}", changes.iter().map(|(path, _, cells)| (path, cells)).collect::<Vec<_>>());
    let Ok((changed, _)) = changed else {
        tally.refused += 1;
        // What is refused is no amount that could be taken for one, unless other places than these are at fault.
        if matches!(state(&model), Some(0)) {
            report(&what, vec!["refused, and nothing is said".to_owned()]);
        }
        return;
    };
    tally.changed += 1;
    let (compared, found) = differences(&model, &described, &changed);
    tally.compared += compared;
    // Larger numbers may break a bound, which the state says.
    if state(&model) == Some(4) {
        return;
    }
    report(&what, found);
    let same = changes.iter().all(|(path, _, cells)| {
        let known = described.parameters.iter().find(|parameter| parameter.path == *path).unwrap();
        known.cells.iter().map(|(number, _)| number).eq(cells)
    });
    let expected = match (same, has_values) {
        (true, _) => 0,
        (false, true) => 2,
        (false, false) => 1,
    };
    if state(&model) != Some(expected) {
        report(&what, vec![format!("state {:?}, expected {expected}, {:?}", state(&model), checks(&model))]);
    }
}

#[test]
fn random_policies_come_out_as_computed() {
    let variable = |name: &str, otherwise: u64| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let (count, from) = (variable("FUNDLAYERS_LIVE_COUNT", 60), variable("FUNDLAYERS_LIVE_FROM", 1));
    let mut tally = Tally::default();
    for seed in from..from + count {
        one(seed, &mut tally);
    }
    println!(
        "{} policies, {} changed, {} refused once changed; {} amounts compared; {} formulas, {} values; {} policies differ",
        tally.policies,
        tally.changed,
        tally.refused,
        tally.compared,
        tally.formulas,
        tally.values,
        tally.differences.len()
    );
    for difference in tally.differences.iter().take(5) {
        println!("{difference}");
    }
    assert!(tally.differences.is_empty());
    // Most are formulas, or nothing was tried.
    assert!(tally.formulas > 3 * tally.values, "{} formulas, {} values", tally.formulas, tally.values);
}

/// Formulas that governments published: as computed, all of them; and how many of their amounts are formulas.
#[test]
fn every_policy_of_the_gallery_comes_out_as_computed() {
    let (mut formulas, mut values, mut policies) = (0, 0, 0);
    for built_in in fundlayers_policies::all().iter().chain(fundlayers_policies::gallery()) {
        let (policy, _) = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml).unwrap();
        let (roster, _) = read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &policy).unwrap();
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        let (file, described) = workbook(&allocation);
        let mut model = load(&stripped(&file));
        model.evaluate();
        let (_, found) = differences(&model, &described, &allocation);
        assert!(found.is_empty(), "{}: {found:?}", built_in.id);
        assert_eq!(state(&model), Some(0), "{}: {:?}", built_in.id, checks(&model));
        let cells = || described.live.iter().flatten();
        let own = (cells().filter(|live| **live).count(), cells().filter(|live| !**live).count());
        println!("{}: {} formulas, {} values", built_in.id, own.0, own.1);
        (formulas, values, policies) = (formulas + own.0, values + own.1, policies + 1);
    }
    println!("{policies} policies: {formulas} formulas, {values} values");
    assert!(formulas > values, "{formulas} formulas, {values} values");
}

/// Sums so large that floats would not be exact are values: grey, with a note that says why, and once anything is changed the
/// banner says that they are still those of before.
#[test]
fn sums_that_are_too_large_are_grey() {
    for (each, too_large) in [("40000000", false), ("60000000", true)] {
        let document = json!({
            "id": "e", "title": { "zh": "例", "en": "Example" }, "years": [2024, 2024], "unit": "万元", "payers": { "city": {} },
            "layers": [{ "id": "city", "payer": "city" }], "classes": [{ "id": "all", "funding": { "city": each } }],
        });
        let policy = serde_json::from_value::<Policy>(document).unwrap();
        let (roster, _) = read_roster("name,count\n甲镇,10\n".as_bytes(), Format::Csv, &policy).unwrap();
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        let (file, described) = workbook(&allocation);
        assert!(described.live.iter().flatten().all(|live| *live), "{each}: every amount of a place is a formula");
        // The row's own total, which is a formula always; the layer and all layers in seven lines of sums.
        assert_eq!(described.sums, if too_large { (1, 14) } else { (15, 0) }, "{each}");
        let noted = |sheet: usize, at: (u32, u16)| {
            let mut note = None;
            allocation.workbook(WorkbookOptions::new(Lang::Zh)).sheets()[sheet].cells(&mut |cell| {
                if (cell.row, cell.column) == at {
                    note.clone_from(&cell.note);
                }
            });
            note
        };
        let total = FIRST + u32::try_from(roster.len()).unwrap();
        for (sheet, at) in [(CALCULATION, (total, 0)), (TOTALS, (4, 2)), (TOTALS, (4, 3))] {
            let expected = "灰色合计为数值，不随参数重算：数值可能达到10的15次方，电子表格不能精确计算";
            assert_eq!(noted(sheet as usize, at).as_deref(), too_large.then_some(expected), "{each}: {sheet}, {at:?}");
        }
        let mut model = load(&stripped(&file));
        model.evaluate();
        assert_eq!(state(&model), Some(0), "{each}");
        model.set_user_input(POLICY, i32::try_from(FIRST).unwrap() + 1, 5, "40000001".to_owned()).unwrap();
        model.evaluate();
        assert_eq!(state(&model), Some(if too_large { 2 } else { 1 }), "{each}");
    }
}

/// A village that another level names belongs to another class.
#[test]
fn a_changed_roster_is_computed_with() {
    let built_in = fundlayers_policies::get("tongchuan-2023").unwrap();
    let (policy, _) = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml).unwrap();
    let (roster, _) = read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &policy).unwrap();
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let (file, described) = workbook(&allocation);
    let mut model = load(&stripped(&file));
    let line = built_in.roster_csv.lines().find(|line| line.contains("义兴村")).unwrap();
    let changed = built_in.roster_csv.replace(line, &line.replace("municipal", "provincial"));
    let (changed, _) = read_roster(changed.as_bytes(), Format::Csv, &policy).unwrap();
    let row = roster.iter().find(|place| place.name() == "义兴村").unwrap().row().number();
    let row = i32::try_from(row).unwrap() + i32::try_from(FIRST).unwrap() + 1;
    model.set_user_input(1, row, 4, "Provincial".to_owned()).unwrap();
    // More of the places that stand for others.
    let last = i32::try_from(roster.len()).unwrap() + i32::try_from(FIRST).unwrap();
    model.set_user_input(1, last, 8, "12".to_owned()).unwrap();
    model.evaluate();
    let text = changed.table(&policy);
    let mut csv = Vec::new();
    fundlayers_formats::csv::write(&mut csv, &text).unwrap();
    let csv = String::from_utf8(csv).unwrap().replace(",11,", ",12,");
    let (changed, _) = read_roster(csv.as_bytes(), Format::Csv, &policy).unwrap();
    let (expected, _) = Allocation::new(&policy, &changed).unwrap();
    let (compared, found) = differences(&model, &described, &expected);
    assert_eq!((compared, found), (roster.len() * 9, Vec::new()));
    assert_eq!(state(&model), Some(1));
    // A word that is none of the list is no class, and no amount.
    model.set_user_input(1, row, 4, "?".to_owned()).unwrap();
    model.evaluate();
    assert_eq!(state(&model), Some(3));
}

/// The sheet of the roster is a roster.
#[test]
fn the_roster_is_read_back() {
    let built_in = fundlayers_policies::get("tongchuan-2023").unwrap();
    let (policy, _) = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml).unwrap();
    let (roster, _) = read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &policy).unwrap();
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let mut file = Vec::new();
    live::write(&mut file, &allocation.workbook(WorkbookOptions::new(Lang::Zh))).unwrap();
    let mut options = fundlayers::sheet::SheetOptions::default();
    options.sheet = Some("名单".to_owned());
    let begin = |titles: &[(&str, Option<fundlayers::Position>)]| fundlayers::RosterBuilder::new(&policy, titles);
    let (read, warnings) = fundlayers_formats::read_rows(&file, Format::Xlsx, &options, begin).unwrap();
    // The places that the document counts have no county, and a sheet cannot say that this is meant.
    let warnings: Vec<_> = warnings.iter().map(|warning| (warning.code(), warning.location().row)).collect();
    assert_eq!(warnings, [(fundlayers::Code::BlankCounty, Some(11))]);
    let rows = |roster: &Roster| {
        let mut csv = Vec::new();
        fundlayers_formats::csv::write(&mut csv, &roster.table(&policy)).unwrap();
        String::from_utf8(csv).unwrap()
    };
    assert_eq!(rows(&read), rows(&roster));
}

/// The built-in plan with its standard of 650.
#[test]
fn the_plan_with_another_standard() {
    let built_in = fundlayers_policies::get("tongchuan-2023").unwrap();
    let (policy, _) = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml).unwrap();
    let (roster, _) = read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &policy).unwrap();
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let (file, described) = workbook(&allocation);
    assert_eq!(file, workbook(&allocation).0, "the same bytes");
    assert!(described.live.iter().flatten().all(|live| *live), "every amount of the plan is a formula");
    let mut model = load(&stripped(&file));
    let path = "classes.municipal-town.standard";
    let parameter = described.parameters.iter().find(|parameter| parameter.path == path).unwrap();
    model.set_user_input(POLICY, i32::try_from(parameter.row).unwrap() + 1, 5, "650".to_owned()).unwrap();
    model.evaluate();
    let node: Node = serde_json::from_value(json!(650)).unwrap();
    let (changed, _) = policy.with_changes([(path, node)]).unwrap();
    let (changed, _) = Allocation::new(&changed, &roster).unwrap();
    let (compared, found) = differences(&model, &described, &changed);
    assert_eq!((compared, found), (roster.len() * 9, Vec::new()));
    assert_eq!(state(&model), Some(1));
    let county = changed.amount(roster.get(3).unwrap().row(), 2024, changed.policy().layer_index("county").unwrap());
    assert_eq!(county.unwrap().fen(), 350_000_000);
}

/// The plan's file as LibreOffice computes it: with 650 in place of 600 and a stored value that is wrong, which shows that
/// LibreOffice did compute. Where it is not installed, nothing is tried.
#[test]
fn the_delivered_file_in_libreoffice() {
    let there =
        std::process::Command::new("soffice").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        println!("left out: LibreOffice is not installed");
        return;
    }
    let built_in = fundlayers_policies::get("tongchuan-2023").unwrap();
    let (policy, _) = fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml).unwrap();
    let (roster, _) = read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &policy).unwrap();
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let mut file = Vec::new();
    live::write(&mut file, &allocation.workbook(WorkbookOptions::new(Lang::Zh))).unwrap();
    let replaced = |text: String, start: &str, end: &str, value: &str| {
        let (before, rest) = text.split_once(start).unwrap();
        let at = rest.find(end).unwrap();
        [before, start, value, &rest[at..]].concat()
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        match name.as_str() {
            // 市级重点帮扶镇 标准 2023.
            "xl/worksheets/sheet1.xml" => {
                let start = text.find("<c r=\"E10\"").unwrap();
                let cell = replaced(text.split_off(start), "<v>", "</v>", "650");
                text += &cell;
            }
            "xl/worksheets/sheet3.xml" => {
                let start = text.find("<c r=\"O6\"").unwrap();
                let cell = replaced(text.split_off(start), "<v>", "</v>", "999");
                text += &cell;
            }
            _ => {}
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    let folder = std::env::temp_dir().join(format!("fundlayers-live-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("profile/user")).unwrap();
    std::fs::write(folder.join("plan.xlsx"), out.finish().unwrap().into_inner()).unwrap();
    // A fresh profile in which files are computed when they are opened.
    let settings = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"#;
    std::fs::write(folder.join("profile/user/registrymodifications.xcu"), settings).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";
    let mut office = std::process::Command::new("soffice");
    let output = office.args([&profile, "--headless", "--convert-to", form, "plan.xlsx"]).current_dir(&folder).output();
    let output = output.unwrap();
    let sheet = |name: &str| {
        let text = std::fs::read_to_string(folder.join(format!("plan-{name}.csv")));
        let text = text.unwrap_or_else(|error| panic!("{name}: {error}; {}", String::from_utf8_lossy(&output.stderr)));
        text.replace('"', "")
    };
    let (calculation, totals) = (sheet("测算表"), sheet("汇总"));
    std::fs::remove_dir_all(&folder).unwrap();
    let node: Node = serde_json::from_value(json!(650)).unwrap();
    let (changed, _) = policy.with_changes([("classes.municipal-town.standard", node)]).unwrap();
    let (changed, _) = Allocation::new(&changed, &roster).unwrap();
    let lines: Vec<Vec<&str>> = calculation.lines().map(|line| line.split(',').collect()).collect();
    assert!(lines[1][0].starts_with('△'), "{:?}", lines[1]);
    let whole: Vec<usize> =
        lines[4].iter().enumerate().filter(|(_, title)| title.ends_with("该行（分）")).map(|(at, _)| at).collect();
    assert_eq!(whole.len(), 3);
    let mut compared = 0;
    for recipient in &roster {
        for (at, year) in changed.years().iter().enumerate() {
            let line = &lines[5 + recipient.row().number() * 3 + at];
            for (layer, column) in changed.policy().layers().iter().zip(&whole) {
                let index = changed.policy().layer_index(&layer.id).unwrap();
                let expected = changed.amount(recipient.row(), *year, index).unwrap().fen();
                assert_eq!(line[*column], expected.to_string(), "{} {year} {}", recipient.id(), layer.id);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, roster.len() * 9);
    assert!(totals.lines().any(|line| line == "各年,合计,9900,6120,4440,20460"), "{totals}");
}
