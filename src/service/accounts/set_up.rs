//! Accepting an invitation: a password, then an authenticator that has shown a right code, then the recovery codes.

use super::passwords::{self, PasswordOf};
use super::token::{SecretToken, hash_of, random_bytes};
use super::view::AccountView;
use super::{subject_of, totp};
use crate::domain::{Password, SecondFactor, StaffAccountId};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{AccountError, ServiceError};
use crate::store::{StoreError, Tx, audit, staff_accounts};

/// How many recovery codes an account has.
const RECOVERY_CODES: usize = 10;

/// How far an invited account is set up.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "has the secret of an authenticator")]
pub enum SetUp {
    /// A password is to be chosen.
    Password(AccountView),
    /// The authenticator is to be set up with this secret.
    SecondFactor {
        /// The account.
        account: AccountView,
        /// The secret in base 32, to type it.
        secret: String,
        /// What the QR code has.
        url: String,
    },
}

/// How far the account of an invitation is set up.
///
/// # Errors
/// [`AccountError::InvitationEnded`].
pub async fn set_up(context: &Context, token: &SecretToken) -> Result<SetUp, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let account = staff_accounts::invited(&mut tx, &token.hash(), context.clock.now()).await?;
    let account = account.ok_or(AccountError::InvitationEnded)?;
    let secret = staff_accounts::secret(&mut tx, account.id).await?;
    match secret.filter(|_| account.password_hash.is_some()) {
        Some(secret) => {
            let url = totp::url(&secret, &account.log_in_name)?;
            Ok(SetUp::SecondFactor { account: account.into(), secret, url })
        }
        None => Ok(SetUp::Password(account.into())),
    }
}

/// Chooses the password of an invited account.
///
/// # Errors
/// [`AccountError::InvitationEnded`]; [`AccountError::Busy`].
pub async fn choose_password(context: &Context, token: &SecretToken, password: &Password) -> Result<(), ServiceError> {
    let hash = passwords::hash(password.expose().to_owned(), PasswordOf::Staff).await?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let account = staff_accounts::invited(&mut tx, &token.hash(), now).await?;
    let account = account.ok_or(AccountError::InvitationEnded)?;
    staff_accounts::set_password(&mut tx, account.id, &hash, &totp::new_secret()?, now).await?;
    let actor = AccountView::from(account.clone()).actor();
    let (subject, none) = (subject_of(account.id), Changes::default());
    let entry = audit_entry(&actor, now, "account.password_chosen", subject, account.centre, none);
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}

/// Confirms that the authenticator shows the right codes, and lets the account log in. Returns the recovery codes,
/// which nobody can read again.
///
/// # Errors
/// [`AccountError::WrongCode`]; [`AccountError::InvitationEnded`].
pub async fn confirm_second_factor(
    context: &Context,
    token: &SecretToken,
    code: &SecondFactor,
) -> Result<Vec<String>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let account = staff_accounts::invited(&mut tx, &token.hash(), now).await?;
    let account = account.filter(|account| account.password_hash.is_some()).ok_or(AccountError::InvitationEnded)?;
    if !is_right(&mut tx, account.id, code, now).await? {
        return Err(AccountError::WrongCode.into());
    }
    let (codes, hashes) = new_recovery_codes(account.id)?;
    staff_accounts::activate(&mut tx, account.id, &hashes, now).await?;
    let actor = AccountView::from(account.clone()).actor();
    let (subject, none) = (subject_of(account.id), Changes::default());
    let entry = audit_entry(&actor, now, "account.activated", subject, account.centre, none);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Whether a code of the second factor is right, and wasn't used before. It is used then.
pub(super) async fn is_right(
    tx: &mut Tx,
    account: StaffAccountId,
    code: &SecondFactor,
    now: jiff::Timestamp,
) -> Result<bool, StoreError> {
    match code {
        SecondFactor::OneTimeCode(digits) => {
            let Some(secret) = staff_accounts::secret(tx, account).await? else { return Ok(false) };
            match totp::matching_step(&secret, digits, now)? {
                Some(step) => staff_accounts::use_step(tx, account, step).await,
                None => Ok(false),
            }
        }
        SecondFactor::RecoveryCode(code) => {
            staff_accounts::use_recovery_code(tx, account, &recovery_hash(account, code), now).await
        }
    }
}

fn recovery_hash(account: StaffAccountId, code: &str) -> String {
    hash_of(&["recovery", &account.to_string(), code])
}

/// New recovery codes of an account, and what is stored of them.
pub(super) fn new_recovery_codes(account: StaffAccountId) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let codes = (0..RECOVERY_CODES).map(|_| new_recovery_code()).collect::<Result<Vec<_>, _>>()?;
    let hashes = codes.iter().map(|code| recovery_hash(account, &plain(code))).collect();
    Ok((codes, hashes))
}

/// A new recovery code, in groups of four.
pub(super) fn new_recovery_code() -> Result<String, StoreError> {
    let bytes = random_bytes::<{ SecondFactor::RECOVERY_CHARACTERS }>()?;
    let letters = bytes.iter().filter_map(|byte| SecondFactor::ALPHABET.get(usize::from(byte % 32)));
    let letters: Vec<char> = letters.copied().collect();
    Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

pub(super) fn plain(code: &str) -> String {
    code.replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_read_as_it_is_shown() -> Result<(), StoreError> {
        let code = new_recovery_code()?;
        assert_eq!(code.len(), 19, "{code}");
        assert_eq!(SecondFactor::parse(&code), Some(SecondFactor::RecoveryCode(plain(&code))));
        assert_ne!(code, new_recovery_code()?);
        Ok(())
    }
}
