use super::*;
use crate::engine::roster::RosterBuilder;
use crate::ground::language::Lang;
use crate::rows::records::{Cell, RowBuilder};

fn policy(document: &str) -> Policy {
    serde_json::from_str(&format!(
        r#"{{ "id": "e", "title": {{ "zh": "例" }}, "years": [2024, 2025], "unit": "元", {document} }}"#
    ))
    .unwrap()
}

fn plain() -> Policy {
    policy(
        r#""layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
           "attributes": { "pupils": { "type": "number" } },
           "classes": [{ "id": "all", "expected": 4, "funding": { "city": { "rate": 10, "of": "pupils" } } }]"#,
    )
}

/// The summary of the rows of a part: id, county, first year, pupils.
fn summed(summing: &Summing, part: &Part, rows: &[[&str; 4]]) -> Summary {
    let titles = ["id", "name", "county", "from", "pupils"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(summing.policy(), &titles);
    builder.after_rows(part.rows_before());
    for [id, county, from, pupils] in rows {
        builder.push_row(None, &[id, &*format!("n{id}"), county, from, pupils].map(Cell::Text));
    }
    summing.part(part, builder.finish()).0
}

fn merged(summing: &Summing, parts: impl IntoIterator<Item = Summary>) -> Summary {
    let mut all = summing.nothing();
    parts.into_iter().for_each(|part| all.merge(part).unwrap());
    all
}

fn told(problems: &Problems) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_said_is_said_in_every_language_after_a_journey() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[]).unwrap();
    let summary = summed(&summing, &Part::new(0), &[["1", "甲县", "2024", "many"], ["1", "甲县", "2025", "6"]]);
    let again = serde_json::from_str::<Summary>(&serde_json::to_string(&summary).unwrap()).unwrap();
    let problems = [summary, again].map(|summary| summing.finish(summary).unwrap_err());
    for lang in [Lang::Zh, Lang::En] {
        let [here, there] = problems
            .each_ref()
            .map(|problems| problems.iter().map(|problem| problem.to_text(lang)).collect::<Vec<_>>());
        assert_eq!(here, there);
    }
    assert!(problems[1].iter().any(|problem| problem.message(Lang::Zh).contains('数')), "{problems:?}");
}

#[test]
fn what_rests_on_the_whole_roster_is_refused_with_path_and_passes() {
    let policy = policy(
        r#""layers": [{ "id": "a", "payer": "city" }, { "id": "b", "payer": "city" },
                      { "id": "c", "payer": "city", "limit": { "amount": 100, "rule": "proportional" } }, { "id": "d", "payer": "city" }],
           "payers": { "city": {} }, "attributes": { "pupils": { "type": "number" } },
           "pools": [{ "id": "free", "amount": 100, "weights": { "equal": 1 } },
                     { "id": "held", "amount": 100, "weights": { "equal": 1 }, "at_least": 1 }],
           "figures": [{ "id": "mean", "value": { "aggregate": "mean", "of": "pupils" } },
                       { "id": "above", "value": { "aggregate": "count", "where": { "pupils": { "above": "mean" } } } },
                       { "id": "unread", "value": { "aggregate": "count" } }],
           "classes": [{ "id": "all", "funding": { "a": { "pool": "free" }, "b": { "pool": "held" }, "c": 5, "d": "above" } }]"#,
    );
    let problems = Summing::new(&policy, None, &[]).unwrap_err();
    assert_eq!(
        told(&problems),
        [
            "pools.free: shares out over all places, which takes 3 passes over the rows; find it in passes over rows that can be read again, or read the roster as a whole [needs-whole-roster]",
            "pools.held: shares out over all places within bounds, which takes at least 4 passes over the rows; find it in passes over rows that can be read again, or read the roster as a whole [needs-whole-roster]",
            "layers.c.limit: cuts what all places claim together, which takes at least 3 passes over the rows; find it in passes over rows that can be read again, or read the roster as a whole [needs-whole-roster]",
            "figures.mean: reads a number of many places, which takes 2 passes over the rows; find it in passes over rows that can be read again, or read the roster as a whole [needs-whole-roster]",
            "figures.above: reads a number of many places, which takes 3 passes over the rows; find it in passes over rows that can be read again, or read the roster as a whole [needs-whole-roster]",
        ]
    );
    assert!(problems.iter().all(|problem| problem.code() == Code::NeedsWholeRoster));
}

#[test]
fn a_policy_of_figures_that_no_amount_reads_is_summed() {
    let policy = policy(
        r#""layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
           "figures": [{ "id": "places", "value": { "aggregate": "count" } }],
           "classes": [{ "id": "all", "funding": { "city": 5 } }]"#,
    );
    assert_eq!(WholeRoster::of(&policy), []);
}

#[test]
fn problems_name_file_and_row_and_the_rest_is_counted() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[Grouping::County]).unwrap();
    let good = [["1", "甲县", "", "3"], ["2", "甲县", "", "4"]];
    let bad = [["3", "甲县", "", "5"], ["4", "乙县", "", "x"]];
    let parts = || {
        [
            summed(&summing, &Part::new(0).in_file("a.parquet", 0), &good),
            summed(&summing, &Part::new(2).in_file("b.parquet", 100), &bad),
        ]
    };
    let [first, second] = parts();
    assert!(second.has_failed() && !first.has_failed());
    let problems = summing.finish(merged(&summing, parts())).unwrap_err();
    let problem = problems.iter().next().unwrap();
    let place = problem.location();
    assert_eq!((problems.len(), problem.code(), problem.found_text()), (1, Code::BadNumber, Some("x")));
    assert_eq!(
        (place.file.as_deref(), place.row, place.column.as_deref()),
        (Some("b.parquet"), Some(102), Some("pupils"))
    );
    // Of thirty in each of two parts, the first twenty are kept.
    let rows: Vec<[&str; 4]> = vec![["", "甲县", "", "x"]; 30];
    let late = summed(&summing, &Part::new(50), &rows);
    let early = summed(&summing, &Part::new(2), &rows);
    let problems = summing.finish(merged(&summing, [late, early])).unwrap_err();
    let bad: Vec<Option<u32>> = problems
        .iter()
        .filter(|problem| problem.code() == Code::BadNumber)
        .map(|problem| problem.location().row)
        .collect();
    assert_eq!(bad, (3..23).map(Some).collect::<Vec<_>>());
    assert!(problems.errors() >= 60);
}

#[test]
fn what_is_said_of_a_column_is_said_once() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[]).unwrap();
    let part = |first: u64, file: &str, title: &str| {
        let titles = ["id", "name", "pupils", title].map(|title| (title, None));
        let mut builder = RosterBuilder::new(&policy, &titles);
        let id = first.to_string();
        builder.push_row(None, &[&*id, &*id, "1", "x"].map(Cell::Text));
        summing.part(&Part::new(first).in_file(file, 0), builder.finish()).0
    };
    let parts = [part(9, "b", "extra"), part(0, "a", "extra"), part(12, "c", "other"), part(20, "d", "extra")];
    let (_, warnings) = summing.finish(merged(&summing, parts)).unwrap();
    let told: Vec<(Code, Option<&str>, Option<&str>)> = warnings
        .iter()
        .map(|problem| (problem.code(), problem.location().file.as_deref(), problem.found_text()))
        .collect();
    assert_eq!(warnings.iter().filter(|problem| problem.code() == Code::UnknownColumn).count(), 2, "{told:?}");
    assert_eq!(told.first().map(|told| told.1), Some(Some("a")));
    assert!(!warnings.iter().any(|problem| problem.code() == Code::ExpectedCount), "there are four");
}

#[test]
fn counts_of_classes_are_compared_once_all_parts_are_known() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[Grouping::Class]).unwrap();
    let parts = || {
        [
            summed(&summing, &Part::new(0), &[["1", "甲县", "", "3"], ["2", "甲县", "", "4"]]),
            summed(&summing, &Part::new(2), &[["3", "甲县", "2025", "3"]]),
        ]
    };
    let (all, warnings) = summing.finish(merged(&summing, parts())).unwrap();
    assert_eq!((all.rows(), all.places()), (3, 3));
    assert_eq!(
        told(&warnings),
        ["classes.all.expected: class `all` counts 2 in the roster in 2024, the document says 4 [expected-count]"]
    );
}

#[test]
fn ids_in_two_parts_are_an_error_and_within_one_are_not() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[]).unwrap();
    // Two years of a place, in one part.
    let titles = ["id", "name", "from", "to", "pupils"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(&policy, &titles);
    for (from, to) in [("2024", "2024"), ("2025", "2025")] {
        builder.push_row(None, &["7", "n", from, to, "5"].map(Cell::Text));
    }
    let (twice, allocation) = summing.part(&Part::new(0), builder.finish());
    assert_eq!(allocation.unwrap().roster().places(), 1);
    let other = summed(&summing, &Part::new(2), &[["5", "甲县", "", "3"], ["9", "甲县", "", "4"]]);
    let (all, _) = summing.finish(merged(&summing, [twice.clone(), other.clone()])).unwrap();
    assert_eq!(
        all.totals(false).unwrap().iter().map(|row| (row.count(), row.amount().fen())).collect::<Vec<_>>(),
        [(3, 24_000)]
    );
    let again = summed(
        &summing,
        &Part::new(4).in_file("c.parquet", 0),
        &[["7", "甲县", "", "3"], ["long enough to be a hash", "", "", "1"]],
    );
    let hash = summed(&summing, &Part::new(9), &[["long enough to be a hash", "", "", "1"]]);
    let problems = summing.finish(merged(&summing, [again, other, hash, twice])).unwrap_err();
    let errors: Vec<String> = told(&problems).into_iter().filter(|text| text.contains("id-in-two-parts")).collect();
    assert_eq!(
        errors,
        [
            "column `id`: stands in the part from row 1 and in `c.parquet` (from row 5 of all), found `7` [id-in-two-parts]",
            "column `id`: an id stands in `c.parquet` (from row 5 of all) and in the part from row 10 [id-in-two-parts]",
        ]
    );
    assert!(problems.iter().any(|problem| problem.code() == Code::IdInTwoParts));
}

#[test]
fn an_engine_may_tell_of_an_id_in_two_parts() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[]).unwrap().trusting_ids();
    let parts = [3_u64, 1].map(|number| Part::new(number << 33).in_file(format!("partition {number}"), 0));
    let mut all = summing.nothing();
    for part in &parts {
        all.merge(summed(&summing, part, &[["7", "甲县", "", "3"], ["9", "甲县", "", "4"]])).unwrap();
    }
    let told_of = |mut all: Summary, ids: &[&str]| {
        for id in ids {
            all.tell_id_in_two_parts(id, &parts[0], &parts[1]);
        }
        told(&summing.finish(all).unwrap_err())
    };
    assert_eq!(
        told_of(all.clone(), &["7"]),
        ["column `id`: stands in `partition 1` and in `partition 3`, found `7` [id-in-two-parts]"]
    );
    assert_eq!(told_of(all, &["7", "9", "7"]).len(), 2);
}

#[test]
fn ids_that_are_not_kept_must_be_in_order() {
    // So many rows before that no ids are kept.
    const MANY: u64 = 1 << 30;
    let policy = plain();
    let summing = Summing::new(&policy, None, &[]).unwrap();
    let part = |first: u64, ids: [&'static str; 2]| {
        summed(&summing, &Part::new(MANY + first), &ids.map(|id| [id, "甲县", "", "1"]))
    };
    assert!(summing.finish(merged(&summing, [part(2, ["30", "40"]), part(0, ["10", "20"])])).is_ok());
    let crossed = || merged(&summing, [part(2, ["15", "40"]), part(0, ["10", "20"])]);
    let problems = summing.finish(crossed()).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).find(|code| *code == Code::IdsNotChecked), Some(Code::IdsNotChecked));
    let trusting = summing.clone().trusting_ids();
    let part = |first: u64, ids: [&'static str; 2]| {
        summed(&trusting, &Part::new(MANY + first), &ids.map(|id| [id, "甲县", "", "1"]))
    };
    assert!(trusting.finish(merged(&trusting, [part(2, ["15", "40"]), part(0, ["10", "20"])])).is_ok());
}

#[test]
fn summaries_of_other_years_or_columns_are_not_merged() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[Grouping::County]).unwrap();
    for other in
        [Summing::new(&policy, Some(&[2024]), &[Grouping::County]), Summing::new(&policy, None, &[Grouping::Layer])]
    {
        let problems = summing.nothing().merge(other.unwrap().nothing()).unwrap_err();
        assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::UnlikeSummaries]);
    }
    let problems = Summing::new(&policy, Some(&[2030]), &[]).unwrap_err();
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::YearOutsidePolicy]);
}

#[test]
fn a_total_beyond_64_bits_is_an_error_and_its_parts_are_not() {
    let policy = policy(
        r#""layers": [{ "id": "up", "payer": "city", "sign": "any" }, { "id": "down", "payer": "city", "sign": "any" }],
           "payers": { "city": {} },
           "classes": [{ "id": "up", "where": { "county": "甲县" }, "funding": { "up": 60000000000000000 } },
                       { "id": "down", "where": { "county": "乙县" }, "funding": { "down": -60000000000000000 } }]"#,
    );
    let part = |summing: &Summing, first: u64, county: &str| {
        let mut builder = RosterBuilder::new(summing.policy(), &[("name", None), ("county", None)]);
        builder.push_row(None, &[&*format!("n{first}"), county].map(Cell::Text));
        summing.part(&Part::new(first), builder.finish()).0
    };
    let one_year = Summing::new(&policy, Some(&[2024]), &[]).unwrap();
    let ups = [part(&one_year, 0, "甲县"), part(&one_year, 1, "甲县")];
    let (all, _) = one_year.finish(merged(&one_year, ups.clone())).unwrap();
    assert_eq!(all.totals(false).unwrap_err().iter().map(Problem::code).collect::<Vec<_>>(), [Code::Overflow]);
    let downs = [part(&one_year, 2, "乙县"), part(&one_year, 3, "乙县")];
    let (all, _) = one_year.finish(merged(&one_year, ups.into_iter().chain(downs))).unwrap();
    assert_eq!(
        all.totals(false).unwrap().iter().map(|row| (row.count(), row.amount().fen())).collect::<Vec<_>>(),
        [(4, 0)]
    );
}

#[test]
fn a_part_without_rows_adds_nothing() {
    let policy = plain();
    let summing = Summing::new(&policy, None, &[Grouping::County, Grouping::Year]).unwrap();
    let mut empty = RosterBuilder::new(&policy, &["id", "name", "county", "pupils"].map(|title| (title, None)));
    empty.after_rows(3);
    let (empty, _) = summing.part(&Part::new(3), empty.finish());
    assert_eq!(empty, summing.nothing());
}
