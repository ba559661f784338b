//! What a day's automated calls come to. Counted afresh from the attempts each time, so that neither a restart nor
//! another node begins the day anew.

use jiff::Timestamp;

use super::{StoreError, Tx};
use crate::domain::CentreCode;
use crate::policy::DailyUsage;

/// Counts attempts, those that are open, and minutes begun. A clock that was set back gives no minutes back.
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

/// The attempts that were intended from `since` on: of one health centre, or of all.
///
/// # Errors
/// When the database fails.
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
