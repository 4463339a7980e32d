//! The command line. What a command means stands in the libraries; here are arguments, files, exit statuses.

mod args;
mod catalogue;
mod commands;
mod inputs;
mod output;
mod progress;
mod signals;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use fundlayers::{Code, Lang, Policy, Problem, Problems, Severity, Shown, visible};
use fundlayers_formats::output::OutputError;

use args::Cli;

/// Why a command ends without a result.
pub(crate) enum Failure {
    /// The input is wrong: exit status 1, every problem on standard error.
    Input(Problems),
    /// The command is used wrongly: exit status 2.
    Usage(String),
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = commands::run(&cli);
    let mut stderr = std::io::stderr().lock();
    let styled = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let paint =
        |text: &str, code: &str| if styled { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    // Nothing can be done if standard error is closed.
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(problems)) => {
            for shown in problems.shown() {
                let text = shown.to_text(Lang::En);
                _ = match shown {
                    Shown::Problem(problem) if problem.severity() == Severity::Warning => {
                        writeln!(stderr, "{}: {text}", paint("warning", "1;33"))
                    }
                    Shown::Problem(_) => writeln!(stderr, "{}: {text}", paint("error", "1;31")),
                    _ => writeln!(stderr, "{text}"),
                };
            }
            if problems.iter().any(|problem| matches!(problem.code(), Code::UnknownPolicy)) {
                _ = writeln!(stderr, "`fundlayers policy list` lists the built-in policies");
            }
            let errors = problems.errors();
            let least = if problems.is_complete() { "" } else { "at least " };
            let many = if errors == 1 { "" } else { "s" };
            _ = writeln!(stderr, "{least}{errors} problem{many}; nothing was computed");
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            let message = visible(&message);
            _ = writeln!(stderr, "{}: {message}\n\nFor more information, try '--help'.", paint("error", "1;31"));
            ExitCode::from(2)
        }
        // Whoever reads has what they wanted.
        Err(Failure::Output(error)) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(Failure::StandardOutput(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            _ = writeln!(stderr, "{}: {}", paint("error", "1;31"), Problem::from(error));
            ExitCode::from(1)
        }
        Err(Failure::StandardOutput(error)) => {
            _ = writeln!(stderr, "{}: cannot write to standard output: {error}", paint("error", "1;31"));
            ExitCode::from(1)
        }
    }
}

/// Says warnings on standard error.
pub(crate) fn warn(warnings: &Problems) {
    let mut stderr = std::io::stderr().lock();
    for shown in warnings.shown() {
        let label = if matches!(shown, Shown::Problem(_)) { "warning: " } else { "" };
        _ = writeln!(stderr, "{label}{}", shown.to_text(Lang::En));
    }
}

/// Says on standard error what was changed of a policy.
pub(crate) fn note(policy: &Policy, lang: Lang) {
    if let Some(changes) = policy.changes_text(lang) {
        _ = writeln!(std::io::stderr().lock(), "note: {policy}: {changes}");
    }
}
