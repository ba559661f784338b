//! Who works at the desk, and the trail that each read and change of a person leaves (D3).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clock::{Clock, new_id};
use super::error::ServiceError;
use crate::domain::{CentreCode, HersysId, PatientId, StaffName};
use crate::store::audit::{self, AuditRow};
use crate::store::{Database, Document, StoreError};

/// Someone who works at the desk, with what the work needs.
#[derive(Clone)]
#[allow(missing_debug_implementations)] // it holds connections, which have nothing to show
pub struct Clerk {
    /// Where everything is kept.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// The name that stands in the audit trail.
    pub name: StaffName,
    /// From where the clerk works.
    pub source: Source,
}

/// From where a clerk works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Command,
    /// The programming interface.
    Api,
    /// The web console.
    Console,
}

impl Source {
    /// The word in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Api => "api",
            Self::Console => "console",
        }
    }
}

/// What a clerk looked at.
#[derive(Debug)]
pub struct Viewed<T> {
    /// What was found.
    pub found: T,
    /// Whether the audit trail has the look.
    pub noted: Noted,
}

/// Whether the audit trail has a look at someone (D3).
#[derive(Debug)]
#[must_use]
pub enum Noted {
    /// It has, or the look was at nobody.
    Yes,
    /// The database can't be written just now. What is in it is shown all the same: a nurse must find out who needs
    /// care also while the disk is full.
    No(StoreError),
}

/// How a look shows personal details that aren't needed to work with it: phone numbers, and names in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// But for a few characters they are dots.
    Masked,
    /// In full, which the audit trail tells.
    Revealed,
}

impl Details {
    /// What an entry about a look says of it.
    pub(super) fn changes(self) -> Changes {
        Changes::default().field("revealed", false, self == Self::Revealed)
    }
}

impl Clerk {
    /// Notes a look-up of a HER-SYS ID that nobody has: tries at IDs leave a trail as looks at people do (D3). `action`
    /// is what was to be done. Anything but [`ServiceError::NoSuchPatient`] is given back as it is.
    pub(super) async fn looked_up<T>(
        &self,
        id: &HersysId,
        action: &str,
        outcome: Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        if !matches!(outcome, Err(ServiceError::NoSuchPatient)) {
            return outcome;
        }
        match self.note_absence(hersys_id_subject(id), "patient.not_found", action).await? {
            Noted::Yes => outcome,
            Noted::No(error) => Err(ServiceError::NoSuchPatientNotNoted(error)),
        }
    }

    /// Notes that something that was looked up isn't there.
    pub(super) async fn note_absence(&self, subject: String, found: &str, action: &str) -> Result<Noted, StoreError> {
        let asked = Changes::default().field("asked", None::<String>, action);
        self.note_look(vec![self.entry(self.clock.now(), found, subject, None, asked)]).await
    }

    /// Writes what tells of a look into the trail, in a transaction of its own.
    ///
    /// # Errors
    /// Database errors, but for those of a database that can't be written.
    pub(super) async fn note_look(&self, entries: Vec<AuditRow>) -> Result<Noted, StoreError> {
        if entries.is_empty() {
            return Ok(Noted::Yes);
        }
        let write = async {
            let mut tx = self.database.begin_write().await?;
            audit::append(&mut tx, entries).await?;
            tx.commit().await
        };
        match write.await {
            Ok(()) => Ok(Noted::Yes),
            Err(error) if error.is_unwritable() => Ok(Noted::No(error)),
            Err(error) => Err(error),
        }
    }

    /// An entry of the audit trail. `changes` holds each changed field with its value before and after.
    pub(super) fn entry(
        &self,
        at: Timestamp,
        action: &str,
        subject: String,
        centre: Option<CentreCode>,
        changes: Changes,
    ) -> AuditRow {
        AuditRow {
            id: new_id(),
            at,
            actor: self.name.to_string(),
            source: self.source.code().to_owned(),
            action: action.to_owned(),
            subject,
            centre,
            details: Document::from(Value::Object(changes.0).to_string()),
        }
    }
}

/// How the trail names a patient.
pub(super) fn patient_subject(patient: PatientId) -> String {
    format!("patient:{patient}")
}

/// How the trail names a HER-SYS ID that nobody has.
pub(super) fn hersys_id_subject(id: &HersysId) -> String {
    format!("hersys_id:{}", id.expose())
}

/// The details of an audit entry: field to its values before and after.
#[derive(Default)]
pub(super) struct Changes(Map<String, Value>);

impl Changes {
    /// Adds a field when it differs.
    pub(super) fn field(mut self, name: &str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(name.to_owned(), json!([before, after]));
        }
        self
    }

    /// Whether nothing differs.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
