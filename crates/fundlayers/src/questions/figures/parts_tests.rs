//! Figures of a roster in parts come to what those of the whole come to, to the byte.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::language::Lang;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::results::figures::Figures;
use crate::results::settlement::Settlement;
use crate::results::summary::{Part, PassSums, Settling, Summary, Summed, Summing};
use crate::results::totals::Grouping;
use crate::rows::records::{Cell, RowBuilder};
use crate::tables::table::{Report, Table};

/// A place: county, kind, x (none: blank), y, how many, and whether it is there in the first year.
type Place = (u8, bool, Option<i32>, u32, u32, bool);

/// Figures that read many places, of which some cannot be had; on `shares` and `mean` of y no amount rests.
fn policy(figures: &Value, funding: &Value) -> Policy {
    serde_json::from_value(json!({
        "id": "e", "title": { "zh": "例", "en": "Example" }, "years": [2024, 2025], "unit": "元", "payers": { "city": {} },
        "rounding": { "unit": "元", "places": 0 },
        "kinds": { "town": {}, "village": {} },
        "attributes": { "x": { "type": "number" }, "y": { "type": "number" } },
        "layers": [{ "id": "l0", "payer": "city", "sign": "any" }, { "id": "l1", "payer": "city" }],
        "pools": [{ "id": "grant", "amount": 997, "weights": { "equal": 1 } }],
        "figures": figures,
        "classes": [
            { "id": "towns", "kind": "town", "standard": 40, "funding": funding },
            { "id": "villages", "kind": "village", "funding": { "l0": 7 } }
        ]
    }))
    .unwrap()
}

fn policies() -> impl Strategy<Value = Policy> {
    let sum = |of: &str| json!({ "aggregate": "sum", "of": of, "over": ["county"] });
    let figures = [
        ("share", json!({ "quotient": ["x", sum("x")] })),
        ("mean", json!({ "aggregate": "mean", "of": "y", "where": { "y": { "above": 3 } } })),
        ("of_mean", json!({ "aggregate": "greatest", "of": { "quotient": ["y", sum("x")] } })),
        ("tiny", json!({ "rate": "1/60000000000", "of": "y" })),
        ("layers", json!({ "difference": ["l1", { "aggregate": "mean", "of": "l0", "over": ["class"] }] })),
        ("standing", json!({ "rate": "1/7", "of": "standard" })),
        ("before", json!({ "last_year": "l1", "first": "y" })),
        ("large", json!({ "product": ["y", 100_000_000_000_000_u64, 100_000_000_000_000_u64] })),
        ("ratio", json!({ "quotient": ["y", { "difference": ["y", 3] }] })),
        (
            "middle",
            json!({ "aggregate": "median", "of": { "rate": "1/3", "of": "y" }, "over": ["county"], "where": { "y": { "above": 3 } } }),
        ),
        (
            "of_ratios",
            json!({ "aggregate": "median", "of": { "quotient": ["y", { "difference": ["y", 3] }] }, "over": ["class"] }),
        ),
        ("of_classes", json!({ "aggregate": "count", "over": ["class", "county"], "where": { "y": { "below": 50 } } })),
    ];
    let amounts = prop_oneof![
        Just(json!({ "l0": "y", "l1": 3 })),
        Just(json!({ "l0": "y", "l1": { "pool": "grant" } })),
        Just(
            json!({ "l0": { "rate": "1/3", "of": { "aggregate": "mean", "of": "y" } }, "l1": { "rate": "1/2", "of": "l0" } })
        ),
    ];
    (prop::sample::subsequence(figures.to_vec(), 1..=5), amounts).prop_map(|(figures, funding)| {
        let figures: Vec<Value> =
            figures.into_iter().map(|(id, value)| json!({ "id": id, "unit": "分", "value": value })).collect();
        policy(&figures.into(), &funding)
    })
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let blank = prop_oneof![1 => Just(None), 7 => (-3..30_i32).prop_map(Some)];
    let count = prop_oneof![3 => Just(1_u32), 1 => 1..5_u32];
    prop::collection::vec((0..3_u8, any::<bool>(), blank, 0..60_u32, count, prop::bool::weighted(0.8)), 1..14)
}

/// The rows of places, of which so many stand before these; ids fall.
fn read(policy: &Policy, part: &Part, places: &[Place]) -> Result<(Roster, Problems), Problems> {
    let titles = ["id", "name", "county", "kind", "x", "y", "count", "from"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    builder.after_rows(part.rows_before());
    for (row, (county, is_town, x, y, count, early)) in (part.first_row()..).zip(places) {
        let (id, name) = (format!("p{:03}", 900 - row), format!("n{row}"));
        let x = x.map_or(String::new(), |x| x.to_string());
        let county = ["甲县", "", "乙县"][usize::from(*county)];
        let (kind, from) = (if *is_town { "town" } else { "village" }, if *early { "2024" } else { "2025" });
        let cells = [&*id, &name, county, kind, &x, &y.to_string(), &count.to_string(), from];
        builder.push_row(None, &cells.map(Cell::Text));
    }
    builder.finish()
}

fn cut(places: &[Place], cuts: &[usize]) -> Vec<(Part, Vec<Place>)> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (places.len() + 1)).chain([places.len()]).collect();
    ends.sort_unstable();
    let mut start = 0;
    let part = |end: usize| {
        let part = (Part::new(u64::try_from(start).unwrap()), places[start..end].to_vec());
        start = end;
        part
    };
    ends.into_iter().map(part).collect()
}

fn again<T: Serialize + DeserializeOwned>(thing: &T) -> T {
    serde_json::from_str(&serde_json::to_string(thing).unwrap()).unwrap()
}

type Parts = [(Part, Vec<Place>)];

fn settled(policy: &Policy, parts: &Parts) -> Result<Option<Settlement>, Problems> {
    let begun = || Settling::new(policy, None)?.with_figures();
    let mut settling = begun()?;
    while !settling.is_settled() {
        let worker = Settling::new(policy, None)?.going_on(again(settling.so_far()))?;
        let mut sums: Vec<PassSums> =
            parts.iter().map(|(part, places)| again(&worker.part(part, read(policy, part, places)))).collect();
        let mut all = sums.pop().unwrap();
        sums.into_iter().try_for_each(|sums| all.merge(sums))?;
        settling = settling.next(all)?;
    }
    Ok(Some(again(settling.so_far())).filter(|settlement| settlement.passes() > 0))
}

fn merged(summing: &Summing, parts: &Parts, from_behind: bool) -> Summary {
    let of_part =
        |(part, places): &(Part, Vec<Place>)| again(&summing.part(part, read(summing.policy(), part, places)).0);
    let mut summaries: Vec<Summary> = parts.iter().map(of_part).collect();
    if from_behind {
        summaries.reverse();
    }
    let mut all = summing.nothing();
    for summary in summaries {
        all.merge(summary).unwrap();
    }
    again(&all)
}

/// What parts come to by columns, in a second pass where that is needed; and how many figures were in doubt.
fn summed(
    policy: &Policy,
    parts: &Parts,
    by: &[Grouping],
    from_behind: bool,
) -> Result<(Summed, Problems, usize), Problems> {
    let summing = match settled(policy, parts)? {
        Some(settlement) => Summing::settled(policy, &settlement, by)?,
        None => Summing::new(policy, None, by)?,
    };
    let summing = summing.with_figures()?;
    let (summed, warnings) = summing.finish(merged(&summing, parts, from_behind))?;
    let Some(doubt) = summed.figures_in_doubt() else { return Ok((summed, warnings, 0)) };
    assert_eq!(codes(&summed.figure_totals().unwrap_err()), [Code::UnlikeSummaries]);
    let in_doubt = doubt.len();
    let exact = summing.exactly(again(&doubt));
    let (summed, warnings) = exact.finish(merged(&exact, parts, !from_behind))?;
    assert!(summed.figures_in_doubt().is_none());
    Ok((summed, warnings, in_doubt))
}

fn codes(problems: &Problems) -> Vec<Code> {
    problems.iter().map(Problem::code).collect()
}

fn shown(table: &Table<'_>) -> String {
    format!("{:?} {:?}", table.columns(), table.batches().collect::<Vec<_>>())
}

fn printed(report: &Report<'_>) -> String {
    format!("{} {:?} {:?} {:?}", report.title, report.columns, report.rows.to_vec(), report.notes)
}

/// In both languages, with its place.
fn told(problems: &Problems) -> Vec<[String; 2]> {
    problems.iter().map(|problem| [Lang::Zh, Lang::En].map(|lang| problem.to_text(lang))).collect()
}

/// The figures of each row and year.
fn of_rows(figures: &Figures) -> Vec<(String, u16, Vec<Option<rust_decimal::Decimal>>)> {
    let allocation = figures.allocation();
    let of_row = |place: crate::roster::Recipient<'_>| {
        let of_year = |year: &u16| {
            let of = |figure| figures.number(place.row(), *year, figure);
            (place.id().to_owned(), *year, (0..allocation.policy().figures().len()).map(of).collect())
        };
        allocation.years().iter().map(of_year).collect::<Vec<_>>()
    };
    allocation.roster().iter().flat_map(of_row).collect()
}

/// What the whole says of its rows, and of its figures.
fn all_of(mut warnings: Problems, more: Problems) -> Problems {
    warnings.append(more);
    warnings
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn figures_of_parts_come_to_those_of_the_whole(
        policy in policies(),
        places in places(),
        cuts in prop::collection::vec(any::<usize>(), 0..4),
        by in prop::sample::subsequence(
            [Grouping::Id, Grouping::County, Grouping::Kind, Grouping::Class, Grouping::Year].to_vec(), 0..4).prop_shuffle(),
        from_behind in any::<bool>(),
    ) {
        let (roster, warnings) = read(&policy, &Part::new(0), &places).unwrap();
        let parts = cut(&places, &cuts);
        let whole = Allocation::new(&policy, &roster);
        let found = summed(&policy, &parts, &by, from_behind);
        let ((whole, more), (found, told_of_parts, _)) = match (whole, found) {
            (Ok(whole), Ok(found)) => (whole, found),
            (Err(_), Err(_)) => return Ok(()),
            (whole, found) => {
                prop_assert!(false, "{:?} {:?}", whole.err(), found.err());
                return Ok(());
            }
        };
        let warnings = all_of(warnings, more);
        let (expected, blank) = whole.figure_totals(&by).unwrap();
        let totals = found.figure_totals().unwrap();
        prop_assert_eq!(shown(&totals.table()), shown(&expected.table()));
        for lang in [Lang::Zh, Lang::En] {
            prop_assert_eq!(printed(&totals.report(lang)), printed(&expected.report(lang)));
        }
        prop_assert_eq!(told(&told_of_parts).len(), told(&all_of(warnings.clone(), blank.clone())).len());
        prop_assert_eq!(&told(&told_of_parts)[warnings.len()..], &told(&blank)[..]);

        // And each row of each part has the figures of the whole.
        let (expected, blank) = whole.figures().unwrap();
        let summing = match settled(&policy, &parts).unwrap() {
            Some(settlement) => Summing::settled(&policy, &settlement, &[]),
            None => Summing::new(&policy, None, &[]),
        };
        let summing = summing.unwrap().with_figures_of_rows().unwrap();
        let (mut all, mut tables, mut numbers) = (summing.nothing(), Vec::new(), Vec::new());
        for (part, places) in &parts {
            let (summary, figures) = summing.part_with_figures(part, read(&policy, part, places));
            all.merge(again(&summary)).unwrap();
            let figures = figures.unwrap();
            tables.push(format!("{:?}", figures.table().columns()));
            numbers.extend(of_rows(&figures));
        }
        let columns = format!("{:?}", expected.table().columns());
        prop_assert_eq!(tables, vec![columns; parts.len()]);
        prop_assert_eq!(numbers, of_rows(&expected));
        let (_, told_of_parts) = summing.finish(all).unwrap();
        prop_assert_eq!(&told(&told_of_parts)[warnings.len()..], &told(&blank)[..]);
    }
}

/// 3 × 1/60,000,000,000 is half a step of the tenth decimal: each in a part of its own, it takes another pass to tell.
#[test]
fn a_sum_that_is_half_a_step_takes_another_pass() {
    let policy =
        policy(&json!([{ "id": "tiny", "value": { "rate": "1/60000000000", "of": "y" } }]), &json!({ "l0": 1 }));
    let place = |county| (county, true, Some(1), 1, 1, true);
    let parts = cut(&[place(0), place(0), place(0), place(2)], &[1, 2, 3]);
    let (found, _, in_doubt) = summed(&policy, &parts, &[Grouping::County, Grouping::Year], false).unwrap();
    let totals = found.figure_totals().unwrap();
    let sum = |group| totals.numbers(group, 0).sum.unwrap().to_string();
    assert_eq!((in_doubt, totals.groups()), (2, 4));
    assert_eq!([sum(0), sum(1), sum(2)], ["0.0000000001", "0.0000000001", "0"]);
    assert_eq!([totals.key(1, 0), totals.key(1, 1)], ["甲县", "2025"]);
}

#[test]
fn what_figures_need_of_all_places_is_settled_or_refused() {
    let of = |value: Value| policy(&json!([{ "id": "f", "value": value }]), &json!({ "l0": 1 }));
    let mean = of(json!({ "aggregate": "mean", "of": "y" }));
    // Amounts need nothing, but the figure does.
    let summing = Summing::new(&mean, None, &[]).unwrap();
    for refused in [summing.clone().with_figures(), summing.with_figures_of_rows()] {
        let problems = refused.unwrap_err();
        assert_eq!(codes(&problems), [Code::NeedsWholeRoster]);
        assert_eq!(problems.iter().next().unwrap().location().key.as_deref(), Some("figures.f"));
    }
    // What was settled for amounts only is not enough.
    let settled_without = Settling::new(&mean, None).unwrap();
    assert!(settled_without.is_settled());
    let summing = Summing::settled(&mean, settled_without.so_far(), &[]).unwrap();
    assert_eq!(codes(&summing.with_figures().unwrap_err()), [Code::UnlikeSummaries]);
    // Sums with and without figures are not of one pass.
    let settling = settled_without.clone().with_figures().unwrap();
    assert_eq!(codes(&settling.nothing().merge(settled_without.nothing()).unwrap_err()), [Code::UnlikeSummaries]);

    let median = of(json!({ "aggregate": "median", "of": "y" }));
    assert!(!Settling::new(&median, None).unwrap().with_figures().unwrap().is_settled());

    let plain = of(json!("y"));
    let summing = |by: &[Grouping]| Summing::new(&plain, None, by).unwrap();
    assert_eq!(codes(&summing(&[Grouping::Layer]).with_figures().unwrap_err()), [Code::UnknownGrouping]);
    let (without, with) = (summing(&[]), summing(&[]).with_figures().unwrap());
    assert_eq!(codes(&without.nothing().merge(with.nothing()).unwrap_err()), [Code::UnlikeSummaries]);
    let (summed, _) = without.finish(without.nothing()).unwrap();
    assert_eq!(codes(&summed.figure_totals().unwrap_err()), [Code::UnlikeSummaries]);
}

#[test]
fn what_cannot_be_had_is_counted_over_all_parts_and_named_with_its_file() {
    let policy = policy(&json!([{ "id": "f", "value": { "rate": 2, "of": "x" } }]), &json!({ "l0": 1 }));
    let place = |x| (0, true, x, 1, 1, true);
    let summing = Summing::new(&policy, None, &[]).unwrap().with_figures().unwrap();
    let mut all = summing.nothing();
    let parts = [
        (Part::new(5).in_file("b.parquet", 0), vec![place(None)]),
        (Part::new(2).in_file("a.parquet", 2), vec![place(Some(1)), place(None), place(None)]),
    ];
    for (part, places) in &parts {
        all.merge(again(&summing.part(part, read(&policy, part, places)).0)).unwrap();
    }
    let (_, warnings) = summing.finish(all).unwrap();
    let warning = warnings.iter().next().unwrap();
    assert_eq!(
        warning.to_text(Lang::En),
        "a.parquet: row 4: figures.f: f cannot be had for 6 of 8 rows and years and is blank there, such as n3 in 2024: `x` is blank; \
         no amount rests on it; fill in what it reads if it is to be shown [blank-figure]"
    );
    let file = warnings.iter().last().and_then(|warning| warning.location().file.as_deref());
    assert_eq!((warnings.len(), file), (1, Some("a.parquet")));
}
