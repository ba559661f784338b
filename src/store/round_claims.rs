//! Who is calling whom in a round.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{Claimant, PatientId};

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundClaim {
    /// The person.
    pub patient: PatientId,
    /// Who has them.
    pub by: Claimant,
    /// Since when.
    pub taken_at: Timestamp,
}

/// Adds a claim, or puts it in place of an older one: of the same holder, or of `before` at the latest. Returns `false`
/// if somebody else was faster.
///
/// # Errors
/// Database errors.
pub async fn take(tx: &mut Tx, claim: &RoundClaim, before: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO round_claims (patient_id, account_id, name, taken_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (patient_id) DO UPDATE SET account_id = excluded.account_id, name = excluded.name,
                 taken_at = excluded.taken_at
               WHERE round_claims.taken_at <= $5 OR round_claims.taken_at > excluded.taken_at
                 OR round_claims.account_id = excluded.account_id
                 OR (round_claims.account_id IS NULL AND excluded.account_id IS NULL
                     AND round_claims.name = excluded.name)";
    let args = vec![
        claim.patient.into(),
        claim.by.account.into(),
        claim.by.name.as_str().into(),
        claim.taken_at.into(),
        before.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Ends a person's claim, whoever has it.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, patient: PatientId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM round_claims WHERE patient_id = $1", vec![patient.into()]).await?;
    Ok(())
}

/// The claims of these people. Some may be over.
///
/// # Errors
/// Database errors.
pub async fn of_patients(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<RoundClaim>, StoreError> {
    let head = "SELECT patient_id, account_id, name, taken_at FROM round_claims WHERE patient_id IN";
    tx.fetch_in(head, &[], patients.iter().map(|patient| (*patient).into()), "", read).await
}

fn read(row: &Row<'_>) -> Result<RoundClaim, StoreError> {
    Ok(RoundClaim {
        patient: row.read(0, "round_claims.patient_id", parsed)?,
        by: Claimant { account: row.opt_read(1, "round_claims.account_id", parsed)?, name: row.owned(2)? },
        taken_at: row.time(3, "round_claims.taken_at")?,
    })
}
