//! What staff noted about a line of the open alerts. Notes are added and never changed.

use jiff::Timestamp;

use super::{StoreError, Tx, bind_value::Row};
use crate::domain::{ClosingReason, LineOf, NoteAudience, NoteId, NoteText, PatientId};

/// A note to add.
#[derive(Debug, Clone)]
pub struct NewNote<'a> {
    /// The note.
    pub id: NoteId,
    /// The line.
    pub line: LineOf,
    /// Who wrote it.
    pub author: &'a str,
    /// For whom.
    pub audience: NoteAudience,
    /// The text.
    pub text: &'a NoteText,
    /// When.
    pub at: Timestamp,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Who wrote it.
    pub author: String,
    /// For whom.
    pub audience: NoteAudience,
    /// The text.
    pub text: NoteText,
    /// When.
    pub at: Timestamp,
    /// Why alerts were closed with it. `None` if none was.
    pub closing: Option<ClosingReason>,
}

/// Adds a note. Returns `false` if it was added before.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, note: &NewNote<'_>) -> Result<bool, StoreError> {
    let sql = "INSERT INTO line_notes (id, line, patient_id, author, audience, note, written_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    let args = vec![
        note.id.into(),
        note.line.id().into(),
        note.line.patient().into(),
        note.author.into(),
        note.audience.code().into(),
        note.text.expose().into(),
        note.at.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// One note of a line.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: NoteId) -> Result<Option<NoteRow>, StoreError> {
    let sql = "SELECT author, audience, note, written_at, NULL FROM line_notes WHERE id = $1";
    tx.fetch_optional(sql, vec![id.into()], read).await
}

/// The latest notes of a line, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_line(tx: &mut Tx, line: LineOf, limit: u32) -> Result<Vec<NoteRow>, StoreError> {
    let sql = "SELECT author, audience, note, written_at, NULL FROM line_notes WHERE line = $1
               ORDER BY written_at DESC, id DESC LIMIT $2";
    tx.fetch_all(sql, vec![line.id().into(), i64::from(limit).into()], read).await
}

/// The latest notes with which a patient's alerts were closed, the latest first. Alerts that were closed together have
/// one.
///
/// # Errors
/// Database errors.
pub async fn of_closing(tx: &mut Tx, patient: PatientId, limit: u32) -> Result<Vec<NoteRow>, StoreError> {
    let sql = "SELECT DISTINCT closed_by, 'staff', closing_note, closed_at, closing_reason FROM alerts
               WHERE patient_id = $1 AND closing_note IS NOT NULL ORDER BY closed_at DESC LIMIT $2";
    tx.fetch_all(sql, vec![patient.into(), i64::from(limit).into()], read).await
}

fn read(row: &Row<'_>) -> Result<NoteRow, StoreError> {
    Ok(NoteRow {
        author: row.text(0)?.to_owned(),
        audience: row.read(1, "line_notes.audience", NoteAudience::from_code)?,
        text: row.read(2, "line_notes.note", |text| NoteText::parse(text).ok().flatten())?,
        at: row.time(3, "line_notes.written_at")?,
        closing: row.opt_read(4, "alerts.closing_reason", ClosingReason::from_code)?,
    })
}
