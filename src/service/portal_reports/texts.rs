//! What patients write in their own words, with the day's report.

use jiff::Timestamp;

use super::form::current;
use super::reporter::{Reporter, Reporting, ReportingEnd, is_of_another, is_race, reporting};
use crate::domain::{Channel, ReportFormId, ReportId, ReportText};
use crate::service::context::{Context, new_id};
use crate::service::error::ServiceError;
use crate::service::patients::open_now;
use crate::service::reports::{NewReport, Recorder, ReportCheck};
use crate::service::slots::slot_reported;
use crate::store::Tx;
use crate::store::report_forms::{self, ReportTextRow};

/// Texts of a patient that are looked through for the same one, sent twice.
const LOOKED_THROUGH: u32 = 20;
/// Tries of a transaction that lost a race.
const MOST_TRIES: u32 = 4;

/// The most texts of a report: so many that staff still see all of them.
const MOST_TEXTS: usize = 10;

/// What came of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextWritten {
    /// It is stored.
    Stored,
    /// The report has as many texts as it may have.
    TooMany,
    /// Nothing can be reported.
    End(ReportingEnd),
}

/// Stores what a patient wrote on the page of a form. The same text about the same report is stored once.
///
/// # Errors
/// Database errors. Nothing is stored then.
pub async fn write_text(
    context: &Context,
    reporter: &Reporter,
    form: Option<ReportFormId>,
    words: &ReportText,
) -> Result<TextWritten, ServiceError> {
    let mut tries = 0_u32;
    loop {
        tries = tries.saturating_add(1);
        match add(context, reporter, form, words).await {
            Err(error) if is_race(&error) && tries < MOST_TRIES => {}
            added => return added,
        }
    }
}

async fn add(
    context: &Context,
    reporter: &Reporter,
    page: Option<ReportFormId>,
    words: &ReportText,
) -> Result<TextWritten, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let reporting = match reporting(&mut tx, reporter, now).await? {
        Ok(reporting) => reporting,
        Err(end) => return Ok(TextWritten::End(end)),
    };
    if is_of_another(&mut tx, &reporting, page).await? {
        return Ok(TextWritten::End(ReportingEnd::OtherForm));
    }
    let report = current(&reporting, now).and_then(|form| form.report);
    let put = put(&mut tx, &reporting, report, words, now).await?;
    tx.commit().await?;
    Ok(put)
}

/// Writes a text about the form's report, or else the day's open one, or a new one.
pub(super) async fn put(
    tx: &mut Tx,
    reporting: &Reporting,
    report: Option<ReportId>,
    words: &ReportText,
    now: Timestamp,
) -> Result<TextWritten, ServiceError> {
    let open = match report {
        Some(report) => Some(report),
        None => open_now(tx, &reporting.patient, &reporting.centre, now).await?.map(|open| open.report.id),
    };
    let report = match open {
        Some(report) => report,
        None => {
            // Somebody writes before the first answer: the report begins with it.
            let id = ReportId(new_id());
            let mut recorder = Recorder::default();
            let (patient, date) = (&reporting.patient, reporting.today);
            let slot_time = slot_reported(patient, &reporting.centre, date, now);
            let (channel, caller_number) = (Channel::Portal, Some(reporting.number()));
            recorder.open_report(NewReport { id, patient, date, slot_time, channel, caller_number }, now);
            recorder.write(tx, ReportCheck::First).await?;
            id
        }
    };
    let past = report_forms::texts_of(tx, reporting.patient.id, LOOKED_THROUGH).await?;
    if past.iter().any(|text| text.report == report && text.words == *words) {
        return Ok(TextWritten::Stored);
    }
    if past.iter().filter(|text| text.report == report).count() >= MOST_TEXTS {
        return Ok(TextWritten::TooMany);
    }
    let (patient, origin) = (reporting.patient.id, reporting.origin());
    let row = ReportTextRow { id: new_id(), report, patient, origin, words: words.clone(), at: now };
    report_forms::add_text(tx, &row).await?;
    Ok(TextWritten::Stored)
}
