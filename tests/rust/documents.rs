//! The documents say what is true: every example of the policy format reads, every code has a case.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::Path;

use conformance::case::BuiltIn;
use fundlayers::answer::{Operation, Request};
use fundlayers::{Allocation, Amount, Code, Lang, Policy, Problems, Severity, Unit};
use fundlayers_formats::sources::Reader;
use fundlayers_formats::{Format, json, read_policy, read_roster};

const FORMAT: &str = include_str!("../../crates/fundlayers/docs/policy-format.md");

/// The fenced examples of a document: the words behind the fence, and the text.
fn examples(document: &str) -> Vec<(&str, String)> {
    let mut examples = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if let Some(words) = line.strip_prefix("```") {
            let text =
                lines.by_ref().take_while(|line| *line != "```").fold(String::new(), |text, line| text + line + "\n");
            examples.push((words, text));
        }
    }
    examples
}

const REQUEST: &str = include_str!("../../crates/fundlayers/docs/request.md");

/// Each operation has an example that is answered, and every key of a request stands in the table.
#[test]
fn every_example_of_a_request_is_answered() {
    let mut asked = BTreeSet::new();
    for (_, text) in examples(REQUEST) {
        let request =
            Request::from_document(&json::read(&text).unwrap()).unwrap_or_else(|problems| panic!("{problems}"));
        let answer = request.answer(&mut Reader(BuiltIn)).unwrap_or_else(|problems| panic!("{text}\n{problems}"));
        let table = answer.table(Lang::En).unwrap_or_else(|| panic!("{text} has no table"));
        assert!(table.batches().any(|batch| batch.rows > 0), "{text}");
        asked.insert(request.operation.as_str());
    }
    let all = Operation::ALL.map(Operation::as_str).into_iter().filter(|word| !word.contains("check"));
    assert_eq!(asked, all.collect());
    for key in Request::KEYS {
        assert!(REQUEST.contains(&format!("`{key}`")), "{key}");
    }
}

#[test]
fn a_request_says_all_its_mistakes_at_once() {
    let text = r#"{ "operation": "totals", "polcy": "x", "by": ["layers"], "years": "2o24", "wide": true, "zeros": 1,
                    "unit": "dollars", "rule": "proportional" }"#;
    let problems = Request::from_document(&json::read(text).unwrap()).unwrap_err();
    let found: Vec<(Code, Option<&str>)> =
        problems.iter().map(|problem| (problem.code(), problem.location().key.as_deref())).collect();
    let expected = [
        (Code::UnknownKey, Some("polcy")),
        (Code::UnknownKey, Some("wide")),
        (Code::UnknownKey, Some("rule")),
        (Code::BadYears, Some("years")),
        (Code::BadUnit, Some("unit")),
        (Code::WrongType, Some("zeros")),
        (Code::UnknownGrouping, Some("by")),
    ];
    assert_eq!(found, expected);
    assert!(problems.to_string().contains("did you mean `policy`?"), "{problems}");
    for (text, key) in [
        (r#"{ "operation": "solve", "path": "a", "layer": "b", "year": 2024 }"#, "`limit` is missing"),
        (r#"{ "operation": "fund", "rule": "talmud" }"#, "`limits` is missing"),
        (r#"{ "operation": "sum" }"#, "is not an operation"),
        ("{}", "`operation` is missing"),
        ("[]", "a request is a list"),
    ] {
        let problems = Request::from_document(&json::read(text).unwrap()).unwrap_err();
        assert!(problems.to_string().contains(key), "{text}: {problems}");
    }
}

fn good(what: &str, read: Result<(Policy, Problems), Problems>) -> Policy {
    let (policy, warnings) = read.unwrap_or_else(|problems| panic!("{what}\n{problems}"));
    assert!(warnings.is_empty(), "{what}\n{warnings}");
    policy
}

#[test]
fn every_example_of_the_policy_format_reads() {
    let (mut whole, mut fragments, mut last) = (0, 0, None);
    for (words, text) in examples(FORMAT) {
        match words {
            "toml" | "json" => {
                let format = if words == "toml" { Format::Toml } else { Format::Json };
                last = Some(good(&text, read_policy(text.as_bytes(), format)));
                whole += 1;
            }
            // A fragment is good in a policy that lacks only that.
            "toml fragment" => {
                let head = "id = 'p'\ntitle.zh = '例'\nyears = [2023, 2025]\nunit = '万元'\n";
                good(&text, read_policy(format!("{head}{text}").as_bytes(), Format::Toml));
                fragments += 1;
            }
            "csv" => {
                let policy = last.as_ref().unwrap();
                let (roster, _) = read_roster(text.as_bytes(), Format::Csv, policy).unwrap();
                let (allocation, _) = Allocation::new(policy, &roster).unwrap();
                let found: Vec<i64> = allocation.all_lines().map(|line| line.amount().fen() / 1_000_000).collect();
                match policy.id() {
                    // The text above it: 300 + 300 万元 for each of two towns in each of three years.
                    "key-towns" => assert_eq!(found, [300; 12]),
                    // The table below it: grant and addition of three counties in each of two years.
                    "county-equalization" => assert_eq!(found, [1080, 30, 1026, 30, 300, 0, 285, 0, 0, 0, 0, 0]),
                    id => panic!("what does {id} give?"),
                }
            }
            words => panic!("what is an example of {words:?}?"),
        }
    }
    assert!(whole >= 5 && fragments >= 5, "{whole} examples and {fragments} fragments were found");
}

/// The rows of the first table below a heading of the policy format: the cells, without the row of titles.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = FORMAT.split_once(&format!("\n{heading}\n")).unwrap();
    let table = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    table.skip(2).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The first text in backticks of a cell.
fn code(cell: &'static str) -> Option<&'static str> {
    cell.split('`').nth(1)
}

/// The town of the page, with a rule for its county, and another town that shares pools alone.
fn town(rule: &str) -> Policy {
    let pooled = if rule.contains("pool") {
        ["[[pools]]\nid = 'fund'\namount = 500\nweights.population = 1", rule]
    } else {
        ["", "0"]
    };
    let text = format!(
        r#"
        id = "page"
        title.zh = "例"
        years = [2024, 2025]
        unit = "万元"
        kinds = {{ town = {{}}, other = {{}} }}
        payers = {{ city = {{}} }}
        layers = [{{ id = "city", payer = "city" }}, {{ id = "county", payer = "county" }}]
        attributes = {{ population = {{ type = "number" }}, index = {{ type = "number" }}, cost = {{ type = "number" }},
            raised = {{ type = "number" }}, score = {{ type = "number" }}, base = {{ type = "number" }},
            revenue = {{ type = "number" }}, income = {{ type = "number" }}, grade = {{ type = "text" }},
            zone = {{ type = "text" }}, mountainous = {{ type = "flag" }}, poor = {{ type = "flag" }} }}
        figures = [{{ id = "mean_income", value = {{ aggregate = "mean", of = "income" }} }}]
        {}
        [[classes]]
        id = "town"
        kind = "town"
        standard = 600
        funding = {{ city = 300, county = {rule} }}
        [[classes]]
        id = "other"
        kind = "other"
        funding = {{ county = {} }}
        "#,
        pooled[0], pooled[1],
    );
    let read = read_policy(text.as_bytes(), Format::Toml);
    read.unwrap_or_else(|problems| panic!("{rule}\n{problems}")).0
}

const TOWNS: &str = "\
id,name,kind,county,population,index,cost,raised,score,base,revenue,income,grade,zone,mountainous,poor
a,甲镇,town,东县,1200,1.2,450,200,85,250,500,1,一类,南部,0,1
b,乙镇,other,东县,800,1,0,0,0,0,900,1,二类,北部,0,0
";

/// Each line of "Your rule says, you write" gives the town what the table says.
#[test]
fn every_rule_gives_what_the_page_says() {
    let rows = rows("## Your rule says, you write");
    for words in [
        "定额",
        "按比例",
        "配套",
        "补差",
        "分档",
        "累进",
        "因素法",
        "保底",
        "封顶",
        "据实",
        "以奖代补",
        "基数",
        "增量",
        "横向转移支付",
    ] {
        assert!(rows.iter().any(|row| row.first().is_some_and(|said| said.contains(words))), "{words} is missing");
    }
    for row in rows {
        let [_, _, rule, gives] = row.as_slice() else { panic!("{row:?}") };
        let policy = town(code(rule).unwrap());
        let (roster, _) = read_roster(TOWNS.as_bytes(), Format::Csv, &policy).unwrap();
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap_or_else(|problems| panic!("{rule}\n{problems}"));
        let mut lines = allocation.all_lines().filter(|line| line.layer().id == "county" && line.year() == 2024);
        let found = lines.find(|line| line.recipient().id() == "a").unwrap().amount();
        assert_eq!(found, Amount::parse(gives, Unit::Wan).unwrap(), "{rule}");
    }
}

/// Each line of the tables of examples, aggregates and conditions reads.
#[test]
fn every_line_of_the_tables_reads() {
    let mut read = 0;
    for (heading, condition) in [("### Examples", false), ("### Aggregates (汇总)", false), ("## Conditions", true)] {
        for text in rows(heading).iter().filter_map(|row| code(row.first()?)) {
            if condition {
                town(&format!("{{ amount = 1, when = {{ {text} }} }}"));
            } else {
                town(text);
            }
            read += 1;
        }
    }
    assert!(read > 30, "{read} lines were found");
}

/// What the cases of `tests/vectors` expect, by code.
fn codes_of_vectors() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut codes = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") || path.ends_with("schema.json") {
            continue;
        }
        let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for case in file.pointer("/cases").and_then(serde_json::Value::as_array).unwrap() {
            let lists = ["/expect/errors", "/expect/warnings"].map(|path| case.pointer(path));
            for problem in lists.into_iter().flatten().filter_map(serde_json::Value::as_array).flatten() {
                codes.extend(problem.pointer("/code").and_then(|code| code.as_str()).map(str::to_owned));
            }
        }
    }
    codes
}

/// Rust sources with tests, by folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Every code can be provoked: a case of the vectors expects it, else a test in Rust names it, or in Python where only
/// that door can meet it.
#[test]
fn every_code_has_a_case() {
    let vectors = codes_of_vectors();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut files = Vec::new();
    sources(&root, &mut files);
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rust"), &mut files);
    // Tests stand at the end of a file, or in a file of their own.
    let tests: Vec<&str> = files
        .iter()
        .filter_map(|text| match text.find("#[cfg(test)]\nmod ") {
            Some(at) => text.get(at..),
            None => text.contains("#[test]").then_some(text.as_str()),
        })
        .collect();
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/python/tests/test_errors.py");
    let python = std::fs::read_to_string(python).unwrap();
    let named = |code: Code| {
        let (variant, text) = (format!("{code:?}"), format!("[{code}]"));
        let is_word = |test: &&&str| test.split(|c: char| !c.is_alphanumeric()).any(|word| word == variant);
        tests.iter().any(|test| test.contains(&text) || is_word(&test)) || python.contains(&format!("\"{code}\""))
    };
    let missing: Vec<&Code> =
        Code::ALL.iter().filter(|code| !vectors.contains(code.as_str()) && !named(**code)).collect();
    assert!(missing.is_empty(), "no case: {missing:?}");
}

/// The page on the policy format names no code that does not exist, and every warning it lists is one.
#[test]
fn the_policy_format_names_codes_that_exist() {
    let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let (_, codes) = FORMAT.split_once("## Codes").unwrap();
    let rows = codes.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    let named: Vec<&str> = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 40);
    for code in named {
        assert!(known.contains(code), "{code}");
    }
    let warnings = codes.lines().find(|line| line.starts_with("Warnings, which stop nothing")).unwrap();
    for warning in warnings.split('`').skip(1).step_by(2) {
        let code = Code::ALL.iter().find(|code| code.as_str() == warning).unwrap_or_else(|| panic!("{warning}"));
        assert_eq!(code.severity(), Severity::Warning, "{warning}");
    }
}
