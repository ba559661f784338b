//! Shows single patients: to the command line, and with all that a nurse needs to the console. The audit trail records
//! each view (D3).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use uuid::Uuid;

use super::change::known_patient;
use super::correct::corrections_in;
use super::diagnosis::DiagnosisView;
use super::from_portal::{ReportLinkView, ReportTextView, from_portal};
use super::looks::{Look, looks_at};
use super::past_changes::{PastChange, past_changes};
use super::portal_survey::SurveyView;
use super::report::{BegunReport, begun_of};
use super::staff_calls::StaffCallView;
use super::transfer::{TransferView, open_offer_of};
use super::view::{PatientView, ReportView, UnconfirmedStop};
use crate::domain::{Actor, AlertKind, AttemptOutcome, CallId, HersysId, LineOf, PatientId, ReportOutcome};
use crate::policy::{Permission, Scope, Thresholds, report_day, scope};
use crate::service::alerts::{NoteView, ShownAlert, notes_of, open_alerts_of};
use crate::service::calls::CallSummary;
use crate::service::centre_settings::{CentreSettings, known_centre, spo2_again_on, zone_of};
use crate::service::context::{Context, Details, Viewed, new_id, shown_of};
use crate::service::error::ServiceError;
use crate::service::notices::{NoticesOfPerson, notices_of_person};
use crate::service::rota::{ShownStep, told_of};
use crate::service::slots::ShownSlot;
use crate::store::answers::{self, LatestAnswer};
use crate::store::calls::{self, CallFilter, CallsOf};
use crate::store::centres::CentreRow;
use crate::store::patients::PatientRow;
use crate::store::reports::{self, ReportRow};
use crate::store::{Tx, alerts, attempts, audit, call_people, certificates, diagnoses, slots, staff_calls, surveys};

/// Days of reports shown, including today.
const DAYS_SHOWN: i64 = 14;
/// Calls shown.
const CALLS_SHOWN: u32 = 10;
/// Entries of the audit trail read to tell who saw the data.
const VIEWS_READ: u32 = 200;

/// All data shown about a patient.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ShownPatient {
    /// The record.
    pub patient: PatientView,
    /// The health centre's name.
    pub centre_name: String,
    /// The centre's time zone.
    pub zone: TimeZone,
    /// The current date at the centre.
    pub today: Date,
    /// The first day on which SpO2 is asked again. `None` if every report asks for it.
    pub spo2_again_on: Option<Date>,
    /// The reports of recent days, latest first.
    pub reports: Vec<ReportView>,
    /// Today's slots by time, including calls requested by staff.
    pub slots: Vec<ShownSlot>,
    /// Open requests to stop automated calls by people who didn't confirm who they are, oldest first.
    pub stops_unconfirmed: Vec<UnconfirmedStop>,
    /// The last calls to the patient, and calls in which the ID was keyed by anyone.
    pub calls: Vec<CallSummary>,
}

/// Shows a patient. The audit trail records the view (D3).
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn show_patient(
    context: &Context,
    actor: &Actor,
    id: &HersysId,
    details: Details,
) -> Result<Viewed<ShownPatient>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    context.looked_up(actor, id, "patient.shown", show(context, actor, &scope, id, details).await).await
}

async fn show(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &HersysId,
    details: Details,
) -> Result<Viewed<ShownPatient>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, &id.into()).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let found = read_shown(&mut tx, &patient, &centre, now).await?;
    drop(tx);
    let noted = shown_of(context, actor, std::slice::from_ref(&patient), "patient.shown", details.changes()).await?;
    Ok(Viewed { found, noted })
}

/// Reads everything shown about a patient.
pub(super) async fn read_shown(
    tx: &mut Tx,
    patient: &PatientRow,
    centre: &CentreRow,
    now: Timestamp,
) -> Result<ShownPatient, ServiceError> {
    let zone = zone_of(centre)?;
    let today = report_day(now, &zone);
    let filter =
        CallFilter { of: CallsOf::HersysId(patient.hersys_id.clone()), limit: CALLS_SHOWN, ..CallFilter::default() };
    let calls = calls::list(tx, &filter).await?.iter().map(CallSummary::from).collect();
    let mut slots = slots::of_patient(tx, patient.id, today).await?;
    slots.retain(|slot| slot.date == today);
    let unconfirmed = alerts::open_about(tx, patient.id, AlertKind::StopUnconfirmed).await?;
    Ok(ShownPatient {
        patient: patient.clone().into(),
        centre_name: centre.name.clone(),
        today,
        spo2_again_on: spo2_again_on(patient, &zone),
        zone,
        reports: recent_reports(tx, patient, today).await?,
        slots: slots.into_iter().rev().map(ShownSlot::from).collect(),
        stops_unconfirmed: unconfirmed.iter().map(UnconfirmedStop::of).collect(),
        calls,
    })
}

/// The reports of recent days, latest first.
async fn recent_reports(tx: &mut Tx, patient: &PatientRow, today: Date) -> Result<Vec<ReportView>, ServiceError> {
    let days: Vec<_> = (0..DAYS_SHOWN).map(|back| today.saturating_sub(back.days())).collect();
    reports_of(tx, patient.id, &days).await
}

/// The reports of these days, latest first.
pub(super) async fn reports_of(
    tx: &mut Tx,
    patient: PatientId,
    days: &[Date],
) -> Result<Vec<ReportView>, ServiceError> {
    let days: Vec<_> = days.iter().map(|day| (patient, *day)).collect();
    let mut found = reports::of_days(tx, &days).await?;
    // Nobody who picked up said who they are: that is a call, and no report of the patient.
    found.retain(|report| report.outcome != ReportOutcome::NotBegun);
    found.sort_by_key(|report| std::cmp::Reverse((report.report_date, report.started_at, report.id)));
    let ids: Vec<_> = found.iter().map(|report| report.id).collect();
    let mut latest = answers::latest(tx, &ids).await?;
    let mut late = answers::late(tx, &ids).await?;
    let mut corrections = corrections_in(tx, &ids).await?;
    let mut standing = |report: &ReportRow| -> Vec<LatestAnswer> {
        let answers = latest.remove(&report.id).unwrap_or_default();
        answers.into_iter().filter(|answer| !answer.entry.expose().is_empty()).collect()
    };
    let reports = found.iter().map(|report| {
        let late = late.remove(&report.id).unwrap_or_default();
        let corrections = corrections.remove(&report.id).unwrap_or_default();
        ReportView { corrections, ..ReportView::of(report, &found, standing(report), late) }
    });
    Ok(reports.collect())
}

/// A patient with all that a nurse needs before calling.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct Profile {
    /// The record, recent reports, today's slots.
    pub shown: ShownPatient,
    /// The open alerts about the patient, the most severe first, then the oldest.
    pub open: Vec<ShownAlert>,
    /// Who of the staff was told of the open red ones, by what, and what came of it, first to last.
    pub told: Vec<ShownStep>,
    /// The health centre's thresholds.
    pub thresholds: Thresholds,
    /// The last calls, latest first.
    pub calls: Vec<CallOfPatient>,
    /// Who saw the patient's data, latest first, before this view.
    pub looks: Vec<Look>,
    /// The last calls that staff placed themselves, latest first.
    pub staff_calls: Vec<StaffCallView>,
    /// What staff noted, latest first.
    pub notes: Vec<NoteView>,
    /// The diagnosis for the certificate.
    pub diagnosis: Option<DiagnosisView>,
    /// Whether a certificate was issued that hasn't ended.
    pub certified: bool,
    /// The last changes of the record, latest first.
    pub changes: Vec<PastChange>,
    /// An id for the next form about the patient.
    pub next_form: Uuid,
    /// What staff have entered of the report so far that they would enter now.
    pub begun: Option<BegunReport>,
    /// What the person wrote in the portal, latest first.
    pub texts: Vec<ReportTextView>,
    /// The report links that the person got, latest first.
    pub links: Vec<ReportLinkView>,
    /// The notices that the person got or will get.
    pub notices: NoticesOfPerson,
    /// What the person answered to the health survey.
    pub survey: Option<SurveyView>,
    /// The open offer to another health centre.
    pub offered: Option<TransferView>,
}

/// A call in a patient's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallOfPatient {
    /// The call.
    pub call: CallSummary,
    /// For an automated call that ended, how its attempt ended.
    pub outcome: Option<AttemptOutcome>,
    /// Whether the patient took part, so that the call may be shown. Otherwise somebody keyed the ID.
    pub took_part: bool,
}

/// Shows a patient with open alerts, calls and who saw the data. The audit trail records the view (D3), with the
/// number.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn show_profile(context: &Context, actor: &Actor, id: PatientId) -> Result<Viewed<Profile>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    context.looked_up(actor, id, "patient.shown", profile(context, actor, &scope, id).await).await
}

async fn profile(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
) -> Result<Viewed<Profile>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, &id.into()).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let shown = read_shown(&mut tx, &patient, &centre, now).await?;
    let open = open_alerts_of(&mut tx, &patient, scope).await?;
    let told = told_of(&mut tx, &patient.centre, &open).await?;
    let calls = with_outcomes(&mut tx, patient.id, &shown.calls).await?;
    let offered = open_offer_of(&mut tx, &patient).await?;
    let looks = looks_at(&audit::views_of(&mut tx, patient.id, VIEWS_READ).await?);
    let staff_calls = staff_calls::of_patient(&mut tx, patient.id, CALLS_SHOWN).await?;
    let staff_calls = staff_calls.into_iter().map(StaffCallView::from).collect();
    let diagnosis = diagnoses::of_patient(&mut tx, patient.id).await?.map(DiagnosisView::from);
    let issued = certificates::of_patient(&mut tx, patient.id).await?;
    let changes = past_changes(&mut tx, patient.id).await?;
    let notes = notes_of(&mut tx, LineOf::Patient(patient.id)).await?;
    let begun = begun_of(&mut tx, &patient, &centre, now).await?;
    let (texts, links) = from_portal(&mut tx, patient.id).await?;
    let notices = notices_of_person(&mut tx, &patient).await?;
    let survey = surveys::of_patient(&mut tx, patient.id).await?.map(SurveyView::from);
    drop(tx);
    let asked = Details::Revealed.changes();
    let noted = shown_of(context, actor, std::slice::from_ref(&patient), "patient.shown", asked).await?;
    let thresholds = CentreSettings::of(&centre).thresholds;
    let next_form = new_id();
    let found = Profile {
        shown,
        open,
        told,
        thresholds,
        calls,
        looks,
        staff_calls,
        notes,
        diagnosis,
        certified: issued.iter().any(|row| row.ended.is_none()),
        changes,
        next_form,
        begun,
        texts,
        links,
        notices,
        survey,
        offered,
    };
    Ok(Viewed { found, noted })
}

/// Calls with what is known of them besides.
pub(super) async fn with_outcomes(
    tx: &mut Tx,
    patient: PatientId,
    calls: &[CallSummary],
) -> Result<Vec<CallOfPatient>, ServiceError> {
    let ids: Vec<CallId> = calls.iter().map(|call| call.id).collect();
    let attempts = attempts::by_calls(tx, &ids).await?;
    let people = call_people::of_calls(tx, &ids).await?;
    let of = |call: &CallSummary| CallOfPatient {
        call: *call,
        outcome: attempts.iter().find(|attempt| attempt.call == call.id).and_then(|attempt| attempt.outcome),
        took_part: people.iter().any(|person| (person.call, person.patient) == (call.id, patient)),
    };
    Ok(calls.iter().map(of).collect())
}
