//! Valid and invalid secret files.

use std::ffi::OsString;

use secrecy::ExposeSecret as _;

use super::*;
use crate::config::{Survey, survey};

const TOKEN: &str = "8f0e1c2d3b4a5968";

fn with(variables: &[(&str, &str)]) -> Survey {
    let always = [("KENKOCALL_CARRIER", "twilio"), ("KENKOCALL_SERVER__PUBLIC_URL", "https://calls.example.jp")];
    let all = always.iter().chain(variables).map(|(name, value)| (OsString::from(name), OsString::from(value)));
    survey(None, all.collect::<Vec<_>>().into_iter())
}

fn token_of(path: &Path) -> Survey {
    with(&[("KENKOCALL_TWILIO__AUTH_TOKEN_FILE", path.to_str().expect("UTF-8"))])
}

fn refused(survey: &Survey) -> String {
    assert!(survey.config.is_none());
    let told: Vec<String> = survey.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(!told[0].contains(TOKEN), "{told:?}");
    told[0].clone()
}

#[test]
fn a_secret_is_read_from_a_file_without_its_last_line_break() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    for content in [TOKEN.to_owned(), format!("{TOKEN}\n"), format!("{TOKEN}\r\n"), format!("\u{feff}{TOKEN}\n")] {
        std::fs::write(&path, content).expect("a file");
        let survey = token_of(&path);
        let config = survey.config.expect("settings");
        assert_eq!(config.twilio.auth_token.expose_secret(), TOKEN);
        assert_eq!(survey.secret_files, std::slice::from_ref(&path));
        assert!(!format!("{config:?}").contains(TOKEN));
    }
    std::os::unix::fs::symlink(&path, folder.path().join("link")).expect("a link");
    assert!(token_of(&folder.path().join("link")).config.is_some(), "as Kubernetes lays them out");
    std::fs::write(&path, "postgres://me:pass@db.example.jp/calls?sslmode=require\n").expect("a file");
    let survey = with(&[
        ("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN),
        ("KENKOCALL_DATABASE__URL_FILE", path.to_str().expect("UTF-8")),
    ]);
    assert!(survey.config.expect("settings").database.url.ends_with("/calls?sslmode=require"));
}

#[test]
fn a_settings_file_names_such_a_file_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (token, settings) = (folder.path().join("token"), folder.path().join("kenkocall.toml"));
    std::fs::write(&token, TOKEN).expect("a file");
    std::fs::write(&settings, format!("[twilio]\nauth_token_file = {token:?}\n")).expect("a file");
    let survey = survey(Some(&settings), std::iter::empty());
    assert_eq!(survey.config.expect("settings").twilio.auth_token.expose_secret(), TOKEN);
    assert_eq!(survey.secret_files, [token], "the settings file holds none");
}

#[test]
fn a_file_that_holds_no_secret_gets_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let make = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    };
    let large = TOKEN.repeat(2_000);
    for (path, why) in [
        (folder.path().join("missing"), "No such file"),
        (folder.path().to_owned(), "isn't an ordinary file"),
        ("/dev/zero".into(), "isn't an ordinary file"),
        (make("empty", b""), "is empty"),
        (make("blank", b" \n\n"), "is empty"),
        (make("large", large.as_bytes()), "is too large"),
        (make("bytes", &[0xff, b'a']), "isn't UTF-8 text"),
        (make("two", format!("{TOKEN}\n{TOKEN}\n").as_bytes()), "a line break"),
    ] {
        let told = refused(&token_of(&path));
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_secret_and_its_file_cannot_both_be_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, TOKEN).expect("a file");
    let file = ("KENKOCALL_TWILIO__AUTH_TOKEN_FILE", path.to_str().expect("UTF-8"));
    let told = refused(&with(&[file, ("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)]));
    assert!(told.contains("twilio.auth_token_file: twilio.auth_token is set too"), "{told}");
    assert!(with(&[file, ("KENKOCALL_TWILIO__AUTH_TOKEN", "")]).config.is_some(), "empty is not set");
    let none = ("KENKOCALL_TWILIO__AUTH_TOKEN_FILE", "");
    assert!(with(&[none, ("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)]).config.is_some(), "empty is not set");
}
