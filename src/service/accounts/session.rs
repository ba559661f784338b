//! Looking up the log-in of a request, and logging out.

use jiff::{SignedDuration, Timestamp};

use super::subject_of;
use super::token::SecretToken;
use super::view::AccountView;
use crate::domain::{AccountState, Actor, LogInStage, StaffAccountId, WebSessionId};
use crate::policy::{SEEN_EVERY, SessionStanding, SessionTimes, session_standing};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::web_sessions::WebSessionRow;
use crate::store::{StoreError, Tx, audit, staff_accounts, web_sessions};

/// How long after it ended by itself a log-in is known: until the next working day.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(96);

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The log-in.
    pub session: WebSessionId,
    /// The account.
    pub account: AccountView,
    /// Its holder, as who asks.
    pub actor: Actor,
}

/// What a token of a cookie stands for.
#[derive(Debug, Clone)]
pub enum SessionState {
    /// Somebody is logged in.
    LoggedIn(Box<LoggedIn>),
    /// Somebody has given the password; the second factor is missing. Recovery codes are left.
    PasswordGiven(Box<AccountView>, u32),
    /// The log-in of this account ended by itself.
    TimedOut(StaffAccountId),
    /// Nothing: unknown, logged out, or of an account that can't log in.
    None,
}

/// What a request says about its log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Its holder is active.
    Active,
    /// An open page asks by itself, which doesn't keep the log-in from ending.
    OpenPage,
}

/// Looks up a token, and records that its holder is active.
///
/// # Errors
/// Database errors.
pub async fn session(context: &Context, token: &SecretToken, activity: Activity) -> Result<SessionState, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let Some(row) = web_sessions::by_token(&mut tx, &token.hash()).await? else { return Ok(SessionState::None) };
    let account = staff_accounts::get(&mut tx, row.account).await?;
    let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
        return Ok(SessionState::None);
    };
    match (standing(&row, now), row.stage) {
        (SessionStanding::Ended, _) => return Ok(SessionState::None),
        // Only who was logged in is known: what they typed is kept, and their page shows that alerts wait.
        (SessionStanding::TimedOut, LogInStage::LoggedIn) if now.duration_since(row.seen_at) < KNOWN_FOR => {
            return Ok(SessionState::TimedOut(row.account));
        }
        (SessionStanding::TimedOut, _) => return Ok(SessionState::None),
        (SessionStanding::Live, LogInStage::PasswordGiven) => {
            let left = staff_accounts::codes_left(&mut tx, row.account).await?;
            return Ok(SessionState::PasswordGiven(Box::new(account.into()), left));
        }
        (SessionStanding::Live, LogInStage::LoggedIn) => {}
    }
    drop(tx);
    if activity == Activity::Active && now.duration_since(row.seen_at) >= SEEN_EVERY {
        match record_use(context, row.id, now).await {
            // A nurse must find out who needs care even while the disk is full.
            Err(error) if !error.is_unwritable() => return Err(error.into()),
            _ => {}
        }
    }
    let account = AccountView::from(account);
    Ok(SessionState::LoggedIn(Box::new(LoggedIn { session: row.id, actor: account.actor(), account })))
}

/// The account whose log-in ended by itself: its page still shows how many red alerts wait.
///
/// # Errors
/// Database errors.
pub async fn locked_account(context: &Context, account: StaffAccountId) -> Result<Option<AccountView>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let account = staff_accounts::get(&mut tx, account).await?;
    let active = account.filter(|account| account.state == AccountState::Active);
    Ok(active.map(AccountView::from))
}

async fn record_use(context: &Context, session: WebSessionId, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    web_sessions::seen(&mut tx, session, now).await?;
    tx.commit().await
}

pub(super) fn standing(row: &WebSessionRow, now: Timestamp) -> SessionStanding {
    let WebSessionRow { stage, created_at, seen_at, ended_at, .. } = *row;
    session_standing(&SessionTimes { stage, created_at, seen_at, ended_at }, now)
}

/// The log-in of a token, if it holds.
pub(super) async fn live_session(
    tx: &mut Tx,
    token: &SecretToken,
    now: Timestamp,
) -> Result<Option<WebSessionRow>, StoreError> {
    let row = web_sessions::by_token(tx, &token.hash()).await?;
    Ok(row.filter(|row| standing(row, now) == SessionStanding::Live))
}

/// Ends a log-in, if it hasn't ended.
///
/// # Errors
/// Database errors.
pub async fn log_out(context: &Context, logged_in: &LoggedIn) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if web_sessions::end(&mut tx, logged_in.session, now).await? {
        let account = &logged_in.account;
        let subject = subject_of(account.id);
        let centre = account.centre.clone();
        let entry = audit_entry(&logged_in.actor, now, "log_in.logged_out", subject, centre, Changes::default());
        audit::append(&mut tx, vec![entry]).await?;
        tx.commit().await?;
    }
    Ok(())
}
