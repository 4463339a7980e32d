//! Workbooks as offices keep them come to the same tables whatever program wrote them; the files stand in `tests/sheets`.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::path::Path;

use fundlayers::sheet::SheetOptions;
use fundlayers::{Allocation, Code, Grouping, Policy, Problems, ReceiptsBuilder, Roster, RosterBuilder, Unit};
use fundlayers_formats::{Format, read_policy, read_rows};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("sheets").join(name)).unwrap()
}

fn format(name: &str) -> Format {
    Format::from_extension(name.rsplit('.').next().unwrap()).unwrap()
}

fn policy() -> Policy {
    let built_in = fundlayers_policies::get("tongchuan-2023").unwrap();
    read_policy(built_in.policy_toml.as_bytes(), Format::Toml).unwrap().0
}

fn roster(name: &str, options: &SheetOptions) -> Result<(Roster, Problems), Problems> {
    let policy = policy();
    read_rows(&bytes(name), format(name), options, |titles| RosterBuilder::new(&policy, titles))
}

fn codes(problems: &Problems) -> Vec<String> {
    let told = |problem: &fundlayers::Problem| {
        let location = problem.location();
        format!("{} {}", location.cell.clone().unwrap_or_default(), problem.code())
    };
    problems.iter().map(told).collect()
}

/// tests/sheets/README.md: a year in 万元 by county and layer.
#[test]
fn the_office_roster_is_the_same_from_every_program() {
    let right = [
        ("耀州区", "central_provincial", "700"),
        ("耀州区", "city", "140"),
        ("印台区", "central_provincial", "600"),
        ("印台区", "city", "120"),
        ("宜君县", "central_provincial", "500"),
        ("宜君县", "city", "100"),
        ("王益区", "city", "420"),
        ("王益区", "county", "420"),
        ("新区", "city", "360"),
        ("新区", "county", "360"),
    ];
    let mut filled = SheetOptions::default();
    filled.fill_down = Some(true);
    for (name, options) in [
        ("roster-office.xlsx", &SheetOptions::default()),
        ("roster-office.xls", &SheetOptions::default()),
        ("roster-office.ods", &SheetOptions::default()),
        ("roster-office.csv", &filled),
    ] {
        let (roster, warnings) = roster(name, options).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        assert_eq!((roster.len(), warnings.len()), (31, 0), "{name}: {warnings}");
        let allocation = Allocation::for_years(&policy(), &roster, &[2024]).unwrap().0;
        let totals = allocation.totals(&[Grouping::County, Grouping::Layer], false).unwrap();
        let found: Vec<_> =
            (totals.iter()).map(|row| (row.key(0), row.key(1), row.amount().in_unit(Unit::Wan).to_string())).collect();
        let right: Vec<_> = right.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())).into();
        assert_eq!(found, right, "{name}");
    }
    // In the CSV the blanks cannot be told from missing ones.
    let problems = roster("roster-office.csv", &SheetOptions::default()).unwrap_err();
    assert_eq!(codes(&problems), [" merged-cells"]);
}

#[test]
fn the_office_ledger_is_the_same_from_every_program() {
    for name in ["ledger-yuan.xlsx", "ledger-yuan.xls", "ledger-yuan.ods"] {
        let read = read_rows(&bytes(name), format(name), &SheetOptions::default(), ReceiptsBuilder::new);
        let (receipts, warnings) = read.unwrap_or_else(|problems| panic!("{name}: {problems}"));
        let sum = |event: &str| {
            let of = receipts.iter().filter(|receipt| receipt.event().as_str() == event);
            of.map(|receipt| receipt.amount().fen()).sum::<i64>()
        };
        // 200 + 250 + 330 and 90.00005 + 250 万元; the 合计 agrees.
        assert_eq!((sum("received"), sum("spent")), (780_000_000, 340_000_050), "{name}");
        assert!(warnings.iter().all(|warning| warning.code().as_str() == "stale-formulas"), "{name}: {warnings}");
    }
}

#[test]
fn traps_are_told_at_their_cells() {
    let of = |name| roster(name, &SheetOptions::default());
    assert_eq!(codes(&of("trap-not-calculated.xlsx").unwrap_err()), ["Sheet!D2 not-calculated"]);
    let codes_of_ids = codes(&of("trap-codes.xlsx").unwrap_err());
    assert!(codes_of_ids.contains(&"Sheet1!A3 digits-lost".to_owned()), "{codes_of_ids:?}");
    assert!(codes_of_ids.contains(&"Sheet1!A4 spoiled-text".to_owned()), "{codes_of_ids:?}");
    let (roster, warnings) = of("trap-hidden-rows.xlsx").unwrap();
    assert_eq!(roster.len(), 5);
    assert!(warnings.iter().any(|warning| warning.code().as_str() == "hidden-cells"), "{warnings}");
    let far = of("trap-far-cell.xlsx").unwrap_err();
    assert!(far.iter().any(|problem| problem.location().cell.as_deref() == Some("Sheet!A1048576")), "{far}");
}

#[test]
fn several_sheets_that_fit_are_named_and_one_of_them_is_read() {
    let policy = policy();
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, place) in [("说明", ""), ("2023", "甲村"), ("2024", "乙村")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        let row = if place.is_empty() { ["填表说明", "", ""] } else { ["名称", "类型", "认定层级"] };
        for (at, title) in (0..).zip(row) {
            sheet.write_string(0, at, title).unwrap();
        }
        for (at, cell) in (0..).zip([place, "村", "市级"]).filter(|_| !place.is_empty()) {
            sheet.write_string(1, at, cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let read = |sheet: Option<&str>| {
        let mut options = SheetOptions::default();
        options.sheet = sheet.map(str::to_owned);
        read_rows(&bytes, Format::Xlsx, &options, |titles| RosterBuilder::new(&policy, titles))
    };
    let problems = read(None).unwrap_err();
    assert_eq!(problems.iter().map(fundlayers::Problem::code).collect::<Vec<_>>(), [Code::SeveralSheets]);
    assert!(problems.to_string().contains("`2023`, `2024`"), "{problems}");
    assert_eq!(read(Some("2024")).unwrap().0.iter().map(|place| place.name().to_owned()).collect::<Vec<_>>(), ["乙村"]);
    assert_eq!(read(Some("2025")).unwrap_err().iter().next().unwrap().code().as_str(), "sheet-not-found");
}
