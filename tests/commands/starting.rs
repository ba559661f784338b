//! How the program starts: which carrier, which database, and what it refuses.

use std::path::Path;
use std::process::{Command, Output};

/// The program in a folder of its own, without any setting.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
    command.args(arguments).current_dir(folder).env("USER", "tester");
    command
}

fn refused(output: &Output) -> String {
    let sentence = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && output.stdout.is_empty(), "{sentence}");
    assert!(sentence.starts_with("kenkocall: "), "{sentence}");
    sentence
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn serve_has_no_default_carrier() {
    let folder = tempfile::tempdir().unwrap();
    let sentence = refused(&program(folder.path(), &["serve"]).output().unwrap());
    for mentioned in ["no carrier is set", "KENKOCALL_CARRIER=twilio", "real calls", "=simulator", "answer is invented"]
    {
        assert!(sentence.contains(mentioned), "{sentence}");
    }
    assert!(is_empty(folder.path()), "nothing was created");
}

#[test]
fn a_variable_that_is_mistyped_stops_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for (name, near) in [
        ("KENKOCALL_CARIER", "KENKOCALL_CARRIER?"),
        ("kenkocall_carrier", "KENKOCALL_CARRIER?"),
        ("KENKOCALL_DATABASE_URL", "KENKOCALL_DATABASE__URL?"),
        ("KENKOCALL_TWILIO__AUTHTOKEN", "KENKOCALL_TWILIO__AUTH_TOKEN?"),
    ] {
        for arguments in [&["serve"][..], &["migrate"], &["alerts", "list"], &["demo", "--fast"]] {
            let sentence = refused(&program(folder.path(), arguments).env(name, "twilio").output().unwrap());
            assert!(sentence.contains(&format!("variable {name} can't be used")), "{sentence}");
            assert!(sentence.contains(near), "{sentence}");
        }
    }
    assert!(is_empty(folder.path()), "nothing was created");
}
