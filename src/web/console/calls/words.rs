//! What calls are called: lines, results, and why a call ended.

use jiff::SignedDuration;

use crate::domain::{AttemptOutcome, AttemptState, Disposition, HangupCause, Line};
use crate::translations::{Message, message};

/// The name of a line.
pub(in crate::web::console) fn line_name(line: Line) -> Message {
    match line {
        Line::HealthCall => message!("console-line-health-call"),
        Line::AutomatedCall => message!("console-line-automated-call"),
        Line::CallBack => message!("console-line-call-back"),
        Line::StaffAlert => message!("rota-line-staff-alert"),
    }
}

/// How a call ended. `None` while it is in progress.
pub(in crate::web::console) fn disposition_name(disposition: Option<Disposition>) -> Message {
    match disposition {
        None => message!("console-result-open"),
        Some(Disposition::Reported) => message!("console-result-reported"),
        Some(Disposition::Unanswered) => message!("console-result-unanswered"),
        Some(Disposition::NotIdentified) => message!("console-result-not-identified"),
        Some(Disposition::ObservationEnded) => message!("console-result-observation-ended"),
        Some(Disposition::Maintenance) => message!("console-result-maintenance"),
        Some(Disposition::HandedOver) => message!("console-result-handed-over"),
        Some(Disposition::StaffNotReached) => message!("console-result-staff-not-reached"),
        Some(Disposition::SystemFailure) => message!("console-result-system-failure"),
        Some(Disposition::Voicemail) => message!("console-result-voicemail"),
        Some(Disposition::NotNow) => message!("console-result-not-now"),
        Some(Disposition::WrongNumber) => message!("console-result-wrong-number"),
        Some(Disposition::Withdrawn) => message!("console-result-withdrawn"),
        Some(Disposition::NotAnswered) => message!("console-result-not-answered"),
        Some(Disposition::AlertsTaken) => message!("rota-result-taken"),
        Some(Disposition::AlertsPassedOn) => message!("rota-result-passed-on"),
        Some(Disposition::AlertsNotTaken) => message!("rota-result-heard"),
    }
}

/// Why a leg ended.
pub(in crate::web::console) fn cause_name(cause: HangupCause) -> Message {
    match cause {
        HangupCause::NormalClearing => message!("console-cause-normal-clearing"),
        HangupCause::UserBusy => message!("console-cause-user-busy"),
        HangupCause::NoAnswer => message!("console-cause-no-answer"),
        HangupCause::CallRejected => message!("console-cause-call-rejected"),
        HangupCause::InvalidNumberFormat => message!("console-cause-invalid-number-format"),
        HangupCause::TemporaryFailure => message!("console-cause-temporary-failure"),
        HangupCause::Unspecified => message!("console-cause-unspecified"),
    }
}

/// How an automated call ended, or how it stands.
pub(in crate::web::console) fn attempt_name(state: AttemptState, outcome: Option<AttemptOutcome>) -> Message {
    match (outcome, state) {
        (Some(outcome), _) => outcome_name(outcome),
        (None, AttemptState::Intended) => message!("console-attempt-intended"),
        (None, AttemptState::Placed) => message!("console-attempt-placed"),
        (None, AttemptState::Answered) => message!("console-attempt-answered"),
        (None, AttemptState::Unknown) => message!("console-attempt-unknown"),
        (None, AttemptState::Ended) => message!("console-attempt-ended"),
    }
}

/// How an automated call ended.
pub(in crate::web::console) fn outcome_name(outcome: AttemptOutcome) -> Message {
    match outcome {
        AttemptOutcome::Reported => message!("console-outcome-reported"),
        AttemptOutcome::Dropped => message!("console-outcome-dropped"),
        AttemptOutcome::NotNow => message!("console-outcome-not-now"),
        AttemptOutcome::Reached => message!("console-outcome-reached"),
        AttemptOutcome::Voicemail => message!("console-outcome-voicemail"),
        AttemptOutcome::Busy => message!("console-outcome-busy"),
        AttemptOutcome::NoAnswer => message!("console-outcome-no-answer"),
        AttemptOutcome::Failed => message!("console-outcome-failed"),
        AttemptOutcome::WrongNumber => message!("console-outcome-wrong-number"),
        AttemptOutcome::Withdrawn => message!("console-outcome-withdrawn"),
        AttemptOutcome::NotPlaced => message!("console-outcome-not-placed"),
    }
}

/// How long something lasted.
pub(in crate::web::console) fn lasted(time: SignedDuration) -> Message {
    let seconds = u64::try_from(time.as_secs()).unwrap_or(0);
    match seconds {
        0..60 => message!("console-lasted-seconds", seconds = seconds),
        _ => message!("console-lasted", minutes = seconds / 60, seconds = seconds % 60),
    }
}
