//! Writes the seals of answers, reports and alerts into the trail: seals of the last second's commits, of rows that a
//! dead process left unsealed, and of rows written by an older version.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::seal_entry::{SealAction, SealedBy, entry};
use super::unsealed::{self, RecentSeals, Searched};
use crate::store::audit::{self, AuditRow};
use crate::store::chain::Hash;
use crate::store::sealed_rows::{self, Place};
use crate::store::seals::{Seal, SealKey};
use crate::store::{Database, StoreError, Tx};

/// Rows sealed by one entry of the trail.
const ROWS: usize = 500;
/// Rows of an older version sealed in one commit. Callers on the line wait for the database during it.
const FOUND_AT_ONCE: u32 = 500;

/// Writes the waiting seals into the trail, many to an entry. Returns their number.
///
/// # Errors
/// Database errors. The rows are then sealed later.
pub async fn write_seals(database: &Database, sealer: SealedBy<'_>) -> Result<usize, StoreError> {
    let seals = database.seals().take();
    if seals.is_empty() {
        return Ok(0);
    }
    let write = async {
        let mut tx = database.begin_write().await?;
        append(&mut tx, SealAction::Sealed, None, sealer, &seals).await?;
        tx.commit().await
    };
    match write.await {
        Ok(()) => Ok(seals.len()),
        Err(error) => {
            database.seals().doubt();
            Err(error)
        }
    }
}

async fn append(
    tx: &mut Tx,
    says: SealAction,
    why: Option<&str>,
    sealer: SealedBy<'_>,
    seals: &[Seal],
) -> Result<(), StoreError> {
    let entries = seals.chunks(ROWS).map(|chunk| {
        let at = chunk.iter().map(|seal| seal.at).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let rows: Vec<String> = chunk.iter().map(|seal| format!("{} {}", seal.key, seal.hash)).collect();
        entry(says, why, sealer, at, &rows)
    });
    audit::append(tx, entries.collect()).await
}

/// Seals rows that have a salt and no seal, as found. A process died between its commit and the sealing. The trail
/// marks them as found, since they may also have been written outside the program. Rows that another node seals within
/// `sealed_within` are skipped.
///
/// # Errors
/// Database errors.
pub async fn seal_left_behind(
    database: &Database,
    now: Timestamp,
    sealed_within: Duration,
) -> Result<usize, StoreError> {
    // First write the seals that are already waiting.
    super::seal_trail(database).await?;
    let mut seals = RecentSeals::read(&mut database.begin_read().await?).await?;
    let (mut searched, mut found) = (Searched::NOTHING, 0);
    while searched != Searched::Everything {
        let (mut left, to) = unsealed::next(&mut database.begin_read().await?, &seals, searched, now).await?;
        if !left.is_empty() {
            // Another node seals its new rows within a second.
            tokio::time::sleep(sealed_within).await;
            let mut tx = database.begin_read().await?;
            seals.read_on(&mut tx).await?;
            let (still, _) = unsealed::next(&mut tx, &seals, searched, now).await?;
            drop(tx);
            let still: HashMap<SealKey, Hash> = still.into_iter().map(|seal| (seal.key, seal.hash)).collect();
            left.retain(|seal| still.get(&seal.key) == Some(&seal.hash));
        }
        if !left.is_empty() {
            let mut tx = database.begin_write().await?;
            append(&mut tx, SealAction::Found, Some("without a seal"), SealedBy::PROGRAM, &left).await?;
            tx.commit().await?;
        }
        found += left.len();
        searched = to;
    }
    Ok(found)
}

/// Adds salts to the rows of older versions and seals them as found. Runs once and resumes where it stopped.
///
/// # Errors
/// Database errors.
pub async fn seal_older_rows(database: &Database, now: Timestamp) -> Result<u64, StoreError> {
    if sealed_rows::found_at(&mut database.begin_autocommit().await?).await?.is_some() {
        return Ok(0);
    }
    let mut sealed = 0;
    for table in 0..3 {
        let mut after: Place = (Uuid::nil(), Uuid::nil());
        loop {
            let mut tx = database.begin_write().await?;
            let found = match table {
                0 => sealed_rows::salt_answers(&mut tx, after, FOUND_AT_ONCE).await?,
                1 => sealed_rows::salt_reports(&mut tx, after, FOUND_AT_ONCE).await?,
                _ => sealed_rows::salt_alerts(&mut tx, after, FOUND_AT_ONCE).await?,
            };
            let Some(last) = found.last() else { break };
            after = (last.key.within, last.key.id);
            sealed += found.len() as u64;
            let seals =
                found.iter().flat_map(|found| found.hash.map(|hash| (found.key, hash)).into_iter().chain(found.end));
            let seals: Vec<Seal> = seals.map(|(key, hash)| Seal { key, at: now, hash }).collect();
            append(&mut tx, SealAction::Found, Some("at the upgrade"), SealedBy::PROGRAM, &seals).await?;
            tx.commit().await?;
        }
    }
    let mut tx = database.begin_write().await?;
    sealed_rows::note_found(&mut tx, now).await?;
    tx.commit().await?;
    Ok(sealed)
}

/// The entries that record the erasure of rows.
pub fn erased_rows(keys: &[SealKey], sealer: SealedBy<'_>, now: Timestamp) -> Vec<AuditRow> {
    let rows: Vec<String> = keys.iter().map(SealKey::to_string).collect();
    rows.chunks(ROWS).map(|chunk| entry(SealAction::Erased, None, sealer, now, chunk)).collect()
}

/// Erases a report with its answers and alerts, and records the erasure in the trail. Their hashes stay in the trail.
/// They reveal nothing without the salts, which are erased with the rows.
///
/// # Errors
/// Database errors.
pub async fn erase_report(
    database: &Database,
    report: Uuid,
    sealer: SealedBy<'_>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    // Seal what waits first: an erasure must follow the seals of the rows that it erases.
    super::seal_trail(database).await?;
    let mut tx = database.begin_write().await?;
    let erased = sealed_rows::erase_report(&mut tx, report).await?;
    audit::append(&mut tx, erased_rows(&erased, sealer, now)).await?;
    tx.commit().await?;
    Ok(erased.len())
}
