//! A day's usage by automated calls. It is counted from the attempts each time, so neither a restart nor another node
//! resets it.

use jiff::Timestamp;

use super::{StoreError, Tx};
use crate::domain::CentreCode;
use crate::policy::DailyUsage;

/// Counts attempts, open attempts and started minutes. A clock that is set back doesn't reduce the minutes.
macro_rules! count {
    ($where:literal) => {
        concat!(
            "SELECT count(*), count(*) - count(ended_at), CAST(COALESCE(SUM(
                 CASE WHEN ended_at > intended_at THEN (ended_at - intended_at + 59999) / 60000 ELSE 0 END
             ), 0) AS bigint) FROM attempts WHERE intended_at >= $1",
            $where
        )
    };
}

/// The usage by attempts intended at or after `since`, of one health centre or of all.
///
/// # Errors
/// Database errors.
pub async fn since(tx: &mut Tx, centre: Option<&CentreCode>, since: Timestamp) -> Result<DailyUsage, StoreError> {
    let (sql, arguments) = match centre {
        None => (count!(""), vec![since.into()]),
        Some(centre) => (count!(" AND centre_code = $2"), vec![since.into(), centre.into()]),
    };
    let found = tx
        .fetch_optional(sql, arguments, |row| {
            Ok(DailyUsage { calls: number(row.int(0)?), open: number(row.int(1)?), minutes: number(row.int(2)?) })
        })
        .await?;
    Ok(found.unwrap_or_default())
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
