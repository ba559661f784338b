//! Correcting a report with a form that was sent again: every answer that differs, with one reason.

use jiff::Timestamp;

use super::change::held_patient;
use super::correct::raise;
use super::report::{EnteredReport, ReportEntry, differing, origin_of, submitted};
use crate::domain::{
    Actor, Answer, Item, LineOf, NoteAudience, NoteId, NoteText, PatientId, ReportId, Sensitive, Severity, Spo2Question,
};
use crate::engine::form::{Extent, Submitted};
use crate::engine::{Fact, Person, WordsFor, words};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{centre_of, known_centre};
use crate::service::context::{Changes, Context, ServiceEvent, ServiceEventKind, audit_entry, new_id};
use crate::service::error::{ReportError, ServiceError};
use crate::store::answer_corrections::{self, CorrectionRow};
use crate::store::answers::{self, AnswerRow, LatestAnswer};
use crate::store::audit::{self, Subject};
use crate::store::line_notes::{self, NewNote};
use crate::store::patients::PatientRow;
use crate::store::{Tx, reports};

/// A whole report as it should have been entered.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ReportCorrection<'a> {
    /// The report that is corrected.
    pub report: ReportId,
    /// The form. A note has its id, so that it is added once.
    pub form: ReportId,
    /// The answers.
    pub entry: ReportEntry<'a>,
    /// Why.
    pub reason: &'a NoteText,
    /// What staff noted besides.
    pub note: Option<&'a NoteText>,
}

/// Corrects all answers of a report that differ from a form. They are graded anew: a red one raises an alert. `None` if
/// none differs, perhaps because the same form was sent before.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound); [`ReportError::NotFound`] if it isn't a report
/// of the patient; [`ReportError::Fields`] with what is wrong in the form.
pub async fn correct_report(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    correction: ReportCorrection<'_>,
) -> Result<Option<EnteredReport>, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let corrected = correct(context, actor, &scope, patient, correction).await;
    context.looked_up(actor, patient, "answer.corrected", corrected).await
}

async fn correct(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    correction: ReportCorrection<'_>,
) -> Result<Option<EnteredReport>, ServiceError> {
    let at = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let report = correction.report;
    let found = reports::by_ids(&mut tx, &[report]).await?.pop().filter(|found| found.patient == patient.id);
    let date = found.ok_or(ReportError::NotFound)?.report_date;
    reports::hold(&mut tx, &[report]).await?;
    let centre = centre_of(&known_centre(&mut tx, &patient.centre).await?);
    let person = Person {
        patient: patient.id,
        report,
        centre,
        answers: Vec::new(),
        known_in: Vec::new(),
        oximeter: patient.oximeter,
        spo2_question: Spo2Question::Asked,
    };
    let typed = submitted(&correction.entry, person, Extent::Whole, at)?;
    let stored = answers::latest(&mut tx, &[report]).await?.remove(&report).unwrap_or_default();
    let changes = changes(&stored, &typed);
    let note = add_note(&mut tx, actor, &patient, &correction, at).await?;
    if changes.is_empty() && !note {
        return Ok(None);
    }
    let (mut told, mut alerts) = (Vec::new(), Vec::new());
    for change in &changes {
        told.push(write(&mut tx, actor, &patient, change, &correction, at).await?);
        let severities = (change.old_severity, change.severity);
        alerts.extend(raise(&mut tx, &patient, (report, change.item), severities, at).await?);
    }
    alerts.dedup();
    tx.commit().await?;
    context.event_bus.tell(told);
    let severity = changes.iter().map(|change| change.severity).max().unwrap_or_default();
    let said = typed.advice.iter();
    let advice = said.map(|said| words(correction.entry.flow_set, said, WordsFor::Reader)).collect();
    Ok(Some(EnteredReport { id: report, date, severity, alerts, advice }))
}

/// An answer that changes.
struct Change {
    item: Item,
    before: Option<Answer>,
    /// `None` if the question isn't asked any more.
    after: Option<Answer>,
    old_severity: Severity,
    severity: Severity,
}

fn changes(stored: &[LatestAnswer], typed: &Submitted) -> Vec<Change> {
    let read = |given: &LatestAnswer| Some((given.item, given.item.read(given.entry.expose())?));
    let before: Vec<(Item, Answer)> = stored.iter().filter_map(read).collect();
    let old_severity = |item: Item| stored.iter().find(|given| given.item == item).map(|given| given.severity);
    let severity = |item: Item| {
        typed.facts.iter().rev().find_map(|fact| match fact {
            Fact::Answered { item: of, severity, .. } if *of == item => Some(*severity),
            _ => None,
        })
    };
    let differing = differing(&before, &typed.answers(), true).into_iter();
    let change = differing.map(|pair| Change {
        item: pair.item,
        before: pair.stored,
        after: pair.typed,
        old_severity: old_severity(pair.item).unwrap_or_default(),
        severity: severity(pair.item).unwrap_or_default(),
    });
    change.collect()
}

async fn write(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    change: &Change,
    correction: &ReportCorrection<'_>,
    at: Timestamp,
) -> Result<ServiceEvent, ServiceError> {
    let (report, item, severity) = (correction.report, change.item, change.severity);
    let entry = Sensitive::new(change.after.map(Answer::entry).unwrap_or_default());
    let row = AnswerRow { id: new_id(), report, origin: origin_of(actor), item, entry, severity, at, late: false };
    answers::append(tx, std::slice::from_ref(&row)).await?;
    let (reason, author) = (correction.reason.clone(), actor.name().to_owned());
    answer_corrections::add(tx, &CorrectionRow { answer: row.id, report, reason, author, at }).await?;
    let exported = |answer: Option<Answer>| answer.map(Answer::exported);
    let what = Changes::default().field(item.code(), exported(change.before), exported(change.after));
    let what = what.field("report", None::<String>, report.to_string());
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, at, "answer.corrected", subject, Some(patient.centre.clone()), what);
    audit::append(tx, vec![entry]).await?;
    Ok(ServiceEvent { at, call: None, what: ServiceEventKind::Answer(item, severity) })
}

/// Adds the note of the form. Returns `true` if it is new.
async fn add_note(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    correction: &ReportCorrection<'_>,
    at: Timestamp,
) -> Result<bool, ServiceError> {
    let Some(text) = correction.note else { return Ok(false) };
    let (id, line) = (NoteId(correction.form.0), LineOf::Patient(patient.id));
    let note = NewNote { id, line, author: actor.name(), audience: NoteAudience::Staff, text, at };
    if !line_notes::add(tx, &note).await? {
        return Ok(false);
    }
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, at, "patient.noted", subject, Some(patient.centre.clone()), Changes::default());
    audit::append(tx, vec![entry]).await?;
    Ok(true)
}
