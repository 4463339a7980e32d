//! A register beside an allocation as tables: for machines and for people.

use std::borrow::Cow;
use std::rc::Rc;

use super::planning::{PlannedLine, PlannedPlace, PlannedProject, Planning, SEVEN};
use super::shares::{Share, Shares};
use super::totals::{PlanningTotals, Row};
use super::{Field, Listed, ProjectGrouping, ProjectList};
use crate::ground::catalogue::projects as words;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Message};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::Problems;
use crate::ground::sure::Sure;
use crate::results::tables::{BATCH_ROWS, Names, column, keys, overflow, text_cell, unit_column};
use crate::results::totals::Grouping;
use crate::tables::table::{Batch, Cell, Cells, Column, ColumnKind, Report, ReportRow, RowKind, Table, Words};

fn text(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Text)
}

fn number(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Integer)
}

fn money(key: &str, zh: &str, en: &str) -> Column {
    column(key, Name::new(zh, en), ColumnKind::Amount)
}

fn of_field(field: Field) -> Column {
    column(field.key(), field.header(), ColumnKind::Text)
}

/// Due, planned, difference.
fn amounts() -> [Column; 3] {
    [money("due", "应安排", "Due"), money("planned", "项目资金", "Planned"), money("difference", "差额", "Difference")]
}

fn projects() -> Column {
    number("projects", "项目数", "Projects")
}

/// How many are completed and overdue.
fn progress() -> [Column; 2] {
    [number("completed", "已完成", "Completed"), number("overdue", "逾期", "Overdue")]
}

fn filed() -> Column {
    of_field(Field::Filed)
}

const fn kind(grouping: Grouping) -> ColumnKind {
    if matches!(grouping, Grouping::Year) { ColumnKind::Integer } else { ColumnKind::Text }
}

fn of_grouping(by: ProjectGrouping) -> Column {
    let kind = if let ProjectGrouping::By(grouping) = by { kind(grouping) } else { ColumnKind::Text };
    column(by.as_str(), by.header(), kind)
}

impl Planning {
    /// Place by place as a table: a row for each roster row × year × layer in which anything is due or planned, with `zeros` for
    /// every layer of every live year; what has no layer comes last, with a blank `layer`.
    ///
    /// Columns: those of the allocation with `projects, due, planned, difference` for `amount`.
    #[must_use]
    pub fn table(&self, unit: Unit, zeros: bool) -> Table<'_> {
        let mut columns = keys(false);
        columns.push(projects());
        columns.extend(amounts());
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            let mut lines = self.lines(zeros).peekable();
            std::iter::from_fn(move || {
                lines.peek()?;
                let lines: Vec<PlannedLine<'_>> = lines.by_ref().take(BATCH_ROWS).collect();
                let mut columns = self.place_columns(&lines, |line| line.row, PlannedLine::year, PlannedLine::class);
                columns.push(Cells::Text(
                    lines.iter().map(|line| line.layer().map_or("", |layer| layer.id.as_str())).collect(),
                ));
                columns.push(Cells::Text(lines.iter().map(|line| line.payer()).collect()));
                columns.push(Cells::Integer(lines.iter().map(|line| line.projects().into()).collect()));
                for amount in [PlannedLine::due, PlannedLine::planned, PlannedLine::difference] {
                    columns.push(Cells::Amount(lines.iter().map(|line| amount(*line)).collect()));
                }
                columns.push(Cells::Text(vec![unit.as_str(); lines.len()]));
                Some(Batch { rows: lines.len(), columns })
            })
        })
    }

    /// The columns that say which place and year a row is about.
    fn place_columns<'a, T: Copy>(
        &'a self,
        lines: &[T],
        row: impl Fn(T) -> usize,
        year: impl Fn(T) -> u16,
        class: impl Fn(T) -> &'a str,
    ) -> Vec<Cells<'a>> {
        let roster = self.allocation().roster();
        let texts = |of: &dyn Fn(usize) -> &'a str| Cells::Text(lines.iter().map(|line| of(row(*line))).collect());
        vec![
            texts(&|row| roster.id(row)),
            texts(&|row| roster.division_code(row)),
            texts(&|row| roster.county(row)),
            texts(&|row| roster.township(row)),
            texts(&|row| roster.name(row)),
            texts(&|row| roster.kind(row)),
            texts(&|row| roster.designation(row)),
            Cells::Text(lines.iter().map(|line| class(*line)).collect()),
            Cells::Integer(
                lines.iter().map(|line| i64::try_from(roster.count(row(*line))).unwrap_or(i64::MAX)).collect(),
            ),
            Cells::Integer(lines.iter().map(|line| year(*line).into()).collect()),
        ]
    }

    /// What the list of each place has and lacks, as a table: a row for each roster row × live year. `rows` is how many rows of
    /// the register there are, `aim, task, project, funds, agency, person, deadline` how many of them state it, `lacking` which of
    /// the seven none does, `filed` when the plan of the place was filed.
    #[must_use]
    pub fn places_table(&self, unit: Unit) -> Table<'_> {
        let mut columns = keys(true);
        columns.push(number("rows", "行数", "Rows"));
        columns.extend(SEVEN.map(|(key, zh, en)| number(key, zh, en)));
        columns.push(text("lacking", "缺少", "Lacking"));
        columns.push(filed());
        columns.push(projects());
        columns.extend(progress());
        columns.extend(amounts());
        columns.push(unit_column());
        let lacking: Rc<[&str]> = self.0.lacking.iter().map(String::as_str).collect();
        Table::new(columns, unit, move || {
            let mut places = self.places().peekable();
            let lacking = Rc::clone(&lacking);
            std::iter::from_fn(move || {
                places.peek()?;
                let places: Vec<PlannedPlace<'_>> = places.by_ref().take(BATCH_ROWS).collect();
                let class = |place: PlannedPlace<'_>| {
                    self.allocation().class_of(place.row).map_or("", |class| class.id.as_str())
                };
                let mut columns = self.place_columns(&places, |place| place.row, PlannedPlace::year, class);
                let numbers = |of: &dyn Fn(&PlannedPlace<'_>) -> u32| {
                    Cells::Integer(places.iter().map(|place| of(place).into()).collect())
                };
                columns.push(numbers(&|place| place.rows()));
                columns.extend(
                    (0..SEVEN.len()).map(|at| numbers(&|place| place.stated().get(at).copied().unwrap_or_default())),
                );
                let codes = places.iter().map(|place| u32::try_from(place.lacking_bits()).sure());
                columns.push(Cells::Words(Words { words: Rc::clone(&lacking), codes: codes.collect() }));
                columns.push(Cells::Text(places.iter().map(|place| place.filed().unwrap_or_default()).collect()));
                for of in [PlannedPlace::projects, PlannedPlace::completed, PlannedPlace::overdue] {
                    columns.push(Cells::Integer(places.iter().map(|place| of(*place).into()).collect()));
                }
                for amount in [PlannedPlace::due, PlannedPlace::planned, PlannedPlace::difference] {
                    columns.push(Cells::Amount(places.iter().map(|place| amount(*place)).collect()));
                }
                columns.push(Cells::Text(vec![unit.as_str(); places.len()]));
                Some(Batch { rows: places.len(), columns })
            })
        })
    }

    fn titled(&self, lang: Lang, zh: &'static str, en: &'static str) -> String {
        let names = Names::new(self.allocation().policy(), lang);
        names.of_years(names.titled(zh, en), self.allocation().years())
    }

    /// How many rows match nothing, and what they sum to; nothing if all match.
    pub(crate) fn unmatched_note(&self) -> Option<Message> {
        if self.0.unmatched.is_empty() {
            return None;
        }
        let unit = self.allocation().policy().unit();
        Some(words::UNMATCHED.with(&[&self.0.unmatched.len(), &self.unmatched_sum().grouped(unit), &unit]))
    }

    /// What people must know to read the figures.
    fn notes(&self, lang: Lang) -> Vec<String> {
        let mut said: Vec<Message> = vec![words::DIFFERENCE_IS.into()];
        if let Some(as_of) = self.options().as_of {
            said.push(words::AS_OF.with(&[&as_of.to_string()]));
        }
        let without: usize = self.places().filter(|place| place.projects() == 0).count();
        if without > 0 {
            said.push(words::WITHOUT_PROJECT.with(&[&without]));
        }
        said.extend(self.unmatched_note());
        let mut notes = Names::new(self.allocation().policy(), lang).notes();
        notes.extend(said.iter().map(|message| message.to_text(lang)));
        notes
    }

    /// The rows of the roster by county, counties in the order in which they first appear.
    fn by_county(&self) -> Vec<usize> {
        let roster = self.allocation().roster();
        let mut order: Vec<usize> = (0..roster.len()).collect();
        order.sort_by_key(|row| roster.county_column().code(*row));
        order
    }

    fn has_township(&self) -> bool {
        self.allocation().roster().iter().any(|place| !place.township().is_empty())
    }

    /// The titles that say which place a row is about, for people.
    fn place_titles(&self, lang: Lang) -> Vec<(String, ColumnKind)> {
        let has_township = self.has_township();
        keys(true)
            .into_iter()
            .filter(|column| ["county", "township", "name", "year"].contains(&column.key.as_str()))
            .filter(|column| has_township || column.key != "township")
            .map(|column| (column.header.get(lang).to_owned(), column.kind))
            .collect()
    }

    fn place_cells<'a>(&'a self, row: usize, year: u16, names: &Names<'a>) -> Vec<Cell<'a>> {
        let roster = self.allocation().roster();
        let mut cells = vec![names.text(roster.county(row))];
        if self.has_township() {
            cells.push(text_cell(roster.township(row)));
        }
        cells.push(text_cell(roster.name(row)));
        cells.push(Cell::Integer(year.into()));
        cells
    }

    /// Place by place for people: by county in the order in which counties first appear, a subtotal (小计) for each county and a
    /// total (合计).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, zeros: bool, lang: Lang) -> Result<Report<'_>, Problems> {
        let names = Names::new(self.allocation().policy(), lang);
        let roster = self.allocation().roster();
        let mut columns = self.place_titles(lang);
        columns.push((Grouping::Layer.header().get(lang).to_owned(), ColumnKind::Text));
        let labels = columns.len();
        let own = [projects()].into_iter().chain(amounts());
        columns.extend(own.map(|column| (column.header.get(lang).to_owned(), column.kind)));
        let mut rows = Vec::new();
        let mut grand = [0_i128; 2];
        for block in
            self.by_county().chunk_by(|a, b| roster.county_column().code(*a) == roster.county_column().code(*b))
        {
            let mut sums = [0_i128; 2];
            let before = rows.len();
            for line in block.iter().flat_map(|row| self.lines_of(*row, zeros)) {
                let mut cells = self.place_cells(line.row, line.year(), &names);
                cells.push(line.layer().map_or(Cell::Text(Cow::Borrowed(names.not_stated())), |layer| {
                    Cell::Text(Cow::Borrowed(layer.name.get(lang)))
                }));
                cells.push(Cell::Integer(line.projects().into()));
                cells.extend([line.due(), line.planned(), line.difference()].map(Cell::Amount));
                for (sum, amount) in sums.iter_mut().zip([line.due(), line.planned()]) {
                    *sum = sum.saturating_add(amount.fen().into());
                }
                rows.push(ReportRow { kind: RowKind::Row, cells });
            }
            for (grand, sum) in grand.iter_mut().zip(sums) {
                *grand = grand.saturating_add(sum);
            }
            if rows.len().saturating_sub(before) > 1 {
                let county = block.first().map_or("", |row| roster.county(*row));
                let cells = vec![names.text(county), Cell::Text(Cow::Borrowed(names.subtotal()))];
                rows.push(ReportRow { kind: RowKind::Subtotal, cells: summed(cells, labels, sums)? });
            }
        }
        let cells = vec![Cell::Text(Cow::Borrowed(names.total()))];
        rows.push(ReportRow { kind: RowKind::Total, cells: summed(cells, labels, grand)? });
        let title = self.titled(lang, "项目资金对照表", "due and planned by place");
        Ok(Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes: self.notes(lang) })
    }

    /// What the list of each place has and lacks, for people.
    #[must_use]
    pub fn places_report(&self, unit: Unit, lang: Lang) -> Report<'_> {
        let names = Names::new(self.allocation().policy(), lang);
        let mut columns = self.place_titles(lang);
        columns.extend(SEVEN.map(|(_, zh, en)| (lang.pick(zh, en).to_owned(), ColumnKind::Text)));
        let own = [filed(), projects()].into_iter().chain(progress());
        columns.extend(own.map(|column| (column.header.get(lang).to_owned(), column.kind)));
        let asks_overdue = self.options().as_of.is_some();
        if !asks_overdue {
            columns.pop();
        }
        let (mut lacking, mut unfiled) = (0_usize, 0_usize);
        let mut rows = Vec::new();
        for row in self.by_county() {
            for year in 0..self.allocation().years().len() {
                let place = self.place(row, year);
                if !self.allocation().lives(row, place.year()) {
                    continue;
                }
                lacking = lacking.saturating_add(usize::from(place.lacking_bits() != 0));
                unfiled = unfiled.saturating_add(usize::from(place.filed().is_none()));
                let mut cells = self.place_cells(row, place.year(), &names);
                cells.extend(place.stated().into_iter().map(|count| {
                    let lacks = words::LACKS.get(lang);
                    if count == 0 { Cell::Text(Cow::Borrowed(lacks)) } else { Cell::Text(Cow::Borrowed("✓")) }
                }));
                cells.push(Cell::Text(Cow::Borrowed(place.filed().unwrap_or(words::NOT_FILED.get(lang)))));
                cells.push(Cell::Integer(place.projects().into()));
                cells.push(Cell::Integer(place.completed().into()));
                if asks_overdue {
                    cells.push(Cell::Integer(place.overdue().into()));
                }
                rows.push(ReportRow { kind: RowKind::Row, cells });
            }
        }
        let mut notes = Names::new(self.allocation().policy(), lang).notes();
        notes.push(words::LISTS_LACKING.with(&[&rows.len(), &lacking, &unfiled]).to_text(lang));
        let title = self.titled(lang, "清单要素检查表", "what the lists of places have and lack");
        Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes }
    }
}

fn summed(mut cells: Vec<Cell<'_>>, labels: usize, sums: [i128; 2]) -> Result<Vec<Cell<'_>>, Problems> {
    // How many projects there are is no sum: one may have several layers.
    cells.resize(labels.saturating_add(1), Cell::Blank);
    let [due, planned] = sums;
    for sum in [due, planned, planned.saturating_sub(due)] {
        cells.push(Cell::Amount(Amount::from_fen(i64::try_from(sum).map_err(|_| overflow())?)));
    }
    Ok(cells)
}

impl PlanningTotals {
    /// The totals as a table: the grouping columns, `projects, completed, overdue, due, planned, difference, unit`. Grouped by
    /// category, `due` and `difference` are blank.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let mut columns: Vec<Column> = self.by().iter().map(|by| of_grouping(*by)).collect();
        columns.push(projects());
        columns.extend(progress());
        columns.extend(amounts());
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            self.rows.chunks(BATCH_ROWS).map(move |rows| {
                let mut columns: Vec<Cells<'_>> = (self.by().iter().enumerate())
                    .map(|(at, by)| match by {
                        ProjectGrouping::By(Grouping::Year) => {
                            Cells::Integer(rows.iter().map(|row| self.year(row, at).into()).collect())
                        }
                        _ => Cells::Text(rows.iter().map(|row| self.text(row, at)).collect()),
                    })
                    .collect();
                for of in [
                    |row: &Row| row.progress.projects,
                    |row: &Row| row.progress.completed,
                    |row: &Row| row.progress.overdue,
                ] {
                    columns.push(Cells::Integer(rows.iter().map(|row| of(row).into()).collect()));
                }
                columns.push(Cells::MaybeAmount(rows.iter().map(|row| row.due).collect()));
                columns.push(Cells::Amount(rows.iter().map(|row| row.planned).collect()));
                columns.push(Cells::MaybeAmount(rows.iter().map(Row::difference).collect()));
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    /// The totals for people, with a total (合计).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`](crate::Code::Overflow) if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let planning = self.planning();
        let names = Names::new(planning.allocation().policy(), lang);
        let mut columns: Vec<Column> = self.by().iter().map(|by| of_grouping(*by)).collect();
        let labels = columns.len();
        columns.push(projects());
        columns.extend(progress());
        let asks_overdue = planning.options().as_of.is_some();
        if !asks_overdue {
            columns.pop();
        }
        columns.extend(amounts());
        let by_category = self.by().contains(&ProjectGrouping::Category);
        let figures = |cells: &mut Vec<Cell<'_>>, row: &Row| {
            cells.resize(labels, Cell::Blank);
            cells.push(Cell::Integer(row.progress.projects.into()));
            cells.push(Cell::Integer(row.progress.completed.into()));
            if asks_overdue {
                cells.push(Cell::Integer(row.progress.overdue.into()));
            }
            let due = row.due.map_or(Cell::Blank, Cell::Amount);
            let difference = row.difference().map_or(Cell::Blank, Cell::Amount);
            cells.extend([due, Cell::Amount(row.planned), difference]);
        };
        let mut rows = Vec::new();
        for row in &self.rows {
            let label = |(at, by): (usize, &ProjectGrouping)| match by {
                ProjectGrouping::Category => {
                    let name = self.category(row).map_or("", |category| category.name.get(lang));
                    Cell::Text(Cow::Borrowed(name))
                }
                ProjectGrouping::By(_) => {
                    let at = self.plain(at);
                    match self.groups.row_of(&row.codes, at) {
                        Some(total) => names.total_cell(&self.groups.totals, total, at),
                        None => Cell::Text(Cow::Borrowed(names.not_stated())),
                    }
                }
            };
            let mut cells: Vec<Cell<'_>> = self.by().iter().enumerate().map(label).collect();
            figures(&mut cells, row);
            rows.push(ReportRow { kind: RowKind::Row, cells });
        }
        let total = planning.totals(&[], true)?;
        if let Some(sum) = total.rows.first() {
            let mut cells = Vec::new();
            if labels > 0 {
                cells.push(Cell::Text(Cow::Borrowed(names.total())));
            }
            let due = sum.due.filter(|_| !by_category);
            figures(&mut cells, &Row { due, ..*sum });
            rows.push(ReportRow { kind: RowKind::Total, cells });
        }
        let title = names.titled("项目资金汇总表", "due and planned in total");
        let plain: Vec<Grouping> = self.groups.by().to_vec();
        let title = names.summed(title, &plain, planning.allocation().years());
        let columns = columns.into_iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let mut notes = planning.notes(lang);
        if by_category {
            notes.push(words::DUE_HAS_NO_CATEGORY.get(lang).to_owned());
        }
        Ok(Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes })
    }
}

impl Shares {
    fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = self.by().iter().map(|by| column(by.as_str(), by.header(), kind(*by))).collect();
        columns.push(of_field(Field::Category));
        columns
    }

    /// The shares as a table: the grouping columns, `category`, `planned`, `total`, `unit`, `share` in percent of two decimals,
    /// `ratio` as a fraction in lowest terms, `at_least` and `at_most` as the policy has them, `met` (`met`, `not-met`, blank where
    /// nothing is asked for or planned).
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let mut columns = self.columns();
        columns.push(money("planned", "项目资金", "Planned"));
        columns.push(money("total", "全部项目资金", "Planned in all"));
        columns.push(unit_column());
        columns.push(column("share", Name::new("占比（%）", "Share (%)"), ColumnKind::Percent));
        columns.push(text("ratio", "比值", "Ratio"));
        columns.push(text("at_least", "不低于", "At least"));
        columns.push(text("at_most", "不超过", "At most"));
        columns.push(text("met", "是否达到", "Met"));
        Table::new(columns, unit, move || {
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows: Vec<Share<'_>> = self.iter().skip(start).take(BATCH_ROWS).collect();
                let mut columns: Vec<Cells<'_>> = (self.by().iter().enumerate())
                    .map(|(at, by)| match by {
                        Grouping::Year => {
                            Cells::Integer(rows.iter().map(|row| self.groups.year(&row.row.codes, at).into()).collect())
                        }
                        _ => Cells::Text(rows.iter().map(|row| self.groups.text(&row.row.codes, at)).collect()),
                    })
                    .collect();
                columns.push(Cells::Text(rows.iter().map(|row| row.category()).collect()));
                columns.push(Cells::Amount(rows.iter().map(|row| row.planned()).collect()));
                columns.push(Cells::Amount(rows.iter().map(|row| row.total()).collect()));
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                columns.push(Cells::Percent(rows.iter().map(|row| row.share()).collect()));
                for of in [Share::ratio, Share::at_least, Share::at_most] {
                    columns.push(Cells::Text(rows.iter().map(|row| of(*row).unwrap_or_default()).collect()));
                }
                let met = |row: &Share<'_>| match row.met() {
                    Some(true) => "met",
                    Some(false) => "not-met",
                    None => "",
                };
                columns.push(Cells::Text(rows.iter().map(met).collect()));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    /// The shares for people.
    #[must_use]
    pub fn report(&self, unit: Unit, lang: Lang) -> Report<'_> {
        let planning = self.planning();
        let names = Names::new(planning.allocation().policy(), lang);
        let mut columns = self.columns();
        columns.push(money("planned", "项目资金", "Planned"));
        columns.push(money("total", "全部项目资金", "Planned in all"));
        columns.push(column("share", Name::new("占比（%）", "Share (%)"), ColumnKind::Percent));
        let asks = !planning.asked().is_empty();
        if asks {
            columns.push(text("asked", "要求", "Asked for"));
            columns.push(text("met", "是否达到", "Met"));
        }
        let rows: Vec<ReportRow<'_>> = self
            .iter()
            .map(|share| {
                let mut cells: Vec<Cell<'_>> = (0..self.by().len())
                    .map(|at| match self.groups.row_of(&share.row.codes, at) {
                        Some(total) => names.total_cell(&self.groups.totals, total, at),
                        None => Cell::Text(Cow::Borrowed(names.not_stated())),
                    })
                    .collect();
                cells.push(share.name().map_or(Cell::Blank, |name| Cell::Text(Cow::Borrowed(name.name.get(lang)))));
                cells.extend([share.planned(), share.total()].map(Cell::Amount));
                cells.push(share.share().map_or(Cell::Blank, Cell::Percent));
                if asks {
                    let asked = share.asked().map(|asked| asked.text(lang));
                    cells.push(asked.map_or(Cell::Blank, |asked| Cell::Text(Cow::Owned(asked))));
                    cells.push(match share.met() {
                        Some(true) => Cell::Text(Cow::Borrowed(lang.pick("达到", "met"))),
                        Some(false) => Cell::Text(Cow::Borrowed(lang.pick("未达到", "not met"))),
                        None => Cell::Blank,
                    });
                }
                ReportRow { kind: RowKind::Row, cells }
            })
            .collect();
        let mut notes = names.notes();
        notes.push(words::SHARE_IS.get(lang).to_owned());
        let title = planning.titled(lang, "项目类型占比表", "shares of categories");
        let columns = columns.into_iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes }
    }
}

/// The columns of a listing that are texts of the register, as they are.
const LISTED: [Field; 15] = [
    Field::Layer,
    Field::Source,
    Field::Content,
    Field::Aim,
    Field::Task,
    Field::Agency,
    Field::Person,
    Field::Period,
    Field::Deadline,
    Field::Entered,
    Field::Filed,
    Field::Status,
    Field::Completed,
    Field::Priority,
    Field::Note,
];

impl Listed {
    fn columns() -> Vec<Column> {
        let mut columns = vec![number("row", "行号", "Row")];
        columns.extend([Field::ProjectCode, Field::ProjectName, Field::Category].map(of_field));
        columns.extend([Field::Id, Field::County, Field::Township, Field::Name].map(of_field));
        columns.push(number("year", "年度", "Year"));
        columns.push(money("amount", "资金", "Funds"));
        columns.push(unit_column());
        columns.extend(LISTED.map(of_field));
        columns.push(text("due_on", "到期日", "Due on"));
        columns.push(text("state", "状态", "State"));
        columns.push(text("reason", "未匹配原因", "Reason"));
        columns
    }

    /// The rows as a table, as the register has them: with the `row` of the register, the place that a row belongs to (or what
    /// it says of one), the `due_on` day that its deadline says, its `state` and the `reason` why it matches nothing.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        let words: Rc<[&str]> = self.days.iter().map(String::as_str).collect();
        Table::new(Self::columns(), unit, move || {
            let words = Rc::clone(&words);
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows: Vec<PlannedProject<'_>> = self.iter().skip(start).take(BATCH_ROWS).collect();
                let field = |field: Field| Cells::Text(rows.iter().map(|row| row.project().text(field)).collect());
                let mut columns =
                    vec![Cells::Integer(rows.iter().map(|row| row.project().place_number().into()).collect())];
                columns.push(field(Field::ProjectCode));
                columns.push(field(Field::ProjectName));
                columns.push(Cells::Text(rows.iter().map(|row| row.category()).collect()));
                for at in 0..4 {
                    columns.push(Cells::Text(rows.iter().map(|row| row.place().get(at).copied().sure()).collect()));
                }
                columns.push(Cells::Integer(rows.iter().map(|row| row.project().year().into()).collect()));
                columns.push(Cells::Amount(rows.iter().map(|row| row.project().amount()).collect()));
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                columns.extend(LISTED.map(|of| match of {
                    Field::Layer => Cells::Text(rows.iter().map(|row| row.layer_text()).collect()),
                    of => field(of),
                }));
                let days = self.day_of.iter().skip(start).take(rows.len()).copied().collect();
                columns.push(Cells::Words(Words { words: Rc::clone(&words), codes: days }));
                columns.push(Cells::Text(rows.iter().map(|row| row.state().as_str()).collect()));
                columns.push(Cells::Text(
                    rows.iter().map(|row| row.reason().map_or("", |reason| reason.as_str())).collect(),
                ));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    /// The rows for people; none where there is none.
    #[must_use]
    pub fn report(&self, unit: Unit, lang: Lang) -> Option<Report<'_>> {
        if self.is_empty() {
            return None;
        }
        let planning = &self.planning;
        let names = Names::new(planning.allocation().policy(), lang);
        let is_unmatched = self.list == ProjectList::Unmatched;
        let cell = |row: PlannedProject<'_>, key: &str| -> Cell<'_> {
            let project = row.project();
            match key {
                "row" => Cell::Integer(project.place_number().into()),
                "year" => Cell::Integer(project.year().into()),
                "amount" => Cell::Amount(project.amount()),
                "category" => row
                    .category_name()
                    .filter(|category| !category.id.is_empty())
                    .map_or(Cell::Blank, |category| Cell::Text(Cow::Owned(category.name.get(lang).to_owned()))),
                "id" | "county" | "township" | "name" => {
                    let at = ["id", "county", "township", "name"].iter().position(|known| *known == key);
                    let text = at.and_then(|at| row.place().get(at).copied()).unwrap_or_default();
                    if text.is_empty() { Cell::Blank } else { Cell::Text(Cow::Owned(text.to_owned())) }
                }
                "layer" => {
                    let text = row.layer().map_or(project.layer(), |layer| layer.name.get(lang));
                    if text.is_empty() { Cell::Blank } else { Cell::Text(Cow::Owned(text.to_owned())) }
                }
                "state" => Cell::Text(Cow::Borrowed(row.state().label(lang))),
                "reason" => row.reason().map_or(Cell::Blank, |reason| Cell::Text(Cow::Borrowed(reason.label(lang)))),
                key => {
                    let field = Field::ALL.into_iter().find(|field| field.key() == key);
                    let text = field.map_or("", |field| project.text(field));
                    if text.is_empty() { Cell::Blank } else { Cell::Text(Cow::Owned(text.to_owned())) }
                }
            }
        };
        // The id, the unit and the day of a deadline are for programs; columns in which nothing stands are left out.
        let shown = |column: &Column| {
            !["id", "unit", "due_on"].contains(&column.key.as_str())
                && (column.key != "state" || !is_unmatched)
                && self.iter().any(|row| cell(row, &column.key) != Cell::Blank)
        };
        let columns: Vec<Column> = Self::columns().into_iter().filter(shown).collect();
        let row = |row: PlannedProject<'_>| {
            let cells = columns.iter().map(|column| owned(cell(row, &column.key)));
            ReportRow { kind: RowKind::Row, cells: cells.collect() }
        };
        let mut rows: Vec<ReportRow<'_>> = self.iter().map(row).collect();
        let sum = self.iter().fold(0_i128, |sum, row| sum.saturating_add(row.project().amount().fen().into()));
        if let Ok(fen) = i64::try_from(sum) {
            let cells = columns.iter().enumerate().map(|(at, column)| match column.key.as_str() {
                "amount" => Cell::Amount(Amount::from_fen(fen)),
                _ if at == 0 => Cell::Text(Cow::Borrowed(names.total())),
                _ => Cell::Blank,
            });
            rows.push(ReportRow { kind: RowKind::Total, cells: cells.collect() });
        }
        let title = match self.list {
            ProjectList::Unmatched => {
                lang.pick("未匹配的项目（未计入上表）", "Projects that match nothing (not counted above)").to_owned()
            }
            ProjectList::Overdue => planning.titled(lang, "逾期项目", "overdue projects"),
            _ => planning.titled(lang, "项目库", "register of projects"),
        };
        let mut notes = Vec::new();
        if let Some(as_of) = planning.options().as_of.filter(|_| !is_unmatched) {
            notes.push(words::AS_OF.with(&[&as_of.to_string()]).to_text(lang));
        }
        if self.iter().any(|row| row.reason() == Some(crate::questions::places::Reason::UnknownLayer)) {
            let layers = Argument::list(planning.allocation().policy().layers().iter().map(|layer| &layer.name));
            notes.push(crate::ground::catalogue::notes::LAYERS_OF_POLICY.with(&[&layers]).to_text(lang));
        }
        let columns = columns.into_iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        Some(Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes })
    }
}

fn owned<'a>(cell: Cell<'_>) -> Cell<'a> {
    match cell {
        Cell::Blank => Cell::Blank,
        Cell::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
        Cell::Integer(number) => Cell::Integer(number),
        Cell::Amount(amount) => Cell::Amount(amount),
        Cell::Percent(percent) => Cell::Percent(percent),
    }
}
