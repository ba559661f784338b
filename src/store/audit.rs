//! The audit trail: who changed or saw what. It is append-only. An entry is added in the transaction that it describes,
//! and soon after that it is sealed into the chain.

pub mod chain;
mod sealing;

pub use sealing::{Head, Sealed, after, before, has_hash, head, seal, some_wait, waiting};

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::centres::code_list;
use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::CentreCode;

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
    /// The subject: `patient:UUID` or `centre:CODE`.
    pub subject: String,
    /// The health centre whose trail it belongs to.
    pub centre: Option<CentreCode>,
    /// JSON: each field with its values before and after.
    pub details: Document,
}

/// Adds entries.
///
/// # Errors
/// Database errors.
pub async fn append(tx: &mut Tx, entries: Vec<AuditRow>) -> Result<(), StoreError> {
    let rows = entries.into_iter().map(|e| {
        [
            e.id.into(),
            e.at.into(),
            e.actor.into(),
            e.source.into(),
            e.action.into(),
            e.subject.into(),
            e.centre.map_or(None::<&str>.into(), |centre| centre.as_str().to_owned().into()),
            e.details.into(),
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

/// The entries of one subject, latest first.
///
/// # Errors
/// Database errors.
pub async fn by_subject(tx: &mut Tx, subject: &str, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    tx.fetch_all(
        "SELECT id, at, actor, source, action, subject, centre_code, details FROM audit
         WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT $2",
        vec![subject.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// Which entries are listed.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only entries about these subjects. Empty for all.
    pub subjects: Vec<String>,
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
    if filter.subjects.is_empty() {
        let sql = "SELECT id, at, actor, source, action, subject, centre_code, details FROM audit
                   WHERE at >= $1 AND ($2 = '' OR actor = $2) AND ($3 OR action NOT LIKE 'rows.%')
                   AND ($4 = '' OR $4 LIKE '%,' || centre_code || ',%')
                   ORDER BY at DESC, id DESC LIMIT $5";
        let args =
            vec![since.into(), actor.into(), filter.seals.into(), centres.into(), i64::from(filter.limit).into()];
        return tx.fetch_all(sql, args, read).await;
    }
    let fixed = [since.into(), actor.into(), centres.into()];
    let mut found = tx
        .fetch_in(
            "SELECT id, at, actor, source, action, subject, centre_code, details FROM audit
             WHERE at >= $1 AND ($2 = '' OR actor = $2) AND ($3 = '' OR $3 LIKE '%,' || centre_code || ',%')
             AND subject IN",
            &fixed,
            filter.subjects.iter().map(|subject| subject.as_str().into()),
            "ORDER BY at DESC, id DESC",
            read,
        )
        .await?;
    found.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        id: row.read(0, "audit.id", parsed)?,
        at: row.time(1, "audit.at")?,
        actor: row.owned(2)?,
        source: row.owned(3)?,
        action: row.owned(4)?,
        subject: row.owned(5)?,
        centre: row.opt_read(6, "audit.centre_code", |text| CentreCode::parse(text).ok())?,
        details: row.document(7)?,
    })
}
