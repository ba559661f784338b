//! Accounts of staff: invited, set up, logged in and ended. Each step is in the audit trail, failed ones too; no entry
//! has a password, a token, a code or an e-mail address.

mod both_factors;
mod devices;
mod drafts;
mod invitations;
mod log_in;
mod passkeys;
pub(in crate::service) mod passwords;
mod red_sound;
mod session;
mod set_up;
mod token;
mod totp;
mod unlock;
mod view;

pub use both_factors::give_both_factors;
pub use devices::{Device, list_devices, log_out_everywhere};
pub use drafts::{draft, drop_draft, save_draft};
pub use invitations::{Invitation, NewAccount, deactivate_staff, invite_staff, list_staff};
#[cfg(feature = "lab")]
pub use log_in::log_in_without_second_factor;
pub use log_in::{Browser, give_password, give_second_factor};
pub use passkeys::{
    PasskeyView, RelyingParty, add_passkey, begin_passkey, challenge_passkey, give_passkey, list_passkeys,
    remove_passkey, rename_passkey,
};
#[cfg(feature = "fault-injection")]
pub use passwords::hold_hashing;
pub use red_sound::set_red_sound;
pub use session::{Activity, LoggedIn, SessionState, locked_account, log_out, session};
pub use set_up::{SetUp, choose_password, confirm_second_factor, set_up};
pub use token::SecretToken;
pub(in crate::service) use token::{hash_of, random_bytes};
#[cfg(feature = "lab")]
pub use totp::code_at;
pub use unlock::{
    NewAuthenticator, StaffUnlock, UnlockState, confirm_new_authenticator, enter_unlock_code, list_unlockable,
    new_authenticator, unlock_staff,
};
pub use view::AccountView;

/// The subject of entries about an account.
fn subject_of(account: crate::domain::StaffAccountId) -> String {
    format!("account:{account}")
}
