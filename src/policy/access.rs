//! Who may do what: one table, role × permission. Service functions ask it before anything else. Individuals are seen
//! and changed by their own health centre only (D1).

use std::collections::BTreeSet;

use crate::domain::{Actor, CentreCode, Role};

/// Something that an actor may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// See patients, their reports and their answers.
    ViewPatients,
    /// See phone numbers in full, and other values that are masked by default.
    RevealDetails,
    /// Register, import and change patients, and stop, release and resume their calls.
    ChangePatients,
    /// Erase a patient's personal data.
    ErasePatients,
    /// See calls and attempts.
    ViewCalls,
    /// Call a patient now, and settle calls of unknown outcome.
    PlaceCalls,
    /// See open alerts.
    ViewAlerts,
    /// Close alerts.
    CloseAlerts,
    /// Enter a report for a patient.
    EnterReports,
    /// Export reports for other systems.
    ExportReports,
    /// See health centres and their settings.
    ViewCentres,
    /// Change a health centre's settings.
    ChangeCentres,
    /// Add a health centre.
    AddCentres,
    /// See figures without persons.
    ViewFigures,
    /// See whether and why nothing is dialled, and maintenances.
    ViewDialling,
    /// Pause and resume dialling, announce maintenances, reconcile with the carrier.
    ControlDialling,
    /// See the audit trail.
    ViewAudit,
    /// Verify the audit trail, and write checkpoints of it.
    VerifyAudit,
    /// Back up and restore the database.
    CopyDatabase,
    /// See and retry the outbox's jobs.
    ManageJobs,
    /// See, invite and deactivate the accounts of staff.
    ManageStaff,
    /// See the accounts of staff, and issue a code that replaces a lost second factor.
    UnlockStaff,
    /// End what slows or locks an address of the portal, without seeing whose it is.
    UnlockPortal,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 23] = [
        Self::ViewPatients,
        Self::RevealDetails,
        Self::ChangePatients,
        Self::ErasePatients,
        Self::ViewCalls,
        Self::PlaceCalls,
        Self::ViewAlerts,
        Self::CloseAlerts,
        Self::EnterReports,
        Self::ExportReports,
        Self::ViewCentres,
        Self::ChangeCentres,
        Self::AddCentres,
        Self::ViewFigures,
        Self::ViewDialling,
        Self::ControlDialling,
        Self::ViewAudit,
        Self::VerifyAudit,
        Self::CopyDatabase,
        Self::ManageJobs,
        Self::ManageStaff,
        Self::UnlockStaff,
        Self::UnlockPortal,
    ];

    /// The code in logs and API answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ViewPatients => "view_patients",
            Self::RevealDetails => "reveal_details",
            Self::ChangePatients => "change_patients",
            Self::ErasePatients => "erase_patients",
            Self::ViewCalls => "view_calls",
            Self::PlaceCalls => "place_calls",
            Self::ViewAlerts => "view_alerts",
            Self::CloseAlerts => "close_alerts",
            Self::EnterReports => "enter_reports",
            Self::ExportReports => "export_reports",
            Self::ViewCentres => "view_centres",
            Self::ChangeCentres => "change_centres",
            Self::AddCentres => "add_centres",
            Self::ViewFigures => "view_figures",
            Self::ViewDialling => "view_dialling",
            Self::ControlDialling => "control_dialling",
            Self::ViewAudit => "view_audit",
            Self::VerifyAudit => "verify_audit",
            Self::CopyDatabase => "copy_database",
            Self::ManageJobs => "manage_jobs",
            Self::ManageStaff => "manage_staff",
            Self::UnlockStaff => "unlock_staff",
            Self::UnlockPortal => "unlock_portal",
        }
    }

    /// The permission with this code. `None` if this program doesn't know it.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.code() == code)
    }

    /// Whether it concerns the whole installation, so that it can't be limited to a health centre.
    const fn concerns_everyone(self) -> bool {
        matches!(
            self,
            Self::AddCentres
                | Self::ControlDialling
                | Self::VerifyAudit
                | Self::CopyDatabase
                | Self::ManageJobs
                | Self::UnlockPortal
        )
    }
}

/// How far a permission of a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Nothing.
    Nothing,
    /// The account's health centres.
    OwnCentres,
    /// The whole installation.
    Everything,
}

/// The table.
const fn reach(role: Role, permission: Permission) -> Reach {
    use Permission as P;
    use Reach::{Everything, Nothing, OwnCentres};
    match (role, permission) {
        (
            Role::Nurse | Role::CentreAdministrator,
            P::ViewPatients
            | P::RevealDetails
            | P::ChangePatients
            | P::ViewCalls
            | P::PlaceCalls
            | P::ViewAlerts
            | P::CloseAlerts
            | P::EnterReports
            | P::ExportReports
            | P::ViewCentres
            | P::ViewFigures,
        ) => OwnCentres,
        (
            Role::CentreAdministrator,
            P::ErasePatients | P::ChangeCentres | P::ViewAudit | P::ManageStaff | P::UnlockStaff,
        ) => OwnCentres,
        (
            Role::HelpDesk | Role::SystemAdministrator,
            P::ViewFigures | P::ViewCentres | P::UnlockStaff | P::UnlockPortal,
        ) => Everything,
        (
            Role::SystemAdministrator,
            P::AddCentres
            | P::ChangeCentres
            | P::ControlDialling
            | P::VerifyAudit
            | P::CopyDatabase
            | P::ManageJobs
            | P::ManageStaff,
        ) => Everything,
        (_, P::ViewDialling) => Everything,
        _ => Nothing,
    }
}

/// The data that an actor may use with a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Those of all health centres.
    AllCentres,
    /// Those of these health centres.
    Centres(BTreeSet<CentreCode>),
}

impl Scope {
    /// Returns `true` if the data of this health centre may be used.
    pub fn covers(&self, centre: &CentreCode) -> bool {
        match self {
            Self::AllCentres => true,
            Self::Centres(centres) => centres.contains(centre),
        }
    }

    /// The only health centres whose data may be used. `None` for all.
    pub const fn centres(&self) -> Option<&BTreeSet<CentreCode>> {
        match self {
            Self::AllCentres => None,
            Self::Centres(centres) => Some(centres),
        }
    }
}

/// The actor lacks a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("forbidden: {}", .0.code())]
pub struct Forbidden(pub Permission);

/// The health centres whose data the actor may use with a permission.
///
/// # Errors
/// [`Forbidden`] if the actor lacks it. An account with an unknown role, and an account without a health centre, lack
/// every permission that the table limits to centres.
pub fn scope(actor: &Actor, permission: Permission) -> Result<Scope, Forbidden> {
    match actor {
        Actor::System => Ok(Scope::AllCentres),
        Actor::Operator(operator) => match &operator.centre {
            None => Ok(Scope::AllCentres),
            Some(_) if permission.concerns_everyone() => Err(Forbidden(permission)),
            Some(centre) => Ok(Scope::Centres(BTreeSet::from([centre.clone()]))),
        },
        Actor::Staff(staff) => match staff.role.map_or(Reach::Nothing, |role| reach(role, permission)) {
            Reach::Everything => Ok(Scope::AllCentres),
            Reach::OwnCentres if !staff.centres.is_empty() => Ok(Scope::Centres(staff.centres.clone())),
            Reach::OwnCentres | Reach::Nothing => Err(Forbidden(permission)),
        },
        Actor::Patient(_) | Actor::LinkHolder(_) => Err(Forbidden(permission)),
    }
}

/// Checks a permission that isn't limited to health centres.
///
/// # Errors
/// [`Forbidden`] if the actor lacks it, or has it for some health centres only.
pub fn require(actor: &Actor, permission: Permission) -> Result<(), Forbidden> {
    match scope(actor, permission)? {
        Scope::AllCentres => Ok(()),
        Scope::Centres(_) => Err(Forbidden(permission)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AccountId, Operator, PatientAccount, Staff, StaffAccess, StaffAccountId, StaffName, SystemUser,
    };

    fn centre(code: &str) -> CentreCode {
        CentreCode::parse(code).unwrap()
    }

    fn staff(role: Option<Role>, centres: &[&str]) -> Actor {
        Actor::Staff(Staff {
            account: StaffAccountId(uuid::Uuid::nil()),
            name: StaffName::parse("見本 花子").unwrap(),
            role,
            centres: centres.iter().map(|code| centre(code)).collect(),
            via: StaffAccess::Console,
        })
    }

    fn operator(limit: Option<&str>) -> Actor {
        Actor::Operator(Operator {
            name: StaffName::parse("operator").unwrap(),
            system_user: SystemUser::new(0, Some("root")),
            centre: limit.map(centre),
        })
    }

    /// One letter a role: nothing, own centres, everything.
    fn letter(actor: &Actor, permission: Permission) -> char {
        match scope(actor, permission) {
            Err(Forbidden(denied)) => {
                assert_eq!(denied, permission);
                '-'
            }
            Ok(Scope::Centres(_)) => 'o',
            Ok(Scope::AllCentres) => 'A',
        }
    }

    #[test]
    fn the_table_is_this_one() {
        // Nurse, centre administrator, help desk, system administrator; operator limited to a centre, operator;
        // patient, system.
        let table = [
            ("view_patients", "oo--oA-A"),
            ("reveal_details", "oo--oA-A"),
            ("change_patients", "oo--oA-A"),
            ("erase_patients", "-o--oA-A"),
            ("view_calls", "oo--oA-A"),
            ("place_calls", "oo--oA-A"),
            ("view_alerts", "oo--oA-A"),
            ("close_alerts", "oo--oA-A"),
            ("enter_reports", "oo--oA-A"),
            ("export_reports", "oo--oA-A"),
            ("view_centres", "ooAAoA-A"),
            ("change_centres", "-o-AoA-A"),
            ("add_centres", "---A-A-A"),
            ("view_figures", "ooAAoA-A"),
            ("view_dialling", "AAAAoA-A"),
            ("control_dialling", "---A-A-A"),
            ("view_audit", "-o--oA-A"),
            ("verify_audit", "---A-A-A"),
            ("copy_database", "---A-A-A"),
            ("manage_jobs", "---A-A-A"),
            ("manage_staff", "-o-AoA-A"),
            ("unlock_staff", "-oAAoA-A"),
            ("unlock_portal", "--AA-A-A"),
        ];
        let mut actors: Vec<Actor> = Role::ALL.into_iter().map(|role| staff(Some(role), &["13101"])).collect();
        actors.extend([operator(Some("13101")), operator(None)]);
        actors.extend([
            Actor::Patient(PatientAccount { account: AccountId(uuid::Uuid::nil()), patients: BTreeSet::new() }),
            Actor::System,
        ]);
        let found: Vec<(&str, String)> = Permission::ALL
            .into_iter()
            .map(|permission| (permission.code(), actors.iter().map(|actor| letter(actor, permission)).collect()))
            .collect();
        let wanted: Vec<(&str, String)> = table.into_iter().map(|(code, row)| (code, row.to_owned())).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn an_unknown_role_or_permission_is_denied() {
        assert_eq!(Permission::from_code("view_everything"), None);
        let unknown = staff(Role::from_code("auditor"), &["13101"]);
        let nowhere = staff(Some(Role::Nurse), &[]);
        for permission in Permission::ALL {
            assert_eq!(Permission::from_code(permission.code()), Some(permission));
            assert_eq!(scope(&unknown, permission), Err(Forbidden(permission)));
            assert!(permission == Permission::ViewDialling || scope(&nowhere, permission).is_err());
        }
    }

    #[test]
    fn a_scope_covers_only_its_centres() {
        let scope = scope(&staff(Some(Role::Nurse), &["13101", "13102"]), Permission::ViewPatients).unwrap();
        assert!(scope.covers(&centre("13101")) && scope.covers(&centre("13102")));
        assert!(!scope.covers(&centre("13103")));
        assert!(Scope::AllCentres.covers(&centre("13103")));
        let limited = operator(Some("13101"));
        assert_eq!(require(&limited, Permission::ControlDialling), Err(Forbidden(Permission::ControlDialling)));
        assert_eq!(require(&limited, Permission::ViewCentres), Err(Forbidden(Permission::ViewCentres)));
        assert_eq!(require(&operator(None), Permission::ControlDialling), Ok(()));
    }
}
