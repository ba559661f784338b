//! The key of the tickets by which people find their places in the portal's lines again.

use jiff::Timestamp;

use crate::store::{StoreError, Tx};

/// The key. `None` if there is none yet.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    tx.fetch_optional("SELECT key FROM line_ticket_keys WHERE id = 1", vec![], |row| row.owned(0)).await
}

/// Stores a key, unless there is one.
///
/// # Errors
/// Database errors.
pub async fn keep(tx: &mut Tx, key: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO line_ticket_keys (id, key, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
    tx.execute(sql, vec![key.into(), now.into()]).await.map(|_| ())
}
