//! The import of a patient list in progress: who writes it, and the changes that it holds back until it is decided.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::patients::{NumberHolder, PatientRow, read};
use super::{
    StoreError, Tx,
    bind_value::{BindValue, Row, parsed},
};
use crate::domain::{CentreCode, HersysId, PatientId, PhoneNumber};
use crate::policy::CLOCKS_AGREE;

/// How long a claim lasts. Each transaction of an import renews it. Once it has ended, anybody finishes or undoes the
/// import.
pub const CLAIM: SignedDuration = SignedDuration::from_secs(15);

/// The state of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is being written, and nobody sees it.
    Staged,
    /// It counts: its new patients are visible, and its changes are being applied.
    Decided,
    /// It won't count: what was written is being removed.
    Undone,
}

impl Phase {
    const fn code(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Decided => "decided",
            Self::Undone => "undone",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Staged, Self::Decided, Self::Undone].into_iter().find(|phase| phase.code() == code)
    }
}

/// Who imports a list, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Importer {
    /// The health centre.
    pub centre: CentreCode,
    /// The actor's name.
    pub actor: String,
    /// The source of the request.
    pub source: String,
}

/// The exclusive right to write the import in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The number of the import.
    pub number: i64,
    /// The holder.
    pub holder: Uuid,
}

/// A change that is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldChange {
    /// The patient with the new registration.
    pub after: PatientRow,
    /// The names of the changed columns.
    pub fields: Vec<String>,
    /// The held entry of the audit trail.
    pub entry: Uuid,
}

pub(super) fn until(now: Timestamp) -> Timestamp {
    now.checked_add(CLAIM).unwrap_or(Timestamp::MAX)
}

/// Begins an import. `None` if another one isn't finished.
///
/// # Errors
/// Database errors.
pub async fn begin(
    tx: &mut Tx,
    importer: &Importer,
    holder: Uuid,
    now: Timestamp,
) -> Result<Option<Claim>, StoreError> {
    let sql = "UPDATE imports SET number = number + 1, state = 'staged', hidden = number + 1, overtaken = false,
               centre_code = $1, actor = $2, source = $3, claimed_by = $4, claimed_until = $5
               WHERE id = 1 AND state = 'idle' RETURNING number";
    let args = vec![
        (&importer.centre).into(),
        importer.actor.as_str().into(),
        importer.source.as_str().into(),
        holder.into(),
        until(now).into(),
    ];
    Ok(tx.fetch_optional(sql, args, |row| row.int(0)).await?.map(|number| Claim { number, holder }))
}

/// Returns `true` if an import was left unfinished by a process that no longer writes it.
///
/// # Errors
/// Database errors.
pub async fn is_abandoned(tx: &mut Tx, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT number FROM imports WHERE state <> 'idle' AND (claimed_until <= $1 OR claimed_until > $2)";
    Ok(tx.fetch_optional(sql, vec![now.into(), too_late(now).into()], |row| row.int(0)).await?.is_some())
}

/// Claims an abandoned import. One that wasn't decided is undone from now on.
///
/// # Errors
/// Database errors.
pub async fn take_over(tx: &mut Tx, holder: Uuid, now: Timestamp) -> Result<Option<(Claim, Phase)>, StoreError> {
    let sql = "UPDATE imports SET claimed_by = $3, claimed_until = $4,
               state = CASE WHEN state = 'staged' THEN 'undone' ELSE state END
               WHERE id = 1 AND state <> 'idle' AND (claimed_until <= $1 OR claimed_until > $2)
               RETURNING number, state";
    let args = vec![now.into(), too_late(now).into(), holder.into(), until(now).into()];
    let taken = tx.fetch_optional(sql, args, |row| Ok((row.int(0)?, row.read(1, "imports.state", Phase::from_code)?)));
    Ok(taken.await?.map(|(number, phase)| (Claim { number, holder }, phase)))
}

/// A claim that ends after this time was made while a clock was wrong.
pub(super) fn too_late(now: Timestamp) -> Timestamp {
    now.checked_add(CLAIM + CLOCKS_AGREE).unwrap_or(Timestamp::MAX)
}

/// Renews the claim, and locks the import until the transaction ends.
///
/// # Errors
/// [`StoreError::Stale`] if somebody else has claimed it, or if it isn't in this phase; otherwise database errors.
pub async fn renew(tx: &mut Tx, claim: Claim, phase: Phase, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE imports SET claimed_until = $3 WHERE id = 1 AND claimed_by = $1 AND state = $2";
    let args = vec![claim.holder.into(), phase.code().into(), until(now).into()];
    if tx.execute(sql, args).await? == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Decides a staged import: its new patients are visible from the commit on. Returns `false` if staff have changed one
/// of its patients meanwhile.
///
/// # Errors
/// Database errors.
pub async fn decide(tx: &mut Tx, claim: Claim) -> Result<bool, StoreError> {
    let sql = "UPDATE imports SET state = 'decided', hidden = -1
               WHERE id = 1 AND claimed_by = $1 AND state = 'staged' AND NOT overtaken";
    Ok(tx.execute(sql, vec![claim.holder.into()]).await? == 1)
}

/// Gives up a staged import. Returns `false` if it was decided, or somebody else has claimed it.
///
/// # Errors
/// Database errors.
pub async fn give_up(tx: &mut Tx, claim: Claim) -> Result<bool, StoreError> {
    let sql = "UPDATE imports SET state = 'undone' WHERE id = 1 AND claimed_by = $1 AND state = 'staged'";
    Ok(tx.execute(sql, vec![claim.holder.into()]).await? == 1)
}

/// Ends the import of which nothing is held back any more. Returns who imported it.
///
/// # Errors
/// [`StoreError::Stale`] if somebody else has claimed it; otherwise database errors.
pub async fn end(tx: &mut Tx, claim: Claim) -> Result<Importer, StoreError> {
    let sql = "UPDATE imports SET state = 'idle', hidden = -1, overtaken = false, claimed_by = NULL,
               claimed_until = NULL WHERE id = 1 AND claimed_by = $1 RETURNING centre_code, actor, source";
    let ended = tx.fetch_optional(sql, vec![claim.holder.into()], |row| {
        Ok(Importer {
            centre: row.read(0, "imports.centre_code", |text| CentreCode::parse(text).ok())?,
            actor: row.owned(1)?,
            source: row.owned(2)?,
        })
    });
    ended.await?.ok_or(StoreError::Stale)
}

/// The health centre of the import in progress.
///
/// # Errors
/// Database errors.
pub async fn centre(tx: &mut Tx) -> Result<Option<CentreCode>, StoreError> {
    let sql = "SELECT centre_code FROM imports WHERE id = 1";
    let found = tx
        .fetch_optional(sql, vec![], |row| row.opt_read(0, "imports.centre_code", |text| CentreCode::parse(text).ok()));
    Ok(found.await?.flatten())
}

/// Holds changes back.
///
/// # Errors
/// Database errors.
pub async fn hold_changes(tx: &mut Tx, changes: &[HeldChange]) -> Result<(), StoreError> {
    tx.execute_rows(
        "INSERT INTO held_changes (patient_id, birth_date, family_name, given_name, phone_number, automated_call,
         call_times, language, diagnosis_date, monitoring_start, oximeter, fields, entry) VALUES",
        changes.iter().map(columns).collect(),
        "",
    )
    .await?;
    Ok(())
}

fn columns(HeldChange { after, fields, entry }: &HeldChange) -> [BindValue<'_>; 13] {
    [
        after.id.into(),
        after.birth_date.expose().into(),
        (&after.family_name).into(),
        (&after.given_name).into(),
        after.phone_number.as_ref().into(),
        after.automated_call.into(),
        after.call_times.as_str().into(),
        after.language.tag().into(),
        after.diagnosis_date.into(),
        after.monitoring_start.into(),
        after.oximeter.code().into(),
        fields.join(",").into(),
        (*entry).into(),
    ]
}

/// Some patients whose changes are held back.
///
/// # Errors
/// Database errors.
pub async fn held(tx: &mut Tx, limit: u32) -> Result<Vec<PatientId>, StoreError> {
    let sql = "SELECT patient_id FROM held_changes ORDER BY patient_id LIMIT $1";
    tx.fetch_all(sql, vec![i64::from(limit).into()], |row| row.read(0, "held_changes.patient_id", parsed)).await
}

/// The changes of these patients that are held back, each with the rest of the record as it is now. Patients without
/// one are omitted.
///
/// # Errors
/// Database errors.
pub async fn changes_of(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<HeldChange>, StoreError> {
    tx.fetch_in(
        "SELECT p.id, p.centre_code, p.hersys_id, h.birth_date, h.family_name, h.given_name, h.phone_number,
         h.automated_call, h.call_times, h.language, h.diagnosis_date, h.monitoring_start, p.stopped_at, p.released_at,
         p.created_at, p.updated_at, p.next_slot_at, p.stop_requested_at, p.wrong_number, p.revision, p.known_in,
         h.oximeter, p.spo2_asked_at, h.fields, h.entry
         FROM held_changes h JOIN patients p ON p.id = h.patient_id WHERE h.patient_id IN",
        &[],
        patients.iter().map(|patient| (*patient).into()),
        "",
        held_change,
    )
    .await
}

fn held_change(row: &Row<'_>) -> Result<HeldChange, StoreError> {
    Ok(HeldChange {
        after: read(row)?,
        fields: row.text(23)?.split(',').map(str::to_owned).collect(),
        entry: row.read(24, "held_changes.entry", parsed)?,
    })
}

/// Deletes changes that were applied.
///
/// # Errors
/// Database errors.
pub async fn drop_changes(tx: &mut Tx, patients: &[PatientId]) -> Result<(), StoreError> {
    let keys = patients.iter().map(|patient| (*patient).into());
    tx.fetch_in("DELETE FROM held_changes WHERE patient_id IN", &[], keys, "RETURNING patient_id", |_| Ok(())).await?;
    Ok(())
}

/// The patients to whom a list gives these numbers for automated calls, as soon as it is applied.
///
/// # Errors
/// Database errors.
pub async fn promised_numbers(tx: &mut Tx, numbers: &[PhoneNumber]) -> Result<Vec<NumberHolder>, StoreError> {
    tx.fetch_in(
        "SELECT h.phone_number, p.id, p.hersys_id FROM held_changes h JOIN patients p ON p.id = h.patient_id
         WHERE h.automated_call AND p.released_at IS NULL AND h.phone_number IN",
        &[],
        numbers.iter().map(|number| number.into()),
        "",
        |row| {
            Ok(NumberHolder {
                phone_number: row.read(0, "held_changes.phone_number", |text| PhoneNumber::from_e164(text).ok())?,
                patient: row.read(1, "patients.id", parsed)?,
                hersys_id: row.read(2, "patients.hersys_id", |text| HersysId::parse(text).ok())?,
            })
        },
    )
    .await
}

/// Tells a staged import that staff change a patient, whose row the caller has locked: it must compare its list again.
/// Does nothing if the import doesn't change the patient, or is decided.
///
/// # Errors
/// Database errors.
pub async fn overtake(tx: &mut Tx, patient: PatientId) -> Result<(), StoreError> {
    let sql = "UPDATE imports SET overtaken = true WHERE id = 1 AND state = 'staged'
               AND EXISTS (SELECT 1 FROM held_changes WHERE patient_id = $1)";
    tx.execute(sql, vec![patient.into()]).await?;
    Ok(())
}

/// Returns `true` if an import was decided and isn't finished.
///
/// # Errors
/// Database errors.
pub async fn is_decided(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = "SELECT number FROM imports WHERE state = 'decided'";
    Ok(tx.fetch_optional(sql, vec![], |row| row.int(0)).await?.is_some())
}

/// Removes up to `limit` rows of what an undone import has written. Returns how many rows it removed: 0 at the end.
///
/// # Errors
/// Database errors.
pub async fn remove(tx: &mut Tx, claim: Claim, limit: u32) -> Result<usize, StoreError> {
    let changed = held(tx, limit).await?;
    if !changed.is_empty() {
        drop_changes(tx, &changed).await?;
        return Ok(changed.len());
    }
    let sql = "SELECT id, added FROM held_audit ORDER BY id LIMIT $1";
    let entries: Vec<(Uuid, Option<PatientId>)> = tx
        .fetch_all(sql, vec![i64::from(limit).into()], |row| {
            Ok((row.read(0, "held_audit.id", parsed)?, row.opt_read(1, "held_audit.added", parsed)?))
        })
        .await?;
    let added: Vec<PatientId> = entries.iter().filter_map(|(_, added)| *added).collect();
    let keys = || added.iter().map(|patient| BindValue::from(*patient));
    let number = [BindValue::from(claim.number)];
    tx.fetch_in("DELETE FROM patients WHERE import = $1 AND id IN", &number, keys(), "RETURNING id", |_| Ok(()))
        .await?;
    tx.fetch_in("DELETE FROM person_keys WHERE id IN", &[], keys(), "RETURNING id", |_| Ok(())).await?;
    let ids = entries.iter().map(|(id, _)| (*id).into());
    tx.fetch_in("DELETE FROM held_audit WHERE id IN", &[], ids, "RETURNING id", |_| Ok(())).await?;
    Ok(entries.len())
}
