//! A policy for people.

use std::fmt::Write as _;

use fundlayers::{Lang, PolicyDescription, visible};
use fundlayers_formats::{html, markdown};

use crate::args::{Output, OutputFormat};
use crate::catalogue as words;
use crate::{Failure, inputs, output, warn};

pub(super) fn policy(name: &str, set: &[String], options: &Output, lang: Lang) -> Result<(), Failure> {
    let format = output::format(options)?;
    let input = inputs::policy(name, set, lang)?;
    warn(&input.warnings, lang);
    let show = |markdown| Show { policy: &input.value.describe(lang), markdown }.text();
    let lines = match format {
        OutputFormat::Json => serde_json::to_string_pretty(&input.value).map(|text| text + "\n").unwrap_or_default(),
        OutputFormat::Csv | OutputFormat::Xlsx => return Err(Failure::used_wrongly(words::NO_TABLE_OF_POLICY)),
        #[cfg(feature = "parquet")]
        OutputFormat::Parquet => return Err(Failure::used_wrongly(words::NO_TABLE_OF_POLICY)),
        OutputFormat::Html => String::new(),
        OutputFormat::Table => show(false),
        OutputFormat::Md => show(true),
    };
    output::write(options.output.as_deref(), &[name], |writer| {
        if format == OutputFormat::Html {
            html::write_head(writer, &[&input.value], lang)?;
            html::write_policy(writer, &input.value.describe(lang))?;
            return html::write_foot(writer);
        }
        writer.write_all(lines.as_bytes())
    })
}

struct Show<'a> {
    policy: &'a PolicyDescription,
    markdown: bool,
}

impl Show<'_> {
    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.policy.lang.pick(zh, en)
    }

    /// What the policy says, as it may be shown.
    fn shown(&self, text: &str) -> String {
        if self.markdown { markdown::escaped(text) } else { visible(text).into_owned() }
    }

    /// Between a label and what it labels, and between the parts of a list.
    fn colon(&self) -> &'static str {
        self.word("：", ": ")
    }

    fn terms(&self, terms: &[String]) -> String {
        self.shown(&terms.join(self.word("，", ", ")))
    }

    /// An id behind its name.
    fn in_brackets(&self, id: &str) -> String {
        format!("{}{id}{}", self.word("（", " ("), self.word("）", ")"))
    }

    fn clause(&self, clause: Option<&str>) -> String {
        clause.map_or(String::new(), |clause| self.shown(&format!(" [{clause}]")))
    }

    fn heading(&self, text: &mut String, zh: &'static str, en: &'static str) {
        let mark = if self.markdown { "## " } else { "" };
        let gap = if self.markdown { "\n" } else { "" };
        // Writing to a string cannot fail, here and below.
        _ = writeln!(text, "\n{mark}{}{gap}", self.word(zh, en));
    }

    fn text(&self) -> String {
        let policy = self.policy;
        let item = if self.markdown { "- " } else { "  " };
        let mut text = String::new();
        _ = writeln!(text, "{}{}", if self.markdown { "# " } else { "" }, self.shown(&policy.title));
        if self.markdown {
            text.push('\n');
        }
        for (label, value) in &policy.facts {
            _ = writeln!(text, "{item}{label}{}{}", self.colon(), self.shown(value));
        }
        self.heading(&mut text, "安排层级", "Layers");
        for layer in &policy.layers {
            let (paid, cited) = (self.word("安排主体", "paid by"), self.clause(layer.clause.as_deref()));
            let [name, id, payer] = [&layer.name, &layer.id, &layer.payer].map(|text| self.shown(text));
            let terms: String =
                layer.terms.iter().flat_map(|term| [self.word("，", ", ").to_owned(), self.shown(term)]).collect();
            let (id, comma) = (self.in_brackets(&id), self.word("，", ", "));
            let gap = self.word("：", " ");
            _ = writeln!(text, "{item}{name}{id}{comma}{paid}{gap}{payer}{terms}{cited}");
        }
        if !policy.figures.is_empty() {
            self.heading(&mut text, "指标", "Figures");
        }
        for figure in &policy.figures {
            let [name, id, how] = [&figure.name, &figure.id, &figure.text].map(|text| self.shown(text));
            let (id, colon) = (self.in_brackets(&id), self.colon());
            _ = writeln!(text, "{item}{name}{id}{colon}{how}{}", self.clause(figure.clause.as_deref()));
        }
        self.heading(&mut text, "类别", "Classes");
        for class in &policy.classes {
            let colon = if class.terms.is_empty() { "" } else { self.colon() };
            let (terms, cited) = (self.terms(&class.terms), self.clause(class.clause.as_deref()));
            _ = writeln!(text, "{item}{}{colon}{terms}{cited}", self.shown(&class.id));
            for (layer, rule) in policy.layers.iter().zip(&class.rules) {
                if let Some(rule) = rule {
                    let [name, rule_text] = [&layer.name, &rule.text].map(|text| self.shown(text));
                    let (colon, cited) = (self.colon(), self.clause(rule.clause.as_deref()));
                    _ = writeln!(text, "  {item}{name}{colon}{rule_text}{cited}");
                }
            }
            if let Some(note) = &class.note {
                _ = writeln!(text, "  {item}{}", self.shown(note));
            }
        }
        if !policy.pools.is_empty() {
            self.heading(&mut text, "资金池", "Pools");
        }
        for pool in &policy.pools {
            let (name, terms) = (self.shown(&pool.name), self.terms(&pool.terms));
            _ = writeln!(text, "{item}{name}{}{terms}{}", self.colon(), self.clause(pool.clause.as_deref()));
        }
        if !policy.checks.is_empty() {
            self.heading(&mut text, "核对", "Checks");
        }
        for check in &policy.checks {
            let [name, id, how] = [&check.name, &check.id, &check.text(policy.lang)].map(|text| self.shown(text));
            let (id, colon) = (self.in_brackets(&id), self.colon());
            _ = writeln!(text, "{item}{name}{id}{colon}{how}{}", self.clause(check.clause.as_deref()));
            if let Some(note) = &check.note {
                _ = writeln!(text, "  {item}{}", self.shown(note));
            }
        }
        if !policy.duties.is_empty() {
            self.heading(&mut text, "帮扶力量和其他任务", "Duties");
        }
        for duty in &policy.duties {
            let [id, how] = [&duty.id, &duty.text].map(|text| self.shown(text));
            _ = writeln!(text, "{item}{id}{}{how}{}", self.colon(), self.clause(duty.clause.as_deref()));
            if let Some(note) = &duty.note {
                _ = writeln!(text, "  {item}{}", self.shown(note));
            }
        }
        if !policy.readings.is_empty() {
            self.heading(&mut text, "对文件未明之处的解读", "How open points of the document are read");
        }
        for reading in &policy.readings {
            let cited = self.clause(reading.clause.as_deref());
            _ = writeln!(text, "{item}{}{cited}", self.shown(&reading.question));
            let colon = self.colon();
            _ = writeln!(text, "  {item}{}{colon}{}", self.word("采用", "chosen"), self.shown(&reading.chosen));
            for alternative in &reading.alternatives {
                let alternative = self.shown(alternative);
                _ = writeln!(text, "  {item}{}{colon}{alternative}", self.word("另解", "alternative"));
            }
        }
        text
    }
}
