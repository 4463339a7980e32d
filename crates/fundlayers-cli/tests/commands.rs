//! The commands as users run them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fundlayers"));
    let settings =
        ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "COLUMNS", "FUNDLAYERS_LANG", "XDG_CONFIG_HOME", "APPDATA"];
    for name in settings {
        command.env_remove(name);
    }
    // No settings of whoever runs the tests.
    command.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output of a command that must succeed.
fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Standard error of a command that must fail.
fn bad(arguments: &[&str], status: i32) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(status), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    text(&output.stderr)
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The cells of a CSV without quotes.
fn cells(csv: &str) -> Vec<Vec<&str>> {
    csv.lines().map(|line| line.split(',').collect()).collect()
}

/// By county over three years, 万元: model.md, "The reference policy".
#[test]
fn totals_by_county_and_layer_are_those_of_the_plan() {
    let csv = good(&["totals", "--by", "county,layer", "--format", "csv"]);
    let expected = [
        ("耀州区", "central_provincial", "1800"),
        ("耀州区", "city", "360"),
        ("印台区", "central_provincial", "1800"),
        ("印台区", "city", "360"),
        ("宜君县", "central_provincial", "1800"),
        ("宜君县", "city", "360"),
        ("王益区", "city", "1080"),
        ("王益区", "county", "1080"),
        ("新区", "city", "1080"),
        ("新区", "county", "1080"),
        ("", "central_provincial", "4500"),
        ("", "city", "2880"),
        ("", "county", "1980"),
    ];
    let rows = cells(&csv);
    assert_eq!(rows[0], ["county", "layer", "count", "amount", "unit"]);
    let found: Vec<_> = rows[1..].iter().map(|row| (row[0], row[1], row[3])).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_allocation_adds_up_to_the_plan() {
    let csv = good(&["allocate", "--format", "csv"]);
    let rows = cells(&csv);
    assert_eq!(
        rows[0].join(","),
        "id,division_code,county,township,name,kind,designation,class,count,year,layer,payer,amount,unit"
    );
    for year in ["2023", "2024", "2025"] {
        let sum = |layer: &str| -> i64 {
            rows[1..]
                .iter()
                .filter(|row| row[9] == year && row[10] == layer)
                .map(|row| row[12].parse::<i64>().unwrap())
                .sum()
        };
        assert_eq!((sum("central_provincial"), sum("city"), sum("county")), (3_300, 2_040, 1_380), "{year}");
    }
    assert!(rows[1..].iter().all(|row| row[13] == "万元"));
}

#[test]
fn units_years_zeros_and_wide_are_options() {
    assert!(
        good(&["totals", "--by", "year", "--years", "2024", "--unit", "元", "--format", "csv"])
            .contains("2024,36,67200000,元")
    );
    assert!(
        good(&["totals", "--by", "year", "--years", "2023,2025", "--unit", "yi", "--format", "csv"])
            .contains("2025,36,0.672,亿元")
    );
    let zeros = good(&["allocate", "--zeros", "--format", "csv"]);
    assert_eq!(zeros.lines().count(), 1 + 12 * 3 * 3);
    let wide = good(&["allocate", "--wide", "--format", "csv"]);
    assert_eq!(wide.lines().count(), 1 + 12 * 3);
    assert!(wide.starts_with("id,division_code,county,township,name,kind,designation,class,count,year,central_provincial,city,county_amount,total,unit\n"));
}

/// 100 ÷ 3, and 50 ÷ 4; of two such places of a county the mean is 275/12.
#[test]
fn figures_are_a_command_and_columns_of_an_allocation() {
    let folder = folder("figures");
    let policy = r#"
        id = "example"
        title = { zh = "算例", en = "Example" }
        years = [2024, 2025]
        unit = "元"
        layers = [{ id = "a", payer = "county" }]
        attributes = { people = { type = "number" }, revenue = { type = "number" } }
        [[figures]]
        id = "capacity"
        name = { zh = "人均财力", en = "Revenue per head" }
        unit = "元/人"
        value = { quotient = ["revenue", "people"] }
        [[classes]]
        id = "all"
        funding = { a = { amount = "capacity", when = { people = { above = 0 } } } }
    "#;
    let policy = file(&folder, "policy.toml", policy);
    let roster = file(&folder, "roster.csv", "name,county,people,revenue\n甲,王益区,3,100\n乙,王益区,4,50\n");
    let inputs = ["--policy", &policy, "--roster", &roster, "--years", "2024", "--format", "csv"];
    let asked = |words: &[&str]| good(&[words, &inputs].concat());
    let places = asked(&["figures"]);
    let keys = "id,division_code,county,township,name,kind,designation,class,count,year,capacity";
    assert_eq!(
        places,
        format!("{keys}\n王益区/甲,,王益区,,甲,,,all,1,2024,33.3333333333\n王益区/乙,,王益区,,乙,,,all,1,2024,12.5\n")
    );
    let groups = asked(&["figures", "--by", "county,year"]);
    let sums = "45.8333333333,22.9166666667,12.5,33.3333333333";
    let header = "county,year,figure,unit,places,sum,mean,least,greatest";
    assert_eq!(groups, format!("{header}\n王益区,2024,capacity,元/人,2,{sums}\n"));
    let rows = asked(&["allocate", "--figures"]);
    assert_eq!(cells(&rows)[0][11..], ["payer", "amount", "unit", "capacity"]);
    assert_eq!(cells(&rows)[1][12..], ["33.33", "元", "33.3333333333"]);
    assert!(asked(&["allocate", "--figures", "--wide"]).contains("12.5,12.5,元,12.5\n"));
    let people = good(&["figures", "--policy", &policy, "--roster", &roster, "--lang", "zh"]);
    assert!(people.contains("人均财力（元/人）") && people.contains("指标表"), "{people}");
    let nobody = file(&folder, "nobody.csv", "name,county,people,revenue\n甲,王益区,0,100\n");
    let output = run(&["figures", "--policy", &policy, "--roster", &nobody]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(said.contains("blank-figure") && said.contains("a divisor is 0"), "{said}");
    assert!(bad(&["figures"], 1).contains("`tongchuan-2023` has no figures"));
    assert!(
        bad(&["figures", "--policy", &policy, "--roster", &roster, "--by", "layer"], 1).contains("unknown-grouping")
    );
}

#[test]
fn json_has_the_policy_the_unit_and_the_warnings() {
    let json: serde_json::Value =
        serde_json::from_str(&good(&["totals", "--format", "json", "--set", "classes.municipal-town.expected=3"]))
            .unwrap();
    let changes = serde_json::json!([{ "path": "classes.municipal-town.expected", "before": 2, "after": 3 }]);
    let policy = serde_json::json!({ "id": "tongchuan-2023", "version": "1", "status": "draft", "changes": changes });
    assert_eq!(json["policy"], policy);
    assert_eq!(json["unit"], "万元");
    assert_eq!(json["columns"], serde_json::json!(["year", "layer", "count", "amount", "unit"]));
    assert_eq!(json["rows"][0]["amount"], "3300");
    assert_eq!(json["warnings"][0]["code"], "expected-count");
}

#[test]
fn warnings_go_to_standard_error_and_change_nothing() {
    let output = run(&["totals", "--set", "classes.municipal-town.expected=3"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).starts_with("warning: "), "{}", text(&output.stderr));
}

/// Seen once: `--set` results carried the unchanged policy's name and clause.
#[test]
fn results_of_a_changed_policy_say_so() {
    let set = ["--set", "classes.municipal-town.standard=650"];
    let with = |command: &[&str]| run(&[command, &set].concat());
    let said = "classes.municipal-town.standard 600 → 650";
    for format in ["table", "md"] {
        let printed = text(&with(&["totals", "--format", format]).stdout);
        assert!(printed.contains("(changed) · ") && printed.contains(said), "{printed}");
        let note = text(&with(&["explain", "黄堡镇", "--year", "2024", "--format", format]).stdout);
        assert!(
            note.replace('\\', "").contains(&format!("350 万元 [policy changed: {said}]")) && note.contains("四.1"),
            "{note}"
        );
    }
    let csv = with(&["totals", "--format", "csv"]);
    assert_eq!(text(&csv.stderr), format!("note: tongchuan-2023: policy changed: {said}\n"));
    assert!(text(&csv.stdout).starts_with("year,layer,count,amount,unit\n"));
    let shown = text(&with(&["policy", "show"]).stdout);
    assert!(
        shown.contains("standard 650\n") && shown.contains("changed: ") && shown.contains("standard 120 [四.1]"),
        "{shown}"
    );
    let compared = text(&with(&["compare", "--by", "year"]).stdout);
    assert!(
        compared.contains(&format!("After: tongchuan-2023 (version 1, draft), policy changed: {said}")),
        "{compared}"
    );
}

/// What limits leave, what arrived, and of what totals are made: each with what was due, and the sums add up.
#[test]
fn awards_gaps_and_totals_are_explained() {
    let folder = folder("explained");
    let limits = file(&folder, "limits.csv", "layer,payer,year,amount,unit\ncounty,王益区,2024,200,万元\n");
    let award =
        good(&["explain", "黄堡镇", "--year", "2024", "--limits", &limits, "--rule", "proportional", "--lang", "en"]);
    // 王益区 owes 300 for the town and 60 for the village, so the town has 300 × 200 ÷ 360.
    for part in
        ["2. County: tops up", "the limit is 200 for claims of 360; proportional: 300 × 200 ÷ 360", "四.1: “对省级"]
    {
        assert!(award.contains(part), "{part}\n{award}");
    }
    let ledger = file(
        &folder,
        "l.csv",
        "名称,年度,安排层级,文号,到位日期,到位金额(万元)\n黄堡镇,2024,市级,甲〔2024〕1号,2024-05-01,200\n\
         黄堡镇,2024,市级,甲〔2024〕9号,2024-09-01,50\n关庄镇,2024,市级,甲〔2024〕1号,2024-05-01,100\n",
    );
    let asked = ["explain", "黄堡镇", "--year", "2024", "--receipts", &ledger, "--as-of", "2024-06", "--unit", "元"];
    let gap = text(&run(&[&asked[..], &["--lang", "zh"]].concat()).stdout);
    for part in [
        "市级：应到位 3000000，到位 2000000，缺口 3000000 − 2000000 = 1000000 元；台账第 2 行，到位 2000000 元",
        "台账第 3 行，到位 500000 元（2024-09-01，甲〔2024〕9号），晚于截止日，未计入",
        "应到位 3000000，到位 0，缺口 3000000 − 0 = 3000000 元；台账中没有记录",
        "300 万元，即 3000000 元（依据 四.1）",
    ] {
        assert!(gap.contains(part), "{part}\n{gap}");
    }
    assert!(!gap.contains("第 4 行"), "{gap}");
    let json = text(&run(&[&asked[..], &["--format", "json"]].concat()).stdout);
    for part in ["\"gap\":\"1000000\"", "\"counted\":false", "\"grounds\": {\"title\"", "\"policy_unit\":\"万元\""] {
        assert!(json.contains(part), "{part}\n{json}");
    }
    let total = good(&["explain", "王益区", "--by", "county", "--lang", "zh"]);
    assert!(total.starts_with("王益区：2160 万元\n1. 2023–2025年 市级，市级重点帮扶镇：1 处 × 300 × 3 年 = 900 万元；黄堡镇（依据 四.1）\n"), "{total}");
    // A number that was changed cites nothing, and says what was changed.
    let set = ["--set", "classes.municipal-town.standard=650"];
    let changed = text(
        &run(&[&["explain", "区县统筹", "--by", "layer", "--year", "2024", "--lang", "en"], &set[..]].concat()).stdout,
    );
    assert!(changed.starts_with("County: 1480 万元\n"), "{changed}");
    assert!(
        changed.contains(
            "2 × 350 = 700 万元; 黄堡镇, 坡头镇 [policy changed: classes.municipal-town.standard 600 → 650]\n"
        ),
        "{changed}"
    );
    assert!(changed.contains("13 × 60 = 780 万元; 义兴村, 陈坪村, 其余市级重点帮扶村 [四.1]\n"), "{changed}");
    assert!(bad(&["explain", "王益县", "--by", "county"], 1).contains("did you mean `王益区`?"));
    assert!(bad(&["explain", "--by", "county", "--limits", &limits, "--rule", "talmud"], 2).contains("--by"));
    bad(&["explain"], 2);
    // A form that reads no ledger is cut at no month.
    let errors = bad(&["form", "distribution", "--receipts", &ledger, "--as-of", "2024-06"], 1);
    assert!(errors.contains("as_of") && errors.contains("reads no receipts"), "{errors}");
}

/// Whom a place lacks besides money, with the rows of the register, the clauses and their words.
#[test]
fn duties_are_explained() {
    let folder = folder("duties-explained");
    let register = file(
        &folder,
        "posts.csv",
        "年度,名称,事项,姓名或单位,数量,日期\n2024,义兴村,驻村第一书记,某某,,2024-02-01\n2024,义兴村,储备后备力量,甲、乙、丙,3,\n",
    );
    let asked = ["explain", "义兴村", "--year", "2024", "--assignments", &register];
    let note = good(&[&asked[..], &["--lang", "zh"]].concat());
    for part in [
        "合计 120 万元\n\n任务落实：义兴村",
        // 13 duties of a village: leader, officer, secretary or team, commissioner, training, cadres, two reviews twice, visit,
        // plan, inspection.
        "2024年，13 项中落实 2 项，未落实 11 项\n",
        "驻村第一书记或驻村工作队：应有 1，已落实 1（依据 四.2）；登记表第 2 行，某某，驻村第一书记，2024-02-01\n",
        "储备后备力量：应有 2，已落实 3，超出 1（依据 三(二).1）；登记表第 3 行，甲、乙、丙，储备后备力量，× 3\n",
        "科技特派员：应有 1，已落实 0，缺 1（依据 四.2）；登记表中没有记录\n",
        "村“两委”主要负责人研判（下半年）：应有 1，已落实 0，缺 1（依据 四.5）；登记表中没有记录\n",
        "四.5：“半年对重点帮扶镇领导班子",
    ] {
        assert!(note.contains(part), "{part}\n{note}");
    }
    let page = good(&[&asked[..], &["--format", "html", "--lang", "en"]].concat());
    let markdown = good(&[&asked[..], &["--format", "md", "--lang", "en"]].concat());
    for part in ["of 13 duties 2 are met, 11 are not", "Section-level officer", "Lines of the register", "2024-02-01"] {
        assert!(page.contains(part) && markdown.contains(part), "{part}\n{markdown}");
    }
    let json = good(&[&asked[..], &["--format", "json"]].concat());
    for part in ["\"duties\": [{\"id\"", "\"missing\":1", "\"met\":true", "\"clause\": \"四.5\""] {
        assert!(json.replace("\"clause\":\"", "\"clause\": \"").contains(part), "{part}\n{json}");
    }
    let csv = good(&[&asked[..], &["--format", "csv", "--lang", "en"]].concat());
    assert_eq!(cells(&csv)[0][..6], ["id", "name", "year", "half", "duty", "payer"]);
    assert_eq!(csv.lines().count(), 14);
    // Without a register: what is due, of 15 places alike.
    let due = good(&["explain", "其余省级重点帮扶村", "--year", "2024", "--duties", "--lang", "en"]);
    for part in ["Reserve cadres: 15 places × 2 = 30 due [三(二).1]\n", "Duties: 其余省级重点帮扶村"] {
        assert!(due.contains(part), "{part}\n{due}");
    }
    assert!(!due.contains("missing") && !due.contains("the register"), "{due}");
    assert!(bad(&["explain", "义兴村", "--duties", "--receipts", &register], 2).contains("--receipts"));
}

/// Every command with a table writes workbooks and pages; the same bytes each time.
#[test]
fn tables_leave_as_workbooks_and_pages() {
    let folder = folder("sheets");
    let ledger = file(&folder, "l.csv", "名称,年度,安排层级,到位金额(万元)\n关庄镇,2024,市级,100\n");
    let limits = file(&folder, "limits.csv", "layer,payer,year,amount,unit\ncounty,王益区,2024,1,元\n");
    let scenarios = file(&folder, "s.csv", "scenario,path,value\n现行,,\n650,classes.municipal-town.standard,650\n");
    let commands: [&[&str]; 10] = [
        &["allocate", "--wide"],
        &["totals", "--by", "county"],
        &["explain", "黄堡镇"],
        &["fund", "--limits", &limits, "--rule", "talmud"],
        &["reconcile", "--receipts", &ledger],
        &["reconcile", "--receipts", &ledger, "--unmatched"],
        &["compare", "--set", "classes.municipal-town.standard=650"],
        &["scenarios", "--scenarios", &scenarios],
        &["solve", "classes.municipal-town.standard", "--layer", "county", "--year", "2024", "--limit", "4000"],
        &["policy", "list"],
    ];
    for command in commands {
        let [book, page] = ["a.xlsx", "a.html"].map(|name| folder.join(name).to_string_lossy().into_owned());
        let written = |path: &str| {
            assert_eq!(good(&[command, &["--lang", "zh", "--output", path]].concat()), "", "{command:?}");
            std::fs::read(path).unwrap()
        };
        let (first, html) = (written(&book), text(&written(&page)));
        assert_eq!(first, written(&book), "{command:?}");
        assert!(first.starts_with(b"PK"));
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"zh"), "{html}");
        assert!(html.contains("<head>\n<meta charset=\"utf-8\">") && html.ends_with("</html>\n"));
        if command[0] == "explain" {
            assert!(
                html.contains("文件：《关于支持") && html.contains("tongchuan-2023（第 1 版，征求意见稿）"),
                "{html}"
            );
        } else if command[0] != "policy" {
            assert!(html.contains("编号：tongchuan-2023 · 版本：1 · 状态：征求意见稿"), "{html}");
        }
    }
    let stdout = run(&["totals", "--format", "xlsx"]).stdout;
    assert!(stdout.starts_with(b"PK"));
    assert!(bad(&["policy", "show", "--format", "xlsx"], 2).contains("a policy is shown as table, md, html or json"));
    assert!(good(&["policy", "show", "--format", "html"]).contains("<meta charset"));
    let md = good(&["totals", "--format", "md", "--lang", "zh"]);
    assert!(md.starts_with("# 铜川市") && md.contains("\n- 状态：征求意见稿\n"), "{md}");
}

#[test]
fn wide_tables_have_layers_side_by_side_and_narrow_terminals_broken_texts() {
    let folder = folder("wide");
    let totals = ["totals", "--by", "county,layer", "--years", "2024", "--lang", "zh"];
    let wide = good(&[&totals[..], &["--wide", "--format", "csv", "--for-people"]].concat());
    let lines: Vec<&str> = wide.lines().collect();
    assert_eq!(lines[0], "\u{feff}区县,中央和省级（万元）,市级（万元）,区县统筹（万元）,合计（万元）");
    assert_eq!(
        (lines[1], lines[4], lines[7]),
        ("耀州区,600,120,,720", "王益区,,360,360,720", "合计,3300,2040,1380,6720")
    );
    assert!(bad(&[&totals[..], &["--wide", "--format", "csv"]].concat(), 2).contains("`--wide`"));
    let limits = file(&folder, "l.csv", "layer,payer,year,amount,unit\ncounty,王益区,2024,180,万元\n");
    let fund = ["fund", "--limits", &limits, "--rule", "proportional", "--years", "2024", "--lang", "zh", "--wide"];
    let fund = good(&fund);
    assert!(fund.contains("市级 可安排金额  市级 缺口") && fund.contains("合计 缺口"), "{fund}");
    let scenarios = file(&folder, "s.csv", "scenario,path,value\n现行,,\n650,classes.municipal-town.standard,650\n");
    let scenarios = ["scenarios", "--scenarios", &scenarios, "--by", "layer", "--lang", "zh", "--wide"];
    let scenarios = good(&scenarios);
    assert!(scenarios.contains("现行 金额") && scenarios.contains("650 较“现行”增减"), "{scenarios}");
    let narrow = command(&["allocate", "--lang", "zh"]).env("COLUMNS", "80").output().unwrap();
    assert!(text(&narrow.stdout).lines().skip(1).all(|line| line.chars().count() <= 80));
}

#[test]
fn an_allocation_leaves_as_a_workbook_that_computes() {
    let folder = folder("live");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (one, two) = (path("一.xlsx"), path("二.XLSX"));
    for file in [&one, &two] {
        good(&["workbook", "--lang", "zh", "--years", "2024", "--output", file]);
    }
    let bytes = std::fs::read(&one).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes == std::fs::read(&two).unwrap());
    good(&["workbook", "--years", "2024", "--ascii-names", "--output", &two]);
    assert_ne!(bytes, std::fs::read(&two).unwrap());
    let wrong = bad(&["workbook", "--lang", "en", "--output", &path("三.csv")], 2);
    assert!(wrong.contains("a workbook is a file .xlsx"), "{wrong}");
    // It has the roster, which is read again.
    let checked = good(&["--lang", "en", "roster", "check", &one, "--sheet", "名单"]);
    assert!(checked.contains("good; 12 rows, 36 places"), "{checked}");
}

#[test]
fn csv_for_people_has_sums_and_units_and_decimals_are_of_what_is_shown() {
    let csv = good(&["totals", "--by", "county,year", "--format", "csv", "--for-people", "--lang", "zh"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[..2], ["\u{feff}区县,年度,数量,金额（万元）", "耀州区,2023,2,720"]);
    assert_eq!(lines[4], "耀州区,小计,2,2160");
    assert_eq!(lines[lines.len() - 2..], ["合计,,36,20160", "政策：tongchuan-2023（第 1 版，征求意见稿）"]);
    let set = ["--set", "classes.municipal-town.standard=600.125678", "--lang", "zh"];
    let shown = |more: &[&str]| good(&[&["totals", "--by", "county", "--years", "2024"], &set[..], more].concat());
    assert!(shown(&[]).contains("720.125678\n"));
    let rounded = shown(&["--decimals", "2"]);
    assert!(rounded.contains("720.13\n") && rounded.contains("单位：万元（四舍五入，保留 2 位小数）"), "{rounded}");
    let whole = shown(&["--decimals", "0", "--unit", "元", "--format", "csv", "--for-people"]);
    assert!(whole.contains("王益区,2,7201257\r\n") && whole.contains("单位：元（四舍五入到整数）"), "{whole}");
    for format in ["csv", "json"] {
        assert!(bad(&["totals", "--decimals", "2", "--format", format], 2).contains("what programs read is exact"));
    }
    assert!(bad(&["totals", "--for-people"], 2).contains("--for-people needs --format csv"));
    assert!(bad(&["totals", "--decimals", "11"], 2).contains("--decimals"));
}

/// Seen once: a ledger's 省级 got "did you mean `市级`?", and 县级 of limits too.
#[test]
fn no_other_level_of_government_is_suggested() {
    let folder = folder("levels");
    let ledger = file(&folder, "l.csv", "名称,年度,安排层级,到位金额(万元)\n关庄镇,2024,省级,5\n关庄镇,2024,乡镇,5\n");
    let said = text(&run(&["reconcile", "--receipts", &ledger, "--format", "csv"]).stderr);
    assert!(said.contains("found `省级`; did you mean `中央和省级`?"), "{said}");
    assert!(said.contains("found `乡镇`; known: "), "{said}");
    let limits = file(&folder, "limits.csv", "layer,payer,year,amount,unit\n县级,王益区,2024,1,元\n");
    let said = bad(&["fund", "--limits", &limits, "--rule", "talmud"], 1);
    assert!(said.contains("found `县级`; did you mean `区县统筹`?"), "{said}");
}

#[test]
fn the_language_is_the_option_or_the_locale() {
    let zh = good(&["totals", "--lang", "zh"]);
    for word in ["单位：万元", "小计", "合计", "中央和省级", "20,160", "征求意见稿"] {
        assert!(zh.contains(word), "{word}\n{zh}");
    }
    let by_locale = |name: &str, value: &str| text(&command(&["totals"]).env(name, value).output().unwrap().stdout);
    assert_eq!(by_locale("LANG", "zh_CN.UTF-8"), zh);
    assert_eq!(by_locale("LC_ALL", "C"), good(&["totals", "--lang", "en"]));
    assert!(good(&["totals"]).contains("Subtotal"));
}

#[test]
fn a_recipient_is_explained_like_an_auditors_note() {
    let zh = good(&["explain", "黄堡镇", "--year", "2024", "--lang", "zh"]);
    for part in ["市级", "300 万元（依据 四.1）", "600 − 300 = 300 万元（依据 四.1）", "合计 600 万元"]
    {
        assert!(zh.contains(part), "{part}\n{zh}");
    }
    let json: serde_json::Value = serde_json::from_str(&good(&["explain", "黄堡镇", "--format", "json"])).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 3);
    assert_eq!(
        json["rows"][1]["steps"][1]["inputs"],
        serde_json::json!([{ "name": "standard", "value": "600" }, { "name": "city", "value": "300" }])
    );
    assert_eq!(good(&["explain", "黄堡镇", "--format", "csv"]).lines().count(), 1 + 3 * 2);
    assert!(bad(&["explain", "东堡镇"], 1).contains("did you mean `黄堡镇`?"));
}

#[test]
fn wrong_input_ends_with_1_and_every_problem() {
    let folder = folder("problems");
    let policy =
        file(&folder, "p.toml", "id = 'p'\ntitle = { zh = '例' }\nyears = [2024, 2023]\nunit = '元'\ncolour = 1\n");
    let errors = bad(&["policy", "check", &policy], 1);
    assert!(
        errors.contains("p.toml:3:9: years: the years are reversed")
            && errors.contains("[unknown-key]")
            && errors.contains("2 problems"),
        "{errors}"
    );
    let roster = file(&folder, "r.csv", "名称,类型,认定层级,数量\n甲,镇,省级,0\n乙,镇,乡级,1\n");
    let errors = bad(&["allocate", "--roster", &roster], 1);
    assert!(
        errors.contains("r.csv:2: row 1, column `count`") && errors.contains("r.csv:3: row 2, column `designation`"),
        "{errors}"
    );
    assert!(bad(&["allocate", "--roster", "nowhere.csv"], 1).contains("[cannot-read]"));
    let odd = file(&folder, "r.xyz", "");
    assert!(bad(&["allocate", "--roster", &odd], 1).contains("[unknown-format]"));
    assert!(bad(&["policy", "show", "tongchuan-2032"], 1).contains("did you mean `tongchuan-2023`?"));
    assert!(bad(&["totals", "--years", "2022..2023"], 1).contains("[year-outside-policy]"));
}

#[test]
fn what_a_problem_names_can_be_given_to_set() {
    let folder = folder("paths");
    let policy = |standard: &str| {
        let classes = format!("[[classes]]\nid = 'a.b=\"c'\nstandard = {standard}\nfunding.l = 'standard'\n");
        let head =
            "id = 'p'\ntitle.zh = 'p'\nyears = [2024, 2024]\nunit = '元'\n[[layers]]\nid = 'l'\npayer = 'county'\n";
        head.to_owned() + &classes
    };
    let wrong = file(&folder, "wrong.toml", policy("'x'"));
    let said = bad(&["policy", "check", &wrong], 1);
    let key = r#"classes."a.b=""c".standard"#;
    assert!(said.contains(&format!(" {key}: is not a number")), "{said}");
    let (policy, roster) = (file(&folder, "p.toml", policy("10")), file(&folder, "r.csv", "name\nn\n"));
    let totals =
        |set: &str| good(&["totals", "--policy", &policy, "--roster", &roster, "--set", set, "--format", "csv"]);
    assert!(totals(&format!("{key}=12.5")).contains("12.5"));
    // The file has no `rounding`; the other keys of one stay what they are without it.
    assert!(totals("rounding.places=0").contains(",10,"));
    let both = ["totals", "--policy", &policy, "--roster", &roster, "--set", "rounding.place=0"];
    assert!(bad(&both, 1).contains("[unknown-key]"));
}

#[test]
fn what_is_wrong_is_called_by_its_name() {
    let folder = folder("names");
    let policy = file(
        &folder,
        "p.toml",
        "id = 'p'\ntitle.zh = 'p'\nyears = [2024, 2024]\nunit = '元'\nattributes.price.type = 'number'\n[[layers]]\nid = 'l'\n\
         payer = 'county'\n[[pools]]\nid = 'q'\namount = 5\nweights.price = { rate = 0.5, of = 'price' }\n\
         [[classes]]\nid = 'c'\nfunding.l = [{ rate = 'prize', of = 3 }, { bands = [{ below = { rate = 1, of = 'price' }, give = 1 }], of = 2 }]\n",
    );
    let said = bad(&["policy", "check", &policy], 1);
    for part in [
        "pools.q.weights.price: is a table",
        "classes.c.funding.l.1.bands.0.below: is a rule, where none can stand, found `{ rate = 1, of = \"price\" }`; give a number, or a table of years",
        "classes.c.funding.l.0.rate: is not a rate, found `prize`; a number (`0.4`)",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let solve = |step: &str| {
        let path = "classes.municipal-town.standard";
        bad(&["solve", path, "--layer", "county", "--year", "2024", "--limit", "10000", "--step", step], 1)
    };
    // In whatever way it is written.
    assert_eq!(solve("1e-28"), solve("0.0000000000000000000000000001"));
    let said = solve("0.0000000000000000000000000001");
    assert!(
        said.contains("step: the step is too fine: the present value is more than 2^63 − 1 of it, found `0.0000000000000000000000000001`") && said.contains("[bad-step]"),
        "{said}"
    );
    let changes: Vec<String> = (0..60_000).map(|number| format!("\"classes.c{number}.standard\" = 1\n")).collect();
    let scenarios =
        file(&folder, "s.toml", format!("[[scenarios]]\nname = 'a'\n[scenarios.set]\n{}", changes.concat()));
    let said = bad(&["scenarios", "--scenarios", &scenarios], 1);
    assert!(said.contains("s.toml: scenarios in tables are larger than 1 MiB"), "{said}");
}

#[test]
fn many_changes_are_one_scenario() {
    let folder = folder("many-changes");
    let count = 5_000;
    let classes: Vec<String> = (0..count)
        .map(|n| format!("[[classes]]\nid='c{n}'\nwhere.county='{n}'\nstandard=1\nfunding.l='standard'\n"))
        .collect();
    let head = "id='p'\ntitle.zh='p'\nyears=[2024,2024]\nunit='元'\n[[layers]]\nid='l'\npayer='county'\n";
    let rows: Vec<String> = (0..count).map(|n| format!("n{n},{n}\n")).collect();
    let changes: Vec<String> = (0..count).map(|n| format!("s,classes.c{n}.standard,2\n")).collect();
    let said = good(&[
        "scenarios",
        "--policy",
        &file(&folder, "p.toml", head.to_owned() + &classes.concat()),
        "--roster",
        &file(&folder, "r.csv", format!("name,county\n{}", rows.concat())),
        "--scenarios",
        &file(&folder, "s.csv", format!("scenario,path,value\nas it is,,\n{}", changes.concat())),
        "--format",
        "csv",
    ]);
    assert!(said.contains("10000") && said.contains("5000"), "{said}");
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [
        &["allot"][..],
        &["totals", "--by", "colour"],
        &["totals", "--by", "year,year"],
        &["totals", "--unit", "角"],
        &["totals", "--years", "x"],
        &["totals", "--lang", "fr"],
        &["totals", "--set", "unit"],
        &["totals", "--output", "x.odt"],
        &["allocate", "--policy", "-", "--roster", "-"],
    ] {
        bad(arguments, 2);
    }
    let policy =
        file(&folder("usage"), "p.toml", "id = 'p'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n");
    assert!(bad(&["allocate", "--policy", &policy], 2).contains("--roster"));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = folder("output");
    let path = folder.join("t.csv");
    let name = path.to_str().unwrap();
    assert_eq!(good(&["totals", "--output", name]), "");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("year,layer,count,amount,unit\n"));
    let before = std::fs::read(&path).unwrap();
    bad(&["totals", "--years", "2022", "--output", name], 1);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let roster = file(&folder, "r.csv", "名称,类型,认定层级\n甲,镇,省级\n");
    assert!(bad(&["allocate", "--roster", &roster, "--output", &roster], 2).contains("overwrite"));
    bad(&["totals", "--output", folder.join("no/where.csv").to_str().unwrap()], 1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = folder("pipe");
    let rows: Vec<String> = (0..20_000).map(|row| format!("{row},村{row},village,provincial")).collect();
    let roster = format!("id,name,kind,designation\n{}\n", rows.join("\n"));
    let roster = file(&folder, "r.csv", roster);
    let mut child = command(&["allocate", "--roster", &roster, "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!text(&output.stderr).contains("error"), "{}", text(&output.stderr));
}

#[test]
fn a_roster_of_chinese_excel_is_read() {
    // 名称,类型,认定层级,区县 / 黄堡镇,镇,市级,王益区 in GB18030.
    let bytes = b"\xc3\xfb\xb3\xc6,\xc0\xe0\xd0\xcd,\xc8\xcf\xb6\xa8\xb2\xe3\xbc\xb6,\xc7\xf8\xcf\xd8\r\n\xbb\xc6\xb1\xa4\xd5\xf2,\xd5\xf2,\xca\xd0\xbc\xb6,\xcd\xf5\xd2\xe6\xc7\xf8\r\n";
    let roster = file(&folder("gb18030"), "r.csv", bytes);
    assert!(
        good(&["allocate", "--roster", &roster, "--format", "csv", "--years", "2024"])
            .contains("王益区/黄堡镇,,王益区,,黄堡镇,town,municipal,municipal-town,1,2024,county,王益区,300,万元")
    );
}

#[test]
fn policies_and_rosters_are_shown_and_checked() {
    let listed = good(&["policy", "list"]);
    let (built_in, gallery) = listed.split_once("Gallery of public grant formulas").unwrap();
    assert!(built_in.contains("tongchuan-2023") && !built_in.contains("ch-bern-equalization-2012"));
    assert!(gallery.contains("ch-bern-equalization-2012") && !gallery.contains("tongchuan-2023"));
    assert!(good(&["policy", "list", "--format", "csv"]).contains(",gallery\n"));
    let shown = good(&["policy", "show", "--lang", "zh"]);
    for part in ["区县统筹", "补足到", "[四.1]", "采用", "另解"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    // The policy as JSON is the policy.
    let folder = folder("policies");
    let json = file(&folder, "p.json", good(&["policy", "show", "--format", "json"]));
    assert!(good(&["policy", "check", &json]).contains("3 layers, 4 classes"));
    let schema: serde_json::Value = serde_json::from_str(&good(&["policy", "schema"])).unwrap();
    assert!(schema["properties"]["classes"].is_object());
    assert!(good(&["roster", "check"]).contains("12 rows, 36 places"));
    let template = good(&["roster", "template", "--lang", "zh"]);
    assert!(template.starts_with("\u{feff}编码,名称,类型,认定层级,区县"), "{template}");
    assert!(good(&["completions", "bash"]).contains("fundlayers"));
    assert!(good(&["man"]).contains("explain"));
    assert!(good(&["totals", "--format", "md"]).contains("| **Total** |"));
}

/// 王益区 owes 360 and can pay 200, the city owes 2,040 and can pay 1,500; worked out in docs/funding.md.
#[test]
fn claims_are_met_within_limits() {
    let folder = folder("fund");
    let limits =
        file(&folder, "limits.csv", "安排层级,安排主体,年度,金额(万元)\n区县统筹,王益区,2024,200\ncity,,2024,1500\n");
    let fund = |more: &[&str]| good(&[&["fund", "--limits", limits.as_str(), "--years", "2024"], more].concat());
    let csv = fund(&["--rule", "talmud", "--format", "csv"]);
    let rows = cells(&csv);
    assert_eq!(
        rows[0].join(","),
        "id,division_code,county,township,name,kind,designation,class,count,year,layer,payer,claim,funded,unfunded,unit"
    );
    let awards: Vec<_> =
        rows[1..].iter().filter(|row| row[2] == "王益区").map(|row| (row[10], row[13], row[14])).collect();
    assert_eq!(awards, [("city", "280", "20"), ("county", "170", "130"), ("city", "40", "20"), ("county", "30", "30")]);
    let csv = fund(&["--rule", "constrained-equal-losses", "--by", "payer,layer,year", "--format", "csv"]);
    assert!(csv.starts_with("payer,layer,year,limit,claim,funded,unfunded,coverage,unit\n"));
    assert!(
        csv.contains("\n王益区,county,2024,200,360,200,160,55.56,万元\n新区,county,2024,,360,360,0,100.00,万元\n"),
        "{csv}"
    );
    // For people: the summary, then the places.
    let table = fund(&["--rule", "priority", "--order", "municipal-village", "--lang", "zh"]);
    for part in [
        "可用额度",
        "额度达到 360 万元方可全部保障",
        "小计",
        "合计",
        "其余各类安排应安排金额的 7/15（46.67%）",
        "黄堡镇",
    ] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert_eq!(table.matches("政策：").count(), 2);
    assert_eq!(table.matches("方可全部保障").count(), 2);
    let english = fund(&["--rule", "constrained-equal-awards", "--by", "layer", "--format", "md", "--lang", "en"]);
    assert!(english.contains("Each place gets its claim, but at most 72 万元."), "{english}");
}

#[test]
fn wrong_limits_and_orders_are_told() {
    let folder = folder("fund-wrong");
    let limits = file(
        &folder,
        "limits.csv",
        "layer,payer,year,amount,unit\nctiy,,2024,x,元\ncity,city,2024,1,元\ncity,市级,2024,1,元\n",
    );
    let errors = bad(&["fund", "--limits", &limits, "--rule", "talmud"], 1);
    for part in
        ["row 1, column `layer`", "did you mean `city`?", "[bad-number]", "row 3", "[duplicate-limit]", "3 problems"]
    {
        assert!(errors.contains(part), "{part}\n{errors}");
    }
    let limits = file(&folder, "good.csv", "layer,payer,year,amount,unit\ncounty,王益县,2024,1,元\n");
    let output = run(&["fund", "--limits", &limits, "--rule", "proportional"]);
    assert_eq!(output.status.code(), Some(0));
    let warnings = text(&output.stderr);
    assert!(
        warnings.contains("good.csv:2: row 1: no place lies in `王益县`; did you mean `王益区`? [unclaimed-limit]"),
        "{warnings}"
    );
    assert!(bad(&["fund", "--limits", &limits, "--rule", "priority"], 2).contains("needs an order of classes"));
    assert!(bad(&["fund", "--limits", &limits, "--rule", "talmud", "--order", "a"], 2).contains("no order"));
    assert!(bad(&["fund", "--limits", &limits, "--rule", "equal"], 2).contains("[unknown-rule]"));
    assert!(
        bad(&["fund", "--limits", &limits, "--rule", "priority", "--order", "towns"], 1).contains("[unknown-class]")
    );
    assert!(bad(&["fund", "--limits", "-", "--roster", "-", "--rule", "talmud"], 2).contains("standard input"));
    assert!(bad(&["fund", "--limits", &limits, "--rule", "talmud", "--output", &limits], 2).contains("overwrite"));
}

/// How many commands of a document print what the document says; all have to. A block such as `toml NAME` is a file that
/// commands may name. With `WRITE_DOCUMENTS=1` the document is written with what they print.
fn shown(document: &str) -> usize {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(document)).unwrap();
    let folder = folder(&document.replace('/', "-"));
    let mut files: Vec<(String, String)> = Vec::new();
    let mut commands: Vec<Vec<String>> = Vec::new();
    let (mut fence, mut block, mut compared) = (String::new(), String::new(), Vec::new());
    let writes = std::env::var_os("WRITE_DOCUMENTS").is_some();
    let mut written = String::new();
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            if !fence.is_empty() && language.is_empty() {
                if let ("text", Some(arguments)) = (fence.as_str(), commands.first().cloned()) {
                    let path = |argument: &'_ String| {
                        let known = files.iter().find(|(name, _)| name == argument);
                        known.map_or(argument.clone(), |(_, path)| path.clone())
                    };
                    let arguments: Vec<String> = arguments.iter().map(path).collect();
                    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    let output = command(&arguments).current_dir(root).output().unwrap();
                    let [printed, problems] =
                        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
                    if writes {
                        written.truncate(written.len().checked_sub(block.len()).unwrap());
                        written.push_str(&printed);
                    } else {
                        assert_eq!(printed, block, "{document}: {arguments:?} {problems}");
                    }
                    compared.push(arguments.len());
                } else if let Some((_, name)) = fence.split_once(' ') {
                    files.push((name.to_owned(), file(&folder, name, &block)));
                }
                fence.clear();
            } else {
                language.clone_into(&mut fence);
                block.clear();
                // What another language prints is for its own tests.
                if fence != "text" {
                    commands.clear();
                }
            }
            written.push_str(line);
            written.push('\n');
            continue;
        }
        if fence == "sh"
            && let Some(arguments) = line.strip_prefix("cargo run --release -- ")
        {
            commands.push(arguments.split(' ').map(str::to_owned).collect());
        }
        for text in [&mut block, &mut written] {
            text.push_str(line);
            text.push('\n');
        }
    }
    if writes {
        std::fs::write(root.join(document), written).unwrap();
    }
    compared.len()
}

#[test]
fn the_documents_show_what_commands_print() {
    assert_eq!(shown("README.md"), 9);
    assert_eq!(shown("README.zh-CN.md"), 9);
    let pages =
        [("checks", 1), ("projects", 2), ("reconciliation", 2), ("what-if", 7), ("duties", 1), ("county-year", 12)];
    for (page, commands) in pages {
        assert_eq!(shown(&format!("crates/fundlayers/docs/{page}.md")), commands);
        assert_eq!(shown(&format!("crates/fundlayers/docs/{page}.zh-CN.md")), commands);
    }
}

/// What offices print is handed on and comes back as a sheet.
#[test]
fn the_roster_and_the_ledger_that_are_printed_can_be_read() {
    let folder = folder("printed");
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let ledger = path("ledger.csv");
    let lines = [
        "年度,区县,乡镇,村,安排层级,文号,下达金额(万元),到位时间,到位金额(万元),支出金额(万元)",
        "2024,王益区,黄堡镇,,市级,甲〔2024〕1号,300,2024-03-01,200,90.333333",
        "2024,王益区,王益街道,义兴村,市级,甲〔2024〕1号,60,2024-03-15,60,30.01",
        "2024,新区,坡头镇,,区县统筹,,,2024-06-01,-30,",
    ];
    std::fs::write(&ledger, lines.join("\n")).unwrap();
    let totals = |roster: &[&str]| good(&[&["totals", "--by", "county,layer", "--format", "csv"], roster].concat());
    let reconciled = |receipts: &str| {
        let by = ["--years", "2024", "--by", "county,layer", "--format", "csv"];
        good(&[&["reconcile", "--receipts", receipts], by.as_slice()].concat())
    };
    for lang in ["zh", "en"] {
        let [roster, book] = ["roster", "ledger"].map(|form| path(&format!("{form}-{lang}.xlsx")));
        good(&["form", "roster", "--years", "2024", "--lang", lang, "--output", &roster]);
        good(&["form", "ledger", "--years", "2024", "--receipts", &ledger, "--lang", lang, "--output", &book]);
        assert_eq!(totals(&["--roster", &roster]), totals(&[]), "{lang}");
        assert_eq!(reconciled(&book), reconciled(&ledger), "{lang}");
    }
}

#[test]
fn a_form_is_a_page_with_the_words_of_the_office() {
    let folder = folder("forms");
    let office = "\"单位\" = '某市财政局'\nphone = '0919-1'\ndate = 2024-03-01\nperiod = '五个工作日'\n";
    let office = file(&folder, "office.toml", office);
    let page = folder.join("公示表.html");
    let output = page.to_str().unwrap();
    let arguments = ["form", "公示表", "--years", "2024", "--lang", "zh", "--text", &office, "--output", output];
    good(&[&arguments[..], &["--set-text", "监督电话=<b>0919-2</b>"]].concat());
    let html = std::fs::read_to_string(&page).unwrap();
    for part in [
        "<!DOCTYPE html>",
        "<meta charset=\"utf-8\">",
        "@page { size: A4 portrait",
        "<h1>2024年资金分配公示表</h1>",
        "<h2>一、资金来源</h2>",
        "（四.1）",
        "<td>王益区</td><td class=\"n\">720</td><td class=\"n\">0</td><td class=\"n\">360</td><td class=\"n\">360</td>",
        "<tr class=\"sum\"><td></td><td>合计</td><td class=\"n\">6,720</td>",
        "公示期：五个工作日",
        // What is said for itself stands over the document.
        "监督电话：&lt;b&gt;0919-2&lt;/b&gt;",
        "<div>公示单位：某市财政局</div>\n<div>日期：2024-03-01</div>",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    // As a workbook it has the same bytes each time.
    let book = folder.join("公示表.xlsx");
    let made = |path: &Path| {
        good(&["form", "公示表", "--years", "2024", "--lang", "zh", "--output", path.to_str().unwrap()]);
        std::fs::read(path).unwrap()
    };
    assert!(made(&book).starts_with(b"PK"));
    assert_eq!(made(&book), made(&folder.join("again.xlsx")));
    // What is not given is a line to write on.
    let table = good(&["form", "distribution", "--lang", "zh", "--total-first"]);
    assert!(table.contains("填报人：____") && table.find("合计").unwrap() < table.find("王益区").unwrap(), "{table}");
    // All at once, each by its key.
    let wrong = bad(&["form", "notice", "--set-text", "tel=1", "--set-text", "fax=2"], 1);
    assert!(wrong.contains("`phone 监督电话`") && wrong.contains("`issuer 单位`"), "{wrong}");
    assert!(wrong.contains("error: tel: is no text") && wrong.contains("error: fax: is no text"), "{wrong}");
    let wrong = bad(&["form", "notice", "--text", &file(&folder, "wrong.toml", "\ntel = 1")], 1);
    assert!(wrong.contains("wrong.toml:2:1: tel: is no text of a form"), "{wrong}");
    assert!(bad(&["form", "notice", "--set-text", "tel"], 2).contains("give KEY=TEXT"));
    assert!(bad(&["form", "通报表"], 1).contains("form `progress` (Progress of spending) needs receipts"));
    assert!(bad(&["form", "项目库"], 1).contains("needs the register of projects"));
    assert!(bad(&["form", "notice", "--as-of", "2024-06"], 2).contains("--receipts"));
}

#[test]
fn checks_are_held_against_tables_of_figures() {
    let folder = folder("checks");
    let land =
        "区县,乡镇,乡镇级规划建设用地指标（亩）,预留机动指标（公顷）\n王益区,黄堡镇,1500,5.01\n王益区,无此镇,1,1\n";
    let land = file(&folder, "land.csv", land);
    let incomes = file(&folder, "incomes.csv", "全市人均可支配收入（元）\n20000\n");
    let output =
        run(&["checks", "--figures", &land, "--figures", &incomes, "--years", "2025", "--open", "--lang", "en"]);
    let (table, warnings) = (text(&output.stdout), text(&output.stderr));
    for part in
        ["is not ≤ 5 (0.05 × 100)", "not met", "Flexible reserve of the township plan", "四.3", "Share met = met ÷"]
    {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert!(warnings.contains("land.csv:3") && warnings.contains("[unmatched-figure]"), "{warnings}");
    let shares = good(&["checks", "--years", "2025", "--by", "county,year", "--format", "csv"]);
    assert!(shares.starts_with("county,year,check,subject,applicable,met,not_met,unknown,share,"), "{shares}");
    let empty = folder.join("empty.csv");
    good(&["checks", "--template", empty.to_str().unwrap(), "--lang", "zh"]);
    assert!(std::fs::read_to_string(&empty).unwrap().contains("预留机动指标（公顷）"));
    assert!(bad(&["checks", "--by", "layer"], 1).contains("[unknown-grouping]"));
    let twice = file(&folder, "twice.csv", "区县,乡镇,预留机动指标（公顷）\n王益区,黄堡镇,1\n王益区,黄堡镇,2\n");
    assert!(bad(&["checks", "--figures", &twice], 1).contains("[figure-twice]"));
    let form = good(&["form", "land", "--figures", &land, "--years", "2025", "--lang", "zh"]);
    assert!(form.contains("黄堡镇国土空间规划") && form.contains("占比（≤5%）") && form.contains("未达到"), "{form}");
}

#[test]
fn a_comparison_names_its_second_side() {
    let folder = folder("compare");
    let csv = good(&["compare", "--set", "classes.municipal-town.standard=650", "--by", "layer", "--format", "csv"]);
    assert_eq!(cells(&csv)[0], ["layer", "before", "after", "difference", "change", "unit"]);
    assert_eq!(cells(&csv)[3], ["county", "4140", "4440", "300", "changed", "万元"]);
    // Another policy over the same roster, which is read again for it.
    let other = good(&["policy", "show", "--format", "json"]).replace("\"standard\": 600", "\"standard\": 650");
    let other = file(&folder, "other.json", other);
    let by_policy = good(&["compare", "--with-policy", &other, "--by", "layer", "--format", "csv"]);
    assert_eq!(by_policy, csv);
    let json = good(&["compare", "--with-policy", &other, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["with_policy"]["id"], "tongchuan-2023");
    // Two villages more.
    let roster = "name,kind,designation,county,count\n";
    let before = file(&folder, "before.csv", format!("{roster}义兴村,村,市级,王益区,1\n"));
    let after = file(&folder, "after.csv", format!("{roster}义兴村,村,市级,王益区,1\n新增村,村,市级,新区,2\n"));
    let output = run(&[
        "compare",
        "--roster",
        &before,
        "--with-roster",
        &after,
        "--by",
        "county",
        "--years",
        "2024",
        "--format",
        "csv",
    ]);
    assert!(text(&output.stdout).ends_with("王益区,120,120,0,,万元\n新区,,240,240,new,万元\n"), "{output:?}");
    assert!(text(&output.stderr).contains("[expected-count]"));
    assert!(bad(&["compare"], 2).contains("nothing to compare with"));
    let twice = ["compare", "--roster", "-", "--with-roster", "-"];
    assert!(bad(&twice, 2).contains("only one input can come from standard input"));
    let wrong = file(&folder, "wrong.csv", format!("{roster}义兴村,屯,市级,王益区,1\n"));
    let wrong = bad(&["compare", "--with-roster", &wrong], 1);
    assert!(wrong.contains("wrong.csv:2: row 1, column `kind`"), "{wrong}");
}

#[test]
fn scenarios_come_from_tables_and_documents_alike() {
    let folder = folder("scenarios");
    let files = [
        file(&folder, "s.csv", "情景,路径,值\n现行,,\n650,classes.municipal-town.standard,650\n"),
        file(
            &folder,
            "s.toml",
            "[[scenarios]]\nname = '现行'\n[[scenarios]]\nname = '650'\nset.\"classes.municipal-town.standard\" = 650\n",
        ),
        file(
            &folder,
            "rows.json",
            r#"[{ "scenario": "现行" }, { "scenario": "650", "path": "classes.municipal-town.standard", "value": 650 }]"#,
        ),
        file(
            &folder,
            "s.json",
            r#"{ "scenarios": [{ "name": "现行" }, { "name": "650", "set": { "classes.municipal-town.standard": 650 } }] }"#,
        ),
    ];
    for name in &files {
        let csv = good(&["scenarios", "--scenarios", name, "--by", "year", "--years", "2024", "--format", "csv"]);
        assert_eq!(
            csv, "scenario,year,amount,difference,unit\n现行,2024,6720,0,万元\n650,2024,6820,100,万元\n",
            "{name}"
        );
    }
    let wrong = file(
        &folder,
        "wrong.toml",
        "[[scenarios]]\nname = 'a'\nset.\"classes.municipal-town.standrad\" = 650\n[[scenarios]]\nname = 'b'\nset = { years = 1 }\n",
    );
    let wrong = bad(&["scenarios", "--scenarios", &wrong], 1);
    assert!(wrong.contains("wrong.toml:3:5: scenario `a`: classes.municipal-town.standrad"), "{wrong}");
    assert!(wrong.contains("wrong.toml:6:9: scenario `b`: years:"), "{wrong}");
    let keys = file(&folder, "keys.toml", "[[scenarios]]\nnam = 'a'\n[[scenarios]]\nname = 'b'\nsets = {}\n");
    let keys = bad(&["scenarios", "--scenarios", &keys], 1);
    assert!(keys.contains("[unknown-key]") && keys.contains("[missing-key]") && keys.contains("3 problems"), "{keys}");
}

#[test]
fn a_limit_may_name_its_unit() {
    let solve = |limit: &str, more: &[&str]| {
        let path =
            ["solve", "classes.municipal-town.standard", "--layer", "county", "--payer", "王益区", "--year", "2024"];
        let rest = ["--limit", limit, "--format", "csv"];
        good(&[path.as_slice(), &rest, more].concat())
    };
    let plain = solve("400", &[]);
    assert_eq!(cells(&plain)[1][6..10], ["640", "400", "640.000001", "400.000001"]);
    assert_eq!(solve("4,000,000元", &[]), plain);
    assert_eq!(cells(&solve("4000000", &["--unit", "元"]))[1][6..8], ["640", "4000000"]);
    assert_eq!(cells(&solve("0.04 yi", &["--step", "0.01"]))[1][8], "640.01");
    let goal = ["solve", "unit", "--layer", "county", "--year", "2024", "--limit", "x"];
    assert!(bad(&goal, 2).contains("--limit x"));
    let goal = ["solve", "unit", "--layer", "county", "--year", "2024", "--limit", "1"];
    assert!(bad(&goal, 1).contains("[path-not-a-number]"));
    // A limit below 0 is a value of the option, though it begins like another one.
    let path = "classes.municipal-town.standard";
    let goal = ["solve", path, "--layer", "county", "--year", "2024", "--limit", "-1万元"];
    assert!(bad(&goal, 1).contains("[limit-out-of-reach]"));
}

const LEDGER: &str =
    "年度,区县,乡镇,村,安排层级,到位金额(万元)\n2024,王益区,黄堡镇,,市级,200\n2024,王益区,王益街道办,义兴村,市级,60\n";

/// 四.1 and domain.md 2.3: the city sends 200 of 300 to 黄堡镇.
#[test]
fn a_ledger_is_put_beside_what_was_due() {
    let folder = folder("reconcile");
    let ledger = file(&folder, "ledger.csv", LEDGER);
    let of = |more: &[&str]| {
        let csv = good(&[&["reconcile", "--receipts", &ledger, "--years", "2024", "--format", "csv"], more].concat());
        let rows = cells(&csv).into_iter().filter(|row| row[4] == "黄堡镇");
        rows.map(|row| row[12..18].join(",")).collect::<Vec<_>>()
    };
    assert_eq!(of(&[]), ["300,0,200,0,100,0", "300,0,0,0,300,0"]);
    assert_eq!(of(&["--top-up", "received"]), ["300,0,200,0,100,0", "400,0,0,0,400,0"]);
    let by = ["reconcile", "--receipts", &ledger, "--by", "year", "--as-of", "2024-06", "--format", "csv"];
    let by = good(&by);
    assert!(cells(&by)[0].ends_with(&["time_progress", "progress_difference"]), "{by}");
    assert_eq!(cells(&by)[2][10..], ["0.00", "100.00", "50.00", "-50.00"]);
    let unmatched = good(&["reconcile", "--receipts", &ledger, "--unmatched", "--format", "csv"]);
    assert_eq!(cells(&unmatched).len(), 2);
    assert!(unmatched.ends_with("unknown-place\n"), "{unmatched}");
}

#[test]
fn what_matches_nothing_is_shown_to_people_and_warned_about_to_machines() {
    let folder = folder("unmatched");
    let ledger = file(&folder, "ledger.csv", LEDGER);
    let people = run(&["reconcile", "--receipts", &ledger, "--years", "2024", "--lang", "zh"]);
    let shown = text(&people.stdout);
    let [summary, places, unmatched] = ["资金到位情况汇总表", "资金到位对账表", "未匹配的台账记录"];
    let at = |title: &str| shown.find(title).unwrap_or_else(|| panic!("{title}: {shown}"));
    assert!(at(summary) < at(places) && at(places) < at(unmatched), "{shown}");
    assert!(
        shown.contains("王益街道办") && shown.contains("来源待定") && shown.contains("下达 0，到位 60，支出 0"),
        "{shown}"
    );
    assert_eq!(text(&people.stderr), "");
    let machines = run(&["reconcile", "--receipts", &ledger, "--format", "json"]);
    let said = text(&machines.stderr);
    assert!(said.contains("ledger.csv:3: row 2, column `name`") && said.contains("[unmatched-receipt]"), "{said}");
    let json: serde_json::Value = serde_json::from_slice(&machines.stdout).unwrap();
    assert_eq!(
        (json["warnings"][0]["code"].as_str(), json["warnings"][0]["row"].as_i64()),
        (Some("unmatched-receipt"), Some(2))
    );
    let good_ledger = file(&folder, "good.csv", LEDGER.replace("王益街道办", "王益街道"));
    assert_eq!(good(&["reconcile", "--receipts", &good_ledger, "--unmatched"]), "Every receipt matches.\n");
}

#[test]
fn wrong_ledgers_and_wrong_questions_are_told_apart() {
    let folder = folder("wrong-ledger");
    let ledger = file(&folder, "ledger.csv", LEDGER);
    let wrong = file(&folder, "wrong.csv", LEDGER.replace("(万元)", "").replace("2024", "二四"));
    let said = bad(&["reconcile", "--receipts", &wrong], 1);
    assert!(
        said.contains("wrong.csv:1: column `unit`") && said.contains("wrong.csv:2: row 1, column `year`"),
        "{said}"
    );
    for (arguments, what) in [
        (vec!["--as-of", "2024-13"], "[bad-month]"),
        (vec!["--top-up", "recieved"], "did you mean `received`?"),
        (vec!["--top-up-years", "2024"], "--top-up-years needs --top-up received"),
        (vec!["--unmatched", "--by", "year"], "cannot be used with"),
        (vec!["--roster", "-", "--policy", "-"], "only one input can come from standard input"),
    ] {
        let all = [["reconcile", "--receipts", &ledger].as_slice(), &arguments].concat();
        assert!(bad(&all, 2).contains(what), "{arguments:?}");
    }
    let years = ["reconcile", "--receipts", &ledger, "--top-up", "received", "--top-up-years", "2026"];
    assert!(bad(&years, 1).contains("[year-outside-policy]"));
    assert!(
        bad(&["reconcile", "--receipts", &ledger, "--output", &ledger, "--format", "csv"], 2)
            .contains("would overwrite")
    );
}

/// A roster whose names nobody should be shown as they are, and a policy that has such too.
fn hostile(folder: &Path) -> (String, String) {
    let name = "<img src=x onerror=a()>|\u{1b}[2J\u{202e}\u{200b}=1";
    let policy = serde_json::json!({
        "id": "p", "title": { "zh": name }, "years": [2024, 2024], "unit": "元", "source": { "status": "draft" },
        "layers": [{ "id": "l", "name": { "zh": name }, "payer": "county", "clause": name }],
        "classes": [{ "id": "c", "name": { "zh": name }, "standard": 5, "funding": { "l": "standard" }, "note": { "zh": name }, "where": { "county": ["x", name] } }],
        "readings": [{ "id": "r", "question": { "zh": name }, "chosen": { "zh": name }, "alternatives": [{ "zh": name }], "clause": name }],
    });
    let policy = file(folder, "p.json", policy.to_string());
    (policy, file(folder, "r.csv", format!("id,name,county\n1,\"{name}\n## 合计\",\"{name}\"\n2,乙,x\n")))
}

#[test]
fn nothing_that_a_person_reads_is_obeyed_by_a_terminal_or_a_browser() {
    let folder = folder("hostile");
    let (policy, roster) = hostile(&folder);
    let of = |arguments: &[&str]| {
        let output = run(&[arguments, &["--policy", &policy]].concat());
        text(&output.stdout) + &text(&output.stderr)
    };
    let by_roster = |arguments: &[&str]| of(&[arguments, &["--roster", &roster]].concat());
    let markdown = [
        by_roster(&["allocate", "--format", "md"]),
        by_roster(&["explain", "1", "--format", "md"]),
        good(&["policy", "show", &policy, "--format", "md"]),
    ];
    let plain = [
        by_roster(&["allocate"]),
        by_roster(&["totals", "--by", "county"]),
        by_roster(&["explain", "1"]),
        by_roster(&["explain", "=\u{1b}[31m"]),
        by_roster(&["allocate", "--years", "\u{1b}[31m"]),
        good(&["policy", "show", &policy]),
        of(&["roster", "check", &file(&folder, "\u{202e}.csv", "name,county,\u{9b}x\n\u{1b}[0m,\u{200f}\n甲,x\n")]),
        bad(
            &[
                "policy",
                "check",
                &file(&folder, "w.toml", "id = \"\\u001B]0;x\\u0007\"\ntitle.zh = 'a'\nyears = 1\nunit = '\u{202e}'\n"),
            ],
            1,
        ),
    ];
    for shown in markdown.iter().chain(&plain) {
        let hidden =
            |c: char| c.is_control() && c != '\n' || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
        assert_eq!(shown.find(hidden), None, "{shown:?}");
        assert!(shown.contains("\\u{") && !shown.contains("\n## 合计"), "{shown}");
    }
    for shown in &markdown {
        assert!(!shown.contains("<img") && shown.contains("&lt;img") && !shown.contains("a()&gt;|"), "{shown}");
    }
    // Programs get every text as it is.
    let csv = by_roster(&["allocate", "--format", "csv"]);
    assert!(csv.contains("<img src=x onerror=a()>|\u{1b}[2J\u{202e}\u{200b}=1\n## 合计"), "{csv}");
    let json = run(&["allocate", "--format", "json", "--roster", &roster, "--policy", &policy]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert!(json["rows"][0]["name"].as_str().unwrap().contains("|\u{1b}[2J\u{202e}\u{200b}=1"));
}

#[test]
fn a_year_without_anything_to_explain_is_said() {
    let folder = folder("not-live");
    let roster = file(&folder, "r.csv", "编码,名称,类型,认定层级,截止年度\nB,甲镇,镇,市级,2023\n");
    for (options, said) in [
        (&[][..], "The recipient is not funded in these years: there is nothing to explain."),
        (&["--lang", "zh"], "该对象在所列年度不在支持范围，没有金额可说明。"),
        (&["--format", "html"], "there is nothing to explain"),
    ] {
        let arguments = [&["explain", "B", "--roster", &roster, "--year", "2025"], options].concat();
        assert!(good(&arguments).contains(said), "{options:?}");
    }
}

#[test]
fn of_many_problems_the_first_of_each_kind_are_said_and_their_number_is_right() {
    let folder = folder("many");
    let rows =
        (0..10_530).map(|row| if row < 10_500 { format!("{row},镇,省级,x\n") } else { format!("{row},屯,省级,1\n") });
    let rows: String = rows.collect();
    let said = bad(&["allocate", "--roster", &file(&folder, "r.csv", format!("名称,类型,认定层级,数量\n{rows}"))], 1);
    assert_eq!(said.lines().filter(|line| line.starts_with("error: ")).count(), 20, "{said}");
    assert!(
        said.contains("\n… and 9980 more like it\n… and 530 more\n10530 problems; nothing was computed\n"),
        "{said}"
    );
    // Warnings are no problems that stop the work, and their number is in the JSON.
    let header: Vec<String> = (0..10_005).map(|column| format!("c{column}")).collect();
    let wide = file(&folder, "wide.csv", format!("名称,类型,认定层级,{}\n甲,镇,省级\n", header.join(",")));
    let output = run(&["allocate", "--roster", &wide, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let kept = json["warnings"].as_array().unwrap().len();
    assert_eq!(kept, 10_000, "{}", text(&output.stderr));
    let left_out = json["warnings_left_out"].as_u64().unwrap();
    let said = text(&output.stderr);
    assert!(said.lines().count() < 230 && said.contains(&format!("… and {} more", 9_800 + left_out)), "{said}");
}

/// What stands in a folder.
#[cfg(unix)]
fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn an_output_goes_through_links_into_what_is_no_file_and_never_over_a_read_only_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder("careful");
    let name = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    symlink("real.csv", name("link.csv")).unwrap();
    good(&["totals", "--output", &name("link.csv")]);
    assert!(std::fs::symlink_metadata(name("link.csv")).unwrap().is_symlink());
    let written = std::fs::read_to_string(name("real.csv")).unwrap();
    assert!(written.starts_with("year,layer,count,amount,unit\n"));
    std::fs::set_permissions(name("real.csv"), std::fs::Permissions::from_mode(0o444)).unwrap();
    let said = bad(&["totals", "--by", "year", "--output", &name("link.csv")], 1);
    assert!(said.contains("link.csv: the file is read-only; ") && said.contains("[cannot-write]"), "{said}");
    assert_eq!(std::fs::read_to_string(name("real.csv")).unwrap(), written);
    assert!(Command::new("mkfifo").arg(name("fifo")).status().unwrap().success());
    let fifo = name("fifo");
    let reader = std::thread::spawn(move || std::fs::read_to_string(fifo).unwrap());
    good(&["totals", "--format", "csv", "--output", &name("fifo")]);
    assert_eq!(reader.join().unwrap(), written);
    assert_eq!(good(&["totals", "--format", "csv", "--output", "/dev/stdout"]), written);
    assert!(bad(&["totals", "--output", &name("no/where.csv")], 1).contains("where.csv: cannot be written: "));
    assert_eq!(names(&folder), ["fifo", "link.csv", "real.csv"]);
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_half_written() {
    use std::os::unix::process::ExitStatusExt;
    let folder = folder("signals");
    let rows: Vec<String> = (0..150_000).map(|row| format!("{row},村{row},village,provincial")).collect();
    let roster = file(&folder, "r.csv", format!("id,name,kind,designation\n{}\n", rows.join("\n")));
    let path = folder.join("t.csv");
    // Whether the signal came while the file was being written; on a busy machine it may come too late.
    let came = |signal: &str, number: i32| {
        std::fs::write(&path, "before").unwrap();
        let mut child = command(&["allocate", "--roster", &roster, "--output", path.to_str().unwrap()])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !names(&folder).iter().any(|name| name.contains(".part")) {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
        let ended = child.wait().unwrap();
        assert_eq!(names(&folder), ["r.csv", "t.csv"], "{signal}");
        if ended.success() {
            return false;
        }
        assert_eq!(ended.signal(), Some(number), "{signal}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
        true
    };
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        assert!((0..50).any(|_| came(signal, number)), "{signal}");
    }
}
