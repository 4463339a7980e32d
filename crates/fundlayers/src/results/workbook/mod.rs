//! An allocation as a workbook that computes: every number of the policy in a named cell, the roster, the amounts as
//! formulas, their totals and checks.
//!
//! Which rules are formulas, and why these are exact, stands in [`formula`](crate::engine::formula). Here is where what
//! stands: one sheet a file, and what the sheets share.

use std::cell::OnceCell;

use rust_decimal::Decimal;

use crate::engine::columns::Columns;
use crate::engine::formula::expression::{Cells, Expression, Size};
use crate::engine::formula::parameters::Parameter;
use crate::engine::formula::plan::{Plan, Planned};
use crate::engine::formula::{LIMIT, Why};
use crate::engine::store::AllocationData;
use crate::ground::ids::{AttributeIndex, LayerIndex};
use crate::ground::language::Lang;
use crate::ground::money::Unit;
use crate::ground::number::decimal;
use crate::policy::{Named, Subject};
use crate::results::allocation::Allocation;
use crate::roster::TemplateColumn;

mod calculation;
mod checks;
mod helpers;
pub(crate) mod model;
mod names;
mod notes;
mod policy;
mod roster;
mod totals;

use calculation::Columns as Laid;
use model::{Allowed, Cell, Content, DefinedName, Look, Restricted, Stored, Width, fixed, range};
use names::{Called, Names, called};

/// Rows of titles above the table of a sheet: its header is the next.
const HEADER: u32 = 4;
/// The first row of a table.
const FIRST: u32 = 5;
/// A cell holds a formula of at most 8,192 characters, and Excel some 8,000 of them once it has added its own.
const FORMULA_LIMIT: usize = 7_500;
/// `CHOOSE` takes 254 values.
const CLASSES_LIMIT: usize = 60;
/// Rows of a sheet.
const ROWS_LIMIT: usize = 1_048_576;

/// How a workbook is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct WorkbookOptions {
    /// The language of its words.
    pub lang: Lang,
    /// Whether the names of cells are of ASCII letters only, for programs that know no others.
    pub ascii_names: bool,
}

impl WorkbookOptions {
    /// In a language, with names of its letters.
    #[must_use]
    pub const fn new(lang: Lang) -> Self {
        Self { lang, ascii_names: false }
    }

    /// With names of ASCII letters only.
    #[must_use]
    pub const fn with_ascii_names(self) -> Self {
        Self { ascii_names: true, ..self }
    }
}

/// An allocation as a workbook that computes.
///
/// A changed number gives in a spreadsheet what [`Policy::with_changes`](crate::Policy::with_changes) gives here, to the fen;
/// what cannot be a formula for sure is a value and says so. A writer lays it out: `fundlayers_formats::live`.
///
/// ```
/// # use fundlayers::{Allocation, Lang, Policy, RosterBuilder, RowBuilder, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "万元",
/// #   "layers": [{ "id": "city", "payer": "city" }, { "id": "county", "payer": "county" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "standard": 600, "funding": { "city": 300, "county": { "top_up_to": "standard" } } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
/// # builder.push_row(None, &[Cell::Text("黄堡镇")]);
/// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// use fundlayers::workbook::{Content, WorkbookOptions};
/// let workbook = allocation.workbook(WorkbookOptions::new(Lang::Zh).with_ascii_names());
/// let sheets = workbook.sheets();
/// assert_eq!(sheets.iter().map(|sheet| sheet.name).collect::<Vec<_>>(), ["政策", "名单", "测算表", "汇总", "校验", "说明", "辅助"]);
/// let mut formulas = Vec::new();
/// sheets[2].cells(&mut |cell| {
///     if let Content::Formula(formula, _) = cell.content {
///         formulas.push(formula);
///     }
/// });
/// assert!(formulas.iter().any(|formula| formula.contains("MAX(0,INDEX(p_all_standard,1)-")), "{formulas:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Workbook<'a> {
    data: &'a AllocationData,
    columns: Columns<'a>,
    plan: Plan,
    options: WorkbookOptions,
    /// What the numbers of the policy are called, and the name of their cells, by parameter.
    called: Vec<(Called, String)>,
    /// The parameters in the order of their rows.
    order: Vec<usize>,
    roster: Vec<TemplateColumn>,
    laid: OnceCell<Laid>,
    /// Attributes with blanks, once asked for.
    gaps: OnceCell<Vec<AttributeIndex>>,
    /// Whether sums are formulas.
    sums_live: bool,
}

/// A sheet of a workbook.
#[non_exhaustive]
pub struct Sheet<'a> {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub widths: Vec<Width>,
    /// Rows and columns that stay in view.
    pub frozen: (u32, u16),
    /// The row that is repeated on every printed page.
    pub repeated: Option<u32>,
    /// How many columns are printed.
    pub printed: u16,
    /// The last row, from 0.
    pub last_row: u32,
    /// Cells that are one: row, first and last column.
    pub merged: Vec<(u32, u16, u16)>,
    /// Cells of which only some contents make sense.
    pub restricted: Vec<Restricted>,
    /// Whether it is not shown until somebody asks for it.
    pub is_hidden: bool,
    write: Box<Write<'a>>,
}

/// Hands over cells one by one.
type Write<'a> = dyn Fn(&mut dyn FnMut(Cell)) + 'a;

impl Sheet<'_> {
    /// Its cells, row by row.
    pub fn cells(&self, each: &mut dyn FnMut(Cell)) {
        (self.write)(each);
    }
}

/// Which sheet.
#[derive(Clone, Copy)]
enum On {
    Policy,
    Roster,
    Calculation,
    Totals,
    Checks,
    Notes,
    Helpers,
}

impl Allocation {
    /// The allocation as a workbook that computes.
    #[must_use]
    pub fn workbook(&self, options: WorkbookOptions) -> Workbook<'_> {
        Workbook::new(&self.0, options)
    }
}

impl<'a> Workbook<'a> {
    fn new(data: &'a AllocationData, options: WorkbookOptions) -> Self {
        let columns = Columns::new(&data.policy, &data.roster);
        let plan = Plan::new(data, &columns);
        let mut names = Names::default();
        let mut all = Vec::new();
        for (number, parameter) in plan.parameters.iter().enumerate() {
            let words = called(&data.policy, &parameter.path, options.lang);
            let text = if options.ascii_names {
                parameter.path.replace("classes.", "").replace("funding.", "")
            } else {
                [words.owner.as_str(), &words.what].join("_")
            };
            let name = names.new_name(&text, number, options.ascii_names);
            all.push((words, name));
        }
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|parameter| all.get(*parameter).map_or(usize::MAX, |(words, _)| words.order));
        let roster = crate::roster::template(&data.policy);
        let mut workbook = Self {
            data,
            columns,
            plan,
            options,
            called: all,
            order,
            roster,
            laid: OnceCell::new(),
            gaps: OnceCell::new(),
            sums_live: true,
        };
        let sum = |layer: usize| {
            let amounts = (0..data.years.len()).flat_map(|at| (0..data.roster.len()).map(move |row| (row, at)));
            amounts
                .map(|(row, at)| i128::from(data.row_fen(row, at, layer)).saturating_abs())
                .fold(0, i128::saturating_add)
        };
        let sums = (0..data.policy.layers().len()).map(sum).fold(0, i128::saturating_add);
        workbook.sums_live = sums < LIMIT;
        workbook.keep_what_fits();
        workbook
    }

    /// The language of its words.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.options.lang
    }

    /// The unit of its amounts.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.data.policy.unit()
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> String {
        self.data.policy.heading(self.options.lang)
    }

    /// Whether its rows fit on a sheet.
    #[must_use]
    pub fn fits(&self) -> bool {
        let rows = self.data.roster.len().saturating_mul(self.data.years.len());
        rows.saturating_add(10) < ROWS_LIMIT
    }

    /// Rules whose formulas are longer than a cell holds are values.
    fn keep_what_fits(&mut self) {
        loop {
            let laid = Laid::new(self);
            let Some((layer, class)) = laid.too_long(self) else { break };
            let alone = !laid.is_chosen;
            if !alone {
                // Each row has the formula of its own class.
                self.plan.classes = None;
                continue;
            }
            if let Some(planned) = self.plan.layers.get_mut(layer).and_then(|classes| classes.get_mut(class)) {
                *planned = Planned::Value(Why::TooLong);
            }
        }
    }

    fn laid(&self) -> &Laid {
        self.laid.get_or_init(|| Laid::new(self))
    }

    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.options.lang.pick(zh, en)
    }

    /// The name of a sheet.
    fn sheet_name(&self, on: On) -> &'static str {
        match on {
            On::Policy => self.word("政策", "Policy"),
            On::Roster => self.word("名单", "Roster"),
            On::Calculation => self.word("测算表", "Calculation"),
            On::Totals => self.word("汇总", "Totals"),
            On::Checks => self.word("校验", "Checks"),
            On::Notes => self.word("说明", "Notes"),
            On::Helpers => self.word("辅助", "Helpers"),
        }
    }

    /// A place on a sheet.
    fn on(&self, on: On, cells: &str) -> String {
        ["'", self.sheet_name(on), "'!", cells].concat()
    }

    /// The names of cells.
    #[must_use]
    pub fn names(&self) -> Vec<DefinedName> {
        let name = |(row, parameter): (u32, &usize)| {
            let (_, name) = self.called.get(*parameter)?;
            let cells = range(self.whole_columns(), (row, row));
            Some(DefinedName { name: name.clone(), cells: self.on(On::Policy, &cells) })
        };
        (FIRST..).zip(&self.order).filter_map(name).collect()
    }

    /// The sheets in order.
    #[must_use]
    pub fn sheets(&self) -> Vec<Sheet<'_>> {
        vec![
            self.policy_sheet(),
            self.roster_sheet(),
            self.calculation_sheet(),
            self.totals_sheet(),
            self.checks_sheet(),
            self.notes_sheet(),
            self.helpers_sheet(),
        ]
    }

    fn sheet<'s>(&'s self, on: On, write: impl Fn(&mut dyn FnMut(Cell)) + 's) -> Sheet<'s> {
        Sheet {
            name: self.sheet_name(on),
            widths: Vec::new(),
            frozen: (0, 0),
            repeated: None,
            printed: 0,
            last_row: 0,
            merged: Vec::new(),
            restricted: Vec::new(),
            is_hidden: false,
            write: Box::new(write),
        }
    }

    /// Title and banner above a table, and the unit of its amounts if it has any.
    fn head(&self, title: &str, remark: &str, each: &mut dyn FnMut(Cell)) {
        let heading = [&self.data.policy.heading(self.options.lang), self.word("　", " – "), title].concat();
        each(Cell::new(0, 0, Look::Title, Content::Text(heading)));
        let banner = Stored::Text(self.banner_text(0).to_owned());
        each(Cell::new(1, 0, Look::Banner, Content::Formula(self.on(On::Checks, &fixed(0, 1)), banner)));
        each(Cell::new(2, 0, Look::Remark, Content::Text(remark.to_owned())));
    }

    /// The unit above the last column of a table.
    fn unit_cell(&self, last: u16, each: &mut dyn FnMut(Cell)) {
        let unit = [self.word("单位：", "Unit: "), self.data.policy.unit().as_str()].concat();
        each(Cell::new(3, last, Look::Unit, Content::Text(unit)));
    }

    /// The cells of a head that are one.
    fn head_merges(last: u16) -> Vec<(u32, u16, u16)> {
        (0..3).map(|row| (row, 0, last)).collect()
    }

    /// The columns on the sheet of the policy in which the whole numbers stand.
    fn whole_columns(&self) -> (u16, u16) {
        let first = self.policy_year_columns().1.saturating_add(3);
        (first, first.saturating_add(self.years()).saturating_sub(1))
    }

    /// The columns on the sheet of the policy that may be changed.
    fn policy_year_columns(&self) -> (u16, u16) {
        (4, 3_u16.saturating_add(self.years()))
    }

    fn years(&self) -> u16 {
        u16::try_from(self.data.years.len()).unwrap_or(u16::MAX)
    }

    /// The row of a place on the sheets of the roster.
    fn roster_row(row: usize) -> u32 {
        FIRST.saturating_add(u32::try_from(row).unwrap_or(u32::MAX))
    }

    /// The row of a place and year on the sheet of the calculation.
    fn calculation_row(&self, row: usize, at: usize) -> u32 {
        Self::roster_row(row.saturating_mul(self.data.years.len()).saturating_add(at))
    }

    /// The first and last row of a table with so many.
    fn rows(number: usize) -> (u32, u32) {
        (FIRST, Self::roster_row(number.max(1)).saturating_sub(1))
    }

    fn calculation_rows(&self) -> (u32, u32) {
        Self::rows(self.data.roster.len().saturating_mul(self.data.years.len()))
    }

    fn roster_rows(&self) -> (u32, u32) {
        Self::rows(self.data.roster.len())
    }

    /// The column of the roster with a key.
    fn roster_column(&self, key: &str) -> Option<u16> {
        self.roster.iter().position(|column| column.key == key).and_then(|at| u16::try_from(at).ok())
    }

    /// The key of a subject's column.
    fn subject_key(&self, subject: Subject) -> &str {
        match subject {
            Subject::County => "county",
            Subject::Township => "township",
            Subject::Kind => "kind",
            Subject::Designation => "designation",
            Subject::Attribute(attribute) => {
                self.data.policy.attribute(attribute).map_or("", |attribute| attribute.id.as_str())
            }
            _ => "",
        }
    }

    /// A word of the policy as cells have it: its name, or its id where two have the same.
    fn word_of(&self, named: &[Named], id: &str) -> String {
        let name = |named: &Named| named.name.get(self.options.lang).to_owned();
        let Some(own) = named.iter().find(|named| named.id == id).map(name) else { return id.to_owned() };
        let others = named.iter().filter(|other| other.id != id);
        let taken = own.is_empty() || others.into_iter().any(|other| other.is_called(&own));
        if taken { id.to_owned() } else { own }
    }

    /// What the row has as a text of a subject.
    fn shown_text(&self, subject: Subject, text: &str) -> String {
        match subject {
            Subject::Kind => self.word_of(self.data.policy.kinds(), text),
            Subject::Designation => self.word_of(self.data.policy.designations(), text),
            _ => text.to_owned(),
        }
    }

    /// Where in a table of years a parameter stands.
    fn parameter_cell(&self, parameter: usize, at: usize) -> String {
        let name = self.called.get(parameter).map_or("", |(_, name)| name.as_str());
        format!("INDEX({name},{})", at.saturating_add(1))
    }

    fn parameter(&self, number: usize) -> Option<&Parameter> {
        self.plan.parameters.get(number)
    }

    /// Whether any amount is not computed again.
    fn has_values(&self) -> bool {
        let split = !self.data.split.is_empty();
        let is_served = |class: usize| self.data.years.iter().any(|year| self.data.groups.places_of(class, *year) > 0);
        let served: Vec<bool> = (0..self.data.policy.classes().len()).map(is_served).collect();
        let values = self.plan.layers.iter().any(|classes| {
            classes.iter().zip(&served).any(|(planned, served)| *served && matches!(planned, Planned::Value(_)))
        });
        split || values || !self.sums_live || !self.laid().is_chosen
    }

    /// Why a rule is no formula.
    fn reason(&self, why: Why) -> &'static str {
        match why {
            Why::Pool => self.word("资金池须在全部成员之间分配", "a pool is shared among all its members"),
            Why::Limit => {
                self.word("该层级按额度安排，须与全部对象一并计算", "the layer has a limit, which all places share")
            }
            Why::Aggregate => self.word("取决于其他对象的数值", "it rests on other places"),
            Why::LastYear => self.word("取决于上年数", "it rests on the year before"),
            Why::TooLarge => self.word(
                "数值可能达到10的15次方，电子表格不能精确计算",
                "its numbers may reach 10^15, where spreadsheets are not exact",
            ),
            Why::TooLong => self.word("公式过长", "its formula is too long for a cell"),
            Why::NoCell => self.word("所用的某一数值无法放入单元格", "a number that it reads has no cell"),
            Why::Differs => self.word("公式与计算结果不一致", "its formula does not give what was computed"),
        }
    }
}

/// A whole number as cells have it.
fn whole(number: i128) -> Decimal {
    decimal(number, 0).unwrap_or_default()
}

fn stored(number: Option<i128>) -> Stored {
    number.map_or(Stored::NotAvailable, |number| Stored::Number(whole(number)))
}

/// The widths of columns in characters.
fn widths(characters: &[u16]) -> Vec<Width> {
    characters.iter().map(|characters| Width { characters: *characters, is_folded: false, is_text: false }).collect()
}

/// Where sizes read.
struct Greatest<'w, 'a>(&'w Workbook<'a>);

impl Cells for Greatest<'_, '_> {
    fn parameter(&self, parameter: usize) -> String {
        let row = self.0.order.iter().position(|other| *other == parameter).unwrap_or_default();
        let column = self.0.whole_columns().1.saturating_add(1);
        self.0.on(On::Policy, &fixed(column, Workbook::roster_row(row)))
    }

    fn attribute(&self, attribute: AttributeIndex) -> String {
        let row = self.0.plan.attributes.iter().position(|other| *other == attribute).unwrap_or_default();
        fixed(2, self.0.greatest_rows().0.saturating_add(u32::try_from(row).unwrap_or(u32::MAX)))
    }

    fn layer(&self, layer: LayerIndex) -> String {
        let row = u32::try_from(layer.number()).unwrap_or(u32::MAX);
        fixed(2, self.0.greatest_rows().1.saturating_add(row))
    }

    fn year(&self) -> String {
        "9999".to_owned()
    }

    fn helper(&self, _: usize) -> String {
        String::new()
    }

    fn text(&self, _: Subject) -> String {
        String::new()
    }

    fn word(&self, _: Subject, _: &str) -> String {
        String::new()
    }

    fn yes(&self) -> &'static str {
        ""
    }

    fn flag(&self, _: AttributeIndex) -> String {
        String::new()
    }
}

/// Twice a size as a formula.
fn twice(size: &Size, workbook: &Workbook<'_>) -> String {
    let mut text = "2*".to_owned();
    size.write(&Greatest(workbook), &mut text);
    text
}

fn written(expression: &Expression, cells: &dyn Cells) -> String {
    let mut text = String::new();
    expression.write(cells, &mut text);
    text
}
