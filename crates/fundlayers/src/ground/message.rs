//! What is said to people, as data: a phrase of the catalogue and its arguments.
//!
//! A [`Phrase`] is one sentence or part of one in both languages, with numbered places; a [`Message`] is a phrase with
//! what stands in its places. It is put into words only when it is shown, by one small function, so that a program that
//! carries two languages is hardly larger than with one, and a language more is a column more of the catalogue.

use std::fmt;

use super::language::{Lang, Name};

/// A sentence or a part of one, in Chinese and English, with places `{0}`, `{1}`, … for what it is about.
///
/// ```
/// use fundlayers::{Lang, Phrase};
/// const FITS_SEVERAL: Phrase = Phrase::new("同时属于几个类别：{0}\nfits several classes: {0}");
/// assert_eq!(FITS_SEVERAL.with(&[&"`a`, `b`"]).to_text(Lang::En), "fits several classes: `a`, `b`");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase(
    // One text of two lines: there are hundreds of phrases, and a table of pointers to their halves weighs in a browser.
    &'static str,
);

impl Phrase {
    /// From two lines: the Chinese, then the English.
    #[must_use]
    pub const fn new(both: &'static str) -> Self {
        Self(both)
    }

    /// In a language, with its places as they are.
    #[must_use]
    pub const fn get(self, lang: Lang) -> &'static str {
        let mut rest = self.0.as_bytes();
        while let [first, after @ ..] = rest {
            if *first == b'\n' {
                break;
            }
            rest = after;
        }
        // The rest begins with the end of the first line.
        let (zh, en) = match self.0.split_at_checked(self.0.len().saturating_sub(rest.len())) {
            Some(both) => both,
            None => (self.0, ""),
        };
        match (lang, en.split_at_checked(1)) {
            (Lang::En, Some((_, en))) => en,
            (Lang::En, None) => en,
            (Lang::Zh, _) => zh,
        }
    }

    /// With what stands in its places.
    #[must_use]
    pub fn with(self, arguments: &[&dyn ToArgument]) -> Message {
        Message { phrase: self, arguments: arguments.iter().map(|argument| argument.to_argument()).collect() }
    }

    /// The same text in both languages as a name.
    #[must_use]
    pub fn to_name(self) -> Name {
        Name { zh: self.get(Lang::Zh).to_owned(), en: self.get(Lang::En).to_owned() }
    }

    /// What keeps a phrase out of a catalogue: a language that is missing, places that differ or that only the English has
    /// in backticks, or English in the Chinese. There, letters stand only in places, in backticks and in the names of formats and units of size.
    ///
    /// # Errors
    ///
    /// What is wrong, for the one who writes it.
    pub fn check(self) -> Result<(), String> {
        let (zh, en) = (self.get(Lang::Zh), self.get(Lang::En));
        if zh.trim().is_empty() || en.trim().is_empty() {
            return Err(format!("a language is missing: `{zh}`, `{en}`"));
        }
        let places = |text: &str| {
            let mut places: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            places.retain(|place| place.parse::<usize>().is_ok());
            places.sort_unstable();
            places.dedup();
            places
        };
        if places(zh) != places(en) {
            return Err(format!("the places differ: `{zh}`, `{en}`"));
        }
        let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let is_place = |part: &str| part.len() == 3 && part.starts_with('{');
        if let Some(place) = quoted(en).iter().find(|part| is_place(part) && !quoted(zh).contains(part)) {
            return Err(format!("`{place}` is what the user wrote: `{zh}`, `{en}`"));
        }
        if let Some(word) = foreign(zh) {
            return Err(format!("`{word}` is no Chinese: `{zh}`"));
        }
        Ok(())
    }
}

/// Words that Chinese writes in letters.
const NAMES: [&str; 18] = [
    "TOML", "JSON", "CSV", "UTF", "GB", "NUL", "MiB", "Arrow", "Excel", "Decimal", "Python", "Parquet", "polars",
    "pandas", "WPS", "HTML", "XML", "GiB",
];

/// The first English word of a Chinese text that is neither in backticks nor the name of a format.
fn foreign(text: &str) -> Option<&str> {
    let outside = text.split('`').step_by(2);
    let words = outside.flat_map(|part| part.split(|c: char| !c.is_ascii_alphabetic()));
    words.into_iter().find(|word| !word.is_empty() && !NAMES.contains(word))
}

/// What stands in a place of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Argument {
    /// What is the same in every language: an id, a number, an amount, what the user wrote.
    Text(String),
    /// A name that the policy gives in both languages.
    Name(Name),
    /// A phrase of its own.
    Message(Message),
    /// Several, with the comma of the language between.
    List(Vec<Self>),
}

impl Argument {
    /// Several, with the comma of the language between: `、` or `, `.
    pub fn list<T: ToArgument>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(|item| item.to_argument()).collect())
    }

    /// Several words, each in backticks.
    pub fn quoted<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(|item| Self::Text(format!("`{item}`"))).collect())
    }

    /// Not longer than a person reads in a message.
    fn cut(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(cut(text, TEXT_LIMIT)),
            Self::Name(Name { zh, en }) => Self::Name(Name { zh: cut(zh, TEXT_LIMIT), en: cut(en, TEXT_LIMIT) }),
            Self::Message(message) => Self::Message(message.cut()),
            Self::List(items) => {
                let more = items.len().saturating_sub(LIST_LIMIT);
                let mut items: Vec<Self> = items.into_iter().take(LIST_LIMIT).map(Self::cut).collect();
                if more > 0 {
                    items.push(MORE.with(&[&more]).to_argument());
                }
                Self::List(items)
            }
        }
    }

    fn write(&self, lang: Lang, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Name(name) => out.push_str(name.get(lang)),
            Self::Message(message) => message.write(lang, out),
            Self::List(items) => {
                let comma = COMMA.get(lang);
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { comma });
                    item.write(lang, out);
                }
            }
        }
    }
}

/// Between the items of a list.
const COMMA: Phrase = Phrase::new("、\n, ");
/// At the end of a list that is cut.
const MORE: Phrase = Phrase::new("……另有 {0} 项\n… and {0} more");
/// Of a problem: characters of a text that somebody wrote, of a sentence that no catalogue has, items of a list.
const TEXT_LIMIT: usize = 200;
const SENTENCE_LIMIT: usize = 2_000;
const LIST_LIMIT: usize = 20;

/// At most so many characters of a text.
pub(crate) fn cut(mut text: String, limit: usize) -> String {
    // A text has at least as many bytes as characters.
    if text.len() > limit
        && let Some((end, _)) = text.char_indices().nth(limit)
    {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What is not of the catalogue.
const PLAIN: Phrase = Phrase::new("{0}\n{0}");

/// What can stand in a place of a [`Phrase`]: whatever prints, a name, another phrase or message.
pub trait ToArgument {
    /// The argument.
    fn to_argument(&self) -> Argument;
}

impl<T: fmt::Display + ?Sized> ToArgument for T {
    fn to_argument(&self) -> Argument {
        Argument::Text(self.to_string())
    }
}

impl ToArgument for Name {
    fn to_argument(&self) -> Argument {
        Argument::Name(self.clone())
    }
}

impl ToArgument for &Name {
    fn to_argument(&self) -> Argument {
        (*self).to_argument()
    }
}

impl ToArgument for Phrase {
    fn to_argument(&self) -> Argument {
        Argument::Message((*self).into())
    }
}

impl ToArgument for Message {
    fn to_argument(&self) -> Argument {
        Argument::Message(self.clone())
    }
}

impl ToArgument for Argument {
    fn to_argument(&self) -> Self {
        self.clone()
    }
}

/// A phrase with what stands in its places: what is said, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    phrase: Phrase,
    arguments: Vec<Argument>,
}

impl Message {
    /// A text that no catalogue has and that is the same in every language: what another library says, what a caller says.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { phrase: PLAIN, arguments: vec![Argument::Text(text.into())] }
    }

    /// The same about no more than a person reads: long texts and lists are cut.
    pub(crate) fn cut(self) -> Self {
        let Self { phrase, arguments } = self;
        let arguments = match <[Argument; 1]>::try_from(arguments) {
            Ok([Argument::Text(text)]) if phrase == PLAIN => vec![Argument::Text(cut(text, SENTENCE_LIMIT))],
            Ok([argument]) => vec![argument.cut()],
            Err(arguments) => arguments.into_iter().map(Argument::cut).collect(),
        };
        Self { phrase, arguments }
    }

    /// In words.
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        let mut out = String::new();
        self.write(lang, &mut out);
        out
    }

    /// In words of both languages.
    #[must_use]
    pub fn to_name(&self) -> Name {
        Name { zh: self.to_text(Lang::Zh), en: self.to_text(Lang::En) }
    }

    pub(crate) fn write(&self, lang: Lang, out: &mut String) {
        let mut parts = self.phrase.get(lang).split('{');
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let place = part.split_once('}');
            let known =
                place.and_then(|(number, rest)| Some((self.arguments.get(number.parse::<usize>().ok()?)?, rest)));
            if let Some((argument, rest)) = known {
                argument.write(lang, out);
                out.push_str(rest);
            } else {
                // A brace that is none of a place, as in an example of JSON.
                out.push('{');
                out.push_str(part);
            }
        }
    }
}

impl From<Phrase> for Message {
    fn from(phrase: Phrase) -> Self {
        Self { phrase, arguments: Vec::new() }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl From<Name> for Message {
    fn from(name: Name) -> Self {
        PLAIN.with(&[&name])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVES: Phrase = Phrase::new("{1}付 {0} 分\n{1} gives {0} fen, `{ x }`");

    #[test]
    fn places_are_filled_by_number_and_other_braces_stay() {
        let name = Name { zh: "市级".to_owned(), en: "City {0}".to_owned() };
        let message = GIVES.with(&[&7, &name]);
        assert_eq!(message.to_text(Lang::Zh), "市级付 7 分");
        assert_eq!(message.to_text(Lang::En), "City {0} gives 7 fen, `{ x }`");
        assert_eq!(Message::plain("{0}{").to_text(Lang::Zh), "{0}{");
    }

    #[test]
    fn lists_and_phrases_take_the_language_of_what_they_stand_in() {
        let list = Argument::list([COMMA.to_argument(), Argument::quoted(["a", "b"])]);
        assert_eq!(PLAIN.with(&[&list]).to_text(Lang::Zh), "、、`a`、`b`");
        assert_eq!(PLAIN.with(&[&list]).to_text(Lang::En), ", , `a`, `b`");
    }

    #[test]
    fn what_a_problem_says_is_no_longer_than_a_person_reads() {
        let long = "县".repeat(300);
        let list = Argument::quoted((0..30).map(|number| number.to_string()));
        let said = GIVES.with(&[&list, &long]).cut().to_text(Lang::En);
        assert_eq!(said.matches('县').count(), 200);
        assert!(said.contains("县… gives `0`, `1`, ") && said.contains("`19`, … and 10 more fen"), "{said}");
        let short = GIVES.with(&[&Argument::quoted(["a"]), &"县"]);
        assert_eq!(short.clone().cut(), short);
        assert_eq!(Message::plain("县".repeat(3_000)).cut().to_text(Lang::Zh).chars().count(), 2_001);
    }

    #[test]
    fn a_phrase_that_lacks_something_is_refused() {
        assert!(GIVES.check().is_ok());
        for both in ["\nx", "一", "一 {0}\none {1}", "一 one\none", "`a` b\nb", "一 {0}\none `{0}`"] {
            assert!(Phrase::new(both).check().is_err(), "{both:?}");
        }
        assert_eq!(foreign("格式为 TOML 或 `toml`，共 3 处"), None);
    }
}
