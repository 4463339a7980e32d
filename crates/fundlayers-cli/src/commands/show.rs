//! A policy for people.

use std::fmt::Write as _;

use fundlayers::{Lang, PolicyDescription};

use crate::args::{Output, OutputFormat};
use crate::{Failure, inputs, output, warn};

pub(super) fn policy(name: &str, set: &[String], options: &Output, lang: Lang) -> Result<(), Failure> {
    let format = output::format(options)?;
    let input = inputs::policy(name, set)?;
    warn(&input.warnings);
    let show = |markdown| Show { policy: &input.value.describe(lang), markdown }.text();
    let text = match format {
        OutputFormat::Json => serde_json::to_string_pretty(&input.value).map(|text| text + "\n").unwrap_or_default(),
        OutputFormat::Csv => return Err(Failure::Usage("a policy is shown as table, md or json".to_owned())),
        OutputFormat::Table => show(false),
        OutputFormat::Md => show(true),
    };
    output::write(options.output.as_deref(), &[name], |writer| writer.write_all(text.as_bytes()))
}

struct Show<'a> {
    policy: &'a PolicyDescription,
    markdown: bool,
}

impl Show<'_> {
    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.policy.lang.pick(zh, en)
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
        _ = writeln!(text, "{}{}", if self.markdown { "# " } else { "" }, policy.title);
        if self.markdown {
            text.push('\n');
        }
        for (label, value) in &policy.facts {
            _ = writeln!(text, "{item}{label}: {value}");
        }
        self.heading(&mut text, "安排层级", "Layers");
        for layer in &policy.layers {
            let (paid, cited) = (self.word("安排主体", "paid by"), clause(layer.clause.as_deref()));
            _ = writeln!(text, "{item}{} ({}), {paid} {}{cited}", layer.name, layer.id, layer.payer);
        }
        self.heading(&mut text, "类别", "Classes");
        for class in &policy.classes {
            let colon = if class.terms.is_empty() { "" } else { ": " };
            let (terms, cited) = (class.terms.join(", "), clause(class.clause.as_deref()));
            _ = writeln!(text, "{item}{}{colon}{terms}{cited}", class.id);
            for (layer, rule) in policy.layers.iter().zip(&class.rules) {
                if let Some(rule) = rule {
                    _ = writeln!(text, "  {item}{}: {}{}", layer.name, rule.text, clause(rule.clause.as_deref()));
                }
            }
            if let Some(note) = &class.note {
                _ = writeln!(text, "  {item}{note}");
            }
        }
        if !policy.pools.is_empty() {
            self.heading(&mut text, "资金池", "Pools");
        }
        for pool in &policy.pools {
            _ = writeln!(text, "{item}{}: {}{}", pool.name, pool.terms.join(", "), clause(pool.clause.as_deref()));
        }
        if !policy.readings.is_empty() {
            self.heading(&mut text, "对文件未明之处的解读", "How open points of the document are read");
        }
        for reading in &policy.readings {
            _ = writeln!(text, "{item}{}{}", reading.question, clause(reading.clause.as_deref()));
            _ = writeln!(text, "  {item}{}: {}", self.word("采用", "chosen"), reading.chosen);
            for alternative in &reading.alternatives {
                _ = writeln!(text, "  {item}{}: {alternative}", self.word("另解", "alternative"));
            }
        }
        text
    }
}

fn clause(clause: Option<&str>) -> String {
    clause.map_or(String::new(), |clause| format!(" [{clause}]"))
}
