//! The meaning of rules, one place at a time, in exact fractions: the reference that the column-wise programs must
//! equal, the fallback where they do not reach, and the source of explanations.

use num_rational::BigRational;
use rust_decimal::Decimal;

use crate::engine::columns::Columns;
use crate::ground::fraction::{Fraction, rational, show};
use crate::ground::ids::{AttributeIndex, LayerIndex, PoolIndex};
use crate::ground::money::{Amount, MoneyError};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::{Class, Condition, Layer, Policy, Ratio, Rule, Sign, Subject, Value, Yearly};

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
    /// What is left of a pool.
    LeftOf(PoolIndex),
}

/// An exact number and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Traced {
    pub(crate) value: BigRational,
    /// The arithmetic.
    pub(crate) text: String,
    /// Whether it is the 0 of a rule whose conditions do not hold.
    pub(crate) absent: bool,
}

impl Traced {
    pub(crate) fn new(value: BigRational, text: String) -> Self {
        Self { value, text, absent: false }
    }
}

/// A number on the way.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    value: Fraction,
    /// The arithmetic; empty unless traced.
    text: String,
    /// Whether the text is a sum, which needs brackets inside a product or a difference.
    sum: bool,
    /// Whether it is the 0 of a rule whose conditions do not hold.
    absent: bool,
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
    /// What pools left, in the policy's unit, where the amount of a pool is worked out.
    pub(crate) left: Vec<(PoolIndex, BigRational)>,
    /// Whether to write down the arithmetic.
    trace: bool,
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
        let (arrived, left) = (None, Vec::new());
        Self { policy, columns, class, year, row, layers, arrived, left, trace: false, inputs, looked_at, faults }
    }

    /// The amount of one place under a rule that is not a pool, before rounding and with its arithmetic.
    pub(crate) fn traced(&mut self, rule: &Rule) -> Option<Traced> {
        self.trace = true;
        let exact = rule.eval(self);
        self.trace = false;
        exact.map(|exact| Traced { value: exact.value.reduced(), text: exact.text, absent: exact.absent })
    }

    /// What a value that stands by itself comes to, unrounded.
    pub(crate) fn value(&mut self, value: &Value) -> Option<BigRational> {
        Some(value.eval(self)?.value.reduced())
    }

    /// The same with its arithmetic.
    pub(crate) fn traced_value(&mut self, value: &Value) -> Option<Traced> {
        self.trace = true;
        let exact = value.eval(self);
        self.trace = false;
        exact.map(|exact| Traced { value: exact.value.reduced(), text: exact.text, absent: exact.absent })
    }

    /// The rounded amount of one place in a layer under a rule that is not a pool.
    pub(crate) fn amount(&mut self, rule: &Rule, layer: &Layer) -> Option<Amount> {
        let exact = rule.eval(self)?.value;
        let fen = exact.numerator() * self.policy.unit().fen();
        match layer.rounding.round_ratio(&fen, exact.denominator()) {
            Ok(amount) if layer.takes(amount) => Some(amount),
            Ok(amount) => {
                self.faults.push(Fault::Negative(amount));
                None
            }
            Err(MoneyError::Overflow) if exact.is_negative() && layer.sign == Sign::NotNegative => {
                self.faults.push(Fault::Negative(Amount::from_fen(i64::MIN)));
                None
            }
            Err(_) => {
                self.faults.push(Fault::Overflow);
                None
            }
        }
    }

    fn term(&self, value: Fraction, text: impl FnOnce() -> (String, bool)) -> Term {
        let (text, sum) = if self.trace { text() } else { (String::new(), false) };
        Term { value, text, sum, absent: false }
    }

    fn plain(&self, value: Fraction) -> Term {
        let text = if self.trace { show(&value.reduced()) } else { String::new() };
        Term { value, text, sum: false, absent: false }
    }

    /// A number that the rule reads by name, worked out the first time.
    fn read(&mut self, input: Input, value: impl FnOnce(&mut Self) -> Option<BigRational>) -> Option<Fraction> {
        if let Some((_, value)) = self.inputs.iter().find(|(seen, _)| *seen == input) {
            return Some(value.clone().into());
        }
        let value = value(self)?;
        self.inputs.push((input, value.clone()));
        Some(value.into())
    }

    fn fault(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// What a layer gives one place, in the policy's unit.
    fn layer_amount(&mut self, layer: LayerIndex) -> Option<Fraction> {
        self.read(Input::Layer(layer), |this| {
            let Some(amount) = this.layers.get(layer.number()).copied().flatten() else {
                this.fault(Fault::Unknown);
                return None;
            };
            Some(BigRational::new(amount.fen().into(), this.policy.unit().fen().into()))
        })
    }

    /// What a top-up counts of a layer, in the policy's unit.
    fn counted_amount(&mut self, layer: LayerIndex) -> Option<Fraction> {
        match &self.arrived {
            Some(arrived) => arrived.get(layer.number()).cloned().map(Fraction::from),
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
            let number = number.clone();
            self.read(Input::Attribute(attribute), |_| Some(number));
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
    type Number = Option<Term>;

    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number {
        number.at(self.year).map(|number| self.plain(Fraction::decimal(*number)))
    }

    fn standard(&mut self) -> Self::Number {
        let number =
            self.read(Input::Standard, |this| Some(rational(*this.class.standard.as_ref()?.at(this.year)?)))?;
        Some(self.plain(number))
    }

    fn attribute(&mut self, attribute: AttributeIndex) -> Self::Number {
        let number = self.read(Input::Attribute(attribute), |this| {
            let number = this.columns.number(attribute, this.row);
            if number.is_none() {
                this.fault(Fault::Blank(attribute));
            }
            number
        })?;
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

    fn left_of(&mut self, pool: PoolIndex) -> Self::Number {
        let number =
            self.read(Input::LeftOf(pool), |this| Some(this.left.iter().find(|(known, _)| *known == pool)?.1.clone()))?;
        Some(self.plain(number))
    }

    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number {
        let terms = all(terms)?;
        let total = Fraction::sum(terms.iter().map(|term| &term.value));
        // Parts that do not apply say nothing.
        let absent = !terms.is_empty() && terms.iter().all(|term| term.absent);
        let terms: Vec<&Term> = terms.iter().filter(|term| !term.absent).collect();
        Some(Term { absent, ..self.term(total, || (sum_text(&terms), terms.len() > 1)) })
    }

    fn difference(&mut self, first: Self::Number, rest: Vec<Self::Number>) -> Self::Number {
        let (first, rest) = first.zip(all(rest))?;
        if rest.is_empty() {
            return Some(first);
        }
        let value = first.value.minus(Fraction::sum(rest.iter().map(|less| &less.value)));
        Some(self.term(value, || {
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
        let value = of.value.times(rate.numerator, rate.denominator);
        Some(self.term(value, || ([&rate.text, " × ", &brackets(&of)].concat(), false)))
    }

    fn extreme(&mut self, extreme: Extreme, members: Vec<Self::Number>) -> Self::Number {
        let members = all(members)?;
        let value = members.iter().map(|member| &member.value).reduce(|a, b| extreme.of(a, b))?.clone();
        Some(self.term(value, || {
            let texts: Vec<&str> = members.iter().map(|member| member.text.as_str()).collect();
            (call(extreme, &texts), false)
        }))
    }

    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number {
        let number = number?;
        if !number.value.is_negative() {
            return Some(number);
        }
        Some(self.term(Fraction::zero(), || (call(Extreme::Greatest, &["0", &number.text]), false)))
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
            self.fault(Fault::FloorAboveCap(floor.value.reduced(), cap.value.reduced()));
            return None;
        }
        for (extreme, bound) in [(Extreme::Greatest, floor), (Extreme::Least, cap)] {
            let Some(bound) = bound else { continue };
            let text = || (call(extreme, &[&amount.text, &bound.text]), false);
            amount = self.term(extreme.of(&amount.value, &bound.value).clone(), text);
        }
        Some(amount)
    }

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number {
        let absent = !self.holds(conditions)?;
        if absent { Some(Term { absent, ..self.plain(Fraction::zero()) }) } else { rule(self) }
    }
}

/// All, if all are known.
fn all(numbers: Vec<Option<Term>>) -> Option<Vec<Term>> {
    numbers.into_iter().collect()
}

fn call(extreme: Extreme, arguments: &[&str]) -> String {
    [extreme.sign(), "(", &arguments.join(", "), ")"].concat()
}

fn brackets(term: &Term) -> String {
    if term.sum || term.value.is_negative() { format!("({})", term.text) } else { term.text.clone() }
}

fn sum_text(terms: &[&Term]) -> String {
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
