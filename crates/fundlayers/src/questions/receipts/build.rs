//! Takes the rows of a ledger in and says everything that is wrong with them.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet, HashTable};

use super::words::is_date;
use super::{Event, Ledger, Receipts, document_number};
use crate::ground::catalogue::questions as catalogue;
use crate::ground::catalogue::rows;
use crate::ground::ids::At as _;
use crate::ground::ids::index;
use crate::ground::money::{Amount, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problems};
use crate::ground::text::did_you_mean;
use crate::ground::titles::synonyms;
use crate::policy::Policy;
use crate::questions::sums::{Filter, Summed, Sums, TotalLine};
use crate::roster::TemplateColumn;
use crate::roster::build::{division_code, is_code, push_name};
use crate::rows::column::{DictionaryBuilder, Numbering, TextColumn};
use crate::rows::crowded::Crowded;
use crate::rows::header::{Header, Words};
use crate::rows::lines::{Line, Lines};
use crate::rows::records::{
    Cell, ColumnRole, Findings, Fit, Place, RowBuilder, RowNumbers, amount, bare_year, missing, order, own_unit, text,
    tidied, trimmed, unit_missing, year,
};
use crate::rows::sheet_columns::SheetColumns;
use crate::rows::spoiled::place_id;
use crate::rows::totals::{TotalRank, total_rank};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    DivisionCode,
    County,
    Township,
    Village,
    Name,
    Year,
    Layer,
    Event,
    Amount,
    Unit,
    Date,
    /// The amounts of one event, in a wide ledger.
    Wide(Event),
    /// Its dates.
    WideDate(Event),
    Document,
    UpstreamDocument,
    Source,
    Note,
    /// 结转.
    CarryOver,
    /// 结余.
    Surplus,
    /// Known, and nothing here depends on it.
    Other(usize),
}

/// Columns with their keys and Chinese headers, the usual one first.
const FIELDS: [(Field, &str, &[&str]); 24] = [
    (Field::Id, "id", &["编码"]),
    (Field::DivisionCode, "division_code", &["区划代码"]),
    (Field::County, "county", &["区县"]),
    (Field::Township, "township", &["乡镇"]),
    (Field::Village, "village", &["村"]),
    (Field::Name, "name", &["名称"]),
    (Field::Year, "year", &["年度"]),
    (Field::Layer, "layer", &["安排层级"]),
    (Field::Event, "event", &["事项"]),
    (Field::Amount, "amount", &["金额"]),
    (Field::Unit, "unit", &["单位"]),
    (Field::Date, "date", &["日期"]),
    (Field::Wide(Event::Issued), "issued", &["下达金额"]),
    (Field::WideDate(Event::Issued), "issued_date", &["下达时间", "下达日期", "Issued on"]),
    (Field::Wide(Event::Received), "received", &["到位金额"]),
    (Field::WideDate(Event::Received), "received_date", &["到位时间", "到位日期", "Received on"]),
    (Field::Wide(Event::Spent), "spent", &["支出金额"]),
    (Field::WideDate(Event::Spent), "spent_date", &["支出时间", "支出日期", "Spent on"]),
    (Field::Document, "document", &["文号"]),
    (Field::UpstreamDocument, "upstream_document", &["上级文号"]),
    (Field::Source, "source", &["资金来源"]),
    (Field::Note, "note", &["备注"]),
    (Field::CarryOver, "carry_over", &["结转", "结转金额", "Carried over"]),
    (Field::Surplus, "surplus", &["结余", "结余金额"]),
];

/// Columns of offices' ledgers that are passed over without a warning.
const OTHERS: [&str; 14] = [
    "序号",
    "项目编号",
    "项目代码",
    "项目名称",
    "责任单位",
    "实施单位",
    "收入科目",
    "支出科目",
    "直达资金标识",
    "批次",
    "Project code",
    "Project",
    "Batch",
    "Responsible agency",
];

impl Field {
    fn key(self) -> &'static str {
        match self {
            Self::Other(other) => OTHERS.at(other),
            _ => FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, key, _)| *key),
        }
    }

    /// Whether the column holds amounts of receipts.
    const fn is_amount(self) -> bool {
        matches!(self, Self::Amount | Self::Wide(_))
    }

    /// The event of a column of amounts; none if a column of its own tells it.
    const fn event(self) -> Option<Event> {
        match self {
            Self::Wide(event) => Some(event),
            _ => None,
        }
    }

    /// What the column is to the reader of a sheet.
    const fn role(self) -> ColumnRole {
        match self {
            Self::Id | Self::Village | Self::Name | Self::DivisionCode => ColumnRole::Place,
            Self::County | Self::Township | Self::Year | Self::Layer | Self::Event => ColumnRole::Key,
            Self::Other(_) => ColumnRole::Unread,
            _ => ColumnRole::Figure,
        }
    }

    /// Whether merged cells of the column are filled down though none of them can make a row a total line.
    const fn is_shared(self) -> bool {
        matches!(self, Self::Document | Self::UpstreamDocument | Self::Source | Self::Unit)
    }
}

fn words() -> Words<Field> {
    let keys = FIELDS.iter().map(|(field, key, _)| (*key, *field));
    let headers = FIELDS.iter().flat_map(|(field, _, headers)| headers.iter().map(|header| (*header, *field)));
    let others = OTHERS.iter().enumerate().map(|(other, header)| (*header, Field::Other(other)));
    let synonyms = FIELDS.iter().flat_map(|(field, key, _)| synonyms(key).iter().map(|title| (*title, *field)));
    Words::new([keys.collect(), headers.chain(others).collect(), synonyms.collect()])
}

/// The event that a word names.
fn event(word: &str) -> Option<Event> {
    Event::ALL.into_iter().find(|event| word.eq_ignore_ascii_case(event.as_str()) || word == event.name().zh)
}

/// Takes the rows of a receipts ledger from a reader, one by one.
///
/// Columns are known by key or Chinese header: `id` 编码, `division_code` 区划代码, `county` 区县, `township` 乡镇, `name`
/// 名称 (or `village` 村), `year` 年度, `layer` 安排层级; long `event` 事项 (下达, 到位 or 支出), `amount` 金额, `date` 日期;
/// wide `issued` 下达金额, `received` 到位金额, `spent` 支出金额, each with a date (下达时间, …); `unit` 单位, `document` 文号,
/// `upstream_document` 上级文号, `source` 资金来源, `note` 备注; `carry_over` 结转 and `surplus` 结余 are only checked. Unknown
/// columns are warned about. The unit stands in its column or in the header, 金额(元).
///
/// Rows that say 小计, 合计 or 总计 are no receipts: they are compared with the rows that they sum, and a difference is
/// warned about.
#[derive(Debug)]
pub struct ReceiptsBuilder {
    header: Header<Field>,
    lines: Lines,
    /// The unit that stands above the table.
    sheet_unit: Option<Unit>,
    /// What stands there instead of one unit that is read.
    unclear_unit: Option<String>,
    /// A column of amounts whose title states no unit, and where the header stood.
    unstated: Option<(String, Option<u32>)>,
    /// Whether an amount has no unit, and whether one states its own.
    lacks_unit: bool,
    states_unit: bool,
    /// Whether a person finds a row by its line.
    lines_shown: bool,
    /// Where the rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
    columns: Columns,
    sums: Sums,
    /// Some dates that have been seen to be good: a ledger has few.
    good_dates: HashSet<String>,
    findings: Findings,
    row: RowNumbers,
}

/// The columns for a ledger as offices keep it: see [`Receipts::template`].
pub(super) fn template(policy: &Policy) -> Vec<TemplateColumn> {
    let (wide, dates) = (|event| Field::Wide(event), |event| Field::WideDate(event));
    let [issued, received, spent] = Event::ALL;
    let fields = [
        Field::Year,
        Field::County,
        Field::Township,
        Field::Name,
        Field::Id,
        Field::Layer,
        Field::Source,
        Field::UpstreamDocument,
        Field::Document,
        dates(issued),
        wide(issued),
        dates(received),
        wide(received),
        dates(spent),
        wide(spent),
        Field::Note,
    ];
    let titles = |field: Field| FIELDS.iter().find(|(known, ..)| *known == field).map(|(_, _, titles)| *titles);
    let columns = fields.into_iter().map(|field| {
        let title = titles(field).and_then(|titles| titles.first()).copied().unwrap_or_default();
        let required = matches!(field, Field::Year | Field::Layer | Field::Name);
        match field {
            Field::Wide(_) => TemplateColumn::amount(field.key(), title, required, policy.unit()),
            Field::Year => TemplateColumn::new(field.key(), title, required).figure(),
            Field::Layer => TemplateColumn::new(field.key(), title, required)
                .choices(policy.layers().iter().map(|layer| &layer.name)),
            _ => TemplateColumn::new(field.key(), title, required),
        }
    });
    columns.collect()
}

/// Rows and receipts by columns; none where the ledger has no such column.
#[derive(Debug)]
pub(super) struct Columns {
    ids: Option<TextColumn>,
    division_codes: Option<TextColumn>,
    county: Option<DictionaryBuilder>,
    township: DictionaryBuilder,
    names: TextColumn,
    years: Vec<u16>,
    layers: DictionaryBuilder,
    documents: Option<DictionaryBuilder>,
    upstream_documents: Option<DictionaryBuilder>,
    sources: Option<DictionaryBuilder>,
    notes: Option<DictionaryBuilder>,
    row_numbers: Numbering,
    lines: Numbering,
    rows: Vec<u32>,
    events: Vec<Event>,
    amounts: Vec<Amount>,
    dates: Option<DictionaryBuilder>,
}

/// A row before it is kept.
#[derive(Default)]
struct Row<'a> {
    id: &'a str,
    division_code: Cow<'a, str>,
    county: &'a str,
    township: Cow<'a, str>,
    village: Cow<'a, str>,
    name: Cow<'a, str>,
    year: Option<u16>,
    /// Whether the year is blank and not merely wrong.
    year_blank: bool,
    layer: &'a str,
    event: Option<Event>,
    event_blank: bool,
    /// The unit of its column; blank or wrong: none.
    unit: Option<Unit>,
    /// Whether it has been said what is wrong with it.
    unit_told: bool,
    date: &'a str,
    dates: [&'a str; 3],
    document: &'a str,
    upstream_document: &'a str,
    source: &'a str,
    note: &'a str,
}

impl ReceiptsBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let words = words();
        let required = [(Field::Year, "year", "年度"), (Field::Layer, "layer", "安排层级")];
        let mut header = Header::read(titles, &words, Field::key, |_| None, required, &mut findings);
        let line = titles.iter().find_map(|(_, position)| position.map(|position| position.line));
        let recipient = [Field::Id, Field::DivisionCode, Field::Name, Field::Village, Field::Township];
        if !recipient.into_iter().any(|field| header.column(field).is_some()) {
            header.lacks(line, "name", catalogue::RECIPIENT_COLUMN, &mut findings);
        }
        if header.column(Field::Amount).is_some() && header.column(Field::Event).is_none() {
            header.lacks(line, "event", catalogue::EVENT_COLUMN, &mut findings);
        }
        if !header.fields.iter().any(|(_, field)| field.is_amount()) {
            header.lacks(line, "amount", catalogue::AMOUNT_COLUMN, &mut findings);
        }
        let is_money = |field: Field| field.is_amount() || matches!(field, Field::CarryOver | Field::Surplus);
        header.check_amounts(titles, |field| is_money(field).then(|| field.key()), &mut findings);
        let unstated = header.fields.iter().find(|(at, field)| field.is_amount() && header.unit(*at).is_none());
        // One in another unit is told as that.
        let unstated = unstated.filter(|(at, _)| header.column(Field::Unit).is_none() && !header.has_other_unit(*at));
        let unstated = unstated.and_then(|(at, _)| Some((titles.get(*at)?.0.trim().to_owned(), line)));
        let lines = Lines::new(&header, Field::role, |field| field.key().to_owned());
        Self {
            columns: Columns::new(&header),
            header,
            lines,
            sheet_unit: None,
            unclear_unit: None,
            unstated,
            lacks_unit: false,
            states_unit: false,
            lines_shown: false,
            sheet: None,
            sums: Sums::default(),
            good_dates: HashSet::new(),
            findings,
            row: RowNumbers::default(),
        }
    }

    /// The unit of an amount, by its column and the row's own; none if nothing (or two different ones) is said. A row says
    /// once what is wrong with its unit.
    fn unit(&mut self, at: usize, row: &mut Row<'_>, cell: Cell<'_>, place: Place) -> Option<Unit> {
        let of_header = self.header.unit(at);
        let own = own_unit(cell);
        self.states_unit |= own.is_some();
        let unit = match (of_header, row.unit) {
            (Some(header), Some(cell)) if header != cell => None,
            (of_header, of_row) => of_header.or(of_row).or(own).or(self.sheet_unit),
        };
        self.lacks_unit |= unit.is_none();
        // Without a column of units the header was complained about already.
        if let (None, Some(column), false) = (unit, self.header.column(Field::Unit), row.unit_told) {
            let place = Place { column: order(column), ..place };
            row.unit_told = true;
            match (of_header, row.unit) {
                (Some(header), Some(cell)) => {
                    let message = rows::OTHER_UNIT_THAN_HEADER;
                    self.findings.add(place, Code::UnitDiffers, "unit", message, |problem| {
                        problem.found(cell.as_str()).expected(rows::UNIT_OF_HEADER.with(&[&header]))
                    });
                }
                _ => missing(&mut self.findings, place, "unit"),
            }
        }
        unit
    }

    /// Reads the cells of a row that are not amounts.
    fn read<'a>(&mut self, cells: &[Cell<'a>], place: Place) -> Row<'a> {
        let mut row = Row { year_blank: true, event_blank: true, ..Row::default() };
        let Self { header, findings, good_dates, .. } = self;
        for &(at, field) in &header.fields {
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let place = Place { column: order(at), ..place };
            let mut text = || text(cell, place, field.key(), findings);
            match field {
                Field::Id => {
                    let id = text();
                    row.id = place_id(id, place, findings);
                }
                Field::DivisionCode => {
                    let text = trimmed(text());
                    row.division_code = if text.is_empty() || is_code(text) {
                        Cow::Borrowed(text)
                    } else {
                        Cow::Owned(division_code(text, place, findings))
                    };
                }
                Field::County => row.county = text(),
                Field::Township => row.township = tidied(text()),
                Field::Village => row.village = tidied(text()),
                Field::Name => row.name = tidied(text()),
                Field::Year => {
                    row.year_blank = cell.is_blank();
                    let mut sound = true;
                    row.year = year(cell, place, findings, "year", rows::A_YEAR, &mut sound);
                }
                Field::Layer => row.layer = text(),
                Field::Event => {
                    let word = trimmed(text());
                    row.event_blank = word.is_empty();
                    row.event = event(word);
                    if row.event.is_none() && !word.is_empty() {
                        findings.add(place, Code::UnknownEvent, "event", catalogue::NO_EVENT, |problem| {
                            problem.found(word).expected(catalogue::EVENTS)
                        });
                    }
                }
                Field::Unit => {
                    let word = trimmed(text());
                    row.unit = Unit::named(word);
                    if row.unit.is_none() && !word.is_empty() {
                        row.unit_told = true;
                        findings.add(place, Code::BadUnit, "unit", catalogue::IS_NO_UNIT, |problem| {
                            problem
                                .found(word)
                                .expected(did_you_mean(word, ["元", "万元", "亿元", "yuan", "wan", "yi"]))
                        });
                    }
                }
                Field::Date | Field::WideDate(_) => {
                    let date = trimmed(text());
                    if !date.is_empty() && !is_good_date(date, good_dates) {
                        findings.add(place, Code::BadDate, field.key(), catalogue::NO_DATE, |problem| {
                            problem.found(date).expected(catalogue::DATES)
                        });
                    }
                    match field {
                        Field::WideDate(event) => {
                            if let Some(slot) = row.dates.get_mut(event.number()) {
                                *slot = date;
                            }
                        }
                        _ => row.date = date,
                    }
                }
                Field::Document => row.document = trimmed(text()),
                Field::UpstreamDocument => row.upstream_document = trimmed(text()),
                Field::Source => row.source = trimmed(text()),
                Field::Note => row.note = trimmed(text()),
                Field::Amount | Field::Wide(_) | Field::CarryOver | Field::Surplus | Field::Other(_) => {}
            }
        }
        row
    }

    /// Reads an amount; none if the cell is blank or wrong.
    fn amount(&mut self, at: usize, field: Field, row: &mut Row<'_>, cell: Cell<'_>, place: Place) -> Option<Amount> {
        if cell.is_blank() {
            return None;
        }
        let place = Place { column: order(at), ..place };
        let unit = self.unit(at, row, cell, place)?;
        amount(cell, unit, place, &mut self.findings, field.key())
    }

    /// Says where the balance of a row, 结转 and 结余, is not what arrived less what was spent.
    fn check_balance(&mut self, row: &Row<'_>, amounts: [Option<Amount>; 3], cells: &[Cell<'_>], place: Place) {
        let Some(received) = amounts.get(Event::Received.number()).copied().flatten() else { return };
        let spent = amounts.get(Event::Spent.number()).copied().flatten().unwrap_or_default();
        let mut balance: Option<(i128, Place, &str, &str, Unit)> = None;
        for field in [Field::CarryOver, Field::Surplus] {
            let Some(at) = self.header.column(field) else { continue };
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let of_header = self.header.unit(at);
            // A balance without a unit cannot be compared.
            let unit = of_header.or(row.unit).or(own_unit(cell)).or(self.sheet_unit);
            let Some(unit) = unit.filter(|_| !cell.is_blank()) else { continue };
            let place = Place { column: order(at), ..place };
            let Some(amount) = amount(cell, unit, place, &mut self.findings, field.key()) else { return };
            let sum = balance.map_or(0, |(sum, ..)| sum).saturating_add(amount.fen().into());
            balance = Some((sum, place, field.key(), cell.shown(), unit));
        }
        let Some((sum, place, key, shown, unit)) = balance else { return };
        let expected = i128::from(received.fen()).saturating_sub(spent.fen().into());
        if sum != expected {
            let message = catalogue::BALANCE_DIFFERS;
            let expected = match i64::try_from(expected).map(Amount::from_fen) {
                Ok(amount) => catalogue::TOGETHER.with(&[&amount.grouped(unit), &unit]),
                Err(_) => catalogue::TOGETHER_TOO_LARGE.into(),
            };
            self.findings.add(place, Code::SumDiffers, key, message, |problem| problem.found(shown).expected(expected));
        }
    }

    /// Takes a row that says 小计, 合计 or 总计.
    #[cold]
    fn take_total(&mut self, rank: TotalRank, cells: &[Cell<'_>], place: Place) {
        let mut filter = Filter::default();
        let mut row = Row::default();
        let fields = self.header.fields.clone();
        for &(at, field) in &fields {
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            let Some(text) = cell.text().map(tidied).filter(|text| !text.is_empty()) else { continue };
            if matches!(field.role(), ColumnRole::Name | ColumnRole::Place | ColumnRole::Key)
                && total_rank(cell).is_some()
            {
                continue;
            }
            match field {
                Field::County => filter.county = Some(text.into_owned()),
                Field::Township => filter.township = Some(text.into_owned()),
                Field::Layer => filter.layer = Some(text.into_owned()),
                Field::Year => filter.year = bare_year(&text).parse().ok(),
                Field::Event => filter.kind = event(&text).map(Event::number),
                Field::Unit => row.unit = Unit::named(&text),
                _ => {}
            }
        }
        let mut figures = Vec::new();
        for &(at, field) in &fields {
            if !field.is_amount() {
                continue;
            }
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            if let Some(amount) = self.amount(at, field, &mut row, cell, place) {
                let of_header = self.header.unit(at);
                let unit = of_header.or(row.unit).or(own_unit(cell)).or(self.sheet_unit).unwrap_or(Unit::Yuan);
                let place = Place { column: order(at), ..place };
                let shown = cell.shown().to_owned();
                figures.push((
                    place,
                    field.key(),
                    field.event().map(Event::number).or(filter.kind),
                    (amount, unit),
                    shown,
                ));
            }
        }
        self.sums.line(TotalLine::new(rank, filter, figures));
    }
}

/// Whether a text is a date, looked at once.
fn is_good_date(date: &str, good: &mut HashSet<String>) -> bool {
    const KEPT: usize = 4096;
    if good.contains(date) {
        return true;
    }
    let is_good = is_date(date);
    if is_good && good.len() < KEPT {
        good.insert(date.to_owned());
    }
    is_good
}

impl RowBuilder for ReceiptsBuilder {
    type Output = Receipts;

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        let Some(place) = self.row.next(line, cells, &mut self.findings) else { return };
        match self.lines.kind(cells) {
            Line::Row => {}
            Line::Total(rank) => {
                self.header.check_row(cells, place, &mut self.findings);
                return self.take_total(rank, cells, place);
            }
            Line::Note => return,
        }
        let mut lines = std::mem::take(&mut self.lines);
        let filled = lines.filled(cells, place);
        self.take_row(filled.as_deref().unwrap_or(cells), place);
        self.lines = lines;
    }

    fn key_of(&self, column: usize, _title: &str) -> Option<String> {
        self.header.field(column).map(|field| field.key().to_owned())
    }

    fn is_whole(&self, column: usize) -> bool {
        self.header.field(column) == Some(Field::Year)
    }

    fn fit(&self) -> Fit {
        self.header.fit()
    }

    fn role(&self, column: usize) -> ColumnRole {
        match self.header.field(column) {
            Some(field) if field.is_shared() => ColumnRole::Key,
            Some(field) => field.role(),
            None => ColumnRole::Unread,
        }
    }

    fn set_unit(&mut self, unit: Unit) {
        self.sheet_unit = Some(unit);
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.unclear_unit = Some(stated.to_owned());
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.lines.kind(cells) == Line::Row
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.lines.set_fill_down(fill_down);
    }

    fn set_lines_shown(&mut self) {
        self.lines_shown = true;
    }

    fn set_sheet(&mut self, columns: &SheetColumns) {
        self.sheet = Some(columns.clone());
    }

    fn finish(mut self) -> Result<(Receipts, Problems), Problems> {
        let is_unknown = self.sheet_unit.is_none() && (self.lacks_unit || !self.states_unit);
        if let Some((title, line)) = self.unstated.as_ref().filter(|_| is_unknown) {
            unit_missing(&mut self.findings, *line, title, self.unclear_unit.as_deref());
        }
        let Self { header, lines, columns, sums, mut findings, lines_shown, sheet, .. } = self;
        lines.check(&mut findings);
        let document_column = header.column(Field::Document).map_or(u32::MAX, order);
        let receipts = Receipts(Arc::new(Ledger { lines_shown, sheet, ..columns.finish() }));
        // What is wrong with rows makes their sums wrong too.
        if findings.faulty_rows().is_empty() {
            let ledger = &*receipts.0;
            let each = |take: &mut dyn FnMut(usize, usize, i64)| {
                for ((row, event), amount) in ledger.rows.iter().zip(&ledger.events).zip(&ledger.amounts) {
                    take(index(*row), event.number(), amount.fen());
                }
            };
            let (county, township, layers) = (&ledger.county, &ledger.township, &ledger.layers);
            sums.check(&Summed { county, township, layers, years: &ledger.years, each: &each }, &mut findings);
            find_duplicates(&receipts, document_column, |_, _| true, &mut findings);
        }
        let (problems, failed) = findings.finish();
        if failed { Err(problems) } else { Ok((receipts, problems)) }
    }
}

impl ReceiptsBuilder {
    fn take_row(&mut self, cells: &[Cell<'_>], place: Place) {
        self.header.check_row(cells, place, &mut self.findings);
        let mut row = self.read(cells, place);
        let mut amounts: [Option<Amount>; 3] = [None; 3];
        let mut long: Option<Amount> = None;
        let (mut filled, mut filled_long) = (false, false);
        for number in 0..self.header.fields.len() {
            let Some((at, field)) = self.header.fields.get(number).copied() else { continue };
            if !field.is_amount() {
                continue;
            }
            let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
            filled |= !cell.is_blank();
            filled_long |= field.event().is_none() && !cell.is_blank();
            let amount = self.amount(at, field, &mut row, cell, place);
            match field.event() {
                Some(event) => {
                    if let Some(slot) = amounts.get_mut(event.number()) {
                        *slot = amount;
                    }
                }
                None => long = amount,
            }
        }
        let place_of = |header: &Header<Field>, field: Field| Place {
            column: header.column(field).map_or(u32::MAX, order),
            ..place
        };
        let is_long = self.header.column(Field::Amount).is_some();
        // A long row is one receipt. A row of a wide ledger may still wait for its first amount.
        if filled || is_long {
            for (field, blank) in [(Field::Year, row.year_blank), (Field::Layer, trimmed(row.layer).is_empty())] {
                if blank && self.header.column(field).is_some() {
                    missing(&mut self.findings, place_of(&self.header, field), field.key());
                }
            }
        }
        if is_long && !filled {
            missing(&mut self.findings, place_of(&self.header, Field::Amount), "amount");
        }
        if filled_long && row.event_blank && self.header.column(Field::Event).is_some() {
            missing(&mut self.findings, place_of(&self.header, Field::Event), "event");
        }
        self.check_balance(&row, amounts, cells, place);
        self.columns.keep(&row, amounts, long, place);
        if row.year.is_some() {
            for (event, amount) in Event::ALL.into_iter().zip(amounts) {
                self.sums.add(event.number(), amount.unwrap_or_default());
            }
            if let Some(event) = row.event {
                self.sums.add(event.number(), long.unwrap_or_default());
            }
        }
    }
}

impl Columns {
    /// With every column that a ledger may have.
    pub(super) fn every() -> Self {
        let words = || Some(DictionaryBuilder::new());
        Self {
            ids: Some(TextColumn::new()),
            division_codes: Some(TextColumn::new()),
            county: words(),
            township: DictionaryBuilder::new(),
            names: TextColumn::new(),
            years: Vec::new(),
            layers: DictionaryBuilder::new(),
            documents: words(),
            upstream_documents: words(),
            sources: words(),
            notes: words(),
            row_numbers: Numbering::default(),
            lines: Numbering::default(),
            rows: Vec::new(),
            events: Vec::new(),
            amounts: Vec::new(),
            dates: words(),
        }
    }

    pub(super) const fn row_count(&self) -> usize {
        self.years.len()
    }

    /// Adds the rows of a ledger.
    pub(super) fn append(&mut self, receipts: &Receipts) {
        let ledger = &*receipts.0;
        // The row limit keeps this within 32 bits.
        let first = u32::try_from(self.row_count()).unwrap_or(u32::MAX);
        for row in (0..receipts.row_count()).map(|row| receipts.row(row)) {
            let at = first.saturating_add(u32::try_from(row.index()).unwrap_or(u32::MAX));
            self.years.push(row.year());
            self.township.push(row.township());
            self.names.push(row.name());
            self.layers.push(row.layer());
            self.row_numbers.push(at, row.row_number());
            self.lines.push(at, row.line().unwrap_or_default());
            for (column, text) in [(&mut self.ids, row.id()), (&mut self.division_codes, row.division_code())] {
                if let Some(column) = column {
                    column.push(text);
                }
            }
            for (column, of) in [
                (&mut self.county, &ledger.county),
                (&mut self.documents, &ledger.documents),
                (&mut self.upstream_documents, &ledger.upstream_documents),
                (&mut self.sources, &ledger.sources),
                (&mut self.notes, &ledger.notes),
            ] {
                if let Some(column) = column {
                    column.push(of.get(row.index()));
                }
            }
        }
        self.rows.extend(ledger.rows.iter().map(|row| row.saturating_add(first)));
        self.events.extend(&ledger.events);
        self.amounts.extend(&ledger.amounts);
        if let Some(dates) = &mut self.dates {
            (0..receipts.len()).for_each(|receipt| dates.push(ledger.dates.get(receipt)));
        }
    }

    fn new(header: &Header<Field>) -> Self {
        let has = |field: Field| header.column(field).is_some();
        let texts = |field: Field| has(field).then(TextColumn::new);
        let words = |field: Field| has(field).then(DictionaryBuilder::new);
        let has_dates = header.fields.iter().any(|(_, field)| matches!(field, Field::Date | Field::WideDate(_)));
        Self {
            ids: texts(Field::Id),
            division_codes: texts(Field::DivisionCode),
            county: words(Field::County),
            township: DictionaryBuilder::new(),
            names: TextColumn::new(),
            years: Vec::new(),
            layers: DictionaryBuilder::new(),
            documents: words(Field::Document),
            upstream_documents: words(Field::UpstreamDocument),
            sources: words(Field::Source),
            notes: words(Field::Note),
            row_numbers: Numbering::default(),
            lines: Numbering::default(),
            rows: Vec::new(),
            events: Vec::new(),
            amounts: Vec::new(),
            dates: has_dates.then(DictionaryBuilder::new),
        }
    }

    /// Keeps a row that has receipts.
    fn keep(&mut self, row: &Row<'_>, amounts: [Option<Amount>; 3], long: Option<Amount>, place: Place) {
        let Some(year) = row.year else { return };
        let at = u32::try_from(self.years.len()).unwrap_or(u32::MAX);
        let before = self.events.len();
        for (event, amount) in Event::ALL.into_iter().zip(amounts) {
            let date = row.dates.get(event.number()).copied().filter(|date| !date.is_empty()).unwrap_or(row.date);
            self.receipt(at, event, amount, date);
        }
        if let Some(event) = row.event {
            let own = row.dates.at(event.number());
            self.receipt(at, event, long, if row.date.is_empty() { own } else { row.date });
        }
        if self.events.len() == before {
            return;
        }
        self.years.push(year);
        if let Some(ids) = &mut self.ids {
            ids.push(row.id);
        }
        if let Some(codes) = &mut self.division_codes {
            codes.push(&row.division_code);
        }
        if let Some(county) = &mut self.county {
            push_name(county, row.county);
        }
        self.township.push(&row.township);
        let name = [&row.name, &row.village, &row.township].into_iter().find(|name| !name.is_empty());
        self.names.push(name.map_or("", |name| name));
        push_name(&mut self.layers, row.layer);
        for (column, text) in [
            (&mut self.documents, row.document),
            (&mut self.upstream_documents, row.upstream_document),
            (&mut self.sources, row.source),
            (&mut self.notes, row.note),
        ] {
            if let Some(column) = column {
                column.push(text);
            }
        }
        self.row_numbers.push(at, place.row);
        self.lines.push(at, place.line.unwrap_or_default());
    }

    fn receipt(&mut self, row: u32, event: Event, amount: Option<Amount>, date: &str) {
        let Some(amount) = amount else { return };
        self.rows.push(row);
        self.events.push(event);
        self.amounts.push(amount);
        if let Some(dates) = &mut self.dates {
            dates.push(date);
        }
    }

    pub(super) fn finish(self) -> Ledger {
        let texts = |column: Option<TextColumn>| column.unwrap_or_else(TextColumn::new);
        let words = |column: Option<DictionaryBuilder>| column.unwrap_or_else(DictionaryBuilder::new).finish();
        Ledger {
            ids: texts(self.ids),
            division_codes: texts(self.division_codes),
            county: words(self.county),
            township: self.township.finish(),
            names: self.names,
            years: self.years,
            layers: self.layers.finish(),
            documents: words(self.documents),
            upstream_documents: words(self.upstream_documents),
            sources: words(self.sources),
            notes: words(self.notes),
            row_numbers: self.row_numbers,
            lines: self.lines,
            rows: self.rows,
            events: self.events,
            amounts: self.amounts,
            dates: words(self.dates),
            origins: Vec::new(),
            sheet: None,
            lines_shown: false,
        }
    }
}

/// Points at rows that record the same as an earlier one under the same document.
pub(super) fn find_duplicates(
    receipts: &Receipts,
    column: u32,
    tell: impl Fn(usize, usize) -> bool,
    findings: &mut Findings,
) {
    let ledger = &*receipts.0;
    // Documents that are the same whatever their writing; 0 is no document.
    let mut known: HashMap<String, u32> = HashMap::new();
    known.insert(String::new(), 0);
    let documents: Vec<u32> = ledger
        .documents
        .values()
        .map(|text| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(document_number(text)).or_insert(next)
        })
        .collect();
    if known.len() < 2 {
        return;
    }
    let starts = starts(&ledger.rows);
    let document = |row: usize| documents.at(index(ledger.documents.code(row)));
    let records = |row: usize| {
        let range = starts.at(row)..starts.at(row.saturating_add(1));
        range.map(|at| (ledger.events.get(at), ledger.amounts.get(at), ledger.dates.code(at)))
    };
    let codes = |row: usize| {
        let columns = [
            &ledger.county,
            &ledger.township,
            &ledger.layers,
            &ledger.upstream_documents,
            &ledger.sources,
            &ledger.notes,
        ];
        (document(row), ledger.years.get(row), columns.map(|column| column.code(row)))
    };
    let texts = |row: usize| (ledger.ids.get(row), ledger.division_codes.get(row), ledger.names.get(row));
    let same = |a: usize, b: usize| codes(a) == codes(b) && texts(a) == texts(b) && records(a).eq(records(b));
    let hasher = DefaultHashBuilder::default();
    let hash = |row: usize| {
        let mut state = hasher.build_hasher();
        codes(row).hash(&mut state);
        texts(row).hash(&mut state);
        for record in records(row) {
            record.hash(&mut state);
        }
        state.finish()
    };
    // Most rows repeat nothing: only those whose hash shares its bucket with another are looked at closely.
    let hashes: Vec<u64> = (0..ledger.years.len()).map(|row| if document(row) == 0 { 0 } else { hash(row) }).collect();
    let crowded = Crowded::new(hashes.iter().copied());
    let mut table: HashTable<usize> = HashTable::new();
    for (row, hashed) in hashes.iter().copied().enumerate() {
        if document(row) == 0 || !crowded.contains(hashed) {
            continue;
        }
        let Some(first) = table.find(hashed, |known| same(*known, row)).copied() else {
            table.insert_unique(hashed, row, |known| hashes.at(*known));
            continue;
        };
        if !tell(row, first) {
            continue;
        }
        let (row, first) = (receipts.row(row), receipts.row(first));
        let place = Place { row: row.row_number(), line: row.line(), column };
        let message = match first.file() {
            Some(file) => catalogue::RECORDS_SAME_IN_FILE.with(&[&first.place_number(), &file]),
            None => catalogue::RECORDS_SAME.with(&[&first.row_number()]),
        };
        findings.add(place, Code::DuplicateReceipt, "document", message, |problem| {
            let text = ledger.documents.get(row.row);
            row.locate(problem).found(text).expected(catalogue::ONE_ROW_A_PAYMENT)
        });
    }
}

/// Where the receipts of each row start, and where the last ones end.
fn starts(rows: &[u32]) -> Vec<usize> {
    let mut starts = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if index(*row) == starts.len() {
            starts.push(at);
        }
    }
    starts.push(rows.len());
    starts
}
