//! Accounts as staff see them.

use std::collections::BTreeSet;

use crate::domain::{
    AccountState, Actor, CentreCode, LogInName, RedSound, Role, Staff, StaffAccess, StaffAccountId, StaffName,
};
use crate::store::staff_accounts::AccountRow;

/// An account of a member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub id: StaffAccountId,
    /// By which its holder logs in.
    pub log_in_name: LogInName,
    /// The name in the audit trail.
    pub name: StaffName,
    /// What it may do. `None` if this program doesn't know the role: then nothing.
    pub role: Option<Role>,
    /// Its health centre. `None` for roles that belong to none.
    pub centre: Option<CentreCode>,
    /// Its state.
    pub state: AccountState,
    /// Whether red alerts sound in its browsers.
    pub red_sound: RedSound,
}

impl AccountView {
    /// The account's holder as who asks.
    pub fn actor(&self) -> Actor {
        Actor::Staff(Staff {
            account: self.id,
            name: self.name.clone(),
            role: self.role,
            centres: self.centre.iter().cloned().collect::<BTreeSet<_>>(),
            via: StaffAccess::Console,
        })
    }
}

impl From<AccountRow> for AccountView {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            log_in_name: row.log_in_name,
            name: row.name,
            role: row.role,
            centre: row.centre,
            state: row.state,
            red_sound: row.red_sound,
        }
    }
}
