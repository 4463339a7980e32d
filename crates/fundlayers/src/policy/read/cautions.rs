//! What a policy can say and hardly mean: shares above the whole, layers beyond the standard, bands with a gap between
//! them. Only what is sure from the document alone is warned about.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use num_rational::BigRational;
use num_traits::{One, Zero};
use rust_decimal::Decimal;

use crate::ground::catalogue::policy as words;
use crate::ground::fraction::{rational, show};
use crate::ground::ids::{
    AggregateIndex, AttributeIndex, DesignationIndex, FigureIndex, KindIndex, LayerIndex, PoolIndex,
};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem};
use crate::policy::document::Node;
use crate::policy::path::{join, join_id};
use crate::policy::read::Reader;
use crate::policy::rule::algebra::{Algebra, Extreme};
use crate::policy::rule::condition::exclude;
use crate::policy::rule::reads::Reads;
use crate::policy::rule::rounding::NumberRounding;
use crate::policy::rule::tiers::Tiers;
use crate::policy::{Attribute, Bound, Class, Condition, Layer, Ratio, RuleKind, Sign, Subject, Test, Value, Yearly};

/// Beyond so many classes or parts of a sum, or conditions of them, gaps are not searched for.
const SEARCH_LIMIT: usize = 500;
const CONDITIONS_LIMIT: usize = 2_000;
/// Larger fractions are not followed from rule to rule.
const BITS: u64 = 256;

impl Reader {
    /// Warns of a share above the whole: 40 where 40 % is meant. A price times a number of something may be any number.
    pub(crate) fn share_above_whole(&mut self, rate: &Yearly<Ratio>, of: &Value, node: Option<&Node>, path: &str) {
        let mut reads = Reads::new(&[], &[]);
        of.eval(&mut reads);
        let of_place = !(reads.attributes.is_empty() && reads.figures.is_empty() && reads.aggregates.is_empty());
        let of_money = (reads.standard || !reads.layers.is_empty()) && !of_place;
        let Some((_, above)) = rate.iter().find(|(_, rate)| rate.fraction() > BigRational::one()).filter(|_| of_money)
        else {
            return;
        };
        let problem = Problem::new(Code::RateAboveOne, words::SHARE_ABOVE_WHOLE).found(&above.text);
        // Nobody means 1.2 % by 1.2.
        let hint = if above.fraction() < BigRational::from_integer(2.into()) {
            words::AT_MOST_ALL.into()
        } else {
            let hundredth = show(&(above.fraction() / BigRational::from_integer(100.into())));
            words::PERCENT_AS_SHARE.with(&[&hundredth, &above.text])
        };
        self.push(problem.expected(hint), node.and_then(|node| node.position), path);
    }

    /// Warns of classes whose layers come to more than their standard, and of top-ups that have nothing to fill.
    pub(crate) fn beyond_standard(&mut self, classes: &[(Class, &Node)], layers: &[Layer]) {
        // What is refused is not looked at: its numbers may be beyond all bounds.
        let Some((first, last)) = self.years.filter(|_| !self.problems.has_errors()) else { return };
        for (class, item) in classes {
            let mut years = BTreeSet::from([first]);
            let mut done = BTreeSet::new();
            while let Some(year) = years.pop_first() {
                if !done.insert(year) {
                    continue;
                }
                let mut known = Known { class, year, amounts: Vec::new(), years: BTreeSet::new() };
                if let Some((layer, problem)) = known.problem(layers) {
                    let funding = item.get("funding");
                    let position = funding.and_then(|funding| funding.get(layer)).and_then(|node| node.position);
                    let path = join(&join(&join_id("classes", &class.id), "funding"), layer);
                    self.push(problem, position.or(item.position), &path);
                    break;
                }
                years.extend(known.years.into_iter().filter(|year| (first..=last).contains(year)));
            }
        }
    }

    /// Warns of a sum of parts, each for a band of one number, between which a number falls.
    pub(crate) fn gap_in_sum(
        &mut self,
        terms: &[Value],
        position: Option<Position>,
        path: &str,
        attributes: &[Attribute],
    ) {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for term in terms {
            match term {
                Value::Rule(rule) if !rule.when.is_empty() => {
                    parts.push(Part { key: (None, None), conditions: &rule.when });
                }
                // What is given whatever the number is, is no band.
                _ => return,
            }
        }
        if let Some((_, attribute, gap)) = gap(&parts) {
            let id = attributes.get(attribute.number()).map_or("", |attribute| attribute.id.as_str());
            let problem = Problem::new(Code::BandGap, words::BAND_GAP.with(&[&id, &gap]));
            self.push(problem.expected(words::ADD_BAND), position, path);
        }
    }

    /// Warns of classes for bands of one number, between which a place falls.
    pub(crate) fn gap_in_classes(&mut self, classes: &[(Class, &Node)], attributes: &[Attribute]) {
        let parts: Vec<Part<'_>> = classes.iter().map(|(class, _)| Part::of_class(class)).collect();
        if let Some((above, attribute, gap)) = gap(&parts)
            && let Some((class, item)) = classes.get(above)
        {
            let id = attributes.get(attribute.number()).map_or("", |attribute| attribute.id.as_str());
            let problem = Problem::new(Code::BandGap, words::CLASS_GAP.with(&[&id, &gap]));
            self.push(problem.expected(words::ADD_CLASS), item.position, &join_id("classes", &class.id));
        }
    }
}

/// A number, unless it is beyond what anybody means.
fn small(number: BigRational) -> Option<BigRational> {
    (number.numer().bits() <= BITS && number.denom().bits() <= BITS).then_some(number)
}

/// What the rules of a class give a place in a year, as far as the document alone says it.
struct Known<'a> {
    class: &'a Class,
    year: u16,
    /// By layer; none where it depends on the place.
    amounts: Vec<Option<BigRational>>,
    /// The years in which a number changes.
    years: BTreeSet<u16>,
}

impl Known<'_> {
    /// The layer at which the standard is passed, and what is to be said of it.
    fn problem<'l>(&mut self, layers: &'l [Layer]) -> Option<(&'l str, Problem)> {
        let funded = self.class.funding.iter().zip(layers).filter(|(rule, _)| rule.is_some());
        // What is paid in makes room that the document alone does not tell of.
        if funded.clone().any(|(_, layer)| layer.sign == Sign::Any) {
            return None;
        }
        let standard = self.standard();
        let mut sum = BigRational::zero();
        let mut terms: Vec<String> = Vec::new();
        for (rule, layer) in self.class.funding.iter().zip(layers) {
            let id = layer.id.as_str();
            let Some(rule) = rule else {
                self.amounts.push(Some(BigRational::zero()));
                continue;
            };
            if let RuleKind::TopUp(top_up) = &rule.kind
                && rule.when.is_empty()
                && let Some(to) = top_up.to.eval(self)
            {
                let counted: Vec<BigRational> = self.counted(&top_up.counting).into_iter().flatten().collect();
                let counted = counted.iter().fold(BigRational::zero(), |sum, amount| sum + amount);
                if counted > to {
                    let message = words::NOTHING_TO_TOP_UP.with(&[&self.year, &show(&counted), &show(&to)]);
                    return Some((id, Problem::new(Code::NothingToTopUp, message).expected(words::CHECK_STANDARD)));
                }
            }
            // What a limit leaves depends on all places.
            let amount = if layer.limit.is_some() { None } else { rule.eval(self) };
            if let Some(amount) = &amount {
                sum += amount;
                terms.push(show(amount));
            }
            if let Some(standard) = standard.as_ref().filter(|standard| sum > **standard) {
                let message =
                    words::BEYOND_STANDARD.with(&[&self.year, &terms.join(" + "), &show(&sum), &show(standard)]);
                return Some((id, Problem::new(Code::LayersBeyondStandard, message).expected(words::CHECK_STANDARD)));
            }
            self.amounts.push(amount);
        }
        None
    }

    fn remember<T>(&mut self, yearly: &Yearly<T>) {
        self.years.extend(yearly.iter().map(|(year, _)| year));
    }
}

impl Algebra for Known<'_> {
    type Number = Option<BigRational>;

    fn number(&mut self, number: &Yearly<Decimal>) -> Self::Number {
        self.remember(number);
        number.at(self.year).map(|number| rational(*number))
    }

    fn standard(&mut self) -> Self::Number {
        // It reads no standard, so that this ends.
        self.class.standard.as_ref()?.eval(self)
    }

    fn attribute(&mut self, _: AttributeIndex) -> Self::Number {
        None
    }

    fn layer(&mut self, layer: LayerIndex) -> Self::Number {
        self.amounts.get(layer.number()).cloned().flatten()
    }

    fn counted(&mut self, layers: &[LayerIndex]) -> Vec<Self::Number> {
        layers.iter().map(|layer| self.layer(*layer)).collect()
    }

    fn figure(&mut self, _: FigureIndex) -> Self::Number {
        None
    }

    fn aggregate(&mut self, _: AggregateIndex) -> Self::Number {
        None
    }

    fn exact(&mut self, _: LayerIndex) -> Self::Number {
        None
    }

    fn last_year(&mut self, _: LayerIndex, _: &Value) -> Self::Number {
        None
    }

    fn pool(&mut self, _: PoolIndex) -> Self::Number {
        None
    }

    fn left_of(&mut self, _: PoolIndex) -> Self::Number {
        None
    }

    fn product(&mut self, factors: Vec<Self::Number>) -> Self::Number {
        factors.into_iter().try_fold(BigRational::one(), |product, factor| small(product * factor?))
    }

    fn tiers(&mut self, _: Self::Number, _: &Tiers) -> Self::Number {
        None
    }

    fn rounded(&mut self, number: Self::Number, rounding: &NumberRounding) -> Self::Number {
        Some(rounding.round(&number?.into()))
    }

    fn made_of(&mut self, _: Vec<Self::Number>) -> Self::Number {
        None
    }

    fn sum(&mut self, terms: Vec<Self::Number>) -> Self::Number {
        terms.into_iter().try_fold(BigRational::zero(), |sum, term| small(sum + term?))
    }

    fn difference(&mut self, first: Self::Number, rest: Vec<Self::Number>) -> Self::Number {
        rest.into_iter().try_fold(first?, |difference, term| small(difference - term?))
    }

    fn times(&mut self, rate: &Yearly<Ratio>, of: Self::Number) -> Self::Number {
        self.remember(rate);
        small(rate.at(self.year)?.fraction() * of?)
    }

    fn extreme(&mut self, extreme: Extreme, members: Vec<Self::Number>) -> Self::Number {
        let members: Option<Vec<BigRational>> = members.into_iter().collect();
        members?.into_iter().reduce(|a, b| extreme.of(a, b))
    }

    fn not_below_zero(&mut self, number: Self::Number) -> Self::Number {
        Some(number?.max(BigRational::zero()))
    }

    fn bounded(
        &mut self,
        amount: Self::Number,
        floor: Option<Self::Number>,
        cap: Option<Self::Number>,
    ) -> Self::Number {
        let mut amount = amount?;
        if let Some(floor) = floor {
            amount = amount.max(floor?);
        }
        if let Some(cap) = cap {
            amount = amount.min(cap?);
        }
        Some(amount)
    }

    fn only_where(&mut self, conditions: &[Condition], rule: impl FnOnce(&mut Self) -> Self::Number) -> Self::Number {
        // Whether they hold depends on the place.
        rule(self).filter(|_| conditions.is_empty())
    }
}

/// Something that applies where conditions hold: a class, a part of a sum.
struct Part<'a> {
    /// Kind and designation of a class; none: any.
    key: (Option<usize>, Option<usize>),
    conditions: &'a [Condition],
}

impl<'a> Part<'a> {
    fn of_class(class: &'a Class) -> Self {
        let key = (class.kind.map(KindIndex::number), class.designation.map(DesignationIndex::number));
        Self { key, conditions: &class.conditions }
    }

    /// What must hold besides the test of one subject.
    fn besides(&self, subject: Subject) -> Vec<Condition> {
        self.conditions.iter().filter(|condition| condition.subject != subject).cloned().collect()
    }

    /// Whether it may apply to a place to which the other one may.
    fn may_meet(&self, other: &Self, besides: &[Condition]) -> bool {
        let fits = |a: Option<usize>, b: Option<usize>| a.is_none() || b.is_none() || a == b;
        fits(self.key.0, other.key.0) && fits(self.key.1, other.key.1) && !exclude(self.conditions, besides)
    }

    /// The spans of a number to which it applies: all of them where it has no condition on it.
    fn spans(&self, subject: Subject) -> Vec<Span> {
        let mut tests = self.conditions.iter().filter(|condition| condition.subject == subject);
        let Some(condition) = tests.next() else { return vec![Span::ALL] };
        match &condition.test {
            Test::Bounds(bounds) => vec![Span::of(bounds)],
            Test::Numbers(numbers) => {
                let span = |number: &Decimal| Span { from: Cut::Before(*number), to: Cut::After(*number) };
                numbers.iter().map(span).collect()
            }
            _ => Vec::new(),
        }
    }

    fn has_bounds(&self, subject: Subject) -> bool {
        let is_bound =
            |condition: &Condition| condition.subject == subject && matches!(condition.test, Test::Bounds(_));
        self.conditions.iter().any(is_bound)
    }
}

/// A place between numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    First,
    Before(Decimal),
    After(Decimal),
    Last,
}

impl Cut {
    fn order(&self) -> (u8, Decimal, u8) {
        match self {
            Self::First => (0, Decimal::ZERO, 0),
            Self::Before(number) => (1, *number, 0),
            Self::After(number) => (1, *number, 1),
            Self::Last => (2, Decimal::ZERO, 0),
        }
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

/// The numbers between two cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: Cut,
    to: Cut,
}

impl Span {
    const ALL: Self = Self { from: Cut::First, to: Cut::Last };

    fn of(bounds: &[(Bound, Decimal)]) -> Self {
        bounds.iter().fold(Self::ALL, |span, (bound, number)| match bound {
            Bound::AtLeast => Self { from: span.from.max(Cut::Before(*number)), ..span },
            Bound::Above => Self { from: span.from.max(Cut::After(*number)), ..span },
            Bound::AtMost => Self { to: span.to.min(Cut::After(*number)), ..span },
            Bound::Below => Self { to: span.to.min(Cut::Before(*number)), ..span },
        })
    }

    /// Whether a whole number lies in it: between 499 and 500 no head count falls.
    fn has_whole(self) -> bool {
        let (from, is_in) = match self.from {
            Cut::Before(number) => (number, true),
            Cut::After(number) => (number, false),
            Cut::First | Cut::Last => return false,
        };
        let mut whole = from.ceil();
        if whole == from && !is_in {
            let Some(next) = whole.checked_add(Decimal::ONE) else { return false };
            whole = next;
        }
        Cut::After(whole) <= self.to
    }

    /// `≥ 500, < 1000`.
    fn to_text(self) -> String {
        let from = match self.from {
            Cut::Before(number) => format!("≥ {number}"),
            Cut::After(number) => format!("> {number}"),
            Cut::First | Cut::Last => String::new(),
        };
        let to = match self.to {
            Cut::Before(number) => format!("< {number}"),
            Cut::After(number) => format!("≤ {number}"),
            Cut::First | Cut::Last => String::new(),
        };
        [from, to].join(", ")
    }
}

/// The first gap between bands of one number: the part above it, the attribute, and the numbers to which no part applies.
///
/// Bands are parts with bounds on the number that are otherwise alike. Whatever else may apply to the same places counts.
fn gap(parts: &[Part<'_>]) -> Option<(usize, AttributeIndex, String)> {
    let conditions = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.conditions.len()));
    if parts.len() < 2 || parts.len() > SEARCH_LIMIT || conditions > CONDITIONS_LIMIT {
        return None;
    }
    let mut subjects: Vec<Subject> = parts.iter().flat_map(|part| part.conditions).map(|one| one.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    for subject in subjects {
        let Subject::Attribute(attribute) = subject else { continue };
        let mut seen: Vec<(_, Vec<Condition>)> = Vec::new();
        for part in parts.iter().filter(|part| part.has_bounds(subject)) {
            let alike = (part.key, part.besides(subject));
            if seen.contains(&alike) {
                continue;
            }
            let is_band = |other: &&Part<'_>| other.has_bounds(subject) && (other.key, other.besides(subject)) == alike;
            let bands: Vec<&Part<'_>> = parts.iter().filter(is_band).collect();
            let covered = parts.iter().filter(|other| other.may_meet(part, &alike.1));
            let spans = covered.flat_map(|other| other.spans(subject)).collect();
            if bands.len() > 1
                && let Some(span) = first_gap(spans, &bands, subject)
            {
                let above =
                    |part: &Part<'_>| is_band(&part) && part.spans(subject).iter().any(|one| one.from == span.to);
                let above = parts.iter().position(above).unwrap_or_default();
                return Some((above, attribute, span.to_text()));
            }
            seen.push(alike);
        }
    }
    None
}

/// The first numbers between the lowest and the highest band that no span has.
fn first_gap(mut spans: Vec<Span>, bands: &[&Part<'_>], subject: Subject) -> Option<Span> {
    let of_bands = || bands.iter().flat_map(|band| band.spans(subject));
    let (lowest, highest) = (of_bands().map(|span| span.to).min()?, of_bands().map(|span| span.from).max()?);
    spans.sort_by_key(|span| span.from.order());
    let mut reached = lowest;
    for span in spans {
        if span.from > reached && reached < highest {
            let gap = Span { from: reached, to: span.from.min(highest) };
            if gap.has_whole() {
                return Some(gap);
            }
        }
        reached = reached.max(span.to);
    }
    None
}
