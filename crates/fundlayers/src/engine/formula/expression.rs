//! Expressions of whole numbers: what a cell computes, its value, and how large it may become.

use crate::ground::ids::{AttributeIndex, LayerIndex};
use crate::policy::Subject;
use crate::policy::rule::algebra::Extreme;

/// A whole number that a cell computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    Whole(i128),
    /// A number of the policy in the year of the row, times its scale.
    Parameter(usize),
    /// An attribute of the place, times its scale.
    Attribute(AttributeIndex),
    /// What an earlier layer gives one place, in fen.
    Layer(LayerIndex),
    Year,
    /// A cell beside this one, made before it.
    Helper(usize),
    Sum(Vec<Self>),
    Times(i128, Box<Self>),
    Product(Box<Self>, Box<Self>),
    Extreme(Extreme, Vec<Self>),
    Absolute(Box<Self>),
    /// The first ÷ the second without its rest, as a spreadsheet divides: it may be one off.
    Floor(Box<Self>, Box<Self>),
    If(Box<Check>, Box<Self>, Box<Self>),
    /// There is no number.
    Fail,
}

/// Something that holds or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Check {
    Always(bool),
    Compare(Expression, Comparison, Expression),
    /// A text of the place is this one.
    Text(Subject, String),
    /// A flag of the place is set.
    Flag(AttributeIndex),
    /// A text of the place is blank.
    Blank(Subject),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    Greater,
}

impl Comparison {
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::Greater => ">",
        }
    }

    const fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::AtLeast => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }
}

/// The greatest magnitude that a number may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Size {
    Whole(i128),
    Parameter(usize),
    Attribute(AttributeIndex),
    Layer(LayerIndex),
    Sum(Vec<Self>),
    Product(Vec<Self>),
    Greatest(Vec<Self>),
    /// ÷ a whole number above 0, and 1 more.
    Divided(Box<Self>, i128),
}

/// What the leaves of sizes are.
pub(crate) trait Leaves {
    fn parameter(&self, parameter: usize) -> i128;
    fn attribute(&self, attribute: AttributeIndex) -> i128;
    fn layer(&self, layer: LayerIndex) -> i128;
}

impl Size {
    pub(crate) fn sum(sizes: Vec<Self>) -> Self {
        let mut whole = 0_i128;
        let mut rest = Vec::new();
        for size in sizes {
            match size {
                Self::Whole(number) => whole = whole.saturating_add(number),
                Self::Sum(sizes) => rest.extend(sizes),
                size => rest.push(size),
            }
        }
        match (whole, rest.len()) {
            (whole, 0) => Self::Whole(whole),
            (0, 1) => rest.remove(0),
            (0, _) => Self::Sum(rest),
            (whole, _) => {
                rest.push(Self::Whole(whole));
                Self::Sum(rest)
            }
        }
    }

    pub(crate) fn greatest(sizes: Vec<Self>) -> Self {
        let mut rest: Vec<Self> = Vec::new();
        for size in sizes {
            match size {
                Self::Greatest(sizes) => rest.extend(sizes),
                size => rest.push(size),
            }
        }
        let mut different: Vec<Self> = Vec::new();
        for size in rest {
            if !different.contains(&size) {
                different.push(size);
            }
        }
        if different.len() == 1 { different.remove(0) } else { Self::Greatest(different) }
    }

    pub(crate) fn product(a: Self, b: Self) -> Self {
        match (a, b) {
            (Self::Whole(1), size) | (size, Self::Whole(1)) => size,
            (Self::Whole(a), Self::Whole(b)) => Self::Whole(a.saturating_mul(b)),
            (Self::Product(mut sizes), size) | (size, Self::Product(mut sizes)) => {
                sizes.push(size);
                Self::Product(sizes)
            }
            (a, b) => Self::Product(vec![a, b]),
        }
    }

    /// How large it is at present.
    pub(crate) fn at_present(&self, leaves: &dyn Leaves) -> i128 {
        let all = |sizes: &[Self]| sizes.iter().map(|size| size.at_present(leaves)).collect::<Vec<_>>();
        match self {
            Self::Whole(number) => *number,
            Self::Parameter(parameter) => leaves.parameter(*parameter),
            Self::Attribute(attribute) => leaves.attribute(*attribute),
            Self::Layer(layer) => leaves.layer(*layer),
            Self::Sum(sizes) => all(sizes).into_iter().fold(0, i128::saturating_add),
            Self::Product(sizes) => all(sizes).into_iter().fold(1, i128::saturating_mul),
            Self::Greatest(sizes) => all(sizes).into_iter().max().unwrap_or_default(),
            Self::Divided(size, by) => size.at_present(leaves).checked_div(*by).unwrap_or(i128::MAX).saturating_add(1),
        }
    }
}

/// What expressions read of one place in one year.
pub(crate) struct Place<'a> {
    pub(crate) parameters: &'a dyn Fn(usize) -> Option<i128>,
    pub(crate) attribute: &'a dyn Fn(AttributeIndex) -> Option<i128>,
    pub(crate) text: &'a dyn Fn(Subject) -> &'a str,
    pub(crate) flag: &'a dyn Fn(AttributeIndex) -> bool,
    pub(crate) layers: &'a [Option<i128>],
    pub(crate) year: u16,
}

impl Expression {
    pub(crate) const fn is_leaf(&self) -> bool {
        matches!(
            self,
            Self::Whole(_) | Self::Parameter(_) | Self::Attribute(_) | Self::Layer(_) | Self::Year | Self::Helper(_)
        )
    }

    pub(crate) fn times(self, factor: i128) -> Option<Self> {
        Some(match (factor, self) {
            (0, _) => Self::Whole(0),
            (1, expression) => expression,
            (factor, Self::Whole(number)) => Self::Whole(number.checked_mul(factor)?),
            (factor, Self::Times(other, of)) => match other.checked_mul(factor)? {
                1 => *of,
                factor => Self::Times(factor, of),
            },
            (factor, expression) => Self::Times(factor, Box::new(expression)),
        })
    }

    pub(crate) fn sum(terms: Vec<Self>) -> Option<Self> {
        let mut whole = 0_i128;
        let mut rest = Vec::new();
        for term in terms {
            match term {
                Self::Whole(number) => whole = whole.checked_add(number)?,
                Self::Sum(terms) => rest.extend(terms),
                term => rest.push(term),
            }
        }
        if whole != 0 || rest.is_empty() {
            rest.push(Self::Whole(whole));
        }
        Some(if rest.len() == 1 { rest.remove(0) } else { Self::Sum(rest) })
    }

    pub(crate) fn product(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Whole(factor), expression) | (expression, Self::Whole(factor)) => expression.times(factor),
            (Self::Times(factor, of), expression) | (expression, Self::Times(factor, of)) => {
                of.product(expression)?.times(factor)
            }
            (a, b) => Some(Self::Product(Box::new(a), Box::new(b))),
        }
    }

    pub(crate) fn minus(self, less: Self) -> Option<Self> {
        Self::sum(vec![self, less.times(-1)?])
    }

    pub(crate) fn when(check: Check, then: Self, otherwise: Self) -> Self {
        match check {
            Check::Always(true) => then,
            Check::Always(false) => otherwise,
            check => Self::If(Box::new(check), Box::new(then), Box::new(otherwise)),
        }
    }

    /// Calls with it and every part of it.
    pub(crate) fn each_part(&self, see: &mut dyn FnMut(&Self)) {
        see(self);
        match self {
            Self::Sum(terms) | Self::Extreme(_, terms) => terms.iter().for_each(|term| term.each_part(see)),
            Self::Times(_, of) | Self::Absolute(of) => of.each_part(see),
            Self::Product(a, b) | Self::Floor(a, b) => [a, b].into_iter().for_each(|side| side.each_part(see)),
            Self::If(check, a, b) => {
                check.each_part(see);
                a.each_part(see);
                b.each_part(see);
            }
            Self::Whole(_)
            | Self::Parameter(_)
            | Self::Attribute(_)
            | Self::Layer(_)
            | Self::Year
            | Self::Helper(_)
            | Self::Fail => {}
        }
    }

    /// What it comes to; none where a cell has an error.
    pub(crate) fn value(&self, place: &Place<'_>, helpers: &[Option<i128>]) -> Option<i128> {
        let of = |expression: &Self| expression.value(place, helpers);
        Some(match self {
            Self::Whole(number) => *number,
            Self::Parameter(parameter) => (place.parameters)(*parameter)?,
            Self::Attribute(attribute) => (place.attribute)(*attribute)?,
            Self::Layer(layer) => place.layers.get(layer.number()).copied().flatten()?,
            Self::Year => place.year.into(),
            Self::Helper(helper) => helpers.get(*helper).copied().flatten()?,
            Self::Sum(terms) => {
                let mut sum = 0_i128;
                for term in terms {
                    sum = sum.checked_add(of(term)?)?;
                }
                sum
            }
            Self::Times(factor, expression) => factor.checked_mul(of(expression)?)?,
            Self::Product(a, b) => of(a)?.checked_mul(of(b)?)?,
            Self::Extreme(extreme, members) => {
                let mut best: Option<i128> = None;
                for member in members {
                    let member = of(member)?;
                    best = Some(best.map_or(member, |best| extreme.of(best, member)));
                }
                best?
            }
            Self::Absolute(expression) => of(expression)?.checked_abs()?,
            Self::Floor(above, below) => of(above)?.checked_div_euclid(of(below)?)?,
            Self::If(check, then, otherwise) => {
                if check.holds(place, helpers)? {
                    of(then)?
                } else {
                    of(otherwise)?
                }
            }
            Self::Fail => return None,
        })
    }
}

/// Arguments of a function, at most: Excel takes 255.
const ARGUMENTS_LIMIT: usize = 250;

impl Expression {
    /// How deep functions stand in functions; none if one has more arguments than may be.
    pub(crate) fn depth(&self) -> Option<usize> {
        Some(match self {
            Self::Sum(terms) => deepest(terms.iter().map(Self::depth))?,
            Self::Extreme(_, members) if members.len() > ARGUMENTS_LIMIT => return None,
            Self::Extreme(_, members) => deepest(members.iter().map(Self::depth))?.saturating_add(1),
            Self::Times(_, of) => of.depth()?,
            Self::Absolute(of) => of.depth()?.saturating_add(1),
            Self::Product(a, b) => deepest([a.depth(), b.depth()])?,
            Self::Floor(a, b) => deepest([a.depth(), b.depth()])?.saturating_add(1),
            Self::If(check, a, b) => deepest([check.depth(), a.depth(), b.depth()])?.saturating_add(1),
            Self::Parameter(_) | Self::Fail => 1,
            Self::Whole(_) | Self::Attribute(_) | Self::Layer(_) | Self::Year | Self::Helper(_) => 0,
        })
    }
}

fn deepest(depths: impl IntoIterator<Item = Option<usize>>) -> Option<usize> {
    depths.into_iter().try_fold(0, |deepest, depth| depth.map(|depth| depth.max(deepest)))
}

impl Check {
    fn depth(&self) -> Option<usize> {
        Some(match self {
            Self::Compare(a, _, b) => deepest([a.depth(), b.depth()])?,
            Self::All(checks) | Self::Any(checks) if checks.len() > ARGUMENTS_LIMIT => return None,
            Self::All(checks) | Self::Any(checks) => deepest(checks.iter().map(Self::depth))?.saturating_add(1),
            Self::Not(check) => check.depth()?.saturating_add(1),
            Self::Text(..) | Self::Flag(_) => 1,
            Self::Always(_) | Self::Blank(_) => 0,
        })
    }

    pub(crate) fn all(mut checks: Vec<Self>) -> Self {
        checks.retain(|check| *check != Self::Always(true));
        if checks.contains(&Self::Always(false)) {
            return Self::Always(false);
        }
        match checks.len() {
            0 => Self::Always(true),
            1 => checks.remove(0),
            _ => Self::All(checks),
        }
    }

    pub(crate) fn any(mut checks: Vec<Self>) -> Self {
        checks.retain(|check| *check != Self::Always(false));
        if checks.contains(&Self::Always(true)) {
            return Self::Always(true);
        }
        match checks.len() {
            0 => Self::Always(false),
            1 => checks.remove(0),
            _ => Self::Any(checks),
        }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Always(holds) => Self::Always(!holds),
            Self::Not(check) => *check,
            check => Self::Not(Box::new(check)),
        }
    }

    fn each_part(&self, see: &mut dyn FnMut(&Expression)) {
        match self {
            Self::Compare(a, _, b) => [a, b].into_iter().for_each(|side| side.each_part(see)),
            Self::All(checks) | Self::Any(checks) => checks.iter().for_each(|check| check.each_part(see)),
            Self::Not(check) => check.each_part(see),
            Self::Always(_) | Self::Text(..) | Self::Flag(_) | Self::Blank(_) => {}
        }
    }

    /// Whether it holds; none where a cell has an error. All parts are looked at, as a spreadsheet does.
    pub(crate) fn holds(&self, place: &Place<'_>, helpers: &[Option<i128>]) -> Option<bool> {
        Some(match self {
            Self::Always(holds) => *holds,
            Self::Compare(a, comparison, b) => {
                let (a, b) = (a.value(place, helpers)?, b.value(place, helpers)?);
                comparison.holds(a.cmp(&b))
            }
            Self::Text(subject, text) => (place.text)(*subject) == text,
            Self::Flag(attribute) => (place.flag)(*attribute),
            Self::Blank(subject) => (place.text)(*subject).is_empty(),
            Self::All(checks) => {
                let mut all = true;
                for check in checks {
                    all &= check.holds(place, helpers)?;
                }
                all
            }
            Self::Any(checks) => {
                let mut any = false;
                for check in checks {
                    any |= check.holds(place, helpers)?;
                }
                any
            }
            Self::Not(check) => !check.holds(place, helpers)?,
        })
    }
}

/// How expressions are written: where what they read stands.
pub(crate) trait Cells {
    fn parameter(&self, parameter: usize) -> String;
    fn attribute(&self, attribute: AttributeIndex) -> String;
    fn layer(&self, layer: LayerIndex) -> String;
    fn year(&self) -> String;
    fn helper(&self, helper: usize) -> String;
    fn text(&self, subject: Subject) -> String;
    /// The text as cells have it.
    fn word(&self, subject: Subject, text: &str) -> String;
    fn yes(&self) -> &'static str;
    fn flag(&self, attribute: AttributeIndex) -> String;
}

/// A text between quotes in a formula.
pub(crate) fn quoted(text: &str) -> String {
    ["\"", &text.replace('"', "\"\""), "\""].concat()
}

impl Expression {
    /// As a formula.
    pub(crate) fn write(&self, cells: &dyn Cells, text: &mut String) {
        match self {
            Self::Whole(number) => text.push_str(&number.to_string()),
            Self::Parameter(parameter) => text.push_str(&cells.parameter(*parameter)),
            Self::Attribute(attribute) => text.push_str(&cells.attribute(*attribute)),
            Self::Layer(layer) => text.push_str(&cells.layer(*layer)),
            Self::Year => text.push_str(&cells.year()),
            Self::Helper(helper) => text.push_str(&cells.helper(*helper)),
            Self::Sum(terms) => {
                for (at, term) in terms.iter().enumerate() {
                    let start = text.len();
                    term.write(cells, text);
                    if at > 0 && !text.get(start..).is_some_and(|term| term.starts_with('-')) {
                        text.insert(start, '+');
                    }
                }
            }
            Self::Times(-1, of) => {
                text.push('-');
                of.write_factor(cells, text);
            }
            Self::Times(factor, of) => {
                text.push_str(&factor.to_string());
                text.push('*');
                of.write_factor(cells, text);
            }
            Self::Product(a, b) => {
                a.write_factor(cells, text);
                text.push('*');
                b.write_factor(cells, text);
            }
            Self::Extreme(extreme, members) => {
                text.push_str(if *extreme == Extreme::Least { "MIN(" } else { "MAX(" });
                list(members, text, |member, text| member.write(cells, text));
                text.push(')');
            }
            Self::Absolute(of) => {
                text.push_str("ABS(");
                of.write(cells, text);
                text.push(')');
            }
            Self::Floor(above, below) => {
                text.push_str("INT(");
                above.write_factor(cells, text);
                text.push('/');
                below.write_divisor(cells, text);
                text.push(')');
            }
            Self::If(check, then, otherwise) => {
                text.push_str("IF(");
                check.write(cells, text);
                text.push(',');
                then.write(cells, text);
                text.push(',');
                otherwise.write(cells, text);
                text.push(')');
            }
            Self::Fail => text.push_str("NA()"),
        }
    }

    fn in_brackets(&self, cells: &dyn Cells, text: &mut String) {
        text.push('(');
        self.write(cells, text);
        text.push(')');
    }

    fn write_factor(&self, cells: &dyn Cells, text: &mut String) {
        match self {
            Self::Sum(_) | Self::Times(..) => self.in_brackets(cells, text),
            Self::Whole(number) if *number < 0 => self.in_brackets(cells, text),
            _ => self.write(cells, text),
        }
    }

    fn write_divisor(&self, cells: &dyn Cells, text: &mut String) {
        match self {
            Self::Product(..) => self.in_brackets(cells, text),
            _ => self.write_factor(cells, text),
        }
    }
}

impl Check {
    /// As a condition of a formula.
    pub(crate) fn write(&self, cells: &dyn Cells, text: &mut String) {
        let call = |name: &str, checks: &[Self], text: &mut String| {
            text.push_str(name);
            list(checks, text, |check, text| check.write(cells, text));
            text.push(')');
        };
        match self {
            Self::Always(true) => text.push_str("1=1"),
            Self::Always(false) => text.push_str("1=0"),
            Self::Compare(a, comparison, b) => {
                a.write(cells, text);
                text.push_str(comparison.sign());
                b.write(cells, text);
            }
            Self::Text(subject, word) => {
                let word = cells.word(*subject, word);
                text.extend(["EXACT(", &cells.text(*subject), ",", &quoted(&word), ")"]);
            }
            Self::Flag(attribute) => {
                text.extend(["EXACT(", &cells.flag(*attribute), ",", &quoted(cells.yes()), ")"]);
            }
            Self::Blank(subject) => text.extend([&cells.text(*subject), "=\"\""]),
            Self::All(checks) => call("AND(", checks, text),
            Self::Any(checks) => call("OR(", checks, text),
            Self::Not(check) => call("NOT(", std::slice::from_ref(check), text),
        }
    }
}

impl Size {
    /// As a formula over the greatest magnitudes of leaves.
    pub(crate) fn write(&self, cells: &dyn Cells, text: &mut String) {
        match self {
            Self::Whole(number) => text.push_str(&number.to_string()),
            Self::Parameter(parameter) => text.push_str(&cells.parameter(*parameter)),
            Self::Attribute(attribute) => text.push_str(&cells.attribute(*attribute)),
            Self::Layer(layer) => text.push_str(&cells.layer(*layer)),
            Self::Sum(sizes) => {
                text.push('(');
                for (at, size) in sizes.iter().enumerate() {
                    if at > 0 {
                        text.push('+');
                    }
                    size.write(cells, text);
                }
                text.push(')');
            }
            Self::Product(sizes) => {
                for (at, size) in sizes.iter().enumerate() {
                    if at > 0 {
                        text.push('*');
                    }
                    size.write(cells, text);
                }
            }
            Self::Greatest(sizes) if sizes.is_empty() => text.push('0'),
            Self::Greatest(sizes) => {
                text.push_str("MAX(");
                list(sizes, text, |size, text| size.write(cells, text));
                text.push(')');
            }
            Self::Divided(size, by) => {
                text.push('(');
                size.write(cells, text);
                text.extend(["/", &by.to_string(), "+1)"]);
            }
        }
    }
}

/// Parts between commas.
fn list<T>(parts: &[T], text: &mut String, write: impl Fn(&T, &mut String)) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write(part, text);
    }
}
