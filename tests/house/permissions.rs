//! Every public service function asks whether the actor may call it, before it does anything.

use super::{Tree, in_src};

/// Public functions of the services that no person calls, by path and name, with the reason.
const BY_THE_PROGRAM: [(&str, &[&str], &str); 9] = [
    ("src/service/alerts/", &["tell_of_carrier"], "the carrier's webhooks and workers raise it"),
    (
        "src/service/audit/",
        &["write_seals", "seal_left_behind", "seal_older_rows", "seal_trail", "start", "run", "erase_report"],
        "the program seals what it has written",
    ),
    ("src/service/carriers/", &["*"], "requests to a carrier, by workers"),
    ("src/service/context/", &["*"], "what every service function needs"),
    ("src/service/conversation/", &["*"], "callers on the phone, who are identified in the call"),
    ("src/service/dialer/", &["*"], "a worker"),
    ("src/service/outbox/", &["run", "run_jobs"], "a worker"),
    ("src/service/reports/", &["next"], "the next page of an export that was permitted when it began"),
    ("src/service/suspension/", &["call_not_known", "turn_not_known"], "the carrier's webhooks"),
];

/// The rule.
pub fn permissions(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, source) in in_src(tree).filter(|(path, _)| path.starts_with("src/service/")) {
        for function in source.services.iter().filter(|function| !source.is_test(function.line)) {
            let by_the_program = BY_THE_PROGRAM.iter().any(|(folder, names, _)| {
                path.starts_with(folder) && (names.contains(&"*") || names.contains(&&*function.name))
            });
            if function.asks_first || by_the_program {
                continue;
            }
            complaints.push(format!(
                "{path}:{}: `{}` doesn't begin with `scope(actor, …)?` or `require(actor, …)?`; if no person calls it, \
                 list it in tests/house/permissions.rs",
                function.line, function.name
            ));
        }
    }
    complaints
}
