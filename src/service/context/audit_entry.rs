//! The audit entries for each read and change of patient data (D3).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Context;
use super::asked_centre::{asked_centre, own_centre};
use super::clock::new_id;
use super::patient_key::PatientKey;
use crate::domain::{Actor, CentreCode};
use crate::service::error::{PatientError, ServiceError};
use crate::store::audit::{ACCOUNT, AuditPerson, AuditRow, SYSTEM_USER, Subject};
use crate::store::patients::PatientRow;
use crate::store::{Document, StoreError};

/// A result that was viewed.
#[derive(Debug)]
pub struct Viewed<T> {
    /// What was found.
    pub found: T,
    /// Whether the audit trail has recorded the view.
    pub noted: Noted,
}

/// Whether the audit trail has recorded a view of patient data (D3).
#[derive(Debug)]
#[must_use]
pub enum Noted {
    /// It has, or no patient data was viewed.
    Yes,
    /// The database can't be written. Stored data is still shown: a nurse must find out who needs care even while the
    /// disk is full.
    No(StoreError),
}

/// How personal details are shown that aren't needed for the task: phone numbers, and names in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// All but a few characters are replaced by dots.
    Masked,
    /// In full. The audit trail records this.
    Revealed,
}

impl Details {
    /// What the audit entry of a view says about it.
    pub(in crate::service) fn changes(self) -> Changes {
        Changes::default().field("revealed", false, self == Self::Revealed)
    }
}

impl Context {
    /// Records a lookup of a patient whom the actor can't see: guessing IDs leaves entries as viewing patients does
    /// (D3). `action` is the intended action. Errors other than [`PatientError::NotFound`] are returned
    /// unchanged.
    pub(in crate::service) async fn looked_up<T>(
        &self,
        actor: &Actor,
        id: impl Into<PatientKey>,
        action: &str,
        outcome: Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        if !matches!(outcome, Err(ServiceError::Patient(PatientError::NotFound))) {
            return outcome;
        }
        let subject = match id.into() {
            PatientKey::HersysId(id) => Subject::Nobody(Some(id)),
            PatientKey::Record(id) => Subject::Other(format!("record:{id}")),
        };
        match self.note_absence(actor, subject, "patient.not_found", action).await? {
            Noted::Yes => outcome,
            Noted::No(error) => Err(PatientError::NotFoundNotAudited(error).into()),
        }
    }

    /// Records a lookup that found nothing. The health centre of who asked sees it, and the one that was asked for.
    pub(in crate::service) async fn note_absence(
        &self,
        actor: &Actor,
        subject: impl Into<Subject>,
        found: &str,
        action: &str,
    ) -> Result<Noted, StoreError> {
        let (subject, own) = (subject.into(), own_centre(actor));
        let of_it = asked_centre(&mut self.database.begin_read().await?, &subject).await?;
        let (centre, other_centre) = match own {
            Some(own) => (Some(own.clone()), of_it.filter(|centre| *centre != own)),
            None => (of_it, None),
        };
        let asked = Changes::default().field("asked", None::<String>, action);
        let entry = audit_entry(actor, self.clock.now(), found, subject, centre, asked);
        self.note_view(AuditRow { other_centre, ..entry }).await
    }

    /// Writes the entry of a view to the audit trail, together with those of other views that wait. The result of the
    /// view may be shown once this returns: the entry is committed.
    ///
    /// # Errors
    /// Database errors, except those of a database that can't be written.
    pub(in crate::service) async fn note_view(&self, entry: AuditRow) -> Result<Noted, StoreError> {
        match self.view_writer.write(&self.database, entry).await {
            Ok(()) => Ok(Noted::Yes),
            Err(error) if error.is_unwritable() => Ok(Noted::No(error)),
            Err(error) => Err(error),
        }
    }
}

/// An audit entry. A text as its subject names no person. `changes` holds each changed field with its value before and
/// after.
pub(in crate::service) fn audit_entry(
    actor: &Actor,
    at: Timestamp,
    action: &str,
    subject: impl Into<Subject>,
    centre: Option<CentreCode>,
    changes: Changes,
) -> AuditRow {
    let mut details = changes.0;
    if let Some(user) = actor.system_user() {
        details.insert(SYSTEM_USER.to_owned(), user.as_str().into());
    }
    if let Actor::Staff(staff) = actor {
        details.insert(ACCOUNT.to_owned(), staff.account.to_string().into());
    }
    AuditRow {
        id: new_id(),
        at,
        actor: actor.name().to_owned(),
        source: actor.source().to_owned(),
        action: action.to_owned(),
        subject: subject.into(),
        centre,
        details: Document::from(Value::Object(details).to_string()),
        people: Vec::new(),
        other_centre: None,
    }
}

/// The details of an audit entry: each field with its values before and after.
#[derive(Default)]
pub(in crate::service) struct Changes(Map<String, Value>);

impl Changes {
    /// Adds a field if its values differ.
    pub(in crate::service) fn field(mut self, name: &str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(name.to_owned(), json!([before, after]));
        }
        self
    }

    /// The names of the fields that differ.
    pub(in crate::service) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns `true` if nothing differs.
    pub(in crate::service) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Records in one entry of the audit trail that data of these patients was viewed (D3). `asked` says what was asked
/// for. It must not hold personal data, as only an entry about one patient is encrypted.
pub(in crate::service) async fn shown_of(
    context: &Context,
    actor: &Actor,
    people: &[PatientRow],
    action: &str,
    asked: Changes,
) -> Result<Noted, ServiceError> {
    let subject = match people {
        [] => return Ok(Noted::Yes),
        [patient] => Subject::Patient(patient.id),
        _ => Subject::Patients,
    };
    let mut entry = audit_entry(actor, context.clock.now(), action, subject, centre_of(people), asked);
    if entry.subject == Subject::Patients {
        entry.people = named(people);
    }
    Ok(context.note_view(entry).await?)
}

/// The patients as an entry names them.
pub(in crate::service) fn named(people: &[PatientRow]) -> Vec<AuditPerson> {
    let person = |patient: &PatientRow| AuditPerson { patient: patient.id, centre: patient.centre.clone() };
    let mut named: Vec<AuditPerson> = people.iter().map(person).collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// The health centre of these patients, if it is the same.
fn centre_of(people: &[PatientRow]) -> Option<CentreCode> {
    let (first, others) = people.split_first()?;
    others.iter().all(|patient| patient.centre == first.centre).then(|| first.centre.clone())
}
