//! The parts of the console beside the first page, for the navigation.

use crate::domain::Role;
use crate::translations::{Message, message};

/// A part of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// The patients.
    Patients,
    /// The calls now and the log.
    Calls,
    /// The health centre's settings.
    Settings,
    /// Whether and why nothing is dialled: pause and maintenance.
    Dialling,
    /// Accounts of staff.
    Staff,
    /// The audit trail.
    Audit,
}

impl Section {
    /// Those of a role.
    pub(super) const fn of(role: Option<Role>) -> &'static [Self] {
        match role {
            Some(Role::Nurse) => &[Self::Patients, Self::Calls, Self::Settings],
            Some(Role::CentreAdministrator) => &[Self::Patients, Self::Calls, Self::Settings, Self::Staff, Self::Audit],
            Some(Role::SystemAdministrator) => &[Self::Dialling, Self::Staff],
            Some(Role::HelpDesk) | None => &[],
        }
    }

    /// The path of its first page.
    pub(super) const fn page(self) -> &'static str {
        match self {
            Self::Patients => "/patients",
            Self::Calls => "/calls",
            Self::Settings => "/settings",
            Self::Dialling => "/dialling",
            Self::Staff => "/staff",
            Self::Audit => "/audit",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> Message {
        match self {
            Self::Patients => message!("patient-list"),
            Self::Calls => message!("console-calls"),
            Self::Settings => message!("console-settings"),
            Self::Dialling => message!("console-dialling"),
            Self::Staff => message!("console-staff"),
            Self::Audit => message!("console-audit"),
        }
    }

    /// Whether a page belongs to it.
    pub(super) fn has(self, page: &str) -> bool {
        page.strip_prefix(self.page()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
