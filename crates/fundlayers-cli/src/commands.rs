//! What each command does.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use fundlayers::answer::{Input, Operation, Request};
use fundlayers::roster::TemplateColumn;
use fundlayers::{Lang, Limits, Name, POLICY_SCHEMA, Policy, Receipts, Roster, visible};
use fundlayers_formats::markdown::escaped;
use fundlayers_formats::{csv, template};

use crate::args::{
    Cli, Command, Output, OutputFormat, PolicyCommand, RosterCommand, SheetArgs, Template, TemplateCommand,
};
use crate::inputs::{self, Disk};
use crate::{Failure, note, output, warn};

mod ask;
mod show;

pub(crate) fn run(cli: &Cli) -> Result<(), Failure> {
    let lang = cli.lang.unwrap_or_else(locale);
    match &cli.command {
        Command::Allocate(args) => ask::allocate(args, lang),
        Command::Totals(args) => ask::totals(args, lang),
        Command::Figures(args) => ask::figures(args, lang),
        Command::Explain(args) => ask::explain(args, lang),
        Command::Fund(args) => ask::fund(args, lang),
        Command::Reconcile(args) => ask::reconcile(args, lang),
        Command::Compare(args) => ask::compare(args, lang),
        Command::Scenarios(args) => ask::scenarios(args, lang),
        Command::Solve(args) => ask::solve(args, lang),
        Command::Form(args) => ask::form(args, lang),
        Command::Policy(PolicyCommand::List { output }) => list(output, lang),
        Command::Policy(PolicyCommand::Show { policy, set, output }) => show::policy(policy, set, output, lang),
        Command::Policy(PolicyCommand::Check { policy, set }) => check_policy(policy, set, lang),
        Command::Policy(PolicyCommand::Schema { output }) => {
            output::write(output.output.as_deref(), &[], |writer| writer.write_all(POLICY_SCHEMA.as_bytes()))
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
        Command::Completions { shell } => output::write(None, &[], |writer| {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "fundlayers", &mut text);
            writer.write_all(&text)
        }),
        Command::Man => output::write(None, &[], |writer| manual(&Cli::command(), writer)),
    }
}

/// The language of the locale: Chinese if it says so, else English.
fn locale() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    if set.is_some_and(|value| value.to_ascii_lowercase().starts_with("zh")) { Lang::Zh } else { Lang::En }
}

/// One page with every command.
fn manual(command: &clap::Command, writer: &mut dyn Write) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(writer)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        section(sub, &format!("fundlayers {}", sub.get_name()), writer)?;
    }
    Ok(())
}

fn section(command: &clap::Command, name: &str, writer: &mut dyn Write) -> io::Result<()> {
    let subs: Vec<&clap::Command> = command.get_subcommands().filter(|sub| sub.get_name() != "help").collect();
    if subs.is_empty() {
        writeln!(writer, ".SH {}", name.to_uppercase())?;
        let man = clap_mangen::Man::new(command.clone().disable_help_flag(true));
        man.render_description_section(writer)?;
        return man.render_options_section(writer);
    }
    subs.into_iter().try_for_each(|sub| section(sub, &format!("{name} {}", sub.get_name()), writer))
}

/// The built-in policies, and apart from them the gallery.
fn list(output: &Output, lang: Lang) -> Result<(), Failure> {
    let format = output::format(output)?;
    let read = |policies: &[fundlayers_policies::BuiltIn]| {
        policies
            .iter()
            .map(|policy| Ok(inputs::policy(policy.id, &[])?.value))
            .collect::<Result<Vec<Policy>, Failure>>()
    };
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
        OutputFormat::Table | OutputFormat::Md | OutputFormat::Html => {
            let markdown = format == OutputFormat::Md;
            for (group, policies) in &groups {
                if *group == "gallery" {
                    let mark = if markdown { "## " } else { "" };
                    writeln!(
                        writer,
                        "\n{mark}{}{}",
                        crate::catalogue::GALLERY.get(lang),
                        if markdown { "\n" } else { "" }
                    )?;
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
    let input = inputs::policy(name, set)?;
    let policy = &input.value;
    let (layers, classes, pools) = (policy.layers().len(), policy.classes().len(), policy.pools().len());
    warn(&input.warnings);
    note(policy, lang);
    let readings = policy.readings().len();
    let text = match lang {
        Lang::Zh => {
            format!("{policy}：无误；{layers} 个层级，{classes} 个类别，{pools} 个资金池，{readings} 条解读")
        }
        Lang::En => format!("{policy}: good; {layers} layers, {classes} classes, {pools} pools, {readings} readings"),
    };
    output::write(None, &[], |writer| writeln!(writer, "{}", visible(&text)))
}

fn check_roster(file: Option<&str>, policy: &str, sheet: &SheetArgs, lang: Lang) -> Result<(), Failure> {
    let mut request = Request::new(Operation::RosterCheck);
    request.policy = Some(Input::Named(policy.to_owned()));
    request.roster = file.map(|file| Input::Named(file.to_owned()));
    (request.sheet, request.fill_down) = (sheet.sheet.clone(), sheet.fill_down);
    let answer = request.answer(&mut Disk::reader(None))?;
    let (name, Some(roster)) = (file.unwrap_or(policy), answer.roster()) else { return Ok(()) };
    warn(answer.warnings());
    let head = match lang {
        Lang::Zh => format!("{name}：无误；{} 行，{} 处", roster.len(), roster.places()),
        Lang::En => format!("{name}: good; {} rows, {} places", roster.len(), roster.places()),
    };
    let mut text = visible(&head).into_owned() + "\n";
    for (class, found) in roster.places_by_class(answer.policy())? {
        let stated = class.expected.map_or(String::new(), |expected| match lang {
            Lang::Zh => format!("（文件所列 {expected}）"),
            Lang::En => format!(" (the document says {expected})"),
        });
        _ = writeln!(text, "  {}: {found}{stated}", visible(class.name.get(lang)));
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
    let columns = columns(&inputs::policy(&args.policy, &[])?.value);
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
