//! Where results go: standard output, or a file that is written whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::args::{Output, OutputFormat};

/// Whether standard output may be styled.
pub(crate) fn styled(output: Option<&Path>) -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    output.is_none() && !plain && io::stdout().is_terminal()
}

/// The format asked for, or the one that the ending of the output file tells.
pub(crate) fn format(output: &Output) -> Result<OutputFormat, Failure> {
    if let Some(format) = output.format {
        return Ok(format);
    }
    let Some(path) = &output.output else { return Ok(OutputFormat::Table) };
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(OutputFormat::Csv),
        Some("json") => Ok(OutputFormat::Json),
        Some("md") => Ok(OutputFormat::Md),
        Some("txt") => Ok(OutputFormat::Table),
        _ => Err(Failure::Usage(format!(
            "the ending of {} tells no format; give --format table|csv|json|md",
            path.display()
        ))),
    }
}

/// Writes a result.
pub(crate) fn write(
    output: Option<&Path>,
    inputs: &[&str],
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(path) = output else {
        let mut writer = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        return fill(&mut writer)
            .and_then(|()| writer.flush())
            .map_err(|error| Failure::Output("to standard output".to_owned(), error));
    };
    let same = |input: &&&str| {
        let canonical = |path: &Path| path.canonicalize().ok();
        canonical(Path::new(input)).is_some_and(|input| canonical(path) == Some(input))
    };
    if let Some(input) = inputs.iter().find(same) {
        return Err(Failure::Usage(format!("--output would overwrite the input {input}")));
    }
    let failure = |error| Failure::Output(path.display().to_string(), error);
    let (file, temporary) = temporary(path).map_err(failure)?;
    let mut writer = BufWriter::with_capacity(1 << 16, file);
    let written = fill(&mut writer).and_then(|()| writer.flush()).and_then(|()| {
        if let Ok(known) = std::fs::metadata(path) {
            std::fs::set_permissions(&temporary, known.permissions())?;
        }
        std::fs::rename(&temporary, path)
    });
    if written.is_err() {
        // What is left of the attempt is of no use.
        _ = std::fs::remove_file(&temporary);
    }
    written.map_err(failure)
}

/// A new file beside the one that is meant.
fn temporary(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "is not a file name"))?;
    let mut tries = 0_u32;
    loop {
        let temporary = path.with_file_name(format!(".{}.{}-{tries}.part", name.to_string_lossy(), std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < 100 => {
                tries = tries.saturating_add(1);
            }
            result => return result.map(|file| (file, temporary)),
        }
    }
}
