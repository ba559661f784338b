//! Tries to log in that failed. A try counts as failed until it succeeds, so that many at once don't slip through.

use jiff::Timestamp;
use uuid::Uuid;

use super::bind_value::BindValue;
use super::tx::Lock;
use super::{StoreError, Tx};
use crate::policy::{FailedTries, Tally};

/// What a try proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// The password.
    Password,
    /// The authenticator, or a recovery code.
    Second,
}

impl Factor {
    const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Second => "second",
        }
    }
}

/// A try.
#[derive(Debug, Clone)]
pub struct LogInTry {
    /// The try.
    pub id: Uuid,
    /// The hash of the log-in name.
    pub name_hash: String,
    /// The hash of the known browser or the address.
    pub client: String,
    /// What it proves.
    pub factor: Factor,
    /// When it was made.
    pub at: Timestamp,
}

/// The failed tries since a time that matter for this one. Other transactions wait until this one ends.
///
/// # Errors
/// Database errors.
pub async fn failed(tx: &mut Tx, attempt: &LogInTry, since: Timestamp) -> Result<FailedTries, StoreError> {
    tx.lock(Lock::LogIns).await?;
    let (name, client) = (attempt.name_hash.as_str(), attempt.client.as_str());
    let at_account = "SELECT count(*), max(at) FROM log_in_failures
                      WHERE name_hash = $1 AND client = $2 AND at >= $3 AND ($4 = 'password' OR factor = 'second')";
    let of_address = "SELECT count(*), max(at) FROM log_in_failures WHERE client = $1 AND at >= $2";
    let second_factors = "SELECT count(*), max(at) FROM log_in_failures
                          WHERE name_hash = $1 AND factor = 'second' AND at >= $2";
    let at_account =
        tally(tx, at_account, vec![name.into(), client.into(), since.into(), attempt.factor.code().into()]).await?;
    Ok(match attempt.factor {
        Factor::Password => FailedTries {
            at_account,
            of_address: tally(tx, of_address, vec![client.into(), since.into()]).await?,
            second_factors: Tally::default(),
        },
        // Only who has the password can cause these. What others do at the same address doesn't count.
        Factor::Second => FailedTries {
            at_account,
            of_address: Tally::default(),
            second_factors: tally(tx, second_factors, vec![name.into(), since.into()]).await?,
        },
    })
}

async fn tally(tx: &mut Tx, sql: &'static str, args: Vec<BindValue<'_>>) -> Result<Tally, StoreError> {
    let found = tx
        .fetch_optional(sql, args, |row| {
            let count = u32::try_from(row.int(0)?).unwrap_or(u32::MAX);
            Ok(Tally { count, last: row.opt_time(1, "log_in_failures.at")? })
        })
        .await?;
    Ok(found.unwrap_or_default())
}

/// Adds a try, and forgets those before a time.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, attempt: &LogInTry, forget: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM log_in_failures WHERE at < $1", vec![forget.into()]).await?;
    let sql = "INSERT INTO log_in_failures (id, name_hash, client, factor, at) VALUES ($1, $2, $3, $4, $5)";
    let args = vec![
        attempt.id.into(),
        attempt.name_hash.as_str().into(),
        attempt.client.as_str().into(),
        attempt.factor.code().into(),
        attempt.at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// Forgets the failed tries at a log-in name.
///
/// # Errors
/// Database errors.
pub async fn forget_name(tx: &mut Tx, name_hash: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM log_in_failures WHERE name_hash = $1", vec![name_hash.into()]).await?;
    Ok(())
}

/// Deletes a try that succeeded.
///
/// # Errors
/// Database errors.
pub async fn succeeded(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    tx.execute("DELETE FROM log_in_failures WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}
