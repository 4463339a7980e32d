//! The help in Chinese: the commands of `args.rs`, said with the words of [`chinese`].

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::builder::{PossibleValue, PossibleValuesParser, Resettable};
use clap::{Arg, Command, CommandFactory};
use fundlayers::Lang;

use crate::args::Cli;

mod chinese;

/// How wide the help is at most, as the definition has it.
const WIDTH: usize = 100;

/// The commands, with their help in a language.
pub(crate) fn command(lang: Lang) -> Command {
    match lang {
        Lang::En => Cli::command(),
        Lang::Zh => {
            let mut command = Cli::command();
            // Now it has all that the library adds of its own.
            command.build();
            in_chinese(command, "")
        }
    }
}

/// The same for those who list what an option takes, with what each word means: completions. It reads no arguments.
pub(crate) fn command_to_list(lang: Lang) -> Command {
    match lang {
        Lang::En => command(lang),
        Lang::Zh => with_choices(command(lang)),
    }
}

fn in_chinese(command: Command, path: &str) -> Command {
    let mut command = each_subcommand(command, |command, name| in_chinese(command, &below(path, name)));
    if let Some(text) = find(chinese::COMMANDS, known(path)) {
        command = command.about(text);
        // Where the definition has more to say.
        if command.get_long_about().is_some() {
            let more = find(chinese::LONG, path).map_or(String::new(), |more| format!("\n\n{more}"));
            command = command.long_about(wrapped(&format!("{text}{more}"), WIDTH));
        }
    }
    command = command.mut_args(with_value_names);
    let room = room(&command);
    command = command.mut_args(|argument| {
        let text = argument_text(path, argument.get_id().as_str()).unwrap_or_default();
        with_help(argument, text, room)
    });
    let is_parent = command.has_subcommands();
    if is_parent {
        command = command.subcommand_value_name("命令").subcommand_help_heading("命令");
    }
    let usage = usage(&mut command);
    let template = template(&command);
    // Chinese has no spaces to wrap at: the lines are as long as they are to be.
    command.term_width(0).override_usage(usage).help_template(template)
}

fn each_subcommand(command: Command, change: impl Fn(Command, &str) -> Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| command.mut_subcommand(name, |command| change(command, name)))
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

/// What `help` lists is what is known without it.
fn known(path: &str) -> &str {
    let mut path = path;
    while let Some((parent, last)) = path.rsplit_once(' ').filter(|(_, last)| *last == "help") {
        path = if parent.is_empty() { parent } else { last };
    }
    match path.split_once("help ") {
        Some((_, rest)) => rest,
        None => path,
    }
}

fn find(table: &[(&'static str, &'static str)], key: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
}

/// The words of an option: of the command's own, else of every command's.
fn argument_text(path: &str, id: &str) -> Option<&'static str> {
    let of = |command: &str| {
        chinese::ARGUMENTS
            .iter()
            .find(|(known, argument, _)| *known == command && *argument == id)
            .map(|(.., text)| *text)
    };
    of(path).or_else(|| of("*"))
}

fn with_value_names(argument: Arg) -> Arg {
    let names: Vec<&str> = argument
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .filter_map(|name| find(chinese::VALUES, name.as_str()))
        .collect();
    if names.is_empty() { argument } else { argument.value_names(names) }
}

/// How many columns are left for what options mean.
fn room(command: &Command) -> usize {
    let longest = command.get_arguments().map(|argument| width(&argument.to_string())).max().unwrap_or_default();
    // What stands before, between and after them.
    WIDTH.saturating_sub(longest).saturating_sub(12).max(40)
}

fn with_help(argument: Arg, text: &str, room: usize) -> Arg {
    let mut text = text.to_owned();
    let default = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
    let default: Vec<String> =
        default.map(|value| find(chinese::DEFAULTS, &value).map_or(value, str::to_owned)).collect();
    if !default.is_empty() && argument.get_action().takes_values() && !argument.is_hide_default_value_set() {
        // Writing to a string cannot fail, here and below.
        _ = write!(text, "（默认：{}）", default.join(","));
    }
    let id = argument.get_id().as_str().to_owned();
    let words: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    let listed = !words.is_empty() && argument.get_action().takes_values() && !argument.is_hide_possible_values_set();
    let explained: Vec<String> =
        words.iter().filter_map(|word| Some(format!("- {word}：{}", choice(&id, word)?))).collect();
    let mut argument = argument.hide_default_value(true).hide_possible_values(true).long_help(Resettable::Reset);
    if listed && !explained.is_empty() {
        argument = argument.long_help(format!("{text}\n\n{}", explained.join("\n")));
    }
    if listed {
        _ = write!(text, "（可选：{}）", words.join("、"));
    }
    argument.help(wrapped(&text, room))
}

fn choice(id: &str, word: &str) -> Option<&'static str> {
    chinese::CHOICES.iter().find(|(argument, known, _)| *argument == id && *known == word).map(|(.., text)| *text)
}

fn with_choices(command: Command) -> Command {
    each_subcommand(command, |command, _| with_choices(command)).mut_args(|argument| {
        let id = argument.get_id().as_str().to_owned();
        let values = argument.get_possible_values();
        if !values.iter().any(|value| choice(&id, value.get_name()).is_some()) {
            return argument;
        }
        let values: Vec<PossibleValue> = values
            .into_iter()
            .map(|value| match choice(&id, value.get_name()) {
                Some(text) => value.help(text),
                None => value,
            })
            .collect();
        argument.value_parser(PossibleValuesParser::new(values))
    })
}

/// The usage without its heading.
fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage:").unwrap_or(&usage).trim();
    usage.replace("[OPTIONS]", "[选项]").replace("[COMMAND]", "[命令]").replace("<COMMAND>", "<命令>")
}

fn template(command: &Command) -> String {
    let heading = |text: &str| format!("\u{1b}[1m\u{1b}[4m{text}\u{1b}[0m");
    let mut template = format!("{{about-with-newline}}\n{}{{usage}}", heading("用法："));
    let sections = [
        (command.get_subcommands().any(|sub| !sub.is_hide_set()), "命令：", "{subcommands}"),
        (command.get_positionals().any(|argument| !argument.is_hide_set()), "参数：", "{positionals}"),
        (
            command.get_arguments().any(|argument| !argument.is_positional() && !argument.is_hide_set()),
            "选项：",
            "{options}",
        ),
    ];
    for (_, title, tag) in sections.into_iter().filter(|(is_there, ..)| *is_there) {
        _ = write!(template, "\n\n{}\n{tag}", heading(title));
    }
    template
}

/// One manual page with every command.
pub(crate) fn manual(lang: Lang, writer: &mut dyn Write) -> io::Result<()> {
    let command = command(lang);
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        section(sub, &format!("fundlayers {}", sub.get_name()), &mut page)?;
    }
    if lang == Lang::En {
        return writer.write_all(&page);
    }
    let page = String::from_utf8_lossy(&page);
    page.lines().try_for_each(|line| {
        writeln!(writer, "{}", SECTIONS.iter().find(|(en, _)| *en == line).map_or(line, |(_, zh)| zh))
    })
}

/// The headings of manual pages.
const SECTIONS: [(&str, &str); 6] = [
    (".SH NAME", ".SH 名称"),
    (".SH SYNOPSIS", ".SH 用法"),
    (".SH DESCRIPTION", ".SH 说明"),
    (".SH OPTIONS", ".SH 选项"),
    (".SH SUBCOMMANDS", ".SH 命令"),
    (".SH VERSION", ".SH 版本"),
];

fn section(command: &Command, name: &str, writer: &mut dyn Write) -> io::Result<()> {
    let subs: Vec<&Command> = command.get_subcommands().filter(|sub| sub.get_name() != "help").collect();
    if subs.is_empty() {
        writeln!(writer, ".SH {}", name.to_uppercase())?;
        let man = clap_mangen::Man::new(command.clone().disable_help_flag(true));
        man.render_description_section(writer)?;
        return man.render_options_section(writer);
    }
    subs.into_iter().try_for_each(|sub| section(sub, &format!("{name} {}", sub.get_name()), writer))
}

/// How many columns a text takes: Chinese characters take two.
fn width(text: &str) -> usize {
    text.chars().map(letter_width).fold(0, usize::saturating_add)
}

fn letter_width(letter: char) -> usize {
    if letter < '\u{1100}' { 1 } else { 2 }
}

/// A Chinese text in lines of at most so many columns: broken between characters, but not within words of letters, and not
/// before what closes or after what opens.
fn wrapped(text: &str, columns: usize) -> String {
    text.split('\n').map(|line| wrapped_line(line, columns)).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, columns: usize) -> String {
    // Pieces that stay whole.
    let mut pieces: Vec<String> = Vec::new();
    let mut last: Option<char> = None;
    for letter in line.chars() {
        let stays = last.is_some_and(|last| {
            (last.is_ascii_graphic() && letter.is_ascii_graphic())
                || "、，。；：）〕］”！？—…".contains(letter)
                || letter == ' '
                || "（〔［“".contains(last)
        });
        match pieces.last_mut() {
            Some(piece) if stays => piece.push(letter),
            _ => pieces.push(letter.to_string()),
        }
        last = Some(letter);
    }
    let (mut out, mut column) = (String::new(), 0_usize);
    for piece in pieces {
        let wide = width(piece.trim_end());
        if column > 0 && column.saturating_add(wide) > columns {
            out.truncate(out.trim_end().len());
            out.push('\n');
            column = 0;
        }
        out.push_str(&piece);
        column = column.saturating_add(width(&piece));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command with its path.
    fn commands(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            commands(sub, &below(path, sub.get_name()), found);
        }
    }

    fn all() -> Vec<(String, Command)> {
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        commands(&command, "", &mut found);
        found
    }

    /// What to do is said in full: whoever adds an option reads this.
    #[test]
    fn every_command_and_option_has_chinese_words() {
        let file = "crates/fundlayers-cli/src/help/chinese.rs";
        let mut missing = Vec::new();
        for (path, command) in all() {
            if find(chinese::COMMANDS, &path).is_none() {
                missing.push(format!(
                    "(\"{path}\", \"…\") in COMMANDS: {}",
                    command.get_about().cloned().unwrap_or_default()
                ));
            }
            for argument in command.get_arguments() {
                let (id, help) = (argument.get_id().as_str(), argument.get_help().cloned().unwrap_or_default());
                if argument_text(&path, id).is_none() {
                    missing.push(format!("(\"{path}\", \"{id}\", \"…\") in ARGUMENTS: {help}"));
                }
                for name in argument.get_value_names().unwrap_or_default() {
                    let is_known = find(chinese::VALUES, name).is_some();
                    if argument.get_action().takes_values() && !is_known {
                        missing
                            .push(format!("(\"{name}\", \"…\") in VALUES: stands for a value of `{path} {argument}`"));
                    }
                }
                for value in argument.get_default_values().iter().map(|value| value.to_string_lossy()) {
                    let is_known = find(chinese::DEFAULTS, &value).is_some();
                    if argument.get_action().takes_values() && !is_known && fundlayers_policies::get(&value).is_none() {
                        missing.push(format!("(\"{value}\", \"…\") in DEFAULTS: the default of `{path} {argument}`"));
                    }
                }
                for value in argument.get_possible_values() {
                    let word = value.get_name();
                    if let (Some(help), None) = (value.get_help(), choice(id, word)) {
                        missing.push(format!("(\"{id}\", \"{word}\", \"…\") in CHOICES: {help}"));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "say these in Chinese, in {file}:\n  {}", missing.join("\n  "));
    }

    #[test]
    fn no_chinese_words_are_left_over() {
        let (mut left, all) = (Vec::new(), all());
        let is_there = |path: &str, id: &str| {
            all.iter().any(|(known, command)| {
                known == path && command.get_arguments().any(|argument| argument.get_id() == id)
            })
        };
        for (path, _) in chinese::COMMANDS.iter().chain(chinese::LONG) {
            if *path != "help" && !all.iter().any(|(known, _)| known == path) {
                left.push(format!("command `{path}`"));
            }
        }
        for (path, id, _) in chinese::ARGUMENTS {
            let used = if *path == "*" {
                let own = |known: &str| chinese::ARGUMENTS.iter().any(|(path, other, _)| path == &known && other == id);
                all.iter().any(|(known, _)| is_there(known, id) && !own(known))
            } else {
                is_there(path, id)
            };
            if !used {
                left.push(format!("argument `{id}` of `{path}`"));
            }
        }
        let arguments: Vec<&Arg> = all.iter().flat_map(|(_, command)| command.get_arguments()).collect();
        for (name, _) in chinese::VALUES {
            let is_used = |argument: &&Arg| {
                argument.get_value_names().unwrap_or_default().iter().any(|used| used.as_str() == *name)
            };
            if !arguments.iter().any(is_used) {
                left.push(format!("value `{name}`"));
            }
        }
        for (id, word, _) in chinese::CHOICES {
            let has = |argument: &&Arg| {
                argument.get_id() == id && argument.get_possible_values().iter().any(|value| value.get_name() == *word)
            };
            if !arguments.iter().any(has) {
                left.push(format!("choice `{word}` of `{id}`"));
            }
        }
        assert!(left.is_empty(), "help/chinese.rs has words for what is no more:\n  {}", left.join("\n  "));
    }

    /// Options that mean different things in English do not share the Chinese of `*`.
    #[test]
    fn options_that_share_their_chinese_mean_the_same() {
        for (_, id, text) in chinese::ARGUMENTS.iter().filter(|(path, ..)| *path == "*") {
            let mut meanings: Vec<(String, String)> = Vec::new();
            for (path, command) in all() {
                let own = chinese::ARGUMENTS.iter().any(|(known, other, _)| *known == path && other == id);
                let argument = command.get_arguments().find(|argument| argument.get_id() == id);
                if let (false, Some(argument)) = (own, argument) {
                    meanings.push((argument.get_help().cloned().unwrap_or_default().to_string(), path));
                }
            }
            // `--help` says where there is more of it.
            if *id == "help" {
                continue;
            }
            meanings.dedup_by(|a, b| a.0 == b.0);
            meanings.sort();
            meanings.dedup_by(|a, b| a.0 == b.0);
            assert!(
                meanings.len() <= 1,
                "`{text}` stands for all of these; give each command its own line: {meanings:?}"
            );
        }
    }

    #[test]
    fn no_english_word_is_left_in_the_help() {
        for (path, mut command) in {
            let mut found = Vec::new();
            commands(&command(Lang::Zh), "", &mut found);
            found
        } {
            for help in [command.render_help().to_string(), command.render_long_help().to_string()] {
                for word in
                    ["Usage", "Options", "Commands", "Arguments", "default", "possible", "Print", "OPTIONS", "COMMAND"]
                {
                    assert!(!help.contains(word), "{path}: `{word}` in\n{help}");
                }
                for line in help.lines() {
                    assert!(width(line) <= WIDTH, "{path}: too wide: {line}");
                }
            }
        }
    }

    #[test]
    fn chinese_is_wrapped_between_characters_and_words_stay_whole() {
        assert_eq!(wrapped("甲乙丙丁", 4), "甲乙\n丙丁");
        assert_eq!(wrapped("甲乙，丙", 4), "甲\n乙，\n丙");
        assert_eq!(wrapped("如 --output 的", 9), "如\n--output\n的");
        assert_eq!(wrapped("甲（乙）丙", 4), "甲\n（乙）\n丙");
    }
}
