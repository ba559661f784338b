//! What a commit of turns reads, on SQLite in one request as far as it is known before: for turns that begin calls or
//! whose sessions aren't in memory, for identifications, and for reports that are finished.

use jiff::civil::Date;

use super::attempts::{self, AttemptRow};
use super::identifications::{self, Failures, LaterFailures, Since};
use super::legs::{self, LegFound, LegRow};
use super::patients::{self, PatientRow};
use super::reports::{self, HeldReport, LaterReports, OpenReport, ReportRow};
use super::sessions::{self, SessionRow};
use super::slots::{self, SlotRow};
use super::tx::{Arrived, Later};
use super::{StoreError, Tx, alerts, calls, standing_version};
use crate::domain::{AlertKind, CallId, HersysId, PatientId, PhoneNumber, ReportId};

/// What the events of a commit are about.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// The legs that they name, by carrier.
    pub legs: Vec<(&'static str, Vec<&'a str>)>,
    /// The calls that they name.
    pub calls: Vec<CallId>,
    /// The calls among these that may be attempts.
    pub attempts: Vec<CallId>,
    /// The calls among these with staff on the phone.
    pub with_staff: Vec<CallId>,
    /// The numbers from which calls begin.
    pub callers: Vec<Option<PhoneNumber>>,
    /// Who wants to be identified, as far as that is known already.
    pub identifications: Option<IdentificationKeys>,
    /// The reports to lock: those that are answered or finished, if one is finished.
    pub reports: Vec<ReportId>,
}

/// Who wants to be identified.
#[derive(Debug, Clone)]
pub struct IdentificationKeys {
    /// The HER-SYS IDs.
    pub ids: Vec<HersysId>,
    /// The callers' numbers.
    pub callers: Vec<PhoneNumber>,
    /// The periods for which failures are counted.
    pub since: Since,
    /// The first day of open reports.
    pub reports_from: Date,
}

impl IdentificationKeys {
    /// Returns `true` if what was read for these keys also serves the others, of the same commit.
    pub fn cover(&self, others: &Self) -> bool {
        let has_all = others.ids.iter().all(|id| self.ids.contains(id));
        has_all && others.callers.iter().all(|caller| self.callers.contains(caller))
    }
}

impl Wanted<'_> {
    /// Returns `true` if nothing needs to be read.
    pub fn is_empty(&self) -> bool {
        let Self { legs, calls, attempts, with_staff, callers, identifications, reports } = self;
        let events = legs.is_empty() && calls.is_empty() && attempts.is_empty() && with_staff.is_empty();
        events && callers.is_empty() && identifications.is_none() && reports.is_empty()
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The legs.
    pub legs: Vec<LegFound>,
    /// The sessions of the calls, and of the calls of the legs.
    pub sessions: Vec<SessionRow>,
    /// The attempts.
    pub attempts: Vec<AttemptRow>,
    /// The legs of the calls with staff.
    pub staff_legs: Vec<LegRow>,
    /// How many calls in progress without an identified caller come from each number.
    pub unidentified: Vec<(Option<PhoneNumber>, u32)>,
    /// The version of the standing data, if calls may begin.
    pub standing_data: Option<i64>,
    /// What the identifications need.
    pub identifications: Option<IdentificationReads>,
    /// The locked reports.
    pub reports: Vec<HeldReport>,
}

/// Reads what the events of a commit need.
///
/// # Errors
/// Database errors.
pub async fn find(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Found, StoreError> {
    let mut calls = wanted.calls.clone();
    let mut of_legs = Vec::with_capacity(wanted.legs.len());
    let mut sessions = Vec::with_capacity(1);
    for (carrier, names) in &wanted.legs {
        of_legs.push(legs::later_by_carrier_leg(tx, carrier, names).await?);
        if tx.writes_alone() {
            sessions.push(sessions::later_of_legs(tx, carrier, names).await?);
        }
    }
    let attempts = attempts::later_by_calls(tx, &wanted.attempts).await?;
    let staff_legs = legs::later_of_calls(tx, &wanted.with_staff).await?;
    let unidentified = calls::later_unidentified_from(tx, &wanted.callers).await?;
    let may_begin = !wanted.callers.is_empty() || !wanted.attempts.is_empty();
    let standing = if may_begin { Some(standing_version::later(tx).await?) } else { None };
    if tx.writes_alone() {
        sessions.push(sessions::later_load(tx, &calls).await?);
    }
    let identifications = match &wanted.identifications {
        Some(keys) => Some(later_identifications(tx, keys).await?),
        None => None,
    };
    let reports = reports::later_hold(tx, &wanted.reports).await?;
    let arrived = tx.arrive().await?;
    let mut found = Found {
        identifications: identifications.map(|later| later.read(&arrived)).transpose()?,
        reports: reports.read(&arrived)?,
        attempts: attempts.read(&arrived)?,
        staff_legs: staff_legs.read(&arrived)?,
        unidentified: unidentified.read(&arrived)?,
        standing_data: standing.map(|standing| standing.read(&arrived)).transpose()?.and_then(|mut read| read.pop()),
        ..Found::default()
    };
    for legs in of_legs {
        found.legs.extend(legs.read(&arrived)?);
    }
    for sessions in sessions {
        found.sessions.extend(sessions.read(&arrived)?);
    }
    if !tx.writes_alone() {
        calls.extend(found.legs.iter().map(|leg| leg.call));
        found.sessions = sessions::load(tx, &calls).await?;
    }
    Ok(found)
}

/// What identifications need.
#[derive(Debug)]
pub struct IdentificationReads {
    /// The version of the standing data.
    pub standing_data: Option<i64>,
    /// The patients with the HER-SYS IDs.
    pub patients: Vec<PatientRow>,
    /// Earlier failures.
    pub failures: Failures,
    /// The patients' open reports since a day.
    pub open_reports: Vec<OpenReport>,
}

/// What identifications need, when it has arrived.
struct LaterIdentifications {
    standing_data: Later<i64>,
    patients: Later<PatientRow>,
    failures: LaterFailures,
    open_reports: LaterReports,
}

impl LaterIdentifications {
    fn read(self, arrived: &Arrived) -> Result<IdentificationReads, StoreError> {
        Ok(IdentificationReads {
            standing_data: self.standing_data.read(arrived)?.pop(),
            patients: self.patients.read(arrived)?,
            failures: self.failures.read(arrived)?,
            open_reports: self.open_reports.read(arrived)?,
        })
    }
}

async fn later_identifications(tx: &mut Tx, keys: &IdentificationKeys) -> Result<LaterIdentifications, StoreError> {
    let IdentificationKeys { ids, callers, since, reports_from } = keys;
    identifications::judge_alone(tx).await?;
    Ok(LaterIdentifications {
        standing_data: standing_version::later(tx).await?,
        patients: patients::later_by_hersys_ids(tx, ids).await?,
        failures: identifications::later_failures_since(tx, ids, callers, *since).await?,
        open_reports: reports::later_open_by_hersys_ids(tx, ids, *reports_from).await?,
    })
}

/// Reads what identifications need. Nobody else judges identifications until the transaction ends.
///
/// # Errors
/// Database errors.
pub async fn for_identifications(tx: &mut Tx, keys: &IdentificationKeys) -> Result<IdentificationReads, StoreError> {
    let later = later_identifications(tx, keys).await?;
    later.read(&tx.arrive().await?)
}

/// What follows from finished reports is decided on these rows.
#[derive(Debug)]
pub struct FinishedReads {
    /// The reports.
    pub reports: Vec<ReportRow>,
    /// The open slots of their patients.
    pub slots: Vec<SlotRow>,
    /// The open attempts of their patients.
    pub attempts: Vec<AttemptRow>,
    /// The open alerts about their patients, by kind.
    pub alerts: Vec<(PatientId, AlertKind)>,
}

/// Reads what follows from finished reports.
///
/// # Errors
/// Database errors.
pub async fn of_finished(tx: &mut Tx, reports: &[ReportId]) -> Result<FinishedReads, StoreError> {
    let rows = reports::later_by_ids(tx, reports).await?;
    let slots = slots::later_open_of_reports(tx, reports).await?;
    let attempts = attempts::later_open_of_reports(tx, reports).await?;
    let alerts = alerts::later_open_of_reports(tx, reports).await?;
    let arrived = tx.arrive().await?;
    Ok(FinishedReads {
        reports: rows.read(&arrived)?,
        slots: slots.read(&arrived)?,
        attempts: attempts.read(&arrived)?,
        alerts: alerts.read(&arrived)?,
    })
}
