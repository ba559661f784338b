//! Accounts of staff, their invitations and their recovery codes.

use jiff::Timestamp;

use super::audit::PersonKey;
use super::{
    StoreError, Tx,
    bind_value::{BindValue, Row, parsed},
};
use crate::domain::{AccountState, CentreCode, LogInName, RedSound, Role, StaffAccountId, StaffName};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub id: StaffAccountId,
    /// By which its holder logs in.
    pub log_in_name: LogInName,
    /// The name in the audit trail.
    pub name: StaffName,
    /// What it may do. `None` if this program doesn't know the role.
    pub role: Option<Role>,
    /// The health centre. `None` for roles that belong to none.
    pub centre: Option<CentreCode>,
    /// Its state.
    pub state: AccountState,
    /// The hash of its password. `None` until one is chosen.
    pub password_hash: Option<String>,
    /// The last step of the authenticator whose code was used.
    pub totp_step: i64,
    /// When it was invited first.
    pub created_at: Timestamp,
    /// Whether red alerts sound in its browsers.
    pub red_sound: RedSound,
}

macro_rules! select {
    ($($rest:literal)+) => {
        concat!(
            "SELECT id, log_in_name, name, role, centre_code, state, password_hash, totp_step, created_at,
             red_sound FROM staff_accounts ",
            $($rest),+
        )
    };
}

/// Adds an account, or invites the one with this log-in name anew: it then has no password.
///
/// # Errors
/// Database errors.
pub async fn invite(tx: &mut Tx, account: &AccountRow, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO staff_accounts
                 (id, log_in_name, folded_name, name, role, centre_code, state, totp_step, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, 'invited', 0, $7, $7)
               ON CONFLICT (id) DO UPDATE SET log_in_name = $2, name = $4, role = $5, centre_code = $6,
                 state = 'invited', password_hash = NULL, totp_secret = NULL, totp_step = 0, updated_at = $7";
    let args = vec![
        account.id.into(),
        account.log_in_name.typed().into(),
        account.log_in_name.folded().into(),
        account.name.as_str().into(),
        account.role.map_or("", Role::code).into(),
        account.centre.as_ref().into(),
        at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// Switches the sound of red alerts on or off.
///
/// # Errors
/// Database errors.
pub async fn set_red_sound(tx: &mut Tx, id: StaffAccountId, sound: RedSound, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE staff_accounts SET red_sound = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, vec![id.into(), sound.code().into(), at.into()]).await?;
    Ok(())
}

/// The account with a log-in name.
///
/// # Errors
/// Database errors.
pub async fn by_name(tx: &mut Tx, folded: &str) -> Result<Option<AccountRow>, StoreError> {
    tx.fetch_optional(select!("WHERE folded_name = $1"), vec![folded.into()], read).await
}

/// One account.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: StaffAccountId) -> Result<Option<AccountRow>, StoreError> {
    tx.fetch_optional(select!("WHERE id = $1"), vec![id.into()], read).await
}

/// These accounts, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn by_ids(tx: &mut Tx, ids: &[StaffAccountId]) -> Result<Vec<AccountRow>, StoreError> {
    tx.fetch_in(select!("WHERE id IN"), &[], ids.iter().map(|id| (*id).into()), "", read).await
}

/// All accounts, by their log-in names.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx) -> Result<Vec<AccountRow>, StoreError> {
    tx.fetch_all(select!("ORDER BY folded_name"), vec![], read).await
}

/// Sets the password of an invited account, and a new secret of its authenticator.
///
/// # Errors
/// Database errors.
pub async fn set_password(
    tx: &mut Tx,
    id: StaffAccountId,
    password_hash: &str,
    secret: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = account_key(tx, id, at).await?;
    let secret = key.encrypt(PLACE, secret)?;
    let sql = "UPDATE staff_accounts SET password_hash = $2, totp_secret = $3, totp_step = 0, updated_at = $4
               WHERE id = $1 AND state = 'invited'";
    tx.execute(sql, vec![id.into(), password_hash.into(), secret.into(), at.into()]).await?;
    Ok(())
}

/// Where an encrypted secret belongs.
const PLACE: &str = "staff_accounts.totp_secret";

/// The key of an account. It is created if it is missing.
pub(super) async fn account_key(tx: &mut Tx, id: StaffAccountId, at: Timestamp) -> Result<PersonKey, StoreError> {
    if let Some(key) = known_key(tx, id).await? {
        return Ok(key);
    }
    let key = PersonKey::new_text()?;
    let sql = "INSERT INTO person_keys (id, about, key, created_at) VALUES ($1, 'staff', $2, $3)";
    tx.execute(sql, vec![id.into(), key.as_str().into(), at.into()]).await?;
    PersonKey::parse(&key).ok_or(StoreError::Inconsistent { what: "person_keys.key" })
}

pub(super) async fn known_key(tx: &mut Tx, id: StaffAccountId) -> Result<Option<PersonKey>, StoreError> {
    let sql = "SELECT key FROM person_keys WHERE id = $1";
    tx.fetch_optional(sql, vec![id.into()], |row| row.read(0, "person_keys.key", PersonKey::parse)).await
}

/// The secret of an account's authenticator. `None` until its password is chosen.
///
/// # Errors
/// [`StoreError::Inconsistent`] if it can't be decrypted; otherwise database errors.
pub async fn secret(tx: &mut Tx, id: StaffAccountId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT totp_secret FROM staff_accounts WHERE id = $1";
    let stored = tx.fetch_optional(sql, vec![id.into()], |row| Ok(row.opt_text(0)?.map(str::to_owned))).await?;
    let Some(stored) = stored.flatten() else { return Ok(None) };
    let key = known_key(tx, id).await?;
    let secret = key.and_then(|key| key.decrypt(PLACE, &stored));
    secret.map(Some).ok_or(StoreError::Inconsistent { what: "staff_accounts.totp_secret" })
}

/// Marks the code of a step as used. Returns `false` if it or a later one was used before.
///
/// # Errors
/// Database errors.
pub async fn use_step(tx: &mut Tx, id: StaffAccountId, step: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE staff_accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
    Ok(tx.execute(sql, vec![id.into(), step.into()]).await? == 1)
}

/// Lets an invited account log in from now on, with these recovery codes.
///
/// # Errors
/// Database errors.
pub async fn activate(tx: &mut Tx, id: StaffAccountId, codes: &[String], at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE staff_accounts SET state = 'active', updated_at = $2 WHERE id = $1";
    tx.execute(sql, vec![id.into(), at.into()]).await?;
    replace_recovery_codes(tx, id, codes).await?;
    tx.execute("DELETE FROM staff_invitations WHERE account_id = $1", vec![id.into()]).await?;
    Ok(())
}

/// Gives an account these recovery codes in place of those that it had.
///
/// # Errors
/// Database errors.
pub async fn replace_recovery_codes(tx: &mut Tx, id: StaffAccountId, codes: &[String]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM recovery_codes WHERE account_id = $1", vec![id.into()]).await?;
    let rows = codes.iter().map(|code| [id.into(), code.as_str().into()]).collect();
    tx.execute_rows("INSERT INTO recovery_codes (account_id, code_hash) VALUES", rows, "").await?;
    Ok(())
}

/// Replaces the secret of an active account's authenticator.
///
/// # Errors
/// Database errors.
pub async fn replace_secret(
    tx: &mut Tx,
    id: StaffAccountId,
    secret: &str,
    step: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = account_key(tx, id, at).await?;
    let secret = key.encrypt(PLACE, secret)?;
    let sql = "UPDATE staff_accounts SET totp_secret = $2, totp_step = $3, updated_at = $4
               WHERE id = $1 AND state = 'active'";
    tx.execute(sql, vec![id.into(), secret.into(), step.into(), at.into()]).await?;
    Ok(())
}

/// Ends an account: its password, its authenticator's secret with the key, its codes and invitations are gone.
///
/// # Errors
/// Database errors.
pub async fn deactivate(tx: &mut Tx, id: StaffAccountId, at: Timestamp) -> Result<(), StoreError> {
    let sql =
        "UPDATE staff_accounts SET state = 'deactivated', password_hash = NULL, totp_secret = NULL, totp_step = 0,
               updated_at = $2 WHERE id = $1";
    tx.execute(sql, vec![id.into(), at.into()]).await?;
    forget_ways_in(tx, id).await
}

/// Deletes what an earlier invitation or password left.
///
/// # Errors
/// Database errors.
pub async fn forget_ways_in(tx: &mut Tx, id: StaffAccountId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM person_keys WHERE id = $1 AND about = 'staff'",
        "DELETE FROM recovery_codes WHERE account_id = $1",
        "DELETE FROM staff_invitations WHERE account_id = $1",
        "DELETE FROM form_drafts WHERE account_id = $1",
        "DELETE FROM staff_passkeys WHERE account_id = $1",
        "DELETE FROM staff_unlocks WHERE account_id = $1",
    ] {
        tx.execute(sql, vec![id.into()]).await?;
    }
    Ok(())
}

/// Adds the invitation of an account.
///
/// # Errors
/// Database errors.
pub async fn add_invitation(
    tx: &mut Tx,
    token_hash: &str,
    account: StaffAccountId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO staff_invitations (token_hash, account_id, expires_at) VALUES ($1, $2, $3)";
    tx.execute(sql, vec![token_hash.into(), account.into(), expires_at.into()]).await?;
    Ok(())
}

/// The invited account of an invitation that holds at a time.
///
/// # Errors
/// Database errors.
pub async fn invited(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<AccountRow>, StoreError> {
    let sql = select!(
        "WHERE state = 'invited'
         AND id IN (SELECT account_id FROM staff_invitations WHERE token_hash = $1 AND expires_at > $2)"
    );
    tx.fetch_optional(sql, vec![token_hash.into(), now.into()], read).await
}

/// Uses a recovery code. Returns `false` if the account has no such unused code.
///
/// # Errors
/// Database errors.
pub async fn use_recovery_code(
    tx: &mut Tx,
    account: StaffAccountId,
    code_hash: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL";
    Ok(tx.execute(sql, vec![account.into(), code_hash.into(), at.into()]).await? == 1)
}

/// How many recovery codes an account has left.
///
/// # Errors
/// Database errors.
pub async fn codes_left(tx: &mut Tx, account: StaffAccountId) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL";
    let args: Vec<BindValue<'_>> = vec![account.into()];
    let count = tx.fetch_optional(sql, args, |row| row.int(0)).await?;
    Ok(count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0))
}

fn read(row: &Row<'_>) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: row.read(0, "staff_accounts.id", parsed)?,
        log_in_name: row.read(1, "staff_accounts.log_in_name", |text| LogInName::parse(text).ok())?,
        name: row.read(2, "staff_accounts.name", |text| StaffName::parse(text).ok())?,
        role: Role::from_code(row.text(3)?),
        centre: row.opt_read(4, "staff_accounts.centre_code", |text| CentreCode::parse(text).ok())?,
        state: row.read(5, "staff_accounts.state", AccountState::from_code)?,
        password_hash: row.opt_text(6)?.map(str::to_owned),
        totp_step: row.int(7)?,
        created_at: row.time(8, "staff_accounts.created_at")?,
        red_sound: row.read(9, "staff_accounts.red_sound", RedSound::from_code)?,
    })
}
