//! Records backups and restorations in the audit trail, and marks a restored database.

use super::pause::tell_staff;
use crate::domain::{Actor, JobKind, LossEvidence};
use crate::policy::{Permission, require};
use crate::service::context::{Changes, Context, Noted, audit_entry, new_id};
use crate::service::error::ServiceError;
use crate::store::losses::LossRow;
use crate::store::{audit, dialer, losses, outbox};

/// Records in the audit trail that the whole database was copied.
///
/// # Errors
/// Database errors, except if the database can't be written now.
pub async fn note_backup(context: &Context, actor: &Actor) -> Result<Noted, ServiceError> {
    require(actor, Permission::CopyDatabase)?;
    let now = context.clock.now();
    let entry = audit_entry(actor, now, "database.backed_up", "database".to_owned(), None, Changes::default());
    Ok(context.note_view(entry).await?)
}

/// Marks a restored database as one that lacks its last entries. Nothing is dialled from it until the carrier's calls
/// are accounted for. SMS that waited when the backup was made may have been sent since, and aren't sent again.
///
/// # Errors
/// Database errors.
pub async fn mark_restored(context: &Context, actor: &Actor) -> Result<(), ServiceError> {
    require(actor, Permission::CopyDatabase)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    dialer::next_epoch(&mut tx).await?;
    outbox::all_done(&mut tx, JobKind::MissedCallSms, now).await?;
    let id = new_id();
    let sign = LossEvidence::BackupRestored;
    losses::note(&mut tx, &LossRow { id, sign, evidence: id.to_string(), found_at: now, reconciled_at: None }).await?;
    tell_staff(&mut tx, now).await?;
    let entry = audit_entry(actor, now, "database.restored", "database".to_owned(), None, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
