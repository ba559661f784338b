//! The table of requirements: every test that it names exists.

#![allow(clippy::expect_used, reason = "a test that can't begin has failed")]

use std::collections::BTreeSet;
use std::path::Path;

fn rust_tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_tests(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a file");
            let after_fn = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
            names.extend(after_fn.map(str::to_owned));
        }
    }
}

/// The texts between backticks in the last cell of each row of the table.
fn named(text: &str) -> Vec<(String, String)> {
    let table = text.split("# Requirements and their tests").nth(1).expect("the table");
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let mut named = Vec::new();
    for row in rows.skip(1) {
        let mut cells = row.trim_matches('|').split('|');
        let id = cells.next().unwrap_or_default().trim().to_owned();
        let tests = cells.next_back().unwrap_or_default();
        named.extend(tests.split('`').skip(1).step_by(2).map(|test| (id.clone(), test.to_owned())));
    }
    named
}

#[test]
fn every_test_named_in_the_requirements_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    rust_tests(&root.join("tests"), &mut tests);
    rust_tests(&root.join("src"), &mut tests);
    let requirements = std::fs::read_to_string(root.join("docs/requirements.md")).expect("the requirements");
    let named = named(&requirements);
    assert!(named.len() > 30, "the table was not read: {named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|(_, test)| {
            let transcript = test.ends_with(".call") && root.join("tests/transcripts").join(test).is_file();
            !transcript && !tests.contains(test)
        })
        .collect();
    assert!(missing.is_empty(), "named in docs/requirements.md, but nowhere to be found: {missing:?}");
}

#[test]
fn every_requirement_of_the_phone_lines_has_a_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let requirements = std::fs::read_to_string(root.join("docs/requirements.md")).expect("the requirements");
    for id in [
        "H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10",
        "M15", "D3",
    ] {
        assert!(named(&requirements).iter().any(|(row, _)| row == id), "{id} has no test in docs/requirements.md");
    }
}
