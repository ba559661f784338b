//! Passkeys as the second factor, beside the authenticator's codes. A challenge belongs to one log-in, is good for one
//! answer, and ends after five minutes; what is needed to check the answer never leaves the server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use url::{Host, Url};
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::log_in::{Browser, HalfLogIn, finish, half_log_in, note};
use super::session::LoggedIn;
use super::subject_of;
use super::token::SecretToken;
use crate::domain::{PasskeyId, PasskeyName};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{AccountError, ServiceError};
use crate::store::passkeys::{self, PasskeyRow, Purpose};
use crate::store::{Document, StoreError, Tx, audit};

/// How long a challenge can be answered.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// The passkeys of an account: a few devices and a spare.
const MOST_PASSKEYS: usize = 10;
/// How devices call this program.
const NAME: &str = "Kenko Call";

/// The address for which passkeys are made. They work at no other one.
#[derive(Debug, Clone)]
pub struct RelyingParty(pub(in crate::service) Webauthn);

impl RelyingParty {
    /// Of the public URL. `None` if its host is an address, which can't have passkeys.
    pub fn of(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let Some(Host::Domain(host)) = url.host() else { return None };
        let origin = Url::parse(&url.origin().ascii_serialization()).ok()?;
        let builder = WebauthnBuilder::new(host, &origin).ok()?;
        builder.rp_name(NAME).timeout(ANSWERED_WITHIN.unsigned_abs()).build().ok().map(Self)
    }
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyView {
    /// The passkey.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: PasskeyName,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// The passkeys of the own account, the first one first.
///
/// # Errors
/// Database errors.
pub async fn list_passkeys(context: &Context, logged_in: &LoggedIn) -> Result<Vec<PasskeyView>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let rows = passkeys::of_account(&mut tx, logged_in.account.id).await?;
    let view =
        |row: PasskeyRow| PasskeyView { id: row.id, name: row.name, created_at: row.created_at, used_at: row.used_at };
    Ok(rows.into_iter().map(view).collect())
}

/// Begins to add a passkey to the own account. Returns what the browser needs, as JSON.
///
/// # Errors
/// [`AccountError::TooManyPasskeys`].
pub async fn begin_passkey(
    context: &Context,
    party: &RelyingParty,
    logged_in: &LoggedIn,
) -> Result<String, ServiceError> {
    let now = context.clock.now();
    let account = &logged_in.account;
    let mut tx = context.database.begin_write().await?;
    let known = passkeys::of_account(&mut tx, account.id).await?;
    if known.len() >= MOST_PASSKEYS {
        return Err(AccountError::TooManyPasskeys.into());
    }
    let known = known.iter().map(|row| Ok(passkey_of(row)?.cred_id().clone())).collect::<Result<_, StoreError>>()?;
    let (email, name) = (account.log_in_name.typed(), account.name.as_str());
    let begun = party.0.start_passkey_registration(account.id.0, email, name, Some(known));
    let (options, state) = begun.map_err(|_| StoreError::Inconsistent { what: "a passkey's challenge" })?;
    keep(&mut tx, logged_in.session, Purpose::Registration, &state, now).await?;
    tx.commit().await?;
    Ok(json(&options.public_key)?)
}

/// Adds a passkey to the own account, by the browser's answer to the challenge.
///
/// # Errors
/// [`AccountError::WrongPasskey`]; [`AccountError::ChallengeEnded`]; [`AccountError::PasskeyInUse`];
/// [`AccountError::TooManyPasskeys`].
pub async fn add_passkey(
    context: &Context,
    party: &RelyingParty,
    logged_in: &LoggedIn,
    name: PasskeyName,
    answer: &str,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let account = &logged_in.account;
    let mut tx = context.database.begin_write().await?;
    let state = passkeys::take_ceremony(&mut tx, logged_in.session, Purpose::Registration, now).await?;
    let state: PasskeyRegistration = read(&state.ok_or(AccountError::ChallengeEnded)?)?;
    let made = serde_json::from_str::<RegisterPublicKeyCredential>(answer)
        .ok()
        .and_then(|answer| party.0.finish_passkey_registration(&answer, &state).ok());
    let Some(made) = made else {
        // The challenge has had its answer.
        tx.commit().await?;
        return Err(AccountError::WrongPasskey.into());
    };
    if passkeys::of_account(&mut tx, account.id).await?.len() >= MOST_PASSKEYS {
        return Err(AccountError::TooManyPasskeys.into());
    }
    let row = PasskeyRow {
        id: PasskeyId(new_id()),
        account: account.id,
        credential_id: URL_SAFE_NO_PAD.encode(made.cred_id()),
        name,
        credential: json(&made)?.into(),
        sign_count: 0,
        created_at: now,
        used_at: None,
    };
    if !passkeys::add(&mut tx, &row).await? {
        return Err(AccountError::PasskeyInUse.into());
    }
    note_passkey(&mut tx, logged_in, row.id, "account.passkey_added", now).await?;
    Ok(tx.commit().await?)
}

/// Gives a passkey of the own account another name.
///
/// # Errors
/// [`AccountError::PasskeyNotFound`].
pub async fn rename_passkey(
    context: &Context,
    logged_in: &LoggedIn,
    id: PasskeyId,
    name: &PasskeyName,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !passkeys::rename(&mut tx, logged_in.account.id, id, name).await? {
        return Err(AccountError::PasskeyNotFound.into());
    }
    note_passkey(&mut tx, logged_in, id, "account.passkey_renamed", now).await?;
    Ok(tx.commit().await?)
}

/// Removes a passkey of the own account. It logs nobody in from now on.
///
/// # Errors
/// [`AccountError::PasskeyNotFound`].
pub async fn remove_passkey(context: &Context, logged_in: &LoggedIn, id: PasskeyId) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !passkeys::remove(&mut tx, logged_in.account.id, id).await? {
        return Err(AccountError::PasskeyNotFound.into());
    }
    note_passkey(&mut tx, logged_in, id, "account.passkey_removed", now).await?;
    Ok(tx.commit().await?)
}

/// Challenges the passkeys of an account whose password was given. Returns what the browser needs, as JSON. `None` if
/// the account has no passkey.
///
/// # Errors
/// [`AccountError::LogInEnded`].
pub async fn challenge_passkey(
    context: &Context,
    party: &RelyingParty,
    half: &SecretToken,
) -> Result<Option<String>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let HalfLogIn { session, account } = half_log_in(&mut tx, half, now).await?;
    let known = passkeys::of_account(&mut tx, account.id).await?;
    drop(tx);
    if known.is_empty() {
        return Ok(None);
    }
    let known = known.iter().map(passkey_of).collect::<Result<Vec<_>, _>>()?;
    let begun = party.0.start_passkey_authentication(&known);
    let (options, state) = begun.map_err(|_| StoreError::Inconsistent { what: "a passkey's challenge" })?;
    let mut tx = context.database.begin_write().await?;
    keep(&mut tx, session, Purpose::LogIn, &state, now).await?;
    tx.commit().await?;
    Ok(Some(json(&options.public_key)?))
}

/// Logs in by a passkey, as [`give_second_factor`](super::give_second_factor) does by a code.
///
/// # Errors
/// [`AccountError::WrongPasskey`]; [`AccountError::ChallengeEnded`]; [`AccountError::TooManyTries`];
/// [`AccountError::LogInEnded`].
pub async fn give_passkey(
    context: &Context,
    party: &RelyingParty,
    half: &SecretToken,
    answer: &str,
    browser: &Browser,
) -> Result<(SecretToken, SecretToken), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let half = half_log_in(&mut tx, half, now).await?;
    let state = passkeys::take_ceremony(&mut tx, half.session, Purpose::LogIn, now).await?;
    let refusal = match state {
        None => AccountError::ChallengeEnded,
        Some(state) => match is_right(&mut tx, party, &half, &read(&state)?, answer, now).await? {
            true => {
                let tokens = finish(&mut tx, &half, None, browser, "log_in.done_by_passkey", now).await?;
                tx.commit().await?;
                return Ok(tokens);
            }
            false => AccountError::WrongPasskey,
        },
    };
    note(&mut tx, &half.account, "log_in.second_factor_refused", now).await?;
    tx.commit().await?;
    Err(refusal.into())
}

/// Whether an answer to a challenge is right. The passkey may have been removed since the challenge, or have been used
/// with a higher counter.
async fn is_right(
    tx: &mut Tx,
    party: &RelyingParty,
    half: &HalfLogIn,
    state: &PasskeyAuthentication,
    answer: &str,
    now: Timestamp,
) -> Result<bool, ServiceError> {
    let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(false) };
    let Ok(result) = party.0.finish_passkey_authentication(&answer, state) else { return Ok(false) };
    let id = URL_SAFE_NO_PAD.encode(result.cred_id());
    let known = passkeys::of_account(tx, half.account.id).await?;
    match known.into_iter().find(|row| row.credential_id == id) {
        Some(row) if result.user_verified() => record_use(tx, &row, &result, now).await,
        Some(_) | None => Ok(false),
    }
}

async fn record_use(
    tx: &mut Tx,
    row: &PasskeyRow,
    result: &AuthenticationResult,
    now: Timestamp,
) -> Result<bool, ServiceError> {
    let mut passkey = passkey_of(row)?;
    passkey.update_credential(result);
    let count = i64::from(result.counter());
    Ok(passkeys::used(tx, row.id, json(&passkey)?.into(), count, now).await?)
}

fn passkey_of(row: &PasskeyRow) -> Result<Passkey, StoreError> {
    serde_json::from_str(row.credential.as_str())
        .map_err(|_| StoreError::Inconsistent { what: "staff_passkeys.credential" })
}

async fn keep(
    tx: &mut Tx,
    session: crate::domain::WebSessionId,
    purpose: Purpose,
    state: &impl Serialize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let expires_at = now.checked_add(ANSWERED_WITHIN).unwrap_or(Timestamp::MAX);
    passkeys::begin_ceremony(tx, session, purpose, json(state)?.into(), now, expires_at).await
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Inconsistent { what: "a passkey's challenge" })
}

fn read<T: serde::de::DeserializeOwned>(state: &Document) -> Result<T, StoreError> {
    serde_json::from_str(state.as_str()).map_err(|_| StoreError::Inconsistent { what: "passkey_ceremonies.state" })
}

/// An entry about a passkey. It has no name, which its owner chose.
async fn note_passkey(
    tx: &mut Tx,
    logged_in: &LoggedIn,
    id: PasskeyId,
    action: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let account = &logged_in.account;
    let changes = Changes::default().field("passkey", None::<String>, id.to_string());
    let (subject, centre) = (subject_of(account.id), account.centre.clone());
    let entry = audit_entry(&logged_in.actor, now, action, subject, centre, changes);
    audit::append(tx, vec![entry]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_have_passkeys_and_an_address_cannot() {
        for url in ["https://calls.example.jp", "https://calls.example.jp/kenko", "http://localhost:8080"] {
            assert!(RelyingParty::of(url).is_some(), "{url}");
        }
        for url in ["http://127.0.0.1:8080", "https://[2001:db8::1]", "https://192.0.2.1", "nonsense"] {
            assert!(RelyingParty::of(url).is_none(), "{url}");
        }
    }
}
