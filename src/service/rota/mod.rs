//! Whom a health centre rings about red alerts: the rota, and the calls to staff so far.

mod calls;
mod change;
mod show;
mod state;

pub(in crate::service) use calls::{StaffCallWrites, end_step};
pub use change::{RotaChanged, change_rota};
pub use show::{RotaView, show_rota};
pub(in crate::service) use state::{CentreState, state_of};
pub use state::{EscalationView, NextStep, OnDuty, ShownStep, show_escalation};
