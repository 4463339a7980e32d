//! Checks as tables, for machines and for people.

use std::borrow::Cow;
use std::ops::ControlFlow;

use num_rational::BigRational;

use super::data::{Blank, CheckResult, Checks, Outcome, Reading, Sides, shown};
use crate::ground::catalogue::checks as words;
use crate::ground::fraction::show;
use crate::ground::language::{Lang, Name};
use crate::policy::rule::condition::ConditionStyle;
use crate::policy::rule::words::Words;
use crate::policy::{CheckSubject, Subject};
use crate::results::figures::KIND;
use crate::results::tables::{BATCH_ROWS, Names, column, number_cell, text_cell};
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRows, RowKind, Table};

impl Checks {
    fn columns() -> Vec<Column> {
        let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
        let number = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), KIND);
        let whole = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Integer);
        vec![
            text("subject", "层次", "Subject"),
            text("id", "编码", "Id"),
            text("county", "区县", "County"),
            text("township", "乡镇", "Township"),
            text("name", "名称", "Name"),
            text("kind", "类型", "Kind"),
            text("designation", "认定层级", "Designation"),
            text("class", "类别", "Class"),
            whole("count", "数量", "Count"),
            whole("year", "年度", "Year"),
            text("check", "核对项", "Check"),
            text("result", "结果", "Result"),
            number("value", "实际", "Value"),
            text("comparison", "比较", "Comparison"),
            number("bound", "要求", "Bound"),
            text("blank", "缺少", "Blank"),
            text("clause", "依据", "Clause"),
        ]
    }

    /// Results that are asked for: all of them, or those that are open.
    fn asked(&self, open: bool) -> impl Iterator<Item = CheckResult<'_>> {
        self.results().filter(move |result| !open || result.outcome().is_open())
    }

    /// Results with what each read, some at a time.
    fn read(&self, open: bool) -> impl Iterator<Item = Vec<(CheckResult<'_>, Reading<'_>)>> {
        let mut results = self.asked(open);
        std::iter::from_fn(move || {
            let chunk: Vec<CheckResult<'_>> = results.by_ref().take(BATCH_ROWS).collect();
            let mut read: Vec<Option<Reading<'_>>> = chunk.iter().map(|_| None).collect();
            let mut years: Vec<(CheckSubject, usize)> = chunk.iter().map(|result| (result.of, result.at)).collect();
            years.sort_unstable();
            years.dedup();
            for (of, at) in years {
                let here = |result: &CheckResult<'_>| (result.of, result.at) == (of, at);
                let asked: Vec<(usize, usize)> =
                    chunk.iter().filter(|result| here(result)).map(|result| (result.number, result.subject)).collect();
                let slots = chunk.iter().zip(&mut read).filter(|(result, _)| here(result));
                for ((_, slot), reading) in slots.zip(self.0.read_all(of, at, &asked)) {
                    *slot = Some(reading);
                }
            }
            let pairs = chunk.into_iter().zip(read).map(|(result, reading)| (result, reading.unwrap_or_default()));
            Some(pairs.collect::<Vec<_>>()).filter(|pairs| !pairs.is_empty())
        })
    }

    /// As a table: a row for each subject × year × check, or only for those that are open. Places come first, then townships,
    /// then counties.
    ///
    /// Columns: `subject` (place, township, county), `id, county, township, name, kind, designation, class, count, year, check,
    /// result` (met, not-met, unknown, not-applicable, no-number), both sides of the comparison that tells (`value`,
    /// `comparison`, `bound`, rounded half-up to ten decimals), `blank` (what is not known, by id), `clause`.
    #[must_use]
    pub fn table(&self, open: bool) -> Table<'_> {
        let unit = self.allocation().policy().unit();
        Table::new(Self::columns(), unit, move || {
            let roster = self.allocation().roster();
            self.read(open).map(move |read| {
                let rows = read.len();
                let mut columns = vec![Cells::Text(read.iter().map(|(result, _)| result.of.as_str()).collect())];
                columns.push(Cells::Text(read.iter().map(|(result, _)| result.id()).collect()));
                columns.push(Cells::Text(read.iter().map(|(result, _)| result.county()).collect()));
                columns.push(Cells::Text(read.iter().map(|(result, _)| result.township()).collect()));
                columns.push(Cells::Text(read.iter().map(|(result, _)| result.name()).collect()));
                let kind = |result: CheckResult<'_>| roster.kind(result.row());
                columns.push(Cells::Text(read.iter().map(|(result, _)| of_place(*result, kind(*result))).collect()));
                let designation = |result: CheckResult<'_>| roster.designation(result.row());
                columns.push(Cells::Text(
                    read.iter().map(|(result, _)| of_place(*result, designation(*result))).collect(),
                ));
                let class = |result: CheckResult<'_>| {
                    self.allocation().class_of(result.row()).map_or("", |class| class.id.as_str())
                };
                columns.push(Cells::Text(read.iter().map(|(result, _)| of_place(*result, class(*result))).collect()));
                let count =
                    |(result, _): &(CheckResult<'_>, Reading<'_>)| i64::try_from(result.count()).unwrap_or(i64::MAX);
                columns.push(Cells::Integer(read.iter().map(count).collect()));
                columns.push(Cells::Integer(read.iter().map(|(result, _)| result.year().into()).collect()));
                columns.push(Cells::Text(read.iter().map(|(result, _)| result.check().id.as_str()).collect()));
                columns.push(Cells::Text(read.iter().map(|(result, _)| result.outcome().as_str()).collect()));
                let telling = |(result, reading): &(CheckResult<'_>, Reading<'_>)| {
                    reading.telling().filter(|_| shows_sides(result.outcome())).cloned()
                };
                let sides: Vec<Option<Sides>> = read.iter().map(telling).collect();
                let side = |of: fn(&Sides) -> Option<&BigRational>| {
                    Cells::Number(sides.iter().map(|sides| shown(sides.as_ref().and_then(of))).collect())
                };
                columns.push(side(|sides| sides.left.as_ref()));
                columns.push(Cells::Text(
                    sides.iter().map(|sides| sides.as_ref().map_or("", |sides| sides.sign)).collect(),
                ));
                columns.push(side(|sides| sides.right.as_ref()));
                columns.push(Cells::Text(
                    read.iter()
                        .map(|(result, reading)| {
                            let unknown = result.outcome() == Outcome::Unknown;
                            reading.blank.first().copied().filter(|_| unknown).map_or("", Blank::id)
                        })
                        .collect(),
                ));
                columns.push(Cells::Text(
                    read.iter().map(|(result, _)| result.check().clause.as_deref().unwrap_or_default()).collect(),
                ));
                Batch { columns, rows }
            })
        })
    }

    /// The same for people, with the sentence that says what was compared.
    #[must_use]
    pub fn report(&self, open: bool, lang: Lang) -> Report<'_> {
        let allocation = self.allocation();
        let policy = allocation.policy();
        let names = Names::new(policy, lang);
        let title = names.of_years(names.titled("核对表", "checks"), allocation.years());
        let header = |zh: &'static str, en: &'static str| (lang.pick(zh, en).to_owned(), ColumnKind::Text);
        let columns = vec![
            header("区县", "County"),
            header("名称", "Name"),
            (lang.pick("年度", "Year").to_owned(), ColumnKind::Integer),
            header("核对项", "Check"),
            header("结果", "Result"),
            header("实际", "Value"),
            header("要求", "Required"),
            header("说明", "Explanation"),
            header("依据", "Clause"),
        ];
        let mut notes = names.notes();
        if self.0.unmatched > 0 {
            notes.push(words::UNMATCHED_ROWS.with(&[&self.0.unmatched]).to_text(lang));
        }
        let count = self.asked(open).count();
        if open && count == 0 {
            notes.insert(0, words::EVERYTHING_CLOSED.get(lang).to_owned());
        }
        let rows = ReportRows::made(count, move |each| {
            for (result, reading) in self.read(open).flatten() {
                let telling = reading.telling().filter(|_| shows_sides(result.outcome()));
                let required = telling.and_then(|sides| {
                    let bound = shown(sides.right.as_ref())?.normalize();
                    Some(Cell::Text(Cow::Owned(format!("{} {bound}", sides.sign))))
                });
                let cells = [
                    names.text(result.county()),
                    text_cell(result.name()),
                    Cell::Integer(result.year().into()),
                    text_cell(result.check().name.get(lang)),
                    text_cell(result.outcome().label(lang)),
                    number_cell(telling.and_then(|sides| shown(sides.left.as_ref()))),
                    required.unwrap_or(Cell::Blank),
                    Cell::Text(Cow::Owned(self.sentence(result, &reading, lang))),
                    text_cell(result.check().clause.as_deref().unwrap_or_default()),
                ];
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: policy.unit(), columns, rows, notes }
    }

    /// What was compared, in words: 乡村产业用地 120 公顷 ≥ 100（0.1 × 1000）.
    fn sentence(&self, result: CheckResult<'_>, reading: &Reading<'_>, lang: Lang) -> String {
        let policy = self.allocation().policy();
        let words = Words { policy, lang };
        let check = result.check();
        let said = |conditions| words.conditions(conditions, ConditionStyle::explanation(lang));
        match result.outcome() {
            Outcome::NoNumber => match &check.note {
                Some(note) => note.get(lang).to_owned(),
                None => lang.pick("原文没有数量要求", "the document gives no number").to_owned(),
            },
            Outcome::NotApplicable => [lang.pick("只适用于：", "applies where "), &said(&check.when)].concat(),
            Outcome::Unknown => {
                let blank = reading.blank.iter().map(|blank| match blank {
                    Blank::Attribute(attribute) => attribute.name.get(lang),
                    Blank::Other(word) => word,
                });
                let blank: Vec<&str> = blank.collect();
                let must = said(&check.must);
                format!("{must}{}{}", lang.pick("；缺少：", "; not known: "), words.list(&blank))
            }
            Outcome::Met | Outcome::NotMet => {
                let one = |sides: &Sides| {
                    let left = sides.left.as_ref().map_or_else(|| "?".to_owned(), show);
                    let unit = self.unit_of(sides.subject);
                    let right = sides.right.as_ref().map_or_else(|| "?".to_owned(), show);
                    let arithmetic = if sides.right_text == right || sides.right_text.is_empty() {
                        String::new()
                    } else {
                        format!("{}{}{}", lang.pick("（", " ("), sides.right_text, lang.pick("）", ")"))
                    };
                    let gap = if unit.is_empty() { "" } else { " " };
                    let is = if sides.holds() == Some(false) { lang.pick("不满足 ", "is not ") } else { "" };
                    format!("{} {left}{gap}{unit} {is}{} {right}{arithmetic}", words.subject(sides.subject), sides.sign)
                };
                if reading.sides.is_empty() {
                    let is = if result.outcome() == Outcome::NotMet {
                        lang.pick("不满足：", "does not hold: ")
                    } else {
                        ""
                    };
                    return [is, &said(&check.must)].concat();
                }
                reading.sides.iter().map(one).collect::<Vec<_>>().join(lang.pick("；", "; "))
            }
        }
    }

    /// The unit of what is looked at.
    fn unit_of(&self, subject: Subject) -> &str {
        let policy = self.allocation().policy();
        match subject {
            Subject::Attribute(attribute) => {
                let attribute = policy.attribute(attribute);
                let money = attribute.and_then(crate::policy::Attribute::money);
                money.map_or_else(
                    || attribute.and_then(|attribute| attribute.unit.as_deref()).unwrap_or_default(),
                    |_| policy.unit().as_str(),
                )
            }
            Subject::Figure(figure) => {
                policy.figure(figure).and_then(|figure| figure.unit.as_deref()).unwrap_or_default()
            }
            Subject::Layer(_) => policy.unit().as_str(),
            _ => "",
        }
    }
}

/// What only places have.
fn of_place<'a>(result: CheckResult<'a>, text: &'a str) -> &'a str {
    if result.of == CheckSubject::Place { text } else { "" }
}

/// Whether there is a comparison to be shown.
const fn shows_sides(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Met | Outcome::NotMet | Outcome::Unknown)
}
