//! The alert rules use existing, documented metrics, labels and values.

use std::collections::BTreeSet;

use crate::{files, root, text};

const RULES: &str = "packaging/prometheus/kenkocall.rules.yml";

/// The names in a text that begin with `kenkocall_`.
fn names(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    parts.filter(|part| part.starts_with("kenkocall_")).map(str::to_owned).collect()
}

fn source() -> String {
    let rust = files(&root().join("src")).into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs"));
    rust.map(|file| std::fs::read_to_string(file).expect("text")).collect()
}

/// The program's metrics, found by their macros.
fn exposed() -> BTreeSet<String> {
    let source = source();
    let macros = ["metrics::counter!(", "metrics::gauge!(", "metrics::histogram!("];
    let calls = macros.iter().flat_map(|name| source.split(name).skip(1));
    let named = calls.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    named.map(str::to_owned).collect()
}

#[test]
fn the_alert_rules_use_metrics_that_exist() {
    let exposed = exposed();
    assert!(exposed.len() > 25, "the metrics weren't found: {exposed:?}");
    let used = names(&text(RULES));
    assert!(used.len() > 15, "the rules weren't read: {used:?}");
    assert_eq!(used.difference(&exposed).collect::<Vec<_>>(), Vec::<&String>::new(), "no such metrics");
}

#[test]
fn the_metrics_of_the_alert_rules_are_explained() {
    let explained = names(&text("docs/operations.md"));
    // The manual omits the common prefix of names: `kenkocall_turns_total`, `_repeated_total`, `_failed_total`.
    let short = BTreeSet::from(["kenkocall_turns_failed_total".to_owned()]);
    let used = names(&text(RULES));
    let unexplained: Vec<_> = used.difference(&explained).filter(|name| !short.contains(*name)).collect();
    assert!(unexplained.is_empty(), "docs/operations.md doesn't explain {unexplained:?}");
}

#[test]
fn the_alert_rules_select_by_labels_and_values_that_exist() {
    let source = source();
    let rules = text(RULES);
    let mut selected = 0;
    for selector in rules.lines().filter(|line| line.contains("expr:")).flat_map(|line| line.split('{').skip(1)) {
        let selector = selector.split('}').next().expect("a part");
        let (label, values) = selector.split_once('=').expect("label and values");
        if label == "job" {
            continue;
        }
        assert!(source.contains(&format!("\"{label}\" => ")), "no metric has the label {label}");
        for value in values.trim_matches(['~', '"']).split('|') {
            assert!(source.contains(&format!("\"{value}\"")), "{label} is never {value}");
        }
        selected += 1;
    }
    assert!(selected > 4, "{selected} selectors were read");
}
