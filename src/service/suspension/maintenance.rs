//! Maintenance: callers hear an announcement in place of the line (H1). Every node reads it at each new call, so it
//! takes effect immediately everywhere.

use jiff::Timestamp;

use crate::domain::Actor;
use crate::policy::{Permission, require, scope};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{ServiceError, SuspensionError};
use crate::store::maintenances::{self, MaintenanceRow};
use crate::store::{Tx, audit};

/// A maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaintenanceView {
    /// When it began.
    pub starts_at: Timestamp,
    /// The announced end. `None` if it lasts until it is ended.
    pub until: Option<Timestamp>,
}

impl From<MaintenanceRow> for MaintenanceView {
    fn from(row: MaintenanceRow) -> Self {
        Self { starts_at: row.starts_at, until: row.until }
    }
}

/// The maximum number of overlapping maintenances. More than a handful indicate a mistake.
const MOST_AT_ONCE: usize = 100;

/// Begins a maintenance and replaces the current one. Calls in progress continue.
///
/// # Errors
/// [`SuspensionError::MaintenanceEndPassed`] if the announced end isn't in the future.
pub async fn start_maintenance(
    context: &Context,
    actor: &Actor,
    until: Option<Timestamp>,
) -> Result<MaintenanceView, ServiceError> {
    require(actor, Permission::ControlDialling)?;
    let now = context.clock.now();
    if until.is_some_and(|until| until <= now) {
        return Err(SuspensionError::MaintenanceEndPassed.into());
    }
    let mut tx = context.database.begin_write().await?;
    end_all(&mut tx, now).await?;
    let maintenance = MaintenanceRow { id: new_id(), starts_at: now, until, closed_at: None };
    maintenances::start(&mut tx, &maintenance).await?;
    trace(&mut tx, actor, now, "maintenance.started", &maintenance).await?;
    tx.commit().await?;
    Ok(maintenance.into())
}

/// Ends the current maintenance and returns it. `None` if there was none.
///
/// # Errors
/// Database errors.
pub async fn end_maintenance(context: &Context, actor: &Actor) -> Result<Option<MaintenanceView>, ServiceError> {
    require(actor, Permission::ControlDialling)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let ended = end_all(&mut tx, now).await?;
    if let Some(maintenance) = &ended {
        trace(&mut tx, actor, now, "maintenance.ended", maintenance).await?;
    }
    tx.commit().await?;
    Ok(ended.map(MaintenanceView::from))
}

/// The current maintenance.
///
/// # Errors
/// Database errors.
pub async fn current_maintenance(context: &Context, actor: &Actor) -> Result<Option<MaintenanceView>, ServiceError> {
    scope(actor, Permission::ViewDialling)?;
    let current = maintenances::current(&mut context.database.begin_read().await?, context.clock.now()).await?;
    Ok(current.map(MaintenanceView::from))
}

async fn end_all(tx: &mut Tx, now: Timestamp) -> Result<Option<MaintenanceRow>, ServiceError> {
    let mut first = None;
    for _ in 0..MOST_AT_ONCE {
        let Some(maintenance) = maintenances::current(tx, now).await? else { break };
        maintenances::end(tx, maintenance.id, now).await?;
        first.get_or_insert(maintenance);
    }
    Ok(first)
}

async fn trace(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    action: &str,
    maintenance: &MaintenanceRow,
) -> Result<(), ServiceError> {
    let until = maintenance.until.map(|until| until.to_string());
    let details = Changes::default().field("until", None::<String>, until);
    let entry = audit_entry(actor, now, action, format!("maintenance:{}", maintenance.id), None, details);
    Ok(audit::append(tx, vec![entry]).await?)
}
