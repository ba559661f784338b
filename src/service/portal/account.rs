//! The own account: password, devices, deletion.

use jiff::Timestamp;

use super::letters::{forget_old, tell_of_change};
use super::note;
use super::session::{PortalLoggedIn, PortalPassword, holds};
use crate::domain::{AccountChange, Actor, DeviceName, Password, PortalSessionId, Stay};
use crate::policy::EMPTY_ACCOUNT_KEPT_FOR;
use crate::service::accounts::passwords::{self, PasswordOf};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{PortalError, ServiceError};
use crate::store::audit;
use crate::store::portal::{accounts, sessions};

/// Accounts that are deleted in one transaction. The rest wait for the next hour.
const MOST_AT_ONCE: i64 = 500;

/// A device that is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalDevice {
    /// The log-in.
    pub session: PortalSessionId,
    /// Browser and system.
    pub name: DeviceName,
    /// How long it stays logged in.
    pub stay: Stay,
    /// Since when it is logged in.
    pub since: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The devices that are logged in, the latest first.
///
/// # Errors
/// Database errors.
pub async fn portal_devices(context: &Context, logged_in: &PortalLoggedIn) -> Result<Vec<PortalDevice>, ServiceError> {
    let now = context.clock.now();
    let rows = sessions::of_account(&mut context.database.begin_read().await?, logged_in.account).await?;
    let live = rows.into_iter().filter(|row| holds(row, &logged_in.people, now));
    let device = |row: sessions::PortalSessionRow| PortalDevice {
        is_this: row.id == logged_in.session,
        session: row.id,
        name: row.device,
        stay: row.stay,
        since: row.created_at,
    };
    Ok(live.map(device).collect())
}

/// Logs out a device of the account.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn end_portal_device(
    context: &Context,
    logged_in: &PortalLoggedIn,
    device: PortalSessionId,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !sessions::end(&mut tx, logged_in.account, device, now).await? {
        return Err(PortalError::NotYours.into());
    }
    note(&mut tx, logged_in.account, "portal.logged_out", now).await?;
    Ok(tx.commit().await?)
}

/// Chooses a password, or none. The other devices are logged out.
///
/// # Errors
/// [`AccountError::Busy`](crate::service::AccountError::Busy). Database errors.
pub async fn choose_portal_password(
    context: &Context,
    logged_in: &PortalLoggedIn,
    password: Option<&Password>,
) -> Result<(), ServiceError> {
    let hash = match password {
        Some(password) => Some(passwords::hash(password.expose().to_owned(), PasswordOf::PortalAccount).await?),
        None => None,
    };
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if hash.is_some() || logged_in.password == PortalPassword::Chosen {
        tell_of_change(&mut tx, logged_in, AccountChange::Password, now).await?;
    }
    accounts::set_password(&mut tx, logged_in.account, hash.as_deref(), now).await?;
    sessions::end_others(&mut tx, logged_in.account, logged_in.session, now).await?;
    note(&mut tx, logged_in.account, "portal.password_chosen", now).await?;
    Ok(tx.commit().await?)
}

/// Deletes the account with its log-ins and the list of its people. What they reported stays with the health centre.
///
/// # Errors
/// Database errors.
pub async fn delete_portal_account(context: &Context, logged_in: &PortalLoggedIn) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    tell_of_change(&mut tx, logged_in, AccountChange::Deleted, now).await?;
    accounts::delete(&mut tx, logged_in.account).await?;
    note(&mut tx, logged_in.account, "portal.account_deleted", now).await?;
    Ok(tx.commit().await?)
}

/// Deletes accounts that have had no people, and haven't been used, for a month. Returns how many.
///
/// # Errors
/// Database errors.
pub async fn delete_empty_accounts(context: &Context) -> Result<usize, ServiceError> {
    let now = context.clock.now();
    let before = now.checked_sub(EMPTY_ACCOUNT_KEPT_FOR).unwrap_or(Timestamp::MIN);
    let mut tx = context.database.begin_write().await?;
    let empty = accounts::empty_since(&mut tx, before, MOST_AT_ONCE).await?;
    forget_old(&mut tx, now).await?;
    for account in &empty {
        accounts::delete(&mut tx, *account).await?;
        let subject = format!("portal_account:{account}");
        let entry = audit_entry(&Actor::System, now, "portal.account_deleted", subject, None, Changes::default());
        audit::append(&mut tx, vec![entry]).await?;
    }
    tx.commit().await?;
    Ok(empty.len())
}
