//! A policy in words, for every writer that shows it to people.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::ground::ids::{ClassIndex, LayerIndex};
use crate::ground::language::Lang;
use crate::ground::money::{Amount, Rounding};
use crate::policy::changes::listed;
use crate::policy::rule::condition::ConditionStyle;
use crate::policy::rule::words::{Words, yearly, years};
use crate::policy::{
    Apportion, FundingRule, IfLeft, IfShort, Layer, LayerLimit, LimitGroup, Payer, Policy, Sign, Value, Weight,
};

/// A policy in words of one language: what `policy show` and a notebook show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDescription {
    /// The language of its words.
    #[serde(skip)]
    pub lang: Lang,
    /// The title.
    pub title: String,
    /// Label and value: id, version, status, years, unit, rounding, and where the policy comes from. None is blank.
    pub facts: Vec<(String, String)>,
    /// The layers in order.
    pub layers: Vec<DescribedLayer>,
    /// The figures in order.
    pub figures: Vec<DescribedFigure>,
    /// The classes in order.
    pub classes: Vec<DescribedClass>,
    /// The pools.
    pub pools: Vec<DescribedPool>,
    /// What the document requires besides amounts.
    pub checks: Vec<DescribedCheck>,
    /// How open points of the document are read.
    pub readings: Vec<DescribedReading>,
}

/// A check in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedCheck {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Of whom it is required.
    pub subject: String,
    /// What is required; none: the document gives no number.
    pub must: Option<String>,
    /// To whom it applies; none: to all.
    pub when: Option<String>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

impl DescribedCheck {
    /// What is required of whom, in one line: 各乡镇，机动指标 ≤ 0.05 × 建设用地指标.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut text = [lang.pick("各", "each "), &self.subject].concat();
        if let Some(when) = &self.when {
            text.extend([lang.pick("（", " where "), when, lang.pick("）", "")]);
        }
        text.push_str(lang.pick("：", ": "));
        text.push_str(self.must.as_deref().unwrap_or(lang.pick("原文没有数量要求", "the document gives no number")));
        text
    }
}

/// A figure in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedFigure {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it comes about, its rounding and its unit.
    pub text: String,
    /// The clause it rests on.
    pub clause: Option<String>,
}

/// A layer in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedLayer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub payer: String,
    /// Its sign, its rounding and its limit, where they are its own.
    pub terms: Vec<String>,
    /// The clause it rests on.
    pub clause: Option<String>,
}

/// A class in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedClass {
    /// Its id.
    pub id: String,
    /// Its name; the id, if it has none.
    pub name: String,
    /// Whom it serves, how many there should be, the standard.
    pub terms: Vec<String>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// Its rules by layer; none for a layer that it does not list.
    pub rules: Vec<Option<DescribedRule>>,
    /// A remark.
    pub note: Option<String>,
}

/// A rule in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedRule {
    /// What it gives.
    pub text: String,
    /// The clause it rests on: its own, else its class's, else its layer's.
    pub clause: Option<String>,
}

/// A pool in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedPool {
    /// Its name.
    pub name: String,
    /// Amount, weights, floor and cap.
    pub terms: Vec<String>,
    /// The clause it rests on.
    pub clause: Option<String>,
}

/// How an open point of the document is read, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescribedReading {
    /// What the document leaves open.
    pub question: String,
    /// The clause in question.
    pub clause: Option<String>,
    /// How it is read.
    pub chosen: String,
    /// How else it could be read.
    pub alternatives: Vec<String>,
}

impl Policy {
    /// The policy in words.
    ///
    /// ```
    /// # use fundlayers::{Lang, Policy};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
    ///   "layers": [{ "id": "city", "payer": "city", "clause": "一" }, { "id": "county", "payer": "county" }], "payers": { "city": {} },
    ///   "classes": [{ "id": "all", "standard": 6, "funding": { "city": 3, "county": { "top_up_to": "standard" } } }] }"#)?;
    /// let rules = &policy.describe(Lang::En).classes[0].rules;
    /// let texts: Vec<&str> = rules.iter().flatten().map(|rule| rule.text.as_str()).collect();
    /// assert_eq!(texts, ["3", "tops up to the standard, counting city"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn describe(&self, lang: Lang) -> PolicyDescription {
        Words { policy: self, lang }.describe()
    }

    /// Where what rests on the policy comes from, for the head of a page, label and value: id, version, status, document,
    /// issuer, date, address, and what was changed. None is blank.
    ///
    /// ```
    /// # use fundlayers::{Lang, Policy};
    /// let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
    ///   "version": "2", "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#)?;
    /// let facts = policy.origin(Lang::Zh);
    /// assert_eq!(facts, [("编号".to_owned(), "e".to_owned()), ("版本".to_owned(), "2".to_owned())]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn origin(&self, lang: Lang) -> Vec<(String, String)> {
        let facts = Words { policy: self, lang }.all_facts();
        facts
            .into_iter()
            .filter(|(key, ..)| !matches!(*key, "years" | "unit" | "rounding"))
            .map(label_and_value)
            .collect()
    }
}

fn label_and_value((_, label, value): (&str, &str, String)) -> (String, String) {
    (label.to_owned(), value)
}

/// `0.01 元 (half-up)`, `0.01 元（四舍五入）`.
fn step(rounding: Rounding, lang: Lang) -> String {
    let (step, mode) = (rounding.step().in_unit(rounding.unit()), rounding.mode().label(lang));
    let [open, close] = [lang.pick("（", " ("), lang.pick("）", ")")];
    format!("{step} {}{open}{mode}{close}", rounding.unit())
}

impl Words<'_> {
    fn describe(&self) -> PolicyDescription {
        let policy = self.policy;
        PolicyDescription {
            lang: self.lang,
            title: policy.heading(self.lang),
            facts: self.facts(),
            layers: self.described_layers(),
            figures: policy.figures().iter().map(|figure| self.described_figure(figure)).collect(),
            classes: self.described_classes(),
            pools: policy.pools().iter().map(|pool| self.described_pool(pool)).collect(),
            checks: policy.checks().iter().map(|check| self.described_check(check)).collect(),
            readings: policy
                .readings()
                .iter()
                .map(|reading| DescribedReading {
                    question: reading.question.get(self.lang).to_owned(),
                    clause: reading.clause.clone(),
                    chosen: reading.chosen.get(self.lang).to_owned(),
                    alternatives: reading.alternatives.iter().map(|other| other.get(self.lang).to_owned()).collect(),
                })
                .collect(),
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        self.all_facts().into_iter().map(label_and_value).collect()
    }

    /// Key, label and value of what is not blank.
    fn all_facts(&self) -> Vec<(&'static str, &'static str, String)> {
        let policy = self.policy;
        let (rounding, source) = (policy.rounding(), policy.source());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let facts = [
            ("编号", "id", policy.id().to_owned()),
            ("版本", "version", policy.version().unwrap_or_default().to_owned()),
            ("状态", "status", source.status.map_or(String::new(), |status| status.label(self.lang).to_owned())),
            ("年度", "years", format!("{}–{}", policy.years().start(), policy.years().end())),
            ("单位", "unit", policy.unit().to_string()),
            ("取整", "rounding", step(rounding, self.lang)),
            ("文件", "document", text(&source.document)),
            ("发布", "issuer", text(&source.issuer)),
            ("日期", "published", text(&source.published)),
            ("网址", "url", text(&source.url)),
            ("改动", "changed", listed(policy.changes()).map_or(String::new(), |list| list.to_text(self.lang))),
        ];
        let facts = facts.into_iter().filter(|(_, _, value)| !value.is_empty());
        facts.map(|(zh, en, value)| (en, self.word(zh, en), value)).collect()
    }

    fn described_layers(&self) -> Vec<DescribedLayer> {
        let layers = self.policy.layers().iter();
        layers
            .map(|layer| DescribedLayer {
                id: layer.id.clone(),
                name: layer.name.get(self.lang).to_owned(),
                payer: match layer.payer {
                    Payer::County => self.word("所在区县", "the recipient's county").to_owned(),
                    Payer::Attribute(attribute) => {
                        let name = self.attribute(attribute);
                        [self.word("名单所列的", "whoever the roster names as "), name].concat()
                    }
                    Payer::Body(body) => {
                        self.policy.payer(body).map_or("", |payer| payer.name.get(self.lang)).to_owned()
                    }
                },
                terms: self.layer_terms(layer),
                clause: self.policy.unchanged(layer.clause.as_deref(), &["layers", &layer.id], "limit"),
            })
            .collect()
    }

    fn layer_terms(&self, layer: &Layer) -> Vec<String> {
        let mut terms = Vec::new();
        if layer.sign == Sign::Any {
            terms.push(self.word("金额可以小于 0，由对象缴入", "amounts may be below 0: places pay in").to_owned());
        }
        if layer.rounding != self.policy.rounding() {
            terms.push([self.word("取整 ", "rounded to "), &step(layer.rounding, self.lang)].concat());
        }
        terms.extend(layer.limit.as_ref().map(|limit| self.limit(limit)));
        terms
    }

    /// 额度 200，各区县分别计，按比例安排.
    fn limit(&self, limit: &LayerLimit) -> String {
        let mut text = [self.word("额度 ", "limit "), &self.limit_amount(&limit.amount)].concat();
        if let Some(per) = limit.per {
            let parts = [self.word("，各", " for each "), self.limit_group(per), self.word("分别计", "")];
            text.extend(parts);
        }
        text.extend([self.word("，", ", "), limit.rule.label(self.lang)]);
        if let FundingRule::Priority(order) = &limit.rule {
            let order: Vec<&str> = order.iter().map(String::as_str).collect();
            text.extend([self.word("：", ": "), &self.list(&order)]);
        }
        text
    }

    fn limit_amount(&self, amount: &Value) -> String {
        match amount {
            Value::Number(number) => yearly(number),
            value => self.bracketed(value),
        }
    }

    fn limit_group(&self, group: LimitGroup) -> &str {
        match group {
            LimitGroup::Payer => self.word("安排主体", "payer"),
            LimitGroup::Text(subject) => self.subject(subject),
        }
    }

    fn described_classes(&self) -> Vec<DescribedClass> {
        let policy = self.policy;
        let mut classes = Vec::new();
        for (number, class) in policy.classes().iter().enumerate() {
            let name = |named: &crate::policy::Named| named.name.get(self.lang).to_owned();
            let mut terms = Vec::new();
            terms.extend(class.designation.and_then(|at| policy.designation(at)).map(name));
            terms.extend(class.kind.and_then(|at| policy.kind(at)).map(name));
            terms.extend(
                class.conditions.iter().map(|condition| self.condition(condition, ConditionStyle::DESCRIPTION)),
            );
            if let Some(expected) = class.expected {
                terms.push([self.word("应有 ", "expected "), &expected.to_string()].concat());
            }
            if let Some(standard) = &class.standard {
                terms.push([self.word("标准 ", "standard "), &self.value(standard)].concat());
            }
            let rules = class.funding.iter().enumerate();
            classes.push(DescribedClass {
                id: class.id.clone(),
                name: class.name.get(self.lang).to_owned(),
                terms,
                clause: self.policy.unchanged(class.clause.as_deref(), &["classes", &class.id], "standard"),
                rules: rules
                    .map(|(layer, rule)| {
                        let clause = policy.clause(ClassIndex::new(number), LayerIndex::new(layer)).map(str::to_owned);
                        rule.as_ref().map(|rule| DescribedRule { text: self.rule(rule), clause })
                    })
                    .collect(),
                note: class.note.as_ref().map(|note| note.get(self.lang).to_owned()),
            });
        }
        classes
    }

    fn described_check(&self, check: &crate::policy::Check) -> DescribedCheck {
        let words = |conditions: &[crate::policy::Condition]| {
            (!conditions.is_empty()).then(|| self.conditions(conditions, ConditionStyle::DESCRIPTION))
        };
        DescribedCheck {
            id: check.id.clone(),
            name: check.name.get(self.lang).to_owned(),
            subject: check.subject.label(self.lang).to_owned(),
            must: words(&check.must),
            when: words(&check.when),
            clause: self.policy.unchanged(check.clause.as_deref(), &["checks", &check.id], "must"),
            note: check.note.as_ref().map(|note| note.get(self.lang).to_owned()),
        }
    }

    fn described_figure(&self, figure: &crate::policy::Figure) -> DescribedFigure {
        let mut text = match &figure.value {
            Value::Rule(rule) => self.rule(rule),
            value => self.value(value),
        };
        if let Some(rounding) = &figure.rounding {
            text.extend([self.word("，", ", "), &self.number_rounding(rounding)]);
        }
        if let Some(unit) = &figure.unit {
            text.extend([self.word("（", " ("), unit, self.word("）", ")")]);
        }
        DescribedFigure {
            id: figure.id.clone(),
            name: figure.name.get(self.lang).to_owned(),
            text,
            clause: self.policy.unchanged(figure.clause.as_deref(), &["figures", &figure.id], ""),
        }
    }

    fn described_pool(&self, pool: &crate::policy::Pool) -> DescribedPool {
        let unit = self.policy.unit();
        let grouped = |number: &Decimal| match Amount::from_decimal(*number, unit) {
            Ok(amount) => amount.grouped(unit).to_string(),
            Err(_) => number.to_string(),
        };
        let amount = |amount: &Value| match amount {
            Value::Number(number) => years(number, grouped),
            value => self.value(value),
        };
        let weights = pool.weights.iter().map(|(weight, ratio)| {
            let of = match weight {
                Weight::Equal => self.word("均分", "equal"),
                Weight::Attribute(attribute) => self.attribute(*attribute),
                Weight::Layer(layer) => self.layer(*layer),
                Weight::Figure(figure) => self.figure(*figure),
            };
            [of, " ", &ratio.text].concat()
        });
        let mut terms = vec![amount(&pool.amount)];
        terms.extend(
            pool.per.map(|key| [self.word("每个", "for each "), self.subject(key), self.word("各一份", "")].concat()),
        );
        terms.push(weights.collect::<Vec<_>>().join(" + "));
        for (sign, bound) in [("≥ ", &pool.at_least), ("≤ ", &pool.at_most)] {
            terms.extend(bound.as_ref().map(|bound| [sign, &amount(bound)].concat()));
        }
        if pool.if_short == IfShort::Reduce {
            terms.push(self.word("下限超过总额时按比例缩减", "floors above the pool are cut in proportion").to_owned());
        }
        if pool.if_left == IfLeft::Keep {
            terms.push(self.word("封顶后的余额不分配", "what caps leave stays undistributed").to_owned());
        }
        if pool.apportion == Apportion::Each {
            terms.push(self.word("各自取整", "each part is rounded by itself").to_owned());
        }
        let clause = self.policy.unchanged(pool.clause.as_deref(), &["pools", &pool.id], "");
        DescribedPool { name: pool.name.get(self.lang).to_owned(), terms, clause }
    }
}
