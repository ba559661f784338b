//! Patient lists that staff have uploaded. What is in them is encrypted with the upload's own key, which is deleted
//! with the content.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::audit::PersonKey;
use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{CentreCode, RowFate, StaffAccountId, UploadId, UploadState};

/// How long a worker's claim on an upload lasts. Renewing it prolongs it.
pub const CLAIM: SignedDuration = SignedDuration::from_secs(30);

/// An upload, without its content.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct UploadRow {
    /// The upload.
    pub id: UploadId,
    /// The health centre.
    pub centre: CentreCode,
    /// Who uploaded it, or decided to import it.
    pub account: StaffAccountId,
    /// The name of that person.
    pub by: String,
    /// How far it has come.
    pub state: UploadState,
    /// Its name and what was found in it. `None` once it is erased.
    pub details: Option<String>,
    /// What the import would do, as a digest.
    pub plan: String,
    /// The file's size.
    pub bytes: i64,
    /// How many rows have each fate.
    pub counts: FateCounts,
    /// How far the work has come: finished steps, and all steps.
    pub steps: (i64, i64),
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// When its state changed.
    pub changed_at: Timestamp,
}

/// The numbers of rows by their fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FateCounts {
    /// People who are registered.
    pub new: i64,
    /// Patients who change.
    pub changed: i64,
    /// Patients who don't.
    pub same: i64,
    /// Faulty rows.
    pub refused: i64,
}

impl FateCounts {
    /// The number of rows with a fate.
    pub const fn of(&self, fate: RowFate) -> i64 {
        match fate {
            RowFate::New => self.new,
            RowFate::Changed => self.changed,
            RowFate::Same => self.same,
            RowFate::Refused => self.refused,
        }
    }
}

/// What is kept of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// The file.
    File,
    /// A page of the dry run's rows.
    Rows(RowFate),
}

impl PartKind {
    const fn code(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Rows(fate) => fate.code(),
        }
    }
}

/// The key of an upload's content.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "a secret")]
pub struct ContentKey(PersonKey);

impl ContentKey {
    fn place(upload: UploadId, what: &str) -> String {
        format!("list_uploads {upload} {what}")
    }

    /// The encrypted form of a part.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn seal(&self, upload: UploadId, kind: PartKind, content: Vec<u8>) -> Result<String, StoreError> {
        self.0.encrypt_bytes(&Self::place(upload, kind.code()), content)
    }
}

macro_rules! select {
    ($($rest:literal)+) => {
        concat!(
            "SELECT u.id, u.centre_code, u.account_id, s.name, u.state, u.content_key, u.details, u.plan, u.bytes,
             u.new_rows, u.changed_rows, u.same_rows, u.refused_rows, u.done_steps, u.all_steps, u.uploaded_at,
             u.changed_at FROM list_uploads u JOIN staff_accounts s ON s.id = u.account_id ",
            $($rest),+
        )
    };
}

/// Begins an upload. Returns the key of its content.
///
/// # Errors
/// Database errors; if the system has no random numbers.
pub async fn begin(
    tx: &mut Tx,
    id: UploadId,
    centre: &CentreCode,
    account: StaffAccountId,
    details: &str,
    at: Timestamp,
) -> Result<ContentKey, StoreError> {
    let text = PersonKey::new_text()?;
    let key = PersonKey::parse(&text).ok_or(UNREADABLE_KEY)?;
    let details = key.encrypt(&ContentKey::place(id, DETAILS), details)?;
    let sql = "INSERT INTO list_uploads (id, centre_code, account_id, state, content_key, details, uploaded_at,
               changed_at) VALUES ($1, $2, $3, 'receiving', $4, $5, $6, $6)";
    let args = vec![id.into(), centre.into(), account.into(), text.as_str().into(), details.into(), at.into()];
    tx.execute(sql, args).await?;
    Ok(ContentKey(key))
}

const DETAILS: &str = "details";
const UNREADABLE_KEY: StoreError = StoreError::Inconsistent { what: "list_uploads.content_key" };

/// Adds parts, each with its number and its sealed content.
///
/// # Errors
/// Database errors.
pub async fn add_parts(tx: &mut Tx, upload: UploadId, parts: Vec<(PartKind, i64, String)>) -> Result<(), StoreError> {
    let rows = parts.into_iter().map(|(kind, nth, content)| {
        [upload.into(), kind.code().into(), nth.into(), crate::store::Document::from(content).into()]
    });
    tx.write_rows("INSERT INTO list_upload_parts (upload_id, kind, nth, content) VALUES", rows.collect(), "").await
}

/// A part. `None` if there is none with this number, or if the content is erased.
///
/// # Errors
/// Database errors; if the part was changed outside the program.
pub async fn part(tx: &mut Tx, upload: UploadId, kind: PartKind, nth: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(key) = key_of(tx, upload).await? else { return Ok(None) };
    let sql = "SELECT content FROM list_upload_parts WHERE upload_id = $1 AND kind = $2 AND nth = $3";
    let args = vec![upload.into(), kind.code().into(), nth.into()];
    let Some(content) = tx.fetch_optional(sql, args, |row| row.owned(0)).await? else { return Ok(None) };
    let place = ContentKey::place(upload, kind.code());
    let what = "list_upload_parts.content";
    key.decrypt_bytes(&place, &content).map(Some).ok_or(StoreError::Inconsistent { what })
}

/// The key of an upload's content. `None` once it is erased.
///
/// # Errors
/// Database errors.
pub async fn key(tx: &mut Tx, upload: UploadId) -> Result<Option<ContentKey>, StoreError> {
    Ok(key_of(tx, upload).await?.map(ContentKey))
}

async fn key_of(tx: &mut Tx, upload: UploadId) -> Result<Option<PersonKey>, StoreError> {
    let sql = "SELECT content_key FROM list_uploads WHERE id = $1";
    let found = tx
        .fetch_optional(sql, vec![upload.into()], |row| row.opt_read(0, "list_uploads.content_key", PersonKey::parse));
    Ok(found.await?.flatten())
}

/// One upload.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
    tx.fetch_optional(select!("WHERE u.id = $1"), vec![id.into()], read).await
}

/// The uploads of a health centre, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_centre(tx: &mut Tx, centre: &CentreCode, limit: u32) -> Result<Vec<UploadRow>, StoreError> {
    let sql =
        select!("WHERE u.centre_code = $1 AND u.state <> 'receiving' ORDER BY u.uploaded_at DESC, u.id DESC LIMIT $2");
    tx.fetch_all(sql, vec![centre.into(), i64::from(limit).into()], read).await
}

/// The file is complete: the dry run may begin.
///
/// # Errors
/// Database errors.
pub async fn received(tx: &mut Tx, id: UploadId, bytes: i64, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE list_uploads SET state = 'waiting', bytes = $2, changed_at = $3
               WHERE id = $1 AND state = 'receiving'";
    tx.execute(sql, vec![id.into(), bytes.into(), at.into()]).await?;
    Ok(())
}

/// Goes from one state to another. Returns `false` if it wasn't in the first one.
///
/// # Errors
/// Database errors.
pub async fn go(
    tx: &mut Tx,
    id: UploadId,
    (from, to): (UploadState, UploadState),
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE list_uploads SET state = $3, changed_at = $4, claimed_by = NULL, claimed_until = NULL
               WHERE id = $1 AND state = $2";
    let args = vec![id.into(), from.code().into(), to.code().into(), at.into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Staff decide to import what the dry run with this digest shows. Returns `false` if it isn't shown any more.
///
/// # Errors
/// Database errors.
pub async fn start(
    tx: &mut Tx,
    id: UploadId,
    account: StaffAccountId,
    plan: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE list_uploads SET state = 'importing', account_id = $2, changed_at = $4, done_steps = 0,
               all_steps = 0 WHERE id = $1 AND state = 'read' AND plan = $3 AND claimed_by IS NULL";
    Ok(tx.execute(sql, vec![id.into(), account.into(), plan.into(), at.into()]).await? == 1)
}

/// Notes the result of a dry run. The worker's claim ends.
///
/// # Errors
/// [`StoreError::Stale`] if somebody else has the claim; otherwise database errors.
pub async fn shown(
    tx: &mut Tx,
    id: UploadId,
    holder: Uuid,
    result: &DryRunResult<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = key_of(tx, id).await?.ok_or(StoreError::Stale)?;
    let details = key.encrypt(&ContentKey::place(id, DETAILS), result.details)?;
    let sql = "UPDATE list_uploads SET state = $3, details = $4, plan = $5, new_rows = $6, changed_rows = $7,
               same_rows = $8, refused_rows = $9, changed_at = $10, claimed_by = NULL, claimed_until = NULL
               WHERE id = $1 AND claimed_by = $2";
    let FateCounts { new, changed, same, refused } = result.counts;
    let args = vec![
        id.into(),
        holder.into(),
        result.state.code().into(),
        details.into(),
        result.plan.into(),
        new.into(),
        changed.into(),
        same.into(),
        refused.into(),
        at.into(),
    ];
    if tx.execute(sql, args).await? == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// The result of a dry run.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct DryRunResult<'a> {
    /// The new state.
    pub state: UploadState,
    /// What was found in the file.
    pub details: &'a str,
    /// What the import would do, as a digest.
    pub plan: &'a str,
    /// How many rows have each fate.
    pub counts: FateCounts,
}

/// Asks for another dry run, of another sheet.
///
/// # Errors
/// Database errors.
pub async fn again(tx: &mut Tx, id: UploadId, details: &str, at: Timestamp) -> Result<bool, StoreError> {
    let Some(key) = key_of(tx, id).await? else { return Ok(false) };
    let details = key.encrypt(&ContentKey::place(id, DETAILS), details)?;
    let sql = "UPDATE list_uploads SET state = 'waiting', details = $2, changed_at = $3
               WHERE id = $1 AND state IN ('refused', 'read') AND claimed_by IS NULL";
    Ok(tx.execute(sql, vec![id.into(), details.into(), at.into()]).await? == 1)
}

/// Claims the work on an upload: its dry run or its import. Returns `false` if there is none, or if somebody else works
/// on it.
///
/// # Errors
/// Database errors.
pub async fn claim(tx: &mut Tx, id: UploadId, holder: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE list_uploads SET claimed_by = $2, claimed_until = $3
               WHERE id = $1 AND state IN ('waiting', 'importing')
                 AND (claimed_by IS NULL OR claimed_by = $2 OR claimed_until <= $4)";
    Ok(tx.execute(sql, vec![id.into(), holder.into(), until(now).into(), now.into()]).await? == 1)
}

fn until(now: Timestamp) -> Timestamp {
    now.checked_add(CLAIM).unwrap_or(Timestamp::MAX)
}

/// Prolongs a claim, and notes how far the work has come. Returns `false` if somebody else has it.
///
/// # Errors
/// Database errors.
pub async fn renew(
    tx: &mut Tx,
    id: UploadId,
    holder: Uuid,
    (done, all): (i64, i64),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE list_uploads SET claimed_until = $3, done_steps = $4, all_steps = $5
               WHERE id = $1 AND claimed_by = $2";
    let args = vec![id.into(), holder.into(), until(now).into(), done.into(), all.into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Notes, in the transaction that decides an import, that the list is imported.
///
/// # Errors
/// [`StoreError::Stale`] if somebody else has the claim; otherwise database errors.
pub async fn imported(
    tx: &mut Tx,
    (id, holder): (UploadId, Uuid),
    import: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE list_uploads SET state = 'imported', changed_at = $3, claimed_by = NULL, claimed_until = NULL,
               import = $4 WHERE id = $1 AND state = 'importing' AND claimed_by = $2";
    let args = vec![id.into(), holder.into(), at.into(), import.into()];
    if tx.execute(sql, args).await? == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// The health centre of an imported list, and the number of its import. `None` if it wasn't imported.
///
/// # Errors
/// Database errors.
pub async fn import_of(tx: &mut Tx, id: UploadId) -> Result<Option<(CentreCode, i64)>, StoreError> {
    let sql = "SELECT centre_code, import FROM list_uploads WHERE id = $1 AND import > 0";
    tx.fetch_optional(sql, vec![id.into()], |row| {
        Ok((row.read(0, "list_uploads.centre_code", |text| CentreCode::parse(text).ok())?, row.int(1)?))
    })
    .await
}

/// Uploads on which work is left to do and nobody works.
///
/// # Errors
/// Database errors.
pub async fn left_behind(tx: &mut Tx, now: Timestamp) -> Result<Vec<UploadId>, StoreError> {
    let sql = "SELECT id FROM list_uploads WHERE state IN ('waiting', 'importing')
               AND (claimed_until IS NULL OR claimed_until <= $1) ORDER BY uploaded_at LIMIT 16";
    tx.fetch_all(sql, vec![now.into()], |row| row.read(0, "list_uploads.id", parsed)).await
}

/// Uploads from before a time whose content isn't erased, except while they are imported.
///
/// # Errors
/// Database errors.
pub async fn older(tx: &mut Tx, than: Timestamp) -> Result<Vec<UploadId>, StoreError> {
    let sql = "SELECT id FROM list_uploads WHERE uploaded_at <= $1 AND content_key IS NOT NULL
               AND state <> 'importing' ORDER BY uploaded_at LIMIT 16";
    tx.fetch_all(sql, vec![than.into()], |row| row.read(0, "list_uploads.id", parsed)).await
}

/// Makes the content of an upload unreadable: its key is deleted. One that nobody decided about ends.
///
/// # Errors
/// Database errors.
pub async fn forget_key(tx: &mut Tx, id: UploadId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE list_uploads SET content_key = NULL, details = NULL, changed_at = CASE
                 WHEN state IN ('receiving', 'waiting', 'refused', 'read') THEN $2 ELSE changed_at END, state = CASE
                 WHEN state IN ('receiving', 'waiting', 'refused', 'read') THEN 'expired' ELSE state END
               WHERE id = $1 AND state <> 'importing'";
    tx.execute(sql, vec![id.into(), at.into()]).await?;
    Ok(())
}

/// Deletes some parts of a kind, or of all kinds. Returns how many.
///
/// # Errors
/// Database errors.
pub async fn delete_parts(tx: &mut Tx, id: UploadId, kind: Option<PartKind>, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM list_upload_parts WHERE upload_id = $1 AND ($2 = '' OR kind = $2) AND (kind, nth) IN
               (SELECT kind, nth FROM list_upload_parts WHERE upload_id = $1 AND ($2 = '' OR kind = $2) LIMIT $3)";
    let args = vec![id.into(), kind.map_or("", PartKind::code).into(), i64::from(limit).into()];
    tx.execute(sql, args).await
}

fn read(row: &Row<'_>) -> Result<UploadRow, StoreError> {
    let id: UploadId = row.read(0, "list_uploads.id", parsed)?;
    let key = row.opt_read(5, "list_uploads.content_key", PersonKey::parse)?;
    let details = match (key, row.opt_text(6)?) {
        (Some(key), Some(details)) => {
            let what = "list_uploads.details";
            let place = ContentKey::place(id, DETAILS);
            Some(key.decrypt(&place, details).ok_or(StoreError::Inconsistent { what })?)
        }
        _ => None,
    };
    Ok(UploadRow {
        id,
        centre: row.read(1, "list_uploads.centre_code", |text| CentreCode::parse(text).ok())?,
        account: row.read(2, "list_uploads.account_id", parsed)?,
        by: row.owned(3)?,
        state: row.read(4, "list_uploads.state", UploadState::from_code)?,
        details,
        plan: row.owned(7)?,
        bytes: row.int(8)?,
        counts: FateCounts { new: row.int(9)?, changed: row.int(10)?, same: row.int(11)?, refused: row.int(12)? },
        steps: (row.int(13)?, row.int(14)?),
        uploaded_at: row.time(15, "list_uploads.uploaded_at")?,
        changed_at: row.time(16, "list_uploads.changed_at")?,
    })
}
