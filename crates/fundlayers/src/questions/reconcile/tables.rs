//! Reconciliations as tables: for machines and for people.

use std::borrow::Cow;

use super::counted::Counted;
use super::grouped::Grouped;
use super::{
    Reason, ReconciledLine, ReconciledLines, ReconciledRow, ReconciledTotals, Reconciliation, TopUp, Unmatched,
};
use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::notes as words;
use crate::ground::catalogue::questions as catalogue;
use crate::ground::ids::At as _;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Message};
use crate::ground::money::{Amount, Unit};
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::{Policy, RuleKind};
use crate::questions::receipts::{Event, Receipt};
use crate::results::tables::{BATCH_ROWS, Names, column, keys, unit_column};
use crate::results::totals::{Grouping, TotalRows};
use crate::tables::table::{
    Batch, Cell, Cells, Column, ColumnKind, Percent, Report, ReportRow, ReportRows, RowKind, Table,
};

/// The columns of amounts, in order.
fn amounts() -> [Column; 6] {
    [
        ("due", "应到位", "Due"),
        ("issued", "下达", "Issued"),
        ("received", "到位", "Received"),
        ("spent", "支出", "Spent"),
        ("gap", "缺口", "Gap"),
        ("excess", "超额", "Excess"),
    ]
    .map(|(key, zh, en)| column(key, Name::new(zh, en), ColumnKind::Amount))
}

/// The columns of rates, each with what it is of; with a month, those of progress too.
fn rates(progress: bool) -> Vec<Column> {
    let mut rates = vec![
        ("issue_rate", "下达率（占应到位，%）", "Issued of due (%)"),
        ("arrival_rate", "到位率（占应到位，%）", "Received of due (%)"),
        ("execution_rate", "支出进度（占到位，%）", "Spent of received (%)"),
        ("unspent_rate", "结余率（占到位，%）", "Unspent of received (%)"),
    ];
    if progress {
        rates.push(("time_progress", "序时进度（%）", "Time elapsed (%)"));
        rates.push(("progress_difference", "支出进度较序时（百分点）", "Spent less time (points)"));
    }
    rates.into_iter().map(|(key, zh, en)| column(key, Name::new(zh, en), ColumnKind::Percent)).collect()
}

type TextOf<'a> = fn(Receipt<'a>) -> &'a str;
type LineAmount<'a> = fn(ReconciledLine<'a>) -> Amount;

impl ReconciledLines {
    /// The rows as a table; see [`Reconciliation::table`].
    #[must_use]
    pub fn table(&self, unit: Unit, zeros: bool) -> Table<'_> {
        let mut columns = keys(false);
        columns.extend(amounts());
        columns.push(unit_column());
        Table::new(columns, unit, move || {
            let mut lines = self.lines(zeros).peekable();
            std::iter::from_fn(move || {
                lines.peek()?;
                let lines: Vec<ReconciledLine<'_>> = lines.by_ref().take(BATCH_ROWS).collect();
                Some(self.batch(&lines, unit))
            })
        })
    }

    fn batch<'a>(&'a self, lines: &[ReconciledLine<'a>], unit: Unit) -> Batch<'a> {
        let roster = self.due.roster();
        let text = |of: &dyn Fn(&ReconciledLine<'a>) -> &'a str| Cells::Text(lines.iter().map(of).collect());
        let mut columns = vec![
            text(&|line| roster.id(line.row)),
            text(&|line| roster.division_code(line.row)),
            text(&|line| roster.county(line.row)),
            text(&|line| roster.township(line.row)),
            text(&|line| roster.name(line.row)),
            text(&|line| roster.kind(line.row)),
            text(&|line| roster.designation(line.row)),
            text(&|line| line.class()),
            Cells::Integer(
                lines.iter().map(|line| i64::try_from(roster.count(line.row)).unwrap_or(i64::MAX)).collect(),
            ),
            Cells::Integer(lines.iter().map(|line| line.year().into()).collect()),
            text(&|line| &line.layer().id),
            text(&|line| line.payer()),
        ];
        let amounts: [LineAmount<'a>; 6] = [
            ReconciledLine::due,
            ReconciledLine::issued,
            ReconciledLine::received,
            ReconciledLine::spent,
            ReconciledLine::gap,
            ReconciledLine::excess,
        ];
        columns.extend(amounts.map(|amount| Cells::Amount(lines.iter().map(|line| amount(*line)).collect())));
        columns.push(Cells::Text(vec![unit.as_str(); lines.len()]));
        Batch { rows: lines.len(), columns }
    }
}

impl Reconciliation {
    /// The reconciliation as a table: a row for each roster row × year × layer in which anything was due or happened, with
    /// `zeros` for every layer of every live year.
    ///
    /// Columns: those of the allocation with `due, issued, received, spent, gap, excess` for `amount`.
    #[must_use]
    pub fn table(&self, unit: Unit, zeros: bool) -> Table<'_> {
        self.0.lines.table(unit, zeros)
    }

    /// The receipts that match nothing as a table: as the ledger has them, with the `row` of the ledger and the `reason`.
    #[must_use]
    pub fn unmatched_table(&self, unit: Unit) -> Table<'_> {
        self.0.counted.unmatched_table(unit)
    }

    /// The reconciliation for people: places by county in the order in which counties first appear, a subtotal (小计) for
    /// each county and a total (合计).
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report<'a>(&'a self, unit: Unit, zeros: bool, lang: Lang) -> Result<Report<'a>, Problems> {
        let (policy, roster) = (self.due().policy(), self.due().roster());
        let names = Names::new(policy, lang);
        let has_township = roster.iter().any(|place| !place.township().is_empty());
        let shown = ["county", "township", "name", "count", "year", "layer", "payer"];
        let mut columns: Vec<(String, ColumnKind)> = keys(false)
            .into_iter()
            .filter(|column| shown.contains(&column.key.as_str()) && (has_township || column.key != "township"))
            .map(|column| (column.header.get(lang).to_owned(), column.kind))
            .collect();
        let labels = columns.len();
        columns.extend(amounts().map(|column| (column.header.get(lang).to_owned(), column.kind)));
        let text = |text: &'a str| if text.is_empty() { Cell::Blank } else { Cell::Text(Cow::Borrowed(text)) };
        let mut order: Vec<usize> = (0..roster.len()).collect();
        order.sort_by_key(|row| roster.county_column().code(*row));
        let lines = move |row: usize| self.0.lines.lines_at(row, zeros);
        let mut grand = [0_i128; 6];
        let mut count = 1_usize;
        // How many places of the roster lie in each county, and the row under them.
        let mut counties: Vec<(usize, Option<ReportRow<'a>>)> = Vec::new();
        for block in order.chunk_by(|a, b| roster.county_column().code(*a) == roster.county_column().code(*b)) {
            let mut sum = [0_i128; 6];
            let mut rows = 0_usize;
            for line in block.iter().flat_map(|row| lines(*row)) {
                rows = rows.saturating_add(1);
                for (sum, figure) in sum.iter_mut().zip(figures(line)) {
                    *sum = sum.saturating_add(figure.fen().into());
                }
            }
            for (grand, sum) in grand.iter_mut().zip(sum) {
                *grand = grand.saturating_add(sum);
            }
            count = count.saturating_add(rows);
            let mut subtotal = None;
            if rows > 1 {
                let county = block.first().map_or("", |row| roster.county(*row));
                let cells = vec![names.text(county), Cell::Text(Cow::Borrowed(names.subtotal()))];
                subtotal = Some(sum_row(RowKind::Subtotal, cells, labels, sum)?);
                count = count.saturating_add(1);
            }
            counties.push((block.len(), subtotal));
        }
        let total = sum_row(RowKind::Total, vec![Cell::Text(Cow::Borrowed(names.total()))], labels, grand)?;
        let rows = ReportRows::made(count, move |each| {
            let mut rest = order.as_slice();
            let mut cells: Vec<Cell<'a>> = Vec::new();
            for (places, subtotal) in &counties {
                let (block, after) = rest.split_at_checked(*places).unwrap_or((rest, &[]));
                rest = after;
                for line in block.iter().flat_map(|row| lines(*row)) {
                    cells.clear();
                    cells.push(names.text(roster.county(line.row)));
                    if has_township {
                        cells.push(text(roster.township(line.row)));
                    }
                    cells.push(text(roster.name(line.row)));
                    cells.push(Cell::Integer(i64::try_from(roster.count(line.row)).unwrap_or(i64::MAX)));
                    cells.push(Cell::Integer(line.year().into()));
                    cells.push(Cell::Text(Cow::Borrowed(line.layer().name.get(lang))));
                    cells.push(names.payer(&self.due().0, line.row, line.layer()));
                    cells.extend(figures(line).map(Cell::Amount));
                    each(RowKind::Row, &cells)?;
                }
                if let Some(row) = subtotal {
                    each(row.kind, &row.cells)?;
                }
            }
            each(total.kind, &total.cells)
        });
        let title = title(self.due().policy(), lang, "资金到位对账表", "due and received by place");
        let title = Names::new(self.due().policy(), lang).of_years(title, self.due().years());
        let notes = self.0.counted.all_notes(self.due().policy(), self.due().years(), unit, lang);
        Ok(Report { lang, decimals: None, title, unit, columns, rows, notes })
    }

    /// The receipts that match nothing, for people; none if every receipt matches.
    #[must_use]
    pub fn unmatched_report(&self, unit: Unit, lang: Lang) -> Option<Report<'_>> {
        self.0.counted.unmatched_report(self.due().policy(), unit, lang)
    }

    /// What is counted of the ledger, and what is not.
    pub(crate) fn receipts_notes(&self, unit: Unit) -> Vec<Message> {
        self.0.counted.notes(self.due().years(), unit)
    }
}

impl Counted {
    pub(super) fn unmatched_table(&self, unit: Unit) -> Table<'_> {
        let text = |key: &str, zh: &str, en: &str| column(key, Name::new(zh, en), ColumnKind::Text);
        let several = self.receipts().are_joined();
        let mut columns = vec![
            column("row", Name::new("台账行号", "Ledger row"), ColumnKind::Integer),
            text("id", "编码", "Id"),
            text("division_code", "区划代码", "Division code"),
            text("county", "区县", "County"),
            text("township", "乡镇", "Township"),
            text("name", "名称", "Name"),
            column("year", Name::new("年度", "Year"), ColumnKind::Integer),
            text("layer", "安排层级", "Layer"),
            text("event", "事项", "Event"),
            column("amount", Name::new("金额", "Amount"), ColumnKind::Amount),
            unit_column(),
            text("date", "日期", "Date"),
            text("document", "文号", "Document"),
            text("upstream_document", "上级文号", "Upstream document"),
            text("source", "资金来源", "Source"),
            text("note", "备注", "Note"),
            text("reason", "未匹配原因", "Reason"),
        ];
        if several {
            columns.insert(0, text("ledger", "台账", "Ledger"));
        }
        Table::new(columns, unit, move || {
            let starts = (0..self.unmatched().len()).step_by(BATCH_ROWS);
            starts.map(move |start| {
                let rows: Vec<Unmatched<'_>> = self.unmatched().skip(start).take(BATCH_ROWS).collect();
                let mut columns = vec![
                    Cells::Integer(rows.iter().map(|row| row.receipt().row().place_number().into()).collect()),
                    texts(&rows, Receipt::id),
                    texts(&rows, Receipt::division_code),
                    texts(&rows, Receipt::county),
                    texts(&rows, Receipt::township),
                    texts(&rows, Receipt::name),
                    Cells::Integer(rows.iter().map(|row| row.receipt().year().into()).collect()),
                    texts(&rows, Receipt::layer),
                    texts(&rows, |receipt| receipt.event().as_str()),
                    Cells::Amount(rows.iter().map(|row| row.receipt().amount()).collect()),
                    Cells::Text(vec![unit.as_str(); rows.len()]),
                    texts(&rows, Receipt::date),
                    texts(&rows, Receipt::document),
                    texts(&rows, Receipt::upstream_document),
                    texts(&rows, Receipt::source),
                    texts(&rows, Receipt::note),
                    Cells::Text(rows.iter().map(|row| row.reason().as_str()).collect()),
                ];
                if several {
                    columns.insert(0, texts(&rows, |receipt| receipt.file().unwrap_or_default()));
                }
                Batch { rows: rows.len(), columns }
            })
        })
    }

    pub(super) fn unmatched_report<'a>(&'a self, policy: &'a Policy, unit: Unit, lang: Lang) -> Option<Report<'a>> {
        if self.all_match() {
            return None;
        }
        let names = Names::new(policy, lang);
        let has = |of: TextOf<'a>| self.unmatched().any(|row| !of(row.receipt()).is_empty());
        let fields: [(&str, TextOf<'a>); 10] = [
            ("id", Receipt::id),
            ("division_code", Receipt::division_code),
            ("county", Receipt::county),
            ("township", Receipt::township),
            ("name", Receipt::name),
            ("layer", Receipt::layer),
            ("date", Receipt::date),
            ("document", Receipt::document),
            ("source", Receipt::source),
            ("note", Receipt::note),
        ];
        // Columns in which nothing stands are left out.
        let table = self.unmatched_table(unit);
        let kept: Vec<&Column> = table
            .columns()
            .iter()
            .filter(|column| match fields.iter().find(|(key, _)| *key == column.key) {
                Some((_, of)) => has(*of),
                None => !matches!(column.key.as_str(), "unit" | "upstream_document"),
            })
            .collect();
        let row = |unmatched: Unmatched<'a>| -> ReportRow<'a> {
            let receipt = unmatched.receipt();
            let cells = kept.iter().map(|column| match column.key.as_str() {
                "row" => Cell::Integer(receipt.row().place_number().into()),
                "ledger" => Cell::Text(Cow::Borrowed(receipt.file().unwrap_or_default())),
                "year" => Cell::Integer(receipt.year().into()),
                "event" => Cell::Text(Cow::Owned(receipt.event().name().get(lang).to_owned())),
                "amount" => Cell::Amount(receipt.amount()),
                "reason" => Cell::Text(Cow::Borrowed(unmatched.reason().label(lang))),
                key => match fields.iter().find(|(known, _)| *known == key).map(|(_, of)| of(receipt)) {
                    None | Some("") => Cell::Blank,
                    Some(text) => Cell::Text(Cow::Borrowed(text)),
                },
            });
            ReportRow { kind: RowKind::Row, cells: cells.collect() }
        };
        let mut rows: Vec<ReportRow<'a>> = self.unmatched().map(row).collect();
        for event in Event::ALL {
            // Events are not added to each other: it is the same money on its way.
            if !self.unmatched().any(|unmatched| unmatched.receipt().event() == event) {
                continue;
            }
            let cells = kept.iter().enumerate().map(|(at, column)| match column.key.as_str() {
                "event" => Cell::Text(Cow::Owned(event.name().get(lang).to_owned())),
                "amount" => Cell::Amount(self.unmatched_sum(event)),
                _ if at == 0 => Cell::Text(Cow::Borrowed(names.total())),
                _ => Cell::Blank,
            });
            // One line above all sums.
            let kind = if rows.last().is_some_and(|row| row.kind == RowKind::Row) {
                RowKind::Total
            } else {
                RowKind::Subtotal
            };
            rows.push(ReportRow { kind, cells: cells.collect() });
        }
        let mut notes = Vec::new();
        if self.unmatched().any(|unmatched| unmatched.reason() == Reason::UnknownLayer) {
            let layers = Argument::list(policy.layers().iter().map(|layer| &layer.name));
            notes.push(words::LAYERS_OF_POLICY.with(&[&layers]).to_text(lang));
        }
        let columns = kept.iter().map(|column| (column.header.get(lang).to_owned(), column.kind)).collect();
        let title =
            lang.pick("未匹配的台账记录（未计入上表）", "Receipts that match nothing (not counted above)").to_owned();
        Some(Report { lang, decimals: None, title, unit, columns, rows: rows.into(), notes })
    }

    /// What people must know to read the figures.
    fn all_notes(&self, policy: &Policy, years: &[u16], unit: Unit, lang: Lang) -> Vec<String> {
        let mut said: Vec<Message> = vec![words::GAP_AND_EXCESS.into()];
        let tops_up = policy.classes().iter().flat_map(|class| &class.funding).flatten();
        if tops_up.into_iter().any(|rule| matches!(rule.kind, RuleKind::TopUp(_))) {
            said.push(words::LAYER_IS_NO_SOURCE.into());
        }
        said.extend(self.notes(years, unit));
        let mut notes = Names::new(policy, lang).notes();
        notes.extend(said.iter().map(|message| message.to_text(lang)));
        notes
    }

    /// What is counted of the ledger, and what is not; for the years that are computed.
    fn notes(&self, computed: &[u16], unit: Unit) -> Vec<Message> {
        let mut said = Vec::new();
        if let TopUp::Received(years) = &self.options().top_up {
            let computed: Vec<&u16> = computed.iter().filter(|year| years.contains(year)).collect();
            if !computed.is_empty() {
                said.push(words::TOP_UPS_COUNT_RECEIVED.with(&[&Argument::list(computed)]));
            }
        }
        if let Some(as_of) = self.options().as_of {
            let month = Name::new(format!("{} 年 {} 月", as_of.year(), as_of.month()), as_of.to_string());
            said.push(words::TIME_ELAPSED.with(&[&month]));
            if self.dated.later > 0 {
                said.push(words::SENTENCE.with(&[&self.dated.later_message(as_of, unit)]));
            }
            if self.dated.undated > 0 {
                said.push(words::SENTENCE.with(&[&catalogue::UNDATED.with(&[&self.dated.undated])]));
            }
        }
        if !self.all_match() {
            let [issued, received, spent] = Event::ALL.map(|event| self.unmatched_sum(event).grouped(unit));
            said.push(words::UNMATCHED.with(&[&self.unmatched().len(), &issued, &received, &spent]));
        }
        said
    }
}

impl ReconciledTotals {
    /// The totals as a table: the grouping columns, `due, issued, received, spent, gap, excess`, `unit`, and the rates
    /// `issue_rate, arrival_rate, execution_rate, unspent_rate` in percent of two decimals; with a month to measure
    /// against, `time_progress` and `progress_difference`.
    #[must_use]
    pub fn table(&self, unit: Unit) -> Table<'_> {
        self.grouped.table(unit)
    }

    /// The totals for people: with subtotals (小计) by the first grouping column where there are several, and a total
    /// (合计). Rates of sums are worked out from the sums.
    ///
    /// # Errors
    ///
    /// [`Code::Overflow`] if a total is beyond 2^63 − 1 fen.
    pub fn report(&self, unit: Unit, lang: Lang) -> Result<Report<'_>, Problems> {
        let all = |by: &[Grouping]| self.reconciliation().totals(by, true).map(|totals| totals.grouped);
        self.grouped.report(all, &self.reconciliation().0.counted, unit, lang)
    }
}

impl<G: TotalRows> Grouped<G> {
    pub(super) fn table(&self, unit: Unit) -> Table<'_> {
        let mut columns: Vec<Column> =
            self.by().iter().map(|grouping| column(grouping.as_str(), grouping.header(), kind(*grouping))).collect();
        let rates = rates(self.measures_progress());
        let rate_count = rates.len();
        columns.extend(amounts());
        columns.push(unit_column());
        columns.extend(rates);
        Table::new(columns, unit, move || {
            (0..self.len()).step_by(BATCH_ROWS).map(move |start| {
                let rows: Vec<ReconciledRow<'_>> = self.iter().skip(start).take(BATCH_ROWS).collect();
                let mut columns: Vec<Cells<'_>> = (self.by().iter().enumerate())
                    .map(|(by, grouping)| match grouping {
                        Grouping::Year => {
                            Cells::Integer(rows.iter().map(|row| self.groups.year(row.group, by).into()).collect())
                        }
                        _ => Cells::Text(rows.iter().map(|row| self.groups.text(row.group, by)).collect()),
                    })
                    .collect();
                for amount in 0..6 {
                    let of_row = |row: &ReconciledRow<'_>| row.figures.list().at(amount);
                    columns.push(Cells::Amount(rows.iter().map(of_row).collect()));
                }
                columns.push(Cells::Text(vec![unit.as_str(); rows.len()]));
                columns.extend((0..rate_count).map(|rate| {
                    let of_row = |row: &ReconciledRow<'_>| row.rates().get(rate).copied().flatten();
                    Cells::Percent(rows.iter().map(of_row).collect())
                }));
                Batch { rows: rows.len(), columns }
            })
        })
    }

    const fn measures_progress(&self) -> bool {
        self.as_of.is_some()
    }

    /// For people; `all` gives the same by fewer columns, with every group.
    pub(super) fn report(
        &self,
        all: impl Fn(&[Grouping]) -> Result<Self, Problems>,
        counted: &Counted,
        unit: Unit,
        lang: Lang,
    ) -> Result<Report<'_>, Problems> {
        let (policy, years) = (self.groups.policy(), self.groups.years());
        let names = Names::new(policy, lang);
        let rates = rates(self.measures_progress());
        let rate_count = rates.len();
        let mut columns: Vec<(String, ColumnKind)> =
            (self.by().iter()).map(|grouping| (grouping.header().get(lang).to_owned(), kind(*grouping))).collect();
        let labels = columns.len();
        columns
            .extend(amounts().into_iter().chain(rates).map(|column| (column.header.get(lang).to_owned(), column.kind)));
        let total = all(&[])?;
        let subtotals = match self.by() {
            [first, _, ..] => Some(all(&[*first])?),
            _ => None,
        };
        let figures = |cells: &mut Vec<Cell<'_>>, row: ReconciledRow<'_>| {
            cells.resize(labels, Cell::Blank);
            cells.extend(row.figures.list().map(Cell::Amount));
            let rates = row.rates().into_iter().take(rate_count);
            cells.extend(rates.map(|rate| rate.map_or(Cell::Blank, Cell::Percent)));
        };
        let lines: Vec<ReconciledRow<'_>> = self.iter().collect();
        let code = |row: &ReconciledRow<'_>| self.groups.code(row.group, 0);
        let mut rows: Vec<ReportRow<'_>> = Vec::new();
        for block in lines.chunk_by(|a, b| self.by().len() < 2 || code(a) == code(b)) {
            for row in block {
                let mut cells: Vec<Cell<'_>> =
                    (0..self.by().len()).map(|by| names.total_cell(&self.groups, row.group, by)).collect();
                figures(&mut cells, *row);
                rows.push(ReportRow { kind: RowKind::Row, cells });
            }
            let (Some(subtotals), Some(first)) = (subtotals.as_ref().filter(|_| block.len() > 1), block.first()) else {
                continue;
            };
            let same = |row: &ReconciledRow<'_>| subtotals.groups.code(row.group, 0) == code(first);
            let Some(sum) = subtotals.iter().find(same) else { continue };
            let mut cells =
                vec![names.total_cell(&self.groups, first.group, 0), Cell::Text(Cow::Borrowed(names.subtotal()))];
            figures(&mut cells, sum);
            rows.push(ReportRow { kind: RowKind::Subtotal, cells });
        }
        if let Some(sum) = total.iter().next() {
            let mut cells = Vec::new();
            if labels > 0 {
                cells.push(Cell::Text(Cow::Borrowed(names.total())));
            }
            figures(&mut cells, sum);
            rows.push(ReportRow { kind: RowKind::Total, cells });
        }
        let title = title(policy, lang, "资金到位情况汇总表", "due and received in total");
        let title = names.summed(title, self.by(), years);
        Ok(Report {
            lang,
            decimals: None,
            title,
            unit,
            columns,
            rows: rows.into(),
            notes: counted.all_notes(policy, years, unit, lang),
        })
    }
}

impl ReconciledRow<'_> {
    /// In the order of the columns.
    fn rates(&self) -> [Option<Percent>; 6] {
        [
            self.issue_rate(),
            self.arrival_rate(),
            self.execution_rate(),
            self.unspent_rate(),
            self.time_progress(),
            self.progress_difference(),
        ]
    }
}

fn title(policy: &Policy, lang: Lang, zh: &'static str, en: &'static str) -> String {
    format!("{} · {}", policy.heading(lang), lang.pick(zh, en))
}

fn texts<'a>(rows: &[Unmatched<'a>], of: impl Fn(Receipt<'a>) -> &'a str) -> Cells<'a> {
    Cells::Text(rows.iter().map(|row| of(row.receipt())).collect())
}

const fn kind(grouping: Grouping) -> ColumnKind {
    if matches!(grouping, Grouping::Year) { ColumnKind::Integer } else { ColumnKind::Text }
}

/// The figures of a line, in the order of [`amounts`].
fn figures(line: ReconciledLine<'_>) -> [Amount; 6] {
    [line.due(), line.issued(), line.received(), line.spent(), line.gap(), line.excess()]
}

fn sum_row(kind: RowKind, mut cells: Vec<Cell<'_>>, labels: usize, sums: [i128; 6]) -> Result<ReportRow<'_>, Problems> {
    cells.resize(labels, Cell::Blank);
    for sum in sums {
        let Ok(fen) = i64::try_from(sum) else {
            let problem = Problem::new(Code::Overflow, common::TOTAL_TOO_LARGE);
            return Err(problem.expected(common::CHECK_UNITS).into());
        };
        cells.push(Cell::Amount(Amount::from_fen(fen)));
    }
    Ok(ReportRow { kind, cells })
}
