//! Whom a health centre rings about red alerts: the rota, and the calls to staff so far.

mod calls;
mod change;
mod show;
mod state;
mod told;
mod trial;

pub(in crate::service) use calls::{StaffCallWrites, end_escalation, end_step, record};
pub use change::{RotaChanged, change_rota};
pub use show::{RotaView, show_rota};
pub(in crate::service) use state::{CentreState, state_of};
pub use state::{EscalationView, NextStep, OnDuty, ShownStep, show_escalation};
pub(in crate::service) use told::told_of;
pub use trial::{TrialView, Tried, last_trials, try_contact};
pub(in crate::service) use trial::{contact_of, note_trial};
