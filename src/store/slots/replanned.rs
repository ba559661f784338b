//! Waiting slots whose next try must be planned again, because it was planned while a clock was wrong.

use jiff::Timestamp;

use super::{SlotRow, read};
use crate::domain::SlotId;
use crate::store::{StoreError, Tx};

/// The waiting slots that are due after `after`, latest first.
///
/// # Errors
/// Database errors.
pub async fn waiting_after(tx: &mut Tx, after: Timestamp, limit: u32) -> Result<Vec<SlotRow>, StoreError> {
    tx.fetch_all(
        select!("WHERE s.state = 'waiting' AND s.due_at > $1 ORDER BY s.due_at DESC, s.id LIMIT $2"),
        vec![after.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// Sets when waiting slots are due.
///
/// # Errors
/// Database errors.
pub async fn set_due(tx: &mut Tx, due: &[(SlotId, Timestamp)]) -> Result<u64, StoreError> {
    tx.execute_rows(
        "UPDATE slots SET due_at = v.column2 FROM (VALUES",
        due.iter().map(|(slot, at)| [(*slot).into(), (*at).into()]).collect(),
        ") AS v WHERE slots.id = v.column1 AND slots.state = 'waiting'",
    )
    .await
}
