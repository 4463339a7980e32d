//! Compare, scenarios, solve.

use fundlayers::table::{Report, Table};
use fundlayers::{Allocation, Amount, Goal, Lang, MoneyError, Policy, Problem, Problems, Unit};
use fundlayers_formats::{csv, json, markdown, terminal};

use super::{allocation, groupings, input_files, of_rows, one_standard_input, years};
use crate::args::{Compare, Output, OutputFormat, Scenarios, Solve};
use crate::inputs::{self, PolicyInput};
use crate::progress::Progress;
use crate::{Failure, output, warn};

/// A result in every form that it is asked for.
struct Answer<'a> {
    table: Table<'a>,
    report: Option<Report<'a>>,
    /// The policy, and of a comparison the second one.
    policies: [Option<&'a Policy>; 2],
    warnings: &'a Problems,
}

/// Whether a format is for people, who get a report.
fn for_people(format: OutputFormat) -> bool {
    matches!(format, OutputFormat::Table | OutputFormat::Md)
}

impl Answer<'_> {
    fn write(&self, format: OutputFormat, output: &Output, inputs: &[&str], progress: Progress) -> Result<(), Failure> {
        let path = output.output.as_deref();
        let done = output::write(path, inputs, |writer| match (format, &self.report, self.policies) {
            (OutputFormat::Md, Some(report), _) => markdown::write(writer, report),
            (_, Some(report), _) => terminal::write(writer, report, output::styled(path)),
            (OutputFormat::Csv, None, _) => csv::write(writer, &self.table),
            (_, None, [Some(first), Some(second)]) => {
                json::write_of_two(writer, [first, second], &self.table, self.warnings)
            }
            (_, None, policies) => policies
                .into_iter()
                .flatten()
                .try_for_each(|policy| json::write(writer, policy, &self.table, self.warnings)),
        });
        drop(progress);
        warn(self.warnings);
        done
    }
}

/// Adds warnings that are not there yet: two sides often have the same.
fn add(warnings: &mut Problems, more: Problems) {
    let new: Vec<Problem> = more.into_iter().filter(|one| !warnings.iter().any(|known| known == one)).collect();
    warnings.extend(new);
}

pub(super) fn compare(args: &Compare, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let by = groupings(&args.by)?;
    let first = &args.first;
    if args.set.is_empty() && args.with_policy.is_none() && args.with_roster.is_none() {
        let message = "nothing to compare with; give --set PATH=VALUE, --with-policy ID|FILE or --with-roster FILE";
        return Err(Failure::Usage(message.to_owned()));
    }
    let with_policy = args.with_policy.as_deref();
    let files: Vec<&str> = std::iter::once(first.policy.as_str())
        .chain([first.roster.as_deref(), with_policy, args.with_roster.as_deref()].into_iter().flatten())
        .collect();
    one_standard_input(files.iter().copied())?;
    let years = years(first.years.as_deref())?;
    let progress = Progress::start();
    let before = inputs::policy(&first.policy, &[])?;
    let mut after = match with_policy {
        None => inputs::changed(&before, &args.set)?,
        Some(name) => inputs::policy(name, &args.set)?,
    };
    after.built_in = after.built_in.or(before.built_in);
    progress.step(1);
    let (before_roster, mut warnings) = inputs::roster(first.roster.as_deref(), &before)?;
    let roster_file = args.with_roster.as_deref().or(first.roster.as_deref());
    let same_file = roster_file == first.roster.as_deref()
        && (roster_file.is_some() || before.built_in.map(|one| one.id) == after.built_in.map(|one| one.id));
    let (after_roster, found) = if same_file && reads_alike(&before.policy, &after.policy) {
        (before_roster.clone(), Problems::new())
    } else if roster_file == Some("-") && same_file {
        return Err(Failure::Usage("a roster from standard input cannot be read for two policies".to_owned()));
    } else {
        inputs::roster(roster_file, &after)?
    };
    add(&mut warnings, found);
    progress.step(2);
    let (before_allocation, found) =
        allocation(&before.policy, &before_roster, years.clone(), first.roster.as_deref())?;
    add(&mut warnings, before.warnings);
    add(&mut warnings, found);
    let (after_allocation, found) = allocation(&after.policy, &after_roster, years, roster_file)?;
    add(&mut warnings, after.warnings);
    add(&mut warnings, found);
    let comparison = fundlayers::compare(&before_allocation, &after_allocation, &by)?;
    let unit = args.unit.unit.unwrap_or_else(|| before.policy.unit());
    progress.step(3);
    let policies = [&before_allocation, &after_allocation].map(|allocation: &Allocation| Some(allocation.policy()));
    let report = if for_people(format) { Some(comparison.report(unit, lang)?) } else { None };
    let answer = Answer { table: comparison.table(unit), report, policies, warnings: &warnings };
    answer.write(format, &args.output, &files, progress)
}

/// Whether a roster that was read for one policy is the same for the other.
fn reads_alike(a: &Policy, b: &Policy) -> bool {
    a.kinds() == b.kinds()
        && a.designations() == b.designations()
        && a.attributes() == b.attributes()
        && a.years() == b.years()
}

pub(super) fn scenarios(args: &Scenarios, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let by = groupings(&args.by)?;
    let mut files = input_files(&args.inputs);
    files.push(&args.file);
    one_standard_input(files.iter().copied())?;
    let years = years(args.inputs.years.as_deref())?;
    let progress = Progress::start();
    let input = inputs::policy(&args.inputs.policy, &args.inputs.set)?;
    let (list, mut warnings) = inputs::scenarios(&args.file)?;
    progress.step(1);
    let roster_file = args.inputs.roster.as_deref();
    let (roster, found) = inputs::roster(roster_file, &input)?;
    let PolicyInput { policy, warnings: of_policy, .. } = input;
    add(&mut warnings, of_policy);
    add(&mut warnings, found);
    progress.step(2);
    let computed = fundlayers::scenarios(&policy, &roster, years.as_deref(), &list, &by);
    // What has a path comes from the scenarios, what has only a row from the roster.
    let placed = |problems: Problems| -> Problems {
        let of_scenario = |problem: &Problem| {
            let location = problem.location();
            location.key.is_some() && (location.line.is_some() || location.row.is_some())
        };
        problems
            .into_iter()
            .map(|problem| if of_scenario(&problem) { problem.file(args.file.as_str()) } else { problem })
            .collect()
    };
    let (totals, found) = computed.map_err(|problems| of_rows(placed(problems), roster_file))?;
    add(&mut warnings, placed(found));
    let unit = args.unit.unit.unwrap_or_else(|| policy.unit());
    progress.step(3);
    let report = if for_people(format) { Some(totals.report(unit, lang)?) } else { None };
    let answer = Answer { table: totals.table(unit), report, policies: [Some(&policy), None], warnings: &warnings };
    answer.write(format, &args.output, &files, progress)
}

pub(super) fn solve(args: &Solve, lang: Lang) -> Result<(), Failure> {
    let format = output::format(&args.output)?;
    let files: Vec<&str> = std::iter::once(args.policy.as_str()).chain(args.roster.as_deref()).collect();
    one_standard_input(files.iter().copied())?;
    let progress = Progress::start();
    let input = inputs::policy(&args.policy, &args.set)?;
    progress.step(1);
    let roster_file = args.roster.as_deref();
    let (roster, mut warnings) = inputs::roster(roster_file, &input)?;
    let PolicyInput { policy, warnings: of_policy, .. } = input;
    add(&mut warnings, of_policy);
    progress.step(2);
    let unit = args.unit.unit.unwrap_or_else(|| policy.unit());
    let limit =
        amount(&args.limit, unit).map_err(|error| Failure::Usage(format!("--limit {}: {error}", args.limit)))?;
    let goal = Goal {
        path: args.path.clone(),
        layer: args.layer.clone(),
        payer: args.payer.clone(),
        year: args.year,
        limit,
        step: args.step,
    };
    let solved = fundlayers::solve(&policy, &roster, &goal);
    let (solution, found) = solved.map_err(|problems| of_rows(problems, roster_file))?;
    add(&mut warnings, found);
    progress.step(3);
    let report = for_people(format).then(|| solution.report(unit, lang));
    let answer = Answer { table: solution.table(unit), report, policies: [Some(&policy), None], warnings: &warnings };
    answer.write(format, &args.output, &files, progress)
}

/// An amount that may name its unit: `400`, `400万元`, `4,000,000 元`.
fn amount(text: &str, unit: Unit) -> Result<Amount, MoneyError> {
    const UNITS: [&str; 6] = ["亿元", "万元", "元", "yuan", "wan", "yi"];
    let named = UNITS.into_iter().find_map(|name| Some((text.trim().strip_suffix(name)?, Unit::named(name)?)));
    let (number, unit) = named.unwrap_or((text, unit));
    Amount::parse(number, unit)
}
