//! Laws of rosters in parts whose amounts rest on all places: the parts get what the whole gives, to the fen.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::engine::roster::RosterBuilder;
use crate::results::settlement::Settlement;
use crate::roster::Cell;
use crate::rows::records::RowBuilder;

/// A place: id, county, how many, x, y, and from when it is there: of 2024 and 2025, in both, one or none.
type Place = (u16, u8, u32, u32, u32, u16);

fn read(policy: &Policy, part: &Part, places: &[Place]) -> Result<(Roster, Problems), Problems> {
    let titles = ["id", "name", "county", "count", "x", "y", "from"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    builder.after_rows(part.rows_before());
    for (id, county, count, x, y, from) in places {
        let county = ["丙县", "甲县", "乙县"][usize::from(*county)];
        let y = format!("{}.{:02}", y / 100, y % 100);
        let cells = [&id.to_string(), "n", county, &count.to_string(), &x.to_string(), &y, &from.to_string()];
        builder.push_row(None, &cells.map(Cell::Text));
    }
    builder.finish()
}

fn policy(document: Value) -> Policy {
    let mut whole = json!({
        "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
        "payers": { "city": {} },
        "attributes": { "x": { "type": "number" }, "y": { "type": "number" } }
    });
    let Value::Object(document) = document else { panic!() };
    whole.as_object_mut().unwrap().extend(document);
    serde_json::from_value(whole).unwrap()
}

fn layers(number: usize) -> Value {
    let layer = |number: usize| json!({ "id": format!("l{number}"), "payer": "city" });
    (0..number).map(layer).collect()
}

fn everybody(funding: &Value) -> Value {
    json!([{ "id": "all", "standard": { "aggregate": "greatest", "of": "x" }, "funding": funding }])
}

/// Policies of every kind of number that rests on all places.
fn policies() -> impl Strategy<Value = Policy> {
    let weights = prop_oneof![
        Just(json!({ "equal": 1 })),
        Just(json!({ "x": 1 })),
        Just(json!({ "x": "1/3", "y": "1/3", "equal": "1/3" })),
        Just(json!({ "part": 1 })),
        Just(json!({ "y": "0.25", "part": "0.75" })),
        Just(json!({ "l0": "0.5", "equal": "0.5" })),
    ];
    let amount = prop_oneof![
        (0_u32..3_000).prop_map(|amount| json!(amount)),
        (0_u32..300_000).prop_map(|fen| json!(format!("{}.{:02}", fen / 100, fen % 100))),
        Just(json!({ "rate": "2/3", "of": { "aggregate": "sum", "of": "y" } })),
        Just(json!({ "rate": 30, "of": { "aggregate": "count" } })),
        Just(json!({ "rate": "70/3", "of": { "aggregate": "median", "of": "y" } })),
    ];
    let floor = prop_oneof![
        2 => Just(None),
        1 => (0_u32..60).prop_map(|floor| Some(json!(floor))),
        1 => Just(Some(json!({ "rate": "1/4", "of": "x" }))),
        1 => Just(Some(json!({ "rate": "1/9", "of": { "aggregate": "mean", "of": "x", "over": ["county"] } }))),
        1 => Just(Some(json!({ "rate": "1/9", "of": { "aggregate": "median", "of": { "rate": "1/7", "of": "x" }, "over": ["county"] } }))),
    ];
    let cap = prop_oneof![
        2 => Just(None),
        1 => (60_u32..600).prop_map(|cap| Some(json!(cap))),
        1 => Just(Some(json!([{ "rate": "3/2", "of": "x" }, 30]))),
    ];
    let words = (any::<[bool; 4]>(), prop_oneof![4 => Just("yuan"), 1 => Just("0.01")]);
    (weights, amount, floor, cap, words).prop_map(|(weights, amount, floor, cap, (flags, step))| {
        let [reduce, keep, each, by_county] = flags;
        let amount = if amount.is_string() && step == "yuan" { json!(467) } else { amount };
        let mut pool = json!({ "id": "p", "weights": weights, "amount": amount });
        for (key, value) in [("at_least", floor), ("at_most", cap)] {
            if let Some(value) = value {
                pool[key] = value;
            }
        }
        if by_county {
            pool["per"] = json!("county");
        }
        for (key, word, flag) in
            [("if_short", "reduce", reduce), ("if_left", "keep", keep), ("apportion", "each", each && step == "yuan")]
        {
            if flag {
                pool[key] = json!(word);
            }
        }
        let mut rest = json!({ "id": "q", "weights": { "y": "0.5", "equal": "0.5" }, "amount": { "left_of": "p" } });
        if by_county {
            rest["per"] = json!("county");
        }
        let mut whole = json!({
            "layers": layers(4),
            "pools": [pool, rest],
            "figures": [
                { "id": "part", "value": { "quotient": ["x", { "aggregate": "sum", "of": "x", "over": ["county"] }], "if_zero": 1 } }
            ],
            "classes": everybody(&json!({
                "l0": { "rate": "1/3", "of": ["x", { "aggregate": "least", "of": "y", "where": { "x": { "above": 3 } } }] },
                "l1": { "pool": "p" },
                "l2": { "pool": "q", "when": { "x": { "below": { "aggregate": "mean", "of": "l1" } } } },
                "l3": { "top_up_to": "standard", "counting": ["l1"] }
            }))
        });
        if step == "yuan" {
            whole["rounding"] = json!({ "unit": "元", "places": 0 });
        }
        policy(whole)
    })
}

/// The year before, pools below 0, classes that share a pool each for itself, and parts that a later layer reads exactly.
fn more_policies() -> impl Strategy<Value = Policy> {
    let past = json!({
        "layers": layers(3),
        "pools": [{ "id": "p", "amount": { "aggregate": "sum", "of": "l0" }, "weights": { "l0": "1/3", "equal": "2/3" } }],
        "classes": everybody(&json!({
            "l0": [{ "last_year": "l1", "first": "x" }, 1], "l1": { "pool": "p" },
            "l2": { "rate": "1/2", "of": { "aggregate": "mean", "of": { "last_year": "l1", "first": "y" } } }
        }))
    });
    let below = json!({
        "layers": [{ "id": "l0", "payer": "city", "sign": "any" }, { "id": "l1", "payer": "city", "sign": "any" }],
        "pools": [{ "id": "p", "per": "class", "amount": { "difference": [300, { "aggregate": "sum", "of": "x", "over": ["class"] }] },
                    "weights": { "x": "1/7", "equal": "6/7" } }],
        "classes": [
            { "id": "few", "where": { "x": { "below": 5 } }, "funding": { "l0": { "pool": "p" }, "l1": { "rate": "1/3", "of": "l0" } } },
            { "id": "many", "where": { "x": { "at_least": 5 } }, "funding": { "l0": { "pool": "p" }, "l1": { "rate": "1/3", "of": { "aggregate": "median", "of": "l0", "over": ["class"] } } } }
        ]
    });
    let exact = json!({
        "layers": layers(2), "rounding": { "unit": "元", "places": 0 },
        "pools": [{ "id": "p", "amount": 997, "at_most": 100, "if_left": "keep", "weights": { "y": "0.5", "equal": "0.5" } }],
        "classes": everybody(&json!({ "l0": { "pool": "p" }, "l1": { "rate": "1/2", "of": { "exact": "l0" } } }))
    });
    prop::sample::select(vec![past, below, exact]).prop_map(policy)
}

/// Layers with limits of every rule, for all places or each group, by numbers of the file and of all places, and what later layers, pools
/// and years make of what they leave.
fn limited() -> impl Strategy<Value = Policy> {
    let rule = || {
        prop_oneof![
            Just(json!({ "rule": "proportional" })),
            Just(json!({ "rule": "constrained-equal-awards" })),
            Just(json!({ "rule": "constrained-equal-losses" })),
            Just(json!({ "rule": "talmud" })),
            Just(json!({ "rule": "priority", "order": ["many"] })),
        ]
    };
    let per = || prop_oneof![Just("none"), Just("county"), Just("class"), Just("payer")];
    let amount = || prop_oneof![0_u32..100, 0_u32..2_000].prop_map(|amount| json!(amount));
    let limit = (rule(), per(), amount(), any::<bool>());
    let rest = (rule(), amount(), prop_oneof![2 => Just(None), 1 => (0_u32..200).prop_map(Some)], any::<[bool; 3]>());
    (limit, rest).prop_map(|((rule, per, amount, of_all), (other, part, cap, [pooled, past, whole_steps]))| {
        let mut first = rule;
        first["amount"] = if of_all { json!([{ "rate": "1/3", "of": { "aggregate": "sum", "of": "y" } }, amount]) } else { amount };
        if per != "none" {
            first["per"] = json!(per);
        }
        let mut second = other.clone();
        second["amount"] = if pooled { json!({ "left_of": "p" }) } else { part.clone() };
        let mut third = other;
        third["amount"] = json!({ "rate": "2/3", "of": { "aggregate": "sum", "of": "l1" } });
        let mut pool = json!({ "id": "p", "amount": 700, "weights": { "l0": "0.5", "equal": "0.5" }, "if_left": "keep" });
        if let Some(cap) = cap {
            pool["at_most"] = json!(cap);
        }
        let l0 = if past { json!([{ "last_year": "l1", "first": "x" }, { "last_year": "l3", "first": 1 }]) } else { json!("x") };
        let shared = json!({ "l0": l0, "l1": { "pool": "p" }, "l2": { "top_up_to": "y", "counting": ["l0", "l1"] }, "l3": "x" });
        let mean = json!({ "aggregate": if past { "median" } else { "mean" }, "of": "l2" });
        let mut whole = json!({
            "layers": [
                { "id": "l0", "payer": "county", "limit": first }, { "id": "l1", "payer": "city", "limit": { "amount": 500, "rule": "talmud" } },
                { "id": "l2", "payer": "city", "limit": second }, { "id": "l3", "payer": "city", "limit": third }
            ],
            "pools": [pool],
            "classes": [
                { "id": "few", "where": { "x": { "below": 5 } }, "funding": shared },
                { "id": "many", "where": { "x": { "at_least": 5 } }, "funding": { "l0": "y", "l1": "x", "l2": "x", "l3": ["y", mean] } }
            ]
        });
        if whole_steps {
            whole["rounding"] = json!({ "unit": "元", "places": 0 });
        }
        policy(whole)
    })
}

/// Classes that numbers of all places tell apart, themselves or through figures, before pools, limits and other numbers of these.
fn told_apart() -> impl Strategy<Value = Policy> {
    let x = |function: &str, over: &[&str]| json!({ "aggregate": function, "of": "x", "over": over });
    let above = json!({ "aggregate": "mean", "of": "x", "where": { "x": { "at_least": x("mean", &[]) } } });
    let bounds = vec![
        x("mean", &[]),
        x("mean", &["county"]),
        x("median", &[]),
        x("median", &["county"]),
        above,
        json!("bound"),
        json!({ "rate": "1/2", "of": x("greatest", &["county"]) }),
        json!({ "rate": 20, "of": { "aggregate": "count" } }),
    ];
    (prop::sample::select(bounds), any::<[bool; 2]>()).prop_map(move |(bound, [limited, whole_steps])| {
        let funding = json!({ "l0": { "pool": "p" }, "l1": ["y", bound], "l2": { "aggregate": "sum", "of": "l0", "over": ["class"] } });
        let mut whole = json!({
            "layers": layers(3),
            "pools": [{ "id": "p", "per": "class", "amount": 700, "weights": { "x": "0.5", "equal": "0.5" } }],
            "figures": [
                { "id": "sum", "value": { "aggregate": "sum", "of": "x", "over": ["county"] } },
                { "id": "bound", "value": { "quotient": ["sum", { "aggregate": "count", "over": ["county"] }] } }
            ],
            "classes": [
                { "id": "few", "where": { "x": { "below": bound } }, "funding": funding },
                { "id": "many", "where": { "x": { "at_least": bound } }, "funding": funding }
            ]
        });
        if limited {
            whole["layers"][1]["limit"] = json!({ "amount": 300, "per": "class", "rule": "constrained-equal-awards" });
        }
        if whole_steps {
            whole["rounding"] = json!({ "unit": "元", "places": 0 });
        }
        policy(whole)
    })
}

/// Pools and limits that split the same rows and read nothing of each other: a pass may know of the split of one or not.
fn side_by_side() -> impl Strategy<Value = Policy> {
    let weights = || {
        prop::sample::select(vec![json!({ "part": 1 }), json!({ "x": "1/3", "equal": "2/3" }), json!({ "equal": 1 })])
    };
    let bound = prop::sample::select(vec![
        json!(null),
        json!({ "rate": "1/9", "of": "y" }),
        json!({ "rate": "1/7", "of": "l0" }),
    ]);
    (weights(), weights(), bound, any::<[bool; 3]>()).prop_map(|(one, other, bound, [limited, of_past, per])| {
        let mut other = json!({ "id": "q", "amount": 601, "weights": other, "if_short": "reduce" });
        if !bound.is_null() {
            other["at_least"] = bound;
        }
        if per {
            other["per"] = json!("county");
        }
        let mut whole = json!({
            "layers": layers(3),
            "pools": [{ "id": "p", "amount": 467, "weights": one }, other],
            "figures": [{ "id": "part", "value": { "rate": "1/3", "of": ["x", "y", 1] } }],
            "classes": everybody(&json!({
                "l0": { "pool": "p" }, "l1": if of_past { json!({ "last_year": "l2", "first": "y" }) } else { json!("y") },
                "l2": { "pool": "q" }
            }))
        });
        if limited {
            whole["layers"][1]["limit"] = json!({ "amount": 300, "rule": "constrained-equal-awards" });
        }
        policy(whole)
    })
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let number = || prop_oneof![2 => 0_u32..6, 3 => 0_u32..400];
    let count = prop_oneof![3 => Just(1_u32), 1 => 1_u32..5];
    let place = (
        any::<u16>(),
        0_u8..3,
        count,
        number(),
        number(),
        prop_oneof![8 => Just(2024_u16), 2 => Just(2025), 1 => Just(2026)],
    );
    prop::collection::vec(place, 1..24).prop_map(|mut places| {
        // Ids differ, in whatever order.
        let mut seen = BTreeSet::new();
        places.retain(|place| seen.insert(place.0));
        places
    })
}

fn again<T: Serialize + serde::de::DeserializeOwned>(thing: &T) -> T {
    serde_json::from_str(&serde_json::to_string(thing).unwrap()).unwrap()
}

/// Parts of a roster, in whatever order they are summed.
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

/// What is settled of parts, merged as a tree whose shape `turn` says.
fn settle(
    policy: &Policy,
    parts: &[(Part, Vec<Place>)],
    room: Option<usize>,
    turn: usize,
) -> Result<Settlement, Problems> {
    let settling = Settling::new(policy, None)?;
    let mut so_far = settling.so_far().clone();
    if let Some(room) = room {
        so_far = so_far.with_room(room);
    }
    let mut settling = Settling::new(policy, None)?.going_on(so_far)?;
    for _ in 0..200 {
        if settling.is_settled() {
            return Ok(again(settling.so_far()));
        }
        let worker = Settling::new(policy, None)?.going_on(again(settling.so_far()))?;
        let mut sums: Vec<PassSums> =
            parts.iter().map(|(part, places)| again(&worker.part(part, read(policy, part, places)))).collect();
        sums.rotate_left(turn % parts.len());
        while sums.len() > 1 {
            let at = (turn + sums.len()) % (sums.len() - 1);
            let other = sums.remove(at + 1);
            sums[at].merge(again(&other)).unwrap();
        }
        settling = settling.next(sums.remove(0))?;
    }
    panic!("it never ends: {}", serde_json::to_string_pretty(settling.so_far()).unwrap());
}

fn rows(allocation: &Allocation) -> Vec<(String, u16, String, i64)> {
    let line = |line: crate::results::allocation::Line<'_>| {
        (line.recipient().id().to_owned(), line.year(), line.layer().id.clone(), line.amount().fen())
    };
    allocation.all_lines().map(line).collect()
}

fn told(problems: &Problems) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

fn check(
    policy: &Policy,
    places: &[Place],
    cuts: &[usize],
    room: Option<usize>,
    turn: usize,
) -> Result<(), TestCaseError> {
    let (roster, _) = read(policy, &Part::new(0), places).unwrap();
    let whole = Allocation::new(policy, &roster);
    let parts = cut(places, cuts);
    let settled = settle(policy, &parts, room, turn).and_then(|settlement| {
        let allocate = |(part, places): &(Part, Vec<Place>)| {
            let (roster, _) = read(policy, part, places)?;
            Ok(Allocation::settled(policy, &roster, &settlement)?.0)
        };
        let allocations = parts.iter().map(allocate).collect::<Result<Vec<_>, Problems>>()?;
        Ok((settlement, allocations))
    });
    match (whole, settled) {
        (Ok((whole, warnings)), Ok((settlement, allocations))) => {
            let all: Vec<_> = allocations.iter().flat_map(rows).collect();
            prop_assert_eq!(all, rows(&whole));
            // What is odd about a row comes with its part.
            let of_all: Problems = warnings.into_iter().filter(|warning| warning.location().row.is_none()).collect();
            prop_assert_eq!(told(&settlement.warnings(policy)), told(&of_all));
            // And by the same arithmetic.
            for allocation in allocations {
                for place in allocation.roster() {
                    let explained = |allocation: &Allocation| allocation.explain(place.id(), None).unwrap();
                    prop_assert_eq!(explained(&allocation), explained(&whole));
                }
            }
        }
        (Err(whole), Err(parts)) => {
            let codes = |problems: &Problems| problems.iter().map(Problem::code).collect::<BTreeSet<_>>();
            // Passes end at what is wrong first.
            prop_assert!(codes(&parts).is_subset(&codes(&whole)), "{} {}", parts, whole);
        }
        (whole, parts) => {
            let whole = whole.map(|(whole, _)| rows(&whole)).map_err(|problems| problems.to_string());
            let parts = parts.map(|(_, parts)| parts.iter().map(rows).collect::<Vec<_>>()).map_err(|p| p.to_string());
            prop_assert!(false, "{whole:?}\n{parts:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// However a roster is cut, in whatever order its parts are merged, and however little is kept between passes.
    #[test]
    fn parts_get_what_the_whole_gives(
        policy in prop_oneof![4 => policies(), 1 => more_policies(), 4 => limited(), 3 => told_apart(), 3 => side_by_side()],
        places in places(),
        cuts in prop::collection::vec(any::<usize>(), 0..5),
        room in prop_oneof![Just(None), (2_usize..6).prop_map(Some)],
        turn in any::<u16>(),
    ) {
        check(&policy, &places, &cuts, room, turn.into())?;
    }

    /// Merging is associative and commutative, in every pass.
    #[test]
    fn sums_merge_in_any_order(
        policy in prop_oneof![4 => policies(), 1 => more_policies(), 4 => limited(), 3 => told_apart(), 3 => side_by_side()],
        places in places(),
        cuts in prop::collection::vec(any::<usize>(), 2..4),
        room in prop_oneof![Just(None), (2_usize..6).prop_map(Some)],
    ) {
        let parts = cut(&places, &cuts);
        let mut settling = Settling::new(&policy, None).unwrap();
        if let Some(room) = room {
            let so_far = settling.so_far().clone().with_room(room);
            settling = settling.going_on(so_far).unwrap();
        }
        while !settling.is_settled() {
            let sums: Vec<PassSums> =
                parts.iter().map(|(part, places)| settling.part(part, read(&policy, part, places))).collect();
            let merged = |one: &PassSums, other: &PassSums| {
                let mut merged = one.clone();
                merged.merge(other.clone()).unwrap();
                merged
            };
            let [a, b, c] = [&sums[0], &sums[1], &sums[2]];
            prop_assert_eq!(merged(a, b), merged(b, a));
            prop_assert_eq!(merged(&merged(a, b), c), merged(a, &merged(b, c)));
            prop_assert_eq!(&merged(&settling.nothing(), a), a);
            let all = sums.iter().fold(settling.nothing(), |all, part| merged(&all, part));
            let Ok(next) = settling.next(all) else { return Ok(()) };
            settling = next;
        }
    }
}

/// Three places of a row, of which another layer gives the first a fen more: here two get one, whether that is known in a pass or not.
#[test]
fn members_that_only_others_tell_apart_are_one() {
    let beside = |other: Value| {
        policy(json!({
            "layers": [{ "id": "l0", "payer": "city" }, other["layer"]],
            "pools": [
                { "id": "p", "amount": { "2024": "0.01", "2025": "0.03" }, "weights": { "equal": 1 } },
                { "id": "q", "amount": "0.02", "weights": { "one": 1 } }
            ],
            "figures": [{ "id": "one", "value": 1 }],
            "classes": everybody(&json!({ "l0": { "pool": "p" }, "l1": other["rule"] }))
        }))
    };
    let pool = beside(json!({ "layer": { "id": "l1", "payer": "city" }, "rule": { "pool": "q" } }));
    let limit = json!({ "amount": "0.02", "rule": "proportional" });
    let limit = beside(json!({ "layer": { "id": "l1", "payer": "city", "limit": limit }, "rule": "y" }));
    let places = [(1, 0, 3, 1, 1, 2024)];
    for policy in [pool, limit] {
        let settlement = settle(&policy, &cut(&places, &[]), None, 0).unwrap();
        let (roster, _) = read(&policy, &Part::new(0), &places).unwrap();
        let settled = rows(&Allocation::settled(&policy, &roster, &settlement).unwrap().0);
        let fen: Vec<i64> = settled.iter().map(|(.., fen)| *fen).collect();
        assert_eq!(fen, [1, 2, 3, 2], "{settled:?}");
        check(&policy, &places, &[], None, 0).unwrap();
    }
}

/// A row that is never live is of no class, whatever a limit is `per`.
#[test]
fn rows_that_are_never_live_are_of_no_limit() {
    let policy = policy(json!({
        "layers": [{ "id": "l0", "payer": "city", "limit": { "amount": 3, "per": "class", "rule": "proportional" } }],
        "classes": everybody(&json!({ "l0": "y" }))
    }));
    let places: Vec<Place> = (0..4).map(|id| (id, 0, 1, 1, 200, if id == 1 { 2026 } else { 2024 })).collect();
    check(&policy, &places, &[2], None, 0).unwrap();
}

/// Members with the same remainder: who gets the last steps is for their ids to say, wherever they stand.
#[test]
fn ties_go_to_the_smallest_ids_of_all_parts() {
    let policy = policy(json!({
        "rounding": { "unit": "元", "places": 0 }, "layers": layers(1),
        "pools": [{ "id": "p", "amount": 1_000, "weights": { "equal": 1 } }],
        "classes": everybody(&json!({ "l0": { "pool": "p" } }))
    }));
    // 300 places: 3 each, and the 100 smallest ids one more, by their digits.
    let places: Vec<Place> = (0..300_u16).rev().map(|id| (id, 0, 1, 1, 1, 2024)).collect();
    let parts = cut(&places, &[3, 100, 101, 250]);
    let mut first: Vec<String> = (0..300).map(|id: u16| id.to_string()).collect();
    first.sort_unstable();
    first.truncate(100);
    for room in [None, Some(4)] {
        let settlement = settle(&policy, &parts, room, 3).unwrap();
        assert_eq!(settlement.passes() == 2, room.is_none(), "{room:?}: {}", settlement.passes());
        for (part, places) in &parts {
            let (roster, _) = read(&policy, part, places).unwrap();
            for (id, _, _, fen) in rows(&Allocation::settled(&policy, &roster, &settlement).unwrap().0) {
                assert_eq!(fen, if first.contains(&id) { 400 } else { 300 }, "{id}");
            }
        }
    }
}

/// Of few different numbers the middle is known at once, of many in some passes.
#[test]
fn medians_are_found_in_few_passes() {
    let policy = policy(json!({
        "layers": layers(2), "classes": everybody(&json!({
            "l0": { "aggregate": "median", "of": "x" }, "l1": { "aggregate": "median", "of": "y", "over": ["county"] }
        }))
    }));
    let places: Vec<Place> = (0..400_u16)
        .map(|id| (id, u8::try_from(id % 2).unwrap(), 1, u32::from(id) * 7919 % 401, u32::from(id % 3) * 100, 2024))
        .collect();
    let parts = cut(&places, &[3, 100, 101, 250]);
    // x are 400 of the numbers from 0 to 400, y the numbers 0, 1 and 2.
    let mut x: Vec<u32> = places.iter().map(|place| place.3).collect();
    x.sort_unstable();
    for (room, passes) in [(None, 1), (Some(16), 5), (Some(2), 30)] {
        let settlement = settle(&policy, &parts, room, 3).unwrap();
        assert!(settlement.passes() <= passes, "{room:?}: {}", settlement.passes());
        for (part, places) in &parts {
            let (roster, _) = read(&policy, part, places).unwrap();
            let allocation = Allocation::settled(&policy, &roster, &settlement).unwrap().0;
            for (id, _, layer, fen) in rows(&allocation) {
                let expected = if layer == "l0" { i64::from(x[199] + x[200]) * 50 } else { 100 };
                assert_eq!(fen, expected, "{id} {layer}");
            }
        }
    }
}

/// Each part by itself would tell other classes apart: the mean of the first is 2, of the second 200.
#[test]
fn classes_are_told_apart_by_numbers_of_all_places() {
    let policy = policy(json!({
        "layers": layers(1),
        "figures": [
            { "id": "places", "value": { "aggregate": "count" } },
            { "id": "many", "value": { "difference": ["places", "x"] } },
            { "id": "mean", "value": { "aggregate": "mean", "of": "x" } }
        ],
        "classes": [
            { "id": "low", "where": { "x": { "below": "mean" } }, "funding": { "l0": 5 } },
            { "id": "high", "where": { "x": { "at_least": "mean" }, "many": { "below": 0 } }, "funding": { "l0": 1 } }
        ]
    }));
    let needs: Vec<(String, Whole, u32)> =
        WholeRoster::of(&policy).into_iter().map(|needs| (needs.path, needs.why, needs.passes)).collect();
    // Figures that classes read stand for themselves too.
    let of_class = |class: &str| (format!("classes.{class}.where"), Whole::Class, 2);
    let of_figure = |figure: &str| (format!("figures.{figure}"), Whole::Aggregate, 2);
    assert_eq!(needs, [of_figure("places"), of_figure("mean"), of_class("low"), of_class("high")]);
    assert!(
        Summing::new(&policy, None, &[]).unwrap_err().iter().all(|problem| problem.code() == Code::NeedsWholeRoster)
    );
    let places = [(1, 0, 1, 1, 0, 2024), (2, 0, 1, 3, 0, 2024), (3, 0, 1, 100, 0, 2024), (4, 0, 1, 300, 0, 2024)];
    let parts = cut(&places, &[2]);
    let settlement = settle(&policy, &parts, None, 0).unwrap();
    assert_eq!(settlement.passes(), 1);
    let found: Vec<Vec<i64>> = parts
        .iter()
        .map(|(part, places)| {
            let (roster, _) = read(&policy, part, places).unwrap();
            let lines = rows(&Allocation::settled(&policy, &roster, &settlement).unwrap().0);
            lines.into_iter().filter(|(_, year, ..)| *year == 2024).map(|(.., fen)| fen).collect()
        })
        .collect();
    assert_eq!(found, [vec![500, 500], vec![500, 100]]);
}

/// What is settled comes after what tells classes apart.
#[test]
fn passes_for_classes_come_first() {
    let policy = policy(json!({
        "layers": [{ "id": "a", "payer": "city", "limit": { "amount": 90, "rule": "talmud" } }, { "id": "b", "payer": "city" }],
        "pools": [{ "id": "p", "amount": 100, "weights": { "x": 1 } }],
        "classes": [
            { "id": "low", "where": { "x": { "below": { "aggregate": "mean", "of": "x", "where": { "x": { "above": { "aggregate": "mean", "of": "x" } } } } } },
              "funding": { "a": { "aggregate": "mean", "of": "x" }, "b": { "pool": "p" } } },
            { "id": "high", "where": { "x": { "at_least": { "aggregate": "mean", "of": "x", "where": { "x": { "above": { "aggregate": "mean", "of": "x" } } } } } },
              "funding": { "a": { "aggregate": "count" } } }
        ]
    }));
    let needs: Vec<(String, u32)> =
        WholeRoster::of(&policy).into_iter().map(|needs| (needs.path, needs.passes)).collect();
    let expected = [
        ("pools.p", 5),
        ("layers.a.limit", 5),
        ("classes.low.where", 3),
        ("classes.low.funding.a", 3),
        ("classes.high.where", 3),
        ("classes.high.funding.a", 4),
    ];
    assert_eq!(needs, expected.map(|(path, passes)| (path.to_owned(), passes)));
}

/// As of the whole: what is blank that tells classes apart is said, and every place without a class, whichever part it is in.
#[test]
fn what_is_wrong_with_the_classes_of_a_part_is_said() {
    let policy = policy(json!({
        "layers": layers(1),
        "classes": [
            { "id": "low", "where": { "x": { "below": { "aggregate": "mean", "of": "x" } } }, "funding": { "l0": 5 } },
            { "id": "high", "where": { "x": { "above": { "aggregate": "mean", "of": "x" } } }, "funding": { "l0": 5 } }
        ]
    }));
    // As many as the mean, which only all of them have.
    let places = [(1, 0, 1, 1, 0, 2024), (2, 0, 1, 3, 0, 2024), (3, 0, 1, 3, 0, 2024), (4, 0, 1, 5, 0, 2024)];
    let parts = cut(&places, &[1, 3]);
    let settlement = settle(&policy, &parts, None, 0).unwrap();
    let said: Vec<Vec<String>> = parts
        .iter()
        .map(|(part, places)| {
            let (roster, _) = read(&policy, part, places).unwrap();
            Allocation::settled(&policy, &roster, &settlement).map_or_else(|problems| told(&problems), |_| Vec::new())
        })
        .collect();
    let (whole, _) = read(&policy, &Part::new(0), &places).unwrap();
    let of_whole = told(&Allocation::new(&policy, &whole).unwrap_err());
    assert_eq!(of_whole.len(), 2, "{of_whole:?}");
    assert_eq!(said, [Vec::new(), of_whole, Vec::new()]);
    let blank = |part: &Part, cell: &str| {
        let mut builder = RosterBuilder::new(&policy, &["name", "x", "y"].map(|title| (title, None)));
        builder.after_rows(part.rows_before());
        builder.push_row(None, &["n", cell, "1"].map(Cell::Text));
        builder.finish()
    };
    let settling = Settling::new(&policy, None).unwrap();
    let mut sums = settling.part(&Part::new(0), blank(&Part::new(0), "7"));
    let other = settling.part(&Part::new(1), blank(&Part::new(1), ""));
    assert!(other.has_failed());
    sums.merge(other).unwrap();
    let problems = settling.next(sums).unwrap_err();
    assert!(told(&problems)[0].starts_with("row 2, column `x`: "), "{problems}");
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), [Code::BlankAttribute]);
}

fn pooled(more: &Value) -> Policy {
    let mut pool = json!({ "id": "p", "amount": 1_000, "weights": { "x": 1 } });
    pool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    policy(json!({ "layers": layers(1), "pools": [pool], "classes": everybody(&json!({ "l0": { "pool": "p" } })) }))
}

#[test]
fn no_more_passes_are_made_than_there_may_be() {
    let policy = pooled(&json!({}));
    let places = [(1, 0, 1, 3, 0, 2024), (2, 0, 1, 4, 0, 2024)];
    let passes = |most: u32| {
        let mut settling = Settling::new(&policy, None)?.at_most(most)?;
        while !settling.is_settled() {
            let sums = settling.part(&Part::new(0), read(&policy, &Part::new(0), &places));
            settling = settling.next(sums)?;
        }
        Ok::<u32, Problems>(settling.so_far().passes())
    };
    assert_eq!(passes(3).unwrap(), 2);
    for most in 0..3 {
        let problems = passes(most).unwrap_err();
        assert_eq!(
            told(&problems),
            [format!(
                "takes more than {most} passes over the rows; allow more passes, or read the roster as a whole [needs-whole-roster]"
            )]
        );
    }
}

#[test]
fn what_is_of_other_parts_is_refused() {
    let (policy, other) = (pooled(&json!({})), pooled(&json!({ "amount": 999 })));
    let part = (Part::new(0), vec![(1, 0, 1, 3, 0, 2024), (2, 1, 1, 4, 0, 2024)]);
    let parts = [part.clone()];
    let settlement = settle(&policy, &parts, None, 0).unwrap();
    let (roster, _) = read(&policy, &part.0, &part.1).unwrap();
    let codes = |problems: &Problems| problems.iter().map(Problem::code).collect::<Vec<_>>();
    // Another policy of the same name.
    assert_eq!(codes(&Allocation::settled(&other, &roster, &settlement).unwrap_err()), [Code::UnlikeSummaries]);
    assert_eq!(codes(&Summing::settled(&other, &settlement, &[]).unwrap_err()), [Code::UnlikeSummaries]);
    assert_eq!(
        codes(&Settling::new(&other, None).unwrap().going_on(settlement.clone()).unwrap_err()),
        [Code::UnlikeSummaries]
    );
    // A settlement on its way.
    let settling = Settling::new(&policy, None).unwrap();
    assert_eq!(codes(&Allocation::settled(&policy, &roster, settling.so_far()).unwrap_err()), [Code::UnlikeSummaries]);
    // Sums of another pass.
    let first = settling.part(&part.0, read(&policy, &part.0, &part.1));
    let settling = settling.next(first.clone()).unwrap();
    assert_eq!(codes(&settling.nothing().merge(first.clone()).unwrap_err()), [Code::UnlikeSummaries]);
    assert_eq!(codes(&settling.clone().next(first).unwrap_err()), [Code::UnlikeSummaries]);
    // Rows that were not there in the first pass.
    let other_rows = settling.part(&part.0, read(&policy, &part.0, &part.1[..1]));
    let problems = settling.next(other_rows).unwrap_err();
    assert_eq!(codes(&problems), [Code::UnlikeSummaries; 2]);
    assert!(
        told(&problems)[0].starts_with("pools.p: the places of 2024 are others than in the first pass"),
        "{problems}"
    );
    // Rows of a county that none of the parts had.
    let by_county = pooled(&json!({ "per": "county" }));
    let settlement = settle(&by_county, &parts, None, 0).unwrap();
    let (roster, _) = read(&by_county, &part.0, &[(7, 2, 1, 3, 0, 2024)]).unwrap();
    let problems = Allocation::settled(&by_county, &roster, &settlement).unwrap_err();
    assert_eq!(codes(&problems), [Code::UnlikeSummaries; 2]);
    assert!(
        told(&problems)[0].starts_with("pools.p: what was settled for 2024 does not have these places (乙县)"),
        "{problems}"
    );
}

#[test]
fn claims_of_other_parts_are_refused_and_so_are_too_many() {
    let limited = |more: Value| {
        let mut limit = json!({ "amount": 10, "rule": "talmud" });
        limit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let layer = json!([{ "id": "l0", "payer": "city", "limit": limit }]);
        policy(json!({ "layers": layer, "classes": everybody(&json!({ "l0": "x" })) }))
    };
    let codes = |problems: &Problems| problems.iter().map(Problem::code).collect::<Vec<_>>();
    let part = (Part::new(0), vec![(1, 0, 1, 30, 0, 2024), (2, 1, 1, 40, 0, 2024)]);
    for (more, group) in [(json!({}), ""), (json!({ "per": "county" }), "丙县: ")] {
        let policy = limited(more);
        let settling = Settling::new(&policy, None).unwrap();
        let first = settling.part(&part.0, read(&policy, &part.0, &part.1));
        let settling = settling.next(first).unwrap();
        // A claim that was not there in the first pass.
        let others = settling.part(&part.0, read(&policy, &part.0, &part.1[1..]));
        let problems = settling.next(others).unwrap_err();
        assert_eq!(codes(&problems), [Code::UnlikeSummaries; 2]);
        let expected = format!("layers.l0.limit: {group}the places of 2024 are others than in the first pass");
        assert!(told(&problems)[0].starts_with(&expected), "{problems}");
    }
    // Claims of a county that none of the parts had.
    let policy = limited(json!({ "per": "county" }));
    let settlement = settle(&policy, std::slice::from_ref(&part), None, 0).unwrap();
    let (roster, _) = read(&policy, &part.0, &[(7, 2, 1, 3, 0, 2024)]).unwrap();
    let problems = Allocation::settled(&policy, &roster, &settlement).unwrap_err();
    assert_eq!(codes(&problems), [Code::UnlikeSummaries; 2]);
    let expected = "layers.l0.limit: what was settled for 2024 does not have these places (乙县)";
    assert!(told(&problems)[0].starts_with(expected), "{problems}");
    // Claims that are together beyond 64 bits.
    let policy = limited(json!({}));
    let many: Vec<Place> = (0..6).map(|id| (id, 0, u32::MAX, u32::MAX / 10, 0, 2024)).collect();
    let problems = settle(&policy, &cut(&many, &[2, 4]), None, 0).unwrap_err();
    assert_eq!(codes(&problems), [Code::Overflow; 2]);
    assert_eq!(problems.iter().next().unwrap().location().key.as_deref(), Some("layers.l0.limit"));
}

/// The limit of a layer may be all of a pool that has no members in a year.
#[test]
fn a_limit_may_be_what_a_pool_without_members_leaves() {
    let policy = policy(json!({
        "layers": [{ "id": "l0", "payer": "city" },
                   { "id": "l1", "payer": "city", "limit": { "amount": { "left_of": "p" }, "rule": "constrained-equal-awards" } }],
        "pools": [{ "id": "p", "amount": 100, "weights": { "equal": 1 } }],
        "classes": [
            { "id": "few", "where": { "x": { "below": 5 } }, "funding": { "l0": { "pool": "p" } } },
            { "id": "many", "where": { "x": { "at_least": 5 } }, "funding": { "l1": "x" } }
        ]
    }));
    let places = vec![(1, 0, 1, 30, 0, 2024), (2, 1, 1, 90, 0, 2024)];
    let (roster, _) = read(&policy, &Part::new(0), &places).unwrap();
    // 30 and 90 meet 100: 30 and 70.
    let whole = rows(&Allocation::new(&policy, &roster).unwrap().0);
    let paid: Vec<i64> =
        whole.iter().filter(|(_, year, layer, _)| (*year, &**layer) == (2024, "l1")).map(|row| row.3).collect();
    assert_eq!(paid, [3_000, 7_000]);
    check(&policy, &places, &[1], None, 0).unwrap();
}

#[test]
fn what_is_wrong_in_a_part_is_said_with_its_row() {
    let policy = pooled(&json!({}));
    let titles = ["id", "name", "x"].map(|title| (title, None));
    let part = Part::new(1_000).in_file("b.parquet", 10);
    let mut builder = RosterBuilder::new(&policy, &titles);
    builder.after_rows(part.rows_before());
    builder.push_row(None, &["1", "n", "3"].map(Cell::Text));
    builder.push_row(None, &["2", "m", ""].map(Cell::Text));
    let settling = Settling::new(&policy, None).unwrap();
    let sums = settling.part(&part, builder.finish());
    assert!(sums.has_failed());
    let problems = settling.next(sums).unwrap_err();
    let problem = problems.iter().next().unwrap();
    let place = problem.location();
    assert_eq!(problem.code(), Code::BlankAttribute);
    assert_eq!((place.file.as_deref(), place.row, place.column.as_deref()), (Some("b.parquet"), Some(12), Some("x")));
}

/// The floors of 5,000 places far apart: with room for 75 turning points λ is found in few passes, as with room for 8,192 it is
/// among 60,000,000.
#[test]
fn few_passes_do_for_many_floors() {
    let policy = pooled(
        &json!({ "amount": 2_250_000, "at_least": { "rate": "1/7", "of": "y" }, "at_most": { "rate": 7, "of": "x" } }),
    );
    let places: Vec<Place> = (0..5_000_u32)
        .map(|id| (u16::try_from(id).unwrap(), 0, 1, 1 + id * 7_919 % 1_000, 100 + id * 104_729 % 700, 2024))
        .collect();
    let parts = cut(&places, &[1_700, 3_200]);
    let (roster, _) = read(&policy, &Part::new(0), &places).unwrap();
    let whole = rows(&Allocation::new(&policy, &roster).unwrap().0);
    for room in [None, Some(75)] {
        let settlement = settle(&policy, &parts, room, 1).unwrap();
        assert!(settlement.passes() < 12, "{}", settlement.passes());
        let all: Vec<_> = parts
            .iter()
            .flat_map(|(part, places)| {
                let (roster, _) = read(&policy, part, places).unwrap();
                rows(&Allocation::settled(&policy, &roster, &settlement).unwrap().0)
            })
            .collect();
        assert!(all == whole);
    }
}
