//! Policies, rosters and results in JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use fundlayers::answer::Answer;
use fundlayers::document::{Key, Node, NodeValue};
use fundlayers::roster::Cell;
use fundlayers::table::{Cells, Table};
use fundlayers::{Code, Lang, Policy, Position, Problem, Problems, Roster, RosterBuilder, RowBuilder};
use hashbrown::{HashMap, HashSet};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use crate::catalogue as words;
use crate::lines::Lines;
use crate::parsers;
use crate::{COLUMN_LIMIT, DOCUMENT_LIMIT, too_deep, too_large, too_long, too_many_columns};

/// Reads JSON into a document: every number by its own digits, every part with its place.
///
/// # Errors
///
/// [`Code::Syntax`] with the place, also for a key that stands twice; [`Code::TooDeep`], [`Code::TooLarge`].
///
/// ```
/// let document = fundlayers_formats::json::read(r#"{ "rate": 0.10, "years": [2023, 2025] }"#)?;
/// assert_eq!(document.to_string(), "{ rate = 0.10, years = [2023, 2025] }");
/// # Ok::<(), fundlayers::Problems>(())
/// ```
pub fn read(text: &str) -> Result<Node, Problems> {
    if text.len() > DOCUMENT_LIMIT {
        return Err(too_large(text.len()));
    }
    let lines = Lines::new(text);
    if let Some(at) = deeper_than_limit(text) {
        return Err(too_deep(Some(lines.position(at))));
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax(&error))?;
    Reader { text, lines }.value(raw.get())
}

/// Where brackets are nested deeper than a document may be.
fn deeper_than_limit(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth = depth.saturating_add(1);
                if depth > Node::DEPTH_LIMIT {
                    return Some(at);
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn syntax(error: &serde_json::Error) -> Problems {
    let text = error.to_string();
    let said = text.split(" at line ").next().unwrap_or_default();
    let (code, message) = match said {
        TOO_MANY_KEYS => (Code::TooLarge, words::MANY_KEYS.with(&[&COLUMN_LIMIT])),
        said if said.contains("recursion limit") => (Code::TooDeep, words::JSON_WRONG.with(&[&parsers::said(said)])),
        said => (Code::Syntax, words::JSON_WRONG.with(&[&parsers::said(said)])),
    };
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let position = Position { line: number(error.line()), character: number(error.column()).max(1) };
    Problem::new(code, message).at(Some(position)).expected(words::WELL_FORMED_JSON).into()
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Reader<'a> {
    /// Where a part of the text begins.
    fn offset(&self, part: &str) -> usize {
        part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }

    /// The value that a well-formed part of the text is.
    fn value(&self, raw: &'a str) -> Result<Node, Problems> {
        let raw = raw.trim();
        let position = Some(self.lines.position(self.offset(raw)));
        let value = match raw.bytes().next() {
            Some(b'{') => {
                let Entries(list) = serde_json::from_str(raw).map_err(|error| syntax(&error))?;
                let mut seen = HashSet::new();
                let mut entries = Vec::with_capacity(list.len());
                for (key, value) in list {
                    let node = self.value(value.get())?;
                    // An escaped key is not part of the text; its value is near.
                    let place = if let Cow::Borrowed(key) = &key {
                        Some(self.lines.position(self.offset(key).saturating_sub(1)))
                    } else {
                        node.position
                    };
                    if !seen.insert(key.clone()) {
                        let problem = Problem::new(Code::Syntax, words::KEY_TWICE).found(&key).at(place);
                        return Err(problem.expected(words::EACH_KEY_ONCE).into());
                    }
                    entries.push((Key { text: key.into_owned(), position: place }, node));
                }
                NodeValue::Table(entries)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(|error| syntax(&error))?;
                NodeValue::List(items.into_iter().map(|item| self.value(item.get())).collect::<Result<_, _>>()?)
            }
            Some(b'"') => NodeValue::Text(serde_json::from_str(raw).map_err(|error| syntax(&error))?),
            Some(b't') => NodeValue::Bool(true),
            Some(b'f') => NodeValue::Bool(false),
            Some(b'n') => NodeValue::Null,
            _ => NodeValue::Number(raw.to_owned()),
        };
        Ok(Node { value, position })
    }
}

/// What the reader of JSON is told, and tells back.
const TOO_MANY_KEYS: &str = "too many keys";

/// The entries of an object, in order, its values as text; at most [`COLUMN_LIMIT`].
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Entries<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(KeyText(key)) = access.next_key()? {
                    if list.len() >= COLUMN_LIMIT {
                        return Err(serde::de::Error::custom(TOO_MANY_KEYS));
                    }
                    list.push((key, access.next_value()?));
                }
                Ok(Entries(list))
            }
        }
        deserializer.deserialize_map(List)
    }
}

/// A key, borrowed where it has no escapes.
struct KeyText<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for KeyText<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = KeyText<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<KeyText<'de>, E> {
                Ok(KeyText(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<KeyText<'de>, E> {
                Ok(KeyText(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<KeyText<'de>, E> {
                Ok(KeyText(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Reads a roster; see [`read_rows`].
///
/// # Errors
///
/// As [`read_rows`].
pub fn read_roster(text: &str, policy: &Policy) -> Result<(Roster, Problems), Problems> {
    read_rows(text, |titles| RosterBuilder::new(policy, titles))
}

/// Reads a table, whatever its rows become: a list of objects whose keys are columns, which `begin` is given in the order
/// in which they first appear. A key that an object lacks is a blank cell.
///
/// # Errors
///
/// [`Code::Syntax`] with the place, [`Code::WrongType`] for what is not an object, and every problem of every row.
pub fn read_rows<B: RowBuilder>(
    text: &str,
    begin: impl FnOnce(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    rows(text, crate::room(text.len(), 0), begin)
}

/// As [`read_rows`]; the rows may take so many bytes.
pub(crate) fn rows<B: RowBuilder>(
    text: &str,
    room: usize,
    begin: impl FnOnce(&[(&str, Option<Position>)]) -> B,
) -> Result<(B::Output, Problems), Problems> {
    let header = header(text)?;
    if header.rows == 0 {
        return Err(fundlayers::sheet::empty().into());
    }
    let titles: Vec<(&str, Option<Position>)> = header.keys.iter().map(|key| (key.as_str(), None)).collect();
    let mut builder = begin(&titles);
    builder.set_room(room);
    let mut problems = push_rows(text, &header, &mut |cells| builder.push_row(None, cells))?;
    let found = match builder.finish() {
        Ok(done) if problems.is_empty() => return Ok(done),
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    };
    problems.append(found);
    problems.sort();
    Err(problems)
}

/// The columns, in the order in which keys first appear.
fn header(text: &str) -> Result<Header, Problems> {
    let mut header = Header::default();
    each_row(text, &mut |row| header.row(row))?;
    let (columns, rows) = (header.keys.len(), header.rows);
    if columns > COLUMN_LIMIT {
        return Err(too_many_columns().into());
    }
    // Every row is handed over with all its columns.
    if rows.saturating_mul(columns) / CELLS_OF_BYTE > text.len() {
        let problem = Problem::new(Code::TooLarge, words::ROWS_WITH_KEYS.with(&[&rows, &columns]));
        return Err(problem.expected(words::SAME_KEYS).into());
    }
    Ok(header)
}

/// Hands the rows over, and tells what is wrong with how they are written.
fn push_rows(text: &str, header: &Header, push: &mut dyn FnMut(&[Cell<'_>])) -> Result<Problems, Problems> {
    let mut problems = Problems::new();
    let mut number = 0_u32;
    each_row(text, &mut |row| {
        number = number.saturating_add(1);
        let Some(entries) = row else {
            problems.push(Problem::new(Code::WrongType, words::NO_OBJECT).row(number).expected(words::OBJECT_A_ROW));
            push(&[]);
            return;
        };
        let values: Vec<CellValue<'_>> = entries.iter().map(|(_, raw)| CellValue::new(raw.get().trim())).collect();
        let mut cells = vec![Cell::Blank; header.keys.len()];
        for ((key, raw), value) in entries.iter().zip(&values) {
            let Some(cell) = header.places.get(key.as_ref()).and_then(|at| cells.get_mut(*at)) else { continue };
            if *cell != Cell::Blank {
                problems.push(
                    Problem::new(Code::Syntax, words::KEY_TWICE_IN_ROW)
                        .row(number)
                        .column(key.as_ref())
                        .found(key.as_ref()),
                );
                continue;
            }
            let text = match value {
                CellValue::Text(text) => text.as_ref(),
                CellValue::Number(digits) => digits,
                CellValue::Blank | CellValue::Flag(_) | CellValue::Several | CellValue::Broken => "",
            };
            if let Some(problem) = too_long(text) {
                problems.push(problem.row(number).column(key.as_ref()));
                continue;
            }
            *cell = match value {
                CellValue::Blank => Cell::Blank,
                CellValue::Text(text) => Cell::Text(text),
                CellValue::Number(digits) => Cell::Number(digits),
                CellValue::Flag(flag) => Cell::Flag(*flag),
                CellValue::Several => {
                    let problem = Problem::new(Code::WrongType, words::NO_CELL).row(number);
                    problems.push(problem.column(key.as_ref()).found(raw.get()).expected(words::ONE_VALUE_A_CELL));
                    Cell::Blank
                }
                CellValue::Broken => {
                    let problem = Problem::new(Code::Encoding, words::HALF_A_PAIR).row(number);
                    problems.push(problem.column(key.as_ref()).found(raw.get()).expected(words::WELL_FORMED_TEXT));
                    Cell::Blank
                }
            };
        }
        push(&cells);
    })?;
    Ok(problems)
}

/// Cells for each byte of a text, at most: rows of JSON leave out what is blank.
const CELLS_OF_BYTE: usize = 64;

/// What stands under a key.
enum CellValue<'a> {
    Blank,
    Text(Cow<'a, str>),
    Number(&'a str),
    Flag(bool),
    /// A list or an object.
    Several,
    /// Half of a surrogate pair stands in it.
    Broken,
}

impl<'a> CellValue<'a> {
    fn new(raw: &'a str) -> Self {
        match raw.bytes().next() {
            // Only half of a surrogate pair is well-formed JSON and no text.
            Some(b'"') => serde_json::from_str(raw).map_or(Self::Broken, |KeyText(text)| Self::Text(text)),
            Some(b't') => Self::Flag(true),
            Some(b'f') => Self::Flag(false),
            Some(b'n') => Self::Blank,
            Some(b'[' | b'{') => Self::Several,
            _ => Self::Number(raw),
        }
    }
}

/// The columns of a list of objects.
#[derive(Default)]
struct Header {
    keys: Vec<String>,
    places: HashMap<String, usize>,
    rows: usize,
}

impl Header {
    fn row(&mut self, row: Option<&[(Cow<'_, str>, &RawValue)]>) {
        self.rows = self.rows.saturating_add(1);
        for (key, _) in row.unwrap_or_default() {
            if self.keys.len() > COLUMN_LIMIT {
                return;
            }
            if !self.places.contains_key(key.as_ref()) {
                self.places.insert(key.to_string(), self.keys.len());
                self.keys.push(key.to_string());
            }
        }
    }
}

type EachRow<'f> = dyn FnMut(Option<&[(Cow<'_, str>, &RawValue)]>) + 'f;

/// Goes through the rows of a list, one at a time; none where a row is not an object.
fn each_row(text: &str, each: &mut EachRow<'_>) -> Result<(), Problems> {
    struct Rows<'f, 'g>(&'f mut EachRow<'g>);
    impl<'de> DeserializeSeed<'de> for Rows<'_, '_> {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> Visitor<'de> for Rows<'_, '_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of rows, or a result with `rows`")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
            let mut rows = Some(self);
            while let Some(key) = access.next_key::<Cow<'_, str>>()? {
                if key != "rows" {
                    access.next_value::<IgnoredAny>()?;
                } else if let Some(rows) = rows.take() {
                    access.next_value_seed(rows)?;
                } else {
                    return Err(serde::de::Error::duplicate_field("rows"));
                }
            }
            match rows {
                Some(rows) => Err(serde::de::Error::invalid_type(Unexpected::Map, &rows)),
                None => Ok(()),
            }
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
            while let Some(raw) = access.next_element::<&RawValue>()? {
                if raw.get().starts_with('{') {
                    let Entries(entries) = serde_json::from_str(raw.get()).map_err(serde::de::Error::custom)?;
                    (self.0)(Some(&entries));
                } else {
                    (self.0)(None);
                }
            }
            Ok(())
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Rows(each).deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(|error| syntax(&error))
}

/// Writes a result: `{ "policy", "unit", "columns", "rows", "warnings" }`, a row a line, keys in column order, amounts as
/// strings of their exact digits. Of more warnings than [`Problems::LIMIT`] the rest is `"warnings_left_out"`, their number.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, policy: &Policy, table: &Table<'_>, warnings: &Problems) -> io::Result<()> {
    write_under(writer, &[("policy", policy)], table, warnings, Lang::En)
}

/// Writes an answer: as [`write()`], of a comparison with the second policy as `with_policy`; explanations as objects with
/// their steps and what they rest on, `{ "policy", "unit", "rows", "grounds", "warnings" }`. Of a policy alone there is its head and its warnings.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_answer(writer: &mut dyn Write, answer: &Answer, lang: Lang) -> io::Result<()> {
    let mut policies = vec![("policy", answer.policy())];
    policies.extend(answer.with_policy().map(|policy| ("with_policy", policy)));
    if let Some(explained) = answer.explained() {
        let found = explained.found();
        let places = found.places.iter().map(serde_json::to_string);
        let rows = places.chain(found.totals.iter().map(serde_json::to_string)).collect::<Result<Vec<_>, _>>()?;
        write_heads(writer, &policies)?;
        let unit = quoted(answer.unit().as_str());
        write!(writer, "\"unit\": {unit},\n\"rows\": [\n{}\n]", rows.join(",\n"))?;
        if !found.awards.is_empty() {
            write!(writer, ",\n\"awards\": {}", serde_json::to_string(&found.awards)?)?;
        }
        if !found.gaps.is_empty() {
            write!(writer, ",\n\"gaps\": {}", serde_json::to_string(&found.gaps)?)?;
        }
        if !found.duties.is_empty() {
            write!(writer, ",\n\"duties\": {}", serde_json::to_string(&found.duties)?)?;
        }
        write!(writer, ",\n\"grounds\": {}", serde_json::to_string(explained.grounds())?)?;
        return write_warnings(writer, answer.warnings(), lang);
    }
    // Only explanations have a column in a language.
    if let Some(table) = answer.table(Lang::En) {
        write_under(writer, &policies, &table, answer.warnings(), lang)
    } else {
        write_heads(writer, &policies)?;
        write!(writer, "\"unit\": {}", quoted(answer.unit().as_str()))?;
        write_warnings(writer, answer.warnings(), lang)
    }
}

fn write_heads(writer: &mut dyn Write, policies: &[(&str, &Policy)]) -> io::Result<()> {
    writer.write_all(b"{\n")?;
    policies.iter().try_for_each(|(key, policy)| writeln!(writer, "\"{key}\": {},", policy_head(policy)))
}

fn write_warnings(writer: &mut dyn Write, warnings: &Problems, lang: Lang) -> io::Result<()> {
    let told: Vec<_> = warnings.iter().map(|warning| warning.told(lang)).collect();
    write!(writer, ",\n\"warnings\": {}", serde_json::to_string(&told)?)?;
    if warnings.left_out() > 0 {
        write!(writer, ",\n\"warnings_left_out\": {}", warnings.left_out())?;
    }
    writer.write_all(b"\n}\n")
}

fn write_under(
    writer: &mut dyn Write,
    policies: &[(&str, &Policy)],
    table: &Table<'_>,
    warnings: &Problems,
    lang: Lang,
) -> io::Result<()> {
    write_heads(writer, policies)?;
    writeln!(writer, "\"unit\": {},", quoted(table.unit().as_str()))?;
    let keys: Vec<String> = table.columns().iter().map(|column| quoted(&column.key)).collect();
    write!(writer, "\"columns\": [{}],\n\"rows\": ", keys.join(", "))?;
    write_rows(writer, table)?;
    write_warnings(writer, warnings, lang)
}

/// Writes the rows of a result alone: a list of objects, as [`read_rows`] reads them.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_rows(writer: &mut dyn Write, table: &Table<'_>) -> io::Result<()> {
    let keys: Vec<String> = table.columns().iter().map(|column| quoted(&column.key)).collect();
    writer.write_all(b"[")?;
    let mut first = true;
    for batch in table.batches() {
        for row in 0..batch.rows {
            writer.write_all(if first { b"\n{" } else { b",\n{" })?;
            first = false;
            for (at, (key, cells)) in keys.iter().zip(&batch.columns).enumerate() {
                let comma = if at > 0 { ", " } else { " " };
                write!(writer, "{comma}{key}: ")?;
                match cells {
                    Cells::Text(_) | Cells::Words(_) => write_quoted(writer, cells.text(row).unwrap_or_default())?,
                    Cells::Flag(flags) => write!(writer, "{}", flags.get(row).copied().unwrap_or_default())?,
                    _ => match crate::number(cells, row, table.unit()) {
                        Some(number @ crate::Number::Integer(_)) => write!(writer, "{number}")?,
                        Some(number) => write!(writer, "\"{number}\"")?,
                        None => writer.write_all(b"null")?,
                    },
                }
            }
            writer.write_all(b" }")?;
        }
    }
    writer.write_all(if first { b"]" } else { b"\n]" })
}

/// The document of a policy in one line; numbers with decimals as strings of their digits.
#[must_use]
pub fn policy_text(policy: &Policy) -> String {
    serde_json::to_string(policy).unwrap_or_default()
}

/// `{ "id", "version", "status" }` as every result states them; of a changed policy `changes` too, each with `path`,
/// `before` (null where nothing stood) and `after`.
#[must_use]
pub fn policy_head(policy: &Policy) -> String {
    let optional = |text: Option<&str>| text.map_or_else(|| "null".to_owned(), quoted);
    let status = policy.source().status.map(fundlayers::Status::as_str);
    let changes = match policy.changes() {
        [] => String::new(),
        changes => format!(", \"changes\": {}", serde_json::to_string(changes).unwrap_or_default()),
    };
    format!(
        "{{ \"id\": {}, \"version\": {}, \"status\": {}{changes} }}",
        quoted(policy.id()),
        optional(policy.version()),
        optional(status)
    )
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn write_quoted(writer: &mut dyn Write, text: &str) -> io::Result<()> {
    let plain = !text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    if plain { write!(writer, "\"{text}\"") } else { writer.write_all(quoted(text).as_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> (Code, Option<u32>, Option<u32>) {
        let problems = read(text).unwrap_err();
        let problem = problems.iter().next().unwrap();
        (problem.code(), problem.location().line, problem.location().character)
    }

    #[test]
    fn numbers_keep_their_digits_and_parts_their_places() {
        let document = read("{\n \"a\": 0.10, \"县\": [1e3, -5],\n \"b\\u0063\": { \"x\": null }\n}").unwrap();
        assert_eq!(document.to_string(), "{ a = 0.10, 县 = [1e3, -5], bc = { x = null } }");
        let place = document.get("县").unwrap().position.unwrap();
        assert_eq!((place.line, place.character), (2, 18));
        let NodeValue::Table(entries) = &document.value else { panic!() };
        assert_eq!(entries[1].0.position.unwrap().character, 13);
    }

    #[test]
    fn half_of_a_surrogate_pair_is_an_error_at_its_cell() {
        let policy: Policy = serde_json::from_str(
            r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2025], "unit": "元",
                 "layers": [{ "id": "a", "payer": "county" }], "classes": [{ "id": "all", "funding": { "a": 1 } }] }"#,
        )
        .unwrap();
        for (cell, column) in [("\"a\\ud800b\"", "name"), ("\"\\udc00\"", "name"), ("\"5\\ud800\"", "count")] {
            let text = format!("[{{\"name\":\"甲\"}},{{\"{column}\":{cell}}},{{\"name\":\"c\"}}]");
            let problems = read_roster(&text, &policy).unwrap_err();
            let problem = problems.iter().find(|problem| problem.code() == Code::Encoding).unwrap();
            let place = problem.location();
            assert_eq!((place.row, place.column.as_deref()), (Some(2), Some(column)), "{text}");
        }
        // In a document too, and a whole pair is a character.
        assert_eq!(first("{ \"a\": \"\\ud800\" }").0, Code::Syntax);
        assert_eq!(read("\"\\ud842\\udfb7\"").unwrap().to_string(), "\"𠮷\"");
    }

    #[test]
    fn mistakes_are_said_with_their_place() {
        assert_eq!(first("{\n \"a\": 01\n}"), (Code::Syntax, Some(2), Some(8)));
        assert_eq!(first("{ \"a\": 1, \"a\": 2 }"), (Code::Syntax, Some(1), Some(11)));
        assert_eq!(first(&"[".repeat(100_000)).0, Code::TooDeep);
        assert_eq!(first(&" ".repeat(DOCUMENT_LIMIT + 1)).0, Code::TooLarge);
        assert_eq!(first("").0, Code::Syntax);
        assert_eq!(first("[1,]").0, Code::Syntax);
    }

    fn node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            Just(NodeValue::Null),
            any::<bool>().prop_map(NodeValue::Bool),
            any::<i32>().prop_map(|n| NodeValue::Number(n.to_string())),
            any::<String>().prop_map(NodeValue::Text),
        ];
        leaf.prop_map(Node::new).prop_recursive(4, 24, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4).prop_map(|items| Node::new(NodeValue::List(items)));
            let table = prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|entries| {
                let entries = entries.into_iter().map(|(text, node)| (Key { text, position: None }, node));
                Node::new(NodeValue::Table(entries.collect()))
            });
            prop_oneof![list, table]
        })
    }

    fn plain(node: Node) -> Node {
        Node::new(match node.value {
            NodeValue::List(items) => NodeValue::List(items.into_iter().map(plain).collect()),
            NodeValue::Table(entries) => NodeValue::Table(
                entries.into_iter().map(|(key, node)| (Key { text: key.text, position: None }, plain(node))).collect(),
            ),
            value => value,
        })
    }

    proptest! {
        #[test]
        fn a_document_written_and_read_is_the_same(node in node()) {
            let text = serde_json::to_string(&node).unwrap();
            prop_assert_eq!(plain(read(&text).unwrap()), node);
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}:,a\"\\\\ \n0-9eE.+-]{0,60}") {
            drop(read(&text));
        }
    }
}
