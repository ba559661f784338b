//! The audit trail: who changed or saw what. It is append-only. An entry is added in the transaction that it describes,
//! and soon after that it is sealed into the chain.

pub mod chain;
mod person_key;
mod sealing;
mod subject;

pub use sealing::{Head, Sealed, after, before, has_hash, head, seal, some_wait, waiting};
pub use subject::{ERASED, SYSTEM_USER, Subject};

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::centres::code_list;
use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use subject::StoredEntry;

use crate::domain::{CentreCode, HersysId, PatientId};

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
}

/// Adds entries. What they say about persons is encrypted.
///
/// # Errors
/// Database errors.
pub async fn append(tx: &mut Tx, entries: Vec<AuditRow>) -> Result<(), StoreError> {
    let stored = subject::encrypted(tx, &entries).await?;
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
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, at, actor, source, action, subject, centre_code, details FROM audit ", $rest)
    };
}

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

/// Which entries are listed.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only entries about this HER-SYS ID, and about the patient who has it.
    pub person: Option<(HersysId, Option<PatientId>)>,
    /// Only entries by this person.
    pub actor: Option<String>,
    /// Only entries at or after this time.
    pub since: Option<Timestamp>,
    /// Whether to include the seals of rows, which the program writes every second.
    pub seals: bool,
    /// Only entries of these health centres' trails. `None` for all.
    pub centres: Option<BTreeSet<CentreCode>>,
    /// The maximum number of entries.
    pub limit: u32,
}

/// Entries, latest first.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
    let actor = filter.actor.as_deref().unwrap_or_default();
    let since = filter.since.unwrap_or(Timestamp::MIN);
    let centres = code_list(filter.centres.as_ref());
    let Some((id, patient)) = &filter.person else {
        let sql = select!(
            "WHERE at >= $1 AND ($2 = '' OR actor = $2) AND ($3 OR action NOT LIKE 'rows.%')
             AND ($4 = '' OR $4 LIKE '%,' || centre_code || ',%')
             ORDER BY at DESC, id DESC LIMIT $5"
        );
        let args =
            vec![since.into(), actor.into(), filter.seals.into(), centres.into(), i64::from(filter.limit).into()];
        let stored = tx.fetch_all(sql, args, read).await?;
        return subject::decrypted(tx, stored).await;
    };
    let mut subjects = subject::of_lookups(tx, id).await?;
    subjects.extend(patient.map(subject::of_patient));
    let mut stored = tx
        .fetch_in(
            select!(
                "WHERE at >= $1 AND ($2 = '' OR actor = $2) AND ($3 = '' OR $3 LIKE '%,' || centre_code || ',%')
                 AND subject IN"
            ),
            &[since.into(), actor.into(), centres.into()],
            subjects.iter().map(|subject| subject.as_str().into()),
            "ORDER BY at DESC, id DESC",
            read,
        )
        .await?;
    stored.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
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
        },
        subject,
    })
}
