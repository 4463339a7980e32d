//! The meaning of rules, one place at a time, in exact fractions: the reference that the column-wise programs must
//! equal, the fallback where they do not reach, and the source of explanations.

use num_rational::BigRational;
use num_traits::Zero;
use rust_decimal::Decimal;

use crate::engine::columns::Columns;
use crate::engine::faults::Fault;
use crate::engine::world::{Gathered, World};
use crate::ground::fraction::{Fraction, show};
use crate::ground::ids::{AggregateIndex, AttributeIndex, FigureIndex, LayerIndex, PoolIndex};
use crate::ground::money::{Amount, MoneyError};
use crate::policy::kinds::{Bands, Cases, Tiers};
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::{
    Bound, Class, Condition, Layer, NumberRounding, Policy, Ratio, Rule, Sign, Subject, Test, Value, Yearly,
};

/// A number that a rule read, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Standard,
    Attribute(AttributeIndex),
    Layer(LayerIndex),
    /// What is left of a pool.
    LeftOf(PoolIndex),
    Figure(FigureIndex),
    Aggregate(AggregateIndex),
    Exact(LayerIndex),
    LastYear(LayerIndex),
    /// What arrived of a layer.
    Received(LayerIndex),
}

/// Something by which an amount was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// A condition that was looked at: whether it holds, and of which number.
    Condition(Condition, bool, Option<BigRational>),
    /// A band: the number that it was found by, the bands, and which of them it is.
    Band(BigRational, Bands, usize),
    /// A case: the text.
    Case(Subject, String),
    /// An aggregate: how many places, and their sum if it is a mean.
    Aggregate(AggregateIndex, Gathered),
}

/// A figure that an amount rests on.
#[derive(Debug, Clone)]
pub(crate) struct TracedFigure {
    pub(crate) figure: FigureIndex,
    pub(crate) traced: Traced,
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

/// Both sides of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    /// What is looked at.
    pub(crate) left: Option<BigRational>,
    /// How it must compare; none: be equal.
    pub(crate) bound: Option<Bound>,
    /// What it is compared with.
    pub(crate) right: Option<Traced>,
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
    /// The class, where it is known.
    pub(crate) class: Option<&'a Class>,
    pub(crate) year: u16,
    pub(crate) row: usize,
    /// The amounts of one place by layer; none where unknown.
    pub(crate) layers: &'a [Option<Amount>],
    pub(crate) world: &'a dyn World,
    /// What arrived for one place by layer, in the policy's unit, where top-ups count that and not what was due.
    pub(crate) arrived: Option<Vec<BigRational>>,
    /// What pools left, in the policy's unit, where the amount of a pool or a limit is worked out.
    pub(crate) left: Vec<(PoolIndex, BigRational)>,
    /// Whether a blank text is a text like others: of a limit, whose groups may be blank.
    pub(crate) blank_is_text: bool,
    /// Whether to write down the arithmetic.
    trace: bool,
    pub(crate) inputs: Vec<(Input, BigRational)>,
    /// What the amount was found by, where the arithmetic is written down.
    pub(crate) found: Vec<Found>,
    /// The figures that were worked out, each once.
    figures: Vec<(FigureIndex, Option<Fraction>)>,
    /// Their arithmetic, in the order in which they are needed.
    pub(crate) traced_figures: Vec<TracedFigure>,
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Exact<'a> {
    pub(crate) fn new(
        policy: &'a Policy,
        columns: &'a Columns<'a>,
        class: Option<&'a Class>,
        year: u16,
        row: usize,
        layers: &'a [Option<Amount>],
        world: &'a dyn World,
    ) -> Self {
        Self {
            policy,
            columns,
            class,
            year,
            row,
            layers,
            world,
            arrived: None,
            left: Vec::new(),
            blank_is_text: false,
            trace: false,
            inputs: Vec::new(),
            found: Vec::new(),
            figures: Vec::new(),
            traced_figures: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// What a value comes to.
    pub(crate) fn value(&mut self, value: &Value) -> Option<Fraction> {
        value.eval(self).map(|term| term.value)
    }

    /// What a figure comes to.
    pub(crate) fn figure_value(&mut self, figure: FigureIndex) -> Option<Fraction> {
        self.figure(figure).map(|term| term.value)
    }

    /// The amount of one place under a rule that is not a pool, before rounding and with its arithmetic.
    pub(crate) fn traced(&mut self, rule: &Rule) -> Option<Traced> {
        self.trace = true;
        let exact = rule.eval(self);
        self.trace = false;
        exact.map(|exact| Traced { value: exact.value.reduced(), text: exact.text, absent: exact.absent })
    }

    /// Whether all conditions hold, with what they looked at.
    pub(crate) fn traced_holds(&mut self, conditions: &[Condition]) -> Option<bool> {
        self.trace = true;
        let holds = self.holds(conditions);
        self.trace = false;
        holds
    }

    /// What a value that stands by itself comes to, with its arithmetic.
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
            Some(arrived) => {
                let number = arrived.get(layer.number()).cloned()?;
                self.read(Input::Received(layer), |_| Some(number))
            }
            None => self.layer_amount(layer),
        }
    }

    /// Whether a top-up has anything to count of a layer. One that the class does not list is 0 and needs no word, but
    /// something may have arrived all the same.
    pub(crate) fn counts(&self, layer: LayerIndex) -> bool {
        let arrived = self.arrived.as_ref().and_then(|arrived| arrived.get(layer.number()));
        self.class.is_none_or(|class| class.funds(layer)) || arrived.is_some_and(|arrived| !arrived.is_zero())
    }

    fn found(&mut self, found: impl FnOnce() -> Found) {
        if self.trace {
            let found = found();
            if !self.found.contains(&found) {
                self.found.push(found);
            }
        }
    }

    /// A number that a condition looks at; none if it cannot be had, or the subject has none.
    fn number_of(&mut self, subject: Subject) -> Option<Fraction> {
        match subject {
            Subject::Attribute(attribute) => self.attribute(attribute),
            Subject::Figure(figure) => self.figure(figure),
            Subject::Layer(layer) => self.layer(layer),
            Subject::Year => Some(self.plain(BigRational::from(num_bigint::BigInt::from(self.year)).into())),
            _ => None,
        }
        .map(|term| term.value)
    }

    /// A text that a condition or a case looks at; none if it is blank where it must not be.
    fn text_of(&mut self, subject: Subject) -> Option<&'a str> {
        let roster = self.columns.roster;
        match subject {
            Subject::Attribute(attribute) => {
                let text = self.columns.text(attribute, self.row);
                if text.is_none() && self.blank_is_text {
                    return Some("");
                }
                if text.is_none() {
                    self.fault(Fault::Blank(attribute));
                }
                text
            }
            Subject::County => Some(roster.county(self.row)),
            Subject::Township => Some(roster.township(self.row)),
            Subject::Kind => Some(roster.kind(self.row)),
            Subject::Designation => Some(roster.designation(self.row)),
            Subject::Class => Some(self.class.map_or("", |class| class.id.as_str())),
            Subject::Payer(body) => Some(self.policy.payer(body).map_or("", |body| body.id.as_str())),
            _ => None,
        }
    }

    /// Whether a condition holds; none if it reads something that cannot be had.
    fn condition(&mut self, condition: &Condition) -> Option<bool> {
        if condition.is_plain() {
            return match self.columns.holds(condition, self.row) {
                Ok(holds) => Some(holds),
                Err(attribute) => {
                    self.fault(Fault::Blank(attribute));
                    None
                }
            };
        }
        match &condition.test {
            Test::Any(lists) => {
                let mut any = Some(false);
                for list in lists {
                    // All of them are looked at, so that every blank is known.
                    let holds = self.all_hold(list);
                    any = any.zip(holds).map(|(any, holds)| any || holds);
                }
                any
            }
            Test::Not(list) => self.all_hold(list).map(|holds| !holds),
            Test::Texts(_) => self.text_of(condition.subject).map(|text| condition.is_text(text)),
            Test::Flags(_) => None,
            Test::Numbers(_) | Test::Bounds(_) => {
                let number = self.number_of(condition.subject)?;
                Some(condition.test.passes(|limit| number.cmp(&Fraction::decimal(*limit))))
            }
            Test::Values(values) => {
                let number = self.number_of(condition.subject);
                let values = all(Value::eval_all(values, self));
                let (number, values) = number.zip(values)?;
                Some(values.iter().any(|value| value.value == number))
            }
            Test::Within(bounds) => {
                let number = self.number_of(condition.subject);
                let mut limits = Vec::new();
                for (bound, value) in bounds {
                    limits.push(value.eval(self).map(|limit| (*bound, limit.value)));
                }
                let limits: Option<Vec<(Bound, Fraction)>> = limits.into_iter().collect();
                let (number, limits) = number.zip(limits)?;
                Some(limits.iter().all(|(bound, limit)| bound.holds(number.cmp(limit))))
            }
        }
    }

    /// Whether a requirement is met as far as it can be known: one part that fails is enough to say that all do not hold, one
    /// that holds that some do.
    pub(crate) fn meets(&mut self, conditions: &[Condition]) -> Option<bool> {
        let mut all = Some(true);
        for condition in conditions {
            let holds = match &condition.test {
                Test::Any(lists) => {
                    let mut none = Some(true);
                    for list in lists {
                        none = both(none, self.meets(list).map(|holds| !holds));
                    }
                    none.map(|none| !none)
                }
                Test::Not(list) => self.meets(list).map(|holds| !holds),
                Test::Within(bounds) => {
                    let number = self.number_of(condition.subject);
                    let mut within = Some(true);
                    for (bound, value) in bounds {
                        let limit = value.eval(self).map(|limit| limit.value);
                        let holds = number.as_ref().zip(limit).map(|(number, limit)| bound.holds(number.cmp(&limit)));
                        within = both(within, holds);
                    }
                    within
                }
                Test::Values(values) => {
                    let number = self.number_of(condition.subject);
                    let mut differs = Some(true);
                    for value in values {
                        let value = value.eval(self).map(|value| value.value);
                        differs = both(differs, number.as_ref().zip(value).map(|(number, value)| *number != value));
                    }
                    differs.map(|differs| !differs)
                }
                _ => self.condition(condition),
            };
            all = both(all, holds);
        }
        all
    }

    /// The numbers that a condition compares: what is looked at, and with what it is compared, each with its arithmetic; none
    /// of what cannot be had. Texts and flags have none.
    pub(crate) fn compared(&mut self, condition: &Condition) -> Vec<Compared> {
        self.trace = true;
        let left = self.number_of(condition.subject).map(|number| number.reduced());
        let exact = |value: Option<Term>| value.map(|term| Traced::new(term.value.reduced(), term.text));
        let plain = |number: &Decimal| {
            let number = crate::ground::fraction::rational(*number);
            Some(Traced::new(number.clone(), show(&number)))
        };
        let mut compared = Vec::new();
        let mut add = |bound: Option<Bound>, right: Option<Traced>| {
            compared.push(Compared { left: left.clone(), bound, right });
        };
        match &condition.test {
            Test::Bounds(bounds) => bounds.iter().for_each(|(bound, limit)| add(Some(*bound), plain(limit))),
            Test::Numbers(numbers) => numbers.iter().for_each(|number| add(None, plain(number))),
            Test::Within(bounds) => {
                for (bound, value) in bounds {
                    add(Some(*bound), exact(value.eval(self)));
                }
            }
            Test::Values(values) => {
                for value in values {
                    add(None, exact(value.eval(self)));
                }
            }
            Test::Flags(_) | Test::Texts(_) | Test::Any(_) | Test::Not(_) => {}
        }
        self.trace = false;
        compared
    }

    fn all_hold(&mut self, conditions: &[Condition]) -> Option<bool> {
        let mut all = Some(true);
        for condition in conditions {
            let holds = self.condition(condition);
            all = all.zip(holds).map(|(all, holds)| all && holds);
        }
        all
    }

    fn look_at(&mut self, condition: &Condition, holds: bool) {
        if !self.trace {
            return;
        }
        let number = match condition.subject {
            Subject::Attribute(attribute) => self.columns.number(attribute, self.row),
            subject @ (Subject::Figure(_) | Subject::Layer(_)) => {
                self.number_of(subject).map(|number| number.reduced())
            }
            _ => None,
        };
        if let (Subject::Attribute(attribute), Some(number)) = (condition.subject, &number) {
            let number = number.clone();
            self.read(Input::Attribute(attribute), |_| Some(number));
        }
        let known = self.found.iter().any(|found| matches!(found, Found::Condition(known, ..) if known == condition));
        if !known {
            self.found.push(Found::Condition(condition.clone(), holds, number));
        }
    }

    /// Whether all conditions hold; none if one reads a blank.
    pub(crate) fn holds(&mut self, conditions: &[Condition]) -> Option<bool> {
        let mut all = Some(true);
        for condition in conditions {
            let holds = self.condition(condition);
            if let Some(holds) = holds {
                self.look_at(condition, holds);
            }
            all = all.zip(holds).map(|(all, holds)| all && holds);
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
        let number = self.read(Input::Standard, |this| {
            let Some(standard) = this.class?.standard.as_ref() else {
                this.fault(Fault::NoStandard);
                return None;
            };
            this.value(standard).map(|standard| standard.reduced())
        })?;
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
        let layers: Vec<LayerIndex> = layers.iter().copied().filter(|layer| self.counts(*layer)).collect();
        let mut counted = Vec::new();
        for layer in layers {
            let number = self.counted_amount(layer);
            counted.push(number.map(|number| self.plain(number)));
        }
        counted
    }

    fn figure(&mut self, figure: FigureIndex) -> Self::Number {
        if let Some((_, known)) = self.figures.iter().find(|(known, _)| *known == figure) {
            return known.clone().map(|number| self.plain(number));
        }
        let exact = self.policy.figure(figure).and_then(|data| data.eval(self));
        let value = exact.as_ref().map(|exact| exact.value.clone());
        self.figures.push((figure, value.clone()));
        let exact = exact?;
        let reduced = exact.value.reduced();
        if self.trace {
            let traced = Traced { value: reduced.clone(), text: exact.text, absent: exact.absent };
            self.traced_figures.push(TracedFigure { figure, traced });
        }
        self.read(Input::Figure(figure), |_| Some(reduced));
        value.map(|number| self.plain(number))
    }

    fn aggregate(&mut self, aggregate: AggregateIndex) -> Self::Number {
        let number = self.read(Input::Aggregate(aggregate), |this| {
            match this.world.aggregate(aggregate, this.year, this.row) {
                Ok(gathered) => {
                    let value = gathered.value.clone();
                    this.found(|| Found::Aggregate(aggregate, gathered));
                    value
                }
                Err(fault) => {
                    this.fault(fault);
                    None
                }
            }
        })?;
        Some(self.plain(number))
    }

    fn exact(&mut self, layer: LayerIndex) -> Self::Number {
        let number = self.read(Input::Exact(layer), |this| {
            let Some(rule) = this.class?.funding.get(layer.number())?.as_ref() else {
                return Some(BigRational::zero());
            };
            let number = match rule.kind.pool() {
                None => rule.eval_exact(this).map(|exact| exact.value.reduced()),
                Some(_) if this.holds(&rule.when) == Some(false) => Some(BigRational::zero()),
                Some(pool) => this.world.pool_part(pool, this.year, this.row),
            };
            if number.is_none() {
                this.fault(Fault::Unknown);
            }
            number
        })?;
        Some(self.plain(number))
    }

    fn last_year(&mut self, layer: LayerIndex, first: &Value) -> Self::Number {
        match self.world.last_year(layer, self.year, self.row) {
            Ok(Some(amount)) => {
                let amount = BigRational::new(amount.fen().into(), self.policy.unit().fen().into());
                let number = self.read(Input::LastYear(layer), |_| Some(amount))?;
                Some(self.plain(number))
            }
            Ok(None) => first.eval(self),
            Err(fault) => {
                self.fault(fault);
                None
            }
        }
    }

    fn product(&mut self, factors: Vec<Self::Number>) -> Self::Number {
        let factors = all(factors)?;
        let value = Fraction::product(factors.iter().map(|factor| &factor.value));
        Some(self.term(value, || (factors.iter().map(brackets).collect::<Vec<_>>().join(" × "), false)))
    }

    fn quotient(&mut self, dividend: Self::Number, divisor: Self::Number, if_zero: Option<&Value>) -> Self::Number {
        let (dividend, divisor) = dividend.zip(divisor)?;
        let Some(value) = dividend.value.divided_by(&divisor.value) else {
            let Some(if_zero) = if_zero else {
                self.fault(Fault::DivisionByZero);
                return None;
            };
            return if_zero.eval(self);
        };
        Some(self.term(value, || {
            let of = |term: &Term| {
                let product = term.text.contains(" × ") || term.text.contains(" ÷ ");
                if product && !term.sum { ["(", &term.text, ")"].concat() } else { brackets(term) }
            };
            ([brackets(&dividend), of(&divisor)].join(" ÷ "), false)
        }))
    }

    fn bands(&mut self, of: Self::Number, bands: &Bands) -> Self::Number {
        let of = of?;
        let Some((number, band)) = bands.find(self.year, |limit| of.value.cmp(&Fraction::decimal(*limit))) else {
            self.fault(Fault::OutsideBands(of.value.reduced()));
            return None;
        };
        self.found(|| Found::Band(of.value.reduced(), bands.clone(), number));
        band.give.eval(self)
    }

    fn tiers(&mut self, of: Self::Number, tiers: &Tiers) -> Self::Number {
        let of = of?;
        let zero = Fraction::zero();
        let mut from = zero.clone();
        let mut slices = Vec::new();
        for tier in &tiers.tiers {
            let to = match &tier.up_to {
                Some(end) => of.value.clone().min(Fraction::decimal(*end.at(self.year)?)),
                None => of.value.clone(),
            };
            if to <= from {
                break;
            }
            let slice = self.plain(to.minus(from));
            slices.push(tier.rate.times(self, Some(slice)));
            from = to;
        }
        if from < of.value && tiers.tiers.last().is_some_and(|tier| tier.up_to.is_some()) && !of.value.is_negative() {
            self.fault(Fault::OutsideBands(of.value.reduced()));
            return None;
        }
        self.sum(slices)
    }

    fn cases(&mut self, cases: &Cases) -> Self::Number {
        let text = self.text_of(cases.of)?;
        let Some(value) = cases.value(text) else {
            self.fault(Fault::NoCase(cases.of, text.to_owned()));
            return None;
        };
        self.found(|| Found::Case(cases.of, text.to_owned()));
        value.eval(self)
    }

    fn rounded(&mut self, number: Self::Number, rounding: &NumberRounding) -> Self::Number {
        let number = number?;
        let rounded = rounding.round(&number.value);
        let absent = number.absent;
        let text = || (["round(", &number.text, ", ", &rounding.step.to_string(), ")"].concat(), false);
        Some(Term { absent, ..self.term(rounded.into(), text) })
    }

    /// Every way to put numbers together is written above.
    fn made_of(&mut self, _: Vec<Self::Number>) -> Self::Number {
        None
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

/// Whether both hold, as far as that can be known.
const fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
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
