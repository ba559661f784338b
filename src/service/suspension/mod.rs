//! Why nothing is dialled: a pause, a maintenance, or a database that has lost its last entries.

mod data_loss;
mod maintenance;
mod pause;
mod restored;

pub(in crate::service) use data_loss::stop_dialling;
pub use data_loss::{call_not_known, turn_not_known};
pub use maintenance::{MaintenanceView, current_maintenance, end_maintenance, start_maintenance};
pub use pause::{DialerState, PauseReason, dialer_state, pause_dialling, resume_dialling};
pub(in crate::service) use pause::{current_hold, tell_staff};
pub use restored::{mark_restored, note_backup};
