//! Every public service function asks whether the actor may call it, before it does anything, and a test tries each as
//! somebody of another health centre.

use super::{Tree, in_src};

/// Public functions of the services that no person calls, by path and name, with the reason.
const BY_THE_PROGRAM: [(&str, &[&str], &str); 24] = [
    (
        "src/service/accounts/",
        &[
            "give_both_factors",
            "give_password",
            "give_second_factor",
            "challenge_passkey",
            "give_passkey",
            "enter_unlock_code",
            "new_authenticator",
            "confirm_new_authenticator",
            "log_in_without_second_factor",
            "session",
            "set_up",
            "choose_password",
            "confirm_second_factor",
            "hash",
            "hold_hashing",
            "verify",
        ],
        "people who aren't logged in yet: a password, a code or the token of a link is the permission",
    ),
    (
        "src/service/accounts/",
        &[
            "list_devices",
            "list_passkeys",
            "begin_passkey",
            "add_passkey",
            "rename_passkey",
            "remove_passkey",
            "locked_account",
            "log_out",
            "log_out_everywhere",
            "set_red_sound",
            "save_draft",
            "draft",
            "drop_draft",
        ],
        "the own account, whose log-in is the permission",
    ),
    ("src/service/alerts/", &["tell_of_carrier"], "the carrier's webhooks and workers raise it"),
    (
        "src/service/audit/",
        &["write_seals", "seal_left_behind", "seal_older_rows", "seal_trail", "start", "run", "erase_report"],
        "the program seals what it has written",
    ),
    ("src/service/centres/", &["finish_replans"], "a worker, for a change that was permitted when it was made"),
    ("src/service/carriers/", &["*"], "requests to a carrier, by workers"),
    ("src/service/context/", &["*"], "what every service function needs"),
    ("src/service/conversation/", &["*"], "callers on the phone, who are identified in the call"),
    ("src/service/dialer/", &["*"], "a worker"),
    ("src/service/escalator/", &["*"], "a worker"),
    (
        "src/service/patients/",
        &["finish_imports", "sweep_uploads", "work_on_upload", "finish_bulk_changes", "work_on_bulk"],
        "a worker, for an import that was permitted when it began",
    ),
    ("src/service/patients/", &["next"], "the next rows of a file that was permitted when it began"),
    ("src/service/patients/", &["erase_expired"], "a worker, by the retention that an administrator has set"),
    (
        "src/service/patients/",
        &["check_certificate", "sealed"],
        "anyone with the code of a certificate, which is the permission: it says only what the certificate says",
    ),
    (
        "src/service/patients/",
        &[
            "show_portal_certificate",
            "give_portal_passport",
            "show_portal_history",
            "portal_survey",
            "answer_portal_survey",
        ],
        "the own account, whose log-in is the permission; each looks for the person among the account's own",
    ),
    ("src/service/centres/", &["centres_of_place"], "anybody may know where to turn"),
    ("src/service/outbox/", &["run", "run_jobs"], "a worker"),
    ("src/service/portal/", &["delete_empty_accounts"], "a worker"),
    (
        "src/service/notices/",
        &["plan_notices", "new", "tick", "plan", "send", "notice_delivered", "read_bounces", "take_sms", "unsubscribe"],
        "a worker, and the carrier's webhooks",
    ),
    (
        "src/service/portal_reports/",
        &["look_at_link", "open_link", "report_form", "begin_again", "send_page", "write_text"],
        "patients: the token of a link with the birth date, or an account of the portal, is the permission",
    ),
    (
        "src/service/portal/",
        &[
            "ask_for_code",
            "pending_code",
            "enter_code",
            "log_in_to_portal",
            "portal_session",
            "challenge_portal_passkey",
            "log_in_by_portal_passkey",
            "open",
        ],
        "people who aren't logged in yet: a code, a password or the token of a cookie is the permission",
    ),
    (
        "src/service/portal/",
        &[
            "log_out_of_portal",
            "portal_devices",
            "portal_passkeys",
            "begin_portal_passkey",
            "add_portal_passkey",
            "remove_portal_passkey",
            "end_portal_device",
            "choose_portal_password",
            "delete_portal_account",
            "add_portal_person",
            "label_portal_person",
            "remove_portal_person",
            "show_portal_person",
            "may_report",
            "notices_of_portal_people",
            "ask_to_stop_notices",
            "take_back_stop_of_notices",
            "state_of_portal_person",
        ],
        "the own account, whose log-in is the permission; each looks for the person among the account's own",
    ),
    ("src/service/reports/", &["next"], "the next page of an export that was permitted when it began"),
    ("src/service/suspension/", &["call_not_known", "turn_not_known"], "the carrier's webhooks"),
];

/// The test that asks for another health centre's patients through every one of them.
const ASKING: &str = "tests/automated_calls/other_centres.rs";
const ASKED: &str = include_str!("../automated_calls/other_centres.rs");

fn is_by_the_program(path: &str, name: &str) -> bool {
    let is_of = |(folder, names, _): &(&str, &[&str], &str)| {
        path.starts_with(folder) && (names.contains(&"*") || names.contains(&name))
    };
    BY_THE_PROGRAM.iter().any(is_of)
}

/// The public service functions that people call, by path, line and name, and whether each asks first.
fn asked_by_people(tree: &Tree) -> impl Iterator<Item = (&String, usize, &str, bool)> {
    in_src(tree).filter(|(path, _)| path.starts_with("src/service/")).flat_map(|(path, source)| {
        let services = source.services.iter().filter(|function| !source.is_test(function.line));
        let services = services.filter(|function| !is_by_the_program(path, &function.name));
        services.map(move |function| (path, function.line, &*function.name, function.asks_first))
    })
}

/// Each asks first.
pub fn permissions(tree: &Tree) -> Vec<String> {
    let careless = asked_by_people(tree).filter(|(.., asks_first)| !asks_first);
    let complaint = |(path, line, name, _)| {
        format!(
            "{path}:{line}: `{name}` doesn't begin with `scope(actor, …)?` or `require(actor, …)?`; if no person calls \
             it, list it in tests/house/permissions.rs"
        )
    };
    careless.map(complaint).collect()
}

/// Each is tried by people of another health centre.
pub fn other_centres(tree: &Tree) -> Vec<String> {
    let untried = asked_by_people(tree).filter(|(_, _, name, _)| !ASKED.contains(&format!("(\"{name}\", ")));
    let complaint = |(path, line, name, _)| {
        format!("{path}:{line}: `{name}` isn't asked by people of another centre; add it to {ASKING}")
    };
    untried.map(complaint).collect()
}
