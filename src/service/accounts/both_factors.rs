//! Logging in with the password and a code at once, for browsers that wait because of tries that somebody else made at
//! their address. It needs no wait: who guesses passwords learns nothing without the code, and who has the password is
//! slowed down as with codes alone.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::Timestamp;

use super::log_in::{Browser, account_of, before, begin_try, client_of, folded_name, logged_in, note, note_failure};
use super::passwords::{self, PasswordOf};
use super::set_up::is_right;
use super::token::{SecretToken, hash_of};
use crate::domain::SecondFactor;
use crate::policy::{TRIES_COUNT_FOR, is_noted};
use crate::service::context::{Context, new_id};
use crate::service::error::{AccountError, ServiceError};
use crate::store::log_in_failures::{self, Factor, LogInTry};
use crate::store::staff_accounts::AccountRow;

/// The passwords of one address that are checked or wait, so that no address fills all places.
const MOST_OF_AN_ADDRESS: usize = 8;
/// The failed tries of an address at an account that are kept: more would change nothing.
const MOST_KEPT: u32 = 64;

static PLACES: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

/// A place of an address. Dropping it frees the place.
struct Place(String);

impl Place {
    fn of(address: &str) -> Result<Self, AccountError> {
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        let count = places.entry(address.to_owned()).or_default();
        if *count >= MOST_OF_AN_ADDRESS {
            return Err(AccountError::Busy);
        }
        *count = count.saturating_add(1);
        Ok(Self(address.to_owned()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = places.get_mut(&self.0) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                places.remove(&self.0);
            }
        }
    }
}

/// Logs in with the password and a code of the second factor. The browser's token, if it had none, is the second one.
///
/// # Errors
/// [`AccountError::WrongPasswordOrCode`], whatever is wrong; [`AccountError::Busy`].
pub async fn give_both_factors(
    context: &Context,
    name: &str,
    password: &str,
    code: Option<&SecondFactor>,
    browser: &Browser,
) -> Result<(SecretToken, SecretToken), ServiceError> {
    let folded = folded_name(name);
    let account = account_of(&mut context.database.begin_read().await?, &folded).await?;
    let place = Place::of(&browser.address)?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let is_right = passwords::verify(password.to_owned(), hash, PasswordOf::Staff).await?;
    drop(place);
    let now = context.clock.now();
    let tokens = match account.filter(|_| is_right) {
        Some(account) => with_password(context, &folded, &account, code, browser, now).await?,
        None => {
            without_password(context, &folded, browser, now).await?;
            None
        }
    };
    tokens.ok_or_else(|| AccountError::WrongPasswordOrCode.into())
}

/// The tokens if the code is right. Codes that must wait aren't tried, and nobody is told: only a right password makes
/// them wait.
async fn with_password(
    context: &Context,
    folded: &str,
    account: &AccountRow,
    code: Option<&SecondFactor>,
    browser: &Browser,
    now: Timestamp,
) -> Result<Option<(SecretToken, SecretToken)>, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let attempt = match begin_try(&mut tx, folded, Some(account), browser, Factor::Second, now).await {
        Ok(attempt) => attempt,
        Err(ServiceError::Account(AccountError::TooManyTries(_))) => return Ok(None),
        Err(error) => return Err(error),
    };
    let action = match code {
        Some(code) if is_right(&mut tx, account.id, code, now).await? => match code {
            SecondFactor::OneTimeCode(_) => "log_in.done",
            SecondFactor::RecoveryCode(_) => "log_in.done_by_recovery_code",
        },
        _ => {
            note(&mut tx, account, "log_in.second_factor_refused", now).await?;
            tx.commit().await?;
            return Ok(None);
        }
    };
    let tokens = logged_in(&mut tx, account, Some(&attempt), browser, action, now).await?;
    tx.commit().await?;
    Ok(Some(tokens))
}

/// Counts a wrong password. Of many, some are in the audit trail: nobody fills it by guessing.
async fn without_password(
    context: &Context,
    folded: &str,
    browser: &Browser,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let (_, client) = client_of(&mut tx, None, browser, now).await?;
    let name_hash = hash_of(&["name", folded]);
    let attempt = LogInTry { id: new_id(), name_hash, client, factor: Factor::Password, at: now };
    let failed = log_in_failures::failed(&mut tx, &attempt, before(now, TRIES_COUNT_FOR)).await?.at_account.count;
    if failed < MOST_KEPT {
        log_in_failures::add(&mut tx, &attempt, before(now, TRIES_COUNT_FOR)).await?;
    }
    tx.commit().await?;
    if is_noted(failed) && failed < MOST_KEPT {
        note_failure(context, folded, "log_in.password_refused").await?;
    }
    Ok(())
}
