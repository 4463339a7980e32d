//! What was due beside what arrived, with the lines of the ledger that say so.

use serde::Serialize;

use super::{Explains, columns, text};
use crate::ground::catalogue::explanations as words;
use crate::ground::language::{Lang, Name};
use crate::ground::message::Message;
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::questions::forms::FormPart;
use crate::questions::receipts::Receipt;
use crate::questions::reconcile::{ReconciledLine, Reconciliation};
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

/// What a recipient was due in a year from a layer, what happened, and what is missing. Amounts are exact decimal texts in
/// `unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapExplanation {
    /// The recipient's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The year.
    pub year: u16,
    /// The layer, by id.
    pub layer: String,
    /// Who answers for it: the body's id, or the recipient's county.
    pub payer: String,
    /// The unit of every amount.
    pub unit: Unit,
    /// What was due.
    pub due: String,
    /// What was issued, less what was taken back.
    pub issued: String,
    /// What arrived, less what was taken back.
    pub received: String,
    /// What was spent.
    pub spent: String,
    /// What was due and has not arrived: max(0, due − received).
    pub gap: String,
    /// What arrived beyond what was due: max(0, received − due).
    pub excess: String,
    /// The lines of the ledger, in its order.
    pub lines: Vec<ExplainedReceipt>,
    /// The same as a sentence.
    pub text: Name,
    #[serde(skip)]
    fen: [Amount; 6],
}

/// A line of the ledger that belongs to what is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedReceipt {
    /// The file, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of a sheet; else which row it is.
    pub line: u32,
    /// `issued`, `received` or `spent`.
    pub event: String,
    /// The amount; below zero if money was taken back.
    pub amount: String,
    /// The date as written; may be blank.
    pub date: String,
    /// The number of its document as written; may be blank.
    pub document: String,
    /// The number of the higher level's document; may be blank.
    pub upstream_document: String,
    /// Whose money it is; may be blank, then it is open.
    pub source: String,
    /// The remark; may be blank.
    pub note: String,
    /// Whether it is counted: what is dated after the month that is asked for is not.
    pub counted: bool,
    #[serde(skip)]
    event_name: Name,
    #[serde(skip)]
    fen: Amount,
}

impl ExplainedReceipt {
    fn new(receipt: Receipt<'_>, counted: bool, unit: Unit) -> Self {
        Self {
            file: receipt.file().map(str::to_owned),
            line: receipt.row().place_number(),
            event: receipt.event().as_str().to_owned(),
            amount: receipt.amount().in_unit(unit).to_string(),
            date: receipt.date().to_owned(),
            document: receipt.document().to_owned(),
            upstream_document: receipt.upstream_document().to_owned(),
            source: receipt.source().to_owned(),
            note: receipt.note().to_owned(),
            counted,
            event_name: receipt.event().name(),
            fen: receipt.amount(),
        }
    }

    fn place(&self) -> Message {
        match &self.file {
            Some(file) => words::RECEIPT_IN.with(&[&self.line, file]),
            None => words::RECEIPT_AT.with(&[&self.line]),
        }
    }

    /// 台账第 2 行，到位 200 万元（2024-05-01，某财农〔2024〕1号）.
    fn to_text(&self, unit: Unit, lang: Lang) -> String {
        let message = words::RECEIPT.with(&[&self.place(), &self.event_name, &self.amount, &unit]);
        let more: Vec<&str> = [&self.date, &self.document, &self.upstream_document, &self.source, &self.note]
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        let more = more.join(lang.pick("，", ", "));
        let message = if more.is_empty() { message } else { words::RECEIPT_WITH.with(&[&message, &more]) };
        if self.counted { message.to_text(lang) } else { words::NOT_COUNTED.with(&[&message]).to_text(lang) }
    }
}

impl Reconciliation {
    /// Explains what a recipient was due and what arrived, by its id or, if no id is so called, by its name: an entry for each
    /// year and layer in which it was due anything or anything happened, with the lines of the ledger.
    ///
    /// # Errors
    ///
    /// As [`Allocation::explain`](crate::Allocation::explain).
    pub fn explain(&self, unit: Unit, recipient: &str, years: Option<&[u16]>) -> Result<Vec<GapExplanation>, Problems> {
        let (due, counted) = (self.due(), self.counted());
        let rows = due.find(recipient.trim())?;
        let years = due.chosen(years)?;
        let matched = self.matched_rows();
        let mut list = Vec::new();
        for row in rows {
            for line in self.lines_at(row) {
                if !years.contains(&line.year()) {
                    continue;
                }
                let (row, year, layer) = line.place();
                let receipts = self.receipts().iter().enumerate();
                let own = receipts.filter(|(_, receipt)| {
                    matched.get(receipt.row().index()).copied().flatten() == Some((row, year, layer))
                });
                let own = own.map(|(at, receipt)| ExplainedReceipt::new(receipt, counted(at), unit));
                list.push(GapExplanation::new(line, own.collect(), unit));
            }
        }
        Ok(list)
    }
}

impl GapExplanation {
    /// Due, issued, received, spent, gap, excess.
    pub(crate) const fn amounts(&self) -> [Amount; 6] {
        self.fen
    }

    fn new(line: ReconciledLine<'_>, lines: Vec<ExplainedReceipt>, unit: Unit) -> Self {
        let fen = [line.due(), line.issued(), line.received(), line.spent(), line.gap(), line.excess()];
        let [due, issued, received, spent, gap, excess] = fen.map(|amount| amount.in_unit(unit).to_string());
        let phrase = if line.gap() > Amount::ZERO {
            words::GAP_IS
        } else if line.excess() > Amount::ZERO {
            words::EXCESS_IS
        } else {
            words::NO_GAP
        };
        let missing = if line.gap() > Amount::ZERO { &gap } else { &excess };
        let said = phrase.with(&[&line.layer().name, &due, &received, missing, &unit]);
        let sentence = |lang: Lang| {
            let mut text = said.to_text(lang);
            let none = words::NO_RECEIPTS.get(lang).to_owned();
            let told: Vec<String> = lines.iter().map(|line| line.to_text(unit, lang)).collect();
            text.push_str(lang.pick("；", "; "));
            text.push_str(&if told.is_empty() { none } else { told.join(lang.pick("；", "; ")) });
            text
        };
        let text = Name { zh: sentence(Lang::Zh), en: sentence(Lang::En) };
        Self {
            id: line.recipient().id().to_owned(),
            name: line.recipient().name().to_owned(),
            year: line.year(),
            layer: line.layer().id.clone(),
            payer: line.payer().to_owned(),
            unit,
            due,
            issued,
            received,
            spent,
            gap,
            excess,
            lines,
            text,
            fen,
        }
    }
}

/// The gaps of one place in one year.
impl Explains for &[GapExplanation] {
    fn lines(&self, lang: Lang) -> Vec<String> {
        let Some(first) = self.first() else { return Vec::new() };
        let mut lines = vec![words::GAPS.with(&[&first.name, &first.id, &first.year]).to_text(lang)];
        lines.extend(self.iter().zip(1_usize..).map(|(gap, number)| format!("{number}. {}", gap.text.get(lang))));
        lines
    }

    fn parts(&self, policy: &Policy, lang: Lang) -> Vec<FormPart<'static>> {
        let Some(first) = self.first() else { return Vec::new() };
        let (unit, money) = (first.unit, ColumnKind::Amount);
        let titles = columns(
            lang,
            &[
                ("安排层级", "Layer", ColumnKind::Text),
                ("应到位", "Due", money),
                ("下达", "Issued", money),
                ("到位", "Received", money),
                ("支出", "Spent", money),
                ("缺口", "Gap", money),
                ("超额", "Excess", money),
            ],
        );
        let rows = self.iter().map(|gap| {
            let mut cells = vec![text(super::layer_name(policy, &gap.layer, lang))];
            cells.extend(gap.fen.map(Cell::Amount));
            ReportRow { kind: RowKind::Row, cells }
        });
        let rows: Vec<ReportRow<'static>> = rows.collect();
        let title = words::GAPS.with(&[&first.name, &first.id, &first.year]).to_text(lang);
        let table = |title, columns, rows: Vec<ReportRow<'static>>| {
            FormPart::Table(Report { lang, title, unit, decimals: None, columns, rows: rows.into(), notes: Vec::new() })
        };
        let mut parts = vec![table(title, titles, rows)];
        let lines = self.iter().flat_map(|gap| gap.lines.iter().map(move |line| (gap, line)));
        let rows: Vec<ReportRow<'static>> = lines
            .map(|(gap, line)| {
                let place = line.place();
                let place = if line.counted { place } else { words::NOT_COUNTED.with(&[&place]) };
                let numbers = [line.document.as_str(), line.upstream_document.as_str()];
                let numbers: Vec<&str> = numbers.into_iter().filter(|number| !number.is_empty()).collect();
                let cells = vec![
                    text(&place.to_text(lang)),
                    text(super::layer_name(policy, &gap.layer, lang)),
                    text(line.event_name.get(lang)),
                    Cell::Amount(line.fen),
                    text(&line.date),
                    text(&numbers.join(lang.pick("、", ", "))),
                    text(&line.note),
                ];
                ReportRow { kind: RowKind::Row, cells }
            })
            .collect();
        if !rows.is_empty() {
            let titles = columns(
                lang,
                &[
                    ("位置", "Where", ColumnKind::Text),
                    ("安排层级", "Layer", ColumnKind::Text),
                    ("事项", "Event", ColumnKind::Text),
                    ("金额", "Amount", money),
                    ("日期", "Date", ColumnKind::Text),
                    ("文号", "Document", ColumnKind::Text),
                    ("备注", "Note", ColumnKind::Text),
                ],
            );
            parts.push(table(words::LEDGER_LINES.get(lang).to_owned(), titles, rows));
        }
        parts
    }
}
