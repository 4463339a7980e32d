//! Figures of many places, and where a place was the year before.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use hashbrown::{HashMap, HashSet};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use crate::engine::columns::Columns;
use crate::engine::exact::Exact;
use crate::engine::faults::Fault;
use crate::engine::settle::middles::{MiddleSums, MiddlesOfYear};
use crate::engine::settle::text::Text;
use crate::engine::settle::{
    AggregateNumber, AggregateOfYear, AggregateSums, Missing, Settled, Sums as OfPass, room_of_one,
};
use crate::engine::world::{Gathered, World};
use crate::ground::fraction::{Fraction, make_common};
use crate::ground::ids::At as _;
use crate::ground::ids::{AggregateIndex, AttributeIndex, LayerIndex, PoolIndex, index};
use crate::ground::money::Amount;
use crate::policy::{Aggregate, Class, Function, Policy, Subject};

/// One place of a row, and what it got in the layers that are computed: all members of a counted row, or some of them.
pub(crate) struct Members {
    pub(crate) count: u64,
    pub(crate) layers: Vec<Option<Amount>>,
}

/// The places that aggregates gather.
pub(crate) trait Gatherable: World {
    fn columns(&self) -> &Columns<'_>;

    /// The class of a row, if it is known.
    fn class_of(&self, row: usize) -> Option<usize>;

    /// Gathers by whole columns, if that can be done and nothing is wrong; else what was gathered does not count.
    fn gather_columns(&self, _: &Aggregate, _: u16, _: &[u32], _: &mut Gathering) -> bool {
        false
    }

    /// The rows that are live in a year, each with its class if that is known.
    fn live(&self, year: u16) -> Vec<(usize, Option<usize>)>;

    /// The members of a row in a year.
    fn members(&self, row: usize, class: Option<usize>, year: u16) -> Vec<Members>;

    /// What is known of an aggregate of all places, of which those that are gathered may be a part; none if they are all.
    fn settled(&self, _: AggregateIndex, _: u16) -> Option<OfAll<'_>> {
        None
    }

    /// Says what is wrong with a row that is gathered.
    fn fault(&self, row: usize, year: u16, fault: Fault);
}

/// An aggregate of all places; nothing if it cannot be had.
pub(crate) struct OfAll<'a>(pub(crate) Option<&'a AggregateOfYear>);

/// The aggregates of each year, each gathered once it is asked for.
pub(crate) struct Aggregates {
    /// By aggregate and year of the policy.
    known: Box<[OnceLock<Groups>]>,
    /// The group of each row, by aggregate.
    codes: Box<[OnceLock<Arc<[u32]>>]>,
    years: RangeInclusive<u16>,
}

/// Why an aggregate cannot be had of a group. It is said once a place of the group needs it: nothing is read of places
/// that do not agree with it, nor for places that do not meet the conditions of the rule.
#[derive(Default)]
struct Failure {
    /// What is wrong with the rows that are gathered.
    faults: Vec<(usize, Fault)>,
    /// The aggregates that these need and that cannot be had either, each with a row of its group.
    others: Vec<Asked>,
    said: OnceLock<()>,
}

/// An aggregate, the year and a row that it is asked for.
type Asked = (AggregateIndex, u16, usize);

/// The values of an aggregate by group.
pub(crate) struct Groups {
    /// The group of each row.
    pub(crate) codes: Arc<[u32]>,
    /// What each group comes to; none of one without a place.
    pub(crate) values: Vec<Option<Gathered>>,
    /// What no place comes to.
    nothing: Gathered,
    /// The groups that cannot be had.
    failures: HashMap<u32, Failure>,
    /// Why none of them can: places of which it is not known to which they belong.
    ungrouped: Option<Failure>,
}

impl Groups {
    /// The value of a row's group.
    pub(crate) fn get(&self, row: usize) -> &Gathered {
        let group = self.codes.get(row).and_then(|code| self.values.get(index(*code)));
        group.and_then(Option::as_ref).unwrap_or(&self.nothing)
    }

    /// Why there is no value for a row; nothing if there is.
    fn failures(&self, row: usize) -> impl Iterator<Item = &Failure> {
        let of_group = self.codes.get(row).and_then(|group| self.failures.get(group));
        self.ungrouped.iter().chain(of_group)
    }

    fn is_complete(&self) -> bool {
        self.ungrouped.is_none() && self.failures.is_empty()
    }
}

impl Aggregates {
    /// None yet.
    pub(crate) fn new(policy: &Policy) -> Self {
        let years = policy.years();
        let aggregates = policy.aggregates().len();
        let known = (0..aggregates.saturating_mul(years.len())).map(|_| OnceLock::new()).collect();
        Self { known, codes: (0..aggregates).map(|_| OnceLock::new()).collect(), years }
    }

    /// An aggregate as it is for a row. Where it cannot be had, says why.
    pub(crate) fn get(
        &self,
        from: &dyn Gatherable,
        number: AggregateIndex,
        year: u16,
        row: usize,
    ) -> Result<Gathered, Fault> {
        let found = self.of_row(from, number, year, row);
        if matches!(found, Err(Fault::Unknown)) {
            self.say(from, (number, year, row));
        }
        found
    }

    fn of_row(&self, from: &dyn Gatherable, number: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault> {
        let groups = self.gathered(from, number, year).ok_or(Fault::Unknown)?;
        if groups.failures(row).next().is_some() {
            return Err(Fault::Unknown);
        }
        let gathered = groups.get(row);
        if gathered.value.is_none() { Err(Fault::EmptyAggregate(number)) } else { Ok(gathered.clone()) }
    }

    /// The values of an aggregate; none if one of them cannot be had, which is not said yet.
    pub(crate) fn groups(&self, from: &dyn Gatherable, number: AggregateIndex, year: u16) -> Option<&Groups> {
        self.gathered(from, number, year).filter(|groups| groups.is_complete())
    }

    fn gathered(&self, from: &dyn Gatherable, number: AggregateIndex, year: u16) -> Option<&Groups> {
        let aggregate = from.columns().policy.aggregate(number)?;
        let codes = self.codes.get(number.number())?.get_or_init(|| group_codes(from, aggregate));
        // Aggregates of aggregates end: there are no circles.
        Some(self.slot(number, year)?.get_or_init(|| match from.settled(number, year) {
            Some(OfAll(known)) => of_all(from, aggregate, codes, known),
            None => gather(from, self, aggregate, year, codes),
        }))
    }

    fn slot(&self, number: AggregateIndex, year: u16) -> Option<&OnceLock<Groups>> {
        let at = usize::from(year.checked_sub(*self.years.start())?);
        self.known.get(number.number().saturating_mul(self.years.len()).saturating_add(at))
    }

    /// Says why an aggregate cannot be had for a row, once for its group.
    fn say(&self, from: &dyn Gatherable, (number, year, row): Asked) {
        let Some(groups) = self.slot(number, year).and_then(OnceLock::get) else { return };
        for failure in groups.failures(row).filter(|failure| failure.said.set(()).is_ok()) {
            for (row, fault) in &failure.faults {
                from.fault(*row, year, fault.clone());
            }
            for other in &failure.others {
                self.say(from, *other);
            }
        }
    }
}

/// The world as a row sees it that is gathered: what it needs and cannot have is noted instead of said.
struct Noting<'a> {
    from: &'a dyn Gatherable,
    aggregates: &'a Aggregates,
    missing: RefCell<Vec<Asked>>,
}

impl World for Noting<'_> {
    fn aggregate(&self, number: AggregateIndex, year: u16, row: usize) -> Result<Gathered, Fault> {
        let found = self.aggregates.of_row(self.from, number, year, row);
        if matches!(found, Err(Fault::Unknown)) {
            self.missing.borrow_mut().push((number, year, row));
        }
        found
    }

    fn last_year(&self, layer: LayerIndex, year: u16, row: usize) -> Result<Option<Amount>, Fault> {
        self.from.last_year(layer, year, row)
    }

    fn pool_part(&self, pool: PoolIndex, year: u16, row: usize) -> Option<BigRational> {
        self.from.pool_part(pool, year, row)
    }
}

/// The group of each row, by what an aggregate is over.
fn group_codes(from: &dyn Gatherable, aggregate: &Aggregate) -> Arc<[u32]> {
    let columns = from.columns();
    let rows = 0..columns.roster.len();
    let code = |subject: Subject, row: usize| match subject {
        Subject::Class => from.class_of(row).and_then(|class| u32::try_from(class).ok()).unwrap_or(0),
        subject => columns.subject_code(subject, row),
    };
    match aggregate.over.as_slice() {
        [] => rows.map(|_| 0).collect(),
        [only] => rows.map(|row| code(*only, row)).collect(),
        several => {
            let mut groups: HashMap<Vec<u32>, u32> = HashMap::new();
            let mut group = |row| {
                let key: Vec<u32> = several.iter().map(|subject| code(*subject, row)).collect();
                let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
                *groups.entry(key).or_insert(next)
            };
            rows.map(&mut group).collect()
        }
    }
}

/// In what the places of a group agree, by its code, in texts that mean the same in every part of a roster.
fn group_texts(from: &dyn Gatherable, aggregate: &Aggregate, row: usize) -> Vec<String> {
    let columns = from.columns();
    // A row without a class has the code of the first.
    let class = Some(from.class_of(row).unwrap_or_default());
    aggregate.over.iter().map(|subject| columns.agreed(*subject, row, class).to_owned()).collect()
}

/// The first row of each group.
fn first_rows(codes: &[u32]) -> Vec<Option<usize>> {
    let mut firsts = Vec::new();
    for (row, code) in codes.iter().enumerate() {
        let code = index(*code);
        if firsts.len() <= code {
            firsts.resize(code.saturating_add(1), None);
        }
        if let Some(first) = firsts.get_mut(code) {
            first.get_or_insert(row);
        }
    }
    firsts
}

/// The groups of some places, as they are of all.
fn of_all(from: &dyn Gatherable, aggregate: &Aggregate, codes: &Arc<[u32]>, known: Option<&AggregateOfYear>) -> Groups {
    let value = |row: usize| Some(known?.groups.get(&group_texts(from, aggregate, row))?.gathered());
    // Also a part without a row may ask for what all places come to.
    let all = known.filter(|_| aggregate.over.is_empty()).and_then(|known| known.groups.get(&Vec::new()));
    let nothing = all.map_or_else(|| Values::default().gathered(aggregate.function), AggregateNumber::gathered);
    let firsts = first_rows(codes);
    let values = firsts.iter().map(|row| row.and_then(value)).collect();
    let mut failures = HashMap::new();
    if let Some(known) = known.filter(|known| !known.missing.groups.is_empty()) {
        let groups = (0_u32..).zip(&firsts).filter_map(|(group, row)| Some((group, (*row)?)));
        let missing = groups.filter(|(_, row)| known.missing.groups.contains(&group_texts(from, aggregate, *row)));
        failures.extend(missing.map(|(group, _)| (group, Failure::default())));
    }
    Groups {
        codes: Arc::clone(codes),
        values,
        nothing,
        failures,
        ungrouped: known.is_none_or(|known| known.missing.everywhere).then(Failure::default),
    }
}

/// What the places of a part of a roster come to.
#[derive(Default)]
struct OfPart {
    /// In what the places of a group agree, and what they come to.
    groups: Vec<(Vec<String>, AggregateSums)>,
    /// Of which groups it cannot be had.
    missing: Missing,
    /// What is wrong with their rows.
    faults: Vec<(usize, Fault)>,
}

/// Adds what the places of a part of a roster come to in a pass in which this is known already. Says what is wrong with their rows.
pub(crate) fn add_sums(
    from: &dyn Gatherable,
    aggregates: &Aggregates,
    settled: &Settled,
    (number, year): (AggregateIndex, u16),
    sums: &mut OfPass,
) -> Vec<(usize, Fault)> {
    let middles = settled.middles(number, year);
    let is_one = from.columns().policy.aggregate(number).is_some_and(|aggregate| aggregate.over.is_empty());
    let room = match middles {
        // How many groups there are is not known before.
        None => room_of_one(if is_one { 1 } else { usize::MAX }, settled.room_of_all),
        Some(_) => settled.room,
    };
    let OfPart { groups, missing, faults } = sums_of_part(from, aggregates, (number, year), (middles, room));
    sums.aggregates.extend(groups.into_iter().map(|(group, sums)| ((number.number(), year, group), sums)));
    if missing != Missing::default() {
        sums.missing.insert((number.number(), year), missing);
    }
    faults
}

/// What the places of a part of a roster come to by group, and what is wrong with their rows.
fn sums_of_part(
    from: &dyn Gatherable,
    aggregates: &Aggregates,
    (number, year): (AggregateIndex, u16),
    (middles, room): (Option<&MiddlesOfYear>, usize),
) -> OfPart {
    let Some(aggregate) = from.columns().policy.aggregate(number) else { return OfPart::default() };
    let codes = group_codes(from, aggregate);
    let Collected { groups, failures, ungrouped } = collect(from, aggregates, aggregate, year, &codes);
    let mut failed: Vec<(u32, Failure)> = failures.into_iter().collect();
    failed.sort_unstable_by_key(|(group, _)| *group);
    let firsts = first_rows(&codes);
    let row = |group: u32| firsts.get(index(group)).copied().flatten();
    let missing = Missing {
        everywhere: ungrouped.is_some(),
        groups: failed.iter().filter_map(|(group, _)| Some(group_texts(from, aggregate, row(*group)?))).collect(),
    };
    let mut faults: Vec<(usize, Fault)> = ungrouped.into_iter().flat_map(|failure| failure.faults).collect();
    faults.extend(failed.into_iter().flat_map(|(_, failure)| failure.faults));
    let sums = groups.values.into_iter().zip(firsts).filter_map(|(values, row)| {
        let mut values = values.filter(|values| values.places > 0)?;
        let group = group_texts(from, aggregate, row?);
        let middle = if aggregate.function == Function::Median {
            let known = middles.map(|middles| middles.of_group(&group));
            // One that was found is not looked for again.
            if known.is_some_and(|known| known.is_none()) {
                return None;
            }
            Some(MiddleSums::new(values.ascending(), known.flatten(), room))
        } else {
            None
        };
        let extreme = values.extreme.as_ref().map(|extreme| Text(extreme.reduced()));
        let (least, greatest) = if aggregate.function == Function::Least { (extreme, None) } else { (None, extreme) };
        let sum = Text(values.sum.total());
        Some((group, AggregateSums { places: Text(values.places), sum, least, greatest, middle }))
    });
    OfPart { groups: sums.collect(), missing, faults }
}

fn gather(
    from: &dyn Gatherable,
    aggregates: &Aggregates,
    aggregate: &Aggregate,
    year: u16,
    codes: &Arc<[u32]>,
) -> Groups {
    let Collected { mut groups, failures, ungrouped } = collect(from, aggregates, aggregate, year, codes);
    let function = aggregate.function;
    // Every row has a group, be it one without a value.
    let last = codes.iter().max().map_or(0, |code| index(*code).saturating_add(1));
    groups.values.resize_with(last, || None);
    Groups {
        codes: Arc::clone(codes),
        values: groups.values.into_iter().map(|values| values.map(|values| values.gathered(function))).collect(),
        nothing: Values::default().gathered(function),
        failures,
        ungrouped,
    }
}

/// The places of an aggregate by group.
struct Collected {
    groups: Gathering,
    failures: HashMap<u32, Failure>,
    ungrouped: Option<Failure>,
}

fn collect(
    from: &dyn Gatherable,
    aggregates: &Aggregates,
    aggregate: &Aggregate,
    year: u16,
    codes: &Arc<[u32]>,
) -> Collected {
    let policy = from.columns().policy;
    let mut groups = Gathering { function: aggregate.function, values: Vec::new() };
    let mut failures: HashMap<u32, Failure> = HashMap::new();
    let mut ungrouped: Option<Failure> = None;
    if !from.gather_columns(aggregate, year, codes, &mut groups) {
        groups.values.clear();
        let noting = Noting { from, aggregates, missing: RefCell::default() };
        for (row, class) in from.live(year) {
            let data = class.and_then(|class| policy.classes().get(class));
            if let Some(attribute) = blank_key(from.columns(), aggregate, row) {
                ungrouped.get_or_insert_default().faults.push((row, Fault::Blank(attribute)));
                continue;
            }
            for members in from.members(row, class, year) {
                match value(&noting, aggregate, data, (row, year), &members.layers) {
                    Ok(None) => {}
                    Ok(Some(value)) => {
                        let group = codes.at(row);
                        groups.add(group, value, members.count);
                    }
                    Err(faults) => {
                        let group = codes.at(row);
                        let failure = failures.entry(group).or_default();
                        failure.faults.extend(faults.into_iter().map(|fault| (row, fault)));
                        failure.others.append(&mut noting.missing.borrow_mut());
                    }
                }
                noting.missing.borrow_mut().clear();
            }
        }
    }
    Collected { groups, failures, ungrouped }
}

/// The values of groups on the way.
pub(crate) struct Gathering {
    pub(crate) function: Function,
    values: Vec<Option<Values>>,
}

impl Gathering {
    fn group(&mut self, group: u32) -> Option<&mut Values> {
        let group = index(group);
        if self.values.len() <= group {
            self.values.resize_with(group.saturating_add(1), || None);
        }
        self.values.get_mut(group).map(Option::get_or_insert_default)
    }

    /// Adds the value of so many places.
    pub(crate) fn add(&mut self, group: u32, value: Fraction, count: u64) {
        let function = self.function;
        if let Some(values) = self.group(group) {
            values.add(function, value, count);
        }
    }
}

/// The values of one class by group, as whole numbers: fen times a scale.
pub(crate) struct Sums {
    function: Function,
    scale: BigInt,
    groups: Vec<WholeValues>,
}

/// The whole numbers of one group on the way.
#[derive(Clone, Default)]
struct WholeValues {
    places: u128,
    /// Fewer than 2^32 rows of fewer than 2^32 places of numbers below 2^62 fit.
    sum: i128,
    extreme: Option<i64>,
    list: Vec<(i64, u64)>,
}

impl Sums {
    /// None yet, of numbers that are as many times too large as the scale says.
    pub(crate) const fn new(function: Function, scale: BigInt) -> Self {
        Self { function, scale, groups: Vec::new() }
    }

    /// Adds the number of so many places.
    #[inline]
    pub(crate) fn add(&mut self, group: u32, number: i64, count: u64) {
        let group = index(group);
        if self.groups.len() <= group {
            self.groups.resize(group.saturating_add(1), WholeValues::default());
        }
        let Some(values) = self.groups.get_mut(group) else { return };
        values.places = values.places.wrapping_add(count.into());
        match self.function {
            Function::Sum | Function::Mean => {
                values.sum = values.sum.wrapping_add(i128::from(number).wrapping_mul(count.into()));
            }
            Function::Least => values.extreme = Some(values.extreme.map_or(number, |known| known.min(number))),
            Function::Greatest => values.extreme = Some(values.extreme.map_or(number, |known| known.max(number))),
            Function::Median => values.list.push((number, count)),
            Function::Count => {}
        }
    }

    /// Gives them to those of all classes.
    pub(crate) fn give(self, groups: &mut Gathering) {
        let whole = |number: i128| Fraction::from(BigRational::new(number.into(), self.scale.clone()));
        let function = self.function;
        for (group, values) in (0_u32..).zip(self.groups).filter(|(_, values)| values.places > 0) {
            let Some(all) = groups.group(group) else { continue };
            match function {
                Function::Median => {
                    values.list.into_iter().for_each(|(number, count)| all.add(function, whole(number.into()), count));
                    continue;
                }
                Function::Sum | Function::Mean => all.sum.add(&whole(values.sum), 1),
                Function::Least | Function::Greatest => {
                    if let Some(number) = values.extreme {
                        all.add(function, whole(number.into()), 0);
                    }
                }
                Function::Count => {}
            }
            all.places = all.places.saturating_add(values.places);
        }
    }
}

/// The attribute that would say to which places a row belongs, where it is blank.
fn blank_key(columns: &Columns<'_>, aggregate: &Aggregate, row: usize) -> Option<AttributeIndex> {
    aggregate.over.iter().find_map(|subject| match subject {
        Subject::Attribute(attribute) if columns.text(*attribute, row).is_none() => Some(*attribute),
        _ => None,
    })
}

/// What a place adds to an aggregate; nothing if it does not meet the conditions.
fn value(
    world: &Noting<'_>,
    aggregate: &Aggregate,
    class: Option<&Class>,
    (row, year): (usize, u16),
    layers: &[Option<Amount>],
) -> Result<Option<Fraction>, Vec<Fault>> {
    let columns = world.from.columns();
    let mut exact = Exact::new(columns.policy, columns, class, year, row, layers, world);
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

    /// Its different values in their order, each with how many places have it.
    fn ascending(&mut self) -> impl Iterator<Item = (BigRational, u128)> {
        self.list.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let alike = self.list.chunk_by(|(a, _), (b, _)| a.cmp(b).is_eq());
        alike.filter_map(|alike| {
            let places = alike.iter().fold(0_u128, |places, (_, count)| places.saturating_add((*count).into()));
            Some((alike.first()?.0.reduced(), places))
        })
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
#[derive(Debug, Clone, Default)]
pub(crate) struct Sum(Vec<(BigInt, BigInt)>);

impl Sum {
    /// Beyond so many denominators they are brought together.
    const DENOMINATORS: usize = 16;

    pub(crate) fn add(&mut self, value: &Fraction, count: u64) {
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

    pub(crate) fn total(&self) -> BigRational {
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
