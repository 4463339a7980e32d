//! Hostile input: good policies and rosters, mutated at random, and the path that every one of them takes.
//!
//! A case is known by its number alone: the same number gives the same bytes on every machine.

use std::io;

use fundlayers::sheet::SheetOptions;
use fundlayers::{
    Allocation, Code, Grouping, Lang, Path, Policy, Problems, Roster, RosterBuilder, Severity, TableOptions,
};
use fundlayers_formats::text::decode;
use fundlayers_formats::{Format, csv, json, markdown, read_policy, read_rows, terminal, toml};

pub mod big;
pub mod laws;
mod mutate;
pub mod questions;
mod random;
mod seeds;
pub mod workbooks;

pub use mutate::mutated;
pub use random::Random;
pub use seeds::{Seed, seeds};

/// How far a case came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The policy has errors.
    Policy,
    /// The roster has errors.
    Roster,
    /// The allocation has errors.
    Allocation,
    /// A total has errors.
    Totals,
    /// There is a result.
    Result,
}

/// The bytes of one case.
#[derive(Debug, Clone)]
pub struct Input {
    /// The policy file.
    pub policy: Vec<u8>,
    /// How it is written.
    pub policy_format: Format,
    /// The roster file.
    pub roster: Vec<u8>,
    /// How it is written.
    pub roster_format: Format,
    /// How a table is to be read.
    pub options: SheetOptions,
}

/// Makes the case of a number: a policy and a roster that go together, one of them mutated, or both.
#[must_use]
pub fn input(seeds: &[Seed], number: u64) -> Input {
    let mut random = Random::new(number);
    let seed = random.pick(seeds);
    let (mut policy, policy_format) = random.pick(&seed.policies).clone();
    let (mut roster, roster_format) = random.pick(&seed.rosters).clone();
    let which = random.below(5);
    let mut roster_format = roster_format;
    let mut options = SheetOptions::default();
    if roster_format == Format::Csv && random.one_in(3) {
        let mutated = if random.one_in(4) { mutated(roster, seeds, &mut random) } else { roster };
        let table = String::from_utf8_lossy(&mutated);
        (roster, roster_format, options) = workbooks::damaged(&table, seeds, &mut random);
    } else if which != 0 {
        roster = mutated(roster, seeds, &mut random);
    }
    if which < 3 {
        policy = mutated(policy, seeds, &mut random);
    }
    Input { policy, policy_format, roster, roster_format, options }
}

/// Beyond so many amounts only totals are made, so that many cases can be run.
const WRITTEN: usize = 200_000;

/// Takes an input the whole way: read, compute, sum, explain, write.
///
/// # Errors
///
/// What should never be: an error without an error among its problems, totals that differ from the amounts.
pub fn run(input: &Input) -> Result<End, String> {
    let policy = match read_policy(&input.policy, input.policy_format) {
        Ok((policy, warnings)) => {
            no_error(&warnings)?;
            policy
        }
        Err(problems) => {
            named(&problems, input)?;
            return listed(&problems).map(|()| End::Policy);
        }
    };
    same_through_serde(&policy)?;
    let begin = |titles: &[(&str, _)]| RosterBuilder::new(&policy, titles);
    match read_rows(&input.roster, input.roster_format, &input.options, begin) {
        Ok((roster, warnings)) => {
            no_error(&warnings)?;
            results(&policy, &roster)
        }
        Err(problems) => listed(&problems).map(|()| End::Roster),
    }
}

/// What a problem of a policy names is a path, and stands in the document or could stand there.
fn named(problems: &Problems, input: &Input) -> Result<(), String> {
    let Ok(text) = decode(&input.policy) else { return Ok(()) };
    let document = match input.policy_format {
        Format::Toml => toml::read(&text),
        _ => json::read(&text),
    };
    let Ok(document) = document else { return Ok(()) };
    // Where an id stands twice, its path is that of the first.
    let twice = problems.iter().any(|problem| problem.code() == Code::DuplicateId);
    // What is long is cut.
    let keys = problems.iter().filter_map(|problem| problem.location().key.as_deref());
    for key in keys.filter(|key| !key.ends_with('…')) {
        let path = Path::parse(key).map_err(|problem| format!("{key:?}: {problem}"))?;
        let parent = || path.parent().is_none_or(|parent| parent.lookup(&document).is_ok());
        if !twice && path.lookup(&document).is_err() && !parent() {
            return Err(format!("{key:?} is no path of {document}"));
        }
    }
    Ok(())
}

fn results(policy: &Policy, roster: &Roster) -> Result<End, String> {
    let (allocation, warnings) = match Allocation::new(policy, roster) {
        Ok(done) => done,
        Err(problems) => return listed(&problems).map(|()| End::Allocation),
    };
    no_error(&warnings)?;
    let mut end = End::Result;
    let size = roster.len().saturating_mul(policy.layers().len()).saturating_mul(allocation.years().len());
    for by in [
        &[][..],
        &[Grouping::Year, Grouping::Layer],
        &[Grouping::County, Grouping::Payer, Grouping::Class],
        &[Grouping::Id, Grouping::Kind, Grouping::Designation, Grouping::Township],
    ] {
        // A row of totals for each place takes memory of its own.
        if by.contains(&Grouping::Id) && size > WRITTEN {
            continue;
        }
        match allocation.totals(by, false) {
            Ok(totals) => {
                let sum: i128 = totals.iter().map(|row| i128::from(row.amount().fen())).fold(0, i128::saturating_add);
                if size < WRITTEN && sum != allocation.amounts().sum() {
                    return Err(format!("totals by {by:?} are {sum} fen, the amounts {}", allocation.amounts().sum()));
                }
                let unit = policy.unit();
                sunk(csv::write(&mut io::sink(), &totals.table(unit)))?;
                sunk(json::write(&mut io::sink(), policy, &totals.table(unit), &warnings))?;
                match totals.report(unit, Lang::Zh) {
                    Ok(report) => sunk(markdown::write(&mut io::sink(), &report))?,
                    Err(problems) => listed(&problems)?,
                }
            }
            Err(problems) => {
                listed(&problems)?;
                end = End::Totals;
            }
        }
    }
    if size > WRITTEN {
        return Ok(end);
    }
    for wide in [false, true] {
        let options = TableOptions { unit: policy.unit(), zeros: !wide, wide };
        sunk(csv::write(&mut io::sink(), &allocation.table(options)))?;
        sunk(json::write(&mut io::sink(), policy, &allocation.table(options), &warnings))?;
        match allocation.report(options, Lang::En) {
            Ok(report) => {
                sunk(terminal::write(&mut io::sink(), &report, wide))?;
                laws::shown(&report)?;
            }
            Err(problems) => listed(&problems)?,
        }
    }
    laws::explained(&allocation, 3)?;
    laws::counted(&allocation)?;
    laws::written_alike(policy, &allocation.table(TableOptions { unit: policy.unit(), zeros: true, wide: false }))?;
    for recipient in roster.iter().take(3) {
        match allocation.explain(recipient.id(), None) {
            Ok(explanations) => {
                for explanation in explanations {
                    sunk(serde_json::to_writer(io::sink(), &explanation).map_err(io::Error::from))?;
                }
            }
            Err(problems) => listed(&problems)?,
        }
    }
    Ok(end)
}

/// A policy through serde and back is the same, except for places in the text.
fn same_through_serde(policy: &Policy) -> Result<(), String> {
    let text = serde_json::to_string(policy).map_err(|error| error.to_string())?;
    let again: Policy = serde_json::from_str(&text).map_err(|error| format!("the policy is not read back: {error}"))?;
    let same = again.layers() == policy.layers()
        && again.classes() == policy.classes()
        && again.pools() == policy.pools()
        && again.attributes() == policy.attributes()
        && again.rounding() == policy.rounding()
        && (again.id(), again.version(), again.title()) == (policy.id(), policy.version(), policy.title());
    let text_again = serde_json::to_string(&again).map_err(|error| error.to_string())?;
    if same && text == text_again { Ok(()) } else { Err(format!("the policy changes through serde: {text}")) }
}

/// Problems that are returned as an error hold one, and print.
fn listed(problems: &Problems) -> Result<(), String> {
    if problems.to_string().is_empty() || !problems.has_errors() {
        return Err(format!("an error without an error: {problems:?}"));
    }
    let text = serde_json::to_string(problems).map_err(|error| error.to_string())?;
    let again: Problems = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
    if again.iter().eq(problems.iter()) { Ok(()) } else { Err(format!("problems change through serde: {text}")) }
}

fn no_error(warnings: &Problems) -> Result<(), String> {
    match warnings.iter().find(|problem| problem.severity() == Severity::Error) {
        Some(problem) => Err(format!("a result with an error: {problem}")),
        None => Ok(()),
    }
}

fn sunk(written: io::Result<()>) -> Result<(), String> {
    written.map_err(|error| format!("writing failed: {error}"))
}
