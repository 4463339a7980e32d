//! Requirements over many rows: conditions made ready where columns of whole numbers suffice, the exact way for the rest.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

use crate::engine::columns::{Blank, Checks, Columns, Mantissas};
use crate::ground::ids::AttributeIndex;
use crate::policy::{Bound, Condition, Factor, RuleKind, Subject, Test, Value};

/// Conditions of which each row says whether all hold: yes, no, or that it cannot be known.
pub(crate) struct Requirement<'a> {
    parts: Vec<Part<'a>>,
}

enum Part<'a> {
    /// Over columns, and the rows in which these are blank.
    Columns(Checks<'a>),
    /// The kind or the designation, by the codes of the roster.
    Words(Subject, Vec<u32>),
    /// The class, by its number.
    Class(Vec<usize>),
    /// One column beside a share of another.
    Linear(Linear<'a>),
    /// A flag of tables of figures, which is 1, 0 or blank: what it has to be.
    Flag(Mantissas<'a>, Option<Blank<'a>>, Vec<bool>),
    /// The same for every row.
    Always(bool),
    /// One of them holds.
    Any(Vec<Requirement<'a>>),
    /// Not all of it holds.
    Not(Requirement<'a>),
}

/// left × a ⋚ right × b.
struct Linear<'a> {
    left: Mantissas<'a>,
    right: Mantissas<'a>,
    a: i128,
    b: i128,
    bound: Bound,
    blanks: Vec<Blank<'a>>,
}

impl<'a> Requirement<'a> {
    /// None where the exact way has to look at each row.
    pub(crate) fn new(columns: &Columns<'a>, conditions: &[Condition], year: u16) -> Option<Self> {
        let mut parts = Vec::new();
        for condition in conditions {
            match (condition.subject, &condition.test) {
                (Subject::Kind, Test::Texts(texts)) => parts.push(words(Subject::Kind, columns.roster.kinds(), texts)),
                (Subject::Designation, Test::Texts(texts)) => {
                    parts.push(words(Subject::Designation, columns.roster.designations(), texts));
                }
                (Subject::Class, Test::Texts(texts)) => {
                    let classes = columns.policy.classes().iter().enumerate();
                    let accepted = classes.filter(|(_, class)| texts.contains(&class.id)).map(|(number, _)| number);
                    parts.push(Part::Class(accepted.collect()));
                }
                (Subject::Attribute(left), Test::Within(bounds)) => {
                    for (bound, value) in bounds {
                        parts.push(Part::Linear(linear(columns, left, *bound, value, year)?));
                    }
                }
                (Subject::Attribute(flag), Test::Flags(flags)) if columns.mantissas(flag).is_some() => {
                    let column = columns.mantissas(flag)?;
                    parts.push(Part::Flag(column, column.blank(), flags.clone()));
                }
                (Subject::Year, Test::Numbers(_) | Test::Bounds(_)) => {
                    let year = Decimal::from(year);
                    parts.push(Part::Always(condition.test.passes(|limit| year.cmp(limit))));
                }
                (_, Test::Any(lists)) => {
                    let lists: Option<Vec<Self>> = lists.iter().map(|list| Self::new(columns, list, year)).collect();
                    parts.push(Part::Any(lists?));
                }
                (_, Test::Not(list)) => parts.push(Part::Not(Self::new(columns, list, year)?)),
                _ if condition.is_plain() => parts.push(Part::Columns(columns.checks([condition])?)),
                _ => return None,
            }
        }
        Some(Self { parts })
    }

    /// Whether all conditions hold of a row; none where a blank leaves it open.
    pub(crate) fn holds(&self, columns: &Columns<'_>, row: usize, class: Option<usize>) -> Option<bool> {
        let mut all = Some(true);
        for part in &self.parts {
            let holds = match part {
                Part::Columns(checks) => {
                    let blank = checks.blanks.iter().any(|blank| blank.contains(row));
                    if blank { None } else { Some(checks.hold(row)) }
                }
                Part::Words(subject, accepted) => Some(accepted.contains(&columns.subject_code(*subject, row))),
                Part::Class(accepted) => Some(class.is_some_and(|class| accepted.contains(&class))),
                Part::Linear(linear) => linear.holds(row),
                Part::Flag(column, blank, flags) => {
                    let known = blank.is_none_or(|blank| !blank.contains(row));
                    column.rows.get(row).filter(|_| known).map(|flag| flags.contains(&(*flag != 0)))
                }
                Part::Always(holds) => Some(*holds),
                Part::Any(lists) => any(lists.iter().map(|list| list.holds(columns, row, class))),
                Part::Not(list) => list.holds(columns, row, class).map(|holds| !holds),
            };
            match holds {
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }
}

/// Whether one of them holds, as far as that can be known.
fn any(held: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut any = Some(false);
    for holds in held {
        match holds {
            Some(true) => return Some(true),
            Some(false) => {}
            None => any = None,
        }
    }
    any
}

fn words<'a>(subject: Subject, known: &[String], texts: &[String]) -> Part<'a> {
    let accepted = known.iter().zip(0_u32..).filter(|(word, _)| texts.contains(word)).map(|(_, code)| code);
    Part::Words(subject, accepted.collect())
}

fn linear<'a>(
    columns: &Columns<'a>,
    left: AttributeIndex,
    bound: Bound,
    value: &Value,
    year: u16,
) -> Option<Linear<'a>> {
    let (right, share) = match value {
        Value::Attribute(right) => (*right, BigRational::from_integer(1.into())),
        Value::Rule(rule)
            if rule.when.is_empty() && rule.at_least.is_none() && rule.at_most.is_none() && rule.rounding.is_none() =>
        {
            let RuleKind::Rate(rate) = &rule.kind else { return None };
            let (Factor::Ratio(ratio), Value::Attribute(right)) = (&rate.rate, &rate.of) else { return None };
            (*right, ratio.at(year)?.fraction())
        }
        _ => return None,
    };
    let (of_left, of_right) = (columns.mantissas(left)?, columns.mantissas(right)?);
    let per = |attribute: AttributeIndex, scale: u32| columns.factor(attribute) / BigInt::from(10).pow(scale);
    let a = per(left, of_left.scale);
    let b = share * per(right, of_right.scale);
    let small = |number: BigInt| number.to_i64().map(i128::from);
    Some(Linear {
        a: small(a.numer() * b.denom())?,
        b: small(b.numer() * a.denom())?,
        bound,
        blanks: [of_left.blank(), of_right.blank()].into_iter().flatten().collect(),
        left: of_left,
        right: of_right,
    })
}

impl Linear<'_> {
    fn holds(&self, row: usize) -> Option<bool> {
        if self.blanks.iter().any(|blank| blank.contains(row)) {
            return None;
        }
        // 64 bits × 64 bits fit 128.
        let left = i128::from(*self.left.rows.get(row)?).checked_mul(self.a)?;
        let right = i128::from(*self.right.rows.get(row)?).checked_mul(self.b)?;
        Some(self.bound.holds(left.cmp(&right)))
    }
}
