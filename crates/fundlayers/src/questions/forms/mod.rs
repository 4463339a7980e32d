#![doc = include_str!("../../../docs/forms.md")]

use std::fmt;

use crate::ground::catalogue::forms as words;
use crate::ground::language::{Lang, Name};
use crate::ground::message::{Argument, Message};
use crate::ground::money::Unit;
use crate::ground::problem::{Code, Problem, Problems};
use crate::policy::Policy;
use crate::questions::checks::{CheckFigures, Checks};
use crate::questions::duties::Duties;
use crate::questions::projects::{Planning, ProjectList};
use crate::questions::reconcile::Reconciliation;
use crate::results::allocation::Allocation;
use crate::results::tables::policy_line;
use crate::tables::table::{Report, Table};

mod basis;
mod distribution;
mod filing;
mod grid;
mod land;
mod ledger;
mod notice;
mod progress;
mod projects;
mod roster;
mod support;
mod tasks;
mod texts;

pub use texts::{FormText, FormTexts};

use basis::Basis;
use grid::Grid;

/// A form that offices print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FormKind {
    /// 资金分配表: who gets how much of which layer, by county or by place.
    Distribution,
    /// 公示表: where the money comes from, how it is distributed, who gets it.
    Notice,
    /// 支出进度通报表: what was due, arrived and was spent by county, with rank.
    Progress,
    /// 备案表: what is filed of each place.
    Filing,
    /// 台账: the ledger in the columns of offices.
    Ledger,
    /// 清单: aims, tasks, projects and who answers for them, place by place.
    Tasks,
    /// 项目库: the register of projects.
    Projects,
    /// 用地: what plans give to industry and keep in reserve.
    Land,
    /// 帮扶力量: who serves each place, and what is missing.
    Support,
    /// 名单: the places.
    Roster,
}

/// What a form is made of besides the allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FormData {
    /// What was issued, arrived and was spent.
    Receipts,
    /// The register of projects.
    Projects,
    /// Checks of the policy that ask for shares of land.
    Checks,
    /// Duties of the policy.
    Duties,
}

impl FormKind {
    /// Every form.
    pub const ALL: [Self; 10] = [
        Self::Distribution,
        Self::Notice,
        Self::Progress,
        Self::Filing,
        Self::Ledger,
        Self::Tasks,
        Self::Projects,
        Self::Land,
        Self::Support,
        Self::Roster,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Distribution => "distribution",
            Self::Notice => "notice",
            Self::Progress => "progress",
            Self::Filing => "filing",
            Self::Ledger => "ledger",
            Self::Tasks => "tasks",
            Self::Projects => "projects",
            Self::Land => "land",
            Self::Support => "support",
            Self::Roster => "roster",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> Name {
        let (zh, en) = match self {
            Self::Distribution => ("资金分配表", "Distribution of funds"),
            Self::Notice => ("公示表", "Public notice"),
            Self::Progress => ("支出进度通报表", "Progress of spending"),
            Self::Filing => ("备案表", "Filing for the record"),
            Self::Ledger => ("台账", "Ledger"),
            Self::Tasks => ("清单", "Tasks"),
            Self::Projects => ("项目库", "Register of projects"),
            Self::Land => ("用地", "Land"),
            Self::Support => ("帮扶力量", "Who serves whom"),
            Self::Roster => ("名单", "Roster"),
        };
        Name::new(zh, en)
    }

    /// What it cannot be made without, besides the allocation.
    #[must_use]
    pub const fn needs(self) -> Option<FormData> {
        match self {
            Self::Progress | Self::Ledger => Some(FormData::Receipts),
            Self::Tasks | Self::Projects => Some(FormData::Projects),
            Self::Land => Some(FormData::Checks),
            Self::Support => Some(FormData::Duties),
            Self::Distribution | Self::Notice | Self::Filing | Self::Roster => None,
        }
    }

    /// Whether it shows anything of what was issued, arrived and was spent.
    #[must_use]
    pub const fn may_read_receipts(self) -> bool {
        matches!(self, Self::Notice | Self::Progress | Self::Filing | Self::Ledger)
    }

    /// Reads the word for a form, or its Chinese name.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownWord`], with the forms that there are.
    ///
    /// ```
    /// use fundlayers::forms::FormKind;
    /// assert_eq!(FormKind::parse("通报表").ok(), Some(FormKind::Progress));
    /// assert_eq!(FormKind::parse("notice").ok(), Some(FormKind::Notice));
    /// assert!(FormKind::parse("invoice").unwrap_err().to_string().contains("`notice` 公示表"));
    /// ```
    pub fn parse(word: &str) -> Result<Self, Problem> {
        let word = word.trim();
        let is = |kind: &Self| {
            let name = kind.name().zh;
            // 分配表, 通报表, 资金台账: as people shorten and lengthen them.
            kind.as_str().eq_ignore_ascii_case(word)
                || name == word
                || word.chars().count() > 1 && name.ends_with(word) && word.ends_with('表') && word != "表"
                || word.strip_prefix("资金").is_some_and(|rest| rest == name)
        };
        Self::ALL.into_iter().find(is).ok_or_else(|| {
            let known = Self::ALL.map(|kind| format!("`{}` {}", kind.as_str(), kind.name().zh));
            let problem = Problem::new(Code::UnknownWord, words::NO_FORM).found(word);
            problem.expected(words::FORMS_ARE.with(&[&Argument::list(known)]))
        })
    }
}

impl fmt::Display for FormKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a form is laid out, and the words around it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormOptions {
    /// The unit of amounts; none: the policy's.
    pub unit: Option<Unit>,
    /// Whether a distribution has a row for each place and year, with subtotals by county, instead of one for each county.
    pub places: bool,
    /// Whether sums stand above what they sum.
    pub total_first: bool,
    /// The words around it.
    pub texts: FormTexts,
}

/// A form in one language, from top to bottom.
#[derive(Debug, Clone)]
pub struct Form<'a> {
    /// The language of its words.
    pub lang: Lang,
    /// Which it is; none of what is no form of offices, such as an explanation.
    pub kind: Option<FormKind>,
    /// The title.
    pub title: String,
    /// What stands under the title, line by line: what it is about, the day it is cut at.
    pub subtitles: Vec<String>,
    /// Who issues it, at the left above the first table, where the unit is at the right.
    pub head: Vec<FormField>,
    /// The unit of amounts.
    pub unit: Unit,
    /// What it consists of.
    pub parts: Vec<FormPart<'a>>,
    /// Remarks under it: the policy, what has to be known to read the figures.
    pub notes: Vec<String>,
}

/// A part of a form.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum FormPart<'a> {
    /// 一、资金来源.
    Heading(String),
    /// A sentence.
    Text(String),
    /// A sheet of a workbook begins, or a page: what it is about.
    Page(String),
    /// A table without a title of its own, or with one.
    Table(Report<'a>),
    /// Labels with what is written beside them, on one line.
    Fields(Vec<FormField>),
    /// Who signs, one under the other at the right.
    Signature(Vec<FormField>),
}

/// A label and what is written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// The label.
    pub label: String,
    /// What is written; none: a blank line to write on.
    pub value: Option<String>,
}

impl FormField {
    /// On one line: `监督电话：0919-0000000`, or with what stands for a line to write on.
    #[must_use]
    pub fn text(&self, lang: Lang, blank: &str) -> String {
        let colon = lang.pick("：", ": ");
        [self.label.as_str(), colon, self.value.as_deref().unwrap_or(blank)].concat()
    }
}

/// What a form consists of, before it is put into a language.
#[derive(Debug)]
enum PartData {
    Heading(Message),
    Text(Message),
    Table(Grid),
    /// A table in pages: what each is about, its rows, what is said under it.
    Pages(Grid, Vec<PageData>),
    Fields(&'static [FormText]),
    Signature(&'static [FormText]),
    /// The rules of the policy in words.
    Rules,
    /// The receipts that match nothing.
    Unmatched,
    /// The projects that match nothing.
    UnmatchedProjects,
}

/// A page of a form.
#[derive(Debug)]
struct PageData {
    title: Name,
    rows: std::ops::Range<usize>,
    said: Message,
}

/// A form as it was computed.
#[derive(Debug)]
pub(crate) struct Made {
    kind: FormKind,
    allocation: Allocation,
    reconciliation: Option<Reconciliation>,
    planning: Option<Planning>,
    unit: Unit,
    texts: FormTexts,
    title: Message,
    cut_at: Option<Message>,
    head: &'static [FormText],
    parts: Vec<PartData>,
    notes: Vec<Message>,
}

/// Makes a form of an allocation, and of what happened and what is planned where that is known.
///
/// # Errors
///
/// [`Code::MissingKey`] where the form needs what is not given, [`Code::TooLarge`] of more rows than are printed,
/// [`Code::Overflow`] of a total.
pub(crate) fn make(
    kind: FormKind,
    allocation: &Allocation,
    reconciliation: Option<&Reconciliation>,
    planning: Option<&Planning>,
    options: &FormOptions,
) -> Result<Made, Problems> {
    let basis = Basis { kind, allocation, reconciliation, planning, options };
    match (kind, reconciliation) {
        (FormKind::Distribution, _) => distribution::make(&basis),
        (FormKind::Notice, _) => notice::make(&basis),
        (FormKind::Filing, _) => filing::make(&basis),
        (FormKind::Support, _) => support::make(&basis, &Duties::new(allocation)?),
        (FormKind::Roster, _) => roster::make(&basis),
        (FormKind::Land, _) => {
            let (checks, _) = allocation.checks(&CheckFigures::default())?;
            land::make(&basis, &checks)
        }
        (FormKind::Progress, Some(reconciliation)) => progress::make(&basis, reconciliation),
        (FormKind::Ledger, Some(reconciliation)) => ledger::make(&basis, reconciliation),
        (FormKind::Progress | FormKind::Ledger, None) => {
            let message = words::FORM_NEEDS_RECEIPTS.with(&[&kind.as_str(), &kind.name()]);
            Err(Problem::new(Code::MissingKey, message).key("receipts").expected(words::GIVE_A_LEDGER).into())
        }
        (FormKind::Tasks | FormKind::Projects, _) => match (planning, kind) {
            (Some(planning), FormKind::Tasks) => tasks::make(&basis, planning),
            (Some(planning), _) => projects::make(&basis, planning),
            (None, _) => {
                let message = words::FORM_NEEDS_PROJECTS.with(&[&kind.as_str(), &kind.name()]);
                Err(Problem::new(Code::MissingKey, message).key("projects").expected(words::GIVE_A_REGISTER).into())
            }
        },
    }
}

/// Makes the form of who serves each place.
///
/// # Errors
///
/// As [`make`].
pub(crate) fn make_support(duties: &Duties, options: &FormOptions) -> Result<Made, Problems> {
    let allocation = duties.allocation();
    let basis = Basis { kind: FormKind::Support, allocation, reconciliation: None, planning: None, options };
    support::make(&basis, duties)
}

/// Makes the form of land of an allocation and its checks.
///
/// # Errors
///
/// [`Code::MissingKey`] where no check asks for a share of land.
pub(crate) fn make_land(allocation: &Allocation, checks: &Checks, options: &FormOptions) -> Result<Made, Problems> {
    let basis = Basis { kind: FormKind::Land, allocation, reconciliation: None, planning: None, options };
    land::make(&basis, checks)
}

impl Made {
    fn policy(&self) -> &Policy {
        self.allocation.policy()
    }

    fn fields(&self, texts: &[FormText], lang: Lang) -> Vec<FormField> {
        let label = |text: FormText| match (self.kind, text) {
            (FormKind::Notice, FormText::Issuer) => lang.pick("公示单位", "Issued by"),
            (FormKind::Progress, FormText::Issuer) => lang.pick("通报单位", "Issued by"),
            (FormKind::Filing, FormText::Issuer) => lang.pick("报送单位", "Filed by"),
            (FormKind::Filing, FormText::Reporter) => lang.pick("报送人", "Filed by"),
            (_, FormText::Issuer) => lang.pick("编制单位", "Prepared by"),
            (_, FormText::Date) => lang.pick("日期", "Date"),
            (FormKind::Notice, FormText::Phone) => lang.pick("监督电话", "Telephone for complaints"),
            (_, FormText::Phone) => lang.pick("联系电话", "Telephone"),
            (_, FormText::Period) => lang.pick("公示期", "On public notice"),
            (_, FormText::Reporter) => lang.pick("填报人", "Filled in by"),
            (_, FormText::Reviewer) => lang.pick("审核人", "Checked by"),
            (_, FormText::Note) => lang.pick("备注", "Note"),
            (_, FormText::Title) => "",
        };
        let value = |text: FormText| self.texts.get(text).map(str::to_owned);
        texts.iter().map(|text| FormField { label: label(*text).to_owned(), value: value(*text) }).collect()
    }
}

impl Made {
    /// Its tables as one for programs.
    pub(crate) fn table(&self) -> Table<'_> {
        let grids: Vec<&Grid> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                PartData::Table(grid) | PartData::Pages(grid, _) => Some(grid),
                _ => None,
            })
            .collect();
        grid::table(&grids, self.unit)
    }

    /// In a language.
    pub(crate) fn form(&self, lang: Lang) -> Form<'_> {
        let mut parts = Vec::new();
        for part in &self.parts {
            match part {
                PartData::Heading(heading) => parts.push(FormPart::Heading(heading.to_text(lang))),
                PartData::Text(text) => parts.push(FormPart::Text(text.to_text(lang))),
                PartData::Table(grid) => parts.push(FormPart::Table(grid.report(lang, self.unit))),
                PartData::Pages(grid, pages) => {
                    for page in pages {
                        parts.push(FormPart::Page(page.title.get(lang).to_owned()));
                        parts.push(FormPart::Table(grid.rows_report(page.rows.clone(), lang, self.unit)));
                        parts.push(FormPart::Text(page.said.to_text(lang)));
                    }
                }
                PartData::UnmatchedProjects => {
                    let listed = self.planning.as_ref().map(|of| of.listed(ProjectList::Unmatched));
                    let report = listed.and_then(|listed| listed.report(self.unit, lang).map(Report::into_owned));
                    parts.extend(report.into_iter().flat_map(|report| {
                        [FormPart::Page(lang.pick("未匹配", "No match").to_owned()), FormPart::Table(report)]
                    }));
                }
                PartData::Fields(texts) => parts.push(FormPart::Fields(self.fields(texts, lang))),
                PartData::Signature(texts) => parts.push(FormPart::Signature(self.fields(texts, lang))),
                PartData::Rules => parts.extend(notice::rules(self.policy(), lang).into_iter().map(FormPart::Text)),
                PartData::Unmatched => {
                    let report = self.reconciliation.as_ref().and_then(|of| of.unmatched_report(self.unit, lang));
                    parts.extend(report.map(FormPart::Table));
                }
            }
        }
        let mut notes: Vec<String> = self.texts.get(FormText::Note).map(str::to_owned).into_iter().collect();
        notes.extend(self.notes.iter().map(|note| note.to_text(lang)));
        notes.push(policy_line(self.policy(), lang));
        let own_title = self.texts.get(FormText::Title);
        // A title of one's own says what it is about.
        let about = own_title.is_none().then(|| self.policy().heading(lang));
        let cut_at = self.cut_at.as_ref().map(|day| day.to_text(lang));
        Form {
            lang,
            kind: Some(self.kind),
            title: own_title.map_or_else(|| self.title.to_text(lang), str::to_owned),
            subtitles: about.into_iter().chain(cut_at).collect(),
            head: self.fields(self.head, lang),
            unit: self.unit,
            parts,
            notes,
        }
    }

    /// Whether it lists the projects that match nothing.
    pub(crate) fn lists_unmatched_projects(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, PartData::UnmatchedProjects))
    }

    /// Whether it lists the receipts that match nothing.
    pub(crate) fn lists_unmatched(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, PartData::Unmatched))
    }
}

impl<'a> Form<'a> {
    /// The same with amounts shown to so many decimals; none: as many as there are.
    #[must_use]
    pub fn with_decimals(mut self, decimals: Option<u32>) -> Self {
        for part in &mut self.parts {
            if let FormPart::Table(report) = part {
                report.decimals = decimals;
            }
        }
        self
    }

    /// Its tables for a terminal, with the title over the first and the other words under each.
    #[must_use]
    pub fn into_reports(self) -> Vec<Report<'a>> {
        const BLANK: &str = "____________";
        let Self { lang, title, subtitles, head, parts, notes, .. } = self;
        let mut reports: Vec<Report<'a>> = Vec::new();
        let mut heading: Option<String> = None;
        let mut said: Vec<String> = head.iter().map(|field| field.text(lang, BLANK)).collect();
        for part in parts {
            match part {
                FormPart::Heading(text) | FormPart::Page(text) => said.extend(heading.replace(text)),
                FormPart::Text(text) => {
                    said.extend(heading.take());
                    said.push(text);
                }
                FormPart::Fields(fields) | FormPart::Signature(fields) => {
                    said.extend(fields.iter().map(|field| field.text(lang, BLANK)));
                }
                FormPart::Table(mut report) => {
                    let heading = heading.take().filter(|_| report.title.is_empty());
                    if let Some(last) = reports.last_mut() {
                        last.notes.append(&mut said);
                        report.title = heading.unwrap_or(report.title);
                    } else {
                        let above = [&title].into_iter().chain(&subtitles).chain(&heading);
                        let above: Vec<&str> = above.map(String::as_str).collect();
                        report.title = above.join(lang.pick("　", ", "));
                        report.notes.append(&mut said);
                    }
                    reports.push(report);
                }
            }
        }
        if let Some(last) = reports.last_mut() {
            last.notes.append(&mut said);
            last.notes.extend(notes);
        }
        reports
    }
}

#[cfg(test)]
mod tests;
