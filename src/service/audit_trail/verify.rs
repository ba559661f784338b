//! Walks the whole trail, page by page, and says which entry is the first that doesn't fit, and what the checkpoints
//! know better.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::checkpoint::{self, Checkpoint, CheckpointError, CheckpointKind};
use super::rows::{Rows, RowsRead};
use super::seal_trail;
use crate::service::error::ServiceError;
use crate::store::audit::chain::{GENESIS, Hash, link};
use crate::store::audit::{self, Head};
use crate::store::{Database, StoreError, Tx};

/// Entries read at a time. One may name 500 rows.
const PAGE: u32 = 100;
/// How often rows are looked at again whose end isn't sealed.
const LOOKS_AGAIN: u32 = 6;
/// Restorations that a checkpoint file may tell of; more come from a mistake.
const MOST_RESTORATIONS: usize = 1_000;

/// What a walk saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many entries verify, from the first on.
    pub entries: u64,
    /// When the last of them was made.
    pub last_at: Option<Timestamp>,
    /// Entries that wait to be sealed: made while the trail was walked, or while the database can't be written.
    pub waiting: u64,
    /// What the checkpoint file said, when there was one to read.
    pub checkpoints: Option<CheckpointsRead>,
    /// What the answers, reports and alerts came to that the trail names.
    pub rows: RowsRead,
    /// The first thing that doesn't fit.
    pub misfit: Option<ChainError>,
}

/// What a checkpoint file said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckpointsRead {
    /// Checkpoints that the trail has as they say.
    pub fit: u64,
    /// When the last of them was made.
    pub last_at: Option<Timestamp>,
    /// Checkpoints of entries that were lost when a backup was restored, by a person's word.
    pub lost: u64,
    /// The last restoration: when it was noted, and after which entry the trail went on.
    pub restored: Option<(Timestamp, u64)>,
}

/// What doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainError {
    /// An entry isn't there.
    Missing {
        /// Its number.
        sequence: u64,
    },
    /// An entry isn't what was sealed after the one before it.
    Changed {
        /// Its number.
        sequence: u64,
        /// Its id, as it stands there now; `None` if it isn't one: the stored text isn't repeated.
        id: Option<Uuid>,
        /// When it was made, as it stands there now.
        at: Option<Timestamp>,
    },
    /// The trail doesn't end where the database says that it does.
    End {
        /// The last entry that is there.
        sequence: u64,
        /// The last one that was sealed.
        sealed: u64,
    },
    /// A checkpoint knows of an entry after the end of the trail.
    Cut {
        /// The entry's number.
        sequence: u64,
        /// When the checkpoint was made.
        noted_at: Timestamp,
    },
    /// A checkpoint knows an entry with another hash: everything up to it was sealed anew.
    Rewritten {
        /// The entry's number.
        sequence: u64,
        /// When the checkpoint was made.
        noted_at: Timestamp,
    },
}

/// Seals what waits, then walks the trail from its first entry to its last, and compares it with the checkpoints of a
/// file. A row that isn't sealed, or whose end isn't, is looked at again after `sealed_within`, as another process may
/// just have written it.
///
/// # Errors
/// As the database fails; [`ServiceError::Checkpoint`] when the file can't be read.
pub async fn walk_trail(
    database: &Database,
    checkpoints: Option<&Path>,
    sealed_within: Duration,
) -> Result<Verification, ServiceError> {
    // Before the trail is looked at, which goes on meanwhile: a line that is added later speaks of later entries.
    let length = checkpoints.map(checkpoint::length).transpose()?.unwrap_or_default();
    match seal_trail(database).await {
        Ok(_) => {}
        // What is sealed can be walked all the same; the rest is counted as waiting.
        Err(error) if error.is_unwritable() => {}
        Err(error) => return Err(error.into()),
    }
    let mut walked = Verification {
        entries: 0,
        last_at: None,
        waiting: 0,
        checkpoints: None,
        rows: RowsRead::default(),
        misfit: None,
    };
    let mut rows = Rows::default();
    let mut tx = database.begin_read().await?;
    let mut end = walk(&mut tx, &mut walked, &mut rows, GENESIS).await?;
    // Where an entry doesn't fit, those after it aren't read, and rows may be named there.
    let unsealed = if walked.misfit.is_none() { rows.unsealed(&mut tx).await? } else { HashSet::new() };
    for _ in 0..LOOKS_AGAIN {
        let waits = rows.some_end_is_open() || !rows.names_all(&unsealed);
        if sealed_within.is_zero() || walked.misfit.is_some() || !waits {
            break;
        }
        // It was written or has ended just now, and the node that wrote it seals it within a second.
        drop(tx);
        tokio::time::sleep(sealed_within).await;
        tx = database.begin_read().await?;
        end = walk(&mut tx, &mut walked, &mut rows, end).await?;
    }
    walked.rows = rows.read(&mut tx, &unsealed).await?;
    if walked.misfit.is_none() {
        let Head { sequence: sealed, hash } = audit::head(&mut tx).await?;
        if (sealed, hash) != (walked.entries, end) {
            walked.misfit = Some(ChainError::End { sequence: walked.entries, sealed });
        }
    }
    if let Some(path) = checkpoints {
        let (read, misfit) = compare(&mut tx, path, length).await?;
        walked.checkpoints = Some(read);
        // An entry that was changed says more than the checkpoint that knows of it.
        walked.misfit = walked.misfit.or(misfit);
    }
    walked.waiting = audit::waiting(&mut tx).await?;
    Ok(walked)
}

/// Walks on from the last entry that was seen. Gives the hash of the last entry that fits.
async fn walk(tx: &mut Tx, walked: &mut Verification, rows: &mut Rows, end: Hash) -> Result<Hash, StoreError> {
    let mut hash = end;
    loop {
        let page = audit::after(tx, walked.entries, PAGE).await?;
        let full = page.len() == PAGE as usize;
        for sealed in page {
            let sequence = walked.entries + 1;
            if sealed.sequence != sequence {
                walked.misfit = Some(ChainError::Missing { sequence });
                return Ok(hash);
            }
            let at = Timestamp::from_millisecond(sealed.entry.at).ok();
            let expected = link(&hash, sequence, &sealed.entry);
            if sealed.hash != Some(expected) {
                walked.misfit = Some(ChainError::Changed { sequence, id: sealed.entry.id.parse().ok(), at });
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

/// Compares the trail with a file, line by line. The database's own hashes do: the walk has shown what they are worth.
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
