//! How many subjects meet what is required, over groups of them.

use std::ops::ControlFlow;

use hashbrown::HashMap;

use super::data::{CheckResult, Checks, Outcome};
use crate::ground::catalogue::checks as words;
use crate::ground::catalogue::results as catalogue;
use crate::ground::language::{Lang, Name};
use crate::ground::message::Argument;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::{Check, CheckSubject};
use crate::results::tables::{BATCH_ROWS, Names, column, text_cell};
use crate::results::totals::Grouping;
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Percent, Report, ReportRows, RowKind, Table};

/// The checks of a policy over groups of subjects: a row for each group and check that has any.
#[derive(Debug, Clone)]
pub struct CheckTotals {
    checks: Checks,
    by: Vec<Grouping>,
    /// The grouping values of each group.
    groups: Vec<Vec<String>>,
    /// Group, check and what became of it.
    rows: Vec<(usize, usize, Outcomes)>,
}

/// How many subjects, each in each year and as often as its row counts, came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// What is required holds.
    pub met: u64,
    /// It does not.
    pub not_met: u64,
    /// Something that is read is blank.
    pub unknown: u64,
    /// It is not required of them.
    pub not_applicable: u64,
    /// The document gives no number.
    pub no_number: u64,
}

impl Outcomes {
    fn add(&mut self, outcome: Outcome, count: u64) {
        let slot = match outcome {
            Outcome::Met => &mut self.met,
            Outcome::NotMet => &mut self.not_met,
            Outcome::Unknown => &mut self.unknown,
            Outcome::NotApplicable => &mut self.not_applicable,
            Outcome::NoNumber => &mut self.no_number,
        };
        *slot = slot.saturating_add(count);
    }

    /// Of how many something with a number is required: met, not met or not known.
    #[must_use]
    pub const fn applicable(&self) -> u64 {
        self.met.saturating_add(self.not_met).saturating_add(self.unknown)
    }

    /// What share of these meets it; none of nobody.
    #[must_use]
    pub fn share(&self) -> Option<Percent> {
        if self.applicable() == 0 { None } else { Percent::of_ratio(self.met.into(), self.applicable().into()) }
    }
}

impl Checks {
    /// The checks over groups: by any grouping but layer and payer; without grouping columns over all. Of townships and
    /// counties id, kind, designation and class are blank.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownGrouping`] for layers and payers.
    pub fn totals(&self, by: &[Grouping]) -> Result<CheckTotals, Problems> {
        let differ = |grouping: &&Grouping| !matches!(grouping, Grouping::Layer | Grouping::Payer);
        let wrong = by.iter().filter(|grouping| !differ(grouping)).map(|grouping| {
            let known = Grouping::ALL.iter().filter(differ).map(|grouping| grouping.as_str());
            let problem = Problem::new(Code::UnknownGrouping, words::CHECKS_HAVE_NO_LAYER).found(grouping.as_str());
            problem.expected(catalogue::GROUP_BY_OTHERS.with(&[&Argument::quoted(known)]))
        });
        let problems: Problems = wrong.collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let checks = self.allocation().policy().checks().len();
        let mut known: HashMap<Vec<Value<'_>>, usize> = HashMap::new();
        let mut counts: Vec<Outcomes> = Vec::new();
        let mut last: Option<((CheckSubject, usize, usize), usize)> = None;
        for result in self.results() {
            let here = (result.of, result.subject, result.at);
            let group = match last {
                Some((known, group)) if known == here => group,
                _ => {
                    let values: Vec<Value<'_>> = by.iter().map(|grouping| value(result, *grouping)).collect();
                    let next = known.len();
                    *known.entry(values).or_insert(next)
                }
            };
            last = Some((here, group));
            let place = group.saturating_mul(checks).saturating_add(result.number);
            if counts.len() <= place {
                counts.resize(group.saturating_add(1).saturating_mul(checks), Outcomes::default());
            }
            if let Some(slot) = counts.get_mut(place) {
                slot.add(result.outcome(), result.count());
            }
        }
        let mut groups: Vec<(Vec<Value<'_>>, usize)> = known.into_iter().collect();
        groups.sort_unstable_by_key(|(_, number)| *number);
        // Each column in the order in which its values first appear, years ascending.
        let ranks: Vec<HashMap<Value<'_>, usize>> = (0..by.len())
            .map(|at| {
                let mut ranks = HashMap::new();
                for value in groups.iter().filter_map(|(values, _)| values.get(at)) {
                    let next = ranks.len();
                    ranks.entry(*value).or_insert(match value {
                        Value::Year(year) => usize::from(*year),
                        Value::Text(_) => next,
                    });
                }
                ranks
            })
            .collect();
        groups.sort_by_cached_key(|(values, _)| {
            let rank = |(value, ranks): (&Value<'_>, &HashMap<Value<'_>, usize>)| ranks.get(value).copied();
            values.iter().zip(&ranks).map(rank).collect::<Vec<_>>()
        });
        let mut rows = Vec::new();
        for (at, (_, number)) in groups.iter().enumerate() {
            for check in 0..checks {
                let counted = counts.get(number.saturating_mul(checks).saturating_add(check)).copied();
                rows.extend(
                    counted.filter(|counted| *counted != Outcomes::default()).map(|counted| (at, check, counted)),
                );
            }
        }
        let text = |value: &Value<'_>| match value {
            Value::Text(text) => (*text).to_owned(),
            Value::Year(year) => year.to_string(),
        };
        let groups = groups.iter().map(|(values, _)| values.iter().map(text).collect()).collect();
        Ok(CheckTotals { checks: self.clone(), by: by.to_vec(), groups, rows })
    }
}

/// A grouping value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Value<'a> {
    Text(&'a str),
    Year(u16),
}

fn value(result: CheckResult<'_>, grouping: Grouping) -> Value<'_> {
    let roster = result.data.allocation.roster();
    let row = result.row();
    let of_place = |text| if result.of == CheckSubject::Place { text } else { "" };
    Value::Text(match grouping {
        Grouping::Year => return Value::Year(result.year()),
        Grouping::Id => of_place(roster.id(row)),
        Grouping::County => result.county(),
        Grouping::Township => result.township(),
        Grouping::Kind => of_place(roster.kind(row)),
        Grouping::Designation => of_place(roster.designation(row)),
        Grouping::Class => of_place(result.data.allocation.class_of(row).map_or("", |class| class.id.as_str())),
        Grouping::Layer | Grouping::Payer => "",
    })
}

impl CheckTotals {
    /// What they are grouped by.
    #[must_use]
    pub fn by(&self) -> &[Grouping] {
        &self.by
    }

    /// The checks.
    #[must_use]
    pub const fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The rows: the grouping values, the check, and how its subjects came out.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&[String], &Check, Outcomes)> {
        self.rows.iter().map(|(group, check, outcomes)| {
            let group = self.groups.get(*group).map_or(&[][..], Vec::as_slice);
            (group, self.check(*check), *outcomes)
        })
    }

    #[expect(clippy::indexing_slicing, reason = "a row is made only from the number of a check")]
    fn check(&self, number: usize) -> &Check {
        &self.checks.allocation().policy().checks()[number]
    }

    fn columns(&self) -> Vec<Column> {
        let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
        let whole = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Integer);
        let mut columns: Vec<Column> = self.by.iter().copied().map(Grouping::column).collect();
        columns.extend([
            text("check", "核对项", "Check"),
            text("subject", "层次", "Subject"),
            whole("applicable", "应达到", "Applicable"),
            whole("met", "达到", "Met"),
            whole("not_met", "未达到", "Not met"),
            whole("unknown", "缺数据", "Unknown"),
            column("share", Name::new("达到率（%）", "Share met (%)"), ColumnKind::Percent),
            whole("not_applicable", "不适用", "Not applicable"),
            whole("no_number", "无数量要求", "No number"),
            text("clause", "依据", "Clause"),
        ]);
        columns
    }

    /// As a table: the grouping columns, `check`, `subject`, `applicable` (met, not met or unknown), `met, not_met, unknown`,
    /// `share` (met ÷ applicable), `not_applicable, no_number`, `clause`.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        Table::new(self.columns(), self.checks.allocation().policy().unit(), move || {
            self.rows.chunks(BATCH_ROWS).map(move |chunk| {
                let mut columns: Vec<Cells<'_>> = Vec::new();
                for (at, grouping) in self.by.iter().enumerate() {
                    let text = |group: usize| {
                        self.groups.get(group).and_then(|group| group.get(at)).map_or("", String::as_str)
                    };
                    columns.push(match grouping {
                        Grouping::Year => {
                            Cells::Integer(chunk.iter().map(|row| text(row.0).parse().unwrap_or_default()).collect())
                        }
                        _ => Cells::Text(chunk.iter().map(|row| text(row.0)).collect()),
                    });
                }
                let of_check =
                    |of: fn(&Check) -> &str| Cells::Text(chunk.iter().map(|row| of(self.check(row.1))).collect());
                let whole = |of: fn(&Outcomes) -> u64| {
                    Cells::Integer(chunk.iter().map(|row| i64::try_from(of(&row.2)).unwrap_or(i64::MAX)).collect())
                };
                columns.push(of_check(|check| &check.id));
                columns.push(of_check(|check| check.subject.as_str()));
                columns.push(whole(Outcomes::applicable));
                columns.push(whole(|row| row.met));
                columns.push(whole(|row| row.not_met));
                columns.push(whole(|row| row.unknown));
                columns.push(Cells::Percent(chunk.iter().map(|row| row.2.share()).collect()));
                columns.push(whole(|row| row.not_applicable));
                columns.push(whole(|row| row.no_number));
                columns.push(of_check(|check| check.clause.as_deref().unwrap_or_default()));
                Batch { columns, rows: chunk.len() }
            })
        })
    }

    /// The same for people.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        let allocation = self.checks.allocation();
        let names = Names::new(allocation.policy(), lang);
        let title = names.summed(names.titled("核对汇总表", "checks by group"), &self.by, allocation.years());
        let columns = self.columns().iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let mut notes = vec![words::SHARE_IS_OF.get(lang).to_owned()];
        notes.extend(names.notes());
        let rows = ReportRows::made(self.rows.len(), move |each| {
            let mut cells: Vec<Cell<'_>> = Vec::new();
            for (group, check, outcomes) in self.rows() {
                cells.clear();
                for (grouping, text) in self.by.iter().zip(group) {
                    cells.push(match grouping {
                        Grouping::Year => Cell::Integer(text.parse().unwrap_or_default()),
                        grouping => names.grouped(*grouping, text),
                    });
                }
                let whole = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
                cells.push(text_cell(check.name.get(lang)));
                cells.push(text_cell(check.subject.label(lang)));
                cells.extend([outcomes.applicable(), outcomes.met, outcomes.not_met, outcomes.unknown].map(whole));
                cells.push(outcomes.share().map_or(Cell::Blank, Cell::Percent));
                cells.extend([outcomes.not_applicable, outcomes.no_number].map(whole));
                cells.push(text_cell(check.clause.as_deref().unwrap_or_default()));
                each(RowKind::Row, &cells)?;
            }
            ControlFlow::Continue(())
        });
        Report { lang, decimals: None, title, unit: allocation.policy().unit(), columns, rows, notes }
    }
}
