//! The policies that the service knows, read once at its start. A request names them by id; it names no file.

use std::collections::BTreeMap;
use std::path::Path;

use fundlayers::answer::{Given, Sources};
use fundlayers::{Code, Phrase, Policy, Problem, Problems, ReadValue, Roster, did_you_mean};
use fundlayers_formats::{Format, read_policy, read_roster, toml};

const NO_SUCH_POLICY: Phrase = Phrase::new("没有以此为编码的政策\nno policy has this id");
const NO_ROSTER: Phrase = Phrase::new("该政策没有自带名单\nno roster comes with this policy");
const GIVE_ROSTER: Phrase = Phrase::new("请在 `roster` 中给出各行\nrows under `roster`");
const SECOND_POLICY: Phrase = Phrase::new("已有政策使用编码 `{0}`\nanother policy has the id `{0}`");

pub(crate) struct Policies(BTreeMap<String, Loaded>);

struct Loaded {
    policy: Given<Policy>,
    /// Of a built-in policy: its roster as text, for a policy that a request changes, and as read.
    roster: Option<(&'static str, Given<Roster>)>,
}

impl Policies {
    /// The built-in policies and those of a folder.
    ///
    /// # Errors
    ///
    /// Every problem of every file.
    pub(crate) fn load(folder: Option<&Path>) -> Result<Self, Problems> {
        let mut all = BTreeMap::new();
        for built_in in fundlayers_policies::all() {
            let read = read_policy(built_in.policy_toml.as_bytes(), Format::Toml);
            let policy = Given::read(read, Some(built_in.id))?;
            let roster = roster(built_in.id, built_in.roster_csv, &policy)?;
            all.insert(built_in.id.to_owned(), Loaded { policy, roster: Some((built_in.roster_csv, roster)) });
        }
        let mut problems = Problems::new();
        for path in folder.map_or_else(|| Ok(Vec::new()), files)? {
            let name = path.display().to_string();
            let bytes = std::fs::read(&path).map_err(|error| cannot_read(&path, &error))?;
            match read_policy(&bytes, Format::Toml) {
                Ok((policy, _)) if all.contains_key(policy.id()) => {
                    let message = SECOND_POLICY.with(&[&policy.id()]);
                    problems.push(Problem::new(Code::DuplicateId, message).file(name));
                }
                Ok(read) => {
                    // Whoever asks knows its id, not the file.
                    let id = read.0.id().to_owned();
                    let policy = Given::from(read).in_file(&id);
                    all.insert(id, Loaded { policy, roster: None });
                }
                Err(found) => problems.append(found.in_file(&name)),
            }
        }
        if problems.is_empty() { Ok(Self(all)) } else { Err(problems) }
    }

    /// What a person should look at.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = &Problem> {
        let rosters = self.0.values().filter_map(|loaded| Some(&loaded.roster.as_ref()?.1.warnings));
        self.0.values().map(|loaded| &loaded.policy.warnings).chain(rosters).flatten()
    }

    /// By id, each with whether a roster comes with it.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Policy, bool)> {
        self.0.values().map(|loaded| (&loaded.policy.value, loaded.roster.is_some()))
    }

    /// The policy with an id.
    ///
    /// # Errors
    ///
    /// That there is none.
    pub(crate) fn get(&self, id: &str) -> Result<&Given<Policy>, Problems> {
        Ok(&self.loaded(id)?.policy)
    }

    fn loaded(&self, id: &str) -> Result<&Loaded, Problems> {
        self.0.get(id).ok_or_else(|| {
            let known = self.0.keys().map(String::as_str);
            Problem::new(Code::UnknownPolicy, NO_SUCH_POLICY).found(id).expected(did_you_mean(id, known)).into()
        })
    }
}

fn roster(id: &str, csv: &str, policy: &Given<Policy>) -> Result<Given<Roster>, Problems> {
    let read = read_roster(csv.as_bytes(), Format::Csv, &policy.value);
    Given::read(read, Some(&format!("roster of {id}")))
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, Problems> {
    let paths = std::fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<std::path::PathBuf> = paths.map_err(|error| cannot_read(folder, &error))?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    Ok(paths)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Problems {
    Problem::new(Code::CannotRead, error.to_string()).file(path.display().to_string()).into()
}

/// Of one request. Rosters, limits, receipts and scenarios stand in the request itself: their names stay errors.
pub(crate) struct Known<'a>(pub(crate) &'a Policies);

impl Sources for Known<'_> {
    fn policy(&mut self, name: &str) -> Result<Given<Policy>, Problems> {
        self.0.get(name).cloned()
    }

    fn has_roster(&self, policy: &str) -> bool {
        self.0.loaded(policy).is_ok_and(|loaded| loaded.roster.is_some())
    }

    fn built_in_roster(&mut self, policy: &str, read_for: &Given<Policy>) -> Result<Given<Roster>, Problems> {
        let loaded = self.0.loaded(policy)?;
        match &loaded.roster {
            // The one that was read at the start is for the policy as it stands.
            Some((_, roster)) if read_for.value == loaded.policy.value => Ok(roster.clone()),
            Some((csv, _)) => roster(policy, csv, read_for),
            None => {
                let problem = Problem::new(Code::MissingKey, NO_ROSTER).key("roster").found(policy);
                Err(problem.expected(GIVE_ROSTER).into())
            }
        }
    }

    /// As in a policy file, and as the command line's `--set` has it.
    fn read_value(&self) -> ReadValue {
        toml::read_value
    }
}
