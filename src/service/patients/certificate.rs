//! The certificate (療養証明書) as it is shown now, with the code by which third parties check it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::Sha256;

use super::change::{held_patient, known_patient};
use super::view::PatientView;
use crate::domain::{
    Actor, BirthDate, CertificateCode, CertificateEnd, CertificateId, DiseaseName, HersysId, PassportNumber, PatientId,
    PhoneNumber, RegisteredName,
};
use crate::policy::{CertificateFacts, NoCertificate, Permission, Scope, certified, scope};
use crate::service::accounts::{hash_of, random_bytes};
use crate::service::centre_settings::{known_centre, zone_of};
use crate::service::context::{Changes, Context, Viewed, audit_entry, new_id, shown_of};
use crate::service::error::ServiceError;
use crate::store::audit::{self, Subject};
use crate::store::centres::CentreRow;
use crate::store::certificates::{self, CertificateRow, CertificateSecrets};
use crate::store::diagnoses::{self, DiagnosisRow};
use crate::store::patients::PatientRow;
use crate::store::{StoreError, Tx};

/// How the last line of a sealed file begins. Readers of PDF pass over it.
const SEAL: &[u8] = b"\n%Kenko-Call-seal ";

/// The six fields of a certificate (M9). Never a recuperation period.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateFields {
    /// 氏名: as the doctor or the health centre registered it (M5).
    pub name: RegisteredName,
    /// 生年月日
    pub birth_date: BirthDate,
    /// HER-SYS ID
    pub hersys_id: HersysId,
    /// 傷病名
    pub disease: DiseaseName,
    /// 診断年月日
    pub diagnosed_on: Date,
    /// 担当保健所
    pub centre: String,
}

/// A certificate.
#[derive(Clone)]
pub struct CertificateView {
    /// What it says.
    pub fields: CertificateFields,
    /// 表示日時
    pub shown_at: Timestamp,
    /// The code for third parties.
    pub code: CertificateCode,
    seal: String,
}

/// What is shown on the page of a person's certificate.
pub struct CertificateOffer {
    /// The person.
    pub patient: PatientView,
    /// The name of the health centre.
    pub centre_name: String,
    /// Its number, for people whose certificate is missing or wrong.
    pub centre_phone: PhoneNumber,
    /// Its time zone.
    pub zone: TimeZone,
    /// The certificate, or why there is none.
    pub certificate: Result<Box<CertificateView>, NoCertificate>,
}

macro_rules! never_printed {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(personal)"))
            }
        }
    )+};
}
never_printed!(CertificateFields, CertificateView, CertificateOffer);

impl CertificateFields {
    /// A hash of what a certificate says. It is compared, and kept in place of the values.
    fn hash(&self) -> String {
        hash_of(&[
            "certificate",
            self.name.expose(),
            &self.birth_date.expose().to_string(),
            self.hersys_id.expose(),
            self.disease.as_str(),
            &self.diagnosed_on.to_string(),
            &self.centre,
        ])
    }
}

impl CertificateView {
    /// A file of this certificate with a seal in its last line, by which a changed file is told from it. Only this
    /// program can make the seal.
    pub fn sealed(&self, file: Vec<u8>) -> Vec<u8> {
        let seal = seal_of(&self.seal, &file);
        [file.as_slice(), SEAL, seal.as_bytes(), b"\n"].concat()
    }
}

/// Whether a file ends with the seal of this certificate over all that comes before.
pub(super) fn is_sealed(row: &CertificateRow, file: &[u8]) -> bool {
    let at = file.windows(SEAL.len()).rposition(|part| part == SEAL);
    let parts = at.and_then(|at| Some((file.get(..at)?, file.get(at.checked_add(SEAL.len())?..)?)));
    parts.is_some_and(|(content, seal)| {
        let expected = seal_of(&row.secrets.seal, content);
        bool::from(subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), seal.trim_ascii_end()))
    })
}

fn seal_of(key: &str, file: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(file);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash by which a code is found.
pub(super) fn code_hash(code: &CertificateCode) -> String {
    hash_of(&["certificate code", code.expose()])
}

/// What the record says now.
pub(super) struct Record {
    pub(super) patient: PatientRow,
    pub(super) centre: CentreRow,
    diagnosis: Option<DiagnosisRow>,
    has_passport: bool,
}

impl Record {
    pub(super) async fn of(tx: &mut Tx, patient: PatientRow) -> Result<Self, ServiceError> {
        let centre = known_centre(tx, &patient.centre).await?;
        let diagnosis = diagnoses::of_patient(tx, patient.id).await?;
        let has_passport = certificates::passport_of(tx, patient.id).await?.is_some();
        Ok(Self { patient, centre, diagnosis, has_passport })
    }

    /// What the certificate says, or why there is none.
    pub(super) fn fields(&self) -> Result<CertificateFields, NoCertificate> {
        let facts = CertificateFacts {
            diagnosis: self.diagnosis.as_ref().map(|row| &row.diagnosis),
            birth_date: Some(self.patient.birth_date.expose()),
            has_passport: self.has_passport,
        };
        let diagnosis = certified(&facts)?;
        Ok(CertificateFields {
            name: diagnosis.registered_name.clone(),
            birth_date: self.patient.birth_date,
            hersys_id: self.patient.hersys_id.clone(),
            disease: diagnosis.disease.clone(),
            diagnosed_on: diagnosis.diagnosed_on,
            centre: self.centre.name.clone(),
        })
    }

    /// How a certificate stands: `None` while it says what the record says.
    pub(super) fn end_of(&self, row: &CertificateRow, now: Timestamp) -> Option<(Timestamp, CertificateEnd)> {
        if row.ended.is_some() {
            return row.ended;
        }
        match self.fields() {
            Ok(fields) if fields.hash() == row.says_hash => None,
            Ok(_) => Some((self.changed_since(row.issued_at, now), CertificateEnd::Replaced)),
            Err(_) => Some((self.changed_since(row.issued_at, now), CertificateEnd::Withdrawn)),
        }
    }

    /// When what the certificate says was changed: with the diagnosis, or else with the rest of the record.
    fn changed_since(&self, issued_at: Timestamp, now: Timestamp) -> Timestamp {
        let written = self.diagnosis.as_ref().map(|row| row.updated_at);
        let changes = [written, Some(self.patient.updated_at), Some(self.centre.updated_at)];
        changes.into_iter().flatten().find(|at| *at > issued_at).unwrap_or(now)
    }

    fn offer(
        &self,
        certificate: Result<Box<CertificateView>, NoCertificate>,
    ) -> Result<CertificateOffer, ServiceError> {
        Ok(CertificateOffer {
            patient: self.patient.clone().into(),
            centre_name: self.centre.name.clone(),
            centre_phone: self.centre.phone.clone(),
            zone: zone_of(&self.centre)?,
            certificate,
        })
    }
}

/// A person's certificate as it is now, or why there is none. One that says something else ends. The audit trail has
/// an entry (D3).
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound), or a database that can't be written.
pub async fn show_certificate(
    context: &Context,
    actor: &Actor,
    id: PatientId,
) -> Result<Viewed<CertificateOffer>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    context.looked_up(actor, id, "certificate.shown", shown(context, actor, &scope, id).await).await
}

/// The same for somebody who may see the people of these health centres.
pub(super) async fn shown(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
) -> Result<Viewed<CertificateOffer>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, &id.into()).await?;
    let record = Record::of(&mut tx, patient).await?;
    let issued = certificates::of_patient(&mut tx, id).await?;
    drop(tx);
    let found = match record.fields() {
        Err(why) => record.offer(Err(why))?,
        Ok(fields) if is_withdrawn(&issued, &fields) => record.offer(Err(NoCertificate::Withdrawn))?,
        Ok(fields) => match holding(&issued, &fields) {
            Some(row) => record.offer(Ok(Box::new(view(fields, row, context.clock.now()))))?,
            None => issue(context, scope, id).await?,
        },
    };
    let why = found.certificate.as_ref().err().map(|why| why.code());
    let asked = Changes::default().field("none", None::<String>, why);
    let people = std::slice::from_ref(&record.patient);
    let noted = shown_of(context, actor, people, "certificate.shown", asked).await?;
    Ok(Viewed { found, noted })
}

fn holding<'r>(issued: &'r [CertificateRow], fields: &CertificateFields) -> Option<&'r CertificateRow> {
    let hash = fields.hash();
    issued.iter().find(|row| row.ended.is_none() && row.says_hash == hash)
}

/// Whether staff have withdrawn the certificate that says this.
fn is_withdrawn(issued: &[CertificateRow], fields: &CertificateFields) -> bool {
    let hash = fields.hash();
    issued.iter().any(|row| row.says_hash == hash && matches!(row.ended, Some((_, CertificateEnd::Withdrawn))))
}

fn view(fields: CertificateFields, row: &CertificateRow, shown_at: Timestamp) -> CertificateView {
    CertificateView { fields, shown_at, code: row.secrets.code.clone(), seal: row.secrets.seal.clone() }
}

/// Gives the certificate a new code, and ends those that say something else.
async fn issue(context: &Context, scope: &Scope, id: PatientId) -> Result<CertificateOffer, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let record = Record::of(&mut tx, patient).await?;
    let fields = match record.fields() {
        Ok(fields) => fields,
        Err(why) => return record.offer(Err(why)),
    };
    let now = context.clock.now();
    let issued = certificates::of_patient(&mut tx, id).await?;
    if is_withdrawn(&issued, &fields) {
        return record.offer(Err(NoCertificate::Withdrawn));
    }
    // Somebody else may have opened the page at the same time.
    if let Some(row) = holding(&issued, &fields) {
        return record.offer(Ok(Box::new(view(fields, row, now))));
    }
    let ended = issued.iter().find_map(|row| record.end_of(row, now).filter(|_| row.ended.is_none()));
    let row = new_row(id, &fields, now)?;
    if let Some(end) = ended {
        certificates::end_others(&mut tx, id, &row.says_hash, end).await?;
    }
    certificates::insert(&mut tx, &row).await?;
    tx.commit().await?;
    record.offer(Ok(Box::new(view(fields, &row, now))))
}

fn new_row(patient: PatientId, fields: &CertificateFields, now: Timestamp) -> Result<CertificateRow, StoreError> {
    let code = CertificateCode::of_random(random_bytes()?);
    let seal: [u8; 32] = random_bytes()?;
    let seal = seal.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(CertificateRow {
        id: CertificateId(new_id()),
        patient,
        code_hash: code_hash(&code),
        secrets: CertificateSecrets { code, seal },
        says_hash: fields.hash(),
        issued_at: now,
        ended: None,
    })
}

/// Writes down the passport number of a person who is asked for it. It is in no certificate.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn give_passport_number(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    number: &PassportNumber,
) -> Result<(), ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let given = give(context, actor, &scope, id, number).await;
    context.looked_up(actor, id, "certificate.passport_given", given).await
}

/// The same for somebody who may change the people of these health centres.
pub(super) async fn give(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    number: &PassportNumber,
) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let before = certificates::passport_of(&mut tx, id).await?.map(|(number, ..)| number);
    if before.as_ref() == Some(number) {
        return Ok(());
    }
    let now = context.clock.now();
    certificates::put_passport(&mut tx, id, number, (actor.name(), now)).await?;
    let before = before.map(|number| number.expose().to_owned());
    let changes = Changes::default().field("passport_number", before, number.expose());
    let subject = Subject::Patient(id);
    let entry = audit_entry(actor, now, "certificate.passport_given", subject, Some(patient.centre), changes);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_changed_file_is_told_from_a_sealed_one() {
        let fields = CertificateFields {
            name: RegisteredName::parse("見本 花子").unwrap(),
            birth_date: BirthDate::new(date(1948, 4, 12), date(2026, 11, 30)).unwrap(),
            hersys_id: HersysId::parse("01234567").unwrap(),
            disease: DiseaseName::parse("見本感染症").unwrap(),
            diagnosed_on: date(2026, 11, 22),
            centre: "見本保健所".to_owned(),
        };
        let row = new_row(PatientId(uuid::Uuid::nil()), &fields, Timestamp::UNIX_EPOCH).unwrap();
        let other = new_row(PatientId(uuid::Uuid::nil()), &fields, Timestamp::UNIX_EPOCH).unwrap();
        let file = view(fields.clone(), &row, Timestamp::UNIX_EPOCH).sealed(b"%PDF-1.7 ... %%EOF".to_vec());
        assert!(is_sealed(&row, &file), "{}", String::from_utf8_lossy(&file));
        assert!(!is_sealed(&other, &file), "the seal of another certificate");
        for at in 0..file.len() - 1 {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(!is_sealed(&row, &changed), "byte {at}");
        }
        for wrong in [b"".as_slice(), b"%PDF", &file[1..], &[&file[..], b"%%EOF"].concat()] {
            assert!(!is_sealed(&row, wrong));
        }
        assert_eq!(format!("{fields:?}"), "CertificateFields(personal)");
    }
}
