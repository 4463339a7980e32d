//! Rosters in Parquet files, which are computed part by part in constant memory.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use fundlayers::answer::{Given, OverParts, Sources as _};
use fundlayers::sheet::SheetOptions;
use fundlayers::{
    Figures as AllFigures, FundSettling, Grouping, Lang, Phrase, Policy, Problems, Settling, TableOptions, Unit,
    parse_years,
};
use fundlayers_formats::parquet::{self, Pieces, Writer};
use fundlayers_formats::scan::{Made, Rows, Scan, Source, Stopped, go_through};

use super::{Asked, parsed};
use crate::args::{Allocate, Compare, Figures, Fund, Inputs, Reconcile, Scenarios, TableOutput, Totals};
use crate::catalogue as words;
use crate::inputs::{self, Disk};
use crate::progress::Progress;
use crate::{Failure, note, output, warn};

/// A roster in files of Parquet.
struct Files {
    paths: Vec<PathBuf>,
    /// Whether it is one file by its own name, which is read as other rosters are where the answer is not of parts.
    is_file: bool,
}

impl Files {
    /// None if the roster is in another file. `is_of_sheet`: whether it is said how a sheet is read.
    fn of(roster: Option<&str>, is_of_sheet: bool) -> Result<Option<Self>, Failure> {
        let Some(roster) = roster.filter(|roster| *roster != "-") else { return Ok(None) };
        let Some(paths) = parquet::files(roster)? else { return Ok(None) };
        if is_of_sheet {
            return Err(Failure::used_wrongly(words::PARQUET_HAS_NO_SHEETS));
        }
        let is_file = paths.iter().any(|file| file.as_os_str() == roster);
        Ok(Some(Self { paths, is_file }))
    }
}

/// A roster in files, and what it is computed for.
pub(super) struct Parts {
    scan: Scan,
    by: Option<Vec<Grouping>>,
    files: Files,
}

/// The parts of a roster in Parquet. None if it is in another file.
pub(super) fn of(inputs: &Inputs, by: Option<&[Grouping]>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let of_sheet = inputs.sheet.sheet.is_some() || inputs.sheet.fill_down.is_some();
    parts(inputs, of_sheet, by, lang)
}

/// The same; `of_sheet` is whether it is said of which sheet the roster is.
fn parts(inputs: &Inputs, of_sheet: bool, by: Option<&[Grouping]>, lang: Lang) -> Result<Option<Parts>, Failure> {
    begun(inputs, of_sheet, by, lang, |policy, years| policy.settling(years, None))
}

fn begun(
    inputs: &Inputs,
    of_sheet: bool,
    by: Option<&[Grouping]>,
    lang: Lang,
    settling: impl FnOnce(&Given<Policy>, Option<&[u16]>) -> Result<Settling, Problems>,
) -> Result<Option<Parts>, Failure> {
    let Some(files) = Files::of(inputs.roster.as_deref(), of_sheet)? else { return Ok(None) };
    let policy = inputs::policy(&inputs.policy, &inputs.set, lang)?;
    let years = parsed("--years", inputs.years.as_deref().map(parse_years))?;
    // What cannot be done at all is said before anything is read.
    settling(&policy, years.as_deref())?;
    let mut scan = Scan::new(policy);
    scan.years = years;
    Ok(Some(Parts { scan, by: by.map(<[Grouping]>::to_vec), files }))
}

/// Scenarios or a comparison over the parts of a roster in Parquet.
pub(super) struct WhatIf {
    asked: OverParts,
    files: Files,
}

/// The scenarios of a request, where its roster is one of parts.
pub(super) fn scenarios(args: &Scenarios, asked: &Asked<'_>, lang: Lang) -> Result<Option<WhatIf>, Failure> {
    let Some(files) = Files::of(args.inputs.roster.as_deref(), args.roster_sheet.is_some())? else { return Ok(None) };
    asked.check_files()?;
    let policy = inputs::policy(&args.inputs.policy, &args.inputs.set, lang)?;
    let mut options = SheetOptions::default();
    (options.sheet, options.fill_down) = (args.inputs.sheet.sheet.clone(), args.inputs.sheet.fill_down);
    let list = Disk::reader(Some(&args.file), lang).scenarios(&args.file, &options)?;
    let (years, by) = (asked.request.years.as_deref(), asked.request.by.as_deref());
    Ok(Some(WhatIf { asked: OverParts::scenarios(policy, list, years, by, None)?, files }))
}

/// The comparison of a request, where its roster is one of parts.
pub(super) fn comparison(args: &Compare, asked: &Asked<'_>, lang: Lang) -> Result<Option<WhatIf>, Failure> {
    let first = &args.first;
    let is_of_sheet = first.sheet.sheet.is_some() || first.sheet.fill_down.is_some();
    let Some(files) = Files::of(first.roster.as_deref(), is_of_sheet)? else { return Ok(None) };
    if args.with_roster.is_some() {
        return if files.is_file { Ok(None) } else { Err(Failure::used_wrongly(words::ONE_ROSTER_OF_PARTS)) };
    }
    asked.check_files()?;
    let before = inputs::policy(&first.policy, &[], lang)?;
    let after = match args.with_policy.as_deref() {
        Some(other) => inputs::policy(other, &args.set, lang)?,
        None => inputs::changed(before.clone(), &args.set)?,
    };
    let (years, by) = (asked.request.years.as_deref(), asked.request.by.as_deref());
    Ok(Some(WhatIf { asked: OverParts::compare(before, after, years, by, None)?, files }))
}

impl WhatIf {
    /// Reads all of it, once for all policies, and writes the answer.
    pub(super) fn answer(self, asked: Asked<'_>, lang: Lang) -> Result<(), Failure> {
        let progress = Progress::start(lang);
        progress.step(1);
        let rounds = self.asked.rounds().clone();
        let policies: Vec<Policy> = rounds.read().cloned().collect();
        let again = || Ok(Pieces::new(&policies, self.files.paths.clone()));
        let rounds = match go_through(rounds, again, threads(), |_| ControlFlow::Continue(())) {
            Ok(rounds) => rounds,
            Err(Stopped::Source(problems) | Stopped::Problems(problems)) => return Err(problems.into()),
            Err(Stopped::Broken) => return Err(Failure::StandardOutput(io::ErrorKind::Interrupted.into())),
        };
        let answer = self.asked.answer(&rounds, asked.request.unit)?;
        asked.show(&answer, progress, lang)
    }
}

fn threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Where rows go, if that is into Parquet.
fn into_parquet(output: &TableOutput) -> Option<&Path> {
    output.output.output.as_deref().filter(|path| output::is_folder(path) || parquet::is_parquet(path))
}

/// What is computed of parts whose rows go from Parquet into Parquet; one file alone goes elsewhere too.
fn into(parts: Option<Parts>, output: &TableOutput, refused: Phrase) -> Result<Option<Parts>, Failure> {
    match parts {
        Some(parts) if into_parquet(output).is_some() => Ok(Some(parts)),
        Some(parts) if !parts.files.is_file => Err(Failure::used_wrongly(refused)),
        _ => Ok(None),
    }
}

/// The same for rows, which go from Parquet into Parquet.
pub(super) fn of_rows(args: &Allocate, lang: Lang) -> Result<Option<Parts>, Failure> {
    let parts = if args.figures { of_figures(&args.inputs, None, lang)? } else { of(&args.inputs, None, lang)? };
    into(parts, &args.output, words::PARTS_INTO_PARQUET)
}

/// The same for figures: by columns, or of each row, which go into Parquet.
pub(super) fn figures(args: &Figures, asked: &Asked<'_>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let by = asked.request.by.as_deref();
    let parts = of_figures(&args.inputs, by, lang)?;
    if by.is_some() { Ok(parts) } else { into(parts, &args.output, words::PARTS_INTO_PARQUET) }
}

fn of_figures(inputs: &Inputs, by: Option<&[Grouping]>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let of_sheet = inputs.sheet.sheet.is_some() || inputs.sheet.fill_down.is_some();
    begun(inputs, of_sheet, by, lang, |policy, years| policy.settling_figures(years, by, None))
}

/// The same beside a ledger, whose sheet it is that may be named: totals, what matches nothing, or rows.
pub(super) fn of_reconcile(args: &Reconcile, asked: &Asked<'_>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let by = asked.request.by.as_deref();
    let parts = parts(&args.inputs, args.roster_sheet.is_some(), by, lang)?;
    if by.is_some() || args.unmatched { Ok(parts) } else { into(parts, &args.output, words::PARTS_BESIDE_A_LEDGER) }
}

/// The same within limits, whose sheet it is that may be named: totals or rows.
pub(super) fn of_fund(args: &Fund, asked: &Asked<'_>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let by = asked.request.by.as_deref();
    let parts = parts(&args.inputs, args.roster_sheet.is_some(), by, lang)?;
    let parts = if by.is_some() { parts } else { into(parts, &args.output, words::PARTS_WITHIN_LIMITS)? };
    if let (Some(parts), Some(rule)) = (&parts, &asked.request.rule) {
        FundSettling::check(&parts.scan.policy.value, rule)?;
    }
    Ok(parts)
}

/// Why reading and writing ended.
enum Ended {
    Problems(Problems),
    Output(io::Error),
}

/// What takes the rows of a part.
type Take<'a> = dyn FnMut(Vec<RecordBatch>) -> io::Result<()> + 'a;

/// What was said of rows that are written, and their columns.
type Written = (Problems, RecordBatch);

impl From<Ended> for Failure {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Problems(problems) => problems.into(),
            Ended::Output(error) => Self::StandardOutput(error),
        }
    }
}

impl From<Problems> for Ended {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

/// Files that are read from their beginning each time.
struct Reading<'a> {
    parts: &'a Parts,
    /// Why rows could not be written.
    failed: Option<io::Error>,
}

impl Source for Reading<'_> {
    type Error = Problems;
    type Pieces = Pieces;

    fn read(&mut self) -> Result<Pieces, Problems> {
        Ok(Pieces::new([&self.parts.scan.policy.value], self.parts.files.paths.clone()))
    }
}

impl Reading<'_> {
    /// Takes the rows of a part, and breaks off where that fails.
    fn taken(&mut self, take: &mut Take<'_>, made: Made) -> ControlFlow<()> {
        match made.map_err(io::Error::other).and_then(take) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// What came of it, or why nothing did.
    fn ended<T>(self, came: Result<T, Stopped<Problems>>) -> Result<T, Ended> {
        came.map_err(|stopped| match stopped {
            Stopped::Source(problems) | Stopped::Problems(problems) => Ended::Problems(problems),
            Stopped::Broken => Ended::Output(self.failed.unwrap_or_else(|| io::ErrorKind::Interrupted.into())),
        })
    }
}

impl Parts {
    const fn reading(&self) -> Reading<'_> {
        Reading { parts: self, failed: None }
    }

    pub(super) fn totals(self, asked: Asked<'_>, args: &Totals, lang: Lang) -> Result<(), Failure> {
        let progress = Progress::start(lang);
        progress.step(1);
        let mut reading = self.reading();
        let summed = self
            .scan
            .summing(&mut reading, self.by.as_deref(), false, None)
            .and_then(|summing| self.scan.summed(&mut reading, &summing, |_| (), |_, ()| ControlFlow::Continue(())));
        let summed = reading.ended(summed)?;
        asked.show(&summed.totals(args.unit.unit, args.zeros)?, progress, lang)
    }

    /// Beside a ledger: totals, what matches nothing, or each row into Parquet.
    pub(super) fn reconcile(self, asked: Asked<'_>, args: &Reconcile, lang: Lang) -> Result<(), Failure> {
        asked.check_files()?;
        let mut disk = Disk::reader(None, lang);
        let receipts = asked.request.read_receipts(&mut disk)?;
        let reconciled = || {
            let ledger = (&receipts, asked.request.top_up.clone(), asked.request.as_of);
            let mut reading = self.reading();
            let reconciled = self.scan.reconciled(&mut reading, ledger, self.by.as_deref());
            reading.ended(reconciled)
        };
        let unit = args.unit.unit;
        if self.by.is_none() && !args.unmatched {
            drop(disk);
            let rows = Rows::of_reconciliation(&self.scan.policy.value, self.options(unit, args.zeros))?;
            return self.write_rows(&asked, lang, |take| {
                let found = reconciled()?;
                let mut reading = self.reading();
                let take = |reading: &mut Reading<'_>, made| reading.taken(take, made);
                let ran = self.scan.reconciled_rows(&mut reading, &found.value, &rows, take);
                reading.ended(ran)?;
                Ok((found.warnings, rows.none()))
            });
        }
        disk.0.progress.step(1);
        let found = reconciled()?;
        let answer = if args.unmatched { found.unmatched(unit) } else { found.totals(unit, args.zeros)? };
        asked.show(&answer, disk, lang)
    }

    /// Within limits: totals, or each row into Parquet.
    pub(super) fn fund(self, asked: Asked<'_>, args: &Fund, lang: Lang) -> Result<(), Failure> {
        asked.check_files()?;
        let mut disk = Disk::reader(None, lang);
        let limits = asked.request.read_limits(&mut disk, &self.scan.policy.value)?;
        let Some(rule) = asked.request.rule.clone() else { return Ok(()) };
        let (within, by, unit) = ((&limits, &rule), self.by.as_deref(), args.unit.unit);
        let mut reading = self.reading();
        if by.is_none() {
            drop(disk);
            let rows = Rows::of_funding(&self.scan.policy.value, self.options(unit, args.zeros))?;
            return self.write_rows(&asked, lang, |take| {
                let take = |reading: &mut Reading<'_>, made| reading.taken(take, made);
                let funded = self.scan.funded(&mut reading, within, by, Some(&rows), take);
                Ok((reading.ended(funded)?.warnings, rows.none()))
            });
        }
        disk.0.progress.step(1);
        let funded = self.scan.funded(&mut reading, within, by, None, |_, _| ControlFlow::Continue(()));
        asked.show(&reading.ended(funded)?.totals(unit)?, disk, lang)
    }

    /// The figures of the policy: by columns, or of each row into Parquet.
    pub(super) fn figures(self, asked: Asked<'_>, lang: Lang) -> Result<(), Failure> {
        if self.by.is_none() {
            let rows = Rows::of_figures(&self.scan.policy.value)?;
            return self.write_rows(&asked, lang, |take| self.figures_of_rows(&rows, take));
        }
        let progress = Progress::start(lang);
        progress.step(1);
        let mut reading = self.reading();
        let summed = self.scan.figures(&mut reading, self.by.as_deref());
        asked.show(&reading.ended(summed)?.figures()?, progress, lang)
    }

    /// Writes the rows: into one Parquet file, or a folder with a file for each part.
    pub(super) fn allocate(self, asked: &Asked<'_>, args: &Allocate, lang: Lang) -> Result<(), Failure> {
        let options = TableOptions { wide: args.wide, ..self.options(args.unit.unit, args.zeros) };
        let policy = &self.scan.policy.value;
        if args.figures {
            let rows = Rows::of_amounts_and_figures(policy, options)?;
            return self.write_rows(asked, lang, |take| self.figures_of_rows(&rows, take));
        }
        let rows = Rows::of_amounts(policy, options)?;
        self.write_rows(asked, lang, |take| {
            let mut reading = self.reading();
            let make = |allocation: &_| rows.made(allocation);
            let take = |reading: &mut Reading<'_>, made| reading.taken(take, made);
            let summing = self.scan.summing(&mut reading, None, false, None);
            let summed = summing.and_then(|summing| self.scan.summed(&mut reading, &summing, make, take));
            Ok((reading.ended(summed)?.warnings, rows.none()))
        })
    }

    fn options(&self, unit: Option<Unit>, zeros: bool) -> TableOptions {
        TableOptions { unit: unit.unwrap_or(self.scan.policy.value.unit()), zeros, wide: false }
    }

    /// Writes what is read: into one Parquet file, or a folder with a file for each part.
    fn write_rows(
        &self,
        asked: &Asked<'_>,
        lang: Lang,
        read: impl FnOnce(&mut Take<'_>) -> Result<Written, Ended>,
    ) -> Result<(), Failure> {
        let Some(path) = into_parquet(asked.output) else { return Ok(()) };
        let progress = Progress::start(lang);
        progress.step(1);
        let names: Vec<String> = self.files.paths.iter().map(|file| file.display().to_string()).collect();
        let inputs: Vec<&str> = names.iter().map(String::as_str).chain(asked.files.iter().copied()).collect();
        let mut said = None;
        // What is wrong with any part, or with all of them together, is known before anything takes its name.
        let all = |take: &mut Take<'_>| match read(take) {
            Ok((warnings, none)) => {
                said = Some(Ok(warnings));
                Ok(none)
            }
            Err(Ended::Problems(problems)) => {
                said = Some(Err(problems));
                Err(io::ErrorKind::InvalidData.into())
            }
            Err(Ended::Output(error)) => Err(error),
        };
        let written = if output::is_folder(path) {
            output::write_folder(path, &inputs, |folder| {
                let part = |number: u32, batches: &[RecordBatch]| {
                    folder.write(&format!("part-{number:05}.parquet"), |file| File::new(file).all(batches))
                };
                let mut number = 0_u32;
                let none = all(&mut |batches| {
                    part(number, &batches)?;
                    number = number.saturating_add(1);
                    Ok(())
                })?;
                // A folder without rows says its columns all the same.
                if number == 0 { part(number, &[none]) } else { Ok(()) }
            })
        } else {
            output::write(Some(path), &inputs, |file| {
                let mut file = File::new(file);
                let none = all(&mut |batches| file.add(&batches))?;
                file.add(&[none])?;
                file.finish()
            })
        };
        drop(progress);
        let warnings = match (said, written) {
            (Some(Err(problems)), _) => return Err(problems.into()),
            (_, Err(failure)) => return Err(failure),
            (Some(Ok(warnings)), Ok(())) => warnings,
            (None, Ok(())) => return Ok(()),
        };
        warn(&warnings, lang);
        note(&self.scan.policy.value, lang);
        Ok(())
    }

    /// Reads all of it with the figures of each row, of which no amounts are summed.
    fn figures_of_rows(&self, rows: &Rows<AllFigures>, take: &mut Take<'_>) -> Result<Written, Ended> {
        let mut reading = self.reading();
        let take = |reading: &mut Reading<'_>, made| reading.taken(take, made);
        let summed = self.scan.figures_of_rows(&mut reading, Some(&[]), rows, take);
        Ok((reading.ended(summed)?.warnings, rows.none()))
    }
}

/// A Parquet file that begins with its first batch.
struct File<'a> {
    file: Option<&'a mut (dyn Write + Send)>,
    writer: Option<Writer<&'a mut (dyn Write + Send)>>,
}

impl<'a> File<'a> {
    fn new(file: &'a mut (dyn Write + Send)) -> Self {
        Self { file: Some(file), writer: None }
    }

    fn add(&mut self, batches: &[RecordBatch]) -> io::Result<()> {
        for batch in batches {
            if let Some(file) = self.file.take() {
                self.writer = Some(Writer::new(file, &batch.schema())?);
            }
            if let Some(writer) = &mut self.writer {
                writer.write(batch)?;
            }
        }
        Ok(())
    }

    fn all(mut self, batches: &[RecordBatch]) -> io::Result<()> {
        self.add(batches)?;
        self.finish()
    }

    fn finish(self) -> io::Result<()> {
        self.writer.map_or(Ok(()), Writer::finish)
    }
}
