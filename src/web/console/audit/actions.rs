//! What was done, in words, by the code of an entry. Exports keep the codes.

use crate::translations::{Message, message};

/// The sentence of an action. One that this program doesn't know is shown by its code.
pub(super) fn sentence(action: &str) -> Message {
    let (kind, what) = action.split_once('.').unwrap_or((action, ""));
    let found = match kind {
        "account" => account(what),
        "alert" => alert(what),
        "answer" => answer(what),
        "audit" => audit(what),
        "bulk" => bulk(what),
        "call" => call(what),
        "centre" => centre(what),
        "certificate" => certificate(what),
        "database" => database(what),
        "diagnosis" => diagnosis(what),
        "dialer" => dialer(what),
        "filter" => filter(what),
        "handover" => handover(what),
        "job" => job(what),
        "list" => list(what),
        "log_in" => log_in(what),
        "maintenance" => maintenance(what),
        "patient" => patient(what),
        "patients" => patients(what),
        "portal" => portal(what),
        "report" => report(what),
        "report_link" => report_link(what),
        "notice" | "notices" => notice(what),
        "reports" => reports(what),
        "rota" => rota(what),
        "rows" => rows(what),
        "transfer" => transfer(what),
        _ => None,
    };
    found.unwrap_or_else(|| message!("verbatim", text = action))
}

fn account(what: &str) -> Option<Message> {
    Some(match what {
        "activated" => message!("trail-account-activated"),
        "deactivated" => message!("trail-account-deactivated"),
        "invited" => message!("trail-account-invited"),
        "list_columns" => message!("trail-account-list-columns"),
        "passkey_added" => message!("trail-account-passkey-added"),
        "passkey_removed" => message!("trail-account-passkey-removed"),
        "passkey_renamed" => message!("trail-account-passkey-renamed"),
        "password_chosen" => message!("trail-account-password-chosen"),
        "red_sound" => message!("trail-account-red-sound"),
        "second_factor_replaced" => message!("trail-account-second-factor-replaced"),
        "unlock_entered" => message!("trail-account-unlock-entered"),
        "unlock_issued" => message!("trail-account-unlock-issued"),
        "unlock_refused" => message!("trail-account-unlock-refused"),
        _ => return None,
    })
}

fn certificate(what: &str) -> Option<Message> {
    Some(match what {
        "allowed" => message!("trail-certificate-allowed"),
        "checked" => message!("trail-certificate-checked"),
        "passport_given" => message!("trail-certificate-passport-given"),
        "shown" => message!("trail-certificate-shown"),
        "withdrawn" => message!("trail-certificate-withdrawn"),
        _ => return None,
    })
}

fn alert(what: &str) -> Option<Message> {
    Some(match what {
        "closed" => message!("trail-alert-closed"),
        "escalation_ended" => message!("trail-alert-escalation-ended"),
        "given_back" => message!("trail-alert-given-back"),
        "not_found" => message!("trail-alert-not-found"),
        "noted" => message!("trail-alert-noted"),
        "shown" => message!("trail-alert-shown"),
        "staff_call_ended" => message!("trail-alert-staff-call-ended"),
        "staff_rung" => message!("trail-alert-staff-rung"),
        "taken" => message!("trail-alert-taken"),
        "taken_over" => message!("trail-alert-taken-over"),
        _ => return None,
    })
}

fn answer(what: &str) -> Option<Message> {
    Some(match what {
        "corrected" => message!("trail-answer-corrected"),
        _ => return None,
    })
}

fn audit(what: &str) -> Option<Message> {
    Some(match what {
        "listed" => message!("trail-audit-listed"),
        _ => return None,
    })
}

fn bulk(what: &str) -> Option<Message> {
    Some(match what {
        "not_found" => message!("trail-bulk-not-found"),
        _ => return None,
    })
}

fn call(what: &str) -> Option<Message> {
    Some(match what {
        "not_found" => message!("trail-call-not-found"),
        "shown" => message!("trail-call-shown"),
        _ => return None,
    })
}

fn centre(what: &str) -> Option<Message> {
    Some(match what {
        "added" => message!("trail-centre-added"),
        "changed" => message!("trail-centre-changed"),
        "retention_changed" => message!("trail-centre-retention-changed"),
        "rota_changed" => message!("trail-centre-rota-changed"),
        _ => return None,
    })
}

fn database(what: &str) -> Option<Message> {
    Some(match what {
        "backed_up" => message!("trail-database-backed-up"),
        "restored" => message!("trail-database-restored"),
        _ => return None,
    })
}

fn diagnosis(what: &str) -> Option<Message> {
    Some(match what {
        "written" => message!("trail-diagnosis-written"),
        _ => return None,
    })
}

fn dialer(what: &str) -> Option<Message> {
    Some(match what {
        "paused" => message!("trail-dialer-paused"),
        "reconciled" => message!("trail-dialer-reconciled"),
        "resumed" => message!("trail-dialer-resumed"),
        "resumed_anyway" => message!("trail-dialer-resumed-anyway"),
        _ => return None,
    })
}

fn filter(what: &str) -> Option<Message> {
    Some(match what {
        "changed" => message!("trail-filter-changed"),
        "deleted" => message!("trail-filter-deleted"),
        "not_found" => message!("trail-filter-not-found"),
        "saved" => message!("trail-filter-saved"),
        "shown" => message!("trail-filter-shown"),
        _ => return None,
    })
}

fn handover(what: &str) -> Option<Message> {
    Some(match what {
        "done" => message!("trail-handover-done"),
        "shown" => message!("trail-handover-shown"),
        _ => return None,
    })
}

fn job(what: &str) -> Option<Message> {
    Some(match what {
        "discarded" => message!("trail-job-discarded"),
        "retried" => message!("trail-job-retried"),
        _ => return None,
    })
}

fn list(what: &str) -> Option<Message> {
    Some(match what {
        "discarded" => message!("trail-list-discarded"),
        "import_started" => message!("trail-list-import-started"),
        "not_found" => message!("trail-list-not-found"),
        "refused_rows_shown" => message!("trail-list-refused-rows-shown"),
        "sheet_chosen" => message!("trail-list-sheet-chosen"),
        "shown" => message!("trail-list-shown"),
        "uploaded" => message!("trail-list-uploaded"),
        _ => return None,
    })
}

fn log_in(what: &str) -> Option<Message> {
    Some(match what {
        "done" => message!("trail-log-in-done"),
        "done_by_passkey" => message!("trail-log-in-done-by-passkey"),
        "done_by_recovery_code" => message!("trail-log-in-done-by-recovery-code"),
        "logged_out" => message!("trail-log-in-logged-out"),
        "logged_out_everywhere" => message!("trail-log-in-logged-out-everywhere"),
        "password_given" => message!("trail-log-in-password-given"),
        "password_refused" => message!("trail-log-in-password-refused"),
        "second_factor_refused" => message!("trail-log-in-second-factor-refused"),
        _ => return None,
    })
}

fn portal(what: &str) -> Option<Message> {
    Some(match what {
        "account_deleted" => message!("trail-portal-account-deleted"),
        "account_made" => message!("trail-portal-account-made"),
        "address_changed" => message!("trail-portal-address-changed"),
        "history_shown" => message!("trail-portal-history-shown"),
        "logged_in" => message!("trail-portal-logged-in"),
        "logged_out" => message!("trail-portal-logged-out"),
        "passkey_added" => message!("trail-portal-passkey-added"),
        "passkey_removed" => message!("trail-portal-passkey-removed"),
        "password_chosen" => message!("trail-portal-password-chosen"),
        "person_added" => message!("trail-portal-person-added"),
        "person_removed" => message!("trail-portal-person-removed"),
        "person_refused" => message!("trail-portal-person-refused"),
        "survey_answered" => message!("trail-portal-survey-answered"),
        "unlocked" => message!("trail-portal-unlocked"),
        _ => return None,
    })
}

fn maintenance(what: &str) -> Option<Message> {
    Some(match what {
        "ended" => message!("trail-maintenance-ended"),
        "started" => message!("trail-maintenance-started"),
        _ => return None,
    })
}

fn patient(what: &str) -> Option<Message> {
    Some(match what {
        "added" => message!("trail-patient-added"),
        "alert_opened" => message!("trail-patient-alert-opened"),
        "alert_shown" => message!("trail-patient-alert-shown"),
        "call_later" => message!("trail-patient-call-later"),
        "call_reconciled" => message!("trail-patient-call-reconciled"),
        "call_resolved" => message!("trail-patient-call-resolved"),
        "call_shown" => message!("trail-patient-call-shown"),
        "called_by_staff" => message!("trail-patient-called-by-staff"),
        "called_now" => message!("trail-patient-called-now"),
        "calls_listed" => message!("trail-patient-calls-listed"),
        "change_shown" => message!("trail-patient-change-shown"),
        "changed" => message!("trail-patient-changed"),
        "disclosure_shown" => message!("trail-patient-disclosure-shown"),
        "double_shown" => message!("trail-patient-double-shown"),
        "erased" => message!("trail-patient-erased"),
        "not_found" => message!("trail-patient-not-found"),
        "not_reached" => message!("trail-patient-not-reached"),
        "noted" => message!("trail-patient-noted"),
        "numbers_listed" => message!("trail-patient-numbers-listed"),
        "released" => message!("trail-patient-released"),
        "retention_listed" => message!("trail-patient-retention-listed"),
        "shown" => message!("trail-patient-shown"),
        "stopped" => message!("trail-patient-stopped"),
        "transfer_accepted" => message!("trail-patient-transfer-accepted"),
        "transfer_declined" => message!("trail-patient-transfer-declined"),
        "transfer_listed" => message!("trail-patient-transfer-listed"),
        "transfer_offered" => message!("trail-patient-transfer-offered"),
        "transfer_shown" => message!("trail-patient-transfer-shown"),
        "transfer_withdrawn" => message!("trail-patient-transfer-withdrawn"),
        _ => return None,
    })
}

fn patients(what: &str) -> Option<Message> {
    Some(match what {
        "bulk_changed" => message!("trail-patients-bulk-changed"),
        "bulk_previewed" => message!("trail-patients-bulk-previewed"),
        "bulk_shown" => message!("trail-patients-bulk-shown"),
        "bulk_undone" => message!("trail-patients-bulk-undone"),
        "exported" => message!("trail-patients-exported"),
        "import_undone" => message!("trail-patients-import-undone"),
        "listed" => message!("trail-patients-listed"),
        _ => return None,
    })
}

fn report(what: &str) -> Option<Message> {
    Some(match what {
        "added" => message!("trail-report-added"),
        "not_passed_on" => message!("trail-report-not-passed-on"),
        "partly_added" => message!("trail-report-partly-added"),
        "passed_on" => message!("trail-report-passed-on"),
        _ => return None,
    })
}

fn notice(what: &str) -> Option<Message> {
    Some(match what {
        "invited" => message!("trail-notice-invited"),
        "stop_requested" => message!("trail-notice-stop-requested"),
        "stop_taken_back" => message!("trail-notice-stop-taken-back"),
        "stopped" => message!("trail-notice-stopped"),
        "stop_declined" => message!("trail-notice-stop-declined"),
        "resumed" => message!("trail-notice-resumed"),
        "address_confirmed" => message!("trail-notice-address-confirmed"),
        "shown" => message!("trail-notices-shown"),
        _ => return None,
    })
}

fn report_link(what: &str) -> Option<Message> {
    Some(match what {
        "asked" => message!("trail-report-link-asked"),
        "mismatch" => message!("trail-report-link-mismatch"),
        "opened" => message!("trail-report-link-opened"),
        _ => return None,
    })
}

fn reports(what: &str) -> Option<Message> {
    Some(match what {
        "exported" => message!("trail-reports-exported"),
        _ => return None,
    })
}

fn rota(what: &str) -> Option<Message> {
    Some(match what {
        "trial_asked" => message!("trail-rota-trial-asked"),
        "trial_sent" => message!("trail-rota-trial-sent"),
        _ => return None,
    })
}

fn rows(what: &str) -> Option<Message> {
    Some(match what {
        "erased" => message!("trail-rows-erased"),
        "found" => message!("trail-rows-found"),
        "sealed" => message!("trail-rows-sealed"),
        _ => return None,
    })
}

fn transfer(what: &str) -> Option<Message> {
    Some(match what {
        "not_found" => message!("trail-transfer-not-found"),
        "noticed" => message!("trail-transfer-noticed"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(folder: &Path, found: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("error") => {}
                true => read(&path, found),
                false => found.push_str(&std::fs::read_to_string(&path).unwrap()),
            }
        }
    }

    #[test]
    fn every_action_of_the_services_has_a_sentence() {
        let mut source = String::new();
        read(Path::new("src/service"), &mut source);
        let texts = source.split('"').filter(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b)));
        let kinds = sentence_kinds();
        let is_action = |text: &&str| text.split_once('.').is_some_and(|(kind, _)| kinds.contains(&kind));
        // Not actions: what is inconsistent in the database, and how two begin.
        let actions: Vec<&str> =
            texts.filter(is_action).filter(|text| !["patients.call_times", "rota.trial_"].contains(text)).collect();
        assert!(actions.len() > 80, "{actions:?}");
        for action in actions {
            assert_ne!(sentence(action).id(), "verbatim", "{action} has no sentence");
        }
        assert_eq!(sentence("something.new"), message!("verbatim", text = "something.new"));
    }

    fn sentence_kinds() -> Vec<&'static str> {
        include_str!("actions.rs").split("\nfn ").skip(1).filter_map(|rest| rest.split('(').next()).collect()
    }
}
