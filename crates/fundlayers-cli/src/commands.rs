//! What each command does.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use fundlayers::{
    Allocation, Explanation, Grouping, Lang, POLICY_SCHEMA, Policy, Problems, Roster, TableOptions, parse_years,
    policy_line,
};
use fundlayers_formats::{csv, json, markdown, terminal};

use crate::args::{
    Allocate, Cli, Command, Explain, Inputs, Output, OutputFormat, PolicyCommand, RosterCommand, Totals,
};
use crate::inputs::{self, PolicyInput};
use crate::progress::Progress;
use crate::{Failure, output, warn};

mod fund;
mod reconcile;
mod show;
mod what_if;

pub(crate) fn run(cli: &Cli) -> Result<(), Failure> {
    let lang = cli.lang.unwrap_or_else(locale);
    match &cli.command {
        Command::Allocate(args) => allocate(args, lang),
        Command::Totals(args) => totals(args, lang),
        Command::Explain(args) => explain(args, lang),
        Command::Fund(args) => fund::fund(args, lang),
        Command::Reconcile(args) => reconcile::run(args, lang),
        Command::Compare(args) => what_if::compare(args, lang),
        Command::Scenarios(args) => what_if::scenarios(args, lang),
        Command::Solve(args) => what_if::solve(args, lang),
        Command::Policy(PolicyCommand::List { output }) => list(output, lang),
        Command::Policy(PolicyCommand::Show { policy, set, output }) => show::policy(policy, set, output, lang),
        Command::Policy(PolicyCommand::Check { policy, set }) => check_policy(policy, set, lang),
        Command::Policy(PolicyCommand::Schema { output }) => {
            output::write(output.output.as_deref(), &[], |writer| writer.write_all(POLICY_SCHEMA.as_bytes()))
        }
        Command::Roster(RosterCommand::Check { file, policy }) => check_roster(file.as_deref(), policy, lang),
        Command::Roster(RosterCommand::Template { policy, output }) => template(policy, output.as_deref(), lang),
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

/// An allocation and all warnings on the way to it.
struct Computed {
    allocation: Allocation,
    warnings: Problems,
    progress: Progress,
}

fn compute(args: &Inputs, years: Option<Vec<u16>>) -> Result<Computed, Failure> {
    if args.policy == "-" && args.roster.as_deref() == Some("-") {
        return Err(Failure::Usage("policy and roster cannot both come from standard input".to_owned()));
    }
    let years = self::years(args.years.as_deref())?.or(years);
    let progress = Progress::start();
    let input = inputs::policy(&args.policy, &args.set)?;
    progress.step(1);
    let (roster, found) = inputs::roster(args.roster.as_deref(), &input)?;
    progress.step(2);
    let PolicyInput { policy, mut warnings, .. } = input;
    warnings.append(found);
    let (allocation, found) = allocation(&policy, &roster, years, args.roster.as_deref())?;
    warnings.append(found);
    progress.step(3);
    Ok(Computed { allocation, warnings, progress })
}

fn allocation(
    policy: &Policy,
    roster: &Roster,
    years: Option<Vec<u16>>,
    roster_file: Option<&str>,
) -> Result<(Allocation, Problems), Failure> {
    let years = years.unwrap_or_else(|| policy.years().collect());
    let computed = Allocation::for_years(policy, roster, &years);
    computed.map_err(|problems| of_rows(problems, roster_file).into())
}

/// Problems of rows are problems of the roster file.
fn of_rows(problems: Problems, roster_file: Option<&str>) -> Problems {
    match roster_file {
        Some(name) if problems.iter().any(|problem| problem.location().row.is_some()) => problems
            .into_iter()
            .map(|problem| if problem.location().row.is_some() { problem.file(name) } else { problem })
            .collect(),
        _ => problems,
    }
}

fn years(text: Option<&str>) -> Result<Option<Vec<u16>>, Failure> {
    text.map(parse_years).transpose().map_err(|problems| Failure::Usage(format!("--years: {problems}")))
}

/// Groupings, each once.
fn groupings(by: &[Grouping]) -> Result<Vec<Grouping>, Failure> {
    Grouping::parse_all(by.iter().map(|grouping| grouping.as_str()))
        .map_err(|problems| Failure::Usage(format!("--by: {problems}")))
}

/// Standard input can be read once.
fn one_standard_input<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
    if names.into_iter().filter(|name| *name == "-").count() > 1 {
        return Err(Failure::Usage("only one input can come from standard input".to_owned()));
    }
    Ok(())
}

fn input_files(args: &Inputs) -> Vec<&str> {
    std::iter::once(args.policy.as_str()).chain(args.roster.as_deref()).collect()
}

fn allocate(args: &Allocate, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let Computed { allocation, warnings, progress } = compute(&args.inputs, None)?;
    let unit = args.unit.unit.unwrap_or_else(|| allocation.policy().unit());
    let options = TableOptions { unit, zeros: args.zeros, wide: args.wide };
    let path = args.output.output.as_deref();
    let report = match format {
        OutputFormat::Table | OutputFormat::Md => Some(allocation.report(options, lang)?),
        OutputFormat::Csv | OutputFormat::Json => None,
    };
    let done = output::write(path, &input_files(&args.inputs), |writer| match (format, &report) {
        (OutputFormat::Md, Some(report)) => markdown::write(writer, report),
        (_, Some(report)) => terminal::write(writer, report, output::styled(path)),
        (OutputFormat::Csv, None) => csv::write(writer, &allocation.table(options)),
        (_, None) => json::write(writer, allocation.policy(), &allocation.table(options), &warnings),
    });
    drop(progress);
    warn(&warnings);
    done
}

fn totals(args: &Totals, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let by = groupings(&args.by)?;
    let Computed { allocation, warnings, progress } = compute(&args.inputs, None)?;
    let unit = args.unit.unit.unwrap_or_else(|| allocation.policy().unit());
    let totals = allocation.totals(&by, args.zeros)?;
    let path = args.output.output.as_deref();
    let report = match format {
        OutputFormat::Table | OutputFormat::Md => Some(totals.report(unit, lang)?),
        OutputFormat::Csv | OutputFormat::Json => None,
    };
    let done = output::write(path, &input_files(&args.inputs), |writer| match (format, &report) {
        (OutputFormat::Md, Some(report)) => markdown::write(writer, report),
        (_, Some(report)) => terminal::write(writer, report, output::styled(path)),
        (OutputFormat::Csv, None) => csv::write(writer, &totals.table(unit)),
        (_, None) => json::write(writer, allocation.policy(), &totals.table(unit), &warnings),
    });
    drop(progress);
    warn(&warnings);
    done
}

fn explain(args: &Explain, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let Computed { allocation, warnings, progress } = compute(&args.inputs, args.year.map(|year| vec![year]))?;
    let years = args.year.map(|year| vec![year]);
    let explanations = allocation.explain(&args.recipient, years.as_deref())?;
    let policy = allocation.policy();
    let done = output::write(args.output.output.as_deref(), &input_files(&args.inputs), |writer| match format {
        OutputFormat::Table => {
            for explanation in &explanations {
                writeln!(writer, "{}\n", explanation.text(lang))?;
            }
            writeln!(writer, "{}", policy_line(policy, lang))
        }
        OutputFormat::Md => {
            for explanation in &explanations {
                let text = explanation.text(lang);
                let mut lines = text.lines();
                writeln!(writer, "### {}\n", lines.next().unwrap_or_default())?;
                let rest: Vec<&str> = lines.collect();
                if let Some((total, steps)) = rest.split_last() {
                    writeln!(writer, "{}\n\n**{total}**\n", steps.join("\n"))?;
                }
            }
            writeln!(writer, "{}", policy_line(policy, lang))
        }
        OutputFormat::Csv => csv::write(writer, &Explanation::table(&explanations, policy.unit(), lang)),
        OutputFormat::Json => {
            let rows: Vec<String> = explanations.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
            let warnings = serde_json::to_string(&warnings)?;
            writeln!(
                writer,
                "{{\n\"policy\": {},\n\"unit\": \"{}\",\n\"rows\": [\n{}\n],\n\"warnings\": {warnings}\n}}",
                json::policy_head(policy),
                policy.unit(),
                rows.join(",\n")
            )
        }
    });
    drop(progress);
    warn(&warnings);
    done
}

fn list(output: &Output, lang: Lang) -> Result<(), Failure> {
    let format = output::format(output)?;
    let mut policies = Vec::new();
    for built_in in fundlayers_policies::all() {
        policies.push(inputs::policy(built_in.id, &[])?.policy);
    }
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
    output::write(output.output.as_deref(), &[], |writer| match format {
        OutputFormat::Csv => {
            csv::write_line(writer, &["id", "version", "years", "status", "title"])?;
            policies.iter().try_for_each(|policy| {
                let [id, version, years, status] = row(policy);
                csv::write_line(writer, &[&id, &version, &years, &status, policy.title().get(lang)])
            })
        }
        OutputFormat::Json => {
            let rows = policies.iter().map(|policy| {
                let [id, version, years, status] = row(policy);
                serde_json::json!({ "id": id, "version": version, "years": years, "status": status, "title": policy.title() }).to_string()
            });
            writeln!(writer, "[\n{}\n]", rows.collect::<Vec<_>>().join(",\n"))
        }
        OutputFormat::Table | OutputFormat::Md => policies.iter().try_for_each(|policy| {
            let [id, _, years, _] = row(policy);
            let mark = if format == OutputFormat::Md { "- " } else { "" };
            let status = policy.source().status.map_or("", |status| status.label(lang));
            writeln!(writer, "{mark}{id}  {years}  {status}  {}", policy.title().get(lang))
        }),
    })
}

fn check_policy(name: &str, set: &[String], lang: Lang) -> Result<(), Failure> {
    let input = inputs::policy(name, set)?;
    let policy = &input.policy;
    let (layers, classes, pools) = (policy.layers().len(), policy.classes().len(), policy.pools().len());
    warn(&input.warnings);
    output::write(None, &[], |writer| match lang {
        Lang::Zh => writeln!(
            writer,
            "{policy}：无误；{layers} 个层级，{classes} 个类别，{pools} 个资金池，{} 条解读",
            policy.readings().len()
        ),
        Lang::En => writeln!(
            writer,
            "{policy}: good; {layers} layers, {classes} classes, {pools} pools, {} readings",
            policy.readings().len()
        ),
    })
}

fn check_roster(file: Option<&str>, policy: &str, lang: Lang) -> Result<(), Failure> {
    let input = inputs::policy(policy, &[])?;
    let (roster, mut warnings) = inputs::roster(file, &input)?;
    let name = file.unwrap_or(policy);
    let found = roster.check(&input.policy).map_err(|problems| problems.in_file(name))?;
    warnings.append(found);
    warn(&warnings);
    let mut text = match lang {
        Lang::Zh => format!("{name}：无误；{} 行，{} 处\n", roster.len(), roster.places()),
        Lang::En => format!("{name}: good; {} rows, {} places\n", roster.len(), roster.places()),
    };
    for (class, found) in roster.places_by_class(&input.policy)? {
        let stated = class.expected.map_or(String::new(), |expected| match lang {
            Lang::Zh => format!("（文件所列 {expected}）"),
            Lang::En => format!(" (the document says {expected})"),
        });
        let name = class.name.get(lang);
        _ = writeln!(text, "  {name}: {found}{stated}");
    }
    output::write(None, &[], |writer| writer.write_all(text.as_bytes()))
}

/// The header of a roster. Chinese headers come with a byte order mark, without which Excel does not read UTF-8.
fn template(policy: &str, path: Option<&Path>, lang: Lang) -> Result<(), Failure> {
    let input = inputs::policy(policy, &[])?;
    let columns = Roster::template(&input.policy);
    let headers: Vec<&str> = columns.iter().map(|column| column.header.get(lang)).collect();
    output::write(path, &[policy], |writer| {
        if lang == Lang::Zh {
            writer.write_all("\u{feff}".as_bytes())?;
        }
        csv::write_line(writer, &headers)
    })
}
