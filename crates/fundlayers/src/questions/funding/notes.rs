//! What is said under a table of funding: the rule, and for each limit that is short what would meet every claim.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::{Funding, FundingRule, Limited};
use crate::ground::fraction::show;
use crate::ground::ids::index;
use crate::ground::language::Lang;
use crate::ground::money::{Amount, Unit};
use crate::math::claims::{Fraction, Measure};
use crate::tables::table::Percent;

/// So many short limits are told of one by one.
const TOLD: usize = 50;

impl Funding {
    /// Sentences for people: the rule; for each limit that is short, by how much, what limit would meet every claim, and what
    /// the rule comes to for one place (λ before rounding). At most 50 limits are told of one by one.
    #[must_use]
    pub fn notes(&self, unit: Unit, lang: Lang) -> Vec<String> {
        let rule = self.rule();
        let mut name = rule.label(lang).to_owned();
        if let FundingRule::Priority(order) = rule {
            let classes: Vec<&str> = order.iter().map(|id| self.class_name(id, lang)).collect();
            let (open, comma, close) = if lang == Lang::Zh { ("：", "、", "") } else { (": ", ", ", "") };
            name = format!("{name}{open}{}{close}", classes.join(comma));
        }
        let short: Vec<&Limited> = self.limited().iter().filter(|limited| limited.claim > limited.limit).collect();
        let mut notes = vec![match (lang, short.is_empty()) {
            (Lang::Zh, true) if self.limited().is_empty() => {
                "没有额度限制所计算的金额，应安排金额全部计为已保障。".to_owned()
            }
            (Lang::En, true) if self.limited().is_empty() => {
                "No limit applies to what was computed; every claim counts as met.".to_owned()
            }
            (Lang::Zh, true) => "各项额度足以保障全部应安排金额。".to_owned(),
            (Lang::En, true) => "Every claim is met.".to_owned(),
            (Lang::Zh, false) => format!("额度不足时：{name}（{rule}）。"),
            (Lang::En, false) => format!("Where a limit is short: {name}."),
        }];
        notes.extend(short.iter().take(TOLD).map(|limited| self.sentence(limited, unit, lang)));
        match (short.len().saturating_sub(TOLD), lang) {
            (0, _) => {}
            (more, Lang::Zh) => notes.push(format!("另有 {more} 项额度不足。")),
            (more, Lang::En) => notes.push(format!("{more} more limits are short.")),
        }
        notes
    }

    pub(super) fn class_name<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.claims().policy().classes().iter().find(|class| class.id == id).map_or(id, |class| class.name.get(lang))
    }

    fn payer_name(&self, limited: &Limited, lang: Lang) -> &str {
        let policy = self.claims().policy();
        if let Some(payer) = policy.payers().get(index(limited.payer)) {
            return payer.name.get(lang);
        }
        let bodies = u32::try_from(policy.payers().len()).unwrap_or(u32::MAX);
        self.claims().roster().county_column().value(limited.payer.saturating_sub(bodies))
    }

    fn sentence(&self, limited: &Limited, unit: Unit, lang: Lang) -> String {
        let policy = self.claims().policy();
        let name = policy.layers().get(limited.layer).map_or("", |layer| layer.name.get(lang));
        let payer = self.payer_name(limited, lang);
        let year = self.claims().years().get(limited.year).copied().unwrap_or_default();
        let (limit, claim) = (limited.limit.grouped(unit), limited.claim.grouped(unit));
        let missing = limited.claim.checked_sub(limited.limit).unwrap_or_default().grouped(unit);
        let comes_to = self.comes_to(limited.measure, unit, lang);
        if lang == Lang::Zh {
            let whose = match payer {
                "" => format!("{name}（未列明区县）"),
                payer if payer == name => name.to_owned(),
                payer => format!("{name}（{payer}）"),
            };
            return format!(
                "{whose}，{year} 年：可用额度 {limit} {unit}，应安排 {claim} {unit}，缺口 {missing} {unit}；\
                 额度达到 {claim} {unit}方可全部保障。{comes_to}"
            );
        }
        let whose = match payer {
            "" => format!("{name} (county not stated)"),
            payer if payer == name => name.to_owned(),
            payer => format!("{name} ({payer})"),
        };
        format!(
            "{whose}, {year}: {limit} of {claim} {unit}, {missing} {unit} short; a limit of {claim} {unit} would meet every \
             claim. {comes_to}"
        )
    }

    /// What the rule comes to for one place.
    fn comes_to(&self, measure: Measure, unit: Unit, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let step = self.claims().policy().rounding().step().fen();
        let money = |level: Fraction| {
            let value = level.rational() * BigInt::from(step) / BigInt::from(unit.fen());
            format!("{} {unit}", short_text(&value))
        };
        match measure {
            Measure::Met => String::new(),
            Measure::Share(part) if zh => format!("每处安排应安排金额的 {}。", share(part, lang)),
            Measure::Share(part) => format!("Each place gets {} of its claim.", share(part, lang)),
            Measure::Awards(level) if zh => format!("每处最多安排 {}。", money(level)),
            Measure::Awards(level) => format!("Each place gets its claim, but at most {}.", money(level)),
            Measure::Losses(level) if zh => format!("每处扣减 {}，应安排金额不足此数的不安排。", money(level)),
            Measure::Losses(level) => format!("Each claim is cut by {}, or to 0 if it is less.", money(level)),
            Measure::HalfAwards(level) if zh => format!("每处安排应安排金额的一半，最多 {}。", money(level)),
            Measure::HalfAwards(level) => format!("Each place gets half its claim, but at most {}.", money(level)),
            Measure::HalfLosses(level) if zh => format!("每处扣减应安排金额的一半，最多扣减 {}。", money(level)),
            Measure::HalfLosses(level) => format!("Each place loses half its claim, but at most {}.", money(level)),
            Measure::Turn(turn, part) => self.turn(turn, part, lang),
        }
    }

    /// How far the order of classes reaches.
    fn turn(&self, turn: u32, part: Fraction, lang: Lang) -> String {
        let FundingRule::Priority(order) = self.rule() else { return String::new() };
        let reached = order.get(index(turn)).map(|id| self.class_name(id, lang));
        let share = share(part, lang);
        match (lang, reached) {
            (Lang::Zh, Some(class)) if turn == 0 => format!("{class}安排应安排金额的 {share}，其后各类不安排。"),
            (Lang::Zh, Some(class)) => format!("{class}安排应安排金额的 {share}，此前各类足额安排，其后各类不安排。"),
            (Lang::Zh, None) => format!("所列类别足额安排，其余各类安排应安排金额的 {share}。"),
            (Lang::En, Some(class)) if turn == 0 => {
                format!("{class} gets {share} of its claims, later classes nothing.")
            }
            (Lang::En, Some(class)) => {
                format!("Classes before {class} are met, it gets {share} of its claims, later ones nothing.")
            }
            (Lang::En, None) => format!("The classes in the order are met, the others get {share} of their claims."),
        }
    }
}

/// A share of a claim: exact where that is short, and as a percentage.
fn share(part: Fraction, lang: Lang) -> String {
    let percent = i128::try_from(part.numerator)
        .ok()
        .zip(i128::try_from(part.denominator).ok())
        .and_then(|(numerator, denominator)| Percent::of_ratio(numerator, denominator));
    let percent = percent.map_or(String::new(), |percent| format!("{percent}%"));
    let exact = part.rational();
    // 5/9 says more than its decimals; 1234567/7654321 does not.
    let is_short = exact.denom() < &BigInt::from(1_000);
    let whole = (&exact * BigInt::from(10_000)).is_integer();
    match lang {
        _ if whole || !is_short => percent,
        Lang::Zh => format!("{}（{percent}）", show(&exact)),
        Lang::En => format!("{} ({percent})", show(&exact)),
    }
}

/// A number as people read it: exact where that is short, else to six decimals.
pub(super) fn short_text(value: &BigRational) -> String {
    let million = BigInt::from(1_000_000);
    let scaled = value * &million;
    let rounded = (&scaled + BigRational::new(BigInt::one(), BigInt::from(2))).floor();
    let decimals = Amount::from_fen(rounded.to_integer().to_i64().unwrap_or(i64::MAX)).grouped(Unit::Wan).to_string();
    if (scaled - rounded).is_zero() {
        decimals
    } else if value.denom() < &BigInt::from(1_000) {
        format!("{} (≈ {decimals})", show(value))
    } else {
        format!("≈ {decimals}")
    }
}
