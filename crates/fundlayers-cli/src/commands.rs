//! What each command does.

use std::fmt::Write as _;
use std::path::Path;

use fundlayers::answer::{Input, Operation, Request};
use fundlayers::roster::TemplateColumn;
use fundlayers::table::{Cell, ColumnKind, Report, ReportRow, RowKind};
use fundlayers::{Assignments, CheckFigures, Lang, Limits, Name, Policy, Problems, Receipts, Roster, Unit, visible};
use fundlayers_formats::markdown::escaped;
use fundlayers_formats::{csv, html, template, xlsx};

use crate::args::{
    Cli, Command, Output, OutputFormat, PolicyCommand, Projects, RosterCommand, SheetArgs, Template, TemplateCommand,
};
use crate::catalogue as words;
use crate::inputs::{self, Disk};
use crate::{Failure, help, note, output, schema, warn};

mod ask;
mod show;

pub(crate) fn run(cli: &Cli, lang: Lang) -> Result<(), Failure> {
    match &cli.command {
        Command::Allocate(args) => ask::allocate(args, lang),
        Command::Totals(args) => ask::totals(args, lang),
        Command::Workbook(args) => ask::workbook(args, lang),
        Command::Figures(args) => ask::figures(args, lang),
        Command::Checks(args) => match &args.template {
            Some(output) => {
                let args = Template { policy: args.inputs.policy.clone(), output: Some(output.clone()) };
                template(&args, &Name::new("统计数据", "Figures"), CheckFigures::template, lang)
            }
            None => ask::checks(args, lang),
        },
        Command::Explain(args) => ask::explain(args, lang),
        Command::Fund(args) => ask::fund(args, lang),
        Command::Reconcile(args) => ask::reconcile(args, lang),
        Command::Projects(Projects { command: Some(TemplateCommand::Template(args)), .. }) => {
            template(args, &Name::new("项目库", "Projects"), fundlayers::Projects::template, lang)
        }
        Command::Projects(args) => ask::projects(args, lang),
        Command::Compare(args) => ask::compare(args, lang),
        Command::Scenarios(args) => ask::scenarios(args, lang),
        Command::Solve(args) => ask::solve(args, lang),
        Command::Duties(args) => ask::duties(args, lang),
        Command::Form(args) => ask::form(args, lang),
        Command::Policy(PolicyCommand::List { output }) => list(output, lang),
        Command::Policy(PolicyCommand::Show { policy, set, output }) => show::policy(policy, set, output, lang),
        Command::Policy(PolicyCommand::Check { policy, set }) => check_policy(policy, set, lang),
        Command::Policy(PolicyCommand::Schema { output }) => {
            output::write(output.output.as_deref(), &[], |writer| writer.write_all(schema::text(lang).as_bytes()))
        }
        Command::Roster(RosterCommand::Check { file, policy, sheet }) => {
            check_roster(file.as_deref(), policy, sheet, lang)
        }
        Command::Roster(RosterCommand::Template(args)) => {
            template(args, &Name::new("名单", "Roster"), Roster::template, lang)
        }
        Command::Receipts(TemplateCommand::Template(args)) => {
            template(args, &Name::new("台账", "Receipts"), Receipts::template, lang)
        }
        Command::Limits(TemplateCommand::Template(args)) => {
            template(args, &Name::new("可用额度", "Limits"), Limits::template, lang)
        }
        Command::Assignments(TemplateCommand::Template(args)) => {
            template(args, &Name::new("人员登记", "Assignments"), Assignments::template, lang)
        }
        Command::Completions { shell } => output::write(None, &[], |writer| {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut help::command_to_list(lang), "fundlayers", &mut text);
            writer.write_all(&text)
        }),
        Command::Man => output::write(None, &[], |writer| help::manual(lang, writer)),
    }
}

/// The built-in policies, and apart from them the gallery.
fn list(output: &Output, lang: Lang) -> Result<(), Failure> {
    let format = output::format(output)?;
    let read = |policies: &[fundlayers_policies::BuiltIn]| {
        policies
            .iter()
            .map(|policy| Ok(inputs::policy(policy.id, &[], lang)?.value))
            .collect::<Result<Vec<Policy>, Failure>>()
    };
    #[cfg(feature = "parquet")]
    if format == OutputFormat::Parquet {
        return Err(Failure::used_wrongly(words::NO_TABLE_IN_PARQUET));
    }
    let groups = [("built-in", read(fundlayers_policies::all())?), ("gallery", read(fundlayers_policies::gallery())?)];
    let row = |policy: &Policy| {
        let status = policy.source().status;
        let years = format!("{}..{}", policy.years().start(), policy.years().end());
        [
            policy.id().to_owned(),
            policy.version().unwrap_or_default().to_owned(),
            years,
            status.map_or(String::new(), |s| s.as_str().to_owned()),
        ]
    };
    let all = || groups.iter().flat_map(|(group, policies)| policies.iter().map(move |policy| (*group, policy)));
    output::write(output.output.as_deref(), &[], |writer| match format {
        OutputFormat::Csv => {
            csv::write_line(writer, &["id", "version", "years", "status", "title", "group"])?;
            all().try_for_each(|(group, policy)| {
                let [id, version, years, status] = row(policy);
                csv::write_line(writer, &[&id, &version, &years, &status, policy.title().get(lang), group])
            })
        }
        OutputFormat::Json => {
            let rows = all().map(|(group, policy)| {
                let [id, version, years, status] = row(policy);
                let title = policy.title();
                serde_json::json!({
                    "id": id, "version": version, "years": years, "status": status, "title": title, "group": group,
                })
                .to_string()
            });
            writeln!(writer, "[\n{}\n]", rows.collect::<Vec<_>>().join(",\n"))
        }
        OutputFormat::Html | OutputFormat::Xlsx => {
            let text = |text: &str| if text.is_empty() { Cell::Blank } else { Cell::Text(text.to_owned().into()) };
            let rows = all().map(|(group, policy)| {
                let [id, version, years, _] = row(policy);
                let status = policy.source().status.map_or("", |status| status.label(lang));
                let group = if group == "gallery" { words::GALLERY.get(lang) } else { words::BUILT_IN.get(lang) };
                let cells = [&*id, policy.title().get(lang), &version, &years, status, group].map(text);
                ReportRow { kind: RowKind::Row, cells: cells.to_vec() }
            });
            let titles = [words::ID, words::TITLE, words::VERSION, words::YEARS, words::STATUS, words::GROUP];
            let report = Report {
                lang,
                title: words::POLICIES.get(lang).to_owned(),
                unit: Unit::Yuan,
                decimals: None,
                columns: titles.map(|title| (title.get(lang).to_owned(), ColumnKind::Text)).to_vec(),
                rows: rows.collect::<Vec<_>>().into(),
                notes: Vec::new(),
            };
            if format == OutputFormat::Xlsx {
                return xlsx::write(writer, &[report], &Problems::new());
            }
            html::write_head(writer, &[], lang)?;
            html::write(writer, &report, &Problems::new())?;
            html::write_foot(writer)
        }
        // Refused above.
        #[cfg(feature = "parquet")]
        OutputFormat::Parquet => Ok(()),
        OutputFormat::Table | OutputFormat::Md => {
            let markdown = format == OutputFormat::Md;
            for (group, policies) in &groups {
                if *group == "gallery" {
                    let mark = if markdown { "## " } else { "" };
                    writeln!(writer, "\n{mark}{}{}", words::GALLERY.get(lang), if markdown { "\n" } else { "" })?;
                }
                for policy in policies {
                    let [id, _, years, _] = row(policy);
                    let status = policy.source().status.map_or("", |status| status.label(lang));
                    let line = format!("{id}  {years}  {status}  {}", policy.title().get(lang));
                    if markdown {
                        writeln!(writer, "- {}", escaped(&line))?;
                    } else {
                        writeln!(writer, "{}", visible(&line))?;
                    }
                }
            }
            Ok(())
        }
    })
}

fn check_policy(name: &str, set: &[String], lang: Lang) -> Result<(), Failure> {
    let input = inputs::policy(name, set, lang)?;
    let policy = &input.value;
    let (layers, classes, pools) = (policy.layers().len(), policy.classes().len(), policy.pools().len());
    warn(&input.warnings, lang);
    note(policy, lang);
    let readings = policy.readings().len();
    let text = words::POLICY_GOOD.with(&[policy, &layers, &classes, &pools, &readings]).to_text(lang);
    output::write(None, &[], |writer| writeln!(writer, "{}", visible(&text)))
}

fn check_roster(file: Option<&str>, policy: &str, sheet: &SheetArgs, lang: Lang) -> Result<(), Failure> {
    let mut request = Request::new(Operation::RosterCheck);
    request.policy = Some(Input::Named(policy.to_owned()));
    request.roster = file.map(|file| Input::Named(file.to_owned()));
    (request.sheet, request.fill_down) = (sheet.sheet.clone(), sheet.fill_down);
    let answer = request.answer(&mut Disk::reader(None, lang))?;
    let (name, Some(roster)) = (file.unwrap_or(policy), answer.roster()) else { return Ok(()) };
    warn(answer.warnings(), lang);
    let head = words::ROSTER_GOOD.with(&[&name, &roster.len(), &roster.places()]).to_text(lang);
    let mut text = visible(&head).into_owned() + "\n";
    for (class, found) in roster.places_by_class(answer.policy())? {
        let stated =
            class.expected.map_or(String::new(), |expected| words::DOCUMENT_SAYS.with(&[&expected]).to_text(lang));
        let colon = lang.pick("：", ": ");
        _ = writeln!(text, "  {}{colon}{found}{stated}", visible(class.name.get(lang)));
    }
    output::write(None, &[], |writer| writer.write_all(text.as_bytes()))
}

/// An empty table to be filled in: a workbook by the ending of its file, else CSV.
fn template(
    args: &Template,
    sheet: &Name,
    columns: impl FnOnce(&Policy) -> Vec<TemplateColumn>,
    lang: Lang,
) -> Result<(), Failure> {
    let columns = columns(&inputs::policy(&args.policy, &[], lang)?.value);
    let ending = args.output.as_deref().and_then(Path::extension);
    let is_workbook = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    output::write(args.output.as_deref(), &[&args.policy], |writer| {
        if is_workbook {
            template::xlsx(writer, sheet.get(lang), &columns, lang)
        } else {
            template::csv(writer, &columns, lang)
        }
    })
}
