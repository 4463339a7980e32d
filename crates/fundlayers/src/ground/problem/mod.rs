//! What can be wrong with an input, said once for every door.
//!
//! A [`Problem`] has a stable [`Code`], says where it is ([`Location`]), what was found and what would be right, and
//! prints as a sentence. Operations return [`Problems`]: all of them at once, in the order of the input.
//!
//! ```
//! use fundlayers::{Code, Severity};
//! assert_eq!(Code::UnknownKey.as_str(), "unknown-key");
//! assert_eq!(Code::ExpectedCount.severity(), Severity::Warning);
//! ```

mod code;
mod list;
mod location;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::code::Code;
pub use self::list::{Problems, Shown};
pub use self::location::Location;
use super::catalogue::ground as words;
use super::language::{Lang, Name};
use super::message::{Message, cut};
use super::text::visible;

/// Whether a problem stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The work stops and gives no result.
    Error,
    /// The result stands; a person should look.
    Warning,
}

/// One thing wrong with an input.
///
/// Prints as `FILE:LINE:CHARACTER: KEY: MESSAGE [CODE]`, with the parts that are known.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Told<String>")]
pub struct Problem(
    // A problem is rare, large and handed on often, so that the code which hands it on is smaller with a pointer to it.
    Box<Parts>,
);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    message: Message,
    location: Location,
    found: Option<String>,
    expected: Option<Message>,
}

/// Equal problems say the same: one that was read back from JSON has only its English words.
impl PartialEq for Problem {
    fn eq(&self, other: &Self) -> bool {
        let parts = |problem: &Self| (problem.message(Lang::En), problem.expected_text(Lang::En));
        (self.code(), self.location(), self.found_text()) == (other.code(), other.location(), other.found_text())
            && parts(self) == parts(other)
    }
}

impl Eq for Problem {}

/// A problem in words of one language, as it stands in JSON, or of every language.
#[derive(Serialize, Deserialize)]
struct Told<T> {
    code: Code,
    message: T,
    #[serde(flatten)]
    location: Location,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<T>,
}

impl<T: Into<Message>> From<Told<T>> for Problem {
    fn from(told: Told<T>) -> Self {
        let Told { code, message, location, found, expected } = told;
        let (message, expected) = (message.into(), expected.map(Into::into));
        Self(Box::new(Parts { code, message, location, found, expected }))
    }
}

/// A problem that travels with its sentences in every language, to be read in one that is chosen elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Told<Name>")]
pub(crate) struct InEveryLanguage(pub(crate) Problem);

impl From<Told<Name>> for InEveryLanguage {
    fn from(told: Told<Name>) -> Self {
        Self(told.into())
    }
}

impl Serialize for InEveryLanguage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.in_words(Message::to_name).serialize(serializer)
    }
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.told(Lang::En).serialize(serializer)
    }
}

/// How much of an offending text is quoted: of what was found, of the name of a column or scenario, of a path.
const QUOTE_LIMIT: usize = 60;
const NAME_LIMIT: usize = 128;
const PATH_LIMIT: usize = 500;

impl Problem {
    /// A problem with a sentence: lower case, no full stop, what the user wrote in backticks.
    pub fn new(code: Code, message: impl Into<Message>) -> Self {
        Self::of(code, message.into())
    }

    fn of(code: Code, message: Message) -> Self {
        let message = message.cut();
        Self(Box::new(Parts { code, message, location: Location::default(), found: None, expected: None }))
    }

    /// Says what stood there (cut if long).
    #[must_use]
    pub fn found(mut self, found: impl AsRef<str>) -> Self {
        self.0.found = Some(cut(found.as_ref().to_owned(), QUOTE_LIMIT));
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<Message>) -> Self {
        self.0.expected = Some(expected.into().cut());
        self
    }

    /// Says the line and character.
    #[must_use]
    pub fn at(mut self, position: Option<crate::ground::position::Position>) -> Self {
        if let Some(position) = position {
            self.0.location.line = Some(position.line);
            self.0.location.character = Some(position.character);
        }
        self
    }

    /// Says the cell of a workbook, with its sheet.
    #[must_use]
    pub fn cell(mut self, cell: impl Into<String>) -> Self {
        self.0.location.cell = Some(cell.into());
        self
    }

    /// Says the line of a record.
    #[must_use]
    pub fn line(mut self, line: Option<u32>) -> Self {
        self.0.location.line = line;
        self
    }

    /// Says the path of the value in a policy.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.location.key = Some(cut(key.into(), PATH_LIMIT));
        self
    }

    /// Says the scenario.
    #[must_use]
    pub fn scenario(mut self, name: impl Into<String>) -> Self {
        self.0.location.scenario = Some(cut(name.into(), NAME_LIMIT));
        self
    }

    /// Says all that is known of where it is.
    #[must_use]
    pub(crate) fn located(mut self, location: Location) -> Self {
        self.0.location = location;
        self
    }

    /// Says the row of a table, from 1.
    #[must_use]
    pub fn row(mut self, row: u32) -> Self {
        self.0.location.row = Some(row);
        self
    }

    /// Says the column of a table.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.0.location.column = Some(cut(column.into(), NAME_LIMIT));
        self
    }

    /// Says what the row is called where the table comes from.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.location.label = Some(label.into());
        self
    }

    /// Says the title of the column where the table comes from.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.0.location.title = Some(title.into());
        self
    }

    /// Says the file, unless one is named already.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        if self.0.location.file.is_none() {
            self.0.location.file = Some(file.into());
        }
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.0.code
    }

    /// Whether it stops the work.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.0.code.severity()
    }

    /// The sentence in a language, without place.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.0.message.to_text(lang)
    }

    /// The sentence before it is put into words, for a sentence about it.
    pub(crate) const fn said(&self) -> &Message {
        &self.0.message
    }

    /// Where it is.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.0.location
    }

    /// What stood there, cut if long.
    #[must_use]
    pub fn found_text(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// What would be right, in a language.
    #[must_use]
    pub fn expected_text(&self, lang: Lang) -> Option<String> {
        self.0.expected.as_ref().map(|expected| expected.to_text(lang))
    }

    /// Its parts as JSON has them, with the sentences in a language; a problem itself is written with the English ones.
    #[must_use]
    pub fn told(&self, lang: Lang) -> impl Serialize {
        self.in_words(|message| message.to_text(lang))
    }

    fn in_words<T>(&self, words: impl Fn(&Message) -> T) -> Told<T> {
        Told {
            code: self.0.code,
            message: words(&self.0.message),
            location: self.0.location.clone(),
            found: self.0.found.clone(),
            expected: self.0.expected.as_ref().map(words),
        }
    }

    /// All of it in a language: `FILE:LINE:CHARACTER: KEY: MESSAGE [CODE]`, with the parts that are known, on one line and
    /// as [`visible`] shows it.
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        let mut out = String::new();
        self.write(lang, &mut out);
        visible(&out).into_owned()
    }

    fn write(&self, lang: Lang, out: &mut String) {
        let Location { file, line, character, cell, scenario, key, row, label, column, title } = &self.0.location;
        // The line of a workbook is in the cell.
        let (line, character) = if cell.is_some() { (&None, &None) } else { (line, character) };
        match (file, line, character) {
            (Some(file), Some(line), Some(character)) => {
                words::IN_FILE_AT.with(&[file, line, character]).write(lang, out);
            }
            (Some(file), Some(line), None) => words::IN_FILE_LINE.with(&[file, line]).write(lang, out),
            (Some(file), None, _) => words::IN_FILE.with(&[file]).write(lang, out),
            (None, Some(line), Some(character)) => words::AT.with(&[line, character]).write(lang, out),
            (None, Some(line), None) => words::IN_LINE.with(&[line]).write(lang, out),
            (None, None, _) => {}
        }
        if let Some(cell) = cell {
            words::IN_SHEET_CELL.with(&[cell]).write(lang, out);
        }
        let row = row.map(|row| match label {
            Some(label) => words::ROW_LABELLED.with(&[&row, label]).to_text(lang),
            None => row.to_string(),
        });
        let column = column.as_ref().map(|column| match title {
            Some(title) => words::KEY_TITLED.with(&[column, title]).to_text(lang),
            None => words::BY_KEY.with(&[column]).to_text(lang),
        });
        match (&row, &column) {
            (Some(row), Some(column)) => words::IN_CELL.with(&[row, column]).write(lang, out),
            (Some(row), None) => words::IN_ROW.with(&[row]).write(lang, out),
            (None, Some(column)) => words::IN_COLUMN.with(&[column]).write(lang, out),
            (None, None) => {}
        }
        if let Some(scenario) = scenario {
            words::IN_SCENARIO.with(&[scenario]).write(lang, out);
        }
        if let Some(key) = key {
            words::UNDER_KEY.with(&[key]).write(lang, out);
        }
        self.0.message.write(lang, out);
        if let Some(found) = &self.0.found {
            words::BUT_FOUND.with(&[found]).write(lang, out);
        }
        if let Some(expected) = &self.0.expected {
            words::AND_EXPECTED.with(&[expected]).write(lang, out);
        }
        words::OF_CODE.with(&[&self.0.code]).write(lang, out);
    }
}

/// In English; [`Problem::to_text`] takes a language.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(Lang::En))
    }
}

impl std::error::Error for Problem {}
