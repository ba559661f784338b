//! Why staff corrected answers. They are added and never changed.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, bind_value::Row, bind_value::parsed};
use crate::domain::{NoteText, ReportId};

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// The answer that applies since.
    pub answer: Uuid,
    /// Its report.
    pub report: ReportId,
    /// Why.
    pub reason: NoteText,
    /// Who.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// Adds a correction.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, correction: &CorrectionRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO answer_corrections (answer_id, report_id, reason, author, at) VALUES ($1, $2, $3, $4, $5)";
    let args = vec![
        correction.answer.into(),
        correction.report.into(),
        correction.reason.expose().into(),
        correction.author.as_str().into(),
        correction.at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// The corrections in these reports, oldest first.
///
/// # Errors
/// Database errors.
pub async fn of_reports(tx: &mut Tx, reports: &[ReportId]) -> Result<Vec<CorrectionRow>, StoreError> {
    let head = "SELECT answer_id, report_id, reason, author, at FROM answer_corrections WHERE report_id IN";
    let mut found = tx.fetch_in(head, &[], reports.iter().map(|report| (*report).into()), "", read).await?;
    found.sort_by_key(|correction| (correction.at, correction.answer));
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<CorrectionRow, StoreError> {
    Ok(CorrectionRow {
        answer: row.read(0, "answer_corrections.answer_id", parsed)?,
        report: row.read(1, "answer_corrections.report_id", parsed)?,
        reason: row.read(2, "answer_corrections.reason", |text| NoteText::parse(text).ok().flatten())?,
        author: row.owned(3)?,
        at: row.time(4, "answer_corrections.at")?,
    })
}
