//! The diagnosis for the certificate.

use jiff::Timestamp;

use super::change::held_patient;
use crate::domain::{Actor, Diagnosis, PatientId, Revision};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit::{self, Subject};
use crate::store::diagnoses::{self, DiagnosisRow};

/// A diagnosis, and who wrote it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagnosisView {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// Its revision.
    pub revision: Revision,
    /// Who wrote it last.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// What came of writing a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiagnosisWritten {
    /// It was written.
    Now,
    /// It was that already, perhaps by the same form sent before.
    Same,
    /// Somebody else has written another one since the revision that the actor has seen. Nothing was changed.
    Otherwise(Box<DiagnosisView>),
}

impl From<DiagnosisRow> for DiagnosisView {
    fn from(row: DiagnosisRow) -> Self {
        Self { diagnosis: row.diagnosis, revision: row.revision, author: row.author, at: row.updated_at }
    }
}

/// Writes a patient's diagnosis for the certificate. `seen` is the revision that the actor has seen: 0 if there was
/// none. The audit trail has the values before and after, encrypted with the person's key.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn write_diagnosis(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    seen: Revision,
    diagnosis: Diagnosis,
) -> Result<DiagnosisWritten, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let written = write(context, actor, &scope, patient, (seen, diagnosis)).await;
    context.looked_up(actor, patient, "diagnosis.written", written).await
}

async fn write(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    (seen, diagnosis): (Revision, Diagnosis),
) -> Result<DiagnosisWritten, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let before = diagnoses::of_patient(&mut tx, patient.id).await?;
    let current = before.as_ref().map_or(Revision(0), |row| row.revision);
    if before.as_ref().is_some_and(|row| row.diagnosis == diagnosis) {
        return Ok(DiagnosisWritten::Same);
    }
    if let Some(before) = before.clone().filter(|_| current != seen) {
        return Ok(DiagnosisWritten::Otherwise(Box::new(before.into())));
    }
    let updated_at = context.clock.now();
    let revision = Revision(current.number().saturating_add(1));
    let what = changes(before.as_ref().map(|row| &row.diagnosis), &diagnosis);
    let row = DiagnosisRow { diagnosis, revision, author: actor.name().to_owned(), updated_at };
    diagnoses::put(&mut tx, patient.id, &row).await?;
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, updated_at, "diagnosis.written", subject, Some(patient.centre), what);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(DiagnosisWritten::Now)
}

fn changes(before: Option<&Diagnosis>, after: &Diagnosis) -> Changes {
    let field = |of: &dyn Fn(&Diagnosis) -> String| (before.map(of), of(after));
    let mut changes = Changes::default();
    for (name, (old, new)) in [
        ("disease", field(&|diagnosis| diagnosis.disease.as_str().to_owned())),
        ("diagnosed_on", field(&|diagnosis| diagnosis.diagnosed_on.to_string())),
        ("basis", field(&|diagnosis| diagnosis.basis.code().to_owned())),
        ("reason", field(&|diagnosis| diagnosis.reason.code().to_owned())),
        ("registered_name", field(&|diagnosis| diagnosis.registered_name.expose().to_owned())),
        ("entered_on", field(&|diagnosis| diagnosis.entered_on.to_string())),
        ("arrived_on", field(&|diagnosis| diagnosis.arrived_on.map(|date| date.to_string()).unwrap_or_default())),
    ] {
        changes = changes.field(name, old, new);
    }
    changes
}
