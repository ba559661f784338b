//! Logging in: the password, then the second factor. Failed tries slow down the next ones (`policy::log_in_wait`), and
//! an unknown log-in name costs and tells the same as a wrong password.

use jiff::{SignedDuration, Timestamp};

use super::passwords::{self, PasswordOf};
use super::session::live_session;
use super::set_up::is_right;
use super::subject_of;
use super::token::{SecretToken, hash_of};
use super::view::AccountView;
use crate::domain::{
    AccountState, Actor, DeviceName, LogInName, LogInStage, SecondFactor, StaffAccountId, WebSessionId,
};
use crate::policy::{ClientKind, DEVICE_KNOWN_FOR, TRIES_COUNT_FOR, log_in_wait};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{AccountError, ServiceError};
use crate::store::log_in_failures::{self, Factor, LogInTry};
use crate::store::staff_accounts::AccountRow;
use crate::store::web_sessions::WebSessionRow;
use crate::store::{StoreError, Tx, audit, staff_accounts, web_sessions};

/// How long a draft is kept: until the next shift.
const DRAFTS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The browser of a try.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The client's address, or its network with IPv6.
    pub address: String,
    /// The token by which this browser is known again, if it has one.
    pub known_as: Option<SecretToken>,
    /// What it and its system are called.
    pub device: DeviceName,
}

/// Checks the password. The log-in that begins needs the second factor within five minutes.
///
/// # Errors
/// [`AccountError::WrongPassword`], also for names without an account; [`AccountError::TooManyTries`];
/// [`AccountError::Busy`].
pub async fn give_password(
    context: &Context,
    name: &str,
    password: &str,
    browser: &Browser,
) -> Result<SecretToken, ServiceError> {
    let (account, attempt) = password_checked(context, name, password, browser).await?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    log_in_failures::succeeded(&mut tx, attempt.id).await?;
    let token = begin(&mut tx, account.id, LogInStage::PasswordGiven, &browser.device, None, now).await?;
    note(&mut tx, &account, "log_in.password_given", now).await?;
    tx.commit().await?;
    Ok(token)
}

/// Logs in without a second factor, in a demonstration.
///
/// # Errors
/// Those of [`give_password`]; [`AccountError::LogInEnded`] if the data are real.
#[cfg(feature = "lab")]
pub async fn log_in_without_second_factor(
    context: &Context,
    name: &str,
    password: &str,
    browser: &Browser,
) -> Result<SecretToken, ServiceError> {
    if !context.database.data_origin().await?.is_simulated() {
        return Err(AccountError::LogInEnded.into());
    }
    let (account, attempt) = password_checked(context, name, password, browser).await?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    log_in_failures::succeeded(&mut tx, attempt.id).await?;
    let token = begin(&mut tx, account.id, LogInStage::LoggedIn, &browser.device, None, now).await?;
    note(&mut tx, &account, "log_in.done", now).await?;
    tx.commit().await?;
    Ok(token)
}

/// A log-in name as it is compared, also of text that can't be one.
pub(super) fn folded_name(name: &str) -> String {
    LogInName::parse(name).map_or_else(|_| name.to_lowercase(), |name| name.folded().to_owned())
}

/// The active account with this log-in name.
pub(super) async fn account_of(tx: &mut Tx, folded: &str) -> Result<Option<AccountRow>, StoreError> {
    let account = staff_accounts::by_name(tx, folded).await?;
    Ok(account.filter(|account| account.state == AccountState::Active))
}

/// The time so long before.
pub(super) fn before(now: Timestamp, ago: SignedDuration) -> Timestamp {
    now.checked_sub(ago).unwrap_or(Timestamp::MIN)
}

async fn password_checked(
    context: &Context,
    name: &str,
    password: &str,
    browser: &Browser,
) -> Result<(AccountRow, LogInTry), ServiceError> {
    let now = context.clock.now();
    let folded = folded_name(name);
    let mut tx = context.database.begin_write().await?;
    let account = account_of(&mut tx, &folded).await?;
    let attempt = begin_try(&mut tx, &folded, account.as_ref(), browser, Factor::Password, now).await?;
    tx.commit().await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let is_right = passwords::verify(password.to_owned(), hash, PasswordOf::Staff).await?;
    match account.filter(|_| is_right) {
        Some(account) => Ok((account, attempt)),
        None => {
            note_failure(context, &folded, "log_in.password_refused").await?;
            Err(AccountError::WrongPassword.into())
        }
    }
}

/// Checks the second factor. The log-in that follows has a token of its own. The browser's token, if it had none, is
/// the second one.
///
/// # Errors
/// [`AccountError::WrongCode`]; [`AccountError::TooManyTries`]; [`AccountError::LogInEnded`] if the password was given
/// too long ago.
pub async fn give_second_factor(
    context: &Context,
    half: &SecretToken,
    code: Option<&SecondFactor>,
    browser: &Browser,
) -> Result<(SecretToken, SecretToken), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let half = half_log_in(&mut tx, half, now).await?;
    let attempt = try_second_factor(&mut tx, &half, browser, now).await?;
    let right = match code {
        Some(code) => is_right(&mut tx, half.account.id, code, now).await?,
        None => false,
    };
    if !right {
        note(&mut tx, &half.account, "log_in.second_factor_refused", now).await?;
        tx.commit().await?;
        return Err(AccountError::WrongCode.into());
    }
    let action = match code {
        Some(SecondFactor::RecoveryCode(_)) => "log_in.done_by_recovery_code",
        _ => "log_in.done",
    };
    let tokens = finish(&mut tx, &half, Some(&attempt), browser, action, now).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// A log-in whose password was given, and its account.
pub(super) struct HalfLogIn {
    pub(super) session: WebSessionId,
    pub(super) account: AccountRow,
}

/// The log-in of a token whose second factor is missing.
pub(super) async fn half_log_in(tx: &mut Tx, half: &SecretToken, now: Timestamp) -> Result<HalfLogIn, ServiceError> {
    let session = live_session(tx, half, now).await?;
    let session = session.filter(|session| session.stage == LogInStage::PasswordGiven);
    let session = session.ok_or(AccountError::LogInEnded)?;
    let account = staff_accounts::get(tx, session.account).await?;
    let account = account.filter(|account| account.state == AccountState::Active).ok_or(AccountError::LogInEnded)?;
    Ok(HalfLogIn { session: session.id, account })
}

/// Begins a try of a code. It counts as failed until it succeeds.
pub(super) async fn try_second_factor(
    tx: &mut Tx,
    half: &HalfLogIn,
    browser: &Browser,
    now: Timestamp,
) -> Result<LogInTry, ServiceError> {
    let folded = half.account.log_in_name.folded();
    begin_try(tx, folded, Some(&half.account), browser, Factor::Second, now).await
}

/// Ends the first half of a log-in, and begins the log-in itself. Passkeys can't be guessed, so they are no tries.
pub(super) async fn finish(
    tx: &mut Tx,
    half: &HalfLogIn,
    attempt: Option<&LogInTry>,
    browser: &Browser,
    action: &str,
    now: Timestamp,
) -> Result<(SecretToken, SecretToken), StoreError> {
    web_sessions::end(tx, half.session, now).await?;
    logged_in(tx, &half.account, attempt, browser, action, now).await
}

/// Begins the log-in of an account whose password and second factor are right.
pub(super) async fn logged_in(
    tx: &mut Tx,
    account: &AccountRow,
    attempt: Option<&LogInTry>,
    browser: &Browser,
    action: &str,
    now: Timestamp,
) -> Result<(SecretToken, SecretToken), StoreError> {
    if let Some(attempt) = attempt {
        log_in_failures::succeeded(tx, attempt.id).await?;
    }
    let known_as = browser.known_as.clone().map_or_else(SecretToken::random, Ok)?;
    let token = begin(tx, account.id, LogInStage::LoggedIn, &browser.device, Some(&known_as), now).await?;
    note(tx, account, action, now).await?;
    Ok((token, known_as))
}

/// Which client makes a try: a browser that the account knows, or an address.
pub(super) async fn client_of(
    tx: &mut Tx,
    account: Option<&AccountRow>,
    browser: &Browser,
    now: Timestamp,
) -> Result<(ClientKind, String), StoreError> {
    let known = match (account, &browser.known_as) {
        (Some(account), Some(token)) => {
            let since = before(now, DEVICE_KNOWN_FOR);
            web_sessions::knows_device(tx, account.id, &token.hash(), since).await?.then_some(token)
        }
        _ => None,
    };
    Ok(match known {
        Some(token) => (ClientKind::KnownBrowser, hash_of(&["browser", &token.hash()])),
        None => (ClientKind::Address, hash_of(&["address", &browser.address])),
    })
}

/// Refuses a try that must wait, and counts it as failed until it succeeds.
pub(super) async fn begin_try(
    tx: &mut Tx,
    folded: &str,
    account: Option<&AccountRow>,
    browser: &Browser,
    factor: Factor,
    now: Timestamp,
) -> Result<LogInTry, ServiceError> {
    let (kind, client) = client_of(tx, account, browser, now).await?;
    let attempt = LogInTry { id: new_id(), name_hash: hash_of(&["name", folded]), client, factor, at: now };
    let failed = log_in_failures::failed(tx, &attempt, before(now, TRIES_COUNT_FOR)).await?;
    if let Some(wait) = log_in_wait(kind, &failed, now) {
        metrics::counter!("kenkocall_log_ins_slowed_total").increment(1);
        return Err(AccountError::TooManyTries(wait).into());
    }
    log_in_failures::add(tx, &attempt, before(now, TRIES_COUNT_FOR)).await?;
    web_sessions::forget(tx, before(now, DEVICE_KNOWN_FOR), before(now, DRAFTS_KEPT_FOR)).await?;
    Ok(attempt)
}

async fn begin(
    tx: &mut Tx,
    account: StaffAccountId,
    stage: LogInStage,
    device: &DeviceName,
    known_as: Option<&SecretToken>,
    now: Timestamp,
) -> Result<SecretToken, StoreError> {
    let token = SecretToken::random()?;
    let session = WebSessionRow {
        id: WebSessionId(new_id()),
        account,
        stage,
        device: device.clone(),
        created_at: now,
        seen_at: now,
        ended_at: None,
    };
    let known_as = known_as.map(SecretToken::hash);
    web_sessions::insert(tx, &session, &token.hash(), known_as.as_deref()).await?;
    Ok(token)
}

/// An entry of the audit trail about a step of an account's log-in.
pub(super) async fn note(tx: &mut Tx, account: &AccountRow, action: &str, now: Timestamp) -> Result<(), StoreError> {
    let actor = AccountView::from(account.clone()).actor();
    let subject = subject_of(account.id);
    let entry = audit_entry(&actor, now, action, subject, account.centre.clone(), Changes::default());
    audit::append(tx, vec![entry]).await
}

/// An entry about a wrong password: of the account, or of nobody without the name that was tried.
pub(super) async fn note_failure(context: &Context, folded: &str, action: &str) -> Result<(), ServiceError> {
    metrics::counter!("kenkocall_log_ins_refused_total").increment(1);
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let account = staff_accounts::by_name(&mut tx, folded).await?;
    let subject = account.as_ref().map_or_else(|| "account:unknown".to_owned(), |account| subject_of(account.id));
    let centre = account.and_then(|account| account.centre);
    let entry = audit_entry(&Actor::System, now, action, subject, centre, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
