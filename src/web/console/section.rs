//! The parts of the console beside the first page, for the navigation.

use crate::domain::Role;
use crate::translations::{Message, message};

/// A part of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Calling the people of a list, one after the other.
    Round,
    /// The patients.
    Patients,
    /// The calls now and the log.
    Calls,
    /// Handing over to the next shift.
    Handover,
    /// Who is on duty, and the calls to them.
    Rota,
    /// The health centre's settings.
    Settings,
    /// Whether and why nothing is dialled: pause and maintenance.
    Dialling,
    /// The health centre of a municipality.
    WhereToTurn,
    /// Unlocking an address of the portal.
    PortalUnlock,
    /// Accounts of staff.
    Staff,
    /// The audit trail.
    Audit,
}

impl Section {
    /// Those of a role.
    pub(super) const fn of(role: Option<Role>) -> &'static [Self] {
        match role {
            Some(Role::Nurse) => {
                &[Self::Round, Self::Patients, Self::Calls, Self::Handover, Self::Rota, Self::Settings]
            }
            Some(Role::CentreAdministrator) => &[
                Self::Round,
                Self::Patients,
                Self::Calls,
                Self::Handover,
                Self::Rota,
                Self::Settings,
                Self::Staff,
                Self::Audit,
            ],
            Some(Role::SystemAdministrator) => &[Self::WhereToTurn, Self::PortalUnlock, Self::Dialling, Self::Staff],
            Some(Role::HelpDesk) => &[Self::WhereToTurn, Self::PortalUnlock, Self::Staff],
            None => &[],
        }
    }

    /// The path of its first page.
    pub(super) const fn page(self) -> &'static str {
        match self {
            Self::Round => "/round",
            Self::Patients => "/patients",
            Self::Calls => "/calls",
            Self::Handover => "/handover",
            Self::Rota => "/rota",
            Self::Settings => "/settings",
            Self::Dialling => "/dialling",
            Self::WhereToTurn => "/where-to-turn",
            Self::PortalUnlock => "/portal-unlock",
            Self::Staff => "/staff",
            Self::Audit => "/audit",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> Message {
        match self {
            Self::Round => message!("round-name"),
            Self::Patients => message!("patient-list"),
            Self::Calls => message!("console-calls"),
            Self::Handover => message!("handover-name"),
            Self::Rota => message!("rota"),
            Self::Settings => message!("console-settings"),
            Self::Dialling => message!("console-dialling"),
            Self::WhereToTurn => message!("turn"),
            Self::PortalUnlock => message!("portal-unlock"),
            Self::Staff => message!("console-staff"),
            Self::Audit => message!("console-audit"),
        }
    }

    /// Whether a page belongs to it.
    pub(super) fn has(self, page: &str) -> bool {
        page.strip_prefix(self.page()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
