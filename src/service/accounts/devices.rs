//! Where an account is logged in.

use jiff::Timestamp;

use super::session::{LoggedIn, standing};
use super::subject_of;
use crate::domain::DeviceName;
use crate::policy::{DEVICE_KNOWN_FOR, SessionStanding};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::{audit, web_sessions};

/// A browser that is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Browser and system.
    pub name: DeviceName,
    /// Since when it is logged in.
    pub since: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The browsers in which an account is logged in, the latest first.
///
/// # Errors
/// Database errors.
pub async fn list_devices(context: &Context, logged_in: &LoggedIn) -> Result<Vec<Device>, ServiceError> {
    let now = context.clock.now();
    let since = now.checked_sub(DEVICE_KNOWN_FOR).unwrap_or(Timestamp::MIN);
    let mut tx = context.database.begin_read().await?;
    let rows = web_sessions::of_account(&mut tx, logged_in.account.id, since).await?;
    let live = rows.into_iter().filter(|row| standing(row, now) == SessionStanding::Live);
    let device = |row: web_sessions::WebSessionRow| Device {
        is_this: row.id == logged_in.session,
        name: row.device,
        since: row.created_at,
        seen_at: row.seen_at,
    };
    Ok(live.map(device).collect())
}

/// Ends all log-ins of an account, also the one that asks.
///
/// # Errors
/// Database errors.
pub async fn log_out_everywhere(context: &Context, logged_in: &LoggedIn) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let account = &logged_in.account;
    let mut tx = context.database.begin_write().await?;
    web_sessions::end_all(&mut tx, account.id, now).await?;
    let subject = subject_of(account.id);
    let centre = account.centre.clone();
    let entry = audit_entry(&logged_in.actor, now, "log_in.logged_out_everywhere", subject, centre, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
