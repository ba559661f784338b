//! Maintenance periods, during which callers hear an announcement.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    standing_version,
};

/// One maintenance period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaintenanceRow {
    /// Its id.
    pub id: Uuid,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it is announced to end. `None` if no end is announced.
    pub until: Option<Timestamp>,
    /// When it was ended by hand.
    pub closed_at: Option<Timestamp>,
}

/// Adds a maintenance period.
///
/// # Errors
/// Database errors.
pub async fn start(tx: &mut Tx, maintenance: &MaintenanceRow) -> Result<(), StoreError> {
    tx.write(
        "INSERT INTO maintenances (id, starts_at, until, closed_at) VALUES ($1, $2, $3, $4)",
        vec![
            maintenance.id.into(),
            maintenance.starts_at.into(),
            maintenance.until.into(),
            maintenance.closed_at.into(),
        ],
    )
    .await?;
    standing_version::changed(tx).await
}

/// Ends a maintenance period by hand. Returns `true` if it was still open.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE maintenances SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL",
            vec![id.into(), at.into()],
        )
        .await?;
    standing_version::changed(tx).await?;
    Ok(written == 1)
}

/// The maintenance period at a time; of several, the one that began last. A period begins when it is written and ends
/// by hand when that is written, whatever the clock showed then.
///
/// # Errors
/// Database errors.
pub async fn current(tx: &mut Tx, at: Timestamp) -> Result<Option<MaintenanceRow>, StoreError> {
    tx.fetch_optional(
        "SELECT id, starts_at, until, closed_at FROM maintenances
         WHERE closed_at IS NULL AND (until IS NULL OR until > $1)
         ORDER BY starts_at DESC, id DESC LIMIT 1",
        vec![at.into()],
        read,
    )
    .await
}

/// The maintenance periods that weren't closed, the latest start first.
pub(super) async fn open(tx: &mut Tx) -> Result<Vec<MaintenanceRow>, StoreError> {
    tx.fetch_all(
        "SELECT id, starts_at, until, closed_at FROM maintenances WHERE closed_at IS NULL
         ORDER BY starts_at DESC, id DESC",
        vec![],
        read,
    )
    .await
}

fn read(row: &Row<'_>) -> Result<MaintenanceRow, StoreError> {
    Ok(MaintenanceRow {
        id: row.read(0, "maintenances.id", parsed)?,
        starts_at: row.time(1, "maintenances.starts_at")?,
        until: row.opt_time(2, "maintenances.until")?,
        closed_at: row.opt_time(3, "maintenances.closed_at")?,
    })
}
