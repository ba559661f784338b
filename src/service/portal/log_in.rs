//! Logging in with a password. Failed tries slow down the next ones as they do for staff, and an unknown address costs
//! and tells the same as a wrong password.

use jiff::Timestamp;

use super::note;
use crate::domain::{AccountId, DeviceName, EmailAddress, PortalSessionId, Stay};
use crate::policy::{ClientKind, LONGEST_STAY, TRIES_COUNT_FOR, log_in_wait};
use crate::service::accounts::passwords::{self, PasswordOf};
use crate::service::accounts::{SecretToken, hash_of};
use crate::service::context::{Context, new_id};
use crate::service::error::{PortalError, ServiceError};
use crate::store::log_in_failures::{self, Factor, LogInTry};
use crate::store::portal::accounts::{self, PortalAccountRow};
use crate::store::portal::people;
use crate::store::portal::sessions::{self, PortalSessionRow};
use crate::store::{StoreError, Tx};

/// The browser of a request to the portal.
#[derive(Debug, Clone)]
pub struct PortalBrowser {
    /// The client's address, or its network with IPv6.
    pub address: String,
    /// What it and its system are called.
    pub device: DeviceName,
    /// The token of its log-in, which may have ended.
    pub log_in: Option<SecretToken>,
}

/// Logs in with a password.
///
/// # Errors
/// [`PortalError::WrongPassword`], also for addresses without an account and accounts without a password;
/// [`PortalError::TooManyTries`]; [`AccountError::Busy`](crate::service::AccountError::Busy).
pub async fn log_in_to_portal(
    context: &Context,
    address: &EmailAddress,
    password: &str,
    stay: Stay,
    browser: &PortalBrowser,
) -> Result<SecretToken, ServiceError> {
    let now = context.clock.now();
    let forget = now.checked_sub(TRIES_COUNT_FOR).unwrap_or(Timestamp::MIN);
    let mut tx = context.database.begin_write().await?;
    let account = accounts::by_address(&mut tx, address).await?;
    let (kind, client) = client_of(&mut tx, account.as_ref(), browser).await?;
    let attempt = LogInTry { id: new_id(), name_hash: name_hash(address), client, factor: Factor::Password, at: now };
    let failed = log_in_failures::failed(&mut tx, &attempt, forget).await?;
    if let Some(wait) = log_in_wait(kind, &failed, now) {
        metrics::counter!("kenkocall_log_ins_slowed_total").increment(1);
        return Err(PortalError::TooManyTries(wait).into());
    }
    log_in_failures::add(&mut tx, &attempt, forget).await?;
    tx.commit().await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let is_right = passwords::verify(password.to_owned(), hash, PasswordOf::PortalAccount).await?;
    let Some(account) = account.filter(|_| is_right) else {
        metrics::counter!("kenkocall_log_ins_refused_total").increment(1);
        return Err(PortalError::WrongPassword.into());
    };
    let mut tx = context.database.begin_write().await?;
    log_in_failures::succeeded(&mut tx, attempt.id).await?;
    let token = begin_session(&mut tx, account.id, stay, browser, now).await?;
    note(&mut tx, account.id, "portal.logged_in", now).await?;
    tx.commit().await?;
    Ok(token)
}

/// Which client makes a try: a browser that has logged in to the account before, which strangers' tries don't slow, or
/// an address. The same is looked up for a known and an unknown address.
async fn client_of(
    tx: &mut Tx,
    account: Option<&PortalAccountRow>,
    browser: &PortalBrowser,
) -> Result<(ClientKind, String), StoreError> {
    let hash = browser.log_in.as_ref().map(SecretToken::hash).unwrap_or_default();
    let before = sessions::account_of(tx, &hash).await?;
    Ok(match before.filter(|before| account.is_some_and(|account| account.id == *before)) {
        Some(_) => (ClientKind::KnownBrowser, hash_of(&["portal-browser", &hash])),
        None => (ClientKind::Address, hash_of(&["portal-client", &browser.address])),
    })
}

/// The hash by which wrong passwords of an address count.
pub(super) fn name_hash(address: &EmailAddress) -> String {
    hash_of(&["portal-name", &address.expose().to_ascii_lowercase()])
}

/// Begins a log-in.
pub(super) async fn begin_session(
    tx: &mut Tx,
    account: AccountId,
    stay: Stay,
    browser: &PortalBrowser,
    now: Timestamp,
) -> Result<SecretToken, StoreError> {
    let token = SecretToken::random()?;
    let first = people::of_account(tx, account).await?.into_iter().next();
    let session = PortalSessionRow {
        id: PortalSessionId(new_id()),
        account,
        stay,
        device: browser.device.clone(),
        patient: first.map(|person| person.patient),
        created_at: now,
        seen_at: now,
    };
    let forget = now.checked_sub(LONGEST_STAY).unwrap_or(Timestamp::MIN);
    sessions::insert(tx, &session, &token.hash(), forget).await?;
    Ok(token)
}
