//! Who asks for something: staff, a patient, an operator of the command line, or the program itself.

use std::collections::BTreeSet;

use super::{AccountId, CentreCode, PatientId, StaffAccountId, StaffName};

/// Who asks. Every service function checks the actor's permission first, and the audit trail names the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff with an account.
    Staff(Staff),
    /// A patient, or a family member, with an account of the portal.
    Patient(PatientAccount),
    /// Somebody with a report link of this patient. Who that is isn't known.
    LinkHolder(PatientId),
    /// A person at the command line of the server.
    Operator(Operator),
    /// The program itself: its workers, without a person.
    System,
}

/// A member of staff with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The account. Two may have the same name.
    pub account: StaffAccountId,
    /// The name recorded in the audit trail.
    pub name: StaffName,
    /// What the account may do. `None` if this program doesn't know the stored role, which then allows nothing.
    pub role: Option<Role>,
    /// The health centres whose data the account may use.
    pub centres: BTreeSet<CentreCode>,
    /// Where the request comes from.
    pub via: StaffAccess,
}

/// How a member of staff reaches the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffAccess {
    /// The web console.
    Console,
    /// The API.
    Api,
}

/// An account of the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientAccount {
    /// The account.
    pub account: AccountId,
    /// The patients whose data it may use: its own and those of the family.
    pub patients: BTreeSet<PatientId>,
}

/// A person at the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name recorded in the audit trail.
    pub name: StaffName,
    /// The system's user who runs the process.
    pub system_user: SystemUser,
    /// The only health centre whose data the operator may use (`operator.centre`). `None` for all. It guards against
    /// mistakes, not against a person who can change the settings.
    pub centre: Option<CentreCode>,
}

/// The system's user who runs a process: its name, or its number if it has none. Taken from the process's user id,
/// which, unlike `USER`, can't be set to another person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemUser(String);

impl SystemUser {
    /// The user with this number, and the name that the system's user database has for it.
    pub fn new(uid: u32, name: Option<&str>) -> Self {
        let name = name.and_then(|name| StaffName::parse(name).ok());
        Self(name.map_or_else(|| format!("uid {uid}"), String::from))
    }

    /// The name, or `uid` and the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a member of staff works as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A public-health nurse or a clerk of a health centre.
    Nurse,
    /// An administrator of a health centre: also its settings and audit trail.
    CentreAdministrator,
    /// The help desk: figures and where to turn, no individual (D1).
    HelpDesk,
    /// An administrator of the installation: centres, dialling, backups; no patient.
    SystemAdministrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Nurse, Self::CentreAdministrator, Self::HelpDesk, Self::SystemAdministrator];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nurse => "nurse",
            Self::CentreAdministrator => "centre_administrator",
            Self::HelpDesk => "help_desk",
            Self::SystemAdministrator => "system_administrator",
        }
    }

    /// The role with this code. `None` if this program doesn't know it.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Returns `true` if accounts with this role belong to a health centre. The others belong to none.
    pub const fn belongs_to_a_centre(self) -> bool {
        matches!(self, Self::Nurse | Self::CentreAdministrator)
    }
}

impl Actor {
    /// The name recorded in the audit trail.
    pub fn name(&self) -> &str {
        match self {
            Self::Staff(staff) => staff.name.as_str(),
            Self::Patient(_) => "patient",
            Self::LinkHolder(_) => "report link",
            Self::Operator(operator) => operator.name.as_str(),
            Self::System => "kenkocall",
        }
    }

    /// The code of where the request comes from, in the audit trail.
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Staff(Staff { via: StaffAccess::Console, .. }) => "console",
            Self::Staff(Staff { via: StaffAccess::Api, .. }) => "api",
            Self::Patient(_) | Self::LinkHolder(_) => "portal",
            Self::Operator(_) => "command",
            Self::System => "system",
        }
    }

    /// The system's user, for an operator of the command line.
    pub const fn system_user(&self) -> Option<&SystemUser> {
        match self {
            Self::Operator(operator) => Some(&operator.system_user),
            Self::Staff(_) | Self::Patient(_) | Self::LinkHolder(_) | Self::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_stored_by_its_code() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("auditor"), None);
        assert_eq!(Role::from_code(""), None);
    }

    #[test]
    fn a_user_without_a_usable_name_has_a_number() {
        assert_eq!(SystemUser::new(1000, Some("hanako")).as_str(), "hanako");
        assert_eq!(SystemUser::new(1000, None).as_str(), "uid 1000");
        assert_eq!(SystemUser::new(0, Some("a\u{1b}[2J")).as_str(), "uid 0");
    }
}
