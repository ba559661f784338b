//! Who works at the desk, and the trail that each read and change of a person leaves (D3).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clock::{Clock, new_id};
use crate::call::{CentreCode, PatientId};
use crate::store::audit::AuditRow;
use crate::store::{Database, Document};

/// Someone who works at the desk, with what the work needs.
#[derive(Clone)]
#[allow(missing_debug_implementations)] // it holds connections, which have nothing to show
pub struct Clerk {
    /// Where everything is kept.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// The name that stands in the audit trail.
    pub name: String,
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

impl Clerk {
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
            actor: self.name.clone(),
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
