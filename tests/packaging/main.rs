//! The package, the unit, the alert rules and the documents match the program. `dev/package-check` installs the
//! package.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at what it can't read")]

mod alert_rules;
mod deb;
mod documented_commands;
mod nurses_card;
mod systemd_unit;
mod translations;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// All files in a folder and its subfolders.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Runs the program in a new, empty folder, with the arguments as a shell would split them.
fn kenkocall(words: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command.args(words).current_dir(folder.path());
    command.output().expect("the program runs")
}

/// Fails if the program doesn't accept the arguments of a command in a document. In an empty folder it has no
/// database, which it reports only after parsing them.
fn is_understood(command: &str) {
    let words: Vec<String> = command
        .split('"')
        .enumerate()
        .flat_map(|(nth, part)| {
            let quoted = nth % 2 == 1;
            if quoted { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [program, arguments @ ..] = &words[..] else { panic!("no command: {command}") };
    assert!(["kenkocall", "kenkocall-admin"].contains(program), "{command}");
    let done = kenkocall(arguments);
    // Exit code 2 means that the command line is invalid.
    assert_ne!(done.status.code(), Some(2), "{command}: {}", String::from_utf8_lossy(&done.stderr));
}
