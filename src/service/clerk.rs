//! Who works at the desk, and the trail that each read and change of a person leaves (D3).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clock::{Clock, new_id};
use crate::call::{CentreCode, PatientId, StaffName};
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
    pub const fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Api => "api",
            Self::Console => "console",
        }
    }
}

/// What a clerk looked at.
#[derive(Debug)]
pub struct Looked<T> {
    /// What was found.
    pub found: T,
    /// Whether the audit trail has the look.
    pub noted: Noted,
}

/// Whether the audit trail has a look at somebody (D3).
#[derive(Debug)]
#[must_use]
pub enum Noted {
    /// It has, or the look was at nobody.
    Yes,
    /// The database can't be written just now. What is in it is shown all the same: a nurse must find out who needs
    /// care also while the disk is full.
    No(StoreError),
}

impl Clerk {
    /// Writes what tells of a look into the trail, in a transaction of its own.
    ///
    /// # Errors
    /// Database errors, but for those of a database that can't be written.
    pub(super) async fn note_look(&self, entries: Vec<AuditRow>) -> Result<Noted, StoreError> {
        if entries.is_empty() {
            return Ok(Noted::Yes);
        }
        let write = async {
            let mut tx = self.database.begin().await?;
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
            source: self.source.word().to_owned(),
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
