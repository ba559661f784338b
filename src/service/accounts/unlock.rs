//! A lost second factor. The help desk or an administrator issues a code and reads it to the account's holder, who logs
//! in with the password, enters the code and sets up a new authenticator. Until then the old second factor works, so
//! nobody is locked out; without the password the code opens nothing.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::invitations::is_visible;
use super::log_in::{Browser, half_log_in, note, try_second_factor};
use super::set_up::{new_recovery_code, new_recovery_codes, plain};
use super::token::{SecretToken, hash_of};
use super::view::AccountView;
use super::{subject_of, totp};
use crate::domain::{AccountState, Actor, LogInName, SecondFactor, StaffAccountId};
use crate::policy::{Permission, scope};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{AccountError, ServiceError};
use crate::store::staff_accounts::{self, AccountRow};
use crate::store::{audit, log_in_failures, passkeys, staff_unlocks, web_sessions};

/// How long a code can be entered: for a phone call, and the walk to the computer.
const HOLDS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// A code that was issued. Only who reads this sees it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "has the code")]
pub struct StaffUnlock {
    /// The account.
    pub account: AccountView,
    /// The code, in groups of four.
    pub code: String,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// An account and whether a code of it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockState {
    /// The account.
    pub account: AccountView,
    /// Until when a code holds. `None` if there is none.
    pub unlocked_until: Option<Timestamp>,
}

/// What the authenticator of an unlocked account is set up with.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "has the secret of an authenticator")]
pub struct NewAuthenticator {
    /// The secret in base 32, to type it.
    pub secret: String,
    /// What the QR code has.
    pub url: String,
}

/// The accounts whose second factor the actor may unlock, by their log-in names, with those that aren't active.
///
/// # Errors
/// Database errors.
pub async fn list_unlockable(context: &Context, actor: &Actor) -> Result<Vec<UnlockState>, ServiceError> {
    let scope = scope(actor, Permission::UnlockStaff)?;
    let mut tx = context.database.begin_read().await?;
    let rows = staff_accounts::list(&mut tx).await?;
    let unlocks = staff_unlocks::list(&mut tx, context.clock.now()).await?;
    let until: BTreeMap<StaffAccountId, Timestamp> =
        unlocks.into_iter().map(|unlock| (unlock.account, unlock.expires_at)).collect();
    let state =
        |row: AccountRow| UnlockState { unlocked_until: until.get(&row.id).copied(), account: AccountView::from(row) };
    Ok(rows.into_iter().filter(|row| is_visible(row, &scope)).map(state).collect())
}

/// Issues a code by which the holder of an account sets up a new second factor. It replaces an earlier code. Nothing
/// else changes.
///
/// # Errors
/// [`AccountError::NotFound`]; [`AccountError::NotUnlockable`].
pub async fn unlock_staff(context: &Context, actor: &Actor, name: &LogInName) -> Result<StaffUnlock, ServiceError> {
    let scope = scope(actor, Permission::UnlockStaff)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let account = staff_accounts::by_name(&mut tx, name.folded()).await?;
    let account = account.filter(|account| is_visible(account, &scope)).ok_or(AccountError::NotFound)?;
    let is_own = matches!(actor, Actor::Staff(staff) if staff.account == account.id);
    if is_own || account.state != AccountState::Active {
        return Err(AccountError::NotUnlockable.into());
    }
    let code = new_recovery_code()?;
    let expires_at = now.checked_add(HOLDS_FOR).unwrap_or(Timestamp::MAX);
    staff_unlocks::issue(&mut tx, account.id, &unlock_hash(account.id, &plain(&code)), now, expires_at).await?;
    let (subject, centre) = (subject_of(account.id), account.centre.clone());
    let entry = audit_entry(actor, now, "account.unlock_issued", subject, centre, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(StaffUnlock { account: account.into(), code, expires_at })
}

/// Enters the code of an unlock after the password. The new authenticator can then be set up in this log-in.
///
/// # Errors
/// [`AccountError::WrongCode`]; [`AccountError::TooManyTries`]; [`AccountError::LogInEnded`].
pub async fn enter_unlock_code(
    context: &Context,
    half: &SecretToken,
    code: &str,
    browser: &Browser,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let half = half_log_in(&mut tx, half, now).await?;
    let attempt = try_second_factor(&mut tx, &half, browser, now).await?;
    let id = half.account.id;
    let entered = match SecondFactor::parse(code) {
        Some(SecondFactor::RecoveryCode(code)) => {
            let (hash, secret) = (unlock_hash(id, &code), totp::new_secret()?);
            staff_unlocks::enter(&mut tx, id, &hash, half.session, &secret, now).await?
        }
        Some(SecondFactor::OneTimeCode(_)) | None => false,
    };
    let action = if entered { "account.unlock_entered" } else { "account.unlock_refused" };
    note(&mut tx, &half.account, action, now).await?;
    if entered {
        log_in_failures::succeeded(&mut tx, attempt.id).await?;
    }
    tx.commit().await?;
    if entered { Ok(()) } else { Err(AccountError::WrongCode.into()) }
}

/// What the new authenticator is set up with, after the code was entered in this log-in.
///
/// # Errors
/// [`AccountError::LogInEnded`] if it wasn't, or too long ago.
pub async fn new_authenticator(context: &Context, half: &SecretToken) -> Result<NewAuthenticator, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let half = half_log_in(&mut tx, half, now).await?;
    let secret = staff_unlocks::secret(&mut tx, half.account.id, half.session, now).await?;
    let secret = secret.ok_or(AccountError::LogInEnded)?;
    Ok(NewAuthenticator { url: totp::url(&secret, &half.account.log_in_name)?, secret })
}

/// Confirms that the new authenticator shows the right codes. It replaces the old one, all passkeys and the recovery
/// codes, and ends all log-ins. Returns the new recovery codes, which nobody can read again.
///
/// # Errors
/// [`AccountError::WrongCode`]; [`AccountError::TooManyTries`]; [`AccountError::LogInEnded`].
pub async fn confirm_new_authenticator(
    context: &Context,
    half: &SecretToken,
    code: Option<&SecondFactor>,
    browser: &Browser,
) -> Result<Vec<String>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let half = half_log_in(&mut tx, half, now).await?;
    let id = half.account.id;
    let secret = staff_unlocks::secret(&mut tx, id, half.session, now).await?;
    let secret = secret.ok_or(AccountError::LogInEnded)?;
    let attempt = try_second_factor(&mut tx, &half, browser, now).await?;
    let step = match code {
        Some(SecondFactor::OneTimeCode(digits)) => totp::matching_step(&secret, digits, now)?,
        Some(SecondFactor::RecoveryCode(_)) | None => None,
    };
    let Some(step) = step else {
        tx.commit().await?;
        return Err(AccountError::WrongCode.into());
    };
    log_in_failures::succeeded(&mut tx, attempt.id).await?;
    let (codes, hashes) = new_recovery_codes(id)?;
    staff_accounts::replace_secret(&mut tx, id, &secret, step, now).await?;
    staff_accounts::replace_recovery_codes(&mut tx, id, &hashes).await?;
    passkeys::remove_all(&mut tx, id).await?;
    staff_unlocks::end(&mut tx, id).await?;
    web_sessions::end_all(&mut tx, id, now).await?;
    note(&mut tx, &half.account, "account.second_factor_replaced", now).await?;
    tx.commit().await?;
    Ok(codes)
}

fn unlock_hash(account: StaffAccountId, code: &str) -> String {
    hash_of(&["unlock", &account.to_string(), code])
}
