//! Limits: what a payer can spend in a year in a layer.

use std::collections::BTreeMap;

use crate::ground::catalogue::ground as common;
use crate::ground::catalogue::questions as words;
use crate::ground::catalogue::rows;
use crate::ground::money::{Amount, Unit};
use crate::ground::position::Position;
use crate::ground::problem::{Code, Problem, Problems, Severity};
use crate::ground::text::{did_you_mean_level, without_padding};
use crate::ground::titles::synonyms;
use crate::policy::Named;
use crate::policy::{Payer, Policy};
use crate::roster::TemplateColumn;
use crate::rows::header::{Found, Header, Words};
use crate::rows::lines::{Line, Lines};
use crate::rows::records::{
    Cell, ColumnRole, Findings, Fit, Place, RowBuilder, SUGGESTED, UNIT_TITLES, amount, missing, order, own_unit,
    row_unit, text, tidied, trimmed, unit_missing, year,
};
use crate::rows::sheet_columns::SheetColumns;
use crate::rows::totals::{TotalFigure, TotalLines, TotalRank};

/// What payers can spend. Whoever has no limit is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    list: Vec<Limit>,
}

/// What one payer can spend in a year in a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    layer: String,
    payer: String,
    year: u16,
    amount: Amount,
    row: u32,
    line: Option<u32>,
    /// Where it stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

impl Limits {
    /// The columns of a table of limits: key and Chinese header.
    pub const COLUMNS: [(&str, &str); 5] =
        [("layer", "安排层级"), ("payer", "安排主体"), ("year", "年度"), ("amount", "金额"), UNIT_TITLES];

    /// The columns for limits of a policy: layers and bodies that answer for them by name, amounts in the policy's unit.
    ///
    /// ```
    /// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025],
    /// #   "unit": "万元", "layers": [{ "id": "city", "name": { "zh": "市级" }, "payer": "city" }], "payers": { "city": {} },
    /// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// let header: Vec<String> = fundlayers::Limits::template(&policy).into_iter().map(|column| column.header.zh).collect();
    /// assert_eq!(header.join(","), "安排层级,安排主体,年度,金额（万元）");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn template(policy: &Policy) -> Vec<TemplateColumn> {
        let column = |field: Field| TemplateColumn::new(field.key(), field.titles().1, true);
        let differs = policy.layers().iter().any(|layer| policy.payer_id(layer.payer).is_none());
        let payer = column(Field::Payer);
        vec![
            column(Field::Layer).choices(policy.layers().iter().map(|layer| &layer.name)),
            // Where payers differ from place to place, their names are the roster's.
            if differs { payer } else { payer.choices(policy.payers().iter().map(|payer| &payer.name)) },
            column(Field::Year).figure(),
            TemplateColumn::amount(Field::Amount.key(), Field::Amount.titles().1, true, policy.unit()),
        ]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// In the order of the table.
    pub fn iter(&self) -> std::slice::Iter<'_, Limit> {
        self.list.iter()
    }
}

impl<'a> IntoIterator for &'a Limits {
    type Item = &'a Limit;
    type IntoIter = std::slice::Iter<'a, Limit>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl Limit {
    /// Says of a problem where the row of the limit stands.
    pub(super) fn locate(&self, problem: Problem) -> Problem {
        let problem = problem.row(self.row).line(self.line);
        match &self.sheet {
            Some(sheet) => sheet.in_cell(problem),
            None => problem,
        }
    }

    /// The layer, by id.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.layer
    }

    /// The payer: the body's id, or the county (or what another attribute says) as the roster writes it, blank for places
    /// without one.
    #[must_use]
    pub fn payer(&self) -> &str {
        &self.payer
    }

    /// The year.
    #[must_use]
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The amount as it was given.
    #[must_use]
    pub const fn amount(&self) -> Amount {
        self.amount
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Layer,
    Payer,
    Year,
    Amount,
    Unit,
}

const FIELDS: [Field; 5] = [Field::Layer, Field::Payer, Field::Year, Field::Amount, Field::Unit];

impl Field {
    fn titles(self) -> (&'static str, &'static str) {
        FIELDS.iter().zip(Limits::COLUMNS).find(|(field, _)| **field == self).map_or(("", ""), |(_, titles)| titles)
    }

    fn key(self) -> &'static str {
        self.titles().0
    }

    const fn role(self) -> ColumnRole {
        match self {
            Self::Layer | Self::Payer | Self::Year => ColumnRole::Key,
            Self::Amount | Self::Unit => ColumnRole::Figure,
        }
    }
}

/// Takes the rows of a table of limits from a reader: the columns `layer, payer, year, amount, unit`, by key or Chinese
/// header (安排层级, 安排主体, 年度, 金额 or 可用额度, 单位).
///
/// Layers and payers are known by id or name. The payer of a layer that counties answer for, or whom an attribute names, is the
/// text as the roster writes it, blank for the places without one; of any other layer it may be left blank. The unit stands in its column or
/// in the header of the amounts (`金额(万元)`).
///
/// ```
/// # use fundlayers::{Policy, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
/// #   "layers": [{ "id": "county", "name": { "zh": "县级" }, "payer": "county" }],
/// #   "classes": [{ "id": "all", "funding": { "county": 3 } }] }"#)?;
/// use fundlayers::{Amount, LimitsBuilder, Unit};
/// let titles = ["安排层级", "安排主体", "年度", "可用额度（万元）"].map(|title| (title, None));
/// let mut builder = LimitsBuilder::new(&policy, &titles);
/// builder.push_row(None, &[Cell::Text("县级"), Cell::Text("王益区"), Cell::Text("2024"), Cell::Text("200")]);
/// let (limits, _) = builder.finish()?;
/// let limit = limits.iter().next().expect("one");
/// assert_eq!((limit.layer(), limit.payer(), limit.amount()), ("county", "王益区", Amount::parse("200", Unit::Wan)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LimitsBuilder {
    policy: Policy,
    header: Header<Field>,
    lines: Lines,
    totals: TotalLines,
    /// The unit that the header of the amounts states.
    unit: Option<Unit>,
    /// The unit that stands above the table.
    sheet_unit: Option<Unit>,
    /// What stands there instead of one unit that is read.
    unclear_unit: Option<String>,
    /// How the amounts are headed.
    amounts_title: String,
    /// Where the header stood.
    header_line: Option<u32>,
    /// Whether an amount has no unit, and whether one states its own.
    lacks_unit: bool,
    states_unit: bool,
    layers: Words<usize>,
    payers: Words<usize>,
    list: Vec<Limit>,
    /// Row of each layer, payer and year.
    known: BTreeMap<(String, String, u16), u32>,
    findings: Findings,
    row: u32,
    /// Where the rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

/// What ids and names stand for.
fn words<'a>(named: impl Iterator<Item = (&'a str, &'a crate::ground::language::Name)> + Clone) -> Words<usize> {
    let ids = named.clone().enumerate().map(|(index, (id, _))| (id, index));
    let names = named.enumerate().flat_map(|(index, (_, name))| [(name.zh.as_str(), index), (name.en.as_str(), index)]);
    Words::new([ids.collect(), names.collect()])
}

impl LimitsBuilder {
    /// Begins with the header: each column's text and where it stood.
    #[must_use]
    pub fn new(policy: &Policy, titles: &[(&str, Option<Position>)]) -> Self {
        let mut findings = Findings::default();
        let keys = FIELDS.iter().map(|field| (field.titles().0, *field)).collect();
        let chinese = FIELDS.iter().map(|field| (field.titles().1, *field)).collect();
        let others = FIELDS.iter().flat_map(|field| synonyms(field.key()).iter().map(|title| (*title, *field)));
        let columns = Words::new([keys, chinese, others.collect()]);
        let required = FIELDS.into_iter().filter(|field| *field != Field::Unit).map(|field| {
            let (key, title) = field.titles();
            (field, key, title)
        });
        let header = Header::read(titles, &columns, Field::key, |_| None, required, &mut findings);
        header.check_amounts(titles, |field| (field == Field::Amount).then(|| field.key()), &mut findings);
        let unit = header.column(Field::Amount).and_then(|at| header.unit(at));
        let title = header.column(Field::Amount).and_then(|at| titles.get(at));
        let lines = Lines::new(&header, Field::role, |field| field.key().to_owned());
        Self {
            header,
            lines,
            totals: TotalLines::default(),
            unit,
            sheet_unit: None,
            unclear_unit: None,
            amounts_title: title.map_or(Field::Amount.titles().1, |(title, _)| title.trim()).to_owned(),
            header_line: titles.iter().find_map(|(_, position)| position.map(|position| position.line)),
            lacks_unit: false,
            states_unit: false,
            layers: words(policy.layers().iter().map(|layer| (layer.id.as_str(), &layer.name))),
            payers: words(policy.payers().iter().map(|Named { id, name }| (id.as_str(), name))),
            list: Vec::new(),
            known: BTreeMap::new(),
            findings,
            row: 0,
            sheet: None,
            policy: policy.clone(),
        }
    }

    /// The index of the layer that a cell names.
    fn layer(&mut self, cell: Cell<'_>, place: Place) -> Option<usize> {
        let key = Field::Layer.key();
        if cell.text().is_some_and(|text| text.trim().is_empty()) {
            missing(&mut self.findings, place, key);
            return None;
        }
        let word = without_padding(text(cell, place, key, &mut self.findings));
        match self.layers.find(&word) {
            Found::One(layer) => return Some(layer),
            _ if word.is_empty() => {}
            Found::Several => {
                self.findings.add(place, Code::UnknownLayer, key, words::SEVERAL_LAYERS, |problem| {
                    problem.found(&word).expected(common::ID_OF_THE_ONE_MEANT)
                });
            }
            Found::None => {
                let known = self.layers.known().take(SUGGESTED);
                self.findings.add(place, Code::UnknownLayer, key, words::NO_SUCH_LAYER, |problem| {
                    problem.found(&word).expected(did_you_mean_level(&word, known))
                });
            }
        }
        None
    }

    /// The payer that a cell names in a layer.
    fn payer(&mut self, cell: Cell<'_>, layer: Option<usize>, place: Place) -> Option<String> {
        let key = Field::Payer.key();
        let Some(word) = cell.text() else {
            text(cell, place, key, &mut self.findings);
            return None;
        };
        let word = tidied(trimmed(word));
        match self.policy.layers().get(layer?)?.payer {
            Payer::County | Payer::Attribute(_) => Some(word.into_owned()),
            // Only one body answers for the layer.
            body @ Payer::Body(_) if word.is_empty() => self.policy.payer_id(body).map(str::to_owned),
            Payer::Body(_) => match self.payers.find(&word) {
                Found::One(payer) => self.policy.payers().get(payer).map(|payer| payer.id.clone()),
                Found::Several => {
                    let message = words::SEVERAL_PAYERS;
                    self.findings.add(place, Code::UnknownPayer, key, message, |problem| {
                        problem.found(&word).expected(common::ID_OF_THE_ONE_MEANT)
                    });
                    None
                }
                Found::None => {
                    let known = self.payers.known().take(SUGGESTED);
                    self.findings.add(place, Code::UnknownPayer, key, words::NO_SUCH_PAYER, |problem| {
                        problem.found(&word).expected(did_you_mean_level(&word, known))
                    });
                    None
                }
            },
        }
    }

    fn year(&mut self, cell: Cell<'_>, place: Place) -> Option<u16> {
        let mut sound = true;
        let year = year(cell, place, &mut self.findings, Field::Year.key(), rows::A_YEAR, &mut sound);
        if sound && year.is_none() {
            missing(&mut self.findings, place, Field::Year.key());
        }
        year
    }

    /// Whether neither a title nor a column nor anything above the table tells the unit.
    fn has_no_unit(&self) -> bool {
        let has = |field| self.header.column(field).is_some();
        let has_other = self.header.column(Field::Amount).is_some_and(|at| self.header.has_other_unit(at));
        let is_none = self.unit.is_none() && self.sheet_unit.is_none() && !has_other;
        is_none && has(Field::Amount) && !has(Field::Unit)
    }

    /// The amount; of an unknown unit it is only seen to be one.
    fn amount(&mut self, cell: Cell<'_>, unit: Option<Unit>, place: Place) -> Option<Amount> {
        let key = Field::Amount.key();
        if cell.is_blank() {
            self.findings
                .add(place, Code::MissingValue, key, rows::BLANK, |problem| problem.expected(words::AMOUNT_OR_NO_ROW));
            return None;
        }
        let own = own_unit(cell);
        let unit = unit.or(own).or(self.sheet_unit);
        self.states_unit |= own.is_some();
        self.lacks_unit |= unit.is_none();
        let amount = amount(cell, unit?, place, &mut self.findings, key)?;
        if amount < Amount::ZERO {
            self.findings.add(place, Code::NegativeNumber, key, words::NEGATIVE, |problem| {
                problem.found(cell.shown()).expected(common::ZERO_OR_MORE)
            });
            return None;
        }
        Some(amount)
    }
}

impl RowBuilder for LimitsBuilder {
    type Output = Limits;

    fn push_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        self.row = self.row.saturating_add(1);
        if cells.iter().all(|cell| cell.is_blank()) {
            return;
        }
        let row = self.row;
        match self.lines.kind(cells) {
            Line::Row => {}
            Line::Total(rank) => return self.take_total(rank, cells, line),
            Line::Note => return,
        }
        let mut lines = std::mem::take(&mut self.lines);
        let filled = lines.filled(cells, Place { row, line, column: 0 });
        self.take_row(line, filled.as_deref().unwrap_or(cells));
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
        self.header.field(column).map_or(ColumnRole::Unread, Field::role)
    }

    fn set_unit(&mut self, unit: Unit) {
        self.sheet_unit = Some(unit);
    }

    fn set_unclear_unit(&mut self, stated: &str) {
        self.unclear_unit = Some(stated.to_owned());
    }

    fn set_sheet(&mut self, columns: &SheetColumns) {
        self.sheet = Some(columns.clone());
    }

    fn is_row(&self, cells: &[Cell<'_>]) -> bool {
        self.lines.kind(cells) == Line::Row
    }

    fn set_fill_down(&mut self, fill_down: Option<bool>) {
        self.lines.set_fill_down(fill_down);
    }

    fn finish(mut self) -> Result<(Limits, Problems), Problems> {
        if self.has_no_unit() && (self.lacks_unit || !self.states_unit) {
            unit_missing(&mut self.findings, self.header_line, &self.amounts_title, self.unclear_unit.as_deref());
        }
        self.lines.check(&mut self.findings);
        let Self { mut findings, mut list, totals, sheet, .. } = self;
        let unit = self.unit.or(self.sheet_unit).unwrap_or(Unit::Yuan);
        totals.check(
            list.len(),
            |_, row| list.get(row).map(|limit| limit.amount.to_decimal(Unit::Yuan)),
            |_, _| true,
            |_, sum| {
                Amount::from_decimal(sum, Unit::Yuan)
                    .map_or_else(|_| sum.to_string(), |amount| amount.grouped(unit).to_string())
            },
            &mut findings,
        );
        let (problems, failed) = findings.finish();
        for limit in &mut list {
            limit.sheet.clone_from(&sheet);
        }
        if failed { Err(problems) } else { Ok((Limits { list }, problems)) }
    }
}

impl LimitsBuilder {
    /// Takes a line that sums others.
    #[cold]
    fn take_total(&mut self, rank: TotalRank, cells: &[Cell<'_>], line: Option<u32>) {
        let Some(at) = self.header.column(Field::Amount) else { return };
        let unit_cell = self.header.column(Field::Unit).and_then(|at| cells.get(at)).copied().unwrap_or(Cell::Blank);
        let cell = cells.get(at).copied().unwrap_or(Cell::Blank);
        let named = unit_cell.text().and_then(|text| Unit::named(text.trim()));
        let unit = self.unit.or(named).or(own_unit(cell)).or(self.sheet_unit);
        // Without a unit, or if it is none, the figure cannot be compared.
        let (Some(unit), false) = (unit, cell.is_blank()) else { return };
        let place = Place { row: self.row, line, column: order(at) };
        let key = Field::Amount.key().to_owned();
        if let Some(amount) = amount(cell, unit, place, &mut Findings::default(), &key) {
            let figure = amount.to_decimal(Unit::Yuan);
            let shown = cell.shown().to_owned();
            self.totals.push(rank, self.list.len(), None, vec![TotalFigure { column: at, key, place, figure, shown }]);
        }
    }

    fn take_row(&mut self, line: Option<u32>, cells: &[Cell<'_>]) {
        let row = self.row;
        let cell = |header: &Header<Field>, field: Field| {
            let at = header.column(field);
            let cell = at.and_then(|at| cells.get(at)).copied().unwrap_or(Cell::Blank);
            (cell, Place { row, line, column: at.map_or(u32::MAX, order) })
        };
        let (layer_cell, layer_at) = cell(&self.header, Field::Layer);
        let layer = self.header.column(Field::Layer).and_then(|_| self.layer(layer_cell, layer_at));
        let (payer_cell, payer_at) = cell(&self.header, Field::Payer);
        let payer = self.header.column(Field::Payer).and_then(|_| self.payer(payer_cell, layer, payer_at));
        let (year_cell, year_at) = cell(&self.header, Field::Year);
        let year = self.header.column(Field::Year).and_then(|_| self.year(year_cell, year_at));
        let (unit_cell, unit_at) = cell(&self.header, Field::Unit);
        let (amount_cell, amount_at) = cell(&self.header, Field::Amount);
        // A blank cell leaves it to what the amount says itself or what stands above the table.
        let has_other = own_unit(amount_cell).or(self.sheet_unit).is_some();
        let is_left = has_other && unit_cell.text().is_some_and(|text| text.trim().is_empty());
        let unit = match self.header.column(Field::Unit) {
            Some(_) if !is_left => row_unit(unit_cell, self.unit, unit_at, &mut self.findings),
            _ => self.unit,
        };
        let amount = self.header.column(Field::Amount).and_then(|_| self.amount(amount_cell, unit, amount_at));
        self.header.check_row(cells, Place { row, line, column: 0 }, &mut self.findings);
        let (Some(layer), Some(payer), Some(year)) = (layer, payer, year) else { return };
        let layer = self.policy.layers().get(layer).map_or(String::new(), |layer| layer.id.clone());
        let key = (layer.clone(), payer.clone(), year);
        if let Some(first) = self.known.get(&key) {
            let message = words::LIMIT_TWICE.with(&[first]);
            let whose = if payer.is_empty() { format!("{layer}, {year}") } else { format!("{layer}, {payer}, {year}") };
            self.findings.push(layer_at, Severity::Error, || {
                Problem::new(Code::DuplicateLimit, message).line(line).row(row).found(whose).expected(words::ONE_LIMIT)
            });
            return;
        }
        self.known.insert(key, row);
        if let Some(amount) = amount {
            self.list.push(Limit { layer, payer, year, amount, row, line, sheet: None });
        }
    }
}
