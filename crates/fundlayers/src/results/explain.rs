//! How an amount came about, step by step: as data and as sentences like an auditor's note.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde::Serialize;

use crate::engine::columns::Columns;
use crate::engine::exact::{Exact, Found, Input, Traced, TracedFigure};
use crate::engine::limit::Limited;
use crate::engine::pool;
use crate::engine::pool::{Prior, Way};
use crate::engine::store::{RowClaim, Seen};
use crate::ground::catalogue::explanations as words;
use crate::ground::catalogue::notes;
use crate::ground::catalogue::results as catalogue;
use crate::ground::fraction::show;
use crate::ground::ids::{AggregateIndex, ClassIndex, LayerIndex, PoolIndex};
use crate::ground::language::{Lang, Name};
use crate::ground::message::Argument;
use crate::ground::money::{Amount, Rounding, RoundingMode, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::ground::text::did_you_mean;
use crate::ground::text::visible;
use crate::math::claims::Measure;
use crate::policy::changes::listed;
use crate::policy::rule::words::Words;
use crate::policy::{Apportion, Bound, ChangedValue, Class, Function, Layer, Rule, RuleKind, Value, Weight};
use crate::results::allocation::Allocation;
use crate::results::grounds::Rests;
use crate::tables::table::{Batch, Cells, Column, ColumnKind, Table};

/// What a recipient gets in a year, and why. Numbers are exact decimal texts (or `n/d`) in `unit`, which is the
/// policy's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The recipient's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The year.
    pub year: u16,
    /// The class that serves it, by id.
    pub class: String,
    /// Its name, for the note.
    #[serde(skip)]
    class_name: Name,
    /// How many places the row stands for.
    pub count: u64,
    /// The unit of every amount.
    pub unit: Unit,
    /// The policy's unit, where that is another: what steps read, and the arithmetic of their sentences, is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_unit: Option<Unit>,
    /// One step for each layer that has a rule, in order.
    pub steps: Vec<Step>,
    /// What the whole row gets from all layers.
    pub total: String,
    #[serde(skip)]
    sum: Amount,
}

/// How one layer's amount came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The layer, by id.
    pub layer: String,
    /// Who answers for it: the body's id, or the recipient's county, or what its attribute says.
    pub payer: String,
    /// The kind of rule by the key that tells it: `amount`, `rate`, `top_up_to`, `bands`, …
    pub rule: String,
    /// What the rule read of the place and of earlier layers.
    pub inputs: Vec<ExplainedInput>,
    /// The figures that it rests on, in the order in which they are worked out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<ExplainedFigure>,
    /// The same in one text, `standard=600; city=300`.
    #[serde(skip)]
    read: String,
    /// The amount of one place before rounding, and before a limit of the layer.
    pub exact: String,
    /// What the whole row claims of the layer's limit; none of a layer without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The amount of one place.
    pub per_place: String,
    /// The amount of the whole row.
    pub amount: String,
    #[serde(skip)]
    pub(crate) whole: Amount,
    /// The clause it rests on; none if a number that it rests on was changed.
    pub clause: Option<String>,
    /// What the clause says, in the document's own words, where the policy has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The clause of the layer, where the one above is another, of the class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer_clause: Option<String>,
    /// The readings of the document that bear on it, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<String>,
    /// The changes of the policy that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangedValue>,
    /// The same as a sentence.
    pub text: Name,
    /// The sentence without layer and clause, with what was changed.
    #[serde(skip)]
    pub(crate) how: Name,
}

/// A number that a rule read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedInput {
    /// `standard`, the id of an attribute, a figure, a layer or a pool, `exact ID`, `last_year ID`, `received ID` of a layer
    /// where top-ups count what arrived (for one place), or an aggregate in words.
    pub name: String,
    /// The number; of an attribute with a money unit, in the policy's unit.
    pub value: String,
}

/// A figure that an amount rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedFigure {
    /// Its id.
    pub id: String,
    /// What it is for the place and year.
    pub value: String,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What the clause says, in the document's own words, where the policy has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Its arithmetic as a sentence.
    pub text: Name,
}

impl Explanation {
    /// Explanations as a table of their steps, with the sentences of one language. Columns: `id, name, year, class, layer,
    /// payer, rule, inputs, exact, amount, unit, clause, text`.
    #[must_use]
    pub fn table(explanations: &[Self], unit: Unit, lang: Lang) -> Table<'_> {
        let column =
            |key: &str, zh: &str, en: &str, kind| Column { key: key.to_owned(), header: Name::new(zh, en), kind };
        let text = |key: &str, zh: &str, en: &str| column(key, zh, en, ColumnKind::Text);
        let columns = vec![
            text("id", "编码", "Id"),
            text("name", "名称", "Name"),
            column("year", "年度", "Year", ColumnKind::Integer),
            text("class", "类别", "Class"),
            text("layer", "安排层级", "Layer"),
            text("payer", "安排主体", "Payer"),
            text("rule", "规则", "Rule"),
            text("inputs", "依据数值", "Inputs"),
            text("exact", "取整前", "Exact"),
            column("amount", "金额", "Amount", ColumnKind::Amount),
            text("unit", "单位", "Unit"),
            text("clause", "条款", "Clause"),
            text("text", "说明", "Text"),
        ];
        Table::new(columns, unit, move || {
            explanations.iter().map(move |explanation| {
                let steps = &explanation.steps;
                let all = |text| Cells::Text(vec![text; steps.len()]);
                let each = |of: fn(&Step) -> &str| Cells::Text(steps.iter().map(of).collect());
                Batch {
                    columns: vec![
                        all(&explanation.id),
                        all(&explanation.name),
                        Cells::Integer(vec![explanation.year.into(); steps.len()]),
                        all(&explanation.class),
                        each(|step| &step.layer),
                        each(|step| &step.payer),
                        each(|step| &step.rule),
                        each(|step| &step.read),
                        each(|step| &step.exact),
                        Cells::Amount(steps.iter().map(|step| step.whole).collect()),
                        all(unit.as_str()),
                        each(|step| step.clause.as_deref().unwrap_or_default()),
                        Cells::Text(steps.iter().map(|step| step.text.get(lang)).collect()),
                    ],
                    rows: steps.len(),
                }
            })
        })
    }

    pub(crate) const fn class_name(&self) -> &Name {
        &self.class_name
    }

    /// What the whole row gets from all layers.
    pub(crate) const fn sum(&self) -> Amount {
        self.sum
    }

    /// Tells what it rests on.
    pub(crate) fn rests(&self, rests: &mut Rests<'_>) {
        for step in &self.steps {
            let figures = step.figures.iter().filter_map(|figure| figure.clause.as_deref());
            let clauses = step.clause.iter().chain(&step.layer_clause).map(String::as_str);
            clauses.chain(figures).for_each(|clause| rests.on_clause(clause));
            step.readings.iter().for_each(|reading| rests.on_reading(reading));
        }
    }

    /// The whole note: a heading, a line for each step, the total.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let places = match (self.count, zh) {
            (1, _) => String::new(),
            (count, true) => format!("，共 {count} 处"),
            (count, false) => format!(", {count} places"),
        };
        let class = self.class_name.get(lang);
        let mut lines = vec![if zh {
            format!("{}（{}）{} 年，类别：{class}{places}，单位：{}", self.name, self.id, self.year, self.unit)
        } else {
            format!("{} ({}), {}, class: {class}{places}, in {}", self.name, self.id, self.year, self.unit)
        }];
        lines.extend(
            self.steps
                .iter()
                .enumerate()
                .map(|(number, step)| format!("{}. {}", number.saturating_add(1), step.text.get(lang))),
        );
        lines.push(if zh {
            format!("合计 {} {}", self.total, self.unit)
        } else {
            format!("Total {} {}", self.total, self.unit)
        });
        // What stands in a line does not begin another.
        lines.iter().map(|line| visible(line)).collect::<Vec<_>>().join("\n")
    }
}

impl Allocation {
    /// Explains what a recipient gets, by its id or, if no id is so called, by its name; for some years, or every computed
    /// one in which it is live.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownRecipient`] with the nearest id or name, [`Code::AmbiguousRecipient`] with the ids,
    /// [`Code::YearOutsidePolicy`].
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>) -> Result<Vec<Explanation>, Problems> {
        self.explain_in(self.policy().unit(), recipient, years)
    }

    /// The same with amounts in a unit. What steps read, and the arithmetic of their sentences, stays in the policy's.
    ///
    /// # Errors
    ///
    /// As [`Allocation::explain`].
    pub fn explain_in(&self, unit: Unit, recipient: &str, years: Option<&[u16]>) -> Result<Vec<Explanation>, Problems> {
        let rows = self.find(recipient.trim())?;
        let years = self.chosen(years)?;
        let columns = Columns::new(self.policy(), self.roster());
        let mut explanations = Vec::new();
        for year in years {
            for row in rows.iter().filter(|row| self.lives(**row, *year)) {
                explanations.extend(
                    Explainer::new(self, &columns, unit, *row, *year).and_then(|explainer| explainer.explain()),
                );
            }
        }
        Ok(explanations)
    }

    /// The years asked for, all of them computed.
    pub(crate) fn chosen<'y>(&'y self, years: Option<&'y [u16]>) -> Result<&'y [u16], Problems> {
        let years = years.unwrap_or(self.years());
        let outside = years.iter().filter(|year| !self.years().contains(year));
        let problems: Problems = outside
            .map(|year| {
                let message = catalogue::ALLOCATION_COVERS.with(&[&Argument::list(self.years())]);
                Problem::new(Code::YearOutsidePolicy, message).found(year.to_string())
            })
            .collect();
        if problems.is_empty() { Ok(years) } else { Err(problems) }
    }

    /// The rows of one recipient.
    pub(crate) fn find(&self, wanted: &str) -> Result<Vec<usize>, Problems> {
        let roster = self.roster();
        let by_id: Vec<usize> =
            roster.iter().filter(|place| place.id() == wanted).map(|place| place.row().number()).collect();
        if !by_id.is_empty() {
            return Ok(by_id);
        }
        let by_name: Vec<usize> =
            roster.iter().filter(|place| place.name() == wanted).map(|place| place.row().number()).collect();
        let mut ids: Vec<&str> = by_name.iter().map(|row| roster.id(*row)).collect();
        ids.dedup();
        match ids.as_slice() {
            [] => {
                let known = roster.iter().flat_map(|place| [place.id(), place.name()]);
                let problem = Problem::new(Code::UnknownRecipient, catalogue::NO_RECIPIENT).found(wanted);
                Err(problem.expected(did_you_mean(wanted, known)).into())
            }
            [_] => Ok(by_name),
            ids => {
                const LISTED: usize = 20;
                let list = Argument::quoted(ids.iter().take(LISTED));
                let hint = if ids.len() > LISTED { catalogue::USE_AN_ID_OF_MORE } else { catalogue::USE_AN_ID };
                let problem = Problem::new(Code::AmbiguousRecipient, catalogue::RECIPIENTS_OF_NAME.with(&[&ids.len()]));
                Err(problem.found(wanted).expected(hint.with(&[&list])).into())
            }
        }
    }
}

struct Explainer<'a> {
    allocation: &'a Allocation,
    columns: &'a Columns<'a>,
    class: &'a Class,
    /// Of the amounts that are shown.
    unit: Unit,
    row: usize,
    year: u16,
    at: usize,
}

impl<'a> Explainer<'a> {
    fn new(allocation: &'a Allocation, columns: &'a Columns<'a>, unit: Unit, row: usize, year: u16) -> Option<Self> {
        let at = allocation.years().binary_search(&year).ok()?;
        Some(Self { allocation, columns, class: allocation.class_of(row)?, unit, row, year, at })
    }

    fn explain(&self) -> Option<Explanation> {
        let data = &*self.allocation.0;
        let (policy, roster) = (&data.policy, &data.roster);
        let unit = self.unit;
        let mut steps = Vec::new();
        let mut amounts = Vec::new();
        for (number, layer) in policy.layers().iter().enumerate() {
            let whole = Amount::from_fen(data.row_fen(self.row, self.at, number));
            amounts.push(whole);
            if let Some(rule) = self.class.funding.get(number).and_then(Option::as_ref) {
                steps.push(self.step(number, layer, rule, whole)?);
            }
        }
        let total = Amount::sum(amounts).ok()?;
        Some(Explanation {
            id: roster.id(self.row).to_owned(),
            name: roster.name(self.row).to_owned(),
            year: self.year,
            class: self.class.id.clone(),
            class_name: self.class.name.clone(),
            count: roster.count(self.row),
            unit,
            policy_unit: Some(policy.unit()).filter(|own| *own != unit),
            steps,
            total: total.in_unit(unit).to_string(),
            sum: total,
        })
    }

    fn step(&self, number: usize, layer: &Layer, rule: &Rule, whole: Amount) -> Option<Step> {
        let data = &*self.allocation.0;
        let policy = &data.policy;
        let unit = self.unit;
        let place = Amount::from_fen(data.member_fen(self.row, 0, self.at, number));
        let before: Vec<Option<Amount>> =
            (0..number).map(|layer| Some(Amount::from_fen(data.member_fen(self.row, 0, self.at, layer)))).collect();
        let world = Seen { data, columns: self.columns };
        let mut exact = Exact::new(policy, self.columns, Some(self.class), self.year, self.row, &before, &world);
        exact.arrived = data.arrived(self.row, self.at);
        let met = exact.traced_holds(&rule.when)?;
        let (traced, mut inputs) = match rule.kind.pool() {
            Some(pool) if met => {
                let (traced, mut inputs, rests) = self.pool(pool)?;
                for (input, value) in &exact.inputs {
                    let input = self.input(input, value);
                    if !inputs.contains(&input) {
                        inputs.push(input);
                    }
                }
                exact.found.extend(rests.found);
                exact.traced_figures.extend(rests.figures);
                (traced, inputs)
            }
            pool => {
                let traced = if pool.is_some() { Traced::zero() } else { exact.traced(rule)? };
                let inputs = exact.inputs.iter().map(|(input, value)| self.input(input, value)).collect();
                (traced, inputs)
            }
        };
        let claim = data.claim(self.row, self.at, number);
        let limit = claim.as_ref().filter(|claim| met && claim.applied.is_some());
        let limit = limit.and_then(|_| self.limit_amount(number, layer));
        if let Some(limit) = &limit {
            // What the limit rests on itself.
            for (input, value) in &limit.inputs {
                let input = self.input(input, value);
                if !inputs.contains(&input) {
                    inputs.push(input);
                }
            }
            for figure in &limit.rests.figures {
                if !exact.traced_figures.iter().any(|known| known.figure == figure.figure) {
                    exact.traced_figures.push(figure.clone());
                }
            }
        }
        let (class, of_layer) = (ClassIndex::new(self.class_number()), LayerIndex::new(number));
        let clause = policy.clause(class, of_layer).map(str::to_owned);
        let of_class = clause.is_some() && clause == self.class.clause && rule.clause.is_none();
        let layer_clause = layer.clause.clone().filter(|own| of_class && clause.as_ref() != Some(own));
        let cited = Cited {
            clause: clause.as_deref(),
            layer_clause: layer_clause.as_deref(),
            changes: policy.changes_behind(class, of_layer),
        };
        let figures = self.figures(&exact.traced_figures);
        // Top-ups that count what arrived name the layers of which anything did.
        let received = match &rule.kind {
            RuleKind::TopUp(top_up) if exact.arrived.is_some() => {
                Some(top_up.counting.iter().copied().filter(|layer| exact.counts(*layer)).collect::<Vec<_>>())
            }
            _ => None,
        };
        let members = data.members_fen(self.row, self.at, number);
        let sentence = |lang| {
            let how = How {
                traced: &traced,
                found: &exact.found,
                figures: &figures,
                limit: limit.as_ref(),
                received: received.as_deref(),
                members: &members,
            };
            self.sentence(lang, rule, layer, &how, met, (place, whole), claim.as_ref())
        };
        let how = Name { zh: sentence(Lang::Zh), en: sentence(Lang::En) };
        let changed = |lang: Lang| {
            let only = Cited { clause: None, layer_clause: None, changes: cited.changes.clone() };
            [how.get(lang), &only.to_text(&Words { policy, lang })].concat()
        };
        let text = |lang: Lang| {
            let said = Words { policy, lang };
            [layer.name.get(lang), said.word("：", ": "), how.get(lang), &cited.to_text(&said)].concat()
        };
        Some(Step {
            layer: layer.id.clone(),
            payer: data.payer(self.row, layer).to_owned(),
            rule: rule.kind.as_str().to_owned(),
            read: inputs
                .iter()
                .map(|input| [input.name.as_str(), "=", &input.value].concat())
                .collect::<Vec<_>>()
                .join("; "),
            inputs,
            whole,
            text: Name { zh: text(Lang::Zh), en: text(Lang::En) },
            how: Name { zh: changed(Lang::Zh), en: changed(Lang::En) },
            figures,
            exact: show(&(&traced.value * BigInt::from(policy.unit().fen()) / BigInt::from(unit.fen()))),
            claim: claim.as_ref().map(|claim| claim.whole.in_unit(unit).to_string()),
            per_place: place.in_unit(unit).to_string(),
            amount: whole.in_unit(unit).to_string(),
            words: clause.as_deref().and_then(|clause| policy.clause_words(clause)).map(str::to_owned),
            readings: policy.readings_behind(class, of_layer).into_iter().map(|reading| reading.id.clone()).collect(),
            changes: cited.changes.iter().map(|change| (*change).clone()).collect(),
            clause: clause.clone(),
            layer_clause: layer_clause.clone(),
        })
    }

    fn class_number(&self) -> usize {
        self.allocation.policy().classes().iter().position(|class| class.id == self.class.id).unwrap_or(usize::MAX)
    }

    fn input(&self, input: &Input, value: &BigRational) -> ExplainedInput {
        let policy = self.allocation.policy();
        let layer = |layer: &LayerIndex| policy.layer(*layer).map_or("", |layer| layer.id.as_str());
        let name = match input {
            Input::Standard => "standard".to_owned(),
            Input::Attribute(attribute) => {
                policy.attribute(*attribute).map_or("", |attribute| attribute.id.as_str()).to_owned()
            }
            Input::Layer(index) => layer(index).to_owned(),
            Input::LeftOf(pool) => policy.pool(*pool).map_or("", |pool| pool.id.as_str()).to_owned(),
            Input::Figure(figure) => policy.figure(*figure).map_or("", |figure| figure.id.as_str()).to_owned(),
            Input::Aggregate(aggregate) => Words { policy, lang: Lang::En }.aggregate(*aggregate),
            Input::Exact(index) => ["exact ", layer(index)].concat(),
            Input::LastYear(index) => ["last_year ", layer(index)].concat(),
            Input::Received(index) => ["received ", layer(index)].concat(),
        };
        ExplainedInput { name, value: show(value) }
    }

    /// Figures with their arithmetic in words.
    fn figures(&self, traced: &[TracedFigure]) -> Vec<ExplainedFigure> {
        let policy = self.allocation.policy();
        let explained = traced.iter().filter_map(|TracedFigure { figure, traced }| {
            let data = policy.figure(*figure)?;
            let value = show(&traced.value);
            let sentence = |lang| {
                let unit = data.unit.as_deref().map(|unit| [" ", unit].concat()).unwrap_or_default();
                let arithmetic = if traced.text == value { String::new() } else { [" = ", &traced.text].concat() };
                [data.name.get(lang), &arithmetic, " = ", &value, &unit].concat()
            };
            let text = Name { zh: sentence(Lang::Zh), en: sentence(Lang::En) };
            let clause = policy.unchanged(data.clause.as_deref(), &["figures", &data.id], "");
            let words = clause.as_deref().and_then(|clause| policy.clause_words(clause)).map(str::to_owned);
            Some(ExplainedFigure { id: data.id.clone(), value, clause, words, text })
        });
        explained.collect()
    }

    /// A member's share of a pool.
    fn pool(&self, number: PoolIndex) -> Option<(Traced, Vec<ExplainedInput>, RestsOn)> {
        let data = &*self.allocation.0;
        let policy = &data.policy;
        let pool = policy.pool(number)?;
        let prior = data.prior(self.columns, pool.layer?, self.at)?;
        let levels = data.levels(self.columns, number, self.at)?;
        let share = levels.part(pool, self.year, self.columns, &prior, (self.row, 0))?;
        let unit = BigRational::from(BigInt::from(policy.unit().fen()));
        let total = &share.amount / &unit;
        let mut inputs = vec![ExplainedInput { name: pool.id.clone(), value: show(&total) }];
        for (weight, _) in &pool.weights {
            let (input, value) = match weight {
                Weight::Equal => continue,
                Weight::Attribute(attribute) => {
                    (Input::Attribute(*attribute), self.columns.number(*attribute, self.row))
                }
                Weight::Figure(figure) => {
                    let value = prior.value(&Value::Figure(*figure), (self.row, 0), &[]);
                    (Input::Figure(*figure), value.ok())
                }
                Weight::Layer(layer) => {
                    let fen = prior.layer(*layer, (self.row, 0));
                    (Input::Layer(*layer), fen.map(|fen| BigRational::from(BigInt::from(fen)) / &unit))
                }
            };
            inputs.extend(value.map(|value| self.input(&input, &value)));
        }
        let value = &share.part / &unit;
        let bounds = [(&share.floor, "max"), (&share.cap, "min")];
        let text = match &share.way {
            Way::Level(level) => {
                let level = level / &unit;
                // A pool below 0 is what its magnitude would be, turned around.
                let level = if total.is_negative() { -level } else { level };
                let part = [show(&share.share).as_str(), " × ", &show(&level)].concat();
                bounds.into_iter().fold(part, |part, (bound, name)| match bound {
                    Some(bound) => [name, "(", &show(&(bound / &unit)), ", ", &part, ")"].concat(),
                    None => part,
                })
            }
            Way::Floors(sum) => {
                let floor = share.floor.clone().unwrap_or_default() / &unit;
                [show(&floor).as_str(), " × ", &show(&total), " ÷ ", &show(&(sum / &unit))].concat()
            }
            Way::Caps => show(&value),
        };
        // What amount, floor and cap rest on themselves.
        let left = pool::left(pool, self.year, self.columns, &prior, share.code)?;
        let rests = prior.exactly((self.row, 0), &left, |exact| {
            let bounds = [Some(&pool.amount), pool.at_least.as_ref(), pool.at_most.as_ref()].into_iter().flatten();
            let weighed = pool.weights.iter().filter_map(|(weight, _)| match weight {
                Weight::Figure(figure) => Some(Value::Figure(*figure)),
                _ => None,
            });
            for value in bounds.cloned().chain(weighed) {
                exact.traced_value(&value)?;
            }
            let read = std::mem::take(&mut exact.inputs);
            let (found, figures) = (std::mem::take(&mut exact.found), std::mem::take(&mut exact.traced_figures));
            Some((read, RestsOn { found, figures }))
        });
        let (read, rests) = rests?;
        for (input, value) in &read {
            let input = self.input(input, value);
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
        Some((Traced::new(value, text), inputs, rests))
    }

    /// How the limit of a layer for the place came about, where it is no number of the file.
    fn limit_amount(&self, number: usize, layer: &Layer) -> Option<TracedLimit> {
        let data = &*self.allocation.0;
        let amount = &layer.limit.as_ref()?.amount;
        if matches!(amount, Value::Number(_)) {
            return None;
        }
        let limited = Limited::new(&data.policy, &data.roster, &data.groups, number)?;
        let prior = data.prior(self.columns, LayerIndex::new(number), self.at)?;
        let left = limited.left(limited.group(self.row), &prior)?;
        prior.exactly((self.row, 0), &left, |exact| {
            exact.blank_is_text = true;
            let traced = exact.traced_value(amount)?;
            let inputs = std::mem::take(&mut exact.inputs);
            let (found, figures) = (std::mem::take(&mut exact.found), std::mem::take(&mut exact.traced_figures));
            Some(TracedLimit { traced, inputs, rests: RestsOn { found, figures } })
        })
    }

    /// How the amount of a pool came about, where it is no number of the file: （资金池 0.3 × 500 = 150 万元）.
    fn pool_amount(&self, number: PoolIndex, said: &Words<'_>) -> Option<String> {
        let data = &*self.allocation.0;
        let pool = data.policy.pool(number)?;
        let prior = data.prior(self.columns, pool.layer?, self.at)?;
        let levels = data.levels(self.columns, number, self.at)?;
        let part = levels.part(pool, self.year, self.columns, &prior, (self.row, 0))?;
        let unit = data.policy.unit();
        let amount = show(&(part.amount / BigInt::from(unit.fen())));
        let of = pool.per.map(|key| {
            let name = self.columns.agreed(key, self.row, prior.class(self.row));
            [said.subject(key), " ", name].concat()
        });
        let plain = matches!(pool.amount, Value::Number(_));
        if plain && of.is_none() {
            return None;
        }
        let mut text = [said.word("（资金池", " (the pool")].concat();
        text.extend(of.iter().flat_map(|of| [said.word("，", " of "), of.as_str()]));
        text.push_str(said.word("：", ": "));
        if !plain {
            let left = pool::left(pool, self.year, self.columns, &prior, part.code)?;
            let traced = prior.exactly((self.row, 0), &left, |exact| exact.traced_value(&pool.amount))?;
            let exact = show(&traced.value);
            if traced.text != exact {
                text.extend([traced.text.as_str(), " = "]);
            }
            if exact != amount {
                text.extend([exact.as_str(), " ", unit.as_str(), said.word("，舍至 ", ", rounded down to ")]);
            }
        }
        text.extend([amount.as_str(), " ", unit.as_str(), said.word("）", ")")]);
        Some(text)
    }

    /// That a part is the cap or the floor where the pool has more than all may get, and how that came about:
    /// ，达到上限（0.5 × 14.285715 = 7.1428575 万元，按 0.01 元 四舍五入为 7.142858 万元）.
    fn pool_bound(&self, number: PoolIndex, said: &Words<'_>) -> Option<String> {
        let data = &*self.allocation.0;
        let policy = &data.policy;
        let pool = policy.pool(number)?;
        let prior = data.prior(self.columns, pool.layer?, self.at)?;
        let levels = data.levels(self.columns, number, self.at)?;
        let part = levels.part(pool, self.year, self.columns, &prior, (self.row, 0))?;
        if part.way != Way::Caps {
            return None;
        }
        let (phrase, value, bound) = match (part.share.is_zero(), &pool.at_least, &pool.at_most) {
            (false, _, Some(cap)) => (words::AT_CAP, cap, part.cap?),
            (true, Some(floor), _) => (words::AT_FLOOR, floor, part.floor?),
            _ => return Some(words::NO_SHARE.get(said.lang).to_owned()),
        };
        let unit = policy.unit();
        let bound = bound / BigInt::from(unit.fen());
        let mut traced = prior.exactly((self.row, 0), &[], |exact| exact.traced_value(value))?;
        if traced.value.is_negative() {
            // A floor below 0 is none.
            traced = Traced::new(BigRational::zero(), ["max(0, ", &traced.text, ")"].concat());
        }
        let exact = show(&traced.value);
        let mut text = String::new();
        if traced.text != exact {
            text.extend([traced.text.as_str(), " = "]);
        }
        text.extend([exact.as_str(), " ", unit.as_str()]);
        if bound != traced.value {
            let rounding = policy.layer(pool.layer?)?.rounding.with_mode(RoundingMode::HalfUp);
            let how = rounding_words(said, rounding);
            text.extend([said.word("，", ", "), &how, said.word("为 ", " "), &show(&bound), " ", unit.as_str()]);
        }
        Some(phrase.with(&[&text]).to_text(said.lang))
    }

    #[expect(clippy::too_many_arguments, reason = "a sentence says all of it")]
    fn sentence(
        &self,
        lang: Lang,
        rule: &Rule,
        layer: &Layer,
        how: &How<'_>,
        met: bool,
        (place, whole): (Amount, Amount),
        claim: Option<&RowClaim>,
    ) -> String {
        let policy = self.allocation.policy();
        let traced = how.traced;
        let unit = policy.unit();
        let count = self.allocation.roster().count(self.row);
        let said = Words { policy, lang };
        let mut text = String::new();
        if met {
            text.push_str(&match how.received {
                Some(layers @ [_, ..]) => counting_received(&said, layers, count),
                _ => rule.kind.explain(&said, self.class),
            });
            text.push_str(&found_by(&said, how.found, traced.absent, self.year));
            let pool = rule.kind.pool();
            text.extend(pool.and_then(|pool| self.pool_amount(pool, &said)));
            text.extend(pool.and_then(|pool| self.pool_bound(pool, &said)));
            text.push_str(said.word("，", ": "));
            let exact = show(&traced.value);
            if traced.text != exact {
                text.extend([traced.text.as_str(), " = "]);
            }
            text.extend([exact.as_str(), " ", unit.as_str()]);
            let claimed = claim.map_or(place, |claim| claim.place);
            let rounded = BigRational::new(claimed.fen().into(), BigInt::from(unit.fen()));
            if rounded != traced.value {
                let by_remainder = pool
                    .and_then(|pool| policy.pool(pool))
                    .is_some_and(|pool| pool.apportion == Apportion::LargestRemainder);
                let how = if by_remainder {
                    said.word("按最大余额法取整", "by largest remainder to").to_owned()
                } else {
                    rounding_words(&said, layer.rounding)
                };
                let amount = claimed.in_unit(unit).to_string();
                text.extend([said.word("，", ", "), &how, said.word("为 ", " "), &amount, " ", unit.as_str()]);
            }
            if let Some(claim) = claim {
                text.push_str(&limit_words(&said, layer, claim, place, (how.limit, self.year)));
            }
            if count > 1 {
                let all = whole.in_unit(unit).to_string();
                let said = if let [_, _, ..] = how.members {
                    let part = |(count, fen): &(u64, i64)| {
                        let phrase = if *count == 1 { words::ONE_GETS } else { words::SO_MANY_GET };
                        phrase.with(&[count, &Amount::from_fen(*fen).in_unit(unit)])
                    };
                    let parts = Argument::list(how.members.iter().map(part));
                    words::PLACES_UNLIKE.with(&[&count, &parts, &all, &unit])
                } else {
                    words::PLACES_ALIKE.with(&[&count, &all, &unit])
                };
                text.push_str(&said.to_text(lang));
            }
            if self.unit != unit {
                let shown = whole.in_unit(self.unit).to_string();
                text.extend([said.word("，即 ", ", which is "), &shown, " ", self.unit.as_str()]);
            }
        } else {
            let unmet = how.found.iter().filter_map(|found| match found {
                Found::Condition(condition, false, number) if rule.when.contains(condition) => {
                    Some(said.met(condition, number.as_ref().map(show).as_deref()))
                }
                _ => None,
            });
            text.push_str(&words::NOT_MET.with(&[&Argument::list(unmet)]).to_text(lang));
        }
        // After the amount as it is in the end: what is said of its rounding is not of a figure.
        for (at, figure) in how.figures.iter().enumerate() {
            let before = if at == 0 { "；其中：" } else { "；" };
            text.extend([said.word(before, "; "), figure.text.get(lang)]);
            if let Some(clause) = &figure.clause {
                text.extend([said.word("（依据 ", " ["), clause, said.word("）", "]")]);
            }
        }
        text
    }
}

/// How an amount came about.
struct How<'a> {
    traced: &'a Traced,
    found: &'a [Found],
    figures: &'a [ExplainedFigure],
    limit: Option<&'a TracedLimit>,
    /// The layers of which a top-up counts what arrived and not what was due.
    received: Option<&'a [LayerIndex]>,
    /// How many of the places of the row get how many fen.
    members: &'a [(u64, i64)],
}

/// That a top-up counts what arrived of layers and not what was due.
fn counting_received(said: &Words<'_>, layers: &[LayerIndex], count: u64) -> String {
    let names: Vec<&str> = layers.iter().map(|layer| said.layer(*layer)).collect();
    let names = said.list(&names);
    if count == 1 {
        words::TOPS_UP_RECEIVED.with(&[&names]).to_text(said.lang)
    } else {
        words::TOPS_UP_RECEIVED_OF_MANY.with(&[&names, &count]).to_text(said.lang)
    }
}

/// By what an amount was found, with the figures of the place: （人口 800 ≥ 500）.
fn found_by(said: &Words<'_>, found: &[Found], none_holds: bool, year: u16) -> String {
    let shown: Vec<String> = found.iter().filter_map(|found| found.to_words(said, none_holds, year)).collect();
    if shown.is_empty() {
        return String::new();
    }
    let before = if none_holds {
        said.word("（以下条件均不满足：", " (none of these conditions holds: ")
    } else {
        said.word("（", " (")
    };
    [before, &shown.join(said.word("；", "; ")), said.word("）", ")")].concat()
}

impl Found {
    /// In words; none of a condition that does not say why.
    fn to_words(&self, said: &Words<'_>, none_holds: bool, year: u16) -> Option<String> {
        Some(match self {
            Self::Condition(condition, holds, number) => {
                if *holds == none_holds {
                    return None;
                }
                said.met(condition, number.as_ref().map(show).as_deref())
            }
            Self::Band(number, bands, at) => {
                let bound = |at: usize| {
                    let (bound, limit) = bands.bands.get(at)?.bound.as_ref()?;
                    Some((*bound, limit.at(year)?))
                };
                let before = at.checked_sub(1).and_then(bound);
                // What is not below 500 is 500 or more.
                let from = before.map(|(bound, limit)| {
                    [if bound == Bound::Below { "≥ " } else { "> " }, &limit.to_string()].concat()
                });
                let to = bound(*at).map(|(bound, limit)| [bound.sign(), " ", &limit.to_string()].concat());
                let bounds: Vec<String> = [from, to].into_iter().flatten().collect();
                [
                    said.bracketed(&bands.of).as_str(),
                    " ",
                    &show(number),
                    if bounds.is_empty() { "" } else { " " },
                    &bounds.join(", "),
                ]
                .concat()
            }
            Self::Case(subject, text) => [said.subject(*subject), " = ", said.text_of(*subject, text)].concat(),
            Self::Aggregate(aggregate, gathered) => {
                let value = gathered.value.as_ref().map(show).unwrap_or_default();
                let places = gathered.places.to_string();
                let mut text = [&said.aggregate(*aggregate), " = ", &value].concat();
                let count = policy_counts(said, *aggregate);
                if !count {
                    text.extend([
                        said.word("（", " ("),
                        &places,
                        said.word(" 处", if gathered.places == 1 { " place" } else { " places" }),
                    ]);
                    if let Some(sum) = &gathered.sum {
                        text.extend([said.word("，合计 ", ", sum "), &show(sum)]);
                    }
                    text.push_str(said.word("）", ")"));
                }
                text
            }
        })
    }
}

/// Whether an aggregate is the number of places itself.
fn policy_counts(said: &Words<'_>, aggregate: AggregateIndex) -> bool {
    said.policy.aggregate(aggregate).is_some_and(|aggregate| aggregate.function == Function::Count)
}

/// What the amount and the bounds of a pool rest on.
struct RestsOn {
    found: Vec<Found>,
    figures: Vec<TracedFigure>,
}

/// What an amount rests on.
struct Cited<'a> {
    clause: Option<&'a str>,
    layer_clause: Option<&'a str>,
    changes: Vec<&'a ChangedValue>,
}

impl Cited<'_> {
    fn to_text(&self, said: &Words<'_>) -> String {
        let mut text = String::new();
        if let Some(clause) = self.clause {
            text.extend([said.word("（依据 ", " ["), clause]);
            if let Some(layer) = self.layer_clause {
                text.extend([said.word("，层级依据 ", ", layer: "), layer]);
            }
            text.push_str(said.word("）", "]"));
        }
        if let Some(list) = listed(self.changes.iter().copied()) {
            let changed = notes::CHANGED.with(&[&list]).to_text(said.lang);
            text.extend([said.word("（", " ["), &changed, said.word("）", "]")]);
        }
        text
    }
}

fn rounding_words(said: &Words<'_>, rounding: Rounding) -> String {
    let step = rounding.step().in_unit(rounding.unit()).to_string();
    let (zh, en) = match rounding.mode() {
        RoundingMode::HalfUp => (" 四舍五入", "rounded half-up to "),
        RoundingMode::HalfEven => (" 四舍六入五成双", "rounded half-even to "),
        RoundingMode::Down => (" 舍去尾数", "rounded down to "),
        RoundingMode::Up => (" 进一", "rounded up to "),
    };
    [said.word("按 ", en), &step, " ", rounding.unit().as_str(), said.word(zh, ":")].concat()
}

/// What the limit of a layer leaves one place of its claim: ；申请 60 元，额度内安排 50 元（按比例安排，额度 100 元，申请合计 120 元）.
fn limit_words(
    said: &Words<'_>,
    layer: &Layer,
    claim: &RowClaim,
    award: Amount,
    (how, year): (Option<&TracedLimit>, u16),
) -> String {
    let (Some(limit), Some(applied)) = (&layer.limit, claim.applied) else { return String::new() };
    let unit = said.policy.unit();
    let money = |amount: Amount| format!("{} {unit}", amount.in_unit(unit));
    let is_met = applied.measure == Measure::Met;
    let left = if is_met {
        said.word("，额度内全额安排", ", met in full").to_owned()
    } else {
        [said.word("，额度内安排 ", ", of which the limit leaves "), &money(award)].concat()
    };
    let rule = if is_met { String::new() } else { [limit.rule.label(said.lang), said.word("，", ", ")].concat() };
    let (amount, all) =
        (how.map_or_else(|| money(applied.limit), |how| how.to_words(said, applied.limit, year)), money(applied.claim));
    let parts = [
        said.word("（", " ("),
        &rule,
        said.word("额度 ", "limit "),
        &amount,
        said.word("，申请合计 ", ", all claims "),
        &all,
    ];
    [said.word("；申请 ", "; claimed "), &money(claim.place), &left, &parts.concat(), said.word("）", ")")].concat()
}

/// How a limit that is no number of the file came about.
struct TracedLimit {
    traced: Traced,
    inputs: Vec<(Input, BigRational)>,
    rests: RestsOn,
}

impl TracedLimit {
    /// 0.5 × 300.01 = 150.005 元，舍至 150 元.
    fn to_words(&self, said: &Words<'_>, limit: Amount, year: u16) -> String {
        let unit = said.policy.unit();
        let (exact, amount) = (show(&self.traced.value), limit.in_unit(unit).to_string());
        let mut text = String::new();
        if self.traced.text != exact {
            text.extend([self.traced.text.as_str(), " = "]);
        }
        if self.traced.value != BigRational::new(limit.fen().into(), unit.fen().into()) {
            text.extend([exact.as_str(), " ", unit.as_str(), said.word("，舍至 ", ", rounded down to ")]);
        }
        text.extend([amount.as_str(), " ", unit.as_str()]);
        text.push_str(&found_by(said, &self.rests.found, self.traced.absent, year));
        text
    }
}

impl Traced {
    fn zero() -> Self {
        Self::new(BigRational::zero(), "0".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::roster::RosterBuilder;
    use crate::policy::Policy;
    use crate::rows::records::{Cell, RowBuilder};

    #[test]
    fn every_member_of_a_large_pool_is_explained() {
        // Each by going through all members would be 9 million big numbers, several times.
        let count = 3_000_u32;
        let policy: Policy = serde_json::from_str(
            r#"{ "id": "p", "title": { "zh": "p" }, "years": [2024, 2024], "unit": "元",
                "attributes": { "x": { "type": "number" } }, "layers": [{ "id": "l", "payer": "county" }],
                "pools": [{ "id": "q", "amount": 1000000, "at_least": 10, "at_most": 600, "weights": { "x": 1 } }],
                "classes": [{ "id": "c", "funding": { "l": { "pool": "q" } } }] }"#,
        )
        .unwrap();
        let mut builder = RosterBuilder::new(&policy, &[("name", None), ("x", None)]);
        for row in 1..=count {
            builder.push_row(None, &[Cell::Text(&format!("n{row}")), Cell::Number(&row.to_string())]);
        }
        let (allocation, _) = Allocation::new(&policy, &builder.finish().unwrap().0).unwrap();
        let exact = |row: u32| allocation.explain(&format!("n{row}"), None).unwrap()[0].steps[0].exact.clone();
        let parts: Vec<String> = (1..=count).map(exact).collect();
        assert_eq!((parts[0].as_str(), parts[2_999].as_str()), ("10", "600"));
    }
}
