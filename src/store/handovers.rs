//! When one shift handed over to the next.

use jiff::Timestamp;

use super::{StoreError, Tx, bind_value::Row, bind_value::parsed};
use crate::domain::{CentreCode, HandoverId, NoteText, PatientId, ReportId};

/// A handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRow {
    /// The handover.
    pub id: HandoverId,
    /// The health centre.
    pub centre: CentreCode,
    /// What the next shift must know.
    pub message: Option<NoteText>,
    /// Who handed over.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// Adds a handover. Returns `false` if it was added before.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, handover: &HandoverRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO handovers (id, centre_code, message, author, at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO NOTHING";
    let args = vec![
        handover.id.into(),
        (&handover.centre).into(),
        handover.message.as_ref().map(NoteText::expose).into(),
        handover.author.as_str().into(),
        handover.at.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// One handover.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: HandoverId) -> Result<Option<HandoverRow>, StoreError> {
    let sql = "SELECT id, centre_code, message, author, at FROM handovers WHERE id = $1";
    tx.fetch_optional(sql, vec![id.into()], read).await
}

/// The last handovers of a health centre, latest first.
///
/// # Errors
/// Database errors.
pub async fn latest(tx: &mut Tx, centre: &CentreCode, limit: u32) -> Result<Vec<HandoverRow>, StoreError> {
    let sql = "SELECT id, centre_code, message, author, at FROM handovers WHERE centre_code = $1
               ORDER BY at DESC, id DESC LIMIT $2";
    tx.fetch_all(sql, vec![centre.into(), i64::from(limit).into()], read).await
}

/// The finished reports since a time of a health centre's patients under observation that have an answer with some
/// severity, latest first.
///
/// # Errors
/// Database errors.
pub async fn reports_since(
    tx: &mut Tx,
    centre: &CentreCode,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<(PatientId, ReportId)>, StoreError> {
    let sql = "SELECT r.patient_id, r.id FROM reports r JOIN patients p ON p.id = r.patient_id
               WHERE r.report_date >= $4 AND r.outcome = 'reported' AND r.ended_at >= $2
                 AND p.centre_code = $1 AND p.released_at IS NULL
                 AND EXISTS (SELECT 1 FROM answers a WHERE a.report_id = r.id AND a.severity <> 'none')
               ORDER BY r.ended_at DESC, r.id DESC LIMIT $3";
    // Days are those of the health centre: none is two days from that of UTC.
    let day = since.checked_sub(jiff::SignedDuration::from_hours(48)).unwrap_or(since);
    let from = jiff::tz::TimeZone::UTC.to_datetime(day).date();
    tx.fetch_all(sql, vec![centre.into(), since.into(), i64::from(limit).into(), from.into()], |row| {
        Ok((row.read(0, "reports.patient_id", parsed)?, row.read(1, "reports.id", parsed)?))
    })
    .await
}

fn read(row: &Row<'_>) -> Result<HandoverRow, StoreError> {
    Ok(HandoverRow {
        id: row.read(0, "handovers.id", parsed)?,
        centre: row.read(1, "handovers.centre_code", |text| CentreCode::parse(text).ok())?,
        message: row.opt_read(2, "handovers.message", |text| NoteText::parse(text).ok().flatten())?,
        author: row.owned(3)?,
        at: row.time(4, "handovers.at")?,
    })
}
