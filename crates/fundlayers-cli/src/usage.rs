//! How a command is used wrongly, in the language of the command; and arguments as Chinese input methods type them.

use std::error::Error as _;
use std::ffi::OsString;
use std::fmt;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use fundlayers::{Lang, Message, MoneyError, Name, NumberError, Problem, Problems, visible};

use crate::catalogue as words;

/// What is wrong with an argument, in both languages.
#[derive(Debug, Clone)]
pub(crate) struct Said(pub(crate) Name);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Said {}

impl From<Message> for Said {
    fn from(message: Message) -> Self {
        Self(message.to_name())
    }
}

impl From<Problems> for Said {
    fn from(problems: Problems) -> Self {
        Self(Name::new(problems.to_text(Lang::Zh), problems.to_text(Lang::En)))
    }
}

impl From<Problem> for Said {
    fn from(problem: Problem) -> Self {
        Problems::from(problem).into()
    }
}

impl From<MoneyError> for Said {
    fn from(error: MoneyError) -> Self {
        error.message().into()
    }
}

impl From<NumberError> for Said {
    fn from(error: NumberError) -> Self {
        error.message().into()
    }
}

/// What Chinese input methods make of the signs of options, as it is meant: `——by`, `－－by` and `--by＝年度`. Nothing else
/// begins so: a name that a dash stands before is followed by no letter of an option.
pub(crate) fn half_width(argument: OsString) -> OsString {
    let Some(text) = argument.to_str() else { return argument };
    let is_dash = |letter: char| matches!(letter, '-' | '－' | '—' | '–' | '―');
    let name = text.trim_start_matches(is_dash);
    let dashes = text.chars().take_while(|letter| is_dash(*letter)).count();
    let end = name.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')).unwrap_or(name.len());
    let Some((option, rest)) = name.split_at_checked(end) else { return argument };
    let typed = text.chars().take(dashes).any(|letter| letter != '-');
    let equals = rest.starts_with('＝');
    if dashes == 0 || !option.starts_with(|letter: char| letter.is_ascii_lowercase()) || !(typed || equals) {
        return argument;
    }
    if !(rest.is_empty() || equals || rest.starts_with('=')) {
        return argument;
    }
    // One dash is one of a short option; a long dash is two.
    let dash = if option.len() == 1 { "-" } else { "--" };
    let rest = rest.strip_prefix(['＝', '=']).map_or(String::new(), |value| format!("={value}"));
    format!("{dash}{option}{rest}").into()
}

/// What clap says of a mistake, in Chinese: of its kind and what it is about.
pub(crate) fn in_chinese(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("`、`"),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    let command = text(ContextKind::InvalidSubcommand);
    let message = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => words::VALUE_MISSING.with(&[&argument]),
        ErrorKind::InvalidValue => words::VALUE_WRONG.with(&[&argument, &value]),
        ErrorKind::UnknownArgument => words::NO_SUCH_ARGUMENT.with(&[&argument]),
        ErrorKind::InvalidSubcommand => words::NO_SUCH_COMMAND.with(&[&command]),
        ErrorKind::NoEquals => words::EQUALS_MISSING.with(&[&argument]),
        ErrorKind::ValueValidation => {
            let source = error.source();
            match source.and_then(|source| source.downcast_ref::<Said>()) {
                Some(said) => words::VALUE_WRONG_FOR.with(&[&argument, &value, &said.0]),
                // What the standard library says of numbers is English.
                None => words::VALUE_NO_NUMBER.with(&[&argument, &value]),
            }
        }
        ErrorKind::TooManyValues => words::TOO_MANY_VALUES.with(&[&argument, &value]),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => words::OTHER_NUMBER_OF_VALUES.with(&[&argument]),
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg);
            if other == argument || other.is_empty() {
                words::GIVEN_TWICE.with(&[&argument])
            } else {
                words::NOT_TOGETHER.with(&[&argument, &other])
            }
        }
        ErrorKind::MissingRequiredArgument => words::ARGUMENT_MISSING.with(&[&argument]),
        ErrorKind::MissingSubcommand => words::COMMAND_MISSING.with(&[&command]),
        ErrorKind::InvalidUtf8 => words::ARGUMENT_NOT_UTF_8.into(),
        _ => words::USED_WRONGLY.into(),
    };
    let mut out = message.to_text(Lang::Zh);
    let list = |kind, label: fundlayers::Phrase| match error.get(kind) {
        Some(ContextValue::Strings(texts)) if !texts.is_empty() => {
            label.with(&[&fundlayers::Argument::quoted(texts)]).to_text(Lang::Zh)
        }
        Some(ContextValue::String(text)) => label.with(&[&format!("`{text}`")]).to_text(Lang::Zh),
        _ => String::new(),
    };
    out.push_str(&list(ContextKind::ValidValue, words::CHOICES_ARE));
    out.push_str(&list(ContextKind::ValidSubcommand, words::COMMANDS_ARE));
    for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue] {
        out.push_str(&list(kind, words::MAYBE_MEANT));
    }
    let mut out = visible(&out).into_owned();
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        out.push_str("\n\n");
        out.push_str(words::USAGE.get(Lang::Zh));
        out.push_str(usage.trim_start().strip_prefix("Usage:").unwrap_or(&usage).trim());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_typed_in_chinese_mode_are_options() {
        for (typed, meant) in [
            ("——by", "--by"),
            ("－－by", "--by"),
            ("—by", "--by"),
            ("--by＝区县", "--by=区县"),
            ("——years＝２０２４", "--years=２０２４"),
            ("－h", "-h"),
            ("--set=a＝1", "--set=a＝1"),
            ("--by", "--by"),
            ("-", "-"),
            ("－甲村", "－甲村"),
            ("—a村", "—a村"),
            ("甲＝乙", "甲＝乙"),
        ] {
            assert_eq!(half_width(typed.into()), OsString::from(meant), "{typed}");
        }
    }
}
