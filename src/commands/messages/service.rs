//! What the service's refusals say.

use super::ToMessage;
use crate::domain::Withdrawal;
use crate::engine::form::{FieldError, FieldProblem};
use crate::flow::form::{NotReadable, Scale};
use crate::policy::{ThresholdsError, UnusablePattern};
use crate::service::{
    AccountError, AlertError, AuditError, CallError, CentreError, CheckpointError, OutboxError, PatientError,
    ReportError, ServiceError, SlotError, StoredThing, SuspensionError, TransferError,
};
use crate::translations::{Argument, Message, Separator, message};

impl ToMessage for ServiceError {
    fn message(&self) -> Message {
        match self {
            Self::Forbidden(forbidden) => message!("forbidden", permission = forbidden.0.code()),
            Self::Store(error) => error.message(),
            Self::Unreadable(what) => message!("unreadable", what = stored(*what)),
            Self::Patient(error) => error.message(),
            // The portal's pages say it in their own words; no command asks for it.
            Self::Portal(_) => message!("portal-refused", code = self.code()),
            Self::Transfer(error) => error.message(),
            Self::Call(error) => error.message(),
            Self::Slot(SlotError::NotFound) => message!("slot-not-found"),
            Self::Alert(error) => error.message(),
            Self::Account(error) => error.message(),
            Self::Centre(error) => error.message(),
            Self::Audit(AuditError::EntryNotFound) => message!("audit-entry-not-found"),
            Self::Suspension(error) => error.message(),
            Self::Outbox(OutboxError::NotFound) => message!("outbox-not-found"),
            Self::Report(error) => error.message(),
            Self::Checkpoint(error) => error.message(),
        }
    }
}

fn stored(what: StoredThing) -> Message {
    match what {
        StoredThing::Registration => message!("stored-registration"),
        StoredThing::CentreSettings => message!("stored-centre-settings"),
        StoredThing::FlowSet => message!("stored-flow-set"),
        StoredThing::Turn => message!("stored-turn"),
    }
}

impl ToMessage for PatientError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound => message!("patient-not-found"),
            Self::NotFoundNotAudited(why) => message!("patient-not-found-not-audited", why = why.message()),
            Self::InvalidList(findings) => message!("patient-invalid-list", count = findings.len()),
            Self::InvalidValues(findings) => {
                let messages = findings.iter().map(|finding| finding.fault.message()).collect();
                message!("joined", sentences = Argument::Joined(Separator::Sentences, messages))
            }
            Self::NumberInUse(_) => message!("patient-number-in-use"),
            Self::ImportUnfinished => message!("patient-import-unfinished"),
            Self::NotErasable => message!("patient-not-erasable"),
            Self::Stale { changed, revision } => {
                message!("patient-stale", fields = changed.join(", "), revision = revision.to_string())
            }
        }
    }
}

impl ToMessage for TransferError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound => message!("transfer-not-found"),
            Self::NoReceiver => message!("transfer-no-receiver"),
            Self::Released => message!("transfer-released"),
            Self::OfferedAlready => message!("transfer-offered-already"),
        }
    }
}

impl ToMessage for CallError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound => message!("call-not-found"),
            Self::NotCallable(why) => not_callable(*why),
            Self::OutsideCallingHours(hours) => message!("call-outside-calling-hours", hours = hours.to_string()),
            Self::AlreadyUnderWay => message!("call-already-under-way"),
            Self::OutcomeKnown => message!("call-outcome-known"),
        }
    }
}

/// Why a patient must not be called, and what staff can do.
fn not_callable(why: Withdrawal) -> Message {
    match why {
        Withdrawal::Stopped => message!("call-patient-stopped"),
        Withdrawal::StopRequested => message!("call-patient-stop-requested"),
        Withdrawal::Released => message!("call-patient-released"),
        Withdrawal::SwitchedOff => message!("call-patient-switched-off"),
        Withdrawal::WrongNumber => message!("call-patient-wrong-number"),
        Withdrawal::NumberNotAllowed => message!("call-patient-number-not-allowed"),
        Withdrawal::Reported | Withdrawal::TimesChanged | Withdrawal::NumberChanged | Withdrawal::Superseded => {
            message!("call-patient-just-changed")
        }
    }
}

impl ToMessage for AlertError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound => message!("alert-not-found"),
            Self::MoreThanShown => message!("alert-more-than-shown"),
        }
    }
}

impl ToMessage for AccountError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound => message!("account-not-found"),
            Self::AlreadyActive => message!("account-already-active"),
            Self::CentreNeeded => message!("account-centre-needed"),
            Self::NoCentreAllowed => message!("account-no-centre-allowed"),
            Self::InvitationEnded => message!("account-invitation-ended"),
            Self::WrongPassword => message!("account-wrong-password"),
            Self::WrongPasswordOrCode => message!("gate-both-wrong"),
            Self::WrongCode => message!("account-wrong-code"),
            Self::LogInEnded => message!("account-log-in-ended"),
            Self::TooManyTries(wait) => {
                let seconds = u64::try_from(wait.as_secs()).unwrap_or(0).max(1);
                message!("account-too-many-tries", seconds = seconds)
            }
            Self::WrongPasskey => message!("account-wrong-passkey"),
            Self::ChallengeEnded => message!("account-challenge-ended"),
            Self::PasskeyNotFound => message!("account-passkey-not-found"),
            Self::PasskeyInUse => message!("account-passkey-in-use"),
            Self::TooManyPasskeys => message!("account-too-many-passkeys"),
            Self::NotUnlockable => message!("account-not-unlockable"),
            Self::Busy => message!("account-busy"),
        }
    }
}

impl ToMessage for CentreError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound(code) => message!("centre-not-found", code = code.as_str()),
            Self::UnknownTimeZone(zone) => message!("centre-unknown-time-zone", zone = zone),
            Self::Thresholds(ThresholdsError::OutOfRange) => message!("centre-thresholds-out-of-range"),
            Self::Thresholds(ThresholdsError::OutOfOrder) => message!("centre-thresholds-out-of-order"),
            Self::CallPattern(pattern, why) => {
                message!("centre-call-pattern", pattern = pattern, why = unusable_pattern(*why))
            }
            Self::PhoneNotCallable => message!("centre-phone-not-callable"),
            Self::ConcurrentCallsOutOfRange => message!("centre-concurrent-calls"),
            Self::NoticeInQuietHours => message!("notice-wrong-quiet"),
            Self::ReplanUnfinished => message!("centre-replan-unfinished"),
            Self::ChangedMeanwhile => message!("centre-changed-meanwhile"),
            Self::ChangeNotFound => message!("centre-change-not-found"),
            Self::EarlierValuesUnfit => message!("centre-earlier-values-unfit"),
            Self::CallsPerSecondOutOfRange => message!("centre-calls-per-second"),
        }
    }
}

fn unusable_pattern(why: UnusablePattern) -> Message {
    match why {
        UnusablePattern::NeverFires => message!("centre-pattern-never-fires"),
        UnusablePattern::TooOften { date, times } => {
            message!("centre-pattern-too-often", times = times, date = date.to_string())
        }
        UnusablePattern::OutsideHours { time, hours } => {
            let time = time.strftime("%H:%M").to_string();
            message!("centre-pattern-outside-hours", time = time, hours = hours.to_string())
        }
    }
}

impl ToMessage for SuspensionError {
    fn message(&self) -> Message {
        match self {
            Self::PauseEndPassed => message!("suspension-pause-end-passed"),
            Self::MaintenanceEndPassed => message!("suspension-maintenance-end-passed"),
            Self::NotReconciled => message!("suspension-not-reconciled"),
            Self::CallListUnavailable => message!("suspension-call-list-unavailable"),
        }
    }
}

impl ToMessage for ReportError {
    fn message(&self) -> Message {
        match self {
            Self::WindowReversed => message!("report-window-reversed"),
            Self::NotObserved => message!("report-not-observed"),
            Self::Unfinished => message!("report-unfinished"),
            Self::TimePassed => message!("round-later-passed"),
            Self::NotFound => message!("report-not-found"),
            Self::Fields(errors) => {
                let messages = errors.iter().map(field_error).collect();
                message!("joined", sentences = Argument::Joined(Separator::Sentences, messages))
            }
        }
    }
}

fn field_error(error: &FieldError) -> Message {
    let field = error.field.as_str();
    match error.problem {
        FieldProblem::Missing => message!("field-missing", field = field),
        FieldProblem::NotReadable(NotReadable::NotANumber) => message!("field-not-number", field = field),
        FieldProblem::NotReadable(NotReadable::OutOfRange { at_least, at_most, scale }) => {
            let number = |units: u32| match scale {
                Scale::Whole => units.to_string(),
                Scale::Tenths => format!("{}.{}", units / 10, units % 10),
            };
            message!("field-out-of-range", field = field, least = number(at_least), most = number(at_most))
        }
        FieldProblem::NotReadable(NotReadable::NotAnOption) => message!("report-field-not-option", field = field),
        FieldProblem::NotAsked => message!("field-not-asked", field = field),
        FieldProblem::ConfirmedOtherwise => message!("field-confirmed-otherwise", field = field),
        FieldProblem::Unknown => message!("report-field-unknown", field = field),
    }
}

impl ToMessage for CheckpointError {
    fn message(&self) -> Message {
        match self {
            Self::File(why) => message!("checkpoint-file", why = why.to_string()),
            Self::Line(Some(line)) => message!("checkpoint-line", line = *line),
            Self::Line(None) => message!("checkpoint-line-near-end"),
            Self::Contradicts => message!("checkpoint-contradicts"),
        }
    }
}
