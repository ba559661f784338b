//! What the pages about patients call states, outcomes and fields.

use crate::domain::era::Era;
use crate::domain::{
    AttemptOutcome, BirthDate, Channel, Disposition, Line, Missed, Oximeter, ReportOutcome, SlotEnd, SlotState,
    StaffCallOutcome, Withdrawal,
};
use crate::service::{Column, PatientStatus, PatientView, ShownSlot};
use crate::translations::{Message, message};

/// The name of a field.
pub(in crate::web::console) fn column_name(column: Column) -> Message {
    match column {
        Column::HersysId => message!("patient-hersys-id"),
        Column::BirthDate => message!("patient-birth-date"),
        Column::FamilyName => message!("patient-family-name"),
        Column::GivenName => message!("patient-given-name"),
        Column::PhoneNumber => message!("patient-phone-number"),
        Column::AutomatedCall => message!("patient-automated-call"),
        Column::CallTimes => message!("patient-call-times"),
        Column::Language => message!("patient-language"),
        Column::DiagnosisDate => message!("patient-diagnosis-date"),
        Column::MonitoringStart => message!("patient-monitoring-start"),
        Column::Oximeter => message!("patient-oximeter"),
    }
}

/// A birth date with its era.
pub(in crate::web::console) fn born(date: BirthDate) -> Message {
    let date = date.expose();
    let (year, month, day) = (date.year().to_string(), date.month().to_string(), date.day().to_string());
    match Era::of(date) {
        Some((era, era_year)) => {
            let era_year = if era_year == 1 { "元".to_owned() } else { era_year.to_string() };
            message!("patient-born", year = year, month = month, day = day, era = era.name(), era_year = era_year)
        }
        None => message!("patient-born-before-eras", year = year, month = month, day = day),
    }
}

/// Whether a patient has an oximeter.
pub(in crate::web::console) fn oximeter_name(oximeter: Oximeter) -> Message {
    match oximeter {
        Oximeter::Yes => message!("patient-oximeter-yes"),
        Oximeter::No => message!("patient-oximeter-no"),
        Oximeter::Unknown => message!("patient-oximeter-unknown"),
    }
}

/// The state of a patient, in one or two words.
pub(super) fn state_name(patient: &PatientView) -> Message {
    match patient.not_called {
        Some(Withdrawal::Released) => message!("patient-state-released"),
        Some(Withdrawal::Stopped) => message!("patient-state-stopped"),
        Some(Withdrawal::StopRequested) => message!("patient-state-stop-requested"),
        Some(Withdrawal::WrongNumber) => message!("patient-state-wrong-number"),
        Some(Withdrawal::NumberNotAllowed) => message!("patient-state-number-not-allowed"),
        Some(
            Withdrawal::SwitchedOff
            | Withdrawal::Reported
            | Withdrawal::TimesChanged
            | Withdrawal::NumberChanged
            | Withdrawal::Superseded,
        ) => message!("patient-state-off"),
        None => message!("patient-state-called"),
    }
}

/// The name of a status by which the list is filtered.
pub(in crate::web::console) fn status_name(status: PatientStatus) -> Message {
    match status {
        PatientStatus::Observed => message!("patient-status-observed"),
        PatientStatus::Called => message!("patient-status-called"),
        PatientStatus::Stopped => message!("patient-state-stopped"),
        PatientStatus::HeldBack => message!("patient-status-held-back"),
        PatientStatus::Off => message!("patient-state-off"),
        PatientStatus::Released => message!("patient-state-released"),
        PatientStatus::All => message!("patient-status-all"),
    }
}

/// Why a call was withdrawn.
pub(in crate::web::console) fn withdrawal_name(why: Withdrawal) -> Message {
    match why {
        Withdrawal::Stopped => message!("patient-why-stopped"),
        Withdrawal::StopRequested => message!("patient-why-stop-requested"),
        Withdrawal::Released => message!("patient-why-released"),
        Withdrawal::SwitchedOff => message!("patient-why-switched-off"),
        Withdrawal::Reported => message!("patient-why-reported"),
        Withdrawal::TimesChanged => message!("patient-why-times-changed"),
        Withdrawal::NumberChanged => message!("patient-why-number-changed"),
        Withdrawal::WrongNumber => message!("patient-why-wrong-number"),
        Withdrawal::NumberNotAllowed => message!("patient-why-number-not-allowed"),
        Withdrawal::Superseded => message!("patient-why-superseded"),
    }
}

/// How an attempt ended.
pub(super) fn outcome_name(outcome: AttemptOutcome) -> Message {
    match outcome {
        AttemptOutcome::Reported => message!("patient-outcome-reported"),
        AttemptOutcome::Dropped => message!("patient-outcome-dropped"),
        AttemptOutcome::NotNow => message!("patient-outcome-not-now"),
        AttemptOutcome::Reached => message!("patient-outcome-reached"),
        AttemptOutcome::Voicemail => message!("patient-outcome-voicemail"),
        AttemptOutcome::Busy => message!("patient-outcome-busy"),
        AttemptOutcome::NoAnswer => message!("patient-outcome-no-answer"),
        AttemptOutcome::Failed => message!("patient-outcome-failed"),
        AttemptOutcome::WrongNumber => message!("patient-outcome-wrong-number"),
        AttemptOutcome::Withdrawn => message!("patient-outcome-withdrawn"),
        AttemptOutcome::NotPlaced => message!("patient-outcome-not-placed"),
    }
}

/// How a call ended.
pub(super) fn disposition_name(disposition: Disposition) -> Message {
    match disposition {
        Disposition::Reported => message!("patient-outcome-reported"),
        Disposition::Unanswered => message!("patient-outcome-dropped"),
        Disposition::NotIdentified => message!("patient-outcome-not-identified"),
        Disposition::ObservationEnded => message!("patient-outcome-observation-ended"),
        Disposition::Maintenance => message!("patient-outcome-maintenance"),
        Disposition::HandedOver => message!("patient-outcome-reached"),
        Disposition::StaffNotReached => message!("patient-outcome-staff-not-reached"),
        Disposition::SystemFailure => message!("patient-outcome-failed"),
        Disposition::Voicemail => message!("patient-outcome-voicemail"),
        Disposition::NotNow => message!("patient-outcome-not-now"),
        Disposition::WrongNumber => message!("patient-outcome-wrong-number"),
        Disposition::Withdrawn => message!("patient-outcome-withdrawn"),
        Disposition::NotAnswered => message!("patient-outcome-no-answer"),
        Disposition::AlertsTaken => message!("rota-result-taken"),
        Disposition::AlertsPassedOn => message!("rota-result-passed-on"),
        Disposition::AlertsNotTaken => message!("rota-result-heard"),
    }
}

/// The name of a line.
pub(super) fn line_name(line: Line) -> Message {
    match line {
        Line::HealthCall => message!("patient-line-health-call"),
        Line::AutomatedCall => message!("patient-line-automated-call"),
        Line::CallBack => message!("patient-line-call-back"),
        Line::StaffAlert => message!("rota-line-staff-alert"),
    }
}

/// The name of a channel.
pub(super) fn channel_name(channel: Channel) -> Message {
    match channel {
        Channel::AutomatedCall => message!("patient-line-automated-call"),
        Channel::HealthCall => message!("patient-line-health-call"),
        Channel::Portal => message!("patient-channel-portal"),
        Channel::Staff => message!("patient-channel-staff"),
    }
}

/// What came of a call by staff. `again` is when they call again.
pub(super) fn staff_call_name(outcome: StaffCallOutcome, again: Option<String>) -> Message {
    match (outcome, again) {
        (StaffCallOutcome::Reported, _) => message!("round-call-reported"),
        (StaffCallOutcome::Partly, _) => message!("answers-call-partly"),
        (StaffCallOutcome::NotReached, _) => message!("round-call-not-reached"),
        (StaffCallOutcome::Later, again) => message!("round-call-later", at = again.unwrap_or_default()),
    }
}

/// Whether a report was finished.
pub(super) fn report_name(outcome: ReportOutcome) -> Message {
    match outcome {
        ReportOutcome::Reported => message!("patient-report-reported"),
        ReportOutcome::Unanswered => message!("patient-report-partial"),
        ReportOutcome::NotBegun => message!("patient-report-none"),
    }
}

/// The state of a slot. `due` is the time of the next attempt.
pub(super) fn slot_name(slot: &ShownSlot, held_back: bool, due: String) -> Message {
    match slot.state {
        SlotState::Waiting if held_back => message!("patient-slot-held-back"),
        SlotState::Waiting if slot.tries > 0 => {
            message!("patient-slot-again", tries = u64::from(slot.tries), at = due)
        }
        SlotState::Waiting => message!("patient-slot-waiting", at = due),
        SlotState::Calling => message!("patient-slot-calling"),
        SlotState::Ended(SlotEnd::Reported) => message!("patient-report-reported"),
        SlotState::Ended(SlotEnd::Unanswered(outcome)) => {
            message!("patient-slot-unanswered", outcome = outcome_name(outcome), tries = u64::from(slot.tries))
        }
        SlotState::Ended(SlotEnd::Cancelled(why)) => message!("patient-slot-cancelled", why = withdrawal_name(why)),
        SlotState::Ended(SlotEnd::Missed(Missed::WindowPassed | Missed::NotPlaced)) => {
            message!("patient-slot-missed")
        }
    }
}
