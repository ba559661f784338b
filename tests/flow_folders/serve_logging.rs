//! `serve` logs where the flow documents came from, and what its operator should know about them.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use super::Desktop;

/// The log of `serve` until it accepts calls.
fn log_of_a_start(desktop: &Desktop, settings: &[(&str, &str)]) -> String {
    let mut command = desktop.program();
    command.arg("serve").envs(settings.iter().copied());
    command.env("KENKOCALL_CARRIER", "simulator").env("KENKOCALL_SERVER__LISTEN", "127.0.0.1:0");
    command.env("KENKOCALL_SERVER__OPERATIONS_LISTEN", "127.0.0.1:0");
    let mut serving = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut said = String::new();
    let read = BufReader::new(serving.stdout.take().expect("standard output")).read_line(&mut said);
    assert!(read.is_ok() && said.contains("listens on"), "{said}");
    serving.kill().expect("its end");
    serving.wait().expect("its end");
    let mut log = String::new();
    serving.stderr.take().expect("standard error").read_to_string(&mut log).expect("UTF-8");
    log
}

/// The line with the origin of the documents.
fn origin(log: &str) -> &str {
    log.lines().find(|line| line.contains("flow documents loaded")).unwrap_or_else(|| panic!("{log}"))
}

#[test]
fn the_log_says_where_the_flow_documents_came_from() {
    let desktop = Desktop::with_export();
    let line = log_of_a_start(&desktop, &[]);
    assert!(origin(&line).contains("from=built in versions=\"automated_call "), "{line}");
    desktop.edit("mine/maintenance/flow.toml", "version = ", "version = 4");
    let mine = [("KENKOCALL_FLOWS__DIRECTORY", "mine")];
    let line = log_of_a_start(&desktop, &mine);
    assert!(origin(&line).contains("from=mine ") && origin(&line).contains("maintenance 4"), "{line}");
    let path = desktop.path("mine");
    let absolute = path.to_str().expect("UTF-8");
    let line = log_of_a_start(&desktop, &[("KENKOCALL_FLOWS__DIRECTORY", absolute)]);
    assert!(origin(&line).contains(&format!("from={absolute} ")), "{line}");
}

#[test]
fn the_log_warns_of_words_that_changed_under_one_version() {
    let desktop = Desktop::with_export();
    let mine = [("KENKOCALL_FLOWS__DIRECTORY", "mine")];
    desktop.edit("mine/questionnaire/flow.toml", "version = ", "version = 1");
    assert!(!log_of_a_start(&desktop, &mine).contains("Raise `version`"), "another version than the built-in one");
    // Calls may have begun with this version but other wording.
    desktop.edit("mine/questionnaire/prompts/ja.toml", "下痢をしていますか", "おなかをこわしていますか");
    let log = log_of_a_start(&desktop, &mine);
    let warned = log.lines().find(|line| line.contains("Raise `version`")).unwrap_or_else(|| panic!("{log}"));
    assert!(warned.contains("WARN") && warned.contains("`questionnaire.ask_diarrhoea`"), "{warned}");
    assert!(warned.contains("of the documents in use since 2"), "{warned}");
    desktop.edit("mine/questionnaire/flow.toml", "version = ", "version = 1");
    assert!(!log_of_a_start(&desktop, &mine).contains("Raise `version`"));
}
