//! Codes by e-mail. Until one proves an address, a known and an unknown one get the same answer for the same work: a
//! code is made and an e-mail is queued for either.

use jiff::Timestamp;

use super::letters::tell_owner;
use super::log_in::{PortalBrowser, begin_session};
use super::note;
use crate::domain::{
    AccountChange, AccountId, CodePurpose, EmailAddress, Job, JobId, MailCode, PageLanguage, PortalCodeId, Stay,
};
use crate::policy::{CODE_HOLDS_FOR, CODES_COUNT_FOR, WRONG_CODES_COUNT_FOR, code_wait, codes_are_locked};
use crate::service::accounts::{SecretToken, hash_of, random_bytes};
use crate::service::context::{Context, new_id};
use crate::service::error::{PortalError, ServiceError};
use crate::store::outbox::{self, NewJob};
use crate::store::portal::accounts::{self, PortalAccountRow};
use crate::store::portal::codes::{self, CodeRow};
use crate::store::{StoreError, Tx};

/// Who asks for a code, and for what.
#[derive(Debug, Clone)]
pub struct CodeRequest {
    /// What for.
    pub purpose: CodePurpose,
    /// Where it is sent.
    pub address: EmailAddress,
    /// How long the log-in stays that it leads to.
    pub stay: Stay,
    /// Whose new address it proves.
    pub account: Option<AccountId>,
    /// The language of the e-mail.
    pub language: PageLanguage,
}

/// A code that a browser waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCode {
    /// What for.
    pub purpose: CodePurpose,
    /// Where it was sent.
    pub address: EmailAddress,
    /// How long the log-in stays.
    pub stay: Stay,
    /// Whose new address it proves.
    pub account: Option<AccountId>,
}

/// What a right code leads to.
#[derive(Debug)]
pub enum CodeEntered {
    /// A log-in to a new account.
    SignedUp(SecretToken, Stay),
    /// A log-in.
    LoggedIn(SecretToken, Stay),
    /// The address that was to be signed up, or moved to, has an account already.
    Exists,
    /// The address has no account.
    Unknown,
    /// The account has the new address.
    AddressChanged,
}

/// Sends a code to an address. `browser` has the token by which the browser is known that may enter it.
///
/// # Errors
/// [`PortalError::TooManyCodes`], [`PortalError::CodesLocked`]. Database errors.
pub async fn ask_for_code(
    context: &Context,
    request: CodeRequest,
    browser: &SecretToken,
    sender: &str,
) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let sender = hash_of(&["portal-sender", sender]);
    let since = now.checked_sub(CODES_COUNT_FOR).unwrap_or(Timestamp::MIN);
    let mut tx = context.database.begin_write().await?;
    let asked = codes::asked(&mut tx, &request.address, &sender, (since, now)).await?;
    refuse_locked(&mut tx, &request.address, now).await?;
    if let Some(wait) = code_wait(&asked, now) {
        metrics::counter!("kenkocall_portal_codes_slowed_total").increment(1);
        return Err(PortalError::TooManyCodes(wait).into());
    }
    let code = MailCode::of_random(u64::from_be_bytes(random_bytes::<8>()?));
    let id = PortalCodeId(new_id());
    let row = CodeRow {
        id,
        purpose: request.purpose,
        stay: request.stay,
        account: request.account,
        address: request.address,
        language: request.language,
        code_hash: hash_of_code(browser, &code),
        code: Some(code),
        tries: 0,
        created_at: now,
        expires_at: now.checked_add(CODE_HOLDS_FOR).unwrap_or(Timestamp::MAX),
        used_at: None,
    };
    codes::add(&mut tx, &row, (&browser.hash(), &sender), since).await?;
    let job = NewJob { id: JobId(new_id()), job: Job::PortalCode { code: id }, due_at: now };
    outbox::put(&mut tx, vec![job]).await?;
    Ok(tx.commit().await?)
}

/// The hash by which wrong codes of an address count.
pub(super) fn address_hash(address: &EmailAddress) -> String {
    hash_of(&["portal-code-address", &address.expose().to_ascii_lowercase()])
}

fn wrong_codes_count_from(now: Timestamp) -> Timestamp {
    now.checked_sub(WRONG_CODES_COUNT_FOR).unwrap_or(Timestamp::MIN)
}

/// Refuses an address for which too many wrong codes were entered, whether or not it has an account.
async fn refuse_locked(tx: &mut Tx, address: &EmailAddress, now: Timestamp) -> Result<(), ServiceError> {
    let wrong = codes::wrong_since(tx, &address_hash(address), wrong_codes_count_from(now)).await?;
    if codes_are_locked(wrong) {
        metrics::counter!("kenkocall_portal_codes_locked_total").increment(1);
        return Err(PortalError::CodesLocked.into());
    }
    Ok(())
}

fn hash_of_code(browser: &SecretToken, code: &MailCode) -> String {
    hash_of(&["portal-code", browser.expose(), code.expose()])
}

/// The code for which a browser asked last. It may have ended.
///
/// # Errors
/// Database errors.
pub async fn pending_code(context: &Context, browser: &SecretToken) -> Result<Option<PendingCode>, ServiceError> {
    let row = codes::last_of_browser(&mut context.database.begin_read().await?, &browser.hash()).await?;
    Ok(row.map(|row| PendingCode { purpose: row.purpose, address: row.address, stay: row.stay, account: row.account }))
}

/// Takes a code. One for a new address counts only for who is logged in to the account.
///
/// # Errors
/// [`PortalError::WrongCode`], [`PortalError::CodesLocked`]. Database errors.
pub async fn enter_code(
    context: &Context,
    token: &SecretToken,
    typed: &str,
    (browser, account): (&PortalBrowser, Option<AccountId>),
) -> Result<CodeEntered, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let row = codes::last_of_browser(&mut tx, &token.hash()).await?.ok_or(PortalError::WrongCode)?;
    if row.purpose == CodePurpose::ChangeAddress && (row.account.is_none() || row.account != account) {
        return Err(PortalError::WrongCode.into());
    }
    // What can't be a code isn't a try: nobody guesses by it.
    let code = MailCode::parse(typed).ok_or(PortalError::WrongCode)?;
    refuse_locked(&mut tx, &row.address, now).await?;
    let counted = codes::count_try(&mut tx, row.id, now).await?;
    if !counted || hash_of_code(token, &code) != row.code_hash {
        if counted {
            let when = (now, wrong_codes_count_from(now));
            codes::add_wrong(&mut tx, new_id(), &address_hash(&row.address), when).await?;
        }
        tx.commit().await?;
        return Err(PortalError::WrongCode.into());
    }
    codes::used(&mut tx, row.id, now).await?;
    let entered = proven(&mut tx, row, browser, now).await?;
    tx.commit().await?;
    Ok(entered)
}

/// What follows once an address is proven.
async fn proven(
    tx: &mut Tx,
    code: CodeRow,
    browser: &PortalBrowser,
    now: Timestamp,
) -> Result<CodeEntered, StoreError> {
    let known = accounts::by_address(tx, &code.address).await?;
    match (code.purpose, known) {
        (CodePurpose::SignUp, Some(_)) => Ok(CodeEntered::Exists),
        (CodePurpose::SignUp, None) => {
            let id = AccountId(new_id());
            let account = PortalAccountRow {
                id,
                address: code.address,
                language: code.language,
                password_hash: None,
                created_at: now,
            };
            accounts::insert(tx, &account).await?;
            note(tx, id, "portal.account_made", now).await?;
            Ok(CodeEntered::SignedUp(begin_session(tx, id, code.stay, browser, now).await?, code.stay))
        }
        (CodePurpose::LogIn, Some(account)) => {
            note(tx, account.id, "portal.logged_in", now).await?;
            Ok(CodeEntered::LoggedIn(begin_session(tx, account.id, code.stay, browser, now).await?, code.stay))
        }
        (CodePurpose::LogIn, None) => Ok(CodeEntered::Unknown),
        (CodePurpose::ChangeAddress, Some(account)) if Some(account.id) != code.account => Ok(CodeEntered::Exists),
        (CodePurpose::ChangeAddress, _) => {
            let Some(account) = code.account else { return Ok(CodeEntered::Unknown) };
            let before = accounts::get(tx, account).await?.filter(|before| before.address != code.address);
            if let Some(before) = before {
                tell_owner(tx, before, AccountChange::Address, now).await?;
            }
            accounts::set_address(tx, account, &code.address, now).await?;
            note(tx, account, "portal.address_changed", now).await?;
            Ok(CodeEntered::AddressChanged)
        }
    }
}
