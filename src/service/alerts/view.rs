//! Alerts as staff see them.

use jiff::Timestamp;

use crate::domain::{AlertId, AlertKind, CallId, CentreCode, Item, PatientId};
use crate::store::alerts::AlertRow;

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertView {
    /// The alert.
    pub id: AlertId,
    /// What it is about.
    pub kind: AlertKind,
    /// The health centre that it concerns. `None` for all.
    pub centre: Option<CentreCode>,
    /// The patient on whose line it is listed. `None` if it has a line of its own.
    pub line: Option<PatientId>,
    /// The call in which it was raised.
    pub call: Option<CallId>,
    /// The item whose answer raised it.
    pub item: Option<Item>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// How often its cause occurred.
    pub occurrences: u32,
    /// When its cause occurred last. `None` if it occurred once.
    pub last_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<String>,
}

impl From<AlertRow> for AlertView {
    fn from(row: AlertRow) -> Self {
        Self {
            line: super::list::line_of(&row),
            id: row.id,
            kind: row.kind,
            centre: row.centre,
            call: row.call,
            item: row.item,
            raised_at: row.raised_at,
            occurrences: row.repeats.occurrences,
            last_at: row.repeats.last_at,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
        }
    }
}
