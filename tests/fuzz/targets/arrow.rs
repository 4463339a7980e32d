//! A roster as record batches is the roster that its cells are as rows: the same places or the same problems.
#![no_main]

use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringArray};
use fundlayers::roster::Cell;
use fundlayers::{Code, Policy, Problems, Roster, RosterBuilder, RowBuilder};
use fundlayers_formats::arrow;
use libfuzzer_sys::fuzz_target;

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    serde_json::from_str(
        r#"{ "id": "fuzz", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "元", "payers": { "city": {} },
        "kinds": { "town": { "zh": "镇" }, "village": { "zh": "村" } }, "layers": [{ "id": "city", "payer": "city" }],
        "attributes": { "pupils": { "type": "number" }, "poor": { "type": "flag" } },
        "classes": [{ "id": "all", "funding": { "city": { "rate": "0.5", "of": "pupils", "when": { "poor": false } } } }] }"#,
    )
    .unwrap()
});

/// Cells of a column: nothing or a text, in the order of the rows.
type Column = Vec<Option<String>>;

/// The rows that the bytes are: cells parted by tabs, rows by lines.
fn columns(text: &str) -> [Column; 6] {
    let mut columns: [Column; 6] = Default::default();
    for line in text.lines().take(64) {
        let mut cells = line.split('\t');
        for column in &mut columns {
            column.push(cells.next().filter(|cell| !cell.is_empty()).map(str::to_owned));
        }
    }
    columns
}

fn seen(result: Result<(Roster, Problems), Problems>) -> String {
    match result {
        Ok((roster, warnings)) => {
            let places = roster.iter().map(|place| {
                let pupils = place.attribute("pupils");
                format!("{:?} {} {} {} {pupils:?}", place, place.name(), place.kind(), place.count())
            });
            format!("{}\n{}", places.collect::<Vec<_>>().join("\n"), codes(&warnings))
        }
        Err(problems) => codes(&problems),
    }
}

fn codes(problems: &Problems) -> String {
    let one = |problem: &fundlayers::Problem| -> (Code, Option<u32>) { (problem.code(), problem.location().row) };
    format!("{:?}", problems.iter().map(one).collect::<Vec<_>>())
}

fuzz_target!(|text: &str| {
    let names = ["name", "kind", "count", "pupils", "poor", "county"];
    let [name, kind, count, pupils, poor, county] = columns(text);
    let count: Vec<Option<i64>> = count.iter().map(|cell| cell.as_deref()?.parse().ok()).collect();
    let pupils: Vec<Option<i128>> = pupils.iter().map(|cell| cell.as_deref()?.parse::<i64>().ok().map(i128::from)).collect();
    let poor: Vec<Option<bool>> = poor.iter().map(|cell| cell.as_deref().map(|cell| cell.len() % 2 == 0)).collect();
    let arrays: [ArrayRef; 6] = [
        Arc::new(StringArray::from(name.clone())),
        Arc::new(StringArray::from(kind.clone())),
        Arc::new(Int64Array::from(count.clone())),
        Arc::new(Decimal128Array::from(pupils.clone()).with_precision_and_scale(38, 2).unwrap()),
        Arc::new(BooleanArray::from(poor.clone())),
        Arc::new(StringArray::from(county.clone())),
    ];
    let batch = RecordBatch::try_from_iter(names.into_iter().zip(arrays)).unwrap();
    let mut reader = arrow::Reader::new(&batch.schema(), |titles| RosterBuilder::new(&POLICY, titles));
    reader.push(&batch);
    let by_columns = seen(reader.finish());
    let mut builder = RosterBuilder::new(&POLICY, &names.map(|name| (name, None)));
    for row in 0..name.len() {
        let (count, pupils) = (count[row].map(|n| n.to_string()), pupils[row].map(hundredths));
        fn text(cell: &Option<String>) -> Cell<'_> {
            cell.as_deref().map_or(Cell::Blank, Cell::Text)
        }
        fn number(cell: &Option<String>) -> Cell<'_> {
            cell.as_deref().map_or(Cell::Blank, Cell::Number)
        }
        let poor = poor[row].map_or(Cell::Blank, Cell::Flag);
        let cells = [text(&name[row]), text(&kind[row]), number(&count), number(&pupils), poor, text(&county[row])];
        builder.push_row(None, &cells);
    }
    assert_eq!(by_columns, seen(builder.finish()));
});

/// A mantissa of two decimals as digits.
fn hundredths(mantissa: i128) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = mantissa.unsigned_abs();
    format!("{sign}{}.{:02}", digits / 100, digits % 100)
}
