//! Accounts of the portal: signed up for by a code by e-mail, their log-ins, and their people. No entry of the audit
//! trail has an address, a code, a password or a token.

mod account;
mod codes;
mod identify;
mod letters;
mod line_tickets;
mod log_in;
mod notice_stops;
mod passkeys;
mod people;
mod session;
mod state;
mod unlock;

pub use account::{
    PortalDevice, choose_portal_password, delete_empty_accounts, delete_portal_account, end_portal_device,
    portal_devices,
};
pub use codes::{CodeEntered, CodeRequest, PendingCode, ask_for_code, enter_code, pending_code};
pub use line_tickets::{LineTickets, TicketOf};
pub use log_in::{PortalBrowser, log_in_to_portal};
pub use notice_stops::{
    NoticesOfPortalPerson, ask_to_stop_notices, notices_of_portal_people, take_back_stop_of_notices,
};
pub use passkeys::{
    add_portal_passkey, begin_portal_passkey, challenge_portal_passkey, log_in_by_portal_passkey, portal_passkeys,
    remove_portal_passkey,
};
pub use people::{
    AddedPerson, NewPerson, add_portal_person, label_portal_person, remove_portal_person, show_portal_person,
};
pub use session::{PortalLoggedIn, PortalPassword, PortalPerson, log_out_of_portal, portal_session};
pub use state::{
    LastReport, MayReport, OpenSurvey, ReportToday, StateOfPerson, UrgentToday, may_report, state_of_portal_person,
};
pub(in crate::service) use state::{own_person, urgent_today};
pub use unlock::unlock_portal_address;

use jiff::Timestamp;

use crate::domain::{AccountId, Actor, PatientAccount};
use crate::service::context::{Changes, audit_entry};
use crate::store::{StoreError, Tx, audit};

/// An entry of the audit trail about an account.
async fn note(tx: &mut Tx, account: AccountId, action: &str, now: Timestamp) -> Result<(), StoreError> {
    let actor = Actor::Patient(PatientAccount { account, patients: std::collections::BTreeSet::new() });
    let subject = format!("portal_account:{account}");
    let entry = audit_entry(&actor, now, action, subject, None, Changes::default());
    audit::append(tx, vec![entry]).await
}
