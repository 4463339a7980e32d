//! What an amount rests on besides the place itself: aggregates of many places, and the year before.

use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use crate::engine::columns::Columns;
use crate::engine::exact::{Exact, Fault};
use crate::ground::fraction::{Fraction, make_common};
use crate::ground::ids::{AggregateIndex, LayerIndex, PoolIndex};
use crate::ground::money::Amount;
use crate::policy::{Aggregate, Class, Function, Policy, Subject};

/// What is known of all places of a roster, for one place of which something is asked.
pub(crate) trait World {
    /// An aggregate as it is for a row.
    fn aggregate(&self, aggregate: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault>;

    /// What one place of a row, by its id, got in a layer the year before; none if it was not live.
    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault>;

    /// The part of a pool of one place of a row, before whole steps and in the policy's unit.
    fn pool_part(&self, pool: PoolIndex, year: u16, row: usize) -> Option<BigRational>;
}

/// What is asked where no other place counts.
#[cfg(test)]
pub(crate) struct NoWorld;

#[cfg(test)]
impl World for NoWorld {
    fn aggregate(&self, _: AggregateIndex, _: u16, _: usize) -> Result<Gathered, Fault> {
        Err(Fault::Unknown)
    }

    fn last_year(&self, _: LayerIndex, _: u16, _: usize) -> Result<Option<Amount>, Fault> {
        Err(Fault::Unknown)
    }

    fn pool_part(&self, _: PoolIndex, _: u16, _: usize) -> Option<BigRational> {
        None
    }
}

/// An aggregate of some places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gathered {
    /// What it comes to; none of no places, unless it is their sum or number.
    pub(crate) value: Option<BigRational>,
    /// How many places.
    pub(crate) places: u128,
    /// Their sum, of a mean.
    pub(crate) sum: Option<BigRational>,
}

/// One place of a row, and what it got in the layers that are computed: all members of a counted row, or some of them.
pub(crate) struct Members {
    pub(crate) count: u64,
    pub(crate) layers: Vec<Option<Amount>>,
}

/// The places that aggregates gather.
pub(crate) trait Gatherable: World {
    fn columns(&self) -> &Columns<'_>;

    /// The rows that are live in a year, each with its class if that is known.
    fn live(&self, year: u16) -> Vec<(usize, Option<usize>)>;

    /// The members of a row in a year.
    fn members(&self, row: usize, class: Option<usize>, year: u16) -> Vec<Members>;

    /// Says what is wrong with a row that is gathered.
    fn fault(&self, row: usize, year: u16, fault: Fault);
}

/// The aggregates of each year, each gathered once it is asked for.
pub(crate) struct Aggregates {
    /// By aggregate and year of the policy; none of those that cannot be had, for a reason that was said.
    known: Box<[OnceLock<Option<Groups>>]>,
    years: RangeInclusive<u16>,
}

/// The values of an aggregate by the codes of what it is over.
pub(crate) struct Groups {
    pub(crate) by_key: HashMap<Box<[u32]>, Gathered>,
    nothing: Gathered,
}

impl Groups {
    /// The value of a group.
    pub(crate) fn get(&self, key: &[u32]) -> &Gathered {
        self.by_key.get(key).unwrap_or(&self.nothing)
    }
}

impl Aggregates {
    /// None yet.
    pub(crate) fn new(policy: &Policy) -> Self {
        let years = policy.years();
        let known = (0..policy.aggregates().len().saturating_mul(years.len())).map(|_| OnceLock::new()).collect();
        Self { known, years }
    }

    /// An aggregate as it is for a row of a class.
    pub(crate) fn get(
        &self,
        from: &dyn Gatherable,
        number: AggregateIndex,
        year: u16,
        (row, class): (usize, Option<usize>),
    ) -> Result<Gathered, Fault> {
        let columns = from.columns();
        let aggregate = columns.policy.aggregate(number).ok_or(Fault::Unknown)?;
        let groups = self.groups(from, number, year).ok_or(Fault::Unknown)?;
        let key = key(columns, aggregate, row, class);
        let gathered = groups.get(&key).clone();
        if gathered.value.is_none() { Err(Fault::EmptyAggregate(number)) } else { Ok(gathered) }
    }

    /// The values of an aggregate; none if they cannot be had, for a reason that was said.
    pub(crate) fn groups(&self, from: &dyn Gatherable, number: AggregateIndex, year: u16) -> Option<&Groups> {
        let at = usize::from(year.checked_sub(*self.years.start())?);
        let known = self.known.get(number.number().saturating_mul(self.years.len()).saturating_add(at))?;
        // Aggregates of aggregates end: there are no circles.
        let gather = || from.columns().policy.aggregate(number).and_then(|aggregate| gather(from, aggregate, year));
        known.get_or_init(gather).as_ref()
    }
}

/// The codes of what an aggregate is over, for a row.
pub(crate) fn key(columns: &Columns<'_>, aggregate: &Aggregate, row: usize, class: Option<usize>) -> Box<[u32]> {
    let code = |subject: &Subject| match subject {
        Subject::Class => class.and_then(|class| u32::try_from(class).ok()).unwrap_or(u32::MAX),
        subject => columns.subject_code(*subject, row),
    };
    aggregate.over.iter().map(code).collect()
}

fn gather(from: &dyn Gatherable, aggregate: &Aggregate, year: u16) -> Option<Groups> {
    let columns = from.columns();
    let policy = columns.policy;
    let mut groups: HashMap<Box<[u32]>, Values> = HashMap::new();
    let mut complete = true;
    for (row, class) in from.live(year) {
        let data = class.and_then(|class| policy.classes().get(class));
        for members in from.members(row, class, year) {
            match value(from, aggregate, data, (row, year), &members.layers) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    let values = groups.entry(key(columns, aggregate, row, class)).or_default();
                    values.add(aggregate.function, value, members.count);
                }
                Err(faults) => {
                    complete = false;
                    for fault in faults {
                        from.fault(row, year, fault);
                    }
                }
            }
        }
    }
    complete.then(|| Groups {
        by_key: groups.into_iter().map(|(key, values)| (key, values.gathered(aggregate.function))).collect(),
        nothing: Values::default().gathered(aggregate.function),
    })
}

/// What a place adds to an aggregate; nothing if it does not meet the conditions.
fn value(
    from: &dyn Gatherable,
    aggregate: &Aggregate,
    class: Option<&Class>,
    (row, year): (usize, u16),
    layers: &[Option<Amount>],
) -> Result<Option<Fraction>, Vec<Fault>> {
    let columns = from.columns();
    let mut exact = Exact::new(columns.policy, columns, class, year, row, layers, from);
    let blank = aggregate.over.iter().find_map(|subject| match subject {
        Subject::Attribute(attribute) if columns.text(*attribute, row).is_none() => Some(*attribute),
        _ => None,
    });
    if let Some(attribute) = blank {
        return Err(vec![Fault::Blank(attribute)]);
    }
    if !exact.holds(&aggregate.conditions).ok_or_else(|| std::mem::take(&mut exact.faults))? {
        return Ok(None);
    }
    let Some(of) = &aggregate.of else { return Ok(Some(Fraction::zero())) };
    exact.value(of).map(Some).ok_or(exact.faults)
}

/// The values of one group on the way.
#[derive(Default)]
struct Values {
    places: u128,
    sum: Sum,
    extreme: Option<Fraction>,
    list: Vec<(Fraction, u64)>,
}

impl Values {
    fn add(&mut self, function: Function, value: Fraction, count: u64) {
        self.places = self.places.saturating_add(count.into());
        let better = |ordering: Ordering| match function {
            Function::Least => ordering.is_lt(),
            _ => ordering.is_gt(),
        };
        match function {
            Function::Sum | Function::Mean => self.sum.add(&value, count),
            Function::Median => self.list.push((value, count)),
            Function::Least | Function::Greatest
                if self.extreme.as_ref().is_none_or(|known| better(value.cmp(known))) =>
            {
                self.extreme = Some(value);
            }
            _ => {}
        }
    }

    fn gathered(mut self, function: Function) -> Gathered {
        let places = BigInt::from(self.places);
        let mut sum = None;
        let value = match function {
            Function::Sum => Some(self.sum.total()),
            Function::Count => Some(BigRational::from(places)),
            _ if self.places == 0 => None,
            Function::Mean => {
                let total = self.sum.total();
                let mean = &total / places;
                sum = Some(total);
                Some(mean)
            }
            Function::Median => Some(self.median()),
            Function::Least | Function::Greatest => self.extreme.as_ref().map(Fraction::reduced),
        };
        Gathered { value, places: self.places, sum }
    }

    /// The middle one, or the mean of the middle two.
    fn median(&mut self) -> BigRational {
        self.list.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let at = |wanted: u128| {
            let mut end = 0_u128;
            let found = self.list.iter().find(|(_, count)| {
                end = end.saturating_add((*count).into());
                wanted < end
            });
            found.map(|(value, _)| value.reduced()).unwrap_or_default()
        };
        let half = self.places >> 1;
        if self.places & 1 == 1 { at(half) } else { (at(half.saturating_sub(1)) + at(half)) / BigInt::from(2) }
    }
}

/// A sum of fractions of few denominators, which are not brought together for each.
#[derive(Default)]
struct Sum(Vec<(BigInt, BigInt)>);

impl Sum {
    /// Beyond so many denominators they are brought together.
    const DENOMINATORS: usize = 16;

    fn add(&mut self, value: &Fraction, count: u64) {
        let part = value.numerator() * count;
        if let Some((sum, _)) = self.0.iter_mut().find(|(_, denominator)| denominator == value.denominator()) {
            *sum += part;
            return;
        }
        self.0.push((part, value.denominator().clone()));
        if self.0.len() > Self::DENOMINATORS {
            let (sum, denominator) = self.total().into_raw();
            self.0 = vec![(sum, denominator)];
        }
    }

    fn total(&self) -> BigRational {
        let mut denominator = BigInt::from(1);
        for (_, next) in &self.0 {
            make_common(&mut denominator, next);
        }
        let sum = self.0.iter().fold(BigInt::zero(), |sum, (part, own)| sum + part * (&denominator / own));
        BigRational::new(sum, denominator)
    }
}

/// Where a place was the year before, by its id.
pub(crate) struct Before {
    /// Rows whose id stands on several, by id.
    rows: HashMap<String, Vec<usize>>,
    repeated: HashSet<usize>,
}

impl Before {
    pub(crate) fn new(columns: &Columns<'_>) -> Self {
        let roster = columns.roster;
        let mut rows: HashMap<String, Vec<usize>> = HashMap::new();
        if roster.ids_repeat() {
            for row in 0..roster.len() {
                rows.entry(roster.id(row).to_owned()).or_default().push(row);
            }
            rows.retain(|_, rows| rows.len() > 1);
        }
        let repeated = rows.values().flatten().copied().collect();
        Self { rows, repeated }
    }

    /// The row of a row's id that is live in a year.
    pub(crate) fn row(&self, columns: &Columns<'_>, row: usize, is_live: impl Fn(usize) -> bool) -> Option<usize> {
        if !self.repeated.contains(&row) {
            return Some(row).filter(|row| is_live(*row));
        }
        self.rows.get(columns.roster.id(row))?.iter().copied().find(|row| is_live(*row))
    }
}
