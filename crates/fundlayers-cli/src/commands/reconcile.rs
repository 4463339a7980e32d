//! `fundlayers reconcile`.

use std::io::{self, Write};

use fundlayers::table::{Report, Table};
use fundlayers::{
    Allocation, Code, Grouping, Lang, Month, Problems, ReceiptsBuilder, ReconcileOptions, ReconciledTotals,
    Reconciliation, TopUp, Unit, parse_years,
};
use fundlayers_formats::{csv, json, markdown, terminal};

use super::{Computed, compute, groupings, input_files, of_rows, one_standard_input};
use crate::args::{OutputFormat, Reconcile};
use crate::{Failure, inputs, output, warn};

pub(super) fn run(args: &Reconcile, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    one_standard_input(input_files(&args.inputs).into_iter().chain([args.receipts.as_str()]))?;
    let usage = |option: &str, text: String| Failure::Usage(format!("{option}: {text}"));
    let by = args.by.as_deref().map(groupings).transpose()?;
    let as_of = args.as_of.as_deref().map(str::parse::<Month>).transpose();
    let as_of = as_of.map_err(|problem| usage("--as-of", problem.to_string()))?;
    let years = args.top_up_years.as_deref().map(parse_years).transpose();
    let years = years.map_err(|problems| usage("--top-up-years", problems.to_string()))?;
    let top_up = TopUp::parse(&args.top_up, years.as_deref().unwrap_or_default());
    let mut top_up = top_up.map_err(|problem| usage("--top-up", problem.to_string()))?;
    if years.is_some() && top_up == TopUp::Entitled {
        return Err(Failure::Usage("--top-up-years needs --top-up received".to_owned()));
    }
    let Computed { allocation, mut warnings, progress } = compute(&args.inputs, None)?;
    if let (TopUp::Received(list), None) = (&mut top_up, &years) {
        *list = allocation.years().to_vec();
    }
    let (receipts, found) = inputs::rows(&args.receipts, ReceiptsBuilder::new)?;
    warnings.append(found);
    let options = ReconcileOptions { top_up, as_of };
    let (reconciliation, found) = reconciled(&allocation, &receipts, &options, args)?;
    warnings.append(found.in_file(&args.receipts));

    let unit = args.unit.unit.unwrap_or_else(|| allocation.policy().unit());
    let path = args.output.output.as_deref();
    let mut files = input_files(&args.inputs);
    files.push(&args.receipts);
    let people = matches!(format, OutputFormat::Table | OutputFormat::Md);
    // For people, places come with a summary that has the rates.
    let by = by.or_else(|| (people && !args.unmatched).then(|| vec![Grouping::Year, Grouping::Layer]));
    let totals = match &by {
        Some(by) => Some(reconciliation.totals(by, args.zeros)?),
        None => None,
    };
    let done = if people {
        let reports = reports(args, &reconciliation, totals.as_ref(), unit, lang)?;
        output::write(path, &files, |writer| {
            for (number, report) in reports.iter().enumerate() {
                if number > 0 {
                    writeln!(writer)?;
                }
                match format {
                    OutputFormat::Md => markdown::write(writer, report)?,
                    _ => terminal::write(writer, report, output::styled(path))?,
                }
            }
            if reports.is_empty() {
                let text = if lang == Lang::Zh { "台账记录全部匹配。" } else { "Every receipt matches." };
                writeln!(writer, "{text}")?;
            }
            Ok(())
        })
    } else {
        let table = if args.unmatched {
            reconciliation.unmatched_table(unit)
        } else {
            totals.as_ref().map_or_else(|| reconciliation.table(unit, args.zeros), |totals| totals.table(unit))
        };
        output::write(path, &files, |writer| write(writer, format, &allocation, &table, &warnings))
    };
    drop(progress);
    if people {
        // The table of what matches nothing says the same.
        let (left_out, rest): (Vec<_>, Vec<_>) =
            warnings.into_iter().partition(|warning| warning.code() == Code::UnmatchedReceipt);
        drop(left_out);
        warn(&rest.into_iter().collect());
    } else {
        warn(&warnings);
    }
    done
}

fn reconciled(
    allocation: &Allocation,
    receipts: &fundlayers::Receipts,
    options: &ReconcileOptions,
    args: &Reconcile,
) -> Result<(Reconciliation, Problems), Failure> {
    // Problems of rows are problems of the roster: those of the ledger were found when it was read.
    let reconciled = allocation.reconcile(receipts, options);
    reconciled.map_err(|problems| of_rows(problems, args.inputs.roster.as_deref()).into())
}

fn reports<'a>(
    args: &Reconcile,
    reconciliation: &'a Reconciliation,
    totals: Option<&'a ReconciledTotals>,
    unit: Unit,
    lang: Lang,
) -> Result<Vec<Report<'a>>, Failure> {
    let mut reports = Vec::new();
    if let Some(totals) = totals {
        let mut report = totals.report(unit, lang)?;
        if args.by.is_none() {
            // The table of places that follows has them too.
            report.notes.clear();
        }
        reports.push(report);
    }
    if args.by.is_none() && !args.unmatched {
        reports.push(reconciliation.report(unit, args.zeros, lang)?);
    }
    reports.extend(reconciliation.unmatched_report(unit, lang));
    Ok(reports)
}

fn write(
    writer: &mut dyn Write,
    format: OutputFormat,
    allocation: &Allocation,
    table: &Table<'_>,
    warnings: &Problems,
) -> io::Result<()> {
    match format {
        OutputFormat::Csv => csv::write(writer, table),
        _ => json::write(writer, allocation.policy(), table, warnings),
    }
}
