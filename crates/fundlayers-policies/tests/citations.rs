//! Every built-in policy against its document: what it cites must stand there, and no number may stand without words.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use leaves::{Leaf, is_digits, leaves, scaled};

mod leaves;

/// The texts of a policy's folder.
#[derive(Clone)]
struct Folder {
    policy: String,
    roster: String,
    source: String,
    citations: String,
}

/// `citations.toml`; its head says what each part means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Citations {
    #[serde(default)]
    own: Vec<Own>,
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
    clause: String,
    quotation: String,
    #[serde(default)]
    values: Vec<Cited>,
    #[serde(default)]
    sums: Vec<Sum>,
    #[serde(default)]
    places: Vec<Place>,
    #[serde(default)]
    counts: Vec<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cited {
    path: String,
    figure: Option<String>,
    /// What says “one of each” without a figure.
    words: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    paths: Vec<String>,
    figure: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    id: String,
    words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    ids: Vec<String>,
    figure: String,
}

/// One part of a clause's number: `四`, `(一)`, `1`.
#[derive(Clone, PartialEq, Eq)]
enum Part {
    Section(String),
    Subsection(String),
    Item(String),
}

/// The clause that stands for the lines before the first section.
const HEAD: &str = "题头";
const CHINESE_DIGITS: &str = "一二三四五六七八九十百";

fn is_chinese_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| CHINESE_DIGITS.contains(c))
}

/// `四.1`, `二(一)`, `三(二).3` in parts; nothing if it is not a clause's number.
fn clause_parts(clause: &str) -> Option<Vec<Part>> {
    if clause == HEAD {
        return Some(Vec::new());
    }
    let clause = clause.replace('（', "(").replace('）', ")");
    let (clause, item) = match clause.split_once('.') {
        Some((clause, item)) => (clause.to_owned(), Some(item.to_owned())),
        None => (clause, None),
    };
    let (section, subsection) = match clause.split_once('(') {
        Some((section, rest)) => (section.to_owned(), Some(rest.strip_suffix(')')?.to_owned())),
        None => (clause, None),
    };
    let good = is_chinese_number(&section)
        && subsection.as_deref().is_none_or(is_chinese_number)
        && item.as_deref().is_none_or(is_digits);
    let mut parts = vec![Part::Section(section)];
    parts.extend(subsection.map(Part::Subsection));
    parts.extend(item.map(Part::Item));
    good.then_some(parts)
}

/// The heading that a line begins with: `四、…`, `(一)…`, `1.…`.
fn heading(line: &str) -> Option<Part> {
    let line = line.replace('（', "(").replace('）', ")");
    if let Some((number, _)) = line.split_once('、').filter(|(number, _)| is_chinese_number(number)) {
        return Some(Part::Section(number.to_owned()));
    }
    if let Some((number, _)) = line.strip_prefix('(').and_then(|rest| rest.split_once(')'))
        && is_chinese_number(number)
    {
        return Some(Part::Subsection(number.to_owned()));
    }
    line.split_once(['.', '．'])
        .filter(|(number, _)| is_digits(number))
        .map(|(number, _)| Part::Item(number.to_owned()))
}

/// The text of a clause in the document, its own headings and parts included; nothing if it has no such clause.
fn clause_text(source: &str, clause: &str) -> Option<String> {
    let wanted = clause_parts(clause)?;
    let mut at: Vec<Part> = Vec::new();
    let mut text = String::new();
    // The list of annexes ends the last clause.
    for line in source.lines().map(str::trim).take_while(|line| !line.starts_with("附件")) {
        match heading(line) {
            Some(part @ Part::Section(_)) => at = vec![part],
            Some(part @ Part::Subsection(_)) => {
                at.truncate(1);
                at.push(part);
            }
            Some(part @ Part::Item(_)) => {
                at.retain(|part| !matches!(part, Part::Item(_)));
                at.push(part);
            }
            None => {}
        }
        let inside = if wanted.is_empty() { at.is_empty() } else { at.starts_with(&wanted) };
        if inside {
            text.push_str(line);
            text.push('\n');
        }
    }
    (!text.is_empty()).then_some(text)
}

fn fen(unit: &str) -> Option<i128> {
    match unit {
        "元" | "yuan" => Some(100),
        "万元" | "wan" => Some(1_000_000),
        "亿元" | "yi" => Some(10_000_000_000),
        _ => None,
    }
}

/// A figure in its number and what follows it: `500万元` in `500` and `万元`.
fn figure_parts(figure: &str) -> (&str, &str) {
    // One digit in Chinese: `一个`.
    let chinese = ["一", "二", "三", "四", "五", "六", "七", "八", "九"]
        .into_iter()
        .zip(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    for (written, digit) in chinese {
        if let Some(rest) =
            figure.strip_prefix(written).filter(|rest| !rest.starts_with(|c| CHINESE_DIGITS.contains(c)))
        {
            return (digit, rest);
        }
    }
    let end = figure.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(figure.len());
    figure.split_at_checked(end).unwrap_or((figure, ""))
}

/// Whether the figure stands in the quotation, and not as the end of a longer number.
fn stands_in(figure: &str, quotation: &str) -> bool {
    quotation.match_indices(figure).any(|(start, _)| {
        let before = quotation.get(..start).and_then(|text| text.chars().next_back());
        !(figure.starts_with(|c: char| c.is_ascii_digit())
            && before.is_some_and(|c| c.is_ascii_digit() || c == '.' || c == ','))
    })
}

/// What is wrong with a number of a policy that should be this figure.
fn number_fault(value: &str, figure: &str, money: bool, unit: &str) -> Option<String> {
    if value == figure && value.contains('/') {
        return None;
    }
    let (number, suffix) = figure_parts(figure);
    if suffix.is_empty() {
        return Some(format!("the figure `{figure}` has no unit; quote it with what it counts"));
    }
    if money != fen(suffix).is_some() {
        return Some(format!("the figure `{figure}` {} an amount of money", if money { "is not" } else { "is" }));
    }
    let (of_value, of_figure) = match suffix.chars().next() {
        _ if money => (fen(unit), fen(suffix)),
        Some('%') => (Some(100), Some(1)),
        _ => (Some(1), Some(1)),
    };
    let times = |number: &str, factor: Option<i128>| scaled(number)?.checked_mul(factor?);
    let equal = times(value, of_value).is_some() && times(value, of_value) == times(number, of_figure);
    (!equal).then(|| format!("is {value}, the document says {figure}"))
}

/// The year from which a value holds, if its path leads into a table of years.
fn year(path: &str) -> Option<&str> {
    path.rsplit('.').next().filter(|key| key.len() == 4 && is_digits(key))
}

/// Whether a path leads to an amount in the policy's unit.
fn is_money(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    let plain = !parts.iter().any(|part| ["rate", "of", "when", "where", "weights"].contains(part));
    plain
        && match (parts.first(), parts.get(2)) {
            (Some(&"classes"), Some(part)) => ["standard", "funding"].contains(part),
            (Some(&"pools"), Some(part)) => ["amount", "at_least", "at_most"].contains(part),
            _ => false,
        }
}

/// A policy as its file has it, by ids.
struct Policy {
    root: Table,
    leaves: BTreeMap<String, Leaf>,
}

impl Policy {
    fn items(&self, key: &str) -> impl Iterator<Item = &Table> {
        self.root.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
    }

    fn item(&self, key: &str, id: &str) -> Option<&Table> {
        self.items(key).find(|item| text(item, "id") == id)
    }

    /// The clause that a value of a class or pool, or a layer, rests on.
    fn clause(&self, path: &str) -> Option<&str> {
        let parts: Vec<&str> = path.split('.').collect();
        let item = self.item(parts.first()?, parts.get(1)?)?;
        let own = item.get("clause").and_then(Value::as_str);
        match (parts.first(), parts.get(2), parts.get(3)) {
            (Some(&"classes"), Some(&"funding"), Some(layer)) => {
                let rule = item.get("funding").and_then(|funding| funding.get(layer));
                let rule = rule.and_then(|rule| rule.get("clause")).and_then(Value::as_str);
                let layer = || self.item("layers", layer)?.get("clause").and_then(Value::as_str);
                rule.or(own).or_else(layer)
            }
            // How many places there are may be said elsewhere than what they get.
            (Some(&"classes"), Some(&"expected"), _) => None,
            _ => own,
        }
    }

    /// Every part that has to cite a clause: layers, classes, rules and pools, by path.
    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        for key in ["layers", "classes", "pools", "checks", "duties"] {
            for item in self.items(key) {
                let path = format!("{key}.{}", text(item, "id"));
                let funding = item.get("funding").and_then(Value::as_table).into_iter().flatten();
                parts.extend(funding.map(|(layer, _)| format!("{path}.funding.{layer}")));
                parts.push(path);
            }
        }
        parts
    }

    /// Whether a path leads to something.
    fn has(&self, path: &str) -> bool {
        self.leaves.keys().any(|leaf| is_within(leaf, path))
    }
}

fn text<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_within(path: &str, part: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

type Row = BTreeMap<String, String>;

fn cell<'r>(row: &'r Row, column: &str) -> &'r str {
    row.get(column).map(String::as_str).unwrap_or_default()
}

fn count(row: &Row) -> Option<i128> {
    match cell(row, "count") {
        "" => Some(1),
        count => count.parse().ok(),
    }
}

/// Every fault of a policy's folder; none if all that it says is what its document says.
fn faults(folder: &Folder) -> Vec<String> {
    let mut faults = Vec::new();
    let root: Table = match folder.policy.parse() {
        Ok(root) => root,
        Err(error) => return vec![format!("policy.toml: {error}")],
    };
    let cited: Citations = match toml::from_str(&folder.citations) {
        Ok(cited) => cited,
        Err(error) => return vec![format!("citations.toml: {error}")],
    };
    let rows: Vec<Row> = match csv::Reader::from_reader(folder.roster.as_bytes()).into_deserialize().collect() {
        Ok(rows) => rows,
        Err(error) => return vec![format!("roster.csv: {error}")],
    };
    let mut found = BTreeMap::new();
    leaves(&Value::Table(root.clone()), "", "", &mut found);
    let policy = Policy { root, leaves: found };

    check_clauses(&policy, folder, &mut faults);
    check_words(&policy, folder, &cited, &mut faults);
    for citation in &cited.citations {
        check_quotation(citation, folder, &mut faults);
        check_values(citation, &policy, &mut faults);
        check_places(citation, &policy, &rows, &mut faults);
    }
    check_cover(&cited, &policy, &rows, &mut faults);
    faults
}

/// Every layer, class, rule, pool and reading names a clause that the document has.
fn check_clauses(policy: &Policy, folder: &Folder, faults: &mut Vec<String>) {
    for path in policy.parts() {
        if policy.clause(&path).is_none() {
            faults.push(format!("{path}: cites no clause"));
        }
    }
    for (path, leaf) in &policy.leaves {
        if path.ends_with(".clause") && clause_text(&folder.source, &leaf.text).is_none() {
            faults.push(format!("{path}: the document has no clause `{}`", leaf.text));
        }
    }
    for reading in policy.items("readings") {
        if text(reading, "clause").is_empty() {
            faults.push(format!("readings.{}: cites no clause", text(reading, "id")));
        }
    }
}

/// The words of a clause stand in it, hold all that is quoted of it, and no clause that is cited is without.
fn check_words(policy: &Policy, folder: &Folder, cited: &Citations, faults: &mut Vec<String>) {
    let words = policy.root.get("clauses").and_then(Value::as_table).cloned().unwrap_or_default();
    for (clause, words) in &words {
        let words = words.as_str().unwrap_or_default();
        match clause_text(&folder.source, clause) {
            None => faults.push(format!("clauses.{clause}: the document has no such clause")),
            Some(text) if words.is_empty() || !text.contains(words) => {
                faults.push(format!("clauses.{clause}: 「{words}」 does not stand in it"));
            }
            Some(_) => {}
        }
        let quoted = cited.citations.iter().filter(|citation| citation.clause == *clause);
        let quoted = quoted.flat_map(|citation| citation.values.iter().map(move |value| (citation, value)));
        // What is said of the document itself is shown beside its words.
        for (citation, _) in quoted.filter(|(_, value)| !value.path.starts_with("source.")) {
            if !words.contains(&citation.quotation) {
                faults.push(format!("clauses.{clause}: lacks 「{}」", citation.quotation));
            }
        }
    }
    let of_amounts =
        |path: &str| ["layers.", "classes.", "pools.", "readings."].iter().any(|key| path.starts_with(key));
    for (path, leaf) in policy.leaves.iter().filter(|(path, _)| path.ends_with(".clause") && of_amounts(path)) {
        if !words.contains_key(&leaf.text) {
            faults.push(format!("{path}: the words of {} are missing", leaf.text));
        }
    }
}

/// The quotation stands in its clause, in one place, and every figure stands in the quotation.
fn check_quotation(citation: &Citation, folder: &Folder, faults: &mut Vec<String>) {
    let Citation { clause, quotation, values, sums, places, counts } = citation;
    let Some(text) = clause_text(&folder.source, clause) else {
        faults.push(format!("「{quotation}」: the document has no clause `{clause}`"));
        return;
    };
    match text.matches(quotation.as_str()).count() {
        1 if !quotation.is_empty() => {}
        0 => faults.push(format!("「{quotation}」: does not stand in {clause}")),
        _ => faults.push(format!("「{quotation}」: stands in {clause} in several places; quote more")),
    }
    let figures = values.iter().filter_map(|value| value.figure.as_ref());
    let words = values.iter().filter_map(|value| value.words.as_ref());
    let figures =
        figures.chain(words).chain(sums.iter().map(|sum| &sum.figure)).chain(counts.iter().map(|count| &count.figure));
    for figure in figures.chain(places.iter().map(|place| &place.words)) {
        if figure.is_empty() || !stands_in(figure, quotation) {
            faults.push(format!("「{quotation}」: `{figure}` does not stand in it"));
        }
    }
}

/// The figures are the policy's values, and come from the clause that the policy cites for them.
fn check_values(citation: &Citation, policy: &Policy, faults: &mut Vec<String>) {
    let unit = text(&policy.root, "unit");
    for Cited { path, figure, words } in &citation.values {
        if let Some(clause) = policy.clause(path)
            && clause != citation.clause
        {
            faults.push(format!("{path}: cites {clause}, the quotation is from {}", citation.clause));
        }
        match (policy.leaves.get(path), figure) {
            (Some(leaf), Some(figure)) if leaf.numeric => {
                faults.extend(
                    number_fault(&leaf.text, figure, is_money(path), unit).map(|fault| format!("{path}: {fault}")),
                );
                if let Some(year) = year(path).filter(|year| !citation.quotation.contains(year)) {
                    faults.push(format!("{path}: the quotation does not name {year}"));
                }
            }
            (Some(leaf), Some(figure)) if !leaf.text.contains(figure.as_str()) => {
                faults.push(format!("{path}: is `{}`, the document says `{figure}`", leaf.text));
            }
            (None, Some(_)) => faults.push(format!("{path}: the policy has no value there")),
            (Some(leaf), None) if leaf.numeric && words.is_some() && leaf.text != "1" => {
                faults.push(format!("{path}: is {}, the document says one of each", leaf.text));
            }
            (Some(leaf), None) if leaf.numeric && words.is_none() => {
                faults.push(format!("{path}: a number needs its figure"));
            }
            (None, None) if !policy.has(path) => faults.push(format!("{path}: the policy has no such part")),
            _ => {}
        }
    }
    for Sum { paths, figure } in &citation.sums {
        let values = paths.iter().map(|path| scaled(&policy.leaves.get(path).filter(|leaf| leaf.numeric)?.text));
        let (number, suffix) = figure_parts(figure);
        let factors = if fen(suffix).is_some() { (fen(unit), fen(suffix)) } else { (Some(1), Some(1)) };
        let total = values.into_iter().try_fold(0_i128, |total, value| total.checked_add(value?));
        let same = || Some(total?.checked_mul(factors.0?)? == scaled(number)?.checked_mul(factors.1?)?);
        if same() != Some(true) {
            faults.push(format!("{}: do not add up to {figure}", paths.join(" + ")));
        }
    }
}

/// Places are called in the document as in the roster, and counted as in the roster.
fn check_places(citation: &Citation, policy: &Policy, rows: &[Row], faults: &mut Vec<String>) {
    let find = |id: &str| rows.iter().find(|row| cell(row, "id") == id);
    for Place { id, words } in &citation.places {
        let Some(row) = find(id) else {
            faults.push(format!("{id}: the roster has no such row"));
            continue;
        };
        let mut rest = words.as_str();
        for column in ["county", "township", "name"] {
            let word = cell(row, column);
            match rest.split_once(word) {
                Some((_, after)) => rest = after,
                None => faults.push(format!("{id}: the {column} is `{word}`, the document says `{words}`")),
            }
        }
        // The list that names the place says what kind of place it is and who designated it.
        for (column, declared) in [("kind", "kinds"), ("designation", "designations")] {
            let name = policy.leaves.get(&format!("{declared}.{}.zh", cell(row, column)));
            if !cell(row, column).is_empty() && !name.is_some_and(|name| citation.quotation.contains(&name.text)) {
                faults.push(format!("{id}: the quotation does not say that its {column} is `{}`", cell(row, column)));
            }
        }
        if count(row) != Some(1) {
            faults.push(format!("{id}: a place with a name counts once"));
        }
    }
    for Count { ids, figure } in &citation.counts {
        let counts = ids.iter().map(|id| find(id).and_then(count));
        let total = counts.into_iter().try_fold(0_i128, |total, count| total.checked_add(count?));
        if total.and_then(|total| scaled(&total.to_string())) != scaled(figure_parts(figure).0) {
            faults.push(format!("{}: do not count {figure}", ids.join(" + ")));
        }
    }
}

/// Nothing stands without words: every number, layer, rule and pool, every row of the roster.
fn check_cover(cited: &Citations, policy: &Policy, rows: &[Row], faults: &mut Vec<String>) {
    let values: Vec<&Cited> = cited.citations.iter().flat_map(|citation| &citation.values).collect();
    for (path, leaf) in policy.leaves.iter().filter(|(_, leaf)| leaf.numeric) {
        let own = cited.own.iter().any(|own| own.path == *path);
        if !own && !values.iter().any(|value| value.path == *path && (value.figure.is_some() || value.words.is_some()))
        {
            faults.push(format!("{path}: {} is not cited", leaf.text));
        }
    }
    for path in policy.parts() {
        if !values.iter().any(|value| is_within(&value.path, &path)) {
            faults.push(format!("{path}: nothing is quoted for it"));
        }
    }
    for Own { path, reason } in &cited.own {
        if !policy.leaves.contains_key(path) || reason.trim().is_empty() {
            faults.push(format!("{path}: a value of our own needs a place in the policy and a reason"));
        }
    }
    let named = |id: &str| cited.citations.iter().any(|citation| citation.places.iter().any(|place| place.id == id));
    let counted = |id: &str| {
        cited.citations.iter().any(|citation| citation.counts.iter().any(|count| count.ids.iter().any(|one| one == id)))
    };
    for row in rows {
        let id = cell(row, "id");
        if !counted(id) || (count(row) == Some(1) && !named(id)) {
            faults.push(format!("{id}: the place is not cited"));
        }
    }
}

fn policies_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(id: &str) -> Folder {
        let text = |file: &str| {
            let path = policies_folder().join(id).join(file);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Folder {
            policy: text("policy.toml"),
            roster: text("roster.csv"),
            source: text("source.txt"),
            citations: text("citations.toml"),
        }
    }

    fn ids() -> Vec<String> {
        let entries = fs::read_dir(policies_folder()).unwrap().map(|entry| entry.unwrap().path());
        let mut ids: Vec<String> = entries
            .filter(|path| path.is_dir())
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    }

    #[test]
    fn every_folder_is_built_in_under_the_id_of_its_policy() {
        let built_in: Vec<&str> = fundlayers_policies::all().iter().map(|policy| policy.id).collect();
        assert_eq!(built_in, ids());
        for policy in fundlayers_policies::all() {
            let folder = read(policy.id);
            assert_eq!(policy.policy_toml, folder.policy);
            assert_eq!(policy.roster_csv, folder.roster);
            assert_eq!(policy.source_text, folder.source);
            let root: Table = folder.policy.parse().unwrap();
            assert_eq!(text(&root, "id"), policy.id);
        }
    }

    #[test]
    fn every_number_and_place_of_every_policy_stands_in_its_document() {
        for id in ids() {
            let faults = faults(&read(&id));
            assert!(faults.is_empty(), "{id}:\n{}", faults.join("\n"));
        }
    }

    #[test]
    fn clauses_end_where_the_next_begins() {
        let source = "题\n一、甲\n引言\n(一)乙\n1.丙\n续\n2.丁\n（二）戊\n1.己\n二、庚\n1.辛\n附件:壬\n";
        let expect = [
            (HEAD, Some("题\n")),
            ("一", Some("一、甲\n引言\n(一)乙\n1.丙\n续\n2.丁\n（二）戊\n1.己\n")),
            ("一(一).1", Some("1.丙\n续\n")),
            ("一（二）", Some("（二）戊\n1.己\n")),
            ("一.1", None),
            ("二.1", Some("1.辛\n")),
            ("二.2", None),
            ("三", None),
            ("no clause", None),
        ];
        for (clause, text) in expect {
            assert_eq!(clause_text(source, clause).as_deref(), text, "{clause}");
        }
    }

    #[test]
    fn figures_are_compared_exactly_in_their_units() {
        assert_eq!(number_fault("500", "500万元", true, "万元"), None);
        assert_eq!(number_fault("5000000", "500万元", true, "元"), None);
        assert_eq!(number_fault("0.05", "500万元", true, "亿元"), None);
        assert_eq!(number_fault("0.6", "60%", false, "元"), None);
        assert_eq!(number_fault("3", "3个", false, "元"), None);
        assert_eq!(number_fault("1", "一次", false, "元"), None);
        assert_eq!(number_fault("1", "一个", false, "元"), None);
        assert_eq!(number_fault("1", "1-2个", false, "元"), None);
        assert!(number_fault("1", "一十个", false, "元").is_some());
        for (value, figure, money) in [
            ("500", "500", true),
            ("500", "500个", true),
            ("3", "3万元", false),
            ("3", "4个", false),
            ("0.6", "6%", false),
        ] {
            assert!(number_fault(value, figure, money, "万元").is_some(), "{value} {figure}");
        }
        assert!(stands_in("100万元", "500万元和100万元"));
        assert!(!stands_in("00万元", "500万元"));
        assert!(!stands_in("5万元", "1.5万元"));
    }

    /// The check can fail: a change in one file of a good folder is a fault that says where.
    #[test]
    fn a_change_in_any_file_is_found() {
        type Text = fn(&mut Folder) -> &mut String;
        const POLICY: Text = |folder| &mut folder.policy;
        const ROSTER: Text = |folder| &mut folder.roster;
        const SOURCE: Text = |folder| &mut folder.source;
        const CITATIONS: Text = |folder| &mut folder.citations;
        let cases: &[(Text, &str, &str, &str)] = &[
            (POLICY, "city = 100", "city = 110", "provincial-town.funding.city: is 110, the document says 100万元"),
            (POLICY, "city = 60", "city = \"60.5\"", "municipal-village.funding.city: is 60.5"),
            (POLICY, "standard = 600", "standard = 6000", "municipal-town.standard: is 6000"),
            (POLICY, "standard = 600", "standard = { 2023 = 600, 2025 = 650 }", "standard.2025: 650 is not cited"),
            (POLICY, "expected = 18", "expected = 19", "do not add up to 31个"),
            (POLICY, "[2023, 2025]", "[2023, 2026]", "years.1: is 2026, the document says 2025年"),
            (
                POLICY,
                "unit = \"万元\"",
                "unit = \"元\"",
                "provincial-town.funding.city: is 100, the document says 100万元",
            ),
            (POLICY, "published = \"2023-02-08\"", "published = \"2023-02-09\"", "source.published"),
            (POLICY, "top_up_to = \"standard\"", "top_up_to = 600", "funding.county.top_up_to: 600 is not cited"),
            (POLICY, "payer = \"city\"\nclause = \"四.1\"", "payer = \"city\"", "layers.city: cites no clause"),
            (POLICY, "expected = 3\nclause = \"四.1\"", "expected = 3", "classes.provincial-town: cites no clause"),
            (POLICY, "clause = \"四.1\"", "clause = \"四.9\"", "the document has no clause `四.9`"),
            (
                POLICY,
                "expected = 3\nclause = \"四.1\"",
                "expected = 3\nclause = \"四.2\"",
                "provincial-town.funding.city: cites 四.2, the quotation is from 四.1",
            ),
            (POLICY, "city = 300", "city = 300\ncentral_provincial = 0", "central_provincial: nothing is quoted"),
            (POLICY, "每年安排\\\n  500万元", "每年安排\\\n  510万元", "clauses.四.1: 「对省级"),
            (POLICY, "\"二\" = \"", "\"三\" = \"", "the words of 二 are missing"),
            (POLICY, "每年600万元、", "", "clauses.四.1: lacks 「由区县统筹"),
            (ROSTER, ",关庄镇,", ",关庄乡,", "610204109: the name is `关庄乡`"),
            (ROSTER, "王石凹街道,", "照金镇,", "the township is `照金镇`"),
            (ROSTER, ",town,municipal,王益区", ",town,provincial,王益区", "say that its designation is `provincial`"),
            (ROSTER, ",15\n", ",16\n", "provincial-villages-unnamed: do not count 18个"),
            (ROSTER, "610202100,黄堡镇", "610202101,黄堡镇", "610202101: the place is not cited"),
            (SOURCE, "300万元和60万元", "310万元和60万元", "300万元和60万元支持的基础上」: does not stand in 四.1"),
            (SOURCE, "四、支持政策", "六、支持政策", "layers.city.clause: the document has no clause `四.1`"),
            (CITATIONS, "figure = \"20万元\"", "figure = \"120万元\"", "`120万元` does not stand in it"),
            (CITATIONS, "figure = \"500万元\"", "figure = \"500\"", "has no unit"),
            (CITATIONS, "words = \"一镇一策\"", "words = \"一镇两策\"", "`一镇两策` does not stand in it"),
            (POLICY, "number = 2", "number = 3", "duties.reserve-cadres.number: is 3, the document says 2人"),
            (POLICY, "members = [3, 5]", "members = [3, 6]", "sci-tech-team.members.1: is 6"),
            (CITATIONS, "{ path = \"duties.paired-town\" }", "", "duties.paired-town: nothing is quoted for it"),
            (CITATIONS, "clause = \"四.1\"", "clause = \"四.2\"", "does not stand in 四.2"),
            (CITATIONS, "{ path = \"layers.county\" },", "", "layers.county: nothing is quoted for it"),
            (CITATIONS, "own = [", "own = []\nowned = [", "citations.toml"),
        ];
        let good = read("tongchuan-2023");
        for (file, from, to, fault) in cases {
            let mut folder = good.clone();
            let text = file(&mut folder);
            assert!(text.contains(from), "`{from}` is not there to be changed");
            *text = text.replacen(from, to, 1);
            let faults = faults(&folder);
            assert!(faults.iter().any(|found| found.contains(fault)), "{from} → {to}:\n{}", faults.join("\n"));
        }
    }
}
