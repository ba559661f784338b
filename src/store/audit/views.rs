//! Who saw a patient's data: entries of views, without what they say, so nothing is decrypted.

use jiff::Timestamp;

use super::people::PATIENT;
use super::subject;
use crate::domain::PatientId;
use crate::store::bind_value::Row;
use crate::store::{StoreError, Tx};

/// A view of a patient's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// Who saw it.
    pub actor: String,
    /// The source: command, api or console.
    pub source: String,
    /// When.
    pub at: Timestamp,
}

/// The last views of a patient's data, latest first: entries about the patient alone, and those that name everyone
/// shown.
///
/// # Errors
/// Database errors.
pub async fn views_of(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<ViewRow>, StoreError> {
    let limit_arg = i64::from(limit);
    let alone = "SELECT actor, source, at FROM audit WHERE subject = $1 AND (action LIKE 'patient.%shown'
                 OR action IN ('patient.alert_opened', 'patient.change_shown', 'patient.calls_listed',
                               'patient.numbers_listed', 'patients.listed'))
                 ORDER BY at DESC, id DESC LIMIT $2";
    let mut views = tx.fetch_all(alone, vec![subject::of_patient(patient).into(), limit_arg.into()], read).await?;
    let named = "SELECT a.actor, a.source, a.at FROM audit_subjects s JOIN audit a ON a.id = s.audit_id
                 WHERE s.kind = $1 AND s.subject = $2 ORDER BY s.at DESC, s.audit_id DESC LIMIT $3";
    let args = vec![PATIENT.into(), patient.to_string().into(), limit_arg.into()];
    views.extend(tx.fetch_all(named, args, read).await?);
    views.sort_by_key(|view| std::cmp::Reverse(view.at));
    views.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(views)
}

/// Returns `true` if somebody has opened the page of a patient, or of the patient's alerts, in the console since a
/// time. A list that shows the patient among others doesn't count.
///
/// # Errors
/// Database errors.
pub async fn was_opened(tx: &mut Tx, patient: PatientId, since: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT actor, source, at FROM audit WHERE subject = $1 AND at >= $2 AND source = 'console'
               AND action IN ('patient.alert_opened', 'patient.shown', 'patient.change_shown') LIMIT 1";
    let args = vec![subject::of_patient(patient).into(), since.into()];
    Ok(tx.fetch_optional(sql, args, read).await?.is_some())
}

/// Returns `true` if this person has opened the page of a patient in the console between two times.
///
/// # Errors
/// Database errors.
pub async fn was_opened_by(
    tx: &mut Tx,
    patient: PatientId,
    actor: &str,
    (from, until): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let sql = "SELECT actor, source, at FROM audit WHERE subject = $1 AND at >= $2 AND at <= $3 AND actor = $4
               AND source = 'console' AND action = 'patient.shown' LIMIT 1";
    let args = vec![subject::of_patient(patient).into(), from.into(), until.into(), actor.into()];
    Ok(tx.fetch_optional(sql, args, read).await?.is_some())
}

/// The last lists that showed a patient among others, latest first.
///
/// # Errors
/// Database errors.
pub async fn lists_of(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<ViewRow>, StoreError> {
    let sql = "SELECT a.actor, a.source, a.at FROM audit_subjects s JOIN audit a ON a.id = s.audit_id
               WHERE s.kind = $1 AND s.subject = $2 ORDER BY s.at DESC, s.audit_id DESC LIMIT $3";
    let args = vec![PATIENT.into(), patient.to_string().into(), i64::from(limit).into()];
    tx.fetch_all(sql, args, read).await
}

fn read(row: &Row<'_>) -> Result<ViewRow, StoreError> {
    Ok(ViewRow { actor: row.owned(0)?, source: row.owned(1)?, at: row.time(2, "audit.at")? })
}
