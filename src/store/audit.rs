//! Who changed or saw what. Append-only: an entry is added in the transaction that it tells of, and sealed into one
//! chain soon after.

pub mod chain;
mod sealing;

pub use sealing::{Head, Sealed, after, has_hash, head, seal, some_wait, waiting};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Document, StoreError, Tx,
    arg::{Row, parsed},
};
use crate::call::CentreCode;

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// From where: command, api, console.
    pub source: String,
    /// What was done.
    pub action: String,
    /// To what: `patient:UUID`, `centre:CODE`.
    pub subject: String,
    /// The health centre whose trail it belongs to.
    pub centre: Option<CentreCode>,
    /// JSON: field to its values before and after.
    pub details: Document,
}

/// Adds entries.
///
/// # Errors
/// As the database fails.
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
/// As the database fails.
pub async fn by_subject(tx: &mut Tx, subject: &str, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    tx.fetch_all(
        "SELECT id, at, actor, source, action, subject, centre_code, details FROM audit
         WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT $2",
        vec![subject.into(), i64::from(limit).into()],
        read,
    )
    .await
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
