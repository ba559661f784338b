//! Taking a line of the open alerts: which line it is, and who has it.

use uuid::Uuid;

use super::{Actor, AlertId, PatientId, StaffAccountId};

/// A line of the open alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineOf {
    /// All alerts of a patient.
    Patient(PatientId),
    /// One alert, which is about no patient or about an attack.
    Alert(AlertId),
}

impl LineOf {
    /// The stored id.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Patient(patient) => patient.0,
            Self::Alert(alert) => alert.0,
        }
    }

    /// The patient, if the line is one's.
    pub const fn patient(self) -> Option<PatientId> {
        match self {
            Self::Patient(patient) => Some(patient),
            Self::Alert(_) => None,
        }
    }
}

/// Who has taken a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    /// The name in the audit trail.
    pub name: String,
    /// The account. `None` at the command line.
    pub account: Option<StaffAccountId>,
}

impl Claimant {
    /// The actor as who takes a line.
    pub fn of(actor: &Actor) -> Self {
        let account = match actor {
            Actor::Staff(staff) => Some(staff.account),
            Actor::Patient(_) | Actor::LinkHolder(_) | Actor::Operator(_) | Actor::System => None,
        };
        Self { name: actor.name().to_owned(), account }
    }

    /// Returns `true` if both are the same person: two accounts may have the same name.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self.account, other.account) {
            (Some(one), Some(other)) => one == other,
            (None, None) => self.name == other.name,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_isnt_the_same_person() {
        let account = |id: u128| Some(StaffAccountId(Uuid::from_u128(id)));
        let of = |name: &str, account| Claimant { name: name.to_owned(), account };
        assert!(of("見本 直子", account(1)).is_same_as(&of("見本 花子", account(1))), "a name may change");
        assert!(!of("見本 直子", account(1)).is_same_as(&of("見本 直子", account(2))));
        assert!(!of("見本 直子", None).is_same_as(&of("見本 直子", account(2))));
        assert!(of("naoko", None).is_same_as(&of("naoko", None)) && !of("naoko", None).is_same_as(&of("jiro", None)));
    }
}
