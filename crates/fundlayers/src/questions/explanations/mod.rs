//! Figures explained for whoever checks them: how each came about, the words that it rests on, how they are read, what was
//! changed. As text, and as a page that prints.

use crate::ground::catalogue::explanations as words;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Message, Phrase};
use crate::ground::money::Unit;
use crate::ground::text::visible;
use crate::policy::{Policy, Reading};
use crate::questions::forms::{Form, FormPart};
use crate::questions::funding::FundingExplanation;
use crate::results::explain::Explanation;
use crate::results::grounds::{Grounds, Rests};
use crate::results::tables::policy_line;
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

mod award;
mod duty;
mod gap;
mod place;
mod table;
#[cfg(test)]
mod tests;
mod total;

pub use duty::{DutyExplanation, ExplainedAssignment};
pub use gap::{ExplainedReceipt, GapExplanation};
pub use total::{TotalExplanation, TotalPart};

/// Explained figures with what they rest on. Numbers are exact decimal texts in `unit`.
#[derive(Debug, Clone)]
pub struct Explained {
    policy: Policy,
    unit: Unit,
    grounds: Grounds,
    found: Found,
}

/// What was explained of what was asked for.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How each place's amounts came about, year by year.
    pub places: Vec<Explanation>,
    /// What limits leave of them.
    pub awards: Vec<FundingExplanation>,
    /// What of them arrived and what is missing.
    pub gaps: Vec<GapExplanation>,
    /// What is due of places besides money, and who brings it.
    pub duties: Vec<DutyExplanation>,
    /// Totals, of what they are made.
    pub totals: Vec<TotalExplanation>,
}

/// Something that was explained: what joins an explanation gives its part of the text and of the page.
trait Explains {
    /// Its lines of a text, the first of them its heading.
    fn lines(&self, lang: Lang) -> Vec<String>;
    /// Its part of a page.
    fn parts(&self, policy: &Policy, lang: Lang) -> Vec<FormPart<'static>>;
}

impl Explained {
    pub(crate) fn new(policy: &Policy, unit: Unit, found: Found) -> Self {
        let mut rests = Rests::new(policy);
        // What was due stands beside awards and gaps, with what they rest on.
        let Found { places, duties, totals, .. } = &found;
        for place in places {
            place.rests(&mut rests);
        }
        duty::rests(duties, &mut rests);
        for total in totals {
            total.rests(&mut rests);
        }
        let grounds = rests.finish();
        Self { policy: policy.clone(), unit, grounds, found }
    }

    /// All that is explained, in the order in which it is shown.
    fn all(&self) -> Vec<Box<dyn Explains + '_>> {
        let Found { places, awards, gaps, duties, totals } = &self.found;
        let mut all: Vec<Box<dyn Explains + '_>> = Vec::new();
        for place in places {
            all.push(Box::new(place));
        }
        for awards in awards.chunk_by(|a, b| (&a.id, a.year) == (&b.id, b.year)) {
            all.push(Box::new(awards));
        }
        for gaps in gaps.chunk_by(|a, b| (&a.id, a.year) == (&b.id, b.year)) {
            all.push(Box::new(gaps));
        }
        for duties in duties.chunk_by(|a, b| (&a.id, a.year) == (&b.id, b.year)) {
            all.push(Box::new(duties));
        }
        for total in totals {
            all.push(Box::new(total));
        }
        all
    }

    /// What was explained.
    #[must_use]
    pub const fn found(&self) -> &Found {
        &self.found
    }

    /// What they rest on: the document, clauses with their words, readings, changes.
    #[must_use]
    pub const fn grounds(&self) -> &Grounds {
        &self.grounds
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The unit of every amount.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// The whole note: each figure with its arithmetic, then what all of them rest on.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut lines: Vec<String> = Vec::new();
        for one in self.all() {
            lines.extend(one.lines(lang));
            lines.push(String::new());
        }
        if lines.is_empty() {
            lines.extend([words::NOTHING_TO_EXPLAIN.get(lang).to_owned(), String::new()]);
        }
        for (heading, said) in self.grounds.said(lang) {
            lines.push(heading);
            lines.extend(said.into_iter().map(|line| ["  ", &line].concat()));
            lines.push(String::new());
        }
        lines.push(policy_line(&self.policy, lang));
        // What stands in a line does not begin another.
        lines.iter().map(|line| visible(line)).collect::<Vec<_>>().join("\n")
    }

    /// The same as a page that prints on A4.
    #[must_use]
    pub fn page(&self, lang: Lang) -> Form<'_> {
        let mut parts: Vec<FormPart<'_>> = Vec::new();
        for one in self.all() {
            parts.extend(one.parts(&self.policy, lang));
        }
        parts.extend(self.grounds.parts(self.unit, lang));
        let unlike = self.unit != self.policy.unit();
        let read_in = words::READ_IN.with(&[&self.policy.unit()]).to_text(lang);
        let nothing = self.all().is_empty().then(|| words::NOTHING_TO_EXPLAIN.get(lang).to_owned());
        let read_in = unlike.then_some(read_in).into_iter();
        let notes = nothing.into_iter().chain(read_in).chain([policy_line(&self.policy, lang)]).collect();
        Form {
            lang,
            kind: None,
            title: words::TITLE.get(lang).to_owned(),
            subtitles: vec![self.policy.heading(lang)],
            head: Vec::new(),
            unit: self.unit,
            parts,
            notes,
        }
    }
}

impl Grounds {
    /// What there is to say of the document.
    fn origin(&self) -> Vec<Message> {
        let Self { document, issuer, published, url, .. } = self;
        let before = [(words::DOCUMENT, document), (words::ISSUED_BY, issuer), (words::PUBLISHED, published)];
        let said = |(phrase, text): (Phrase, &Option<String>)| Some(phrase.with(&[text.as_ref()?]));
        let mut all: Vec<Message> = before.into_iter().filter_map(said).collect();
        if let Some(status) = self.status {
            let label = Name::new(status.label(Lang::Zh), status.label(Lang::En));
            all.push(words::STATUS.with(&[&label]));
        }
        all.extend(said((words::URL, url)));
        all
    }

    /// Heading and lines of each part, in a language.
    fn said(&self, lang: Lang) -> Vec<(String, Vec<String>)> {
        let texts = |messages: Vec<Message>| messages.iter().map(|message| message.to_text(lang)).collect::<Vec<_>>();
        let clauses = self.clauses.iter().map(|cited| match &cited.words {
            Some(said) => words::QUOTED.with(&[&cited.clause, said]),
            None => words::WITHOUT_WORDS.with(&[&cited.clause]),
        });
        let changes = self.changes.iter().map(|change| {
            let before = change.before().map(ToString::to_string);
            match &before {
                Some(before) => words::CHANGE.with(&[change.path(), before, &change.after().to_string()]),
                None => words::CHANGE.with(&[change.path(), &words::NOTHING_BEFORE, &change.after().to_string()]),
            }
        });
        let parts = [
            (words::RESTS_ON, self.origin()),
            (words::CLAUSES, clauses.collect()),
            (words::READINGS, self.readings.iter().map(read_as).collect()),
            (words::CHANGES, changes.collect()),
        ];
        let parts = parts.into_iter().filter(|(_, lines)| !lines.is_empty());
        parts.map(|(heading, lines)| (heading.get(lang).to_owned(), texts(lines))).collect()
    }

    /// The same as parts of a page.
    fn parts(&self, unit: Unit, lang: Lang) -> Vec<FormPart<'static>> {
        let mut parts = Vec::new();
        let heading = |phrase: Phrase| FormPart::Heading(phrase.get(lang).to_owned());
        let origin = self.origin();
        if !origin.is_empty() {
            parts.push(heading(words::RESTS_ON));
            parts.extend(origin.iter().map(|line| FormPart::Text(line.to_text(lang))));
        }
        let titled = |titles: &[(&'static str, &'static str)]| {
            titles.iter().map(|(zh, en)| lang.pick(zh, en).to_owned()).collect()
        };
        if !self.clauses.is_empty() {
            parts.push(heading(words::CLAUSES));
            let rows = self.clauses.iter().map(|cited| {
                let said = cited.words.clone();
                vec![
                    cited.clause.clone(),
                    said.unwrap_or_else(|| lang.pick("未收录原文", "not in the file").to_owned()),
                ]
            });
            parts.push(texts(titled(&[("条款", "Clause"), ("原文", "Words")]), rows.collect(), unit, lang));
        }
        if !self.readings.is_empty() {
            parts.push(heading(words::READINGS));
            let rows = self.readings.iter().map(|reading| {
                let clause = reading.clause.clone().unwrap_or_default();
                vec![reading.question.get(lang).to_owned(), reading.chosen.get(lang).to_owned(), clause]
            });
            let titles = [("未明确之处", "Open point"), ("口径", "Read as"), ("条款", "Clause")];
            parts.push(texts(titled(&titles), rows.collect(), unit, lang));
        }
        if !self.changes.is_empty() {
            parts.push(heading(words::CHANGES));
            let rows = self.changes.iter().map(|change| {
                let before = change.before().map_or(words::NOTHING_BEFORE.get(lang).to_owned(), ToString::to_string);
                vec![change.path().to_string(), before, change.after().to_string()]
            });
            let titles = [("参数", "Parameter"), ("原值", "Before"), ("现值", "Now")];
            parts.push(texts(titled(&titles), rows.collect(), unit, lang));
        }
        parts
    }
}

fn read_as(reading: &Reading) -> Message {
    match &reading.clause {
        Some(clause) => words::READ_AS_BY.with(&[&reading.question, &reading.chosen, clause]),
        None => words::READ_AS.with(&[&reading.question, &reading.chosen]),
    }
}

/// A table of texts.
fn texts(columns: Vec<String>, rows: Vec<Vec<String>>, unit: Unit, lang: Lang) -> FormPart<'static> {
    let columns = columns.into_iter().map(|title| (title, ColumnKind::Text)).collect();
    let row = |cells: Vec<String>| ReportRow {
        kind: RowKind::Row,
        cells: cells.into_iter().map(|cell| Cell::Text(cell.into())).collect(),
    };
    let rows: Vec<ReportRow<'static>> = rows.into_iter().map(row).collect();
    let (title, notes) = (String::new(), Vec::new());
    FormPart::Table(Report { lang, title, unit, decimals: None, columns, rows: rows.into(), notes })
}

/// Titles and kinds of columns in a language.
fn columns(lang: Lang, columns: &[(&'static str, &'static str, ColumnKind)]) -> Vec<(String, ColumnKind)> {
    columns.iter().map(|(zh, en, kind)| (lang.pick(zh, en).to_owned(), *kind)).collect()
}

fn text(text: &str) -> Cell<'static> {
    Cell::Text(text.to_owned().into())
}

/// A layer's name, by its id.
fn layer_name<'p>(policy: &'p Policy, id: &'p str, lang: Lang) -> &'p str {
    policy.layers().iter().find(|layer| layer.id == id).map_or(id, |layer| layer.name.get(lang))
}
