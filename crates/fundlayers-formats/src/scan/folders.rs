//! Folders that say what is the same in all rows of a file, as Hive and Spark name them.

use std::path::{Component, Path};
use std::sync::Arc;

use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use percent_encoding::percent_decode_str;

/// What Hive calls the folder of rows without a value.
const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";

/// How the names of Parquet files end.
pub(crate) const ENDINGS: [&str; 3] = ["parquet", "parq", "pq"];

/// Whether a file is one of Parquet, by its name.
#[must_use]
pub fn is_parquet(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The columns that the folders of a file stand for, each with what its cells say; nothing where they are blank. They are
/// taken from the path as it is given, in its order: `places/county=王益区/count=3/1.parquet`. Signs that no folder may have in its
/// name stand there as `%`.
///
/// ```
/// use fundlayers_formats::scan::columns_of_folders;
/// let found = columns_of_folders("places/区县=%E5%AE%9C%E5%90%9B%E5%8E%BF/township=007/a=b.parquet");
/// assert_eq!(found, [("区县".to_owned(), Some("宜君县".to_owned())), ("township".to_owned(), Some("007".to_owned()))]);
/// assert_eq!(columns_of_folders("county=__HIVE_DEFAULT_PARTITION__/1.parquet"), [("county".to_owned(), None)]);
/// ```
#[must_use]
pub fn columns_of_folders(file: &str) -> Vec<(String, Option<String>)> {
    let folders = Path::new(file).parent().map(Path::components);
    let names = folders.into_iter().flatten().filter_map(|folder| match folder {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    names.filter_map(column).collect()
}

/// What one folder says.
fn column(folder: &str) -> Option<(String, Option<String>)> {
    let (title, cell) = folder.split_once('=').filter(|(title, _)| !title.is_empty())?;
    Some((decoded(title), Some(cell).filter(|cell| *cell != NOTHING).map(decoded)))
}

/// A name as it was before it was one of a folder; as it is if that was none.
fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8().map_or_else(|_| name.to_owned(), std::borrow::Cow::into_owned)
}

/// A schema, or a batch of it, with columns that say the same in each row, but for those that it has itself.
///
/// # Errors
///
/// None, as long as the batch is of some of the columns of the schema.
pub fn with_columns(
    schema: &SchemaRef,
    batch: &RecordBatch,
    columns: &[(String, Option<String>)],
) -> Result<(SchemaRef, RecordBatch), ArrowError> {
    if columns.is_empty() {
        return Ok((Arc::clone(schema), batch.clone()));
    }
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let (mut all, mut fetched) = (schema.fields().to_vec(), batch.schema().fields().to_vec());
    let mut cells = batch.columns().to_vec();
    for (title, cell) in columns {
        if schema.column_with_name(title).is_none() {
            let field = Arc::new(Field::new(title, words.clone(), true));
            all.push(Arc::clone(&field));
            fetched.push(field);
            cells.push(same(cell.as_deref(), batch.num_rows())?);
        }
    }
    let schema = Arc::new(Schema::new_with_metadata(all, schema.metadata().clone()));
    let of_batch = Arc::new(Schema::new_with_metadata(fetched, batch.schema().metadata().clone()));
    Ok((schema, RecordBatch::try_new(of_batch, cells)?))
}

/// A column of so many cells that say the same.
fn same(cell: Option<&str>, rows: usize) -> Result<ArrayRef, ArrowError> {
    let keys: Int32Array = std::iter::repeat_n(cell.map(|_| 0), rows).collect();
    let words = StringArray::from_iter_values(cell);
    Ok(Arc::new(DictionaryArray::try_new(keys, Arc::new(words))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_say_what_stands_before_and_after_the_first_equals_sign() {
        let of = |path: &str| columns_of_folders(path);
        let said = |title: &str, cell: &str| (title.to_owned(), Some(cell.to_owned()));
        assert_eq!(of("a/b/c.parquet"), []);
        assert_eq!(of("x=1.parquet"), []);
        assert_eq!(of("=1/a=b=c/d=/e.parquet"), [said("a", "b=c"), said("d", "")]);
        assert_eq!(of("/a=1/../b=2%2F3/e.parquet"), [said("a", "1"), said("b", "2/3")]);
        // What is no text stays as it is written.
        assert_eq!(of("a=%FF/b=100%/e.parquet"), [said("a", "%FF"), said("b", "100%")]);
        assert_eq!(of("hdfs/a=1/b=__HIVE_DEFAULT_PARTITION__/e.parquet"), [said("a", "1"), ("b".to_owned(), None)]);
    }
}
