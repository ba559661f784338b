//! Links by which patients report without an account.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{NoticeOutcome, PatientId, ReportLinkId};

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLinkRow {
    /// The link.
    pub id: ReportLinkId,
    /// Whose form it opens.
    pub patient: PatientId,
    /// The day whose form it opens, at the health centre.
    pub day: Date,
    /// Who sent it.
    pub made_by: String,
    /// When it was asked for.
    pub made_at: Timestamp,
    /// What came of the message. `None` if it waits, or wasn't sent.
    pub outcome: Option<NoticeOutcome>,
    /// When the message went out.
    pub sent_at: Option<Timestamp>,
    /// When the right birth date came first.
    pub opened_at: Option<Timestamp>,
    /// The wrong birth dates that were tried.
    pub wrong: u32,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, patient_id, report_date, made_by, made_at, outcome, sent_at, opened_at, wrong FROM report_links ",
            $where
        )
    };
}

/// Adds a link that isn't sent yet. Returns `false` if it was added before.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, link: &ReportLinkRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO report_links (id, patient_id, report_date, made_by, made_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO NOTHING";
    let args =
        vec![link.id.into(), link.patient.into(), link.day.into(), link.made_by.as_str().into(), link.made_at.into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The link with this id.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: ReportLinkId) -> Result<Option<ReportLinkRow>, StoreError> {
    tx.fetch_optional(select!("WHERE id = $1"), vec![id.into()], read).await
}

/// The link with a token, by its hash.
///
/// # Errors
/// Database errors.
pub async fn by_token(tx: &mut Tx, hash: &str) -> Result<Option<ReportLinkRow>, StoreError> {
    tx.fetch_optional(select!("WHERE token_hash = $1"), vec![hash.into()], read).await
}

/// The last links of a patient, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<ReportLinkRow>, StoreError> {
    let sql = select!("WHERE patient_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2");
    tx.fetch_all(sql, vec![patient.into(), i64::from(limit).into()], read).await
}

/// Gives a link its token just before the message goes out.
///
/// # Errors
/// Database errors.
pub async fn give_token(tx: &mut Tx, id: ReportLinkId, hash: &str, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE report_links SET token_hash = $2, sent_at = $3, outcome = $4 WHERE id = $1";
    // Until the carrier has answered, it isn't known whether the message went out.
    let args = vec![id.into(), hash.into(), at.into(), NoticeOutcome::Unknown.code().into()];
    tx.execute(sql, args).await.map(|_| ())
}

/// Records what came of the message.
///
/// # Errors
/// Database errors.
pub async fn sent(tx: &mut Tx, id: ReportLinkId, outcome: NoticeOutcome) -> Result<(), StoreError> {
    let sql = "UPDATE report_links SET outcome = $2 WHERE id = $1";
    tx.execute(sql, vec![id.into(), outcome.code().into()]).await.map(|_| ())
}

/// Records that the right birth date came.
///
/// # Errors
/// Database errors.
pub async fn opened(tx: &mut Tx, id: ReportLinkId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE report_links SET opened_at = COALESCE(opened_at, $2) WHERE id = $1";
    tx.execute(sql, vec![id.into(), at.into()]).await.map(|_| ())
}

/// Counts one more try of a birth date before it is compared, so that tries at the same time can't be more than the
/// limit. Returns how many wrong ones there would be. A right one is taken back by [`was_right`].
///
/// # Errors
/// Database errors.
pub async fn count_try(tx: &mut Tx, id: ReportLinkId) -> Result<u32, StoreError> {
    let sql = "UPDATE report_links SET wrong = wrong + 1 WHERE id = $1 RETURNING wrong";
    let counted = tx.fetch_optional(sql, vec![id.into()], |row| row.int(0)).await?;
    Ok(counted.and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX))
}

/// Takes a try back whose birth date was right.
///
/// # Errors
/// Database errors.
pub async fn was_right(tx: &mut Tx, id: ReportLinkId) -> Result<(), StoreError> {
    let sql = "UPDATE report_links SET wrong = wrong - 1 WHERE id = $1";
    tx.execute(sql, vec![id.into()]).await.map(|_| ())
}

fn read(row: &Row<'_>) -> Result<ReportLinkRow, StoreError> {
    Ok(ReportLinkRow {
        id: row.read(0, "report_links.id", parsed)?,
        patient: row.read(1, "report_links.patient_id", parsed)?,
        day: row.read(2, "report_links.report_date", parsed)?,
        made_by: row.owned(3)?,
        made_at: row.time(4, "report_links.made_at")?,
        outcome: row.opt_read(5, "report_links.outcome", NoticeOutcome::from_code)?,
        sent_at: row.opt_time(6, "report_links.sent_at")?,
        opened_at: row.opt_time(7, "report_links.opened_at")?,
        wrong: u32::try_from(row.int(8)?).unwrap_or(u32::MAX),
    })
}
