//! Writes what a page says: answers, alerts, the end of the report, and what follows from it.

use jiff::Timestamp;

use super::reporter::Reporting;
use crate::domain::{Channel, ReportId, Severity};
use crate::engine::Fact;
use crate::engine::form::Submitted;
use crate::service::context::ServiceEvent;
use crate::service::error::ServiceError;
use crate::service::reports::{NewReport, Recorder, ReportCheck};
use crate::service::slots::slot_reported;
use crate::store::Tx;
use crate::store::reports::HeldReport;

/// What is written.
pub(super) struct Recorded<'a> {
    pub(super) submitted: &'a Submitted,
    pub(super) report: ReportId,
    /// The stored report that it continues.
    pub(super) continued: Option<HeldReport>,
    pub(super) is_finished: bool,
}

/// Records a page in a transaction. Returns the highest severity of what is new, and the events to tell after the
/// commit.
pub(super) async fn record(
    tx: &mut Tx,
    reporting: &Reporting,
    recorded: Recorded<'_>,
    now: Timestamp,
) -> Result<(Severity, Vec<ServiceEvent>), ServiceError> {
    let Recorded { submitted, report, continued, is_finished } = recorded;
    if !says_something(submitted) && !is_finished {
        return Ok((Severity::None, Vec::new()));
    }
    let mut recorder = Recorder::default();
    let number = reporting.number();
    match continued {
        Some(held) => {
            recorder.note_caller(report, number);
            recorder.held(vec![held]);
        }
        None => {
            let slot_time = slot_reported(&reporting.patient, &reporting.centre, reporting.today, now);
            let (id, patient, date) = (report, &reporting.patient, reporting.today);
            let (channel, caller_number) = (Channel::Portal, Some(number));
            recorder.open_report(NewReport { id, patient, date, slot_time, channel, caller_number }, now);
        }
    }
    let origin = reporting.origin();
    let by = (&origin, Channel::Portal);
    let mut told: Vec<ServiceEvent> = submitted.facts.iter().filter_map(|fact| recorder.fact(by, fact, now)).collect();
    submitted.jobs.iter().cloned().for_each(|job| recorder.consequences.job(job, now));
    recorder.write(tx, ReportCheck::First).await?;
    told.extend(recorder.cancel_calls(tx, now).await?);
    Ok((submitted.severity(), told))
}

/// Whether a submission says anything new.
fn says_something(submitted: &Submitted) -> bool {
    submitted.facts.iter().any(|fact| matches!(fact, Fact::Answered { .. } | Fact::Withdrawn { .. }))
}
