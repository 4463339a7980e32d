//! The meaning of rules, one place at a time, in exact fractions: the reference that the column-wise programs must
//! equal, the fallback where they do not reach, and the source of explanations.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use rust_decimal::Decimal;

use crate::engine::columns::Columns;
use crate::ground::fraction::{rational, show};
use crate::ground::ids::{AttributeIndex, LayerIndex, PoolIndex};
use crate::ground::money::{Amount, MoneyError};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::{Class, Condition, Policy, Ratio, Rule, Subject, Yearly};

/// Why a rule has no amount for a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It reads an attribute that is blank.
    Blank(AttributeIndex),
    /// A floor is above its cap.
    FloorAboveCap(BigRational, BigRational),
    /// It reads a layer that has no amount for a reason already said.
    Unknown,
    /// The rounded amount is below 0.
    Negative(Amount),
    /// The amount is beyond 2^63 − 1 fen.
    Overflow,
}

/// A number that a rule read, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Standard,
    Attribute(AttributeIndex),
    Layer(LayerIndex),
}

/// An exact number and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Traced {
    pub(crate) value: BigRational,
    /// The arithmetic; empty unless traced.
    pub(crate) text: String,
    /// Whether the text is a sum, which needs brackets inside a product or a difference.
    sum: bool,
    /// Whether it is the 0 of a rule whose conditions do not hold.
    pub(crate) absent: bool,
}

impl Traced {
    pub(crate) fn new(value: BigRational, text: String) -> Self {
        Self { value, text, sum: false, absent: false }
    }
}

/// One place, one year, one class. Layers are what has been computed so far.
pub(crate) struct Exact<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) columns: &'a Columns<'a>,
    pub(crate) class: &'a Class,
    pub(crate) year: u16,
    pub(crate) row: usize,
    /// The amounts of one place by layer; none where unknown.
    pub(crate) layers: &'a [Option<Amount>],
    /// What arrived for one place by layer, in the policy's unit, where top-ups count that and not what was due.
    pub(crate) arrived: Option<Vec<BigRational>>,
    /// Whether to write down the arithmetic.
    pub(crate) trace: bool,
    pub(crate) inputs: Vec<(Input, BigRational)>,
    /// The conditions that were looked at, where the arithmetic is written down: whether each holds, and of which number.
    pub(crate) looked_at: Vec<(Condition, bool, Option<BigRational>)>,
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Exact<'a> {
    pub(crate) fn new(
        policy: &'a Policy,
        columns: &'a Columns<'a>,
        class: &'a Class,
        year: u16,
        row: usize,
        layers: &'a [Option<Amount>],
    ) -> Self {
        let (inputs, looked_at, faults) = (Vec::new(), Vec::new(), Vec::new());
        Self { policy, columns, class, year, row, layers, arrived: None, trace: false, inputs, looked_at, faults }
    }

    /// The rounded amount of one place under a rule that is not a pool, and the exact one before rounding.
    pub(crate) fn amount(&mut self, rule: &Rule) -> Option<(Traced, Amount)> {
        let exact = rule.eval(self)?;
        let fen = &exact.value * BigInt::from(self.policy.unit().fen());
        match self.policy.rounding().round_ratio(fen.numer(), fen.denom()) {
            Ok(amount) if amount < Amount::ZERO => {
                self.faults.push(Fault::Negative(amount));
                None
            }
            Ok(amount) => Some((exact, amount)),
            Err(MoneyError::Overflow) if exact.value.is_negative() => {
                self.faults.push(Fault::Negative(Amount::from_fen(i64::MIN)));
                None
            }
            Err(_) => {
                self.faults.push(Fault::Overflow);
                None
            }
        }
    }

    fn traced(&self, value: BigRational, text: impl FnOnce() -> (String, bool)) -> Traced {
        let (text, sum) = if self.trace { text() } else { (String::new(), false) };
        Traced { value, text, sum, absent: false }
    }

    fn plain(&self, value: BigRational) -> Traced {
        let text = if self.trace { show(&value) } else { String::new() };
        Traced { value, text, sum: false, absent: false }
    }

    fn read(&mut self, input: Input, value: &BigRational) {
        if !self.inputs.iter().any(|(seen, _)| *seen == input) {
            self.inputs.push((input, value.clone()));
        }
    }

    fn fault(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// What a layer gives one place, in the policy's unit.
    fn layer_amount(&mut self, layer: LayerIndex) -> Option<BigRational> {
        let Some(amount) = self.layers.get(layer.number()).copied().flatten() else {
            self.fault(Fault::Unknown);
            return None;
        };
        let number = BigRational::new(amount.fen().into(), self.policy.unit().fen().into());
        self.read(Input::Layer(layer), &number);
        Some(number)
    }

    /// What a top-up counts of a layer, in the policy's unit.
    fn counted_amount(&mut self, layer: LayerIndex) -> Option<BigRational> {
        match &self.arrived {
            Some(arrived) => arrived.get(layer.number()).cloned(),
            None => self.layer_amount(layer),
        }
    }

    fn look_at(&mut self, condition: &Condition, holds: bool) {
        if !self.trace || self.looked_at.iter().any(|(known, ..)| known == condition) {
            return;
        }
        let number = match condition.subject {
            Subject::Attribute(attribute) => self.columns.number(attribute, self.row),
            Subject::County | Subject::Township => None,
        };
        if let (Subject::Attribute(attribute), Some(number)) = (condition.subject, &number) {
            self.read(Input::Attribute(attribute), number);
        }
        self.looked_at.push((condition.clone(), holds, number));
    }

    /// Whether all conditions hold; none if one reads a blank.
    pub(crate) fn holds(&mut self, conditions: &[Condition]) -> Option<bool> {
        let mut all = Some(true);
        for condition in conditions {
            match self.columns.holds(condition, self.row) {
                Ok(holds) => {
                    self.look_at(condition, holds);
                    all = all.map(|so_far| so_far && holds);
                }
                Err(attribute) => {
                    self.fault(Fault::Blank(attribute));
                    all = None;
                }
            }
        }
        all
    }
}

impl Algebra for Exact<'_> {
    /// None where it cannot be had; the faults say why.
    type Number = Option<Traced>;

    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number {
        number.at(self.year).map(|number| self.plain(rational(*number)))
    }

    fn standard(&mut self) -> Self::Number {
        let number = rational(*self.class.standard.as_ref()?.at(self.year)?);
        self.read(Input::Standard, &number);
        Some(self.plain(number))
    }

    fn attribute(&mut self, attribute: AttributeIndex) -> Self::Number {
        let Some(number) = self.columns.number(attribute, self.row) else {
            self.fault(Fault::Blank(attribute));
            return None;
        };
        self.read(Input::Attribute(attribute), &number);
        Some(self.plain(number))
    }

    fn layer(&mut self, layer: LayerIndex) -> Self::Number {
        let number = self.layer_amount(layer)?;
        Some(self.plain(number))
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<Self::Number> {
        // A layer that the class does not list is 0 and needs no word. Something may have arrived all the same.
        let all = self.arrived.is_some();
        let layers: Vec<LayerIndex> = layers.iter().copied().filter(|layer| all || self.class.funds(*layer)).collect();
        let mut counted = Vec::new();
        for layer in layers {
            let number = self.counted_amount(layer);
            counted.push(number.map(|number| self.plain(number)));
        }
        counted
    }

    /// Pools are worked out over all their members; see [`pool`](crate::engine::pool).
    fn pool(&mut self, _: PoolIndex) -> Self::Number {
        None
    }

    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number {
        let terms = all(terms)?;
        let total = terms.iter().fold(BigRational::zero(), |total, term| total + &term.value);
        // Parts that do not apply say nothing.
        let absent = !terms.is_empty() && terms.iter().all(|term| term.absent);
        let terms: Vec<&Traced> = terms.iter().filter(|term| !term.absent).collect();
        Some(Traced { absent, ..self.traced(total, || (sum_text(&terms), terms.len() > 1)) })
    }

    fn difference(&mut self, first: Self::Number, rest: Vec<Self::Number>) -> Self::Number {
        let (first, rest) = first.zip(all(rest))?;
        if rest.is_empty() {
            return Some(first);
        }
        let value = rest.iter().fold(first.value.clone(), |value, less| value - &less.value);
        Some(self.traced(value, || {
            let mut text = brackets(&first);
            for less in &rest {
                // A minus sign after a minus sign would be lost on a reader.
                let less = if less.text.starts_with('-') { format!("({})", less.text) } else { brackets(less) };
                text.extend([" − ", &less]);
            }
            (text, true)
        }))
    }

    fn times(&mut self, rate: &Yearly<Ratio>, of: Self::Number) -> Self::Number {
        let (rate, of) = rate.at(self.year).zip(of)?;
        let value = rate.fraction() * &of.value;
        Some(self.traced(value, || ([&rate.text, " × ", &brackets(&of)].concat(), false)))
    }

    fn extreme(&mut self, extreme: Extreme, members: Vec<Self::Number>) -> Self::Number {
        let members = all(members)?;
        let value = members.iter().map(|member| &member.value).reduce(|a, b| extreme.of(a, b))?.clone();
        Some(self.traced(value, || {
            let texts: Vec<&str> = members.iter().map(|member| member.text.as_str()).collect();
            (call(extreme, &texts), false)
        }))
    }

    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number {
        let number = number?;
        if !number.value.is_negative() {
            return Some(number);
        }
        Some(self.traced(BigRational::zero(), || (call(Extreme::Greatest, &["0", &number.text]), false)))
    }

    fn bounded(
        &mut self,
        amount: Self::Number,
        floor: Option<Self::Number>,
        cap: Option<Self::Number>,
    ) -> Self::Number {
        let mut amount = amount?;
        let floor = floor.map_or(Some(None), |floor| floor.map(Some))?;
        let cap = cap.map_or(Some(None), |cap| cap.map(Some))?;
        if let (Some(floor), Some(cap)) = (&floor, &cap)
            && floor.value > cap.value
        {
            self.fault(Fault::FloorAboveCap(floor.value.clone(), cap.value.clone()));
            return None;
        }
        for (extreme, bound) in [(Extreme::Greatest, floor), (Extreme::Least, cap)] {
            let Some(bound) = bound else { continue };
            let text = || (call(extreme, &[&amount.text, &bound.text]), false);
            amount = self.traced(extreme.of(&amount.value, &bound.value).clone(), text);
        }
        Some(amount)
    }

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number {
        let absent = !self.holds(conditions)?;
        if absent { Some(Traced { absent, ..self.plain(BigRational::zero()) }) } else { rule(self) }
    }
}

/// All, if all are known.
fn all(numbers: Vec<Option<Traced>>) -> Option<Vec<Traced>> {
    numbers.into_iter().collect()
}

fn call(extreme: Extreme, arguments: &[&str]) -> String {
    [extreme.sign(), "(", &arguments.join(", "), ")"].concat()
}

fn brackets(term: &Traced) -> String {
    if term.sum || term.value.is_negative() { format!("({})", term.text) } else { term.text.clone() }
}

fn sum_text(terms: &[&Traced]) -> String {
    let mut text = String::new();
    for (index, term) in terms.iter().enumerate() {
        match (index, term.text.strip_prefix('-').filter(|_| !term.sum)) {
            (0, _) => text.push_str(&term.text),
            (_, Some(deduction)) => text.extend([" − ", deduction]),
            (_, None) => text.extend([" + ", brackets(term).as_str()]),
        }
    }
    if terms.is_empty() { "0".to_owned() } else { text }
}
