//! Pools beside a second way to share out, in fractions, member by member.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::engine::roster::{Roster, RosterBuilder};
use crate::ground::problem::{Code, Problem};
use crate::policy::Policy;
use crate::results::allocation::Allocation;
use crate::roster::Cell;
use crate::rows::records::RowBuilder;

type Number = BigRational;

fn number(whole: i64) -> Number {
    BigInt::from(whole).into()
}

/// A place: how many, people, what it had, its county.
#[derive(Clone, Debug)]
struct Place {
    count: u32,
    people: i64,
    last: i64,
    county: usize,
}

/// One member of a place, with what it has of each layer so far.
struct Member {
    place: usize,
    layers: Vec<i64>,
}

/// How a pool is shared out here: everything in whole 元.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the pool")]
struct Pool<'a> {
    amount: &'a dyn Fn(usize) -> i64,
    by_county: bool,
    weight: &'a dyn Fn(&Member) -> Number,
    floor: Option<&'a dyn Fn(&Member) -> Number>,
    cap: Option<&'a dyn Fn(&Member) -> Number>,
    reduce: bool,
    keep: bool,
    each: bool,
}

fn half_up(number: &Number) -> Number {
    (number + Number::new(1.into(), 2.into())).floor().max(Number::zero())
}

/// What each member gets, and what is left of the pool by county; none where it is refused.
fn share(pool: &Pool<'_>, places: &[Place], members: &[Member]) -> Option<(Vec<i64>, Vec<i64>)> {
    let groups = if pool.by_county { 2 } else { 1 };
    let (mut parts, mut kept) = (vec![0; members.len()], vec![0; 2]);
    for (group, kept) in kept.iter_mut().enumerate().take(groups) {
        let own: Vec<usize> =
            (0..members.len()).filter(|at| !pool.by_county || places[members[*at].place].county == group).collect();
        if own.is_empty() {
            continue;
        }
        let amount = number((pool.amount)(group));
        let weights: Vec<Number> = own.iter().map(|at| (pool.weight)(&members[*at])).collect();
        let bound = |bound: Option<&dyn Fn(&Member) -> Number>| {
            bound.map(|bound| own.iter().map(|at| half_up(&bound(&members[*at]))).collect::<Vec<_>>())
        };
        let (floors, caps) = (bound(pool.floor).unwrap_or(vec![number(0); own.len()]), bound(pool.cap));
        if caps.as_ref().is_some_and(|caps| floors.iter().zip(caps).any(|(floor, cap)| floor > cap)) {
            return None;
        }
        if weights.iter().all(Zero::is_zero) {
            return None;
        }
        let at = |lambda: &Number| -> Vec<Number> {
            let part = |at: usize| {
                let part = (lambda * &weights[at]).max(floors[at].clone());
                caps.as_ref().map_or(part.clone(), |caps| part.min(caps[at].clone()))
            };
            (0..own.len()).map(part).collect()
        };
        let sum = |parts: &[Number]| parts.iter().fold(number(0), |sum, part| sum + part);
        let least = sum(&floors);
        let exact = if least > amount {
            if !pool.reduce {
                return None;
            }
            floors.iter().map(|floor| floor * &amount / &least).collect()
        } else {
            let mut turns = vec![number(0)];
            for (row, weight) in weights.iter().enumerate().filter(|(_, weight)| !weight.is_zero()) {
                turns.push(&floors[row] / weight);
                turns.extend(caps.as_ref().map(|caps| &caps[row] / weight));
            }
            turns.sort();
            // Beyond the last turn all are at their caps, or the parts grow without end.
            let (low, far) = (turns.iter().rev().find(|turn| sum(&at(turn)) <= amount).unwrap(), number(1 << 60));
            let high = turns.iter().find(|turn| sum(&at(turn)) > amount).unwrap_or(&far);
            let (from, to) = (sum(&at(low)), sum(&at(high)));
            if to < amount {
                if !pool.keep {
                    return None;
                }
                *kept = (&amount - &to).to_integer().to_i64().unwrap();
                at(high)
            } else if from == to {
                at(low)
            } else {
                at(&(low + (high - low) * (&amount - &from) / (to - from)))
            }
        };
        let mut whole: Vec<i64> = exact.iter().map(|part| part.to_integer().to_i64().unwrap()).collect();
        if pool.each {
            whole = exact.iter().map(|part| half_up(part).to_integer().to_i64().unwrap()).collect();
        } else {
            let rests: Vec<Number> = exact.iter().map(Number::fract).collect();
            let left = sum(&rests).to_integer().to_usize().unwrap();
            let mut order: Vec<usize> = (0..own.len()).collect();
            // Ids and members of a row are in order, so that the first of two alike comes first.
            order.sort_by(|a, b| rests[*b].cmp(&rests[*a]));
            order.into_iter().take(left).for_each(|at| whole[at] += 1);
        }
        own.iter().zip(whole).for_each(|(at, part)| parts[*at] = part);
    }
    Some((parts, kept))
}

fn roster(policy: &Policy, places: &[Place]) -> Roster {
    let titles = ["id", "name", "county", "count", "people", "last"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    for (at, place) in places.iter().enumerate() {
        let id = format!("p{at:02}");
        let cells = [place.count.to_string(), place.people.to_string(), place.last.to_string()];
        let county = ["x", "y"][place.county];
        builder.push_row(None, &[&id, &id, county, &cells[0], &cells[1], &cells[2]].map(Cell::Text));
    }
    builder.finish().unwrap().0
}

fn place() -> impl Strategy<Value = Place> {
    (prop_oneof![3 => Just(1_u32), 1 => 2_u32..4], 0_i64..60, 0_i64..60, 0_usize..2)
        .prop_map(|(count, people, last, county)| Place { count, people, last, county })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A pool alike for all, then one with whatever a pool can have that reads it, then what is left of it, then a rule.
    #[test]
    fn pools_are_shared_out_as_their_words_say(
        places in proptest::collection::vec(place(), 1..7),
        first in 0_i64..100,
        amount in 0_i64..600,
        floor in proptest::option::of((0_i64..12, -20_i64..20)),
        cap in proptest::option::of(0_i64..80),
        (by_county, reduce, keep, each, weigh_layer, rest_by_county) in any::<(bool, bool, bool, bool, bool, bool)>(),
    ) {
        let weights = if weigh_layer { json!({ "people": "1/2", "even": "1/2" }) } else { json!({ "people": 1 }) };
        let mut main = json!({
            "id": "main", "amount": amount, "weights": weights,
            "if_short": if reduce { "reduce" } else { "refuse" }, "if_left": if keep { "keep" } else { "refuse" },
            "apportion": if each { "each" } else { "largest-remainder" },
        });
        if by_county {
            main["per"] = json!("county");
        }
        if let Some((rate, less)) = floor {
            main["at_least"] = json!([{ "rate": format!("{rate}/7"), "of": "last" }, "even", less]);
        }
        if let Some(cap) = cap {
            main["at_most"] = json!([cap, "last", "even"]);
        }
        let mut rest = json!({ "id": "rest", "amount": { "rate": "1/3", "of": { "left_of": "main" } }, "weights": { "equal": 1 } });
        if by_county && rest_by_county {
            rest["per"] = json!("county");
        }
        let layers = ["even", "main", "rest", "half"].map(|id| json!({ "id": id, "payer": "county" }));
        let policy: Policy = serde_json::from_value(json!({
            "id": "p", "title": { "zh": "p" }, "years": [2024, 2024], "unit": "元", "rounding": { "places": 0 },
            "attributes": { "people": { "type": "number" }, "last": { "type": "number" } },
            "layers": layers,
            "pools": [{ "id": "first", "amount": first, "weights": { "equal": 1 } }, main, rest],
            "classes": [{ "id": "c", "funding": { "even": { "pool": "first" }, "main": { "pool": "main" }, "rest": { "pool": "rest" },
                          "half": { "rate": "1/2", "of": ["even", "main"] } } }],
        })).unwrap();
        let roster = roster(&policy, &places);

        let mut members: Vec<Member> = places
            .iter()
            .enumerate()
            .flat_map(|(place, data)| (0..data.count).map(move |_| Member { place, layers: Vec::new() }))
            .collect();
        let add = |members: &mut Vec<Member>, parts: &[i64]| {
            members.iter_mut().zip(parts).for_each(|(member, part)| member.layers.push(*part));
        };
        let plain = Pool {
            amount: &|_| first, by_county: false, weight: &|_| number(1), floor: None, cap: None, reduce: false, keep: false, each: false,
        };
        let (parts, _) = share(&plain, &places, &members).unwrap();
        add(&mut members, &parts);
        let of_place = |member: &Member| places[member.place].clone();
        // Totals are those of the group.
        let total = |county: Option<usize>, of: &dyn Fn(&Member) -> i64| {
            members.iter().filter(|member| county.is_none_or(|county| of_place(member).county == county)).map(of).sum::<i64>()
        };
        let counties: Vec<Option<usize>> = if by_county { vec![Some(0), Some(1)] } else { vec![None] };
        let blank = counties.iter().any(|county| {
            let some = members.iter().any(|member| county.is_none_or(|county| of_place(member).county == county));
            let people = total(*county, &|member| of_place(member).people);
            some && (people == 0 || weigh_layer && total(*county, &|member| member.layers[0]) == 0)
        });
        let weight = |member: &Member| {
            let county = by_county.then(|| of_place(member).county);
            let share = |own: i64, all: i64| Number::new(own.into(), all.max(1).into());
            let people = share(of_place(member).people, total(county, &|member| of_place(member).people));
            if !weigh_layer {
                return people;
            }
            people + share(member.layers[0], total(county, &|member| member.layers[0]))
        };
        let floor_of = |member: &Member| {
            let (rate, less) = floor.unwrap();
            Number::new((rate * of_place(member).last).into(), 7.into()) + number(member.layers[0] + less)
        };
        let cap_of = |member: &Member| number(cap.unwrap() + of_place(member).last + member.layers[0]);
        let pool = Pool {
            amount: &|_| amount, by_county, weight: &weight, reduce, keep, each,
            floor: floor.is_some().then_some(&floor_of as &dyn Fn(&Member) -> Number),
            cap: cap.is_some().then_some(&cap_of as &dyn Fn(&Member) -> Number),
        };
        let shared = if blank { None } else { share(&pool, &places, &members) };
        let result = Allocation::new(&policy, &roster);
        let Some((parts, kept)) = shared else {
            let expected = [
                Code::PoolTotalZero, Code::PoolFloorsExceed, Code::PoolCapsFallShort, Code::FloorAboveCap,
            ];
            let problems = result.err().unwrap();
            let errors: Vec<Code> = problems.iter().map(Problem::code).filter(|code| code.severity() == crate::ground::problem::Severity::Error).collect();
            prop_assert!(!errors.is_empty() && errors.iter().all(|code| expected.contains(code)), "{:?}", errors);
            return Ok(());
        };
        let above: i64 = {
            let groups = if by_county { (0..2).filter(|county| places.iter().any(|place| place.county == *county)).count() } else { 1 };
            parts.iter().sum::<i64>() + kept.iter().sum::<i64>() - amount * i64::try_from(groups).unwrap()
        };
        add(&mut members, &parts);
        let third = |kept: i64| kept / 3;
        let rest_pool = Pool {
            amount: &|county| third(if by_county && rest_by_county { kept[county] } else { kept.iter().sum() }),
            by_county: by_county && rest_by_county,
            weight: &|_| number(1), floor: None, cap: None, reduce: false, keep: false, each: false,
        };
        let (parts, _) = share(&rest_pool, &places, &members).unwrap();
        add(&mut members, &parts);
        let halves: Vec<i64> = members
            .iter()
            .map(|member| half_up(&Number::new((member.layers[0] + member.layers[1]).into(), 2.into())).to_integer().to_i64().unwrap())
            .collect();
        add(&mut members, &halves);

        let (allocation, warnings) = result.unwrap();
        for place in 0..places.len() {
            for layer in 0..4 {
                let due: i64 = members.iter().filter(|member| member.place == place).map(|member| member.layers[layer]).sum();
                prop_assert_eq!(allocation.0.row_fen(place, 0, layer), due * 100, "place {} layer {}", place, layer);
            }
        }
        let says = |code: Code| warnings.iter().any(|problem| problem.code() == code);
        prop_assert_eq!(says(Code::PoolLeft), kept.iter().any(|kept| *kept > 0));
        prop_assert!(above == 0 || says(Code::PoolDifference));
        // What is explained lies within the bounds, and by less than a step from what is due.
        for (at, _) in places.iter().enumerate() {
            let explanation = &allocation.explain(&format!("p{at:02}"), None).unwrap()[0];
            let step = &explanation.steps[1];
            let member = members.iter().find(|member| member.place == at).unwrap();
            let exact = fraction(&step.exact);
            prop_assert!((&exact - number(member.layers[1])).abs() < Number::one(), "{} and {}", step.exact, member.layers[1]);
            let last: &Value = &serde_json::to_value(&step.inputs[0]).unwrap()["value"];
            prop_assert_eq!(last, &json!(amount.to_string()));
        }
    }
}

/// `n/d` or a decimal.
fn fraction(text: &str) -> Number {
    if let Some((above, below)) = text.split_once('/') {
        return Number::new(above.parse().unwrap(), below.parse().unwrap());
    }
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = [whole, places].concat().parse().unwrap();
    Number::new(digits, BigInt::from(10).pow(u32::try_from(places.len()).unwrap()))
}
