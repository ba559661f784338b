//! Times of maintenance, when callers hear an announcement.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};

/// One maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaintenanceRow {
    /// Its id.
    pub id: Uuid,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it will be over, as far as announced.
    pub until: Option<Timestamp>,
    /// When it was ended by hand.
    pub closed_at: Option<Timestamp>,
}

/// Adds a maintenance.
///
/// # Errors
/// When the database fails.
pub async fn start(tx: &mut Tx, maintenance: &MaintenanceRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO maintenances (id, starts_at, until, closed_at) VALUES ($1, $2, $3, $4)",
        vec![
            maintenance.id.into(),
            maintenance.starts_at.into(),
            maintenance.until.into(),
            maintenance.closed_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends a maintenance by hand; says whether it was still open.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE maintenances SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL",
            vec![id.into(), at.into()],
        )
        .await?;
    Ok(written == 1)
}

/// The maintenance at a time; of several, the one begun last. One begins when it is written and is ended by hand when
/// that is written, whatever the clock showed then.
///
/// # Errors
/// When the database fails.
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

fn read(row: &Row<'_>) -> Result<MaintenanceRow, StoreError> {
    Ok(MaintenanceRow {
        id: row.read(0, "maintenances.id", parsed)?,
        starts_at: row.time(1, "maintenances.starts_at")?,
        until: row.opt_time(2, "maintenances.until")?,
        closed_at: row.opt_time(3, "maintenances.closed_at")?,
    })
}
