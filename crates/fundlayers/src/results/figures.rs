//! What the figures of a policy come to: for each place and year, as numbers that a table can hold.
//!
//! Figures are worked out the exact way, place by place and without their arithmetic; a figure that several others read is
//! worked out once for each place and year. It is `explain` that shows the arithmetic, and the exact ratio of one that does
//! not end.

use std::sync::Arc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::engine::columns::Columns;
use crate::engine::compute::BYTES_LIMIT;
use crate::engine::exact::Exact;
use crate::engine::faults::{Fault, at};
use crate::engine::store::{AllocationData, Seen};
use crate::ground::catalogue::engine as limits;
use crate::ground::catalogue::results as words;
use crate::ground::fraction::{Fraction, show};
use crate::ground::ids::At as _;
use crate::ground::ids::{FigureIndex, RowIndex};
use crate::ground::language::Name;
use crate::ground::message::Message;
use crate::ground::money::Amount;
use crate::ground::problem::{Code, Location, Problem, Problems};
use crate::ground::sure::Sure;
use crate::policy::path::join_id;
use crate::policy::{Figure, Policy};
use crate::results::allocation::Allocation;
use crate::tables::table::{Cells, Column, ColumnKind};

/// Decimals that a table shows of a figure, at most.
pub(crate) const PLACES: u32 = 10;

/// Digits that a table shows of a figure, at most: as many as a decimal of 96 bits has for sure.
const DIGITS: u32 = 28;

/// The figures of every place in every year of an allocation. Cheap to clone; never changes.
///
/// A counted row has the figure of one of its places. Where these differ by a step of a pool, that is the first of them, as
/// in an explanation.
///
/// ```
/// use fundlayers::{Allocation, Policy, Roster};
/// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
///   "attributes": { "x": { "type": "number" } }, "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
///   "figures": [{ "id": "third", "value": { "rate": "1/3", "of": "x" } }],
///   "classes": [{ "id": "all", "funding": { "city": "third" } }] }"#)?;
/// # #[derive(serde::Serialize)] struct Place { name: &'static str, x: u16 }
/// let (roster, _) = Roster::from_rows(&policy, &[Place { name: "黄堡镇", x: 2 }])?;
/// let (figures, warnings) = Allocation::new(&policy, &roster)?.0.figures()?;
/// let row = roster.iter().next().ok_or("a row")?.row();
/// let third = policy.figures().iter().position(|figure| figure.id == "third").ok_or("a figure")?;
/// assert_eq!(figures.number(row, 2024, third).map(|number| number.to_string()).as_deref(), Some("0.6666666667"));
/// assert!(warnings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Figures {
    allocation: Allocation,
    /// By row × year × figure.
    numbers: Arc<Vec<Option<Decimal>>>,
}

impl Figures {
    /// The allocation.
    #[must_use]
    pub const fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    /// A figure of one place of a row in a year, by its number among the figures of the policy: rounded half-up to at most
    /// ten decimals, and to 28 digits in all. Nothing where it cannot be had, and where the row is not live.
    #[must_use]
    pub fn number(&self, row: RowIndex, year: u16, figure: usize) -> Option<Decimal> {
        self.at(row.number(), self.allocation.years().binary_search(&year).ok()?, figure)
    }

    pub(crate) fn at(&self, row: usize, year: usize, figure: usize) -> Option<Decimal> {
        let (years, figures) = (self.allocation.years().len(), self.allocation.policy().figures().len());
        if year >= years || figure >= figures {
            return None;
        }
        let place = row.checked_mul(years)?.checked_add(year)?;
        *self.numbers.get(place.checked_mul(figures)?.checked_add(figure)?)?
    }

    /// A column for each figure; a figure whose id another column has is called `ID_figure`.
    pub(crate) fn add_columns(&self, columns: &mut Vec<Column>) {
        for figure in self.allocation.policy().figures() {
            let mut key = figure.id.clone();
            while columns.iter().any(|column| column.key == key) {
                key.push_str("_figure");
            }
            columns.push(Column { key, header: header(figure), kind: KIND });
        }
    }

    /// The cells of these columns for some rows and years.
    pub(crate) fn add_cells(&self, places: &[(usize, usize)], cells: &mut Vec<Cells<'_>>) {
        for figure in 0..self.allocation.policy().figures().len() {
            cells.push(Cells::Number(places.iter().map(|(row, year)| self.at(*row, *year, figure)).collect()));
        }
    }
}

/// What a column of figures holds: always as many decimals, so that it is of one type whatever the numbers.
pub(crate) const KIND: ColumnKind = ColumnKind::Number { scale: Some(PLACES) };

/// The header of a figure: its name, with its unit.
pub(crate) fn header(figure: &Figure) -> Name {
    let Some(unit) = figure.unit.as_deref().filter(|unit| !unit.is_empty()) else { return figure.name.clone() };
    let Name { zh, en } = &figure.name;
    Name { zh: [zh, "（", unit, "）"].concat(), en: [en, " (", unit, ")"].concat() }
}

/// A number as a table shows it: rounded half-up to ten decimals, or as many as 28 digits leave; nothing beyond these.
pub(crate) fn shown(numerator: &BigInt, denominator: &BigInt) -> Option<Decimal> {
    if let Some(number) = shown_at_once(numerator, denominator) {
        return Some(number);
    }
    let magnitude = numerator.abs();
    let limit = BigInt::from(10).pow(DIGITS);
    (0..=PLACES).rev().find_map(|places| {
        let (whole, rest) = (&magnitude * BigInt::from(10).pow(places)).div_rem(denominator);
        let rounded = if rest * 2_u8 >= *denominator { whole + 1_u8 } else { whole };
        let mantissa = i128::try_from(rounded).ok().filter(|rounded| BigInt::from(*rounded) < limit)?;
        let mantissa = if numerator.is_negative() { mantissa.checked_neg()? } else { mantissa };
        Decimal::try_from_i128_with_scale(mantissa, places).ok().map(|number| number.normalize())
    })
}

/// The same of most numbers, whose parts are short; none of others.
fn shown_at_once(numerator: &BigInt, denominator: &BigInt) -> Option<Decimal> {
    let (numerator, denominator) = (numerator.to_i128()?, denominator.to_u128()?);
    let scaled = numerator.unsigned_abs().checked_mul(10_u128.checked_pow(PLACES)?)?;
    let (whole, rest) = (scaled.checked_div(denominator)?, scaled.checked_rem(denominator)?);
    let rounded = if rest.checked_mul(2)? >= denominator { whole.checked_add(1)? } else { whole };
    let mantissa = i128::try_from(rounded).ok().filter(|_| rounded < 10_u128.pow(DIGITS))?;
    let mantissa = if numerator < 0 { mantissa.checked_neg()? } else { mantissa };
    Decimal::try_from_i128_with_scale(mantissa, PLACES).ok().map(|number| number.normalize())
}

/// The figures of one place, or of places alike.
pub(crate) struct OfPlaces<'a> {
    pub(crate) row: usize,
    /// The year, by its number among those that were computed.
    pub(crate) year: usize,
    /// How many places.
    pub(crate) count: u64,
    /// By figure; nothing where it cannot be had.
    pub(crate) values: &'a [Option<Fraction>],
}

/// Works the figures out for every live place, and hands them over row by row and year by year: of a counted row once, for
/// its first place, or once for all places alike.
pub(crate) fn each(allocation: &Allocation, every_place: bool, take: &mut dyn FnMut(&OfPlaces<'_>)) {
    let data = &*allocation.0;
    let columns = Columns::new(&data.policy, &data.roster);
    let mut values = Vec::new();
    for row in 0..data.roster.len() {
        for (at, year) in data.years.iter().enumerate().filter(|(_, year)| allocation.lives(row, **year)) {
            for (count, layers) in members(data, row, at, every_place) {
                let world = Seen { data, columns: &columns };
                let class = allocation.class_of(row);
                let mut exact = Exact::new(&data.policy, &columns, class, *year, row, &layers, &world);
                values.clear();
                let figures = 0..data.policy.figures().len();
                values.extend(figures.map(|figure| exact.figure_value(FigureIndex::new(figure))));
                take(&OfPlaces { row, year: at, count, values: &values });
            }
        }
    }
}

/// The places of a row that are alike, and what each gets by layer.
fn members(data: &AllocationData, row: usize, at: usize, every: bool) -> Vec<(u64, Vec<Option<Amount>>)> {
    let amounts = |fen: &[i64]| fen.iter().map(|fen| Some(Amount::from_fen(*fen))).collect();
    match data.split(row, at) {
        Some(split) if every => split.segments.iter().map(|(count, fen)| (*count, amounts(fen))).collect(),
        _ => {
            let fen: Vec<i64> =
                (0..data.policy.layers().len()).map(|layer| data.member_fen(row, 0, at, layer)).collect();
            vec![(data.roster.count(row), amounts(&fen))]
        }
    }
}

/// What cannot be had: for each figure of how many rows and years, and the first of them.
pub(crate) struct Blanks {
    of_figure: Vec<(u64, Option<(usize, usize)>)>,
    all: u64,
    /// The last row and year, of which only the first place counts.
    last: Option<(usize, usize)>,
}

impl Blanks {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self { of_figure: vec![(0, None); policy.figures().len()], all: 0, last: None }
    }

    /// Counts the figures of a place of which tables have no number.
    pub(crate) fn count(&mut self, of: &OfPlaces<'_>, is_blank: impl Fn(usize) -> bool) {
        if self.last.replace((of.row, of.year)) == Some((of.row, of.year)) {
            return;
        }
        self.all = self.all.saturating_add(1);
        for (figure, (count, first)) in self.of_figure.iter_mut().enumerate() {
            if is_blank(figure) {
                *count = count.saturating_add(1);
                first.get_or_insert((of.row, of.year));
            }
        }
    }

    /// What they are, by the rows of a roster.
    pub(crate) fn found(&self, allocation: &Allocation) -> Blanked {
        let data = &*allocation.0;
        let of_figure = self.of_figure.iter().enumerate().map(|(figure, (count, first))| {
            let first = first.map(|(row, year)| {
                let problem = at(&data.roster, row, Problem::new(Code::BlankFigure, words::NOT_KNOWN));
                let place = BlankPlace {
                    name: data.roster.name(row).to_owned(),
                    year: data.years.at(year),
                    why: why(allocation, row, year, FigureIndex::new(figure)),
                    location: problem.location().clone(),
                };
                (data.roster.row_number(row).into(), place)
            });
            (*count, first)
        });
        Blanked { of_figure: of_figure.collect(), all: self.all }
    }
}

/// What cannot be had of the figures of a roster or of parts of one: of each figure how often, and the first row and place of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blanked {
    pub(crate) of_figure: Vec<(u64, Option<(u64, BlankPlace)>)>,
    /// How many rows and years there are.
    all: u64,
}

/// A place of which a figure cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BlankPlace {
    name: String,
    year: u16,
    why: Why,
    pub(crate) location: Location,
}

/// Why a figure cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    BeyondDigits,
    Blank(String),
    DividesByZero,
    InNoBand(String),
    WithoutCase(String),
    FloorAboveCap,
    NothingToAggregate,
    WithoutStandard,
    NotKnown,
}

impl Why {
    fn message(&self) -> Message {
        match self {
            Self::BeyondDigits => words::BEYOND_DIGITS.with(&[&DIGITS]),
            Self::Blank(attribute) => words::IS_BLANK.with(&[attribute]),
            Self::DividesByZero => words::DIVIDES_BY_ZERO.with(&[]),
            Self::InNoBand(number) => words::IN_NO_BAND.with(&[number]),
            Self::WithoutCase(text) => words::WITHOUT_CASE.with(&[text]),
            Self::FloorAboveCap => words::FLOOR_ABOVE_CAP.with(&[]),
            Self::NothingToAggregate => words::NOTHING_TO_AGGREGATE.with(&[]),
            Self::WithoutStandard => words::WITHOUT_STANDARD.with(&[]),
            Self::NotKnown => words::NOT_KNOWN.with(&[]),
        }
    }
}

impl Blanked {
    /// Takes in what other parts lack.
    pub(crate) fn merge(&mut self, other: Self) {
        self.all = self.all.saturating_add(other.all);
        if self.of_figure.len() < other.of_figure.len() {
            self.of_figure.resize(other.of_figure.len(), (0, None));
        }
        for ((count, first), (more, others)) in self.of_figure.iter_mut().zip(other.of_figure) {
            *count = count.saturating_add(more);
            // Of one row the first year is in one part.
            *first = [first.take(), others].into_iter().flatten().min_by_key(|(row, _)| *row);
        }
    }

    /// A warning for each figure that is blank somewhere: no amount rests on it there.
    pub(crate) fn warnings(&self, policy: &Policy) -> Problems {
        let blank = self.of_figure.iter().zip(policy.figures()).filter_map(|((count, first), figure)| {
            let BlankPlace { name, year, why, location } = &first.as_ref()?.1;
            let reason = why.message();
            let message = match count {
                1 => words::FIGURE_BLANK.with(&[&figure.name, name, year, &reason]),
                _ => words::FIGURE_BLANK_IN_MANY.with(&[&figure.name, count, &self.all, name, year, &reason]),
            };
            let problem = Problem::new(Code::BlankFigure, message).located(location.clone());
            Some(problem.key(join_id("figures", &figure.id)).expected(words::FILL_IN_OR_LEAVE))
        });
        blank.collect()
    }
}

/// Why a figure cannot be had for the first place of a row.
fn why(allocation: &Allocation, row: usize, at: usize, figure: FigureIndex) -> Why {
    let data = &*allocation.0;
    let policy = &data.policy;
    let columns = Columns::new(policy, &data.roster);
    let world = Seen { data, columns: &columns };
    let layers = members(data, row, at, false).pop().map(|(_, layers)| layers).sure();
    let class = allocation.class_of(row);
    let year = data.years.at(at);
    let mut exact = Exact::new(policy, &columns, class, year, row, &layers, &world);
    let value = exact.figure_value(figure);
    match exact.faults.first() {
        _ if value.is_some() => Why::BeyondDigits,
        Some(Fault::Blank(attribute)) => {
            Why::Blank(policy.attribute(*attribute).map_or(String::new(), |attribute| attribute.id.clone()))
        }
        Some(Fault::DivisionByZero) => Why::DividesByZero,
        Some(Fault::OutsideBands(number)) => Why::InNoBand(show(number)),
        Some(Fault::NoCase(_, text)) => Why::WithoutCase(text.clone()),
        Some(Fault::FloorAboveCap(..)) => Why::FloorAboveCap,
        Some(Fault::EmptyAggregate(_)) => Why::NothingToAggregate,
        Some(Fault::NoStandard) => Why::WithoutStandard,
        _ => Why::NotKnown,
    }
}

impl Allocation {
    /// The figures of the policy for every place and year. Where one cannot be had (an attribute is blank, a divisor 0, the
    /// class without a standard), no amount rests on it: there it is blank, and a warning for each figure says how often.
    ///
    /// # Errors
    ///
    /// [`Code::MissingKey`] where the policy has no figures, [`Code::TooLarge`] where their numbers would take more than
    /// 1 GiB.
    pub fn figures(&self) -> Result<(Figures, Problems), Problems> {
        let (figures, blanked) = self.figures_and_blanks()?;
        Ok((figures, blanked.warnings(self.policy())))
    }

    /// The same with what cannot be had.
    pub(crate) fn figures_and_blanks(&self) -> Result<(Figures, Blanked), Problems> {
        let policy = self.policy();
        let (rows, years) = (self.roster().len(), self.years().len());
        has_figures(policy)?;
        let figures = policy.figures().len();
        let numbers = rows.saturating_mul(years).saturating_mul(figures);
        let needed = u64::try_from(numbers.saturating_mul(size_of::<Option<Decimal>>())).unwrap_or(u64::MAX);
        if needed > BYTES_LIMIT {
            let message = words::FIGURES_WOULD_TAKE.with(&[&rows, &years, &figures, &needed]);
            let split = if years > 1 { limits::ONE_YEAR_AT_A_TIME } else { limits::SPLIT_ROSTER };
            let hint = limits::AT_MOST_BYTES.with(&[&BYTES_LIMIT, &split]);
            return Err(Problem::new(Code::TooLarge, message).expected(hint).into());
        }
        let mut list: Vec<Option<Decimal>> = vec![None; numbers];
        let mut blanks = Blanks::new(policy);
        each(self, false, &mut |of| {
            let start = of.row.saturating_mul(years).saturating_add(of.year).saturating_mul(figures);
            let slots = list.get_mut(start..start.saturating_add(figures)).sure();
            for (slot, value) in slots.iter_mut().zip(of.values) {
                *slot = value.as_ref().and_then(|value| shown(value.numerator(), value.denominator()));
            }
            blanks.count(of, |figure| slots.get(figure).is_none_or(Option::is_none));
        });
        let blanked = blanks.found(self);
        Ok((Figures { allocation: self.clone(), numbers: Arc::new(list) }, blanked))
    }
}

/// Whether there are any figures to be shown.
pub(crate) fn has_figures(policy: &Policy) -> Result<(), Problems> {
    if !policy.figures().is_empty() {
        return Ok(());
    }
    let problem = Problem::new(Code::MissingKey, words::NO_FIGURES.with(&[policy])).key("figures");
    Err(problem.expected(words::DECLARE_FIGURES).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(numerator: &str, denominator: &str) -> Option<String> {
        let [numerator, denominator] = [numerator, denominator].map(|text| text.parse::<BigInt>().unwrap());
        let number = shown(&numerator, &denominator);
        // The short way is the long one.
        let long = shown(&(&numerator << 200_u8), &(&denominator << 200_u8));
        assert_eq!(number, long, "{numerator}/{denominator}");
        number.map(|number| number.to_string())
    }

    #[test]
    fn numbers_are_shown_to_ten_decimals_and_28_digits_half_up() {
        let nines = "9".repeat(28);
        for (numerator, denominator, expected) in [
            ("0", "7", Some("0")),
            ("6", "4", Some("1.5")),
            ("1", "3", Some("0.3333333333")),
            ("-2", "3", Some("-0.6666666667")),
            // Half a step: away from zero.
            ("1", "20000000000", Some("0.0000000001")),
            ("-1", "20000000000", Some("-0.0000000001")),
            ("1", "20000000001", Some("0")),
            // 18 digits before the point and 10 behind it; of 20 digits 8 decimals are left.
            ("999999999999999999", "1", Some("999999999999999999")),
            ("1000000000000000000001", "30", Some("33333333333333333333.36666667")),
            (&nines, "1", Some(&nines)),
            // 28 nines and a half would be a digit more.
            (&format!("{nines}5"), "10", None),
            (&format!("1{}", "0".repeat(28)), "1", None),
        ] {
            assert_eq!(text(numerator, denominator).as_deref(), expected, "{numerator}/{denominator}");
        }
    }
}
