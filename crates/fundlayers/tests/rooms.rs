//! The rooms of the crate: which may use which, and that nothing runs in a circle. ARCHITECTURE.md says why.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use besides itself: never one that stands below it in this list.
const ROOMS: [(&str, &[&str]); 9] = [
    ("ground", &[]),
    ("math", &["ground"]),
    ("tables", &["ground"]),
    ("policy", &["ground"]),
    ("rows", &["ground"]),
    ("roster", &["ground", "tables", "policy", "rows"]),
    ("engine", &["ground", "math", "policy", "rows", "roster"]),
    ("results", &["ground", "math", "tables", "policy", "rows", "roster", "engine"]),
    ("questions", &["ground", "math", "tables", "policy", "rows", "roster", "engine", "results"]),
];

/// A `crate::` path in the code of a file.
struct Use {
    file: String,
    line: usize,
    path: Vec<String>,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The parts of a `crate::` path: as far as one name follows another.
fn parts(text: &str) -> Vec<String> {
    let is_name = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    text[..end].split("::").take_while(is_name).map(str::to_owned).collect()
}

fn uses() -> (Vec<Use>, BTreeSet<String>) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&source, &mut paths);
    paths.sort();
    let (mut uses, mut modules) = (Vec::new(), BTreeSet::new());
    for path in paths {
        let file = path.strip_prefix(&source).unwrap().display().to_string();
        if file == "lib.rs" {
            continue;
        }
        modules.insert(module(&file));
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = if line.trim_start().starts_with("//") { "" } else { line };
            for (at, _) in code.match_indices("crate::") {
                // `$crate::` of a macro is the crate too.
                let path = parts(&code[at + "crate::".len()..]);
                uses.push(Use { file: file.clone(), line: number + 1, path });
            }
        }
    }
    (uses, modules)
}

/// The module of a file: `policy/mod.rs` is `policy`.
fn module(file: &str) -> String {
    file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::")
}

#[test]
fn a_room_uses_only_the_rooms_it_stands_on() {
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut broken = Vec::new();
    for Use { file, line, path } in uses().0 {
        let room = file.split('/').next().unwrap();
        let may = rooms.get(room).unwrap_or_else(|| panic!("{file} stands in no room"));
        match path.first().map(String::as_str) {
            Some(used) if used == room || may.contains(&used) => {}
            used if used.is_some_and(|used| rooms.contains_key(used)) => {
                broken.push(format!("src/{file}:{line}: {room} may not use crate::{}", path.join("::")));
            }
            _ => broken.push(format!(
                "src/{file}:{line}: crate::{} goes through the facade; name the item's own module",
                path.join("::")
            )),
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn rooms_stand_in_one_order() {
    for (at, (room, may)) in ROOMS.iter().enumerate() {
        let before: Vec<&str> = ROOMS[..at].iter().map(|(room, _)| *room).collect();
        assert!(may.iter().all(|used| before.contains(used)), "{room} uses a room that stands below it");
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let (uses, modules) = uses();
    // A file uses the innermost module that a path names. A folder's own file and what stands in it are one here.
    let owner = |path: &[String]| {
        let named = |length: &usize| modules.contains(&path[..*length].join("::"));
        (1..=path.len()).rev().find(named).map(|length| path[..length].join("::"))
    };
    let mut edges: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for Use { file, line, path } in &uses {
        let from = module(file);
        let Some(to) = owner(path) else { continue };
        let inside = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with("::"));
        if from != to && !inside(&from, &to) && !inside(&to, &from) {
            let at = format!("src/{file}:{line}: crate::{}", path.join("::"));
            edges.entry(from).or_default().entry(to).or_insert(at);
        }
    }
    let mut done = BTreeSet::new();
    for start in edges.keys() {
        let mut way: Vec<(&str, &str)> = Vec::new();
        if let Some(circle) = circle(start, &edges, &mut way, &mut done) {
            panic!("a circle:\n{}", circle.join("\n"));
        }
    }
}

/// The uses that lead from a module back to itself.
fn circle<'a>(
    at: &'a str,
    edges: &'a BTreeMap<String, BTreeMap<String, String>>,
    way: &mut Vec<(&'a str, &'a str)>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<String>> {
    if let Some(first) = way.iter().position(|(module, _)| *module == at) {
        return Some(way[first..].iter().map(|(_, line)| (*line).to_owned()).collect());
    }
    if done.contains(at) {
        return None;
    }
    for (to, line) in edges.get(at).into_iter().flatten() {
        way.push((at, line));
        if let Some(found) = circle(to, edges, way, done) {
            return Some(found);
        }
        way.pop();
    }
    done.insert(at);
    None
}
