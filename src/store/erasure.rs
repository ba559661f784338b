//! Erases a person: every row and column that holds the person's data.

use super::bind_value::{BindValue, parsed};
use super::patients::PatientRow;
use super::portal::{accounts, people};
use super::sealed_rows;
use super::seals::SealKey;
use super::{StoreError, Tx};
use crate::domain::{CallId, PhoneNumber, ReportId};

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErasedPerson {
    /// The sealed rows that were deleted: answers, reports and alerts.
    pub sealed: Vec<SealKey>,
    /// The calls in which the person took part. They stay, without numbers, keys, answers and wording.
    pub calls: usize,
    /// Entries of the audit trail that an earlier version stored without encryption. They stay as they are.
    pub plain_entries: u64,
}

/// Returns `true` if a call of the patient is in progress, or one is to be placed.
///
/// # Errors
/// Database errors.
pub async fn is_under_way(tx: &mut Tx, patient: &PatientRow) -> Result<bool, StoreError> {
    let open = [
        "SELECT id FROM slots WHERE patient_id = $1 AND ended_at IS NULL LIMIT 1",
        "SELECT call_id FROM attempts WHERE patient_id = $1 AND ended_at IS NULL LIMIT 1",
    ];
    for sql in open {
        if tx.fetch_optional(sql, vec![patient.id.into()], |row| row.owned(0)).await?.is_some() {
            return Ok(true);
        }
    }
    let numbers = numbers_of(tx, patient).await?;
    let calls = calls_of(tx, patient, &numbers).await?;
    let head = "SELECT id FROM calls WHERE ended_at IS NULL AND id IN";
    Ok(!tx.fetch_in(head, &[], calls.iter().map(|call| (*call).into()), "", |row| row.owned(0)).await?.is_empty())
}

/// What is about the patient alone, or about the patient's lines of the open alerts.
const OF_LINES: [&str; 18] = [
    "DELETE FROM alert_claims WHERE alert_id IN (SELECT id FROM alerts WHERE patient_id = $1)",
    "DELETE FROM line_notes WHERE line IN (SELECT id FROM alerts WHERE patient_id = $1)",
    "DELETE FROM alert_claims WHERE patient_id = $1",
    "DELETE FROM line_notes WHERE patient_id = $1",
    "DELETE FROM round_claims WHERE patient_id = $1",
    "DELETE FROM staff_calls WHERE patient_id = $1",
    "DELETE FROM diagnoses WHERE patient_id = $1",
    "DELETE FROM certificates WHERE patient_id = $1",
    "DELETE FROM passport_numbers WHERE patient_id = $1",
    "DELETE FROM form_drafts WHERE patient_id = $1",
    "DELETE FROM notices WHERE patient_id = $1",
    "DELETE FROM dead_addresses WHERE patient_id = $1",
    "DELETE FROM notice_stops WHERE patient_id = $1",
    "DELETE FROM report_texts WHERE patient_id = $1",
    "DELETE FROM report_forms WHERE patient_id = $1",
    "DELETE FROM report_links WHERE patient_id = $1",
    "DELETE FROM surveys WHERE patient_id = $1",
    "UPDATE portal_sessions SET patient_id = NULL WHERE patient_id = $1",
];

/// Erases a patient and everything about them. The transaction must be the first one after all rows were sealed.
///
/// # Errors
/// Database errors.
pub async fn erase(tx: &mut Tx, patient: &PatientRow) -> Result<ErasedPerson, StoreError> {
    let numbers = numbers_of(tx, patient).await?;
    let calls = calls_of(tx, patient, &numbers).await?;
    let mut sealed = Vec::new();
    for sql in OF_LINES {
        tx.execute(sql, vec![patient.id.into()]).await?;
    }
    erase_account(tx, patient).await?;
    let sql = "SELECT id FROM reports WHERE patient_id = $1";
    let reports =
        tx.fetch_all(sql, vec![patient.id.into()], |row| row.read(0, "reports.id", parsed).map(ReportId)).await?;
    for report in reports {
        sealed.extend(sealed_rows::erase_report(tx, report.0).await?);
    }
    sealed.extend(sealed_rows::erase_alerts_of(tx, patient.id.0).await?);
    let of_calls = [
        "DELETE FROM turns WHERE call_id IN",
        "DELETE FROM sessions WHERE call_id IN",
        "UPDATE legs SET far_number = NULL WHERE call_id IN",
        "UPDATE identifications SET caller = NULL WHERE call_id IN",
    ];
    for head in of_calls {
        let keys = calls.iter().map(|call| BindValue::from(*call));
        tx.fetch_in(head, &[], keys, "RETURNING call_id", |_| Ok(())).await?;
    }
    for number in &numbers {
        tx.execute("UPDATE identifications SET caller = NULL WHERE caller = $1", vec![number.into()]).await?;
    }
    let of_id = [
        "DELETE FROM identifications WHERE hersys_id = $1",
        // Of people who looked the ID up while nobody had it.
        "DELETE FROM person_keys WHERE hersys_id = $1",
    ];
    for sql in of_id {
        tx.execute(sql, vec![(&patient.hersys_id).into()]).await?;
    }
    // Drafts of a registration don't know the record.
    let drafts = "DELETE FROM form_drafts WHERE form = '/patients/new' AND fields LIKE '%' || $1 || '%'";
    tx.execute(drafts, vec![(&patient.hersys_id).into()]).await?;
    let plain_entries = plain_entries(tx, patient).await?;
    let of_patient = [
        "DELETE FROM call_people WHERE patient_id = $1",
        "DELETE FROM held_changes WHERE patient_id = $1",
        "DELETE FROM patient_changes WHERE patient_id = $1",
        "DELETE FROM bulk_rows WHERE patient_id = $1",
        "DELETE FROM transfers WHERE patient_id = $1",
        "DELETE FROM attempts WHERE patient_id = $1",
        "DELETE FROM slots WHERE patient_id = $1",
        "DELETE FROM patients WHERE id = $1",
        "DELETE FROM person_keys WHERE id = $1",
    ];
    for sql in of_patient {
        tx.execute(sql, vec![patient.id.into()]).await?;
    }
    Ok(ErasedPerson { sealed, calls: calls.len(), plain_entries })
}

/// Takes the patient out of the portal's account, and deletes the account if it has nobody else.
async fn erase_account(tx: &mut Tx, patient: &PatientRow) -> Result<(), StoreError> {
    let account = people::holder(tx, patient.id).await?;
    tx.execute("DELETE FROM portal_people WHERE patient_id = $1", vec![patient.id.into()]).await?;
    if let Some(account) = account
        && people::of_account(tx, account).await?.is_empty()
    {
        let letters = "DELETE FROM portal_letters
                       WHERE folded_address IN (SELECT folded_address FROM portal_accounts WHERE id = $1)";
        tx.execute(letters, vec![account.into()]).await?;
        accounts::delete(tx, account).await?;
    }
    Ok(())
}

/// The numbers of the patient that no other patient has.
async fn numbers_of(tx: &mut Tx, patient: &PatientRow) -> Result<Vec<PhoneNumber>, StoreError> {
    let sql = "SELECT n FROM (SELECT phone_number AS n FROM patients WHERE id = $1
                 UNION SELECT wrong_number FROM patients WHERE id = $1
                 UNION SELECT phone_number FROM attempts WHERE patient_id = $1) AS numbers
               WHERE n IS NOT NULL AND n NOT IN (SELECT phone_number FROM patients
                                                 WHERE id <> $1 AND phone_number IS NOT NULL)";
    tx.fetch_all(sql, vec![patient.id.into()], |row| {
        row.read(0, "patients.phone_number", |number| PhoneNumber::from_e164(number).ok())
    })
    .await
}

/// The calls in which the person took part, or that came from the person's numbers.
async fn calls_of(tx: &mut Tx, patient: &PatientRow, numbers: &[PhoneNumber]) -> Result<Vec<CallId>, StoreError> {
    let sql = "SELECT call_id FROM attempts WHERE patient_id = $1
               UNION SELECT call_id FROM identifications WHERE hersys_id = $2 AND call_id IS NOT NULL
               UNION SELECT call_id FROM alerts WHERE patient_id = $1 AND call_id IS NOT NULL
               UNION SELECT answers.call_id FROM answers JOIN reports ON reports.id = answers.report_id
                 WHERE reports.patient_id = $1 AND answers.call_id IS NOT NULL";
    let args = vec![patient.id.into(), (&patient.hersys_id).into()];
    let mut calls = tx.fetch_all(sql, args, |row| row.read(0, "calls.id", parsed).map(CallId)).await?;
    let head = "SELECT call_id FROM legs WHERE far_number IN";
    let from = numbers.iter().map(Into::into);
    calls.extend(tx.fetch_in(head, &[], from, "", |row| row.read(0, "legs.call_id", parsed).map(CallId)).await?);
    calls.sort_unstable();
    calls.dedup();
    Ok(calls)
}

/// The entries about the person that aren't encrypted.
async fn plain_entries(tx: &mut Tx, patient: &PatientRow) -> Result<u64, StoreError> {
    // A value before and after, as an array, which an encrypted value isn't.
    let sql = r#"SELECT count(*) FROM audit WHERE subject = $1 OR (subject = $2 AND details LIKE '%":[%')"#;
    let id = format!("hersys_id:{}", patient.hersys_id.expose());
    let args = vec![id.into(), format!("patient:{}", patient.id).into()];
    let counted = tx.fetch_optional(sql, args, |row| row.int(0)).await?;
    Ok(counted.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

/// Deletes the keys of searches.
///
/// # Errors
/// Database errors.
pub async fn erase_searches(tx: &mut Tx, entries: &[uuid::Uuid]) -> Result<(), StoreError> {
    let head = "DELETE FROM person_keys WHERE about = 'search' AND id IN";
    tx.fetch_in(head, &[], entries.iter().map(|id| (*id).into()), "RETURNING id", |_| Ok(())).await?;
    Ok(())
}
