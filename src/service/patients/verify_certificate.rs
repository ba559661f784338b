//! Checking a certificate by its code, for third parties: the six fields as they are now, and whether the paper was
//! replaced or withdrawn. Without the code nobody sees anything.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::certificate::{CertificateFields, Record, code_hash, is_sealed};
use crate::domain::{Actor, CertificateCode, CertificateEnd};
use crate::service::centre_settings::zone_of;
use crate::service::context::{Changes, Context, Noted, shown_of};
use crate::service::error::ServiceError;
use crate::store::{certificates, patients};

/// A certificate that a third party has checked.
#[derive(Debug, Clone)]
pub struct CheckedCertificate {
    /// How it stands.
    pub standing: CertificateStanding,
    /// When it was checked.
    pub at: Timestamp,
    /// The time zone of the health centre.
    pub zone: TimeZone,
}

/// How a certificate stands.
#[derive(Debug, Clone)]
pub enum CertificateStanding {
    /// It holds, and says this.
    Holds {
        /// The six fields.
        fields: Box<CertificateFields>,
        /// What came of comparing the file.
        file: FileCheck,
    },
    /// It doesn't, since then. What the new one says is shown only by its own code.
    Ended(Timestamp, CertificateEnd),
}

/// What came of comparing a file with the one that was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileCheck {
    /// No file was given.
    NotGiven,
    /// Not a bit was changed.
    Unchanged,
    /// It was changed, or is no file of this certificate.
    Changed,
}

/// The certificate with this code, for anyone who has it. `None` if no certificate has it, or its person was erased.
/// Nothing is shown that the audit trail doesn't have (D3).
///
/// # Errors
/// Database errors, also of a database that can't be written.
pub async fn check_certificate(
    context: &Context,
    code: &CertificateCode,
    file: Option<&[u8]>,
) -> Result<Option<CheckedCertificate>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let Some(id) = certificates::patient_of_code(&mut tx, &code_hash(code)).await? else { return Ok(None) };
    let Some(patient) = patients::by_ids(&mut tx, &[id]).await?.pop() else { return Ok(None) };
    let issued = certificates::of_patient(&mut tx, id).await?;
    let record = Record::of(&mut tx, patient).await?;
    drop(tx);
    let Some(row) = issued.iter().find(|row| row.secrets.code == *code) else { return Ok(None) };
    let at = context.clock.now();
    let standing = match (record.end_of(row, at), record.fields()) {
        (None, Ok(fields)) => CertificateStanding::Holds {
            fields: Box::new(fields),
            file: match file {
                None => FileCheck::NotGiven,
                Some(file) if is_sealed(row, file) => FileCheck::Unchanged,
                Some(_) => FileCheck::Changed,
            },
        },
        (Some((since, end)), _) => CertificateStanding::Ended(since, end),
        (None, Err(_)) => CertificateStanding::Ended(at, CertificateEnd::Withdrawn),
    };
    let people = std::slice::from_ref(&record.patient);
    match shown_of(context, &Actor::System, people, "certificate.checked", Changes::default()).await? {
        Noted::Yes => Ok(Some(CheckedCertificate { standing, at, zone: zone_of(&record.centre)? })),
        Noted::No(error) => Err(error.into()),
    }
}
