//! Plans the daily notices: at a health centre's time, for everybody it observes. What it costs depends on how many are
//! due and not on how many were ever registered.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use tracing::error;

use super::facts::Known;
use crate::domain::{CentreCode, NoticeId, NoticeKind, PatientId, PhoneNumber};
use crate::policy::{NoticeDay, expected_channel, unwanted_notice};
use crate::service::centre_settings::CentreSettings;
use crate::service::context::{Context, Pace, new_id};
use crate::service::error::ServiceError;
use crate::store::centres::CentreRow;
use crate::store::notices::{self, NoticeRow};
use crate::store::patients::PatientRow;
use crate::store::{StoreError, Tx, centres};

/// Plans the daily notices that are due. Returns how many were planned.
///
/// # Errors
/// Database errors. What was planned stays planned, and the next run goes on.
pub async fn plan_notices(context: &Context) -> Result<u64, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_autocommit().await?;
    let due: Vec<(CentreCode, NoticeDay)> =
        centres::list(&mut tx).await?.iter().filter_map(|row| due(row, now)).collect();
    if due.is_empty() {
        return Ok(0);
    }
    // No zone is a day behind another one by more.
    let from = TimeZone::UTC.to_datetime(now).date().saturating_sub(1.day());
    let done = notices::days_done(&mut tx, from).await?;
    drop(tx);
    let mut planned = 0;
    for (centre, day) in due {
        if !done.contains(&(centre.clone(), day.day)) {
            planned += plan_day(context, &centre, day).await?;
        }
    }
    Ok(planned)
}

/// The day of a health centre whose notices are due. Nobody gets a notice by guessed settings.
fn due(row: &CentreRow, now: Timestamp) -> Option<(CentreCode, NoticeDay)> {
    match CentreSettings::read(row).and_then(|settings| settings.notice_schedule(row)) {
        Ok(schedule) => Some((row.code.clone(), schedule.due(now)?)),
        Err(error) => {
            error!(centre = %row.code, %error, "could not plan a centre's notices");
            None
        }
    }
}

async fn plan_day(context: &Context, centre: &CentreCode, day: NoticeDay) -> Result<u64, ServiceError> {
    let mut pace = Pace::default();
    let mut planned = 0;
    loop {
        let mut step = pace.begin(context).await?;
        let taken = notices::take_day(&mut step.tx, centre, day.day).await?;
        if taken.is_done {
            step.tx.rollback().await?;
            return Ok(planned);
        }
        let now = context.clock.now();
        let people = notices::people(&mut step.tx, (centre, day.day), &taken.after, pace.limit()).await?;
        let added = plan_for(&mut step.tx, &people, centre, day, now).await?;
        let is_done = people.len() < pace.rows();
        let last = people.last().map(|(patient, _)| *patient);
        notices::day_went_on(&mut step.tx, (centre, day.day), last, added, is_done.then_some(now)).await?;
        planned += added;
        pace.end(step).await?;
        if is_done {
            return Ok(planned);
        }
    }
}

async fn plan_for(
    tx: &mut Tx,
    people: &[(PatientId, Option<PhoneNumber>)],
    centre: &CentreCode,
    day: NoticeDay,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let row = |(patient, number): &(PatientId, Option<PhoneNumber>)| {
        daily((*patient, number.as_ref()), centre, day.day, day.due_at, now)
    };
    notices::plan(tx, &people.iter().map(row).collect::<Vec<_>>()).await
}

fn daily(
    (patient, number): (PatientId, Option<&PhoneNumber>),
    centre: &CentreCode,
    day: Date,
    due_at: Timestamp,
    now: Timestamp,
) -> NoticeRow {
    let whose = (patient, centre.clone(), expected_channel(number));
    NoticeRow::waiting(NoticeId(new_id()), whose, NoticeKind::Daily, day, due_at, now)
}

/// Plans today's notice of a patient who has just moved here, if the health centre has already sent its own: the
/// receiving one sends it, unless the other one did.
pub(in crate::service) async fn plan_moved(
    tx: &mut Tx,
    patient: &PatientRow,
    to: &CentreRow,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let Some((centre, day)) = due(to, now) else { return Ok(()) };
    let facts = Known::of(tx, &[patient.id]).await?.facts(patient, NoticeKind::Daily, day.day);
    if unwanted_notice(&facts).is_none() {
        notices::plan(tx, &[daily((patient.id, patient.phone_number.as_ref()), &centre, day.day, day.due_at, now)])
            .await?;
    }
    Ok(())
}

/// Lets today's notices be planned again after a change of a health centre's settings: they were off, or their time was
/// another one. Nobody gets a second one.
pub(in crate::service) async fn plan_notices_anew(
    tx: &mut Tx,
    before: &CentreRow,
    after: &CentreRow,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let schedule = CentreSettings::of(after).notice_schedule(after)?;
    let day = schedule.day(now);
    let old = CentreSettings::of(before).notice_schedule(before)?;
    if schedule.on(day) != old.on(day) {
        notices::plan_day_anew(tx, &after.code, day).await?;
    }
    Ok(())
}
