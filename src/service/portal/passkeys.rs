//! Passkeys of the portal: a way to log in with a finger, a face or the device's code, without an address. A challenge
//! belongs to one browser, is good for one answer, and ends after five minutes; what is needed to check the answer
//! never leaves the server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
};

use super::letters::tell_of_change;
use super::log_in::{PortalBrowser, begin_session};
use super::note;
use super::session::PortalLoggedIn;
use crate::domain::{AccountChange, AccountId, PasskeyId, PasskeyName, Stay};
use crate::service::accounts::{PasskeyView, RelyingParty, SecretToken, hash_of};
use crate::service::context::{Context, new_id};
use crate::service::error::{AccountError, PortalError, ServiceError};
use crate::store::passkeys::Purpose;
use crate::store::portal::passkeys::{self, PortalPasskeyRow};
use crate::store::{Document, StoreError, Tx};

/// How long a challenge can be answered.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// The passkeys of an account: the devices of a family.
const MOST_PASSKEYS: usize = 10;

/// The passkeys of the own account, the first one first.
///
/// # Errors
/// Database errors.
pub async fn portal_passkeys(context: &Context, logged_in: &PortalLoggedIn) -> Result<Vec<PasskeyView>, ServiceError> {
    let rows = passkeys::of_account(&mut context.database.begin_read().await?, logged_in.account).await?;
    let view = |row: PortalPasskeyRow| PasskeyView {
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        used_at: row.used_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Begins to add a passkey to the own account. `browser` is what only the browser knows. Returns what it needs, as
/// JSON.
///
/// # Errors
/// [`AccountError::TooManyPasskeys`]. Database errors.
pub async fn begin_portal_passkey(
    context: &Context,
    party: &RelyingParty,
    logged_in: &PortalLoggedIn,
    browser: &str,
) -> Result<String, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let known = passkeys::of_account(&mut tx, logged_in.account).await?;
    if known.len() >= MOST_PASSKEYS {
        return Err(AccountError::TooManyPasskeys.into());
    }
    let known = known.iter().map(|row| Ok(passkey_of(row)?.cred_id().clone())).collect::<Result<_, StoreError>>()?;
    let name = logged_in.address.expose();
    let begun = party.0.start_passkey_registration(logged_in.account.0, name, name, Some(known));
    let (options, state) = begun.map_err(|_| unusable())?;
    keep(&mut tx, browser, Purpose::Registration, &state, now).await?;
    tx.commit().await?;
    // The log-in asks for no address, so the device must find the passkey by itself.
    let mut options = serde_json::to_value(&options.public_key).map_err(|_| unusable())?;
    if let Some(Value::Object(selection)) = options.get_mut("authenticatorSelection") {
        selection.insert("residentKey".to_owned(), json!("required"));
        selection.insert("requireResidentKey".to_owned(), json!(true));
    }
    Ok(options.to_string())
}

/// Adds a passkey to the own account, by the browser's answer to the challenge.
///
/// # Errors
/// [`AccountError::WrongPasskey`]; [`AccountError::ChallengeEnded`]; [`AccountError::PasskeyInUse`];
/// [`AccountError::TooManyPasskeys`]. Database errors.
pub async fn add_portal_passkey(
    context: &Context,
    party: &RelyingParty,
    logged_in: &PortalLoggedIn,
    (browser, name): (&str, PasskeyName),
    answer: &str,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let state = passkeys::take_challenge(&mut tx, &hash(browser), Purpose::Registration, now).await?;
    let state: PasskeyRegistration = read(&state.ok_or(AccountError::ChallengeEnded)?)?;
    let made = serde_json::from_str::<RegisterPublicKeyCredential>(answer)
        .ok()
        .and_then(|answer| party.0.finish_passkey_registration(&answer, &state).ok());
    let Some(made) = made else {
        // The challenge has had its answer.
        tx.commit().await?;
        return Err(AccountError::WrongPasskey.into());
    };
    if passkeys::of_account(&mut tx, logged_in.account).await?.len() >= MOST_PASSKEYS {
        return Err(AccountError::TooManyPasskeys.into());
    }
    let row = PortalPasskeyRow {
        id: PasskeyId(new_id()),
        account: logged_in.account,
        credential_id: URL_SAFE_NO_PAD.encode(made.cred_id()),
        name,
        credential: written(&made)?,
        created_at: now,
        used_at: None,
    };
    if !passkeys::add(&mut tx, &row).await? {
        return Err(AccountError::PasskeyInUse.into());
    }
    tell_of_change(&mut tx, logged_in, AccountChange::PasskeyAdded, now).await?;
    note(&mut tx, logged_in.account, "portal.passkey_added", now).await?;
    Ok(tx.commit().await?)
}

/// Removes a passkey of the own account. It logs nobody in from now on.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn remove_portal_passkey(
    context: &Context,
    logged_in: &PortalLoggedIn,
    id: PasskeyId,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !passkeys::remove(&mut tx, logged_in.account, id).await? {
        return Err(PortalError::NotYours.into());
    }
    tell_of_change(&mut tx, logged_in, AccountChange::PasskeyRemoved, now).await?;
    note(&mut tx, logged_in.account, "portal.passkey_removed", now).await?;
    Ok(tx.commit().await?)
}

/// Challenges the passkeys of a device, whosever they are. Returns what the browser needs, as JSON.
///
/// # Errors
/// Database errors.
pub async fn challenge_portal_passkey(
    context: &Context,
    party: &RelyingParty,
    browser: &str,
) -> Result<String, ServiceError> {
    let now = context.clock.now();
    let (options, state) = party.0.start_discoverable_authentication().map_err(|_| unusable())?;
    let mut tx = context.database.begin_write().await?;
    keep(&mut tx, browser, Purpose::LogIn, &state, now).await?;
    tx.commit().await?;
    Ok(serde_json::to_string(&options.public_key).map_err(|_| unusable())?)
}

/// Logs in by a passkey.
///
/// # Errors
/// [`AccountError::WrongPasskey`], also for one that was removed; [`AccountError::ChallengeEnded`]. Database errors.
pub async fn log_in_by_portal_passkey(
    context: &Context,
    party: &RelyingParty,
    (token, answer): (&str, &str),
    stay: Stay,
    browser: &PortalBrowser,
) -> Result<SecretToken, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let state = passkeys::take_challenge(&mut tx, &hash(token), Purpose::LogIn, now).await?;
    let state: DiscoverableAuthentication = read(&state.ok_or(AccountError::ChallengeEnded)?)?;
    let Some(account) = holder(&mut tx, party, state, answer, now).await? else {
        metrics::counter!("kenkocall_log_ins_refused_total").increment(1);
        tx.commit().await?;
        return Err(AccountError::WrongPasskey.into());
    };
    let token = begin_session(&mut tx, account, stay, browser, now).await?;
    note(&mut tx, account, "portal.logged_in", now).await?;
    tx.commit().await?;
    Ok(token)
}

/// The account whose passkey has answered. `None` if the answer is wrong, the passkey was removed, or a copy of it was
/// used before.
async fn holder(
    tx: &mut Tx,
    party: &RelyingParty,
    state: DiscoverableAuthentication,
    answer: &str,
    now: Timestamp,
) -> Result<Option<AccountId>, ServiceError> {
    let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(None) };
    let Ok((user, id)) = party.0.identify_discoverable_authentication(&answer) else { return Ok(None) };
    let (account, id) = (AccountId(user), URL_SAFE_NO_PAD.encode(id));
    let known = passkeys::of_account(tx, account).await?;
    let Some(row) = known.into_iter().find(|row| row.credential_id == id) else { return Ok(None) };
    let mut passkey = passkey_of(&row)?;
    let Ok(result) = party.0.finish_discoverable_authentication_v2(&answer, state, &passkey) else { return Ok(None) };
    if !result.user_verified() || result.cred_id() != passkey.cred_id() {
        return Ok(None);
    }
    passkey.update_credential(&result);
    let is_newer = passkeys::used(tx, row.id, written(&passkey)?, i64::from(result.counter()), now).await?;
    Ok(is_newer.then_some(account))
}

async fn keep(
    tx: &mut Tx,
    browser: &str,
    purpose: Purpose,
    state: &impl Serialize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let expires_at = now.checked_add(ANSWERED_WITHIN).unwrap_or(Timestamp::MAX);
    passkeys::challenge(tx, &hash(browser), purpose, written(state)?, (now, expires_at)).await
}

fn hash(browser: &str) -> String {
    hash_of(&["portal-passkey", browser])
}

fn passkey_of(row: &PortalPasskeyRow) -> Result<Passkey, StoreError> {
    read(&row.credential)
}

fn written(value: &impl Serialize) -> Result<Document, StoreError> {
    serde_json::to_string(value).map(Document::from).map_err(|_| unusable())
}

fn read<T: DeserializeOwned>(document: &Document) -> Result<T, StoreError> {
    serde_json::from_str(document.as_str()).map_err(|_| unusable())
}

const fn unusable() -> StoreError {
    StoreError::Inconsistent { what: "a passkey of the portal" }
}
