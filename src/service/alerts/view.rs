//! Alerts as staff see them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{
    AlertId, AlertKind, Answer, BirthDate, CallId, CallerNumber, CentreCode, HersysId, Item, LineOf, PatientId,
    PhoneNumber, Sensitive,
};
use crate::store::alerts::AlertRow;
use crate::store::patients::PatientRow;

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

impl AlertView {
    /// The line on which it is listed.
    pub fn line_key(&self) -> LineOf {
        self.line.map_or(LineOf::Alert(self.id), LineOf::Patient)
    }
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

/// The patient whom an alert is about.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct AlertPerson {
    /// The patient.
    pub id: PatientId,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The family name.
    pub family_name: Sensitive,
    /// The given name.
    pub given_name: Sensitive,
    /// The birth date.
    pub birth_date: BirthDate,
    /// The first day of observation.
    pub monitoring_start: Option<Date>,
    /// The registered number.
    pub phone_number: Option<PhoneNumber>,
}

impl From<PatientRow> for AlertPerson {
    fn from(row: PatientRow) -> Self {
        Self {
            id: row.id,
            hersys_id: row.hersys_id,
            family_name: row.family_name,
            given_name: row.given_name,
            birth_date: row.birth_date,
            monitoring_start: row.monitoring_start,
            phone_number: row.phone_number,
        }
    }
}

/// How much there is of a report that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Nothing, or the alert is about something else.
    No,
    /// The first answers, before the call broke off.
    Partly,
}

/// An alert with its patient and the answer that raised it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ShownAlert {
    /// The alert.
    pub alert: AlertView,
    /// The HER-SYS ID of the patient concerned.
    pub hersys_id: Option<HersysId>,
    /// The patient concerned.
    pub person: Option<AlertPerson>,
    /// The answer that raised the alert.
    pub answer: Option<Answer>,
    /// The answer that counts since it was corrected. `None` if it wasn't, or is the same again.
    pub corrected: Option<Answer>,
    /// For a missing report, how much of it there is.
    pub reached: Reached,
    /// Whose number was shown in the calls of this report. `None` if it wasn't recorded.
    pub caller_number: Option<CallerNumber>,
}
