//! The help texts of commands and options. English ones are the doc comments of the commands; `translations` has them
//! in each language. A text's id has the command's words and the option's name: `help-calls-list--limit`. Options that
//! several commands share may have it by the first word (`help-centres--phone`) or by `any` (`help-any--json`).

use clap::builder::{PossibleValue, Resettable};
use clap::{Arg, Command};

use crate::domain::Language;
use crate::translations::{Message, entry, message};

/// The id of a text for every command.
const ANY: &str = "any";

/// Returns the command with its texts in this language. clap's own words are English, and so is a text that the
/// language lacks.
pub(super) fn in_language(command: Command, language: Language) -> Command {
    if language == Language::English {
        return command;
    }
    let mut built = command;
    // The options that clap adds, and the global ones of each command, exist from here on.
    built.build();
    let path = Path(Vec::new());
    translated(built, &path, language)
}

/// The words that name a command, without the program's.
#[derive(Debug, Clone)]
struct Path(Vec<String>);

impl Path {
    /// The ids under which a command has its text.
    fn ids(&self) -> Vec<String> {
        match self.0.last() {
            None => vec!["help-kenkocall".to_owned()],
            // Every command with subcommands has one that shows their help.
            Some(word) if word == "help" => vec!["help-help".to_owned()],
            Some(_) => vec![format!("help-{}", self.0.join("-"))],
        }
    }

    /// The ids under which an option or a value has its text, the most special one first.
    fn ids_of(&self, name: &str) -> Vec<String> {
        let all = self.0.join("-");
        let first = self.0.first().map(String::as_str);
        [Some(all.as_str()), first, Some(ANY)]
            .into_iter()
            .flatten()
            .filter(|words| !words.is_empty())
            .map(|words| format!("help-{words}--{name}"))
            .collect()
    }

    /// The path of a subcommand. `help patients list` has the text of `patients list`.
    fn of(&self, name: &str) -> Self {
        let mut words: Vec<String> = self.0.iter().filter(|word| *word != "help").cloned().collect();
        words.push(name.to_owned());
        Self(words)
    }
}

/// The name of an option or a value in an id.
fn name_of(argument: &Arg) -> String {
    argument.get_long().map_or_else(|| argument.get_id().as_str().replace('_', "-"), str::to_owned)
}

/// The first of these texts that the language has.
fn first(ids: &[String], language: Language) -> Option<String> {
    ids.iter().find_map(|id| entry(id, language))
}

/// The longer text after the first sentence of a command, if it has one.
fn more(path: &Path, language: Language) -> Option<String> {
    path.ids().iter().find_map(|id| entry(&format!("{id}-more"), language))
}

fn translated(command: Command, path: &Path, language: Language) -> Command {
    let mut command = command;
    if let Some(about) = first(&path.ids(), language) {
        if let Some(more) = more(path, language) {
            command = command.long_about(format!("{about}\n\n{more}"));
        }
        command = command.about(about);
    }
    let template = template(&command, language);
    command
        .mut_args(|argument| translated_argument(argument, path, language))
        .mut_subcommands(|inner| {
            let path = path.of(inner.get_name());
            translated(inner, &path, language)
        })
        .help_template(template)
}

/// clap's template, with headings in this language for the parts that the command has.
fn template(command: &Command, language: Language) -> String {
    let parts = [
        (command.get_subcommands().next().is_some(), message!("clap-commands"), "{subcommands}"),
        (command.get_positionals().next().is_some(), message!("clap-arguments"), "{positionals}"),
        (command.get_opts().next().is_some(), message!("clap-options"), "{options}"),
    ];
    let parts = parts.into_iter().filter(|(is_there, ..)| *is_there);
    let parts: Vec<String> = parts.map(|(_, heading, tag)| format!("{}\n{tag}", heading.text(language))).collect();
    let usage = message!("clap-usage").text(language);
    format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{}", parts.join("\n\n"))
}

fn translated_argument(argument: Arg, path: &Path, language: Language) -> Arg {
    let name = name_of(&argument);
    let Some(text) = first(&path.ids_of(&name), language) else { return argument };
    let argument = argument.long_help(Resettable::Reset);
    if !argument.get_action().takes_values() {
        return argument.help(text);
    }
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let text = match defaults.as_slice() {
        [] => text,
        defaults => message!("clap-default", text = text, values = defaults.join(" ")).text(language),
    };
    let values = argument.get_possible_values();
    if values.is_empty() {
        return argument.hide_default_value(true).help(text);
    }
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let short = message!("clap-values", text = text.as_str(), values = names.join(", ")).text(language);
    let lines: Vec<String> = values.iter().filter_map(|value| line_of(value, path, &name, language)).collect();
    let argument = argument.hide_default_value(true).hide_possible_values(true).help(short);
    match lines.as_slice() {
        [] => argument,
        lines => {
            let heading = message!("clap-possible-values").text(language);
            argument.long_help(format!("{text}\n\n{heading}\n{}", lines.join("\n")))
        }
    }
}

/// A possible value with its text, if it has one.
fn line_of(value: &PossibleValue, path: &Path, argument: &str, language: Language) -> Option<String> {
    let name = value.get_name();
    let text = first(&path.ids_of(&format!("{argument}--{name}")), language)?;
    Some(format!("- {name}: {text}"))
}

/// A heading or a mark that clap writes by itself in English.
pub(super) fn usage_heading() -> Message {
    message!("clap-usage")
}

/// Compares the commands with the texts. For the unit tests of the product alone and with the laboratory.
#[cfg(test)]
pub(crate) fn check(command: &Command) {
    let mut built = command.clone();
    built.build();
    let mut complaints = Vec::new();
    check_command(&built, &Path(Vec::new()), &mut complaints);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[cfg(test)]
fn check_command(command: &Command, path: &Path, complaints: &mut Vec<String>) {
    let words = path.0.join(" ");
    let about = command.get_about().map(ToString::to_string);
    let long = command.get_long_about().map(ToString::to_string);
    check_text(&path.ids(), about.as_deref(), &words, complaints);
    if let Some(long) = long {
        let ids: Vec<String> = path.ids().iter().map(|id| format!("{id}-more")).collect();
        check_text(&ids, long.split_once("\n\n").map(|(_, more)| more), &words, complaints);
    }
    for argument in command.get_arguments() {
        let name = name_of(argument);
        let is_of_clap = ["help", "version"].contains(&argument.get_id().as_str());
        let help = argument.get_help().map(ToString::to_string).filter(|_| !is_of_clap);
        check_text(&path.ids_of(&name), help.as_deref(), &format!("{words} {name}"), complaints);
        if !argument.get_action().takes_values() {
            continue;
        }
        for value in argument.get_possible_values() {
            if let Some(help) = value.get_help() {
                let ids = path.ids_of(&format!("{name}--{}", value.get_name()));
                check_text(&ids, Some(&help.to_string()), &format!("{words} {name} {}", value.get_name()), complaints);
            }
        }
    }
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()) {
        check_command(inner, &path.of(inner.get_name()), complaints);
    }
}

/// The text must be in both languages under the same id, and its English must be that of the commands.
#[cfg(test)]
fn check_text(ids: &[String], english: Option<&str>, what: &str, complaints: &mut Vec<String>) {
    let Some(id) = ids.iter().find(|id| entry(id, Language::English).is_some()) else {
        complaints.push(format!("{what}: there is none of {ids:?} in English ({english:?})"));
        return;
    };
    let entry_text = entry(id, Language::English);
    if english.is_some_and(|english| entry_text.as_deref() != Some(english)) {
        complaints.push(format!("{what}: {id} is {entry_text:?}, and the command has {english:?}"));
    }
    if first(ids, Language::Japanese) != entry(id, Language::Japanese) || entry(id, Language::Japanese).is_none() {
        complaints.push(format!("{what}: {id} has no Japanese"));
    }
}
