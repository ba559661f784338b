//! The commands in the package's manual, the upgrade notes and SECURITY.md are valid.

use crate::{is_understood, quoted, text};

/// The commands in a document, on an indented line or in a sentence, without placeholders and comments.
fn commands(document: &str) -> Vec<String> {
    let alone = document.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim_start);
    let alone = alone.map(|line| line.strip_prefix("sudo ").unwrap_or(line));
    let within = quoted(document).map(|line| line.strip_prefix("sudo ").unwrap_or(line));
    let typed = alone.chain(within).map(|line| line.split(" # ").next().unwrap_or_default().trim());
    let ours = typed.filter(|line| line.starts_with("kenkocall ") || line.starts_with("kenkocall-admin "));
    ours.filter(|line| !line.contains('…') && !line.contains('*')).map(str::to_owned).collect()
}

/// The section of the manual from a heading to the next of its level.
fn section(document: &str, heading: &str) -> String {
    let (_, rest) = document.split_once(&format!("\n## {heading}\n")).expect("the section");
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

#[test]
fn the_commands_of_the_packages_manual_are_the_programs() {
    let manual = section(&text("docs/operations.md"), "Install from the package");
    let manual = commands(&manual);
    assert!(manual.len() > 8, "{manual:?}");
    let others =
        [text("docs/upgrading.md"), text("SECURITY.md")].iter().flat_map(|text| commands(text)).collect::<Vec<_>>();
    assert!(others.len() > 4, "{others:?}");
    for command in manual.iter().chain(&others) {
        // If their arguments are valid, these commands start working, so only their help is requested.
        let works = ["kenkocall demo", "kenkocall simulate"].iter().any(|words| command.starts_with(words));
        is_understood(&if works { format!("{command} --help") } else { command.clone() });
    }
}
