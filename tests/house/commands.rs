//! What the command line imports: the services with the types of their interface, and `app`, which puts them together.

use super::{Tree, imports, in_src};

/// The modules that each command may import.
const ABOVE: [&str; 6] = ["domain", "translations", "config", "service", "app", "commands"];
/// Files and folders that import others, too: (path, modules, reason).
const EXCEPTIONS: [(&str, &[&str], &str); 7] = [
    ("src/commands/documents/", &["flow", "flow_test"], "finds the flow documents, and says what is wrong with them"),
    ("src/commands/flows/", &["flow", "engine", "flow_test"], "the tools of the flows' authors, who need no database"),
    ("src/commands/voices/", &["carrier", "flow", "engine"], "the tools of those who record, who need no database"),
    ("src/commands/terminal.rs", &["flow", "engine"], "the phone at the terminal, on which these tools play flows"),
    (
        "src/commands/messages/",
        &["store", "carrier", "mail", "engine", "policy", "patient_import", "flow", "flow_test"],
        "a sentence for each error, of whatever layer",
    ),
    ("src/commands/settings.rs", &["store"], "`config check` looks at a database that no service can use yet"),
    ("src/commands/private_files.rs", &["store"], "looks at the database's file, too"),
];

/// The rule.
pub fn commands_above_services(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut needed = [0; EXCEPTIONS.len()];
    for (path, source) in in_src(tree).filter(|(path, _)| path.starts_with("src/commands/")) {
        for (line, to) in imports(path, source) {
            if ABOVE.contains(&to) {
                continue;
            }
            let is_excepted =
                |(files, modules, _): &(&str, &[&str], &str)| path.starts_with(files) && modules.contains(&to);
            match EXCEPTIONS.iter().position(is_excepted) {
                Some(place) => needed[place] += 1,
                None => complaints.push(format!(
                    "{path}:{line}: a command imports `{to}`; call a service function, take the type from `service`, or \
                     let `app` do it"
                )),
            }
        }
    }
    let whole = tree.contains_key("src/commands/mod.rs");
    let idle = EXCEPTIONS.iter().zip(needed).filter(|(_, needed)| whole && *needed == 0);
    complaints.extend(idle.map(|((files, ..), _)| {
        format!("{files}: imports nothing more than other commands; take it off the list in tests/house/commands.rs")
    }));
    complaints
}
