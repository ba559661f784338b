//! Transfers of patients from one health centre to another, and what moves with an accepted one.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    slots,
};
use crate::domain::{CentreCode, NoteText, PatientId, SlotId, TransferId, TransferReason, TransferState};

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    /// The transfer.
    pub id: TransferId,
    /// The patient.
    pub patient: PatientId,
    /// The health centre that offers the patient.
    pub from: CentreCode,
    /// The health centre to which the patient is offered.
    pub to: CentreCode,
    /// Its state.
    pub state: TransferState,
    /// Why the patient is offered.
    pub reason: TransferReason,
    /// What the offering health centre wrote.
    pub note: Option<NoteText>,
    /// What the receiving health centre wrote when it declined.
    pub reply: Option<NoteText>,
    /// When it was offered.
    pub offered_at: Timestamp,
    /// Who offered it.
    pub offered_by: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When the offering health centre took note of the decision.
    pub noticed_at: Option<Timestamp>,
}

/// A decision to store.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The transfer.
    pub id: TransferId,
    /// Its next state.
    pub state: TransferState,
    /// What was written with it.
    pub reply: Option<&'a NoteText>,
    /// Who decided.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Starts a query that selects every column of a transfer.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, patient_id, from_centre, to_centre, state, reason, note, reply, offered_at, offered_by,
             decided_at, decided_by, noticed_at FROM transfers WHERE ",
            $rest
        )
    };
}

/// Adds an offer. Returns `false` if it was added before, or the patient is offered already.
///
/// # Errors
/// Database errors.
pub async fn offer(tx: &mut Tx, transfer: &TransferRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO transfers (id, patient_id, from_centre, to_centre, state, reason, note, offered_at,
                offered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let args = vec![
        transfer.id.into(),
        transfer.patient.into(),
        (&transfer.from).into(),
        (&transfer.to).into(),
        transfer.state.code().into(),
        transfer.reason.code().into(),
        transfer.note.as_ref().map(NoteText::expose).into(),
        transfer.offered_at.into(),
        transfer.offered_by.as_str().into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// One transfer.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: TransferId) -> Result<Option<TransferRow>, StoreError> {
    tx.fetch_optional(select!("id = $1"), vec![id.into()], read).await
}

/// Locks a transfer until the transaction ends: another one that decides it waits.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, id: TransferId) -> Result<(), StoreError> {
    if !tx.writes_alone() {
        tx.execute("UPDATE transfers SET state = state WHERE id = $1", vec![id.into()]).await?;
    }
    Ok(())
}

/// The open offer of a patient.
///
/// # Errors
/// Database errors.
pub async fn open_of(tx: &mut Tx, patient: PatientId) -> Result<Option<TransferRow>, StoreError> {
    tx.fetch_optional(select!("patient_id = $1 AND state = 'offered'"), vec![patient.into()], read).await
}

/// All transfers of a patient, latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId) -> Result<Vec<TransferRow>, StoreError> {
    tx.fetch_all(select!("patient_id = $1 ORDER BY offered_at DESC, id DESC"), vec![patient.into()], read).await
}

/// The open offers to a health centre, oldest first.
///
/// # Errors
/// Database errors.
pub async fn offered_to(tx: &mut Tx, centre: &CentreCode, limit: u32) -> Result<Vec<TransferRow>, StoreError> {
    let sql = select!("to_centre = $1 AND state = 'offered' ORDER BY offered_at, id LIMIT $2");
    tx.fetch_all(sql, vec![centre.into(), i64::from(limit).into()], read).await
}

/// The offers of a health centre that are open, or whose decision it hasn't noticed, oldest first.
///
/// # Errors
/// Database errors.
pub async fn unnoticed_from(tx: &mut Tx, centre: &CentreCode, limit: u32) -> Result<Vec<TransferRow>, StoreError> {
    let sql = select!("from_centre = $1 AND noticed_at IS NULL ORDER BY offered_at, id LIMIT $2");
    tx.fetch_all(sql, vec![centre.into(), i64::from(limit).into()], read).await
}

/// Stores a decision about an open offer. Returns `false` if it isn't open. A withdrawn one needs no notice.
///
/// # Errors
/// Database errors.
pub async fn decide(tx: &mut Tx, decision: &Decision<'_>) -> Result<bool, StoreError> {
    let sql = "UPDATE transfers SET state = $2, reply = $3, decided_at = $4, decided_by = $5,
                noticed_at = CASE WHEN $2 = 'withdrawn' THEN $4 ELSE NULL END
               WHERE id = $1 AND state = 'offered'";
    let reply = decision.reply.map(NoteText::expose);
    let args =
        vec![decision.id.into(), decision.state.code().into(), reply.into(), decision.at.into(), decision.by.into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Records that the offering health centre took note of a decision. Returns `false` if it had.
///
/// # Errors
/// Database errors.
pub async fn notice(tx: &mut Tx, id: TransferId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE transfers SET noticed_at = $2 WHERE id = $1 AND state <> 'offered' AND noticed_at IS NULL";
    Ok(tx.execute(sql, vec![id.into(), at.into()]).await? == 1)
}

/// Moves a patient's open slots and calls in progress to another health centre, with the windows that these slots have
/// from now on. Calls of the past are listed there too; slots and attempts of the past stay in the figures of their
/// day. The attempts come first, as when they end: one that ends meanwhile waits, and then sees the new window.
///
/// # Errors
/// Database errors.
pub async fn move_calls(
    tx: &mut Tx,
    patient: PatientId,
    to: &CentreCode,
    windows: &[(SlotId, Timestamp)],
) -> Result<(), StoreError> {
    let sqls = [
        "UPDATE attempts SET centre_code = $2 WHERE patient_id = $1 AND ended_at IS NULL",
        "UPDATE slots SET centre_code = $2 WHERE patient_id = $1 AND ended_at IS NULL",
        "UPDATE call_people SET centre_code = $2 WHERE patient_id = $1",
    ];
    for sql in sqls {
        tx.write(sql, vec![patient.into(), to.into()]).await?;
    }
    slots::shorten(tx, windows).await
}

fn read(row: &Row<'_>) -> Result<TransferRow, StoreError> {
    let note = |text: &str| NoteText::parse(text).ok().flatten();
    Ok(TransferRow {
        id: row.read(0, "transfers.id", parsed)?,
        patient: row.read(1, "transfers.patient_id", parsed)?,
        from: row.read(2, "transfers.from_centre", |text| CentreCode::parse(text).ok())?,
        to: row.read(3, "transfers.to_centre", |text| CentreCode::parse(text).ok())?,
        state: row.read(4, "transfers.state", TransferState::from_code)?,
        reason: row.read(5, "transfers.reason", TransferReason::from_code)?,
        note: row.opt_read(6, "transfers.note", note)?,
        reply: row.opt_read(7, "transfers.reply", note)?,
        offered_at: row.time(8, "transfers.offered_at")?,
        offered_by: row.owned(9)?,
        decided_at: row.opt_time(10, "transfers.decided_at")?,
        decided_by: row.opt_text(11)?.map(str::to_owned),
        noticed_at: row.opt_time(12, "transfers.noticed_at")?,
    })
}
