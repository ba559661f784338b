//! Reports that staff enter for a patient (A5), through the questionnaire that the phone asks.

use jiff::Timestamp;
use jiff::civil::Date;

use super::change::held_patient;
use crate::domain::{
    Actor, AlertKind, AnswerOrigin, Channel, HersysId, Language, Operator, ReportId, ReportOutcome, Severity,
    Spo2Question, Staff,
};
use crate::engine::form::{Filled, FilledField, FormRefused, Submitted, Submitter, submit};
use crate::engine::{Fact, Person, WordsFor, words};
use crate::flow::{FlowSet, NodeId};
use crate::policy::{Permission, Scope, report_day, scope};
use crate::service::centre_settings::{centre_of, known_centre, zone_of};
use crate::service::context::{Changes, Context, ServiceEvent, audit_entry, new_id};
use crate::service::error::{ReportError, ServiceError, StoredThing};
use crate::service::reports::{NewReport, Recorder, ReportCheck};
use crate::service::slots::slot_reported;
use crate::store::audit::{self, Subject};

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
    context.looked_up(actor, id, "report.added", add(context, actor, &scope, id, entry).await).await
}

async fn add(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &HersysId,
    entry: ReportEntry<'_>,
) -> Result<EnteredReport, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let date = report_day(now, &zone_of(&centre)?);
    if patient.released_at.is_some() || patient.monitoring_start.is_some_and(|start| start > date) {
        return Err(ReportError::NotObserved.into());
    }
    let report = ReportId(new_id());
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
    let what = Changes::default().field("report", None::<String>, report.to_string());
    let subject = Subject::Patient(patient.id);
    let noted = audit_entry(actor, now, "report.added", subject, Some(patient.centre), what);
    audit::append(&mut tx, vec![noted]).await?;
    tx.commit().await?;
    context.event_bus.tell(told);
    context.dialer_wake.notify_one();
    let advice = submitted.advice.iter().map(|said| words(entry.flow_set, said, WordsFor::Reader)).collect();
    let (severity, alerts) = graded(&submitted.facts);
    Ok(EnteredReport { id: report, date, severity, alerts, advice })
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

fn origin_of(actor: &Actor) -> AnswerOrigin {
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
