//! 用地表: what plans give to industry and keep in reserve, beside what is required.

use num_rational::BigRational;

use super::basis::{Basis, percent, text};
use super::grid::{Grid, Value};
use super::{FormText, Made, PartData};
use crate::ground::catalogue::forms as words;
use crate::ground::ids::AttributeIndex;
use crate::ground::land::LandUnit;
use crate::ground::language::Name;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::{Bound, CheckSubject, Condition, Factor, Policy, RuleKind, Subject, Test, Value as Given};
use crate::questions::checks::{Checks, Outcome};
use crate::results::figures::shown;
use crate::results::tables::column;
use crate::tables::table::{ColumnKind, Percent, RowKind};

/// A check that asks for a share of the land of a plan.
struct Share {
    check: usize,
    subject: CheckSubject,
    part: AttributeIndex,
    whole: AttributeIndex,
    bound: Bound,
    /// As the policy has it, in percent.
    required: String,
}

/// The shares of land that a policy asks for.
fn shares(policy: &Policy) -> Vec<Share> {
    let is_land = |attribute: AttributeIndex| {
        let unit = policy.attribute(attribute).and_then(|attribute| attribute.unit.as_deref());
        unit.and_then(LandUnit::named).is_some()
    };
    let one = |(check, data): (usize, &crate::policy::Check)| {
        let [Condition { subject: Subject::Attribute(part), test: Test::Within(bounds), .. }] = data.must.as_slice()
        else {
            return None;
        };
        let [(bound, Given::Rule(rule))] = bounds.as_slice() else { return None };
        let RuleKind::Rate(rate) = &rule.kind else { return None };
        let (Factor::Ratio(ratio), Given::Attribute(whole)) = (&rate.rate, &rate.of) else { return None };
        let ratio = ratio.iter().next().map(|(_, ratio)| ratio.fraction())? * BigRational::from_integer(100.into());
        let required = shown(ratio.numer(), ratio.denom())?.to_string();
        let good = is_land(*part) && is_land(*whole) && data.subject != CheckSubject::Place;
        good.then_some(Share { check, subject: data.subject, part: *part, whole: *whole, bound: *bound, required })
    };
    policy.checks().iter().enumerate().filter_map(one).collect()
}

/// The heading of a share: 占比（≥10%）.
fn header(shares: &[Share], least: bool) -> Name {
    let is = |share: &&Share| matches!(share.bound, Bound::AtLeast | Bound::Above) == least;
    let required =
        shares.iter().find(is).map_or_else(String::new, |share| [share.bound.sign(), &share.required, "%"].concat());
    let with = |words: &str, open: &str, close: &str| [words, open, &required, close].concat();
    if required.is_empty() {
        return Name::new("占比（%）", "Share (%)");
    }
    Name { zh: with("占比（", "", "）"), en: with("Share (", "", ")") }
}

pub(super) fn make(basis: &Basis<'_>, checks: &Checks) -> Result<Made, Problems> {
    let policy = basis.policy();
    let shares = shares(policy);
    if shares.is_empty() {
        let problem = Problem::new(Code::MissingKey, words::NO_CHECKS_OF_LAND).key("checks");
        return Err(problem.expected(words::GIVE_CHECKS_OF_LAND).into());
    }
    let unit = shares.first().and_then(|share| policy.attribute(share.whole)?.unit.as_deref()).unwrap_or_default();
    let land = |key: &str, zh: &str, en: &str| {
        let name = Name { zh: format!("{zh}（{unit}）"), en: format!("{en} ({unit})") };
        column(key, name, ColumnKind::Text)
    };
    let headed = |key: &str, name: Name| column(key, name, percent(key, "", "").kind);
    let columns = vec![
        text("county", "区县", "County"),
        text("plan", "规划名称", "Plan"),
        text("year", "年度", "Year"),
        land("total_land", "总指标", "All land"),
        land("industry_land", "产业用地", "Industry"),
        headed("industry_share", header(&shares, true)),
        land("reserve_land", "机动指标", "Reserve"),
        headed("reserve_share", header(&shares, false)),
        text("conclusion", "结论", "Conclusion"),
        column(
            "proceeds",
            Name {
                zh: format!("节余指标交易收益（{}）", policy.unit()),
                en: format!("Proceeds of traded quotas ({})", policy.unit()),
            },
            ColumnKind::Text,
        ),
    ];
    let proceeds = proceeds(policy);
    let mut rows = Vec::new();
    for subject in [CheckSubject::County, CheckSubject::Township] {
        let own: Vec<&Share> = shares.iter().filter(|share| share.subject == subject).collect();
        let Some(first) = own.first() else { continue };
        for of in checks.subjects_of(subject) {
            for (at, year) in checks.years_of(subject, of) {
                let number = |attribute: AttributeIndex| checks.known(subject, of, at, attribute);
                let total = number(first.whole);
                let part = |least: bool| {
                    own.iter().find(|share| matches!(share.bound, Bound::AtLeast | Bound::Above) == least)
                };
                let said = |number: Option<&BigRational>| {
                    let number = number.and_then(|number| shown(number.numer(), number.denom()));
                    number.map_or(Value::Blank, |number| Value::Text(number.normalize().to_string()))
                };
                let share = |least: bool| match part(least) {
                    None => [Value::Blank, Value::Blank],
                    Some(share) => {
                        let part = number(share.part);
                        let rate =
                            part.as_ref().zip(number(share.whole)).and_then(|(part, whole)| of_ratio(part, &whole));
                        [said(part.as_ref()), Value::Rate(rate)]
                    }
                };
                let outcomes: Vec<Outcome> = own.iter().map(|share| checks.outcome_of(share.check, of, at)).collect();
                let (name, county) = checks.names_of(subject, of);
                let [industry, industry_share] = share(true);
                let [reserve, reserve_share] = share(false);
                rows.push((
                    RowKind::Row,
                    vec![
                        Value::text(county),
                        plan(name),
                        Value::Text(year.to_string()),
                        said(total.as_ref()),
                        industry,
                        industry_share,
                        reserve,
                        reserve_share,
                        conclusion(&outcomes),
                        // Of a county its places are other rows.
                        match proceeds {
                            Some(proceeds) if subject == CheckSubject::Township => {
                                said(checks.sum_in_township(of, at, proceeds).as_ref())
                            }
                            _ => Value::Blank,
                        },
                    ],
                ));
            }
        }
    }
    let grid = Grid { id: "land", columns, rows };
    let parts =
        vec![PartData::Table(grid), PartData::Fields(&[FormText::Reporter, FormText::Reviewer, FormText::Date])];
    let mut made = basis.made(basis.titled(words::LAND), &[FormText::Issuer], parts);
    made.notes.push(words::LAND_SHARES_ARE.into());
    Ok(made)
}

/// What places get for quotas that they trade: the money of which a check asks that as much is used.
fn proceeds(policy: &Policy) -> Option<AttributeIndex> {
    let is_money = |attribute: AttributeIndex| {
        policy
            .attribute(attribute)
            .is_some_and(|attribute| attribute.money().is_some() && attribute.subject == Some(CheckSubject::Place))
    };
    policy.checks().iter().find_map(|check| {
        let [Condition { subject: Subject::Attribute(used), test: Test::Within(bounds), .. }] = check.must.as_slice()
        else {
            return None;
        };
        let [(Bound::AtLeast, Given::Attribute(all))] = bounds.as_slice() else { return None };
        (is_money(*used) && is_money(*all)).then_some(*all)
    })
}

fn plan(name: &str) -> Value {
    Value::Word(name.to_owned(), Name { zh: format!("{name}国土空间规划"), en: format!("{name}: territorial plan") })
}

fn of_ratio(part: &BigRational, whole: &BigRational) -> Option<Percent> {
    if whole.numer().sign() != num_bigint::Sign::Plus {
        return None;
    }
    let ratio = part / whole;
    let [part, whole] = [ratio.numer(), ratio.denom()].map(|number| i128::try_from(number).ok());
    Percent::of_ratio(part?, whole?)
}

/// Met if all are, not met if one is not, else not known.
fn conclusion(outcomes: &[Outcome]) -> Value {
    let worst =
        [Outcome::NotMet, Outcome::Unknown, Outcome::Met].into_iter().find(|outcome| outcomes.contains(outcome));
    worst.map_or(Value::Blank, |outcome| {
        let name = Name::new(
            outcome.label(crate::ground::language::Lang::Zh),
            outcome.label(crate::ground::language::Lang::En),
        );
        Value::Word(outcome.as_str().to_owned(), name)
    })
}
