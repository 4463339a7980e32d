//! The laws of `crates/fundlayers/docs/laws.md`, on random policies and rosters, through the public interface.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use std::collections::{BTreeMap, BTreeSet};

use fundlayers::{
    Allocation, Amount, FundingRule, Grouping, LimitsBuilder, Part, Policy, Roster, RowBuilder, Summary, Summing,
    roster::Cell,
};
use fundlayers_formats::csv;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A place: county, count, two attributes, whether it is a town, first and last year of its designation.
#[derive(Debug, Clone)]
struct Place {
    id: String,
    county: u8,
    count: u32,
    pupils: u32,
    area: u32,
    town: bool,
    years: (u16, u16),
}

/// What a row gets in a year from a layer, by their numbers; 0 where it is not live.
fn amount(allocation: &Allocation, row: usize, year: u16, layer: usize) -> Amount {
    let policy = allocation.policy();
    let layer = policy.layer_index(&policy.layers()[layer].id).unwrap();
    let row = allocation.roster().get(row).unwrap().row();
    allocation.amount(row, year, layer).unwrap_or(Amount::ZERO)
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let place = (0_u8..4, 1_u32..5, 0_u32..2_000, 1_u32..500, any::<bool>(), 2023_u16..=2025, 2023_u16..=2025);
    prop::collection::vec(place, 1..10).prop_map(|list| {
        let places = list.into_iter().enumerate().map(|(at, (county, count, pupils, area, town, a, b))| Place {
            // Two digits, so that the parts of a row that is split stand together.
            id: format!("p{at:02}"),
            county,
            count,
            pupils,
            area,
            town,
            years: (a.min(b), a.max(b)),
        });
        places.collect()
    })
}

fn roster(policy: &Policy, places: &[Place]) -> Roster {
    let header = "id,name,kind,county,count,pupils,area,from,to\n".to_owned();
    let text = places.iter().fold(header, |text, place| {
        let kind = if place.town { "town" } else { "village" };
        let county = ["", "甲县", "乙县", "city"][usize::from(place.county)];
        let Place { id, count, pupils, area, years: (from, to), .. } = place;
        text + &format!("{id},n{id},{kind},{county},{count},{pupils},{area},{from},{to}\n")
    });
    conformance::read_roster(&text, policy, Some(false)).unwrap().0
}

/// How a policy rounds: unit, places and mode, and the step in fen.
fn rounding() -> impl Strategy<Value = (String, &'static str, i64)> {
    let step = prop::sample::select(vec![("元", 2, 1), ("元", 1, 10), ("元", 0, 100), ("万元", 2, 10_000)]);
    let mode = prop::sample::select(vec!["half-up", "half-even", "down", "up"]);
    (step, mode).prop_map(|((unit, places, fen), mode)| {
        (format!(r#""rounding": {{ "unit": "{unit}", "places": {places}, "mode": "{mode}" }}"#), mode, fen)
    })
}

/// A rate per head, a pool with floor and cap, a match that reads the pool, and a top-up; in 元.
#[derive(Debug, Clone)]
struct Numbers {
    rate: (u32, u32),
    standard: u32,
    pool: u32,
    floor: u32,
    cap: Option<u32>,
    matched: u32,
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let rate = (0_u32..200, 1_u32..30);
    (rate, 0_u32..9_000, 0_u32..5_000, 0_u32..20, prop::option::of(0_u32..3_000), 0_u32..100)
        .prop_map(|(rate, standard, pool, floor, cap, matched)| Numbers { rate, standard, pool, floor, cap, matched })
}

/// All amounts are 100 元 times the numbers, so that they are multiples of every step.
fn policy(numbers: &Numbers, rounding: &str) -> Policy {
    serde_json::from_value(document(numbers, rounding)).unwrap()
}

fn document(numbers: &Numbers, rounding: &str) -> Value {
    let Numbers { rate: (above, below), cap, matched, .. } = numbers;
    let (standard, pool, floor) = (numbers.standard * 100, numbers.pool * 100, numbers.floor * 100);
    let cap = cap.map_or(String::new(), |cap| format!(r#", "at_most": {}"#, cap * 100));
    let text = format!(
        r#"{{ "id": "laws", "title": {{ "zh": "例" }}, "years": [2023, 2025], "unit": "元", {rounding},
        "kinds": {{ "town": {{ "zh": "镇" }}, "village": {{ "zh": "村" }} }}, "payers": {{ "city": {{ "zh": "市级" }} }},
        "attributes": {{ "pupils": {{ "type": "number" }}, "area": {{ "type": "number" }} }},
        "layers": [{{ "id": "head", "payer": "city" }}, {{ "id": "pooled", "payer": "city" }},
                   {{ "id": "match", "payer": "city" }}, {{ "id": "county", "payer": "county" }}],
        "pools": [{{ "id": "pool", "amount": {pool}, "weights": {{ "area": "2/3", "equal": "1/3" }},
                     "at_least": {{ "2023": 0, "2024": {floor} }}{cap} }}],
        "classes": [
          {{ "id": "town", "kind": "town", "standard": {standard},
             "funding": {{ "head": {{ "rate": "{above}/{below}", "of": "pupils" }},
                           "county": {{ "top_up_to": "standard" }} }} }},
          {{ "id": "village", "kind": "village",
             "funding": {{ "pooled": {{ "pool": "pool" }}, "match": {{ "rate": "0.{matched:02}", "of": "pooled" }} }} }}
        ] }}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// How the claims of a layer are cut: by which rule, and to what in each year, in 元.
type Limit = (&'static str, [u32; 2]);

fn limit() -> impl Strategy<Value = Limit> {
    let rules = ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority"];
    (prop::sample::select(rules.to_vec()), [0_u32..900_000, 0_u32..900_000])
}

/// The same policy with a limit for what the city gives out of the pool, one for each county, and one for each kind in the
/// layer between, which reads the pool.
fn limited(numbers: &Numbers, rounding: &str, limits: &[Limit; 3]) -> Policy {
    let mut policy = document(numbers, rounding);
    for (layer, (rule, [first, later]), per) in
        [(POOLED, limits[0], None), (COUNTY, limits[1], Some("payer")), (MATCH, limits[2], Some("kind"))]
    {
        let mut limit = json!({ "amount": { "2023": first, "2024": later }, "rule": rule });
        if rule == "priority" {
            limit["order"] = json!(ORDER);
        }
        if let Some(per) = per {
            limit["per"] = json!(per);
        }
        policy["layers"][layer]["limit"] = limit;
    }
    serde_json::from_value(policy).unwrap()
}

const ORDER: [&str; 1] = ["village"];

const HEAD: usize = 0;
const POOLED: usize = 1;
const MATCH: usize = 2;
const COUNTY: usize = 3;

/// Amounts by id, year and layer.
fn amounts_of(allocation: &Allocation) -> BTreeMap<(String, u16, String), i64> {
    let lines = allocation.lines();
    lines
        .map(|line| ((line.recipient().id().to_owned(), line.year(), line.layer().id.clone()), line.amount().fen()))
        .collect()
}

/// The pool of a year in fen with the members, and each member's least and most.
struct PoolYear<'a> {
    members: Vec<&'a Place>,
    fen: i64,
    floor: i64,
    cap: i64,
}

impl<'a> PoolYear<'a> {
    fn new(numbers: &Numbers, places: &'a [Place], year: u16) -> Self {
        let live = |place: &&Place| !place.town && (place.years.0..=place.years.1).contains(&year);
        Self {
            members: places.iter().filter(live).collect(),
            fen: i64::from(numbers.pool) * 10_000,
            floor: if year < 2024 { 0 } else { i64::from(numbers.floor) * 10_000 },
            cap: numbers.cap.map_or(i64::MAX, |cap| i64::from(cap) * 10_000),
        }
    }

    fn places(&self) -> i64 {
        self.members.iter().map(|place| i64::from(place.count)).sum()
    }

    /// Whether floors and caps let the pool be used up.
    fn is_possible(&self) -> bool {
        let places = self.places();
        places == 0
            || (self.floor <= self.cap
                && self.floor * places <= self.fen
                && i128::from(self.cap) * i128::from(places) >= i128::from(self.fen))
    }

    /// A member's share of the pool, times 3 × areas × places: a whole number.
    fn share(&self, place: &Place) -> i128 {
        let areas: i128 = self.members.iter().map(|place| i128::from(place.area) * i128::from(place.count)).sum();
        2 * i128::from(place.area) * i128::from(self.places()) + areas
    }

    /// What shares are measured in.
    fn whole(&self) -> i128 {
        self.members.iter().map(|place| self.share(place) * i128::from(place.count)).sum()
    }
}

/// An allocation that the numbers allow, and its roster's places.
fn computed() -> impl Strategy<Value = (Numbers, (String, &'static str, i64), Vec<Place>)> {
    (numbers(), rounding(), places()).prop_filter("floors and caps that the pool allows", |(numbers, _, places)| {
        (2023..=2025).all(|year| PoolYear::new(numbers, places, year).is_possible())
            && numbers.cap.is_none_or(|cap| numbers.floor <= cap)
    })
}

/// Whether an amount in fen is what a mode makes of the exact one, a numerator and a denominator above 0: a multiple of
/// the step on the right side of it, and near enough.
fn is_rounded(fen: i128, (numerator, denominator): (i128, i128), mode: &str, step: i64) -> bool {
    let (steps, rest) = (fen / i128::from(step), fen % i128::from(step));
    // Distances are times the denominator.
    let (distance, step) = (fen * denominator - numerator, i128::from(step) * denominator);
    rest == 0
        && match mode {
            "down" => -step < distance && distance <= 0,
            "up" => 0 <= distance && distance < step,
            "half-up" => -step < 2 * distance && 2 * distance <= step,
            // A half goes to the even step.
            _ => 2 * distance.abs() < step || (2 * distance.abs() == step && steps % 2 == 0),
        }
}

/// A policy of one class for all places, with a layer for each rule, and figures.
fn formulas(rounding: &str, figures: &str, layers: &[(&str, &str)]) -> Policy {
    let list = |each: fn(&(&str, &str)) -> String| layers.iter().map(each).collect::<Vec<_>>().join(", ");
    let text = format!(
        r#"{{ "id": "laws", "title": {{ "zh": "例" }}, "years": [2023, 2025], "unit": "元", {rounding},
        "kinds": {{ "town": {{ "zh": "镇" }}, "village": {{ "zh": "村" }} }}, "payers": {{ "city": {{ "zh": "市级" }} }},
        "attributes": {{ "pupils": {{ "type": "number" }}, "area": {{ "type": "number" }} }},
        "layers": [{}], "figures": [{figures}], "classes": [{{ "id": "all", "funding": {{ {} }} }}] }}"#,
        list(|(id, _)| format!(r#"{{ "id": "{id}", "payer": "city" }}"#)),
        list(|(id, rule)| format!(r#""{id}": {rule}"#)),
    );
    serde_json::from_str(&text).unwrap()
}

/// To the fen.
const FEN: &str = r#""rounding": {}"#;

/// What one place of a row gets in its first year, by layer, in fen.
fn fen_of(allocation: &Allocation, row: usize, place: &Place) -> Vec<i64> {
    let layers = 0..allocation.policy().layers().len();
    let fen = layers.map(|layer| amount(allocation, row, place.years.0, layer).fen() / i64::from(place.count));
    fen.collect()
}

/// Ends of tiers or bands, rising from above 0.
fn ends() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::btree_set(1_u32..2_000, 1..5).prop_map(|ends| ends.into_iter().collect())
}

/// Places of which some have exactly an end, and some one more or one less.
fn at_ends(places: Vec<Place>, ends: &[u32]) -> Vec<Place> {
    let near = |(at, place): ((usize, u32), Place)| match ends.get(at.0 % (2 * ends.len())) {
        Some(end) => Place { pupils: end + at.1 - 1, ..place },
        None => place,
    };
    (0..).zip((0..3).cycle()).zip(places).map(near).collect()
}

/// Rows of places as many rows of one place each.
fn single(places: &[Place]) -> Vec<Place> {
    let rows = |place: &Place| {
        let place = place.clone();
        (0..place.count).map(move |at| Place { id: format!("{}-{at}", place.id), count: 1, ..place.clone() })
    };
    places.iter().flat_map(rows).collect()
}

/// Amounts of single rows, added up for the rows that they were.
fn of_counted(allocation: &Allocation) -> BTreeMap<(String, u16, String), i64> {
    let mut sums: BTreeMap<(String, u16, String), i64> = BTreeMap::new();
    for ((id, year, layer), fen) in amounts_of(allocation) {
        *sums.entry((id.split('-').next().unwrap().to_owned(), year, layer)).or_default() += fen;
    }
    sums
}

/// A layer for each function, in each over other places, and one that later layers gather.
fn gathering(rounding: &str, (above, below): (u32, u32)) -> Policy {
    let mut layers = vec![("head".to_owned(), format!(r#"{{ "rate": "{above}/{below}", "of": "pupils" }}"#))];
    for (at, over) in ["", r#", "over": ["county"]"#, r#", "over": ["county", "kind"]"#].into_iter().enumerate() {
        for function in ["sum", "mean", "least", "greatest", "median"] {
            let of = if over.is_empty() { "area" } else { "head" };
            layers
                .push((format!("{function}-{at}"), format!(r#"{{ "aggregate": "{function}", "of": "{of}"{over} }}"#)));
        }
        let only = r#""where": { "area": { "at_most": 250 } }"#;
        layers.push((format!("count-{at}"), format!(r#"{{ "aggregate": "count"{over}, {only} }}"#)));
    }
    let layers: Vec<(&str, &str)> = layers.iter().map(|(id, rule)| (id.as_str(), rule.as_str())).collect();
    formulas(rounding, "", &layers)
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::default() })]

    /// Rounding: once, by the mode, to a multiple of the step, before the count multiplies.
    #[test]
    fn a_rule_rounds_once_and_then_counts((numbers, (rounding, mode, step), places) in computed()) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        let (above, below) = (i128::from(numbers.rate.0), i128::from(numbers.rate.1));
        for (row, place) in places.iter().enumerate().filter(|(_, place)| place.town) {
            let amount = i128::from(amount(&allocation, row, place.years.0, HEAD).fen());
            let count = i128::from(place.count);
            prop_assert_eq!(amount % count, 0);
            // The exact amount is above × pupils × 100 / below fen.
            prop_assert!(is_rounded(amount / count, (above * i128::from(place.pupils) * 100, below), mode, step));
        }
    }

    /// A top-up reaches its standard exactly where the layers before it stay below, else it is 0.
    #[test]
    fn a_top_up_reaches_its_standard((numbers, (rounding, ..), places) in computed()) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        for (row, place) in places.iter().enumerate().filter(|(_, place)| place.town) {
            let head = amount(&allocation, row, place.years.0, HEAD).fen();
            let county = amount(&allocation, row, place.years.0, COUNTY).fen();
            let standard = i64::from(numbers.standard) * 10_000 * i64::from(place.count);
            prop_assert_eq!(county, (standard - head).max(0));
        }
    }

    /// The least of several is none above any, the greatest none below, each is one of them, and one is the other with
    /// all signs turned around. A difference and what it deducts are the first value again.
    #[test]
    fn the_least_the_greatest_and_their_difference((numbers, (rounding, ..), places) in computed()) {
        let Numbers { rate: (above, below), standard, .. } = numbers;
        let values = format!(
            r#"[{{ "rate": "{above}/{below}", "of": "pupils" }}, {{ "rate": 7, "of": "area", "at_most": "standard" }}, "standard"]"#
        );
        let turned = |key: &str| {
            let values = format!(r#"[{{ "rate": "-{above}/{below}", "of": "pupils" }},
                {{ "rate": -1, "of": {{ "rate": 7, "of": "area", "at_most": "standard" }} }}, {{ "rate": -1, "of": "standard" }}]"#);
            format!(r#"{{ "amount": [{{ "rate": -1, "of": {{ "{key}": {values} }} }}] }}"#)
        };
        let policy: Policy = serde_json::from_str(&format!(
            r#"{{ "id": "laws", "title": {{ "zh": "例" }}, "years": [2023, 2025], "unit": "元", {rounding},
            "kinds": {{ "town": {{ "zh": "镇" }}, "village": {{ "zh": "村" }} }}, "payers": {{ "city": {{ "zh": "市级" }} }},
            "attributes": {{ "pupils": {{ "type": "number" }}, "area": {{ "type": "number" }} }},
            "layers": [{{ "id": "a", "payer": "city" }}, {{ "id": "b", "payer": "city" }}, {{ "id": "c", "payer": "city" }},
                       {{ "id": "least", "payer": "city" }}, {{ "id": "greatest", "payer": "city" }},
                       {{ "id": "turned", "payer": "city" }}, {{ "id": "rest", "payer": "city" }}],
            "classes": [{{ "id": "all", "standard": {standard}, "funding": {{
                "a": {{ "rate": "{above}/{below}", "of": "pupils" }},
                "b": {{ "rate": 7, "of": "area", "at_most": "standard" }}, "c": "standard",
                "least": {{ "least": {values} }}, "greatest": {{ "greatest": {values} }}, "turned": {},
                "rest": {{ "difference": ["greatest", "least"] }} }} }}] }}"#,
            turned("least")
        ))
        .unwrap();
        let roster = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen: Vec<i64> = (0..7).map(|layer| amount(&allocation, row, place.years.0, layer).fen()).collect();
            // Rounding keeps the order of amounts, so that what holds of the exact ones holds of the rounded ones.
            prop_assert_eq!(Some(&fen[3]), fen[..3].iter().min());
            prop_assert_eq!(Some(&fen[4]), fen[..3].iter().max());
            prop_assert_eq!(fen[5], fen[4]);
            prop_assert_eq!(fen[6] + fen[3], fen[4]);
        }
    }

    /// No amount is below 0, and none outside the years of the row.
    #[test]
    fn amounts_are_never_below_zero((numbers, (rounding, ..), places) in computed()) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        for line in allocation.all_lines() {
            let place = &places[line.recipient().row().number()];
            prop_assert!(line.amount().fen() >= 0);
            prop_assert!((place.years.0..=place.years.1).contains(&line.year()));
        }
    }

    /// Every total is the sum of its rows, and every place in it is counted once.
    #[test]
    fn totals_are_the_sums_of_their_rows(
        (numbers, (rounding, ..), places) in computed(),
        by in prop::sample::subsequence(Grouping::ALL.to_vec(), 0..5).prop_shuffle(),
    ) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        let mut expected: BTreeMap<Vec<String>, i64> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut counts: BTreeMap<Vec<String>, u64> = BTreeMap::new();
        for line in allocation.lines() {
            let place = line.recipient();
            let key = by.iter().map(|grouping| match grouping {
                Grouping::Id => place.id().to_owned(),
                Grouping::County => place.county().to_owned(),
                Grouping::Township => place.township().to_owned(),
                Grouping::Kind => place.kind().to_owned(),
                Grouping::Designation => place.designation().to_owned(),
                Grouping::Class => line.class().to_owned(),
                Grouping::Year => line.year().to_string(),
                Grouping::Layer => line.layer().id.clone(),
                Grouping::Payer => line.payer().to_owned(),
                other => panic!("{other:?} has no law"),
            });
            let key: Vec<String> = key.collect();
            *expected.entry(key.clone()).or_default() += line.amount().fen();
            if seen.insert((key.clone(), place.row().number())) {
                *counts.entry(key).or_default() += place.count();
            }
        }
        if by.is_empty() {
            expected.entry(Vec::new()).or_default();
        }
        let totals = allocation.totals(&by, false).unwrap();
        let found: BTreeMap<Vec<String>, i64> = totals
            .iter()
            .map(|row| ((0..by.len()).map(|at| row.key(at)).collect(), row.amount().fen()))
            .collect();
        prop_assert_eq!(totals.len(), found.len(), "no group stands twice");
        prop_assert_eq!(found, expected);
        prop_assert_eq!(allocation.amounts().sum(), totals.iter().map(|row| i128::from(row.amount().fen())).sum::<i128>());
        // Each place is counted once, of a row whose members differ those that have something.
        for row in totals.iter() {
            let key: Vec<String> = (0..by.len()).map(|at| row.key(at)).collect();
            prop_assert!(row.count() <= counts.get(&key).copied().unwrap_or_default());
            prop_assert!((row.count() == 0) == (row.amount().fen() == 0));
        }
    }

    /// The order of the rows changes no amount, pools and their remainders included.
    #[test]
    fn the_order_of_the_rows_changes_no_amount(
        (numbers, (rounding, ..), places) in computed(),
        order in any::<prop::sample::Index>(),
    ) {
        let policy = policy(&numbers, &rounding);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let mut turned = places.clone();
        turned.rotate_left(order.index(places.len()));
        turned.reverse();
        let (other, _) = Allocation::new(&policy, &roster(&policy, &turned)).unwrap();
        prop_assert_eq!(amounts_of(&allocation), amounts_of(&other));
    }

    /// A row of count n gets what n rows alike get, whatever layer reads a pool's uneven parts.
    #[test]
    fn a_counted_row_is_as_many_rows_alike((numbers, (rounding, ..), places) in computed()) {
        let policy = policy(&numbers, &rounding);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let (other, _) = Allocation::new(&policy, &roster(&policy, &single(&places))).unwrap();
        prop_assert_eq!(amounts_of(&allocation), of_counted(&other));
    }

    /// Some years computed alone are what they are among all.
    #[test]
    fn years_do_not_depend_on_each_other((numbers, (rounding, ..), places) in computed(), year in 2023_u16..=2025) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (all, _) = Allocation::new(&policy, &roster).unwrap();
        let (one, _) = Allocation::for_years(&policy, &roster, &[year]).unwrap();
        let mut expected = amounts_of(&all);
        expected.retain(|(_, of, _), _| *of == year);
        prop_assert_eq!(amounts_of(&one), expected);
    }

    /// The parts of a pool are multiples of the step within its floor and cap, and add up to it.
    #[test]
    fn a_pool_is_used_up_within_floors_and_caps((numbers, (rounding, _, step), places) in computed()) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        for year in 2023..=2025 {
            let pool = PoolYear::new(&numbers, &places, year);
            let mut sum = 0;
            for (row, place) in places.iter().enumerate() {
                let fen = amount(&allocation, row, year, POOLED).fen();
                if pool.members.iter().any(|member| member.id == place.id) {
                    let count = i64::from(place.count);
                    prop_assert!(pool.floor * count <= fen);
                    prop_assert!(i128::from(fen) <= i128::from(pool.cap) * i128::from(count));
                    prop_assert_eq!(fen % step, 0);
                } else {
                    prop_assert_eq!(fen, 0);
                }
                sum += fen;
            }
            prop_assert_eq!(sum, if pool.members.is_empty() { 0 } else { pool.fen });
        }
    }

    /// Without floors and caps a member's part is less than a step from its share; a larger share never gets less.
    #[test]
    fn parts_of_a_pool_follow_the_shares((numbers, (rounding, _, step), places) in computed()) {
        let numbers = Numbers { floor: 0, cap: None, ..numbers };
        let policy = policy(&numbers, &rounding);
        let single: Vec<Place> = places.iter().map(|place| Place { count: 1, ..place.clone() }).collect();
        let roster = roster(&policy, &single);
        let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
        for year in 2023..=2025 {
            let pool = PoolYear::new(&numbers, &single, year);
            let whole = pool.whole();
            let parts: Vec<(i128, i64)> = single
                .iter()
                .enumerate()
                .filter(|(_, place)| pool.members.iter().any(|member| member.id == place.id))
                .map(|(row, place)| (pool.share(place), amount(&allocation, row, year, POOLED).fen()))
                .collect();
            for (share, part) in &parts {
                let distance = i128::from(*part) * whole - i128::from(pool.fen) * share;
                prop_assert!(distance.abs() < i128::from(step) * whole);
                for (other_share, other) in &parts {
                    prop_assert!(share < other_share || part >= other || (share == other_share && other - part <= step));
                }
            }
        }
    }

    /// Tiers: each rate on its slice. Nothing jumps from one number to the next, nothing falls, and beyond a last end there
    /// is no amount.
    #[test]
    fn tiers_are_continuous_and_never_fall(
        (ends, rates, is_open, places) in ends().prop_flat_map(|ends| {
            let rates = prop::collection::vec(0_i64..300, ends.len() + 1);
            (Just(ends), rates, any::<bool>(), places())
        }),
    ) {
        let mut tiers: Vec<String> = ends
            .iter()
            .zip(&rates)
            .map(|(end, rate)| format!(r#"{{ "up_to": {end}, "rate": "{rate}/100" }}"#))
            .collect();
        let last = if is_open { rates[ends.len()] } else { 0 };
        if is_open {
            tiers.push(format!(r#"{{ "rate": "{last}/100" }}"#));
        }
        let of = |of: &str| format!(r#"{{ "tiers": [{}], "of": {of} }}"#, tiers.join(", "));
        let policy = formulas(FEN, "", &[("at", &of(r#""pupils""#)), ("next", &of(r#"["pupils", 1]"#))]);
        let (end, mut places) = (*ends.last().unwrap(), at_ends(places, &ends));
        if !is_open {
            let beyond = Place { pupils: end + 1, ..places[0].clone() };
            prop_assert!(Allocation::new(&policy, &roster(&policy, &[beyond])).is_err());
            for place in &mut places {
                place.pupils %= end;
            }
        }
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen = fen_of(&allocation, row, place);
            let pupils = i64::from(place.pupils);
            // A rate of n % of a whole number of 元 is n fen for each of them.
            let (mut expected, mut from, mut next) = (0, 0, last);
            for (end, rate) in ends.iter().map(|end| i64::from(*end)).zip(&rates) {
                expected += rate * (pupils.min(end) - from).max(0);
                if from <= pupils && pupils < end {
                    next = *rate;
                }
                from = end;
            }
            expected += last * (pupils - from).max(0);
            prop_assert_eq!(fen[0], expected);
            // One more adds the rate of the tier that it lies in, which is not below 0.
            prop_assert_eq!(fen[1] - fen[0], next);
        }
    }

    /// Bands give more to no smaller number where their gifts rise; a bound is in its band with `at_most` alone.
    #[test]
    fn bands_rise_with_their_gifts(
        (ends, gifts, in_band, places) in ends().prop_flat_map(|ends| {
            let gifts = prop::collection::vec(0_i64..500, ends.len() + 1);
            (Just(ends.clone()), gifts, prop::collection::vec(any::<bool>(), ends.len()), places())
        }),
    ) {
        let gifts: Vec<i64> = gifts.iter().scan(0, |sum, gift| { *sum += gift; Some(*sum) }).collect();
        let mut bands: Vec<String> = ends.iter().zip(&in_band).zip(&gifts).map(|((end, is_in), gift)| {
            let bound = if *is_in { "at_most" } else { "below" };
            format!(r#"{{ "{bound}": {end}, "give": {gift} }}"#)
        }).collect();
        bands.push(format!(r#"{{ "give": {} }}"#, gifts[ends.len()]));
        let rule = format!(r#"{{ "bands": [{}], "of": "pupils" }}"#, bands.join(", "));
        let policy = formulas(FEN, "", &[("band", &rule)]);
        let places = at_ends(places, &ends);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let found: Vec<(u32, i64)> =
            places.iter().enumerate().map(|(row, place)| (place.pupils, fen_of(&allocation, row, place)[0])).collect();
        for (pupils, fen) in &found {
            // So many bands end before the number.
            let passed = ends.iter().zip(&in_band).filter(|(end, is_in)| pupils > *end || (pupils == *end && !**is_in));
            prop_assert_eq!(*fen, gifts[passed.count()] * 100);
            prop_assert!(found.iter().all(|(other, gets)| other < pupils || gets >= fen));
        }
    }

    /// Aggregates: a row of count n is n rows alike.
    #[test]
    fn aggregates_take_a_counted_row_as_many_rows_alike(
        (rounding, ..) in rounding(),
        rate in (0_u32..200, 1_u32..30),
        places in places(),
    ) {
        let policy = gathering(&rounding, rate);
        let (counted, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let (alike, _) = Allocation::new(&policy, &roster(&policy, &single(&places))).unwrap();
        prop_assert_eq!(amounts_of(&counted), of_counted(&alike));
    }

    /// The order of the rows changes no aggregate.
    #[test]
    fn the_order_of_the_rows_changes_no_aggregate(
        (rounding, ..) in rounding(),
        rate in (0_u32..200, 1_u32..30),
        places in places(),
        order in any::<prop::sample::Index>(),
    ) {
        let policy = gathering(&rounding, rate);
        let mut turned = places.clone();
        turned.rotate_left(order.index(places.len()));
        turned.reverse();
        let (in_order, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let (other, _) = Allocation::new(&policy, &roster(&policy, &turned)).unwrap();
        prop_assert_eq!(amounts_of(&in_order), amounts_of(&other));
    }

    /// Figures over a group are what the aggregates of its places say; a row of count n is n rows alike, and the order of
    /// the rows changes none.
    #[test]
    fn figures_over_groups_are_aggregates_of_their_places(places in places(), order in any::<prop::sample::Index>()) {
        let of_group = ["sum", "mean", "least", "greatest"].map(|function| {
            format!(r#"{{ "id": "{function}", "value": {{ "aggregate": "{function}", "of": "share", "over": ["county"] }} }}"#)
        });
        let share = r#"{ "id": "share", "value": { "quotient": ["pupils", "area"] } }"#;
        let policy = formulas(FEN, &format!("{share}, {}", of_group.join(", ")), &[("a", "1")]);
        let allocated = |places: &[Place]| Allocation::new(&policy, &roster(&policy, places)).unwrap().0;
        let over = |allocation: &Allocation| {
            let (totals, _) = allocation.figure_totals(&[Grouping::County, Grouping::Year]).unwrap();
            let groups = 0..totals.groups();
            groups.map(|group| ([0, 1].map(|by| totals.key(group, by)), totals.numbers(group, 0))).collect()
        };
        let allocation = allocated(&places);
        let groups: BTreeMap<[String; 2], fundlayers::FigureNumbers> = over(&allocation);
        let (figures, warnings) = allocation.figures().unwrap();
        prop_assert!(warnings.is_empty());
        for place in allocation.roster() {
            for year in allocation.years().iter().filter(|year| allocation.is_live(place.row(), **year)) {
                let group = groups[&[place.county().to_owned(), year.to_string()]];
                let stated = [1, 2, 3, 4].map(|figure| figures.number(place.row(), *year, figure));
                prop_assert_eq!([group.sum, group.mean, group.least, group.greatest], stated);
            }
        }
        let mut turned = places.clone();
        turned.rotate_left(order.index(places.len()));
        prop_assert_eq!(&groups, &over(&allocated(&turned)));
        prop_assert_eq!(&groups, &over(&allocated(&single(&places))));
    }

    /// The mean times the number of places is their sum, and lies between the least and the greatest, as the median does.
    /// What the places got in a layer is what the aggregate of that layer says.
    #[test]
    fn aggregates_agree_with_each_other(
        (rounding, ..) in rounding(),
        (above, below) in (0_u32..200, 1_u32..30),
        places in places(),
    ) {
        let of = |function: &str| format!(r#"{{ "aggregate": "{function}", "of": "head", "over": ["county"] }}"#);
        let count = r#"{ "aggregate": "count", "over": ["county"] }"#;
        let product = format!(r#"{{ "product": [{}, {count}] }}"#, of("mean"));
        let policy = formulas(&rounding, "", &[
            ("head", &format!(r#"{{ "rate": "{above}/{below}", "of": "pupils" }}"#)),
            ("sum", &of("sum")), ("product", &product), ("least", &of("least")), ("median", &of("median")),
            ("mean", &of("mean")), ("greatest", &of("greatest")),
        ]);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen = fen_of(&allocation, row, place);
            let year = place.years.0;
            let got: i64 = places
                .iter()
                .enumerate()
                .filter(|(_, other)| other.county == place.county && (other.years.0..=other.years.1).contains(&year))
                .map(|(row, _)| amount(&allocation, row, year, 0).fen())
                .sum();
            prop_assert_eq!(fen[1], got);
            prop_assert_eq!(fen[2], fen[1]);
            prop_assert!(fen[3] <= fen[0] && fen[0] <= fen[6]);
            prop_assert!(fen[3] <= fen[4] && fen[4] <= fen[6] && fen[3] <= fen[5] && fen[5] <= fen[6]);
        }
    }

    /// A quotient undoes a product and a product a quotient, whatever the signs; a divisor of 0 has `if_zero`.
    #[test]
    fn product_and_quotient_undo_each_other(
        (rounding, ..) in rounding(),
        (above, below) in (0_u32..200, 1_u32..30),
        less in 1_u32..500,
        places in places(),
    ) {
        let value = format!(r#"{{ "rate": "{above}/{below}", "of": "pupils" }}"#);
        let by = format!(r#"["area", -{less}]"#);
        let policy = formulas(&rounding, "", &[
            ("value", &value),
            ("divided", &format!(r#"{{ "quotient": [{{ "product": [{value}, {by}] }}, {by}], "if_zero": 77 }}"#)),
            ("times", &format!(r#"{{ "product": [{{ "quotient": [{value}, {by}], "if_zero": 77 }}, {by}] }}"#)),
        ]);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        let if_zero = formulas(&rounding, "", &[("if_zero", "77")]);
        let (if_zero, _) = Allocation::new(&if_zero, &roster(&if_zero, &places)).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen = fen_of(&allocation, row, place);
            if place.area == less {
                prop_assert_eq!(fen[1], fen_of(&if_zero, row, place)[0]);
                prop_assert_eq!(fen[2], 0);
            } else {
                prop_assert_eq!(fen[1], fen[0]);
                prop_assert_eq!(fen[2], fen[0]);
            }
        }
    }

    /// A layer before its rounding is less than one step from the layer, on the side of its mode, and rounds to it.
    #[test]
    fn a_layer_is_within_one_step_of_the_exact_one(
        (rounding, mode, step) in rounding(),
        (above, below) in (0_u32..200, 1_u32..30),
        places in places(),
    ) {
        let step = format!(r#""{}.{:02}""#, step / 100, step % 100);
        let half = format!(r#"{{ "rate": "1/2", "of": {step} }}"#);
        let less = |step: &str| format!(r#"{{ "difference": [0, {step}] }}"#);
        let within = match mode {
            "down" => format!(r#""at_least": 0, "below": {step}"#),
            "up" => format!(r#""above": {}, "at_most": 0"#, less(&step)),
            _ => format!(r#""at_least": {}, "at_most": {half}"#, less(&half)),
        };
        let figure = r#"{ "id": "lost", "value": { "difference": [{ "exact": "head" }, "head"] } }"#;
        let policy = formulas(&rounding, figure, &[
            ("head", &format!(r#"{{ "rate": "{above}/{below}", "of": "pupils" }}"#)),
            ("again", r#"{ "exact": "head" }"#),
            ("within", &format!(r#"{{ "amount": 100, "when": {{ "lost": {{ {within} }} }} }}"#)),
        ]);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen = fen_of(&allocation, row, place);
            prop_assert_eq!(fen[1], fen[0]);
            prop_assert_eq!(fen[2], 10_000);
        }
    }

    /// A year that rests on the one before is the same alone as among all years, and each is what the rule makes of the
    /// amount of the year before: `first` where the place was not live then.
    #[test]
    fn a_chain_of_years_is_the_same_in_part(
        (rounding, mode, step) in rounding(),
        (above, below) in (0_u32..90, 1_u32..30),
        places in places(),
        year in 2023_u16..=2025,
    ) {
        let rule = format!(r#"{{ "rate": "{above}/{below}", "of": {{ "last_year": "chain", "first": "pupils" }} }}"#);
        let policy = formulas(&rounding, "", &[("chain", &rule)]);
        let roster = roster(&policy, &places);
        let (all, _) = Allocation::new(&policy, &roster).unwrap();
        let (one, _) = Allocation::for_years(&policy, &roster, &[year]).unwrap();
        let mut expected = amounts_of(&all);
        expected.retain(|(_, of, _), _| *of == year);
        prop_assert_eq!(amounts_of(&one), expected);
        for (row, place) in places.iter().enumerate() {
            let mut before = i128::from(place.pupils) * 100;
            for year in place.years.0..=place.years.1 {
                let fen = i128::from(amount(&all, row, year, 0).fen() / i64::from(place.count));
                prop_assert!(is_rounded(fen, (before * i128::from(above), i128::from(below)), mode, step));
                before = fen;
            }
        }
    }

    /// What is given under conditions and what is given where they do not hold are together what is given anyway; a place
    /// that meets several of `any` gets it once.
    #[test]
    fn a_condition_and_its_opposite_share_all_places(
        (area, pupils) in (1_u32..500, 0_u32..2_000),
        places in places(),
    ) {
        let a = format!(r#"{{ "area": {{ "below": {area} }} }}"#);
        let b = format!(r#"{{ "kind": "town", "pupils": {{ "at_least": {{ "rate": "1/2", "of": {pupils} }} }} }}"#);
        let when = |conditions: String| format!(r#"{{ "amount": 5, "when": {conditions} }}"#);
        let policy = formulas(FEN, "", &[
            ("a", &when(a.clone())), ("b", &when(b.clone())),
            ("either", &when(format!(r#"{{ "any": [{a}, {b}] }}"#))),
            ("neither", &when(format!(r#"{{ "not": {{ "any": [{a}, {b}] }} }}"#))),
            ("not-a", &when(format!(r#"{{ "not": {a} }}"#))), ("not-b", &when(format!(r#"{{ "not": {b} }}"#))),
        ]);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen = fen_of(&allocation, row, place);
            let holds = [place.area < area, place.town && 2 * place.pupils >= pupils];
            prop_assert_eq!(&fen[..2], holds.map(|holds| 500 * i64::from(holds)));
            prop_assert_eq!(fen[2], fen[0].max(fen[1]));
            prop_assert_eq!(fen[3], 500 - fen[2]);
            prop_assert_eq!((fen[4], fen[5]), (500 - fen[0], 500 - fen[1]));
        }
    }

    /// A figure without a rounding is what stands in it, wherever it is read.
    #[test]
    fn a_figure_is_what_stands_in_it(
        (rounding, ..) in rounding(),
        (above, below) in (0_u32..200, 1_u32..30),
        places in places(),
    ) {
        let of = |value: &str| {
            let mean = format!(r#"{{ "aggregate": "mean", "of": {value}, "over": ["kind"] }}"#);
            let conditions = format!(r#"{{ "area": {{ "at_most": {value} }} }}"#);
            [value.to_owned(), mean, format!(r#"{{ "amount": {value}, "when": {conditions} }}"#)]
        };
        let value = format!(r#"{{ "rate": "{above}/{below}", "of": "pupils" }}"#);
        let (named, written) = (of(r#""need""#), of(&value));
        let figure = format!(r#"{{ "id": "need", "value": {value} }}"#);
        let policy = formulas(&rounding, &figure, &[
            ("a", &named[0]), ("b", &named[1]), ("c", &named[2]),
            ("x", &written[0]), ("y", &written[1]), ("z", &written[2]),
        ]);
        let (allocation, _) = Allocation::new(&policy, &roster(&policy, &places)).unwrap();
        for (row, place) in places.iter().enumerate() {
            let fen = fen_of(&allocation, row, place);
            prop_assert_eq!(&fen[..3], &fen[3..]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::default() })]

    /// A layer's limit leaves what `fund` funds of the same claims within the same limits.
    #[test]
    fn the_limit_of_a_layer_is_the_limit_of_fund((numbers, (rounding, ..), places) in computed(), limits in [limit(), limit(), limit()]) {
        let policy = policy(&numbers, &rounding);
        let roster = roster(&policy, &places);
        let (claims, _) = Allocation::new(&policy, &roster).unwrap();
        let (cut, _) = Allocation::new(&limited(&numbers, &rounding, &limits), &roster).unwrap();
        for (layer, (rule, amounts), payers) in
            [("pooled", limits[0], vec!["city"]), ("county", limits[1], vec!["", "甲县", "乙县", "city"])]
        {
            let titles = ["layer", "payer", "year", "amount", "unit"].map(|title| (title, None));
            let mut builder = LimitsBuilder::new(&policy, &titles);
            for (payer, year) in payers.iter().flat_map(|payer| (2023..=2025).map(move |year| (payer, year))) {
                let amount = amounts[usize::from(year > 2023)].to_string();
                builder.push_row(None, &[layer, payer, &year.to_string(), &amount, "元"].map(Cell::Text));
            }
            let order = if rule == "priority" { &ORDER[..] } else { &[] };
            let (limits, _) = builder.finish().unwrap();
            let (funding, _) = claims.fund(&limits, &FundingRule::parse(rule, order).unwrap()).unwrap();
            let of_layer = |allocation: &Allocation| {
                let mut amounts = amounts_of(allocation);
                amounts.retain(|(_, _, of), _| of == layer);
                amounts
            };
            prop_assert_eq!(of_layer(&cut), of_layer(funding.funded()));
        }
    }

    /// A limit that is worked out leaves what `fund` funds within the numbers that it comes to, each payer's its own.
    #[test]
    fn a_limit_that_is_worked_out_is_the_limit_of_fund((numbers, (rounding, ..), places) in computed(), limits in [limit(), limit(), limit()]) {
        let roster = roster(&policy(&numbers, &rounding), &places);
        let (claims, _) = Allocation::new(&policy(&numbers, &rounding), &roster).unwrap();
        let yearly = |[first, later]: [u32; 2]| json!({ "2023": first, "2024": later });
        let nothing = json!({ "difference": [{ "aggregate": "count" }, { "aggregate": "count" }] });
        let by_payer = json!({ "of": "payer", "cases": { "甲县": yearly(limits[1].1) }, "otherwise": yearly(limits[2].1) });
        let mut computed = document(&numbers, &rounding);
        for (layer, amount, (rule, _)) in
            [(POOLED, json!([yearly(limits[0].1), nothing]), limits[0]), (COUNTY, by_payer, limits[1])]
        {
            computed["layers"][layer]["limit"] = json!({ "amount": amount, "rule": rule, "per": "payer" });
            if rule == "priority" {
                computed["layers"][layer]["limit"]["order"] = json!(ORDER);
            }
        }
        let computed: Policy = serde_json::from_value(computed).unwrap();
        let (cut, _) = Allocation::new(&computed, &roster).unwrap();
        let payers = ["", "乙县", "city"].map(|payer| (payer, limits[2].1)).into_iter().chain([("甲县", limits[1].1)]);
        for (layer, rule, payers) in
            [("pooled", limits[0].0, vec![("city", limits[0].1)]), ("county", limits[1].0, payers.collect())]
        {
            let titles = ["layer", "payer", "year", "amount", "unit"].map(|title| (title, None));
            let mut builder = LimitsBuilder::new(&computed, &titles);
            for ((payer, amounts), year) in payers.iter().flat_map(|payer| (2023..=2025).map(move |year| (payer, year))) {
                let amount = amounts[usize::from(year > 2023)].to_string();
                builder.push_row(None, &[layer, payer, &year.to_string(), &amount, "元"].map(Cell::Text));
            }
            let order = if rule == "priority" { &ORDER[..] } else { &[] };
            let (limits, _) = builder.finish().unwrap();
            let (funding, _) = claims.fund(&limits, &FundingRule::parse(rule, order).unwrap()).unwrap();
            let of_layer = |allocation: &Allocation| {
                let mut amounts = amounts_of(allocation);
                amounts.retain(|(_, _, of), _| of == layer);
                amounts
            };
            prop_assert_eq!(of_layer(&cut), of_layer(funding.funded()));
        }
    }

    /// Under limits too the order of the rows changes no amount, a counted row gets what as many rows alike get, years do
    /// not depend on each other, and later layers read what was left.
    #[test]
    fn limits_keep_the_laws_of_rows_and_years((numbers, (rounding, _, step), places) in computed(), limits in [limit(), limit(), limit()],
        year in 2023_u16..=2025) {
        let policy = limited(&numbers, &rounding, &limits);
        let roster_of_places = roster(&policy, &places);
        let (allocation, _) = Allocation::new(&policy, &roster_of_places).unwrap();
        let all = amounts_of(&allocation);
        let mut turned = places.clone();
        turned.reverse();
        prop_assert_eq!(&all, &amounts_of(&Allocation::new(&policy, &roster(&policy, &turned)).unwrap().0));
        let single: Vec<Place> = places
            .iter()
            .flat_map(|place| {
                (0..place.count).map(|at| Place { id: format!("{}-{at}", place.id), count: 1, ..place.clone() })
            })
            .collect();
        let (other, _) = Allocation::new(&policy, &roster(&policy, &single)).unwrap();
        let mut sums: BTreeMap<(String, u16, String), i64> = BTreeMap::new();
        for ((id, year, layer), fen) in amounts_of(&other) {
            *sums.entry((id.split('-').next().unwrap().to_owned(), year, layer)).or_default() += fen;
        }
        prop_assert_eq!(&all, &sums);
        let (one, _) = Allocation::for_years(&policy, &roster_of_places, &[year]).unwrap();
        let mut expected = all.clone();
        expected.retain(|(_, of, _), _| *of == year);
        prop_assert_eq!(amounts_of(&one), expected);
        // What the layer between claims is a part of what the limit left of the pool.
        for row in 0..single.len() {
            let pooled = amount(&other, row, year, POOLED).fen();
            let matched = amount(&other, row, year, MATCH).fen();
            prop_assert!(100 * matched < i64::from(numbers.matched) * pooled + 100 * step);
        }
        let sum = |layer: usize| (0..places.len()).map(|row| amount(&allocation, row, year, layer).fen()).sum::<i64>();
        prop_assert!(sum(POOLED) <= i64::from(limits[0].1[usize::from(year > 2023)]) * 100);
        prop_assert!(sum(MATCH) <= 2 * i64::from(limits[2].1[usize::from(year > 2023)]) * 100);
    }
}

/// A policy without pools whose payers and layers share names, with an attribute that says who pays, classes by a condition,
/// amounts below 0 and a rule of the year before.
fn apart() -> Policy {
    serde_json::from_str(
        r#"{ "id": "apart", "title": { "zh": "例" }, "years": [2023, 2025], "unit": "元",
        "kinds": { "town": { "zh": "镇" }, "village": { "zh": "村" } }, "payers": { "city": { "zh": "市级" } },
        "attributes": { "pupils": { "type": "number" }, "area": { "type": "number" }, "bank": { "type": "text" } },
        "layers": [{ "id": "county", "payer": "county" }, { "id": "loan", "payer": { "attribute": "bank" } },
                   { "id": "head", "payer": "city" }, { "id": "own", "payer": "county", "sign": "any" }],
        "classes": [
          { "id": "town", "kind": "town", "expected": 5, "standard": 900,
            "funding": { "county": { "rate": "1/7", "of": "pupils" }, "head": 300, "own": { "difference": ["standard", "pupils"] } } },
          { "id": "small", "kind": "village", "where": { "area": { "below": 200 } },
            "funding": { "loan": { "rate": 3, "of": "area" }, "county": { "last_year": "county", "first": "pupils" } } },
          { "id": "large", "kind": "village", "where": { "area": { "at_least": 200 } },
            "funding": { "loan": 250, "head": { "rate": "0.5", "of": "loan" } } }
        ] }"#,
    )
    .unwrap()
}

/// What a place of the roster in parts is on a line of CSV.
fn line(place: &Place) -> String {
    let kind = if place.town { "town" } else { "village" };
    let county = ["", "甲县", "乙县", "city"][usize::from(place.county)];
    let bank = ["city", "乙县", "", "丙行"][place.pupils as usize % 4];
    let Place { id, count, pupils, area, years: (from, to), .. } = place;
    format!("{id},n{id},{kind},{county},{county}乡,{count},{pupils},{area},{bank},{from},{to}\n")
}

const APART_HEADER: &str = "id,name,kind,county,township,count,pupils,area,bank,from,to\n";

fn groupings() -> impl Strategy<Value = Vec<Grouping>> {
    prop::sample::subsequence(Grouping::ALL.to_vec(), 0..=4).prop_shuffle()
}

fn as_text<T>(table: &fundlayers::table::Table<'_>, report: Result<fundlayers::table::Report<'_>, T>) -> String
where
    T: std::fmt::Debug,
{
    let (mut out, mut people) = (Vec::new(), Vec::new());
    csv::write(&mut out, table).unwrap();
    fundlayers_formats::json::write_rows(&mut out, table).unwrap();
    fundlayers_formats::markdown::write(&mut people, &report.unwrap()).unwrap();
    String::from_utf8(out).unwrap() + &String::from_utf8(people).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// However a roster is cut into parts, and in whatever order these are summed and merged, it comes to what the whole
    /// comes to: totals byte for byte, and warnings. Summaries are the same after a journey as JSON.
    #[test]
    fn parts_come_to_what_the_whole_comes_to(places in places(), more in places(), by in groupings(), zeros in any::<bool>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6), order in any::<prop::sample::Index>(),
        years in prop::sample::select(vec![None, Some(vec![2024_u16]), Some(vec![2023, 2025])])) {
        let policy = apart();
        let more = more.into_iter().map(|place| Place { id: format!("q{}", place.id), ..place });
        let places: Vec<Place> = places.into_iter().chain(more).collect();
        let read = |rows: &[Place], before: u32| {
            let text = rows.iter().fold(APART_HEADER.to_owned(), |text, place| text + &line(place));
            let mut options = fundlayers::sheet::SheetOptions::default();
            options.fill_down = Some(false);
            csv::read_rows(&text, &options, |titles| {
                let mut builder = fundlayers::RosterBuilder::new(&policy, titles);
                builder.after_rows(before);
                builder
            })
        };
        let summing = Summing::new(&policy, years.as_deref(), &by).unwrap();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(places.len() + 1)).chain([0, places.len()]).collect();
        cuts.sort_unstable();
        let mut parts: Vec<Summary> = cuts
            .windows(2)
            .map(|ends| {
                let part = Part::new(ends[0] as u64);
                summing.part(&part, read(&places[ends[0]..ends[1]], part.rows_before())).0
            })
            .collect();
        let one = parts.iter().fold(summing.nothing(), |mut sum, part| {
            sum.merge(part.clone()).unwrap();
            sum
        });
        // In another order, in pairs, and once there and back.
        let turn = order.index(parts.len());
        parts.rotate_left(turn);
        while parts.len() > 1 {
            let last = parts.pop().unwrap();
            let at = order.index(parts.len());
            let mut other: Summary = serde_json::from_str(&serde_json::to_string(&last).unwrap()).unwrap();
            prop_assert_eq!(&other, &last);
            other.merge(parts.remove(at)).unwrap();
            parts.push(other);
        }
        prop_assert_eq!(&one, &parts[0]);
        // What the one in another order says, half of it has travelled.
        let (summed, warnings) = summing.finish(parts.remove(0)).unwrap();
        let (roster, read_warnings) = read(&places, 0).unwrap();
        let chosen = years.unwrap_or_else(|| policy.years().collect());
        let (allocation, mut whole_warnings) = Allocation::for_years(&policy, &roster, &chosen).unwrap();
        whole_warnings.append(read_warnings);
        let totals = allocation.totals(&by, zeros).unwrap();
        let of_parts = summed.totals(zeros).unwrap();
        let unit = fundlayers::Unit::Yuan;
        let texts = [
            as_text(&of_parts.table(unit), of_parts.report(unit, fundlayers::Lang::Zh)),
            as_text(&totals.table(unit), totals.report(unit, fundlayers::Lang::Zh)),
        ];
        prop_assert_eq!(&texts[0], &texts[1]);
        for lang in [fundlayers::Lang::Zh, fundlayers::Lang::En] {
            let told = |problems: &fundlayers::Problems| {
                problems.iter().map(|problem| problem.to_text(lang)).collect::<BTreeSet<_>>()
            };
            prop_assert_eq!(told(&warnings), told(&whole_warnings));
        }
        prop_assert_eq!((summed.rows(), summed.places()), (places.len() as u64, u128::from(roster.places())));
    }
}

/// Many classes over many counties: each county has its own amount, each place is counted once.
#[test]
fn totals_over_many_classes_are_the_sums_of_their_rows() {
    const COUNTIES: i64 = 400;
    let classes: Vec<String> = (0..COUNTIES)
        .map(|at| format!(r#"{{ "id": "c{at}", "where": {{ "county": "{at}县" }}, "funding": {{ "city": {at} }} }}"#))
        .collect();
    let policy: Policy = serde_json::from_str(&format!(
        r#"{{ "id": "many", "title": {{ "zh": "例" }}, "years": [2024, 2025], "unit": "元", "payers": {{ "city": {{}} }},
             "layers": [{{ "id": "city", "payer": "city" }}], "classes": [{}] }}"#,
        classes.join(", ")
    ))
    .unwrap();
    let rows = (0..2 * COUNTIES)
        .fold(String::new(), |rows, row| rows + &format!("p{row},{}县,{}\n", row % COUNTIES, 1 + row % 3));
    let (roster, _) = csv::read_roster(&format!("name,county,count\n{rows}"), &policy).unwrap();
    let (allocation, _) = Allocation::new(&policy, &roster).unwrap();
    let count = |row: i64| 1 + row % 3;
    let by_county = allocation.totals(&[Grouping::County], false).unwrap();
    let found: Vec<(String, u64, i64)> =
        by_county.iter().map(|row| (row.key(0), row.count(), row.amount().fen())).collect();
    let expected = (1..COUNTIES).map(|at| {
        let places = count(at) + count(at + COUNTIES);
        (format!("{at}县"), places.unsigned_abs(), places * at * 100 * 2)
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
    let by_id = allocation.totals(&[Grouping::Id, Grouping::Year], false).unwrap();
    let found: Vec<i64> = by_id.iter().map(|row| row.amount().fen()).collect();
    let rows = (0..2 * COUNTIES).filter(|row| row % COUNTIES > 0);
    let expected: Vec<i64> = rows.flat_map(|row| [count(row) * (row % COUNTIES) * 100; 2]).collect();
    assert_eq!(found, expected);
}
