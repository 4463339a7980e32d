//! Tables in Parquet files, rosters in many of them as record batches for [`scan`](crate::scan), and results written to such
//! files.

use std::fs::{DirEntry, File};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader as _};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use fundlayers::table::Table;
use fundlayers::{Code, Policy, Problem, Problems, RowBuilder};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::Begin;
use crate::arrow::{self, Reader};
use crate::catalogue as words;
use crate::output::io_message;
pub use crate::scan::is_parquet;
use crate::scan::{Piece, columns_of_folders, columns_of_words, columns_read, with_columns};

/// Rows of a batch that is read.
const BATCH_ROWS: usize = 1 << 16;
/// The Parquet files that a name stands for, in the order of their names: a file by its ending, a folder with those in it and
/// in its folders, or a pattern with `*` and `?`, and `**` for any folders. None if the name is that of another file.
///
/// # Errors
///
/// [`Code::CannotRead`] if there is none, or the folder cannot be read.
///
/// ```
/// use fundlayers_formats::parquet::files;
/// let one = files("places.parquet")?.map(|files| files.len());
/// assert_eq!((one, files("places.csv")?), (Some(1), None));
/// assert!(files("no/such/folder/*.parquet").is_err());
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn files(name: &str) -> Result<Option<Vec<PathBuf>>, Problems> {
    let path = Path::new(name);
    let found = if path.is_dir() {
        below(path)
    } else if name.contains(['*', '?']) && !path.exists() {
        matching(path)
    } else {
        return Ok(is_parquet(path).then(|| vec![path.to_owned()]));
    };
    let mut found = found.map_err(|error| cannot_read(name, &error))?;
    if found.is_empty() {
        return Err(Problem::new(Code::CannotRead, words::NO_PARQUET_FILES).file(name).into());
    }
    found.sort();
    found.dedup();
    Ok(Some(found))
}

fn cannot_read(name: &str, error: &io::Error) -> Problems {
    Problem::new(Code::CannotRead, words::CANNOT_BE_READ.with(&[&io_message(error)])).file(name).into()
}

/// The Parquet files of a folder and of those in it. What begins with a point or a line below is on its way or about others.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders_of(folder)? {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if !is_hidden(&entry) && !entry.file_type()?.is_dir() && is_parquet(&entry.path()) {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// A folder and those in it.
fn folders_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // A link to a folder is none here, so that none is walked in a circle.
            if !is_hidden(&entry) && entry.file_type()?.is_dir() {
                open.push(entry.path());
            }
        }
        found.push(folder);
    }
    Ok(found)
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with(['.', '_'])
}

/// The files whose paths fit a pattern, part by part; `**` stands for any folders.
fn matching(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let pattern = part.as_os_str().to_string_lossy();
        let mut next = Vec::new();
        for folder in found {
            let place = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            if pattern == "**" && !is_last {
                let from = |found: PathBuf| found.strip_prefix("./").map(Path::to_owned).unwrap_or(found);
                let folders = folders_of(place)?.into_iter();
                next.extend(folders.map(|found| if found == place { folder.clone() } else { from(found) }));
            } else if matches!(part, Component::Normal(_)) && pattern.contains(['*', '?']) {
                for entry in std::fs::read_dir(place)? {
                    let name = entry?.file_name();
                    let path = folder.join(&name);
                    if fits(&pattern, &name.to_string_lossy()) && (if is_last { path.is_file() } else { path.is_dir() })
                    {
                        next.push(path);
                    }
                }
            } else {
                let path = folder.join(part);
                if is_last && path.is_file() || !is_last && path.is_dir() {
                    next.push(path);
                }
            }
        }
        found = next;
    }
    Ok(found)
}

/// Whether a name fits a pattern.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Which beginnings of the name the pattern so far fits.
    let mut reached = vec![true];
    reached.resize(name.len().saturating_add(1), false);
    for sign in pattern {
        let mut next = Vec::with_capacity(reached.len());
        let mut any = false;
        for (at, fits) in reached.iter().enumerate() {
            any |= *fits;
            let before = at.checked_sub(1);
            let one = before.and_then(|before| Some((*reached.get(before)?, *name.get(before)?)));
            next.push(match sign {
                '*' => any,
                sign => one.is_some_and(|(fits, letter)| fits && (sign == '?' || sign == letter)),
            });
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

/// The batches of files, with only the columns that a roster of a policy, or of any of several, reads.
///
/// ```
/// use fundlayers::{Policy, RosterBuilder, RowBuilder, Summing, TableOptions, Allocation, Unit, roster::Cell};
/// use fundlayers_formats::parquet::{Pieces, files, write};
/// use fundlayers_formats::scan::scan;
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
/// #   "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let path = std::env::temp_dir().join(format!("fundlayers-{}.parquet", std::process::id()));
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
/// # builder.push_row(None, &[Cell::Text("a")]);
/// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// # let table = allocation.table(TableOptions { unit: Unit::Yuan, zeros: false, wide: false });
/// write(std::fs::File::create(&path)?, &table, &policy)?; // a table of places, some columns of which are a roster's
/// let files = files(&path.display().to_string())?.unwrap_or_default();
/// let summing = Summing::new(&policy, None, &[])?;
/// let threads = std::num::NonZeroUsize::MIN;
/// let summary = scan(&summing, Pieces::new([&policy], files), threads, |_| (), |_| std::ops::ControlFlow::Continue(()));
/// assert_eq!(summary.map(|summary| summary.rows()).ok(), Some(1));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Pieces {
    policies: Vec<Policy>,
    files: std::vec::IntoIter<PathBuf>,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: Arc<str>,
    schema: SchemaRef,
    /// What its folders say.
    folders: Columns,
    reader: ParquetRecordBatchReader,
}

/// Columns that say the same in each row.
type Columns = Vec<(String, Option<String>)>;

impl Open {
    fn piece(&self, batch: &RecordBatch) -> Result<Piece, Problems> {
        let (schema, batch) = with_columns(&self.schema, batch, &self.folders).map_err(|error| damaged(&error))?;
        Ok(Piece { batch, schema: Some(schema), file: Some(Arc::clone(&self.file)) })
    }
}

impl Pieces {
    /// Of these files, one after the other.
    #[must_use]
    pub fn new<'p>(policies: impl IntoIterator<Item = &'p Policy>, files: Vec<PathBuf>) -> Self {
        Self { policies: policies.into_iter().cloned().collect(), files: files.into_iter(), open: None }
    }

    fn open(&self, path: &Path) -> Result<Open, Problems> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| cannot_read(&name, &error))?;
        let reader = || {
            let options = ArrowReaderOptions::new();
            let metadata = ArrowReaderMetadata::load(&file, options.clone())?;
            let schema = Arc::clone(metadata.schema());
            let titles: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            let options = options.with_schema(with_words(&schema, &columns_of_words(&self.policies, &titles)));
            let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)?;
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
            let read = columns_read(&self.policies, &titles).into_iter().enumerate();
            let read = read.filter_map(|(at, is_read)| is_read.then_some(at));
            let columns = ProjectionMask::roots(builder.parquet_schema(), read);
            let schema = Arc::clone(builder.schema());
            let reader = builder.with_projection(columns).with_batch_size(BATCH_ROWS).build()?;
            Ok(Open { file: name.as_str().into(), schema, folders: columns_of_folders(&name), reader })
        };
        guarded(reader)?.map_err(|error: ParquetError| damaged(&error)).map_err(|problems| problems.in_file(&name))
    }
}

/// The schema with texts that come again and again as dictionaries, which cost little to read.
fn with_words(schema: &Schema, are_words: &[bool]) -> SchemaRef {
    let fields = schema.fields().iter().zip(are_words).map(|(field, is_word)| {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8);
        if !is_text || !is_word {
            return Arc::clone(field);
        }
        let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(field.data_type().clone()));
        Arc::new(Field::clone(field).with_data_type(words))
    });
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// What a file says that cannot be read.
fn damaged(error: &dyn std::fmt::Display) -> Problems {
    let problem = Problem::new(Code::CannotRead, words::NO_PARQUET.with(&[&error.to_string()]));
    problem.expected(words::WHOLE_PARQUET).into()
}

/// Calls the reader, which stops at some damaged files instead of refusing them.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Problems> {
    // What was half read is not looked at any more.
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        damaged(&said.as_deref().unwrap_or("damaged"))
    })
}

impl Iterator for Pieces {
    type Item = Result<Piece, Problems>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(open) = &mut self.open {
            let next = match guarded(|| open.reader.next()) {
                Ok(next) => next,
                Err(problems) => return Some(Err(problems.in_file(&open.file))),
            };
            match next {
                Some(Ok(batch)) => return Some(open.piece(&batch).map_err(|problems| problems.in_file(&open.file))),
                Some(Err(error)) => return Some(Err(damaged(&error).in_file(&open.file))),
                None => self.open = None,
            }
        }
        let path = self.files.next()?;
        match self.open(&path) {
            Ok(open) => {
                // A file without rows has a header too.
                let piece = open.piece(&RecordBatch::new_empty(open.reader.schema()));
                self.open = Some(open);
                Some(piece)
            }
            Err(problems) => Some(Err(problems)),
        }
    }
}

/// Reads a table of rows, with what the folders of its file say, where its name is known.
pub(crate) fn rows<B: RowBuilder>(
    bytes: &[u8],
    file: Option<&str>,
    begin: Begin<'_, B>,
) -> Result<(B::Output, Problems), Problems> {
    let folders = file.map(columns_of_folders).unwrap_or_default();
    let bytes = Bytes::copy_from_slice(bytes);
    let open = || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes)?;
        let schema = Arc::clone(builder.schema());
        Ok((schema, builder.with_batch_size(BATCH_ROWS).build()?))
    };
    let (schema, mut batches) = guarded(open)?.map_err(|error: ParquetError| damaged(&error))?;
    let with_folders = |batch: &RecordBatch| with_columns(&schema, batch, &folders).map_err(|error| damaged(&error));
    let mut reader = Reader::new(&with_folders(&RecordBatch::new_empty(Arc::clone(&schema)))?.0, begin);
    while let Some(batch) = guarded(|| batches.next())? {
        reader.push(&with_folders(&batch.map_err(|error| damaged(&error))?)?.1);
    }
    reader.finish()
}

/// Writes a result; amounts are decimals, and each column says its unit.
///
/// # Errors
///
/// What the writer says.
pub fn write(writer: impl Write + Send, table: &Table<'_>, policy: &Policy) -> io::Result<()> {
    let schema = arrow::schema(table, policy);
    let mut writer = Writer::new(writer, &schema)?;
    for batch in arrow::batches(table, &schema) {
        writer.write(&batch.map_err(io::Error::other)?)?;
    }
    writer.finish()
}

/// Writes batches to a Parquet file, which is whole only after [`Writer::finish`].
pub struct Writer<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file of batches with a schema.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn new(writer: W, schema: &SchemaRef) -> io::Result<Self> {
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        Ok(Self(ArrowWriter::try_new(writer, Arc::clone(schema), Some(properties)).map_err(of_writer)?))
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.0.write(batch).map_err(of_writer)?;
        // A group of rows for each batch, so that memory stays bounded.
        self.0.flush().map_err(of_writer)
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn finish(self) -> io::Result<()> {
        self.0.close().map(|_| ()).map_err(of_writer)
    }
}

fn of_writer(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        for (pattern, name, expected) in [
            ("*.parquet", "2024.parquet", true),
            ("*.parquet", "2024.parquet.tmp", false),
            ("part-?.pq", "part-7.pq", true),
            ("part-?.pq", "part-17.pq", false),
            ("*县*", "宜君县名单.parquet", true),
            ("**a*", "xa", true),
            ("a", "", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
        // In time in proportion to both, however many stars there are.
        assert!(!fits(&"*a".repeat(200), &"a".repeat(199)));
    }

    #[test]
    fn what_is_no_parquet_is_said_and_never_stops_the_program() {
        let policy: Policy = serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
                 "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} },
                 "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#,
        )
        .unwrap();
        let csv = "编码,名称,区县\n1,甲,东县\n2,乙,西县\n3,丙,东县\n";
        let (roster, _) = crate::read_roster(csv.as_bytes(), crate::Format::Csv, &policy).unwrap();
        let (allocation, _) = fundlayers::Allocation::new(&policy, &roster).unwrap();
        let options = fundlayers::TableOptions { unit: policy.unit(), zeros: true, wide: true };
        let mut good = Vec::new();
        write(&mut good, &allocation.table(options), &policy).unwrap();
        assert_eq!(crate::Format::of_workbook(&good), Some(crate::Format::Parquet));
        let (read, _) = crate::read_roster(&good, crate::Format::Parquet, &policy).unwrap();
        let names =
            |roster: &fundlayers::Roster| roster.iter().map(|place| place.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&read), ["甲", "乙", "丙"]);
        for end in [0, 4, 7, good.len() / 2, good.len() - 1] {
            let problems = crate::read_roster(&good[..end], crate::Format::Parquet, &policy).unwrap_err();
            let problem = problems.iter().next().unwrap();
            assert_eq!(problem.code(), Code::CannotRead, "{end} bytes");
            assert_eq!(problem.expected_text(fundlayers::Lang::En).as_deref(), Some("a whole Parquet file"));
        }
        // One byte or another: read or refused.
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            _ = crate::read_roster(&bad, crate::Format::Parquet, &policy);
        }
    }
}
