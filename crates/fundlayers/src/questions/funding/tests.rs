use proptest::prelude::*;

use crate::engine::roster::RosterBuilder;
use crate::ground::ids::{LayerIndex, RowIndex};
use crate::ground::language::Lang;
use crate::ground::money::Amount;
use crate::ground::money::Unit;
use crate::ground::problem::{Code, Problems, Severity};
use crate::policy::Policy;
use crate::questions::funding::{Funding, FundingRule, Limits, LimitsBuilder};
use crate::results::allocation::Allocation;
use crate::results::tables::TableOptions;
use crate::results::totals::Grouping;
use crate::roster::Cell;
use crate::rows::records::RowBuilder;

/// Layers: `city` (one body) pays `due`, `county` tops up to `due` × 2 plus `more`; step 1 元.
fn award(funding: &Funding, row: usize, year: u16, layer: usize) -> Amount {
    funding.funded().amount(RowIndex::new(row), year, LayerIndex::new(layer)).unwrap_or(Amount::ZERO)
}

fn policy() -> Policy {
    serde_json::from_str(
        r#"{ "id": "e", "title": { "zh": "例", "en": "Example" }, "years": [2024, 2025], "unit": "元",
        "rounding": { "unit": "元", "places": 0 },
        "kinds": { "town": { "zh": "镇" }, "village": { "zh": "村" } },
        "payers": { "city": { "zh": "市级", "en": "City" }, "state": { "zh": "省级" } },
        "attributes": { "due": { "type": "number" }, "more": { "type": "number" } },
        "layers": [{ "id": "state", "payer": "state" }, { "id": "city", "name": { "zh": "市级", "en": "City" }, "payer": "city" },
                   { "id": "county", "name": { "zh": "县级" }, "payer": "county" }],
        "pools": [{ "id": "pool", "amount": 100, "weights": { "equal": 1 } }],
        "classes": [{ "id": "towns", "kind": "town", "name": { "zh": "镇类", "en": "Towns" },
                      "funding": { "city": "due", "county": { "top_up_to": ["due", "due", "more"], "counting": ["city"] } } },
                    { "id": "villages", "kind": "village", "name": { "zh": "村类", "en": "Villages" },
                      "funding": { "state": { "pool": "pool" }, "city": "due", "county": { "amount": ["state", "more"] } } }] }"#,
    )
    .unwrap()
}

/// Id, kind, county, count, due, more.
type Place = (String, bool, String, u32, u32, u32);

fn allocation(policy: &Policy, places: &[Place]) -> Allocation {
    let titles = ["id", "name", "kind", "county", "count", "due", "more"].map(|title| (title, None));
    let mut builder = RosterBuilder::new(policy, &titles);
    for (id, town, county, count, due, more) in places {
        let kind = if *town { "town" } else { "village" };
        let numbers = [count, due, more].map(ToString::to_string);
        let texts = [id, id, kind, county, &numbers[0], &numbers[1], &numbers[2]];
        builder.push_row(None, &texts.map(Cell::Text));
    }
    let (roster, _) = builder.finish().unwrap();
    Allocation::new(policy, &roster).unwrap().0
}

fn limits(policy: &Policy, rows: &[[&str; 4]]) -> Limits {
    let mut builder = LimitsBuilder::new(policy, &["layer", "payer", "year", "amount(元)"].map(|title| (title, None)));
    for row in rows {
        builder.push_row(None, &row.map(Cell::Text));
    }
    builder.finish().unwrap().0
}

fn place(id: &str, town: bool, county: &str, count: u32, due: u32, more: u32) -> Place {
    (id.to_owned(), town, county.to_owned(), count, due, more)
}

fn found(titles: &[&str], rows: &[&[&str]]) -> Vec<(Code, Option<u32>, Option<String>)> {
    let titles: Vec<_> = titles.iter().map(|title| (*title, None)).collect();
    let mut builder = LimitsBuilder::new(&policy(), &titles);
    for row in rows {
        builder.push_row(None, &row.iter().map(|text| Cell::Text(text)).collect::<Vec<_>>());
    }
    let problems = match builder.finish() {
        Ok((_, problems)) | Err(problems) => problems,
    };
    problems.iter().map(|p| (p.code(), p.location().row, p.location().column.clone())).collect()
}

#[test]
fn limits_are_read_by_key_or_header_id_or_name() {
    let policy = policy();
    let titles = ["安排层级", "安排主体", "年度", "金额(万元)", "单位"].map(|title| (title, None));
    let mut builder = LimitsBuilder::new(&policy, &titles);
    for row in [
        ["市级", "市级", "２０２４", "1,000", ""],
        ["City", "", "2025", "0.5", "万元"],
        ["县级", "某　县", "2024", "0", "wan"],
    ] {
        builder.push_row(None, &row.map(Cell::Text));
    }
    let (limits, warnings) = builder.finish().unwrap();
    assert!(warnings.is_empty());
    let read: Vec<_> = limits.iter().map(|l| (l.layer(), l.payer(), l.year(), l.amount().fen())).collect();
    assert_eq!(
        read,
        [("city", "city", 2024, 1_000_000_000), ("city", "city", 2025, 500_000), ("county", "某县", 2024, 0)]
    );
}

#[test]
fn what_is_wrong_with_limits_is_said() {
    let column = |text: &str| Some(text.to_owned());
    let all = ["layer", "payer", "year", "amount", "unit"];
    for (rows, code, named) in [
        (["citty", "", "2024", "1", "元"], Code::UnknownLayer, "layer"),
        (["", "", "2024", "1", "元"], Code::MissingValue, "layer"),
        (["city", "citty", "2024", "1", "元"], Code::UnknownPayer, "payer"),
        (["city", "", "24年", "1", "元"], Code::BadYear, "year"),
        (["city", "", "", "1", "元"], Code::MissingValue, "year"),
        (["city", "", "2024", "", "元"], Code::MissingValue, "amount"),
        (["city", "", "2024", "-1", "元"], Code::NegativeNumber, "amount"),
        (["city", "", "2024", "1.001", "元"], Code::NotWholeFen, "amount"),
        (["city", "", "2024", "x", "元"], Code::BadNumber, "amount"),
        (["city", "", "2024", "1", "美元"], Code::BadUnit, "unit"),
        (["city", "", "2024", "1", ""], Code::MissingValue, "unit"),
    ] {
        assert_eq!(found(&all, &[&rows]), [(code, Some(1), column(named))], "{rows:?}");
    }
    let header = ["layer", "payer", "year", "amount (万元)", "unit"];
    assert_eq!(found(&header, &[&["city", "", "2024", "1", "元"]]), [(Code::UnitDiffers, Some(1), column("unit"))]);
    let header = ["layer", "payer", "year", "可用额度（千元）", "unit"];
    let row: &[&str] = &["city", "", "2024", "1", "万元"];
    assert_eq!(found(&header, &[row]), [(Code::UnitDiffers, None, column("amount"))]);
    assert_eq!(found(&header[..4], &[&row[..4]]), [(Code::UnitDiffers, None, column("amount"))]);
    assert_eq!(found(&all[..4], &[]), [(Code::MissingColumn, None, column("unit"))]);
    assert_eq!(found(&["layer", "year"], &[]).len(), 2);
    let twice: [&[&str]; 2] = [&["city", "city", "2024", "1", "元"], &["city", "", "2024", "2", "元"]];
    assert_eq!(found(&all, &twice), [(Code::DuplicateLimit, Some(2), None)]);
}

#[test]
fn limits_that_nothing_claims_are_warned_about() {
    let policy = policy();
    let allocation = allocation(&policy, &[place("a", true, "东县", 1, 5, 0)]);
    let limits = limits(
        &policy,
        &[
            ["city", "city", "2024", "3"],
            ["city", "state", "2024", "3"],
            ["state", "state", "2024", "3"],
            ["county", "西县", "2024", "3"],
            ["county", "", "2024", "3"],
            ["city", "city", "2030", "3"],
        ],
    );
    let (_, warnings) = allocation.fund(&limits, &FundingRule::Proportional).unwrap();
    let rows: Vec<_> = warnings.iter().map(|warning| (warning.code(), warning.location().row)).collect();
    assert_eq!(rows, [2, 3, 4, 5, 6].map(|row| (Code::UnclaimedLimit, Some(row))));
    // A year of the policy that was not asked for is no mistake.
    let allocation = Allocation::for_years(&policy, allocation.roster(), &[2025]).unwrap().0;
    let (funding, warnings) = allocation.fund(&limits, &FundingRule::Proportional).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings.iter().all(|warning| warning.severity() == Severity::Warning));
    // But nobody is to think that the limits were enough.
    let notes = funding.notes(Unit::Yuan, Lang::En);
    assert_eq!(notes, ["No limit applies to what was computed; every claim counts as met."]);
    assert_eq!(award(&funding, 0, 2025, 1).fen(), 500);
}

#[test]
fn the_notes_say_which_class_the_order_reaches() {
    let policy = policy();
    let places = [place("a", true, "", 1, 10, 0), place("b", false, "", 1, 30, 0)];
    let allocation = allocation(&policy, &places);
    // The city's claims are 10 of towns and 30 of villages.
    for (order, limit, said) in [
        (&["villages", "towns"][..], "15", "Villages gets 50.00% of its claims, later classes nothing."),
        (
            &["villages", "towns"],
            "35",
            "Classes before Towns are met, it gets 50.00% of its claims, later ones nothing.",
        ),
        (&["villages"], "35", "The classes in the order are met, the others get 50.00% of their claims."),
    ] {
        let rule = FundingRule::parse("priority", order).unwrap();
        let (funding, _) = allocation.fund(&limits(&policy, &[["city", "", "2024", limit]]), &rule).unwrap();
        let notes = funding.notes(Unit::Yuan, Lang::En);
        assert!(notes.iter().any(|note| note.ends_with(said)), "{notes:?}");
    }
}

#[test]
fn a_rule_has_a_name_and_priority_an_order() {
    let code = |name: &str, order: &[&str]| FundingRule::parse(name, order).unwrap_err().iter().next().unwrap().code();
    assert_eq!(code("talmudic", &[]), Code::UnknownRule);
    assert_eq!(code("priority", &[]), Code::BadOrder);
    assert_eq!(code("priority", &["towns", "towns"]), Code::BadOrder);
    assert_eq!(code("proportional", &["towns"]), Code::BadOrder);
    for name in FundingRule::NAMES {
        let order: &[&str] = if name == "priority" { &["towns"] } else { &[] };
        assert_eq!(FundingRule::parse(name, order).unwrap().as_str(), name);
    }
    let allocation = allocation(&policy(), &[place("a", true, "东县", 1, 5, 0)]);
    let rule = FundingRule::parse("priority", &["hamlet"]).unwrap();
    let problems = allocation.fund(&Limits::default(), &rule).unwrap_err();
    assert_eq!(problems.iter().map(crate::ground::problem::Problem::code).collect::<Vec<_>>(), [Code::UnknownClass]);
}

#[test]
fn claims_beyond_what_can_be_counted_are_refused() {
    let policy = policy();
    // 10^7 × 4 × 10^9 元 are 4 × 10^18 fen: two of these fit, three do not.
    let places = ["a", "b", "c"].map(|id| place(id, true, "", 10_000_000, 4_000_000_000, 0));
    let limits = limits(&policy, &[["city", "", "2024", "1"]]);
    let (funding, _) = allocation(&policy, &places[..2]).fund(&limits, &FundingRule::Talmud).unwrap();
    assert_eq!(award(&funding, 0, 2024, 1).fen(), 100);
    let problems = allocation(&policy, &places).fund(&limits, &FundingRule::Talmud).unwrap_err();
    assert_eq!(problems.iter().map(crate::ground::problem::Problem::code).collect::<Vec<_>>(), [Code::Overflow]);
}

#[test]
fn members_of_a_counted_row_are_served_one_by_one() {
    let policy = policy();
    // The pool of 100 元 gives 34 to one and 33 to two of the three villages; their county owes that and 1 more.
    let allocation = allocation(&policy, &[place("v", false, "东县", 3, 0, 1)]);
    let limits = limits(&policy, &[["county", "东县", "2024", "68.99"], ["state", "", "2024", "50"]]);
    let (funding, _) = allocation.fund(&limits, &FundingRule::ConstrainedEqualLosses).unwrap();
    let data = &funding.funded().0;
    // Claims of 35, 34, 34 lose 35 together: 11⅔ each; 23⅓, 22⅓, 22⅓ and the step left over to the first.
    let county: Vec<i64> = (0..3).map(|member| data.member_fen(0, member, 0, 2)).collect();
    assert_eq!(county, [2_400, 2_200, 2_200]);
    // 34, 33, 33 lose 50: 17⅓, 16⅓, 16⅓.
    let state: Vec<i64> = (0..3).map(|member| data.member_fen(0, member, 0, 0)).collect();
    assert_eq!(state, [1_800, 1_600, 1_600]);
    assert_eq!((data.row_fen(0, 0, 2), data.row_fen(0, 0, 0), data.row_fen(0, 1, 2)), (6_800, 5_000, 10_300));
    let sum: i128 = funding.funded().amounts().sum();
    assert_eq!(sum, 6_800 + 5_000 + 10_000 + 10_300);
}

#[test]
fn an_award_is_explained_with_what_it_is_before_its_rounding() {
    let policy = policy();
    let allocation = allocation(&policy, &[place("a", true, "东县", 1, 10, 0), place("b", true, "东县", 1, 10, 0)]);
    let limits = limits(&policy, &[["city", "", "2024", "5"]]);
    let (funding, _) = allocation.fund(&limits, &FundingRule::Proportional).unwrap();
    let said = |unit| {
        let explained = funding.explain_in(unit, "a", Some(&[2024])).unwrap();
        let city = explained.into_iter().find(|one| one.layer == "city").unwrap();
        [city.claim, city.exact, city.funded, city.unfunded]
    };
    assert_eq!(said(Unit::Yuan), ["10", "2.5", "3", "7"]);
    assert_eq!(said(Unit::Wan), ["0.001", "0.00025", "0.0003", "0.0007"]);
}

#[test]
fn layers_of_a_funding_are_rows_whatever_is_asked_for() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Row {
        layer: String,
        claim: Amount,
    }
    let policy = policy();
    let allocation = allocation(&policy, &[place("a", true, "东县", 1, 10, 1)]);
    let (funding, _) = allocation.fund(&limits(&policy, &[]), &FundingRule::Proportional).unwrap();
    let rows = |wide| funding.table(TableOptions { unit: Unit::Yuan, zeros: false, wide }).rows::<Row>().unwrap();
    let row = |layer: &str, yuan: i64| Row { layer: layer.to_owned(), claim: Amount::from_fen(yuan * 100) };
    assert_eq!(rows(true), [row("city", 10), row("county", 11), row("city", 10), row("county", 11)]);
    assert_eq!(rows(false), rows(true));
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let row = (any::<bool>(), 0_usize..3, prop_oneof![3 => Just(1_u32), 1 => 1_u32..5], 0_u32..20, 0_u32..20);
    prop::collection::vec(row, 1..10).prop_map(|rows| {
        let counties = ["", "东县", "西县"];
        let place = |(at, (town, county, count, due, more)): (usize, (bool, usize, u32, u32, u32))| {
            // Ids that do not stand in their own order.
            place(&format!("{}-{at}", ["c", "a", "b"][at % 3]), town, counties[county], count, due, more)
        };
        rows.into_iter().enumerate().map(place).collect()
    })
}

fn rules() -> impl Strategy<Value = FundingRule> {
    prop_oneof![
        Just(FundingRule::Proportional),
        Just(FundingRule::ConstrainedEqualAwards),
        Just(FundingRule::ConstrainedEqualLosses),
        Just(FundingRule::Talmud),
        Just(FundingRule::Priority(vec!["villages".to_owned()])),
        Just(FundingRule::Priority(vec!["towns".to_owned(), "villages".to_owned()])),
    ]
}

/// Awards by id, year and layer.
fn awards(funding: &Funding) -> Vec<(String, u16, usize, i64)> {
    let mut list = Vec::new();
    for place in funding.funded().roster() {
        for year in [2024, 2025] {
            for layer in 0..3 {
                let id = place.id().trim_end_matches(char::is_numeric).to_owned();
                list.push((id, year, layer, award(funding, place.row().number(), year, layer).fen()));
            }
        }
    }
    list
}

fn fund(
    policy: &Policy,
    places: &[Place],
    amounts: &[u32],
    rule: &FundingRule,
) -> Result<(Funding, Problems), Problems> {
    let texts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
    let rows: Vec<[&str; 4]> = [["state", ""], ["city", ""], ["county", ""], ["county", "东县"], ["county", "西县"]]
        .iter()
        .zip(&texts)
        .map(|([layer, payer], amount)| [*layer, *payer, "2024", amount.as_str()])
        .collect();
    allocation(policy, places).fund(&limits(policy, &rows), rule)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn limits_hold_and_totals_are_sums(places in places(), amounts in prop::collection::vec(0_u32..150, 1..6), rule in rules()) {
        let policy = policy();
        let (funding, _) = fund(&policy, &places, &amounts, &rule).unwrap();
        let by = [Grouping::Layer, Grouping::Payer, Grouping::Year];
        let totals = funding.totals(&by).unwrap();
        for row in totals.iter() {
            let expected = row.limit().map_or(row.claim(), |limit| limit.min(row.claim()));
            prop_assert_eq!(row.funded(), expected);
            prop_assert_eq!(row.limit().is_some(), row.key(2) == "2024" && amounts.len() > match (row.key(0).as_str(), row.key(1).as_str()) {
                ("state", _) => 0, ("city", _) => 1, (_, "") => 2, (_, "东县") => 3, _ => 4,
            });
        }
        // Every grouping adds up to the same, and each place is within its claim.
        let (claims, funded) = (funding.claims().amounts(), funding.funded().amounts());
        for by in [vec![], vec![Grouping::Id], vec![Grouping::County, Grouping::Class], vec![Grouping::Payer]] {
            let totals = funding.totals(&by).unwrap();
            prop_assert_eq!((totals.len(), totals.is_empty()), (totals.iter().count(), totals.iter().next().is_none()));
            prop_assert_eq!(totals.iter().map(|row| i128::from(row.claim().fen())).sum::<i128>(), claims.sum());
            prop_assert_eq!(totals.iter().map(|row| i128::from(row.funded().fen())).sum::<i128>(), funded.sum());
            for lang in [Lang::Zh, Lang::En] {
                prop_assert!(totals.report(Unit::Wan, lang).is_ok());
            }
        }
        for at in 0..claims.len() {
            prop_assert!(funded.get(at) <= claims.get(at) && funded.get(at).fen() >= 0);
        }
        let options = TableOptions { unit: Unit::Yuan, zeros: false, wide: false };
        prop_assert_eq!(funding.table(options).batches().map(|batch| batch.rows).sum::<usize>(), funding.claims().lines().count());
        for place in funding.claims().roster() {
            for year in funding.explain(place.id(), None).unwrap() {
                let layer = policy.layers().iter().position(|layer| layer.id == year.layer).unwrap();
                let award = award(&funding, place.row().number(), year.year, layer);
                prop_assert_eq!(year.funded, award.in_unit(Unit::Yuan).to_string());
            }
        }
    }

    #[test]
    fn the_order_of_places_changes_no_award(places in places(), amounts in prop::collection::vec(0_u32..150, 1..6), rule in rules(), turn in 0_usize..10) {
        let policy = policy();
        let key = |place: &Place| place.0.clone();
        let mut moved = places.clone();
        moved.rotate_left(turn % places.len());
        let collect = |places: &[Place]| {
            let (funding, _) = fund(&policy, places, &amounts, &rule).unwrap();
            let each = |row: usize| (0..3).map(|layer| award(&funding, row, 2024, layer).fen()).collect::<Vec<_>>();
            let mut list: Vec<_> = places.iter().enumerate().map(|(row, place)| (key(place), each(row))).collect();
            list.sort();
            list
        };
        prop_assert_eq!(collect(&places), collect(&moved));
    }

    #[test]
    fn a_counted_row_is_as_many_places_alike(places in places(), amounts in prop::collection::vec(0_u32..150, 1..6), rule in rules()) {
        let policy = policy();
        // The members' own ids follow one another where the row's id stands.
        let alone: Vec<Place> = places
            .iter()
            .flat_map(|(id, town, county, count, due, more)| {
                (0..*count).map(move |member| place(&format!("{id}.{member}"), *town, county, 1, *due, *more))
            })
            .collect();
        let counted: Vec<Place> = places.iter().map(|(id, town, county, count, due, more)| place(&format!("{id}."), *town, county, *count, *due, *more)).collect();
        let sums = |places: &[Place]| {
            let (funding, _) = fund(&policy, places, &amounts, &rule).unwrap();
            let mut sums = std::collections::BTreeMap::new();
            for (id, year, layer, fen) in awards(&funding) {
                *sums.entry((id, year, layer)).or_insert(0) += fen;
            }
            sums
        };
        prop_assert_eq!(sums(&counted), sums(&alone));
    }
}
