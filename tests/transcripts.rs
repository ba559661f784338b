//! The transcripts in this folder: written calls, played with the built-in flows by the authors' own command.
#![cfg(feature = "fault-injection")]
#![allow(clippy::expect_used, clippy::panic, clippy::string_slice, reason = "a test that can't begin has failed")]

mod flow_folders;

use std::path::Path;
use std::process::{Command, Output};

fn flows_test(transcripts: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kenkocall"))
        .args(["flows", "test"])
        .arg(transcripts)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs")
}

#[test]
fn every_transcript_goes_as_it_is_written() {
    let output = flows_test(Path::new("tests/transcripts"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let passed: usize = said.lines().last().and_then(|line| line.split(' ').next()?.parse().ok()).expect("a count");
    assert!(passed >= 48, "{said}");
}

#[test]
fn a_transcript_that_differs_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let flow = folder.path().join("maintenance");
    std::fs::create_dir(&flow).expect("a folder");
    let wrong = "< calls\n> say maintenance.open\n";
    std::fs::write(flow.join("wrong.call"), wrong).expect("a file");
    let output = flows_test(folder.path());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("wrong.call:2: expected “> say maintenance.open”"), "{said}");
    assert!(said.contains("“> say maintenance.closed” happened"), "{said}");
    assert!(said.ends_with("0 passed, 1 failed\n"), "{said}");
}

#[test]
fn a_line_that_cannot_be_read_is_named_with_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let flow = folder.path().join("maintenance");
    std::fs::create_dir(&flow).expect("a folder");
    std::fs::write(flow.join("odd.call"), "< calls\n< shouts\n").expect("a file");
    let output = flows_test(folder.path());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("odd.call: line 2: the caller “calls”"), "{said}");
}
