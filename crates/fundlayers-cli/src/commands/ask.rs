//! The commands that ask something of policy and roster: arguments become a request, its answer is written.

use std::io::{self, Write};

use fundlayers::answer::{Answer, Input, Operation, Request};
use fundlayers::document::{Node, NodeValue};
use fundlayers::{
    Amount, FormKind, FormText, FundingRule, Grouping, Lang, Month, TopUp, Unit, parse_years, policy_line, split_list,
    visible,
};
use fundlayers_formats::{csv, form, json, markdown, terminal};

use crate::args::{
    Allocate, Compare, Explain, Figures, Form, Fund, Inputs, Output, OutputFormat, Reconcile, Scenarios, SheetArgs,
    Solve, Totals, UnitOption,
};
use crate::catalogue as words;
use crate::inputs::{self, Disk};
use crate::usage::Said;
use crate::{Failure, note, output, warn};

/// A request with the files that it names.
struct Asked<'a> {
    request: Request,
    files: Vec<&'a str>,
    output: &'a Output,
    format: OutputFormat,
}

fn named(name: &str) -> Input {
    Input::Named(name.to_owned())
}

impl<'a> Asked<'a> {
    fn new(operation: Operation, output: &'a Output) -> Result<Self, Failure> {
        let format = output::format(output)?;
        if format == OutputFormat::Html && operation != Operation::Form {
            return Err(Failure::used_wrongly(words::ONLY_FORMS_AS_HTML));
        }
        Ok(Self { request: Request::new(operation), files: Vec::new(), output, format })
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

    fn answer(self, lang: Lang) -> Result<(), Failure> {
        // Standard input can be read once.
        if self.files.iter().filter(|name| **name == "-").count() > 1 {
            return Err(Failure::used_wrongly(words::ONE_STANDARD_INPUT));
        }
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
        let people = matches!(self.format, OutputFormat::Table | OutputFormat::Md | OutputFormat::Html);
        let path = self.output.output.as_deref();
        let reports = if people && answer.explanations().is_none() { answer.reports(lang)? } else { Vec::new() };
        let styled = output::styled(path);
        let done = output::write(path, &self.files, |writer| match self.format {
            OutputFormat::Csv => answer.table(lang).map_or(Ok(()), |table| csv::write(writer, &table)),
            OutputFormat::Json => json::write_answer(writer, &answer, lang),
            OutputFormat::Html => answer.form(lang).map_or(Ok(()), |page| form::write_page(writer, &page)),
            format if answer.explanations().is_some() => explained(writer, &answer, format, lang),
            _ if reports.is_empty() => {
                writeln!(writer, "{}", words::EVERY_RECEIPT_MATCHES.get(lang))
            }
            format => reports.iter().enumerate().try_for_each(|(number, report)| {
                if number > 0 {
                    writeln!(writer)?;
                }
                match format {
                    OutputFormat::Md => markdown::write(writer, report),
                    _ => terminal::write(writer, report, styled),
                }
            }),
        });
        drop(disk);
        warn(&if people { answer.warnings_beside_reports() } else { answer.warnings().clone() }, lang);
        // CSV has no place for it.
        if self.format == OutputFormat::Csv {
            [Some(answer.policy()), answer.with_policy()].into_iter().flatten().for_each(|policy| note(policy, lang));
        }
        done
    }
}

/// What an option says, or how it is used wrongly.
fn parsed<T, E: Into<Said>>(option: &str, read: Option<Result<T, E>>) -> Result<Option<T>, Failure> {
    read.transpose().map_err(|error| Failure::used_wrongly(words::IN_OPTION.with(&[&option, &error.into().0])))
}

/// Explanations as an auditor's note.
fn explained(writer: &mut dyn Write, answer: &Answer, format: OutputFormat, lang: Lang) -> io::Result<()> {
    let policy = policy_line(answer.policy(), lang);
    for explanation in answer.explanations().unwrap_or_default() {
        let text = explanation.text(lang);
        if format == OutputFormat::Table {
            writeln!(writer, "{text}\n")?;
            continue;
        }
        let mut lines = text.lines().map(markdown::escaped);
        writeln!(writer, "### {}\n", lines.next().unwrap_or_default())?;
        let rest: Vec<String> = lines.collect();
        if let Some((total, steps)) = rest.split_last() {
            writeln!(writer, "{}\n\n**{total}**\n", steps.join("\n"))?;
        }
    }
    writeln!(
        writer,
        "{}",
        if format == OutputFormat::Table { visible(&policy).into_owned() } else { markdown::escaped(&policy) }
    )
}

pub(super) fn allocate(args: &Allocate, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Allocate, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    (asked.request.zeros, asked.request.wide) = (args.zeros, args.wide);
    asked.request.figures = args.figures;
    asked.answer(lang)
}

pub(super) fn totals(args: &Totals, lang: Lang) -> Result<(), Failure> {
    let asked = Asked::new(Operation::Totals, &args.output)?.by(&args.by)?;
    let mut asked = asked.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.zeros = args.zeros;
    asked.answer(lang)
}

pub(super) fn figures(args: &Figures, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Figures, &args.output)?.inputs(&args.inputs)?;
    if let Some(by) = &args.by {
        asked = asked.by(by)?;
    }
    asked.answer(lang)
}

pub(super) fn explain(args: &Explain, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Explain, &args.output)?.inputs(&args.inputs)?;
    (asked.request.recipient, asked.request.year) = (Some(args.recipient.clone()), args.year);
    asked.answer(lang)
}

pub(super) fn fund(args: &Fund, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Fund, &args.output)?;
    let order: Vec<&str> = args.order.iter().flat_map(|order| split_list(order)).collect();
    asked.request.rule = parsed("--order", Some(FundingRule::parse(&args.rule, &order)))?;
    if !args.by.is_empty() {
        asked = asked.by(&args.by)?;
    }
    let mut asked = asked.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.limits = Some(asked.file(&args.limits));
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
    asked.request.zeros = args.zeros;
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
    asked.answer(lang)
}

pub(super) fn form(args: &Form, lang: Lang) -> Result<(), Failure> {
    let mut asked = Asked::new(Operation::Form, &args.output)?.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.form = Some(FormKind::parse(&args.name)?);
    (asked.request.places, asked.request.total_first) = (args.places, args.total_first);
    for change in &args.set_text {
        let Some((key, value)) = change.split_once(['=', '＝']) else {
            return Err(Failure::used_wrongly(words::NO_TEXT_SET.with(&[change])));
        };
        asked.request.set_text.push((FormText::parse(key)?, value.to_owned()));
    }
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
    asked.answer(lang)
}

pub(super) fn scenarios(args: &Scenarios, lang: Lang) -> Result<(), Failure> {
    let asked = Asked::new(Operation::Scenarios, &args.output)?.by(&args.by)?;
    let mut asked = asked.inputs(&args.inputs)?.unit(&args.unit);
    asked.request.scenarios = Some(asked.file(&args.file));
    asked.request.roster_sheet.clone_from(&args.roster_sheet);
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
