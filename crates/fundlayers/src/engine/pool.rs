//! Pools: an amount shared out among its members by weights, to the whole step.

pub(crate) mod settle;

use hashbrown::{HashMap, HashSet};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::engine::columns::Columns;
use crate::engine::exact::Exact;
use crate::engine::faults::Fault;
use crate::engine::fit::Groups;
use crate::engine::rests::{Rest, rests};
use crate::engine::rows::Rows;
use crate::ground::catalogue::engine as words;
use crate::ground::catalogue::ground as common;
use crate::ground::fraction::{make_common, rational, show};
use crate::ground::ids::At as _;
use crate::ground::ids::{AttributeIndex, FigureIndex, LayerIndex, PoolIndex, index};
use crate::ground::message::Message;
use crate::ground::money::{Amount, Rounding, RoundingMode};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::math::apportion;
use crate::math::apportion::{Apportionment, Measure, Request, ShareError, Weights};
use crate::math::divide::Divisor;
use crate::math::level::Bound;
use crate::policy::path::join_id;
use crate::policy::rule::reads::Reads;
use crate::policy::{Apportion, Condition, IfLeft, IfShort, Policy, Pool, Sign, Subject, Value, Weight};
use crate::roster::Places;

/// What stands in the way of a pool.
pub(crate) enum PoolFault {
    /// Of one member, by its place in the list of members, and the attribute if one is blank.
    Member(usize, Option<AttributeIndex>, Problem),
    /// Of one member's floor or cap.
    Rule(usize, Fault),
    /// Of the amount of a group, of which the member is the first.
    Amount(usize, Fault),
    /// Of the pool.
    Pool(Problem),
}

/// The members of a pool in a year.
#[derive(Clone)]
pub(crate) struct Sharers {
    /// The row of each. A counted row whose members got different amounts before stands once for each kind of them.
    pub(crate) rows: Rows,
    /// The first member of the row that each stands for, and how many; empty where no row stands more than once.
    pub(crate) spans: Vec<(u64, u64)>,
}

impl Sharers {
    pub(crate) fn new(rows: Rows) -> Self {
        Self { rows, spans: Vec::new() }
    }

    /// The row and the first member of it.
    fn place(&self, member: usize) -> (usize, u64) {
        let first = self.spans.get(member).map_or(0, |(first, _)| *first);
        (self.rows.get(member).map_or(usize::MAX, index), first)
    }

    fn counts(&self, roster: &Places) -> Option<Vec<u64>> {
        if !self.spans.is_empty() {
            return Some(self.spans.iter().map(|(_, count)| *count).collect());
        }
        roster.counts()?;
        let counts: Vec<u64> = self.rows.iter().map(|row| roster.count(index(row))).collect();
        Some(counts).filter(|counts| counts.iter().any(|count| *count != 1))
    }

    /// Some of them.
    fn some(&self, members: &[u32]) -> Self {
        let rows: Vec<u32> = members.iter().filter_map(|member| self.rows.get(index(*member))).collect();
        let spans = members.iter().filter_map(|member| self.spans.get(index(*member)).copied());
        Self { rows: rows.into(), spans: spans.collect() }
    }
}

/// What is known before a pool is shared out in a year.
pub(crate) trait Prior {
    /// Calls with the exact way for a member of a row, members counted from 0.
    fn with_exact(&self, place: (usize, u64), read: &mut dyn FnMut(&mut Exact<'_>));

    /// What a value comes to for one member of a row, in the policy's unit. `left` is what other pools left.
    fn value(
        &self,
        value: &Value,
        place: (usize, u64),
        left: &[(PoolIndex, BigRational)],
    ) -> Result<BigRational, Vec<Fault>> {
        let mut found = Err(vec![Fault::Unknown]);
        self.with_exact(place, &mut |exact| {
            exact.left = left.to_vec();
            found = number(exact, value);
        });
        found
    }

    /// The same of what a limit is for the group of a member: there a blank text is a text like others.
    fn value_of_group(
        &self,
        value: &Value,
        place: (usize, u64),
        left: &[(PoolIndex, BigRational)],
    ) -> Result<BigRational, Vec<Fault>> {
        let mut found = Err(vec![Fault::Unknown]);
        self.with_exact(place, &mut |exact| {
            (exact.left, exact.blank_is_text) = (left.to_vec(), true);
            found = number(exact, value);
        });
        found
    }

    /// Whether all conditions hold of a member of a row.
    fn holds(&self, conditions: &[Condition], place: (usize, u64)) -> bool {
        let mut found = false;
        self.with_exact(place, &mut |exact| found = exact.holds(conditions) == Some(true));
        found
    }

    /// What it comes to for a place of each of some rows in fen, rounded half-up to the pool's step and no less than 0; with
    /// `raise` 0 is taken for what is below. What is not known so ([`ASK`]) or at all is left to [`value`](Self::value).
    fn column(&self, value: &Value, rows: &Rows, raise: bool) -> Option<Vec<i64>>;

    /// What an earlier layer gives one member of a row, in fen.
    fn layer(&self, layer: LayerIndex, place: (usize, u64)) -> Option<i64>;

    /// The class of a row.
    fn class(&self, row: usize) -> Option<usize>;

    /// How another pool was shared out; none of one that failed.
    fn shared(&self, pool: PoolIndex) -> Option<&[GroupShare]>;
}

fn number(exact: &mut Exact<'_>, value: &Value) -> Result<BigRational, Vec<Fault>> {
    let number = exact.value(value).map(|number| number.reduced());
    number.ok_or_else(|| std::mem::take(&mut exact.faults))
}

/// A number of a column that only the exact way knows.
pub(crate) const ASK: i64 = i64::MIN;

/// How a pool was shared out among the members of one group; all of them, if it is not by a key. In fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupShare {
    /// What the members agree in.
    pub(crate) code: u32,
    /// One of them; none of a pool without members.
    pub(crate) place: Option<(usize, u64)>,
    pub(crate) amount: i64,
    /// What caps leave undistributed.
    pub(crate) kept: i64,
    /// What the parts come to above the amount, where each is rounded by itself.
    pub(crate) above: i64,
}

/// The parts of a pool.
pub(crate) struct Shares {
    /// Fen of a member of each of the list.
    pub(crate) parts: Vec<i64>,
    /// Of which of the list the first so many members get a step more, and the fen that they get.
    pub(crate) extra: Vec<(usize, u64, i64)>,
    pub(crate) groups: Vec<GroupShare>,
}

/// Floors or caps in whole steps.
enum Bounds {
    All(u64),
    Each(Vec<u64>),
}

impl Bounds {
    fn as_bound(&self) -> Bound<'_> {
        match self {
            Self::All(bound) => Bound::All(*bound),
            Self::Each(list) => Bound::Each(list),
        }
    }

    fn of(&self, member: usize) -> u64 {
        self.as_bound().of(member)
    }

    /// Of some members.
    fn some(&self, members: &[u32]) -> Self {
        match self {
            Self::All(bound) => Self::All(*bound),
            Self::Each(_) => Self::Each(members.iter().map(|member| self.of(index(*member))).collect()),
        }
    }
}

/// A pool in a year.
struct Sharing<'a> {
    pool: &'a Pool,
    year: u16,
    columns: &'a Columns<'a>,
    before: &'a dyn Prior,
    rounding: Rounding,
    signed: bool,
}

/// The parts of a pool in a year.
pub(crate) fn share(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    members: &Sharers,
    before: &dyn Prior,
) -> Result<Shares, Vec<PoolFault>> {
    let sharing = Sharing::new(pool, year, columns, before);
    let bounds = sharing.bounds(members);
    let Some(key) = pool.per else {
        let (floors, caps) = bounds?;
        return sharing.group(0, members, floors.as_ref(), caps.as_ref());
    };
    // What is wrong with either is said at once.
    let ((floors, caps), (codes, lists)) = match (bounds, sharing.groups(key, members)) {
        (Ok(bounds), Ok(groups)) => (bounds, groups),
        (Err(mut faults), Err(more)) => {
            faults.extend(more);
            return Err(faults);
        }
        (Err(faults), Ok(_)) | (Ok(_), Err(faults)) => return Err(faults),
    };
    let mut all = Shares { parts: vec![0; members.rows.len()], extra: Vec::new(), groups: Vec::new() };
    let mut faults = Vec::new();
    for (code, list) in codes.into_iter().zip(lists) {
        let (floors, caps) = (floors.as_ref().map(|all| all.some(&list)), caps.as_ref().map(|all| all.some(&list)));
        let at = |member: usize| list.get(member).map_or(usize::MAX, |member| index(*member));
        match sharing.group(code, &members.some(&list), floors.as_ref(), caps.as_ref()) {
            Ok(shares) => {
                for (member, part) in shares.parts.into_iter().enumerate() {
                    if let Some(slot) = all.parts.get_mut(at(member)) {
                        *slot = part;
                    }
                }
                all.extra.extend(shares.extra.into_iter().map(|(member, count, fen)| (at(member), count, fen)));
                all.groups.extend(shares.groups);
            }
            Err(found) => faults.extend(found.into_iter().map(|fault| match fault {
                PoolFault::Member(member, attribute, problem) => PoolFault::Member(at(member), attribute, problem),
                PoolFault::Rule(member, fault) => PoolFault::Rule(at(member), fault),
                PoolFault::Amount(member, fault) => PoolFault::Amount(at(member), fault),
                PoolFault::Pool(problem) => PoolFault::Pool(problem),
            })),
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// What a pool without members would have shared out, where another pool reads what is left of it.
pub(crate) fn without_members(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    before: &dyn Prior,
) -> Result<Vec<GroupShare>, Vec<Problem>> {
    let sharing = Sharing::new(pool, year, columns, before);
    // With a key there is a pool for each that members have; without members there is none.
    if pool.per.is_some() {
        return Ok(Vec::new());
    }
    match sharing.amount(0, (0, 0)) {
        Ok(amount) if amount < 0 && !sharing.may_be_below_zero() => Err(vec![sharing.below_zero(amount, 0)]),
        Ok(amount) => Ok(vec![GroupShare { code: 0, place: None, amount, kept: amount, above: 0 }]),
        Err(faults) => {
            let problem = |fault: Fault| match fault {
                Fault::Negative(amount) => Some(sharing.below_zero(amount.fen(), 0)),
                fault => Some(sharing.problem(fault.code()?, words::POOL_AMOUNT_UNKNOWN.with(&[&year]), 0)),
            };
            Err(faults.into_iter().filter_map(problem).collect())
        }
    }
}

/// The codes that members agree in, and the members of each.
type GroupsOfMembers = (Vec<u32>, Vec<Vec<u32>>);

impl<'a> Sharing<'a> {
    fn new(pool: &'a Pool, year: u16, columns: &'a Columns<'a>, before: &'a dyn Prior) -> Self {
        let layer = pool.layer.and_then(|layer| columns.policy.layer(layer));
        let signed = layer.is_some_and(|layer| layer.sign == Sign::Any);
        Self { pool, year, columns, before, rounding: columns.policy.pool_rounding(pool), signed }
    }

    /// Whether it may be below 0: floors and caps would have no meaning there.
    fn may_be_below_zero(&self) -> bool {
        self.signed && self.pool.at_least.is_none() && self.pool.at_most.is_none()
    }

    fn steps(&self, fen: i64) -> u64 {
        u64::try_from(fen.checked_div(self.rounding.step().fen()).sure()).sure()
    }

    /// Below 2^63 steps, as amounts are.
    fn fen(&self, steps: u64) -> i64 {
        i64::try_from(steps).unwrap_or(i64::MAX).saturating_mul(self.rounding.step().fen())
    }

    /// A number of the file in fen, if it is one for the year.
    fn number(&self, value: &Value) -> Option<i64> {
        let number = Pool::plain(value)?.at(self.year)?;
        Amount::from_decimal(*number, self.columns.policy.unit()).ok().map(Amount::fen)
    }

    /// Floors and caps of all members.
    fn bounds(&self, members: &Sharers) -> Result<(Option<Bounds>, Option<Bounds>), Vec<PoolFault>> {
        let mut faults = Vec::new();
        let floors = self.bound(self.pool.at_least.as_ref(), members, false, &mut faults);
        let caps = self.bound(self.pool.at_most.as_ref(), members, true, &mut faults);
        if let (Some(floors), Some(caps)) = (&floors, &caps)
            && !matches!((floors, caps), (Bounds::All(_), Bounds::All(_)))
        {
            let unit = self.columns.policy.unit();
            let number = |steps: u64| BigRational::new(self.fen(steps).into(), unit.fen().into());
            // Of a member whose floor or cap cannot be worked out that has been said.
            let of_member =
                |fault: &PoolFault| if let PoolFault::Rule(member, _) = fault { Some(*member) } else { None };
            let failed: HashSet<usize> = faults.iter().filter_map(of_member).collect();
            let above = |member: &usize| floors.of(*member) > caps.of(*member) && !failed.contains(member);
            for member in (0..members.rows.len()).filter(above) {
                if faults.len() < Problems::LIMIT {
                    let fault = Fault::FloorAboveCap(number(floors.of(member)), number(caps.of(member)));
                    faults.push(PoolFault::Rule(member, fault));
                }
            }
        }
        if faults.is_empty() { Ok((floors, caps)) } else { Err(faults) }
    }

    fn bound(
        &self,
        value: Option<&Value>,
        members: &Sharers,
        is_cap: bool,
        faults: &mut Vec<PoolFault>,
    ) -> Option<Bounds> {
        let value = value?;
        if let Some(fen) = self.number(value) {
            return Some(Bounds::All(self.steps(fen)));
        }
        let quick = if members.spans.is_empty() { self.before.column(value, &members.rows, !is_cap) } else { None };
        let step = self.rounding.step().fen();
        let steps = Divisor::new(step.unsigned_abs().max(1));
        let mut list: Vec<u64> = Vec::with_capacity(members.rows.len());
        for member in 0..members.rows.len() {
            let known = quick.as_ref().and_then(|column| column.get(member)).filter(|fen| **fen != ASK);
            let fen = match known {
                Some(fen) => *fen,
                None => match self.one_bound(value, members.place(member), is_cap) {
                    Ok(fen) => fen,
                    Err(found) => {
                        if faults.len() < Problems::LIMIT {
                            faults.extend(found.into_iter().map(|fault| PoolFault::Rule(member, fault)));
                        }
                        0
                    }
                },
            };
            list.push(steps.divide(fen.unsigned_abs(), 1).0);
        }
        Some(Bounds::Each(list))
    }

    /// A member's floor or cap in fen: rounded half-up to the step. A floor below 0 is none.
    fn one_bound(&self, value: &Value, place: (usize, u64), is_cap: bool) -> Result<i64, Vec<Fault>> {
        if let Some(fen) = self.number(value) {
            return Ok(fen);
        }
        let number = self.before.value(value, place, &[])?;
        let fen = number.numer() * self.columns.policy.unit().fen();
        match self.rounding.with_mode(RoundingMode::HalfUp).round_ratio(&fen, number.denom()) {
            Ok(amount) if amount >= Amount::ZERO => Ok(amount.fen()),
            Ok(amount) if is_cap => Err(vec![Fault::Negative(amount)]),
            Err(_) if !number.is_negative() => Err(vec![Fault::Overflow]),
            Err(_) if is_cap => Err(vec![Fault::Negative(Amount::from_fen(i64::MIN))]),
            Ok(_) | Err(_) => Ok(0),
        }
    }

    /// What members agree in, in the order in which it first appears, and who they are.
    fn groups(&self, key: Subject, members: &Sharers) -> Result<GroupsOfMembers, Vec<PoolFault>> {
        let (mut codes, mut lists, mut faults): (Vec<u32>, Vec<Vec<u32>>, Vec<PoolFault>) = Default::default();
        let mut known: HashMap<u32, usize> = HashMap::new();
        for (member, number) in (0..members.rows.len()).zip(0_u32..) {
            let (row, _) = members.place(member);
            match self.code(key, row) {
                Ok(code) => {
                    let at = *known.entry(code).or_insert(lists.len());
                    if at == lists.len() {
                        codes.push(code);
                        lists.push(Vec::new());
                    }
                    if let Some(list) = lists.get_mut(at) {
                        list.push(number);
                    }
                }
                Err((attribute, column)) => {
                    let message = words::POOL_PER_BLANK.with(&[&self.pool.id, &self.year]);
                    let problem = Problem::new(Code::BlankAttribute, message).expected(words::FILL_IN).column(column);
                    if faults.len() < Problems::LIMIT {
                        faults.push(PoolFault::Member(member, attribute, problem));
                    }
                }
            }
        }
        if faults.is_empty() { Ok((codes, lists)) } else { Err(faults) }
    }

    /// What a row agrees in with others; else what is blank.
    fn code(&self, key: Subject, row: usize) -> Result<u32, (Option<AttributeIndex>, &'a str)> {
        let roster = self.columns.roster;
        match key {
            Subject::Class => Ok(self.before.class(row).and_then(|class| u32::try_from(class).ok()).sure()),
            Subject::County if roster.county(row).is_empty() => Err((None, "county")),
            Subject::Township if roster.township(row).is_empty() => Err((None, "township")),
            Subject::Attribute(attribute) if self.columns.is_blank(attribute, row) => {
                let id = self.columns.policy.attribute(attribute).map_or("", |attribute| attribute.id.as_str());
                Err((Some(attribute), id))
            }
            key => Ok(self.columns.subject_code(key, row)),
        }
    }

    /// What is shared out in a group, in fen; a computed amount is rounded down to the step.
    fn amount(&self, code: u32, place: (usize, u64)) -> Result<i64, Vec<Fault>> {
        if let Some(fen) = self.number(&self.pool.amount) {
            return Ok(fen);
        }
        let left = self.left(code).ok_or_else(|| vec![Fault::Unknown])?;
        let number = self.before.value(&self.pool.amount, place, &left)?;
        let fen = number.numer() * self.columns.policy.unit().fen();
        let rounded = self.rounding.with_mode(RoundingMode::Down).round_ratio(&fen, number.denom());
        rounded.map(Amount::fen).map_err(|_| {
            let is_below = number.is_negative() && !self.may_be_below_zero();
            vec![if is_below { Fault::Negative(Amount::from_fen(i64::MIN)) } else { Fault::Overflow }]
        })
    }

    /// What the pools left that the amount reads, in the policy's unit: of the same group, or of all of theirs.
    fn left(&self, code: u32) -> Option<Vec<(PoolIndex, BigRational)>> {
        left_for(&self.pool.amount, self.pool.per.map(|_| code), self.columns.policy, self.before)
    }

    /// What is said of a group.
    fn problem(&self, code: Code, message: Message, row: usize) -> Problem {
        let class = self.before.class(row);
        let message = match self.pool.per {
            Some(key) => words::OF_GROUP.with(&[&self.columns.agreed(key, row, class), &message]),
            None => message,
        };
        Problem::new(code, message).key(join_id("pools", &self.pool.id))
    }

    fn below_zero(&self, amount: i64, row: usize) -> Problem {
        let unit = self.columns.policy.unit();
        let message = words::POOL_BELOW_ZERO.with(&[&self.year, &Amount::from_fen(amount).in_unit(unit), &unit]);
        let hint = if self.signed { words::NO_BOUNDS_BELOW_ZERO } else { words::SIGNED_LAYER_IF_MEANT };
        self.problem(Code::NegativeAmount, message, row).expected(hint)
    }

    /// What is wrong with the amount of a group, of which the row is the first.
    fn amount_fault(&self, fault: Fault, row: usize) -> PoolFault {
        match fault {
            Fault::Negative(amount) => PoolFault::Pool(self.below_zero(amount.fen(), row)),
            fault => PoolFault::Amount(0, fault),
        }
    }

    /// The parts of the members of one group.
    fn group(
        &self,
        code: u32,
        members: &Sharers,
        floors: Option<&Bounds>,
        caps: Option<&Bounds>,
    ) -> Result<Shares, Vec<PoolFault>> {
        let place = members.place(0);
        let one = |problem: Problem| vec![PoolFault::Pool(problem)];
        let amount = self
            .amount(code, place)
            .map_err(|faults| faults.into_iter().map(|fault| self.amount_fault(fault, place.0)).collect::<Vec<_>>())?;
        let unit = self.columns.policy.unit();
        let shown = Amount::from_fen(amount).in_unit(unit);
        if amount < 0 && !self.may_be_below_zero() {
            return Err(one(self.below_zero(amount, place.0)));
        }
        let counts = members.counts(self.columns.roster);
        let weights = match column(self.pool, self.columns, members) {
            Some(column) => Integers::Column(column),
            None => self.weights(members, counts.as_deref())?,
        };
        let roster = self.columns.roster;
        let rows = &members.rows;
        let ids = |a: usize, b: usize| match (rows.get(a), rows.get(b)) {
            (Some(_), Some(_)) if roster.ids_ascending() => a.cmp(&b),
            (Some(one), Some(other)) => roster.id(index(one)).cmp(roster.id(index(other))).then(a.cmp(&b)),
            _ => a.cmp(&b),
        };
        let magnitude = amount.checked_abs().unwrap_or(i64::MAX);
        let request = self.request(magnitude, weights.as_weights(), counts.as_deref(), floors, caps);
        let shared = apportion::share_out(&request, ids).map_err(|error| {
            let by = |by: &BigUint| {
                let fen = BigInt::from(by.clone()) * self.rounding.step().fen();
                show(&BigRational::new(fen, unit.fen().into()))
            };
            let problem = match error {
                ShareError::FloorsExceed { by: more } => {
                    let message = words::FLOORS_EXCEED.with(&[&self.year, &shown, &unit, &by(&more)]);
                    self.problem(Code::PoolFloorsExceed, message, place.0).expected(words::LARGER_POOL)
                }
                ShareError::CapsFallShort { by: rest } => {
                    let message = words::CAPS_LEAVE.with(&[&self.year, &by(&rest), &shown, &unit]);
                    self.problem(Code::PoolCapsFallShort, message, place.0).expected(words::SMALLER_POOL)
                }
            };
            one(problem)
        })?;
        let Apportionment { parts, extra, kept, above } = shared;
        let turned = |fen: i64| if amount < 0 { fen.saturating_neg() } else { fen };
        let more = |member: usize| parts.at(member).saturating_add(1);
        let extra = extra.into_iter().map(|(member, count)| (member, count, turned(self.fen(more(member))))).collect();
        let above = i64::try_from(above).unwrap_or(i64::MAX).saturating_mul(self.rounding.step().fen());
        let step = self.rounding.step().fen();
        // Parts are at most the pool, which fits.
        let fen = |steps: u64| i64::try_from(steps).unwrap_or(i64::MAX).saturating_mul(step);
        let parts = if amount < 0 {
            parts.into_iter().map(|steps| fen(steps).saturating_neg()).collect()
        } else {
            parts.into_iter().map(fen).collect()
        };
        let group = GroupShare { code, place: Some(place), amount, kept: turned(self.fen(kept)), above: turned(above) };
        Ok(Shares { parts, extra, groups: vec![group] })
    }

    fn request<'r>(
        &self,
        magnitude: i64,
        weights: Weights<'r>,
        counts: Option<&'r [u64]>,
        floors: Option<&'r Bounds>,
        caps: Option<&'r Bounds>,
    ) -> Request<'r> {
        Request {
            counts,
            floor: floors.map_or(Bound::All(0), Bounds::as_bound),
            cap: caps.map(Bounds::as_bound),
            reduce: self.pool.if_short == IfShort::Reduce,
            keep: self.pool.if_left == IfLeft::Keep,
            each: (self.pool.apportion == Apportion::Each).then(|| self.rounding.mode()),
            ..Request::plain(self.steps(magnitude), weights)
        }
    }
}

/// What is said of what a pool left in a year, and of parts that do not sum to it.
pub(crate) fn rests_of(pool: &Pool, year: u16, columns: &Columns<'_>, groups: &[GroupShare]) -> Problems {
    let rest = |share: &GroupShare| {
        let (row, _) = share.place?;
        let name = pool.per.map_or("", |key| columns.agreed(key, row, Some(index(share.code))));
        Some(Rest { group: name, amount: share.amount, kept: share.kept, above: share.above })
    };
    let list: Vec<Rest<'_>> = groups.iter().filter_map(rest).collect();
    rests(columns.policy, pool, year, &list)
}

/// What the pools left that an amount reads, in the policy's unit: of a group, or of all of theirs.
pub(crate) fn left_for(
    amount: &Value,
    group: Option<u32>,
    policy: &Policy,
    before: &dyn Prior,
) -> Option<Vec<(PoolIndex, BigRational)>> {
    let unit = policy.unit().fen();
    let of = |pool: PoolIndex| {
        let groups = before.shared(pool)?.iter().filter(|share| group.is_none_or(|group| share.code == group));
        let kept = groups.fold(BigInt::zero(), |sum, share| sum + share.kept);
        Some((pool, BigRational::new(kept, unit.into())))
    };
    let mut reads = Reads::new(&[], &[]);
    amount.eval(&mut reads);
    reads.left_of.into_iter().map(of).collect()
}

/// What other pools left that the amount of a group's pool reads, in the policy's unit.
pub(crate) fn left(
    pool: &Pool,
    year: u16,
    columns: &Columns<'_>,
    before: &dyn Prior,
    code: u32,
) -> Option<Vec<(PoolIndex, BigRational)>> {
    Sharing::new(pool, year, columns, before).left(code)
}

/// The rows that are members of a pool in a year, once its layer was computed.
pub(crate) fn members(
    columns: &Columns<'_>,
    groups: &Groups,
    pool: PoolIndex,
    year: u16,
    prior: &dyn Prior,
) -> Option<Rows> {
    let policy = columns.policy;
    let layer = policy.pool(pool)?.layer?;
    // Whether the class of a group names the pool, and under which conditions.
    let rules: Vec<Option<&crate::policy::Rule>> = groups
        .list
        .iter()
        .map(|group| {
            let class = policy.classes().get(group.class.filter(|_| group.is_live(year))?)?;
            class.funding.get(layer.number())?.as_ref().filter(|rule| rule.kind.pool() == Some(pool))
        })
        .collect();
    let holds = |row: usize, rule: &crate::policy::Rule| {
        if rule.when.iter().all(Condition::is_plain) {
            return rule.when.iter().all(|condition| columns.holds(condition, row) == Ok(true));
        }
        prior.holds(&rule.when, (row, 0))
    };
    let rows = (0_u32..).zip(groups.of_row(columns.roster)).filter(|(row, group)| {
        rules.get(index(**group)).copied().flatten().is_some_and(|rule| holds(index(*row), rule))
    });
    Some(rows.map(|(row, _)| row).collect::<Vec<_>>().into())
}

/// A member's share of a pool and its part before whole steps, in fen.
pub(crate) struct ExactPart {
    pub(crate) share: BigRational,
    pub(crate) part: BigRational,
    pub(crate) floor: Option<BigRational>,
    pub(crate) cap: Option<BigRational>,
    pub(crate) way: Way,
    /// What the pool, or the one of the member's group, comes to.
    pub(crate) amount: BigRational,
    /// A member of it, of which the amount can be worked out again.
    pub(crate) code: u32,
}

/// How a part comes about, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// min(cap, max(floor, share × this)).
    Level(BigRational),
    /// floor × pool ÷ this, the sum of the floors.
    Floors(BigRational),
    /// The cap of who has a share, the floor of who has none.
    Caps,
}

/// What the exact parts of the members of a pool in a year come of, by group.
#[derive(Debug)]
pub(crate) struct Levels {
    groups: HashMap<u32, Level>,
}

#[derive(Debug)]
struct Level {
    /// What one of a place's numbers is of all members' shares.
    per: Vec<(Weight, BigRational)>,
    amount: BigInt,
    way: Way,
}

impl Levels {
    /// Finds them, going through all members. `shared` is how the pool was shared out.
    pub(crate) fn new(
        pool: &Pool,
        year: u16,
        columns: &Columns<'_>,
        members: &Sharers,
        before: &dyn Prior,
        shared: &[GroupShare],
    ) -> Option<Self> {
        let sharing = Sharing::new(pool, year, columns, before);
        let (floors, caps) = sharing.bounds(members).ok()?;
        let mut groups = HashMap::new();
        let amount = |code: u32| Some(shared.iter().find(|group| group.code == code)?.amount);
        if let Some(key) = pool.per {
            let (codes, lists) = sharing.groups(key, members).ok()?;
            let amounts: HashMap<u32, i64> = shared.iter().map(|group| (group.code, group.amount)).collect();
            for (code, list) in codes.into_iter().zip(lists) {
                let (floors, caps) =
                    (floors.as_ref().map(|all| all.some(&list)), caps.as_ref().map(|all| all.some(&list)));
                let amount = *amounts.get(&code)?;
                groups.insert(code, sharing.level(amount, &members.some(&list), floors.as_ref(), caps.as_ref())?);
            }
        } else {
            groups.insert(0, sharing.level(amount(0)?, members, floors.as_ref(), caps.as_ref())?);
        }
        Some(Self { groups })
    }

    /// One member's exact part.
    pub(crate) fn part(
        &self,
        pool: &Pool,
        year: u16,
        columns: &Columns<'_>,
        before: &dyn Prior,
        place: (usize, u64),
    ) -> Option<ExactPart> {
        let sharing = Sharing::new(pool, year, columns, before);
        let code = pool.per.map_or(Ok(0), |key| sharing.code(key, place.0)).ok()?;
        let level = self.groups.get(&code)?;
        let mut share = BigRational::zero();
        for (weight, per) in &level.per {
            share += match weight {
                Weight::Attribute(attribute) => per * rational(columns.raw(*attribute, place.0)?),
                Weight::Layer(layer) => per * BigInt::from(before.layer(*layer, place)?),
                Weight::Figure(figure) => per * before.value(&Value::Figure(*figure), place, &[]).ok()?,
                Weight::Equal => per.clone(),
            };
        }
        let bound = |value: &Option<Value>, is_cap: bool| match value {
            Some(value) => {
                let fen = sharing.one_bound(value, place, is_cap).ok()?;
                Some(Some(BigRational::from(BigInt::from(fen))))
            }
            None => Some(None),
        };
        let (floor, cap) = (bound(&pool.at_least, false)?, bound(&pool.at_most, true)?);
        let least = || floor.clone().unwrap_or_default();
        let part = match &level.way {
            Way::Level(level) => {
                let part = (&share * level).max(least());
                cap.clone().map_or(part.clone(), |cap| part.min(cap))
            }
            Way::Floors(sum) => least() * &level.amount / sum,
            Way::Caps if share.is_zero() => least(),
            Way::Caps => cap.clone().sure(),
        };
        let part = if level.amount.is_negative() { -part } else { part };
        let amount = level.amount.clone().into();
        Some(ExactPart { share, part, floor, cap, way: level.way.clone(), amount, code })
    }
}

impl Sharing<'_> {
    fn level(&self, amount: i64, members: &Sharers, floors: Option<&Bounds>, caps: Option<&Bounds>) -> Option<Level> {
        let counts = members.counts(self.columns.roster);
        let weights = self.weights(members, counts.as_deref()).ok()?;
        let magnitude = amount.checked_abs().unwrap_or(i64::MAX);
        let request = self.request(magnitude, weights.as_weights(), counts.as_deref(), floors, caps);
        let step = BigInt::from(self.rounding.step().fen());
        let count = |member: usize| counts.as_ref().and_then(|counts| counts.get(member)).copied().unwrap_or(1);
        let way = match apportion::measure(&request).ok()? {
            Measure::Level(level) => {
                let total = weights.total(count);
                Way::Level(BigRational::new(BigInt::from(level.numerator) * total * step, level.denominator.into()))
            }
            Measure::Floors(sum) => Way::Floors(BigRational::from(BigInt::from(sum) * step)),
            Measure::Caps(_) => Way::Caps,
        };
        let mut per = Vec::new();
        for (weight, ratio) in self.pool.weights.iter().filter(|(_, ratio)| ratio.numerator != 0) {
            let of = match weight {
                Weight::Equal => {
                    let places = (0..members.rows.len()).fold(BigInt::zero(), |sum, member| sum + count(member));
                    BigRational::from(places)
                }
                Weight::Attribute(attribute) => {
                    // By scale, so that no fraction need be reduced for each member.
                    let mut sums: Vec<(u32, BigInt)> = Vec::new();
                    for (member, row) in members.rows.iter().enumerate() {
                        let number = self.columns.raw(*attribute, index(row))?;
                        let part = BigInt::from(number.mantissa()) * count(member);
                        match sums.iter_mut().find(|(scale, _)| *scale == number.scale()) {
                            Some((_, sum)) => *sum += part,
                            None => sums.push((number.scale(), part)),
                        }
                    }
                    let parts = sums.into_iter().map(|(scale, sum)| BigRational::new(sum, BigInt::from(10).pow(scale)));
                    parts.fold(BigRational::zero(), |total, part| total + part)
                }
                Weight::Layer(layer) => {
                    let mut sum = BigInt::zero();
                    for member in 0..members.rows.len() {
                        let fen = self.before.layer(*layer, members.place(member))?;
                        sum += BigInt::from(fen) * count(member);
                    }
                    sum.into()
                }
                Weight::Figure(figure) => {
                    let mut sum = BigRational::zero();
                    for member in 0..members.rows.len() {
                        let number = self.before.value(&Value::Figure(*figure), members.place(member), &[]).ok()?;
                        sum += number * BigInt::from(count(member));
                    }
                    sum
                }
            };
            if !of.is_zero() {
                per.push((*weight, ratio.fraction() / of));
            }
        }
        Some(Level { per, amount: amount.into(), way })
    }
}

/// The column that alone decides, if every row is a member: it need not be copied.
fn column<'a>(pool: &Pool, columns: &Columns<'a>, members: &Sharers) -> Option<&'a [i64]> {
    let mut weights = pool.weights.iter().filter(|(_, ratio)| ratio.numerator != 0);
    let (Some((Weight::Attribute(attribute), _)), None) = (weights.next(), weights.next()) else { return None };
    let column = columns
        .mantissas(*attribute)
        .filter(|column| column.least >= 0 && column.most > 0 && column.blank().is_none())?;
    (matches!(members.rows, Rows::All(_)) && members.spans.is_empty()).then_some(column.rows)
}

/// What each member weighs, in whole numbers.
enum Integers<'a> {
    Column(&'a [i64]),
    Narrow(Vec<u64>),
    Big(Vec<BigUint>),
}

impl Integers<'_> {
    fn as_weights(&self) -> Weights<'_> {
        match self {
            Self::Column(list) => Weights::Column(list),
            Self::Narrow(list) => Weights::Narrow(list),
            Self::Big(list) => Weights::Big(list),
        }
    }

    /// What all members weigh.
    fn total(&self, count: impl Fn(usize) -> u64) -> BigInt {
        fn sum<N: Into<BigInt>>(list: impl Iterator<Item = N>, count: impl Fn(usize) -> u64) -> BigInt {
            list.enumerate().fold(BigInt::zero(), |sum, (member, weight)| sum + weight.into() * count(member))
        }
        match self {
            Self::Column(list) => sum(list.iter().copied(), count),
            Self::Narrow(list) => sum(list.iter().copied(), count),
            Self::Big(list) => sum(list.iter().cloned(), count),
        }
    }
}

/// One weight of the pool over the members.
enum Term {
    Equal(BigRational),
    Narrow(BigRational, Vec<u64>),
    Wide(BigRational, Vec<BigRational>),
}

enum Read {
    /// Numbers of one scale, which cancels out.
    Narrow(Vec<u64>),
    Wide(Vec<BigRational>),
}

impl Sharing<'_> {
    /// A member's share is Σ weight × its number ÷ the members' total. Brought to a common denominator, these are
    /// whole numbers in the same proportion.
    fn weights(&self, members: &Sharers, counts: Option<&[u64]>) -> Result<Integers<'static>, Vec<PoolFault>> {
        let policy = self.columns.policy;
        let mut faults = Vec::new();
        let mut terms = Vec::new();
        let count = |member: usize| counts.and_then(|counts| counts.get(member)).copied().unwrap_or(1);
        for (weight, ratio) in &self.pool.weights {
            let ratio = ratio.fraction();
            if ratio.is_zero() {
                continue;
            }
            let (read, id) = match weight {
                Weight::Equal => {
                    let places: u128 = match counts {
                        None => u128::try_from(members.rows.len()).sure(),
                        Some(counts) => counts.iter().fold(0, |sum: u128, count| sum.saturating_add((*count).into())),
                    };
                    terms.push(Term::Equal(ratio / BigInt::from(places)));
                    continue;
                }
                Weight::Attribute(attribute) => {
                    let id = policy.attribute(*attribute).map_or("", |attribute| attribute.id.as_str());
                    (self.attribute(*attribute, members, &mut faults), id)
                }
                Weight::Layer(layer) => {
                    let id = policy.layer(*layer).map_or("", |layer| layer.id.as_str());
                    (self.layer(*layer, id, members, &mut faults), id)
                }
                Weight::Figure(figure) => {
                    let id = policy.figure(*figure).map_or("", |figure| figure.id.as_str());
                    (self.figure(*figure, id, members, &mut faults), id)
                }
            };
            let total = match &read {
                Read::Narrow(list) => {
                    let mut total: u128 = 0;
                    let mut big = BigInt::zero();
                    for (member, number) in list.iter().enumerate() {
                        let part = u128::from(*number).checked_mul(count(member).into());
                        match part.and_then(|part| total.checked_add(part)) {
                            Some(sum) => total = sum,
                            None => big += BigInt::from(*number) * count(member),
                        }
                    }
                    BigRational::from(big + BigInt::from(total))
                }
                Read::Wide(list) => list
                    .iter()
                    .enumerate()
                    .fold(BigRational::zero(), |total, (member, number)| total + number * BigInt::from(count(member))),
            };
            if total.is_zero() && faults.is_empty() {
                let message = words::MEMBERS_TOTAL_ZERO.with(&[&self.year, &id]);
                let problem = self.problem(Code::PoolTotalZero, message, members.place(0).0);
                faults.push(PoolFault::Pool(problem.expected(words::FILL_COLUMN_OR_WEIGH_ELSE)));
            } else if !total.is_zero() {
                terms.push(match read {
                    Read::Narrow(list) => Term::Narrow(ratio / total, list),
                    Read::Wide(list) => Term::Wide(ratio / total, list),
                });
            }
        }
        if faults.is_empty() { Ok(combined(terms, members.rows.len())) } else { Err(faults) }
    }

    fn attribute(&self, attribute: AttributeIndex, members: &Sharers, faults: &mut Vec<PoolFault>) -> Read {
        let columns = self.columns;
        if let Some(column) = columns.mantissas(attribute)
            && column.least >= 0
            && column.blank().is_none()
        {
            let read = |member: u32| column.rows.get(index(member)).copied().and_then(|m| u64::try_from(m).ok()).sure();
            return Read::Narrow(members.rows.iter().map(read).collect());
        }
        let id = columns.policy.attribute(attribute).map_or("", |attribute| attribute.id.as_str());
        let mut list = Vec::with_capacity(members.rows.len());
        for (member, at) in members.rows.iter().enumerate() {
            let number = columns.raw(attribute, index(at));
            let problem = match number {
                None => {
                    let message = words::POOL_WEIGHS_BLANK.with(&[&self.pool.id, &self.year]);
                    Some(Problem::new(Code::BlankAttribute, message).expected(words::FILL_IN_ZERO_COUNTS))
                }
                Some(number) if number.is_sign_negative() && !number.is_zero() => {
                    let message = words::POOL_WEIGHS_NEGATIVE.with(&[&self.pool.id, &self.year]);
                    let problem = Problem::new(Code::NegativeShare, message).found(number.to_string());
                    Some(problem.expected(common::ZERO_OR_MORE))
                }
                Some(_) => None,
            };
            if let Some(problem) = problem {
                if faults.len() < Problems::LIMIT {
                    faults.push(PoolFault::Member(member, Some(attribute), problem.column(id)));
                }
            } else if let Some(number) = number {
                list.push(rational(number));
            }
        }
        Read::Wide(list)
    }

    fn figure(&self, figure: FigureIndex, id: &str, members: &Sharers, faults: &mut Vec<PoolFault>) -> Read {
        let mut list = Vec::with_capacity(members.rows.len());
        for member in 0..members.rows.len() {
            match self.before.value(&Value::Figure(figure), members.place(member), &[]) {
                Ok(number) if !number.is_negative() => list.push(number),
                Ok(number) if faults.len() < Problems::LIMIT => {
                    let message = words::POOL_WEIGHS_NEGATIVE_FIGURE.with(&[&self.pool.id, &self.year, &id]);
                    let problem = Problem::new(Code::NegativeShare, message).found(show(&number));
                    faults.push(PoolFault::Member(member, None, problem.expected(common::ZERO_OR_MORE)));
                }
                Err(found) if faults.len() < Problems::LIMIT => {
                    faults.extend(found.into_iter().map(|fault| PoolFault::Rule(member, fault)));
                }
                Ok(_) | Err(_) => {}
            }
        }
        Read::Wide(list)
    }

    fn layer(&self, layer: LayerIndex, id: &str, members: &Sharers, faults: &mut Vec<PoolFault>) -> Read {
        let unit = self.columns.policy.unit();
        let mut list = Vec::with_capacity(members.rows.len());
        for member in 0..members.rows.len() {
            let fault = match self.before.layer(layer, members.place(member)) {
                // Why has been said.
                None => PoolFault::Rule(member, Fault::Unknown),
                Some(fen) => {
                    if let Ok(fen) = u64::try_from(fen) {
                        list.push(fen);
                        continue;
                    }
                    let message = words::POOL_WEIGHS_NEGATIVE_LAYER.with(&[&self.pool.id, &self.year, &id]);
                    let found = format!("{} {unit}", Amount::from_fen(fen).in_unit(unit));
                    let problem = Problem::new(Code::NegativeShare, message).found(found);
                    PoolFault::Member(member, None, problem.expected(common::ZERO_OR_MORE))
                }
            };
            if faults.len() < Problems::LIMIT {
                faults.push(fault);
            }
        }
        Read::Narrow(list)
    }
}

fn combined(terms: Vec<Term>, members: usize) -> Integers<'static> {
    if let [_] = terms.as_slice() {
        match terms.into_iter().next() {
            Some(Term::Narrow(_, list)) => return Integers::Narrow(list),
            Some(Term::Wide(per, list)) => {
                return combined(vec![Term::Wide(per, list), Term::Equal(BigRational::zero())], members);
            }
            _ => return Integers::Narrow(vec![1; members]),
        }
    }
    // One denominator for all coefficients and all wide numbers.
    let mut denominator = BigInt::one();
    for term in &terms {
        match term {
            Term::Equal(per) | Term::Narrow(per, _) => make_common(&mut denominator, per.denom()),
            Term::Wide(per, list) => {
                for number in list {
                    make_common(&mut denominator, (per * number).denom());
                }
            }
        }
    }
    let whole = |per: &BigRational| (per.numer() * (&denominator / per.denom())).magnitude().clone();
    let factors: Vec<(BigUint, BigUint)> = terms
        .iter()
        .map(|term| match term {
            Term::Equal(per) => (whole(per), BigUint::one()),
            Term::Narrow(per, list) => (whole(per), list.iter().max().copied().unwrap_or_default().into()),
            Term::Wide(per, list) => {
                let most = list.iter().max().map(|most| whole(&(per * most))).unwrap_or_default();
                (BigUint::one(), most)
            }
        })
        .collect();
    let narrow_only = terms.iter().all(|term| !matches!(term, Term::Wide(..)));
    let divisor = if narrow_only {
        factors.iter().fold(BigUint::zero(), |gcd, (factor, _)| gcd.gcd(factor))
    } else {
        BigUint::one()
    };
    let divisor = if divisor.is_zero() { BigUint::one() } else { divisor };
    let most = factors.iter().fold(BigUint::zero(), |sum, (factor, most)| sum + factor / &divisor * most);
    let factors: Vec<BigUint> = factors.into_iter().map(|(factor, _)| factor / &divisor).collect();
    let small: Option<Vec<u128>> = factors.iter().map(ToPrimitive::to_u128).collect();
    if let Some(small) = small.filter(|_| narrow_only && most < BigUint::one() << 128_u32) {
        let mut sums = vec![0_u128; members];
        for (term, factor) in terms.iter().zip(&small) {
            match term {
                Term::Narrow(_, list) => {
                    for (sum, number) in sums.iter_mut().zip(list) {
                        // The greatest sum has been seen to fit.
                        *sum = sum.wrapping_add(factor.wrapping_mul((*number).into()));
                    }
                }
                _ => sums.iter_mut().for_each(|sum| *sum = sum.wrapping_add(*factor)),
            }
        }
        if most < BigUint::one() << 64_u32 {
            return Integers::Narrow(sums.into_iter().map(|sum| u64::try_from(sum).sure()).collect());
        }
        return Integers::Big(sums.into_iter().map(BigUint::from).collect());
    }
    let mut sums = vec![BigUint::zero(); members];
    for (term, factor) in terms.iter().zip(&factors) {
        match term {
            Term::Equal(_) => sums.iter_mut().for_each(|sum| *sum += factor),
            Term::Narrow(_, list) => sums.iter_mut().zip(list).for_each(|(sum, number)| *sum += factor * *number),
            Term::Wide(per, list) => sums.iter_mut().zip(list).for_each(|(sum, number)| *sum += whole(&(per * number))),
        }
    }
    debug_assert!(denominator.is_positive());
    Integers::Big(sums)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::roster::{Roster, RosterBuilder};
    use crate::policy::Policy;
    use crate::rows::records::{Cell, RowBuilder};

    fn policy(pool: &str) -> Policy {
        let text = format!(
            r#"{{ "id": "p", "title": {{ "zh": "p" }}, "years": [2024, 2024], "unit": "元",
                "attributes": {{ "x": {{ "type": "number" }}, "y": {{ "type": "number" }} }},
                "layers": [{{ "id": "l", "payer": "county" }}], "pools": [{{ "id": "q", {pool} }}],
                "classes": [{{ "id": "c", "funding": {{ "l": {{ "pool": "q" }} }} }}] }}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn roster(policy: &Policy, rows: impl Iterator<Item = [String; 3]>) -> Roster {
        let titles = ["name", "count", "x", "y"].map(|title| (title, None));
        let mut builder = RosterBuilder::new(policy, &titles);
        for (number, cells) in rows.enumerate() {
            let name = format!("n{number}");
            let cells: Vec<Cell<'_>> = [&name].into_iter().chain(&cells).map(|text| Cell::Text(text)).collect();
            builder.push_row(None, &cells);
        }
        builder.finish().unwrap().0
    }

    /// A pool that rests on nothing that is computed before it.
    struct Nothing(Vec<GroupShare>);

    impl Prior for Nothing {
        fn with_exact(&self, _: (usize, u64), _: &mut dyn FnMut(&mut Exact<'_>)) {}

        fn column(&self, _: &Value, _: &Rows, _: bool) -> Option<Vec<i64>> {
            None
        }

        fn layer(&self, _: LayerIndex, _: (usize, u64)) -> Option<i64> {
            None
        }

        fn holds(&self, _: &[Condition], _: (usize, u64)) -> bool {
            true
        }

        fn class(&self, _: usize) -> Option<usize> {
            Some(0)
        }

        fn shared(&self, _: PoolIndex) -> Option<&[GroupShare]> {
            Some(&self.0)
        }
    }

    proptest! {
        #[test]
        fn exact_parts_lie_within_the_bounds_and_add_up_to_the_pool(
            amount in 1..5_000_u32,
            floor in prop_oneof![Just(0_u32), 0..60_u32],
            above in proptest::option::of(0..400_u32),
            weights in prop_oneof![
                Just(r#"{ "x": 1 }"#), Just(r#"{ "equal": "1/3", "x": "2/3" }"#), Just(r#"{ "x": "0.3", "y": "0.7" }"#)
            ],
            rows in proptest::collection::vec((1..4_u32, prop_oneof![0..5_u32, 0..2_000_u32], 1..9_u32), 1..12),
        ) {
            let cap = above.map_or_else(String::new, |above| format!(r#""at_most": {},"#, floor + above));
            let policy = policy(&format!(r#""amount": {amount}, "at_least": {floor}, {cap} "weights": {weights}"#));
            // Digits beyond 64 bits go the wide way.
            let cells = rows.iter().map(|(count, x, y)| {
                [count.to_string(), x.to_string(), if x % 2 == 0 { y.to_string() } else { format!("{y}.0000000000000000000001") }]
            });
            let roster = roster(&policy, cells);
            let columns = Columns::new(&policy, &roster);
            let members = Sharers::new(Rows::All(u32::try_from(rows.len()).unwrap()));
            let nothing = Nothing(Vec::new());
            let pool = &policy.pools()[0];
            if let Ok(shares) = share(pool, 2024, &columns, &members, &nothing) {
                let levels = Levels::new(pool, 2024, &columns, &members, &nothing, &shares.groups).unwrap();
                let (mut parts, mut all) = (BigRational::zero(), BigRational::zero());
                for (row, (count, ..)) in rows.iter().enumerate() {
                    let ExactPart { share, part, .. } = levels.part(pool, 2024, &columns, &nothing, (row, 0)).unwrap();
                    let fen = |yuan: u32| BigRational::from(BigInt::from(yuan) * 100);
                    prop_assert!(part >= fen(floor) && above.is_none_or(|above| part <= fen(floor + above)));
                    let steps = BigRational::from(BigInt::from(shares.parts[row]));
                    prop_assert!((&part - steps).abs() <= BigRational::one());
                    parts += part * BigInt::from(*count);
                    all += share * BigInt::from(*count);
                }
                prop_assert_eq!(parts, BigRational::from(BigInt::from(amount) * 100));
                prop_assert_eq!(all, BigRational::one());
            }
        }
    }
}
