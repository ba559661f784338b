//! The columns of the list of patients that each member of staff has chosen.

use jiff::Timestamp;

use super::{StoreError, Tx};
use crate::domain::{ListColumns, StaffAccountId};

/// The columns that an account has chosen. `None` if it hasn't.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, account: StaffAccountId) -> Result<Option<ListColumns>, StoreError> {
    let sql = "SELECT columns FROM list_columns WHERE account_id = $1";
    tx.fetch_optional(sql, vec![account.into()], |row| Ok(ListColumns::from_codes(row.text(0)?))).await
}

/// Notes an account's choice.
///
/// # Errors
/// Database errors.
pub async fn set(tx: &mut Tx, account: StaffAccountId, columns: &ListColumns, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO list_columns (account_id, columns, changed_at) VALUES ($1, $2, $3)
               ON CONFLICT (account_id) DO UPDATE SET columns = excluded.columns, changed_at = excluded.changed_at";
    tx.execute(sql, vec![account.into(), columns.codes().into(), at.into()]).await?;
    Ok(())
}
