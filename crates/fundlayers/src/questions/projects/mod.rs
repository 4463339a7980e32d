#![doc = include_str!("../../../docs/projects.md")]

use std::fmt;
use std::sync::Arc;

use crate::ground::language::Name;
use crate::ground::money::Amount;
use crate::ground::problem::Problem;
use crate::ground::sure::Sure;
use crate::policy::Policy;
use crate::questions::places::PlaceKeys;
use crate::roster::TemplateColumn;
use crate::rows::column::{DictionaryBuilder, DictionaryColumn, Numbering, TextColumn};
use crate::rows::sheet_columns::SheetColumns;

mod build;
mod days;
mod lists;
mod planning;
mod shares;
mod tables;
#[cfg(test)]
mod tests;
mod totals;

pub use build::ProjectsBuilder;
pub use days::Day;
pub use lists::{Listed, ProjectList};
pub use planning::{PlannedLine, PlannedPlace, PlannedProject, Planning, ProjectOptions, ProjectState};
pub use shares::{Share, Shares};
pub(crate) use totals::not_grouped;
pub use totals::{PlanningRow, PlanningTotals, ProjectGrouping};

/// What a column of a register holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub(crate) enum Field {
    ProjectCode,
    ProjectName,
    Category,
    Id,
    DivisionCode,
    County,
    Township,
    Village,
    Name,
    Location,
    Content,
    Year,
    Layer,
    Investment,
    Amount,
    Unit,
    Source,
    Aim,
    Task,
    Agency,
    Person,
    Period,
    Deadline,
    Entered,
    Filed,
    Status,
    Completed,
    Priority,
    Note,
}

impl Field {
    /// Every one, in the order of their numbers.
    pub(crate) const ALL: [Self; 29] = [
        Self::ProjectCode,
        Self::ProjectName,
        Self::Category,
        Self::Id,
        Self::DivisionCode,
        Self::County,
        Self::Township,
        Self::Village,
        Self::Name,
        Self::Location,
        Self::Content,
        Self::Year,
        Self::Layer,
        Self::Investment,
        Self::Amount,
        Self::Unit,
        Self::Source,
        Self::Aim,
        Self::Task,
        Self::Agency,
        Self::Person,
        Self::Period,
        Self::Deadline,
        Self::Entered,
        Self::Filed,
        Self::Status,
        Self::Completed,
        Self::Priority,
        Self::Note,
    ];

    const fn number(self) -> usize {
        self as usize
    }

    /// The key, the Chinese titles (the usual one first) and the English title.
    const fn words(self) -> (&'static str, &'static [&'static str], &'static str) {
        match self {
            Self::ProjectCode => ("project_code", &["项目编号"], "Project code"),
            Self::ProjectName => ("project_name", &["项目名称"], "Project"),
            Self::Category => ("category", &["项目类型"], "Category"),
            Self::Id => ("id", &["编码"], "Id"),
            Self::DivisionCode => ("division_code", &["区划代码"], "Division code"),
            Self::County => ("county", &["区县"], "County"),
            Self::Township => ("township", &["乡镇"], "Township"),
            Self::Village => ("village", &["村"], "Village"),
            Self::Name => ("name", &["名称"], "Name"),
            Self::Location => ("location", &["建设地点"], "Location"),
            Self::Content => ("content", &["建设内容"], "Content"),
            Self::Year => ("year", &["年度"], "Year"),
            Self::Layer => ("layer", &["安排层级"], "Layer"),
            Self::Investment => ("investment", &["投资规模"], "Investment"),
            Self::Amount => {
                ("amount", &["资金", "安排资金", "计划资金", "安排金额", "财政资金", "衔接资金", "资金规模"], "Funds")
            }
            Self::Unit => ("unit", &["单位"], "Unit"),
            Self::Source => ("source", &["资金来源"], "Source"),
            Self::Aim => ("aim", &["绩效目标", "目标", "指标", "目标/指标", "发展指标"], "Aim"),
            Self::Task => ("task", &["任务", "工作任务", "年度任务", "主要任务"], "Task"),
            Self::Agency => ("agency", &["责任单位"], "Responsible agency"),
            Self::Person => ("person", &["责任人", "负责人"], "Person responsible"),
            Self::Period => ("period", &["起止时间"], "From and to"),
            Self::Deadline => ("deadline", &["完成时限"], "Deadline"),
            Self::Entered => ("entered", &["入库时间"], "Entered on"),
            Self::Filed => ("filed", &["方案备案日期"], "Plan filed on"),
            Self::Status => ("status", &["完成情况"], "Progress"),
            Self::Completed => ("completed", &["完成日期"], "Completed on"),
            Self::Priority => ("priority", &["优先级"], "Priority"),
            Self::Note => ("note", &["备注"], "Note"),
        }
    }

    pub(crate) const fn key(self) -> &'static str {
        self.words().0
    }

    const fn titles(self) -> &'static [&'static str] {
        self.words().1
    }

    /// The title of its column for people.
    pub(crate) fn header(self) -> Name {
        let (_, titles, en) = self.words();
        Name::new(titles.first().copied().unwrap_or_default(), en)
    }

    /// Whether few of its cells differ, or rows are told apart by them: then each text has a code.
    const fn repeats(self) -> bool {
        !matches!(
            self,
            Self::ProjectName
                | Self::Id
                | Self::DivisionCode
                | Self::Content
                | Self::Name
                | Self::Village
                | Self::Location
        )
    }
}

/// The cells of a column of texts, as they come and as they are kept.
#[derive(Debug)]
enum Store {
    /// There is no such column.
    Absent,
    Texts(TextColumn),
    Growing(DictionaryBuilder),
    Words(DictionaryColumn),
}

impl Store {
    fn new(field: Field, is_there: bool) -> Self {
        // What is looked up by is there in any case, even if blank.
        let is_needed =
            matches!(field, Field::ProjectCode | Field::County | Field::Township | Field::Layer | Field::Category);
        match (is_there || is_needed, field.repeats()) {
            (false, _) => Self::Absent,
            (true, true) => Self::Growing(DictionaryBuilder::new()),
            (true, false) => Self::Texts(TextColumn::new()),
        }
    }

    fn push(&mut self, text: &str) {
        match self {
            Self::Absent | Self::Words(_) => {}
            Self::Texts(column) => column.push(text),
            Self::Growing(column) => column.push(text),
        }
    }

    /// The code of the text that came last, where each has one.
    fn last_code(&self) -> Option<u32> {
        if let Self::Growing(column) = self { Some(column.last_code()) } else { None }
    }

    fn finish(self) -> Self {
        match self {
            Self::Growing(column) => Self::Words(column.finish()),
            store => store,
        }
    }

    fn get(&self, row: usize) -> &str {
        match self {
            Self::Absent | Self::Growing(_) => "",
            Self::Texts(column) => column.get(row),
            Self::Words(column) => column.get(row),
        }
    }
}

/// The rows of a register by columns.
#[derive(Debug)]
struct Register {
    /// By [`Field::number`].
    stores: Vec<Store>,
    years: Vec<u16>,
    /// 资金; none: blank.
    amounts: Vec<Option<Amount>>,
    /// 投资规模; none: blank.
    investments: Vec<Option<Amount>>,
    /// The day of the deadline, else the end of the period; none: blank, or none is set.
    deadlines: Vec<Option<Day>>,
    row_numbers: Numbering,
    lines: Numbering,
    /// Whether a person finds its rows by their lines.
    lines_shown: bool,
    /// Where its rows stood, if that was a workbook.
    sheet: Option<SheetColumns>,
}

impl Register {
    fn text(&self, row: usize, field: Field) -> &str {
        self.stores.get(field.number()).map_or("", |store| store.get(row))
    }

    /// A column of which few cells differ, where the register has it.
    fn words(&self, field: Field) -> Option<&DictionaryColumn> {
        if let Some(Store::Words(column)) = self.stores.get(field.number()) { Some(column) } else { None }
    }

    fn row_number(&self, row: usize) -> u32 {
        self.row_numbers.get(u32::try_from(row).unwrap_or(u32::MAX)).sure()
    }

    fn line(&self, row: usize) -> Option<u32> {
        self.lines.get(u32::try_from(row).unwrap_or(u32::MAX))
    }
}

/// A register of projects. Cheap to clone; never changes.
#[derive(Clone)]
pub struct Projects(Arc<Register>);

impl Projects {
    /// The columns for a register of a policy as offices keep it: amounts in the policy's unit, layers and categories by name.
    ///
    /// ```
    /// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025],
    /// #   "unit": "万元", "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
    /// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
    /// let columns = fundlayers::Projects::template(&policy);
    /// assert!(columns.iter().any(|column| column.header.zh == "投资规模（万元）"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn template(policy: &Policy) -> Vec<TemplateColumn> {
        build::template(policy)
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.years.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.years.is_empty()
    }

    /// A row, from 0.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Project<'_>> {
        (row < self.len()).then_some(Project { register: &self.0, row })
    }

    /// The rows in the order of the register.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Project<'_>> {
        (0..self.len()).map(|row| Project { register: &self.0, row })
    }

    /// A row that is there.
    pub(crate) fn row(&self, row: usize) -> Project<'_> {
        Project { register: &self.0, row }
    }

    pub(crate) fn column(&self, field: Field) -> Option<&DictionaryColumn> {
        self.0.words(field)
    }
}

impl fmt::Debug for Projects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Projects").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A row of a register: a project, what one layer gives of it, or a task.
#[derive(Clone, Copy)]
pub struct Project<'a> {
    register: &'a Register,
    row: usize,
}

macro_rules! texts {
    ($( $(#[doc = $doc:literal])+ $name:ident = $field:ident; )+) => {
        impl<'a> Project<'a> {
            $( $(#[doc = $doc])+ #[must_use] pub fn $name(self) -> &'a str { self.text(Field::$field) } )+
        }
    };
}

texts! {
    /// 项目编号; may be blank, as every text.
    code = ProjectCode;
    /// 项目名称.
    project_name = ProjectName;
    /// 项目类型 as the register writes it.
    category = Category;
    /// The id of the place.
    id = Id;
    /// The division code of 6, 9 or 12 ASCII digits.
    division_code = DivisionCode;
    /// The county.
    county = County;
    /// The township.
    township = Township;
    /// 建设地点.
    location = Location;
    /// 建设内容.
    content = Content;
    /// The layer as the register writes it.
    layer = Layer;
    /// 资金来源.
    source = Source;
    /// 绩效目标.
    aim = Aim;
    /// 任务.
    task = Task;
    /// 责任单位.
    agency = Agency;
    /// 责任人.
    person = Person;
    /// 起止时间 as written.
    period = Period;
    /// 完成时限 as written.
    deadline_text = Deadline;
    /// 入库时间 as written.
    entered = Entered;
    /// 方案备案日期 as written.
    filed = Filed;
    /// 完成情况.
    status = Status;
    /// 完成日期 as written.
    completed = Completed;
    /// 优先级 as written: projects stay in the order of the register.
    priority = Priority;
    /// The remark.
    note = Note;
}

impl<'a> Project<'a> {
    pub(crate) fn text(self, field: Field) -> &'a str {
        self.register.text(self.row, field)
    }

    /// The number of its row, from 1; the header is not counted, empty rows are.
    #[must_use]
    pub fn row_number(self) -> u32 {
        self.register.row_number(self.row)
    }

    /// The line of the file on which its row began, if the reader told it.
    #[must_use]
    pub fn line(self) -> Option<u32> {
        self.register.line(self.row)
    }

    /// Where a person finds it: the line of a sheet; of other rows, which one it is.
    #[must_use]
    pub fn place_number(self) -> u32 {
        self.line().filter(|_| self.register.lines_shown).unwrap_or_else(|| self.row_number())
    }

    /// Says of a problem where the row stands; its column is named before.
    pub(crate) fn locate(self, problem: Problem) -> Problem {
        let problem = problem.row(self.row_number()).line(self.line());
        match &self.register.sheet {
            Some(sheet) => sheet.in_cell(problem),
            None => problem,
        }
    }

    /// The name of the place; where the register has none the village, else the township.
    #[must_use]
    pub fn name(self) -> &'a str {
        let names = [Field::Name, Field::Village, Field::Township].map(|field| self.text(field));
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// The year that the money is for.
    #[must_use]
    pub fn year(self) -> u16 {
        self.register.years.get(self.row).copied().sure()
    }

    /// 资金, what is compared with what is due; where it is blank, 投资规模.
    #[must_use]
    pub fn amount(self) -> Amount {
        self.stated_amount().or_else(|| self.investment()).unwrap_or_default()
    }

    fn stated_amount(self) -> Option<Amount> {
        self.register.amounts.get(self.row).copied().flatten()
    }

    /// 投资规模; none: blank.
    #[must_use]
    pub fn investment(self) -> Option<Amount> {
        self.register.investments.get(self.row).copied().flatten()
    }

    /// The day by which it is to be completed: that of 完成时限, else the end of 起止时间; none where none is set.
    #[must_use]
    pub fn deadline(self) -> Option<Day> {
        self.register.deadlines.get(self.row).copied().flatten()
    }

    /// Whether it is a project and not a task without one: it has a code or a name.
    #[must_use]
    pub fn is_named(self) -> bool {
        !(self.code().is_empty() && self.project_name().is_empty())
    }

    /// What it says of its place, apart from the id and the location.
    pub(crate) fn place(self) -> PlaceKeys<'a> {
        PlaceKeys {
            division_code: self.division_code(),
            county: self.county(),
            township: self.township(),
            name: self.name(),
        }
    }
}

impl fmt::Debug for Project<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project")
            .field("row", &self.row_number())
            .field("code", &self.code())
            .field("name", &self.name())
            .field("amount", &self.amount())
            .finish_non_exhaustive()
    }
}
