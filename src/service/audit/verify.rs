//! Verifies the whole trail, page by page. Reports the first entry that doesn't match and any contradiction with the
//! checkpoints.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::checkpoint::{Checkpoint, CheckpointKind};
use super::rows::{Rows, RowsRead};
use super::{checkpoint, seal_trail};
use crate::domain::Actor;
use crate::policy::{Permission, require, scope};
use crate::service::context::{Context, new_id};
use crate::service::error::{CheckpointError, ServiceError};
use crate::store::audit::{self, Head};
use crate::store::chain::{GENESIS, Hash, link};
use crate::store::retention::{self, VerificationRow};
use crate::store::{StoreError, Tx};

/// Entries read at a time. One entry may name 500 rows.
const PAGE: u32 = 100;
/// How often rows with an unsealed end are checked again.
const LOOKS_AGAIN: u32 = 6;
/// The maximum number of restorations in a checkpoint file. More indicate a mistake.
const MOST_RESTORATIONS: usize = 1_000;

/// The result of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The number of entries that verify, counted from the first.
    pub entries: u64,
    /// When the last verified entry was made.
    pub last_at: Option<Timestamp>,
    /// Entries that aren't sealed yet: made during the verification, or while the database is read-only.
    pub waiting: u64,
    /// The result of reading the checkpoint file. `None` if there is no file.
    pub checkpoints: Option<CheckpointsRead>,
    /// The result for the answers, reports and alerts that the trail names.
    pub rows: RowsRead,
    /// The first mismatch.
    pub chain_error: Option<ChainError>,
}

/// The content of a checkpoint file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckpointsRead {
    /// Checkpoints that match the trail.
    pub fit: u64,
    /// When the last matching checkpoint was made.
    pub last_at: Option<Timestamp>,
    /// Checkpoints of entries that were lost when a backup was restored, according to a person's statement.
    pub lost: u64,
    /// The last restoration: when it was recorded, and after which entry the trail continued.
    pub restored: Option<(Timestamp, u64)>,
}

/// A mismatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainError {
    /// An entry is missing.
    Missing {
        /// Its number.
        sequence: u64,
    },
    /// An entry differs from the one that was sealed after its predecessor.
    Changed {
        /// Its number.
        sequence: u64,
        /// Its stored id. `None` if the stored text isn't an id: that text isn't repeated.
        id: Option<Uuid>,
        /// Its stored time.
        at: Option<Timestamp>,
    },
    /// The trail's end isn't the one recorded in the database.
    End {
        /// The last entry that exists.
        sequence: u64,
        /// The last entry that was sealed.
        sealed: u64,
    },
    /// A checkpoint mentions an entry after the end of the trail.
    Cut {
        /// The entry's number.
        sequence: u64,
        /// When the checkpoint was made.
        noted_at: Timestamp,
    },
    /// A checkpoint has another hash for this entry. Everything up to it was sealed anew.
    Rewritten {
        /// The entry's number.
        sequence: u64,
        /// When the checkpoint was made.
        noted_at: Timestamp,
    },
}

/// Seals what waits, verifies the trail from its first entry to its last, and compares it with the checkpoints of a
/// file. A row without a seal, or whose end has none, is checked again after `sealed_within`, as another process may
/// just have written it.
///
/// # Errors
/// Database errors; [`ServiceError::Checkpoint`] if the file can't be read.
pub async fn walk_trail(
    context: &Context,
    actor: &Actor,
    checkpoints: Option<&Path>,
    sealed_within: Duration,
) -> Result<Verification, ServiceError> {
    require(actor, Permission::VerifyAudit)?;
    let database = &context.database;
    // Read the length before the trail, which grows during the walk: lines that are added later mention later entries.
    let length = checkpoints.map(checkpoint::length).transpose()?.unwrap_or_default();
    match seal_trail(database).await {
        Ok(_) => {}
        // Sealed entries can still be verified. The rest is counted as waiting.
        Err(error) if error.is_unwritable() => {}
        Err(error) => return Err(error.into()),
    }
    let mut walked = Verification {
        entries: 0,
        last_at: None,
        waiting: 0,
        checkpoints: None,
        rows: RowsRead::default(),
        chain_error: None,
    };
    let mut rows = Rows::default();
    let mut tx = database.begin_read().await?;
    let mut end = walk(&mut tx, &mut walked, &mut rows, GENESIS).await?;
    // Entries after a mismatch aren't read, and they may name rows.
    let unsealed = if walked.chain_error.is_none() { rows.unsealed(&mut tx).await? } else { HashSet::new() };
    for _ in 0..LOOKS_AGAIN {
        let waits = rows.some_end_is_open() || !rows.names_all(&unsealed);
        if sealed_within.is_zero() || walked.chain_error.is_some() || !waits {
            break;
        }
        // The row was just written or has just ended. The node that wrote it seals it within a second.
        drop(tx);
        tokio::time::sleep(sealed_within).await;
        tx = database.begin_read().await?;
        end = walk(&mut tx, &mut walked, &mut rows, end).await?;
    }
    walked.rows = rows.read(&mut tx, &unsealed).await?;
    if walked.chain_error.is_none() {
        let Head { sequence: sealed, hash } = audit::head(&mut tx).await?;
        if (sealed, hash) != (walked.entries, end) {
            walked.chain_error = Some(ChainError::End { sequence: walked.entries, sealed });
        }
    }
    if let Some(path) = checkpoints {
        let (read, chain_error) = compare(&mut tx, path, length).await?;
        walked.checkpoints = Some(read);
        // A changed entry says more than the checkpoint that contradicts it.
        walked.chain_error = walked.chain_error.or(chain_error);
    }
    walked.waiting = audit::waiting(&mut tx).await?;
    drop(tx);
    note(context, actor, &walked).await?;
    Ok(walked)
}

/// Keeps the result for [`last_verification`], unless the database can't be written.
async fn note(context: &Context, actor: &Actor, walked: &Verification) -> Result<(), StoreError> {
    let row = VerificationRow {
        id: new_id(),
        at: context.clock.now(),
        actor: actor.name().to_owned(),
        entries: walked.entries,
        verifies: walked.chain_error.is_none() && walked.rows.bad.is_empty(),
    };
    let written = async {
        let mut tx = context.database.begin_write().await?;
        retention::verified(&mut tx, &row).await?;
        tx.commit().await
    };
    match written.await {
        Err(error) if !error.is_unwritable() => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The last verification of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastVerification {
    /// When it ended.
    pub at: Timestamp,
    /// Who verified.
    pub by: String,
    /// Whether everything verified.
    pub verifies: bool,
}

/// When the whole trail was last verified, and with which result. `None` if it never was.
///
/// # Errors
/// Database errors.
pub async fn last_verification(context: &Context, actor: &Actor) -> Result<Option<LastVerification>, ServiceError> {
    scope(actor, Permission::ViewAudit)?;
    let last = retention::last_verified(&mut context.database.begin_read().await?).await?;
    Ok(last.map(|row| LastVerification { at: row.at, by: row.actor, verifies: row.verifies }))
}

/// Continues after the last entry read. Returns the hash of the last entry that matches.
async fn walk(tx: &mut Tx, walked: &mut Verification, rows: &mut Rows, end: Hash) -> Result<Hash, StoreError> {
    let mut hash = end;
    loop {
        let page = audit::after(tx, walked.entries, PAGE).await?;
        let full = page.len() == PAGE as usize;
        for sealed in page {
            let sequence = walked.entries + 1;
            if sealed.sequence != sequence {
                walked.chain_error = Some(ChainError::Missing { sequence });
                return Ok(hash);
            }
            let at = Timestamp::from_millisecond(sealed.entry.at).ok();
            let expected = link(&hash, sequence, &sealed.entry);
            if sealed.hash != Some(expected) {
                walked.chain_error = Some(ChainError::Changed { sequence, id: sealed.entry.id.parse().ok(), at });
                return Ok(hash);
            }
            rows.take(tx, &sealed).await?;
            hash = expected;
            (walked.entries, walked.last_at) = (sequence, at);
        }
        if !full {
            return Ok(hash);
        }
    }
}

/// Compares the trail with a file, line by line. It uses the hashes in the database, which the walk has verified.
async fn compare(tx: &mut Tx, path: &Path, length: u64) -> Result<(CheckpointsRead, Option<ChainError>), ServiceError> {
    let restorations = restorations(path, length)?;
    let end = audit::head(tx).await?.sequence;
    let mut read = CheckpointsRead {
        restored: restorations.last().map(|(_, mark)| (mark.at, mark.sequence)),
        ..CheckpointsRead::default()
    };
    for line in checkpoint::lines(path, length)? {
        let (place, mark) = line?;
        let set_back = |(later, to): &(u64, Checkpoint)| *later > place && to.sequence < mark.sequence;
        if restorations.iter().any(set_back) {
            read.lost += 1;
            continue;
        }
        let (sequence, noted_at) = (mark.sequence, mark.at);
        let has = match sequence {
            0 => Some(mark.hash == GENESIS),
            sequence => audit::has_hash(tx, sequence, &mark.hash).await?,
        };
        match has {
            Some(true) => {
                read.fit += 1;
                read.last_at = Some(noted_at);
            }
            None if sequence > end => return Ok((read, Some(ChainError::Cut { sequence, noted_at }))),
            None => return Ok((read, Some(ChainError::Missing { sequence }))),
            Some(false) => return Ok((read, Some(ChainError::Rewritten { sequence, noted_at }))),
        }
    }
    Ok((read, None))
}

fn restorations(path: &Path, length: u64) -> Result<Vec<(u64, Checkpoint)>, CheckpointError> {
    let mut found = Vec::new();
    for line in checkpoint::lines(path, length)? {
        let (place, mark) = line?;
        if mark.kind == CheckpointKind::Restored {
            found.push((place, mark));
        }
        if found.len() > MOST_RESTORATIONS {
            return Err(CheckpointError::Line(Some(place)));
        }
    }
    Ok(found)
}
