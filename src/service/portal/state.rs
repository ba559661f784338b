//! What an account sees of a person: today's report, the last one, and whom to phone.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::session::PortalLoggedIn;
use crate::domain::{Answer, BodyTemperature, Item, PatientId, ReportId, ReportOutcome, Severity};
use crate::policy::report_day;
use crate::service::centre_settings::{CentreContact, known_centre, zone_of};
use crate::service::context::Context;
use crate::service::error::{PortalError, ServiceError};
use crate::store::patients::PatientRow;
use crate::store::reports::ReportRow;
use crate::store::{StoreError, Tx, answers, patients, reports, surveys};

/// Today's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportToday {
    /// None yet.
    None,
    /// Begun, with this many answers.
    Begun(usize),
    /// Reported, at this time of the health centre.
    Reported(Time),
    /// Reported, and another report was begun after that.
    Again {
        /// When the first one was finished, at the health centre.
        at: Time,
        /// The answers of the other one.
        answered: usize,
    },
}

/// Whether an answer of today needs attention at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrgentToday {
    /// One does: the advice stays within reach until the day ends.
    Yes,
    /// None does.
    No,
}

/// The last complete report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastReport {
    /// Its day.
    pub date: Date,
    /// The body temperature. `None` if it couldn't be measured.
    pub temperature: Option<BodyTemperature>,
}

/// Whether an account may report for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayReport {
    /// It may, for this day.
    Yes(Date),
    /// The person was released: reporting has ended (H8).
    Ended,
}

/// Whether a person is still asked the health survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenSurvey {
    /// The home page offers it.
    Yes,
    /// It was answered, or the person was released.
    No,
}

/// What an account sees of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateOfPerson {
    /// Whether a report may be made.
    pub may_report: MayReport,
    /// Today's report.
    pub today: ReportToday,
    /// Whether an answer of today needs attention at once.
    pub urgent: UrgentToday,
    /// The last complete one.
    pub last: Option<LastReport>,
    /// Whether the health survey is open (M8).
    pub survey: OpenSurvey,
    /// When the next automated call begins, at the health centre.
    pub next_call: Option<ZonedDateTime>,
    /// Whom to phone.
    pub centre: CentreContact,
    /// The last complete report of each person of the account who has one, if the account has several.
    pub last_of_each: Vec<(PatientId, LastReport)>,
}

/// Whether the account may report for a person: only for its own, and until release.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn may_report(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<MayReport, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let record = own_person(&mut tx, logged_in, patient).await?;
    let zone = zone_of(&known_centre(&mut tx, &record.centre).await?)?;
    Ok(MayReport::of(&record, context.clock.now(), &zone))
}

/// A person of the account.
pub(in crate::service) async fn own_person(
    tx: &mut Tx,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<PatientRow, ServiceError> {
    logged_in.person(patient).ok_or(PortalError::NotYours)?;
    let found = patients::by_ids(tx, &[patient]).await?.into_iter().next();
    Ok(found.ok_or(PortalError::NotYours)?)
}

impl MayReport {
    /// Whether a report may be made for a person now.
    pub(in crate::service) fn of(record: &PatientRow, now: Timestamp, zone: &TimeZone) -> Self {
        if record.released_at.is_some() { Self::Ended } else { Self::Yes(report_day(now, zone)) }
    }
}

/// What the account sees of a person.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn state_of_portal_person(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<StateOfPerson, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let record = own_person(&mut tx, logged_in, patient).await?;
    let row = known_centre(&mut tx, &record.centre).await?;
    let zone = zone_of(&row)?;
    let all = reports::of_patient(&mut tx, patient).await?;
    let day = report_day(now, &zone);
    let (today, urgent) = (today(&mut tx, &all, day, &zone).await?, urgent_today(&mut tx, &all, day).await?);
    let last = last_report(&mut tx, &all).await?;
    let mut last_of_each = Vec::new();
    if logged_in.people.len() > 1 {
        for person in &logged_in.people {
            let reports = reports::of_patient(&mut tx, person.patient).await?;
            last_of_each.extend(last_report(&mut tx, &reports).await?.map(|last| (person.patient, last)));
        }
    }
    let is_answered = surveys::of_patient(&mut tx, patient).await?.is_some();
    Ok(StateOfPerson {
        survey: if is_answered || record.released_at.is_some() { OpenSurvey::No } else { OpenSurvey::Yes },
        may_report: MayReport::of(&record, now, &zone),
        today,
        urgent,
        last,
        next_call: record.calling.next_slot_at.map(|at| at.to_zoned_datetime(zone.clone())),
        centre: CentreContact::of(&row, now)?,
        last_of_each,
    })
}

async fn last_report(tx: &mut Tx, all: &[ReportRow]) -> Result<Option<LastReport>, ServiceError> {
    let reported = all.iter().filter(|report| report.outcome == ReportOutcome::Reported);
    let Some(report) = reported.max_by_key(|report| (report.report_date, report.started_at)) else { return Ok(None) };
    Ok(Some(LastReport { date: report.report_date, temperature: temperature(tx, report).await? }))
}

async fn today(tx: &mut Tx, all: &[ReportRow], day: Date, zone: &TimeZone) -> Result<ReportToday, ServiceError> {
    let of_day: Vec<&ReportRow> = all.iter().filter(|report| report.report_date == day).collect();
    let reported = of_day.iter().filter(|report| report.outcome == ReportOutcome::Reported);
    let reported = reported.max_by_key(|report| report.started_at);
    let is_later = |report: &&&ReportRow| reported.is_none_or(|reported| report.started_at > reported.started_at);
    let begun = of_day.iter().filter(|report| report.outcome == ReportOutcome::Unanswered).filter(is_later);
    let answered = match begun.max_by_key(|report| report.started_at) {
        Some(begun) => answers::latest(tx, &[begun.id]).await?.remove(&begun.id).unwrap_or_default().len(),
        None => 0,
    };
    let at = reported.map(|report| zone.to_datetime(report.ended_at.unwrap_or(report.started_at)).time());
    Ok(match (at, answered) {
        (None, 0) => ReportToday::None,
        (None, answered) => ReportToday::Begun(answered),
        (Some(at), 0) => ReportToday::Reported(at),
        (Some(at), answered) => ReportToday::Again { at, answered },
    })
}

/// Whether an answer of the day is red, in whichever report and by whichever channel it was given. A late one counts.
pub(in crate::service) async fn urgent_today(
    tx: &mut Tx,
    all: &[ReportRow],
    day: Date,
) -> Result<UrgentToday, StoreError> {
    let of_day: Vec<ReportId> = all.iter().filter(|report| report.report_date == day).map(|report| report.id).collect();
    if of_day.is_empty() {
        return Ok(UrgentToday::No);
    }
    let (standing, late) = (answers::latest(tx, &of_day).await?, answers::late(tx, &of_day).await?);
    let is_red = standing.values().chain(late.values()).flatten().any(|answer| answer.severity == Severity::Red);
    Ok(if is_red { UrgentToday::Yes } else { UrgentToday::No })
}

async fn temperature(tx: &mut Tx, report: &ReportRow) -> Result<Option<BodyTemperature>, ServiceError> {
    let answers = answers::latest(tx, &[report.id]).await?.remove(&report.id).unwrap_or_default();
    let entry = answers.iter().find(|answer| answer.item == Item::BodyTemperature);
    Ok(match entry.and_then(|answer| answer.item.read(answer.entry.expose())) {
        Some(Answer::Temperature(value)) => value,
        _ => None,
    })
}
