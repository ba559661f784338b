//! One call for each thing that the outside can ask for. Here the pure storeys meet the store and the carriers.

mod after_failure;
mod alerts;
mod attempts;
mod by_hand;
mod calls;
mod centre_settings;
mod centres;
mod clerk;
mod clock;
mod days;
mod dialer;
mod exchange;
mod feed;
mod history;
mod leg_book;
mod loss;
mod lost_reports;
mod made_up;
mod made_up_day;
mod maintenance;
mod network;
mod outbox;
mod outside_line;
mod patient_list;
mod patients;
mod pause;
mod reconcile;
mod refused;
mod registration;
mod remembered;
mod reports;
mod restored;
mod roster;
mod simulation;
mod speech;
mod sweeper;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
mod switchboard;
mod trail;
mod transfers;

pub use after_failure::wait_after;
pub use alerts::{
    AlertFilter, AlertList, ClosedAlerts, ShownAlert, ToClose, close_alerts, line_of, list_alerts, tell_of_carrier,
};
pub use by_hand::{AskedFor, Resolution, Resolved, call_now, resolve_call};
pub use calls::{ShownAnswer, ShownAttempt, ShownCall, ShownPerson, ShownTurn, list_attempts, list_calls, show_call};
pub use centre_settings::CentreSettings;
pub use centres::{CentreChange, CentreChanged, add_centre, change_centre, list_centres, show_centre};
pub use clerk::{Clerk, Details, Looked, Noted, Source};
pub use clock::{Clock, CountedIds, Stopwatch};
pub use days::{CentreDay, DayFigures, DaySlot, day_figures, day_slots};
pub use dialer::{DialError, Dialer, Dialling, Prepared, TICK, Ticked};
pub use exchange::{Heard, happen_until, run_exchange};
pub use feed::{Feed, Moment, What};
pub use history::StoredEvent;
pub use leg_book::{LegBook, Speaks};
pub use loss::{call_not_known, turn_not_known};
pub use made_up::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, MADE_UP_CENTRE, MadeUpError, add_made_up};
pub use made_up_day::{MadeUpDay, add_even_slots, add_made_up_day, made_up_identity, made_up_number};
pub use maintenance::{current_maintenance, end_maintenance, start_maintenance};
pub use network::{Listener, Network, SimulatedLines};
pub use outbox::{Outside, run_errands};
pub use outside_line::{OutsideLine, count_last_outside_lines, count_outside_lines};
pub use patient_list::{PatientStatus, list_patients};
pub use patients::{
    Changed, ShownPatient, ShownReport, add_patient, change_patient, not_called, release_patient, show_patient,
    stop_patient,
};
pub use pause::{DialerState, Hold, dialer_state, pause_dialling, resume_dialling};
pub use reconcile::{Reconciled, reconcile_calls};
pub use refused::Refused;
pub use remembered::Remembered;
pub use reports::Export;
pub use restored::{mark_restored, note_backup};
pub use roster::{ImportMode, Imported, import_patients};
pub use simulation::{Rhythm, Round, STEP, Simulation, Stretch, VirtualClock};
pub use speech::sentences;
pub use sweeper::sweep;
pub use switchboard::{
    Answered, Begin, Desk, Knock, LegStatus, Libraries, Outcome, Readiness, StaffNews, Switchboard, SwitchboardError,
};
pub use trail::{
    BadRow, CheckpointError, CheckpointsRead, Keeper, Mark, MarkKind, Misfit, RowFault, RowsRead, Sealer, ShownEntry,
    TrailFilter, Walked, erase_report, list_trail, seal_left_behind, seal_older_rows, seal_trail, walk_trail,
    write_checkpoint, write_seals,
};
