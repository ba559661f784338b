//! Errors about broken settings files, and that they never repeat the file's text.

use secrecy::ExposeSecret as _;

use super::*;
use crate::config::{Survey, survey};

const TOKEN: &str = "8f0e1c2d3b4a5968";

fn read(text: &str) -> Survey {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kenkocall.toml");
    std::fs::write(&path, text).expect("a file");
    survey(Some(&path), std::iter::empty())
}

/// The error messages without the path of the file.
fn told(text: &str) -> Vec<String> {
    let survey = read(text);
    assert!(survey.config.is_none(), "{text}");
    let all = format!("{:?}", survey.problems);
    assert!(!all.contains(TOKEN), "{all}");
    let after_path =
        |problem: &ConfigError| problem.to_string().split_once("kenkocall.toml").expect("a path").1.to_owned();
    survey.problems.iter().map(after_path).collect()
}

#[test]
fn a_broken_file_is_told_by_line_and_column_and_never_quoted() {
    for (text, place) in [
        (format!("[twilio]\nauth_token = \"{TOKEN}\n"), "line 2, column"),
        (format!("[twilio]\nauth_token = {TOKEN}\n"), "line 2, column"),
        (format!("[twilio]\nauth_token \"{TOKEN}\"\n"), "line 2, column"),
        (format!("[twilio]\nauth_token = \"{TOKEN}\" \"x\"\n"), "line 2, column"),
        (format!("[twilio]\nauth_token = \"a\"\nauth_token = \"{TOKEN}\"\n"), "line 3, column"),
        (format!("[twilio\nauth_token = \"{TOKEN}\"\n"), "line 1, column"),
        (format!("twilio = {{ auth_token = \"{TOKEN}\"\n"), "line"),
        (format!("{TOKEN}\n"), "line 1, column"),
        (format!("[twilio]\nauth_token = \"\"\"\n{TOKEN}\n"), "line"),
    ] {
        let told = told(&text);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(place) && told[0].contains("isn't TOML"), "{told:?}");
    }
}

#[test]
fn a_setting_of_the_wrong_form_is_named_and_its_value_is_not() {
    for (text, place, what) in [
        (
            format!("[twilio]\nring_seconds = \"{TOKEN}\"\n"),
            "2, column 1",
            "twilio.ring_seconds has the wrong form: it is a whole number",
        ),
        (format!("[dialer]\n\n  calls_per_second = \"{TOKEN}\"\n"), "3, column 3", "it is a number"),
        (
            format!("carrier = \"{TOKEN}, expected {TOKEN}\"\n"),
            "1, column 1",
            "carrier has the wrong form: it is one of simulator, twilio, sip",
        ),
        (format!("[server]\nlisten = \"{TOKEN}\"\n"), "2, column 1", "server.listen has the wrong form"),
        ("[twilio]\nauth_token = 12345678\n".to_owned(), "2, column 1", "a text between quotation marks"),
        (format!("[database]\nurl = [\"{TOKEN}\"]\n"), "2, column 1", "database.url has the wrong form"),
        (format!("[twilio]\nauth_tokn = \"{TOKEN}\"\n"), "2, column 1", "did you mean twilio.auth_token?"),
        (format!("[twilio]\n{TOKEN} = \"x\"\n"), "2, column 1", "no setting has the name that stands here; docs"),
        (format!("[twilio.voices]\n{TOKEN} = \"x\"\n"), "2, column 1", "twilio.voices has the wrong form"),
        (format!("twilio = \"{TOKEN}\"\n"), "1, column 1", "twilio is a section: write [twilio]"),
        (format!("[[twilio]]\nauth_token = \"{TOKEN}\"\n"), "1, column 3", "twilio is a section"),
        (format!("twilio__auth_token = \"{TOKEN}\"\n"), "1, column 1", "did you mean twilio.auth_token?"),
        (format!("[Twilio]\nauth_token = \"{TOKEN}\"\n"), "2, column 1", "no setting has the name"),
        (format!("[twilio]\nauth_token_file = [\"{TOKEN}\"]\n"), "2, column 1", "it is the path of a file"),
    ] {
        let told = told(&text);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(place) && told[0].contains(what), "{place}, {what}: {told:?}");
    }
}

#[test]
fn each_mistake_is_told_at_once() {
    let told = told("carrier = \"pigeon\"\n[server]\nlisten = 5\nlistne = 5\n[dialer]\nconcurrent_calls = \"\"\n");
    assert_eq!(told.len(), 4, "{told:?}");
}

#[test]
fn what_is_no_file_of_settings_gets_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = folder.path().join("large.toml");
    std::fs::write(&large, "#".repeat(2_000_000)).expect("a file");
    let bytes = folder.path().join("bytes.toml");
    std::fs::write(&bytes, [b'a', 0xff]).expect("a file");
    for (path, why) in [
        (folder.path().to_owned(), "directory"),
        (folder.path().join("missing.toml"), "No such file"),
        (large, "larger than 1 MB"),
        (bytes, "isn't UTF-8 text"),
        ("/dev/zero".into(), "larger than 1 MB"),
    ] {
        let survey = survey(Some(&path), std::iter::empty());
        let told = survey.problems[0].to_string();
        assert!(survey.config.is_none() && told.contains(why) && told.contains("--config"), "{told}");
    }
}

#[test]
fn a_file_is_read_with_a_byte_order_mark_and_windows_line_breaks() {
    let lines = [
        "\u{feff}carrier = \"twilio\"",
        "[server]",
        "public_url = \"https://calls.example.jp\"",
        "[twilio]",
        "auth_token = \"8f0e\"",
        "[twilio.voices]",
        "\"zh-Hans\" = \"Polly.Zhiyu\"",
    ];
    let survey = read(&lines.join("\r\n"));
    let config = survey.config.expect("settings");
    assert_eq!(config.twilio.auth_token.expose_secret(), "8f0e");
    assert_eq!(config.twilio.voices.len(), 1);
    assert_eq!(survey.secret_files.len(), 1, "the settings file holds a secret");
    assert_eq!(read("carrier = \"simulator\"\n").secret_files.len(), 0);
}
