//! Accounts of staff: invited, set up, logged in and ended. Each step is in the audit trail, failed ones too; no entry
//! has a password, a token, a code or an e-mail address.

mod devices;
mod drafts;
mod invitations;
mod log_in;
mod passwords;
mod red_sound;
mod session;
mod set_up;
mod token;
mod totp;
mod view;

pub use devices::{Device, list_devices, log_out_everywhere};
pub use drafts::{draft, drop_draft, save_draft};
pub use invitations::{Invitation, NewAccount, deactivate_staff, invite_staff, list_staff};
#[cfg(feature = "lab")]
pub use log_in::log_in_without_second_factor;
pub use log_in::{Browser, give_password, give_second_factor};
pub use red_sound::set_red_sound;
pub use session::{Activity, LoggedIn, SessionState, locked_account, log_out, session};
pub use set_up::{SetUp, choose_password, confirm_second_factor, set_up};
pub use token::SecretToken;
#[cfg(feature = "lab")]
pub use totp::code_at;
pub use view::AccountView;

/// The subject of entries about an account.
fn subject_of(account: crate::domain::StaffAccountId) -> String {
    format!("account:{account}")
}
