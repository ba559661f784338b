//! Correcting an answer (M7): the answer before stays, with who corrected it and why.

use std::collections::HashMap;

use jiff::Timestamp;

use super::change::held_patient;
use super::report::origin_of;
use crate::domain::{Actor, AlertKind, Answer, Item, Job, NoteText, PatientId, ReportId, Sensitive, Severity};
use crate::policy::{Permission, Scope, alert_of_correction, grade, scope};
use crate::service::alerts::{About, Consequences};
use crate::service::centre_settings::{CentreSettings, known_centre};
use crate::service::context::{Changes, Context, ServiceEvent, ServiceEventKind, audit_entry, new_id};
use crate::service::error::{ReportError, ServiceError};
use crate::store::alerts::{self, AlertRow};
use crate::store::answer_corrections::{self, CorrectionRow};
use crate::store::answers::{self, AnswerRow};
use crate::store::audit::{self, Subject};
use crate::store::patients::PatientRow;
use crate::store::{Tx, reports};

/// A correction.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct Correction<'a> {
    /// The report.
    pub report: ReportId,
    /// The item.
    pub item: Item,
    /// The answer that the actor has seen. `None` if it wasn't answered.
    pub before: Option<Answer>,
    /// The right one.
    pub after: Answer,
    /// Why.
    pub reason: &'a NoteText,
}

/// What came of a correction.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub enum Corrected {
    /// The new answer counts. It has this severity.
    Now(Severity),
    /// The answer was that already, perhaps by the same form sent before.
    Same,
    /// Somebody else has corrected it meanwhile: this is the answer that counts.
    Otherwise(Option<Answer>),
}

/// A correction in a report.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct CorrectionView {
    /// The item.
    pub item: Item,
    /// The answer before. `None` if it wasn't answered.
    pub before: Option<Answer>,
    /// The answer after.
    pub after: Option<Answer>,
    /// Why.
    pub reason: NoteText,
    /// Who.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// Corrects an answer of a report. It is graded anew: a red one raises an alert, also if staff have closed the one
/// before, and an amber one, too. What was red and isn't any more closes no alert: staff do, and the line of the alert
/// shows both values.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound); [`ReportError::NotFound`] if it isn't a report
/// of the patient.
pub async fn correct_answer(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    correction: Correction<'_>,
) -> Result<Corrected, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let corrected = correct(context, actor, &scope, patient, correction).await;
    context.looked_up(actor, patient, "answer.corrected", corrected).await
}

async fn correct(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    correction: Correction<'_>,
) -> Result<Corrected, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let Correction { report, item, before, after, reason } = correction;
    let found = reports::by_ids(&mut tx, &[report]).await?.pop();
    found.filter(|found| found.patient == patient.id).ok_or(ReportError::NotFound)?;
    reports::hold(&mut tx, &[report]).await?;
    let given = answers::latest(&mut tx, &[report]).await?.remove(&report).unwrap_or_default();
    let current = given.into_iter().find(|answer| answer.item == item);
    let (now, old_severity) = match &current {
        Some(answer) => (item.read(answer.entry.expose()), answer.severity),
        None => (None, Severity::None),
    };
    if now == Some(after) {
        return Ok(Corrected::Same);
    }
    if now != before {
        return Ok(Corrected::Otherwise(now));
    }
    let at = context.clock.now();
    let thresholds = CentreSettings::of(&known_centre(&mut tx, &patient.centre).await?).thresholds;
    let severity = grade(item, after, &thresholds);
    let entry = Sensitive::new(after.entry());
    let origin = origin_of(actor);
    let row = AnswerRow { id: new_id(), report, origin, item, entry, severity, at, late: false };
    answers::append(&mut tx, std::slice::from_ref(&row)).await?;
    let (reason, author) = (reason.clone(), actor.name().to_owned());
    answer_corrections::add(&mut tx, &CorrectionRow { answer: row.id, report, reason, author, at }).await?;
    raise(&mut tx, &patient, (report, item), (old_severity, severity), at).await?;
    let exported = |answer: Option<Answer>| answer.map(Answer::exported);
    let what = Changes::default().field(item.code(), exported(now), exported(Some(after)));
    let what = what.field("report", None::<String>, report.to_string());
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, at, "answer.corrected", subject, Some(patient.centre), what);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    context.event_bus.tell(vec![ServiceEvent { at, call: None, what: ServiceEventKind::Answer(item, severity) }]);
    Ok(Corrected::Now(severity))
}

/// Raises the alert of a corrected answer, if there is one, as by phone. The centre is told of a red one.
pub(super) async fn raise(
    tx: &mut Tx,
    patient: &PatientRow,
    (report, item): (ReportId, Item),
    (before, after): (Severity, Severity),
    at: Timestamp,
) -> Result<Option<AlertKind>, ServiceError> {
    let is_about = |alert: &AlertRow| (alert.report, alert.item) == (Some(report), Some(item));
    let red = alerts::open_about(tx, patient.id, AlertKind::RedAnswer).await?;
    let Some(kind) = alert_of_correction(before, after, red.iter().any(is_about)) else { return Ok(None) };
    let centre = patient.centre.clone();
    let about = About {
        centre: Some(centre.clone()),
        patient: Some(patient.id),
        report: Some(report),
        call: None,
        item: Some(item),
    };
    let mut consequences = Consequences::default();
    consequences.raise(kind, about, at);
    if kind == AlertKind::RedAnswer {
        consequences.job(Job::TellCentre { centre, kind }, at);
    }
    consequences.write(tx).await?;
    Ok(Some(kind))
}

/// The corrections in these reports, oldest first.
pub(super) async fn corrections_in(
    tx: &mut Tx,
    reports: &[ReportId],
) -> Result<HashMap<ReportId, Vec<CorrectionView>>, ServiceError> {
    let mut found: HashMap<ReportId, Vec<CorrectionView>> = HashMap::new();
    let corrections = answer_corrections::of_reports(tx, reports).await?;
    if corrections.is_empty() {
        return Ok(found);
    }
    let all = answers::of_reports(tx, reports).await?;
    for correction in corrections {
        let Some(place) = all.iter().position(|answer| answer.id == correction.answer) else { continue };
        let Some(row) = all.get(place) else { continue };
        let is_before = |answer: &&AnswerRow| answer.report == row.report && answer.item == row.item && !answer.late;
        let before = all.iter().take(place).rfind(is_before);
        let read = |answer: &AnswerRow| answer.item.read(answer.entry.expose());
        found.entry(row.report).or_default().push(CorrectionView {
            item: row.item,
            before: before.and_then(read),
            after: read(row),
            reason: correction.reason,
            author: correction.author,
            at: correction.at,
        });
    }
    Ok(found)
}
