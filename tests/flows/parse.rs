//! Slips that keep a document from being read.

use kenkocall::flow::{Library, MISSING, NodeKind, Takes};

use crate::shipped::{files, with};

#[allow(dead_code)]
fn found(file: &str, from: &str, to: &str) -> String {
    let (_, findings) = Library::read(with(file, from, to));
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn the_shipped_documents_are_read_whole() {
    let (library, findings) = Library::read(files());
    assert_eq!(findings, []);
    assert_eq!(library.digest.len(), 64);
    let questionnaire = library.flow("questionnaire").unwrap();
    assert_eq!(questionnaire.order.len(), questionnaire.nodes.len());
    let NodeKind::Gather(gather) = &questionnaire.nodes["body_temperature"].kind else { panic!() };
    assert_eq!(gather.takes, Takes::Number { digits: 3, at_least: 340, at_most: 420 });
    assert_eq!(gather.instead["000"].to.as_str(), "body_temperature_record");
    assert_eq!(gather.retry.give_up.to.as_str(), "gave_up");
    assert_eq!(gather.say[0].prompt.as_str(), "questionnaire.ask_body_temperature");
    assert_eq!(gather.retry.no_input[0].prompt.as_str(), "shared.no_input_1");
    assert!(!format!("{library:?}").contains(MISSING));
}

#[test]
fn the_digest_changes_with_any_word() {
    let digest = |files| Library::read(files).0.digest;
    assert_eq!(digest(files()), digest(files()));
    assert_ne!(digest(files()), digest(with("person/flow.toml", "ring_seconds = 30", "ring_seconds = 31")));
}
