//! A report of which staff have entered a part.

use jiff::Timestamp;

use crate::domain::{Answer, AnswerOrigin, Item, ReportId};
use crate::policy::report_day;
use crate::service::centre_settings::zone_of;
use crate::service::error::ServiceError;
use crate::service::slots::slot_reported;
use crate::store::centres::CentreRow;
use crate::store::patients::PatientRow;
use crate::store::reports::{self, OpenReport};
use crate::store::{Tx, answers};

/// A report that isn't finished, and of which staff have entered a part.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct BegunReport {
    /// When the last answer came.
    pub at: Timestamp,
    /// The answers that count.
    pub answers: Vec<(Item, Answer)>,
}

/// The open report of the day, or of the slot, that a report which is given now would be about.
pub(in crate::service) async fn open_now(
    tx: &mut Tx,
    patient: &PatientRow,
    centre: &CentreRow,
    now: Timestamp,
) -> Result<Option<OpenReport>, ServiceError> {
    let date = report_day(now, &zone_of(centre)?);
    let slot_time = slot_reported(patient, centre, date, now);
    let open = reports::open_of(tx, &[(patient.id, date)]).await?;
    Ok(open.into_iter().find(|open| open.report.slot_time == slot_time))
}

/// The answers that count in a report.
pub(in crate::service) async fn counting(tx: &mut Tx, report: ReportId) -> Result<Vec<(Item, Answer)>, ServiceError> {
    let latest = answers::latest(tx, &[report]).await?.remove(&report).unwrap_or_default();
    let read = latest.into_iter().filter_map(|given| Some((given.item, given.item.read(given.entry.expose())?)));
    Ok(read.collect())
}

/// What staff have entered of a patient's report so far.
pub(in crate::service::patients) async fn begun_of(
    tx: &mut Tx,
    patient: &PatientRow,
    centre: &CentreRow,
    now: Timestamp,
) -> Result<Option<BegunReport>, ServiceError> {
    let Some(open) = open_now(tx, patient, centre, now).await? else { return Ok(None) };
    let is_by_staff = open.answers.iter().any(|given| matches!(given.origin, AnswerOrigin::Staff(_)));
    let last = open.answers.iter().map(|given| given.at).max().filter(|_| is_by_staff);
    let Some(at) = last else { return Ok(None) };
    Ok(Some(BegunReport { at, answers: counting(tx, open.report.id).await? }))
}
