//! Backups that were made and restored, in the audit trail; and what a database must know after it was set back.

use jiff::Timestamp;

use super::clerk::{Changes, Clerk, Noted};
use super::clock::new_id;
use super::error::ServiceError;
use super::pause::tell_staff;
use crate::domain::LossEvidence;
use crate::engine::Job;
use crate::store::losses::LossRow;
use crate::store::{audit, dialer, losses, outbox};

/// Jobs looked through: those of the moment of a backup are few.
const MOST_ERRANDS: u32 = 10_000;

/// Notes in the audit trail that everything was copied.
///
/// # Errors
/// As the database fails, but for one that can't be written just now.
pub async fn note_backup(clerk: &Clerk) -> Result<Noted, ServiceError> {
    let now = clerk.clock.now();
    let entry = clerk.entry(now, "database.backed_up", "database".to_owned(), None, Changes::default());
    Ok(clerk.note_look(vec![entry]).await?)
}

/// Marks a restored database as one that lacks its last entries: nobody is dialled by it until the carrier's calls are
/// accounted for. Short messages that waited when the backup was made may have been sent since, and aren't sent again.
///
/// # Errors
/// When the database fails.
pub async fn mark_restored(clerk: &Clerk) -> Result<(), ServiceError> {
    let now = clerk.clock.now();
    let mut tx = clerk.database.begin_write().await?;
    dialer::next_epoch(&mut tx).await?;
    let waiting = outbox::due(&mut tx, Timestamp::MAX, MOST_ERRANDS).await?;
    let is_sms = |text: &str| matches!(serde_json::from_str(text), Ok(Job::MissedCallSms { .. }));
    let messages: Vec<_> = waiting.iter().filter(|row| is_sms(row.job.as_str())).map(|row| row.id).collect();
    outbox::done(&mut tx, &messages, now).await?;
    let id = new_id();
    let sign = LossEvidence::BackupRestored;
    losses::note(&mut tx, &LossRow { id, sign, evidence: id.to_string(), found_at: now, reconciled_at: None }).await?;
    tell_staff(&mut tx, now).await?;
    let entry = clerk.entry(now, "database.restored", "database".to_owned(), None, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
