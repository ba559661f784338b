//! What an entry of the audit trail is about, and the encryption of what it says about a person.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::AuditRow;
use super::people::read_people;
use super::person_key::PersonKey;
use crate::domain::{HersysId, PatientId};
use crate::store::bind_value::{Row, parsed};
use crate::store::{Document, StoreError, Tx};

/// What is shown for a value whose key was erased.
pub const ERASED: &str = "[erased]";
/// What is shown for a value that the key doesn't decrypt: it was changed outside the program.
const UNREADABLE: &str = "[unreadable]";
/// The field in which an encrypted value is stored.
const ENCRYPTED: &str = "encrypted";
/// The field of an entry's details that names the system's user of an operator. It is about staff, so it isn't
/// encrypted.
pub const SYSTEM_USER: &str = "system_user";
/// The field of an entry's details that names the account of a member of staff: two may have the same name. It is about
/// staff, so it isn't encrypted.
pub const ACCOUNT: &str = "account";
/// The field that holds the ID of a lookup.
const HERSYS_ID: &str = "hersys_id";

/// The subject of entries about several patients, as stored.
const PATIENTS: &str = "patients";

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A patient. The details are encrypted with the patient's key.
    Patient(PatientId),
    /// A patient who was erased. The details are stored as they are. Read back as [`Subject::Patient`].
    Erased(PatientId),
    /// A HER-SYS ID that nobody had when it was looked up. `None` once it is erased. The ID and the details are
    /// encrypted with a key of the ID.
    Nobody(Option<HersysId>),
    /// A search for patients. The details, which hold its terms, are encrypted with a key of this search.
    Search,
    /// Several patients, whom the entry names in its list. The details are stored as they are, so they must not be
    /// about a person.
    Patients,
    /// Not a person: `centre:CODE`. The details are stored as they are, so they must not be about a person.
    Other(String),
}

impl From<String> for Subject {
    /// A subject that isn't a person.
    fn from(subject: String) -> Self {
        Self::Other(subject)
    }
}

impl Subject {
    fn about(&self) -> Option<&'static str> {
        match self {
            Self::Patient(_) => Some("patient"),
            Self::Nobody(_) => Some("lookup"),
            Self::Search => Some("search"),
            Self::Erased(_) | Self::Patients | Self::Other(_) => None,
        }
    }
}

/// The subject of entries about a patient, as stored.
pub(super) fn of_patient(patient: PatientId) -> String {
    format!("patient:{patient}")
}

/// The subjects, as stored, of entries about a HER-SYS ID that nobody had.
///
/// # Errors
/// Database errors.
pub(super) async fn of_lookups(tx: &mut Tx, id: &HersysId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM person_keys WHERE hersys_id = $1";
    let keys = tx.fetch_all(sql, vec![id.into()], |row| row.owned(0)).await?;
    // Entries of earlier versions name the ID.
    Ok(keys.iter().map(|key| format!("lookup:{key}")).chain([format!("hersys_id:{}", id.expose())]).collect())
}

/// A key and its ID.
type Owned = (Uuid, PersonKey);

/// The keys of the persons whom entries are about, in the order of the entries. Missing ones are created.
async fn keys_for(tx: &mut Tx, entries: &[AuditRow]) -> Result<Vec<Option<Owned>>, StoreError> {
    let looked_up: BTreeSet<&HersysId> = entries.iter().filter_map(|entry| id_in(&entry.subject)).collect();
    let mut of_ids: HashMap<HersysId, Uuid> = tx
        .fetch_in(
            "SELECT hersys_id, id FROM person_keys WHERE hersys_id IN",
            &[],
            looked_up.into_iter().map(Into::into),
            "",
            |row| Ok((row.read(0, "person_keys.hersys_id", |id| HersysId::parse(id).ok())?, id_of(row, 1)?)),
        )
        .await?
        .into_iter()
        .collect();
    let owners: Vec<Option<Uuid>> = entries
        .iter()
        .map(|entry| match &entry.subject {
            Subject::Patient(patient) => Some(patient.0),
            Subject::Nobody(Some(id)) => Some(*of_ids.entry(id.clone()).or_insert(entry.id)),
            Subject::Nobody(None) | Subject::Search => Some(entry.id),
            Subject::Erased(_) | Subject::Patients | Subject::Other(_) => None,
        })
        .collect();
    let mut keys = read_keys(tx, owners.iter().flatten()).await?;
    let mut rows = Vec::new();
    let mut added = BTreeSet::new();
    for (entry, owner) in entries.iter().zip(&owners) {
        let Some(owner) = owner.filter(|owner| !keys.contains_key(owner) && added.insert(*owner)) else { continue };
        let id = id_in(&entry.subject).map(|id| id.expose().to_owned());
        let id = id.map_or(None::<&str>.into(), Into::into);
        let about = entry.subject.about().unwrap_or_default();
        rows.push([owner.into(), about.into(), id, PersonKey::new_text()?.into(), entry.at.into()]);
    }
    if !rows.is_empty() {
        let head = "INSERT INTO person_keys (id, about, hersys_id, key, created_at) VALUES";
        // Another node may have added the key of a patient meanwhile. Then that one is used.
        tx.execute_rows(head, rows, "ON CONFLICT (id) DO NOTHING").await?;
        keys.extend(read_keys(tx, added.iter()).await?);
    }
    let missing = || StoreError::Inconsistent { what: "person_keys" };
    owners
        .into_iter()
        .map(|owner| owner.map(|owner| Ok((owner, keys.get(&owner).cloned().ok_or_else(missing)?))).transpose())
        .collect()
}

/// The key of a patient. Given a time, one is made if there is none.
///
/// # Errors
/// Database errors.
pub(in crate::store) async fn key_of_patient(
    tx: &mut Tx,
    patient: PatientId,
    made_at: Option<Timestamp>,
) -> Result<Option<PersonKey>, StoreError> {
    if let Some(key) = read_keys(tx, [patient.0].iter()).await?.remove(&patient.0) {
        return Ok(Some(key));
    }
    let Some(at) = made_at else { return Ok(None) };
    let head = "INSERT INTO person_keys (id, about, hersys_id, key, created_at) VALUES";
    let key = [patient.0.into(), "patient".into(), None::<&str>.into(), PersonKey::new_text()?.into(), at.into()];
    tx.execute_rows(head, vec![key], "ON CONFLICT (id) DO NOTHING").await?;
    Ok(read_keys(tx, [patient.0].iter()).await?.remove(&patient.0))
}

fn id_in(subject: &Subject) -> Option<&HersysId> {
    if let Subject::Nobody(id) = subject { id.as_ref() } else { None }
}

async fn read_keys(tx: &mut Tx, owners: impl Iterator<Item = &Uuid>) -> Result<HashMap<Uuid, PersonKey>, StoreError> {
    let ids: BTreeSet<Uuid> = owners.copied().collect();
    let keys = tx
        .fetch_in("SELECT id, key FROM person_keys WHERE id IN", &[], ids.into_iter().map(Into::into), "", |row| {
            Ok((id_of(row, 0)?, row.read(1, "person_keys.key", PersonKey::parse)?))
        })
        .await?;
    Ok(keys.into_iter().collect())
}

fn id_of(row: &Row<'_>, column: usize) -> Result<Uuid, StoreError> {
    row.read(column, "person_keys.id", parsed)
}

/// The subject and details of entries, as stored.
pub(super) async fn encrypted(tx: &mut Tx, entries: &[AuditRow]) -> Result<Vec<(String, Document)>, StoreError> {
    let keys = keys_for(tx, entries).await?;
    entries.iter().zip(keys).map(|(entry, key)| encrypt(entry, key)).collect()
}

fn encrypt(entry: &AuditRow, key: Option<Owned>) -> Result<(String, Document), StoreError> {
    let Some((owner, key)) = key else {
        let subject = match &entry.subject {
            Subject::Erased(patient) => of_patient(*patient),
            Subject::Patients => PATIENTS.to_owned(),
            // A subject that names a person would be stored with plain details.
            Subject::Other(subject) if owner(subject).is_none() => subject.clone(),
            _ => return Err(StoreError::Inconsistent { what: "audit.subject" }),
        };
        return Ok((subject, entry.details.clone()));
    };
    let subject = match &entry.subject {
        Subject::Patient(patient) => of_patient(*patient),
        Subject::Nobody(_) => format!("lookup:{owner}"),
        Subject::Search | Subject::Erased(_) | Subject::Patients | Subject::Other(_) => format!("search:{owner}"),
    };
    let details = || serde_json::from_str::<Map<String, Value>>(entry.details.as_str()).ok();
    let mut details = details().ok_or(StoreError::Inconsistent { what: "audit.details" })?;
    if let Subject::Nobody(Some(id)) = &entry.subject {
        details.insert(HERSYS_ID.to_owned(), id.expose().into());
    }
    let mut stored = Map::new();
    for (field, value) in details {
        if field == SYSTEM_USER || field == ACCOUNT {
            stored.insert(field, value);
            continue;
        }
        let text = key.encrypt(&place(entry.id, &field), &value.to_string())?;
        stored.insert(field, json!({ ENCRYPTED: text }));
    }
    Ok((subject, Document::from(Value::Object(stored).to_string())))
}

/// Where an encrypted value belongs, so that it can't be moved to another entry or field.
fn place(entry: Uuid, field: &str) -> String {
    format!("{entry} {field}")
}

/// An entry as stored.
pub(super) struct StoredEntry {
    pub(super) row: AuditRow,
    pub(super) subject: String,
}

/// Decrypts entries. Values whose key was erased are [`ERASED`]. Entries of earlier versions aren't encrypted.
pub(super) async fn decrypted(tx: &mut Tx, mut stored: Vec<StoredEntry>) -> Result<Vec<AuditRow>, StoreError> {
    read_people(tx, &mut stored).await?;
    let owners: Vec<Uuid> = stored.iter().filter_map(|entry| owner(&entry.subject)).collect();
    let keys = read_keys(tx, owners.iter()).await?;
    Ok(stored.into_iter().map(|entry| decrypt(entry, &keys)).collect())
}

/// The person whose key encrypts an entry with this subject.
fn owner(subject: &str) -> Option<Uuid> {
    let (about, id) = subject.split_once(':')?;
    matches!(about, "patient" | "lookup" | "search").then(|| id.parse().ok()).flatten()
}

fn decrypt(StoredEntry { mut row, subject }: StoredEntry, keys: &HashMap<Uuid, PersonKey>) -> AuditRow {
    let key = owner(&subject).and_then(|owner| keys.get(&owner));
    let mut looked_up = None;
    if owner(&subject).is_some() {
        let mut details: Map<String, Value> = serde_json::from_str(row.details.as_str()).unwrap_or_default();
        for (field, value) in &mut details {
            let Some(text) = value.get(ENCRYPTED).and_then(Value::as_str) else { continue };
            let plain = key.map(|key| key.decrypt(&place(row.id, field), text));
            *value = match plain.map(|plain| plain.and_then(|plain| serde_json::from_str(&plain).ok())) {
                Some(Some(plain)) => plain,
                Some(None) => UNREADABLE.into(),
                None => ERASED.into(),
            };
        }
        if subject.starts_with("lookup:") {
            looked_up = details.remove(HERSYS_ID);
        }
        row.details = Document::from(Value::Object(details).to_string());
    }
    let looked_up = looked_up.as_ref().and_then(Value::as_str).and_then(|id| HersysId::parse(id).ok());
    row.subject = match subject.split_once(':') {
        Some(("patient", id)) => match id.parse() {
            Ok(patient) => Subject::Patient(patient),
            Err(_) => Subject::Other(subject),
        },
        Some(("lookup", _)) => Subject::Nobody(looked_up),
        Some(("hersys_id", id)) => Subject::Nobody(HersysId::parse(id).ok()),
        Some(("search", _)) => Subject::Search,
        _ if subject == PATIENTS => Subject::Patients,
        _ => Subject::Other(subject),
    };
    row
}
