//! Every formula of the gallery against the words that it rests on: what it cites must stand there, every number of the
//! policy has its words or says why it has none, and every clause is one of the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use leaves::{Leaf, leaves};

mod leaves;

/// `citations.toml`; the README of the gallery says what each part means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Basis {
    own: Vec<Own>,
    outcome: String,
    roster: String,
    citations: Vec<Citation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    path: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Citation {
    clause: Option<String>,
    quotation: String,
    values: Vec<Cited>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cited {
    path: String,
    figure: Option<String>,
    /// The value, where it is not the figure itself: `one-half of 1 percent` is 0.005.
    is: Option<String>,
}

const FILES: [&str; 5] = ["citations.toml", "outcome.json", "policy.toml", "roster.csv", "source.txt"];

fn gallery() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("gallery")
}

/// The parts of a source by the names in brackets that stand alone on a line; what stands before the first has none.
fn sections(source: &str) -> BTreeMap<&str, String> {
    let mut sections = BTreeMap::new();
    let mut name = "";
    for line in source.lines() {
        if let Some(next) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name = next;
        }
        let text: &mut String = sections.entry(name).or_default();
        text.push_str(line);
        text.push('\n');
    }
    sections
}

/// The digits of a number without its signs, separators, unit and zeros at either end: `1.260,5 元` is `12605`.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

/// What is wrong with a formula.
fn faults(folder: &Path) -> Vec<String> {
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
    check(&read("policy.toml"), &read("source.txt"), &read("citations.toml"))
}

fn check(policy: &str, source: &str, citations: &str) -> Vec<String> {
    let root: Table = match policy.parse() {
        Ok(root) => root,
        Err(error) => return vec![format!("policy.toml: {error}")],
    };
    let cited: Basis = match toml::from_str(citations) {
        Ok(cited) => cited,
        Err(error) => return vec![format!("citations.toml: {error}")],
    };
    let words = root.get("clauses").and_then(Value::as_table).cloned().unwrap_or_default();
    let mut found = BTreeMap::new();
    leaves(&Value::Table(root), "", "", &mut found);
    let mut faults = Vec::new();
    check_words(&words, &found, source, &mut faults);
    check_clauses(&found, source, &mut faults);
    for citation in &cited.citations {
        check_citation(citation, &found, source, &mut faults);
    }
    check_cover(&cited, &found, &mut faults);
    if !["published", "by hand"].iter().any(|start| cited.outcome.starts_with(start)) {
        faults.push("outcome: says neither that it is published nor that it is by hand".to_owned());
    }
    if cited.roster.trim().is_empty() {
        faults.push("roster: does not say where the places are from".to_owned());
    }
    faults
}

/// The words of a clause stand in its part of the source, and something rests on it.
fn check_words(words: &Table, found: &BTreeMap<String, Leaf>, source: &str, faults: &mut Vec<String>) {
    let sections = sections(source);
    for (clause, words) in words {
        let words = words.as_str().unwrap_or_default();
        if words.is_empty() || !sections.get(clause.as_str()).is_some_and(|text| text.contains(words)) {
            faults.push(format!("clauses.{clause}: 「{words}」 does not stand in the source"));
        }
        if !found.iter().any(|(path, leaf)| path.ends_with(".clause") && leaf.text == *clause) {
            faults.push(format!("clauses.{clause}: nothing rests on it"));
        }
    }
}

/// Every clause that the policy names is a part of the source, and every reading, layer, class and pool names one.
fn check_clauses(found: &BTreeMap<String, Leaf>, source: &str, faults: &mut Vec<String>) {
    let sections = sections(source);
    for (path, leaf) in found.iter().filter(|(path, _)| path.ends_with(".clause")) {
        if !sections.contains_key(leaf.text.as_str()) {
            faults.push(format!("{path}: the source has no part `{}`", leaf.text));
        }
    }
    let parts: BTreeSet<String> = found.keys().filter_map(|path| part(path)).collect();
    for part in parts {
        if !found.contains_key(&format!("{part}.clause")) {
            faults.push(format!("{part}: names no clause"));
        }
    }
}

/// The layer, class, pool, figure or reading that a path leads into.
fn part(path: &str) -> Option<String> {
    let mut parts = path.split('.');
    let (list, id) = (parts.next()?, parts.next()?);
    ["layers", "classes", "pools", "figures", "readings"].contains(&list).then(|| format!("{list}.{id}"))
}

/// The quotation stands in its part of the source, its figures stand in it, and they are the policy's values.
fn check_citation(citation: &Citation, found: &BTreeMap<String, Leaf>, source: &str, faults: &mut Vec<String>) {
    let Citation { clause, quotation, values } = citation;
    let sections = sections(source);
    let text = match clause {
        Some(clause) => sections.get(clause.as_str()).map_or("", String::as_str),
        None => source,
    };
    if quotation.is_empty() || !text.contains(quotation.as_str()) {
        faults.push(format!("「{quotation}」: does not stand in {}", clause.as_deref().unwrap_or("the source")));
    }
    for Cited { path, figure, is } in values {
        let Some(figure) = figure else {
            if !found.keys().any(|known| known == path || known.starts_with(&format!("{path}."))) {
                faults.push(format!("{path}: the policy has no such part"));
            }
            continue;
        };
        if figure.is_empty() || !quotation.contains(figure.as_str()) {
            faults.push(format!("「{quotation}」: `{figure}` does not stand in it"));
        }
        match (found.get(path), is) {
            (None, _) => faults.push(format!("{path}: the policy has no value there")),
            (Some(leaf), Some(is)) if leaf.text != *is => faults.push(format!("{path}: is {}, not {is}", leaf.text)),
            // A figure in words (全额, double) is for people to compare; one with digits has those of the value.
            (Some(leaf), None) if !digits(figure).is_empty() && digits(&leaf.text) != digits(figure) => {
                faults.push(format!("{path}: is {}, the source says {figure}", leaf.text));
            }
            _ => {}
        }
    }
}

/// Every number of the policy has its words or a reason to have none.
fn check_cover(cited: &Basis, found: &BTreeMap<String, Leaf>, faults: &mut Vec<String>) {
    for (path, _) in found.iter().filter(|(_, leaf)| leaf.numeric) {
        let values = cited.citations.iter().flat_map(|citation| &citation.values);
        let quoted = values.filter(|value| value.figure.is_some()).any(|value| value.path == *path);
        if !quoted && !cited.own.iter().any(|own| own.path == *path) {
            faults.push(format!("{path}: is not cited"));
        }
    }
    for Own { path, reason } in &cited.own {
        if !found.contains_key(path) || reason.trim().is_empty() {
            faults.push(format!("{path}: a value of our own needs a place in the policy and a reason"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> Vec<String> {
        let entries = fs::read_dir(gallery()).unwrap().map(|entry| entry.unwrap().path());
        let folders = entries.filter(|path| path.is_dir());
        let mut ids: Vec<String> = folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    #[test]
    fn every_formula_has_its_files_and_the_id_of_its_folder() {
        for id in ids() {
            let folder = gallery().join(&id);
            let mut files: Vec<String> =
                fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            files.sort();
            assert_eq!(files, FILES, "{id}");
            let policy: Table = fs::read_to_string(folder.join("policy.toml")).unwrap().parse().unwrap();
            assert_eq!(policy.get("id").and_then(Value::as_str), Some(id.as_str()));
            let outcome = fs::read_to_string(folder.join("outcome.json")).unwrap();
            let cases = outcome.matches("\"op\": ").count();
            assert!(cases > 0, "{id} has no outcome");
            assert_eq!(outcome.matches(&format!("\"policy\": \"{id}\"")).count(), cases, "{id}");
        }
    }

    #[test]
    #[cfg(feature = "gallery")]
    fn every_folder_is_listed_apart_from_the_built_in_policies() {
        let listed: Vec<&str> = fundlayers_policies::gallery().iter().map(|formula| formula.id).collect();
        let mut expected = ids();
        expected.sort_by_key(|id| !id.starts_with("cn-"));
        assert_eq!(listed, expected);
        assert!(fundlayers_policies::all().iter().all(|policy| !listed.contains(&policy.id)));
        let readme = fs::read_to_string(gallery().join("README.md")).unwrap();
        assert!(listed.iter().all(|id| readme.matches(&format!("| `{id}` |")).count() == 1));
    }

    #[test]
    fn every_number_of_every_formula_stands_in_its_source() {
        let faults: Vec<String> = ids()
            .iter()
            .flat_map(|id| faults(&gallery().join(id)).into_iter().map(move |fault| format!("{id}: {fault}")))
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn figures_are_compared_by_their_digits() {
        for (value, figure) in [
            ("0.126", "12.6 %"),
            ("230000000", "230.000.000 DM"),
            ("1.3", "1,30 DM"),
            ("40000", "4万元"),
            ("-50", "minus 50"),
            ("820200000000", "PHP 820.20 billion"),
        ] {
            assert_eq!(digits(value), digits(figure), "{value} {figure}");
        }
        assert_ne!(digits("0.126"), digits("12.7 %"));
        assert_eq!(digits("全额"), "");
    }

    /// The check can fail: a change in one file of a good formula is a fault that says where.
    #[test]
    fn a_change_in_any_file_is_found() {
        let folder = gallery().join("ch-bern-equalization-2012");
        let text = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        let good = [text("policy.toml"), text("source.txt"), text("citations.toml")];
        for (file, from, to, fault) in [
            (0, "rate = 0.37", "rate = 0.38", "funding.disparity.rate: is 0.38, the source says 37 Prozent"),
            (0, "[100, \"hei\"]", "[100, \"hei\", 5]", "funding.disparity.of.difference.2: is not cited"),
            (
                0,
                "payer = \"canton\"\nclause = \"Art. 11 FILAG\"",
                "payer = \"canton\"",
                "layers.minimum: names no clause",
            ),
            (0, "clause = \"Art. 11 FILAG\"", "clause = \"Art. 12\"", "the source has no part `Art. 12`"),
            (0, "Gemeinden mit einem HEI unter", "Gemeinden unter", "clauses.Art. 10 FILAG: 「Die"),
            (0, "\"Art. 11 FILAG\" = ", "\"Art. 12 FILAG\" = ", "clauses.Art. 12 FILAG: nothing rests on it"),
            (1, "37 Prozent", "36 Prozent", "does not stand in Art. 10 FILAG"),
            (1, "[Art. 10 FILAG]", "[Art. 9]", "does not stand in Art. 10 FILAG"),
            (2, "figure = \"86\"", "figure = \"84\"", "difference.0: is 86, the source says 84"),
            (2, "is = \"2019\"", "is = \"2020\"", "years.1: is 2019, not 2020"),
            (2, "outcome = \"published\"", "outcome = \"found\"", "outcome: says neither"),
            (2, "path = \"version\"", "path = \"versions\"", "versions: a value of our own needs a place"),
            (2, "own = [", "own = []\nowned = [", "citations.toml"),
        ] {
            let mut changed = good.clone();
            assert!(changed[file].contains(from), "`{from}` is not there to be changed");
            changed[file] = changed[file].replacen(from, to, 1);
            let faults = check(&changed[0], &changed[1], &changed[2]);
            assert!(faults.iter().any(|found| found.contains(fault)), "{from} → {to}:\n{}", faults.join("\n"));
        }
    }
}
