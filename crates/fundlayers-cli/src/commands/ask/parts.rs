//! Rosters in Parquet files, which are computed part by part in constant memory.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use fundlayers::answer::{Given, OverParts, Sources as _};
use fundlayers::sheet::SheetOptions;
use fundlayers::table::Table;
use fundlayers::{
    Allocation, Arrivals, Code, FundSettling, Grouping, Lang, NamedPlaces, Policy, Problems, Settlement, Settling,
    Severity, Summed, Summing, TableOptions, parse_years,
};
use fundlayers_formats::arrow;
use fundlayers_formats::parquet::{self, Pieces, Writer};
use fundlayers_formats::scan::{Event, Stopped, figures_from, fund_from, go_through, scan, settle, settle_limits};

use super::{Asked, parsed};
use crate::args::{Allocate, Compare, Figures, Fund, Inputs, Reconcile, Scenarios, TableOutput, Totals};
use crate::catalogue as words;
use crate::inputs::{self, Disk};
use crate::progress::Progress;
use crate::{Failure, note, output, warn};

/// A roster in files of Parquet.
struct Files {
    paths: Vec<PathBuf>,
    /// Whether it is one file by its own name, which is read as other rosters are where parts do not do.
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

    /// What is computed of parts; none if that needs what they do not settle and the roster is one file.
    fn unless_whole<T>(&self, begun: Result<T, Problems>) -> Result<Option<T>, Failure> {
        let needs_all = |problems: &Problems| {
            let mut errors = problems.iter().filter(|problem| problem.severity() == Severity::Error);
            errors.all(|problem| problem.code() == Code::NeedsWholeRoster)
        };
        match begun {
            Ok(begun) => Ok(Some(begun)),
            Err(problems) if self.is_file && needs_all(&problems) => Ok(None),
            Err(problems) => Err(problems.into()),
        }
    }
}

/// A roster in files, and what it is computed for.
pub(super) struct Parts {
    policy: Given<Policy>,
    years: Option<Vec<u16>>,
    by: Option<Vec<Grouping>>,
    files: Files,
}

/// The parts of a roster in Parquet. None if it is in another file, or in one whose policy needs what parts do not settle, which is
/// read as other rosters are.
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
    let begun = files.unless_whole(settling(&policy, years.as_deref()))?;
    Ok(begun.map(|_| Parts { policy, years, by: by.map(<[Grouping]>::to_vec), files }))
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
    let begun = files.unless_whole(OverParts::scenarios(policy, list, years, by, None))?;
    Ok(begun.map(|asked| WhatIf { asked, files }))
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
    let begun = files.unless_whole(OverParts::compare(before, after, years, by, None))?;
    Ok(begun.map(|asked| WhatIf { asked, files }))
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
fn into(parts: Option<Parts>, output: &TableOutput) -> Result<Option<Parts>, Failure> {
    match parts {
        Some(parts) if into_parquet(output).is_some() => Ok(Some(parts)),
        Some(parts) if !parts.files.is_file => Err(Failure::used_wrongly(words::PARTS_INTO_PARQUET)),
        _ => Ok(None),
    }
}

/// The same for rows, which go from Parquet into Parquet.
pub(super) fn of_rows(args: &Allocate, lang: Lang) -> Result<Option<Parts>, Failure> {
    let parts = if args.figures { of_figures(&args.inputs, None, lang)? } else { of(&args.inputs, None, lang)? };
    into(parts, &args.output)
}

/// The same for figures: by columns, or of each row, which go into Parquet.
pub(super) fn figures(args: &Figures, asked: &Asked<'_>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let by = asked.request.by.as_deref();
    let parts = of_figures(&args.inputs, by, lang)?;
    if by.is_some() { Ok(parts) } else { into(parts, &args.output) }
}

fn of_figures(inputs: &Inputs, by: Option<&[Grouping]>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let of_sheet = inputs.sheet.sheet.is_some() || inputs.sheet.fill_down.is_some();
    begun(inputs, of_sheet, by, lang, |policy, years| policy.settling_figures(years, by, None))
}

/// The same beside a ledger, whose sheet it is that may be named: for totals, and for what matches nothing. Places one by one are of a
/// roster in one file.
pub(super) fn of_reconcile(args: &Reconcile, asked: &Asked<'_>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let by = asked.request.by.as_deref();
    let Some(parts) = parts(&args.inputs, args.roster_sheet.is_some(), by, lang)? else { return Ok(None) };
    let sums = by.is_some() || args.unmatched;
    if parts.files.is_file && !sums {
        return Ok(None);
    }
    if !sums {
        return Err(Failure::used_wrongly(words::PARTS_BESIDE_A_LEDGER));
    }
    Ok(Some(parts))
}

/// The same within limits, whose sheet it is that may be named: for totals. Places one by one are of a roster in one file.
pub(super) fn of_fund(args: &Fund, asked: &Asked<'_>, lang: Lang) -> Result<Option<Parts>, Failure> {
    let by = asked.request.by.as_deref();
    let Some(parts) = parts(&args.inputs, args.roster_sheet.is_some(), by, lang)? else { return Ok(None) };
    if parts.files.is_file && by.is_none() {
        return Ok(None);
    }
    if let Some(rule) = &asked.request.rule {
        FundSettling::check(&parts.policy.value, rule)?;
    }
    if by.is_none() {
        return Err(Failure::used_wrongly(words::PARTS_WITHIN_LIMITS));
    }
    Ok(Some(parts))
}

/// Why reading and writing ended.
enum Ended {
    Problems(Problems),
    Output(io::Error),
}

/// What takes the rows of a part.
type Take<'a> = dyn FnMut(Vec<RecordBatch>) -> io::Result<()> + 'a;

/// The rows of a part.
type Made = io::Result<Vec<RecordBatch>>;

fn rows_of(table: &Table<'_>, policy: &Policy) -> Made {
    let schema = arrow::schema(table, policy);
    let batches = arrow::batches(table, &schema).collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    // A part without rows says its columns all the same.
    Ok(if batches.is_empty() { vec![RecordBatch::new_empty(schema)] } else { batches })
}

impl From<Ended> for Failure {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Problems(problems) => problems.into(),
            Ended::Output(error) => Self::StandardOutput(error),
        }
    }
}

impl Parts {
    pub(super) fn totals(self, asked: Asked<'_>, args: &Totals, lang: Lang) -> Result<(), Failure> {
        let progress = Progress::start(lang);
        progress.step(1);
        let summed = self.summed(None, None)?;
        asked.show(&summed.totals(args.unit.unit, args.zeros)?, progress, lang)
    }

    pub(super) fn reconcile(self, asked: Asked<'_>, args: &Reconcile, lang: Lang) -> Result<(), Failure> {
        asked.check_files()?;
        let mut disk = Disk::reader(None, lang);
        let receipts = asked.request.read_receipts(&mut disk)?;
        let (top_up, as_of) = (asked.request.top_up.clone(), asked.request.as_of);
        let places = receipts.value.named_places();
        disk.0.progress.step(1);
        let mut summed = self.summed(Some(&places), None)?;
        if let Some(arrivals) = summed.arrivals(&receipts, top_up.clone(), as_of)? {
            // What top-ups count is known now.
            summed = summed.read_again(self.summed(Some(&places), Some(&arrivals))?);
        }
        let reconciled = summed.reconcile(&receipts, top_up, as_of)?;
        let unit = args.unit.unit;
        let answer = if args.unmatched { reconciled.unmatched(unit) } else { reconciled.totals(unit, args.zeros)? };
        asked.show(&answer, disk, lang)
    }

    pub(super) fn fund(self, asked: Asked<'_>, args: &Fund, lang: Lang) -> Result<(), Failure> {
        asked.check_files()?;
        let mut disk = Disk::reader(None, lang);
        let limits = asked.request.read_limits(&mut disk, &self.policy.value)?;
        let Some(rule) = asked.request.rule.clone() else { return Ok(()) };
        disk.0.progress.step(1);
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let funded = self.settlement(threads).and_then(|settlement| {
            let under = (self.years.as_deref(), settlement.as_ref());
            let settling = self.policy.fund_settling(&limits, &rule, under, self.by.as_deref(), None);
            let settling = settling.map_err(Stopped::Problems)?;
            let settling = settle_limits(settling, || Ok(self.pieces()), threads, |_| ControlFlow::Continue(()))?;
            let summary = fund_from(0, &settling, self.pieces(), threads, |_| ControlFlow::Continue(()))?;
            self.policy.funded(&settling, &limits, summary).map_err(Stopped::Problems)
        });
        let funded = funded.map_err(|stopped| match stopped {
            Stopped::Source(problems) | Stopped::Problems(problems) => Failure::from(problems),
            Stopped::Broken => Failure::StandardOutput(io::ErrorKind::Interrupted.into()),
        })?;
        asked.show(&funded.totals(args.unit.unit)?, disk, lang)
    }

    /// What all of it comes to, with what arrived where top-ups count that.
    fn summed(&self, naming: Option<&NamedPlaces>, arrivals: Option<&Arrivals>) -> Result<Given<Summed>, Failure> {
        let summing = self.summing(naming, arrivals).map_err(|stopped| ended(stopped, None))?;
        Ok(self.scanned(&summing, |_| (), |()| Ok(()))?)
    }

    /// The figures of the policy: by columns, or of each row into Parquet.
    pub(super) fn figures(self, asked: Asked<'_>, lang: Lang) -> Result<(), Failure> {
        if self.by.is_none() {
            let rows = |figures: &fundlayers::Figures| rows_of(&figures.table(), &self.policy.value);
            return self.write_rows(asked.output, lang, |take| self.read_figures(rows, |batches| take(batches?)));
        }
        let progress = Progress::start(lang);
        progress.step(1);
        asked.show(&self.summed_figures()?.figures()?, progress, lang)
    }

    /// Writes the rows: into one Parquet file, or a folder with a file for each part.
    pub(super) fn allocate(self, args: &Allocate, lang: Lang) -> Result<(), Failure> {
        let unit = args.unit.unit.unwrap_or(self.policy.value.unit());
        let options = TableOptions { unit, zeros: args.zeros, wide: args.wide };
        let policy = &self.policy.value;
        if args.figures {
            let rows = |figures: &fundlayers::Figures| rows_of(&figures.allocation_table(options), policy);
            return self.write_rows(&args.output, lang, |take| self.read_figures(rows, |batches| take(batches?)));
        }
        let rows = |allocation: &Allocation| rows_of(&allocation.table(options), policy);
        self.write_rows(&args.output, lang, |take| {
            let summing = self.summing(None, None).map_err(|stopped| ended(stopped, None))?;
            self.scanned(&summing, rows, |batches| take(batches?))
        })
    }

    /// Writes what is read: into one Parquet file, or a folder with a file for each part.
    fn write_rows(
        &self,
        output: &TableOutput,
        lang: Lang,
        read: impl FnOnce(&mut Take<'_>) -> Result<Given<Summed>, Ended>,
    ) -> Result<(), Failure> {
        let Some(path) = into_parquet(output) else { return Ok(()) };
        let progress = Progress::start(lang);
        progress.step(1);
        let names: Vec<String> = self.files.paths.iter().map(|file| file.display().to_string()).collect();
        let inputs: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut summed = None;
        // What is wrong with any part, or with all of them together, is known before anything takes its name.
        let all = |take: &mut Take<'_>| match read(take) {
            Ok(good) => {
                summed = Some(Ok(good));
                Ok(())
            }
            Err(Ended::Problems(problems)) => {
                summed = Some(Err(problems));
                Err(io::ErrorKind::InvalidData.into())
            }
            Err(Ended::Output(error)) => Err(error),
        };
        let written = if output::is_folder(path) {
            output::write_folder(path, &inputs, |folder| {
                let mut number = 0_u32;
                all(&mut |batches| {
                    let name = format!("part-{number:05}.parquet");
                    number = number.saturating_add(1);
                    folder.write(&name, |file| File::new(file).all(&batches))
                })
            })
        } else {
            output::write(Some(path), &inputs, |file| {
                let mut file = File::new(file);
                all(&mut |batches| file.add(&batches))?;
                file.finish()
            })
        };
        drop(progress);
        let summed = match (summed, written) {
            (Some(Err(problems)), _) => return Err(problems.into()),
            (_, Err(failure)) => return Err(failure),
            (Some(Ok(summed)), Ok(())) => summed,
            (None, Ok(())) => return Ok(()),
        };
        warn(&summed.warnings, lang);
        note(&self.policy.value, lang);
        Ok(())
    }

    fn pieces(&self) -> Pieces {
        Pieces::new([&self.policy.value], self.files.paths.clone())
    }

    /// What amounts rest on that rest on all parts, after as many passes as that takes.
    fn settlement(&self, threads: NonZeroUsize) -> Result<Option<Settlement>, Stopped<Problems>> {
        let settling = self.policy.settling(self.years.as_deref(), None).map_err(Stopped::Problems)?;
        self.settled(settling, threads)
    }

    fn settled(&self, settling: Settling, threads: NonZeroUsize) -> Result<Option<Settlement>, Stopped<Problems>> {
        if settling.is_settled() {
            return Ok(None);
        }
        settle(settling, || Ok(self.pieces()), threads, |_| ControlFlow::Continue(())).map(Some)
    }

    /// How parts are summed.
    fn summing(&self, naming: Option<&NamedPlaces>, arrivals: Option<&Arrivals>) -> Result<Summing, Stopped<Problems>> {
        let (years, by) = (self.years.as_deref(), self.by.as_deref());
        let settling = self.policy.settling(years, None).map_err(Stopped::Problems)?;
        let settling = match arrivals {
            Some(arrivals) => settling.receiving(arrivals.clone()),
            None => settling,
        };
        let summing = match self.settled(settling, threads())? {
            Some(settlement) => self.policy.settled(&settlement, by),
            None => self.policy.summing(years, by),
        };
        let summing = summing.map_err(Stopped::Problems)?;
        let summing = match arrivals {
            Some(arrivals) => summing.receiving(arrivals.clone()),
            None => summing,
        };
        Ok(match naming {
            Some(places) => summing.naming(places),
            None => summing,
        })
    }

    /// Reads all of it, and hands on what is made of each part, in order.
    fn scanned<T: Send>(
        &self,
        summing: &Summing,
        make: impl Fn(&Allocation) -> T + Sync,
        mut take: impl FnMut(T) -> io::Result<()>,
    ) -> Result<Given<Summed>, Ended> {
        let mut failed = None;
        let summary = scan(summing, self.pieces(), threads(), make, taken(&mut take, &mut failed));
        let summary = summary.map_err(|stopped| ended(stopped, failed))?;
        self.policy.summed(summing, summary).map_err(Ended::Problems)
    }

    /// The same with the figures of each row.
    fn read_figures<T: Send>(
        &self,
        make: impl Fn(&fundlayers::Figures) -> T + Sync,
        mut take: impl FnMut(T) -> io::Result<()>,
    ) -> Result<Given<Summed>, Ended> {
        let threads = threads();
        let summing = self.summing_figures(threads)?;
        let mut failed = None;
        let summary = figures_from(0, &summing, self.pieces(), threads, make, taken(&mut take, &mut failed));
        let summary = summary.map_err(|stopped| ended(stopped, failed))?;
        self.policy.summed(&summing, summary).map_err(Ended::Problems)
    }

    /// What figures come to by columns: in another reading, where one does not tell what is shown.
    fn summed_figures(&self) -> Result<Given<Summed>, Ended> {
        let threads = threads();
        let mut summing = self.summing_figures(threads)?;
        loop {
            let summed = self.scanned(&summing, |_| (), |()| Ok(()))?;
            let Some(doubt) = summed.value.figures_in_doubt() else { return Ok(summed) };
            summing = summing.exactly(doubt);
        }
    }

    /// How figures of parts are summed.
    fn summing_figures(&self, threads: NonZeroUsize) -> Result<Summing, Ended> {
        let (years, by) = (self.years.as_deref(), self.by.as_deref());
        let settling = self.policy.settling_figures(years, by, None).map_err(Ended::Problems)?;
        let settlement = self.settled(settling, threads).map_err(|stopped| ended(stopped, None))?;
        self.policy.summing_figures((years, settlement.as_ref()), by).map_err(Ended::Problems)
    }
}

/// Takes what is made of each part, and breaks off where that fails.
fn taken<T>(
    take: &mut impl FnMut(T) -> io::Result<()>,
    failed: &mut Option<io::Error>,
) -> impl FnMut(Event<T>) -> ControlFlow<()> {
    |event| {
        if let Event::Part(_, Some(made)) = event
            && let Err(error) = take(made)
        {
            *failed = Some(error);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Why reading ended early.
fn ended(stopped: Stopped<Problems>, failed: Option<io::Error>) -> Ended {
    match stopped {
        Stopped::Source(problems) | Stopped::Problems(problems) => Ended::Problems(problems),
        Stopped::Broken => Ended::Output(failed.unwrap_or_else(|| io::ErrorKind::Interrupted.into())),
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
