//! Entries of an import that isn't decided yet. They are encrypted as in the audit trail, and moved there when what
//! they tell has happened. Those of an undone import never were in the trail.

use uuid::Uuid;

use super::{AuditRow, subject};
use crate::domain::PatientId;
use crate::store::{StoreError, Tx, bind_value::BindValue};

/// Copies entries to the audit trail.
macro_rules! moved {
    ($condition:literal) => {
        concat!(
            "INSERT INTO audit (id, at, actor, source, action, subject, centre_code, details)
             SELECT id, at, actor, source, action, subject, centre_code, details FROM held_audit WHERE ",
            $condition
        )
    };
}

/// Holds entries back, each with the patient whom the import adds, if it does. They must name nobody besides their
/// subject.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, entries: Vec<(AuditRow, Option<PatientId>)>) -> Result<(), StoreError> {
    let (entries, added): (Vec<AuditRow>, Vec<Option<PatientId>>) = entries.into_iter().unzip();
    let stored = subject::encrypted(tx, &entries).await?;
    let rows = entries.into_iter().zip(stored).zip(added).map(|((e, (subject, details)), added)| {
        [
            e.id.into(),
            e.at.into(),
            e.actor.into(),
            e.source.into(),
            e.action.into(),
            subject.into(),
            e.centre.map_or(None::<&str>.into(), |centre| centre.as_str().to_owned().into()),
            details.into(),
            added.into(),
        ]
    });
    tx.execute_rows(
        "INSERT INTO held_audit (id, at, actor, source, action, subject, centre_code, details, added) VALUES",
        rows.collect(),
        "",
    )
    .await?;
    Ok(())
}

/// Moves these entries to the audit trail.
///
/// # Errors
/// Database errors.
pub async fn release(tx: &mut Tx, entries: &[Uuid]) -> Result<(), StoreError> {
    let keys = || entries.iter().map(|id| BindValue::from(*id));
    tx.fetch_in(moved!("id IN"), &[], keys(), "RETURNING id", |_| Ok(())).await?;
    tx.fetch_in("DELETE FROM held_audit WHERE id IN", &[], keys(), "RETURNING id", |_| Ok(())).await?;
    Ok(())
}

/// Moves the oldest entries to the audit trail. Returns how many: 0 if none was left.
///
/// # Errors
/// Database errors.
pub async fn release_oldest(tx: &mut Tx, limit: u32) -> Result<u64, StoreError> {
    let sql = "SELECT max(id) FROM (SELECT id FROM held_audit ORDER BY id LIMIT $1) AS oldest";
    let last = tx.fetch_optional(sql, vec![i64::from(limit).into()], |row| Ok(row.opt_text(0)?.map(str::to_owned)));
    let Some(last) = last.await?.flatten() else { return Ok(0) };
    tx.execute(moved!("id <= $1"), vec![last.as_str().into()]).await?;
    tx.execute("DELETE FROM held_audit WHERE id <= $1", vec![last.into()]).await
}
