//! How the cells of a roster are kept: by columns, each text once, without a separate allocation per row.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use rust_decimal::Decimal;

use crate::ground::ids::index;
use crate::ground::number::decimal;
use crate::ground::sure::Sure;
use crate::rows::records::{JoinedTexts, has_space};

/// Where each text of an arena ends: 4 bytes each while they suffice.
#[derive(Debug)]
enum Ends {
    Short(Vec<u32>),
    Long(Vec<usize>),
}

impl Ends {
    #[inline]
    fn push(&mut self, end: usize) {
        match (self, u32::try_from(end)) {
            (Self::Short(ends), Ok(end)) => ends.push(end),
            (ends, _) => ends.push_long(end),
        }
    }

    #[cold]
    fn push_long(&mut self, end: usize) {
        if let Self::Short(ends) = self {
            *self = Self::Long(ends.iter().map(|&end| index(end)).collect());
        }
        if let Self::Long(ends) = self {
            ends.push(end);
        }
    }

    fn get(&self, at: usize) -> Option<usize> {
        match self {
            Self::Short(ends) => ends.get(at).map(|&end| index(end)),
            Self::Long(ends) => ends.get(at).copied(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Short(ends) => ends.len(),
            Self::Long(ends) => ends.len(),
        }
    }

    fn shrink(&mut self) {
        match self {
            Self::Short(ends) => ends.shrink_to_fit(),
            Self::Long(ends) => ends.shrink_to_fit(),
        }
    }
}

/// Texts one after the other in one string.
#[derive(Debug)]
pub(crate) struct TextColumn {
    text: String,
    ends: Ends,
}

impl TextColumn {
    pub(crate) const fn new() -> Self {
        Self { text: String::new(), ends: Ends::Short(Vec::new()) }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Adds texts, one for each row.
    pub(crate) fn extend<'a>(&mut self, texts: impl Iterator<Item = &'a str> + Clone) {
        let bytes = texts.clone().map(str::len).fold(0, usize::saturating_add);
        self.text.reserve(bytes);
        if let Ends::Short(ends) = &mut self.ends
            && u32::try_from(self.text.len().saturating_add(bytes)).is_ok()
        {
            // The length fits 32 bits, as was seen.
            ends.extend(texts.map(|text| {
                self.text.push_str(text);
                u32::try_from(self.text.len()).unwrap_or(u32::MAX)
            }));
            return;
        }
        texts.for_each(|text| self.push(text));
    }

    /// Makes room for more texts like those that have come, a little longer ones too, as far as there is memory; none if
    /// none has come.
    pub(crate) fn reserve(&mut self, rows: usize) {
        let Some(alike) = self.size().saturating_mul(rows).checked_div(self.len()) else { return };
        // Whatever cannot be reserved is taken as it comes.
        _ = self.text.try_reserve_exact(alike.saturating_add(alike / 8));
        _ = match &mut self.ends {
            Ends::Short(ends) => ends.try_reserve_exact(rows),
            Ends::Long(ends) => ends.try_reserve_exact(rows),
        };
    }

    /// [`Self::extend`], at once for texts that stand one after the other.
    pub(crate) fn extend_joined(&mut self, texts: JoinedTexts<'_>) {
        let (joined, before) = (texts.joined(), self.text.len());
        if let (Ends::Short(ends), Ok(before)) = (&mut self.ends, u32::try_from(before))
            && u32::try_from(self.text.len().saturating_add(joined.len())).is_ok()
        {
            self.text.push_str(joined);
            // The last end fits 32 bits, as was seen.
            ends.extend(texts.ends().map(|end| before.saturating_add(end)));
            return;
        }
        self.extend(texts.iter());
    }

    /// Adds texts, one for each row, if there is no white space in any of them; else adds nothing and says so.
    pub(crate) fn extend_without_space<'a>(&mut self, texts: impl Iterator<Item = &'a str> + Clone) -> bool {
        let (bytes, rows) = (self.text.len(), self.len());
        self.extend(texts);
        let clean = !self.text.get(bytes..).is_some_and(has_space);
        if !clean {
            self.text.truncate(bytes);
            match &mut self.ends {
                Ends::Short(ends) => ends.truncate(rows),
                Ends::Long(ends) => ends.truncate(rows),
            }
        }
        clean
    }

    /// The texts in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The texts in order, as bytes: their order is that of the texts.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        let bytes = self.text.as_bytes();
        let mut start = 0_usize;
        (0..self.len()).map(move |at| {
            let end = self.ends.get(at).unwrap_or(start);
            let text = bytes.get(start..end).sure();
            start = end;
            text
        })
    }

    /// Whether a test holds of the length of any text, in bytes.
    pub(crate) fn any_length(&self, test: impl Fn(usize) -> bool) -> bool {
        // No early end, so that many are looked at together. They ascend.
        let mut start = 0_usize;
        let mut is = |end: usize| test(end.wrapping_sub(std::mem::replace(&mut start, end)));
        match &self.ends {
            Ends::Short(ends) => ends.iter().fold(false, |any, &end| any | is(index(end))),
            Ends::Long(ends) => ends.iter().fold(false, |any, &end| any | is(end)),
        }
    }

    /// Adds the parts that are not blank as one text, with slashes between.
    pub(crate) fn push_path(&mut self, parts: [&str; 3]) {
        if let ["", "", part] = parts {
            return self.push(part);
        }
        let mut first = true;
        for part in parts {
            if part.is_empty() {
                continue;
            }
            if !first {
                self.text.push('/');
            }
            self.text.push_str(part);
            first = false;
        }
        self.ends.push(self.text.len());
    }

    /// The text of a row; the empty one beyond the last row, so a column that the roster lacks is blank.
    pub(crate) fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before));
        let end = self.ends.get(at);
        start.zip(end).and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// The text of a row as [`Self::get`] has it, as bytes, at which nothing looks yet.
    pub(crate) fn bytes_of(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before));
        let end = self.ends.get(at);
        start.zip(end).and_then(|(start, end)| self.text.as_bytes().get(start..end)).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All texts one after the other.
    pub(crate) fn joined(&self) -> &str {
        &self.text
    }

    /// Bytes of all texts.
    pub(crate) const fn size(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink();
    }
}

/// Texts of which many are alike: each distinct one once, in the order in which they first appear, and a code per row.
#[derive(Debug)]
pub(crate) struct DictionaryColumn {
    values: TextColumn,
    codes: Vec<u32>,
}

impl DictionaryColumn {
    /// The text of a row; blank if the roster lacks the column.
    pub(crate) fn get(&self, row: usize) -> &str {
        self.codes.get(row).map_or("", |&code| self.value(code))
    }

    /// The code of a row; 0 if the roster lacks the column.
    pub(crate) fn code(&self, row: usize) -> u32 {
        self.codes.get(row).copied().unwrap_or_default()
    }

    /// The codes by row; empty if the roster lacks the column.
    pub(crate) fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The text of a code. If the roster lacks the column, code 0 is blank.
    pub(crate) fn value(&self, code: u32) -> &str {
        self.values.get(index(code))
    }

    /// How many codes there are; at least 1, so that every row's code is below it.
    pub(crate) fn value_count(&self) -> usize {
        self.values.len().max(1)
    }

    /// The distinct texts by code, in the order in which they first appear.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        (0..self.value_count()).map(|code| self.values.get(code))
    }
}

/// Codes texts as they come.
#[derive(Debug)]
pub(crate) struct DictionaryBuilder {
    column: DictionaryColumn,
    /// Codes, each with part of the hash of its text, so that no text is read again when the table grows.
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    last: u32,
}

impl DictionaryBuilder {
    pub(crate) fn new() -> Self {
        Self {
            column: DictionaryColumn { values: TextColumn::new(), codes: Vec::new() },
            table: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            last: 0,
        }
    }

    /// Takes a row that has the same text as the row before, if it has. Neighbours often share their county.
    pub(crate) fn push_same(&mut self, text: &str) -> bool {
        let same =
            !self.column.codes.is_empty() && same(self.column.values.bytes_of(index(self.last)), text.as_bytes());
        if same {
            self.column.codes.push(self.last);
        }
        same
    }

    pub(crate) fn push(&mut self, text: &str) {
        if self.push_same(text) {
            return;
        }
        let (values, hasher) = (&mut self.column.values, &self.hasher);
        let part = u32::try_from(hasher.hash_one(text) >> 32).sure();
        let is_it = |&(code, of): &(u32, u32)| of == part && same(values.bytes_of(index(code)), text.as_bytes());
        let known = self.table.find(spread(part), is_it).map(|(code, _)| *code);
        self.last = known.unwrap_or_else(|| {
            // There are never more texts than rows, which 32 bits count.
            let code = u32::try_from(values.len()).unwrap_or(u32::MAX);
            values.push(text);
            self.table.insert_unique(spread(part), (code, part), |(_, part)| spread(*part));
            code
        });
        self.column.codes.push(self.last);
    }

    /// Takes a row by the code of its text, which must have come before.
    pub(crate) fn push_code(&mut self, code: u32) {
        self.last = code;
        self.column.codes.push(code);
    }

    /// Makes room for the codes of more rows, as far as there is memory; none if none has come.
    pub(crate) fn reserve(&mut self, rows: usize) {
        if self.column.codes.is_empty() {
            return;
        }
        _ = self.column.codes.try_reserve_exact(rows);
    }

    /// The code of the row that came last.
    pub(crate) const fn last_code(&self) -> u32 {
        self.last
    }

    /// The text of a row; blank if the roster lacks the column.
    pub(crate) fn get(&self, row: usize) -> &str {
        self.column.get(row)
    }

    /// The code of a row; 0 if the roster lacks the column.
    pub(crate) fn code(&self, row: usize) -> u32 {
        self.column.code(row)
    }

    /// The distinct texts by code.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.column.values()
    }

    /// The first row of a code.
    pub(crate) fn first(&self, code: u32) -> usize {
        self.column.codes.iter().position(|known| *known == code).unwrap_or_default()
    }

    pub(crate) fn finish(self) -> DictionaryColumn {
        let mut column = self.column;
        column.values.shrink();
        column.codes.shrink_to_fit();
        column
    }
}

/// Whether two texts are the same; texts as short as cells are looked at here.
#[inline]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match same_ends::<8>(one, other) {
        Some(ends) => ends && (one.len() <= 16 || one == other),
        None => same_ends::<4>(one, other).unwrap_or_else(|| one.iter().eq(other)),
    }
}

/// Whether the first and the last so many bytes are the same; none of texts that are shorter.
#[inline]
fn same_ends<const BYTES: usize>(one: &[u8], other: &[u8]) -> Option<bool> {
    let heads = one.first_chunk::<BYTES>()? == other.first_chunk()?;
    Some(heads && one.last_chunk::<BYTES>()? == other.last_chunk()?)
}

/// A hash of which both ends differ, of half a hash.
fn spread(part: u32) -> u64 {
    u64::from(part) << 32 | u64::from(part)
}

/// Which rows are blank, a bit each, as far as the last blank one.
#[derive(Debug, Default)]
pub(crate) struct Nulls {
    words: Vec<u64>,
    count: usize,
}

impl Nulls {
    fn push(&mut self, row: usize) {
        let word = row / 64;
        if self.words.len() <= word {
            self.words.resize(word.saturating_add(1), 0);
        }
        if let Some(bits) = self.words.get_mut(word) {
            *bits |= 1 << (row % 64);
        }
        self.count = self.count.saturating_add(1);
    }

    /// Whether a row is blank.
    pub(crate) fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|bits| bits & (1 << (row % 64)) != 0)
    }

    /// How many rows are blank.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }
}

/// Exact numbers; a blank row holds 0 and is among the nulls.
#[derive(Debug)]
pub(crate) struct NumberColumn {
    numbers: Numbers,
    nulls: Nulls,
}

/// The numbers of a column, blank rows as 0.
#[derive(Debug)]
pub(crate) enum Numbers {
    /// Mantissa × 10^−scale, one scale for all.
    Narrow {
        /// A mantissa per row.
        mantissas: Vec<i64>,
        /// The scale, 0 to 28.
        scale: u32,
        /// The least mantissa of a row that is not blank; 0 if all are blank.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// Where one scale and 64 bits do not reach.
    Wide(Vec<Decimal>),
}

impl NumberColumn {
    pub(crate) fn new() -> Self {
        let numbers = Numbers::Narrow { mantissas: Vec::new(), scale: 0, least: 0, most: 0 };
        Self { numbers, nulls: Nulls::default() }
    }

    /// The number of a row; none if it is blank.
    pub(crate) fn get(&self, row: usize) -> Option<Decimal> {
        if self.nulls.contains(row) {
            return None;
        }
        match &self.numbers {
            Numbers::Narrow { mantissas, scale, .. } => decimal(i128::from(*mantissas.get(row)?), *scale),
            Numbers::Wide(numbers) => numbers.get(row).copied(),
        }
    }

    /// The numbers, blank rows as 0.
    pub(crate) const fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Which rows are blank.
    pub(crate) const fn nulls(&self) -> &Nulls {
        &self.nulls
    }

    pub(crate) fn push_null(&mut self) {
        let row = match &mut self.numbers {
            Numbers::Narrow { mantissas, .. } => {
                mantissas.push(0);
                mantissas.len()
            }
            Numbers::Wide(numbers) => {
                numbers.push(Decimal::ZERO);
                numbers.len()
            }
        };
        self.nulls.push(row.saturating_sub(1));
    }

    pub(crate) fn push(&mut self, mantissa: i128, scale: u32) {
        if let Numbers::Narrow { mantissas, scale: common, .. } = &mut self.numbers {
            if scale > *common && mantissa != 0 {
                let wider = scale.saturating_sub(*common);
                if rescaled(mantissas, wider) {
                    *common = scale;
                }
            }
            let narrow = if mantissa == 0 {
                Some(0)
            } else {
                common
                    .checked_sub(scale)
                    .and_then(|more| 10_i128.checked_pow(more))
                    .and_then(|factor| mantissa.checked_mul(factor))
                    .and_then(|mantissa| i64::try_from(mantissa).ok())
            };
            if let Some(mantissa) = narrow {
                mantissas.push(mantissa);
                return;
            }
            let wide = mantissas.iter().map(|&mantissa| wide(mantissa.into(), *common)).collect();
            self.numbers = Numbers::Wide(wide);
        }
        if let Numbers::Wide(numbers) = &mut self.numbers {
            numbers.push(wide(mantissa, scale));
        }
    }

    pub(crate) fn finish(mut self) -> Self {
        match &mut self.numbers {
            Numbers::Narrow { mantissas, least, most, .. } => {
                mantissas.shrink_to_fit();
                let nulls = &self.nulls;
                let mut rows = mantissas.iter().enumerate().filter(|(row, _)| !nulls.contains(*row)).map(|(_, m)| *m);
                if let Some(first) = rows.next() {
                    (*least, *most) = rows.fold((first, first), |(least, most), m| (least.min(m), most.max(m)));
                }
            }
            Numbers::Wide(numbers) => numbers.shrink_to_fit(),
        }
        self.nulls.words.shrink_to_fit();
        self
    }
}

/// A number that was read, so it fits.
fn wide(mantissa: i128, scale: u32) -> Decimal {
    decimal(mantissa, scale).unwrap_or_default()
}

/// Gives mantissas so many more decimals if all have room for them.
fn rescaled(mantissas: &mut [i64], decimals: u32) -> bool {
    let Some(factor) = 10_i64.checked_pow(decimals) else {
        return mantissas.iter().all(|&mantissa| mantissa == 0);
    };
    let fits = mantissas.iter().all(|mantissa| mantissa.checked_mul(factor).is_some());
    if fits {
        for mantissa in mantissas {
            *mantissa = mantissa.saturating_mul(factor);
        }
    }
    fits
}

/// The cells of an attribute.
#[derive(Debug)]
pub(crate) enum AttributeColumn {
    /// Of a number attribute.
    Number(NumberColumn),
    /// Of a flag attribute; blank is false.
    Flag(Vec<bool>),
    /// Of a text attribute; blank is the empty text.
    Text(DictionaryColumn),
}

/// Numbers that mostly go up by one from row to row: only where they do not is kept. 0 stands for none.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    /// Row from which a run holds, and its first number.
    runs: Vec<(u32, u32)>,
    next: u32,
}

impl Numbering {
    pub(crate) fn push(&mut self, row: u32, number: u32) {
        if number != self.next || row == 0 {
            self.runs.push((row, number));
        }
        self.next = if number == 0 { 0 } else { number.saturating_add(1) };
    }

    /// Adds so many rows whose numbers go up by one, or that have none.
    pub(crate) fn extend(&mut self, row: u32, number: u32, rows: u32) {
        if rows > 0 {
            self.push(row, number);
            self.next = if number == 0 { 0 } else { number.saturating_add(rows) };
        }
    }

    /// The number of a row.
    pub(crate) fn get(&self, row: u32) -> Option<u32> {
        let run = self.runs.partition_point(|(from, _)| *from <= row).checked_sub(1)?;
        let (from, number) = self.runs.get(run).copied()?;
        (number != 0).then(|| number.saturating_add(row.saturating_sub(from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::number::parse_number;
    use proptest::prelude::*;

    #[test]
    fn ends_grow_beyond_32_bits() {
        let mut ends = Ends::Short(Vec::new());
        let long = index(u32::MAX) + 7;
        for end in [3, 9, long, long + 1] {
            ends.push(end);
        }
        assert_eq!(
            (0..5).map(|at| ends.get(at)).collect::<Vec<_>>(),
            [Some(3), Some(9), Some(long), Some(long + 1), None]
        );
        assert_eq!(ends.len(), 4);
    }

    #[test]
    fn a_path_leaves_out_blank_parts_with_their_slash() {
        let mut column = TextColumn::new();
        for parts in [["区", "镇", "村"], ["", "镇", "村"], ["区", "", "村"], ["", "", "村"], ["", "", ""]] {
            column.push_path(parts);
        }
        let texts: Vec<_> = (0..6).map(|at| column.get(at)).collect();
        assert_eq!(texts, ["区/镇/村", "镇/村", "区/村", "村", "", ""]);
    }

    #[test]
    fn numbers_count_up_unless_told() {
        let mut numbering = Numbering::default();
        let numbers = [2, 3, 4, 9, 10, 0, 0, 12, 13, 13];
        for (row, number) in (0..).zip(numbers) {
            numbering.push(row, number);
        }
        assert_eq!(numbering.runs.len(), 5);
        for (row, number) in (0..).zip(numbers) {
            assert_eq!(numbering.get(row), Some(number).filter(|n| *n != 0), "{row}");
        }
    }

    fn numbers(texts: &[&str]) -> NumberColumn {
        let mut column = NumberColumn::new();
        for text in texts {
            match parse_number(text, false) {
                Ok((mantissa, scale)) => column.push(mantissa, scale),
                Err(_) => column.push_null(),
            }
        }
        column.finish()
    }

    #[test]
    fn one_scale_serves_a_column_while_it_can() {
        let column = numbers(&["5", "", "-0.25", "1.5"]);
        assert!(matches!(&column.numbers, Numbers::Narrow { mantissas, scale: 2, least: -25, most: 500 }
            if mantissas == &[500, 0, -25, 150]));
        assert_eq!(column.nulls.count(), 1);
        assert_eq!(
            (0..5).map(|row| column.get(row).map(|n| n.normalize().to_string())).collect::<Vec<_>>(),
            [Some("5".into()), None, Some("-0.25".into()), Some("1.5".into()), None]
        );
        assert!(matches!(numbers(&["", "7"]).numbers, Numbers::Narrow { least: 7, most: 7, .. }));
        assert!(matches!(
            numbers(&["0", "", "0.0000000000000000000000000001"]).numbers,
            Numbers::Narrow { scale: 28, most: 1, .. }
        ));
    }

    #[test]
    fn numbers_beyond_64_bits_are_kept_too() {
        for texts in [
            ["9223372036854775808", "1"],
            ["1", "-9223372036854775809"],
            ["1000000000000", "0.00000000001"],
            ["0.00000000001", "1000000000000"],
            ["1", "0.0000000000000000000000000001"],
        ] {
            let column = numbers(&texts);
            assert!(matches!(column.numbers, Numbers::Wide(_)), "{texts:?}");
            for (row, text) in texts.iter().enumerate() {
                assert_eq!(column.get(row).unwrap().to_string(), *text);
            }
        }
    }

    proptest! {
        #[test]
        fn a_number_column_gives_back_what_it_was_given(
            cells in prop::collection::vec(prop::option::of((any::<i64>(), 0_u32..=28, 0_u32..60)), 0..80)
        ) {
            let mut column = NumberColumn::new();
            let cells: Vec<_> = cells.into_iter().map(|c| c.map(|(m, scale, shift)| (m >> shift, scale))).collect();
            for cell in &cells {
                match cell {
                    Some((mantissa, scale)) => column.push((*mantissa).into(), *scale),
                    None => column.push_null(),
                }
            }
            let column = column.finish();
            prop_assert_eq!(column.nulls.count(), cells.iter().filter(|c| c.is_none()).count());
            for (row, cell) in cells.iter().enumerate() {
                let expected = cell.map(|(mantissa, scale)| decimal(mantissa.into(), scale).unwrap());
                prop_assert_eq!(column.get(row), expected);
            }
        }

        #[test]
        fn a_dictionary_gives_back_what_it_was_given(
            // Shorter than eight bytes, than sixteen, and longer ones that differ in the middle.
            texts in prop::collection::vec("[ab]{0,2}|a{6,8}[ab]{2}|a{9}[ab]{2}a{9}", 0..60)
        ) {
            let mut builder = DictionaryBuilder::new();
            for text in &texts {
                builder.push(text);
                prop_assert_eq!(builder.get(builder.column.codes.len() - 1), text);
            }
            let column = builder.finish();
            let mut firsts: Vec<&str> = Vec::new();
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(column.get(row), text);
                prop_assert_eq!(column.value(column.code(row)), text);
                if !firsts.contains(&text.as_str()) {
                    firsts.push(text);
                }
            }
            if !texts.is_empty() {
                prop_assert_eq!(column.values().collect::<Vec<_>>(), firsts);
            }
        }
    }
}
