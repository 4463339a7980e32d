//! What rules may read of the places of a roster, under one policy.

use std::cell::OnceCell;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;
use rust_decimal::Decimal;

use crate::ground::fraction::rational;
use crate::ground::ids::At as _;
use crate::ground::ids::{AttributeIndex, index};
use crate::ground::land::LandUnit;
use crate::policy::{Attribute, AttributeType, Bound, Condition, Policy, Subject, Test};
use crate::roster::{Places, Shape};
use crate::rows::column::{AttributeColumn, DictionaryColumn, Nulls, Numbers};

/// The attributes of a policy as columns of a roster.
pub(crate) struct Columns<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) roster: &'a Places,
    /// By index in [`Policy::attributes`]; none if the roster has no such column, so that all is blank.
    attributes: Vec<Option<&'a AttributeColumn>>,
    /// What one of an attribute's numbers is in the policy's unit.
    factors: Vec<BigRational>,
    /// The codes of a column by their texts, once asked for: county, township, attributes.
    codes: Vec<OnceCell<Vec<u32>>>,
    /// The scales of wide numbers by attribute, once asked for.
    scales: Vec<OnceCell<Vec<u32>>>,
}

/// County and township stand before the attributes.
const TOWNSHIP: usize = 1;
const FIRST_ATTRIBUTE: usize = 2;

impl<'a> Columns<'a> {
    pub(crate) fn new(policy: &'a Policy, roster: &'a Places) -> Self {
        let attributes = policy.attributes().iter().map(|attribute| {
            // A roster that was read under another policy may have the column as another type: then it is not this attribute.
            roster.attribute(&attribute.id).filter(|column| {
                matches!(
                    (attribute.attribute_type, column),
                    (AttributeType::Number, AttributeColumn::Number(_))
                        | (AttributeType::Flag, AttributeColumn::Flag(_))
                        | (AttributeType::Text, AttributeColumn::Text(_))
                )
            })
        });
        let unit = policy.unit().fen();
        let factors = policy.attributes().iter().map(|attribute| match attribute.money() {
            Some(money) => BigRational::new(money.fen().into(), unit.into()),
            None => BigRational::one(),
        });
        let codes = (0..policy.attributes().len().saturating_add(FIRST_ATTRIBUTE)).map(|_| OnceCell::new()).collect();
        let scales = policy.attributes().iter().map(|_| OnceCell::new()).collect();
        Self { policy, roster, attributes: attributes.collect(), factors: factors.collect(), codes, scales }
    }

    /// The same with the attributes of tables of figures, by row of the roster: of a place what is known of it, its township,
    /// its county and of all together in some year.
    pub(crate) fn with_measured(mut self, measured: &'a [AttributeColumn]) -> Self {
        for (attribute, column) in self.policy.measured().iter().zip(measured) {
            self.attributes.push(Some(column));
            self.factors.push(measured_factor(self.policy, attribute));
            self.codes.push(OnceCell::new());
            self.scales.push(OnceCell::new());
        }
        self
    }

    /// The code of a text in a column.
    fn code(&self, at: usize, column: &DictionaryColumn, text: &str) -> Option<u32> {
        let codes = self.codes.get(at)?.get_or_init(|| {
            let mut codes: Vec<u32> = column.values().zip(0..).map(|(_, code)| code).collect();
            codes.sort_unstable_by_key(|code| column.value(*code));
            codes
        });
        codes.binary_search_by_key(&text, |code| column.value(*code)).ok().and_then(|at| codes.get(at)).copied()
    }

    /// The codes of some texts, ascending, as far as the column has them.
    fn codes(&self, at: usize, column: &DictionaryColumn, texts: &[String]) -> Vec<u32> {
        let mut accepted: Vec<u32> = texts.iter().filter_map(|text| self.code(at, column, text)).collect();
        accepted.sort_unstable();
        accepted.dedup();
        accepted
    }

    /// A test of texts.
    fn texts(&self, at: usize, column: &'a DictionaryColumn, texts: &[String]) -> Check<'a> {
        Check::Codes { column, accepted: self.codes(at, column, texts) }
    }

    /// The codes that a condition accepts, ascending; none of one that asks for no certain texts or flags.
    pub(crate) fn accepted_codes(&self, condition: &Condition) -> Option<Vec<u32>> {
        match (condition.subject, &condition.test) {
            (Subject::County, Test::Texts(texts)) => Some(self.codes(0, self.roster.county_column(), texts)),
            (Subject::Township, Test::Texts(texts)) => Some(self.codes(TOWNSHIP, self.roster.township_column(), texts)),
            (Subject::Attribute(index), Test::Texts(texts)) => match self.attribute(index) {
                Some(AttributeColumn::Text(column)) => {
                    Some(self.codes(index.number().saturating_add(FIRST_ATTRIBUTE), column, texts))
                }
                _ => None,
            },
            (Subject::Attribute(_), Test::Flags(flags)) => {
                let accepted = [false, true].into_iter().filter(|flag| flags.contains(flag));
                Some(accepted.map(u32::from).collect())
            }
            _ => None,
        }
    }

    /// The code of a row's text or flag.
    pub(crate) fn subject_code(&self, subject: Subject, row: usize) -> u32 {
        match subject {
            Subject::County => self.roster.county_column().code(row),
            Subject::Township => self.roster.township_column().code(row),
            Subject::Kind => self.shape(row).map_or(0, |shape| shape.kind),
            Subject::Designation => self.shape(row).map_or(0, |shape| shape.designation),
            // Numbers, the class, which is not the roster's, and what is one for all places.
            Subject::Figure(_)
            | Subject::Layer(_)
            | Subject::Year
            | Subject::Class
            | Subject::Place
            | Subject::Payer(_) => 0,
            Subject::Attribute(index) => match self.attribute(index) {
                Some(AttributeColumn::Text(column)) => column.code(row),
                Some(AttributeColumn::Flag(column)) => column.get(row).copied().map_or(0, u32::from),
                // A flag that the roster lacks is false; numbers have no codes.
                Some(AttributeColumn::Number(_)) | None => 0,
            },
        }
    }

    /// What a row, of this class, agrees in with others, as the roster has it.
    pub(crate) fn agreed(&self, key: Subject, row: usize, class: Option<usize>) -> &'a str {
        match key {
            Subject::Kind => self.roster.kind(row),
            Subject::Designation => self.roster.designation(row),
            Subject::Class => {
                class.and_then(|class| self.policy.classes().get(class)).map_or("", |class| class.id.as_str())
            }
            Subject::County => self.roster.county(row),
            Subject::Township => self.roster.township(row),
            Subject::Attribute(attribute) => self.text(attribute, row).unwrap_or_default(),
            _ => "",
        }
    }

    /// The texts of a subject by their codes; none of one that has none.
    pub(crate) fn text_codes(&self, subject: Subject) -> Option<Vec<&'a str>> {
        let column = match subject {
            Subject::County => self.roster.county_column(),
            Subject::Township => self.roster.township_column(),
            Subject::Kind => return Some(self.roster.kinds().iter().map(String::as_str).collect()),
            Subject::Designation => return Some(self.roster.designations().iter().map(String::as_str).collect()),
            Subject::Payer(body) => return Some(vec![self.policy.payer(body)?.id.as_str()]),
            Subject::Attribute(index) => match self.attribute(index) {
                Some(AttributeColumn::Text(column)) => column,
                _ => return None,
            },
            _ => return None,
        };
        Some(column.values().collect())
    }

    /// The rows in which a text attribute is blank, which must not be, if there are any.
    pub(crate) fn blank_text(&self, subject: Subject) -> Option<Blank<'a>> {
        let Subject::Attribute(index) = subject else { return None };
        let Some(AttributeColumn::Text(column)) = self.attribute(index) else { return None };
        let at = index.number().saturating_add(FIRST_ATTRIBUTE);
        self.code(at, column, "").map(|code| Blank::Text(column, code))
    }

    /// A text attribute of a place; none if blank.
    pub(crate) fn text(&self, index: AttributeIndex, row: usize) -> Option<&'a str> {
        match self.attribute(index) {
            Some(AttributeColumn::Text(column)) => Some(column.get(row)).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    fn shape(&self, row: usize) -> Option<&'a Shape> {
        self.roster.shapes().get(index(*self.roster.shape_codes().get(row)?))
    }

    /// Whether an attribute is blank at a place.
    pub(crate) fn is_blank(&self, index: AttributeIndex, row: usize) -> bool {
        match self.attribute(index) {
            Some(AttributeColumn::Number(column)) => column.nulls().contains(row),
            Some(AttributeColumn::Text(column)) => column.get(row).is_empty(),
            Some(AttributeColumn::Flag(_)) => false,
            None => true,
        }
    }

    /// The scales that the wide numbers of an attribute have.
    fn scales(&self, index: AttributeIndex, numbers: &[Decimal]) -> &[u32] {
        let Some(scales) = self.scales.get(index.number()) else { return &[] };
        scales.get_or_init(|| {
            let mut scales: Vec<u32> = Vec::new();
            for number in numbers {
                // At most 29 of them.
                if !scales.contains(&number.scale()) {
                    scales.push(number.scale());
                }
            }
            scales
        })
    }

    fn attribute(&self, index: AttributeIndex) -> Option<&'a AttributeColumn> {
        self.attributes.get(index.number()).copied().flatten()
    }

    /// What one of an attribute's numbers is in the policy's unit.
    pub(crate) fn factor(&self, index: AttributeIndex) -> BigRational {
        self.factors.get(index.number()).cloned().unwrap_or_else(BigRational::one)
    }

    /// A number attribute of a place as the roster has it; none if blank.
    pub(crate) fn raw(&self, index: AttributeIndex, row: usize) -> Option<Decimal> {
        match self.attribute(index) {
            Some(AttributeColumn::Number(column)) => column.get(row),
            _ => None,
        }
    }

    /// A number attribute of a place, money in the policy's unit; none if blank.
    pub(crate) fn number(&self, index: AttributeIndex, row: usize) -> Option<BigRational> {
        Some(rational(self.raw(index, row)?) * self.factors.get(index.number())?)
    }

    /// The mantissas of a number attribute with their scale and range, and which rows are blank; none if the roster lacks it or
    /// 64 bits do not reach.
    pub(crate) fn mantissas(&self, index: AttributeIndex) -> Option<Mantissas<'a>> {
        let Some(AttributeColumn::Number(column)) = self.attribute(index) else { return None };
        match column.numbers() {
            Numbers::Narrow { mantissas, scale, least, most } => Some(Mantissas {
                rows: mantissas,
                scale: *scale,
                // A blank row holds 0.
                least: if column.nulls().count() > 0 { (*least).min(0) } else { *least },
                most: if column.nulls().count() > 0 { (*most).max(0) } else { *most },
                nulls: column.nulls(),
            }),
            Numbers::Wide(_) => None,
        }
    }

    /// Whether a condition holds of a place; else the attribute that is blank.
    pub(crate) fn holds(&self, condition: &Condition, row: usize) -> Result<bool, AttributeIndex> {
        let among = |test: &Test, text: &str| matches!(test, Test::Texts(texts) if texts.iter().any(|one| one == text));
        match condition.subject {
            Subject::County => Ok(among(&condition.test, self.roster.county(row))),
            Subject::Township => Ok(among(&condition.test, self.roster.township(row))),
            Subject::Kind => Ok(among(&condition.test, self.roster.kind(row))),
            Subject::Designation => Ok(among(&condition.test, self.roster.designation(row))),
            // The exact way looks at these, which are not the roster's.
            Subject::Figure(_)
            | Subject::Layer(_)
            | Subject::Year
            | Subject::Class
            | Subject::Place
            | Subject::Payer(_) => Ok(false),
            Subject::Attribute(index) => match (&condition.test, self.attribute(index)) {
                (Test::Flags(flags), Some(AttributeColumn::Flag(column))) => Ok(flags.contains(&column.at(row))),
                // A flag of a table of figures may be blank; it is 1 or 0.
                (Test::Flags(flags), Some(AttributeColumn::Number(column))) => {
                    column.get(row).map(|flag| flags.contains(&!flag.is_zero())).ok_or(index)
                }
                (Test::Flags(flags), _) => Ok(flags.contains(&false)),
                (test, Some(AttributeColumn::Text(column))) => match column.get(row) {
                    "" => Err(index),
                    text => Ok(among(test, text)),
                },
                (test, Some(AttributeColumn::Number(_))) => {
                    self.number(index, row).map(|number| number_passes(test, &number)).ok_or(index)
                }
                _ => Err(index),
            },
        }
    }

    /// Conditions made ready for many rows; none if a column is missing or too wide for it.
    pub(crate) fn checks<'c>(&self, conditions: impl IntoIterator<Item = &'c Condition>) -> Option<Checks<'a>> {
        let mut checks = Checks::default();
        for condition in conditions {
            let check = match (condition.subject, &condition.test) {
                (Subject::County, Test::Texts(texts)) => self.texts(0, self.roster.county_column(), texts),
                (Subject::Township, Test::Texts(texts)) => self.texts(TOWNSHIP, self.roster.township_column(), texts),
                (Subject::Attribute(index), test) => match (test, self.attribute(index)) {
                    (Test::Flags(flags), Some(AttributeColumn::Flag(column))) => {
                        Check::Flags { column, on_true: flags.contains(&true), on_false: flags.contains(&false) }
                    }
                    (Test::Flags(flags), None) => Check::Always(flags.contains(&false)),
                    (Test::Texts(texts), Some(AttributeColumn::Text(column))) => {
                        let at = index.number().saturating_add(FIRST_ATTRIBUTE);
                        checks.blanks.extend(self.code(at, column, "").map(|code| Blank::Text(column, code)));
                        self.texts(at, column, texts)
                    }
                    (test, Some(AttributeColumn::Number(column))) => {
                        checks.blanks.extend(blank_rows(column.nulls()));
                        // Limits are in the policy's unit; the column counts 10^-scale of the attribute's.
                        let per = |scale: u32| self.factor(index) / BigInt::from(10).pow(scale);
                        match column.numbers() {
                            Numbers::Narrow { mantissas, scale, .. } => {
                                Check::Narrow(mantissas, Accepted::new(test, &per(*scale))?)
                            }
                            Numbers::Wide(numbers) => {
                                let scales = self.scales(index, numbers);
                                let accepted = |scale: &u32| Some((*scale, Accepted::new(test, &per(*scale))?));
                                Check::Wide(numbers, scales.iter().map(accepted).collect::<Option<_>>()?)
                            }
                        }
                    }
                    _ => return None,
                },
                _ => return None,
            };
            checks.checks.push(check);
        }
        Some(checks)
    }
}

/// What one of the numbers of an attribute of tables of figures is in the unit in which it is read: money is kept as it is
/// declared and read in the policy's unit, land is kept in 亩 and read as it is declared.
fn measured_factor(policy: &Policy, attribute: &Attribute) -> BigRational {
    match (attribute.money(), attribute.unit.as_deref().and_then(LandUnit::named)) {
        (Some(money), _) => BigRational::new(money.fen().into(), policy.unit().fen().into()),
        (None, Some(land)) => land.of_one_mu(),
        (None, None) => BigRational::one(),
    }
}

/// A number attribute in 64 bits.
#[derive(Clone, Copy)]
pub(crate) struct Mantissas<'a> {
    pub(crate) rows: &'a [i64],
    pub(crate) scale: u32,
    pub(crate) least: i64,
    pub(crate) most: i64,
    nulls: &'a Nulls,
}

impl<'a> Mantissas<'a> {
    /// Its blank rows, if it has any.
    pub(crate) fn blank(&self) -> Option<Blank<'a>> {
        blank_rows(self.nulls)
    }
}

/// The blank rows of a number column, if it has any.
fn blank_rows(nulls: &Nulls) -> Option<Blank<'_>> {
    (nulls.count() > 0).then_some(Blank::Number(nulls))
}

/// Which rows of a column are blank.
#[derive(Clone, Copy)]
pub(crate) enum Blank<'a> {
    Number(&'a Nulls),
    /// Those of this code.
    Text(&'a DictionaryColumn, u32),
}

impl Blank<'_> {
    pub(crate) fn contains(&self, row: usize) -> bool {
        match self {
            Self::Number(nulls) => nulls.contains(row),
            Self::Text(column, code) => column.code(row) == *code,
        }
    }
}

/// Conditions over columns.
#[derive(Default)]
pub(crate) struct Checks<'a> {
    checks: Vec<Check<'a>>,
    /// Columns that have blank rows: for these only the exact way knows what is wrong.
    pub(crate) blanks: Vec<Blank<'a>>,
}

impl Checks<'_> {
    /// Whether all conditions hold of a row that is blank in none of their columns.
    pub(crate) fn hold(&self, row: usize) -> bool {
        self.checks.iter().all(|check| check.holds(row))
    }

    /// The same of some rows, a condition at a time.
    pub(crate) fn hold_of(&self, rows: &[u32]) -> Vec<bool> {
        let mut hold = vec![true; rows.len()];
        for check in &self.checks {
            check.also(rows, &mut hold);
        }
        hold
    }
}

enum Check<'a> {
    Always(bool),
    Narrow(&'a [i64], Accepted),
    /// What is accepted of mantissas, by their scale.
    Wide(&'a [Decimal], Vec<(u32, Accepted)>),
    Flags {
        column: &'a [bool],
        on_true: bool,
        on_false: bool,
    },
    /// Codes of texts, ascending.
    Codes {
        column: &'a DictionaryColumn,
        accepted: Vec<u32>,
    },
}

/// Whole numbers that pass a test.
enum Accepted {
    /// From one to another; none if the first is above the last.
    Range(i128, i128),
    /// Ascending.
    Among(Vec<i128>),
}

impl Accepted {
    /// Of numbers that count `per` each; above zero.
    fn new(test: &Test, per: &BigRational) -> Option<Self> {
        let clamp = |limit: BigInt| {
            i128::try_from(&limit).unwrap_or(if limit.sign() == num_bigint::Sign::Minus {
                i128::MIN
            } else {
                i128::MAX
            })
        };
        match test {
            Test::Numbers(numbers) => {
                let exact = numbers.iter().map(|number| rational(*number) / per).filter(BigRational::is_integer);
                // Beyond 128 bits there is no mantissa.
                let mut sorted: Vec<i128> =
                    exact.filter_map(|number| i128::try_from(number.to_integer()).ok()).collect();
                sorted.sort_unstable();
                Some(Self::Among(sorted))
            }
            Test::Bounds(bounds) => {
                let (mut least, mut most) = (BigInt::from(i128::MIN), BigInt::from(i128::MAX));
                let one = BigRational::one();
                for (bound, limit) in bounds {
                    let limit = rational(*limit) / per;
                    match bound {
                        Bound::AtLeast => least = least.max(limit.ceil().to_integer()),
                        Bound::Above => least = least.max((limit.floor() + &one).to_integer()),
                        Bound::AtMost => most = most.min(limit.floor().to_integer()),
                        Bound::Below => most = most.min((limit.ceil() - &one).to_integer()),
                    }
                }
                // Mantissas have at most 96 bits, so that limits beyond 128 are as good at the ends.
                Some(if least > most { Self::Range(1, 0) } else { Self::Range(clamp(least), clamp(most)) })
            }
            _ => None,
        }
    }

    fn contains(&self, number: i128) -> bool {
        match self {
            Self::Range(least, most) => (least..=most).contains(&&number),
            Self::Among(sorted) => sorted.binary_search(&number).is_ok(),
        }
    }
}

impl Check<'_> {
    /// Strikes out the rows of which it does not hold.
    fn also(&self, rows: &[u32], hold: &mut [bool]) {
        let rows = hold.iter_mut().zip(rows);
        match self {
            // The most frequent, in words of the column.
            Self::Narrow(mantissas, Accepted::Range(least, most)) => {
                let [least, most] = [(*least).max(i64::MIN.into()), (*most).min(i64::MAX.into())].map(i64::try_from);
                let (Ok(least), Ok(most)) = (least, most) else {
                    return rows.for_each(|(hold, _)| *hold = false);
                };
                rows.for_each(|(hold, row)| {
                    *hold &= mantissas.get(index(*row)).is_some_and(|number| (least..=most).contains(number));
                });
            }
            check => rows.for_each(|(hold, row)| *hold = *hold && check.holds(index(*row))),
        }
    }

    fn holds(&self, row: usize) -> bool {
        match self {
            Self::Always(holds) => *holds,
            Self::Narrow(mantissas, accepted) => mantissas.get(row).is_some_and(|m| accepted.contains((*m).into())),
            Self::Wide(numbers, by_scale) => numbers.get(row).is_some_and(|number| {
                let accepted = by_scale.iter().find(|(scale, _)| *scale == number.scale());
                accepted.is_some_and(|(_, accepted)| accepted.contains(number.mantissa()))
            }),
            Self::Flags { column, on_true, on_false } => {
                if column.at(row) {
                    *on_true
                } else {
                    *on_false
                }
            }
            Self::Codes { column, accepted } => match accepted.as_slice() {
                [only] => column.code(row) == *only,
                accepted => accepted.binary_search(&column.code(row)).is_ok(),
            },
        }
    }
}

/// Whether a number passes a test.
pub(crate) fn number_passes(test: &Test, number: &BigRational) -> bool {
    test.passes(|limit| number.cmp(&rational(*limit)))
}
