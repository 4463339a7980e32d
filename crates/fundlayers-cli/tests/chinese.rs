//! The commands as a county's clerk runs them: everything that is said is Chinese, and Chinese words are understood.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A command without settings of whoever runs the tests.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fundlayers"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FUNDLAYERS_LANG", "XDG_CONFIG_HOME", "APPDATA"] {
        command.env_remove(name);
    }
    command.env("HOME", env!("CARGO_TARGET_TMPDIR")).args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).args(["--lang", "zh"]).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What Chinese writes in letters: names of formats and programs, and what stands for itself on the command line.
const NAMES: [&str; 34] = [
    "TOML",
    "JSON",
    "CSV",
    "UTF",
    "Excel",
    "WPS",
    "Markdown",
    "HTML",
    "Schema",
    "FUNDLAYERS",
    "LANG",
    "fundlayers",
    "table",
    "csv",
    "json",
    "md",
    "html",
    "zh",
    "en",
    "bash",
    "elvish",
    "fish",
    "powershell",
    "xlsx",
    "parquet",
    "Parquet",
    "zsh",
    "totals",
    "scenario",
    "path",
    "value",
    "name",
    "set",
    "help",
];
/// Commands are named by their words, layers of the plan by their ids.
const IDS: [&str; 31] = [
    "checks",
    "allocate",
    "totals",
    "figures",
    "explain",
    "fund",
    "reconcile",
    "projects",
    "compare",
    "scenarios",
    "solve",
    "policy",
    "roster",
    "receipts",
    "limits",
    "completions",
    "man",
    "form",
    "list",
    "show",
    "check",
    "schema",
    "template",
    "workbook",
    "duties",
    "assignments",
    "resident",
    "filing",
    "evaluation",
    "city",
    "county",
];

/// The first English word of what is said that is no name, id, code, option, file or path, and stands in no backticks.
fn foreign(text: &str) -> Option<String> {
    for line in text.lines() {
        // What the user wrote, and what is to be written.
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let tokens = outside.split(|letter: char| letter.is_whitespace() || !(letter.is_ascii_graphic()));
        for token in tokens {
            let token = token.trim_matches(['(', ')', '<', '>', '|', ',', ';', ':', '=', '"']);
            let is_option = token.starts_with('-') || token.starts_with("[=") || token.starts_with("[--");
            // Codes of problems, paths, files, versions and dates.
            let is_written = token.starts_with('[')
                || token.contains(['.', '/', '_', '!', '='])
                || token.split('-').count() > 1
                || token.bytes().any(|byte| byte.is_ascii_digit());
            let mut words = token.split(|letter: char| !letter.is_ascii_alphabetic());
            let wrong = words.find(|word| word.len() > 1 && !NAMES.contains(word) && !IDS.contains(word));
            if let (false, false, Some(word)) = (is_option, is_written, wrong) {
                return Some(format!("`{word}` in `{line}`"));
            }
        }
    }
    None
}

#[track_caller]
fn is_chinese(arguments: &[&str], output: &Output) {
    let text = said(output);
    assert!(text.chars().any(|letter| letter >= '\u{4e00}'), "{arguments:?} says nothing in Chinese: {text}");
    if let Some(word) = foreign(&text) {
        panic!("{arguments:?}: {word}\n{text}");
    }
}

const LEDGER: &str = "年度,名称,安排层级,事项,金额(万元)\n2024,黄堡镇,市级,下达,300\n2024,黄堡镇,市级,到位,200\n\
    2024,黄堡镇,市级,支出,250\n2024,某镇,市级,到位,1\n";

#[test]
fn every_command_answers_in_chinese() {
    let folder = folder("chinese-answers");
    let limits = file(&folder, "limits.csv", "安排层级,安排主体,年度,金额(万元)\n区县统筹,王益区,2024,400\n");
    let ledger = file(&folder, "ledger.csv", LEDGER);
    let scenarios =
        file(&folder, "scenarios.csv", "scenario,path,value\n现行,,\n提高,classes.municipal-town.standard,650\n");
    let land = file(
        &folder,
        "land.csv",
        "区县,乡镇,乡镇级规划建设用地指标（亩）,预留机动指标（公顷）\n王益区,黄堡镇,1500,5.01\n",
    );
    let commands: [&[&str]; 25] = [
        &["checks", "--figures", &land, "--years", "2025"],
        &["checks", "--figures", &land, "--by", "区县，年度"],
        &["form", "用地", "--figures", &land],
        &["allocate", "--wide"],
        &["allocate", "--years", "２０２４年", "--zeros"],
        &["totals", "--by", "区县，年份"],
        &["totals", "--by", "县区、安排层级", "--format", "表格"],
        &["totals", "--by", "年度", "--set", "classes.municipal-town.standard＝６５０"],
        &["totals", "--by", "年度", "--years", "2023—2025", "--unit", "元"],
        &["totals", "——by＝年度", "--format", "md"],
        &["explain", "黄堡镇"],
        &["explain", "黄堡镇", "--year", "2024年", "--format", "md"],
        &["fund", "--limits", &limits, "--rule", "按比例安排"],
        &["fund", "--limits", &limits, "--rule", "按类别先后安排", "--order", "村，镇", "--by", "区县"],
        &["reconcile", "--receipts", &ledger, "--as-of", "2024年6月", "--by", "区县"],
        &["reconcile", "--receipts", &ledger, "--top-up", "到位", "--top-up-years", "2024至2025", "--by", "安排主体"],
        &["reconcile", "--receipts", &ledger, "--unmatched"],
        &["compare", "--set", "classes.municipal-town.standard=650", "--by", "安排层级"],
        &["scenarios", "--scenarios", &scenarios, "--by", "年度"],
        &[
            "solve",
            "classes.municipal-town.standard",
            "--layer",
            "区县统筹",
            "--payer",
            "王益区",
            "--year",
            "2024",
            "--limit",
            "４００万元",
        ],
        &["policy", "show"],
        &["policy", "check", "tongchuan-2023"],
        &["roster", "check"],
        &["roster", "template"],
        &["form", "资金分配表"],
    ];
    for arguments in commands {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
        is_chinese(arguments, &output);
    }
}

#[test]
fn every_mistake_is_said_in_chinese() {
    let folder = folder("chinese-mistakes");
    let ledger = file(&folder, "ledger.csv", LEDGER);
    let policy = file(&folder, "policy.toml", "id ＝ “a”\n");
    let roster = file(&folder, "roster.csv", "名称,类型,认定层级,区县\n甲镇,镇,乡级,乙县\n甲镇,街道,市级,\n");
    let commands: [(&[&str], i32); 30] = [
        (&[], 2),
        (&["policy"], 2),
        (&["totls"], 2),
        (&["fund"], 2),
        (&["totals", "--bye", "区县"], 2),
        (&["totals", "--by"], 2),
        (&["totals", "--by", "区划"], 2),
        (&["totals", "--by", "年度,年度"], 2),
        (&["totals", "--years", "去年"], 2),
        (&["totals", "--years", "2025-2023"], 2),
        (&["totals", "--years", "2030"], 1),
        (&["totals", "--unit", "美元"], 2),
        (&["totals", "--format", "xls"], 2),
        (&["totals", "--zeros", "--zeros"], 2),
        (&["totals", "--set", "无"], 2),
        (&["totals", "--set", "classes.a=1"], 1),
        (&["totals", "--set", "classes.municipal-town.standard=六百"], 1),
        (&["totals", "--fill-down=也许"], 2),
        (&["totals", "--policy", "某政策"], 1),
        (&["totals", "--policy", "无.toml", "--roster", "无.csv"], 1),
        (&["totals", "--policy", &policy, "--roster", &roster], 1),
        (&["roster", "check", &roster], 1),
        (&["explain", "无此镇"], 1),
        (&["explain", "黄堡镇", "--year", "明年"], 2),
        (&["compare"], 2),
        (&["fund", "--limits", &ledger, "--rule", "抓阄"], 2),
        (&["reconcile", "--receipts", &ledger, "--unmatched", "--by", "年度"], 2),
        (&["solve", "classes.municipal-town.standard", "--layer", "县级", "--year", "2024", "--limit", "4"], 1),
        (&["totals", "--output", "结果.doc"], 2),
        (&["man", "多余"], 2),
    ];
    for (arguments, status) in commands {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", said(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
        is_chinese(arguments, &output);
    }
    // Where it stands, and what to type instead.
    let text = said(&run(&["policy", "check", &policy]));
    assert!(text.contains("policy.toml:1:") && text.contains("`＝`") && text.contains("`=`"), "{text}");
}

#[test]
fn the_help_of_every_command_is_chinese() {
    let mut paths: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(path) = paths.pop() {
        seen += 1;
        for flag in ["-h", "--help"] {
            let arguments: Vec<&str> = path.iter().map(String::as_str).chain([flag]).collect();
            let output = run(&arguments);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}");
            is_chinese(&arguments, &output);
            let text = said(&output);
            assert!(text.contains("用法：fundlayers"), "{text}");
            if flag == "-h"
                && let Some((_, commands)) = text.split_once("命令：\n")
            {
                let names = commands
                    .lines()
                    .take_while(|line| line.starts_with("  "))
                    .filter_map(|line| line.split_whitespace().next());
                paths.extend(
                    names.filter(|name| *name != "help").map(|name| [path.as_slice(), &[name.to_owned()]].concat()),
                );
            }
        }
    }
    assert!(seen > 20, "only {seen} commands were found");
    for arguments in [&["help"] as &[&str], &["help", "policy"], &["help", "policy", "show"]] {
        is_chinese(arguments, &run(arguments));
    }
}

#[test]
fn the_manual_and_completions_are_chinese() {
    let manual = said(&run(&["man"]));
    let shown: String = manual
        .lines()
        .filter(|line| !line.starts_with(".ie") && !line.starts_with(".el"))
        .collect::<Vec<_>>()
        .join("\n");
    let shown = shown.replace("\\fB", "").replace("\\fI", "").replace("\\fR", "").replace("\\-", "-");
    for line in shown.lines() {
        let text =
            line.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_uppercase() || letter == ' ');
        assert_eq!(foreign(text), None, "{line}");
    }
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let text = said(&run(&["completions", shell]));
        assert!(
            text.contains("显示帮助") && text.contains("供阅读的对齐表格")
                || shell == "elvish"
                || shell == "powershell",
            "{shell}: {text}"
        );
        for word in ["Print help", "Compute what", "An aligned table"] {
            assert!(!text.contains(word), "{shell}: {word}");
        }
    }
}

/// `--lang`, `FUNDLAYERS_LANG`, the configuration file, `LC_ALL`, `LC_MESSAGES`, `LANG`.
#[test]
fn the_language_is_the_first_that_is_set() {
    let folder = folder("chinese-settings");
    std::fs::create_dir_all(folder.join("fundlayers")).unwrap();
    let settings = |text: &str| drop(file(&folder.join("fundlayers"), "config.toml", text));
    let is_chinese = |arguments: &[&str], set: &[(&str, &str)]| {
        let output = command(arguments).envs(set.iter().copied()).output().unwrap();
        said(&output).contains("用法")
    };
    let home = folder.to_str().unwrap();
    settings("");
    assert!(!is_chinese(&["-h"], &[]));
    assert!(is_chinese(&["-h"], &[("LANG", "zh_CN.UTF-8")]));
    assert!(!is_chinese(&["-h"], &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_GB.UTF-8")]));
    assert!(is_chinese(&["-h"], &[("LC_ALL", "C"), ("FUNDLAYERS_LANG", "zh")]));
    assert!(!is_chinese(&["-h", "--lang", "en"], &[("FUNDLAYERS_LANG", "zh")]));
    assert!(is_chinese(&["totals", "--nothing", "--lang=zh"], &[]));
    if cfg!(not(windows)) {
        settings("lang = \"zh\"\n");
        assert!(is_chinese(&["-h"], &[("XDG_CONFIG_HOME", home), ("LC_ALL", "en_GB.UTF-8")]));
        assert!(!is_chinese(&["-h"], &[("XDG_CONFIG_HOME", home), ("FUNDLAYERS_LANG", "en")]));
        settings("lang = \"fr\"\n");
        let output = command(&["-h"]).env("XDG_CONFIG_HOME", home).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(said(&output).contains("config.toml: lang: `fr` is not a language"), "{}", said(&output));
    }
}

#[test]
fn json_says_its_warnings_in_the_language() {
    let folder = folder("chinese-json");
    let ledger = file(&folder, "ledger.csv", LEDGER);
    let output = run(&["reconcile", "--receipts", &ledger, "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let warnings = answer["warnings"].as_array().unwrap();
    assert!(!warnings.is_empty());
    for warning in warnings {
        assert_eq!(foreign(warning["message"].as_str().unwrap()), None);
    }
    // The keys are the same in every language.
    assert!(answer["rows"][0]["received"].is_string());
}
