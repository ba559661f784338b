//! Writes the seals of answers, reports and alerts into the trail: seals of the last second's commits, of rows that a
//! dead process left unsealed, and of rows written by an older version.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::service::context::new_id;
use crate::store::audit::{self, AuditRow, Subject};
use crate::store::chain::Hash;
use crate::store::sealed_rows::{self, Place, SealedRow};
use crate::store::seals::{self, Seal, SealKey};
use crate::store::{Database, Document, StoreError, Tx};

/// Rows sealed by one entry of the trail.
const ROWS: usize = 500;
/// Rows of an older version sealed in one commit. Callers on the line wait for the database during it.
const FOUND_AT_ONCE: u32 = 500;
/// How far before the last entry with seals the search for unsealed rows begins. No call or report lasts longer.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(48);
/// Entries read at a time.
const PAGE: u32 = 500;

/// What an entry says about the rows that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SealAction {
    /// They were sealed when they were written.
    Sealed,
    /// They had no seal and are sealed as found.
    Found,
    /// They were erased on purpose.
    Erased,
}

impl SealAction {
    const ALL: [Self; 3] = [Self::Sealed, Self::Found, Self::Erased];

    const fn action(self) -> &'static str {
        match self {
            Self::Sealed => "rows.sealed",
            Self::Found => "rows.found",
            Self::Erased => "rows.erased",
        }
    }

    pub(super) fn of(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|says| says.action() == action)
    }
}

/// Who seals, as recorded in the trail.
#[derive(Debug, Clone, Copy)]
pub struct SealedBy<'a> {
    /// The actor's name.
    pub actor: &'a str,
    /// The source: the program, or a value as in other entries of the trail.
    pub source: &'a str,
}

impl SealedBy<'static> {
    /// The program itself.
    pub const PROGRAM: Self = Self { actor: "kenkocall", source: "program" };
}

/// Parses the rows that an entry names. `None` if the program didn't write it in this form.
pub(super) fn rows_of(details: &str) -> Option<Vec<String>> {
    let details: Value = serde_json::from_str(details).ok()?;
    let rows = details.get("rows")?.as_array()?;
    rows.iter().map(|row| row.as_str().map(str::to_owned)).collect()
}

/// An entry that names rows, with their hashes unless they were erased.
pub(super) fn entry(
    says: SealAction,
    why: Option<&str>,
    sealer: SealedBy<'_>,
    at: Timestamp,
    rows: &[String],
) -> AuditRow {
    let details = match why {
        Some(why) => json!({ "rows": rows, "why": why }),
        None => json!({ "rows": rows }),
    };
    AuditRow {
        id: new_id(),
        at,
        actor: sealer.actor.to_owned(),
        source: sealer.source.to_owned(),
        action: says.action().to_owned(),
        subject: Subject::Other(format!("rows:{}", rows.len())),
        centre: None,
        details: Document::from(details.to_string()),
        people: Vec::new(),
        other_centre: None,
    }
}

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
    let mut left = left_behind(database, now).await?;
    if left.is_empty() {
        return Ok(0);
    }
    // Another node seals its new rows within a second.
    tokio::time::sleep(sealed_within).await;
    let still: HashMap<SealKey, Hash> =
        left_behind(database, now).await?.into_iter().map(|seal| (seal.key, seal.hash)).collect();
    left.retain(|seal| still.get(&seal.key) == Some(&seal.hash));
    if !left.is_empty() {
        let mut tx = database.begin_write().await?;
        append(&mut tx, SealAction::Found, Some("without a seal"), SealedBy::PROGRAM, &left).await?;
        tx.commit().await?;
    }
    Ok(left.len())
}

async fn left_behind(database: &Database, now: Timestamp) -> Result<Vec<Seal>, StoreError> {
    let mut tx = database.begin_read().await?;
    let (since, known) = recent_seals(&mut tx).await?;
    let mut left = Vec::new();
    let mut add = |found: &SealedRow| {
        let both = found.hash.map(|hash| (found.key, hash)).into_iter().chain(found.end);
        left.extend(both.filter(|(key, hash)| known.get(key) != Some(hash)).map(|(key, hash)| Seal {
            key,
            at: now,
            hash,
        }));
    };
    let day = since.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let mut after = Uuid::nil();
    loop {
        let reports = sealed_rows::reports_since(&mut tx, day, after, PAGE).await?;
        let Some(last) = reports.last() else { break };
        after = last.key.id;
        let ids: Vec<Uuid> = reports.iter().map(|report| report.key.id).collect();
        reports.iter().for_each(&mut add);
        sealed_rows::of_reports(&mut tx, &ids).await?.iter().for_each(&mut add);
    }
    after = Uuid::nil();
    loop {
        let alerts = sealed_rows::alerts_since(&mut tx, since, after, PAGE).await?;
        let Some(last) = alerts.last() else { break };
        after = last.key.id;
        alerts.iter().for_each(&mut add);
    }
    Ok(left)
}

/// The last seals of rows, and the time since which they are complete.
async fn recent_seals(tx: &mut Tx) -> Result<(Timestamp, HashMap<SealKey, Hash>), StoreError> {
    let mut known = HashMap::new();
    let mut since: Option<Timestamp> = None;
    let mut before = audit::head(tx).await?.sequence.saturating_add(1);
    loop {
        let page = audit::before(tx, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = last.sequence;
        for sealed in &page {
            let says = SealAction::of(&sealed.entry.action);
            let at = Timestamp::from_millisecond(sealed.entry.at).unwrap_or(Timestamp::UNIX_EPOCH);
            if since.is_some_and(|since| at < since) {
                return Ok((since.unwrap_or(at), known));
            }
            if !matches!(says, Some(SealAction::Sealed | SealAction::Found)) {
                continue;
            }
            since = since.or_else(|| at.checked_sub(LOOKS_BACK).ok());
            for row in rows_of(&sealed.entry.details).unwrap_or_default().iter().rev() {
                if let Some((key, hash)) = seals::parse(row) {
                    // The trail is read backwards, so the first seal found is the valid one.
                    known.entry(key).or_insert(hash);
                }
            }
        }
    }
    Ok((since.unwrap_or(Timestamp::UNIX_EPOCH), known))
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
