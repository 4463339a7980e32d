//! Policies and rosters from ids, files and standard input.

use std::io::Read;
use std::path::Path;

use fundlayers::document::Node;
use fundlayers::{Code, Policy, Position, Problem, Problems, Roster, RosterBuilder, RowBuilder, Scenarios};
use fundlayers_formats::Format;
use fundlayers_policies::BuiltIn;

use crate::Failure;

/// A policy, its warnings, and where it came from.
#[derive(Clone)]
pub(crate) struct PolicyInput {
    pub(crate) policy: Policy,
    pub(crate) warnings: Problems,
    /// The built-in policy, if it is one.
    pub(crate) built_in: Option<&'static BuiltIn>,
}

/// Reads a policy by id or file, with changes.
pub(crate) fn policy(name: &str, set: &[String]) -> Result<PolicyInput, Failure> {
    let built_in = fundlayers_policies::get(name);
    let read = if let Some(built_in) = built_in {
        fundlayers_formats::read_policy(built_in.policy_toml.as_bytes(), Format::Toml)
    } else {
        let (bytes, format) = file(name, Format::Toml).map_err(|failure| unknown(name, failure))?;
        fundlayers_formats::read_policy(&bytes, format)
    };
    let (policy, warnings) = read.map_err(|problems| problems.in_file(name))?;
    let warnings = warnings.in_file(name);
    changed(&PolicyInput { policy, warnings, built_in }, set)
}

/// What looks like an id is a policy that is not known; what looks like a file is a file that cannot be read.
fn unknown(name: &str, failure: Failure) -> Failure {
    let looks_like_file = name == "-" || name.contains(['/', '\\', '.']) || Path::new(name).exists();
    if looks_like_file {
        return failure;
    }
    let known: Vec<&str> = fundlayers_policies::all().iter().map(|built_in| built_in.id).collect();
    let problem = Problem::new(Code::UnknownPolicy, "no built-in policy and no file has this name").found(name);
    problem.expected(fundlayers::did_you_mean(name, known)).into()
}

/// A policy with changes of the form PATH=VALUE.
pub(crate) fn changed(input: &PolicyInput, set: &[String]) -> Result<PolicyInput, Failure> {
    if set.is_empty() {
        return Ok(input.clone());
    }
    let mut changes: Vec<(&str, Node)> = Vec::new();
    let mut problems = Problems::new();
    for change in set {
        let Some((path, value)) = fundlayers::Path::split_change(change) else {
            return Err(Failure::Usage(format!(
                "`--set {change}` has no value; give PATH=VALUE, such as classes.municipal-town.standard=650"
            )));
        };
        match fundlayers_formats::toml::read_value(value) {
            Ok(node) => changes.push((path, node)),
            Err(found) => problems.extend(found.into_iter().map(|problem| problem.key(path))),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let (policy, warnings) = input.policy.with_changes(changes)?;
    Ok(PolicyInput { policy, warnings, built_in: input.built_in })
}

/// Reads a roster file, or the policy's built-in one.
pub(crate) fn roster(name: Option<&str>, input: &PolicyInput) -> Result<(Roster, Problems), Failure> {
    match (name, input.built_in) {
        (Some(name), _) => rows(name, |titles| RosterBuilder::new(&input.policy, titles)),
        (None, Some(built_in)) => {
            let name = format!("roster of {}", built_in.id);
            let read = fundlayers_formats::read_roster(built_in.roster_csv.as_bytes(), Format::Csv, &input.policy);
            let (roster, warnings) = read.map_err(|problems| problems.in_file(&name))?;
            Ok((roster, warnings.in_file(&name)))
        }
        (None, None) => {
            Err(Failure::Usage("a policy file has no built-in roster; name one with --roster FILE".to_owned()))
        }
    }
}

/// Reads a file of rows, whatever they become.
pub(crate) fn rows<B: RowBuilder>(
    name: &str,
    begin: impl FnOnce(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Failure> {
    let (bytes, format) = file(name, Format::Csv)?;
    let read = fundlayers_formats::read_rows(&bytes, format, begin);
    let (rows, warnings) = read.map_err(|problems| problems.in_file(name))?;
    Ok((rows, warnings.in_file(name)))
}

/// Reads a file of scenarios: rows in CSV or JSON, tables in TOML or JSON.
pub(crate) fn scenarios(name: &str) -> Result<(Scenarios, Problems), Failure> {
    let (bytes, mut format) = file(name, Format::Csv)?;
    let begins = |begin: &[u8]| bytes.trim_ascii_start().starts_with(begin);
    if name == "-" && (begins(b"[[") || begins(b"#")) {
        format = Format::Toml;
    }
    let read = fundlayers_formats::read_scenarios(&bytes, format);
    let (scenarios, warnings) = read.map_err(|problems| problems.in_file(name))?;
    Ok((scenarios, warnings.in_file(name)))
}

/// The bytes and format of a file. Standard input is told by its first character.
fn file(name: &str, other: Format) -> Result<(Vec<u8>, Format), Failure> {
    let cannot_read =
        |error: &std::io::Error| Problem::new(Code::CannotRead, format!("cannot be read: {error}")).file(name);
    if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| cannot_read(&error))?;
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let format = if matches!(first, Some(b'{' | b'[')) && (other == Format::Csv || first == Some(&b'{')) {
            Format::Json
        } else {
            other
        };
        return Ok((bytes, format));
    }
    let path = Path::new(name);
    let format = path.extension().and_then(|ending| ending.to_str()).and_then(Format::from_extension);
    let bytes = std::fs::read(path).map_err(|error| cannot_read(&error))?;
    let Some(format) = format else {
        let problem = Problem::new(Code::UnknownFormat, "the ending of the file tells no format").file(name);
        let formats = if other == Format::Csv { "a table in .csv or .json" } else { "a policy in .toml or .json" };
        return Err(problem.expected(formats).into());
    };
    Ok((bytes, format))
}
