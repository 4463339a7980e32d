//! A roster in parts within limits comes to what the whole comes to, to the byte.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::money::Unit;
use crate::questions::funding::FundingSettlement;
use crate::results::summary::{Part, Settling, Summing};
use crate::results::totals::Grouping;
use crate::roster::Cell as Read;
use crate::rows::records::RowBuilder;

/// A place: id, whether it is a town, county, sponsor, how many, due, more.
type Place = (u16, bool, u8, u8, u32, i32, u32);

const COUNTIES: [&str; 4] = ["", "甲县", "乙县", "city"];
const SPONSORS: [&str; 3] = ["", "甲县", "丙厂"];

fn policy() -> Policy {
    serde_json::from_value(json!({
        "id": "e", "title": { "zh": "例", "en": "Example" }, "years": [2024, 2025], "unit": "元", "rounding": { "unit": "元", "places": 0 },
        "kinds": { "town": { "zh": "镇" }, "village": { "zh": "村" } },
        "payers": { "city": { "zh": "市级", "en": "City" }, "state": { "zh": "省级" } },
        "attributes": { "due": { "type": "number" }, "more": { "type": "number" }, "patron": { "type": "text" } },
        "layers": [
            { "id": "state", "payer": "state", "sign": "any" },
            { "id": "city", "name": { "zh": "市级", "en": "City" }, "payer": "city" },
            { "id": "county", "name": { "zh": "县级" }, "payer": "county", "rounding": { "unit": "元", "places": 1 } },
            { "id": "sponsor", "payer": { "attribute": "patron" } }
        ],
        "pools": [{ "id": "pool", "amount": 1_001, "weights": { "equal": 1 } }],
        "classes": [
            { "id": "towns", "kind": "town", "name": { "zh": "镇类", "en": "Towns" },
              "funding": { "state": "due", "city": { "rate": 3, "of": "more" }, "county": { "rate": "1/3", "of": "more" } } },
            { "id": "villages", "kind": "village", "name": { "zh": "村类", "en": "Villages" },
              "funding": { "state": { "pool": "pool" }, "city": "more", "county": "more", "sponsor": "more" } }
        ]
    }))
    .unwrap()
}

fn read(policy: &Policy, part: &Part, places: &[Place]) -> Result<(Roster, Problems), Problems> {
    let titles = ["id", "name", "kind", "county", "patron", "count", "due", "more"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    builder.after_rows(part.rows_before());
    for (id, town, county, sponsor, count, due, more) in places {
        let kind = if *town { "town" } else { "village" };
        let (county, sponsor) = (COUNTIES[usize::from(*county)], SPONSORS[usize::from(*sponsor)]);
        let [id, count, due, more] = [id.to_string(), count.to_string(), due.to_string(), more.to_string()];
        builder.push_row(None, &[&*id, "n", kind, county, sponsor, &count, &due, &more].map(Read::Text));
    }
    builder.finish()
}

fn limits(policy: &Policy, rows: &[(u8, u8, u16, u32)]) -> Limits {
    let mut builder = LimitsBuilder::new(policy, &["layer", "payer", "year", "amount(元)"].map(|title| (title, None)));
    let mut seen = std::collections::BTreeSet::new();
    for (layer, payer, year, amount) in rows {
        let layer = ["state", "city", "county", "sponsor"][usize::from(*layer)];
        let payer = match layer {
            "state" | "city" => layer,
            "county" => ["", "甲县", "乙县", "city", "甲"][usize::from(*payer)],
            _ => ["", "甲县", "丙厂", "乙县", "丁厂"][usize::from(*payer)],
        };
        if seen.insert((layer, payer, *year)) {
            builder.push_row(
                None,
                &[layer, payer, &year.to_string(), &format!("{}.{}", amount / 10, amount % 10)].map(Read::Text),
            );
        }
    }
    builder.finish().unwrap().0
}

fn place() -> impl Strategy<Value = Place> {
    let count = prop_oneof![3 => Just(1_u32), 1 => 1_u32..6];
    let more = prop_oneof![1 => 0_u32..4, 2 => 0_u32..200];
    (any::<u16>(), any::<bool>(), 0..4_u8, 0..3_u8, count, -20..90_i32, more)
}

fn rule() -> impl Strategy<Value = FundingRule> {
    prop_oneof![
        Just(FundingRule::Proportional),
        Just(FundingRule::ConstrainedEqualAwards),
        Just(FundingRule::ConstrainedEqualLosses),
        Just(FundingRule::Talmud),
        Just(FundingRule::Priority(vec!["villages".to_owned()])),
        Just(FundingRule::Priority(vec!["towns".to_owned(), "villages".to_owned()])),
    ]
}

/// Parts of a roster.
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

fn again<T: serde::Serialize + serde::de::DeserializeOwned>(thing: &T) -> T {
    serde_json::from_str(&serde_json::to_string(thing).unwrap()).unwrap()
}

fn summing(policy: &Policy, parts: &[(Part, Vec<Place>)], by: &[Grouping]) -> Summing {
    let mut settling = Settling::new(policy, None).unwrap();
    while !settling.is_settled() {
        let mut sums = settling.nothing();
        for (part, places) in parts {
            sums.merge(settling.part(part, read(policy, part, places))).unwrap();
        }
        settling = settling.next(sums).unwrap();
    }
    Summing::settled(policy, settling.so_far(), by).unwrap()
}

/// What is settled of parts, merged from behind or from the front.
fn settled(
    settling: FundSettling,
    parts: &[(Part, Vec<Place>)],
    room: Option<usize>,
    from_behind: bool,
) -> Result<FundSettling, Problems> {
    let policy = settling.summing().policy().clone();
    let mut settling = match room {
        Some(room) => settling.with_room(room),
        None => settling,
    };
    for _ in 0..100 {
        if settling.is_settled() {
            return Ok(settling);
        }
        let worker = settling.clone().going_on(again::<FundingSettlement>(settling.so_far())).unwrap();
        let mut all: Vec<_> =
            parts.iter().map(|(part, places)| again(&worker.part(part, read(&policy, part, places)))).collect();
        if from_behind {
            all.reverse();
        }
        let mut sums = settling.nothing();
        for part in all {
            sums.merge(part)?;
        }
        settling = settling.next(again(&sums))?;
        if let Some(room) = room {
            settling = settling.with_room(room);
        }
    }
    panic!("it never ends");
}

fn rows(allocation: &Allocation) -> Vec<(String, u16, String, i64)> {
    let line = |line: crate::results::allocation::Line<'_>| {
        (line.recipient().id().to_owned(), line.year(), line.layer().id.clone(), line.amount().fen())
    };
    allocation.all_lines().map(line).collect()
}

fn shown(table: &Table<'_>) -> String {
    format!("{:?} {:?}", table.columns(), table.batches().collect::<Vec<_>>())
}

/// The rows of tables, whatever batches they come in.
fn flat<'t>(table: &Table<'t>) -> Vec<String> {
    let row = |batch: &crate::tables::table::Batch<'t>, row| {
        format!("{:?}", batch.columns.iter().map(|cells| cells.cell(row, Lang::En)).collect::<Vec<_>>())
    };
    table.batches().flat_map(|batch| (0..batch.rows).map(|at| row(&batch, at)).collect::<Vec<_>>()).collect()
}

fn printed(report: &Report<'_>) -> String {
    format!("{} {:?} {:?} {:?}", report.title, report.columns, report.rows.to_vec(), report.notes)
}

fn told(problems: &Problems) -> Vec<String> {
    let both = |problem: &Problem| [Lang::Zh, Lang::En].map(|lang| problem.to_text(lang)).join(" ");
    problems.iter().map(both).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn parts_within_limits_come_to_what_the_whole_comes_to(
        places in prop::collection::vec(place(), 1..16).prop_map(|mut places| {
            // Ids differ, in whatever order; one place at least shares in the pool.
            let mut seen = std::collections::BTreeSet::new();
            places.retain(|place| seen.insert(place.0));
            places[0].1 = false;
            places
        }),
        rows_of_limits in prop::collection::vec((0..4_u8, 0..5_u8, 2023..=2025_u16, prop_oneof![0_u32..500, 0_u32..8_000]), 0..12),
        rule in rule(),
        cuts in prop::collection::vec(any::<usize>(), 0..4),
        by in prop_oneof![
            Just(vec![Grouping::Layer, Grouping::Payer, Grouping::Year]),
            prop::sample::subsequence(Grouping::ALL.to_vec(), 0..4).prop_shuffle()
        ],
        room in prop_oneof![Just(None), (2_usize..6).prop_map(Some)],
        from_behind: bool,
    ) {
        let policy = policy();
        let limits = limits(&policy, &rows_of_limits);
        let (roster, _) = read(&policy, &Part::new(0), &places).unwrap();
        let (whole, of_roster) = Allocation::new(&policy, &roster).unwrap();
        let (whole, expected) = whole.fund(&limits, &rule).unwrap();
        let parts = cut(&places, &cuts);
        let settling = FundSettling::new(&summing(&policy, &parts, &by), &limits, &rule).unwrap();
        let settling = settled(settling, &parts, room, from_behind).unwrap();
        let mut summary = settling.no_awards();
        let (mut funded, mut lines) = (Vec::new(), Vec::new());
        let options = TableOptions { unit: Unit::Yuan, zeros: by.len() % 2 == 0, wide: false };
        for (part, places) in &parts {
            let (of_part, allocations) = settling.awards(part, read(&policy, part, places));
            summary.merge(again(&of_part)).unwrap();
            if let Some((claims, of_part)) = allocations {
                funded.extend(rows(&of_part));
                lines.extend(flat(&FundSettling::table(&claims, &of_part, options)));
            }
        }
        prop_assert_eq!(lines, flat(&whole.table(options)));
        prop_assert_eq!(funded, rows(whole.funded()));
        let (found, warnings) = settling.finish(summary).unwrap();
        let warnings: Vec<String> = told(&warnings).into_iter().filter(|text| text.contains("[unclaimed-limit]")).collect();
        prop_assert_eq!(warnings, told(&expected));
        prop_assert!(!told(&of_roster).iter().any(|text| text.contains("[unclaimed-limit]")));
        let (totals, expected) = (found.totals().unwrap(), whole.totals(&by).unwrap());
        prop_assert_eq!(shown(&totals.table(Unit::Yuan)), shown(&expected.table(Unit::Yuan)));
        for lang in [Lang::Zh, Lang::En] {
            let [totals, expected] = [totals.report(Unit::Wan, lang).unwrap(), expected.report(Unit::Wan, lang).unwrap()];
            prop_assert_eq!(printed(&totals), printed(&expected));
        }
    }

    /// Merging is associative and commutative, in every pass.
    #[test]
    fn sums_of_claims_merge_in_any_order(
        places in prop::collection::vec(place(), 3..16).prop_map(|mut places| {
            let mut seen = std::collections::BTreeSet::new();
            places.retain(|place| seen.insert(place.0));
            places[0].1 = false;
            places
        }),
        amounts in prop::collection::vec(0_u32..3_000, 3),
        rule in rule(),
        cuts in prop::collection::vec(any::<usize>(), 2),
        room in 2_usize..6,
    ) {
        let policy = policy();
        let rows: Vec<_> = amounts.iter().zip([(0, 0), (1, 0), (2, 1)]).map(|(amount, (layer, payer))| (layer, payer, 2024, *amount)).collect();
        let parts = cut(&places, &cuts);
        let summing = summing(&policy, &parts, &[]);
        let mut settling = FundSettling::new(&summing, &limits(&policy, &rows), &rule).unwrap().with_room(room);
        for pass in 0..100 {
            if settling.is_settled() {
                break;
            }
            prop_assert!(pass < 99, "it never ends");
            let sums: Vec<_> = parts.iter().map(|(part, places)| settling.part(part, read(&policy, part, places))).collect();
            let merged = |one: &FundingSums, other: &FundingSums| {
                let mut merged = one.clone();
                merged.merge(other.clone()).unwrap();
                merged
            };
            let [a, b, c] = [&sums[0], &sums[1], &sums[2]];
            prop_assert_eq!(merged(a, b), merged(b, a));
            prop_assert_eq!(merged(&merged(a, b), c), merged(a, &merged(b, c)));
            prop_assert_eq!(&merged(&settling.nothing(), a), a);
            settling = settling.clone().next(merged(&merged(a, b), c)).unwrap().with_room(room);
        }
    }
}

/// The Talmud's estates (Kethubot 93a) as Aumann and Maschler give them (1985, table I), and by hand the rules of one level: in sixths
/// of a unit, each widow in a part of her own.
#[test]
fn the_estates_of_the_talmud_in_parts() {
    let policy = policy();
    let widows = [600, 1_200, 1_800].into_iter().zip(0_u16..).map(|(claim, id)| (id, false, 1, 0, 1, 0, claim));
    let parts = cut(&widows.collect::<Vec<Place>>(), &[1, 2]);
    let summing = summing(&policy, &parts, &[]);
    for (estate, rule, expected) in [
        (600, FundingRule::Talmud, [200, 200, 200]),
        (1_200, FundingRule::Talmud, [300, 450, 450]),
        (1_800, FundingRule::Talmud, [300, 600, 900]),
        (1_200, FundingRule::ConstrainedEqualAwards, [400, 400, 400]),
        (1_200, FundingRule::ConstrainedEqualLosses, [0, 300, 900]),
    ] {
        let limits = limits(&policy, &[(1, 0, 2024, estate * 10)]);
        let settling = FundSettling::new(&summing, &limits, &rule).unwrap();
        let settling = settled(settling, &parts, None, false).unwrap();
        // λ is found with the sums of the claims where there are few different ones; then the whole steps are summed.
        assert_eq!(settling.so_far().passes(), 2);
        let funded =
            |(part, places): &(Part, Vec<Place>)| settling.awards(part, read(&policy, part, places)).1.unwrap().1;
        let awards = parts.iter().map(funded).flat_map(|funded| rows(&funded));
        let awards = awards.filter(|(_, year, layer, _)| (*year, layer.as_str()) == (2024, "city"));
        assert_eq!(awards.map(|(.., fen)| fen / 100).collect::<Vec<_>>(), expected, "{estate} {rule:?}");
    }
}

fn codes(problems: &Problems) -> Vec<(Code, Option<String>)> {
    problems.iter().map(|problem| (problem.code(), problem.location().key.clone())).collect()
}

#[test]
fn passes_may_be_too_many_and_an_order_may_name_nobody() {
    let policy = policy();
    let limits = limits(&policy, &[(1, 0, 2024, 100)]);
    let parts = cut(&[(1, false, 1, 0, 1, 5, 5)], &[]);
    let summing = summing(&policy, &parts, &[]);
    let met = FundSettling::new(&summing, &limits, &FundingRule::Proportional).unwrap();
    assert_eq!(codes(&met.clone().at_most(1).unwrap_err()), [(Code::NeedsWholeRoster, None)]);
    // Every claim is met: one pass says so, and one gives the awards.
    assert!(settled(met.at_most(2).unwrap(), &parts, None, false).is_ok());
    let unknown = FundingRule::Priority(vec!["nobody".to_owned()]);
    assert_eq!(codes(&FundSettling::new(&summing, &limits, &unknown).unwrap_err())[0].0, Code::UnknownClass);
    assert_eq!(codes(&FundSettling::check(&policy, &unknown).unwrap_err())[0].0, Code::UnknownClass);
}

#[test]
fn sums_of_other_limits_or_of_another_pass_are_refused() {
    let policy = policy();
    let parts = cut(&[(1, false, 1, 0, 1, 5, 50), (2, true, 1, 0, 1, 5, 50)], &[1]);
    let summing = summing(&policy, &parts, &[]);
    let of = |amount| {
        FundSettling::new(&summing, &limits(&policy, &[(1, 0, 2024, amount)]), &FundingRule::Proportional).unwrap()
    };
    let (one, other) = (of(500), of(600));
    let refused = |problems: Problems| assert_eq!(codes(&problems), [(Code::UnlikeSummaries, None)]);
    refused(one.nothing().merge(other.nothing()).unwrap_err());
    refused(one.clone().next(other.nothing()).unwrap_err());
    refused(one.clone().going_on(other.so_far().clone()).unwrap_err());
    refused(one.finish(one.no_awards()).unwrap_err());
    let further = one.clone().next(one.nothing()).unwrap();
    refused(further.next(one.nothing()).unwrap_err());
    // An id that an engine finds in two parts.
    let settled = settled(one.clone().trusting_ids(), &parts, None, false).unwrap();
    let mut summary = settled.no_awards();
    for (part, places) in &parts {
        summary.merge(settled.awards(part, read(&policy, part, places)).0).unwrap();
    }
    summary.tell_id_in_two_parts("1", &Part::new(1), &Part::new(0));
    assert_eq!(codes(&settled.finish(summary).unwrap_err()), [(Code::IdInTwoParts, None)]);
    // What is wrong with rows ends the passes.
    let mut bad = one.nothing();
    bad.merge(one.part(&Part::new(0), Err(Problem::new(Code::BadNumber, common::CHECK_UNITS).row(1).into()))).unwrap();
    assert!(bad.has_failed());
    assert_eq!(codes(&one.next(bad).unwrap_err())[0].0, Code::BadNumber);
}

#[test]
fn claims_to_a_limit_beyond_64_bits_are_an_error_in_parts_too() {
    let policy = policy();
    let most = u32::MAX;
    let mut parts = Vec::new();
    for at in 0..3_u16 {
        parts.push((Part::new(at.into()), vec![(at, false, 1, 0, most, 5, most)]));
    }
    let summing = summing(&policy, &parts, &[]);
    let settling = FundSettling::new(&summing, &limits(&policy, &[(1, 0, 2024, 100)]), &FundingRule::Proportional);
    let failed = settled(settling.unwrap(), &parts, None, false).unwrap_err();
    assert_eq!(codes(&failed)[0].0, Code::Overflow);
}
