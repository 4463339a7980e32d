//! What can be wrong with a row, and its words.

use num_rational::BigRational;

use crate::ground::catalogue::engine as words;
use crate::ground::catalogue::ground as common;
use crate::ground::fraction::show;
use crate::ground::ids::{AggregateIndex, AttributeIndex};
use crate::ground::language::Lang;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Problem};
use crate::policy::rule::words::Words;
use crate::policy::{Policy, Subject};
use crate::roster::Places;

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
    /// A divisor is 0.
    DivisionByZero,
    /// A number lies in no band.
    OutsideBands(BigRational),
    /// A text has no case.
    NoCase(Subject, String),
    /// An aggregate of no places.
    EmptyAggregate(AggregateIndex),
    /// The class has no standard.
    NoStandard,
}

impl Fault {
    /// What it is called; none where it was said already.
    pub(crate) const fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Unknown => return None,
            Self::Blank(_) => Code::BlankAttribute,
            Self::FloorAboveCap(..) => Code::FloorAboveCap,
            Self::Negative(_) => Code::NegativeAmount,
            Self::Overflow => Code::Overflow,
            Self::DivisionByZero => Code::DivisionByZero,
            Self::OutsideBands(_) => Code::OutsideBands,
            Self::NoCase(..) => Code::NoCase,
            Self::EmptyAggregate(_) => Code::EmptyAggregate,
            Self::NoStandard => Code::MissingStandard,
        })
    }
}

/// A problem of a row.
pub(crate) fn at(roster: &Places, row: usize, problem: Problem) -> Problem {
    roster.in_cell(problem.row(roster.row_number(row)).line(roster.line(row)))
}

/// What reads a value of which there is none.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    /// A layer, by its id.
    Layer(&'a str),
    ConditionOfClass,
}

/// What is wrong with one row in a year for what reads it, as a problem.
pub(crate) fn fault_problem(
    policy: &Policy,
    roster: &Places,
    (row, year, reader): (usize, u16, Reader<'_>),
    fault: &Fault,
) -> Option<Problem> {
    let code = fault.code()?;
    let unit = policy.unit();
    let place = roster.name(row);
    let reader = match reader {
        Reader::Layer(id) => words::LAYER.with(&[&id]),
        Reader::ConditionOfClass => words::CONDITION_OF_CLASS.with(&[]),
    };
    let problem = match fault {
        Fault::Unknown => return None,
        Fault::Blank(attribute) => {
            let id = policy.attribute(*attribute).map_or("", |attribute| attribute.id.as_str());
            let message = words::READS_BLANK.with(&[&reader, &year, &place]);
            Problem::new(code, message).expected(words::FILL_IN_ZERO_COUNTS).column(id)
        }
        Fault::FloorAboveCap(floor, cap) => {
            let message = words::FLOOR_ABOVE_CAP.with(&[&year, &reader, &place]);
            let found = format!("{} > {}", show(floor), show(cap));
            Problem::new(code, message).found(found).expected(common::FLOOR_NOT_ABOVE_CAP)
        }
        Fault::Negative(amount) => {
            let message = words::BELOW_ZERO.with(&[&year, &reader, &place]);
            let problem = Problem::new(code, message).found(format!("{} {unit}", amount.in_unit(unit)));
            problem.expected(words::FLOOR_IF_MEANT)
        }
        Fault::Overflow => {
            let message = words::TOO_LARGE.with(&[&year, &reader, &place]);
            Problem::new(code, message).expected(common::CHECK_UNITS)
        }
        Fault::DivisionByZero => {
            let message = words::DIVIDES_BY_ZERO.with(&[&year, &reader, &place]);
            Problem::new(code, message).expected(words::CORRECT_OR_IF_ZERO)
        }
        Fault::OutsideBands(number) => {
            let message = words::OUTSIDE_BANDS.with(&[&year, &reader, &place]);
            Problem::new(code, message).found(show(number)).expected(words::CORRECT_OR_LAST_BAND)
        }
        Fault::NoCase(subject, text) => {
            let message = words::HAS_NO_CASE.with(&[&year, &reader, &place]);
            let problem = Problem::new(code, message).found(text).expected(words::CORRECT_OR_OTHERWISE);
            match subject {
                Subject::Attribute(attribute) => {
                    problem.column(policy.attribute(*attribute).map_or("", |attribute| attribute.id.as_str()))
                }
                Subject::County => problem.column("county"),
                Subject::Township => problem.column("township"),
                _ => problem,
            }
        }
        Fault::NoStandard => {
            let message = words::READS_NO_STANDARD.with(&[&year, &reader, &place]);
            Problem::new(code, message).expected(words::GIVE_CLASS_STANDARD)
        }
        Fault::EmptyAggregate(aggregate) => {
            let message = words::GATHERS_NOTHING.with(&[&year, &reader, &place]);
            let found = Words { policy, lang: Lang::En }.aggregate(*aggregate);
            Problem::new(code, message).found(found).expected(words::OTHER_PLACES)
        }
    };
    Some(at(roster, row, problem))
}
