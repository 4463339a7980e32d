//! The meaning of rules, one place at a time, in exact fractions: the reference that the column-wise programs must
//! equal, the fallback where they do not reach, and the source of explanations.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::engine::columns::Columns;
use crate::ground::fraction::{rational, show};
use crate::ground::money::{Amount, MoneyError};
use crate::policy::{Class, Condition, Policy, Rule, RuleKind, Value};

/// Why a rule has no amount for a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It reads an attribute that is blank.
    Blank(usize),
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
    Attribute(usize),
    Layer(usize),
}

/// An exact number and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Traced {
    pub(crate) value: BigRational,
    /// The arithmetic; empty unless traced.
    pub(crate) text: String,
    /// Whether the text is a sum, which needs brackets inside a product or a difference.
    sum: bool,
}

impl Traced {
    pub(crate) fn new(value: BigRational, text: String) -> Self {
        Self { value, text, sum: false }
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
        let (inputs, faults) = (Vec::new(), Vec::new());
        Self { policy, columns, class, year, row, layers, arrived: None, trace: false, inputs, faults }
    }

    /// The rounded amount of one place under a rule that is not a pool, and the exact one before rounding.
    pub(crate) fn amount(&mut self, rule: &Rule) -> Option<(Traced, Amount)> {
        let exact = self.rule(rule)?;
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
        Traced { value, text, sum }
    }

    fn plain(&self, value: BigRational) -> Traced {
        let text = if self.trace { show(&value) } else { String::new() };
        Traced { value, text, sum: false }
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

    pub(crate) fn value(&mut self, value: &Value) -> Option<Traced> {
        match value {
            Value::Number(yearly) => yearly.at(self.year).map(|number| self.plain(rational(*number))),
            Value::Standard => {
                let number = rational(*self.class.standard.as_ref()?.at(self.year)?);
                self.read(Input::Standard, &number);
                Some(self.plain(number))
            }
            Value::Attribute(index) => {
                let Some(number) = self.columns.number(*index, self.row) else {
                    self.fault(Fault::Blank(*index));
                    return None;
                };
                self.read(Input::Attribute(*index), &number);
                Some(self.plain(number))
            }
            Value::Layer(layer) => {
                let number = self.layer(*layer)?;
                Some(self.plain(number))
            }
            Value::Rule(rule) => self.rule(rule),
            Value::Sum(terms) => {
                // Every term is looked at, so that every blank one is known.
                let terms: Vec<Option<Traced>> = terms.iter().map(|term| self.value(term)).collect();
                let terms = terms.into_iter().collect::<Option<Vec<_>>>()?;
                let total = terms.iter().fold(BigRational::zero(), |total, term| total + &term.value);
                Some(self.traced(total, || (sum_text(&terms), terms.len() > 1)))
            }
        }
    }

    /// What a layer gives one place, in the policy's unit.
    fn layer(&mut self, layer: usize) -> Option<BigRational> {
        let Some(amount) = self.layers.get(layer).copied().flatten() else {
            self.fault(Fault::Unknown);
            return None;
        };
        let number = BigRational::new(amount.fen().into(), self.policy.unit().fen().into());
        self.read(Input::Layer(layer), &number);
        Some(number)
    }

    /// What a top-up counts of a layer, in the policy's unit.
    fn counted(&mut self, layer: usize) -> Option<BigRational> {
        match &self.arrived {
            Some(arrived) => arrived.get(layer).cloned(),
            None => self.layer(layer),
        }
    }

    /// Whether all conditions hold; none if one reads a blank.
    pub(crate) fn holds(&mut self, conditions: &[Condition]) -> Option<bool> {
        let mut all = Some(true);
        for condition in conditions {
            match self.columns.holds(condition, self.row) {
                Ok(holds) => all = all.map(|so_far| so_far && holds),
                Err(attribute) => {
                    self.fault(Fault::Blank(attribute));
                    all = None;
                }
            }
        }
        all
    }

    /// A rule that is not a pool, unrounded.
    pub(crate) fn rule(&mut self, rule: &Rule) -> Option<Traced> {
        if !self.holds(&rule.when)? {
            return Some(self.plain(BigRational::zero()));
        }
        let amount = match &rule.kind {
            RuleKind::Amount(value) => self.value(value),
            RuleKind::Rate { rate, of } => {
                let of = self.value(of);
                rate.at(self.year).zip(of).map(|(rate, of)| {
                    let value = rate.fraction() * &of.value;
                    self.traced(value, || (format!("{} × {}", rate.text, brackets(&of)), false))
                })
            }
            RuleKind::TopUp { to, counting } => {
                let to = self.value(to);
                // A layer that the class does not list is 0 and needs no word. Something may have arrived all the same.
                let listed = |layer: &&usize| {
                    self.arrived.is_some() || self.class.funding.get(**layer).is_some_and(Option::is_some)
                };
                let counting: Vec<usize> = counting.iter().filter(listed).copied().collect();
                let counted: Vec<Option<BigRational>> = counting.iter().map(|layer| self.counted(*layer)).collect();
                let counted = counted.into_iter().collect::<Option<Vec<_>>>();
                to.zip(counted).map(|(to, counted)| {
                    let rest = counted.iter().fold(to.value.clone(), |rest, layer| rest - layer);
                    let value = if rest.is_negative() { BigRational::zero() } else { rest.clone() };
                    self.traced(value, || {
                        let minus = counted.iter().fold(String::new(), |text, layer| text + " − " + &show(layer));
                        let difference =
                            format!("{}{minus}", if counted.is_empty() { to.text.clone() } else { brackets(&to) });
                        if rest.is_negative() {
                            (format!("max(0, {difference})"), false)
                        } else {
                            (difference, !counted.is_empty())
                        }
                    })
                })
            }
            // Pools are worked out over all their members; see `pool`.
            RuleKind::Pool(_) => None,
        };
        let floor = rule.at_least.as_ref().map(|value| self.value(value));
        let cap = rule.at_most.as_ref().map(|value| self.value(value));
        let mut amount = amount?;
        let floor = floor.map_or(Some(None), |floor| floor.map(Some))?;
        let cap = cap.map_or(Some(None), |cap| cap.map(Some))?;
        if let (Some(floor), Some(cap)) = (&floor, &cap)
            && floor.value > cap.value
        {
            self.fault(Fault::FloorAboveCap(floor.value.clone(), cap.value.clone()));
            return None;
        }
        if let Some(floor) = floor {
            let value = amount.value.clone().max(floor.value.clone());
            amount = self.traced(value, || (format!("max({}, {})", amount.text, floor.text), false));
        }
        if let Some(cap) = cap {
            let value = amount.value.clone().min(cap.value.clone());
            amount = self.traced(value, || (format!("min({}, {})", amount.text, cap.text), false));
        }
        Some(amount)
    }
}

fn brackets(term: &Traced) -> String {
    if term.sum || term.value.is_negative() { format!("({})", term.text) } else { term.text.clone() }
}

fn sum_text(terms: &[Traced]) -> String {
    let mut text = String::new();
    for (index, term) in terms.iter().enumerate() {
        match (index, term.text.strip_prefix('-').filter(|_| !term.sum)) {
            (0, _) => text.push_str(&term.text),
            (_, Some(deduction)) => text.extend([" − ", deduction]),
            (_, None) => text.extend([" + ", &brackets(term)]),
        }
    }
    if terms.is_empty() { "0".to_owned() } else { text }
}
