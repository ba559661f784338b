//! Checks of all commands' arguments, for the unit tests: those of the product alone and those with the laboratory.

use clap::{Arg, Command};

/// Checks the commands, before clap propagates the global arguments.
pub(crate) fn check(all: &Command) {
    every_command_that_shows_something_takes_json_and_has_a_text_for_help(all);
    no_argument_of_a_subcommand_has_the_id_of_a_global_one(all);
    all.clone().debug_assert();
}

/// Visits all commands, each with the words that name it.
fn walk(words: &str, command: &Command, visit: &mut dyn FnMut(&str, &Command)) {
    visit(words, command);
    for inner in command.get_subcommands() {
        walk(&format!("{words} {}", inner.get_name()), inner, visit);
    }
}

fn names(argument: &Arg) -> Vec<String> {
    let long = argument.get_long_and_visible_aliases().unwrap_or_default();
    let short = argument.get_short_and_visible_aliases().unwrap_or_default();
    let long = long.into_iter().map(|long| format!("--{long}"));
    std::iter::once(argument.get_id().to_string()).chain(long).chain(short.iter().map(char::to_string)).collect()
}

/// Commands whose output isn't for other programs (servers, measurements, pictures, scripts and pages), or is JSON in
/// any case.
const NO_JSON: [&str; 9] = [
    "demo",
    "serve",
    "bench",
    "simulate carrier",
    "flows draw",
    "flows play",
    "completions",
    "man",
    "patients disclose",
];

fn every_command_that_shows_something_takes_json_and_has_a_text_for_help(all: &Command) {
    let mut leaves = 0;
    walk("kenkocall", all, &mut |words, command| {
        assert!(command.get_about().is_some(), "{words} has no text");
        for argument in command.get_arguments() {
            let helped = argument.get_help().is_some() || ["help", "version"].contains(&argument.get_id().as_str());
            assert!(helped, "{words}: {} has no text", argument.get_id());
        }
        if command.has_subcommands() {
            return;
        }
        leaves += 1;
        let name = words.trim_start_matches("kenkocall ");
        let none = NO_JSON.iter().any(|exempt| name == *exempt || name.starts_with(&format!("{exempt} ")));
        let json = command.get_arguments().any(|argument| argument.get_long() == Some("json"));
        assert_eq!(json, !none, "{words} --json");
    });
    assert!(leaves > 30, "{leaves} commands were looked at");
}

/// clap stores values by id: arguments with the same id would overwrite each other's values.
fn no_argument_of_a_subcommand_has_the_id_of_a_global_one(all: &Command) {
    let global: Vec<String> = all.get_arguments().filter(|arg| arg.is_global_set()).flat_map(names).collect();
    assert_eq!(global, ["settings_file", "--config", "acting_as", "--as", "spoken_language", "--lang"]);
    let mut seen = 0;
    walk("kenkocall", all, &mut |words, command| {
        for argument in command.get_arguments().filter(|argument| !argument.is_global_set()) {
            seen += 1;
            for name in names(argument) {
                assert!(!global.contains(&name), "{words}: {name} is a global argument's");
            }
        }
        let globals = command.get_arguments().filter(|argument| argument.is_global_set()).count();
        assert!(globals == 0 || words == "kenkocall", "{words} has a global argument of its own");
    });
    assert!(seen > 50, "{seen} arguments were looked at");
}
