//! The largest value of one number of a policy that a limit allows.

use std::borrow::Cow;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

use super::Seen;
use crate::engine::payers::paying_column;
use crate::engine::roster::Roster;
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::notes;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::fraction::rational;
use crate::ground::ids::index;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, ToArgument};
use crate::ground::money::{Amount, Unit};
use crate::ground::number::{decimal, parse_bare_number, parse_decimal};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::sure::Sure;
use crate::ground::text::{did_you_mean_level, without_padding};
use crate::policy::document::{Node, NodeValue};
use crate::policy::{Layer, Payer, Policy, Variants};
use crate::results::rerun::Rerun;
use crate::results::tables::{Names, policy_line, unit_column};
use crate::results::totals::{Codes, Grouping};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRow, RowKind, Table};

/// What is to be found: the largest value of one number of a policy that keeps a payer's total within a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The path of the number, such as `classes.municipal-town.standard`, or `classes.municipal-town.standard.2024` in a
    /// table of years.
    pub path: String,
    /// The layer that is added up, by its id or either name.
    pub layer: String,
    /// Who answers for it: a body by its id or either name, or a county (or what another attribute says) as the roster writes
    /// it; none: all of the layer.
    pub payer: Option<String>,
    /// The year that is added up.
    pub year: u16,
    /// What the total may come to at most.
    pub limit: Amount,
    /// The step between values, in whatever the number counts (a rate, say, in hundredths); none: the rounding step in
    /// the policy's unit.
    pub step: Option<Decimal>,
}

/// The largest value that keeps a total within a limit, and the proof: the total at that value and one step above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    goal: Goal,
    layer: Layer,
    payer: String,
    payer_name: Option<Name>,
    policy: Policy,
    step: Decimal,
    value: Decimal,
    total: Amount,
    next_value: Decimal,
    next_total: Amount,
    /// Step, value and next value as text.
    digits: [String; 3],
}

/// Values are looked for within so many steps on either side of 0: 2^63 − 2, so that there is one step more.
const BOUND: i64 = i64::MAX - 1;

/// Finds the largest value of a number of a policy that keeps a payer's total in a layer and year within a limit.
///
/// Values are whole multiples of the step. The search begins at the value that the policy has, goes up or down by doubled
/// steps until the total crosses the limit, and halves the span. Each total is that of a whole allocation, so that the
/// two of the [`Solution`] are true whatever the rules are. The value is the largest of all where totals do not fall as
/// the value rises, as with amounts, rates and standards in the layer that they fund; every total on the way is looked
/// at, and one that falls is refused.
///
/// # Errors
///
/// [`Code::UnknownPath`], [`Code::PathNotANumber`], [`Code::UnknownLayer`], [`Code::UnknownPayer`],
/// [`Code::YearOutsidePolicy`] and [`Code::BadStep`] for a goal that cannot be meant, all at once;
/// [`Code::LimitOutOfReach`] if the smallest value that the policy allows exceeds the limit;
/// [`Code::LimitNeverExceeded`] if the largest one does not, or none within 2^63 − 2 steps; [`Code::TotalsFall`]; and
/// whatever is wrong with policy and roster.
///
/// ```
/// # use fundlayers::{Policy, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None), ("count", None)]);
/// # builder.push_row(None, &[Cell::Text("a"), Cell::Text("5")]);
/// # let roster = builder.finish()?.0;
/// use fundlayers::{Amount, Goal, Unit, solve};
/// let goal = Goal {
///     path: "classes.all.funding.city".into(), layer: "city".into(), payer: None, year: 2024,
///     limit: Amount::parse("21.04", Unit::Yuan)?, step: None,
/// };
/// let (solution, _) = solve(&policy, &roster, &goal)?;
/// assert_eq!(solution.value().to_string(), "4.2");
/// assert_eq!((solution.total().fen(), solution.next_total().fen()), (2100, 2105));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn solve(policy: &Policy, roster: &Roster, goal: &Goal) -> Result<(Solution, Problems), Problems> {
    let asked = Asked::new(policy, roster, goal)?;
    let mut search = Search {
        policy,
        goal,
        asked: &asked,
        // Totals of single payers take longer to find.
        rerun: Rerun::new(roster, if asked.payer.is_some() { BY_PAYER } else { BY_LAYER }),
        variants: Variants::new(policy, policy.document().clone()),
        seen: Seen::new(),
        warnings: Problems::new(),
    };
    let (steps, total, next_total) = search.run()?;
    let number = |steps: i64| asked.number(steps).unwrap_or_default();
    let (value, next_value) = (number(steps), number(steps.saturating_add(1)));
    let solution = Solution {
        layer: asked.layer.clone(),
        payer: asked.payer.clone().unwrap_or_default(),
        payer_name: asked.payer_name.clone(),
        policy: policy.clone(),
        step: asked.step,
        value,
        total,
        next_value,
        next_total,
        digits: [asked.step, value, next_value].map(|number| number.to_string()),
        goal: goal.clone(),
    };
    Ok((solution, search.warnings))
}

/// A goal whose words are known.
struct Asked<'a> {
    layer: &'a Layer,
    payer: Option<String>,
    payer_name: Option<Name>,
    step: Decimal,
    /// The value that the policy has, in steps, rounded down.
    start: i64,
}

impl<'a> Asked<'a> {
    fn new(policy: &'a Policy, roster: &Roster, goal: &Goal) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let step = match goal.step {
            None => policy.rounding().step().to_decimal(policy.unit()),
            Some(step) => step.normalize(),
        };
        let above_zero = step > Decimal::ZERO;
        if !above_zero {
            let problem =
                Problem::new(Code::BadStep, catalogue::STEP_NOT_ABOVE_ZERO).key("step").found(step.to_string());
            problems.push(problem.expected(catalogue::SUCH_AS_STEP));
        }
        let start = match policy.value(&goal.path) {
            Ok(node) => number_of(node).map(|value| {
                let steps = if above_zero { (value / rational(step)).floor().to_integer() } else { BigInt::ZERO };
                steps.to_i64().unwrap_or_else(|| {
                    let problem =
                        Problem::new(Code::BadStep, catalogue::BEYOND_STEPS).key("step").found(step.to_string());
                    problems.push(problem.expected(catalogue::LARGER_STEP));
                    0
                })
            }),
            Err(problem) => {
                problems.push(problem);
                Some(0)
            }
        };
        if let (None, Ok(node)) = (start, policy.value(&goal.path)) {
            let problem = Problem::new(Code::PathNotANumber, common::IS_OF_TYPE.with(&[&node.type_phrase()]))
                .key(goal.path.trim());
            problems.push(problem.found(node.to_string()).expected(catalogue::PATH_OF_ONE_NUMBER));
        }
        if !policy.years().contains(&goal.year) {
            let message = common::POLICY_COVERS.with(&[policy.years().start(), policy.years().end()]);
            problems.push(Problem::new(Code::YearOutsidePolicy, message).found(goal.year.to_string()));
        }
        let is = |id: &str, name: &Name, word: &str| id == word || name.zh == word || name.en == word;
        let word = without_padding(&goal.layer);
        // An id before a name.
        let layers = policy.layers();
        let layer = layers.iter().find(|layer| layer.id == word);
        let layer = layer.or_else(|| layers.iter().find(|layer| is(&layer.id, &layer.name, &word)));
        if layer.is_none() {
            let known = layers.iter().map(|layer| layer.id.as_str());
            let problem = Problem::new(Code::UnknownLayer, common::NO_LAYER_OF_POLICY).found(&goal.layer);
            problems.push(problem.expected(did_you_mean_level(&word, known)));
        }
        let (mut payer, mut payer_name) = (None, None);
        if let (Some(layer), Some(asked)) = (layer, goal.payer.as_deref()) {
            let word = without_padding(asked);
            let problem = |known: Vec<&str>| {
                let message = catalogue::DOES_NOT_ANSWER_FOR.with(&[&layer.id]);
                Problem::new(Code::UnknownPayer, message).found(asked).expected(did_you_mean_level(&word, known))
            };
            match layer.payer {
                Payer::Body(body) => match policy.payer(body) {
                    Some(body) if is(&body.id, &body.name, &word) => {
                        payer = Some(body.id.clone());
                        payer_name = Some(body.name.clone());
                    }
                    body => problems.push(problem(body.iter().map(|body| body.id.as_str()).collect())),
                },
                other => {
                    let texts =
                        paying_column(policy, roster, other).map_or(vec![""], |column| column.values().collect());
                    if texts.iter().any(|text| *text == word) {
                        payer = Some(word.into_owned());
                    } else {
                        problems.push(problem(texts));
                    }
                }
            }
        }
        match (layer, start) {
            (Some(layer), Some(start)) if problems.is_empty() => Ok(Self { layer, payer, payer_name, step, start }),
            _ => Err(problems),
        }
    }

    /// The value of so many steps; none if it has more digits than are kept exactly.
    fn number(&self, steps: i64) -> Option<Decimal> {
        decimal(self.step.mantissa().checked_mul(steps.into())?, self.step.scale()).map(|number| number.normalize())
    }
}

/// The number that a value is: plain, or a ratio.
fn number_of(node: &Node) -> Option<BigRational> {
    match &node.value {
        NodeValue::Number(digits) => parse_bare_number(digits).ok().map(rational),
        NodeValue::Text(text) => match text.split_once('/') {
            None => parse_decimal(text).ok().map(rational),
            Some((above, below)) => {
                let (above, below) = (rational(parse_decimal(above).ok()?), rational(parse_decimal(below).ok()?));
                (below > BigRational::default()).then(|| above / below)
            }
        },
        _ => None,
    }
}

const BY_PAYER: &[Grouping] = &[Grouping::Year, Grouping::Layer, Grouping::Payer];
const BY_LAYER: &[Grouping] = &[Grouping::Year, Grouping::Layer];

struct Search<'a> {
    policy: &'a Policy,
    goal: &'a Goal,
    asked: &'a Asked<'a>,
    rerun: Rerun<'a>,
    variants: Variants<'a>,
    seen: Seen,
    /// Of the allocation that came last.
    warnings: Problems,
}

/// What a value comes to.
enum Tried {
    Within(Amount),
    Above(Amount),
    /// The policy does not allow it, or has no allocation.
    Not(Problems),
}

impl Search<'_> {
    fn run(&mut self) -> Result<(i64, Amount, Amount), Problems> {
        let start = self.asked.start;
        let first = match self.attempt(start)? {
            // The value of the policy lies between two steps: the one above is as near.
            Tried::Not(problems) => match self.attempt(start.saturating_add(1))? {
                Tried::Not(_) => return Err(problems),
                tried => (start.saturating_add(1), tried),
            },
            tried => (start, tried),
        };
        let (low, high) = match first {
            (steps, Tried::Within(total)) => ((steps, total), self.above(steps)?),
            (steps, Tried::Above(total)) => (self.within((steps, total))?, (steps, total)),
            (_, Tried::Not(problems)) => return Err(problems),
        };
        self.between(low, high)
    }

    /// A value above the limit, beyond one that is within.
    fn above(&mut self, from: i64) -> Result<(i64, Amount), Problems> {
        let (mut low, mut span) = (from, 1_i64);
        let (mut bad, mut why) = loop {
            let steps = low.saturating_add(span).min(BOUND);
            if steps == low {
                return Err(self.never(low, None));
            }
            match self.attempt(steps)? {
                Tried::Above(total) => return Ok((steps, total)),
                Tried::Within(_) => low = steps,
                Tried::Not(problems) => break (steps, problems),
            }
            span = span.saturating_mul(2);
        };
        while let Some(middle) = middle(low, bad) {
            match self.attempt(middle)? {
                Tried::Above(total) => return Ok((middle, total)),
                Tried::Within(_) => low = middle,
                Tried::Not(problems) => (bad, why) = (middle, problems),
            }
        }
        Err(self.never(low, Some(&why)))
    }

    /// A value within the limit, below one that is above.
    fn within(&mut self, from: (i64, Amount)) -> Result<(i64, Amount), Problems> {
        let (mut high, mut span) = (from, 1_i64);
        let mut bad = loop {
            let steps = high.0.saturating_sub(span).max(-BOUND);
            if steps == high.0 {
                return Err(self.out_of_reach(high));
            }
            match self.attempt(steps)? {
                Tried::Within(total) => return Ok((steps, total)),
                Tried::Above(total) => high = (steps, total),
                Tried::Not(_) => break steps,
            }
            span = span.saturating_mul(2);
        };
        while let Some(middle) = middle(bad, high.0) {
            match self.attempt(middle)? {
                Tried::Within(total) => return Ok((middle, total)),
                Tried::Above(total) => high = (middle, total),
                Tried::Not(_) => bad = middle,
            }
        }
        Err(self.out_of_reach(high))
    }

    /// The last value within the limit and the totals of it and of the next.
    fn between(
        &mut self,
        (mut low, mut total): (i64, Amount),
        (mut high, mut next): (i64, Amount),
    ) -> Result<(i64, Amount, Amount), Problems> {
        while let Some(middle) = middle(low, high) {
            match self.attempt(middle)? {
                Tried::Within(found) => (low, total) = (middle, found),
                Tried::Above(found) => (high, next) = (middle, found),
                Tried::Not(problems) => return Err(problems),
            }
        }
        // Its warnings are those of the answer.
        self.attempt(low)?;
        Ok((low, total, next))
    }

    fn attempt(&mut self, steps: i64) -> Result<Tried, Problems> {
        let total = match self.total(steps) {
            Ok(total) => total,
            Err(problems) => return Ok(Tried::Not(problems)),
        };
        let below = self.seen.range(..steps).next_back().filter(|(_, below)| **below > total);
        let above = self.seen.range(steps..).next().filter(|(_, above)| **above < total);
        if let Some(((lower, more), (higher, less))) = below
            .map(|(lower, more)| ((*lower, *more), (steps, total)))
            .or_else(|| above.map(|(higher, less)| ((steps, total), (*higher, *less))))
        {
            let unit = self.policy.unit();
            let message = catalogue::TOTAL_FALLS.with(&[
                &self.shown(lower),
                &more.in_unit(unit),
                &self.shown(higher),
                &less.in_unit(unit),
                &unit,
            ]);
            let problem = Problem::new(Code::TotalsFall, message).key(self.goal.path.trim());
            return Err(problem.expected(catalogue::ANOTHER_NUMBER).into());
        }
        self.seen.insert(steps, total);
        Ok(if total <= self.goal.limit { Tried::Within(total) } else { Tried::Above(total) })
    }

    /// What the payer's total comes to at a value.
    fn total(&mut self, steps: i64) -> Result<Amount, Problems> {
        let Some(number) = self.asked.number(steps) else {
            let problem = Problem::new(Code::NumberOutOfRange, common::MORE_DIGITS_THAN_KEPT);
            return Err(problem.key(self.goal.path.trim()).into());
        };
        let node = Node::new(NodeValue::Number(number.to_string()));
        let change = [(self.goal.path.as_str(), node)];
        let (changed, mut warnings) = self.variants.make(change, |_, _, _| {})?;
        let years: Vec<u16> = changed.years().collect();
        let (allocation, found) = self.rerun.allocation(&changed, &years, None)?;
        warnings.append(found);
        self.warnings = warnings;
        let is_asked = |codes: &Codes| {
            let [year, of_layer, payer, ..] = *codes;
            years.get(index(year)) == Some(&self.goal.year)
                && changed.layers().get(index(of_layer)).is_some_and(|layer| layer.id == self.asked.layer.id)
                && self.asked.payer.as_deref().is_none_or(|asked| allocation.0.payer_text(payer) == asked)
        };
        let sums = self.rerun.wide_sums(&allocation);
        let fen: i128 = sums.iter().filter(|sum| is_asked(&sum.codes)).map(|sum| sum.fen).sum();
        drop(allocation);
        self.variants.take_back(changed);
        i64::try_from(fen).map(Amount::from_fen).map_err(|_| super::overflow())
    }

    fn shown(&self, steps: i64) -> Argument {
        self.asked
            .number(steps)
            .map_or_else(|| catalogue::STEPS.with(&[&steps]).to_argument(), |number| number.to_argument())
    }

    fn out_of_reach(&self, (steps, total): (i64, Amount)) -> Problems {
        let unit = self.policy.unit();
        let message = catalogue::OUT_OF_REACH.with(&[
            &self.goal.limit.in_unit(unit),
            &unit,
            &self.shown(steps),
            &total.in_unit(unit),
        ]);
        Problem::new(Code::LimitOutOfReach, message).key(self.goal.path.trim()).into()
    }

    /// `why`: what is wrong with the next value.
    fn never(&self, steps: i64, why: Option<&Problems>) -> Problems {
        let unit = self.policy.unit();
        let total = self.seen.get(&steps).copied().sure();
        let most = if why.is_some() { catalogue::LARGEST_ALLOWED } else { catalogue::LARGEST_LOOKED_AT };
        let mut message = catalogue::NEVER_EXCEEDED.with(&[
            &self.goal.limit.in_unit(unit),
            &unit,
            &self.shown(steps),
            &most,
            &total.in_unit(unit),
        ]);
        if let Some(problem) = why.and_then(|why| why.iter().next()) {
            message = catalogue::ONE_STEP_MORE.with(&[&message, problem.said()]);
        }
        Problem::new(Code::LimitNeverExceeded, message).key(self.goal.path.trim()).into()
    }
}

/// A number between two, if there is one.
fn middle(low: i64, high: i64) -> Option<i64> {
    let sum = i128::from(low).saturating_add(high.into());
    i64::try_from(sum >> 1).ok().filter(|middle| *middle > low && *middle < high)
}

impl Solution {
    /// What was asked.
    #[must_use]
    pub const fn goal(&self) -> &Goal {
        &self.goal
    }

    /// The layer's id.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.layer.id
    }

    /// Who answers for it: the body's id or the county; blank if the whole layer was asked for.
    #[must_use]
    pub fn payer(&self) -> &str {
        &self.payer
    }

    /// The policy before any change.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The step between values.
    #[must_use]
    pub const fn step(&self) -> Decimal {
        self.step
    }

    /// The largest value that keeps the limit, in whatever the number counts: an amount in the policy's unit.
    #[must_use]
    pub const fn value(&self) -> Decimal {
        self.value
    }

    /// The total at that value.
    #[must_use]
    pub const fn total(&self) -> Amount {
        self.total
    }

    /// One step more.
    #[must_use]
    pub const fn next_value(&self) -> Decimal {
        self.next_value
    }

    /// The total at one step more, above the limit.
    #[must_use]
    pub const fn next_total(&self) -> Amount {
        self.next_total
    }

    /// The answer with its proof, in a sentence.
    #[must_use]
    pub fn text(&self, unit: Unit, lang: Lang) -> String {
        let Goal { path, year, limit, .. } = &self.goal;
        let path = path.trim();
        let layer = self.layer.name.get(lang);
        let payer = self.payer_label(lang);
        let [limit, total, next_total] = [*limit, self.total, self.next_total].map(|amount| amount.grouped(unit));
        let (value, next_value) = (self.value, self.next_value);
        let phrase = if payer.is_empty() { notes::LARGEST_VALUE_OF_ALL } else { notes::LARGEST_VALUE };
        let message =
            phrase.with(&[&path, &value, year, &layer, &payer, &total, &limit, &unit, &next_value, &next_total]);
        message.to_text(lang)
    }

    fn payer_label(&self, lang: Lang) -> &str {
        match &self.payer_name {
            Some(name) => name.get(lang),
            None if self.payer.is_empty() && self.goal.payer.is_some() => lang.pick("（未列明）", "(not stated)"),
            None => &self.payer,
        }
    }

    /// The answer as a table of one row: `path, layer, payer, year, limit, step, value, total, next_value, next_total,
    /// unit`. `step`, `value` and `next_value` are as the policy file has them, whatever the unit of the amounts.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let column = |(key, zh, en, kind): (&str, &str, &str, ColumnKind)| Column {
            key: key.to_owned(),
            header: Name::new(zh, en),
            kind,
        };
        let (text, amount) = (ColumnKind::Text, ColumnKind::Amount);
        let mut columns: Vec<Column> = [
            ("path", "路径", "Path", text),
            ("layer", "安排层级", "Layer", text),
            ("payer", "安排主体", "Payer", text),
            ("year", "年度", "Year", ColumnKind::Integer),
            ("limit", "可用额度", "Limit", amount),
            ("step", "步长", "Step", text),
            ("value", "取值", "Value", text),
            ("total", "合计", "Total", amount),
            ("next_value", "再高一步取值", "Next value", text),
            ("next_total", "再高一步合计", "Next total", amount),
        ]
        .map(column)
        .into();
        columns.push(unit_column());
        Table::new(columns, unit, move || std::iter::once(Batch { rows: 1, columns: self.cells(unit) }))
    }

    fn cells(&self, unit: Unit) -> Vec<Cells<'_>> {
        let [step, value, next_value] = &self.digits;
        vec![
            Cells::Text(vec![self.goal.path.trim()]),
            Cells::Text(vec![&self.layer.id]),
            Cells::Text(vec![&self.payer]),
            Cells::Integer(vec![self.goal.year.into()]),
            Cells::Amount(vec![self.goal.limit]),
            Cells::Text(vec![step]),
            Cells::Text(vec![value]),
            Cells::Amount(vec![self.total]),
            Cells::Text(vec![next_value]),
            Cells::Amount(vec![self.next_total]),
            Cells::Text(vec![unit.as_str()]),
        ]
    }

    /// The answer for people: the value and one step more, and under the table the answer in a sentence.
    #[must_use]
    pub fn report(&self, unit: Unit, lang: Lang) -> Report<'_> {
        let text = |zh: &'static str, en: &'static str| lang.pick(zh, en).to_owned();
        let columns = vec![
            (text("路径", "Path"), ColumnKind::Text),
            (text("安排层级", "Layer"), ColumnKind::Text),
            (text("安排主体", "Payer"), ColumnKind::Text),
            (text("年度", "Year"), ColumnKind::Integer),
            (text("取值", "Value"), ColumnKind::Text),
            (text("合计", "Total"), ColumnKind::Amount),
            (text("可用额度", "Limit"), ColumnKind::Amount),
            (text("结果", "Result"), ColumnKind::Text),
        ];
        let payer = match self.payer_label(lang) {
            "" => lang.pick("全部", "all"),
            payer => payer,
        };
        let row = |value: &Decimal, total: Amount, result: &'static str| ReportRow {
            kind: RowKind::Row,
            cells: vec![
                Cell::Text(Cow::Borrowed(self.goal.path.trim())),
                Cell::Text(Cow::Borrowed(self.layer.name.get(lang))),
                Cell::Text(Cow::Borrowed(payer)),
                Cell::Integer(self.goal.year.into()),
                Cell::Text(Cow::Owned(value.to_string())),
                Cell::Amount(total),
                Cell::Amount(self.goal.limit),
                Cell::Text(Cow::Borrowed(result)),
            ],
        };
        let rows = vec![
            row(&self.value, self.total, lang.pick("未超出", "within")),
            row(&self.next_value, self.next_total, lang.pick("超出", "above")),
        ];
        let title = format!("{} · {}", self.policy.heading(lang), lang.pick("最高取值测算", "largest value"));
        let title = Names::new(&self.policy, lang).of_years(title, &[self.goal.year]);
        let notes = vec![self.text(unit, lang), policy_line(&self.policy, lang)];
        Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes }
    }
}
