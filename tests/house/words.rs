//! Names and phrases that were replaced by the terms of docs/glossary.md, so that they don't come back.

use std::path::Path;

use super::Tree;

/// Names that were images for a mechanism: (name, the term in its place).
const NAMES: [(&str, &str); 22] = [
    ("Knock", "CarrierEvent"),
    ("knock", "event"),
    ("Switchboard", "ConversationService"),
    ("switchboard", "conversation"),
    ("Desk", "Context"),
    ("Happening", "EventKind"),
    ("Onward", "Transition"),
    ("HandedIn", "Ticket"),
    ("Libraries", "FlowSetCache"),
    ("Rehearsal", "FlowTest"),
    ("SimulatedLines", "SimulatedCarrier"),
    ("ClockWatch", "ClockGuard"),
    ("Ticked", "TickSummary"),
    ("Misfit", "ChainError"),
    ("Walked", "Verification"),
    ("Weather", "NetworkFaults"),
    ("weather", "network faults"),
    ("Dice", "SeededRng"),
    ("poke", "dialer_wake"),
    ("glance", "begin_autocommit"),
    ("errand", "job"),
    ("errands", "jobs"),
];

/// Phrases that need a second reading: (phrase, what to write).
const PHRASES: [(&str, &str); 12] = [
    ("in vain", "without success"),
    ("let go on", "resumed"),
    ("holds on to", "is chained to"),
    ("none when", "`None` if"),
    ("whomever", "any number"),
    ("stands on the list", "is on the list"),
    ("stands on their list", "is on their list"),
    ("stands on the lists", "is on the lists"),
    ("clock is gone by", "clock is trusted"),
    ("as the database fails", "when the database fails"),
    ("of whom nobody", "with unknown outcome"),
    ("stand on the same house", "share the same core"),
];

fn is_the_list_itself(path: &str) -> bool {
    path == "tests/house/words.rs" || path == "tests/house/broken.rs"
}

fn phrases_of(path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        for (phrase, better) in PHRASES {
            if lower.contains(phrase) {
                complaints.push(format!("{path}:{}: \"{phrase}\"; write \"{better}\"", nth + 1));
            }
        }
    }
    complaints
}

/// The rule over the Rust sources.
pub fn plain_words(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, source) in tree.iter().filter(|(path, _)| !is_the_list_itself(path)) {
        for (line, segments) in &source.paths {
            for (name, term) in NAMES {
                if segments.iter().any(|segment| segment == name) {
                    complaints.push(format!("{path}:{line}: `{name}`; its name is `{term}` (docs/glossary.md)"));
                }
            }
        }
        complaints.extend(phrases_of(path, &source.text));
    }
    complaints
}

#[test]
fn the_documents_are_in_plain_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut complaints = Vec::new();
    let mut read = 0;
    let documents = std::fs::read_dir(root.join("docs")).expect("a readable folder");
    let documents = documents.map(|entry| entry.expect("a readable entry").path());
    for path in documents.chain(["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root.join(name))) {
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).expect("readable text");
            complaints.extend(phrases_of(&path.strip_prefix(root).expect("inside").to_string_lossy(), &text));
            read += 1;
        }
    }
    assert!(read > 10, "{read} documents were read");
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
