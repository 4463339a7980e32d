//! What a place is due besides money and who brings it, with the rows of the register that say so.

use serde::Serialize;

use super::{Explains, columns, text};
use crate::ground::catalogue::explanations as words;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Message, Phrase};
use crate::ground::problem::Problems;
use crate::policy::Policy;
use crate::questions::duties::{Assignment, Duties, DutyLine};
use crate::questions::forms::FormPart;
use crate::results::grounds::Rests;
use crate::tables::table::{Cell, ColumnKind, Report, ReportRow, RowKind};

/// What a recipient is due of a duty in a year or half of one, what of it is assigned, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyExplanation {
    /// The recipient's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The year.
    pub year: u16,
    /// The half of the year, 1 or 2; none of what is due in a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half: Option<u8>,
    /// The duty, by id.
    pub duty: String,
    /// Who must bring it: the body's id, or the recipient's county.
    pub payer: String,
    /// How many places the recipient stands for.
    pub places: u64,
    /// How many are due: the number of the duty for each of the places.
    pub due: u64,
    /// How many are assigned; here and below none without a register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned: Option<u64>,
    /// How many are due and not assigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<u64>,
    /// How many are assigned beyond what is due: no fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surplus: Option<u64>,
    /// People who are too few in what is assigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people_missing: Option<u64>,
    /// People who are too many in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people_surplus: Option<u64>,
    /// Whether as many as are due are assigned, none with too few or too many people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// The clause that it rests on; its words stand in what all explanations rest on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The rows of the register, in its order.
    pub lines: Vec<ExplainedAssignment>,
    /// The same as a sentence.
    pub text: Name,
    #[serde(skip)]
    title: Name,
}

/// A row of the register that belongs to what is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedAssignment {
    /// The line of a sheet; else which row it is.
    pub line: u32,
    /// Who serves; may be blank.
    pub person: String,
    /// As what, as the register has it.
    pub duty: String,
    /// How many.
    pub number: u32,
    /// How many people, where that is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// Since when, as written; may be blank.
    pub date: String,
    /// The remark; may be blank.
    pub note: String,
}

impl ExplainedAssignment {
    fn new(row: Assignment<'_>) -> Self {
        Self {
            line: row.place_number(),
            person: row.person().to_owned(),
            duty: row.duty().to_owned(),
            number: row.number(),
            people: row.people(),
            date: row.date().to_owned(),
            note: row.note().to_owned(),
        }
    }

    /// 登记表第 9 行，某某，驻村第一书记，2024-02-01.
    fn to_text(&self, lang: Lang) -> String {
        let count = (self.number != 1).then(|| format!("× {}", self.number));
        let people = self.people.map(|people| words::PEOPLE.with(&[&people]).to_text(lang));
        let said =
            [Some(&self.person), Some(&self.duty), count.as_ref(), people.as_ref(), Some(&self.date), Some(&self.note)];
        let place = words::ASSIGNMENT_AT.with(&[&self.line]).to_text(lang);
        let mut parts = vec![place.as_str()];
        parts.extend(said.into_iter().flatten().map(String::as_str).filter(|text| !text.is_empty()));
        parts.join(lang.pick("，", ", "))
    }
}

impl Duties {
    /// Explains what a recipient is due besides money, by its id or, if no id is so called, by its name: an entry for each year,
    /// duty and half, with the rows of the register.
    ///
    /// # Errors
    ///
    /// As [`Allocation::explain`](crate::Allocation::explain).
    pub fn explain(&self, recipient: &str, years: Option<&[u16]>) -> Result<Vec<DutyExplanation>, Problems> {
        let allocation = self.allocation();
        let rows = allocation.find(recipient.trim())?;
        let years = allocation.chosen(years)?;
        let lines = rows.into_iter().flat_map(|row| self.lines_of(row)).filter(|line| years.contains(&line.year()));
        Ok(lines.filter_map(|line| DutyExplanation::new(allocation.policy(), line)).collect())
    }
}

/// Says one thing more, if there is anything.
fn and(said: Message, phrase: Phrase, number: Option<u64>) -> Message {
    match number.filter(|number| *number > 0) {
        Some(number) => phrase.with(&[&said, &number.to_string()]),
        None => said,
    }
}

impl DutyExplanation {
    fn new(policy: &Policy, line: DutyLine<'_>) -> Option<Self> {
        let (duty, place) = (line.duty(), line.place()?);
        let half = Some(line.half()).filter(|half| *half > 0);
        let in_half = |lang| match half {
            Some(half) => words::DUTY_IN_HALF.with(&[&duty.name, &half_of(half)]).to_text(lang),
            None => duty.name.get(lang).to_owned(),
        };
        let title = Name { zh: in_half(Lang::Zh), en: in_half(Lang::En) };
        let clause = policy.duty_clause(duty).map(str::to_owned);
        let each = u64::from(duty.number.unwrap_or_default());
        let [places, each, due] = [line.count(), each, line.due()].map(|number| number.to_string());
        let said = if line.count() == 1 {
            words::DUTY_DUE.with(&[&title, &due])
        } else {
            words::DUTY_DUE_OF_MANY.with(&[&title, &places, &each, &due])
        };
        let mut said = match duty.members {
            Some((least, most)) => words::MEMBERS.with(&[&said, &least, &most]),
            None => said,
        };
        let assigned = line.assigned();
        if let Some(assigned) = assigned {
            said = words::ASSIGNED.with(&[&said, &assigned.number.to_string()]);
            said = and(said, words::MISSING, line.missing());
            said = and(said, words::SURPLUS, line.surplus());
            said = and(said, words::PEOPLE_MISSING, Some(assigned.people_missing));
            said = and(said, words::PEOPLE_SURPLUS, Some(assigned.people_surplus));
        }
        if let Some(clause) = &clause {
            said = words::BY_CLAUSE.with(&[&said, clause]);
        }
        let lines: Vec<ExplainedAssignment> = line.assignments().map(ExplainedAssignment::new).collect();
        let sentence = |lang: Lang| {
            let mut all = vec![said.to_text(lang)];
            all.extend(lines.iter().map(|row| row.to_text(lang)));
            if lines.is_empty() && assigned.is_some() {
                all.push(words::NO_ASSIGNMENTS.get(lang).to_owned());
            }
            all.join(lang.pick("；", "; "))
        };
        let text = Name { zh: sentence(Lang::Zh), en: sentence(Lang::En) };
        let of_people = |number: u64| duty.members.map(|_| number);
        Some(Self {
            id: place.id().to_owned(),
            name: place.name().to_owned(),
            year: line.year(),
            half,
            duty: duty.id.clone(),
            payer: line.payer().to_owned(),
            places: line.count(),
            due: line.due(),
            assigned: assigned.map(|assigned| assigned.number),
            missing: line.missing(),
            surplus: line.surplus(),
            people_missing: assigned.and_then(|assigned| of_people(assigned.people_missing)),
            people_surplus: assigned.and_then(|assigned| of_people(assigned.people_surplus)),
            met: line.is_met(),
            clause,
            lines,
            text,
            title,
        })
    }
}

fn half_of(half: u8) -> Phrase {
    if half == 1 { words::FIRST_HALF } else { words::SECOND_HALF }
}

/// What one place is due in one year.
/// Tells the clauses that they cite.
pub(super) fn rests(duties: &[DutyExplanation], rests: &mut Rests<'_>) {
    for clause in duties.iter().filter_map(|duty| duty.clause.as_deref()) {
        rests.on_duty(clause);
    }
}

impl Explains for &[DutyExplanation] {
    fn lines(&self, lang: Lang) -> Vec<String> {
        let mut lines = vec![heading(self, lang)];
        lines.extend(self.iter().zip(1_usize..).map(|(duty, number)| format!("{number}. {}", duty.text.get(lang))));
        lines
    }

    fn parts(&self, policy: &Policy, lang: Lang) -> Vec<FormPart<'static>> {
        let beside = self.iter().any(|duty| duty.met.is_some());
        let (words, number) = (ColumnKind::Text, ColumnKind::Integer);
        let mut titles = vec![("事项", "Duty", words), ("落实主体", "Payer", words), ("应有", "Due", number)];
        if beside {
            titles.extend([("已落实", "Assigned", number), ("缺", "Missing", number), ("超出", "Surplus", number)]);
        }
        titles.push(("依据", "Clause", words));
        let integer = |number: Option<u64>| {
            number.map_or(Cell::Blank, |number| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
        };
        let rows = self.iter().map(|duty| {
            let payer = policy.payers().iter().find(|payer| payer.id == duty.payer);
            let payer = payer.map_or(duty.payer.as_str(), |payer| payer.name.get(lang));
            let mut cells = vec![text(duty.title.get(lang)), text(payer), integer(Some(duty.due))];
            if beside {
                cells.extend([duty.assigned, duty.missing, duty.surplus].map(integer));
            }
            cells.push(text(duty.clause.as_deref().unwrap_or_default()));
            ReportRow { kind: RowKind::Row, cells }
        });
        let rows: Vec<ReportRow<'static>> = rows.collect();
        let table = |title, columns, rows: Vec<ReportRow<'static>>| {
            let (unit, notes) = (policy.unit(), Vec::new());
            FormPart::Table(Report { lang, title, unit, decimals: None, columns, rows: rows.into(), notes })
        };
        let mut parts = vec![table(heading(self, lang), columns(lang, &titles), rows)];
        let served = self.iter().flat_map(|duty| duty.lines.iter().map(move |row| (duty, row)));
        let rows = served.map(|(duty, row)| {
            let place = words::ASSIGNMENT_AT.with(&[&row.line]).to_text(lang);
            let mut cells = vec![text(&place), text(duty.title.get(lang)), text(&row.person), text(&row.duty)];
            cells.push(integer(Some(row.number.into())));
            cells.push(integer(row.people.map(u64::from)));
            cells.extend([text(&row.date), text(&row.note)]);
            ReportRow { kind: RowKind::Row, cells }
        });
        let rows: Vec<ReportRow<'static>> = rows.collect();
        if !rows.is_empty() {
            let titles = [
                ("位置", "Where", words),
                ("事项", "Duty", words),
                ("姓名或单位", "Person or body", words),
                ("登记为", "Entered as", words),
                ("数量", "Number", number),
                ("人数", "People", number),
                ("日期", "Date", words),
                ("备注", "Note", words),
            ];
            parts.push(table(words::ASSIGNMENTS.get(lang).to_owned(), columns(lang, &titles), rows));
        }
        parts
    }
}

/// Whose duties they are, and how many of them are met.
fn heading(duties: &[DutyExplanation], lang: Lang) -> String {
    let Some(first) = duties.first() else { return String::new() };
    let title = words::DUTIES_OF.with(&[&first.name, &first.id, &first.year]);
    if duties.iter().all(|duty| duty.met.is_none()) {
        return title.to_text(lang);
    }
    let met = duties.iter().filter(|duty| duty.met == Some(true)).count();
    let open = duties.len().saturating_sub(met);
    words::DUTIES_MET.with(&[&title, &duties.len(), &met, &open]).to_text(lang)
}
