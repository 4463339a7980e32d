//! Where results go: standard output, or a file that is written whole or not at all.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use fundlayers_formats::output::{self, Unfinished};

use clap::ValueEnum;

use crate::args::{Output, OutputFormat};
use crate::catalogue as words;
use crate::{Failure, signals};

/// Whether standard output may be styled.
pub(crate) fn styled(output: Option<&Path>) -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    output.is_none() && !plain && io::stdout().is_terminal()
}

/// How many columns there are to show a table in: what `COLUMNS` says, else the terminal.
pub(crate) fn room(output: Option<&Path>) -> usize {
    if output.is_some() {
        return usize::MAX;
    }
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let known = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    said.or_else(known).filter(|columns| *columns > 0).unwrap_or(usize::MAX)
}

/// The format asked for, or the one that the ending of the output file tells.
pub(crate) fn format(output: &Output) -> Result<OutputFormat, Failure> {
    if let Some(format) = output.format {
        if output.output.is_none() && io::stdout().is_terminal() {
            match format {
                OutputFormat::Xlsx => return Err(Failure::used_wrongly(words::NO_BOOK_ON_TERMINAL)),
                #[cfg(feature = "parquet")]
                OutputFormat::Parquet => return Err(Failure::used_wrongly(words::NO_PARQUET_ON_TERMINAL)),
                _ => {}
            }
        }
        return Ok(format);
    }
    let Some(path) = &output.output else { return Ok(OutputFormat::Table) };
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok(OutputFormat::Csv),
        Some("json") => Ok(OutputFormat::Json),
        Some("md") => Ok(OutputFormat::Md),
        Some("html" | "htm") => Ok(OutputFormat::Html),
        Some("txt") => Ok(OutputFormat::Table),
        Some("xlsx") => Ok(OutputFormat::Xlsx),
        #[cfg(feature = "parquet")]
        Some("parquet" | "parq" | "pq") => Ok(OutputFormat::Parquet),
        // A folder has files of it.
        #[cfg(feature = "parquet")]
        _ if is_folder(path) => Ok(OutputFormat::Parquet),
        _ => {
            let formats: Vec<String> = OutputFormat::value_variants()
                .iter()
                .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
                .collect();
            let formats = formats.join("|");
            Err(Failure::used_wrongly(words::OUTPUT_TELLS_NO_FORMAT.with(&[&path.display(), &format!("`{formats}`")])))
        }
    }
}

/// Writes a result.
pub(crate) fn write(
    output: Option<&Path>,
    inputs: &[&str],
    fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(path) = output else {
        let mut writer = BufWriter::with_capacity(1 << 16, io::stdout());
        return fill(&mut writer).and_then(|()| writer.flush()).map_err(Failure::StandardOutput);
    };
    output::write(path, &begin(path, inputs)?, fill).map_err(Failure::Output)
}

/// Whether a folder is meant: by the sign at its end, if it does not exist yet.
#[cfg(feature = "parquet")]
pub(crate) fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Writes a folder of files.
#[cfg(feature = "parquet")]
pub(crate) fn write_folder(
    path: &Path,
    inputs: &[&str],
    fill: impl FnOnce(&output::NewFolder<'_>) -> io::Result<()>,
) -> Result<(), Failure> {
    output::write_folder(path, &begin(path, inputs)?, fill).map_err(Failure::Output)
}

/// What is given up at a signal, of an output that is none of the inputs.
fn begin(path: &Path, inputs: &[&str]) -> Result<Unfinished, Failure> {
    let same = |input: &&&str| {
        let canonical = |path: &Path| path.canonicalize().ok();
        canonical(Path::new(input)).is_some_and(|input| canonical(path) == Some(input))
    };
    if let Some(input) = inputs.iter().find(same) {
        return Err(Failure::used_wrongly(words::OVERWRITES_INPUT.with(&[input])));
    }
    let unfinished = Unfinished::default();
    signals::give_up_at_the_end(&unfinished);
    Ok(unfinished)
}
