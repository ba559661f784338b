//! What patients write in their own words, with the day's report.

use super::form::current;
use super::reporter::{Reporter, ReportingEnd, is_race, reporting};
use crate::domain::{Channel, ReportId, ReportText};
use crate::service::context::{Context, new_id};
use crate::service::error::ServiceError;
use crate::service::patients::open_now;
use crate::service::reports::{NewReport, Recorder, ReportCheck};
use crate::service::slots::slot_reported;
use crate::store::report_forms::{self, ReportTextRow};

/// Texts of a patient that are looked through for the same one, sent twice.
const LOOKED_THROUGH: u32 = 20;
/// Tries of a transaction that lost a race.
const MOST_TRIES: u32 = 4;

/// Stores what a patient wrote. The same text about the same report is stored once.
///
/// # Errors
/// Database errors. Nothing is stored then.
pub async fn write_text(
    context: &Context,
    reporter: &Reporter,
    words: &ReportText,
) -> Result<Result<(), ReportingEnd>, ServiceError> {
    let mut tries = 0_u32;
    loop {
        tries = tries.saturating_add(1);
        match add(context, reporter, words).await {
            Err(error) if is_race(&error) && tries < MOST_TRIES => {}
            added => return added,
        }
    }
}

async fn add(
    context: &Context,
    reporter: &Reporter,
    words: &ReportText,
) -> Result<Result<(), ReportingEnd>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let reporting = match reporting(&mut tx, reporter, now).await? {
        Ok(reporting) => reporting,
        Err(end) => return Ok(Err(end)),
    };
    let form = current(&reporting, now);
    let open = open_now(&mut tx, &reporting.patient, &reporting.centre, now).await?;
    let report = match form.and_then(|form| form.report).or(open.map(|open| open.report.id)) {
        Some(report) => report,
        None => {
            // Somebody writes before the first answer: the report begins with it.
            let id = ReportId(new_id());
            let mut recorder = Recorder::default();
            let (patient, date) = (&reporting.patient, reporting.today);
            let slot_time = slot_reported(patient, &reporting.centre, date, now);
            let (channel, caller_number) = (Channel::Portal, Some(reporting.number()));
            recorder.open_report(NewReport { id, patient, date, slot_time, channel, caller_number }, now);
            recorder.write(&mut tx, ReportCheck::First).await?;
            id
        }
    };
    let past = report_forms::texts_of(&mut tx, reporting.patient.id, LOOKED_THROUGH).await?;
    if past.iter().any(|text| text.report == report && text.words == *words) {
        return Ok(Ok(()));
    }
    let (patient, origin) = (reporting.patient.id, reporting.origin());
    let row = ReportTextRow { id: new_id(), report, patient, origin, words: words.clone(), at: now };
    report_forms::add_text(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
