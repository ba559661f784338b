//! Checks that `docs/kenkocall.toml` and the list in `docs/operations.md` have every setting with its default.

use std::collections::BTreeSet;

use super::variables::SETTINGS;
use super::{Config, survey};

const FILE: &str = include_str!("../../docs/kenkocall.toml");
const OPERATIONS: &str = include_str!("../../docs/operations.md");

fn dotted() -> BTreeSet<String> {
    SETTINGS.iter().map(|name| name.replace("__", ".").to_ascii_lowercase()).collect()
}

fn read(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kenkocall.toml");
    std::fs::write(&path, text).expect("a file");
    survey(Some(&path), std::iter::empty()).usable().map_err(|error| error.to_string())
}

/// The commented-out settings of the file: section, line, and whether the value is marked as an example.
fn commented() -> Vec<(&'static str, &'static str, bool)> {
    let mut section = "";
    let mut found = Vec::new();
    for line in FILE.lines() {
        // A trunk exists as soon as it has a name, so its name is commented out.
        let header = line.strip_prefix('#').unwrap_or(line);
        if let Some(name) = header.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        }
        if let Some(setting) = line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            found.push((section, setting, line.ends_with("# example")));
        }
    }
    found
}

#[test]
fn the_example_file_has_every_setting() {
    let mut names = BTreeSet::new();
    for (section, setting, _) in commented() {
        let (key, _) = setting.split_once(" = ").expect(setting);
        names.insert(if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") });
    }
    assert!(names.remove("twilio.voices.ja"));
    for setting in super::variables::OF_A_TRUNK {
        assert!(names.remove(&format!("sip.trunks.carrier.{}", setting.to_ascii_lowercase())), "{setting}");
    }
    assert_eq!(names, dotted());
}

#[test]
fn the_example_file_is_read_and_what_it_calls_a_default_is_one() {
    let defaults = format!("{:?}", read("").expect("defaults"));
    assert_eq!(format!("{:?}", read(FILE).expect("the file as it stands")), defaults);
    for (section, setting, is_example) in commented() {
        let header = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
        let read = read(&format!("{header}{setting}\n"));
        // A carrier needs a token, and a file must exist.
        // A mail server needs an address to send from, and the other way round.
        let needs_more = setting.starts_with("carrier")
            || setting.contains("_file =") && section != "audit"
            || section == "email" && is_example;
        match read {
            Ok(config) => assert_eq!(
                format!("{config:?}") != defaults,
                is_example && !setting.starts_with("auth_token"),
                "{setting}"
            ),
            Err(error) => assert!(needs_more, "{setting}: {error}"),
        }
    }
}

#[test]
fn the_manual_has_every_setting() {
    for name in dotted() {
        assert!(OPERATIONS.contains(&format!("| `{name}` |")), "{name} is missing in docs/operations.md");
    }
}
