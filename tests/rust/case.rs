//! One case of the vectors: read, run, compared. The rules of comparison are in `tests/vectors/README.md`.

use fundlayers::document::Node;
use fundlayers::{
    Allocation, Amount, Code, FundingRule, Goal, Grouping, LimitsBuilder, Month, Policy, Problem, Problems,
    ReceiptsBuilder, ReconcileOptions, Reconciliation, Roster, Scenario, Scenarios, ScenariosBuilder, Severity,
    TableOptions, TopUp, Unit, parse_decimal, parse_years,
};
use fundlayers_formats::{Format, json, toml};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A file of cases.
#[derive(Debug, Deserialize)]
pub struct File {
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A case. Policy and roster stay text, so that every number keeps its digits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The rule, as a sentence.
    pub name: String,
    /// What the answer rests on.
    pub clause: String,
    op: String,
    policy: Box<RawValue>,
    roster: Option<Box<RawValue>>,
    #[serde(default)]
    options: Options,
    expect: Expect,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    zeros: bool,
    wide: bool,
    years: Option<String>,
    unit: Option<String>,
    by: Option<Vec<String>>,
    set: Map<String, Value>,
    recipient: Option<String>,
    year: Option<u16>,
    limits: Option<Box<RawValue>>,
    rule: Option<String>,
    order: Vec<String>,
    with_policy: Option<Box<RawValue>>,
    with_roster: Option<Box<RawValue>>,
    scenarios: Vec<NamedChanges>,
    scenario_rows: Option<Box<RawValue>>,
    path: String,
    layer: String,
    payer: Option<String>,
    limit: String,
    step: Option<String>,
    receipts: Option<Box<RawValue>>,
    top_up: Option<String>,
    top_up_years: Option<String>,
    as_of: Option<String>,
    unmatched: bool,
}

/// A scenario of the options.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedChanges {
    name: String,
    #[serde(default)]
    set: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    rows: Option<Vec<Value>>,
    warnings: Option<Vec<Value>>,
    errors: Option<Vec<Value>>,
}

/// What came out: rows and warnings.
type Answer = (Vec<Value>, Problems);

impl Case {
    /// Runs the case.
    ///
    /// # Errors
    ///
    /// How the answer differs from the expected one.
    pub fn run(&self) -> Result<(), String> {
        let answer = self.answer();
        match (&self.expect.errors, answer) {
            (Some(expected), Err(problems)) => {
                let errors: Vec<Value> =
                    problems.iter().filter(|problem| problem.severity() == Severity::Error).map(plain).collect();
                compare("errors", expected, &errors).map_err(|difference| format!("{difference}\n{problems}"))
            }
            (Some(_), Ok((rows, _))) => {
                Err(format!("errors were expected, but there is an answer of {} rows", rows.len()))
            }
            (None, Err(problems)) => Err(format!("an answer was expected, but there are errors:\n{problems}")),
            (None, Ok((rows, warnings))) => {
                if let Some(expected) = &self.expect.rows {
                    compare("rows", expected, &rows)?;
                }
                let warnings: Vec<Value> = warnings.iter().map(plain).collect();
                self.expect.warnings.as_ref().map_or(Ok(()), |expected| compare("warnings", expected, &warnings))
            }
        }
    }

    fn answer(&self) -> Result<Answer, Problems> {
        let own = self.policy.get();
        // The changes of a comparison are those of its second side.
        let compares = self.op == "compare";
        let (policy, mut warnings) = self.policy(own, !compares)?;
        if self.op == "policy check" {
            return Ok((Vec::new(), warnings));
        }
        let years = self.options.years.as_deref().map(parse_years).transpose()?;
        let unit = match self.options.unit.as_deref() {
            None => policy.unit(),
            Some(text) => Unit::named(text).ok_or_else(|| Problem::new(Code::BadUnit, "is not a unit").found(text))?,
        };
        let by = self.options.by.as_ref().map(|by| Grouping::parse_all(by.iter().map(String::as_str))).transpose()?;
        let (roster, found) = Self::roster(self.roster.as_deref(), own, &policy)?;
        warnings.append(found);
        if self.op == "roster check" {
            warnings.append(roster.check(&policy)?);
            return Ok((Vec::new(), warnings));
        }
        let mut out = Vec::new();
        let default = || vec![Grouping::Year, Grouping::Layer];
        if self.op == "scenarios" {
            let (list, found) = self.scenarios()?;
            warnings.append(found);
            let (totals, found) =
                fundlayers::scenarios(&policy, &roster, years.as_deref(), &list, &by.unwrap_or_else(default))?;
            warnings.append(found);
            return rows(json::write(&mut out, &policy, &totals.table(unit), &warnings), &out, warnings);
        }
        if self.op == "solve" {
            let (solution, found) = fundlayers::solve(&policy, &roster, &self.goal(unit)?)?;
            warnings.append(found);
            let (mut rows, warnings) =
                rows(json::write(&mut out, &policy, &solution.table(unit), &warnings), &out, warnings)?;
            let text = serde_json::json!({
                "zh": solution.text(unit, fundlayers::Lang::Zh), "en": solution.text(unit, fundlayers::Lang::En)
            });
            rows.iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(|row| drop(row.insert("text".into(), text.clone())));
            return Ok((rows, warnings));
        }
        let all = |policy: &Policy| years.clone().unwrap_or_else(|| policy.years().collect());
        let (allocation, found) = Allocation::for_years(&policy, &roster, &all(&policy))?;
        warnings.append(found);
        if compares {
            let other = self.options.with_policy.as_ref().map_or(own, |policy| policy.get());
            let (policy, found) = self.policy(other, true)?;
            warnings.append(found);
            let given = self.options.with_roster.as_deref().or(self.roster.as_deref());
            let built_in = if serde_json::from_str::<String>(other).is_ok() { other } else { own };
            let (roster, found) = Self::roster(given, built_in, &policy)?;
            warnings.append(found);
            let (after, found) = Allocation::for_years(&policy, &roster, &all(&policy))?;
            warnings.append(found);
            let comparison = fundlayers::compare(&allocation, &after, &by.unwrap_or_else(default))?;
            return rows(json::write(&mut out, &policy, &comparison.table(unit), &warnings), &out, warnings);
        }
        let written = match self.op.as_str() {
            "allocate" => {
                let options = TableOptions { unit, zeros: self.options.zeros, wide: self.options.wide };
                json::write(&mut out, &policy, &allocation.table(options), &warnings)
            }
            "totals" => {
                let totals = allocation.totals(&by.unwrap_or_else(default), self.options.zeros)?;
                json::write(&mut out, &policy, &totals.table(unit), &warnings)
            }
            "fund" => {
                let options = TableOptions { unit, zeros: self.options.zeros, wide: false };
                let order: Vec<&str> = self.options.order.iter().map(String::as_str).collect();
                let rule = FundingRule::parse(self.options.rule.as_deref().unwrap_or_default(), &order)?;
                let rows = self.options.limits.as_ref().map_or("[]", |rows| rows.get());
                let (limits, found) = json::read_rows(rows, |titles| LimitsBuilder::new(&policy, titles))?;
                warnings.append(found);
                let (funding, found) = allocation.fund(&limits, &rule)?;
                warnings.append(found);
                match by {
                    Some(by) => json::write(&mut out, &policy, &funding.totals(&by)?.table(unit), &warnings),
                    None => json::write(&mut out, &policy, &funding.table(options), &warnings),
                }
            }
            "reconcile" => {
                let (reconciliation, found) = self.reconcile(&allocation)?;
                warnings.append(found);
                let zeros = self.options.zeros;
                match by {
                    _ if self.options.unmatched => {
                        json::write(&mut out, &policy, &reconciliation.unmatched_table(unit), &warnings)
                    }
                    Some(by) => {
                        let totals = reconciliation.totals(&by, zeros)?;
                        json::write(&mut out, &policy, &totals.table(unit), &warnings)
                    }
                    None => json::write(&mut out, &policy, &reconciliation.table(unit, zeros), &warnings),
                }
            }
            "explain" => {
                let years = self.options.year.map(|year| vec![year]);
                let recipient = self.options.recipient.as_deref().unwrap_or_default();
                let explanations = allocation.explain(recipient, years.as_deref())?;
                let rows = explanations.iter().map(|explanation| serde_json::to_value(explanation).unwrap_or_default());
                return Ok((rows.collect(), warnings));
            }
            op => return Err(Problem::new(Code::UnknownWord, "is not an operation").found(op).into()),
        };
        rows(written, &out, warnings)
    }

    fn reconcile(&self, allocation: &Allocation) -> Result<(Reconciliation, Problems), Problems> {
        let options = &self.options;
        let years = options.top_up_years.as_deref().map(parse_years).transpose()?;
        let years = years.unwrap_or_else(|| allocation.years().to_vec());
        let top_up = options.top_up.as_deref().map(|word| TopUp::parse(word, &years)).transpose()?.unwrap_or_default();
        let as_of = options.as_of.as_deref().map(str::parse::<Month>).transpose()?;
        let ledger = options.receipts.as_ref().map_or("[]", |raw| raw.get());
        let (receipts, mut warnings) = json::read_rows(ledger, ReceiptsBuilder::new)?;
        let (reconciliation, found) = allocation.reconcile(&receipts, &ReconcileOptions { top_up, as_of })?;
        warnings.append(found);
        Ok((reconciliation, warnings))
    }

    /// A policy by its id or as it is, with the changes of the options.
    fn policy(&self, raw: &str, with_changes: bool) -> Result<(Policy, Problems), Problems> {
        let read = match serde_json::from_str::<String>(raw) {
            Ok(id) => {
                let known = fundlayers_policies::get(&id);
                let built_in =
                    known.ok_or_else(|| Problem::new(Code::UnknownPolicy, "no policy has this id").found(id))?;
                fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml)
            }
            Err(_) => fundlayers_formats::read_policy(raw.as_bytes(), Format::Json),
        };
        let (policy, warnings) = read?;
        if self.options.set.is_empty() || !with_changes {
            return Ok((policy, warnings));
        }
        policy.with_changes(changes(&self.options.set)?)
    }

    /// The goal of `solve`; the limit is in the unit of the results.
    fn goal(&self, unit: Unit) -> Result<Goal, Problems> {
        let Options { path, layer, payer, year, limit, step, .. } = &self.options;
        let bad = |error: String| Problem::new(Code::BadNumber, error);
        let step = step.as_deref().map(parse_decimal).transpose().map_err(|error| bad(error.to_string()))?;
        Ok(Goal {
            path: path.clone(),
            layer: layer.clone(),
            payer: payer.clone(),
            year: year.unwrap_or_default(),
            limit: Amount::parse(limit, unit).map_err(|error| bad(error.to_string()))?,
            step,
        })
    }

    fn scenarios(&self) -> Result<(Scenarios, Problems), Problems> {
        if let Some(rows) = &self.options.scenario_rows {
            return json::read_rows(rows.get(), |titles| ScenariosBuilder::new(titles, toml::read_value));
        }
        let mut list = Vec::new();
        for NamedChanges { name, set } in &self.options.scenarios {
            list.push(Scenario::new(name, changes(set)?));
        }
        Ok((Scenarios::new(list)?, Problems::new()))
    }

    /// Rows of the case, or the built-in roster of a policy.
    fn roster(given: Option<&RawValue>, built_in: &str, policy: &Policy) -> Result<(Roster, Problems), Problems> {
        if let Some(raw) = given {
            return json::read_roster(raw.get(), policy);
        }
        let id = serde_json::from_str::<String>(built_in).unwrap_or_default();
        let built_in = fundlayers_policies::get(&id).map_or("", |built_in| built_in.roster_csv);
        fundlayers_formats::read_roster(built_in.as_bytes(), Format::Csv, policy)
    }
}

/// Paths and the texts of their TOML values.
fn changes(set: &Map<String, Value>) -> Result<Vec<(&str, Node)>, Problems> {
    let mut changes = Vec::new();
    let mut problems = Problems::new();
    for (path, value) in set {
        match toml::read_value(value.as_str().unwrap_or_default()) {
            Ok(node) => changes.push((path.as_str(), node)),
            Err(found) => problems.append(found),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(problems) }
}

/// The rows of a result that was written as JSON.
fn rows(written: std::io::Result<()>, out: &[u8], warnings: Problems) -> Result<Answer, Problems> {
    let syntax = |error: String| Problem::new(Code::Syntax, error);
    written.map_err(|error| syntax(error.to_string()))?;
    let answer: Value = serde_json::from_slice(out).map_err(|error| syntax(error.to_string()))?;
    let rows = answer.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok((rows, warnings))
}

/// A problem as the vectors name it.
fn plain(problem: &Problem) -> Value {
    serde_json::to_value(problem).unwrap_or_default()
}

/// As many, in this order, equal on the keys that are given.
fn compare(what: &str, expected: &[Value], found: &[Value]) -> Result<(), String> {
    if expected.len() != found.len() {
        let list = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
        return Err(format!("{} {what} were expected, {} found:\n  {list}", expected.len(), found.len()));
    }
    for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
        given(expected, found).map_err(|difference| format!("{what} {}: {difference}", number.saturating_add(1)))?;
    }
    Ok(())
}

/// Whether a value has what is given of it.
fn given(expected: &Value, found: &Value) -> Result<(), String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                if key == "text" {
                    contains(expected, found)?;
                } else {
                    given(expected, found).map_err(|difference| format!("{key}: {difference}"))?;
                }
            }
            Ok(())
        }
        (Value::Array(expected), Value::Array(found)) => compare("parts", expected, found),
        _ if expected == found => Ok(()),
        _ => Err(format!("{expected} was expected, found {found}")),
    }
}

/// Sentences contain what is given of them.
fn contains(expected: &Value, found: &Value) -> Result<(), String> {
    for (lang, expected) in expected.as_object().into_iter().flatten() {
        let sentence = found.get(lang).and_then(Value::as_str).unwrap_or_default();
        if !sentence.contains(expected.as_str().unwrap_or_default()) {
            return Err(format!("text.{lang}: {expected} is not in {sentence:?}"));
        }
    }
    Ok(())
}
