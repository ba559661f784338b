//! The entries of the trail that name sealed rows.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::service::context::new_id;
use crate::store::Document;
use crate::store::audit::{AuditRow, Subject};

/// What an entry says about the rows that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SealAction {
    /// They were sealed when they were written.
    Sealed,
    /// They had no seal and are sealed as found.
    Found,
    /// They were erased on purpose.
    Erased,
}

impl SealAction {
    const ALL: [Self; 3] = [Self::Sealed, Self::Found, Self::Erased];

    const fn action(self) -> &'static str {
        match self {
            Self::Sealed => "rows.sealed",
            Self::Found => "rows.found",
            Self::Erased => "rows.erased",
        }
    }

    pub(super) fn of(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|says| says.action() == action)
    }
}

/// Who seals, as recorded in the trail.
#[derive(Debug, Clone, Copy)]
pub struct SealedBy<'a> {
    /// The actor's name.
    pub actor: &'a str,
    /// The source: the program, or a value as in other entries of the trail.
    pub source: &'a str,
}

impl SealedBy<'static> {
    /// The program itself.
    pub const PROGRAM: Self = Self { actor: "kenkocall", source: "program" };
}

/// Parses the rows that an entry names. `None` if the program didn't write it in this form.
pub(super) fn rows_of(details: &str) -> Option<Vec<String>> {
    let details: Value = serde_json::from_str(details).ok()?;
    let rows = details.get("rows")?.as_array()?;
    rows.iter().map(|row| row.as_str().map(str::to_owned)).collect()
}

/// An entry that names rows, with their hashes unless they were erased.
pub(super) fn entry(
    says: SealAction,
    why: Option<&str>,
    sealer: SealedBy<'_>,
    at: Timestamp,
    rows: &[String],
) -> AuditRow {
    let details = match why {
        Some(why) => json!({ "rows": rows, "why": why }),
        None => json!({ "rows": rows }),
    };
    AuditRow {
        id: new_id(),
        at,
        actor: sealer.actor.to_owned(),
        source: sealer.source.to_owned(),
        action: says.action().to_owned(),
        subject: Subject::Other(format!("rows:{}", rows.len())),
        centre: None,
        details: Document::from(details.to_string()),
        people: Vec::new(),
        other_centre: None,
    }
}
