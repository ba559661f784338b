//! Transfers as staff of both health centres see them: no more of the patient than they need to decide.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{
    CentreCode, NoteText, PatientId, Sensitive, SlotState, TransferId, TransferReason, TransferSide, TransferState,
    Withdrawal,
};
use crate::service::slots::unwanted;
use crate::store::patients::PatientRow;
use crate::store::slots::SlotRow;
use crate::store::transfers::TransferRow;
use crate::store::{StoreError, Tx, centres};

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferView {
    /// The transfer.
    pub id: TransferId,
    /// The patient's record.
    pub patient: PatientId,
    /// The patient's family name.
    pub family_name: Sensitive,
    /// The patient's given name.
    pub given_name: Sensitive,
    /// Why the patient isn't called. `None` if calls are placed.
    pub not_called: Option<Withdrawal>,
    /// The side on which the reader is.
    pub side: TransferSide,
    /// The health centre that offers the patient.
    pub from: CentreCode,
    /// Its name.
    pub from_name: String,
    /// The health centre to which the patient is offered.
    pub to: CentreCode,
    /// Its name.
    pub to_name: String,
    /// The state.
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
    /// Whether the offering health centre has taken note of the decision.
    pub is_noticed: bool,
}

impl TransferView {
    pub(super) fn of(
        row: TransferRow,
        patient: &PatientRow,
        side: TransferSide,
        names: &BTreeMap<CentreCode, String>,
    ) -> Self {
        let name = |code: &CentreCode| names.get(code).cloned().unwrap_or_default();
        Self {
            id: row.id,
            patient: row.patient,
            family_name: patient.family_name.clone(),
            given_name: patient.given_name.clone(),
            not_called: unwanted(patient),
            side,
            from_name: name(&row.from),
            from: row.from,
            to_name: name(&row.to),
            to: row.to,
            state: row.state,
            reason: row.reason,
            note: row.note,
            reply: row.reply,
            offered_at: row.offered_at,
            offered_by: row.offered_by,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
            is_noticed: row.noticed_at.is_some(),
        }
    }
}

/// A call that waits or is in progress while the patient is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferCall {
    /// When it is placed, or was.
    pub due_at: Timestamp,
    /// Whether it is in progress.
    pub is_in_progress: bool,
}

impl From<SlotRow> for TransferCall {
    fn from(row: SlotRow) -> Self {
        Self { due_at: row.due_at, is_in_progress: row.state == SlotState::Calling }
    }
}

/// The names of all health centres.
pub(super) async fn names_of_centres(tx: &mut Tx) -> Result<BTreeMap<CentreCode, String>, StoreError> {
    Ok(centres::list(tx).await?.into_iter().map(|centre| (centre.code, centre.name)).collect())
}
