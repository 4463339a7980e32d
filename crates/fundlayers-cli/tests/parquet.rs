//! Rosters in Parquet files, and results in them: what comes out of many files is what comes out of one sheet.
#![cfg(feature = "parquet")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A folder of its own for a test, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("fundlayers-parquet-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("parts")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn names(&self) -> Vec<String> {
        let names = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fundlayers"));
    command.env_clear().env("LANG", "C").args(arguments).output().unwrap()
}

fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}\n{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn batches(path: impl AsRef<Path>) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    reader.map(Result::unwrap).collect()
}

/// That the rows of a roster in parts, written into one file and into a folder with a file for each part, are those of the whole one.
fn assert_rows_are_those_of_the_whole(folder: &Folder, name: &str, (whole, parts): (&str, &str), ask: &[&str]) {
    let names = ["-whole.parquet", ".parquet", "/"].map(|ending| folder.path(&format!("{name}{ending}")));
    let said = names.each_ref().map(|output| {
        let roster = if output.ends_with("-whole.parquet") { whole } else { parts };
        let ran = run(&[ask, &["--roster", roster, "--output", output]].concat());
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.success() && ran.stdout.is_empty(), "{ask:?}\n{said}");
        // What parts say of columns that are not read names their files.
        said.lines()
            .filter(|line| !line.contains("parts/") && !line.contains("whole.csv"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    assert_eq!([&said[1], &said[2]], [&said[0]; 2], "{ask:?}");
    let [expected, one] = [&names[0], &names[1]].map(batches);
    let [expected] = <[RecordBatch; 1]>::try_from(expected).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&names[2]).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), std::fs::read_dir(parts).unwrap().count(), "{ask:?}");
    for found in [one, files.iter().flat_map(batches).collect()] {
        let mut start = 0;
        for part in found {
            // To the unit in the metadata of each column.
            assert_eq!(part, expected.slice(start, part.num_rows()), "{ask:?}");
            start = start.checked_add(part.num_rows()).unwrap();
        }
        assert!(start == expected.num_rows() && start > 0, "{ask:?}");
    }
}

/// The built-in roster as one sheet and, cut in two, as files of Parquet in `parts`; with so many of its rows in the first.
fn roster(folder: &Folder, first: usize) -> String {
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/../fundlayers-policies/policies/tongchuan-2023/roster.csv");
    let csv = std::fs::read_to_string(built_in).unwrap();
    let (header, rows) = csv.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    std::fs::write(folder.path("whole.csv"), &csv).unwrap();
    for (name, rows) in [("1", &rows[..first]), ("2", &rows[first..])] {
        let part = folder.path(&format!("{name}.csv"));
        std::fs::write(&part, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
        let parquet = folder.path(&format!("parts/{name}.parquet"));
        good(&["allocate", "--roster", &part, "--years", "2024", "--wide", "--output", &parquet]);
    }
    folder.path("whole.csv")
}

#[test]
fn files_of_parquet_come_to_what_one_sheet_comes_to() {
    let folder = Folder::new("totals");
    let whole = roster(&folder, 10);
    let (parts, pattern) = (folder.path("parts"), folder.path("parts/*.parquet"));
    for by in [&["--by", "county,layer,year"][..], &["--by", "class"], &["--unit", "元", "--zeros"], &["--lang", "zh"]]
    {
        for format in ["csv", "table"] {
            let totals = |roster: &str| good(&[&["totals", "--roster", roster, "--format", format][..], by].concat());
            let expected = totals(&whole);
            assert_eq!(totals(&parts), expected);
            assert_eq!(totals(&pattern), expected);
        }
    }
    // One file is a roster for every command.
    let one = folder.path("one.parquet");
    good(&["allocate", "--roster", &whole, "--years", "2024", "--wide", "--output", &one]);
    for command in [&["explain", "黄堡镇"][..], &["fund", "--rule", "proportional"], &["reconcile"]] {
        let asked = |roster: &str| {
            let rest = ["--roster", roster, "--format", "json"];
            let mut arguments = [command, &rest].concat();
            if command[0] != "explain" {
                let file = folder.path(&format!("{}.csv", command[0]));
                let (option, text) = match command[0] {
                    "fund" => ("--limits", "layer,payer,year,amount,unit\ncity,city,2024,1000,万元\n"),
                    _ => ("--receipts", "name,year,layer,event,amount,unit\n黄堡镇,2024,city,received,10,万元\n"),
                };
                std::fs::write(&file, text).unwrap();
                arguments.extend([option, file.as_str()].map(|text| &*Box::leak(text.to_owned().into_boxed_str())));
            }
            // Warnings name the file.
            let text = good(&arguments);
            text.split_once("\"warnings\"").map_or(text.clone(), |(before, _)| before.to_owned())
        };
        assert_eq!(asked(&one), asked(&whole), "{command:?}");
    }
}

/// Writes a file of Parquet with columns of texts, in folders that are made.
fn write(path: &str, columns: &[(&str, &[&str])]) {
    std::fs::create_dir_all(Path::new(path).parent().unwrap()).unwrap();
    let columns =
        columns.iter().map(|(title, cells)| (*title, Arc::new(StringArray::from(cells.to_vec())) as ArrayRef));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn folders_say_what_is_the_same_in_all_rows_of_a_file() {
    let folder = Folder::new("folders");
    let whole = folder.path("whole.csv");
    // As Spark and as pyarrow name folders; what is said is read as a cell is: 007 with its zeros, a blank county.
    let parts = [
        ("区县=%E7%8E%8B%E7%9B%8A%E5%8C%BA/乡镇=007/count=3/from=2024/1.parquet", "王益区,007,3,2024", "甲"),
        ("区县=__HIVE_DEFAULT_PARTITION__/乡镇=007/count=2/from=2025/1.parquet", "/,007,2,2025", "丙"),
        ("区县=宜君县/乡镇=尧生%2F彭镇/count=1/from=2023/1.parquet", "宜君县,尧生/彭镇,1,2023", "乙"),
    ];
    let mut csv = "编码,名称,kind,designation,区县,乡镇,count,from\n".to_owned();
    for (path, said, name) in parts {
        let columns = [("编码", name), ("名称", name), ("kind", "village"), ("designation", "provincial")];
        write(
            &folder.path(&format!("parts/{path}")),
            &columns.each_ref().map(|(title, cell)| (*title, std::slice::from_ref(cell))),
        );
        csv += &[name, name, "village", "provincial", said].join(",");
        csv.push('\n');
    }
    std::fs::write(&whole, csv).unwrap();
    let totals =
        |roster: &str| good(&["totals", "--roster", roster, "--by", "county,township,year,layer", "--format", "csv"]);
    let expected = totals(&whole);
    // 3 places of one, from 2024 on: 300 for 3 of them.
    assert!(expected.contains("王益区,007,2024,central_provincial,3,300,万元"), "{expected}");
    for pattern in ["parts", "parts/**/*.parquet", "parts/区县=*/乡镇=*/count=?/*/1.parquet", "**/1.parquet"] {
        assert_eq!(totals(&folder.path(pattern)), expected, "{pattern}");
    }
    // One file, of which the answer is not of parts.
    let one = folder.path(&format!("parts/{}", parts[0].0));
    assert!(good(&["explain", "甲", "--roster", &one, "--years", "2024"]).contains("3 places: 300"));
    // A column that the file has itself stays.
    let own = folder.path("own/区县=新区/1.parquet");
    write(&own, &[("名称", &["甲"]), ("kind", &["village"]), ("designation", &["provincial"]), ("区县", &["耀州区"])]);
    assert!(totals(&folder.path("own")).contains("耀州区"));
    for pattern in ["parts/区县=*", "parts/*/*.csv", "nowhere/*/*.parquet"] {
        assert!(!run(&["totals", "--roster", &folder.path(pattern)]).status.success(), "{pattern}");
    }
}

/// What arrived of places in both files of Parquet, twice with a place that stands nowhere.
const LEDGER: &str = "name,year,layer,event,amount,unit,date\n黄堡镇,2024,city,received,10,万元,2024-03\n\
                      坡头镇,2024,city,issued,400,万元,2024-05\n坡头镇,2024,city,spent,2,万元,\n无名镇,2024,city,received,5,万元,2024-04\n\
                      黄堡镇,2024,省级,received,7,万元,2024-02\n坡头镇,2023,county,received,600,万元,2024-08\n";

#[test]
fn files_of_parquet_beside_a_ledger_come_to_what_one_sheet_comes_to() {
    let folder = Folder::new("ledger");
    let whole = roster(&folder, 4);
    let (parts, ledger) = (folder.path("parts"), folder.path("ledger.csv"));
    std::fs::write(&ledger, LEDGER).unwrap();
    let reconcile =
        |roster: &str, more: &[&str]| run(&[&["reconcile", "--roster", roster, "--receipts", &ledger], more].concat());
    for more in [
        &["--by", "county,layer,year"][..],
        &["--by", "class", "--as-of", "2024-06", "--lang", "zh"],
        &["--by", "payer", "--unit", "元", "--zeros", "--years", "2024"],
        &["--unmatched"],
        &["--by", "county,layer", "--top-up", "received"],
        &["--by", "layer,year", "--top-up", "received", "--top-up-years", "2024", "--lang", "zh"],
    ] {
        for format in ["csv", "table", "md"] {
            let more = [more, &["--format", format]].concat();
            let [found, expected] = [&parts, &whole].map(|roster| reconcile(roster, &more));
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(text(&found.stdout), text(&expected.stdout), "{more:?}");
            // Parts have columns more, which are not read.
            let of_ledger = |bytes: &[u8]| -> Vec<String> {
                text(bytes).lines().filter(|line| line.contains("ledger.csv")).map(str::to_owned).collect()
            };
            assert_eq!(of_ledger(&found.stderr), of_ledger(&expected.stderr), "{more:?}");
            assert!(found.status.success() && !found.stdout.is_empty(), "{more:?}");
        }
    }
    // Places one by one go into Parquet.
    let places = reconcile(&parts, &[]);
    assert_eq!(places.status.code(), Some(2));
    let said = String::from_utf8(places.stderr).unwrap();
    assert!(said.contains("go into Parquet") && said.contains("--unmatched"), "{said}");
    for (number, more) in [
        &[][..],
        &["--unit", "元", "--zeros", "--years", "2024", "--as-of", "2024-06"],
        &["--top-up", "received", "--lang", "zh"],
        &["--top-up", "received", "--top-up-years", "2024"],
        &["--set", "classes.municipal-town.funding.county={ aggregate = 'mean', of = 'city', over = ['county'] }"],
    ]
    .into_iter()
    .enumerate()
    {
        let ask = [&["reconcile", "--receipts", &ledger][..], more].concat();
        assert_rows_are_those_of_the_whole(&folder, &format!("rows-{number}"), (&whole, &parts), &ask);
    }
    let received = ["--top-up", "received", "--by", "layer", "--format", "csv"];
    assert_ne!(reconcile(&parts, &received).stdout, reconcile(&parts, &["--by", "layer", "--format", "csv"]).stdout);
    let refused = reconcile(&parts, &["--by", "layer", "--top-up", "received", "--top-up-years", "2019"]);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("[year-outside-policy]"));
    let one = folder.path("one.parquet");
    good(&["allocate", "--roster", &whole, "--wide", "--years", "2024", "--output", &one]);
    for more in [&received[..], &["--format", "csv"], &["--by", "county", "--format", "csv"]] {
        assert_eq!(reconcile(&one, more).stdout, reconcile(&whole, more).stdout, "{more:?}");
    }
}

#[test]
fn files_of_parquet_within_limits_come_to_what_one_sheet_comes_to() {
    let folder = Folder::new("limits");
    let whole = roster(&folder, 4);
    let (parts, limits) = (folder.path("parts"), folder.path("limits.csv"));
    let text = "layer,payer,year,amount,unit\ncity,city,2024,1000.07,万元\ncounty,王益区,2024,70,万元\ncounty,新区,2024,500,万元\n\
                county,甲县,2024,5,万元\ncity,city,2023,5000,万元\n";
    std::fs::write(&limits, text).unwrap();
    let fund = |roster: &str, more: &[&str]| run(&[&["fund", "--roster", roster, "--limits", &limits], more].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for rule in [
        &["--rule", "proportional"][..],
        &["--rule", "priority", "--order", "municipal-town,provincial-town"],
        &["--rule", "constrained-equal-awards"],
        &["--rule", "constrained-equal-losses"],
        &["--rule", "talmud"],
    ] {
        for more in [
            &["--by", "layer,payer,year"][..],
            &["--by", "county,class", "--lang", "zh"],
            &["--by", "layer,id", "--unit", "元", "--years", "2024"],
            &["--by", "county,layer", "--wide"],
        ] {
            for format in ["csv", "table", "md"] {
                if format == "csv" && more.contains(&"--wide") {
                    continue;
                }
                let more = [rule, more, &["--format", format]].concat();
                let [found, expected] = [&parts, &whole].map(|roster| fund(roster, &more));
                assert_eq!(text(&found.stdout), text(&expected.stdout), "{more:?}");
                let of_limits = |bytes: &[u8]| -> Vec<String> {
                    text(bytes).lines().filter(|line| line.contains("limits.csv")).map(str::to_owned).collect()
                };
                assert_eq!(of_limits(&found.stderr), of_limits(&expected.stderr), "{more:?}");
                assert!(found.status.success() && !of_limits(&found.stderr).is_empty(), "{more:?}");
            }
        }
    }
    // Places one by one go into Parquet.
    let places = fund(&parts, &["--rule", "proportional"]);
    assert_eq!(places.status.code(), Some(2));
    let said = text(&places.stderr);
    assert!(said.contains("go into Parquet") && said.contains("--by"), "{said}");
    for (number, more) in [
        &["--rule", "proportional"][..],
        &["--rule", "priority", "--order", "municipal-town,provincial-town", "--unit", "元", "--zeros"],
        &["--rule", "constrained-equal-losses", "--years", "2024", "--lang", "zh"],
        &["--rule", "talmud"],
        &["--rule", "proportional", "--set", "layers.city.limit={ amount = 1500, rule = 'proportional' }"],
    ]
    .into_iter()
    .enumerate()
    {
        let ask = [&["fund", "--limits", &limits][..], more].concat();
        assert_rows_are_those_of_the_whole(&folder, &format!("rows-{number}"), (&whole, &parts), &ask);
    }
    let refused = fund(&parts, &["--rule", "priority", "--order", "nobody", "--by", "layer"]);
    assert!(text(&refused.stderr).contains("[unknown-class]"), "{}", text(&refused.stderr));
    let one = folder.path("one.parquet");
    good(&["allocate", "--roster", &whole, "--wide", "--years", "2024", "--output", &one]);
    for more in [
        &["--rule", "talmud", "--by", "layer"][..],
        &["--rule", "proportional"],
        &["--rule", "proportional", "--by", "county"],
    ] {
        let more = [more, &["--format", "csv"]].concat();
        assert_eq!(text(&fund(&one, &more).stdout), text(&fund(&whole, &more).stdout), "{more:?}");
    }
}

#[test]
fn rows_are_written_into_one_file_or_a_folder_the_same_as_of_one_sheet() {
    let folder = Folder::new("rows");
    let whole = roster(&folder, 10);
    let (expected, one, many) = (folder.path("expected.parquet"), folder.path("one.parquet"), folder.path("many/"));
    good(&["allocate", "--roster", &whole, "--unit", "元", "--output", &expected]);
    for output in [&one, &many] {
        good(&["allocate", "--roster", &folder.path("parts"), "--unit", "元", "--output", output]);
    }
    let [expected, one] = [expected, one].map(batches);
    let [expected] = expected.as_slice() else { panic!("one batch") };
    let parts = [folder.path("many/part-00000.parquet"), folder.path("many/part-00001.parquet")].map(batches);
    for parts in [one, parts.concat()] {
        let mut start = 0;
        for part in parts {
            assert_eq!(part, expected.slice(start, part.num_rows()));
            let unit = part.schema().field_with_name("amount").unwrap().metadata().get("unit").cloned();
            assert_eq!(unit.as_deref(), Some("元"));
            start = start.checked_add(part.num_rows()).unwrap();
        }
        assert_eq!(start, expected.num_rows());
    }
    // A folder is one of parts, also with one file in it.
    std::fs::remove_file(folder.path("parts/2.parquet")).unwrap();
    let table = run(&["allocate", "--roster", &folder.path("parts")]);
    assert!(String::from_utf8(table.stderr).unwrap().contains("go into Parquet"));
    // What stands in a folder is not mixed with anything.
    let again = run(&["allocate", "--roster", &folder.path("parts"), "--output", &many]);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(said.contains("[cannot-write]") && said.contains("empty"), "{said}");
}

#[test]
fn what_is_wrong_with_the_parts_leaves_nothing_behind() {
    let folder = Folder::new("wrong");
    roster(&folder, 10);
    std::fs::copy(folder.path("parts/1.parquet"), folder.path("parts/3.parquet")).unwrap();
    let before = folder.names();
    for output in ["rows.parquet", "rows/"] {
        let twice = run(&["allocate", "--roster", &folder.path("parts"), "--output", &folder.path(output)]);
        let said = String::from_utf8(twice.stderr).unwrap();
        assert_eq!(twice.status.code(), Some(1), "{said}");
        assert!(said.contains("[id-in-two-parts]") && said.contains("3.parquet"), "{said}");
        assert_eq!(folder.names(), before);
    }
    let (limits, ledger) = (folder.path("limits.csv"), folder.path("ledger.csv"));
    std::fs::write(&limits, "layer,payer,year,amount,unit\ncity,city,2024,1000,万元\n").unwrap();
    std::fs::write(&ledger, LEDGER).unwrap();
    let before = folder.names();
    for output in ["rows.parquet", "rows/"] {
        for ask in [&["fund", "--rule", "talmud", "--limits", &limits][..], &["reconcile", "--receipts", &ledger]] {
            let (parts, output) = (folder.path("parts"), folder.path(output));
            let said =
                String::from_utf8(run(&[ask, &["--roster", &parts, "--output", &output]].concat()).stderr).unwrap();
            assert!(said.contains("[id-in-two-parts]"), "{said}");
            assert_eq!(folder.names(), before);
        }
    }
    // A table of limits is not written over either.
    let table = folder.path("limits.parquet");
    good(&["totals", "--roster", &folder.path("parts/1.parquet"), "--by", "layer,payer,year", "--output", &table]);
    let bytes = std::fs::read(&table).unwrap();
    let over =
        run(&["fund", "--rule", "talmud", "--limits", &table, "--roster", &folder.path("parts"), "--output", &table]);
    assert!(
        over.status.code() == Some(2) && String::from_utf8_lossy(&over.stderr).contains("would overwrite"),
        "{over:?}"
    );
    assert_eq!(std::fs::read(&table).unwrap(), bytes);
    std::fs::write(folder.path("parts/2.parquet"), b"PAR1 and no more").unwrap();
    let damaged = run(&["totals", "--roster", &folder.path("parts"), "--lang", "zh"]);
    let said = String::from_utf8(damaged.stderr).unwrap();
    assert!(said.contains("2.parquet") && said.contains("[cannot-read]"), "{said}");
    let none = run(&["totals", "--roster", &folder.path("parts/*.pq")]);
    assert!(String::from_utf8(none.stderr).unwrap().contains("no Parquet file is there"));
}

#[test]
fn nobody_has_columns_all_the_same() {
    let folder = Folder::new("nobody");
    roster(&folder, 10);
    for name in ["1", "2"] {
        let path = folder.path(&format!("parts/{name}.parquet"));
        let schema = batches(&path)[0].schema();
        ArrowWriter::try_new(File::create(&path).unwrap(), schema, None).unwrap().close().unwrap();
    }
    let (limits, ledger) = (folder.path("limits.csv"), folder.path("ledger.csv"));
    std::fs::write(&limits, "layer,payer,year,amount,unit\ncity,city,2024,1000,万元\n").unwrap();
    std::fs::write(&ledger, LEDGER).unwrap();
    for (ask, column) in [
        (&["allocate"][..], "amount"),
        (&["fund", "--rule", "talmud", "--limits", &limits], "funded"),
        (&["reconcile", "--receipts", &ledger], "gap"),
    ] {
        for (output, file) in [("rows.parquet", "rows.parquet"), ("rows/", "rows/part-00000.parquet")] {
            let output = folder.path(output);
            good(&[ask, &["--roster", &folder.path("parts"), "--output", &output]].concat());
            let file = folder.path(file);
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
            assert!(reader.schema().index_of(column).is_ok(), "{ask:?}");
            assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
            drop((std::fs::remove_file(&output), std::fs::remove_dir_all(&output)));
        }
    }
}

#[test]
fn what_rests_on_all_places_is_settled_over_all_parts() {
    let folder = Folder::new("pool");
    let whole = roster(&folder, 10);
    let policy = folder.path("policy.toml");
    let text = "id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n[payers]\ncity = {}\n[[layers]]\nid = 'city'\n\
                payer = 'city'\n[[pools]]\nid = 'grant'\namount = 100\nweights = { equal = 1 }\n[kinds]\ntown = { zh = '镇' }\n\
                village = { zh = '村' }\n[designations]\nprovincial = { zh = '省级' }\nmunicipal = { zh = '市级' }\n\
                [[classes]]\nid = 'all'\nfunding = { city = { pool = 'grant' } }\n";
    std::fs::write(&policy, text).unwrap();
    let totals = |roster: &str| {
        let by = ["--by", "county,class", "--format", "csv"];
        good(&[&["totals", "--policy", &policy, "--roster", roster][..], &by].concat())
    };
    assert_eq!(totals(&folder.path("parts")), totals(&whole));
    let limited = text.replace("payer = 'city'", "payer = 'city'\nlimit = { amount = 30, rule = 'proportional' }");
    std::fs::write(&policy, limited).unwrap();
    assert_eq!(totals(&folder.path("parts")), totals(&whole));
    let middle = text.replace("{ city = { pool = 'grant' } }", "{ city = { aggregate = 'median', of = 1 } }");
    std::fs::write(&policy, &middle).unwrap();
    assert_eq!(totals(&folder.path("parts")), totals(&whole));
    let apart = "[[figures]]\nid = 'many'\nvalue = { aggregate = 'count' }\n[[classes]]\nid = 'all'\nwhere = { many = { at_least = 10 } }";
    std::fs::write(&policy, middle.replace("[[classes]]\nid = 'all'", apart)).unwrap();
    assert_eq!(totals(&folder.path("parts")), totals(&whole));
    let one = folder.path("one.parquet");
    good(&["allocate", "--roster", &whole, "--years", "2024", "--wide", "--output", &one]);
    assert_eq!(totals(&one), totals(&whole));
}

#[test]
fn what_if_over_many_files_is_what_it_is_over_one_sheet() {
    let folder = Folder::new("what-if");
    let whole = roster(&folder, 10);
    let (parts, one) = (folder.path("parts"), folder.path("one.parquet"));
    good(&["allocate", "--roster", &whole, "--years", "2024", "--wide", "--output", &one]);
    let scenarios = folder.path("scenarios.toml");
    let text = "[[scenarios]]\nname = '现行'\n[[scenarios]]\nname = '650'\nset = { \"classes.municipal-town.standard\" = 650 }\n\
                [[scenarios]]\nname = '2024'\nset = { years = [2024, 2024] }\n";
    std::fs::write(&scenarios, text).unwrap();
    let other = folder.path("other.toml");
    let policy = "id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2025]\nunit = '万元'\n[payers]\ncity = {}\n[[layers]]\nid = 'city'\n\
                  payer = 'city'\n[[pools]]\nid = 'grant'\namount = 100\nweights = { equal = 1 }\n[kinds]\ntown = { zh = '镇' }\n\
                  village = { zh = '村' }\n[designations]\nprovincial = { zh = '省级' }\nmunicipal = { zh = '市级' }\n\
                  [[classes]]\nid = 'all'\nfunding = { city = { pool = 'grant' } }\n";
    std::fs::write(&other, policy).unwrap();
    let asked = |command: &[&str], roster: &str, format: &str| {
        good(&[command, &["--roster", roster, "--format", format]].concat())
    };
    for command in [
        &["scenarios", "--scenarios", &scenarios][..],
        &["scenarios", "--scenarios", &scenarios, "--by", "county,class", "--years", "2024", "--unit", "元"],
        &["compare", "--set", "classes.municipal-town.standard=650", "--by", "county,layer", "--lang", "zh"],
        // A pool, and other years, which are read otherwise.
        &["compare", "--with-policy", &other, "--by", "county,year"],
    ] {
        for format in ["csv", "table", "md"] {
            let expected = asked(command, &whole, format);
            assert_eq!(asked(command, &parts, format), expected, "{command:?}");
            assert_eq!(asked(command, &one, format), expected, "{command:?}");
        }
    }
    let out = folder.path("out.parquet");
    good(&["scenarios", "--scenarios", &scenarios, "--roster", &parts, "--output", &out]);
    assert_eq!(batches(&out).iter().map(RecordBatch::num_rows).sum::<usize>(), 3 * 3 + 3 * 3 + 3 * 3);
}

#[test]
fn a_scenario_may_tell_classes_apart_by_all_places() {
    let folder = Folder::new("what-if-limits");
    let whole = roster(&folder, 10);
    let (parts, one) = (folder.path("parts"), folder.path("one.parquet"));
    good(&["allocate", "--roster", &whole, "--years", "2024", "--wide", "--output", &one]);
    let (scenarios, policy) = (folder.path("scenarios.csv"), folder.path("policy.toml"));
    let text = "id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2024]\nunit = '元'\n[payers]\ncity = {}\n[[layers]]\nid = 'city'\n\
                payer = 'city'\n[kinds]\ntown = { zh = '镇' }\nvillage = { zh = '村' }\n[designations]\nprovincial = { zh = '省级' }\n\
                municipal = { zh = '市级' }\n[[figures]]\nid = 'many'\nvalue = { aggregate = 'count' }\n[[classes]]\nid = 'all'\n\
                funding = { city = 'many' }\n";
    std::fs::write(&policy, text).unwrap();
    std::fs::write(
        &scenarios,
        "scenario,path,value\nas it is,,\napart,classes.all.where,{ many = { at_least = 10 } }\n",
    )
    .unwrap();
    let asked = |roster: &str| {
        run(&["scenarios", "--policy", &policy, "--scenarios", &scenarios, "--roster", roster, "--format", "csv"])
    };
    let of_whole = asked(&whole);
    assert!(of_whole.status.success());
    assert_eq!(asked(&parts).stdout, of_whole.stdout);
    assert_eq!(asked(&one).stdout, of_whole.stdout);
    let said = |arguments: &[&str]| String::from_utf8(run(arguments).stderr).unwrap();
    let two = said(&["compare", "--roster", &parts, "--with-roster", &one]);
    assert!(two.contains("--with-roster is not for"), "{two}");
    let sheet = said(&["scenarios", "--scenarios", &scenarios, "--roster", &parts, "--roster-sheet", "x"]);
    assert!(sheet.contains("not for rosters in Parquet"), "{sheet}");
    let standard = said(&["scenarios", "--scenarios", "-", "--policy", "-", "--roster", &parts]);
    assert!(standard.contains("only one input"), "{standard}");
}

/// A roster with an attribute, as one sheet and in three files of Parquet.
fn roster_of_numbers(folder: &Folder, rows: &[[&str; 4]]) -> String {
    let whole = folder.path("numbers.csv");
    let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    std::fs::write(&whole, format!("id,name,county,x\n{}\n", lines.join("\n"))).unwrap();
    for (number, rows) in rows.chunks(rows.len().div_ceil(3)).enumerate() {
        let column =
            |at: usize| -> ArrayRef { Arc::new(rows.iter().map(|row| Some(row[at])).collect::<StringArray>()) };
        let columns = ["id", "name", "county", "x"].iter().enumerate().map(|(at, title)| (*title, column(at)));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let file = File::create(folder.path(&format!("parts/{number}.parquet"))).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
    whole
}

const WITH_FIGURES: &str = "id = 'e'\ntitle = { zh = '例' }\nyears = [2024, 2025]\nunit = '元'\npayers = { city = {} }\n\
    attributes = { x = { type = 'number' } }\nlayers = [{ id = 'city', payer = 'city' }]\n\
    classes = [{ id = 'all', funding = { city = 3 } }]\n\
    [[figures]]\nid = 'share'\nunit = '分'\nvalue = { quotient = ['x', { aggregate = 'sum', of = 'x' , over = ['county'] }] }\n\
    [[figures]]\nid = 'tiny'\nvalue = { rate = '1/60000000000', of = 'x' }\n";

#[test]
fn figures_of_many_files_are_those_of_one_sheet() {
    let folder = Folder::new("figures");
    let rows = [
        ["1", "甲", "王益区", "1"],
        ["2", "乙", "新区", "1"],
        ["3", "丙", "王益区", "1"],
        ["4", "丁", "耀州区", ""],
        ["5", "戊", "王益区", "1"],
        ["6", "己", "新区", "7"],
        ["7", "庚", "耀州区", "2"],
    ];
    let (whole, parts, policy) = (roster_of_numbers(&folder, &rows), folder.path("parts"), folder.path("policy.toml"));
    std::fs::write(&policy, WITH_FIGURES).unwrap();
    let asked =
        |roster: &str, more: &[&str]| run(&[&["figures", "--policy", &policy, "--roster", roster][..], more].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // Warnings name the file and its row.
    let said = |output: &Output| -> Vec<String> {
        let lines = text(&output.stderr);
        lines.lines().filter_map(|line| Some(line.split_once("figures.")?.1.to_owned())).collect()
    };
    for more in [&["--by", "county,year"][..], &["--by", "class", "--lang", "zh"], &["--by", "id", "--years", "2025"]] {
        for format in ["csv", "table", "md"] {
            let more = [more, &["--format", format]].concat();
            let [found, expected] = [&parts, &whole].map(|roster| asked(roster, &more));
            assert_eq!(text(&found.stdout), text(&expected.stdout), "{more:?}");
            assert_eq!(said(&found), said(&expected), "{more:?}");
            assert!(found.status.success() && (format != "csv" || said(&found).len() == 2), "{more:?} {found:?}");
        }
    }
    // Three sixtieths of a step are known only exactly.
    assert!(
        text(&asked(&parts, &["--by", "county,year", "--format", "csv"]).stdout)
            .contains("王益区,2024,tiny,,3,0.0000000001")
    );

    // Rows, alone and beside amounts.
    let allocate = |roster: &str, output: &str| {
        good(&["allocate", "--policy", &policy, "--roster", roster, "--figures", "--output", output]);
    };
    let figures =
        |roster: &str, output: &str| good(&["figures", "--policy", &policy, "--roster", roster, "--output", output]);
    let out = |name: &str| folder.path(name);
    for (name, write) in
        [("rows", &(|r: &str, o: &str| drop(figures(r, o))) as &dyn Fn(&str, &str)), ("amounts", &allocate)]
    {
        let (expected, one, many) =
            (out(&format!("{name}-whole.parquet")), out(&format!("{name}.parquet")), out(&format!("{name}/")));
        write(&whole, &expected);
        write(&parts, &one);
        write(&parts, &many);
        let [expected] = <[RecordBatch; 1]>::try_from(batches(expected)).unwrap();
        let files: Vec<_> = (0..3).flat_map(|number| batches(format!("{many}part-0000{number}.parquet"))).collect();
        for found in [batches(one), files] {
            let mut start = 0;
            for part in found {
                assert_eq!(part, expected.slice(start, part.num_rows()));
                assert!(part.schema().field_with_name("share").is_ok());
                start = start.checked_add(part.num_rows()).unwrap();
            }
            assert_eq!(start, expected.num_rows());
        }
    }
    let table = asked(&parts, &["--format", "csv"]);
    assert!(table.status.code() == Some(2) && text(&table.stderr).contains("go into Parquet"));
    let by_layer = asked(&parts, &["--by", "layer"]);
    assert!(text(&by_layer.stderr).contains("[unknown-grouping]"));
    let middle = WITH_FIGURES.replace("'sum'", "'median'");
    std::fs::write(&policy, &middle).unwrap();
    let [of_parts, of_whole] =
        [&parts, &whole].map(|roster| asked(roster, &["--by", "county,year", "--format", "csv"]));
    assert!(of_whole.status.success() && text(&of_whole.stdout).lines().count() > 6);
    assert_eq!(text(&of_parts.stdout), text(&of_whole.stdout));
    // Also where classes are told apart by what is of all places.
    let apart = middle.replace("id = 'all', ", "id = 'all', where = { number = { at_least = 7 } }, ");
    let number = "[[figures]]\nid = 'number'\nvalue = { aggregate = 'count' }\n";
    std::fs::write(&policy, apart + number).unwrap();
    let [of_parts, of_whole] = [&parts, &whole].map(|roster| asked(roster, &["--by", "year", "--format", "csv"]));
    assert!(of_whole.status.success(), "{}", text(&of_whole.stderr));
    assert_eq!(text(&of_parts.stdout), text(&of_whole.stdout));
}
