//! Pools of rosters in parts: what the members of one part add to a pass, and what each of them gets once all is known.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use hashbrown::HashMap;
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::{Bounds, Level, Levels, PoolFault, Prior, Read, Sharers, Shares, Sharing, Way};
use crate::engine::columns::Columns;
use crate::engine::settle::cut::Key;
use crate::engine::settle::pools::{GroupSums, Measure, PoolGroup, PoolOfYear, Stage, Trying, weights_of};
use crate::engine::settle::sample::{Sample, hash};
use crate::engine::settle::text::Text;
use crate::ground::catalogue::engine as words;
use crate::ground::fraction::make_common;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::problem::{Code, Problem};
use crate::math::whole::{Line, Tally, Whole};
use crate::policy::path::join_id;
use crate::policy::{Apportion, Pool, Subject, Weight};

/// What one weight weighs of each member.
struct Numbers {
    ratio: BigRational,
    /// Narrow ones are so many times ten times too large.
    scale: u32,
    read: Read,
}

/// The members of a part, by what they agree in.
struct Sorted {
    /// What they agree in, and their numbers.
    groups: Vec<(String, Vec<u32>)>,
    floors: Option<Bounds>,
    caps: Option<Bounds>,
    numbers: Vec<Numbers>,
    counts: Option<Vec<u64>>,
}

/// The members of one group in a part.
struct Group<'a> {
    sorted: &'a Sorted,
    list: &'a [u32],
    /// What each weighs: its share times the denominator.
    weights: Vec<BigUint>,
    denominator: BigUint,
    /// Whether it has bounds: where floors are cut, they are weights.
    bounded: bool,
}

/// The first pass: what the members of a part weigh. Of a pool without members in it the amount is told if it is `asked` for.
pub(crate) fn weigh(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    members: &Sharers,
    before: &dyn Prior,
    (first_row, asked): (u64, bool),
) -> Result<BTreeMap<String, GroupSums>, Vec<PoolFault>> {
    let sharing = Sharing::new(pool, year, columns, before);
    let mut all = BTreeMap::new();
    if members.rows.len() == 0 {
        if pool.per.is_none() {
            let amount = if asked { super::without_members(pool, year, columns, before) } else { Ok(Vec::new()) };
            let amount = amount.map_err(|problems| problems.into_iter().map(PoolFault::Pool).collect::<Vec<_>>())?;
            let amount = amount.first().map(|group| Text(group.amount));
            all.insert(String::new(), GroupSums { first: u64::MAX, amount, ..GroupSums::default() });
        }
        return Ok(all);
    }
    let sorted = sharing.sorted(members)?;
    let mut faults = Vec::new();
    for (name, list) in &sorted.groups {
        let first = list.first().map_or(usize::MAX, |member| index(*member));
        let place = members.place(first);
        let code = pool.per.map_or(0, |key| sharing.code(key, place.0).unwrap_or_default());
        let amount = match sharing.amount(code, place) {
            Ok(amount) => amount,
            Err(found) => {
                faults.extend(found.into_iter().map(|fault| match sharing.amount_fault(fault, place.0) {
                    PoolFault::Amount(_, fault) => PoolFault::Amount(first, fault),
                    other => other,
                }));
                continue;
            }
        };
        all.insert(
            name.clone(),
            GroupSums {
                first: first_row.saturating_add(u64::try_from(place.0).unwrap_or(u64::MAX)),
                amount: Some(Text(amount)),
                ..sorted.sums(list)
            },
        );
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// A later pass: what the members of a part come to at what is tried, or how they stand to where the cut is looked for.
pub(crate) fn attempt(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    members: &Sharers,
    before: &dyn Prior,
    (known, room): (&PoolOfYear, usize),
) -> Result<BTreeMap<String, GroupSums>, Vec<PoolFault>> {
    let sharing = Sharing::new(pool, year, columns, before);
    let sorted = sharing.sorted(members)?;
    let by_name: HashMap<&str, &PoolGroup> = known.groups.iter().map(|group| (group.group.as_str(), group)).collect();
    let mut all = BTreeMap::new();
    for (name, list) in &sorted.groups {
        let group = by_name.get(name.as_str()).copied().ok_or_else(|| vec![sharing.not_settled(name)])?;
        if matches!(group.stage, Stage::Done(_)) {
            continue;
        }
        let part = sorted.group(list, group);
        let id = |member: usize| part.id(member, columns, members);
        let lines = Lines::new(group, sharing.steps(group.amount.0.saturating_abs()));
        let mut sums = GroupSums::default();
        let narrow = part.narrow(&lines).is_some_and(|(weights, lines)| {
            sharing.add(&part, (&weights, &lines), (group, room), &id, &mut sums);
            true
        });
        if !narrow {
            let lines: Vec<Line<BigUint>> = lines.0.iter().map(|line| line.over(&part.denominator)).collect();
            sharing.add(&part, (&part.weights, &lines), (group, room), &id, &mut sums);
        }
        all.insert(name.clone(), sums);
    }
    Ok(all)
}

/// What each member of a part gets.
pub(crate) fn settle(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    members: &Sharers,
    before: &dyn Prior,
    known: &PoolOfYear,
) -> Result<Shares, Vec<PoolFault>> {
    let sharing = Sharing::new(pool, year, columns, before);
    let sorted = sharing.sorted(members)?;
    let by_name: HashMap<&str, &PoolGroup> = known.groups.iter().map(|group| (group.group.as_str(), group)).collect();
    let mut shares = Shares { parts: vec![0; members.rows.len()], extra: Vec::new(), groups: Vec::new() };
    for (name, list) in &sorted.groups {
        let group = by_name.get(name.as_str()).copied().ok_or_else(|| vec![sharing.not_settled(name)])?;
        let part = sorted.group(list, group);
        let lines = Lines::new(group, sharing.steps(group.amount.0.saturating_abs()));
        let id = |member: usize| part.id(member, columns, members);
        if let Some((weights, lines)) = part.narrow(&lines) {
            sharing.give(&part, (&weights, &lines), group, &id, &mut shares);
        } else {
            let lines: Vec<Line<BigUint>> = lines.0.iter().map(|line| line.over(&part.denominator)).collect();
            sharing.give(&part, (&part.weights, &lines), group, &id, &mut shares);
        }
    }
    Ok(shares)
}

impl Levels {
    /// Those of a pool of a roster in parts.
    pub(crate) fn settled(pool: &Pool, columns: &Columns<'_>, known: &PoolOfYear) -> Self {
        let step = BigInt::from(columns.policy.pool_rounding(pool).step().fen());
        let codes = pool.per.map(|key| codes_of(columns, key));
        let mut groups = HashMap::new();
        for group in &known.groups {
            let code = codes.as_ref().map_or(Some(0), |codes| codes.get(group.group.as_str()).copied());
            let Some(code) = code else { continue };
            let weights = weights_of(pool).zip(&group.totals).filter(|(_, total)| !total.0.is_zero());
            let per = weights.map(|((weight, ratio), total)| (*weight, ratio.fraction() / &total.0)).collect();
            let way = match &group.way {
                Measure::Level(level) => Way::Level(&level.0 * &step),
                Measure::Floors(sum) => Way::Floors(BigRational::from(BigInt::from(sum.0.clone()) * &step)),
                Measure::Caps => Way::Caps,
            };
            groups.insert(code, Level { per, amount: group.amount.0.into(), way });
        }
        Self { groups }
    }
}

/// The codes of what members agree in, by its text.
pub(crate) fn codes_of<'a>(columns: &Columns<'a>, key: Subject) -> HashMap<&'a str, u32> {
    if key == Subject::Class {
        return columns.policy.classes().iter().map(|class| class.id.as_str()).zip(0..).collect();
    }
    columns.text_codes(key).unwrap_or_default().into_iter().zip(0..).collect()
}

impl Sharing<'_> {
    fn not_settled(&self, group: &str) -> PoolFault {
        let message = words::NOT_SETTLED.with(&[&self.year, &group]);
        let problem = Problem::new(Code::UnlikeSummaries, message).key(join_id("pools", &self.pool.id));
        PoolFault::Pool(problem.expected(words::SETTLE_ALL_PARTS))
    }

    fn sorted(&self, members: &Sharers) -> Result<Sorted, Vec<PoolFault>> {
        let bounds = self.bounds(members);
        let groups = match self.pool.per {
            Some(key) => self.groups(key, members),
            None => Ok((vec![0], vec![(0_u32..).take(members.rows.len()).collect()])),
        };
        let numbers = self.numbers(members);
        let mut faults = Vec::new();
        let mut fault = |found: Vec<PoolFault>| faults.extend(found);
        let (bounds, groups, numbers) =
            (bounds.map_err(&mut fault).ok(), groups.map_err(&mut fault).ok(), numbers.map_err(&mut fault).ok());
        let (Some((floors, caps)), Some((_, lists)), Some(numbers)) = (bounds, groups, numbers) else {
            return Err(faults);
        };
        let name = |list: &Vec<u32>| match (self.pool.per, list.first()) {
            (Some(key), Some(first)) => {
                let (row, _) = members.place(index(*first));
                self.columns.agreed(key, row, self.before.class(row)).to_owned()
            }
            _ => String::new(),
        };
        let groups = lists.into_iter().map(|list| (name(&list), list)).collect();
        Ok(Sorted { groups, floors, caps, numbers, counts: members.counts(self.columns.roster) })
    }

    fn numbers(&self, members: &Sharers) -> Result<Vec<Numbers>, Vec<PoolFault>> {
        let (policy, mut faults) = (self.columns.policy, Vec::new());
        let mut all = Vec::new();
        for (weight, ratio) in weights_of(self.pool) {
            let mut scale = 0;
            let read = match weight {
                Weight::Equal => Read::Narrow(vec![1; members.rows.len()]),
                Weight::Attribute(attribute) => {
                    scale = self.columns.mantissas(*attribute).map_or(0, |column| column.scale);
                    self.attribute(*attribute, members, &mut faults)
                }
                Weight::Layer(layer) => {
                    let id = policy.layer(*layer).map_or("", |layer| layer.id.as_str());
                    self.layer(*layer, id, members, &mut faults)
                }
                Weight::Figure(figure) => {
                    let id = policy.figure(*figure).map_or("", |figure| figure.id.as_str());
                    self.figure(*figure, id, members, &mut faults)
                }
            };
            all.push(Numbers { ratio: ratio.fraction(), scale, read });
        }
        if faults.is_empty() { Ok(all) } else { Err(faults) }
    }

    /// Adds what the members of a group come to.
    fn add<N: Whole>(
        &self,
        part: &Group<'_>,
        (weights, lines): (&[N], &[Line<N>]),
        (group, room): (&PoolGroup, usize),
        id: &dyn Fn(usize) -> (String, u64),
        sums: &mut GroupSums,
    ) {
        let (wanted, trying) = match &group.stage {
            Stage::Trying(trying) => (lines.get(trying.wanted), Some(trying)),
            Stage::Cutting(_) | Stage::Done(_) => (lines.first(), None),
        };
        let Some(wanted) = wanted else { return };
        let (splitters, window) = Stand::of(group, wanted);
        let mut between = vec![0_u128; splitters.len().saturating_add(1)];
        let mut steps_of_all = Tally::default();
        let mut tried = vec![(Tally::default(), Tally::default()); lines.len().saturating_add(1)];
        let mut turning = Sample::new(room);
        let mut candidates = Sample::new(room);
        let mode = (self.pool.apportion == Apportion::Each).then(|| self.rounding.mode());
        for (at, weight) in weights.iter().enumerate() {
            let (count, floor, cap) = (part.count(at), part.floor(at), part.cap(at));
            let (mut steps, remainder) = wanted.part(weight, floor, cap);
            if let Some(trying) = trying {
                let leaving = lines.partition_point(|line| line.against(weight, floor).is_le());
                let reaching = cap.map_or(lines.len(), |cap| {
                    lines.partition_point(|line| line.against(weight, cap).is_lt()).max(leaving)
                });
                let mut add =
                    |at: usize, add: &dyn Fn(&mut (Tally, Tally))| tried.get_mut(at).into_iter().for_each(add);
                let (at_floor, at_cap) = (times(floor, count), times(cap.unwrap_or_default(), count));
                if leaving > 0 {
                    add(0, &|(fixed, _)| fixed.add(at_floor));
                    add(leaving, &|(fixed, _)| fixed.add(at_floor.saturating_neg()));
                }
                add(leaving, &|(_, free)| weight.tally(count, false, free));
                add(reaching, &|(fixed, free)| {
                    weight.tally(count, true, free);
                    fixed.add(if cap.is_some() { at_cap } else { 0 });
                });
                if part.bounded && !weight.is_nothing() {
                    part.turning(trying, (at, floor, cap), id, &mut turning);
                }
            }
            if let Some(mode) = mode {
                steps = steps.saturating_add(wanted.goes_up(mode, steps, &remainder).into());
            } else if !remainder.is_nothing() {
                let known = OnceCell::new();
                let place = || known.get_or_init(|| id(at));
                if window.contains(&remainder, &place) {
                    let (name, first) = place();
                    let slot = splitters.partition_point(|splitter| splitter.against(&remainder, &place).is_le());
                    if let Some(slot) = between.get_mut(slot) {
                        *slot = slot.saturating_add(count.into());
                    }
                    candidates.push(hash(name, *first, 0), || {
                        let remainder = Text(BigRational::new(remainder.big().into(), wanted.denominator.big().into()));
                        (Key { remainder, id: name.clone(), first: *first }, count)
                    });
                }
            }
            steps_of_all.add(times(steps, count));
        }
        sums.members = Text((0..weights.len()).map(|at| u128::from(part.count(at))).fold(0, u128::saturating_add));
        sums.steps = Text(steps_of_all.total());
        sums.candidates = candidates;
        if trying.is_some() {
            let denominator = BigInt::from(part.denominator.clone());
            tried.pop();
            let of = |(fixed, free): (Tally, Tally)| {
                (Text(fixed.total()), Text(BigRational::new(free.total(), denominator.clone())))
            };
            sums.tried = tried.into_iter().map(of).collect();
            sums.turning = turning;
        } else {
            sums.between = between.into_iter().map(Text).collect();
        }
    }

    /// Gives each member of a group what it gets.
    fn give<N: Whole>(
        &self,
        part: &Group<'_>,
        (weights, lines): (&[N], &[Line<N>]),
        group: &PoolGroup,
        id: &dyn Fn(usize) -> (String, u64),
        shares: &mut Shares,
    ) {
        let Stage::Done(done) = &group.stage else { return };
        let is_below = group.amount.0 < 0;
        let fen = |steps: u64| if is_below { self.fen(steps).saturating_neg() } else { self.fen(steps) };
        let mode = (self.pool.apportion == Apportion::Each).then(|| self.rounding.mode());
        let cut = done.cut.as_ref().and_then(|cut| Some((Stand::new(&cut.at, lines.first()?), cut.members)));
        for (at, weight) in weights.iter().enumerate() {
            let (count, floor, cap) = (part.count(at), part.floor(at), part.cap(at));
            let Some(line) = lines.first() else {
                // The cap of who has a share, the floor of who has none.
                let most = if weight.is_nothing() { floor } else { cap.unwrap_or_default() };
                part.take(at, fen(most), shares);
                continue;
            };
            let (mut steps, remainder) = line.part(weight, floor, cap);
            if let Some(mode) = mode {
                steps = steps.saturating_add(line.goes_up(mode, steps, &remainder).into());
            } else if let Some((stand, members)) = cut.as_ref().filter(|_| !remainder.is_nothing()) {
                let known = OnceCell::new();
                let order = stand.against(&remainder, &|| known.get_or_init(|| id(at)));
                if order.is_gt() || (order.is_eq() && *members >= count) {
                    steps = steps.saturating_add(1);
                } else if order.is_eq() {
                    shares.extra.push((part.member(at), *members, fen(steps.saturating_add(1))));
                }
            }
            part.take(at, fen(steps), shares);
        }
    }
}

impl Sorted {
    fn count(&self, member: u32) -> u64 {
        self.counts.as_ref().map_or(1, |counts| counts.at(index(member)))
    }

    /// What the members of a group weigh and may come to.
    fn sums(&self, list: &[u32]) -> GroupSums {
        let mut sums = GroupSums::default();
        for member in list {
            sums.members.0 = sums.members.0.saturating_add(self.count(*member).into());
        }
        for numbers in &self.numbers {
            let total = match &numbers.read {
                Read::Narrow(all) => {
                    let mut tally = Tally::default();
                    for member in list {
                        let product = u128::from(all.at(index(*member))).wrapping_mul(self.count(*member).into());
                        tally.add_wide(product);
                    }
                    BigRational::new(tally.total(), BigInt::from(10).pow(numbers.scale))
                }
                Read::Wide(all) => list.iter().fold(BigRational::zero(), |sum, member| {
                    let number = all.get(index(*member)).cloned().unwrap_or_default();
                    sum + number * BigInt::from(self.count(*member))
                }),
            };
            sums.totals.push(Text(total));
        }
        let (mut floors, mut most) = (Tally::default(), Tally::default());
        if self.floors.is_some() || self.caps.is_some() {
            for member in list {
                let at = index(*member);
                let floor = self.floors.as_ref().map_or(0, |floors| floors.of(at));
                let cap = self.caps.as_ref().map_or(0, |caps| caps.of(at));
                let weighs = self.numbers.iter().any(|numbers| match &numbers.read {
                    Read::Narrow(all) => all.at(at) != 0,
                    Read::Wide(all) => all.get(at).is_some_and(|number| !number.is_zero()),
                });
                let count = u128::from(self.count(*member));
                floors.add_wide(u128::from(floor).wrapping_mul(count));
                most.add_wide(u128::from(if weighs { cap } else { floor }).wrapping_mul(count));
            }
        }
        (sums.floors.0, sums.most.0) = (floors.total().into_parts().1, most.total().into_parts().1);
        sums
    }

    /// The members of a group with what each weighs of all of them.
    fn group<'a>(&'a self, list: &'a [u32], group: &PoolGroup) -> Group<'a> {
        if let Measure::Floors(sum) = &group.way {
            let floor = |member: &u32| self.floors.as_ref().map_or(0, |floors| floors.of(index(*member)));
            let weights = list.iter().map(|member| floor(member).into()).collect();
            let denominator = sum.0.clone().max(BigUint::one());
            return Group { sorted: self, list, weights, denominator, bounded: false };
        }
        let mut terms: Vec<(BigRational, &Read)> = Vec::new();
        for (numbers, total) in self.numbers.iter().zip(&group.totals).filter(|(_, total)| !total.0.is_zero()) {
            let per = &numbers.ratio / &total.0;
            let scale = BigInt::from(10).pow(if matches!(numbers.read, Read::Narrow(_)) { numbers.scale } else { 0 });
            terms.push((per / scale, &numbers.read));
        }
        let mut denominator = BigInt::one();
        for (per, read) in &terms {
            make_common(&mut denominator, per.denom());
            if let Read::Wide(all) = read {
                for number in list.iter().filter_map(|member| all.get(index(*member))) {
                    make_common(&mut denominator, (per * number).denom());
                }
            }
        }
        let whole = |number: &BigRational| (number.numer() * (&denominator / number.denom())).magnitude().clone();
        let mut weights = vec![BigUint::zero(); list.len()];
        for (per, read) in &terms {
            match read {
                Read::Narrow(all) => {
                    let factor = whole(per);
                    for (weight, member) in weights.iter_mut().zip(list) {
                        *weight += &factor * all.at(index(*member));
                    }
                }
                Read::Wide(all) => {
                    for (weight, member) in weights.iter_mut().zip(list) {
                        if let Some(number) = all.get(index(*member)) {
                            *weight += whole(&(per * number));
                        }
                    }
                }
            }
        }
        let denominator = denominator.magnitude().clone();
        Group { sorted: self, list, weights, denominator, bounded: true }
    }
}

impl Group<'_> {
    /// The number of a member among those of the part.
    fn member(&self, at: usize) -> usize {
        self.list.get(at).map_or(usize::MAX, |member| index(*member))
    }

    fn count(&self, at: usize) -> u64 {
        self.list.get(at).map_or(1, |member| self.sorted.count(*member))
    }

    fn floor(&self, at: usize) -> u64 {
        let floors = self.sorted.floors.as_ref().filter(|_| self.bounded);
        floors.map_or(0, |floors| floors.of(self.member(at)))
    }

    fn cap(&self, at: usize) -> Option<u64> {
        let caps = self.sorted.caps.as_ref().filter(|_| self.bounded);
        caps.map(|caps| caps.of(self.member(at)))
    }

    fn id(&self, at: usize, columns: &Columns<'_>, members: &Sharers) -> (String, u64) {
        let (row, first) = members.place(self.member(at));
        (columns.roster.id(row).to_owned(), first)
    }

    fn take(&self, at: usize, fen: i64, shares: &mut Shares) {
        if let Some(slot) = shares.parts.get_mut(self.member(at)) {
            *slot = fen;
        }
    }

    /// In 128 bits, if these reach.
    fn narrow(&self, lines: &Lines) -> Option<(Vec<u128>, Vec<Line<u128>>)> {
        let most = self.weights.iter().max().cloned().unwrap_or_default();
        let bound = (0..self.list.len()).map(|at| self.cap(at).unwrap_or_default().max(self.floor(at))).max();
        let bound = BigUint::from(bound.unwrap_or_default()) + 1_u8;
        let fits = |number: &BigUint| number.bits() < 126;
        let lines: Option<Vec<Line<u128>>> = lines
            .0
            .iter()
            .map(|line| {
                let line = line.over(&self.denominator);
                let reach = fits(&(&most * &line.numerator)) && fits(&(&bound * &line.denominator));
                reach.then_some(())?;
                Some(Line { numerator: line.numerator.to_u128()?, denominator: line.denominator.to_u128()? })
            })
            .collect();
        let weights = self.weights.iter().map(ToPrimitive::to_u128).collect::<Option<Vec<u128>>>();
        weights.zip(lines)
    }

    /// Adds the points at which a member's part leaves its floor and reaches its cap.
    fn turning(
        &self,
        trying: &Trying,
        (at, floor, cap): (usize, u64, Option<u64>),
        id: &dyn Fn(usize) -> (String, u64),
        sample: &mut Sample<Text<BigRational>>,
    ) {
        let Some(weight) = self.weights.get(at) else { return };
        for (kind, bound) in [(1, Some(floor).filter(|floor| *floor > 0)), (2, cap)] {
            let Some(bound) = bound else { continue };
            // bound ÷ share against a λ.
            let (above, weight) = (&self.denominator * bound, BigInt::from(weight.clone()));
            let above = BigInt::from(above);
            let is_above = |known: &Option<Text<BigRational>>| {
                known.as_ref().is_none_or(|known| &above * known.0.denom() > known.0.numer() * &weight)
            };
            let is_below = |known: &Option<Text<BigRational>>| {
                known.as_ref().is_none_or(|known| &above * known.0.denom() < known.0.numer() * &weight)
            };
            if is_above(&trying.low) && is_below(&trying.high) {
                let (name, first) = id(at);
                sample.push(hash(&name, first, kind), || Text(BigRational::new(above.clone(), weight.clone())));
            }
        }
    }
}

/// So many steps of so many members, below 2^64 and 2^63.
fn times(steps: u64, count: u64) -> i128 {
    i128::from(steps).saturating_mul(count.into())
}

/// The λ of a group that count in a pass: all that are tried, or the one that it is; none where caps say what parts are.
struct Lines(Vec<Line<BigUint>>);

impl Lines {
    /// `total` is the pool in steps.
    fn new(group: &PoolGroup, total: u64) -> Self {
        let of = |level: &Text<BigRational>| Line {
            numerator: level.0.numer().magnitude().clone(),
            denominator: level.0.denom().magnitude().clone(),
        };
        if let Stage::Trying(trying) = &group.stage {
            return Self(trying.points.iter().map(of).collect());
        }
        match &group.way {
            Measure::Level(level) => Self(vec![of(level)]),
            Measure::Floors(_) => Self(vec![Line { numerator: total.into(), denominator: BigUint::one() }]),
            Measure::Caps => Self(Vec::new()),
        }
    }
}

/// How members stand to a key, among those of one part.
struct Stand<'a, N> {
    key: &'a Key,
    /// The whole part of its remainder over the denominator of the part's.
    remainder: N,
    /// Whether it is just that.
    is_whole: bool,
}

/// Members from a key on, up to another.
struct Window<'a, N> {
    from: Option<Stand<'a, N>>,
    to: Option<Stand<'a, N>>,
}

/// The id of a member and its number within the row.
type Place<'p> = &'p dyn Fn() -> &'p (String, u64);

impl<'a, N: Whole> Stand<'a, N> {
    fn new(key: &'a Key, line: &Line<N>) -> Self {
        let (above, below) = (key.remainder.0.numer().magnitude(), key.remainder.0.denom().magnitude());
        let (whole, rest) = (above * line.denominator.big()).div_rem(below);
        Self { key, remainder: N::of(&whole), is_whole: rest.is_zero() }
    }

    /// The splitters and the window of a group.
    fn of(group: &'a PoolGroup, line: &Line<N>) -> (Vec<Self>, Window<'a, N>) {
        let Stage::Cutting(cutting) = &group.stage else { return (Vec::new(), Window { from: None, to: None }) };
        let new = |key: &'a Key| Self::new(key, line);
        let window = Window { from: cutting.from.as_ref().map(new), to: cutting.to.as_ref().map(new) };
        (cutting.splitters.iter().map(new).collect(), window)
    }

    /// How the key stands to a member: less if it comes before it.
    fn against(&self, remainder: &N, place: Place<'_>) -> Ordering {
        // Larger remainders come first. The key's is a little above its whole part if it is not that.
        let order = remainder.cmp(&self.remainder);
        if order.is_ne() {
            return order;
        }
        if !self.is_whole {
            return Ordering::Less;
        }
        let (id, first) = place();
        self.key.id.cmp(id).then(self.key.first.cmp(first))
    }
}

impl<N: Whole> Window<'_, N> {
    fn contains(&self, remainder: &N, place: Place<'_>) -> bool {
        self.from.as_ref().is_none_or(|from| from.against(remainder, place).is_le())
            && self.to.as_ref().is_none_or(|to| to.against(remainder, place).is_gt())
    }
}
