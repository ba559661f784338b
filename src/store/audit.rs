//! The audit trail: who changed or saw what. It is append-only. An entry is added in the transaction that it describes,
//! and soon after that it is sealed into the chain.

mod held;
mod listing;
mod people;
mod person_key;
mod sealing;
mod subject;
mod views;

pub use held::{hold, release, release_oldest};
pub use listing::{AuditFilter, get, list};
pub(super) use person_key::PersonKey;
pub use sealing::{Head, Sealed, after, before, has_hash, head, seal, some_wait, waiting};
pub(super) use subject::key_of_patient;
pub use subject::{ACCOUNT, ERASED, SYSTEM_USER, Subject};
pub use views::{ViewRow, lists_of, views_of, was_opened, was_opened_by};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use subject::StoredEntry;

use crate::domain::{CentreCode, PatientId};

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// The source: command, api or console.
    pub source: String,
    /// What was done.
    pub action: String,
    /// What it is about.
    pub subject: Subject,
    /// The health centre whose trail it belongs to.
    pub centre: Option<CentreCode>,
    /// JSON: each field with its values before and after.
    pub details: Document,
    /// The patients whom it names besides its subject, ordered.
    pub people: Vec<AuditPerson>,
    /// Another health centre to whose trail it belongs: one that was asked for something by somebody of `centre`.
    pub other_centre: Option<CentreCode>,
}

/// A patient whom an entry about several people names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPerson {
    /// The patient.
    pub patient: PatientId,
    /// The health centre responsible for the patient at that time.
    pub centre: CentreCode,
}

/// Adds entries. What they say about persons is encrypted.
///
/// # Errors
/// Database errors.
pub async fn append(tx: &mut Tx, entries: Vec<AuditRow>) -> Result<(), StoreError> {
    let stored = subject::encrypted(tx, &entries).await?;
    let people = people::rows(&entries);
    let rows = entries.into_iter().zip(stored).map(|(e, (subject, details))| {
        [
            e.id.into(),
            e.at.into(),
            e.actor.into(),
            e.source.into(),
            e.action.into(),
            subject.into(),
            e.centre.map_or(None::<&str>.into(), |centre| centre.as_str().to_owned().into()),
            details.into(),
        ]
    });
    tx.execute_rows(
        "INSERT INTO audit (id, at, actor, source, action, subject, centre_code, details) VALUES",
        rows.collect(),
        "",
    )
    .await?;
    people::insert(tx, people).await
}

macro_rules! select {
    ($($rest:literal)+) => {
        concat!("SELECT id, at, actor, source, action, subject, centre_code, details FROM audit ", $($rest),+)
    };
}
use select;

/// The entries of one subject as stored, `patient:UUID` or `centre:CODE`, latest first.
///
/// # Errors
/// Database errors.
pub async fn by_subject(tx: &mut Tx, subject: &str, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    let sql = select!("WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT $2");
    let stored = tx.fetch_all(sql, vec![subject.into(), i64::from(limit).into()], read).await?;
    subject::decrypted(tx, stored).await
}

/// The next searches after an entry whose terms can be read, by the ids of their entries.
///
/// # Errors
/// Database errors.
pub async fn searches(tx: &mut Tx, after: Uuid, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    let sql = select!(
        "WHERE id IN (SELECT id FROM person_keys WHERE about = 'search' AND id > $1 ORDER BY id LIMIT $2) ORDER BY id"
    );
    let stored = tx.fetch_all(sql, vec![after.into(), i64::from(limit).into()], read).await?;
    subject::decrypted(tx, stored).await
}

fn read(row: &Row<'_>) -> Result<StoredEntry, StoreError> {
    let subject = row.owned(5)?;
    Ok(StoredEntry {
        row: AuditRow {
            id: row.read(0, "audit.id", parsed)?,
            at: row.time(1, "audit.at")?,
            actor: row.owned(2)?,
            source: row.owned(3)?,
            action: row.owned(4)?,
            subject: Subject::Other(String::new()),
            centre: row.opt_read(6, "audit.centre_code", |text| CentreCode::parse(text).ok())?,
            details: row.document(7)?,
            people: Vec::new(),
            other_centre: None,
        },
        subject,
    })
}
