//! Policies, rosters and tables from ids, files and standard input.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use fundlayers::answer::{Given, Sources};
use fundlayers::document::Node;
use fundlayers::{Code, Lang, Policy, Problem, Problems};
use fundlayers_formats::Format;
use fundlayers_formats::sources::{File, Files, Reader};

use crate::Failure;
use crate::catalogue as words;
use crate::progress::Progress;

/// The files of one command.
pub(crate) struct Disk {
    pub(crate) progress: Progress,
    /// Whether the next table may be a document of scenarios.
    pub(crate) scenarios: Option<String>,
}

impl Disk {
    pub(crate) fn reader(scenarios: Option<&str>, lang: Lang) -> Reader<Self> {
        Reader(Self { progress: Progress::start(lang), scenarios: scenarios.map(str::to_owned) })
    }
}

impl Files for Disk {
    fn policy(&mut self, name: &str) -> Result<File<'_>, Problems> {
        match fundlayers_policies::get(name) {
            Some(built_in) => Ok(File::built_in(name, built_in.policy_toml, Format::Toml)),
            None => file(name, Format::Toml).map_err(|problem| unknown(name, problem).into()),
        }
    }

    fn has_roster(&self, policy: &str) -> bool {
        fundlayers_policies::get(policy).is_some()
    }

    fn built_in_roster(&mut self, policy: &str) -> Result<File<'_>, Problems> {
        let Some(built_in) = fundlayers_policies::get(policy) else {
            let problem = Problem::new(Code::MissingKey, words::NO_ROSTER_OF_FILE).key("roster");
            return Err(problem.expected(words::NAME_A_ROSTER).into());
        };
        Ok(File::built_in(format!("roster of {}", built_in.id), built_in.roster_csv, Format::Csv))
    }

    fn table(&mut self, name: &str) -> Result<File<'_>, Problems> {
        let mut file = file(name, Format::Csv)?;
        let begins = |begin: &[u8]| file.bytes.trim_ascii_start().starts_with(begin);
        if name == "-" && self.scenarios.as_deref() == Some(name) && (begins(b"[[") || begins(b"#")) {
            file.format = Format::Toml;
        }
        Ok(file)
    }

    fn progress(&mut self, step: usize) {
        self.progress.step(step);
    }
}

/// A policy by id or file, with changes of the form PATH=VALUE.
pub(crate) fn policy(name: &str, set: &[String], lang: Lang) -> Result<Given<Policy>, Failure> {
    let mut reader = Disk::reader(None, lang);
    changed(reader.policy(name)?, set)
}

/// A policy with changes of the form PATH=VALUE.
pub(crate) fn changed(policy: Given<Policy>, set: &[String]) -> Result<Given<Policy>, Failure> {
    if set.is_empty() {
        return Ok(policy);
    }
    let mut changes: Vec<(String, Node)> = Vec::new();
    let mut problems = Problems::new();
    for (path, value) in self::changes(set)? {
        match fundlayers_formats::toml::read_value(&value) {
            Ok(node) => changes.push((path, node)),
            Err(found) => problems.extend(found.into_iter().map(|problem| problem.key(path.as_str()))),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    Ok(policy.with_changes(changes.iter().map(|(path, value)| (path.as_str(), value.clone())))?)
}

/// Changes of the form PATH=VALUE: the path, and the TOML of the value.
pub(crate) fn changes(set: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let change = |change: &String| {
        fundlayers::Path::split_change(change).ok_or_else(|| Failure::used_wrongly(words::NO_VALUE_SET.with(&[change])))
    };
    set.iter().map(change).collect()
}

/// What looks like an id is a policy that is not known; what looks like a file is a file that cannot be read.
fn unknown(name: &str, problem: Problem) -> Problem {
    let looks_like_file = name == "-" || name.contains(['/', '\\', '.']) || Path::new(name).exists();
    if looks_like_file {
        return problem;
    }
    let problem = Problem::new(Code::UnknownPolicy, words::NO_SUCH_POLICY).found(name);
    problem.expected(fundlayers::did_you_mean(name, fundlayers_policies::ids()))
}

/// The bytes and format of a file. Standard input is told by its first character.
fn file(name: &str, other: Format) -> Result<File<'static>, Problem> {
    let cannot_read = |error: &std::io::Error| {
        let why = fundlayers_formats::output::io_message(error);
        Problem::new(Code::CannotRead, words::CANNOT_BE_READ.with(&[&why])).file(name)
    };
    let read = |bytes, format| File { name: Some(name.to_owned()), bytes: Cow::Owned(bytes), format };
    if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| cannot_read(&error))?;
        if let Some(format) = Format::of_workbook(&bytes) {
            return Ok(read(bytes, format));
        }
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let format = if matches!(first, Some(b'{' | b'[')) && (other == Format::Csv || first == Some(&b'{')) {
            Format::Json
        } else {
            other
        };
        return Ok(read(bytes, format));
    }
    let path = Path::new(name);
    let format = path.extension().and_then(|ending| ending.to_str()).and_then(Format::from_extension);
    let bytes = std::fs::read(path).map_err(|error| cannot_read(&error))?;
    let Some(format) = format else {
        let problem = Problem::new(Code::UnknownFormat, words::ENDING_TELLS_NOTHING).file(name);
        let formats = if other == Format::Csv { words::TABLE_FILES } else { words::POLICY_FILES };
        return Err(problem.expected(formats));
    };
    Ok(read(bytes, format))
}
