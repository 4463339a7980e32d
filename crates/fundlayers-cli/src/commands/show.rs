//! A policy for people.

use std::fmt::Write as _;

use fundlayers::{Lang, Payer, Policy, Rule, RuleKind, Status, Subject, Test, Value, Weight, Yearly};

use super::named;
use crate::args::{Output, OutputFormat};
use crate::{Failure, inputs, output, warn};

pub(super) fn policy(name: &str, set: &[String], options: &Output, lang: Lang) -> Result<(), Failure> {
    let format = output::format(options)?;
    let input = inputs::policy(name, set)?;
    warn(&input.warnings);
    let text = match format {
        OutputFormat::Json => serde_json::to_string_pretty(&input.policy).map(|text| text + "\n").unwrap_or_default(),
        OutputFormat::Csv => return Err(Failure::Usage("a policy is shown as table, md or json".to_owned())),
        OutputFormat::Table => Show { policy: &input.policy, lang, markdown: false }.text(),
        OutputFormat::Md => Show { policy: &input.policy, lang, markdown: true }.text(),
    };
    output::write(options.output.as_deref(), &[name], |writer| writer.write_all(text.as_bytes()))
}

struct Show<'a> {
    policy: &'a Policy,
    lang: Lang,
    markdown: bool,
}

impl Show<'_> {
    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    fn heading(&self, text: &mut String, zh: &'static str, en: &'static str) {
        let mark = if self.markdown { "## " } else { "" };
        let gap = if self.markdown { "\n" } else { "" };
        // Writing to a string cannot fail, here and below.
        _ = writeln!(text, "\n{mark}{}{gap}", self.word(zh, en));
    }

    fn item(&self) -> &'static str {
        if self.markdown { "- " } else { "  " }
    }

    fn text(&self) -> String {
        let policy = self.policy;
        let mut text = String::new();
        let title = policy.title().get(self.lang);
        _ = writeln!(text, "{}{title}", if self.markdown { "# " } else { "" });
        let status = policy.source().status.map_or("", |status: Status| status.label(self.lang));
        let (first, last) = (policy.years().start().to_string(), policy.years().end().to_string());
        if self.markdown {
            text.push('\n');
        }
        let mut line = |zh, en, value: &str| {
            if !value.is_empty() {
                _ = writeln!(text, "{}{}: {value}", self.item(), self.word(zh, en));
            }
        };
        line("编号", "id", policy.id());
        line("版本", "version", policy.version().unwrap_or_default());
        line("状态", "status", status);
        line("年度", "years", &format!("{first}–{last}"));
        line("单位", "unit", policy.unit().as_str());
        let rounding = policy.rounding();
        line(
            "取整",
            "rounding",
            &format!("{} {} ({})", rounding.step().in_unit(rounding.unit()), rounding.unit(), rounding.mode()),
        );
        line("文件", "document", policy.source().document.as_deref().unwrap_or_default());
        line("发布", "issuer", policy.source().issuer.as_deref().unwrap_or_default());
        line("日期", "published", policy.source().published.as_deref().unwrap_or_default());
        line("网址", "url", policy.source().url.as_deref().unwrap_or_default());
        self.heading(&mut text, "安排层级", "Layers");
        for layer in policy.layers() {
            let payer = match layer.payer {
                Payer::County => self.word("所在区县", "the recipient's county"),
                Payer::Body(body) => named(policy.payers().get(body).map(|payer| &payer.name), self.lang),
            };
            let paid = self.word("安排主体", "paid by");
            _ = writeln!(
                text,
                "{}{} ({}), {paid} {payer}{}",
                self.item(),
                layer.name.get(self.lang),
                layer.id,
                clause(layer.clause.as_deref())
            );
        }
        self.heading(&mut text, "类别", "Classes");
        for (number, class) in policy.classes().iter().enumerate() {
            let mut who = Vec::new();
            who.extend(
                class.designation.and_then(|d| policy.designations().get(d)).map(|d| d.name.get(self.lang).to_owned()),
            );
            who.extend(
                class.kind.and_then(|kind| policy.kinds().get(kind)).map(|kind| kind.name.get(self.lang).to_owned()),
            );
            who.extend(class.conditions.iter().map(|condition| self.condition(condition)));
            if let Some(expected) = class.expected {
                who.push(format!("{} {expected}", self.word("应有", "expected")));
            }
            if let Some(standard) = &class.standard {
                who.push(format!("{} {}", self.word("标准", "standard"), yearly(standard)));
            }
            let colon = if who.is_empty() { "" } else { ": " };
            let (item, who, cited) = (self.item(), who.join(", "), clause(class.clause.as_deref()));
            _ = writeln!(text, "{item}{}{colon}{who}{cited}", class.id);
            for (index, (layer, rule)) in policy.layers().iter().zip(&class.funding).enumerate() {
                if let Some(rule) = rule {
                    let cited = clause(policy.clause(number, index));
                    _ = writeln!(text, "  {}{}: {}{cited}", self.item(), layer.name.get(self.lang), self.rule(rule));
                }
            }
            if let Some(note) = &class.note {
                _ = writeln!(text, "  {}{}", self.item(), note.get(self.lang));
            }
        }
        if !policy.pools().is_empty() {
            self.heading(&mut text, "资金池", "Pools");
        }
        for pool in policy.pools() {
            let amount =
                |amount: &Yearly<fundlayers::Amount>| years(amount, |amount| amount.grouped(policy.unit()).to_string());
            let weights = pool.weights.iter().map(|(weight, ratio)| match weight {
                Weight::Equal => format!("{} {}", self.word("均分", "equal"), ratio.text),
                Weight::Attribute(index) => format!("{} {}", self.attribute(*index), ratio.text),
            });
            let mut parts = vec![amount(&pool.amount), weights.collect::<Vec<_>>().join(" + ")];
            parts.extend(pool.at_least.as_ref().map(|floor| format!("≥ {}", amount(floor))));
            parts.extend(pool.at_most.as_ref().map(|cap| format!("≤ {}", amount(cap))));
            _ = writeln!(
                text,
                "{}{}: {}{}",
                self.item(),
                pool.name.get(self.lang),
                parts.join(", "),
                clause(pool.clause.as_deref())
            );
        }
        if !policy.readings().is_empty() {
            self.heading(&mut text, "对文件未明之处的解读", "How open points of the document are read");
        }
        for reading in policy.readings() {
            _ = writeln!(
                text,
                "{}{}{}",
                self.item(),
                reading.question.get(self.lang),
                clause(reading.clause.as_deref())
            );
            _ = writeln!(text, "  {}{}: {}", self.item(), self.word("采用", "chosen"), reading.chosen.get(self.lang));
            for alternative in &reading.alternatives {
                _ = writeln!(
                    text,
                    "  {}{}: {}",
                    self.item(),
                    self.word("另解", "alternative"),
                    alternative.get(self.lang)
                );
            }
        }
        text
    }

    fn attribute(&self, index: usize) -> String {
        self.policy.attributes().get(index).map_or(String::new(), |attribute| attribute.name.get(self.lang).to_owned())
    }

    fn layer(&self, index: usize) -> String {
        self.policy.layers().get(index).map_or(String::new(), |layer| layer.name.get(self.lang).to_owned())
    }

    fn rule(&self, rule: &Rule) -> String {
        let mut text = match &rule.kind {
            RuleKind::Amount(value) => self.value(value),
            RuleKind::Rate { rate, of } => {
                format!("{} × {}", years(rate, |rate| rate.text.clone()), self.bracketed(of))
            }
            RuleKind::TopUp { to, counting } => {
                let to = self.value(to);
                let layers: Vec<String> = counting.iter().map(|layer| self.layer(*layer)).collect();
                match (layers.is_empty(), self.lang) {
                    (true, Lang::Zh) => format!("补足到 {to}"),
                    (true, Lang::En) => format!("tops up to {to}"),
                    (false, Lang::Zh) => format!("补足到 {to}，计入{}", layers.join("、")),
                    (false, Lang::En) => format!("tops up to {to}, counting {}", layers.join(", ")),
                }
            }
            RuleKind::Pool(pool) => {
                let pool = self.policy.pools().get(*pool).map_or("", |pool| pool.name.get(self.lang));
                format!("{} {pool}", self.word("分享资金池", "a part of the pool"))
            }
        };
        for (sign, value) in [("≥", &rule.at_least), ("≤", &rule.at_most)] {
            if let Some(value) = value {
                _ = write!(text, ", {sign} {}", self.value(value));
            }
        }
        if !rule.when.is_empty() {
            let conditions = rule.when.iter().map(|condition| self.condition(condition)).collect::<Vec<_>>().join(", ");
            _ = write!(text, "{}{conditions}", self.word("，条件：", ", when "));
        }
        text
    }

    fn bracketed(&self, value: &Value) -> String {
        let text = self.value(value);
        if matches!(value, Value::Sum(_)) { format!("({text})") } else { text }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Number(number) => yearly(number),
            Value::Standard => self.word("标准", "the standard").to_owned(),
            Value::Attribute(index) => self.attribute(*index),
            Value::Layer(index) => self.layer(*index),
            Value::Rule(rule) => format!("({})", self.rule(rule)),
            Value::Sum(terms) => {
                let terms: Vec<String> = terms.iter().map(|term| self.value(term)).collect();
                terms.join(" + ").replace("+ -", "− ")
            }
        }
    }

    fn condition(&self, condition: &fundlayers::Condition) -> String {
        let subject = match condition.subject {
            Subject::Attribute(index) => self.attribute(index),
            Subject::County => self.word("区县", "county").to_owned(),
            Subject::Township => self.word("乡镇", "township").to_owned(),
        };
        let list = |items: Vec<String>| items.join(self.word("、", " or "));
        match &condition.test {
            Test::Numbers(numbers) => {
                format!("{subject} = {}", list(numbers.iter().map(ToString::to_string).collect()))
            }
            Test::Flags(flags) => {
                let flags = flags.iter().map(|flag| if *flag { self.word("是", "yes") } else { self.word("否", "no") });
                format!("{subject}: {}", list(flags.map(str::to_owned).collect()))
            }
            Test::Texts(texts) => format!("{subject} = {}", list(texts.clone())),
            Test::Bounds(bounds) => {
                let bounds = bounds.iter().map(|(bound, limit)| format!("{subject} {} {limit}", bound.sign()));
                bounds.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

fn clause(clause: Option<&str>) -> String {
    clause.map_or(String::new(), |clause| format!(" [{clause}]"))
}

fn yearly(numbers: &Yearly<fundlayers::Decimal>) -> String {
    years(numbers, ToString::to_string)
}

/// One value, or each with the year from which it holds.
fn years<T>(values: &Yearly<T>, show: impl Fn(&T) -> String) -> String {
    let parts =
        values.iter().map(|(year, value)| if year == 0 { show(value) } else { format!("{year}: {}", show(value)) });
    parts.collect::<Vec<_>>().join("; ")
}
