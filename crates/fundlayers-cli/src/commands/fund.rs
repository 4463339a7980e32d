//! `fund`: what is due, within limits.

use std::io;

use fundlayers::table::Report;
use fundlayers::{Funding, FundingRule, Grouping, Lang, LimitsBuilder, Problem, Problems, TableOptions};
use fundlayers_formats::{csv, json, markdown, terminal};

use super::{Computed, compute, input_files};
use crate::args::{Fund, OutputFormat};
use crate::{Failure, inputs, output, warn};

/// What a limit is for.
const LIMITED: [Grouping; 3] = [Grouping::Layer, Grouping::Payer, Grouping::Year];

pub(super) fn fund(args: &Fund, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let order: Vec<&str> = args.order.iter().map(String::as_str).collect();
    let rule =
        FundingRule::parse(&args.rule, &order).map_err(|problems| Failure::Usage(format!("--order: {problems}")))?;
    let by = Grouping::parse_all(args.by.iter().map(|grouping| grouping.as_str()))
        .map_err(|problems| Failure::Usage(format!("--by: {problems}")))?;
    if args.limits == "-" && input_files(&args.inputs).contains(&"-") {
        return Err(Failure::Usage("limits and another input cannot both come from standard input".to_owned()));
    }
    let Computed { allocation, mut warnings, progress } = compute(&args.inputs, None)?;
    let (limits, found) = inputs::rows(&args.limits, |titles| LimitsBuilder::new(allocation.policy(), titles))?;
    warnings.append(found);
    // What has a row is about a limit.
    let in_file = |problems: Problems| -> Problems {
        let name = |problem: Problem| {
            if problem.location().row.is_some() { problem.file(args.limits.as_str()) } else { problem }
        };
        problems.into_iter().map(name).collect()
    };
    let (funding, found) = allocation.fund(&limits, &rule).map_err(in_file)?;
    warnings.append(in_file(found));
    let unit = args.unit.unit.unwrap_or_else(|| allocation.policy().unit());
    let options = TableOptions { unit, zeros: args.zeros, wide: false };
    let path = args.output.output.as_deref();
    let mut files = input_files(&args.inputs);
    files.push(&args.limits);
    let policy = allocation.policy();
    let done = match format {
        OutputFormat::Table | OutputFormat::Md => {
            let styled = output::styled(path);
            people(&funding, &by, options, lang, |reports| {
                output::write(path, &files, |writer| {
                    for (at, report) in reports.iter().enumerate() {
                        if at > 0 {
                            writeln!(writer)?;
                        }
                        match format {
                            OutputFormat::Md => markdown::write(writer, report)?,
                            _ => terminal::write(writer, report, styled)?,
                        }
                    }
                    io::Result::Ok(())
                })
            })
        }
        OutputFormat::Csv | OutputFormat::Json => {
            let totals = if by.is_empty() { None } else { Some(funding.totals(&by)?) };
            let table = totals.as_ref().map_or_else(|| funding.table(options), |totals| totals.table(unit));
            output::write(path, &files, |writer| match format {
                OutputFormat::Json => json::write(writer, policy, &table, &warnings),
                _ => csv::write(writer, &table),
            })
        }
    };
    drop(progress);
    warn(&warnings);
    done
}

/// The tables for people: by a grouping; without one the summary by layer, payer and year, then the places.
fn people(
    funding: &Funding,
    by: &[Grouping],
    options: TableOptions,
    lang: Lang,
    write: impl FnOnce(&[Report<'_>]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if !by.is_empty() {
        let totals = funding.totals(by)?;
        return write(&[totals.report(options.unit, lang)?]);
    }
    let totals = funding.totals(&LIMITED)?;
    let mut places = funding.report(options, lang)?;
    // The summary has said it.
    let said = funding.notes(options.unit, lang);
    places.notes.retain(|note| !said.contains(note));
    write(&[totals.report(options.unit, lang)?, places])
}
