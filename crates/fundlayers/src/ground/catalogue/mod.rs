//! The catalogue: every sentence that the crate says, in Chinese and English, a file for each room that says it.
//!
//! It stands in the ground, below the rooms, so that one place shows all of it to whoever translates or edits. English
//! starts in lower case and ends without a full stop where it is a problem; what the user wrote and what can be written
//! stands in backticks in both languages. The codes of problems carry their words themselves (`problem/code.rs`).

/// Phrases as constants, with a list of all of them for tests: `NAME = "Chinese", "English";`. The type
/// [`Phrase`](crate::Phrase) must be in sight.
#[macro_export]
macro_rules! phrases {
    ($( $(#[$attribute:meta])* $name:ident = $zh:literal, $en:literal; )+) => {
        $( $(#[$attribute])* pub(crate) const $name: Phrase = Phrase::new(concat!($zh, "\n", $en)); )+

        /// All of them by name.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, Phrase)] = &[ $( $(#[$attribute])* (stringify!($name), $name), )+ ];
    };
}

pub(crate) mod checks;
pub(crate) mod engine;
pub(crate) mod explanations;
pub(crate) mod forms;
pub(crate) mod ground;
pub(crate) mod notes;
pub(crate) mod policy;
pub(crate) mod projects;
pub(crate) mod questions;
pub(crate) mod results;
pub(crate) mod roster;
pub(crate) mod rows;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::ground::message::Phrase;
    use crate::ground::problem::Code;

    const ROOMS: [(&str, &[(&str, Phrase)]); 12] = [
        ("checks", checks::ALL),
        ("engine", engine::ALL),
        ("explanations", explanations::ALL),
        ("forms", forms::ALL),
        ("ground", ground::ALL),
        ("notes", notes::ALL),
        ("policy", policy::ALL),
        ("projects", projects::ALL),
        ("questions", questions::ALL),
        ("results", results::ALL),
        ("roster", roster::ALL),
        ("rows", rows::ALL),
    ];

    #[test]
    fn every_phrase_is_whole_in_both_languages() {
        for (room, phrases) in ROOMS {
            for (name, phrase) in phrases {
                assert_eq!(phrase.check(), Ok(()), "{room}: {name}");
            }
        }
    }

    #[test]
    fn every_code_says_in_both_languages_what_it_means_and_what_to_do() {
        for code in Code::ALL {
            for phrase in [code.meaning_phrase(), code.mend_phrase()] {
                assert_eq!(phrase.check(), Ok(()), "{code}");
                let [zh, en] =
                    [phrase.get(crate::ground::language::Lang::Zh), phrase.get(crate::ground::language::Lang::En)];
                assert!(zh.ends_with('。') && en.ends_with('.'), "{code}: {zh} {en}");
            }
        }
    }

    /// The compiler tells of a constant that nothing uses too, but not in a build of tests, where [`ROOMS`] uses it.
    #[test]
    fn every_phrase_is_said_somewhere() {
        let mut said = String::new();
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut said);
        let names: std::collections::BTreeSet<&str> =
            said.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).collect();
        for (room, phrases) in ROOMS {
            for (name, _) in phrases {
                assert!(names.contains(name), "{room}: {name} is never said");
            }
        }
    }

    fn read(folder: &Path, said: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("catalogue") {
                read(&path, said);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                said.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
}
