//! The command line. What a command means stands in the libraries; here are arguments, files, exit statuses.

mod args;
mod catalogue;
mod commands;
mod help;
mod inputs;
mod language;
mod output;
mod progress;
mod schema;
mod signals;
mod usage;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;
use fundlayers::{Code, Lang, Message, Name, Phrase, Policy, Problem, Problems, Severity, Shown, visible};
use fundlayers_formats::output::OutputError;

use args::Cli;
use catalogue as words;

/// Why a command ends without a result.
pub(crate) enum Failure {
    /// The input is wrong: exit status 1, every problem on standard error.
    Input(Problems),
    /// The command is used wrongly: exit status 2.
    Usage(Name),
    /// The result could not be written to a file: exit status 1.
    Output(OutputError),
    /// Nor to standard output.
    StandardOutput(std::io::Error),
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Input(problems)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Input(problem.into())
    }
}

impl Failure {
    fn used_wrongly(message: impl Into<Message>) -> Self {
        Self::Usage(message.into().to_name())
    }
}

fn main() -> ExitCode {
    // What follows `--` is meant as it is.
    let mut options = true;
    let arguments: Vec<OsString> = std::env::args_os()
        .map(|argument| {
            options &= argument != "--";
            if options { usage::half_width(argument) } else { argument }
        })
        .collect();
    let chosen = language::chosen(&arguments);
    let lang = chosen.lang;
    let stderr = Stderr::new(lang);
    for warning in chosen.warnings {
        stderr.say(words::WARNING, "1;33", warning.get(lang));
    }
    let matches = help::command(lang).try_get_matches_from(arguments);
    let result = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => commands::run(&cli, lang),
        // What is not asked for in Chinese, help among it, is said already.
        Err(error) if lang == Lang::En || !error.use_stderr() || error.kind() == MISSING => error.exit(),
        Err(error) => {
            stderr.say(words::ERROR, "1;31", &usage::in_chinese(&error));
            line(&format!("\n{}", words::MORE_INFORMATION.get(lang)));
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(problems)) => {
            for shown in problems.shown() {
                let text = shown.to_text(lang);
                match shown {
                    Shown::Problem(problem) if problem.severity() == Severity::Warning => {
                        stderr.say(words::WARNING, "1;33", &text);
                    }
                    Shown::Problem(_) => stderr.say(words::ERROR, "1;31", &text),
                    _ => line(&text),
                }
            }
            if problems.iter().any(|problem| matches!(problem.code(), Code::UnknownPolicy)) {
                line(words::LIST_OF_POLICIES.get(lang));
            }
            let errors = problems.errors();
            let phrase = match errors {
                _ if !problems.is_complete() => words::PROBLEMS_AT_LEAST,
                1 => words::ONE_PROBLEM,
                _ => words::PROBLEMS,
            };
            line(&phrase.with(&[&errors]).to_text(lang));
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            stderr.say(words::ERROR, "1;31", &visible(message.get(lang)));
            line(&format!("\n{}", words::MORE_INFORMATION.get(lang)));
            ExitCode::from(2)
        }
        // Whoever reads has what they wanted.
        Err(Failure::Output(error)) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(Failure::StandardOutput(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            stderr.say(words::ERROR, "1;31", &Problem::from(error).to_text(lang));
            ExitCode::from(1)
        }
        Err(Failure::StandardOutput(error)) => {
            let why = fundlayers_formats::output::io_message(&error);
            stderr.say(words::ERROR, "1;31", &words::STANDARD_OUTPUT.with(&[&why]).to_text(lang));
            ExitCode::from(1)
        }
    }
}

/// A command that needs another one: its help is the answer.
const MISSING: ErrorKind = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

/// Standard error in a language. Nothing can be done if it is closed, here and below.
struct Stderr {
    lang: Lang,
    styled: bool,
}

impl Stderr {
    fn new(lang: Lang) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { lang, styled: !plain && std::io::stderr().is_terminal() }
    }

    fn say(&self, label: Phrase, style: &str, text: &str) {
        let label = label.get(self.lang);
        let (begin, end) = if self.styled { (format!("\u{1b}[{style}m"), "\u{1b}[0m") } else { (String::new(), "") };
        line(&format!("{begin}{}{end}{}{text}", label.trim_end(), label.strip_prefix(label.trim_end()).unwrap_or("")));
    }
}

fn line(text: &str) {
    _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says warnings on standard error.
pub(crate) fn warn(warnings: &Problems, lang: Lang) {
    let mut stderr = std::io::stderr().lock();
    for shown in warnings.shown() {
        let label = if matches!(shown, Shown::Problem(_)) { words::WARNING.get(lang) } else { "" };
        _ = writeln!(stderr, "{label}{}", shown.to_text(lang));
    }
}

/// Says on standard error what was changed of a policy.
pub(crate) fn note(policy: &Policy, lang: Lang) {
    if let Some(changes) = policy.changes_text(lang) {
        let colon = lang.pick("：", ": ");
        _ = writeln!(std::io::stderr().lock(), "{}{policy}{colon}{changes}", words::NOTE.get(lang));
    }
}
