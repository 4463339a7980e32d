//! What is said under a table of funding: the rule, and for each limit that is short what would meet every claim.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::{Funding, FundingRule, Limited};
use crate::ground::catalogue::notes as words;
use crate::ground::fraction::show;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Message, ToArgument};
use crate::ground::money::{Amount, Unit};
use crate::ground::sure::Sure;
use crate::math::claims::{Fraction, Measure};
use crate::policy::Policy;
use crate::tables::table::Percent;

/// So many short limits are told of one by one.
const TOLD: usize = 50;

impl Funding {
    /// Sentences for people: the rule; for each limit that is short, by how much, what limit would meet every claim, and what
    /// the rule comes to for one place (λ before rounding). At most 50 limits are told of one by one.
    #[must_use]
    pub fn notes(&self, unit: Unit, lang: Lang) -> Vec<String> {
        self.told().notes(unit, lang)
    }

    pub(super) fn told(&self) -> Told<'_> {
        let claims = self.claims();
        Told { policy: claims.policy(), years: claims.years(), rule: self.rule(), limited: self.limited() }
    }

    /// The name of a class, or its id if the policy does not have it.
    pub(super) fn class_named(&self, id: &str) -> Argument {
        self.told().class_named(id)
    }
}

/// What there is to tell of limits, of a roster held whole or of one in parts.
pub(super) struct Told<'a> {
    pub(super) policy: &'a Policy,
    pub(super) years: &'a [u16],
    pub(super) rule: &'a FundingRule,
    pub(super) limited: &'a [Limited],
}

impl Told<'_> {
    pub(super) fn notes(&self, unit: Unit, lang: Lang) -> Vec<String> {
        self.said(unit).iter().map(|message| message.to_text(lang)).collect()
    }

    fn said(&self, unit: Unit) -> Vec<Message> {
        let short: Vec<&Limited> = self.limited.iter().filter(|limited| limited.claim > limited.limit).collect();
        let mut said = vec![if self.limited.is_empty() {
            words::NO_LIMIT_APPLIES.into()
        } else if short.is_empty() {
            words::EVERY_CLAIM_MET.into()
        } else {
            // In Chinese the rule's name in the literature stands behind.
            let literature = Name::new(format!("（{}）", self.rule), "");
            words::WHERE_SHORT.with(&[&self.rule_name(), &literature])
        }];
        said.extend(short.iter().take(TOLD).map(|limited| self.sentence(limited, unit)));
        match short.len().saturating_sub(TOLD) {
            0 => {}
            more => said.push(words::MORE_SHORT.with(&[&more])),
        }
        said
    }

    fn rule_name(&self) -> Argument {
        let name = Name::new(self.rule.label(Lang::Zh), self.rule.label(Lang::En));
        match self.rule {
            FundingRule::Priority(order) => {
                let classes = Argument::list(order.iter().map(|id| self.class_named(id)));
                words::RULE_IN_ORDER.with(&[&name, &classes]).to_argument()
            }
            _ => name.to_argument(),
        }
    }

    fn class_named(&self, id: &str) -> Argument {
        let classes = self.policy.classes();
        classes.iter().find(|class| class.id == id).map_or_else(|| id.to_argument(), |class| class.name.to_argument())
    }

    fn sentence(&self, limited: &Limited, unit: Unit) -> Message {
        let policy = self.policy;
        let name = policy.layers().get(limited.layer).map_or_else(Name::default, |layer| layer.name.clone());
        let payer = &limited.name;
        let year = self.years.at(limited.year);
        let (limit, claim) = (limited.limit.grouped(unit), limited.claim.grouped(unit));
        let missing = limited.claim.checked_sub(limited.limit).sure().grouped(unit);
        // A payer goes by the name of its layer in one language and not in the other.
        let whose = |lang: Lang| {
            let (name, payer) = (name.get(lang), payer.get(lang));
            match payer {
                "" => words::OF_NO_COUNTY.with(&[&name]).to_text(lang),
                payer if payer == name => name.to_owned(),
                payer => words::LAYER_OF_PAYER.with(&[&name, &payer]).to_text(lang),
            }
        };
        let whose = Name::new(whose(Lang::Zh), whose(Lang::En));
        let sentence = words::SHORT.with(&[&whose, &year, &limit, &claim, &missing, &unit]);
        match self.comes_to(limited, unit) {
            Some(more) => words::SENTENCES.with(&[&sentence, &more]),
            None => sentence,
        }
    }

    /// What the rule comes to for one place.
    fn comes_to(&self, limited: &Limited, unit: Unit) -> Option<Message> {
        let layers = self.policy.layers();
        let step = layers.get(limited.layer).map_or(1, |layer| layer.rounding.step().fen());
        let (phrase, level) = match limited.measure {
            Measure::Met => return None,
            Measure::Share(part) => return Some(words::EACH_GETS_SHARE.with(&[&share(part)])),
            Measure::Turn(turn, part) => return self.turn(turn, part),
            Measure::Awards(level) => (words::EACH_GETS_AT_MOST, level),
            Measure::Losses(level) => (words::EACH_IS_CUT, level),
            Measure::HalfAwards(level) => (words::EACH_GETS_HALF, level),
            Measure::HalfLosses(level) => (words::EACH_LOSES_HALF, level),
        };
        let value = level.rational() * BigInt::from(step) / BigInt::from(unit.fen());
        Some(phrase.with(&[&short_text(&value), &unit]))
    }

    /// How far the order of classes reaches.
    fn turn(&self, turn: u32, part: Fraction) -> Option<Message> {
        let FundingRule::Priority(order) = self.rule else { return None };
        let share = share(part);
        Some(match order.get(index(turn)) {
            Some(class) if turn == 0 => words::FIRST_CLASS_GETS.with(&[&self.class_named(class), &share]),
            Some(class) => words::CLASS_GETS.with(&[&self.class_named(class), &share]),
            None => words::OTHERS_GET.with(&[&share]),
        })
    }
}

/// A share of a claim: exact where that is short, and as a percentage.
fn share(part: Fraction) -> Argument {
    let percent = i128::try_from(part.numerator)
        .ok()
        .zip(i128::try_from(part.denominator).ok())
        .and_then(|(numerator, denominator)| Percent::of_ratio(numerator, denominator));
    let percent = percent.map_or(String::new(), |percent| format!("{percent}%"));
    let exact = part.rational();
    // 5/9 says more than its decimals; 1234567/7654321 does not.
    let is_short = exact.denom() < &BigInt::from(1_000);
    let whole = (&exact * BigInt::from(10_000)).is_integer();
    if whole || !is_short {
        percent.to_argument()
    } else {
        words::SHARE_AND_PERCENT.with(&[&show(&exact), &percent]).to_argument()
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
