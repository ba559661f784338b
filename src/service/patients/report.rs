//! Reports that staff enter for a patient (A5), through the questionnaire that the phone asks.

use jiff::Timestamp;
use jiff::civil::Date;

use super::change::held_patient;
use super::staff_calls;
use crate::domain::{
    Actor, AlertKind, AnswerOrigin, Channel, HersysId, Language, LineOf, NoteAudience, NoteId, NoteText, Operator,
    PatientId, ReportId, ReportOutcome, Severity, Spo2Question, Staff, StaffCallId, StaffCallOutcome,
};
use crate::engine::form::{Filled, FilledField, FormRefused, Submitted, Submitter, submit};
use crate::engine::{Fact, Person, WordsFor, words};
use crate::flow::{FlowSet, NodeId};
use crate::policy::{Permission, Scope, report_day, scope};
use crate::service::centre_settings::{centre_of, known_centre, zone_of};
use crate::service::context::{Changes, Context, PatientKey, ServiceEvent, audit_entry, new_id};
use crate::service::error::{ReportError, ServiceError, StoredThing};
use crate::service::reports::{NewReport, Recorder, ReportCheck};
use crate::service::slots::slot_reported;
use crate::store::audit::{self, Subject};
use crate::store::line_notes::{self, NewNote};
use crate::store::patients::PatientRow;
use crate::store::{StoreError, Tx, reports};

/// A report as staff fill it in.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ReportEntry<'a> {
    /// The documents with the questionnaire.
    pub flow_set: &'a FlowSet,
    /// The names of the form's fields, each with what was filled in.
    pub answers: Vec<(String, String)>,
    /// The language of the advice.
    pub language: Language,
}

/// A report that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredReport {
    /// The report.
    pub id: ReportId,
    /// Its date at the health centre.
    pub date: Date,
    /// The highest severity of its answers.
    pub severity: Severity,
    /// The alerts that it raised.
    pub alerts: Vec<AlertKind>,
    /// What a caller would have heard in return, such as advice after a red answer. It must be shown at once.
    pub advice: Vec<String>,
}

/// What came of a form with answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswersEntered {
    /// The report was entered.
    Now(EnteredReport),
    /// It was there: the form was sent twice.
    Before(ReportId),
}

/// A report of a form that is sent once, or twice by mistake.
struct OnceOnly<'a> {
    report: ReportId,
    /// What staff noted besides.
    note: Option<&'a NoteText>,
}

/// Enters today's report for a patient. Answers are graded as by phone, alerts are raised, and the day's automated
/// calls are cancelled (A9).
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound); [`ReportError::NotObserved`];
/// [`ReportError::Fields`] with what is wrong in the form. Nothing is recorded then.
pub async fn add_report(
    context: &Context,
    actor: &Actor,
    id: &HersysId,
    entry: ReportEntry<'_>,
) -> Result<EnteredReport, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let once = OnceOnly { report: ReportId(new_id()), note: None };
    let added = match add(context, actor, &scope, &id.into(), entry, once).await {
        Ok(AnswersEntered::Now(entered)) => Ok(entered),
        Ok(AnswersEntered::Before(_)) => Err(StoreError::Stale.into()),
        Err(error) => Err(error),
    };
    context.looked_up(actor, id, "report.added", added).await
}

/// Does the same with a form of the console, whose report has the id that the form was given. A form that is sent twice
/// enters one report. The call by staff is noted, and ends the claim of a round.
///
/// # Errors
/// As [`add_report`]. [`ReportError::NotFound`] if the id is another patient's report.
pub async fn enter_answers(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    report: ReportId,
    entry: ReportEntry<'_>,
    note: Option<&NoteText>,
) -> Result<AnswersEntered, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let added = add(context, actor, &scope, &id.into(), entry, OnceOnly { report, note }).await;
    context.looked_up(actor, id, "report.added", added).await
}

async fn add(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
    entry: ReportEntry<'_>,
    once: OnceOnly<'_>,
) -> Result<AnswersEntered, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, id).await?;
    let report = once.report;
    if let Some(before) = reports::by_ids(&mut tx, &[report]).await?.pop() {
        let is_own = before.patient == patient.id;
        return if is_own { Ok(AnswersEntered::Before(report)) } else { Err(ReportError::NotFound.into()) };
    }
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let date = report_day(now, &zone_of(&centre)?);
    if patient.released_at.is_some() || patient.monitoring_start.is_some_and(|start| start > date) {
        return Err(ReportError::NotObserved.into());
    }
    let person = Person {
        patient: patient.id,
        report,
        centre: centre_of(&centre),
        answers: Vec::new(),
        known_in: Vec::new(),
        oximeter: patient.oximeter,
        // Staff may have a value from elsewhere.
        spo2_question: Spo2Question::Asked,
    };
    let submitted = submitted(&entry, person, now)?;
    let mut recorder = Recorder::default();
    // Another report of the day that was begun by phone stays as it is.
    let slot_time = slot_reported(&patient, &centre, date, now);
    let (id, channel, caller_number) = (report, Channel::Staff, None);
    recorder.open_report(NewReport { id, patient: &patient, date, slot_time, channel, caller_number }, now);
    let origin = origin_of(actor);
    let mut told: Vec<ServiceEvent> =
        submitted.facts.iter().filter_map(|fact| recorder.fact(&origin, fact, now)).collect();
    submitted.jobs.into_iter().for_each(|job| recorder.consequences.job(job, now));
    recorder.write(&mut tx, ReportCheck::First).await?;
    recorder.hold_calls_back(&mut tx, now).await?;
    told.extend(recorder.cancel_calls(&mut tx, now).await?);
    note_call(&mut tx, actor, &patient, &once, now).await?;
    tx.commit().await?;
    context.event_bus.tell(told);
    context.dialer_wake.notify_one();
    let advice = submitted.advice.iter().map(|said| words(entry.flow_set, said, WordsFor::Reader)).collect();
    let (severity, alerts) = graded(&submitted.facts);
    Ok(AnswersEntered::Now(EnteredReport { id: report, date, severity, alerts, advice }))
}

/// Notes the call by staff, with what they noted besides, in the audit trail too.
async fn note_call(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    once: &OnceOnly<'_>,
    at: Timestamp,
) -> Result<(), ServiceError> {
    let call = StaffCallId(once.report.0);
    staff_calls::add(tx, actor, patient, call, (StaffCallOutcome::Reported, None), at).await?;
    let what = Changes::default().field("report", None::<String>, once.report.to_string());
    let entry = |action: &str, what: Changes| {
        audit_entry(actor, at, action, Subject::Patient(patient.id), Some(patient.centre.clone()), what)
    };
    let mut entries = vec![entry("report.added", what)];
    if let Some(text) = once.note {
        let (id, line) = (NoteId(once.report.0), LineOf::Patient(patient.id));
        let note = NewNote { id, line, author: actor.name(), audience: NoteAudience::Staff, text, at };
        if line_notes::add(tx, &note).await? {
            entries.push(entry("patient.noted", Changes::default()));
        }
    }
    Ok(audit::append(tx, entries).await?)
}

fn submitted(entry: &ReportEntry<'_>, person: Person, at: Timestamp) -> Result<Submitted, ServiceError> {
    let by = Submitter { person, language: entry.language, at };
    let filled = |(field, value): &(String, String)| {
        (NodeId::from(field.as_str()), FilledField { value: value.as_str().into(), confirmed: None })
    };
    let filled = Filled(entry.answers.iter().map(filled).collect());
    let submitted = submit(entry.flow_set, by, &filled).map_err(|refused| match refused {
        FormRefused::Fields(errors) => ReportError::Fields(errors).into(),
        FormRefused::NoQuestionnaire | FormRefused::NotAForm(_) | FormRefused::BrokenFlow => {
            ServiceError::Unreadable(StoredThing::FlowSet)
        }
    })?;
    let is_finished = |fact: &Fact| matches!(fact, Fact::ReportClosed { outcome: ReportOutcome::Reported, .. });
    if submitted.facts.iter().any(is_finished) { Ok(submitted) } else { Err(ReportError::Unfinished.into()) }
}

pub(super) fn origin_of(actor: &Actor) -> AnswerOrigin {
    match actor {
        Actor::Staff(Staff { name, .. }) | Actor::Operator(Operator { name, .. }) => AnswerOrigin::Staff(name.clone()),
        Actor::Patient(_) | Actor::System => AnswerOrigin::Unrecorded,
    }
}

fn graded(facts: &[Fact]) -> (Severity, Vec<AlertKind>) {
    let mut alerts = Vec::new();
    let mut worst = Severity::None;
    for fact in facts {
        match fact {
            Fact::Answered { severity, .. } => worst = worst.max(*severity),
            Fact::Alert { kind, .. } if !alerts.contains(kind) => alerts.push(*kind),
            _ => {}
        }
    }
    (worst, alerts)
}
