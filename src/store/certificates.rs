//! Certificates that were shown, and passport numbers. The codes are encrypted with the key of the person, which
//! erasing the person deletes.

use jiff::Timestamp;

use super::audit::key_of_patient;
use super::{StoreError, Tx, bind_value::Row, bind_value::parsed};
use crate::domain::{CertificateCode, CertificateEnd, CertificateId, PassportNumber, PatientId};

/// Where the secrets of a certificate are encrypted for.
const PLACE: &str = "certificates secrets";

/// A certificate that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// The certificate.
    pub id: CertificateId,
    /// The person.
    pub patient: PatientId,
    /// The code's hash.
    pub code_hash: String,
    /// The code and the key of its files' seal.
    pub secrets: CertificateSecrets,
    /// The hash of what it says.
    pub says_hash: String,
    /// When it was first shown.
    pub issued_at: Timestamp,
    /// When it ended, and how.
    pub ended: Option<(Timestamp, CertificateEnd)>,
}

/// What only the certificate itself has. Its `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateSecrets {
    /// The code.
    pub code: CertificateCode,
    /// The key of the seal of its files.
    pub seal: String,
}

impl std::fmt::Debug for CertificateSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// A row whose secrets are still encrypted.
struct Stored {
    row: CertificateRow,
    secrets: String,
}

/// The person whose certificate has this code.
///
/// # Errors
/// Database errors.
pub async fn patient_of_code(tx: &mut Tx, code_hash: &str) -> Result<Option<PatientId>, StoreError> {
    let sql = "SELECT patient_id FROM certificates WHERE code_hash = $1";
    tx.fetch_optional(sql, vec![code_hash.into()], |row| row.read(0, "certificates.patient_id", parsed)).await
}

/// The certificates of a person, the latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId) -> Result<Vec<CertificateRow>, StoreError> {
    let sql = "SELECT id, patient_id, code_hash, secrets, says_hash, issued_at, ended_at, ended_as FROM certificates
               WHERE patient_id = $1 ORDER BY issued_at DESC, id DESC";
    let stored = tx.fetch_all(sql, vec![patient.into()], read).await?;
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    let Some(key) = key_of_patient(tx, patient, None).await? else { return Ok(Vec::new()) };
    let opened = stored.into_iter().map(|stored| {
        let inconsistent = || StoreError::Inconsistent { what: "certificates.secrets" };
        let place = format!("{PLACE} {}", stored.row.id);
        let secrets = key.decrypt(&place, &stored.secrets).ok_or_else(inconsistent)?;
        let (code, seal) = secrets.split_once(' ').ok_or_else(inconsistent)?;
        let code = CertificateCode::parse(code).ok_or_else(inconsistent)?;
        Ok(CertificateRow { secrets: CertificateSecrets { code, seal: seal.to_owned() }, ..stored.row })
    });
    opened.collect()
}

/// Adds a certificate.
///
/// # Errors
/// Database errors.
pub async fn insert(tx: &mut Tx, row: &CertificateRow) -> Result<(), StoreError> {
    let missing = || StoreError::Inconsistent { what: "person_keys" };
    let key = key_of_patient(tx, row.patient, Some(row.issued_at)).await?.ok_or_else(missing)?;
    let secrets = format!("{} {}", row.secrets.code.expose(), row.secrets.seal);
    let secrets = key.encrypt(&format!("{PLACE} {}", row.id), &secrets)?;
    let sql = "INSERT INTO certificates (id, patient_id, code_hash, secrets, says_hash, issued_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let args = vec![
        row.id.into(),
        row.patient.into(),
        row.code_hash.as_str().into(),
        secrets.into(),
        row.says_hash.as_str().into(),
        row.issued_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// Ends the certificates of a person that say something else than this.
///
/// # Errors
/// Database errors.
pub async fn end_others(
    tx: &mut Tx,
    patient: PatientId,
    says_hash: &str,
    (at, end): (Timestamp, CertificateEnd),
) -> Result<(), StoreError> {
    let sql = "UPDATE certificates SET ended_at = $3, ended_as = $4
               WHERE patient_id = $1 AND says_hash <> $2 AND ended_at IS NULL";
    tx.execute(sql, vec![patient.into(), says_hash.into(), at.into(), end.code().into()]).await?;
    Ok(())
}

/// Withdraws the certificates of a person that hold. Returns `false` if none does.
///
/// # Errors
/// Database errors.
pub async fn withdraw(tx: &mut Tx, patient: PatientId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE certificates SET ended_at = $2, ended_as = $3 WHERE patient_id = $1 AND ended_at IS NULL";
    let args = vec![patient.into(), at.into(), CertificateEnd::Withdrawn.code().into()];
    Ok(tx.execute(sql, args).await? > 0)
}

/// Lets a person have a certificate again: those that were withdrawn are replaced by the next one. Returns `false` if
/// none was withdrawn.
///
/// # Errors
/// Database errors.
pub async fn replace_withdrawn(tx: &mut Tx, patient: PatientId) -> Result<bool, StoreError> {
    let sql = "UPDATE certificates SET ended_as = $2 WHERE patient_id = $1 AND ended_as = $3";
    let ends = [CertificateEnd::Replaced, CertificateEnd::Withdrawn].map(|end| end.code().into());
    let args = [patient.into()].into_iter().chain(ends).collect();
    Ok(tx.execute(sql, args).await? > 0)
}

/// A person's passport number, who entered it, and when.
///
/// # Errors
/// Database errors.
pub async fn passport_of(
    tx: &mut Tx,
    patient: PatientId,
) -> Result<Option<(PassportNumber, String, Timestamp)>, StoreError> {
    let sql = "SELECT number, author, at FROM passport_numbers WHERE patient_id = $1";
    tx.fetch_optional(sql, vec![patient.into()], |row| {
        let number = row.read(0, "passport_numbers.number", PassportNumber::parse)?;
        Ok((number, row.owned(1)?, row.time(2, "passport_numbers.at")?))
    })
    .await
}

/// Writes a person's passport number.
///
/// # Errors
/// Database errors.
pub async fn put_passport(
    tx: &mut Tx,
    patient: PatientId,
    number: &PassportNumber,
    (author, at): (&str, Timestamp),
) -> Result<(), StoreError> {
    let sql = "INSERT INTO passport_numbers (patient_id, number, author, at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (patient_id) DO UPDATE SET number = excluded.number, author = excluded.author,
                 at = excluded.at";
    tx.execute(sql, vec![patient.into(), number.expose().into(), author.into(), at.into()]).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Stored, StoreError> {
    let ended_at = row.opt_time(6, "certificates.ended_at")?;
    let ended_as = row.opt_read(7, "certificates.ended_as", CertificateEnd::from_code)?;
    let secrets = CertificateSecrets { code: CertificateCode::of_random([0; 20]), seal: String::new() };
    Ok(Stored {
        row: CertificateRow {
            id: row.read(0, "certificates.id", parsed)?,
            patient: row.read(1, "certificates.patient_id", parsed)?,
            code_hash: row.owned(2)?,
            secrets,
            says_hash: row.owned(4)?,
            issued_at: row.time(5, "certificates.issued_at")?,
            ended: ended_at.zip(ended_as),
        },
        secrets: row.owned(3)?,
    })
}
