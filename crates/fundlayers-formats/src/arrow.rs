//! Rosters, receipts and results as Arrow record batches, which data frames exchange without copying.
//!
//! What is read: text (any of Arrow's forms, dictionaries too), whole numbers, decimals, true or false, dates. Null is
//! blank. Binary floats are refused, because the digits of a number are lost in them, but for whole years and counts, which
//! they hold exactly; a column of nothing but null and NaN is blank.
//!
//! What is written: an amount is a `decimal128` with as many decimals as show a fen in its unit, the unit stands in the
//! metadata of schema and column and in the column `unit`; words that repeat are dictionaries; blank text is the empty
//! text, a blank amount is null.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;

use crate::catalogue as words;
use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowTemporalType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, Decimal128Array, DictionaryArray, Int32Array, Int64Array,
    PrimitiveArray, RecordBatch, StringArray, StringArrayType, StringViewArray, UnionArray,
};
use arrow_buffer::i256;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use fundlayers::roster::{Cell, CellColumn, TextBuffer};
use fundlayers::table::{Cells, Column, ColumnKind, Table};
use fundlayers::{Code, Lang, Phrase, Policy, Position, Problem, Problems, RowBuilder, Status};

/// Rows that are handed to a builder at once: enough for a dictionary to pay, few enough for the processor's cache.
const BLOCK_ROWS: usize = 65_536;
/// Rows of a batch from which a second thread pays.
const LARGE: usize = 100_000;

/// Reads record batches into what their rows become.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024],
/// #   "unit": "元", "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#).unwrap();
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use fundlayers::RosterBuilder;
/// use fundlayers_formats::arrow::Reader;
/// let names: ArrayRef = Arc::new(StringArray::from(vec!["黄堡镇", "坡头镇"]));
/// let batch = RecordBatch::try_from_iter([("名称", names)]).unwrap();
/// let mut reader = Reader::new(&batch.schema(), |titles| RosterBuilder::new(&policy, titles));
/// reader.push(&batch);
/// let (roster, warnings) = reader.finish()?;
/// assert_eq!((roster.len(), warnings.len()), (2, 0));
/// # Ok::<(), fundlayers::Problems>(())
/// ```
#[derive(Debug)]
pub struct Reader<B> {
    builder: B,
    titles: Vec<String>,
    /// What is wrong with a whole column, once each.
    refused: Vec<Option<Problem>>,
    rows: usize,
    /// Which columns are periods of pandas, whose numbers count from 1970.
    periods: Vec<bool>,
    /// Whether a second thread reads large batches.
    has_helper: bool,
}

/// The name that pandas gives the type of its periods.
const PERIODS: &str = "pandas.period";

impl<B: RowBuilder> Reader<B> {
    /// Begins with the names of the columns, which `begin` is given.
    pub fn new(schema: &Schema, begin: impl FnOnce(&[(&str, Option<Position>)]) -> B) -> Self {
        let titles: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let header: Vec<(&str, Option<Position>)> = titles.iter().map(|title| (title.as_str(), None)).collect();
        let builder = begin(&header);
        let is_period = |field: &Arc<Field>| field.extension_type_name() == Some(PERIODS);
        let periods = schema.fields().iter().map(is_period).collect();
        Self { builder, refused: vec![None; titles.len()], titles, rows: 0, periods, has_helper: true }
    }

    /// Lets the numbers of rows in problems go on after so many rows: what comes is a part of a file, and these came before
    /// it there. The builder has to be told too. To be said before any batch.
    pub fn after_rows(&mut self, rows: u32) {
        self.rows = usize::try_from(rows).unwrap_or(usize::MAX);
    }

    /// Starts no thread: for whoever reads several parts at once.
    pub(crate) fn without_helper(&mut self) {
        self.has_helper = false;
    }

    /// Takes the rows of a batch.
    pub fn push(&mut self, batch: &RecordBatch) {
        let columns: Vec<ArrayRef> = batch.columns().iter().enumerate().map(|at| self.with_whole_numbers(at)).collect();
        let source = |(at, column)| match self.periods.get(at) {
            Some(true) => self.refuse(at, &Fault::period(column)),
            _ => Source::new(column).unwrap_or_else(|fault| self.refuse(at, &fault)),
        };
        let mut sources: Vec<Source<'_>> = columns.iter().enumerate().map(source).collect();
        self.builder.expect_rows(batch.num_rows());
        let starts = (0..batch.num_rows()).step_by(BLOCK_ROWS);
        let mut blocks = |start: usize| -> Vec<Result<Block<'_>, Fault>> {
            let rows = BLOCK_ROWS.min(batch.num_rows().saturating_sub(start));
            sources.iter_mut().map(|source| source.block(start, rows)).collect()
        };
        if !self.has_helper || batch.num_rows() < LARGE {
            starts.for_each(|start| self.push_blocks(blocks(start), batch.num_rows().saturating_sub(start)));
        } else {
            // Another thread makes the blocks ready.
            std::thread::scope(|scope| {
                let (send, receive) = std::sync::mpsc::sync_channel(2);
                scope.spawn(move || starts.into_iter().try_for_each(|start| send.send((start, blocks(start)))));
                for (start, blocks) in receive {
                    self.push_blocks(blocks, batch.num_rows().saturating_sub(start));
                }
            });
        }
        self.rows = self.rows.saturating_add(batch.num_rows());
    }

    /// A column whose floats are whole years or counts as whole numbers; any other as it is.
    fn with_whole_numbers(&self, (at, column): (usize, &ArrayRef)) -> ArrayRef {
        let whole = column.data_type().is_floating() && self.builder.is_whole(at);
        whole.then(|| whole_numbers(column)).flatten().unwrap_or_else(|| Arc::clone(column))
    }

    /// Hands blocks of columns to the builder; so many rows are left, of which a block has at most its fill.
    fn push_blocks(&mut self, blocks: Vec<Result<Block<'_>, Fault>>, left: usize) {
        let mut ready: Vec<Block<'_>> = Vec::with_capacity(blocks.len());
        for (at, block) in blocks.into_iter().enumerate() {
            ready.push(block.unwrap_or_else(|fault| {
                self.refuse(at, &fault);
                Block::Blank
            }));
        }
        let texts: Vec<Vec<&str>> = ready.iter().map(Block::owned).collect();
        let cells: Vec<Vec<Cell<'_>>> = ready.iter().map(Block::cells).collect();
        let columns = ready.iter().zip(&texts).zip(&cells).map(|((block, texts), cells)| block.column(texts, cells));
        let columns: Vec<CellColumn<'_>> = columns.collect();
        self.builder.push_columns(&columns, left.min(BLOCK_ROWS));
    }

    /// Notes what is wrong with a column that is read, and leaves it blank.
    fn refuse<'a>(&mut self, at: usize, fault: &Fault) -> Source<'a> {
        let title = self.titles.get(at).map_or("", String::as_str);
        if let Some(slot @ None) = self.refused.get_mut(at)
            && let Some(key) = self.builder.key_of(at, title)
        {
            let row = self.rows.saturating_add(fault.row).saturating_add(1);
            let problem = Problem::new(fault.code, fault.message).row(u32::try_from(row).unwrap_or(u32::MAX));
            *slot = Some(problem.column(key).found(&fault.found).expected(fault.expected));
        }
        Source::Blank
    }

    /// What the rows became, with warnings.
    ///
    /// # Errors
    ///
    /// [`Code::BinaryFloat`] and [`Code::WrongType`] for a column that cannot be read, with its first such row, and every
    /// problem of every row.
    pub fn finish(self) -> Result<(B::Output, Problems), Problems> {
        if self.titles.is_empty() {
            return Err(fundlayers::sheet::empty().into());
        }
        let mut problems: Problems = self.refused.into_iter().flatten().collect();
        if problems.is_empty() {
            return self.builder.finish();
        }
        // That a refused column is blank need not be said of every row.
        let refused: Vec<String> = problems.iter().filter_map(|problem| problem.location().column.clone()).collect();
        let found = match self.builder.finish() {
            Ok((_, warnings)) => warnings,
            Err(problems) => problems,
        };
        let follows = |problem: &Problem| problem.location().column.as_ref().is_some_and(|at| refused.contains(at));
        problems.extend(found.into_iter().filter(|problem| !follows(problem)));
        problems.sort();
        Err(problems)
    }
}

/// Reads batches at once; see [`Reader`].
///
/// # Errors
///
/// As [`Reader::finish`].
pub fn read_rows<'b, B: RowBuilder>(
    schema: &Schema,
    batches: impl IntoIterator<Item = &'b RecordBatch>,
    begin: impl FnOnce(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    let mut reader = Reader::new(schema, begin);
    for batch in batches {
        reader.push(batch);
    }
    reader.finish()
}

/// Why a column cannot be read.
struct Fault {
    code: Code,
    message: Phrase,
    found: String,
    expected: Phrase,
    /// The first such row, from 0, within the batch.
    row: usize,
}

impl Fault {
    fn float(value: String, row: usize) -> Self {
        Self { code: Code::BinaryFloat, message: words::BINARY_FLOATS, found: value, expected: words::EXACT_TYPES, row }
    }

    fn period(column: &ArrayRef) -> Self {
        let row = (0..column.len()).find(|row| column.is_valid(*row)).unwrap_or_default();
        let (message, expected) = (words::PERIODS, words::PERIODS_AS_TEXT);
        Self { code: Code::WrongType, message, found: PERIODS.to_owned(), expected, row }
    }

    fn zone(data_type: &DataType, row: usize) -> Self {
        let (message, expected) = (words::OTHER_ZONE, words::NO_ZONE);
        Self { code: Code::WrongType, message, found: data_type.to_string(), expected, row }
    }

    fn out_of_range(found: String, row: usize) -> Self {
        let (message, expected) = (words::MORE_DIGITS, words::AT_MOST_28_DIGITS);
        Self { code: Code::NumberOutOfRange, message, found, expected, row }
    }

    fn wrong_type(data_type: &DataType, row: usize) -> Self {
        Self {
            code: Code::WrongType,
            message: words::OTHER_TYPE,
            found: data_type.to_string(),
            expected: words::TYPES_READ,
            row,
        }
    }
}

/// A column of a batch.
enum Source<'a> {
    Blank,
    Array(&'a dyn Array),
    /// A dictionary of texts, and the array of its keys.
    Words(Arc<Vec<&'a str>>, &'a dyn Array),
    /// Texts of which many are alike, and those that have come.
    Alike(&'a StringViewArray, Alike<'a>),
    /// A dictionary of something else, and the array of its keys.
    Values(Block<'a>, &'a dyn Array),
    /// One of several columns in each row.
    Union(&'a UnionArray, Vec<(i8, Block<'a>)>),
}

impl<'a> Source<'a> {
    fn new(array: &'a ArrayRef) -> Result<Self, Fault> {
        if array.null_count() == array.len() {
            return Ok(Self::Blank);
        }
        if let Some(union) = array.as_union_opt() {
            let DataType::Union(fields, _) = union.data_type() else { return Ok(Self::Blank) };
            let child = |(id, _)| {
                let array: &ArrayRef = union.child(id);
                let cells = match array.as_any_dictionary_opt() {
                    Some(_) => return Err(Fault::wrong_type(array.data_type(), 0)),
                    None => block(array, 0, array.len())?,
                };
                Ok((id, cells))
            };
            return Ok(Self::Union(union, fields.iter().map(child).collect::<Result<_, _>>()?));
        }
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            let alike = array.as_string_view_opt().filter(|texts| many_alike(texts));
            return Ok(alike.map_or(Self::Array(array), |texts| Self::Alike(texts, Alike::new())));
        };
        let (values, keys) = (dictionary.values(), dictionary.keys());
        Ok(match block(values, 0, values.len())? {
            Block::Texts(words) => Self::Words(Arc::new(words), keys),
            block => Self::Values(block, keys),
        })
    }

    /// Its cells in some rows. Blocks that are asked for in the order of rows are made quickest.
    fn block(&mut self, start: usize, rows: usize) -> Result<Block<'a>, Fault> {
        match self {
            Self::Blank => Ok(Block::Blank),
            Self::Array(array) => match array.data_type() {
                DataType::Utf8 => Ok(joined(&array.as_string::<i32>(), start, rows, None)),
                DataType::LargeUtf8 => Ok(joined(&array.as_string::<i64>(), start, rows, None)),
                DataType::Utf8View => Ok(joined_views(array.as_string_view(), start, rows)),
                _ => block(*array, start, rows),
            },
            Self::Words(words, keys) => Ok(Block::Words(Arc::clone(words), codes(*keys, start, rows))),
            Self::Alike(array, known) => Ok(known
                .codes(array, start, rows, rows)
                .map_or_else(|| joined_views(array, start, rows), |codes| Block::Words(known.words(), codes))),
            Self::Union(union, children) => {
                let cell = |row: usize| {
                    let child = children.iter().find(|(id, _)| *id == union.type_id(row));
                    child.map_or(Loose::Blank, |(_, cells)| cells.loose(union.value_offset(row)))
                };
                Ok(Block::Loose((start..start.saturating_add(rows)).map(cell).collect()))
            }
            Self::Values(values, keys) => Ok(values.chosen(&codes(*keys, start, rows))),
        }
    }
}

/// Whether many of a column's texts are alike and all short, by its first rows.
fn many_alike(array: &StringViewArray) -> bool {
    const SAMPLE: usize = 16_384;
    let rows = SAMPLE.min(array.len());
    Alike::new().codes(array, 0, rows, rows / 2).is_some()
}

/// Short texts as a dictionary. A short text is its own view, so that texts are compared as numbers.
struct Alike<'a> {
    words: Arc<Vec<&'a str>>,
    known: hashbrown::HashMap<u128, u32>,
    /// What came lately, by a number of the view: as many as a country has counties.
    lately: Vec<(u128, u32)>,
}

impl<'a> Alike<'a> {
    fn new() -> Self {
        Self { words: Arc::default(), known: hashbrown::HashMap::new(), lately: vec![(0, u32::MAX); 1 << LATELY_BITS] }
    }

    /// Each of the texts that have come.
    fn words(&self) -> Arc<Vec<&'a str>> {
        Arc::clone(&self.words)
    }

    /// Which of the texts stands in each row; none if one is long, or more than so many differ: then they come anew.
    fn codes(&mut self, array: &'a StringViewArray, start: usize, rows: usize, most: usize) -> Option<Vec<u32>> {
        let codes = self.add(array, start, rows, most);
        if codes.is_none() {
            *self = Self::new();
        }
        codes
    }

    fn add(&mut self, array: &'a StringViewArray, start: usize, rows: usize, most: usize) -> Option<Vec<u32>> {
        const INLINE: usize = 12;
        let mut codes: Vec<u32> = Vec::with_capacity(rows);
        let nulls = array.nulls();
        for (row, view) in array.views().iter().enumerate().skip(start).take(rows) {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                codes.push(u32::MAX);
                continue;
            }
            if length(*view) > INLINE {
                return None;
            }
            let slot = self.lately.get_mut(lately_at(*view))?;
            if slot.0 != *view || slot.1 == u32::MAX {
                let words = &mut self.words;
                let code = *self.known.entry(*view).or_insert_with(|| {
                    // Whoever reads a block before this one keeps the words of that.
                    let words = Arc::make_mut(words);
                    words.push(array.value(row));
                    u32::try_from(words.len().saturating_sub(1)).unwrap_or(u32::MAX)
                });
                if self.words.len() > most {
                    return None;
                }
                *slot = (*view, code);
            }
            codes.push(slot.1);
        }
        Some(codes)
    }
}

/// The length of a text, which stands in the lowest 32 bits of its view.
fn length(view: u128) -> usize {
    usize::try_from(view & u128::from(u32::MAX)).unwrap_or(usize::MAX)
}

/// So many bits has [`lately_at`].
const LATELY_BITS: u32 = 12;

/// A number of a view in which all its characters have a part.
fn lately_at(view: u128) -> usize {
    // The odd number next to 2^64 divided by the golden ratio.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let half = |half: u128| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default();
    let mixed = (half(view) ^ half(view >> 64).rotate_left(29)).wrapping_mul(SPREAD);
    usize::try_from(mixed >> (u64::BITS - LATELY_BITS)).unwrap_or_default()
}

/// Texts one after the other, so that they are copied at once.
fn joined<'a>(texts: &impl StringArrayType<'a>, start: usize, rows: usize, bytes: Option<usize>) -> Block<'a> {
    let nulls = texts.nulls();
    let cell = |at: usize| if nulls.is_some_and(|nulls| nulls.is_null(at)) { "" } else { texts.value(at) };
    let cells = || (start..start.saturating_add(rows)).map(cell);
    let bytes = bytes.unwrap_or_else(|| cells().map(str::len).fold(0, usize::saturating_add));
    let mut buffer = TextBuffer::with_capacity(rows, bytes);
    if !cells().all(|cell| buffer.push(cell)) {
        return Block::Texts(cells().collect());
    }
    buffer.look();
    Block::Joined(buffer)
}

/// The same of views, whose lengths stand in them; not for sure in those of nulls.
fn joined_views(texts: &StringViewArray, start: usize, rows: usize) -> Block<'_> {
    let views = || texts.views().iter().skip(start).take(rows);
    let bytes = texts.nulls().is_none().then(|| views().map(|view| length(*view)).fold(0, usize::saturating_add));
    joined(&texts, start, rows, bytes)
}

/// The cells of a column in some rows.
enum Block<'a> {
    Blank,
    Texts(Vec<&'a str>),
    Joined(TextBuffer),
    Owned(Vec<String>),
    /// A dictionary, and which of its texts stands in each row.
    Words(Arc<Vec<&'a str>>, Vec<u32>),
    Integers(Vec<Option<i64>>),
    Decimals(Vec<Option<i128>>, u32),
    Flags(Vec<Option<bool>>),
    Loose(Vec<Loose>),
}

/// A cell of a column that has several kinds.
#[derive(Clone, Default)]
enum Loose {
    #[default]
    Blank,
    Text(String),
    Number(String),
    Flag(bool),
}

impl Block<'_> {
    /// One of its cells by itself.
    fn loose(&self, at: usize) -> Loose {
        let text = |text: &str| Loose::Text(text.to_owned());
        match self {
            // Columns of a union are no dictionaries, and read cell by cell.
            Self::Blank | Self::Words(..) | Self::Joined(..) => Loose::Blank,
            Self::Texts(texts) => texts.get(at).map_or(Loose::Blank, |cell| text(cell)),
            Self::Owned(texts) => texts.get(at).map_or(Loose::Blank, |cell| text(cell)),
            Self::Integers(numbers) => {
                numbers.get(at).copied().flatten().map_or(Loose::Blank, |number| Loose::Number(number.to_string()))
            }
            Self::Decimals(mantissas, scale) => match mantissas.get(at).copied().flatten() {
                Some(mantissa) => Loose::Number(
                    fundlayers::Decimal::try_from_i128_with_scale(mantissa, *scale)
                        .map_or_else(|_| format!("{mantissa}e-{scale}"), |number| number.to_string()),
                ),
                None => Loose::Blank,
            },
            Self::Flags(flags) => flags.get(at).copied().flatten().map_or(Loose::Blank, Loose::Flag),
            Self::Loose(cells) => cells.get(at).cloned().unwrap_or_default(),
        }
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let Self::Loose(cells) = self else { return Vec::new() };
        let cell = |cell| match cell {
            &Loose::Blank => Cell::Blank,
            Loose::Text(text) => Cell::Text(text),
            Loose::Number(digits) => Cell::Number(digits),
            Loose::Flag(flag) => Cell::Flag(*flag),
        };
        cells.iter().map(cell).collect()
    }

    fn owned(&self) -> Vec<&str> {
        match self {
            Self::Owned(texts) => texts.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn column<'b>(&'b self, owned: &'b [&'b str], cells: &'b [Cell<'b>]) -> CellColumn<'b> {
        match self {
            Self::Blank => CellColumn::Blank,
            Self::Texts(texts) => CellColumn::Texts(texts),
            Self::Joined(buffer) => CellColumn::Joined(buffer.texts()),
            Self::Owned(_) => CellColumn::Texts(owned),
            Self::Words(words, codes) => CellColumn::Words { words, codes },
            Self::Integers(numbers) => CellColumn::Integers(numbers),
            Self::Decimals(mantissas, scale) => CellColumn::Decimals { mantissas, scale: *scale },
            Self::Flags(flags) => CellColumn::Flags(flags),
            Self::Loose(_) => CellColumn::Cells(cells),
        }
    }

    /// The cells at these places.
    fn chosen(&self, places: &[u32]) -> Self {
        fn at<T: Clone + Default>(cells: &[T], places: &[u32]) -> Vec<T> {
            let cell = |place: &u32| usize::try_from(*place).ok().and_then(|place| cells.get(place));
            places.iter().map(|place| cell(place).cloned().unwrap_or_default()).collect()
        }
        match self {
            // The values of a dictionary are no dictionary, and texts of their own.
            Self::Blank | Self::Words(..) | Self::Joined(..) => Self::Blank,
            Self::Texts(texts) => Self::Texts(at(texts, places)),
            Self::Owned(texts) => Self::Owned(at(texts, places)),
            Self::Integers(numbers) => Self::Integers(at(numbers, places)),
            Self::Decimals(mantissas, scale) => Self::Decimals(at(mantissas, places), *scale),
            Self::Flags(flags) => Self::Flags(at(flags, places)),
            Self::Loose(cells) => Self::Loose(at(cells, places)),
        }
    }
}

/// The keys of a dictionary as codes; null is a code that no word has.
fn codes(keys: &dyn Array, start: usize, rows: usize) -> Vec<u32> {
    fn of<K: ArrowDictionaryKeyType>(keys: &dyn Array, start: usize, rows: usize) -> Vec<u32>
    where
        u32: TryFrom<K::Native>,
    {
        let keys = keys.as_primitive::<K>();
        values(keys, start, rows).map(|key| key.and_then(|key| u32::try_from(key).ok()).unwrap_or(u32::MAX)).collect()
    }
    match keys.data_type() {
        DataType::Int8 => of::<Int8Type>(keys, start, rows),
        DataType::Int16 => of::<Int16Type>(keys, start, rows),
        DataType::Int32 => of::<Int32Type>(keys, start, rows),
        DataType::Int64 => of::<Int64Type>(keys, start, rows),
        DataType::UInt8 => of::<UInt8Type>(keys, start, rows),
        DataType::UInt16 => of::<UInt16Type>(keys, start, rows),
        DataType::UInt32 => of::<UInt32Type>(keys, start, rows),
        DataType::UInt64 => of::<UInt64Type>(keys, start, rows),
        _ => vec![u32::MAX; rows],
    }
}

fn values<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    start: usize,
    rows: usize,
) -> impl Iterator<Item = Option<T::Native>> + '_ {
    let cells = array.values().iter().copied().enumerate().skip(start).take(rows);
    cells.map(|(at, value)| array.is_valid(at).then_some(value))
}

/// The cells of an array in some rows.
fn block(array: &dyn Array, start: usize, rows: usize) -> Result<Block<'_>, Fault> {
    let range = start..start.saturating_add(rows);
    if let DataType::Timestamp(_, Some(zone)) = array.data_type()
        && !matches!(&**zone, "UTC" | "Z" | "+00:00" | "Etc/UTC")
        && let Some(row) = range.clone().find(|at| array.is_valid(*at))
    {
        // What is kept is the moment in UTC, which is another day where the clock shows midnight.
        return Err(Fault::zone(array.data_type(), row));
    }
    macro_rules! texts {
        ($array:expr) => {{
            let array = $array;
            Ok(Block::Texts(range.map(|at| if array.is_valid(at) { array.value(at) } else { "" }).collect()))
        }};
    }
    macro_rules! integers {
        ($($data_type:ident => $type:ty),+ $(,)?) => {
            match array.data_type() {
                $(DataType::$data_type => {
                    let numbers = values(array.as_primitive::<$type>(), start, rows);
                    return Ok(Block::Integers(numbers.map(|number| number.map(i64::from)).collect()));
                })+
                _ => {}
            }
        };
    }
    integers!(
        Int8 => Int8Type, Int16 => Int16Type, Int32 => Int32Type, Int64 => Int64Type,
        UInt8 => UInt8Type, UInt16 => UInt16Type, UInt32 => UInt32Type,
    );
    match array.data_type() {
        DataType::Utf8 => texts!(array.as_string::<i32>()),
        DataType::LargeUtf8 => texts!(array.as_string::<i64>()),
        DataType::Utf8View => texts!(array.as_string_view()),
        DataType::UInt64 => {
            let numbers = values(array.as_primitive::<UInt64Type>(), start, rows);
            Ok(Block::Decimals(numbers.map(|number| number.map(i128::from)).collect(), 0))
        }
        DataType::Boolean => {
            let flags = array.as_boolean();
            Ok(Block::Flags(range.map(|at| flags.is_valid(at).then(|| flags.value(at))).collect()))
        }
        DataType::Decimal32(_, scale) => {
            decimals(values(array.as_primitive::<Decimal32Type>(), start, rows), |n| Some(n.into()), *scale, start)
        }
        DataType::Decimal64(_, scale) => {
            decimals(values(array.as_primitive::<Decimal64Type>(), start, rows), |n| Some(n.into()), *scale, start)
        }
        DataType::Decimal128(_, scale) => {
            decimals(values(array.as_primitive::<Decimal128Type>(), start, rows), Some, *scale, start)
        }
        DataType::Decimal256(_, scale) => {
            decimals(values(array.as_primitive::<Decimal256Type>(), start, rows), i256::to_i128, *scale, start)
        }
        DataType::Float16 => no_floats(
            values(array.as_primitive::<Float16Type>(), start, rows).map(|n| n.map(f32::from)),
            f32::is_nan,
            start,
        ),
        DataType::Float32 => no_floats(values(array.as_primitive::<Float32Type>(), start, rows), f32::is_nan, start),
        DataType::Float64 => no_floats(values(array.as_primitive::<Float64Type>(), start, rows), f64::is_nan, start),
        DataType::Date32 => Ok(dates(array.as_primitive::<Date32Type>(), range)),
        DataType::Date64 => Ok(dates(array.as_primitive::<Date64Type>(), range)),
        DataType::Timestamp(TimeUnit::Second, _) => Ok(dates(array.as_primitive::<TimestampSecondType>(), range)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            Ok(dates(array.as_primitive::<TimestampMillisecondType>(), range))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            Ok(dates(array.as_primitive::<TimestampMicrosecondType>(), range))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            Ok(dates(array.as_primitive::<TimestampNanosecondType>(), range))
        }
        data_type => match range.clone().find(|at| array.is_valid(*at)) {
            Some(row) if *data_type != DataType::Null => Err(Fault::wrong_type(data_type, row)),
            _ => Ok(Block::Blank),
        },
    }
}

/// Decimals; a negative scale is written out.
fn decimals<'a, T: ToString + Copy>(
    numbers: impl Iterator<Item = Option<T>>,
    mantissa: impl Fn(T) -> Option<i128>,
    scale: i8,
    start: usize,
) -> Result<Block<'a>, Fault> {
    let factor = 10_i128.checked_pow(u32::from(scale.min(0).unsigned_abs()));
    let mut mantissas = Vec::new();
    for (at, number) in numbers.enumerate() {
        let Some(number) = number else {
            mantissas.push(None);
            continue;
        };
        match mantissa(number).and_then(|mantissa| mantissa.checked_mul(factor?)) {
            Some(mantissa) => mantissas.push(Some(mantissa)),
            None => return Err(Fault::out_of_range(number.to_string(), start.saturating_add(at))),
        }
    }
    Ok(Block::Decimals(mantissas, u32::try_from(scale).unwrap_or_default()))
}

/// Floats that are all whole and exact as whole numbers; none if one is not.
fn whole_numbers(array: &ArrayRef) -> Option<ArrayRef> {
    /// Up to here a float holds every whole number.
    const EXACT: u64 = 1 << 53;
    fn of<T: Display>(numbers: impl Iterator<Item = Option<T>>, is_nan: impl Fn(&T) -> bool) -> Option<ArrayRef> {
        let whole = |number: T| number.to_string().parse::<i64>().ok().filter(|whole| whole.unsigned_abs() <= EXACT);
        let cell = |number: Option<T>| match number.filter(|number| !is_nan(number)) {
            Some(number) => whole(number).map(Some),
            None => Some(None),
        };
        Some(Arc::new(numbers.map(cell).collect::<Option<Int64Array>>()?))
    }
    let rows = array.len();
    match array.data_type() {
        DataType::Float16 => of(values(array.as_primitive::<Float16Type>(), 0, rows), |n| n.is_nan()),
        DataType::Float32 => of(values(array.as_primitive::<Float32Type>(), 0, rows), |n| n.is_nan()),
        DataType::Float64 => of(values(array.as_primitive::<Float64Type>(), 0, rows), |n| n.is_nan()),
        _ => None,
    }
}

/// Blank, if there is no number among binary floats.
fn no_floats<'a, T: ToString + Copy>(
    numbers: impl Iterator<Item = Option<T>>,
    is_nan: impl Fn(T) -> bool,
    start: usize,
) -> Result<Block<'a>, Fault> {
    let first = numbers.enumerate().find_map(|(at, number)| number.filter(|n| !is_nan(*n)).map(|number| (at, number)));
    first.map_or(Ok(Block::Blank), |(at, number)| Err(Fault::float(number.to_string(), start.saturating_add(at))))
}

/// Dates by their digits, `2023-02-08`, with the time if it is not midnight.
fn dates<'a, T: ArrowTemporalType>(array: &PrimitiveArray<T>, range: std::ops::Range<usize>) -> Block<'a>
where
    i64: From<T::Native>,
{
    let text = |at: usize| {
        let moment = array.is_valid(at).then(|| array.value_as_datetime(at)).flatten();
        let text = moment.map(|moment| moment.to_string()).unwrap_or_default();
        text.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(text)
    };
    Block::Owned(range.map(text).collect())
}

/// Rows of a record batch that is written.
const BATCH_ROWS: usize = 1 << 18;
/// Bytes of text in one column of a record batch, so that 32 bits hold their places.
const BATCH_BYTES: usize = 1 << 30;
/// As many digits as 2^63 has.
const PRECISION: u8 = 19;
/// As many digits as a `decimal128` can have.
const WIDEST: u8 = 38;

/// The schema of a result: columns by their keys, with their headers as metadata, and what the policy is.
#[must_use]
pub fn schema(table: &Table<'_>, policy: &Policy) -> SchemaRef {
    let fields: Vec<Field> = table
        .columns()
        .iter()
        .map(|column| {
            let mut metadata = HashMap::from([
                ("header_zh".to_owned(), column.header.zh.clone()),
                ("header_en".to_owned(), column.header.en.clone()),
            ]);
            match column.kind {
                ColumnKind::Amount => _ = metadata.insert("unit".to_owned(), table.unit().to_string()),
                ColumnKind::Percent => _ = metadata.insert("unit".to_owned(), "%".to_owned()),
                _ => {}
            }
            let blank = !matches!(column.kind, ColumnKind::Text | ColumnKind::Flag);
            Field::new(&column.key, data_type(column, table), blank).with_metadata(metadata)
        })
        .collect();
    let status = policy.source().status.map_or("", Status::as_str);
    let metadata = [
        ("unit", table.unit().as_str()),
        ("policy", policy.id()),
        ("policy_version", policy.version().unwrap_or_default()),
        ("policy_status", status),
    ];
    let mut metadata = HashMap::from(metadata.map(|(key, value)| (key.to_owned(), value.to_owned())));
    metadata.extend(policy.changes_text(Lang::En).map(|changes| ("policy_changes".to_owned(), changes)));
    Arc::new(Schema::new_with_metadata(fields, metadata))
}

fn data_type(column: &Column, table: &Table<'_>) -> DataType {
    match column.kind {
        ColumnKind::Text if column.is_word() => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        ColumnKind::Text | ColumnKind::Number { scale: None } => DataType::Utf8,
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Number { scale: Some(scale) } => {
            DataType::Decimal128(WIDEST, i8::try_from(scale).unwrap_or(i8::MAX))
        }
        ColumnKind::Flag => DataType::Boolean,
        // One fen is 10^-places of a unit, so that fen are the mantissas.
        ColumnKind::Amount => DataType::Decimal128(PRECISION, i8::try_from(table.unit().places()).unwrap_or(i8::MAX)),
        ColumnKind::Percent => DataType::Decimal128(PRECISION, 2),
    }
}

/// The record batches of a result.
///
/// ```
/// # use fundlayers::{Allocation, Policy, RosterBuilder, RowBuilder, TableOptions, Unit, roster::Cell};
/// # let policy: Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
/// #   "layers": [{ "id": "city", "payer": "city" }], "payers": { "city": {} }, "classes": [{ "id": "all", "funding": { "city": 3 } }] }"#)?;
/// # let mut builder = RosterBuilder::new(&policy, &[("name", None)]);
/// # builder.push_row(None, &[Cell::Text("a")]);
/// # let (allocation, _) = Allocation::new(&policy, &builder.finish()?.0)?;
/// let table = allocation.table(TableOptions { unit: Unit::Yuan, zeros: false, wide: false });
/// let schema = fundlayers_formats::arrow::schema(&table, &policy);
/// let batch = fundlayers_formats::arrow::batches(&table, &schema).next().expect("two rows")?;
/// assert_eq!((batch.num_rows(), schema.field_with_name("amount")?.data_type().to_string()), (2, "Decimal128(19, 2)".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn batches<'t>(
    table: &'t Table<'_>,
    schema: &SchemaRef,
) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> + 't {
    let schema = Arc::clone(schema);
    let mut parts = table.batches().peekable();
    std::iter::from_fn(move || {
        parts.peek()?;
        let mut columns: Vec<Builder<'_>> = table.columns().iter().map(Builder::new).collect();
        let (mut rows, mut full) = (0_usize, false);
        while rows < BATCH_ROWS && !full {
            let Some(part) = parts.next() else { break };
            rows = rows.saturating_add(part.rows);
            for (column, cells) in columns.iter_mut().zip(&part.columns) {
                column.push(cells, part.rows);
                full |= column.bytes() > BATCH_BYTES;
            }
        }
        let arrays: Result<Vec<ArrayRef>, ArrowError> =
            columns.into_iter().zip(schema.fields()).map(|(column, field)| column.finish(field.data_type())).collect();
        Some(arrays.and_then(|arrays| RecordBatch::try_new(Arc::clone(&schema), arrays)))
    })
}

/// A column of a record batch that is written.
enum Builder<'t> {
    Texts(StringBuilder),
    Words {
        words: Vec<&'t str>,
        known: HashMap<&'t str, i32>,
        keys: Vec<i32>,
        listed: bool,
    },
    MaybeTexts(StringBuilder),
    Integers(Vec<i64>),
    MaybeIntegers(Vec<Option<i64>>),
    Decimals(Vec<i128>),
    MaybeDecimals(Vec<Option<i128>>),
    /// Numbers with so many decimals.
    Numbers(Vec<Option<i128>>, u32),
    Flags(Vec<bool>),
}

impl<'t> Builder<'t> {
    fn new(column: &Column) -> Self {
        match column.kind {
            ColumnKind::Text if column.is_word() => {
                Self::Words { words: Vec::new(), known: HashMap::new(), keys: Vec::new(), listed: false }
            }
            ColumnKind::Text => Self::Texts(StringBuilder::new()),
            ColumnKind::Integer => Self::Integers(Vec::new()),
            ColumnKind::Number { scale: None } => Self::MaybeTexts(StringBuilder::new()),
            ColumnKind::Number { scale: Some(scale) } => Self::Numbers(Vec::new(), scale),
            ColumnKind::Flag => Self::Flags(Vec::new()),
            ColumnKind::Amount | ColumnKind::Percent => Self::Decimals(Vec::new()),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Texts(texts) | Self::MaybeTexts(texts) => texts.values_slice().len(),
            _ => 0,
        }
    }

    fn push(&mut self, cells: &Cells<'t>, rows: usize) {
        match (&mut *self, cells) {
            (Self::Texts(column), Cells::Text(texts)) => {
                // A place has as many rows as layers and years.
                for alike in texts.chunk_by(|a, b| std::ptr::eq(*a, *b)) {
                    if let Some(text) = alike.first() {
                        column.append_value_n(text, alike.len());
                    }
                }
            }
            // The table's own list is the dictionary; it is the same in every batch.
            (Self::Words { words, keys, listed, .. }, Cells::Words(cells)) if *listed || keys.is_empty() => {
                if !*listed {
                    words.extend(cells.words.iter());
                    *listed = true;
                }
                keys.extend(cells.codes.iter().map(|code| code.cast_signed()));
            }
            (Self::Words { words, known, keys, .. }, cells) => {
                keys.extend((0..rows).map(|row| {
                    let word = cells.text(row).unwrap_or_default();
                    *known.entry(word).or_insert_with(|| {
                        words.push(word);
                        // There are fewer than 2^31 rows in a batch.
                        i32::try_from(words.len().saturating_sub(1)).unwrap_or_default()
                    })
                }));
            }
            (Self::Texts(column), cells) => {
                (0..rows).for_each(|row| column.append_value(cells.text(row).unwrap_or_default()));
            }
            (Self::Integers(column), Cells::Integer(numbers)) => column.extend_from_slice(numbers),
            (Self::Integers(column), Cells::MaybeInteger(_)) => {
                let before = column.drain(..).map(Some).collect();
                *self = Self::MaybeIntegers(before);
                self.push(cells, rows);
            }
            (Self::MaybeIntegers(column), Cells::Integer(numbers)) => column.extend(numbers.iter().copied().map(Some)),
            (Self::MaybeIntegers(column), Cells::MaybeInteger(numbers)) => column.extend_from_slice(numbers),
            (Self::MaybeTexts(column), Cells::Number(numbers)) => {
                for number in numbers {
                    column.append_option(number.map(|number| number.normalize().to_string()));
                }
            }
            (Self::Numbers(column, scale), Cells::Number(numbers)) => {
                let mantissa = |number: fundlayers::Decimal| {
                    let more = scale.checked_sub(number.scale())?;
                    number.mantissa().checked_mul(10_i128.checked_pow(more)?)
                };
                column.extend(numbers.iter().map(|number| number.and_then(mantissa)));
            }
            (Self::Flags(column), Cells::Flag(flags)) => column.extend_from_slice(flags),
            (Self::Decimals(column), Cells::Amount(amounts)) => {
                column.extend(amounts.iter().map(|amount| i128::from(amount.fen())));
            }
            (Self::Decimals(column), Cells::MaybeAmount(_) | Cells::Percent(_)) => {
                let before = column.drain(..).map(Some).collect();
                *self = Self::MaybeDecimals(before);
                self.push(cells, rows);
            }
            (Self::MaybeDecimals(column), Cells::Amount(amounts)) => {
                column.extend(amounts.iter().map(|amount| Some(i128::from(amount.fen()))));
            }
            (Self::MaybeDecimals(column), Cells::MaybeAmount(amounts)) => {
                column.extend(amounts.iter().map(|amount| amount.map(|amount| i128::from(amount.fen()))));
            }
            (Self::MaybeDecimals(column), Cells::Percent(percents)) => {
                column.extend(percents.iter().map(|percent| percent.map(|percent| i128::from(percent.hundredths()))));
            }
            // Cells are of their column's kind.
            _ => {}
        }
    }

    fn finish(self, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Texts(mut texts) | Self::MaybeTexts(mut texts) => Arc::new(texts.finish()),
            Self::Words { words, keys, .. } => {
                let words = Arc::new(StringArray::from(words));
                Arc::new(DictionaryArray::try_new(Int32Array::from(keys), words)?)
            }
            Self::Integers(numbers) => Arc::new(Int64Array::from(numbers)),
            Self::MaybeIntegers(numbers) => Arc::new(Int64Array::from(numbers)),
            Self::Flags(flags) => Arc::new(BooleanArray::from(flags)),
            Self::Decimals(mantissas) => Arc::new(Decimal128Array::from(mantissas).with_data_type(data_type.clone())),
            Self::MaybeDecimals(mantissas) | Self::Numbers(mantissas, _) => {
                Arc::new(Decimal128Array::from(mantissas).with_data_type(data_type.clone()))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, StringArray};
    use fundlayers::RosterBuilder;

    #[test]
    fn binary_floats_are_refused_with_the_column_and_the_first_row() {
        let policy: Policy = serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "layers": [],
                 "attributes": { "pupils": { "type": "number" } }, "classes": [{ "id": "all", "funding": {} }] }"#,
        )
        .unwrap();
        let names: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let pupils: ArrayRef = Arc::new(Float64Array::from(vec![None, Some(0.1)]));
        let batch = RecordBatch::try_from_iter([("name", names), ("pupils", pupils)]).unwrap();
        let read = read_rows(&batch.schema(), [&batch], |titles| RosterBuilder::new(&policy, titles));
        let found: Vec<_> =
            read.unwrap_err().iter().map(|p| (p.code(), p.location().row, p.location().column.clone())).collect();
        assert_eq!(found, [(Code::BinaryFloat, Some(2), Some("pupils".to_owned()))]);
    }
}

#[cfg(test)]
mod large {
    use super::*;
    use arrow_array::Float64Array;
    use fundlayers::{Roster, RosterBuilder};

    /// More rows than one thread reads.
    const ROWS: usize = LARGE + 7;

    fn policy() -> Policy {
        serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元", "layers": [],
                 "kinds": { "town": {}, "village": {} }, "attributes": { "pupils": { "type": "number" } },
                 "classes": [{ "id": "all", "funding": {} }] }"#,
        )
        .unwrap()
    }

    fn batch(pupils: ArrayRef) -> RecordBatch {
        let texts = |text: &dyn Fn(usize) -> String| -> ArrayRef {
            Arc::new((0..ROWS).map(|row| Some(text(row))).collect::<StringViewArray>())
        };
        RecordBatch::try_from_iter([
            ("id", texts(&|row| format!("{row:07}"))),
            ("name", texts(&|row| if row % 1000 == 999 { format!("高　尔{row}村") } else { format!("第{row}村") })),
            ("kind", texts(&|row| if row % 3 == 0 { "town" } else { "village" }.to_owned())),
            ("county", texts(&|row| format!("县{}", row % 3000))),
            ("pupils", pupils),
        ])
        .unwrap()
    }

    fn read(parts: &[RecordBatch]) -> Result<Roster, Problems> {
        let schema = parts[0].schema();
        read_rows(&schema, parts, |titles| RosterBuilder::new(&policy(), titles)).map(|(roster, _)| roster)
    }

    fn halves(batch: &RecordBatch) -> Vec<RecordBatch> {
        vec![batch.slice(0, ROWS / 2), batch.slice(ROWS / 2, ROWS - ROWS / 2)]
    }

    #[test]
    fn a_large_batch_is_the_roster_of_its_halves() {
        let numbers: Vec<Option<i64>> =
            (0..ROWS).map(|row| (row % 7 > 0).then(|| i64::try_from(row).unwrap())).collect();
        let batch = batch(Arc::new(Int64Array::from(numbers)));
        let csv = |roster: &Roster| {
            let mut out = Vec::new();
            crate::csv::write(&mut out, &roster.table(&policy())).unwrap();
            out
        };
        let (whole, parts) = (read(std::slice::from_ref(&batch)).unwrap(), read(&halves(&batch)).unwrap());
        assert_eq!(whole.len(), ROWS);
        assert!(csv(&whole) == csv(&parts), "the rosters differ");
        assert_eq!((whole.get(999).unwrap().name(), whole.get(2999).unwrap().county()), ("高尔999村", "县2999"));
    }

    #[test]
    fn floats_are_refused_at_their_first_row_wherever_it_is() {
        let numbers: Vec<Option<f64>> = (0..ROWS).map(|row| if row < ROWS - 2 { None } else { Some(0.5) }).collect();
        let batch = batch(Arc::new(Float64Array::from(numbers)));
        for parts in [vec![batch.clone()], halves(&batch)] {
            let problems = read(&parts).unwrap_err();
            let found: Vec<_> = problems.iter().map(|p| (p.code(), p.location().row, p.found_text())).collect();
            assert_eq!(found, [(Code::BinaryFloat, Some(u32::try_from(ROWS - 1).unwrap()), Some("0.5"))]);
        }
    }
}
