//! The commands that ask something of policy and roster: arguments become a request, its answer is written.

use fundlayers::answer::{Answer, Input, Operation, Request};
use fundlayers::document::{Node, NodeValue};
use fundlayers::table::Report;
use fundlayers::workbook::WorkbookOptions;
use fundlayers::{
    Amount, Day, FormKind, FormText, FundingRule, Grouping, Lang, Month, Policy, Problems, ProjectGrouping,
    ProjectList, TopUp, Unit, parse_years, policy_line, split_list,
};
use fundlayers_formats::sources::Reader;
use fundlayers_formats::{csv, form, html, json, live, markdown, terminal, xlsx};

use crate::args::{
    Allocate, Checks, Compare, Duties, Explain, Figures, Form, Fund, Inputs, Output, OutputFormat, Projects, Reconcile,
    Scenarios, SheetArgs, Solve, TableOutput, Totals, UnitOption, Workbook,
};
use crate::catalogue as words;
use crate::inputs::{self, Disk};
use crate::usage::Said;
use crate::{Failure, note, output, warn};

#[cfg(feature = "parquet")]
mod parts;

/// A request with the files that it names.
struct Asked<'a> {
    request: Request,
    files: Vec<&'a str>,
    output: &'a TableOutput,
    format: OutputFormat,
    /// Whether tables for people have layers side by side.
    wide: bool,
}

fn named(name: &str) -> Input {
    Input::Named(name.to_owned())
}

impl<'a> Asked<'a> {
    fn new(operation: Operation, output: &'a TableOutput) -> Result<Self, Failure> {
        let format = output::format(&output.output)?;
        if output.for_people && format != OutputFormat::Csv {
            return Err(Failure::used_wrongly(words::FOR_PEOPLE_IS_CSV));
        }
        let is_table = !format.is_for_programs() || output.for_people;
        if output.decimals.is_some() && (!is_table || operation == Operation::Explain) {
            return Err(Failure::used_wrongly(words::DECIMALS_ARE_SHOWN));
        }
        Ok(Self { request: Request::new(operation), files: Vec::new(), output, format, wide: false })
    }

    fn inputs(mut self, inputs: &'a Inputs) -> Result<Self, Failure> {
        self = self.source(&inputs.policy, inputs.roster.as_deref(), &inputs.set)?.sheet(&inputs.sheet);
        self.years(inputs.years.as_deref())
    }

    fn source(mut self, policy: &'a str, roster: Option<&'a str>, set: &[String]) -> Result<Self, Failure> {
        self.request.policy = Some(named(policy));
        self.request.roster = roster.map(named);
        let text = |(path, value)| (path, Node::new(NodeValue::Text(value)));
        self.request.set = inputs::changes(set)?.into_iter().map(text).collect();
        self.files.push(policy);
        self.files.extend(roster);
        Ok(self)
    }

    fn sheet(mut self, sheet: &SheetArgs) -> Self {
        self.request.sheet.clone_from(&sheet.sheet);
        self.request.fill_down = sheet.fill_down;
        self
    }

    fn years(mut self, years: Option<&str>) -> Result<Self, Failure> {
        self.request.years = parsed("--years", years.map(parse_years))?;
        Ok(self)
    }

    fn file(&mut self, name: &'a str) -> Input {
        self.files.push(name);
        named(name)
    }

    fn unit(mut self, unit: &UnitOption) -> Self {
        self.request.unit = unit.unit;
        self
    }

    fn by(mut self, by: &[String]) -> Result<Self, Failure> {
        self.request.by = parsed("--by", Some(Grouping::parse_all(by.iter().map(String::as_str))))?;
        Ok(self)
    }

    /// Ledgers, and how they are read beside the allocation.
    fn receipts(
        &mut self,
        names: &'a [String],
        as_of: Option<&str>,
        top_up: &str,
        years: Option<&str>,
    ) -> Result<(), Failure> {
        self.request.as_of = parsed("--as-of", as_of.map(str::parse::<Month>))?;
        let years = parsed("--top-up-years", years.map(parse_years))?;
        let top_up = TopUp::parse(top_up, years.as_deref().unwrap_or_default());
        self.request.top_up = parsed("--top-up", Some(top_up))?.unwrap_or_default();
        if years.is_some() && self.request.top_up == TopUp::Entitled {
            return Err(Failure::used_wrongly(words::NEEDS_RECEIVED));
        }
        self.request.receipts = names.iter().map(|name| self.file(name)).collect();
        Ok(())
    }

    fn wide(mut self, wide: bool) -> Result<Self, Failure> {
        if wide && self.format.is_for_programs() && !self.output.for_people {
            return Err(Failure::used_wrongly(words::WIDE_IS_SHOWN));
        }
        self.wide = wide;
        Ok(self)
    }

    /// Standard input can be read once.
    fn check_files(&self) -> Result<(), Failure> {
        if self.files.iter().filter(|name| **name == "-").count() > 1 {
            return Err(Failure::used_wrongly(words::ONE_STANDARD_INPUT));
        }
        Ok(())
    }

    /// The answer, and what reads its files until it is written.
    fn asked(&self, lang: Lang) -> Result<(Answer, Reader<Disk>), Failure> {
        self.check_files()?;
        if let (Some(Input::Named(policy)), None) = (&self.request.policy, &self.request.roster)
            && fundlayers_policies::get(policy).is_none()
            && (policy == "-" || std::path::Path::new(policy).exists())
            && !(self.request.operation == Operation::Compare && self.request.with_roster.is_some())
        {
            return Err(Failure::used_wrongly(words::FILE_WITHOUT_ROSTER));
        }
        let scenarios = match &self.request.scenarios {
            Some(Input::Named(name)) => Some(name.as_str()),
            _ => None,
        };
        let mut disk = Disk::reader(scenarios, lang);
        let answer = self.request.answer(&mut disk)?;
        disk.0.progress.step(3);
        Ok((answer, disk))
    }

    fn answer(self, lang: Lang) -> Result<(), Failure> {
        let (answer, disk) = self.asked(lang)?;
        self.show(&answer, disk, lang)
    }

    /// Writes an answer; `on_the_way` goes when it is written.
    fn show(self, answer: &Answer, on_the_way: impl Sized, lang: Lang) -> Result<(), Failure> {
        #[cfg(feature = "parquet")]
        if self.format == OutputFormat::Parquet && answer.table(lang).is_none() {
            return Err(Failure::used_wrongly(words::NO_TABLE_IN_PARQUET));
        }
        let people = !self.format.is_for_programs() || self.output.for_people;
        let path = self.output.output.output.as_deref();
        let reports = if people {
            reports(answer, (self.request.operation, self.format, self.wide), self.output.decimals, lang)?
        } else {
            Vec::new()
        };
        let page = answer.form(lang).map(|form| form.with_decimals(self.output.decimals));
        let warnings = if people { answer.warnings_beside_reports() } else { answer.warnings().clone() };
        let (styled, room) = (output::styled(path), output::room(path));
        let policies: Vec<&Policy> = [Some(answer.policy()), answer.with_policy()].into_iter().flatten().collect();
        let done = output::write(path, &self.files, |writer| match self.format {
            OutputFormat::Csv if self.output.for_people => csv::write_for_people(writer, &reports),
            OutputFormat::Csv => answer.table(lang).map_or(Ok(()), |table| csv::write(writer, &table)),
            OutputFormat::Json => json::write_answer(writer, answer, lang),
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => answer
                .table(lang)
                .map_or(Ok(()), |table| fundlayers_formats::parquet::write(writer, &table, answer.policy())),
            OutputFormat::Xlsx if let Some(page) = &page => form::write_xlsx(writer, page),
            OutputFormat::Xlsx => xlsx::write(writer, &reports, &warnings),
            OutputFormat::Html if let Some(page) = &page => form::write_page(writer, page),
            OutputFormat::Html => {
                html::write_head(writer, &policies, lang)?;
                html::write_tables(writer, &reports, &warnings)?;
                html::write_foot(writer)
            }
            OutputFormat::Md if let (Some(page), Some(_)) = (&page, answer.explained()) => {
                markdown::write_page(writer, page)
            }
            OutputFormat::Table if let Some(explained) = answer.explained() => {
                writeln!(writer, "{}", explained.text(lang))
            }
            OutputFormat::Table | OutputFormat::Md if reports.is_empty() => {
                writeln!(writer, "{}", nothing(self.request.operation).get(lang))
            }
            OutputFormat::Md => markdown::write_document(writer, &policies, lang, &reports),
            OutputFormat::Table => reports.iter().enumerate().try_for_each(|(number, report)| {
                if number > 0 {
                    writeln!(writer)?;
                }
                terminal::write_within(writer, report, styled, room)
            }),
        });
        drop(on_the_way);
        warn(&warnings, lang);
        // CSV has no place for it, and nobody looks for it in Parquet.
        if !people && self.format != OutputFormat::Json {
            [Some(answer.policy()), answer.with_policy()].into_iter().flatten().for_each(|policy| note(policy, lang));
        }
        done
    }
}

/// What there is to say where a table for people has no row.
fn nothing(operation: Operation) -> fundlayers::Phrase {
    if operation == Operation::Projects { words::NO_SUCH_PROJECT } else { words::EVERY_RECEIPT_MATCHES }
}

/// The tables for people, with amounts shown as they are asked for.
fn reports(
    answer: &Answer,
    (operation, format, wide): (Operation, OutputFormat, bool),
    decimals: Option<u32>,
    lang: Lang,
) -> Result<Vec<Report<'_>>, Failure> {
    let mut reports = if wide { answer.wide_reports(lang)? } else { answer.reports(lang)? };
    if reports.is_empty() && !matches!(format, OutputFormat::Table | OutputFormat::Md) {
        let said = nothing(operation).get(lang).to_owned();
        let notes = vec![said, policy_line(answer.policy(), lang)];
        reports.extend(answer.table(lang).map(|table| table.report(answer.policy().heading(lang), lang, notes)));
    }
    Ok(reports.into_iter().map(|report| report.with_decimals(decimals)).collect())
}

/// What an option says, or how it is used wrongly.
fn parsed<T, E: Into<Said>>(option: &str, read: Option<Result<T, E>>) -> Result<Option<T>, Failure> {
    read.transpose().map_err(|error| Failure::used_wrongly(words::IN_OPTION.with(&[&option, &error.into().0])))
}

pub(super) fn allocate(args: &Allocate, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Allocate, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    (asked.request.zeros, asked.request.wide) = (args.zeros, args.wide);
    asked.request.figures = args.figures;
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::of_rows(args, lang)? {
        return parts.allocate(&asked, args, lang);
    }
    asked.answer(lang)
}

pub(super) fn totals(args: &Totals, lang: Lang) -> Result<(), Failure> {
    let asked = Asked::new(Operation::Totals, &args.output)?.wide(args.wide)?.by(&args.by)?;
    let mut asked = asked.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.zeros = args.zeros;
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::of(&args.inputs, asked.request.by.as_deref(), lang)? {
        return parts.totals(asked, args, lang);
    }
    asked.answer(lang)
}

pub(super) fn workbook(args: &Workbook, lang: Lang) -> Result<(), Failure> {
    let ending = args.output.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !ending.eq_ignore_ascii_case("xlsx") {
        return Err(Failure::used_wrongly(words::WORKBOOK_ENDING.with(&[&args.output.display().to_string()])));
    }
    let output = Output { format: Some(OutputFormat::Table), output: Some(args.output.clone()) };
    let output = TableOutput { output, for_people: false, decimals: None };
    let asked = Asked::new(Operation::Allocate, &output)?.inputs(&args.inputs)?;
    let (answer, disk) = asked.asked(lang)?;
    let Some(allocation) = answer.allocation() else { return Ok(()) };
    let mut options = WorkbookOptions::new(lang);
    if args.ascii_names {
        options = options.with_ascii_names();
    }
    let workbook = allocation.workbook(options);
    let done = output::write(Some(&args.output), &asked.files, |writer| live::write(writer, &workbook));
    drop(disk);
    warn(answer.warnings(), lang);
    done
}

pub(super) fn figures(args: &Figures, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Figures, &args.output)?.inputs(&args.inputs)?;
    if let Some(by) = &args.by {
        asked = asked.by(by)?;
    }
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::figures(args, &asked, lang)? {
        return parts.figures(asked, lang);
    }
    asked.answer(lang)
}

pub(super) fn checks(args: &Checks, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Checks, &args.output)?.inputs(&args.inputs)?;
    if let Some(by) = &args.by {
        asked = asked.by(by)?;
    }
    asked.request.check_figures = args.figures.iter().map(|name| asked.file(name)).collect();
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    asked.request.open = args.open;
    asked.answer(lang)
}

pub(super) fn explain(args: &Explain, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Explain, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    (asked.request.recipient, asked.request.year) = (args.recipient.clone(), args.year);
    if let Some(by) = &args.by {
        asked = asked.by(by)?;
    }
    if let Some(rule) = &args.rule {
        let order: Vec<&str> = args.order.iter().flat_map(|order| split_list(order)).collect();
        asked.request.rule = parsed("--order", Some(FundingRule::parse(rule, &order)))?;
    }
    asked.request.limits = args.limits.as_deref().map(|name| asked.file(name));
    asked.request.assignments = args.assignments.as_deref().map(|name| asked.file(name));
    asked.request.duties = args.duties;
    asked.receipts(&args.receipts, args.as_of.as_deref(), &args.top_up, args.top_up_years.as_deref())?;
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    asked.answer(lang)
}

pub(super) fn fund(args: &Fund, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Fund, &args.output)?.wide(args.wide)?;
    let order: Vec<&str> = args.order.iter().flat_map(|order| split_list(order)).collect();
    asked.request.rule = parsed("--order", Some(FundingRule::parse(&args.rule, &order)))?;
    if !args.by.is_empty() {
        asked = asked.by(&args.by)?;
    }
    let mut asked = asked.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.limits = Some(asked.file(&args.limits));
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    asked.request.zeros = args.zeros;
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::of_fund(args, &asked, lang)? {
        return parts.fund(asked, args, lang);
    }
    asked.answer(lang)
}

pub(super) fn reconcile(args: &Reconcile, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Reconcile, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    if let Some(by) = &args.by {
        asked = asked.by(by)?;
    }
    asked.receipts(&args.receipts, args.as_of.as_deref(), &args.top_up, args.top_up_years.as_deref())?;
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    (asked.request.zeros, asked.request.unmatched) = (args.zeros, args.unmatched);
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::of_reconcile(args, &asked, lang)? {
        return parts.reconcile(asked, args, lang);
    }
    asked.answer(lang)
}

pub(super) fn duties(args: &Duties, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Duties, &args.output)?.inputs(&args.inputs)?;
    if let Some(by) = &args.by {
        let by = fundlayers::duties::groupings(by.iter().map(String::as_str));
        asked.request.by = parsed("--by", Some(by))?;
    }
    if let Some(assignments) = &args.assignments {
        asked.request.assignments = Some(asked.file(assignments));
    }
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    (asked.request.missing, asked.request.coverage) = (args.missing, args.coverage);
    asked.request.unmatched = args.unmatched;
    asked.answer(lang)
}

pub(super) fn projects(args: &Projects, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Projects, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    if let Some(by) = &args.by {
        asked.request.by_projects = parsed("--by", Some(ProjectGrouping::parse_all(by.iter().map(String::as_str))))?;
    }
    asked.request.list = parsed("--list", Some(ProjectList::parse(&args.list)))?.unwrap_or_default();
    asked.request.as_of_day = parsed("--as-of", args.as_of.as_deref().map(str::parse::<Day>))?;
    asked.request.projects = args.file.as_deref().map(|name| asked.file(name));
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    asked.request.zeros = args.zeros;
    asked.answer(lang)
}

pub(super) fn form(args: &Form, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Form, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.form = Some(FormKind::parse(&args.name)?);
    if let Some(assignments) = &args.assignments {
        asked.request.assignments = Some(asked.file(assignments));
    }
    (asked.request.places, asked.request.total_first) = (args.places, args.total_first);
    let mut problems = Problems::new();
    for change in &args.set_text {
        let Some((key, value)) = change.split_once(['=', '＝']) else {
            return Err(Failure::used_wrongly(words::NO_TEXT_SET.with(&[change])));
        };
        match FormText::parse(key) {
            Ok(text) => asked.request.set_text.push((text, value.to_owned())),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    asked.request.projects = args.projects.as_deref().map(|name| asked.file(name));
    asked.request.check_figures = args.figures.iter().map(|name| asked.file(name)).collect();
    asked.request.text = args.text.as_deref().map(|name| asked.file(name));
    asked.receipts(&args.receipts, args.as_of.as_deref(), &args.top_up, args.top_up_years.as_deref())?;
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    asked.answer(lang)
}

pub(super) fn compare(args: &Compare, lang: Lang) -> Result<(), Failure> {
    let (first, with_policy, with_roster) = (&args.first, args.with_policy.as_deref(), args.with_roster.as_deref());
    let asked = Asked::new(Operation::Compare, &args.output)?.by(&args.by)?;
    if args.set.is_empty() && with_policy.is_none() && with_roster.is_none() {
        return Err(Failure::used_wrongly(words::NOTHING_TO_COMPARE));
    }
    let asked = asked.source(&first.policy, first.roster.as_deref(), &args.set)?;
    let mut asked = asked.sheet(&first.sheet).years(first.years.as_deref())?.unit(&args.unit);
    asked.request.with_policy = with_policy.map(|name| asked.file(name));
    asked.request.with_roster = with_roster.map(|name| asked.file(name));
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::comparison(args, &asked, lang)? {
        return parts.answer(asked, lang);
    }
    asked.answer(lang)
}

pub(super) fn scenarios(args: &Scenarios, lang: Lang) -> Result<(), Failure> {
    let asked = Asked::new(Operation::Scenarios, &args.output)?.wide(args.wide)?.by(&args.by)?;
    let mut asked = asked.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.scenarios = Some(asked.file(&args.file));
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    #[cfg(feature = "parquet")]
    if let Some(parts) = parts::scenarios(args, &asked, lang)? {
        return parts.answer(asked, lang);
    }
    asked.answer(lang)
}

pub(super) fn solve(args: &Solve, lang: Lang) -> Result<(), Failure> {
    let asked = Asked::new(Operation::Solve, &args.output)?;
    // What is a number in no unit; whether it is whole fen, the policy's unit tells.
    if args.limit.parse::<Amount>().is_err() {
        parsed(&format!("--limit {}", args.limit), Some(Amount::parse(&args.limit, Unit::Yi)))?;
    }
    let mut asked = asked.source(&args.policy, args.roster.as_deref(), &args.set)?.sheet(&args.sheet).unit(&args.unit);
    let request = &mut asked.request;
    (request.path, request.layer, request.payer) =
        (Some(args.path.clone()), Some(args.layer.clone()), args.payer.clone());
    (request.year, request.limit, request.step) = (Some(args.year), Some(args.limit.clone()), args.step);
    asked.answer(lang)
}
