//! Which language is spoken: what the command line says, else a setting that lasts, else the system's.

use std::ffi::OsString;
use std::path::PathBuf;

use fundlayers::document::NodeValue;
use fundlayers::{Lang, Name};

use crate::catalogue as words;

/// What a setting of the language says, and what of it cannot be used.
pub(crate) struct Chosen {
    pub(crate) lang: Lang,
    /// In both languages: which one is meant, is not known.
    pub(crate) warnings: Vec<Name>,
}

/// The language of a command: `--lang`, `FUNDLAYERS_LANG`, the configuration file, `LC_ALL`, `LC_MESSAGES`, `LANG`; the
/// first that says something. It is known before the arguments are read, for their mistakes and the help are said in it.
pub(crate) fn chosen(arguments: &[OsString]) -> Chosen {
    let mut warnings = Vec::new();
    // What is wrong with it, the reader of arguments says.
    let lang = option(arguments).and_then(|word| word.parse().ok());
    let lang = lang.or_else(|| {
        let word = set("FUNDLAYERS_LANG")?;
        word.parse()
            .map_err(|_| warnings.push(words::NO_LANGUAGE_SET.with(&[&"FUNDLAYERS_LANG", &word]).to_name()))
            .ok()
    });
    let lang = lang.or_else(|| {
        let path = configuration()?;
        let text = std::fs::read_to_string(&path).ok()?;
        configured(&text, &path.display().to_string()).map_err(|warning| warnings.push(warning)).ok()?
    });
    let lang = lang.unwrap_or_else(locale);
    Chosen { lang, warnings }
}

/// The language of the locale: Chinese if it says so, else English.
fn locale() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    locale.and_then(|word| word.parse().ok()).unwrap_or(Lang::En)
}

/// What an environment variable says, if anything.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The value of `--lang` among arguments that nobody has read yet.
fn option(arguments: &[OsString]) -> Option<String> {
    let mut arguments =
        arguments.iter().map(|argument| argument.to_string_lossy()).take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        if argument == "--lang" {
            return arguments.next().map(std::borrow::Cow::into_owned);
        }
        if let Some(value) = argument.strip_prefix("--lang=") {
            return Some(value.to_owned());
        }
    }
    None
}

/// The file of settings: `fundlayers/config.toml` in `$XDG_CONFIG_HOME`, else `~/.config`; on Windows in `%APPDATA%`.
fn configuration() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        folder("APPDATA")
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))
    };
    Some(folder?.join("fundlayers").join("config.toml"))
}

/// The language in the text of such a file, or what is wrong with it.
fn configured(text: &str, file: &str) -> Result<Option<Lang>, Name> {
    let document = fundlayers_formats::toml::read(text).map_err(|problems| {
        let problems = problems.in_file(file);
        Name::new(problems.to_text(Lang::Zh), problems.to_text(Lang::En))
    })?;
    let Some(node) = document.get("lang") else { return Ok(None) };
    let word = match &node.value {
        NodeValue::Text(word) => word.clone(),
        _ => node.to_string(),
    };
    let wrong = |_: String| words::NO_LANGUAGE_SET.with(&[&format!("{file}: lang"), &word]).to_name();
    word.parse().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_found_wherever_it_stands() {
        let of = |arguments: &[&str]| option(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["fundlayers", "--lang", "zh", "totals"]).as_deref(), Some("zh"));
        assert_eq!(of(&["fundlayers", "totals", "--lang=en"]).as_deref(), Some("en"));
        assert_eq!(of(&["fundlayers", "explain", "--", "--lang=en"]), None);
        assert_eq!(of(&["fundlayers", "--lang"]), None);
    }

    #[test]
    fn a_file_of_settings_is_toml() {
        assert!(matches!(configured("# nothing\n", "f"), Ok(None)));
        assert!(matches!(configured("lang = \"zh\"\n", "f"), Ok(Some(Lang::Zh))));
        assert!(matches!(configured("lang = \"中文\"\n", "f"), Ok(Some(Lang::Zh))));
        for wrong in ["lang = \"fr\"", "lang = zh", "lang = 1"] {
            let said = configured(wrong, "config.toml").unwrap_err();
            assert!(said.zh.starts_with("config.toml"), "{said:?}");
        }
    }
}
