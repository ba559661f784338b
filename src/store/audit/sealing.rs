//! Adding entries to the chain, and reading the chain. Sealing locks the head first, so one node seals at a time.

use super::people::read_subjects;
use crate::store::chain::{Entry, Hash, link};
use crate::store::{StoreError, Tx, bind_value::Row};

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last sealed entry. 0 if there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A sealed entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its number, from 1.
    pub sequence: u64,
    /// Its hash as stored. `None` if the stored text isn't a hash.
    pub hash: Option<Hash>,
    /// The entry.
    pub entry: Entry,
}

/// Returns `true` if entries are waiting to be sealed. Writes nothing.
///
/// # Errors
/// Database errors.
pub async fn some_wait(tx: &mut Tx) -> Result<bool, StoreError> {
    let found = tx.fetch_optional("SELECT at FROM audit WHERE seq IS NULL LIMIT 1", vec![], |row| row.int(0)).await?;
    Ok(found.is_some())
}

/// The number of entries that are waiting to be sealed.
///
/// # Errors
/// Database errors.
pub async fn waiting(tx: &mut Tx) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM audit WHERE seq IS NULL";
    let counted = tx.fetch_optional(sql, vec![], |row| row.int(0)).await?;
    Ok(counted.map_or(0, number))
}

/// The end of the chain.
///
/// # Errors
/// [`StoreError::Inconsistent`] if the head is missing or unreadable; otherwise database errors.
pub async fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    let found = tx
        .fetch_optional("SELECT seq, hash FROM audit_chain WHERE id = 1", vec![], |row| {
            Ok(Head { sequence: number(row.int(0)?), hash: row.read(1, "audit_chain.hash", Hash::parse)? })
        })
        .await?;
    found.ok_or(StoreError::Inconsistent { what: "audit_chain" })
}

/// Seals up to `limit` entries, oldest first. Returns how many it sealed.
///
/// # Errors
/// Database errors.
pub async fn seal(tx: &mut Tx, limit: u32) -> Result<usize, StoreError> {
    // Hold the lock until the commit. The next sealer waits and then sees what this one sealed.
    tx.execute("UPDATE audit_chain SET seq = seq WHERE id = 1", vec![]).await?;
    let Head { mut sequence, mut hash } = head(tx).await?;
    let mut entries = tx
        .fetch_all(
            "SELECT id, at, actor, source, action, subject, centre_code, details FROM audit WHERE seq IS NULL
             ORDER BY at, id LIMIT $1",
            vec![i64::from(limit).into()],
            |row| entry(row, 0),
        )
        .await?;
    if entries.is_empty() {
        return Ok(0);
    }
    read_subjects(tx, &mut entries.iter_mut().collect::<Vec<_>>()).await?;
    let mut rows = Vec::with_capacity(entries.len());
    for entry in &entries {
        sequence += 1;
        hash = link(&hash, sequence, entry);
        rows.push([entry.id.as_str().into(), column(sequence).into(), hash.to_string().into()]);
    }
    let sealed = tx
        .execute_rows(
            "UPDATE audit SET seq = v.column2, hash = v.column3 FROM (VALUES",
            rows,
            ") AS v WHERE audit.id = v.column1 AND audit.seq IS NULL",
        )
        .await?;
    if sealed != entries.len() as u64 {
        return Err(StoreError::Stale);
    }
    let sql = "UPDATE audit_chain SET seq = $1, hash = $2 WHERE id = 1";
    tx.execute(sql, vec![column(sequence).into(), hash.to_string().into()]).await?;
    Ok(entries.len())
}

/// The sealed entries after a number, in ascending order.
///
/// # Errors
/// Database errors.
pub async fn after(tx: &mut Tx, sequence: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
    let sql = "SELECT seq, hash, id, at, actor, source, action, subject, centre_code, details FROM audit
               WHERE seq > $1 ORDER BY seq LIMIT $2";
    let sealed = tx.fetch_all(sql, vec![column(sequence).into(), i64::from(limit).into()], read_sealed).await?;
    with_subjects(tx, sealed).await
}

/// The sealed entries before a number, in descending order.
///
/// # Errors
/// Database errors.
pub async fn before(tx: &mut Tx, sequence: u64, limit: u32) -> Result<Vec<Sealed>, StoreError> {
    let sql = "SELECT seq, hash, id, at, actor, source, action, subject, centre_code, details FROM audit
               WHERE seq < $1 ORDER BY seq DESC LIMIT $2";
    let sealed = tx.fetch_all(sql, vec![column(sequence).into(), i64::from(limit).into()], read_sealed).await?;
    with_subjects(tx, sealed).await
}

async fn with_subjects(tx: &mut Tx, mut sealed: Vec<Sealed>) -> Result<Vec<Sealed>, StoreError> {
    read_subjects(tx, &mut sealed.iter_mut().map(|sealed| &mut sealed.entry).collect::<Vec<_>>()).await?;
    Ok(sealed)
}

fn read_sealed(row: &Row<'_>) -> Result<Sealed, StoreError> {
    let hash = row.opt_text(1)?.and_then(Hash::parse);
    Ok(Sealed { sequence: number(row.int(0)?), hash, entry: entry(row, 2)? })
}

/// Whether an entry has this hash. `None` if the entry doesn't exist.
///
/// # Errors
/// Database errors.
pub async fn has_hash(tx: &mut Tx, sequence: u64, hash: &Hash) -> Result<Option<bool>, StoreError> {
    let sql = "SELECT hash FROM audit WHERE seq = $1";
    let stored =
        tx.fetch_optional(sql, vec![column(sequence).into()], |row| Ok(row.opt_text(0)?.and_then(Hash::parse)));
    Ok(stored.await?.map(|stored| stored.as_ref() == Some(hash)))
}

fn entry(row: &Row<'_>, from: usize) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.owned(from)?,
        at: row.int(from + 1)?,
        actor: row.owned(from + 2)?,
        source: row.owned(from + 3)?,
        action: row.owned(from + 4)?,
        subject: row.owned(from + 5)?,
        centre: row.opt_text(from + 6)?.map(str::to_owned),
        details: row.owned(from + 7)?,
        subjects: Vec::new(),
    })
}

fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
