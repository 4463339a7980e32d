//! Why a place gets what it gets of a limit.

use num_bigint::BigInt;
use num_rational::BigRational;
use serde::Serialize;

use super::notes::short_text;
use super::{Funding, FundingRule, Limited};
use crate::ground::catalogue::notes as words;
use crate::ground::fraction::show;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Message, ToArgument};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::math::claims::{Fraction, Measure};

/// What a recipient gets of what it is due in a year from a layer, and why. Numbers are exact decimal texts (or `n/d`) in
/// `unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FundingExplanation {
    /// The recipient's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many places the row stands for.
    pub count: u64,
    /// The year.
    pub year: u16,
    /// The layer, by id.
    pub layer: String,
    /// Who answers for it: the body's id, or the recipient's county.
    pub payer: String,
    /// The unit of every amount.
    pub unit: Unit,
    /// The limit as it is applied; none: not limited.
    pub limit: Option<String>,
    /// All claims to the limit; none if not limited.
    pub claims: Option<String>,
    /// What one place is due.
    pub claim: String,
    /// What one place gets before rounding to whole steps.
    pub exact: String,
    /// What the whole row gets.
    pub funded: String,
    /// What the whole row is due and does not get.
    pub unfunded: String,
    /// The same as a sentence.
    pub text: Name,
    /// Limit, all claims, due, funded, unfunded, the latter of the whole row.
    #[serde(skip)]
    amounts: [Option<Amount>; 5],
}

impl FundingExplanation {
    /// Limit and all claims, where it is limited; what the whole row is due, gets and does not get.
    pub(crate) const fn amounts(&self) -> [Option<Amount>; 5] {
        self.amounts
    }
}

impl Funding {
    /// Explains what a recipient gets, by its id or, if no id is so called, by its name: an entry for each year and layer in
    /// which it is due something. Of a counted row the numbers of one place are its first member's.
    ///
    /// # Errors
    ///
    /// As [`Allocation::explain`](crate::Allocation::explain).
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>) -> Result<Vec<FundingExplanation>, Problems> {
        self.explain_in(self.claims().policy().unit(), recipient, years)
    }

    /// The same with amounts in a unit.
    ///
    /// # Errors
    ///
    /// As [`Funding::explain`].
    pub fn explain_in(
        &self,
        unit: Unit,
        recipient: &str,
        years: Option<&[u16]>,
    ) -> Result<Vec<FundingExplanation>, Problems> {
        let rows = self.claims().find(recipient.trim())?;
        let years = self.claims().chosen(years)?;
        let turns = self.rule().turns(self.claims().policy())?;
        let mut list = Vec::new();
        for year in years {
            let Ok(at) = self.claims().years().binary_search(year) else { continue };
            for row in &rows {
                for layer in 0..self.claims().policy().layers().len() {
                    list.extend(self.explain_one(unit, (*row, at, layer), turns.as_deref()));
                }
            }
        }
        Ok(list)
    }

    fn explain_one(
        &self,
        unit: Unit,
        (row, at, layer): (usize, usize, usize),
        turns: Option<&[u32]>,
    ) -> Option<FundingExplanation> {
        let (data, awards) = (&*self.claims().0, &*self.funded().0);
        let (policy, roster) = (&data.policy, &data.roster);
        let due = data.row_fen(row, at, layer);
        if due == 0 {
            return None;
        }
        let text = |fen: i64| Amount::from_fen(fen).in_unit(unit).to_string();
        let named = policy.layers().get(layer)?;
        let limited = self.limit(layer, data.payer_code(row, named.payer), at);
        let claim = data.member_fen(row, 0, at, layer);
        let step = named.rounding.step().fen();
        let turn = data.group(row).and_then(|group| turns?.get(group.class?).copied()).unwrap_or_default();
        let steps = claim.checked_div(step).sure().unsigned_abs();
        // Who pays in claims nothing of the limit.
        let limited = limited.filter(|_| claim >= 0);
        let measure = limited.map_or(Measure::Met, |limited| limited.measure);
        let exact = measure.award(steps, turn) * BigInt::from(if claim < 0 { step.saturating_neg() } else { step })
            / BigInt::from(unit.fen());
        let award = awards.row_fen(row, at, layer);
        let one = awards.member_fen(row, 0, at, layer);
        let reason = self.reason(unit, &named.name, (claim, &exact, one), turn, limited);
        Some(FundingExplanation {
            id: roster.id(row).to_owned(),
            name: roster.name(row).to_owned(),
            count: roster.count(row),
            year: data.years.at(at),
            layer: named.id.clone(),
            payer: data.payer(row, named).to_owned(),
            unit,
            limit: limited.map(|limited| text(limited.limit.fen())),
            claims: limited.map(|limited| text(limited.claim.fen())),
            claim: text(claim),
            exact: show(&exact),
            funded: text(award),
            unfunded: text(due.saturating_sub(award)),
            text: reason.to_name(),
            amounts: [
                limited.map(|limited| limited.limit),
                limited.map(|limited| limited.claim),
                Some(Amount::from_fen(due)),
                Some(Amount::from_fen(award)),
                Some(Amount::from_fen(due.saturating_sub(award))),
            ],
        })
    }

    fn reason(
        &self,
        unit: Unit,
        layer: &Name,
        (claim, exact, award): (i64, &BigRational, i64),
        turn: u32,
        limited: Option<&Limited>,
    ) -> Message {
        let money = |fen: i64| Amount::from_fen(fen).grouped(unit).to_string();
        let due = money(claim);
        let Some(limited) = limited else {
            return words::DUE_WITHOUT_LIMIT.with(&[layer, &due, &unit]);
        };
        let (limit, claims) = (money(limited.limit.fen()), money(limited.claim.fen()));
        let Some(formula) = self.formula(unit, limited, &due, turn) else {
            return words::DUE_WITHIN_LIMIT.with(&[layer, &due, &unit, &limit, &claims]);
        };
        let exact = short_text(exact);
        let award = money(award);
        let rule = Name::new(self.rule().label(Lang::Zh), self.rule().label(Lang::En));
        let message = words::DUE_BY_RULE.with(&[layer, &due, &unit, &limit, &claims, &rule, &formula, &exact]);
        if award == exact { message } else { words::IN_WHOLE_STEPS.with(&[&message, &award]) }
    }

    /// The award of one place as arithmetic; none where every claim is met.
    fn formula(&self, unit: Unit, limited: &Limited, due: &str, turn: u32) -> Option<Argument> {
        let policy = self.claims().policy();
        let step = policy.layers().get(limited.layer).map_or(1, |layer| layer.rounding.step().fen());
        let unit = unit.fen();
        let money = |number: u128, denominator: u128| {
            let fraction = Fraction { numerator: number, denominator };
            short_text(&(fraction.rational() * BigInt::from(step) / BigInt::from(unit)))
        };
        let level = |level: Fraction| money(level.numerator, level.denominator);
        let part = |part: Fraction| format!("{due} × {} ÷ {}", money(part.numerator, 1), money(part.denominator, 1));
        Some(Argument::Text(match limited.measure {
            Measure::Met => return None,
            Measure::Share(share) => part(share),
            Measure::Awards(l) => format!("min({due}, {})", level(l)),
            Measure::Losses(l) => format!("max(0, {due} − {})", level(l)),
            Measure::HalfAwards(l) => format!("min({due} ÷ 2, {})", level(l)),
            Measure::HalfLosses(l) => format!("{due} − min({due} ÷ 2, {})", level(l)),
            Measure::Turn(reached, share) => {
                let FundingRule::Priority(order) = self.rule() else { return None };
                let class = order.get(index(turn)).map(|id| self.class_named(id));
                let class = class.unwrap_or_else(|| words::OTHER_CLASSES.to_argument());
                return Some(Argument::Message(match turn.cmp(&reached) {
                    std::cmp::Ordering::Equal => words::AT_ITS_TURN.with(&[&class, &part(share)]),
                    std::cmp::Ordering::Less => words::MET_BEFORE.with(&[&class]),
                    std::cmp::Ordering::Greater => words::NOT_REACHED.with(&[&class]),
                }));
            }
        }))
    }
}
